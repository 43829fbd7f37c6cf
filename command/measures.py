"""What Prometheus is told: counts and delays. Names and labels are part of the contract."""

from __future__ import annotations

import time
from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from command.core import events as e
from command.core.decide import Input
from command.core.world import World
from sensors.observations import Rejection

_DELAYS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0)


class Measures:
    """One set for each post; `registry` is served at /metrics. No label holds text from outside."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._inputs = Counter(
            "fengsui_messages", "Messages read, by what they were", ["what"], registry=registry
        )
        self._events = Counter(
            "fengsui_events", "Events committed, by name", ["event"], registry=registry
        )
        self._commits = Histogram(
            "fengsui_commit_seconds",
            "From the first try of a commit to its end",
            registry=registry,
            buckets=_DELAYS,
        )
        self._delays = Histogram(
            "fengsui_message_seconds",
            "From the arrival of a message to its acknowledgement",
            registry=registry,
            buckets=_DELAYS,
        )
        self._took_s = 0.0
        self._orders = Counter(
            "fengsui_orders_sent", "Orders handed to the broker, repeats too", registry=registry
        )
        self._gauges = {
            name: Gauge(f"fengsui_{name}", text, registry=registry)
            for name, text in (
                ("open_incidents", "Incidents and cases that are not ended"),
                ("orders_unconfirmed", "Orders that no handheld has confirmed yet"),
                ("alerts", "Alerts that no officer has read yet"),
                ("in_hand", "Messages received and not yet on disk"),
            )
        }

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Measure one commit; counted with what it `committed`, for orders wait on this."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._took_s = time.perf_counter() - started

    def heard(self, values: Sequence[Input], delays_s: Iterable[float]) -> None:
        """These messages were seen through, each so long after it came."""
        for what, number in Counts(map(_what, values)).items():
            self._inputs.labels(what).inc(number)
        for delay in delays_s:
            self._delays.observe(delay)

    def committed(self, events: Iterable[e.Event]) -> None:
        """These are on disk."""
        self._commits.observe(self._took_s)
        for name, number in Counts(type(event).__name__ for event in events).items():
            self._events.labels(name).inc(number)

    def ordered(self, number: int) -> None:
        """So many orders were handed to the broker."""
        self._orders.inc(number)

    def state(self, world: World, in_hand: int) -> None:
        """The picture as it is now; called with each beat."""
        self._gauges["open_incidents"].set(
            sum(incident.ended_at is None for incident in world.incidents.values())
        )
        self._gauges["orders_unconfirmed"].set(len(world.outbox))
        self._gauges["alerts"].set(len(world.alerts))
        self._gauges["in_hand"].set(in_hand)


def _what(value: Input) -> str:
    return "rejected" if isinstance(value, Rejection) else type(value).__name__.lower()
