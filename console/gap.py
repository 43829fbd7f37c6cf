"""What changed while nothing could be heard: the post's rows before and after a gap. Pure.

After more than 5 s without the post one page says what changed, and every red that is new or
changed in it counts as unacknowledged on this console until somebody takes it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
CRIT = 1
NEW, CHANGED, ENDED = "new", "changed", "ended"
OVER = frozenset({"resolved", "closed", "merged", "false_alarm"})
TABLES = ("incident", "case")


@dataclass(frozen=True, slots=True)
class Kept:
    """How things stood when the line was lost; `since` POSIX seconds of the post."""

    since: float
    epoch: Any
    rows: Mapping[str, Row] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One incident or case that is not as it was. `before` is empty for a new one."""

    id: str
    what: str
    row: Row = field(repr=False)
    before: Row = field(repr=False)

    @property
    def table(self) -> str:
        """The table of the feed that it is in."""
        return "case" if self.row.get("family") == "case" else "incident"

    @property
    def red(self) -> bool:
        """Red now or before, and not over: somebody must look at it again."""
        return self.what != ENDED and CRIT in {
            self.row.get("priority"),
            self.before.get("priority"),
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """From `since` to `until` nothing was heard; `switched`: another post has taken over."""

    since: float
    until: float
    changes: tuple[Change, ...] = ()
    switched: bool = False

    @property
    def reds(self) -> tuple[str, ...]:
        """The ids of all reds among the changes."""
        return tuple(change.id for change in self.changes if change.red)


Tables = Mapping[str, Mapping[str, Row]]


def keep(tables: Tables, beat: Row, now: float) -> Kept:
    """The rows as they are; they are replaced by later ones, never changed."""
    return Kept(now, beat.get("epoch"), _rows(tables))


def compare(kept: Kept, tables: Tables, beat: Row, now: float) -> Gap:
    """What is not as it was; reds first, then what is new, changed, ended."""
    rows = _rows(tables)
    changes = sorted(_changes(kept.rows, rows), key=_rank)
    return Gap(kept.since, now, tuple(changes), beat.get("epoch") != kept.epoch)


def _rows(tables: Tables) -> dict[str, Row]:
    return {key: row for name in TABLES for key, row in tables.get(name, {}).items()}


def _changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Change]:
    for ident, row in after.items():
        was = before.get(ident)
        over = row.get("state") in OVER
        if was is None:
            yield Change(ident, ENDED if over else NEW, row, {})
        elif was.get("rev") != row.get("rev"):
            ended = over and was.get("state") not in OVER
            yield Change(ident, ENDED if ended else CHANGED, row, was)
    for ident in before.keys() - after.keys():
        if before[ident].get("state") not in OVER:
            yield Change(ident, ENDED, before[ident], before[ident])


def _rank(change: Change) -> tuple[bool, int, int, str]:
    order = (NEW, CHANGED, ENDED).index(change.what)
    return not change.red, order, int(change.row.get("priority") or 5), change.id
