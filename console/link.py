"""The line to the post: frames in, commands out, and what becomes of them when it breaks.

    hello ─▶ snapshot or what was missed ─▶ rows, beats, answers ─▶ broken ─▶ pause ─▶ hello …

A line on which no beat came for 5 s counts as broken, whatever TCP thinks of it. Commands are sent
only while the line is up; what was sent and not answered is asked again with the same id on the
next one (`asking.py`). A token that the post does not know ends the attempts: nothing that waits
would make it known. Nothing here is drawn: `state` says how it stands, in words.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NoReturn

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from command.messages import (
    Answer,
    Beat,
    Frame,
    FrameError,
    Problem,
    Rows,
    Snapshot,
    Unwatch,
    Watch,
    read_frame,
    write_command,
)
from console.asking import Asked, Asking, outcome
from console.effects import Send
from console.outcome import FAILED, REFUSED, UNKNOWN, Outcome
from sensors.words import _

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 5.0)  # CONSOLE.md section 5
JITTER = 0.2  # of a pause, either way: consoles that were cut together do not come back together
SILENT_S = 5.0  # without a beat
FIRST_S = 30.0  # a snapshot over a slow line, between two of its parts
OPEN_S = 5.0
STEADY_S = 10.0  # a line that held so long makes the pauses short again
CLOSE_S = 1.0
LARGEST = 64 * 1024 * 1024  # bytes of a frame; a folded update is at most 8 MiB
OTHERS = 5  # tries of a command in another officer's name
REFUSING = {4400, 4401}  # close codes of command/admission.py: coming back changes nothing

SILENT = _("Nothing was heard of the post for 5 seconds.")
UNREADABLE = _("The post sent something that this console cannot read.")
UNASKED = _("The connection is not up: nothing was sent.")
BROKEN = _("The connection broke before the answer; it is asked again by itself.")
CLOSED = _("The post closed the connection.")

log = logging.getLogger("fengsui.console")


class Phase(Enum):
    """How the line stands."""

    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"  # for the next attempt
    REFUSED = "refused"  # the post does not want this console; no further attempt
    HIDDEN = "hidden"  # nobody sees the screen: the feed is closed


@dataclass(frozen=True, slots=True)
class State:
    """`reason`: a message id or a system's own words; `retry_at` by the monotonic clock."""

    phase: Phase
    reason: str = ""
    retry_at: float | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the hello says besides the position."""

    token: str
    client: str
    screen: tuple[int, int]
    lang: str

    def frame(self, since: str | None) -> str:
        """The first frame of a connection."""
        wide, high = self.screen
        screen = {"w": wide, "h": high}
        hello: dict[str, Any] = {"token": self.token, "since": since, "client": self.client}
        return json.dumps({"hello": hello | {"screen": screen, "lang": self.lang}})


class _BrokenError(Exception):
    """The line is of no use any more, for this reason."""


class _RefusedError(Exception):
    """The post does not want us, and says why."""


def pause(failures: int, chance: float) -> float:
    """Seconds before the next attempt after so many failures in a row; `chance` from 0 to 1."""
    base = PAUSES_S[min(max(failures, 1), len(PAUSES_S)) - 1]
    return base * (1 + JITTER * (2 * chance - 1))


def settled(frame: Frame) -> str | None:
    """The position up to which everything is known with this frame; None where it says nothing.

    Not before the last part of a snapshot: who comes back earlier needs the whole again.
    """
    if isinstance(frame, Snapshot):
        return frame.at if frame.part >= frame.of else None
    return frame.at if isinstance(frame, Rows) else None


async def _at_once() -> None:
    await asyncio.sleep(0)


class Link:
    """The line of one console. `heard` gets each frame of the feed, `ended` each outcome.

    `breathe` is awaited after each frame: in a storm frame waits behind frame, and all else too.
    """

    def __init__(
        self,
        url: str,
        greeting: Callable[[], Greeting],
        heard: Callable[[Frame], None],
        ended: Callable[[Outcome], None],
        ids: Callable[[], str],
        *,
        mono: Callable[[], float] = time.monotonic,
        silent_s: float = SILENT_S,
        breathe: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        self.state = State(Phase.CONNECTING)
        self.ever_up = False
        self._url, self._greeting, self._ids, self._mono = url, greeting, ids, mono
        self._heard, self._ended = heard, ended
        self._silent_s, self._breathe = silent_s, breathe
        self._asking = Asking()
        self._since: str | None = None
        self._out: asyncio.Queue[str] = asyncio.Queue()
        self._ws: ClientConnection | None = None
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._hurry = asyncio.Event()
        self._others: set[asyncio.Task[None]] = set()

    # --- for the app

    def send(self, send: Send) -> None:
        """Give a command to the post; never waits. What becomes of it comes by `ended`."""
        up = self.state.phase is Phase.UP
        if isinstance(send.command, Watch | Unwatch):
            self._asking.look(send.command)
            if up:  # else it is said with all the others when the line is back
                self._out.put_nowait(write_command(send.command))
        elif not up:
            self._ended(Outcome(FAILED, send.what, UNASKED, command=send.command))
        elif send.token:
            task = asyncio.create_task(self._for_another(send), name="link-other")
            self._others.add(task)
            task.add_done_callback(self._others.discard)
        else:
            self._out.put_nowait(self._asking.ask(send, self._mono()))

    def resync(self) -> None:
        """Everything anew, on a new connection; also after a refusal: someone asked for it."""
        self._since = None
        self._wanted.set()
        self._drop()

    def hide(self) -> None:
        """Nobody sees the screen: for the post this console is gone."""
        if self._wanted.is_set():
            self._wanted.clear()
            self.state = State(Phase.HIDDEN)
            self._drop()

    def show(self) -> None:
        """It is seen again."""
        if self.state.phase is not Phase.REFUSED:
            self._wanted.set()

    async def run(self) -> NoReturn:
        """Stay connected. Ends only by being cancelled."""
        failures = 0
        while True:
            await self._wanted.wait()
            self._hurry.clear()
            began = self._mono()
            try:
                why = await self._connection()
            except _RefusedError as refused:
                self._refused(str(refused))
                continue
            failures = 1 if self._mono() - began > STEADY_S else failures + 1
            self._lost(why)
            if self._wanted.is_set():
                await self._rest(pause(failures, random.random()), why)  # noqa: S311

    # --- inside

    def _refused(self, words: str) -> None:
        self._lost(words)
        self._wanted.clear()
        self.state = State(Phase.REFUSED, words)

    def _lost(self, why: str) -> None:
        """Nothing of what waits was answered: it is said once, and asked again."""
        log.info("line lost: %s", why)
        if self.state.phase in {Phase.UP, Phase.HIDDEN}:
            for result in self._asking.broken(BROKEN):
                self._ended(result)

    async def _rest(self, seconds: float, why: str) -> None:
        self.state = State(Phase.WAITING, why, self._mono() + seconds)
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    def _drop(self) -> None:
        self._hurry.set()
        if self._ws is not None and self._ws.transport is not None:
            self._ws.transport.abort()

    async def _connection(self) -> str:
        """One connection from its beginning to its end; why it ended."""
        self.state = replace(self.state, phase=Phase.CONNECTING, retry_at=None)
        try:
            async with connect(
                self._url,
                compression=None,
                proxy=None,
                max_size=LARGEST,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
                ping_interval=None,  # the post's beat tells more
                logger=log,
            ) as ws:
                self._ws = ws
                await ws.send(self._greeting().frame(self._since))
                return await self._talk(ws)
        except _BrokenError as broken:
            self._since = None  # whatever that was, what is known may not be all
            return str(broken)
        except ConnectionClosed:
            return CLOSED
        except TimeoutError:
            return SILENT
        except (OSError, WebSocketException) as error:
            return str(getattr(error, "strerror", "") or error) or type(error).__name__
        finally:
            self._ws = None

    async def _talk(self, ws: ClientConnection) -> str:
        writing: asyncio.Task[NoReturn] | None = None
        said = ""
        try:
            async with asyncio.timeout(FIRST_S) as limit:
                while True:
                    frame = await _next(ws)
                    if isinstance(frame, Problem):
                        said = frame.error
                        continue
                    if writing is None:
                        writing = self._begin(ws)
                    self._take(frame)
                    await self._breathe()
                    limit.reschedule(self._until(frame, limit.when()))
        except TimeoutError:
            ws.transport.abort()  # it would not hear a goodbye
            raise
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code in REFUSING:
                raise _RefusedError(said or closed.rcvd.reason) from None
            return said or CLOSED
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _begin(self, ws: ClientConnection) -> asyncio.Task[NoReturn]:
        """The post has let us in: what was left open is said again, in its order, then the rest."""
        if not self._wanted.is_set():
            raise _BrokenError(CLOSED)
        self._out = asyncio.Queue()
        for words in self._asking.again(self._ids):
            self._out.put_nowait(words)
        self.state, self.ever_up = State(Phase.UP), True
        return asyncio.create_task(self._write(ws), name="link-write")

    def _until(self, frame: Frame, when: float | None) -> float | None:
        """When the line will count as silent: only the post's pulse says that the post lives."""
        now = asyncio.get_running_loop().time()
        if isinstance(frame, Beat):
            return now + self._silent_s
        return now + FIRST_S if isinstance(frame, Snapshot) else when

    async def _write(self, ws: ClientConnection) -> NoReturn:
        while True:
            await ws.send(await self._out.get())

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Answer):
            result = self._asking.answered(frame, self._mono())
            if result is not None:
                self._ended(result)
            return
        if isinstance(frame, Snapshot) and frame.part == 1:
            self._since = None  # from here on a half of it may be all we have
        self._since = settled(frame) or self._since
        self._heard(frame)

    # --- in another officer's name: the second signature of a handover

    async def _for_another(self, send: Send) -> None:
        asked, sent = Asked(send, self._mono()), False
        for attempt in range(1, OTHERS + 1):
            try:
                answer, sent = await self._ask_once(send), True
            except _RefusedError as refused:
                self._ended(Outcome(REFUSED, send.what, str(refused), command=send.command))
                return
            except (OSError, WebSocketException, TimeoutError, _BrokenError) as error:
                sent = sent or isinstance(error, _BrokenError)
                log.info("second line: %s", error)
                await asyncio.sleep(pause(attempt, random.random()))  # noqa: S311
            else:
                self._ended(outcome(asked, answer, self._mono()))
                return
        how, words = (UNKNOWN, CLOSED) if sent else (FAILED, UNASKED)
        self._ended(Outcome(how, send.what, words, command=send.command))

    async def _ask_once(self, send: Send) -> Answer:
        """The command on a line of its own. Raises _BrokenError if it broke after it was sent."""
        greeting = replace(self._greeting(), token=send.token)
        async with (
            asyncio.timeout(OPEN_S),
            connect(self._url, compression=None, proxy=None, max_size=LARGEST, logger=log) as ws,
        ):
            await ws.send(greeting.frame(self._since))
            await _let_in(ws)
            try:
                await ws.send(Asking().ask(send, 0.0))
                while True:
                    frame = await _next(ws)
                    if isinstance(frame, Answer) and frame.id == send.command.id:
                        return frame
            except (OSError, WebSocketException, TimeoutError) as error:
                raise _BrokenError(str(error)) from error


async def _let_in(ws: ClientConnection) -> None:
    """Wait for the first frame of a console that is known."""
    said = ""
    try:
        while isinstance(frame := await _next(ws), Problem):
            said = frame.error
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code in REFUSING:
            raise _RefusedError(said or closed.rcvd.reason) from None
        raise


async def _next(ws: ClientConnection) -> Frame:
    raw = await ws.recv(decode=False)
    try:
        return read_frame(raw)
    except FrameError as error:
        log.warning("unreadable frame: %s", error)
        raise _BrokenError(UNREADABLE) from None
