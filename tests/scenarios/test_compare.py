"""`fengsui drill --compare`: really played, on the virtual clock, from the command line."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import fengsui
from command.errors import ConfigError
from simulations.compare import Options, compare, variant
from simulations.player import TOWNSHIP
from simulations.scenario import Scenario, load

SHORT = """
[scenario]
name = "short"
title = "短"
title_en = "Short"
length_s = 200
seed = 7
start = 2026-11-23T08:00:00+08:00

[[inject]]
id = "a-1"
at_s = 5
channel = "ljg-05/alarm"
objective = "先派人"
payload = { kind = "smoke", severity = "severe" }
expect = [{ within_s = 40, event = "UnitOffered" }]
"""


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def options(scenario: Scenario, first: str, second: str, **values: object) -> Options:
    made: dict[str, object] = {"seeds": 5, "township": TOWNSHIP, "report": None, "lang": "en"}
    return Options([scenario], first, second, **made | values)  # type: ignore[arg-type]


def test_waiting_for_an_officer_who_is_not_there_is_worse(short: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    folder = tmp_path / "report"
    assert not compare(options(load(short), "by-hand", "at-once", report=folder), out)
    assert "| \\* Injects met, % | 5 | 0.00 | 100.00 | -100.00 |" in out.getvalue()
    assert "B better" in out.getvalue()
    kept = json.loads((folder / "compare-short.json").read_text(encoding="utf-8"))
    assert [row["seed"] for row in kept["seeds"]] == [7, 8, 9, 10, 11]
    assert kept["seeds"][0]["a"]["injects"] == 0.0
    chinese = (folder / "compare-short.zh.md").read_text(encoding="utf-8")
    assert "B 更好" in chinese


def test_a_policy_against_itself_shows_no_difference_at_all(short: Path) -> None:
    out = io.StringIO()
    assert compare(options(load(short), "ours", "ours", seeds=2), out)
    rows = [line for line in out.getvalue().splitlines() if "| 2 |" in line]
    assert len(rows) > 4
    assert all("| +0.00 |" in row for row in rows)


def test_other_run_cards_and_another_folder_are_variants(tmp_path: Path) -> None:
    plans = (TOWNSHIP / "plans.toml").read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(plans.replace("山火", "林火"), encoding="utf-8")
    folder = tmp_path / "there"
    shutil.copytree(TOWNSHIP, folder)
    cards = variant(str(other), TOWNSHIP).township.plans.plans
    assert cards["wildfire"].name == "林火"
    assert variant(str(folder), TOWNSHIP).township == variant("ours", TOWNSHIP).township


def test_what_is_neither_a_policy_nor_a_path_is_refused() -> None:
    with pytest.raises(ConfigError, match="at-once"):
        variant("best", TOWNSHIP)


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["drill"], 2),
        (["drill", "smoke", "--compare", "ours"], 2),
        (["drill", "smoke", "--compare", "ours", "best"], 2),
        (["drill", "smoke", "--compare", "ours", "ours", "--speed", "2"], 2),
        (["drill", "nowhere", "--compare", "ours", "ours"], 2),
    ],
)
def test_bad_use_is_told(argv: list[str], code: int) -> None:
    assert CliRunner().invoke(fengsui.app, argv).exit_code == code


def test_the_command_line_says_which_is_worse(short: Path) -> None:
    argv = ["drill", str(short), "--compare", "by-hand", "at-once", "--seeds", "5", "--lang", "en"]
    found = CliRunner().invoke(fengsui.app, argv)
    assert found.exit_code == 1
    assert "Injects met" in found.output
    argv[3:5] = ["at-once", "by-hand"]
    assert CliRunner().invoke(fengsui.app, argv).exit_code == 0
