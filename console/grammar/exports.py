"""What an officer takes out of the console as a file: the log as this console has it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from console.cells import show
from console.grammar.things import Env
from console.look import clock, day
from console.model import Row
from console.wording import lines


def log_of(env: Env, item: Row | None) -> tuple[str, str]:
    """(name of the file, its text): the log of one item, or of the shift, the oldest first."""
    ctx = env.ctx
    ident = str(item["id"]) if item else ""
    rows = [row for row in _rows(env, ident) if float(row.get("at") or 0.0) >= _since(env, item)]
    rows.sort(key=lambda row: float(row.get("at") or 0.0))
    stamp = f"{day(ctx.now)}-{clock(ctx.now)}".replace(":", "")
    name = f"fengsui-{ident or 'log'}-{stamp}.txt"
    head = env.tr("{n} lines of the log that this console has, written {time}").format(
        n=len(rows), time=f"{day(ctx.now)} {clock(ctx.now)}"
    )
    return name, "\n".join((head, *(_line(env, row) for row in rows), ""))


def _rows(env: Env, ident: str) -> list[Row]:
    """The post's own timeline of a watched item reaches further back than the log here."""
    logged: Iterable[Row] = env.ctx.model.table("log").values()
    if not ident:
        return list(logged)
    timeline = env.ctx.model.row("detail", ident).get("timeline") or ()
    mine = {str(row.get("pos")): row for row in logged if row.get("incident") == ident}
    return list({**{str(row.get("pos")): row for row in timeline}, **mine}.values())


def _since(env: Env, item: Row | None) -> float:
    """Of the shift only what happened in it, where the post says when it began."""
    since = env.ctx.model.row("shift", "shift").get("since")
    return float(since) if since and item is None else 0.0


def _line(env: Env, row: Row) -> str:
    source, text, cause = lines.event_line(env.ctx, row)
    at = float(row.get("at") or 0.0)
    item = show(str(row.get("incident") or ""), 40)
    return "\t".join((f"{day(at)} {clock(at)}", item, source, text, cause)).rstrip()
