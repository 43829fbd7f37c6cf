"""A drill on the real clock, real MQTT and the real store: `fengsui drill NAME`.

    services, post, feed  <- command.app.serve, under the root fsx, `speed` times faster
    field, console        <- simulations.stage

The log is read back at the end: the report is made of it, and it must give the post's own world
again, byte for byte. Everything that was started here is stopped here.
"""

from __future__ import annotations

import secrets
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import structlog
from websockets.asyncio.client import connect

from command.broker import address
from command.core.codec import dump_world
from command.desk_token import NAME
from command.loader import digest, load
from command.post import TICK_S
from command.settings import Settings
from sensors.topics import DRILL_ROOT
from sensors.words import language, tr
from simulations.beside import LEFT, Beside, by_signal, stop
from simulations.evaluation.evaluate import evaluate
from simulations.evaluation.files import report_files
from simulations.evaluation.hazards import hazards_seen
from simulations.field import PAUSES_S, Field
from simulations.ground import Ground, has_log, leave_store, live_ground, own_ground
from simulations.judge import judge
from simulations.live import new_client
from simulations.officer import sitting
from simulations.player import KEEP_ENTRIES, TOWNSHIP, WARNINGS, play, transcript
from simulations.report import Proof, Report, as_text, figures
from simulations.scenario import Scenario
from simulations.shown import Screen, minutes
from simulations.stage import Outside, Played, a_trainer, played, up

GRACE_S = 1.5  # real seconds that network and ticks may take on top of a deadline


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
    live: bool = False  # beside the post that runs on those servers


NETWORKED = Outside(
    lambda running, name: new_client(address(running.addresses.mqtt), name),
    lambda running: connect(
        f"ws://127.0.0.1:{running.feed.port}/console", compression=None, max_size=None, proxy=None
    ),
)


async def drill(options: Options, out: TextIO | None = None) -> Report:
    """Play it, print it, judge it. Raises FengsuiError when the post cannot be had."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS))
    trainer = a_trainer()
    screen = _screen(options, out)
    where = (options.township, options.data, options.mqtt, options.redis, trainer, screen.say)
    async with live_ground(*where) if options.live else own_ground(*where) as ground:
        settings = _settings(options, ground)
        if isinstance(screen, Beside):
            screen.trainer = trainer
            assert settings.redis is not None
            await screen.look(settings.redis, load(settings.township).id)
            await _end_what_is_left(settings, screen)
        seat = f"{NAME}-{secrets.token_hex(2)}" if ground.redis else NAME
        screen.say(tr("Starting the post for the drill ...", options.lang))
        async with up(settings) as running, sitting(running, options.console, seat) as officer:
            screen.officer = officer
            pauses = tuple(pause * options.speed for pause in PAUSES_S)  # no network gets faster
            there = Field(options.scenario, running.township, pauses)
            with by_signal(screen) if isinstance(screen, Beside) else nullcontext():
                run = await played(running, NETWORKED, there, screen, trainer)
    return _evaluated(run, screen, options, options.speed, GRACE_S * options.speed)


def _screen(options: Options, out: TextIO | None) -> Screen:
    kind = Beside if options.live else Screen
    return kind(out or sys.stdout, options.scenario, load(options.township), options.lang)


def _settings(options: Options, ground: Ground) -> Settings:
    """Of the drill's post. Beside a live one it is now, for real people read the orders."""
    return Settings(
        township=ground.township,
        mqtt=ground.mqtt,
        redis=ground.redis,
        listen="127.0.0.1:0",
        data=ground.data,
        root=DRILL_ROOT,
        speed=options.speed,
        start=None if options.live else options.scenario.start_at,
        compact_every=KEEP_ENTRIES,
    )


async def _end_what_is_left(settings: Settings, screen: Beside) -> None:
    """A drill that was killed left its orders on the handhelds: they are taken back first."""
    assert settings.redis is not None
    township = load(settings.township).id
    if not await has_log(settings.redis, township):
        return
    screen.say(tr("An earlier drill was not ended: its orders are taken back.", screen.lang))
    async with up(settings) as running:
        screen.tell(await stop(running, tr(LEFT, screen.lang), screen.trainer, screen.lang))
    await leave_store(settings.redis, township, screen.trainer)


def fast(options: Options, out: TextIO | None = None) -> Report:
    """The same post, field and console on a virtual clock, in a second: no server takes part."""
    screen = _screen(options, out)
    run = play(options.scenario, load(options.township), digest(options.township))
    return _evaluated(run, screen, options, speed=0.0, grace_s=TICK_S)


def _evaluated(
    run: Played, screen: Screen, options: Options, speed: float, grace_s: float
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
    words = tr("Ended at {at}: {n} of {of} injects had their time.", lang)
    return words.format(at=minutes(played_s), n=len(part.inject), of=len(whole.inject))


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
