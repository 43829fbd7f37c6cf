"""A fire that spreads from cell to cell, after Alexandridis et al. 2008. Pure and seeded.

A burning cell sets each of its eight neighbours alight, in the time of one step, with

    p = 0.58 (1 + vegetation)(1 + density) exp(0.045 V) exp(0.131 V (cos a - 1)) exp(0.078 slope)

V in m/s, a the angle between the way to the neighbour and the wind, slope in degrees. Then it is
burnt out. Crews put out burning cells where they stand, and the edge near them catches less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from command.core.geo import distance_m
from command.core.township import Ring, Township
from sensors.observations import Position
from sensors.topics import Kind
from simulations.hazards.land import CELL_M, FOREST, FUEL, NO_FUEL, Codes, Floats, Land
from simulations.hazards.parts import WildfirePart
from simulations.hazards.signals import Crew, Outcome, Signal

P0, C1, C2, A_SLOPE = 0.58, 0.045, 0.131, 0.078  # Alexandridis et al. 2008
STEP_S = 180.0  # the head runs 25 m a step: 0.5 km/h, a surface fire in litter and grass (ours)
HOLD_M_MIN = 2.0  # of edge that one person with blower or beater puts out in a minute (ours)
PUMP = 3.0  # a pump is worth so many beaters (ours)
WORTH = {"crew": 1.0, "pump": PUMP}
WALK_CELLS = 6  # in a step: 3 km/h on foot, off the road
NEAR_CELLS = 3  # 75 m: the edge that a crew at work has wetted and swept
CALMED = 0.4  # what is left of the probability there, ten people; fewer calm it less
FULL_CREW = 10
CELL_HA = CELL_M * CELL_M / 10_000
WAYS = tuple((row, column) for row, column in product((-1, 0, 1), repeat=2) if row or column)

UNBURNT, BURNING, BURNT = 0, 1, 2

SEEN_M = 3000.0  # no camera makes smoke out beyond it
SEEN_HA_KM2 = 0.25  # smoke of so much fire is made out at 1 km; four times as much at 2 km
SEEN_SHARE = 0.85  # of the steps in which a camera could, it does
RANGER_HA = 0.6  # what a ranger on the ridge sees
NEAR_M = 400.0  # a group this near to the flames calls
AGAIN = 4.0  # a camera speaks again when the fire is so many times as large


def spread_table(land: Land, wind_mps: float, wind_from_deg: float) -> Floats:
    """For each of the eight ways: ln(1 - p) that a cell is set alight by its neighbour there.

    Nothing burns in the outermost row and column, so that every burning cell has eight neighbours.
    """
    toward = math.radians(wind_from_deg + 180.0)
    fuel = FUEL[land.fuel]
    fuel[[0, -1], :] = 0.0
    fuel[:, [0, -1]] = 0.0
    return np.array(
        [_towards(land.height, fuel, way, _wind(way, wind_mps, toward)) for way in WAYS]
    )


def _wind(way: tuple[int, int], wind_mps: float, toward: float) -> float:
    """`way`: rows north and columns east that the fire goes."""
    angle = math.atan2(way[1], way[0]) - toward
    return math.exp(C1 * wind_mps) * math.exp(C2 * wind_mps * (math.cos(angle) - 1.0))


def _towards_cell(here: tuple[int, int], there: tuple[int, int], away: float) -> tuple[int, int]:
    """As far as people get in one step, on foot in the hills."""
    share = min(1.0, WALK_CELLS / away)
    return (
        round(here[0] + (there[0] - here[0]) * share),
        round(here[1] + (there[1] - here[1]) * share),
    )


def _towards(height: Floats, fuel: Floats, way: tuple[int, int], wind: float) -> Floats:
    rise = np.zeros_like(height)
    to, start = _slices(way, height.shape)
    run = CELL_M * math.hypot(*way)
    rise[to] = np.degrees(np.arctan((height[to] - height[start]) / run))
    p = np.minimum(P0 * fuel * wind * np.exp(A_SLOPE * rise), 0.9999)
    return np.asarray(np.log1p(-p), dtype=np.float32)


def _slices(way: tuple[int, int], shape: tuple[int, ...]) -> tuple[tuple[slice, ...], ...]:
    """The cells that have a neighbour to come from, and those neighbours, for one way."""
    to = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(way, shape, strict=True))
    start = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(way, shape, strict=True))
    return to, start


def spread(state: Codes, table: Floats, calm: Floats | None, dice: np.random.Generator) -> Codes:
    """One step of the whole grid: the next state. `calm` multiplies the probability."""
    flat = state.ravel()
    burning = np.flatnonzero(flat == BURNING)
    log_safe = np.zeros(flat.shape, dtype=np.float32)
    for (row, column), log_p in zip(WAYS, table.reshape(len(WAYS), -1), strict=True):
        to = burning + (row * state.shape[1] + column)
        log_safe[to] += log_p[to]
    reached = np.flatnonzero(log_safe)
    p = -np.expm1(log_safe[reached])
    if calm is not None:
        p *= calm.ravel()[reached]
    caught = reached[(dice.random(p.shape, dtype=np.float32) < p) & (flat[reached] == UNBURNT)]
    after = flat.copy()
    after[burning] = BURNT
    after[caught] = BURNING
    return after.reshape(state.shape)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who can see a fire: a camera, a ranger, a group's head."""

    source: str
    kind: str  # camera ranger near
    position: Position


