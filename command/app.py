"""The composition root: what a post is made of, and how it comes and goes.

    services -> lease -> world -> broker, feed, loop

A post that loses its lease drops its world; a standby then waits for the lease again, any other
leaves. Nothing else in the house reads settings or starts tasks of its own.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry
from redis.exceptions import RedisError

from command import intake
from command.archive import Archive
from command.clock import Clock
from command.compact import STORE_VARIABLE, Restored, restore
from command.core import timeline, views
from command.core.codec import decode_entry
from command.core.township import Township
from command.core.world import World
from command.errors import LeaseLost, LogGap, StoreError, first_of
from command.feed import Feed
from command.identity import holder
from command.log import Log, Renewal
from command.measures import Measures
from command.mqtt import Broker
from command.picture import Picture
from command.ports import NETWORK, Addresses, Ports
from command.post import LINES, Post
from command.profiles import Difference, check_broker, check_store
from command.sealing import Sealer
from command.settings import Settings
from command.store import Storage, open_store
from command.watch import CAUSE, archived_beyond, opening_facts, watch_clock
from sensors.words import tr

RENEWALS = 3  # in the time of one lease
WATCH_S = 1.0
# Nothing in a world points in a circle: looking for circles in it is time taken from the alarms.
GC_THRESHOLDS = (20_000, 50, 100)
CONNECT_S = 3.0

log = structlog.get_logger("app")


@dataclass(frozen=True, slots=True)
class Running:
    """A post that is up: for who started it (a drill, a test, the command line)."""

    township: Township
    post: Post
    feed: Feed
    broker: Broker
    clock: Clock
    addresses: Addresses
    ports: Ports
    picture: Picture


Ready = Callable[[Running], None]


async def serve(settings: Settings, ready: Ready = lambda _: None, ports: Ports = NETWORK) -> None:
    """Be the post, until cancelled. Raises FengsuiError when there is nothing more to try."""
    settings.check()
    township, files = ports.files(settings.township)
    settings.data.mkdir(parents=True, exist_ok=True)
    async with (
        ports.services(settings) as addresses,
        holder(settings.data, settings.root, township.id) as name,
    ):
        while True:
            try:
                await _reign(settings, ports, township, files, addresses, name, ready)
            except* (LeaseLost, LogGap) as ends:
                log.warning("lease ended", why=str(first_of(ends)))
                if not settings.standby:
                    raise first_of(ends) from None
            except* StoreError as ends:
                # It went away while the world was being read; a running post never comes here.
                if not first_of(ends).retry:
                    raise first_of(ends) from None
                log.warning("store not ready", why=str(first_of(ends)))
                await asyncio.sleep(settings.lease_s / RENEWALS)


async def _reign(
    settings: Settings,
    ports: Ports,
    township: Township,
    files: str,
    addresses: Addresses,
    name: str,
    ready: Ready,
) -> None:
    """One lease, from taking it to losing it."""
    async with AsyncExitStack() as stack:
        clock, redis = ports.clock(settings), ports.store(addresses.redis)
        stack.push_async_callback(redis.aclose)
        answer_s = settings.lease_s / RENEWALS
        store = Log(redis, settings.root, township.id, answer_s=answer_s, monotonic=clock.elapsed)
        stack.push_async_callback(store.close)
        await _lease(store, name, settings)
        stack.push_async_callback(store.release)
        archive = Archive(settings.data, settings.root, township.id)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_hold(store, settings.lease_s), name="lease")
            restored = await _restore(store, archive, settings.root, township.id)
            running = await _build(
                settings, ports, township, addresses, clock, redis, store, archive, restored
            )
            now = running.clock.now()
            for fact in opening_facts(restored.world, store.epoch, now, township, files):
                running.post.note(fact)
            claim = archived_beyond(restored, archive)
            if claim is not None:
                running.post.seen(*claim, CAUSE)
            # Not awaited here: it tries out a broker, and aiomqtt turns a cancellation that meets
            # it there into an error of its own. A post would live on after its SIGTERM.
            tasks.create_task(_differences(settings, running.picture), name="differences")
            tasks.create_task(_gate(store, running.broker, settings.lease_s), name="gate")
            tasks.create_task(running.broker.run(), name="broker")
            await _connected(running.broker)
            host, port = settings.address()
            tasks.create_task(running.feed.serve(host, port), name="feed")
            await running.feed.listening()
            tasks.create_task(running.post.run(), name="post")
            tasks.create_task(watch_clock(running.clock, running.post.note), name="clock")
            tasks.create_task(_compaction(settings, addresses, store, running.post), name="compact")
            ready(running)


async def _connected(broker: Broker) -> None:
    """Who finds the feed may publish at once: on a new broker nobody keeps what nobody subscribed.

    A broker that is down keeps the consoles waiting for a moment only.
    """
    try:
        async with asyncio.timeout(CONNECT_S):
            while not broker.connected:  # noqa: ASYNC110 - asked for once in a reign
                await asyncio.sleep(0.01)
    except TimeoutError:
        log.warning("broker not ready", why=broker.state.reason)


async def _lease(store: Log, name: str, settings: Settings) -> None:
    """Take the lease. A standby waits as long as it takes; others a little over one lease."""
    tries = 0
    pause = settings.lease_s / RENEWALS
    while True:
        try:
            epoch = await store.acquire(name, settings.lease_s)
        except StoreError as error:
            if not error.retry:
                raise
            log.warning("store not ready", why=str(error))
            epoch = None
        else:
            tries += 1
        if epoch is not None:
            log.info("lease taken", epoch=epoch)
            return
        if tries > RENEWALS * 2 and not settings.standby:
            raise LeaseLost(
                tr("Another post holds this township. Start with --standby to wait for it.")
            )
        await asyncio.sleep(pause)


async def _hold(store: Log, lease_s: float) -> None:
    """Renew the lease; LeaseLost as soon as another holds it."""
    while True:
        await asyncio.sleep(lease_s / RENEWALS)
        if await store.renew() is Renewal.LOST:
            raise LeaseLost(tr("Another post is first now. This one leaves; nothing is lost."))


async def _gate(store: Log, broker: Broker, lease_s: float) -> None:
    """Connect only while the lease is ours for sure. A connection that stands may go on standing:
    what comes in is shown as not yet on disk. But once another post has taken our sessions over, we
    would only throw it out again.
    """
    while True:
        if store.may_send():
            broker.open()
        else:
            broker.stay()
        await asyncio.sleep(lease_s / RENEWALS / 2)


async def _restore(store: Log, archive: Archive, root: str, township: str) -> Restored:
    """Replay without the garbage collector: nothing in a world is garbage; half the time."""
    gc.disable()
    try:
        restored = await restore(store, archive, root, township)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
    for note in restored.notes:
        log.warning("recovery", note=note)
    log.info("world restored", seq=restored.seq, incidents=len(restored.world.incidents))
    return restored


async def _build(
    settings: Settings,
    ports: Ports,
    township: Township,
    addresses: Addresses,
    clock: Clock,
    redis: Storage,
    store: Log,
    archive: Archive,
    restored: Restored,
) -> Running:
    clock.not_before(restored.world.at)
    wake, registry = asyncio.Event(), CollectorRegistry()
    measures = Measures(registry)
    picture = Picture(clock, redis, store, addresses.services, measures)
    feed = Feed(source=picture, root=settings.root, registry=registry, listen=ports.listen)
    broker = Broker(
        ports.dial(addresses.mqtt),
        root=settings.root,
        township=township.id,
        now=clock.now,
        people=intake.people(settings.root, township),
        devices=intake.devices(settings.root, township),
        status=lambda online: intake.status(clock.now(), township.utc_offset_h, online=online),
        arrived=wake,
    )

    async def rebuild() -> World:
        while True:
            try:
                return (await restore(store, archive, settings.root, township.id)).world
            except StoreError as error:
                if not error.retry:
                    raise
                log.warning("store not ready", why=str(error))
                await asyncio.sleep(settings.lease_s / RENEWALS)

    post = Post(
        world=restored.world,
        seq=restored.seq,
        lines=await _last_lines(store, restored),
        rebuild=rebuild,
        store=store,
        broker=broker,
        feed=feed,
        clock=clock,
        measures=measures,
        wake=wake,
        sealer=Sealer(settings.data),
    )
    picture.of(post, broker)
    return Running(township, post, feed, broker, clock, addresses, ports, picture)


LOG_ENTRIES_READ = 2_000  # at the start: most of them are signs of life


async def _last_lines(store: Log, restored: Restored) -> Sequence[tuple[str, views.Row]]:
    lines: list[tuple[str, views.Row]] = []
    start = max(restored.seq - LOG_ENTRIES_READ, (await store.first() or 1) - 1)
    async for seq, data in store.read(start):
        made = views.log_lines(restored.world, decode_entry(data), seq)
        lines += [line for line in made if not timeline.is_routine(line[1])]
    return lines[-LINES:]


async def _differences(settings: Settings, picture: Picture) -> None:
    """A broker or store that was given is checked; what differs is named, and the post goes on."""
    found: list[Difference] = []
    if settings.redis:
        found += await _checked("store", _check_store(settings.redis))
    if settings.mqtt:
        found += await _checked("broker", check_broker(settings.mqtt))
    for one in found:
        log.warning("profile", name=one.name, found=one.found, wanted=one.wanted, risk=one.risk)
    picture.differences = found


async def _check_store(url: str) -> list[Difference]:
    async with open_store(url) as redis:
        return await check_store(redis)


async def _checked(what: str, check: Awaitable[list[Difference]]) -> list[Difference]:
    try:
        return await check
    except (RedisError, OSError) as error:  # what is the matter shows in the health of the thing
        log.warning("profile not checked", what=what, why=str(error))
        return []


async def _compaction(settings: Settings, addresses: Addresses, store: Log, post: Post) -> None:
    """Archive, snapshot and trim in a process of its own, off the hot path."""
    done = post.seq
    while True:
        await asyncio.sleep(WATCH_S)
        if post.seq - done < settings.compact_every:
            continue
        done = post.seq
        await _compact(settings, addresses, store, post.world.township_id)


async def _compact(settings: Settings, addresses: Addresses, store: Log, township: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "command.compact",
        *("--root", settings.root),
        *("--township", township),
        *("--data", str(settings.data.resolve())),
        *("--epoch", str(store.epoch)),
        *("--keep", str(settings.compact_every)),
        env=os.environ | {STORE_VARIABLE: addresses.redis},  # it may hold a password
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        done, trouble = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        log.error("compaction failed", why=trouble.decode(errors="replace").strip()[-300:])
    else:
        log.info("compacted", done=done.decode(errors="replace").strip()[-500:])
