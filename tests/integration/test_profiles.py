"""Servers with our profiles pass; servers as they come out of the box are reported, and named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest
import redis.asyncio
from conftest import Pair, start_mosquitto, start_redis
from redis.asyncio import Redis

from command.profiles import QUEUED, check_broker, check_store
from simulations.servers import Process


@asynccontextmanager
async def redis_at(url: str) -> AsyncIterator[Redis]:
    client = redis.asyncio.from_url(url)
    try:
        yield client
    finally:
        await client.aclose()


async def left_behind(url: str) -> list[str]:
    """Retained messages under our topic."""
    host, port = url.removeprefix("mqtt://").split(":")
    topics: list[str] = []
    async with aiomqtt.Client(host, int(port)) as client:
        await client.subscribe("fengsui-check/#", qos=1)
        await client.subscribe("end", qos=1)
        await client.publish("end", b"", qos=1)
        async for message in client.messages:
            if str(message.topic) == "end":
                return topics
            topics.append(str(message.topic))
    return topics


async def test_our_profiles_pass_and_nothing_is_left_behind(pair: Pair) -> None:
    assert await check_broker(pair.mqtt_url) == []
    async with redis_at(pair.redis_url) as store:
        assert await check_store(store) == []
    assert await left_behind(pair.mqtt_url) == []


async def test_a_mosquitto_out_of_the_box_is_reported(tmp_path: Path) -> None:
    server = start_mosquitto(tmp_path, profile=False)
    try:
        differences = await check_broker(server.url, "en")
    finally:
        server.stop()
    assert [each.name for each in differences] == ["max_queued_messages"]
    assert int(differences[0].found) < QUEUED
    assert "max_queued_messages 0" in differences[0].remedy


async def test_a_broker_that_takes_no_large_or_retained_messages_is_reported(
    tmp_path: Path,
) -> None:
    server = start_mosquitto(tmp_path, extra=("message_size_limit 10000", "retain_available false"))
    try:
        names = [each.name for each in await check_broker(server.url)]
    finally:
        server.stop()
    assert names == ["message_size_limit", "retain_available"]


async def test_a_broker_that_does_not_let_us_try_is_reported(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite fs/#\n")
    rules.chmod(0o600)
    server = start_mosquitto(tmp_path, extra=(f"acl_file {rules}",))
    try:
        differences = await check_broker(server.url, "en")
    finally:
        server.stop()
    assert [each.name for each in differences] == ["broker"]
    assert "cannot be checked" in differences[0].found


async def test_a_broker_that_is_not_there_is_reported(free_port: int) -> None:
    differences = await check_broker(f"mqtt://127.0.0.1:{free_port}", "en")
    assert [each.name for each in differences] == ["broker"]


async def test_a_redis_out_of_the_box_is_reported(tmp_path: Path) -> None:
    server = start_redis(tmp_path, profile=False)
    try:
        async with redis_at(server.url) as store:
            differences = await check_store(store, "en")
    finally:
        server.stop()
    assert [(each.name, each.found) for each in differences] == [
        ("appendonly", "no"),
        ("appendfsync", "everysec"),
    ]
    assert all(each.risk and each.remedy for each in differences)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
async def test_a_redis_that_throws_away_is_reported(redis_own: Process, policy: str) -> None:
    async with redis_at(redis_own.url) as store:
        await store.config_set("maxmemory-policy", policy)
        names = [(each.name, each.found) for each in await check_store(store)]
    assert names == [("maxmemory-policy", policy)]


async def test_a_store_that_forbids_config_is_not_called_wrong(redis_own: Process) -> None:
    async with redis_at(redis_own.url) as store:
        await store.acl_setuser(
            "post", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config"]
        )
    url = redis_own.url.replace("redis://", "redis://post:any@")
    async with redis_at(url) as store:
        differences = await check_store(store, "en")
    assert [(each.name, each.found) for each in differences] == [
        ("appendfsync", "cannot be checked")
    ]
