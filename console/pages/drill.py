"""The drill: what this post plays, if it is a drill's; honest where the post says nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console import wording
from console.cells import Line, Span, plain, rule, show, wrap
from console.model import Model, Row
from console.page import Ctx, Go, Move
from console.pages.board import RUNNING, Board, moment, number, words
from console.table import Column


class Played:
    """A line: one of the drill's incidents."""

    __slots__ = ("row",)

    def __init__(self, row: Row) -> None:
        self.row = row

    def __str__(self) -> str:
        """What the filter looks through."""
        return words(
            *(self.row.get(name) for name in ("id", "kind", "place_name", "title", "state"))
        )


def played(model: Model) -> dict[str, Played]:
    """The drill's incidents, the newest first; none on a live post."""
    if not model.exercise:
        return {}
    rows = sorted(
        model.table("incident").values(), key=lambda row: -(number(row.get("opened_at")) or 0.0)
    )
    return {str(row.get("id")): Played(row) for row in rows}


class DrillPage(Board):
    """The board."""

    name = "drill"

    def title(self, ctx: Ctx) -> str:
        """`演练 在演  注入 7/19`."""
        if not ctx.model.exercise:
            return ctx.tr("Drill: this post is the live one")
        rows = self.made(ctx).values()
        running = sum(one.row.get("state") in RUNNING for one in rows)
        return ctx.tr("Drill  incidents {n}  running {running}  {script}").format(
            n=len(rows), running=running, script=_script(ctx)
        )

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """As the queue, shorter."""
        tr, zh = ctx.tr, ctx.look.lang == "zh"
        return (
            Column(tr("Urg."), 4, sort=lambda p: p.row.get("priority") or 5),
            Column(tr("Number"), 9, sort=lambda p: str(p.row.get("id"))),
            Column(tr("Kind"), 4 if zh else 8, sort=lambda p: str(p.row.get("kind"))),
            Column(tr("Place"), 14, sort=lambda p: str(p.row.get("place"))),
            Column(tr("About"), 0, sort=lambda p: str(p.row.get("title"))),
            Column(tr("Stage"), 9, sort=lambda p: str(p.row.get("state"))),
            Column(tr("Opened"), 11, sort=lambda p: number(p.row.get("opened_at")) or 0.0),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """The drill's incidents."""
        return played(ctx.model)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One incident."""
        row, look = row.row, ctx.look
        opened = number(row.get("opened_at"))
        return (
            Span(wording.urgency(look, row.get("priority")),
                 wording.urgency_style(row.get("priority"))),
            show(key),
            wording.kind(ctx, str(row.get("kind"))),
            wording.place(ctx, str(row.get("place") or ""), str(row.get("place_name") or "")),
            show(str(row.get("title") or "")),
            wording.stage(ctx, row),
            "" if opened is None else moment(opened, ctx.now),
        )  # fmt: skip

    def empty(self, ctx: Ctx) -> str:
        """How a drill is held, on a live post; that it has not begun, on a drill's."""
        if ctx.model.exercise:
            return ctx.tr("The drill has sent nothing yet.")
        return ctx.tr(
            "No drill is running here. A drill has a post of its own, whose orders say that they"
            " are an exercise: fengsui drill NAME starts one."
        )

    def reserve(self, ctx: Ctx, height: int) -> int:
        """What holds while a drill is running."""
        return min(5, height // 3) if ctx.model.exercise else 0

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The rules, and what the post says of its script."""
        texts = [
            ctx.tr("Orders of this console go to the drill's root fsx; handhelds show a drill."),
            ctx.tr("Real alarms come on the live post's console: keep that one open beside this."),
            _script(ctx) or ctx.tr("The post does not say how far its script is."),
        ]
        made = [line for text in texts for line in wrap(text, width - 2)]
        return [rule(ctx.tr("While the drill runs"), width), *(plain(" " + t, width) for t in made)]

    def about(self, key: str, row: Any) -> str:
        """The incident."""
        return key

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter: the incident."""
        if key == "open":
            return (Go("detail", self.item),) if self.item else ()
        return None

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Enter incident  F4 acknowledge  Left/Right sort  / filter  Esc back")


def _script(ctx: Ctx) -> str:
    """What the beat says of the script, "" where it says nothing."""
    drill = ctx.model.beat.get("drill")
    if not isinstance(drill, Mapping):
        return ""
    over = ctx.tr("over") if drill.get("over") else ""
    step, of = drill.get("inject"), drill.get("of")
    inject = ctx.tr("inject {n}/{of}").format(n=step, of=of) if step is not None else ""
    return show(" ".join(part for part in (str(drill.get("scenario") or ""), inject, over) if part))
