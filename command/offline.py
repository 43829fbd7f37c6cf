"""What is done beside the post: tokens, and reading the log. Works whether it runs or not."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from command import tokens
from command.archive import Archive
from command.broadcast import position as parse_position
from command.core.codec import whole_events
from command.errors import ConfigError, LogGap, UsageError
from command.log import Log
from command.services import store_of
from command.store import TROUBLES, Store, open_store, store_error
from sensors.words import tr

_ZONE = dt.timezone(dt.timedelta(hours=8))  # Asia/Shanghai
_KEY = re.compile(rb"\{(fsx?):([a-z0-9-]{1,32})\}:log")


@asynccontextmanager
async def _store(data: Path, url: str | None) -> AsyncIterator[Store]:
    if url:
        redis = open_store(url)
        try:
            yield redis
        finally:
            await redis.aclose()
        return
    _must_exist(data)
    async with store_of(data) as own:
        redis = open_store(own)
        try:
            yield redis
        finally:
            await redis.aclose()


def _make(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)


def _must_exist(data: Path) -> None:
    if not data.is_dir():
        message = tr("There is no data folder {folder}. Give --data DIR or --redis URL.")
        raise ConfigError(message.format(folder=data))


async def make_token(name: str, role: str, data: Path, url: str | None) -> str:
    """A new token. The data folder is made if the post has never run there."""
    if not url:
        _make(data)
    async with _store(data, url) as redis:
        return await tokens.create(redis, name, role)


async def forget_tokens(name: str, data: Path, url: str | None) -> int:
    """How many tokens of `name` were forgotten."""
    async with _store(data, url) as redis:
        return await tokens.revoke(redis, name)


async def print_log(
    data: Path, url: str | None, root: str, township: str | None, since: str | None, out: TextIO
) -> None:
    """One event a line: pos, event, at, cause, reason, its own fields. Archive first, then log.

    `at` is RFC 3339; moments among the event's own fields are POSIX seconds, as in the log.
    After an event's position (e1-42.3) come the later ones of its own entry too.
    """
    era, after, seen = _since(since)
    async with _store(data, url) as redis:
        known = township or await _only_township(redis, root)
        if known is None:
            return
        log = Log(redis, root, known)
        try:
            async for seq, entry in _entries(log, Archive(data, root, known), after):
                era = _print(out, era, seq, entry, seen)
                seen = 0
        finally:
            await log.close()


async def _only_township(redis: Store, root: str) -> str | None:
    try:
        keys = [key async for key in redis.scan_iter(match=f"{{{root}:*}}:log", count=1000)]
    except TROUBLES as error:
        raise store_error(error) from error
    names = sorted({m[2].decode() for key in keys if (m := _KEY.fullmatch(key))})
    if len(names) > 1:
        message = tr("The store holds several townships: {names}. Say which with --township.")
        raise ConfigError(message.format(names=" ".join(names)))
    return names[0] if names else None


def _since(text: str | None) -> tuple[int, int, int]:
    """Era, the last entry that is not wanted at all, and how many events of the next are not."""
    if text is None:
        return 1, 0, 0
    found = parse_position(text)
    if found is None:
        message = tr("--since must be a position of the log, such as e1-42, not {value}")
        raise UsageError(message.format(value=ascii(text[:80])))
    era, seq = found
    _, dot, number = text.partition(".")
    return (era, max(seq - 1, 0), int(number) + 1) if dot else (era, seq, 0)


async def _entries(log: Log, archive: Archive, after: int) -> AsyncIterator[tuple[int, bytes]]:
    first = await log.first() or await log.last() + 1
    seq = after
    if after + 1 < first:
        for seq, entry in archive.read(after):
            if seq >= first:
                break
            yield seq, entry
        if min(seq, first - 1) + 1 < first and seq < first - 1:
            message = tr("Entries before {seq} are not in the archive of this data folder.")
            raise LogGap(message.format(seq=first))
    async for number, entry in log.read(max(after, first - 1)):
        yield number, entry


def _print(out: TextIO, era: int, seq: int, entry: bytes, seen: int) -> int:
    for number, event in enumerate(whole_events(entry)):
        if event["event"] == "EraBegan":
            era = event["era"]
        if number < seen:
            continue
        moment = dt.datetime.fromtimestamp(event["at"], _ZONE).isoformat(timespec="milliseconds")
        line = {"pos": f"e{era}-{seq}.{number}"} | event | {"at": moment}
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return era
