"""What the formats of findings share: a finding in one line of text."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from exposure.errors import Finding
from exposure.output.page import Annotations, Page
from exposure.text import plain

_LINES = re.compile(r"\blines? \d+(?:(?:,| and|, and) \d+)*")


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


def identified(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each with a name that no other has, and that stays when lines move.

    It is a hash of what is said of whom in which file, wherever in it the line stands, and of how many said it before.
    """
    repeats: Counter[str] = Counter()
    for finding in findings:
        said = _LINES.sub("line", statement(finding))
        parts = (finding.code, finding.about, finding.file, said)
        identity = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        repeats[identity] += 1
        yield finding, f"{identity}:{repeats[identity]}"
