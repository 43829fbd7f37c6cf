"""Shared by the tests of the reading side: sources, a time of receipt, and short ways to read."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from sensors.normalise import normalise
from sensors.observations import Observation, Rejection, RejectionReason
from sensors.sources import SourceRule, Sources, index

RECEIVED_AT = 1_795_392_000.0  # 2026-11-23T08:00:00+08:00
AT = "2026-11-23T08:00:00+08:00"
EUI = "0101010101010101"

FRIGATE_KINDS = {"person": "intrusion", "car": "other", "fire": "fire", "fire_alarm": "fire"}
SENSOR_KINDS = {
    "smoke": "smoke",
    "leak": "facility",
    "level": "flood",
    "button": "sos",
    "flame": "fire",
}
SENSOR = SourceRule(
    "sensor-v03",
    "chirpstack",
    EUI,
    kinds=SENSOR_KINDS,
    place="v03-g2",
    lon=107.55,
    lat=35.28,
    thresholds={"depth_cm": 120.0, "level_mm": 2000.0, "distance_mm_below": 500.0},
)
RULES = (
    *(
        SourceRule(f"cam-{name}", "frigate", name, kinds=FRIGATE_KINDS, min_confidence=0.5)
        for name in ("front_door", "front_doorbell", "front_cam")
    ),
    SourceRule("rangers-1", "owntracks", "user/device", person=True),
    SourceRule("rangers-2", "owntracks", "jane/nokia", person=True),
    SENSOR,
)
SOURCES: Sources = index("fs", "jingming", RULES)

Found = TypeVar("Found")


def encoded(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")


def result(topic: str, payload: Any, *, retained: bool = False) -> Observation | Rejection:
    """What the post makes of `payload` (bytes, or a document) on `topic`."""
    return normalise(topic, encoded(payload), RECEIVED_AT, SOURCES, retained=retained)


def read(kind: type[Found], topic: str, payload: Any, *, retained: bool = False) -> Found:
    """The observation, which must be of `kind`."""
    found = result(topic, payload, retained=retained)
    assert isinstance(found, kind), found
    return found


def refusal(topic: str, payload: Any) -> Rejection:
    return read(Rejection, topic, payload)


def refused(topic: str, payload: Any) -> RejectionReason:
    """Why the message was refused; it must have been."""
    return refusal(topic, payload).reason
