"""What the tests of `command/mqtt.py` share: the adapter, and brokers that misbehave."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiomqtt
import pytest

from command.broker import Pauses
from command.hand import Delivery
from command.mqtt import Broker, dialler
from command.servers import HOST, free_port

PEOPLE = ("fs/t/+/reply", "fs/t/militia-1/alarm")
DEVICES = ("fs/t/+/alarm", "fs/t/+/heartbeat")
STATUS = "fs/t/post/status"
QUICK = Pauses(first=0.01, longest=0.1, contested=0.3, refused=0.05)
GIVE_UP_S = 30.0

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 8, 9, 12, 13, 14


def status(online: bool) -> bytes:  # noqa: FBT001
    return json.dumps({"online": online}).encode()


def a_broker(
    url: str, *, people: Sequence[str] = PEOPLE, devices: Sequence[str] = DEVICES
) -> Broker:
    return Broker(
        dialler(url),
        root="fs",
        township="t",
        now=time.time,
        people=people,
        devices=devices,
        status=status,
        pauses=QUICK,
    )


async def until(condition: Callable[[], object]) -> None:
    """Wait for what must become true; how long it takes is no part of any test."""
    async with asyncio.timeout(GIVE_UP_S):
        while not condition():
            await asyncio.sleep(0.005)


async def up(broker: Broker) -> None:
    await until(lambda: broker.state.connected)


@asynccontextmanager
async def running(broker: Broker) -> AsyncIterator[Broker]:
    """The adapter with its gate open; cancelled in the end, as the post does."""
    task = asyncio.create_task(broker.run())
    broker.open()
    try:
        yield broker
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            await task


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Broker]:
    async with running(a_broker(url)) as broker:
        await up(broker)
        yield broker


async def take(broker: Broker, number: int) -> list[Delivery]:
    """Exactly `number` messages."""
    batch: list[Delivery] = []
    async with asyncio.timeout(GIVE_UP_S):
        while len(batch) < number:
            await broker.wait()
            batch += broker.take(number - len(batch))
    return batch


def device(url: str) -> aiomqtt.Client:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return aiomqtt.Client(
        parts.hostname, parts.port, username=parts.username, password=parts.password
    )


async def publish(url: str, topic: str, number: int, *, qos: int = 1, start: int = 0) -> list[str]:
    """`number` numbered messages, acknowledged by the broker."""
    bodies = [f"{n}" for n in range(start, start + number)]
    async with device(url) as client:
        for body in bodies:
            await client.publish(topic, body, qos=qos)
    return bodies


async def read_to_the_end(url: str, packets: int) -> None:
    """The broker has read the last `packets` of a connection that is closed by now.

    Mosquitto reads one packet of each connection in turn: one that resumes the session meanwhile
    takes it over, and the acknowledgements that are not read yet are lost with the old one.
    """
    await publish(url, "rig/turn", packets)


def bodies(batch: Sequence[Delivery]) -> list[str]:
    return [delivery.payload.decode() for delivery in batch]


@contextmanager
def victim(url: str, expected: int) -> Iterator[subprocess.Popen[str]]:
    """A post in a process of its own that takes `expected` messages and settles none of them."""
    argv = [sys.executable, str(Path(__file__).parent / "mqtt_victim.py"), url, str(expected)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def heard(process: subprocess.Popen[str], words: str) -> None:
    """Read what `process` prints until it says `words`."""
    assert process.stdout
    for line in process.stdout:
        if line.strip() == words:
            return
    raise AssertionError(f"the process ended without saying {words!r}")


@contextmanager
def nats(folder: Path, mqtt: str = "", more: str = "") -> Iterator[str]:
    """A NATS server with a configuration of its own; its MQTT address as host:port."""
    port = free_port()
    configuration = folder / "nats.conf"
    configuration.write_text(
        f'server_name: test\nlisten: "{HOST}:{free_port()}"\n'
        f'jetstream {{ store_dir: "{folder}/store" }}\n'
        f'mqtt {{ listen: "{HOST}:{port}"\n{mqtt} }}\n{more}\n'
    )
    program = Path(sys.executable).parent / "nats-server"
    argv = [str(program), "-c", str(configuration), "-l", str(folder / "nats.log")]
    process = subprocess.Popen(argv)
    try:
        yield f"{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    program = shutil.which("openssl")
    if not program:
        pytest.skip("openssl is not installed")
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    argv = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    argv += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    argv += ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(argv, check=True, capture_output=True)
    return paths


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as the scripted broker reads it."""

    kind: int
    flags: int
    body: bytes

    @property
    def mid(self) -> int:
        """Of a PUBACK, PUBREC, PUBCOMP, SUBSCRIBE, or a PUBLISH of QoS 1."""
        at = 2 + int.from_bytes(self.body[:2]) if self.kind == PUBLISH else 0
        return int.from_bytes(self.body[at : at + 2])

    @property
    def topic(self) -> str:
        return self.body[2 : 2 + int.from_bytes(self.body[:2])].decode()

    @property
    def payload(self) -> bytes:
        skip = 2 + len(self.topic.encode()) + (2 if self.flags & 6 else 0)
        return self.body[skip:]


