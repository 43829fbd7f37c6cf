"""The land of the reference township: border, villages, groups, roads, rivers, forest.

Drawn on a plane in kilometres from the centre and written in degrees; everything follows from the
random generator that is passed in, so the same seed draws the same land.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import unary_union

from command.core.township import Ring
from simulations.jingming.names import CROSS, FORESTS, RIVERS, VILLAGES, Village

CENTRE = (107.55, 35.28)  # lon, lat
AREA_KM2 = 61.5
EARTH_KM = 6371.0072  # authalic radius: the sphere of the same surface as WGS-84

XY = tuple[float, float]
Drawn = tuple[str, str, str, Ring]  # id, name, name_en, path


@dataclass(frozen=True, slots=True)
class Land:
    """All that is drawn, in degrees; `groups` and `offices` are positions by village id."""

    border: Ring
    villages: dict[str, Ring]
    offices: dict[str, XY]
    groups: dict[str, tuple[XY, ...]]
    rivers: tuple[Drawn, ...]
    roads: tuple[Drawn, ...]
    forests: tuple[Drawn, ...]


def degrees(point: XY) -> XY:
    """Kilometres from the centre to (lon, lat), on the cylindrical equal-area projection."""
    east, north = point
    lon0, lat0 = math.radians(CENTRE[0]), math.radians(CENTRE[1])
    lon = lon0 + east / (EARTH_KM * math.cos(lat0))
    lat = math.asin(math.sin(lat0) + north * math.cos(lat0) / EARTH_KM)
    return round(math.degrees(lon), 6), round(math.degrees(lat), 6)


def ring(points: Iterable[XY]) -> Ring:
    """Points of the plane in degrees, repeated ones left out."""
    out: list[XY] = []
    for point in map(degrees, points):
        if not out or out[-1] != point:
            out.append(point)
    return tuple(out)


def outline(area: Polygon) -> Ring:
    """An area's outer ring, starting at its lowest corner, anticlockwise (RFC 7946)."""
    return ring(tuple(xy) for xy in shapely.normalize(area).exterior.reverse().coords)


def draw(rng: Random) -> Land:
    """The whole township."""
    border = _border(rng)
    villages = _villages(rng, border)
    forests = _forests(rng, border)
    rivers = [(key, name, name_en, _smooth(path)) for key, name, name_en, path in RIVERS]
    wet = unary_union([LineString(path) for *_, path in rivers])
    woods = unary_union([area for _, _, area in forests])
    groups = {
        village.id: _groups(rng, village, villages[village.id], woods, wet) for village in VILLAGES
    }
    return Land(
        border=_joined(villages),
        villages={key: outline(area) for key, area in villages.items()},
        offices={village.id: degrees(_office(village)) for village in VILLAGES},
        groups={key: tuple(map(degrees, points)) for key, points in groups.items()},
        rivers=tuple(_clipped(line, border) for line in rivers),
        roads=tuple(_clipped(line, border) for line in _roads(rng)),
        forests=tuple((key, name, "", outline(area)) for key, name, area in forests),
    )


def _office(village: Village) -> XY:
    return village.east_km, village.north_km


def _border(rng: Random) -> Polygon:
    """A squarish outline with bays and spurs, scaled to the area."""
    waves = [(k, rng.uniform(0.3, 1.0) * 0.05 / k**0.6, rng.uniform(0, 6.28)) for k in range(2, 13)]
    points = []
    for step in range(144):
        angle = math.tau * step / 144
        square = (math.cos(angle) ** 4 + math.sin(angle) ** 4) ** -0.25
        swell = sum(size * math.cos(k * angle + at) for k, size, at in waves)
        radius = square * (1 + swell + rng.uniform(-0.011, 0.011))
        points.append((radius * math.cos(angle), radius * math.sin(angle)))
    shape = Polygon(points)
    scale = math.sqrt(AREA_KM2 / shape.area)
    return Polygon([(x * scale, y * scale) for x, y in points])


def _villages(rng: Random, border: Polygon) -> dict[str, Polygon]:
    """Small Voronoi cells given to the nearest village: borders as crooked as real ones."""
    step, reach = 0.27, 22
    grid = [
        (step * (i + rng.uniform(-0.42, 0.42)), step * (j + rng.uniform(-0.42, 0.42)))
        for i in range(-reach, reach + 1)
        for j in range(-reach, reach + 1)
    ]
    cells: dict[str, list[Polygon]] = {village.id: [] for village in VILLAGES}
    for cell in shapely.voronoi_polygons(MultiPoint(grid)).geoms:
        cells[_nearest(cell.centroid).id].append(cell)
    return {key: unary_union(parts).intersection(border) for key, parts in cells.items()}


def _nearest(point: Point) -> Village:
    return min(VILLAGES, key=lambda village: math.dist((point.x, point.y), _office(village)))


def _joined(villages: dict[str, Polygon]) -> Ring:
    """The border with every corner that a village has on it, so that the villages tile it."""
    whole = unary_union([Polygon(outline(area)) for area in villages.values()])
    points = shapely.normalize(whole).exterior.reverse().coords
    return tuple((x, y) for x, y in points)


def _forests(rng: Random, border: Polygon) -> list[tuple[str, str, Polygon]]:
    """Blobs along the ridges, kept off the village offices."""
    offices = unary_union([Point(_office(village)).buffer(0.35) for village in VILLAGES])
    out = []
    for key, name, centre, axes, turn in FORESTS:
        area = _blob(rng, centre, axes, turn).difference(offices).intersection(border.buffer(-0.05))
        parts = [part for part in getattr(area, "geoms", [area]) if isinstance(part, Polygon)]
        out.append((key, name, Polygon(max(parts, key=lambda part: part.area).exterior)))
    return out


