"""The store is gone for long under a storm: nothing is acknowledged, and nothing is forgotten.

Ten minutes at 50 alarms a second are 30,000 alarms. They come faster here; what must hold is not a
matter of time: the post holds no more than the broker's window, says so, and works it all off.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Pair
from post_rig import a_post, events, field_at, of
from served import HOME, WAIT_S, Served, served
from websockets.asyncio.client import ClientConnection, connect

from command import tokens
from command.core import events as e
from command.folder import read_kept, services_folder
from command.services import Embedded
from command.store import open_store
from sensors.words import tr
from simulations.fault_field import Field, Planned
from simulations.servers import Process

REFERENCE = HOME / "townships" / "jingming"
TEN_MINUTES = 600 * 50
SHORT = 3000
WINDOW = (
    5000  # what a broker hands out unacknowledged, with room: 1000 a session, NATS 2048 a topic
)
GROWTH = 60 * 2**20  # bytes; measured: none while the store is gone, 26 MB after 30,000 alarms


@asynccontextmanager
async def storm(mqtt: str, alarms: int) -> AsyncIterator[Field]:
    """All at once, and no patience lost: nobody sends again within this test."""
    cameras = [f"ljg-{1 + n:02}" for n in range(16)] + [f"zj-{1 + n:02}" for n in range(16)]
    planned = [
        Planned(0.0, cameras[n % 32], {"id": f"a-{n}", "kind": "smoke", "text": f"报警{n}"})
        for n in range(alarms)
    ]
    field = Field(mqtt, planned, (WAIT_S * 10,))
    task = asyncio.create_task(field.run())
    try:
        yield field
    finally:
        task.cancel()
        await asyncio.wait({task})
        field.close()


@asynccontextmanager
async def console(post: Served, redis_url: str) -> AsyncIterator[ClientConnection]:
    """An observer's console."""
    redis = open_store(redis_url)
    token = await tokens.create(redis, "watch", "observer")
    await redis.aclose()
    async with connect(f"ws://127.0.0.1:{post.port}/console", max_size=None) as ws:
        await ws.send(json.dumps({"hello": {"token": token, "since": None}}))
        await a_beat(ws, lambda beat: beat["store"]["ok"])
        yield ws


