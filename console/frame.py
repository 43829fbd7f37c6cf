"""The frame of every screen: line 1, line 2, the page, hint, result, command line, keys. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.cells import Line, Span, beside, exactly, plain, show
from console.command_line import CommandLine
from console.outcome import Outcome
from console.page import Ctx, Page

BELOW = 4  # hint, result, command line, keys
ABOVE = 2
Cursor = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the desk puts into the frame."""

    page: Page
    result: Outcome
    line: CommandLine | None
    lost_since: float | None
    link_words: str


def frame(ctx: Ctx, parts: Parts) -> tuple[Sequence[Line], Cursor]:
    """All lines of the screen, each exactly as wide, and the terminal's cursor."""
    width, height = ctx.look.width, ctx.look.height
    body = max(0, height - ABOVE - BELOW)
    drawn = [exactly(line, width) for line in parts.page.draw(ctx, width, body)[:body]]
    drawn += [plain("", width)] * (body - len(drawn))
    typed, column = _command(ctx, parts, width)
    lines = [
        _first(ctx, width),
        _second(ctx, parts.page, width),
        *drawn,
        plain(_hint(ctx, parts), width, "dim"),
        parts.result.line(ctx.look, width),
        typed,
        plain(parts.page.keys(ctx) or _keys(ctx), width, "dim"),
    ]
    cursor = None if column is None else (column, height - 2)
    if cursor is None and (own := parts.page.cursor(ctx)) is not None:
        cursor = (own[0], own[1] + ABOVE)
    return lines[-height:] if height < len(lines) else lines, cursor


def _first(ctx: Ctx, width: int) -> Line:
    """Line 1: the post's time, who, open items by urgency, load, age of the data, sound."""
    return plain(ctx.me, width, "title")


def _second(ctx: Ctx, page: Page, width: int) -> Line:
    """Line 2: what F2 will do; on a page its title, and at the right end the top item."""
    title = page.title(ctx)
    return beside((Span(f"== {show(title)} ", "title"),), (), width) if title else plain("", width)


def _hint(ctx: Ctx, parts: Parts) -> str:
    if parts.line is not None:
        return parts.line.reading(ctx)
    hint = parts.page.hint(ctx)
    return f"> {hint}" if hint else ""


def _command(ctx: Ctx, parts: Parts, width: int) -> tuple[Line, int | None]:
    if parts.line is None:
        return plain(":", width, "input"), None
    line, column = parts.line.typed.draw(width - 1, parts.line.ghost(ctx))
    return (Span(":", "input"), *line), column + 1


def _keys(ctx: Ctx) -> str:
    tr = ctx.tr
    return " ".join(
        (
            f"F1{tr('help')}", f"F2{tr('next')}", f"F3{tr('send')}", f"F4{tr('ack')}",
            f"F5{tr('main')}", f"F6{tr('teams')}", f"F7{tr('cameras')}", f"F8{tr('grid')}",
            f"F9{tr('cases')}", f"F10{tr('menu')}", tr(":command"),
        )
    )  # fmt: skip
