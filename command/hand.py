"""What one session has in hand: the messages that were received and are not settled. No I/O.

Messages in hand outlive the connection that delivered them, for a broker may be gone for long, or
hand them out again only after a minute. When the next connection brings one of them again, the
copy in hand takes over its packet id, so that nothing is worked on twice and nothing piles up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

QOS0_HELD = 10_000  # messages of QoS 0 that wait in one session; the oldest go first,
QOS0_BYTES = 16 * 2**20  # also when they are fewer and large: nothing else bounds them


class Link(Protocol):
    """The connection that delivered."""

    @property
    def is_lost(self) -> bool:
        """It can acknowledge no more."""

    def settle(self, mid: int) -> None:
        """Acknowledge the packet id, as soon as those that arrived before it are."""


class Owed:
    """The packet ids of one connection that are not acknowledged yet."""

    def __init__(self) -> None:
        self._qos: dict[int, int] = {}
        self._arrived: deque[int] = deque()
        self._settled: set[int] = set()

    def arrives(self, mid: int, qos: int) -> bool:
        """A packet has come; False when it is owed already, the same message again."""
        if mid in self._qos:
            return False
        self._qos[mid] = qos
        self._arrived.append(mid)
        return True

    def settle(self, mid: int) -> Iterator[tuple[int, int]]:
        """What to acknowledge now (id and QoS): each only after those that came before it."""
        self._settled.add(mid)
        while self._arrived and self._arrived[0] in self._settled:
            first = self._arrived.popleft()
            self._settled.discard(first)
            yield first, self._qos.pop(first)


@dataclass(slots=True, eq=False)
class Delivery:
    """One message. `received_at` is POSIX seconds of the post's clock, when it first came."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    received_at: float
    order: int
    hand: Hand
    link: Link
    mid: int


_Key = tuple[str, bytes, bool]


def _key(delivery: Delivery) -> _Key:
    return delivery.topic, delivery.payload, delivery.retained


class Hand:
    """The messages in hand: taken, or waiting to be taken. `dropped` counts lost ones of QoS 0."""

    def __init__(self) -> None:
        self.dropped = 0
        self._order = 0
        self._taken: dict[Delivery, None] = {}
        self._sure: deque[Delivery] = deque()  # waiting, QoS 1 and 2
        self._loose: deque[Delivery] = deque()  # waiting, QoS 0
        self._loose_bytes = 0
        self._orphans: dict[_Key, list[Delivery]] = {}

    def __len__(self) -> int:
        return len(self._taken) + len(self._sure) + len(self._loose)

    def __iter__(self) -> Iterator[Delivery]:
        """All that is in hand, the longest held first."""
        return chain(self._taken, self._sure, self._loose)

    @property
    def is_waiting(self) -> bool:
        """There is something to take."""
        return bool(self._sure or self._loose)

    def receive(
        self,
        link: Link,
        mid: int,
        qos: int,
        topic: str,
        payload: bytes,
        *,
        retained: bool,
        now: float,
    ) -> None:
        """Take in a new message, or one in hand that `link` brings again."""
        if qos and self._adopt((topic, payload, retained), link, mid):
            return
        self._order += 1
        delivery = Delivery(topic, payload, qos, retained, now, self._order, self, link, mid)
        if qos:
            self._sure.append(delivery)
            return
        self._loose.append(delivery)
        self._loose_bytes += len(payload)
        while len(self._loose) > QOS0_HELD or self._loose_bytes > QOS0_BYTES:
            self._next_of(self._loose)
            self.dropped += 1

    def take(self, limit: int) -> list[Delivery]:
        """At most `limit` waiting messages, in order of arrival."""
        if not self.is_waiting:
            return []
        batch: list[Delivery] = []
        while len(batch) < limit and (queue := self._next()):
            batch.append(self._next_of(queue))
        self._taken.update(dict.fromkeys(batch))
        return batch

    def _next(self) -> deque[Delivery]:
        if not (self._loose and self._sure):
            return self._sure or self._loose
        return min(self._sure, self._loose, key=lambda queue: queue[0].order)

    def _next_of(self, queue: deque[Delivery]) -> Delivery:
        delivery = queue.popleft()
        if queue is self._loose:
            self._loose_bytes -= len(delivery.payload)
        return delivery

    def settle(self, delivery: Delivery) -> None:
        """Acknowledge it to the connection that delivered it last, if that still stands."""
        if delivery not in self._taken:
            return
        del self._taken[delivery]
        if not delivery.qos:
            return
        if delivery.link.is_lost:
            self._no_orphan(delivery)
        else:
            delivery.link.settle(delivery.mid)

    def disown(self) -> None:
        """The connection is lost: the next one may bring again what is in hand."""
        self._orphans.clear()
        for delivery in chain(self._taken, self._sure):
            if delivery.qos:
                self._orphans.setdefault(_key(delivery), []).append(delivery)

    def clear(self) -> None:
        """Forget all: it is now another post's."""
        self._taken.clear()
        self._sure.clear()
        self._loose.clear()
        self._loose_bytes = 0
        self._orphans.clear()

    def _adopt(self, key: _Key, link: Link, mid: int) -> bool:
        orphans = self._orphans.get(key)
        if not orphans:
            return False
        delivery = orphans[0]
        self._no_orphan(delivery)
        delivery.link, delivery.mid = link, mid
        return True

    def _no_orphan(self, delivery: Delivery) -> None:
        key = _key(delivery)
        orphans = self._orphans.get(key, [])
        if delivery in orphans:
            orphans.remove(delivery)
        if not orphans:
            self._orphans.pop(key, None)
