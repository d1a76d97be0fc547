"""Named assumptions from the rules, and what each does to every country."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exposure.errors import ExposureError, nearest, quoted
from exposure.observations.countries import Gazetteer
from exposure.observations.overlay import Assumption, overlaid
from exposure.rulebook.model import Rulebook, Scenario
from exposure.scoring.score import Scores, score

MOST = 500
"""Scenarios that are compared at once: each is a scoring of everything."""


class Effect(NamedTuple):
    """One scenario by itself, scored."""

    scenario: Scenario
    after: Scores


def chosen(rulebook: Rulebook, ids: Sequence[str]) -> list[Scenario]:
    """The scenarios of these ids, each once. Raises ExposureError with every id that is not there."""
    known = {scenario.id: scenario for scenario in rulebook.scenarios}
    problems = []
    for name in ids:
        if name not in known:
            hint = nearest(name, known) or ("what-if --list shows them" if known else "the rules have no [[scenarios]]")
            problems.append(f"{quoted(name)} is not a scenario of the rules; {hint}")
    if problems:
        raise ExposureError("\n".join(problems))
    return [known[name] for name in dict.fromkeys(ids)]


def assumptions(
    scenarios: Sequence[Scenario], outright: Sequence[Assumption], scores: Scores
) -> tuple[list[Assumption], list[tuple[Assumption, Assumption]]]:
    """All that is assumed, and each assumption that stands before one of a scenario, beside it.

    What is said `outright` stands before any scenario. Where the rule that reads an indicator says how to `combine`
    several words, those of two scenarios hold together. Raises ExposureError where two scenarios, or two that are
    said outright, set any other cell to different values.
    """
    gazetteer = scores.observations.gazetteer
    by_cell: dict[tuple[str, str], Assumption] = {}
    problems, overruled = [], []
    for one in outright:
        first = by_cell.get(cell := _cell(one, gazetteer), one)
        if first.value != one.value:
            problems.append(f"{first.said} and {one.said} set one cell; keep one of them")
        by_cell[cell] = one
    said = set(by_cell)
    for one in (one for scenario in scenarios for one in of_scenario(scenario)):
        first = by_cell.setdefault(cell := _cell(one, gazetteer), one)
        if cell in said:
            overruled.append((first, one))
        elif first is not one and _together(scores.rulebook, one.indicator):
            by_cell[cell] = _both(first, one)
        elif first.value != one.value:
            what = f"{'.'.join(cell)}=VALUE"
            problems.append(f"{first.said} and {one.said} set one cell; drop one, or say what it is to be: {what}")
    if problems:
        raise ExposureError("\n".join(problems))
    return list(by_cell.values()), overruled


def _together(rulebook: Rulebook, indicator: str) -> bool:
    """Whether several words may hold at once: a rule that reads the indicator says how they combine."""
    return any(
        "combine" in rule.model_fields_set and indicator in rule.reads(name) for name, rule in rulebook.rules.items()
    )


def _both(first: Assumption, second: Assumption) -> Assumption:
    words = sorted({*first.value.split(";"), *second.value.split(";")})
    said, note = f"{first.said}, {second.said}", f"{first.note}, {second.note.removeprefix('what-if: ')}"
    return first._replace(value=";".join(words), said=said, note=note)


def of_scenario(scenario: Scenario) -> list[Assumption]:
    """What one scenario sets."""
    settings = []
    for country, values in scenario.set.items():
        for indicator, value in values.items():
            text = value if isinstance(value, str) else f"{value:.15g}"
            if isinstance(value, bool):
                text = "yes" if value else "no"
            said = f"{scenario.id}: {country}.{indicator}={text}"
            settings.append(Assumption(country, indicator, text, said, f"what-if: {scenario.id}"))
    return settings


def _cell(one: Assumption, gazetteer: Gazetteer) -> tuple[str, str]:
    match = gazetteer.find(one.country)
    # Who is no country is refused where it is read.
    return (match.code if match else one.country, one.indicator)


def effects(scores: Scores) -> tuple[Effect, ...]:
    """Every scenario of the rules by itself, in their order. Raises ExposureError where there are more than MOST."""
    scenarios = scores.rulebook.scenarios
    if len(scenarios) > MOST:
        many = f"at most {MOST:,} scenarios are compared at once, and the rules have {len(scenarios):,}"
        raise ExposureError(f"{many}; name those that matter with --scenario")
    before, rulebook, as_of = scores.observations, scores.rulebook, scores.selection.as_of
    each = [(scenario, overlaid(before, rulebook, of_scenario(scenario), as_of)) for scenario in scenarios]
    return tuple(Effect(scenario, score(after, rulebook, as_of or None)) for scenario, after in each)
