"""What check found, and the ledger in which it writes that down: levels, waivers and places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.claims import Claim, claims_at
from exposure.analysis.diff import Changes
from exposure.errors import LEVELS, Finding, InvalidInput, Level, quoted
from exposure.observations.cells import read_date
from exposure.rulebook.codes import CODES
from exposure.rulebook.lines import key_lines, line_of
from exposure.rulebook.model import Rulebook, Waiver
from exposure.scoring.score import Scores

MOST = 1000
"""Findings of one code that are kept; all are counted."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Findings:
    """What a check found, and what it looked for."""

    found: tuple[Finding, ...]
    """Gravest first, what the change brought before what stood, then by place; at most MOST of one code."""
    unlisted: dict[Level, int]
    """How many more there are of each level."""
    looked_for: dict[str, str]
    """Every code that was looked for, and its meaning."""
    scores: Scores | None = None
    """None where the observations could not be read."""
    changes: Changes | None = None
    """What differs from the base, where there is one."""
    gone: tuple[Finding, ...] = ()
    """What the base had and this has no more; a change that takes a contradiction away is worth a look too."""
    unlisted_before: dict[Level, int] = field(default_factory=dict)
    """How many more the base has of each level."""

    def count(self, level: Level) -> int:
        """How many count at this level, waived ones left out."""
        return sum(one.level == level and not one.waived for one in self.found) + self.unlisted.get(level, 0)

    def stood_at(self, level: Level) -> int:
        """How many of those that count at this level the base has too."""
        stood = sum(one.stood and one.level == level and not one.waived for one in self.found)
        return stood + min(self.unlisted.get(level, 0), self.unlisted_before.get(level, 0))

    @property
    def stood(self) -> int:
        """How many of those that count the base has too."""
        return sum(self.stood_at(level) for level in LEVELS)

    @property
    def waived(self) -> int:
        """How many a waiver covers."""
        return sum(bool(one.waived) for one in self.found)

    def fails(self, fail_on: Level) -> bool:
        """Whether anything counts at this level or a graver one, and with a base, anything that the change brought."""
        return any(self.count(level) > self.stood_at(level) for level in LEVELS[: LEVELS.index(fail_on) + 1])


def invalid(error: InvalidInput) -> Findings:
    """The mistakes of a file that cannot be read; they are errors whatever the rules say, and nothing waives them."""
    left = error.total - len(error.findings)
    unlisted: dict[Level, int] = {"error": left} if left else {}
    return Findings(found=error.findings, unlisted=unlisted, looked_for={"valid": "every line can be read"})


