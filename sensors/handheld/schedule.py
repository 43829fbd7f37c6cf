"""When each message of the outbox goes (again). Pure: seconds of any clock that never steps back.

Not on disk: after a restart, and on every new connection, everything goes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from sensors.handheld.values import Parcel
from sensors.observations import AlarmKind
from sensors.topics import Kind

PAUSES_S = (5.0, 10.0, 20.0, 40.0, 60.0)  # DESIGN.md section 2; the last one for ever


@dataclass(slots=True)
class Schedule:
    """Message id -> (times sent on this connection, when it goes again)."""

    sent: dict[str, tuple[int, float]] = field(default_factory=dict)


def due(schedule: Schedule, outbox: Mapping[str, Parcel], now: float) -> list[Parcel]:
    """What should go out by `now`: calls for help first, then oldest first."""
    ready = [parcel for key, parcel in outbox.items() if _next(schedule, key) <= now]
    return sorted(ready, key=lambda parcel: not _is_sos(parcel))


def next_due(schedule: Schedule, outbox: Iterable[str]) -> float:
    """When something of the outbox goes next; -infinity for now, infinity for never."""
    return min((_next(schedule, key) for key in outbox), default=inf)


def mark_sent(schedule: Schedule, message_id: str, now: float) -> None:
    """It went out; the next time is a longer pause away."""
    times, _ = schedule.sent.get(message_id, (0, -inf))
    pause = PAUSES_S[min(times, len(PAUSES_S) - 1)]
    schedule.sent[message_id] = (times + 1, now + pause)


def at_once(schedule: Schedule, message_id: str) -> None:
    """The post asks for it by repeating its order."""
    times, _ = schedule.sent.get(message_id, (0, -inf))
    schedule.sent[message_id] = (times, -inf)


def restart(schedule: Schedule) -> None:
    """A new connection, or the post is back: all at once, and the short pauses again."""
    schedule.sent.clear()


def forget_receipted(schedule: Schedule, outbox: Mapping[str, Parcel]) -> None:
    """Drop what has left the outbox."""
    for key in [key for key in schedule.sent if key not in outbox]:
        del schedule.sent[key]


def _next(schedule: Schedule, message_id: str) -> float:
    return schedule.sent.get(message_id, (0, -inf))[1]


def _is_sos(parcel: Parcel) -> bool:
    return parcel.kind is Kind.ALARM and parcel.body["kind"] == AlarmKind.SOS
