"""Values of one row or table, read with all its problems written down.

Every reader returns something usable even when it complains, so that one run finds everything.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

from command.loading.complaints import Book
from command.loading.reading import Record, Values, plain, record
from sensors.text import NAME_LIMIT, clean
from sensors.topics import is_name

Word = TypeVar("Word")
Bounds = tuple[float, float, float, float]  # west, south, east, north

YES = frozenset({"是", "有", "yes", "y", "true", "1", "√", "在岗"})
NO = frozenset({"否", "无", "no", "n", "false", "0", "×", "不在岗"})
SEPARATORS = re.compile(r"[;,、；，]")


def hint(word: str, known: Iterable[str]) -> str:
    """What was probably meant, in signs that need no translation; nothing if no word is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" ({close[0]}?)" if close else ""


class Fields:
    """One record of a file; each method reads one field."""

    def __init__(self, book: Book, file: str, record: Record) -> None:
        self.book, self.file, self.record = book, file, record
        self.line = record.line

    def complain(self, code: str, key: str = "", /, **values: object) -> None:
        """Write down a problem at the line of `key`, or of the record."""
        line = self.record.line_of(key, 0) if key else self.line
        self.book.add(code, self.file, line, **values)

    def label(self, key: str) -> str:
        """What the file calls the field: an officer's table has Chinese columns."""
        return self.record.labels.get(key, key)

    def raw(self, key: str) -> object:
        """The value as it stands in the file; None where it is absent or blank."""
        value = self.record.values.get(key)
        return None if isinstance(value, str) and not value.strip() else value

    def only(self, known: Iterable[str]) -> None:
        """Complain about every key that isn't known: a misspelt limit would be silently unset."""
        names = set(known)
        for key in self.record.values:
            if key not in names:
                self.complain("key_unknown", key, field=self.label(key), hint=hint(key, names))

    def text(self, key: str, limit: int = NAME_LIMIT, *, needed: bool = False) -> str:
        """A line of text of at most `limit` characters."""
        value = self.raw(key)
        if value is None:
            return self._lack(key, needed=needed)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.complain("value_type", key, field=self.label(key), value=value)
            return ""
        said = " ".join(str(value).split())  # a line break in a cell is a blank
        cleaned = clean(said, limit)
        if cleaned != said:
            self.complain("text_dirty", key, field=self.label(key), limit=limit)
        return cleaned

    def _lack(self, key: str, *, needed: bool) -> str:
        if needed:
            self.complain("value_missing", key, field=self.label(key))
        return ""

    def ident(self, key: str) -> str:
        """An id that may stand in a topic."""
        word = unicodedata.normalize("NFKC", self.text(key, needed=True)).strip()
        if word and not is_name(word):
            self.complain("id_bad", key, value=word)
        return word

    def number(
        self, key: str, low: float, high: float, default: float | None = None
    ) -> float | None:
        """A number in a range; `default` where the field is blank, else None with a complaint."""
        value = self.raw(key)
        if value is None:
            if default is None:
                self.complain("value_missing", key, field=self.label(key))
            return default
        number = as_number(value)
        if number is None:
            self.complain("number_bad", key, field=self.label(key), value=value)
        elif not low <= number <= high:
            self.complain(
                "number_range", key, field=self.label(key), value=value, low=low, high=high
            )
        else:
            return number
        return None

    def moment(self, key: str, zone: dt.tzinfo) -> float | None:
        """A date and time of TOML in POSIX seconds; without an offset it is of `zone`."""
        value = self.raw(key)
        if value is None:
            self.complain("value_missing", key, field=self.label(key))
        elif not isinstance(value, dt.datetime):
            self.complain("value_type", key, field=self.label(key), value=value)
        else:
            return (value if value.tzinfo else value.replace(tzinfo=zone)).timestamp()
        return None

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int | None:
        """A whole number in a range."""
        number = self.number(key, low, high, default)
        if number is not None and number != int(number):
            self.complain("number_bad", key, field=self.label(key), value=number)
            return None
        return None if number is None else int(number)

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no, in the words of either language."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        word = plain(str(value))
        if word not in YES | NO:
            self.complain("flag_bad", key, field=self.label(key), value=value)
        return word in YES if word in YES | NO else default

    def words(self, key: str, limit: int = NAME_LIMIT) -> tuple[str, ...]:
        """Several texts: an array, or one cell with separators."""
        value = self.raw(key)
        if value is None:
            return ()
        if isinstance(value, str):
            parts: list[object] = list(SEPARATORS.split(value))
        elif isinstance(value, list):
            parts = value
        else:
            self.complain("value_type", key, field=self.label(key), value=value)
            return ()
        return tuple(word for part in parts if (word := self._part(key, part, limit)))

    def _part(self, key: str, part: object, limit: int) -> str:
        if not isinstance(part, str):
            self.complain("value_type", key, field=self.label(key), value=part)
            return ""
        said = " ".join(part.split())
        cleaned = clean(said, limit)
        if cleaned != said:
            self.complain("text_dirty", key, field=self.label(key), limit=limit)
        return cleaned

    def choice(self, key: str, known: Mapping[str, Word], default: Word | None = None) -> Word:
        """One of the known words; complaining, it answers the default or the first of them."""
        fallback = next(iter(known.values())) if default is None else default
        value = self.raw(key)
        if value is None:
            if default is None:
                self.complain("value_missing", key, field=self.label(key))
            return fallback
        found = known.get(plain(str(value)))
        if found is None:
            self.complain(
                "choice_bad", key, field=self.label(key), value=value, known=", ".join(known)
            )
        return fallback if found is None else found

    def position(self, near: Bounds | None) -> tuple[float, float] | None:
        """(lon, lat) from two fields; None, with a complaint, where they are no position."""
        lon, lat = self.number("lon", -1e9, 1e9), self.number("lat", -1e9, 1e9)
        if lon is None or lat is None:
            return None
        code = misplaced(lon, lat, near)
        if code:
            self.complain(code, "lon", lon=lon, lat=lat)
        return None if code else (lon, lat)

    def table(self, key: str) -> Values:
        """A table inside this one."""
        value = self.raw(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self.complain("value_type", key, field=self.label(key), value=value)
        return {}

    def tables(self, key: str) -> list[Fields]:
        """The tables of an array inside this one, each with its line."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.complain("value_type", key, field=self.label(key), value=value)
            return []
        return [
            Fields(self.book, self.file, record(entry, self.record.line_of(key, n)))
            for n, entry in enumerate(value, 1)
        ]


def as_number(value: object) -> float | None:
    """A finite number, out of a number or its digits (full-width ones too)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    word = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
    if isinstance(word, str) and not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", word, re.ASCII):
        return None
    try:
        number = float(word)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def misplaced(lon: float, lat: float, near: Bounds | None) -> str | None:
    """The code of what is wrong with a position, if anything: swapped, or nowhere on earth."""
    possible = -180 <= lon <= 180 and -90 <= lat <= 90 and (lon, lat) != (0, 0)
    if near and not _within(lon, lat, near) and _within(lat, lon, near):
        return "swapped"
    if not possible and -180 <= lat <= 180 and -90 <= lon <= 90 and (lon, lat) != (0, 0):
        return "swapped"
    return None if possible else "position_range"


def _within(lon: float, lat: float, box: Bounds) -> bool:
    """In the box grown by one degree: what is meant for this township."""
    return box[0] - 1 <= lon <= box[2] + 1 and box[1] - 1 <= lat <= box[3] + 1
