"""What consoles are shown of a post that runs on a real broker and store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from post_rig import WAIT_S, Rig, Wire, a_post, events, of
from websockets.asyncio.client import ClientConnection, connect

from command import tokens
from command.clock import Clock
from command.core import events as e
from command.core.decide import Fact
from command.core.reasons import Reason
from command.core.township import document
from command.loader import load
from command.post import LINES
from command.store import open_store
from simulations.fault_house import township
from simulations.servers import Process


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A township in which each call sends one team at once."""
    return township(tmp_path)


HOST = "127.0.0.1"
FAST = 120.0  # seconds of the post's clock in one of ours


class Screen:
    """A console that keeps the rows it is sent."""

    def __init__(self, ws: ClientConnection) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.beat: dict[str, Any] = {}
        self._ws = ws
        self._number = 0

    async def do(self, verb: str, **fields: Any) -> None:
        """A command; that it was obeyed shows in the rows."""
        self._number += 1
        await self._ws.send(json.dumps({"id": f"c-{self._number}", "do": verb} | fields))

    async def until(self, true: Callable[[], object]) -> None:
        """Read on until it is so."""
        async with asyncio.timeout(WAIT_S):
            while not true():
                self._keep(json.loads(await self._ws.recv()))

    def _keep(self, frame: dict[str, Any]) -> None:
        self.beat = frame.get("beat", self.beat)
        for table, rows in frame.get("snapshot", frame.get("rows", {})).items():
            for key, row in rows.items():
                self.tables.setdefault(table, {})[key] = row

    def row(self, table: str, key: str) -> Any:
        """The row, None while there is none."""
        return self.tables.get(table, {}).get(key)


@asynccontextmanager
async def screen(rig: Rig, redis_url: str, name: str) -> AsyncIterator[Screen]:
    """An officer's console at the post."""
    redis = open_store(redis_url)
    token = await tokens.create(redis, name, "officer")
    await redis.aclose()
    async with connect(f"ws://{HOST}:{rig.feed.port}/console", proxy=None) as ws:
        await ws.send(json.dumps({"hello": {"token": token}}))
        yield Screen(ws)


async def served(rig: Rig) -> None:
    """The feed listens."""
    rig.start(rig.feed.serve(HOST, 0))
    async with asyncio.timeout(WAIT_S):
        await rig.feed.listening()


async def test_what_new_files_no_longer_have_goes_from_the_screens(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with a_post(mosquitto.url, redis_own.url, tmp_path, files, quiet=True) as rig:
        await rig.until(lambda: rig.post.world.township is not None)
        shown = rig.feed._mirror._rows
        await rig.until(lambda: "ljg-01" in shown["camera"])
        fewer = load(files)
        fewer = replace(fewer, cameras=tuple(one for one in fewer.cameras if one.id != "ljg-01"))
        rig.post.note(
            Fact(
                e.TownshipLoaded(
                    at=rig.clock.now(),
                    cause="post",
                    reason=Reason.FILES_CHANGED,
                    digest="fewer",
                    document=document(fewer),
                )
            )
        )
        await rig.until(lambda: rig.post.world.digest == "fewer")
        await rig.until(lambda: "ljg-01" not in shown["camera"])
        assert b'"fewer"' in shown["post"]["post"]
        assert any(b"TownshipLoaded" in line for line in shown["log"].values())


async def test_a_timeline_that_memory_has_lost_is_read_from_the_store(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with a_post(mosquitto.url, redis_own.url, tmp_path, files) as rig:
        await served(rig)
        async with screen(rig, redis_own.url, "watch") as one:
            await one.do("report_alarm", kind="other", place="v01", text="第一")
            await one.until(lambda: one.tables.get("incident"))
            (ident,) = one.tables["incident"]
            await one.do("note", incident=ident, text="村主任已到")
            for number in range(LINES):
                await one.do("shelve", source=f"s-{number}", kind="other", minutes=15, why="x")
                await one.do("unshelve", source=f"s-{number}", kind="other")
            await one.until(lambda: f'"s-{LINES - 1}"' in str(one.tables["log"]).replace("'", '"'))
            assert not any(line.get("incident") == ident for _, line in rig.post.lines)
            await one.do("watch", incident=ident)
            await one.until(lambda: one.row("detail", ident))
            await one.until(lambda: not one.row("detail", ident)["earlier"])
            row = one.row("detail", ident)
            told = [line["event"] for line in row["timeline"]]
            assert told.index("IncidentNoted") < told.index("IncidentOpened")
            assert [one.tables["log"][line["pos"]] for line in row["timeline"]] == row["timeline"]
            assert set(row) >= {"teams", "nearest", "gap"}
            await one.do("note", incident=ident, text="第二")
            await one.until(lambda: one.row("detail", ident)["timeline"][0].get("text") == "第二")
            await one.do("unwatch", incident=ident)
            await one.until(lambda: one.row("detail", ident) is None)


async def test_a_store_that_is_down_is_asked_again_for_the_timeline(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with (
        Wire(redis_own.url).up() as wire,
        a_post(mosquitto.url, wire.url, tmp_path, files) as rig,
    ):
        await served(rig)
        async with screen(rig, redis_own.url, "watch") as one:
            await one.do("report_alarm", kind="other", place="v01", text="第一")
            await one.until(lambda: one.tables.get("incident"))
            (ident,) = one.tables["incident"]
            rig.post.lines.clear()
            wire.about, wire.lose = b"XREVRANGE", 3
            await one.do("watch", incident=ident)
            await one.until(lambda: one.row("detail", ident))
            assert one.row("detail", ident)["earlier"] is True
            await one.until(lambda: not one.row("detail", ident)["earlier"])
            assert wire.lost == 3


async def test_the_handover_is_made_anew_with_the_beat_when_the_world_has_moved(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with a_post(mosquitto.url, redis_own.url, tmp_path, files) as rig:
        await served(rig)
        async with screen(rig, redis_own.url, "watch") as one:
            await one.until(lambda: one.beat and one.row("shift", "shift"))
            before = one.row("shift", "shift")["digest"]
            await one.do("report_alarm", kind="other", place="v01", text="来电")
            await one.until(lambda: one.row("shift", "shift")["digest"] != before)
            now = one.row("shift", "shift")
            await one.until(lambda: one.beat["shift"] == now)


async def test_a_minute_without_officers_ends_what_they_had_and_calls_the_second_line(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    clock = Clock(FAST)
    async with a_post(mosquitto.url, redis_own.url, tmp_path, files, clock=clock) as rig:
        await served(rig)
        async with screen(rig, redis_own.url, "watch") as one:
            await one.until(lambda: one.beat)
            assert one.beat["load"]["officers"] == ["watch"]
            await one.do("report_alarm", kind="other", place="v01", text="来电")
            await one.until(lambda: one.tables.get("incident"))
            (ident,) = one.tables["incident"]
            await one.do("acknowledge", incident=ident)
            await one.until(lambda: one.tables["incident"][ident]["ack"])
            await one.until(lambda: one.beat["load"]["n10"] == 1)
        left_at = clock.now()
        await rig.until(lambda: "no_officer" in {a.reason for a in rig.post.world.alerts.values()})
        assert clock.now() - left_at >= 60
        log = await events(redis_own.url)
        (ended,) = of(e.AcknowledgementEnded, log)
        assert (ended.incident, ended.by) == (ident, "watch")
        (alert,) = (a for a in of(e.OfficerAlerted, log) if a.reason is Reason.NO_OFFICER)
        assert alert.text == "leader"  # the reference township has no second line in its files
