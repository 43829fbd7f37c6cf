"""What a unit said by radio: through the same table as its handheld, and marked as told."""

from __future__ import annotations

import pytest
from stage import Stage, stage

from command.core import events as e
from command.core.codec import dump_world
from command.core.reasons import Reason, Refusal
from command.core.views import Row


def flood() -> tuple[Stage, str]:
    play = stage()
    return play, play.report("cam-1", "flood")


def row_of(play: Stage, unit: str) -> Row:
    row = play.rows()["assignment"][play.order_of(unit)]
    assert row is not None
    return row


def test_it_moves_the_assignment_and_says_who_was_told() -> None:
    play, ident = flood()
    play.now += 5
    play.do("reply", ident, unit="near", status="on_scene", text="水到桥面")
    received = play.one(e.ReplyReceived)
    assert (received.source, received.by, received.status) == ("console", "officer-1", "on_scene")
    assert [event.status for event in play.all(e.AssignmentChanged)] == [
        "accepted",
        "en_route",
        "on_scene",
    ]
    row = row_of(play, "near")
    assert (row["status"], row["reason"], row["told_by"], row["text"]) == (
        "on_scene",
        Reason.BY_PHONE,
        "officer-1",
        "水到桥面",
    )
    assert play.incident(ident).state == "working"
    assert play.world.units["near"].last_at == play.now
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_the_handheld_still_gets_the_order() -> None:
    play, ident = flood()
    play.do("reply", ident, unit="near", status="accepted")
    waiting = play.world.outbox[play.order_of("near")]
    assert (waiting.state, waiting.rev, waiting.until) == ("updated", 2, None)
    assert row_of(play, "near")["received"] is False


def test_a_handheld_that_has_it_gets_it_no_second_time() -> None:
    play, ident = flood()
    play.reply(play.order_of("near"), "received")
    play.do("reply", ident, unit="near", status="accepted")
    assert play.all(e.OrderQueued) == []
    assert play.world.outbox == {}


def test_a_no_by_radio_asks_the_next_best() -> None:
    play, ident = flood()
    play.do("reply", ident, unit="near", status="declined", text="车坏")
    assert row_of(play, "near")["told_by"] == "officer-1"
    assert play.live(ident) == {"middle": "offered"}
    assert play.order_of("near") not in play.world.outbox


def test_a_later_step_of_the_handheld_is_its_own_again() -> None:
    play, ident = flood()
    play.do("reply", ident, unit="near", status="accepted")
    play.reply(play.order_of("near"), "on_scene")
    row = row_of(play, "near")
    assert (row["told_by"], row["reason"]) == ("", Reason.UNIT_ANSWERED)


def test_a_stored_answer_from_before_the_call_is_only_logged() -> None:
    play, ident = flood()
    said_at = play.now + 1
    play.now += 60 - 1
    play.do("reply", ident, unit="near", status="accepted")
    play.reply(play.order_of("near"), "declined", at_source=said_at)
    assert play.one(e.ReplyReceived).reason == Reason.OLDER_REPLY
    assert play.live(ident) == {"near": "accepted"}


NOT_POSSIBLE = [
    # what was said before, what is said now, why not
    (("accepted",), "accepted", Refusal.SAID_BEFORE),
    (("accepted", "on_scene"), "en_route", Refusal.SAID_BEFORE),
    (("accepted", "done"), "on_scene", Refusal.SAID_BEFORE),
    (("accepted", "done"), "declined", Refusal.ORDER_OVER),
    (("declined",), "done", Refusal.ORDER_OVER),
]


@pytest.mark.parametrize(("before", "now", "why"), NOT_POSSIBLE)
def test_what_the_table_only_notes_is_refused_with_why(
    before: tuple[str, ...], now: str, why: Refusal
) -> None:
    play, ident = flood()
    play.walk(play.order_of("near"), *before)
    found = play.refusal("reply", ident, unit="near", status=now)
    assert (found.why, found.by) == (why, "near")
    assert found.what == play.of_unit("near").status


def test_an_order_that_was_taken_back_goes_on_for_nobody() -> None:
    play, ident = flood()
    play.do("withdraw", ident, units=("near",))
    assert play.refusal("reply", ident, unit="near", status="on_scene").why == Refusal.ORDER_OVER


def test_who_has_no_order_says_nothing_about_it() -> None:
    play, ident = flood()
    assert play.refusal("reply", ident, unit="far", status="done").why == Refusal.NO_ORDER
    assert play.refusal("reply", ident, unit="x", status="done").why == Refusal.UNKNOWN_UNIT


def test_of_two_orders_the_newest_counts() -> None:
    play, ident = flood()
    play.reply(play.order_of("near"), "declined")
    play.do("assign", ident, units=("near",))
    play.do("reply", ident, unit="near", status="accepted")
    assert play.live(ident)["near"] == "accepted"
