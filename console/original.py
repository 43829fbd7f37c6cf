"""Texts as they came, every unusual character escaped so that it can be seen. Pure.

One item alone on its lines: nothing that a text does can look like a neighbour (CONSOLE.md 5).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from console import wording
from console.cells import Line, plain, rule
from console.cells import width as cell_len
from console.model import Row
from console.page import Ctx


def escaped(text: str) -> str:
    """ASCII and Chinese as they are, everything else by its number: nothing acts, all is seen."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if " " <= character <= "~" or "\u4e00" <= character <= "\u9fff":
        return character
    if 0x3000 < code < 0x3030 or 0xFF01 <= code <= 0xFF5E:  # Chinese punctuation
        return character
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def chunks(text: str, cells: int) -> Iterator[str]:
    """Cut to width anywhere: an original has no words to respect."""
    line = ""
    size = 0
    for character in text:
        wide = cell_len(character)
        if size + wide > cells and line:
            yield line
            line, size = "", 0
        line += character
        size += wide
    if line:
        yield line


def original(ctx: Ctx, row: Row, cells: int) -> Iterator[Line]:
    """Each text of the incident from outside: who said it, then the text alone on its lines."""
    texts = [(ctx.tr("text"), str(row.get("text") or ""))]
    texts += [
        (wording.source(ctx, str(name)), str(report.get("text") or ""))
        for name, report in (row.get("sources") or {}).items()
    ]
    texts += [
        (wording.officer(ctx, str(note.get("by"))), str(note.get("text") or ""))
        for note in row.get("notes") or ()
    ]
    for who, text in texts:
        if text:
            yield rule(f"{who}  {_count(ctx, text)}", cells)
            yield from (plain(piece, cells) for piece in chunks(escaped(text), cells))


def _count(ctx: Ctx, text: str) -> str:
    """`含异文 3`: how many characters are not what they seem."""
    odd = sum(_shown(c) != c or unicodedata.category(c) in {"Mn", "Me", "Cf"} for c in text)
    return ctx.tr("{n} unusual characters").format(n=odd) if odd else ""
