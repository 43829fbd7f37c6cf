"""A broker in memory: sessions that last, QoS 0 and 1, retained messages, wills, takeovers.

`command/mqtt.py` and `command/session.py` run on it unchanged, with a `MemoryLine` in the place of
a connection; devices and handhelds come in by `MemoryClient`, which is like aiomqtt's.
tests/integration/test_broker_contract.py holds it and real brokers to the same promises.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from aiomqtt import Message, Will
from paho.mqtt.client import topic_matches_sub

from command import broker as words
from command.hand import Owed
from command.session import Session

TOPICS_HELD = 100_000  # topics whose takers are remembered


class End(Protocol):
    """The client's side of a connection."""

    def receive(self, mid: int, qos: int, topic: str, payload: bytes, *, retained: bool) -> None:
        """A message; `mid` is to be acknowledged unless its QoS is 0."""

    def taken_over(self) -> None:
        """Another connection has come with the same client id: this one is closed."""


@dataclass(slots=True)
class _Kept:
    """What the broker keeps for a client id. `owed`: sent or waiting, and not acknowledged."""

    filters: dict[str, int] = field(default_factory=dict)
    owed: dict[int, tuple[str, bytes, bool]] = field(default_factory=dict)
    last_mid: int = 0
    end: End | None = None
    will: Will | None = None
    clean: bool = False

    def give(self, qos: int, topic: str, payload: bytes, *, retained: bool) -> None:
        mid = 0
        if qos:
            self.last_mid = mid = self.last_mid + 1
            self.owed[mid] = (topic, payload, retained)
        if self.end is not None:
            self.end.receive(mid, qos, topic, payload, retained=retained)


class MemoryBroker:
    """Delivers at once, in the order of publishing."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._retained: dict[str, tuple[bytes, int]] = {}
        self._takers: dict[str, list[tuple[_Kept, int]]] = {}

    def dial(self, _url: str) -> Callable[[str, Session], MemoryLine]:
        """For the post: connections to this broker, whatever the address."""
        return partial(MemoryLine, self)

    # --- connections

    def connect(self, name: str, end: End, *, clean: bool, will: Will | None = None) -> None:
        """A session that lasts delivers again, at once, what was not acknowledged."""
        kept = self._kept.setdefault(name, _Kept())
        if kept.end is not None:
            kept.end.taken_over()
            self._left(name, kept)
        if clean:
            kept = self._kept[name] = _Kept(clean=True)
            self._takers.clear()
        kept.end, kept.will = end, will
        for mid, (topic, payload, retained) in list(kept.owed.items()):
            end.receive(mid, 1, topic, payload, retained=retained)

    def leave(self, name: str, end: End, *, in_order: bool) -> None:
        """The connection has ended; if not `in_order`, the will speaks."""
        kept = self._kept.get(name)
        if kept is None or kept.end is not end:
            return
        if in_order:
            kept.will = None
        self._left(name, kept)

    def _left(self, name: str, kept: _Kept) -> None:
        kept.end, will = None, kept.will
        if kept.clean:
            del self._kept[name]
            self._takers.clear()
        if will is not None:
            assert isinstance(will.payload, bytes)
            self.publish(will.topic, will.payload, will.qos, retain=will.retain)

    # --- messages

    def subscribe(self, name: str, filters: Sequence[str], qos: int) -> None:
        """From now on, and what is retained at once."""
        kept = self._kept[name]
        kept.filters.update(dict.fromkeys(filters, qos))
        self._takers.clear()
        for topic, (payload, of) in list(self._retained.items()):
            if any(topic_matches_sub(one, topic) for one in filters):
                kept.give(min(of, qos), topic, payload, retained=True)

    def publish(self, topic: str, payload: bytes, qos: int, *, retain: bool) -> None:
        """One copy for each session that has asked for it. QoS 2 is turned down to 1."""
        qos = min(qos, 1)
        if retain:
            self._retained[topic] = (payload, qos)
            if not payload:
                del self._retained[topic]
        for kept, wanted in self._who_takes(topic):
            if kept.end is not None or min(qos, wanted):
                kept.give(min(qos, wanted), topic, payload, retained=False)

    def acknowledge(self, name: str, mid: int) -> None:
        """The client has it."""
        self._kept[name].owed.pop(mid, None)

    def _who_takes(self, topic: str) -> list[tuple[_Kept, int]]:
        found = self._takers.get(topic)
        if found is None:
            if len(self._takers) >= TOPICS_HELD:
                self._takers.clear()
            found = self._takers[topic] = [
                (kept, max(asked))
                for kept in self._kept.values()
                if (asked := [q for f, q in kept.filters.items() if topic_matches_sub(f, topic)])
            ]
        return found


class MemoryLine:
    """One connection of the post's; a `command.session.Line`."""

    def __init__(self, broker: MemoryBroker, name: str, session: Session) -> None:
        self._broker, self._name, self._session = broker, name, session
        self._loop = asyncio.get_running_loop()
        self._owed = Owed()
        self.accepted_at: float | None = None
        self.lost: asyncio.Future[tuple[str, str]] = self._loop.create_future()

    @property
    def is_lost(self) -> bool:
        """It can acknowledge no more."""
        return self.lost.done()

    async def serve(self, topics: Sequence[str], pause: float) -> tuple[str, str]:  # noqa: ARG002
        """Connect, subscribe, stay until the connection is lost; then why."""
        if not self.is_lost:
            self.accepted_at = self._loop.time()
            self._broker.connect(self._name, self, clean=False, will=self._session.will())
            self._broker.subscribe(self._name, topics, 1)
            self._session.granted = frozenset(topics)
            self._session.is_up("", "")
        return await self.lost

    def receive(self, mid: int, qos: int, topic: str, payload: bytes, *, retained: bool) -> None:
        """Into the hand; what the elder session has is acknowledged at once."""
        if qos and not self._owed.arrives(mid, qos):
            return
        if not self._session.keeps(self, mid, qos, topic, payload, retained=retained) and qos:
            self.settle(mid)

    def settle(self, mid: int) -> None:
        """Acknowledge it, as soon as those that arrived before it are."""
        for first, _ in self._owed.settle(mid):
            self._broker.acknowledge(self._name, first)

    def publish(
        self, topic: str, payload: bytes, qos: int, sent: Callable[[], None] | None, *, retain: bool
    ) -> bool:
        """Hand it over; `sent` is called in the loop's next turn."""
        if self.accepted_at is None or self.is_lost:
            return False
        self._broker.publish(topic, payload, qos, retain=retain)
        if sent is not None:
            self._loop.call_soon(sent)
        return True

    def flush(self) -> None:
        """What was handed over has arrived."""

    def taken_over(self) -> None:
        """As when the socket is closed."""
        self._end(words.LOST)

    def close(self) -> None:
        """Leave, in order if the connection stands; otherwise the will speaks for us."""
        if self.accepted_at is not None and not self.is_lost:
            self._session.say(online=False)
            self._broker.leave(self._name, self, in_order=True)
        self._broker.leave(self._name, self, in_order=False)
        self._end(words.CLOSED)

    def _end(self, reason: str) -> None:
        if not self.is_lost:
            self.lost.set_result((reason, ""))


