"""The token of the console on the post's own computer, kept beside its data, mode 600.

Who can read the data folder can read the whole log, and make tokens: the file gives nobody more
than that. docs/decisions/014-a-console-on-the-posts-own-computer.md.
"""

from __future__ import annotations

import os
from pathlib import Path

from command import tokens
from command.errors import ConfigError
from command.store import open_store
from sensors.words import tr

FILE = "console.token"
NAME, ROLE = "duty-desk", "officer"


def read(data: Path) -> str:
    """The token kept in `data`; raises ConfigError where there is none."""
    try:
        token = (data / FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        message = tr(
            "There is no token in {folder}: give --token or FENGSUI_TOKEN, or --data with the"
            " folder of a post that was started with --console."
        )
        raise ConfigError(message.format(folder=data))
    return token


async def keep(data: Path, redis_url: str) -> str:
    """The kept token if the store still knows it, else a new one, kept from now on."""
    redis = open_store(redis_url)
    try:
        token = _kept(data)
        if token and await tokens.look_up(redis, token) is not None:
            return token
        token = await tokens.create(redis, NAME, ROLE)
    finally:
        await redis.aclose()
    _write(data / FILE, token)
    return token


def _kept(data: Path) -> str:
    try:
        return read(data)
    except ConfigError:
        return ""


def _write(path: Path, token: str) -> None:
    """Readable by nobody else at any moment, and whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(token + "\n")
    new.replace(path)
