"""Does the store, does the broker, keep what we rely on? What differs is shown; the post goes on.

A store is asked. A broker cannot be asked over MQTT, so it is tried out: with throw-away clients
under a topic of their own (`fengsui-check/…`, which a broker with access rules must allow).
The wanted settings, ready to copy: `profiles/redis.conf`, `profiles/mosquitto.conf`.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import structlog
from aiomqtt import Client, Message, MqttError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from sensors.words import tr

QUEUED = 1200  # Mosquitto's default drops what is above 1000
LARGEST = 65536  # contract v1
QUIET_S = 0.7  # nothing more for this long: nothing more comes
ALTOGETHER_S = 15.0  # a broker behind a slow line; on one's own network it takes a second

T = TypeVar("T")
log = structlog.get_logger("profiles")

UNKNOWN = "?"  # `found`, where it could not be seen


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that is not as it should be; all but `name` are ready to show."""

    name: str
    found: str
    wanted: str
    risk: str
    remedy: str


async def check_store(store: Redis, lang: str | None = None) -> list[Difference]:
    """What the store's settings lack. Raises RedisError only when it cannot be reached at all."""
    info = _texts(await store.info())
    found = {
        "version": info.get("redis_version", UNKNOWN),
        "appendonly": {"1": "yes", "0": "no"}.get(info.get("aof_enabled", ""), UNKNOWN),
        "maxmemory-policy": info.get("maxmemory_policy", UNKNOWN),
        "appendfsync": await _setting(store, "appendfsync"),
    }
    return [
        _store_difference(name, value, lang)
        for name, value in found.items()
        if not _store_fits(name, value)
    ]


async def _setting(store: Redis, name: str) -> str:
    try:
        return _texts(await store.config_get(name)).get(name, UNKNOWN)
    except RedisError:  # hosted stores forbid CONFIG; that it cannot be seen is the finding
        return UNKNOWN


def _texts(answer: Mapping[Any, Any]) -> dict[str, str]:
    """An answer of the store as texts, whether the client decodes or not."""

    def text(value: object) -> str:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

    return {text(key): text(value) for key, value in answer.items()}


WANTED_OF_STORE = {
    "version": ">= 7.0",
    "appendonly": "yes",
    "maxmemory-policy": "noeviction",
    "appendfsync": "always",
}


def _store_fits(name: str, value: str) -> bool:
    if name != "version":
        return value == WANTED_OF_STORE[name]
    major = re.match(r"(\d+)\.", value)
    return major is not None and int(major[1]) >= 7


def _store_difference(name: str, found: str, lang: str | None) -> Difference:
    risks = {
        "version": tr("Older servers lack commands that the log needs.", lang),
        "appendonly": tr("After a restart of the store everything is gone.", lang),
        "maxmemory-policy": tr("When memory is full the store throws away the log.", lang),
        "appendfsync": tr("A power failure loses alarms that devices believe delivered.", lang),
    }
    remedy = tr("Set {setting} in the store's configuration and restart it.", lang).format(
        setting=f"{name} {WANTED_OF_STORE[name]}"
    )
    if name == "version":
        remedy = tr("Install Redis 7.0 or later, or Valkey.", lang)
    return Difference(name, _seen(found, lang), WANTED_OF_STORE[name], risks[name], remedy)


