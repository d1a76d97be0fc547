"""What a change does to single claims: one table, a cell before, the same cell after, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.check import check
from exposure.scoring.score import Scores

Scored = Callable[..., Scores]

RULES = """
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
OTHERS = "MNE,vendor,Nokia,2010,a,high,\nSRB,debt,50,2022,a,high,\nSRB,debt,50,2022,b,high,\n"

CLAIMS = {
    "nothing": ("debt,10,2020,a,high,", "debt,10,2020,a,high,", []),
    "gone": ("debt,10,2020,a,high,", "", [
        ("error", "became-unknown", "10 counted, and nothing does now"),
        ("error", "claim-removed", "10 (a, 2020) is gone"),
    ]),
    "gone, and as surely said by another": (
        "debt,10,2020,a,high,\nMNE,debt,10,2020,b,high,", "debt,10,2020,b,high,",
        [("warning", "claim-removed", "10 (a, 2020) is gone")],
    ),
    "gone, and less surely said by another": (
        "debt,10,2020,a,high,\nMNE,debt,10,2020,b,low,", "debt,10,2020,b,low,",
        [("error", "claim-removed", "10 (a, 2020) is gone")],
    ),
    "an old claim gone": (
        "debt,10,2019,a,high,\nMNE,debt,20,2020,a,high,", "debt,20,2020,a,high,",
        [("error", "claim-removed", "10 (a, 2019) is gone")],
    ),
    "a search gone": (
        "debt,10,2020,a,high,\nMNE,debt,,2020,b,high,looked", "debt,10,2020,a,high,",
        [("warning", "claim-removed", "an empty value (b, 2020) is gone")],
    ),
    "of another date": (
        "debt,10,2020,a,high,", "debt,10,2021,a,high,", [("warning", "re-dated", "10: a, 2020 → a, 2021")],
    ),
    "of another source": (
        "debt,10,2020,a,high,", "debt,10,2020,b,high,", [("warning", "re-sourced", "10: a, 2020 → b, 2020")],
    ),
    "of another source that is less sure": (
        "debt,10,2020,a,high,", "debt,10,2020,b,low,",
        [("error", "claim-removed", "10 (a, 2020) is gone, and what still says so is less sure")],
    ),
    "in other digits, of another date": (
        "debt,10.0,2020,a,high,", "debt,10,2021,a,high,", [("warning", "re-dated", "10.0: a, 2020 → a, 2021")],
    ),
    "a source found": ("debt,10,2020,,high,", "debt,10,2020,a,high,", [("note", "re-sourced", "10: 2020 → a, 2020")]),
    "a date found": ("debt,10,,a,high,", "debt,10,2020,a,high,", [("note", "re-dated", "10: a → a, 2020")]),
    "a source lost": (
        "debt,10,2020,a,high,", "debt,10,2020,,high,",
        [("error", "unsourced", "10 without a source"), ("warning", "re-sourced", "10: a, 2020 → 2020")],
    ),
    "held less sure": (
        "debt,10,2020,a,high,", "debt,10,2020,a,low,",
        [("warning", "re-rated", "10 (a, 2020): confidence high → low")],
    ),
    "never held anything": (
        "debt,10,2020,a,,", "debt,10,2020,a,high,",
        [("warning", "re-rated", "10 (a, 2020): confidence none stated → high")],
    ),
    "another value": (
        "debt,10,2020,a,high,", "debt,11,2020,a,high,",
        [("error", "source-unchanged", "10 → 11, with the same source and date (a, 2020)")],
    ),
    "blanked": (
        "debt,10,2020,a,high,", "debt,,2020,a,high,x",
        [("error", "became-unknown", "10 counted, and nothing does now"),
         ("error", "source-unchanged", "10 → empty, with the same source and date (a, 2020)")],
    ),
    "withdrawn": (
        "debt,10,2020,a,high,", "debt,10,2020,a,high,\nMNE,debt,withdrawn,2021,b,high,x",
        [("error", "became-unknown", "10 → withdrawn")],
    ),
    "does not apply": (
        "vendor,Huawei,2020,a,high,", "vendor,Huawei,2020,a,high,\nMNE,vendor,not-applicable,2021,b,high,x",
        [("error", "became-unknown", "Huawei → not-applicable")],
    ),
    "others may be there": (
        "vendor,Huawei,2020,a,high,", "vendor,Huawei,2020,a,high,\nMNE,vendor,Nokia;?,2021,b,high,x",
        [("error", "became-unknown", "Huawei → Nokia; others not known")],
    ),
    "a new value, as sure": ("debt,10,2020,a,high,", "debt,10,2020,a,high,\nMNE,debt,20,2021,b,high,", []),
    "a value where there was none": ("debt,,2020,a,high,x", "debt,,2020,a,high,x\nMNE,debt,20,2021,b,high,", []),
    "the other counts": (
        "debt,10,2020,a,high,\nMNE,debt,20,2020,b,low,", "debt,20,2020,b,low,",
        [("error", "claim-removed", "10 (a, 2020) is gone"), ("error", "value-switched", "10 → 20 (b, 2020)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_what_became_of_a_claim(scored: Scored, name: str) -> None:
    before, after, expected = CLAIMS[name]
    sides = [scored(RULES, f"{HEADER}{OTHERS}{f'MNE,{text}' if text else ''}\n") for text in (after, before)]
    found = check(*sides).found
    looked_at = {"unsourced", "became-unknown", "claim-removed", "value-switched", "source-unchanged"}
    new = [one for one in found if not one.stood and (one.code in looked_at or one.code.startswith("re-"))]
    assert sorted((one.level, one.code, one.message) for one in new) == sorted(expected)


@settings(max_examples=60)
@given(books(), claims(), claims())
def test_of_any_change(book: dict[str, Any], was: Cells, now: Cells) -> None:
    """Nothing is new of what did not change, and nothing that was known is lost or another without an error."""
    before, after = scores_of(book, was), scores_of(book, now)
    assert not check(before, before).fails("note")
    silent = (None, "", "withdrawn", "not-applicable", "Nokia;?")
    read = {name for rule_id, rule in before.rulebook.rules.items() for name in rule.reads(rule_id)}
    lost = any(was[cell] not in silent and was[cell] != now[cell] for cell in was if cell[1] in read)
    findings = check(after, before)
    assert findings.fails("error") or not lost
    stood = sum(one.stood for one in findings.found) + sum(findings.unlisted_stood.values())
    assert stood + sum(map(bool, findings.gone)) <= sum(check(before).every.values())
