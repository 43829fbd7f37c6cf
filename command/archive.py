"""What the log no longer holds: append-only files, on disk before anything is trimmed.

`<data>/archive/{root}-{township}/NNNNNNNNNN.jsonl`, named by the first sequence inside. One entry
a line: {"seq", "data" (the entry's JSON as text), "chain"}, with chain = SHA-256 of the chain
before it and the data, so that a changed, missing or exchanged line breaks every later one. The
first chain follows on 64 zeros; chains run on from file to file.

A last line without its line end was being written when the power went: it is reported, not read,
and cut off by the next append, for its entry is still in the log.

When the store has lost the end of its log and a new era has written other entries in that place,
`set_aside` keeps the archived ones in a folder beside the archive, `{root}-{township}.lost-N`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from command.errors import StoreError
from sensors.words import tr

START = "0" * 64
ROLL_BYTES = 32 * 1024 * 1024
BLOCK_BYTES = 64 * 1024


class ArchiveDamaged(StoreError):  # noqa: N818 - a state of the files, found by reading
    """A line of the archive is not what was written there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One archived entry."""

    seq: int
    data: bytes
    chain: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `problem` is a sentence, "" when every whole line is as written."""

    entries: int
    first: int
    last: int
    torn_bytes: int
    problem: str


class Archive:
    """The archive of one township under one topic root. One process at a time writes."""

    def __init__(
        self, data: Path, root: str, township: str, *, roll_bytes: int = ROLL_BYTES
    ) -> None:
        self.folder = data / "archive" / f"{root}-{township}"
        self._roll_bytes = roll_bytes

    def last_seq(self) -> int:
        """The last whole entry's sequence, 0 for none. Raises ArchiveDamaged."""
        end = self._end(self._files())
        return end.seq if end else 0

    def append(self, entries: Sequence[tuple[int, bytes]]) -> int:
        """Add entries in order; the last sequence in the archive, on disk when this returns.

        Raises StoreError when they do not follow on the last one or the disk refuses; the archive
        is then as it was before.
        """
        with _refusals_told(self.folder), _alone(self.folder):
            files = self._files()
            lines = _follow(self._end(files), entries)
            if lines:
                self._write(files, lines)
        return self.last_seq()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries after sequence `after`, each checked by its chain. Raises ArchiveDamaged."""
        for line in self._lines(after):
            if line.seq > after:
                yield line.seq, line.data

    def verify(self) -> Verdict:
        """Read everything and check every chain; never raises for what the files hold."""
        entries = first = last = 0
        problem = ""
        try:
            for line in self._lines(0):
                entries, first, last = entries + 1, first or line.seq, line.seq
        except ArchiveDamaged as damage:
            problem = str(damage)
        return Verdict(entries, first, last, self.torn_bytes(), problem)

    def torn_bytes(self) -> int:
        """Bytes of a last line that was never finished; 0 in good health."""
        files = self._files()
        return files[-1].stat().st_size - _tail(files[-1])[1] if files else 0

    def set_aside(self, after: int) -> Path:
        """Take the entries after sequence `after` out of the archive; the folder that keeps them.

        Whole files are copied there, and are on disk before anything is cut here. Raises
        StoreError.
        """
        with _refusals_told(self.folder), _alone(self.folder):
            touched = self._files()
            touched = touched[_holding(touched, after + 1) :]
            aside = _copied(touched, self.folder.with_name(f"{self.folder.name}.lost-{after + 1}"))
            for path in reversed(touched):
                if int(path.stem) > after:
                    path.unlink()
                else:
                    os.truncate(path, _size_up_to(path, after))
                    _sync(path)
            _sync(self.folder)
            return aside

    def _files(self) -> list[Path]:
        # Ten digits: the order of the names is the order of the sequences.
        return sorted(self.folder.glob("[0-9]" * 10 + ".jsonl"))

    def _end(self, files: list[Path]) -> Line | None:
        for path in reversed(files):
            raw, _ = _tail(path)
            if raw:
                return _parse(path, raw)
        return None

    def _write(self, files: list[Path], lines: list[Line]) -> None:
        path = files[-1] if files else None
        if path is None or _cut(path) >= self._roll_bytes:
            path = self.folder / f"{lines[0].seq:010d}.jsonl"
        _write_synced(path, b"".join(map(_render, lines)))
        _sync_folder(self.folder)

    def _lines(self, after: int) -> Iterator[Line]:
        files = self._files()
        start = _holding(files, after + 1)
        before = self._end(files[:start])
        for path in files[start:]:
            for raw in _whole_lines(path, last=path == files[-1]):
                line = _parse(path, raw)
                _check(path, before, line)
                yield line
                before = line


def _holding(files: list[Path], seq: int) -> int:
    """Index of the last file that begins at or before `seq`; the first one if none does."""
    return max((i for i, path in enumerate(files) if int(path.stem) <= seq), default=0)


def _chain(before: str, data: bytes) -> str:
    return hashlib.sha256(before.encode() + data).hexdigest()


def _follow(end: Line | None, entries: Sequence[tuple[int, bytes]]) -> list[Line]:
    lines: list[Line] = []
    for seq, data in entries:
        if end is not None and seq != end.seq + 1:
            message = tr("The archive ends at {end}, entry {seq} does not follow on it.")
            raise StoreError(message.format(end=end.seq, seq=seq))
        end = Line(seq, data, _chain(end.chain if end else START, data))
        lines.append(end)
    return lines


def _render(line: Line) -> bytes:
    try:
        document = {"seq": line.seq, "data": line.data.decode(), "chain": line.chain}
    except UnicodeDecodeError as error:
        message = tr("Entry {seq} of the log is not text. Another program writes there.")
        raise StoreError(message.format(seq=line.seq)) from error
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _parse(path: Path, raw: bytes) -> Line:
    try:
        document = json.loads(raw)
        return Line(int(document["seq"]), document["data"].encode(), str(document["chain"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = tr("Archive file {file}: a line cannot be read. Restore it from a copy.")
        raise ArchiveDamaged(message.format(file=path.name)) from error


def _check(path: Path, before: Line | None, line: Line) -> None:
    follows = line.seq == (before.seq + 1 if before else int(path.stem))
    if not follows or line.chain != _chain(before.chain if before else START, line.data):
        message = tr(
            "Archive file {file}: entry {seq} is not what was written there, or one before it is"
            " missing. Restore the file from a copy."
        )
        raise ArchiveDamaged(message.format(file=path.name, seq=line.seq))


def _whole_lines(path: Path, *, last: bool) -> Iterator[bytes]:
    with path.open("rb") as file:
        for raw in file:
            if raw.endswith(b"\n"):
                yield raw
            elif not last:  # only the newest file can have been cut off by a power failure
                message = tr("Archive file {file} ends in the middle. Restore it from a copy.")
                raise ArchiveDamaged(message.format(file=path.name))


def _tail(path: Path) -> tuple[bytes, int]:
    """The last whole line (b"" for none) and the size of the file up to its end."""
    size = path.stat().st_size
    length = BLOCK_BYTES
    with path.open("rb") as file:
        while True:
            start = max(0, size - length)
            file.seek(start)
            block = file.read(size - start)
            end = block.rfind(b"\n") + 1
            begin = block.rfind(b"\n", 0, max(0, end - 1)) + 1
            if start == 0 or (end and begin):
                return block[begin:end], start + end if end else 0
            length *= 2


def _cut(path: Path) -> int:
    """Cut off an unfinished last line; the size that is left."""
    _, whole = _tail(path)
    if whole < path.stat().st_size:
        os.truncate(path, whole)
    return whole


def _write_synced(path: Path, content: bytes) -> None:
    # Unbuffered: a buffer would try again on closing, after the half line has been cut off.
    with path.open("ab", buffering=0) as file:
        size = file.tell()
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            os.truncate(path, size)  # a full disk: no half line may stay
            raise


def _sync_folder(folder: Path) -> None:
    # The township's folder may be new, too: its own name is an entry of its parent.
    _sync(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size_up_to(path: Path, seq: int) -> int:
    size = 0
    for raw in _whole_lines(path, last=True):
        if _parse(path, raw).seq > seq:
            break
        size += len(raw)
    return size


def _copied(files: list[Path], folder: Path) -> Path:
    """Copies of `files` in a new folder of that name, or that name and a number."""
    number = 1
    name = folder.name
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{name}-{number}")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was cut off
    unfinished.mkdir()
    for path in files:
        _sync(Path(shutil.copy2(path, unfinished)))
    _sync(unfinished)
    unfinished.rename(folder)
    _sync(folder.parent)
    return folder


@contextmanager
def _refusals_told(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        message = tr("The archive {folder} cannot be written: {why}")
        raise StoreError(message.format(folder=folder, why=error.strerror)) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = tr("Another program is writing to the archive {folder}.")
            raise StoreError(message.format(folder=folder)) from error
        yield
