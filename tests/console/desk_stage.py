"""Makers of rows, models and desks for the console's tests, as the feed gives them.

(Not `stage.py`: the core's tests have one, and test modules share one namespace.) Time is `NOW` of
the post and 0 of the local monotonic clock; `Stage` moves the second, and the beat goes along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from command.messages import Beat, Frame, Rows, Snapshot
from console.cells import size_of, text_of
from console.desk import Desk, Pages, Picture
from console.effects import Effect, Send
from console.look import Look
from console.model import Model
from console.pages import PAGES
from console.settings import Settings

NOW = 1_795_374_761.0  # 2026-11-23 03:12:41 in the township
ME = "值守岗@1台"
SIZES = ((160, 45), (100, 30), (80, 24))
LANGS = ("zh", "en")
HOSTILE = (
    "[red]x[/]\x1b[2J\x1b]0;t\x07\x9b31m\x00\u202e\u2066急 I-0001\u200b"
    "e\u0301\u0301\u0301\u0301\U0001f525\ufe0f\u3164\u00ad\tمرحبا\n\r" + "长x" * 300
)

Row = dict[str, Any]


def incident(ident: str = "I-e1-412", **over: Any) -> Row:
    """A wildfire, never acknowledged, whose team goes by itself in 22 s."""
    row: Row = {
        "id": ident, "rev": 7, "state": "open", "kind": "wildfire", "family": "emergency",
        "alarm_kind": "smoke", "priority": 1, "triage": "", "place": "v01-g2",
        "place_name": "雷家沟村二组",
        "position": {"lon": 107.552, "lat": 35.284, "accuracy_m": 30.0},
        "title": "对面山坡冒烟", "text": "对面山坡冒烟,看得见明火",
        "opened_at": NOW - 38, "news_at": NOW - 10,
        "sources": {
            "ljg-05": report("camera", at=NOW - 38, confidence=0.87),
            "rangers-1": report("handheld", at=NOW - 23, text="对面山坡冒烟", confidence=None),
        },
        "hazards": ["10千伏线路跨坡面,未停电前不得用水", "坡下有液化气罐点,距火线约260米"],
        "ask": ["119"], "ack": None, "escalated_to": "", "released_at": None, "released_by": "",
        "due": {"release": NOW + 22, "ack": NOW + 82},
        "needs": [
            {"role": "crew", "quantity": 8, "must": True, "within_min": 15, "missing": 8},
            {"role": "guide", "quantity": 1, "must": False, "within_min": 20, "missing": 1},
        ],
        "rec": [
            {"role": "crew", "unit": "militia-1", "eta_s": 660},
            {"role": "guide", "unit": "rangers-1", "eta_s": 420},
        ],
        "orders": [], "nobody_for": [], "level": 0, "ladder": [], "notes": [], "merged_into": "",
        "outcome": "", "ended_at": None, "changed": "IncidentOpened", "changed_by": "",
        "exercise": False,
    }  # fmt: skip
    return row | over


def case(ident: str = "I-e1-187", **over: Any) -> Row:
    """A dispute at the village's level, six hours before it climbs."""
    return incident(
        ident, kind="dispute", family="case", alarm_kind="dispute", priority=4, place="v09-g3",
        place_name="白家村三组", title="相邻通道,第二次调解未成", text="相邻通道,第二次调解未成",
        opened_at=NOW - 86400, hazards=[], ask=[], sources={}, rec=[], needs=[],
        due={"ladder": NOW + 20880}, ladder=["ggh", "vgm", "mediation"], level=1,
    ) | over  # fmt: skip


def quiet(ident: str, **over: Any) -> Row:
    """An acknowledged incident at which somebody works, without a deadline of its own."""
    return incident(
        ident, state="working", priority=3, ack={"by": ME, "until": NOW + 1800},
        released_at=NOW - 600, due={"ackend": NOW + 1800}, rec=[], opened_at=NOW - 900,
    ) | over  # fmt: skip


def report(source_class: str, at: float = NOW, **over: Any) -> Row:
    """What one source said."""
    return {
        "class": source_class, "kind": "smoke", "first_at": at, "last_at": at, "times": 1,
        "confidence": 0.8, "text": "", "cleared_at": None,
    } | over  # fmt: skip


