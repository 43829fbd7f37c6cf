"""The smoke drill on the virtual clock: golden transcript, replay, seeds.

After a change that is meant: python -m simulations.player smoke --write, and read the difference.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from command.core.codec import decode_entry, dump_world, load_world
from command.core.evolve import evolve
from command.loader import digest, load
from command.post import TICK_S
from simulations.drill import Options, fast
from simulations.judge import judge
from simulations.player import TOWNSHIP, Played, main, play, replayed, transcript
from simulations.scenario import Scenario, find
from simulations.scenario import load as load_scenario

GOLDEN = Path(__file__).parent / "smoke.golden.txt"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(find("smoke"))


@pytest.fixture(scope="module")
def played(scenario: Scenario) -> Played:
    return play(scenario, load(TOWNSHIP), digest(TOWNSHIP))


def with_seed(scenario: Scenario, seed: int) -> Scenario:
    head = scenario.scenario.model_copy(update={"seed": seed})
    return scenario.model_copy(update={"scenario": head})


def test_the_transcript_is_the_golden_one(scenario: Scenario, played: Played) -> None:
    found = transcript(played.events, scenario.start_at).splitlines()
    assert found == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_every_inject_gets_its_expected_actions(scenario: Scenario, played: Played) -> None:
    verdicts = judge(scenario, played.events, played.there.told, TICK_S)
    assert [v.inject.id for v in verdicts if not v.passed] == []
    assert len(verdicts) == len(played.there.sent)


def test_every_message_gets_its_receipt(played: Played) -> None:
    assert played.there.unreceipted == 0


def test_the_log_replayed_into_an_empty_world_gives_the_same_bytes(played: Played) -> None:
    again = replayed(played.entries, played.world.township_id)
    assert dump_world(again) == dump_world(played.world)


def test_a_snapshot_loaded_gives_the_same_bytes(played: Played) -> None:
    data = dump_world(played.world)
    assert dump_world(load_world(data)) == data


def test_half_a_log_and_then_the_rest_gives_the_same_bytes(played: Played) -> None:
    """A snapshot in the middle is as good as the whole log."""
    half = len(played.entries) // 2
    world = load_world(dump_world(replayed(played.entries[:half], played.world.township_id)))
    for entry in played.entries[half:]:
        for event in decode_entry(entry):
            evolve(world, event)
    assert dump_world(world) == dump_world(played.world)


def test_the_same_seed_gives_the_same_log(scenario: Scenario, played: Played) -> None:
    again = play(scenario, load(TOWNSHIP), digest(TOWNSHIP))
    assert again.entries == played.entries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_plays_otherwise_and_passes(
    scenario: Scenario, played: Played, seed: int
) -> None:
    other = with_seed(scenario, seed)
    again = play(other, load(TOWNSHIP), digest(TOWNSHIP))
    assert again.entries != played.entries
    verdicts = judge(other, again.events, again.there.told, TICK_S)
    assert [v.inject.id for v in verdicts if not v.passed] == []


def test_the_program_prints_the_transcript(
    capsys: pytest.CaptureFixture[str], scenario: Scenario, played: Played
) -> None:
    assert main(["smoke"]) == 0
    assert capsys.readouterr().out == transcript(played.events, scenario.start_at)
    assert main(["nope"]) == 1
    assert "smoke" in capsys.readouterr().err


def test_the_command_line_plays_it_without_a_server(tmp_path: Path) -> None:
    out = io.StringIO()
    options = Options(load_scenario(find("smoke")), report=tmp_path / "report", lang="en")
    report = fast(options, out)
    assert report.passed
    assert "18 of 18" in out.getvalue()
    golden = (Path(__file__).parent / "smoke.golden.txt").read_text(encoding="utf-8")
    assert (tmp_path / "report" / "transcript.txt").read_text(encoding="utf-8") == golden
