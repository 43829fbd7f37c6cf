"""How long a unit needs to a place: by road, across country, on foot. Pure.

By road where roads are drawn, and no way leads past what closes them; the straight line times the
township's detour where there is none; on foot after Tobler. A way across a river is only where a
road is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely import intersects, linestrings

from command.core.geo import EARTH_M, distance_m
from command.core.reasons import WhyNot
from command.core.roads import Closure, Flags, Floats, Legs, Net
from command.core.township import Unit
from command.core.triage import is_night
from command.core.world import World
from sensors.observations import Position

Codes = npt.NDArray[np.int8]

NIGHT_FACTOR = 1.5  # every way takes longer at night (CENTRES.md (a))
UNKNOWN_S = 3600.0  # to a place that nobody knows
UNKNOWN = Position(0.0, 0.0)  # of a unit that the files no longer have
NEVER_S = 1e6  # so long it takes who does not move
NEAR_M = 1000.0  # so near, tracks that no map has lead there as well
FOOT_KMH = 6.0  # who is no faster goes on foot
WAYS_KEPT = 16_384  # from one place to another, until a road is closed or opened
BLOCK_M = 150.0  # what a block closes around it
OPEN, SHUT, FLOODED = 0, 1, 2  # codes of a way
WHY_NO_WAY = {SHUT: WhyNot.ROAD_CLOSED, FLOODED: WhyNot.FLOODED_FORD}


@dataclass(frozen=True, slots=True)
class Ways:
    """Seconds from each start to each target (targets x starts), and what closes the way.

    Where it is closed, the seconds of the straight one: what it would be if it were not.
    """

    seconds: Floats
    code: Codes


def pace(world: World, now: float) -> float:
    """How much longer every way takes now than by day."""
    assert world.township is not None
    return NIGHT_FACTOR if is_night(world.township, now) else 1.0


def tobler_kmh(slope: float) -> float:
    """A walker's speed on a way of this slope, rise over run (FIELD.md section 4)."""
    return 6.0 * math.exp(-3.5 * abs(slope + 0.05))


def is_on_foot(unit: Unit) -> bool:
    """No faster than a walker."""
    return unit.speed_kmh <= FOOT_KMH


def speed_mps(world: World, unit: Unit) -> float:
    """By the unit's usual means; the township's usual slope slows who walks."""
    assert world.township is not None
    if not is_on_foot(unit):
        return unit.speed_kmh / 3.6
    return max(1e-9, min(unit.speed_kmh, tobler_kmh(world.township.limits.slope))) / 3.6


def where(world: World, unit: Unit) -> Position:
    """Where a unit is, as far as we know: what it last said, else where it is stationed."""
    return world.units[unit.id].position or world.index.homes[unit.id][1] or UNKNOWN


def travel_s(world: World, unit: Unit, to: Position | None, slower: float) -> float:
    """Seconds from where the unit is; an hour when nobody knows the place."""
    return float(unit_ways(world, [unit], [to], slower).seconds[0, 0])


def unit_ways(
    world: World, units: Sequence[Unit], targets: Sequence[Position | None], slower: float
) -> Ways:
    """Of several units, from where they are, to several places."""
    at = [(start.lon, start.lat) for start in (where(world, unit) for unit in units)]
    speed = np.array([speed_mps(world, unit) for unit in units])
    on_foot = np.array([is_on_foot(unit) for unit in units], np.bool_)
    return ways(world, at, targets, speed, on_foot, slower)


def ways(
    world: World,
    at: Sequence[tuple[float, float]],
    targets: Sequence[Position | None],
    speed: Floats,
    on_foot: Flags,
    slower: float,
) -> Ways:
    """From several places `at` to several others at once, each by its own means."""
    seconds = np.full((len(targets), len(at)), UNKNOWN_S * slower)
    code = np.zeros((len(targets), len(at)), np.int8)
    known = [n for n, target in enumerate(targets) if target is not None]
    if known and len(at):
        to = [(t.lon, t.lat) for t in targets if t is not None]
        metres, shut = _metres(world, at, to, on_foot)
        seconds[known] = np.minimum(metres / speed * slower, NEVER_S)
        code[known] = shut
    return Ways(seconds, code)


