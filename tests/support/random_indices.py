"""Small indices of every kind of rule, drawn at random, for what must hold of all."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from exposure.observations.model import Observations
from exposure.observations.reading import read_observations
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores, score

UNITS = ("SRB", "MNE", "BIH", "BA-SRP", "BA-BIH")
VALUES = {
    "vendor": ("Huawei", "Nokia", "Huawei;Nokia", "Nokia;?", "not-applicable", ""),
    "debt": ("0", "10", "25.0", ">=5", "withdrawn", ""),
    "gdp": ("1", "2", "3.5", "9", "not-applicable", ""),
    "pledge": ("yes", "no", "not-applicable", ""),
}
Cells = dict[tuple[str, str], str | None]

# Made once: a strategy that is made for one draw takes longer than the draw.
methods = st.sampled_from(
    [
        *("arithmetic", "arithmetic", "geometric", "max", "min", "harmonic", "inverted-geometric"),
        {"method": "geometric", "floor": 0.1},
    ]
)
weights = st.sampled_from([0.0, 1.0, 2.0, 3.5])
missing = st.sampled_from(["exclude", "exclude", "worst", "best"])
names = st.sampled_from(["a", "b"])
parents = st.sampled_from([None, "a"])
dimension_weights = st.sampled_from([1.0, 3.0])
coverages = st.sampled_from([0.0, 0.0, 0.5])
severities = st.sampled_from([100.0, 60.0])
ends = st.sampled_from([10.0, 25.0])
relative = st.sampled_from(["minmax", "percentile"])
policies = st.booleans()
gone = st.sets(st.sampled_from(["vendor", "debt", "gdp", "pledge", "both"]), max_size=2)
rollups = st.sampled_from(["mean", "max"])
part_shares = st.sampled_from([0.35, 0.5])
words = {name: st.sampled_from([*values, None]) for name, values in VALUES.items()}
yes_or_no = st.sampled_from(["yes", "no"])


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    """A small rulebook of every kind of rule, as its file would be parsed."""
    inner = draw(names)
    parent = {"a": None, "b": draw(parents)}
    dimensions = {
        name: {
            **({"parent": parent[name]} if parent[name] else {}),
            "weight": draw(dimension_weights),
            "aggregation": draw(methods),
            "min_coverage": draw(coverages),
        }
        for name in ("a", "b")
    }
    rules: dict[str, Any] = {
        "vendor": {"kind": "category", "severity": {"Huawei": draw(severities), "Nokia": 0.0}},
        "debt": {"kind": "number", "goalposts": [0.0, draw(ends)], "valid": [0.0, 100.0]},
        "gdp": {"kind": "relative", "method": draw(relative)},
        "pledge": {"kind": "flag"},
        "both": {"kind": "combination", "when": {"vendor": "Huawei", "pledge": "yes"}},
    }
    for rule in rules.values():
        rule |= {"dimension": draw(names), "weight": draw(weights)}
        if draw(policies):
            rule["missing"] = draw(missing)
    for name in draw(gone):
        if name == "both":
            del rules[name]
    rules["anchor"] = {"kind": "flag", "dimension": inner, "weight": 1.0}
    return {
        "index": {"title": "t", "edition": "1", "aggregation": draw(methods), "missing": draw(missing)},
        "dimensions": dimensions,
        "rules": rules,
        "context": {"there": {}},
        "entities": {
            "rollup": draw(rollups),
            "BA-SRP": {"name": "RS", "part_of": "BIH", "share": draw(part_shares)},
            "BA-BIH": {"name": "F", "part_of": "BIH", "share": 0.5},
        },
    }


@st.composite
def claims(draw: st.DrawFn) -> Cells:
    """What is said of every unit, None where nobody looked."""
    said: Cells = {}
    for unit in UNITS:
        for name, values in words.items():
            said[unit, name] = draw(values)
        said[unit, "anchor"] = draw(yes_or_no)
    return said


def scores_of(book: dict[str, Any], cells: Cells) -> Scores:
    """The scores of these claims by these rules."""
    lines = ["country,indicator,value", *(f"{unit},there,x" for unit in UNITS)]
    lines += [f"{unit},{name},{said}" for (unit, name), said in cells.items() if said is not None]
    if not any(said is not None for said in cells.values()):
        lines.append("MNE,there,")
    return _scored(json.dumps(book), "\n".join(dict.fromkeys(lines)))


# One brute force asks for mixtures of the same few rules and claims hundreds of times.
@lru_cache(maxsize=64)
def _scored(book: str, claims: str) -> Scores:
    return score(_read(book, claims), _rulebook(book))


@lru_cache(maxsize=64)
def _rulebook(book: str) -> Rulebook:
    return Rulebook.model_validate(json.loads(book))


@lru_cache(maxsize=64)
def _read(book: str, claims: str) -> Observations:
    said: dict[str, Any] = json.loads(book)
    readable = Rulebook.model_validate({**said, "rules": {**ALL_RULES, **said["rules"]}})
    return read_observations(claims.encode(), readable)


ALL_RULES: dict[str, Any] = {
    "vendor": {"kind": "category", "severity": {"Huawei": 1.0, "Nokia": 0.0}, "dimension": "a"},
    "debt": {"kind": "number", "goalposts": [0.0, 1.0], "valid": [0.0, 100.0], "dimension": "a"},
    "gdp": {"kind": "relative", "dimension": "a"},
    "pledge": {"kind": "flag", "dimension": "a"},
}
