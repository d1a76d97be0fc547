"""What every page says at its head."""

from __future__ import annotations

from exposure.scoring.score import Scores


def edition(scores: Scores) -> str:
    """Edition, day and fingerprint: what makes the page reproducible."""
    as_of = f"as of {scores.selection.as_of}" if scores.selection.as_of else "undated"
    return f"edition {scores.rulebook.index.edition}, {as_of}, fingerprint {scores.fingerprint}"


def heads(scores: Scores, verb: str) -> dict[str, object]:
    """The first keys of every document."""
    index = scores.rulebook.index
    return {
        "schema": f"exposure/{verb}/1",
        "title": index.title,
        "edition": index.edition,
        "as_of": scores.selection.as_of or None,
        "fingerprint": scores.fingerprint,
    }