def _blob(rng: Random, centre: XY, axes: XY, turn: float) -> Polygon:
    lean = math.radians(turn)
    points = []
    for step in range(28):
        angle, size = math.tau * step / 28, rng.uniform(0.82, 1.18)
        x, y = axes[0] * size * math.cos(angle), axes[1] * size * math.sin(angle)
        points.append(
            (
                centre[0] + x * math.cos(lean) - y * math.sin(lean),
                centre[1] + x * math.sin(lean) + y * math.cos(lean),
            )
        )
    return Polygon(points)


def _groups(
    rng: Random, village: Village, area: Polygon, woods: Polygon, wet: LineString
) -> tuple[XY, ...]:
    """One hamlet a group: inside its village, out of the wood, off the river, apart."""
    inside = area.buffer(-0.12).difference(woods.buffer(0.06)).difference(wet.buffer(0.15))
    placed: list[XY] = []
    gap = 0.62
    while len(placed) < village.groups:
        spread = rng.uniform(0.15, 1.25)
        angle = rng.uniform(0, math.tau)
        spot = (
            village.east_km + spread * math.cos(angle),
            village.north_km + spread * math.sin(angle),
        )
        if inside.contains(Point(spot)) and all(math.dist(spot, other) > gap for other in placed):
            placed.append(spot)
        gap *= 0.999  # ends: a small village puts its hamlets closer together
    return tuple(placed)


def _smooth(points: Sequence[XY], steps: int = 8) -> tuple[XY, ...]:
    """A Catmull-Rom curve: it passes through its control points, so lines that share one meet."""
    padded = [points[0], *points, points[-1]]
    out: list[XY] = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        out.extend(_bend(before, start, end, after, k / steps) for k in range(steps))
    return (*out, points[-1])


def _bend(a: XY, b: XY, c: XY, d: XY, t: float) -> XY:
    def axis(i: int) -> float:
        return 0.5 * (
            2 * b[i]
            + (c[i] - a[i]) * t
            + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
            + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
        )

    return b if t == 0 else (axis(0), axis(1))


def _clipped(line: Drawn, border: Polygon) -> Drawn:
    key, name, name_en, path = line
    inside = LineString(path).intersection(border)
    parts = list(getattr(inside, "geoms", [inside]))
    longest = max(parts, key=lambda part: part.length)
    return key, name, name_en, ring(tuple(xy) for xy in longest.coords)


def _roads(rng: Random) -> list[Drawn]:
    """Two through roads, the main road, and village roads that end on points of the others."""
    at = {village.id: _office(village) for village in VILLAGES}
    luo_chang = ((-6.0, 0.85), at["v05"], at["v06"], (-0.75, 0.62), CROSS)
    east = (CROSS, (1.10, 0.52), (2.02, 0.75), at["v11"], (4.3, 0.35), (6.0, 0.55))
    feng_qing = ((-0.4, 6.0), at["v02"], (-0.35, 1.60), (0.05, 0.95), CROSS)
    south = (CROSS, (0.30, -0.40), (0.75, -1.10), at["v09"], (0.70, -2.50), at["v12"], (-0.3, -6.0))
    roads = [
        ("road-luo-chang", "罗长路", "Luo-Chang road", _smooth(luo_chang + east[1:])),
        ("road-feng-qing", "凤庆路", "Feng-Qing road", _smooth(feng_qing + south[1:])),
        (
            "road-main",
            "北大路",
            "North main road",
            _smooth(((-0.75, 0.62), (-0.30, 0.90), (0.05, 0.95), at["v03"], (1.10, 0.52))),
        ),
    ]
    return roads + [_village_road(rng, at, *pair) for pair in LINKS]


THROUGH = ("road-luo-chang", "road-feng-qing", "road-main")  # on bridges that stand above a flood

# Village roads: from, to, and the points between (a bridge is one of them).
LINKS: tuple[tuple[str, str, tuple[XY, ...]], ...] = (
    ("v01", "v06", ((-2.25, 1.75),)),
    ("v01", "v02", ((-1.95, 2.95),)),
    ("v02", "v04", ((0.40, 2.75), (1.76, 2.95))),
    ("v04", "v11", ((2.95, 1.80),)),
    ("v05", "v07", ((-3.20, -0.46), (-3.15, -1.10))),
    ("v07", "v08", ((-1.90, -1.75),)),
    ("v08", "v09", ((0.15, -1.75),)),
    ("v09", "v10", ((2.20, -1.95),)),
    ("v10", "v11", ((3.30, -0.90),)),
    ("v08", "v12", ((-0.60, -2.45),)),
)


def _village_road(
    rng: Random, at: dict[str, XY], start: str, end: str, between: tuple[XY, ...]
) -> Drawn:
    named = {village.id: village for village in VILLAGES}
    first, last = named[start], named[end]
    lead = between[0]
    bend = (
        (at[start][0] + lead[0]) / 2 + rng.uniform(-0.12, 0.12),
        (at[start][1] + lead[1]) / 2 + rng.uniform(-0.12, 0.12),
    )
    path = _smooth((at[start], bend, *between, at[end]), steps=5)
    return (
        f"road-{start}-{end}",
        f"{first.short}至{last.short}村道",
        f"{first.name_en}-{last.name_en} village road",
        path,
    )
