"""What a unit said by radio or telephone, entered by the officer. Pure.

It goes through the same table as a handheld's answer. What that table only notes (said before, or
of an order that is over) is refused with why: the officer is there to be told.
"""

from __future__ import annotations

from dataclasses import replace

from command import messages as m
from command.core import events as e
from command.core.alarms import PHONE
from command.core.assignments import follow_reply
from command.core.ordering import Ordered, Refused, cause_of_command, known_incident
from command.core.orders import requeue
from command.core.reasons import Reason, Refusal
from command.core.tables import REPLIES, Effect
from command.core.world import Assignment, World
from sensors.observations import Reply, ReplyStatus

WHY_NOT = {
    Effect.REPEAT: Refusal.SAID_BEFORE,
    Effect.OLDER: Refusal.SAID_BEFORE,
    Effect.LATE_END: Refusal.ORDER_OVER,
    Effect.STILL_GOING: Refusal.ORDER_OVER,
    Effect.AFTER_ALL: Refusal.ORDER_OVER,
}


def decide_radio(world: World, c: m.Reply, o: Ordered, now: float) -> list[e.Event]:
    """The newest order of the unit in this incident goes on as the unit said."""
    assignment = _order(world, c)
    effect = REPLIES[assignment.status][ReplyStatus(c.status)]
    why_not = WHY_NOT.get(effect)
    if why_not is not None:
        raise Refused(why_not, by=c.unit, what=assignment.status)
    said = Reply(
        source=PHONE,
        received_at=now,
        message_id=c.id,
        digest=c.id,
        at_source=now,
        order_id=assignment.order_id,
        unit=assignment.unit,
        status=ReplyStatus(c.status),
        text=c.said,
        sealed=o.sealed,
    )
    cause = cause_of_command(c)
    events = follow_reply(world, assignment, said, effect, now, cause)
    return [
        *(_told_by(event, o.by) for event in events),
        *_still_to_be_sent(world, assignment, said, effect, cause),
    ]


def _still_to_be_sent(
    world: World, assignment: Assignment, said: Reply, effect: Effect, cause: str
) -> list[e.Event]:
    """The crew goes, and its handheld may not have the order: dangers and place must reach it."""
    goes = effect is Effect.ADVANCE and said.status is not ReplyStatus.DONE
    if not goes or assignment.order_id not in world.outbox:
        return []
    return [requeue(world, assignment, "updated", said.received_at, cause, Reason.BY_PHONE)]


def _order(world: World, c: m.Reply) -> Assignment:
    if c.unit not in world.units:
        raise Refused(Refusal.UNKNOWN_UNIT, what=c.unit)
    orders = reversed(known_incident(world, c.incident).orders)
    mine = (world.assignments[order] for order in orders)
    found = next((assignment for assignment in mine if assignment.unit == c.unit), None)
    if found is None:
        raise Refused(Refusal.NO_ORDER, what=c.unit)
    return found


def _told_by(event: e.Event, by: str) -> e.Event:
    """The log says who entered it, and that the unit's own device did not."""
    if isinstance(event, e.ReplyReceived | e.AccountabilityAnswered):
        return replace(event, by=by)
    if isinstance(event, e.OrderSettled):
        return replace(event, reason=Reason.BY_PHONE)
    if isinstance(event, e.AssignmentChanged) and event.by == "unit":
        spoken = event.reason is Reason.UNIT_ANSWERED
        return replace(event, by=by, reason=Reason.BY_PHONE if spoken else event.reason)
    return event
