"""The handover page as consoles have it: made anew with a beat, when the world has moved.

Its digest is over all open incidents: no commit waits for it, what moves it shows a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from command.core.shift import shift_row
from command.core.world import World

SHIFT = "shift"  # the table, and its only key

Show = Callable[[Mapping[str, Mapping[str, Any]]], None]


class Handover:
    """`row` is as it was between two commits; empty before anybody looked."""

    def __init__(self, show: Show) -> None:
        self.row: dict[str, Any] = {}
        self._show = show
        self._seq = -1

    def refresh(self, world: World, seq: int) -> None:
        """The world stands at entry `seq`, and all of it is on disk."""
        if seq == self._seq:
            return
        self._seq, self.row = seq, shift_row(world)
        self._show({SHIFT: {SHIFT: self.row}})
