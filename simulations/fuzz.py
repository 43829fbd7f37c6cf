"""Hostile field: broken, mutated and malicious messages on every topic shape, for as long as asked.

`run` feeds `normalise` and holds every result against `complaint`: whatever comes in, an
observation or a rejection comes out, with clean bounded texts, finite numbers and positions on
earth. The same seed gives the same messages. `python -m simulations.fuzz SECONDS [SEED]` runs it.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from math import isfinite
from random import Random
from typing import Any

from sensors.normalise import normalise
from sensors.observations import Observation, Position, Rejection, RejectionReason
from sensors.sources import SourceRule, Sources, index
from sensors.text import clean
from sensors.times import BELIEVABLE_UNTIL, SET_SINCE
from sensors.words import tr

RECEIVED_AT = 1_795_392_000.0  # 2026-11-23T08:00:00+08:00
LONGEST = 512  # characters of the longest string an observation may hold: an evidence address
PROGRESS_S = 10.0

RULES = (
    SourceRule("yd-01", "frigate", "yard", kinds={"person": "intrusion", "fire_alarm": "fire"}),
    SourceRule("rangers-1", "owntracks", "ranger/phone", person=True),
    SourceRule(
        "smoke-v03",
        "chirpstack",
        "24e124aabbccdd01",
        kinds={"smoke": "smoke", "leak": "facility", "level": "flood", "button": "sos"},
        thresholds={"level_mm": 2000.0, "distance_mm_below": 500.0},
        lon=107.55,
        lat=35.28,
    ),
)
SOURCES: Sources = index("fs", "jingming", RULES)

_DEVICE = "application/1/device/24e124aabbccdd01/event"
_AT = "2026-11-23T08:00:00+08:00"
_POINT = {"lon": 107.55, "lat": 35.28, "accuracy_m": 30, "datum": "gcj02"}
_EVENT = {
    "type": "new",
    "before": None,
    "after": {
        "id": "1795392000.1-ab",
        "camera": "yard",
        "label": "person",
        "top_score": 0.9,
        "start_time": 1795391999.5,
        "current_zones": ["gate"],
        "data": {"objects": ["person"], "audio": [], "zones": []},
        "severity": "alert",
    },
}

# One good message for every topic shape: mutations start from here.
SEEDS: tuple[tuple[str, Any], ...] = (
    (
        "fs/jingming/ljg-01/alarm",
        {
            "v": 1,
            "id": "a-1",
            "kind": "smoke",
            "at": _AT,
            "severity": "severe",
            "confidence": 0.87,
            "position": _POINT,
            "place": "v03-g2",
            "text": "对面山坡冒烟",
            "evidence": ["http://10.0.0.1/a.jpg"],
            "exercise": False,
        },
    ),
    ("fs/jingming/ljg-01/clear", {"id": "c-1", "at": _AT, "alarm": "a-1", "kind": "smoke"}),
    ("fs/jingming/ljg-01/heartbeat", {"at": _AT, "ok": True, "text": "好", "battery": 0.8}),
    ("fs/jingming/rangers-1/position", {"at": _AT, "position": _POINT, "speed_mps": 1.2}),
    (
        "fs/jingming/militia-1/reply",
        {
            "id": "r-1",
            "order_id": "O-e1-17",
            "unit": "militia-1",
            "status": "accepted",
            "at": _AT,
            "text": "马上出发",
            "rev": 1,
        },
    ),
    ("fs/jingming/militia-1/duty", {"id": "d-1", "at": _AT, "on": True}),
    ("fs/jingming/militia-1/request", {"id": "q-1", "at": _AT, "need": "water", "text": "要水"}),
    ("fs/jingming/militia-1/order", {"order_id": "O-1"}),
    ("frigate/events", _EVENT),
    ("frigate/reviews", _EVENT),
    ("frigate/tracked_object_update", {"type": "description", "id": "1", "description": "x"}),
    ("frigate/available", "online"),
    ("frigate/yard/audio/fire_alarm", "ON"),
    (
        "owntracks/ranger/phone",
        {
            "_type": "location",
            "lat": 35.28,
            "lon": 107.55,
            "acc": 12,
            "batt": 80,
            "vel": 4,
            "tst": 1795391990,
            "t": "u",
            "tid": "r1",
        },
    ),
    ("owntracks/ranger/phone", {"_type": "cmd", "action": "dump"}),
    (
        f"{_DEVICE}/up",
        {
            "deduplicationId": "3ac7e3c4",
            "time": "2026-11-23T00:00:00.775023242+00:00",
            "object": {
                "smoke_status": "normal",
                "battery": 92,
                "Distance": "2116 mm",
                "level": 1200,
                "latitude": 35.28,
                "longitude": 107.55,
                "button_event": {"status": "short press"},
            },
        },
    ),
    (f"{_DEVICE}/log", {"time": _AT, "level": "ERROR", "code": "OTAA", "description": "no"}),
    (f"{_DEVICE}/status", {"time": _AT, "batteryLevel": 75.0, "margin": 3}),
    (f"{_DEVICE}/location", {"time": _AT, "location": {"latitude": 35.2, "longitude": 107.5}}),
)

# Values that have broken some reader somewhere.
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    9999999,
    10**400,
    -0.0,
    1e308,
    5e-324,
    float("nan"),
    float("inf"),
    "",
    "5",
    "NaN",
    "1e999",
    "smoke",
    "testing alarm",
    "\x1b]0;owned\x07",
    "\x1b[31m\x9b2J\x1bP1\x1b\\",
    "[/red]{0}%s",
    "\u202e\u2066\u200b\ufeff",
    "\U000e0041\ue000\U0010ffff\ud800",
    "e" + "\u0301" * 60,
    "\u0301start",
    "\x00\x07\r\n\t\x85\u2028",
    "x" * 70_000,
    "火" * 600,
    "0000-00-00T00:00:00",
    "9999-12-31T23:59:59-99:99",
    "0001-01-01T00:00:00+23:59",
    "2026-11-23T08:00:60-8:00",
    [],
    {},
    [[]],
    {"status": {"status": "alarm"}},
    {"lon": 0, "lat": 0},
    {"lon": 181, "lat": 35},
    {"lon": 107.5, "lat": 35.2, "datum": "bd09"},
)

RAW: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[1]",
    b"{",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"NaN",
    b'{"id":"\\ud800"}',
    b'{"id":"a","id":"b"}',
    b"[" * 5000,
    b'{"a":' * 5000,
    b'{"id":1e999}',
    b"9" * 5000,
)


class HostileInputError(RuntimeError):
    """A message got through that should not have: the reader has a mistake. Carries a repeat."""


def complaint(result: Observation | Rejection) -> str:
    """What is wrong with a result of `normalise`, "" for nothing."""
    if not isinstance(result, Rejection):
        late = _time_fault(result.at_source)
    elif result.reason is RejectionReason.INTERNAL:
        return f"the reader raised {result.detail}"
    else:
        late = ""
    return late or next((fault for value in _leaves(result) if (fault := _fault(value))), "")


def run(seconds: float, seed: int = 1, report: Callable[[str], None] = print) -> int:
    """Feed mutated messages for `seconds`; the number fed. Raises `HostileInputError`."""
    random = Random(seed)
    counts: Counter[str] = Counter()
    started = said = time.monotonic()
    while (now := time.monotonic()) - started < seconds:
        if now - said >= PROGRESS_S:
            said = now
            report(_said(counts, now - started))
        for _ in range(200):
            counts[_one(random, seed)] += 1
    report(_said(counts, seconds))
    return counts.total()


def _said(counts: Counter[str], seconds: float) -> str:
    shares = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    line = tr("{count} hostile messages read in {seconds} s: {shares}")
    return line.format(count=counts.total(), seconds=round(seconds), shares=shares)


def _one(random: Random, seed: int) -> str:
    topic, payload = message(random)
    result = normalise(topic, payload, RECEIVED_AT, SOURCES, retained=random.random() < 0.1)
    if fault := complaint(result):
        raise HostileInputError(f"{fault}; seed {seed}, {topic!r} {payload[:2000]!r}")
    return type(result).__name__


def message(random: Random) -> tuple[str, bytes]:
    """One hostile message: a topic and its bytes."""
    topic, document = random.choice(SEEDS)
    if random.random() < 0.05:
        topic = _other_topic(random, topic)
    if random.random() < 0.05:
        return topic, random.choice(RAW)
    for _ in range(random.randrange(4)):
        document = _mutated(random, document)
    payload = _bytes(document)
    return topic, _torn(random, payload) if random.random() < 0.3 else payload


def _bytes(document: Any) -> bytes:
    if isinstance(document, str):
        return document.encode("utf-8", "surrogatepass")
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _mutated(random: Random, value: Any) -> Any:
    """A copy of `value` with one thing in it changed, anywhere."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        rest = {name: part for name, part in value.items() if name != key}
        if random.random() < 0.15:
            return rest
        return rest | {key: _mutated(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.5:
        place = random.randrange(len(value))
        return [*value[:place], _mutated(random, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and random.random() < 0.3:
        place = random.randrange(len(value) + 1)
        return value[:place] + str(random.choice(HOSTILE))[:200] + value[place:]
    return random.choice(HOSTILE)


def _torn(random: Random, payload: bytes) -> bytes:
    """Bytes lost, doubled, flipped or mixed in on the way."""
    start = random.randrange(len(payload) + 1)
    end = min(len(payload), start + random.randrange(12))
    middle = (b"", payload[start:end] * 2, random.randbytes(end - start), random.choice(RAW)[:99])
    return payload[:start] + random.choice(middle) + payload[end:]


def _other_topic(random: Random, topic: str) -> str:
    parts = topic.split("/")
    place = random.randrange(len(parts))
    words = ("", "post", "all", "fsx", "order", "\x1b[2J", "雷家沟", "x" * 300, "audio", "+", "..")
    parts[place] = random.choice(words)
    return "/".join(parts + ([] if random.random() < 0.8 else ["x"]))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Position):
        yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _fault(value: Any) -> str:
    if isinstance(value, Position):
        return _position_fault(value)
    if isinstance(value, str):
        dirty = len(value) > LONGEST or clean(value, LONGEST) != value
        return f"a text is not clean: {value!r}" if dirty else ""
    if isinstance(value, float):
        return "" if isfinite(value) else "a number is not finite"
    return ""


def _position_fault(position: Position) -> str:
    lon, lat = position.lon, position.lat
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 == lat):
        return f"a position off the earth: {position}"
    return ""


def _time_fault(at_source: float | None) -> str:
    if at_source is None or SET_SINCE <= at_source < BELIEVABLE_UNTIL:
        return ""
    return f"a time from a clock that was never set: {at_source}"


if __name__ == "__main__":
    run(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
