"""Signs of life, positions, duty, requests: what keeps the picture of sources and units. Pure.

Heartbeats and positions are thinned before they are logged: one in a quarter of the silence limit
is enough to know that a source lives, and a fix 30 m off the last one to know where a unit is.
"""

from __future__ import annotations

from command.core import events as e
from command.core.accountability import answers
from command.core.alarms import taken_before
from command.core.geo import distance_m
from command.core.reasons import Reason
from command.core.tables import TRUSTED_CLOCKS
from command.core.world import World
from sensors.observations import ClockQuality, Duty, Fault, Heartbeat, Located, Request, Test

MOVED_M = 30.0
POSITION_EVERY_S = 60.0


def decide_heartbeat(
    world: World, heard: Heartbeat | Fault, now: float, cause: str
) -> list[e.Event]:
    """Logged when it is news: first, after silence, changed, or a quarter of the limit later."""
    ok = isinstance(heard, Heartbeat) and heard.ok
    if heard.source not in world.index.classes or (heard.retained and ok):
        return []  # a retained "all is well" is of unknown age: no sign of life
    battery = heard.battery if isinstance(heard, Heartbeat) else None
    if not _is_news(world, heard.source, ok, heard.text, now):
        return []
    return [
        e.SourceHeard(
            at=now,
            cause=cause,
            reason=Reason.SIGN_OF_LIFE if ok else Reason.SELF_REPORTED,
            source=heard.source,
            ok=ok,
            text=heard.text,
            battery=battery,
        )
    ]


def _is_news(world: World, source: str, ok: bool, text: str, now: float) -> bool:  # noqa: FBT001
    assert world.township is not None
    limits = world.township.limits
    unit = world.units.get(source)
    if unit is not None:
        known = unit.last_at is not None and not unit.silent
        return not known or now - (unit.last_at or 0.0) >= limits.unit_silent_s / 4
    state = world.sources.get(source)
    if state is None or not state.online or state.ok != ok or (not ok and state.text != text):
        return True
    return now - state.last_at >= limits.source_silent_s / 4


def decide_located(world: World, located: Located, now: float, cause: str) -> list[e.Event]:
    """Where a unit is now. A retained or replayed fix is yesterday's, and tells nothing."""
    unit = world.units.get(located.source)
    if unit is None or located.retained or _is_history(world, located, now):
        return []
    age = now - (unit.located_at or 0.0)
    still = unit.position is not None and distance_m(unit.position, located.position) < MOVED_M
    if still and age < POSITION_EVERY_S:
        return []
    return [
        e.UnitLocated(
            at=now,
            cause=cause,
            reason=Reason.SIGN_OF_LIFE,
            unit=located.source,
            position=located.position,
        )
    ]


def _is_history(world: World, located: Located, now: float) -> bool:
    """A tracker that was out of reach sends all it has, and its yesterday must not order a team."""
    assert world.township is not None
    if located.at_source is None or located.clock_quality is ClockQuality.UNSET:
        return False
    return now - located.at_source > world.township.limits.unit_silent_s


def decide_test(world: World, test: Test, now: float, cause: str) -> list[e.Event]:
    """A test is not an alarm (FIELD.md section 3): it is in the log, and a sign of life."""
    if test.message_id and taken_before(world, test.source, test.message_id, test.digest):
        return []
    return [
        e.DeviceTested(
            at=now,
            cause=cause,
            reason=Reason.TEST_ALARM,
            source=test.source,
            message_id=test.message_id,
            digest=test.digest,
            at_source=test.at_source,
            clock_quality=test.clock_quality.value,
            sealed=test.sealed,
            text=test.text,
        )
    ]


def decide_duty(world: World, duty: Duty, now: float, cause: str) -> list[e.Event]:
    """A unit signs on or off by itself; off with an order in hand is told to the officer."""
    if duty.source not in world.units or duty.retained:
        return []
    if taken_before(world, duty.source, duty.message_id, duty.digest):
        return []
    changed = e.UnitDutyChanged(
        at=now,
        cause=cause,
        reason=Reason.SIGNED_ON if duty.on else Reason.SIGNED_OFF,
        source=duty.source,
        message_id=duty.message_id,
        digest=duty.digest,
        at_source=duty.at_source,
        clock_quality=duty.clock_quality.value,
        unit=duty.source,
        on=duty.on,
    )
    return [changed, *off_with_order(world, duty.source, now, cause, on=duty.on)]


def fire_duty(world: World, unit: str, now: float, late: bool) -> list[e.Event]:  # noqa: ARG001, FBT001 - a table's signature
    """The time that the officer gave is over: on duty again by itself."""
    return [
        e.UnitDutyChanged(
            at=now,
            cause="tick",
            reason=Reason.OFF_TIME_OVER,
            late=late,
            source="",
            unit=unit,
            on=True,
            by="post",
        )
    ]


def off_with_order(world: World, unit: str, now: float, cause: str, *, on: bool) -> list[e.Event]:
    """Going off duty ends no assignment: the officer decides."""
    orders = world.units[unit].orders
    if on or not orders:
        return []
    return [
        e.OfficerAlerted(
            at=now,
            cause=cause,
            reason=Reason.OFF_DUTY_WITH_ORDER,
            alert=world.ids().next("A"),
            unit=unit,
            order_id=orders[0],
            incident=world.assignments[orders[0]].incident,
        )
    ]


def decide_request(world: World, request: Request, now: float, cause: str) -> list[e.Event]:
    """A team asks for something: logged on its incident, and put before the officer."""
    if taken_before(world, request.source, request.message_id, request.digest):
        return []
    incident = _incident_of(world, request)
    received = e.RequestReceived(
        at=now,
        cause=cause,
        reason=Reason.ASKED_BY_TEAM,
        source=request.source,
        message_id=request.message_id,
        digest=request.digest,
        at_source=request.at_source,
        clock_quality=request.clock_quality.value,
        sealed=request.sealed,
        unit=request.source,
        need=request.need,
        order_id=request.order_id,
        incident=incident,
        text=request.text,
    )
    alert = e.OfficerAlerted(
        at=now,
        cause=cause,
        reason=Reason.ASKED_BY_TEAM,
        alert=world.ids().next("A"),
        incident=incident,
        unit=request.source,
        order_id=request.order_id,
        text=f"{request.need} {request.text}".strip(),
    )
    trusted = request.at_source if request.clock_quality in TRUSTED_CLOCKS else None
    there = answers(world, request.source, request.order_id, now, cause, trusted)
    return [received, alert, *there]


def _incident_of(world: World, request: Request) -> str:
    assignment = world.assignments.get(request.order_id)
    if assignment is None:
        unit = world.units.get(request.source)
        orders = unit.orders if unit else []
        assignment = world.assignments[orders[-1]] if orders else None
    return assignment.incident if assignment else ""


def decide_silence(world: World, source: str, now: float, *, late: bool) -> list[e.Event]:
    """No sign of life within the limit. Loss of contact is never a clear."""
    unit = world.units.get(source)
    state = world.sources.get(source)
    last = unit.last_at if unit else state.last_at if state else None
    return [
        e.SourceSilent(
            at=now,
            cause="tick",
            reason=Reason.SILENCE,
            late=late,
            source=source,
            last_at=last or 0.0,
        )
    ]
