"""What stands under the queue on the main page: teams, devices, the last lines of the log. Pure."""

from __future__ import annotations

from itertools import islice

from console import wording
from console.cells import Line, Span, exactly, fit, plain, rule, show, width
from console.look import clock, span
from console.model import Row
from console.page import Ctx
from console.timeline import reason_why, who_said
from console.wording import lines

# The most telling first: who is missing, who is out, who is free.
STATES = ("unreachable", "committed", "available", "off_duty")
STYLES = {"unreachable": "bad", "off_duty": "dim"}
DOWN_ALLOWED = 4  # cameras, of 240: CONSOLE.md section 2
CELL, NAME, NAME_LEAST = 25, 12, 6  # of one team, and of its name
# How an order travels: in the log and on its page, and no news on the main page.
# Alerts stand above the strip, and are about something that is in the log by itself.
QUIET = frozenset({"OrderQueued", "OrderSettled", "CommandDone", "OfficerAlerted"})


def teams(ctx: Ctx, cells: int, height: int) -> list[Line]:
    """A ruler with the counts, then the teams in columns; the last cell counts the rest."""
    units = [row for row in ctx.model.table("unit").values() if not row.get("shared")]
    units.sort(key=lambda row: (_rank(row), str(row.get("id"))))
    parts = [ctx.tr("Teams {n}").format(n=len(units))]
    for state in ("available", "committed", "unreachable", "off_duty"):
        count = sum(row.get("state") == state for row in units)
        parts.append(f"{wording.unit_state(ctx.look, state)} {count}")
    made = [rule("  ".join(parts), cells)]
    across = max(1, cells // CELL)
    room = across * (height - 1)
    shown = [_team(ctx, row) for row in islice(units, room)]
    if len(units) > room > 0:
        words = ctx.tr("{n} more (F6)").format(n=len(units) - room + 1)
        shown[-1] = Span(fit(words, CELL), "dim")
    starts = range(0, room, across)
    return made + [exactly(shown[start : start + across], cells) for start in starts]


def _rank(row: Row) -> int:
    state = row.get("state")
    return STATES.index(state) if state in STATES else len(STATES)


def _team(ctx: Ctx, row: Row) -> Span:
    """`民兵二队   到场 I-0401`, `护林二组   失联 12分`, `巡查车     可派  2人`."""
    state = str(row.get("state", ""))
    jobs = row.get("assignments") or ()
    word, more = wording.unit_state(ctx.look, state), ""
    if jobs and state != "unreachable":
        job = jobs[-1]
        word, more = wording.status(ctx.look, str(job.get("status"))), _number(job)
    elif state == "available":
        more = ctx.tr("{n} p.").format(n=row.get("members", 0))
    elif state == "off_duty":
        more = show(str(row.get("off_reason") or ""))
    elif row.get("last_contact") is not None:
        more = span(ctx.now - float(row["last_contact"]), ctx.look)
    said = f"{word} {more}".rstrip()
    room = max(NAME_LEAST, min(NAME, CELL - 2 - width(said)))
    name = fit(wording.either(ctx.look, row, str(row.get("id"))), room)
    return Span(fit(f"{name} {said}", CELL - 1) + " ", STYLES.get(state, ""))


def _number(job: Row) -> str:
    """`#412`: the end of an incident's id, which the officer types for it."""
    return "#" + show(str(job.get("incident") or "").rpartition("-")[2], 12)


def devices(ctx: Ctx, cells: int) -> Line:
    """`-- 网格叫应 无任务   探头 236/240 (限坏4,已坏4) ----`."""
    down = unknown = 0
    cameras = ctx.model.table("camera").values()
    for row in cameras:
        down += row.get("state") in {"offline", "fault"}
        unknown += row.get("state") == "unknown"
    tr = ctx.tr
    said = tr("cameras {up}/{all} (limit {limit}, down {down})").format(
        up=len(cameras) - down - unknown, all=len(cameras), limit=DOWN_ALLOWED, down=down
    )
    if unknown:
        said += " " + tr("not heard yet {n}").format(n=unknown)
    style = "warn" if down > DOWN_ALLOWED else "dim"
    return rule(tr("Roll call: none") + "   " + said, cells, style=style)


def just_now(ctx: Ctx, cells: int, height: int) -> list[Line]:
    """The last lines of the log, newest first."""
    made = [rule(ctx.tr("Just now"), cells)]
    rows = reversed(ctx.model.table("log").values())
    latest = islice((row for row in rows if row.get("event") not in QUIET), height - 1)
    made += [exactly((Span(log_text(ctx, row)),), cells) for row in latest]
    return [*made, *([plain("", cells)] * (height - len(made)))]


def log_text(ctx: Ctx, row: Row) -> str:
    """`03:12:31  I-0412 护林一组 并入 烟 0.79 (同类 相距不远)`."""
    source, said, cause = lines.event_line(ctx, row)
    about = show(str(row.get("incident") or ""))
    head = [clock(float(row.get("at") or 0.0)) + " ", about, who_said(ctx, source, said)]
    cause = reason_why(said, cause)
    because = f"({cause})" if cause else ""
    return " ".join(part for part in (*head, because) if part)
