"""From the files that were chosen to their scores; which these are goes to stderr where the user left it open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exposure.cli.outputs import Outputs
from exposure.cli.streams import remark
from exposure.errors import ExposureError, printable, quoted
from exposure.observations.files import InputFiles, find_base_and_head, find_counterpart, find_indicators, find_rules
from exposure.output.progress import waiting

if TYPE_CHECKING:
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores


@dataclass(frozen=True)
class Inputs:
    """The files to read and the day to score, as the user named them; None where that was left open.

    What finds a file raises ExposureError where it is also to be written.
    """

    indicators: str | None
    rules: str | None
    as_of: str | None = None

    def here(self, sparing: Outputs) -> InputFiles:
        """The files that every verb reads."""
        rules = find_rules(self.rules, self.indicators)
        # Before the observations are read: check writes its answer where they cannot be, too.
        sparing.spare(rules.origin, "rules")
        if self.indicators != "-":
            sparing.spare(Path(self.indicators or "indicators.csv"), "observations")
        return _said(InputFiles(rules=rules, indicators=find_indicators(self.indicators)), sparing)

    def base(self, given: str, here: InputFiles, sparing: Outputs) -> InputFiles:
        """What these are compared with: a file, or where HEAD parted from a git revision."""
        return _said(find_counterpart(given, here, self.rules, parted="HEAD"), sparing, here)

    def base_and_head(self, base: str, head: str | None, sparing: Outputs) -> tuple[InputFiles, InputFiles]:
        """What is compared: each a file or a git revision, the head by default what every verb reads."""
        before, after = find_base_and_head(base, head, self.indicators, self.rules)
        return _said(before, sparing), _said(after, sparing, before)

    def scores(self, sparing: Outputs) -> Scores:
        """The scores of the files that every verb reads."""
        return self.scores_of(self.here(sparing))

    def scores_of(self, files: InputFiles, rulebook: Rulebook | None = None) -> Scores:
        """The scores of these files, by rules that may be read already. Raises InvalidInput where they cannot be."""
        from exposure.observations.reading import read_observations
        from exposure.rulebook.loading import load_rulebook
        from exposure.scoring.score import score

        rulebook = rulebook or load_rulebook(files.rules.data, files.rules.name)
        data, name = files.indicators.data, files.indicators.name
        with waiting("Reading"):
            observations = read_observations(data, rulebook, name)
        first, others = observations.remarks[:5], observations.remarks[5:]
        said = [*first, f"{len(others)} more such remarks"] if others else list(first)
        said += [] if len(observations.numbers("line")) else ["holds no observations"]
        for text in said:
            remark(f"{printable(name)}: {text}")
        if rulebook.uncertainty.confidence is not None:
            remark(f"{printable(files.rules.name)}: uncertainty.confidence is not read any more; wrong = {{ … }} is")
        with waiting("Scoring"):
            return score(observations, rulebook, self.as_of)


@dataclass(frozen=True)
class Draws:
    """How often to draw and from which seed; None where the rules say."""

    number: int | None
    seed: int | None

    def ranges(self, scores: Scores) -> RankRange:
        """The rank range of every unit."""
        with waiting("Drawing ranks") as show:
            return scores.rank_range(self.number, self.seed, show)


def _said(files: InputFiles, sparing: Outputs, beside: InputFiles | None = None) -> InputFiles:
    """These files, after their user has been told where they come from, and nothing twice."""
    sparing.spare(files.indicators.origin, "observations")
    sparing.spare(files.rules.origin, "rules")
    if remarks := [text for text in files.remarks if beside is None or text not in beside.remarks]:
        remark("; ".join(remarks))
    return files


def units_of(scores: Scores, countries: tuple[str, ...]) -> list[int]:
    """Their places among the scored. Raises ExposureError with every one that is no country, or not in the file."""
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
        raise ExposureError("\n".join(problems))
    return units
