"""The line is lost: what stood last, and how to reach the teams without this console. Pure.

Nothing here may look like now: every row carries `?`, its time is what was left then, and the frame
is of `#` so that it shows without colour (CONSOLE.md section 2).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from console import listing, wording
from console.cells import Line, Span, exactly, paragraph, plain, rule, show
from console.head import counts
from console.look import clock, span
from console.page import Ctx
from sensors.words import _

LIST_SHARE = 2  # the list takes at most a half of the page
CONTACT = 40  # cells of one entry of the telephone list
PAGES = {  # that keep drafts
    "dispatch": _("dispatch dialog"), "phone": _("Alarm by telephone"),
    "handover": _("words of the handover"),
}  # fmt: skip


def then(ctx: Ctx) -> Ctx:
    """The same, at the moment of the last beat: what was left then, not now."""
    return replace(ctx, now=float(ctx.model.beat.get("now") or 0.0))


def banner(ctx: Ctx, why: str, cells: int) -> Line:
    """`## 连接中断 0:47 ## 停在 03:12:41,不是现在: 急 2! 紧 3 常 5 缓 6  2秒后再连 ##`."""
    old, tr = then(ctx), ctx.tr
    age = ctx.model.age(ctx.mono)
    if age is None:
        said = tr("## not connected yet ## {why}").format(why=show(why))
        return plain(said, cells, "lost")
    head = tr("## LINE LOST {t} ## stopped at {at}, not now:").format(
        t=span(age, ctx.look), at=clock(old.now)
    )
    numbers = [Span(each.text, "lost") for each in counts(old, wide=False)[1:]]
    return exactly(
        (Span(head + " ", "lost"), *numbers, Span(f" {show(why)} ##", "lost")), cells, "lost"
    )


def body(ctx: Ctx, cells: int, height: int) -> list[Line]:
    """The most pressing rows of then, the telephone list, and what still can be done."""
    words = _words(ctx, cells)
    room = max(0, height - len(words))
    listed = _list(then(ctx), cells, max(2, room // LIST_SHARE))[:room]
    phones = _phones(ctx, cells, room - len(listed))
    made = [*listed, *phones]
    return [*made, *([plain("", cells)] * (room - len(made))), *words]


def _list(ctx: Ctx, cells: int, height: int) -> list[Line]:
    many = len(ctx.queue.places)
    made = [listing.header(ctx, cells)]
    made += [
        listing.row(ctx, one, cells, here=False, marked=False, dim=False)
        for _lane, one in islice(ctx.queue.order(ctx.now), height - 1)
    ]
    if many >= height:
        more = ctx.tr("{n} more stood in the list").format(n=many - height + 2)
        made[-1] = plain(more, cells, "dim")
    return made


def _phones(ctx: Ctx, cells: int, height: int) -> list[Line]:
    """Radio channels and extensions of teams, leader first; as far as the files have them."""
    if height < 2:
        return []
    made = [rule(ctx.tr("Now by radio and telephone (list of before)"), cells)]
    desks = [row for row in ctx.model.table("desk").values() if row.get("role") == "leader"]
    teams = [row for row in ctx.model.table("unit").values() if not row.get("shared")]
    texts = [
        f"{wording.either(ctx.look, row, str(row.get('id')))} {show(str(row['contact']), 40)}"
        for row in (*desks, *teams)
        if row.get("contact")
    ]
    if not texts:
        return [*made, plain(ctx.tr("No contact is in the township's files."), cells, "dim")]
    across = max(1, cells // CONTACT)
    for start in range(0, min(len(texts), across * (height - 1)), across):
        row = [Span(text, "") for text in texts[start : start + across]]
        made.append(exactly([s for t in row for s in exactly((t,), cells // across)], cells))
    return made


def _words(ctx: Ctx, cells: int) -> list[Line]:
    tr = ctx.tr
    said = [
        tr("The post may still send teams by itself: ask the team first whether it has an order."),
        *_drafts(ctx),
        tr("Does not work: F3, F4 and all commands.  Works: looking, finding, drafts, this list."),
        tr("Once it is back: what changed meanwhile is listed, and those reds are unacknowledged."),
    ]
    return [line for text in said for line in paragraph(text, cells)]


def _drafts(ctx: Ctx) -> list[str]:
    """What was begun and not sent: kept here, sent by nobody but the officer."""
    kept = [*ctx.settings.drafts, *ctx.unsaved]
    if not kept:
        return []
    names = ", ".join(dict.fromkeys(_draft(ctx, name) for name in kept))
    said = ctx.tr("Drafts on this machine {n}: {names}. You send them yourself later.")
    return [said.format(n=len(kept), names=names)]


def _draft(ctx: Ctx, key: str) -> str:
    """`派出框 I-0412`: the page, and what it is about."""
    page, _, item = key.partition(":")
    named = ctx.tr(PAGES[page]) if page in PAGES else show(page, 40)
    return f"{named} {show(item, 40)}".strip()
