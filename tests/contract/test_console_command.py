"""`fengsui console` and `fengsui bench console` as a shell has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract.outside import fengsui


@pytest.mark.parametrize(
    "bad",
    [
        ("--lang", "fr"),
        ("--theme", "pink"),
        ("--guard", "9"),
        ("--guard", "0"),
        ("--sound-command", "play 'x"),
        ("--no-such-option",),
    ],
)
def test_bad_use_is_one_line_and_exit_two(bad: tuple[str, ...]) -> None:
    done = fengsui("console", "--token", "t", *bad)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert bad[0] in done.stderr


def test_without_a_token_it_says_where_one_could_be(tmp_path: Path) -> None:
    done = fengsui("console", "--data", str(tmp_path), env={"FENGSUI_LANG": "en"})
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(tmp_path) in line
    assert "--token" in line
    assert "FENGSUI_TOKEN" in line


def test_a_drill_with_a_console_wants_a_terminal() -> None:
    done = fengsui("drill", "smoke", "--console")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_help_names_every_option_of_the_design() -> None:
    said = fengsui("console", "--help").stdout
    for option in ("--url", "--token", "--lang", "--readonly", "--theme", "--guard", "--sound"):
        assert option in said


@pytest.mark.slow
def test_the_benchmark_measures_and_says_so() -> None:
    done = fengsui("bench", "console", "--seconds", "8", "--json")
    assert done.returncode in {0, 1}, done.stderr  # whether it holds is this machine's affair
    found = json.loads(done.stdout)
    assert found["keys"] > 0
    assert 0 < found["p50"] <= found["p95"] <= found["worst"]
    assert found["cpu"] > 0


def test_seconds_are_for_the_consoles_benchmark_alone() -> None:
    done = fengsui("bench", "way", "--seconds", "4")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
