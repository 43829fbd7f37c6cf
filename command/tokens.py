"""Tokens of the console feed. The store keeps only their SHA-256, so a copy of it opens nothing."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any

from command.errors import StoreError, UsageError
from command.store import TROUBLES, Storage, store_error
from sensors.words import tr

KEY = "fengsui:tokens"
ROLES = ("officer", "leader", "observer", "trainer")
# Shown in the log and on screens: letters of any script, digits and a little punctuation.
NAME = re.compile(r"[\w.@-]{1,64}")


async def create(redis: Storage, name: str, role: str) -> str:
    """A new token for `name`; returned once and never stored. Older ones stay until `revoke`.

    Raises UsageError on a name or role that is none, StoreError when the store refuses.
    """
    _check(name, role)
    token = secrets.token_urlsafe(24)
    value = json.dumps({"name": name, "role": role}, ensure_ascii=False)
    try:
        await redis.hset(KEY, _digest(token), value)
    except TROUBLES as error:
        raise store_error(error) from error
    return token


async def look_up(redis: Storage, token: str) -> tuple[str, str] | None:
    """(name, role) of a token, None for one that is not known. Raises StoreError."""
    try:
        value = await redis.hget(KEY, _digest(token))
    except TROUBLES as error:
        raise store_error(error) from error
    return None if value is None else _read(value)


async def revoke(redis: Storage, name: str) -> int:
    """Forget all tokens of `name`; how many there were. Raises StoreError."""
    try:
        entries = await redis.hgetall(KEY)
        gone = [key for key, value in entries.items() if _read(value)[0] == name]
        return int(await redis.hdel(KEY, *gone)) if gone else 0
    except TROUBLES as error:
        raise store_error(error) from error


def _check(name: str, role: str) -> None:
    if role not in ROLES:
        message = tr("There is no role {role}. Roles: {roles}")
        raise UsageError(message.format(role=_shown(role), roles=" ".join(ROLES)))
    if not NAME.fullmatch(name):
        message = tr("{name} cannot be a name: up to 64 letters, digits and . _ - @")
        raise UsageError(message.format(name=_shown(name)))


def _shown(text: str) -> str:
    return ascii(text[:80])


def _digest(token: str) -> str:
    # A console may send half a surrogate pair: it has a digest like all else, and is not found.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _read(value: Any) -> tuple[str, str]:
    try:
        document = json.loads(value)
        name, role = document["name"], document["role"]
    except (ValueError, KeyError, TypeError) as error:
        message = tr("A token in the store cannot be read. Revoke it: HDEL {key}")
        raise StoreError(message.format(key=KEY)) from error
    return str(name), str(role)
