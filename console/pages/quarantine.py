"""Messages that could not be read: what is wrong with each, and whose fault that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.cells import Line, Span, plain, rule, show, wrap
from console.model import Model, Row
from console.page import Ctx
from console.pages.board import Board, moment, number, words
from console.table import Column
from console.wording.lines import rejection
from sensors.words import _

BELOW = 5
OURS, FILES, DEVICE = _("our program"), _("our files"), _("the device")
FAULTS = {  # whose it is, by the reason; what is not here is the device's
    "internal": OURS, "poison": OURS, "source_unmapped": FILES, "topic_unknown": FILES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A line."""

    row: Row

    @property
    def fault(self) -> str:
        """Whose fault it is, as a message id."""
        code = str(self.row.get("why") or "")
        return FAULTS.get(code, FAULTS.get(str(self.row.get("reason") or ""), DEVICE))

    def __str__(self) -> str:
        """What the filter looks through."""
        return words(*(self.row.get(name) for name in ("source", "topic", "why", "detail")))


def messages(model: Model) -> dict[str, Message]:
    """The newest first: the post's table, else the log lines at hand."""
    table = model.table("quarantine")
    rows: Mapping[str, Row] = table or {
        pos: line
        for pos, line in model.table("log").items()
        if line.get("event") == "MessageQuarantined"
    }
    order = sorted(rows, key=lambda key: -(number(rows[key].get("at")) or 0.0))
    return {key: Message(rows[key]) for key in order}


class QuarantinePage(Board):
    """The board."""

    name = "quarantine"

    def title(self, ctx: Ctx) -> str:
        """`读不懂的来件 2  自建库以来 12`."""
        total = ctx.model.row("post", "post").get("rejected")
        return ctx.tr("Unreadable messages {n}  since the log began {total}").format(
            n=len(self.made(ctx)), total=total if isinstance(total, int) else "?"
        )

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """What is wrong takes what is left."""
        tr = ctx.tr
        return (
            Column(tr("Time"), 11, sort=lambda q: number(q.row.get("at")) or 0.0),
            Column(tr("From"), 14, sort=lambda q: str(q.row.get("source"))),
            Column(tr("Fault of"), 11, sort=lambda q: q.fault),
            Column(tr("What is wrong"), 0, sort=lambda q: str(q.row.get("why"))),
            Column(tr("Topic"), 20 if ctx.look.compact else 40, sort=lambda q: str(q.row["topic"])),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """The last ones that the post names."""
        return messages(ctx.model)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One message."""
        at = number(row.row.get("at"))
        return (
            "" if at is None else moment(at, ctx.now),
            show(str(row.row.get("source") or "?")),
            ctx.tr(row.fault),
            rejection(ctx, str(row.row.get("why") or "")),
            show(str(row.row.get("topic") or "")),
        )

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """Our own faults stand out: somebody here has to do something."""
        return "warn" if row.fault != DEVICE else ""

    def empty(self, ctx: Ctx) -> str:
        """An honest nothing."""
        return ctx.tr("Every message could be read.")

    def reserve(self, ctx: Ctx, height: int) -> int:
        """What the reader said of the message under the cursor."""
        return min(BELOW, height // 4)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The detail, and where the bytes are kept."""
        if self.row is None:
            return ()
        row = self.row.row
        kept = ctx.tr("The bytes are kept: {name}").format(name=row.get("quarantine") or "?")
        detail = show(str(row.get("detail") or ""))
        if detail:
            detail = ctx.tr("The reader's own words: {detail}").format(detail=detail)
        texts = [*(wrap(detail, width - 2) if detail else ()), show(kept)]
        return [
            rule(show(str(row.get("topic") or "")), width),
            *(plain(" " + t, width) for t in texts),
        ]

    def hint(self, ctx: Ctx) -> str:
        """What to do about it."""
        if self.row is None:
            return ""
        if self.row.fault == FILES:
            return ctx.tr("Name the device in the township's sources.toml, then it is read.")
        if self.row.fault == OURS:
            return ctx.tr("A fault of our own: tell who maintains the post. Nothing was lost.")
        return ctx.tr("The device sends something that is no message: tell who looks after it.")

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Left/Right sort  / filter  PgUp PgDn  Esc back")
