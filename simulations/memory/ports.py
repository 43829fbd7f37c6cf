"""All of a post's ports in memory, and the field's and the consoles' ends of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from command.core.township import Township
from command.ports import Addresses, Ports
from command.settings import Settings
from simulations.memory.broker import MemoryBroker, MemoryClient
from simulations.memory.feed import MemoryDoor, Side
from simulations.memory.store import MemoryStore

NOWHERE = Addresses(mqtt="mqtt://memory", redis="redis://memory", services=None)


def _loop_time() -> Callable[[], float]:
    return asyncio.get_running_loop().time


@dataclass(frozen=True, slots=True)
class Memory:
    """One for each post, or for several that are rivals. All time is the running loop's."""

    township: Township
    digest: str  # of the township's files
    time: Callable[[], float] = field(default_factory=_loop_time)
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    store: MemoryStore = field(default_factory=lambda: MemoryStore(_loop_time()))
    door: MemoryDoor = field(default_factory=MemoryDoor)

    @property
    def ports(self) -> Ports:
        """For `command.app.serve`."""
        return Ports(
            files=lambda _: (self.township, self.digest),
            services=_no_services,
            store=lambda _: self.store,
            dial=self.broker.dial,
            listen=self.door.listen,
            wall=self.time,
            monotonic=self.time,
        )

    def client(self, name: str) -> AbstractAsyncContextManager[MemoryClient]:
        """A client at the broker."""
        return MemoryClient(self.broker, name).connected()

    def connect(self) -> AbstractAsyncContextManager[Side]:
        """A console's connection."""
        return self.door.connect()


@asynccontextmanager
async def _no_services(_settings: Settings) -> AsyncIterator[Addresses]:
    yield NOWHERE
