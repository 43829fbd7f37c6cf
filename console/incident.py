"""An incident's page in sections, each a list of lines: the detail, wide or compact. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from console import reading, wording
from console.cells import (
    Line,
    Span,
    exactly,
    fit,
    hanging,
    packed,
    paragraph,
    plain,
    rule,
    show,
    width,
)
from console.explained import gap, nearest, recommended, why_not_nearest
from console.item import CRIT, Item
from console.listing import due, left, viewers
from console.look import clock, span
from console.map.ground import way
from console.model import Row
from console.page import Ctx
from console.pages.map import WAYS, bearing
from console.wording import words

NEAR_M = 50.0
SHARED = 76  # cells from which facts of several kinds share a line
OVER = ("declined", "expired", "withdrawn")  # orders of which nothing is to be expected any more


def sections(ctx: Ctx, one: Item, cells: int) -> list[Line]:
    """All of it, most pressing first; the caller cuts it to what fits."""
    row = one.row
    return [
        *state(ctx, one, cells),
        *hazards(ctx, row, cells),
        *needs(ctx, row, cells),
        *orders(ctx, row, cells),
        *ladder(ctx, row, cells),
        *recommended(ctx, row, cells),
        *nearest(ctx, row, cells),
        *gap(ctx, row, cells),
        *notes(ctx, row, cells),
        *upward(ctx, one, cells),
        *where(ctx, row, cells),
    ]


def head(ctx: Ctx, one: Item) -> str:
    """`I-0412 野火 急 雷家沟二组 第7版`."""
    place = wording.place(ctx, one.place, str(one.row.get("place_name") or ""))
    version = ctx.tr("version {n}").format(n=one.rev)
    sign = wording.urgency(ctx.look, one.urgency)
    return f"{show(one.id)} {wording.kind(ctx, one.kind)} {sign} {place} {version}"


def state(ctx: Ctx, one: Item, cells: int) -> list[Line]:
    """Since when, who has it, the next deadline; grade; sources; position; what was said."""
    row, tr = one.row, ctx.tr
    since = tr("since {at}, {t}").format(
        at=clock(one.opened_at), t=span(ctx.now - one.opened_at, ctx.look)
    )
    seen = "  ".join((since, acknowledged(ctx, one), watched_by(ctx, one.id)))
    style = "crit" if one.unseen and one.urgency == CRIT else ""
    made = [exactly((Span(seen, style),), cells)]
    made += [line for text in flags(ctx, one) for line in paragraph(text, cells, "warn")]
    if row.get("text"):
        made += paragraph(tr("Says {text}").format(text=show(str(row["text"]))), cells, "bold")
    said = sources(ctx, row) or tr("none")
    limit = "" if one.ended else " ".join(due(ctx, one, 24).split())
    facts = [
        [tr("Next: {limit}").format(limit=limit)] if limit else [],
        [] if one.case else _grades(ctx, row),
        [tr("Sources {sources}").format(sources=said), position(ctx, row)],
    ]
    if cells >= SHARED:
        facts = [[each for group in facts for each in group]]
    return made + [line for group in facts for line in packed(group, cells)]


def _grades(ctx: Ctx, row: Row) -> list[str]:
    """Grade, warning, response: three things, never one; and none of them the urgency."""
    number = int(ctx.model.row("post", "post").get("response") or 0)
    tr = ctx.tr
    return [
        tr("Grade: {grade}").format(grade=wording.grade(ctx.look, int(row.get("grade") or 0))),
        tr("Warnings: no source yet"),
        tr("Response: {response}").format(response=wording.response(ctx.look, number)),
    ]


def flags(ctx: Ctx, one: Item) -> list[str]:
    """What is out of the ordinary: ended, mayday, release held, the leader called."""
    row, tr, made = one.row, ctx.tr, list[str]()
    if one.ended or one.stage == "resolved":
        state_of = wording.word(ctx.look, words.INCIDENT_STATE, one.stage)
        by = wording.officer(ctx, str(row.get("changed_by") or ""))
        at = clock(float(row.get("ended_at") or 0.0))
        made.append(tr("{state} at {at}, by {who}").format(state=state_of, at=at, who=by))
    if row.get("merged_into"):
        made.append(tr("is part of {id} now").format(id=show(str(row["merged_into"]))))
    if row.get("mayday"):
        crews = [wording.unit(ctx, str(unit)) for unit in row.get("mayday_units") or ()]
        said = tr("MAYDAY {crews}: no answer. Call them, then :par")
        made.append(said.format(crews=" ".join(crews)))
    if held := row.get("held"):
        said = tr("sending held by {who} until {at}: {why}")
        who = wording.officer(ctx, str(held.get("by") or ""))
        at = clock(float(held.get("until") or 0.0))
        made.append(said.format(who=who, at=at, why=show(str(held.get("why") or ""))))
    if row.get("escalated_to"):
        called = wording.role(ctx.look, str(row["escalated_to"]))
        made.append(tr("nobody acknowledged: {who} was called").format(who=called))
    elif row.get("second_called"):
        called = wording.role(ctx.look, "second")
        made.append(tr("nobody acknowledged: {who} was called").format(who=called))
    return made


def acknowledged(ctx: Ctx, one: Item) -> str:
    """未确认, 确认过期 2次, or who has it and for how long still."""
    ack, tr = one.row.get("ack"), ctx.tr
    if ack:
        who, until = wording.officer(ctx, str(ack.get("by"))), ack.get("until")
        if until is None:  # 缓: it stands as long as the officer does
            return tr("acked by {who}, until the handover").format(who=who)
        return tr("acked by {who}, for {t}").format(who=who, t=left(ctx, float(until)))
    lapses = int(one.row.get("lapses") or 0)
    return tr("ack lapsed x{n}").format(n=lapses) if lapses else tr("not acknowledged")


def watched_by(ctx: Ctx, ident: str) -> str:
    """Who else has it open; "" where nobody has."""
    mine = ctx.tr("you")
    names = [mine if name == ctx.me else show(name, 40) for name in viewers(ctx, ident)]
    return ctx.tr("seen by {names}").format(names=" ".join(names)) if names else ""


def sources(ctx: Ctx, row: Row) -> str:
    """`探头 ljg-05 烟 0.87 2次, 护林一组 烟 (人工)`."""
    said = []
    for name, report in (row.get("sources") or {}).items():
        parts = [wording.source(ctx, str(name)), wording.alarm(ctx.look, str(report.get("kind")))]
        if isinstance(report.get("confidence"), float):
            parts.append(f"{report['confidence']:.2f}")
        if int(report.get("times") or 1) > 1:
            parts.append(ctx.tr("x{n}").format(n=report["times"]))
        if report.get("cleared_at"):
            parts.append(ctx.tr("sees it no longer"))
        said.append(" ".join(parts))
    return ", ".join(said)


def position(ctx: Ctx, row: Row) -> str:
    """`位置 107.55200, 35.28400 +-30米`."""
    at = row.get("position")
    if not at:
        return ctx.tr("Position not known, only the place")
    around = at.get("accuracy_m")
    about = "" if around is None else ctx.tr(" +-{n} m").format(n=round(around))
    return ctx.tr("Position {lon}, {lat}").format(
        lon=f"{at['lon']:.5f}", lat=f"{at['lat']:.5f}"
    ) + about  # fmt: skip


def hazards(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """What can kill those who go, and who has read it."""
    texts = row.get("hazards") or ()
    if not texts:
        return []
    known, unread = row.get("hazards_read") or {}, reading.unread(ctx, row)
    said = ctx.tr("Hazards {n}, {m} unread").format(n=len(texts), m=len(unread))
    told = []
    for text in texts:
        by = known.get(text)
        note = f" ({wording.officer(ctx, str(by))})" if by else ""
        told.append((show(str(text)) + note, "warn" if text in unread else ""))
    return [rule(said, cells, "=", "bad" if unread else ""), *_side_by_side(told, cells)]


def _side_by_side(told: Sequence[tuple[str, str]], cells: int) -> list[Line]:
    """Short texts in two columns, read down; long ones each on lines of its own."""
    half = cells // 2
    if len(told) < 3 or any(width(text) > half - 4 for text, _ in told):
        return [line for text, style in told for line in hanging("!! ", text, cells, style)]
    rows = (len(told) + 1) // 2
    made = []
    for left_side, right_side in zip_longest(told[:rows], told[rows:]):
        spans = [Span(fit(f"!! {left_side[0]}", half), left_side[1])]
        if right_side is not None:
            spans.append(Span(f"!! {right_side[0]}", right_side[1]))
        made.append(exactly(spans, cells))
    return made


def needs(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """`处置 8人 15分内 缺8   向导 1人`; whom to telephone."""
    tr, said = ctx.tr, []
    for need in row.get("needs") or ():
        word = wording.role(ctx.look, str(need.get("role")))
        text = tr("{role} {n} within {t}").format(
            role=word, n=need.get("quantity"), t=_within(ctx, float(need.get("within_min") or 0))
        )
        if need.get("missing"):
            text += " " + tr("missing {n}").format(n=need["missing"])
        said.append(text if need.get("must") else f"({text})")
    ask = " ".join(show(str(who), 40) for who in row.get("ask") or ())
    if ask:
        said.append(tr("phone {who}").format(who=ask))
    if not said:
        return []
    nobody = [wording.role(ctx.look, str(role)) for role in row.get("nobody_for") or ()]
    made = [rule(tr("Needs"), cells), *packed(said, cells)]
    if nobody:
        made += paragraph(
            tr("Nobody left for {roles}").format(roles=" ".join(nobody)), cells, "bad"
        )
    return made


def _within(ctx: Ctx, minutes: float) -> str:
    """Minutes of a run card: `20分`, `4时`."""
    if minutes < 120:
        return ctx.tr("{n} min").format(n=round(minutes))
    return ctx.tr("{n} h").format(n=round(minutes / 60))


def orders(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Who was sent: how far, until when."""
    given = [ctx.model.row("assignment", each) for each in row.get("orders") or ()]
    given = [order for order in given if order]
    if not given:
        return []
    made = [rule(ctx.tr("Sent"), cells)]
    made += [_order(ctx, order, cells) for order in given if order.get("status") not in OVER]
    for status in OVER:
        names = [
            wording.unit(ctx, str(order.get("unit"))) + said_by(order)
            for order in given
            if order.get("status") == status
        ]
        if names:
            said = f"{wording.status(ctx.look, status)} {len(names)}: {', '.join(names)}"
            made += paragraph(said, cells, "dim")
    return made


