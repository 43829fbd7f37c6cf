"""The store's door: how Redis is opened, how it is asked, and how its troubles are named.

`Line` is one connection of its own that asks one command in one round trip. It stands on
redis-py's connection, below its client: the client sends a write ten times by default (one XADD
whose reply was lost became three entries), and starts a task for every send.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from command.errors import StoreError, UsageError
from sensors.words import tr

CONNECT_S = 2.0
ANSWER_S = 5.0  # one whole question; an fsync on a busy disk has been seen to take seconds
TROUBLES = (RedisError, OSError)  # asyncio's TimeoutError is an OSError since 3.11

Word = bytes | str | int


class Trouble(StrEnum):
    """Why the store does not do what it is asked. `SENTENCES` says it to a person."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOADING = "loading"
    OUT_OF_MEMORY = "out_of_memory"
    DISK = "disk"
    READ_ONLY = "read_only"
    NO_PERMISSION = "no_permission"
    WRONG_TYPE = "wrong_type"
    REFUSED = "refused"


def _(message: str) -> str:
    """Mark an English message id for extraction; `tr` says it in the language asked for."""
    return message


SENTENCES = {
    Trouble.UNREACHABLE: _("The store cannot be reached. Is Redis running at the address given?"),
    Trouble.TIMEOUT: _("The store does not answer in time. Look at its load and its disk."),
    Trouble.LOADING: _("The store is still reading its files. Wait; this ends by itself."),
    Trouble.OUT_OF_MEMORY: _("The store's memory is full. Raise maxmemory of Redis."),
    Trouble.DISK: _("The store cannot write to its disk. Free space where Redis keeps its files."),
    Trouble.READ_ONLY: _("The store is a read-only replica. Give the address of the primary."),
    Trouble.NO_PERMISSION: _("The store refuses us. Check user, password and ACL of Redis."),
    Trouble.WRONG_TYPE: _("A key of the log holds something else. Another program writes into it."),
    Trouble.REFUSED: _("The store answers with an error."),
}
# Inside a script a missing right comes without a code of its own: Redis 7.0, and Valkey.
NO_RIGHT_IN_SCRIPT = ("The user executing the script can't", "ACL failure in script")
PASSING = frozenset({Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.LOADING})


def trouble(error: BaseException) -> Trouble:
    """The name of what went wrong."""
    kinds: tuple[tuple[type[BaseException], Trouble], ...] = (
        # These three are connection errors to redis-py: they come first.
        (BusyLoadingError, Trouble.LOADING),
        (AuthenticationError, Trouble.NO_PERMISSION),
        (AuthorizationError, Trouble.NO_PERMISSION),
        (RedisTimeoutError, Trouble.TIMEOUT),
        (TimeoutError, Trouble.TIMEOUT),
        (RedisConnectionError, Trouble.UNREACHABLE),
        (OSError, Trouble.UNREACHABLE),
        (OutOfMemoryError, Trouble.OUT_OF_MEMORY),
        (ReadOnlyError, Trouble.READ_ONLY),
        (NoPermissionError, Trouble.NO_PERMISSION),
    )
    for kind, name in kinds:
        if isinstance(error, kind):
            return name
    return _by_code(str(error))


def _by_code(text: str) -> Trouble:
    codes = {
        "WRONGTYPE": Trouble.WRONG_TYPE,
        "MISCONF": Trouble.DISK,
        "NOPERM": Trouble.NO_PERMISSION,
        "OOM": Trouble.OUT_OF_MEMORY,
        "LOADING": Trouble.LOADING,
    }
    if any(words in text for words in NO_RIGHT_IN_SCRIPT):
        return Trouble.NO_PERMISSION
    return codes.get(text.partition(" ")[0], Trouble.REFUSED)


def detail(error: BaseException) -> str:
    """The store's own words, printable and bounded."""
    text = str(error) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in text)[:300]


def store_error(error: BaseException, lang: str | None = None) -> StoreError:
    """The trouble as an error for a person; its `retry` says if it can pass by itself."""
    name = trouble(error)
    failure = StoreError(f"{tr(SENTENCES[name], lang)} ({detail(error)})")
    failure.retry = name in PASSING
    return failure


@dataclass(frozen=True, slots=True)
class StoreState:
    """Health of the store. `reason` is a `Trouble` or "", `since` is monotonic seconds."""

    ok: bool
    reason: str
    since: float
    detail: str = ""

    def words(self, lang: str | None = None) -> str:
        """The reason as a sentence for a person, "" when all is well."""
        return "" if self.ok else tr(SENTENCES[Trouble(self.reason)], lang)


