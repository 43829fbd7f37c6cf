"""The feed on a loopback port, with real WebSocket consoles and a post built for the purpose."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from command.broadcast import Limits
from command.errors import ConfigError, StoreError
from command.feed import Feed, Health
from command.messages import VERBS, Command, CommandResult, ReportAlarm

HOST = "127.0.0.1"
LIMITS = Limits(
    beat_s=0.02, wrong_token_s=0.0, part_rows=2, ring_patches=3, close_s=1.0, stuck_beats=1_000_000
)
ROLES = ("officer", "leader", "observer", "trainer")
FIELDS: dict[str, dict[str, Any]] = {
    "acknowledge": {"incident": "I-1"},
    "assign": {"incident": "I-1", "units": ["militia-1"]},
    "hold": {"incident": "I-1", "dialog": True},
    "hazard": {"incident": "I-1", "text": "x"},
    "grade": {"incident": "I-1", "grade": 4},
    "response": {"level": 4, "why": "x"},
    "notice": {"place": "all", "text": "x"},
    "reply": {"incident": "I-1", "unit": "militia-1", "status": "done"},
    "par": {"incident": "I-1"},
    "handover": {"digest": "7C41-09AE"},
    "takeover": {"digest": "7C41-09AE"},
    "withdraw": {"incident": "I-1", "units": ["militia-1"]},
    "note": {"incident": "I-1", "text": "x"},
    "priority": {"incident": "I-1", "priority": 1},
    "merge": {"incident": "I-1", "into": "I-2"},
    "split": {"incident": "I-1"},
    "resolve": {"incident": "I-1"},
    "close": {"incident": "I-1"},
    "reopen": {"incident": "I-1"},
    "false_alarm": {"incident": "I-1"},
    "report_alarm": {"kind": "fire", "text": "x"},
    "shelve": {"source": "yd-01", "kind": "smoke", "minutes": 15, "why": "x"},
    "unshelve": {"source": "yd-01", "kind": "smoke"},
    "duty": {"unit": "militia-1", "on": True},
    "stop_play": {"text": "x"},
    "move": {"unit": "militia-1"},
}


class Post:
    """What the feed needs of a post, in memory. A token is "ROLE" or "ROLE:NAME"."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.rows = rows if rows is not None else {"incident": {}, "unit": {"militia-1": {"n": 1}}}
        self.at = "e1-10"
        self.well = Health(ok=True, details={"backlog": 0})
        self.positions_seen: list[str] = []
        self.watches: list[tuple[str, bool]] = []
        self.begun: list[tuple[str, str, str]] = []  # (by, role, id)
        self.done: list[Command] = []
        self.answer = CommandResult(ok=True)
        self.gate = asyncio.Event()
        self.gate.set()
        self.trouble: Exception | None = None

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        return self.rows

    def position(self) -> str:
        return self.at

    async def authenticate(self, token: str) -> tuple[str, str] | None:
        if token == "store-down":
            raise StoreError("no store")
        role, _, name = token.partition(":")
        return (name or role, role) if role in ROLES else None

    async def execute(self, command: Command, by: str, role: str) -> CommandResult:
        self.begun.append((by, role, command.id))
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        self.done.append(command)
        return self.answer

    def beat(self) -> Mapping[str, Any]:
        return {"now": 1_800_000_000.0, "at": self.at}

    def health(self) -> Health:
        return self.well

    def watched(self, incident: str, *, anybody: bool) -> None:
        self.watches.append((incident, anybody))

    def seen(self, position: str) -> None:
        self.positions_seen.append(position)