def said_by(order: Row) -> str:
    """What the unit said with its answer."""
    text = show(str(order.get("text") or ""))
    return f" ({text})" if text else ""


def _order(ctx: Ctx, order: Row, cells: int) -> Line:
    status = str(order.get("status"))
    if status == "offered" and order.get("received"):
        status = "received"
    name = fit(wording.unit(ctx, str(order.get("unit"))), 14)
    role = fit(wording.role(ctx.look, str(order.get("role"))), wording.cells(ctx.look, "role"))
    said = fit(wording.status(ctx.look, status), 9)
    limit = ""
    if order.get("status") == "offered" and order.get("expires_at") is not None:
        limit = f"{wording.due(ctx.look, 'reply')} {left(ctx, float(order['expires_at']))}"
    elif order.get("par_at") is not None:
        limit = f"{wording.due(ctx.look, 'par')} {left(ctx, float(order['par_at']))}"
    elif order.get("changed_at") is not None:
        limit = clock(float(order["changed_at"]))
    return plain(f"{name} {role} {said} {limit}{said_by(order)}", cells)


def item_hint(ctx: Ctx, one: Item) -> str:
    """`I-0412 危险2未读 等级未定 不选网格救援一队(4分): 无灭火机具`."""
    unread = len(reading.unread(ctx, one.row))
    parts = [show(one.id)]
    if unread and one.running:
        parts.append(ctx.tr("hazards {n} unread").format(n=unread))
    if one.running and not one.case:
        parts.append(wording.grade(ctx.look, int(one.row.get("grade") or 0)))
    parts.append(why_not_nearest(ctx, one.row) or show(str(one.row.get("text") or one.title)))
    return " ".join(parts)