class Pairs:
    """Ways one at a time, as `ways` has them: where few are asked for."""

    def __init__(self, world: World) -> None:
        assert world.township is not None
        self._world, self._detour = world, world.township.limits.detour
        self._net = world.index.net
        if self._net is not None:
            self._net.close(closures(world))

    def way(self, unit: Unit, target: Position | None, slower: float) -> tuple[float, int]:
        """Seconds, and the code of what closes it."""
        if target is None:
            return UNKNOWN_S * slower, OPEN
        start = where(self._world, unit)
        metres, code = self._metres(start, target, on_foot=is_on_foot(unit))
        return min(metres / speed_mps(self._world, unit) * slower, NEVER_S), code

    def _metres(self, start: Position, target: Position, *, on_foot: bool) -> tuple[float, int]:
        net = self._net
        if net is None or on_foot:
            return distance_m(start, target) * self._detour, OPEN
        at, to = (start.lon, start.lat), (target.lon, target.lat)
        found = net.ways.get((at, to))
        if found is None:
            if len(net.ways) >= WAYS_KEPT:
                net.ways.clear()
            found = net.ways[at, to] = self._by_road(net, at, to, distance_m(start, target))
        return found

    def _by_road(
        self, net: Net, at: tuple[float, float], to: tuple[float, float], straight: float
    ) -> tuple[float, int]:
        """By road or across, as long as no road is closed or opened."""
        across = straight * self._detour
        reach = net.reaching_one(to, self._detour)
        (nodes, away), (goal, left) = net.leg(at), net.leg(to)
        road = min(reach.item(n) + m * self._detour for n, m in zip(nodes, away, strict=True))
        trackless = straight <= max(NEAR_M, (away[0] + left[0]) * self._detour)
        if trackless and across < road and not _wet(net, [at], [to], _ONE).any():
            return across, OPEN
        if math.isinf(road):
            parted = net.part[nodes[0]] != net.part[goal[0]]
            return across, OPEN if parted else _what_closes(net)
        return road, OPEN


_ONE = np.ones((1, 1), np.bool_)


def closures(world: World) -> frozenset[Closure]:
    """What closes roads now: open incidents of the plans that a block or a flood leads to, and road
    works whose time it is.
    """
    assert world.township is not None
    found = [
        Closure(one.lon, one.lat, one.radius_m)
        for one in world.township.works
        if one.from_at <= world.at < one.to_at
    ]
    for ident, flood in world.index.blocking.items():
        incident = world.incidents.get(ident)
        if incident is not None and incident.position is not None:
            radius = world.plan_of(incident).merge_radius_m if flood else BLOCK_M
            found.append(Closure(incident.position.lon, incident.position.lat, radius, flood))
    return frozenset(found)


def _metres(
    world: World,
    at: Sequence[tuple[float, float]],
    to: Sequence[tuple[float, float]],
    on_foot: Flags,
) -> tuple[Floats, Codes]:
    """Metres of the way, detour included, and its code."""
    assert world.township is not None
    detour, net = world.township.limits.detour, world.index.net
    if net is None:
        across = _straight(np.array(at), np.array(to)) * detour
        return across, np.zeros(across.shape, np.int8)
    net.close(closures(world))
    starts, goals = net.starting(tuple(at), detour), np.array(to)
    straight = _straight(starts.lonlat, goals)
    across = straight * detour
    reach = net.reaching(to, detour)
    road = (reach[:, starts.legs.nodes] + starts.legs.metres).min(axis=2)
    targets = net.on_to(to, detour)
    trackless = (straight <= _off_road(starts.legs, targets)) | (straight <= NEAR_M)
    shorter = trackless & (across < road)
    metres = np.where(shorter & ~_wet(net, at, to, shorter) | on_foot, across, road)
    code = np.zeros(metres.shape, np.int8)
    lost = np.isinf(metres)
    if lost.any():
        parted = lost & ~net.joined(starts.legs, targets)  # no map has a way between them
        code[lost & ~parted] = _what_closes(net)
        metres = np.where(lost, across, metres)
    return metres, code


def _straight(at: Floats, to: Floats) -> Floats:
    """Metres as the crow flies (to x at); as `geo.distance_m`."""
    lat = np.radians(at[:, 1] + to[:, 1, None]) / 2
    x = np.radians(at[:, 0] - to[:, 0, None]) * np.cos(lat)
    y = np.radians(at[:, 1] - to[:, 1, None])
    metres: Floats = np.hypot(x, y) * EARTH_M
    return metres


def _off_road(starts: Legs, targets: Legs) -> Floats:
    """Metres from both to the nearest road: who is nearer to each other needs none."""
    both: Floats = targets.metres[:, :1] + starts.metres[:, 0]
    return both


def _wet(
    net: Net,
    at: Sequence[tuple[float, float]],
    to: Sequence[tuple[float, float]],
    asked: Flags,
) -> Flags:
    """Where a river lies on the straight line, of the pairs that are asked about."""
    wet = np.zeros(asked.shape, np.bool_)
    if net.water is not None and asked.any():
        rows, columns = np.nonzero(asked)
        ends = np.stack((np.array(to)[rows], np.array(at)[columns]), axis=1)
        wet[rows, columns] = intersects(net.water, linestrings(ends))
    return wet


def _what_closes(net: Net) -> int:
    """A flood alone, or anything else."""
    return FLOODED if all(closure.flood for closure in net.closed) else SHUT
