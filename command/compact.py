"""Shorten the log: archive, snapshot, and only then trim. A process of its own, off the hot path.

    python -m command.compact --redis URL --root fs --township ID --data DIR --epoch N --keep N

Each step leaves a state that can be read: the archive only grows by what the log holds, a snapshot
is a cache, and the log is trimmed only after the snapshot was read back from the store, gave the
same bytes again, and the archive is on disk. Whatever fails, the log is as it was.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from command.archive import Archive
from command.core.codec import decode_entry, dump_world, load_world
from command.core.evolve import evolve
from command.core.world import World, empty
from command.errors import FengsuiError, LeaseLost, LogGap, StoreError
from command.log import PAGE, Log
from command.store import open_store
from sensors.words import tr

STORE_VARIABLE = "FENGSUI_COMPACT_REDIS"  # the store's address, where ps does not show it
TRIM_STEP = 5000  # entries a call: a commit waits for no more than this


@dataclass(slots=True)
class Restored:
    """The world after entry `seq`; `notes` are sentences on what was found damaged on the way."""

    world: World
    seq: int
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done: the snapshot's sequence and size, entries archived and trimmed, notes."""

    seq: int
    snapshot_bytes: int
    archived: int
    trimmed: int
    notes: tuple[str, ...]


async def restore(log: Log, archive: Archive, root: str, township: str) -> Restored:
    """The world at the end of the log: from the snapshot, else from archive and log.

    Raises LogGap when entries are missing in between, StoreError when one cannot be read.
    """
    restored = await _from_snapshot(log) or Restored(empty(root, township), 0, [])
    if log.snapshot_trouble:
        restored.notes.append(log.snapshot_trouble)
    first = await log.first() or await log.last() + 1
    if restored.seq + 1 < first:
        await _from_archive(restored, archive, first)
    async for seq, data in log.read(restored.seq):
        _apply(restored, seq, data)
    _give_back()
    return restored


