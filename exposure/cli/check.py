"""`exposure check`: is this fit to merge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import Inputs
from exposure.cli.options import COULD_NOT_RUN, DATA_SAYS_NO, file_of, reading, writing_findings
from exposure.cli.outputs import Outputs
from exposure.cli.streams import remark
from exposure.errors import LEVELS, ExposureError, InvalidInput, Level, printable
from exposure.output.progress import waiting

if TYPE_CHECKING:
    from exposure.analysis.verdict.ledger import Findings
    from exposure.observations.files import InputFiles
    from exposure.output.page import Page
    from exposure.rulebook.model import Rulebook


@click.command(short_help="Is this fit to merge, alone and against a base.")
@file_of(
    "--base", metavar="BASE", help="Also judge what changed from this file, or since HEAD parted from this revision."
)
@click.option("--first", is_flag=True, help="There is no base yet: the repository never had such a file.")
@click.option(
    "--fail-on", type=click.Choice(LEVELS), default="error", show_default=True, help="The mildest level that fails."
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@reading
@writing_findings
def check(base: str | None, first: bool, fail_on: Level, exit_zero: bool, inputs: Inputs, outputs: Outputs) -> None:
    """Is this fit to merge: validity, evidence, contradictions, targets, and limits on what a change may move.

    The exit code is 1 where a finding reaches --fail-on, an invalid cell or a base without such files among them, and 2
    where nothing can be judged: no observations, rules that cannot be read, a revision that is not there.

    In GitHub Actions it marks its findings in the pull request and sums up, unless a format is given.

    \b
    Examples:
      exposure check
      exposure check --base origin/main
      exposure check --base origin/main -f markdown:note.md -f sarif:found.sarif
    """
    from exposure.analysis.verdict.ledger import invalid
    from exposure.rulebook.loading import load_rulebook
    from exposure.views.check import check_page

    if first and base is None:
        raise click.UsageError("--first says that the revision of --base has no such files yet; name one")
    # By its name alone: what is wrong with the other files is written before the base is read.
    if base is not None and base != "-":
        outputs.spare(Path(base), "observations")
    try:
        here = inputs.here(sparing=outputs)
        if inputs.indicators is None and here.indicators.path is None:
            # Green for a file that nobody here has written would be worse than red.
            raise ExposureError("no indicators.csv in this folder; name the observations to check with -i")
    except InvalidInput as error:
        findings = invalid(error)
    else:
        try:
            rulebook = load_rulebook(here.rules.data, here.rules.name)
        except InvalidInput as error:
            # Whoever reads the log needs their places too; but without rules there is nothing to judge by.
            _emit(check_page(invalid(error), fail_on), outputs)
            raise click.exceptions.Exit(COULD_NOT_RUN) from None
        # A base that is not there is a mistake of the call, whatever the data say.
        other = inputs.base(base, here, sparing=outputs) if base is not None else None
        if other is not None and first:
            _refuse_second(other)
            other = None
        findings = _findings(rulebook, here, other, inputs)
    _emit(check_page(findings, fail_on), outputs)
    if findings.fails(fail_on) and not exit_zero:
        raise click.exceptions.Exit(DATA_SAYS_NO)


def _findings(rulebook: Rulebook, here: InputFiles, base: InputFiles | None, inputs: Inputs) -> Findings:
    from exposure.analysis import check as question
    from exposure.analysis.verdict.ledger import invalid

    try:
        scores = inputs.scores_of(here, rulebook)
    except InvalidInput as error:
        return invalid(error)
    before, missing = None, base.missing if base is not None else ""
    if base is not None and missing:
        missing += f", and {base.earlier} had it" if base.earlier else ""
    elif base is not None:
        try:
            before = inputs.scores_of(base)
        except InvalidInput as error:
            said, *more = str(error).splitlines()
            missing = f"the base cannot be read: {said}" + (f", and {error.total - 1} more" if more else "")
        if before is not None and not len(before.observations):
            before, missing = None, f"{printable(base.indicators.name)} holds no claim"
    with waiting("Checking"):
        return question.check(scores, before, here.rules.name, here.rules.data.decode("utf-8-sig"), missing)


def _refuse_second(base: InputFiles) -> None:
    """Raises ExposureError where --first is not so."""
    if not base.missing:
        raise ExposureError(f"--first: there is a base, {printable(base.indicators.name)}; leave --first out")
    if base.earlier:
        raise ExposureError(f"--first: {base.missing}, but commit {base.earlier} had such a file; leave --first out")


def _emit(page: Page, outputs: Outputs) -> None:
    outputs.emit(page)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary or all(form != "github" for form, _ in outputs.targets):
        return
    from exposure.output.github import LARGEST_SUMMARY, to_step_summary

    try:
        # Other commands may have begun it.
        with Path(summary).open("ab") as file:
            file.write(to_step_summary(page, LARGEST_SUMMARY - file.tell()).encode())
    except OSError as error:
        remark(f"{printable(summary)}: the summary cannot be written: {error.strerror}")
