"""Same seed, same log, byte for byte: in one process, and whatever the order of sets in another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
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
run = play(load_scenario(find(sys.argv[1])), load(TOWNSHIP), digest(TOWNSHIP))
sys.stdout.buffer.write(b"\\n".join(run.entries))
"""


@cache
def first(name: str) -> bytes:
    return again(name)


def again(name: str) -> bytes:
    run = play(load_scenario(find(name)), load(TOWNSHIP), digest(TOWNSHIP))
    return b"\n".join(run.entries)


@pytest.mark.parametrize("name", ["smoke", "earthquake"])
def test_a_second_time_in_the_same_process(name: str) -> None:
    assert again(name) == first(name)


@pytest.mark.parametrize(
    ("name", "seed"), [("smoke", "0"), ("smoke", "4711"), ("earthquake", "1"), ("ridge-fire", "2")]
)
def test_in_a_process_that_orders_its_sets_otherwise(name: str, seed: str) -> None:
    here = first(name)
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM, name],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": seed, "FENGSUI_LANG": "zh"},
        capture_output=True,
        check=True,
    ).stdout
    assert hashlib.sha256(there).hexdigest() == hashlib.sha256(here).hexdigest()
