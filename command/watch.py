"""What the post notices about itself: that it started, that files changed, that clocks step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from command.archive import Archive
from command.clock import Clock
from command.compact import Restored
from command.core.codec import decode_entry
from command.core.decide import Fact
from command.core.events import ClockStepped, EraBegan, PostStarted, TownshipLoaded
from command.core.reasons import Reason
from command.core.township import Township, document
from command.core.world import World

EVERY_S = 1.0
STEP_S = 2.0  # larger steps of the wall clock are shown (DESIGN.md section 2)
CAUSE = "post"


def opening_facts(
    world: World, epoch: int, now: float, township: Township, files: str
) -> Iterator[Fact]:
    """The first facts of a reign. The township comes first: all else is read by its light."""
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


def archived_beyond(restored: Restored, archive: Archive) -> tuple[int, int] | None:
    """Era and sequence at the end of an archive that is longer than the log; None if it is not."""
    end = archive.last_seq()
    if end <= restored.seq:
        return None
    era = restored.world.era  # an empty store knows of no era: the archive does
    for _, entry in archive.read():
        if b'"EraBegan"' in entry:
            begun = (event for event in decode_entry(entry) if isinstance(event, EraBegan))
            era = max(era, *(event.era for event in begun), era)
    return era, end


async def watch_clock(clock: Clock, note: Callable[[Fact], None]) -> None:
    """Say when the wall clock steps, also while no post ran. Our own goes on: no deadline moves."""
    known = 0.0
    while True:
        step = clock.wall_step()
        if abs(step - known) > STEP_S:
            by = round(step - known, 3)
            event = ClockStepped(at=clock.now(), cause=CAUSE, reason=Reason.CLOCK_STEP, by_s=by)
            note(Fact(event))
            known = step
        await asyncio.sleep(EVERY_S)
