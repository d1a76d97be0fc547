"""`exposure diff`: what changed, and why scores moved."""

from __future__ import annotations

import click

from exposure.cli.inputs import Inputs
from exposure.cli.options import PATH, reading, writing
from exposure.cli.outputs import Outputs
from exposure.output.progress import waiting


@click.command(short_help="What changed, and why scores, ranks and bands moved.")
@click.argument("base", type=PATH)
@click.argument("head", required=False, type=PATH)
@reading
@writing
def diff(base: str, head: str | None, inputs: Inputs, outputs: Outputs) -> None:
    """What changed from BASE to HEAD: claims and rules, and why every score, rank and band moved.

    BASE and HEAD are files, - for standard input, or git revisions; HEAD is what the other verbs read. A...B is what
    B changed since it parted from A. The exit code is 0 whether or not something changed.

    \b
    Examples:
      exposure diff origin/main
      exposure diff v2026.1 v2026.2 -f markdown
      exposure diff origin/main...feature
      exposure diff old.csv new.csv
    """
    from exposure.analysis.diff import compare
    from exposure.views.diff import diff_page

    before, after = map(inputs.scores_of, inputs.base_and_head(base, head, sparing=outputs))
    with waiting("Comparing"):
        answer = compare(before, after)
    outputs.emit(diff_page(answer))