class Console:
    """A console as others may write one: frames in, commands out."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    async def send(self, frame: Mapping[str, Any]) -> None:
        await self.ws.send(json.dumps(frame))

    async def next(self, key: str) -> Any:
        """The next frame that has `key`."""
        while True:
            frame = json.loads(await self.ws.recv())
            if key in frame:
                return frame

    async def ask(self, command_id: str, do: str, **fields: Any) -> Any:
        await self.send({"id": command_id, "do": do} | fields)
        return await self.next("ok")

    async def closed(self) -> tuple[int, str]:
        """Read to the end; close code and reason."""
        try:
            while True:
                await self.ws.recv()
        except ConnectionClosed as end:
            return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (1006, "")

    async def cut(self) -> None:
        """Leave as a broken line does."""
        self.ws.transport.abort()
        await self.ws.wait_closed()


@asynccontextmanager
async def served(post: Post, root: str = "fs", **changes: Any) -> AsyncIterator[Feed]:
    options = {name: changes.pop(name) for name in ("registry", "origins") if name in changes}
    feed = Feed(source=post, root=root, limits=replace(LIMITS, **changes), **options)
    serving = asyncio.create_task(feed.serve(HOST, 0))
    bound = asyncio.create_task(feed.listening())
    await asyncio.wait({serving, bound}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield feed
    finally:
        bound.cancel()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def line(feed: Feed, **options: Any) -> AsyncIterator[Console]:
    """A connection that has not said hello."""
    options = {"compression": None, "proxy": None, "max_size": None} | options
    async with connect(f"ws://{HOST}:{feed.port}/console", **options) as ws:
        yield Console(ws)


@asynccontextmanager
async def console(feed: Feed, token: str = "officer", **options: Any) -> AsyncIterator[Console]:
    """A console that is in: the snapshot is read."""
    async with line(feed, **options) as found:
        await found.send({"hello": {"token": token, "since": None}})
        await found.next("snapshot")
        yield found


async def until(fact: Callable[[], bool]) -> None:
    """Give way until it is so; the test's own time limit ends a wait in vain."""
    while not fact():
        await asyncio.sleep(0.001)


