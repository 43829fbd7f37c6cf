"""The detail of one incident as it stands beside the queue. Pure."""

from __future__ import annotations

from console.cells import Line, plain, rule
from console.incident import head, sections
from console.item import Item
from console.page import Ctx
from console.timeline import history, nothing, timeline, timeline_head

TIMELINE_LINES = 8  # of the timeline are kept, however much there is above it
BRIEF_LEAST = 4  # lines from which the item under a short list is worth its ruler


def beside_list(ctx: Ctx, one: Item | None, cells: int, height: int) -> list[Line]:
    """Exactly `height` lines; what does not fit is on the page itself (Enter)."""
    if one is None:
        words = ctx.tr("Nothing is chosen.")
        return [plain(words, cells, "dim"), *([plain("", cells)] * (height - 1))]
    made = sections(ctx, one, cells)
    room = height - 1 - TIMELINE_LINES
    if len(made) > room:
        more = len(made) - room + 1
        made = made[: room - 1]
        made.append(plain(ctx.tr("{n} more lines: Enter").format(n=more), cells, "warn"))
    past = history(ctx, one.id)[: height - 2 - len(made)]
    under = list(timeline(ctx, past, cells)) or [nothing(ctx, cells)]
    lines = [rule(head(ctx, one), cells, style="title"), *made, timeline_head(ctx, cells), *under]
    return [*lines, *([plain("", cells)] * (height - len(lines)))]


def under_list(ctx: Ctx, one: Item | None, cells: int, room: int) -> list[Line]:
    """The same under a list that leaves lines free: as much of it as fits, at most `room` lines."""
    if one is None or room < BRIEF_LEAST:
        return []
    made = [rule(head(ctx, one), cells), *sections(ctx, one, cells)]
    if len(made) <= room:
        return made
    more = ctx.tr("{n} more lines: Enter").format(n=len(made) - room + 1)
    return [*made[: room - 1], plain(more, cells, "warn")]
