"""How far scores and ranks depend on what is judgement or not known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.sensitivity.left_out import LeftOut, left_out
from exposure.analysis.sensitivity.shifts import Doubt, shifts
from exposure.analysis.sensitivity.sobol import Sensitivity, sensitivity
from exposure.analysis.sensitivity.swaps import Swap, swaps
from exposure.rulebook.model import Uncertainty
from exposure.scoring.drawing import KINDS, drawn_scores
from exposure.scoring.ranking import RankRange, percentiles, rank_range
from exposure.scoring.score import Scores
from exposure.text import NEARLY

Array = NDArray[np.float64]

BASE = 1000
"""Draws behind what each doubt does."""
MANY = 30
"""Ranked countries from which on shares of variance are for the page; there are some anyway for who wants them."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Robustness:
    """Scores and ranks over seeded draws; arrays over units in the order of `scores.selection.units`."""

    scores: Scores
    settings: Uncertainty
    """As drawn."""
    vary: tuple[str, ...]
    """What was drawn, of KINDS."""
    draws: int
    seed: int
    ranges: RankRange
    median_rank: NDArray[np.int64]
    """(units,): 0 where unranked."""
    score_median: Array
    """(units,): nearest-rank median of the published score; NaN unknown."""
    band_shares: Array
    """(units, bands from the lowest): share of the draws in each band."""
    above: Array
    """(units, units): share of the draws in which the first is ranked above the second; 0 for the unranked."""
    doubts: tuple[Doubt, ...]
    """What each kind of doubt and each rule does; empty where nothing was drawn."""
    left_out: tuple[LeftOut, ...]
    sensitivity: Sensitivity | None
    """None where it was not asked for."""
    swaps: tuple[Swap, ...]


def robustness(
    scores: Scores,
    draws: int | None = None,
    seed: int | None = None,
    vary: Collection[str] = KINDS,
    settings: Uncertainty | None = None,
    base: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Robustness:
    """Over `draws` of what is in doubt, by the settings of the rulebook unless others are given.

    `base` draws stand behind the shares of variance, 0 for none. `progress` is told the part that is done, 0 to 1.
    Cost grows with draws × countries × rules, memory with draws × countries.
    """
    settings = settings or scores.rulebook.uncertainty
    draws, seed = settings.draws if draws is None else draws, settings.seed if seed is None else seed
    inputs, ranked = scores.uncertain_inputs(vary, settings), scores.ranked
    done, work = 0, draws + BASE * 3 * len(KINDS) + base * (2 + len(scores.tree.rules))

    def tick(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(min(done / max(work, 1), 1.0))

    score = drawn_scores(inputs, draws, seed, lambda part: tick(round(part * draws) - done))
    found, above = score[ranked], np.zeros((len(score), len(score)))
    if draws and ranked.any():
        above[np.ix_(ranked, ranked)] = [(one > found).mean(axis=1) for one in found]
    shares, doubts = None, tuple[Doubt, ...]()
    if draws and ranked.any():
        # Of many countries fewer draws say the same of their mean.
        few = max(BASE // 5, min(BASE, 20 * BASE // int(ranked.sum())))
        doubts = shifts(scores, vary, settings, min(few, draws), seed, tick)
    if base and draws and ranked.any():
        shares = sensitivity(inputs, scores.rank, base, seed, lambda more: tick(more // 4))
    ranges = rank_range(score, scores.score, scores.rank, scores.rulebook.bands, seed)
    half = (np.cumsum(ranges.shares, axis=1) < 0.5 - NEARLY).sum(axis=1) + 1
    return Robustness(
        scores=scores,
        settings=settings,
        vary=tuple(kind for kind in KINDS if kind in vary),
        draws=draws,
        seed=seed,
        ranges=ranges,
        median_rank=np.where(ranked, half, 0),
        score_median=percentiles(score, (0.5,))[0],
        band_shares=_band_shares(score, np.sort(list(scores.rulebook.bands.values()))),
        above=above,
        doubts=doubts,
        left_out=left_out(scores),
        sensitivity=shares,
        swaps=swaps(scores),
    )


def _band_shares(score: Array, edges: Array) -> Array:
    """(units, bands): share of the draws in which the published score is in each band."""
    within = [((score >= low) & (score < high)).sum(axis=1) for low, high in pairwise([*edges, np.inf])]
    return np.asarray(within).reshape(len(edges), len(score)).T / max(score.shape[1], 1)
