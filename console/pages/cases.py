"""The cases (F9): who is responsible, how long is left, the overdue ones first; the ladder below.

Titles carry no personal names. What the post does not keep yet (who was asked first, the one notice
of what is missing) is said to be missing, never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import wording
from console.cells import Line, Span, plain, rule, show, wrap
from console.look import day, local, span
from console.model import Model, Row
from console.page import Ctx, Go, Move, Say
from console.pages.board import RUNNING, Board, moment, number, same_day, words
from console.table import Column

LIVE = frozenset({"offered", "accepted", "en_route", "on_scene"})
KINDS_SHOWN = 3  # in the title
BELOW = 7  # lines of the ladder


@dataclass(frozen=True, slots=True)
class Case:
    """A line. `due` is when it climbs (POSIX s), None at the top of its ladder.

    `since`: the limit of its last rung passed then; from there on the post asks once a day.
    """

    row: Row
    level: str  # the role that is responsible now
    post: str  # the id of the unit that has it, "" while nobody has
    due: float | None
    since: float | None
    overdue: bool

    def __str__(self) -> str:
        """What the filter looks through."""
        row = self.row
        return words(
            row.get("id"), row.get("kind"), row.get("title"), row.get("place_name"),
            row.get("place"), self.level, self.post,
        )  # fmt: skip


def cases(model: Model, now: float) -> dict[str, Case]:
    """The running cases: overdue first, then by the time left, then by number."""
    made = [
        _case(model, row, now)
        for row in model.table("case").values()
        if row.get("state") in RUNNING
    ]
    made.sort(key=lambda c: (not c.overdue, c.due if c.due is not None else 1e18, c.row["id"]))
    return {str(case.row["id"]): case for case in made}


def _case(model: Model, row: Row, now: float) -> Case:
    ladder = row.get("ladder") or ()
    level = _level(row)
    due = number((row.get("due") or {}).get("ladder"))
    since = number(row.get("overdue_since"))
    climbed_out = bool(ladder) and due is None and level >= len(ladder) - 1
    return Case(
        row,
        level=str(ladder[level]) if ladder else "",
        post=_responsible(model, row),
        due=due,
        since=since,
        overdue=since is not None or (climbed_out if due is None else due < now),
    )


def _level(row: Row) -> int:
    ladder, level = row.get("ladder") or (), row.get("level")
    return max(0, min(len(ladder) - 1, level)) if isinstance(level, int) and ladder else 0


def _responsible(model: Model, row: Row) -> str:
    """Whoever holds the newest live order of it."""
    for order in reversed(row.get("orders") or ()):
        job = model.row("assignment", str(order))
        if job.get("status") in LIVE:
            return str(job.get("unit"))
    return ""


class CasesPage(Board):
    """The board."""

    name = "cases"

    def title(self, ctx: Ctx) -> str:
        """`案件 23  今日到期 4  逾期 1  纠纷 9 诉求 4`."""
        made = list(self.made(ctx).values())
        today = sum(c.due is not None and not c.overdue and same_day(c.due, ctx.now) for c in made)
        kinds: dict[str, int] = {}
        for case in made:
            kind = str(case.row.get("kind"))
            kinds[kind] = kinds.get(kind, 0) + 1
        most = sorted(kinds.items(), key=lambda pair: -pair[1])[:KINDS_SHOWN]
        return ctx.tr("Cases {all}  today {today}  overdue {overdue}  {kinds}").format(
            all=len(made), today=today, overdue=sum(c.overdue for c in made),
            kinds=" ".join(f"{wording.kind(ctx, kind)} {n}" for kind, n in most),
        )  # fmt: skip

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """As the wireframe; a wide screen adds how long it has been open."""
        tr, zh = ctx.tr, ctx.look.lang == "zh"
        made = [
            Column(tr("Number"), 9, sort=lambda c: c.row["id"]),
            Column(tr("Kind"), 4 if zh else 8, sort=lambda c: str(c.row.get("kind"))),
            Column(tr("Place"), 12, sort=lambda c: str(c.row.get("place"))),
            Column(tr("Matter"), 0, sort=lambda c: str(c.row.get("title"))),
            Column(tr("Level"), 4 if zh else 8, sort=lambda c: c.level),
            Column(tr("Responsible"), 16 if zh else 12, sort=lambda c: c.post),
            Column(
                tr("Time left"),
                11,
                sort=lambda c: c.due if c.due is not None else -1.0,
            ),
        ]
        if ctx.look.width >= 140:
            made[5] = Column(tr("Responsible"), 26, sort=lambda c: c.post)
            made.insert(6, Column(tr("Opened"), 11, sort=lambda c: c.row.get("opened_at") or 0))
        return made

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every running case."""
        return cases(ctx.model, ctx.now)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One case."""
        case = row.row
        made: list[Span | str] = [
            show(key),
            wording.kind(ctx, str(case.get("kind"))),
            wording.place(ctx, str(case.get("place") or ""), str(case.get("place_name") or "")),
            show(str(case.get("title") or "")),
            wording.level(ctx.look, row.level) if row.level else "",
            _post(ctx, row),
            _left(ctx, row),
        ]
        if ctx.look.width >= 140:
            opened = number(case.get("opened_at"))
            made.insert(6, "" if opened is None else moment(opened, ctx.now))
        return made

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """Amber once overdue."""
        return "warn" if row.overdue else ""

    def empty(self, ctx: Ctx) -> str:
        """An honest nothing."""
        return ctx.tr("No case is open.")

    def about(self, key: str, row: Any) -> str:
        """The case itself."""
        return key

    def reserve(self, ctx: Ctx, height: int) -> int:
        """The ladder of the case under the cursor."""
        return min(BELOW, height // 3)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Its ladder, what the post keeps of it, and what it does not keep yet."""
        case = self.row
        if case is None:
            return ()
        title = ctx.tr("{item} ladder").format(item=show(self.item))
        told = ctx.tr("Asked first, told once what is missing: this post does not keep these yet.")
        texts = [*wrap(ladder(ctx, case), width - 2), *_notes(ctx, case, width - 2)[:1], told]
        return [rule(title, width), *(plain(" " + text, width) for text in texts)]

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter opens it; taking a case over is not there yet."""
        if key == "open":
            return (Go("detail", self.item),) if self.item else ()
        if key in {"go", "mark"}:
            return (Say(ctx.tr("E11 This post has no order to take a case over yet.")),)
        return None

    def hint(self, ctx: Ctx) -> str:
        """What is to be known of the case, at night that it can wait."""
        case = self.row
        if case is None:
            return ""
        if case.overdue:
            return ctx.tr("Overdue: it stays with the responsible post, and is on the main list.")
        if not 8 <= local(ctx.now).hour < 20:
            return ctx.tr(
                "At night only the overdue are on the main list; the rest waits for 08:00."
            )
        return show(str(case.row.get("text") or ""))

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr(
            "Enter open  F4 acknowledge  Ctrl-N note  Left/Right sort  / filter  Esc back"
        )


def ladder(ctx: Ctx, case: Case) -> str:
    """`组 组网格长 11-16 > 村 村调解委员会 (现在,剩 5时48分) > 乡`."""
    steps = case.row.get("ladder") or ()
    if not steps:
        return ctx.tr("This case has no ladder.")
    climbed = {0: number(case.row.get("opened_at"))} | _climbed(ctx.model, str(case.row["id"]))
    at, said = _level(case.row), []
    for level, role in enumerate(steps):
        text = f"{wording.level(ctx.look, role)} {wording.role(ctx.look, role)}"
        since = climbed.get(level)
        if since is not None and level <= at:
            text += f" {day(since)}"
        if level == at:
            text += " " + ctx.tr("(now, {left})").format(left=_left(ctx, case))
        said.append(text)
    return show(" > ".join(said))


def _climbed(model: Model, ident: str) -> dict[int, float | None]:
    """When it came to each level, as far as the log lines at hand reach."""
    return {
        int(line["level"]): number(line.get("at"))
        for line in model.table("log").values()
        if line.get("event") == "CaseClimbed"
        and line.get("incident") == ident
        and isinstance(line.get("level"), int)
    }


def _notes(ctx: Ctx, case: Case, width: int) -> list[str]:
    notes = case.row.get("notes") or ()
    if not notes:
        return [ctx.tr("No notes.")]
    last = notes[-1]
    at = number(last.get("at"))
    when = "" if at is None else moment(at, ctx.now)
    by = wording.officer(ctx, str(last.get("by") or ""))
    return wrap(show(f"{when} {by}: {last.get('text') or ''}"), width)


def _post(ctx: Ctx, case: Case) -> str:
    return wording.unit(ctx, case.post) if case.post else ctx.tr("no post yet")


def _left(ctx: Ctx, case: Case) -> str:
    if case.since is not None:
        return ctx.tr("over {span}").format(span=span(ctx.now - case.since, ctx.look))
    if case.due is None:
        return ctx.tr("over, top") if case.overdue else ctx.tr("no limit")
    if case.due < ctx.now:
        return ctx.tr("over {span}").format(span=span(ctx.now - case.due, ctx.look))
    return span(case.due - ctx.now, ctx.look)
