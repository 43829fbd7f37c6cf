"""One list for every page with many rows: columns, cursor, filter, sort, scroll, mouse. Pure.

The cursor is a key, never a row number: a list that moves does not move it to another row. Only the
rows in the window are drawn, so ten thousand cost what forty cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from console.cells import Line, Span, exactly, fit

Sorter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`cells` wide; 0 takes what is left. `sort`: key of a row for sorting by this column."""

    title: str
    cells: int
    align: Literal["left", "right"] = "left"
    sort: Sorter | None = None


@dataclass(slots=True)
class Table:
    """What the officer has done to a list. `sort` is (column, descending); None: as given.

    `always` names the rows that no filter hides: the red ones.
    """

    cursor: str = ""
    top: int = 0
    sort: tuple[int, bool] | None = None
    filter: str = ""
    always: Callable[[Any], bool] = lambda _row: False
    _keys: list[str] = field(default_factory=list)
    _height: int = 1
    _widths: list[int] = field(default_factory=list)

    def draw(
        self,
        columns: Sequence[Column],
        rows: Mapping[str, Any],
        cells_of: Callable[[str, Any], Sequence[Span | str]],
        width: int,
        height: int,
        style_of: Callable[[str, Any], str] = lambda _key, _row: "",
    ) -> list[Line]:
        """Header and the window of `rows` (in their order, or as sorted); `height` lines at most.

        `cells_of` gives a row's cells, one a column, as text or span; `style_of` a row's style.
        """
        self._keys = self._ordered(columns, rows)
        self._height = max(1, height - 1)
        self._widths = _widths(columns, width - 2)
        if self.cursor not in rows:
            self.cursor = self._keys[min(self.top, len(self._keys) - 1)] if self._keys else ""
        self._follow()
        lines = [self._header(columns, width)]
        for key in self._keys[self.top : self.top + self._height]:
            row = rows[key]
            lines.append(self._line(key, cells_of(key, row), style_of(key, row), columns, width))
        return lines

    def key(self, key: str) -> bool:
        """Move the cursor; False if it is no key of a list."""
        steps = {
            "up": -1, "down": 1, "pageup": -self._height, "pagedown": self._height,
            "home": -len(self._keys), "end": len(self._keys),
        }  # fmt: skip
        if key not in steps:
            return False
        self.move(steps[key])
        return True

    def move(self, by: int) -> None:
        """The cursor `by` rows down."""
        if self._keys:
            at = self._keys.index(self.cursor) if self.cursor in self._keys else 0
            self.cursor = self._keys[max(0, min(len(self._keys) - 1, at + by))]
            self._follow()

    def click(self, x: int, y: int) -> bool:
        """On the header: sort by that column, again: the other way. On a row: the cursor.

        True when it was the row that the cursor was on already: open it.
        """
        if y == 0:
            self._sort_at(x - 2)
            return False
        at = self.top + y - 1
        if not 0 <= at < len(self._keys):
            return False
        again = self._keys[at] == self.cursor
        self.cursor = self._keys[at]
        return again

    def below(self) -> int:
        """How many rows are below the window."""
        return max(0, len(self._keys) - self.top - self._height)

    @property
    def count(self) -> int:
        """Rows that pass the filter."""
        return len(self._keys)

    def _ordered(self, columns: Sequence[Column], rows: Mapping[str, Any]) -> list[str]:
        words = self.filter.casefold().split()
        keys = [
            k for k, row in rows.items() if not words or self.always(row) or _has(words, k, row)
        ]
        if self.sort is not None and (by := columns[self.sort[0]].sort) is not None:
            keys.sort(key=lambda key: by(rows[key]), reverse=self.sort[1])
        return keys

    def _sort_at(self, x: int) -> None:
        left = 0
        for number, cells in enumerate(self._widths):
            if left <= x < left + cells:
                down = self.sort == (number, False)
                self.sort = (number, down)
                return
            left += cells + 1

    def _follow(self) -> None:
        at = self._keys.index(self.cursor) if self.cursor in self._keys else 0
        lowest = max(0, len(self._keys) - self._height)
        self.top = max(min(self.top, at, lowest), at - self._height + 1, 0)

    def _header(self, columns: Sequence[Column], width: int) -> Line:
        spans = [Span("  ", "dim")]
        for number, (column, cells) in enumerate(zip(columns, self._widths, strict=True)):
            arrow = ""
            if self.sort is not None and self.sort[0] == number:
                arrow = "v" if self.sort[1] else "^"
            spans.append(Span(fit(column.title + arrow, cells, column.align) + " ", "dim"))
        return exactly(spans, width)

    def _line(
        self,
        key: str,
        cells: Sequence[Span | str],
        style: str,
        columns: Sequence[Column],
        width: int,
    ) -> Line:
        here = key == self.cursor
        base = "cursor" if here else style
        spans = [Span("> " if here else "  ", base)]
        for cell, size, column in zip(cells, self._widths, columns, strict=True):
            given = cell if isinstance(cell, Span) else Span(cell)
            spans.append(Span(fit(given.text, size, column.align), given.style or base))
            spans.append(Span(" ", base))
        return exactly(spans, width, base)


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    fixed = sum(column.cells for column in columns) + len(columns)
    left = max(0, width - fixed)
    greedy = [n for n, column in enumerate(columns) if column.cells == 0]
    sizes = [column.cells for column in columns]
    for place, number in enumerate(greedy):
        share = left // (len(greedy) - place)
        sizes[number] = share
        left -= share
    return sizes


def _has(words: Sequence[str], key: str, row: Any) -> bool:
    text = f"{key} {row}".casefold()
    return all(word in text for word in words)
