"""The words in which Milesight's and Dragino's decoders say what a LoRaWAN sensor saw. Pure.

Every maker spells it in its own way (`smoke_status: "alarm"`, `WATER_LEAK_STATUS: 1`,
`Distance: "2116 mm"`, `press: "short"`). Here it becomes a list of readings: which label of
sources.toml, and whether that is an alarm, a test, a fault or normal. Key names are compared in
lower case. `history` inside an object is what happened before, and is not looked at.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Any, NamedTuple

from sensors.observations import Position
from sensors.positions import bounded, checked
from sensors.sources import SourceRule
from sensors.text import NAME_LIMIT, clean
from sensors.times import number


class State(Enum):
    """What one reading means."""

    ALARM = auto()
    TEST = auto()
    FAULT = auto()
    NORMAL = auto()
    QUIET = auto()  # known, neither alarm nor all clear: a silenced detector, one just installed
    UNKNOWN = auto()


class Reading(NamedTuple):
    """One reading. `labels`: names to look for in the rule's kinds, the most exact first.

    `lasting`: the sensor repeats the state in every uplink, so that one alarm is many messages.
    """

    labels: tuple[str, ...]
    state: State
    text: str
    lasting: bool = True


Decoded = dict[str, Any]

# label in sources.toml: the keys that different decoders use for it
_STATES = {
    "smoke": ("smoke_status", "smoke_alarm", "smoke_detected", "smoke"),
    "flame": ("flame_status", "flame_alarm", "flame_detected", "flame", "fire_status", "fire"),
    "gas": ("gas_status", "gas_alarm", "gas"),
    "leak": ("leakage_status", "water_leak_status", "leak_status", "water_leak", "leak"),
    "alarm": ("alarm_status", "alarm"),
}
_BUTTONS = (
    "button_event",
    "button_status",
    "button_pressed",
    "button",
    "press",
    "sos_event",
    "sos_status",
    "sos",
)
_TAMPERS = ("tamper_status", "tamper_alarm", "tamper")
_BATTERIES = ("battery", "battery_level")
# Signs that the object came from a decoder of a sensor, even when nothing in it is a state.
_MEASURES = frozenset(
    {*_BATTERIES, "bat", "bat_v", "batv", "depth", "distance", "humidity", "level", "temperature"}
)

_WORDS = {
    **dict.fromkeys(("alarm", "alert", "alarming", "leak", "leaking", "detected"), State.ALARM),
    **dict.fromkeys(("smoke", "fire", "flame", "triggered", "true", "on", "1"), State.ALARM),
    **dict.fromkeys(("yes", "active", "sos", "tamper", "tampered", "open"), State.ALARM),
    **dict.fromkeys(("normal", "ok", "off", "false", "0", "no", "clear", "dry"), State.NORMAL),
    **dict.fromkeys(("none", "inactive", "idle", "no leak", "closed", "released"), State.NORMAL),
    **dict.fromkeys(("silent", "silenced", "mute", "muted", "installed"), State.QUIET),
    **dict.fromkeys(("low battery", "failover", "fault", "removed", "uninstall"), State.FAULT),
    **dict.fromkeys(("uninstalled", "error", "failure"), State.FAULT),
}

_QUANTITY = re.compile(r"\s*([-+]?\d{1,12}(?:\.\d{1,6})?)\s*(mm|cm|m)?\s*", re.IGNORECASE)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def lowered(decoded: dict[str, Any]) -> Decoded:
    """The decoder's object with its keys in lower case; absent values (null) are left out."""
    return {key.lower(): value for key, value in decoded.items() if value is not None}


def readings(decoded: Decoded, rule: SourceRule) -> list[Reading]:
    """Everything in the object that has a meaning for the post."""
    found = [_state(label, decoded[key]) for label, key in _present_states(decoded)]
    found += [_button(decoded[key]) for key in _BUTTONS if key in decoded]
    found += [_tamper(decoded[key]) for key in _TAMPERS if key in decoded]
    found += _levels(decoded, rule)
    return found


def battery(decoded: Decoded) -> float | None:
    """Charge 0..1 where the decoder gives per cent; volts (Dragino) say too little."""
    for key in _BATTERIES:
        per_cent = number(decoded.get(key))
        if per_cent is not None and not _is_volts(per_cent):
            return bounded(per_cent / 100.0, 0.0, 1.0)
    return None


