"""What every line to the post has: its hello, its frames, why it fails, how long it then rests."""

from __future__ import annotations

import json
import logging
import socket
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage

from command.messages import Frame, FrameError, read_frame
from sensors.words import _

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 5.0)  # CONSOLE.md section 5
JITTER = 0.2  # of a pause, either way: consoles that were cut together do not come back together
SILENT_S = 5.0  # without a beat
OPEN_S = 5.0
CLOSE_S = 1.0
LARGEST = 64 * 1024 * 1024  # bytes of a frame; a folded update is at most 8 MiB
REFUSING = frozenset({4400, 4401})  # close codes of command/admission.py: coming back is in vain

SILENT = _("Nothing was heard of the post for 5 seconds.")
UNREADABLE = _("The post sent something that this console cannot read.")
UNASKED = _("The connection is not up: nothing was sent.")
BROKEN = _("The connection broke before the answer; it is asked again by itself.")
UNANSWERED = _("Sent, and no answer came: look at the log before you sign again.")
CLOSED = _("The post closed the connection.")
NOBODY = _("No post answers at this address.")
NO_NAME = _("The name in the post's address is not known.")
NO_POST = _("What answers at this address is not a post.")
NO_ADDRESS = _("This is no address of a post: it must be like ws://HOST:8460/console")

log = logging.getLogger("fengsui.console")


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


class BrokenError(Exception):
    """The line is of no use any more, for this reason."""


class RefusedError(Exception):
    """The post does not want us, and says why."""


def pause(failures: int, chance: float) -> float:
    """Seconds before the next attempt after so many failures in a row; `chance` from 0 to 1."""
    base = PAUSES_S[min(max(failures, 1), len(PAUSES_S)) - 1]
    return base * (1 + JITTER * (2 * chance - 1))


def why(error: Exception) -> str:
    """Why there is no connection: our words where we have some, else the system's own."""
    if isinstance(error, ConnectionRefusedError):
        return NOBODY
    if isinstance(error, socket.gaierror):
        return NO_NAME
    if isinstance(error, InvalidHandshake | InvalidMessage):
        return NO_POST
    return str(getattr(error, "strerror", "") or error) or type(error).__name__


def dial(url: str) -> connect:
    """A connection to be entered; without pings, for the post's beat tells more."""
    return connect(
        url,
        compression=None,
        proxy=None,
        max_size=LARGEST,
        open_timeout=OPEN_S,
        close_timeout=CLOSE_S,
        ping_interval=None,
        logger=log,
    )


async def next_frame(ws: ClientConnection) -> Frame:
    """The next frame; raises BrokenError on one that cannot be read."""
    raw = await ws.recv(decode=False)
    try:
        return read_frame(raw)
    except FrameError as error:
        log.warning("unreadable frame: %s", error)
        raise BrokenError(UNREADABLE) from None
