"""Words to everybody, to a place, or to one unit's handhelds: on disk first, then on the air. Pure.

A notice waits in the world until the broker has it, so that it survives a restart; it may then go
twice, and handhelds show an id once.
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.changes import count
from command.core.ordering import Ordered, Refused, cause_of_command
from command.core.orders import DRILL_MARK
from command.core.reasons import Reason, Refusal
from command.core.world import Ids, Notice, World
from sensors.topics import is_name

EVERYBODY = "all"
CALL_EVERY_S = 60.0  # one who is called already looks at the post, not at the tenth call
KEPT = 50  # those that are out; one that waits is never dropped


def decide_notice(world: World, c: m.Notice, o: Ordered, now: float) -> list[e.Event]:
    """The officer's words, to everybody or to a place of the township."""
    known = c.place == EVERYBODY or (c.place in world.index.places and is_name(c.place))
    if not known:
        raise Refused(Refusal.UNKNOWN_PLACE, what=c.place)
    return [
        e.NoticeIssued(
            at=now,
            cause=cause_of_command(c),
            reason=Reason.BY_OFFICER,
            notice=world.ids().next("N"),
            to=c.place,
            by=o.by,
            text=f"{DRILL_MARK}{c.text}" if world.exercise else c.text,
        )
    ]


def call_of(
    world: World, role: str, incident: str, reason: Reason, now: float, ids: Ids, *, late: bool
) -> list[e.Event]:
    """Who holds this role is called on the handheld: the post words it from the incident.

    In a storm of incidents once a minute: it says to look, and there all of them stand.
    """
    return [
        e.NoticeIssued(
            at=now,
            cause="tick",
            reason=reason,
            late=late,
            notice=ids.next("N"),
            to=unit.id,
            by="post",
            incident=incident,
        )
        for unit in world.index.by_role.get(role, ())
        if not _called_just_now(world, unit.id, now)
    ]


def _called_just_now(world: World, unit: str, now: float) -> bool:
    mine = (notice.at for notice in world.notices.values() if notice.to == unit)
    return any(now - at < CALL_EVERY_S for at in mine)


def issued(world: World, event: e.NoticeIssued) -> None:
    """It waits for the broker; of those that are out the oldest are forgotten."""
    count(world, event.notice)
    world.notices[event.notice] = Notice(
        event.at, event.to, event.by, event.text, event.incident, event.reason
    )
    out = [ident for ident, notice in world.notices.items() if notice.sent_at is not None]
    for ident in out[: max(0, len(world.notices) - KEPT)]:
        del world.notices[ident]


def sent(world: World, event: e.NoticeSent) -> None:
    """The broker has it."""
    notice = world.notices.get(event.notice)
    if notice is not None:
        notice.sent_at = event.at
