"""What differs between two scorings: claims, rules, standings, and whose doing a rank is."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.analysis.diff import Changes, Move, RankMove, compare, published_parts
from exposure.scoring.score import Scores
from exposure.views.diff import movers

Scored = Callable[..., Scores]

RULES = """
[index]
title = "Test"
edition = "1"
min_coverage = 0.6
[bands]
low = 0
high = 50
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Nokia = 0 }
[sources.a]
title = "A"
[sources.b]
title = "B"
"""
HEADER = "country,indicator,value,as_of,source,confidence,note\n"
BASE = (
    HEADER + "SRB,debt,60,2020,a,high,\nSRB,vendor,Huawei,2020,a,high,\n"
    "MNE,debt,40,2020,a,high,\nMNE,vendor,Nokia,2020,a,low,from afar\n"
    "ALB,debt,10.5,2020,a,high,\nALB,vendor,Nokia,2020,a,,\n"
)


def compared(scored: Scored, before: str, after: str, rules: str = RULES, rules_after: str = "") -> Changes:
    return compare(scored(rules, before), scored(rules_after or rules, after))


def told(changes: Changes) -> list[tuple[str, ...]]:
    return [(c.kind, c.claim.country, c.claim.indicator, *c.fields) for c in changes.claims]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("ALB,debt,10.5,", "ALB,debt,10.50,", [], id="the same number in other digits"),
        pytest.param("ALB,debt,10.5,", "ALB,debt,1.05e1,", [], id="the same number with an exponent"),
        pytest.param("ALB,debt,10.5,", "ALB,debt,10.51,", [("changed", "ALB", "debt", "value")], id="another number"),
        pytest.param("ALB,debt,10.5,", "ALB,debt,~10.5,", [("changed", "ALB", "debt", "value")], id="less exact"),
        pytest.param("ALB,debt,10.5,", "ALB,debt,,", [("changed", "ALB", "debt", "value")], id="withdrawn"),
        pytest.param("from afar", "from near", [("changed", "MNE", "vendor", "note")], id="a note"),
        pytest.param("a,low,", "a,high,", [("changed", "MNE", "vendor", "confidence")], id="a confidence"),
        pytest.param(
            "Nokia,2020,a,low,from afar", "Huawei,2020,a,,x",
            [("changed", "MNE", "vendor", "value", "confidence", "note")], id="all that can change",
        ),
        pytest.param("MNE,vendor,Nokia,2020,a", "MNE,vendor,nokia,2020,a", [], id="the spelling of a word"),
        pytest.param("SRB,debt,60,2020", "SRB,debt,60,2021",
                     [("removed", "SRB", "debt"), ("added", "SRB", "debt")], id="another date is another claim"),
        pytest.param("SRB,debt,60,2020,a", "SRB,debt,60,2020,b",
                     [("removed", "SRB", "debt"), ("added", "SRB", "debt")], id="another source is another claim"),
        pytest.param("SRB,vendor,Huawei,2020,a,high,\n", "", [("removed", "SRB", "vendor")], id="a line is gone"),
        pytest.param("SRB,debt", "BIH,debt,1,2020,a,low,\nSRB,debt", [("added", "BIH", "debt")], id="a line is new"),
    ],
)  # fmt: skip
def test_claims_that_differ(scored: Scored, old: str, new: str, expected: list[tuple[str, ...]]) -> None:
    assert old in BASE
    assert told(compared(scored, BASE, BASE.replace(old, new, 1))) == expected


def test_two_changed_fields_of_one_file_are_on_the_lines_where_they_stand(scored: Scored) -> None:
    changes = compared(scored, BASE, BASE.replace("ALB,debt,10.5", "ALB,debt,11").replace("Huawei", "Nokia"))
    assert [(c.before.line, c.after.line, c.after.standing) for c in changes.claims if c.before and c.after] == [
        (6, 6, "counts"),
        (3, 3, "counts"),
    ]


@settings(max_examples=50)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_is_nothing(scored: Scored, random: object) -> None:
    head, *rows = BASE.splitlines()
    columns = list(range(7))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    turned = "\n".join(",".join(line.split(",")[at] for at in columns) for line in [head, *rows])
    changes = compared(scored, BASE, turned)
    assert (changes.claims, changes.rules, changes.points, changes.moves) == ((), (), (), ())


rows = st.lists(
    st.tuples(
        st.sampled_from(["SRB", "MNE", "ALB"]),
        st.sampled_from([("debt", "1"), ("debt", "99.5"), ("debt", ">=3"), ("vendor", "Nokia"), ("vendor", "")]),
        st.sampled_from(["", "2020", "2021-06"]),
        st.sampled_from(["", "a"]),
    ),
    unique_by=lambda row: (row[0], row[1][0], row[2], row[3]),
    max_size=8,
)


@settings(max_examples=50)
@given(rows)
def test_a_file_does_not_differ_from_itself(scored: Scored, lines: list[tuple[str, tuple[str, str], str, str]]) -> None:
    claims = HEADER
    claims += "".join(f"{country},{name},{value},{date},{source},,\n" for country, (name, value), date, source in lines)
    changes = compared(scored, claims, claims)
    assert (changes.claims, changes.rules, changes.points, changes.moves) == ((), (), (), ())


def test_against_nothing_everything_is_added_and_no_move_has_a_size(scored: Scored) -> None:
    changes = compared(scored, HEADER, BASE)
    assert {c.kind for c in changes.claims} == {"added"}
    assert [(move.country, move.before, move.score, move.parts) for move in changes.moves] == [
        ("ALB", None, None, ()),
        ("MNE", None, None, ()),
        ("SRB", None, None, ()),
    ]
    assert {c.kind for c in compared(scored, BASE, HEADER).claims} == {"removed"}


def moved(changes: Changes, country: str) -> Move:
    return next(move for move in changes.moves if move.country == country)


def test_a_move_is_made_of_its_cells_and_adds_up(scored: Scored) -> None:
    changes = compared(
        scored, BASE, BASE.replace("ALB,debt,10.5", "ALB,debt,30.5").replace("ALB,vendor,Nokia", "ALB,vendor,Huawei")
    )
    move = moved(changes, "ALB")
    assert [(p.kind, p.what, p.value) for p in move.parts] == [("data", "ALB vendor", 50.0), ("data", "ALB debt", 10.0)]
    assert move.score == pytest.approx(60)
    assert (move.before and move.before.band, move.after and move.after.band) == ("low", "high")
    assert (changes.points[0].rule, changes.points[0].after) == ("debt", 15.25)


@pytest.mark.parametrize(
    ("old", "new", "country", "cause", "others"),
    [
        pytest.param("MNE,debt,40", "MNE,debt,0", "MNE", "own", ("ALB",), id="falls by its own score"),
        pytest.param("MNE,debt,40", "MNE,debt,0", "ALB", "others", ("MNE",), id="rises because another falls"),
        pytest.param("ALB,debt,10.5", "ALB,debt,", "ALB", "own", (), id="loses its rank with its data"),
    ],
)
def test_whose_doing_a_rank_is(
    scored: Scored, old: str, new: str, country: str, cause: str, others: tuple[str, ...]
) -> None:
    rank = moved(compared(scored, BASE, BASE.replace(old, new)), country).rank
    assert rank is not None
    assert (rank.cause, rank.others) == (cause, others)


def test_a_rank_may_be_both_its_own_and_others_doing(scored: Scored) -> None:
    after = BASE.replace("ALB,debt,10.5", "ALB,debt,50").replace("SRB,debt,60", "SRB,debt,0").replace("Huawei", "Nokia")
    move = moved(compared(scored, BASE, after), "ALB")
    assert move.rank is not None
    assert (move.rank.cause, move.rank.others) == ("both", ("MNE", "SRB"))


RULE_CHANGES = {
    "a weight": ('[rules.debt]\n', '[rules.debt]\nweight = 3\n', [("rules.debt.weight", True, False)]),
    "a severity": ("Nokia = 0", "Nokia = 40", [("rules.vendor.severity.Nokia", True, False)]),
    "goalposts": ("[0, 100]", "[0, 50]", [("rules.debt.goalposts", True, False)]),
    "a reason": ("[rules.debt]\n", '[rules.debt]\nwhy = "x"\n', [("rules.debt.why", False, False)]),
    "the least that must be known": (
        "min_coverage = 0.6", "min_coverage = 0.9", [("index.min_coverage", True, False)],
    ),
    "a band": ("high = 50", "high = 40", [("bands.high", True, False)]),
    "the edition": ('edition = "1"', 'edition = "2"', [("index.edition", False, False)]),
    "how dimensions are aggregated": ("min_cov", 'aggregation = "max"\nmin_cov', [("index.aggregation", True, False)]),
    "a limit": (
        "[dimensions.d]", "[checks]\nmax_score_move = 1\n[dimensions.d]", [("checks.max_score_move", False, True)],
    ),
    "a new rule": (
        "[sources.a]", '[rules.law]\ndimension = "d"\nkind = "flag"\n[sources.a]', [("rules.law", True, False)],
    ),
    "a default that is spelt out": ("[rules.debt]\n", "[rules.debt]\nweight = 1\n", []),
    "the order of the rules": (
        '[sources.a]\ntitle = "A"\n[sources.b]\ntitle = "B"\n', '[sources.b]\ntitle = "B"\n[sources.a]\ntitle = "A"\n',
        [("sources (their order)", True, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RULE_CHANGES)
def test_rules_that_differ(scored: Scored, name: str) -> None:
    old, new, expected = RULE_CHANGES[name]
    assert old in RULES
    changes = compared(scored, BASE, BASE, rules_after=RULES.replace(old, new, 1))
    assert [(c.what, c.scored, c.gate) for c in changes.rules] == expected
    assert changes.claims == ()


def test_a_contradiction_that_is_looked_for_no_more_is_a_gate(scored: Scored) -> None:
    flagged = RULES + (
        '[rules.odd]\ndimension = "d"\nweight = 0\nkind = "combination"\ncontradiction = true\n'
        'when = { vendor = "Huawei" }\n'
    )
    for after in (RULES, flagged.replace("true", "false"), flagged.replace('"Huawei" }', '"Nokia" }')):
        (change,) = compared(scored, BASE, BASE, flagged, after).rules
        assert change.gate, change.what


def test_the_name_of_an_entity_scores_nothing(scored: Scored) -> None:
    entity = '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 0.5\n'
    (change,) = compared(scored, BASE, BASE, RULES + entity, RULES + entity.replace("RS", "Srpska")).rules
    assert (change.what, change.scored) == ("entities.BA-SRP.name", False)


@pytest.mark.parametrize(
    ("old", "new", "country"),
    [
        pytest.param("[rules.debt]\n", "[rules.debt]\nweight = 0\n", "ALB", id="a weight makes a tie"),
        pytest.param("min_coverage = 0.6", "min_coverage = 0.9", "XKX", id="more must be known"),
    ],
)
def test_a_rank_that_the_rules_moved_is_nobodys_doing(scored: Scored, old: str, new: str, country: str) -> None:
    rules = RULES + '[rules.law]\ndimension = "d"\nkind = "flag"\nweight = 0.5\n'
    claims = BASE + "".join(f"{c},law,no,2020,a,high,\n" for c in ("SRB", "MNE", "ALB"))
    claims += "XKX,debt,50,2020,a,high,\nXKX,vendor,Nokia,2020,a,high,\n"
    rank = moved(compared(scored, claims, claims, rules, rules.replace(old, new)), country).rank
    assert rank is not None
    assert rank.cause == "rules"


def test_a_rank_that_the_figures_of_peers_moved_is_not_its_own_doing(scored: Scored) -> None:
    fixed = '[rules.fixed]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
    rules = RULES.replace('kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"') + fixed
    rules = rules.replace("min_coverage = 0.6", "min_coverage = 0")
    # Serbia is the highest of the peers: when it falls, Montenegro stands higher among them and passes Albania.
    claims = HEADER + "SRB,debt,100,2020,a,,\nMNE,debt,40,2020,a,,\nXKX,debt,0,2020,a,,\nALB,fixed,60,2020,a,,\n"
    changes = compared(scored, claims, claims.replace("SRB,debt,100", "SRB,debt,50"), rules)
    found = {move.country: move.rank for move in changes.moves}
    assert found == {"MNE": RankMove("peers", ("ALB",)), "ALB": RankMove("others", ("MNE",))}


def test_another_claim_that_counts_by_the_order_of_the_sources_is_the_rules_doing(scored: Scored) -> None:
    claims = BASE + "ALB,debt,80,2020,b,high,\n"
    order = RULES.replace('"A"', '"0"').replace("sources.a]", "sources.x]").replace("sources.b]", "sources.a]")
    move = moved(compared(scored, claims, claims, RULES, order.replace("sources.x]", "sources.b]")), "ALB")
    assert [(part.kind, part.what) for part in move.parts] == [("settings", "order of the sources: ALB debt")]
    assert move.rank is not None
    assert move.rank.cause == "rules"


def test_a_score_that_is_only_rounded_in_another_way_says_so(scored: Scored) -> None:
    rules = RULES.replace("min_cov", "decimals = 0\nmin_cov")
    move = moved(compared(scored, BASE, BASE, rules_after=rules), "ALB")
    assert [(part.what, part.value) for part in move.parts] == [("index.decimals", 0.0)]
    assert sum(published_parts(move, 1)) == pytest.approx(move.score, abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("[rules.debt]\n", '[rules.owed]\nindicator = "debt"\n', id="a new name"),
        pytest.param("[rules.debt]\n", '[rules.owed]\nlabel = "Owed"\nindicator = "debt"\n', id="and a new label"),
    ],
)
def test_a_rule_that_is_only_called_otherwise_moves_nothing(scored: Scored, old: str, new: str) -> None:
    rules = RULES.replace(old, new)
    for before, after in ((RULES, rules), (rules, RULES)):
        changes = compared(scored, BASE, BASE, before, after)
        assert (changes.moves, changes.points) == ((), ())
        assert not any(change.scored for change in changes.rules)
        assert any(change.what.endswith("(its name)") for change in changes.rules)


def test_of_two_rules_that_are_alike_each_has_one_new_name(scored: Scored) -> None:
    twin = '[rules.{}]\ndimension = "d"\nkind = "flag"\nindicator = "law"\n'
    before, after = (RULES + "".join(map(twin.format, names)) for names in (("p", "q"), ("x", "y")))
    claims = BASE + "SRB,law,yes,2020,a,high,\n"
    changes = compared(scored, claims, claims.replace("law,yes", "law,no"), before, after)
    assert [(change.before, change.after) for change in changes.rules] == [("p", "x"), ("q", "y")]
    assert [(part.kind, part.what) for part in moved(changes, "SRB").parts] == [("data", "SRB law")]


def test_many_neighbours_are_counted_and_not_all_named(scored: Scored) -> None:
    codes = ("AUT", "BEL", "BGR", "CYP", "DEU")
    before = BASE + "".join(f"{code},debt,50,2020,a,high,\n{code},vendor,Nokia,2020,a,,\n" for code in codes)
    down = compared(scored, before, before.replace("debt,50", "debt,10"))
    (why,) = [str(row.cells[-1]) for row in movers(down).rows if row.cells[0] == "Montenegro"]
    assert why == "rank by others: AUT, BEL, BGR and 2 more"


def test_a_changed_rule_and_a_changed_cell_are_told_apart(scored: Scored) -> None:
    rules = RULES.replace("[rules.debt]\n", "[rules.debt]\nweight = 3\n").replace("Nokia = 0", "Nokia = 40")
    move = moved(compared(scored, BASE, BASE.replace("ALB,debt,10.5", "ALB,debt,90"), rules_after=rules), "ALB")
    assert {(part.kind, part.what) for part in move.parts} == {
        ("data", "ALB debt"),
        ("weight", "debt"),
        ("rule", "vendor"),
    }
    assert math.fsum(part.value for part in move.parts) == move.exact


def test_peers_move_a_country_whose_data_stayed(scored: Scored) -> None:
    rules = RULES.replace('kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"')
    move = moved(compared(scored, BASE, BASE.replace("SRB,debt,60", "SRB,debt,80"), rules), "MNE")
    assert [(part.kind, part.what) for part in move.parts] == [("peers", "debt")]


CODED = RULES.replace(
    "severity = { Huawei = 100, Nokia = 0 }", 'severity = { "1" = 0, "2" = 40, "3" = 100 }\ncombine = "max"'
)
FIGURE = RULES.replace(
    'kind = "category"\nseverity = { Huawei = 100, Nokia = 0 }', 'kind = "number"\ngoalposts = [1, 3]'
)
CODES = HEADER + "SRB,debt,60,2020,a,high,\nSRB,vendor,2,2020,a,high,\n"


@pytest.mark.parametrize(
    ("before", "after", "was", "value", "expected"),
    [
        pytest.param(CODED, FIGURE, "2", "2", {("rule", "vendor"): 5.0}, id="words become figures"),
        pytest.param(FIGURE, CODED, "2", "2", {("rule", "vendor"): -5.0}, id="figures become words"),
        # 40 → 50 → 100 and 40 → 100 → 100, halved by the weight.
        pytest.param(
            CODED,
            FIGURE,
            "2",
            "3",
            {("rule", "vendor"): 2.5, ("data", "SRB vendor"): 27.5},
            id="both, one after another",
        ),
        pytest.param(FIGURE, CODED, "2.0", "2", {("data", "SRB vendor"): -5.0}, id="2.0 is no word"),
    ],
)
def test_a_rule_that_reads_words_now_and_figures_then_is_to_blame_for_what_it_moves(
    scored: Scored, before: str, after: str, was: str, value: str, expected: dict[tuple[str, str], float]
) -> None:
    claims = [CODES.replace("vendor,2", f"vendor,{said}") for said in (was, value)]
    move = moved(compared(scored, claims[0], claims[1], before, after), "SRB")
    assert {(part.kind, part.what): part.value for part in move.parts} == pytest.approx(expected)


def test_an_entity_that_the_rules_no_longer_know_is_nobodys_peer(scored: Scored) -> None:
    rules = RULES.replace('kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"\nmethod = "percentile"')
    entity = '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 0.5\n'
    before = BASE + "BIH,vendor,Nokia,2020,a,high,\nBA-SRP,debt,30,2020,a,high,\n"
    after = BASE.replace("MNE,vendor,Nokia", "MNE,vendor,Huawei")
    move = moved(compared(scored, before, after, rules + entity, rules), "MNE")
    assert [(part.kind, part.what, part.value) for part in move.parts] == [("data", "MNE vendor", 50.0)]


def test_rounding_that_no_part_made_is_blamed_on_none(scored: Scored) -> None:
    """A third figure that is the mean of the other two moves nothing but the last bit of the sum."""
    rule = '[rules.r{0}]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\nweight = {1}\n'
    rules = RULES + "".join(rule.format(at, weight) for at, weight in enumerate((1, 1, 0.1)))
    before = HEADER + "SRB,r0,20.3,2020,a,,\nSRB,r1,60.9,2020,a,,\n"
    (move,) = compared(scored, before, before + "SRB,r2,40.6,2020,a,,\n", rules).moves
    assert move.exact
    assert move.score == 0
    assert move.parts == ()


def test_printed_parts_add_up_to_the_printed_move(scored: Scored) -> None:
    rules = RULES.replace("[rules.debt]\n", "[rules.debt]\nweight = 3.7\n").replace("Nokia = 0", "Nokia = 33.3")
    changes = compared(scored, BASE, BASE.replace("ALB,debt,10.5", "ALB,debt,77.7"), rules_after=rules)
    assert len(changes.moves) == 3
    for move in changes.moves:
        assert move.score is not None
        assert sum(published_parts(move, 1)) == pytest.approx(move.score, abs=1e-9)
