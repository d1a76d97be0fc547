"""What text means whatever way its characters were typed, and what was done to it on its way here."""

from __future__ import annotations

import re
import unicodedata

# UTF-8 that was opened as Windows-1252 or Latin-1: é has become Ã©, ’ has become â€™.
_GARBLED = re.compile("[ÂÃÄÅÐÑ][\u0080-\u00bfŒœŠšŸŽžƒˆ€]|â[\u0080-\u00bf€‚][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")


def looks_garbled(data: bytes) -> bool:
    """Whether some text of a file can be such; most files settle it by a byte that they have not."""
    return b"\xc3" in data and any(lead.encode() in data for lead in "ÂÃÄÅÐÑâ")


def composed(text: str) -> str:
    """The text with letter and accent as one character: the two ways to write é are one word."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def alike(word: str) -> str:
    """What is the same for a word in capitals and in small letters."""
    return composed(composed(word).casefold())


def seen(text: str) -> str:
    """The text without the characters that print nothing."""
    return "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cf"))


def mended(text: str) -> str | None:
    """What the text was before it was saved in one encoding and opened in another; None where it looks sound."""
    if text.isascii():
        return None
    before = _GARBLED.sub(_mended, text)
    return before if before != text else None


def _mended(garbled: re.Match[str]) -> str:
    try:
        codes = (bytes([ord(one)]) if ord(one) < 256 else one.encode("cp1252") for one in garbled[0])
        return b"".join(codes).decode()
    except UnicodeError:
        return garbled[0]


def typed_anew(text: str, meant: str) -> str:
    """What to add to the advice to write `meant` where nobody can see how the text differs from it."""
    if seen(text) != text:
        return "; it holds a character that cannot be seen, so type it anew"
    letters = [character for character in text if character.isalpha()]
    latin = [letter.isascii() or unicodedata.name(letter, "").startswith("LATIN") for letter in letters]
    if not all(latin) and meant.isascii() and any(map(str.isascii, letters)):
        return "; some of its letters are not Latin, so type it anew"
    return ""
