"""Who has an incident, for how long, and who is called when nobody does."""

from __future__ import annotations

import pytest
from stage import DAY, NOON, PLANS, RULES, Stage, need, of_kind, plan, stage

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.plans import Family, Plans, Release, Rung
from command.core.reasons import Reason, Refusal


def of_priority(priority: int, **values: object) -> tuple[Stage, str]:
    """An incident of this urgency, for which no team has gone."""
    card = plan("slow", need("crew"), release=Release.BY_HAND, **values)
    play = stage(plans=Plans(PLANS | {"slow": card}, RULES))
    ident = play.report("cam-1", "environment")
    if play.incident(ident).priority != priority:
        play.do("priority", ident, priority=priority, text="话")
    return play, ident


def lapses_at(play: Stage) -> list[float]:
    """When acknowledgements lapse within the next days, seconds after the stage's noon."""
    happened = of_kind(play.wait(3 * DAY), e.AcknowledgementLapsed)
    return [event.at - NOON for event in happened]


# --- how long it lasts


@pytest.mark.parametrize(("priority", "lasts"), [(1, 120.0), (2, 300.0), (3, 1800.0)])
def test_without_a_team_it_lapses_soon(priority: int, lasts: float) -> None:
    play, ident = of_priority(priority)
    play.do("acknowledge", ident)
    assert lapses_at(play) == [lasts]


@pytest.mark.parametrize(("priority", "lasts"), [(1, 600.0), (2, 1200.0), (3, 7200.0)])
def test_with_a_team_at_work_and_nothing_new_it_lasts_longer(priority: int, lasts: float) -> None:
    play, ident = of_priority(priority)
    play.do("assign", ident, units=("near",))
    play.walk(play.order_of("near"), "accepted", "en_route")
    assert lapses_at(play) == [2.0 + lasts]  # counted from the last step of the team


@pytest.mark.parametrize("priority", [4, 5])
def test_the_least_urgent_lasts_until_the_handover(priority: int) -> None:
    play, ident = of_priority(priority)
    play.do("acknowledge", ident)
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["ack"] == {"by": "officer-1", "until": None}
    assert lapses_at(play) == []


def test_a_call_for_help_lapses_after_a_minute_and_with_a_team_after_five() -> None:
    play = stage()
    ident = play.report("far", "sos")
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until == NOON + 60
    play.reply(play.order_of("scout-1"), "accepted")
    assert play.incident(ident).ack_until == NOON + 300


def test_what_the_card_says_is_the_upper_bound() -> None:
    play, ident = of_priority(1, ack_lasts_s=90.0)
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until == NOON + 90
    play, ident = of_priority(1, ack_lasts_s=3600.0)
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until == NOON + 120
    play, ident = of_priority(5, ack_lasts_s=3600.0)
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until == NOON + 3600


def test_a_case_is_no_alarm() -> None:
    card = plan("dispute", family=Family.CASE, ladder=(Rung("ggh", DAY),))
    play = stage(plans=Plans(PLANS | {"dispute": card}, RULES))
    ident = play.report("near", "dispute", place="v01-g1")
    play.do("acknowledge", ident)
    assert play.incident(ident).ack_until is None


def test_a_team_that_is_lost_makes_it_short_again() -> None:
    play, ident = of_priority(1)
    play.do("assign", ident, units=("near",))
    play.walk(play.order_of("near"), "accepted")
    assert play.incident(ident).ack_until == play.now + 600
    play.reply(play.order_of("near"), "declined")  # a successor is asked, none has accepted
    assert play.incident(ident).ack_until == play.now + 120
    assert play.live(ident) == {"middle": "offered"}


def test_one_of_two_teams_lost_leaves_it_long() -> None:
    play, ident = of_priority(1)
    play.do("assign", ident, units=("near", "far"))
    play.walk(play.order_of("near"), "accepted")
    play.walk(play.order_of("far"), "accepted")
    until = play.incident(ident).ack_until
    play.reply(play.order_of("near"), "declined")
    assert play.incident(ident).ack_until == until


# --- what ends it at once


def test_a_new_source_ends_it_and_a_repeat_does_not() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("acknowledge", ident)
    play.report("cam-1")
    assert play.incident(ident).ack_by == "officer-1"
    play.report("cam-2")
    assert play.incident(ident).ack_by == ""
    assert play.world.due[f"ack:{ident}"] == NOON + 120


def test_higher_urgency_ends_another_officers_and_not_ones_own() -> None:
    play, ident = of_priority(3)
    play.do("acknowledge", ident)
    play.do("priority", ident, priority=2)
    incident = play.incident(ident)
    assert (incident.ack_by, incident.ack_until) == ("officer-1", NOON + 300)
    play.order(m.Priority(id="u", incident=ident, priority=1), by="officer-2")
    assert incident.ack_by == ""
    assert f"ackend:{ident}" not in play.world.due


def test_lower_urgency_leaves_it() -> None:
    play, ident = of_priority(1)
    play.do("acknowledge", ident)
    play.do("priority", ident, priority=3, text="只是烟")
    assert play.incident(ident).ack_by == "officer-1"


# --- lapse after lapse


