"""The Textual shell: keys in, lines out, effects carried out. What decides is `desk.py`."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence

from rich.control import Control
from rich.segment import Segment
from textual.app import ComposeResult
from textual.events import Click, Key, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from console import sound, terminal
from console.cells import Line, size_of
from console.desk import Desk
from console.effects import Effect
from console.queue import CRIT
from console.safe import Safe
from console.styles import style

TICK_S = 0.1  # 10 Hz; FIELD.md section 5
PULSE_S = 0.05  # how often it is asked what is due: over SSH a drawing is at every fifth
LONG_S = 0.02  # a turn that took so long is not followed by a drawing before the keys had theirs
KEYS_FIRST_S = 0.1  # how long all else waits for a key's picture, at most
NATIVE = frozenset({"ansi", "mono"})  # themes in the terminal's own colours

Carry = Callable[[Sequence[Effect]], None]


class Sheet(Widget):
    """The one widget: lines of the whole screen, each kept as a strip until it changes."""

    can_focus = True
    DEFAULT_CSS = "Sheet { width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Line] = ()
        self._strips: list[Strip] = []
        self._theme = ""

    def show_lines(self, lines: Sequence[Line], theme: str) -> int:
        """Take the new picture; only lines that differ are drawn again. How many those were."""
        if len(lines) != len(self._lines) or theme != self._theme:
            dirty = list(range(len(lines)))
        else:
            dirty = [n for n, line in enumerate(lines) if line != self._lines[n]]
        if not dirty:
            return 0
        if len(self._strips) != len(lines):
            self._strips = [Strip.blank(0)] * len(lines)
        for number in dirty:
            self._strips[number] = _strip(lines[number], theme)
        self._lines, self._theme = lines, theme
        self.refresh(*(Region(0, number, self.size.width, 1) for number in dirty))
        return len(dirty)

    def render_line(self, y: int) -> Strip:
        """A line of the picture; blank beyond it."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)


def _strip(line: Line, theme: str) -> Strip:
    return Strip([Segment(text, style(name, theme)) for text, name in line], size_of(line))


class ConsoleApp(terminal.SteadyApp, inherit_bindings=False):
    """`desk` decides; `carry` does what has to be done outside; `before` is called at each tick."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012 - Textual's own: no key of its own may quit or copy

    def __init__(
        self,
        desk: Desk,
        carry: Carry,
        mono: Callable[[], float] = time.monotonic,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(driver_class=terminal.driver_class(), ansi_color=desk.look.theme in NATIVE)
        self.desk = desk
        self._carry = carry
        self._mono = mono
        self._before = before
        self._sheet = Sheet()
        self.safe = Safe(desk)
        self._painted = self._ticked = self._keyed = float("-inf")
        self._drawn = False  # the picture of the last key, and not yet sent
        self._cursor: tuple[int, int] | None = None
        self._title = ""

    def compose(self) -> ComposeResult:
        """One sheet over the whole screen."""
        yield self._sheet

    def on_mount(self) -> None:
        """Ten times a second: what is due; drawn as often as the line takes it."""
        self._sheet.focus()
        self.set_interval(PULSE_S, self.pulse)

    def pulse(self) -> None:
        """What has become due, whatever the terminal does; then the picture."""
        mono = self._mono()
        if self.key_waits:
            return
        if mono - self._ticked >= TICK_S - PULSE_S / 2:
            self._tick(mono)
        long = self._mono() - mono > LONG_S
        every = 1 / terminal.rate(os.environ, self.flush_s)
        if not long and mono - self._painted >= every - PULSE_S / 2:
            self.paint()

    def _tick(self, mono: float) -> None:
        self._ticked = mono
        self._before()
        self._carry(self.safe.effects(lambda: self.desk.tick(mono), mono))
        self._entitle(mono)
        if self.missed():
            self.redraw()

    def key_comes(self) -> None:
        """From here on until its picture is sent, all else waits for the key."""
        self._keyed = self._mono()

    @property
    def key_waits(self) -> bool:
        """Whether a key has come and its picture is not yet on its way: rows and timers wait."""
        return self._mono() - self._keyed < KEYS_FIRST_S

    async def breathe(self) -> None:
        """Between two frames of the feed, of which one waits behind the other: keys go first."""
        await asyncio.sleep(0)
        while self.key_waits:  # noqa: ASYNC110 - for a tenth of a second at most
            await asyncio.sleep(0.002)

    def post_display_hook(self) -> None:
        """Textual has sent a picture: a key whose picture it was waits no more."""
        if self._drawn:
            self._keyed, self._drawn = float("-inf"), False

    def paint(self) -> bool:
        """The picture as it is now; whether it is another. None while the terminal is stuck."""
        if self.stuck:
            return False
        self._painted = self._mono()
        native = self.desk.look.theme in NATIVE
        if self.ansi_color != native:
            self.ansi_color = native
        picture = self.safe.picture(self._painted)
        drawn = self._sheet.show_lines(picture.lines, self.desk.look.theme)
        if picture.cursor != self._cursor:
            self._move_cursor(picture.cursor, drawn)
        return drawn > 0

    def redraw(self) -> None:
        """The whole screen, whatever the terminal thinks it shows."""
        self._sheet.refresh()

    def _move_cursor(self, cursor: tuple[int, int] | None, drawn: int) -> None:
        """The terminal's own cursor shows where typing goes; an input method needs it there."""
        self._cursor = cursor
        if cursor is None:
            self.say_to_terminal(terminal.HIDE_CURSOR)
            return
        self.cursor_position = Offset(*cursor)
        move = "" if drawn else str(Control.move_to(*cursor))
        self.say_to_terminal(move + terminal.SHOW_CURSOR)

    def _entitle(self, mono: float) -> None:
        """The window's title says how many reds there are, also from behind other windows."""
        desk = self.desk
        reds = desk.queue.counts().get(CRIT, 0)
        lost = desk.model.beat_at is not None and desk.lost(mono)
        words = sound.title(desk.look, reds, desk.queue.unacknowledged(), lost=lost)
        if words != self._title and not self.stuck:
            self._title = words
            self.say_to_terminal(terminal.title(words))

    def on_resize(self, event: Resize) -> None:
        """Another size: drawn at once."""
        self.desk.resize(event.size.width, event.size.height)
        self.paint()

    def on_key(self, event: Key) -> None:
        """Every key goes to the desk; the screen answers at once."""
        event.stop()
        event.prevent_default()
        character = event.character if event.is_printable and event.character else ""
        mono = self._mono()
        self._carry(self.safe.effects(lambda: self.desk.key(event.key, character, mono), mono))
        self._drawn = self.paint()
        self._keyed = self._mono() if self._drawn else float("-inf")

    def on_paste(self, event: Paste) -> None:
        """Into the command line or a form; nowhere else."""
        mono = self._mono()
        self._carry(self.safe.effects(lambda: self.desk.paste(event.text, mono), mono))
        self.paint()

    def on_click(self, event: Click) -> None:
        """A mouse, where there is one."""
        mono = self._mono()
        self._carry(self.safe.effects(lambda: self.desk.click(event.x, event.y, mono), mono))
        self.paint()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Down."""
        self._wheel(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Up."""
        self._wheel(-3)

    def _wheel(self, lines: int) -> None:
        mono = self._mono()

        def turn() -> Sequence[Effect]:
            self.desk.wheel(lines, mono)
            return []

        self._carry(self.safe.effects(turn, mono))
        self.paint()
