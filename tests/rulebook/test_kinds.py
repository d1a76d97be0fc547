"""Every kind in the list answers every question that the house asks of a rule."""

from __future__ import annotations

import inspect
import tomllib
from typing import NamedTuple

import numpy as np
import pytest

from exposure.analysis.check import check
from exposure.analysis.diff import compare
from exposure.analysis.explain import explain
from exposure.analysis.levers import levers
from exposure.analysis.what_if import what_if
from exposure.errors import InvalidInput
from exposure.observations.overlay import Assumption
from exposure.observations.reading import read_observations
from exposure.rulebook.base import keys_of
from exposure.rulebook.kinds import KINDS
from exposure.rulebook.kinds.rule import Rule
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score
from exposure.views.method import method_blocks


class Example(NamedTuple):
    """A rule of one kind, called x, and what should be made of it."""

    keys: str
    values: tuple[str, str, str]
    """Of Albania, Montenegro and Serbia, from the least exposed to the most."""
    severities: tuple[float, float, float]
    described: str
    options: dict[str, float]
    outside: str = ""
    """A value that its `valid` forbids."""


EXAMPLES = {
    "category": Example(
        'severity = { none = 0, some = 40, all = 100 }\ncombine = "mean"',
        ("none", "some", "some;all"),
        (0, 40, 70),
        "none 0, some 40, all 100; of several the mean",
        {"none": 0, "some": 40, "all": 100},
    ),
    "flag": Example(
        "severity = { yes = 80, no = 10 }", ("no", "yes", "yes"), (10, 80, 80), "yes 80, no 10", {"yes": 80, "no": 10}
    ),
    "number": Example(
        "goalposts = [0, 50]\nvalid = [0, 60]\nwhole = true",
        ("0", "10", "60"),
        (0, 20, 100),
        "0 or what is beyond is 0, 50 is 100",
        {"0": 0, "50": 100},
        outside="61",
    ),
    "relative": Example(
        'method = "minmax"\nvalid = [0, 60]',
        ("0", "10", "40"),
        (0, 25, 100),
        "among the countries present: minmax, ascending",
        {"0": 0},
        outside="61",
    ),
    "combination": Example(
        "when = { plain = { at_least = 5 } }\ncontradiction = true",
        ("", "", ""),
        (0, 0, 100),
        "100 where all of its conditions hold",
        {},
    ),
}
BOOK = """
[index]
title = "T"
edition = "1"
[bands]
low = 0
high = 50
[dimensions.a]
[rules.plain]
dimension = "a"
kind = "number"
goalposts = [0, 10]
[rules.x]
dimension = "a"
"""
CODES = ("ALB", "MNE", "SRB")

kinds = pytest.mark.parametrize("kind", KINDS)


def rules(kind: str) -> str:
    return f'{BOOK}kind = "{kind}"\n{EXAMPLES[kind].keys}\n'


def scored(kind: str) -> Scores:
    lines = ["country,indicator,value", "ALB,plain,0", "MNE,plain,2", "SRB,plain,8"]
    lines += [f"{code},x,{value}" for code, value in zip(CODES, EXAMPLES[kind].values, strict=True) if value]
    book = load_rulebook(rules(kind).encode())
    return score(read_observations("\n".join(lines).encode(), book), book)


def test_every_kind_has_an_example() -> None:
    assert list(EXAMPLES) == list(KINDS)


@kinds
def test_a_kind_answers_what_is_asked_of_a_rule(kind: str) -> None:
    example, scores = EXAMPLES[kind], scored(kind)
    rule, scale = scores.rulebook.rules["x"], 100.0
    assert type(rule) is KINDS[kind]
    assert list(rule.mistakes(scale)) == []
    assert rule.reads("x") == (tuple(rule.conditions) or ("x",))
    assert bool(rule.form) is not bool(rule.conditions)
    assert rule.may_leave(scale) == (False, False)
    assert rule.described(scale) == example.described
    cells = scores.cells["x"]
    assert cells.x.tolist() == pytest.approx(list(example.severities))
    assert rule.options(scale, np.asarray([0.0, 10, 40]), cells.x) == pytest.approx(example.options)
    for indicator in rule.reads("x"):
        x, low, high = rule.severities(indicator, scores.selection, scale)
        assert len(x) == len(scores.observations.numbers("line"))
        assert bool(np.all((low <= x) & (x <= high) | np.isnan(x)))


@kinds
def test_every_verb_bears_every_kind(kind: str) -> None:
    scores = scored(kind)
    assert explain(scores, 2).rules[1].severity == EXAMPLES[kind].severities[2]
    assert any(EXAMPLES[kind].described in row.cells for block in method_blocks(scores) for row in block.rows)
    found = levers(scores, 2, "low")
    assert found.plan is not None
    assert found.plan.reached
    assert check(scores).found is not None
    read = scores.rulebook.rules["x"].reads("x")[0]
    value = next(one.value for one in found.measures if one.indicator == read)
    after = what_if(scores, [Assumption("SRB", read, value, "as told")])
    assert after.changes.after.exact[2] < scores.exact[2]
    assert compare(scores, after.changes.after).moves


@pytest.mark.parametrize("kind", [kind for kind, one in KINDS.items() if "valid" in keys_of(one)])
def test_what_valid_forbids_is_refused(kind: str) -> None:
    book = load_rulebook(rules(kind).encode())
    with pytest.raises(InvalidInput, match=r"out-of-range.* is outside 0 to 60"):
        read_observations(f"country,indicator,value\nSRB,x,{EXAMPLES[kind].outside}\n".encode(), book)


@pytest.mark.parametrize(
    ("kind", "key"),
    [(kind, key) for kind, one in KINDS.items() for key in keys_of(one) if key not in ("kind", "why")],
)
def test_a_misspelt_key_is_recognised(kind: str, key: str) -> None:
    with pytest.raises(InvalidInput, match=f'rules.x.{key}{key[-1]}: unknown key; did you mean "{key}"'):
        load_rulebook(f"{rules(kind)}{key}{key[-1]} = 1\n".encode())


@pytest.mark.parametrize("part", sorted(Rule.__abstractmethods__))
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_leaves_a_question_unanswered_is_no_kind(kind: str, part: str) -> None:
    assert not inspect.isabstract(KINDS[kind])
    lacking = type("Lacking", (KINDS[kind],), {part: Rule.__dict__[part], "__module__": __name__})
    with pytest.raises(TypeError, match=f"abstract method '?{part}"):
        lacking(**tomllib.loads(rules(kind))["rules"]["x"])
