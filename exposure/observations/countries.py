"""Which country or declared entity a piece of text means."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from exposure.errors import closest
from exposure.observations.spelling import mended, seen
from exposure.observations.table import read_table

# Letters that carry no separable accent, so that normalisation leaves them alone.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

# Names that two countries share. Alone they mean neither; beside a code they agree with either.
_SHARED = {
    "congo": ("COD", "COG"),
    "korea": ("KOR", "PRK"),
    "saintmartin": ("MAF", "SXM"),
    "virginislands": ("VGB", "VIR"),
}

# Codes and abbreviations of other lists, which their users will try. They are only ever suggested.
_OTHERS = {
    **dict.fromkeys(("KSV", "RKS", "UNK", "UVK", "XKK", "XKO", "XKV"), "XKX"),
    "ADO": "AND",
    "FYROM": "MKD",
    "ROM": "ROU",
    "TMP": "TLS",
    "WBG": "PSE",
    "ZAR": "COD",
}

# Names of no one country that are spelt so like one that a suggestion would mislead.
_ELSEWHERE = {
    *("australasia", "centralafrica", "indiana", "republicofchina"),
    *("somaliland", "southamerica", "southernafrica", "styria"),
}

_LONGEST = 80
"""Longer text than this is no misspelt name, and comparing it would cost time."""

_ALIKE = 0.82
"""How alike two spellings must be, of 1, for one to be suggested for the other."""


@dataclass(frozen=True)
class Country:
    """One country or territory of `countries.csv`."""

    code: str
    """ISO 3166-1 alpha-3, or the user-assigned `XKX`."""
    alpha2: str
    """ISO 3166-1 alpha-2, or the user-assigned `XK`."""
    name: str
    """The short English name that is printed."""
    aliases: tuple[str, ...]
    """Other names that are accepted."""
    note: str
    """What a reader should know of its status, or nothing."""


@dataclass(frozen=True)
class Match:
    """What a piece of text was found to mean."""

    code: str
    """The country's alpha-3 code or the entity's declared code."""
    exact: bool
    """Whether the text was that very code, with nothing to rewrite."""


@cache
def countries() -> Mapping[str, Country]:
    """Every country of the packaged table by alpha-3 code, in the order of the codes."""
    table = read_table((Path(__file__).parents[1] / "countries.csv").read_bytes(), "countries.csv")
    assert table.header == ("code", "alpha2", "name", "aliases", "note")
    return MappingProxyType(
        {
            code: Country(code, alpha2, name, tuple(alias for alias in aliases.split("|") if alias), note)
            for code, alpha2, name, aliases, note in zip(*(words.each() for words in table.cells), strict=True)
        }
    )


def folded(text: str) -> str:
    """The text without case, accents, punctuation, spaces or "the"; "&" becomes "and" and "St." "saint"."""
    if text.isascii():
        # A table may hold a hundred thousand different names that are none.
        spaced = text.lower().translate(_SPACED)
    else:
        # Normalised twice: folding the case of a dotted capital I leaves an accent of its own.
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_PLAIN)
        spaced = "".join(_letter(character) for character in plain if not unicodedata.combining(character))
    return "".join("saint" if word == "st" else word for word in spaced.split() if word != "the")


def _letter(character: str) -> str:
    if character == "&":
        return " and "
    # Modifier letters (Lm) are apostrophes as some keyboards write them.
    return character if character.isalnum() and unicodedata.category(character) != "Lm" else " "


_SPACED = str.maketrans({chr(code): _letter(chr(code)) for code in range(128)})


class Gazetteer:
    """The countries of the world and the entities that the rules declare, found by code or name."""

    def __init__(self, entities: Mapping[str, str]) -> None:
        declared = {code: name for code, name in entities.items() if code.upper() not in countries()}
        self._names = declared | {code: country.name for code, country in countries().items()}
        self._declared = declared
        self._codes = {code.upper(): code for code in self._names}

    @cached_property
    def _places(self) -> dict[str, str]:
        # Folding every name is only worth it once a text is not simply a code.
        places = dict(_places())
        # An entity never takes a name from a country, nor one of two entities a name from the other.
        taken = places.keys() | _SHARED.keys() | {code.lower() for code in _alpha2()}
        names = {code: folded(name) for code, name in self._declared.items()}
        often = Counter(names.values())
        return places | {name: code for code, name in names.items() if name and name not in taken and often[name] == 1}

    def find(self, text: str) -> Match | None:
        """The country or entity whose code (never the two-letter one), name or alias the text is, or None."""
        if text in self._names:
            return Match(text, exact=True)
        if mended(text):
            # What is left of a garbled name without its accents may by chance be another.
            return None
        stripped = text.strip()
        code = self._codes.get(stripped.upper()) if stripped.isascii() else None
        code = code or self._places.get(folded(text))
        return Match(code, exact=False) if code else None

    def name(self, code: str) -> str:
        """The printed name of a country or entity; a code that is neither is a KeyError."""
        return self._names[code]

    def agrees(self, code: str, name: str) -> bool:
        """Whether the name denotes the code, alone or as one of the two countries that share it."""
        match = self.find(name)
        return match.code == code if match else code in _SHARED.get(folded(name), ())

    def suggest(self, text: str) -> str | None:
        """A question or advice for an error's hint about text that means no country, or None."""
        written = text.strip()
        if not written or len(written) > _LONGEST:
            return None
        if match := self.find(written):
            return None if match.exact else self._question(match.code)
        if match := self.find(seen(written)):
            return f"it holds a character that cannot be seen: type {match.code} anew"
        if match := self.find(mended(written) or ""):
            return f"its letters were garbled by a change of encoding: write {match.code}"
        if written.isascii() and (hint := self._of_code(written.upper())):
            return hint
        name = folded(written)
        if name in _SHARED:
            return self._question(*_SHARED[name])
        likely = () if name in _ELSEWHERE else self._beginning(written) or self._alike(name)
        return self._question(*likely) if likely else None

    def _of_code(self, code: str) -> str:
        """What to do about a code of another list than ours, or nothing."""
        if country := _alpha2().get(code):
            return f"{code} is the two-letter code of {self._labelled(country)}; write {country}"
        if code in _OTHERS:
            return self._question(_OTHERS[code])
        prefix, _, part = code.partition("-")
        if prefix in _alpha2() and part.isalnum() and len(part) <= 3:
            return f"{code} is not declared under [entities] in the rules"
        return ""

    def _question(self, *codes: str) -> str:
        return f"did you mean {' or '.join(self._labelled(code) for code in codes)}?"

    def _labelled(self, code: str) -> str:
        return f"{code} ({self._names[code]})"

    def _beginning(self, code: str) -> tuple[str, ...]:
        """The one country whose name begins like this: KOS is no code, but easily thought one."""
        if len(code) != 3 or not code.isupper():
            return ()
        codes = tuple(known for known, name in self._names.items() if folded(name).startswith(folded(code)))
        return codes if len(codes) == 1 else ()

    def _alike(self, name: str) -> tuple[str, ...]:
        """The one or two places spelt most like the name, among those that begin with its letter."""
        # Names of republics would else all be alike, and those of federations hold republics too.
        core = name.removeprefix("republicof")
        places = {place.removeprefix("republicof"): (code,) for place, code in self._places.items()} | _SHARED
        near = closest(core, [place for place in places if len(place) > 3 and place[0] == core[:1]], _ALIKE)
        return places[near] if near else ()


@cache
def _places() -> Mapping[str, str]:
    """The code of every folded name and alias."""
    return {folded(name): code for code, one in countries().items() for name in (one.name, *one.aliases)}


@cache
def _alpha2() -> Mapping[str, str]:
    """The alpha-3 code of every alpha-2 code."""
    return {country.alpha2: code for code, country in countries().items()}
