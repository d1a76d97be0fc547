"""Leaving out a rule or dimension is scoring with its lines struck out of the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.sensitivity.left_out import left_out
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores, score


def struck(rulebook: Rulebook, name: str, dimension: bool) -> Rulebook:
    """The rulebook without a rule, or without a dimension and all below it."""
    gone = {name} if dimension else set()
    while more := {d for d, settings in rulebook.dimensions.items() if settings.parent in gone} - gone:
        gone |= more
    rules = {
        rule: settings
        for rule, settings in rulebook.rules.items()
        if settings.dimension not in gone and (dimension or rule != name)
    }
    dimensions = {d: settings for d, settings in rulebook.dimensions.items() if d not in gone}
    return rulebook.model_copy(update={"rules": rules, "dimensions": dimensions})


def assert_as_struck(scores: Scores) -> None:
    for one in left_out(scores):
        other = score(scores.observations, struck(scores.rulebook, one.name, one.dimension))
        np.testing.assert_allclose(one.score, other.score, atol=1e-6)
        assert one.rank.tolist() == other.rank.tolist(), one.name


def test_of_the_shipped_rules(shipped: Scores) -> None:
    assert len(left_out(shipped)) == len(shipped.rulebook.dimensions) + sum(
        rule.weight > 0 for rule in shipped.rulebook.rules.values()
    )
    assert_as_struck(shipped)


@settings(max_examples=60)
@given(books(), claims())
def test_of_any_rules(book: dict[str, Any], said: Cells) -> None:
    index = {**book["index"], "min_coverage": 0.5}
    assert_as_struck(scores_of({**book, "index": index}, said))
