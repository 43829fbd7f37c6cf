"""The officer's queue: what expires next, first. Total order, pure (CONSOLE.md section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.model import Model

CRIT, HIGH, NORM, LOW = 1, 2, 3, 4  # urgency: 急 紧 常 缓
LIFE, NOW, DUE, RUNNING, TODO, WATCH, CASES = range(7)  # lanes 命 立即 将到期 急在办 待办 跟进 案件


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the queue, made from an incident's or a case's row and its assignments.

    `due_kind`, `due_at`: the earliest deadline (POSIX s); `owes`: officer, unit, post, outside.
    `acked`: "" never, "yes", "lapsed".
    """

    id: str
    rev: int
    urgency: int
    kind: str
    place: str
    title: str
    stage: str
    due_kind: str
    due_at: float
    owes: str
    opened_at: float
    acked: str
    row: Mapping[str, Any] = field(repr=False)


class Queue:
    """All open items in their order; kept by what changed, never sorted more than once a second."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    def update(
        self, model: Model, changed: Iterable[tuple[str, str]], now: float, *, frozen: bool = False
    ) -> None:
        """Take over what changed in the model; `frozen`: the order stays while keys are pressed."""

    def order(self, now: float) -> Sequence[tuple[int, Item]]:
        """(lane, item), most pressing first."""
        return ()

    def top(self, now: float) -> Item | None:
        """What F2 opens: the first of lanes 0 and 1, else the first that the officer owes."""
        return None

    def counts(self) -> Mapping[int, int]:
        """Open items by urgency, drills and cases too: what line 1 counts."""
        return {}

    def unacknowledged(self) -> int:
        """Reds never acknowledged or lapsed: the `!` after 急."""
        return 0
