"""What a handheld knows, as plain values. Pure: no I/O, no clock.

Times are POSIX seconds (float). Texts from outside are already clean and bounded (wire.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sensors.observations import Position, ReplyStatus
from sensors.topics import Kind


class OrderState(StrEnum):
    """What an order message says about itself."""

    OFFERED = "offered"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One revision of an order, as the post sent it."""

    order_id: str
    rev: int
    state: OrderState
    unit: str
    incident_id: str = ""
    role: str = ""
    kind: str = ""
    priority: int | None = None  # 1 is first
    place: str = ""
    position: Position | None = None
    text: str = ""
    hazards: tuple[str, ...] = ()
    contact: str = ""
    others: tuple[str, ...] = ()
    issued_at: float | None = None
    reply_within_s: float | None = None
    expires_at: float | None = None
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message of ours, kept on disk until its receipt. `n` counts within one run."""

    id: str
    n: int
    kind: Kind  # reply, duty, request or alarm
    body: dict[str, Any]
    at: float
    order_id: str = ""
    status: ReplyStatus | None = None  # replies only


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An order in hand: its latest revision, and the furthest thing we answered to it.

    `offered_at` is when the latest offer reached us; an update does not move it. `received` is the
    answer that every repeat of this revision gets again, with the same id. `arrival` orders the
    list: the newest offer has the highest.
    """

    order: Order
    answer: ReplyStatus
    offered_at: float
    arrival: int
    received: Parcel
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The post's proof that it has our message `id` on its disk."""

    id: str
    outcome: str  # opened, merged, logged, duplicate, rejected; a later word counts as taken
    incident_id: str = ""
    reason: str = ""
    step: str = ""  # later news of a case
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning, a roll call or a stand-down for everybody or for one place."""

    key: str  # its id, else a digest: the same notice is shown once
    text: str
    scope: str = "all"  # "all" or the place
    fields: dict[str, str] = field(default_factory=dict)  # whatever else it says, for reading
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing to tell the team. `event` names it for scripts; show.py has the words."""

    event: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """All that survives a restart. Only `facts.evolve` changes it."""

    boot: str = ""
    counter: int = 0
    arrivals: int = 0
    held: dict[str, Held] = field(default_factory=dict)  # by order id
    outbox: dict[str, Parcel] = field(default_factory=dict)  # by message id, oldest first
    told: dict[str, Parcel] = field(default_factory=dict)  # receipted alarms and requests
    news: dict[str, str] = field(default_factory=dict)  # message id -> last news shown
    seen: dict[str, float] = field(default_factory=dict)  # notices, unreadables: key -> when
