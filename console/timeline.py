"""What has happened to an incident, newest first: its timeline as lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from console.cells import Line, Span, exactly, fit, plain, rule, width
from console.look import clock
from console.model import Row
from console.page import Ctx
from console.wording import lines as sentences


def history(ctx: Ctx, ident: str) -> list[Row]:
    """The post's own timeline of it, newest first; without that, what the log at hand has of it."""
    found: Sequence[Row] = ctx.model.row("detail", ident).get("timeline") or ()
    if found:
        return list(found)
    log = reversed(ctx.model.table("log").values())
    return [row for row in log if ident in {row.get("incident"), row.get("into"), row.get("new")}]


def timeline(ctx: Ctx, rows: Iterable[Row], cells: int) -> Iterator[Line]:
    """`03:12:19 推荐第3版      因: 需要增加`."""
    for row in rows:
        source, said, cause = sentences.event_line(ctx, row)
        left_side = f"{clock(float(row.get('at') or 0.0))} {who_said(ctx, source, said)}"
        cause = reason_why(said, cause)
        because = ctx.tr("why: {cause}").format(cause=cause) if cause else ""
        because = fit(because, min(width(because), cells * 2 // 5))
        room = max(10, cells - width(because) - 1)
        yield exactly((Span(fit(left_side, room) + " "), Span(because, "dim")), cells)


def who_said(ctx: Ctx, source: str, said: str) -> str:
    """The source before its sentence, where it is not the post and does not begin it anyway."""
    return said if said.startswith(source) or source == ctx.tr("post") else f"{source} {said}"


def reason_why(said: str, cause: str) -> str:
    """The cause, where the sentence does not say the same."""
    return "" if cause.casefold() in said.casefold() else cause


def timeline_head(ctx: Ctx, cells: int) -> Line:
    """Its ruler."""
    return rule(ctx.tr("Timeline, newest first"), cells)


def nothing(ctx: Ctx, cells: int) -> Line:
    """Under the ruler, where there is nothing."""
    return plain(ctx.tr("nothing further"), cells, "dim")
