"""Drills on the real clock: a real post, real MQTT, the real store; then the command line."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from redis import Redis

from command.broker import address
from command.core.codec import decode_entry
from simulations.drill import Options, drill
from simulations.live import new_client
from simulations.player import TOWNSHIP
from simulations.report import Report
from simulations.scenario import Scenario, find, known, load
from simulations.servers import Process

PROJECT = Path(__file__).parents[2]
SPEED = 20.0
SHORT = """
[scenario]
name = "short"
title = "短"
title_en = "Short"
length_s = 30
seed = 1
start = 2026-11-23T08:00:00+08:00

[[inject]]
id = "sos-1"
at_s = 3
channel = "sos-school-1/alarm"
payload = {{ kind = "sos" }}
objective = "求救"
expect = [
  {{ within_s = 2, receipt = "opened" }},
  {{ within_s = {within}, event = "{event}" }},
]
"""


def short(folder: Path, event: str = "UnitOffered", within: int = 2) -> Path:
    """A drill of half a minute: an SOS, and what is expected to follow."""
    path = folder / "short.toml"
    path.write_text(SHORT.format(event=event, within=within), encoding="utf-8")
    return path


def processes(folder: Path) -> list[str]:
    """The programs that run in `folder`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if str(folder) in line:
            found.append(line)
    return found


async def played(scenario: Scenario, **options: object) -> tuple[Report, str]:
    out = io.StringIO()
    report = await drill(Options(scenario, lang="en", **options), out)  # type: ignore[arg-type]
    return report, out.getvalue()


async def test_the_smoke_drill_passes_on_the_embedded_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # to see what a drill leaves there
    report, text = await played(load(find("smoke")), speed=SPEED, report=tmp_path / "report")
    unmet = [(v.inject.id, v.findings) for v in report.verdicts if not v.passed]
    assert unmet == [], text[-3000:]
    assert report.proof.same
    assert report.passed
    assert report.figures.dropouts
    assert "Passed: 18 of 18" in text
    assert "05:10/10:00 11/18" in text  # progress: elapsed of the whole, injects of all
    assert processes(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert written == {
        "report.zh.md",
        "report.en.md",
        "report.html",
        "entries.jsonl",
        "transcript.txt",
    }
    entries = (tmp_path / "report" / "entries.jsonl").read_bytes().splitlines()
    assert len(entries) == report.proof.entries
    assert all(decode_entry(entry) for entry in entries)


async def test_a_drill_on_given_servers_leaves_nothing_there(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    redis = Redis.from_url(redis_own.url)
    redis.set("{fs:jingming}:epoch", 7)  # the live side's, which a drill must never touch
    scenario = load(short(tmp_path))
    report, text = await played(scenario, speed=5.0, mqtt=mosquitto.url, redis=redis_own.url)
    assert report.passed, text
    assert redis.keys("*") == [b"{fs:jingming}:epoch"]
    assert redis.get("{fs:jingming}:epoch") == b"7"
    redis.close()
    assert await retained(mosquitto.url) == []


async def retained(url: str) -> list[str]:
    """The topics of drills that the broker hands to a newcomer."""
    found: list[str] = []
    async with new_client(address(url), "newcomer") as client:
        await client.subscribe("fsx/#", qos=1)
        await client.publish("fsx/end/post/status", b"x", qos=1)  # comes after all that is kept
        async for message in client.messages:
            if message.topic.matches("fsx/end/post/status"):
                return found
            found.append(str(message.topic))
    return found


async def test_two_drills_in_one_data_folder_do_not_meet(tmp_path: Path) -> None:
    scenario = load(short(tmp_path))
    for _ in range(2):
        report, text = await played(scenario, speed=10.0, data=tmp_path / "data")
        assert report.passed, text
        assert report.figures.incidents == 1


def fengsui(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As a person would, with nothing at the other end of stdin and no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "fengsui", "drill", *arguments],
        cwd=PROJECT,
        env={**os.environ, "FENGSUI_LANG": "en"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_an_unmet_expectation_exits_1_and_says_which(tmp_path: Path) -> None:
    ended = fengsui(str(short(tmp_path, "IncidentEnded")), "--speed", "10")
    assert ended.returncode == 1, ended.stderr
    assert "✗ +00:03.000 sos-1" in ended.stdout
    assert "IncidentEnded" in ended.stdout
    assert re.search(r"Not passed: 0 of 1", ended.stdout)


def test_a_met_one_exits_0_without_a_terminal(tmp_path: Path) -> None:
    ended = fengsui(str(short(tmp_path)), "--speed", "10", "--lang", "en")
    assert ended.returncode == 0, ended.stderr
    assert "Passed: 1 of 1" in ended.stdout
    assert "\x1b" not in ended.stdout


@pytest.mark.parametrize("arguments", [("nope",), ("smoke", "--speed", "0"), ("smoke", "--bad")])
def test_bad_use_exits_2_in_one_clear_line(arguments: tuple[str, ...]) -> None:
    ended = fengsui(*arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    if arguments == ("nope",):
        drills = f"Drills: {' '.join(known())}; or the path of a .toml file."
        said = f"fengsui: There is no drill 'nope'. {drills}"
        assert ended.stderr.strip().splitlines() == [said]


def test_a_faulty_township_exits_1_in_words(tmp_path: Path) -> None:
    ended = fengsui("smoke", "--township", str(tmp_path / "nowhere"))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "nowhere" in ended.stderr


def test_the_reference_township_is_not_written_to(tmp_path: Path) -> None:
    """A drill with a township of its own id works on a copy."""
    before = {path: path.read_bytes() for path in TOWNSHIP.iterdir()}
    ended = fengsui(str(short(tmp_path)), "--speed", "10", "--data", str(tmp_path / "data"))
    assert ended.returncode == 0, ended.stderr
    assert {path: path.read_bytes() for path in TOWNSHIP.iterdir()} == before
    assert (tmp_path / "data" / "services").is_dir()
