"""Crews on scene: asked every 20 minutes, a minute to answer, the second miss is a mayday."""

from __future__ import annotations

from typing import Any

import pytest
from stage import DAY, NOON, Stage, of_kind, stage

from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.decide import Fact
from command.core.reasons import Reason, Refusal
from command.core.views import Row
from sensors.observations import ClockQuality, Request

MINUTE = 60.0
ASKED = 20 * MINUTE


def on_scene(*more: str) -> tuple[Stage, str]:
    """`near` is on the scene of a flood since noon; others are there too."""
    play = stage()
    ident = play.report("cam-1", "flood")
    if more:
        play.do("assign", ident, units=more)
    for unit in ("near", *more):
        play.reply(play.order_of(unit), "on_scene")
    return play, ident


def row_of(play: Stage, unit: str) -> Row:
    row = play.rows()["assignment"][play.order_of(unit)]
    assert row is not None
    return row


def incident_row(play: Stage, ident: str) -> Row:
    row = play.rows()["incident"][ident]
    assert row is not None
    return row


def test_on_scene_it_is_asked_after_twenty_minutes() -> None:
    play, _ = on_scene()
    assert row_of(play, "near")["par_at"] == NOON + ASKED
    assert of_kind(play.wait(ASKED - 1), e.AccountabilityDue) == []
    play.wait(1)
    asked = play.one(e.AccountabilityDue)
    assert (asked.unit, asked.missed, asked.answer_by) == ("near", 0, NOON + ASKED + MINUTE)
    assert play.told() == ["par_due"]
    row = row_of(play, "near")
    assert (row["par_asked"], row["par_at"], row["par_missed"]) == (True, asked.answer_by, 0)


def test_the_first_miss_asks_again_at_once_and_ends_the_acknowledgement() -> None:
    play, ident = on_scene()
    play.wait(ASKED)
    play.do("acknowledge", ident)
    play.wait(MINUTE)
    asked = play.one(e.AccountabilityDue)
    assert (asked.missed, asked.reason) == (1, Reason.PAR_MISSED)
    assert row_of(play, "near")["par_missed"] == 1
    assert play.incident(ident).ack_by == ""
    assert play.told() == ["par_missed"]
    assert incident_row(play, ident)["mayday"] is False


def test_the_second_miss_is_a_mayday() -> None:
    play, ident = on_scene()
    play.wait(ASKED + MINUTE)
    play.do("acknowledge", ident)
    play.wait(MINUTE)
    assert play.one(e.UnitMayday).unit == "near"
    assert play.one(e.PriorityChanged).priority == 1
    assert "mayday" in play.told()
    row = incident_row(play, ident)
    assert (row["mayday"], row["mayday_units"], row["priority"]) == (True, ["near"], 1)
    assert row["ack"] is None
    assert row_of(play, "near")["par_missed"] == 2
    assert of_kind(play.wait(DAY), e.UnitMayday) == []  # said once; people are looking for them
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_a_mayday_is_acknowledged_for_five_minutes_with_its_team_at_work() -> None:
    play, ident = on_scene()
    play.wait(ASKED + 2 * MINUTE)
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until == play.now + 300


@pytest.mark.parametrize("minutes", [20.5, 21.5, 30.0])
@pytest.mark.parametrize("how", ["par", "par of it", "radio", "request"])
def test_an_answer_clears_it_and_the_clock_starts_again(how: str, minutes: float) -> None:
    play, ident = on_scene()
    play.wait(minutes * MINUTE)
    if how == "request":
        order = play.order_of("near")
        play.give(Request(source="near", received_at=play.now, need="water", order_id=order))
    elif how == "radio":
        play.do("reply", ident, unit="near", status="done")
    else:
        play.do("par", ident, units=("near",) if how == "par of it" else ())
    assert play.one(e.AccountabilityAnswered).unit == "near"
    row = row_of(play, "near")
    assert (row["par_asked"], row["par_missed"]) == (False, 0)
    assert row["par_at"] == (None if how == "radio" else play.now + ASKED)
    assert incident_row(play, ident)["mayday"] is False


def test_a_question_that_was_answered_is_no_longer_asked_of_the_officer() -> None:
    play, ident = on_scene("far")
    play.wait(ASKED + MINUTE)
    questions = {a: x.unit for a, x in play.world.alerts.items() if x.reason.startswith("par_")}
    assert sorted(questions.values()) == ["far", "far", "near", "near"]
    play.do("par", ident, units=("near",))
    gone = {alert for alert, row in play.rows()["alert"].items() if row is None}
    assert gone == {alert for alert, unit in questions.items() if unit == "near"}
    play.wait(MINUTE)
    play.do("par", ident)
    assert not [reason for reason in play.alerts() if reason.startswith("par_")]
    assert "mayday" in play.alerts()
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_a_reply_of_the_handheld_answers() -> None:
    play, ident = on_scene()
    play.wait(30 * MINUTE)
    play.reply(play.order_of("near"), "on_scene")  # pressed again
    assert play.one(e.AccountabilityAnswered).by == "unit"
    assert play.incident(ident).mayday == []


