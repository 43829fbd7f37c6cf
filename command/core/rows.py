"""The rows that are not of anybody's work: sources, alerts, notices, the shelf, the post. Pure."""

from __future__ import annotations

from typing import Any

from command.core import reference
from command.core.world import World

Row = dict[str, Any]


def source_row(world: World, source: str) -> Row:
    """A camera or sensor: unknown until first heard, then online, fault or offline."""
    state = world.sources.get(source)
    row: Row = {"id": source, "class": world.index.classes.get(source, "unknown")}
    row["place"] = world.index.homes.get(source, ("", None))[0]
    if (camera := world.index.cameras.get(source)) is not None:
        row |= reference.camera_fields(camera)
    if state is None:
        return row | {"state": "unknown", "since": None}
    online = "online" if state.ok else "fault"
    return row | {
        "state": online if state.online else "offline",
        "since": state.since,
        "last_at": state.last_at,
        "text": state.text,
        "battery": state.battery,
        "alarms": state.alarms,
    }


def alert_row(world: World, alert: str) -> Row | None:
    """Something the officer must know; gone once acknowledged."""
    known = world.alerts.get(alert)
    if known is None:
        return None
    return {
        "id": alert,
        "at": known.at,
        "reason": known.reason,
        "incident": known.incident,
        "unit": known.unit,
        "source": known.source,
        "order_id": known.order_id,
        "text": known.text,
    }


def notice_row(world: World, key: str) -> Row | None:
    """Words to the handhelds, and when the broker had them (None: they still wait)."""
    notice = world.notices.get(key)
    if notice is None:
        return None
    return {
        "id": key,
        "at": notice.at,
        "to": notice.to,
        "by": notice.by,
        "text": notice.text,
        "incident": notice.incident,
        "reason": notice.reason,
        "sent_at": notice.sent_at,
    }


def shelf_row(world: World, key: str) -> Row | None:
    """A source and kind that is quiet for a while."""
    if key not in world.shelf:
        return None
    source, _, kind = key.partition("|")
    return {"source": source, "kind": kind, "until": world.shelf[key].until}


def quarantine_row(world: World, key: str) -> Row | None:
    """A message that could not be read or that our code failed on; gone when newer ones came."""
    kept = world.quarantine.get(key)
    if kept is None:
        return None
    return {
        "quarantine": key,
        "at": kept.at,
        "source": kept.source,
        "topic": kept.topic,
        "why": kept.why,
        "detail": kept.detail,
    }


def post_row(world: World) -> Row:
    """The post itself."""
    township = world.township
    return {
        "township": world.township_id,
        "name": township.name if township else "",
        "name_en": township.name_en if township else "",
        "root": world.root,
        "era": world.era,
        "epoch": world.epoch,
        "rejected": world.rejected,
        "digest": world.digest,
        "response": world.response.level,
        "response_by": world.response.by,
        "response_since": world.response.since,
        "response_why": world.response.why,
    }
