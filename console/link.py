"""The line to the post: frames in, commands out, and what becomes of them when it breaks.

    hello ─▶ snapshot or what was missed ─▶ rows, beats, answers ─▶ broken ─▶ pause ─▶ hello …

A line on which no beat came for 5 s counts as broken, whatever TCP thinks of it. Commands are sent
only while the line is up; what was sent and not answered is asked again with the same id on the
next one (`asking.py`). A token that the post does not know ends the attempts: nothing that waits
would make it known. Nothing here is drawn: `state` says how it stands, in words.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NoReturn

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException

from command.messages import (
    Answer,
    Beat,
    Frame,
    Problem,
    Rows,
    Snapshot,
    Unwatch,
    Watch,
    write_command,
)
from console.asking import Asking
from console.effects import Send
from console.other import Other
from console.outcome import FAILED, Outcome
from console.wire import (
    BROKEN,
    CLOSED,
    NO_ADDRESS,
    REFUSING,
    SILENT,
    SILENT_S,
    UNASKED,
    BrokenError,
    Greeting,
    RefusedError,
    dial,
    log,
    next_frame,
    pause,
    why,
)

FIRST_S = 30.0  # a snapshot over a slow line, between two of its parts
STEADY_S = 10.0  # a line that held so long makes the pauses short again


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
            other = Other(self._url, self._greeting(), self._since, send)
            task = asyncio.create_task(self._for_another(other), name="link-other")
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
            except RefusedError as refused:
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
            async with dial(self._url) as ws:
                self._ws = ws
                await ws.send(self._greeting().frame(self._since))
                return await self._talk(ws)
        except BrokenError as broken:
            self._since = None  # whatever that was, what is known may not be all
            return str(broken)
        except ConnectionClosed:
            return CLOSED
        except TimeoutError:
            return SILENT
        except InvalidURI:
            raise RefusedError(NO_ADDRESS) from None
        except (OSError, WebSocketException) as error:
            return why(error)
        finally:
            self._ws = None

    async def _talk(self, ws: ClientConnection) -> str:
        writing: asyncio.Task[NoReturn] | None = None
        said = ""
        try:
            async with asyncio.timeout(FIRST_S) as limit:
                while True:
                    frame = await next_frame(ws)
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
                raise RefusedError(said or closed.rcvd.reason) from None
            return said or CLOSED
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _begin(self, ws: ClientConnection) -> asyncio.Task[NoReturn]:
        """The post has let us in: what was left open is said again, in its order, then the rest."""
        if not self._wanted.is_set():
            raise BrokenError(CLOSED)
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

    async def _for_another(self, other: Other) -> None:
        self._ended(await other.run(self._mono))
