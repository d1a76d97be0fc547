"""The page of a change: every part of it, the headline, and why a country moved."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from exposure.analysis.diff import compare
from exposure.output.page import Block
from exposure.output.plain import shown
from exposure.scoring.score import Scores
from exposure.views.diff import diff_page

Scored = Callable[..., Scores]

HEAD = '[index]\ntitle = "T"\nedition = "1"\nmin_coverage = 0.5\n[bands]\nlow = 0\nhigh = 50\n[dimensions.all]\n'
RULE = '[rules.{}]\ndimension = "all"\nkind = "number"\ngoalposts = [0, 100]\n'
RULES = HEAD + "".join(map(RULE.format, "abcde"))
BEFORE = "country,a,b,c,d,e\nSRB,10,20,30,40,50\nMNE,50,50,50,50,50\n"


def blocks(scored: Scored, before: str, after: str, rules: str = RULES, rules_after: str = "") -> dict[str, Block]:
    """The blocks of the page by their titles."""
    page = diff_page(compare(scored(rules, before), scored(rules_after or rules, after)))
    return {block.title: block for block in page.blocks}


def texts(block: Block) -> list[list[str]]:
    return [[shown(cell) for cell in row.cells] for row in block.rows]


def test_every_part_of_every_move_stands_where_the_movers_could_not_name_all(scored: Scored) -> None:
    found = blocks(scored, BEFORE, BEFORE.replace("10,20,30,40,50", "20,40,60,80,100"))
    assert texts(found["What moved"])[0][-1] == "E (SRB) +10.0; D (SRB) +8.0; C (SRB) +6.0; 2 more"
    every = found["Every part of every move"]
    # Montenegro only loses a rank; nothing moved its score.
    assert texts(every) == [
        ["Serbia", "", "+30.0"],
        ["  E (SRB)", "data", "+10.0"],
        ["  D (SRB)", "data", "+8.0"],
        ["  C (SRB)", "data", "+6.0"],
        ["  B (SRB)", "data", "+4.0"],
        ["  A (SRB)", "data", "+2.0"],
    ]
    assert (every.rows[0].kind, every.folded, every.notes) == ("section", True, ())


def test_where_the_movers_name_every_part_there_is_no_second_list(scored: Scored) -> None:
    found = blocks(scored, BEFORE, BEFORE.replace("10,20,30", "20,40,60"))
    assert texts(found["What moved"])[0][-1] == "C (SRB) +6.0; B (SRB) +4.0; A (SRB) +2.0"
    assert "Every part of every move" not in found


def test_parts_too_many_for_all_orders_are_said_to_be_averaged_and_add_up(scored: Scored) -> None:
    names = [f"r{at}" for at in range(16)]
    rules = HEAD.replace("[dimensions.all]\n", '[dimensions.all]\naggregation = "geometric"\n')
    rules += "".join(map(RULE.format, names))
    before = f"country,{','.join(names)}\nSRB{',50' * 16}\n"
    after = f"country,{','.join(names)}\nSRB,{','.join(str(51 + at) for at in range(16))}\n"
    every = blocks(scored, before, after, rules)["Every part of every move"]
    (head, *parts), (note,) = texts(every), every.notes
    assert note.startswith("Serbia: 16 parts, averaged over ") and note.endswith(" orders of a fixed seed.")
    assert head == ["Serbia", "", "+8.3"] and len(parts) == 16
    assert math.fsum(float(points) for *_, points in parts) == pytest.approx(8.3)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param(BEFORE, "Nothing differs.", id="nothing"),
        pytest.param(
            BEFORE.replace("SRB,10", "SRB,20"), "1 claim changed. Serbia +2.0.", id="a score without rank and band"
        ),
        pytest.param(
            BEFORE.replace("SRB,10,20", "SRB,100,100"),
            "2 claims changed. Serbia +34.0. 2 ranks and 1 band changed.",
            id="ranks and a band",
        ),
        pytest.param(
            BEFORE.replace("SRB,10,20,30,40,50", "ALB,1,1,1,1,1"),
            "5 claims added, 5 claims removed. No country's score moves. No claim is left on Serbia. New: Albania.",
            id="one came and one went",
        ),
        pytest.param(
            BEFORE.replace("SRB,10,20,30,40,50", "SRB,10,,,,").replace("MNE,50,50,50,50,50", "MNE,,,,,"),
            "9 claims removed. Serbia -20.0. Without a score now: Montenegro. 2 ranks and 1 band changed.",
            id="without a score",
        ),
    ],
)
def test_the_headline(scored: Scored, after: str, said: str) -> None:
    assert blocks(scored, BEFORE, after)["T"].notes == (said,)


def test_of_many_that_moved_three_are_named_and_of_many_points_twenty(scored: Scored) -> None:
    claims = "country,a,b,c,d,e\n" + "".join(f"{code},10,20,30,40,50\n" for code in ("SRB", "MNE", "ALB", "XKX", "BIH"))
    found = blocks(scored, claims, claims, rules_after=RULES.replace("[rules.a]", "[rules.a]\nweight = 3"))
    assert found["T"].notes == (
        "1 scoring key of the rules changed. "
        "Albania -5.7, Bosnia and Herzegovina -5.7, Montenegro -5.7 and 2 more.",
    )  # fmt: skip
    points = found["Points"]
    assert len(points.rows) == 20
    assert points.notes[-1] == "5 smaller changes are not shown; -f json has them."
    assert {row[1] for row in texts(points)} == {"E", "A", "D", "C"}, "the smallest change is that of B"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param("MNE,1,1,1,1,1\n", "MNE,1,1,1,1,1\nSRB,1,1,1,,\n", "no claim before", id="came"),
        pytest.param("SRB,1,1,1,,\n", "MNE,1,1,1,1,1\n", "no claim left", id="went"),
        pytest.param("SRB,,,,,\n", "SRB,1,1,1,,\n", "nothing known before", id="became known"),
        pytest.param("SRB,1,1,1,,\n", "SRB,,,,,\n", "nothing known any more", id="became unknown"),
        pytest.param("SRB,7,7,7,7,7\n", "SRB,7,7,7,7,\n", "less is known", id="the rest says the same"),
        pytest.param("SRB,7,7,7,7,\n", "SRB,7,7,7,7,7\n", "more is known", id="and the other way"),
    ],
)
def test_why_of_a_country_that_no_claim_moved(scored: Scored, before: str, after: str, why: str) -> None:
    """A cell that is empty is a claim that nothing is known, so the country is there."""
    empty = "country,indicator,value\n"
    long = [
        empty
        + "".join(
            f"{row.split(',')[0]},{name},{value}\n"
            for row in side.splitlines()
            for name, value in zip("abcde", row.split(",")[1:], strict=True)
        )
        for side in (before, after)
    ]
    rows = {row[0]: row[-1] for row in texts(blocks(scored, *long)["What moved"])}
    assert rows["Serbia"] == why


@pytest.mark.parametrize(
    ("old", "new", "key", "bears_on"),
    [
        ("high = 50", "high = 60", "bands.high", "bands"),
        ("min_coverage = 0.5", "min_coverage = 0.6", "index.min_coverage", "ranks"),
        ("[rules.a]\n", "[rules.a]\nweight = 2\n", "rules.a.weight", "scores"),
        ("[bands]", "[checks]\nmax_score_move = 1\n[bands]", "checks.max_score_move", "checks"),
        ("[bands]", "[uncertainty]\ndraws = 9\n[bands]", "uncertainty.draws", "rank ranges"),
        ("[bands]", '[[scenarios]]\nid = "s"\nset = { SRB = { a = 1 } }\n[bands]', "scenarios.s", "what-if"),
        ("[rules.a]\n", '[rules.a]\nwhy = "because"\n', "rules.a.why", "words"),
    ],
)
def test_what_a_changed_key_bears_on(scored: Scored, old: str, new: str, key: str, bears_on: str) -> None:
    (row,) = texts(blocks(scored, BEFORE, BEFORE, rules_after=RULES.replace(old, new, 1))["Rules"])
    assert (row[0], row[-1]) == (key, bears_on)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param("[rules.a]\n", "[rules.a]\nweight = 0\n", "weight of A +5.0", id="a weight"),
        pytest.param("[0, 100]", "[0, 50]", "rule A +2.0", id="a rule"),
        pytest.param(RULE.format("a"), "[context.a]\n", "rule A taken out +5.0", id="a rule that went"),
        pytest.param(
            'kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"\nmethod = "minmax"', "rule A -2.0", id="a kind"
        ),
    ],
)  # fmt: skip
def test_what_of_the_rules_moved_a_country_is_named(scored: Scored, old: str, new: str, why: str) -> None:
    """Of 10, 20, 30, 40 and 50: without the first the mean is 35, by the largest the score is 50."""
    rows = texts(blocks(scored, BEFORE, BEFORE, rules_after=RULES.replace(old, new, 1))["What moved"])
    assert {row[0]: row[-1] for row in rows}["Serbia"] == why
    back = texts(blocks(scored, BEFORE, BEFORE, RULES.replace(old, new, 1), RULES)["What moved"])
    turned = why.translate(str.maketrans("+-", "-+")).replace("rule A taken out", "new rule A")
    assert {row[0]: row[-1] for row in back}["Serbia"] == turned


def test_an_entity_stands_below_its_country_and_alone_where_that_did_not_move(scored: Scored) -> None:
    entity = '[entities.BA-SRP]\nname = "Srpska"\npart_of = "BIH"\nshare = 0.35\n'
    claims = BEFORE + "BA-SRP,10,10,10,10,10\nBIH,60,60,60,60,60\n"
    both = claims.replace("BA-SRP,10", "BA-SRP,90").replace("BIH,60", "BIH,70")
    found = [
        texts(blocks(scored, claims, after, RULES + entity)["What moved"])
        for after in (both, claims.replace("BA-SRP,10", "BA-SRP,90"))
    ]
    assert [[row[0] for row in rows] for rows in found] == [["Bosnia and Herzegovina", "  Srpska"], ["  Srpska"]]
