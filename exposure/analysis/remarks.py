"""What to make of an audit's figures: remarks in words, each with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.analysis.figures import FEWEST
from exposure.analysis.words import correlation, label, number, part_of_whole, percent, policy

if TYPE_CHECKING:
    from exposure.analysis.audit import Audit
    from exposure.analysis.figures import Pair, Weight
    from exposure.scoring.score import Scores

FEW = 10
"""Below so many countries one of them can make or break a coefficient: it describes them and says nothing of others."""
FAR = 2.0
"""Times a weight that its effect must be off to be remarked on: weights are set as 1, 2, 3, and half or double is the
next one along."""
WORTH = 0.05
"""Share of the index by which it must be off as well: half of a small weight moves nobody."""
NOTHING_CARRIED = 0.05
"""Share of its own weight below which a rule carries nothing to speak of."""
AGAINST = 0.01
"""Negative share of the variance from which a rule pulls against the ranking; less is nothing."""
SAME = 0.9
"""|r| from which two rules say the same (OECD/JRC handbook, step 4 on double counting)."""
TOGETHER = 4
"""Common countries from which rules are said to move together: of three, two rules that rank them alike often do."""
HALF = 0.5
"""What is known for less than this share is mostly unknown."""
NEAR = 1 / 50
"""Share of the scale within which a score is near an edge: 2 of 100, which one contested claim of a rule of ordinary
weight moves."""
LISTED = 8
"""Names that a message lists; the others are counted, and all are in `about`."""

KINDS = {
    "not-measured": "Not measured",
    "few-countries": "What cannot be concluded",
    "rewards-worse": "A combination pays for the worse",
    "pulls-against": "Pulls against the ranking",
    "carries-more": "Carries far more than its weight says",
    "carries-less": "Carries far less than its weight says",
    "carries-nothing": "Has a weight and carries nothing",
    "redundant": "Two rules say the same",
    "move-together": "Rules move together here",
    "never-varies": "The same for all",
    "mostly-unknown": "Mostly unknown",
    "thin-dimension": "A dimension mostly unknown",
    "near-edge": "Near the edge of a band",
    "bought-off": "Severe, and bought off",
    "undefined": "Without a definition",
    "unreasoned": "Without a reason",
}
"""Every code and its heading, in the order of the page: first what to know before reading on, then the gravest."""


class Remark(NamedTuple):
    """One thing that whoever keeps the index should look at."""

    code: str
    """One of KINDS."""
    about: tuple[str, ...]
    """The rules, dimensions and countries concerned, by id and code."""
    message: str
    advice: str
    """What to do."""


def remarks(scores: Scores, found: Audit) -> tuple[Remark, ...]:
    """All that is to be said of these figures, in the order of KINDS."""
    said = [
        *_limits(scores),
        *_rewarded(scores, found),
        *_carried(scores, found),
        *_together(scores, found),
        *_observed(scores, found),
        *_covered(scores, found),
        *_edges(scores, found),
        *_bought_off(scores, found),
        *_unsaid(scores),
    ]
    order = list(KINDS)
    return tuple(sorted(said, key=lambda remark: order.index(remark.code)))


def listed(names: Sequence[str], count: int | None = None) -> str:
    """The first of the names, which may hold commas, and how many more there are; `count` where not all are given."""
    count = len(names) if count is None else count
    more = f" and {count - LISTED} more" if count > LISTED else ""
    return f"{'; '.join(names[:LISTED])}{more}"


def is_few(scores: Scores) -> bool:
    """Whether the ranked countries are too few to conclude anything beyond them."""
    return int(scores.ranked.sum()) < FEW


def _limits(scores: Scores) -> Iterator[Remark]:
    ranked, all_of_them = int(scores.ranked.sum()), int(scores.selection.is_country.sum())
    if ranked < FEWEST:
        said = f"{ranked} of {all_of_them} countries ranked, and {FEWEST} needed: no effective weight, no correlation"
        yield Remark("not-measured", (), said, f"Add observations until at least {FEWEST} countries are ranked.")
    elif np.ptp(scores.exact[scores.ranked]) <= 1e-9 * scores.tree.scale:
        said = f"all {ranked} ranked countries score the same: there is no variance to share out"
        yield Remark("not-measured", (), said, "Look for rules that tell the countries apart.")
    elif ranked < FEW:
        said = (
            f"{ranked} of {all_of_them} countries are ranked: effective weights, correlations and rules that move "
            "together describe these and do not generalise; nothing here is a test of significance"
        )
        advice = f"Decide weights by the reasons in the rules, and look again with {FEW} countries or more."
        yield Remark("few-countries", (), said, advice)


def _rewarded(scores: Scores, found: Audit) -> Iterator[Remark]:
    decimals = scores.tree.decimals
    for one in found.rewards:
        where = scores.observations.gazetteer.name(one.country)
        about = scores.observations.indicators[one.indicator].label
        said = (
            f"{label(scores.rulebook, one.rule)}: with {about} at {one.outside} instead of {one.inside}, which is "
            f"worse, it no longer holds and the score falls, most for {where}: "
            f"{number(one.before, decimals)} to {number(one.after, decimals)}"
        )
        advice = "Give it weight = 0, and contradiction = true where it is one: flagged, not scored."
        yield Remark("rewards-worse", (one.rule, one.indicator, one.country), said, advice)


def _carried(scores: Scores, found: Audit) -> Iterator[Remark]:
    inner = [one for one in found.dimensions if _parts(scores, one.name) > 1]
    empty = {one.name for one in inner if _off(one, found) == "carries-nothing"}
    for one in (*inner, *found.weights):
        code = _off(one, found)
        # Of a dimension that carries nothing its parts need not be told as well.
        if code and not (code == "carries-nothing" and one.dimension in empty):
            said = (
                f"{label(scores.rulebook, one.name)}: {part_of_whole(one.effective)} of the variance of the score "
                f"for {part_of_whole(one.nominal)} of the weight"
            )
            if one.n == found.ranked and one.correlation is None:
                said += "; the same value for all ranked countries"
            yield Remark(code, (one.name,), said, _carried_advice(code, is_few(scores)))


def _parts(scores: Scores, dimension: str) -> int:
    """How many parts with a weight a dimension has; of one alone it only repeats what that one says."""
    (node,) = (node for node in scores.tree.nodes[:-1] if node.name == dimension)
    return sum(weight > 0 for weight in node.weights)


def _off(one: Weight, found: Audit) -> str:
    """The code of how far a weight's effect is from it, empty where it is not far."""
    if one.effective is None or not one.nominal:
        return ""
    if one.effective <= -AGAINST:
        return "pulls-against"
    if one.effective < NOTHING_CARRIED * one.nominal:
        # What never varies, or is mostly unknown, carries nothing for a reason that has its own remark.
        return "" if not one.varies or one.known < HALF * found.countries else "carries-nothing"
    if abs(one.effective - one.nominal) < WORTH:
        return ""
    if one.effective > FAR * one.nominal:
        return "carries-more"
    return "carries-less" if one.effective < one.nominal / FAR else ""


