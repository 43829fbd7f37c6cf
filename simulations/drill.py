"""A drill on the real clock, real MQTT and the real store: `fengsui drill NAME`.

    services, post, feed  <- command.app.serve, under the root fsx, `speed` times faster
    field, console        <- simulations.live

The log is read back at the end: the report is made of it, and it must give the post's own world
again, byte for byte. Everything that was started here is stopped here.
"""

from __future__ import annotations

import asyncio
import io
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import structlog
from aiomqtt import MqttError

from command import tokens
from command.app import Running, serve
from command.broker import address
from command.clock import Clock
from command.core.codec import decode_entry, dump_world, event_dict
from command.core.ticks import next_due
from command.core.views import position
from command.errors import BrokerError, StoreError
from command.loader import FILES, digest, load
from command.loading.settings import TOWNSHIP as TOWNSHIP_FILE
from command.log import Log
from command.settings import Settings
from command.store import TROUBLES, open_store, store_error
from sensors.topics import DRILL_ROOT, status_topic
from sensors.words import language, tr
from simulations.field import PAUSES_S, Field
from simulations.judge import judge
from simulations.live import Console, FieldLink, Line, new_client
from simulations.officer import Officer, sitting, until_left
from simulations.player import TOWNSHIP, play, replayed
from simulations.report import Proof, Report, as_markdown, as_text, figures
from simulations.scenario import Scenario
from simulations.timeline import Teller, transcript_line

GRACE_S = 1.5  # real seconds that network and ticks may take on top of a deadline
TAIL_S = 10.0  # real seconds for the last receipts
REST_S = 0.3  # real seconds without a change: the post is at rest
REST_TRIES = 100
PROGRESS_S = 5.0  # real seconds without a line: how far it is, is said
KEEP_ENTRIES = 1_000_000  # the log of a drill is never shortened
POLL_S = 0.05
START_S = 90.0  # real seconds for services and lease
CONNECT_S = 20.0
STORE_KEYS = ("log", "epoch", "lease", "quarantine", "snapshot")  # as in command.log


@dataclass(frozen=True, slots=True)
class Options:
    """As on the command line. Without `mqtt` or `redis` the embedded service is started."""

    scenario: Scenario
    speed: float = 10.0
    report: Path | None = None
    mqtt: str | None = None
    redis: str | None = None
    township: Path = TOWNSHIP
    data: Path | None = None
    lang: str = field(default_factory=language)
    console: int | None = None  # the terminal (a descriptor) that an officer sits at; None: nobody


