"""How far scores and ranks depend on what is judgement or not known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.sensitivity.left_out import LeftOut, left_out
from exposure.analysis.sensitivity.sobol import Sensitivity, sensitivity
from exposure.analysis.sensitivity.swaps import Swap, swaps
from exposure.rulebook.model import Uncertainty
from exposure.scoring.drawing import KINDS, blocks, published
from exposure.scoring.ranking import RankRange, range_of, rank_counts, ranks
from exposure.scoring.score import Scores
from exposure.text import NEARLY

Array = NDArray[np.float64]

BASE = 1000
"""Base draws behind the shares of variance, unless said otherwise."""


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
    rank_shares: Array
    """(units, ranked): share of the draws in which each has each rank, from 1; those that tie share the best."""
    score_low: Array
    score_median: Array
    score_high: Array
    """(units,): 5th, 50th and 95th nearest-rank percentile of the published score; NaN unknown."""
    band_shares: Array
    """(units, bands from the lowest): share of the draws in each band."""
    above: Array
    """(units, units): share of the draws in which the first is ranked above the second; 0 for the unranked."""
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
    base: int = BASE,
    progress: Callable[[float], None] | None = None,
) -> Robustness:
    """Over `draws` of what is in doubt, by the settings of the rulebook unless others are given.

    `base` draws stand behind the shares of variance, 0 for none. `progress` is told the part that is done, 0 to 1.
    Cost grows with draws × countries × rules, memory with draws × countries.
    """
    settings = settings or scores.rulebook.uncertainty
    draws, seed = settings.draws if draws is None else draws, settings.seed if seed is None else seed
    inputs = scores.uncertain_inputs(vary, settings)
    ranked, units = scores.ranked, len(scores.selection.units)
    score = np.full((units, draws), np.nan)
    count, above = np.zeros((units, int(ranked.sum())), np.int64), np.zeros((units, units), np.int64)
    done, work = 0, draws + base * (2 + len(scores.tree.rules))

    def tick(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(min(done / max(work, 1), 1.0))

    for drawn in blocks(inputs, draws, seed):
        start = min(done, draws)
        block = published(inputs, drawn)
        score[:, start : start + block.shape[1]] = block
        if ranked.any():
            count[ranked] += rank_counts(ranks(block[ranked].T))
            above[np.ix_(ranked, ranked)] += [(one > block[ranked]).sum(axis=1) for one in block[ranked]]
        tick(block.shape[1])
    shares = None
    if base and draws and ranked.any():
        shares = sensitivity(inputs, scores.rank, base, seed, lambda more: tick(more // 4))
    edges = np.sort(list(scores.rulebook.bands.values()))
    low, median, high = _percentiles(score)
    half = -(-count.sum(axis=1) // 2)
    return Robustness(
        scores=scores,
        settings=settings,
        vary=tuple(kind for kind in KINDS if kind in vary),
        draws=draws,
        seed=seed,
        ranges=range_of(count, scores.rank, draws, seed),
        median_rank=np.where(ranked, (np.cumsum(count, axis=1) < half[:, None]).sum(axis=1) + 1, 0),
        rank_shares=count / max(draws, 1),
        score_low=low,
        score_median=median,
        score_high=high,
        band_shares=_band_shares(score, edges),
        above=above / max(draws, 1),
        left_out=left_out(scores),
        sensitivity=shares,
        swaps=swaps(scores),
    )


def _percentiles(score: Array) -> Array:
    """(3, units): the 5th, 50th and 95th nearest-rank percentile over the draws; sorts the scores in place."""
    draws = score.shape[1]
    if not draws:
        return np.full((3, len(score)), np.nan)
    # NaN, which is a unit without any score, sorts last. In place: there may be millions.
    score.sort(axis=1)
    return np.asarray([score[:, max(int(np.ceil(share * draws - NEARLY)) - 1, 0)] for share in (0.05, 0.5, 0.95)])


def _band_shares(score: Array, edges: Array) -> Array:
    """(units, bands): share of the draws in which the published score is in each band."""
    within = [((score >= low) & (score < high)).sum(axis=1) for low, high in pairwise([*edges, np.inf])]
    return np.asarray(within).reshape(len(edges), len(score)).T / max(score.shape[1], 1)
