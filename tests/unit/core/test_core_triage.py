"""How urgent it is, and when the team goes without the officer's word."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from stage import HOUR, NOON, PLANS, plan, stage, township

from command.core import events as e
from command.core.plans import Family
from command.core.reasons import Reason
from command.core.township import Limits
from command.core.triage import is_night, triage

BEIJING = dt.timezone(dt.timedelta(hours=8))


def at(hour: int, month: int = 7) -> float:
    """A moment of 2026 in the township's own time."""
    return dt.datetime(2026, month, 15, hour, tzinfo=BEIJING).timestamp()


def test_the_tests_noon_is_ten_in_the_morning() -> None:
    assert at(10) == NOON


@pytest.mark.parametrize(
    ("facts", "priority", "steps"),
    [
        ({}, 3, ("plan:3",)),
        ({"severity": "unknown"}, 3, ("plan:3",)),
        ({"severity": "minor"}, 4, ("plan:3", "minor:+1")),
        ({"severity": "moderate"}, 3, ("plan:3",)),
        ({"severity": "severe"}, 3, ("plan:3",)),
        ({"severity": "extreme"}, 2, ("plan:3", "extreme:-1")),
        ({"confidence": 0.49}, 4, ("plan:3", "low_confidence:+1")),
        ({"confidence": 0.5}, 3, ("plan:3",)),
        ({"confidence": 0.0}, 4, ("plan:3", "low_confidence:+1")),
        ({"confidence": 0.2, "person": True}, 3, ("plan:3",)),
        ({"corroborated": True}, 2, ("plan:3", "corroborated:-1")),
        ({"hour": 22}, 2, ("plan:3", "night:-1")),
        ({"hour": 5}, 2, ("plan:3", "night:-1")),
        ({"hour": 6}, 3, ("plan:3",)),
        ({"hour": 21}, 3, ("plan:3",)),
        ({"hour": 23, "family": Family.CASE}, 3, ("plan:3",)),
        ({"month": 11}, 2, ("plan:3", "season:-1")),
        (
            {"month": 11, "hour": 23, "severity": "extreme", "corroborated": True},
            1,
            ("plan:3", "extreme:-1", "corroborated:-1", "season:-1", "night:-1"),
        ),
        ({"start": 5, "severity": "minor", "confidence": 0.1}, 5, None),
        ({"start": 1, "severity": "extreme"}, 1, None),
    ],
)
def test_each_fact_moves_it_by_one_and_is_named(
    facts: dict[str, Any], priority: int, steps: tuple[str, ...] | None
) -> None:
    card = plan("x", priority=facts.get("start", 3), season_months=(11,))
    card = replace(card, family=facts.get("family", Family.EMERGENCY))
    found = triage(
        township(),
        card,
        at(facts.get("hour", 10), facts.get("month", 7)),
        severity=facts.get("severity", "unknown"),
        confidence=facts.get("confidence"),
        person=facts.get("person", False),
        corroborated=facts.get("corroborated", False),
    )
    assert found.priority == priority
    assert steps is None or found.steps == steps


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [(22, 6, {22, 23, 0, 1, 2, 3, 4, 5}), (1, 4, {1, 2, 3}), (0, 0, set())],
)
def test_night_is_what_the_township_says(begin: int, end: int, hours: set[int]) -> None:
    place = township(limits=Limits(night_from_h=begin, night_to_h=end))
    assert {hour for hour in range(24) if is_night(place, at(hour))} == hours


# --- release


@pytest.mark.parametrize(
    ("source", "kind", "reason"),
    [
        ("cam-1", "flood", Reason.PLAN_AT_ONCE),
        ("near", "fire", Reason.REPORTED_BY_PERSON),
        ("watcher", "fire", Reason.REPORTED_BY_PERSON),
        ("ggh-1", "fire", Reason.REPORTED_BY_PERSON),
        ("cam-1", "sos", Reason.SOS_CALL),
        ("near", "sos", Reason.SOS_CALL),
    ],
)
def test_some_go_at_once(source: str, kind: str, reason: Reason) -> None:
    play = stage()
    ident = play.report(source, kind)
    assert play.one(e.IncidentReleased).reason == reason
    assert play.incident(ident).released_at == NOON
    assert play.one(e.UnitOffered).incident == ident
    assert f"release:{ident}" not in play.world.due


def test_a_single_camera_gives_the_officer_a_minute() -> None:
    play = stage()
    ident = play.report("cam-1")
    assert play.rows()["incident"][ident]["due"]["release"] == NOON + 60  # type: ignore[index]
    assert play.wait(59) == []
    play.wait(1)
    assert play.one(e.IncidentReleased).reason == Reason.COUNTDOWN_OVER
    assert not play.one(e.IncidentReleased).late
    assert play.one(e.UnitOffered).unit == "near"


def test_a_person_joining_ends_the_countdown() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.report("near", position=None, place="v01-g1")
    assert play.incident(ident).released_at == NOON


@pytest.mark.parametrize(("source", "kind"), [("near", "dispute"), ("cam-1", "slow")])
def test_by_hand_waits_for_the_officer(source: str, kind: str) -> None:
    play = stage()
    ident = play.report(source, {"slow": "environment"}.get(kind, kind))
    assert PLANS[play.incident(ident).plan].release == "by_hand"
    assert play.incident(ident).released_at is None
    play.report("gauge", {"slow": "environment"}.get(kind, kind), position=None)
    play.wait(HOUR)
    assert play.incident(ident).orders == []


def test_the_officer_releases_at_any_time() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.now += 10
    play.do("assign", ident, units=("middle",))
    assert play.one(e.IncidentReleased).by == "officer-1"
    assert play.live(ident) == {"middle": "offered"}  # five of five: nobody else is needed
    assert play.wait(45) == []
    assert play.incident(ident).released_at == NOON + 10


def test_what_the_named_units_leave_open_goes_to_the_recommended_ones() -> None:
    play = stage()
    ident = play.report("cam-1", "environment")
    play.do("assign", ident, units=("scout-1",))
    assert play.live(ident) == {"scout-1": "offered", "near": "offered"}
    play.wait(60)
    assert play.live(ident) == {"middle": "offered"}


def test_a_low_priority_camera_alarm_at_night_is_more_urgent() -> None:
    play = stage(now=at(23))
    ident = play.report("cam-1")
    assert play.incident(ident).priority == 1
    assert play.incident(ident).triage == ["plan:2", "night:-1"]
