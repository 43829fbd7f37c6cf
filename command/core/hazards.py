"""The dangers of an incident: the card's, those learned later, and who has read which. Pure.

A danger is known by its own text. One that is new goes to every unit on it at once, and ends the
acknowledgement: who took the incident on did not know of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from command import messages as m
from command.core import events as e
from command.core.changes import touch, unacknowledge
from command.core.ordering import Ordered, Refused, cause_of_command, running_incident
from command.core.orders import hazards_of, requeue
from command.core.reasons import Reason, Refusal
from command.core.tables import LIVE
from command.core.world import Incident, World

ADDED_LIMIT = 20  # of one incident: an order is a page to read, and a message of 64 KiB


def unread(world: World, incident: Incident) -> list[str]:
    """The dangers that nobody has read."""
    return [text for text in hazards_of(world, incident) if text not in incident.hazards_read]


def read_by(
    world: World, incident: Incident, texts: Iterable[str], by: str, now: float, cause: str
) -> list[e.Event]:
    """What of `texts` is a danger of this incident, and was read by nobody before."""
    new = [text for text in unread(world, incident) if text in set(texts)]
    if not new:
        return []
    return [
        e.HazardsRead(
            at=now,
            cause=cause,
            reason=Reason.BY_OFFICER,
            incident=incident.id,
            by=by,
            hazards=tuple(new),
        )
    ]


def only_of(world: World, gone: Incident, into: Incident) -> list[str]:
    """The dangers of `gone` that `into` does not have: a merge must not lose them."""
    known = hazards_of(world, into)
    return [text for text in hazards_of(world, gone) if text not in known]


def with_dangers(incident: Incident, texts: Iterable[str]) -> Incident:
    """The incident as it is once these dangers are known; the world stays as it is."""
    return replace(incident, hazards_added=[*incident.hazards_added, *texts])


def update_orders(
    world: World, before: Incident, after: Incident, now: float, cause: str
) -> list[e.Event]:
    """Every unit on it gets its order anew, with the dangers of `after`."""
    on_it = (world.assignments[order] for order in before.orders)
    return [
        requeue(world, assignment, "updated", now, cause, Reason.NEW_HAZARD, after)
        for assignment in on_it
        if assignment.status in LIVE
    ]


def decide_hazard(world: World, c: m.Hazard, o: Ordered, now: float) -> list[e.Event]:
    """A danger learned later, from whomever; in the order of every unit that is on it."""
    incident = running_incident(world, c.incident)
    if c.text in hazards_of(world, incident):
        raise Refused(Refusal.HAZARD_KNOWN, what=c.text)
    if len(incident.hazards_added) >= ADDED_LIMIT:
        raise Refused(Refusal.TOO_MANY_HAZARDS)
    cause = cause_of_command(c)
    added = e.HazardAdded(
        at=now, cause=cause, reason=Reason.BY_OFFICER, incident=incident.id, text=c.text, by=o.by
    )
    after = with_dangers(incident, [c.text])
    return [added, *update_orders(world, incident, after, now, cause)]


def joined(world: World, gone: Incident, into: Incident) -> None:
    """What was known of the one is known of both, and so is who has read it."""
    for text in only_of(world, gone, into):
        into.hazards_added.append(text)
        if text in gone.hazards_read:
            into.hazards_read[text] = gone.hazards_read[text]


def hazards_read(world: World, event: e.HazardsRead) -> None:
    """Reading is no change that a command could miss: the version stays."""
    incident = world.incidents[event.incident]
    for text in event.hazards:
        incident.hazards_read.setdefault(text, event.by)


def hazard_added(world: World, event: e.HazardAdded) -> None:
    """Known from now on, read by nobody yet."""
    incident = touch(world, event.incident, event, event.by)
    incident.hazards_added.append(event.text)
    unacknowledge(world, incident, event.at)
