"""The words between a drill's field and its hazards. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from command.core.township import Ring
from sensors.observations import Position


@dataclass(frozen=True, slots=True)
class Crew:
    """Who stands at a hazard: a unit in a role, how many, where, and since which second.

    `work` is the order that brought them.
    """

    unit: str
    role: str
    people: int
    position: Position
    since_s: float
    work: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """What somebody or something notices: `source` publishes `values` under `kind` at `at_s`."""

    at_s: float
    source: str
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a hazard stands. `over_s`: when it was contained, found, handed over; None: not yet.

    `figures` are named numbers ("hectares", "moved"): what a delay cost. `course` is its size over
    time, as (second, hectares or metres); `rings` what it covers, as outlines in degrees.
    """

    over_s: float | None
    figures: Mapping[str, float]
    course: tuple[tuple[float, float], ...] = ()
    rings: tuple[Ring, ...] = ()


class Hazard(Protocol):
    """One hazard of one drill. Seconds are those of the drill's clock, from its start."""

    @property
    def reach_m(self) -> float:
        """Crews within this distance of the middle work on it."""
        ...

    @property
    def middle(self) -> Position:
        """Where it is."""
        ...

    @property
    def next_s(self) -> float | None:
        """When it wants to be stepped next; None when nothing more will come of it."""
        ...

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """Let time pass up to `to_s` with these crews at work; what is noticed meanwhile."""
        ...

    def outcome(self) -> Outcome:
        """How it stands."""
        ...
