"""The grid (F8): every village with its manager and its group heads, and whether they can be heard.

A roll call (叫应) does not exist yet: the title says so, and no cell pretends to an answer. What is
shown is what the post knows of each handheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import wording
from console.cells import Line, Span, exactly, fit, rule, show
from console.model import Model, Row
from console.page import Ctx, Go, Move, Say
from console.pages.board import Board, ago, number, words
from console.table import Column
from sensors.words import _

NUMERALS = "〇一二三四五六七八九十"
REACH = {  # of a post: how its handheld stands; three cells in English, one character in Chinese
    "available": _("air"), "committed": _("job"), "unreachable": _("mis"), "off_duty": _("out"),
    "never": _("nil"),
}  # fmt: skip
STYLES = {"unreachable": "warn", "off_duty": "dim", "never": "dim", "committed": "norm"}
HEARD = frozenset({"available", "committed"})


@dataclass(frozen=True, slots=True)
class Desk:
    """A post of the grid: its row, its place, and how its handheld stands."""

    id: str
    row: Row
    place: Row
    unit: Row

    @property
    def reach(self) -> str:
        """A key of `REACH`; a handheld that has never been heard is none, whatever the roster."""
        if number(self.unit.get("last_contact")) is None:
            return "off_duty" if self.unit.get("state") == "off_duty" else "never"
        state = str(self.unit.get("state"))
        return state if state in REACH else "never"


@dataclass(frozen=True, slots=True)
class Village:
    """A line: the village, its manager, its group heads."""

    place: Row
    manager: Desk | None
    heads: tuple[Desk, ...]

    def __str__(self) -> str:
        """What the filter looks through."""
        names = [desk.row.get("name") for desk in self.heads]
        manager = self.manager.row.get("name") if self.manager else ""
        return words(self.place.get("id"), self.place.get("name"), manager, *names)

    @property
    def heard(self) -> int:
        """Of its group heads, how many can be heard now."""
        return sum(desk.reach in HEARD for desk in self.heads)

    @property
    def households(self) -> int:
        """Of the village, by its own row, else by its groups'."""
        return _total(self.place, self.heads, "households")

    @property
    def people(self) -> int:
        """As `households`."""
        return _total(self.place, self.heads, "people")


def villages(model: Model) -> dict[str, Village]:
    """The villages by id, in the files' order of ids."""
    desks = [_desk(model, row) for row in model.table("desk").values()]
    made: dict[str, Village] = {}
    for ident in sorted(model.table("place")):
        place = model.row("place", ident)
        if place.get("kind") != "village":
            continue
        managers = [d for d in desks if d.row.get("role") == "vgm" and d.row.get("place") == ident]
        heads = [
            d for d in desks
            if d.row.get("role") == "ggh"
            and (d.place.get("village") == ident or d.row.get("place") == ident)
        ]  # fmt: skip
        heads.sort(key=lambda desk: (len(str(desk.row.get("place"))), str(desk.row.get("place"))))
        made[ident] = Village(place, managers[0] if managers else None, tuple(heads))
    return made


def _desk(model: Model, row: Row) -> Desk:
    ident = str(row.get("id"))
    return Desk(ident, row, model.row("place", str(row.get("place"))), model.row("unit", ident))


def _total(place: Row, heads: Sequence[Desk], name: str) -> int:
    own = number(place.get(name))
    if own:
        return int(own)
    return int(sum(number(desk.place.get(name)) or 0 for desk in heads))


