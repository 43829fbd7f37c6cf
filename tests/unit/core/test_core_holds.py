"""Needs that wait for a busy unit, units called over, and who is kept away by which filter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stage import HOUR, NOON, PLANS, RULES, Stage, east, need, plan, stage, unit

from command.core import events as e
from command.core.codec import dump_world
from command.core.explain import explain
from command.core.plans import Need, Plan, Plans, Release
from command.core.reasons import Reason, WhyNot
from sensors.observations import Duty, Located


def cards(*made: Plan) -> Plans:
    """The stage's run cards with these in their place."""
    return Plans(PLANS | {one.kind: one for one in made}, RULES)


def at_work(play: Stage, kind: str = "flood") -> str:
    """The only crew is on the scene of a flood."""
    ident = play.report("cam-1", kind)
    play.walk(play.order_of("only"), "accepted", "en_route", "on_scene")
    return ident


# --- holds


def test_a_need_waits_for_the_unit_that_is_at_work_and_the_officer_sees_it() -> None:
    play = stage(unit("only", 0, "crew"))
    at_work(play)
    ident = play.report("cam-4", "flood")
    held = play.one(e.NeedHeld)
    assert (held.role, held.unit, held.missing, held.reason) == ("crew", "only", 5, "waits_for")
    assert held.free_at == pytest.approx(play.now + 2700, abs=2)
    assert held.eta_s == pytest.approx(4000 * 1.6 / (30 / 3.6), rel=0.01)  # from where it works
    assert play.told() == ["nobody_left"]  # nobody is on the way, and that is said as well
    row = play.rows()["incident"][ident]
    assert row is not None
    assert [(one["unit"], one["role"]) for one in row["holds"]] == [("only", "crew")]
    (hold,) = explain(play.world, play.incident(ident), play.now)["holds"]
    assert (hold["unit"], hold["role"]) == ("only", "crew")
    assert hold["wait_s"] == pytest.approx(2700, abs=2)


def test_when_it_is_free_it_goes_and_nobody_waits_any_more() -> None:
    play = stage(unit("only", 0, "crew"))
    at_work(play)
    ident = play.report("cam-4", "flood")
    play.reply(play.order_of("only"), "done")
    assert play.live(ident) == {"only": "offered"}
    assert play.one(e.HoldEnded).reason == Reason.NOT_WAITED_FOR
    assert play.incident(ident).holds == []
    assert not [name for name in play.world.due if name.startswith("hold:")]


def test_somebody_nearer_who_comes_on_duty_ends_the_wait() -> None:
    play = stage(unit("only", 0, "crew"), unit("late", 4000, "crew"))
    play.give(Duty(source="late", received_at=play.now, on=False))
    at_work(play)
    ident = play.report("cam-4", "flood")
    assert play.incident(ident).holds
    play.give(Duty(source="late", received_at=play.now, on=True))
    assert play.live(ident) == {"late": "offered"}
    assert play.incident(ident).holds == []


def test_a_forecast_that_was_wrong_is_made_anew_and_not_every_second() -> None:
    play = stage(unit("only", 0, "crew"))
    at_work(play)
    ident = play.report("cam-4", "flood")
    events = play.wait(2 * HOUR)
    ended = [one for one in events if isinstance(one, e.HoldEnded)]
    again = [one for one in events if isinstance(one, e.NeedHeld)]
    assert {one.reason for one in ended} == {Reason.OVERDUE}
    assert len(ended) == len(again)
    assert 2 <= len(again) <= 10
    assert play.incident(ident).holds[0].free_at > play.now


def test_the_more_urgent_waits_for_it_and_the_other_is_told_that_it_does_not() -> None:
    play = stage(unit("only", 0, "crew", "scout"))
    at_work(play)
    calm = play.report("cam-4", "flood")
    assert play.incident(calm).holds
    urgent = play.report("cam-2", "sos")
    assert play.incident(urgent).holds
    assert play.incident(calm).holds == []
    assert play.one(e.HoldEnded).incident == calm


