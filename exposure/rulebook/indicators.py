"""What may stand in the value column, indicator by indicator, as the rules say it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from exposure.rulebook.model import Rulebook


class Indicator(NamedTuple):
    """What one indicator's observations look like."""

    name: str
    kind: Literal["category", "flag", "number", "text"]
    label: str
    definition: str = ""
    words: tuple[str, ...] = ()
    """Allowed words of a category; empty for the other kinds."""
    valid: tuple[float, float] | None = None
    whole: bool = False
    context: bool = False
    """Carried and shown, not scored."""
    max_age: str | None = None
    """A claim older than this on the scored day does not count: `10y`, `18m`."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """The words that may stand in its cells; empty where any may, or none."""
        return self.words or (("yes", "no") if self.kind == "flag" else ())


def indicators(rulebook: Rulebook) -> dict[str, Indicator]:
    """Every declared indicator by name: those the rules read, in their order, then the context."""
    found: dict[str, Indicator] = {}
    for rule_id, rule in rulebook.rules.items():
        if rule.form:
            (name,) = rule.reads(rule_id)
            kind, words, valid, whole = rule.form
            max_age = rule.oldest
            label, definition = rule.label or name.replace("_", " ").capitalize(), rule.definition
            if known := found.get(name):
                # Two rules may read one indicator: what either forbids is forbidden.
                label, definition, whole = known.label, known.definition or definition, whole or known.whole
                if valid and known.valid:
                    valid = (max(valid[0], known.valid[0]), min(valid[1], known.valid[1]))
                valid, max_age = valid or known.valid, max_age or known.max_age
            found[name] = Indicator(name, kind, label, definition, words, valid, whole, max_age=max_age)
    for name, context in rulebook.context.items():
        kind = context.kind or ("category" if context.values else "text")
        label = context.label or name.replace("_", " ").capitalize()
        found[name] = Indicator(
            name, kind, label, context.definition, context.values or (), context.valid, context.whole, True
        )
    return {name: one._replace(max_age=one.max_age or rulebook.index.max_age) for name, one in found.items()}
