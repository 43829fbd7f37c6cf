"""What may stand at a place in a command line: how it is read, completed and read back. Pure.

A slot's `read` gives the value or raises `Fault`; `choices` are what could be typed there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from console import wording
from console.cells import show
from console.dispatching import facts
from console.grammar import things, times
from console.grammar.things import Choice, Env
from console.grammar.typed import Fault, Part, Word
from console.look import clock, span
from console.model import Row
from console.wording import words as w
from sensors.words import _

Read = Callable[[Env, Word], Any]
Choices = Callable[[Env, str], Iterator[Choice]]
Said = Callable[[Env, Any], str]


@dataclass(frozen=True, slots=True)
class Slot:
    """`key` is its name among the values, `title` (msgid) how a missing one is called."""

    key: str
    title: str
    read: Read
    choices: Choices
    said: Said
    need: bool = True

    def maybe(self) -> Slot:
        """The same, but it may be left out."""
        return Slot(self.key, self.title, self.read, self.choices, self.said, need=False)


def one(env: Env, word: Word) -> Part:
    """The only part of a word; several where one is wanted are a fault."""
    if len(word.parts) != 1:
        at = word.parts[1].at if len(word.parts) > 1 else word.at
        raise Fault("E1", env.tr("only one can be named here"), at)
    return word.parts[0]


def unfitting(env: Env, part: Part, title: str, near: str = "") -> Fault:
    """E1 with what would fit."""
    words = env.tr("{word} is no {what}").format(word=things.quoted(part), what=env.tr(title))
    return Fault("E1", f"{words}: {near}" if near else words, part.at)


# --- items

ENDED, OPEN, ANY = "ended", "open", "any"


def _item(state: str, env: Env, word: Word) -> Row:
    part = one(env, word)
    row = things.item(env, part)
    ident = show(str(row.get("id")), 40)
    if state == OPEN and not things.is_open(row):
        ended = wording.word(env.ctx.look, w.INCIDENT_STATE, row.get("state"))
        words = env.tr("{item} is ended ({state}): reopen it first")
        raise Fault("E5", words.format(item=ident, state=ended), part.at)
    if state == ENDED and row.get("state") in things.RUNNING:
        raise Fault("E5", env.tr("{item} is not ended").format(item=ident), part.at)
    return row


def _item_choices(state: str, env: Env, beginning: str) -> Iterator[Choice]:
    yield from things.item_choices(env, beginning, ended=state == ENDED)


def _item_said(env: Env, row: Row) -> str:
    return things.item_words(env, row)


def item(key: str = "item", state: str = OPEN) -> Slot:
    """An incident or a case."""
    read, choices = partial(_item, state), partial(_item_choices, state)
    return Slot(key, _("item"), read, choices, _item_said)


# --- units, places, sources

REC = ("推荐", "tj", "rec", "recommended")


def _units(env: Env, word: Word) -> tuple[str, ...]:
    if word.text in REC and env.values.get("item"):
        return recommended(env, env.values["item"], word)
    named = [things.named(env, ("unit",), part, _("team")) for part in word.parts]
    return tuple(dict.fromkeys(named))


def recommended(env: Env, row: Row, word: Word) -> tuple[str, ...]:
    """The units of the recommendation as the dialog shows it; E4 where there is none."""
    known = facts(env.ctx.model, str(row.get("id")))
    units = known.ready if known else ()
    if not units:
        raise Fault("E4", env.tr("There is no recommendation now: name the team"), word.at)
    return units


def _units_choices(env: Env, beginning: str) -> Iterator[Choice]:
    """Of a list the last one; the recommendation first."""
    rec = env.ctx.look.either(REC[0], REC[2])
    known = facts(env.ctx.model, str((env.values.get("item") or {}).get("id")))
    if rec.startswith(beginning) and known and known.ready:
        yield Choice(rec, _units_said(env, known.ready))
    yield from _teams_first(env, things.named_choices(env, ("unit",), beginning))


def _teams_first(env: Env, choices: Iterator[Choice]) -> list[Choice]:
    """Teams before posts, in the order of the files."""
    units = env.ctx.model.table("unit").values()
    posts = {n for row in units if row.get("shared") for n in (row["id"], row.get("name"))}
    return sorted(choices, key=lambda choice: choice.insert in posts)


def _ordered_choices(env: Env, beginning: str) -> Iterator[Choice]:
    """Units that have an order of the item."""
    row = env.values.get("item") or {}
    orders = [env.ctx.model.row("assignment", order) for order in row.get("orders") or ()]
    live = {str(order.get("unit")) for order in orders if order.get("status") in things.LIVE}
    for choice in things.named_choices(env, ("unit",), beginning):
        unit = things.ids_of(env.ctx, ("unit",), choice.insert)
        if not live or live & set(unit):
            yield choice


def _units_said(env: Env, units: tuple[str, ...]) -> str:
    return ", ".join(wording.unit(env.ctx, unit) for unit in units)


UNITS = Slot("units", _("team"), _units, _units_choices, _units_said)
ORDERED = Slot("units", _("team"), _units, _ordered_choices, _units_said)


def _unit(env: Env, word: Word) -> str:
    return things.named(env, ("unit",), one(env, word), _("team"))


def _unit_choices(env: Env, beginning: str) -> Iterator[Choice]:
    yield from _teams_first(env, things.named_choices(env, ("unit",), beginning))


def unit(key: str = "unit", choices: Choices = _unit_choices) -> Slot:
    """One unit."""
    return Slot(key, _("team"), _unit, choices, lambda env, one: wording.unit(env.ctx, one))


def ordered(key: str) -> Slot:
    """One unit, those first that have an order of the item."""
    return unit(key, _ordered_choices)


def _place(env: Env, word: Word) -> str:
    return things.named(env, ("place",), one(env, word), _("place"))


def _place_choices(env: Env, beginning: str) -> Iterator[Choice]:
    yield from things.named_choices(env, ("place",), beginning)


def _place_said(env: Env, ident: str) -> str:
    return env.tr("everybody") if ident == "all" else wording.place(env.ctx, ident)


PLACE = Slot("place", _("place"), _place, _place_choices, _place_said)

ALL = ("全体", "全乡", "all")
HOME, HOMES = "", ("归建", "home")


def _audience(env: Env, word: Word) -> str:
    return "all" if word.text in ALL else _place(env, word)


def _audience_choices(env: Env, beginning: str) -> Iterator[Choice]:
    name = env.ctx.look.either(ALL[0], ALL[2])
    if name.startswith(beginning):
        yield Choice(name)
    yield from _place_choices(env, beginning)


def _station(env: Env, word: Word) -> str:
    return HOME if word.text in HOMES else _place(env, word)


def _station_choices(env: Env, beginning: str) -> Iterator[Choice]:
    name = env.ctx.look.either(*HOMES)
    if name.startswith(beginning):
        yield Choice(name)
    yield from _place_choices(env, beginning)


def _station_said(env: Env, place: str) -> str:
    return env.tr("its station") if place == HOME else wording.place(env.ctx, place)


STATION = Slot("place", _("place"), _station, _station_choices, _station_said)
AUDIENCE = Slot("place", _("place"), _audience, _audience_choices, _place_said)
SOURCES = ("camera", "source", "unit")


def _source(env: Env, word: Word) -> str:
    part = one(env, word)
    loud = (source for source, _kind in reporting(env) if source.lower() == part.text)
    return next(loud, "") or things.named(env, SOURCES, part, _("camera or sensor"))


def reporting(env: Env) -> Iterator[tuple[str, str]]:
    """(source, kind) of what is reported in open items."""
    for table in things.ITEMS:
        for row in env.ctx.model.table(table).values():
            if things.is_open(row):
                for source, report in (row.get("sources") or {}).items():
                    yield str(source), str(report.get("kind") or "")


def _source_choices(env: Env, beginning: str) -> Iterator[Choice]:
    """Those that report now first."""
    seen: set[str] = set()
    for source, _kind in reporting(env):
        if source in seen:
            continue
        seen.add(source)
        if source.lower().startswith(beginning) and things.is_id(source):
            yield Choice(source, wording.source(env.ctx, source))
    yield from things.named_choices(env, SOURCES, beginning)


SOURCE = Slot(
    "source",
    _("camera or sensor"),
    _source,
    _source_choices,
    lambda env, one: wording.source(env.ctx, one),
)


def _shelved_choices(env: Env, beginning: str) -> Iterator[Choice]:
    for row in env.ctx.model.table("shelf").values():
        source = str(row.get("source"))
        if source.lower().startswith(beginning) and things.is_id(source):
            yield Choice(source, wording.alarm(env.ctx.look, str(row.get("kind"))))


def _shelved(env: Env, word: Word) -> str:
    part = one(env, word)
    for row in env.ctx.model.table("shelf").values():
        if str(row.get("source")).lower() == part.text:
            return str(row["source"])
    words = env.tr("{word} is not shelved").format(word=things.quoted(part))
    raise Fault("E4", words, part.at)


SHELVED = Slot("source", SOURCE.title, _shelved, _shelved_choices, SOURCE.said)

# --- one of a few words


def few(key: str, title: str, table: Mapping[str, tuple[Any, str]], said: Said) -> Slot:
    """One of a few: folded word -> (value, language of the choice: "zh", "en", "" for unlisted)."""
    return Slot(key, title, partial(_few, table, title), partial(_few_choices, table, said), said)


def _few(table: Mapping[str, tuple[Any, str]], title: str, env: Env, word: Word) -> Any:
    part = one(env, word)
    if part.text in table:
        return table[part.text][0]
    lang = env.ctx.look.lang
    offered = [name for name, (_value, shown) in table.items() if shown == lang]
    raise unfitting(env, part, title, env.tr(" or ").join(offered[: things.MOST]))


def _few_choices(
    table: Mapping[str, tuple[Any, str]], said: Said, env: Env, beginning: str
) -> Iterator[Choice]:
    for name, (value, shown) in table.items():
        if name.startswith(beginning) and shown == env.ctx.look.lang:
            yield Choice(name, said(env, value))


def _coded(table: Mapping[Any, str]) -> Said:
    return lambda env, value: wording.word(env.ctx.look, table, value)


# --- times


def _length(env: Env, word: Word) -> int:
    found = times.seconds(one(env, word).text)
    if found is None:
        near = env.ctx.look.either("30分 2时 1天", "30m 2h 1d")
        raise unfitting(env, word.parts[0], _("length of time"), near)
    return found


def _until(env: Env, word: Word) -> float:
    found = times.moment(one(env, word).text, env.ctx.now)
    if found is None:
        near = env.ctx.look.either("至08:00 2时", "until=08:00 2h")
        raise unfitting(env, word.parts[0], _("time"), near)
    return found


def offered(*zh_en: tuple[str, str]) -> Choices:
    """Fixed examples that may be completed."""

    def choices(env: Env, beginning: str) -> Iterator[Choice]:
        for chinese, english in zh_en:
            name = env.ctx.look.either(chinese, english)
            if name.startswith(beginning):
                yield Choice(name)

    return choices


def length(*zh_en: tuple[str, str]) -> Slot:
    """How long; seconds."""
    return Slot(
        "seconds",
        _("length of time"),
        _length,
        offered(*zh_en),
        lambda env, value: span(value, env.ctx.look),
    )


UNTIL = Slot(
    "until",
    _("time"),
    _until,
    offered(("至08:00", "until=08:00"), ("2时", "2h")),
    lambda env, value: env.tr("until {time}").format(time=clock(value, seconds=False)),
)


# --- anything

_NOTHING = offered()


def _free(_env: Env, word: Word) -> str:
    return word.text


def free(key: str, title: str, choices: Choices = _NOTHING) -> Slot:
    """Any word."""
    return Slot(key, title, _free, choices, lambda _env, value: show(str(value), 100))


def table(zh: Mapping[str, Any], en: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The words of `few`: those offered in Chinese, in English, and those only understood."""
    made = {name: (value, "") for name, value in more.items()}
    made |= {name: (value, "en") for name, value in en.items()}
    return made | {name: (value, "zh") for name, value in zh.items()}


