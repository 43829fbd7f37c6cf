"""Deadlines: each fires once, late ones are marked, and no old one acts on something new."""

from __future__ import annotations

import pytest
from stage import DAY, HOUR, NOON, PLANS, RULES, Stage, of_kind, plan, stage, unit

from command.core import events as e
from command.core.codec import dump_world
from command.core.decide import Deadline
from command.core.plans import Family, Plans, Release, Rung
from command.core.reasons import Reason
from command.core.ticks import decide_tick, next_due


def test_what_has_not_passed_does_not_fire() -> None:
    play = stage()
    play.report("cam-1")
    assert next_due(play.world) == NOON + 60
    play.now += 59.9
    assert play.tick() == []
    assert play.give(Deadline("release:I-e1-1"), Deadline("ack:I-e1-99")).events == []


def test_the_earliest_fires_first() -> None:
    play = stage()
    play.report("cam-1")
    assert [name for name, _ in decide_tick(play.world, NOON + DAY)] == [
        "release:I-e1-1",
        "ack:I-e1-1",
        "silent:cam-1",
    ]


def test_a_world_without_deadlines_waits_for_nothing() -> None:
    assert next_due(stage().world) is None


# --- the officer


def test_the_officer_is_silent_and_the_leader_is_called() -> None:
    play = stage()
    ident = play.report("cam-1", "environment")
    play.wait(120)
    assert play.one(e.IncidentEscalated).to == "leader"
    assert play.told() == ["officer_silent"]
    assert play.incident(ident).escalated_to == "leader"
    assert of_kind(play.wait(DAY), e.IncidentEscalated) == []
    play.do("acknowledge", ident)
    assert play.incident(ident).escalated_to == ""


def test_news_that_nobody_is_left_ends_the_acknowledgement() -> None:
    play = stage(unit("only", 100, "crew"))
    ident = play.report("cam-1", "flood")
    play.do("acknowledge", ident)
    play.wait(60)
    assert play.incident(ident).ack_by == ""
    assert play.world.due[f"ack:{ident}"] == NOON + 180


# --- the ladder


def case(play: Stage) -> str:
    """A quarrel in the first group of v01, with its group's head."""
    ident = play.report("near", "dispute", place="v01-g1")
    play.do("assign", ident, units=("ggh-1",))
    play.reply(play.order_of("ggh-1"), "accepted")
    return ident


def test_an_overdue_case_climbs_and_the_lower_post_stays() -> None:
    play = stage()
    ident = case(play)
    happened = play.wait(DAY)
    climbed = of_kind(happened, e.CaseClimbed)[0]
    assert (climbed.level, climbed.reason, climbed.due) == (1, Reason.OVERDUE, NOON + 4 * DAY)
    assert play.live(ident) == {"ggh-1": "accepted", "vgm-1": "offered"}
    assert play.of_unit("vgm-1").role == "responsible"
    play.reply(play.order_of("vgm-1"), "accepted")
    play.wait(3 * DAY)
    assert play.incident(ident).level == 2
    assert play.live(ident) == {"ggh-1": "accepted", "vgm-1": "accepted", "grid-1": "offered"}


def test_at_the_top_the_officer_is_asked_every_day() -> None:
    play = stage()
    ident = case(play)
    play.wait(4 * DAY)
    assert play.incident(ident).level == 2
    assert play.incident(ident).overdue_since is None
    happened = play.wait(10 * DAY)
    assert play.incident(ident).overdue_since == NOON + 11 * DAY
    climbed = of_kind(happened, e.CaseClimbed)
    assert [(c.level, c.due) for c in climbed] == [
        (2, NOON + (12 + day) * DAY) for day in range(len(climbed))
    ]
    assert len(of_kind(happened, e.OfficerAlerted, reason=Reason.OVERDUE)) == len(climbed) == 4


def test_a_case_that_waits_for_the_officer_climbs_without_an_order() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v01-g1")
    play.wait(4 * DAY)
    assert play.incident(ident).level == 2
    assert play.incident(ident).orders == []


