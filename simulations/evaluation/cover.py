"""Village-minutes in which nobody free could have been there within ten minutes. Pure.

A village is covered while a free team could be there in COVER_S by the road; a post at its desk
covers nothing. What is uncovered with everybody free is the township's own, and said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from command.core.events import UnitDutyChanged
from command.core.township import Place, Unit
from sensors.observations import Position
from simulations.evaluation.facts import Facts, Task, villages
from simulations.evaluation.truth import Truth

COVER_S = 600.0  # NFPA 1720 as quoted in FIELD.md section 1: ten minutes
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cover:
    """Minutes summed over villages; `at_rest`: the same with every team free at home.

    `worst` is the village that was uncovered longest, with its minutes ("" for none).
    """

    villages: int
    minutes: float
    at_rest: float
    worst: str = ""
    worst_minutes: float = 0.0

    @property
    def caused(self) -> float:
        """Because teams were away."""
        return max(0.0, self.minutes - self.at_rest)


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on a unit is free or not, and where it was seen last (None: where it was)."""

    at: float
    unit: str
    free: bool
    position: Position | None = None


def cover(facts: Facts, truth: Truth) -> Cover:
    """Over the whole drill."""
    areas = villages(facts.township)
    units = [u for u in facts.township.units if not u.shared and u.members > 0]
    changes = sorted(_changes(facts), key=lambda change: change.at)
    minutes = _uncovered(units, areas, changes, truth, facts.start_at, facts.end_at)
    rest = _uncovered(units, areas, [], truth, facts.start_at, facts.end_at)
    most = int(minutes.argmax()) if len(areas) else 0
    worst = areas[most].id if len(areas) and minutes[most] > 0 else ""
    longest = round(float(minutes[most]), 1) if worst else 0.0
    return Cover(
        len(areas), round(float(minutes.sum()), 1), round(float(rest.sum()), 1), worst, longest
    )


def _changes(facts: Facts) -> Iterator[Change]:
    for case in facts.cases:
        for task in case.tasks:
            yield from _of_task(task, case.position)
    for one in facts.events:
        if isinstance(one, UnitDutyChanged):
            yield Change(one.at, one.unit, free=one.on)


def _of_task(task: Task, at: Position | None) -> Iterator[Change]:
    if task.accepted_at is None:
        return
    yield Change(task.accepted_at, task.unit, free=False)
    if task.ended_at is not None:
        yield Change(task.ended_at, task.unit, free=True, position=at if task.on_scene_at else None)


def _uncovered(
    units: Sequence[Unit],
    areas: Sequence[Place],
    changes: Sequence[Change],
    truth: Truth,
    start_at: float,
    end_at: float,
) -> npt.NDArray[np.float64]:
    """Minutes of each village."""
    row = {unit.id: n for n, unit in enumerate(units)}
    free = np.array([unit.on_duty for unit in units], np.bool_)
    near = np.array([_near(unit, truth.home(unit), areas, truth) for unit in units], np.bool_)
    near = near.reshape(len(units), len(areas))
    minutes, since = np.zeros(len(areas)), start_at
    for change in changes:
        n = row.get(change.unit)
        if n is None or change.at > end_at:
            continue
        minutes += _gaps(near, free) * max(0.0, change.at - since) / 60
        since = max(since, change.at)
        free[n] = change.free
        if change.position is not None:
            near[n] = _near(units[n], change.position, areas, truth)
    last: npt.NDArray[np.float64] = minutes + _gaps(near, free) * (end_at - since) / 60
    return last


def _gaps(near: Flags, free: Flags) -> Flags:
    covered: Flags = np.logical_or.reduce(near[free], axis=0)
    return ~covered


def _near(unit: Unit, start: Position, areas: Sequence[Place], truth: Truth) -> list[bool]:
    there = (Position(place.lon, place.lat) for place in areas)
    return [truth.road_s(unit, start, at) <= COVER_S for at in there]
