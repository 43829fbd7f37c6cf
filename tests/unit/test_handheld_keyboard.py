"""Lines from pipes, files, nowhere and closed descriptors."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from sensors.handheld.keyboard import LONGEST_LINE, Keyboard


async def lines_of(fd: int | None) -> list[str]:
    with Keyboard(fd) as keyboard:
        lines = []
        while (line := await keyboard.lines.get()) is not None:
            lines.append(line)
        assert keyboard.held_a_line is bool(lines)
        return lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        ("接\n拒 17 路断\n".encode(), ["接", "拒 17 路断"]),
        ("单\n接".encode(), ["单", "接"]),  # no line feed at the end
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (b"\n\n", ["", ""]),
    ],
)
async def test_a_file(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    path = tmp_path / "lines"
    path.write_bytes(content)
    fd = os.open(path, os.O_RDONLY)
    try:
        assert await lines_of(fd) == expected
    finally:
        os.close(fd)


async def test_a_pipe_written_in_pieces() -> None:
    read, write = os.pipe()
    with Keyboard(read) as keyboard:
        word = "接\n".encode()
        os.write(write, word[:1])
        os.write(write, word[1:])
        assert await keyboard.lines.get() == "接"
        os.close(write)
        assert await keyboard.lines.get() is None
    os.close(read)


async def test_an_endless_line_is_cut_and_the_next_one_is_read() -> None:
    read, write = os.pipe()
    with Keyboard(read) as keyboard:
        feeding = asyncio.to_thread(_feed, write, b"x" * (LONGEST_LINE * 30) + b"\n" + b"go\n")
        (line, following), _ = await asyncio.gather(_two(keyboard), feeding)
    os.close(read)
    assert line is not None
    assert len(line) < LONGEST_LINE * 10
    assert following == "go"


async def _two(keyboard: Keyboard) -> tuple[str | None, str | None]:
    return await keyboard.lines.get(), await keyboard.lines.get()


def _feed(fd: int, content: bytes) -> None:
    while content:
        content = content[os.write(fd, content) :]
    os.close(fd)


async def test_no_standard_input_is_the_end_of_input() -> None:
    assert await lines_of(None) == []


async def test_a_terminal_that_went_away_is_the_end_of_input() -> None:
    keeper, terminal = os.openpty()
    with Keyboard(terminal) as keyboard:
        os.write(keeper, "单\n".encode())
        assert await keyboard.lines.get() == "单"
        os.close(keeper)
        assert await keyboard.lines.get() is None
    os.close(terminal)


async def test_leaving_does_not_wait_for_a_line() -> None:
    read, write = os.pipe()
    with Keyboard(read):
        pass
    os.close(read)
    os.close(write)
