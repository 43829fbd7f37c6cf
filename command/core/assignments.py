"""One unit on one incident: its answers, its silence, its withdrawal. Pure.

The table `REPLIES` has an answer for every (state x reply); this file carries it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from command.core import events as e
from command.core.accountability import answers
from command.core.alarms import PHONE, already_told, taken_before
from command.core.era import new_era, order_is_ahead
from command.core.needs import has_taken, need_is_open
from command.core.orders import requeue
from command.core.plans import Offer
from command.core.reasons import Reason
from command.core.tables import LIVE, REPLIES, RUNNING, TRUSTED_CLOCKS, Effect, Status, steps_to
from command.core.world import Assignment, Ids, Incident, World
from sensors.observations import Reply


def decide_reply(world: World, reply: Reply, now: float, cause: str) -> list[e.Event]:
    """What an answer of a handheld changes. Nothing for an exact repeat; its receipt goes again."""
    if taken_before(world, reply.source, reply.message_id, reply.digest):
        return []
    assignment = world.assignments.get(reply.order_id)
    if assignment is None:
        return _unknown_order(world, reply, now, cause, Reason.UNKNOWN_ORDER)
    if reply.unit != assignment.unit:
        return _unknown_order(world, reply, now, cause, Reason.NOT_YOUR_ORDER)
    effect = REPLIES[assignment.status][reply.status]
    if effect is not Effect.CONFIRM and _is_older(assignment, reply):
        effect = Effect.OLDER
    return follow_reply(world, assignment, reply, effect, now, cause)


def follow_reply(
    world: World, assignment: Assignment, reply: Reply, effect: Effect, now: float, cause: str
) -> list[e.Event]:
    """What an answer with this effect changes."""
    device_only = effect is Effect.CONFIRM and reply.source != PHONE
    trusted = reply.at_source if reply.clock_quality in TRUSTED_CLOCKS else None
    there = () if device_only else answers(world, reply.unit, reply.order_id, now, cause, trusted)
    return [
        *_settle(world, assignment, reply, effect, now, cause),
        *there,
        *_carry_out(world, assignment, reply, effect, now, cause),
    ]


def _received(
    reply: Reply, now: float, cause: str, reason: Reason, incident: str
) -> e.ReplyReceived:
    return e.ReplyReceived(
        at=now,
        cause=cause,
        reason=reason,
        source=reply.source,
        message_id=reply.message_id,
        digest=reply.digest,
        at_source=reply.at_source,
        clock_quality=reply.clock_quality.value,
        sealed=reply.sealed,
        order_id=reply.order_id,
        unit=reply.unit,
        status=reply.status.value,
        text=reply.text,
        rev=reply.rev,
        incident=incident,
    )


def _unknown_order(
    world: World, reply: Reply, now: float, cause: str, reason: Reason
) -> list[e.Event]:
    alert = e.OfficerAlerted(
        at=now,
        cause=cause,
        reason=reason,
        alert=world.ids().next("A"),
        unit=reply.unit,
        source=reply.source,
        order_id=reply.order_id,
        text=reply.text,
    )
    received = _received(reply, now, cause, reason, "")
    era = order_is_ahead(world, reply.order_id) if reply.source in world.units else None
    if era is not None:  # a handheld has an order that this log never gave: the log is shorter
        return [received, alert, *new_era(world, era, reply.order_id, now, cause)]
    if already_told(world, reason, reply.source, reply.order_id):
        return [received]
    return [received, alert]


def _is_older(assignment: Assignment, reply: Reply) -> bool:
    """Said before something we already know, by the unit's own clock."""
    return (
        reply.at_source is not None
        and reply.clock_quality in TRUSTED_CLOCKS
        and assignment.replied_at is not None
        and reply.at_source < assignment.replied_at
    )


def _settle(
    world: World, assignment: Assignment, reply: Reply, effect: Effect, now: float, cause: str
) -> list[e.Event]:
    """Any answer proves that the handheld has the order; `rev` says which revision of it.

    A handheld that names no revision answers the one last queued, unless its answer is an old one
    or contradicts a withdrawal: then the newer revision goes on being sent.
    """
    reason = {
        Effect.OLDER: Reason.OLDER_REPLY,
        Effect.REPEAT: Reason.REPEATED_REPLY,
        Effect.LATE_END: Reason.NO_CHANGE,
        Effect.STILL_GOING: Reason.WITHDRAWN_MEANWHILE,
    }.get(effect, Reason.UNIT_ANSWERED)
    events: list[e.Event] = [_received(reply, now, cause, reason, assignment.incident)]
    waiting = world.outbox.get(reply.order_id)
    confirms = effect not in {Effect.OLDER, Effect.STILL_GOING} or reply.rev is not None
    if waiting is not None and confirms and (reply.rev is None or reply.rev >= waiting.rev):
        events.append(_settled(assignment, waiting.rev, now, cause, Reason.RECEIVED_BY_UNIT))
    return events


