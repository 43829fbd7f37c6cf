"""Keeps the connection to the broker, through its outages: sends the outbox, takes what comes."""

from __future__ import annotations

import asyncio
import time
from math import isfinite

from aiomqtt import Client, Message, MqttError

from sensors.handheld import schedule
from sensors.handheld.desk import Desk
from sensors.handheld.link import BRIEF_S, acknowledge, new_client, pause_s
from sensors.handheld.wire import heartbeat_bytes, parcel_bytes, up
from sensors.text import clean
from sensors.topics import Kind

DISK_PAUSE_S = 5.0  # before a message that could not be kept is tried again
LONGEST_WAIT_S = 60.0
RIVAL_AFTER = 3  # brief connections in a row: the broker throws us out for our twin


class Uplink:
    """All connections of one run, one after the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._client: Client | None = None
        self._ever = False
        self._said_down = False
        self._failures = 0  # connections in a row that failed or were brief
        self._brief = 0

    async def run(self) -> None:
        """Be connected, for ever."""
        while True:
            await self._one_connection()
            await asyncio.sleep(pause_s(self._failures))

    async def publish_now(self, kind: Kind, payload: bytes) -> bool:
        """QoS 0, now or never. False: there is no connection."""
        if self._client is None:
            return False
        try:
            await self._client.publish(self._topic(kind), payload, qos=0)
        except MqttError:
            return False  # the receiving task notices the same and reconnects
        return True

    async def _one_connection(self) -> None:
        settings, began = self._desk.settings, time.monotonic()
        connected = False
        try:
            async with new_client(settings.server, settings.client_id) as client:
                await _subscribe(client, settings.listens)
                connected = True
                await self._serve(client)
        except* MqttError as problems:
            reason = clean(str(_first_of(problems)))
            self._lost(reason, connected=connected, lived_s=time.monotonic() - began)

    async def _serve(self, client: Client) -> None:
        desk = self._desk
        desk.show("link", state="back" if self._ever else "up", server=str(desk.settings.server))
        self._ever, self._said_down = True, False
        self._client = client
        schedule.restart(desk.schedule)
        stuck: list[Message] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._receive(client, stuck))
                group.create_task(self._retry(client, stuck))
                group.create_task(self._send(client))
                group.create_task(self._beat(client))
        finally:
            self._client = None

    def _lost(self, reason: str, *, connected: bool, lived_s: float) -> None:
        brief = connected and lived_s < BRIEF_S
        self._failures = self._failures + 1 if brief or not connected else 0
        self._brief = self._brief + 1 if brief else self._brief if not connected else 0
        desk, settings = self._desk, self._desk.settings
        if self._brief == RIVAL_AFTER:
            desk.show("link", state="rival", unit=settings.unit)
        if not self._said_down:
            self._said_down = True
            state = "down" if connected else "failed"
            desk.show("link", state=state, server=str(settings.server), reason=reason)

    async def _receive(self, client: Client, stuck: list[Message]) -> None:
        async for message in client.messages:
            self._take(client, message, stuck)

    async def _retry(self, client: Client, stuck: list[Message]) -> None:
        while True:
            await asyncio.sleep(DISK_PAUSE_S)
            waiting = stuck.copy()
            stuck.clear()
            for message in waiting:
                self._take(client, message, stuck)

    def _take(self, client: Client, message: Message, stuck: list[Message]) -> None:
        if self._desk.take(str(message.topic), bytes(message.payload)):
            acknowledge(client, message)
        else:
            stuck.append(message)

    async def _send(self, client: Client) -> None:
        desk = self._desk
        while True:
            for parcel in schedule.due(desk.schedule, desk.state.outbox, time.monotonic()):
                await client.publish(self._topic(parcel.kind), parcel_bytes(parcel), qos=1)
                schedule.mark_sent(desk.schedule, parcel.id, time.monotonic())
            for parcel in list(desk.again.values()):
                await client.publish(self._topic(parcel.kind), parcel_bytes(parcel), qos=1)
                desk.again.pop(parcel.id, None)
            await desk.changed(self._idle_s())

    def _idle_s(self) -> float:
        if self._desk.again:
            return 0.0
        next_at = schedule.next_due(self._desk.schedule, self._desk.state.outbox)
        wait = next_at - time.monotonic() if isfinite(next_at) or next_at < 0 else LONGEST_WAIT_S
        return min(max(0.0, wait), LONGEST_WAIT_S)

    async def _beat(self, client: Client) -> None:
        while True:
            await client.publish(self._topic(Kind.HEARTBEAT), heartbeat_bytes(time.time()), qos=0)
            await asyncio.sleep(self._desk.settings.heartbeat_s)

    def _topic(self, kind: Kind) -> str:
        settings = self._desk.settings
        return up(settings.root, settings.township, settings.unit, kind)


async def _subscribe(client: Client, listens: dict[str, int]) -> None:
    for topic, qos in listens.items():
        granted = await client.subscribe(topic, qos)
        if any((code if isinstance(code, int) else code.value) >= 128 for code in granted):
            raise MqttError(f"the broker refuses to let us listen to {topic}")


def _first_of(problems: BaseException) -> BaseException:
    while isinstance(problems, BaseExceptionGroup):
        problems = problems.exceptions[0]
    return problems
