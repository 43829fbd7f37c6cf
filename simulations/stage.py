"""A drill on a post that is up: field and console connect, the scenario runs, the log is read back.

The same on the real clock with real servers (drill.py) and on the virtual one (player.py): only
what carries the messages differs, and `Outside` names it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from command import tokens
from command.app import Running, serve
from command.core.codec import decode_entry, dump_world
from command.core.events import Event
from command.core.evolve import evolve
from command.core.ticks import next_due
from command.core.views import position
from command.core.world import World, empty
from command.errors import BrokerError, StoreError
from command.log import Log
from command.ports import NETWORK, Ports
from command.settings import Settings
from sensors.topics import DRILL_ROOT
from sensors.words import tr
from simulations.field import Field
from simulations.live import Console, FieldClient, FieldLink, Line, Wire

TAIL_S = 10.0  # for the last receipts; like all seconds here, those of the loop's clock
REST_S = 0.3  # without a change: the post is at rest
REST_TRIES = 100
POLL_S = 0.05
START_S = 90.0  # for services and lease
CONNECT_S = 20.0


@dataclass(frozen=True, slots=True)
class Outside:
    """How the field (by a client's name) and a console reach the post that runs."""

    client: Callable[[Running, str], AbstractAsyncContextManager[FieldClient]]
    connect: Callable[[Running], AbstractAsyncContextManager[Wire]]


@dataclass(slots=True)
class Played:
    """What a drill led to: the log's entries, the world after them, and the field."""

    world: World
    there: Field
    entries: list[bytes] = field(default_factory=list)
    seconds: float = 0.0  # of the scenario, that were played

    @property
    def events(self) -> list[Event]:
        """All committed events, as they are read back from the entries."""
        return [event for entry in self.entries for event in decode_entry(entry)]

    @property
    def same(self) -> bool:
        """Whether the log gives the post's own world again, byte for byte."""
        again = replayed(self.entries, self.world.township_id)
        return dump_world(again) == dump_world(self.world)


class Audience:
    """Who looks on while a drill is played, and may end it. This one does neither."""

    def line(self, line: Line) -> None:
        """A committed event, as consoles see it."""

    def refused(self, command: str, reason: str) -> None:
        """The post did not do what the drill's officer typed in."""

    async def progress(self, running: Running, there: Field) -> None:
        """Beside everything else, until cancelled."""

    async def until_over(self, work: Coroutine[Any, Any, None]) -> None:
        """Until `work` is done, or the audience has seen enough."""
        await work

    async def ended(self, running: Running) -> None:
        """It is over, and the post still up: what is to be done before it goes."""


@asynccontextmanager
async def up(settings: Settings, ports: Ports = NETWORK) -> AsyncIterator[Running]:
    """A post that runs until the end of the block. Raises StoreError when it does not come up."""
    ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        post = tasks.create_task(serve(settings, ready.set_result, ports), name="post")
        try:
            async with asyncio.timeout(START_S):
                running = await ready
        except TimeoutError:
            message = tr(
                "The post did not start within {seconds} s: see what is wrong with the store."
            )
            raise StoreError(message.format(seconds=START_S)) from None
        yield running
        post.cancel()


async def played(
    running: Running, outside: Outside, there: Field, audience: Audience, trainer: str
) -> Played:
    """Play it to the last receipt, or until the audience leaves. `trainer` is the console's name.

    Raises BrokerError when field or console cannot connect.
    """
    store = running.ports.store(running.addresses.redis)
    try:
        token = await tokens.create(store, trainer, "trainer")
        seconds = await _play(running, outside, there, audience, token)
        await _at_rest(running)
        found = Played(running.post.world, there, await _read_back(running), seconds)
        await tokens.revoke(store, trainer)
    finally:
        await store.aclose()
    return found


def a_trainer() -> str:
    """The name of a drill's console; two drills on one store do not meet."""
    return f"drill-{secrets.token_hex(4)}"


async def _play(
    running: Running, outside: Outside, there: Field, audience: Audience, token: str
) -> float:
    """Connect field and console, begin, stay to the end; how many seconds were played."""

    def show(line: Line) -> None:
        there.news(line)
        link.wake()
        audience.line(line)

    console = Console(lambda: outside.connect(running), token, show, audience.refused)
    township = running.township.id
    name = f"fengsui-field-{township}"
    link = FieldLink(
        lambda: outside.client(running, name), township, there, running.clock, console.call
    )
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(link.run()), tasks.create_task(console.run())]
        await _connected(running, link, console)
        await running.clock.sleep(-running.clock.now() % 1)  # a scenario begins on a whole second
        link.begin(running.clock.now())
        working.append(tasks.create_task(audience.progress(running, there)))
        left_s = there.scenario.end_at - running.clock.now()
        await audience.until_over(running.clock.sleep(left_s))
        played_s = running.clock.now() - there.scenario.start_at
        await audience.ended(running)
        await _tail(running, there, console)
        for task in working:
            task.cancel()
    return played_s


async def _connected(running: Running, link: FieldLink, console: Console) -> None:
    try:
        async with asyncio.timeout(CONNECT_S):
            await link.connected.wait()
            await _until(lambda: running.broker.state.connected and bool(console.at))
    except TimeoutError:
        message = tr("The drill could not connect within {seconds} s: {why}")
        why = tr(running.broker.state.reason or "The broker does not answer")
        raise BrokerError(message.format(seconds=CONNECT_S, why=why)) from None


async def _tail(running: Running, there: Field, console: Console) -> None:
    """Until every message has its receipt and the console has seen all, or the time is up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(TAIL_S):
            await _until(lambda: not there.unreceipted and console.at == _position(running))


def _position(running: Running) -> str:
    return position(running.post.world, running.post.seq)


async def _until(reached: Callable[[], bool]) -> None:
    """Ask again and again."""
    while not reached():  # noqa: ASYNC110 - post, feed and broker tell nobody when they change
        await asyncio.sleep(POLL_S)


async def _at_rest(running: Running) -> None:
    """Until nothing has changed for a while and nothing is due: then no commit is open."""
    before = (-1, 0.0)
    for _ in range(REST_TRIES):  # else the comparison that follows says so
        world = running.post.world
        due, now = next_due(world), running.clock.now()
        quiet = due is None or due > now + REST_S * running.clock.speed
        if quiet and not running.broker.in_hand() and before == (running.post.seq, world.at):
            return
        before = (running.post.seq, world.at)
        await asyncio.sleep(REST_S)


async def _read_back(running: Running) -> list[bytes]:
    """The entries of the log, from the store."""
    until, store = running.post.seq, running.ports.store(running.addresses.redis)
    log = Log(store, DRILL_ROOT, running.township.id)
    try:
        return [data async for seq, data in log.read(0) if seq <= until]
    finally:
        await log.close()
        await store.aclose()


def replayed(entries: list[bytes], township_id: str) -> World:
    """The world that the entries give, from nothing."""
    world = empty(DRILL_ROOT, township_id)
    for entry in entries:
        for event in decode_entry(entry):
            evolve(world, event)
    return world
