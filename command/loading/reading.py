"""Files to tables: encodings, CSV, TOML and JSON, each value with the line it stands on.

An officer edits these files in Excel or Notepad: so UTF-8 with and without a byte order mark,
GB18030, CRLF, blank rows, rows that start with #, and other separators are read without a word.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from command.loading.complaints import Book

ENCODINGS = ("utf-8-sig", "gb18030")  # in this order: GB18030 also reads most of what is UTF-8
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # Excel's "Unicode text"

Values = dict[str, Any]
Columns = Mapping[str, tuple[str, ...]]  # a column's own name -> its other names


@dataclass(frozen=True, slots=True)
class Record:
    """One row or table: its values, its line, and `line_of(key, item)`: the line of a value.

    `item` counts the entries of an array from 1; 0 is the value itself.
    """

    values: Values
    line: int
    line_of: Callable[[str, int], int]
    labels: Mapping[str, str] = field(default_factory=dict)  # how the file itself names a column


def record(values: Values, line: int) -> Record:
    """A record that stands on one line."""
    return Record(values, line, lambda _key, _item: line)


def read_text(book: Book, folder: Path, name: str) -> str | None:
    """The file as text; None, with the problem written down, where that can't be had."""
    try:
        body = (folder / name).read_bytes()
    except FileNotFoundError:
        book.add("file_missing", name, 0)
        return None
    except OSError as error:
        book.add("file_unreadable", name, 0, detail=error.strerror or error)
        return None
    return decode(book, name, body)


def decode(book: Book, name: str, body: bytes) -> str | None:
    """Text of a file in UTF-8 or GB18030."""
    if body.startswith(UTF16_MARKS):
        book.add("encoding", name, 1, byte=1)
        return None
    first: UnicodeDecodeError | None = None
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as error:
            first = first or error
    at = first.start if first else 0
    book.add("encoding", name, body.count(b"\n", 0, at) + 1, byte=at + 1)
    return None


def plain(text: str) -> str:
    """A word to compare: full-width forms narrowed, blanks cut, small letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def heading(text: str) -> str:
    """A column's name to compare: without its unit in brackets and without blanks."""
    return re.sub(r"\(.*?\)|\s", "", plain(text))


def sheet(book: Book, name: str, text: str, columns: Columns) -> list[Record]:
    """The rows of a CSV. `columns` gives each column's names beside its own; the rest is ignored.

    A column whose own name starts with ? may be left out.
    """
    rows = list(_rows(book, name, text))
    if not rows:
        book.add("table_empty", name, 1)
        return []
    line, header = rows[0]
    places = _columns(book, name, line, header, columns)
    if places is None:
        return []
    if len(rows) == 1:
        book.add("table_empty", name, line)
    labels = {own: header[at].strip() for own, at in places.items()}
    return [
        replace(_record(book, name, row, places, len(header)), labels=labels) for row in rows[1:]
    ]


def _rows(book: Book, name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that say something, with the line each starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        book.add("csv_syntax", name, line, detail=error)


def _delimiter(text: str) -> str:
    """What separates the first row's cells: Excel writes ; or tabs under some settings."""
    first = next((row for row in text.splitlines() if row.strip()), "")
    return max(",;\t", key=first.count)


def _columns(
    book: Book, name: str, line: int, header: list[str], columns: Columns
) -> dict[str, int] | None:
    """Where each column stands; None where a needed one is missing."""
    known = {
        heading(word): own.lstrip("?")
        for own, words in columns.items()
        for word in (own.lstrip("?"), *words)
    }
    places: dict[str, int] = {}
    for at, cell in enumerate(header):
        own = known.get(heading(cell))
        if own in places:
            book.add("column_twice", name, line, column=cell)
        elif own:
            places[own] = at
    missing = [own for own in columns if not own.startswith("?") and own not in places]
    for own in missing:
        book.add("column_missing", name, line, column=f"{columns[own][0]} ({own})")
    return None if missing else places


def _record(
    book: Book, name: str, row: tuple[int, list[str]], places: dict[str, int], width: int
) -> Record:
    line, cells = row
    extra = [cell for cell in cells[width:] if cell.strip()]
    if extra:
        book.add("cells_extra", name, line, count=len(extra))
    values = {own: cells[at].strip() if at < len(cells) else "" for own, at in places.items()}
    return record(values, line)


def toml_document(book: Book, name: str, text: str) -> Values | None:
    """The tables of a TOML file; None, with the problem written down, where it can't be read."""
    try:
        # A file saved on Windows ends its lines with CRLF, which TOML allows; a lone CR it doesn't.
        return tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than int() reads
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        book.add("toml_syntax", name, line, detail=re.sub(r" ?\(at .*\)$", "", str(error)))
    except RecursionError:
        book.add("toml_syntax", name, 1, detail="too deep")
    return None


def toml_records(book: Book, name: str, text: str, document: Values, table: str) -> list[Record]:
    """The entries of [[table]], each with its lines."""
    entries = document.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        book.add("value_type", name, toml_line(text, table, 0), field=table, value=entries)
        return []
    if not entries:
        book.add("table_empty", name, 1)
    return [toml_record(text, entry, table, n) for n, entry in enumerate(entries)]


def toml_record(text: str, entry: Values, table: str, index: int = 0) -> Record:
    """One table with its lines; `table` "" is the top of the file."""
    own = toml_line(text, table, index)
    return Record(entry, own, lambda key, item: toml_line(text, table, index, key, item))


def toml_line(text: str, table: str, index: int, key: str = "", item: int = 0) -> int:
    """The line of the index-th [table] or [[table]], or of `key` in it; tomllib tells neither.

    `item`, from 1, is the line of that entry of an array of inline tables, one on each line.
    """
    lines = text.splitlines()
    heads = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
    starts = [n for n, line in enumerate(lines) if heads.match(line)] if table else [-1]
    if index >= len(starts):
        return 1
    start = starts[index]
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    for n in range(start + 1, len(lines) if key else 0):
        if re.match(r"\s*\[\[?\s*[\w.\"'-]+\s*\]\]?\s*(#.*)?$", lines[n]):
            break
        if wanted.match(lines[n]):
            entries = [k for k in range(n + 1, len(lines)) if re.match(r"\s*\{", lines[k])]
            return entries[item - 1] + 1 if 0 < item <= len(entries) else n + 1
    return max(start, 0) + 1


def json_document(book: Book, name: str, text: str) -> Any:
    """The value of a JSON file; None, with the problem written down, where it can't be read."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        book.add("json_syntax", name, error.lineno, detail=error.msg)
    except ValueError as error:
        book.add("json_syntax", name, _constant_line(text), detail=error)
    except RecursionError:
        book.add("json_syntax", name, 1, detail="too deep")
    return None


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _constant_line(text: str) -> int:
    found = re.search(r"NaN|-?Infinity", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def feature_lines(text: str) -> list[int]:
    """The line on which each feature of a GeoJSON file starts, in their order."""
    return [
        text.count("\n", 0, found.start()) + 1
        for found in re.finditer(r'"type"\s*:\s*"Feature"', text)
    ]
