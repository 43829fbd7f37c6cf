"""The log when a real Redis or Valkey fails it: what is acknowledged is there once, only once.

What it promises besides, on every store, is in test_log_contract.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio.retry import Retry
from redis.exceptions import ConnectionError as RedisConnectionError
from store_servers import KINDS, Store, a_log, a_proxy, running, until

from command.errors import ConfigError, StoreError
from command.log import Log, Outcome, Quarantined, Renewal
from command.store import open_store

TTL_S = 600.0
BAD = Quarantined("m-1", "fs/jingming/cam-1/alarm", "not_json", 1764000000.25, b"\x00\xff{")


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with running(request.param) as server:
        yield server


async def entries(log: Log, after: int = 0, count: int = 500) -> list[tuple[int, bytes]]:
    return [entry async for entry in log.read(after, count)]


async def fill(log: Log, first: int, last: int) -> None:
    for seq in range(first, last + 1):
        assert await log.commit(seq, b"entry %d" % seq) is Outcome.DONE


# The lease.


async def test_a_lease_that_ran_out_unclaimed_is_renewed_with_the_same_epoch(store: Store) -> None:
    async with a_log(store.url) as one, a_log(store.url) as two:
        assert await one.acquire("a", 0.05) == 1
        store.kill()
        assert await one.renew() is Renewal.UNKNOWN
        assert (one.state.ok, one.state.reason) == (False, "unreachable")
        store.start()
        await until(lambda: store.client().exists("{fs:jingming}:lease") == 0)
        assert await one.commit(1, b"without lease") is Outcome.DONE
        one._ttl_s = TTL_S
        assert await one.renew() is Renewal.OK
        assert (one.epoch, one.state.ok, one.may_send()) == (1, True, True)
        assert await two.acquire("b", TTL_S) is None
        assert await one.commit(2, b"two") is Outcome.DONE


async def test_sending_ends_two_thirds_into_the_lease(store: Store) -> None:
    now = [100.0]
    client = open_store(store.url)
    log = Log(client, "fs", "jingming", monotonic=lambda: now[0])
    assert not log.may_send()
    await log.acquire("a", 600.0)
    now[0] = 499.9
    assert log.may_send()
    now[0] = 500.0
    assert not log.may_send()
    assert await log.renew() is Renewal.OK
    assert (log.renewed_at, log.may_send()) == (500.0, True)
    store.kill()
    assert await log.renew() is Renewal.UNKNOWN
    assert (log.renewed_at, log.may_send()) == (500.0, True)
    now[0] = 900.0
    assert not log.may_send()
    await log.close()
    await client.aclose()


# A store in trouble.


async def test_a_plain_client_of_ours_never_sends_twice(store: Store) -> None:
    async with a_proxy(store) as proxy:
        client = open_store(proxy.url)
        proxy.lose = 1
        with pytest.raises(RedisConnectionError):
            await client.xadd("log", {"d": b"one"})
        await client.aclose()
    assert (proxy.lost, store.client().xlen("log")) == (1, 1)


async def test_the_library_still_sends_twice_by_default(store: Store) -> None:
    """Why open_store forbids it; when this fails, redis-py has changed."""
    async with a_proxy(store) as proxy:
        client = open_store(proxy.url)
        pool = client.connection_pool
        pool.connection_kwargs["retry"] = Retry(
            pool.connection_kwargs["retry"]._backoff,
            10,
        )
        proxy.lose = 2
        await client.xadd("log", {"d": b"one"})
        await client.aclose()
    assert store.client().xlen("log") == 3


async def test_no_answer_at_all_is_asked_again_elsewhere(store: Store) -> None:
    async with a_proxy(store) as proxy, a_log(proxy.url, answer_s=0.2) as log:
        await log.acquire("a", TTL_S)
        proxy.hold = True
        commit = asyncio.create_task(log.commit(1, b"one"))
        await until(lambda: log.state.reason == "timeout" and proxy.held > 1)
        proxy.hold = False
        assert await commit is Outcome.DONE
        assert await entries(log) == [(1, b"one")]
        assert log.state.ok


async def test_a_cancelled_commit_leaves_no_reply_behind(store: Store) -> None:
    async with a_proxy(store) as proxy, a_log(proxy.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 1)
        proxy.hold = True
        commit = asyncio.create_task(log.commit(2, b"two"))
        await until(lambda: proxy.held == 1)
        commit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await commit
        proxy.hold = False
        # A reply left in the line would make this gap look done.
        assert await log.commit(7, b"seven") is Outcome.GAP
        assert await log.commit(2, b"two") is Outcome.DONE
        assert await entries(log) == [(1, b"entry 1"), (2, b"two")]


async def test_killed_and_restarted_in_between_every_entry_is_there_once(store: Store) -> None:
    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        writing = asyncio.create_task(fill(log, 1, 600))
        for mark in (50, 200, 400):
            await until(lambda mark=mark: _size(store) >= mark)  # type: ignore[misc]
            store.kill()
            await until(lambda: not log.state.ok)
            store.start()
        await writing
        assert await entries(log) == [(seq, b"entry %d" % seq) for seq in range(1, 601)]
        assert log.state.ok


def _size(store: Store) -> int:
    size = store.client().xlen("{fs:jingming}:log")
    assert isinstance(size, int)
    return size


async def test_a_restart_while_idle_is_no_news(store: Store) -> None:
    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 1)
        before = log.state
        store.kill()
        store.start()
        await fill(log, 2, 2)
        assert await log.renew() is Renewal.OK
        assert log.state is before


async def test_full_memory_waits_and_then_goes_on(store: Store) -> None:
    client = store.client()
    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 1)
        client.config_set("maxmemory", 1)
        commit = asyncio.create_task(log.commit(2, b"two", [BAD]))
        await until(lambda: log.state.reason == "out_of_memory")
        assert client.xlen("{fs:jingming}:log") == 1
        assert await log.renew() is Renewal.OK
        assert await log.commit(1, b"entry 1", [BAD]) is Outcome.DONE  # a repeat needs no memory
        assert await entries(log) == [(1, b"entry 1")]
        client.config_set("maxmemory", 0)
        assert await commit is Outcome.DONE
        assert (await log.size(), log.state.ok) == (2, True)
        assert client.xlen("{fs:jingming}:quarantine") == 1


async def test_a_replica_is_named_and_waited_out(store: Store) -> None:
    client = store.client()
    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        client.replicaof("127.0.0.1", 1)
        commit = asyncio.create_task(log.commit(1, b"one"))
        await until(lambda: log.state.reason == "read_only")
        client.replicaof("NO", "ONE")
        assert await commit is Outcome.DONE


@pytest.mark.parametrize("command", ["evalsha", "xadd"])
async def test_missing_rights_are_named_and_waited_out(store: Store, command: str) -> None:
    client = store.client()

    def allow(sign: str) -> None:
        # acl_setuser would also switch the user off, unless told all of these.
        client.acl_setuser("default", enabled=True, commands=[f"{sign}{command}"])

    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 1)
        allow("-")
        commit = asyncio.create_task(log.commit(2, b"two"))
        await until(lambda: log.state.reason == "no_permission")
        allow("+")
        assert await commit is Outcome.DONE
        assert await log.size() == 2


async def test_a_scripts_memory_that_is_emptied_is_filled_again(store: Store) -> None:
    async with a_log(store.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 2)
        store.client().script_flush()
        await fill(log, 3, 4)
        assert await log.renew() is Renewal.OK
        assert await log.size() == 4


async def test_without_a_store_the_rest_says_so(store: Store) -> None:
    async with a_log(store.url) as log:
        store.kill()
        for question in (log.last(), log.first(), log.size(), log.acquire("a", 1.0)):
            with pytest.raises(StoreError) as caught:
                await question
            assert caught.value.retry
        with pytest.raises(StoreError):
            await entries(log)
        assert not await log.release()


# Snapshots and trimming.


async def test_every_reply_of_a_trim_or_a_snapshot_may_be_lost(store: Store) -> None:
    async with a_proxy(store) as proxy, a_log(proxy.url) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        await log.first()  # the line has served: one lost reply is asked again
        proxy.lose = 1
        await log.snapshot_save(2, b"two")
        proxy.lose = 1
        await log.trim(2, 2)
        assert (proxy.lost, await log.first(), await log.size()) == (2, 2, 2)


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://h", "redis://h:port"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigError):
        open_store(url)
