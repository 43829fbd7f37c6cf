"""Why this team: what an incident's page tells the officer beside the button. Pure.

Codes and numbers, not words: the console words them. Made for incidents that somebody looks at,
never on the way of an alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from command.core import coverage
from command.core.dispatch import Candidate, candidates, pace, travel_s, unit_status
from command.core.needs import open_needs
from command.core.plans import Family, Need
from command.core.tables import RUNNING
from command.core.township import Unit
from command.core.world import Incident, World
from sensors.observations import Position

TEAMS = 3  # the one that would go, and two others to choose from


@dataclass(frozen=True, slots=True)
class Pick:
    """One unit of a team, for one need."""

    need: Need
    candidate: Candidate


def explain(world: World, incident: Incident, now: float) -> dict[str, Any]:
    """`teams` (at most three, best first), `nearest`, `gap`, `holds` of the incident's open needs.

    teams: id, units [unit role people eta_s state], cost and its terms (they add up to it), eta_s
    of the last to arrive, free: all may go at once. nearest: the nearest with the leading role
    where it does not go, with the codes of why. gap: where help takes longer once the first team
    is gone, and who could stand by there. Times in seconds; nothing is asked for what has ended.
    """
    if incident.state not in RUNNING:
        return {"teams": [], "nearest": None, "gap": None, "holds": []}
    teams = _teams(world, incident, now)
    first = teams[0] if teams else []
    return {
        "teams": [_team(world, number, team) for number, team in enumerate(teams, start=1)],
        "nearest": _nearest(world, incident, now, first),
        "gap": _gap(world, incident, now, first),
        "holds": [],
    }


def _teams(world: World, incident: Incident, now: float) -> list[list[Pick]]:
    """The team that would go; then the best without the leading unit of each before it."""
    teams: list[list[Pick]] = []
    without: set[str] = set()
    while len(teams) < TEAMS:
        team = _team_without(world, incident, now, frozenset(without))
        if not team:
            break
        teams.append(team)
        without.add(_leading(team).candidate.unit.id)
    return teams


def _team_without(
    world: World, incident: Incident, now: float, without: frozenset[str]
) -> list[Pick]:
    """Who would be asked for each open need; none when the leading need would have nobody."""
    team: list[Pick] = []
    chosen: set[str] = set()
    for need, missing in open_needs(world, incident):
        people = 0
        for one in candidates(world, incident, need, now):
            if people >= missing or one.why_not:
                break
            if one.unit.id not in without and one.unit.id not in chosen:
                chosen.add(one.unit.id)
                people += one.unit.members
                team.append(Pick(need, one))
    leads = leading_need(world, incident)
    return team if any(pick.need == leads for pick in team) else []


def leading_need(world: World, incident: Incident) -> Need | None:
    """The open need that the team is chosen by: the must of most people, the first of equals."""
    needs = [need for need, _ in open_needs(world, incident)]
    return max(needs, key=lambda need: (need.must, need.quantity), default=None)


def _leading(team: list[Pick]) -> Pick:
    """The unit that stands for the team: the first of its largest must."""
    return max(team, key=lambda pick: (pick.need.must, pick.need.quantity))


def _team(world: World, number: int, team: list[Pick]) -> dict[str, Any]:
    terms: dict[str, float] = {}
    for pick in team:
        terms["way"] = terms.get("way", 0.0) + round(pick.candidate.eta_s, 1)
    return {
        "id": number,
        "units": [
            {
                "unit": pick.candidate.unit.id,
                "role": pick.need.role,
                "people": pick.candidate.unit.members,
                "eta_s": round(pick.candidate.eta_s),
                "state": unit_status(world, pick.candidate.unit.id),
            }
            for pick in team
        ],
        "cost": round(sum(terms.values()), 1),
        "terms": terms,
        "eta_s": round(max(pick.candidate.eta_s for pick in team)),
        "free": all(unit_status(world, p.candidate.unit.id) == "available" for p in team),
    }


def _nearest(
    world: World, incident: Incident, now: float, team: list[Pick]
) -> dict[str, Any] | None:
    """The nearest with the leading role, where it is not in the team."""
    need = leading_need(world, incident)
    if need is None:
        return None
    going = {pick.candidate.unit.id for pick in team}
    ranked = candidates(world, incident, need, now)
    nearest = min(ranked, key=lambda one: (one.eta_s, one.unit.id), default=None)
    if nearest is None or nearest.unit.id in going:
        return None
    why = nearest.why_not or ("unreachable" if world.units[nearest.unit.id].silent else "cost")
    return {"unit": nearest.unit.id, "eta_s": round(nearest.eta_s), "why_not": [why]}


def _gap(world: World, incident: Incident, now: float, team: list[Pick]) -> dict[str, Any] | None:
    """Of emergencies: where help takes longer when the team is gone."""
    if not team or world.plan_of(incident).family is not Family.EMERGENCY:
        return None
    assert world.township is not None
    found = coverage.gap(
        [unit for unit in world.township.units if _covers(world, unit)],
        {pick.candidate.unit.id for pick in team},
        coverage.villages(world.township.places),
        way_of(world, now),
    )
    if not found.area:
        return None
    return {
        "area": found.area,
        "before_s": round(found.before_s),
        "after_s": None if found.after_s is None else round(found.after_s),
        "fill": {"unit": found.fill, "to": found.area} if found.fill else None,
    }


def _covers(world: World, unit: Unit) -> bool:
    """A team that is free; a post at its desk covers nothing."""
    return not unit.shared and unit.members > 0 and unit_status(world, unit.id) == "available"


def way_of(world: World, now: float) -> Callable[[Unit, Position], float]:
    """Seconds from where a unit is to a position, now."""
    slower = pace(world, now)
    return lambda unit, to: travel_s(world, unit, to, slower)