OF_THE_DEVICE: list[tuple[str, dict[str, Any]]] = [
    ("received", {}),
    ("on_scene", {"at_source": NOON + 60, "clock_quality": ClockQuality.OK}),
]


@pytest.mark.parametrize(("status", "values"), OF_THE_DEVICE)
def test_what_a_device_sends_by_itself_is_no_sign_of_the_crew(
    status: str, values: dict[str, Any]
) -> None:
    play, ident = on_scene()
    play.wait(30 * MINUTE)
    play.reply(play.order_of("near"), status, **values)
    assert play.all(e.AccountabilityAnswered) == []
    assert play.incident(ident).mayday == ["near"]


def test_an_answer_before_the_question_changes_nothing() -> None:
    play, _ = on_scene()
    play.now += 10 * MINUTE
    play.reply(play.order_of("near"), "on_scene")
    assert play.all(e.AccountabilityAnswered) == []
    assert play.of_unit("near").par_at == NOON + ASKED


def test_each_crew_has_its_own_clock() -> None:
    play, ident = on_scene("far")
    play.wait(ASKED)
    assert {event.unit for event in play.all(e.AccountabilityDue)} == {"near", "far"}
    play.do("par", ident, units=("far",))
    play.wait(2 * MINUTE)
    assert play.incident(ident).mayday == ["near"]
    play.do("par", ident)
    assert {event.unit for event in play.all(e.AccountabilityAnswered)} == {"near", "far"}


@pytest.mark.parametrize("end", ["done", "withdraw", "resolve"])
def test_the_clock_stops_with_the_work(end: str) -> None:
    play, ident = on_scene("far")
    if end == "done":
        play.reply(play.order_of("near"), "done")
    elif end == "withdraw":
        play.do("withdraw", ident, units=("near",))
    else:
        play.do("resolve", ident)
    assert f"par:{play.order_of('near')}" not in play.world.due
    asked = of_kind(play.wait(ASKED), e.AccountabilityDue)
    assert {event.unit for event in asked} == (set() if end == "resolve" else {"far"})


def test_a_mayday_outlives_the_withdrawal_and_keeps_the_incident_open() -> None:
    play, ident = on_scene("far")
    play.wait(ASKED)
    play.do("par", ident, units=("far",))
    play.wait(2 * MINUTE)
    play.do("withdraw", ident, units=("near",))
    play.reply(play.order_of("far"), "done")
    assert play.incident(ident).mayday == ["near"]
    assert play.incident(ident).state == "working"  # not resolved by itself
    play.do("par", ident)
    assert play.incident(ident).mayday == []


def test_a_mayday_goes_with_a_merge_and_ends_with_the_incident() -> None:
    play, ident = on_scene()
    play.wait(22 * MINUTE)
    into = play.report("cam-4", "flood")
    play.do("merge", ident, into=into)
    assert (play.incident(ident).mayday, play.incident(into).mayday) == ([], ["near"])
    play.do("resolve", into)
    assert play.incident(into).mayday == []
    assert "mayday" in play.alerts()  # it stays before the officer until it was read


def test_only_who_is_there_can_be_counted() -> None:
    play, ident = on_scene()
    found = play.refusal("par", ident, units=("near", "far"))
    assert (found.why, found.what) == (Refusal.NOT_ON_SCENE, "far")
    play.do("withdraw", ident, units=("near",))
    assert play.refusal("par", ident).why == Refusal.NOT_ON_SCENE


def test_a_case_asks_nobody() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v01-g1")
    play.do("assign", ident, units=("ggh-1",))
    play.reply(play.order_of("ggh-1"), "on_scene")
    assert play.of_unit("ggh-1").par_at is None
    play.do("par", ident)  # an officer may ask all the same
    assert play.one(e.AccountabilityAnswered).due is None


def started(play: Stage) -> None:
    play.give(Fact(e.PostStarted(at=play.now, cause="post", reason=Reason.STARTED, epoch=2)))


def test_after_a_restart_who_was_asked_has_the_full_minute_again() -> None:
    play, ident = on_scene()
    play.wait(ASKED + 30)
    play.world = load_world(dump_world(play.world))
    play.now += DAY
    started(play)
    play.tick()
    assert play.all(e.AccountabilityDue) == []
    play.wait(59)
    assert play.of_unit("near").par_missed == 0
    play.wait(1)
    assert play.of_unit("near").par_missed == 1
    assert play.incident(ident).mayday == []


def test_a_question_that_fell_into_the_downtime_is_asked_once_and_marked() -> None:
    play, _ = on_scene()
    play.now += DAY
    started(play)
    play.tick()
    assert play.one(e.AccountabilityDue).late
    play.tick()
    assert play.all(e.AccountabilityDue) == []
