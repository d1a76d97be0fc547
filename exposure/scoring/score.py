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
from exposure.scoring.drawing import KINDS, UncertainInputs, uncertain_inputs
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
    """(rules + nodes, units): share of nominal weight known."""
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
        return points(self.tree, self.values)

    @cached_property
    def layers(self) -> dict[str, Array]:
        """Layer → (units,): the tree scored with that layer's rules alone; NaN where none is known."""
        return _layers(self.rulebook, self.cells, self.values[: len(self.tree.rules)], self.tree)

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
        rank, known = int(self.rank[unit]) or None, float(self.coverage[self.tree.root, unit])
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
        share, least = float(self.coverage[self.tree.root, unit]), self.rulebook.index.min_coverage
        if not share:
            return "nothing is known"
        if share < least:
            return f"{percent(share)} known, {percent(least)} needed to be ranked"
        return "too little is known of every dimension"

    def uncertain_inputs(self, vary: Collection[str] = KINDS, settings: Uncertainty | None = None) -> UncertainInputs:
        """What of the given kinds can be drawn around these scores, by the settings of the rules or by others."""
        settings = settings or self.rulebook.uncertainty
        return uncertain_inputs(self.tree, self.cells, self.values, self.coverage, settings, vary)

    def rank_range(
        self, draws: int | None = None, seed: int | None = None, progress: Callable[[float], None] | None = None
    ) -> RankRange:
        """Best and worst rank in nine of ten seeded draws of all that is in doubt.

        `progress` is told the part that is done, 0 to 1.
        """
        settings = self.rulebook.uncertainty
        draws, seed = settings.draws if draws is None else draws, settings.seed if seed is None else seed
        return rank_range(self.uncertain_inputs(), self.rank, draws, seed, progress)

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
    leaves = _imputed(tree, cells, rulebook)
    covered = coverage(tree, np.asarray([cells[name].known for name in tree.rules]))
    gated = thin(tree, covered)
    values = evaluate(tree, leaves, gated)
    low = evaluate(tree, np.asarray([cells[name].low for name in tree.rules]), gated, 0.0)
    high = evaluate(tree, np.asarray([cells[name].high for name in tree.rules]), gated, tree.scale)
    exact = values[tree.root]
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
        exact=exact,
        score=published,
        low=rounded(low[tree.root], tree.decimals),
        high=rounded(high[tree.root], tree.decimals),
        rank=ranks(np.where(ranked, published, np.nan)),
        band=bands(published, rulebook.bands),
    )


def _imputed(tree: Tree, cells: dict[str, Cells], rulebook: Rulebook) -> Array:
    fills = {"exclude": np.nan, "worst": tree.scale, "best": 0.0}
    severity = {name: cells[name].x for name in tree.rules}
    return np.asarray([np.where(np.isnan(x), fills[rulebook.policy(name)], x) for name, x in severity.items()])


def _layers(rulebook: Rulebook, cells: dict[str, Cells], leaves: Array, tree: Tree) -> dict[str, Array]:
    by_layer: dict[str, Array] = {}
    for layer in LAYERS:
        rules = {name for name, rule in rulebook.rules.items() if rule.layer == layer}
        part = build_tree(rulebook, rules)
        if not part.nodes:
            continue
        rows = [tree.rules.index(name) for name in part.rules]
        covered = coverage(part, np.asarray([cells[name].known for name in part.rules]))
        value = evaluate(part, leaves[rows], thin(part, covered))[part.root]
        by_layer[layer] = rounded(value, tree.decimals)
    return by_layer
