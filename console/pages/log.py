"""The log as lines, the newest on top: when, who, what, and why. What the post keeps is more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.cells import Line, Span, plain, rule, show, wrap
from console.look import clock, day
from console.model import LOG_LINES, Row
from console.page import Ctx, Go, Move
from console.pages.board import Board, number
from console.table import Column
from console.wording import Book, Names
from console.wording.lines import event_line

BELOW = 6
STYLES = {
    "NobodyLeft": "bad", "UnitMayday": "bad", "IncidentEscalated": "bad",
    "SecondLineCalled": "warn", "OfficerAlerted": "warn",
    "MessageQuarantined": "warn", "AcknowledgementLapsed": "warn", "SourceSilent": "warn",
}  # fmt: skip


class Entry:
    """A log line, worded when it is first looked at: most are never on the screen."""

    __slots__ = ("_names", "_said", "row")

    def __init__(self, names: Names, row: Row) -> None:
        self.row = row
        self._names = names
        self._said: tuple[str, str, str] | None = None

    @property
    def said(self) -> tuple[str, str, str]:
        """Who, what, why."""
        if self._said is None:
            self._said = event_line(self._names, self.row)
        return self._said

    def __str__(self) -> str:
        """What the filter looks through: the words on the screen, and the ids behind them."""
        row = self.row
        known = (
            str(row.get(name) or "") for name in ("pos", "event", "incident", "unit", "source")
        )
        return " ".join((*self.said, *known))


class LogPage(Board):
    """The board. A log line never changes, so it is kept as it was worded."""

    name = "log"

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self._worded: dict[str, Entry] = {}
        self._seen = (0, "", "")  # how long the log was, its newest line, the language

    def title(self, ctx: Ctx) -> str:
        """How much of it is here, and where the rest is."""
        n = len(ctx.model.table("log"))
        rest = ctx.tr("the last ones; all of it: fengsui log") if n >= LOG_LINES else ""
        return ctx.tr("Log {n} lines {rest}").format(n=n, rest=rest).strip()

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """The sentence takes what is left."""
        tr = ctx.tr
        return [
            Column(tr("Time"), 14 if ctx.look.width >= 100 else 8, sort=_at),
            Column(tr("Who"), 14, sort=lambda e: e.said[0]),
            Column(tr("About"), 10, sort=lambda e: str(e.row.get("incident") or "~")),
            Column(tr("What"), 0, sort=lambda e: e.said[1]),
            Column(tr("Why"), 16 if ctx.look.compact else 30, sort=lambda e: e.said[2]),
        ]

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every line here, newest first; only what is new is made."""
        log = ctx.model.table("log")
        seen = (len(log), next(reversed(log), ""), ctx.look.lang)
        if self._seen != seen:
            old = self._worded if self._seen[2] == seen[2] else {}
            names = Book(ctx.model, ctx.look)
            self._worded = {pos: old.get(pos) or Entry(names, log[pos]) for pos in reversed(log)}
            self._seen = seen
        return self._worded

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One line."""
        at = _at(row)
        when = f"{day(at)} {clock(at)}" if ctx.look.width >= 100 else clock(at)
        about = show(str(row.row.get("incident") or row.row.get("source") or ""))
        return (when, row.said[0], about, row.said[1], row.said[2])

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """What was bad news stands out."""
        return STYLES.get(str(row.row.get("event")), "")

    def empty(self, ctx: Ctx) -> str:
        """Before anything has happened."""
        return ctx.tr("The log has no line yet.")

    def about(self, key: str, row: Any) -> str:
        """Its incident."""
        return str(row.row.get("incident") or "")

    def reserve(self, ctx: Ctx, height: int) -> int:
        """The line under the cursor in full."""
        return min(BELOW, height // 4)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The sentence in full, and the log's own words for who reads the file."""
        if self.row is None:
            return ()
        row, said = self.row.row, self.row.said
        words = f"{row.get('pos')}  {row.get('event')}  {row.get('cause') or ''}"
        in_file = ctx.tr("In the log file: {words}").format(words=words)
        texts = [*wrap(f"{said[1]}  ({said[2]})", width - 2), show(in_file)]
        return [rule(show(str(row.get("pos"))), width), *(plain(" " + t, width) for t in texts)]

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter: the incident of the line."""
        if key == "open":
            return (Go("detail", self.item),) if ctx.model.incident(self.item) else ()
        return None

    def hint(self, ctx: Ctx) -> str:
        """What is not here."""
        return ctx.tr("Signs of life and positions are left out; fengsui log has them.")

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Enter incident  Left/Right sort  / filter  PgUp PgDn Home End  Esc back")


def _at(entry: Entry) -> float:
    return number(entry.row.get("at")) or 0.0