async def drill(options: Options, out: TextIO | None = None) -> Report:
    """Play it, print it, judge it. Raises FengsuiError when the post cannot be had."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # warnings
    screen = _Screen(out or sys.stdout, options)
    name = f"drill-{secrets.token_hex(4)}"  # of the console
    async with _place(options) as (township, data), AsyncExitStack() as stack:
        if options.mqtt:
            stack.push_async_callback(_leave_broker, options.mqtt, load(township).id, screen)
        if options.redis:
            stack.push_async_callback(_leave_store, options.redis, load(township).id, name)
        settings = Settings(
            township=township,
            mqtt=options.mqtt,
            redis=options.redis,
            listen="127.0.0.1:0",
            data=data,
            root=DRILL_ROOT,
            speed=options.speed,
            start=options.scenario.start_at,
            compact_every=KEEP_ENTRIES,
        )
        ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        screen.say(tr("Starting the post for the drill ...", options.lang))
        async with asyncio.TaskGroup() as tasks:
            post = tasks.create_task(serve(settings, ready.set_result), name="post")
            running = await _up(ready)
            async with sitting(running, options.console) as officer:
                played = await _until_played(running, options, screen, name, officer)
            post.cancel()
    _tell(played, screen, options)
    return played.report


def fast(options: Options, out: TextIO | None = None) -> Report:
    """The same decisions on a virtual clock, in a second: no server takes part."""
    screen = _Screen(out or sys.stdout, options)
    run = play(options.scenario, load(options.township), digest(options.township))
    world = dump_world(run.world)
    same = dump_world(replayed(run.entries, run.world.township_id)) == world
    verdicts = judge(run.there.scenario, run.events, run.there.told)
    proof = Proof(len(run.entries), len(world), same)
    report = Report(run.there.scenario, figures(run.events), verdicts, proof, speed=0.0)
    _tell(_Played(report, run.entries), screen, options)
    return report


def _tell(played: _Played, screen: _Screen, options: Options) -> None:
    screen.say(as_text(played.report, screen.teller, options.lang).rstrip("\n"))
    if options.report is not None:
        _write(options.report, played, screen.teller, options.lang)
        screen.say(tr("Written to {folder}", options.lang).format(folder=options.report))


async def _up(ready: asyncio.Future[Running]) -> Running:
    try:
        async with asyncio.timeout(START_S):
            return await ready
    except TimeoutError:
        message = tr("The post did not start within {seconds} s: see what is wrong with the store.")
        raise StoreError(message.format(seconds=START_S)) from None


@dataclass(frozen=True, slots=True)
class _Played:
    report: Report
    entries: Sequence[bytes]


async def _until_played(
    running: Running, options: Options, screen: _Screen, name: str, officer: Officer
) -> _Played:
    """From a post that is up to the report."""
    redis = open_store(running.addresses.redis)
    pauses = tuple(pause * options.speed for pause in PAUSES_S)  # no network gets faster
    there = Field(options.scenario, running.township, pauses)
    try:
        token = await tokens.create(redis, name, "trainer")
        played_s = await _play(running, screen, there, token, officer)
        await _at_rest(running)
        world, seq = dump_world(running.post.world), running.post.seq
        entries = await _read_back(running, seq)
        await tokens.revoke(redis, name)
    finally:
        await redis.aclose()
    same = dump_world(replayed(entries, running.township.id)) == world
    events = [event for entry in entries for event in decode_entry(entry)]
    scenario = there.scenario.until(played_s)
    if len(scenario.inject) < len(there.scenario.inject):
        screen.say(_cut_short(options.lang, played_s, there.scenario, scenario))
    verdicts = judge(scenario, events, there.told, GRACE_S * options.speed)
    proof = Proof(len(entries), len(world), same)
    return _Played(Report(scenario, figures(events), verdicts, proof, options.speed), entries)


def _cut_short(lang: str, played_s: float, whole: Scenario, part: Scenario) -> str:
    words = tr("Ended by the officer at {at}: {n} of {of} injects had their time.", lang)
    return words.format(at=_minutes(played_s), n=len(part.inject), of=len(whole.inject))


async def _play(
    running: Running, screen: _Screen, there: Field, token: str, officer: Officer
) -> float:
    """Connect field and console, begin, and stay to the last receipt or until the officer leaves.

    How many seconds of the scenario were played.
    """

    def show(line: Line) -> None:
        there.news(line)
        screen.line(line)

    url = f"ws://127.0.0.1:{running.feed.port}/console"
    console = Console(url, token, show, screen.refused)
    mqtt, township = running.addresses.mqtt, running.township.id
    link = FieldLink(mqtt, township, there, running.clock, console.call)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(link.run()), tasks.create_task(console.run())]
        await _connected(running, link, console)
        link.begin(running.clock.now())
        working.append(tasks.create_task(screen.progress(running.clock, there)))
        left_s = there.scenario.end_at - running.clock.now()
        await until_left(officer, running.clock.sleep(left_s))
        played_s = running.clock.now() - there.scenario.start_at
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


async def _read_back(running: Running, until: int) -> list[bytes]:
    """The entries of the log up to `until`, from the store."""
    redis = open_store(running.addresses.redis)
    log = Log(redis, DRILL_ROOT, running.township.id)
    try:
        return [data async for seq, data in log.read(0) if seq <= until]
    finally:
        await log.close()
        await redis.aclose()


# --- a place of its own


@asynccontextmanager
async def _place(options: Options) -> AsyncIterator[tuple[Path, Path]]:
    """The township's folder and the data folder.

    Where others may have left a log, the drill's township gets an id that nobody else has: it
    neither finds a log nor leaves one that a later drill would go on with.
    """
    with tempfile.TemporaryDirectory(prefix="fengsui-drill-") as temporary:
        folder = Path(temporary)
        if not (options.data or options.redis or options.mqtt):
            yield options.township, folder / "data"
            return
        own = folder / "township"
        await asyncio.to_thread(_copy_township, options.township, own)
        yield own, options.data or folder / "data"


def _copy_township(folder: Path, own: Path) -> None:
    load(folder)  # before anything is copied: its faults are told by their own names
    own.mkdir()
    for name in FILES:
        shutil.copyfile(folder / name, own / name)
    head = own / TOWNSHIP_FILE
    text = head.read_text(encoding="utf-8-sig")
    new_id = f"{load(folder).id[:22]}-{secrets.token_hex(4)}"
    head.write_text(
        re.sub(r"(?m)^\s*id\s*=.*$", f'id = "{new_id}"', text, count=1), encoding="utf-8"
    )


async def _leave_broker(url: str, township: str, screen: _Screen) -> None:
    """On a broker that was given: no session and no retained status stay behind."""
    try:
        for session in ("people", "devices"):
            name = f"fengsui-{DRILL_ROOT}-{township}-{session}"
            async with new_client(address(url), name) as client:
                await client.publish(status_topic(DRILL_ROOT, township), b"", qos=1, retain=True)
    except MqttError as error:
        words = tr("The drill's sessions are still on the broker: {why}")
        screen.say(words.format(why=error))


async def _leave_store(url: str, township: str, name: str) -> None:
    """In a store that was given: no key of the drill's stays behind, and no token."""
    redis = open_store(url)
    try:
        await tokens.revoke(redis, name)
        prefix = f"{{{DRILL_ROOT}:{township}}}"
        await redis.delete(*(f"{prefix}:{name}" for name in STORE_KEYS))
    except TROUBLES as error:
        raise store_error(error) from error
    finally:
        await redis.aclose()


