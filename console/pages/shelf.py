"""What is shelved: which source and kind, until when, by whom and why. F3 takes one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from command.messages import Unshelve
from console import wording
from console.cells import Span, show
from console.effects import Send
from console.model import Model, Row
from console.page import Ctx, Move, Say
from console.pages.board import Board, left, moment, number, words
from console.table import Column

MOST = 12  # at once (CONSOLE.md section 3)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A line. `line` is the log's line of the shelving, {} where it is not at hand."""

    row: Row
    line: Row
    quiet: int  # alarms kept quiet since, of the log lines at hand

    @property
    def until(self) -> float:
        """When it is over, POSIX s."""
        return number(self.row.get("until")) or 0.0

    def __str__(self) -> str:
        """What the filter looks through."""
        return words(
            self.row.get("source"), self.row.get("kind"), self.line.get("by"), self.line.get("why")
        )


def shelved(model: Model) -> dict[str, Shelved]:
    """What is shelved, the first to end on top; who and why from the log lines at hand."""
    said: dict[str, Row] = {}
    quiet: dict[str, int] = {}
    for line in model.table("log").values():
        key = f"{line.get('source')}|{line.get('kind')}"
        if line.get("event") == "SourceShelved":
            said[key], quiet[key] = line, 0
        elif line.get("event") == "AlarmReceived" and line.get("reason") == "shelved":
            quiet[key] = quiet.get(key, 0) + 1
    rows = {
        key: Shelved(row, said.get(key) or row, quiet.get(key, 0))
        for key, row in model.table("shelf").items()
    }
    return dict(sorted(rows.items(), key=lambda pair: (pair[1].until, pair[0])))


class ShelfPage(Board):
    """The board."""

    name = "shelf"

    def title(self, ctx: Ctx) -> str:
        """`搁置 3  最多 12`."""
        return ctx.tr("Shelved {n}  at most {most}").format(
            n=len(ctx.model.table("shelf")), most=MOST
        )

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """Who and why last: they may be long."""
        tr = ctx.tr
        return (
            Column(tr("Source"), 14, sort=lambda s: str(s.row.get("source"))),
            Column(tr("Kind"), 8, sort=lambda s: str(s.row.get("kind"))),
            Column(tr("Until"), 11, sort=lambda s: s.until),
            Column(tr("Time left"), 9, sort=lambda s: s.until),
            Column(tr("Kept"), 5, "right", sort=lambda s: s.quiet),
            Column(tr("Shelved by"), 12, sort=lambda s: str(s.line.get("by"))),
            Column(tr("Why"), 0, sort=lambda s: str(s.line.get("why"))),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Everything on the shelf."""
        return shelved(ctx.model)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One source and kind."""
        known = bool(row.line.get("by"))
        unknown = ctx.tr("not in the log lines at hand")
        return (
            show(str(row.row.get("source") or "")),
            wording.alarm(ctx.look, str(row.row.get("kind"))),
            moment(row.until, ctx.now),
            left(row.until, ctx.now, ctx.look),
            str(row.quiet),
            wording.officer(ctx, str(row.line.get("by"))) if known else "?",
            show(str(row.line.get("why") or "")) or Span(unknown, "dim"),
        )

    def empty(self, ctx: Ctx) -> str:
        """An honest nothing."""
        return ctx.tr("Nothing is shelved: every source is heard.")

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """F3 takes back the one under the cursor."""
        if key != "go":
            return None
        if self.row is None:
            return (Say(ctx.tr("Nothing is shelved.")),)
        source, kind = str(self.row.row.get("source")), str(self.row.row.get("kind"))
        command = Unshelve.model_validate({"id": ctx.ids(), "source": source, "kind": kind})
        return (Send(command, f"{source} {wording.alarm(ctx.look, kind)}"),)

    def hint(self, ctx: Ctx) -> str:
        """What a shelf does not do."""
        if self.row is None:
            return ""
        return ctx.tr(
            "Logged and counted all the same; ends by itself, or at handover unless signed."
        )

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("F3 take back  :shelve SOURCE 1h // why  / filter  Esc back")
