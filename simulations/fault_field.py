"""The field of the fault run: devices and handhelds that send again until they have a receipt.

One process plays them all, on two MQTT clients: the devices' (a clean session) and the handhelds'
(a persistent one, as real handhelds have). What they remember they remember in memory, which stands
for their disks: it is not they who are killed here.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from urllib.parse import urlsplit

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from sensors.topics import Kind, up_filter, up_topic
from simulations.field import PAUSES_S

ROOT, TOWNSHIP = "fs", "jingming"
HURRIED_S = tuple(pause / 5 for pause in PAUSES_S[:4])  # the run is short: 1, 2, 4, 8 s
TURN_S = 0.02
AT_ONCE = 200  # messages a client sends in one turn
ACCEPT_S, DONE_S = 0.3, 1.5
SLOW, SLOW_S = 0.05, 6.0  # one order in twenty is read in a valley: the post sends it again
ZONE = dt.timezone(dt.timedelta(hours=8))

Heard = Callable[[str, Mapping[str, Any]], None]


class Line:
    """An MQTT client that comes back by itself; what it hears arrives in the loop."""

    def __init__(self, url: str, name: str, kinds: Iterable[Kind], heard: Heard) -> None:
        self._topics = [(up_filter(ROOT, TOWNSHIP, kind), 1) for kind in kinds]
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._paho = Paho(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=name == "devices"
        )
        self._paho.max_inflight_messages_set(0)
        self._paho.reconnect_delay_set(1, 1)
        self._paho.on_connect = self._on_connect
        self._paho.on_message = self._on_message
        self._paho.on_socket_open = _no_delay
        parts = urlsplit(url)
        self._paho.connect_async(parts.hostname or "", parts.port or 1883, keepalive=5)
        self._paho.loop_start()

    def _on_connect(self, paho: Paho, *_: Any) -> None:
        paho.subscribe(self._topics)

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        name = message.topic.split("/")[2]
        self._loop.call_soon_threadsafe(self._heard, name, json.loads(message.payload))

    def publish(self, topic: str, payload: bytes) -> None:
        """At QoS 1. Its PUBACK is no proof of anything."""
        self._paho.publish(topic, payload, 1)

    @property
    def up(self) -> bool:
        """Whether there is a connection now."""
        return self._paho.is_connected()

    def close(self) -> None:
        """Leave."""
        self._paho.disconnect()
        self._paho.loop_stop()


def _no_delay(_paho: Paho, _data: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Way(Protocol):
    """What an outbox sends through: a Line, or a test's own."""

    @property
    def up(self) -> bool:
        """Whether there is a connection now."""

    def publish(self, topic: str, payload: bytes) -> None:
        """At QoS 1."""


@dataclass(slots=True)
class _Kept:
    """A message that has no receipt yet."""

    topic: str
    payload: bytes
    first_at: float
    times: int = 0


