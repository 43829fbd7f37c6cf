"""Dangers: read by whom, learned later, and in the orders of those who are on it."""

from __future__ import annotations

from dataclasses import replace

from stage import PLANS, RULES, Stage, need, plan, stage

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world
from command.core.hazards import ADDED_LIMIT
from command.core.plans import Plans, Release
from command.core.reasons import Refusal
from command.core.views import Row

WIRE, GAS = "电力线路", "液化气罐"


def dangerous() -> Stage:
    """Floods and fires have two dangers here."""
    flood = plan("flood", need("crew"), release=Release.AT_ONCE, hazards=(WIRE, GAS))
    fire = replace(PLANS["fire"], hazards=(WIRE,))
    return stage(plans=Plans(PLANS | {"flood": flood, "fire": fire}, RULES))


def row_of(play: Stage, ident: str) -> Row:
    row = play.rows()["incident"][ident]
    assert row is not None
    return row


def test_an_assignment_names_the_dangers_that_were_read() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("assign", ident, units=("far",), rec="R-3", read=(WIRE, "没有的"), why="路不通")
    assert play.one(e.HazardsRead).hazards == (WIRE,)
    assert row_of(play, ident)["hazards_read"] == {WIRE: "officer-1"}
    done = play.one(e.CommandDone)
    assert (done.rec, done.why) == ("R-3", "路不通")


def test_an_assignment_that_names_none_is_done_all_the_same() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("assign", ident, units=("far",))
    assert play.all(e.HazardsRead) == []
    assert row_of(play, ident)["hazards_read"] == {}
    assert play.live(ident)["far"] == "offered"


def test_an_acknowledgement_may_name_them_too_and_the_first_reader_stays() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("acknowledge", ident, read=(WIRE,))
    later = m.Assign(id="u", incident=ident, units=("far",), read=(WIRE,))
    play.order(later, by="officer-2")
    assert play.all(e.HazardsRead) == []
    assert play.incident(ident).hazards_read == {WIRE: "officer-1"}


def test_a_danger_learned_later_goes_to_every_unit_and_ends_the_acknowledgement() -> None:
    play = dangerous()
    ident = play.report("cam-1", "flood")
    play.walk(play.order_of("near"), "received", "accepted")
    play.do("assign", ident, units=("far",))
    play.do("acknowledge", ident, read=(WIRE, GAS))
    seen = play.incident(ident).rev
    play.do("hazard", ident, text="岸坡被掏空")
    orders = {queued.unit: queued for queued in play.all(e.OrderQueued)}
    assert orders.keys() == {"near", "far"}
    assert {queued.state for queued in orders.values()} == {"updated"}
    assert {queued.rev for queued in orders.values()} == {2}
    assert all(q.message["hazards"] == [WIRE, GAS, "岸坡被掏空"] for q in orders.values())
    assert orders["near"].message["others"] == ["far"]
    row = row_of(play, ident)
    assert row["hazards"] == [WIRE, GAS, "岸坡被掏空"]
    assert "岸坡被掏空" not in row["hazards_read"]
    assert row["ack"] is None
    assert row["rev"] > seen
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_who_is_called_later_has_it_in_the_first_order() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("hazard", ident, text="岸坡被掏空")
    assert play.all(e.OrderQueued) == []
    play.do("assign", ident, units=("far",))
    assert play.one(e.OrderQueued).message["hazards"] == [WIRE, "岸坡被掏空"]


def test_a_merge_loses_no_danger_of_either() -> None:
    play = dangerous()
    gone, into = play.report("cam-1", "flood"), play.report("cam-4", "crowd")
    play.do("hazard", gone, text="岸坡被掏空")
    play.do("acknowledge", gone, read=(GAS,))
    first, others = play.asked(gone), play.asked(into)
    play.do("merge", gone, into=into)
    all_of_them = [WIRE, GAS, "岸坡被掏空"]
    orders = {queued.unit: queued.message for queued in play.all(e.OrderQueued)}
    assert set(orders) == {*first, *others}  # who was there already learns of them as well
    assert all(message["hazards"] == all_of_them for message in orders.values())
    row = play.rows()["incident"][into]
    assert row is not None
    assert (row["hazards"], row["hazards_read"]) == (all_of_them, {GAS: "officer-1"})
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_a_merge_that_brings_no_new_danger_leaves_the_orders() -> None:
    play = dangerous()
    gone, into = play.report("cam-1"), play.report("cam-4", "flood")
    play.do("merge", gone, into=into)
    assert play.all(e.OrderQueued) == []


def test_a_danger_that_is_known_is_none() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    found = play.refusal("hazard", ident, text=WIRE)
    assert (found.why, found.what) == (Refusal.HAZARD_KNOWN, WIRE)
    play.do("hazard", ident, text="塌方")
    assert play.refusal("hazard", ident, text="塌方").why == Refusal.HAZARD_KNOWN


def test_an_order_stays_a_page_that_can_be_read() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    for number in range(ADDED_LIMIT):
        play.do("hazard", ident, text=f"危险{number}")
    assert play.refusal("hazard", ident, text="再一条").why == Refusal.TOO_MANY_HAZARDS


def test_nothing_is_added_to_what_is_over() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("false_alarm", ident)
    assert play.refusal("hazard", ident, text="塌方").why == Refusal.ENDED


def test_after_a_reopening_they_are_to_be_read_again() -> None:
    play = dangerous()
    ident = play.report("cam-1")
    play.do("hazard", ident, text="塌方")
    play.do("acknowledge", ident, read=(WIRE, "塌方"))
    play.do("false_alarm", ident)
    play.do("reopen", ident)
    row = row_of(play, ident)
    assert (row["hazards"], row["hazards_read"]) == ([WIRE, "塌方"], {})