def _write(folder: Path, played: _Played, teller: Teller, lang: str) -> None:
    """The report, the transcript and the log, for whoever evaluates the drill."""
    folder.mkdir(parents=True, exist_ok=True)
    report = played.report
    (folder / "report.md").write_text(as_markdown(report, teller, lang), encoding="utf-8")
    (folder / "entries.jsonl").write_bytes(b"".join(entry + b"\n" for entry in played.entries))
    events = [event for entry in played.entries for event in decode_entry(entry)]
    start = report.scenario.start_at
    lines = [transcript_line(event_dict(event), start) + "\n" for event in events]
    (folder / "transcript.txt").write_text("".join(lines), encoding="utf-8")


# --- what is printed


class _Screen:
    """Plain lines: no cursor, no colour, so that a file or a pipe reads as well as a terminal."""

    def __init__(self, out: TextIO, options: Options) -> None:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal that has no Chinese still shows the rest
        self._out, self._options = out, options
        self.teller = Teller(load(options.township), options.lang)
        self._there: Field | None = None
        self._said = False

    def say(self, text: str) -> None:
        """One line, at once."""
        print(text, file=self._out, flush=True)
        self._said = True

    def line(self, line: Line) -> None:
        """A committed event, if it is news."""
        words = self.teller.tell(line)
        if words:
            self.say(f"{self._where(line['at'])}  {words}")

    def refused(self, command: str, reason: str) -> None:
        """The post did not do what the drill's officer typed in."""
        words = tr("The post refuses {command}: {reason}", self._options.lang)
        self.say(words.format(command=command, reason=reason))

    async def progress(self, clock: Clock, there: Field) -> None:
        """Count from here; and say how far it is whenever nothing else was said for a while."""
        self._there = there
        while True:
            self._said = False
            await asyncio.sleep(PROGRESS_S)
            if not self._said:
                self.say(f"{self._where(clock.now())}  …")

    def _where(self, at: float) -> str:
        """Elapsed of total, and injects sent of all."""
        scenario = self._there.scenario if self._there else self._options.scenario
        total = scenario.scenario.length_s
        elapsed = min(max(0.0, at - scenario.start_at), total) if self._there else 0.0
        sent = len(self._there.sent) if self._there else 0
        return f"{_minutes(elapsed)}/{_minutes(total)} {sent:2d}/{len(scenario.inject)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
