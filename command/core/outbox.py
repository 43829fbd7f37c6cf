"""When an order goes to the broker again, until the handheld says it has it. Pure.

What waits stands in the world and survives; when it was last sent does not, and need not: after a
restart everything that waits goes once more, and handhelds drop repeats.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from command.core import events as e
from command.core.world import World

PAUSES_S = (5.0, 10.0, 20.0, 40.0)  # then every 40 s for as long as it waits
QUIET_S = 4.0  # a sign of life repeats nothing that went out more recently


@dataclass(slots=True)
class _Sending:
    unit: str
    times: int = 0
    last_at: float = 0.0
    next_at: float = 0.0


class Schedule:
    """The sending times of all that `world.outbox` holds. Moments are the post's clock, seconds.

    The heap holds every time an order was put off to; one that no longer is its next time is passed
    over.
    """

    def __init__(self) -> None:
        self._sending: dict[str, _Sending] = {}
        self._by_unit: dict[str, dict[str, None]] = {}  # in the order of asking, on every run
        self._heap: list[tuple[float, int, str]] = []
        self._pushed = 0

    def load(self, world: World) -> None:
        """After the world was built: everything is due."""
        self._sending.clear()
        self._by_unit.clear()
        self._heap.clear()
        for order_id, waiting in world.outbox.items():
            self._put(order_id, waiting.unit)

    def follow(self, events: Iterable[e.Event], world: World) -> None:
        """Take committed events into account."""
        for event in events:
            if isinstance(event, e.OrderQueued):
                self._put(event.order_id, event.unit)
            elif isinstance(event, e.OrderSettled) and event.order_id not in world.outbox:
                self._drop(event.order_id)
            elif isinstance(event, e.IncidentArchived):
                for order_id in self._sending.keys() - world.outbox.keys():
                    self._drop(order_id)

    def _put(self, order_id: str, unit: str) -> None:
        self._sending[order_id] = _Sending(unit)
        self._by_unit.setdefault(unit, {})[order_id] = None
        self._push(order_id, 0.0)

    def _push(self, order_id: str, at: float) -> None:
        self._sending[order_id].next_at = at
        self._pushed += 1  # equal times go in the order in which they were put off
        heapq.heappush(self._heap, (at, self._pushed, order_id))

    def _drop(self, order_id: str) -> None:
        sending = self._sending.pop(order_id, None)
        if sending is not None:
            self._by_unit[sending.unit].pop(order_id, None)

    def heard_from(self, unit: str, now: float) -> None:
        """A sign of life: what this unit has not confirmed goes again at once."""
        for order_id in self._by_unit.get(unit, ()):
            sending = self._sending[order_id]
            if sending.times and sending.next_at > now and now - sending.last_at >= QUIET_S:
                self._push(order_id, now)

    def next_due(self, now: float) -> str | None:
        """The order to send next, if its time has come. It stays so until it was `sent`."""
        while self._heap and self._heap[0][0] <= now:
            at, _, order_id = self._heap[0]
            sending = self._sending.get(order_id)
            if sending is not None and sending.next_at == at:
                return order_id
            heapq.heappop(self._heap)
        return None

    def sent(self, order_id: str, now: float) -> None:
        """It was handed to the network; if nobody confirms, it goes again after the next pause."""
        sending = self._sending[order_id]
        pause = PAUSES_S[min(sending.times, len(PAUSES_S) - 1)]
        sending.times += 1
        sending.last_at = now
        self._push(order_id, now + pause)

    def __len__(self) -> int:
        return len(self._sending)