def test_it_is_asked_for_again_and_then_the_leader_is_called() -> None:
    play, ident = of_priority(2)
    play.do("acknowledge", ident)
    play.wait(300)
    assert play.one(e.AcknowledgementLapsed).ack_due == NOON + 420
    row = play.rows()["incident"][ident]
    assert row is not None
    assert (row["ack"], row["lapses"]) == (None, 1)
    play.wait(120)
    assert play.one(e.IncidentEscalated).to == "leader"


def test_a_renewed_one_lapses_later() -> None:
    play, ident = of_priority(2)
    play.do("acknowledge", ident)
    play.wait(250)
    play.do("acknowledge", ident)
    assert of_kind(play.wait(299), e.AcknowledgementLapsed) == []
    assert play.incident(ident).lapses == 0


def test_the_second_lapse_of_the_most_urgent_calls_the_second_line() -> None:
    play, ident = of_priority(1)
    play.do("acknowledge", ident)
    play.wait(120)
    assert play.all(e.IncidentEscalated) == []
    play.do("acknowledge", ident)
    play.wait(120)
    assert play.one(e.SecondLineCalled).reason is Reason.ACKNOWLEDGEMENT_EXPIRED
    assert play.told() == ["acknowledgement_expired"]
    play.wait(120)
    assert play.one(e.IncidentEscalated).to == "leader"


def test_the_second_lapse_of_a_lesser_one_calls_nobody() -> None:
    play, ident = of_priority(2)
    for _ in range(2):
        play.do("acknowledge", ident)
        play.wait(300)
    assert play.all(e.IncidentEscalated) == []


def test_the_third_renewal_needs_a_text() -> None:
    play, ident = of_priority(2)
    for _ in range(2):
        play.do("acknowledge", ident)
        play.wait(300)
    assert play.refusal("acknowledge", ident).why == Refusal.WHY_MISSING
    play.do("acknowledge", ident, text="等供电所回话")
    assert play.one(e.IncidentAcknowledged).why == "等供电所回话"
    assert play.incident(ident).ack_by == "officer-1"


def test_an_order_is_never_held_up_for_a_text() -> None:
    play, ident = of_priority(2)
    for _ in range(2):
        play.do("acknowledge", ident)
        play.wait(300)
    play.do("assign", ident, units=("near",))
    assert play.live(ident) == {"near": "offered"}


def test_reopened_it_begins_anew() -> None:
    play, ident = of_priority(2)
    for _ in range(2):
        play.do("acknowledge", ident)
        play.wait(300)
    play.do("resolve", ident)
    play.do("reopen", ident)
    assert play.incident(ident).lapses == 0
    play.do("acknowledge", ident)


# --- never acknowledged


def test_the_second_line_is_called_at_half_and_the_leader_at_the_end() -> None:
    play, ident = of_priority(1)
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["due"]["second"] == NOON + 60
    happened = play.wait(DAY)
    assert [x.at - NOON for x in of_kind(happened, e.SecondLineCalled)] == [60]
    called = of_kind(happened, e.IncidentEscalated)
    assert [(event.to, event.at - NOON) for event in called] == [("leader", 120)]
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_of_lesser_urgency_only_the_leader_is_called() -> None:
    play, ident = of_priority(3)
    assert f"second:{ident}" not in play.world.due
    assert [event.to for event in of_kind(play.wait(DAY), e.IncidentEscalated)] == ["leader"]


@pytest.mark.parametrize(("leader_s", "second_s"), [(120.0, []), (300.0, []), (600.0, [300.0])])
def test_the_next_urgent_counts_as_the_most_urgent_after_five_minutes(
    leader_s: float, second_s: list[float]
) -> None:
    play, ident = of_priority(2, ack_within_s=leader_s)
    happened = play.wait(DAY)
    assert [x.at - NOON for x in of_kind(happened, e.SecondLineCalled)] == second_s
    called = of_kind(happened, e.IncidentEscalated)
    assert [(x.incident, x.at - NOON) for x in called] == [(ident, leader_s)]


@pytest.mark.parametrize("end", ["acknowledge", "resolve"])
def test_who_has_it_in_time_calls_nobody(end: str) -> None:
    play, ident = of_priority(1)
    play.do(end, ident)
    assert f"second:{ident}" not in play.world.due
    happened = play.wait(100)
    assert of_kind(happened, e.SecondLineCalled) == []
    assert of_kind(happened, e.IncidentEscalated) == []


def test_raised_it_calls_the_second_line_and_lowered_it_does_not() -> None:
    play, ident = of_priority(3)
    play.do("priority", ident, priority=1)
    assert play.world.due[f"second:{ident}"] == NOON + 60
    play.do("priority", ident, priority=4, text="看过")
    assert f"second:{ident}" not in play.world.due
    play.now += 100
    play.do("priority", ident, priority=1)
    play.tick()
    assert play.one(e.SecondLineCalled).incident == ident


def test_the_second_line_is_called_after_a_restart() -> None:
    play, ident = of_priority(1)
    play.world = load_world(dump_world(play.world))
    play.now += 3600
    play.tick()
    assert play.one(e.SecondLineCalled).late
    leader = play.one(e.IncidentEscalated)
    assert (leader.to, leader.late) == ("leader", True)
    assert play.incident(ident).escalated_to == "leader"