def _is_volts(value: float) -> bool:
    """Some decoders call the voltage of a cell "battery": 3.042 is not three per cent."""
    return value < 5.0 and not value.is_integer()


def is_measurement(decoded: Decoded) -> bool:
    """Whether the object is a sensor's report at all, and so a sign of life."""
    return not _MEASURES.isdisjoint(decoded)


def coordinates(decoded: Decoded) -> Position | None:
    """A tracker's position, or None: no fix is normal indoors."""
    lon = number(decoded.get("longitude", decoded.get("lon", decoded.get("lng"))))
    lat = number(decoded.get("latitude", decoded.get("lat")))
    return checked(lon, lat)


def _present_states(decoded: Decoded) -> list[tuple[str, str]]:
    found = [(label, key) for label, keys in _STATES.items() for key in keys if key in decoded]
    if isinstance(decoded.get("event"), str):  # Milesight GS524N: the kind of sensor is in `type`
        smoke = "smoke" in str(decoded.get("type", "")).lower()
        found.append(("smoke" if smoke else "alarm", "event"))
    return found


def _state(label: str, value: Any) -> Reading:
    return Reading((label,), _meaning(value), _text(label, value))


def _tamper(value: Any) -> Reading:
    state = _meaning(value)
    return Reading(
        ("tamper",), State.FAULT if state is State.ALARM else state, _text("tamper", value)
    )


def _button(value: Any) -> Reading:
    """A press is an event. Whatever is not plainly "no press" counts: it may be a call for help."""
    text = _plain(value)
    state = _meaning(value)
    if state in (State.UNKNOWN, State.QUIET, State.FAULT) and text:
        state = State.ALARM
    return Reading(_button_labels(text), state, _text("button", value), lasting=False)


def _button_labels(text: str) -> tuple[str, ...]:
    press = next((press for press in ("long", "double", "short") if press in text), "")
    return (f"button_{press}", "button") if press else ("button",)


def _levels(decoded: Decoded, rule: SourceRule) -> list[Reading]:
    """Readings against the rule's thresholds: `level_mm` (alarm above), `distance_mm_below`."""
    found = []
    for name, limit in rule.thresholds.items():
        reading, unit = _named(name.removesuffix("_below"))
        value = decoded.get(reading, decoded.get(f"water_{reading}"))
        if value is not None:
            state = _level_state(reading, value, unit, limit, below=name.endswith("_below"))
            found.append(Reading((reading, "level"), state, _text(reading, value)))
    return found


def _named(threshold: str) -> tuple[str, str]:
    """`level_mm` is the reading "level" in millimetres, `level` the bare number."""
    reading, _, unit = threshold.rpartition("_")
    return (reading, unit) if reading else (unit, "")


def _level_state(reading: str, value: Any, unit: str, limit: float, *, below: bool) -> State:
    amount = _amount(value, unit)
    if amount is None:
        return State.UNKNOWN
    if reading == "distance" and amount <= 0:  # Dragino LDDS75: 0 mm means no sensor found
        return State.FAULT
    return State.ALARM if (amount < limit if below else amount > limit) else State.NORMAL


def _amount(value: Any, unit: str) -> float | None:
    """A number, or a text with a unit of length, in `unit`; a bare number is in `unit` already."""
    if not isinstance(value, str):
        return number(value)
    match = _QUANTITY.fullmatch(value)
    if match is None:
        return None
    amount = float(match[1])
    if match[2] is None or unit not in _MILLIMETRES:
        return amount
    return amount * _MILLIMETRES[match[2].lower()] / _MILLIMETRES[unit]


def _meaning(value: Any) -> State:
    text = _plain(value)
    if text.startswith("test") or " test" in text:
        return State.TEST
    # Another number is a concentration or a count: what it means is for a threshold to say.
    return _WORDS.get(text, State.QUIET if number(text) is not None else State.UNKNOWN)


def _plain(value: Any) -> str:
    """The word or 0/1 in a value; newer decoders wrap it as `{"status": …}`. "" for no word."""
    if isinstance(value, dict):
        value = value.get("status")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else ""
    return clean(value, NAME_LIMIT).lower().replace("_", " ") if isinstance(value, str) else ""


def _text(label: str, value: Any) -> str:
    return f"{label}: {_plain(value)}"
