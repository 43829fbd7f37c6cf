"""Nothing is lost while post, broker and store are killed with -9, and devices send again.

    fengsui bench faults [--embedded] [--json]

What must hold in the end, however the kills fell: every alarm is in the log exactly once, every
message has its receipt, every order that was offered was executed by its unit, once, unless the log
says why it was not; nothing is in quarantine; and the log replays to the same world byte for byte,
from its first entry as from the snapshot.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from command.archive import Archive
from command.compact import restore
from command.core import events as e
from command.core.codec import decode_entry, dump_world
from command.core.evolve import evolve
from command.core.tables import LIVE, Status
from command.core.world import World, empty
from command.errors import FengsuiError, StoreError
from command.loader import load
from command.log import Log
from command.store import open_store
from sensors.words import tr
from simulations.fault_field import ROOT, TOWNSHIP, Field, plan_alarms
from simulations.fault_house import REFERENCE, House, Kill, open_house, plan_kills

RATE = 50.0  # alarms a second
SETTLE_S = 180.0  # for the last receipt and the last order; far more than it takes
PAUSE_S = 0.5
SHOWN = 5  # differences of each sort that are spelt out
# Ends of an offer that explain why a unit has not executed it.
NOT_SENT = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.DECLINED})


class NotSettled(FengsuiError):  # noqa: N818 - it is a finding
    """Messages or orders were still under way when patience ended."""


@dataclass(slots=True)
class Read:
    """What the log says in the end."""

    entries: int = 0
    events: int = 0
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)
    offered: dict[str, str] = field(default_factory=dict)  # order -> unit
    ended: dict[str, Status] = field(default_factory=dict)  # order -> last status
    quarantined: int = 0
    reigns: int = 0
    archived: int = 0
    replays_alike: bool = False


@dataclass(slots=True)
class Result:
    """Figures of one run, and `differences`: what was lost or done twice. Times are seconds."""

    pair: str
    seed: int
    alarms: int
    kills: dict[str, int]
    took_s: float = 0.0
    alarms_sent: int = 0  # with repeats
    replies_sent: int = 0  # with repeats
    longest_receipt_s: float = 0.0
    orders: int = 0
    executed: int = 0
    order_repeats_dropped: int = 0
    not_executed: dict[str, int] = field(default_factory=dict)  # by the end that the log names
    reigns: int = 0
    log_entries: int = 0
    log_events: int = 0
    archived_entries: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing was lost and nothing was done twice."""
        return not self.differences


async def run(
    folder: Path,
    *,
    alarms: int = 5000,
    post_kills: int = 10,
    broker_kills: int = 3,
    store_kills: int = 3,
    embedded: bool = False,
    seed: int = 1,
    rate: float = RATE,
    progress: bool = False,
) -> Result:
    """One run in the empty `folder`. Raises FengsuiError when it cannot even be tried."""
    dice = Random(seed)
    spread_s = alarms / rate
    counts = {"post": post_kills, "broker": broker_kills, "store": store_kills}
    kills = plan_kills(counts, spread_s, dice)
    cameras = [camera.id for camera in load(REFERENCE).cameras]
    planned = plan_alarms(cameras, alarms, spread_s, dice)
    loop = asyncio.get_running_loop()
    async with open_house(folder, embedded=embedded) as house:
        post = asyncio.create_task(house.keep_post(), name="post")
        try:
            await house.until_up()
            began = loop.time()
            field_ = Field(house.mqtt, planned)
            try:
                await _through(house, field_, kills, progress=progress)
            finally:
                field_.close()
        finally:
            post.cancel()
            await asyncio.wait({post})
        read = await _read(house)
        result = Result("embedded" if embedded else "own", seed, alarms, dict(house.kills))
        result.took_s = round(loop.time() - began, 1)
        _figures(result, field_, read)
        result.differences = _differences(field_, house, read)
        return result


async def _through(house: House, field_: Field, kills: list[Kill], *, progress: bool) -> None:
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(field_.run(), name="field")
        saying = tasks.create_task(_progress(house, field_, progress=progress), name="progress")
        await _kill_all(house, kills)
        await _settled(house, field_)
        sending.cancel()
        saying.cancel()


async def _kill_all(house: House, kills: list[Kill]) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for kill in kills:
        await asyncio.sleep(max(0.0, began + kill.at - loop.time()))
        await house.kill(kill.what)


