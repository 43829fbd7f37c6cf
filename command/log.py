"""The township's log in Redis: one writer, one atomic fenced entry per batch, nothing lost.

Keys share one hash tag, `{root:township}`: `:log` (stream, ids "<seq>-0", field "d"), `:epoch`,
`:lease`, `:quarantine` (stream) and `:snapshot` (hash). What has to be atomic is a script in
`scripts/`; the promises of each stand at its top.

Three connections, so that a commit that waits for a sick store never delays the lease, and a long
read delays neither.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from command.errors import LeaseLost, LogGap, StoreError
from command.store import (
    ANSWER_S,
    TROUBLES,
    Asker,
    Health,
    Script,
    Storage,
    StoreState,
    Trouble,
    Word,
    open_store,
    script,
    store_error,
)
from sensors.words import tr

__all__ = [
    "Log",
    "Outcome",
    "Quarantined",
    "Renewal",
    "StoreState",
    "Trouble",
    "open_store",
]

PAGE = 500
PAUSE_FIRST_S = 0.1
PAUSE_LONGEST_S = 2.0
# Raw bytes of the newest rejected messages. Bounded: a device gone mad must not fill the memory
# that the log needs. The facts of all of them are in the log.
QUARANTINE_KEEP = 10_000

ACQUIRE, RENEW, RELEASE = script("acquire"), script("renew"), script("release")
COMMIT, SNAPSHOT, TRIM = script("commit"), script("snapshot"), script("trim")


class Outcome(StrEnum):
    """How a commit ended. After FENCED or GAP the post drops its world and leaves."""

    DONE = "done"
    FENCED = "fenced"
    GAP = "gap"


class Renewal(Enum):
    """OK: held. LOST: another post is first. UNKNOWN: no answer; `may_send` runs out by itself."""

    OK = "ok"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be read or decided on. `at` is POSIX seconds, `raw` its bytes."""

    id: str
    topic: str
    reason: str
    at: float
    raw: bytes


