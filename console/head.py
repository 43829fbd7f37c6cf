"""Lines 1 and 2 of every screen, and the strips of trouble under them. Pure.

Line 1 counts all open items, whatever is filtered, grouped or scrolled; line 2 names what F2 opens.
"""

from __future__ import annotations

from console import wording
from console.cells import Line, Span, beside, exactly, plain, show, size_of, width
from console.item import CRIT, LOW, NOW, RUNNING, Item
from console.listing import left, limit, team
from console.look import clock, day, local, span, way
from console.page import Ctx
from console.wording import words
from sensors.words import _

WIDE = 150
CLOCK = 9  # cells of the time and a blank
WEEK = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
SOUND = {
    "on": _("snd on"), "off": _("snd off"), "silenced": _("snd quiet"),
    "broken": _("snd BAD"),
}  # fmt: skip
SOUND_STYLE = {"broken": "bad", "silenced": "warn", "off": "warn"}
IN_HAND_SHOWN = 3


def first(ctx: Ctx, cells: int, sound: str) -> Line:
    """Line 1: the post's time, who, open items by urgency, load, age of the data, sound.

    Where the line is too short whole words go, the least important first; the counts and the time
    never, and no name is cut in two.
    """
    wide = cells >= WIDE
    numbers, gauges = counts(ctx, wide=wide), _gauges(ctx, sound, wide=wide)
    while gauges and CLOCK + size_of(numbers) + size_of(gauges) >= cells:
        gauges.pop()
        while gauges and not gauges[-1].text.strip(" |"):
            gauges.pop()
    room = max(0, cells - size_of(numbers) - size_of(gauges) - 1)
    who = _who(ctx, room + 1 if wide else room, wide=wide)
    if wide:
        return exactly((*plain(who, room + 1, "title"), *numbers, *gauges), cells, "title")
    return beside((Span(who, "title"), *numbers), tuple(gauges), cells, style="title")


def _who(ctx: Ctx, cells: int, *, wide: bool) -> str:
    """`烽燧 乡应急指挥中心  03:12:41 周一 11-23  值班 值守岗@1台  带班 ... 二线 ...`."""
    tr = ctx.tr
    now = clock(ctx.now) if ctx.now else "--:--:--"
    duty, mine = _duty(ctx, wide=wide)
    if not wide:
        said = [(4, tr("Fengsui")), (0, now), (2, mine), (1, duty)]
        return _without_least(said, " ", cells)
    post = wording.either(ctx.look, ctx.model.row("post", "post"))
    date = f"{tr(WEEK[local(ctx.now).weekday()])} {day(ctx.now)}"
    said = [(3, f"{tr('Fengsui')} {post}".strip()), (0, f"{now} {date}"), (1, duty), (2, mine)]
    desks = ctx.model.table("desk").values()
    for rank, role, words_of in (
        (4, "leader", _("leader {name}")),
        (5, "second", _("second {name}")),
    ):
        found = next((row for row in desks if row.get("role") == role), None)
        if found is not None:
            said.append((rank, tr(words_of).format(name=wording.either(ctx.look, found))))
    return _without_least(said, "  ", cells)


def _duty(ctx: Ctx, *, wide: bool) -> tuple[str, str]:
    """Who has the duty, and who sits here; one of them empty where both are said in one."""
    tr, me = ctx.tr, wording.officer(ctx, ctx.me) if ctx.me else ""
    row = ctx.model.row("shift", "shift") or ctx.model.beat.get("shift") or {}
    officer = str(row.get("officer") or "")
    here = tr("here {name}").format(name=me) if wide and me else me
    if not row or not me:
        return "", here
    if officer == ctx.me:
        return (tr("on duty {name}").format(name=me), "") if wide else ("", me)
    duty = wording.officer(ctx, officer) if officer else tr("nobody")
    return tr("on duty {name}").format(name=duty), here


def _without_least(ranked: list[tuple[int, str]], gap: str, cells: int) -> str:
    """The texts that are not empty; the highest rank goes first where they do not fit, 0 never."""
    left = [(rank, text) for rank, text in ranked if text]
    while width(gap.join(text for _rank, text in left)) > cells:
        least = max(left)[0]
        if least == 0:
            break
        left = [(rank, text) for rank, text in left if rank != least]
    return gap.join(text for _rank, text in left)