class MemoryClient:
    """A device, a handheld, a whole field: connected within `connected`, without a session."""

    def __init__(self, broker: MemoryBroker, name: str) -> None:
        self._broker, self._name = broker, name
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[MemoryClient]:
        """Until the end of the block."""
        self._broker.connect(self._name, self, clean=True)
        try:
            yield self
        finally:
            self._broker.leave(self._name, self, in_order=True)

    async def subscribe(self, topic: str, /, qos: int = 0) -> None:
        """As of aiomqtt."""
        self._broker.subscribe(self._name, [topic], qos)
        await asyncio.sleep(0)

    async def publish(
        self,
        topic: str,
        /,
        payload: bytes,
        qos: int = 0,
        retain: bool = False,  # noqa: FBT001, FBT002 - as of aiomqtt
    ) -> None:
        """As of aiomqtt."""
        self._broker.publish(topic, payload, qos, retain=retain)
        if qos:
            await asyncio.sleep(0)  # for the acknowledgement

    @property
    def messages(self) -> AsyncIterator[Message]:
        """As of aiomqtt: what comes, one after the other, for ever."""
        return self._messages()

    async def _messages(self) -> AsyncIterator[Message]:
        while True:
            yield await self._waiting.get()

    def receive(self, mid: int, qos: int, topic: str, payload: bytes, *, retained: bool) -> None:
        """Acknowledged at once, as such clients do."""
        self._waiting.put_nowait(Message(topic, payload, qos, retained, mid, None))
        if qos:
            self._broker.acknowledge(self._name, mid)

    def taken_over(self) -> None:
        """Each has a name of its own: this is the test's or the drill's mistake."""
        raise AssertionError(self._name)
