"""The simulated field: cameras, rangers, handhelds. No I/O and no clock: a driver asks and tells.

    field.begin(at)                  the first moment of the scenario
    field.take(now)                  what is sent by now: messages, and what the officer types in
    field.order(now, unit, order)    a handheld got an order: its answers are planned
    field.receipts(now, source, …)   a device was told that its messages are safe
    field.news(line)                 a line of the log, as consoles see it

Like real devices, ours send again with growing pauses until a receipt comes. What a unit does
depends on the seed, the unit and the number of its order, not on what happens elsewhere: so the
same scenario plays alike on the virtual and on the real clock. Hazards grow by themselves and are
held by the crews that are really there (`simulations.scene`).
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from command.core.geo import distance_m
from command.core.township import Township, Unit
from sensors.observations import Position
from sensors.topics import Kind
from simulations.behaviour import AGAIN_S, Behaviour, about, answers, astray, mood
from simulations.contingent import Contingent
from simulations.hazards.make import make
from simulations.hazards.signals import Crew, Outcome, Signal
from simulations.said import Call, Message, Told, as_json, cries, heartbeats
from simulations.scenario import CONSOLE, Inject, Scenario, is_receipted
from simulations.scene import Scene, crew_of, target_of

__all__ = ["PAUSES_S", "Call", "Field", "Message", "Told"]

PAUSES_S = (5.0, 10.0, 20.0, 40.0, 60.0)  # DESIGN.md section 2; the last one for ever
UNKNOWN_WAY_S = 300.0  # to an incident that nobody can place
ROLL_S = 15.0  # from the question to the answer: are all well
LEAVE_S = 60.0  # from the end of a hazard to the last word of those who were there


@dataclass(frozen=True, slots=True)
class _Planned:
    """One of these; `again`: the message goes only if no receipt has come meanwhile."""

    inject: Inject | None = None
    message: Message | None = None
    again: bool = False
    arrives: Crew | None = None
    leaves: Crew | None = None
    hazard: str = ""  # it lets its time pass


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
    sent: dict[str, float] = field(default_factory=dict)  # inject that went out -> its second
    scene: Scene = field(default_factory=Scene)
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
    _contingent: Contingent = field(default_factory=lambda: Contingent(0.0))
    _stay: dict[str, tuple[Crew, Mapping[str, Any]]] = field(default_factory=dict)  # by order
    _signals: Counter[str] = field(default_factory=Counter)  # hazard -> messages sent
    _over: bool = False

    def __post_init__(self) -> None:
        """Everybody is at home."""
        self._units = {unit.id: unit for unit in self.township.units}
        self._places = {unit.id: Position(unit.lon, unit.lat) for unit in self.township.units}

    def begin(self, at: float) -> None:
        """From this moment on. Plans all that does not depend on the post."""
        self.scenario = self.scenario.starting(at)
        start, seed = self.scenario.start_at, self.scenario.scenario.seed
        for beat in self.scenario.heartbeat:
            for at_s, source in heartbeats(beat, self.township, self.scenario.scenario.length_s):
                self._say(start + at_s, source, Kind.HEARTBEAT, {"ok": True})
        for noise in self.scenario.noise:
            for at_s, source, values in cries(noise, self.township, seed):
                self._say(start + at_s, source, Kind.ALARM, values)
        self._contingent = Contingent(self.scenario.start_at)
        for moment, inject in self._contingent.begin(self.scenario.inject):
            self._plan(moment, _Planned(inject=inject))
        for inject in self.scenario.inject:
            if inject.when is None and not inject.hazard:
                self._plan(self.scenario.start_at + inject.at_s, _Planned(inject=inject))
        self.scene = Scene(make(self.scenario.hazard, self.township, seed))
        for part in self.scenario.hazard:
            self._plan_step(part.id, part.at_s)

    def _plan(self, at: float, planned: _Planned) -> None:
        self._planned += 1
        heapq.heappush(self._heap, (round(at, 3), self._planned, planned))

    def _say(
        self,
        at: float,
        source: str,
        kind: str,
        values: Mapping[str, Any],
        work: str = "",
        sent_at: float | None = None,
    ) -> None:
        """Plan a message, part of the `work` on an order. After the end nothing new is said.

        `sent_at`: it is said at `at`, and leaves the handheld later.
        """
        sent_at = at if sent_at is None else sent_at
        if sent_at > self.scenario.end_at:
            return
        body = {**values, "at": self._rfc3339(round(at, 3))}
        message = Message(source, kind, as_json(body), values.get("id", ""), work)
        self._plan(sent_at, _Planned(message=message))

    def _rfc3339(self, at: float) -> str:
        zone = dt.timezone(dt.timedelta(hours=self.township.utc_offset_h))
        return dt.datetime.fromtimestamp(at, zone).isoformat(timespec="milliseconds")

    def stop(self) -> None:
        """Play is over: nobody says anything more, but that they have the orders taken back."""
        self._over = True
        self._heap.clear()
        self._open.clear()
        self._stay.clear()

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
            for one in self._spoken(planned, at):
                sent.append(one)
                if isinstance(one, Message):
                    self._keep(one, now)
        return sent

    def _spoken(self, planned: _Planned, at: float) -> list[Message | Call]:
        if planned.hazard:
            return self._stepped(planned.hazard, at)
        if planned.inject is not None:
            goes = planned.inject.id not in self.sent and self._contingent.still_goes(
                planned.inject
            )
            return [self._injected(planned.inject, at)] if goes else []
        if planned.message is None:
            self._moved(planned, at)
            return []
        message = planned.message
        if planned.again:
            return [message] if (message.source, message.id) in self._open else []
        return [] if message.work in self._withdrawn else [message]

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
        self.sent[inject.id] = round(at - self.scenario.start_at, 3)
        if inject.source == CONSOLE:
            return Call(inject.id, inject.kind, self._resolved(inject))
        if inject.repeat:
            message = self._bytes[inject.repeat]
        elif inject.raw is not None:
            message = Message(inject.source, inject.kind, inject.raw.encode())
        else:
            stamp = self._rfc3339(at - inject.late_s)
            body = {"id": inject.id, "at": stamp, **self._resolved(inject)}
            message = Message(inject.source, inject.kind, as_json(body), str(body["id"]))
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

    # --- hazards

    def _plan_step(self, ident: str, now_s: float) -> None:
        """The next moment of a hazard, if there is one before the end."""
        next_s = self.scene.hazards[ident].next_s
        if next_s is None:
            return
        at = self.scenario.start_at + (next_s if next_s > now_s else now_s + 1.0)
        if at <= self.scenario.end_at:
            self._plan(at, _Planned(hazard=ident))

    def _stepped(self, ident: str, at: float) -> list[Message | Call]:
        """Time passes for a hazard: who notices what, and who may go home."""
        now_s = round(at - self.scenario.start_at, 3)
        signals = self.scene.step(ident, now_s)
        sent: list[Message | Call] = [self._signal(ident, one) for one in signals]
        for over in self.scene.ended():
            for order_id, (crew, order) in list(self._stay.items()):
                if self.scene.hazard_of(crew) == over:
                    del self._stay[order_id]
                    self._finish(at, crew, order)
        self._plan_step(ident, now_s)
        return sent

    def _signal(self, ident: str, signal: Signal) -> Message:
        """Under the name of the inject that waits for this hazard on this channel, if one does."""
        channel = f"{signal.source}/{signal.kind}"
        waiting = (
            one.id
            for one in self.scenario.inject
            if (one.hazard, one.channel) == (ident, channel) and one.id not in self.sent
        )
        self._signals[ident] += 1
        name = next(waiting, "")
        if name:
            self.sent[name] = signal.at_s
        at = self._rfc3339(self.scenario.start_at + signal.at_s)
        named = {"id": name or f"{ident}-{self._signals[ident]}"}
        named = named if is_receipted(signal.kind) else {}
        body = {**named, "at": at, **signal.values}
        return Message(signal.source, signal.kind, as_json(body), named.get("id", ""))

    def _moved(self, planned: _Planned, at: float) -> None:
        """Somebody is there now, or not any more; nobody is who was called back on the way."""
        if planned.leaves is not None:
            self.scene.leave(planned.leaves.unit, planned.leaves.work)
        crew = planned.arrives
        if crew is None or crew.work in self._withdrawn:
            return
        self.scene.arrive(crew)
        if crew.work in self._stay and self.scene.is_over(crew):
            self._finish(at, *self._stay.pop(crew.work))

    def _finish(self, at: float, crew: Crew, order: Mapping[str, Any]) -> None:
        """There is nothing left to do."""
        part = {one.id: one for one in self.scenario.hazard}[self.scene.hazard_of(crew)]
        dice = Random(f"{self.scenario.scenario.seed}|{crew.unit}|{crew.work}")
        done = at + about(LEAVE_S, dice)
        self._reply(done, crew.unit, order, "done", part.over_text)
        self._plan(done, _Planned(leaves=crew))

    def outcomes(self) -> dict[str, Outcome]:
        """How every hazard stands: the truth, which the post never sees."""
        return self.scene.outcomes()

    # --- told by the driver

    def news(self, line: Mapping[str, Any]) -> None:
        """A committed event as consoles see it: which incident an inject led to."""
        if line["event"] == "AlarmReceived" and line.get("incident"):
            self._incidents.setdefault(line.get("message_id", ""), line["incident"])
        if line["event"] == "AccountabilityDue" and not self._over:
            self._roll_call(line)
        for moment, inject in self._contingent.heard(line, self._incidents):
            if self._over:
                break
            self._plan(moment, _Planned(inject=inject))

    def _roll_call(self, line: Mapping[str, Any]) -> None:
        """The officer asks by radio whether all are well; whoever is there says so."""
        unit, order_id = self._units[line["unit"]], line["order_id"]
        if self.scenario.behaviour(unit.id, unit.type).mute:
            return
        dice = Random(f"{self.scenario.scenario.seed}|{order_id}|{line['at']}")
        order = {"order_id": order_id, "rev": self._revs.get(order_id, 1)}
        self._reply(line["at"] + about(ROLL_S, dice), unit.id, order, "on_scene", "")

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
        now_s = now - self.scenario.start_at
        if acts.never or acts.online_s(now_s) > now_s or self._revs.get(order_id, 0) >= rev:
            return
        self._revs[order_id] = rev
        self._orders[unit] += 1
        dice = Random(f"{self.scenario.scenario.seed}|{unit}|{self._orders[unit]}")
        got = now + about(acts.receive_s, dice)
        self._reply(got, unit, order, "received")
        if order["state"] == "withdrawn":
            self._withdrawn.add(order_id)
            self._stay.pop(order_id, None)
            self.scene.leave(unit, order_id)
        elif order["state"] == "offered" and not self._over:
            self._answer(got, known, order, acts, dice)

    def _answer(
        self, got: float, unit: Unit, order: Mapping[str, Any], acts: Behaviour, dice: Random
    ) -> None:
        luck = Random(f"{self.scenario.scenario.seed}|{unit.id}|{self._orders[unit.id]}|mood")
        target = target_of(order)
        for step in answers(acts, self._way_s(unit.id, target), dice, mood(acts, luck)):
            at = got + step.after_s
            self._reply(at, unit.id, order, step.status, step.text)
            if step.status == "on_scene" and target is not None and not acts.claims:
                there = astray(target, acts.astray_m, luck) if acts.astray_m else target
                self._arrive(at, unit, order, there, stays=acts.done_s is None)
            elif step.status == "done":
                self._plan(at, _Planned(leaves=crew_of(unit, order, self._places[unit.id], 0.0)))

    def _arrive(
        self, at: float, unit: Unit, order: Mapping[str, Any], there: Position, *, stays: bool
    ) -> None:
        """Where they really are: they say it, and whoever fights there counts from now on."""
        where = {"lon": there.lon, "lat": there.lat}
        position = order["position"] if there == target_of(order) else where
        self._say(
            at, unit.id, Kind.POSITION, {"position": position}, order["order_id"],
            self._online(at, unit.id),
        )  # fmt: skip
        self._places[unit.id] = there
        crew = crew_of(unit, order, there, round(at - self.scenario.start_at, 3))
        if stays:
            self._stay[crew.work] = (crew, order)
        self._plan(at, _Planned(arrives=crew))

    def _online(self, at: float, unit: str) -> float:
        """When what is said now leaves the handheld: later when it is late, or has no network."""
        acts = self.scenario.behaviour(unit, self._units[unit].type)
        start = self.scenario.start_at
        late = at + acts.late_s
        online = start + acts.online_s(late - start)
        return max(late, online)

    def _way_s(self, unit: str, target: Position | None) -> float:
        if target is None:
            return UNKNOWN_WAY_S
        way_m = distance_m(self._places[unit], target) * self.township.limits.detour
        return way_m / (self._units[unit].speed_kmh / 3.6)

    def _reply(
        self, at: float, unit: str, order: Mapping[str, Any], status: str, text: str = ""
    ) -> None:
        self._replies[unit] += 1
        acts = self.scenario.behaviour(unit, self._units[unit].type)
        body = {
            "id": f"{unit}-r{self._replies[unit]}",
            "order_id": order["order_id"],
            "rev": order["rev"],
            "unit": unit,
            "status": status,
        }
        work = "" if status == "received" else order["order_id"]
        said = body | ({"text": text} if text else {})
        sent_at = self._online(at, unit)
        self._say(at, unit, Kind.REPLY, said, work, sent_at)
        if acts.twice:
            again = said | {"id": f"{body['id']}-b"}
            self._say(at + AGAIN_S, unit, Kind.REPLY, again, work, sent_at + AGAIN_S)
