"""`exposure report`: the whole answer as one page to read, to print and to hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from exposure.analysis.explain import Explanation, explain
from exposure.analysis.robustness import robustness
from exposure.analysis.scenarios import effects
from exposure.analysis.trend import trend
from exposure.errors import ExposureError
from exposure.output.html import Document, Picture, Reference, Section, to_html
from exposure.output.page import Block, Cell, Column, Row
from exposure.output.picture import drawn
from exposure.text import joined
from exposure.views.explain import cited, context_block, explained, sources_behind
from exposure.views.method import method_blocks, method_words
from exposure.views.overview import findings, named, points_block, severities_block
from exposure.views.pictures import chart_of, footnotes
from exposure.views.rank import rank_page
from exposure.views.robustness import robustness_page
from exposure.views.standing import tone
from exposure.views.trend import trend_page
from exposure.views.what_if import effects_page, scenarios_page

if TYPE_CHECKING:
    from exposure.analysis.robustness import Robustness
    from exposure.analysis.scenarios import Effect
    from exposure.analysis.trend import Trend
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

_ELSEWHERE = 5
"""`drop` of the columns that stand in a table of their own here: dimensions."""
_EVIDENCE = {"Claims that do not count", "Notes on the claims that count", "Context, which is not scored"}
"""Blocks on a country that are for those who ask: folded."""


def report_html(
    scores: Scores,
    draws: int | None = None,
    seed: int | None = None,
    version: str = "",
    progress: Callable[[float], None] | None = None,
) -> str:
    """The report as one HTML file. Raises ExposureError where what it is made with is not installed.

    `draws` and `seed` of the rank ranges are those of the rules unless given, no draws leave the ranges out.
    `version` is that of the tool; `progress` is told the part that is done, 0 to 1.
    """
    tell = progress or (lambda _: None)
    over_time = _over_time(scores, lambda done: tell(done * 0.4))
    done = effects(scores)
    tell(0.6)
    found = {unit: explain(scores, unit) for unit in scores.in_order()}
    doubt = robustness(scores, draws, seed, base=0)
    ranges = doubt.ranges
    sections = (
        _ranking(scores, ranges),
        _map(scores),
        _severities(scores),
        *([_sureness(doubt)] if ranges.draws else []),
        *([_trend(scores, over_time)] if over_time else []),
        *([_scenarios(scores, done)] if done else []),
        _countries(scores, found, ranges),
        Section("method", "Method", method_words(scores), blocks=method_blocks(scores), own_page=True),
        _sources(scores, found),
    )
    tell(0.9)
    return to_html(_document(scores, found, findings(scores, ranges, done), sections, version))


def _over_time(scores: Scores, progress: Callable[[float], None]) -> Trend | None:
    try:
        return trend(scores, progress=progress)
    except ExposureError:
        # Claims without a date have no course.
        return None


def _document(
    scores: Scores,
    found: dict[int, Explanation],
    takeaways: tuple[str, ...],
    sections: tuple[Section, ...],
    version: str,
) -> Document:
    index, names = scores.rulebook.index, scores.selection.names
    facts = (
        ("Edition", index.edition),
        ("As of", scores.selection.as_of or "undated"),
        ("Countries", f"{len(found)}, {int(scores.ranked.sum())} ranked"),
        ("Claims", f"{len(scores.observations):,}"),
        ("Fingerprint", scores.fingerprint),
    )
    anchors = {names[unit]: _id(scores, unit) for unit in found}
    anchors |= {key: f"source-{key}" for key in _used(scores, found)}
    said = f"How exposed {len(found)} countries are, why, how sure that is, and what would change it"
    foot = (
        f"Made with exposure{f' {version}' if version else ''} from observations and rules of fingerprint "
        f"{scores.fingerprint}: the same two files make the same page. It asks the network for nothing."
    )
    return Document(index.title, said, facts, takeaways, sections, anchors, (*footnotes(scores), foot))


def _id(scores: Scores, unit: int) -> str:
    return f"country-{scores.selection.units[unit]}"


def _pictures(
    kind: str, scores: Scores, *, ranges: RankRange | None = None, over_time: Trend | None = None
) -> tuple[Picture, ...]:
    if not scores.selection.is_country.any():
        return ()
    chart = chart_of(kind, scores, ranges=ranges, trend=over_time)
    return (Picture(drawn(chart, "svg"), chart.description, drawn(chart, "svg", "column")),)


def _untitled(block: Block) -> Block:
    """The block in a section that says already what it is and of which edition."""
    return block._replace(title="", subtitle="")


def _ranking(scores: Scores, ranges: RankRange) -> Section:
    (block,) = rank_page(scores, ranges).blocks
    kept = [at for at, column in enumerate(block.columns) if column.drop < _ELSEWHERE]
    # A sign that a screen has no room to spell out, and that a page read aloud needs in words.
    titles = [block.columns[at].title.replace("!", "Contradictions") for at in kept]
    table = _untitled(block)._replace(
        columns=tuple(block.columns[at]._replace(title=title) for at, title in zip(kept, titles, strict=True)),
        rows=_chosen(block.rows, kept),
        notes=tuple(f"Contradictions, {note[2:]}" if note.startswith("! ") else note for note in block.notes),
    )
    points = points_block(scores)._replace(title="What each dimension adds")
    return Section("ranking", "Ranking", (), _pictures("bars", scores, ranges=ranges), (table, points))


def _chosen(rows: tuple[Row, ...], kept: Sequence[int]) -> tuple[Row, ...]:
    return tuple(row._replace(cells=tuple(row.cells[at] for at in kept)) for row in rows)


def _map(scores: Scores) -> Section:
    standings = [scores.standing(unit) for unit in scores.in_order()]
    groups = {
        band: [one.name for one in standings if one.rank and one.band == band]
        for band in reversed(scores.rulebook.band_names())
    }
    groups["not ranked"] = [one.name for one in standings if not one.rank]
    rows = [Row((Cell(band, tone(band, scores.rulebook)), joined(names))) for band, names in groups.items() if names]
    block = Block("", columns=(Column("Band"), Column("Countries", wrap=True)), rows=tuple(rows))
    return Section("map", "Map", (), _pictures("map", scores), (block,))


def _severities(scores: Scores) -> Section:
    lead = "What each rule makes of each country: where exposure comes from, and where nothing is known."
    pictures = _pictures("heatmap", scores)
    blocks = (severities_block(scores),)
    return Section("severities", "Where exposure comes from", (lead,), pictures, blocks, own_page=True)


def _sureness(doubt: Robustness) -> Section:
    first, *others = robustness_page(doubt).blocks
    return Section(
        "sureness",
        "How sure the ranks are",
        ("Weights are judgement and some facts are unknown: each draw changes both at random and ranks anew.",),
        _pictures("ranks", doubt.scores, ranges=doubt.ranges),
        (_untitled(first), *(block._replace(folded=True) for block in others)),
        own_page=True,
    )


def _trend(scores: Scores, over_time: Trend) -> Section:
    lines, *others = trend_page(over_time, scores.in_order()).blocks
    return Section(
        "trend",
        "How it came to this",
        pictures=_pictures("trend", scores, over_time=over_time),
        blocks=(_untitled(lines), *(block._replace(folded=True) for block in others)),
        own_page=True,
    )


def _scenarios(scores: Scores, done: tuple[Effect, ...]) -> Section:
    (moved,), (listed,) = effects_page(scores, done).blocks, scenarios_page(scores).blocks
    # Whoever reads a page has not written the rules: a scenario goes by its label.
    labels = {effect.scenario.id: effect.scenario.label or effect.scenario.id for effect in done}
    heads, about = (_relabelled(block.rows, labels) for block in (moved, listed))
    kept = range(1, len(listed.columns))
    supposed = Block("What each scenario supposes", "", listed.columns[1:], _chosen(about, kept), folded=True)
    first, *others = moved.columns
    said = "Each by itself: how far it moves the score; a rise is more exposure. In brackets: too little known to rank."
    # Between the scenario and what else it does stands a column for each country.
    codes = named(scores, [column.title for column in others[:-1]])
    # What stands is no scenario: it opens the table, whatever else is in it.
    standing, *moves = heads
    table = _untitled(moved)._replace(
        rows=(standing._replace(kind="section"), *moves),
        columns=(first._replace(wrap=True), *others),
        notes=(joined((said, codes), " "),),
    )
    return Section("scenarios", "What would change it", blocks=(table, supposed), own_page=True)


def _relabelled(rows: tuple[Row, ...], labels: dict[str, str]) -> tuple[Row, ...]:
    return tuple(row._replace(cells=(labels.get(str(row.cells[0]), row.cells[0]), *row.cells[1:])) for row in rows)


def _countries(scores: Scores, found: dict[int, Explanation], ranges: RankRange) -> Section:
    parts = tuple(_country(scores, unit, explanation, ranges) for unit, explanation in found.items())
    return Section("countries", "Country by country", parts=parts, own_page=True)


def _country(scores: Scores, unit: int, explanation: Explanation, ranges: RankRange) -> Section:
    said = (*explained(scores, explanation, ranges), context_block(scores, explanation))
    summary, *others = (block for block in said if block.rows or block.notes)
    # The title of the summary has the name, which the section has too; what it adds opens the section.
    name = scores.selection.names[unit]
    standing = summary.title.removeprefix(f"{name}: ")
    blocks = tuple(block._replace(folded=block.title in _EVIDENCE) for block in others)
    behind = _behind(explanation)
    references = tuple(
        Reference(key, cited(source), see=f"source-{key}")
        for key, source in scores.rulebook.sources.items()
        if key in behind
    )
    return Section(
        _id(scores, unit), name, (f"{standing}.", *summary.notes), blocks=blocks, references=references, own_page=True
    )


def _behind(explanation: Explanation) -> set[str]:
    """The keys of the sources of all that is said of a country, of what is not scored too."""
    return sources_behind([explanation]) | {claim.source for line in explanation.context for claim in line.claims}


def _used(scores: Scores, found: dict[int, Explanation]) -> Iterator[str]:
    used = {key for explanation in found.values() for key in _behind(explanation)}
    return (key for key in scores.rulebook.sources if key in used)


def _sources(scores: Scores, found: dict[int, Explanation]) -> Section:
    entries = []
    for key in _used(scores, found):
        source = scores.rulebook.sources[key]
        entries.append(Reference(key, cited(source), source.url, source.note))
    lead = ("Every source of a claim in this report, in the order that decides between equally sure ones.",)
    return Section("sources", "Sources", lead, references=tuple(entries), own_page=True)
