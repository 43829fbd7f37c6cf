"""ChirpStack v4, the LoRaWAN network server: `application/ID/device/EUI/event/TYPE`. Pure.

An uplink is news only through what a codec put into `object`; which reading is an alarm of which
kind is up to the device's rule in sources.toml. Smoke stays "alarm" in every uplink while it lasts,
each with another id: `channel` lets the post take them as one episode, until a `Clear`.
Protobuf's JSON leaves out zeros, and consumers that re-serialise put nulls and zeros in: both mean
"not said".
"""

from __future__ import annotations

from typing import Any

from sensors.dialects import decoded
from sensors.dialects.common import (
    Message,
    alarm_kind,
    id_of,
    most_urgent,
    other,
    own_place,
    rule_for,
    seen,
)
from sensors.dialects.decoded import Reading, State
from sensors.messages import Unreadable, loads
from sensors.observations import (
    Alarm,
    AlarmKind,
    Clear,
    Fault,
    Heartbeat,
    Located,
    Observation,
    Position,
    RejectionReason,
    Test,
)
from sensors.positions import bounded, checked
from sensors.sources import SourceRule
from sensors.text import clean
from sensors.times import from_text, number

DIALECT = "chirpstack"

_NO_NEWS = frozenset({"ack", "txack", "integration"})


def read(message: Message) -> Observation:
    """One message under `application/`; raises `Unreadable`."""
    match message.topic.split("/"):
        case [_, _, "device", eui, "event", event]:
            rule = rule_for(message, DIALECT, eui.lower())
        case _:
            raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "not an event of a device")
    document: dict[str, Any] = {}
    try:
        document = loads(message.payload)
        return _event(message, rule, event, document)
    except Unreadable as refused:
        refused.source, refused.message_id = rule.name, _id(document)
        raise


def _event(message: Message, rule: SourceRule, event: str, document: dict[str, Any]) -> Observation:
    if event in _NO_NEWS:
        return other(message, rule.name, DIALECT, event)
    common = _common(message, rule, document)
    match event:
        case "up":
            return _uplink(message, rule, document, common)
        case "join":
            return Heartbeat(text="join", **common)
        case "status":
            return Heartbeat(battery=_status_battery(document), **common)
        case "location":
            return _located(document, common)
        case "log":
            return _log(message, rule, document, common)
        case _:
            raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "not an event that is known")


def _common(message: Message, rule: SourceRule, document: dict[str, Any]) -> dict[str, Any]:
    offset_h = message.sources.utc_offset_h
    stamp = from_text(document.get("time"), message.received_at, offset_h)
    return seen(message, rule.name, DIALECT, stamp, _id(document))


def _id(document: dict[str, Any]) -> str:
    return id_of(document.get("deduplicationId"))


def _status_battery(document: dict[str, Any]) -> float | None:
    per_cent = number(document.get("batteryLevel"))
    return bounded(per_cent / 100.0, 0.0, 1.0) if per_cent else None


def _located(document: dict[str, Any], common: dict[str, Any]) -> Located:
    place = document.get("location")
    place = place if isinstance(place, dict) else {}
    lon, lat = number(place.get("longitude")), number(place.get("latitude"))
    position = checked(lon, lat, place.get("accuracy"))
    if position is None:
        raise Unreadable(RejectionReason.POSITION_INVALID, "location")
    return Located(position=position, **common)


def _log(
    message: Message, rule: SourceRule, document: dict[str, Any], common: dict[str, Any]
) -> Observation:
    words = [document.get(field) for field in ("code", "description")]
    text = clean(": ".join(word for word in words if isinstance(word, str)))
    if document.get("level") == "ERROR":
        return Fault(text=text, **common)
    return other(message, rule.name, DIALECT, text)


# --- uplinks ------------------------------------------------------------------------------------


def _uplink(
    message: Message, rule: SourceRule, document: dict[str, Any], common: dict[str, Any]
) -> Observation:
    """The most important thing an uplink says: one message is one observation."""
    body = document.get("object")
    values = decoded.lowered(body) if isinstance(body, dict) else {}
    found = decoded.readings(values, rule)
    position = decoded.coordinates(values)
    alarms = _mapped(found, rule, State.ALARM)
    if alarms:
        return _alarm(rule, alarms, position, common)
    if tests := [reading for reading in found if reading.state is State.TEST]:
        return Test(text=_text(rule, tests), **common)
    if faults := _faults(found, rule):
        return Fault(text=_text(rule, faults), **common)
    if position is not None:
        return Located(position=position, battery=decoded.battery(values), **common)
    # A button that is not pressed clears nothing: a call for help stands until someone comes.
    lasting = [reading for reading in found if reading.lasting]
    if normal := _mapped(lasting, rule, State.NORMAL):
        return _clear(normal, common)
    return _sign_of_life(message, rule, values, found, common)


def _sign_of_life(
    message: Message,
    rule: SourceRule,
    values: decoded.Decoded,
    found: list[Reading],
    common: dict[str, Any],
) -> Observation:
    if unmapped := [reading for reading in found if reading.state is State.ALARM]:
        return other(message, rule.name, DIALECT, _text(rule, unmapped))
    if found or decoded.is_measurement(values):
        text = _text(rule, [reading for reading in found if reading.state is State.QUIET])
        return Heartbeat(battery=decoded.battery(values), text=text, **common)
    return other(message, rule.name, DIALECT, "")


def _mapped(
    found: list[Reading], rule: SourceRule, state: State
) -> list[tuple[AlarmKind, Reading]]:
    """The readings in `state` for which the rule has a kind."""
    kinds = [(_kind(reading, rule), reading) for reading in found if reading.state is state]
    return [(kind, reading) for kind, reading in kinds if kind is not None]


def _kind(reading: Reading, rule: SourceRule) -> AlarmKind | None:
    kinds = (alarm_kind(rule, label) for label in reading.labels)
    return next((kind for kind in kinds if kind is not None), None)


def _faults(found: list[Reading], rule: SourceRule) -> list[Reading]:
    """Faults, and a word that we do not know on a sensor that may alarm: a person looks at it."""
    return [
        reading
        for reading in found
        if reading.state is State.FAULT
        or (reading.state is State.UNKNOWN and _kind(reading, rule) is not None)
    ]


def _alarm(
    rule: SourceRule,
    alarms: list[tuple[AlarmKind, Reading]],
    position: Position | None,
    common: dict[str, Any],
) -> Alarm:
    kind = most_urgent(kind for kind, _ in alarms)
    first = next(reading for of, reading in alarms if of is kind)
    return Alarm(
        kind=kind or AlarmKind.OTHER,
        channel=first.labels[0] if first.lasting else None,
        text=_text(rule, [reading for _, reading in alarms]),
        place=rule.place,
        position=position or own_place(rule),
        **common,
    )


def _clear(normal: list[tuple[AlarmKind, Reading]], common: dict[str, Any]) -> Clear:
    """All that can alarm is normal: of one reading, or (no kind, no channel) of the source."""
    episodes = {(kind, reading.labels[0]) for kind, reading in normal}
    if len(episodes) > 1:
        return Clear(**common)
    kind, channel = episodes.pop()
    return Clear(kind=kind, channel=channel, **common)


def _text(rule: SourceRule, found: list[Reading]) -> str:
    words = ", ".join(reading.text for reading in found)
    return clean(f"{rule.text} {words}" if rule.text else words)
