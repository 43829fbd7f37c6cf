"""What the field really does, which the post can only guess: ways, answers, hazards. Pure.

Means of the scenario's behaviours; people vary by a fifth around them, and who may decline by
chance is taken to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from command.core.geo import distance_m
from command.core.township import Ring, Township, Unit
from sensors.observations import Position
from simulations.behaviour import Behaviour
from simulations.field import UNKNOWN_WAY_S
from simulations.scenario import Scenario

HECTARES = "hectares"


@dataclass(frozen=True, slots=True)
class HazardSeen:
    """How a hazard went, from `at_s` to `over_s` (None: it was not over), in seconds of the drill.

    `figures` are named numbers such as "hectares"; `rings` what it covered in the end; `course`
    its size over time, as (second, hectares or metres).
    """

    kind: str
    at_s: float
    over_s: float | None
    figures: Mapping[str, float] = field(default_factory=dict)
    rings: tuple[Ring, ...] = ()
    course: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """The field of one drill."""

    scenario: Scenario
    township: Township
    hazards: tuple[HazardSeen, ...] = ()

    @property
    def hectares(self) -> float | None:
        """Burnt in all; None when nothing of the drill burns."""
        burnt = [one.figures[HECTARES] for one in self.hazards if HECTARES in one.figures]
        return sum(burnt) if burnt else None

    def home(self, unit: Unit) -> Position:
        """Where a unit is when the drill begins."""
        return Position(unit.lon, unit.lat)

    def comes(self, unit: Unit) -> bool:
        """It neither declines nor is silent, always; and when it says that it is there, it is."""
        acts = self._acts(unit)
        return not (acts.never or acts.claims or (acts.decline and not acts.decline_share))

    def ready_s(self, unit: Unit) -> float:
        """From the order to the start of the way."""
        acts = self._acts(unit)
        return acts.receive_s + acts.accept_s + acts.go_s

    def refuses_s(self, unit: Unit, reply_s: float) -> float:
        """How long one who does not come is waited for, of at most `reply_s`."""
        acts = self._acts(unit)
        return reply_s if acts.never else min(reply_s, acts.receive_s + acts.accept_s)

    def way_s(self, unit: Unit, start: Position, to: Position | None) -> float:
        """The way itself."""
        acts = self._acts(unit)
        if acts.scene_s is not None:
            return acts.scene_s
        return self.road_s(unit, start, to)

    def road_s(self, unit: Unit, start: Position, to: Position | None) -> float:
        """The way by the unit's usual means, whatever the scenario has it take."""
        if to is None:
            return UNKNOWN_WAY_S
        return distance_m(start, to) * self.township.limits.detour / (unit.speed_kmh / 3.6)

    def stays_s(self, unit: Unit) -> float | None:
        """How long it is at work on scene; None: until it is sent home."""
        return self._acts(unit).done_s

    def _acts(self, unit: Unit) -> Behaviour:
        return self.scenario.behaviour(unit.id, unit.type)