def counts(ctx: Ctx, *, wide: bool) -> list[Span]:
    """`急 2! 紧 3 常 5 缓 6`: all that is open; `!` while a red has nobody who says "I have it"."""
    open_now = ctx.queue.counts()
    made = [Span(" | " if wide else "|", "title")]
    for urgency in range(CRIT, LOW + 1):
        word = wording.urgency if wide else wording.urgency_mark
        text = f"{word(ctx.look, urgency).strip()}{open_now[urgency]:>2}"
        style = "title"
        if urgency == CRIT:
            unseen = ctx.queue.unacknowledged()
            text += "!" if unseen else ""
            style = _red(ctx, open_now[CRIT], unseen)
        made += [Span(text, style), Span(" " if urgency < LOW else "", "title")]
    return made


def _red(ctx: Ctx, many: int, unseen: int) -> str:
    """Filled; while somebody has to look, in turns with reverse, once a second of the post."""
    if not many:
        return "title"
    return "cursor" if unseen and int(ctx.now) % 2 else "crit"


def _gauges(ctx: Ctx, sound: str, *, wide: bool) -> list[Span]:
    """`10分 7 忙 | 数据 0.4秒 | 搁置 3 | 声 开`, and 合并播报 while the feed folds."""
    tr = ctx.tr
    bar = " | " if wide else "|"
    gap = " " if wide or ctx.look.lang == "en" else ""
    load = ctx.model.beat.get("load") or {}
    band = str(load.get("band") or "")
    said = tr("10m") + gap + str(load.get("n10", "-"))
    said += gap + wording.word(ctx.look, words.BAND, band) if band else ""
    made = [Span(bar if wide else "", "title"), Span(said, "high" if band == "flood" else "title")]
    if ctx.model.merged:
        made += [Span(bar, "title"), Span(tr("merged feed"), "warn")]
    shelf = len(ctx.model.table("shelf"))
    made += [Span(bar, "title"), _age(ctx, gap)]
    made += [
        Span(bar, "title"),
        Span((tr("shelf") if wide else tr("sh")) + gap + str(shelf), "title"),
    ]
    word = tr(SOUND[sound])
    return [*made, Span(bar, "title"), Span(word, SOUND_STYLE.get(sound, "title"))]


def _age(ctx: Ctx, gap: str) -> Span:
    """How old the data are: marked after 3 s."""
    age = ctx.model.age(ctx.mono)
    if age is None:
        return Span(ctx.tr("data") + gap + "-", "lost")
    late = ctx.model.stale(ctx.mono)
    said = ctx.tr("{n} s").format(n=f"{age:.1f}" if age < 10 else f"{age:.0f}")
    return Span(ctx.tr("data") + ("!" if late else gap) + said, "lost" if late else "title")


# --- line 2


def next_up(ctx: Ctx, cells: int) -> Line:
    """On the main page: what F2 will do, with whom, until when."""
    top = ctx.queue.top(ctx.now)
    tr = ctx.tr
    if top is None:
        return plain(tr("Next >>") + " " + tr("Nothing waits for you now."), cells, "good")
    key = Span(" [F2 " + tr("next") + "]", "bold")
    lead = (Span(tr("Next >>") + " "), *_named(ctx, top))
    rest = f" {_clocks(ctx, top)} {team(ctx, top, stage=True)}"
    if cells >= WIDE:
        rest = f" {wording.stage(ctx, top.row)} {span(ctx.now - top.opened_at, ctx.look)}   "
        rest += f"{_whole_team(ctx, top)}   {_clocks(ctx, top)}"
    return beside((*lead, Span(rest)), (key,), cells)


def _named(ctx: Ctx, one: Item) -> tuple[Span, ...]:
    place = wording.place(ctx, one.place, str(one.row.get("place_name") or ""))
    sign = Span(wording.urgency(ctx.look, one.urgency), wording.urgency_style(one.urgency))
    return sign, Span(f" {show(one.id, 64)} {wording.kind(ctx, one.kind)} {place}", "bold")


def _clocks(ctx: Ctx, one: Item) -> str:
    """`0:22后自动派出`; any other deadline by its name."""
    if one.due_kind == "release" and one.due_at >= ctx.now:
        return ctx.tr("sent by itself in {t}").format(t=left(ctx, one.due_at))
    return limit(ctx, one)


def _whole_team(ctx: Ctx, one: Item) -> str:
    """`推荐 民兵一队+护林一组 到场 11分`; who is at it once they were sent."""
    rec = one.row.get("rec") or ()
    if not rec:
        return team(ctx, one, stage=True)
    names = "+".join(wording.unit(ctx, str(each.get("unit"))) for each in rec)
    eta = max(float(each.get("eta_s") or 0.0) for each in rec)
    said = ctx.tr("recommended {team}, there in {t}")
    return said.format(team=names, t=way(eta, ctx.look))