class Log:
    """The log of one township under one topic root. Not for two tasks that commit at once.

    `epoch` is given only to a helper (compact) that works in the name of a post that holds the
    lease; a post gets its own from `acquire`. `answer_s` is how long one question may take before
    it is asked again: less than a third of the lease.
    """

    def __init__(
        self,
        store: Storage,
        root: str,
        township: str,
        *,
        epoch: int = 0,
        answer_s: float = ANSWER_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prefix = f"{{{root}:{township}}}"
        self.epoch = epoch
        self.holder = ""
        self.snapshot_trouble = ""  # why the last snapshot_load found none that is good
        self._ttl_s = 0.0
        self._renewed_at: float | None = None
        self._monotonic = monotonic
        self._health = Health(monotonic)
        self._commits = store.line(answer_s)
        self._leases = store.line(answer_s)
        self._reads = store.line(answer_s)
        self._log, self._epoch_key, self._lease, self._quarantine, self._snapshot = (
            f"{self.prefix}:{name}".encode()
            for name in ("log", "epoch", "lease", "quarantine", "snapshot")
        )

    @property
    def state(self) -> StoreState:
        """Health of the store as commits and renewals meet it."""
        return self._health.state

    async def close(self) -> None:
        """Hang up. The lease stays: `release` gives it back."""
        for line in (self._commits, self._leases, self._reads):
            await line.close()

    # The lease.

    async def acquire(self, holder: str, ttl_s: float) -> int | None:
        """Become the one writer: the new epoch, or None while another holder has the lease.

        The same holder takes its own lease over at once, and fences the process it was before.
        Raises StoreError when the store does not answer as it must.
        """
        asked_at = self._monotonic()
        keys = (self._epoch_key, self._lease)
        epoch = await _run(self._leases, ACQUIRE, keys, holder, _ms(ttl_s))
        if epoch is None:
            return None
        self.holder, self.epoch, self._ttl_s = holder, int(epoch), ttl_s
        self._renewed_at = asked_at
        return self.epoch

    async def renew(self) -> Renewal:
        """Hold the lease for another `ttl_s` from the moment this was asked. Never raises.

        A lease that ran out during an outage is taken again with the same epoch, if nobody else
        came in between.
        """
        asked_at = self._monotonic()
        keys = (self._epoch_key, self._lease)
        try:
            held = await self._leases.run(RENEW, keys, self.epoch, self.holder, _ms(self._ttl_s))
        except TROUBLES as error:
            self._health.failed("lease", error)
            return Renewal.UNKNOWN
        self._health.passed("lease")
        self._renewed_at = asked_at if held else None
        return Renewal.OK if held else Renewal.LOST

    @property
    def renewed_at(self) -> float | None:
        """Monotonic time before the last successful renewal was asked for; None without lease."""
        return self._renewed_at

    def may_send(self) -> bool:
        """True within two thirds of the lease since its last renewal."""
        if self._renewed_at is None:
            return False
        return self._monotonic() - self._renewed_at < self._ttl_s * 2 / 3

    async def release(self) -> bool:
        """Give the lease back; False if it was not ours or the store did not answer.

        In both cases there is nothing more to do: a lease left behind runs out.
        """
        self._renewed_at = None
        keys = (self._epoch_key, self._lease)
        try:
            return bool(await self._leases.run(RELEASE, keys, self.epoch, self.holder))
        except TROUBLES as error:
            self._health.failed("lease", error)
            return False

    async def current_epoch(self) -> int:
        """The epoch of the last writer that took the lease, 0 for none. Raises StoreError."""
        return int(await _ask(self._reads, "GET", self._epoch_key) or 0)

    # Writing.

    async def commit(
        self, seq: int, data: bytes, quarantine: Sequence[Quarantined] = ()
    ) -> Outcome:
        """Write entry `seq` and what goes to quarantine, on disk when this returns DONE.

        Asks again for ever when the answer is lost or the store refuses (`state` says why): the
        same bytes again change nothing. When cancelled the entry may be written or not; the same
        call again finds out.
        """
        keys = (self._log, self._epoch_key, self._lease, self._quarantine)
        args = _commit_words(self.epoch, self.holder, seq, data, quarantine)
        pause = PAUSE_FIRST_S
        while True:
            try:
                outcome = Outcome((await self._commits.run(COMMIT, keys, *args)).decode())
            except TROUBLES as error:
                self._health.failed("commit", error)
            else:
                self._health.passed("commit")
                return outcome
            await self._commits.close()  # another server may answer at that address by now
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_LONGEST_S)

    # Reading. All of these raise StoreError when the store does not answer as it must.

    async def last(self) -> int:
        """The last sequence ever written, 0 for none; trimming does not change it."""
        try:
            info = await self._reads.ask("XINFO", "STREAM", self._log)
        except TROUBLES as error:
            if "no such key" in str(error):
                return 0
            raise store_error(error) from error
        fields = dict(zip(info[::2], info[1::2], strict=True))
        return int(fields[b"last-generated-id"].partition(b"-")[0])

    async def first(self) -> int | None:
        """The first sequence still in the log, None when there is no entry."""
        page = await _ask(self._reads, "XRANGE", self._log, "-", "+", "COUNT", 1)
        return _entry(page[0])[0] if page else None

    async def size(self) -> int:
        """How many entries the log holds now."""
        return int(await _ask(self._reads, "XLEN", self._log))

    async def read(self, after: int, count: int = PAGE) -> AsyncIterator[tuple[int, bytes]]:
        """All entries after sequence `after`, (seq, data) in order, fetched `count` at a time.

        Raises LogGap when the next one is missing: trimmed (then it is in the archive) or removed
        by somebody. Entries written meanwhile are read too.
        """
        position = after
        while True:
            page = await _ask(
                self._reads, "XRANGE", self._log, f"{position + 1}-0", "+", "COUNT", count
            )
            for item in page:
                seq, data = _entry(item)
                if seq != position + 1:
                    raise _gap(position + 1, seq)
                yield seq, data
                position = seq
            if len(page) < count and await self._ends_at(position):
                return

    async def read_back(self, before: int, count: int) -> list[tuple[int, bytes]]:
        """Up to `count` entries before sequence `before`, newest first; none at the log's start."""
        page = await _ask(
            self._reads, "XREVRANGE", self._log, f"{before - 1}-0", "-", "COUNT", count
        )
        return [_entry(item) for item in page]

    async def _ends_at(self, position: int) -> bool:
        last = await self.last()
        if last <= position:
            return True
        # Either written since the page was read, or the end of the log was cut off.
        following = await _ask(
            self._reads, "XRANGE", self._log, f"{position + 1}-0", "+", "COUNT", 1
        )
        if not following:
            raise _gap(position + 1, last + 1)
        return False

    # Snapshots and trimming.

    async def snapshot_load(self) -> tuple[int, bytes] | None:
        """The snapshot (sequence, bytes as saved), or None with `snapshot_trouble` set.

        A snapshot is a cache: a damaged one, or one that is ahead of the log, is not used.
        """
        self.snapshot_trouble = ""
        fields = await _ask(self._reads, "HMGET", self._snapshot, "seq", "digest", "data")
        if fields == [None, None, None]:
            return None
        found = _unpack(*fields)
        if found is None:
            self.snapshot_trouble = tr("The snapshot is damaged and is not used.")
        elif found[0] > await self.last():
            self.snapshot_trouble = tr("The snapshot is ahead of the log and is not used.")
            found = None
        return found

    async def snapshot_save(self, seq: int, data: bytes) -> None:
        """Keep `data` as the world after entry `seq`.

        Raises LeaseLost when the epoch is no longer ours, StoreError when the log has not come
        to `seq` or a newer snapshot is there.
        """
        keys = (self._log, self._epoch_key, self._snapshot)
        packed = zlib.compress(data, 1)
        reply = await _run(self._reads, SNAPSHOT, keys, self.epoch, seq, _digest(seq, data), packed)
        if reply == b"fenced":
            raise _fenced()
        if reply != b"done":
            message = tr("The snapshot at {seq} is ahead of the log or older than the one kept.")
            raise StoreError(message.format(seq=seq))

    async def trim(self, first_kept: int, archived_to: int) -> int:
        """Remove the entries before `first_kept`; how many went.

        The caller vouches that all up to `archived_to` are in the archive, on disk. Raises
        LeaseLost, or StoreError when snapshot or archive do not cover what would go.
        """
        keys = (self._log, self._epoch_key, self._snapshot)
        reply = await _run(self._reads, TRIM, keys, self.epoch, first_kept, archived_to)
        if reply == b"fenced":
            raise _fenced()
        if not isinstance(reply, int):
            message = tr("Entries before {seq} are not covered by snapshot and archive: kept.")
            raise StoreError(message.format(seq=first_kept))
        return reply


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _text(value: str) -> bytes:
    # From outside: half a surrogate pair must not become an exception here.
    return value.encode("utf-8", "replace")