async def http(feed: Feed, path: str) -> tuple[int, str, str]:
    """Status, content type, body."""
    reader, writer = await asyncio.open_connection(HOST, feed.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    kinds = [row for row in head.split("\r\n") if row.lower().startswith("content-type:")]
    return int(head.split(" ")[1]), kinds[0].partition(": ")[2], body


# --- hello


async def test_hello_gets_the_rows_that_are_on_disk() -> None:
    async with served(Post()) as feed, line(feed) as found:
        await found.send({"hello": {"token": "officer:desk-1", "since": None}})
        first = json.loads(await found.ws.recv())
        assert first == {
            "snapshot": {"incident": {}, "unit": {"militia-1": {"n": 1}}},
            "at": "e1-10",
            "role": "officer",
            "name": "desk-1",
        }
        assert feed.consoles == [("desk-1", "officer")]


async def test_a_beat_follows_the_snapshot_and_goes_on_without_commits() -> None:
    async with served(Post()) as feed, console(feed) as found:
        assert await found.next("beat") == {"beat": {"now": 1_800_000_000.0, "at": "e1-10"}}
        for _ in range(3):
            await found.next("beat")


async def test_parts_are_for_consoles_that_say_what_they_are() -> None:
    rows = {"incident": {f"I-{n}": {"n": n} for n in range(5)}, "unit": {}}
    async with served(Post(rows)) as feed, line(feed) as old, line(feed) as new:
        await old.send({"hello": {"token": "officer", "since": None}})
        assert (await old.next("snapshot"))["snapshot"] == rows
        await new.send({"hello": {"token": "officer", "client": "fengsui", "lang": "zh"}})
        parts = [await new.next("snapshot") for _ in range(3)]
        assert [(part["part"], part["of"]) for part in parts] == [(1, 3), (2, 3), (3, 3)]
        together: dict[str, Any] = {}
        for part in parts:
            together |= part["snapshot"].get("incident", {})
        assert together == rows["incident"]


async def test_rows_follow_each_commit() -> None:
    async with served(Post()) as feed, console(feed) as one, console(feed, "observer") as two:
        feed.publish("e1-11", {"unit": {"militia-1": {"n": 2}}})
        feed.publish("e1-12", {"unit": {"militia-1": None}})
        for found in (one, two):
            assert await found.next("rows") == {
                "rows": {"unit": {"militia-1": {"n": 2}}},
                "at": "e1-11",
            }
            assert await found.next("rows") == {
                "rows": {"unit": {"militia-1": None}},
                "at": "e1-12",
            }


async def test_whoever_comes_late_gets_what_was_published() -> None:
    async with served(Post()) as feed:
        feed.publish("e1-11", {"unit": {"militia-2": {"n": 2}}})
        async with line(feed) as found:
            await found.send({"hello": {"token": "leader"}})
            snapshot = await found.next("snapshot")
            assert snapshot["at"] == "e1-11"
            assert set(snapshot["snapshot"]["unit"]) == {"militia-1", "militia-2"}


async def back(feed: Feed, since: str) -> Any:
    async with line(feed) as found:
        await found.send({"hello": {"token": "officer", "since": since}})
        return json.loads(await found.ws.recv())


async def test_whoever_comes_back_gets_what_it_missed() -> None:
    post = Post()
    async with served(post) as feed:
        for n in range(11, 14):
            feed.publish(f"e1-{n}", {"unit": {"militia-1": {"n": n}, f"u-{n}": {}}})
        assert await back(feed, "e1-12") == {
            "rows": {"unit": {"militia-1": {"n": 13}, "u-12": {}, "u-13": {}}},
            "at": "e1-13",
            "role": "officer",
            "name": "officer",
            "resumed": True,
        }
        assert post.positions_seen == []


@pytest.mark.parametrize(
    ("since", "seen"),
    [("e1-3", []), ("e1-99", ["e1-99"]), ("e2-1", ["e2-1"]), ("nonsense", []), ("", [])],
)
async def test_out_of_reach_is_a_snapshot_and_the_post_hears_of_a_longer_log(
    since: str, seen: list[str]
) -> None:
    post = Post()
    async with served(post) as feed:
        assert "snapshot" in await back(feed, since)
        assert post.positions_seen == seen


async def test_a_new_era_is_loaded_whole_and_shown() -> None:
    post = Post()
    async with served(post) as feed, console(feed) as found:
        feed.publish("e1-11", {"unit": {"militia-1": {"n": 2}}})
        await found.next("rows")
        post.at, post.rows = "e2-10", {"incident": {}, "unit": {"patrol-1": {}}}
        feed.publish("e2-10", {"unit": {}})
        assert await found.next("rows") == {
            "rows": {"unit": {"patrol-1": {}, "militia-1": None}},
            "at": "e2-10",
        }
        assert "snapshot" in await back(feed, "e1-11")
        assert post.positions_seen == ["e1-11"]


async def test_after_the_world_was_built_again_consoles_get_the_difference() -> None:
    post = Post()
    async with served(post) as feed, console(feed) as found:
        post.at, post.rows = "e1-40", {"unit": {"militia-1": {"n": 7}}}
        feed.load()
        assert await found.next("rows") == {
            "rows": {"unit": {"militia-1": {"n": 7}}},
            "at": "e1-40",
        }


# --- turned away


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"hello": {"token": "wrong"}}, 4401),
        ({"hello": {"token": "store-down"}}, 1013),
        ({"hello": {"token": ""}}, 4400),
        ({"hello": {}}, 4400),
        ({"id": "1", "do": "close", "incident": "I-1"}, 4400),
        ([], 4400),
    ],
)
async def test_turned_away_with_a_reason(first: Any, code: int) -> None:
    post = Post()
    async with served(post) as feed, line(feed) as found:
        await found.send(first)
        assert (await found.next("error"))["error"]
        assert (await found.closed())[0] == code
        assert feed.consoles == []
        assert post.begun == []


async def test_the_hello_is_text() -> None:
    async with served(Post()) as feed, line(feed) as found:
        await found.ws.send(b'{"hello":{"token":"officer"}}')
        assert (await found.closed())[0] == 4400


async def test_no_hello_in_time() -> None:
    async with served(Post(), hello_s=0.01) as feed, line(feed) as found:
        assert (await found.next("error"))["error"]
        assert (await found.closed())[0] == 4401


async def test_the_unknown_do_not_keep_the_known_out() -> None:
    async with served(Post(), unknown_consoles=1) as feed, console(feed) as known:
        async with line(feed), line(feed) as third:
            assert (await third.closed())[0] == 1013
        feed.publish("e1-11", {"unit": {"x": {}}})
        assert await known.next("rows")
        async with console(feed, "leader"):  # their places are free again
            assert len(feed.consoles) == 2


async def test_origins() -> None:
    async with served(Post(), origins=("http://wall.example",)) as feed:
        async with console(feed, origin="http://wall.example"):
            assert len(feed.consoles) == 1
        with pytest.raises(InvalidStatus) as refused:
            async with line(feed, origin="http://evil.example"):
                raise AssertionError("let in")
        assert refused.value.response.status_code == 403


