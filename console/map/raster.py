"""Lines and areas as braille dots, on numpy: a whole map in a few milliseconds. Pure.

The canvas library that was tried took 45 ms and broke Chinese labels (DESIGN.md section 6).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from console.map.ground import DOTS_X, DOTS_Y, Points

Dots = NDArray[np.bool_]  # (rows, columns) of dots
Codes = NDArray[np.uint8]  # a cell's dots as the low byte of its braille character
BRAILLE = 0x2800
# The bit of each dot in a braille character, by its row and column in the cell.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
SPARSE = 4  # an area is shown by one dot in so many each way


def blank(width: int, height: int) -> Dots:
    """No dots, for `width` x `height` cells."""
    return np.zeros((height * DOTS_Y, width * DOTS_X), dtype=np.bool_)


def draw_line(dots: Dots, points: Points) -> None:
    """Set the dots along a path; what lies outside is left out."""
    if len(points) < 2:
        return
    start, end = points[:-1], points[1:]
    near = _near(dots, start, end)
    start, end = start[near], end[near]
    if not len(start):
        return
    steps = np.maximum(1, np.ceil(np.abs(end - start).max(axis=1))).astype(np.int64)
    which = np.repeat(np.arange(len(steps)), steps + 1)
    first = np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = (np.arange(len(which)) - first) / steps[which]
    set_dots(dots, start[which] + (end - start)[which] * share[:, None])


def _near(dots: Dots, start: Points, end: Points) -> NDArray[np.bool_]:
    """Segments that may cross the picture: a far one would cost a million steps for nothing."""
    size = np.array([dots.shape[1], dots.shape[0]])
    low, high = np.minimum(start, end), np.maximum(start, end)
    return np.asarray(((high >= 0) & (low <= size)).all(axis=1), dtype=np.bool_)


def set_dots(dots: Dots, points: Points) -> None:
    """Set single dots; those outside are left out."""
    at = np.floor(points).astype(np.int64)
    rows, columns = dots.shape
    inside = (at[:, 0] >= 0) & (at[:, 0] < columns) & (at[:, 1] >= 0) & (at[:, 1] < rows)
    dots[at[inside, 1], at[inside, 0]] = True


def fill(dots: Dots, ring: Points) -> None:
    """Set one dot in `SPARSE` each way inside a closed ring: a wood, seen from above."""
    rows, columns = dots.shape
    low = np.floor(ring.min(axis=0)).astype(int)
    high = np.ceil(ring.max(axis=0)).astype(int)
    ys = np.arange(_up(max(0, low[1])), min(rows, high[1] + 1), SPARSE)
    xs = np.arange(_up(max(0, low[0])), min(columns, high[0] + 1), SPARSE)
    if not len(ys) or not len(xs):
        return
    x, y = (axis.ravel() for axis in np.meshgrid(xs + 0.5, ys + 0.5))
    (x1, y1), (x2, y2) = ring[:-1].T[:, :, None], ring[1:].T[:, :, None]
    crosses = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_of = x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    inside = (crosses & left_of).sum(axis=0) % 2 == 1
    dots[y[inside].astype(int), x[inside].astype(int)] = True


def _up(value: int) -> int:
    """The next multiple of SPARSE: the pattern stays where it is when the map moves by cells."""
    return -(-value // SPARSE) * SPARSE


def codes(dots: Dots) -> Codes:
    """The dots of each cell as one byte, (lines, columns) of cells."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // DOTS_Y, DOTS_Y, columns // DOTS_X, DOTS_X)
    made: Codes = (cells * _BITS[None, :, None, :]).sum(axis=(1, 3)).astype(np.uint8)
    return made


def blend(layers: Sequence[Codes]) -> tuple[Codes, NDArray[np.int8]]:
    """All layers' dots in one, and for each cell the number of the first layer that has dots there.

    -1 where none has. Layers come with the most important first: their style is the cell's.
    """
    merged = np.bitwise_or.reduce(np.stack(layers))
    owner = np.full(merged.shape, -1, dtype=np.int8)
    for number in range(len(layers) - 1, -1, -1):
        owner[layers[number] > 0] = number
    return merged, owner
