"""One offer, and its order in the outbox; and the news that nobody is left. Pure."""

from __future__ import annotations

from collections.abc import Collection

from command.core import events as e
from command.core.board import Candidate
from command.core.orders import live_units, message
from command.core.plans import Need, Plan
from command.core.reasons import Reason
from command.core.triage import is_night
from command.core.world import Ids, Incident, World

CAUSE = "dispatch"


def reply_window_s(world: World, plan: Plan, now: float) -> float:
    """Seconds a unit has to answer; longer at night (CENTRES.md section 4)."""
    assert world.township is not None
    return plan.reply_within_night_s if is_night(world.township, now) else plan.reply_within_s


def offer(
    world: World,
    incident: Incident,
    candidate: Candidate,
    role: str,
    now: float,
    *,
    ids: Ids,
    cause: str,
    reason: Reason,
    by: str = "post",
    team: Collection[str] = (),
) -> list[e.Event]:
    """One offer, and its order in the outbox. `team`: all units that are offered it now."""
    unit = candidate.unit
    order_id = ids.next("O")
    expires_at = round(now + reply_window_s(world, world.plan_of(incident), now), 3)
    there = dict.fromkeys([*live_units(world, incident), *team])
    offered = e.UnitOffered(
        at=now,
        cause=cause,
        reason=reason,
        order_id=order_id,
        incident=incident.id,
        unit=unit.id,
        role=role,
        people=unit.members,
        eta_s=round(candidate.eta_s, 1),
        expires_at=expires_at,
        by=by,
        why=candidate.why,
        terms=candidate.terms or None,
        then=candidate.then,
    )
    queued = e.OrderQueued(
        at=now,
        cause=cause,
        reason=reason,
        order_id=order_id,
        unit=unit.id,
        rev=1,
        state="offered",
        message=message(
            world,
            incident,
            order_id=order_id,
            unit=unit.id,
            role=role,
            rev=1,
            state="offered",
            now=now,
            expires_at=expires_at,
            others=tuple(other for other in there if other != unit.id),
        ),
        until=expires_at,
    )
    return [offered, queued]


def nobody_left(
    incident: Incident, need: Need, missing: int, now: float, ids: Ids
) -> list[e.Event]:
    """An alarm of its own where the need is a must; a fact in the log otherwise."""
    fact = e.NobodyLeft(
        at=now,
        cause=CAUSE,
        reason=Reason.NOBODY_LEFT,
        incident=incident.id,
        role=need.role,
        missing=missing,
        must=need.must,
    )
    if not need.must:
        return [fact]
    alert = e.OfficerAlerted(
        at=now,
        cause=CAUSE,
        reason=Reason.NOBODY_LEFT,
        alert=ids.next("A"),
        incident=incident.id,
        text=need.role,
    )
    return [fact, alert]
