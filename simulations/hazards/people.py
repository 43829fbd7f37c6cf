"""The injured of an accident, and a person who is searched for. Pure and seeded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from sensors.observations import Position
from simulations.hazards.parts import AccidentPart, SearchPart, Second
from simulations.hazards.rising import there
from simulations.hazards.signals import Crew, Outcome, Signal

STEP_S = 10.0
MEDIC, TRAFFIC = ("medic",), ("traffic", "guard")


@dataclass(slots=True)
class Accident:
    """People are hurt, and traffic goes on around them."""

    part: AccidentPart
    _at_s: float = field(init=False)
    _medic_s: float | None = None
    _safe_s: float | None = None
    _over_s: float | None = None
    _done: set[int] = field(default_factory=set)
    _prevented: int = 0
    _figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """It happens at once."""
        self._at_s = self.part.at_s

    @property
    def reach_m(self) -> float:
        """Crews within it are there."""
        return self.part.reach_m

    @property
    def middle(self) -> Position:
        """Where it is."""
        return Position(self.part.position.lon, self.part.position.lat)

    @property
    def next_s(self) -> float | None:
        """The next look; None when the road is clear."""
        return None if self._over_s is not None else self._at_s + STEP_S

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """Who has come, and what comes next because somebody has not."""
        signals: list[Signal] = []
        while self._over_s is None and self._at_s + STEP_S <= to_s:
            self._at_s += STEP_S
            if there(crews, MEDIC) and self._medic_s is None:
                self._medic_s = self._at_s
            if there(crews, TRAFFIC) and self._safe_s is None:
                self._safe_s = self._at_s
            for number, second in enumerate(self.part.second):
                if number not in self._done and self._at_s >= self.part.at_s + second.after_s:
                    self._done.add(number)
                    signals += self._next(second, crews)
            if self._medic_s is not None and self._safe_s is not None:
                clear = max(self._medic_s, self._safe_s) + self.part.clear_s
                self._over_s = self._at_s if self._at_s >= clear else None
        return signals

    def _next(self, second: Second, crews: Sequence[Crew]) -> list[Signal]:
        if there(crews, second.roles):
            self._prevented += 1
            return []
        self._figures.update(second.figures)
        source, _, kind = second.channel.partition("/")
        return [Signal(self._at_s, source, kind, second.payload)]

    def outcome(self) -> Outcome:
        """Of the injured, how many had to wait longer than they could."""
        waited = (self._at_s if self._medic_s is None else self._medic_s) - self.part.at_s
        late = self.part.injured * min(1.0, max(0.0, waited / self.part.hold_s - 1.0))
        figures = {
            "injured": float(self.part.injured),
            "too_late": float(math.ceil(late)),
            "prevented": float(self._prevented),
            **self._figures,
        }
        return Outcome(self._over_s, figures)


def found_by(sweep_m: float, walk_mps: float, people: int, seconds: float, area_m2: float) -> float:
    """Koopman's random search: the probability that so many find whoever stays where they are."""
    return -math.expm1(-sweep_m * walk_mps * people * seconds / area_m2)


@dataclass(slots=True)
class Search:
    """Somebody who is missed. `dice` decide at which effort they are found, once for all."""

    part: SearchPart
    dice: Random
    _at_s: float = field(init=False)
    _luck: float = field(init=False)
    _radius_m: float = field(init=False)
    _effort: float = 0.0
    _hints: int = 0
    _over_s: float | None = None

    def __post_init__(self) -> None:
        """The effort that finds them is drawn first: who searches longer finds for sure."""
        self._at_s = self.part.at_s
        self._luck = -math.log1p(-self.dice.random())
        self._radius_m = self.part.radius_m

    @property
    def reach_m(self) -> float:
        """Searchers within it search."""
        return self.part.reach_m

    @property
    def middle(self) -> Position:
        """Where they were seen last."""
        return Position(self.part.position.lon, self.part.position.lat)

    @property
    def next_s(self) -> float | None:
        """The next look; None when they are found."""
        return None if self._over_s is not None else self._at_s + STEP_S

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """Search on; hints come by themselves."""
        signals: list[Signal] = []
        while self._over_s is None and self._at_s + STEP_S <= to_s:
            self._at_s += STEP_S
            signals += self._hinted()
            people = there(crews, self.part.roles)
            area = math.pi * self._radius_m**2
            self._effort += self.part.sweep_m * self.part.walk_mps * people * STEP_S / area
            if self._effort >= self._luck:
                self._over_s = self._at_s
                if self.part.found is not None:
                    source, _, kind = self.part.found.channel.partition("/")
                    signals.append(Signal(self._at_s, source, kind, self.part.found.payload))
        return signals

    def _hinted(self) -> list[Signal]:
        signals: list[Signal] = []
        for hint in self.part.hint[self._hints :]:
            if self._at_s < self.part.at_s + hint.after_s:
                break
            self._hints += 1
            self._radius_m = min(self._radius_m, hint.radius_m)
            source, _, kind = hint.channel.partition("/")
            signals.append(Signal(self._at_s, source, kind, hint.payload))
        return signals

    def outcome(self) -> Outcome:
        """How likely it was to have found them by now, and whether they are."""
        chance = -math.expm1(-self._effort)
        found = float(self._over_s is not None)
        return Outcome(self._over_s, {"chance": round(chance, 3), "found": found})
