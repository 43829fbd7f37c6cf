"""The short form of `fengsui bench faults`: post, broker and store killed with -9, nothing lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from simulations.fault_field import plan_alarms
from simulations.fault_house import plan_kills
from simulations.faults import Result, run

ALARMS = 300


@pytest.mark.parametrize("pair", ["own", "embedded"])
async def test_nothing_is_lost_and_nothing_done_twice(pair: str, tmp_path: Path) -> None:
    result = await run(
        tmp_path,
        alarms=ALARMS,
        post_kills=2,
        broker_kills=1,
        store_kills=1,
        embedded=pair == "embedded",
        seed=20261123,
        rate=50,
    )
    assert result.differences == []
    assert result.ok
    assert result.kills == {"post": 2, "broker": 1, "store": 1}
    assert result.alarms_sent >= ALARMS
    assert result.orders >= ALARMS / 4
    assert result.executed + sum(result.not_executed.values()) == result.orders


def test_what_is_lost_fails_the_run() -> None:
    result = Result("own", 1, 1, {})
    assert result.ok
    result.differences.append("1 not in the log: [('ljg-01', 'a0')]")
    assert not result.ok


def test_a_seed_gives_the_same_run() -> None:
    assert plan_kills({"post": 3}, 10.0, Random(7)) == plan_kills({"post": 3}, 10.0, Random(7))
    first, second = (
        [(one.at, one.key) for one in plan_alarms(["a", "b"], 50, 10.0, Random(7))]
        for _ in range(2)
    )
    assert first == second
