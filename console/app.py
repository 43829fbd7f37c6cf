"""The Textual shell: keys in, lines out, effects carried out. What decides is `desk.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.events import Click, Key, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from console.cells import Line, size_of
from console.desk import Desk
from console.effects import Effect
from console.styles import style

TICK_S = 0.1  # 10 Hz; FIELD.md section 5

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


class ConsoleApp(App[int], inherit_bindings=False):
    """`desk` decides; `carry` does what has to be done outside."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012 - Textual's own: no key of its own may quit or copy

    def __init__(
        self, desk: Desk, carry: Carry, mono: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.desk = desk
        self._carry = carry
        self._mono = mono
        self._sheet = Sheet()

    def compose(self) -> ComposeResult:
        """One sheet over the whole screen."""
        yield self._sheet

    def on_mount(self) -> None:
        """Draw ten times a second."""
        self._sheet.focus()
        self.set_interval(TICK_S, self.pulse)

    def pulse(self) -> None:
        """What has become due, then the picture."""
        self._carry(self.desk.tick(self._mono()))
        self.paint()

    def paint(self) -> None:
        """The picture as it is now."""
        picture = self.desk.draw(self._mono())
        self._sheet.show_lines(picture.lines, self.desk.look.theme)
        if picture.cursor is not None:
            self.cursor_position = Offset(*picture.cursor)

    def on_resize(self, event: Resize) -> None:
        """Another size: drawn at once."""
        self.desk.resize(event.size.width, event.size.height)
        self.paint()

    def on_key(self, event: Key) -> None:
        """Every key goes to the desk; the screen answers at once."""
        event.stop()
        event.prevent_default()
        character = event.character if event.is_printable and event.character else ""
        self._carry(self.desk.key(event.key, character, self._mono()))
        self.paint()

    def on_paste(self, event: Paste) -> None:
        """Into the command line or a form; nowhere else."""
        self._carry(self.desk.paste(event.text, self._mono()))
        self.paint()

    def on_click(self, event: Click) -> None:
        """A mouse, where there is one."""
        self._carry(self.desk.click(event.x, event.y, self._mono()))
        self.paint()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Down."""
        self.desk.wheel(3, self._mono())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Up."""
        self.desk.wheel(-3, self._mono())
