"""Events and worlds as bytes. Canonical: equal values give equal bytes. Pure.

An event is written without the fields that have their default. A log entry is one batch:
`{"v":1,"at":…,"events":[{"event":"AlarmReceived",…}]}`. Entries of an older version are brought
up by `UPCASTERS`, one version at a time; tests/fixtures keeps a log of every release.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_json

from command.core.events import EVENTS, Event
from command.core.evolve import rebuild_index
from command.core.world import World
from sensors.observations import Position

VERSION = 1
Upcaster = Callable[[dict[str, Any]], list[dict[str, Any]]]
# version -> event name -> what that event is in the next version (one event may become several)
UPCASTERS: dict[int, dict[str, Upcaster]] = {}

_ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(cls) for name, cls in EVENTS.items()}
_FIELDS: dict[type[Event], tuple[tuple[str, Any], ...]] = {
    cls: tuple((f.name, f.default if f.default is not MISSING else MISSING) for f in fields(cls))
    for cls in EVENTS.values()
}
# All fields of an event in one call: asking for each by its name took half of writing it.
_VALUES: dict[type[Event], Callable[[Any], tuple[Any, ...]]] = {
    cls: attrgetter(*(name for name, _ in named)) for cls, named in _FIELDS.items()
}


class UnknownEvent(Exception):  # noqa: N818 - the name says it
    """The log holds an event this version does not know: it was written by a newer one."""


def _plain(position: Position) -> dict[str, float]:
    plain = {"lon": position.lon, "lat": position.lat}
    if position.accuracy_m is not None:
        plain["accuracy_m"] = position.accuracy_m
    return plain


def event_dict(event: Event) -> dict[str, Any]:
    """The event as JSON values, its name first, defaults left out."""
    kind = type(event)
    values: dict[str, Any] = {"event": kind.__name__}
    for (name, default), value in zip(_FIELDS[kind], _VALUES[kind](event), strict=True):
        if value is not default and value != default:
            values[name] = list(value) if type(value) is tuple else value
    if isinstance(values.get("position"), Position):
        values["position"] = _plain(values["position"])
    return values


def encode_entry(at: float, events: Iterable[Event]) -> bytes:
    """One log entry."""
    return encode_dicts(at, [event_dict(event) for event in events])


def encode_dicts(at: float, events: Sequence[dict[str, Any]]) -> bytes:
    """One log entry of events that are JSON values already."""
    return to_json({"v": VERSION, "at": at, "events": events})


def entry_events(
    data: bytes,
    upcasters: Mapping[int, Mapping[str, Upcaster]] = UPCASTERS,
    version: int = VERSION,
) -> list[dict[str, Any]]:
    """The events of an entry as plain values, in the shapes of this version."""
    entry = json.loads(data)
    if entry["v"] > version:
        raise UnknownEvent(f"entry of version {entry['v']}")
    values: list[dict[str, Any]] = entry["events"]
    for older in range(entry["v"], version):
        casters = upcasters.get(older, {})
        values = [new for value in values for new in casters.get(value["event"], _as_is)(value)]
    return values


def _as_is(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [value]


def decode_event(value: dict[str, Any]) -> Event:
    """Inverse of `event_dict` after a trip through JSON."""
    adapter = _ADAPTERS.get(value["event"])
    if adapter is None:
        raise UnknownEvent(value["event"])
    event: Event = adapter.validate_python({k: v for k, v in value.items() if k != "event"})
    return event


def whole_events(data: bytes) -> list[dict[str, Any]]:
    """The events of an entry with every field, defaults too: for people and other programs."""
    whole = []
    for value in entry_events(data):
        kind = EVENTS.get(value["event"])
        defaults = {} if kind is None else {n: d for n, d in _FIELDS[kind] if d is not MISSING}
        whole.append(value | {n: d for n, d in defaults.items() if n not in value})
    return whole


def decode_entry(data: bytes) -> list[Event]:
    """The events of one log entry."""
    return [decode_event(value) for value in entry_events(data)]


# A part of the world a line: a whole one read at once takes twice the memory while it is read.
_HINTS = get_type_hints(World)
_PARTS: dict[str, TypeAdapter[Any]] = {
    part.name: TypeAdapter(_HINTS[part.name]) for part in fields(World) if part.name != "index"
}
_NEXT = b",\n"  # no JSON string holds a raw line end


def dump_world(world: World) -> bytes:
    """The world as JSON. Dict order is kept: it is the order of time, and part of the state."""
    parts = (
        b'"%s":%s' % (name.encode(), adapter.dump_json(getattr(world, name)))
        for name, adapter in _PARTS.items()
    )
    return b"{" + _NEXT.join(parts) + b"}"


def load_world(data: bytes) -> World:
    """Inverse of `dump_world`; look-ups are derived again."""
    values = {}
    for line in data[1:-1].split(_NEXT):
        name, _, part = line.partition(b":")
        values[name[1:-1].decode()] = _PARTS[name[1:-1].decode()].validate_json(part)
    world = World(**values)
    rebuild_index(world)
    return world
