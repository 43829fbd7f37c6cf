"""What an incident still lacks: its needs, less those who come. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from command.core.plans import Need
from command.core.tables import COMMITTED, RUNNING, Status
from command.core.world import Assignment, Incident, World


def has_taken(incident: Incident, assignment: Assignment) -> bool:
    """It is at work on this, or has done its part since the incident was last opened."""
    done = assignment.status is Status.DONE and assignment.changed_at > incident.reopened_at
    return done or assignment.status in COMMITTED


def open_needs(
    world: World, incident: Incident, *, offers_count: bool = True
) -> Iterator[tuple[Need, int]]:
    """Needs not covered by assignments, with the people missing; must before should."""
    people: dict[str, int] = {}
    for order_id in incident.orders:
        assignment = world.assignments[order_id]
        offered = offers_count and assignment.status is Status.OFFERED
        if offered or has_taken(incident, assignment):
            people[assignment.role] = people.get(assignment.role, 0) + assignment.people
    for need in sorted(incident.needs, key=lambda n: not n.must):
        covered = min(people.get(need.role, 0), need.quantity)
        people[need.role] = people.get(need.role, 0) - covered
        if covered < need.quantity:
            yield need, need.quantity - covered


def need_is_open(world: World, incident: Incident, role: str) -> bool:
    """A late yes is still of use: nobody else has taken the role in full meanwhile."""
    return incident.state in RUNNING and any(
        need.role == role for need, _ in open_needs(world, incident, offers_count=False)
    )


def known_to_lack(world: World, incident: Incident) -> bool:
    """Every need that is open waits for somebody, or is known to have nobody."""
    waits = {(hold.role, hold.must) for hold in incident.holds}
    lacks = {(role, True) for role in incident.nobody_for}
    wants = {(role, False) for role in incident.nobody_wanted}
    known = waits | lacks | wants
    return all((need.role, need.must) in known for need, _ in open_needs(world, incident))