class Health:
    """What each use of the store last met: a renewed lease is no proof that commits get through."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failing: dict[str, BaseException] = {}
        self.state = StoreState(ok=True, reason="", since=monotonic())

    def failed(self, use: str, error: BaseException) -> None:
        """`use` met `error`."""
        self._failing[use] = error
        self._settle()

    def passed(self, use: str) -> None:
        """`use` got through."""
        if self._failing and self._failing.pop(use, None) is not None:
            self._settle()

    def _settle(self) -> None:
        error = next(iter(self._failing.values()), None)
        ok = error is None
        since = self.state.since if ok == self.state.ok else self._monotonic()
        if error is None:
            self.state = StoreState(ok=True, reason="", since=since)
        else:
            self.state = StoreState(
                ok=False, reason=trouble(error), since=since, detail=detail(error)
            )


def open_store(url: str) -> Store:
    """A client for redis://, rediss:// or unix://; nothing is sent yet, and nothing ever twice.

    Raises UsageError on an address that cannot be read.
    """
    try:
        store = Store.from_url(
            url,
            protocol=2,  # plain replies, and no hello that an older server would refuse
            retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_S,
            socket_connect_timeout=CONNECT_S,
        )
    except ValueError as error:
        message = tr("The store's address must begin with redis://, rediss:// or unix://: {why}")
        raise UsageError(message.format(why=error)) from error
    assert isinstance(store, Store)  # redis-py says only that it is a Redis
    return store


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script and the name under which Redis remembers it."""

    body: bytes
    sha: bytes


def script(name: str) -> Script:
    """The script `scripts/<name>.lua`."""
    body = (Path(__file__).parent / "scripts" / f"{name}.lua").read_bytes()
    return Script(body, hashlib.sha1(body, usedforsecurity=False).hexdigest().encode())


class Asker(Protocol):
    """One line to a store: one question at a time."""

    async def ask(self, *words: Word) -> Any:
        """The raw reply. Raises one of TROUBLES; the command may then have run, or not."""

    async def run(self, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
        """The script's reply."""

    async def close(self) -> None:
        """Hang up; the next question dials again."""


class Storage(Protocol):
    """A store as the post uses it: lines for the log, a hash for the tokens."""

    def line(self, answer_s: float) -> Asker:
        """A new line; one question on it takes no longer than `answer_s`."""

    def hset(self, name: str, key: str, value: str) -> Any:
        """To be awaited, as all of these."""

    def hget(self, name: str, key: str) -> Any:
        """The value, None where there is none."""

    def hgetall(self, name: str) -> Any:
        """All keys and values."""

    def hdel(self, name: str, *keys: str) -> Any:
        """How many went."""

    async def aclose(self) -> None:
        """Done with it."""


class Store(Redis):
    """Redis: its client, and lines of our own beside it."""

    def line(self, answer_s: float = ANSWER_S) -> Line:
        """A connection of its own."""
        return Line(self, answer_s)


class Line:
    """One connection, one question at a time. Any doubt about it, and the next one is fresh.

    Only for questions that may be asked twice: a connection that served before and turns out to
    be closed (the server was restarted, or dropped an idle client) is replaced once, silently.
    """

    def __init__(self, redis: Redis, answer_s: float = ANSWER_S) -> None:
        self._pool = redis.connection_pool
        self._answer_s = answer_s
        self._connection: AbstractConnection | None = None
        self._lock = asyncio.Lock()

    async def ask(self, *words: Word) -> Any:
        """The raw reply. Raises one of TROUBLES; the command may then have run, or not."""
        async with self._lock:
            served = self._connection is not None
            try:
                return await self._once(words)
            except RedisConnectionError as error:
                if not served or trouble(error) is not Trouble.UNREACHABLE:
                    raise
                return await self._once(words)

    async def run(self, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
        """The script's reply, in one round trip; two the first time a server meets it."""
        try:
            return await self.ask(b"EVALSHA", lua.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await self.ask(b"EVAL", lua.body, len(keys), *keys, *args)

    async def close(self) -> None:
        """Hang up; the next question dials again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _once(self, words: tuple[Word, ...]) -> Any:
        try:
            async with asyncio.timeout(self._answer_s):
                connection = self._connection or self._dial()
                await connection.send_packed_command([_packed(words)], check_health=False)
                return await connection.read_response(disable_decoding=True)
        except ResponseError:
            raise  # an answer: question and answer are still in step
        except BaseException:  # also when cancelled: a late reply must not answer the next one
            await self.close()
            raise

    def _dial(self) -> AbstractConnection:
        connection: AbstractConnection = self._pool.connection_class(**self._pool.connection_kwargs)
        # One time-out for the whole question, set above; redis-py's own costs a task per send.
        connection.socket_timeout = None
        self._connection = connection
        return connection  # it connects by itself before the first send


def _packed(words: Sequence[Word]) -> bytes:
    """A command as Redis reads it. redis-py's own packing looks at each word three times."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        raw = word if isinstance(word, bytes) else str(word).encode()
        parts += (b"$%d\r\n" % len(raw), raw, b"\r\n")
    return b"".join(parts)
