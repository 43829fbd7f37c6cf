"""Who goes: ranked candidates with reasons for every open need, once per batch. Pure.

Here: the nearest by travel time with the needed role. The full dispatcher (all needs at once,
holds, coverage) takes the place of `candidates`; what surrounds it stays.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from command.core import events as e
from command.core.geo import distance_m
from command.core.needs import open_needs
from command.core.orders import live_units, message
from command.core.plans import Family, Need, Offer, Plan
from command.core.reasons import Reason
from command.core.tables import LIVE, RUNNING
from command.core.township import Unit
from command.core.triage import is_night
from command.core.world import Ids, Incident, World
from sensors.observations import Position

NIGHT_FACTOR = 1.5  # every way takes longer at night (CENTRES.md (a))
CAUSE = "dispatch"
FIRST_N_AHEAD = 2  # first_n asks this many times the people still missing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit for a need. `why_not` names what keeps it away; "" means it may go."""

    unit: Unit
    eta_s: float
    why_not: str = ""


def unit_status(world: World, unit_id: str) -> str:
    """off_duty, unreachable, committed or available: derived, never stored."""
    state = world.units[unit_id]
    if not state.on_duty:
        return "off_duty"
    if state.orders:
        return "committed"
    return "unreachable" if state.silent else "available"


def pace(world: World, now: float) -> float:
    """How much longer every way takes now than by day."""
    assert world.township is not None
    return NIGHT_FACTOR if is_night(world.township, now) else 1.0


def travel_s(world: World, unit: Unit, to: Position | None, slower: float) -> float:
    """Seconds by the unit's usual means, straight line times detour; an hour when nobody knows."""
    assert world.township is not None
    if to is None:
        return 3600.0
    start = world.units[unit.id].position or Position(unit.lon, unit.lat)
    way = distance_m(start, to) * world.township.limits.detour
    return way / (unit.speed_kmh / 3.6) * slower


def _why_not(world: World, unit: Unit, asked: set[str], taken: frozenset[str]) -> str:
    status = unit_status(world, unit.id)
    if status == "off_duty":
        return "off_duty"
    if unit.members < 1:
        return "no_members"
    if unit.id in asked:
        return "asked_before"
    if not unit.shared and (status == "committed" or unit.id in taken):
        return "committed"
    return ""


def _asked(world: World, incident: Incident) -> set[str]:
    """Since it was last opened: what was before a reopening is over for the units, too.

    With those whom the officer leaves out: nobody is asked against their word.
    """
    mine = (world.assignments[order] for order in incident.orders)
    return set(incident.left_out) | {
        a.unit for a in mine if a.status in LIVE or a.changed_at > incident.reopened_at
    }


def candidates(
    world: World,
    incident: Incident,
    need: Need,
    now: float,
    taken: frozenset[str] = frozenset(),
    level: int | None = None,
) -> list[Candidate]:
    """Every unit with the role: those that may go, nearest first; then the others, with why.

    A unit that has not been heard of for long comes after all others that may go: an order that
    perhaps nobody reads is better than none.
    """
    role = world.responsible_role(incident, need.role, level)
    emergency = world.plan_of(incident).family is Family.EMERGENCY
    asked, slower = _asked(world, incident), pace(world, now)
    found = [
        Candidate(
            unit,
            travel_s(world, unit, incident.position, slower),
            _why_not(world, unit, asked, taken),
        )
        for unit in world.index.by_role.get(role, ())
        if emergency or _answers_for(world, unit, incident.place)
    ]
    return sorted(
        found,
        key=lambda one: (
            bool(one.why_not),
            world.units[one.unit.id].silent,
            one.eta_s,
            one.unit.id,
        ),
    )


def _answers_for(world: World, unit: Unit, place: str) -> bool:
    """A post answers for its own group or village, and for the township when it has no place."""
    if not unit.place or not place:
        return True
    own, there = world.index.places.get(unit.place), world.index.places.get(place)
    if own is None or there is None or own.kind.value == "key":
        return True
    return own.id in {there.id, there.village}


def need_is_open(world: World, incident: Incident, role: str) -> bool:
    """A late yes is still of use: nobody else has taken the role in full meanwhile."""
    return incident.state in RUNNING and any(
        need.role == role for need, _ in open_needs(world, incident, offers_count=False)
    )


