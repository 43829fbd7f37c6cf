"""The simulated field: cameras, rangers, handhelds. No I/O and no clock: a driver asks and tells.

    field.begin(at)                  the first moment of the scenario
    field.take(now)                  what is sent by now: messages, and what the officer types in
    field.order(now, unit, order)    a handheld got an order: its answers are planned
    field.receipts(now, source, …)   a device was told that its messages are safe
    field.news(line)                 a line of the log, as consoles see it

Like real devices, ours send again with growing pauses until a receipt comes. What a unit does
depends on the seed, the unit and the number of its order, not on what happens elsewhere: so the
same scenario plays alike on the virtual and on the real clock.
"""

from __future__ import annotations

import datetime as dt
import heapq
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from command.core.geo import distance_m
from command.core.township import Township, Unit
from sensors.observations import Position
from sensors.topics import Kind
from simulations.scenario import CONSOLE, Inject, Scenario, is_receipted

PAUSES_S = (5.0, 10.0, 20.0, 40.0, 60.0)  # DESIGN.md section 2; the last one for ever
UNKNOWN_WAY_S = 300.0  # to an incident that nobody can place
SPREAD = 0.2  # people are not clocks


@dataclass(frozen=True, slots=True)
class Message:
    """What `source` publishes under `kind`. `work`: not any more once this order is withdrawn."""

    source: str
    kind: str
    payload: bytes
    id: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What the officer types in: a console command of this verb. `id` is the inject's."""

    id: str
    verb: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt as its device got it."""

    at: float
    source: str
    id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """An inject, or a message; `again`: it goes only if no receipt has come meanwhile."""

    inject: Inject | None = None
    message: Message | None = None
    again: bool = False


@dataclass(slots=True)
class _Open:
    """A message that no receipt has come for."""

    message: Message
    sent: int = 0


@dataclass(slots=True)
class Field:
    """One field for one drill. All moments are POSIX seconds of the drill's clock.

    `pauses_s` are those of the sending again; a fast drill stretches them, for networks do not
    get faster with the clock.
    """

    scenario: Scenario
    township: Township
    pauses_s: Sequence[float] = PAUSES_S
    told: list[Told] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # ids of the injects that went out
    _heap: list[tuple[float, int, _Planned]] = field(default_factory=list)
    _planned: int = 0
    _open: dict[tuple[str, str], _Open] = field(default_factory=dict)
    _bytes: dict[str, Message] = field(default_factory=dict)  # inject -> what it sent
    _incidents: dict[str, str] = field(default_factory=dict)  # inject -> incident
    _revs: dict[str, int] = field(default_factory=dict)  # order -> the newest revision seen
    _withdrawn: set[str] = field(default_factory=set)
    _orders: Counter[str] = field(default_factory=Counter)  # unit -> orders got
    _replies: Counter[str] = field(default_factory=Counter)
    _places: dict[str, Position] = field(default_factory=dict)
    _units: dict[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Everybody is at home."""
        self._units = {unit.id: unit for unit in self.township.units}
        self._places = {unit.id: Position(unit.lon, unit.lat) for unit in self.township.units}

    def begin(self, at: float) -> None:
        """From this moment on. Plans all that does not depend on the post."""
        self.scenario = self.scenario.starting(at)
        for beat in self.scenario.heartbeat:
            for number, source in enumerate(beat.sources):
                self._plan_beats(source, beat.every_s, number * 0.05)
        for inject in self.scenario.inject:
            self._plan(self.scenario.start_at + inject.at_s, _Planned(inject=inject))

    def _plan_beats(self, source: str, every_s: float, offset_s: float) -> None:
        at = self.scenario.start_at + 1.0 + offset_s
        while at <= self.scenario.end_at:
            self._say(at, source, Kind.HEARTBEAT, {"ok": True})
            at += every_s

    def _plan(self, at: float, planned: _Planned) -> None:
        self._planned += 1
        heapq.heappush(self._heap, (round(at, 3), self._planned, planned))

    def _say(
        self, at: float, source: str, kind: str, values: Mapping[str, Any], work: str = ""
    ) -> None:
        """Plan a message, part of the `work` on an order. After the end nothing new is said."""
        if at > self.scenario.end_at:
            return
        body = {**values, "at": self._rfc3339(round(at, 3))}
        message = Message(source, kind, _json(body), values.get("id", ""), work)
        self._plan(at, _Planned(message=message))

    def _rfc3339(self, at: float) -> str:
        zone = dt.timezone(dt.timedelta(hours=self.township.utc_offset_h))
        return dt.datetime.fromtimestamp(at, zone).isoformat(timespec="milliseconds")

    # --- asked by the driver

    @property
    def next_at(self) -> float | None:
        """When something is to be sent; None when there is nothing more."""
        return self._heap[0][0] if self._heap else None

    @property
    def unreceipted(self) -> int:
        """Messages that no receipt has come for."""
        return len(self._open)

    def take(self, now: float) -> list[Message | Call]:
        """What is sent by `now`, in order."""
        sent: list[Message | Call] = []
        while self._heap and self._heap[0][0] <= now:
            at, _, planned = heapq.heappop(self._heap)
            one = self._spoken(planned, at)
            if one is not None:
                sent.append(one)
                if isinstance(one, Message):
                    self._keep(one, now)
        return sent

    def _spoken(self, planned: _Planned, at: float) -> Message | Call | None:
        if planned.inject is not None:
            return self._injected(planned.inject, at)
        message = planned.message
        assert message is not None
        if planned.again:
            return message if (message.source, message.id) in self._open else None
        return None if message.work in self._withdrawn else message

    def _keep(self, message: Message, now: float) -> None:
        """It goes again after a pause, unless its receipt comes first."""
        if not (message.id and is_receipted(message.kind)):
            return
        kept = self._open.setdefault((message.source, message.id), _Open(message))
        pause = self.pauses_s[min(kept.sent, len(self.pauses_s) - 1)]
        kept.sent += 1
        self._plan(now + pause, _Planned(message=message, again=True))

    # --- injects

    def _injected(self, inject: Inject, at: float) -> Message | Call:
        self.sent.append(inject.id)
        if inject.source == CONSOLE:
            return Call(inject.id, inject.kind, self._resolved(inject))
        if inject.repeat:
            message = self._bytes[inject.repeat]
        elif inject.raw is not None:
            message = Message(inject.source, inject.kind, inject.raw.encode())
        else:
            body = {"id": inject.id, "at": self._rfc3339(at), **self._resolved(inject)}
            message = Message(inject.source, inject.kind, _json(body), str(body["id"]))
        self._bytes[inject.id] = message
        return message

    def _resolved(self, inject: Inject) -> dict[str, Any]:
        """The payload, with incidents in the place of "@inject"; "" where there is none (yet)."""
        return {
            key: self._incidents.get(value[1:], "")
            if isinstance(value, str) and value.startswith("@")
            else value
            for key, value in (inject.payload or {}).items()
        }

    # --- told by the driver

    def news(self, line: Mapping[str, Any]) -> None:
        """A committed event as consoles see it: which incident an inject led to."""
        if line["event"] == "AlarmReceived" and line.get("incident"):
            self._incidents.setdefault(line.get("message_id", ""), line["incident"])

    def receipts(self, now: float, source: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """What the post says it has. Nothing that is in there is sent again."""
        for line in lines:
            self.told.append(Told(now, source, line["id"], line["outcome"]))
            self._open.pop((source, line["id"]), None)

    def order(self, now: float, unit: str, order: Mapping[str, Any]) -> None:
        """An order on the handheld of `unit`. Repeats are dropped by id and revision."""
        known = self._units.get(unit)
        if known is None:
            return
        acts = self.scenario.behaviour(unit, known.type)
        order_id, rev = order["order_id"], order["rev"]
        if acts.never or self._revs.get(order_id, 0) >= rev:
            return
        self._revs[order_id] = rev
        self._orders[unit] += 1
        dice = Random(f"{self.scenario.scenario.seed}|{unit}|{self._orders[unit]}")
        got = now + _about(acts.receive_s, dice)
        self._reply(got, unit, order, "received")
        if order["state"] == "withdrawn":
            self._withdrawn.add(order_id)
        elif order["state"] == "offered":
            self._answer(got, unit, order, dice)

    def _answer(self, got: float, unit: str, order: Mapping[str, Any], dice: Random) -> None:
        acts = self.scenario.behaviour(unit, self._units[unit].type)
        at = got + _about(acts.accept_s, dice)
        if acts.decline:
            self._reply(at, unit, order, "declined", acts.decline)
            return
        self._reply(at, unit, order, "accepted")
        at += _about(acts.go_s, dice)
        self._reply(at, unit, order, "en_route")
        target = _position(order)
        at += _about(acts.scene_s if acts.scene_s is not None else self._way_s(unit, target), dice)
        self._reply(at, unit, order, "on_scene")
        if target is not None:
            self._say(at, unit, Kind.POSITION, {"position": order["position"]}, order["order_id"])
            self._places[unit] = target
        if acts.done_s is not None:
            self._reply(at + _about(acts.done_s, dice), unit, order, "done")

    def _way_s(self, unit: str, target: Position | None) -> float:
        if target is None:
            return UNKNOWN_WAY_S
        way_m = distance_m(self._places[unit], target) * self.township.limits.detour
        return way_m / (self._units[unit].speed_kmh / 3.6)

    def _reply(
        self, at: float, unit: str, order: Mapping[str, Any], status: str, text: str = ""
    ) -> None:
        self._replies[unit] += 1
        body = {
            "id": f"{unit}-r{self._replies[unit]}",
            "order_id": order["order_id"],
            "rev": order["rev"],
            "unit": unit,
            "status": status,
        }
        work = "" if status == "received" else order["order_id"]
        self._say(at, unit, Kind.REPLY, body | ({"text": text} if text else {}), work)


def _about(seconds: float, dice: Random) -> float:
    return seconds * dice.uniform(1 - SPREAD, 1 + SPREAD)


def _position(order: Mapping[str, Any]) -> Position | None:
    where = order.get("position")
    return Position(where["lon"], where["lat"]) if where else None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
