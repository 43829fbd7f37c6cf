"""What changed while nothing could be heard: one page after a gap, reds first.

Every red on it counts as unacknowledged again: it changed where nobody could see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console import wording
from console.cells import Line, Span, plain, rule, show, wrap
from console.gap import CHANGED, ENDED, NEW, Change, Gap
from console.listing import brief
from console.look import clock, span
from console.page import Ctx, Go, Move
from console.pages.board import Board
from console.table import Column
from sensors.words import _

WHAT = {NEW: _("new"), CHANGED: _("changed"), ENDED: _("over")}
STYLES = {NEW: "warn", CHANGED: "", ENDED: "dim"}
BELOW = 3


class BackPage(Board):
    """The changes of the last gap."""

    name = "back"

    def title(self, ctx: Ctx) -> str:
        """From when to when, and how much."""
        gap = ctx.model.gap
        if gap is None:
            return ctx.tr("Changes while the line was cut")
        words = ctx.tr("Changed {n}, reds {reds}; cut {since}-{until} {span}")
        return words.format(
            since=clock(gap.since),
            until=clock(gap.until),
            span=span(gap.until - gap.since, ctx.look),
            n=len(gap.changes),
            reds=len(gap.reds),
        )

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """Narrow ones, and what it is."""
        tr, compact = ctx.tr, ctx.look.compact
        return (
            Column("", 1),
            Column("", 4, sort=lambda change: change.row.get("priority") or 5),
            Column(tr("What"), 8, sort=lambda change: change.what),
            Column(tr("No."), 9, sort=lambda change: change.id),
            Column(tr("Kind"), 8 if compact else 10),
            Column(tr("Place"), 14 if compact else 20),
            Column(tr("Stage"), 10 if compact else 14),
            Column(tr("Situation"), 0),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """By id; as each stands now, for more may have come since."""
        gap = ctx.model.gap or Gap(0.0, 0.0)
        return {change.id: change for change in gap.changes}

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One change."""
        now = _now(ctx, row)
        priority = now.get("priority")
        return (
            "!" if row.red and key in ctx.model.unseen else "",
            Span(wording.urgency(ctx.look, priority), wording.urgency_style(priority)),
            ctx.tr(WHAT[row.what]),
            brief(key, 9),
            wording.kind(ctx, str(now.get("kind", ""))),
            wording.place(ctx, str(now.get("place", "")), str(now.get("place_name", ""))),
            wording.stage(ctx, dict(now)),
            show(str(now.get("title") or now.get("text") or "")),
        )

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """A red that nobody has taken since is red all over."""
        return "bad" if row.red and key in ctx.model.unseen else STYLES[row.what]

    def empty(self, ctx: Ctx) -> str:
        """An honest nothing."""
        return ctx.tr("Nothing changed while the line was cut.")

    def about(self, key: str, row: Any) -> str:
        """The incident itself."""
        return key

    def reserve(self, ctx: Ctx, height: int) -> int:
        """What the page means."""
        return min(BELOW, height // 4)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Who is first now, and what became of the reds."""
        gap = ctx.model.gap
        said = ctx.tr("Reds on this page count as unacknowledged until you press F4 on each.")
        if gap is not None and gap.switched:
            said = ctx.tr("Another post has taken over.") + " " + said
        return [rule("", width), *(plain(" " + text, width) for text in wrap(said, width - 2))]

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter: its detail."""
        if key == "open":
            return (Go("detail", self.item),) if ctx.model.incident(self.item) else ()
        return None

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Enter detail  F4 acknowledge  F2 next  / filter  Esc main page")


def _now(ctx: Ctx, change: Change) -> Mapping[str, Any]:
    return ctx.model.incident(change.id) or change.row