class GridPage(Board):
    """The board."""

    name = "grid"

    def title(self, ctx: Ctx) -> str:
        """`叫应 无任务  村 12  组 71  户 3433  人 14000`."""
        made = self.made(ctx).values()
        return ctx.tr(
            "No roll call  {villages} villages {groups} groups {households} hh {people} people"
        ).format(
            villages=len(made), groups=sum(len(v.heads) for v in made),
            households=sum(v.households for v in made), people=sum(v.people for v in made),
        )  # fmt: skip

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """Seven groups fit in 80 columns."""
        zh = ctx.look.lang == "zh"
        return (
            Column(ctx.tr("Village"), 8 if zh else 13, sort=lambda v: str(v.place.get("name"))),
            Column(ctx.tr("Manager"), 6 if zh else 7, sort=_manager),
            Column(ctx.tr("Group heads"), 0, sort=lambda v: len(v.heads)),
            Column(ctx.tr("Heard"), 5, sort=lambda v: v.heard / max(1, len(v.heads))),
            Column(ctx.tr("Hh"), 5 if zh else 6, "right", sort=lambda v: v.households),
            Column(ctx.tr("People"), 6, "right", sort=lambda v: v.people),
        )

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every village."""
        return villages(ctx.model)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """`一在 二在 三失`: the groups by number, each with how its handheld stands."""
        return (
            wording.place(ctx, key),
            _reach(ctx, row.manager),
            " ".join(_head(ctx, place, desk) for place, desk in enumerate(row.heads, 1)),
            f"{row.heard}/{len(row.heads)}",
            str(row.households),
            str(row.people),
        )

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """Amber where the village's manager is off the air."""
        lost = row.manager is not None and row.manager.reach == "unreachable"
        return "warn" if lost else ""

    def empty(self, ctx: Ctx) -> str:
        """Before the township's files are there."""
        return ctx.tr("The post has no villages: the township's files are not loaded.")

    def reserve(self, ctx: Ctx, height: int) -> int:
        """The chosen village's posts, as far as there is room under twelve villages."""
        return max(0, height - 14)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Who they are, how to call them, how many live there."""
        village = self.row
        if village is None or height < 2:
            return ()
        title = ctx.tr("{village}: posts").format(
            village=wording.place(ctx, str(village.place.get("id")))
        )
        desks = [*([village.manager] if village.manager else []), *village.heads]
        across = 1 if height > len(desks) else max(1, width // 39)
        room = width // across
        lines = [rule(title, width)]
        for at in range(0, len(desks), across):
            spans = [s for desk in desks[at : at + across] for s in _post(ctx, desk, room)]
            lines.append(exactly(spans, width))
        return lines

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter: the village on the map; F3 has nothing to do before there are roll calls."""
        if key == "open" and self.table.cursor:
            return (Go("map", self.table.cursor),)
        if key in {"go", "mark"}:
            return (Say(ctx.tr("No roll call is running: this post keeps none yet.")),)
        return None

    def hint(self, ctx: Ctx) -> str:
        """The manager of the village under the cursor, and how to call."""
        village = self.row
        if village is None:
            return ""
        if village.manager is None:
            return ctx.tr("No village grid manager is named in the township's files.")
        contact = str(village.manager.row.get("contact") or "") or ctx.tr("no channel known")
        name = wording.either(ctx.look, village.manager.row)
        return show(f"{name}  {_reach(ctx, village.manager)}  {contact}")

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr(
            "air=heard job=at work mis=lost out=off duty nil=never  Enter map  / filter  Esc"
        )


def _manager(village: Village) -> str:
    return village.manager.reach if village.manager else ""


def _reach(ctx: Ctx, desk: Desk | None) -> str:
    return ctx.tr(REACH[desk.reach]) if desk else "-"


def _head(ctx: Ctx, place: int, desk: Desk) -> str:
    """`一在`, `1air`."""
    return f"{_numeral(ctx, desk) or place}{ctx.tr(REACH[desk.reach])}"


def _numeral(ctx: Ctx, desk: Desk) -> str:
    """Which group of its village, by the number that ends its place's id; "" without one."""
    ident = str(desk.row.get("place"))
    digits = ident[len(ident.rstrip("0123456789")) :]
    if not 0 < len(digits) < 3:
        return ""
    group = int(digits)
    return NUMERALS[group] if ctx.look.lang == "zh" and group < len(NUMERALS) else str(group)


def _short(ctx: Ctx, desk: Desk) -> str:
    """`一组`, where the village stands above."""
    if desk.row.get("role") == "vgm":
        return ctx.tr("Manager")
    return ctx.tr("Group {n}").format(n=_numeral(ctx, desk) or "?")


def _post(ctx: Ctx, desk: Desk, cells: int) -> list[Span]:
    """One post in `cells` cells."""
    heard = number(desk.unit.get("last_contact"))
    parts = [str(desk.row.get("contact") or "")]
    if heard is not None:
        parts.append(ago(ctx.now - heard, ctx.look))
    if desk.row.get("role") == "ggh":
        parts.append(
            ctx.tr("{households} hh {people} p").format(
                households=desk.place.get("households") or 0, people=desk.place.get("people") or 0
            )
        )
    name = _short(ctx, desk) if ctx.look.compact else wording.either(ctx.look, desk.row, desk.id)
    text = f"  {fit(name, 8 if ctx.look.compact else 26)} {fit(ctx.tr(REACH[desk.reach]), 4)} "
    said = Span(show(" ".join(part for part in parts if part)))
    return list(exactly((Span(text, STYLES.get(desk.reach, "")), said), cells))
