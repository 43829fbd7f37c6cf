"""What the desk wants done in the world: values, carried out by the app. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from command.messages import Command
from command.messages import Look as Looking


@dataclass(frozen=True, slots=True)
class Send:
    """Give a command to the post. `what` is how the result line names it ("I-0412 派出 民兵一队").

    `token` set: in the name of another officer, over a connection of its own (the handover's second
    signature).
    """

    command: Command | Looking
    what: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """One of life, crit, high, norm, lost, test."""

    word: str
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Stop what sounds."""


@dataclass(frozen=True, slots=True)
class Resync:
    """Ask for a whole snapshot again, and draw all anew."""


@dataclass(frozen=True, slots=True)
class Write:
    """Write a file that the officer asked for (an export) into the user's folder."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Settings changed: keep them in the user's config folder."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave. `stop`: and end the post that was started with this console."""

    stop: bool = False


Effect = Send | Sound | Quiet | Resync | Write | Remember | Quit
