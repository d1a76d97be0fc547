"""what-if, levers: what would change a score."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import here, scores_of, units_of
from exposure.cli.options import PATH, reading, writing
from exposure.cli.streams import emit, remark, targets_of, write, written
from exposure.errors import printable, quoted

if TYPE_CHECKING:
    from exposure.observations.overlay import Assumption

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.


@click.command("what-if", short_help="Before and after something that is only supposed.")
@click.argument("assumptions", nargs=-1, metavar="[COUNTRY.INDICATOR=VALUE]...")
@click.option("--weight", "weights", multiple=True, metavar="NAME=WEIGHT", help="Weight of a rule or dimension.")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="A scenario of the rules; repeatable.")
@click.option("--list", "listing", is_flag=True, help="List the scenarios of the rules.")
@click.option("--all", "everything", is_flag=True, help="Every scenario by itself, in one table.")
@click.option("--save", metavar="FILE", type=PATH, help="Write the observations as they would be to a CSV.")
@reading
@writing
def what_if(
    assumptions: tuple[str, ...],
    weights: tuple[str, ...],
    scenarios: tuple[str, ...],
    listing: bool,
    everything: bool,
    save: str | None,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Scores, ranks and bands before and after something that is only supposed; nothing is written.

    \b
    Examples:
      exposure what-if SRB.five_g_vendor=Ericsson ALB.indirect_ties=none
      exposure what-if --weight finance=40
      exposure what-if --scenario law-amended --scenario hybrid-drill
      exposure what-if --all
    """
    targets = targets_of(formats, output)
    supposed = bool(assumptions or weights or scenarios)
    if listing + everything + supposed != 1 or (save and not (assumptions or scenarios)):
        raise click.UsageError(
            "say what to suppose, as SRB.five_g_vendor=Ericsson, --scenario ID or --weight NAME=WEIGHT; or ask for "
            "--list or --all by itself; --save goes with values or scenarios"
        )
    if save is not None and (save == "-" or Path(save) in written(targets)):
        raise click.UsageError("--save writes a file of its own; name one that nothing else is written to")
    said, wanted = [_assumption(text) for text in assumptions], _weights(weights)
    from exposure.analysis import scenarios as named
    from exposure.analysis import what_if as question
    from exposure.observations.writing import long_bytes
    from exposure.output.progress import waiting
    from exposure.views.what_if import effects_page, scenarios_page, whatif_page

    scores = scores_of(here(indicators, rules, [*written(targets), *([Path(save)] if save else [])]), as_of)
    if listing:
        emit(scenarios_page(scores), targets)
        return
    if everything:
        with waiting(sys.stderr, "Scoring"):
            each = named.effects(scores)
        emit(effects_page(scores, each), targets)
        return
    chosen = named.chosen(scores.rulebook, scenarios)
    together, overruled = named.assumptions(chosen, said, scores)
    for text in overruled:
        remark(printable(text))
    with waiting(sys.stderr, "Comparing"):
        found = question.what_if(scores, together, wanted)
    if save is not None:
        write(long_bytes(found.changes.after.observations), Path(save))
        remark(f"the observations as they would be were written to {printable(save)}{_beware(as_of, wanted)}")
    emit(whatif_page(found, chosen, wanted, save), targets)


def _beware(as_of: str | None, weights: dict[str, float]) -> str:
    """What of the page the saved file does not say by itself."""
    said = f"; score it with --as-of {as_of}" if as_of else ""
    return said + ("; weights live in the rules and were not saved" if weights else "")


def _assumption(text: str) -> Assumption:
    from exposure.observations.overlay import Assumption

    cell, equals, value = text.partition("=")
    country, dot, indicator = cell.rpartition(".")
    if not (equals and dot and country.strip() and indicator.strip()):
        raise click.UsageError(f"{quoted(text)} is not COUNTRY.INDICATOR=VALUE, as SRB.five_g_vendor=Ericsson")
    return Assumption(country.strip(), indicator.strip(), value.strip(), text, "what-if")


def _weights(texts: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, equals, figure = text.partition("=")
        try:
            weight = float(figure)
        except ValueError:
            weight = math.nan
        if not equals or not name.strip() or not 0 <= weight <= 1e9:
            raise click.UsageError(f"--weight {quoted(text)} is not NAME=WEIGHT with a weight of 0 or more")
        if name.strip() in found:
            raise click.UsageError(f"--weight {quoted(name.strip())} is given twice")
        found[name.strip()] = weight
    return found


@click.command(short_help="Which measures would lower a country's score most.")
@click.argument("country")
@click.option("--target", metavar="BAND|SCORE", help="Also the fewest measures that bring it there.")
@reading
@writing
def levers(
    country: str,
    target: str | None,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Every single measure that the rules know, by how far it lowers a country's score, and who could take it.

    A target that cannot be reached is said so, with exit code 0.

    \b
    Examples:
      exposure levers Serbia
      exposure levers MNE --target low
      exposure levers SRB --target 60 -f json
    """
    targets = targets_of(formats, output)
    from exposure.analysis.levers import levers as found
    from exposure.output.progress import waiting
    from exposure.views.levers import levers_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    (unit,) = units_of(scores, (country,))
    with waiting(sys.stderr, "Searching"):
        measures = found(scores, unit, target)
    emit(levers_page(measures), targets)