def dispatch(world: World, now: float) -> list[e.Event]:
    """Offers for all released incidents with open needs, most urgent first.

    What must be comes before what should be, whosever it is: the clinic goes to the hurt of an
    accident before it stands by at a flood.
    """
    waiting = [world.incidents[i] for i in world.index.wanting]
    ready = [i for i in waiting if i.state in RUNNING and i.released_at is not None]
    ready.sort(key=lambda i: (i.priority, i.opened_at, i.id))
    events: list[e.Event] = []
    taken: set[str] = set()
    asked: dict[str, set[str]] = {incident.id: set() for incident in ready}
    ids = world.ids()
    for must in (True, False):
        for incident in ready:
            events += _serve_or_say_why(
                world, incident, now, taken, asked[incident.id], ids, must=must
            )
    return events


def _serve_or_say_why(
    world: World,
    incident: Incident,
    now: float,
    taken: set[str],
    asked: set[str],
    ids: Ids,
    *,
    must: bool,
) -> list[e.Event]:
    """One incident that we fail on must not keep the others waiting, nor fail in silence."""
    try:
        return _serve(world, incident, now, taken, asked, ids, must=must)
    except Exception as error:  # noqa: BLE001 - ours, whatever it is: the officer must send by hand
        return [
            e.OfficerAlerted(
                at=now,
                cause=CAUSE,
                reason=Reason.POISON,
                alert=ids.next("A"),
                incident=incident.id,
                text=f"{type(error).__name__}: {error}"[:300],
            )
        ]


def _serve(
    world: World,
    incident: Incident,
    now: float,
    taken: set[str],
    asked: set[str],
    ids: Ids,
    *,
    must: bool,
) -> list[e.Event]:
    """Offers for its open musts, or shoulds; then what nobody is left for, if that is news.

    `asked` are the units that this incident was given already: a unit takes one role in one.
    """
    plan = world.plan_of(incident)
    team: list[tuple[Need, Candidate, list[Candidate]]] = []
    short: list[tuple[Need, int]] = []
    for need, missing in open_needs(world, incident):
        if need.must is not must:
            continue
        ranked = candidates(world, incident, need, now, frozenset(taken | asked))
        chosen, left = _choose(ranked, plan, missing, asked)
        asked.update(candidate.unit.id for candidate in chosen)
        team += [(need, candidate, ranked) for candidate in chosen]
        told = incident.nobody_for if need.must else incident.nobody_wanted
        if left > 0 and need.role not in told:
            short.append((need, left))
    taken |= {one.unit.id for _, one, _ in team if not one.unit.shared}
    events: list[e.Event] = []
    for need, candidate, ranked in team:
        events += offer(
            world,
            incident,
            candidate,
            need.role,
            now,
            ids=ids,
            cause=CAUSE,
            reason=_reason(world, incident, need),
            why=_why(candidate, ranked),
            team=sorted(asked),
        )
    for need, left in short:
        events += _nobody_left(incident, need, left, now, ids)
    return events


def _choose(
    ranked: list[Candidate], plan: Plan, missing: int, asked: set[str]
) -> tuple[list[Candidate], int]:
    """The first units whose people fill the need, and how many people are still missing then."""
    wanted = missing * (FIRST_N_AHEAD if plan.offer is Offer.FIRST_N else 1)
    chosen: list[Candidate] = []
    people = 0
    for candidate in ranked:
        if people >= wanted:
            break
        if candidate.why_not or candidate.unit.id in asked:
            continue
        chosen.append(candidate)
        people += candidate.unit.members
    return chosen, max(0, missing - people)


def _reason(world: World, incident: Incident, need: Need) -> Reason:
    if world.plan_of(incident).ladder:
        return Reason.RESPONSIBLE_POST
    before = any(world.assignments[order].role == need.role for order in incident.orders)
    return Reason.NEXT_BEST if before else Reason.NEAREST_WITH_ROLE


def _why(chosen: Candidate, ranked: list[Candidate]) -> tuple[str, ...]:
    """Minutes to the scene, and why each nearer unit does not go: at most three."""
    nearer = sorted(
        (one for one in ranked if one.why_not and one.eta_s < chosen.eta_s),
        key=lambda one: one.eta_s,
    )
    return (
        f"eta_min:{math.ceil(chosen.eta_s / 60)}",
        *(f"not:{one.unit.id}:{one.why_not}" for one in nearer[:3]),
    )


def _nobody_left(
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
    why: tuple[str, ...] = (),
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
        why=why,
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
