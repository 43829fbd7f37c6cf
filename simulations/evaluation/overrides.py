"""What the officer decided otherwise than the post, and the seconds that it cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from command.core import events as e
from command.core.reasons import Reason
from command.core.tables import Status
from command.core.township import Unit
from sensors.observations import Position
from simulations.evaluation.facts import Case, Facts, Task
from simulations.evaluation.schedules import teams
from simulations.evaluation.truth import Truth


class Kind(StrEnum):
    """What was overridden."""

    SENT = "sent"  # a unit of the officer's choice
    HELD = "held"  # the release put off
    WITHDRAWN = "withdrawn"  # a unit called back


@dataclass(frozen=True, slots=True)
class Override:
    """`cost_s`: seconds more until help is there than without it; less than 0: a gain.

    Of a unit sent: its way less that of the quickest who was free (`instead`, "" when it was the
    quickest). Of a release put off: for how long. None where no seconds can be counted.
    """

    at: float
    kind: Kind
    incident: str
    by: str
    unit: str = ""
    instead: str = ""
    why: str = ""
    cost_s: float | None = None


def overrides(facts: Facts, truth: Truth) -> list[Override]:
    """All of them, in order of time."""
    cases = {case.id: case for case in facts.cases}
    found = [*_sent(facts, truth), *_held(facts, cases), *_withdrawn(facts, cases)]
    return sorted(found, key=lambda one: (one.at, one.incident, one.unit))


def _sent(facts: Facts, truth: Truth) -> Iterator[Override]:
    why = {
        f"command:{one.command}": one.why for one in facts.events if isinstance(one, e.CommandDone)
    }
    causes = {one.order_id: one.cause for one in facts.events if isinstance(one, e.UnitOffered)}
    units = {unit.id: unit for unit in facts.township.units}
    for case in facts.cases:
        for task in case.tasks:
            if task.by != "post" and task.unit in units:
                quickest, cost_s = _against(facts, case, task, units[task.unit], truth)
                yield Override(
                    at=task.offered_at,
                    kind=Kind.SENT,
                    incident=case.id,
                    by=task.by,
                    unit=task.unit,
                    instead=quickest,
                    why=why.get(causes[task.order_id], ""),
                    cost_s=cost_s,
                )


def _against(facts: Facts, case: Case, task: Task, sent: Unit, truth: Truth) -> tuple[str, float]:
    """The quickest of the role who was free then, and how much sooner it would be there."""
    busy = {
        other.unit
        for other in facts.tasks
        if other is not task and other.offered_at <= task.offered_at and _at_work(other, task)
    }
    places = _places(facts, task.offered_at)

    def way_s(unit: Unit) -> float:
        return truth.road_s(unit, places.get(unit.id, truth.home(unit)), case.position)

    free = [
        unit
        for unit in teams(facts.township)
        if task.role in unit.roles and (unit.shared or unit.id not in busy)
    ]
    best = min(free, key=lambda unit: (way_s(unit), unit.id), default=sent)
    lost = round(way_s(sent) - way_s(best), 1)
    return ("" if best.id == sent.id else best.id), lost


def _at_work(other: Task, task: Task) -> bool:
    return other.ended_at is None or other.ended_at > task.offered_at


def _places(facts: Facts, at: float) -> dict[str, Position]:
    """Where units had said that they are."""
    return {
        one.unit: one.position
        for one in facts.events
        if isinstance(one, e.UnitLocated) and one.at <= at
    }


def _held(facts: Facts, cases: dict[str, Case]) -> Iterator[Override]:
    for one in facts.events:
        case = cases.get(one.incident) if isinstance(one, e.ReleaseHeld) else None
        if isinstance(one, e.ReleaseHeld) and case is not None and not one.dialog:
            until = min(one.until, case.released_at or one.until)
            yield Override(
                one.at, Kind.HELD, case.id, one.by, why=one.why, cost_s=round(until - one.at, 1)
            )


def _withdrawn(facts: Facts, cases: dict[str, Case]) -> Iterator[Override]:
    for one in facts.events:
        if not isinstance(one, e.AssignmentChanged) or one.status != Status.WITHDRAWN:
            continue
        if one.reason is Reason.BY_OFFICER and one.by not in {"post", "unit"}:
            incident = one.incident if one.incident in cases else ""
            yield Override(one.at, Kind.WITHDRAWN, incident, one.by, one.unit, why=one.text)
