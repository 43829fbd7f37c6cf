"""Text in terminal cells: a Chinese character takes two, a line is exactly as wide as asked.

A `Line` is a tuple of `Span`s; a span's style is a name of `styles.py`, never a colour. Text from
outside goes through `show` before it becomes part of a line. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

from sensors.text import clean

CUT = "~"  # ends a text that was cut (CONSOLE.md section 2)
TEXT_LIMIT = 500
# Ambiguous width: one cell here, two on some Chinese terminals, and the column breaks.
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": "-", "–": "-", "·": ".",
        "×": "x", "÷": "/", "±": "+-", "→": ">", "←": "<", "↑": "^", "↓": "v", "●": "*",
        "■": "#", "□": "[]", "①": "1", "②": "2", "③": "3", "④": "4", "⑤": "5", "°": "C",
        "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "§": "S", "′": "'", "″": '"',
    }
)  # fmt: skip
_PICTURE = "[图]"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


class Span(NamedTuple):
    """A run of text in one style; `style` is a name of `styles.py`, "" for plain text."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


@lru_cache(maxsize=65_536)
def show(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text from outside as it may stand in a column: one line, no controls, no surprises in width.

    Emoji become `[图]`, right-to-left letters "?", ambiguous punctuation ASCII. Cleaning it again
    changes nothing.
    """
    made = clean(text, limit)
    return made if made.isascii() else "".join(map(_cell, made.translate(_PLAIN)))


def _cell(character: str) -> str:
    if character.isascii() or "\u4e00" <= character <= "\u9fff":
        return character
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return "?"
    if unicodedata.category(character) == "So" or ord(character) >= 0x1F000:
        return "?" if 0x20000 <= ord(character) < 0x1F000 else _picture_or(character)
    if unicodedata.east_asian_width(character) == "A" and not character.isalpha():
        return "?"
    return character


def _picture_or(character: str) -> str:
    """Braille is ours and one cell wide everywhere; rare Chinese characters are text."""
    if "\u2800" <= character <= "\u28ff" or unicodedata.category(character) == "Lo":
        return character
    return _PICTURE


def has_foreign(text: str) -> bool:
    """Whether right-to-left letters were replaced: the row is marked 含异文."""
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


width = cell_len


@lru_cache(maxsize=65_536)
def fit(text: str, cells: int, align: Literal["left", "right"] = "left") -> str:
    """`text` in exactly `cells` cells: padded, or cut with `~`, never through a character."""
    size = cell_len(text)
    if size > cells:
        return "" if cells < 1 else set_cell_size(text, cells - 1) + CUT
    pad = " " * (cells - size)
    return text + pad if align == "left" else pad + text


def size_of(line: Iterable[Span]) -> int:
    """Cells of a line."""
    return sum(cell_len(span.text) for span in line)


def exactly(line: Iterable[Span], cells: int, style: str = "") -> Line:
    """The line cut or padded to `cells`; the padding has `style`."""
    made: list[Span] = []
    left = cells
    for span in line:
        size = cell_len(span.text)
        if size > left:
            made.append(Span(fit(span.text, left), span.style))
            return tuple(made)
        if span.text:
            made.append(span)
        left -= size
    if left:
        made.append(Span(" " * left, style))
    return tuple(made)


def plain(text: str, cells: int, style: str = "") -> Line:
    """One text as a whole line."""
    return (Span(fit(text, cells), style),)


def beside(left: Line, right: Line, cells: int, *, style: str = "") -> Line:
    """`left` from the left edge, `right` at the right edge; `left` is cut where they meet."""
    room = max(0, cells - size_of(right))
    return (*exactly(left, room, style), *exactly(right, cells - room, style))


def rule(title: str, cells: int, mark: str = "-", style: str = "dim") -> Line:
    """`-- title ------`, as the screens divide themselves: ASCII, for box lines break."""
    head = f"{mark}{mark} {title} " if title else ""
    return plain(head + mark * max(0, cells - cell_len(head)), cells, style)


def wrap(text: str, cells: int) -> list[str]:
    """`text` in lines of at most `cells` cells, broken at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text):
        if cell_len(line + word.rstrip()) > cells and line:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterable[str]:
    """Where a line may break: after a blank, around a Chinese character, after 12 cells."""
    piece = ""
    for character in text:
        if cell_len(character) > 1 or cell_len(piece) >= 12:
            if piece:
                yield piece
            piece = character
            if cell_len(character) > 1:
                yield piece
                piece = ""
            continue
        piece += character
        if character == " ":
            yield piece
            piece = ""
    if piece:
        yield piece


def paragraph(text: str, cells: int, style: str = "") -> list[Line]:
    """A sentence over as many lines as it needs."""
    return [plain(piece, cells, style) for piece in wrap(text, cells)]


def hanging(mark: str, text: str, cells: int, style: str = "") -> list[Line]:
    """Text with a mark before its first line, the others under it."""
    lead = " " * cell_len(mark)
    pieces = wrap(text, max(4, cells - cell_len(mark)))
    return [plain((mark if n == 0 else lead) + p, cells, style) for n, p in enumerate(pieces)]


def packed(parts: Iterable[str], cells: int, style: str = "") -> list[Line]:
    """Short texts beside each other, as many on a line as fit; none is parted before it must be."""
    lines: list[str] = []
    for part in parts:
        if lines and cell_len(lines[-1]) + 3 + cell_len(part) <= cells:
            lines[-1] += "   " + part
        else:
            lines += wrap(part, cells)
    return [plain(line, cells, style) for line in lines]


def text_of(line: Line) -> str:
    """The characters of a line, for tests and exports."""
    return "".join(span.text for span in line)
