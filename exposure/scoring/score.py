"""Observations × rules → severities → scores, with everything a question about them needs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.observations.model import Observations
from exposure.rulebook.model import Rulebook, Uncertainty
from exposure.scoring.aggregate import Array
from exposure.scoring.drawing import KINDS, UncertainInputs, drawn_scores, uncertain_inputs
from exposure.scoring.fingerprint import fingerprint
from exposure.scoring.points import points
from exposure.scoring.ranking import RankRange, bands, rank_range, ranks
from exposure.scoring.selection import Selection, select
from exposure.scoring.severity import Cells, severities
from exposure.scoring.tree import Tree, build_tree, coverage, evaluate, rounded, thin
from exposure.text import NEARLY, exact, percent

if TYPE_CHECKING:
    import pandas as pd

LAYERS = ("practice", "commitment")


class Standing(NamedTuple):
    """Where one country or entity stands, in plain numbers; None is unknown."""

    unit: int
    """Place in `selection.units`."""
    country: str
    name: str
    part_of: str
    """Of an entity its country, else empty."""
    score: float | None
    """As published."""
    exact: float | None
    low: float | None
    high: float | None
    rank: int | None
    """None for an entity and for a country without a rank."""
    band: str
    coverage: float
    """Share of the weight that is known; 0 where no rule applies."""


class Part(NamedTuple):
    """A dimension or rule of an index as a reader goes through it."""

    name: str
    depth: int
    """0 for a dimension at the top."""
    is_rule: bool
    weight: float
    """Share of the whole index, 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scores:
    """The scored countries and entities; arrays over units in the order of `selection.units`."""

    rulebook: Rulebook
    observations: Observations
    selection: Selection
    tree: Tree
    cells: dict[str, Cells]
    values: Array
    """(rules + nodes, units): severities after the missing policy, then dimensions, the root last."""
    coverage: Array
    """(rules + nodes, units): share of nominal weight known; NaN where nothing applies."""
    counted: Array | None
    """(rules, units): the share of its weight with which each severity counts; None where all count whole."""
    exact: Array
    """(units,): the root before its own rounding; NaN unknown."""
    score: Array
    """(units,): as published."""
    low: Array
    high: Array
    """(units,): outer bounds of the score, published the same way."""
    rank: NDArray[np.int64]
    """(units,): 1 is the most exposed; 0 for entities and unranked countries."""
    band: list[str]

    # Not in every question: thousands of scorings, one after another, are read for the score alone.
    @cached_property
    def points(self) -> Array:
        """(rules + nodes, units): points of the score; the rules' add up to `exact`."""
        return points(self.tree, self.values, self.counted)

    @cached_property
    def layers(self) -> dict[str, Array]:
        """Layer → (units,): the tree scored with that layer's rules alone; NaN where none is known."""
        return _layers(self.rulebook, self.cells, self.tree)

    @cached_property
    def fingerprint(self) -> str:
        """Of the observations and the rules together, twelve hex digits."""
        return fingerprint(self.observations, self.rulebook)

    @property
    def ranked(self) -> NDArray[np.bool_]:
        """(units,): countries with a rank."""
        return self.rank > 0

    def standing(self, unit: int) -> Standing:
        """Where a country or entity stands."""
        selection, parent = self.selection, int(self.selection.parent[unit])
        part_of = selection.units[parent] if parent >= 0 else ""
        score, full, low, high = (exact(values[unit]) for values in (self.score, self.exact, self.low, self.high))
        rank, known = int(self.rank[unit]) or None, float(np.nan_to_num(self.coverage[self.tree.root, unit]))
        country, name = selection.units[unit], selection.names[unit]
        return Standing(unit, country, name, part_of, score, full, low, high, rank, self.band[unit], known)

    def in_order(self, entities: bool = False) -> list[int]:
        """The countries by rank, then those without one by name; on request each followed by its entities."""
        selection, rank = self.selection, self.rank
        order = sorted(selection.countries(), key=lambda unit: (not rank[unit], rank[unit], selection.names[unit]))
        if not entities:
            return order
        return [unit for country in order for unit in (country, *selection.entities(country))]

    def dimensions(self) -> list[Part]:
        """The scored dimensions in the order of the file, each before those nested in it."""
        return [part for part in self.outline() if not part.is_rule]

    def outline(self) -> list[Part]:
        """The scored dimensions in the order of the file, each before its weighted rules and those nested in it."""
        rulebook, weights = self.rulebook, self.tree.node_weights()
        rules = [part for part in zip(self.tree.rules, self.tree.leaf_weights().tolist(), strict=True) if part[1] > 0]
        parts: list[Part] = []

        def visit(parent: str | None, depth: int) -> None:
            for name, dimension in rulebook.dimensions.items():
                if dimension.parent == parent and name in weights:
                    parts.append(Part(name, depth, False, weights[name]))
                    inside = ((rule, weight) for rule, weight in rules if rulebook.rules[rule].dimension == name)
                    parts.extend(Part(rule, depth + 1, True, weight) for rule, weight in inside)
                    visit(name, depth + 1)

        visit(None, 0)
        return parts

    def why_unranked(self, unit: int) -> str:
        """Why a country has no rank; empty where it has one, and for an entity."""
        if self.ranked[unit] or self.selection.parent[unit] >= 0:
            return ""
        share, least = exact(self.coverage[self.tree.root, unit]), self.rulebook.index.min_coverage
        if share is None:
            return "no rule applies"
        if not share:
            return "nothing is known"
        if share < least:
            return f"{percent(share)} known, {percent(least)} needed to be ranked"
        return "too little is known of every dimension"

    def never_known(self) -> list[str]:
        """Rules of some weight for which no country has a value."""
        known = np.nan_to_num([self.cells[name].known for name in self.tree.rules])
        scored = (self.tree.leaf_weights() > 0) & (known <= 0).all(axis=1)
        return [name for name, one in zip(self.tree.rules, scored.tolist(), strict=True) if one]

    def uncertain_inputs(self, vary: Collection[str] = KINDS, settings: Uncertainty | None = None) -> UncertainInputs:
        """What of the given kinds can be drawn around these scores, by the settings of the rules or by others."""
        settings = settings or self.rulebook.uncertainty
        published = self.values[: len(self.tree.rules)], self.counted, thin(self.tree, self.coverage)
        return uncertain_inputs(self.tree, self.cells, published, self.selection, self.rulebook, settings, vary)

    def rank_range(
        self, draws: int | None = None, seed: int | None = None, progress: Callable[[float], None] | None = None
    ) -> RankRange:
        """Scores, ranks and bands in nine of ten seeded draws of all that is in doubt.

        `progress` is told the part that is done, 0 to 1.
        """
        settings = self.rulebook.uncertainty
        draws, seed = settings.draws if draws is None else draws, settings.seed if seed is None else seed
        drawn = drawn_scores(self.uncertain_inputs(), draws, seed, progress)
        return rank_range(drawn, self.score, self.rank, self.rulebook.bands, seed)

    def frame(self) -> pd.DataFrame:
        """One row a unit, by code: name, part_of, rank, score and its bounds, band, coverage, a column a dimension."""
        import pandas as pd

        selection = self.selection
        parents = [selection.units[at] if at >= 0 else None for at in selection.parent.tolist()]
        columns: dict[str, object] = {
            "name": selection.names,
            "part_of": pd.Series(parents, index=selection.units, dtype=object),
            "rank": pd.array(np.where(self.ranked, self.rank, -1), dtype="Int64"),
            "score": self.score,
            "score_exact": self.exact,
            "low": self.low,
            "high": self.high,
            "band": self.band,
            "coverage": self.coverage[self.tree.root],
        }
        columns |= {name: self.values[row] for name, row in self.tree.dimension_rows().items()}
        frame = pd.DataFrame(columns, index=pd.Index(selection.units, name="country", dtype=str))
        frame["rank"] = frame["rank"].mask(~self.ranked)
        return frame


