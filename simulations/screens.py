"""Pictures of the console for README and the officer's guide: `python -m simulations.screens DIR`.

The township, the post's decisions and the console are the real ones; only the clock is ours. What
is on a picture is what an officer would see.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from command.core.codec import event_dict
from command.core.commands import Ordered
from command.core.decide import Deadline, Input
from command.core.explain import explain
from command.core.load import Load
from command.core.shift import shift_digest, shift_row
from command.core.step import step
from command.core.tables import LIVE
from command.core.ticks import decide_tick
from command.core.township import Township
from command.core.views import Row, changed, everything, log_lines, position
from command.core.world import World, empty
from command.loader import digest, load
from command.messages import Acknowledge, Beat, Frame, Rows, Snapshot, Takeover
from command.watch import opening_facts
from console.cells import Line, Span, width
from console.desk import Desk
from console.look import Look
from console.pages import PAGES
from console.settings import Settings
from console.styles import style
from sensors.normalise import normalise
from sensors.sources import index
from simulations.player import TOWNSHIP

START = 1_795_374_480.0  # 2026-11-23 03:08 in the township: fire season, and everybody asleep
WIDTH, HEIGHT = 160, 45
DESK = "watch"  # of posts.csv, and on duty
LINES_KEPT = 200
CELL_W, CELL_H = 9, 19  # pixels
FONTS = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Sarasa Mono SC', Menlo, Consolas, monospace"
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
    f'font-family="{FONTS}" font-size="15">'
)
_PIECES = re.compile(r"\s+|[!-~]+(?: [!-~]+)*|[^ -~\s]+")  # blanks, narrow text, wide text

Said = tuple[float, str, str, dict[str, Any]]  # seconds from the start, source, kind, payload


class Scene:
    """A post in the hand: what is said to it, and the console that looks at it."""

    def __init__(self, township: Township, files: str, lang: str) -> None:
        self.desk = Desk(
            PAGES,
            (f"c-{n}" for n in count(1)).__next__,
            Settings(lang=lang, toured=True),
            look=Look(lang=lang, width=WIDTH, height=HEIGHT),
        )
        self._world: World = empty("fs", township.id)
        self._sources = index("fs", township.id, township.sources, township.utc_offset_h)
        self._load = Load()
        self._lines: list[tuple[str, Row]] = []
        self._seq = 0
        self._turn(START, list(opening_facts(self._world, 1, START, township, files)))
        duty = Takeover(id="t-1", digest=shift_digest(self._world))
        self._turn(START, [Ordered(duty, DESK, "officer")])
        rows = everything(self._world, self._seq, self._lines)
        at = position(self._world, self._seq)
        self._tell(Snapshot(snapshot=rows, at=at, role="officer", name=DESK), START)

    def play(self, said: Iterable[Said], until: float) -> None:
        """Say it all at its time, deadlines and dispatch between; the console looks on."""
        waiting = sorted(said, key=lambda one: one[0])
        for second in range(1, round(until) + 1):
            now = START + second
            due = [one for one in waiting if second - 1 < one[0] <= second]
            inputs: list[Input] = [Deadline(name) for name, _ in decide_tick(self._world, now)]
            inputs += [one for said_now in due if (one := self._read(said_now, now)) is not None]
            if inputs:
                self._turn(now, inputs)
            self._beat(now)

    def look(self, incident: str, now: float) -> None:
        """What the feed sends of an incident that somebody has open."""
        at, held = START + now, self._world.incidents[incident]
        mine = [line for _, line in reversed(self._lines) if line.get("incident") == incident]
        row = {"timeline": mine[:50], **explain(self._world, held, at)}
        viewers = {"viewer": {incident: {"names": [DESK]}}}
        self._tell(self._rows({"detail": {incident: row}, **viewers}), at)

    def top(self, now: float) -> str:
        """The incident that F2 opens."""
        self.desk.tick(START + now)
        found = self.desk.queue.top(START + now)
        assert found is not None
        return found.id

    def keys(self, now: float, *names: str) -> None:
        """Press them, with time to look between."""
        for number, name in enumerate(names):
            self.desk.key(name, " " if name == "space" else "", START + now + number * 1.5)
            self.picture(now + number * 1.5)
            self.picture(now + number * 1.5 + 1.2)

    def picture(self, now: float) -> Sequence[Line]:
        """The screen at that moment."""
        self._beat(START + now)
        self.desk.tick(START + now)
        return self.desk.draw(START + now).lines

    def _read(self, said: Said, now: float) -> Input | None:
        _, source, kind, body = said
        if kind == "acknowledge":  # what this source reported
            held = next(i for i in self._world.incidents.values() if source in i.reports)
            command = Acknowledge(id=f"a-{held.id}", incident=held.id)
            return Ordered(command, DESK, "officer")
        if kind == "reply":
            orders = self._world.units[source].orders
            live = [o for o in orders if self._world.assignments[o].status in LIVE]
            if not live:
                return None
            body = {"order_id": live[-1], "unit": source, **body}
        body = {"id": f"{source}-{said[0]}", **body} if kind != "position" else body
        topic = f"fs/{self._world.township_id}/{source}/{kind}"
        return normalise(topic, json.dumps(body).encode(), now, self._sources)

    def _turn(self, now: float, inputs: Sequence[Input]) -> None:
        batch = step(self._world, inputs, now)
        if not batch.events:
            return
        self._seq += 1
        values = [event_dict(event) for event in batch.events]
        self._load.follow(batch.events)
        self._lines = [
            *self._lines, *log_lines(self._world, batch.events, self._seq, values)
        ][-LINES_KEPT:]  # fmt: skip
        if self.desk.model.at:
            self._tell(self._rows(changed(self._world, batch.events, self._seq, values)), now)

    def _rows(self, rows: Any) -> Rows:
        return Rows(rows=rows, at=position(self._world, self._seq))

    def _beat(self, now: float) -> None:
        beat = {
            "now": now, "at": position(self._world, self._seq), "epoch": 1, "era": 1,
            "backlog": 0, "unconfirmed": 0, "load": self._load.row(now, [DESK]),
            "chatter": self._load.chatter(now), "shift": shift_row(self._world),
            "store": {"ok": True, "reason": ""}, "broker": {"ok": True, "reason": ""},
        }  # fmt: skip
        self._tell(Beat(beat=beat), now)

    def _tell(self, frame: Frame, now: float) -> None:
        self.desk.take([frame], now)


def _said(kind: str, place: str, text: str) -> dict[str, Any]:
    """An alarm of somebody in the field."""
    return {"kind": kind, "place": place, "text": text}


def _seen(kind: str, confidence: float, text: str) -> dict[str, Any]:
    """An alarm of a camera."""
    return {"kind": kind, "confidence": confidence, "text": text}


def _heartbeats(township: Township) -> list[Said]:
    """All cameras but four."""
    return [
        (1.0 + n % 40, camera.id, "heartbeat", {"ok": True})
        for n, camera in enumerate(township.cameras)
        if n % 61 != 60
    ]


def _night(township: Township) -> list[Said]:
    """A fire on the hill, a call for help, a crash, a road: the night of CONSOLE.md's picture."""
    return [
        *_heartbeats(township),
        (20, "patrol-1", "alarm", _said("road_blocked", "v07-g4", "塌方堵乡道,约20方,无人伤")),
        (30, "drain-1", "reply", {"status": "accepted"}),
        (40, "drain-1", "reply", {"status": "en_route"}),
        (45, "patrol-1", "acknowledge", {}),
        (110, "rangers-2", "alarm", _said("sos", "v06-g1", "踩空摔下坡,腿动不了")),
        (118, "rangers-2", "acknowledge", {}),
        (120, "ggh-v06-g1", "reply", {"status": "accepted"}),
        (128, "clinic-1", "reply", {"status": "accepted"}),
        (140, "clinic-1", "reply", {"status": "en_route"}),
        (150, "hj-03", "alarm", _seen("intrusion", 0.61, "夜间有人翻围栏")),
        (190, "bdl-03", "alarm", _seen("accident", 0.81, "两车相撞,占一车道")),
        (215, "ljg-05", "alarm", {**_seen("smoke", 0.87, "北坡林缘冒烟"), "severity": "severe"}),
        (221, "ljg-05", "alarm", {**_seen("smoke", 0.91, "北坡林缘冒烟"), "severity": "severe"}),
        (226, "zt-02", "alarm", _seen("environment", 0.7, "焚烧秸秆")),
    ]  # fmt: skip