def ladder(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Of a case: `组网格长 > [村调解委员会] > 乡`, and when it climbs by itself."""
    rungs = [wording.role(ctx.look, str(role)) for role in row.get("ladder") or ()]
    if not rungs:
        return []
    level = min(int(row.get("level") or 0), len(rungs) - 1)
    rungs[level] = f"[{rungs[level]}]"
    at = (row.get("due") or {}).get("ladder")
    text = " > ".join(rungs)
    if at is not None:
        text += f"   {wording.due(ctx.look, 'ladder')} {left(ctx, float(at))}"
    return [rule(ctx.tr("Ladder"), cells), *paragraph(text, cells)]


def upward(ctx: Ctx, one: Item, cells: int) -> list[Line]:
    """What goes to the county: nothing is sent from here yet, and the page says so."""
    if one.case:
        return []
    grade = int(one.row.get("grade") or 0)
    if grade:
        by = wording.officer(ctx, str(one.row.get("grade_by") or ""))
        said = ctx.tr("graded {grade} by {who}. Report it by telephone: reports are not there yet.")
        text = said.format(grade=wording.grade(ctx.look, grade), who=by)
    else:
        text = ctx.tr("not graded (:grade {id} 1 to 4). Reports are not there yet: telephone.")
        text = text.format(id=show(one.id))
    return [rule(ctx.tr("To the county"), cells), *paragraph(text, cells)]


def notes(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """What officers wrote down, newest first."""
    made = []
    for note in reversed(row.get("notes") or ()):
        by = wording.officer(ctx, str(note.get("by")))
        lead = f"{clock(float(note.get('at') or 0.0))} {by} "
        made += hanging(lead, show(str(note.get("text") or "")), cells)
    return [rule(ctx.tr("Notes"), cells), *made] if made else []


def where(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """The map in words: where it is, and where each team that goes or would go is from there."""
    at = row.get("position")
    if not at:
        return []
    made = [rule(ctx.tr("Whereabouts"), cells)]
    made += paragraph(bearing(ctx, float(at["lon"]), float(at["lat"])), cells)
    given = [ctx.model.row("assignment", each) for each in row.get("orders") or ()]
    units = dict.fromkeys(str(each.get("unit")) for each in (*given, *(row.get("rec") or ())))
    return made + [line for unit in units for line in _from_there(ctx, unit, at, cells)]


def _from_there(ctx: Ctx, ident: str, at: Row, cells: int) -> list[Line]:
    unit = ctx.model.row("unit", ident)
    place = unit.get("position") or unit
    if place.get("lon") is None or place.get("lat") is None:
        return []
    eighth, metres = way(
        float(at["lon"]), float(at["lat"]), float(place["lon"]), float(place["lat"])
    )
    if metres < NEAR_M:
        words = ctx.tr("{unit}: close by").format(unit=wording.unit(ctx, ident))
        return paragraph(words, cells)
    said = ctx.tr("{unit}: {way}, {km} km from there").format(
        unit=wording.unit(ctx, ident), way=ctx.tr(WAYS[eighth]), km=f"{metres / 1000:.1f}"
    )
    return paragraph(said, cells)