def _settled(
    assignment: Assignment, rev: int, now: float, cause: str, reason: Reason
) -> e.OrderSettled:
    return e.OrderSettled(
        at=now,
        cause=cause,
        reason=reason,
        order_id=assignment.order_id,
        unit=assignment.unit,
        rev=rev,
    )


def change(
    assignment: Assignment,
    status: Status,
    now: float,
    cause: str,
    reason: Reason,
    *,
    text: str = "",
    late: bool = False,
    by: str = "unit",
) -> e.AssignmentChanged:
    """One step of one assignment."""
    return e.AssignmentChanged(
        at=now,
        cause=cause,
        reason=reason,
        late=late,
        order_id=assignment.order_id,
        incident=assignment.incident,
        unit=assignment.unit,
        status=status.value,
        text=text,
        by=by,
    )


def _carry_out(
    world: World, assignment: Assignment, reply: Reply, effect: Effect, now: float, cause: str
) -> list[e.Event]:
    incident = world.incidents[assignment.incident]
    ids = world.ids()
    match effect:
        case Effect.ADVANCE:
            return _advance(world, assignment, incident, reply, now, cause)
        case Effect.DECLINE:
            return [
                change(
                    assignment, Status.DECLINED, now, cause, Reason.UNIT_DECLINED, text=reply.text
                ),
                tell(ids, assignment, Reason.UNIT_DECLINED, now, cause, reply.text),
            ]
        case Effect.BACK_OUT:
            return [
                change(assignment, Status.DECLINED, now, cause, Reason.BACKED_OUT, text=reply.text),
                tell(ids, assignment, Reason.BACKED_OUT, now, cause, reply.text),
            ]
        case Effect.REVIVE:
            return _revive(world, assignment, incident, reply, now, cause)
        case Effect.STILL_GOING:
            return [
                requeue(world, assignment, "withdrawn", now, cause, Reason.WITHDRAWN_MEANWHILE),
                tell(ids, assignment, Reason.WITHDRAWN_MEANWHILE, now, cause, reply.text),
            ]
        case Effect.AFTER_ALL:
            return [tell(ids, assignment, Reason.LATE_NOT_NEEDED, now, cause, reply.text)]
        case Effect.CONFIRM | Effect.REPEAT | Effect.OLDER | Effect.LATE_END:
            return []


def tell(
    ids: Ids,
    assignment: Assignment,
    reason: Reason,
    now: float,
    cause: str,
    text: str = "",
    *,
    late: bool = False,
) -> e.OfficerAlerted:
    """The officer is told what happened to one order."""
    return e.OfficerAlerted(
        at=now,
        cause=cause,
        reason=reason,
        late=late,
        alert=ids.next("A"),
        incident=assignment.incident,
        unit=assignment.unit,
        order_id=assignment.order_id,
        text=text,
    )


def _advance(
    world: World, assignment: Assignment, incident: Incident, reply: Reply, now: float, cause: str
) -> list[e.Event]:
    to = Status(reply.status.value)
    steps = steps_to(assignment.status, to)
    return [
        *_walk(assignment, steps, reply, now, cause),
        *_follow_up(world, assignment, incident, steps, now, cause),
    ]


def _walk(
    assignment: Assignment, steps: Sequence[Status], reply: Reply, now: float, cause: str
) -> list[e.Event]:
    """The steps up to what the unit said; it said only the last one."""
    return [
        change(assignment, step, now, cause, Reason.UNIT_ANSWERED, text=reply.text)
        if step.value == reply.status.value
        else change(assignment, step, now, cause, Reason.IMPLIED)
        for step in steps
    ]


def _follow_up(
    world: World,
    assignment: Assignment,
    incident: Incident,
    steps: Sequence[Status],
    now: float,
    cause: str,
) -> list[e.Event]:
    """What the unit's step means for the others, and for the incident."""
    events: list[e.Event] = []
    if Status.ACCEPTED in steps:
        events += _withdraw_surplus(world, assignment, incident, now, cause)
    if Status.DONE in steps:
        taken_back = {event.order_id for event in events if isinstance(event, e.AssignmentChanged)}
        events += _all_done(world, assignment, incident, taken_back, now, cause)
    return events


