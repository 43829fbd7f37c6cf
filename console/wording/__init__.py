"""Codes to words in the officer's language: what every page calls a thing. Pure.

`words.py` and `reasons.py` are the tables, `lines.py` the sentences of the log and of alerts. What
comes from outside (names, texts, an unknown code) goes through `show` here, so that a page may put
the answer into a column as it is. `ctx` is a page's `Ctx`; who has only a model and a look makes a
`Names`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from console.cells import fit, show, width
from console.item import lacking
from console.look import Look
from console.model import Model, Row
from console.wording import reasons, words

MOVING = ("on_scene", "en_route", "accepted", "offered")  # the most advanced one names the stage
_VILLAGE = re.compile(r"^(.+?)村(.*组)?$")


class Names(Protocol):
    """What names are looked up in: a page's `Ctx` is one."""

    @property
    def model(self) -> Model:
        """The rows of the post."""

    @property
    def look(self) -> Look:
        """The officer's language."""


@dataclass(frozen=True, slots=True)
class Book:
    """`Names` for who has no `Ctx`."""

    model: Model
    look: Look


def cells(look: Look, column: str) -> int:
    """How many cells a column of words needs in this language."""
    chinese, english = words.CELLS[column]
    return english if look.lang == "en" else chinese


def word(look: Look, table: Mapping[Any, str], code: Any) -> str:
    """The word of a code; a code of a later version is shown as it came."""
    return look.tr(table[code]) if code in table else show(str(code), 40)


# --- numbers and states


def level_of(priority: object) -> int:
    """1 to 4 of a plan's priority: 4 and 5 are both 缓. What is no number counts as the least."""
    return min(4, max(1, priority)) if isinstance(priority, int) else 4


def urgency(look: Look, priority: object) -> str:
    """急 紧 常 缓, CRIT HIGH NORM LOW."""
    return look.tr(words.URGENCY[level_of(priority)])


def urgency_mark(look: Look, priority: object) -> str:
    """急 紧 常 缓, Cr Hi No Lo: two cells."""
    return look.tr(words.URGENCY_MARK[level_of(priority)])


def urgency_style(priority: object) -> str:
    """The style's name: crit high norm low."""
    return words.URGENCY_STYLE[level_of(priority)]


def grade(look: Look, number: int) -> str:
    """特别重大 重大 较大 一般, or 未定级."""
    return word(look, words.GRADE, number)


def response(look: Look, number: int) -> str:
    """一级 to 四级, or 未启动."""
    return word(look, words.RESPONSE, number)


def status(look: Look, code: str) -> str:
    """Of an assignment."""
    return word(look, words.STATUS, code)


def unit_state(look: Look, code: str) -> str:
    """可派 在办 失联 停用."""
    return word(look, words.UNIT_STATE, code)


def camera_state(look: Look, code: str) -> str:
    """Online, no picture, cut off, unknown."""
    return word(look, words.CAMERA_STATE, code)


def role(look: Look, code: str) -> str:
    """What a unit does there, or a post of a case's ladder."""
    return word(look, words.ROLE if code in words.ROLE else words.POST, code)


def level(look: Look, role_code: str) -> str:
    """The level of a case: 组 村 窗口 乡."""
    return word(look, words.LEVEL, role_code)


def alarm(look: Look, kind_code: str) -> str:
    """What a device says it sees: 烟 火 水."""
    return word(look, words.ALARM, kind_code)


def due(look: Look, kind_code: str) -> str:
    """Which deadline it is: 自动派出, 答复期限, 再次清点."""
    return word(look, words.DUE, kind_code)


def reason(look: Look, code: str) -> str:
    """Any reason or refusal of the post."""
    return word(look, reasons.REASON if code in reasons.REASON else reasons.REFUSAL, code)


def why_not(look: Look, code: str) -> str:
    """Why a unit does not go."""
    return word(look, words.WHY_NOT, code)


# --- names


def either(look: Look, row: Mapping[str, Any], fallback: str = "") -> str:
    """A row's name in the officer's language."""
    name = str(row.get("name") or "")
    return show(look.either(name, str(row.get("name_en") or "")) or fallback, 60)


def unit(names: Names, ident: str) -> str:
    """The unit's name; its id while its row is not there."""
    return either(names.look, names.model.row("unit", ident), ident)


def officer(names: Names, by: str) -> str:
    """Who did it: the post itself, a unit, or an officer by post."""
    if by in {"", "post"}:
        return names.look.tr("post")
    row = names.model.row("desk", by) or names.model.row("unit", by)
    return either(names.look, row, by)


def source(names: Names, ident: str) -> str:
    """A camera, a sensor, a unit's handheld, or the telephone."""
    if names.model.row("unit", ident):
        return unit(names, ident)
    if ident in {"phone", "console"}:  # a caller, in the officer's words
        return names.look.tr("phone")
    if names.model.row("camera", ident):
        return names.look.tr("camera {id}").format(id=show(ident, 64))
    return show(ident, 64)


def place(names: Names, ident: str, fallback: str = "") -> str:
    """`雷家沟二组`, without the word 村; `fallback` (a row's place_name) where no row is there."""
    row = names.model.row("place", ident)
    if not row and not fallback:
        return show(ident, 60) or names.look.tr("place unknown")
    name = either(names.look, row, fallback)
    if names.look.lang == "en" and row.get("name_en"):
        return name
    found = _VILLAGE.match(name)
    return found[1] + (found[2] or "") if found else name


def kind(names: Names, plan_kind: str) -> str:
    """The kind of an incident as a column has it: the plan's own name if it fits, else ours."""
    room = cells(names.look, "kind")
    given = either(names.look, names.model.row("plan", plan_kind))
    if given and width(given) <= room:
        return given
    if plan_kind in words.KIND:
        return names.look.tr(words.KIND[plan_kind])
    return fit(given or show(plan_kind, 40), room).rstrip()


def kind_name(names: Names, plan_kind: str) -> str:
    """The kind in full, as the township's run cards call it."""
    given = either(names.look, names.model.row("plan", plan_kind))
    return given or word(names.look, words.KIND, plan_kind)


# --- how far it is


def stage_code(model: Model, row: Row) -> str:
    """How far an incident is, as a code of `words.STAGE`."""
    if row.get("state") in {"resolved", "closed", "merged", "false_alarm"}:
        return str(row["state"])
    if row.get("mayday"):
        return "mayday"
    if not row.get("ack") and level_of(row.get("priority")) <= 2:
        return "lapsed" if row.get("lapses") else "unacknowledged"
    if lacking(row):
        return "nobody"
    return _work(model, row)


def _work(model: Model, row: Row) -> str:
    said = {model.row("assignment", order).get("status") for order in row.get("orders") or ()}
    for code in MOVING:
        if code in said:
            return code
    if "done" in said:
        return "all_done"
    if row.get("state") == "working":
        return "working"
    return "none" if row.get("released_at") is None else "searching"


def stage(names: Names, row: Row) -> str:
    """未确认 未派 途中 到场 待了结; a case says whose it is."""
    code = stage_code(names.model, row)
    ladder = row.get("ladder") or ()
    if ladder and code in {"none", "searching", "offered", "accepted"}:
        return level(names.look, ladder[min(int(row.get("level") or 0), len(ladder) - 1)])
    return word(names.look, words.STAGE, code)
