"""The rate meter: what counts, for whom, and where a flood begins and ends."""

from __future__ import annotations

from typing import Any

import pytest
from stage import NOON, Stage, east, stage

from command.core.load import SOURCES_KEPT, WINDOW_S, Band, Load, band
from sensors.observations import Test as Tried

ONE = ("watch",)


def meter(play: Stage) -> Load:
    """A meter that hears every batch of the stage."""
    load, give = Load(), play.give

    def heard(*inputs: Any) -> Any:
        batch = give(*inputs)
        load.follow(batch.events)
        return batch

    play.give = heard  # type: ignore[method-assign]
    return load


def asks(play: Stage, times: int, every_s: float = 1.0) -> None:
    """So many calls for help, each an incident of its own."""
    for _ in range(times):
        play.report(f"caller-{play.number()}", "sos", position=east(0))
        play.now += every_s


def n10(play: Stage, load: Load, officers: tuple[str, ...] = ONE) -> Any:
    return load.row(play.now, officers)["n10"]


@pytest.mark.parametrize(
    ("before", "each", "after"),
    [
        (Band.QUIET, 0, Band.QUIET),
        (Band.QUIET, 1, Band.QUIET),
        (Band.QUIET, 1.5, Band.BUSY),
        (Band.QUIET, 10, Band.BUSY),
        (Band.BUSY, 10, Band.BUSY),
        (Band.QUIET, 11, Band.FLOOD),
        (Band.BUSY, 10.5, Band.FLOOD),
        (Band.FLOOD, 10, Band.FLOOD),
        (Band.FLOOD, 5, Band.FLOOD),
        (Band.FLOOD, 4.9, Band.BUSY),
        (Band.FLOOD, 4, Band.BUSY),
        (Band.FLOOD, 1, Band.QUIET),
        (Band.BUSY, 5, Band.BUSY),
    ],
)
def test_the_edges(before: Band, each: float, after: Band) -> None:
    assert band(before, each) is after


def test_ten_are_busy_eleven_a_flood_five_still_and_four_no_longer() -> None:
    play = stage()
    load = meter(play)
    asks(play, 10)
    assert load.row(play.now, ONE)["band"] == "busy"
    asks(play, 1)
    began = play.now
    assert load.row(play.now, ONE) == {
        "n10": 11,
        "band": "flood",
        "since": began,
        "officers": ["watch"],
    }
    play.now = NOON + WINDOW_S + 5  # the first six are ten minutes old
    assert load.row(play.now, ONE) == {
        "n10": 5,
        "band": "flood",
        "since": began,
        "officers": ["watch"],
    }
    play.now += 1
    over = load.row(play.now, ONE)
    assert (over["n10"], over["band"], over["since"]) == (4, "busy", play.now)


def test_it_is_for_each_officer() -> None:
    play = stage()
    load = meter(play)
    asks(play, 11)
    assert n10(play, load, ("a", "b")) == 5.5
    assert n10(play, load, ("a", "b", "c")) == 3.7
    assert load.row(play.now, ("b", "a"))["band"] == "busy"
    assert load.row(play.now, ())["band"] == "flood"
    assert load.row(play.now, ())["officers"] == []


def test_what_joins_what_repeats_and_what_is_shelved_asks_for_nothing() -> None:
    play = stage()
    load = meter(play)
    play.report("cam-1", "fire")
    play.report("cam-2", "fire")  # joins
    play.report("cam-1", "fire")  # again
    play.do("shelve", source="cam-3", kind="smoke", minutes=15, why="雾")
    play.report("cam-3", "smoke")
    play.give(Tried(source="cam-1", received_at=play.now, message_id="t", digest="t"))
    assert n10(play, load) == 1


def test_an_alarm_that_opens_nothing_and_is_told_counts_once() -> None:
    play = stage()
    load = meter(play)
    play.report("cam-1", "earthquake")
    assert play.told() == ["no_plan"]
    play.report("cam-1", "earthquake")  # stands before the officer already
    assert n10(play, load) == 1


def test_an_alarm_of_a_stranger_counts_once() -> None:
    play = stage()
    load = meter(play)
    play.report("stranger", "fire", position=east(0))
    assert n10(play, load) == 1


def test_what_the_officer_splits_is_no_new_alarm() -> None:
    play = stage()
    load = meter(play)
    ident = play.report("cam-1", "fire")
    play.report("cam-2", "fire")
    play.do("split", ident, alarm="cam-2/x")
    assert len(play.world.incidents) == 2
    assert n10(play, load) == 1


def test_a_restart_finds_what_was_asked_before() -> None:
    play = stage()
    load = meter(play)
    asks(play, 12)
    play.report("cam-1", "earthquake")
    again = Load()
    again.load(play.replayed())
    assert n10(play, again) == n10(play, load) == 13
    play.now += WINDOW_S
    assert n10(play, again) == 0


def test_three_alarms_of_a_source_within_a_minute_are_chatter() -> None:
    play = stage()
    load = meter(play)
    for seconds in (0, 20, 40):
        play.now = NOON + seconds
        play.report("cam-1", "flood")
    assert load.chatter(NOON + 40) == ["cam-1"]
    assert load.chatter(NOON + 60) == ["cam-1"]
    assert load.chatter(NOON + 61) == []


def test_slower_than_that_is_none() -> None:
    play = stage()
    load = meter(play)
    for seconds in (0, 31, 62):
        play.now = NOON + seconds
        play.report("cam-1", "flood")
        assert load.chatter(play.now) == []


def test_a_shelved_source_chatters_to_nobody() -> None:
    play = stage()
    load = meter(play)
    play.do("shelve", source="cam-3", kind="smoke", minutes=15, why="雾")
    for _ in range(3):
        play.report("cam-3", "smoke")
    assert load.chatter(play.now) == []


def test_names_without_end_do_not_fill_the_memory() -> None:
    play = stage()
    play.report("cam-1", "flood")
    (received,) = (event for event in play.batch.events if type(event).__name__ == "AlarmReceived")
    load = Load()
    for number in range(SOURCES_KEPT + 100):
        object.__setattr__(received, "source", f"s-{number}")
        load.follow([received])
    assert len(load._heard) == SOURCES_KEPT
    load.row(play.now + 61, ONE)
    assert not load._heard
