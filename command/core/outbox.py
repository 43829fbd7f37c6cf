"""When an order goes to the broker again, until the handheld says it has it. Pure.

What waits stands in the world and survives; when it was last sent does not, and need not: after a
restart everything that waits goes once more, and handhelds drop repeats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from command.core import events as e
from command.core.world import World

PAUSES_S = (5.0, 10.0, 20.0, 40.0)  # then every 40 s for as long as it waits
QUIET_S = 4.0  # a sign of life repeats nothing that went out more recently


@dataclass(slots=True)
class _Sending:
    rev: int
    times: int = 0
    last_at: float = 0.0
    next_at: float = 0.0


class Schedule:
    """The sending times of all that `world.outbox` holds. Moments are the post's clock, seconds."""

    def __init__(self) -> None:
        self._sending: dict[str, _Sending] = {}
        self._by_unit: dict[str, set[str]] = {}

    def load(self, world: World) -> None:
        """After the world was built: everything is due."""
        self._sending.clear()
        self._by_unit.clear()
        for order_id, waiting in world.outbox.items():
            self._put(order_id, waiting.unit, waiting.rev)

    def follow(self, events: Iterable[e.Event], world: World) -> None:
        """Take committed events into account."""
        for event in events:
            if isinstance(event, e.OrderQueued):
                self._put(event.order_id, event.unit, event.rev)
            elif isinstance(event, e.OrderSettled) and event.order_id not in world.outbox:
                self._drop(event.order_id, event.unit)
            elif isinstance(event, e.IncidentArchived):
                for order_id in self._sending.keys() - world.outbox.keys():
                    self._sending.pop(order_id)

    def _put(self, order_id: str, unit: str, rev: int) -> None:
        self._sending[order_id] = _Sending(rev)
        self._by_unit.setdefault(unit, set()).add(order_id)

    def _drop(self, order_id: str, unit: str) -> None:
        self._sending.pop(order_id, None)
        self._by_unit.get(unit, set()).discard(order_id)

    def heard_from(self, unit: str, now: float) -> None:
        """A sign of life: what this unit has not confirmed goes again at once."""
        for order_id in self._by_unit.get(unit, ()):
            sending = self._sending.get(order_id)
            if sending is not None and sending.times and now - sending.last_at >= QUIET_S:
                sending.next_at = now

    def due(self, now: float) -> list[str]:
        """The orders to send now, in the order in which they were queued."""
        return [order_id for order_id, s in self._sending.items() if s.next_at <= now]

    def sent(self, order_id: str, now: float) -> None:
        """It was handed to the network; if nobody confirms, it goes again after the next pause."""
        sending = self._sending[order_id]
        pause = PAUSES_S[min(sending.times, len(PAUSES_S) - 1)]
        sending.times += 1
        sending.last_at, sending.next_at = now, now + pause

    def __len__(self) -> int:
        return len(self._sending)
