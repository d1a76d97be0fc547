"""What is only called otherwise after a change: sources, indicators, dimensions and rules whose content stayed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from exposure.analysis.rule_changes import scored_part
from exposure.observations.model import Observations
from exposure.rulebook.indicators import indicators
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores, score
from exposure.scoring.selection import asked_day

Names = Mapping[str, str]
"""Old name → new name."""
_SAID = ("country", "value", "as_of", "confidence", "note")
"""What a claim says beside the names that may change."""


class Renames(NamedTuple):
    """Old name → new name, by the section of the rules that declares it."""

    sources: Names
    indicators: Names
    dimensions: Names
    rules: Names

    def each(self) -> list[tuple[str, str, str]]:
        """Section, old name and new name of each; of a rule that has the name of its indicator, once."""
        rules = self.rules.items()
        tables = self._asdict() | {
            "indicators": {old: new for old, new in self.indicators.items() if (old, new) not in rules}
        }
        return [(section, *names) for section, table in tables.items() for names in table.items()]


def under_new_names(before: Scores, after: Scores) -> tuple[Scores, Renames]:
    """The scores before the change, with what is only called otherwise called as after it."""
    names = _renames(before, after)
    if not any(names):
        return before, names
    rulebook = _renamed(before.rulebook, after.rulebook, names)
    columns = dict(before.observations.columns)
    for column, new in (("source", names.sources), ("indicator", names.indicators)):
        texts = before.observations.text(column)
        columns[column] = texts.mapped([new.get(text, text) for text in texts.texts])
    known = indicators(rulebook)
    observations = replace(before.observations, columns=columns, indicators=known)
    return score(observations, rulebook, asked_day(before.selection)), names


def _renames(before: Scores, after: Scores) -> Renames:
    old, new = before.rulebook, after.rulebook
    sides = (before.observations, after.observations)
    indicated = (before.observations.indicators, after.observations.indicators)
    sources = _pairs(old.sources, new.sources, lambda _, source: source.model_dump(mode="json"))
    called = _same_claims(sides, "indicator", *indicated, "source", sources)
    sources = _same_claims(sides, "source", sources, sources.values(), "indicator", called)
    # Without a source that is another after all, its indicators say something else.
    called = _same_claims(sides, "indicator", *indicated, "source", sources)
    dimensions = _pairs(old.dimensions, new.dimensions, lambda _, node: node.model_dump(mode="json"))

    def essence(name: str, rule: Any) -> Any:
        reads = sorted(called.get(one, one) for one in rule.reads(name))
        inside = dimensions.get(rule.dimension, rule.dimension)
        when = _with_keys(scored_part(rule).get("when") or {}, called)
        return scored_part(rule) | {"weight": rule.weight, "indicator": reads, "dimension": inside, "when": when}

    return Renames(sources, called, dimensions, _pairs(old.rules, new.rules, essence))


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any], essence: Callable[[str, Any], Any]) -> Names:
    """Old name → new name of those that went and came with one content; of some that are alike each has its own."""

    def by_content(names: Iterable[str], table: Mapping[str, Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(names):
            found.setdefault(json.dumps(essence(name, table[name]), sort_keys=True), []).append(name)
        return found

    went = by_content(before.keys() - after.keys(), before)
    came = by_content(after.keys() - before.keys(), after)
    pairs = (zip(names, came.get(content, ()), strict=False) for content, names in went.items())
    return {old: new for pair in pairs for old, new in pair}


def _same_claims(
    sides: tuple[Observations, Observations],
    column: str,
    before: Iterable[str],
    after: Iterable[str],
    other: str,
    others: Names,
) -> Names:
    """Old name → new name of indicators or sources whose claims, at least one, say the same on both sides.

    `others` are the new names in the `other` of the two columns.
    """
    came: dict[tuple[tuple[str, ...], ...], str] = {}
    for name in sorted(set(after) - set(before)):
        came.setdefault(_said(sides[1], column, name, other, {}), name)
    went = {name: _said(sides[0], column, name, other, others) for name in sorted(set(before) - set(after))}
    return {name: came.pop(said) for name, said in went.items() if said and said in came}


def _said(observations: Observations, column: str, name: str, other: str, others: Names) -> tuple[tuple[str, ...], ...]:
    """What the claims of one indicator or source say, but for its name."""
    rows = observations.text(column).rows(name)
    texts = [observations.text(one).taken(rows).each() for one in _SAID]
    texts.append([others.get(text, text) for text in observations.text(other).taken(rows).each()])
    return tuple(sorted(zip(*texts, strict=True)))


def _renamed(before: Rulebook, after: Rulebook, names: Renames) -> Rulebook:
    """The rules before the change under the names of those after it."""
    plain = before.model_dump(mode="json", by_alias=True, exclude_unset=True)
    sources, called, dimensions, rules = names
    plain["sources"] = _with_keys(plain.get("sources", {}), sources)
    for source in plain["sources"].values():
        if "compiled_from" in source:
            source["compiled_from"] = [sources.get(one, one) for one in source["compiled_from"]]
    plain["dimensions"] = _with_keys(plain["dimensions"], dimensions)
    for node in plain["dimensions"].values():
        if node.get("parent") in dimensions:
            node["parent"] = dimensions[node["parent"]]
    for name, rule in plain["rules"].items():
        rule["dimension"] = dimensions.get(rule["dimension"], rule["dimension"])
        if "when" in rule:
            rule["when"] = _with_keys(rule["when"], called)
            continue
        new, (reads,) = rules.get(name, name), before.rules[name].reads(name)
        rule.pop("indicator", None)
        if called.get(reads, reads) != new or getattr(after.rules.get(new), "indicator", None):
            rule["indicator"] = called.get(reads, reads)
    plain["rules"] = _with_keys(plain["rules"], rules)
    plain["context"] = _with_keys(plain.get("context", {}), called)
    for target in plain.get("targets", ()):
        target |= {part: _with_keys(target[part], called) for part in ("for", "require") if part in target}
    for scenario in plain.get("scenarios", ()):
        scenario["set"] = {who: _with_keys(values, called) for who, values in scenario["set"].items()}
        if scenario.get("source") in sources:
            scenario["source"] = sources[scenario["source"]]
    for waiver in plain.get("waivers", ()):
        if waiver.get("indicator") in called:
            waiver["indicator"] = called[waiver["indicator"]]
    return Rulebook.model_validate(plain)


def _with_keys(table: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in table.items()}
