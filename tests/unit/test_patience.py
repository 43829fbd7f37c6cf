"""Answers that waited come before deadlines that passed."""

from __future__ import annotations

from command.patience import ENOUGH_TICKS, QUIET_TICKS, STALL_S, Patience


def test_a_fresh_world_has_nothing_to_wait_for() -> None:
    assert Patience(over=True).tick(connected=False)


def test_quiet_ends_it() -> None:
    patience = Patience()
    told = [patience.tick(connected=True) for _ in range(QUIET_TICKS)]
    assert told == [False] * (QUIET_TICKS - 1) + [True]


def test_every_answer_makes_it_wait_on() -> None:
    patience = Patience()
    for _ in range(QUIET_TICKS * 2):
        patience.answered()
        assert not patience.tick(connected=True)
    assert [patience.tick(connected=True) for _ in range(QUIET_TICKS)][-1]


def test_a_talk_that_never_ends_stops_no_deadline() -> None:
    patience, told = Patience(), []
    for _ in range(ENOUGH_TICKS):
        patience.answered()
        told.append(patience.tick(connected=True))
    assert told == [False] * (ENOUGH_TICKS - 1) + [True]


def test_a_broker_that_stays_away_stops_no_deadline() -> None:
    patience = Patience()
    told = [patience.tick(connected=False) for _ in range(ENOUGH_TICKS)]
    assert told == [False] * (ENOUGH_TICKS - 1) + [True]


def test_a_stall_and_a_broker_that_is_back_begin_it_again() -> None:
    patience = Patience(over=True)
    patience.stalled(STALL_S / 2)
    assert patience.tick(connected=True)
    patience.stalled(STALL_S * 2)
    assert not patience.tick(connected=True)
    assert patience.tick(connected=True)
    assert patience.tick(connected=False)  # while it is gone, deadlines go on
    assert not patience.tick(connected=True)
    assert patience.tick(connected=True)


def test_a_store_that_is_always_slow_puts_no_deadline_off_for_ever() -> None:
    patience, told = Patience(), []
    for _ in range(ENOUGH_TICKS * 3):
        told.append(patience.tick(connected=True))
        patience.stalled(STALL_S * 2)
    assert told.count(True) >= 3


def test_a_broker_that_comes_and_goes_puts_no_deadline_off_for_ever() -> None:
    patience = Patience()
    told = [patience.tick(connected=bool(n % 2)) for n in range(ENOUGH_TICKS * 3)]
    assert told.count(True) >= 2
