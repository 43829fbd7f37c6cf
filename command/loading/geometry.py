"""Shapes of the map: rings and lines checked, areas and inside or outside measured."""

from __future__ import annotations

import math
from itertools import pairwise

from shapely.geometry import LineString, Point, Polygon
from shapely.validation import explain_validity

from command.core.township import Ring
from command.loading.fields import Bounds, as_number, misplaced

EARTH_KM = 6371.0072  # authalic radius: the sphere of the same surface as WGS-84
TOLERANCE_DEG = 2e-4  # about 20 m: a point on the border is inside


class ShapeError(ValueError):
    """A shape that can't be used: the code of the complaint and its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def area_km2(ring: Ring) -> float:
    """Square kilometres in a ring, on the cylindrical equal-area projection."""
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in pairwise(ring):
        y1, y2 = math.sin(math.radians(lat1)), math.sin(math.radians(lat2))
        total += math.radians(lon2 - lon1) * (y1 + y2) / 2
    return abs(total) * EARTH_KM**2


def bounds(ring: Ring) -> Bounds:
    """West, south, east, north of a ring."""
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return min(lons), min(lats), max(lons), max(lats)


def polygon(ring: Ring) -> Polygon:
    """The ring's area, grown by the tolerance, to ask what lies inside."""
    return Polygon(ring).buffer(TOLERANCE_DEG)


def inside(area: Polygon, lon: float, lat: float) -> bool:
    """Whether the area holds the position."""
    return bool(area.contains(Point(lon, lat)))


def apart_deg(ring: Ring, lon: float, lat: float) -> float:
    """Degrees from the ring's area to the position: 0 inside."""
    return float(Polygon(ring).distance(Point(lon, lat)))


def centre(ring: Ring) -> tuple[float, float]:
    """A point inside the ring, for a village that says no office."""
    point = Polygon(ring).representative_point()
    return float(point.x), float(point.y)


def positions(value: object, near: Bounds | None = None) -> Ring:
    """A list of coordinates as (lon, lat); ShapeError where it isn't one."""
    if not isinstance(value, list):
        raise ShapeError("shape_empty")
    return tuple(position(pair, near) for pair in value)


def position(value: object, near: Bounds | None = None) -> tuple[float, float]:
    """One coordinate as (lon, lat), a height left out; ShapeError where it isn't one."""
    if not isinstance(value, list) or len(value) < 2:
        raise ShapeError("shape_coordinate", value=value)
    lon, lat = as_number(value[0]), as_number(value[1])
    if lon is None or lat is None:
        raise ShapeError("shape_coordinate", value=value)
    code = misplaced(lon, lat, near)
    if code:
        raise ShapeError(code, lon=lon, lat=lat)
    return lon, lat


def ring(value: object, near: Bounds | None = None) -> Ring:
    """A polygon's coordinates as its outer ring, closed; ShapeError where it is no area."""
    if not isinstance(value, list) or not value:
        raise ShapeError("shape_empty")
    outer = positions(value[0], near)
    if len(outer) < 4:
        raise ShapeError("shape_points", least=4)
    if outer[0] != outer[-1]:
        raise ShapeError("shape_open")
    reason = explain_validity(Polygon(outer))
    if reason != "Valid Geometry":
        raise ShapeError("shape_crossed", where=reason.partition("[")[2].rstrip("]"))
    return outer


def line(value: object, near: Bounds | None = None) -> Ring:
    """A line's coordinates; ShapeError where there are not two different points."""
    path = positions(value, near)
    if len(path) < 2 or LineString(path).length == 0:
        raise ShapeError("shape_points", least=2)
    return path
