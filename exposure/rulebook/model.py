"""The rulebook: what each observation means and how much it weighs, as written in rules.toml."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import SkipJsonSchema

from exposure.rulebook.base import NOTHING, Age, Id, Line, Missing, Number, Pair, Part, Text, Weight, Words
from exposure.rulebook.conditions import Condition
from exposure.rulebook.kinds import AnyRule


def _in_the_calendar(date: str) -> str:
    # A partial date is in the calendar when the first of its days is.
    datetime.date.fromisoformat(f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10])
    return date


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), AfterValidator(_in_the_calendar)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Method = Literal["arithmetic", "geometric", "harmonic", "inverted-geometric", "max", "min"]
Level = Literal["error", "warning", "note", "off"]


class Floored(Part):
    """An aggregation over values lifted off zero, so that one best child cannot wipe out the rest."""

    method: Method
    floor: Annotated[float, Field(ge=0, lt=1)] = 0.0


def _form(value: object) -> str:
    return "floored" if isinstance(value, dict | Floored) else "name"


Aggregation = Annotated[Annotated[Method, Tag("name")] | Annotated[Floored, Tag("floored")], Discriminator(_form)]


def method_and_floor(aggregation: Aggregation) -> tuple[str, float]:
    """An aggregation in either of its forms, by name or with a floor."""
    if isinstance(aggregation, Floored):
        return aggregation.method, aggregation.floor
    return aggregation, 0.0


class Index(Part):
    """What is measured and how the result is published."""

    title: Line
    edition: Line
    """Bumped when a rule or weight changes; printed with every result."""
    scale: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 100.0
    """Full exposure; 0 is none. Severities, steps, bands and ranges are in these units."""
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    rounding: Literal["final", "every-node"] = "final"
    aggregation: Aggregation = "arithmetic"
    missing: Missing = "exclude"
    min_coverage: Share = 0.0
    """Below this share of known weight the score is shown but not ranked."""
    max_age: Age | None = None
    """A claim older than this on the scored day does not count; a rule may override."""
    countries: Annotated[tuple[Country, ...], Field(strict=False, max_length=1000)] = ()
    """Codes of those that it is about; a claim on another is an error. Empty is any."""
    judgement: Text = ""
    """Who set the weights, when and on what ground; printed with every explanation."""


class Dimension(Part):
    """A node of the tree between the index and its rules."""

    label: Line | None = None
    parent: Id | None = None
    weight: Weight = 1.0
    aggregation: Aggregation = "arithmetic"
    min_coverage: Share = 0.0
    """Below this share of known weight the dimension is unknown and leaves its parent."""
    why: Text = ""


class Context(Part):
    """An indicator that is carried and shown but not scored."""

    label: Line | None = None
    definition: Text = ""
    kind: Literal["category", "flag", "number", "text"] | None = None
    """`category` where `values` is given, else `text`."""
    values: Words | None = None
    valid: Pair | None = None
    whole: bool = False


class Source(Part):
    """Where claims come from; the order of the sources breaks ties between equally sure ones."""

    title: Line
    publisher: Text = ""
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    url: Text = ""
    note: Text = ""
    compiled_from: Annotated[tuple[Id, ...], Field(strict=False, max_length=100)] = ()
    """Of what the project put together itself, the sources behind it."""


class Entity(Part):
    """A part of a country that is described, but not ranked, on its own."""

    name: Line
    part_of: Country
    share: Annotated[float, Field(gt=0, le=1)]
    """Its part of the country, 0 to 1; what is left when all are added up counts as unknown."""
    source: Text = ""


class Entities(Part):
    """How entities make up a country that has no line of its own."""

    rollup: Literal["mean", "max"] = "mean"
    # The entities stand beside the setting, as tables named by their code.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")], Entity]

    @property
    def parts(self) -> dict[str, Entity]:
        """The entities by code."""
        return self.others


class Wrong(Part):
    """Chance that a claim of this confidence is wrong."""

    high: Share = 0.02
    medium: Share = 0.08
    low: Share = 0.25


class Uncertainty(Part):
    """What is drawn when the rank range is computed."""

    spread: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """Each weight is multiplied by a draw from 1 ± spread."""
    weights: Literal["uniform", "dirichlet"] = "uniform"
    """How: each by itself and alike, or all of a dimension together, which lets small ones vary relatively more."""
    about: Share = 0.2
    """`~20` means 20 ± this share of 20."""
    wrong: Wrong = NOTHING
    unknowns: Literal["like-known", "anything"] = "like-known"
    """What an unknown severity is drawn from: the country's known ones, or the whole scale."""
    confidence: SkipJsonSchema[Annotated[dict[str, float] | None, Field(exclude=True)]] = None
    """Of rules up to edition 2026.1 of this tool's own: how far severities were jittered. Read and ignored."""
    aggregations: Annotated[tuple[Method, ...], Field(strict=False, max_length=6)] = ()
    """Of the dimensions, each as likely as the index's own."""
    draws: Annotated[int, Field(ge=0, le=1_000_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1


class Checks(Part):
    """What a change may do before it needs a second look."""

    stale_before: Date | None = None
    max_score_move: Weight | None = None
    """In units of the scale; None sets no limit, here and below."""
    max_rank_move: Annotated[int, Field(ge=0)] | None = None
    max_band_move: Annotated[int, Field(ge=0)] | None = None
    """In bands; 0 lets no country change its band unseen."""
    self_waive: bool = False
    """Whether a waiver counts for the change that brings it; what the base says decides."""
    levels: dict[Id, Level] = NOTHING


class Subject(Part):
    """Which countries a target is about: an indicator that says one of these words, or keeps to a bound."""

    min_band: Line | None = None
    """Only countries in this band or a higher one."""
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Condition]


class Require(Part):
    """What a target asks of an indicator: one of these words, or a bound."""

    max_score: Number | None = None
    max_band: Line | None = None
    not_rising: bool | None = None
    """The score must not be above that of the base; not asked without one."""
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Condition]


