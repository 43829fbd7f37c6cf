"""Where a drill is played: its folders, its broker and store, and what it leaves there, nothing."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiomqtt import MqttError

from command import tokens
from command.broker import address
from command.errors import UsageError
from command.folder import in_use, read_kept, services_folder, socket_url
from command.loader import FILES, load
from command.loading.settings import TOWNSHIP as TOWNSHIP_FILE
from command.servers import HOST
from command.store import TROUBLES, open_store, store_error
from sensors.topics import DRILL_ROOT, ROOT, status_topic
from sensors.words import tr
from simulations.live import new_client

STORE_KEYS = ("log", "epoch", "lease", "quarantine", "snapshot")  # as in command.log

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """`township` and `data` are folders; without `mqtt` or `redis` the embedded one is started."""

    township: Path
    data: Path
    mqtt: str | None
    redis: str | None


@asynccontextmanager
async def own_ground(
    township: Path, data: Path | None, mqtt: str | None, redis: str | None, trainer: str, say: Say
) -> AsyncIterator[Ground]:
    """A place of the drill's own.

    Where others may have left a log, the drill's township gets an id that nobody else has: it
    neither finds a log nor leaves one that a later drill would go on with.
    """
    with tempfile.TemporaryDirectory(prefix="fengsui-drill-") as temporary:
        folder = Path(temporary)
        if not (data or redis or mqtt):
            yield Ground(township, folder / "data", None, None)
            return
        own = folder / "township"
        await asyncio.to_thread(_copy_township, township, own)
        async with AsyncExitStack() as stack:
            if mqtt:
                stack.push_async_callback(leave_broker, mqtt, load(own).id, say)
            if redis:
                stack.push_async_callback(leave_store, redis, load(own).id, trainer)
            yield Ground(own, data or folder / "data", mqtt, redis)


@asynccontextmanager
async def live_ground(
    township: Path, data: Path | None, mqtt: str | None, redis: str | None, trainer: str, say: Say
) -> AsyncIterator[Ground]:
    """The broker and store of the post that runs: given, or those under its folder `data`.

    Raises UsageError where no post runs there.
    """
    if data is not None:
        folder = services_folder(data)
        if not in_use(folder):
            raise UsageError(tr("No post is running in {folder}.").format(folder=data))
        kept = read_kept(folder)
        mqtt, redis = f"mqtt://{HOST}:{kept.mqtt_port}", socket_url(kept.socket)
    if mqtt is None or redis is None:
        raise UsageError(tr("--live needs --data of the running post, or its --mqtt and --redis."))
    name = load(township).id
    if not await held(redis, ROOT, name):
        message = tr("No post of {township} is running there; without --live a drill has its own.")
        raise UsageError(message.format(township=name))
    if await held(redis, DRILL_ROOT, name):
        message = tr("A drill of {township} is running there, or was killed seconds ago.")
        raise UsageError(message.format(township=name))
    with tempfile.TemporaryDirectory(prefix="fengsui-drill-") as temporary:
        yield Ground(township, Path(temporary) / "data", mqtt, redis)
    # Only after a drill that ended as it should: else its log is what the next one needs to take
    # back the orders that are still on people's handhelds.
    await leave_broker(mqtt, name, say)
    await leave_store(redis, name, trainer)


async def held(redis: str, root: str, township: str) -> bool:
    """Whether a post holds the township there."""
    return await _there(redis, root, township, "lease")


async def has_log(redis: str, township: str) -> bool:
    """Whether an earlier drill beside the live post was not ended."""
    return await _there(redis, DRILL_ROOT, township, "log")


async def _there(url: str, root: str, township: str, name: str) -> bool:
    redis = open_store(url)
    try:
        return bool(await redis.exists(f"{{{root}:{township}}}:{name}"))
    except TROUBLES as error:
        raise store_error(error) from error
    finally:
        await redis.aclose()


def _copy_township(folder: Path, own: Path) -> None:
    load(folder)  # before anything is copied: its faults are told by their own names
    own.mkdir()
    for name in FILES:
        shutil.copyfile(folder / name, own / name)
    head = own / TOWNSHIP_FILE
    text = head.read_text(encoding="utf-8-sig")
    new_id = f"{load(folder).id[:22]}-{secrets.token_hex(4)}"
    head.write_text(
        re.sub(r"(?m)^\s*id\s*=.*$", f'id = "{new_id}"', text, count=1), encoding="utf-8"
    )


async def leave_broker(url: str, township: str, say: Say) -> None:
    """On a broker that was given: no session and no retained status stay behind."""
    try:
        for session in ("people", "devices"):
            name = f"fengsui-{DRILL_ROOT}-{township}-{session}"
            async with new_client(address(url), name) as client:
                await client.publish(status_topic(DRILL_ROOT, township), b"", qos=1, retain=True)
    except MqttError as error:
        words = tr("The drill's sessions are still on the broker: {why}")
        say(words.format(why=error))


async def leave_store(url: str, township: str, name: str) -> None:
    """In a store that was given: no key of the drill's stays behind, and no token."""
    redis = open_store(url)
    try:
        await tokens.revoke(redis, name)
        prefix = f"{{{DRILL_ROOT}:{township}}}"
        await redis.delete(*(f"{prefix}:{name}" for name in STORE_KEYS))
    except TROUBLES as error:
        raise store_error(error) from error
    finally:
        await redis.aclose()
