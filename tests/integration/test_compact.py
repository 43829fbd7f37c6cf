"""Compaction end to end, in a process of its own, on a real Redis and a real Valkey."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from store_servers import KINDS, Store, a_log, running

from command.archive import Archive
from command.compact import TRIM_STEP, restore
from command.core.codec import dump_world, encode_entry
from command.core.events import Event, MessageQuarantined, PostStarted
from command.core.evolve import evolve
from command.core.reasons import Reason
from command.core.world import World, empty
from command.errors import LogGap
from command.log import Log, Outcome

ROOT = Path(__file__).parents[2]
LOG, SNAPSHOT = "{fs:jingming}:log", "{fs:jingming}:snapshot"


class Post:
    """A post with the lease, and what it has written."""

    def __init__(self, store: Store, log: Log, data: Path) -> None:
        self.store = store
        self.log = log
        self.data = data
        self.written = 0
        self.world = empty("fs", "jingming")

    @property
    def archive(self) -> Archive:
        return Archive(self.data, "fs", "jingming")

    async def write(self, count: int) -> None:
        for _ in range(count):
            data = self.next_entry()
            assert await self.log.commit(self.written, data) is Outcome.DONE

    def next_entry(self) -> bytes:
        self.written += 1
        event = an_event(self.written)
        evolve(self.world, event)
        return encode_entry(event.at, [event])

    async def compact(self, *more: str, keep: int = 5) -> tuple[int, dict[str, Any], str]:
        options = {
            "--redis": self.store.url,
            "--root": "fs",
            "--township": "jingming",
            "--data": str(self.data),
            "--epoch": str(self.log.epoch),
            "--keep": str(keep),
        }
        words = [word for option in options.items() for word in option]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "command.compact", *words, *more),
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "FENGSUI_LANG": "en"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, json.loads(out or b"{}"), err.decode()

    async def done(self, keep: int = 5) -> dict[str, Any]:
        code, report, error = await self.compact(keep=keep)
        assert (code, error) == (0, "")
        return report

    async def restored(self) -> World:
        restored = await restore(self.log, self.archive, "fs", "jingming")
        assert restored.seq == self.written
        return restored.world

    def held(self) -> tuple[Any, Any]:
        """All that compaction may change in the store."""
        client = self.store.client()
        return client.xrange(LOG), client.hgetall(SNAPSHOT)

    async def refused(self, *more: str) -> str:
        """Compaction fails with one line, and leaves the store as it was."""
        before = self.held()
        code, report, error = await self.compact(*more)
        assert (code, report) == (1, {})
        assert error.count("\n") == 1
        assert "Traceback" not in error
        assert self.held() == before
        return error


def an_event(number: int) -> Event:
    at = 1_764_000_000.0 + number
    if number == 1:
        return PostStarted(at=at, cause="start", reason=Reason.STARTED, epoch=1)
    return MessageQuarantined(
        at=at,
        cause=f"m-{number}",
        reason=Reason.UNREADABLE,
        quarantine=f"Q-e1-{number}",
        source="ljg-01",
        topic="fs/jingming/ljg-01/alarm",
        message_id=f"m-{number}",
        digest="0" * 16,
        why="not_json",
        detail="雷家沟村",
    )


@pytest.fixture(params=KINDS)
async def post(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    with running(request.param) as store:
        async with a_log(store.url) as log:
            await log.acquire("a", 600.0)
            yield Post(store, log, tmp_path)


async def same_as_written(post: Post) -> None:
    assert dump_world(await post.restored()) == dump_world(post.world)
    in_archive = list(post.archive.read())
    assert [seq for seq, _ in in_archive] == list(range(1, len(in_archive) + 1))
    assert post.archive.verify().problem == ""
    for seq, data in in_archive:
        assert json.loads(data)["at"] == an_event(seq).at


async def test_the_log_is_short_and_nothing_is_gone(post: Post) -> None:
    await post.write(50)
    report = await post.done(keep=10)
    assert (report["seq"], report["archived"], report["trimmed"]) == (50, 50, 40)
    assert (await post.log.size(), await post.log.first()) == (10, 41)
    assert post.archive.last_seq() == 50
    await same_as_written(post)


async def test_again_and_again_with_writing_in_between(post: Post) -> None:
    for count in (30, 1, 0, 20, 3):
        await post.write(count)
        report = await post.done(keep=5)
        assert (report["seq"], report["archived"]) == (post.written, count)
        assert await post.log.size() == 5
        await same_as_written(post)


async def test_an_empty_log(post: Post) -> None:
    assert (await post.done())["seq"] == 0
    await post.write(1)
    assert (await post.done())["trimmed"] == 0
    await same_as_written(post)


async def test_a_long_log_is_trimmed_in_steps(post: Post) -> None:
    count = 2 * TRIM_STEP + 10
    pipe = post.store.client().pipeline(transaction=False)
    for _ in range(count):
        data = post.next_entry()
        pipe.xadd(LOG, {"d": data}, id=f"{post.written}-0")
    pipe.execute()
    assert (await post.done(keep=1))["trimmed"] == count - 1
    assert await post.log.size() == 1
    await post.write(1)
    await same_as_written(post)


async def test_writing_goes_on_meanwhile(post: Post) -> None:
    await post.write(50)
    stop = asyncio.Event()

    async def keep_writing() -> None:
        while not stop.is_set():
            await post.write(1)

    writing = asyncio.create_task(keep_writing())
    report = await post.done(keep=5)
    stop.set()
    await writing
    assert report["seq"] >= 50
    assert await post.log.first() == report["seq"] - 4
    await same_as_written(post)


async def test_without_snapshot_the_world_comes_from_archive_and_log(post: Post) -> None:
    await post.write(30)
    await post.done()
    await post.write(3)
    post.store.client().delete(SNAPSHOT)
    await same_as_written(post)
    assert (await post.done())["notes"] == []
    await same_as_written(post)


async def test_a_damaged_snapshot_is_said_and_replaced(post: Post) -> None:
    await post.write(30)
    await post.done()
    post.store.client().hset(SNAPSHOT, "data", b"x")
    assert len((await post.done())["notes"]) == 1
    assert (await post.done())["notes"] == []
    await same_as_written(post)


async def test_a_snapshot_of_another_version_is_said_and_replaced(post: Post) -> None:
    await post.write(30)
    await post.done()
    await post.write(1)
    await post.log.snapshot_save(31, b'{"root":7}')
    assert len((await post.done())["notes"]) == 1
    await same_as_written(post)


async def test_snapshot_and_archive_both_gone_is_a_gap(post: Post, tmp_path: Path) -> None:
    await post.write(30)
    await post.done()
    post.store.client().delete(SNAPSHOT)
    elsewhere = Archive(tmp_path / "elsewhere", "fs", "jingming")
    with pytest.raises(LogGap):
        await restore(post.log, elsewhere, "fs", "jingming")


async def test_fenced(post: Post) -> None:
    await post.write(30)
    await post.refused("--epoch", str(post.log.epoch + 1))
    async with a_log(post.store.url) as other:
        await other.acquire("a", 600.0)
        await post.refused()
    assert post.archive.last_seq() == 0


async def test_a_damaged_archive_stops_it(post: Post) -> None:
    await post.write(30)
    await post.done()
    await post.write(10)
    (path,) = post.archive.folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes().replace("雷家沟村".encode(), "紫荆村村".encode(), 1))
    assert path.name in await post.refused()


async def test_a_torn_archive_is_mended(post: Post) -> None:
    await post.write(30)
    await post.done()
    (path,) = post.archive.folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-7])
    assert post.archive.last_seq() == 29
    await post.write(1)
    assert (await post.done())["archived"] == 2
    await same_as_written(post)


async def test_entries_that_the_store_lost_are_set_aside(post: Post) -> None:
    """The log lost its end, a new era wrote on; the archive still has the old end."""
    await post.write(30)
    await post.done(keep=10)
    archived = list(post.archive.read())
    post.archive.append([(seq, b"lost %d" % seq) for seq in range(31, 36)])
    await post.write(3)
    (note,) = (await post.done(keep=10))["notes"]
    assert note.endswith("fs-jingming.lost-31")
    assert list(post.archive.read())[:30] == archived
    assert post.archive.last_seq() == 33
    await same_as_written(post)
    lost = post.archive.folder.with_name("fs-jingming.lost-31")
    kept = [json.loads(line) for path in lost.iterdir() for line in path.open()]
    assert [entry["data"] for entry in kept[30:]] == [f"lost {seq}" for seq in range(31, 36)]
    await post.write(1)
    assert (await post.done(keep=10))["notes"] == []


async def test_a_store_that_lost_everything_begins_a_new_archive(post: Post) -> None:
    post.archive.append([(seq, b"lost %d" % seq) for seq in range(1, 9)])
    await post.write(3)
    assert len((await post.done())["notes"]) == 1
    assert post.archive.folder.with_name("fs-jingming.lost-1").is_dir()
    await same_as_written(post)
    assert (await post.done())["notes"] == []


async def test_the_archive_of_another_history_stops_it(post: Post) -> None:
    await post.write(30)
    await post.done()
    (path,) = post.archive.folder.glob("*.jsonl")
    path.unlink()
    post.archive.append([(seq, b"{}") for seq in range(1, 40)])
    await post.write(3)
    assert str(post.archive.folder) in await post.refused()
    assert post.archive.last_seq() == 39


async def test_an_archive_that_ends_before_the_log_begins_stops_it(post: Post) -> None:
    await post.write(30)
    await post.done()
    await post.write(5)
    moved = post.archive.folder.rename(post.data / "moved")
    post.archive.append([(1, b"{}")])
    assert str(post.archive.folder) in await post.refused()
    (post.archive.folder / "0000000001.jsonl").unlink()
    report = await post.done()  # moved aside, as the message says: a new one begins
    assert (report["archived"], post.archive.verify().first) == (10, 26)
    assert moved.is_dir()
    assert dump_world(await post.restored()) == dump_world(post.world)


@pytest.mark.parametrize("data", [b"\xff", b"{}", b'{"v":1,"events":[{"event":"Nonsense"}]}'])
async def test_an_entry_that_cannot_be_replayed_stops_it(post: Post, data: bytes) -> None:
    await post.write(9)
    assert await post.log.commit(10, data) is Outcome.DONE
    assert " 10 " in await post.refused()


async def test_a_missing_entry_stops_it(post: Post) -> None:
    await post.write(9)
    post.store.client().xdel(LOG, "4-0")
    await post.refused()


async def test_a_full_memory_stops_it_before_anything_is_trimmed(post: Post) -> None:
    await post.write(30)
    client = post.store.client()
    client.config_set("maxmemory", 1)
    await post.refused()
    client.config_set("maxmemory", 0)
    await post.done()
    await same_as_written(post)


async def test_no_store(post: Post) -> None:
    post.store.kill()
    code, report, error = await post.compact()
    assert (code, report, error.count("\n")) == (1, {}, 1)


@pytest.mark.parametrize("more", [("--keep", "0"), ("--root", "other"), ("--epoch", "x")])
async def test_bad_use(post: Post, more: tuple[str, ...]) -> None:
    code, report, _ = await post.compact(*more)
    assert (code, report) == (2, {})
