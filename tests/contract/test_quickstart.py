"""README's quick start, typed as it stands, by somebody who has only README.

A copy of the checkout (links, and a folder for `.venv` and `data`) stands for a fresh one, so that
nothing is left in this one. Free ports take the place of README's, in the ways that README names.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.outside import ROOT, Lines, environment, program

PORT = "2883"  # README's
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme: str, section: str) -> list[str]:
    """The code blocks under one heading."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"\n## {section}\n")
    assert rest, section
    return [found[2].strip() for found in BLOCK.finditer(rest.partition("\n## ")[0])]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As after a clone and `make setup`."""
    for entry in ROOT.iterdir():
        if entry.name not in {"data", "reports", ".git", ".venv"}:
            (tmp_path / entry.name).symlink_to(entry)
    shim = tmp_path / ".venv" / "bin" / "fengsui"
    shim.parent.mkdir(parents=True)
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fengsui "$@"\n')
    shim.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def test_an_alarm_of_ones_own_becomes_an_order_that_is_accepted(
    checkout: Path, free_ports: Callable[[], int]
) -> None:
    for name in ("make", "mosquitto_pub"):
        program(name)
    start, handheld, alarm, answer, log = blocks("README.md", "Quick start")
    port = str(free_ports())

    def typed(command: str, *, stdin: bool = False, terminal: bool = False) -> Lines:
        argv = ["sh", "-c", command.replace(PORT, port)]
        return Lines(argv, cwd=checkout, stdin=stdin, terminal=terminal)

    setup, run = start.splitlines()
    with typed(f"{run} MQTT_PORT={port} LISTEN=127.0.0.1:0", terminal=True) as post:
        assert typed(setup).ended() == 0
        post.wait_for(lambda line: f"mqtt://127.0.0.1:{port}" in line)
        post.wait_for(lambda line: "/healthz" in line)
        with typed(f"exec {handheld} --lang en", stdin=True) as team:
            team.wait_for(lambda line: "online" in line)
            assert typed(alarm).ended() == 0
            team.wait_for(lambda line: "New order" in line)
            team.wait_for(lambda line: "对面山坡冒烟" in line)
            team.type(answer)
            team.wait_for(lambda line: "Post has it: order accepted" in line)
            team.type("quit")
            assert team.ended() == 0
        told = subprocess.run(
            ["sh", "-c", log],
            cwd=checkout,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert '"status": "accepted"' in told.stdout
        os.killpg(post.process.pid, signal.SIGINT)  # Ctrl-C
        post.ended()
    assert "Traceback" not in "\n".join(post.err)
    assert (checkout / "data").is_dir()


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_make_alone_lists_what_there_is(readme: str) -> None:
    program("make")
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"`make (\w+)", (ROOT / readme).read_text(encoding="utf-8")))
    assert {"setup", "run", "drill", "test"} <= named
    assert all(f"make {target} " in listed for target in named)
