"""Putting the automatic release off: once with a reason, once by an open dialog, never after it."""

from __future__ import annotations

import pytest
from stage import NOON, stage

from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.reasons import Reason, Refusal
from command.refusals import refused
from sensors.words import tr


def test_a_hold_puts_the_release_off_and_says_by_whom_and_why() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.now += 20
    play.do("hold", ident, seconds=120, why="先看探头")
    held = play.one(e.ReleaseHeld)
    assert (held.by, held.why, held.until, held.dialog) == (
        "officer-1",
        "先看探头",
        NOON + 140,
        False,
    )
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["held"] == {"by": "officer-1", "why": "先看探头", "until": NOON + 140}
    assert row["due"]["release"] == NOON + 140
    assert not [x for x in play.wait(119.9) if isinstance(x, e.IncidentReleased)]
    play.wait(0.1)
    assert play.one(e.IncidentReleased).reason == Reason.COUNTDOWN_OVER
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_who_puts_it_off_with_a_reason_has_it() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, dialog=True)
    assert play.incident(ident).ack_by == ""
    play.do("hold", ident, seconds=120, why="先看探头")
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["ack"] == {"by": "officer-1", "until": NOON + 300}
    # What comes next is the release, not a call for an officer who is looking at it.
    assert set(row["due"]) == {"release", "ackend"}


def test_another_officers_acknowledgement_stays() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("acknowledge", ident)
    until = play.incident(ident).ack_until
    play.now += 5
    play.do("hold", ident, seconds=120, why="先看探头")
    assert play.incident(ident).ack_until == until


def test_a_hold_never_brings_the_release_forward() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, seconds=15, why="先看探头")
    assert play.world.due[f"release:{ident}"] == NOON + 60


def test_an_open_dialog_extends_once_by_thirty_seconds_and_keeps_the_version() -> None:
    play = stage()
    ident = play.report("cam-1")
    seen = play.incident(ident).rev
    play.now += 50
    play.do("hold", ident, dialog=True)
    assert play.world.due[f"release:{ident}"] == NOON + 90
    row = play.rows()["incident"][ident]
    assert row is not None
    assert (row["extended"], row["held"], row["rev"]) == (True, None, seen)
    assert play.refusal("hold", ident, dialog=True).why == Refusal.ALREADY_HELD
    play.do("assign", ident, units=("near",), rev=seen)  # whose dialog it is may still send


def test_a_dialog_and_a_hold_are_each_possible_once() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, seconds=120, why="先看探头")
    play.do("hold", ident, dialog=True)
    assert play.world.due[f"release:{ident}"] == NOON + 150
    held = play.incident(ident).held
    assert held is not None
    assert held.until == NOON + 150
    found = play.refusal("hold", ident, seconds=15, why="再看")
    assert (found.why, found.by) == (Refusal.ALREADY_HELD, "officer-1")


def test_a_person_asleep_in_a_dialog_does_not_stop_the_engine() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, dialog=True)
    play.wait(90)
    assert play.incident(ident).released_at == NOON + 90


@pytest.mark.parametrize("values", [{"seconds": 30, "why": "看"}, {"dialog": True}])
def test_after_the_release_nothing_is_held(values: dict[str, object]) -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    found = play.refusal("hold", ident, **values)
    assert (found.why, found.by) == (Refusal.ALREADY_RELEASED, "post")
    answer = refused(found)
    assert answer.by == "post"  # the code, for programs
    words = tr("{what} was released already, by {by}. Call teams back instead.")
    assert answer.reason == words.format(what=ident, by=tr("post"))


def test_what_goes_by_hand_has_nothing_to_hold() -> None:
    play = stage()
    ident = play.report("cam-1", "environment")
    assert play.refusal("hold", ident, seconds=30, why="看").why == Refusal.NOTHING_TO_HOLD


def test_a_hold_needs_its_reason() -> None:
    play = stage()
    ident = play.report("cam-1")
    assert play.refusal("hold", ident, seconds=30).why == Refusal.WHY_MISSING


def test_an_old_timer_does_nothing_after_reopening() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, seconds=300, why="先看探头")
    play.do("false_alarm", ident)
    play.now += 290
    play.do("reopen", ident)
    assert (play.incident(ident).held, play.incident(ident).extended) == (None, False)
    assert not [x for x in play.wait(59) if isinstance(x, e.IncidentReleased)]
    play.do("hold", ident, seconds=60, why="新的一次")  # and the new opening has its own
    play.wait(61)
    assert play.incident(ident).released_at == NOON + 409


def test_a_hold_survives_a_restart() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("hold", ident, seconds=300, why="先看探头")
    play.world = load_world(dump_world(play.world))
    play.wait(299)
    assert play.incident(ident).released_at is None
    play.wait(1)
    assert play.incident(ident).released_at == NOON + 300
