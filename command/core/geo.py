"""Distances on a township's scale, and the layers an alarm may lie in. Pure."""

from __future__ import annotations

import math

from sensors.observations import Position

EARTH_M = 6_371_000.0
CELL_DEG = 0.01  # about 1 km: the grid that finds neighbours


def distance_m(a: Position, b: Position) -> float:
    """Metres between two positions; equirectangular, good to 0.1% within 100 km."""
    x = math.radians(b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    y = math.radians(b.lat - a.lat)
    return math.hypot(x, y) * EARTH_M


def cell(position: Position) -> tuple[int, int]:
    """The grid cell a position lies in."""
    return math.floor(position.lon / CELL_DEG), math.floor(position.lat / CELL_DEG)


def cells_within(position: Position, radius_m: float) -> list[tuple[int, int]]:
    """The grid cells that a circle of `radius_m` metres may touch."""
    span = max(1, math.ceil(radius_m / 900.0))  # a cell is at least 900 m wide at 36 degrees north
    x, y = cell(position)
    return [(x + i, y + j) for i in range(-span, span + 1) for j in range(-span, span + 1)]
