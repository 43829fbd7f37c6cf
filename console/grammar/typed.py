"""A typed line in words with positions: width and case folded before `//`, raw behind. Pure.

What an input method makes of a command counts as the ASCII meant: `：` `，` `、` `。` `／／`,
full-width digits and blanks. Folding keeps every position, so a fault can be pointed at.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TEXT_LIMIT = 500  # of the text behind `//`, and of a line
_MEANT = str.maketrans({"\u3000": " ", "、": ",", "。": ".", "．": ".", "…": "^", "—": "-"})
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Several joined by commas are one word, blanks around the commas or not.
_WORD = re.compile(r"[^\s,]+(?:\s*,\s*[^\s,]*)*")
_PART = re.compile(r"[^\s,]+")
_LEAD = re.compile(r"[\s:]+")  # the line has its colon already


class Fault(Exception):  # noqa: N818 - what is wrong with a line, not with the program
    """E1 to E11 of CONSOLE.md section 4; `words` say it, `at` is where in the line."""

    def __init__(self, code: str, words: str, at: int) -> None:
        super().__init__(f"{code} {words}")
        self.code, self.words, self.at = code, words, at


@dataclass(frozen=True, slots=True)
class Part:
    """One of several in a word, or all of it: folded text and where it begins."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Word:
    """`end` is behind its last character."""

    text: str
    at: int
    end: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """`text` None: no `//` typed. `fresh`: a blank ends the line, so a new word begins."""

    words: tuple[Word, ...]
    text: str | None
    end: int
    fresh: bool


def folded(line: str) -> str:
    """Full-width as ASCII, capitals as small letters, character by character."""
    return "".join(map(_small, line.translate(_WIDE).translate(_MEANT)))


def _small(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


def typed(line: str) -> Typed:
    """The line in words."""
    plain = folded(line)
    if lead := _LEAD.match(plain):
        plain = " " * lead.end() + plain[lead.end() :]
    cut = plain.find("//")
    head = plain if cut < 0 else plain[:cut]
    words = tuple(
        Word(
            found[0].rstrip(),
            found.start(),
            found.end(),
            tuple(Part(p[0], found.start() + p.start()) for p in _PART.finditer(found[0])),
        )
        for found in _WORD.finditer(head)
    )
    text = None if cut < 0 else line[cut + 2 :].strip()
    return Typed(words, text, len(head), not head or head[-1].isspace())


def unfit(line: str) -> int | None:
    """Where the line is too long or has a control character; None: nowhere."""
    for at, character in enumerate(line):
        if at >= TEXT_LIMIT or unicodedata.category(character) in {"Cc", "Cs"}:
            return at
    return None
