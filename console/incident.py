"""An incident's page in sections, each a list of lines: the detail, wide or compact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from console import wording
from console.cells import Line, Span, exactly, fit, plain, rule, show, width, wrap
from console.item import Item
from console.listing import due, left, viewers
from console.look import clock, span
from console.map.ground import way
from console.model import Row
from console.page import Ctx
from console.pages.map import WAYS, bearing
from console.wording import lines as sentences
from sensors.words import _

TEAM_LETTERS = "abcdefgh"
# What a team costs, by the names that the dispatcher gives its terms.
TERM = {
    "way": _("way"), "busy": _("until free"), "waited": _("waited"), "late": _("too late"),
    "mismatch": _("too few"), "over": _("too many"), "skills": _("other skills"),
    "tired": _("tired"), "own": _("its own time"), "cover": _("gap"), "unheard": _("not heard of"),
}  # fmt: skip


def sections(ctx: Ctx, one: Item, cells: int) -> list[Line]:
    """All of it, most pressing first; the caller cuts it to what fits."""
    row = one.row
    return [
        *state(ctx, one, cells),
        *hazards(ctx, row, cells),
        *needs(ctx, row, cells),
        *orders(ctx, row, cells),
        *recommended(ctx, row, cells),
        *nearest(ctx, row, cells),
        *gap(ctx, row, cells),
        *notes(ctx, row, cells),
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
    limit = fit(due(ctx, one, 24), 24).strip()
    graded = wording.grade(ctx.look, int(row.get("grade") or 0))
    answer = wording.response(ctx.look, int(ctx.model.row("post", "post").get("response") or 0))
    made = [
        exactly((Span(seen, "crit" if one.unseen and one.urgency == 1 else ""),), cells),
        *_said(tr("Next: {limit}").format(limit=_squeezed(limit)), cells),
        *_said(
            tr("Grade {grade}  Response {response}").format(grade=graded, response=answer), cells
        ),
    ]
    if row.get("text"):
        made += _said(tr("Says {text}").format(text=show(str(row["text"]))), cells, "bold")
    made += _said(tr("Sources {sources}").format(sources=sources(ctx, row) or tr("none")), cells)
    return made + _said(position(ctx, row), cells)


def _said(text: str, cells: int, style: str = "") -> list[Line]:
    """A sentence over as many lines as it needs."""
    return [plain(piece, cells, style) for piece in wrap(text, cells)]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def acknowledged(ctx: Ctx, one: Item) -> str:
    """未确认, 确认过期 2次, or who has it and for how long still."""
    ack, tr = one.row.get("ack"), ctx.tr
    if ack:
        return tr("acked by {who}, for {t}").format(
            who=wording.officer(ctx, str(ack.get("by"))), t=left(ctx, float(ack["until"]))
        )
    lapses = int(one.row.get("lapses") or 0)
    return tr("ack lapsed {n} times").format(n=lapses) if lapses else tr("not acknowledged")


def watched_by(ctx: Ctx, ident: str) -> str:
    """Who else has it open; "" where nobody has."""
    names = [show(name, 40) for name in viewers(ctx, ident)]
    return ctx.tr("seen by {names}").format(names=" ".join(names)) if names else ""


def sources(ctx: Ctx, row: Row) -> str:
    """`探头 ljg-05 烟 0.87 2次, 护林一组 烟 (人工)`."""
    said = []
    for name, report in (row.get("sources") or {}).items():
        parts = [wording.source(ctx, str(name)), wording.alarm(ctx.look, str(report.get("kind")))]
        if isinstance(report.get("confidence"), float):
            parts.append(f"{report['confidence']:.2f}")
        if int(report.get("times") or 1) > 1:
            parts.append(ctx.tr("{n} times").format(n=report["times"]))
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
    read = row.get("hazards_read") or {}
    unread = sum(text not in read for text in texts)
    said = ctx.tr("Hazards {n}, {m} unread").format(n=len(texts), m=unread)
    made = [rule(said, cells, "=", "bad" if unread else "")]
    for text in texts:
        by = read.get(text)
        note = f" ({wording.officer(ctx, str(by))})" if by else ""
        made += _hanging("!! ", show(str(text)) + note, cells, "" if by else "warn")
    return made


def _hanging(mark: str, text: str, cells: int, style: str = "") -> list[Line]:
    """Text with a mark before its first line, the others under it."""
    lead = " " * width(mark)
    pieces = wrap(text, max(4, cells - width(mark)))
    return [plain((mark if n == 0 else lead) + p, cells, style) for n, p in enumerate(pieces)]


def needs(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """`处置 8人 15分内 缺8   向导 1人`; whom to telephone."""
    tr, said = ctx.tr, []
    for need in row.get("needs") or ():
        word = wording.role(ctx.look, str(need.get("role")))
        text = tr("{role} {n} people within {m} min").format(
            role=word, n=need.get("quantity"), m=round(float(need.get("within_min") or 0))
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
    short = _said(tr("Nobody left for {roles}").format(roles=" ".join(nobody)), cells, "bad")
    return [rule(tr("Needs"), cells), *_said("   ".join(said), cells), *(short if nobody else [])]


def orders(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Who was sent: how far, until when."""
    given = [ctx.model.row("assignment", each) for each in row.get("orders") or ()]
    given = [order for order in given if order]
    if not given:
        return []
    return [rule(ctx.tr("Sent"), cells), *(_order(ctx, order, cells) for order in given)]


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
    words = show(str(order.get("text") or order.get("why") or ""))
    style = "dim" if order.get("status") in {"declined", "expired", "withdrawn"} else ""
    return plain(f"{name} {role} {said} {limit} {words}", cells, style)


