"""The six scenarios, played by the post itself: what it decides, and that it does what is expected.

After a change that is meant: python -m simulations.player NAME --write, and read the difference.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from command.core.township import Township
from command.loader import digest, load
from command.post import TICK_S
from simulations.judge import judge
from simulations.player import TOWNSHIP, Played, golden, play
from simulations.said import named
from simulations.scenario import CONSOLE, FOLDER, Scenario, find
from simulations.scenario import load as load_scenario

SIX = ("ridge-fire", "flood-night", "earthquake", "coach", "missing-child", "quiet-night")
GOLDEN = Path(__file__).parent


@cache
def township() -> Township:
    return load(TOWNSHIP)


@cache
def scenario(name: str) -> Scenario:
    return load_scenario(find(name))


@cache
def played(name: str) -> Played:
    return play(scenario(name), township(), digest(TOWNSHIP))


def outcome(name: str, hazard: str) -> dict[str, float]:
    return dict(played(name).there.outcomes()[hazard].figures)


@pytest.mark.parametrize("name", SIX)
def test_it_decides_as_it_did(name: str) -> None:
    run = played(name)
    found = golden(name, run.events, run.there.scenario.start_at).splitlines()
    assert found == (GOLDEN / f"{name}.golden.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", SIX)
def test_the_post_does_what_is_expected_of_it(name: str) -> None:
    run = played(name)
    verdicts = judge(run.there.scenario, run.events, run.there.told, TICK_S, run.there.sent)
    assert [one.inject.id for one in verdicts if not one.passed] == []
    assert sum(one.at_s is not None for one in verdicts) >= 6
    assert run.there.unreceipted == 0
    assert run.same


@pytest.mark.parametrize("name", SIX)
def test_everything_in_it_is_of_this_township(name: str) -> None:
    """A source that the township does not know would be a stranger's by mistake."""
    made, here = scenario(name), township()
    known = {one.id for one in here.units} | {one.id for one in here.cameras}
    known |= {one.name for one in here.sources}
    spoken = {one.source for one in made.inject} - {CONSOLE}
    beats = {one for beat in made.heartbeat for one in named(beat.sources, here, teams=True)}
    stages = [stage for part in made.hazard for stage in getattr(part, "stage", ())]
    closed = {stage.closes for stage in stages if stage.closes}
    assert spoken | beats | {stage.channel.partition("/")[0] for stage in stages} <= known
    assert closed <= {place.id for place in here.places}
    assert {one.unit for one in made.unit if one.unit} <= {unit.id for unit in here.units}
    assert all(named(one.sources, here, teams=False) for one in made.noise)


@pytest.mark.parametrize("name", SIX)
def test_it_speaks_both_languages(name: str) -> None:
    made = scenario(name)
    head = made.scenario
    assert head.title
    assert head.title_en
    assert {one.objective for one in made.inject} == {one.id for one in made.objective}
    for inject in made.inject:
        assert bool(inject.note) == bool(inject.note_en)
        assert made.purpose(inject, "zh") != made.purpose(inject, "en")


def test_the_six_are_among_the_drills_that_come_with_the_house() -> None:
    assert set(SIX) < {path.stem for path in FOLDER.glob("*.toml")}
    assert all(scenario(name).scenario.name == name for name in SIX)


def test_the_fire_is_held_and_would_have_been_far_larger() -> None:
    fire = played("ridge-fire").there.outcomes()["ridge"]
    assert fire.over_s is not None
    assert fire.figures["hectares"] < 30


def test_the_bridge_is_guarded_before_the_water_is_over_it() -> None:
    assert "swept" not in outcome("flood-night", "pu")
    assert outcome("flood-night", "pu")["moved"] > 0


def test_nobody_crashes_into_the_coach() -> None:
    assert outcome("coach", "coach")["prevented"] == 1.0


def test_the_child_is_found() -> None:
    assert outcome("missing-child", "child")["found"] == 1.0


def test_six_hundred_alarms_mean_nothing_and_call_nobody_out() -> None:
    assert sum(one.count for one in scenario("quiet-night").noise) == 600
    orders = [one for one in played("quiet-night").events if type(one).__name__ == "UnitOffered"]
    assert {one.incident for one in orders} == {  # type: ignore[attr-defined]
        played("quiet-night").there._incidents["help"]
    }
