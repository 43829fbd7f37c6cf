"""Look-ups derived from the world: rebuilt when it is loaded, kept up by `evolve`, never stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import LineString, Polygon, intersects_xy, prepare
from shapely.ops import unary_union

from command.core.geo import cell, cells_within
from command.core.plans import AlarmRule, Where
from command.core.township import Camera, Place, PlaceKind, Township, Unit
from sensors.observations import Position
from sensors.sources import SourceRule

ROAD_DEG = 0.0006  # about 60 m: an accident this near to a road happened on it


@dataclass(slots=True)
class Index:
    """Everything here follows from the township and the open incidents."""

    places: dict[str, Place] = field(default_factory=dict)
    groups: list[Place] = field(default_factory=list)
    middles: Any = None  # of the groups: longitudes and latitudes
    units: dict[str, Unit] = field(default_factory=dict)
    by_role: dict[str, list[Unit]] = field(default_factory=dict)
    unit_roles: dict[str, frozenset[str]] = field(default_factory=dict)  # its post's role too
    classes: dict[str, str] = field(default_factory=dict)  # source -> person, camera, sensor
    cameras: dict[str, Camera] = field(default_factory=dict)
    homes: dict[str, tuple[str, Position | None]] = field(default_factory=dict)
    rules: dict[str, list[AlarmRule]] = field(default_factory=dict)
    forest: Any = None
    roads: Any = None
    cells: dict[tuple[str, int, int], dict[str, None]] = field(default_factory=dict)
    placed: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    wanting: dict[str, None] = field(default_factory=dict)  # released, a need may be open
    starving: dict[str, None] = field(default_factory=dict)  # a need that nobody was left for

    def load(self, township: Township) -> None:
        """Everything that follows from the township's files."""
        self.places = {place.id: place for place in township.places}
        self.groups = [p for p in township.places if p.kind is PlaceKind.GROUP]
        self.middles = np.array([[p.lon, p.lat] for p in self.groups]).T
        self.units = {unit.id: unit for unit in township.units}
        posts = {post.id: post.role for post in township.posts}
        self.by_role, self.unit_roles = {}, {}
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
        prepare(self.forest)
        prepare(self.roads)

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
        lon, lat = self.middles
        away = (lon - position.lon) ** 2 + (lat - position.lat) ** 2
        return self.groups[int(away.argmin())].id

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
        if position is not None:
            self.cells.setdefault((plan, *cell(position)), {})[incident] = None
        else:
            self.placed.setdefault((plan, place), {})[incident] = None

    def drop(self, incident: str, plan: str, place: str, position: Position | None) -> None:
        """It is no longer open."""
        self.wanting.pop(incident, None)
        self.starving.pop(incident, None)
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
