"""Who stands where, and the hazards that they work on. Pure: the field tells and asks.

A crew works on the nearest hazard within whose reach it really is, wherever it says that it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from command.core.geo import distance_m
from command.core.township import Unit
from sensors.observations import Position
from simulations.hazards.signals import Crew, Hazard, Outcome, Signal


def crew_of(unit: Unit, order: Mapping[str, Any], there: Position, since_s: float) -> Crew:
    """The people of a unit who come on this order."""
    return Crew(unit.id, order.get("role", ""), unit.members, there, since_s, order["order_id"])


def target_of(order: Mapping[str, Any]) -> Position | None:
    """Where an order sends them; None when nobody could say."""
    where = order.get("position")
    return Position(where["lon"], where["lat"]) if where else None


@dataclass(slots=True)
class Scene:
    """All hazards of a drill and all crews on the ground. Seconds of the drill's clock."""

    hazards: Mapping[str, Hazard] = field(default_factory=dict)
    crews: dict[str, Crew] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)

    def arrive(self, crew: Crew) -> None:
        """On the ground from now on; a unit is in one place at a time."""
        self.crews[crew.unit] = crew

    def leave(self, unit: str, work: str) -> None:
        """Gone, if it was there for this order."""
        crew = self.crews.get(unit)
        if crew is not None and crew.work == work:
            del self.crews[unit]

    def hazard_of(self, crew: Crew) -> str:
        """The hazard that a crew works on; "" for none."""
        near = [
            (away, ident)
            for ident, hazard in self.hazards.items()
            if (away := distance_m(hazard.middle, crew.position)) <= hazard.reach_m
        ]
        return min(near)[1] if near else ""

    def step(self, ident: str, to_s: float) -> list[Signal]:
        """Let a hazard run up to now, with those who work on it."""
        mine = [crew for crew in self.crews.values() if self.hazard_of(crew) == ident]
        return self.hazards[ident].step(to_s, mine)

    def ended(self) -> Iterator[str]:
        """Hazards that are over, each told once."""
        for ident, hazard in self.hazards.items():
            if ident not in self._over and hazard.next_s is None:
                self._over.add(ident)
                yield ident

    def is_over(self, crew: Crew) -> bool:
        """There is nothing left to do for it here."""
        return self.hazard_of(crew) in self._over

    def outcomes(self) -> dict[str, Outcome]:
        """How every hazard stands: the field's truth, for the evaluation."""
        return {ident: hazard.outcome() for ident, hazard in self.hazards.items()}
