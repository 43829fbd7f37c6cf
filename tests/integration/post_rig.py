"""A real post on a real broker and store, with a trap at each step it takes: there it dies.

As kill -9 would do it: its sockets close without a word, and whatever it held in memory is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from command import intake
from command.archive import Archive
from command.broker import Pauses
from command.clock import Clock
from command.compact import restore
from command.core import events as e
from command.core.codec import decode_entry
from command.core.tables import Status
from command.core.world import World
from command.feed import Feed
from command.hand import Delivery
from command.loader import digest, load
from command.log import Log, Outcome, Quarantined
from command.measures import Measures
from command.mqtt import Broker, dialler
from command.picture import Picture
from command.post import Post
from command.sealing import Sealer
from command.store import open_store
from command.watch import archived_beyond, opening_facts
from simulations.fault_field import ROOT, TOWNSHIP, Field, Planned

QUICK = Pauses(first=0.01, longest=0.1, contested=0.3, refused=0.05)
WAIT_S = 60.0  # far more than anything takes
LEASE_S = 30.0
ALARM = Planned(0.0, "ljg-01", {"id": "a-1", "kind": "other", "text": "报警"})


class Crash(BaseException):
    """kill -9."""


@dataclass
class Trap:
    """Where to die: `step` of the turn that `turn` names (see `turn_of`). Once."""

    turn: str = ""
    step: str = ""
    sprung: bool = False
    _now: str = ""

    def begins(self, deliveries: Sequence[Delivery]) -> None:
        """A turn begins with these messages."""
        self._now = turn_of(deliveries)

    def waits_at(self, step: str) -> bool:
        """Here it will spring."""
        return not self.sprung and (self._now, step) == (self.turn, self.step)

    def passes(self, step: str) -> None:
        """The post comes by here."""
        if self.waits_at(step):
            self.sprung = True
            raise Crash


def turn_of(deliveries: Sequence[Delivery]) -> str:
    """What a turn is about: an alarm, an answer by its status, or a tick."""
    for delivery in deliveries:
        for word in (b"accepted", b"received", b"done"):
            if delivery.topic.endswith("/reply") and b'"%b"' % word in delivery.payload:
                return word.decode()
        if delivery.topic.endswith("/alarm"):
            return "alarm"
    return "tick"


class TrappedLog(Log):
    """Dies before a commit is sent, while it is under way, or when it is done."""

    trap = Trap()

    async def commit(
        self, seq: int, data: bytes, quarantine: Sequence[Quarantined] = ()
    ) -> Outcome:
        if self.trap.waits_at("before the commit"):
            await asyncio.sleep(0.05)  # what was sent too early gets away, and is seen
        self.trap.passes("before the commit")
        work = asyncio.create_task(super().commit(seq, data, quarantine))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.trap.passes("while the commit is under way")
        outcome = await work
        self.trap.passes("after the commit")
        return outcome


class TrappedBroker(Broker):
    """Dies before or after taking, settling and publishing."""

    trap = Trap()

    def take(self, limit: int) -> list[Delivery]:
        batch = super().take(limit)
        self.trap.begins(batch)
        self.trap.passes("after taking")
        return batch

    def settle(self, deliveries: Any) -> None:
        self.trap.passes("before settling")
        super().settle(deliveries)
        self.trap.passes("after settling")

    def publish(self, topic: str, payload: bytes, **how: Any) -> bool:
        kind = topic.rpartition("/")[2]
        self.trap.passes(f"before the {kind}")
        done = super().publish(topic, payload, **how)
        self.trap.passes(f"after the {kind}")
        return done

    def drop(self) -> None:
        """Both sockets close without a word."""
        for session in self._sessions:
            link: Any = session.link
            if link is not None:
                link._paho._sock_close()


class TrappedFeed(Feed):
    """Dies before or after the consoles are told."""

    trap = Trap()

    def publish(self, at: str, rows: Any) -> None:
        self.trap.passes("before the rows")
        super().publish(at, rows)
        self.trap.passes("after the rows")


@dataclass
class Rig:
    """A post that runs; `ended` is its task."""

    post: Post
    store: TrappedLog
    broker: TrappedBroker
    feed: TrappedFeed
    picture: Picture
    clock: Clock
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def ticks(self) -> int:
        """How often it has looked at the clock."""
        return self.post._patience.ticks

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """One more task of the composition root's."""
        self.tasks.append(asyncio.create_task(work))

    @property
    def ended(self) -> asyncio.Task[Any]:
        return self.tasks[0]

    async def crashed(self) -> None:
        """Wait until it has died of its trap."""
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait({self.ended})
        assert any(isinstance(error, Crash) for error in leaves(self.ended.exception()))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for what must become true while the post lives."""
        async with asyncio.timeout(WAIT_S):
            while not true():
                assert not self.ended.done(), self.ended.exception()
                await asyncio.sleep(0.01)


def leaves(failure: BaseException | None) -> list[BaseException]:
    """The errors in a group of groups."""
    if isinstance(failure, BaseExceptionGroup):
        return [leaf for one in failure.exceptions for leaf in leaves(one)]
    return [] if failure is None else [failure]


@asynccontextmanager
async def a_post(
    mqtt: str,
    redis_url: str,
    folder: Path,
    township: Path,
    *,
    trap: Trap | None = None,
    holder: str = "one",
    lease_s: float = LEASE_S,
    clock: Clock | None = None,
    pauses: Pauses = QUICK,
    quiet: bool = False,
) -> AsyncIterator[Rig]:
    """As the composition root makes one. Nobody renews its lease; it comes with a trap, or none."""
    files, now = load(township), (clock := clock or Clock())
    redis = open_store(redis_url)
    store = TrappedLog(redis, ROOT, TOWNSHIP, answer_s=2.0)
    store.trap = trap = trap or Trap()
    async with asyncio.timeout(WAIT_S):
        while await store.acquire(holder, lease_s) is None:
            await asyncio.sleep(0.05)
    archive = Archive(folder, ROOT, TOWNSHIP)
    restored = await restore(store, archive, ROOT, TOWNSHIP)
    clock.not_before(restored.world.at)
    wake, registry = asyncio.Event(), CollectorRegistry()
    measures = Measures(registry)
    picture = Picture(clock, redis, store, None, measures)
    feed = TrappedFeed(source=picture, root=ROOT, registry=registry)
    broker = TrappedBroker(
        dialler(mqtt),
        root=ROOT,
        township=TOWNSHIP,
        now=now.now,
        people=intake.people(ROOT, files),
        devices=intake.devices(ROOT, files),
        status=lambda online: intake.status(now.now(), 8.0, online=online),
        pauses=pauses,
        arrived=wake,
    )
    feed.trap = broker.trap = trap

    async def rebuild() -> World:
        return (await restore(store, archive, ROOT, TOWNSHIP)).world

    post = Post(
        world=restored.world,
        seq=restored.seq,
        lines=(),
        rebuild=rebuild,
        store=store,
        broker=broker,
        feed=feed,
        clock=clock,
        measures=measures,
        wake=wake,
        sealer=Sealer(folder),
    )
    picture.of(post, broker)
    feed.load()
    rig = Rig(post, store, broker, feed, picture, clock)
    for fact in opening_facts(post.world, store.epoch, clock.now(), files, digest(township)):
        post.note(fact)
    claim = archived_beyond(restored, archive)
    if claim is not None:
        post.seen(*claim, "post")
    if not quiet:  # it stays away from the broker until it is opened
        broker.open()
    rig.tasks += [asyncio.create_task(post.run()), asyncio.create_task(broker.run())]
    try:
        async with asyncio.timeout(WAIT_S):
            while not (quiet or broker.state.connected or rig.ended.done()):
                await asyncio.sleep(0.01)
        yield rig
    finally:
        broker.drop()
        for task in rig.tasks:
            task.cancel()
        await asyncio.wait(rig.tasks)
        await store.close()
        await redis.aclose()


class Wire:
    """Loopback TCP in front of a server; `url` is like its own. It passes on what it gets, but
    swallows the answers to the first `lose` questions that hold `about`, and closes; while `cut` is
    set it passes on nothing at all.
    """

    def __init__(self, url: str) -> None:
        self.lose, self.about, self.lost = 0, b"", 0
        self.cut = asyncio.Event()
        self.url = ""
        self._scheme, _, there = url.partition("://")
        self._host, _, self._port = there.partition(":")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        above, below = await asyncio.open_connection(self._host, int(self._port))
        asked = [b""]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._up(reader, below, asked))
                tasks.create_task(self._down(above, writer, asked))
        except* OSError:
            pass  # one side has gone: the other is told by closing
        finally:
            writer.close()
            below.close()

    async def _up(
        self, reader: asyncio.StreamReader, below: asyncio.StreamWriter, asked: list[bytes]
    ) -> None:
        while block := await reader.read(1 << 16):
            if not self.cut.is_set():
                asked[0] += block
                below.write(block)
        below.close()

    async def _down(
        self, above: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]
    ) -> None:
        while block := await above.read(1 << 16):
            question, asked[0] = asked[0], b""
            if self.lost < self.lose and self.about in question:
                self.lost += 1
                break
            if not self.cut.is_set():
                writer.write(block)
        writer.close()

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Wire]:
        """Until the end of the block."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"{self._scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()


async def events(redis_url: str) -> list[e.Event]:
    """Everything in the log."""
    redis = open_store(redis_url)
    log = Log(redis, ROOT, TOWNSHIP)
    try:
        return [event async for _, data in log.read(0) for event in decode_entry(data)]
    finally:
        await log.close()
        await redis.aclose()


@asynccontextmanager
async def field_at(mqtt: str, *alarms: Planned) -> AsyncIterator[Field]:
    """Devices and handhelds that never give up, and are quick."""
    field = Field(mqtt, alarms, (0.2, 0.4, 0.8, 1.6))
    field.handhelds.pace = 0.1
    task = asyncio.create_task(field.run())
    try:
        yield field
    finally:
        task.cancel()
        await asyncio.wait({task})
        field.close()


async def through(rig: Rig, field: Field) -> None:
    """Until nothing is under way any more."""
    await rig.until(
        lambda: (
            field.raised
            and not field.waiting
            and field.handhelds.executed
            and not rig.post.world.outbox
            and all(a.status is Status.DONE for a in rig.post.world.assignments.values())
        )
    )


def of(kind: type[e.Event], log: Sequence[e.Event]) -> list[Any]:
    """The events of one kind."""
    return [event for event in log if isinstance(event, kind)]
