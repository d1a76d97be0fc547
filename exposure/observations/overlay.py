"""Claims that are assumed, laid over those of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exposure.errors import Finding, InvalidInput, printable
from exposure.observations.cells import read_date
from exposure.observations.columns import TextColumn, stacked
from exposure.observations.model import LONG, NUMBERS, Observations
from exposure.observations.reading import read_observations
from exposure.rulebook.conditions import OTHERS, WITHDRAWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook


class Assumption(NamedTuple):
    """One value that is assumed."""

    country: str
    """Code or name, as written."""
    indicator: str
    value: str
    """As it would stand in the cell."""
    said: str
    """Where it was asked for, as messages name it: `SRB.debt=5`."""
    note: str = ""


def overlaid(
    observations: Observations, rulebook: Rulebook, assumptions: Sequence[Assumption], as_of: str
) -> Observations:
    """The observations with these claims added on the day `as_of`, each in the place of those that no later period
    supersedes; an empty value is one withdrawn.

    Earlier and later claims stay. The new ones have no source and no confidence. Raises InvalidInput with every
    assumption that the reader of a file would refuse, under the name it was given.
    """
    if vague := [one for one in assumptions if one.value.split(";")[-1].strip() == OTHERS]:
        hint = "suppose what there is, or nothing for what is not known"
        said = printable(vague[0].said)
        raise InvalidInput([Finding("unknown-value", "supposes what it does not name", said, hint=hint)])
    added = _read(rulebook, assumptions, as_of)
    keep = np.flatnonzero(~_outdone(observations, added))
    columns: dict[str, TextColumn | NDArray[Any]] = {
        name: np.concatenate([observations.numbers(name)[keep], added.numbers(name)]) for name in NUMBERS
    }
    # Line 0: in no file.
    columns["line"] = np.concatenate([observations.numbers("line")[keep], np.zeros(len(added), np.int64)])
    for name in LONG:
        columns[name] = stacked([observations.text(name).taken(keep), added.text(name)])
    return replace(observations, columns=columns, remarks=(), garbled=(), places=None)


def _read(rulebook: Rulebook, assumptions: Sequence[Assumption], as_of: str) -> Observations:
    lines, starts = [",".join(LONG)], []
    for one in assumptions:
        starts.append(sum(line.count("\n") + 1 for line in lines) + 1)
        cells = (one.country, one.indicator, one.value or WITHDRAWN, as_of, "", "", one.note)
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    try:
        return read_observations("\n".join([*lines, ""]).encode("utf-8", "surrogateescape"), rulebook)
    except InvalidInput as error:
        problems = []
        for problem in error.findings:
            which = int(np.searchsorted(starts, problem.line, side="right")) - 1
            said = printable(assumptions[max(which, 0)].said)
            problems.append(problem._replace(file=said, line=0, column=0, country="", indicator=""))
        raise InvalidInput(problems, error.total) from None


def _outdone(observations: Observations, added: Observations) -> NDArray[np.bool_]:
    """(claims,): which speak of the same country and indicator, up to that day, and would not be superseded."""
    day, assumed = observations.numbers("day"), read_date(added.text("as_of").texts[0])
    same = (day >= assumed.first) & (day <= assumed.last)
    of_one = np.zeros(len(observations), bool)
    for country, indicator in zip(added.text("country").each(), added.text("indicator").each(), strict=True):
        of_one |= observations.text("country").rows(country) & observations.text("indicator").rows(indicator)
    return of_one & same