def assignment(
    order: str = "O-e1-1", incident: str = "I-e1-412", unit: str = "militia-1", **over: Any
) -> Row:
    """An order that waits for its answer."""
    return {
        "id": order, "order_id": order, "incident": incident, "unit": unit, "unit_name": "民兵一队",
        "role": "crew", "people": 8, "status": "offered", "rev": 1, "received": True,
        "offered_at": NOW - 60, "expires_at": NOW + 64, "changed_at": NOW - 60, "eta_s": 660,
        "reason": "nearest_with_role", "why": "", "by": ME, "text": "",
    } | over  # fmt: skip


def unit(ident: str = "militia-1", name: str = "民兵一队", **over: Any) -> Row:
    """A team that is free."""
    return {
        "id": ident, "name": name, "name_en": ident, "type": "民兵", "members": 8,
        "roles": ["crew"], "equipment": ["风力灭火机4"], "shared": False, "place": "yard",
        "lon": 107.55, "lat": 35.28, "contact": "电台3/内线8011", "state": "available",
        "off_reason": "", "assignments": [], "jobs": 0, "position": None, "last_contact": NOW - 30,
    } | over  # fmt: skip


def camera(ident: str = "ljg-05", **over: Any) -> Row:
    """A camera that works."""
    return {
        "id": ident, "class": "camera", "place": "v01", "name": "北坡口", "area": "v01",
        "key": False, "lon": 107.552, "lat": 35.285, "state": "online", "since": NOW - 9000,
        "last_at": NOW - 3, "text": "", "battery": None, "alarms": 0,
    } | over  # fmt: skip


def place(ident: str, name: str, village: str = "", **over: Any) -> Row:
    """A village, or a group of one."""
    return {
        "id": ident, "name": name, "name_en": ident, "kind": "group" if village else "village",
        "village": village, "lon": 107.55, "lat": 35.28, "households": 42, "people": 171,
    } | over  # fmt: skip


def plan(kind: str, name: str, **over: Any) -> Row:
    """A run card."""
    return {
        "kind": kind, "name": name, "name_en": kind, "family": "emergency", "priority": 2,
        "release": "after", "release_after_s": 60.0, "reply_within_s": 120.0, "hazards": [],
        "first_orders": ["先看风向"], "ask": [], "needs": [],
    } | over  # fmt: skip


def alert(ident: str = "A-e1-1", **over: Any) -> Row:
    """Something that the post tells the officer."""
    return {
        "id": ident, "at": NOW - 5, "reason": "nobody_left", "incident": "I-e1-412", "unit": "",
        "source": "", "order_id": "", "text": "crew",
    } | over  # fmt: skip


def log_row(pos: str, event: str, **over: Any) -> Row:
    """A line of the log."""
    return {"pos": pos, "event": event, "at": NOW - 5, "cause": "", "reason": "first_report"} | over


def beat(now: float = NOW, **over: Any) -> Row:
    """The post's pulse, all well."""
    return {
        "now": now, "at": "e1-99", "epoch": "p1", "era": 1, "backlog": 0, "unconfirmed": 0,
        "store": {"ok": True, "reason": ""}, "broker": {"ok": True, "reason": ""},
        "load": {"n10": 7, "band": "busy", "since": NOW - 300, "officers": [ME]}, "chatter": [],
    } | over  # fmt: skip


GROUPS = (("v01", "雷家沟村"), ("v09", "白家村"), ("v06", "沟门前村"))


def tables(*rows: Row, **named: dict[str, Row]) -> dict[str, dict[str, Row]]:
    """A snapshot's tables: a small township, and `rows` each in the table it belongs to."""
    made: dict[str, dict[str, Row]] = {
        "post": {"post": {"township": "jm", "name": "泾明乡", "root": "fs", "rejected": 0}},
        "place": {ident: place(ident, name) for ident, name in GROUPS}
        | {
            f"{village}-g{n}": place(f"{village}-g{n}", f"{name}{word}组", village)
            for village, name in GROUPS
            for n, word in enumerate("一二三四五", 1)
        },
        "plan": {
            "wildfire": plan("wildfire", "野火"),
            "dispute": plan("dispute", "矛盾纠纷", family="case", release="by_hand"),
        },
        "unit": {
            "militia-1": unit(),
            "rangers-1": unit("rangers-1", "护林一组", members=3, roles=["scout", "guide"]),
        },
        "desk": {"leader": {"id": "leader", "name": "带班领导", "name_en": "Leader on duty",
                            "role": "leader", "place": "yard", "contact": "内线8001"}},
    }  # fmt: skip
    for row in rows:
        made.setdefault(_table_of(row), {})[str(row["id"])] = row
    for name, table in named.items():
        made.setdefault(name, {}).update(table)
    return made


