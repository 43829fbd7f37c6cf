"""Contract v1 itself: `fs/{township}/{name}/{kind}`, read strictly where it costs nothing. Pure.

Types are strict, for a sender that mixes them up is to be told so while it is being built. What a
device in the field gets wrong at run time costs only the field: an unset clock, a position without
a fix, a kind or severity that we do not know yet must not lose an alarm.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from sensors import messages, observations, positions, topics
from sensors.dialects.common import KINDS, Message, id_of, seen
from sensors.messages import Unreadable
from sensors.observations import AlarmKind, Observation, RejectionReason, Severity
from sensors.positions import bounded
from sensors.text import NAME_LIMIT, clean, clean_id
from sensors.times import Stamp, from_text
from sensors.topics import Kind, Topic

EVIDENCE_ITEMS = 8
EVIDENCE_LIMIT = 512  # characters
FASTEST_MPS = 1000.0
LATEST_REV = 2**31

_SEVERITIES = {severity.value: severity for severity in Severity}
_ADDRESS = re.compile(r"(?:https?|rtsp)://[^\s\"<>\\]+", re.IGNORECASE)
_CREDENTIALS = re.compile(r"//[^/?#]*@")


def read(message: Message) -> Observation:
    """One message of the contract; raises `Unreadable`."""
    topic = _own_topic(message)
    document: dict[str, Any] = {}
    try:
        document = messages.loads(message.payload)
        return _observation(message, topic, document)
    except Unreadable as refused:
        refused.source = topic.name
        refused.message_id = id_of(document.get("id") or messages.salvaged_id(message.payload))
        raise


def _own_topic(message: Message) -> Topic:
    topic = topics.parse(message.topic)
    sources = message.sources
    if topic is None or topic.root != sources.root or topic.township != sources.township:
        raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "not a topic of this post")
    if topic.name in topics.RESERVED or topic.kind in topics.DOWN:
        reason = RejectionReason.TOPIC_RESERVED
        raise Unreadable(reason, "only the post publishes here", source=topic.name)
    return topic


def _observation(message: Message, topic: Topic, document: dict[str, Any]) -> Observation:
    match topic.kind:
        case Kind.ALARM:
            return _alarm(message, topic, document)
        case Kind.CLEAR:
            return _clear(message, topic, document)
        case Kind.HEARTBEAT:
            return _heartbeat(message, topic, document)
        case Kind.POSITION:
            return _located(message, topic, document)
        case Kind.REPLY:
            return _reply(message, topic, document)
        case Kind.DUTY:
            return _duty(message, topic, document)
        case _:
            return _request(message, topic, document)


def _alarm(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Alarm:
    wire = messages.check(messages.Alarm, document)
    kind, text = _kind_and_text(wire.kind, wire.text or "")
    return observations.Alarm(
        kind=kind,
        severity=_severity(wire.severity),
        confidence=bounded(wire.confidence, 0.0, 1.0),
        position=positions.read(wire.position),
        place=clean(wire.place, NAME_LIMIT) if wire.place else "",
        text=text,
        evidence=_evidence(wire.evidence or ()),
        exercise=wire.exercise or False,
        **_identified(message, topic, wire.id, wire.at),
    )


def _clear(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Clear:
    wire = messages.check(messages.Clear, document)
    alarm_id = clean_id(wire.alarm) if wire.alarm else ""
    if not alarm_id and not wire.kind:
        raise Unreadable(RejectionReason.FIELD_MISSING, "alarm or kind")
    return observations.Clear(
        alarm_id=alarm_id,
        kind=_kind(wire.kind) or AlarmKind.OTHER if wire.kind else None,
        **_identified(message, topic, wire.id, wire.at),
    )


def _heartbeat(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Heartbeat:
    wire = messages.check(messages.Heartbeat, document)
    return observations.Heartbeat(
        ok=wire.ok is not False,
        text=clean(wire.text or ""),
        battery=bounded(wire.battery, 0.0, 1.0),
        **_fields(message, topic, wire.at, id_of(wire.id)),
    )


def _located(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Located:
    wire = messages.check(messages.PositionReport, document)
    position = positions.read(wire.position)
    if position is None:
        raise Unreadable(RejectionReason.POSITION_INVALID, "position")
    return observations.Located(
        position=position,
        speed_mps=bounded(wire.speed_mps, 0.0, FASTEST_MPS),
        battery=bounded(wire.battery, 0.0, 1.0),
        **_fields(message, topic, wire.at, id_of(wire.id)),
    )


def _reply(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Reply:
    wire = messages.check(messages.Reply, document)
    return observations.Reply(
        order_id=_id(wire.order_id, "order_id"),
        unit=clean(wire.unit or "", NAME_LIMIT) or topic.name,
        status=wire.status,
        text=clean(wire.text or ""),
        rev=wire.rev if wire.rev is not None and 0 <= wire.rev <= LATEST_REV else None,
        **_identified(message, topic, wire.id, wire.at),
    )


def _duty(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Duty:
    wire = messages.check(messages.Duty, document)
    return observations.Duty(on=wire.on, **_identified(message, topic, wire.id, wire.at))


def _request(message: Message, topic: Topic, document: dict[str, Any]) -> observations.Request:
    wire = messages.check(messages.Request, document)
    need = clean(wire.need, NAME_LIMIT)
    if not need:
        raise Unreadable(RejectionReason.FIELD_INVALID, "need: nothing readable in it")
    return observations.Request(
        need=need,
        order_id=id_of(wire.order_id),
        text=clean(wire.text or ""),
        **_identified(message, topic, wire.id, wire.at),
    )


def _identified(message: Message, topic: Topic, raw_id: str, at: Any) -> dict[str, Any]:
    return _fields(message, topic, at, _id(raw_id, "id"))


def _fields(message: Message, topic: Topic, at: Any, message_id: str) -> dict[str, Any]:
    stamp: Stamp = from_text(at, message.received_at, message.sources.utc_offset_h)
    return seen(message, topic.name, "native", stamp, message_id)


def _id(raw: str, field: str) -> str:
    cleaned = clean_id(raw)
    if not cleaned:
        raise Unreadable(RejectionReason.FIELD_INVALID, f"{field}: 1 to 128 printable characters")
    return cleaned


def _kind(word: str) -> AlarmKind | None:
    return KINDS.get(word) or KINDS.get(clean(word, NAME_LIMIT).lower())


def _kind_and_text(word: str, text: str) -> tuple[AlarmKind, str]:
    kind = _kind(word)
    if kind is not None:
        return kind, clean(text)
    return AlarmKind.OTHER, clean(f"[{clean(word, NAME_LIMIT)}] {text}")


def _severity(word: str | None) -> Severity:
    return _SEVERITIES.get(clean(word or "", NAME_LIMIT).lower(), Severity.UNKNOWN)


def _evidence(addresses: tuple[str, ...]) -> tuple[str, ...]:
    kept = (address for raw in addresses if (address := _address(raw)))
    return tuple(islice(kept, EVIDENCE_ITEMS))


def _address(raw: str) -> str:
    """An address that may be shown and opened, without the camera's password; else ""."""
    if len(raw) > EVIDENCE_LIMIT or not _ADDRESS.fullmatch(raw):
        return ""
    return _CREDENTIALS.sub("//", clean(raw, EVIDENCE_LIMIT))
