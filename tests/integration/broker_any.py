"""The same test on a Mosquitto, on the embedded NATS, and on the broker in memory."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from mqtt_rig import DEVICES, PEOPLE, QUICK, a_broker, device, running, status, up

from command.mqtt import Broker
from simulations.live import FieldClient
from simulations.memory.broker import MemoryBroker, MemoryClient

_numbers = itertools.count(1)


class Server:
    """A broker at an address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self) -> Broker:
        """A post's end of it."""
        return a_broker(self.url)

    def device(self) -> AbstractAsyncContextManager[FieldClient]:
        """A device's or handheld's."""
        return device(self.url)


class InMemory:
    """One in memory."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()

    def post(self) -> Broker:
        return Broker(
            self.broker.dial("memory"),
            root="fs",
            township="t",
            now=time.time,
            people=PEOPLE,
            devices=DEVICES,
            status=status,
            pauses=QUICK,
        )

    def device(self) -> AbstractAsyncContextManager[FieldClient]:
        return MemoryClient(self.broker, f"device-{next(_numbers)}").connected()


AnyBroker = Server | InMemory


@asynccontextmanager
async def connected(place: AnyBroker) -> AsyncIterator[Broker]:
    """A post that is connected until the end of the block."""
    async with running(place.post()) as broker:
        await up(broker)
        yield broker


async def publish(
    place: AnyBroker, topic: str, number: int, *, qos: int = 1, start: int = 0
) -> list[str]:
    """`number` numbered messages, acknowledged by the broker."""
    bodies = [f"{n}" for n in range(start, start + number)]
    async with place.device() as client:
        for body in bodies:
            await client.publish(topic, body.encode(), qos=qos)
    return bodies


async def first_said(place: AnyBroker, topic: str, within_s: float) -> bytes:
    """What a device hears first on this topic; b"" when it hears nothing."""
    try:
        async with place.device() as handheld, asyncio.timeout(within_s):
            await handheld.subscribe(topic, qos=1)
            return bytes((await anext(aiter(handheld.messages))).payload)
    except TimeoutError:
        return b""
