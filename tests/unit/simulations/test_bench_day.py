"""An hour of the benchmark's day: it is lived through whole, and its figures are its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulations.bench_day import BUDGET_S, Day, day, lines


@pytest.fixture(scope="module")
def hour() -> Day:
    return day(1.0)


def test_everybody_is_heard_and_nothing_is_lost(hour: Day) -> None:
    assert hour.messages > 240 * 29 + 60 * 11  # beats each two minutes, places each five
    assert (hour.incidents, hour.unreceipted, hour.same) == (2, 0, True)
    assert hour.events > hour.entries > 500


def test_the_figures_are_said(hour: Day) -> None:
    said = "\n".join(lines(hour))
    assert f"{hour.messages} messages, {hour.events} events" in said
    assert "1 virtual hours" in said


def test_it_holds_only_in_time_and_whole(hour: Day) -> None:
    quick = replace(hour, seconds=BUDGET_S - 1.0)
    assert quick.holds
    assert not replace(quick, seconds=BUDGET_S).holds
    assert not replace(quick, unreceipted=1).holds
    assert not replace(quick, same=False).holds