# --- commands


async def test_a_command_is_answered_after_the_commit() -> None:
    post = Post()
    post.gate.clear()
    async with served(post) as feed, console(feed, "officer:desk-1") as found:
        await found.send({"id": "q-1", "do": "close", "incident": "I-1"})
        await until(lambda: bool(post.begun))
        feed.publish("e1-11", {"incident": {"I-1": {"state": "closed"}}})
        post.gate.set()
        assert (await found.next("rows"))["at"] == "e1-11"
        assert await found.next("ok") == {"id": "q-1", "ok": True}
        assert post.begun == [("desk-1", "officer", "q-1")]


async def test_the_posts_refusal_says_who_was_first() -> None:
    post = Post()
    post.answer = CommandResult(ok=False, reason="2台已派民兵一队", code="stale", by="desk-2")
    async with served(post) as feed, console(feed) as found:
        assert await found.ask("q-1", "assign", incident="I-1", unit="militia-1", rev=4) == {
            "id": "q-1",
            "ok": False,
            "reason": "2台已派民兵一队",
            "code": "stale",
            "by": "desk-2",
        }


@pytest.mark.parametrize(
    ("role", "root", "allowed"),
    [
        ("officer", "fs", True),
        ("leader", "fs", True),
        ("observer", "fs", False),
        ("trainer", "fs", False),
        ("officer", "fsx", True),
        ("observer", "fsx", False),
        ("trainer", "fsx", True),
    ],
)
async def test_every_verb_is_checked_against_the_role(
    role: str, root: str, *, allowed: bool
) -> None:
    assert set(FIELDS) == VERBS
    post = Post()
    async with served(post, root) as feed, console(feed, role) as found:
        for verb, fields in FIELDS.items():
            answer = await found.ask(f"q-{verb}", verb, **fields)
            assert (answer["ok"], answer.get("code")) == (
                allowed,
                None if allowed else "not_allowed",
            )
    assert [command.do for command in post.done] == (list(FIELDS) if allowed else [])


async def test_a_repeated_id_gets_the_first_answer() -> None:
    post = Post()
    async with served(post) as feed, console(feed) as found:
        assert (await found.ask("q-1", "close", incident="I-1"))["ok"]
        post.answer = CommandResult(ok=False, reason="closed already", code="state")
        assert (await found.ask("q-1", "close", incident="I-1"))["ok"]
        other = await found.ask("q-1", "close", incident="I-2")
        assert (other["ok"], other["code"]) == (False, "id_reused")
        assert len(post.begun) == 1
        async with console(feed, "officer:desk-2") as second:  # its ids are its own
            assert not (await second.ask("q-1", "close", incident="I-1"))["ok"]
        assert len(post.begun) == 2


async def test_a_console_that_was_cut_off_finds_the_answer_when_it_is_back() -> None:
    post = Post()
    post.gate.clear()
    async with served(post, beat_s=3_600.0) as feed:  # nothing is sent that would notice
        async with console(feed) as found:
            await found.send({"id": "q-1", "do": "close", "incident": "I-1"})
            await until(lambda: bool(post.begun))
            await found.cut()
        await until(lambda: not feed.consoles)
        async with console(feed) as again:
            await again.send({"id": "q-1", "do": "close", "incident": "I-1"})
            await again.send({"id": "q-2", "do": "reopen", "incident": "I-1"})
            await again.next("beat")
            post.gate.set()
            assert await again.next("ok") == {"id": "q-1", "ok": True}
            assert await again.next("ok") == {"id": "q-2", "ok": True}
    assert [command_id for _, _, command_id in post.begun] == ["q-1", "q-2"]
    assert [command.id for command in post.done] == ["q-1", "q-2"]


async def test_commands_of_one_console_are_done_in_order_others_meanwhile() -> None:
    post = Post()
    post.gate.clear()
    async with served(post) as feed, console(feed) as one, console(feed, "leader") as two:
        for n in range(5):
            await one.send({"id": f"q-{n}", "do": "note", "incident": "I-1", "text": str(n)})
        await until(lambda: len(post.begun) == 1)
        await two.send({"id": "q-9", "do": "close", "incident": "I-2"})
        await until(lambda: len(post.begun) == 2)
        assert post.begun == [("officer", "officer", "q-0"), ("leader", "leader", "q-9")]
        post.gate.set()
        assert [(await one.next("ok"))["id"] for _ in range(5)] == [f"q-{n}" for n in range(5)]
        assert (await two.next("ok"))["id"] == "q-9"


