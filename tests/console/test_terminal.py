"""A terminal that is slow or stuck, by a writer whose file the test holds; rates; who looks."""

from __future__ import annotations

import io
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from console import terminal
from console.terminal import Writer, attached, has_chinese, rate, title


class Line(io.StringIO):
    """A terminal that takes what is written once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.texts: list[str] = []

    def write(self, text: str) -> int:
        self.may.wait(10)
        self.texts.append(text)
        return len(text)


def until(fact: object) -> None:
    assert callable(fact)
    deadline = time.monotonic() + 5
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_writing_never_waits_and_what_waits_is_counted() -> None:
    line = Line()
    writer = Writer(line)
    writer.start()
    began = time.monotonic()
    for number in range(1000):
        writer.write(f"{number} ")
    assert time.monotonic() - began < 1.0
    assert writer.waiting >= 2
    assert writer.flush_s >= 0.0
    line.may.set()
    until(lambda: writer.waiting == 0)
    assert "".join(line.texts) == "".join(f"{number} " for number in range(1000))
    writer.stop()
    assert not writer.is_alive()


def test_a_stuck_terminal_does_not_keep_the_program() -> None:
    writer = Writer(Line())
    writer.start()
    writer.write("x")
    began = time.monotonic()
    writer.stop()
    assert time.monotonic() - began < terminal.STOP_S + 1


def test_how_long_a_flush_takes_is_known_also_while_it_does() -> None:
    line = Line()
    writer = Writer(line)
    writer.start()
    writer.write("x")
    until(lambda: writer.flush_s > terminal.SLOW_FLUSH_S)
    line.may.set()
    until(lambda: writer.waiting == 0)
    assert writer.flush_s > terminal.SLOW_FLUSH_S
    writer.write("y")
    until(lambda: writer.flush_s < terminal.SLOW_FLUSH_S)
    writer.stop()


def test_a_terminal_that_is_gone_ends_the_writer() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

    writer = Writer(Gone())
    writer.start()
    writer.write("x")
    writer.join(5)
    assert not writer.is_alive()
    writer.write("y")  # and nobody waits for it
    writer.stop()


def test_drawings_a_second() -> None:
    assert rate({}, 0.0) == 10
    assert rate({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, 0.0) == 4
    assert rate({}, 0.06) == 2
    assert rate({"SSH_CONNECTION": "x"}, 0.06) == 2


def test_the_kernels_own_console_has_no_chinese() -> None:
    assert has_chinese({"TERM": "xterm-256color"})
    assert has_chinese({})
    assert not has_chinese({"TERM": "linux"})


def test_the_title_is_one_sequence() -> None:
    assert title("急2! 烽燧") == "\x1b]0;急2! 烽燧\x07"


def fake_tmux(tmp_path: Path, body: str) -> dict[str, str]:
    """A program called tmux, first on the path."""
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    return {"TMUX": "/tmp/tmux-1/default,1,0", "TMUX_PANE": "%1", "PATH": path}


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("echo 1 1795693697", True),
        ("echo 2 1795693697", True),
        ("echo 0 1795693697", False),
        ("echo '0 '", True),  # nobody ever was: it is read by a program
        ("exit 1", True),
        ("echo", True),
    ],
)
async def test_whether_anybody_looks_is_asked_of_tmux(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, seen: object
) -> None:
    variables = fake_tmux(tmp_path, body)
    monkeypatch.setenv("PATH", variables["PATH"])
    assert await attached(variables) is seen


async def test_without_tmux_or_with_one_that_hangs_a_screen_counts_as_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await attached({})
    monkeypatch.setattr(terminal, "ATTACHED_WAIT_S", 0.2)
    variables = fake_tmux(tmp_path, "exec sleep 30")
    monkeypatch.setenv("PATH", variables["PATH"])
    assert await attached(variables)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert await attached(variables | {"PATH": ""})
