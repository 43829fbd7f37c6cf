"""What a change of duty has to hand over, and what still stands in its way. Pure.

A point is ticked for what it says now: when an incident's state or urgency changes, or a number
does, the tick is off again. The post counts the same things into its digest, and has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console import wording
from console.cells import show
from console.model import Model, Row
from console.page import Ctx
from console.pages.board import RUNNING, moment, number
from console.pages.cases import cases
from console.wall import wall
from sensors.words import _

RED, OTHERS, TELL, SHELF = "red", "others", "tell", "shelf"
NAMED = 6  # incidents named in the one line of those that are not red
BLOCKS = {  # why the post does not let the outgoing officer sign
    "unacknowledged": _("not acknowledged: {what}"),
    "hazard_unread": _("hazards not read: {what}"),
    "hazards_unread": _("hazards not read: {what}"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to take over. `facts` is what a tick stands for; `must` blocks the signature."""

    key: str
    group: str
    text: str
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


def points(ctx: Ctx) -> list[Point]:
    """Everything to be handed over, the reds first, each for itself."""
    running = [row for row in ctx.model.table("incident").values() if row.get("state") in RUNNING]
    running.sort(key=lambda row: (row.get("priority") or 5, row.get("opened_at") or 0))
    reds = [row for row in running if row.get("priority") == 1]
    others = [row for row in running if row.get("priority") != 1]
    made = [_red(ctx, row) for row in reds]
    if others:
        made.append(_others(ctx, others))
    return [*made, *_shelves(ctx), *_to_tell(ctx)]


def reds(made: Sequence[Point]) -> list[str]:
    """The ids of the red incidents among them."""
    return [point.key for point in made if point.group == RED]


def block_text(ctx: Ctx, block: tuple[str, str]) -> str:
    """Why the post refuses the first signature."""
    code, what = block
    if code in BLOCKS:
        return ctx.tr(BLOCKS[code]).format(what=show(what, 80))
    return show(f"{wording.reason(ctx.look, code)} {what}", 80)


def _red(ctx: Ctx, row: Row) -> Point:
    """`I-0412 野火 雷家沟二组  民兵一队 到场  下次 07:58`."""
    ident = str(row.get("id"))
    place = wording.place(ctx, str(row.get("place") or ""), str(row.get("place_name") or ""))
    crew = [
        f"{wording.unit(ctx, str(job.get('unit')))} "
        f"{wording.status(ctx.look, str(job.get('status')))}"
        for order in row.get("orders") or ()
        if (job := ctx.model.row("assignment", str(order))).get("status")
        in {"offered", "accepted", "en_route", "on_scene"}
    ]
    parts = [ident, wording.kind(ctx, str(row.get("kind"))), place, wording.stage(ctx, row)]
    text = show("  ".join((" ".join(parts), " ".join(crew[:2]), str(row.get("title") or ""))))
    return Point(ident, RED, text, f"{row.get('state')} {row.get('priority')}")


def _others(ctx: Ctx, rows: Sequence[Row]) -> Point:
    named = " ".join(
        f"{row['id']}{wording.kind(ctx, str(row.get('kind')))}" for row in rows[:NAMED]
    )
    more = ctx.tr("and {n} more").format(n=len(rows) - NAMED) if len(rows) > NAMED else ""
    text = ctx.tr("Other open ones {n}: {named}").format(n=len(rows), named=named)
    facts = " ".join(f"{row['id']}{row.get('state')}{row.get('priority')}" for row in rows)
    return Point("others", OTHERS, show(f"{text} {more}".strip()), facts)


def _shelves(ctx: Ctx) -> list[Point]:
    """Each is signed again by a tick, else it ends with the handover."""
    made = []
    for key, row in sorted(ctx.model.table("shelf").items()):
        until = number(row.get("until")) or 0.0
        text = ctx.tr("Shelved {source} {kind} until {time}: a tick keeps it").format(
            source=show(str(row.get("source")), 40),
            kind=wording.alarm(ctx.look, str(row.get("kind"))), time=moment(until, ctx.now),
        )  # fmt: skip
        made.append(Point(key, SHELF, text, str(until), must=False))
    return made


def _to_tell(ctx: Ctx) -> list[Point]:
    """Each only where there is something to tell."""
    made = []
    seen = wall(ctx.model)
    if seen.down:
        text = ctx.tr("Cameras down {down} of {n} (allowed {allowed})").format(
            down=seen.down, n=len(seen.cameras), allowed=seen.allowed
        )
        made.append(Point("cameras", TELL, text, str(seen.down)))
    off = [u for u in ctx.model.table("unit").values() if u.get("state") == "off_duty"]
    off = [u for u in off if u.get("type") != "post"]
    if off:
        named = ", ".join(f"{wording.either(ctx.look, u)} {u.get('off_reason') or ''}" for u in off)
        text = ctx.tr("Teams off {n}: {named}").format(n=len(off), named=named)
        made.append(Point("units", TELL, show(text), " ".join(sorted(str(u["id"]) for u in off))))
    late = [key for key, case in cases(ctx.model, ctx.now).items() if case.overdue]
    if late:
        text = ctx.tr("Cases overdue {n}: {named}").format(
            n=len(late), named=" ".join(late[:NAMED])
        )
        made.append(Point("cases", TELL, show(text), " ".join(sorted(late))))
    return made + _heard(ctx)


def _heard(ctx: Ctx) -> list[Point]:
    """What the post could not read, what nobody has read yet, and what was let lapse."""
    made = []
    since = shift(ctx.model).since or 0.0
    lines = [
        row for row in ctx.model.table("log").values() if (number(row.get("at")) or 0) >= since
    ]
    for key, event, text in (
        ("unread", "MessageQuarantined", ctx.tr("Unreadable messages {n}")),
        ("lapsed", "AcknowledgementLapsed", ctx.tr("Acknowledgements lapsed {n} times")),
    ):
        if n := sum(row.get("event") == event for row in lines):
            made.append(Point(key, TELL, text.format(n=n), str(n)))
    if n := len(ctx.model.table("alert")):
        made.append(
            Point("alerts", TELL, ctx.tr("Alerts of the post not read {n}").format(n=n), str(n))
        )
    return made
