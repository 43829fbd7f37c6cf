"""A drill beside a live post on the same servers: what is real comes first, and at once."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from mqtt_rig import device
from redis import Redis

from command import messages as m
from command.app import Running
from command.errors import UsageError
from command.settings import Settings
from simulations import beside
from simulations.drill import Options, drill
from simulations.player import TOWNSHIP
from simulations.scenario import Scenario, load
from simulations.servers import Process
from simulations.stage import up

PATIENCE_S = 60.0
UNIT = "vgm-v03"  # the nearest to the school, in the drill and in earnest
LONG = """
[scenario]
name = "long"
title = "长"
title_en = "Long"
length_s = 3600
seed = 1
start = 2026-11-23T08:00:00+08:00

[[inject]]
id = "sos-1"
at_s = 3
channel = "sos-school-1/alarm"
payload = { kind = "sos" }
objective = "求救"
expect = [{ within_s = 2, receipt = "opened" }]
"""


@dataclass
class Place:
    """A live post, the servers that it shares, and what UNIT's handheld hears of a drill."""

    running: Running
    mqtt: str
    redis: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := [one for one in self.heard if true(one)]):
                await asyncio.sleep(0.02)
        return found[0]

    async def alarm(self, source: str, **values: Any) -> None:
        """A real one."""
        async with device(self.mqtt) as client:
            body = json.dumps({"id": f"real-{source}", **values})
            await client.publish(f"fs/jingming/{source}/alarm", body, qos=1)


def of_a_post(mqtt: str, redis: str, data: Path, root: str = "fs") -> Settings:
    return Settings(
        township=TOWNSHIP, mqtt=mqtt, redis=redis, listen="127.0.0.1:0", data=data, root=root
    )


@pytest.fixture
async def place(mosquitto: Process, redis_own: Process, tmp_path: Path) -> AsyncIterator[Place]:
    settings = of_a_post(mosquitto.url, redis_own.url, tmp_path / "live")
    async with up(settings) as running, device(mosquitto.url) as handheld:
        made = Place(running, mosquitto.url, redis_own.url)
        await handheld.subscribe(f"fsx/jingming/{UNIT}/order", qos=1)
        await handheld.subscribe("fsx/jingming/all/notice", qos=1)

        async def hear() -> None:
            async for message in handheld.messages:
                body = json.loads(bytes(message.payload))
                made.heard.append(body)
                if "order_id" in body:  # as a real handheld does, for the team that holds it
                    said = {key: body[key] for key in ("order_id", "rev", "unit")}
                    reply = {"id": f"h-{len(made.heard)}", "status": "received", **said}
                    await handheld.publish(f"fsx/jingming/{UNIT}/reply", json.dumps(reply), qos=1)

        listening = asyncio.create_task(hear())
        yield made
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def long(folder: Path) -> Scenario:
    path = folder / "long.toml"
    path.write_text(LONG, encoding="utf-8")
    return load(path).answered_by([UNIT])


@asynccontextmanager
async def drilling(place: Place, folder: Path) -> AsyncIterator[tuple[asyncio.Task[Any], Any]]:
    """A drill that runs; its orders have reached the handheld."""
    out = io.StringIO()
    options = Options(
        long(folder),
        speed=1.0,
        mqtt=place.mqtt,
        redis=place.redis,
        live=True,
        lang="en",
        report=folder / "report",
    )
    task = asyncio.create_task(drill(options, out))
    try:
        await place.until(lambda one: one.get("state") == "offered")
        yield task, out
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def left_there(url: str) -> set[str]:
    with Redis.from_url(url) as redis:
        keys = {key.decode() for key in redis.keys("*")}
        assert redis.hlen("fengsui:tokens") == 0
    return {key.partition("}")[0].lstrip("{") for key in keys}


async def test_a_red_incident_on_the_live_side_stops_play_at_once(
    place: Place, tmp_path: Path
) -> None:
    async with drilling(place, tmp_path) as (task, out):
        await place.alarm("sos-school-1", kind="sos")
        back = await place.until(lambda one: one.get("state") == "withdrawn")
        report = await asyncio.wait_for(task, PATIENCE_S)
    assert back["exercise"] is True
    notice = await place.until(lambda one: "order_id" not in one)
    assert notice["text"].startswith("【演练】This is real: I-e1-1 SOS Changwucheng")
    assert "This is real: I-e1-1" in out.getvalue()
    assert "tell them by radio" not in out.getvalue()
    assert report.scenario.inject == ()  # none of them had its time
    assert left_there(place.redis) == {"fs:jingming"}
    live = place.running.post.world
    assert next(iter(live.assignments.values())).unit == UNIT