@dataclass(eq=False)
class Ledger:
    """Where checks write down what they find."""

    scores: Scores
    rules_file: str
    rules_text: str
    has_base: bool
    base: Rulebook | None = None
    """The rules before the change, where they can be read."""
    found: list[Finding] = field(default_factory=list)
    unlisted: Counter[Level] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    """How many of each code were found."""
    used: set[int] = field(default_factory=set)
    """Waivers that covered something."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules that judge: those after the change."""
        return self.scores.rulebook

    @cached_property
    def place(self) -> Callable[[int, str], tuple[int, int]]:
        """The line and the column of a claim's cell; many targets name one claim."""
        return cache(self.scores.observations.place)

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """The level of every code and target, `off` among them: with a base the graver of both sides'.

        A change is judged by what it found, so that it cannot hush what would have been said of it.
        """
        levels, before = _levels(self.rulebook), _levels(self.base) if self.base is not None else {}
        return {code: min(level, before.get(code, level), key=_ORDER.index) for code, level in levels.items()}

    def limit(self, name: str) -> float | None:
        """How far a change may move something, with a base by the stricter of both sides; None is no limit."""
        books = [book for book in (self.rulebook, self.base) if book is not None]
        return min((limit for book in books if (limit := getattr(book.checks, name)) is not None), default=None)

    def looks_for(self, code: str) -> bool:
        """Whether this code can be found at all, with what there is."""
        return self.levels[code] != "off" and (self.has_base or not (code in CODES and CODES[code].needs_base))

    def add(
        self,
        code: str,
        message: str,
        hint: str = "",
        about: tuple[str, str] = ("", ""),
        *,
        row: int | None = None,
        column: str = "value",
        rules: tuple[str | int, ...] | None = None,
        level: Level | None = None,
        known_by: str = "",
    ) -> None:
        """Writes one finding down, at a claim's cell, at a key of the rules, or about the file; past MOST it counts.

        `about` is the country and the indicator, either of them empty where none is meant.
        """
        if not self.looks_for(code):
            return
        level = level or self.levels[code]  # type: ignore[assignment]
        assert level is not None
        waived = self._waived(code, *about)
        self.written[code] += 1
        if self.written[code] > MOST:
            self.unlisted[level] += not waived
            return
        file, line, character = self.scores.observations.file, 0, 0
        if row is not None:
            line, character = self.place(row, column)
        elif rules is not None:
            file, line = self.rules_file, line_of(self.key_lines, rules)
        self.found.append(Finding(code, message, file, line, character, hint, *about, level, waived, known_by=known_by))

    def add_rows(
        self, code: str, rows: NDArray[np.int64], said: Callable[[Claim, int], str], hint: str, column: str = "value"
    ) -> None:
        """Writes down the same of many claims: the first MOST in words, the others in number."""
        if not self.looks_for(code):
            return
        for claim, row in zip(claims_at(self.scores, rows[:MOST]), rows[:MOST].tolist(), strict=True):
            self.add(code, said(claim, row), hint, (claim.country, claim.indicator), row=row, column=column)
        left = self._unwaived(code, rows[MOST:])
        if left:
            self.unlisted[self.levels[code]] += left  # type: ignore[index]

    def _unwaived(self, code: str, rows: NDArray[np.int64]) -> int:
        """How many of these claims no waiver of the code covers."""
        columns = [self.scores.observations.text(name) for name in ("country", "indicator")]
        cells = Counter(zip(*(column.codes[rows].tolist() for column in columns), strict=True))
        country, indicator = (column.texts for column in columns)
        return sum(count for (c, i), count in cells.items() if not self._waived(code, country[c], indicator[i]))

    @cached_property
    def key_lines(self) -> dict[tuple[str | int, ...], int]:
        """On which line of the rules each key stands; empty where the text is not at hand."""
        return key_lines(self.rules_text) if self.rules_text else {}

    def closed(self, changes: Changes | None, before: Findings | None) -> Findings:
        """All that was found, the waivers themselves judged last; `before` is what the base had."""
        self._judge_waivers()
        stood = {one.what for one in before.found} if before else set()
        marked = [one._replace(stood=one.what in stood) for one in self.found]
        findings = sorted(
            marked, key=lambda one: (LEVELS.index(one.level), bool(one.waived), one.stood, one.file, one.line, one.code)
        )
        codes = {code: kind.meaning for code, kind in CODES.items() if self.looks_for(code)}
        for target in self.rulebook.targets:
            if self.looks_for(target.id):
                codes[target.id] = target.label or target.why or target.id
        now = {one.what for one in findings}
        gone = tuple(one for one in before.found if one.what not in now) if before else ()
        return Findings(
            found=tuple(findings),
            unlisted=dict(self.unlisted),
            looked_for=codes,
            scores=self.scores,
            changes=changes,
            gone=gone,
            unlisted_before=before.unlisted if before else {},
        )

    @cached_property
    def waivers(self) -> dict[tuple[str, str | None, str | None], int]:
        """The first waiver in force for each code, country and indicator that waivers name; None is any of them."""
        # The same of a waiver that came with the change.
        new = set(self.rulebook.waivers) - set(self.base.waivers) if self.base is not None else set()
        places: dict[tuple[str, str | None, str | None], int] = {}
        for at, waiver in enumerate(self.rulebook.waivers):
            country = self._code(waiver.country)
            if country != "" and not self._expired(waiver) and not (waiver.code == "gate-changed" and waiver in new):
                places.setdefault((waiver.code, country, waiver.indicator), at)
        return places

    def _waived(self, code: str, country: str, indicator: str) -> str:
        keys = [(code, one, other) for one in (country, None) for other in (indicator, None)]
        at = min((self.waivers[key] for key in keys if key in self.waivers), default=None)
        if at is None:
            return ""
        self.used.add(at)
        return self.rulebook.waivers[at].reason

    def _code(self, country: str | None) -> str | None:
        """The code of a country as a waiver names it; empty where it is none, None where any is meant."""
        if country is None:
            return None
        match = self.scores.observations.gazetteer.find(country)
        return match.code if match else ""

    def _expired(self, waiver: Waiver) -> bool:
        as_of = self.scores.selection.as_of
        return bool(waiver.until and as_of) and read_date(waiver.until or "").last < read_date(as_of).last

    def _judge_waivers(self) -> None:
        rising = {target.id for target in self.rulebook.targets if target.require.not_rising}
        for at, waiver in enumerate(self.rulebook.waivers):
            path = ("waivers", at)
            if self._code(waiver.country) == "":
                hint = self.scores.observations.gazetteer.suggest(waiver.country or "") or "write a three-letter code"
                self.add("unused-waiver", f"{quoted(waiver.country)} is not a country", hint, rules=path)
            elif self._expired(waiver):
                until = f"accepted until {waiver.until}, and it is {self.scores.selection.as_of}"
                self.add("expired-waiver", f"{waiver.code}: {until}", "decide anew, or remove it", rules=path)
            elif at not in self.used and self.looks_for(waiver.code) and (self.has_base or waiver.code not in rising):
                self.add("unused-waiver", f"nothing was found that {waiver.code} waives", "remove it", rules=path)


_ORDER = (*LEVELS, "off")


def _levels(rulebook: Rulebook) -> dict[str, str]:
    """The level of every code and target by these rules."""
    targets: dict[str, str] = {target.id: target.level for target in rulebook.targets}
    return {**{code: kind.level for code, kind in CODES.items()}, **rulebook.checks.levels, **targets}
