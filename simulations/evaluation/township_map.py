"""The township as a map: land, hazard, incidents, and from where units went to them. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from command.core.geo import EARTH_M
from command.core.township import Ring, Township
from sensors.observations import Position
from simulations.evaluation.drawing import XY, Svg, drawing, element, line, path, rect, text
from simulations.evaluation.facts import villages

WIDTH, MARGIN = 960.0, 24.0
LAND, WOOD, WATER, ROAD, EDGE, BAD = (
    "#f7f5ef",
    "#dbe8d4",
    "#7aa7c7",
    "#b9b2a3",
    "#8a8f94",
    "#b3261e",
)
INK, UNIT = "#1b1f24", "#1f4e79"
RADIUS, LETTER, HIGH = 8.0, 5.8, 10.0  # of a mark; of a label: half a Chinese character, its height
BESIDE = 4  # incidents at one place that are drawn each for itself
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident, by its number in the report."""

    label: str
    at: Position


@dataclass(frozen=True, slots=True)
class Way:
    """A unit's way from its station to an incident; `arrived` False: it did not get there."""

    label: str
    start: Position
    end: Position
    arrived: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A name at a point of the drawing."""

    label: str
    at: XY
    colour: str


class _Frame:
    """Degrees to points of the drawing, north up."""

    def __init__(self, points: Sequence[XY]) -> None:
        lons, lats = zip(*points, strict=True)
        self._west, self._north = min(lons), max(lats)
        squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
        self._per_lat: float = (WIDTH - 2 * MARGIN) / max(1e-6, (max(lons) - self._west) * squeeze)
        self._per_lon = self._per_lat * squeeze
        self.height = (self._north - min(lats)) * self._per_lat + 2 * MARGIN

    def at(self, lon: float, lat: float) -> XY:
        return (
            MARGIN + (lon - self._west) * self._per_lon,
            MARGIN + (self._north - lat) * self._per_lat,
        )

    def ring(self, ring: Ring) -> list[XY]:
        return [self.at(lon, lat) for lon, lat in ring]

    def metres(self, metres: float) -> float:
        return float(math.degrees(metres / EARTH_M) * self._per_lat)


def draw(
    township: Township,
    hazards: Sequence[Ring],
    marks: Sequence[Mark],
    ways: Sequence[Way],
    title: str,
    lang: str,
) -> Svg:
    """What lies outside the township's border is drawn as well, if something went on there."""
    ends = [(p.lon, p.lat) for one in ways for p in (one.start, one.end)]
    points = [*township.border, *((m.at.lon, m.at.lat) for m in marks), *ends]
    frame = _Frame(points or [(p.lon, p.lat) for p in township.places] or [(0.0, 0.0)])
    spots = _apart([(one.label, frame.at(one.at.lon, one.at.lat)) for one in marks])
    parts = [
        *_land(township, frame),
        *(path(frame.ring(r), closed=True, fill=BAD, fill_opacity=0.35) for r in hazards),
        *_lines(ways, frame),
        *_labels([*_stations(ways, frame), *_villages(township, frame, lang)], spots),
        *_marks(spots),
        *_scale(frame),
    ]
    return drawing(WIDTH, frame.height, title, parts)


def _land(township: Township, frame: _Frame) -> Iterator[str]:
    yield path(frame.ring(township.border), closed=True, fill=LAND, stroke=INK, stroke_width=1.5)
    for wood in township.forests:
        yield path(frame.ring(wood), closed=True, fill=WOOD)
    for border in (township.village_borders or {}).values():
        thin: dict[str, str | float | None] = {
            "stroke": EDGE,
            "stroke_width": 0.6,
            "stroke_dasharray": "2 3",
        }
        yield path(frame.ring(border), closed=True, fill="none", **thin)
    for river in township.rivers:
        yield path(frame.ring(river.path), closed=False, fill="none", stroke=WATER, stroke_width=3)
    for road in township.roads:
        yield path(frame.ring(road.path), closed=False, fill="none", stroke=ROAD, stroke_width=1.6)


def _villages(township: Township, frame: _Frame, lang: str) -> Iterator[Spot]:
    for place in villages(township):
        name = place.name_en if lang == "en" else place.name
        yield Spot(name, frame.at(place.lon, place.lat), EDGE)


def _stations(ways: Sequence[Way], frame: _Frame) -> list[Spot]:
    """Where units started, each named once."""
    found = (Spot(w.label, frame.at(w.start.lon, w.start.lat), UNIT) for w in ways)
    return list(dict.fromkeys(found))


def _lines(ways: Sequence[Way], frame: _Frame) -> Iterator[str]:
    for way in ways:
        start, end = frame.at(way.start.lon, way.start.lat), frame.at(way.end.lon, way.end.lat)
        broken = None if way.arrived else "4 3"
        yield line(start, end, stroke=UNIT, stroke_width=1.2, stroke_dasharray=broken)


def _apart(marks: Sequence[tuple[str, XY]]) -> list[Spot]:
    """Incidents at one place side by side, so that each number can be read; then how many more."""
    here: dict[XY, list[str]] = {}
    for label, at in marks:
        near = next((other for other in here if _touch(at, other)), at)
        here.setdefault(near, []).append(label)
    spots = []
    for (x, y), labels in here.items():
        more = len(labels) - BESIDE
        shown = [*labels[:BESIDE], *([f"+{more}"] if more > 0 else [])]
        spots += [Spot(one, (x + n * 2 * RADIUS, y), BAD) for n, one in enumerate(shown)]
    return spots


def _touch(one: XY, other: XY) -> bool:
    return abs(one[0] - other[0]) < 2 * RADIUS and abs(one[1] - other[1]) < 2 * RADIUS


def _marks(spots: Sequence[Spot]) -> Iterator[str]:
    for spot in spots:
        x, y = spot.at
        yield element("circle", cx=x, cy=y, r=RADIUS, fill=spot.colour, stroke="#fff")
        yield text((x, y + 4), spot.label, class_="inside")


def _labels(spots: Sequence[Spot], marks: Sequence[Spot]) -> Iterator[str]:
    """Each where it covers no other, as near as can be; without room, beside its spot."""
    boxes = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in (m.at for m in marks)]
    for spot in spots:
        x, y = spot.at
        wide = cell_len(spot.label) * LETTER
        tries = [
            (x + side, y + down)
            for down in (4, -8, 16, -20, 28, -32, 40, -44)
            for side in (7, -7 - wide)
        ]
        free = (at for at in tries if not any(_meet(_box(at, wide), box) for box in boxes))
        at = next(free, tries[0])
        boxes.append(_box(at, wide))
        yield rect((x - 2.5, y - 2.5), 5, 5, fill=spot.colour)
        yield text(at, spot.label, class_="halo")


def _box(at: XY, wide: float) -> Box:
    return at[0], at[1] - HIGH, at[0] + wide, at[1] + 2


def _meet(one: Box, other: Box) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _scale(frame: _Frame) -> Iterator[str]:
    """One kilometre, and where north is."""
    y, long = frame.height - 10, frame.metres(1000.0)
    yield line((MARGIN, y), (MARGIN + long, y), stroke=INK, stroke_width=2)
    yield text((MARGIN + long + 6, y + 4), "1 km")
    yield path([(WIDTH - 24, 30), (WIDTH - 16, 30), (WIDTH - 20, 12)], closed=True, fill=INK)
    yield text((WIDTH - 20, 42), "N", text_anchor="middle")
