"""Two posts that both believe they are first, clocks that step, logs that are old or too short."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import redis
from post_rig import ALARM, Rig, Wire, a_post, events, field_at, leaves, of, through
from served import LEASE_S, Served, served

from command.archive import Archive
from command.clock import Clock
from command.core import events as e
from command.core.codec import encode_entry
from command.core.reasons import Reason
from command.core.tables import Status
from command.errors import LeaseLost
from command.watch import watch_clock
from sensors.topics import Kind
from simulations.fault_field import ROOT, TOWNSHIP, Field, Handhelds
from simulations.fault_house import township
from simulations.servers import Process

HOUR_S = 3600.0
LONG_S = 1000.0  # longer than any unit has to answer
LEASE = f"{{{ROOT}:{TOWNSHIP}}}:lease"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A township in which each call sends one team at once."""
    return township(tmp_path)


class Deaf(Handhelds):
    """Nobody hears an order; they are counted."""

    def order(self, unit: str, order: Mapping[str, Any]) -> None:
        self.repeats += 1


def deaf(field: Field) -> Field:
    field.handhelds = Deaf(field.handhelds.outbox)
    return field


# --- two that believe they are first


async def test_a_fenced_post_publishes_nothing_and_leaves(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url) as field, a_post(*at, holder="one") as first:
        await first.until(lambda: first.post.seq)
        with redis.Redis.from_url(redis_own.url) as client:
            client.delete(LEASE)  # as if it had run out while the first one was asleep
        async with a_post(*at, holder="two", quiet=True) as second:
            field.devices.put(ALARM.source, Kind.ALARM, ALARM.body)
            await asyncio.wait({first.ended}, timeout=30)
            (why,) = leaves(first.ended.exception())
            assert isinstance(why, LeaseLost)
            assert (field.devices.receipted, len(field.handhelds.executed)) == (0, 0)
            first.broker.close()
            second.broker.open()
            await through(second, field)
    log = await events(redis_own.url)
    assert len(of(e.AlarmReceived, log)) == len(of(e.UnitOffered, log)) == 1