def _storm(township: Township) -> list[Said]:
    """Heavy rain after midnight: thirty alarms in ten minutes."""
    told: list[Said] = [
        (30 + 4 * n, camera.id, "alarm", _seen(kind, 0.8, text))
        for n, camera in enumerate(township.cameras[40:200:7])
        for kind, text in [
            (("flood", "水漫路面"), ("facility", "线路停电"), ("intrusion", "雨中疑似有人"))[n % 3]
        ]
    ]
    return [
        *_heartbeats(township),
        *told,
        (150, "squad-v06", "alarm", _said("landslide", "v06-g2", "埋压一间,人数不明")),
        (158, "squad-v11", "alarm", _said("flood", "v11-g5", "水进院,3人上房顶")),
    ]  # fmt: skip


def svg(lines: Sequence[Line], title: str) -> str:
    """The screen as a picture that needs no font of ours: each run of text is told its width."""
    wide, high = WIDTH * CELL_W, len(lines) * CELL_H
    parts = [
        _HEAD.format(wide=wide, high=high),
        f"<title>{escape(title)}</title>",
        f'<rect width="{wide}" height="{high}" fill="{_colours("")[1]}"/>',
    ]
    for row, line in enumerate(lines):
        column = 0
        for span in line:
            parts += _run(span, column, row)
            column += width(span.text)
    return "\n".join([*parts, "</svg>", ""])