async def test_whoever_is_needed_in_earnest_leaves_the_drill_and_it_goes_on(
    place: Place, tmp_path: Path
) -> None:
    async with drilling(place, tmp_path) as (task, out):
        await place.alarm("rangers-1", kind="dispute", place="v03")
        command = m.Assign(id="u-1", incident="I-e1-1", units=(UNIT,))
        assert (await place.running.post.execute(command, "officer-1", "officer")).ok
        await place.until(lambda one: one.get("state") == "withdrawn")
        assert not task.done()
        await asyncio.sleep(1.0)
        said = out.getvalue()
        assert "play stops" not in said.lower()
        assert "squad-v03" in said or "Changwucheng squad" in said, said  # the next best is asked
        stop = m.StopPlay(id="u-2", text="time for lunch")
        assert (await place.running.post.execute(stop, "officer-1", "officer")).ok
        await asyncio.wait_for(task, PATIENCE_S)
    assert "This is real: time for lunch" in out.getvalue()


async def test_what_is_real_while_the_drill_still_starts_stops_it_as_well(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = beside.Beside.look

    async def and_then_a_fire(self: beside.Beside, redis: str, township: str) -> None:
        await look(self, redis, township)
        await place.alarm("sos-school-1", kind="sos")
        async with asyncio.timeout(PATIENCE_S):
            while not place.running.post.world.incidents:
                await asyncio.sleep(0.02)

    monkeypatch.setattr(beside.Beside, "look", and_then_a_fire)
    options = Options(
        long(tmp_path), speed=1.0, mqtt=place.mqtt, redis=place.redis, live=True, lang="en"
    )
    out = io.StringIO()
    async with asyncio.timeout(PATIENCE_S):
        await drill(options, out)
    assert "This is real: I-e1-1" in out.getvalue()
    assert not [one for one in place.heard if one.get("state") == "offered"]


async def test_what_a_killed_drill_left_is_taken_back_by_the_next(
    place: Place, tmp_path: Path
) -> None:
    async with up(of_a_post(place.mqtt, place.redis, tmp_path / "killed", root="fsx")):
        async with device(place.mqtt) as client:
            body = json.dumps({"id": "before", "kind": "sos"})
            await client.publish("fsx/jingming/sos-school-1/alarm", body, qos=1)
        before = await place.until(lambda one: one.get("state") == "offered")
    async with drilling(place, tmp_path) as (task, out):
        back = await place.until(lambda one: one.get("state") == "withdrawn")
        assert back["order_id"] == before["order_id"]
        assert "An earlier drill was not ended" in out.getvalue()
        await place.until(
            lambda one: one.get("state") == "offered" and one["issued_at"] > before["issued_at"]
        )
        await place.alarm("sos-school-1", kind="sos")
        await asyncio.wait_for(task, PATIENCE_S)
    assert left_there(place.redis) == {"fs:jingming"}


async def test_without_a_live_post_it_says_so(
    mosquitto: Process, redis_own: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGSUI_LANG", "en")
    nowhere = Options(long(tmp_path), live=True, lang="en")
    given = replace(nowhere, mqtt=mosquitto.url, redis=redis_own.url)
    with pytest.raises(UsageError, match="No post of jingming"):
        await drill(given, io.StringIO())
    with pytest.raises(UsageError, match="No post is running"):
        await drill(replace(nowhere, data=tmp_path), io.StringIO())
    with pytest.raises(UsageError, match="--live needs"):
        await drill(nowhere, io.StringIO())


async def test_a_drill_that_can_watch_no_more_stops(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drilling(place, tmp_path) as (task, out):

        def unreadable(_data: bytes) -> list[Any]:
            raise ValueError("an entry of a later version")

        monkeypatch.setattr(beside, "decode_entry", unreadable)
        await place.alarm("rangers-1", kind="dispute", place="v03")
        await place.until(lambda one: one.get("state") == "withdrawn")
        await asyncio.wait_for(task, PATIENCE_S)
    assert "cannot be read (ValueError: an entry of a later version)" in out.getvalue()


async def test_a_drill_that_breaks_off_leaves_its_log_for_the_next(
    place: Place, tmp_path: Path
) -> None:
    async with drilling(place, tmp_path) as (task, _):
        second = Options(long(tmp_path), mqtt=place.mqtt, redis=place.redis, live=True, lang="en")
        with pytest.raises(UsageError, match=r"is running there|正在演练"):
            await drill(second, io.StringIO())
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    with Redis.from_url(place.redis) as redis:
        assert redis.exists("{fsx:jingming}:log")
