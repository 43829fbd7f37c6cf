"""A drill on the real clock, real MQTT and the real store: `fengsui drill NAME`.

    services, post, feed  <- command.app.serve, under the root fsx, `speed` times faster
    field, console        <- simulations.stage

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
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import structlog
from aiomqtt import MqttError
from websockets.asyncio.client import connect

from command import tokens
from command.broker import address
from command.clock import Clock
from command.core.codec import dump_world
from command.loader import FILES, digest, load
from command.loading.settings import TOWNSHIP as TOWNSHIP_FILE
from command.post import TICK_S
from command.settings import Settings
from command.store import TROUBLES, open_store, store_error
from sensors.topics import DRILL_ROOT, status_topic
from sensors.words import language, tr
from simulations.evaluation.evaluate import evaluate
from simulations.evaluation.files import report_files
from simulations.evaluation.hazards import hazards_seen
from simulations.field import PAUSES_S, Field
from simulations.judge import judge
from simulations.live import Line, new_client
from simulations.officer import Officer, sitting, until_left
from simulations.player import KEEP_ENTRIES, TOWNSHIP, WARNINGS, play, transcript
from simulations.report import Proof, Report, as_text, figures
from simulations.scenario import Scenario
from simulations.stage import Audience, Outside, Played, a_trainer, played, up
from simulations.timeline import Teller

GRACE_S = 1.5  # real seconds that network and ticks may take on top of a deadline
PROGRESS_S = 5.0  # real seconds without a line: how far it is, is said
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


NETWORKED = Outside(
    lambda running, name: new_client(address(running.addresses.mqtt), name),
    lambda running: connect(
        f"ws://127.0.0.1:{running.feed.port}/console", compression=None, max_size=None, proxy=None
    ),
)


async def drill(options: Options, out: TextIO | None = None) -> Report:
    """Play it, print it, judge it. Raises FengsuiError when the post cannot be had."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS))
    screen = _Screen(out or sys.stdout, options)
    trainer = a_trainer()
    async with _place(options) as (township, data), AsyncExitStack() as stack:
        if options.mqtt:
            stack.push_async_callback(_leave_broker, options.mqtt, load(township).id, screen)
        if options.redis:
            stack.push_async_callback(_leave_store, options.redis, load(township).id, trainer)
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
        screen.say(tr("Starting the post for the drill ...", options.lang))
        async with up(settings) as running, sitting(running, options.console) as officer:
            screen.officer = officer
            pauses = tuple(pause * options.speed for pause in PAUSES_S)  # no network gets faster
            there = Field(options.scenario, running.township, pauses)
            run = await played(running, NETWORKED, there, screen, trainer)
    return _evaluated(run, screen, options, options.speed, GRACE_S * options.speed)


def fast(options: Options, out: TextIO | None = None) -> Report:
    """The same post, field and console on a virtual clock, in a second: no server takes part."""
    screen = _Screen(out or sys.stdout, options)
    run = play(options.scenario, load(options.township), digest(options.township))
    return _evaluated(run, screen, options, speed=0.0, grace_s=TICK_S)


def _evaluated(
    run: Played, screen: _Screen, options: Options, speed: float, grace_s: float
) -> Report:
    """The report, shown and written."""
    whole, part = run.there.scenario, run.there.scenario.until(run.seconds)
    if len(part.inject) < len(whole.inject):
        screen.say(_cut_short(options.lang, run.seconds, whole, part))
    verdicts = judge(part, run.events, run.there.told, grace_s, run.there.sent)
    proof = Proof(len(run.entries), len(dump_world(run.world)), run.same)
    report = Report(part, figures(run.events), verdicts, proof, speed)
    screen.say(as_text(report, screen.teller, options.lang).rstrip("\n"))
    if options.report is not None:
        _write(options.report, report, run)
        screen.say(tr("Written to {folder}", options.lang).format(folder=options.report))
    return report


def _cut_short(lang: str, played_s: float, whole: Scenario, part: Scenario) -> str:
    words = tr("Ended by the officer at {at}: {n} of {of} injects had their time.", lang)
    return words.format(at=_minutes(played_s), n=len(part.inject), of=len(whole.inject))


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


def _write(folder: Path, report: Report, run: Played) -> None:
    """The report, the transcript and the log, for whoever evaluates the drill."""
    folder.mkdir(parents=True, exist_ok=True)
    end_at = min(report.scenario.end_at, report.scenario.start_at + run.seconds)
    for name, text in report_files(
        evaluate(report, run.events, hazards_seen(run.there), end_at)
    ).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "entries.jsonl").write_bytes(b"".join(entry + b"\n" for entry in run.entries))
    lines = transcript(run.events, report.scenario.start_at)
    (folder / "transcript.txt").write_text(lines, encoding="utf-8")


# --- what is printed


class _Screen(Audience):
    """Plain lines: no cursor, no colour, so that a file or a pipe reads as well as a terminal."""

    def __init__(self, out: TextIO, options: Options) -> None:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal that has no Chinese still shows the rest
        self._out, self._options = out, options
        self.teller = Teller(load(options.township), options.lang)
        self._there: Field | None = None
        self._said = False
        self.officer: Officer = None

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

    async def until_over(self, work: Coroutine[Any, Any, None]) -> None:
        """Until the scenario has run, or the officer has left."""
        await until_left(self.officer, work)

    def _where(self, at: float) -> str:
        """Elapsed of total, and injects sent of all."""
        scenario = self._there.scenario if self._there else self._options.scenario
        total = scenario.scenario.length_s
        elapsed = min(max(0.0, at - scenario.start_at), total) if self._there else 0.0
        sent = len(self._there.sent) if self._there else 0
        return f"{_minutes(elapsed)}/{_minutes(total)} {sent:2d}/{len(scenario.inject)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
