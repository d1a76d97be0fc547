"""`exposure report`: the whole answer as one page to read, to print and to hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from exposure.analysis.average import Against, each_against_average
from exposure.analysis.entities import entities
from exposure.analysis.explain import Explanation, explain
from exposure.analysis.robustness import Robustness, robustness
from exposure.analysis.scenarios import Effect, effects
from exposure.analysis.support import support
from exposure.analysis.trend import Trend, trend
from exposure.errors import ExposureError
from exposure.output.html import Document, Picture, Reference, Section, to_html
from exposure.output.page import Block, Cell, Column, Row, filled
from exposure.output.picture import drawn
from exposure.text import joined
from exposure.views.backing import support_block
from exposure.views.explain import cited, context_block, explained, sources_behind
from exposure.views.method import method_blocks, method_words
from exposure.views.overview import by_band, findings, named, points_block, severities_block
from exposure.views.pictures import chart_of, footnotes
from exposure.views.rank import rank_page
from exposure.views.robustness import robustness_page
from exposure.views.standing import tone
from exposure.views.trend import trend_page
from exposure.views.what_if import described_block, effects_page, scenarios_page

if TYPE_CHECKING:
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

_ELSEWHERE = 5
"""`drop` of the columns that stand in a table of their own here: dimensions."""
_CITED = 40
"""Countries at most each of which has a list of its sources beside that of all."""
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
    explanations = {unit: explain(scores, unit) for unit in scores.in_order()}
    robust = robustness(scores, draws, seed, base=0)
    ranges = robust.ranges
    against = each_against_average(scores, list(explanations))
    each = zip(explanations.values(), against, strict=True)
    countries = tuple(_country(scores, explanation, ranges, average) for explanation, average in each)
    sections = (
        _ranking(scores, ranges),
        _map(scores),
        _severities(scores),
        *([_sureness(robust)] if ranges.draws else []),
        *([_trend(scores, over_time)] if over_time else []),
        *([_scenarios(scores, done)] if done else []),
        Section("countries", "Country by country", parts=countries, own_page=True),
        Section("method", "Method", method_words(scores), blocks=method_blocks(scores), own_page=True),
        _sources(scores, explanations.values()),
    )
    tell(0.9)
    return to_html(_document(scores, explanations, findings(scores, ranges, done), sections, version))


def _over_time(scores: Scores, progress: Callable[[float], None]) -> Trend | None:
    try:
        return trend(scores, progress=progress)
    except ExposureError:
        # Claims without a date have no course.
        return None


def _document(
    scores: Scores,
    explanations: dict[int, Explanation],
    takeaways: tuple[str, ...],
    sections: tuple[Section, ...],
    version: str,
) -> Document:
    index, names = scores.rulebook.index, scores.selection.names
    facts = (
        ("Edition", index.edition),
        ("As of", scores.selection.as_of or "undated"),
        ("Countries", f"{len(explanations)}, {int(scores.ranked.sum())} ranked"),
        ("Claims", f"{len(scores.observations):,}"),
        ("Fingerprint", scores.fingerprint),
    )
    anchors = {names[unit]: _id(scores, unit) for unit in explanations}
    anchors |= {key: f"source-{key}" for key in _used(scores, explanations.values(), whole=True)}
    said = f"How exposed {len(explanations)} countries are, why, how sure that is, and what would change it"
    foot = (
        f"Made with {joined(('exposure', version), ' ')} from observations and rules of fingerprint "
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


def _chosen(block: Block, kept: Sequence[int]) -> Block:
    """Some columns of the block, in a section that says already what it is and of which edition."""
    rows = tuple(row._replace(cells=tuple(row.at(at) for at in kept)) for row in block.rows)
    return block._replace(title="", subtitle="", columns=tuple(block.columns[at] for at in kept), rows=rows)


def _folding(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The first as the table of its section, the others folded."""
    first, *others = blocks
    return first._replace(title="", subtitle=""), *(block._replace(folded=True) for block in others)


def _ranking(scores: Scores, ranges: RankRange) -> Section:
    (block,) = rank_page(scores, ranges).blocks
    block = _chosen(block, [at for at, column in enumerate(block.columns) if column.drop < _ELSEWHERE])
    # A sign that a screen has no room to spell out, and that a page read aloud needs in words.
    block = block._replace(
        columns=tuple(column._replace(title=column.title.replace("!", "Contradictions")) for column in block.columns),
        notes=tuple(note.replace("! ", "Contradictions, ", note.startswith("! ")) for note in block.notes),
    )
    points = points_block(scores)._replace(title="What each dimension adds")
    return Section("ranking", "Ranking", (), _pictures("bars", scores), (block, points))