def titled(ctx: Ctx, title: str, cells: int, follows: str = "") -> Line:
    """On any other page: its title, and at the right end what F2 opens, of lanes 0 and 1.

    `follows`: that is not the top item but this one, whatever lane it is in. A deadline other than
    the automatic sending is named: a dialog beside it may count down to another.
    """
    top = ctx.queue.top(ctx.now)
    next_one = ctx.queue.items.get(follows) or top
    right: Line = ()
    if next_one is not None and (next_one is not top or ctx.queue.lane(next_one.id) <= NOW):
        style = wording.urgency_style(next_one.urgency)
        sign = Span(wording.urgency(ctx.look, next_one.urgency), style)
        sending = next_one.due_kind == "release"
        clocks = left(ctx, next_one.due_at) if sending else limit(ctx, next_one)
        right = (Span(" "), sign, Span(f" {show(next_one.id, 64)} {clocks} [F2]", "bold"))
    head = f"== {show(title)} "
    room = cells - size_of(right)
    return (*plain(head + "=" * max(0, room - width(head)), room, "title"), *right)


# --- strips


def strips(ctx: Ctx, cells: int) -> list[Line]:
    """What is wrong with the post itself: on every page, under line 2, until it is over."""
    beat, made = ctx.model.beat, list[Line]()
    store, broker = beat.get("store") or {}, beat.get("broker") or {}
    if store and not store.get("ok", True):
        made += _unsaved(ctx, str(store.get("reason") or ""), cells)
    if broker and not broker.get("ok", True):
        said = ctx.tr("Messages stand still: alarms and orders neither come nor go. {why}")
        made.append(plain(said.format(why=show(str(broker.get("reason") or ""))), cells, "bad"))
    if ctx.model.loading:
        made.append(plain(ctx.tr("The picture is still coming in."), cells, "warn"))
    return made


def _unsaved(ctx: Ctx, why: str, cells: int) -> list[Line]:
    """未落盘: what is in hand is shown, and promised to nobody."""
    unsaved = ctx.model.beat.get("unsaved") or {}
    mark = show(str(unsaved.get("mark") or "")) or ctx.tr("not yet on disk")
    said = ctx.tr("{mark}: {n} in hand, no order goes out. {why}").format(
        mark=mark, n=unsaved.get("count", "?"), why=show(why)
    )
    made = [plain(said, cells, "lost")]
    for alarm in (unsaved.get("alarms") or ())[:IN_HAND_SHOWN]:
        parts = (
            clock(float(alarm.get("at") or 0.0)), wording.source(ctx, str(alarm.get("source"))),
            wording.alarm(ctx.look, str(alarm.get("kind"))), show(str(alarm.get("place") or "")),
            show(str(alarm.get("text") or "")),
        )  # fmt: skip
        made.append(plain(f"?? {' '.join(parts)}", cells, "warn"))
    return made


def flood(ctx: Ctx, cells: int) -> list[Line]:
    """`== 洪峰 22:04起 10分38件 == 急件逐件列出; 其余按 类别+村 合并`, and chattering sources."""
    load = ctx.model.beat.get("load") or {}
    made: list[Line] = []
    if load.get("band") == "flood":
        since = clock(float(load.get("since") or 0.0), seconds=False)
        said = ctx.tr(
            "== FLOOD since {at}, {n} in 10 min == reds singly, rest by kind+village; till <5"
        )
        made.append(plain(said.format(at=since, n=load.get("n10", "-")), cells, "high"))
        made.append(plain(_short(ctx), cells, "warn"))
    chatter = [wording.source(ctx, str(name)) for name in ctx.model.beat.get("chatter") or ()]
    if chatter:
        said = ctx.tr("-- chattering sources {n} (3 a minute or more), merged by the post: {names}")
        made.append(plain(said.format(n=len(chatter), names=" ".join(chatter)), cells, "warn"))
    return made


def _short(ctx: Ctx) -> str:
    """`缺人 12人, 可派 2 队。没有队伍的急件 2`: of lanes 0 to 3, for those come first."""
    missing = alone = 0
    for lane, one in ctx.queue.order(ctx.now):
        if lane > RUNNING:
            break
        missing += one.missing
        alone += one.urgency == CRIT and one.running and not one.row.get("orders")
    units = ctx.model.table("unit").values()
    free = sum(row.get("state") == "available" and not row.get("shared") for row in units)
    said = ctx.tr("People missing {n}, teams free {free}. Reds without a team {alone}")
    return said.format(n=missing, free=free, alone=alone)
