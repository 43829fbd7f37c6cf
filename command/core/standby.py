"""Standing by somewhere else, so that help stays near where it has gone from. Pure.

Proposed beside a team (`coverage.py`, one move at most), ordered by the officer, told to the unit
as a notice. A unit that says where it is, is there; one that does not is reckoned to be there once
it has had the time.
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.ordering import Ordered, Refused, cause_of_command, unit_on_duty
from command.core.reasons import Reason, Refusal
from command.core.travel import pace, travel_s
from command.core.world import World
from sensors.observations import Position


def decide_move(world: World, c: m.Move, o: Ordered, now: float) -> list[e.Event]:
    """To a place of the township; without one, back to where the unit is stationed."""
    unit = unit_on_duty(world, c.unit)
    if c.place and c.place not in world.index.places:
        raise Refused(Refusal.UNKNOWN_PLACE, what=c.place)
    if orders := world.units[unit.id].orders:
        job = world.assignments[orders[0]]
        raise Refused(Refusal.UNIT_COMMITTED, what=f"{unit.id} {job.incident}")
    way_s = travel_s(world, unit, place_of(world, unit.id, c.place), pace(world, now))
    ordered = e.StandbyOrdered(
        at=now,
        cause=cause_of_command(c),
        reason=Reason.BY_OFFICER,
        unit=unit.id,
        place=c.place,
        there_at=round(now + way_s, 3),
        by=o.by,
    )
    told = e.NoticeIssued(
        at=now,
        cause=cause_of_command(c),
        reason=Reason.STANDBY,
        notice=world.ids().next("N"),
        to=unit.id,
        by=o.by,
        text=c.said,
    )
    return [ordered, told]


def place_of(world: World, unit: str, place: str) -> Position | None:
    """Where it stands by: at the place, at home without one."""
    if not place:
        return world.index.homes[unit][1]
    known = world.index.places[place]
    return Position(known.lon, known.lat)


def ordered(world: World, event: e.StandbyOrdered) -> None:
    """On its way."""
    unit = world.units[event.unit]
    unit.standby, unit.standby_from = event.place, event.at
    world.due[f"standby:{event.unit}"] = event.there_at


def fire_standby(world: World, unit: str, now: float, late: bool) -> list[e.Event]:  # noqa: FBT001 - a table's signature
    """It has had the time. Where it is, is reckoned only if it has not said so itself."""
    state = world.units[unit]
    said_so = state.located_at is not None and state.located_at > state.standby_from
    reckoned = not (said_so or state.orders) and unit in world.index.units
    return [
        e.StandbyReached(
            at=now,
            cause="tick",
            reason=Reason.RECKONED,
            late=late,
            unit=unit,
            position=place_of(world, unit, state.standby) if reckoned else None,
        )
    ]


def reached(world: World, event: e.StandbyReached) -> None:
    """As far as we know it is there."""
    world.due.pop(f"standby:{event.unit}", None)
    if event.position is not None:
        world.units[event.unit].position = event.position
