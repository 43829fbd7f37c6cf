"""Orders and a bench for the tests of the handheld's core: steps are folded as the desk does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sensors.handheld import core
from sensors.handheld.core import Step
from sensors.handheld.facts import Fact, evolve, from_line, replay, to_line
from sensors.handheld.values import Held, Order, OrderState, Parcel, Shown, State
from sensors.observations import ReplyStatus

T0 = 1_800_000_000.0


def make_order(
    order_id: str = "O-e1-17", rev: int = 1, state: str = "offered", **more: Any
) -> Order:
    fields: dict[str, Any] = {"unit": "militia-1", "kind": "wildfire", "priority": 1} | more
    return Order(order_id=order_id, rev=rev, state=OrderState(state), **fields)


@dataclass
class Bench:
    """A handheld without disk and network: `facts` is its journal, `shown` its screen."""

    state: State = field(default_factory=State)
    facts: list[Fact] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    boots: int = 0
    now: float = T0

    def __post_init__(self) -> None:
        self.boot()

    def boot(self) -> Step:
        """A start of the program, from the journal as it would be read from disk."""
        self.boots += 1
        self.facts = [from_line(to_line(fact)) for fact in self.facts]
        self.state = replay(self.facts)
        return self.fold(core.on_boot(self.state, f"boot{self.boots}", self.now))

    def fold(self, step: Step) -> Step:
        for fact in step.facts:
            evolve(self.state, fact)
        self.facts.extend(step.facts)
        self.shown.extend(step.shown)
        return step

    def take(self, order: Order) -> Step:
        return self.fold(core.on_order(self.state, order, self.now))

    def say(self, status: ReplyStatus, order_id: str = "O-e1-17", text: str = "") -> Step:
        return self.fold(core.answer(self.state, self.held(order_id), status, text, self.now))

    def held(self, order_id: str = "O-e1-17") -> Held:
        return self.state.held[order_id]

    def sent(self, status: ReplyStatus) -> list[Parcel]:
        return [one for one in self.state.outbox.values() if one.status is status]

    def events(self) -> list[str]:
        return [one.event for one in self.shown]
