"""What an audit remarks, in sentences: of each kind its heading, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from exposure.analysis.audit import Audit, Remark
from exposure.analysis.soundness.figures import FEW, FEWEST, Edge, Offset
from exposure.scoring.score import Scores
from exposure.text import correlation, counted, listed, number, part_of_whole, percent

SOME = 30
"""Below so many countries a correlation of a third is still chance: 5 % of unrelated columns of 30 go beyond 0.36."""
LISTED = 8
"""Names that a message lists; the others are counted, and all are in `about`."""
TABLED = 3
"""The same where a table of the page names them all."""


class _Found(NamedTuple):
    """A remark, and what it is read with."""

    figures: Any
    """What was measured: of each kind another record."""
    about: tuple[str, ...]
    labels: list[str]
    """What the rules and dimensions that it is about are called."""
    audit: Audit
    scores: Scores

    def country(self, code: str) -> str:
        """Its name."""
        return self.scores.observations.gazetteer.name(code)

    def score(self, value: float) -> str:
        """As published."""
        return number(value, self.scores.tree.decimals)


class Kind(NamedTuple):
    """How one kind of remark is worded."""

    heading: str
    message: Callable[[_Found], str]
    """What was found, without a full stop."""
    advice: str
    """What to do."""


def message(remark: Remark, audit: Audit, scores: Scores) -> str:
    """What was found, without a full stop."""
    labels = [scores.rulebook.label(name) for name in remark.about]
    return KINDS[remark.code].message(_Found(remark.of, remark.about, labels, audit, scores))


def advice(remark: Remark, audit: Audit) -> str:
    """What to do."""
    if remark.code == "not-measured" and audit.ranked >= FEWEST:
        return "Look for rules that tell the countries apart."
    weights = remark.code in ("pulls-against", "apart") or remark.code.startswith("carries")
    few = " With so few countries, do not change a weight for this alone." if weights and audit.few else ""
    return KINDS[remark.code].advice + few


def names(codes: Sequence[str]) -> str:
    """The first of the names, which may hold commas, and how many more there are."""
    return listed(codes, LISTED, by="; ")


def countries(count: int) -> str:
    """So many countries, in words."""
    return counted(count, "country", "countries")


def by_chance(count: int) -> str:
    """What is to be said of shares and coefficients over so many countries; empty where they are very few or many."""
    if not FEW <= count < SOME:
        return ""
    return f"With {count} countries a share of a few percent, or a correlation below about 0.5, can be chance."


def _not_measured(of: _Found) -> str:
    if of.audit.ranked >= FEWEST:
        return f"all {of.audit.ranked} ranked countries score the same: there is no variance to share out"
    ranked = f"{of.audit.ranked} of {countries(of.audit.countries)} ranked"
    return f"{ranked}, and {FEWEST} needed: no effective weight, no correlation"


def _scored_twice(of: _Found) -> str:
    combination, *others = of.labels
    return f"{combination} scores once more what {names(others)} {'scores' if len(others) == 1 else 'score'}"


def _carries(of: _Found) -> str:
    constant = of.figures.n == of.audit.ranked and of.figures.correlation is None
    said = " of the variance of the score for ".join(map(part_of_whole, (of.figures.effective, of.figures.nominal)))
    return f"{of.labels[0]}: {said} of the weight{'; the same value for all ranked countries' if constant else ''}"


def _mostly_unknown(of: _Found) -> str:
    passes_on = of.scores.rulebook.policy(of.figures.name) == "exclude"
    known = f"{of.labels[0]}: known for {of.figures.known} of {countries(of.audit.countries)}"
    return f"{known}{'; for the others its weight goes to the rules beside it' if passes_on else ''}"


def _thin(of: _Found) -> str:
    shares = [f"{percent(one.dimensions[of.about[0]])} for {of.country(one.country)}" for one in of.figures]
    return f"{of.labels[0]}: known to {names(shares)}"


def _near_edge(of: _Found) -> str:
    edge: Edge = of.figures
    where = "above" if edge.distance > 0 else "below" if edge.distance < 0 else "on"
    away = f"{of.score(abs(edge.distance))} " if edge.distance else ""
    said = f"{of.country(edge.country)}: {of.score(edge.score)} is {edge.band or 'in no band'}"
    return f"{said}, {away}{where} the edge at {of.score(edge.edge)}; beyond it lies {edge.beyond or 'no band'}"


def _bought_off(of: _Found) -> str:
    one: Offset = of.figures
    rules = listed([of.scores.rulebook.label(name) for name in one.severe], TABLED, by="; ")
    strict = "" if one.without is None else f"; {of.score(one.without)} if nothing were bought off"
    said = f"{of.country(one.country)}: {of.score(one.score)}{f', {one.band},' if one.band else ''}"
    return f"{said} with {len(one.severe)} severe ({rules}){strict}"


KINDS = {
    "not-measured": Kind(
        "Not measured", _not_measured, f"Add observations until at least {FEWEST} countries are ranked."
    ),
    "few-countries": Kind(
        "What cannot be concluded",
        lambda of: (
            f"{of.audit.ranked} of {of.audit.countries} countries are ranked: what weights carry describes these and "
            "does not generalise; nothing here is a test of significance"
        ),
        f"Decide weights by the reasons in the rules, and look again with {FEW} countries or more.",
    ),
    "scored-twice": Kind(
        "A combination is scored over a scored indicator",
        _scored_twice,
        "Give it weight = 0, and contradiction = true where it is one: flagged, not scored.",
    ),
    "pulls-against": Kind(
        "Pulls against the ranking",
        _carries,
        "See whether its severities run the right way, and whether it belongs in this index.",
    ),
    "carries-more": Kind(
        "Carries far more than its weight says",
        _carries,
        "See whether it should; if not, lower its weight or stretch its severities.",
    ),
    "carries-less": Kind(
        "Carries far less than its weight says",
        _carries,
        "See whether it should; if not, spread its severities or fill its gaps first.",
    ),
    "carries-nothing": Kind(
        "Has a weight and carries nothing",
        _carries,
        "No rank moves without it: see whether it is meant to count; if not, drop it or set weight = 0.",
    ),
    "apart": Kind(
        "Does not go with the score",
        _carries,
        "It moves ranks, and not along with the score: see whether it belongs in this index.",
    ),
    "redundant": Kind(
        "Two rules say the same",
        lambda of: f"{' and '.join(of.labels)}: r {correlation(of.figures.r)} over {of.figures.n} countries",
        "See whether both measure one thing; if so, drop one or halve both weights, and say why not if not.",
    ),
    "never-varies": Kind(
        "The same for all",
        lambda of: f"{of.labels[0]}: one severity for all {of.figures.known} countries where it is known",
        "Look for a finer measure, or say in its why that it tells nobody apart and why it stays.",
    ),
    "mostly-unknown": Kind(
        "Mostly unknown", _mostly_unknown, "Look for the observations, or lower the weight until they are found."
    ),
    "thin-dimension": Kind(
        "A dimension mostly unknown",
        _thin,
        "Look there first, and read this dimension of theirs as open, not as low.",
    ),
    "near-edge": Kind(
        "Near the edge of a band",
        _near_edge,
        "Say so where the band is published, and see exposure robustness for how often it stays.",
    ),
    "bought-off": Kind(
        "Severe, and bought off",
        _bought_off,
        "See whether that is meant; if not, set aggregation = inverted-geometric or max in that dimension, "
        "or a target in the rules.",
    ),
    "undefined": Kind(
        "Without a definition",
        lambda of: names(of.labels),
        "Write a definition: what is counted, of whom, in which unit.",
    ),
    "unreasoned": Kind(
        "Without a reason",
        lambda of: names(of.labels),
        "Write a why: without one a weight cannot be argued with.",
    ),
}
"""Of every code of the audit's remarks how it is worded."""
