"""The console in a browser: who is let in, and what is started for a tab."""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from console import web

PORT = 8470


PLAIN, UPGRADE = False, True


def test_pages_of_our_own_are_let_in() -> None:
    for name in ("127.0.0.1:8470", "localhost:8470"):
        assert web.ours(name, None, PORT, upgrade=PLAIN)
        assert web.ours(name, f"http://{name}", PORT, upgrade=UPGRADE)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8470", None),
        ("127.0.0.1:8470", "http://elsewhere.example"),
        ("127.0.0.1:8470", "http://127.0.0.1:8471"),
        ("127.0.0.1:8470", "https://127.0.0.1:8470"),
        ("127.0.0.1:8470", "null"),
        ("elsewhere.example:8470", "http://elsewhere.example:8470"),
        ("127.0.0.1", "http://127.0.0.1:8470"),
        (None, None),
    ],
)
def test_no_other_page_opens_the_line(host: str | None, origin: str | None) -> None:
    assert not web.ours(host, origin, PORT, upgrade=UPGRADE)


def test_a_name_that_somebody_points_here_shows_nothing() -> None:
    assert not web.ours("elsewhere.example:8470", None, PORT, upgrade=PLAIN)


def test_a_tab_starts_the_console_with_the_options_as_they_were_given() -> None:
    options = ["--data", "a folder; rm -r", "--lang", "en"]
    words = shlex.split(web.command(options))
    assert words == [sys.executable, "-m", "fengsui", "console", *options]


def test_the_terminal_that_it_was_started_in_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"TERM": "linux", "TMUX": "/tmp/t", "SSH_CONNECTION": "1 2"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TMUX_PANE", "%1")
    web.environment()
    assert os.environ["TERM"] != "linux"
    assert not {"TMUX", "TMUX_PANE", "SSH_CONNECTION"} & set(os.environ)


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    with socket.socket() as free:
        free.bind((web.HERE, 0))
        port: int = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "console.web", "--port", str(port), "--readonly",
        "--url", "ws://127.0.0.1:1/console", "--token", "none",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = await process.stdout.readline()
        assert said.decode() == f"http://{web.HERE}:{port}/\n"
        yield port
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


async def get(port: int, headers: Mapping[str, str]) -> str:
    """The head and the body of `/`."""
    for _ in range(50):
        try:
            reader, writer = await asyncio.open_connection(web.HERE, port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    else:
        raise AssertionError("nobody listens")
    lines = ["GET / HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
    writer.write(("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer


async def test_without_the_extra_it_says_what_to_install() -> None:
    without = "import sys; sys.modules['textual_serve.server'] = None; import console.web as w; "
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", without + "sys.exit(w.main())", stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert "pip install 'textual-serve>=1.1'" in said.decode()
    assert "Traceback" not in said.decode()


async def test_served_it_lets_in_its_own_page_and_no_other() -> None:
    pytest.importorskip("textual_serve", reason="the extra `web` is not installed")
    async with serving() as port:
        page = await get(port, {"Host": f"127.0.0.1:{port}"})
        assert page.startswith("HTTP/1.1 200")
        assert "frame-ancestors 'none'" in page
        assert "烽燧" in page
        stranger = await get(port, {"Host": f"elsewhere.example:{port}"})
        assert stranger.startswith("HTTP/1.1 403")
        socket_of = f"ws://127.0.0.1:{port}/ws?width=80&height=24"
        with pytest.raises(InvalidStatus):
            await connect(socket_of, origin="http://elsewhere.example")  # type: ignore[arg-type]
        async with connect(socket_of, origin=f"http://127.0.0.1:{port}") as line:  # type: ignore[arg-type]
            first = await asyncio.wait_for(line.recv(), 20)
        assert first
