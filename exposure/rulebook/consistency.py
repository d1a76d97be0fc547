"""Mistakes that only the whole rules file shows: names that lead nowhere, trees that do not close."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from exposure.errors import nearest, printable, quoted
from exposure.rulebook.base import Mistake, Path, keys_of
from exposure.rulebook.codes import CODES
from exposure.rulebook.conditions import Bounds, Condition
from exposure.rulebook.indicators import Indicator, indicators
from exposure.rulebook.kinds.rule import Form, disordered, unreadable
from exposure.rulebook.model import Dimension, Rulebook, method_and_floor
from exposure.text import NEARLY, listed

COLUMNS = ("country", "iso3", "code", "name", "indicator", "value", "as_of", "source", "confidence", "note")
"""Headings of indicators.csv, long or wide, that no indicator may bear."""
DEEPEST = 40
"""Dimensions above one another; deeper is a mistake, not an index."""


def inconsistencies(rulebook: Rulebook, raw: dict[str, Any]) -> Iterator[Mistake]:
    """Every contradiction in the rules as (path, what was found, what to do).

    `raw` is the file as written: a name whose own table could not be read still counts as declared.
    """
    tables = {name: raw.get(name) for name in ("rules", "dimensions", "context", "sources", "bands")}
    declared = {name: {*table} if isinstance(table, dict) else set() for name, table in tables.items()}
    complete = all(
        read and declared[section] == {*read}
        for section, read in (("rules", rulebook.rules), ("dimensions", rulebook.dimensions))
    )
    unread = _unread(rulebook, raw) | (declared["context"] - set(rulebook.context))
    known = indicators(rulebook)
    yield from _tree(rulebook, declared["dimensions"], complete)
    for rule_id, rule in rulebook.rules.items():
        yield from _at(("rules", rule_id), rule.mistakes(rulebook.index.scale))
    yield from _indicators(rulebook)
    yield from outside_the_scale(rulebook)
    yield from _scale(rulebook)
    yield from _entities(rulebook)
    yield from _bands(rulebook)
    yield from _context(rulebook)
    yield from _conditions(rulebook, known, unread, declared["bands"])
    yield from _scenarios(rulebook, known, unread, declared["sources"])
    yield from _compilations(rulebook, declared["sources"])
    yield from _checks(rulebook, known, unread, raw)


def _unread(rulebook: Rulebook, raw: dict[str, Any]) -> set[str]:
    """The indicators of the rules that could not be read: what is in them is not known, but they are declared."""
    rules = raw.get("rules")
    found: set[str] = set()
    for name, rule in rules.items() if isinstance(rules, dict) else ():
        if name not in rulebook.rules:
            found |= {name, str(rule.get("indicator", name)) if isinstance(rule, dict) else name}
    return found


def _unknown(path: Path, what: str, name: str, known: Collection[str]) -> Mistake:
    others = ", ".join(map(printable, sorted(known)[:20])) + ", …" * (len(known) > 20)
    return path, f"unknown {what} {quoted(name)}", nearest(name, known) or (f"one of {others}" if known else "")


def _unknown_indicator(path: Path, name: str, rulebook: Rulebook, known: Collection[str]) -> Mistake:
    rule = rulebook.rules.get(name)
    if rule is None:
        return _unknown(path, "indicator", name, known)
    if rule.conditions:
        return path, f"{quoted(name)} is a {rule.kind}, not an indicator", "name the indicators that it combines"
    (read,) = rule.reads(name)
    return path, f"{quoted(name)} is a rule, not an indicator", f"name what it reads, {quoted(read)}"


def _at(path: Path, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """The same with their paths from the top of the file."""
    return (((*path, *rest), found, hint) for rest, found, hint in mistakes)


def _tree(rulebook: Rulebook, names: Collection[str], complete: bool) -> Iterator[Mistake]:
    weights: dict[str | None, float] = dict.fromkeys((None, *rulebook.dimensions), 0.0)
    nodes: list[tuple[Path, str | None, float]] = [
        *((("rules", key, "dimension"), rule.dimension, rule.weight) for key, rule in rulebook.rules.items()),
        *((("dimensions", key, "parent"), node.parent, node.weight) for key, node in rulebook.dimensions.items()),
    ]
    for path, parent, weight in nodes:
        if names and parent is not None and parent not in names:
            # What hangs in the air would have filled another dimension.
            complete = False
            yield _unknown(path, "dimension", parent, names)
        weights[parent] = weights.get(parent, 0.0) + weight
    circles = [mistake for name in rulebook.dimensions for mistake in _ancestry(rulebook.dimensions, name)]
    yield from circles
    for name in sorted(rulebook.dimensions.keys() & rulebook.rules.keys()):
        yield ("dimensions", name), "a rule has the same name", "rename one of them"
    if complete:
        yield from _empty(weights, bool(circles))


def _empty(weights: Mapping[str | None, float], circular: bool) -> Iterator[Mistake]:
    if not weights[None] and not circular:
        yield ("dimensions",), "no dimension with a weight above 0 at the top", "one must have no parent"
    for name, weight in weights.items():
        if name is not None and not weight:
            yield ("dimensions", name), "nothing with a weight above 0 in it", "give it a rule or remove it"


def _ancestry(dimensions: dict[str, Dimension], name: str) -> Iterator[Mistake]:
    """A circle at the first of its dimensions only, too great a depth at the first too deep."""
    seen = [name]
    while (parent := dimensions[seen[-1]].parent) is not None and parent in dimensions:
        if parent in seen:
            if parent == name == next(key for key in dimensions if key in seen):
                circle = " → ".join([*seen, parent])
                yield ("dimensions", name, "parent"), f"its own ancestor: {circle}", "one of them must have no parent"
            return
        seen.append(parent)
    if len(seen) == DEEPEST + 1:
        yield ("dimensions", name), f"more than {DEEPEST} dimensions above one another", "merge some of them"


def _column_name(path: Path, indicator: str) -> Iterator[Mistake]:
    if indicator.casefold() in COLUMNS:
        yield path, f"{quoted(indicator)} is a column of the observations", "call the indicator something else"


def _indicators(rulebook: Rulebook) -> Iterator[Mistake]:
    """Names that are taken, and indicators that two rules read each in its own way."""
    first: dict[str, tuple[str, Form]] = {}
    ages: dict[str, tuple[str, str]] = {}
    for rule_id, rule in rulebook.rules.items():
        if (form := rule.form) is None:
            continue
        (name,), path = rule.reads(rule_id), ("rules", rule_id)
        yield from _column_name(path, name)
        if name in rulebook.context:
            yield path, f"its indicator {quoted(name)} is also declared under context", "remove one of them"
        other_id, other = first.setdefault(name, (rule_id, form))
        if other.kind != form.kind:
            found = f"reads {quoted(name)} as a {form.kind}, {other_id} as a {other.kind}"
            yield (*path, "kind"), found, "give both the same kind"
        elif {*form.words} != {*other.words}:
            found = f"not the words of {other_id}, which reads the same indicator"
            yield (*path, "severity"), found, "give both the same words"
        if rule.oldest:
            other_id, age = ages.setdefault(name, (rule_id, rule.oldest))
            if age != rule.oldest:
                found = f"not the {age} of {other_id}, which reads the same indicator"
                yield (*path, "max_age"), found, "give both the same max_age, or remove one"


def outside_the_scale(rulebook: Rulebook) -> Iterator[Mistake]:
    """Rules that may leave 0 to the scale where what they are combined with has no meaning out there."""
    scale, scored = rulebook.index.scale, _scored(rulebook)
    leaving = {name: rule.may_leave(scale) for name, rule in rulebook.rules.items()}
    inside = [name for name in scored if not any(leaving[name])]
    for rule_id, (below, above) in leaving.items():
        if not (below or above):
            continue
        path, may = ("rules", rule_id), f"may leave 0 to {scale:g}"
        bad = {*(("geometric", "harmonic") if below else ()), *(("inverted-geometric",) if above else ())}
        for at, method in _methods(rulebook, rulebook.rules[rule_id].dimension):
            if method in bad:
                found = f"{may}, and {at} is {method}"
                yield path, found, "use an arithmetic aggregation, or remove its range"
                break
        if rule_id in scored and inside:
            hint = f"remove its range, so that it ends at 0 and {scale:g}; or let every scored rule leave the scale"
            yield (*path, "range"), f"{may}, and {listed(inside, 3)} {'stay' if inside[1:] else 'stays'} on it", hint
        if rule_id in scored and (policy := rulebook.policy(rule_id)) != "exclude":
            end = scale if policy == "worst" else 0
            found = f'{may}, and missing = "{policy}" takes what is unknown as {end:g}'
            yield (*path, "range"), found, 'remove its range, or set missing = "exclude" in this rule'


def _scored(rulebook: Rulebook) -> list[str]:
    """The rules of a weight above 0 in dimensions that have one too."""

    def weighs(at: str | None) -> bool:
        for _ in rulebook.dimensions:
            if at is not None and at in rulebook.dimensions:
                if not rulebook.dimensions[at].weight:
                    return False
                at = rulebook.dimensions[at].parent
        return True

    return [name for name, rule in rulebook.rules.items() if rule.weight and weighs(rule.dimension)]


def _methods(rulebook: Rulebook, at: str | None) -> Iterator[tuple[str, str]]:
    """The dimension and all above it up to the index, with how each aggregates."""
    # A circle among the dimensions, reported elsewhere, must not keep us here.
    for _ in rulebook.dimensions:
        if at is not None and at in rulebook.dimensions:
            yield at, method_and_floor(rulebook.dimensions[at].aggregation)[0]
            at = rulebook.dimensions[at].parent
    if at is None:
        # Those that the index is also tried with must bear it as well.
        methods = (method_and_floor(rulebook.index.aggregation)[0], *rulebook.uncertainty.aggregations)
        yield from (("index", method) for method in methods)


def _scale(rulebook: Rulebook) -> Iterator[Mistake]:
    scale, decimals = rulebook.index.scale, rulebook.index.decimals
    if abs(scale * 10**decimals - round(scale * 10**decimals)) > NEARLY:
        found = f"a scale of {scale:g} cannot be published with {decimals} decimals"
        yield ("index", "decimals"), found, "add decimals"


def _entities(rulebook: Rulebook) -> Iterator[Mistake]:
    total: dict[str, float] = {}
    for code, entity in rulebook.entities.parts.items():
        total[entity.part_of] = total.get(entity.part_of, 0.0) + entity.share
        if total[entity.part_of] > 1 + NEARLY:
            found = f"the shares of {entity.part_of} add up to {total[entity.part_of]:g}"
            yield ("entities", code, "share"), found, "at most 1; what is left to 1 counts as unknown"


def _bands(rulebook: Rulebook) -> Iterator[Mistake]:
    edges = list(rulebook.bands.values())
    scale = rulebook.index.scale
    # Scores that leave 0 to scale may have bands that do.
    bounded = not any(any(rule.may_leave(scale)) for rule in rulebook.rules.values())
    if edges and (min(edges) > 0 or (bounded and min(edges) < 0)):
        yield ("bands",), "no band starts at 0" if min(edges) > 0 else "a band starts below 0", "the lowest starts at 0"
    for name, edge in rulebook.bands.items() if bounded else ():
        if edge > scale:
            yield ("bands", name), f"starts at {edge:g}, above the scale of {scale:g}", "no score would reach it"
    if len(set(edges)) != len(edges):
        yield ("bands",), "two bands start at the same score", "give each its own lower edge"


def _context(rulebook: Rulebook) -> Iterator[Mistake]:
    for name, context in rulebook.context.items():
        yield from _column_name(("context", name), name)
        for (word,), message, hint in unreadable(context.values or ()):
            yield ("context", name, "values"), f"{quoted(word)}: {message}", hint
        yield from _at(("context", name), disordered(context.valid))


def _conditions(
    rulebook: Rulebook, known: dict[str, Indicator], unread: Collection[str], bands: Collection[str]
) -> Iterator[Mistake]:
    tables: list[tuple[Path, Mapping[str, Condition], list[str]]] = [
        (("rules", key, "when"), rule.conditions, []) for key, rule in rulebook.rules.items()
    ]
    for index, target in enumerate(rulebook.targets):
        path: Path = ("targets", index)
        for section, part, key in (("for", target.for_, "min_band"), ("require", target.require, "max_band")):
            # Settings stand beside the conditions.
            tables.append(((*path, section), part.others, keys_of(type(part))))
            band = getattr(part, key)
            if band is not None and band not in bands:
                yield _unknown((*path, section, key), "band", band, bands)
        if not target.require.model_fields_set:
            yield (*path, "require"), "asks for nothing", "name an indicator, max_score, max_band or not_rising"
        if target.id in CODES:
            yield (*path, "id"), f"{quoted(target.id)} is what check calls a finding of its own", "choose another id"
    yield from _repeated("targets", [target.id for target in rulebook.targets])
    for path, conditions, settings in tables:
        for name, condition in conditions.items():
            if name not in known:
                if name not in unread:
                    yield _unknown_indicator((*path, name), name, rulebook, [*known, *settings])
                continue
            yield from _condition((*path, name), known[name], condition)


def _condition(path: Path, indicator: Indicator, condition: Condition) -> Iterator[Mistake]:
    if isinstance(condition, Bounds):
        if indicator.kind not in ("number", "category"):
            yield path, f"bounds on a {indicator.kind}", "name the words that count"
        elif condition.at_least is None and condition.at_most is None:
            yield path, "no bound", "at_least or at_most"
        elif condition.of and indicator.kind == "number":
            yield (*path, "of"), "words for a number", "remove it"
        for word in condition.of or ():
            if indicator.allowed and word not in indicator.allowed:
                yield _unknown((*path, "of"), "value", word, indicator.allowed)
        return
    if indicator.kind == "number":
        yield path, "words for a number", "use { at_least = … } or { at_most = … }"
    for word in (condition,) if isinstance(condition, str) else condition:
        if indicator.allowed and word not in indicator.allowed:
            yield _unknown(path, "value", word, indicator.allowed)


def _repeated(section: str, ids: list[str]) -> Iterator[Mistake]:
    first = {name: index for index, name in reversed([*enumerate(ids)])}
    for index, name in enumerate(ids):
        if first[name] < index:
            yield (section, index, "id"), f"{quoted(name)} is used twice", "give each its own id"


def _setting(path: Path, indicator: Indicator, value: object) -> Iterator[Mistake]:
    if isinstance(value, bool) and indicator.kind != "flag":
        yield path, f"yes or no for a {indicator.kind}", "write the value as it would stand in a cell"
    elif not isinstance(value, bool) and indicator.allowed:
        for word in str(value).split(";"):
            if word.strip() and word.strip() not in indicator.allowed:
                yield _unknown(path, "value", word, indicator.allowed)


def _scenarios(
    rulebook: Rulebook, known: dict[str, Indicator], unread: Collection[str], sources: Collection[str]
) -> Iterator[Mistake]:
    yield from _repeated("scenarios", [scenario.id for scenario in rulebook.scenarios])
    for index, scenario in enumerate(rulebook.scenarios):
        if scenario.source is not None and scenario.source not in sources:
            yield _unknown(("scenarios", index, "source"), "source", scenario.source, sources)
        if scenario.stated and (scenario.source is None or not scenario.level):
            found = "no level that a source states"
            yield ("scenarios", index, "stated"), found, "give level and source, or leave it out"
        for country, values in scenario.set.items():
            for name, value in values.items():
                path: Path = ("scenarios", index, "set", country, name)
                if name in known:
                    yield from _setting(path, known[name], value)
                elif name not in unread:
                    yield _unknown_indicator(path, name, rulebook, known)


def _compilations(rulebook: Rulebook, sources: Collection[str]) -> Iterator[Mistake]:
    for key, source in rulebook.sources.items():
        for index, other in enumerate(source.compiled_from):
            path: Path = ("sources", key, "compiled_from", index)
            if other not in sources:
                yield _unknown(path, "source", other, sources)
            elif other == key or (other in rulebook.sources and rulebook.sources[other].compiled_from):
                yield path, f"{quoted(other)} is a compilation itself", "name the pages that it is compiled from"


def _checks(
    rulebook: Rulebook, known: dict[str, Indicator], unread: Collection[str], raw: dict[str, Any]
) -> Iterator[Mistake]:
    tables = raw.get("targets")
    targets = [str(table.get("id")) for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
    for code in rulebook.checks.levels:
        if code not in CODES:
            if code in targets:
                yield ("checks", "levels", code), f"{quoted(code)} is a target", "its level stands with it"
            else:
                yield _unknown(("checks", "levels", code), "finding", code, CODES)
    if rulebook.checks.max_band_move is not None and not rulebook.bands:
        yield ("checks", "max_band_move"), "there are no bands", "declare [bands], or remove it"
    codes = [*CODES, *targets]
    for index, waiver in enumerate(rulebook.waivers):
        if waiver.code not in codes:
            yield _unknown(("waivers", index, "code"), "finding", waiver.code, codes)
        if waiver.indicator is not None and waiver.indicator not in known and waiver.indicator not in unread:
            yield _unknown_indicator(("waivers", index, "indicator"), waiver.indicator, rulebook, known)