def watchers(township: Township) -> tuple[Watcher, ...]:
    """Cameras that know smoke, rangers, and the grid heads of all groups."""
    cameras = [
        Watcher(rule.name, "camera", Position(rule.lon, rule.lat))
        for rule in township.sources
        if rule.dialect == "frigate" and "smoke" in rule.kinds.values()
        if rule.lon is not None and rule.lat is not None
    ]
    rangers = [
        Watcher(unit.id, "ranger", Position(unit.lon, unit.lat))
        for unit in township.units
        if unit.type == "rangers"
    ]
    groups = [
        Watcher(unit.id, "near", Position(unit.lon, unit.lat))
        for unit in township.units
        if unit.id.startswith("ggh-")
    ]
    return (*cameras, *rangers, *groups)


@dataclass(slots=True)
class Wildfire:
    """One fire. `eyes` see it; nobody else raises an alarm."""

    part: WildfirePart
    land: Land
    eyes: tuple[Watcher, ...]
    dice: np.random.Generator
    state: Codes = field(init=False)
    _table: Floats = field(init=False)
    _at_s: float = field(init=False)
    _over_s: float | None = None
    _where: dict[str, tuple[int, int]] = field(default_factory=dict)  # crew -> cell it works at
    _debt: float = 0.0  # cells of work that are left over from the last step
    _told: dict[str, float] = field(default_factory=dict)  # source -> hectares when it spoke last
    _out: int = 0  # cells put out by crews
    _course: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """One cell burns; nothing does where there is no fuel."""
        self._table = spread_table(self.land, self.part.wind_mps, self.part.wind_from_deg)
        self.state = np.full(self.land.shape, UNBURNT, dtype=np.int8)
        self._at_s = self.part.at_s
        start = self.land.cell(self.middle)
        if self.land.fuel[start] != NO_FUEL:
            self.state[start] = BURNING

    @property
    def reach_m(self) -> float:
        """Crews that come within it work on it."""
        return self.part.reach_m

    @property
    def middle(self) -> Position:
        """Where it began: that is what people call the place by."""
        return Position(self.part.position.lon, self.part.position.lat)

    @property
    def next_s(self) -> float | None:
        """The next step; None when nothing burns."""
        return None if self._over_s is not None else self._at_s + STEP_S

    @property
    def hectares(self) -> float:
        """Burnt and burning."""
        return float(np.count_nonzero(self.state != UNBURNT)) * CELL_HA

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """Fight and spread, step by step, and see who notices."""
        signals: list[Signal] = []
        while self._over_s is None and self._at_s + STEP_S <= to_s:
            self._at_s += STEP_S
            self._fight(crews)
            self.state = spread(self.state, self._table, self._calm(crews), self.dice)
            self._course.append((self._at_s, round(self.hectares, 2)))
            if not (self.state == BURNING).any():
                self._over_s = self._at_s
            signals += self._seen()
        return signals

    def outcome(self) -> Outcome:
        """Hectares, and how many of them crews put out."""
        figures = {"hectares": round(self.hectares, 2), "put_out": round(self._out * CELL_HA, 2)}
        return Outcome(self._over_s, figures, tuple(self._course), self._rings())

    def _rings(self) -> tuple[Ring, ...]:
        """The outlines of all that burnt."""
        size = (self.land.lon_step, self.land.lat_step)
        south_west = [
            (self.land.west + column * size[0], self.land.south + row * size[1])
            for row, column in np.argwhere(self.state != UNBURNT)
        ]
        cells = [shapely.box(w, s, w + size[0], s + size[1]) for w, s in south_west]
        whole = shapely.union_all(cells, grid_size=size[1] / 1000)
        areas = getattr(whole, "geoms", [whole]) if cells else ()
        return tuple(
            tuple((round(lon, 6), round(lat, 6)) for lon, lat in area.exterior.coords)
            for area in areas
        )

    # --- crews

    def _fight(self, crews: Sequence[Crew]) -> None:
        """Each crew puts out the burning cells nearest to where it works, and moves along."""
        work = {crew.unit: crew.people * WORTH.get(crew.role, 0.0) for crew in crews}
        share = HOLD_M_MIN * STEP_S / 60.0 / CELL_M
        for crew in sorted(crews, key=lambda one: (one.since_s, one.unit)):
            if not work[crew.unit]:
                continue
            self._debt += work[crew.unit] * share
            cells = int(self._debt)
            self._debt -= cells
            self._put_out(crew, cells)
        self._where = {unit: at for unit, at in self._where.items() if unit in work}

    def _put_out(self, crew: Crew, cells: int) -> None:
        """What burns near is put out; where nothing does, the crew walks on to the next flames."""
        here = self._where.get(crew.unit) or self.land.cell(crew.position)
        for _ in range(max(1, cells)):
            rows, columns = np.nonzero(self.state == BURNING)
            if not rows.size:
                break
            away = np.hypot(rows - here[0], columns - here[1])
            nearest = int(away.argmin())
            there = int(rows[nearest]), int(columns[nearest])
            if away[nearest] > NEAR_CELLS:
                here = _towards_cell(here, there, float(away[nearest]))
                break
            if cells:
                here = there
                self.state[here] = BURNT
                self._out += 1
        self._where[crew.unit] = here

    def _calm(self, crews: Sequence[Crew]) -> Floats | None:
        """What the edge near the crews still catches, of what it would."""
        working = [crew for crew in crews if crew.unit in self._where]
        if not working:
            return None
        calm = np.ones(self.land.shape, dtype=np.float32)
        for crew in working:
            row, column = self._where[crew.unit]
            near = (
                slice(max(0, row - NEAR_CELLS), row + NEAR_CELLS + 1),
                slice(max(0, column - NEAR_CELLS), column + NEAR_CELLS + 1),
            )
            strength = min(1.0, crew.people * WORTH.get(crew.role, 0.0) / FULL_CREW)
            calm[near] = np.minimum(calm[near], 1.0 - (1.0 - CALMED) * strength)
        return calm

    # --- who notices

    def _seen(self) -> list[Signal]:
        burning = float(np.count_nonzero(self.state == BURNING)) * CELL_HA
        if not burning:
            return []
        found = (self._noticed(one, burning) for one in self.eyes)
        return [signal for signal in found if signal is not None]

    def _noticed(self, eye: Watcher, burning: float) -> Signal | None:
        look = {"camera": self._camera, "ranger": self._ranger, "near": self._group}
        return look[eye.kind](eye, burning)

    def _camera(self, eye: Watcher, burning: float) -> Signal | None:
        away = distance_m(eye.position, self.middle)
        needed = SEEN_HA_KM2 * (away / 1000.0) ** 2
        if away > SEEN_M or burning < needed or self.dice.random() > SEEN_SHARE:
            return None
        last = self._told.get(eye.source)
        if last is not None and self.hectares < AGAIN * last:
            return None
        self._told[eye.source] = self.hectares
        sure = min(0.95, 0.65 + 0.08 * math.log2(max(1.0, burning / max(needed, CELL_HA))))
        return self._say(eye, "smoke", self.part.camera_text, 0.05 * away, confidence=sure)

    def _ranger(self, eye: Watcher, burning: float) -> Signal | None:
        away = distance_m(eye.position, self.middle)
        if away > SEEN_M or burning < RANGER_HA or eye.source in self._told:
            return None
        self._told[eye.source] = self.hectares
        return self._say(eye, "fire", self.part.ranger_text, 30.0)

    def _group(self, eye: Watcher, _burning: float) -> Signal | None:
        if eye.source in self._told:
            return None
        rows, columns = np.nonzero(self.state == BURNING)
        row, column = self.land.cell(eye.position)
        if ((rows - row) ** 2 + (columns - column) ** 2).min() * CELL_M**2 > NEAR_M**2:
            return None
        self._told[eye.source] = self.hectares
        return self._say(eye, "fire", self.part.near_text, 30.0)

    def _say(
        self, eye: Watcher, kind: str, text: str, doubt_m: float, confidence: float | None = None
    ) -> Signal:
        values: dict[str, Any] = {
            "kind": kind,
            "severity": "severe",
            "position": self._guess(doubt_m),
            "text": text.format(hectares=f"{self.hectares:.1f}"),
        }
        if confidence is not None:
            values["confidence"] = round(confidence, 2)
        return Signal(self._at_s, eye.source, Kind.ALARM, values)

    def _guess(self, doubt_m: float) -> dict[str, float]:
        """Where they think it is: the forest cell that burns or burnt nearest to its middle."""
        start = self.land.cell(self.middle)
        cells = np.argwhere((self.state != UNBURNT) & (self.land.fuel == FOREST))
        if len(cells):
            away: npt.NDArray[np.int64] = ((cells - cells.mean(axis=0)) ** 2).sum(axis=1)
            start = tuple(cells[int(away.argmin())])
        off = self.dice.normal(0.0, doubt_m / CELL_M / 2, 2)
        there = self.land.position(start[0] + off[0], start[1] + off[1])
        return {"lon": there.lon, "lat": there.lat, "accuracy_m": math.ceil(max(20.0, doubt_m))}
