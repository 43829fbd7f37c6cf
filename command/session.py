"""A persistent session at the broker, and its connections, one after another. No MQTT in here.

A session that another client with our id takes over ends like any lost connection. Coming back at
once would throw the other one out: after two such short lives in a row the pauses grow long.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from aiomqtt import Will

from command import broker as words
from command.broker import Pauses
from command.hand import Hand, Link

BRIEF_S = 1.0  # a connection that ends sooner was taken over, most likely
STEADY_S = 10.0  # one that held this long makes the pauses short again
QOS_1 = 1

log = structlog.get_logger("mqtt")


class Line(Link, Protocol):
    """One connection."""

    accepted_at: float | None  # loop time; None while the broker has not let us in

    async def serve(self, topics: Sequence[str], pause: float) -> tuple[str, str]:
        """Connect, subscribe, stay until the connection is lost; then why, and in detail."""

    def publish(
        self, topic: str, payload: bytes, qos: int, sent: Callable[[], None] | None, *, retain: bool
    ) -> bool:
        """Hand over to the network, or False."""

    def flush(self) -> None:
        """Write what was handed over."""

    def close(self) -> None:
        """Leave at once."""


class Session:
    """`name` is part of the client id; `connect` makes a new connection.

    `elder`: the session to which we leave what it has subscribed by its full topic.
    `voice`: the status topic, and what to say on it when we come and go.
    """

    def __init__(
        self,
        name: str,
        topics: Sequence[str],
        now: Callable[[], float],
        arrived: asyncio.Event,
        connect: Callable[[Session], Line],
        *,
        elder: Session | None = None,
        voice: tuple[str, Callable[[bool], bytes]] | None = None,
    ) -> None:
        self.name = name
        self.hand = Hand()
        self.link: Line | None = None
        self.granted: frozenset[str] = frozenset()
        self.up = False
        self.since = now()
        self.reason, self.detail = words.CLOSED, ""
        self.connections = self.takeovers = self.unreadable = 0
        self._topics = tuple(topics)
        self._now = now
        self._arrived = arrived
        self._connect = connect
        self._elder = elder
        self._voice = voice

    async def run(self, gate: asyncio.Event, pauses: Pauses) -> None:
        """Stay connected while the gate is open. Ends only by being cancelled."""
        loop = asyncio.get_running_loop()
        failures = contested = 0
        while True:
            await gate.wait()
            accepted_at = await self._connection(pauses.refused)
            if not gate.is_set():
                continue
            lived = -1.0 if accepted_at is None else loop.time() - accepted_at
            contested = contested + 1 if 0 <= lived < BRIEF_S else 0
            failures = 0 if lived > STEADY_S else failures + 1
            if contested > 1:
                self.takeovers += 1
                self.reason = words.CONTESTED
            await asyncio.sleep(pauses.after(failures, contested, random.random()))  # noqa: S311

    async def _connection(self, pause: float) -> float | None:
        """One connection from beginning to end; when it was accepted, if it was."""
        self.link = link = self._connect(self)
        self.reason, self.detail = words.CONNECTING, ""
        try:
            self._is_down(*await link.serve(self._topics, pause))
        finally:
            link.close()
            self.hand.disown()
        return link.accepted_at

    def leave(self) -> None:
        """Disconnect, and forget what is in hand."""
        if self.link is not None:
            self.link.close()
        self.hand.clear()
        self._is_down(words.CLOSED, "")

    def is_up(self, reason: str, detail: str) -> None:
        """Connected and subscribed, but for what `reason` says."""
        self.reason, self.detail = reason, detail[:200]
        if not self.up:
            self.up, self.since = True, self._now()
            self.connections += 1
            self.say(online=True)
        log.info("mqtt.connected", session=self.name, reason=reason, detail=self.detail)

    def _is_down(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        self.granted = frozenset()
        if self.up:
            self.up, self.since = False, self._now()
            log.info("mqtt.disconnected", session=self.name, reason=reason, detail=detail)

    def will(self) -> Will | None:
        """What the broker says for us if we go without a word."""
        if self._voice is None:
            return None
        topic, status = self._voice
        return Will(topic, status(False), qos=QOS_1, retain=True)  # noqa: FBT003

    def say(self, *, online: bool) -> None:
        """Tell the handhelds, if this is the session that does, whether the post is there."""
        if self._voice is not None and self.link is not None:
            topic, status = self._voice
            self.link.publish(topic, status(online), QOS_1, None, retain=True)

    def keeps(
        self, link: Link, mid: int, qos: int, topic: str, payload: bytes, *, retained: bool
    ) -> bool:
        """Take a message in hand; False if it is the elder's, and to be acknowledged at once."""
        if self._elder is not None and topic in self._elder.granted:
            return False
        self.hand.receive(link, mid, qos, topic, payload, retained=retained, now=self._now())
        self._arrived.set()
        return True
