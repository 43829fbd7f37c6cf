"""A drill is over at once, because something is real, or because it has run. Pure.

On the drill's own post every order is taken back, every incident ended and everybody told in one
commit, and nobody is ordered anything from then on. On the live post it is a fact in the log, which
drills that are played beside it wait for (docs/decisions/026-live-play.md).
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.assignments import withdraw
from command.core.notices import EVERYBODY
from command.core.ordering import Ordered, cause_of_command
from command.core.orders import DRILL_MARK
from command.core.reasons import Reason
from command.core.tables import LIVE, RUNNING
from command.core.world import World


def decide_stop_play(world: World, c: m.StopPlay, o: Ordered, now: float) -> list[e.Event]:
    """Stop play. `c.text` is what everybody reads; a second time it does no harm."""
    cause = cause_of_command(c)
    stopped = e.PlayStopped(at=now, cause=cause, reason=Reason.BY_OFFICER, by=o.by, text=c.text)
    if not world.exercise:
        return [stopped]
    running = [one for one in world.incidents.values() if one.state in RUNNING]
    events: list[e.Event] = [stopped]
    for incident in running:
        events.append(
            e.IncidentEnded(
                at=now,
                cause=cause,
                reason=Reason.PLAY_STOPPED,
                incident=incident.id,
                state="resolved",
                by=o.by,
                outcome=c.text,
            )
        )
        for order in incident.orders:
            assignment = world.assignments[order]
            if assignment.status in LIVE:
                events += withdraw(world, assignment, now, cause, Reason.PLAY_STOPPED, by=o.by)
    told = e.NoticeIssued(
        at=now,
        cause=cause,
        reason=Reason.PLAY_STOPPED,
        notice=world.ids().next("N"),
        to=EVERYBODY,
        by=o.by,
        text=f"{DRILL_MARK}{c.text}",
    )
    return [*events, told]


def stopped(world: World, event: e.PlayStopped) -> None:
    """In a drill nothing is ordered any more."""
    if world.exercise:
        world.stopped_at = event.at
