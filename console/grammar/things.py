"""Items, units, places, cameras by what an officer types for them. Pure.

A name, an id or the pinyin initials of a name; an id counts before a name, a name before initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from console import wording
from console.cells import show
from console.grammar.initials import initials
from console.grammar.typed import Fault, Part, folded
from console.model import Row
from console.page import Ctx

MOST = 6  # choices offered at once
ITEMS = ("incident", "case")
RUNNING = frozenset({"open", "assigned", "working"})
LIVE = frozenset({"offered", "accepted", "en_route", "on_scene"})  # of an order
_LETTERED = re.compile(r"([icx])-0*(\d+)")
_PLAIN = re.compile(r"[^\s,/\\]+")  # can be typed as one word
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Env:
    """What a line is read in: `dot` is the item that `.` means."""

    ctx: Ctx
    dot: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # what the words before it said

    def tr(self, message: str) -> str:
        """In the officer's language."""
        return self.ctx.tr(message)


@dataclass(frozen=True, slots=True)
class Choice:
    """A completion: what is put into the line, and what the hint says about it."""

    insert: str
    label: str = ""


# --- items


def items(ctx: Ctx) -> Iterator[Row]:
    """Every incident and case, the open ones first in the queue's order."""
    seen = set()
    for _lane, one in ctx.queue.order(ctx.now):
        row = ctx.model.incident(one.id)
        if row:
            seen.add(one.id)
            yield row
    for table in ITEMS:
        for key, row in ctx.model.table(table).items():
            if key not in seen:
                yield row


def is_open(row: Row) -> bool:
    """Not closed, merged or false: resolved still waits for its last word."""
    return row.get("state") in RUNNING or row.get("state") == "resolved"


def item(env: Env, part: Part) -> Row:
    """The item that was typed: `412`, `I-0412`, `C-187`, `.`, `^`; E3 or E4 where it is unclear."""
    if part.text == ".":
        return _given(env, env.dot, part, env.tr("no item is shown here"))
    if part.text in {"^", "^^"}:
        top = env.ctx.queue.top(env.ctx.now)
        return _given(env, top.id if top else "", part, env.tr("nothing waits for you"))
    found = _items_named(env.ctx, part.text)
    if len(found) > 1:
        names = " ".join(show(str(row["id"]), 40) for row in found[:MOST])
        words = env.tr("{word} is {n} items: {names}")
        raise Fault("E3", words.format(word=quoted(part), n=len(found), names=names), part.at)
    if not found:
        raise Fault("E4", env.tr("There is no item {word}").format(word=quoted(part)), part.at)
    return found[0]


def _given(env: Env, ident: str, part: Part, why_not: str) -> Row:
    row = env.ctx.model.incident(ident)
    if not row:
        raise Fault("E4", f"{quoted(part)}: {why_not}", part.at)
    return row


def _items_named(ctx: Ctx, word: str) -> list[Row]:
    if word.isdigit():
        rows = _ending(ctx, word)
        rows = [row for row in rows if is_open(row)] or rows
        return _whole(ctx, rows, word.lstrip("0") or "0") or rows
    for table in ITEMS:
        for key, row in ctx.model.table(table).items():
            if key.lower() == word:
                return [row]
    lettered = _LETTERED.fullmatch(word)
    return _of_the_letter(ctx, lettered[1], lettered[2]) if lettered else []


def _whole(ctx: Ctx, rows: list[Row], number: str) -> list[Row]:
    """Those whose whole number it is. A case has a letter for that: it outdoes no incident."""
    found = [row for row in rows if number_of(str(row["id"])) == number]
    incidents = ctx.model.table("incident")
    mine = [row for row in found if row["id"] in incidents]
    return mine or ([] if any(row["id"] in incidents for row in rows) else found)


def _of_the_letter(ctx: Ctx, letter: str, number: str) -> list[Row]:
    """`I-0412` an incident (`X-31` in a drill), `C-187` a case, by its whole number."""
    table = "case" if letter == "c" else "incident"
    rows = [row for row in _ending(ctx, number, (table,)) if number_of(str(row["id"])) == number]
    return [row for row in rows if is_open(row)] or rows


def _ending(ctx: Ctx, digits: str, tables: tuple[str, ...] = ITEMS) -> list[Row]:
    """The items whose number ends so."""
    wanted = digits.lstrip("0") or "0"
    return [
        row
        for table in tables
        for key, row in ctx.model.table(table).items()
        if key.endswith(wanted) and number_of(key).endswith(wanted)
    ]


def number_of(ident: str) -> str:
    """The last number of an id, without leading zeros: `412` of `I-e1-412`."""
    last = ident.rpartition("-")[2]
    return last.lstrip("0") or "0" if last.isdigit() else ""


