"""What a page is: it draws itself into lines, and answers keys with moves. Pure.

A page holds only what the officer has done to it (cursor, filter, draft): all else is read from the
model at each drawing. The frame around it (lines 1 and 2, hint, result, command line, keys) is
`frame.py`'s; what no page wants of a key is `desk.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from console.cells import Line
from console.effects import Effect
from console.look import Look
from console.model import Model
from console.outcome import Outcome
from console.queue import Queue
from console.settings import Settings


@dataclass(frozen=True, slots=True)
class Go:
    """Open a page on top of this one; `item` is the incident, unit or camera it is about.

    `fill`: what the page is to have filled in already (the dispatch dialog: the units).
    """

    page: str
    item: str = ""
    fill: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """Close this page; its draft is kept."""


@dataclass(frozen=True, slots=True)
class Say:
    """A line of our own in the result line: a refusal before anything was sent, a help."""

    text: str
    style: str = "warn"


@dataclass(frozen=True, slots=True)
class Fill:
    """Open the command line with this text in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """What the key of this action (of `keys.py`) does where no page wants it: `:静音`."""

    action: str


Move = Effect | Go | Back | Say | Fill | Act


@dataclass(frozen=True, slots=True)
class Ctx:
    """What a page may read. `mono` is the local monotonic clock, `now` the post's, seconds."""

    model: Model
    queue: Queue
    look: Look
    mono: float
    now: float
    settings: Settings
    ids: Callable[[], str]  # makes the id of a command
    me: str = ""  # the name of this console's officer
    readonly: bool = False
    lost: bool = False  # nothing is heard of the post: no command can be sent
    # Texts of forms that name a person: they live as long as the program, never on the disk.
    unsaved: dict[str, str] = field(default_factory=dict)

    def tr(self, message: str) -> str:
        """`message` in the officer's language."""
        return self.look.tr(message)


class Page:
    """The base of all pages: one that draws nothing and wants no key."""

    name: ClassVar[str] = ""
    takes_text: ClassVar[bool] = False  # a form: keys that type go to it before they mean anything
    whole: ClassVar[bool] = False  # it has the whole screen and every key: the tour
    transient: ClassVar[bool] = False  # a dialog: F2 from it to another item does not stack up
    stirred: float = -1e9  # mono at which what F3 is about changed: the guard starts again

    def __init__(self, item: str = "") -> None:
        self.item = item  # the incident, unit or camera that `.` and F4 mean here

    def title(self, ctx: Ctx) -> str:
        """For line 2, after `==`; "" on the main page, where line 2 is the next item."""
        return ""

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Exactly `height` lines of exactly `width` cells; more are cut, missing ones filled."""
        return []

    def hint(self, ctx: Ctx) -> str:
        """The line above 结果: what is to be known about what the cursor is on."""
        return ""

    def keys(self, ctx: Ctx) -> str:
        """The last line: which keys do what here; "" for the main page's F-key map."""
        return ""

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Answer a key by its name (`keys.py`); None: not mine. `character`: what it types."""
        return None

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """A mouse click on the page's own line `y`, column `x`."""
        return ()

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """The mouse wheel."""

    def paste(self, ctx: Ctx, text: str) -> None:
        """Pasted text, where the page takes text."""

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """When it comes on the screen."""
        return ()

    def fill(self, ctx: Ctx, words: Sequence[str]) -> Sequence[Move]:
        """What `Go.fill` brought, after `opened` or while it is open already."""
        return ()

    def ended(self, ctx: Ctx, outcome: Outcome) -> Sequence[Move]:
        """A command has an answer, whoever gave it on this console."""
        return ()

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """Where the terminal's cursor is, in the page's own lines, while it takes text."""
        return None

    def tick(self, ctx: Ctx) -> Sequence[Move]:
        """Once a drawing: what has become due without a key."""
        return ()

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        """When it leaves the screen."""
        return ()
