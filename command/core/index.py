"""Look-ups derived from the world: rebuilt when it is loaded, kept up by `evolve`, never stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import LineString, Polygon, intersects_xy, prepare
from shapely.ops import unary_union

from command.core.geo import EARTH_M, cell, cells_within
from command.core.plans import AlarmRule, Where
from command.core.roads import Net, build
from command.core.township import Camera, Place, PlaceKind, Township, Unit
from sensors.observations import AlarmKind, Position
from sensors.sources import SourceRule

NEAREST_KEPT = 4096  # positions whose nearest place is known
ROAD_DEG = 0.0006  # about 60 m: an accident this near to a road happened on it


@dataclass(slots=True)
class Index:
    """Everything here follows from the township and the open incidents."""

    places: dict[str, Place] = field(default_factory=dict)
    groups: list[Place] = field(default_factory=list)
    middles: Any = None  # of the groups: longitudes and latitudes
    nearest: dict[tuple[float, float], str] = field(default_factory=dict)  # of them, to a position
    villages: Any = None  # longitudes and latitudes, a row each
    village_share: Any = None  # of the township's people
    cover_s: Any = None  # seconds from every team's home (columns) to every village
    covering: tuple[Any, dict[str, float]] = (None, {})  # the last answer of fleet.cover_of
    detour: float = 1.0
    units: dict[str, Unit] = field(default_factory=dict)
    teams: list[Unit] = field(default_factory=list)  # not posts
    rolls: dict[tuple[str, ...], Any] = field(default_factory=dict)  # roles -> fleet.Roll
    by_role: dict[str, list[Unit]] = field(default_factory=dict)
    unit_roles: dict[str, frozenset[str]] = field(default_factory=dict)  # its post's role too
    classes: dict[str, str] = field(default_factory=dict)  # source -> person, camera, sensor
    cameras: dict[str, Camera] = field(default_factory=dict)
    homes: dict[str, tuple[str, Position | None]] = field(default_factory=dict)
    rules: dict[str, list[AlarmRule]] = field(default_factory=dict)
    forest: Any = None
    roads: Any = None
    net: Net | None = None
    closing: dict[str, bool] = field(default_factory=dict)  # plan -> by a flood, not by a block
    blocking: dict[str, bool] = field(default_factory=dict)  # incident -> the same
    cells: dict[tuple[str, int, int], dict[str, None]] = field(default_factory=dict)
    placed: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    wanting: dict[str, None] = field(default_factory=dict)  # released, a need may be open
    holding: dict[str, None] = field(default_factory=dict)  # a need that waits for a busy unit
    starving: dict[str, None] = field(default_factory=dict)  # a need that nobody was left for

    def load(self, township: Township) -> None:
        """Everything that follows from the township's files."""
        self.places = {place.id: place for place in township.places}
        self.groups = [p for p in township.places if p.kind is PlaceKind.GROUP]
        self.middles = np.array([[p.lon, p.lat] for p in self.groups]).T
        self.nearest = {}
        villages = [p for p in township.places if p.kind is PlaceKind.VILLAGE]
        people = np.array([float(max(1, village.people)) for village in villages])
        self.villages = np.array([(p.lon, p.lat) for p in villages]).reshape(-1, 2)
        self.village_share = people / max(1.0, people.sum())
        self.units = {unit.id: unit for unit in township.units}
        self.teams = [unit for unit in township.units if not unit.shared and unit.members > 0]
        self.detour, self.covering = township.limits.detour, (None, {})
        homes = [(Position(unit.lon, unit.lat), unit.speed_kmh) for unit in self.teams]
        self.cover_s = np.array([self.cover_from(*home) for home in homes]).T
        posts = {post.id: post.role for post in township.posts}
        self.by_role, self.unit_roles, self.rolls = {}, {}, {}
        for unit in township.units:
            self.unit_roles[unit.id] = frozenset({*unit.roles, posts.get(unit.id, "")} - {""})
            for role in self.unit_roles[unit.id]:
                self.by_role.setdefault(role, []).append(unit)
        self.rules = {}
        for rule in township.plans.rules:
            self.rules.setdefault(rule.alarm, []).append(rule)
        self._load_sources(township)
        self.forest = unary_union([Polygon(ring) for ring in township.forests])
        self.roads = unary_union([LineString(road.path) for road in township.roads]).buffer(
            ROAD_DEG
        )
        self._load_roads(township)
        prepare(self.forest)
        prepare(self.roads)
        self.closing = {
            rule.plan: alarm == AlarmKind.FLOOD
            for alarm in (AlarmKind.FLOOD, AlarmKind.ROAD_BLOCKED)
            for rule in self.rules.get(alarm, ())
        }

    def cover_from(self, at: Position, speed_kmh: float) -> Any:
        """Seconds to every village as the crow flies, times detour: it only ranks."""
        east = (self.villages[:, 0] - at.lon) * math.cos(math.radians(at.lat))
        away = np.radians(np.hypot(east, self.villages[:, 1] - at.lat)) * EARTH_M
        return away * self.detour / (max(speed_kmh, 1.0) / 3.6)

    def _load_roads(self, township: Township) -> None:
        """The graph, and the ways to where alarms come from and units stand."""
        self.net = build(township.roads, township.rivers)
        if self.net is not None:
            homes = [position for _, position in self.homes.values() if position is not None]
            self.net.learn([(at.lon, at.lat) for at in homes])

    def _load_sources(self, township: Township) -> None:
        self.classes, self.homes = {}, {}
        for post in township.posts:
            self.classes[post.id] = "person"
            self.homes[post.id] = (post.place, self.centre(post.place))
        for unit in township.units:
            self.classes[unit.id] = "person"
            self.homes[unit.id] = (unit.place, Position(unit.lon, unit.lat))
        for rule in township.sources:
            self._load_rule(rule)
        self.cameras = {camera.id: camera for camera in township.cameras}
        for camera in township.cameras:
            self.classes[camera.id] = "camera"
            self.homes[camera.id] = (camera.place, Position(camera.lon, camera.lat))

    def _load_rule(self, rule: SourceRule) -> None:
        self.classes.setdefault(rule.name, "person" if rule.person else "sensor")
        if rule.lon is not None and rule.lat is not None:
            self.homes[rule.name] = (rule.place, Position(rule.lon, rule.lat))
        else:
            self.homes.setdefault(rule.name, (rule.place, self.centre(rule.place)))

    def centre(self, place: str) -> Position | None:
        """The middle of a place, None if it is unknown."""
        known = self.places.get(place)
        return Position(known.lon, known.lat) if known else None

    def nearest_place(self, position: Position) -> str:
        """The group whose middle is nearest; "" when the township has none."""
        if not self.groups:
            return ""
        key = (position.lon, position.lat)  # most alarms come from where others came from
        found = self.nearest.get(key)
        if found is None:
            lon, lat = self.middles
            away = (lon - position.lon) ** 2 + (lat - position.lat) ** 2
            if len(self.nearest) >= NEAREST_KEPT:
                self.nearest.clear()
            found = self.nearest[key] = self.groups[int(away.argmin())].id
        return found

    def plan_for(self, alarm_kind: str, position: Position | None) -> str:
        """The plan that an alarm of this kind, there, opens; "" when no rule fits."""
        for rule in self.rules.get(alarm_kind, ()):
            if rule.where is Where.ANY or (position and self._in(rule.where, position)):
                return rule.plan
        return ""

    def _in(self, where: Where, position: Position) -> bool:
        layer = self.forest if where is Where.FOREST else self.roads
        return bool(intersects_xy(layer, position.lon, position.lat))

    def put(self, incident: str, plan: str, place: str, position: Position | None) -> None:
        """An open incident can be found by where it is."""
        if plan in self.closing:
            self.blocking[incident] = self.closing[plan]
        if position is not None:
            self.cells.setdefault((plan, *cell(position)), {})[incident] = None
        else:
            self.placed.setdefault((plan, place), {})[incident] = None

    def drop(self, incident: str, plan: str, place: str, position: Position | None) -> None:
        """It is no longer open."""
        self.wanting.pop(incident, None)
        self.starving.pop(incident, None)
        self.holding.pop(incident, None)
        self.blocking.pop(incident, None)
        if position is not None:
            self.cells.get((plan, *cell(position)), {}).pop(incident, None)
        else:
            self.placed.get((plan, place), {}).pop(incident, None)

    def near(self, plan: str, place: str, position: Position | None, radius_m: float) -> list[str]:
        """Open incidents of a plan that may lie within `radius_m` metres, or in the same place."""
        if position is None:
            return list(self.placed.get((plan, place), ()))
        return [
            incident
            for x, y in cells_within(position, radius_m)
            for incident in self.cells.get((plan, x, y), ())
        ]
