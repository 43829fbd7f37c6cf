"""The units as columns: where each sets out from, and when it will be free. Pure.

A busy unit is counted at its forecast free time, from where it works: a need may wait for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from command.core.roads import Flags, Floats
from command.core.tables import Status
from command.core.township import Unit
from command.core.travel import is_on_foot, speed_mps, where
from command.core.world import Assignment, UnitState, World
from sensors.observations import Position

SLOW_KMH = 1.0
OVERDUE_S = 300.0  # at least so much longer, where the usual time is over already
OVERDUE_SHARE = 0.25  # and of what it has worked: the longer it lasts, the longer it will
COVER_CAP_S = 300.0  # coverage never outweighs more than this (FIELD.md section 4: small, bounded)


@dataclass(frozen=True, slots=True)
class Roll:
    """What the files say of everybody with one of some roles, by id: one column each."""

    units: tuple[Unit, ...]
    column: dict[str, int]
    shared: Flags
    members: Floats
    skills: Floats  # how many roles each has
    speed_mps: Floats
    on_foot: Flags
    skilled: dict[str, Flags]  # role -> who has it
    homes: tuple[tuple[float, float], ...]  # degrees
    teams: int  # not posts
    posts_only: bool
    slowest: bool  # somebody hardly moves: then there may be no way for want of speed


@dataclass(frozen=True, slots=True)
class Fleet:
    """Who there is now, one column each. Times in seconds; `free_s` 0 is free now.

    `at`: where each sets out from, degrees. `jobs` that a post has already. `cover_s`: by how much
    help comes later, on average over the villages, while the unit is away.
    """

    roll: Roll
    at: tuple[tuple[float, float], ...]
    free_s: Floats
    on_duty: Flags
    heard: Flags
    jobs: Floats
    worked_s: Floats
    cover_s: Floats
    calm: bool = False  # everybody is rested, heard of, at home, and has nothing to do


def roll_call(world: World, roles: Collection[str]) -> Roll:
    """Everybody with one of the roles; known from one call to the next."""
    key = tuple(sorted(set(roles)))
    known: Roll | None = world.index.rolls.get(key)
    if known is None:
        found = {unit.id: unit for role in key for unit in world.index.by_role.get(role, ())}
        units = tuple(found[name] for name in sorted(found))
        skills = [world.index.unit_roles[unit.id] for unit in units]
        known = Roll(
            units,
            {unit.id: n for n, unit in enumerate(units)},
            np.array([unit.shared for unit in units], np.bool_),
            np.array([float(unit.members) for unit in units]),
            np.array([float(len(has)) for has in skills]),
            np.array([speed_mps(world, unit) for unit in units]),
            np.array([is_on_foot(unit) for unit in units], np.bool_),
            {role: np.array([role in has for has in skills], np.bool_) for role in key},
            tuple((unit.lon, unit.lat) for unit in units),
            sum(not unit.shared for unit in units),
            all(unit.shared for unit in units),
            any(unit.speed_kmh < SLOW_KMH for unit in units),
        )
        world.index.rolls[key] = known
    return known


def muster(world: World, roles: Collection[str], now: float, taken: Collection[str]) -> Fleet:
    """Everybody with one of the roles as they are now; `taken` units no longer cover anything."""
    roll = roll_call(world, roles)
    size = len(roll.units)
    at, free_s, jobs, worked = list(roll.homes), np.zeros(size), np.zeros(size), np.zeros(size)
    on_duty, heard, calm = np.ones(size, np.bool_), np.ones(size, np.bool_), True
    for n, unit in enumerate(roll.units):
        state = world.units[unit.id]
        if not (state.orders or state.position or state.silent or state.worked_s) and state.on_duty:
            continue  # at home, as most are
        calm = False
        start, free_s[n] = free_in(world, unit, now)
        at[n] = (start.lon, start.lat)
        on_duty[n], heard[n] = state.on_duty, not state.silent
        jobs[n] = len(state.orders) if unit.shared else 0
        worked[n] = worked_s(world, state, now)
    cover = _cover(world, roll, taken)
    return Fleet(roll, tuple(at), free_s, on_duty, heard, jobs, worked, cover, calm)


def free_in(world: World, unit: Unit, now: float) -> tuple[Position, float]:
    """Where it will set out from, and in how many seconds by forecast; 0: free now."""
    orders = world.units[unit.id].orders
    if unit.shared or not orders:
        return where(world, unit), 0.0
    job = world.assignments[orders[-1]]
    place = world.incidents[job.incident].position or where(world, unit)
    return place, max(1.0, forecast(world, job, now) - now)


def forecast(world: World, job: Assignment, now: float) -> float:
    """When a unit will be done with a job: arrival, then the plan's usual time; never past."""
    usual = world.plan_of(world.incidents[job.incident]).work_s
    if job.status is Status.ON_SCENE:
        since = job.changed_at
    else:
        since = max(job.offered_at + job.eta_s, now)
    if since + usual > now:
        return since + usual
    return now + max(OVERDUE_S, OVERDUE_SHARE * (now - since))


def worked_s(world: World, state: UnitState, now: float) -> float:
    """Seconds of work since it last had its rest."""
    assert world.township is not None
    if state.work_from is not None:
        return state.worked_s + max(0.0, now - state.work_from)
    rested = now - state.rest_from >= world.township.limits.rest_s
    return 0.0 if rested else state.worked_s


def _cover(world: World, roll: Roll, taken: Collection[str]) -> Floats:
    """By how much longer help takes while each is away; nothing where there is no choice."""
    missed = np.zeros(len(roll.units))
    if not roll.posts_only:
        for name, loss in _covering(world, taken).items():
            column = roll.column.get(name)
            if column is not None:
                missed[column] = loss
    return missed


def cover_of(world: World, unit: str) -> float:
    """The same of one team, while nobody is taken."""
    return _covering(world, ()).get(unit, 0.0)


def _covering(world: World, taken: Collection[str]) -> dict[str, float]:
    """Of every team that is free, as the crow flies: known until one goes, comes or moves."""
    index, free, moved = world.index, [], []
    for n, unit in enumerate(index.teams):
        state = world.units[unit.id]
        if not state.orders and state.on_duty and unit.id not in taken:
            free.append(n)
            if state.position is not None:
                moved.append((len(free) - 1, state.position, unit.speed_kmh))
    key = (tuple(free), tuple(moved))
    if index.covering[0] != key:
        found: dict[str, float] = {}
        if len(free) > 1 and len(index.village_share):
            seconds = index.cover_s[:, free]
            for column, at, speed in moved:
                seconds[:, column] = index.cover_from(at, speed)
            losses = missed_s(seconds, index.village_share)
            found = {index.teams[n].id: loss for n, loss in zip(free, losses, strict=True)}
        index.covering = (key, found)
    return index.covering[1]


def missed_s(seconds: Floats, share: Floats) -> list[float]:
    """By how much later help comes while each unit is away: seconds from units to places in,
    weighted by each place's share; bounded, for it must never outweigh a way.
    """
    first = seconds.argmin(axis=1)
    two = np.partition(seconds, 1, axis=1)[:, :2]
    loss = np.zeros(seconds.shape[1])
    np.add.at(loss, first, (two[:, 1] - two[:, 0]) * share)
    bounded: list[float] = np.minimum(loss, COVER_CAP_S).tolist()
    return bounded