def _give_back() -> None:
    """The memory that reading has used and left. glibc keeps it in holes between what stays: of
    10,000 open incidents, 60 MB that nobody would have used again. Other systems' libraries have no
    such call, and need none.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def _from_snapshot(log: Log) -> Restored | None:
    snapshot = await log.snapshot_load()
    if snapshot is None:
        return None
    seq, data = snapshot
    try:
        return Restored(load_world(data), seq, [])
    except Exception as error:  # noqa: BLE001 - a cache: whatever is wrong with it, do without
        message = tr("The snapshot at {seq} cannot be read by this version: {why}")
        log.snapshot_trouble = message.format(seq=seq, why=_why(error))
        return None


async def _from_archive(restored: Restored, archive: Archive, first: int) -> None:
    for seq, data in archive.read(restored.seq):
        if seq >= first:
            break
        _apply(restored, seq, data)
        if seq % PAGE == 0:
            await asyncio.sleep(0)  # a post that starts renews its lease meanwhile
    if restored.seq + 1 < first:
        message = tr(
            "Entries {first} to {last} are neither in the log nor in the archive {folder}."
        )
        raise LogGap(message.format(first=restored.seq + 1, last=first - 1, folder=archive.folder))


def _apply(restored: Restored, seq: int, data: bytes) -> None:
    if seq != restored.seq + 1:
        message = tr("Entry {seq} follows on {before}: entries are missing.")
        raise LogGap(message.format(seq=seq, before=restored.seq))
    try:
        for event in decode_entry(data):
            evolve(restored.world, event)
    except Exception as error:
        message = tr("Entry {seq} of the log cannot be replayed by this version: {why}")
        raise StoreError(message.format(seq=seq, why=_why(error))) from error
    restored.seq = seq


def _why(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return "".join(c if c.isprintable() else " " for c in text)[:300]


async def compact(log: Log, archive: Archive, root: str, township: str, keep: int) -> Compacted:
    """Archive what is new, keep a snapshot, trim all but the last `keep` entries behind it.

    Raises LeaseLost when the log's epoch is no longer ours, and other FengsuiErrors; the log is
    then as it was.
    """
    if await log.current_epoch() != log.epoch:
        raise LeaseLost(tr("Another post has taken the lease. Nothing was changed."))
    restored = await restore(log, archive, root, township)
    archived = await _archive_new(log, archive, restored)
    snapshot = _proved(restored.world)
    if restored.seq:
        await log.snapshot_save(restored.seq, snapshot)
        await _prove_saved(log, restored.seq, snapshot)
    trimmed = await _trim(log, archive, restored.seq - keep + 1)
    return Compacted(restored.seq, len(snapshot), archived, trimmed, tuple(restored.notes))


async def _archive_new(log: Log, archive: Archive, restored: Restored) -> int:
    first = await log.first()
    if first is None:
        return 0
    # An archive that was moved away, or a new data folder: it begins where the log does.
    begin = end = await _meet(log, archive, first, restored.notes) or first - 1
    page: list[tuple[int, bytes]] = []
    async for seq, data in log.read(end):
        if seq > restored.seq:  # written since; not in this snapshot, so not to be trimmed now
            break
        page.append((seq, data))
        if len(page) == PAGE:
            end = archive.append(page)
            page.clear()
    return (archive.append(page) if page else end) - begin


async def _meet(log: Log, archive: Archive, first: int, notes: list[str]) -> int:
    """The end of the archive, once it is one history with the log that begins at `first`.

    What the store lost and a new era wrote anew is set aside. Raises StoreError when the two have
    nothing in common.
    """
    end = archive.last_seq()
    if end in (0, first - 1):
        return end
    common = await _last_common(log, archive, first) if end >= first else 0
    if common == end:
        return end
    if common < first and first > 1:
        message = tr(
            "The archive {folder} (up to {end}) does not lead to this log, which begins at {first}."
            " Restore the archive, or move the folder aside, then a new one begins."
        )
        raise StoreError(message.format(folder=archive.folder, end=end, first=first))
    message = tr(
        "Archived entries from {seq} on are not those of the log. They are kept in {folder}"
    )
    notes.append(message.format(seq=common + 1, folder=archive.set_aside(common)))
    return common


async def _last_common(log: Log, archive: Archive, first: int) -> int:
    end = archive.last_seq()
    # The usual case asks for one entry: chains vouch for those before it.
    if await anext(log.read(end - 1, 1), None) == next(archive.read(end - 1)):
        return end
    archived = archive.read(first - 1)
    common = first - 1
    async for entry in log.read(first - 1):
        if entry != next(archived, None):
            break
        common = entry[0]
    return common


def _proved(world: World) -> bytes:
    data = dump_world(world)
    if dump_world(load_world(data)) != data:
        raise StoreError(tr("The snapshot does not give the same world again: not used."))
    return data


async def _prove_saved(log: Log, seq: int, data: bytes) -> None:
    loaded = await log.snapshot_load()
    if loaded != (seq, data) or dump_world(load_world(loaded[1])) != data:
        raise StoreError(tr("The snapshot was not read back as it was written: nothing trimmed."))


async def _trim(log: Log, archive: Archive, first_kept: int) -> int:
    begin = await log.first()
    if begin is None or begin >= first_kept:
        return 0
    archived_to = archive.last_seq()
    steps = [*range(begin + TRIM_STEP, first_kept, TRIM_STEP), first_kept]
    return sum([await log.trim(step, archived_to) for step in steps])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m command.compact", description=__doc__)
    parser.add_argument(
        "--redis", default=os.environ.get(STORE_VARIABLE), required=STORE_VARIABLE not in os.environ
    )
    parser.add_argument("--root", default="fs", choices=("fs", "fsx"))
    parser.add_argument("--township", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--epoch", required=True, type=int)
    parser.add_argument("--keep", required=True, type=_positive)
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    # The last entry always stays: by it a repeated commit is known.
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(tr("must be 1 or more"))
    return number


async def _run(options: argparse.Namespace) -> Compacted:
    redis = open_store(options.redis)
    log = Log(redis, options.root, options.township, epoch=options.epoch)
    archive = Archive(options.data, options.root, options.township)
    try:
        return await compact(log, archive, options.root, options.township, options.keep)
    finally:
        await log.close()
        await redis.aclose()


def main(argv: Sequence[str] | None = None) -> int:
    """The command: one JSON line on stdout and 0, or one line on stderr and 1."""
    options = _arguments(argv)
    gc.disable()  # replay only makes what stays: collecting in between doubles its time
    os.nice(10)  # orders first
    try:
        done = asyncio.run(_run(options))
    except (FengsuiError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
