"""Where a place is on the screen: a flat projection, exact enough for twelve kilometres. Pure.

A cell of the terminal is two dots wide and four high (braille), and a dot is as wide as it is high.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0  # of latitude; of longitude times cos(latitude)
DOTS_X, DOTS_Y = 2, 4
NARROWEST_M, WIDEST_M = 1.0, 400.0  # metres of one dot

Points = NDArray[np.float64]
_POINTS_OF_THE_COMPASS = 8


@dataclass(frozen=True, slots=True)
class Ground:
    """What the map shows: its middle (degrees), metres of a dot, and its size in cells."""

    lon: float
    lat: float
    scale: float
    width: int
    height: int

    def dots(self, path: Sequence[Sequence[float]] | Points) -> Points:
        """(lon, lat) rows as (column, row) dots, row 0 at the top; may lie outside."""
        degrees = np.asarray(path, dtype=np.float64).reshape(-1, 2)
        metres = METRES_A_DEGREE / self.scale
        x = (degrees[:, 0] - self.lon) * math.cos(math.radians(self.lat)) * metres
        y = (self.lat - degrees[:, 1]) * metres
        return np.column_stack((x + self.width * DOTS_X / 2, y + self.height * DOTS_Y / 2))

    def cell(self, lon: float, lat: float) -> tuple[int, int] | None:
        """The cell (column, line) of a point, None when it is outside."""
        x, y = self.dots([(lon, lat)])[0]
        column, line = math.floor(x / DOTS_X), math.floor(y / DOTS_Y)
        inside = 0 <= column < self.width and 0 <= line < self.height
        return (column, line) if inside else None

    def moved(self, columns: float, lines: float) -> Ground:
        """The same scale, `columns` to the right and `lines` down."""
        metres_x, metres_y = columns * DOTS_X * self.scale, lines * DOTS_Y * self.scale
        east = metres_x / (METRES_A_DEGREE * math.cos(math.radians(self.lat)))
        return replace(self, lon=self.lon + east, lat=self.lat - metres_y / METRES_A_DEGREE)

    def zoomed(self, factor: float) -> Ground:
        """The same middle, a dot `factor` times as wide."""
        return replace(self, scale=min(WIDEST_M, max(NARROWEST_M, self.scale * factor)))

    def centred(self, lon: float, lat: float) -> Ground:
        """The same scale around another middle."""
        return replace(self, lon=lon, lat=lat)


def whole(paths: Sequence[Sequence[Sequence[float]]], width: int, height: int) -> Ground:
    """The ground on which all of `paths` fits."""
    points = np.asarray([point for path in paths for point in path], dtype=np.float64)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    lat = (south + north) / 2
    metres_x = (east - west) * METRES_A_DEGREE * math.cos(math.radians(lat))
    metres_y = (north - south) * METRES_A_DEGREE
    scale = max(metres_x / (width * DOTS_X), metres_y / (height * DOTS_Y), NARROWEST_M)
    return Ground((west + east) / 2, lat, min(scale, WIDEST_M), width, height)


def way(lon: float, lat: float, to_lon: float, to_lat: float) -> tuple[int, float]:
    """From one point to another: the eighth of the compass (0 north, 2 east), and metres."""
    east = (to_lon - lon) * METRES_A_DEGREE * math.cos(math.radians(lat))
    north = (to_lat - lat) * METRES_A_DEGREE
    turn = math.degrees(math.atan2(east, north)) % 360
    return round(turn / 45) % _POINTS_OF_THE_COMPASS, math.hypot(east, north)