def _carried_advice(code: str, few: bool) -> str:
    advice = {
        "pulls-against": "See whether its severities run the right way, and whether it belongs in this index.",
        "carries-more": "See whether it should; if not, lower its weight or stretch its severities.",
        "carries-less": "See whether it should; if not, spread its severities or fill its gaps first.",
        "carries-nothing": "See whether what varies in it is meant to count; if not, drop it or set weight = 0.",
    }[code]
    return f"{advice} With so few countries, do not change a weight for this alone." if few else advice


def same(pair: Pair, least: int = TOGETHER) -> bool:
    """Whether two rules go together so far that they are remarked on."""
    return pair.r is not None and abs(pair.r) >= SAME and pair.n >= least


def _together(scores: Scores, found: Audit) -> Iterator[Remark]:
    here = [pair for pair in found.pairs if same(pair) and pair.n < FEW]
    for pair in found.pairs:
        if same(pair, FEW):
            names = " and ".join(label(scores.rulebook, name) for name in (pair.first, pair.second))
            said = f"{names}: r {correlation(pair.r)} over {pair.n} countries"
            advice = (
                "See whether both measure one thing; if so, drop one or halve both weights, and say why not if not."
            )
            yield Remark("redundant", (pair.first, pair.second), said, advice)
    if here:
        about = tuple(dict.fromkeys(name for pair in here for name in (pair.first, pair.second)))
        fewest, most = min(pair.n for pair in here), max(pair.n for pair in here)
        counts = str(most) if fewest == most else f"{fewest} to {most}"
        many = "1 pair of rules" if len(here) == 1 else f"{len(here)} pairs of rules"
        said = f"{many} with |r| of {SAME:g} or more over {counts} countries each"
        advice = (
            "Read them as a description, and keep the rules: so few countries cannot show that two rules say the same."
        )
        yield Remark("move-together", about, said, advice)


def _observed(scores: Scores, found: Audit) -> Iterator[Remark]:
    for one in found.weights:
        if not one.nominal:
            continue
        name = label(scores.rulebook, one.name)
        if one.varies is False:
            advice = "Look for a finer measure, or say in its why that it tells nobody apart and why it stays."
            said = f"{name}: one severity for all {one.known} countries where it is known"
            yield Remark("never-varies", (one.name,), said, advice)
        if one.known < HALF * found.countries:
            said = f"{name}: known for {one.known} of {found.countries} countries"
            if policy(scores.rulebook, one.name) == "exclude":
                said += "; for the others its weight goes to the rules beside it"
            advice = "Look for the observations, or lower the weight until they are found."
            yield Remark("mostly-unknown", (one.name,), said, advice)


def _covered(scores: Scores, found: Audit) -> Iterator[Remark]:
    for one in found.dimensions:
        thin = [country for country in found.coverage if country.dimensions[one.name] < HALF]
        if one.nominal and thin:
            names = [
                f"{percent(country.dimensions[one.name])} for {scores.observations.gazetteer.name(country.country)}"
                for country in thin
            ]
            said = f"{label(scores.rulebook, one.name)}: known to {listed(names)}"
            advice = "Look there first, and read this dimension of theirs as open, not as low."
            yield Remark("thin-dimension", (one.name, *(country.country for country in thin)), said, advice)


def _edges(scores: Scores, found: Audit) -> Iterator[Remark]:
    decimals = scores.tree.decimals
    for one in found.edges:
        if one.ranked and abs(one.distance) <= NEAR * scores.tree.scale + 1e-9:
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
        rules = listed([label(scores.rulebook, name) for name in one.severe])
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


def _unsaid(scores: Scores) -> Iterator[Remark]:
    rules, dimensions = scores.rulebook.rules, scores.rulebook.dimensions
    undefined = [name for name, rule in rules.items() if not rule.definition.strip()]
    unreasoned = [name for name, part in (*dimensions.items(), *rules.items()) if not part.why.strip()]
    yield from _missing(scores, "undefined", undefined, "Write a definition: what is counted, of whom, in which unit.")
    yield from _missing(scores, "unreasoned", unreasoned, "Write a why: without one a weight cannot be argued with.")


def _missing(scores: Scores, code: str, names: Iterable[str], advice: str) -> Iterator[Remark]:
    if about := tuple(dict.fromkeys(names)):
        yield Remark(code, about, listed([label(scores.rulebook, name) for name in about]), advice)
