"""What the post's log promises, on a real Redis, a real Valkey, and the store in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest
from store_memory import ALL_KINDS, AnyStore, a_forgetful, a_log, running
from store_servers import until

from command.errors import LeaseLost, LogGap, StoreError
from command.log import Log, Outcome, Quarantined, Renewal

TTL_S = 600.0
BAD = Quarantined("m-1", "fs/jingming/cam-1/alarm", "not_json", 1764000000.25, b"\x00\xff{")


@pytest.fixture(params=ALL_KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[AnyStore]:
    with running(request.param) as server:
        yield server


async def entries(log: Log, after: int = 0, count: int = 500) -> list[tuple[int, bytes]]:
    return [entry async for entry in log.read(after, count)]


async def fill(log: Log, first: int, last: int) -> None:
    for seq in range(first, last + 1):
        assert await log.commit(seq, b"entry %d" % seq) is Outcome.DONE


async def test_commits_are_read_back_in_order(store: AnyStore) -> None:
    async with a_log(store) as log:
        assert await log.acquire("a", TTL_S) == 1
        assert (await log.last(), await log.first(), await log.size()) == (0, None, 0)
        assert await log.commit(1, b"one") is Outcome.DONE
        assert await log.commit(2, b"\x00two\xff") is Outcome.DONE
        assert await entries(log) == [(1, b"one"), (2, b"\x00two\xff")]
        assert (await log.last(), await log.first(), await log.size()) == (2, 1, 2)


async def test_keys_and_fields_are_those_of_the_contract(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("holder-1", TTL_S)
        await log.commit(1, b"one", [BAD])
    client = store.client()
    assert client.xrange("{fs:jingming}:log") == [(b"1-0", {b"d": b"one"})]
    assert client.get("{fs:jingming}:epoch") == b"1"
    assert client.get("{fs:jingming}:lease") == b"holder-1"
    kept = client.xrange("{fs:jingming}:quarantine")
    assert kept is not None
    assert [fields for _, fields in kept] == [
        {
            b"id": b"m-1",
            b"topic": b"fs/jingming/cam-1/alarm",
            b"reason": b"not_json",
            b"at": b"1764000000.250",
            b"raw": b"\x00\xff{",
        }
    ]


async def test_a_repeat_changes_nothing(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        for _ in range(3):
            assert await log.commit(1, b"one", [BAD]) is Outcome.DONE
        assert await entries(log) == [(1, b"one")]
        assert store.client().xlen("{fs:jingming}:quarantine") == 1


@pytest.mark.parametrize("seq", [1, 2, 4, 5, 1000])
async def test_another_entry_in_that_place_or_a_hole_is_a_gap(store: AnyStore, seq: int) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 2)
        assert await log.commit(seq, b"other", [BAD]) is Outcome.GAP
        assert await log.size() == 2
        assert store.client().exists("{fs:jingming}:quarantine") == 0


async def test_the_sequence_survives_that_all_entries_go(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        store.client().xtrim("{fs:jingming}:log", maxlen=0, approximate=False)
        assert (await log.last(), await log.first()) == (3, None)
        assert await log.commit(1, b"entry 1") is Outcome.GAP
        assert await log.commit(4, b"entry 4") is Outcome.DONE
        assert await entries(log, 3) == [(4, b"entry 4")]


async def test_a_foreign_entry_is_a_gap_and_is_named_when_read(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 1)
        store.client().xadd("{fs:jingming}:log", {"x": "y"})
        assert await log.commit(2, b"two") is Outcome.GAP
        with pytest.raises(StoreError):
            await entries(log)


async def test_hostile_text_in_quarantine_is_no_exception(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        hostile = Quarantined("\ud800", "fs/\udfff/x", "r\x00\n", 0.0, b"\r\n" * 100)
        assert await log.commit(1, b"one", [hostile, BAD]) is Outcome.DONE
        assert store.client().xlen("{fs:jingming}:quarantine") == 2


async def test_a_large_entry_goes_through(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        data = random.Random(1).randbytes(5_000_000)
        assert await log.commit(1, data) is Outcome.DONE
        assert await log.commit(1, data) is Outcome.DONE
        assert await log.commit(2, b"two") is Outcome.DONE
        assert await entries(log) == [(1, data), (2, b"two")]


async def test_one_holder_at_a_time(store: AnyStore) -> None:
    async with a_log(store) as one, a_log(store) as two:
        assert await one.acquire("a", TTL_S) == 1
        assert await two.acquire("b", TTL_S) is None
        assert not two.may_send()
        assert await one.commit(1, b"one") is Outcome.DONE
        assert await one.release()
        assert not one.may_send()
        assert await two.acquire("b", TTL_S) == 2
        assert await one.commit(2, b"late", [BAD]) is Outcome.FENCED
        assert await one.renew() is Renewal.LOST
        assert not await one.release()
        assert await two.commit(2, b"two") is Outcome.DONE
        assert await entries(two) == [(1, b"one"), (2, b"two")]
        assert store.client().exists("{fs:jingming}:quarantine") == 0


async def test_the_same_holder_takes_over_and_fences_its_old_process(store: AnyStore) -> None:
    async with a_log(store) as old, a_log(store) as new:
        assert await old.acquire("a", TTL_S) == 1
        assert await new.acquire("a", TTL_S) == 2
        assert await old.commit(1, b"old") is Outcome.FENCED
        assert await old.renew() is Renewal.LOST
        assert not old.may_send()
        assert not await old.release()
        assert await new.renew() is Renewal.OK
        assert await new.commit(1, b"new") is Outcome.DONE


async def test_a_lease_that_ran_out_goes_to_the_next(store: AnyStore) -> None:
    async with a_log(store) as one, a_log(store) as two:
        await one.acquire("a", 0.05)

        async def taken() -> bool:
            return await two.acquire("b", TTL_S) == 2

        await until(taken)
        assert await one.commit(1, b"one") is Outcome.FENCED
        assert await one.renew() is Renewal.LOST


async def test_a_lease_in_other_hands_fences_even_under_the_same_epoch(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        store.client().set("{fs:jingming}:lease", "b")
        assert await log.commit(1, b"one") is Outcome.FENCED
        assert await log.renew() is Renewal.LOST
        assert await log.size() == 0


async def test_a_flushed_store_fences(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 2)
        store.client().flushall()
        assert await log.commit(3, b"three") is Outcome.FENCED
        assert await log.renew() is Renewal.LOST


async def test_a_lost_reply_is_one_entry(store: AnyStore) -> None:
    async with a_forgetful(store) as proxy, a_log(proxy) as log:
        await log.acquire("a", TTL_S)
        for seq in range(1, 6):
            proxy.lose = seq  # up to five times in a row, and the first time also EVAL's reply
            assert await log.commit(seq, b"entry %d" % seq, [BAD]) is Outcome.DONE
        assert proxy.lost == 15
        assert await entries(log) == [(seq, b"entry %d" % seq) for seq in range(1, 6)]
        assert store.client().xlen("{fs:jingming}:quarantine") == 5
        assert log.state.ok


@pytest.mark.parametrize(
    ("key", "value"),
    [("log", "list"), ("quarantine", "list"), ("lease", "list"), ("epoch", "list")],
)
async def test_a_key_of_another_type_stops_before_the_first_write(
    store: AnyStore, key: str, value: str
) -> None:
    client = store.client()
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        kept = client.get("{fs:jingming}:epoch")
        client.delete(f"{{fs:jingming}}:{key}")
        client.lpush(f"{{fs:jingming}}:{key}", value)
        commit = asyncio.create_task(log.commit(1, b"one", [BAD]))
        await until(lambda: log.state.reason == "wrong_type")
        assert (not commit.done(), log.state.words("en") != "") == (True, True)
        others = {"log", "quarantine"} - {key}
        assert [client.exists(f"{{fs:jingming}}:{other}") for other in others] == [0] * len(others)
        client.delete(f"{{fs:jingming}}:{key}")
        if key == "epoch":
            assert isinstance(kept, bytes)
            client.set("{fs:jingming}:epoch", kept)
        assert await commit is Outcome.DONE
        assert await entries(log) == [(1, b"one")]


async def test_pages_leave_nothing_out(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 60)
        expected = [(seq, b"entry %d" % seq) for seq in range(1, 61)]
        for count in (1, 7, 30, 60, 61, 500):
            assert await entries(log, 0, count) == expected
        assert await entries(log, 57) == expected[57:]
        assert await entries(log, 60) == []


async def test_what_is_written_meanwhile_is_read_too(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 4)
        seen = []
        async for seq, _ in log.read(0, 2):
            seen.append(seq)
            if seq in (2, 4):
                await fill(log, seq + 3, seq + 4)
        assert seen == list(range(1, 9))


@pytest.mark.parametrize("missing", [1, 3, 5])
async def test_a_missing_entry_is_a_gap_wherever_it_is(store: AnyStore, missing: int) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 5)
        store.client().xdel("{fs:jingming}:log", f"{missing}-0")
        for count in (1, 2, 500):
            with pytest.raises(LogGap):
                await entries(log, 0, count)


async def test_a_snapshot_comes_back_as_it_was(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        assert await log.snapshot_load() is None
        assert log.snapshot_trouble == ""
        await fill(log, 1, 3)
        data = random.Random(2).randbytes(300_000)
        await log.snapshot_save(2, b"old")
        await log.snapshot_save(3, data)
        assert await log.snapshot_load() == (3, data)


async def test_a_snapshot_is_refused_when_ahead_older_or_fenced(store: AnyStore) -> None:
    async with a_log(store) as log, a_log(store) as other:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        await log.snapshot_save(3, b"three")
        for seq in (2, 4):
            with pytest.raises(StoreError):
                await log.snapshot_save(seq, b"other")
        await other.acquire("a", TTL_S)
        with pytest.raises(LeaseLost):
            await log.snapshot_save(3, b"other")
        assert await log.snapshot_load() == (3, b"three")


@pytest.mark.parametrize(
    ("field", "value"),
    [("data", b"x"), ("digest", b"0" * 64), ("seq", b"2"), ("seq", b"x"), ("data", None)],
)
async def test_a_damaged_snapshot_is_not_used(
    store: AnyStore, field: str, value: bytes | None
) -> None:
    client = store.client()
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        await log.snapshot_save(3, b"three")
        if value is None:
            client.hdel("{fs:jingming}:snapshot", field)
        else:
            client.hset("{fs:jingming}:snapshot", field, value)
        assert await log.snapshot_load() is None
        assert log.snapshot_trouble


async def test_a_snapshot_of_a_log_that_is_gone_is_not_used_and_not_in_the_way(
    store: AnyStore,
) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        await log.snapshot_save(3, b"three")
        store.client().delete("{fs:jingming}:log")
        assert await log.snapshot_load() is None
        assert log.snapshot_trouble
        await fill(log, 1, 1)
        await log.snapshot_save(1, b"one")
        assert await log.snapshot_load() == (1, b"one")


async def test_only_what_snapshot_and_archive_cover_is_trimmed(store: AnyStore) -> None:
    async with a_log(store) as log, a_log(store) as other:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 9)
        with pytest.raises(StoreError):
            await log.trim(2, 9)  # no snapshot
        await log.snapshot_save(6, b"six")
        for first_kept, archived_to in ((8, 9), (5, 3), (10, 9)):
            with pytest.raises(StoreError):
                await log.trim(first_kept, archived_to)
        assert await log.size() == 9
        assert await log.trim(5, 4) == 4
        assert await entries(log, 4) == [(seq, b"entry %d" % seq) for seq in range(5, 10)]
        await other.acquire("a", TTL_S)
        with pytest.raises(LeaseLost):
            await log.trim(7, 9)
        assert await log.first() == 5


async def test_the_last_entry_is_never_trimmed(store: AnyStore) -> None:
    async with a_log(store) as log:
        await log.acquire("a", TTL_S)
        await fill(log, 1, 3)
        await log.snapshot_save(3, b"three")
        with pytest.raises(StoreError):
            await log.trim(4, 3)
        assert await log.trim(3, 3) == 2
        assert await log.commit(3, b"entry 3") is Outcome.DONE
