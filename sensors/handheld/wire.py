"""Between bytes on MQTT and the handheld's values. Pure.

Every text of the post is cleaned here, once: what is in the journal is safe to show.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import ValidationError

from sensors import messages, times, topics
from sensors.handheld.values import Notice, Order, OrderState, Parcel, Receipt
from sensors.messages import Unreadable
from sensors.observations import Position, RejectionReason
from sensors.positions import checked, read
from sensors.text import NAME_LIMIT, clean, clean_id
from sensors.topics import Kind

HAZARDS_SHOWN = 20
OTHERS_SHOWN = 50
FIELDS_SHOWN = 8
UTC_OFFSET_H = 8.0


def digest(payload: bytes) -> str:
    """Names a message that has no id."""
    return hashlib.sha256(payload).hexdigest()[:16]


def read_order(payload: bytes, unit: str, root: str, now: float) -> Order:
    """An order for `unit`; raises `Unreadable`, also when it is written to another unit."""
    wire = messages.read(messages.Order, payload)
    if clean_id(wire.order_id) != wire.order_id:
        raise Unreadable(RejectionReason.FIELD_INVALID, "order_id")
    if wire.unit != unit:
        raise Unreadable(RejectionReason.FIELD_INVALID, f"unit: {clean(wire.unit, NAME_LIMIT)}")
    return Order(
        order_id=wire.order_id,
        rev=wire.rev,
        state=OrderState(wire.state),
        unit=wire.unit,
        incident_id=clean_id(wire.incident_id),
        role=clean(wire.role, NAME_LIMIT),
        kind=clean(wire.kind, NAME_LIMIT),
        priority=wire.priority,
        place=clean(wire.place, NAME_LIMIT),
        position=_position(wire.position),
        text=clean(wire.text),
        hazards=_texts(wire.hazards, HAZARDS_SHOWN),
        contact=clean(wire.contact, NAME_LIMIT),
        others=_texts(wire.others, OTHERS_SHOWN),
        issued_at=_time(wire.issued_at, now),
        reply_within_s=wire.reply_within_s,
        expires_at=_time(wire.expires_at, now),
        exercise=wire.exercise or root == topics.DRILL_ROOT,
    )


def _position(point: messages.Point | None) -> Position | None:
    return None if point is None else read(point.model_dump(exclude_none=True))


def _time(text: str | None, now: float) -> float | None:
    return times.from_text(text, now, UTC_OFFSET_H).at


def _texts(texts: tuple[str, ...], limit: int) -> tuple[str, ...]:
    return tuple(cleaned for text in texts[:limit] if (cleaned := clean(text)))


def read_receipts(payload: bytes) -> tuple[list[Receipt], int]:
    """The receipts that can be read, and how many can't; raises `Unreadable` for the whole.

    Line by line: one odd line must not keep the other hundred from their senders.
    """
    lines = messages.loads(payload).get("receipts")
    if not isinstance(lines, list):
        raise Unreadable(RejectionReason.FIELD_MISSING, "receipts")
    receipts = [_receipt(line) for line in lines]
    good = [receipt for receipt in receipts if receipt is not None]
    return good, len(receipts) - len(good)


def _receipt(line: Any) -> Receipt | None:
    try:
        wire = messages.ReceiptLine.model_validate(line)
    except ValidationError:
        return None
    return Receipt(
        id=wire.id,
        outcome=wire.outcome,
        incident_id=clean_id(wire.incident_id or ""),
        reason=clean(wire.reason or ""),
        step=clean(wire.step or "", NAME_LIMIT),
        text=clean(wire.text or ""),
    )


def read_notice(payload: bytes, scope: str, root: str) -> Notice:
    """A notice to everybody or to a place. The contract leaves its fields open: all are shown."""
    document = messages.loads(payload)
    text, key = document.pop("text", ""), document.pop("id", "")
    exercise = document.pop("exercise", False) is True or root == topics.DRILL_ROOT
    said = {clean(name, NAME_LIMIT): _scalar(value) for name, value in document.items()}
    fields = {name: value for name, value in said.items() if name and value and name != "v"}
    return Notice(
        key=(clean_id(key) if isinstance(key, str) else "") or digest(payload),
        text=clean(text) if isinstance(text, str) else "",
        scope=scope,
        fields=dict(list(fields.items())[:FIELDS_SHOWN]),
        exercise=exercise,
    )


def _scalar(value: Any) -> str:
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def read_online(payload: bytes) -> bool:
    """Whether the post says that it is there; raises `Unreadable`.

    Empty: the status was taken away, as a drill does that is over.
    """
    return bool(payload) and messages.read(messages.Status, payload).online


def parcel_bytes(parcel: Parcel) -> bytes:
    """What goes out; the same bytes each time, so that the post sees a repeat."""
    return to_json(parcel.body)


def heartbeat_bytes(now: float) -> bytes:
    """A sign of life."""
    return to_json({"at": times.rfc3339(now), "ok": True})


def position_bytes(position: Position, now: float) -> bytes:
    """Where the unit is."""
    return to_json({"at": times.rfc3339(now), "position": position_body(position)})


def position_body(position: Position) -> dict[str, float]:
    """A WGS-84 position as the contract writes it."""
    return {"lon": position.lon, "lat": position.lat}


def position_of(lon: float, lat: float) -> Position | None:
    """A usable position, or None (off the earth, 0/0)."""
    return checked(lon, lat)


def to_json(document: dict[str, Any]) -> bytes:
    """Compact UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def subscriptions(root: str, township: str, unit: str, place: str = "") -> dict[str, int]:
    """What a handheld listens to: topic -> QoS. Raises ValueError for a name that can't be."""
    if not topics.is_name(unit):
        raise ValueError(f"not the name of a unit: {unit!r}")
    wanted = {
        topics.order_topic(root, township, unit): 1,
        topics.receipt_topic(root, township, unit): 1,
        topics.notice_topic(root, township): 1,
        topics.notice_topic(root, township, unit): 1,
        topics.status_topic(root, township): 1,
    }
    return wanted | ({topics.notice_topic(root, township, place): 1} if place else {})


def up(root: str, township: str, unit: str, kind: Kind) -> str:
    """Where this unit publishes messages of `kind`."""
    return topics.up_topic(root, township, unit, kind)