def test_an_end_ends_the_wait() -> None:
    play = stage(unit("only", 0, "crew"))
    at_work(play)
    ident = play.report("cam-4", "flood")
    play.do("resolve", ident, text="水退了")
    assert play.incident(ident).holds == []
    assert f"hold:{ident}" not in play.world.due


def test_a_replay_and_a_snapshot_wait_for_the_same() -> None:
    play = stage(unit("only", 0, "crew"))
    at_work(play)
    play.report("cam-4", "flood")
    play.wait(HOUR)
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_who_will_be_free_in_a_moment_is_waited_for_rather_than_the_far_one_sent() -> None:
    quick = cards(replace(PLANS["flood"], work_s=60.0))
    play = stage(unit("only", 4000, "crew"), unit("far", -20_000, "crew"), plans=quick)
    play.report("cam-4", "flood")
    play.walk(play.order_of("only"), "accepted", "en_route", "on_scene")
    ident = play.report("cam-4", "storm")
    assert play.asked(ident) == []
    assert play.incident(ident).holds[0].unit == "only"
    assert play.told() == []  # nobody is missing: one is on the spot, and soon done
    play.reply(play.order_of("only"), "declined")
    assert play.live(ident) == {"only": "offered"}


# --- calling over


def on_the_way(play: Stage, status: str) -> str:
    ident = play.report("cam-1", "flood")
    steps = ("accepted", "en_route", "on_scene")
    play.walk(play.order_of("only"), *steps[: steps.index(status) + 1])
    return ident


@pytest.mark.parametrize("status", ["accepted", "en_route"])
def test_a_unit_on_its_way_is_called_over_to_what_is_more_urgent(status: str) -> None:
    play = stage(unit("only", 2000, "crew", "scout"), unit("spare", 3000, "crew"))
    flood = play.report("cam-1", "flood")
    play.walk(play.order_of("only"), *("accepted", "en_route")[: 1 + (status == "en_route")])
    urgent = play.report("cam-2", "sos")
    assert play.live(urgent) == {"only": "offered"}
    assert play.live(flood) == {"spare": "offered"}  # asked in the same batch
    taken_back = play.one(e.AssignmentChanged, unit="only")
    assert (taken_back.status, taken_back.reason) == ("withdrawn", Reason.CALLED_OVER)
    assert taken_back.text == urgent
    assert play.told() == ["called_over"]
    assert f"from:{flood}" in play.all(e.UnitOffered)[0].why


def test_never_from_the_scene() -> None:
    play = stage(unit("only", 2000, "crew", "scout"))
    on_the_way(play, "on_scene")
    urgent = play.report("cam-2", "sos")
    assert play.live(urgent) == {}
    assert play.told() == ["nobody_left"]


def test_never_between_equals_and_never_downward() -> None:
    play = stage(unit("only", 2000, "crew", "scout"))
    on_the_way(play, "en_route")
    assert play.live(play.report("cam-4", "flood")) == {}
    assert play.live(play.report("cam-1", "environment")) == {}
    assert not play.all(e.AssignmentChanged)


def test_never_what_the_officer_sent() -> None:
    play = stage(unit("only", 2000, "crew", "scout"))
    ident = play.report("cam-1", "environment")
    play.do("assign", ident, units=("only",))
    play.reply(play.order_of("only"), "accepted")
    assert play.live(play.report("cam-2", "sos")) == {}
    assert play.live(ident) == {"only": "accepted"}


def test_never_for_a_gain_that_is_not_worth_it() -> None:
    play = stage(unit("only", 2000, "crew", "scout"), unit("other", 2200, "scout"))
    flood = on_the_way(play, "en_route")
    urgent = play.report("cam-2", "sos")
    assert play.live(urgent) == {"other": "offered"}
    assert play.live(flood) == {"only": "en_route"}


def test_never_for_what_is_only_wanted() -> None:
    wanted = plan("sos", Need("scout", 1, must=False, within_min=20.0), priority=1)
    play = stage(
        unit("only", 2000, "crew", "scout"), plans=cards(replace(wanted, release=Release.AT_ONCE))
    )
    flood = on_the_way(play, "en_route")
    play.report("cam-2", "sos")
    assert play.live(flood) == {"only": "en_route"}


