"""Commands that were sent and have no answer yet. Pure.

A command without an answer when the line breaks is 未知: it may be done or not. It is asked again
with the same id once the line is back, and the post, which remembers ids in its log, answers what
became of it. So nothing is done twice, and nothing is typed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from command.messages import Answer, Unwatch, Watch, write_command
from console.effects import Send
from console.outcome import FAILED, OK, REFUSED, UNKNOWN, Outcome

# Refused for the moment, not by a rule: nothing was done, and trying again helps.
FOR_NOW = frozenset({"internal", "token_unchecked", "too_many"})
KEPT = 1_000  # no officer types so many; the post remembers as many answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A command on its way; `at` by the monotonic clock, when it was first sent."""

    send: Send
    at: float


class Asking:
    """What is asked and not answered, in its order; and what this console has open (`watch`)."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}
        self._watched: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def look(self, command: Watch | Unwatch) -> None:
        """Which incidents are open on this console: said again on every new connection."""
        self._watched.pop(command.incident, None)
        if isinstance(command, Watch):
            self._watched[command.incident] = None

    def ask(self, send: Send, mono: float) -> str:
        """The frame to send; kept until its answer comes."""
        if len(self._asked) < KEPT:
            self._asked[send.command.id] = Asked(send, mono)
        return write_command(send.command)

    def answered(self, answer: Answer, mono: float) -> Outcome | None:
        """What became of the command that this answers; None if it is none that waits."""
        asked = self._asked.pop(answer.id or "", None)
        return None if asked is None else outcome(asked, answer, mono)

    def broken(self, words: str) -> list[Outcome]:
        """The line broke: none of these is known to be done or not."""
        return [
            Outcome(UNKNOWN, one.send.what, words, command=one.send.command)
            for one in self._asked.values()
        ]

    def again(self, ids: Callable[[], str]) -> list[str]:
        """What a new connection begins with: what is open here, and what was never answered."""
        looks = [write_command(Watch(id=ids(), incident=incident)) for incident in self._watched]
        return looks + [write_command(one.send.command) for one in self._asked.values()]


def outcome(asked: Asked, answer: Answer, mono: float) -> Outcome:
    """An answer as the result line has it."""
    how = OK if answer.ok else FAILED if answer.code in FOR_NOW else REFUSED
    return Outcome(
        how,
        asked.send.what,
        answer.reason,
        ms=round((mono - asked.at) * 1000),
        command=asked.send.command,
        code=answer.code,
        by=answer.by,
    )
