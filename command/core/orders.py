"""What a handheld is to show, exactly: the order payload of contract v1. Pure."""

from __future__ import annotations

from typing import Any

from command.core import events as e
from command.core.reasons import Reason
from command.core.tables import LIVE
from command.core.triage import local
from command.core.world import Assignment, Incident, World
from sensors.observations import Position

TEXT_LIMIT = 500
DRILL_MARK = "【演练】"  # on every text of a drill, in every language (DESIGN.md section 2)


def rfc3339(world: World, at: float) -> str:
    """The moment in the township's own time, to the millisecond."""
    assert world.township is not None
    return local(world.township, at).isoformat(timespec="milliseconds")


def place_name(world: World, place: str) -> str:
    """The place in the officer's words; "" when it is unknown."""
    known = world.index.places.get(place)
    return known.name if known else ""


def order_text(world: World, incident: Incident) -> str:
    """What was said about it, then the card's first lines."""
    plan = world.plan_of(incident)
    said = incident.text or plan.name
    text = " / ".join((said, *plan.first_orders))[:TEXT_LIMIT]
    return f"{DRILL_MARK}{text}" if world.exercise else text


def hazards_of(world: World, incident: Incident) -> list[str]:
    """The dangers that its card names, and those that were learned later."""
    return [*world.plan_of(incident).hazards, *incident.hazards_added]


def position_json(position: Position | None) -> dict[str, float] | None:
    """A contract position, WGS-84; None when nobody knows."""
    if position is None:
        return None
    value = {"lon": position.lon, "lat": position.lat}
    if position.accuracy_m is not None:
        value["accuracy_m"] = position.accuracy_m
    return value


def message(
    world: World,
    incident: Incident,
    *,
    order_id: str,
    unit: str,
    role: str,
    rev: int,
    state: str,
    now: float,
    expires_at: float,
    others: tuple[str, ...],
) -> dict[str, Any]:
    """The order as the contract has it."""
    value: dict[str, Any] = {
        "order_id": order_id,
        "rev": rev,
        "state": state,
        "incident_id": incident.id,
        "unit": unit,
        "role": role,
        "kind": incident.plan,
        "priority": incident.priority,
        "place": place_name(world, incident.place),
        "position": position_json(incident.position),
        "text": order_text(world, incident),
        "hazards": hazards_of(world, incident),
        "contact": "post",
        "others": list(others),
        "issued_at": rfc3339(world, now),
        "reply_within_s": max(0, round(expires_at - now)),
        "expires_at": rfc3339(world, expires_at),
        "exercise": world.exercise,
    }
    return value


def live_units(world: World, incident: Incident) -> list[str]:
    """Who is asked or on the way, or at work: the others, for each of them."""
    mine = (world.assignments[order] for order in incident.orders)
    return [assignment.unit for assignment in mine if assignment.status in LIVE]


def requeue(
    world: World,
    assignment: Assignment,
    state: str,
    now: float,
    cause: str,
    reason: Reason,
    under: Incident | None = None,
) -> e.OrderQueued:
    """The order's next revision: `updated` or `withdrawn`. It stays until the handheld has it."""
    before = world.incidents[assignment.incident]
    incident = under or before
    there = [*live_units(world, incident), *(live_units(world, before) if under else ())]
    others = tuple(unit for unit in dict.fromkeys(there) if unit != assignment.unit)
    rev = assignment.rev + 1
    return e.OrderQueued(
        at=now,
        cause=cause,
        reason=reason,
        order_id=assignment.order_id,
        unit=assignment.unit,
        rev=rev,
        state=state,
        message=message(
            world,
            incident,
            order_id=assignment.order_id,
            unit=assignment.unit,
            role=assignment.role,
            rev=rev,
            state=state,
            now=now,
            expires_at=max(assignment.expires_at, now),
            others=others,
        ),
        until=None,
    )
