"""What all dialects share: the message they read, and how its facts are put together. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from sensors import positions
from sensors.messages import Unreadable
from sensors.observations import AlarmKind, Other, Position, RejectionReason
from sensors.sources import SourceRule, Sources
from sensors.text import NAME_LIMIT, clean, clean_id
from sensors.times import UNSET, Stamp

KINDS = {kind.value: kind for kind in AlarmKind}
# Where one message names several: flames first, then as the contract lists them.
_URGENCY = {kind: place for place, kind in enumerate((AlarmKind.FIRE, *AlarmKind))}
_URGENCY[AlarmKind.FIRE] = 0


class Message(NamedTuple):
    """One MQTT message as it came, and what is needed to read it."""

    topic: str
    payload: bytes
    received_at: float
    sources: Sources
    digest: str
    retained: bool


_FRESH = hashlib.sha256()  # OpenSSL looks a new one up by its name: most of a short digest's time


def digest_of(payload: bytes) -> str:
    """The first 16 hex digits of the SHA-256."""
    digest = _FRESH.copy()
    digest.update(payload)
    return digest.hexdigest()[:16]


def digest_of_parts(*parts: str) -> str:
    """A digest of what stays the same when a system tells the same event again with more news."""
    return digest_of("\0".join(parts).encode())


def rule_for(message: Message, dialect: str, address: str) -> SourceRule:
    """The rule for a foreign device; raises `Unreadable` (SOURCE_UNMAPPED)."""
    rule = message.sources.by_address.get((dialect, address))
    if rule is None:
        name = clean(address, NAME_LIMIT)
        raise Unreadable(RejectionReason.SOURCE_UNMAPPED, f"{dialect} {name}", source=name)
    return rule


def seen(
    message: Message,
    source: str,
    dialect: str,
    stamp: Stamp = UNSET,
    message_id: str = "",
    digest: str = "",
) -> dict[str, Any]:
    """The fields of `Seen`, to be spread into an observation."""
    return {
        "source": source,
        "received_at": message.received_at,
        "message_id": message_id,
        "digest": digest or message.digest,
        "at_source": stamp.at,
        "clock_quality": stamp.quality,
        "retained": message.retained,
        "dialect": dialect,
    }


def other(message: Message, source: str, dialect: str, text: str) -> Other:
    """Understood, no news. Without an id: it must not use one up that an alarm may carry later."""
    return Other(text=clean(text), **seen(message, source, dialect))


def alarm_kind(rule: SourceRule, label: str) -> AlarmKind | None:
    """The alarm kind that the rule gives `label`; None when the rule does not name it."""
    word = rule.kinds.get(label)
    return None if word is None else KINDS.get(word, AlarmKind.OTHER)


def most_urgent(kinds: Iterable[AlarmKind]) -> AlarmKind | None:
    """The kind to act on where a message names several; None where it names none."""
    return min(kinds, key=_URGENCY.__getitem__, default=None)


def own_place(rule: SourceRule) -> Position | None:
    """Where sources.toml says the device stands."""
    return positions.checked(rule.lon, rule.lat)


def section(document: dict[str, Any], field: str) -> dict[str, Any]:
    """An object inside an object; raises `Unreadable` where it is missing or something else."""
    value = document.get(field)
    if isinstance(value, dict):
        return value
    raise _bad(field, missing=value is None)


def string(document: dict[str, Any], field: str) -> str:
    """A string inside an object, raw; raises `Unreadable` where it is missing or not a string."""
    value = document.get(field)
    if isinstance(value, str):
        return value
    raise _bad(field, missing=value is None)


def strings(value: Any) -> list[str]:
    """The strings of a list; nothing for anything else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def id_of(value: Any) -> str:
    """A message id, clean, or "" where there is none to use."""
    return clean_id(value) if isinstance(value, str) else ""


def word(payload: bytes) -> str:
    """A payload that is one bare word, such as `online`; raises `Unreadable`."""
    try:
        return payload[:NAME_LIMIT].decode().strip()
    except UnicodeDecodeError as error:
        raise Unreadable(RejectionReason.NOT_UTF8, f"byte {error.start}") from None


def _bad(field: str, *, missing: bool) -> Unreadable:
    reason = RejectionReason.FIELD_MISSING if missing else RejectionReason.FIELD_INVALID
    return Unreadable(reason, field)