def _map(scores: Scores) -> Section:
    standings = [scores.standing(unit) for unit in scores.in_order()]
    groups = {**by_band(scores, standings), "not ranked": [one.name for one in standings if not one.rank]}
    rows = [Row((Cell(band, tone(band, scores.rulebook)), joined(names))) for band, names in groups.items() if names]
    block = Block("", columns=(Column("Band"), Column("Countries", wrap=True)), rows=tuple(rows))
    return Section("map", "Map", (), _pictures("map", scores), (block,))


def _severities(scores: Scores) -> Section:
    lead = "What each rule makes of each country: where exposure comes from, and where nothing is known."
    rests = filter(None, support(scores, scores.in_order()))
    blocks = (severities_block(scores), support_block(scores, list(rests)))
    return Section(
        "severities", "Where exposure comes from", (lead,), _pictures("heatmap", scores), blocks, own_page=True
    )


def _sureness(robust: Robustness) -> Section:
    lead = "Weights are judgement and some facts are unknown: each draw changes both at random and ranks anew."
    pictures, blocks = _pictures("ranks", robust.scores, ranges=robust.ranges), _folding(robustness_page(robust).blocks)
    return Section("sureness", "How sure the ranks are", (lead,), pictures, blocks, own_page=True)


def _trend(scores: Scores, over_time: Trend) -> Section:
    blocks = _folding(trend_page(over_time, scores.in_order()).blocks)
    return Section(
        "trend", "How it came to this", (), _pictures("trend", scores, over_time=over_time), blocks, own_page=True
    )


def _scenarios(scores: Scores, done: tuple[Effect, ...]) -> Section:
    (moved,), (listed,) = effects_page(scores, done).blocks, scenarios_page(scores).blocks
    # Whoever reads a page has not written the rules: a scenario goes by its label, which has a column of its own there.
    labels = {effect.scenario.id: effect.scenario.label or effect.scenario.id for effect in done}
    rows = [row._replace(cells=(labels.get(str(row.at(0)), row.at(0)), *row.cells[1:])) for row in moved.rows]
    said = "Each by itself: how far it moves the score; a rise is more exposure. In brackets: too little known to rank."
    first, *others = moved.columns
    # Between the scenario and what else it does stands a column for each country.
    codes = named(scores, [column.title for column in others[:-1]])
    table = Block(
        columns=(first._replace(wrap=True), *others),
        # What stands is no scenario: it opens the table, whatever else is in it.
        rows=(rows[0]._replace(kind="section"), *rows[1:]),
        notes=(joined((said, codes), " "),),
    )
    settings = _chosen(listed, range(1, len(listed.columns)))
    settings = settings._replace(title="What each scenario supposes", notes=(), folded=True)
    described = described_block([effect.scenario for effect in done])
    return Section("scenarios", "What would change it", blocks=filled(table, settings, described), own_page=True)


def _country(scores: Scores, explanation: Explanation, ranges: RankRange, against: Against) -> Section:
    parts = entities(scores, explanation.unit)
    said = (*explained(scores, explanation, ranges, parts, against), context_block(scores, explanation))
    summary, *others = filled(*said)
    # The title of the summary has the name, which the section has too; what it adds opens the section.
    name = scores.selection.names[explanation.unit]
    lead = (f"{summary.title.removeprefix(f'{name}: ')}.", *summary.notes)
    blocks = tuple(block._replace(folded=block.title in _EVIDENCE) for block in others)
    # At each of many countries the same works would be cited over and over; the keys in its tables lead to them.
    behind = _used(scores, [explanation]) if len(scores.selection.countries()) <= _CITED else []
    references = tuple(Reference(key, cited(scores.rulebook.sources[key]), see=f"source-{key}") for key in behind)
    return Section(_id(scores, explanation.unit), name, lead, (), blocks, references, own_page=True)


def _used(scores: Scores, explanations: Iterable[Explanation], whole: bool = False) -> list[str]:
    """The keys of the sources of all that is said, of what is not scored too; on the whole page of scenarios too."""
    used = {one.source or "" for one in scores.rulebook.scenarios} if whole else set[str]()
    for one in explanations:
        used |= sources_behind(scores.rulebook, [one]) | {claim.source for line in one.context for claim in line.claims}
    return [key for key in scores.rulebook.sources if key in used]


def _sources(scores: Scores, explanations: Iterable[Explanation]) -> Section:
    sources = ((key, scores.rulebook.sources[key]) for key in _used(scores, explanations, whole=True))
    entries = tuple(Reference(key, cited(source), source.url, source.note) for key, source in sources)
    lead = "Every source of a claim in this report, in the order that decides between equally sure ones."
    return Section("sources", "Sources", (lead,), references=entries, own_page=True)
