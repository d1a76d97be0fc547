"""Named assumptions from the rules, and what each does to every country."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from exposure.errors import ExposureError, nearest, quoted
from exposure.observations.overlay import Assumption, overlaid
from exposure.scoring.score import Scores, score

if TYPE_CHECKING:
    from exposure.observations.countries import Gazetteer
    from exposure.rulebook.model import Rulebook, Scenario


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
    scenarios: Sequence[Scenario], said: Sequence[Assumption], gazetteer: Gazetteer
) -> tuple[list[Assumption], list[str]]:
    """All that is supposed, and remarks on what was overruled; what is `said` outright goes before any scenario.

    Raises ExposureError where two scenarios, or two that are said, set one cell to different values.
    """
    found: dict[tuple[str, str], Assumption] = {}
    problems, overruled = [], []
    for one in said:
        cell = _cell(one, gazetteer)
        if cell in found and found[cell].value != one.value:
            problems.append(f"{found[cell].said} and {one.said} set one cell; keep one of them")
        found[cell] = one
    outright = set(found)
    for scenario in scenarios:
        for one in of_scenario(scenario):
            cell = _cell(one, gazetteer)
            if cell not in found:
                found[cell] = one
            elif found[cell].value != one.value:
                if cell in outright:
                    overruled.append(f"{found[cell].said} stands before {one.said}")
                else:
                    problems.append(
                        f"{found[cell].said} and {one.said} set one cell; drop one, or say what it is to be: "
                        f"{'.'.join(cell)}=VALUE"
                    )
    if problems:
        raise ExposureError("\n".join(problems))
    return list(found.values()), overruled


def of_scenario(scenario: Scenario) -> list[Assumption]:
    """What one scenario sets."""
    found = []
    for country, values in scenario.set.items():
        for indicator, value in values.items():
            text = ("yes" if value else "no") if isinstance(value, bool) else _text(value)
            said = f"{scenario.id}: {country}.{indicator}={text}"
            found.append(Assumption(country, indicator, text, said, f"what-if: {scenario.id}"))
    return found


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _cell(one: Assumption, gazetteer: Gazetteer) -> tuple[str, str]:
    match = gazetteer.find(one.country)
    # Who is no country is refused where it is read.
    return (match.code if match else one.country, one.indicator)


def effects(scores: Scores) -> tuple[Effect, ...]:
    """Every scenario of the rules by itself, in their order."""
    found = []
    for scenario in scores.rulebook.scenarios:
        observations = overlaid(scores.observations, scores.rulebook, of_scenario(scenario), scores.selection.as_of)
        found.append(Effect(scenario, score(observations, scores.rulebook, scores.selection.as_of or None)))
    return tuple(found)
