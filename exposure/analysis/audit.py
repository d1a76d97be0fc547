"""Is the index sound: what its rules really carry, what is missing, and where a reader may be misled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from exposure.analysis.soundness.figures import FEWEST, HALF, Figures, Pair, Weight, measure
from exposure.scoring.score import Scores
from exposure.text import NEARLY

FAR = 2.0
"""Times a weight that its effect must be off to be remarked on: weights are set as 1, 2, 3, and half or double is the
next one along."""
WORTH = 0.05
"""Share of the index by which it must be off as well: half of a small weight moves nobody."""
NOTHING_CARRIED = 0.05
"""Share of its own weight below which a rule carries nothing to speak of."""
AGAINST = 0.02
"""Negative share of the variance from which a rule pulls against the ranking: one of a couple of percent of the weight
that is unrelated to the others comes out at −1 % as often as at +1 %."""
SAME = 0.9
"""|r| from which two rules say the same (OECD/JRC handbook, step 4 on double counting)."""
NEAR = 1 / 50
"""Share of the scale within which a score is near an edge: 2 of 100, which one contested claim of a rule of ordinary
weight moves."""

_EMPTY = ("carries-nothing", "apart")
CODES = (
    "not-measured",
    "few-countries",
    "scored-twice",
    "pulls-against",
    "carries-more",
    "carries-less",
    "carries-nothing",
    "apart",
    "redundant",
    "never-varies",
    "mostly-unknown",
    "thin-dimension",
    "near-edge",
    "bought-off",
    "undefined",
    "unreasoned",
)
"""Every kind, in the order of the page: first what to know before reading on, then the gravest."""


class Remark(NamedTuple):
    """One thing that whoever keeps the index should look at."""

    code: str
    """One of CODES."""
    about: tuple[str, ...] = ()
    """The rules, dimensions and countries concerned, by id and code."""
    of: Any = None
    """What was measured: a Weight, a Pair or several, an Edge, an Offset, several Covered; None of what is not."""


@dataclass(frozen=True, kw_only=True)
class Audit(Figures):
    """What was measured of an index, and what is to be said of it."""

    remarks: tuple[Remark, ...]
    """In the order of CODES."""


def audit(scores: Scores) -> Audit:
    """What the index of these scores carries, misses and misleads by; entities are left out."""
    figures = measure(scores)
    return Audit(**vars(figures), remarks=_remarks(scores, figures))


def _remarks(scores: Scores, figures: Figures) -> tuple[Remark, ...]:
    """All that is to be remarked on these figures, in the order of CODES."""
    every = [
        *_limits(scores, figures),
        *_scored_twice(scores),
        *_carried(scores, figures),
        *(Remark("redundant", pair[:2], pair) for pair in figures.pairs if same(pair)),
        *_unknown(figures),
        *_countries(scores, figures),
        *_unsaid(scores),
    ]
    return tuple(sorted(every, key=lambda remark: CODES.index(remark.code)))


def _limits(scores: Scores, figures: Figures) -> Iterator[Remark]:
    if figures.ranked < FEWEST or np.ptp(scores.exact[scores.ranked]) <= NEARLY * scores.tree.scale:
        yield Remark("not-measured")
    elif figures.few:
        yield Remark("few-countries")


def _scored_twice(scores: Scores) -> Iterator[Remark]:
    """Combinations scored over what other rules score: a country may gain by turning to the worse."""
    scored = {name: rule for name, rule in scores.rulebook.rules.items() if rule.weight}
    for name, rule in scored.items():
        others = [other for other, one in scored.items() if one.form and one.reads(other)[0] in rule.conditions]
        if others:
            yield Remark("scored-twice", (name, *others))


def _carried(scores: Scores, figures: Figures) -> Iterator[Remark]:
    # Of one part alone a dimension only repeats what that one says.
    parts = {node.name: sum(weight > 0 for weight in node.weights) for node in scores.tree.nodes[:-1]}
    inner = [one for one in figures.dimensions if parts[one.name] > 1]
    empty = {one.name for one in inner if _off(one, figures) in _EMPTY}
    for one in (*inner, *figures.weights):
        code = _off(one, figures)
        # Of a dimension that carries nothing its parts need not be told as well.
        if code and not (code in _EMPTY and one.dimension in empty):
            yield Remark(code, (one.name,), one)


def _off(one: Weight, figures: Figures) -> str:
    """The code of how far a weight's effect is from it, empty where it is not far."""
    if one.effective is None or not one.nominal:
        return ""
    if one.effective <= -AGAINST:
        return "pulls-against"
    if one.effective < NOTHING_CARRIED * one.nominal:
        # What never varies, or is mostly unknown, carries nothing for a reason that has its own remark.
        if not one.varies or one.known < HALF * figures.countries:
            return ""
        return "carries-nothing" if one.idle else "apart"
    if abs(one.effective - one.nominal) < WORTH:
        return ""
    if one.effective > FAR * one.nominal:
        return "carries-more"
    return "carries-less" if one.effective < one.nominal / FAR else ""


def same(pair: Pair) -> bool:
    """Whether two rules go together so far that they are remarked on."""
    return pair.r is not None and abs(pair.r) >= SAME


def _unknown(figures: Figures) -> Iterator[Remark]:
    for one in figures.weights:
        if one.nominal and one.varies is False:
            yield Remark("never-varies", (one.name,), one)
        if one.nominal and one.known < HALF * figures.countries:
            yield Remark("mostly-unknown", (one.name,), one)


def _countries(scores: Scores, figures: Figures) -> Iterator[Remark]:
    for dimension in figures.dimensions:
        thin = tuple(
            one for one in figures.coverage if (known := one.dimensions[dimension.name]) is not None and known < HALF
        )
        if dimension.nominal and thin:
            yield Remark("thin-dimension", (dimension.name, *(one.country for one in thin)), thin)
    for edge in figures.edges:
        if edge.ranked and abs(edge.distance) <= NEAR * scores.tree.scale + NEARLY:
            yield Remark("near-edge", (edge.country,), edge)
    yield from (Remark("bought-off", (one.country, *one.severe), one) for one in figures.offsets)


def _unsaid(scores: Scores) -> Iterator[Remark]:
    rules, dimensions = scores.rulebook.rules, scores.rulebook.dimensions
    reasons = {name: part.why for name, part in dimensions.items()} | {name: rule.why for name, rule in rules.items()}
    undefined = tuple(name for name, rule in rules.items() if not rule.definition.strip())
    unreasoned = tuple(name for name, why in reasons.items() if not why.strip())
    yield from (Remark(code, about) for code, about in (("undefined", undefined), ("unreasoned", unreasoned)) if about)
