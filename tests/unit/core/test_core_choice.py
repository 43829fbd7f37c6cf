"""Whom the officer takes out of the team is not sent by the post behind their back."""

from __future__ import annotations

import pytest
from stage import DAY, Stage, stage, unit

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world
from command.core.ordering import Refused
from command.core.reasons import Refusal

UNITS = (
    unit("near", 100, "crew"),
    unit("middle", 1000, "crew"),
    unit("far", 5000, "crew"),
)


def fire() -> tuple[Stage, str]:
    play = stage(units=UNITS)
    return play, play.report("cam-1")


def assign(play: Stage, ident: str, *units: str, without: tuple[str, ...] = ()) -> None:
    command = m.Assign(
        id=f"a-{play.number()}", incident=ident, units=units, without=without, why="人不在"
    )
    play.order(command)


def test_a_unit_that_was_taken_out_is_asked_neither_now_nor_later() -> None:
    play, ident = fire()
    assign(play, ident, "middle", without=("near",))
    assert play.asked(ident) == ["middle"]
    (left_out,) = play.all(e.UnitsLeftOut)
    assert (left_out.units, left_out.by, left_out.why) == (("near",), "officer-1", "人不在")
    play.wait(60)
    assert play.asked(ident) == ["middle", "far"]
    play.wait(DAY)
    assert "near" not in play.asked(ident)
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_named_again_it_goes() -> None:
    play, ident = fire()
    assign(play, ident, "middle", without=("near",))
    assign(play, ident, "near")
    assert play.asked(ident) == ["middle", "near"]


def test_the_row_says_who_and_why_and_the_log_says_it_once() -> None:
    play, ident = fire()
    assign(play, ident, "middle", without=("near", "near"))
    assert len(play.all(e.UnitsLeftOut)) == 1
    assign(play, ident, "far", without=("near",))
    assert play.all(e.UnitsLeftOut) == []
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["left_out"] == {"near": "人不在"}


def test_another_incident_may_have_it_and_so_may_a_reopened_one() -> None:
    play, ident = fire()
    assign(play, ident, "middle", without=("near",))
    play.do("resolve", ident)
    play.do("reopen", ident)
    assert play.incident(ident).left_out == {}
    assign(play, ident, "far")
    other = play.report("cam-2", "flood")
    assert play.asked(other) == ["near"]


def test_a_stranger_is_refused_and_nothing_is_done() -> None:
    play, ident = fire()
    with pytest.raises(Refused) as found:
        assign(play, ident, "middle", without=("nobody",))
    assert (found.value.why, found.value.what) == (Refusal.UNKNOWN_UNIT, "nobody")
    assert play.asked(ident) == []
