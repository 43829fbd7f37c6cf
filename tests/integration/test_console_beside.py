"""`make run` and `make drill` as typed on a terminal: console and post together, and their end."""

from __future__ import annotations

import asyncio
import re
import stat
from pathlib import Path

from pty_rig import HOME, on_a_terminal
from served import _get

from command.servers import free_port

TOWNSHIP = str(HOME / "townships" / "jingming")
MAIN = "F10"  # the last line of the main page


async def gone(port: int) -> None:
    """Until nobody answers there any more."""
    while await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/healthz"):
        await asyncio.sleep(0.05)


async def test_a_post_with_its_console_and_a_second_one_beside_it(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    argv = ("-m", "fengsui", "serve", "--township", TOWNSHIP, "--listen", f"127.0.0.1:{port}")
    variables = {"FENGSUI_MQTT_PORT": str(free_port())}
    async with on_a_terminal(
        tmp_path, *argv, "--data", str(data), "--console", variables=variables
    ) as terminal:
        await terminal.until(MAIN)
        await terminal.until("duty-desk")
        kept = data / "console.token"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        health = await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/healthz")
        assert health["ok"]
        assert "console joined" in (data / "post.log").read_text(encoding="utf-8")
        assert kept.read_text().strip() not in (data / "post.log").read_text(encoding="utf-8")

        url = f"ws://127.0.0.1:{port}/console"
        second = ("-m", "fengsui", "console", "--url", url, "--data", str(data), "--readonly")
        async with on_a_terminal(tmp_path, *second, size=(80, 24)) as other:
            await other.until(MAIN)
            await other.until("duty-desk")
            other.type(":quit\r")
            async with asyncio.timeout(20):
                assert await other.process.wait() == 0
        assert terminal.process.returncode is None

        terminal.process.terminate()  # whatever the roster says of leaving
        async with asyncio.timeout(30):
            await terminal.process.wait()
        await gone(port)
        assert terminal.seen.rstrip().endswith(b"\x1b[?1004l") or b"\x1b[?1049l" in terminal.seen


async def test_an_officer_who_leaves_ends_the_post_they_started_and_is_asked_before(
    tmp_path: Path,
) -> None:
    data, port = tmp_path / "data", free_port()
    argv = ("-m", "fengsui", "serve", "--township", TOWNSHIP, "--listen", f"127.0.0.1:{port}")
    variables = {"FENGSUI_MQTT_PORT": str(free_port()), "FENGSUI_LANG": "en"}
    async with on_a_terminal(
        tmp_path, *argv, "--data", str(data), "--console", variables=variables
    ) as terminal:
        await terminal.until("duty-desk")
        terminal.type(":new sos v03-g2 crit // by phone\r")
        await terminal.until("I-e1-1")
        terminal.type(":quit\r")
        await terminal.until("(未了急件 1)")
        assert await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/healthz")
        terminal.type(":quit stop\r")
        async with asyncio.timeout(30):
            assert await terminal.process.wait() == 0
        await gone(port)


async def test_a_post_that_cannot_start_says_why_on_the_terminal(tmp_path: Path) -> None:
    argv = ("-m", "fengsui", "serve", "--township", str(tmp_path), "--listen", "127.0.0.1:0")
    async with on_a_terminal(tmp_path, *argv, "--data", str(tmp_path / "d"), "--console") as one:
        async with asyncio.timeout(30):
            assert await one.process.wait() == 1
        await asyncio.sleep(0.1)
        assert b"fengsui: " in one.seen
        assert b"Traceback" not in one.seen


async def test_a_drill_seats_an_officer_and_reports_when_they_leave(tmp_path: Path) -> None:
    argv = ("-m", "fengsui", "drill", "smoke", "--speed", "20", "--lang", "en")
    report = tmp_path / "report"
    async with on_a_terminal(tmp_path, *argv, "--report", str(report)) as terminal:
        await terminal.until("北坡林缘冒烟")
        start = len(terminal.seen)
        terminal.type(":quit\r")
        async with asyncio.timeout(60):
            code = await terminal.process.wait()
        await asyncio.sleep(0.1)
        said = bytes(terminal.seen[start:]).rpartition(b"\x1b[?1049l")[2].decode(errors="replace")
        ended = re.search(r"Ended at \d\d:\d\d: (\d+) of 18 injects", said)
        assert ended
        assert code == 0, said
        assert "Starting the post for the drill" in said
        assert (report / "report.zh.md").exists()
        assert (report / "post.log").exists()