async def test_no_answer_where_the_post_cannot_tell_and_the_same_id_asks_again() -> None:
    post = Post()
    post.trouble = StoreError("gone in the middle")
    async with served(post) as feed:
        async with console(feed) as found:
            await found.send({"id": "q-1", "do": "close", "incident": "I-1"})
            assert (await found.closed())[0] == 1011
        post.trouble = None
        async with console(feed) as again:
            assert (await again.ask("q-1", "close", incident="I-1"))["ok"]
    assert len(post.begun) == 2


async def test_only_the_last_answers_are_remembered() -> None:
    post = Post()
    async with served(post, answers=2) as feed, console(feed) as found:
        for n in (1, 2, 3, 3, 2, 1):
            assert (await found.ask(f"q-{n}", "close", incident="I-1"))["ok"]
    assert [command_id for _, _, command_id in post.begun] == ["q-1", "q-2", "q-3", "q-1"]


async def test_words_are_harmless_and_positions_wgs84_before_the_post_sees_them() -> None:
    post = Post()
    async with served(post) as feed, console(feed) as found:
        position = {"lon": 107.55, "lat": 35.28, "datum": "gcj02"}
        answer = await found.ask(
            "q-1", "report_alarm", kind="fire", text="对面\x1b[2J山坡\n冒烟", position=position
        )
        assert answer["ok"]
        empty = await found.ask("q-2", "note", incident="I-1", text="\x1b[2J\u200b")
        assert (empty["ok"], empty["code"]) == (False, "bad_field")
    (command,) = post.done
    assert isinstance(command, ReportAlarm)
    assert command.text == "对面山坡 冒烟"
    assert command.position is not None
    assert command.position.datum == "wgs84"
    assert 0.001 < abs(command.position.lon - 107.55) < 0.01


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "bad_json"),
        ("[" * 30_000, "bad_json"),
        ('{"id":"q","id":"q","do":"close","incident":"I-1"}', "bad_json"),
        ("[1,2]", "bad_frame"),
        ('{"hello":{"token":"officer"}}', "unknown_verb"),
        ('{"id":"q","do":"fly"}', "unknown_verb"),
        ('{"id":"q","do":"close"}', "bad_field"),
        ('{"id":"q","do":"assign","incident":"I-1","units":[]}', "bad_field"),
        ('{"id":"q","do":"note","incident":"I-1","text":"\\ud800"}', "bad_field"),
        (b'{"id":"q","do":"close","incident":"I-1"}', "bad_frame"),
    ],
)
async def test_a_bad_frame_is_refused_and_the_connection_stays(
    frame: str | bytes, code: str
) -> None:
    post = Post()
    async with served(post) as feed, line(feed) as found:
        await found.send({"hello": {"token": "officer", "lang": "en"}})
        await found.ws.send(frame)
        answer = await found.next("ok")
        assert (answer["ok"], answer["code"]) == (False, code)
        assert answer["reason"]
        assert "{" not in answer["reason"]
        assert post.begun == []
        assert (await found.ask("q-2", "close", incident="I-1"))["ok"]


async def test_ten_megabytes_are_not_read() -> None:
    async with served(Post()) as feed, console(feed) as one, console(feed, "leader") as two:
        # Only the head of the frame: it says how long the text is, and that is enough.
        one.ws.transport.write(b"\x81\xff" + (10_000_000).to_bytes(8) + b"mask")
        assert (await one.closed())[0] == 1009
        assert (await two.ask("q-1", "close", incident="I-1"))["ok"]


# --- who looks