async def test_orders_wait_while_the_lease_is_in_doubt(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    async with (
        field_at(mosquitto.url) as field,
        a_post(mosquitto.url, redis_own.url, tmp_path, files, lease_s=0.5) as rig,
    ):
        await rig.until(lambda: rig.post.seq and not rig.store.may_send())
        field.devices.put(ALARM.source, Kind.ALARM, ALARM.body)
        await rig.until(lambda: field.devices.receipted)
        assert rig.post.world.outbox
        assert not field.handhelds.executed

        async def renewing() -> None:
            while True:
                await rig.store.renew()
                await asyncio.sleep(0.1)

        rig.start(renewing())
        await through(rig, field)


async def test_a_standby_takes_over_from_a_killed_post(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    at = (mosquitto.url, redis_own.url)
    async with field_at(mosquitto.url) as field, served(files, tmp_path / "a", *at) as first:
        await first.up()
        async with served(files, tmp_path / "b", *at, "--standby") as second:
            teams = field.handhelds
            deaf(field)  # the order is out, and nobody has confirmed it
            field.devices.put(ALARM.source, Kind.ALARM, ALARM.body)
            await until(lambda: field.handhelds.repeats)
            first.send(signal.SIGKILL)
            field.handhelds = teams
            await second.up()
            await until(lambda: teams.executed and not field.waiting)
            await raise_more(second, field, "after")
    log = await events(redis_own.url)
    assert len(of(e.PostStarted, log)) == 2
    assert set(teams.executed.values()) == {1}
    assert sorted(o.order_id for o in of(e.UnitOffered, log)) == sorted(
        o for _, o in teams.executed
    )


async def test_a_post_that_slept_through_its_lease_leaves_without_a_fight(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    at = (mosquitto.url, redis_own.url)
    async with field_at(mosquitto.url) as field, served(files, tmp_path / "a", *at) as first:
        await first.up()
        async with served(files, tmp_path / "b", *at, "--standby") as second:
            first.send(signal.SIGSTOP)
            await second.up()
            await raise_more(second, field, "asleep")
            first.send(signal.SIGCONT)
            assert await first.end() == 1
            assert "Another post" in first.words()
            await raise_more(second, field, "awake")
            assert (await second.until(lambda h: h["ok"]))["broker"]["takeovers"] == 0
    log = await events(redis_own.url)
    assert len(of(e.AlarmReceived, log)) == 2 * MORE
    assert set(field.handhelds.executed.values()) == {1}


async def test_a_post_cut_off_from_its_store_leaves_the_sessions_to_the_next(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wire = Wire(redis_own.url)
    async with (
        wire.up(),
        field_at(mosquitto.url) as field,
        served(files, tmp_path / "a", mosquitto.url, wire.url) as first,
    ):
        await first.up()
        async with served(
            files, tmp_path / "b", mosquitto.url, redis_own.url, "--standby"
        ) as second:
            wire.cut.set()
            await second.up()
            await first.until(lambda h: not h["store"]["ok"])
            for part in range(4):  # it goes on for longer than a lease: they had time to fight
                await raise_more(second, field, f"part{part}")
                await asyncio.sleep(LEASE_S / 4)
            assert (await second.health())["broker"]["takeovers"] == 0
            assert (await second.health())["broker"]["reconnects"] <= 1
            wire.cut.clear()
            assert await first.end() == 1
    log = await events(redis_own.url)
    assert len(of(e.AlarmReceived, log)) == 4 * MORE
    assert set(field.handhelds.executed.values()) == {1}


MORE = 10


async def raise_more(post: Served, field: Field, name: str) -> None:
    """Some alarms, until each has its receipt and its order is executed."""
    for number in range(MORE):
        body = {"id": f"{name}-{number}", "kind": "other"}
        field.devices.put(ALARM.source, Kind.ALARM, body)
    before = len(field.handhelds.executed)
    await until(lambda: not field.waiting and len(field.handhelds.executed) >= before + MORE)
    assert post.process.returncode is None, post.words()


async def until(true: Any) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


# --- clocks


class Wall:
    """A machine's clocks, which a test sets. `ahead_s` of both; `wall_s` of the wall clock only."""

    def __init__(self) -> None:
        self.ahead_s = self.wall_s = 0.0

    def clock(self) -> Clock:
        """A clock that reads these."""
        return Clock(
            wall=lambda: time.time() + self.ahead_s + self.wall_s,
            monotonic=lambda: time.monotonic() + self.ahead_s,
        )


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
async def test_a_step_of_the_wall_clock_moves_no_deadline(
    step_s: float, mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wall = Wall()
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field, a_post(*at, clock=wall.clock()) as rig:
        await through(rig, field)
        rig.start(watch_clock(rig.clock, rig.post.note))
        due, before = dict(rig.post.world.due), rig.clock.now()
        wall.wall_s = step_s
        assert 0 <= rig.clock.now() - before < HOUR_S / 2
        await rig.until(lambda: rig.post.lines[-1][1].get("event") == "ClockStepped")
        assert {n: at for n, at in rig.post.world.due.items() if n in due} == due
        field.devices.put(ALARM.source, Kind.ALARM, {"id": "a-2", "kind": "other"})
        await through(rig, field)
    log = await events(redis_own.url)
    (stepped,) = of(e.ClockStepped, log)
    assert stepped.by_s == pytest.approx(step_s, abs=5)
    assert [event.at for event in log] == sorted(event.at for event in log)
    assert "expired" not in [c.status for c in of(e.AssignmentChanged, log)]


async def test_a_clock_that_was_set_back_while_no_post_ran_does_not_stand_still(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    """An hour behind its log, the post still repeats orders and fires deadlines in time."""
    wall = Wall()
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field:
        deaf(field)
        async with a_post(*at, clock=wall.clock()) as rig:
            await rig.until(lambda: field.handhelds.repeats)
        wall.wall_s = -HOUR_S
        async with a_post(*at, clock=wall.clock()) as rig:
            rig.start(watch_clock(rig.clock, rig.post.note))
            order = next(iter(rig.post.world.assignments))
            wall.ahead_s += LONG_S
            await rig.until(lambda: rig.post.world.assignments[order].status is Status.EXPIRED)
    log = await events(redis_own.url)
    assert of(e.ClockStepped, log)[0].by_s == pytest.approx(-HOUR_S, abs=5)
    assert [event.at for event in log] == sorted(event.at for event in log)


# --- an old log


async def test_a_deadline_missed_while_down_fires_once_and_is_marked_late(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wall = Wall()
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field:
        deaf(field)
        async with a_post(*at, clock=wall.clock()) as rig:
            await rig.until(lambda: rig.post.world.assignments)
            order = next(iter(rig.post.world.assignments))
        for _ in range(2):
            wall.ahead_s += LONG_S
            async with a_post(*at, clock=wall.clock()) as rig:
                await rig.until(lambda: rig.post.world.assignments[order].status is Status.EXPIRED)
                await rig.until(lambda: idle(rig))
    ends = [c for c in of(e.AssignmentChanged, await events(redis_own.url)) if c.order_id == order]
    assert [(c.status, c.late) for c in ends] == [("expired", True)]


def idle(rig: Rig) -> bool:
    """No deadline has passed that has not fired."""
    return min(rig.post.world.due.values()) > rig.clock.now()


async def test_an_answer_that_waited_in_the_broker_comes_before_its_deadline(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wall = Wall()
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field:
        teams = field.handhelds
        deaf(field)
        async with a_post(*at, clock=wall.clock()) as rig:
            await rig.until(lambda: rig.post.world.outbox)
            (waiting,) = rig.post.world.outbox.values()
        field.handhelds = teams
        teams.order(waiting.unit, waiting.message)  # it had come through after all
        await until(lambda: field.handhelds.outbox.sent >= 3)
        wall.ahead_s += LONG_S
        async with a_post(*at, clock=wall.clock(), quiet=True) as rig:
            ticks = rig.ticks()
            await rig.until(lambda: rig.ticks() >= ticks + 4)  # the broker takes its time
            rig.broker.open()
            await through(rig, field)
    log = await events(redis_own.url)
    assert len(of(e.UnitOffered, log)) == 1
    assert [c.status for c in of(e.AssignmentChanged, log)][-1] == "done"


async def test_deadlines_fire_although_the_broker_stays_away(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    wall = Wall()
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field:
        deaf(field)
        async with a_post(*at, clock=wall.clock()) as rig:
            await rig.until(lambda: rig.post.world.assignments)
            order = next(iter(rig.post.world.assignments))
        wall.ahead_s += LONG_S
        mosquitto.kill()
        async with a_post(*at, clock=wall.clock(), quiet=True) as rig:
            await rig.until(lambda: rig.post.world.assignments[order].status is Status.EXPIRED)


# --- a log that is shorter than one that was seen


async def test_consoles_that_have_seen_more_begin_one_new_era(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url) as field, a_post(*at) as rig:
        await rig.until(lambda: rig.post.seq)
        for position in ("e1-900", "e2-7", "e1-900", "nonsense"):
            rig.picture.seen(position)
        await rig.until(lambda: rig.post.world.era == 3)
        rig.picture.seen("e1-900")
        field.devices.put(ALARM.source, Kind.ALARM, ALARM.body)
        await through(rig, field)
        assert [order for _, order in field.handhelds.executed] == ["O-e3-1"]
    assert [era.era for era in of(e.EraBegan, await events(redis_own.url))] == [3]


async def test_a_handheld_with_an_order_of_a_lost_log_begins_a_new_era(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    reply = {"id": "r-1", "order_id": "O-e1-500", "unit": "militia-1", "status": "done"}
    async with field_at(mosquitto.url) as field, a_post(*at) as rig:
        await rig.until(lambda: rig.post.seq)
        field.handhelds.outbox.put("militia-1", Kind.REPLY, reply)
        rig.picture.seen("e1-900")
        await rig.until(lambda: rig.post.world.era > 1 and not field.waiting)
        field.devices.put(ALARM.source, Kind.ALARM, ALARM.body)
        await through(rig, field)
    log = await events(redis_own.url)
    eras = [era.era for era in of(e.EraBegan, log)]
    assert eras == sorted(set(eras))
    orders = [offered.order_id for offered in of(e.UnitOffered, log)]
    assert len(orders) == len(set(orders)) == 1
    alerts = [alert.alert for alert in of(e.OfficerAlerted, log)]
    assert len(alerts) == len(set(alerts))
    assert Reason.LOG_SHORTER in [alert.reason for alert in of(e.OfficerAlerted, log)]


async def test_an_archive_that_is_longer_than_the_log_begins_an_era_after_all_of_its_own(
    mosquitto: Process, redis_own: Process, files: Path, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, ROOT, TOWNSHIP)
    began = e.EraBegan(at=1.0, cause="console", reason=Reason.LOG_SHORTER, era=3, seen="e2-9")
    fact = e.PostStarted(at=1.0, cause="post", reason=Reason.STARTED, epoch=1, down_s=0.0)
    entries = [began if seq == 40 else fact for seq in range(1, 60)]
    archive.append([(seq, encode_entry(1.0, [event])) for seq, event in enumerate(entries, 1)])
    at = (mosquitto.url, redis_own.url, tmp_path, files)
    async with field_at(mosquitto.url, ALARM) as field, a_post(*at) as rig:
        await through(rig, field)
        assert [order for _, order in field.handhelds.executed] == ["O-e4-1"]
