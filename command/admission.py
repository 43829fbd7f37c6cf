"""Who is at the other end: the first frame, the token, and the line that a known console gets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from command.broadcast import Limits, Outbox, encode
from command.errors import FengsuiError
from command.messages import FrameError, Hello, read_hello
from sensors.words import tr

log = structlog.get_logger("feed")

BAD_FRAME, UNKNOWN, TRY_LATER = 4400, 4401, 1013  # close codes


def _(message: str) -> str:
    """Marks a message for translation; `refusal` translates it."""
    return message


# What a console that is turned away, or whose command is not obeyed, is told. English ids of the
# catalogue; {field} is filled in after translation.
REFUSALS = {
    "bad_json": _("This frame is not JSON as we read it."),
    "bad_frame": _("This frame is not of the contract: {field}"),
    "unknown_verb": _("There is no such command."),
    "bad_field": _("Field missing or wrong: {field}"),
    "not_allowed": _("Your role may not do this."),
    "id_reused": _("This id was used for another command."),
    "no_hello": _("No hello within the time."),
    "wrong_token": _("This token is not known here."),
    "token_unchecked": _("The token cannot be checked just now. Try again."),
    "too_many": _("Too many connections are waiting. Try again."),
}

Authenticate = Callable[[str], Awaitable[tuple[str, str] | None]]


def refusal(code: str, field: str, lang: str | None) -> str:
    """A refusal in words."""
    return tr(REFUSALS[code], lang).format(field=field)


def text_of(raw: str | bytes) -> str:
    """A text frame's text; FrameError for a binary one, which the contract does not have."""
    if isinstance(raw, bytes):
        raise FrameError("bad_frame", "binary")
    return raw


class Wire(Protocol):
    """What a socket writes to."""

    def abort(self) -> None:
        """Close at once; what is unsent is lost."""

    def get_write_buffer_size(self) -> int:
        """Bytes that the other side has not taken yet."""


class Socket(Protocol):
    """A console's connection, as websockets has it."""

    @property
    def state(self) -> State:
        """Open, closing or closed."""

    @property
    def transport(self) -> Wire:
        """Below it."""

    async def recv(self) -> str | bytes:
        """The next frame. Raises ConnectionClosed."""

    async def send(self, message: bytes, *, text: bool) -> None:
        """Wait until it is handed over. Raises ConnectionClosed."""

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye."""

    async def wait_closed(self) -> None:
        """Until it is closed, whichever side did it."""


class Turned(Exception):  # noqa: N818 - a console is turned away; nothing is wrong with us
    """Close with `close`, for the reason `code`."""

    def __init__(self, close: int, code: str, field: str = "", lang: str | None = None) -> None:
        super().__init__(code)
        self.close = close
        self.words = refusal(code, field, lang)


class Line:
    """A known console: who it is, what it is owed, how far it has taken it."""

    def __init__(self, ws: Socket, hello: Hello, name: str, role: str, limits: Limits) -> None:
        self.ws = ws
        self.hello = hello
        self.name = name
        self.role = role
        self.lang = language_of(hello)
        self.outbox = Outbox(limits)
        self.watching: set[str] = set()
        self._sent = 0
        self._progress = (0, 0)
        self._stuck = 0

    async def send(self, frame: bytes) -> None:
        """Hand it to the socket; waits while the console does not read."""
        await self.ws.send(frame, text=True)
        self._sent += 1

    def abort(self) -> None:
        """Drop the connection, now and without goodbye: a console that does not read hears none."""
        if self.ws.state is not State.CLOSED:  # asyncio fails on a transport that is gone already
            self.ws.transport.abort()

    def stuck(self) -> int:
        """How many times in a row, asked at every beat, the console had taken nothing of what is
        there for it. Beats are counted, not seconds: a post that stalled must not cut for it.
        """
        unread, (sent, before) = self.ws.transport.get_write_buffer_size(), self._progress
        moved = not unread or self._sent != sent or unread < before
        self._stuck = 0 if moved else self._stuck + 1
        self._progress = (self._sent, unread)
        return self._stuck


def language_of(hello: Hello) -> str | None:
    """The console's language where it is one that we speak."""
    return hello.lang[:2] if hello.lang and hello.lang[:2] in {"zh", "en"} else None


class Door:
    """Lets known consoles in, and bounds how many unknown ones stand before it."""

    def __init__(self, authenticate: Authenticate, limits: Limits) -> None:
        self._authenticate = authenticate
        self._limits = limits
        self._waiting = 0

    async def admit(self, ws: Socket) -> Line | None:
        """The line of a console that said who it is; None once it was turned away or left."""
        try:
            return await self._admit(ws)
        except Turned as turned:
            await _turn_away(ws, turned)
        except ConnectionClosed:
            log.info("console left before its hello")
        return None

    async def _admit(self, ws: Socket) -> Line:
        if self._waiting >= self._limits.unknown_consoles:
            raise Turned(TRY_LATER, "too_many")
        self._waiting += 1
        try:
            hello = await self._hello(ws)
            name, role = await self._known(hello)
        finally:
            self._waiting -= 1
        return Line(ws, hello, name, role, self._limits)

    async def _hello(self, ws: Socket) -> Hello:
        try:
            async with asyncio.timeout(self._limits.hello_s):
                return read_hello(text_of(await ws.recv()))
        except TimeoutError:
            raise Turned(UNKNOWN, "no_hello") from None
        except FrameError as error:
            raise Turned(BAD_FRAME, error.code, error.field) from None

    async def _known(self, hello: Hello) -> tuple[str, str]:
        lang = language_of(hello)
        try:
            async with asyncio.timeout(self._limits.token_check_s):
                known = await self._authenticate(hello.token)
        except (FengsuiError, TimeoutError) as error:
            log.warning("token not checked", error=str(error))
            raise Turned(TRY_LATER, "token_unchecked", lang=lang) from error
        if known is None:
            # The store is asked for a SHA-256, so its time tells nothing; this makes guesses dear.
            await asyncio.sleep(self._limits.wrong_token_s)
            raise Turned(UNKNOWN, "wrong_token", lang=lang)
        return known


async def _turn_away(ws: Socket, turned: Turned) -> None:
    try:
        await ws.send(encode({"error": turned.words}), text=True)
        await ws.close(turned.close, turned.words[:40])  # 123 bytes is a close frame's limit
    except ConnectionClosed:
        log.info("console left before it was turned away", reason=turned.words)
