"""The map: borders, roads, rivers, woods, cameras, units, incidents; and a list that says the same.

Below 100 columns, and on a terminal without braille, the list alone, with bearings in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from console import wording
from console.cells import Line, Span, exactly, plain, show
from console.map.ground import Ground, way, whole
from console.map.picture import Sign, ground_layers, picture
from console.map.raster import Codes
from console.page import Back, Ctx, Go, Move, Page
from console.table import Column, Table
from sensors.words import _

LIST_CELLS = 60
NARROW = 100  # columns; below it a map says less than the list
FARTHER, NEARER = 1.5, 1 / 1.5
PAN_COLUMNS, PAN_LINES = 8, 4
WAYS = (_("N"), _("NE"), _("E"), _("SE"), _("S"), _("SW"), _("W"), _("NW"))
_RUNNING = frozenset({"open", "assigned", "working"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the map and in the list. `lon`, `lat` None: nobody knows where it is."""

    key: str
    page: str
    name: str
    text: str
    mark: str
    style: str
    lon: float | None
    lat: float | None


class MapPage(Page):
    """`item` chosen from outside is shown in the middle, and followed."""

    name: ClassVar[str] = "map"

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self._table = Table(cursor=item)
        self._ground: Ground | None = None
        self._follows = bool(item)
        self._kept: tuple[Any, list[Codes]] | None = None

    def title(self, ctx: Ctx) -> str:
        """With the metres that one cell is wide."""
        if self._ground is None or not _has_room(ctx):
            return ctx.tr("Map")
        metres = round(self._ground.scale * 2)
        return ctx.tr("Map   1 cell = {n} m").format(n=metres)

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Map and list side by side; the list alone where a map has no room."""
        things = {thing.key: thing for thing in everything(ctx)}
        if not _has_room(ctx):
            return self._list(ctx, things, width, height)
        side = self._list(ctx, things, LIST_CELLS, height)
        land = self._land(ctx, things, width - LIST_CELLS - 1, height)
        side += [plain("", LIST_CELLS)] * (height - len(side))
        bar = Span("|", "dim")
        return [(*left, bar, *right) for left, right in zip(land, side, strict=True)]

    def hint(self, ctx: Ctx) -> str:
        """Where the chosen one is, in words."""
        chosen = {thing.key: thing for thing in everything(ctx)}.get(self._table.cursor)
        if chosen is None:
            return ""
        where = bearing(ctx, chosen.lon, chosen.lat)
        return show(f"{chosen.mark} {chosen.name} {chosen.text}  {where}")

    def keys(self, ctx: Ctx) -> str:
        """Its keys."""
        return ctx.tr(
            "Arrows move  + - zoom  Tab next  Home follow  End whole  Enter open  Esc back"
        )

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Pan, zoom, choose, follow."""
        if character in {"+", "=", "\uff0b"} or key == "plus":
            self._zoom(NEARER)
        elif character in {"-", "\uff0d"} or key == "minus":
            self._zoom(FARTHER)
        elif key in _PANS:
            self._pan(*_PANS[key])
        elif not self._choose(key):
            return self._open(ctx, key)
        return ()

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """In the list: choose, and open what was chosen already."""
        left = ctx.look.width - LIST_CELLS if _has_room(ctx) else 0
        if x >= left and self._table.click(x - left, y):
            return self._open(ctx, "open") or ()
        self.item = self._table.cursor
        return ()

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """Zoom."""
        self._zoom(FARTHER if lines > 0 else NEARER)

    def _choose(self, key: str) -> bool:
        match key:
            case "pane":
                self._table.move(1)
            case "pageup" | "pagedown":
                self._table.key(key)
            case "home":
                self._follows = True
            case "end":
                self._ground, self._follows = None, False
            case _:
                return False
        self.item = self._table.cursor
        return True

    def _open(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        if key == "back":
            return (Back(),)
        if key != "open":
            return None
        chosen = {thing.key: thing for thing in everything(ctx)}.get(self._table.cursor)
        return (Go(chosen.page, chosen.key),) if chosen else ()

    def _pan(self, columns: int, lines: int) -> None:
        if self._ground is not None:
            self._ground, self._follows = self._ground.moved(columns, lines), False

    def _zoom(self, factor: float) -> None:
        if self._ground is not None:
            self._ground = self._ground.zoomed(factor)

    def _list(self, ctx: Ctx, things: Mapping[str, Thing], width: int, height: int) -> list[Line]:
        columns = (
            Column(ctx.tr("On the map"), 24, sort=lambda thing: thing.name),
            Column("", 0),
            Column(ctx.tr("Where"), 20),
        )

        def cells(_key: str, thing: Thing) -> Sequence[Span | str]:
            mark = f"{thing.mark} {thing.name}"
            return (mark, thing.text, bearing(ctx, thing.lon, thing.lat))

        if not things:
            return [exactly((Span(ctx.tr("Nothing is under way, and no unit is known.")),), width)]
        return self._table.draw(columns, things, cells, width, height)

    def _land(self, ctx: Ctx, things: Mapping[str, Thing], width: int, height: int) -> list[Line]:
        shapes = ctx.model.table("shape")
        ground = self._settle(shapes, things, width, height)
        if ground is None:
            words = ctx.tr("The post has sent no map of the township.")
            return [plain(words if n == 1 else "", width) for n in range(height)]
        cameras = [
            (float(row["lon"]), float(row["lat"]))
            for row in ctx.model.table("camera").values()
            if row.get("lon") is not None and row.get("lat") is not None
        ]
        chosen = self._table.cursor
        signs = [
            Sign(t.lon, t.lat, t.mark, t.name, "cursor" if t.key == chosen else t.style, "bold")
            for t in sorted(things.values(), key=lambda t: t.key != chosen)
            if t.lon is not None and t.lat is not None
        ]
        return picture(ground, self._below(ctx, ground), cameras, [*signs, *_names(ctx)])

    def _settle(
        self, shapes: Mapping[str, Any], things: Mapping[str, Thing], width: int, height: int
    ) -> Ground | None:
        """The ground for this drawing: the whole township at first, then where the officer went."""
        if self._ground is None:
            paths = [row["path"] for row in shapes.values() if row.get("layer") == "border"]
            self._ground = whole(paths, width, height) if paths else None
        if self._ground is None:
            return None
        ground = self._ground
        if (ground.width, ground.height) != (width, height):
            ground = Ground(ground.lon, ground.lat, ground.scale, width, height)
        chosen = things.get(self._table.cursor)
        if self._follows and chosen and chosen.lon is not None and chosen.lat is not None:
            ground = ground.centred(chosen.lon, chosen.lat)
        self._ground = ground
        return ground

    def _below(self, ctx: Ctx, ground: Ground) -> list[Codes]:
        """The layers that do not move, drawn again only when ground or township changed."""
        township = ctx.model.row("post", "post").get("digest"), len(ctx.model.table("shape"))
        if self._kept is None or self._kept[0] != (ground, township):
            made = ground_layers(ground, ctx.model.table("shape").values())
            self._kept = ((ground, township), made)
        return self._kept[1]


_PANS = {
    "left": (-PAN_COLUMNS, 0), "right": (PAN_COLUMNS, 0), "up": (0, -PAN_LINES),
    "down": (0, PAN_LINES),
}  # fmt: skip


def _has_room(ctx: Ctx) -> bool:
    return ctx.look.width >= NARROW and ctx.look.braille


def everything(ctx: Ctx) -> Iterable[Thing]:
    """Open incidents in the order of their urgency, then units: those at work first."""
    running = [row for row in ctx.model.table("incident").values() if row["state"] in _RUNNING]
    for row in sorted(running, key=lambda row: (row["priority"], row["opened_at"], row["id"])):
        yield _incident(ctx, row)
    units = ctx.model.table("unit").values()
    for row in sorted(units, key=lambda row: (not row.get("assignments"), row["id"])):
        if row.get("assignments") or not row.get("shared"):
            yield _unit(ctx, row)


def _incident(ctx: Ctx, row: Mapping[str, Any]) -> Thing:
    lon, lat = _point(row.get("position"))
    if lon is None:
        lon, lat = _of_place(ctx, str(row.get("place", "")))
    urgency = wording.urgency_mark(ctx.look, row["priority"])
    kind = wording.kind(ctx, row["kind"])
    place = wording.place(ctx, row.get("place", ""), row.get("place_name", ""))
    style = wording.urgency_style(row["priority"])
    return Thing(row["id"], "detail", show(f"{kind} {place}"), row["id"], urgency, style, lon, lat)


def _unit(ctx: Ctx, row: Mapping[str, Any]) -> Thing:
    lon, lat = _point(row.get("position"))
    if lon is None:
        lon, lat = _number(row.get("lon")), _number(row.get("lat"))
    jobs = [str(job["incident"]) for job in row.get("assignments") or []]
    text = " ".join([wording.unit_state(ctx.look, row.get("state", "")), *jobs[:1]])
    style = "good" if not jobs and row.get("state") == "available" else "bold" if jobs else "dim"
    return Thing(row["id"], "teams", wording.unit(ctx, row["id"]), text, "+", style, lon, lat)


def _names(ctx: Ctx) -> list[Sign]:
    """Villages by name, at the end: they give way to everything that moves."""
    return [
        Sign(
            row["lon"], row["lat"], ".", ctx.look.either(row["name"], row["name_en"]), "dim", "dim"
        )
        for row in ctx.model.table("place").values()
        if row.get("kind") == "village"
    ]


def bearing(ctx: Ctx, lon: float | None, lat: float | None) -> str:
    """`雷家沟 东北 1.2公里`: from the nearest village, the eighth of the compass, how far."""
    if lon is None or lat is None:
        return ctx.tr("position unknown")
    villages = [row for row in ctx.model.table("place").values() if row.get("kind") == "village"]
    if not villages:
        return f"{lon:.3f}, {lat:.3f}"
    found = min(
        ((way(row["lon"], row["lat"], lon, lat), row) for row in villages),
        key=lambda one: one[0][1],
    )
    (eighth, metres), row = found
    name = ctx.look.either(show(row["name"]).removesuffix("村"), show(row["name_en"]))
    if metres < 100:
        return name
    words = ctx.tr("{name} {way} {km} km")
    return words.format(name=name, way=ctx.tr(WAYS[eighth]), km=f"{metres / 1000:.1f}")


def _point(position: Any) -> tuple[float | None, float | None]:
    if not isinstance(position, Mapping):
        return None, None
    return _number(position.get("lon")), _number(position.get("lat"))


def _of_place(ctx: Ctx, place: str) -> tuple[float | None, float | None]:
    row = ctx.model.row("place", place)
    return _number(row.get("lon")), _number(row.get("lat"))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
