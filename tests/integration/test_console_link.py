"""The console's line on a real feed: cut, stalled, refused, slow. Nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from proxy import Proxy, proxied
from test_feed import Post, served
from websockets.asyncio.server import ServerConnection, serve

from command.feed import Feed
from command.messages import CommandResult, Frame, Note, Rows, Snapshot, Unwatch, Watch
from console import other, wire
from console.effects import Send
from console.link import Link, Phase
from console.model import Model
from console.outcome import FAILED, OK, REFUSED, UNKNOWN, Outcome
from console.wire import UNASKED, UNREADABLE, Greeting


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", (0.02, 0.05))


class Seat:
    """A console without a screen: its link, its model, and what became of its commands."""

    def __init__(self, port: int, token: str = "officer:desk-1", silent_s: float = 5.0) -> None:
        numbers = count(1)
        self.frames: list[Frame] = []
        self.model = Model()
        self.outcomes: list[Outcome] = []
        self.link = Link(
            f"ws://127.0.0.1:{port}/console",
            lambda: Greeting(token, "console/test", (80, 24), "en"),
            self._heard,
            self.outcomes.append,
            lambda: f"own-{next(numbers)}",
            silent_s=silent_s,
        )

    def _heard(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.model.take(frame, asyncio.get_running_loop().time())

    def note(self, ident: str, token: str = "") -> None:
        self.link.send(Send(Note(id=ident, incident="I-1", text="x"), ident, token))

    def hows(self, ident: str) -> list[str]:
        return [one.how for one in self.outcomes if one.what == ident]


@asynccontextmanager
async def seated(port: int, **options: Any) -> AsyncIterator[Seat]:
    seat = Seat(port, **options)
    running = asyncio.create_task(seat.link.run())
    try:
        yield seat
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(fact: Callable[[], bool]) -> None:
    """Give way until it is so; the test's own time limit ends a wait in vain."""
    while not fact():
        await asyncio.sleep(0.002)


async def up(seat: Seat) -> None:
    await until(lambda: seat.link.state.phase is Phase.UP and not seat.model.loading)


@asynccontextmanager
async def at_desk(
    post: Post | None = None, **options: Any
) -> AsyncIterator[tuple[Post, Feed, Proxy, Seat]]:
    """A feed, a proxy before it, and a console that is connected through it."""
    post = post or Post()
    async with (
        served(post) as feed,
        proxied(feed.port) as proxy,
        seated(proxy.port, **options) as seat,
    ):
        await up(seat)
        yield post, feed, proxy, seat


def publish(post: Post, feed: Feed, number: int, **rows: dict[str, Any]) -> None:
    post.at = f"e1-{number}"
    feed.publish(post.at, rows)


# --- frames


async def test_a_snapshot_in_parts_then_rows_then_beats() -> None:
    post = Post({"unit": {f"u{n}": {"n": n} for n in range(7)}})
    async with at_desk(post) as (_, feed, _proxy, seat):
        parts = [(f.part, f.of) for f in seat.frames if isinstance(f, Snapshot)]
        assert parts == [(1, 4), (2, 4), (3, 4), (4, 4)]
        publish(post, feed, 11, unit={"u0": {"n": 100}, "u1": None})
        await until(lambda: seat.model.at == "e1-11")
        assert seat.model.row("unit", "u0") == {"n": 100}
        assert "u1" not in seat.model.table("unit")
        await until(lambda: bool(seat.model.beat))


async def test_what_was_missed_in_a_cut_comes_once_and_nothing_else_again() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        publish(post, feed, 11, log={"e1-11.0": {"n": 11}})
        await until(lambda: seat.model.at == "e1-11")
        proxy.refuse()
        await until(lambda: not feed.consoles)
        publish(post, feed, 12, log={"e1-12.0": {"n": 12}})
        seat.frames.clear()
        proxy.accept()
        await until(lambda: seat.model.at == "e1-12")
        first = seat.frames[0]
        assert isinstance(first, Rows)
        assert first.resumed
        assert list(seat.model.table("log")) == ["e1-11.0", "e1-12.0"]


async def test_a_cut_too_long_to_resume_gives_the_whole_again() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        publish(post, feed, 11, unit={"gone": {"n": 1}})
        await until(lambda: "gone" in seat.model.table("unit"))
        proxy.refuse()
        await until(lambda: not feed.consoles)
        for number in range(12, 20):
            publish(post, feed, number, unit={"gone": None, f"u{number}": {"n": number}})
        proxy.accept()
        await until(lambda: seat.model.at == "e1-19" and not seat.model.loading)
        assert set(seat.model.table("unit")) == {"militia-1", *(f"u{n}" for n in range(12, 20))}


