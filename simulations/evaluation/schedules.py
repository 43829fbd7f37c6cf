"""The same needs served otherwise: by the closest unit, and by who knows all beforehand. Pure.

All three figures are the mean seconds from an incident's release until a must of its card is
filled; one that never was counts to the end of the drill, in each of the three.

The closest unit: at every release the quickest free units of the role go, must after must; they
answer and travel as the field really does, and who does not come is asked in vain. The bound: one
assignment over all incidents of the drill, known from the beginning. Every helper comes from home
or from an earlier task, each unit sets out from home once, and whatever is not known of the unit
that was there before is taken at its best: no schedule that serves incidents in order of their
release is faster, not even one that knew them, and perhaps none is as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from command.core.township import Township, Unit
from sensors.observations import Position
from simulations.evaluation.facts import Facts
from simulations.evaluation.needs import Served
from simulations.evaluation.truth import Truth

Floats = npt.NDArray[np.float64]
NEVER_S = 1e9  # a pair that cannot be
SLOTS = 600  # more tasks than these are not assigned: it would take longer than the drill


@dataclass(frozen=True, slots=True)
class Compared:
    """Mean seconds to a filled must: as it was, by the closest unit, and the bound below all.

    `bound_s` is None where there was too much for one assignment.
    """

    n: int
    actual_s: float
    closest_s: float
    bound_s: float | None

    @property
    def to_closest(self) -> float | None:
        """Below 1: better than the closest unit."""
        return self.actual_s / self.closest_s if self.closest_s else None

    @property
    def to_bound(self) -> float | None:
        """At least 1, but for people varying by a fifth."""
        return self.actual_s / self.bound_s if self.bound_s else None


def compared(facts: Facts, needs: Sequence[Served], truth: Truth) -> Compared:
    """Of the musts of a drill."""
    jobs = jobs_of(facts, needs, truth)
    if not jobs:
        return Compared(0, 0.0, 0.0, 0.0)
    actual = [job.cap_s if job.took_s is None else min(job.took_s, job.cap_s) for job in jobs]
    units = teams(facts.township)
    below = bound(jobs, units, truth)
    return Compared(
        len(jobs),
        float(np.mean(actual)),
        float(np.mean(closest(jobs, units, truth))),
        None if below is None else float(np.mean(below)),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """A must: `since` and `until` (when its incident ended) in POSIX seconds.

    `cap_s` is what one that is never filled counts, `reply_s` how long an answer is waited for.
    """

    role: str
    people: int
    since: float
    until: float
    cap_s: float
    reply_s: float
    at: Position | None
    took_s: float | None = None


def jobs_of(facts: Facts, needs: Sequence[Served], truth: Truth) -> list[Job]:
    """The musts that somebody of the township can take at all, in order of their release.

    One whose incident ended before anybody had to be there is nobody's.
    """
    able = {role for unit in teams(truth.township) for role in unit.roles}
    return sorted(
        (
            Job(
                role=one.need.role,
                people=one.need.quantity,
                since=one.since,
                until=min(one.case.ended_at or facts.end_at, facts.end_at),
                cap_s=facts.end_at - one.since,
                reply_s=one.case.plan.reply_within_s,
                at=one.case.position,
                took_s=one.took_s,
            )
            for one in needs
            if one.need.must and one.need.role in able and facts.end_at > one.since
            if one.filled_at is not None or one.case.ended_at is None
        ),
        key=lambda job: job.since,
    )


Slots = Sequence[tuple[int, Job]]  # of each must as many as units are needed at least: its number


def teams(township: Township) -> list[Unit]:
    """All who can be sent, by id."""
    return sorted((u for u in township.units if u.members > 0 and u.on_duty), key=lambda u: u.id)


# --- the closest unit


@dataclass(slots=True)
class _Place:
    """Where a unit is, and from when on it is free."""

    at: Position
    free_at: float = 0.0


@dataclass(slots=True)
class _Roll:
    """Everybody, at home in the beginning."""

    units: Sequence[Unit]
    truth: Truth
    places: dict[str, _Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {unit.id: _Place(self.truth.home(unit)) for unit in self.units}

    def ready_at(self, unit: Unit, now: float) -> float:
        return now if unit.shared else max(now, self.places[unit.id].free_at)

    def arrives(self, unit: Unit, job: Job, now: float) -> float:
        start = self.places[unit.id].at
        way = self.truth.ready_s(unit) + self.truth.way_s(unit, start, job.at)
        return self.ready_at(unit, now) + way

    def rank(self, unit: Unit, job: Job, now: float) -> tuple[float, float, str]:
        return self.ready_at(unit, now), self.arrives(unit, job, now), unit.id

    def send(self, unit: Unit, job: Job, now: float) -> float:
        there = self.arrives(unit, job, now)
        place = self.places[unit.id]
        place.free_at, place.at = _leaves(unit, job, there, self.truth), job.at or place.at
        return there


def closest(jobs: Sequence[Job], units: Sequence[Unit], truth: Truth) -> list[float]:
    """Seconds until each is filled when the quickest unit that is free is always sent.

    A unit takes one role of an incident. Where nobody is free, who is free first is waited for.
    """
    roll = _Roll(units, truth)
    taken: dict[tuple[float, Position | None], set[str]] = {}
    return [
        _fill(roll, job, taken.setdefault((job.since, job.at), set())) - job.since for job in jobs
    ]


def _fill(roll: _Roll, job: Job, taken: set[str]) -> float:
    """When its people are there, at most the end; the units that go are added to `taken`."""
    people, last, asked_at = 0, job.since, job.since
    while people < job.people:
        fit = [u for u in roll.units if job.role in u.roles and u.id not in taken]
        if not fit:
            return job.since + job.cap_s
        unit = min(fit, key=partial(roll.rank, job=job, now=asked_at))
        taken.add(unit.id)
        if roll.truth.comes(unit):
            people += unit.members
            last = max(last, roll.send(unit, job, asked_at))
            asked_at = job.since  # the others were asked in the moment of the release
        else:
            asked_at += roll.truth.refuses_s(unit, job.reply_s)
    return min(last, job.since + job.cap_s)


# --- the bound


def bound(jobs: Sequence[Job], units: Sequence[Unit], truth: Truth) -> list[float] | None:
    """Seconds below which no schedule of these units can fill each need, all known beforehand.

    Their mean is the bound; what stands for one need alone is its part of the best assignment.
    None when there are more tasks than SLOTS.
    """
    come = [unit for unit in units if truth.comes(unit)]
    least = [_least(job, come) for job in jobs]
    slots = [(number, job) for number, job in enumerate(jobs) for _ in range(least[number])]
    seconds = [0.0 if needed else job.cap_s for needed, job in zip(least, jobs, strict=True)]
    if len(slots) > SLOTS or not slots:
        return None if slots else seconds
    cost = np.concatenate((_from_home(slots, come, truth), _after(slots, come, truth)), axis=1)
    caps = np.array([job.cap_s for _, job in slots])
    nobody = np.full((len(slots), len(slots)), NEVER_S)
    np.fill_diagonal(nobody, caps)
    share = np.array([1.0 / least[number] for number, _ in slots])
    whole = np.concatenate((np.minimum(cost, caps[:, None]), nobody), axis=1)
    rows, columns = linear_sum_assignment(whole * share[:, None])
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        seconds[slots[row][0]] += float(whole[row, column] * share[row])
    return seconds


def _least(job: Job, units: Sequence[Unit]) -> int:
    """How many units it takes at the very least; 0 when all of them are too few."""
    sizes = sorted((u.members for u in units if job.role in u.roles), reverse=True)
    return next((n for n, people in enumerate(accumulate(sizes), 1) if people >= job.people), 0)


def _from_home(slots: Slots, units: Sequence[Unit], truth: Truth) -> Floats:
    """Slots x units: the first task of each; a post takes any number, so it has a column a slot."""
    teams_only = [unit for unit in units if not unit.shared]
    posts = [unit for unit in units if unit.shared]
    cost = np.full((len(slots), len(teams_only) + len(slots)), NEVER_S)
    for column, unit in enumerate(teams_only):
        cost[:, column] = _first(unit, slots, truth)
    by_post = np.array([_first(unit, slots, truth) for unit in posts])
    best = by_post.min(axis=0) if posts else np.full(len(slots), NEVER_S)
    cost[np.arange(len(slots)), len(teams_only) + np.arange(len(slots))] = best
    return cost


def _first(unit: Unit, slots: Slots, truth: Truth) -> Floats:
    """Seconds to each slot from home."""
    ways = {
        job.at: truth.ready_s(unit) + truth.way_s(unit, truth.home(unit), job.at)
        for _, job in slots
    }
    return np.array([ways[job.at] if job.role in unit.roles else NEVER_S for _, job in slots])


def _after(slots: Slots, units: Sequence[Unit], truth: Truth) -> Floats:
    """Slots x slots: who was there before goes on, at best; no unit that has not been there."""
    cost = np.full((len(slots), len(slots)), NEVER_S)
    number = np.array([n for n, _ in slots])
    later = number[:, None] > number[None, :]
    for unit in units:
        if not unit.shared:
            able = np.array([job.role in unit.roles for _, job in slots], np.bool_)
            both = later & able[:, None] & able[None, :]
            if both.any():
                cost = np.where(both, np.minimum(cost, _next(unit, slots, truth)), cost)
    return cost


def _next(unit: Unit, slots: Slots, truth: Truth) -> Floats:
    """Seconds to each slot (rows) for a unit that was at each other one before (columns).

    It was there at the earliest from home or from one of the places known by then.
    """
    ready, home = truth.ready_s(unit), truth.home(unit)
    places = list(dict.fromkeys(job.at or home for _, job in slots))
    row = {place: n for n, place in enumerate(places)}
    here = np.array([row[job.at or home] for _, job in slots])
    between = np.array([[truth.way_s(unit, start, to) for start in places] for to in places])
    way = between[np.ix_(here, here)]
    since = np.array([job.since for _, job in slots])
    known = (since[None, :] <= since[:, None]) & (here[None, :] != here[:, None])
    from_home = np.array([truth.way_s(unit, home, place) for place in places])[here]
    soonest = np.minimum(from_home, np.where(known, way, np.inf).min(axis=1))
    there = since + ready + soonest
    leaves = [_leaves(unit, job, at, truth) for (_, job), at in zip(slots, there, strict=True)]
    gone: Floats = np.maximum(0.0, np.array(leaves)[None, :] - since[:, None]) + ready + way
    return gone


def _leaves(unit: Unit, job: Job, there: float, truth: Truth) -> float:
    """When its work is done, or its incident over."""
    stays = truth.stays_s(unit)
    over = max(job.until, there)
    return over if stays is None else min(over, there + stays)
