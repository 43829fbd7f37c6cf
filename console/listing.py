"""The queue as lines: columns, marks, rulers, rows, groups, and what lies below. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console import wording
from console.cells import Line, Span, exactly, fit, has_foreign, rule, show, width
from console.flood import Group, Ruler
from console.item import (
    CASES,
    CRIT,
    DUE,
    LIFE,
    LOW,
    NORM,
    NOW,
    RUNNING,
    SHORT,
    TODO,
    WATCH,
    Item,
    lacking,
)
from console.look import Look, span
from console.page import Ctx
from console.wording import words
from sensors.words import _

LANE = {
    LIFE: _("Life"), NOW: _("Now"), DUE: _("Due"), RUNNING: _("Red at work"), TODO: _("To do"),
    WATCH: _("Watch"), CASES: _("Cases and devices"),
}  # fmt: skip
LANE_SAYS = {
    LIFE: _("somebody's life depends on the next minute"),
    NOW: _("left alone, these go wrong first"),
    DUE: _("they want your decision within two minutes"),
    RUNNING: _("red, and others are at it"),
    TODO: _("they wait for you, with time to spare"),
    WATCH: _("others act, you watch"),
    CASES: _("by their own time limits"),
}
SHORT_S, LONG_S = 7200.0, 36_000.0  # below: minutes; from: hours alone
LIVE = ("on_scene", "en_route", "accepted", "offered")


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column; 0: not shown. Five stand before them: marks, urgency, cursor."""

    id: int
    kind: int
    place: int
    title: int
    stage: int
    team: int
    due: int


def columns(look: Look, cells: int) -> Columns:
    """Narrow: no stage, it stands beside the team. What is left is the title's."""
    kind = wording.cells(look, "kind")
    narrow = cells < 94  # inside the frame of a drill a screen of 100 has 94
    if look.lang == "en":
        sizes = (8, kind, 11, 0, 14, 15) if narrow else (8, kind, 16, 9, 16, 17)
    else:
        sizes = (8, kind, 11, 0, 14, 15) if narrow else (8, kind, 13, 8, 15, 16)
    ident, kind, place, stage, team, due = sizes
    taken = 5 + sum(size + 1 for size in sizes if size) - 1
    return Columns(ident, kind, place, max(6, cells - taken - 1), stage, team, due)


def header(ctx: Ctx, cells: int) -> Line:
    """`  级 编号   类别 地点 ...`."""
    at, tr = columns(ctx.look, cells), ctx.tr
    names = (
        (tr("No."), at.id), (tr("Kind"), at.kind), (tr("Place"), at.place),
        (tr("Situation"), at.title), (tr("Stage"), at.stage), (tr("Team"), at.team),
        (tr("Stopped then") if ctx.lost else tr("Next limit"), at.due),
    )  # fmt: skip
    text = " ".join(fit(name, size) for name, size in names if size)
    return exactly((Span("  " + fit(tr("U."), 2) + " " + text, "dim"),), cells)


def ruler(look: Look, head: Ruler, cells: int, *, flood: bool) -> Line:
    """`-- 立即 2  不处理就会先出事 ----`; in groups: `-- 待办 3 组`."""
    tr = look.tr
    count = str(head.rows)
    if head.groups:
        count = tr("{n} groups").format(n=head.groups)
        if head.rows:
            count = tr("{n} groups, {m} single").format(n=head.groups, m=head.rows)
    said = ""
    if flood and head.lane == NOW:
        said = "  " + tr("(in a flood only reds sound)")
    elif cells >= 94:
        said = "  " + tr(LANE_SAYS[head.lane])
    style = "title" if head.lane <= NOW else "dim"
    return rule(f"{tr(LANE[head.lane])} {count}{said}", cells, style=style)


def mark(ctx: Ctx, one: Item) -> str:
    """What must be known before the word: `? ! ~ @ *`, the first that fits."""
    if ctx.lost:
        return "?"
    if one.unseen and not one.case and one.urgency <= NORM:
        return "~" if one.acked == "lapsed" else "!"
    if any(name != ctx.me for name in viewers(ctx, one.id)):
        return "@"
    return "*" if ctx.model.just_changed(one.id, ctx.mono) else " "


def viewers(ctx: Ctx, ident: str) -> list[str]:
    """Who has it open."""
    names = ctx.model.row("viewer", ident).get("names") or ()
    return [str(name) for name in names]


