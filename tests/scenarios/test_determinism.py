"""Same seed, same log, byte for byte: in one process, and whatever the order of sets in another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from command.loader import digest, load
from simulations.player import TOWNSHIP, play
from simulations.scenario import find
from simulations.scenario import load as load_scenario

PROJECT = Path(__file__).parents[2]
PROGRAM = """
import sys
from command.loader import digest, load
from simulations.player import TOWNSHIP, play
from simulations.scenario import find
from simulations.scenario import load as load_scenario
run = play(load_scenario(find("smoke")), load(TOWNSHIP), digest(TOWNSHIP))
sys.stdout.buffer.write(b"\\n".join(run.entries))
"""


@pytest.fixture(scope="module")
def here() -> bytes:
    run = play(load_scenario(find("smoke")), load(TOWNSHIP), digest(TOWNSHIP))
    return b"\n".join(run.entries)


def test_a_second_time_in_the_same_process(here: bytes) -> None:
    run = play(load_scenario(find("smoke")), load(TOWNSHIP), digest(TOWNSHIP))
    assert b"\n".join(run.entries) == here


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_in_a_process_that_orders_its_sets_otherwise(here: bytes, seed: str) -> None:
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": seed, "FENGSUI_LANG": "zh"},
        capture_output=True,
        check=True,
    ).stdout
    assert hashlib.sha256(there).hexdigest() == hashlib.sha256(here).hexdigest()
