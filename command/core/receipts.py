"""What a source is told about its message: its only proof, sent after the commit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from command.core import events as e
from command.core.alarms import taken_before
from command.core.decide import Input
from command.core.world import World
from sensors.observations import Alarm, Clear, Duty, Rejection, Reply, Request, Test

_RECEIPTED = Alarm | Clear | Reply | Duty | Request | Test


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of a receipt message. outcome: opened merged logged duplicate rejected."""

    source: str
    id: str
    outcome: str
    incident: str = ""
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As contract v1 has it."""
        value = {"id": self.id, "outcome": self.outcome}
        if self.incident:
            value["incident_id"] = self.incident
        if self.reason:
            value["reason"] = self.reason
        return value


def receipt_for(world: World, value: Input, events: Sequence[e.Event]) -> Receipt | None:
    """The receipt for an input, None where none is due. `world` is as it was before `events`."""
    if isinstance(value, Rejection):
        if not (value.source and value.message_id):
            return None
        return Receipt(value.source, value.message_id, "rejected", reason=value.reason.value)
    if not isinstance(value, _RECEIPTED) or not value.message_id or value.dialect != "native":
        return None
    if events and isinstance(events[0], e.MessageQuarantined):
        return Receipt(value.source, value.message_id, "rejected", reason=events[0].reason)
    for event in events:
        if isinstance(event, e.Heard) and event.message_id == value.message_id:
            incident = getattr(event, "incident", "")
            return Receipt(value.source, value.message_id, event.outcome, incident, event.reason)
    known = taken_before(world, value.source, value.message_id, value.digest)
    if known is not None:
        return Receipt(value.source, value.message_id, "duplicate", known.incident, known.outcome)
    return Receipt(value.source, value.message_id, "logged")