async def _settled(house: House, field_: Field) -> None:
    """Until every message has its receipt and no order is under way any more."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + SETTLE_S + field_.alarms[-1].at
    while not (field_.raised and not field_.waiting and await _nothing_under_way(house)):
        await asyncio.sleep(PAUSE_S)
        if loop.time() < give_up:
            continue
        message = tr(
            "{count} messages have no receipt, or orders stay open: {some}. The post: {post}"
        )
        some = [*field_.devices.keys(), *field_.handhelds.outbox.keys()][:SHOWN]
        text = message.format(count=field_.waiting, some=some, post=house.post_said())
        raise NotSettled(text)


async def _nothing_under_way(house: House) -> bool:
    try:
        async with _log(house) as log:
            archive = Archive(house.data, ROOT, TOWNSHIP)
            world = (await restore(log, archive, ROOT, TOWNSHIP)).world
    except StoreError:
        return False
    return not world.outbox and not any(a.status in LIVE for a in world.assignments.values())


async def _progress(house: House, field_: Field, *, progress: bool) -> None:
    while progress:
        await asyncio.sleep(5.0)
        line = tr("{done} of {all} alarms receipted, {waiting} messages wait, killed: {kills}")
        kills = ", ".join(f"{what} {count}" for what, count in sorted(house.kills.items()))
        done = field_.devices.receipted
        words = line.format(
            done=done, all=len(field_.alarms), waiting=field_.waiting, kills=kills or "-"
        )
        print(words, file=sys.stderr, flush=True)


# --- the verdict


@asynccontextmanager
async def _log(house: House) -> AsyncIterator[Log]:
    async with house.store_url() as url:
        redis = open_store(url)
        log = Log(redis, ROOT, TOWNSHIP)
        try:
            yield log
        finally:
            await log.close()
            await redis.aclose()


async def _read(house: House) -> Read:
    """The whole history, from archive and log."""
    read, world = Read(), empty(ROOT, TOWNSHIP)
    archive = Archive(house.data, ROOT, TOWNSHIP)
    async with _log(house) as log:
        read.archived = archive.last_seq()
        async for data in _history(log, archive):
            read.entries += 1
            for event in decode_entry(data):
                evolve(world, event)
                _note(read, event)
        restored = await restore(log, archive, ROOT, TOWNSHIP)
    read.replays_alike = dump_world(restored.world) == dump_world(world)
    _note_ends(read, world)
    return read


async def _history(log: Log, archive: Archive) -> AsyncIterator[bytes]:
    first = await log.first() or 1
    for seq, data in archive.read():
        if seq >= first:
            break
        yield data
    async for _, data in log.read(first - 1):
        yield data


def _note(read: Read, event: e.Event) -> None:
    read.events += 1
    match event:
        case e.AlarmReceived():
            read.alarms[event.source, event.message_id] += 1
        case e.UnitOffered():
            read.offered[event.order_id] = event.unit
        case e.MessageQuarantined():
            read.quarantined += 1
        case e.PostStarted():
            read.reigns += 1


def _note_ends(read: Read, world: World) -> None:
    read.ended = {order_id: one.status for order_id, one in world.assignments.items()}


def _figures(result: Result, field_: Field, read: Read) -> None:
    teams = field_.handhelds
    result.alarms_sent, result.replies_sent = field_.devices.sent, teams.outbox.sent
    result.longest_receipt_s = round(field_.devices.longest_s, 1)
    result.orders, result.executed = len(read.offered), len(teams.executed)
    result.order_repeats_dropped = teams.repeats
    done = {order_id for _, order_id in teams.executed}
    ends = (str(read.ended[order]) for order in read.offered if order not in done)
    result.not_executed = dict(Counter(ends))
    result.reigns, result.log_entries, result.log_events = read.reigns, read.entries, read.events
    result.archived_entries = read.archived


def _differences(field_: Field, house: House, read: Read) -> list[str]:
    """What must not be, each as a sentence; none when nothing was lost."""
    wanted = Counter(alarm.key for alarm in field_.alarms)
    executed = field_.handhelds.executed
    done = {order_id: unit for unit, order_id in executed}
    undone = [o for o in read.offered if o not in done and read.ended[o] not in NOT_SENT]
    found: dict[str, Sequence[object]] = {
        "not in the log": list(wanted - read.alarms),
        "in the log more than once": list(read.alarms - wanted),
        "without a receipt": field_.devices.keys() + field_.handhelds.outbox.keys(),
        "offered and never executed": undone,
        "executed more than once": [key for key, count in executed.items() if count > 1],
        "executed and not in the log": [
            o for o, unit in done.items() if read.offered.get(o) != unit
        ],
        "in quarantine": [read.quarantined] if read.quarantined else [],
        "exits of the post by itself": house.left,
    }
    lines = [f"{len(of)} {what}: {of[:SHOWN]}" for what, of in found.items() if of]
    if not read.replays_alike:
        lines.append("the snapshot and the whole log give different worlds")
    if house.left:
        lines.append(house.post_said())
    return lines


# --- the benchmark


def bench(*, as_json: bool, embedded: bool, seed: int = 1) -> int:
    """The long run; figures on stdout. 0 when nothing was lost, else 1."""
    with tempfile.TemporaryDirectory(prefix="fengsui-faults-") as folder:
        result = asyncio.run(run(Path(folder), embedded=embedded, seed=seed, progress=True))
    if as_json:
        print(json.dumps(asdict(result) | {"ok": result.ok}, ensure_ascii=False))
    else:
        _show(result)
    return 0 if result.ok else 1


def _show(result: Result) -> None:
    for name, value in asdict(result).items():
        if name != "differences":
            print(f"{name:24} {value}")
    for line in result.differences:
        print(tr("LOST OR DOUBLED: {what}").format(what=line))
    if result.ok:
        print(tr("Nothing lost, nothing done twice."))
