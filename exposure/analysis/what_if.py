"""What would change a score: claims and weights that are assumed, scored beside those of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from exposure.analysis.claims import Claim, claims_at
from exposure.analysis.diff import Changes, compare
from exposure.analysis.explain import contradictions
from exposure.errors import ExposureError, nearest, quoted
from exposure.observations.overlay import Assumption, overlaid
from exposure.rulebook.consistency import outside_the_scale
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores, score
from exposure.scoring.selection import NO_LINE
from exposure.scoring.tree import build_tree


class AssumedClaim(NamedTuple):
    """One claim that is assumed, beside the claim that counts now."""

    country: str
    indicator: str
    value: str
    was: Claim | None
    """The claim that counts now; None where there is none."""
    replaces: bool
    """Whether that is a claim of the same day, which gives way."""
    new: bool
    """Whether nothing at all is known of the country otherwise."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WhatIf:
    """What is assumed, and what it moves."""

    changes: Changes
    assumed: tuple[AssumedClaim, ...]
    gone: tuple[tuple[str, str], ...]
    """Country or entity and contradiction rule that hold no longer."""
    new: tuple[tuple[str, str], ...]
    """Those that hold now and did not."""


def what_if(
    scores: Scores, assumptions: Sequence[Assumption] = (), weights: Mapping[str, float] | None = None
) -> WhatIf:
    """The scores as they would be with these values, and these weights of rules and dimensions as in the file.

    Raises InvalidInput or ExposureError for a value, country, indicator or weight that cannot be.
    """
    observations, as_of = scores.observations, scores.selection.as_of
    rulebook = reweighted(scores.rulebook, weights) if weights else scores.rulebook
    if assumptions:
        observations = overlaid(observations, scores.rulebook, assumptions, as_of)
    after = score(observations, rulebook, as_of or None)
    old, new = (
        {(one.selection.units[at], rule) for at, rules in enumerate(contradictions(one)) for rule in rules}
        for one in (scores, after)
    )
    return WhatIf(
        changes=compare(scores, after),
        assumed=_assumed(scores, after) if assumptions else (),
        gone=tuple(sorted(old - new)),
        new=tuple(sorted(new - old)),
    )


def reweighted(rulebook: Rulebook, weights: Mapping[str, float]) -> Rulebook:
    """The rulebook with these weights of rules and dimensions, which never share a name.

    Raises ExposureError with every name that is neither, or where nothing of any weight is left.
    """
    sections: dict[str, dict[str, Any]] = {"rules": dict(rulebook.rules), "dimensions": dict(rulebook.dimensions)}
    problems = []
    for name, weight in weights.items():
        parts = next((parts for parts in sections.values() if name in parts), None)
        if parts is None:
            hint = nearest(name, [*rulebook.dimensions, *rulebook.rules]) or "name a rule or a dimension"
            problems.append(f"weight of {quoted(name)}: no rule or dimension of this name; {hint}")
        else:
            parts[name] = parts[name].model_copy(update={"weight": weight})
    if problems:
        raise ExposureError("\n".join(problems))
    changed = rulebook.model_copy(update=sections)
    if not build_tree(changed).nodes:
        raise ExposureError("with these weights nothing is left that has any; leave one above 0")
    for path, found, hint in outside_the_scale(changed):
        raise ExposureError(f"with these weights {path[1]} {found}; {hint}")
    return changed


def _assumed(before: Scores, after: Scores) -> tuple[AssumedClaim, ...]:
    """What the claims say that are not in the file, by country and indicator."""
    rows = np.flatnonzero(after.observations.numbers("line") == 0)
    unit_of = {code: unit for unit, code in enumerate(before.selection.units)}
    place = {name: at for at, name in enumerate(before.selection.indicators)}
    assumed = []
    for claim in claims_at(after, rows):
        unit = unit_of.get(claim.country)
        own = NO_LINE if unit is None else int(before.selection.own[place[claim.indicator], unit])
        was = claims_at(before, np.asarray([own]))[0] if own != NO_LINE else None
        replaces = was is not None and was.as_of == claim.as_of
        assumed.append(AssumedClaim(claim.country, claim.indicator, claim.value, was, replaces, unit is None))
    return tuple(sorted(assumed, key=lambda one: (one.country, place[one.indicator])))