def _commit_words(
    epoch: int, holder: str, seq: int, data: bytes, quarantine: Sequence[Quarantined]
) -> list[Word]:
    words: list[Word] = [epoch, holder, seq, data, QUARANTINE_KEEP]
    for q in quarantine:
        words += (_text(q.id), _text(q.topic), _text(q.reason), f"{q.at:.3f}", q.raw)
    return words


async def _ask(line: Asker, *words: Word) -> Any:
    try:
        return await line.ask(*words)
    except TROUBLES as error:
        raise store_error(error) from error


async def _run(line: Asker, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
    try:
        return await line.run(lua, keys, *args)
    except TROUBLES as error:
        raise store_error(error) from error


def _entry(item: Any) -> tuple[int, bytes]:
    identity, fields = item
    seq, _, rest = identity.partition(b"-")
    if rest != b"0" or len(fields) != 2 or fields[0] != b"d":
        message = tr(
            "Entry {id} of the log was not written by a post. Another program writes there."
        )
        raise StoreError(message.format(id=identity.decode()))
    return int(seq), fields[1]


def _digest(seq: int, data: bytes) -> str:
    return hashlib.sha256(b"%d\n" % seq + data).hexdigest()


def _unpack(
    seq: bytes | None, digest: bytes | None, packed: bytes | None
) -> tuple[int, bytes] | None:
    if seq is None or digest is None or packed is None or not seq.isdigit():
        return None
    try:
        data = zlib.decompress(packed)
    except zlib.error:
        return None
    return (int(seq), data) if _digest(int(seq), data).encode() == digest else None


def _gap(wanted: int, found: int) -> LogGap:
    message = tr("Entries {first} to {last} are not in the log. Look for them in the archive.")
    return LogGap(message.format(first=wanted, last=found - 1))


def _fenced() -> LeaseLost:
    return LeaseLost(tr("Another post has taken the lease. Nothing was changed."))