def score(observations: Observations, rulebook: Rulebook, as_of: str | None = None) -> Scores:
    """The scores on `as_of`, by default the day of the latest claim."""
    selection = select(observations, rulebook, as_of)
    cells = severities(selection, rulebook)
    tree = build_tree(rulebook)
    covered = coverage(tree, np.asarray([cells[name].known for name in tree.rules]))
    gated = thin(tree, covered)
    counted = counted_shares(tree, cells)
    values = evaluate(tree, np.asarray([cells[name].filled for name in tree.rules]), gated, counted=counted)
    exact = values[tree.root]
    low, high = _bounds(tree, cells, gated, exact)
    published = rounded(exact, tree.decimals)
    enough = covered[tree.root] >= rulebook.index.min_coverage - NEARLY
    ranked = selection.is_country & enough & ~np.isnan(exact)
    return Scores(
        rulebook=rulebook,
        observations=observations,
        selection=selection,
        tree=tree,
        cells=cells,
        values=values,
        coverage=covered,
        counted=counted,
        exact=exact,
        score=published,
        low=rounded(low, tree.decimals),
        high=rounded(high, tree.decimals),
        rank=ranks(np.where(ranked, published, np.nan)),
        band=bands(published, rulebook.bands),
    )


def _bounds(tree: Tree, cells: dict[str, Cells], gated: NDArray[np.bool_], exact: Array) -> tuple[Array, Array]:
    """(units,), (units,): the least and the most that the exact score can be; NaN where nothing bounds it."""
    weighted = [name for name, weight in zip(tree.rules, tree.leaf_weights().tolist(), strict=True) if weight]
    if not all(cells[name].bounded for name in weighted):
        return np.full(len(exact), np.nan), np.full(len(exact), np.nan)
    optional = np.asarray([cells[name].optional for name in tree.rules])
    # Rules of which it is contested that they apply: with all of them, without each, without any.
    contested = np.flatnonzero(optional.any(axis=1)).tolist()
    least, most = exact, exact
    for out in [[], *([at] for at in contested), *([contested] if len(contested) > 1 else [])]:
        for end, by in (("low", 0.0), ("high", tree.scale)):
            leaves = np.asarray([getattr(cells[name], end) for name in tree.rules])
            leaves[out] = np.where(optional[out], np.nan, leaves[out])
            root = evaluate(tree, leaves, gated, by)[tree.root]
            least, most = np.fmin(least, root), np.fmax(most, root)
    return least, most


def counted_shares(tree: Tree, cells: dict[str, Cells]) -> Array | None:
    """(rules, units): the share of its weight with which each severity counts; None where all count whole."""
    counted = np.asarray([cells[name].counted for name in tree.rules])
    return None if (counted == 1).all() else counted


def _layers(rulebook: Rulebook, cells: dict[str, Cells], tree: Tree) -> dict[str, Array]:
    by_layer: dict[str, Array] = {}
    for layer in LAYERS:
        rules = {name for name, rule in rulebook.rules.items() if rule.layer == layer}
        part = build_tree(rulebook, rules)
        if not part.nodes:
            continue
        covered = coverage(part, np.asarray([cells[name].known for name in part.rules]))
        leaves = np.asarray([cells[name].filled for name in part.rules])
        value = evaluate(part, leaves, thin(part, covered), counted=counted_shares(part, cells))[part.root]
        by_layer[layer] = rounded(value, tree.decimals)
    return by_layer
