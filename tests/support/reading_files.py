"""Reading a text as indicators.csv, and being refused, by rules with an indicator of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from exposure.errors import InvalidInput
from exposure.observations.model import LONG, Observations
from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook

RULES = (Path(__file__).parents[1] / "observations" / "read.toml").read_text(encoding="utf-8")
RULEBOOK = load_rulebook(RULES.encode())
HEADER = ",".join(LONG) + "\n"
SHORT = "country,indicator,value\n"
SRB = "SRB,vendor,Huawei,2022,birn-2021,high,\n"
ALB = "ALB,vendor,ZTE,2021-03,miral-2025,low,a note\n"
BOM = b"\xef\xbb\xbf"


def reading(text: str | bytes) -> Observations:
    """The observations in the text, by RULES."""
    return read_observations(text if isinstance(text, bytes) else text.encode(), RULEBOOK)


def claims(text: str | bytes, *columns: str) -> list[tuple[object, ...]]:
    """The claims in the text, by default what each says and its line."""
    frame = reading(text).claims
    names = columns or ("country", "indicator", "value", "line")
    return list(zip(*(frame[name].tolist() for name in names), strict=True))


def refusal(text: str | bytes) -> list[str]:
    """What is wrong with the file, a line each, less its name."""
    with pytest.raises(InvalidInput) as caught:
        reading(text)
    assert all(problem.hint for problem in caught.value.findings)
    assert str(caught.value).replace("\n", "").isprintable()
    return [line.removeprefix("indicators.csv:").strip() for line in str(caught.value).split("\n")]


TWO = [("SRB", "vendor", "Huawei", 2), ("ALB", "vendor", "ZTE", 3)]
"""What `claims` finds of SRB and ALB below a header."""
