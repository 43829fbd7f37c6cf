"""A store in memory: the questions of the post's log, answered as Redis answers them.

`command/log.py` runs on it unchanged. Its scripts are written here a second time, in Python;
tests/integration/test_log_contract.py holds both to the same promises.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import ResponseError

from command.log import ACQUIRE, COMMIT, RELEASE, RENEW, SNAPSHOT, TRIM
from command.store import Script, Word

_NOT_A = "WRONGTYPE Operation against a key holding the wrong kind of value"


@dataclass(slots=True)
class Stream:
    """Entries by number, `<number>-0`; `last` is the last number ever given."""

    entries: list[tuple[int, list[bytes]]] = field(default_factory=list)
    last: int = 0

    def add(self, number: int, fields: list[bytes]) -> None:
        """At the end."""
        self.entries.append((number, fields))
        self.last = number

    def before(self, number: int) -> int:
        """How many entries come before this number."""
        return bisect_left(self.entries, number, key=lambda entry: entry[0])

    def has(self, number: int, fields: list[bytes]) -> bool:
        """Whether this very entry is there."""
        at = self.before(number)
        return self.entries[at : at + 1] == [(number, fields)]


class MemoryStore:
    """For all posts and tests that share it. `monotonic` is what a lease runs out by."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.values: dict[bytes, bytes | Stream | dict[bytes, bytes]] = {}
        self.ends: dict[bytes, float] = {}
        self._monotonic = monotonic
        self._tokens: dict[str, dict[str, bytes]] = {}
        self._scripts: dict[bytes, Callable[..., Any]] = {
            ACQUIRE.sha: self._acquire,
            RENEW.sha: self._renew,
            RELEASE.sha: self._release,
            COMMIT.sha: self._commit,
            SNAPSHOT.sha: self._keep_snapshot,
            TRIM.sha: self._trim,
        }
        self._commands: dict[bytes, Callable[..., Any]] = {
            b"GET": self._string,
            b"HMGET": lambda key, *names: [self._hash(key).get(name) for name in names],
            b"XLEN": lambda key: len(self._stream(key).entries),
            b"XINFO": self._info,
            b"XRANGE": self._range,
            b"XREVRANGE": self._range_back,
        }

    def line(self, answer_s: float) -> MemoryLine:  # noqa: ARG002 - it answers at once
        """A line to it."""
        return MemoryLine(self)

    def answer(self, *words: Word) -> Any:
        """One command's reply. Raises ResponseError."""
        name, *rest = map(_bytes, words)
        return self._commands[name](*rest)

    def script(self, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
        """One script's reply. Raises ResponseError before anything was changed."""
        return self._scripts[lua.sha](*keys, *map(_bytes, args))

    # --- the tokens' hash

    async def hset(self, name: str, key: str, value: str) -> None:
        """As of Redis."""
        self._tokens.setdefault(name, {})[key] = value.encode()

    async def hget(self, name: str, key: str) -> bytes | None:
        """As of Redis."""
        return self._tokens.get(name, {}).get(key)

    async def hgetall(self, name: str) -> dict[str, bytes]:
        """As of Redis."""
        return dict(self._tokens.get(name, {}))

    async def hdel(self, name: str, *keys: str) -> int:
        """As of Redis."""
        return sum(self._tokens.get(name, {}).pop(key, None) is not None for key in keys)

    async def aclose(self) -> None:
        """Nothing to close: what is in it stays for the next who opens it."""

    # --- commands

    def _value(self, key: bytes) -> Any:
        if self._monotonic() >= self.ends.get(key, float("inf")):
            del self.ends[key], self.values[key]
        return self.values.get(key)

    def _typed(self, key: bytes, kind: type[Any]) -> Any:
        value = self._value(key)
        if value is not None and not isinstance(value, kind):
            raise ResponseError(_NOT_A)
        return value

    def _string(self, key: bytes) -> bytes | None:
        value: bytes | None = self._typed(key, bytes)
        return value

    def _stream(self, key: bytes) -> Stream:
        return self._typed(key, Stream) or Stream()

    def _hash(self, key: bytes) -> dict[bytes, bytes]:
        return self._typed(key, dict) or {}

    def _info(self, _what: bytes, key: bytes) -> list[bytes]:
        if self._typed(key, Stream) is None:
            raise ResponseError("no such key")
        return [b"last-generated-id", _id(self._stream(key).last)]

    def _range(self, key: bytes, first: bytes, _last: bytes, _count: bytes, count: bytes) -> Any:
        stream = self._stream(key)
        start = 0 if first == b"-" else stream.before(_number(first))
        return [_shown(entry) for entry in stream.entries[start : start + int(count)]]

    def _range_back(self, key: bytes, last: bytes, _first: bytes, _count: bytes, n: bytes) -> Any:
        stream = self._stream(key)
        end = stream.before(_number(last) + 1)
        return [_shown(entry) for entry in reversed(stream.entries[max(0, end - int(n)) : end])]

    # --- scripts: command/scripts/*.lua, whose promises stand at their tops

    def _acquire(self, epoch: bytes, lease: bytes, holder: bytes, ttl_ms: bytes) -> int | None:
        if self._string(lease) not in {None, holder}:
            return None
        number = int(self._string(epoch) or 0) + 1
        self.values[epoch] = b"%d" % number
        self._lend(lease, holder, ttl_ms)
        return number

    def _lend(self, lease: bytes, holder: bytes, ttl_ms: bytes) -> None:
        self.values[lease] = holder
        self.ends[lease] = self._monotonic() + int(ttl_ms) / 1000

    def _renew(self, epoch: bytes, lease: bytes, mine: bytes, holder: bytes, ttl_ms: bytes) -> int:
        if not self._is_first(epoch, lease, mine, holder):
            return 0
        self._lend(lease, holder, ttl_ms)
        return 1

    def _is_first(self, epoch: bytes, lease: bytes, mine: bytes, holder: bytes) -> bool:
        return self._string(epoch) == mine and self._string(lease) in {None, holder}

    def _release(self, epoch: bytes, lease: bytes, mine: bytes, holder: bytes) -> int:
        if self._string(epoch) != mine or self._string(lease) != holder:
            return 0
        del self.values[lease], self.ends[lease]
        return 1

    def _commit(
        self,
        log: bytes,
        epoch: bytes,
        lease: bytes,
        aside: bytes,
        mine: bytes,
        holder: bytes,
        number: bytes,
        data: bytes,
        keep: bytes,
        *messages: bytes,
    ) -> bytes:
        if not self._is_first(epoch, lease, mine, holder):
            return b"fenced"
        stream, kept, seq = self._stream(log), self._stream(aside), int(number)
        if stream.last != seq - 1:
            return b"done" if stream.last == seq and stream.has(seq, [b"d", data]) else b"gap"
        stream.add(seq, [b"d", data])
        self.values[log] = stream
        for start in range(0, len(messages), 5):
            names = (b"id", b"topic", b"reason", b"at", b"raw")
            pairs = zip(names, messages[start : start + 5], strict=True)
            kept.add(kept.last + 1, [word for pair in pairs for word in pair])
            del kept.entries[: -int(keep)]
            self.values[aside] = kept
        return b"done"

    def _keep_snapshot(
        self,
        log: bytes,
        epoch: bytes,
        key: bytes,
        mine: bytes,
        number: bytes,
        digest: bytes,
        data: bytes,
    ) -> bytes:
        if self._string(epoch) != mine:
            return b"fenced"
        old, last, seq = _sequence(self._hash(key)), self._stream(log).last, int(number)
        if seq > last:
            return b"ahead"
        if seq < old <= last:
            return b"older"
        self.values[key] = {b"seq": number, b"digest": digest, b"data": data}
        return b"done"

    def _trim(
        self, log: bytes, epoch: bytes, key: bytes, mine: bytes, first_kept: bytes, archived: bytes
    ) -> bytes | int:
        if self._string(epoch) != mine:
            return b"fenced"
        stream, kept = self._stream(log), int(first_kept)
        covered = min(_sequence(self._hash(key)), int(archived))
        if kept - 1 > covered or not stream.entries or kept > stream.entries[-1][0]:
            return b"uncovered"
        gone = stream.before(kept)
        del stream.entries[:gone]
        return gone


class MemoryLine:
    """A line that never breaks. Between question and answer others run, as with a real one."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def ask(self, *words: Word) -> Any:
        """The raw reply."""
        await asyncio.sleep(0)
        return self._store.answer(*words)

    async def run(self, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
        """The script's reply."""
        await asyncio.sleep(0)
        return self._store.script(lua, keys, *args)

    async def close(self) -> None:
        """There is nothing to hang up."""


def _bytes(word: Word) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()


def _id(number: int) -> bytes:
    return b"%d-0" % number


def _number(ident: bytes) -> int:
    return int(ident.partition(b"-")[0])


def _sequence(snapshot: dict[bytes, bytes]) -> int:
    """Of a snapshot; 0 for none, or one that somebody has damaged."""
    text = snapshot.get(b"seq", b"")
    return int(text) if text.isdigit() else 0


def _shown(entry: tuple[int, list[bytes]]) -> list[Any]:
    return [_id(entry[0]), list(entry[1])]