class Target(Part):
    """An assertion over observations and scores that `check` tests."""

    id: Id
    label: Line | None = None
    for_: Subject = Field(alias="for", default={}, validate_default=True)
    require: Require
    level: Level = "warning"
    why: Text = ""


class Waiver(Part):
    """A finding that is known and accepted, with the reason; it stays visible."""

    code: Id
    country: Line | None = None
    indicator: Line | None = None
    reason: Line
    until: Date | None = None


Setting = Annotated[str | bool | Number, Field(union_mode="left_to_right")]


class Scenario(Part):
    """A what-if with a name: the values it sets, and what is said of it."""

    id: Id
    label: Line | None = None
    set: Annotated[dict[Line, dict[Line, Setting]], Field(min_length=1)]
    level: Text = ""
    """How grave or likely it is, in words."""
    stated: bool = False
    """True where the source itself states the level."""
    reacts: Annotated[tuple[Line, ...], Field(strict=False)] = ()
    """Who would react, as the source has it."""
    where: Text = ""
    purpose: Text = ""
    expected: Text = ""
    """Where it would happen, what it is for and what would follow, as the source has it."""
    source: Line | None = None
    """What it is taken from; what it sets is the rulebook's own reading."""
    why: Text = ""


class Rulebook(Part):
    """The whole of a rules file, read and checked."""

    index: Index
    bands: dict[Line, Number] = NOTHING
    """Lower edges."""
    dimensions: Annotated[dict[Id, Dimension], Field(min_length=1, max_length=500)]
    rules: Annotated[dict[Id, AnyRule], Field(min_length=1, max_length=2000)]
    context: dict[Line, Context] = NOTHING
    sources: dict[Id, Source] = NOTHING
    entities: Entities = NOTHING
    uncertainty: Uncertainty = NOTHING
    checks: Checks = NOTHING
    targets: Annotated[tuple[Target, ...], Field(strict=False)] = ()
    waivers: Annotated[tuple[Waiver, ...], Field(strict=False)] = ()
    scenarios: Annotated[tuple[Scenario, ...], Field(strict=False)] = ()

    def label(self, name: str) -> str:
        """What a rule or dimension is called on a page."""
        part = self.rules.get(name) or self.dimensions.get(name)
        return (part.label if part else None) or name.replace("_", " ").capitalize()

    def policy(self, rule: str) -> Literal["exclude", "worst", "best"]:
        """What an unknown value of the rule is taken as."""
        return self.rules[rule].missing or self.index.missing

    def band_names(self) -> list[str]:
        """The bands, the lowest first."""
        return sorted(self.bands, key=self.bands.__getitem__)


def rules_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every readable rules file meets, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rulebook.model_json_schema()}
