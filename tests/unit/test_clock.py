"""The post's clock: no step of the wall clock reaches it, and it never stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from command.clock import Clock

NOON = 1_795_400_000.0


@dataclass
class Machine:
    """A machine's two clocks."""

    wall: float = NOON
    monotonic: float = 5.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    def clock(self, speed: float = 1.0, start: float | None = None) -> Clock:
        return Clock(speed, start, wall=lambda: self.wall, monotonic=lambda: self.monotonic)


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_step_of_the_wall_clock_is_told_and_not_followed(step: float) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_(10)
    machine.wall += step
    machine.pass_(1)
    assert clock.now() == NOON + 11
    assert clock.wall_step() == step


def test_behind_its_log_it_goes_on_from_there() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.not_before(NOON + 3600)
    assert clock.now() == NOON + 3600
    machine.pass_(10)
    assert clock.now() == NOON + 3610
    assert clock.wall_step() == -3600


def test_ahead_of_its_log_it_is_left_alone() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.not_before(NOON - 3600)
    assert (clock.now(), clock.wall_step()) == (NOON, 0)


def test_a_drills_clock_runs_faster_and_knows_no_wall() -> None:
    machine = Machine()
    fast, elsewhere = machine.clock(speed=60.0), machine.clock(start=0.0)
    machine.pass_(2)
    machine.wall += 3600
    assert (fast.now(), fast.wall_step()) == (NOON + 120, 0)
    assert (elsewhere.now(), elsewhere.wall_step()) == (2, 0)
