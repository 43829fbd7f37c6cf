"""Flash flood and landslide: an intensity over time, and what happens at each level. Pure.

    intensity = base + (peak - base) (x e^(1 - x))^k      x: time / time of the peak, k: sharpness

What happens depends on who is there: a stage that is guarded in time does not happen; households
that were moved in time are not caught.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sensors.observations import Position
from simulations.hazards.parts import RisingPart, Stage
from simulations.hazards.signals import Crew, Outcome, Signal

STEP_S = 30.0


def intensity(part: RisingPart, at_s: float) -> float:
    """At a second of the drill; `base` before it begins."""
    x = (at_s - part.at_s) / part.peak_s
    if x <= 0:
        return part.base
    share = math.pow(x * math.exp(1 - x), part.sharpness)
    return part.base + (part.peak - part.base) * share


def there(crews: Sequence[Crew], roles: Sequence[str]) -> int:
    """How many people have come in one of these roles."""
    return sum(crew.people for crew in crews if crew.role in roles)


def closed_places(part: RisingPart, level: float) -> tuple[str, ...]:
    """Places that are cut off at this intensity."""
    return tuple(one.closes for one in part.stage if one.closes and level >= one.level)


@dataclass(slots=True)
class Rising:
    """One flood or slide, from its first drop to calm."""

    part: RisingPart
    _at_s: float = field(init=False)
    _highest: float = -math.inf
    _over_s: float | None = None
    _moved: float = 0.0
    _caught: float = 0.0
    _prevented: int = 0
    _course: list[tuple[float, float]] = field(default_factory=list)
    _done: set[int] = field(default_factory=set)  # stages that have come
    _figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Nothing before its time."""
        self._at_s = self.part.at_s

    @property
    def reach_m(self) -> float:
        """Crews that come within it are there."""
        return self.part.reach_m

    @property
    def middle(self) -> Position:
        """The gauge, or the slope."""
        return Position(self.part.position.lon, self.part.position.lat)

    @property
    def next_s(self) -> float | None:
        """The next step; None when it is calm again."""
        return None if self._over_s is not None else self._at_s + STEP_S

    @property
    def closed(self) -> tuple[str, ...]:
        """Places that are cut off now."""
        return closed_places(self.part, intensity(self.part, self._at_s))

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """Rise or fall, move people, and do what the level does."""
        signals: list[Signal] = []
        while self._over_s is None and self._at_s + STEP_S <= to_s:
            self._at_s += STEP_S
            level = intensity(self.part, self._at_s)
            self._highest = max(self._highest, level)
            self._course.append((self._at_s, round(level, 2)))
            self._move(level, crews)
            for number, stage in enumerate(self.part.stage):
                if number not in self._done and level >= stage.level:
                    self._done.add(number)
                    signals += self._reached(stage, crews)
            peaked = self._at_s >= self.part.at_s + self.part.peak_s
            if peaked and level <= self.part.calm:
                self._over_s = self._at_s
        return signals

    def _reached(self, stage: Stage, crews: Sequence[Crew]) -> list[Signal]:
        if stage.roles and there(crews, stage.roles) >= stage.people:
            self._prevented += 1
            return []
        self._figures.update(stage.figures)
        source, _, kind = stage.channel.partition("/")
        return [Signal(self._at_s, source, kind, stage.payload)]

    def _move(self, level: float, crews: Sequence[Crew]) -> None:
        """Those who are moved in time; and those whom the water reaches at home."""
        part = self.part
        at_home = part.households - self._moved - self._caught
        hands = there(crews, part.move_roles)
        self._moved += min(at_home, hands * part.moved_per_min * STEP_S / 60.0)
        share = min(1.0, max(0.0, (level - part.first) / (part.last - part.first)))
        reached = share * part.households
        self._caught += min(
            part.households - self._moved - self._caught,
            max(0.0, reached - self._moved - self._caught),
        )

    def outcome(self) -> Outcome:
        """Highest level, households moved and caught, stages that somebody prevented."""
        figures = {
            "highest": round(max(self.part.base, self._highest), 2),
            "moved": float(round(self._moved)),
            "caught": float(round(self._caught)),
            "prevented": float(self._prevented),
            **self._figures,
        }
        return Outcome(self._over_s, figures, tuple(self._course))
