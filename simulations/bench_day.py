"""Twenty-four hours of the township on the virtual clock: the post itself, in under a minute.

240 cameras say every two minutes that they live, each recorder for its sixteen at once; 60 teams
carry handhelds that say every five minutes where they are; forty alarms come over the day, as on a
quiet one, are acknowledged and closed, and the teams that are sent go and come back.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from command.app import Running
from command.core.township import Township, Unit
from command.loader import digest, load
from sensors.topics import DRILL_ROOT, Kind
from simulations import virtual
from simulations.field import Field
from simulations.live import FieldClient
from simulations.memory.ports import Memory
from simulations.player import TOWNSHIP, TRAINER, in_memory, unheard
from simulations.scenario import Scenario
from simulations.stage import Audience, Outside, Played, played, up

BUDGET_S = 60.0
HOURS = 24.0
BEATS_S = 120.0  # of a recorder; the township calls ten minutes without one silence
PLACES_S = 300.0  # of a handheld; fifteen minutes without a word are silence
ON_ONE_RECORDER = 16
HANDHELDS = 60
ALARMS = 40
SEED = 20261126
STEP_DEG = 0.0004  # a patrol's way, some 40 m
# What a quiet day is made of, and how often (of ten).
KINDS = ("facility", "environment", "crowd", "dispute", "smoke", "hazard", "medical")
WEIGHTS = (2, 2, 1, 2, 1, 1, 1)
ACKNOWLEDGED_S, CLOSED_S, RECEIPT_S = 25.0, 3000.0, 5.0


@dataclass(frozen=True, slots=True)
class Day:
    """The figures. `same`: the log gives the post's own world again, byte for byte."""

    hours: float
    seconds: float
    processor_s: float  # less than that where others share the machine
    messages: int
    entries: int
    events: int
    incidents: int
    orders: int
    unreceipted: int
    same: bool

    @property
    def holds(self) -> bool:
        """Whether it is a minute's work, and nothing was lost."""
        return self.seconds < BUDGET_S and not self.unreceipted and self.same


def scenario(township: Township, hours: float) -> Scenario:
    """The day's alarms, and what the officer does about them."""
    dice = Random(SEED)
    cameras = [camera.id for camera in township.cameras]
    last_s = hours * 3600 - CLOSED_S - 60.0
    number = max(1, round(ALARMS * hours / HOURS))
    moments = sorted(round(dice.uniform(60.0, last_s), 1) for _ in range(number))
    injects: list[dict[str, Any]] = []
    for number, at in enumerate(moments):
        name, kind = f"a-{number}", dice.choices(KINDS, WEIGHTS)[0]
        injects += [
            _inject(name, at, f"{dice.choice(cameras)}/alarm", {"kind": kind}),
            _order(f"{name}-ack", at + ACKNOWLEDGED_S, "acknowledge", name, {}),
            _order(f"{name}-close", at + CLOSED_S, "close", name, {"outcome": "已处置"}),
        ]
    injects.sort(key=lambda inject: float(inject["at_s"]))
    head = {"name": "day", "title": "平常一天", "title_en": "A quiet day", "seed": SEED}
    when = {"length_s": hours * 3600, "start": "2026-11-23T00:00:00+08:00"}
    acts = {"accept_s": 20.0, "go_s": 60.0, "done_s": 900.0}
    whole = {"scenario": {**head, **when}, "inject": injects, "unit": [acts]}
    return Scenario.model_validate_json(json.dumps(whole))


def _inject(name: str, at: float, channel: str, payload: dict[str, Any]) -> dict[str, Any]:
    expect = [{"within_s": RECEIPT_S, "receipt": "opened"}]
    body = {"id": name, "at_s": at, "channel": channel, "payload": payload}
    return {**body, "objective": "平常", "expect": expect}


def _order(name: str, at: float, verb: str, incident: str, more: dict[str, Any]) -> dict[str, Any]:
    expect = [{"within_s": RECEIPT_S, "event": "CommandDone"}]
    body = {"id": name, "at_s": at, "channel": f"console/{verb}"}
    payload = {"incident": f"@{incident}", **more}
    return {**body, "payload": payload, "objective": "平常", "expect": expect}


