"""Who is asked, who next, who never; and what happens when nobody is left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stage import HOUR, NOON, PLANS, RULES, Stage, east, loaded, need, plan, stage, township, unit

from command.core import events as e
from command.core.decide import Deadline
from command.core.dispatch import unit_status
from command.core.plans import Plans
from command.core.reasons import Reason
from sensors.observations import Duty, Heartbeat, Located, Reply, ReplyStatus


def flood(play: Stage) -> str:
    """A flood at the centre: five of the crew, at once."""
    return play.report("cam-1", "flood")


def duty(play: Stage, source: str, *, on: bool) -> None:
    play.give(Duty(source=source, received_at=play.now, on=on))


# --- the order


def test_the_order_is_what_the_contract_says() -> None:
    play = stage()
    play.report("cam-1", "landslide", text="边坡", position=east(0, 30.0))
    queued = play.all(e.OrderQueued)[0]
    assert queued.until == NOON + 60
    assert queued.message == {
        "order_id": "O-e1-1",
        "rev": 1,
        "state": "offered",
        "incident_id": "I-e1-1",
        "unit": "near",
        "role": "crew",
        "kind": "big",
        "priority": 2,
        "place": "村v01-g1",
        "text": "边坡",
        "hazards": [],
        "contact": "post",
        "others": ["scout-1"],
        "issued_at": "2026-07-15T10:00:00.000+08:00",
        "reply_within_s": 60,
        "expires_at": "2026-07-15T10:01:00.000+08:00",
        "exercise": False,
        "position": {"lon": 107.5, "lat": 35.2, "accuracy_m": 30.0},
    }
    assert play.all(e.OrderQueued)[1].message["others"] == ["near"]


def test_the_card_says_what_to_do_first_and_what_is_dangerous() -> None:
    card = replace(PLANS["flood"], name="山洪", first_orders=("先看水",), hazards=("塌岸",))
    play = stage(plans=Plans(PLANS | {"flood": card}, RULES))
    flood(play)
    message = play.one(e.OrderQueued).message
    assert (message["text"], message["hazards"]) == ("山洪 / 先看水", ["塌岸"])


def test_an_order_without_a_position_has_none() -> None:
    play = stage()
    play.report("nowhere", "flood")
    message = play.one(e.OrderQueued).message
    assert message["position"] is None
    assert message["place"] == ""


def test_at_night_there_is_more_time_to_answer() -> None:
    play = stage(now=NOON + 13 * HOUR)
    flood(play)
    assert play.one(e.UnitOffered).expires_at == play.now + 180


# --- who


def test_the_nearest_with_the_role_is_asked_and_the_order_says_why() -> None:
    play = stage()
    flood(play)
    offered = play.one(e.UnitOffered)
    assert (offered.unit, offered.reason, offered.people) == ("near", Reason.NEAREST_WITH_ROLE, 5)
    assert offered.why == ("eta_min:4",)  # 1000 m times 1.6 at 30 km/h
    assert offered.eta_s == pytest.approx(192, abs=0.2)


def test_why_not_a_nearer_one_is_said() -> None:
    play = stage()
    flood(play)
    duty(play, "middle", on=False)
    other = play.report("gauge", "accident")
    assert play.asked(other) == ["far"]
    assert play.one(e.UnitOffered).why[1:] == ("not:near:committed", "not:middle:off_duty")


def test_it_starts_from_where_the_unit_is_now() -> None:
    play = stage()
    play.give(Located(source="far", received_at=play.now, position=east(100)))
    assert play.asked(flood(play)) == ["far"]


def test_two_that_are_equally_near_come_by_name() -> None:
    play = stage(unit("b", 1000, "crew"), unit("a", 1000, "crew"))
    assert play.asked(flood(play)) == ["a"]


def test_who_is_off_duty_is_never_asked() -> None:
    play = stage()
    for team in ("near", "middle", "far"):
        duty(play, team, on=False)
    assert play.asked(flood(play)) == []
    assert play.told() == ["nobody_left"]


def test_who_is_unreachable_is_asked_last() -> None:
    play = stage()
    for team in ("near", "middle"):
        play.give(Heartbeat(source=team, received_at=play.now))
    play.wait(900)
    play.give(Heartbeat(source="middle", received_at=play.now))
    assert unit_status(play.world, "near") == "unreachable"
    ident = flood(play)
    play.wait(3 * 60)
    assert play.asked(ident) == ["middle", "far", "near"]


def test_a_unit_without_people_is_not_asked() -> None:
    play = stage(unit("none", 10, "crew", members=0), unit("some", 2000, "crew"))
    assert play.asked(flood(play)) == ["some"]


def test_a_unit_takes_one_role_in_one_incident() -> None:
    card = plan("flood", need("crew"), need("scout", 1), release=PLANS["flood"].release)
    play = stage(
        unit("both", 100, "crew", "scout"),
        unit("second", 2000, "scout", "crew"),
        plans=Plans(PLANS | {"flood": card}, RULES),
    )
    ident = flood(play)
    roles = {a.unit: a.role for a in play.world.assignments.values()}
    assert play.asked(ident) == ["both", "second"]
    assert roles == {"both": "crew", "second": "scout"}


def test_a_unit_is_not_given_to_two_incidents_of_one_batch() -> None:
    play = stage()
    play.give(play.alarm("cam-1", "flood"), play.alarm("cam-4", "flood"))
    offered = {o.incident: o.unit for o in play.all(e.UnitOffered)}
    assert offered == {"I-e1-1": "near", "I-e1-2": "far"}


def test_the_more_urgent_of_a_batch_comes_first() -> None:
    play = stage(unit("only", 100, "crew", "scout"))
    play.give(play.alarm("cam-1", "flood"), play.alarm("cam-2", "sos"))
    assert play.live("I-e1-2") == {"only": "offered"}
    assert play.live("I-e1-1") == {}


# --- next


def test_an_offer_without_an_answer_goes_to_the_next_best() -> None:
    play = stage()
    ident = flood(play)
    play.now += 60
    play.tick()
    assert play.one(e.AssignmentChanged).reason == Reason.NO_REPLY
    assert play.told() == ["no_reply"]
    offered = play.one(e.UnitOffered)
    assert (offered.unit, offered.reason) == ("middle", Reason.NEXT_BEST)
    assert play.asked(ident) == ["near", "middle"]


def test_a_refusal_goes_to_the_next_best_with_its_words() -> None:
    play = stage()
    flood(play)
    play.reply("O-e1-1", "declined", text="车坏")
    assert play.one(e.AssignmentChanged).text == "车坏"
    assert play.one(e.OfficerAlerted).text == "车坏"
    assert play.one(e.UnitOffered).unit == "middle"


def test_an_answer_beside_its_deadline_counts() -> None:
    play = stage()
    ident = flood(play)
    play.now += 61
    said = Reply(
        source="near",
        received_at=play.now,
        order_id="O-e1-1",
        unit="near",
        status=ReplyStatus.ACCEPTED,
    )
    play.give(said, *(Deadline(name) for name in ("offer:O-e1-1", "outbox:O-e1-1")))
    assert play.all(e.UnitOffered) == []
    assert play.live(ident) == {"near": "accepted"}


def test_who_was_asked_is_not_asked_again() -> None:
    play = stage()
    ident = flood(play)
    play.wait(HOUR)
    assert play.asked(ident) == ["near", "middle", "far"]


def test_people_count_not_units() -> None:
    play = stage()
    ident = play.report("cam-1", "accident")  # ten people
    assert play.asked(ident) == ["near", "middle"]
    play.reply(play.order_of("middle"), "declined")
    assert play.live(ident) == {"near": "offered", "far": "offered"}


def test_who_is_done_still_counts() -> None:
    play = stage()
    ident = play.report("cam-1", "accident")
    play.walk(play.order_of("near"), "accepted", "done")
    assert play.asked(ident) == ["near", "middle"]


def test_first_come_first_served() -> None:
    play = stage()
    ident = play.report("cam-1", "storm")
    assert play.live(ident) == {"near": "offered", "middle": "offered"}
    play.reply(play.order_of("middle"), "accepted")
    assert play.live(ident) == {"middle": "accepted"}
    taken_back = play.one(e.AssignmentChanged, unit="near")
    assert (taken_back.status, taken_back.reason) == ("withdrawn", Reason.NEED_FILLED)
    assert play.one(e.OrderQueued).state == "withdrawn"
    assert play.all(e.UnitOffered) == []
    play.reply(play.order_of("near"), "accepted")
    assert play.told() == ["withdrawn_meanwhile"]


def test_who_says_done_in_one_word_still_takes_the_other_offer_back() -> None:
    play = stage()
    ident = play.report("cam-1", "storm")
    play.reply(play.order_of("middle"), "done")
    assert play.live(ident) == {}
    assert play.incident(ident).state == "resolved"


def test_an_offer_of_the_officers_is_not_taken_back() -> None:
    play = stage()
    ident = play.report("cam-1", "storm")
    play.do("assign", ident, units=("far",))
    play.reply(play.order_of("middle"), "accepted")
    assert play.live(ident) == {"middle": "accepted", "far": "offered"}


def test_a_post_takes_several_cases() -> None:
    play = stage()
    for text in ("甲", "乙"):
        play.do("report_alarm", kind="dispute", text=text, place="v01-g1")
    for ident in list(play.world.incidents):
        play.do("assign", ident, units=("ggh-1",))
    assert len(play.world.units["ggh-1"].orders) == 2
    first, second = play.world.units["ggh-1"].orders
    play.reply(first, "accepted")
    assert play.world.assignments[first].status == "accepted"
    assert play.world.assignments[second].status == "offered"


# --- nobody


def nobody(play: Stage) -> str:
    """A flood for which all three have said no."""
    ident = flood(play)
    for team in ("near", "middle", "far"):
        play.reply(play.order_of(team), "declined")
    return ident


def test_nobody_left_is_an_alarm_of_its_own() -> None:
    play = stage()
    ident = flood(play)
    play.do("acknowledge", ident)
    for team in ("near", "middle"):
        play.reply(play.order_of(team), "declined")
    play.reply(play.order_of("far"), "declined")
    fact = play.one(e.NobodyLeft)
    assert (fact.incident, fact.role, fact.missing, fact.must) == (ident, "crew", 5, True)
    assert play.told() == ["unit_declined", "nobody_left"]
    assert play.incident(ident).nobody_for == ["crew"]
    assert play.incident(ident).ack_by == ""  # it is asked about again
    assert play.rows()["incident"][ident]["nobody_for"] == ["crew"]  # type: ignore[index]


def test_nobody_left_is_said_once() -> None:
    play = stage()
    nobody(play)
    facts = play.wait(HOUR)
    assert not [f for f in facts if isinstance(f, e.NobodyLeft)]
    play.report("cam-1", "flood")
    assert play.all(e.NobodyLeft) == []


def test_part_of_a_team_goes_and_the_rest_is_missed() -> None:
    play = stage(unit("only", 100, "crew"))
    ident = play.report("cam-1", "accident")
    assert play.live(ident) == {"only": "offered"}
    assert play.one(e.NobodyLeft).missing == 5


def test_what_is_only_wanted_is_no_alarm() -> None:
    play = stage(unit("only", 100, "crew"))
    ident = play.report("cam-1", "crowd")
    assert play.one(e.NobodyLeft).must is False
    assert play.told() == []
    assert play.incident(ident).nobody_for == []
    assert play.rows()["incident"][ident]["nobody_for"] == ["crew"]  # type: ignore[index]


def test_what_is_only_wanted_does_not_hide_that_a_must_has_nobody() -> None:
    play = stage(unit("only", 100, "crew"))
    ident = play.report("cam-1", "crowd")
    play.reply(play.order_of("only"), "declined")
    assert play.one(e.NobodyLeft, must=True).role == "crew"
    assert play.told() == ["unit_declined", "nobody_left"]
    assert play.incident(ident).nobody_for == ["crew"]


def test_who_becomes_free_is_asked() -> None:
    play = stage(unit("only", 100, "crew"))
    first = flood(play)
    second = play.report("cam-4", "flood")
    assert play.incident(second).nobody_for == ["crew"]
    play.walk(play.order_of("only"), "accepted", "done")
    assert play.incident(first).state == "resolved"
    assert play.live(second) == {"only": "offered"}
    assert play.incident(second).nobody_for == []
    play.reply(play.order_of("only"), "declined")
    assert play.told() == ["unit_declined", "nobody_left"]  # a new fact, told again


def test_who_comes_on_duty_is_asked() -> None:
    play = stage()
    duty(play, "scout-1", on=False)
    ident = play.report("cam-1", "sos")
    assert play.incident(ident).nobody_for == ["scout"]
    duty(play, "scout-1", on=True)
    assert play.live(ident) == {"scout-1": "offered"}


@pytest.mark.parametrize("team", ["near", "ggh-1"])
def test_who_cannot_do_it_changes_nothing_by_coming_on_duty(team: str) -> None:
    play = stage()
    duty(play, "scout-1", on=False)
    play.report("cam-1", "sos")
    duty(play, team, on=False)
    duty(play, team, on=True)
    assert play.all(e.NobodyLeft) == []
    assert play.told() == []


def test_a_unit_that_is_at_work_elsewhere_is_not_free() -> None:
    play = stage(unit("only", 100, "crew"))
    flood(play)
    play.report("cam-4", "flood")
    play.reply("O-e1-1", "accepted")
    duty(play, "only", on=True)
    play.give(Heartbeat(source="only", received_at=play.now))
    play.wait(900)
    play.give(Heartbeat(source="only", received_at=play.now))
    assert play.all(e.NobodyLeft) == []


def test_who_is_done_and_off_duty_is_not_free() -> None:
    play = stage(unit("only", 100, "crew"))
    flood(play)
    play.report("cam-4", "flood")
    duty(play, "only", on=False)
    assert play.told() == ["off_duty_with_order"]
    play.reply("O-e1-1", "done")
    assert play.all(e.NobodyLeft) == []
    assert play.all(e.UnitOffered) == []


def test_the_free_unit_goes_to_the_more_urgent_and_the_other_is_not_told_twice() -> None:
    play = stage(unit("only", 100, "crew", "scout"))
    flood(play)
    play.walk("O-e1-1", "accepted", "on_scene")
    calm, urgent = play.report("cam-4", "flood"), play.report("cam-2", "sos")
    play.reply("O-e1-1", "done")
    assert play.live(urgent) == {"only": "offered"}
    assert play.live(calm) == {}
    assert play.told() == []


def test_a_new_unit_in_the_files_is_asked() -> None:
    play = stage(unit("only", 100, "crew"))
    ident = flood(play)
    play.reply("O-e1-1", "declined")
    play.give(loaded(township(unit("only", 100, "crew"), unit("fresh", 200, "crew"))))
    assert play.live(ident) == {"fresh": "offered"}


def test_a_unit_that_left_the_files_is_asked_no_more_and_its_late_yes_breaks_nothing() -> None:
    play = stage()
    ident = flood(play)
    play.wait(60)
    play.give(loaded(township(unit("middle", 2000, "crew"), unit("far", 3000, "crew"))))
    assert "near" not in play.world.units
    play.reply("O-e1-1", "accepted")
    assert play.batch.kept_aside == {}
    assert play.world.assignments["O-e1-1"].status == "withdrawn"
    assert play.live(ident) == {"middle": "offered"}
    play.rows()


# --- the end


def test_when_all_are_done_it_is_resolved_and_waits_for_the_officer() -> None:
    play = stage()
    ident = play.report("cam-1", "landslide")
    play.walk(play.order_of("near"), "accepted", "done")
    assert play.incident(ident).state == "working"
    play.walk(play.order_of("scout-1"), "accepted", "done")
    ended = play.one(e.IncidentEnded)
    assert (ended.state, ended.by, ended.reason) == ("resolved", "post", Reason.ALL_UNITS_DONE)
    play.wait(100 * HOUR)
    assert play.incident(ident).state == "resolved"
    assert play.incident(ident).outcome == "all_units_done"
    play.do("close", ident, text="已处置")
    assert play.incident(ident).state == "closed"
    assert play.incident(ident).outcome == "已处置"


def test_a_must_that_was_not_done_keeps_it_open() -> None:
    play = stage()
    ident = play.report("cam-1", "landslide")
    play.reply(play.order_of("scout-1"), "declined")
    assert play.incident(ident).nobody_for == ["scout"]
    play.walk(play.order_of("near"), "accepted", "done")
    assert play.incident(ident).state == "resolved"  # nobody is left for it: the officer knows


def test_that_nobody_is_left_for_one_role_does_not_excuse_another() -> None:
    play = stage()
    card = plan(
        "big", need("crew"), need("scout", 1), need("medic", 1), release=PLANS["big"].release
    )
    play = stage(plans=Plans(PLANS | {"big": card}, RULES))
    ident = play.report("cam-1", "landslide")
    assert play.incident(ident).nobody_for == ["medic"]
    play.do("withdraw", ident, units=("near",))
    for team in ("middle", "far"):
        duty(play, team, on=False)
    play.walk(play.order_of("middle"), "accepted")
    play.walk(play.order_of("scout-1"), "accepted", "done")
    assert play.incident(ident).state != "resolved"
