"""The field and a console on their connections: MQTT for all devices, the feed for a trainer.

One client speaks for every device of the drill; a console of role trainer watches the feed, as the
officer's does, and gives the commands of the scenario.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Protocol

import structlog
from aiomqtt import Client, MqttError, TLSParameters
from aiomqtt import Message as MqttMessage
from websockets.exceptions import ConnectionClosed

from command.broker import Address
from command.clock import Clock
from command.messages import (
    Answer,
    Command,
    FrameError,
    Look,
    Problem,
    Rows,
    Snapshot,
    read_command,
    read_frame,
    write_command,
)
from sensors import messages
from sensors.topics import DRILL_ROOT, Kind, parse, up_filter
from simulations.field import Call, Field, Message

PAUSE_S = 0.5  # before connecting again
log = structlog.get_logger("drill")
NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)

Line = Mapping[str, Any]


def new_client(where: Address, name: str) -> Client:
    """A client without a session: what it misses is sent again, and nothing of it stays behind."""
    return Client(
        where.host,
        where.port,
        username=where.user,
        password=where.password,
        identifier=name,
        clean_session=True,
        socket_options=NODELAY,
        tls_params=TLSParameters() if where.tls else None,
    )


class FieldClient(Protocol):
    """What the field needs of a client at the broker, as aiomqtt's has it."""

    async def subscribe(self, topic: str, /, *, qos: int) -> Any:
        """Hear this."""

    async def publish(self, topic: str, /, payload: bytes, *, qos: int) -> Any:
        """Say this."""

    @property
    def messages(self) -> AsyncIterator[MqttMessage]:
        """What comes."""


class FieldLink:
    """All devices of the drill at the broker. `call` passes on what the officer types in.

    `client` makes a client, connected within its block.
    """

    def __init__(
        self,
        client: Callable[[], AbstractAsyncContextManager[FieldClient]],
        township: str,
        field: Field,
        clock: Clock,
        call: Callable[[Call], None],
    ) -> None:
        self.connected = asyncio.Event()
        self._client, self._township = client, township
        self._field, self._clock, self._call = field, clock, call
        self._ready: deque[Message | Call] = deque()
        self._wake = asyncio.Event()

    def begin(self, at: float) -> None:
        """The scenario starts at this moment of the drill's clock."""
        self._field.begin(at)
        self.wake()

    def wake(self) -> None:
        """The field was told something: perhaps it has more to say now."""
        self._wake.set()

    async def run(self) -> None:
        """Stay connected, send what is due, hear orders and receipts. Ends by being cancelled."""
        while True:
            try:
                await self._connection()
            except MqttError as error:  # the next connection sends again what no receipt came for
                log.warning("field link lost", why=str(error))
            self.connected.clear()
            await asyncio.sleep(PAUSE_S)

    async def _connection(self) -> None:
        async with self._client() as client:
            for kind in (Kind.ORDER, Kind.RECEIPT):
                await client.subscribe(up_filter(DRILL_ROOT, self._township, kind), qos=1)
            self.connected.set()
            sending = asyncio.create_task(self._send(client), name="field-send")
            hearing = asyncio.create_task(self._hear(client), name="field-hear")
            try:
                done, _ = await asyncio.wait(
                    {sending, hearing}, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
            finally:
                sending.cancel()
                hearing.cancel()
                await asyncio.gather(sending, hearing, return_exceptions=True)

    async def _send(self, client: FieldClient) -> None:
        while True:
            self._ready += self._field.take(self._clock.now())
            while self._ready:
                one = self._ready[0]
                if isinstance(one, Call):
                    self._call(one)
                else:
                    topic = f"{DRILL_ROOT}/{self._township}/{one.source}/{one.kind}"
                    await client.publish(topic, one.payload, qos=1)
                self._ready.popleft()
            await self._until_next()

    async def _until_next(self) -> None:
        next_at = self._field.next_at
        left_s = None if next_at is None else (next_at - self._clock.now()) / self._clock.speed
        with suppress(TimeoutError):
            async with asyncio.timeout(None if left_s is None else max(0.0, left_s)):
                await self._wake.wait()
        self._wake.clear()

    async def _hear(self, client: FieldClient) -> None:
        async for message in client.messages:
            topic = parse(str(message.topic))
            assert topic is not None
            assert isinstance(message.payload, bytes)
            now = self._clock.now()
            if topic.kind is Kind.ORDER:
                order = messages.read(messages.Order, message.payload)
                self._field.order(now, topic.name, order.model_dump(exclude_none=True))
            else:
                receipt = messages.read(messages.Receipt, message.payload)
                lines = [line.model_dump() for line in receipt.receipts]
                self._field.receipts(now, topic.name, lines)
            self._wake.set()


def command_of(call: Call) -> Command | None:
    """The console's command as the feed reads it; None when its incident never came about."""
    try:
        command = read_command(json.dumps({"id": call.id, "do": call.verb, **call.values}))
    except FrameError:
        return None
    assert not isinstance(command, Look)
    return command


class Wire(Protocol):
    """A console's connection, as websockets has it."""

    async def send(self, message: str) -> None:
        """Raises ConnectionClosed."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Frames until it is closed."""


class Console:
    """A console on the feed. `show` gets each line of the log once, `refused` each refusal."""

    def __init__(
        self,
        connect: Callable[[], AbstractAsyncContextManager[Wire]],
        token: str,
        show: Callable[[Line], None],
        refused: Callable[[str, str], None],
    ) -> None:
        self.at = ""  # the log position it has seen
        self._connect, self._token = connect, token
        self._show, self._refused = show, refused
        self._calls: asyncio.Queue[Call] = asyncio.Queue()
        self._seen: set[str] = set()

    def call(self, call: Call) -> None:
        """Type it in: it goes as soon as the line is up."""
        self._calls.put_nowait(call)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                await self._connection()
            except (OSError, ConnectionClosed) as error:  # it comes back, and says what it has
                log.warning("console line lost", why=str(error))
            await asyncio.sleep(PAUSE_S)

    async def _connection(self) -> None:
        async with self._connect() as feed:
            hello = {"token": self._token, "since": self.at or None, "client": "drill"}
            await feed.send(json.dumps({"hello": hello}))
            typing = asyncio.create_task(self._type(feed), name="console-type")
            try:
                async for raw in feed:
                    self._read(raw)
            finally:
                typing.cancel()
                await asyncio.gather(typing, return_exceptions=True)

    async def _type(self, feed: Wire) -> None:
        while True:
            call = await self._calls.get()
            command = command_of(call)
            if command is None:
                self._refused(call.id, call.verb)
                continue
            try:
                await feed.send(write_command(command))
            except ConnectionClosed:
                self.call(call)  # once more on the next line; its id tells the post if it had it
                raise

    def _read(self, raw: str | bytes) -> None:
        frame = read_frame(raw)
        match frame:
            case Snapshot():
                self._lines(frame.snapshot.get("log", {}))
                self.at = frame.at
            case Rows():
                self._lines(frame.rows.get("log", {}))
                self.at = frame.at
            case Answer(ok=False):
                self._refused(frame.id or "", frame.reason)
            case Problem():
                self._refused("", frame.error)

    def _lines(self, lines: Mapping[str, Any]) -> None:
        for pos, line in lines.items():
            if line is not None and pos not in self._seen:
                self._seen.add(pos)
                self._show(line)
