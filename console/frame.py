"""The frame of every screen: line 1, line 2, the page, hint, result, command line, keys. Pure.

Four of them: the plain one; that of a drill, of 演练 on all sides; that of a lost line, of `#`; and
what is left on a terminal that is too small. Each shows without colour which it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from console import following, head, lost
from console.cells import Line, Span, beside, exactly, plain
from console.cells import width as cell_len
from console.command_line import CommandLine
from console.outcome import Outcome
from console.page import Ctx, Page
from sensors.words import _

BELOW = 4  # hint, result, command line, keys
ABOVE = 2
SIDE = 3  # cells of a drill's frame at each side
SMALLEST = (80, 24)
# Of the keys, while the line is lost: what every page has, for what it sends does not go.
WORKING = _("F5 whom to call  F1 F6-F10 look  arrows PgUp PgDn  / find  :find :go  Esc back")
Cursor = tuple[int, int] | None
Drawn = tuple[Sequence[Line], Cursor]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the desk puts into the frame. `sound`: the state of the sound, for line 1."""

    page: Page
    result: Outcome
    line: CommandLine | None
    lost_since: float | None
    link_words: str
    sound: str = "on"


def frame(ctx: Ctx, parts: Parts) -> Drawn:
    """All lines of the screen, each exactly as wide, and the terminal's cursor."""
    width, height = ctx.look.width, ctx.look.height
    if parts.page.whole and not ctx.lost:
        return list(parts.page.draw(ctx, width, height)), parts.page.cursor(ctx)
    if ctx.look.too_small:
        return _small(ctx, parts, width, height)
    if ctx.lost:
        return _lost(ctx, parts, width, height)
    if ctx.model.exercise:
        return _drill(ctx, parts, width, height)
    return _plain(ctx, parts, width, height)


def second_line(ctx: Ctx) -> int:
    """Where on the screen line 2 is: a click on it is F2."""
    framed = ctx.model.exercise and not ctx.lost and not ctx.look.too_small
    return 2 if framed else 1


def origin(ctx: Ctx, page: Page) -> tuple[int, int]:
    """Column and line of the page's own first cell on the screen: where a click is on it."""
    if ctx.look.too_small or ctx.lost:
        return 0, ABOVE
    side = SIDE if ctx.model.exercise else 0
    above = ABOVE + (1 if side else 0)
    return side, above + len(_strips(ctx, page, ctx.look.width - 2 * side))