class Rounds:
    """Signs of life: recorders' and handhelds', one after the other for the whole day."""

    def __init__(self, township: Township, client: FieldClient) -> None:
        self.said = 0
        self._client, self._root = client, f"{DRILL_ROOT}/{township.id}"
        cameras = [camera.id for camera in township.cameras]
        self._recorders = [
            cameras[start : start + ON_ONE_RECORDER]
            for start in range(0, len(cameras), ON_ONE_RECORDER)
        ]
        self._teams = township.units[:HANDHELDS]
        self._dice = Random(SEED)

    async def run(self) -> None:
        """Until cancelled. Everybody begins somewhere in the first round."""
        loop = asyncio.get_running_loop()
        speakers = len(self._recorders) + len(self._teams)
        due = [(loop.time() + self._dice.uniform(0, self._every(n)), n) for n in range(speakers)]
        heapq.heapify(due)
        while True:
            at, number = due[0]
            await asyncio.sleep(at - loop.time())
            await self._say(number)
            heapq.heapreplace(due, (at + self._every(number), number))

    def _every(self, number: int) -> float:
        return BEATS_S if number < len(self._recorders) else PLACES_S

    async def _say(self, number: int) -> None:
        if number < len(self._recorders):
            for camera in self._recorders[number]:
                await self._send(camera, Kind.HEARTBEAT, b'{"ok":true}')
            return
        unit = self._teams[number - len(self._recorders)]
        await self._send(unit.id, Kind.POSITION, self._place(unit))

    def _place(self, unit: Unit) -> bytes:
        lon = unit.lon + self._dice.choice((-1, 0, 1)) * STEP_DEG
        return json.dumps({"position": {"lon": round(lon, 6), "lat": unit.lat}}).encode()

    async def _send(self, source: str, kind: Kind, payload: bytes) -> None:
        self.said += 1
        await self._client.publish(f"{self._root}/{source}/{kind}", payload, qos=0)


async def _day(township: Township, files: str, folder: Path, hours: float) -> tuple[Played, int]:
    memory, day = Memory(township, files), scenario(township, hours)
    outside = Outside(lambda _, name: memory.client(name), lambda _: memory.connect())
    async with (
        up(in_memory(folder, day.start_at - 1.0), memory.ports) as running,
        _signs_of_life(running, memory) as rounds,
    ):
        run = await played(running, outside, Field(day, township), Audience(), TRAINER)
        return run, rounds.said


@asynccontextmanager
async def _signs_of_life(running: Running, memory: Memory) -> AsyncIterator[Rounds]:
    async with memory.client("rounds") as client:
        rounds = Rounds(running.township, client)
        task = asyncio.create_task(rounds.run(), name="rounds")
        try:
            yield rounds
        finally:
            task.cancel()
            await asyncio.wait({task})


def day(hours: float = HOURS) -> Day:
    """Live through it."""
    township, files = load(TOWNSHIP), digest(TOWNSHIP)
    with unheard(), tempfile.TemporaryDirectory(prefix="fengsui-day-") as folder:
        began, ran = time.perf_counter(), time.process_time()
        run, said = virtual.run(lambda: _day(township, files, Path(folder), hours))
        seconds, processor_s = time.perf_counter() - began, time.process_time() - ran
    names = Counter(type(event).__name__ for event in run.events)
    return Day(
        hours=hours,
        seconds=round(seconds, 1),
        processor_s=round(processor_s, 1),
        messages=said + len(run.there.told),
        entries=len(run.entries),
        events=names.total(),
        incidents=names["IncidentOpened"],
        orders=names["UnitOffered"],
        unreceipted=run.there.unreceipted,
        same=run.same,
    )


def lines(found: Day) -> Sequence[str]:
    """The figures for a person."""
    return (
        f"{found.hours:g} virtual hours in {found.seconds:.1f} s (budget: {BUDGET_S:.0f} s)",
        f"{found.processor_s:.1f} s of them on the processor",
        f"{found.messages} messages, {found.events} events in {found.entries} log entries",
        f"{found.incidents} incidents, {found.orders} offers; no receipt: {found.unreceipted}",
        f"the log gives the same world again: {'yes' if found.same else 'NO'}",
    )


def bench(*, as_json: bool) -> int:
    """Print the figures; 0 if it holds."""
    found = day()
    if as_json:
        json.dump(asdict(found), sys.stdout)
        print()
    else:
        print(*lines(found), sep="\n")
    return 0 if found.holds else 1
