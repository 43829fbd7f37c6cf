"""The post's own alerts: what the officer must know that is no incident. F4 says it was read.

Red ones (a crew in danger, nobody left to send, nobody answers) stand first and no filter hides
them. `lines` is the same list for the main page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from command.messages import Acknowledge
from console import wording
from console.cells import Line, Span, exactly, plain, rule, show, wrap
from console.effects import Send
from console.look import clock
from console.model import Model, Row
from console.page import Ctx, Go, Move, Say
from console.pages.board import Board, ago, number, words
from console.table import Column, Table
from console.wording.lines import alert as sentence

RED = frozenset({"mayday", "par_missed", "nobody_left", "officer_silent", "no_officer"})
SHOWN = 3  # on the main page; the rest is counted
BELOW = 4


@dataclass(frozen=True, slots=True)
class Alert:
    """A line."""

    row: Row

    @property
    def red(self) -> bool:
        """Whether nothing may hide it."""
        return self.row.get("reason") in RED

    @property
    def at(self) -> float:
        """POSIX s."""
        return number(self.row.get("at")) or 0.0

    def __str__(self) -> str:
        """What the filter looks through."""
        names = ("reason", "incident", "unit", "source", "text")
        return words(*(self.row.get(name) for name in names))


def alerts(model: Model) -> dict[str, Alert]:
    """Red ones first, then the newest first."""
    made = {key: Alert(row) for key, row in model.table("alert").items()}
    return dict(sorted(made.items(), key=lambda pair: (not pair[1].red, -pair[1].at, pair[0])))


def lines(ctx: Ctx, width: int, most: int = SHOWN) -> list[Line]:
    """For the main page: every red alert, then others up to `most`, then how many are left."""
    found = list(alerts(ctx.model).values())
    shown = [a for place, a in enumerate(found) if a.red or place < most]
    made = [_line(ctx, alert, width) for alert in shown]
    if len(found) > len(shown):
        more = ctx.tr("{n} more alerts of the post (:go alerts)").format(n=len(found) - len(shown))
        made.append(plain("  " + more, width, "dim"))
    return made


def _line(ctx: Ctx, alert: Alert, width: int) -> Line:
    mark = Span("!!" if alert.red else " !", "crit" if alert.red else "warn")
    text = f" {clock(alert.at, seconds=False)} {_about(alert)} {sentence(ctx, alert.row)}"
    return exactly((mark, Span(text, "" if not alert.red else "bad")), width)


def _about(alert: Alert) -> str:
    return show(str(alert.row.get("incident") or alert.row.get("unit") or ""))


class AlertsPage(Board):
    """The board."""

    name = "alerts"

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.table = Table(cursor=item, always=lambda row: row.red)

    def title(self, ctx: Ctx) -> str:
        """`主机提醒 3  红 1`."""
        made = self.made(ctx).values()
        return ctx.tr("Alerts of the post {n}  red {red}").format(
            n=len(made), red=sum(alert.red for alert in made)
        )

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """The sentence takes what is left."""
        tr = ctx.tr
        return (
            Column("", 2, sort=lambda a: not a.red),
            Column(tr("Time"), 8, sort=lambda a: a.at),
            Column(tr("Age"), 10, sort=lambda a: -a.at),
            Column(tr("About"), 10, sort=_about),
            Column(tr("What"), 0, sort=lambda a: str(a.row.get("reason"))),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every alert that nobody has read."""
        return alerts(ctx.model)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One alert."""
        return (
            "!!" if row.red else " !",
            clock(row.at),
            ago(ctx.now - row.at, ctx.look),
            _about(row),
            sentence(ctx, row.row),
        )

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """Red is red."""
        return "bad" if row.red else ""

    def empty(self, ctx: Ctx) -> str:
        """An honest nothing."""
        return ctx.tr("The post has nothing to say that you have not read.")

    def about(self, key: str, row: Any) -> str:
        """Its incident."""
        return str(row.row.get("incident") or "")

    def reserve(self, ctx: Ctx, height: int) -> int:
        """The sentence in full."""
        return min(BELOW, height // 4)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The sentence in full, and which unit it is."""
        if self.row is None:
            return ()
        row = self.row.row
        where = wording.unit(ctx, str(row["unit"])) if row.get("unit") else ""
        text = " ".join(part for part in (sentence(ctx, row), where) if part)
        said = wrap(text, width - 2)
        return [rule(show(str(row.get("id") or "")), width), *(plain(" " + t, width) for t in said)]

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """F4: read, this one alone; Enter: its incident."""
        if key == "acknowledge":
            return self._read(ctx)
        if key == "open":
            return (Go("detail", self.item),) if ctx.model.incident(self.item) else ()
        return None

    def hint(self, ctx: Ctx) -> str:
        """What F4 does, and what it does not."""
        if self.row is None:
            return ""
        return ctx.tr("F4 says you have read it. It stops no clock, and acknowledges no incident.")

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("F4 read  Enter incident  Left/Right sort  / filter (reds stay)  Esc back")

    def _read(self, ctx: Ctx) -> Sequence[Move]:
        if self.row is None:
            return (Say(ctx.tr("F4: no alert is chosen.")),)
        command = Acknowledge.model_validate({"id": ctx.ids(), "alert": self.table.cursor})
        said = ctx.tr("{what} alert read").format(what=_about(self.row))
        return (Send(command, said.strip()),)
