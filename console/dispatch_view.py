"""The dispatch dialog's lines: when it goes, the hazards, the orders, why, what is left. Pure.

From top to bottom as the officer decides. Where the screen is low the hazards have room first, then
the orders; what follows below them is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from console import wording
from console.cells import CUT, Line, Span, beside, exactly, fit, plain, rule, show, width, wrap
from console.dispatching import Choice, Facts, Piece, Release
from console.explained import recommended
from console.look import clock, span, way
from console.page import Ctx
from sensors.words import _

REASONS = {
    1: _("absent"),
    2: _("road cut"),
    3: _("equipment"),
    4: _("sent"),
    5: _("other"),
}
HOT_S = 10.0  # a countdown so short is filled red
BOX = 100  # cells of the hazards' box at most: longer lines are not read at night
TALL = 24  # lines from which there is room for blanks
LOW = 16
ROOMY = 34  # and for what the teams cost
NEAR_KM = 0.05  # 0.0 would be said
UNITS_LEAST = 3  # rows of units that stay while hazards are read


@dataclass(frozen=True, slots=True)
class Hand:
    """What the officer has done in the dialog so far."""

    read: frozenset[Piece] = frozenset()
    chosen: tuple[str, ...] = ()
    why: int = 0
    cursor: str = ""
    differs: bool = False  # another team than the recommended one
    sent: bool = False  # and no answer yet
    marks: frozenset[str] = frozenset()  # lines that changed a moment ago
    viewers: tuple[tuple[str, float], ...] = ()  # who else looks, and for how long


@dataclass(slots=True)
class Drawn:
    """The lines; which units they show, by line; what is on the screen to be read."""

    lines: list[Line] = field(default_factory=list)
    units: dict[int, str] = field(default_factory=dict)
    hazards: tuple[Piece, ...] = ()


def draw(ctx: Ctx, facts: Facts, hand: Hand, cells: int, height: int) -> Drawn:
    """At most `height` lines of `cells` cells."""
    drawn = Drawn([_head(ctx, facts, hand, cells)])
    gap = [plain("", cells)] if height >= TALL else []
    costs = recommended(ctx, facts.row, min(cells, BOX)) if height >= ROOMY else []
    below = [
        *(exactly(line, cells) for line in costs),
        *_why(ctx, facts, hand, cells, height),
        *gap,
        _reasons(ctx, hand, cells),
    ]
    room = height - 2 - len(below) - 3 * len(gap)
    drawn.lines += gap
    units = UNITS_LEAST if height >= LOW else 0  # on a very low screen who reads needs all of it
    hazards, drawn.hazards = _hazards(ctx, facts, hand, cells, room - units)
    if len(drawn.lines) + len(hazards) > height:
        drawn.hazards = ()  # not wholly on the screen: not to be marked as read
    drawn.lines += [*hazards, *gap, _orders_rule(ctx, facts, hand, cells)]
    rows = _window(facts.choices, hand.cursor, max(1, room - len(hazards)))
    for choice in rows:
        drawn.units[len(drawn.lines)] = choice.unit
        drawn.lines.append(_unit(ctx, choice, hand, cells))
    if not rows:
        text = ctx.tr("No unit with a duty that is needed here: send by name (:assign).")
        drawn.lines.append(plain("  " + text, cells, "warn"))
    drawn.lines += [*gap, *below]
    del drawn.lines[height:]
    return drawn


# --- when it goes, and who else is here


def _head(ctx: Ctx, facts: Facts, hand: Hand, cells: int) -> Line:
    words, style = _release(ctx, facts, hand)
    mark = "*" if "head" in hand.marks else " "
    shown = [
        ctx.tr("{who} has it open too {span}").format(who=show(who, 20), span=span(for_s, ctx.look))
        for who, for_s in hand.viewers
    ]
    right = (Span("  ".join(shown[:2]), "warn"),) if shown else ()
    return beside((Span(mark), Span(words, style)), right, cells)


def _release(ctx: Ctx, facts: Facts, hand: Hand) -> tuple[str, str]:
    if hand.sent:
        return ctx.tr("Sent. No answer of the post yet; do not send it again."), "warn"
    match facts.release:
        case Release.COUNTDOWN:
            return _countdown(ctx, facts)
        case Release.BY_HAND:
            return ctx.tr("Does not go by itself: you send it."), ""
        case Release.GONE:
            return _gone(ctx, facts)
    state = wording.word(ctx.look, wording.words.INCIDENT_STATE, facts.row.get("state"))
    return ctx.tr("E5 It has ended ({state}): reopen it first.").format(state=state), "warn"


def _countdown(ctx: Ctx, facts: Facts) -> tuple[str, str]:
    left = max(0.0, (facts.due_at or ctx.now) - ctx.now)
    words = ctx.tr("goes by itself in {span}").format(span=span(left, ctx.look))
    held = facts.row.get("held")
    if held:
        put_off = ctx.tr("(put off by {by}: {why})").format(
            by=wording.officer(ctx, str(held.get("by"))), why=show(str(held.get("why") or ""), 40)
        )
        words = f"{words} {put_off}"
    elif facts.row.get("extended"):
        words += " " + ctx.tr("(a dialog is open: put off once by 30 s)")
    return words, "crit" if left <= HOT_S else "warn"


def _gone(ctx: Ctx, facts: Facts) -> tuple[str, str]:
    """Who sent whom, and when: what a second officer needs to see instead of a second order."""
    names = " ".join(wording.unit(ctx, choice.unit) for choice in facts.going)
    by = str(facts.row.get("released_by") or "post")
    if by == "post":
        words, style = ctx.tr("{time} gone by itself: {units}"), ""
    elif by == ctx.me:
        words, style = ctx.tr("{time} sent by you: {units}"), ""
    else:
        words, style = ctx.tr("E7 {by} has sent at {time}: {units}"), "warn"
    at = clock(float(facts.row.get("released_at") or 0.0))
    who = wording.officer(ctx, by)
    return words.format(time=at, by=who, units=names or ctx.tr("nobody yet")), style


# --- the hazards


def pages(texts: Sequence[Piece], cells: int, most: int) -> list[tuple[Piece, ...]]:
    """Whole pieces a page, as many as fit into `most` lines; never fewer than one."""
    made: list[tuple[Piece, ...]] = []
    page: list[Piece] = []
    used = 0
    for piece in texts:
        need = len(_wrapped(piece, "", cells))
        if page and used + need > most:
            made.append(tuple(page))
            page, used = [], 0
        page.append(piece)
        used += need
    return [*made, tuple(page)] if page else made


def _columns(texts: Sequence[Piece], cells: int) -> int:
    """Two where each text is short: then nobody has to turn a page, and the teams stay in sight."""
    half = cells // 2 - 6
    return 2 if len(texts) > 3 and all(width(piece.text) <= half for piece in texts) else 1


def _down(texts: Sequence[str], columns: int, cells: int) -> list[str]:
    """The lines in columns, read downwards."""
    rows = -(-len(texts) // columns)
    lines = (texts[row::rows] for row in range(rows))
    return ["".join(fit(text, cells // columns) for text in line) for line in lines]


def _wrapped(piece: Piece, number: str, cells: int) -> list[str]:
    lead = "" if piece.part else number
    lines = wrap(piece.text, max(8, cells - 6))
    return [f"{lead:>2} {lines[0]}", *(f"   {line}" for line in lines[1:])]


def _hazards(
    ctx: Ctx, facts: Facts, hand: Hand, cells: int, most: int
) -> tuple[list[Line], tuple[Piece, ...]]:
    """The box while something is unread, one or two lines after; what may be marked as read.

    `most`: lines that the box should keep to.
    """
    if not facts.hazards:
        return [plain(" " + ctx.tr("No hazard is known."), cells, "dim")], ()
    if hand.read.issuperset(facts.pieces):
        return _all_read(ctx, facts, cells), ()
    size = min(cells, BOX)
    inner = size - 6
    columns = _columns(facts.pieces, inner)
    made = pages(facts.pieces, inner // columns, max(1, most - 3) * columns)
    at = next(n for n, page in enumerate(made) if not hand.read.issuperset(page))
    title = ctx.tr("READ THE HAZARDS FIRST  page {n}/{of}").format(n=at + 1, of=len(made))
    lines = [_boxed(title, ctx.tr("unread"), size, "crit")]
    texts = []
    for piece in made[at]:
        mark = "*" if f"hazard:{piece.hazard}" in hand.marks else " "
        number = str(facts.hazards.index(piece.hazard) + 1)
        texts += [mark + line for line in _wrapped(piece, number, inner // columns)]
    lines += [_boxed(text, "", size) for text in _down(texts, columns, inner)]
    told = ctx.tr("Space once you have read them. F3 does nothing before. They go with the order.")
    lines += [_boxed(" " + line, "", size, "dim") for line in wrap(told, inner - 1)]
    return [exactly(line, cells) for line in lines], made[at]


def _boxed(text: str, right: str, cells: int, style: str = "") -> Line:
    middle = beside((Span(text, style),), (Span(right, style),), cells - 6, style=style)
    return (Span("## ", "warn"), *middle, Span(" ##", "warn"))


def _all_read(ctx: Ctx, facts: Facts, cells: int) -> list[Line]:
    head = ctx.tr("!! {n} hazards read:").format(n=len(facts.hazards))
    texts = " / ".join(show(text, 60) for text in facts.hazards)
    lines = wrap(f"{head} {texts}", cells - 1)
    if len(lines) > 2:
        lines = [lines[0], fit(lines[1], cells - 3).rstrip() + CUT]
    return [plain(" " + line, cells, "bad") for line in lines]


# --- the orders


def _orders_rule(ctx: Ctx, facts: Facts, hand: Hand, cells: int) -> Line:
    chosen = [choice for choice in facts.choices if choice.unit in hand.chosen]
    people = sum(int(choice.row.get("members") or 0) for choice in chosen)
    title = ctx.tr("Orders that will go out: teams {n}, people {people}")
    if facts.release is Release.GONE and not chosen:
        title = ctx.tr("Who is on it, and who could be sent as well")
    mark = " *" if "team" in hand.marks else ""
    return rule(title.format(n=len(chosen), people=people) + mark, cells)


def _window(choices: Sequence[Choice], cursor: str, room: int) -> Sequence[Choice]:
    at = next((n for n, choice in enumerate(choices) if choice.unit == cursor), 0)
    first = max(0, min(at - room + 1 if at >= room else 0, len(choices) - room))
    return choices[first : first + room]


def _unit(ctx: Ctx, choice: Choice, hand: Hand, cells: int) -> Line:
    here, changed = choice.unit == hand.cursor, f"unit:{choice.unit}" in hand.marks
    base = "cursor" if here else "" if choice.unit in hand.chosen or choice.order else "dim"
    box = "[=]" if choice.order else "[x]" if choice.unit in hand.chosen else "[ ]"
    lead = ("*" if changed else " ") + (">" if here else " ") + box + " "
    name_cells, equipment_cells = (20, 40) if cells >= 140 else (14, 20 if cells < 100 else 26)
    people_cells, eta_cells = (9, 10) if ctx.look.lang == "en" else (5, 10)
    members = int(choice.row.get("members") or 0)
    parts = (
        fit(wording.unit(ctx, choice.unit), name_cells),
        fit(ctx.tr("{n} pers.").format(n=members) if members else "", people_cells),
        fit(_equipment(choice), equipment_cells),
        fit(_eta(ctx, choice), eta_cells),
        _state(ctx, choice),
    )
    return exactly((Span(lead + " ".join(parts), base),), cells, base)


def _equipment(choice: Choice) -> str:
    return show(" ".join(str(one) for one in choice.row.get("equipment") or ()), 120)


def _eta(ctx: Ctx, choice: Choice) -> str:
    eta = choice.order.get("eta_s") if choice.order else choice.eta_s
    if eta is None and choice.away_km is not None:
        if choice.away_km < NEAR_KM:
            return ctx.tr("close by")
        return ctx.tr("{n} km off").format(n=f"{choice.away_km:.1f}")
    if eta is None:
        return ctx.tr("way ?")
    return ctx.tr("in {span}").format(span=way(float(eta), ctx.look))


def _state(ctx: Ctx, choice: Choice) -> str:
    """The channel of who is free; else why it is not, which must be seen before it is chosen."""
    row, look = choice.row, ctx.look
    channel = show(str(row.get("contact") or ""), 40)
    if choice.order is not None:
        return f"{wording.status(look, str(choice.order.get('status')))} {channel}"
    state = str(row.get("state") or "")
    if state == "off_duty":
        why = show(str(row.get("off_reason") or ""), 40)
        return f"{wording.unit_state(look, state)} {wording.reason(look, why) if why else ''}"
    jobs = [str(job.get("incident")) for job in row.get("assignments") or ()]
    if jobs:
        return look.tr("on {incident}").format(incident=show(" ".join(jobs), 40)) + f" {channel}"
    return f"{wording.unit_state(look, state)} {channel}" if state == "unreachable" else channel


# --- why, what is left, what if nobody answers


def _why(ctx: Ctx, facts: Facts, hand: Hand, cells: int, height: int) -> list[Line]:
    lines: list[Line] = []
    most = 3 if height >= TALL else 2
    said = (("holds", _holds(ctx, facts)), ("nearest", _nearest(ctx, facts)))
    for key, text in (*said, ("gap", _gap(ctx, facts))):
        mark = "*" if key in hand.marks else " "
        wrapped = wrap(text, cells - 1) if text else []
        lines += [plain(mark + line, cells) for line in wrapped[:most]]
    return [*lines, plain(" " + _reply(ctx, facts), cells)]


def _holds(ctx: Ctx, facts: Facts) -> str:
    """Who is at work elsewhere and comes after: F3 does not order them."""
    words = ctx.tr("{unit} free in about {span}, there {way} later")
    waits = [
        words.format(
            unit=wording.unit(ctx, str(hold.get("unit"))),
            span=way(float(hold.get("wait_s") or 0.0), ctx.look),
            way=way(float(hold.get("eta_s") or 0.0), ctx.look),
        )
        for hold in facts.holds
    ]
    return " ".join((ctx.tr("Waits for:"), "; ".join(waits))) if waits else ""


def _nearest(ctx: Ctx, facts: Facts) -> str:
    if not facts.detail:
        return ctx.tr("Why not the nearest, and what is left: the post has not said yet.")
    if facts.nearest is None:
        return ctx.tr("The nearest team is in it.") if facts.team else ""
    codes = [str(code) for code in facts.nearest.get("why_not") or ()]
    return ctx.tr("Why not the nearest: {unit}, there in {span}: {why}").format(
        unit=wording.unit(ctx, str(facts.nearest.get("unit"))),
        span=way(float(facts.nearest.get("eta_s") or 0.0), ctx.look),
        why="; ".join(wording.why_not(ctx.look, code) for code in codes),
    )


def _gap(ctx: Ctx, facts: Facts) -> str:
    if not facts.detail:
        return ""
    if facts.gap is None:
        return ctx.tr("Left uncovered: nothing.") if facts.team else ""
    after = facts.gap.get("after_s")
    words = ctx.tr("Left uncovered: {area}, help there in {before}, then {after}.").format(
        area=wording.place(ctx, str(facts.gap.get("area"))),
        before=way(float(facts.gap.get("before_s") or 0.0), ctx.look),
        after=ctx.tr("by nobody") if after is None else way(float(after), ctx.look),
    )
    fill = facts.gap.get("fill")
    if not fill:
        return words
    unit = wording.unit(ctx, str(fill.get("unit")))
    to = wording.place(ctx, str(fill.get("to")))
    return words + " " + ctx.tr("Could stand by: {unit} at {place}.").format(unit=unit, place=to)


def _reply(ctx: Ctx, facts: Facts) -> str:
    if facts.reply_s is None:
        return ctx.tr("Reply limit: not known.")
    words = ctx.tr("Reply within {n} s").format(n=round(facts.reply_s))
    if facts.successor:
        name = wording.unit(ctx, facts.successor)
        return words + ctx.tr(", else {unit} is asked by itself").format(unit=name)
    return words + (ctx.tr(", and nobody is left to ask next") if facts.successor == "" else "")


def _reasons(ctx: Ctx, hand: Hand, cells: int) -> Line:
    """By digit; the chosen one in brackets, for colour alone says nothing."""
    if not hand.differs:
        words = ctx.tr("Another team? Space, and why:")
        return exactly((Span(f" {words} {_digits(ctx, ())}", "dim"),), cells)
    words = ctx.tr("Why another team:")
    style = "" if hand.why else "warn"
    return exactly((Span(f" {words} {_digits(ctx, (hand.why,))}", style),), cells)


def _digits(ctx: Ctx, chosen: Iterable[int]) -> str:
    picked = set(chosen)
    words = ((n, f"{n} {ctx.tr(text)}") for n, text in REASONS.items())
    return " ".join(f"[{text}]" if n in picked else text for n, text in words)
