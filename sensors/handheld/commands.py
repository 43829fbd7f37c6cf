"""What a person types at a handheld, in Chinese or English. Pure.

A word, then what it needs: `接 17`, `拒 17 路断了`, `要 水`, `求救`, `pos 107.55 35.28`. Where the
order is left out, the newest one that the answer fits is meant; ids may be cut to their end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sensors.handheld.core import in_progress
from sensors.handheld.moves import DECLINED, Verdict, is_closed, is_expired, verdict
from sensors.handheld.values import Held, State
from sensors.handheld.wire import position_of
from sensors.observations import AlarmKind, Position, ReplyStatus
from sensors.text import NAME_LIMIT, clean


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to an order; `rest` is what follows the word: an id, a text, both or nothing."""

    status: ReplyStatus
    rest: str


@dataclass(frozen=True, slots=True)
class Here:
    """Where we are."""

    position: Position


@dataclass(frozen=True, slots=True)
class OnDuty:
    """On or off duty."""

    on: bool


@dataclass(frozen=True, slots=True)
class Need:
    """The team needs something."""

    need: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A patrol's report, or an SOS."""

    kind: AlarmKind
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Orders:
    """Show the open orders."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the program."""


@dataclass(frozen=True, slots=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was typed can't be done: `reason` names why for show.py, `data` fills its words."""

    reason: str
    data: dict[str, Any] = field(default_factory=dict)


Command = Answer | Here | OnDuty | Need | Report | Orders | Quit | Help

_ANSWERS = {
    ReplyStatus.ACCEPTED: ("接", "接令", "accept"),
    ReplyStatus.DECLINED: ("拒", "拒绝", "decline"),
    ReplyStatus.EN_ROUTE: ("出发", "go"),
    ReplyStatus.ON_SCENE: ("到", "到场", "here"),
    ReplyStatus.DONE: ("完", "完成", "done"),
}
_ANSWER_OF = {word: status for status, words in _ANSWERS.items() for word in words}
_PLAIN: dict[str, Command] = {
    "上班": OnDuty(on=True),
    "on": OnDuty(on=True),
    "下班": OnDuty(on=False),
    "off": OnDuty(on=False),
    "单": Orders(),
    "orders": Orders(),
    "退出": Quit(),
    "quit": Quit(),
    "exit": Quit(),
    "帮助": Help(),
    "help": Help(),
    "?": Help(),
}
NEEDS = {
    "水": "water",
    "增援": "reinforcement",
    "人": "reinforcement",
    "救护车": "ambulance",
    "机械": "machinery",
    "物资": "supplies",
}
KINDS = {
    "烟": AlarmKind.SMOKE,
    "火": AlarmKind.FIRE,
    "水情": AlarmKind.FLOOD,
    "滑坡": AlarmKind.LANDSLIDE,
    "地震": AlarmKind.EARTHQUAKE,
    "风雨": AlarmKind.STORM,
    "事故": AlarmKind.ACCIDENT,
    "路断": AlarmKind.ROAD_BLOCKED,
    "闯入": AlarmKind.INTRUSION,
    "打架": AlarmKind.FIGHT,
    "纠纷": AlarmKind.DISPUTE,
    "伤病": AlarmKind.MEDICAL,
    "走失": AlarmKind.MISSING_PERSON,
    "人群": AlarmKind.CROWD,
    "求救": AlarmKind.SOS,
    "隐患": AlarmKind.HAZARD,
    "环境": AlarmKind.ENVIRONMENT,
    "设施": AlarmKind.FACILITY,
    "办事": AlarmKind.SERVICE,
    "其他": AlarmKind.OTHER,
} | {kind.value: kind for kind in AlarmKind}
_PLACE = re.compile(r"[A-Za-z]{1,8}-?\d[A-Za-z0-9-]*")  # v03, v03-g2
_ID = re.compile(r"[A-Za-z0-9._-]*\d[A-Za-z0-9._-]*")
# People write Chinese without blanks: 接17, 要水, 报火 v03.
_GLUED = re.compile(r"(接令|接|拒绝|拒|出发|到场|到|完成|完)([A-Za-z]*[-\d].*)|(要|报|求救)(\S.*)")


def parse_line(line: str) -> Command | Mistake | None:
    """What one typed line means; None for an empty one."""
    word, rest = _split(clean(line))
    if not word:
        return None
    lowered = word.lower()
    if lowered in _PLAIN:
        return _PLAIN[lowered]
    if lowered in _ANSWER_OF:
        return Answer(_ANSWER_OF[lowered], rest)
    return _with_arguments(lowered, rest) or _glued(word, rest)


def _with_arguments(word: str, rest: str) -> Command | Mistake | None:
    match word:
        case "位置" | "pos":
            return _position(rest)
        case "要" | "need":
            return _need(rest)
        case "求救" | "sos":
            return Report(AlarmKind.SOS, "", rest)
        case "报" | "report":
            return _report(rest)
    return None


def _glued(word: str, rest: str) -> Command | Mistake:
    found = _GLUED.fullmatch(word)
    if found is None:
        return Mistake("unknown_command", {"word": clean(word, NAME_LIMIT)})
    verb, tail = (found[1], found[2]) if found[1] else (found[3], found[4])
    command = parse_line(f"{verb} {tail} {rest}")
    assert command is not None
    return command


def _split(text: str) -> tuple[str, str]:
    word, _, rest = text.strip().partition(" ")
    return word, rest.strip()


def _position(rest: str) -> Command | Mistake:
    try:
        lon, lat = (float(part) for part in rest.replace(",", " ").split())
    except ValueError:
        return Mistake("position_words")
    position = position_of(lon, lat)
    return Here(position) if position is not None else Mistake("position_invalid")


def _need(rest: str) -> Command | Mistake:
    need, text = _split(rest)
    if not need:
        return Mistake("need_words")
    return Need(NEEDS.get(need, clean(need, NAME_LIMIT)), text)


def _report(rest: str) -> Command | Mistake:
    word, rest = _split(rest)
    kind = KINDS.get(word.lower())
    if kind is None:
        return Mistake("report_kind", {"kinds": [k for k in KINDS if not k.isascii()]})
    place, text = _split(rest)
    return Report(kind, place, text) if _PLACE.fullmatch(place) else Report(kind, "", rest)


# --- which order is meant -----------------------------------------------------------------------


def target(state: State, command: Answer, now: float) -> tuple[Held, str] | Mistake:
    """The order that is answered, and the text of the answer."""
    word, text = _split(command.rest)
    named = _named(state, word) if word else []
    if named:
        return (named[0], text) if len(named) == 1 else _ambiguous(word, named)
    if _ID.fullmatch(word):
        # A wrong number must never answer some other order.
        return Mistake("no_such_order", {"order_id": word})
    held = _default(state, command.status, now)
    return (held, command.rest) if held is not None else Mistake("no_open_order")


def _ambiguous(word: str, named: list[Held]) -> Mistake:
    ids = [held.order.order_id for held in named]
    return Mistake("ambiguous_order", {"order_id": word, "orders": ids})


def _named(state: State, word: str) -> list[Held]:
    """Orders by whole id, then by the end of it after a hyphen, then by any end with a digit."""
    found: list[Held] = []
    if word in state.held:
        return [state.held[word]]
    if _ID.fullmatch(word):
        lowered = word.lower()
        found = _ending(state, f"-{lowered}") or _ending(state, lowered)
    still_open = [held for held in found if not is_closed(held)]
    return still_open or found


def _ending(state: State, end: str) -> list[Held]:
    return [held for key, held in state.held.items() if key.lower().endswith(end)]


def _default(state: State, status: ReplyStatus, now: float) -> Held | None:
    """The newest open order that `status` fits: an arrival belongs to the order we set out for."""
    still_open = [held for held in state.held.values() if not is_closed(held)]
    fresh = [held for held in still_open if not is_expired(held, now)]
    if status in (ReplyStatus.ACCEPTED, DECLINED):
        unanswered = [held for held in fresh if held.answer is ReplyStatus.RECEIVED]
        return _newest(unanswered) or _newest(fresh) or _newest(still_open)
    current = in_progress(state)
    if current is not None and verdict(current, status, now) is Verdict.SEND:
        return current
    return _newest(fresh) or _newest(still_open)


def _newest(held: list[Held]) -> Held | None:
    return max(held, key=lambda one: one.arrival, default=None)
