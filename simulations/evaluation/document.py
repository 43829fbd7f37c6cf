"""A report as blocks, before it is Markdown or a page. Pure values; texts are not yet escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulations.evaluation.drawing import Svg


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the report's own title."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    words: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    points: Sequence[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numbers` are the columns that are set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, which Markdown leaves out: what it shows stands in a table beside it."""

    svg: Svg
    caption: str


Block = Heading | Words | Points | Grid | Picture
Document = Sequence[Block]
