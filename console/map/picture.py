"""The map as lines of text: dots below, signs on them, labels where there is room. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from console.cells import Line, Span, show, width
from console.map.ground import Ground
from console.map.raster import BRAILLE, Codes, blank, blend, codes, draw_line, fill, set_dots

# The most important first: its style is the cell's.
LAYERS = ("camera", "border", "road", "river", "village", "forest")
STYLES = {
    "camera": "", "border": "bold", "road": "road", "river": "water", "village": "border",
    "forest": "forest",
}  # fmt: skip
LABEL_CELLS = 16


@dataclass(frozen=True, slots=True)
class Sign:
    """Something with a name: `mark` stands on its cell, `label` beside it if there is room.

    Signs come with the most important first; a mark is never covered by a later one.
    """

    lon: float
    lat: float
    mark: str
    label: str
    style: str
    label_style: str = ""


def ground_layers(ground: Ground, shapes: Iterable[Mapping[str, Any]]) -> list[Codes]:
    """What does not move: a layer each for `LAYERS` but the cameras. To be kept while it holds."""
    drawn = {name: blank(ground.width, ground.height) for name in LAYERS[1:]}
    for shape in shapes:
        layer = drawn.get(str(shape.get("layer")))
        path = shape.get("path") or []
        if layer is None or len(path) < 2:
            continue
        if shape["layer"] == "forest":
            fill(layer, ground.dots(path))
        else:
            draw_line(layer, ground.dots(path))
    return [codes(drawn[name]) for name in LAYERS[1:]]


def picture(
    ground: Ground,
    below: Sequence[Codes],
    cameras: Sequence[tuple[float, float]],
    signs: Sequence[Sign],
) -> list[Line]:
    """`ground.height` lines of exactly `ground.width` cells."""
    seen = blank(ground.width, ground.height)
    if cameras:
        set_dots(seen, ground.dots(cameras))
    merged, owner = blend([codes(seen), *below])
    canvas = _Canvas(merged, owner)
    placed = [(sign, at) for sign in signs if (at := ground.cell(sign.lon, sign.lat)) is not None]
    marked = [(sign, at) for sign, at in placed if canvas.put(*at, sign.mark, sign.style)]
    for sign, (column, line) in marked:
        canvas.label(column, line, width(sign.mark), sign.label, sign.label_style)
    return canvas.lines()


class _Canvas:
    """Cells of the map: a character and a style each; the second cell of a wide one is ""."""

    def __init__(self, merged: Codes, owner: Any) -> None:
        self._count, self._columns = merged.shape
        points = np.where(merged > 0, merged.astype(np.uint32) + BRAILLE, ord(" "))
        self._text: list[list[str]] = points.astype("<u4").view("<U1").tolist()
        names = np.array([STYLES[layer] for layer in (*LAYERS, LAYERS[0])], dtype=object)
        self._style: list[list[str]] = names[owner].tolist()  # -1, no dots: the last name, plain
        self._taken = np.zeros(merged.shape, dtype=np.bool_)

    def put(self, column: int, line: int, text: str, style: str) -> bool:
        """Write `text` there, whole or not at all; False if something stands there already."""
        size = width(text)
        if not size or line < 0 or line >= self._count or column < 0:
            return False
        if column + size > self._columns or self._taken[line, column : column + size].any():
            return False
        at = column
        for character in text:
            cells = width(character)
            self._text[line][at] = character
            for more in range(at + 1, at + cells):
                self._text[line][more] = ""
            for each in range(at, at + cells):
                self._style[line][each] = style
            at += cells
        self._taken[line, column : column + size] = True
        return True

    def label(self, column: int, line: int, mark: int, text: str, style: str) -> None:
        """Beside its mark, where there is room: right, left, below, above; else nowhere."""
        shown = show(text)[:LABEL_CELLS]
        size = width(shown)
        for at, row in (
            (column + mark, line),
            (column - size, line),
            (column - size // 2, line + 1),
            (column - size // 2, line - 1),
            (column + mark, line + 1),
            (column + mark, line - 1),
        ):
            if self.put(at, row, shown, style):
                return

    def lines(self) -> list[Line]:
        return [
            tuple(_runs(text, style)) for text, style in zip(self._text, self._style, strict=True)
        ]


def _runs(text: Sequence[str], style: Sequence[str]) -> Iterable[Span]:
    """Cells of one style in a row as one span."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or style[at] != style[start]:
            yield Span("".join(text[start:at]), style[start])
            start = at
