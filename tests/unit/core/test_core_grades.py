"""Grade, response and priority are three things; and a unit off duty until a time."""

from __future__ import annotations

import pytest
from stage import DAY, HOUR, NOON, Stage, loaded, of_kind, stage, township

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.commands import Ordered
from command.core.reasons import Reason, Refusal
from command.core.views import Row
from sensors.observations import Duty


def by_leader(play: Stage, level: int, why: str) -> None:
    command = m.Response(id=f"u-{play.number()}", level=level, why=why)
    batch = play.give(Ordered(command, "leader-1", "leader"))
    if 0 in batch.refused:
        raise batch.refused[0]


def test_an_officer_grades_and_the_priority_stays() -> None:
    play = stage()
    ident = play.report("cam-1")
    before = play.incident(ident)
    seen = (before.priority, before.rev)
    play.do("grade", ident, grade=3, why="过火两亩")
    row = play.rows()["incident"][ident]
    assert row is not None
    assert (row["grade"], row["grade_by"], row["priority"]) == (3, "officer-1", seen[0])
    assert row["rev"] == seen[1] + 1
    assert play.one(e.GradeSet).why == "过火两亩"


def test_ungraded_is_zero_and_what_is_over_can_be_graded() -> None:
    play = stage()
    ident = play.report("cam-1")
    row = play.rows()["incident"][ident]
    assert row is not None
    assert (row["grade"], row["grade_by"]) == (0, "")
    play.do("resolve", ident)
    play.do("grade", ident, grade=4)
    assert play.incident(ident).grade == 4


@pytest.mark.parametrize(("gone", "into", "stays"), [(2, 0, 2), (2, 3, 2), (3, 2, 2), (0, 3, 3)])
def test_of_two_that_are_one_the_graver_grade_stands(gone: int, into: int, stays: int) -> None:
    play = stage()
    one, two = play.report("cam-1"), play.report("cam-4")
    for ident, grade in ((one, gone), (two, into)):
        if grade:
            play.do("grade", ident, grade=grade)
    play.do("merge", one, into=two)
    assert play.incident(two).grade == stays


def test_the_response_is_the_leaders_word() -> None:
    play = stage()
    assert play.refusal("response", level=4, why="雨还在下").why == Refusal.NEEDS_LEADER
    by_leader(play, 4, "带班同意")
    row = play.rows()["post"]["post"]
    assert row is not None
    assert (row["response"], row["response_by"]) == (4, "leader-1")
    assert (row["response_since"], row["response_why"]) == (NOON, "带班同意")
    by_leader(play, 0, "雨停")
    assert play.world.response.level == 0
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_a_response_without_a_reason_is_refused() -> None:
    play = stage()
    command = m.Response(id="u", level=4)
    batch = play.give(Ordered(command, "leader-1", "leader"))
    assert batch.refused[0].why == Refusal.WHY_MISSING


# --- off until


def row_of(play: Stage, unit: str) -> Row:
    row = play.rows()["unit"][unit]
    assert row is not None
    return row


def test_a_unit_is_off_until_its_time_and_then_on_by_itself() -> None:
    play = stage()
    play.do("duty", unit="near", on=False, until=NOON + HOUR, why="车坏")
    row = row_of(play, "near")
    assert (row["state"], row["off_reason"], row["off_until"]) == ("off_duty", "车坏", NOON + HOUR)
    play.world = load_world(dump_world(play.world))
    assert of_kind(play.wait(HOUR - 1), e.UnitDutyChanged) == []
    play.wait(1)
    changed = play.one(e.UnitDutyChanged)
    assert (changed.on, changed.by, changed.reason) == (True, "post", Reason.OFF_TIME_OVER)
    row = row_of(play, "near")
    assert (row["state"], row["off_until"]) == ("available", None)
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_back_in_time_it_goes_to_who_waits_for_it() -> None:
    play = stage()
    for unit in ("near", "middle", "far"):
        play.do("duty", unit=unit, on=False, until=NOON + HOUR, why="吃饭")
    ident = play.report("cam-1", "flood")
    assert play.asked(ident) == []
    play.wait(HOUR)
    assert play.asked(ident) == ["near"]


@pytest.mark.parametrize("how", ["officer", "unit", "without a time"])
def test_an_earlier_word_undoes_the_time(how: str) -> None:
    play = stage()
    play.do("duty", unit="near", on=False, until=NOON + HOUR, why="车坏")
    play.now += 60
    if how == "unit":
        play.give(Duty(source="near", received_at=play.now, on=True))
    else:
        play.do("duty", unit="near", on=how == "officer", why="修好了")
    assert of_kind(play.wait(DAY), e.UnitDutyChanged) == []
    assert play.world.units["near"].on_duty is (how != "without a time")


def test_a_time_that_has_passed_is_refused() -> None:
    play = stage()
    found = play.refusal("duty", unit="near", on=False, until=NOON, why="车坏")
    assert (found.why, found.what) == (Refusal.UNTIL_PASSED, "near")
    play.do("duty", unit="near", on=True, until=NOON)  # on has no end


def test_the_time_of_a_unit_that_is_gone_does_nothing() -> None:
    play = stage()
    play.do("duty", unit="near", on=False, until=NOON + HOUR, why="车坏")
    play.give(loaded(township(*township().units[1:4]), play.now))
    assert "near" not in play.world.units
    assert of_kind(play.wait(DAY), e.UnitDutyChanged) == []
