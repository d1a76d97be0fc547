"""From the files that were chosen to their scores; which these are goes to stderr where the user left it open."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from exposure.cli.streams import remark
from exposure.errors import ExposureError, printable, quoted

if TYPE_CHECKING:
    from exposure.observations.files import Side
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores

_REMARKS = 5
"""Remarks on one file that are printed; the others are counted."""


def here(indicators: str | None, rules: str | None, writes: Sequence[Path] = ()) -> Side:
    """The files that every verb reads. Raises ExposureError where one of them is also to be written."""
    from exposure.observations.files import find_here

    side = find_here(indicators, rules)
    spare(side, writes)
    remark_on(side)
    return side


def spare(side: Side, writes: Sequence[Path]) -> None:
    """Raises ExposureError where a file that was read is also to be written: claims with their sources are at stake."""
    for read, what in ((side.indicators.path, "observations"), (side.rules.path, "rules")):
        for path in writes:
            with suppress(OSError):
                # Devices may be both: /dev/stdin and /dev/stdout are one terminal.
                if read is not None and path.is_file() and path.samefile(read):
                    raise ExposureError(f"{printable(str(path))}: these are the {what}; write to another file")


def remark_on(side: Side, said_of: Side | None = None) -> None:
    """Says where the files come from, and nothing twice."""
    said = said_of.remarks if said_of else ()
    if remarks := [text for text in side.remarks if text not in said]:
        remark("; ".join(remarks))


def scores_of(side: Side, as_of: str | None) -> Scores:
    """The scores of these files. Raises InvalidInput where they cannot be read."""
    from exposure.rulebook.loading import load_rulebook

    return scores_by(load_rulebook(side.rules.data, side.rules.name), side, as_of)


def scores_by(rulebook: Rulebook, side: Side, as_of: str | None) -> Scores:
    """The scores of these observations by rules that are read already."""
    from exposure.observations.reading import read_observations
    from exposure.output.progress import waiting
    from exposure.scoring.score import score

    data, name = side.indicators.data, side.indicators.name
    with waiting(sys.stderr, "Reading"):
        observations = read_observations(data, rulebook, name)
    for text in observations.remarks[:_REMARKS]:
        remark(f"{printable(name)}: {text}")
    if len(observations.remarks) > _REMARKS:
        remark(f"{printable(name)}: {len(observations.remarks) - _REMARKS} more such remarks")
    if not len(observations.numbers("line")):
        remark(f"{printable(name)}: holds no observations")
    with waiting(sys.stderr, "Scoring"):
        return score(observations, rulebook, as_of)


def units_of(scores: Scores, countries: tuple[str, ...]) -> list[int]:
    """Their places among the scored. Raises ExposureError with every one that is no country, or not in the file."""
    units, problems = [], []
    for text in countries:
        match = scores.observations.gazetteer.find(text)
        if match is None:
            hint = scores.observations.gazetteer.suggest(text) or "write a three-letter code or a name"
            problems.append(f"{quoted(text)} is not a country or declared entity; {hint}")
        elif match.code not in scores.selection.units:
            known = ", ".join(scores.selection.units[:30])
            problems.append(f"{quoted(text)}: no observations of {match.code}; there are those of {known}")
        elif (unit := scores.selection.units.index(match.code)) not in units:
            units.append(unit)
    if problems:
        raise ExposureError("\n".join(problems))
    return units
