"""Who sits at the consoles, and what follows when nobody does. Pure.

An acknowledgement is one officer's "I have it": it ends when that officer's last console has been
gone for a minute. When no officer's console is left for a minute, the second line is called on the
handheld, the leader on duty where there is none (CONSOLE.md section 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from command.core import events as e
from command.core.attention import LEADER, SECOND
from command.core.changes import touch, unacknowledge
from command.core.notices import call_of
from command.core.reasons import Reason
from command.core.world import World

GONE_S = 60.0
ROLES = frozenset({"officer", "leader"})


@dataclass(frozen=True, slots=True)
class Absent:
    """`gone`: officers whose last console has been gone for a minute. `nobody`: none is left."""

    gone: tuple[str, ...] = ()
    nobody: bool = False


class Presence:
    """Looked at every now and then; what it has told, it tells again only after a return.

    Absence counts from the first look that missed somebody: a post that stalled has seen nothing.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._missing: dict[str, float] = {}
        self._staffed = False
        self._empty_since: float | None = None
        self._told = False

    def load(self, world: World) -> None:
        """After the world was built: who must come back, or his word ends."""
        self._known |= {i.ack_by for i in world.incidents.values() if i.ack_by}
        self._staffed = bool(world.commands)

    def look(self, now: float, here: Iterable[str]) -> Absent | None:
        """`here`: the officers connected now. None while there is nothing to say."""
        present = frozenset(here)
        found = Absent(self._gone(now, present), self._nobody(now, anybody=bool(present)))
        return found if found != Absent() else None

    def _gone(self, now: float, present: frozenset[str]) -> tuple[str, ...]:
        self._known |= present
        for name in present:
            self._missing.pop(name, None)
        for name in self._known - present:
            self._missing.setdefault(name, now)
        gone = sorted(name for name, since in self._missing.items() if now - since >= GONE_S)
        for name in gone:
            del self._missing[name]
            self._known.discard(name)
        return tuple(gone)

    def _nobody(self, now: float, *, anybody: bool) -> bool:
        if anybody:
            self._staffed, self._told, self._empty_since = True, False, None
            return False
        if self._empty_since is None:
            self._empty_since = now
        if self._told or not self._staffed or now - self._empty_since < GONE_S:
            return False
        self._told = True
        return True


def decide_absent(world: World, absent: Absent, now: float, cause: str) -> list[e.Event]:
    """Nobody has what only the missing had; and somebody is called when nobody is left."""
    ended: list[e.Event] = [
        e.AcknowledgementEnded(
            at=now,
            cause=cause,
            reason=Reason.OFFICER_GONE,
            incident=incident.id,
            by=incident.ack_by,
        )
        for incident in world.incidents.values()
        if incident.ack_by in absent.gone and incident.ended_at is None
    ]
    if not absent.nobody:
        return ended
    ids = world.ids()
    to = SECOND if world.index.by_role.get(SECOND) else LEADER  # not every office has a second line
    alert = e.OfficerAlerted(
        at=now, cause=cause, reason=Reason.NO_OFFICER, alert=ids.next("A"), text=to
    )
    return [*ended, alert, *call_of(world, to, "", Reason.NO_OFFICER, now, ids, late=False)]


def acknowledgement_ended(world: World, event: e.AcknowledgementEnded) -> None:
    """Nobody has it, and somebody is asked for it again."""
    unacknowledge(world, touch(world, event.incident, event), event.at)
