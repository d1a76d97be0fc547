"""What to make of the rules: what they pay for, carry, repeat, observe, and leave unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from exposure.analysis.soundness.remarks import FEW, HALF, Remark, countries, is_few, listed
from exposure.text import correlation, number, part_of_whole

if TYPE_CHECKING:
    from exposure.analysis.audit import Audit
    from exposure.analysis.soundness.figures import Pair, Weight
    from exposure.scoring.score import Scores

FAR = 2.0
"""Times a weight that its effect must be off to be remarked on: weights are set as 1, 2, 3, and half or double is the
next one along."""
WORTH = 0.05
"""Share of the index by which it must be off as well: half of a small weight moves nobody."""
NOTHING_CARRIED = 0.05
"""Share of its own weight below which a rule carries nothing to speak of."""
AGAINST = 0.02
"""Negative share of the variance from which a rule pulls against the ranking: one of a couple of percent of the weight
that is unrelated to the others comes out at −1 % as often as at +1 %."""
SAME = 0.9
"""|r| from which two rules say the same (OECD/JRC handbook, step 4 on double counting)."""
TOGETHER = 4
"""Common countries from which rules are said to move together: of three, two rules that rank them alike often do."""


def rule_remarks(scores: Scores, found: Audit) -> Iterator[Remark]:
    """All that is to be said of the rules and dimensions."""
    yield from _rewarded(scores, found)
    yield from _carried(scores, found)
    yield from _together(scores, found)
    yield from _observed(scores, found)
    yield from _unsaid(scores)


def _rewarded(scores: Scores, found: Audit) -> Iterator[Remark]:
    decimals = scores.tree.decimals
    for one in found.rewards:
        where = scores.observations.gazetteer.name(one.country)
        about = scores.observations.indicators[one.indicator].label
        said = (
            f"{scores.rulebook.label(one.rule)}: with {about} at {one.outside} instead of {one.inside}, which is "
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
                f"{scores.rulebook.label(one.name)}: {part_of_whole(one.effective)} of the variance of the score "
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
            names = " and ".join(scores.rulebook.label(name) for name in (pair.first, pair.second))
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
        name = scores.rulebook.label(one.name)
        if one.varies is False:
            advice = "Look for a finer measure, or say in its why that it tells nobody apart and why it stays."
            said = f"{name}: one severity for all {one.known} countries where it is known"
            yield Remark("never-varies", (one.name,), said, advice)
        if one.known < HALF * found.countries:
            said = f"{name}: known for {one.known} of {countries(found.countries)}"
            if scores.rulebook.policy(one.name) == "exclude":
                said += "; for the others its weight goes to the rules beside it"
            advice = "Look for the observations, or lower the weight until they are found."
            yield Remark("mostly-unknown", (one.name,), said, advice)


def _unsaid(scores: Scores) -> Iterator[Remark]:
    rules, dimensions = scores.rulebook.rules, scores.rulebook.dimensions
    undefined = [name for name, rule in rules.items() if not rule.definition.strip()]
    whys = {name: dimension.why for name, dimension in dimensions.items()} | {name: r.why for name, r in rules.items()}
    unreasoned = [name for name, why in whys.items() if not why.strip()]
    yield from _missing(scores, "undefined", undefined, "Write a definition: what is counted, of whom, in which unit.")
    yield from _missing(scores, "unreasoned", unreasoned, "Write a why: without one a weight cannot be argued with.")


def _missing(scores: Scores, code: str, names: Iterable[str], advice: str) -> Iterator[Remark]:
    if about := tuple(dict.fromkeys(names)):
        yield Remark(code, about, listed([scores.rulebook.label(name) for name in about]), advice)
