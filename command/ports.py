"""Where the post meets the world outside: clocks, services, store, broker, the consoles' door.

`NETWORK` is the machine and its network. A drill on the virtual clock brings others, in memory
(simulations/memory.py); nothing else in the house knows the difference.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from command.clock import Clock, elapsed
from command.core.township import Township
from command.feed import Listen, sockets
from command.loader import digest, load
from command.mqtt import Dial, dialler
from command.services import Embedded
from command.settings import USUAL_MQTT_PORT, Settings
from command.store import Storage, open_store


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the broker and the store are, and the services that are ours among them."""

    mqtt: str
    redis: str
    services: Embedded | None


@dataclass(frozen=True, slots=True)
class Ports:
    """One for each side of the post. `files` gives the township, and the digest of its files."""

    files: Callable[[Path], tuple[Township, str]]
    services: Callable[[Settings], AbstractAsyncContextManager[Addresses]]
    store: Callable[[str], Storage]
    dial: Callable[[str], Dial]
    listen: Listen = sockets
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = elapsed

    def clock(self, settings: Settings) -> Clock:
        """The post's clock, which reads those two and no other."""
        speed, start = settings.speed, settings.start
        return Clock(speed, start, wall=self.wall, monotonic=self.monotonic)


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[Addresses]:
    """The given broker and store, or our own where none is given."""
    if settings.mqtt and settings.redis:
        yield Addresses(settings.mqtt, settings.redis, None)
        return
    usual = USUAL_MQTT_PORT if settings.root == "fs" else None
    async with (
        Embedded(
            settings.data,
            mqtt_port=settings.mqtt_port,
            usual_port=usual,
            with_broker=settings.mqtt is None,
        ) as embedded,
        asyncio.TaskGroup() as tasks,
    ):
        supervision = tasks.create_task(embedded.run(), name="services")
        try:
            yield Addresses(
                settings.mqtt or embedded.mqtt_url, settings.redis or embedded.redis_url, embedded
            )
        finally:
            supervision.cancel()


NETWORK = Ports(
    files=lambda folder: (load(folder), digest(folder)),
    services=services,
    store=open_store,
    dial=dialler,
)
