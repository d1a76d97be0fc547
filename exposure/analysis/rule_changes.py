"""What a change of the rules changed, key by key, and which of it can move a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from exposure.rulebook.model import Rulebook
from exposure.rulebook.wording import dotted

Path = tuple[str | int, ...]

_NOT_SCORED = frozenset({"label", "definition", "why", "controllable", "layer", "contradiction", "name", "source"})
"""Keys of a rule, dimension or entity that say something and score nothing."""
_SECTIONS = frozenset({"rules", "dimensions", "entities"})
_INDEX = frozenset({"scale", "decimals", "rounding", "aggregation", "missing", "min_coverage", "max_age"})
_GATES = ("checks", "targets", "waivers")


class RuleChange(NamedTuple):
    """One key of the rules that says something else."""

    what: str
    """As a person would write it: `rules.chinese_debt.weight`."""
    before: Any
    """Plain values; None where the key was not there."""
    after: Any
    scored: bool
    """Whether it can move a score, a rank or a band."""
    gate: bool
    """Whether it changes what a change may do: checks, targets, waivers, and what contradicts what."""


def rule_changes(before: Rulebook, after: Rulebook) -> tuple[RuleChange, ...]:
    """Every key that differs, in the order of its name; a table that came or went is one."""
    differences = [
        RuleChange(dotted(path), old, new, _is_scored(path), _is_gate(path, before, after))
        for path, old, new in _differences((), _plain(before), _plain(after))
    ]
    orders = [list(book.sources) for book in (before, after)]
    common = [[name for name in order if name in other] for order, other in zip(orders, reversed(orders), strict=True)]
    if common[0] != common[1]:
        differences.append(RuleChange("sources (their order)", "; ".join(common[0]), "; ".join(common[1]), True, False))
    return tuple(sorted(differences, key=lambda change: change.what))


def _plain(rulebook: Rulebook) -> dict[str, Any]:
    plain = rulebook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for section in ("targets", "scenarios"):
        if section in plain:
            plain[section] = {table["id"]: table for table in plain[section]}
    if "waivers" in plain:
        plain["waivers"] = dict(zip(waiver_names(rulebook), plain["waivers"], strict=True))
    return plain


def waiver_names(rulebook: Rulebook) -> list[str]:
    """What each waiver covers, in their order; those that cover the same are numbered, so that none hides another."""
    names: list[str] = []
    covers: Counter[str] = Counter()
    for waiver in rulebook.waivers:
        name = " ".join(part for part in (waiver.code, waiver.country, waiver.indicator) if part)
        covers[name] += 1
        names.append(name if covers[name] == 1 else f"{name} ({covers[name]})")
    return names


def _differences(path: Path, before: Any, after: Any) -> Iterator[tuple[Path, Any, Any]]:
    if before == after:
        return
    if len(path) == 1:
        # A section that came or went is told table by table.
        before, after = before or {}, after or {}
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _differences((*path, key), before.get(key), after.get(key))
    else:
        yield path, before, after


def _is_scored(path: Path) -> bool:
    section = path[0]
    if section in ("index", "bands"):
        return section == "bands" or path[1] in _INDEX
    # Each layer has a score of its own.
    return section in _SECTIONS and not (len(path) > 2 and path[2] in _NOT_SCORED - {"layer"})


def _is_gate(path: Path, *books: Rulebook) -> bool:
    if path[0] != "rules":
        # What a claim may be dated is judged by the year of its source.
        return path[0] in _GATES or path == ("index", "countries") or (path[0] == "sources" and path[2:] == ("year",))
    name = str(path[1])
    flagged = any(name in book.rules and book.rules[name].is_contradiction for book in books)
    return flagged and (len(path) == 2 or path[2] in ("kind", "when", "contradiction"))


def scored_part(part: Any) -> dict[str, Any]:
    """What of a rule or dimension scores, without its weight."""
    plain = part.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in plain.items() if key not in _NOT_SCORED and key != "weight"}
