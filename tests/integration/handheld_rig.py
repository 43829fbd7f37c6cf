"""A handheld as a process of its own, and a post played by a small MQTT client."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiomqtt import Client

WAIT_S = 30.0  # far more than anything takes; a test that reaches it has failed
UNIT = "militia-1"
ORDER: dict[str, Any] = {
    "order_id": "O-e1-17",
    "rev": 1,
    "state": "offered",
    "incident_id": "I-e1-9",
    "unit": UNIT,
    "role": "crew",
    "kind": "wildfire",
    "priority": 1,
    "place": "雷家沟村二组",
    "text": "先看风向",
    "hazards": ["电线落地"],
    "issued_at": "2026-11-23T08:00:00+08:00",
}


class Handheld:
    """A running handheld: what it printed as JSON lines, and its keyboard."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self._read = 0

    async def until(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """The next line of this event with these fields; lines before it are skipped."""
        async with asyncio.timeout(WAIT_S):
            while True:
                line = await self._next()
                if line["event"] == event and fields.items() <= line.items():
                    return line

    async def _next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the handheld ended after {self.events}")
        found: dict[str, Any] = json.loads(line)
        self.events.append(found)
        return found

    async def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def kill(self) -> None:
        """As a dead battery."""
        self.process.kill()
        await self.process.wait()

    async def end(self) -> int:
        """Its exit code, after all its lines were read."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            while line := await self.process.stdout.readline():
                self.events.append(json.loads(line))
            return await self.process.wait()

    def shown(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]


@asynccontextmanager
async def handheld(
    url: str,
    data: Path,
    *options: str,
    unit: str = UNIT,
    keyboard: bool = True,
    before_exec: Callable[[], None] | None = None,
) -> AsyncIterator[Handheld]:
    """Start one; it is killed at the end if it still runs."""
    process = await start(
        url, data, "--json", *options, unit=unit, keyboard=keyboard, before_exec=before_exec
    )
    try:
        yield Handheld(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def start(
    url: str,
    data: Path,
    *options: str,
    unit: str = UNIT,
    keyboard: bool = True,
    before_exec: Callable[[], None] | None = None,
) -> Process:
    fixed = ["--township", "jingming", "--mqtt", url, "--data", str(data), "--lang", "en"]
    arguments = [sys.executable, "-m", "sensors.handheld", unit, *fixed, *options]
    stdin = PIPE if keyboard else DEVNULL
    return await asyncio.create_subprocess_exec(
        *arguments, stdin=stdin, stdout=PIPE, stderr=PIPE, preexec_fn=before_exec
    )


@dataclass
class Post:
    """What a post would see and say, without its brains."""

    client: Client
    root: str = "fs"
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def next(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """The next message of this kind with these fields; others are kept in `seen`."""
        async with asyncio.timeout(WAIT_S):
            async for message in self.client.messages:
                body: dict[str, Any] = json.loads(bytes(message.payload))
                got = str(message.topic).rpartition("/")[2]
                self.seen.append((got, body))
                if got == kind and fields.items() <= body.items():
                    return body
        raise AssertionError("the post's connection ended")

    async def order(self, unit: str = UNIT, **changed: Any) -> None:
        await self.say(f"{unit}/order", ORDER | {"unit": unit} | changed)

    async def receipt(self, ids: Sequence[str], outcome: str = "logged", **more: Any) -> None:
        lines = [{"id": one, "outcome": outcome} | more for one in ids]
        await self.say(f"{UNIT}/receipt", {"receipts": lines}, qos=0)

    async def say(self, where: str, body: Any, qos: int = 1, *, retain: bool = False) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        topic = f"{self.root}/jingming/{where}"
        await self.client.publish(topic, payload, qos=qos, retain=retain)

    def ids(self, kind: str, /, **fields: Any) -> list[str]:
        return [
            body["id"] for got, body in self.seen if got == kind and fields.items() <= body.items()
        ]


@asynccontextmanager
async def post(url: str, root: str = "fs") -> AsyncIterator[Post]:
    """Connected, and listening to everything that goes up."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    async with Client(parts.hostname, parts.port) as client:
        for kind in ("reply", "duty", "request", "alarm", "heartbeat", "position"):
            await client.subscribe(f"{root}/jingming/+/{kind}", 1)
        yield Post(client, root)
        if client._disconnected.done():
            # The test killed the broker: aiomqtt would complain that nobody asked why.
            client._disconnected.exception()