def item_choices(env: Env, beginning: str, *, ended: bool = False) -> Iterator[Choice]:
    """Open items only, the most pressing first; `ended`: those that can be reopened.

    The number alone where only one open item ends so, else the whole id: plainer to read, though
    the whole number of an item means that one.
    """
    digits, ends = beginning.isdigit(), ""
    for row in items(env.ctx):
        ident = str(row.get("id"))
        number = number_of(ident)
        begins = number.startswith(beginning) if digits else ident.lower().startswith(beginning)
        if begins and is_open(row) != ended and is_id(ident):
            ends = ends or _ends(env.ctx)
            alone = number and not ended and ends.count(f"{number}\n") == 1
            yield Choice(number if alone else ident, item_words(env, row))


def _ends(ctx: Ctx) -> str:
    """All open items, a line each: how many end so is counted in one go, of ten thousand."""
    rows = (pair for table in ITEMS for pair in ctx.model.table(table).items())
    return "".join(f"{key}\n" for key, row in rows if is_open(row))


def item_words(env: Env, row: Row) -> str:
    """`I-0412 野火 雷家沟二组`."""
    ctx = env.ctx
    kind = wording.kind(ctx, str(row.get("kind") or ""))
    place = wording.place(ctx, str(row.get("place") or ""), str(row.get("place_name") or ""))
    return f"{show(str(row.get('id')), 40)} {kind} {place}"


# --- what has a name


def named(env: Env, tables: tuple[str, ...], part: Part, what: str) -> str:
    """The id of the row that was typed. `what`: msgid of what was looked for, for E3 and E4."""
    found = _named(env.ctx, tables, part.text)
    if len(found) > 1:
        names = " ".join(_name(env.ctx, tables, key) for key in found[:MOST])
        words = env.tr("{word} is {n}: {names}")
        raise Fault("E3", words.format(word=quoted(part), n=len(found), names=names), part.at)
    if not found:
        near = [choice.label for choice in named_choices(env, tables, part.text[:2])][:2]
        words = env.tr("There is no {what} {word}")
        tail = env.tr(": {names}?").format(names=env.tr(" or ").join(near)) if near else ""
        raise Fault("E4", words.format(what=env.tr(what), word=quoted(part)) + tail, part.at)
    return found[0]


def _named(ctx: Ctx, tables: tuple[str, ...], word: str) -> list[str]:
    """The ids that `word` means: by id, else by name, else by initials."""
    tiers: tuple[dict[str, None], ...] = ({}, {}, {})
    for key, row in _rows(ctx, tables):
        for number, names in enumerate(_names(key, *_both(row))):
            if word in names:
                tiers[number][key] = None
    return next((list(tier) for tier in tiers if tier), [])


def is_id(text: str) -> bool:
    """Can be typed, and read again, as it is."""
    return _ID.fullmatch(text) is not None


def ids_of(ctx: Ctx, tables: tuple[str, ...], word: str) -> list[str]:
    """The ids that a typed word means."""
    return _named(ctx, tables, folded(word))


def named_choices(env: Env, tables: tuple[str, ...], beginning: str) -> Iterator[Choice]:
    """Rows of which an id, a name or the initials begin so."""
    for key, row in _rows(env.ctx, tables):
        names = frozenset().union(*_names(key, *_both(row)))
        if is_id(key) and any(one.startswith(beginning) for one in names):
            yield Choice(_typable(env.ctx, tables, key, row), _name(env.ctx, tables, key))


def _rows(ctx: Ctx, tables: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    for table in tables:
        yield from ctx.model.table(table).items()


def _both(row: Row) -> tuple[str, str]:
    return str(row.get("name") or ""), str(row.get("name_en") or "")


@lru_cache(maxsize=8192)
def _names(key: str, name: str, name_en: str) -> tuple[frozenset[str], ...]:
    """By id, by name, by initials; folded as the line is."""
    small, plain = key.lower(), folded(name)
    latin = folded(name_en).replace(" ", "-")
    ids = frozenset({small, small.replace("-", "")})
    spoken = plain.replace("村", "") if len(plain) > 2 else plain
    names = frozenset({plain, spoken, latin} - {""})
    return ids, names, initials(plain)


def _typable(ctx: Ctx, tables: tuple[str, ...], key: str, row: Row) -> str:
    """The name as it can be typed and read again; the id where the name cannot (or is hostile).

    A camera goes by its id: that is what officers call it.
    """
    if tables not in {("unit",), ("place",)}:
        return key
    name = wording.place(ctx, key) if tables == ("place",) else ctx.look.either(*_both(row))
    fit = _PLAIN.fullmatch(name) and name == show(name, 60)
    return name if fit and _named(ctx, tables, folded(name)) == [key] else key


def _name(ctx: Ctx, tables: tuple[str, ...], key: str) -> str:
    if tables == ("place",):
        return wording.place(ctx, key)
    row = next((row for found, row in _rows(ctx, tables) if found == key), {})
    return wording.either(ctx.look, row, key)


def quoted(part: Part) -> str:
    """The typed word in quotation marks of the officer's language's width."""
    return f'"{show(part.text, 40)}"'
