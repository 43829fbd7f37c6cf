"""Which incidents this console has open, so that the others are shown who looks. Pure."""

from __future__ import annotations

from collections import Counter

from command.messages import Command, Unwatch, Watch
from command.messages import Look as Looking


class Watching:
    """Two pages may have one incident open: the post hears of the first and of the last."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def note(self, command: Looking) -> bool:
        """Take note of a page's `watch` or `unwatch`; whether the post has to hear of it."""
        before = self._open[command.incident]
        after = max(0, before + (1 if isinstance(command, Watch) else -1))
        self._open[command.incident] = after
        if not after:
            del self._open[command.incident]
        return bool(before) != bool(after)


def quiet(command: Command | Looking) -> bool:
    """Sent by a dialog for being open, not by a key: no result line is written for it."""
    return isinstance(command, Watch | Unwatch) or bool(getattr(command, "dialog", False))
