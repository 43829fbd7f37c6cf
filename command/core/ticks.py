"""Deadlines that have passed. A tick is an input like any other: it replays identically. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from command.core import events as e
from command.core.accountability import fire_par
from command.core.assignments import expire, run_out
from command.core.attention import fire_ack, fire_ackend, fire_second
from command.core.contacts import decide_silence, fire_duty
from command.core.dispatch import candidates, offer
from command.core.holds import ended
from command.core.reasons import Reason
from command.core.standby import fire_standby
from command.core.world import World

LATE_S = 10.0  # a deadline found this much later passed while no post was running


def decide_tick(world: World, now: float) -> list[tuple[str, float]]:
    """The deadlines that are due, earliest first. Each is then decided on its own by `fire`."""
    first = next_due(world)
    if first is None or first > now:
        return []  # four times a second, nearly always
    passed = [(due, name) for name, due in world.due.items() if due <= now]
    return [(name, due) for due, name in sorted(passed)]


def fire(world: World, name: str, now: float) -> list[e.Event]:
    """What a passed deadline leads to; nothing if an earlier one of the same tick undid it."""
    due = world.due.get(name)
    if due is None or due > now:
        return []
    kind, _, ident = name.partition(":")
    return _FIRE[kind](world, ident, now, now - due > LATE_S)


def next_due(world: World) -> float | None:
    """The earliest deadline, None without any."""
    return min(world.due.values(), default=None)


def _offer(world: World, order_id: str, now: float, late: bool) -> list[e.Event]:
    return expire(world, order_id, now, late=late)


def _outbox(world: World, order_id: str, now: float, late: bool) -> list[e.Event]:
    return run_out(world, order_id, now, late=late)


def _release(world: World, incident: str, now: float, late: bool) -> list[e.Event]:
    return [
        e.IncidentReleased(
            at=now, cause="tick", reason=Reason.COUNTDOWN_OVER, late=late, incident=incident
        )
    ]


def _ladder(world: World, ident: str, now: float, late: bool) -> list[e.Event]:
    """Overdue climbs; the lower post stays as helper. At the top the officer is asked daily."""
    incident = world.incidents[ident]
    ladder = world.plan_of(incident).ladder
    top = incident.level + 1 >= len(ladder)
    level = incident.level if top else incident.level + 1
    due = now + (86400.0 if top else ladder[level].limit_s)
    ids = world.ids()
    climbed = e.CaseClimbed(
        at=now,
        cause="tick",
        reason=Reason.OVERDUE,
        late=late,
        incident=ident,
        level=level,
        due=due,
    )
    alert = e.OfficerAlerted(
        at=now,
        cause="tick",
        reason=Reason.OVERDUE,
        late=late,
        alert=ids.next("A"),
        incident=ident,
        text=ladder[level].role,
    )
    if top or incident.released_at is None or not incident.needs:
        return [climbed, alert]
    need = incident.needs[0]
    ranked = [one for one in candidates(world, incident, need, now, level=level) if not one.why_not]
    if not ranked:
        return [climbed, alert]
    offered = offer(
        world,
        incident,
        ranked[0],
        need.role,
        now,
        ids=ids,
        cause="tick",
        reason=Reason.OVERDUE,
    )
    return [climbed, alert, *offered]


def _hold(world: World, ident: str, now: float, late: bool) -> list[e.Event]:
    """Who was waited for is not free when it was to be: everything is weighed anew."""
    incident = world.incidents[ident]
    return [
        replace(ended(incident, hold.role, now, "tick", Reason.OVERDUE, must=hold.must), late=late)
        for hold in incident.holds
        if hold.free_at <= now
    ]


def _silent(world: World, source: str, now: float, late: bool) -> list[e.Event]:
    return decide_silence(world, source, now, late=late)


def _shelf(world: World, key: str, now: float, late: bool) -> list[e.Event]:
    source, _, kind = key.partition("|")
    return [
        e.SourceUnshelved(
            at=now, cause="tick", reason=Reason.SHELF_OVER, late=late, source=source, kind=kind
        )
    ]


def _archive(world: World, incident: str, now: float, late: bool) -> list[e.Event]:
    return [
        e.IncidentArchived(
            at=now,
            cause="tick",
            reason=Reason.KEPT_A_DAY,
            late=late,
            incident=incident,
            orders=tuple(world.incidents[incident].orders),
            alerts=tuple(ident for ident, a in world.alerts.items() if a.incident == incident),
        )
    ]


_FIRE: dict[str, Callable[[World, str, float, bool], list[e.Event]]] = {
    "offer": _offer,
    "outbox": _outbox,
    "release": _release,
    "ack": fire_ack,
    "ackend": fire_ackend,
    "second": fire_second,
    "ladder": _ladder,
    "hold": _hold,
    "silent": _silent,
    "shelf": _shelf,
    "archive": _archive,
    "par": fire_par,
    "duty": fire_duty,
    "standby": fire_standby,
}
