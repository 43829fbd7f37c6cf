"""What consoles are owed, as bytes: the committed rows, the recent changes, one queue a console.

No I/O and no clock, so that every rule here is tested without a socket. A row is encoded once,
when it is published; snapshots, resumptions and folded updates are put together from those bytes.
Nothing here ever reads the world: rows come in by `publish` between commits, and what a console
is sent was on disk before.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

Row = Any  # a JSON value, an object by custom
Table = Mapping[str, Row]
Cells = dict[tuple[str, str], bytes]  # (table, key) -> the row as JSON; b"null": it is gone
Position = tuple[int, int]  # era, sequence

GONE = b"null"
URGENT = "incident"  # the table that comes first, by priority
_ENDED = 1_000  # ranks behind any priority
_POSITION = re.compile(r"e(\d{1,9})-(\d{1,18})(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, counts and bytes of the feed; the numbers are judgement unless a source is named."""

    hello_s: float = 5.0
    token_check_s: float = 5.0
    wrong_token_s: float = 0.5  # a guess costs this much
    unknown_consoles: int = 64  # connections that have not said who they are
    beat_s: float = 1.0  # CONSOLE.md section 5
    stuck_beats: int = 10  # no byte taken from one beat to the next, this often in a row: cut
    close_s: float = 2.0
    ping_s: float = 10.0
    queue_frames: int = 1_000
    queue_bytes: int = 8 * 1024 * 1024
    folded_bytes: int = 64 * 1024 * 1024  # the latest rows of all there is
    ring_patches: int = 5_000
    ring_bytes: int = 16 * 1024 * 1024
    part_rows: int = 500  # CONSOLE.md section 5
    answers: int = 1_000
    watched: int = 50  # incidents one console has open
    # Tables that only grow: each row is sent once, and only the last ones are kept for newcomers
    # and for slow consoles. Without this the log's lines would stay in memory for ever.
    tails: Mapping[str, int] = field(default_factory=lambda: {"log": 200, "quarantine": 50})


@dataclass(frozen=True)
class Patch:
    """The rows that one commit changed."""

    at: str
    cells: Cells

    @cached_property
    def frame(self) -> bytes:
        """Ready to send; made once, and not at all while no console listens."""
        return frame("rows", self.cells, at=self.at)


@dataclass(frozen=True, slots=True)
class Note:
    """A frame for one console that is not rows: an answer, or the beat."""

    frame: bytes
    beat: bool = False


def position(text: str | None) -> Position | None:
    """("e1-42" or "e1-42.3") as (1, 42); None when it is not a position."""
    found = _POSITION.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else None


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8. A lone surrogate becomes "?", NaN raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def encode_fast(row: Row) -> bytes:
    """`encode`, a quarter of the time; for what it refuses, `encode` says why."""
    try:
        return to_json(row, inf_nan_mode="strings")
    except PydanticSerializationError:
        return encode(row)


def encode_rows(rows: Mapping[str, Table]) -> Cells:
    """Each row by itself."""
    return {
        (table, key): GONE if row is None else encode_fast(row)
        for table, keyed in rows.items()
        for key, row in keyed.items()
    }


def frame(head: str, cells: Cells, tables: Iterable[str] = (), **rest: Any) -> bytes:
    """`{head: {table: {key: row}}, **rest}` of encoded rows; `tables` are there even if empty."""
    keyed: dict[str, list[bytes]] = {table: [] for table in tables}
    for (table, key), row in cells.items():
        keyed.setdefault(table, []).append(encode_fast(key) + b":" + row)
    body = b",".join(encode(table) + b":{" + b",".join(of) + b"}" for table, of in keyed.items())
    tail = encode(rest)[1:]  # without its opening brace
    return b"".join((b"{", encode(head), b":{", body, b"}", b"," if rest else b"", tail))


def urgency(row: Row) -> int:
    """The rank of an incident in a snapshot: what runs by its priority, then what has ended."""
    known = isinstance(row, dict) and row.get("ended_at") is None
    return int(row.get("priority", _ENDED)) if known else _ENDED


def _cut_to(rows: dict[Any, bytes], count: int) -> list[tuple[Any, bytes]]:
    """Drop the oldest rows over `count`; those dropped."""
    dropped = list(islice(rows.items(), max(0, len(rows) - count)))
    for key, _ in dropped:
        del rows[key]
    return dropped


def _cost(cell: tuple[str, str], row: bytes) -> int:
    return len(row) + len(cell[1]) + 4  # quotes, colon and comma


def _size(cells: Cells) -> int:
    return sum(_cost(cell, row) for cell, row in cells.items())


