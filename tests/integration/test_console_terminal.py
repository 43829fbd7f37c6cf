"""The whole console on a pseudo terminal, before a real feed: what the terminal gets, and when."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pty_rig import Terminal, on_a_terminal
from test_feed import Post, served

from command.feed import Feed

NOW = 1_800_000_000.0  # test_feed.Post's clock
HOSTILE = (
    "[red]x[/]", "[@click=app.quit]y[/]", "\x1b[2J\x1b[H", "\x1b]0;evil\x07",
    "\x1b]8;;http://evil\x1b\\", "\x1b]52;c;ZXZpbA==\x07", "\x1bP1;2qevil\x1b\\", "\x1b",
    "\x9b31mz", "\x9d0;evil\x9c", "\x00\x07\x08\x0e", "\u202eevil\u2066", "\u200b\u200c\u2060",
    "e" + "\u0301" * 20, "👩\u200d🚒\ufe0f", "\U000e0041\U000e007f", "\u3164\u115f", "a\u00adb",
    "a\tb", "مرحبا", "急 I-0001", "长" * 10_000, "\r\n" * 500,
)  # fmt: skip
# All that Textual and we send to the terminal; anything else would be somebody else's.
OURS = re.compile(
    rb"\x1b\[[0-9;:]*m"  # colours
    rb"|\x1b\[\d+;\d+H"  # where
    rb"|\x1b\[\?[0-9;]+(?:[hl]|\$p)"  # modes, and what the terminal can do
    rb"|\x1b\[[<>=]\d*u"  # keyboard protocol
    rb"|\x1b\]22;[a-z-]+\x07"  # the pointer's shape
    rb"|\x1b\]0;[^\x00-\x1f\x7f]*\x07"  # the title
)
TITLE = re.compile(r"(?:急\d+!? |断线! )?烽燧")


def incident(ident: str, **over: Any) -> dict[str, Any]:
    """A common one, acknowledged."""
    return {
        "id": ident, "rev": 1, "state": "working", "kind": "wildfire", "family": "emergency",
        "alarm_kind": "smoke", "priority": 3, "place": "v01-g2", "place_name": "雷家沟村二组",
        "title": "对面山坡冒烟", "text": "", "opened_at": NOW - 60, "news_at": NOW - 5,
        "sources": {}, "hazards": [], "ask": [],
        "ack": {"by": "desk-1", "until": NOW + 9e6}, "due": {},
        "needs": [], "rec": [], "orders": [], "nobody_for": [], "notes": [], "exercise": False,
        "position": None, "ladder": [], "level": 0,
    } | over  # fmt: skip


class Rows:
    """Publishes rows, each commit one further."""

    def __init__(self, post: Post, feed: Feed) -> None:
        self.post, self.feed, self.number = post, feed, 10

    def __call__(self, *rows: dict[str, Any], table: str = "incident") -> None:
        self.number += 1
        self.post.at = f"e1-{self.number}"
        self.feed.publish(self.post.at, {table: {row["id"]: row for row in rows}})


@asynccontextmanager
async def at_terminal(tmp_path: Path, *more: str) -> AsyncIterator[tuple[Terminal, Rows]]:
    post = Post({"incident": {"I-e1-1": incident("I-e1-1", title="第一件")}, "case": {}})
    async with served(post, beat_s=0.2, stuck_beats=10) as feed:
        argv = ("-m", "fengsui", "console", "--url", f"ws://127.0.0.1:{feed.port}/console", *more)
        token = {"FENGSUI_TOKEN": "officer:desk-1"}
        async with on_a_terminal(tmp_path, *argv, variables=token) as terminal:
            await terminal.until("第一件")
            yield terminal, Rows(post, feed)


async def test_a_row_that_changes_is_on_the_screen_at_once(tmp_path: Path) -> None:
    async with at_terminal(tmp_path) as (terminal, rows):
        rows(incident("I-e1-2", title="第二件"))
        await terminal.until("第二件")


async def test_what_is_hostile_reaches_no_terminal(tmp_path: Path) -> None:
    async with at_terminal(tmp_path) as (terminal, rows):
        for number, text in enumerate(HOSTILE, 10):
            fields = dict.fromkeys(("title", "text", "place_name", "kind", "changed_by"), text)
            rows(
                incident(
                    f"I-e1-{number}",
                    **fields,
                    hazards=[text],
                    notes=[{"at": NOW, "by": text, "text": text}],
                    sources={text: {"class": text, "kind": text, "text": text}},
                )
            )
            rows(
                {"id": f"u{number}", "name": text, "state": "available", "members": 3}, table="unit"
            )
        rows(incident("I-e1-99", title="最后一件", priority=1, ack=None))
        await terminal.until("最后一件")
        for keys in ("\x1b[B", "\r", "\x1b", "\x1b[17~", "\x1b[15~", ":", "evil", "\x1b"):
            terminal.type(keys)
            await asyncio.sleep(0.2)
        seen = bytes(terminal.seen)
    text = OURS.sub(b"", seen).decode()  # and it is whole UTF-8
    strange = {c for c in text if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0} - {"\n", "\r", "\x07"}
    assert not strange, strange
    forbidden = "\u202e\u2066\u200b\u200c\u2060\u200d\ufe0f\u3164\u115f\u00ad\U000e0041👩م"
    assert not set(forbidden) & set(text)
    titles = [one.group()[4:-1].decode() for one in re.finditer(rb"\x1b\]0;[^\x07]*\x07", seen)]
    assert titles
    assert all(TITLE.fullmatch(one) for one in titles), titles
    assert text.count("\x07") <= 2  # our own bell, for the red


async def test_a_terminal_that_does_not_read_stops_neither_feed_nor_sound(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    ear = tmp_path / "ear.py"
    say = "f'{time.time()} {sys.argv[1]}' + chr(10)"
    ear.write_text(f"import sys, time\nopen({str(heard)!r}, 'a').write({say})\n")
    command = f"{sys.executable} -S {ear}"
    async with at_terminal(tmp_path, "--sound-command", command) as (terminal, rows):
        terminal.stall()
        began = time.monotonic()
        number = 0
        red_at = 0.0
        while time.monotonic() - began < 6.0:
            number += 1
            text = f"{number:04}" + "长" * 400
            rows(*(incident(f"I-e1-{n}", title=f"{n} {text}", text=text) for n in range(2, 40)))
            if not red_at and time.monotonic() - began > 4.0:
                red_at = time.time()
                rows(incident("I-e1-77", priority=1, ack=None, title="新急件"))
            await asyncio.sleep(0.02)
        rows(incident("I-e1-78", priority=1, ack=None, title="最新的急件"))
        assert rows.feed.consoles, "the feed cut a console that did not read on"
        at, word = heard.read_text().splitlines()[-1].split()
        assert word == "crit"
        assert float(at) - red_at < 1.5  # a program has to start, on a machine that others use
        start, again = len(terminal.seen), time.monotonic()
        terminal.read()
        await terminal.until("最新的急件", start)
        assert time.monotonic() - again < 1.0


async def test_an_officer_leaves_and_the_terminal_is_as_it_was(tmp_path: Path) -> None:
    async with at_terminal(tmp_path) as (terminal, _rows):
        terminal.type(":quit\r")
        async with asyncio.timeout(10):
            assert await terminal.process.wait() == 0
        await asyncio.sleep(0.1)
        assert b"\x1b[?1049l" in terminal.seen
        assert terminal.seen.rfind(b"\x1b]0;\x07") > terminal.seen.rfind("烽燧\x07".encode())


async def test_a_terminal_that_is_closed_ends_the_console(tmp_path: Path) -> None:
    async with at_terminal(tmp_path) as (terminal, _rows):
        terminal.stall()
        terminal.process.send_signal(1)  # SIGHUP
        async with asyncio.timeout(10):
            assert await terminal.process.wait() == 0


async def test_a_terminal_that_vanishes_without_a_signal_ends_it_as_well(tmp_path: Path) -> None:
    async with at_terminal(tmp_path) as (terminal, _rows):
        terminal.vanish()
        async with asyncio.timeout(10):
            # 120 is Python's own: its last words could not be flushed to what is gone.
            assert await terminal.process.wait() in {0, 120}


async def test_a_wrong_token_is_one_line_and_exit_one(tmp_path: Path) -> None:
    async with served(Post()) as feed:
        url = f"ws://127.0.0.1:{feed.port}/console"
        argv = ("-m", "fengsui", "console", "--url", url, "--token", "nobody", "--lang", "en")
        async with on_a_terminal(tmp_path, *argv) as terminal:
            assert await terminal.process.wait() == 1
            await asyncio.sleep(0.1)
            last = bytes(terminal.seen).rpartition(b"\x1b[?1049l")[2]
            assert b"fengsui: This token is not known here." in last
            assert b"Traceback" not in terminal.seen


@pytest.mark.parametrize(
    ("variables", "absent"),
    [
        ({"NO_COLOR": "1"}, rb"\x1b\[(?:\d+;)*[34]8;[0-9;]*m"),
        ({"TERM": "linux"}, "[\u4e00-\u9fff]".encode()),
    ],
)
async def test_a_terminal_without_colour_or_without_chinese_gets_none_of_ours(
    tmp_path: Path, variables: dict[str, str], absent: bytes
) -> None:
    async with served(Post({"incident": {}, "case": {}})) as feed:
        url = f"ws://127.0.0.1:{feed.port}/console"
        argv = ("-m", "fengsui", "console", "--url", url)
        token = {"FENGSUI_TOKEN": "officer:desk-1"}
        async with on_a_terminal(tmp_path, *argv, variables=token | variables) as terminal:
            await terminal.until("desk-1")
            text = bytes(terminal.seen)
    if absent.startswith(rb"\x1b"):
        assert not re.search(absent, text)
    else:
        title_less = OURS.sub(b"", text).decode()
        assert not re.search(absent.decode(), title_less), title_less[-500:]
