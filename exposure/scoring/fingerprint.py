"""A short name for what was scored: equal for equal claims and rules, in whatever order they are written."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from exposure.observations.reading import Observations
    from exposure.rulebook.model import Rulebook

_KEY = ("country", "indicator", "as_of", "source")
_REST = ("value", "confidence", "note")


def fingerprint(observations: Observations, rulebook: Rulebook) -> str:
    """SHA-256 of the sorted canonical claims and the parsed rules, first twelve hex digits."""
    digest = hashlib.sha256()
    _add_claims(digest, observations.claims)
    rules = rulebook.model_dump(mode="json", by_alias=True)
    # The order of the sources decides between claims; that of other tables means nothing.
    rules["sources"] = list(rules["sources"].items())
    digest.update(json.dumps(rules, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _add_claims(digest: hashlib._Hash, claims: pd.DataFrame) -> None:
    """Adds whole columns: their distinct texts sorted, and which of them each claim has, in the order of the key."""
    number = claims["number"].to_numpy()
    exact = (claims["low"].to_numpy() == number) & (claims["high"].to_numpy() == number)
    columns = {}
    for name in (*_KEY, *_REST):
        words = claims[name].array
        codes = words.codes.astype(np.int64)
        if name == "value":
            # 64.8 and 64.80 are one observation: exact figures count as numbers, all else as text.
            codes = np.where(exact, -1, codes)
        used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=1))
        texts = words.categories.to_numpy(object)[used] if len(words.categories) else np.zeros(0, object)
        order = np.argsort(texts, kind="stable")
        place = np.full(len(words.categories) + 1, -1, np.int64)
        place[used[order]] = np.arange(len(used))
        columns[name] = (texts[order].tolist(), place[codes])
    rows = np.lexsort([columns[name][1] for name in reversed(_KEY)])
    for name, (words_used, codes) in columns.items():
        digest.update(json.dumps([name, words_used]).encode())
        digest.update(codes[rows].astype("<i8").tobytes())
    digest.update(np.where(exact, number, 0.0)[rows].astype("<f8").tobytes())
