"""When the log turns out to be shorter than one that somebody has seen. Pure.

A store restored from an old copy would give ids a second time; a handheld would take a new order
for a repeat. So a new era begins: ids and positions carry its number, and the officer is told.
"""

from __future__ import annotations

import re

from command.core import events as e
from command.core.reasons import Reason
from command.core.world import World

_ORDER = re.compile(r"(X?O)-e(\d{1,6})-(\d{1,12})")


def new_era(world: World, seen_era: int, seen: str, now: float, cause: str) -> list[e.Event]:
    """The events of a new era, later than any that was seen."""
    began = e.EraBegan(
        at=now,
        cause=cause,
        reason=Reason.LOG_SHORTER,
        era=max(seen_era, world.era) + 1,
        seen=seen,
    )
    alert = e.OfficerAlerted(
        at=now, cause=cause, reason=Reason.LOG_SHORTER, alert=_alert_id(began.era, world), text=seen
    )
    return [began, alert]


def _alert_id(era: int, world: World) -> str:
    """The first alert of the new era: counters begin again with it."""
    return f"{'XA' if world.exercise else 'A'}-e{era}-1"


def order_is_ahead(world: World, order_id: str) -> int | None:
    """The era of an order that this log has never given out, None for one it may have.

    An order of a drill says nothing about the live log, nor the other way round.
    """
    found = _ORDER.fullmatch(order_id)
    if found is None or found[1] != ("XO" if world.exercise else "O"):
        return None
    era, number = int(found[2]), int(found[3])
    if era > world.era or (era == world.era and number > world.counters.get("O", 0)):
        return era
    return None