class Mirror:
    """The committed rows, encoded, and the changes of late for consoles that come back."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows: dict[str, dict[str, bytes]] = {}
        self._urgency: dict[str, int] = {}
        self._ring: deque[tuple[Position, Cells]] = deque()
        self._ring_bytes = 0
        self._reach: Position = (0, 0)  # the oldest position that can be resumed
        self.at = ""

    def __len__(self) -> int:
        return sum(len(keyed) for keyed in self._rows.values())

    @property
    def loaded(self) -> bool:
        """Whether there has been a first load."""
        return bool(self.at)

    def continues(self, at: str) -> bool:
        """Whether `at` follows in the same log; a new era, or a step back, is another one."""
        ours, theirs = position(self.at), position(at)
        return ours is not None and theirs is not None and _follows(ours, theirs)

    def load(self, at: str, rows: Mapping[str, Table], keep: Iterable[str] = ()) -> Patch:
        """Take `rows` for the whole truth, except tables in `keep`; the patch is the difference."""
        cells = encode_rows(rows)
        kept = set(keep)
        held = {(t, k) for t, keyed in self._rows.items() if t not in kept for k in keyed}
        restarted = not self.continues(at)
        self._urgency.clear()
        self._rank(rows)
        for table in rows:
            self._rows.setdefault(table, {})
        patch = self._apply(at, cells | dict.fromkeys(held - cells.keys(), GONE))
        if restarted:
            self._forget(at)
        return patch

    def apply(self, at: str, rows: Mapping[str, Table]) -> Patch:
        """One commit's rows; those that say nothing new are left out of the patch."""
        self._rank(rows)
        return self._apply(at, encode_rows(rows))

    def _rank(self, rows: Mapping[str, Table]) -> None:
        for key, row in rows.get(URGENT, {}).items():
            if row is None:
                self._urgency.pop(key, None)
            else:
                self._urgency[key] = urgency(row)

    def resume(self, since: Position) -> Cells | None:
        """Everything that changed since, latest rows only; None when that is out of reach.

        Patches at `since` itself are in it: rows that are in no log change between two commits.
        """
        if since < self._reach or since > (position(self.at) or (0, 0)):
            return None
        merged: Cells = {}
        for at, cells in self._ring:
            if at >= since:
                merged |= cells
        return None if len(merged) > len(self) + self._limits.part_rows else merged

    def snapshot(self, *, in_parts: bool, **rest: Any) -> Iterator[bytes]:
        """The frames of a snapshot: the rows of now, each frame made when it is asked for.

        The most urgent incidents first: a console paints them from the first part. A later change
        of the mirror does not reach into it: encoded rows are never changed.
        """
        urgent = self._rows.get(URGENT, {})
        keys = sorted(urgent, key=lambda key: self._urgency.get(key, _ENDED))
        rows = [((URGENT, key), urgent[key]) for key in keys]
        rows += [
            ((table, key), row)
            for table, keyed in self._rows.items()
            if table != URGENT
            for key, row in keyed.items()
        ]
        return self._frames(rows, tuple(self._rows), self.at, in_parts=in_parts, rest=rest)

    def _frames(
        self,
        rows: list[tuple[tuple[str, str], bytes]],
        tables: tuple[str, ...],
        at: str,
        *,
        in_parts: bool,
        rest: dict[str, Any],
    ) -> Iterator[bytes]:
        size = self._limits.part_rows
        if not in_parts or len(rows) <= size:
            yield frame("snapshot", dict(rows), tables, at=at, **rest)
            return
        parts, source = -(-len(rows) // size), iter(rows)
        for part in range(1, parts + 1):
            empty = tables if part == 1 else ()
            cells = dict(islice(source, size))
            yield frame("snapshot", cells, empty, at=at, **rest, part=part, of=parts)

    def _apply(self, at: str, cells: Cells) -> Patch:
        self.at = at
        news = {cell: row for cell, row in cells.items() if self._changed(cell, row)}
        for (table, key), row in news.items():
            if row == GONE:
                self._rows[table].pop(key)
            else:
                self._rows.setdefault(table, {})[key] = row
        for table in self._limits.tails.keys() & self._rows.keys():
            _cut_to(self._rows[table], self._limits.tails[table])
        self._remember(at, news)
        return Patch(at, news)

    def _changed(self, cell: tuple[str, str], row: bytes) -> bool:
        table, key = cell
        return self._rows.get(table, {}).get(key, GONE) != row

    def _remember(self, at: str, cells: Cells) -> None:
        where = position(at)
        if not cells or where is None:
            return
        self._ring.append((where, cells))
        self._ring_bytes += _size(cells)
        while self._ring and self._ring_is_full():
            (era, sequence), dropped = self._ring.popleft()
            self._ring_bytes -= _size(dropped)
            self._reach = (era, sequence + 1)

    def _ring_is_full(self) -> bool:
        limits = self._limits
        return len(self._ring) > limits.ring_patches or self._ring_bytes > limits.ring_bytes

    def _forget(self, at: str) -> None:
        """Nothing from before this load can be resumed: it may be of a log that is gone."""
        self._ring.clear()
        self._ring_bytes = 0
        era, sequence = position(at) or (0, 0)
        # Strictly after: rows that are in no log (viewers) may differ at the same position.
        self._reach = (era, sequence + 1)


def _follows(ours: Position, theirs: Position) -> bool:
    return ours[0] == theirs[0] and ours[1] <= theirs[1]


def _is_beat(item: Patch | Note) -> bool:
    return isinstance(item, Note) and item.beat


class Outbox:
    """What one console has not been sent yet, bounded. Past half it is folded to the latest rows.

    Folded rows go first, in parts, then answers in order, then the newest beat: an answer never
    comes before the rows that it tells of. Between two parts a beat may pass: it is no gap.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[Patch | Note] = deque()
        self._bytes = 0  # of what waits
        self._folded: Cells = {}
        self._folded_tails: dict[str, Cells] = {}
        self._folded_bytes = 0
        self._folded_from = self._folded_at = ""  # the first and the last commit in it
        self._folds = 0  # commits in it
        self._parted = False  # the last frame was a part, and more are to come
        self._ready = asyncio.Event()

    def put(self, item: Patch | Note) -> bool:
        """Queue it; False when even the latest rows do not fit, and the console is to be cut."""
        self._waiting.append(item)
        self._bytes += len(item.frame)
        if self._over(0.5):
            self._fold()
        self._ready.set()
        return not self._over(1.0) and self._folded_bytes <= self._limits.folded_bytes

    async def take(self) -> bytes:
        """The next frame to send; waits for one."""
        while True:
            found = self.pop()
            if found is not None:
                return found
            self._ready.clear()
            await self._ready.wait()

    def pop(self) -> bytes | None:
        """The next frame to send, None when nothing waits."""
        if self._folds:
            beat = self._beat() if self._parted else None
            self._parted = beat is None
            return self._unfold() if beat is None else beat
        if not self._waiting:
            return None
        item = self._waiting.popleft()
        self._bytes -= len(item.frame)
        return item.frame

    def _over(self, share: float) -> bool:
        limits = self._limits
        return (
            len(self._waiting) > limits.queue_frames * share
            or self._bytes > limits.queue_bytes * share
        )

    def _beat(self) -> bytes | None:
        """The newest beat that waits; older ones say nothing any more."""
        beats = [one for one in self._waiting if _is_beat(one)]
        if not beats:
            return None
        self._waiting = deque(one for one in self._waiting if not _is_beat(one))
        self._bytes -= sum(len(beat.frame) for beat in beats)
        return beats[-1].frame

    def _fold(self) -> None:
        notes: list[Note] = []
        beat: list[Note] = []
        for item in self._waiting:
            if isinstance(item, Patch):
                self._fold_in(item)
            elif item.beat:
                beat = [item]
            else:
                notes.append(item)
        self._waiting = deque(notes + beat)
        self._bytes = sum(len(note.frame) for note in self._waiting)

    def _fold_in(self, patch: Patch) -> None:
        """Costs what the patch costs, however much is folded: a slow console is no brake. What is
        folded are the mirror's own rows: holding them costs little.
        """
        for cell, row in patch.cells.items():
            into = self._folded
            if cell[0] in self._limits.tails:
                into = self._folded_tails.setdefault(cell[0], {})
            before = into.get(cell)
            self._folded_bytes += len(row) - len(before) if before else _cost(cell, row)
            into[cell] = row
        for table, tail in self._folded_tails.items():
            dropped = _cut_to(tail, self._limits.tails[table])
            self._folded_bytes -= _size(dict(dropped))
        self._folded_from = self._folded_from or patch.at
        self._folded_at = patch.at
        self._folds += 1

    def _unfold(self) -> bytes:
        """One part. Who leaves before the last one has to come back to the first commit in it."""
        cells: Cells = {}
        for source in (self._folded, *self._folded_tails.values()):
            for cell in list(islice(source, self._limits.part_rows - len(cells))):
                cells[cell] = source.pop(cell)
        self._folded_bytes -= _size(cells)
        if self._folded or any(self._folded_tails.values()):
            at = self._folded_from
            return frame("rows", cells, at=at, merged=self._folds, more=True)
        made = frame("rows", cells, at=self._folded_at, merged=self._folds)
        self._folds, self._folded_from, self._parted = 0, "", False
        return made
