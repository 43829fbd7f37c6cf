"""What the post notices about itself: that it started, that files changed, that clocks step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from command.clock import Clock
from command.compact import Restored
from command.core.decide import Fact
from command.core.era import new_era
from command.core.events import ClockStepped, PostStarted, TownshipLoaded
from command.core.reasons import Reason
from command.core.township import Township, document

STEP_S = 2.0  # larger steps of the wall clock are shown (DESIGN.md section 2)
CAUSE = "post"


def opening_facts(
    restored: Restored, archived: int, epoch: int, now: float, township: Township, files: str
) -> Iterator[Fact]:
    """The first facts of a reign. The township comes first: all else is read by its light."""
    world = restored.world
    if world.digest != files:
        yield Fact(
            TownshipLoaded(
                at=now,
                cause=CAUSE,
                reason=Reason.FILES_CHANGED if world.digest else Reason.STARTED,
                digest=files,
                document=document(township),
            )
        )
    down = now - world.at if world.at else 0.0
    yield Fact(
        PostStarted(at=now, cause=CAUSE, reason=Reason.STARTED, epoch=epoch, down_s=round(down, 3))
    )
    if archived > restored.seq:
        seen = f"e{world.era}-{archived}"
        yield from (Fact(event) for event in new_era(world, world.era, seen, now, CAUSE))


async def watch_clock(clock: Clock, note: Callable[[Fact], None]) -> None:
    """Say when the wall clock steps. Our own goes on: no deadline moves."""
    known = clock.wall_step()
    while True:
        await asyncio.sleep(1.0)
        step = clock.wall_step()
        if abs(step - known) > STEP_S:
            by = round(step - known, 3)
            event = ClockStepped(at=clock.now(), cause=CAUSE, reason=Reason.CLOCK_STEP, by_s=by)
            note(Fact(event))
            known = step