def test_the_responsible_post_is_that_of_the_place() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v02-g1")
    play.do("assign", ident, units=("ggh-2",))
    play.wait(HOUR)
    play.reply(play.order_of("ggh-2"), "declined")
    assert play.asked(ident) == ["ggh-2"]  # the other group's head does not answer for it
    play.wait(DAY)
    assert play.asked(ident) == ["ggh-2"]  # v02 has no village manager
    play.wait(3 * DAY)
    assert play.asked(ident) == ["ggh-2", "grid-1"]


def test_a_ladder_without_needs_only_tells_the_officer() -> None:
    card = plan(
        "dispute",
        family=Family.CASE,
        release=Release.AT_ONCE,
        ladder=(Rung("ggh", DAY), Rung("vgm", DAY)),
    )
    play = stage(plans=Plans(PLANS | {"dispute": card}, RULES))
    ident = play.report("near", "dispute", place="v01-g1")
    happened = play.wait(DAY)
    assert of_kind(happened, e.CaseClimbed)
    assert of_kind(happened, e.MessageQuarantined) == []
    assert play.incident(ident).level == 1


# --- after downtime


def test_what_passed_while_no_post_ran_fires_once_and_is_marked() -> None:
    play = stage()
    play.report("cam-1")
    play.report("cam-1", "flood")
    play.now += HOUR
    play.tick()
    released = play.one(e.IncidentReleased)
    assert (released.late, released.at) == (True, NOON + HOUR)
    assert play.one(e.AssignmentChanged, status="expired").late
    assert {event.late for event in play.all(e.IncidentEscalated)} == {True}
    assert {event.late for event in play.all(e.OfficerAlerted)} == {True}
    again = play.tick()
    assert of_kind(again, e.IncidentReleased) == []
    assert of_kind(again, e.IncidentEscalated) == []


@pytest.mark.parametrize(("after_s", "late"), [(60.0, False), (69.9, False), (70.1, True)])
def test_a_tick_that_is_a_little_late_is_not_marked(after_s: float, late: bool) -> None:  # noqa: FBT001
    play = stage()
    play.report("cam-1")
    play.now += after_s
    play.tick()
    assert play.one(e.IncidentReleased).late is late


# --- a day after the end


@pytest.mark.parametrize("end", ["close", "false_alarm", "merge"])
def test_a_day_after_its_end_nothing_of_it_is_left(end: str) -> None:
    play = stage()
    ident = play.report("gauge", "flood", channel="level")
    play.walk("O-e1-1", "accepted", "on_scene")
    play.reply(play.order_of("near"), "declined")
    play.wait(60)
    if end == "close":
        play.do("resolve", ident, outcome="完")
        play.do("close", ident)
    elif end == "merge":
        play.do("merge", ident, into=play.report("cam-4", "flood"))
    else:
        play.do("false_alarm", ident)
    mine = set(play.incident(ident).orders)
    assert mine
    play.wait(DAY)
    archived = next(event for event in play.batch.events if isinstance(event, e.IncidentArchived))
    assert ident not in play.world.incidents
    assert mine.isdisjoint(play.world.assignments)
    assert mine.isdisjoint(play.world.outbox)
    assert not [name for name in play.world.due if ident in name or name[-6:] in mine]
    assert not [alert for alert in play.world.alerts.values() if alert.incident == ident]
    assert (ident in {ep.incident for ep in play.world.episodes.values()}) is False
    assert not [u for u in play.world.units.values() if mine & set(u.orders)]
    rows = play.rows()
    assert rows["incident"][ident] is None
    assert {order for order, row in rows["assignment"].items() if row is None} == mine
    assert set(rows["alert"].items()) >= {(alert, None) for alert in archived.alerts}
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_what_is_only_resolved_stays() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.do("resolve", ident, outcome="完")
    play.wait(30 * DAY)
    assert play.incident(ident).state == "resolved"


def test_a_reply_to_an_archived_order_tells_the_officer() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.do("false_alarm", ident)
    play.wait(DAY)
    play.reply("O-e1-1", "on_scene", unit="near")
    assert play.told() == ["unknown_order"]
    assert "assignment" not in play.rows()
