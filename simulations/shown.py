"""What a drill prints while it runs: one line for each thing that is news, and how far it is."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Coroutine
from functools import partial
from typing import Any, TextIO

from command.app import Running
from command.core.township import Township
from sensors.words import tr
from simulations.field import Field
from simulations.live import Line
from simulations.officer import Officer
from simulations.scenario import Scenario
from simulations.stage import Audience
from simulations.timeline import Teller

PROGRESS_S = 5.0  # real seconds without a line: how far it is, is said


class Screen(Audience):
    """Plain lines: no cursor, no colour, so that a file or a pipe reads as well as a terminal."""

    def __init__(self, out: TextIO, scenario: Scenario, township: Township, lang: str) -> None:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal that has no Chinese still shows the rest
        self._out, self._scenario, self.lang = out, scenario, lang
        self.teller = Teller(township, lang)
        self._there: Field | None = None
        self._said = False
        self._stopped = asyncio.Event()
        self.why = ""  # play was stopped, "" while it runs
        self.officer: Officer = None

    def say(self, text: str) -> None:
        """One line, at once."""
        print(text, file=self._out, flush=True)
        self._said = True

    def line(self, line: Line) -> None:
        """A committed event, if it is news."""
        if line["event"] == "PlayStopped":
            self.stop(line["text"])
        words = self.teller.tell(line)
        if words:
            self.say(f"{self._where(line['at'])}  {words}")

    def refused(self, command: str, reason: str) -> None:
        """The post did not do what the drill's officer typed in."""
        words = tr("The post refuses {command}: {reason}", self.lang)
        self.say(words.format(command=command, reason=reason))

    async def progress(self, running: Running, there: Field) -> None:
        """Count from here; and say how far it is whenever nothing else was said for a while."""
        self._there = there
        running.picture.drill = self._how_far
        while True:
            self._said = False
            await asyncio.sleep(PROGRESS_S)
            if not self._said:
                self.say(f"{self._where(running.clock.now())}  …")

    async def until_over(self, work: Coroutine[Any, Any, None]) -> None:
        """Until the scenario has run, the officer has left, or play was stopped."""
        task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self._stopped.wait())
        parts: set[asyncio.Future[Any]] = {task, stopped}
        try:
            await asyncio.wait(
                parts | ({self.officer} if self.officer else set()),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            task.cancel()
            stopped.cancel()

    def stop(self, why: str) -> None:
        """Play is over before its time; the first reason counts."""
        self.why = self.why or why
        self._stopped.set()

    async def ended(self, running: Running) -> None:
        """The console that stays open is told so; after a stop nobody plays on."""
        running.picture.drill = partial(self._how_far, over=True)
        if self.why and self._there is not None:
            self._there.stop()

    def _how_far(self, *, over: bool = False) -> dict[str, Any]:
        scenario, sent = self._scenario, len(self._there.sent) if self._there else 0
        title = scenario.scenario.title_en if self.lang == "en" else scenario.scenario.title
        return {
            "scenario": title,
            "inject": sent,
            "of": len(scenario.inject),
            "over": over,
        }

    def _where(self, at: float) -> str:
        """Elapsed of total, and injects sent of all."""
        scenario = self._there.scenario if self._there else self._scenario
        total = scenario.scenario.length_s
        elapsed = min(max(0.0, at - scenario.start_at), total) if self._there else 0.0
        sent = len(self._there.sent) if self._there else 0
        return f"{minutes(elapsed)}/{minutes(total)} {sent:2d}/{len(scenario.inject)}"


def minutes(seconds: float) -> str:
    """`05:10`."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