async def test_a_line_cut_in_the_middle_of_a_snapshot_begins_it_again() -> None:
    post = Post({"unit": {f"u{n}": {"n": n, "text": "x" * 20_000} for n in range(200)}})
    async with served(post) as feed, proxied(feed.port) as proxy:
        proxy.delay_s = 0.005
        async with seated(proxy.port) as seat:
            await until(lambda: seat.model.loading)
            proxy.cut()
            await until(
                lambda: len({f.part for f in seat.frames if isinstance(f, Snapshot)}) == 100
            )
            assert set(seat.model.table("unit")) == {f"u{n}" for n in range(200)}
            assert not any(isinstance(f, Rows) and f.resumed for f in seat.frames)


async def test_a_slow_line_loses_nothing_and_doubles_nothing() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        proxy.delay_s = 0.03
        for number in range(11, 200):
            publish(post, feed, number, log={f"e1-{number}.0": {"n": number}})
            if number in {60, 120}:
                proxy.cut()
            await asyncio.sleep(0.002)
        await until(lambda: seat.model.at == "e1-199")
        kept = [row["n"] for row in seat.model.table("log").values()]
        assert kept == sorted(set(kept))  # each once, in order
        assert kept[-1] == 199
        assert proxy.connections >= 3


async def test_a_line_without_a_beat_counts_as_lost_and_is_made_anew() -> None:
    async with at_desk(silent_s=0.3) as (_, _feed, proxy, seat):
        proxy.stalled = True
        await until(lambda: seat.link.state.phase is not Phase.UP)
        assert seat.link.state.reason == wire.SILENT
        proxy.stalled = False
        await up(seat)
        assert proxy.connections >= 2


# --- commands


async def test_commands_are_answered_with_their_time() -> None:
    async with at_desk() as (post, _, _proxy, seat):
        seat.note("a")
        await until(lambda: bool(seat.outcomes))
        post.answer = CommandResult(ok=False, reason="Changed", code="stale", by="2台")
        seat.note("b")
        await until(lambda: len(seat.outcomes) == 2)
        done, refused = seat.outcomes
        assert (done.how, done.what) == (OK, "a")
        assert done.ms is not None
        assert (refused.how, refused.text, refused.code, refused.by) == (
            REFUSED, "Changed", "stale", "2台",
        )  # fmt: skip


async def test_cut_before_the_post_heard_it_is_done_once_after() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        proxy.deaf_up = True
        seat.note("a")
        await asyncio.sleep(0.05)
        proxy.cut()
        proxy.deaf_up = False
        await until(lambda: seat.hows("a") == [UNKNOWN, OK])
        assert [one.id for one in post.done] == ["a"]
        assert len(feed.consoles) == 1


async def test_cut_while_the_post_is_at_it_is_done_once() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        post.gate.clear()
        seat.note("a")
        await until(lambda: len(post.begun) == 1)
        proxy.cut()
        await until(lambda: seat.hows("a") == [UNKNOWN])
        await up(seat)
        await until(lambda: len(feed.consoles) == 1)
        post.gate.set()
        await until(lambda: seat.hows("a") == [UNKNOWN, OK])
        assert [one.id for one in post.done] == ["a"]


async def test_cut_after_it_was_done_gets_the_first_answer() -> None:
    async with at_desk() as (post, _, proxy, seat):
        proxy.delay_s = 0.1
        seat.note("a")
        await until(lambda: len(post.done) == 1)
        proxy.cut()
        proxy.delay_s = 0.0
        await until(lambda: seat.hows("a") == [UNKNOWN, OK])
        assert [one.id for one in post.done] == ["a"]


async def test_while_the_line_is_down_nothing_is_sent_and_that_is_said() -> None:
    async with at_desk() as (post, _, proxy, seat):
        proxy.refuse()
        await until(lambda: seat.link.state.phase is not Phase.UP)
        seat.note("a")
        assert [(one.how, one.text) for one in seat.outcomes] == [(FAILED, UNASKED)]
        proxy.accept()
        await up(seat)
        seat.note("b")
        await until(lambda: seat.hows("b") == [OK])
        assert [one.id for one in post.done] == ["b"]


async def test_unknown_is_said_once_however_often_it_is_tried() -> None:
    async with at_desk() as (post, _, proxy, seat):
        post.gate.clear()
        seat.note("a")
        await until(lambda: len(post.begun) == 1)
        proxy.refuse()
        tried = proxy.connections
        await until(lambda: proxy.connections >= tried + 3)
        assert seat.hows("a") == [UNKNOWN]


async def test_who_looks_is_said_again_after_a_cut() -> None:
    async with at_desk() as (_, feed, proxy, seat):
        seat.link.send(Send(Watch(id="w1", incident="I-1")))
        await until(lambda: seat.model.row("viewer", "I-1") == {"names": ["desk-1"]})
        proxy.cut()
        await until(lambda: not feed.consoles)
        await up(seat)
        async with seated(feed.port, token="leader:desk-2") as other:
            await until(lambda: other.model.row("viewer", "I-1") == {"names": ["desk-1"]})
            seat.link.send(Send(Unwatch(id="w2", incident="I-1")))
            await until(lambda: not other.model.row("viewer", "I-1"))
        assert seat.outcomes == []


# --- who is let in