URGENCY = few(
    "priority",
    _("urgency"),
    table(
        {"急": 1, "紧": 2, "常": 3, "缓": 4},
        {"crit": 1, "high": 2, "norm": 3, "low": 4},
        {"j": 1, "1": 1, "2": 2, "3": 3, "4": 4, "ji": 1, "jin": 2, "chang": 3, "huan": 4},
    ),
    _coded(w.URGENCY),
)
GRADE = few(
    "grade",
    _("grade"),
    table(
        {"特别重大": 1, "重大": 2, "较大": 3, "一般": 4},
        {"1": 1, "2": 2, "3": 3, "4": 4},
        {"i": 1, "ii": 2, "iii": 3, "iv": 4, "tbzd": 1, "zd": 2, "jd": 3, "yb": 4},
    ),
    _coded(w.GRADE),
)
RESPONSE = few(
    "level",
    _("response level"),
    table(
        {"四级": 4, "三级": 3, "二级": 2, "一级": 1, "解除": 0},
        {"4": 4, "3": 3, "2": 2, "1": 1, "off": 0},
        {"0": 0, "iv": 4, "iii": 3, "ii": 2, "i": 1},
    ),
    _coded(w.RESPONSE),
)
PLAY = few(
    "play",
    _("what becomes of it"),
    table({"结束": "end"}, {"end": "end"}, {"停": "end", "stop": "end"}),
    _coded(w.PLAY),
)
STATUS = few(
    "status",
    _("status"),
    table(
        {"收到": "received", "接受": "accepted", "出发": "en_route", "到场": "on_scene",
         "完成": "done", "拒绝": "declined"},
        {name: name for name in ("received", "accepted", "en_route", "on_scene", "done",
                                 "declined")},
        {"途中": "en_route", "dc": "on_scene", "wc": "done", "js": "accepted"},
    ),
    _coded(w.STATUS),
)  # fmt: skip