def test_who_becomes_more_urgent_calls_one_over() -> None:
    play = stage(unit("only", 2000, "crew"))
    first = on_the_way(play, "en_route")
    second = play.report("cam-4", "flood")
    assert play.live(second) == {}
    play.do("priority", second, priority=1, text="有人被困")
    assert play.live(second) == {"only": "offered"}
    assert play.incident(first).nobody_for == ["crew"]
    assert play.told() == ["called_over", "nobody_left"]


# --- filters


def filtered(play: Stage, kind: str, team: str) -> str:
    """Why a unit that is nearer does not go."""
    play.report("cam-1", kind)
    offered = play.one(e.UnitOffered)
    return next(why for why in offered.why if why.startswith(f"not:{team}:")).rsplit(":", 1)[1]


def flood_needs(**values: object) -> Plans:
    asked = replace(need("crew"), **values)  # type: ignore[arg-type]
    return cards(replace(PLANS["flood"], needs=(asked,)))


def test_nobody_goes_alone_where_nobody_may() -> None:
    one = unit("one", 100, "crew", members=1)
    play = stage(one, unit("two", 3000, "crew", members=2), plans=flood_needs(alone=False))
    assert filtered(play, "flood", "one") == WhyNot.ALONE


def test_nobody_goes_without_the_gear() -> None:
    bare, pump = unit("bare", 100, "crew"), unit("pump", 3000, "crew", equipment=("水泵2",))
    play = stage(bare, pump, plans=flood_needs(equipment=("水泵",)))
    assert filtered(play, "flood", "bare") == WhyNot.EQUIPMENT


def test_nobody_fetches_more_than_there_are_seats_for() -> None:
    small, bus = unit("small", 100, "crew", seats=2), unit("bus", 3000, "crew", seats=20)
    play = stage(small, bus, plans=flood_needs(seats=8))
    assert filtered(play, "flood", "small") == WhyNot.SEATS


def test_seats_that_nobody_counted_keep_nobody_away() -> None:
    play = stage(unit("near", 100, "crew"), plans=flood_needs(seats=8))
    assert play.asked(play.report("cam-1", "flood")) == ["near"]


def test_who_has_worked_too_long_rests_first() -> None:
    play = stage(unit("tired", 100, "crew"), unit("fresh", 3000, "crew"))
    play.report("cam-1", "flood")
    play.walk(play.order_of("tired"), "accepted", "on_scene")
    play.now += 13 * HOUR
    play.reply(play.order_of("tired"), "done")
    assert filtered(play, "flood", "tired") == WhyNot.REST
    play.reply(play.order_of("fresh"), "declined")
    play.now += 7 * HOUR
    assert play.asked(play.report("cam-4", "flood")) == ["fresh"]
    assert play.asked(play.report("cam-1", "storm", position=east(9000)))[0] == "tired"


def test_who_has_worked_is_spared_where_another_is_about_as_near() -> None:
    play = stage(unit("a", 1000, "crew"), unit("b", 1010, "crew"))
    play.report("cam-1", "flood")
    play.walk(play.order_of("a"), "accepted", "on_scene")
    play.now += 4 * HOUR
    play.reply(play.order_of("a"), "done")
    play.report("cam-1", "flood")
    offered = play.one(e.UnitOffered)
    assert (offered.unit, offered.reason) == ("b", Reason.LEAST_COST)
    assert "not:a:cost" in offered.why
    assert offered.then == ("a",)


def test_the_order_says_what_it_cost_term_by_term_and_who_is_next() -> None:
    play = stage()
    play.report("cam-1", "flood")
    offered = play.one(e.UnitOffered)
    assert offered.terms is not None
    assert offered.terms["way"] == pytest.approx(2 * 192, abs=1)
    assert offered.then == ("middle", "far")


def test_a_post_that_has_an_emergency_already_is_asked_after_one_that_has_none() -> None:
    a, b = (unit(name, 1000, "scout", members=1, shared=True) for name in ("a", "b"))
    play = stage(a, b)
    play.report("cam-1", "sos")
    play.give(Located(source="a", received_at=play.now, position=east(1000)))
    assert play.asked(play.report("cam-2", "sos")) == ["b"]
    assert play.now == NOON
