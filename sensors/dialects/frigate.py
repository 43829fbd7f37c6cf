"""Frigate, the video recorder that recognises objects: events, reviews, sounds. Pure.

An object or sound opens an alarm only if the camera's rule in sources.toml names its label.
"end" means "no longer seen", not "fire out". Frigate repeats an event's id with every better
picture: the digest is made of what stays the same, so that a repeat is not taken for a reused id.
Names of faces and number plates (`sub_label`, `recognized_license_plate`) are never copied:
personal data stays out of the log (DESIGN.md section 2), and the post recognises nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sensors.dialects.common import (
    Message,
    alarm_kind,
    digest_of_parts,
    id_of,
    most_urgent,
    other,
    own_place,
    rule_for,
    section,
    seen,
    string,
    strings,
    word,
)
from sensors.messages import Unreadable, loads, loads_any
from sensors.observations import Alarm, AlarmKind, Clear, Heartbeat, Observation, RejectionReason
from sensors.positions import bounded
from sensors.sources import SourceRule
from sensors.text import NAME_LIMIT, clean
from sensors.times import Stamp, from_epoch, number

DIALECT = "frigate"

_ONLINE = {"online": True, "offline": False, "stopped": False}
_ON = {"ON": True, "OFF": False}
# Topics of Frigate's own that tell the post nothing.
_QUIET = frozenset({"stats", "camera_activity", "onConnect", "restart", "notifications"})


def read(message: Message) -> Observation:
    """One message under `frigate/`; raises `Unreadable`."""
    match message.topic.split("/")[1:]:
        case ["available"]:
            return _available(message)
        case ["events"]:
            return _tracked(message, _object)
        case ["reviews"]:
            return _tracked(message, _review)
        case ["tracked_object_update"]:
            return _update(message)
        case [camera, "audio", label]:
            return _sound(message, rule_for(message, DIALECT, camera), label)
        case [name, *_] if name in _QUIET:
            return other(message, DIALECT, DIALECT, name)
        case [camera, *rest] if rest:
            rule = rule_for(message, DIALECT, camera)
            return other(message, rule.name, DIALECT, "/".join(rest))
        case _:
            raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "not a topic of Frigate")


def _available(message: Message) -> Heartbeat:
    ok = _ONLINE.get(word(message.payload).lower())
    if ok is None:
        raise Unreadable(RejectionReason.FIELD_INVALID, "online or offline", source=DIALECT)
    return Heartbeat(ok=ok, **seen(message, DIALECT, DIALECT))


def _update(message: Message) -> Observation:
    """A description, a plate or a class found later for an object that is already known."""
    kind = loads(message.payload).get("type")
    return other(message, DIALECT, DIALECT, kind if isinstance(kind, str) else "")


def _sound(message: Message, rule: SourceRule, label: str) -> Observation:
    kind = alarm_kind(rule, label)
    if kind is None:
        return other(message, rule.name, DIALECT, f"audio {label}")
    on = _ON.get(word(message.payload).upper())
    if on is None:
        raise Unreadable(RejectionReason.FIELD_INVALID, "ON or OFF", source=rule.name)
    common = seen(message, rule.name, DIALECT)
    channel = clean(f"audio/{label}", NAME_LIMIT)
    if not on:
        return Clear(kind=kind, channel=channel, **common)
    text = _text(rule, [label])
    return Alarm(kind=kind, channel=channel, text=text, **_where(rule), **common)


class _Found(NamedTuple):
    """What an event and a review have in common."""

    labels: list[str]
    zones: list[str]
    confidence: float | None
    note: str  # shown behind the labels
    same: str  # what does not change while Frigate tells the story on ("" to use the kind)


def _object(after: dict[str, Any]) -> _Found:
    label = string(after, "label")
    score = bounded(number(after.get("top_score")), 0.0, 1.0)
    if score is None:
        score = bounded(number(after.get("score")), 0.0, 1.0)
    return _Found([label], strings(after.get("current_zones")), score, "", label)


def _review(after: dict[str, Any]) -> _Found:
    data = section(after, "data")
    labels = [label.removesuffix("-verified") for label in strings(data.get("objects"))]
    severity = after.get("severity")
    return _Found(
        labels + strings(data.get("audio")),
        strings(data.get("zones")),
        None,
        severity if isinstance(severity, str) else "",
        "",
    )


def _tracked(message: Message, find: Callable[[dict[str, Any]], _Found]) -> Observation:
    document = loads_any(message.payload)
    if isinstance(document, list):  # records of its web interface, fed in by a script: history
        return other(message, DIALECT, DIALECT, "list of records")
    if not isinstance(document, dict):
        raise Unreadable(RejectionReason.NOT_OBJECT, type(document).__name__, source=DIALECT)
    after = section(document, "after")
    rule = rule_for(message, DIALECT, string(after, "camera"))
    try:
        return _story(message, rule, document.get("type"), after, find(after))
    except Unreadable as refused:
        refused.source, refused.message_id = rule.name, id_of(after.get("id"))
        raise


def _story(
    message: Message, rule: SourceRule, step: Any, after: dict[str, Any], found: _Found
) -> Observation:
    event_id = id_of(string(after, "id"))
    if not event_id:
        raise Unreadable(RejectionReason.FIELD_INVALID, "id")
    if step not in ("new", "update", "end"):
        raise Unreadable(RejectionReason.FIELD_INVALID, "type")
    kind = most_urgent(k for label in found.labels if (k := alarm_kind(rule, label)))
    if kind is None or after.get("false_positive") is True:
        return other(message, rule.name, DIALECT, ", ".join(found.labels))
    if step == "end":
        return _ended(message, rule, event_id, kind, after)
    if found.confidence is not None and found.confidence < rule.min_confidence:
        return other(message, rule.name, DIALECT, f"{found.labels[0]} {found.confidence:.2f}")
    return _begun(message, rule, event_id, kind, after, found)


def _begun(
    message: Message,
    rule: SourceRule,
    event_id: str,
    kind: AlarmKind,
    after: dict[str, Any],
    found: _Found,
) -> Alarm:
    stamp = from_epoch(after.get("start_time"), message.received_at)
    digest = digest_of_parts(event_id, string(after, "camera"), found.same or kind)
    return Alarm(
        kind=kind,
        confidence=found.confidence,
        text=_text(rule, [*found.labels, found.note, *found.zones]),
        **_where(rule),
        **seen(message, rule.name, DIALECT, stamp, event_id, digest),
    )


def _ended(
    message: Message, rule: SourceRule, event_id: str, kind: AlarmKind, after: dict[str, Any]
) -> Clear:
    # An id of its own: under the event's id it would pass for a repeat of the alarm, and be lost.
    stamp: Stamp = from_epoch(after.get("end_time"), message.received_at)
    common = seen(message, rule.name, DIALECT, stamp, id_of(f"{event_id}/end"))
    return Clear(alarm_id=event_id, kind=kind, **common)


def _where(rule: SourceRule) -> dict[str, Any]:
    return {"place": rule.place, "position": own_place(rule)}


def _text(rule: SourceRule, words: list[str]) -> str:
    found = ", ".join(item for item in words if item)
    return clean(f"{rule.text} {found}" if rule.text else found)
