"""A short name for what was scored: equal for equal claims and rules, in whatever order they are written."""

from __future__ import annotations

import hashlib
import json

import numpy as np
from numpy.typing import NDArray

from exposure.observations.columns import TextColumn, joined
from exposure.observations.model import KEY, Observations
from exposure.rulebook.model import Rulebook

_BLOCK = 1 << 16
"""Claims whose texts are put together at a time."""


def fingerprint(observations: Observations, rulebook: Rulebook) -> str:
    """SHA-256 of the sorted canonical claims and the parsed rules, first twelve hex digits."""
    digest = hashlib.sha256()
    _add_claims(digest, observations)
    rules = rulebook.model_dump(mode="json", by_alias=True)
    # The order of the sources decides between claims; that of other tables means nothing.
    rules["sources"] = list(rules["sources"].items())
    digest.update(json.dumps(rules, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _add_claims(digest: hashlib._Hash, observations: Observations) -> None:
    """Adds the columns, each in the order of the key."""
    columns = {name: _sorted(observations.text(name)) for name in (*KEY, "confidence")}
    joint = joined([columns[name].codes for name in KEY], [len(columns[name].texts) for name in KEY])
    rows = np.argsort(joint, kind="stable")
    for name, column in columns.items():
        digest.update(json.dumps([name, len(rows), list(column.texts)]).encode())
        digest.update(column.codes[rows].astype("<i4").tobytes())
    number = observations.numbers("number")
    exact = (observations.numbers("low") == number) & (observations.numbers("high") == number)
    # 64.8 and 64.80 are one observation: exact figures count as numbers, all else as text.
    digest.update(np.where(exact, number, np.nan)[rows].astype("<f8").tobytes())
    _add_texts(digest, observations.text("value"), rows[~exact[rows]])
    _add_texts(digest, observations.text("note"), rows)


def _sorted(words: TextColumn) -> TextColumn:
    """The same column with the texts that it uses in their order."""
    used = np.flatnonzero(np.bincount(words.codes, minlength=len(words.texts)))
    texts = {words.texts[code]: code for code in used.tolist()}
    order = sorted(texts)
    place = np.zeros(len(words.texts), np.int32)
    place[[texts[text] for text in order]] = np.arange(len(order))
    return TextColumn(order, place[words.codes] if len(place) else words.codes)


def _add_texts(digest: hashlib._Hash, words: TextColumn, rows: NDArray[np.int64]) -> None:
    """Adds the texts of these rows, in blocks that end where every file's do."""
    for first in range(0, len(rows), _BLOCK):
        texts = words.taken(rows[first : first + _BLOCK]).each()
        digest.update("\0".join([*texts, ""]).encode("utf-8", "surrogatepass"))
