"""What may stand in the value column, indicator by indicator, as the rules say it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from exposure.rulebook.model import CategoryRule, FlagRule, NumberRule, Reading, RelativeRule, Rulebook

Kind = Literal["category", "flag", "number", "text"]


class Indicator(NamedTuple):
    """What one indicator's observations look like."""

    name: str
    kind: Kind
    label: str
    definition: str = ""
    words: tuple[str, ...] = ()
    """Allowed words of a category; empty for the other kinds."""
    valid: tuple[float, float] | None = None
    whole: bool = False
    context: bool = False
    """Carried and shown, not scored."""


def indicator_of(rule_id: str, rule: Reading) -> str:
    """The name of the indicator that the rule reads."""
    return rule.indicator or rule_id


def kind_of(rule: Reading) -> Kind:
    """How the rule reads its indicator's values."""
    return "category" if isinstance(rule, CategoryRule) else "flag" if isinstance(rule, FlagRule) else "number"


def indicators(rulebook: Rulebook) -> dict[str, Indicator]:
    """Every declared indicator by name: those the rules read, in their order, then the context."""
    found: dict[str, Indicator] = {}
    for rule_id, rule in rulebook.rules.items():
        if isinstance(rule, Reading):
            name = indicator_of(rule_id, rule)
            found[name] = _merged(found.get(name), name, rule)
    for name, context in rulebook.context.items():
        kind: Kind = context.kind or ("category" if context.values else "text")
        label = context.label or name.replace("_", " ").capitalize()
        found[name] = Indicator(
            name, kind, label, context.definition, context.values or (), context.valid, context.whole, True
        )
    return found


def _merged(known: Indicator | None, name: str, rule: Reading) -> Indicator:
    words = tuple(rule.severity) if isinstance(rule, CategoryRule) else ()
    valid, whole = (rule.valid, rule.whole) if isinstance(rule, NumberRule | RelativeRule) else (None, False)
    if known is not None:
        # Two rules may read one indicator: what either forbids is forbidden.
        whole = whole or known.whole
        if valid and known.valid:
            valid = (max(valid[0], known.valid[0]), min(valid[1], known.valid[1]))
        valid = valid or known.valid
    label = known.label if known else rule.label or name.replace("_", " ").capitalize()
    definition = (known.definition if known else "") or rule.definition
    return Indicator(name, kind_of(rule), label, definition, words, valid, whole)