def row(ctx: Ctx, one: Item, cells: int, *, here: bool, marked: bool, dim: bool) -> Line:
    """One item. A red that nobody has seen fills its line; else only its urgency has colour."""
    at = columns(ctx.look, cells)
    base = "dim" if dim or one.ended else ""
    if one.urgency == CRIT and one.unseen:
        base = "crit"
    if here:
        base = "cursor"
    sign = "" if one.ended else wording.urgency_style(one.urgency)
    texts = (
        (brief(one.id, at.id), at.id),
        (wording.kind(ctx, one.kind), at.kind),
        (wording.place(ctx, one.place, str(one.row.get("place_name") or "")), at.place),
        (title(ctx, one), at.title),
        (wording.stage(ctx, one.row), at.stage),
        (team(ctx, one, stage=not at.stage, cells=at.team), at.team),
    )
    body = " ".join(fit(text, size) for text, size in texts if size)
    return exactly(
        (
            Span(mark(ctx, one) + ("+" if marked else " "), base),
            Span(fit(wording.urgency_mark(ctx.look, one.urgency), 2), sign or base),
            Span((">" if here else " ") + body + " " + due(ctx, one, at.due), base),
        ),
        cells,
        base,
    )


def brief(ident: str, cells: int) -> str:
    """An id in a column: its end tells, so a long one loses its beginning."""
    made = show(ident, 64)
    return made if width(made) <= cells else "~" + made[-(cells - 1) :]


def title(ctx: Ctx, one: Item) -> str:
    """What is seen; of one that ended, what became of it and who said so."""
    said = show(one.title)
    if has_foreign(one.title):
        said = ctx.tr("(foreign letters)") + " " + said
    if not one.ended:
        wrong = trouble(ctx, one)
        return f"{wrong}: {said}" if wrong else said
    state = wording.word(ctx.look, words.INCIDENT_STATE, one.stage)
    by = wording.officer(ctx, str(one.row.get("changed_by") or ""))
    return ctx.tr("{state}, by {who}").format(state=state, who=by) + " " + said


def trouble(ctx: Ctx, one: Item) -> str:
    """What is worse than what is seen: a crew that does not answer, a duty that nobody has."""
    if one.row.get("mayday"):
        return wording.word(ctx.look, words.STAGE, "mayday")
    return "" if one.due_kind == SHORT else _lacks(ctx, one)  # the last column says it then


def _lacks(ctx: Ctx, one: Item) -> str:
    """`缺急救+1`: duties that nobody has."""
    roles = lacking(one.row)
    if not roles:
        return ""
    return ctx.tr("no {roles}").format(
        roles=_with_more(wording.role(ctx.look, roles[0]), len(roles) - 1)
    )


def limit(ctx: Ctx, one: Item) -> str:
    """`自动派出 0:22`: the next deadline and its time; of what nobody is left for, what that is."""
    if one.due_kind == SHORT:
        return _lacks(ctx, one)
    return f"{wording.due(ctx.look, one.due_kind)} {left(ctx, one.due_at)}"


def team(ctx: Ctx, one: Item, *, stage: bool, cells: int = 60) -> str:
    """Who is at it: `民兵二队 到场` where both fit; before the release `荐 民兵一队+1`."""
    orders = [ctx.model.row("assignment", each) for each in one.row.get("orders") or ()]
    live = sorted(
        (order for order in orders if order.get("status") in LIVE),
        key=lambda order: LIVE.index(str(order["status"])),
    )
    if live:
        lead = live[0]
        name = _with_more(wording.unit(ctx, str(lead.get("unit"))), len(live) - 1)
        said = wording.status(ctx.look, str(lead.get("status")))
        both = f"{name} {said}"
        return both if stage and width(both) <= cells else name
    rec = one.row.get("rec") or ()
    if rec:
        name = _with_more(wording.unit(ctx, str(rec[0].get("unit"))), len(rec) - 1)
        return ctx.tr("rec. {team}").format(team=name)
    if one.stuck:
        return ctx.tr("nobody left")
    ladder = one.row.get("ladder") or ()
    if ladder:
        level = min(int(one.row.get("level") or 0), len(ladder) - 1)
        return wording.role(ctx.look, str(ladder[level]))
    return "" if one.stage == "resolved" else ctx.tr("none sent")


def _with_more(name: str, more: int) -> str:
    return f"{name}+{more}" if more > 0 else name


def left(ctx: Ctx, at: float, *, short: bool = False) -> str:
    """The time until a deadline: `0:22`, `38分`; past it `逾 3分`. `short`: one unit only."""
    seconds = at - ctx.now
    if seconds < 0:
        return _late(ctx, -seconds)
    return _one_unit(seconds, ctx.look) if short or seconds >= LONG_S else span(seconds, ctx.look)


