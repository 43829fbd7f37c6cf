"""OwnTracks, the tracking app on a ranger's own phone: `owntracks/USER/DEVICE`. Pure.

Only a location is news. There is no SOS message; `t:"u"` (sent by hand) is the nearest, and stays
a position: pressing "report" to show where one is must not call out a team. The will (`lwt`) has no
time worth reading and is no alarm. Locations are retained and queued for days: the time that counts
is `tst`, when the fix was taken. The topic says who it is; `topic` and `tid` inside do not.
"""

from __future__ import annotations

from typing import Any

from sensors.dialects.common import Message, id_of, other, rule_for, seen, string
from sensors.messages import Unreadable, loads
from sensors.observations import Located, Observation, RejectionReason
from sensors.positions import bounded, checked
from sensors.sources import SourceRule
from sensors.times import from_epoch, number

DIALECT = "owntracks"

_NO_NEWS = frozenset(
    {
        "beacon",
        "card",
        "configuration",
        "dump",
        "encrypted",
        "lwt",
        "request",
        "status",
        "steps",
        "transition",
        "waypoint",
        "waypoints",
    }
)
# Remote commands of the app's documentation. Known ones are noted, others refused; none is obeyed.
_COMMANDS = frozenset(
    {
        "action",
        "clearWaypoints",
        "dump",
        "reconnect",
        "reportLocation",
        "reportSteps",
        "restart",
        "setConfiguration",
        "setWaypoints",
        "status",
        "waypoints",
    }
)
_KMH_PER_MPS = 3.6
_FASTEST_MPS = 1000.0


def read(message: Message) -> Observation:
    """One message under `owntracks/`; raises `Unreadable`."""
    parts = message.topic.split("/")
    if len(parts) < 3 or not (parts[1] and parts[2]):
        raise Unreadable(RejectionReason.TOPIC_UNKNOWN, "owntracks/USER/DEVICE")
    rule = rule_for(message, DIALECT, f"{parts[1]}/{parts[2]}")
    try:
        return _observation(message, rule, loads(message.payload))
    except Unreadable as refused:
        refused.source = rule.name
        raise


def _observation(message: Message, rule: SourceRule, document: dict[str, Any]) -> Observation:
    what = string(document, "_type")
    if what == "location":
        return _located(message, rule, document)
    if what == "cmd":
        return _command(message, rule, document)
    if what in _NO_NEWS:
        return other(message, rule.name, DIALECT, what)
    raise Unreadable(RejectionReason.FIELD_INVALID, "_type")


def _command(message: Message, rule: SourceRule, document: dict[str, Any]) -> Observation:
    action = document.get("action")
    if not isinstance(action, str) or action not in _COMMANDS:
        raise Unreadable(RejectionReason.COMMAND_REFUSED, "action")
    return other(message, rule.name, DIALECT, f"cmd {action}")


def _located(message: Message, rule: SourceRule, document: dict[str, Any]) -> Located:
    accuracy_m = number(document.get("acc"))
    position = checked(number(document.get("lon")), number(document.get("lat")), accuracy_m)
    if position is None:
        raise Unreadable(RejectionReason.POSITION_INVALID, "lat, lon")
    stamp = from_epoch(document.get("tst"), message.received_at)
    return Located(
        position=position,
        speed_mps=_speed_mps(document.get("vel")),
        battery=_share(document.get("batt")),
        **seen(message, rule.name, DIALECT, stamp, id_of(document.get("_id"))),
    )


def _speed_mps(kmh: Any) -> float | None:
    """km/h to m/s; iOS sends -1 for "not known"."""
    speed = number(kmh)
    return None if speed is None else bounded(speed / _KMH_PER_MPS, 0.0, _FASTEST_MPS)


def _share(percent: Any) -> float | None:
    battery = number(percent)
    return None if battery is None else bounded(battery / 100.0, 0.0, 1.0)