def _table_of(row: Row) -> str:
    if "order_id" in row and "status" in row:
        return "assignment"
    if "family" in row:
        return "case" if row["family"] == "case" else "incident"
    if "members" in row:
        return "unit"
    if row.get("class") == "camera":
        return "camera"
    return "alert"


def snapshot(*rows: Row, **named: dict[str, Row]) -> Snapshot:
    """The whole picture as one frame."""
    return Snapshot(snapshot=tables(*rows, **named), at="e1-1", role="officer", name=ME)


def model(*rows: Row, pulse: Row | None = None, **named: dict[str, Row]) -> Model:
    """A model that has just been filled, at mono 0."""
    made = Model()
    made.take(snapshot(*rows, **named), 0.0)
    made.take(Beat(beat=pulse or beat()), 0.0)
    return made


class Stage:
    """A desk at work. `at` is the local monotonic clock; `sent` all that went to the post."""

    def __init__(
        self,
        *rows: Row,
        size: tuple[int, int] = (80, 24),
        lang: str = "zh",
        pages: Pages = PAGES,
        pulse: Row | None = None,
        settings: Settings | None = None,
        beside: bool = False,
        **named: dict[str, Row],
    ) -> None:
        ids: Iterator[int] = count(1)
        self.at = 0.0
        self.pulse = pulse or beat()
        self.sent: list[Send] = []
        self.effects: list[Effect] = []
        self.desk = Desk(
            pages,
            lambda: f"id-{next(ids)}",
            settings or Settings(lang=lang, toured=True),
            beside=beside,
            look=Look(lang=lang, width=size[0], height=size[1]),
        )
        self.take(snapshot(*rows, **named), Beat(beat=self.pulse))
        self.tick()

    def take(self, *frames: Frame) -> None:
        """Frames of the feed."""
        self.desk.take(frames, self.at)

    def rows(self, *rows: Row, **named: dict[str, Row | None]) -> None:
        """Rows that changed, and the tick that takes them over."""
        made: dict[str, dict[str, Row | None]] = {}
        for row in rows:
            made.setdefault(_table_of(row), {})[str(row["id"])] = row
        for name, table in named.items():
            made.setdefault(name, {}).update(table)
        self.take(Rows(rows=made, at="e1-2", role="officer", name=ME))
        self.tick()

    def wait(self, seconds: float, *, beats: bool = True) -> None:
        """Time passes, a beat a second and a tick each half; `beats` False: the line is dead."""
        until = self.at + seconds
        while self.at < until - 1e-9:
            self.at = min(until, self.at + 0.5)
            if beats:
                self.take(Beat(beat=self.pulse | {"now": NOW + self.at}))
            self.tick()

    def tick(self) -> None:
        """One turn of the timer."""
        self._note(self.desk.tick(self.at))

    def press(self, *keys: str, every: float = 0.5) -> None:
        """Keys by name, one after another; the picture is drawn after each, as the app does."""
        for key in keys:
            self.at += every
            self.take(Beat(beat=self.pulse | {"now": NOW + self.at}))
            self.tick()
            character = key if len(key) == 1 else " " if key == "space" else ""
            self._note(self.desk.key(key, character, self.at))
            self.picture()

    def type(self, text: str) -> None:
        """Characters into whatever takes text."""
        for character in text:
            self._note(self.desk.key(character, character, self.at))

    def picture(self) -> Picture:
        """What is on the screen; every line is exactly as wide as the screen, always."""
        picture = self.desk.draw(self.at)
        look = self.desk.look
        assert_exact(picture, look.width, look.height)
        return picture

    def screen(self) -> list[str]:
        """The screen as texts."""
        return [text_of(line) for line in self.picture().lines]

    def sent_of(self, kind: Any) -> list[Any]:
        """The commands of one kind that were sent."""
        return [one.command for one in self.sent if isinstance(one.command, kind)]

    def _note(self, effects: Sequence[Effect]) -> None:
        self.effects += effects
        self.sent += [effect for effect in effects if isinstance(effect, Send)]


def assert_exact(picture: Picture, width: int, height: int) -> None:
    """Every line exactly as wide as the screen, and nothing of a terminal's in it."""
    assert len(picture.lines) == height
    for number, line in enumerate(picture.lines):
        text = text_of(line)
        assert size_of(line) == width, f"line {number}: {size_of(line)} cells: {text!r}"
        assert text.isprintable(), repr(text)
