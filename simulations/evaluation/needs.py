"""The musts of the run cards: was each filled in the minutes that its card gives? Pure.

Minutes count from the release, when teams may go, to the scene; by night there are half as many
again (CENTRES.md (a)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from command.core.plans import Need
from command.core.triage import is_night
from simulations.evaluation.facts import Case, Facts, Task

NIGHT_FACTOR = 1.5


class Kept(StrEnum):
    """What became of a need."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSED = "missed"  # the deadline passed and nobody, or too few, were there
    NOT_JUDGED = "not_judged"  # the incident or the drill ended before the deadline


@dataclass(frozen=True, slots=True)
class Served:
    """One need of one incident. `since`, `due`, `filled_at` in POSIX seconds."""

    case: Case
    need: Need
    since: float
    due: float
    filled_at: float | None
    kept: Kept

    @property
    def took_s(self) -> float | None:
        """From the release until its people were there."""
        return None if self.filled_at is None else self.filled_at - self.since


def served(facts: Facts) -> list[Served]:
    """Every need of the emergencies, musts before shoulds.

    Where nobody released an incident, the minutes count from its opening: who is never sent is not
    on time. One that ended unreleased needed nobody.
    """
    return [
        one
        for case in facts.emergencies
        if case.released_at is not None or case.ended_at is None
        for one in _of_case(facts, case, case.released_at or case.opened_at)
    ]


def _of_case(facts: Facts, case: Case, since: float) -> Iterator[Served]:
    slower = NIGHT_FACTOR if is_night(facts.township, since) else 1.0
    used: dict[str, int] = {}
    for need in sorted(case.plan.needs, key=lambda need: not need.must):
        used[need.role] = used.get(need.role, 0) + need.quantity
        filled_at = _filled(case.tasks, need.role, used[need.role])
        due = since + need.within_min * 60.0 * slower
        over = facts.end_at if case.ended_at is None else min(case.ended_at, facts.end_at)
        yield Served(case, need, since, due, filled_at, _kept(filled_at, due, over))


def _filled(tasks: list[Task], role: str, people: int) -> float | None:
    """When so many people of a role had come to the scene."""
    there = 0
    arrived = [(at, t.people) for t in tasks if t.role == role and (at := t.on_scene_at)]
    for at, came in sorted(arrived):
        there += came
        if there >= people:
            return at
    return None


def _kept(filled_at: float | None, due: float, over: float) -> Kept:
    if filled_at is not None:
        return Kept.ON_TIME if filled_at <= due else Kept.LATE
    return Kept.MISSED if due <= over else Kept.NOT_JUDGED
