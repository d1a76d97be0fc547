"""What check found, and the ledger in which it writes that down: levels, waivers and places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.claims import Claim, claims_at
from exposure.analysis.diff import Changes
from exposure.analysis.rule_changes import waiver_names
from exposure.errors import LEVELS, Finding, InvalidInput, Level, quoted
from exposure.observations.cells import read_date
from exposure.rulebook.codes import CODES
from exposure.rulebook.lines import key_lines, line_of
from exposure.rulebook.model import Rulebook, Target, Waiver
from exposure.rulebook.wording import dotted
from exposure.scoring.score import Scores
from exposure.text import joined

MOST = 1000
"""Findings of one code that are kept; all are counted."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Findings:
    """What a check found, and what it looked for."""

    found: tuple[Finding, ...]
    """Gravest first, what the change brought before what stood, then by place; of one code at most MOST of either."""
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
    unlisted_stood: dict[Level, int] = field(default_factory=dict)
    """How many of the unlisted ones of each level the base has too."""
    every: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """How often each was found, listed or not, by what it is known by."""

    def count(self, level: Level) -> int:
        """How many count at this level, waived ones left out."""
        return sum(one.level == level and not one.waived for one in self.found) + self.unlisted.get(level, 0)

    def stood_at(self, level: Level) -> int:
        """How many of those that count at this level the base has too."""
        stood = sum(one.stood and one.level == level and not one.waived for one in self.found)
        return stood + self.unlisted_stood.get(level, 0)

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
    before: Findings | None = None
    """What the base had."""
    found: list[Finding] = field(default_factory=list)
    unlisted: list[tuple[Level, tuple[str, ...]]] = field(default_factory=list)
    """Of those that count and are not listed, the level and what they are known by."""
    written: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """How many of each code were found, those apart that the base has not."""
    brought: set[tuple[str, ...]] = field(default_factory=set)
    """What the change brought of findings that the base has of the same claims."""
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
        return self._gravest(brought=False)

    @cached_property
    def levels_brought(self) -> Mapping[str, str]:
        """The same for what the change brings."""
        return self._gravest(brought=True)

    def _gravest(self, brought: bool) -> dict[str, str]:
        books = [_levels(book, brought) for book in (self.rulebook, self.base) if book is not None]
        codes = [code for levels in books for code in levels]
        return {code: min((book[code] for book in books if code in book), key=_ORDER.index) for code in codes}

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """What is demanded: by the rules, and by those of the base where they demanded something else."""
        mine = {target.id: (target.for_, target.require) for target in self.rulebook.targets}
        old = self.base.targets if self.base is not None else ()
        return (*self.rulebook.targets, *(one for one in old if mine.get(one.id) != (one.for_, one.require)))

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
        at_most: Level = "error",
        brought: bool = False,
        known_by: str = "",
    ) -> None:
        """Writes one finding down, at a claim's cell, at a key of the rules, or about the file; past MOST it counts.

        `about` is the country and the indicator, either of them empty where none is meant. It is known again by
        `known_by`, else by the claim's key or the place in the rules; what the change `brought` did not stand.
        """
        if not self.looks_for(code):
            return
        level = max((self.levels_brought if brought else self.levels)[code], at_most, key=_ORDER.index)
        file, line, character = self.scores.observations.file, 0, 0
        known: tuple[str, ...] = (known_by,) if known_by else ()
        if row is not None:
            known = known or self._keys(np.asarray([row]))[0]
        elif rules is not None:
            known = known or (dotted(tuple(self._named(rules))),)
        finding = Finding(code, message, file, line, character, hint, *about, level, known_by=known)  # type: ignore[arg-type]
        self.brought |= {finding.what} if brought else set()
        waived = self._waived(code, *about)
        kind = (code, self._is_new(finding.what))
        self.written[kind] += 1
        if self.written[kind] > MOST:
            self.unlisted += [] if waived else [(finding.level, finding.what)]
            return
        if row is not None:
            line, character = self.place(row, column)
        elif rules is not None:
            file, line = self.rules_file, line_of(self.key_lines, rules)
        self.found.append(finding._replace(file=file, line=line, column=character, waived=waived))

    def add_rows(
        self, code: str, rows: NDArray[np.int64], said: Callable[[Claim, int], str], hint: str, column: str = "value"
    ) -> None:
        """Writes down the same of many claims: the first MOST in words, the others in number."""
        if not self.looks_for(code):
            return
        about = [self.scores.observations.text(name).taken(rows).each() for name in ("country", "indicator")]
        listed, count = [], Counter[bool]()
        for row, country, indicator, known in zip(rows.tolist(), *about, self._keys(rows), strict=True):
            what = (code, country, indicator, *known)
            count[self._is_new(what)] += 1
            if count[self._is_new(what)] <= MOST:
                listed.append(row)
            elif not self._waived(code, country, indicator):
                self.unlisted.append((self.levels[code], what))  # type: ignore[arg-type]
        for claim, row in zip(claims_at(self.scores, np.asarray(listed, np.int64)), listed, strict=True):
            self.add(code, said(claim, row), hint, (claim.country, claim.indicator), row=row, column=column)

    def _is_new(self, what: tuple[str, ...]) -> bool:
        """Whether the base is known not to have it: what the change brings is listed beside much that stood."""
        return self.before is not None and what not in self.before.every

    def _keys(self, rows: NDArray[np.int64]) -> list[tuple[str, ...]]:
        """Date and source of these claims, which with country and indicator no two have in common."""
        columns = [self.scores.observations.text(name).taken(rows).each() for name in ("as_of", "source")]
        return list(zip(*columns, strict=True))

    def _named(self, path: tuple[str | int, ...]) -> Iterator[str | int]:
        """A place in the rules with names for positions: what stands before it in a list is of no account."""
        section, *rest = path
        yield section
        if rest and isinstance(rest[0], int):
            names = waiver_names(self.rulebook) if section == "waivers" else [one.id for one in self.rulebook.targets]
            rest[0] = names[rest[0]]
        yield from rest

    @cached_property
    def key_lines(self) -> dict[tuple[str | int, ...], int]:
        """On which line of the rules each key stands; empty where the text is not at hand."""
        return key_lines(self.rules_text) if self.rules_text else {}

    def closed(self, changes: Changes | None) -> Findings:
        """All that was found, the waivers themselves judged last."""
        self._judge_waivers()
        before = self.before
        every = Counter([*(one.what for one in self.found), *(what for _, what in self.unlisted)])
        left = Counter(before.every) if before else Counter()
        marked = [one._replace(stood=_taken(left, one.what) and one.what not in self.brought) for one in self.found]
        stood = Counter(level for level, what in self.unlisted if _taken(left, what))
        findings = sorted(
            marked, key=lambda one: (LEVELS.index(one.level), bool(one.waived), one.stood, one.file, one.line, one.code)
        )
        codes = {code: kind.meaning for code, kind in CODES.items() if self.looks_for(code)}
        for target in self.targets:
            if self.looks_for(target.id):
                codes[target.id] = target.label or target.why or target.id
        gone = before.found if before else ()
        if changes is not None:
            # A disagreement that went with one of its claims is no improvement.
            removed = {change.key for change in changes.claims if change.kind == "removed"}
            gone = tuple(one for one in gone if one.code not in _DISAGREEMENTS or one.what[1:] not in removed)
        gone = tuple(one for one in gone if _taken(left, one.what))
        return Findings(
            found=tuple(findings),
            unlisted=dict(Counter(level for level, _ in self.unlisted)),
            looked_for=codes,
            scores=self.scores,
            changes=changes,
            gone=gone,
            unlisted_stood=dict(stood),
            every=every,
        )

    @cached_property
    def waivers(self) -> dict[tuple[str, str | None, str | None], int]:
        """The first waiver in force for each code, country and indicator that waivers name; None is any of them."""
        places: dict[tuple[str, str | None, str | None], int] = {}
        for at, waiver in enumerate(self.rulebook.waivers):
            country = self._code(waiver.country)
            if country != "" and not self._expired(waiver) and not self._proposed(waiver):
                places.setdefault((waiver.code, country, waiver.indicator), at)
        return places

    def _proposed(self, waiver: Waiver) -> bool:
        """Whether it came with the change, and so does not count for it."""
        if not self.has_base or (self.base is not None and self.base.checks.self_waive):
            return False
        return _covered(waiver) not in self._covered_before

    @cached_property
    def _covered_before(self) -> set[tuple[str | None, ...]]:
        return {_covered(waiver) for waiver in self.base.waivers} if self.base is not None else set()

    def _waived(self, code: str, country: str, indicator: str) -> str:
        if code in CODES and CODES[code].settled:
            return ""
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
            elif self._proposed(waiver):
                said = f"{joined((waiver.code, waiver.country or '', waiver.indicator or ''))}: {waiver.reason}"
                self.add("proposed-waiver", said, "it does not cover what it comes with: merge it first", rules=path)
            elif at not in self.used and self.looks_for(waiver.code) and (self.has_base or waiver.code not in rising):
                self.add("unused-waiver", f"nothing was found that {waiver.code} waives", "remove it", rules=path)


_DISAGREEMENTS = {"contested", "disputed"}
_ORDER = (*LEVELS, "off")


def _levels(rulebook: Rulebook, brought: bool) -> dict[str, str]:
    """The level of every code and target by these rules, or of those that a change brings."""
    targets: dict[str, str] = {target.id: target.level for target in rulebook.targets}
    codes = {code: kind.brought or kind.level if brought else kind.level for code, kind in CODES.items()}
    settled = {code: kind.level for code, kind in CODES.items() if kind.settled}
    return {**codes, **rulebook.checks.levels, **targets, **settled}


def _covered(waiver: Waiver) -> tuple[str | None, ...]:
    """What a waiver covers and until when, whatever its reason says."""
    return waiver.code, waiver.country, waiver.indicator, waiver.until


def _taken(left: Counter[tuple[str, ...]], what: tuple[str, ...]) -> bool:
    """Takes one of those that are left, if there is one."""
    there = left[what] > 0
    left[what] -= there
    return there
