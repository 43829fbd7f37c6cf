"""The tour: three minutes on a drill of its own, over the whole screen. Nothing leaves it.

It ends by itself when something real waits for the officer, or the line is cut: what it covers must
not be needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from console.cells import Line, Span, exactly
from console.desk import Pages
from console.effects import Remember
from console.item import DUE
from console.page import Back, Ctx, Go, Move, Page, Say
from console.tour.script import SCRIPT, STEPS
from console.tour.stage import Stage


class TourPage(Page):
    """The stage from its first sentence to its last, or to Esc twice. `pages`: its desk's."""

    name = "tour"
    whole: ClassVar[bool] = True
    takes_text: ClassVar[bool] = True

    def __init__(self, pages: Pages, item: str = "") -> None:
        super().__init__(item)
        self._pages = pages
        self._stage: Stage | None = None
        self._cursor: tuple[int, int] | None = None
        self._leaving = False

    def title(self, ctx: Ctx) -> str:
        """Not the main page."""
        return ctx.tr("Tour")

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """Only while nothing real waits."""
        if ctx.lost:
            return (Back(), Say(ctx.tr("The connection is lost: no tour now.")))
        if _real(ctx):
            return (Back(), Say(ctx.tr("Something real waits for you: no tour now.")))
        self._stage = Stage(SCRIPT, self._pages, ctx.settings, ctx.look, ctx.mono)
        return ()

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The stage's own screen; its sentence in the frame's first and last line."""
        if self._stage is None:
            return []
        desk = self._stage.desk
        desk.look = replace(ctx.look, width=width, height=height)
        picture = desk.draw(ctx.mono)
        self._cursor = picture.cursor
        head = ctx.tr("DRILL  tour {n}/{all}   Esc Esc ends it").format(
            n=self._stage.part.step, all=STEPS
        )
        said = (Span(f" {ctx.tr(self._stage.part.says)}", "drill"),)
        top = exactly((Span(f" {head}", "drill"),), width, "drill")
        return [top, *picture.lines[1:-1], exactly(said, width, "drill")]

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """Where the stage's line is typed."""
        return self._cursor

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """All keys are the stage's; Esc that it has no use for, twice, ends it."""
        if self._stage is None:
            return (Back(),)
        at_home = self._stage.shows("main") and self._stage.desk.line is None
        if key == "escape" and at_home:
            if self._leaving:
                return self._end(ctx)
            self._leaving = True
            return ()
        self._leaving = False
        self._stage.key(key, character, ctx.mono)
        return self._end(ctx) if self._stage.over else ()

    def paste(self, ctx: Ctx, text: str) -> None:
        """Into the stage's line."""
        if self._stage is not None:
            self._stage.paste(text, ctx.mono)

    def tick(self, ctx: Ctx) -> Sequence[Move]:
        """The stage's time; the end when something real waits."""
        if self._stage is None:
            return (Back(),)
        if ctx.lost or _real(ctx):
            return (Back(), Say(ctx.tr("This is real: the tour has ended.")))
        return self._stage.tick(ctx.mono)

    def _end(self, ctx: Ctx) -> Sequence[Move]:
        ctx.settings.toured = True
        return (Go("main"), Remember())


def _real(ctx: Ctx) -> bool:
    """Something of lanes 0 to 2: it goes wrong if nobody looks."""
    top = ctx.queue.top(ctx.now)
    return top is not None and ctx.queue.lane(top.id) <= DUE
