"""The console as a program: `fengsui console`, or `python -m console`. The composition root.

    link ──frames──▶ desk ──lines──▶ app ──▶ terminal
     ▲                 │ effects
     └──── carry ◀─────┘ ─▶ sound, files

A token that the post does not know ends the program with one line; a line that breaks does not.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path

from command.messages import Beat, Frame, may
from console import settings as own
from console import terminal
from console.app import ConsoleApp
from console.carry import Carrier
from console.desk import Desk
from console.link import Link, Phase, State
from console.look import Look
from console.outcome import SAID, Outcome
from console.pages import PAGES
from console.settings import Settings
from console.sound import Player
from console.wire import Greeting
from sensors.words import _

LOG_BYTES = 1024 * 1024
# Rows point in no circle: looking for circles among ten thousand of them is half of reading them.
GC_THRESHOLDS = (50_000, 50, 100)
REFUSED = _("The post refuses this console.")
AGAIN = _("{n} s until the next attempt")
NO_CHINESE = _(
    "This terminal (TERM=linux) has no Chinese characters: kmscon and fbterm have. English for now."
)


@dataclass(frozen=True, slots=True)
class Options:
    """As on the command line; None and empty where nothing was said."""

    url: str
    token: str
    lang: str | None = None
    theme: str | None = None
    guard_s: float | None = None
    readonly: bool = False
    beside: bool = False  # of a post on this terminal, which ends with this console
    sound_command: tuple[str, ...] = ()
    keep: Path = field(default_factory=own.folder)
    export: Path = field(default_factory=lambda: Path.home() / "fengsui")


def start(options: Options) -> int:
    """Be the console until the officer leaves; the exit code."""
    _logs()
    gc.set_threshold(*GC_THRESHOLDS)
    console = Console(options, os.environ)
    code = asyncio.run(console.run())
    if console.refused:
        sys.stderr.write(f"fengsui: {console.refused}\n")
        return 1
    return code


def preferences(
    options: Options, kept: Settings, environment: Mapping[str, str]
) -> tuple[Settings, Look]:
    """The officer's settings with the command line's on top; and how the terminal can show them."""
    chinese = terminal.has_chinese(environment)
    colour = "mono" if "NO_COLOR" in environment else "" if chinese else "ansi"
    made = replace(
        kept,
        lang=options.lang or (kept.lang if chinese else "en"),
        theme=options.theme or colour or kept.theme,
        guard_s=kept.guard_s if options.guard_s is None else options.guard_s,
        sound_command=list(options.sound_command) or kept.sound_command,
    )
    return made, Look(lang=made.lang, theme=made.theme, braille=chinese)


class Console:
    """One console, from the first connection to the end."""

    def __init__(self, options: Options, environment: Mapping[str, str]) -> None:
        self.refused = ""
        self._options, self._environment = options, environment
        read, fault = own.read(options.keep)
        kept, odd = own.checked(read)
        made, look = preferences(options, kept, environment)
        self.desk = Desk(
            PAGES, _new_id, made, readonly=options.readonly, beside=options.beside, look=look
        )
        self.link = Link(
            options.url, self._greeting, self._heard, self._ended, _new_id, breathe=self._breathe
        )
        self.player = Player(self._ring, self._broken)
        self.carry = Carrier(
            self.desk,
            self.link,
            self.player,
            self._leave,
            self._redraw,
            keep=options.keep,
            export=options.export,
            kept=kept,
        )
        self.app = ConsoleApp(self.desk, self.carry, before=self._before)
        self._stdin = sys.stdin.fileno() if sys.stdin.isatty() else None  # else a browser's pipe
        self._first_words(fault, odd)

    async def run(self) -> int:
        """Until the officer leaves, or a signal comes."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._leave)
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(self.link.run(), name="link"),
                tasks.create_task(self._seen(), name="seen"),
            ]
            try:
                left = await self.app.run_async()
            finally:
                for task in working:
                    task.cancel()
                await self.player.stop()
        return left if left is not None else (self.app.return_code or 0)

    # --- what happens

    def _heard(self, frame: Frame) -> None:
        """A frame of the feed."""
        desk, mono = self.desk, time.monotonic()
        before = desk.model.beat.get("epoch")
        desk.take([frame], mono)
        self.app.safe.effects(lambda: desk.place(mono), mono)
        if isinstance(frame, Beat):
            if before is not None and frame.beat.get("epoch") != before:
                words = desk.look.tr("Another post has taken over.")
                desk.result = Outcome(SAID, text=words)
        elif desk.model.role:
            role, exercise = desk.model.role, desk.model.exercise
            desk.readonly = self._options.readonly or not may(role, "acknowledge", exercise)

    def _ended(self, outcome: Outcome) -> None:
        """A command has an answer, or none."""
        said = replace(outcome, text=self.desk.look.tr(outcome.text) if outcome.text else "")
        mono = time.monotonic()
        self.carry(self.app.safe.effects(lambda: self.desk.ended(said, mono), mono))

    def _before(self) -> None:
        """At each tick: how the line stands, and whether there is a terminal still."""
        if self._stdin is not None and terminal.gone(self._stdin):
            self._leave()
        state = self.link.state
        self.desk.link_words = words(state, time.monotonic(), self.desk.look)
        if state.phase is Phase.REFUSED and not self.link.ever_up:
            reason = state.reason or REFUSED
            self.refused = self.desk.look.tr(reason)
            self.app.exit(1)

    async def _seen(self) -> None:
        """A screen that nobody sees counts as gone (CONSOLE.md section 5)."""
        while self._environment.get("TMUX"):
            if await terminal.attached(self._environment):
                self.link.show()
            else:
                self.link.hide()
            await asyncio.sleep(terminal.ATTACHED_EVERY_S)

    def _greeting(self) -> Greeting:
        look = self.desk.look
        size = (look.width, look.height)
        return Greeting(self._options.token, f"console/{_version()}", size, look.lang)

    def _first_words(self, fault: str, odd: list[str]) -> None:
        look = self.desk.look
        said = []
        if not terminal.has_chinese(self._environment):
            said.append(look.tr(NO_CHINESE))
        if fault:
            said.append(look.tr("Settings put aside: {why}").format(why=fault))
        if odd:
            words = look.tr("Settings that cannot be meant, and are not used: {names}")
            said.append(words.format(names=", ".join(odd)))
        if said:
            self.desk.result = Outcome(SAID, text=" ".join(said))

    async def _breathe(self) -> None:
        await self.app.breathe()

    def _ring(self) -> None:
        self.app.ring()

    def _broken(self, why: str) -> None:
        self.desk.alarm.broken = self.desk.look.tr(why) if why else ""

    def _leave(self) -> None:
        self.app.exit(0)

    def _redraw(self) -> None:
        self.app.redraw()


def words(state: State, mono: float, look: Look) -> str:
    """How the line stands, for the lost page; "" while it is up."""
    reason = look.tr(state.reason) if state.reason else ""
    match state.phase:
        case Phase.UP | Phase.HIDDEN:
            return ""
        case Phase.CONNECTING:
            return look.tr("connecting")
        case Phase.REFUSED:
            return reason
        case Phase.WAITING:
            left = max(0, round((state.retry_at or mono) - mono))
            again = look.tr(AGAIN).format(n=left)
            return f"{again}: {reason}" if reason else again


def _new_id() -> str:
    return str(uuid.uuid4())


def _version() -> str:
    try:
        return version("fengsui")
    except PackageNotFoundError:  # a copy of the sources, not installed
        return "0"


def _logs() -> None:
    """What libraries say goes to a file: the terminal is Textual's."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    handler: logging.Handler = logging.NullHandler()
    try:
        folder = Path(base) / "fengsui"
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "console.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8"
        )
    except OSError:
        logging.lastResort = None
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