def recommended(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Three teams with what they cost; without the detail yet, the one that would go."""
    found = ctx.model.row("detail", str(row["id"])).get("teams") or ()
    tr = ctx.tr
    if not found:
        rec = row.get("rec") or ()
        if not rec:
            return []
        units = [{"unit": r.get("unit"), "role": r.get("role")} for r in rec]
        eta = max((float(r.get("eta_s") or 0) for r in rec), default=0.0)
        team = {"units": units, "eta_s": eta, "free": True}
        return [rule(tr("Recommended"), cells), *_team(ctx, 1, team, cells)]
    made = [rule(tr("Recommended"), cells)]
    for number, team in enumerate(found, 1):
        made += _team(ctx, number, team, cells)
        if number == 1 and team.get("terms"):
            made.append(_cost(ctx, team, cells))
    return made


def _team(ctx: Ctx, number: int, team: dict[str, Any], cells: int) -> list[Line]:
    """`1 民兵一队+护林一组 到场 11分  代价 13.0  可派`."""
    tr = ctx.tr
    names = "+".join(wording.unit(ctx, str(u.get("unit"))) for u in team.get("units") or ())
    tail = tr("there in {t}").format(t=span(float(team.get("eta_s") or 0), ctx.look))
    if team.get("cost") is not None:
        tail += " " + tr("cost {n}").format(n=f"{float(team['cost']) / 60:.1f}")
    tail += " " + wording.unit_state(ctx.look, "available" if team.get("free") else "committed")
    room = max(8, cells - width(tail) - 3)
    return [plain(f"{number} {fit(names, room)} {tail}", cells, "bold" if number == 1 else "")]


def _cost(ctx: Ctx, team: dict[str, Any], cells: int) -> Line:
    """`  合计代价 13.0 = 到场 11.0 + 缺口 1.5`: minutes, each term by its name."""
    terms = [
        f"{ctx.tr(TERM[name]) if name in TERM else show(str(name), 20)} {float(value) / 60:.1f}"
        for name, value in team["terms"].items()
    ]
    said = ctx.tr("cost {n} = {terms}").format(
        n=f"{float(team.get('cost') or 0) / 60:.1f}", terms=" + ".join(terms)
    )
    return plain("  " + said, cells, "dim")


def nearest(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Why the nearest does not go: the officer signs for it."""
    found = ctx.model.row("detail", str(row["id"])).get("nearest")
    if not found:
        return []
    tr = ctx.tr
    head_line = tr("{unit} could be there in {t}. Not chosen, because:").format(
        unit=wording.unit(ctx, str(found.get("unit"))),
        t=span(float(found.get("eta_s") or 0), ctx.look),
    )
    made = [rule(tr("Why not the nearest"), cells), *_said(head_line, cells)]
    for letter, code in zip(TEAM_LETTERS, found.get("why_not") or (), strict=False):
        made += _hanging(f"  {letter} ", wording.why_not(ctx.look, str(code)), cells)
    return made


def why_not_nearest(ctx: Ctx, row: Row) -> str:
    """The same in one line, for the hint."""
    found = ctx.model.row("detail", str(row["id"])).get("nearest")
    if not found:
        return ""
    codes = [wording.why_not(ctx.look, str(code)) for code in found.get("why_not") or ()]
    return ctx.tr("not {unit} ({t}): {why}").format(
        unit=wording.unit(ctx, str(found.get("unit"))),
        t=span(float(found.get("eta_s") or 0), ctx.look),
        why="; ".join(codes),
    )


def item_hint(ctx: Ctx, one: Item) -> str:
    """`I-0412 危险2未读 等级未定 不选网格救援一队(4分): 无灭火机具`."""
    texts, read = one.row.get("hazards") or (), one.row.get("hazards_read") or {}
    unread = sum(text not in read for text in texts)
    parts = [show(one.id)]
    if unread and one.running:
        parts.append(ctx.tr("hazards {n} unread").format(n=unread))
    if one.running and not one.case:
        parts.append(wording.grade(ctx.look, int(one.row.get("grade") or 0)))
    parts.append(why_not_nearest(ctx, one.row) or show(str(one.row.get("text") or one.title)))
    return " ".join(parts)


def gap(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Where help takes longer once the team has gone, and who could fill in."""
    found = ctx.model.row("detail", str(row["id"])).get("gap")
    if not found:
        return []
    tr = ctx.tr
    area = wording.place(ctx, str(found.get("area")))
    before = span(float(found.get("before_s") or 0), ctx.look)
    if found.get("after_s") is None:
        said = tr("{area}: nobody is left who could come (now {before})")
        text = said.format(area=area, before=before)
    else:
        said = tr("{area}: the next help takes {after} (now {before})")
        after = span(float(found["after_s"]), ctx.look)
        text = said.format(area=area, after=after, before=before)
    made = [rule(tr("What stays uncovered"), cells), *_said(text, cells)]
    if fill := found.get("fill"):
        text = tr("to fill in: {unit} to {place}").format(
            unit=wording.unit(ctx, str(fill.get("unit"))),
            place=wording.place(ctx, str(fill.get("to"))),
        )
        made += _said(text, cells)
    return made


def notes(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """What officers wrote down, newest first."""
    made = []
    for note in reversed(row.get("notes") or ()):
        by = wording.officer(ctx, str(note.get("by")))
        lead = f"{clock(float(note.get('at') or 0.0))} {by} "
        made += _hanging(lead, show(str(note.get("text") or "")), cells)
    return [rule(ctx.tr("Notes"), cells), *made] if made else []


def where(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """The map in words: where it is, and where each team that goes or would go is from there."""
    at = row.get("position")
    if not at:
        return []
    made = [rule(ctx.tr("Whereabouts"), cells)]
    made += _said(bearing(ctx, float(at["lon"]), float(at["lat"])), cells)
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
    said = ctx.tr("{unit}: {way}, {km} km from there").format(
        unit=wording.unit(ctx, ident), way=ctx.tr(WAYS[eighth]), km=f"{metres / 1000:.1f}"
    )
    return _said(said, cells)


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
        left_side = f"{clock(float(row.get('at') or 0.0))} {source} {said}"
        because = ctx.tr("because: {why}").format(why=cause) if cause else ""
        room = max(10, cells - width(because) - 1)
        yield exactly((Span(fit(left_side, room) + " "), Span(because, "dim")), cells)


def timeline_head(ctx: Ctx, cells: int) -> Line:
    """Its ruler."""
    return rule(ctx.tr("Timeline, newest first"), cells)


def nothing(ctx: Ctx, cells: int) -> Line:
    """Under the ruler, where there is nothing."""
    return plain(ctx.tr("nothing further"), cells, "dim")
