"""What the boards share: one table, a filter typed on the line below it, and sorting by key.

A board says its columns, rows and cells; the cursor is the row's key, so a list that moves does not
move it. `/` opens the filter, Left and Right walk the sort orders, a header click sorts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.cells import Line, Span, exactly, plain, rule, show, wrap
from console.field import TextField
from console.look import ZONE_H, Look, clock, day, span
from console.page import Ctx, Move, Page
from console.table import Column, Table

DAY_S = 86_400.0
MANY, REFRESH_S = 200, 0.5  # so many rows are made anew at most twice a second
RUNNING = frozenset({"open", "assigned", "working"})  # states in which an incident needs somebody
NO_KEY: Sequence[Move] = ()


class Board(Page):
    """The base of the boards. `below` is what stands under the table, `reserve` lines of it."""

    takes_text = True  # its filter does, while it is open; no other key is kept from its meaning

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.table = Table(cursor=item)
        self._shown: Mapping[str, Any] = {}
        self._made: Ctx | None = None  # for which the rows were made
        self._find = TextField()
        self._finding = False
        self._size = (0, 0)

    # --- what a board is made of

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """The columns at this size, in this language."""
        return ()

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every row by its key, in the order in which the officer needs them."""
        return {}

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One row's cells, one a column; text from outside already harmless."""
        return ()

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """The style of a whole row."""
        return ""

    def empty(self, ctx: Ctx) -> str:
        """What is said where there are no rows at all."""
        return ctx.tr("Nothing here.")

    def reserve(self, ctx: Ctx, height: int) -> int:
        """How many lines `below` gets at least; 0: none."""
        return 0

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """What is said right under the table of the row under the cursor, `height` lines of it."""
        return ()

    def about(self, key: str, row: Any) -> str:
        """The incident a row is about: what `.` and F4 mean."""
        return ""

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """The board's own keys, by the names of `keys.py`."""
        return None

    # --- what all boards do

    @property
    def row(self) -> Any:
        """The row under the cursor in the last painted frame, None where there is none."""
        return self._shown.get(self.table.cursor)

    def made(self, ctx: Ctx) -> Mapping[str, Any]:
        """The rows, for the title too: made once a drawing, very many kept for a while."""
        old = self._made
        if old is not ctx and (old is None or not self._fresh(old, ctx)):
            self._shown, self._made = self.rows(ctx), ctx
        return self._shown

    def _fresh(self, old: Ctx, ctx: Ctx) -> bool:
        """Whether rows made for `old` will do: where there are many, and for the same eyes."""
        lately = 0.0 <= ctx.mono - old.mono < REFRESH_S
        return lately and len(self._shown) > MANY and old.look.lang == ctx.look.lang

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The table, what is below it, and the line with the filter."""
        self._size = (width, height)
        rows = self.made(ctx)
        reserve = max(0, min(self.reserve(ctx, height), height - 4))
        room = max(2, height - 1 - reserve)
        lines = self.table.draw(
            self.columns(ctx),
            rows,
            lambda key, row: self.cells(ctx, key, row),
            width,
            room,
            lambda key, row: self.style(ctx, key, row),
        )
        if not rows:
            lines += [plain("  " + text, width) for text in wrap(self.empty(ctx), width - 4)]
        self._settle()
        lines = lines[:room]
        left = height - 1 - len(lines)
        below = self.below(ctx, width, left)[:left] if reserve else ()
        lines += [exactly(line, width) for line in below]
        lines += [plain("", width)] * (height - 1 - len(lines))
        return [*lines, self._foot(ctx, width)]

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """The filter's keys while it is open, the board's own, then those of every list."""
        if self._finding and self._typed(key, character):
            return NO_KEY
        if (mine := self.answer(ctx, key)) is not None:
            return mine
        if key == "find":
            self._finding = True
            return NO_KEY
        if key in {"left", "right"}:
            self._sort(ctx, 1 if key == "right" else -1)
            return NO_KEY
        if self.table.key(key):
            self._settle()
            return NO_KEY
        return None

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """A header sorts, a row takes the cursor, the row under the cursor opens."""
        again = self.table.click(x, y)
        self._settle()
        return (self.answer(ctx, "open") or NO_KEY) if again else NO_KEY

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """The cursor follows the wheel."""
        self.table.move(lines)
        self._settle()

    def paste(self, ctx: Ctx, text: str) -> None:
        """Into the filter while it is open; nowhere else."""
        if self._finding:
            self._find.insert(text)
            self.table.filter = self._find.text

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """In the filter while it is typed."""
        if not self._finding:
            return None
        width, height = self._size
        return self._find.draw(max(1, width - 2))[1] + 1, max(0, height - 1)

    def _settle(self) -> None:
        row = self.row
        self.item = "" if row is None else self.about(self.table.cursor, row)

    def _typed(self, key: str, character: str) -> bool:
        """Whether the open filter took the key."""
        if key in {"enter", "escape"}:
            self._finding = False
            if key == "escape":
                self._find.set("")
        elif not self._find.key(key, character):
            return False
        self.table.filter = self._find.text
        return True

    def _sort(self, ctx: Ctx, by: int) -> None:
        """As given, then each column up and down, round and round."""
        orders: list[tuple[int, bool] | None] = [None]
        for number, column in enumerate(self.columns(ctx)):
            if column.sort is not None:
                orders += [(number, False), (number, True)]
        at = orders.index(self.table.sort) if self.table.sort in orders else 0
        self.table.sort = orders[(at + by) % len(orders)]

    def _foot(self, ctx: Ctx, width: int) -> Line:
        if self._finding:
            line, _column = self._find.draw(width - 1)
            return exactly((Span("/", "input"), *line), width)
        words = []
        if self.table.filter:
            words.append(
                ctx.tr("filter {text}: {n} of {all}").format(
                    text=show(self.table.filter, 40), n=self.table.count, all=len(self._shown)
                )
            )
        if below := self.table.below():
            words.append(ctx.tr("{n} more below").format(n=below))
        return rule("  ".join(words), width)


def ago(seconds: float, look: Look) -> str:
    """`8秒前` below 2 min, `12分前` below 2 h, `5时48分前`."""
    age = max(0, int(seconds))
    if age < 120:
        return look.tr("{n} s ago").format(n=age)
    return look.tr("{span} ago").format(span=span(age, look))


def left(at: float, now: float, look: Look) -> str:
    """The time left until `at`, `逾 5分` once it is past."""
    if at >= now:
        return span(at - now, look)
    return look.tr("-{span}").format(span=span(now - at, look))


def moment(at: float, now: float) -> str:
    """`03:12` of the same day, `11-22 20:00` of another."""
    time = clock(at, seconds=False)
    return time if same_day(at, now) else f"{day(at)} {time}"


def same_day(at: float, other: float) -> bool:
    """Whether both are on one day of the township."""
    zone = ZONE_H * 3600.0
    return (at + zone) // DAY_S == (other + zone) // DAY_S


def number(value: object) -> float | None:
    """A number of a row, None where the post has none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def words(*parts: object) -> str:
    """What a filter looks through: only what the officer can read, not the names of fields."""
    return " ".join(str(part) for part in parts if part)
