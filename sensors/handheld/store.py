"""The handheld's journal on disk: append-only JSON lines, one fact a line.

`append` returns after fsync: only then may a message be published or an order be acknowledged.
A line torn by a crash, or damaged later, is put aside into `journal.torn` and said, never a reason
not to start. Compaction writes a new file beside the old one and renames it. One process has the
folder, by a lock that the kernel drops when the process dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from sensors.handheld.facts import Fact, evolve, from_line, replay, snapshot, to_line
from sensors.handheld.values import State

COMPACT_AFTER = 2000  # facts since the last compaction; about 1 MB
_APPEND = os.O_WRONLY | os.O_APPEND


class StoreError(Exception):
    """The disk failed, or somebody else has the folder. The text is for the person at the device.

    A failed append left nothing behind: the same facts may be tried again.
    """


class FolderInUseError(StoreError):
    """Another handheld process has this folder."""


class Store:
    """The journal of one handheld while its program runs, and the state that it folds to.

    `damaged` is the number of lines that were put aside when it was opened.
    """

    def __init__(self, folder: Path, compact_after: int) -> None:
        self.folder = folder
        self._compact_after = compact_after
        self.state = State()
        self.damaged = 0
        self._lines = 0
        self._size = 0
        self._compact_above = 0
        self._lock_fd = -1
        self._fd = -1

    @classmethod
    def open(cls, folder: Path, now: float, compact_after: int = COMPACT_AFTER) -> Self:
        """Take the folder and read its journal. Raises StoreError with a line for the person."""
        store = cls(folder, compact_after)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            store._lock_fd = _lock(folder / "lock")
            store._load(now)
        except OSError as error:
            store.close()
            raise StoreError(f"cannot use {folder}: {error.strerror or error}") from error
        except StoreError:
            store.close()
            raise
        return store

    def append(self, facts: Iterable[Fact]) -> None:
        """Put `facts` on disk, all or none, and fold them into the state. Raises StoreError."""
        batch = list(facts)
        if not batch:
            return
        self._write(b"".join(map(to_line, batch)))
        self._lines += len(batch)
        for fact in batch:
            evolve(self.state, fact)

    def tidy(self, now: float) -> None:
        """Compact when the journal has grown long. Raises StoreError; the next try is far off."""
        if self._lines > self._compact_above:
            self._compact_above = self._lines + self._compact_after
            self.compact(now)

    def compact(self, now: float) -> None:
        """Rewrite the journal as the fewest facts that give the same state. Raises StoreError."""
        facts = list(snapshot(self.state, now))
        block = b"".join(map(to_line, facts))
        try:
            self._swap(block)
        except OSError as error:
            raise StoreError(f"cannot compact {self._path}: {error.strerror or error}") from error
        self.state = replay(facts)
        self._lines = len(facts)
        self._compact_above = len(facts) + self._compact_after

    def close(self) -> None:
        """Give the folder back."""
        for fd in (self._fd, self._lock_fd):
            if fd >= 0:
                os.close(fd)
        self._fd = self._lock_fd = -1

    @property
    def _path(self) -> Path:
        return self.folder / "journal.jsonl"

    def _load(self, now: float) -> None:
        content = self._path.read_bytes() if self._path.exists() else b""
        facts, bad = _parse(content)
        self.state = replay(facts)
        self._lines = len(facts)
        self.damaged = len(bad)
        if bad:
            _put_aside(self.folder / "journal.torn", bad)
        if bad or not content or len(facts) > self._needed(now) + self._compact_after:
            self.compact(now)
        else:
            self._use(os.open(self._path, _APPEND))
            self._compact_above = len(facts) + self._compact_after

    def _needed(self, now: float) -> int:
        return sum(1 for _ in snapshot(self.state, now))

    def _swap(self, block: bytes) -> None:
        fresh = self._path.with_suffix(".new")
        fd = os.open(fresh, _APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(fd, block)
            os.fsync(fd)
            fresh.replace(self._path)
        except OSError:
            os.close(fd)
            raise
        # From here on the new file is the journal: nothing may go to the old one any more.
        self._use(fd)
        _sync_folder(self.folder)

    def _use(self, fd: int) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = fd
        self._size = os.fstat(fd).st_size

    def _write(self, block: bytes) -> None:
        try:
            _write_all(self._fd, block)
            os.fsync(self._fd)
        except OSError as error:
            self._undo()
            raise StoreError(f"cannot write {self._path}: {error.strerror or error}") from error
        self._size += len(block)

    def _undo(self) -> None:
        # Half a line must not swallow the next one. If even this fails, loading puts it aside.
        try:
            os.ftruncate(self._fd, self._size)
        except OSError as error:
            raise StoreError(f"cannot repair {self._path}: {error.strerror or error}") from error


def _parse(content: bytes) -> tuple[list[Fact], list[bytes]]:
    facts: list[Fact] = []
    bad: list[bytes] = []
    lines = content.split(b"\n")
    torn = lines.pop()  # empty when the last line is whole
    for line in lines:
        try:
            facts.append(from_line(line))
        except ValueError:
            bad.append(line)
    return facts, [*bad, torn] if torn else bad


def _put_aside(path: Path, lines: list[bytes]) -> None:
    with path.open("ab") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)  # without it a power cut may bring the old name back
    finally:
        os.close(fd)


def _write_all(fd: int, block: bytes) -> None:
    while block:
        block = block[os.write(fd, block) :]


def _lock(path: Path) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(fd, 20).decode("ascii", "replace").strip()
        os.close(fd)
        raise FolderInUseError(
            f"{path.parent} is in use by another handheld (process {owner or 'unknown'}); "
            "give this one its own --data or --device"
        ) from None
    os.ftruncate(fd, 0)
    os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
    return fd
