"""A crash at every step between intake and outbox: the alarm is in the log once, the order arrives.

Each test runs an alarm through to the team's last answer. The post dies at one step of one turn;
the next one finds what the broker and the store still have, and the devices send again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Pair
from post_rig import ALARM, WAIT_S, Trap, Wire, a_post, events, field_at, of, through

from command.clock import Clock
from command.core import events as e
from simulations.fault_field import Field, Handhelds, Planned
from simulations.fault_house import township
from simulations.servers import Process

EVERY_TURN = (
    "after taking",
    "before the commit",
    "while the commit is under way",
    "after the commit",
    "before the rows",
    "after the rows",
    "before settling",
    "after settling",
    "before the receipt",
    "after the receipt",
)
WITH_AN_ORDER = ("before the order", "after the order")
OF_A_TICK = ("before the commit", "while the commit is under way", "after the commit")
LONG_S = 1000.0  # longer than any unit has to answer


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A township in which each call sends one team at once."""
    return township(tmp_path)


async def check(redis_url: str, field: Field) -> None:
    """Once in the log, once executed, and the order's way told in the log from end to end."""
    log = await events(redis_url)
    assert [(a.source, a.message_id) for a in of(e.AlarmReceived, log)] == [ALARM.key]
    (offered,) = of(e.UnitOffered, log)
    assert field.handhelds.executed == {(offered.unit, offered.order_id): 1}
    assert [c.status for c in of(e.AssignmentChanged, log)] == [
        "accepted",
        "en_route",
        "on_scene",
        "done",
    ]
    assert len(of(e.OrderSettled, log)) == 1
    assert field.devices.receipted >= 1
    assert not of(e.MessageQuarantined, log)


CRASHES = [
    *(("alarm", step) for step in EVERY_TURN + WITH_AN_ORDER),
    *(("received", step) for step in EVERY_TURN),
    *(("accepted", step) for step in EVERY_TURN),
    *(("done", step) for step in EVERY_TURN),
]


@pytest.mark.parametrize(("turn", "step"), CRASHES)
async def test_a_crash_loses_nothing(
    turn: str, step: str, mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    trap = Trap(turn, step)
    async with field_at(mosquitto.url, ALARM) as field:
        async with a_post(mosquitto.url, redis_own.url, tmp_path, files, trap=trap) as rig:
            await rig.crashed()
            if (turn, step) == ("alarm", "before the commit"):
                await asyncio.sleep(0.05)
                assert (field.devices.receipted, len(field.handhelds.executed)) == (0, 0)
        assert trap.sprung
        async with a_post(mosquitto.url, redis_own.url, tmp_path, files) as rig:
            await through(rig, field)
        await check(redis_own.url, field)


@pytest.mark.parametrize("turn", ["alarm", "received", "done"])
async def test_a_crash_loses_nothing_with_the_embedded_pair(
    turn: str, pair: Pair, files: Path, tmp_path: Path
) -> None:
    trap = Trap(turn, "after the commit")
    async with field_at(pair.mqtt_url, ALARM) as field:
        async with a_post(pair.mqtt_url, pair.redis_url, tmp_path, files, trap=trap) as rig:
            await rig.crashed()
        async with a_post(pair.mqtt_url, pair.redis_url, tmp_path, files) as rig:
            await through(rig, field)
        await check(pair.redis_url, field)


class DeafOnce(Handhelds):
    """The unit that is asked first hears nothing."""

    deaf = ""

    def order(self, unit: str, order: Mapping[str, Any]) -> None:
        self.deaf = self.deaf or unit
        if unit != self.deaf:
            super().order(unit, order)


@pytest.mark.parametrize("step", OF_A_TICK + WITH_AN_ORDER)
async def test_a_crash_while_a_deadline_fires_fires_it_once(
    step: str, mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    trap, ahead = Trap(), [0.0]

    def hurried() -> Clock:
        return Clock(monotonic=lambda: time.monotonic() + ahead[0])

    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field:
        field.handhelds = DeafOnce(field.handhelds.outbox)
        async with a_post(*at, trap=trap, clock=hurried()) as rig:
            await rig.until(lambda: rig.post.world.assignments)
            trap.turn, trap.step = "tick", step
            ahead[0] += LONG_S
            await rig.crashed()
        async with a_post(*at, clock=hurried()) as rig:
            if len(rig.post.world.assignments) == 1:  # the deadline died with the post
                ahead[0] += LONG_S
            await rig.until(lambda: field.handhelds.executed and not field.waiting)
    log = await events(redis_own.url)
    first, second = of(e.UnitOffered, log)[:2]
    expired = [c.order_id for c in of(e.AssignmentChanged, log) if c.status == "expired"]
    assert expired.count(first.order_id) == 1
    assert field.handhelds.executed[second.unit, second.order_id] == 1
    assert len(of(e.AlarmReceived, log)) == 1


@pytest.mark.parametrize("lost", [1, 3])
async def test_a_commit_whose_reply_is_lost_is_one_entry(
    lost: int, mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wire = Wire(redis_own.url)
    wire.lose, wire.about = lost, b"AlarmReceived"
    async with (
        wire.up(),
        field_at(mosquitto.url, ALARM) as field,
        a_post(mosquitto.url, wire.url, tmp_path, files) as rig,
    ):
        await through(rig, field)
        assert wire.lost == lost
    await check(redis_own.url, field)


async def test_answers_that_come_in_the_wrong_order_end_alike(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    """As a broker hands them out again after a crash; each says when it was said."""

    class Backwards(Handhelds):
        """Says the last first."""

        def order(self, unit: str, order: Mapping[str, Any]) -> None:
            if order["order_id"] in {ident for _, ident in self.executed}:
                return
            self.executed[unit, order["order_id"]] += 1
            for second, status in ((3, "done"), (2, "accepted"), (1, "received")):
                body = {"id": f"r-{status}", "order_id": order["order_id"], "unit": unit}
                at = f"2026-11-23T08:00:0{second}+08:00"
                told = body | {"status": status, "rev": order["rev"], "at": at}
                self.outbox.put(unit, "reply", told)  # type: ignore[arg-type]

    async with field_at(mosquitto.url, ALARM) as field:
        field.handhelds = Backwards(field.handhelds.outbox)
        async with a_post(mosquitto.url, redis_own.url, tmp_path, files) as rig:
            await through(rig, field)
    log = await events(redis_own.url)
    assert [r.status for r in of(e.ReplyReceived, log)] == ["done", "accepted", "received"]
    assert of(e.AssignmentChanged, log)[-1].status == "done"
    assert len(of(e.UnitOffered, log)) == 1


async def test_a_storm_that_no_post_settled_is_in_the_log_once(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    alarms = [
        Planned(0.0, f"ljg-{1 + n % 16:02}", {"id": f"a-{n}", "kind": "smoke"}) for n in range(500)
    ]
    async with field_at(mosquitto.url, *alarms) as field:
        for step in ("before settling", "before the commit", "after the commit"):
            async with a_post(
                mosquitto.url, redis_own.url, tmp_path, files, trap=Trap("alarm", step)
            ) as rig:
                await rig.crashed()
        async with a_post(mosquitto.url, redis_own.url, tmp_path, files) as rig:
            async with asyncio.timeout(WAIT_S):
                await rig.until(lambda: field.raised and not len(field.devices))
    received = [(a.source, a.message_id) for a in of(e.AlarmReceived, await events(redis_own.url))]
    assert sorted(received) == sorted(alarm.key for alarm in alarms)
