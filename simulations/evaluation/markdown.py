"""The report's blocks as Markdown. What was said in it is words, never markup. Pure."""

from __future__ import annotations

import re

from sensors.text import clean
from simulations.evaluation.document import Block, Document, Grid, Heading, Picture, Points, Words

# What Markdown or HTML in it would read as more than a letter, wherever it stands; an underline
# only begins something at the edge of a word, and file names are full of them.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&]|\b_|_\b|://|(?<![\w.])www\.")
_AT_THE_START = re.compile(r"^(?:\d+(?=[.)](?:\s|$))|(?=[#+=-]))")
LIMIT = 1000
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}  # harmless to every reader of Markdown


def as_markdown(document: Document) -> str:
    """The whole report."""
    return "\n\n".join(part for block in document if (part := _block(block))) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"{'#' * level} {escaped(words)}"
        case Words(words):
            return _at_the_start(escaped(words))
        case Points(points):
            return "\n".join(f"- {_at_the_start(escaped(point))}" for point in points)
        case Grid():
            return _grid(block)
        case Picture():
            return ""


def _grid(grid: Grid) -> str:
    rules = ["---:" if n in grid.numbers else "---" for n in range(len(grid.head))]
    cells = [[escaped(cell) for cell in row] for row in (grid.head, *grid.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], rules, *cells[1:]))


def escaped(words: str) -> str:
    """One line that shows just these words."""
    return _MARKUP.sub(_harmless, clean(words, LIMIT))


def _harmless(found: re.Match[str]) -> str:
    """A backslash before a mark; an address is cut, so that nothing makes a link of it."""
    mark = found.group()
    if mark in ENTITIES:
        return ENTITIES[mark]
    return mark.replace(":", "\\:").replace(".", "\\.") if len(mark) > 1 else f"\\{mark}"


def _at_the_start(words: str) -> str:
    """A line that begins like a heading, a list or a rule is none."""
    return _AT_THE_START.sub(lambda found: f"{found[0]}\\", words)
