"""One command in another officer's name, on a line of its own: a handover's second signature.

The officer at the desk stays signed on; the other one's token goes with this command and nowhere
else. It is asked again with the same id while no answer comes, and the post answers once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from command.messages import Answer, Problem, write_command
from console.asking import Asked, outcome
from console.effects import Send
from console.outcome import FAILED, REFUSED, UNKNOWN, Outcome
from console.wire import (
    OPEN_S,
    REFUSING,
    UNANSWERED,
    UNASKED,
    BrokenError,
    Greeting,
    RefusedError,
    dial,
    log,
    next_frame,
    pause,
)

TRIES = 5


class Other:
    """`greeting` is this desk's own; the token is `send`'s. `since` spares the whole snapshot."""

    def __init__(self, url: str, greeting: Greeting, since: str | None, send: Send) -> None:
        self._url, self._since, self._send = url, since, send
        self._greeting = Greeting(send.token, greeting.client, greeting.screen, greeting.lang)
        self._sent = False

    async def run(self, mono: Callable[[], float]) -> Outcome:
        """What became of it."""
        send, asked = self._send, Asked(self._send, mono())
        for attempt in range(1, TRIES + 1):
            try:
                async with asyncio.timeout(OPEN_S):
                    answer = await self._once()
            except RefusedError as refused:
                return Outcome(REFUSED, send.what, str(refused), command=send.command)
            except (OSError, WebSocketException, TimeoutError, BrokenError) as error:
                log.info("second line: %s", error)
                await asyncio.sleep(pause(attempt, random.random()))  # noqa: S311
            else:
                return outcome(asked, answer, mono())
        how, words = (UNKNOWN, UNANSWERED) if self._sent else (FAILED, UNASKED)
        return Outcome(how, send.what, words, command=send.command)

    async def _once(self) -> Answer:
        async with dial(self._url) as ws:
            await ws.send(self._greeting.frame(self._since))
            await _let_in(ws)
            self._sent = True  # from here on nobody can say that it was not
            await ws.send(write_command(self._send.command))
            while True:
                frame = await next_frame(ws)
                if isinstance(frame, Answer) and frame.id == self._send.command.id:
                    return frame


async def _let_in(ws: ClientConnection) -> None:
    """Wait for the first frame of a console that is known."""
    said = ""
    try:
        while isinstance(frame := await next_frame(ws), Problem):
            said = frame.error
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code in REFUSING:
            raise RefusedError(said or closed.rcvd.reason) from None
        raise
