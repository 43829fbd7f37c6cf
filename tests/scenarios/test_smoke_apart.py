"""No decision of the smoke drill hangs on who was a few seconds faster.

At twenty times the speed of life, half a second of a busy machine is ten of the drill's: so what
is late by as much, each device by its own measure, must change nothing but the moments. Only then
can the drill on real servers be held to the one on the virtual clock.
"""

from __future__ import annotations

import heapq
from random import Random

import pytest

from command.core.township import Township
from command.loader import digest, load
from simulations.decisions import Decision, decisions, differences
from simulations.field import Call, Field, Message
from simulations.player import TOWNSHIP, play
from simulations.scenario import Scenario, find
from simulations.scenario import load as load_scenario

LATE_S = 10.0
STEPS = 3  # the longest chain: an offer, a refusal of it, the next offer's answer


class LateField(Field):
    """All that a source says arrives late, by up to LATE_S; its own messages stay in order."""

    def __init__(self, scenario: Scenario, township: Township, seed: int) -> None:
        super().__init__(scenario, township)
        self.seed = seed
        self.held: list[tuple[float, int, Message | Call]] = []
        self.count = 0

    @property
    def next_at(self) -> float | None:
        moments = [at for at in (super().next_at, self.held[0][0] if self.held else None) if at]
        return min(moments, default=None)

    def take(self, now: float) -> list[Message | Call]:
        for one in super().take(now):
            self.count += 1
            source = one.source if isinstance(one, Message) else "console"
            late_s = Random(f"{self.seed}|{source}").uniform(0.0, LATE_S)
            heapq.heappush(self.held, (now + late_s, self.count, one))
        due: list[Message | Call] = []
        while self.held and self.held[0][0] <= now:
            due.append(heapq.heappop(self.held)[2])
        return due


def decided(seed: int | None) -> list[Decision]:
    scenario, township = load_scenario(find("smoke")), load(TOWNSHIP)

    def field(played: Scenario, where: Township) -> Field:
        return Field(played, where) if seed is None else LateField(played, where, seed)

    run = play(scenario, township, digest(TOWNSHIP), field)
    return decisions(run.events, run.there.scenario.start_at)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_late_messages_change_no_decision(seed: int) -> None:
    in_time, late = decided(None), decided(seed)
    assert [str(one) for one in differences(in_time, late, STEPS * LATE_S)] == []
    assert late != in_time
