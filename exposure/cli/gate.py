"""diff, check: what a change does, and whether it is fit to merge."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import here, remark_on, scores_by, scores_of, spare
from exposure.cli.options import COULD_NOT_RUN, DATA_SAYS_NO, PATH, reading, writing, writing_findings
from exposure.cli.streams import emit, remark, targets_of, written
from exposure.errors import ExposureError, InvalidInput, printable
from exposure.output import FINDING_FORMATS

if TYPE_CHECKING:
    from exposure.analysis.verdict.ledger import Findings
    from exposure.errors import Level
    from exposure.observations.files import Side
    from exposure.output.page import Page
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.


@click.command(short_help="What changed, and why scores, ranks and bands moved.")
@click.argument("base", type=PATH)
@click.argument("head", required=False, type=PATH)
@reading
@writing
def diff(
    base: str,
    head: str | None,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """What changed from BASE to HEAD: claims and rules, and why every score, rank and band moved.

    BASE and HEAD are files, - for standard input, or git revisions; HEAD is what the other verbs read. The
    exit code is 0 whether or not something changed.

    \b
    Examples:
      exposure diff origin/main
      exposure diff v2026.1 v2026.2 -f markdown
      exposure diff old.csv new.csv
    """
    targets = targets_of(formats, output)
    from exposure.analysis.diff import compare
    from exposure.observations.files import find_sides
    from exposure.output.progress import waiting
    from exposure.views.diff import diff_page

    sides = find_sides(base, head, indicators, rules)
    before_it, after_it = sides
    for side in sides:
        spare(side, written(targets))
    remark_on(before_it)
    remark_on(after_it, before_it)
    before, after = (scores_of(side, as_of) for side in sides)
    with waiting(sys.stderr, "Comparing"):
        changes = compare(before, after)
    emit(diff_page(changes), targets)


@click.command(short_help="Is this fit to merge, alone and against a base.")
@click.option(
    "--base",
    metavar="BASE",
    type=PATH,
    envvar="EXPOSURE_BASE",
    help="Also judge what changed from this file or revision.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    default="error",
    show_default=True,
    help="The mildest level that fails.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@reading
@writing_findings
def check(
    base: str | None,
    fail_on: Level,
    exit_zero: bool,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Is this fit to merge: validity, evidence, contradictions, targets, and limits on what a change may move.

    The exit code is 1 where a finding reaches --fail-on, an invalid cell among them, and 2 where nothing can be judged:
    no observations, rules that cannot be read, a base that is not there.

    In GitHub Actions it marks its findings in the pull request and sums up, unless a format is given.

    \b
    Examples:
      exposure check
      exposure check --base origin/main
      exposure check --base origin/main -f markdown:note.md -f sarif:found.sarif
    """
    if not formats and output is None and os.environ.get("GITHUB_ACTIONS") == "true":
        formats = ("github",)
    targets = targets_of(formats, output, FINDING_FORMATS)
    from exposure.analysis.verdict.ledger import invalid
    from exposure.rulebook.loading import load_rulebook
    from exposure.views.check import check_page

    try:
        side = here(indicators, rules, written(targets))
        if indicators is None and side.indicators.path is None:
            # Green for a file that nobody here has written would be worse than red.
            raise ExposureError("no indicators.csv in this folder; name the observations to check with -i")
    except InvalidInput as error:
        found = invalid(error)
    else:
        try:
            rulebook = load_rulebook(side.rules.data, side.rules.name)
        except InvalidInput as error:
            # Whoever reads the log needs their places too; but without rules there is nothing to judge by.
            _emit_findings(check_page(invalid(error), fail_on), targets)
            raise click.exceptions.Exit(COULD_NOT_RUN) from None
        found = _findings(rulebook, side, base, rules, as_of)
    _emit_findings(check_page(found, fail_on), targets)
    if found.fails(fail_on) and not exit_zero:
        raise click.exceptions.Exit(DATA_SAYS_NO)


def _findings(rulebook: Rulebook, side: Side, base: str | None, rules: str | None, as_of: str | None) -> Findings:
    from exposure.analysis.check import check as checked
    from exposure.analysis.verdict.ledger import invalid
    from exposure.observations.files import find_side
    from exposure.output.progress import waiting

    # A base that is not there is a mistake of the call, whatever the data say.
    other = find_side(base, side, rules) if base is not None else None
    try:
        scores = scores_by(rulebook, side, as_of)
    except InvalidInput as error:
        return invalid(error)
    before, unread = _base_scores(other, side, as_of) if other is not None else (None, "")
    with waiting(sys.stderr, "Checking"):
        return checked(scores, before, side.rules.name, side.rules.data.decode("utf-8-sig"), unread)


def _base_scores(side: Side, head: Side, as_of: str | None) -> tuple[Scores | None, str]:
    """The scores of the base, or why it cannot be read: a change that mends it must not be kept out for that."""
    remark_on(side, head)
    try:
        return scores_of(side, as_of), ""
    except InvalidInput as error:
        first, *more = str(error).splitlines()
        return None, first + (f", and {error.total - 1} more" if more else "")


def _emit_findings(page: Page, targets: list[tuple[str, Path | None]]) -> None:
    emit(page, targets)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(form == "github" for form, _ in targets):
        _sum_up(page, Path(summary))


def _sum_up(page: Page, path: Path) -> None:
    """Appends the page to the summary of the step, which other commands may have begun."""
    from exposure.output.github import LARGEST_SUMMARY, to_step_summary

    try:
        with path.open("ab") as file:
            text = to_step_summary(page, LARGEST_SUMMARY - file.tell())
            file.write(text.encode())
    except OSError as error:
        remark(f"{printable(str(path))}: the summary cannot be written: {error.strerror}")
