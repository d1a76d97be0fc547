"""A move of a score is shared out as the definition says: by valuing every subset of its parts, one by one."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_indices import UNITS, VALUES, Cells, books, claims, methods, scores_of

from exposure.analysis.attribution import copies, game
from exposure.analysis.attribution.game import attributions, games_of
from exposure.analysis.attribution.pairing import side_by_side
from exposure.analysis.attribution.parts import Player
from exposure.analysis.attribution.shapley import MOST_EXACT, shapley, subsets, summing_to
from exposure.errors import ExposureError

ENTITIES = {
    "BA-SRP": {"name": "RS", "part_of": "BIH", "share": 0.5},
    "BA-BIH": {"name": "F", "part_of": "BIH", "share": 0.5},
}


ruled_otherwise = st.booleans()
parts = st.sets(st.sampled_from(["vendor", "debt", "gdp", "both", "a", "index", "entities"]), max_size=3)
places = st.sets(st.sampled_from([(unit, name) for unit in UNITS for name in (*VALUES, "anchor")]), max_size=3)
said_instead = {name: st.sampled_from([*VALUES.get(name, ("yes", "no")), None]) for name in (*VALUES, "anchor")}


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], Cells, Cells]:
    """Rules and cells before and after, alike but for a few parts."""
    before = draw(books())
    after = before
    if draw(ruled_otherwise):
        other = draw(books())
        after = {**before, "rules": dict(before["rules"]), "dimensions": dict(before["dimensions"])}
        for name in draw(parts):
            section = "rules" if name in VALUES or name == "both" else "dimensions" if name == "a" else ""
            if not section:
                after[name] = other[name]
            elif name in other[section] and section == "rules":
                after[section][name] = other[section][name]
            elif section == "rules":
                after[section].pop(name, None)
            else:
                after[section][name] = {**before[section][name], "weight": 2.0, "aggregation": draw(methods)}
    cells = draw(claims())
    moved = dict(cells)
    for cell in draw(places):
        moved[cell] = draw(said_instead[cell[1]])
    return before, after, cells, moved


def mixed(before: dict[str, Any], after: dict[str, Any], made: set[Player]) -> dict[str, Any]:
    """The rules with these parts taken from after the change."""
    side = (before, after)
    settled = side[any(player.kind == "settings" for player in made)]
    dimensions = {**before["dimensions"], **after["dimensions"], **settled["dimensions"]}
    for name in dimensions:
        source = side[Player("weight", name) in made]
        dimensions[name] = {**dimensions[name], "weight": source["dimensions"][name]["weight"]}
    rules: dict[str, Any] = {}
    for name in {**before["rules"], **after["rules"]}:
        changed = {key: value for key, value in before["rules"].get(name, {}).items() if key != "weight"}
        again = {key: value for key, value in after["rules"].get(name, {}).items() if key != "weight"}
        source = side[Player("rule", name) in made] if changed != again else after
        if name in source["rules"]:
            rules[name] = dict(source["rules"][name])
            if name in before["rules"] and name in after["rules"]:
                rules[name]["weight"] = side[Player("weight", name) in made]["rules"][name]["weight"]
    return {**settled, "dimensions": dimensions, "rules": rules}


@settings(max_examples=100)
@given(change=changes())
def test_every_subset_of_the_parts_is_worth_what_a_file_with_just_these_would_score(
    change: tuple[dict[str, Any], dict[str, Any], Cells, Cells],
) -> None:
    before, after, cells, moved = change
    pairing = side_by_side(scores_of(before, cells), scores_of(after, moved))
    families = {unit: family for family in pairing.families for unit in family}
    for one in games_of(pairing, {*pairing.units}):
        if len(one.players) > 5:
            continue
        of = subsets(len(one.players))
        for value, made_bits in zip(one.values(of.made), of.made.T, strict=True):
            made = {player for player, on in zip(one.players, made_bits, strict=True) if on}
            said = dict(cells)
            for (unit, name), after_value in moved.items():
                own = pairing.units.index(unit) in families[one.unit]
                if Player("data", f"{unit} {name}") in made if own else Player("peers", name) in made:
                    said[unit, name] = after_value
            found = scores_of(mixed(before, after, made), said)
            exact = found.exact[found.selection.units.index(pairing.units[one.unit])]
            assert value == pytest.approx(exact, abs=1e-9, nan_ok=True)


def test_a_rule_that_more_parts_reach_than_all_subsets_bear_is_worth_the_same() -> None:
    """Of the subsets on the way along some orders, as many as can be scored here from a file."""
    names = [f"f{at}" for at in range(MOST_EXACT + 2)]
    flags = {name: {"kind": "flag", "dimension": "a", "weight": 1.0} for name in names}
    most = {"kind": "combination", "dimension": "a", "weight": 20.0, "when": dict.fromkeys(names[:-1], "no")}
    before: dict[str, Any] = {
        "index": {"title": "t", "edition": "1"},
        "dimensions": {
            "a": {"aggregation": {"method": "geometric", "floor": 0.1}, "weight": 1.0},
            "b": {"weight": 1.0},
        },
        "rules": {**flags, "most": most, "anchor": {"kind": "flag", "dimension": "b", "weight": 1.0}},
        "context": {"there": {}},
        "entities": ENTITIES,
    }
    after = {**before, "index": {**before["index"], "aggregation": "max"}}
    cells: Cells = {("SRB", name): "no" for name in (*names, "anchor")}
    moved: Cells = {cell: "yes" if cell[1] != "anchor" else "no" for cell in cells}
    pairing = side_by_side(scores_of(before, cells), scores_of(after, moved))
    (one,) = games_of(pairing, {"SRB"})
    assert len(one.players) == len(names) + 1 and one.subsets.orders is not None
    values = one.values(one.subsets.made)
    # Where next to nothing is made the combination turns.
    few = np.flatnonzero(one.subsets.made.sum(axis=0) <= 2)
    others = np.random.default_rng(1).choice(one.subsets.made.shape[1], 40, replace=False)
    for at in {*few.tolist()[:60], *others.tolist()}:
        made = {player for player, on in zip(one.players, one.subsets.made[:, at], strict=True) if on}
        said = {(unit, name): moved[unit, name] if Player("data", f"{unit} {name}") in made else was
                for (unit, name), was in cells.items()}  # fmt: skip
        found = scores_of(mixed(before, after, made), said)
        assert values[at] == pytest.approx(found.exact[found.selection.units.index("SRB")], abs=1e-9)
    assert len({*values.round(6).tolist()}) > 20


@settings(max_examples=100)
@given(change=changes())
def test_shares_by_weights_are_those_over_all_subsets(
    change: tuple[dict[str, Any], dict[str, Any], Cells, Cells],
) -> None:
    before, _, cells, moved = change
    pairing = side_by_side(scores_of(before, cells), scores_of(before, moved))
    for one in games_of(pairing, {*pairing.units}):
        shares = one.by_weights()
        if shares is not None:
            of = subsets(len(one.players))
            assert of.orders is None
            assert shares == pytest.approx(shapley(one.values(of.made), of), abs=1e-9)


@settings(max_examples=100)
@given(change=changes())
def test_the_parts_add_up_to_the_move_exactly(change: tuple[dict[str, Any], dict[str, Any], Cells, Cells]) -> None:
    before, after, cells, moved = change
    old, new = scores_of(before, cells), scores_of(after, moved)
    for code, found in attributions(side_by_side(old, new)).items():
        move = new.exact[new.selection.units.index(code)] - old.exact[old.selection.units.index(code)]
        assert math.fsum(part.value for part in found.parts) == pytest.approx(move, abs=1e-12)


@settings(max_examples=20)
@given(change=changes())
def test_however_few_copies_are_scored_at_a_time_the_shares_are_the_same(
    change: tuple[dict[str, Any], dict[str, Any], Cells, Cells],
) -> None:
    before, after, cells, moved = change
    pairing = side_by_side(scores_of(before, cells), scores_of(after, moved))
    whole = attributions(pairing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "_CELLS", 1)
        assert attributions(pairing) == whole


def by_definition(value: dict[frozenset[int], float], parts: int) -> list[float]:
    """Shapley's own words: what each part adds, averaged over all orders."""
    total = [0.0] * parts
    orders = list(itertools.permutations(range(parts)))
    for order in orders:
        made: frozenset[int] = frozenset()
        for part in order:
            total[part] += value[made | {part}] - value[made]
            made |= {part}
    return [share / len(orders) for share in total]


