"""The `:` line: reading along, completion, history. Pure; the grammar is in `grammar.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.field import TextField
from console.page import Ctx, Move


@dataclass(slots=True)
class CommandLine:
    """Open while the officer types a command; `item` is what `.` means."""

    typed: TextField = field(default_factory=TextField)
    item: str = ""
    history: list[str] = field(default_factory=list)
    done: bool = False

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move]:
        """A key typed into it; `done` once it is to be closed."""
        self.done = key == "escape"
        if not self.done:
            self.typed.key(key, character)
        return ()

    def reading(self, ctx: Ctx) -> str:
        """How the line is read so far, or what is wrong with it, for the hint line."""
        return ""

    def ghost(self, ctx: Ctx) -> str:
        """The suggestion that Right takes."""
        return ""
