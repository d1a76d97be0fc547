"""How numbers and names are written, on every page and in every message."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from exposure.scoring.tree import rounded

if TYPE_CHECKING:
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores

NOTHING = "–"
"""Printed where there is no number, so that no cell looks forgotten or like zero."""


def number(value: float, decimals: int) -> str:
    """The value rounded as scores are published, or a dash where it is unknown."""
    return NOTHING if math.isnan(value) else f"{float(rounded(np.asarray(value), decimals)):.{decimals}f}"


def signed(value: float, decimals: int) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    text = number(value, decimals)
    return text if text.startswith("-") or not float(text) else f"+{text}"


def span(low: float, high: float, decimals: int) -> str:
    """Both ends, or one where they print the same."""
    ends = number(low, decimals), number(high, decimals)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def percent(share: float) -> str:
    """Whole percent, rounded down: nearly all is not all."""
    return f"{math.floor(share * 100 + 1e-9)}%"


def part_of_whole(share: float | None) -> str:
    """Whole percent, rounded half up and possibly negative; a dash where there is none."""
    return NOTHING if share is None else f"{number(share * 100, 0)}%"


def correlation(coefficient: float | None) -> str:
    """A coefficient with its sign and two decimals, a dash where there is none."""
    return NOTHING if coefficient is None else signed(coefficient, 2)


def plainly(value: object) -> str:
    """A value of the rules as a line of text, a dash where there is none."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {plainly(part)}' for key, part in value.items())} }}"
    if isinstance(value, list):
        return ", ".join(map(plainly, value))
    return str(value)


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """The texts that say something, each once, in their order."""
    return by.join(dict.fromkeys(text for text in texts if text))


def policy(rulebook: Rulebook, rule: str) -> str:
    """What an unknown value of the rule is taken as: exclude, worst or best."""
    return rulebook.rules[rule].missing or rulebook.index.missing


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends in one or the like."""
    text = text.rstrip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def worded(value: str) -> str:
    """A claimed value for a page: a list with room to break between its words."""
    return "; ".join(part.strip() for part in value.split(";"))


def unranked(scores: Scores, unit: int) -> str:
    """Why a country has no rank; empty where it has one, and for an entity."""
    if scores.ranked[unit] or scores.selection.parent[unit] >= 0:
        return ""
    share, least = float(scores.coverage[scores.tree.root, unit]), scores.rulebook.index.min_coverage
    if not share:
        return "nothing is known"
    if share < least:
        return f"{percent(share)} known, {percent(least)} needed to be ranked"
    return "too little is known of every dimension"


def exact(value: float) -> float | None:
    """A plain number for a document, None where unknown."""
    return None if np.isnan(value) else float(value)


def label(rulebook: Rulebook, name: str) -> str:
    """What a rule or dimension is called on a page."""
    part = rulebook.rules.get(name) or rulebook.dimensions.get(name)
    return (part.label if part else None) or name.replace("_", " ").capitalize()
