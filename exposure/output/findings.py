"""What the formats of findings share: a finding in one line of text, and how many there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exposure.text import plain

if TYPE_CHECKING:
    from exposure.errors import Finding, Level
    from exposure.output.page import Annotations, Page


def annotations_of(page: Page) -> Annotations:
    """What the check found. Raises ValueError for a page that is not an answer of findings."""
    if page.annotations is None:
        # An empty report would tell a gate that all is well.
        raise ValueError("a page without annotations cannot be shown as findings")
    return page.annotations


def statement(finding: Finding) -> str:
    """What was found and what to do, on one line fit for any screen; never empty."""
    said = "; ".join(part for part in (finding.message.strip(), finding.hint.strip()) if part)
    return plain(said).strip() or heading(finding)


def heading(finding: Finding) -> str:
    """What kind of finding it is, and whom and what it concerns; never empty."""
    parts = (finding.code.strip(), finding.about.strip())
    return plain(": ".join(part for part in parts if part)).strip() or "finding"


def more_of(annotations: Annotations) -> Counter[Level]:
    """By level, how many were counted and are not among those found."""
    more: Counter[Level] = Counter()
    for level, count in annotations.unlisted:
        more[level] += count
    return +more


def more_said(count: int, level: Level) -> str:
    """That so many more were counted: `12 more errors`."""
    return f"{count} more {level}{'s' if count > 1 else ''}"
