"""What is only called otherwise: every place of the rules that names it follows, in long files and in wide ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.diff import compare
from exposure.scoring.score import Scores

Scored = Callable[..., Scores]

RULES = """
[dimensions.top]
[dimensions.d]
parent = "top"
[rules.a]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.b]
dimension = "d"
kind = "number"
goalposts = [0, 10]
[rules.again]
dimension = "d"
kind = "number"
indicator = "b"
goalposts = [0, 10]
[rules.both]
dimension = "d"
kind = "combination"
when = { a = { at_least = 3 }, b = { at_least = 3 } }
[context.c]
[sources.s]
title = "S"
[sources.t]
title = "T"
compiled_from = ["s"]
[[targets]]
id = "t"
for = { c = "x" }
require = { a = { at_most = 50 } }
[[scenarios]]
id = "s"
set = { SRB = { a = 1 } }
source = "s"
[[waivers]]
code = "stale"
indicator = "a"
reason = "r"
"""
LONG = """\
country,indicator,value,as_of,source,confidence,note
MNE,a,60,2024,s,high,
MNE,b,2,2024,t,high,
SRB,a,5,2024,s,high,
SRB,b,6,2024,t,high,
SRB,c,x,2024,s,high,
"""
WIDE = "country,a,b,c,as_of,source,confidence\nMNE,60,2,,2024,s,high\nSRB,5,6,x,2024,s,high\n"

A = (
    ("[rules.a]", "[rules.alpha]"), ("when = { a =", "when = { alpha ="), ("require = { a =", "require = { alpha ="),
    ("SRB = { a =", "SRB = { alpha ="), ('indicator = "a"', 'indicator = "alpha"'),
)  # fmt: skip
CALLED = {
    "a rule and what it reads": (A, (",a,", ",alpha,"), [("rules", "a", "alpha")]),
    "a rule that reads another indicator": (
        (("[rules.again]", "[rules.twice]"),), ("", ""), [("rules", "again", "twice")],
    ),
    "a rule that is told what it reads": (
        (("[rules.a]", '[rules.alpha]\nindicator = "a"'),), ("", ""), [("rules", "a", "alpha")],
    ),
    "an indicator that two rules read": (
        (("[rules.b]", '[rules.b]\nindicator = "beta"'), ('indicator = "b"', 'indicator = "beta"'),
         ("}, b = {", "}, beta = {")), (",b,", ",beta,"), [("indicators", "b", "beta")],
    ),
    "a dimension above another": (
        (("[dimensions.top]", "[dimensions.all]"), ('parent = "top"', 'parent = "all"')), ("", ""),
        [("dimensions", "top", "all")],
    ),
    "a source that others are compiled from": (
        (("[sources.s]", "[sources.s-2024]"), ('["s"]', '["s-2024"]'), ('source = "s"', 'source = "s-2024"')),
        (",s,", ",s-2024,"), [("sources", "s", "s-2024")],
    ),
    "context": ((("[context.c]", "[context.status]"), ("for = { c =", "for = { status =")), (",c,", ",status,"),
                [("indicators", "c", "status")]),
}  # fmt: skip


@pytest.mark.parametrize("claims", [LONG, WIDE], ids=["long", "wide"])
@pytest.mark.parametrize("name", CALLED)
def test_nothing_else_differs(scored: Scored, name: str, claims: str) -> None:
    edits, (old, new), expected = CALLED[name]
    rules = RULES
    for was, now in edits:
        assert was in rules
        rules = rules.replace(was, now)
    changes = compare(scored(RULES, claims), scored(rules, claims.replace(old, new) if old else claims))
    assert changes.renames.each() == expected
    assert (changes.claims, changes.moves, changes.points) == ((), (), ())
    assert [change.what for change in changes.rules] == [f"{section}.{was} (its name)" for section, was, _ in expected]


def test_what_says_something_else_is_no_renaming(scored: Scored) -> None:
    rules = RULES
    for was, now in A:
        rules = rules.replace(was, now)
    changes = compare(scored(RULES, LONG), scored(rules, LONG.replace(",a,", ",alpha,").replace("60", "61")))
    assert changes.renames.each() == []
    assert {(change.kind, change.claim.indicator) for change in changes.claims} == {
        ("removed", "a"),
        ("added", "alpha"),
    }
