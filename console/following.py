"""F2: which item it opens, and how an officer gets past one that was dealt with. Pure.

It opens the most pressing item, which line 2 names. A call for help that no team accepts stays the
most pressing whatever the officer has done about it; so from the dialog of an item that the officer
has acknowledged F2 goes on to the next one of lanes 0 to 2 that nobody here has
(docs/decisions/021-f2-goes-on.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from console.effects import Remember
from console.grammar import to_keep
from console.item import DUE
from console.page import Ctx, Go, Move, Page, Say

DIALOG = "dispatch"
RUNNING = frozenset({"open", "assigned", "working"})  # states of an incident that is not over


def target(ctx: Ctx, page: Page) -> str:
    """The id of what F2 opens from `page`, "" for nothing."""
    top = ctx.queue.top(ctx.now)
    first = top.id if top else ""
    if page.name != DIALOG or not _mine(ctx, page.item):
        return first
    pressing = [one.id for one in ctx.queue.pressing(DUE)]
    if page.item not in pressing:
        return first
    waiting = [ident for ident in pressing if not _mine(ctx, ident)]
    after = pressing[pressing.index(page.item) + 1 :]
    return (waiting or after or pressing)[0]


def go_on(ctx: Ctx, page: Page, seen: str, typed: str) -> Sequence[Move]:
    """What F2 does. `seen`: its item in the last picture; `typed` stands in the command line."""
    if ctx.lost:
        return (Say(ctx.tr("E9 The connection is lost: nothing can be sent.")),)
    running = ctx.model.incident(seen).get("state") in RUNNING
    item = seen if running else target(ctx, page)
    if not item:
        return (Say(ctx.tr("Nothing waits for you now."), "good"),)
    if page.name == DIALOG and page.item == item:
        return (Say(ctx.tr("This is the next one: F3 sends, F4 acknowledges, then F2 goes on.")),)
    kept = to_keep(typed)
    if not kept:
        return (Go(DIALOG, item),)
    ctx.settings.history.append(kept)  # not run, not lost: Up brings it back
    return (Remember(), Go(DIALOG, item))


def _mine(ctx: Ctx, ident: str) -> bool:
    """This officer has said "I have it", and it holds."""
    ack = ctx.model.incident(ident).get("ack") or {}
    return bool(ctx.me) and ack.get("by") == ctx.me