def packet(kind: int, body: bytes, flags: int = 0) -> bytes:
    size, length = len(body), bytearray()
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (128 if size else 0))
        if not size:
            return bytes([kind << 4 | flags]) + bytes(length) + body


class Peer:
    """One connection at the scripted broker, after its CONNECT."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def read(self) -> Packet:
        """The next packet; pings are answered on the way."""
        async with asyncio.timeout(GIVE_UP_S):
            while True:
                first = (await self._reader.readexactly(1))[0]
                size = shift = 0
                more = True
                while more:
                    digit = (await self._reader.readexactly(1))[0]
                    size |= (digit & 127) << shift
                    shift, more = shift + 7, digit > 127
                found = Packet(first >> 4, first & 15, await self._reader.readexactly(size))
                if found.kind != PINGREQ:
                    return found
                self.send(PINGRESP)

    async def expect(self, kind: int) -> Packet:
        found = await self.read()
        assert found.kind == kind, found
        return found

    async def rest(self) -> list[Packet]:
        """All that comes until the post ends the connection."""
        found: list[Packet] = []
        while True:
            try:
                found.append(await self.read())
            except asyncio.IncompleteReadError:
                return found

    async def pubacks(self, number: int) -> list[int]:
        return [(await self.expect(PUBACK)).mid for _ in range(number)]

    def send(self, kind: int, body: bytes = b"", flags: int = 0) -> None:
        self.writer.write(packet(kind, body, flags))

    def connack(self, code: int = 0) -> None:
        self.send(CONNACK, bytes([0, code]))

    def ack(self, kind: int, mid: int) -> None:
        self.send(kind, struct.pack("!H", mid))

    def publish(
        self, topic: str | bytes, payload: bytes, mid: int = 0, *, qos: int = 1, dup: bool = False
    ) -> None:
        name = topic if isinstance(topic, bytes) else topic.encode()
        body = struct.pack("!H", len(name)) + name + (struct.pack("!H", mid) if qos else b"")
        self.send(PUBLISH, body + payload, qos << 1 | dup << 3)

    async def suback(self, codes: bytes = b"\1\1") -> Packet:
        asked = await self.expect(SUBSCRIBE)
        self.send(SUBACK, struct.pack("!H", asked.mid) + codes)
        return asked

    async def greet(self) -> None:
        """Let it in, as a broker should; people's first words are its status."""
        self.connack()
        await self.suback()

    async def status(self) -> Packet:
        said = await self.expect(PUBLISH)
        assert said.topic == STATUS
        self.ack(PUBACK, said.mid)
        return said

    async def close(self) -> None:
        self.writer.close()
        await asyncio.wait({asyncio.create_task(self.writer.wait_closed())})


class FakeBroker:
    """A broker on loopback that says, packet by packet, what the test tells it to."""

    def __init__(self) -> None:
        self.connects: list[str] = []
        self._waiting: dict[str, deque[Peer]] = {"people": deque(), "devices": deque()}
        self._all: list[Peer] = []
        self.url = ""

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self._all.append(peer)
        try:
            found = await peer.read()
        except asyncio.IncompleteReadError:
            return
        name = next(name for name in self._waiting if f"fengsui-fs-t-{name}".encode() in found.body)
        self.connects.append(name)
        self._waiting[name].append(peer)

    async def accept(self, name: str) -> Peer:
        """The next connection of this session, its CONNECT read and not yet answered."""
        await until(lambda: self._waiting[name])
        return self._waiting[name].popleft()

    async def welcome(self, name: str) -> Peer:
        """The next connection of this session, let in and subscribed."""
        peer = await self.accept(name)
        await peer.greet()
        if name == "people":
            await peer.status()
        return peer

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeBroker]:
        server = await asyncio.start_server(self._connection, HOST, 0, ssl=tls)
        self.url = f"{'mqtts' if tls else 'mqtt'}://{HOST}:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for peer in self._all:
                await peer.close()
            await server.wait_closed()


async def both(fake: FakeBroker) -> tuple[Peer, Peer]:
    """People's and devices' next connections, let in and subscribed."""
    return await fake.welcome("people"), await fake.welcome("devices")
