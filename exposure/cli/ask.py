"""rank, explain, show: questions asked of the scores."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from exposure.cli.options import drawing, reading, writing
from exposure.cli.sides import here, scores_of
from exposure.cli.streams import emit, targets_of, written
from exposure.errors import nearest, quoted

if TYPE_CHECKING:
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.


@click.command(short_help="Who is most exposed, how sure is it, what contradicts itself.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@drawing
@click.option("--top", type=click.IntRange(1), help="Only the first N ranked countries.")
@click.option("--by", type=click.Choice(["layer", "entity"]), help="Commitment beside practice, or entities apart.")
@click.option("--sort", metavar="KEY", help="score, name, low, high, coverage, gap, a layer or a dimension.")
@writing
def rank(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    top: int | None,
    by: str | None,
    sort: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Who is most exposed, how sure is it, and what contradicts itself.

    \b
    exposure rank
    exposure rank Serbia BIH --by layer
    exposure rank --as-of 2022 -f csv -o ranking.csv
    """
    targets = targets_of(formats, output)
    from exposure.views.rank import rank_page, sort_keys

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    if sort is not None and sort not in sort_keys(scores):
        hint = nearest(sort, sort_keys(scores)) or f"one of {', '.join(sort_keys(scores))}"
        raise click.UsageError(f"--sort {quoted(sort)} is not a column; {hint}")
    units = _units(scores, countries) if countries else None
    ranges, drawn = _ranges(scores, draws, seed)
    emit(rank_page(scores, ranges, drawn, units, top, by, sort), targets)


@click.command(short_help="Why a country scores what it scores, rule by rule.")
@click.argument("countries", nargs=-1, required=True, metavar="COUNTRY...")
@reading
@drawing
@writing
def explain(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Why a country scores what it scores: each rule's value, severity, weight, points and source.

    \b
    exposure explain Serbia
    exposure explain SRB MNE
    exposure explain BA-SRP -f markdown
    """
    targets = targets_of(formats, output)
    from exposure.views.explain import explain_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    units = _units(scores, countries)
    ranges, _ = _ranges(scores, draws, seed)
    emit(explain_page(scores, units, ranges), targets)


@click.command(short_help="The observations that count, as a matrix.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@writing
def show(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """The observations that count, as a matrix of indicators and countries.

    \b
    exposure show
    exposure show Kosovo --as-of 2020
    exposure show -f csv -o wide.csv
    """
    targets = targets_of(formats, output)
    from exposure.views.show import show_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    emit(show_page(scores, _units(scores, countries) if countries else None), targets)


def _units(scores: Scores, countries: tuple[str, ...]) -> list[int]:
    units, problems = [], []
    for text in countries:
        match = scores.observations.gazetteer.find(text)
        if match is None:
            hint = scores.observations.gazetteer.suggest(text) or "write a three-letter code or a name"
            problems.append(f"{quoted(text)} is not a country or declared entity; {hint}")
        elif match.code not in scores.selection.units:
            known = ", ".join(scores.selection.units[:30])
            problems.append(f"{quoted(text)}: no observations of {match.code}; there are those of {known}")
        elif (unit := scores.selection.units.index(match.code)) not in units:
            units.append(unit)
    if problems:
        raise click.UsageError("\n".join(problems))
    return units


def _ranges(scores: Scores, draws: int | None, seed: int | None) -> tuple[RankRange, str]:
    from exposure.output.progress import progress

    settings = scores.rulebook.uncertainty
    draws = settings.draws if draws is None else draws
    seed = settings.seed if seed is None else seed
    drawn = f"over {draws:,} draws of weights, confidence and unknowns, seed {seed}" if draws else ""
    with progress(sys.stderr, "Drawing ranks") as show:
        return scores.rank_range(draws, seed, show), drawn
