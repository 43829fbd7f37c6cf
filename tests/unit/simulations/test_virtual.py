"""A loop whose time leaps: nothing is waited for, nothing comes out of order, nothing hangs."""

from __future__ import annotations

import asyncio
import time

import pytest

from simulations import virtual
from simulations.virtual import StandstillError

DAY_S = 86_400.0


def test_a_day_passes_in_the_time_its_work_takes() -> None:
    async def work() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(DAY_S)
        await asyncio.sleep(3 * DAY_S)
        return began, loop.time()

    before = time.monotonic()
    assert virtual.run(work) == (0.0, 4 * DAY_S)
    assert time.monotonic() - before < DAY_S


def test_who_is_due_first_comes_first_and_equals_in_the_order_of_asking() -> None:
    said: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        said.append((name, asyncio.get_running_loop().time()))

    async def work() -> None:
        async with asyncio.TaskGroup() as tasks:
            for name, seconds in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("also c", 3.0), ("now", 0)):
                tasks.create_task(wait(name, seconds))

    virtual.run(work)
    assert said == [("now", 0.0), ("a", 1.0), ("b", 2.0), ("c", 3.0), ("also c", 3.0)]


def test_no_time_passes_while_somebody_has_work() -> None:
    async def busy() -> None:
        for _ in range(1000):
            await asyncio.sleep(0)

    async def work() -> list[float]:
        loop, seen = asyncio.get_running_loop(), []
        loop.call_later(5.0, lambda: seen.append(loop.time()))
        await busy()
        seen.append(loop.time())
        await asyncio.sleep(10.0)
        return seen

    assert virtual.run(work) == [0.0, 5.0]


def test_what_never_comes_times_out_in_virtual_time() -> None:
    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600.0):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert virtual.run(work) == 600.0


def test_a_standstill_is_said_and_does_not_hang() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StandstillError):
        virtual.run(work)
