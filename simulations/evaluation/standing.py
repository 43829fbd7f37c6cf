"""Other norms of FIELD.md section 1: load on the officer, cameras, roll calls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from command.core import events as e
from simulations.evaluation.facts import Facts

SLOT_S = 600.0
FLOOD = 10  # more in ten minutes is a flood (ISA-18.2 / EEMUA 191 as quoted)
CAMERAS_DOWN = 4  # of 240, of a 雪亮工程 norm: 98% serviceable


@dataclass(frozen=True, slots=True)
class Standing:
    """`load`: what was put before the officer in each ten minutes; roll calls of crews on scene.

    `cameras_down`: the most that were silent at a time.
    """

    load: tuple[int, ...]
    roll_calls: int
    unanswered: int
    maydays: int
    cameras: int
    cameras_down: int

    @property
    def busiest(self) -> int:
        """The most in any ten minutes."""
        return max(self.load, default=0)


def standing(facts: Facts) -> Standing:
    """Of a whole drill."""
    calls = [one for one in facts.events if isinstance(one, e.AccountabilityDue)]
    return Standing(
        load=_load(facts),
        roll_calls=sum(call.missed == 0 for call in calls),
        unanswered=sum(call.missed > 0 for call in calls),
        maydays=sum(isinstance(one, e.UnitMayday) for one in facts.events),
        cameras=len(facts.township.cameras),
        cameras_down=_cameras_down(facts.events, {c.id for c in facts.township.cameras}),
    )


def _load(facts: Facts) -> tuple[int, ...]:
    """New incidents and alerts, which is all that asks for an officer."""
    slots = [0] * max(1, -int(-(facts.end_at - facts.start_at) // SLOT_S))
    for one in facts.events:
        if isinstance(one, e.IncidentOpened | e.OfficerAlerted):
            slots[min(len(slots) - 1, max(0, int((one.at - facts.start_at) // SLOT_S)))] += 1
    return tuple(slots)


def _cameras_down(events: Sequence[e.Event], cameras: set[str]) -> int:
    down: set[str] = set()
    most = 0
    for one in events:
        if isinstance(one, e.SourceSilent) and one.source in cameras:
            down.add(one.source)
        elif isinstance(one, e.SourceHeard | e.AlarmReceived):
            down.discard(one.source)
        most = max(most, len(down))
    return most
