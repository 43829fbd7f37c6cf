"""What a change of duty has to hand over, and what still stands in its way. Pure.

A point is ticked for what it says now: when an incident's state or urgency changes, or a number
does, the tick is off again. The post counts the same things into its digest, and has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from console import wording
from console.cells import show
from console.model import Model, Row
from console.page import Ctx
from console.pages.board import RUNNING, moment, number
from console.pages.cases import cases
from console.wall import wall
from sensors.words import _

RED, OTHERS, TELL, SHELF = "red", "others", "tell", "shelf"
LIVE = frozenset({"offered", "accepted", "en_route", "on_scene"})
NAMED = 6  # incidents named in the one line of those that are not red
BLOCKS = {  # why the post does not let the outgoing officer sign
    "unacknowledged": _("not acknowledged: {what}"),
    "hazard_unread": _("hazards not read: {what}"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to take over. `facts` is what a tick stands for; `must` blocks the signature.

    `say` words it: of a thousand points a screen shows twenty.
    """

    key: str
    group: str
    say: Callable[[Ctx], str]
    facts: str
    must: bool = True


@dataclass(frozen=True, slots=True)
class Shift:
    """The post's own row of the change of duty, read with care."""

    known: bool
    officer: str
    since: float | None
    digest: str
    signed_by: str
    signed_at: float | None
    signed_digest: str
    words: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def signed(self) -> bool:
        """The outgoing officer has signed what stands now."""
        return bool(self.signed_by) and self.signed_digest == self.digest

    @property
    def void(self) -> bool:
        """Signed, but the content has changed since."""
        return bool(self.signed_by) and self.signed_digest != self.digest


def shift(model: Model) -> Shift:
    """As the table's row has it, which each beat brings up to date."""
    row = model.row("shift", "shift")
    signed = row.get("signed")
    signed = signed if isinstance(signed, Mapping) else {}
    blocks = row.get("blocks") or ()
    return Shift(
        known=bool(row.get("digest")),
        officer=str(row.get("officer") or ""),
        since=number(row.get("since")),
        digest=str(row.get("digest") or ""),
        signed_by=str(signed.get("by") or ""),
        signed_at=number(signed.get("at")),
        signed_digest=str(signed.get("digest") or ""),
        words=str(signed.get("words") or ""),
        blocks=tuple(
            (str(one[0]), str(one[1]))
            for one in blocks
            if isinstance(one, Sequence) and len(one) == 2
        ),
    )


def points(model: Model, now: float) -> list[Point]:
    """Everything to be handed over, the reds first, each for itself."""
    running = [row for row in model.table("incident").values() if row.get("state") in RUNNING]
    running.sort(key=lambda row: (_priority(row), number(row.get("opened_at")) or 0.0))
    urgent = sum(_priority(row) == 1 for row in running)
    made = [_red(row) for row in running[:urgent]]
    if others := running[urgent:]:
        made.append(_others(others))
    return [*made, *_shelves(model), *_to_tell(model, now)]


def _priority(row: Row) -> int:
    value = row.get("priority")
    return value if isinstance(value, int) else 5


def reds(made: Sequence[Point]) -> list[str]:
    """The ids of the red incidents among them."""
    return [point.key for point in made if point.group == RED]


def block_texts(ctx: Ctx, blocks: Sequence[tuple[str, str]]) -> list[str]:
    """Why the post refuses the first signature: each reason once, with what it is about."""
    about: dict[str, list[str]] = {}
    for code, what in blocks:
        about.setdefault(code, []).append(show(what, 80))
    return [_block_text(ctx, code, " ".join(whats)) for code, whats in about.items()]


def _block_text(ctx: Ctx, code: str, what: str) -> str:
    if code in BLOCKS:
        return ctx.tr(BLOCKS[code]).format(what=what)
    return show(f"{wording.reason(ctx.look, code)} {what}", 80)


def _red(row: Row) -> Point:
    facts = f"{row.get('state')} {row.get('priority')}"
    return Point(str(row.get("id")), RED, partial(_red_text, row), facts)


