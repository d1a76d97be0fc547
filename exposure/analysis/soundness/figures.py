"""What an audit measures of an index: one small function a question, finished values out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.average import against_average
from exposure.analysis.sensitivity.left_out import left_out
from exposure.analysis.soundness.correlations import pearson, variance_shares
from exposure.analysis.soundness.methods import Method, methods
from exposure.analysis.support import Support, support
from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores
from exposure.scoring.tree import evaluate, rounded, thin
from exposure.text import NEARLY, exact

Array = NDArray[np.float64]

FEWEST = 3
"""Countries that a coefficient needs: two always lie on a line."""
FEW = 10
"""Below so many countries one of them can make or break a coefficient: it describes them and says nothing of others."""
HALF = 0.5
"""What is known for less than this share is mostly unknown."""
SEVERE = 0.75
"""Share of the scale from which a severity is severe, where no bands say so."""
FLOOR = 0.1
"""Lift of the mean that does not compensate, as INFORM takes it: without one a single severity at full exposure
makes every score full, and nothing could be compared."""


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What a rule or dimension should carry, and what it does carry."""

    name: str
    dimension: str | None
    """What it is in; None directly under the index."""
    nominal: float
    """Share of the index, the product of the weights down to it."""
    effective: float | None
    """Share of the variance of the score over ranked countries, by what it adds to that of the average country; None
    where that is not defined."""
    correlation: float | None
    """Pearson's r with the score over ranked countries."""
    n: int
    """How many countries that correlation is of."""
    known: int
    """How many countries have a known value."""
    varies: bool | None
    """Whether the known values differ; None where fewer than two are known."""
    distinct: int
    """How many different values are known."""
    at_none: int | None
    at_full: int | None
    """Countries whose figure is at or beyond the goalpost of no exposure, and of full; None for what has none."""
    idle: bool
    """Whether no rank moves where it is left out."""


class Pair(NamedTuple):
    """Two scored rules and how they go together over countries where both are known."""

    first: str
    second: str
    r: float | None
    n: int


class Covered(NamedTuple):
    """How much of a country is known, as a share of the weight."""

    country: str
    whole: float
    dimensions: dict[str, float | None]
    """None where no rule of it applies."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The band edge nearest to a country."""

    country: str
    ranked: bool
    score: float
    """As published, which is what bands are read from."""
    band: str | None
    edge: float
    distance: float
    """Score less edge: negative below it."""
    beyond: str | None
    """The band on the other side; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Offset:
    """A ranked country whose severe rules are bought off by its others."""

    country: str
    score: float
    band: str | None
    severe: tuple[str, ...]
    """Rules of severe severity, the heaviest first."""
    without: float | None
    """The score with means that do not compensate; None where severities leave the scale."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was measured of an index."""

    countries: int
    ranked: int
    """How many of them have a rank: the base of effective weights and of correlations with the score."""
    weights: tuple[Weight, ...]
    """One a rule, in the order of the rules."""
    dimensions: tuple[Weight, ...]
    """One a dimension, each after those in it."""
    pairs: tuple[Pair, ...]
    """Every two scored rules, those that go together most first."""
    coverage: tuple[Covered, ...]
    """One a country, the least known first."""
    edges: tuple[Edge, ...]
    """One a country with a score, the nearest to an edge first."""
    offsets: tuple[Offset, ...]
    """Ranked countries that are severe somewhere and mild on the whole."""
    ranks: dict[str, dict[str, int]]
    """Dimension → country → its rank there; none below FEW ranked countries."""
    methods: tuple[Method, ...]
    """The index by other methods."""
    support: tuple[Support, ...]
    """What the points of each country rest on, in the order of the ranking."""

    @property
    def few(self) -> bool:
        """Whether the ranked countries are too few to conclude anything beyond them."""
        return self.ranked < FEW


def measure(scores: Scores) -> Figures:
    """All that is measured of the index of these scores."""
    of_rules, of_dimensions = weights(scores)
    return Figures(
        countries=int(scores.selection.is_country.sum()),
        ranked=int(scores.ranked.sum()),
        weights=of_rules,
        dimensions=of_dimensions,
        pairs=pairs(scores),
        coverage=coverage(scores),
        edges=edges(scores),
        offsets=offsets(scores),
        ranks=dimension_ranks(scores),
        methods=methods(scores),
        support=tuple(filter(None, support(scores, scores.in_order()))),
    )


