"""An inject passes only if what was expected of it was seen, of it, and in time."""

from __future__ import annotations

from typing import Any

import pytest
from drill_make import inject, scenario, township

from command.post import TICK_S
from simulations.field import Told
from simulations.judge import Verdict, judge
from simulations.player import Played, play


def verdicts(*injects: dict[str, Any], **head: Any) -> tuple[Played, list[Verdict]]:
    made = scenario(*injects, **head)
    played = play(made, township(), "digest")
    return played, judge(made, played.events, played.there.told)


def one(**expectation: Any) -> Verdict:
    return verdicts(inject(expect=[expectation]))[1][0]


@pytest.mark.parametrize(
    "met",
    [
        {"within_s": 1.0, "event": "IncidentOpened"},
        {"within_s": 1.0, "event": "IncidentOpened", "where": {"plan": "wildfire"}},
        {"within_s": 1.0, "event": "IncidentOpened", "where": {"plan": ["x", "wildfire"]}},
        {"within_s": 60.0 + TICK_S, "event": "UnitOffered", "where": {"role": "crew"}},
        {"within_s": 59.0, "event": "UnitOffered", "never": True},
        {"within_s": 1.0, "receipt": "opened"},
        {"within_s": 1.0, "receipt": "rejected", "never": True},
    ],
)
def test_met(met: dict[str, Any]) -> None:
    assert one(**met).passed


@pytest.mark.parametrize(
    "unmet",
    [
        {"within_s": 1.0, "event": "IncidentEnded"},
        {"within_s": 1.0, "event": "IncidentOpened", "where": {"plan": "house_fire"}},
        {"within_s": 59.0, "event": "UnitOffered"},
        {"within_s": 61.0, "event": "UnitOffered", "never": True},
        {"within_s": 1.0, "receipt": "merged"},
    ],
)
def test_unmet(unmet: dict[str, Any]) -> None:
    verdict = one(**unmet)
    assert not verdict.passed
    assert [finding.passed for finding in verdict.findings] == [False]


def test_what_another_inject_led_to_does_not_count() -> None:
    opened = [{"within_s": 30.0, "event": "UnitOffered"}]
    far = {"kind": "smoke", "position": {"lon": 107.5844, "lat": 35.2612}}
    _, (quiet, loud) = verdicts(
        inject("camera", 10.0, expect=opened),
        inject("person", 12.0, channel="squad-v10/alarm", payload=far, expect=opened),
    )
    assert loud.passed
    assert not quiet.passed


def test_grace_is_for_deadlines_and_not_for_what_must_never_come() -> None:
    made = scenario(
        inject(
            expect=[
                {"within_s": 59.0, "event": "UnitOffered"},
                {"within_s": 59.0, "event": "UnitOffered", "never": True},
            ]
        )
    )
    played = play(made, township(), "digest")
    (verdict,) = judge(made, played.events, played.there.told, grace_s=5.0)
    assert [finding.passed for finding in verdict.findings] == [True, True]


def test_a_broken_message_is_known_by_its_bytes() -> None:
    expect = [{"within_s": 1.0, "event": "MessageQuarantined"}]
    broken = {"channel": "yd-03/alarm", "payload": None, "expect": expect}
    made = scenario(inject("b-1", 10.0, raw="{", **broken), inject("b-2", 20.0, raw="[", **broken))
    played = play(made, township(), "digest")
    assert [v.passed for v in judge(made, played.events, [])] == [True, True]
    without = [event for event in played.events if event.at < made.start_at + 15]
    assert [v.passed for v in judge(made, without, [])] == [True, False]


def test_a_receipt_before_the_inject_is_no_answer_to_it() -> None:
    expect = [{"within_s": 5.0, "receipt": "duplicate"}]
    made = scenario(inject(), inject("again", 40.0, payload=None, repeat="a-1", expect=expect))
    told = [Told(made.start_at + 30, "ljg-05", "a-1", "duplicate")]
    assert not judge(made, [], told)[1].passed
    told = [Told(made.start_at + 41, "ljg-05", "a-1", "duplicate")]
    assert judge(made, [], told)[1].passed
