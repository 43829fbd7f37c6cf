"""Calling a unit over that is still on its way, to something more urgent. Pure.

Only before its arrival, only upward, only what the post itself sent, and only for a gain that is
worth the confusion (FIELD.md section 4). What it leaves is asked about again in the same batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from command.core import events as e
from command.core.assignments import tell, withdraw
from command.core.board import Board, Candidate, by_nearest
from command.core.offers import CAUSE
from command.core.plans import Family
from command.core.reasons import Reason
from command.core.served import Served
from command.core.tables import Status
from command.core.travel import pace, unit_ways
from command.core.world import Assignment, Ids, World

GAIN_S, GAIN_SHARE = 60.0, 0.15
NOT_THERE_YET = frozenset({Status.ACCEPTED, Status.EN_ROUTE})


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that is taken off one job for another."""

    job: Assignment
    to: str


def call_over(world: World, served: Sequence[Served], now: float) -> list[Called]:
    """Give musts a unit that is on its way elsewhere, where that helps; changes what is served."""
    jobs = [] if by_nearest(world) else _on_their_way(world)
    called: list[Called] = []
    for one in served if jobs else ():
        away = {each.job.unit for each in called}
        while (best := _best(world, one, [j for j in jobs if j.unit not in away], now)) is not None:
            job, candidate = best
            called.append(Called(job, one.ask.incident.id))
            away.add(job.unit)
            _replace(one, one.board, candidate)
    return called


def _on_their_way(world: World) -> list[Assignment]:
    """Jobs of teams that have said yes, and are not there yet."""
    jobs = [
        world.assignments[order]
        for unit in world.index.teams
        for order in world.units[unit.id].orders
    ]
    return [job for job in jobs if job.status in NOT_THERE_YET and job.by == "post"]


def _best(
    world: World, one: Served, jobs: Iterable[Assignment], now: float
) -> tuple[Assignment, Candidate] | None:
    """The one that would be there first, if by enough."""
    alternative, there = _arrival(one, now), one.board
    if not one.ask.emergency or alternative is None or there is None:
        return None
    found = []
    for job in jobs:
        column = there.fleet.roll.column.get(job.unit)
        if column is None or not _lower(world, job, one) or _is_held(one, there, column):
            continue
        unit = there.fleet.roll.units[column]
        target = one.ask.incident.position
        way = unit_ways(world, [unit], [target], pace(world, now))
        seconds = float(way.seconds[0, 0])
        gain = alternative - seconds
        if way.code[0, 0] or there.code[one.row, column]:
            continue
        if gain > GAIN_S or gain > GAIN_SHARE * alternative:
            found.append((seconds, job.unit, job, unit))
    if not found:
        return None
    seconds, _, job, unit = min(found, key=lambda each: each[:2])
    cost = round(one.ask.weight * seconds, 1)
    why = (f"eta_min:{math.ceil(seconds / 60)}", f"from:{job.incident}")
    return job, Candidate(unit, seconds, cost=cost, terms={"way": cost}, why=why)


def _is_held(one: Served, there: Board, column: int) -> bool:
    """Another need waits for it already."""
    mine = one.hold is not None and there.fleet.roll.units[column].id == one.hold.unit
    return bool(there.gone[one.row, column]) and not mine


def _lower(world: World, job: Assignment, one: Served) -> bool:
    """What it is on its way to is an emergency too, and strictly less urgent."""
    other = world.incidents[job.incident]
    emergency = world.plan_of(other).family is Family.EMERGENCY
    return emergency and other.priority > one.ask.incident.priority


def _arrival(one: Served, now: float) -> float | None:
    """When the need would be met without; infinite for never, None where it is met by several."""
    if one.lacking:
        return float("inf") if one.hold is None else one.hold.free_at - now + one.hold.eta_s
    return one.picks[0].eta_s if len(one.picks) == 1 else None


def _replace(one: Served, there: Board | None, candidate: Candidate) -> None:
    """It comes instead of the one that is slower, or of the hold, or in addition."""
    assert there is not None
    gone, column = there.gone, there.fleet.roll.column
    if not one.lacking:
        slower = one.picks.pop()
        gone[:, column[slower.unit.id]] = False
    if one.hold is not None:
        gone[:, column[one.hold.unit]] = False
        one.hold, one.passed = None, False
    one.picks.append(candidate)
    gone[:, column[candidate.unit.id]] = True


def called_events(world: World, called: Iterable[Called], now: float, ids: Ids) -> list[e.Event]:
    """The order is taken back, and the officer is told for what."""
    events: list[e.Event] = []
    for one in called:
        events += withdraw(world, one.job, now, CAUSE, Reason.CALLED_OVER, text=one.to)
        events.append(tell(ids, one.job, Reason.CALLED_OVER, now, CAUSE, one.to))
    return events
