"""Feed tokens on a real store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from store_servers import KINDS, Store, running

from command import tokens
from command.errors import ConfigError, StoreError
from command.store import open_store


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with running(request.param) as server:
        yield server


async def test_a_token_is_known_until_it_is_revoked(store: Store) -> None:
    async with open_store(store.url) as redis:
        duty = await tokens.create(redis, "duty-1", "officer")
        leader = await tokens.create(redis, "值班领导", "leader")
        assert duty != leader
        assert await tokens.look_up(redis, duty) == ("duty-1", "officer")
        assert await tokens.look_up(redis, leader) == ("值班领导", "leader")
        assert await tokens.revoke(redis, "duty-1") == 1
        assert await tokens.look_up(redis, duty) is None
        assert await tokens.look_up(redis, leader) == ("值班领导", "leader")
        assert await tokens.revoke(redis, "duty-1") == 0


async def test_several_tokens_of_a_name_go_together(store: Store) -> None:
    async with open_store(store.url) as redis:
        several = [await tokens.create(redis, "duty-1", role) for role in tokens.ROLES]
        assert len(set(several)) == 4
        found = [await tokens.look_up(redis, token) for token in several]
        assert found == [("duty-1", role) for role in tokens.ROLES]
        assert await tokens.revoke(redis, "duty-1") == 4


async def test_the_store_never_sees_the_token(store: Store) -> None:
    async with open_store(store.url) as redis:
        token = await tokens.create(redis, "duty-1", "officer")
    held = store.client().hgetall("fengsui:tokens")
    ((key, value),) = held.items()
    assert key == hashlib.sha256(token.encode()).hexdigest().encode()
    assert json.loads(value) == {"name": "duty-1", "role": "officer"}


@pytest.mark.parametrize("token", ["", "x", "\ud800", "值班" * 5000, "\x00"])
async def test_what_is_no_token_is_not_found(store: Store, token: str) -> None:
    async with open_store(store.url) as redis:
        await tokens.create(redis, "duty-1", "officer")
        assert await tokens.look_up(redis, token) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("duty", "admin"),
        ("duty", ""),
        ("", "officer"),
        ("a" * 65, "officer"),
        ("a\nb", "officer"),
        ("\x1b[2J", "officer"),
        ("[/]", "officer"),
        ("\ud800", "officer"),
    ],
)
async def test_bad_names_and_roles_are_refused(store: Store, name: str, role: str) -> None:
    async with open_store(store.url) as redis:
        with pytest.raises(ConfigError) as caught:
            await tokens.create(redis, name, role)
    assert str(caught.value).isprintable()
    assert store.client().exists("fengsui:tokens") == 0


async def test_a_spoilt_entry_is_said_and_opens_nothing(store: Store) -> None:
    async with open_store(store.url) as redis:
        token = await tokens.create(redis, "duty-1", "officer")
        key = hashlib.sha256(token.encode()).hexdigest()
        store.client().hset("fengsui:tokens", key, "[]")
        with pytest.raises(StoreError):
            await tokens.look_up(redis, token)


async def test_without_a_store_it_is_a_store_error(store: Store) -> None:
    async with open_store(store.url) as redis:
        store.kill()
        with pytest.raises(StoreError) as caught:
            await tokens.look_up(redis, "x")
    assert caught.value.retry