def _plain(ctx: Ctx, parts: Parts, width: int, height: int) -> Drawn:
    page = parts.page
    strips = _strips(ctx, page, width)[: height // 3]
    body = max(0, height - ABOVE - BELOW - len(strips))
    typed, column = _command(ctx, parts, width)
    lines = [
        head.first(ctx, width, parts.sound),
        _second(ctx, page, width),
        *strips,
        *_body(ctx, page, width, body),
        plain(_hint(ctx, parts), width, "dim"),
        parts.result.line(ctx.look, width),
        typed,
        _keys(ctx, page, width),
    ]
    if column is not None:
        return lines, (column, height - 2)
    own = page.cursor(ctx)
    return lines, None if own is None else (own[0], own[1] + ABOVE + len(strips))


def _strips(ctx: Ctx, page: Page, width: int) -> list[Line]:
    made = head.strips(ctx, width)
    return made if page.title(ctx) else [*made, *head.flood(ctx, width)]


def _body(ctx: Ctx, page: Page, width: int, height: int) -> list[Line]:
    drawn = [exactly(line, width) for line in page.draw(ctx, width, height)[:height]]
    return drawn + [plain("", width)] * (height - len(drawn))


def _second(ctx: Ctx, page: Page, width: int) -> Line:
    """Line 2: what F2 will do; on a page its title, and at the right end the top item."""
    title = page.title(ctx)
    if not title:
        return head.next_up(ctx, width)
    return head.titled(ctx, title, width, following.target(ctx, page))


def _drill(ctx: Ctx, parts: Parts, width: int, height: int) -> Drawn:
    """The plain frame inside one of 演练: nobody takes it for the real thing, on any terminal."""
    inner = replace(ctx, look=replace(ctx.look, width=width - 2 * SIDE, height=height - 2))
    lines, cursor = _plain(inner, parts, width - 2 * SIDE, height - 2)
    told = ctx.model.beat.get("drill")
    over = isinstance(told, Mapping) and told.get("over") is True
    word = ctx.tr("DRILL OVER ") if over else ctx.tr("DRILL ")
    edge = plain(word * (width // cell_len(word)), width, "drill")
    left, right = Span(ctx.tr("DR|"), "drill"), Span(ctx.tr("|DR"), "drill")
    made = [edge, *((left, *line, right) for line in lines), edge]
    return made, None if cursor is None else (cursor[0] + SIDE, cursor[1] + 1)


def _lost(ctx: Ctx, parts: Parts, width: int, height: int) -> Drawn:
    """The frame of `#`. Boards may be read, as they were; what sends and the queue are covered."""
    page = parts.page
    edge = plain("#" * width, width, "lost")
    body = height - ABOVE - BELOW - 1
    readable = page.title(ctx) and not page.transient
    drawn = _body(lost.then(ctx), page, width, body) if readable else lost.body(ctx, width, body)
    typed, column = _command(ctx, parts, width)
    lines = [
        edge,
        lost.banner(ctx, parts.link_words, width),
        *drawn,
        plain(_hint(ctx, parts) if parts.line else "", width, "dim"),
        parts.result.line(ctx.look, width),
        typed,
        plain(_fitting(ctx.tr(WORKING).split("  "), width), width, "dim"),
        edge,
    ]
    return lines, None if column is None else (column, height - 3)


def _small(ctx: Ctx, parts: Parts, width: int, height: int) -> Drawn:
    """Line 1, what F2 will do, the result; a dialog keeps the room between, so F3 can be meant."""
    at_least = ctx.tr("This terminal has {w}x{h} cells; 80x24 are needed. F2, F3 and F4 work.")
    page = parts.page
    typed, column = _command(ctx, parts, width)
    above = [
        lost.banner(ctx, parts.link_words, width)
        if ctx.lost
        else head.first(ctx, width, parts.sound),
        _second(ctx, page, width),
    ]
    below = [
        parts.result.line(ctx.look, width),
        typed if parts.line else plain(at_least.format(w=width, h=height), width, "warn"),
    ]
    room = max(0, height - len(above) - len(below))
    dialog = page.transient and not ctx.lost
    main = not page.title(ctx)  # it has line 2 for its list: F4 means what stands there
    shown = _body(ctx, page, width, room if dialog else 0) if dialog or main else []
    lines = [*above, *shown, *([plain("", width)] * (room - len(shown))), *below][:height]
    return lines, (column, height - 1) if parts.line and column is not None else None


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


def _keys(ctx: Ctx, page: Page, width: int) -> Line:
    own = page.keys(ctx)
    if own:
        return plain(_fitting(own.split("  "), width), width, "dim")
    tr = ctx.tr
    names = (
        tr("help"), tr("next"), tr("send"), tr("ack"), tr("main"), tr("teams"), tr("cams"),
        tr("grid"), tr("cases"), tr("menu"),
    )  # fmt: skip
    named = [f"F{number}{name}" for number, name in enumerate(names, 1)]
    map_of_keys = " ".join((*named, tr(":cmd")))
    if width < head.WIDE:
        kept = map_of_keys if cell_len(map_of_keys) <= width else " ".join(named)
        return plain(kept, width, "dim")
    more = tr("Ctrl-T silence 60 s  Ctrl-N note  Ctrl-O menu  Ctrl-L redraw")
    return beside((Span(map_of_keys, "dim"),), (Span(more, "dim"),), width)


def _fitting(parts: list[str], width: int) -> str:
    """Keys and what they do, as many as fit: what can be typed goes first, then what is said
    beside, then other keys; F3, and how to get out, stay.
    """
    for number in range(len(parts) - 1, -1, -1):
        if cell_len("  ".join(parts)) > width and parts[number].startswith((":", "/")):
            del parts[number]
    for number in range(len(parts) - 1, -1, -1):
        if cell_len("  ".join(parts)) > width:
            parts[number] = parts[number].partition("(")[0].rstrip()
    for number in range(len(parts) - 2, -1, -1):
        if cell_len("  ".join(parts)) > width and not parts[number].startswith("F3"):
            del parts[number]
    return "  ".join(parts)