async def a_beat(ws: ClientConnection, true: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The next beat that is so."""
    async with asyncio.timeout(WAIT_S):
        while True:
            frame = json.loads(await ws.recv())
            if "beat" in frame and true(frame["beat"]):
                beat: dict[str, Any] = frame["beat"]
                return beat


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_S * 2):
        while not true():
            await asyncio.sleep(0.05)


async def red(post: Served, ws: ClientConnection, field: Field) -> int:
    """What the post says while the store is gone; how many messages it has in hand."""
    health = await post.until(lambda h: not h["store"]["ok"] and h["in_hand"])
    assert (health["status"], health["ok"]) == (503, False)
    assert any("store" in reason for reason in health["reasons"])
    assert health["broker"]["ok"]
    beat = await a_beat(ws, lambda b: not b["store"]["ok"] and b["unsaved"]["alarms"])
    assert beat["store"]["reason"]
    assert beat["unsaved"]["mark"] == tr("not yet on disk", "en")
    assert beat["unsaved"]["alarms"][0]["kind"] == "smoke"
    assert beat["unsaved"]["count"] == beat["backlog"] > 0
    assert field.devices.receipted == 0
    return int(beat["backlog"])


async def settled(post: Served, ws: ClientConnection, field: Field) -> int:
    """The same, once no more comes in: a busy broker hands its window out in pieces."""
    before = -1
    while (now := await red(post, ws, field)) != before:
        before = now
        await asyncio.sleep(1.0)
    return now


async def all_there(redis_url: str, field: Field) -> None:
    """Each alarm once in the log, and each has its receipt."""
    received = [(a.source, a.message_id) for a in of(e.AlarmReceived, await events(redis_url))]
    assert sorted(received) == sorted(alarm.key for alarm in field.alarms)
    assert field.devices.receipted == len(field.alarms)


@pytest.mark.parametrize(("alarms", "how"), [(TEN_MINUTES, "stopped"), (SHORT, "killed")])
async def test_ten_minutes_without_the_store(
    alarms: int, how: str, mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    async with served(REFERENCE, tmp_path / "data", mosquitto.url, redis_own.url) as post:
        await post.up()
        async with console(post, redis_own.url) as ws:
            before = post.memory()
            async with without(redis_own, how), storm(mosquitto.url, alarms) as field:
                await until(lambda: field.devices.sent == alarms)
                in_hand = await settled(post, ws, field)
                assert await red(post, ws, field) == in_hand < WINDOW
                assert post.memory() - before < GROWTH
                await back(redis_own, how)
                await until(lambda: not field.waiting)
                await post.up()
                await a_beat(ws, lambda b: b["store"]["ok"] and "unsaved" not in b)
                health = await post.health()
                assert (health["in_hand"], health["broker"]["reconnects"]) == (0, 0)
                assert post.memory() - before < GROWTH
                await all_there(redis_own.url, field)


@asynccontextmanager
async def without(store: Process, how: str) -> AsyncIterator[None]:
    if how == "killed":
        store.kill()
        yield
        return
    os.kill(store.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(store.pid, signal.SIGCONT)


async def back(store: Process, how: str) -> None:
    if how == "killed":
        await asyncio.to_thread(store.restart)
    else:
        os.kill(store.pid, signal.SIGCONT)


async def test_nothing_was_acknowledged_meanwhile(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    """Killed in the outage, and no device sends again: what it had acknowledged would be lost."""
    at = (REFERENCE, tmp_path / "data", mosquitto.url, redis_own.url)
    async with served(*at) as post:
        await post.up()
        async with console(post, redis_own.url) as ws:
            redis_own.kill()
            async with storm(mosquitto.url, SHORT) as field:
                await until(lambda: field.devices.sent == SHORT)
                await red(post, ws, field)
                post.send(signal.SIGKILL)
                await post.end()
                await asyncio.to_thread(redis_own.restart)
                async with served(*at):
                    await until(lambda: not field.waiting)
                await all_there(redis_own.url, field)


async def test_what_cannot_be_sealed_waits_and_takes_no_post_down(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    """A full disk in the post's own folder: the number in the text must not be lost, nor logged."""
    in_the_way = tmp_path / "sealed"
    in_the_way.write_text("")
    alarm = Planned(0.0, "ljg-01", {"id": "a-1", "kind": "smoke", "text": "电话13812345678"})
    async with (
        field_at(mosquitto.url, alarm) as field,
        a_post(mosquitto.url, redis_own.url, tmp_path, REFERENCE) as rig,
    ):
        await rig.until(lambda: not rig.picture.health().ok)
        beat = rig.picture.beat()
        assert beat["store"] == {"ok": False, "reason": rig.picture.health().reasons[0]}
        assert beat["unsaved"]["alarms"][0]["source"] == "ljg-01"
        assert field.devices.receipted == 0
        in_the_way.unlink()
        await rig.until(lambda: not field.waiting)
        assert rig.picture.health().ok
    (received,) = of(e.AlarmReceived, await events(redis_own.url))
    assert "13812345678" not in received.text


@pytest.mark.parametrize("name", ["store", "broker"])
async def test_a_server_that_is_killed_while_it_starts_is_started_again(
    name: str, tmp_path: Path
) -> None:
    async def kill() -> int:
        while not (pid := read_kept(services_folder(tmp_path)).pids.get(name, 0)):
            await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        return pid

    killing = asyncio.create_task(kill())
    async with Embedded(tmp_path) as services:
        assert services.pids()[name] != await killing
        assert all(state.up for state in services.states())


async def test_a_store_that_hangs_beside_the_embedded_broker(
    embedded: Embedded, tmp_path: Path
) -> None:
    pair = Pair("embedded", embedded.mqtt_url, embedded.redis_url)
    async with served(REFERENCE, tmp_path / "post", pair.mqtt_url, pair.redis_url) as post:
        await post.up()
        async with console(post, pair.redis_url) as ws, storm(pair.mqtt_url, SHORT) as field:
            store = embedded.pids()["store"]
            os.kill(store, signal.SIGSTOP)
            try:
                await until(lambda: field.devices.sent == SHORT)
                assert await red(post, ws, field) < WINDOW
            finally:
                os.kill(store, signal.SIGCONT)
            await until(lambda: not field.waiting)
            await post.up()
        await all_there(pair.redis_url, field)