def _red_text(row: Row, ctx: Ctx) -> str:
    """`I-0412 野火 雷家沟二组 未确认  民兵一队 到场  明火已灭`."""
    place = wording.place(ctx, str(row.get("place") or ""), str(row.get("place_name") or ""))
    parts = (str(row.get("id")), wording.kind(ctx, str(row.get("kind"))), place)
    crew = _crew(ctx, row)
    more = [f"+{len(crew) - 2}"] if len(crew) > 2 else []
    stage = [] if crew and row.get("ack") else [wording.stage(ctx, row)]
    title = str(row.get("title") or "")
    return show("  ".join((" ".join(parts), title, *stage, *crew[:2], *more)))


def _crew(ctx: Ctx, row: Row) -> list[str]:
    """`民兵一队 到场` of each live order."""
    jobs = [ctx.model.row("assignment", str(order)) for order in row.get("orders") or ()]
    return [
        " ".join(
            (
                wording.unit(ctx, str(job.get("unit"))),
                wording.status(ctx.look, str(job.get("status"))),
            )
        )
        for job in jobs
        if job.get("status") in LIVE
    ]


def _others(rows: Sequence[Row]) -> Point:
    facts = " ".join(f"{row.get('id')}{row.get('state')}{row.get('priority')}" for row in rows)
    return Point("others", OTHERS, partial(_others_text, rows), facts)


def _others_text(rows: Sequence[Row], ctx: Ctx) -> str:
    """`其余未了 6: I-0401水位 I-0403失联`."""
    named = [
        "".join((str(row.get("id")), wording.kind(ctx, str(row.get("kind")))))
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        named.append(ctx.tr("and {n} more").format(n=len(rows) - NAMED))
    text = ctx.tr("Other open ones {n}: {named}")
    return show(text.format(n=len(rows), named=" ".join(named)))


def _shelves(model: Model) -> list[Point]:
    """Each is signed again by a tick, else it ends with the handover."""
    return [
        Point(key, SHELF, partial(_shelf_text, row), str(row.get("until")), must=False)
        for key, row in sorted(model.table("shelf").items())
    ]


def _shelf_text(row: Row, ctx: Ctx) -> str:
    return ctx.tr("Shelved {source} {kind} until {time}: a tick keeps it").format(
        source=show(str(row.get("source")), 40),
        kind=wording.alarm(ctx.look, str(row.get("kind"))),
        time=moment(number(row.get("until")) or 0.0, ctx.now),
    )


def _to_tell(model: Model, now: float) -> list[Point]:
    """Each only where there is something to tell."""
    made = []
    seen = wall(model)
    if seen.down:
        known = {"down": seen.down, "n": len(seen.cameras), "allowed": seen.allowed}
        say = _told(_("Cameras down {down} of {n} (allowed {allowed})"), known)
        made.append(Point("cameras", TELL, say, str(seen.down)))
    off = [
        unit for unit in model.table("unit").values()
        if unit.get("state") == "off_duty" and unit.get("type") != "post"
    ]  # fmt: skip
    if off:
        facts = " ".join(sorted(str(unit.get("id")) for unit in off))
        made.append(Point("units", TELL, partial(_off_text, off), facts))
    if late := [key for key, case in cases(model, now).items() if case.overdue]:
        named = {"n": len(late), "named": " ".join(late[:NAMED])}
        say = _told(_("Cases overdue {n}: {named}"), named)
        made.append(Point("cases", TELL, say, " ".join(sorted(late))))
    return made + _heard(model)


def _off_text(units: Sequence[Row], ctx: Ctx) -> str:
    named = ", ".join(
        f"{wording.either(ctx.look, unit)} {unit.get('off_reason') or ''}".strip() for unit in units
    )
    return show(ctx.tr("Teams off {n}: {named}").format(n=len(units), named=named))


def _heard(model: Model) -> list[Point]:
    """What the post could not read, what was let lapse, and what nobody has read yet."""
    since = shift(model).since or 0.0
    events = [
        row.get("event")
        for row in model.table("log").values()
        if (number(row.get("at")) or 0.0) >= since
    ]
    found = (
        ("unread", _("Unreadable messages {n}"), events.count("MessageQuarantined")),
        ("lapsed", _("Acknowledgements lapsed {n}"), events.count("AcknowledgementLapsed")),
        ("alerts", _("Alerts of the post not read {n}"), len(model.table("alert"))),
    )
    return [Point(key, TELL, _told(text, {"n": n}), str(n)) for key, text, n in found if n]


def _told(text: str, known: Mapping[str, Any]) -> Callable[[Ctx], str]:
    """The words of a message id with these in it."""
    return lambda ctx: show(ctx.tr(text).format(**known))