@given(st.integers(0, 5), st.integers(0, 2**32))
def test_shares_are_those_of_all_orders(parts: int, seed: int) -> None:
    of = subsets(parts)
    value = np.random.default_rng(seed).random(of.made.shape[1])
    worth = {frozenset(np.flatnonzero(column).tolist()): float(v) for column, v in zip(of.made.T, value, strict=True)}
    assert shapley(value, of) == pytest.approx(by_definition(worth, parts), abs=1e-12)


@pytest.mark.parametrize("parts", [0, 1, 2, MOST_EXACT, MOST_EXACT + 1, 30, 200])
def test_the_first_subset_is_empty_and_the_last_is_whole(parts: int) -> None:
    of = subsets(parts)
    assert not of.made[:, 0].any()
    assert of.made[:, -1].all()
    assert (of.orders is None) == (parts <= MOST_EXACT)


def test_drawn_orders_share_out_the_whole_and_come_near_the_exact_shares() -> None:
    """A product of fourteen equal factors is shared equally; a sum is shared exactly whatever the orders."""
    of = subsets(14)
    assert of.orders is not None
    product = (1 + of.made).prod(axis=0).astype(float)
    shares = shapley(product, of)
    assert shares.sum() == pytest.approx(2**14 - 1)
    assert shares == pytest.approx([(2**14 - 1) / 14] * 14, rel=0.35)
    terms = np.arange(14.0)
    assert shapley(terms @ of.made, of) == pytest.approx(terms)
    assert (subsets(14).made == of.made).all()


def test_parts_add_up_to_the_last_bit_where_the_largest_alone_is_too_coarse() -> None:
    parts = summing_to(np.asarray([-38.92, 0.0, 43.58, 4.98]), 9.64)
    assert math.fsum(parts) == 9.64
    assert parts[1] == 0.0


def test_more_parts_than_the_memory_bears_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game, "MOST_PARTS", 1)
    book: dict[str, Any] = {
        "index": {"title": "t", "edition": "1", "aggregation": "geometric"},
        "dimensions": {"a": {}},
        "rules": {name: {"kind": "flag", "dimension": "a"} for name in ("anchor", "pledge")},
        "context": {"there": {}},
        "entities": ENTITIES,
    }
    sides = [scores_of(book, {("SRB", name): said for name in book["rules"]}) for said in ("yes", "no")]
    with pytest.raises(ExposureError, match=r"SRB: 2 cells and rules behind its score differ; .* at most 1"):
        attributions(side_by_side(*sides))
