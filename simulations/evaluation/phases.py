"""Detect, answer, order, accept, scene: how long each took, and the norms it is held to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulations.evaluation.facts import Case, Facts
from simulations.report import FEW

Pair = tuple[float | None, float | None, float | None]  # from, to, over without it
CREW, CREW_S = 10, 600.0  # NFPA 1720 as quoted in FIELD.md section 1


class Phase(StrEnum):
    """A stretch of an emergency's way, from the device to the scene."""

    DETECT = "detect"
    ANSWER = "answer"
    ORDER = "order"
    ACCEPT = "accept"
    SCENE = "scene"
    CREW = "crew"


@dataclass(frozen=True, slots=True)
class Norm:
    """`share` of all within `limit_s` seconds, says `source`."""

    phase: Phase
    share: float
    limit_s: float
    source: str


# FIELD.md section 1, as quoted there.
NORMS = (
    Norm(Phase.ANSWER, 0.90, 15.0, "NENA-STA-020.1-2020"),
    Norm(Phase.ANSWER, 0.95, 20.0, "NENA-STA-020.1-2020"),
    Norm(Phase.ORDER, 0.90, 60.0, "NFPA 1225-2022"),
    Norm(Phase.ORDER, 0.95, 106.0, "NFPA 1221-2016"),
    Norm(Phase.CREW, 0.80, CREW_S, "NFPA 1720"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A norm, and how many of `n` kept it; `met` is None when they are too few to judge."""

    norm: Norm
    n: int
    within: int

    @property
    def met(self) -> bool | None:
        """Whether the share was reached."""
        return None if self.n < FEW else self.within >= self.norm.share * self.n


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one phase, in order of size; `waiting`: how long who never came was waited for."""

    phase: Phase
    seconds: tuple[float, ...]
    waiting: tuple[float, ...] = ()


def measure(facts: Facts) -> list[Measured]:
    """Every phase of the emergencies of a drill. What never came is counted, not forgotten."""
    cases = [case for case in facts.emergencies if not _ended_unreleased(case)]
    ordered = [(_ordered(case), case) for case in cases]
    tasks = [task for case in cases for task in case.tasks]
    pairs: dict[Phase, Iterable[Pair]] = {
        Phase.DETECT: ((case.seen_at, case.opened_at, None) for case in cases),
        Phase.ANSWER: ((case.opened_at, case.answered_at, case.ended_at) for case in cases),
        Phase.ORDER: ((case.opened_at, at, case.ended_at) for at, case in ordered),
        Phase.ACCEPT: ((task.offered_at, task.accepted_at, task.ended_at) for task in tasks),
        Phase.SCENE: ((at, _reached(case), case.ended_at) for at, case in ordered),
        Phase.CREW: ((at, _crewed(case), case.ended_at) for at, case in ordered if _big(case)),
    }
    return [_measured(phase, each, facts.end_at) for phase, each in pairs.items()]


def _ended_unreleased(case: Case) -> bool:
    """Found to be nothing before anybody was to go."""
    return case.ended_at is not None and case.released_at is None and not case.tasks


def held(measured: Sequence[Measured]) -> list[Held]:
    """Each norm over what was measured.

    Who was waited for longer than the norm allows kept it as little as who came too late; where
    the incident or the drill was over before, there is nothing to judge.
    """
    by_phase = {one.phase: one for one in measured}
    found = []
    for norm in NORMS:
        one = by_phase[norm.phase]
        within = sum(seconds <= norm.limit_s for seconds in one.seconds)
        never = sum(seconds > norm.limit_s for seconds in one.waiting)
        found.append(Held(norm, len(one.seconds) + never, within))
    return found


def _measured(phase: Phase, pairs: Iterable[Pair], end_at: float) -> Measured:
    """From the first moment to the second; where it is none, to the third or the drill's end."""
    seconds, waiting = [], []
    for start, end, over in pairs:
        if start is not None and end is not None:
            seconds.append(_round(end - start))
        elif start is not None:
            waiting.append(_round(min(over or end_at, end_at) - start))
    return Measured(phase, tuple(sorted(seconds)), tuple(sorted(waiting)))


def _round(seconds: float) -> float:
    return max(0.0, round(seconds, 3))


def _ordered(case: Case) -> float | None:
    return min((task.offered_at for task in case.tasks), default=None)


def _reached(case: Case) -> float | None:
    moments = (task.on_scene_at for task in case.tasks)
    return min((at for at in moments if at is not None), default=None)


def _big(case: Case) -> bool:
    """Its card asks for as many people as the norm counts."""
    return sum(need.quantity for need in case.plan.needs) >= CREW


def _crewed(case: Case) -> float | None:
    """When the tenth person was there."""
    there = 0
    arrived = [(at, task.people) for task in case.tasks if (at := task.on_scene_at) is not None]
    for at, people in sorted(arrived):
        there += people
        if there >= CREW:
            return at
    return None
