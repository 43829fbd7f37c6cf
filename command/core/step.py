"""One batch: decide and evolve each input in turn, then assign once. Pure, but moves the world.

An input that `decide` fails on is set aside alone. When `evolve` fails the world is no longer to be
trusted: `Poisoned` names the input, and the post reads the world from the log and goes on without.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from command.core import events as e
from command.core.commands import Refused
from command.core.decide import Deadline, Input, cause_of, decide, quarantined
from command.core.dispatch import dispatch
from command.core.evolve import evolve
from command.core.reasons import Reason
from command.core.receipts import Receipt, receipt_for
from command.core.world import World
from sensors.observations import Rejection, RejectionReason

TURNS = 8  # a unit that is called over leaves a need behind, always of a lower priority


class Poisoned(Exception):  # noqa: N818 - it names the input, the cause is chained
    """`evolve` failed on input number `at`, or on the dispatch after all of them (-1)."""

    def __init__(self, at: int) -> None:
        super().__init__(f"input {at}")
        self.at = at


@dataclass(slots=True)
class Batch:
    """What one batch led to. `refused` and `kept_aside` are by the number of the input."""

    events: list[e.Event] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)  # the events as JSON values
    receipts: list[Receipt] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    kept_aside: dict[int, str] = field(default_factory=dict)  # quarantine ids


def step(world: World, inputs: Sequence[Input], now: float, poison: Collection[int] = ()) -> Batch:
    """Move the world by one batch. Inputs numbered in `poison` failed before and are set aside;
    -1 among them: the dispatch failed, and is left to the next batch.
    """
    batch = Batch()
    for number, value in enumerate(inputs):
        try:
            events = _decide(world, value, now, aside=number in poison)
        except Refused as refusal:
            batch.refused[number] = refusal
            continue
        receipt = receipt_for(world, value, events)
        if receipt is not None:
            batch.receipts.append(receipt)
        _evolve_all(world, events, number)
        batch.events += events
        if events and isinstance(events[0], e.MessageQuarantined):
            batch.kept_aside[number] = events[0].quarantine
    for _ in range(TURNS if -1 not in poison else 0):
        if not world.index.wanting:
            break
        orders = dispatch(world, now)
        world.index.wanting.clear()  # every one was served, or has been found to have nobody
        _evolve_all(world, orders, -1)
        batch.events += orders
    return batch


def _decide(world: World, value: Input, now: float, *, aside: bool) -> list[e.Event]:
    if not aside:
        try:
            return decide(world, value, now)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the next message must flow
            return [_poison(world, value, now, f"{type(error).__name__}: {error}")]
    return [_poison(world, value, now, "evolve failed")]


def _poison(world: World, value: Input, now: float, detail: str) -> e.Event:
    rejection = Rejection(
        topic=value.name if isinstance(value, Deadline) else "",
        source=getattr(value, "source", ""),
        reason=RejectionReason.INTERNAL,
        detail=detail[:300],
        digest=getattr(value, "digest", ""),
        received_at=now,
        message_id=getattr(value, "message_id", ""),
    )
    return quarantined(world, rejection, now, cause_of(value), Reason.POISON)


def _evolve_all(world: World, events: Sequence[e.Event], number: int) -> None:
    for event in events:
        try:
            evolve(world, event)
        except Exception as error:
            raise Poisoned(number) from error
