"""The filter of the queue: words that must all be there, or `村=雷家沟 级=急 类=野火`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from console import wording
from console.cells import show
from console.grammar.initials import initials
from console.item import Item
from console.wording import Names


def _place(names: Names, one: Item) -> str:
    """The place and its village: id, both names, and the initials that an officer types."""
    known = one.place, str(names.model.row("place", one.place).get("village") or "")
    said = [one.place, show(str(one.row.get("place_name") or ""))]
    for ident in known:
        row = names.model.row("place", ident)
        name = show(str(row.get("name") or ""))
        said += [ident, name, *sorted(initials(name)), show(str(row.get("name_en") or ""))]
    return " ".join((*said, wording.place(names, one.place)))


def _kind(names: Names, one: Item) -> str:
    return f"{one.kind} {wording.kind(names, one.kind)} {wording.kind_name(names, one.kind)}"


def _urgency(names: Names, one: Item) -> str:
    return wording.urgency(names.look, one.urgency)


def _team(names: Names, one: Item) -> str:
    orders = (names.model.row("assignment", each) for each in one.row.get("orders") or ())
    units = [str(order.get("unit") or "") for order in orders]
    return " ".join(f"{unit} {wording.unit(names, unit)}" for unit in units if unit)


# What stands before "=", in both languages.
FIELDS: Mapping[str, Callable[[Names, Item], str]] = MappingProxyType(
    {
        "村": _place, "组": _place, "地点": _place, "village": _place, "place": _place,
        "类": _kind, "类别": _kind, "kind": _kind,
        "级": _urgency, "urgency": _urgency,
        "队": _team, "队伍": _team, "unit": _team, "team": _team,
    }
)  # fmt: skip


def fits(names: Names, one: Item, words: str) -> bool:
    """Whether every word is found in the item: in the field it names, or anywhere."""
    return all(_has(names, one, word) for word in words.casefold().split())


def _has(names: Names, one: Item, word: str) -> bool:
    name, equals, value = word.replace("＝", "=").partition("=")
    if equals and name in FIELDS:
        return value in FIELDS[name](names, one).casefold()
    everything = (one.id, one.title, *(of(names, one) for of in (_place, _kind, _urgency, _team)))
    return word in " ".join(everything).casefold()