async def test_a_wrong_token_ends_the_attempts_with_the_posts_own_words() -> None:
    async with (
        served(Post()) as feed,
        proxied(feed.port) as proxy,
        seated(proxy.port, token="nobody") as seat,
    ):
        await until(lambda: seat.link.state.phase is Phase.REFUSED)
        assert seat.link.state.reason == "This token is not known here."
        assert not seat.link.ever_up
        await asyncio.sleep(0.2)
        assert proxy.connections == 1
        seat.link.resync()  # someone asked for it
        await until(lambda: proxy.connections == 2)


async def test_a_store_that_is_down_is_waited_for() -> None:
    async with (
        served(Post()) as feed,
        proxied(feed.port) as proxy,
        seated(proxy.port, token="store-down"),
    ):
        await until(lambda: proxy.connections >= 3)


async def test_a_post_that_is_not_there_is_waited_for_and_told() -> None:
    async with served(Post()) as feed, proxied(feed.port) as proxy:
        proxy.refuse()
        async with seated(proxy.port) as seat:
            await until(lambda: seat.link.state.phase is Phase.WAITING)
            assert seat.link.state.reason
            assert seat.link.state.retry_at is not None
            proxy.accept()
            await up(seat)


async def test_where_nobody_listens_and_where_no_post_answers_it_is_said() -> None:
    async def web(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(web, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with seated(port) as seat:
        await until(lambda: seat.link.state.reason == wire.NO_POST)
        server.close()
        await until(lambda: seat.link.state.reason == wire.NOBODY)


async def test_an_address_that_is_none_ends_the_attempts() -> None:
    link = Link(
        "http://127.0.0.1/x", lambda: Greeting("t", "c", (80, 24), "en"), lambda _: None,
        lambda _: None, lambda: "id",
    )  # fmt: skip
    running = asyncio.create_task(link.run())
    await until(lambda: link.state.phase is Phase.REFUSED)
    assert link.state.reason == wire.NO_ADDRESS
    running.cancel()


async def test_a_screen_that_nobody_sees_is_gone_for_the_post() -> None:
    async with at_desk() as (post, feed, proxy, seat):
        seat.link.hide()
        await until(lambda: not feed.consoles)
        assert seat.link.state.phase is Phase.HIDDEN
        await asyncio.sleep(0.1)
        assert proxy.connections == 1
        publish(post, feed, 11, unit={"u": {"n": 1}})
        seat.link.show()
        await up(seat)
        await until(lambda: seat.model.at == "e1-11")


async def test_resynchronising_asks_for_everything_again() -> None:
    async with at_desk() as (_, _feed, _proxy, seat):
        seat.frames.clear()
        seat.link.resync()
        await until(lambda: any(isinstance(frame, Snapshot) for frame in seat.frames))


# --- in another officer's name


async def test_a_second_signature_goes_in_the_other_officers_name() -> None:
    async with at_desk() as (post, feed, _, seat):
        seat.note("a", token="officer:desk-2")
        await until(lambda: seat.hows("a") == [OK])
        assert post.begun == [("desk-2", "officer", "a")]
        await until(lambda: feed.consoles == [("desk-1", "officer")])


async def test_a_wrong_second_token_is_refused_and_the_first_line_stands() -> None:
    async with at_desk() as (post, _, _proxy, seat):
        seat.note("a", token="nobody")
        await until(lambda: bool(seat.outcomes))
        (found,) = seat.outcomes
        assert (found.how, found.text) == (REFUSED, "This token is not known here.")
        assert post.begun == []
        assert seat.link.state.phase is Phase.UP


async def test_a_second_line_that_breaks_asks_again_with_the_same_id() -> None:
    async with at_desk() as (post, _, proxy, seat):
        post.gate.clear()
        seat.note("a", token="officer:desk-2")
        await until(lambda: len(post.begun) == 1)
        proxy.cut()
        await asyncio.sleep(0.05)
        post.gate.set()
        await until(lambda: seat.hows("a") == [OK])
        assert [one.id for one in post.done] == ["a"]


async def test_a_second_signature_without_any_answer_is_unknown_and_not_unsent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(other, "OPEN_S", 0.1)
    async with at_desk() as (post, _, _proxy, seat):
        post.gate.clear()
        seat.note("a", token="officer:desk-2")
        await until(lambda: bool(seat.outcomes))
        assert [(one.how, one.text) for one in seat.outcomes] == [(UNKNOWN, wire.UNANSWERED)]
        post.gate.set()


# --- a post that is none


async def test_a_frame_that_cannot_be_read_is_told_and_everything_is_asked_for_again() -> None:
    sinces: list[str] = []

    async def babble(ws: ServerConnection) -> None:
        sinces.append(str(await ws.recv()))
        await ws.send('{"snapshot":{},"at":"e1-5","role":"officer"}')
        await ws.send('{"rows":[1,2],"at":')
        await ws.wait_closed()

    async with serve(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with seated(port) as seat:
            await until(lambda: seat.link.state.reason == UNREADABLE)
            await until(lambda: len(sinces) >= 2)
    assert all('"since": null' in since for since in sinces)
