"""The hints of messages."""

from __future__ import annotations

import pytest

from exposure.errors import nearest


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("financ", 'did you mean "finance"?', id="a letter wanting at the end"),
        pytest.param("xfinance", 'did you mean "finance"?', id="a letter too many at the front"),
        pytest.param("fniance", 'did you mean "finance"?', id="two letters swapped"),
        pytest.param("qwertyuiop", "", id="nothing like it"),
    ],
)
def test_the_nearest_of_thousands(word: str, said: str) -> None:
    known = [f"dimension_{at}" for at in range(3000)]
    assert nearest(word, [*known, "finance", *known]) == said
    assert nearest(word, ["digital", "finance"]) == said