async def test_the_others_are_shown_who_has_an_incident_open() -> None:
    post = Post()
    async with served(post) as feed, console(feed, "officer:desk-1") as one:
        async with console(feed, "observer:wall") as two:
            await two.send({"id": "q-1", "do": "watch", "incident": "I-1"})
            for found in (one, two):
                rows = (await found.next("rows"))["rows"]
                assert rows == {"viewer": {"I-1": {"names": ["wall"]}}}
            assert await two.next("ok") == {"id": "q-1", "ok": True}
            await one.send({"id": "q-1", "do": "watch", "incident": "I-1"})
            for found in (one, two):
                rows = (await found.next("rows"))["rows"]
                assert rows == {"viewer": {"I-1": {"names": ["desk-1", "wall"]}}}
            late = await back(feed, "")
            assert late["snapshot"]["viewer"] == {"I-1": {"names": ["desk-1", "wall"]}}
        left = (await one.next("rows"))["rows"]
        assert left == {"viewer": {"I-1": {"names": ["desk-1"]}}}
        assert (await one.ask("q-2", "unwatch", incident="I-1"))["ok"]
        assert "I-1" not in (await back(feed, ""))["snapshot"]["viewer"]
    assert post.begun == []
    assert post.watches == [("I-1", True), ("I-1", True), ("I-1", True), ("I-1", False)]


async def test_the_detail_of_what_is_open_goes_to_all_and_outlives_a_new_world() -> None:
    post = Post()
    async with served(post) as feed, console(feed) as one, console(feed, "leader") as two:
        assert (await one.ask("q-1", "watch", incident="I-1"))["ok"]
        feed.show({"detail": {"I-1": {"timeline": []}}})
        for found in (one, two):
            while "detail" not in (rows := await found.next("rows"))["rows"]:
                pass
            assert rows == {"rows": {"detail": {"I-1": {"timeline": []}}}, "at": "e1-10"}
        feed.load()
        late = await back(feed, "")
        assert late["snapshot"]["detail"] == {"I-1": {"timeline": []}}
        feed.show({"detail": {"I-1": None}})
        assert (await two.next("rows"))["rows"] == {"detail": {"I-1": None}}


async def test_a_console_watches_a_bounded_number() -> None:
    async with served(Post(), watched=2) as feed, console(feed) as found:
        answers = [(await found.ask(f"q-{n}", "watch", incident=f"I-{n}"))["ok"] for n in range(3)]
        assert answers == [True, True, False]


# --- those that do not keep up


