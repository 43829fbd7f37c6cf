"""What a shift's log lines say in numbers, each with how many it was counted from. Pure.

Counted from the lines at hand and nothing else: where they do not reach back to the start of the
shift, `since` says from when they do. Fewer than `FEW` are a count, never a percentage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

Row = Mapping[str, Any]
FEW = 5
BUCKET_S = 600.0  # alarms are metered in ten minutes (CONSOLE.md section 3)
BUCKETS_SHOWN = 9


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that something took, each with the incident it was."""

    taken: tuple[tuple[float, str], ...] = ()

    @property
    def n(self) -> int:
        """How many."""
        return len(self.taken)

    @property
    def worst(self) -> tuple[float, str]:
        """The longest, and whose it was."""
        return max(self.taken, default=(0.0, ""))

    def ninety(self) -> float | None:
        """What nine of ten kept (nearest rank); None of fewer than `FEW`."""
        if self.n < FEW:
            return None
        return sorted(seconds for seconds, _which in self.taken)[ceil(0.9 * self.n) - 1]

    def within(self, limit_s: float) -> int:
        """How many took no longer."""
        return sum(seconds <= limit_s for seconds, _which in self.taken)


@dataclass(frozen=True, slots=True)
class Noise:
    """A source that alarmed: how often, and how often it was something."""

    source: str
    kind: str
    alarms: int
    useful: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one period. `opened` by level 1 to 4, without cases; `buckets` the latest last.

    `by_hand`: orders that an officer gave; `reasons`: why another team went than was advised.
    """

    since: float
    until: float
    lines: int
    opened: Mapping[int, int] = field(default_factory=dict)
    to_acknowledge: Waits = Waits()
    to_send: Waits = Waits()
    sent_by_itself: int = 0
    to_accept: Waits = Waits()
    declined: int = 0
    expired: int = 0
    to_scene: Waits = Waits()
    by_hand: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    lapsed: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    false: int = 0
    alarms: int = 0
    noise: tuple[Noise, ...] = ()
    buckets: tuple[int, ...] = ()

    @property
    def incidents(self) -> int:
        """Opened in the period."""
        return sum(self.opened.values())


def figures(
    lines: Iterable[Row], since: float, now: float, is_case: Callable[[str], bool]
) -> Figures:
    """Of the lines from `since` on; `is_case` says of a plan that it is no emergency."""
    period = [line for line in lines if _at(line) >= since]
    tally = _Tally(is_case)
    for line in period:
        if (take := _TAKES.get(str(line.get("event")))) is not None:
            take(tally, line)
    first = min((_at(line) for line in period), default=now)
    return tally.figures(max(since, first), now, len(period))


class _Tally:
    """What has been seen so far, line by line."""

    def __init__(self, is_case: Callable[[str], bool]) -> None:
        self._is_case = is_case
        self.opened: dict[str, tuple[float, int]] = {}
        self.acknowledged: dict[str, float] = {}
        self.sent: dict[str, tuple[float, str]] = {}
        self.offers: dict[str, tuple[float, str]] = {}
        self.accepted: dict[str, float] = {}
        self.there: dict[str, float] = {}
        self.ends: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.lapsed: dict[str, int] = {}
        self.alarms: list[Row] = []
        self.by_hand = 0
        self.reasons: dict[str, int] = {}

    def open(self, line: Row) -> None:
        """An incident; cases have figures of their own."""
        if not self._is_case(str(line.get("plan"))):
            self.opened[_incident(line)] = (_at(line), _level(line))

    def priority(self, line: Row) -> None:
        """Counted as what it became."""
        if (known := self.opened.get(_incident(line))) is not None:
            self.opened[_incident(line)] = (known[0], _level(line))

    def acknowledge(self, line: Row) -> None:
        """The first one."""
        self.acknowledged.setdefault(_incident(line), _at(line))

    def lapse(self, line: Row) -> None:
        """By incident."""
        self.lapsed[_incident(line)] = self.lapsed.get(_incident(line), 0) + 1

    def offer(self, line: Row) -> None:
        """An order went out."""
        self.sent.setdefault(_incident(line), (_at(line), str(line.get("by"))))
        self.offers[str(line.get("order_id"))] = (_at(line), _incident(line))

    def answer(self, line: Row) -> None:
        """A team's status changed."""
        order, status = str(line.get("order_id")), str(line.get("status"))
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == "accepted":
            self.accepted.setdefault(order, _at(line))
        elif status == "on_scene":
            self.there.setdefault(order, _at(line))

    def end(self, line: Row) -> None:
        """The last end counts."""
        self.ends[_incident(line)] = str(line.get("state"))

    def reopen(self, line: Row) -> None:
        """Not over after all."""
        self.ends.pop(_incident(line), None)

    def command(self, line: Row) -> None:
        """An officer's order; with a reason where another team went."""
        if line.get("do") != "assign":
            return
        self.by_hand += 1
        if why := str(line.get("why") or ""):
            self.reasons[why] = self.reasons.get(why, 0) + 1

    def alarm(self, line: Row) -> None:
        """One alarm of one source."""
        self.alarms.append(line)

    def figures(self, since: float, now: float, lines: int) -> Figures:
        """All of it."""
        mix: dict[int, int] = {}
        for _opened, level in self.opened.values():
            mix[level] = mix.get(level, 0) + 1
        sent = {key: at for key, (at, _by) in self.sent.items()}
        return Figures(
            since=since, until=now, lines=lines, opened=mix,
            to_acknowledge=self._since_opened(self.acknowledged),
            to_send=self._since_opened(sent),
            sent_by_itself=sum(self.sent[i][1] == "post" for i in self.opened if i in self.sent),
            to_accept=self._since_offered(self.accepted),
            declined=self.statuses.get("declined", 0), expired=self.statuses.get("expired", 0),
            by_hand=self.by_hand, reasons=dict(self.reasons),
            to_scene=self._since_offered(self.there), lapsed=dict(self.lapsed),
            ended=sum(i in self.opened for i in self.ends), alarms=len(self.alarms),
            false=sum(i in self.opened and end == "false_alarm" for i, end in self.ends.items()),
            noise=self._noise(), buckets=self._buckets(since, now),
        )  # fmt: skip

    def _since_opened(self, done: Mapping[str, float]) -> Waits:
        return Waits(
            tuple((done[i] - at, i) for i, (at, _level) in self.opened.items() if i in done)
        )

    def _since_offered(self, done: Mapping[str, float]) -> Waits:
        return Waits(tuple((done[o] - at, i) for o, (at, i) in self.offers.items() if o in done))

    def _noise(self) -> tuple[Noise, ...]:
        """By source and kind, the loudest first."""
        found: dict[tuple[str, str], list[Row]] = {}
        for line in self.alarms:
            found.setdefault((str(line.get("source")), str(line.get("kind"))), []).append(line)
        made = [
            Noise(source, kind, len(rows), sum(map(self._useful, rows)))
            for (source, kind), rows in found.items()
        ]
        return tuple(sorted(made, key=lambda one: (-one.alarms, one.source, one.kind)))

    def _useful(self, line: Row) -> bool:
        incident = str(line.get("incident") or "")
        return bool(incident) and self.ends.get(incident) != "false_alarm"

    def _buckets(self, since: float, now: float) -> tuple[int, ...]:
        """Incidents opened in each of the last ten minutes, as far back as the period."""
        count = max(1, min(BUCKETS_SHOWN, ceil(max(0.0, now - since) / BUCKET_S)))
        made = [0] * count
        for at, _level in self.opened.values():
            back = int((now - at) // BUCKET_S)
            if 0 <= back < count:
                made[count - 1 - back] += 1
        return tuple(made)


def share(part: int, whole: int) -> float | None:
    """Of `whole`, as a number up to 1; None of fewer than `FEW`."""
    return None if whole < FEW else part / whole


def mean(values: Sequence[float]) -> float:
    """Of at least one value."""
    return sum(values) / max(1, len(values))


def _at(line: Row) -> float:
    value = line.get("at")
    return float(value) if isinstance(value, int | float) else 0.0


def _incident(line: Row) -> str:
    return str(line.get("incident") or "")


def _level(line: Row) -> int:
    value = line.get("priority")
    return min(4, max(1, value)) if isinstance(value, int) else 4


_TAKES: Mapping[str, Callable[[_Tally, Row], None]] = {
    "IncidentOpened": _Tally.open,
    "PriorityChanged": _Tally.priority,
    "IncidentAcknowledged": _Tally.acknowledge,
    "AcknowledgementLapsed": _Tally.lapse,
    "UnitOffered": _Tally.offer,
    "AssignmentChanged": _Tally.answer,
    "IncidentEnded": _Tally.end,
    "IncidentReopened": _Tally.reopen,
    "AlarmReceived": _Tally.alarm,
    "CommandDone": _Tally.command,
}
