"""What to make of the countries: too few of them, too little known, near an edge, severe and bought off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from exposure.analysis.soundness.figures import FEWEST
from exposure.analysis.soundness.remarks import FEW, HALF, TABLED, Remark, countries, listed
from exposure.text import NEARLY, number, percent

if TYPE_CHECKING:
    from exposure.analysis.audit import Audit
    from exposure.scoring.score import Scores

NEAR = 1 / 50
"""Share of the scale within which a score is near an edge: 2 of 100, which one contested claim of a rule of ordinary
weight moves."""


def country_remarks(scores: Scores, found: Audit) -> Iterator[Remark]:
    """All that is to be said of the countries."""
    yield from _limits(scores)
    yield from _covered(scores, found)
    yield from _edges(scores, found)
    yield from _bought_off(scores, found)


def _limits(scores: Scores) -> Iterator[Remark]:
    ranked, all_of_them = int(scores.ranked.sum()), int(scores.selection.is_country.sum())
    if ranked < FEWEST:
        said = f"{ranked} of {countries(all_of_them)} ranked, and {FEWEST} needed: no effective weight, no correlation"
        yield Remark("not-measured", (), said, f"Add observations until at least {FEWEST} countries are ranked.")
    elif np.ptp(scores.exact[scores.ranked]) <= NEARLY * scores.tree.scale:
        said = f"all {ranked} ranked countries score the same: there is no variance to share out"
        yield Remark("not-measured", (), said, "Look for rules that tell the countries apart.")
    elif ranked < FEW:
        said = (
            f"{ranked} of {all_of_them} countries are ranked: effective weights, correlations and rules that move "
            "together describe these and do not generalise; nothing here is a test of significance"
        )
        advice = f"Decide weights by the reasons in the rules, and look again with {FEW} countries or more."
        yield Remark("few-countries", (), said, advice)


def _covered(scores: Scores, found: Audit) -> Iterator[Remark]:
    for one in found.dimensions:
        thin = [country for country in found.coverage if country.dimensions[one.name] < HALF]
        if one.nominal and thin:
            names = [
                f"{percent(country.dimensions[one.name])} for {scores.observations.gazetteer.name(country.country)}"
                for country in thin
            ]
            said = f"{scores.rulebook.label(one.name)}: known to {listed(names)}"
            advice = "Look there first, and read this dimension of theirs as open, not as low."
            yield Remark("thin-dimension", (one.name, *(country.country for country in thin)), said, advice)


def _edges(scores: Scores, found: Audit) -> Iterator[Remark]:
    decimals = scores.tree.decimals
    for one in found.edges:
        if one.ranked and abs(one.distance) <= NEAR * scores.tree.scale + NEARLY:
            where = "above" if one.distance > 0 else "below" if one.distance < 0 else "on"
            away = "" if not one.distance else f"{number(abs(one.distance), decimals)} "
            name = scores.observations.gazetteer.name(one.country)
            said = (
                f"{name}: {number(one.score, decimals)} is {one.band or 'in no band'}, "
                f"{away}{where} the edge at {number(one.edge, decimals)}; beyond it lies {one.beyond or 'no band'}"
            )
            advice = "Say so where the band is published, and see exposure robustness for how often it stays."
            yield Remark("near-edge", (one.country,), said, advice)


def _bought_off(scores: Scores, found: Audit) -> Iterator[Remark]:
    decimals = scores.tree.decimals
    for one in found.offsets:
        rules = listed([scores.rulebook.label(name) for name in one.severe], most=TABLED)
        band = f", {one.band}," if one.band else ""
        strict = "" if one.without is None else f"; {number(one.without, decimals)} if nothing were bought off"
        said = (
            f"{scores.observations.gazetteer.name(one.country)}: {number(one.score, decimals)}{band} "
            f"with {len(one.severe)} severe ({rules}){strict}"
        )
        advice = (
            "See whether that is meant; if not, set aggregation = inverted-geometric or max in that dimension, "
            "or a target in the rules."
        )
        yield Remark("bought-off", (one.country, *one.severe), said, advice)