def deaf() -> socket.socket:
    """A socket that takes little from the network while its program does not read."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return found


@asynccontextmanager
async def stopped_reading(feed: Feed) -> AsyncIterator[Console]:
    sock = deaf()
    sock.connect((HOST, feed.port))
    async with console(
        feed, "observer:deaf", sock=sock, max_queue=1, ping_interval=None, close_timeout=0.1
    ) as found:
        yield found
        found.ws.transport.abort()


async def test_a_console_that_stops_reading_is_cut_and_the_others_miss_nothing() -> None:
    registry = CollectorRegistry()
    async with (
        served(Post(), registry=registry, queue_bytes=200_000, queue_frames=50) as feed,
        console(feed, "officer:desk-1") as well,
        stopped_reading(feed),
    ):
        published = 10
        while len(feed.consoles) == 2:
            published += 1
            assert published < 10_000, "it was never cut"
            feed.publish(f"e1-{published}", {"unit": {f"u-{published}": {"text": "x" * 8_000}}})
            rows = await well.next("rows")
            assert (rows["at"], "merged" in rows) == (f"e1-{published}", False)
        assert feed.consoles == [("desk-1", "officer")]
        assert registry.get_sample_value("fengsui_consoles_cut_total", {"why": "slow"}) == 1
        assert (await well.ask("q-1", "close", incident="I-1"))["ok"]


async def test_a_slow_console_is_folded_before_it_is_cut() -> None:
    async with (
        served(Post(), queue_bytes=400_000) as feed,
        console(feed, "officer:desk-1") as well,
        stopped_reading(feed) as slow,
    ):
        for n in range(11, 2_011):  # 16 MB of news about one row
            feed.publish(f"e1-{n}", {"unit": {"militia-1": {"n": n, "text": "x" * 8_000}}})
            assert (await well.next("rows"))["at"] == f"e1-{n}"
        assert len(feed.consoles) == 2
        folded = 0
        while (rows := await slow.next("rows"))["at"] != "e1-2010":
            folded += rows.get("merged", 0)
        assert folded + rows.get("merged", 0) > 100
        assert rows["rows"]["unit"]["militia-1"]["n"] == 2_010


async def test_a_console_that_takes_nothing_for_too_long_is_cut() -> None:
    registry = CollectorRegistry()
    async with (
        served(Post(), registry=registry, stuck_beats=3) as feed,
        console(feed, "officer:desk-1") as well,
        stopped_reading(feed),
    ):
        published = 10
        while len(feed.consoles) == 2:  # one row: its queue stays short, only the line is stuck
            published += 1
            news = {"unit": {"militia-1": {"n": published, "text": "x" * 8_000}}}
            feed.publish(f"e1-{published}", news)
            await well.next("rows")
        assert feed.consoles == [("desk-1", "officer")]
        assert registry.get_sample_value("fengsui_consoles_cut_total", {"why": "stuck"}) == 1


async def test_a_burst_reaches_a_console_that_reads() -> None:
    async with served(Post(), queue_frames=10_000) as feed, console(feed) as found:
        for n in range(11, 3_011):
            feed.publish(f"e1-{n}", {"unit": {f"u-{n % 7}": {"n": n}}})
        seen: dict[str, Any] = {}
        while not seen or max(row["n"] for row in seen.values()) < 3_010:
            seen |= (await found.next("rows"))["rows"]["unit"]
        assert {key: row["n"] for key, row in seen.items()} == {
            f"u-{n % 7}": n for n in range(3_004, 3_011)
        }


# --- plain HTTP


async def test_healthz() -> None:
    post = Post()
    async with served(post) as feed:
        status, kind, body = await http(feed, "/healthz")
        assert (status, kind) == (200, "application/json")
        assert json.loads(body) == {"ok": True, "reasons": [], "backlog": 0}
        post.well = Health(ok=False, reasons=["没有存储"])
        status, _, body = await http(feed, "/healthz?x=1")
        assert (status, json.loads(body)) == (503, {"ok": False, "reasons": ["没有存储"]})


async def test_metrics() -> None:
    async with served(Post()) as feed, console(feed) as found:
        await found.ask("q-1", "close", incident="I-1")
        await found.ask("q-2", "fly")
        status, kind, body = await http(feed, "/metrics")
        assert status == 200
        assert kind.startswith("text/plain")
        assert "fengsui_consoles 1.0" in body
        assert 'fengsui_commands_total{do="close",outcome="ok"} 1.0' in body
        assert 'fengsui_commands_total{do="",outcome="unknown_verb"} 1.0' in body


@pytest.mark.parametrize("path", ["/", "/consoles", "/healthz/x", "/../etc/passwd", "/%00"])
async def test_other_paths_are_not_there(path: str) -> None:
    async with served(Post()) as feed:
        assert (await http(feed, path))[0] == 404


async def test_the_console_path_is_for_websockets() -> None:
    async with served(Post()) as feed:
        assert (await http(feed, "/console"))[0] == 426


# --- the end


@pytest.mark.timeout(30)
async def test_a_stop_closes_everything_also_what_waits() -> None:
    post = Post()
    post.gate.clear()
    async with (
        served(post, ping_s=3_600.0, close_s=0.2) as feed,
        stopped_reading(feed),
        console(feed) as found,
        line(feed),
    ):
        port = feed.port
        await found.send({"id": "q-1", "do": "close", "incident": "I-1"})
        await until(lambda: bool(post.begun))
        feed.publish("e1-11", {"unit": {"x": {"text": "x" * 7_000_000}}})
        assert (await found.next("rows"))["at"] == "e1-11"
        ending = asyncio.create_task(found.closed())
        serving = next(t for t in asyncio.all_tasks() if "Feed.serve" in repr(t))
        serving.cancel()
        await asyncio.wait({serving})
        assert (await ending)[0] == 1001
        assert feed.consoles == []
        ours = ("Feed.", "Door.", "Once.", "Post.", "ServerConnection")
        left = [task for task in asyncio.all_tasks() if any(name in repr(task) for name in ours)]
        assert left == []
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)


async def test_a_port_that_is_taken_is_said() -> None:
    async with served(Post()) as feed:
        second = Feed(source=Post(), root="fs")
        with pytest.raises(ConfigError, match=str(feed.port)):
            await second.serve(HOST, feed.port)


async def test_a_post_without_a_pulse_ends_the_feed() -> None:
    class Dead(Post):
        def beat(self) -> Mapping[str, Any]:
            raise StoreError("no pulse")

    with pytest.raises(StoreError):
        await Feed(source=Dead(), root="fs").serve(HOST, 0)