def _seen(found: str, lang: str | None) -> str:
    return tr("cannot be checked", lang) if found == UNKNOWN else found


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of the trial of a broker."""

    answered: bool  # it lets us publish and receive at all
    queued: int = 0
    largest: bool = False
    retained: bool = False
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Retained:
    """Whether a retained message stayed, and the version where the broker says it."""

    found: bool
    version: str


async def check_broker(url: str, lang: str | None = None) -> list[Difference]:
    """What the broker at `url` (mqtt:// or mqtts://) does not do as we need it.

    Takes about a second and leaves no session and no retained message. A broker that cannot be
    reached, or does not let us try, is one difference: "cannot be checked".
    """
    try:
        async with asyncio.timeout(ALTOGETHER_S):
            tried = await _try_out(url)
    except (MqttError, OSError, ValueError) as error:
        return [_unchecked(str(error) or type(error).__name__, lang)]
    if not tried.answered:
        return [_unchecked(tr("it delivers nothing under fengsui-check/", lang), lang)]
    return _broker_differences(tried, lang)


def _unchecked(why: str, lang: str | None) -> Difference:
    clean = "".join(character for character in why if character.isprintable())[:200]
    return Difference(
        "broker",
        tr("cannot be checked", lang) + f": {clean}",
        "profiles/mosquitto.conf",
        tr("Nobody knows if alarms wait safely while the post is away.", lang),
        tr("Allow the post's user to write and read fengsui-check/#.", lang),
    )


def _broker_differences(tried: _Tried, lang: str | None) -> list[Difference]:
    differences = []
    if tried.queued < QUEUED:
        differences.append(
            Difference(
                "max_queued_messages",
                str(tried.queued),
                tr("no limit; tried with {count}", lang).format(count=QUEUED),
                tr("While the post is away the broker drops alarms that it acknowledged.", lang),
                tr("Mosquitto: max_queued_messages 0. Other brokers: no limit per session.", lang),
            )
        )
    if not tried.largest:
        differences.append(
            Difference(
                "message_size_limit",
                f"< {LARGEST}",
                f">= {LARGEST}",
                tr("Large alarms never reach the post, and nobody is told.", lang),
                tr("Mosquitto: message_size_limit 262144, or 0 for none.", lang),
            )
        )
    if not tried.retained:
        differences.append(
            Difference(
                "retain_available",
                "no",
                "yes",
                tr("Handhelds cannot show that the post is offline.", lang),
                tr(
                    "Mosquitto: retain_available true. Other brokers: allow retained messages.",
                    lang,
                ),
            )
        )
    version = re.search(r"mosquitto version (\d+)", tried.version)
    if version and int(version[1]) < 2:
        differences.append(
            Difference(
                "version",
                tried.version,
                "mosquitto >= 2.0",
                tr("The settings of our profile are for Mosquitto 2.0 or later.", lang),
                tr("Install Mosquitto 2.0 or later.", lang),
            )
        )
    return differences


async def _try_out(url: str) -> _Tried:
    name = f"fengsui-check-{secrets.token_hex(8)}"
    topic = f"fengsui-check/{name}"
    try:
        async with _client(url, name, clean=False) as session:
            await session.subscribe(f"{topic}/+", qos=1)
        # The large one first: behind a full queue it would be dropped for another reason.
        await _dared(_publish_large(url, topic))
        await _dared(_publish_small(url, topic))
        async with _client(url, name, clean=False) as session:
            counts = await _count(session, topic)
        retained = await _dared(_read_retained(url, topic))
    finally:
        async with _client(url, name):
            pass  # a clean session in its place removes the one that waited
    return _Tried(
        answered=bool(counts),
        queued=counts["queue"],
        largest=counts["large"] > 0,
        retained=retained is not None and retained.found,
        version=retained.version if retained else "",
    )


async def _dared(trial: Awaitable[T]) -> T | None:
    """What came of a trial; None when the broker cut the connection, as some do on a refusal."""
    try:
        return await trial
    except MqttError as error:
        log.debug("the broker refuses", error=str(error))
        return None


async def _publish_large(url: str, topic: str) -> None:
    async with _client(url) as client:
        await _unless_cut(client, client.publish(f"{topic}/large", bytes(LARGEST), qos=1))


async def _publish_small(url: str, topic: str) -> None:
    async with _client(url) as client:
        client.pending_calls_threshold = QUEUED  # else it warns of every one above ten
        small = (client.publish(f"{topic}/queue", b"1", qos=1) for _ in range(QUEUED))
        await _unless_cut(client, asyncio.gather(*small))


async def _unless_cut(client: Client, work: Awaitable[object]) -> None:
    """Await `work`, or raise MqttError as soon as the connection is lost: a publish only times out.

    For a client that subscribes to nothing: its next message can only be that there is none.
    """
    publishing = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(anext(client.messages))
    try:
        await asyncio.wait({publishing, listening}, return_when=asyncio.FIRST_COMPLETED)
        await (publishing if publishing.done() else listening)
    finally:
        for task in (publishing, listening):
            task.cancel()
        await asyncio.gather(publishing, listening, return_exceptions=True)


async def _count(session: Client, topic: str) -> Counter[str]:
    """How many came under each last part of the topic."""
    counts: Counter[str] = Counter()
    while counts["queue"] < QUEUED or not counts["large"]:
        message = await _next(session)
        if message is None:
            break
        counts[str(message.topic).removeprefix(f"{topic}/")] += 1
    return counts


async def _read_retained(url: str, topic: str) -> _Retained:
    """Leave a retained message, look whether it stays, and remove it again."""
    async with _client(url) as client:
        work = client.publish(f"{topic}/retained", b"1", qos=1, retain=True)
        await _unless_cut(client, work)
        await client.subscribe("$SYS/broker/version")
        await client.subscribe(f"{topic}/retained", qos=1)
        found, version = False, ""
        while not found:
            message = await _next(client)
            if message is None:
                break
            if message.topic.matches("$SYS/broker/version"):
                version = bytes(message.payload).decode("utf-8", "replace")[:100]
            else:
                found = message.retain
        await client.publish(f"{topic}/retained", b"", qos=1, retain=True)
    return _Retained(found, version)


async def _next(client: Client) -> Message | None:
    """The next message, or None when it stays quiet."""
    try:
        async with asyncio.timeout(QUIET_S):
            return await anext(client.messages)
    except TimeoutError:
        return None


@asynccontextmanager
async def _client(
    url: str, name: str | None = None, *, clean: bool = True
) -> AsyncIterator[Client]:
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    async with Client(
        parts.hostname or "127.0.0.1",
        parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        identifier=name,
        clean_session=clean,
        tls_context=ssl.create_default_context() if secure else None,
        timeout=5.0,
        max_inflight_messages=QUEUED + 1,  # paho's own limit of 20 would make it slow
    ) as client:
        yield client