class Outbox:
    """Sends what it holds, again with growing pauses, until its receipt has come."""

    def __init__(
        self, line: Way, now: Callable[[], float], pauses_s: Sequence[float] = HURRIED_S
    ) -> None:
        self.sent = self.receipted = 0
        self.longest_s = 0.0
        self._line, self._now, self._pauses_s = line, now, pauses_s
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._heap: list[tuple[float, tuple[str, str]]] = []

    def __len__(self) -> int:
        return len(self._kept)

    def keys(self) -> list[tuple[str, str]]:
        """Source and id of what has no receipt."""
        return list(self._kept)

    def put(self, source: str, kind: Kind, body: Mapping[str, Any]) -> None:
        """Keep a message, and send it with the next turn. The same bytes each time."""
        key = (source, str(body["id"]))
        if key not in self._kept:
            topic = up_topic(ROOT, TOWNSHIP, source, kind)
            self._kept[key] = _Kept(topic, _json(body), self._now())
            heapq.heappush(self._heap, (self._now(), key))

    def receipts(self, source: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """Forget what is safe."""
        for line in lines:
            kept = self._kept.pop((source, line["id"]), None)
            if kept is not None:
                self.receipted += 1
                self.longest_s = max(self.longest_s, self._now() - kept.first_at)

    def turn(self) -> None:
        """Send what is due. Without a connection it stays due: no patience is spent on silence."""
        if not self._line.up:
            return
        now = self._now()
        for _ in range(AT_ONCE):
            if not self._heap or self._heap[0][0] > now:
                return
            _, key = heapq.heappop(self._heap)
            kept = self._kept.get(key)
            if kept is not None:
                self._send(key, kept, now)

    def _send(self, key: tuple[str, str], kept: _Kept, now: float) -> None:
        self._line.publish(kept.topic, kept.payload)
        self.sent += 1
        pause = self._pauses_s[min(kept.times, len(self._pauses_s) - 1)]
        kept.times += 1
        heapq.heappush(self._heap, (now + pause, key))


@dataclass(slots=True)
class Handhelds:
    """All units' handhelds. They execute an offered order once, by its id; `rev` decides."""

    outbox: Outbox
    dice: Random = field(default_factory=lambda: Random(1))
    pace: float = 1.0  # a test's people need less time
    executed: Counter[tuple[str, str]] = field(default_factory=Counter)
    repeats: int = 0
    _revs: dict[tuple[str, str], int] = field(default_factory=dict)
    _withdrawn: set[str] = field(default_factory=set)
    _said: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def order(self, unit: str, order: Mapping[str, Any]) -> None:
        """An order arrives. A repeat is not obeyed again; its answers are given again."""
        key = (unit, order["order_id"])
        if order["rev"] <= self._revs.get(key, 0):
            self.repeats += 1
            for body in self._said.get(key, ()):
                self.outbox.put(unit, Kind.REPLY, body)
            return
        self._revs[key] = order["rev"]
        if order["state"] == "withdrawn":
            self._withdrawn.add(order["order_id"])
        loop = asyncio.get_running_loop()
        later_s = self.pace * (SLOW_S if self.dice.random() < SLOW else 0.0)
        loop.call_later(later_s, self._reply, key, "received")
        if order["state"] == "offered":
            self.executed[key] += 1
            loop.call_later(later_s + self.pace * ACCEPT_S, self._work, key, "accepted")
            loop.call_later(later_s + self.pace * DONE_S, self._work, key, "done")

    def _work(self, key: tuple[str, str], status: str) -> None:
        if key[1] not in self._withdrawn:
            self._reply(key, status)

    def _reply(self, key: tuple[str, str], status: str) -> None:
        unit, order_id = key
        said = self._said.setdefault(key, [])
        body = {
            "id": f"{order_id}-{len(said) + 1}",
            "order_id": order_id,
            "rev": self._revs[key],
            "unit": unit,
            "status": status,
            "at": _moment(),
        }
        said.append(body)
        self.outbox.put(unit, Kind.REPLY, body)


@dataclass(frozen=True, slots=True)
class Planned:
    """An alarm that a device will raise `at` seconds after the start."""

    at: float
    source: str
    body: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Source and id: what must be in the log exactly once."""
        return self.source, str(self.body["id"])


def plan_alarms(cameras: Sequence[str], count: int, spread_s: float, dice: Random) -> list[Planned]:
    """Of three kinds: calls that open something each time, smoke and fire that mostly merge."""
    planned = []
    for number in range(count):
        source = cameras[dice.randrange(len(cameras))]
        kind = dice.choices(("other", "smoke", "fire"), (4, 4, 2))[0]
        at = dice.uniform(0, spread_s)
        body = {"id": f"a{number}", "kind": kind, "at": _moment(at), "text": f"报警{number}"}
        planned.append(Planned(at, source, body))
    return sorted(planned, key=lambda one: one.at)


class Field:
    """Devices and handhelds at one broker, until `close`."""

    def __init__(
        self, url: str, alarms: Sequence[Planned], pauses_s: Sequence[float] = HURRIED_S
    ) -> None:
        self._now = asyncio.get_running_loop().time
        self.alarms = alarms
        self._planned = iter(alarms)
        self._next: Planned | None = next(self._planned, None)
        self._began = self._now()
        devices = Line(url, "devices", (Kind.RECEIPT,), self._receipt_of_device)
        teams = Line(url, "teams", (Kind.ORDER, Kind.RECEIPT), self._to_a_team)
        self._lines = (devices, teams)
        self.devices = Outbox(devices, self._now, pauses_s)
        self.handhelds = Handhelds(Outbox(teams, self._now, pauses_s))

    @property
    def raised(self) -> bool:
        """All alarms have been raised."""
        return self._next is None

    @property
    def waiting(self) -> int:
        """Messages without a receipt."""
        return len(self.devices) + len(self.handhelds.outbox)

    async def run(self) -> None:
        """Raise alarms, send and send again, until cancelled."""
        while True:
            while self._next is not None and self._next.at <= self._now() - self._began:
                self.devices.put(self._next.source, Kind.ALARM, self._next.body)
                self._next = next(self._planned, None)
            self.devices.turn()
            self.handhelds.outbox.turn()
            await asyncio.sleep(TURN_S)

    def close(self) -> None:
        """Leave the broker."""
        for line in self._lines:
            line.close()

    def _receipt_of_device(self, source: str, body: Mapping[str, Any]) -> None:
        self.devices.receipts(source, body["receipts"])

    def _to_a_team(self, unit: str, body: Mapping[str, Any]) -> None:
        if "receipts" in body:
            self.handhelds.outbox.receipts(unit, body["receipts"])
        else:
            self.handhelds.order(unit, body)


def _moment(later_s: float = 0.0) -> str:
    moment = dt.datetime.now(ZONE) + dt.timedelta(seconds=later_s)
    return moment.isoformat(timespec="milliseconds")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
