"""The figures of this shift, each with how many it was counted from (F10, statistics).

Fewer than five are no percentage. What cannot be counted from what the post keeps says so. Tab
changes the period; F3 writes the page into a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import wording
from console.cells import Line, Span, exactly, fit, plain, rule, show, text_of
from console.effects import Write
from console.figures import FEW, Figures, Noise, Waits, figures, mean, share
from console.look import clock, day, span
from console.page import Ctx, Move
from console.pages.board import NO_KEY, Board, moment, number
from console.table import Column
from console.wall import wall
from sensors.words import _

SHIFT, HOUR, ALL = "shift", "hour", "all"
PERIODS = {SHIFT: _("this shift"), HOUR: _("last hour"), ALL: _("all at hand")}
NOISY_LINES = 10  # of two sources each
REFRESH_S = 1.0
BELOW = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A line: what is measured, how much, what is asked, and from what it was counted."""

    name: str
    value: str
    asked: str
    said: str
    well: bool | None = None  # None: too few, or nothing is asked

    def __str__(self) -> str:
        """What the filter looks through."""
        return f"{self.name} {self.said}"


class StatisticsPage(Board):
    """The board."""

    name = "statistics"

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self.period = SHIFT
        self._counted: tuple[float, str, str] | None = None
        self._figures = Figures(0.0, 0.0, 0)
        self._rows: Mapping[str, Figure] = {}

    def title(self, ctx: Ctx) -> str:
        """`统计 本班 20:00-03:12  件数 41`."""
        made = self._count(ctx)
        return ctx.tr("Statistics {period} {since}-{until}  incidents {n}").format(
            period=ctx.tr(PERIODS[self.period]), since=moment(made.since, ctx.now),
            until=clock(made.until, seconds=False), n=made.incidents,
        )  # fmt: skip

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """As the wireframe."""
        tr, wide = ctx.tr, ctx.look.width >= 100
        return (
            Column(tr("Figure"), 32 if wide else 24, sort=lambda f: f.name),
            Column(tr("Value"), 16 if wide else 12, sort=lambda f: f.value),
            Column(tr("Asked"), 12 if wide else 10, sort=lambda f: f.asked),
            Column(tr("From what"), 0, sort=lambda f: f.said),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every figure, the same ones whatever the shift was."""
        self._count(ctx)
        return self._rows

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """Red only where something asked was missed."""
        return (row.name, Span(row.value, "bad") if row.well is False else row.value, row.asked,
                show(row.said))  # fmt: skip

    def reserve(self, ctx: Ctx, height: int) -> int:
        """Alarms by ten minutes, and the noisiest sources."""
        return min(BELOW, height // 3)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The two lists under the figures."""
        made = self._figures
        each = " ".join(map(str, made.buckets))
        title = ctx.tr("Incidents by ten minutes, up to now: {each}").format(each=each)
        lines = [rule(title, width), rule(ctx.tr("Noisy sources (alarms / useful)"), width)]
        room = max(0, height - len(lines))
        noisy = made.noise[: min(room, NOISY_LINES) * 2]
        half = (len(noisy) + 1) // 2
        for place in range(half):
            left = _noise(ctx, noisy[place], place + 1, width // 2)
            more = place + half
            right = _noise(ctx, noisy[more], more + 1, width // 2) if more < len(noisy) else ""
            lines.append(exactly((Span(fit(left, width // 2)), Span(right)), width))
        if not noisy:
            lines.append(plain("  " + ctx.tr("No alarm in this period."), width))
        return lines

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Tab: another period; F3: into a file."""
        if key == "pane":
            names = list(PERIODS)
            self.period = names[(names.index(self.period) + 1) % len(names)]
            return NO_KEY
        if key == "go":
            return (self._written(ctx),)
        return None

    def hint(self, ctx: Ctx) -> str:
        """The figure under the cursor in full, and from how much all was counted."""
        counted = self._counted_from(ctx)
        row = self.row
        return counted if row is None else show(f"{row.said}   {counted}")

    def _counted_from(self, ctx: Ctx) -> str:
        return ctx.tr(
            "Counted from {n} log lines at hand since {since}. Fewer than {few} are no percentage."
        ).format(n=self._figures.lines, since=moment(self._figures.since, ctx.now), few=FEW)

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Tab other period  F3 into a file  / filter  Esc back")

    def _count(self, ctx: Ctx) -> Figures:
        """At most once a second, and at once for another period."""
        old, made = self._counted, (ctx.mono, self.period, ctx.look.lang)
        if old is None or old[1:] != made[1:] or not 0 <= made[0] - old[0] < REFRESH_S:
            since = self._since(ctx)
            plans = ctx.model.table("plan")
            self._figures = figures(
                ctx.model.table("log").values(), since, ctx.now,
                lambda plan: plans.get(plan, {}).get("family") == "case",
            )  # fmt: skip
            self._rows = {f.name: f for f in table(ctx, self._figures)}
            self._counted = made
        return self._figures

    def _since(self, ctx: Ctx) -> float:
        if self.period == HOUR:
            return ctx.now - 3600.0
        if self.period == ALL:
            return 0.0
        return number(ctx.model.row("shift", "shift").get("since")) or 0.0

    def _written(self, ctx: Ctx) -> Write:
        """The whole page as text, without colours and without the cursor."""
        made = self._figures
        head = f"{self.title(ctx)}  {day(made.until)}"
        rows = (
            f"{fit(f.name, 32)} {fit(f.value, 20)} {fit(f.asked, 14)} {f.said}".rstrip()
            for f in self._rows.values()
        )
        noise = (text_of(line).rstrip() for line in self.below(ctx, 120, 2 + NOISY_LINES))
        name = f"statistics-{day(made.until)}-{clock(made.until).replace(':', '')}.txt"
        return Write(name, "\n".join((head, self._counted_from(ctx), "", *rows, "", *noise)) + "\n")


# --- the figures


def table(ctx: Ctx, made: Figures) -> list[Figure]:
    """Every figure in its order; requirements are FIELD.md's and CONSOLE.md's."""
    tr = ctx.tr
    return [
        _ninety(ctx, tr("alarm to ack, 90%"), made.to_acknowledge, 15.0),
        _sent(ctx, made),
        _accepted(ctx, made),
        _there(ctx, made),
        _load(ctx, made),
        _mix(ctx, made),
        _cameras(ctx),
        _lapsed(ctx, made),
        _false(ctx, made),
        _other_teams(ctx, made),
        Figure(tr("roll call within 5 min"), tr("none held"), tr("every post"),
               tr("the post keeps no roll calls yet")),
    ]  # fmt: skip


def _ninety(ctx: Ctx, name: str, waits: Waits, limit: float, more: str = "") -> Figure:
    """`14秒`, asked `15秒`, `41件,最长 58秒 I-0407`."""
    asked = _seconds(ctx, limit)
    taken, which = waits.worst
    said = [ctx.tr("{n} cases").format(n=waits.n), more]
    if waits.n:
        longest = ctx.tr("longest {time} {item}")
        said.append(longest.format(time=_seconds(ctx, taken), item=which))
    ninety = waits.ninety()
    value = _few(ctx, waits.n) if ninety is None else _seconds(ctx, ninety)
    well = None if ninety is None else ninety <= limit
    return Figure(name, value, asked, ", ".join(part for part in said if part), well)


def _sent(ctx: Ctx, made: Figures) -> Figure:
    more = ctx.tr("{n} by itself").format(n=made.sent_by_itself)
    return _ninety(ctx, ctx.tr("alarm to order, 90%"), made.to_send, 60.0, more)


def _accepted(ctx: Ctx, made: Figures) -> Figure:
    more = ctx.tr("declined {declined}, expired {expired}").format(
        declined=made.declined, expired=made.expired
    )
    return _ninety(ctx, ctx.tr("order to accepted, 90%"), made.to_accept, 90.0, more)


def _there(ctx: Ctx, made: Figures) -> Figure:
    waits = made.to_scene
    part = share(waits.within(600.0), waits.n)
    said = ctx.tr("{n} teams came").format(n=waits.n)
    return Figure(
        ctx.tr("on scene within 10 min"), _percent(ctx, part, waits.n), "80%", said,
        None if part is None else part >= 0.8,
    )  # fmt: skip


def _load(ctx: Ctx, made: Figures) -> Figure:
    """The mean of what was opened in ten minutes, for each officer on the line now."""
    officers = max(1, len((ctx.model.beat.get("load") or {}).get("officers") or ()))
    average, peak = mean(made.buckets) / officers, max(made.buckets, default=0)
    said = ctx.tr("most {peak}, of {n} times ten minutes, {officers} on the line").format(
        peak=peak, n=len(made.buckets), officers=officers
    )
    return Figure(
        ctx.tr("alarms/officer/10 min"), ctx.tr("mean {n}").format(n=f"{average:.1f}"),
        ctx.tr("at most 1"), said, average <= 1,
    )  # fmt: skip


def _mix(ctx: Ctx, made: Figures) -> Figure:
    urgent, high = made.opened.get(1, 0), made.opened.get(2, 0)
    rest = made.opened.get(3, 0) + made.opened.get(4, 0)
    if made.incidents < FEW:
        value = f"{urgent}/{high}/{rest}"
    else:
        value = "/".join(str(round(100 * n / made.incidents)) for n in (urgent, high, rest)) + "%"
    said = ctx.tr("{n} incidents").format(n=made.incidents)
    return Figure(ctx.tr("crit / high / others"), value, "5/15/80", said)


def _cameras(ctx: Ctx) -> Figure:
    seen = wall(ctx.model)
    part = share(seen.online, len(seen.cameras))
    said = ctx.tr("down {down} of {n}").format(down=seen.down, n=len(seen.cameras))
    value = "-" if part is None else f"{100 * part:.1f}%"
    return Figure(
        ctx.tr("cameras online"), value, "98%", said, None if part is None else part >= 0.98
    )


def _lapsed(ctx: Ctx, made: Figures) -> Figure:
    most = sorted(made.lapsed.items(), key=lambda pair: -pair[1])[:2]
    said = ", ".join(ctx.tr("{item} x{n}").format(item=item, n=n) for item, n in most) or ctx.tr(
        "not once"
    )
    total = sum(made.lapsed.values())
    return Figure(ctx.tr("acknowledgements lapsed"), str(total), ctx.tr("fewest"), said)


def _other_teams(ctx: Ctx, made: Figures) -> Figure:
    """Orders that named a reason, as the dialog asks of another team; and which reasons."""
    most = sorted(made.reasons.items(), key=lambda pair: -pair[1])[:3]
    said = ", ".join(f"{why} {n}" for why, n in most) or ctx.tr("none given")
    value = f"{sum(made.reasons.values())}/{made.by_hand}"
    return Figure(ctx.tr("other team, why"), value, ctx.tr("see why"), said)


def _false(ctx: Ctx, made: Figures) -> Figure:
    part = share(made.false, made.ended)
    said = ctx.tr("{n} of {all} ended").format(n=made.false, all=made.ended)
    return Figure(
        ctx.tr("false alarms"), _percent(ctx, part, made.false), ctx.tr("see source"), said
    )


def _percent(ctx: Ctx, part: float | None, n: int) -> str:
    return _few(ctx, n) if part is None else f"{round(100 * part)}%"


def _few(ctx: Ctx, n: int) -> str:
    """A count, for a percentage of so few would say nothing."""
    return ctx.tr("{n} only").format(n=n) if n else ctx.tr("not once")


def _seconds(ctx: Ctx, seconds: float) -> str:
    """`14秒` below two minutes: figures are read, not watched."""
    if seconds < 120:
        return ctx.tr("{n} s").format(n=round(seconds))
    return span(seconds, ctx.look)


def _noise(ctx: Ctx, one: Noise, place: int, cells: int) -> str:
    kind = wording.alarm(ctx.look, one.kind)
    shelved = f"{one.source}|{one.kind}" in ctx.model.table("shelf")
    state = ctx.tr("on shelf") if shelved else ""
    text = f"{place} {show(one.source, 20)} {kind}  {one.alarms} / {one.useful}  {state}"
    return fit(text, cells)
