"""What the post listens to: people in one session, devices in the other, and its own status."""

from __future__ import annotations

import datetime as dt
import json

from command.core.township import Township
from sensors.topics import Kind, up_filter, up_topic

_FOREIGN = {
    "frigate": (
        "frigate/events",
        "frigate/reviews",
        "frigate/available",
        "frigate/+/audio/fire_alarm",
    ),
    "owntracks": ("owntracks/+/+",),
    "chirpstack": ("application/+/device/+/event/+",),
}


def people(root: str, township: Township) -> list[str]:
    """Replies, duty, requests, and the alarms of teams and of persons with a device of their own.

    Posts' alarms come with the devices': NATS grants one session 65,535 unacknowledged messages in
    all, some 60 subscriptions, and a township has 140 posts.
    """
    names = {unit.id for unit in township.units if not unit.shared}
    names |= {rule.name for rule in township.sources if rule.person and rule.dialect == "native"}
    kinds = (Kind.REPLY, Kind.DUTY, Kind.REQUEST)
    return [
        *(up_filter(root, township.id, kind) for kind in kinds),
        *(up_topic(root, township.id, name, Kind.ALARM) for name in sorted(names)),
    ]


def devices(root: str, township: Township) -> list[str]:
    """Everything else: alarms of all others, signs of life, and the foreign systems in use.

    Foreign topics carry no root: a drill's post leaves them to the live one.
    """
    kinds = (Kind.ALARM, Kind.CLEAR, Kind.HEARTBEAT, Kind.POSITION)
    own = [up_filter(root, township.id, kind) for kind in kinds]
    dialects = {rule.dialect for rule in township.sources} if root == "fs" else set()
    return own + [topic for name in sorted(dialects) for topic in _FOREIGN.get(name, ())]


def status(now: float, utc_offset_h: float, *, online: bool) -> bytes:
    """The retained `post/status`, so that handhelds can say that the post is offline."""
    zone = dt.timezone(dt.timedelta(hours=utc_offset_h))
    since = dt.datetime.fromtimestamp(now, zone).isoformat(timespec="seconds")
    return json.dumps({"online": online, "since": since}).encode()
