"""What would lower a country's score: single measures, and the fewest that reach a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exposure.analysis.measures.search import Plan, Search, stands_apart, worth_trying
from exposure.analysis.measures.single import Measure, options_of, singles
from exposure.analysis.measures.variants import variants
from exposure.errors import ExposureError, nearest, quoted
from exposure.scoring.score import Scores
from exposure.text import NEARLY


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Levers:
    """What could be done about one country's score."""

    scores: Scores
    unit: int
    measures: tuple[Measure, ...]
    """Those that lower it, the furthest first."""
    idle: tuple[Measure, ...]
    """Those that by themselves do not."""
    fixed: tuple[str, ...]
    """Exposed indicators that nobody can change."""
    unknown: tuple[str, ...]
    """Indicators of which nothing is known: what is not known to be there cannot be taken away."""
    alone: tuple[tuple[str, float], ...]
    """Who could change something, and how low the published score goes by all that they could alone."""
    limit: float | None
    """Highest score that meets the target, as published; None without a target."""
    plan: Plan | None


def levers(scores: Scores, unit: int, target: str | None = None) -> Levers:
    """Every single measure that the rules know for this country or entity, and with a target the fewest that reach it.

    A measure gives an indicator a value of less severity by some rule that reads it. `target` is a band or a
    score. Raises ExposureError for another target.
    """
    if np.isnan(scores.score[unit]):
        raise ExposureError(f"{scores.selection.names[unit]} has no score; there is nothing to lower")
    limit = _limit(scores, target) if target is not None else None
    severities, fixed, unknown = options_of(scores, unit)
    of = variants(scores, unit, {name: list(values) for name, values in severities.items()})
    each = singles(of)
    order = sorted(each.values(), key=lambda one: (round(one.move, 9), one.indicator, one.value))
    apart = [stands_apart(scores, unit, name) for name in severities]
    search = Search(of, each, worth_trying(severities, apart, each), apart)
    return Levers(
        scores=scores,
        unit=unit,
        measures=tuple(one for one in order if one.move < -NEARLY),
        idle=tuple(one for one in each.values() if one.move >= -NEARLY),
        fixed=fixed,
        unknown=unknown,
        alone=search.alone(),
        limit=limit,
        plan=search.plan(limit) if limit is not None else None,
    )


def _limit(scores: Scores, target: str) -> float:
    """The highest published score within the target."""
    rulebook, decimals, scale = scores.rulebook, scores.tree.decimals, scores.tree.scale
    step = 10.0**-decimals
    if target in rulebook.bands:
        above = [edge for edge in rulebook.bands.values() if edge > rulebook.bands[target]]
        # Relative rules may leave the scale; every score is within the top band.
        highest = max(scale, float(np.nanmax(scores.score)))
        return float(np.round(np.ceil(min(above) / step - NEARLY) * step - step, decimals)) if above else highest
    try:
        figure = float(target)
    except ValueError:
        figure = np.nan
    if not 0 <= figure <= scale:
        known = ", ".join(rulebook.bands)
        hint = nearest(target, rulebook.bands) or f"a band{f' ({known})' if known else ''} or a score"
        raise ExposureError(f"target {quoted(target)}: neither a band nor a score of 0 to {scale:g}; {hint}")
    return float(np.round(np.floor(figure / step + NEARLY) * step, decimals))
