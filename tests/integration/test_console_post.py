"""The console's line on a real post, its store and its broker: killed, restarted, slow."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from proxy import proxied
from served import HOME, served
from test_console_link import Seat, seated, until

from command import tokens
from command.messages import Note, ReportAlarm
from command.store import open_store
from console import wire
from console.effects import Send
from console.link import Phase
from console.outcome import OK, REFUSED, UNKNOWN
from simulations.servers import Process

TOWNSHIP = HOME / "townships" / "jingming"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", (0.05, 0.2))


async def token_of(redis_url: str) -> str:
    redis = open_store(redis_url)
    try:
        return await tokens.create(redis, "desk-1", "officer")
    finally:
        await redis.aclose()


def the_log(redis_url: str, data: Path) -> list[dict[str, Any]]:
    """All events, as `fengsui log` prints them."""
    argv = [sys.executable, str(HOME / "fengsui.py"), "log"]
    argv += ["--redis", redis_url, "--data", str(data)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=HOME)
    return [json.loads(line) for line in done.stdout.splitlines()]


async def open_incident(seat: Seat) -> str:
    """The telephone rings; the incident that it opens."""
    call = ReportAlarm(id="call-1", kind="smoke", place="v03-g2", text="对面山坡冒烟")
    seat.link.send(Send(call, "call-1"))
    await until(lambda: seat.hows("call-1") == [OK] and bool(seat.model.table("incident")))
    return next(iter(seat.model.table("incident")))


async def reached(seat: Seat, position: str) -> None:
    """The console has seen all up to here."""
    await until(lambda: seat.model.at == position)


async def settled(seat: Seat, names: list[str]) -> None:
    """Every command has an end; none is left unknown."""
    await until(lambda: all({OK, REFUSED} & set(seat.hows(name)) for name in names))


async def test_a_post_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    token, data = await token_of(redis_own.url), tmp_path / "data"
    names: list[str] = []
    async with proxied(1) as proxy, seated(proxy.port, token=token) as seat:
        for life in range(2):
            async with served(TOWNSHIP, data, mosquitto.url, redis_own.url) as post:
                await post.up()
                proxy.target = post.port
                await until(lambda: seat.link.state.phase is Phase.UP and not seat.model.loading)
                incident = (
                    next(iter(seat.model.table("incident"))) if life else await open_incident(seat)
                )
                for number in range(15):
                    names.append(f"{life}-{number}")
                    note = Note(id=f"n-{names[-1]}", incident=incident, text=names[-1])
                    seat.link.send(Send(note, names[-1]))
                    if number == 12 and life < 1:
                        post.send(signal.SIGKILL)
                    await asyncio.sleep(0.001)
                if life == 1:
                    await settled(seat, [name for name in names if UNKNOWN in seat.hows(name)])
                    await until(lambda: all(seat.hows(name) for name in names))
                    last = (await post.health())["at"]
                    await reached(seat, last)
    log = the_log(redis_own.url, data)
    order = [e["text"] for e in log if e["event"] == "IncidentNoted"]
    written = Counter(order)
    assert set(written.values()) <= {1}
    done = {name for name in names if OK in seat.hows(name)}
    assert written.keys() == done, "what was answered with yes is in the log, and nothing else"
    assert sum(UNKNOWN in seat.hows(name) for name in names) >= 1
    shown = {pos for pos in seat.model.table("log") if pos in {e["pos"] for e in log}}
    assert shown == set(seat.model.table("log"))
    kept = [note["text"] for note in seat.model.incident(incident)["notes"]]
    assert kept == order[-len(kept) :]


async def test_a_line_that_drops_at_random_loses_and_doubles_nothing(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    token, data, dice = await token_of(redis_own.url), tmp_path / "data", random.Random(7)
    names = [str(number) for number in range(60)]
    async with (
        served(TOWNSHIP, data, mosquitto.url, redis_own.url) as post,
        proxied(post.port) as proxy,
    ):
        await post.up()
        async with seated(proxy.port, token=token) as seat:
            await until(lambda: seat.link.state.phase is Phase.UP and not seat.model.loading)
            incident = await open_incident(seat)
            for name in names:
                await until(lambda: seat.link.state.phase is Phase.UP)
                seat.link.send(Send(Note(id=f"n-{name}", incident=incident, text=name), name))
                proxy.delay_s = dice.choice((0.0, 0.0, 0.01, 0.04))
                if dice.random() < 0.2:
                    await asyncio.sleep(dice.random() * 0.05)
                    proxy.cut()
                await asyncio.sleep(dice.random() * 0.02)
            await until(lambda: all(seat.hows(name)[-1:] == [OK] for name in names))
            await reached(seat, (await post.health())["at"])
            kept = seat.model.incident(incident)["notes"]
            positions = list(seat.model.table("log"))
    log = the_log(redis_own.url, data)
    assert [e["text"] for e in log if e["event"] == "IncidentNoted"] == names
    assert [note["text"] for note in kept] == names[-len(kept) :]
    wanted = [e["pos"] for e in log]
    assert [pos for pos in wanted if pos in set(positions)] == positions
    assert proxy.connections > 5