def _run(span: Span, column: int, row: int) -> Iterable[str]:
    """One run: its ground where it has one of its own, then its text without blanks around it."""
    ink, ground, weight = _colours(span.style)
    x, y, cells = column * CELL_W, row * CELL_H, width(span.text)
    if ground != _colours("")[1]:
        yield f'<rect x="{x}" y="{y}" width="{cells * CELL_W}" height="{CELL_H}" fill="{ground}"/>'
    at = column
    for piece in _PIECES.findall(span.text):
        if not piece.isspace():
            yield (
                f'<text x="{at * CELL_W}" y="{y + CELL_H - 5}" fill="{ink}"{weight} '
                f'textLength="{width(piece) * CELL_W}" lengthAdjust="spacingAndGlyphs">'
                f"{escape(piece)}</text>"
            )
        at += width(piece)


def _colours(name: str) -> tuple[str, str, str]:
    found = style(name, "night")
    ink = found.color.get_truecolor().hex if found.color else "#dadada"
    ground = found.bgcolor.get_truecolor().hex if found.bgcolor else "#121212"
    return ink, ground, ' font-weight="bold"' if found.bold else ""


def _main_page(scene: Scene) -> Sequence[Line]:
    scene.look(scene.top(230), 230)
    return scene.picture(230)


def _dispatch(scene: Scene) -> Sequence[Line]:
    scene.look(scene.top(230), 230)
    scene.keys(230, "f2")
    scene.look(scene.top(230), 232)
    return scene.picture(232)


def _map(scene: Scene) -> Sequence[Line]:
    words = scene.desk.look.either("看 图", "go map")
    scene.keys(230, "colon")
    for character in words:
        scene.desk.key("space" if character == " " else character, character, START + 232)
    scene.keys(233, "enter")
    return scene.picture(235)


def _flood(scene: Scene) -> Sequence[Line]:
    scene.look(scene.top(165), 165)
    return scene.picture(165)


SCENES: dict[str, tuple[Callable[[Township], list[Said]], float, Callable[[Scene], Any]]] = {
    "main": (_night, 230, _main_page),
    "dispatch": (_night, 230, _dispatch),
    "map": (_night, 230, _map),
    "flood": (_storm, 165, _flood),
}


def main(folder: Path) -> None:
    """Write each scene in both languages."""
    township, files = load(TOWNSHIP), digest(TOWNSHIP)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (script, until, draw) in SCENES.items():
        for lang in ("zh", "en"):
            scene = Scene(township, files, lang)
            scene.play(script(township), until)
            picture = svg(draw(scene), f"fengsui console: {name}")
            (folder / f"{name}.{lang}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens"))
