"""The camera wall (F7): one letter a camera, rows by area; the facts of the one under the cursor.

The cursor is a camera, moved by the arrows; `/` finds one by number, name or place. Enter opens the
incident in which it alarms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from console import wording
from console.cells import Line, Span, exactly, fit, plain, show, width
from console.field import TextField
from console.look import clock, span
from console.page import Ctx, Fill, Go, Move, Page, Say
from console.pages.board import NO_KEY, ago, moment, number
from console.wall import (
    ALARM,
    AREAS,
    BLIND,
    CLOCK,
    CUT,
    LETTERS,
    SHELVED,
    STYLES,
    WELL,
    Camera,
    Wall,
    wall,
)

GROUP = 5  # cells stand in fives, so that a number can be counted
NAME_CELLS, COUNT_CELLS = 14, 7
REFRESH_S = 0.5  # 240 cameras against all incidents: CONSOLE.md section 5 asks for 2 Hz at most


class CamerasPage(Page):
    """The wall."""

    name = "cameras"
    takes_text = True  # while a camera is looked for

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self.camera = item  # under the cursor
        self._wall = Wall({}, {})
        self._made: tuple[float, int] | None = None
        self._find = TextField()
        self._finding = False
        self._top = 0
        self._height = 1
        self._size = (0, 0)

    # --- drawing

    def title(self, ctx: Ctx) -> str:
        """`探头 240 在线 236 坏 4(已到限) 报警 3 搁置 3 时钟错 1`."""
        wall = self._look(ctx)
        limit = ""
        if wall.cameras and wall.down >= wall.allowed:
            over = wall.down > wall.allowed
            limit = ctx.tr("(over limit)") if over else ctx.tr("(at limit)")
        return ctx.tr(
            "Cameras {all} on {online} down {down}{limit} A {alarm} S {shelved} T {clock}"
        ).format(
            all=len(wall.cameras), online=wall.online, down=wall.down, limit=limit,
            alarm=wall.count(ALARM), shelved=wall.count(SHELVED), clock=wall.count(CLOCK),
        )  # fmt: skip

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Header, a line an area, the legend."""
        self._size = (width, height)
        wall = self._look(ctx)
        if not wall.cameras:
            return [plain("  " + ctx.tr("The township's files name no camera."), width)]
        self._settle(wall)
        self._height = max(1, height - 2)
        self._follow(wall)
        most = max(len(cameras) for cameras in wall.areas.values())
        shown = list(wall.areas)[self._top : self._top + self._height]
        lines = [self._header(ctx, most, width)]
        lines += [self._row(ctx, wall, area, most, width) for area in shown]
        lines += [plain("", width)] * (height - 1 - len(lines))
        return [*lines, self._foot(ctx, wall, width)]

    def hint(self, ctx: Ctx) -> str:
        """`ljg-05 雷家沟 北坡口  A 烟 0.87 03:12:03 I-0412  心跳 3秒前  本夜报警 2 误报 0`."""
        camera = self._wall.cameras.get(self.camera)
        if camera is None:
            return ""
        where = wording.place(ctx, str(camera.row.get("place") or ""))
        parts = [camera.id, where, str(camera.row.get("name") or ""), _state(ctx, camera)]
        heard = number(camera.row.get("last_at"))
        if heard is not None:
            parts.append(ctx.tr("heard {age}").format(age=ago(ctx.now - heard, ctx.look)))
        parts.append(
            ctx.tr("alarms {n} false {false}").format(n=camera.seen.alarms, false=camera.seen.false)
        )
        return show("  ".join(part for part in parts if part))

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Arrows  Enter incident  Space shelve it  / find  :false . // web  Esc back")

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """In what is looked for."""
        if not self._finding:
            return None
        cells, height = self._size
        return self._find.draw(max(1, cells - 2))[1] + 1, max(0, height - 1)

    # --- keys

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Arrows, Enter, Space (the line that shelves it), and what is looked for."""
        if self._finding and self._typed(key, character):
            return NO_KEY
        if key == "find":
            self._finding = True
        elif key == "open":
            return self._open(ctx)
        elif key == "mark" and self.camera:
            return (Fill(self._shelving(ctx)),)
        elif not self._move(key):
            return None
        self._settle(self._wall)
        return NO_KEY

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """On a letter: the cursor; on the letter under it: open."""
        areas = list(self._wall.areas)
        at = self._top + y - 1
        if y < 1 or y > self._height or at >= len(areas):
            return NO_KEY
        cameras, cell = self._wall.areas[areas[at]], x - 2 - NAME_CELLS - 1 - COUNT_CELLS - 1
        place = cell - cell // (GROUP + 1)
        if cell < 0 or cell % (GROUP + 1) == GROUP or place >= len(cameras):
            return NO_KEY
        again = cameras[place] == self.camera
        self.camera = cameras[place]
        self._settle(self._wall)
        return self._open(ctx) if again else NO_KEY

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """Area by area."""
        for _step in range(abs(lines)):
            self._move("down" if lines > 0 else "up")
        self._settle(self._wall)

    def paste(self, ctx: Ctx, text: str) -> None:
        """Into what is looked for."""
        if self._finding:
            self._find.insert(text)
            self._jump()

    # --- inside

    def _look(self, ctx: Ctx) -> Wall:
        """The wall, made anew at most twice a second."""
        made = (ctx.mono, len(ctx.model.table("camera")))
        old = self._made
        if old is None or made[1] != old[1] or not 0 <= made[0] - old[0] < REFRESH_S:
            self._made, self._wall = made, wall(ctx.model)
        return self._wall

    def _settle(self, wall: Wall) -> None:
        """The cursor is on a camera; the item is the incident in which that camera alarms."""
        if self.camera not in wall.cameras:
            first = [camera.id for camera in wall.cameras.values() if camera.letter == ALARM]
            rows = [ident for cameras in wall.areas.values() for ident in cameras]
            self.camera = (first or rows or [""])[0]
        camera = wall.cameras.get(self.camera)
        self.item = str(camera.incident.get("id") or "") if camera else ""

    def _open(self, ctx: Ctx) -> Sequence[Move]:
        if not self.item:
            return (Say(ctx.tr("This camera is in no running incident.")),)
        return (Go("detail", self.item),)

    def _shelving(self, ctx: Ctx) -> str:
        """The command line filled in: only the reason is missing."""
        hour = ctx.look.either("搁置 {camera} 1时 // ", "shelve {camera} 1h // ")
        return hour.format(camera=self.camera)

    def _typed(self, key: str, character: str) -> bool:
        if key in {"enter", "escape"}:
            self._finding = False
            self._find.set("")
        elif not self._find.key(key, character):
            return False
        else:
            self._jump()
        return True

    def _jump(self) -> None:
        """To the first camera that has every word looked for."""
        words = self._find.text.casefold().split()
        for ident, camera in self._wall.cameras.items():
            text = f"{ident} {camera.row.get('name')} {camera.row.get('place')}".casefold()
            if words and all(word in text for word in words):
                self.camera = ident
                return

    def _move(self, key: str) -> bool:
        areas = self._wall.areas
        camera = self._wall.cameras.get(self.camera)
        if camera is None:
            return False
        names = list(areas)
        line, place = names.index(camera.area), areas[camera.area].index(camera.id)
        steps = {
            "up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1),
            "pageup": (-self._height, 0), "pagedown": (self._height, 0),
            "home": (0, -place), "end": (0, len(areas[camera.area])),
        }  # fmt: skip
        if key not in steps:
            return False
        line = max(0, min(len(names) - 1, line + steps[key][0]))
        cameras = areas[names[line]]
        self.camera = cameras[max(0, min(len(cameras) - 1, place + steps[key][1]))]
        return True

    def _follow(self, wall: Wall) -> None:
        camera = wall.cameras.get(self.camera)
        at = list(wall.areas).index(camera.area) if camera else 0
        lowest = max(0, len(wall.areas) - self._height)
        self._top = max(min(self._top, at, lowest), at - self._height + 1, 0)

    def _header(self, ctx: Ctx, most: int, width: int) -> Line:
        """`区域          在线   1   5    10    15` and what is to be known."""
        scale = "1"
        for mark in range(GROUP, most + 1, GROUP):
            at = mark + mark // GROUP - 2
            scale = fit(scale, at - len(str(mark)) + 1) + str(mark)
        text = (
            "  " + fit(ctx.tr("Area"), NAME_CELLS + 1) + fit(ctx.tr("Online"), COUNT_CELLS + 1)
            + fit(scale, _cells_of(most) + 2) + ctx.tr("To note")
        )  # fmt: skip
        return plain(text, width, "dim")

    def _row(self, ctx: Ctx, wall: Wall, area: str, most: int, width: int) -> Line:
        ids = wall.areas[area]
        here = self.camera in ids
        online = sum(wall.cameras[ident].row.get("state") == "online" for ident in ids)
        spans = [
            Span("> " if here else "  ", "bold"),
            Span(fit(area_name(ctx, wall, area), NAME_CELLS) + " ", "bold" if here else ""),
            Span(fit(f"{online}/{len(ids)}", COUNT_CELLS) + " "),
        ]
        for place, ident in enumerate(ids):
            letter = wall.cameras[ident].letter
            style = _style(wall.cameras[ident])
            spans.append(Span(letter, "cursor" if ident == self.camera else style))
            if place % GROUP == GROUP - 1:
                spans.append(Span(" "))
        spans.append(Span(" " * (_cells_of(most) - _cells_of(len(ids)) + 2)))
        room = width - sum(map(_size, spans))
        spans.append(Span(fit(_to_note(ctx, [wall.cameras[i] for i in ids]), max(0, room))))
        return exactly(spans, width)

    def _foot(self, ctx: Ctx, wall: Wall, width: int) -> Line:
        if self._finding:
            line, _column = self._find.draw(width - 1)
            return exactly((Span("/", "input"), *line), width)
        legend = ctx.tr("A alarm D cut V blind T clock S shelf ? unknown")
        spare = wall.allowed - wall.down
        norm = (
            ctx.tr("down=D+V  {n} more: below 98%").format(n=spare + 1)
            if spare >= 0
            else ctx.tr("down=D+V  below 98%")
        )
        return plain(f"{legend}  {norm}", width, "dim")


def area_name(ctx: Ctx, wall: Wall, area: str) -> str:
    """A village, the yard, the hall, or the road that the cameras there are named after."""
    if area == "road" and (name := _road(wall)):
        rows = ctx.model.table("shape").values()
        row = next((row for row in rows if row.get("name") == name), {"name": name})
        said = ctx.tr("along {road}").format(road=wording.either(ctx.look, row))
        if width(said) <= NAME_CELLS:
            return said
    if area in AREAS:
        return ctx.tr(AREAS[area])
    return wording.place(ctx, area)


def _road(wall: Wall) -> str:
    """`北大路` of `北大路01号`, `北大路02号`: what their names begin with, before the numbers."""
    names = [str(wall.cameras[ident].row.get("name") or "") for ident in wall.areas["road"]]
    found = re.match(r"\D+", names[0])
    same = found and all(name.startswith(found[0]) for name in names)
    return show(found[0].strip(" -#"), 40) if found and same else ""


def _size(part: Span) -> int:
    return width(part.text)


def _cells_of(cameras: int) -> int:
    """How wide so many letters are, in fives."""
    return cameras + cameras // GROUP


def _style(camera: Camera) -> str:
    if camera.letter == ALARM:
        return wording.urgency_style(camera.incident.get("priority"))
    return STYLES.get(camera.letter, "")


def _to_note(ctx: Ctx, cameras: Sequence[Camera]) -> str:
    """What is not as it should be, the worst first."""
    order = {ALARM: 0, CUT: 1, BLIND: 1, CLOCK: 2, SHELVED: 3}
    found = sorted((c for c in cameras if c.letter in order), key=lambda c: order[c.letter])
    return show(", ".join(f"{camera.number} {_state(ctx, camera, short=True)}" for camera in found))


def _state(ctx: Ctx, camera: Camera, *, short: bool = False) -> str:
    """A camera's letter in words, with since when or until when; `short`: without how sure."""
    tr, look, row = ctx.tr, ctx.look, camera.row
    if camera.letter == ALARM:
        kind = wording.alarm(look, str(camera.incident.get("alarm_kind")))
        report = (camera.incident.get("sources") or {}).get(camera.id) or {}
        sure, at = number(report.get("confidence")), number(report.get("last_at"))
        parts = [kind]
        if not short:
            parts += ["" if sure is None else f"{sure:.2f}", "" if at is None else clock(at)]
        return " ".join(part for part in (*parts, str(camera.incident.get("id"))) if part)
    if camera.letter == SHELVED:
        until = number(camera.shelf.get("until")) or 0.0
        return tr("shelved until {time}").format(time=moment(until, ctx.now))
    word = tr(LETTERS[camera.letter])
    since = number(row.get("since"))
    if camera.letter in {CUT, BLIND} and since is not None:
        return f"{word} {span(ctx.now - since, look)}"
    if camera.letter == CLOCK:
        return wording.word(look, wording.words.CLOCK_QUALITY, camera.seen.clock)
    return "" if camera.letter == WELL else word