def _withdraw_surplus(
    world: World, accepted: Assignment, incident: Incident, now: float, cause: str
) -> list[e.Event]:
    """First N take it: the offers beyond what is needed are taken back.

    Where units are asked one by one only those asked in its place: whoever was asked at the same
    time was needed as well, and may be the nearer one.
    """
    first_n = world.plan_of(incident).offer is Offer.FIRST_N
    others = [
        other
        for order in incident.orders
        if (other := world.assignments[order]).role == accepted.role and other is not accepted
    ]
    wanted = sum(need.quantity for need in incident.needs if need.role == accepted.role)
    have = accepted.people + sum(a.people for a in others if has_taken(incident, a))
    if have < wanted:
        return []
    return [
        event
        for a in others
        if a.status is Status.OFFERED and a.by == "post"
        if first_n or a.offered_at > accepted.offered_at
        for event in withdraw(world, a, now, cause, Reason.NEED_FILLED)
    ]


def withdraw(
    world: World,
    assignment: Assignment,
    now: float,
    cause: str,
    reason: Reason,
    text: str = "",
    by: str = "post",
) -> list[e.Event]:
    """Take an order back; the handheld is told until it confirms."""
    return [
        change(assignment, Status.WITHDRAWN, now, cause, reason, text=text, by=by),
        requeue(world, assignment, "withdrawn", now, cause, reason),
    ]


def _all_done(
    world: World,
    last: Assignment,
    incident: Incident,
    taken_back: set[str],
    now: float,
    cause: str,
) -> list[e.Event]:
    """Every unit that went is done, and no must is open that somebody is left for: resolved.

    Closing is the officer's.
    """
    others = [world.assignments[o] for o in incident.orders if o != last.order_id]
    at_work = any(a.status in LIVE and a.order_id not in taken_back for a in others)
    if incident.state not in RUNNING or at_work or incident.mayday:
        return []
    done = {a.role for a in others if has_taken(incident, a)} | {last.role}
    missing = {need.role for need in incident.needs if need.must} - done
    if not missing <= set(incident.nobody_for):
        return []
    return [
        e.IncidentEnded(
            at=now,
            cause=cause,
            reason=Reason.ALL_UNITS_DONE,
            incident=incident.id,
            state="resolved",
            by="post",
            outcome=Reason.ALL_UNITS_DONE.value,
        )
    ]


def _revive(
    world: World, assignment: Assignment, incident: Incident, reply: Reply, now: float, cause: str
) -> list[e.Event]:
    """A late yes: taken while the need is open, else the unit is told to stay, and the officer."""
    if _is_free(world, assignment.unit) and need_is_open(world, incident, assignment.role):
        return _taken_after_all(world, assignment, incident, reply, now, cause)
    told = tell(world.ids(), assignment, Reason.LATE_NOT_NEEDED, now, cause, reply.text)
    taken_back = requeue(world, assignment, "withdrawn", now, cause, Reason.LATE_NOT_NEEDED)
    if assignment.status is Status.EXPIRED:
        ended = change(assignment, Status.WITHDRAWN, now, cause, Reason.LATE_NOT_NEEDED, by="post")
        return [ended, taken_back, told]
    return [taken_back, told]


def _is_free(world: World, unit_id: str) -> bool:
    """It has not taken, or been offered, another order meanwhile; posts take several."""
    unit = world.index.units.get(unit_id)
    return unit is not None and (unit.shared or not world.units[unit_id].orders)


def _taken_after_all(
    world: World, assignment: Assignment, incident: Incident, reply: Reply, now: float, cause: str
) -> list[e.Event]:
    rest = steps_to(Status.ACCEPTED, Status(reply.status.value))
    return [
        change(assignment, Status.ACCEPTED, now, cause, Reason.LATE_BUT_NEEDED),
        *_walk(assignment, rest, reply, now, cause),
        requeue(world, assignment, "updated", now, cause, Reason.LATE_BUT_NEEDED),
        tell(world.ids(), assignment, Reason.LATE_BUT_NEEDED, now, cause, reply.text),
        *_follow_up(world, assignment, incident, (Status.ACCEPTED, *rest), now, cause),
    ]


def expire(world: World, order_id: str, now: float, *, late: bool) -> list[e.Event]:
    """No answer in time: the next best unit is asked in the same batch, the officer is told."""
    assignment = world.assignments[order_id]
    return [
        change(assignment, Status.EXPIRED, now, "tick", Reason.NO_REPLY, late=late, by="post"),
        tell(world.ids(), assignment, Reason.NO_REPLY, now, "tick", late=late),
    ]


def run_out(world: World, order_id: str, now: float, *, late: bool) -> list[e.Event]:
    """An order that nobody confirmed until its end leaves the outbox, and the log says so."""
    waiting = world.outbox[order_id]
    return [
        e.OrderSettled(
            at=now,
            cause="tick",
            reason=Reason.NOT_CONFIRMED,
            late=late,
            order_id=order_id,
            unit=waiting.unit,
            rev=waiting.rev,
        )
    ]
