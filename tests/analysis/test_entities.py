"""The entities of one country, and the country as if all of it were like one of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.analysis.entities import entities
from exposure.analysis.what_if import what_if
from exposure.observations.overlay import Assumption
from exposure.scoring.score import Scores


def test_each_is_the_country_with_the_entity_s_values(shipped: Scores) -> None:
    country = shipped.selection.units.index("BIH")
    found = entities(shipped, country)
    assert found is not None
    assert [difference.rule for difference in found.differences] == [
        "indirect_ties",
        "huawei_contracts",
    ]
    for at, entity in enumerate(found.each):
        # Both run cameras, which the country has from them with their share; an entity has them in full.
        said = [Assumption("BIH", "surveillance", "deployed", "x")]
        said += [Assumption("BIH", one.rule, one.lines[at].value, "x") for one in found.differences]
        after = what_if(shipped, said).changes.after
        assert entity.score == after.score[country]
        assert entity.rank == after.rank[country]
        assert entity.move == pytest.approx(after.score[country] - shipped.score[country])
    scores = [entity.score for entity in found.each]
    assert found.apart == max(scores) - min(scores)


def test_a_country_without_entities_has_none(shipped: Scores) -> None:
    assert entities(shipped, shipped.selection.units.index("SRB")) is None


def test_an_entity_of_which_nothing_is_known(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.5
[entities.BA-BIH]
name = "F"
part_of = "BIH"
share = 0.5
"""
    scores = scored(rules, "country,indicator,value\nBA-SRP,debt,10\n")
    found = entities(scores, scores.selection.units.index("BIH"))
    assert found is not None
    assert np.isnan(found.apart)
    assert [entity.rank for entity in found.each] == [0, 1]


def test_rules_that_weigh_nothing_set_no_entities_apart_and_a_country_without_a_rank_gets_none(
    scored: Callable[..., Scores],
) -> None:
    rules = """
[index]
title = "Test"
edition = "1"
min_coverage = 0.9
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.aside]
dimension = "d"
weight = 0
kind = "flag"
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.35
"""
    scores = scored(rules, "country,indicator,value\nBA-SRP,debt,10\nBA-SRP,aside,yes\nSRB,debt,5\n")
    found = entities(scores, scores.selection.units.index("BIH"))
    assert found is not None
    assert not found.differences
    assert [entity.rank for entity in found.each] == [0]
    other = rules + '[entities.BA-BIH]\nname = "F"\npart_of = "BIH"\nshare = 0.6\n'
    said = "country,indicator,value\nBA-SRP,debt,10\nBA-SRP,aside,yes\nBA-BIH,debt,20\nBA-BIH,aside,no\n"
    scores = scored(other, said)
    found = entities(scores, scores.selection.units.index("BIH"))
    assert found is not None
    assert [difference.rule for difference in found.differences] == ["debt"]
