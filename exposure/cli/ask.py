"""rank, explain, show, trend: questions asked of the scores."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import here, scores_of, units_of
from exposure.cli.options import drawing, reading, writing
from exposure.cli.streams import emit, targets_of, written
from exposure.errors import nearest, quoted

if TYPE_CHECKING:
    from exposure.analysis.trend import Every
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.


@click.command(short_help="Who is most exposed, how sure is it, what contradicts itself.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@drawing
@click.option("--top", metavar="N", type=click.IntRange(1), help="Only the first N ranked countries.")
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
    Examples:
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
    units = units_of(scores, countries) if countries else None
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
    Examples:
      exposure explain Serbia
      exposure explain SRB MNE
      exposure explain BA-SRP -f markdown
    """
    targets = targets_of(formats, output)
    from exposure.views.explain import explain_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    units = units_of(scores, countries)
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
    Examples:
      exposure show
      exposure show Kosovo --as-of 2020
      exposure show -f csv -o wide.csv
    """
    targets = targets_of(formats, output)
    from exposure.views.show import show_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    emit(show_page(scores, units_of(scores, countries) if countries else None), targets)


@click.command(short_help="How it came to this: scores and ranks over the years.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@click.option("--from", "start", metavar="DATE", help="First period. [that of the first dated observation]")
@click.option("--to", "end", metavar="DATE", help="Last period. [that of the scored day]")
@click.option("--every", type=click.Choice(["year", "month"]), default="year", show_default=True, help="Length of one.")
@reading
@writing
def trend(
    countries: tuple[str, ...],
    start: str | None,
    end: str | None,
    every: Every,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """How it came to this: score, rank and band at the end of each year, and the observation behind every step.

    \b
    Examples:
      exposure trend
      exposure trend Serbia MNE --from 2015
      exposure trend BIH --every month --from 2023
    """
    targets = targets_of(formats, output)
    from exposure.analysis.trend import trend as found
    from exposure.output.progress import progress
    from exposure.views.trend import trend_page

    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    chosen = units_of(scores, countries) if countries else scores.in_order()
    with progress(sys.stderr, "Scoring") as show:
        over_time = found(scores, start, end, every, show)
    emit(trend_page(over_time, chosen), targets)


def _ranges(scores: Scores, draws: int | None, seed: int | None) -> tuple[RankRange, str]:
    from exposure.output.progress import progress

    settings = scores.rulebook.uncertainty
    draws = settings.draws if draws is None else draws
    seed = settings.seed if seed is None else seed
    drawn = f"over {draws:,} draws of weights, confidence and unknowns, seed {seed}" if draws else ""
    with progress(sys.stderr, "Drawing ranks") as show:
        return scores.rank_range(draws, seed, show), drawn
