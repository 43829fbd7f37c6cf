"""Why this team: what an incident's page tells the officer beside the button. Pure.

Codes and numbers, not words: the console words them. Made for incidents that somebody looks at,
never on the way of an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from command.core import coverage
from command.core.board import Candidate
from command.core.dispatch import candidates, recommend, unit_status
from command.core.needs import open_needs
from command.core.plans import Family, Need
from command.core.reasons import WhyNot
from command.core.served import Served
from command.core.tables import RUNNING
from command.core.travel import pace, unit_ways
from command.core.world import Hold, Incident, World
from sensors.observations import Position

TEAMS = 3  # the one that would go, and two others to choose from


def explain(world: World, incident: Incident, now: float) -> dict[str, Any]:
    """`teams` (at most three, best first), `nearest`, `gap`, `holds` of the incident's open needs.

    teams: id, units [unit role people eta_s state], cost and its terms (they add up to it), eta_s
    of the last to arrive, free: nobody is waited for. nearest: the nearest with the leading role
    where it does not go, with the codes of why. gap: where help takes longer once the first team
    is gone, and who could stand by there. holds: who is waited for, in how many seconds it is
    free, and its way then. Times in seconds; nothing is asked for what has ended.
    """
    if incident.state not in RUNNING:
        return {"teams": [], "nearest": None, "gap": None, "holds": []}
    teams = _teams(world, incident, now)
    first = teams[0] if teams else []
    return {
        "teams": [_team(world, number, team) for number, team in enumerate(teams, start=1)],
        "nearest": _nearest(world, incident, now, first),
        "gap": _gap(world, incident, now, first),
        "holds": [_hold(hold, now) for hold in incident.holds],
    }


def _teams(world: World, incident: Incident, now: float) -> list[list[Served]]:
    """The team that would go; then the best without the leading unit of each before it."""
    teams: list[list[Served]] = []
    without: set[str] = set()
    while len(teams) < TEAMS:
        team = recommend(world, incident, now, frozenset(without))
        leads = next((one for one in team if one.ask.need == _leading_need(team)), None)
        if leads is None or not leads.picks:
            break
        teams.append(team)
        without.add(leads.picks[0].unit.id)
    return teams


def _leading_need(team: Sequence[Served]) -> Need | None:
    """What the team is chosen by: the must of most people, the first of equals."""
    needs = [one.ask.need for one in team]
    return max(needs, key=lambda need: (need.must, need.quantity), default=None)


def _team(world: World, number: int, team: Sequence[Served]) -> dict[str, Any]:
    picks = [(one, pick) for one in team for pick in one.picks]
    terms: dict[str, float] = {}
    for _, pick in picks:
        for name, value in pick.terms.items():
            terms[name] = round(terms.get(name, 0.0) + value, 1)
    return {
        "id": number,
        "units": [_member(world, one, pick) for one, pick in picks],
        "cost": round(sum(terms.values()), 1),
        "terms": terms,
        "eta_s": round(max(pick.eta_s for _, pick in picks)),
        "free": all(one.hold is None for one in team),
    }


def _member(world: World, one: Served, pick: Candidate) -> dict[str, Any]:
    return {
        "unit": pick.unit.id,
        "role": one.ask.need.role,
        "people": pick.unit.members,
        "eta_s": round(pick.eta_s),
        "state": unit_status(world, pick.unit.id),
    }


def _nearest(
    world: World, incident: Incident, now: float, team: Sequence[Served]
) -> dict[str, Any] | None:
    """The nearest with the leading role, where it does not go."""
    needs = [need for need, _ in open_needs(world, incident)]
    need = max(needs, key=lambda need: (need.must, need.quantity), default=None)
    if need is None:
        return None
    ranked = candidates(world, incident, need, now)
    nearest = min(ranked, key=lambda one: (one.eta_s, one.unit.id), default=None)
    if nearest is None or nearest.unit.id in {p.unit.id for one in team for p in one.picks}:
        return None
    silent = world.units[nearest.unit.id].silent
    why = nearest.why_not or (WhyNot.UNREACHABLE if silent else WhyNot.COST).value
    return {"unit": nearest.unit.id, "eta_s": round(nearest.eta_s), "why_not": [why]}


def _gap(
    world: World, incident: Incident, now: float, team: Sequence[Served]
) -> dict[str, Any] | None:
    """Of emergencies: where help takes longer when the team is gone."""
    if not team or world.plan_of(incident).family is not Family.EMERGENCY:
        return None
    found = coverage.gap(_ways(world, now), {p.unit.id for one in team for p in one.picks})
    if found is None:
        return None
    return {
        "area": found.area,
        "before_s": round(found.before_s),
        "after_s": None if found.after_s is None else round(found.after_s),
        "fill": {"unit": found.fill, "to": found.area} if found.fill else None,
    }


def _ways(world: World, now: float) -> dict[str, dict[str, float]]:
    """Of every team that is free, the seconds to every village."""
    assert world.township is not None
    villages = coverage.villages(world.township.places)
    free = [unit for unit in world.index.teams if unit_status(world, unit.id) == "available"]
    targets = [Position(place.lon, place.lat) for place in villages]
    seconds = unit_ways(world, free, targets, pace(world, now)).seconds
    return {
        unit.id: {place.id: float(seconds[row, column]) for row, place in enumerate(villages)}
        for column, unit in enumerate(free)
    }


def _hold(hold: Hold, now: float) -> dict[str, Any]:
    return {
        "role": hold.role,
        "unit": hold.unit,
        "wait_s": round(max(0.0, hold.free_at - now)),
        "eta_s": round(hold.eta_s),
    }