def _late(ctx: Ctx, seconds: float) -> str:
    """`逾 3分`: a deadline that has passed is not counted in seconds."""
    if seconds < 60:
        return ctx.tr("now!")
    minutes = ctx.tr("{n} min").format(n=int(seconds) // 60)
    return ctx.tr("-{t}").format(t=minutes if seconds < 3600 else _hours(seconds, ctx.look))


def _one_unit(seconds: float, look: Look) -> str:
    """`5时`, `2天`: a column has no room for more, and nobody reads minutes off so far."""
    return span(seconds, look) if seconds < SHORT_S else _hours(seconds, look)


def _hours(seconds: float, look: Look) -> str:
    """`5时`; from two days on `2天`."""
    hours = int(seconds) // 3600
    return (
        look.tr("{n} h").format(n=hours) if hours < 48 else look.tr("{n} d").format(n=hours // 24)
    )


def due(ctx: Ctx, one: Item, cells: int) -> str:
    """`自动派出  0:22` in exactly `cells`."""
    if one.ended:
        return " " * cells
    if one.due_kind == SHORT:
        return fit(_lacks(ctx, one), cells)
    if ctx.lost:
        then = ctx.tr("then left {t}") if one.due_at >= ctx.now else ctx.tr("then {t}")
        return fit(then.format(t=left(ctx, one.due_at, short=True)), cells)
    time = left(ctx, one.due_at, short=cells < 16)
    return fit(wording.due(ctx.look, one.due_kind), cells - width(time) - 1) + " " + time


def group(
    ctx: Ctx, many: Group, items: Sequence[Item], cells: int, *, here: bool, dim: bool
) -> Line:
    """`  紧 x 14   水位 蒜家河      最重 超警戒0.9米   2在办 12待     最早 0:55`."""
    at = columns(ctx.look, cells)
    base = "cursor" if here else "dim" if dim else ""
    running = sum(_at_work(ctx, one) for one in items)
    worst = min(items, key=_urgency)  # of those the most pressing, for so they are in order
    village = wording.place(ctx, many.village) if many.village else ctx.tr("whole township")
    work = ctx.tr("{n} at work, {m} wait").format(n=running, m=len(items) - running)
    title = ctx.tr("worst {text}").format(text=show(worst.title))
    time = left(ctx, min(one.due_at for one in items), short=True)
    first = fit(ctx.tr("earliest"), at.due - width(time) - 1) + " " + time
    texts = (
        (f"x {len(items)}", at.id),
        (wording.kind(ctx, many.kind), at.kind),
        (village, at.place),
        (title, at.title),
        (work, at.team + (at.stage + 1 if at.stage else 0)),
        (first, at.due),
    )
    fold = "-" if many.open else "+"
    return exactly(
        (
            Span(f" {fold}", base),
            Span(
                fit(wording.urgency_mark(ctx.look, worst.urgency), 2),
                wording.urgency_style(worst.urgency),
            ),
            Span((">" if here else " ") + " ".join(fit(t, size) for t, size in texts), base),
        ),
        cells,
        base,
    )


def _at_work(ctx: Ctx, one: Item) -> bool:
    orders = one.row.get("orders")
    if not orders:
        return False
    rows = (ctx.model.row("assignment", each) for each in orders)
    return any(order.get("status") in LIVE[:3] for order in rows)


def _urgency(one: Item) -> int:
    return one.urgency


def counted(shown: Iterable[Item]) -> dict[int, int]:
    """Those of them that are open, by urgency."""
    counts = dict.fromkeys(range(CRIT, LOW + 1), 0)
    for one in shown:
        counts[one.urgency] += not one.ended
    return counts


def foot(ctx: Ctx, hidden: Mapping[int, int], total: int, *, above: bool, sifted: bool) -> Span:
    """What the window does not show, by urgency: `下方还有 6: 缓 5 常 1 急 0`."""
    tr = ctx.tr
    count = sum(hidden.values())
    if count <= 0:
        return Span(tr("End of the list: {n} in all.").format(n=total), "dim")
    parts = [
        f"{wording.urgency(ctx.look, n)} {hidden[n]}"
        for n in range(LOW, 0, -1)
        if hidden[n] > 0 or n == CRIT
    ]
    said = tr("above and below {n}: {parts}") if above else tr("{n} more below: {parts}")
    said = tr("not shown {n}: {parts}") if sifted else said
    style = "crit" if hidden[CRIT] > 0 else "dim"
    return Span(said.format(n=count, parts=" ".join(parts)), style)
