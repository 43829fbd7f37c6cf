"""What one open need gets: who goes, who is waited for, what is still lacking. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from command.core.asks import Ask
from command.core.board import Board, Candidate
from command.core.world import Hold


@dataclass(slots=True)
class Served:
    """`row` is its place on the board, where there was one. `passed`: somebody free was passed over
    for the hold.
    """

    ask: Ask
    board: Board | None
    row: int
    picks: list[Candidate] = field(default_factory=list)
    hold: Hold | None = None
    passed: bool = False

    @property
    def lacking(self) -> int:
        """People still missing when all who are asked come."""
        return max(0, self.ask.missing - sum(pick.unit.members for pick in self.picks))
