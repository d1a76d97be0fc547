"""What an audit remarks on: the kinds there are, and from where on a figure is worth a remark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from exposure.scoring.score import Scores

FEW = 10
"""Below so many countries one of them can make or break a coefficient: it describes them and says nothing of others."""
SOME = 30
"""Below so many countries a correlation of a third is still chance: 5 % of unrelated columns of 30 go beyond 0.36."""
THIN = 5
"""Below so many countries a coefficient is printed in brackets: of two unrelated columns of three values more than a
quarter have |r| above 0.9, of four a tenth."""
HALF = 0.5
"""What is known for less than this share is mostly unknown."""
LISTED = 8
"""Names that a message lists; the others are counted, and all are in `about`."""
TABLED = 3
"""The same where a table of the page names them all."""

KINDS = {
    "not-measured": "Not measured",
    "few-countries": "What cannot be concluded",
    "rewards-worse": "A combination pays for the worse",
    "pulls-against": "Pulls against the ranking",
    "carries-more": "Carries far more than its weight says",
    "carries-less": "Carries far less than its weight says",
    "carries-nothing": "Has a weight and carries nothing",
    "redundant": "Two rules say the same",
    "move-together": "Rules move together here",
    "never-varies": "The same for all",
    "mostly-unknown": "Mostly unknown",
    "thin-dimension": "A dimension mostly unknown",
    "near-edge": "Near the edge of a band",
    "bought-off": "Severe, and bought off",
    "undefined": "Without a definition",
    "unreasoned": "Without a reason",
}
"""Every code and its heading, in the order of the page: first what to know before reading on, then the gravest."""


class Remark(NamedTuple):
    """One thing that whoever keeps the index should look at."""

    code: str
    """One of KINDS."""
    about: tuple[str, ...]
    """The rules, dimensions and countries concerned, by id and code."""
    message: str
    advice: str
    """What to do."""


def listed(names: Sequence[str], count: int | None = None, most: int = LISTED) -> str:
    """The first of the names, which may hold commas, and how many more there are; `count` where not all are given."""
    count = len(names) if count is None else count
    more = f" and {count - most} more" if count > most else ""
    return f"{'; '.join(names[:most])}{more}"


def countries(count: int) -> str:
    """So many countries, in words."""
    return "1 country" if count == 1 else f"{count} countries"


def by_chance(count: int) -> str:
    """What is to be said of shares and coefficients over so many countries; empty where they are very few or many."""
    if not FEW <= count < SOME:
        return ""
    return f"With {count} countries a share of a few percent, or a correlation below about 0.5, can be chance."


def is_few(scores: Scores) -> bool:
    """Whether the ranked countries are too few to conclude anything beyond them."""
    return int(scores.ranked.sum()) < FEW