def known_severities(scores: Scores) -> Array:
    """(rules, countries): severities as observed, NaN unknown; what the missing policy fills in is no observation."""
    countries, rules = scores.selection.is_country, scores.tree.rules
    return np.asarray([scores.cells[name].x[countries] for name in rules]).reshape(len(rules), int(countries.sum()))


def weights(scores: Scores) -> tuple[tuple[Weight, ...], tuple[Weight, ...]]:
    """The weights of the rules, in the order of the rules, and of the dimensions."""
    tree, countries = scores.tree, scores.selection.is_country
    enough = int(scores.ranked.sum()) >= FEWEST
    shares = variance_shares(_parts(scores), scores.exact[scores.ranked])
    idle = {one.name: bool((one.rank == scores.rank).all()) for one in left_out(scores)}
    values = np.concatenate([known_severities(scores), scores.values[len(tree.rules) :, countries]])
    among = values[:, scores.ranked[countries]]
    r = pearson(among, np.broadcast_to(scores.exact[scores.ranked], among.shape))
    n = (~np.isnan(among)).sum(-1)
    nominal = tree.shares()
    names = (*tree.rules, *tree.dimension_rows())
    parents: list[str | None] = [scores.rulebook.rules[name].dimension for name in tree.rules]
    parents += [scores.rulebook.dimensions[name].parent for name in tree.dimension_rows()]
    known = [row[~np.isnan(row)] for row in values]
    each = [
        Weight(
            name=name,
            dimension=parents[row],
            nominal=float(nominal[row]),
            effective=exact(shares[row]) if enough else None,
            correlation=exact(r[row]) if n[row] >= FEWEST else None,
            n=int(n[row]),
            known=len(known[row]),
            varies=bool(np.ptp(known[row]) > NEARLY) if len(known[row]) > 1 else None,
            distinct=len(np.unique(np.round(known[row], 9))),
            **_at_ends(scores, row, known[row]),
            idle=idle.get(name, False),
        )
        for row, name in enumerate(names)
    ]
    return tuple(each[: len(tree.rules)]), tuple(each[len(tree.rules) :])


def _parts(scores: Scores) -> Array:
    """(rules + nodes, ranked): what each rule, and each dimension by its rules, adds to the average country's score."""
    tree = scores.tree
    rows = [*against_average(scores, np.flatnonzero(scores.ranked).tolist()).parts]
    for node in tree.nodes:
        rows.append(np.sum([rows[child] for child in node.children], axis=0))
    return np.asarray(rows)


def _at_ends(scores: Scores, row: int, severities: Array) -> dict[str, int | None]:
    """How many of the known severities of a rule with goalposts or steps are at the ends of the scale."""
    names = scores.tree.rules
    if row >= len(names) or scores.rulebook.rules[names[row]].ends is None:
        return {"at_none": None, "at_full": None}
    full = severities >= scores.tree.scale - NEARLY
    return {"at_none": int((severities <= NEARLY).sum()), "at_full": int(full.sum())}


def dimension_ranks(scores: Scores) -> dict[str, dict[str, int]]:
    """The ranks of the ranked countries by each dimension, as it would be published; none where they are few."""
    ranked = np.flatnonzero(scores.ranked)
    if len(ranked) < FEW:
        return {}
    codes = [scores.selection.units[at] for at in ranked.tolist()]
    places = {
        name: ranks(rounded(scores.values[row, ranked], scores.tree.decimals)).tolist()
        for name, row in scores.tree.dimension_rows().items()
    }
    return {name: {code: at for code, at in zip(codes, of, strict=True) if at} for name, of in places.items()}


def pairs(scores: Scores) -> tuple[Pair, ...]:
    """Every pair of scored rules, those that go together most first; none where the countries are few."""
    if int(scores.selection.is_country.sum()) < FEW:
        return ()
    x, scored = known_severities(scores), np.flatnonzero(scores.tree.leaf_weights() > 0)
    names = [scores.tree.rules[at] for at in scored.tolist()]
    x = x[scored]
    known = ~np.isnan(x)
    every: list[Pair] = []
    for at, name in enumerate(names[:-1]):
        rest = x[at + 1 :]
        n = (known[at] & known[at + 1 :]).sum(-1).tolist()
        r = pearson(np.broadcast_to(x[at], rest.shape), rest).tolist()
        for other, how, common in zip(names[at + 1 :], r, n, strict=True):
            every.append(Pair(name, other, None if common < FEW or np.isnan(how) else how, common))
    return tuple(sorted(every, key=lambda pair: (-abs(pair.r or 0.0), -pair.n, pair.first, pair.second)))


