"""The report: every figure from the log, with its n."""

from __future__ import annotations

import pytest
from drill_make import inject, scenario, township

from simulations.judge import judge
from simulations.player import play
from simulations.report import Proof, Report, Spread, as_text, figures, spread
from simulations.scenario import find, load
from simulations.timeline import Teller


@pytest.fixture(scope="module")
def smoke() -> Report:
    made = load(find("smoke"))
    played = play(made, township(), "digest")
    verdicts = judge(made, played.events, played.there.told)
    return Report(made, figures(played.events), verdicts, Proof(7, 70, same=True), 10.0)


def test_a_spread_is_of_measured_values() -> None:
    assert spread([]) == Spread(0)
    assert spread([3.0]) == Spread(1, 3.0, 3.0, 3.0)
    assert spread([float(n) for n in range(10, 0, -1)]) == Spread(10, 5.0, 9.0, 10.0)


def test_counts_and_times_of_a_small_drill() -> None:
    # a ranger's word: released at once, so the first order goes out in the moment of the alarm
    made = scenario(inject(channel="rangers-1/alarm"))
    found = figures(play(made, township(), "digest").events)
    assert (found.alarms, found.incidents, found.rejected) == (1, 1, 0)
    assert found.outcomes == {"opened": 1}
    assert found.to_order == Spread(1, 0.0, 0.0, 0.0)
    assert found.to_handheld.n == found.orders
    assert found.orders == found.to_accept.n > found.to_scene.n > 0
    assert 0 < found.to_handheld.most < found.to_accept.p50 < found.to_scene.p50


def test_who_dropped_out_and_who_went_instead(smoke: Report) -> None:
    why = {(one.unit, one.why): one.instead for one in smoke.figures.dropouts}
    assert why["vgm-v03", "no_reply"]
    assert why["patrol-1", "unit_declined"]
    assert all(one.after_s == 0.0 for one in smoke.figures.dropouts if one.instead)


def test_nobody_in_its_place_is_said() -> None:
    units = [{"unit": "clinic-1", "decline": "救护车在修"}]
    made = scenario(inject(channel="rangers-1/alarm"), units=units)
    played = play(made, township(), "digest")
    (dropout,) = figures(played.events).dropouts
    assert (dropout.unit, dropout.instead, dropout.text) == ("clinic-1", "", "救护车在修")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_states_every_figure_with_its_n_and_every_inject(smoke: Report, lang: str) -> None:
    teller = Teller(township(), lang)
    text = as_text(smoke, teller, lang)
    assert all(verdict.inject.id in text for verdict in smoke.verdicts)
    for one in (smoke.figures.to_order, smoke.figures.to_accept, smoke.figures.to_scene):
        assert f"(n={one.n})" in text or f"（n={one.n}）" in text
    assert "✗" not in text
    assert smoke.passed


def test_a_log_that_gives_another_world_fails_the_drill(smoke: Report) -> None:
    broken = Report(smoke.scenario, smoke.figures, smoke.verdicts, Proof(7, 70, same=False), 10.0)
    assert not broken.passed
    assert "NOT the same world" in as_text(broken, Teller(township(), "en"), "en")


def test_an_unmet_inject_shows_what_is_missing() -> None:
    made = scenario(inject(expect=[{"within_s": 2.0, "event": "IncidentEnded"}]))
    played = play(made, township(), "digest")
    verdicts = judge(made, played.events, played.there.told)
    report = Report(made, figures(played.events), verdicts, Proof(1, 1, same=True), 0.0)
    text = as_text(report, Teller(township(), "en"), "en")
    assert not report.passed
    assert "✗" in text
    assert "missing after 2 s: IncidentEnded" in text
