"""One input in, the facts that follow from it out. Pure: the router to the slices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from command.core import events as e
from command.core.alarms import decide_alarm, decide_clear, taken_before
from command.core.assignments import decide_reply
from command.core.commands import Ordered, decide_command
from command.core.contacts import (
    decide_duty,
    decide_heartbeat,
    decide_located,
    decide_request,
    decide_test,
)
from command.core.presence import Absent, decide_absent
from command.core.reasons import Reason
from command.core.ticks import fire
from command.core.world import World
from sensors.observations import (
    Alarm,
    Clear,
    Duty,
    Fault,
    Heartbeat,
    Located,
    Observation,
    Rejection,
    Reply,
    Request,
    Test,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of the world that has passed, by its name in `world.due`."""

    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the post itself noticed: it started, the files changed, the clock stepped."""

    event: e.Event


Input = Observation | Rejection | Ordered | Deadline | Fact | Absent


def cause_of(value: Input) -> str:
    """What an event names as its cause; says which message without repeating what it says."""
    match value:
        case Ordered():
            return f"command:{value.command.id}"
        case Deadline():
            return "tick"
        case Absent():
            return "presence"
        case Fact():
            return value.event.cause
        case Rejection():
            return f"message:{value.source}/{value.message_id or value.digest}"
        case _:
            name = type(value).__name__.lower()
            return f"{name}:{value.source}/{value.message_id or value.digest}"


def decide(world: World, value: Input, now: float) -> list[e.Event]:
    """The events of one input; raises `Refused` for a command that may not be."""
    slice_of = _OBSERVED.get(type(value))
    if slice_of is not None:
        return slice_of(world, value, now, cause_of(value))
    match value:
        case Ordered():
            return decide_command(world, value, now)
        case Deadline():
            return fire(world, value.name, now)
        case Rejection():
            if taken_before(world, value.source, value.message_id, value.digest):
                return []  # kept already: its receipt goes again
            return [quarantined(world, value, now, cause_of(value), Reason.UNREADABLE)]
        case Fact():
            return [value.event]
    return []  # Other: understood, and no news


_OBSERVED: dict[type[Any], Callable[[World, Any, float, str], list[e.Event]]] = {
    Alarm: decide_alarm,
    Reply: decide_reply,
    Clear: decide_clear,
    Heartbeat: decide_heartbeat,
    Fault: decide_heartbeat,
    Located: decide_located,
    Test: decide_test,
    Duty: decide_duty,
    Request: decide_request,
    Absent: decide_absent,
}


def quarantined(
    world: World, rejection: Rejection, now: float, cause: str, reason: Reason
) -> e.MessageQuarantined:
    """The fact that a message could not be used; its bytes go beside the log under the same id."""
    return e.MessageQuarantined(
        at=now,
        cause=cause,
        reason=reason,
        quarantine=world.ids().next("Q"),
        source=rejection.source,
        topic=rejection.topic,
        message_id=rejection.message_id,
        digest=rejection.digest,
        why=rejection.reason.value,
        detail=rejection.detail,
    )
