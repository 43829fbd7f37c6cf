"""The programs that the post is measured against, each in a process of its own.

`floor`: the smallest program that does the same hops with the same libraries: receive, one durable
XADD, publish. `bare`: a receiver that drains the queue and acknowledges.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from aiomqtt import Client
from paho.mqtt.client import MQTTMessage

from command.mqtt import NODELAY
from command.store import open_store

FLOOR_IN, FLOOR_OUT = "floor/alarm", "floor/order"
BARE = "bare/alarm"


class _Inbox:
    """Messages as they come, with acknowledgement by hand: what both programs start from."""

    def __init__(self, mqtt: str, name: str) -> None:
        parts = urlsplit(mqtt)
        self.client = Client(
            parts.hostname or "127.0.0.1",
            parts.port or 1883,
            identifier=f"bench-{name}",
            clean_session=False,
            socket_options=NODELAY,
            max_inflight_messages=0,
        )
        self.paho = self.client._client  # noqa: SLF001 - as command/mqtt.py does, and for the same reason
        self.waiting: deque[MQTTMessage] = deque()
        self.arrived = asyncio.Event()
        self.paho.manual_ack_set(on=True)
        self.paho.on_message = self._on_message

    def _on_message(self, _paho: Any, _data: Any, message: MQTTMessage) -> None:
        self.waiting.append(message)
        self.arrived.set()


async def floor(mqtt: str, redis_url: str) -> None:
    """Receive, one XADD, publish, acknowledge; for ever."""
    inbox = _Inbox(mqtt, "floor")
    redis = open_store(redis_url)
    async with inbox.client:
        await inbox.client.subscribe(FLOOR_IN, qos=1)
        _ready()
        while True:
            await inbox.arrived.wait()
            inbox.arrived.clear()
            while inbox.waiting:
                message = inbox.waiting.popleft()
                await redis.xadd("bench:floor", {"d": message.payload})
                inbox.paho.ack(message.mid, message.qos)
                inbox.paho.publish(FLOOR_OUT, message.payload, 1)


async def bare(mqtt: str, count: int) -> None:
    """Drain and acknowledge `count` messages, say so, and go on with the next `count`."""
    inbox = _Inbox(mqtt, "bare")
    async with inbox.client:
        await inbox.client.subscribe(BARE, qos=1)
        _ready()
        taken = 0
        while True:
            await inbox.arrived.wait()
            inbox.arrived.clear()
            while inbox.waiting:
                message = inbox.waiting.popleft()
                inbox.paho.ack(message.mid, message.qos)
                taken += 1
                if taken % count == 0:
                    sys.stdout.write("done\n")
                    sys.stdout.flush()


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def main() -> None:
    """`python -m simulations.bench_programs floor MQTT REDIS` or `… bare MQTT COUNT`."""
    name, mqtt, other = sys.argv[1:4]
    asyncio.run(floor(mqtt, other) if name == "floor" else bare(mqtt, int(other)))


if __name__ == "__main__":
    main()
