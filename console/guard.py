"""When a key that acts counts: not before its picture was seen, and once however long it is held.

Keys typed ahead and keys held down look the same to a terminal: the same key again. So a press that
came too early must be followed by silence before the next one counts; a held key is never silent.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

REPEAT_S = 0.3  # F2, F3, F4 and Space within this count once (CONSOLE.md section 4)
HOLD_S = 0.8  # keyboards wait up to 0.7 s before a held key repeats
ONCE = frozenset({"go", "acknowledge", "next", "mark"})
GUARDED = frozenset({"go", "mark"})


class Press(StrEnum):
    """What a press of such a key is."""

    COUNTS = "counts"
    HELD = "held"  # the same press going on: nothing is said of it
    EARLY = "early"  # before the picture was seen: not done, and said so


@dataclass(frozen=True, slots=True)
class Painted:
    """What the officer saw last, and keys therefore mean: `item` in its version, line 2's item."""

    item: str = ""
    rev: int | None = None
    top: str = ""


@dataclass(slots=True)
class Guard:
    """One officer's hands, and since when the page on top has been on the screen."""

    _page: object = None
    _since: float = 0.0
    _last: tuple[str, float] = ("", -1e9)
    _early: dict[str, float] = field(default_factory=dict)  # action -> when a press came too early

    def painted(self, page: object, stirred: float, mono: float) -> None:
        """`page` is on the screen; what it says changed last at `stirred`."""
        if page is not self._page:
            self._page, self._since = page, mono
        self._since = max(self._since, stirred)

    def other(self) -> None:
        """Another key came between: the next press is one of its own."""
        self._last = ("", -1e9)

    def press(self, action: str, page: object, mono: float, guard_s: float) -> Press:
        """Whether this press of F2, F3, F4 or Space counts on the page on top."""
        last, at = self._last
        self._last = (action, mono)
        if last == action and mono - at < REPEAT_S:
            return Press.HELD
        if action not in GUARDED:
            return Press.COUNTS
        if page is not self._page or mono - self._since < guard_s:
            if mono - self._early.get(action, -1e9) >= HOLD_S:
                self._early[action] = mono
            return Press.EARLY
        if mono - self._early.get(action, -1e9) < HOLD_S:
            return Press.EARLY
        self._early.pop(action, None)
        return Press.COUNTS