def coverage(scores: Scores) -> tuple[Covered, ...]:
    """Of every country how much is known, whole and by dimension, the least known first."""
    tree = scores.tree
    covered = [
        Covered(
            scores.selection.units[unit],
            float(np.nan_to_num(scores.coverage[tree.root, unit])),
            {name: exact(scores.coverage[row, unit]) for name, row in tree.dimension_rows().items()},
        )
        for unit in scores.selection.countries()
    ]
    return tuple(sorted(covered, key=lambda one: (round(one.whole, 9), one.country)))


def edges(scores: Scores) -> tuple[Edge, ...]:
    """Of every country with a score its nearest band edge, the nearest first; none where the rules have no edges.

    The lowest edge is one only for a score below it: above, no band lies beyond.
    """
    bands = scores.rulebook.band_names()
    lower = [scores.rulebook.bands[name] for name in bands]
    nearest: list[Edge] = []
    for unit in np.flatnonzero(scores.selection.is_country & ~np.isnan(scores.score)).tolist():
        value = float(scores.score[unit])
        ends = [at for at, end in enumerate(lower) if at or value < end]
        if not ends:
            continue
        at = min(ends, key=lambda at: abs(value - lower[at]))
        distance = float(np.round(value - lower[at], 9)) + 0.0
        edge = Edge(
            country=scores.selection.units[unit],
            ranked=bool(scores.ranked[unit]),
            score=value,
            band=scores.band[unit] or None,
            edge=lower[at],
            distance=distance,
            beyond=bands[at] if distance < 0 else bands[at - 1] if at else None,
        )
        nearest.append(edge)
    return tuple(sorted(nearest, key=lambda edge: (abs(edge.distance), edge.country)))


def offsets(scores: Scores) -> tuple[Offset, ...]:
    """The ranked countries with a severe rule and a mild score, those first that lose most by it.

    Severe is a known severity from the lower edge of the highest band, mild a score two bands or more below that one;
    with fewer than three bands mild is below half of the scale, and without bands severe is 75 % of it.
    """
    tree, bands = scores.tree, scores.rulebook.bands
    severities = np.asarray([scores.cells[name].x for name in tree.rules])
    from_here = max(bands.values()) if len(bands) > 1 else SEVERE * tree.scale
    mild_below = sorted(bands.values())[-2] if len(bands) > 2 else tree.scale / 2
    severe = (severities >= from_here) & (tree.leaf_weights() > 0)[:, None]
    without = without_compensation(scores)
    heaviest = np.argsort(-tree.leaf_weights(), kind="stable").tolist()
    bought_off = [
        Offset(
            country=scores.selection.units[unit],
            score=float(scores.score[unit]),
            band=scores.band[unit] or None,
            severe=tuple(tree.rules[at] for at in heaviest if severe[at, unit]),
            without=exact(without[unit]),
        )
        for unit in np.flatnonzero(scores.ranked & severe.any(0) & (scores.score < mild_below)).tolist()
    ]
    return tuple(sorted(bought_off, key=lambda one: (one.score - (one.without or 0.0), one.country)))


def without_compensation(scores: Scores) -> Array:
    """(units,): the scores where every mean that compensates is an inverted-geometric one with a floor of FLOOR.

    What takes the worst, or such a mean already, stays as it is. NaN where severities leave 0 to scale.
    """
    tree = scores.tree
    if not all(cells.bounded for cells in scores.cells.values()):
        return np.full(len(scores.selection.units), np.nan)
    strict = ("max", "inverted-geometric")
    nodes = tuple(
        node if node.method in strict else node._replace(method="inverted-geometric", floor=FLOOR)
        for node in tree.nodes
    )
    values = evaluate(
        tree._replace(nodes=nodes),
        scores.values[: len(tree.rules)],
        thin(tree, scores.coverage),
        counted=scores.counted,
    )
    return rounded(values[tree.root], tree.decimals)
