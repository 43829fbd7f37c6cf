"""What the post can learn from one message, as plain values. Pure: no I/O, no clock.

`normalise` turns (topic, bytes, time of receipt) into exactly one of these, or a `Rejection`.
Times are POSIX seconds (float); positions are WGS-84 degrees; texts are already clean and bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlarmKind(StrEnum):
    """The alarm kinds of contract v1."""

    SMOKE = "smoke"
    FIRE = "fire"
    FLOOD = "flood"
    LANDSLIDE = "landslide"
    EARTHQUAKE = "earthquake"
    STORM = "storm"
    ACCIDENT = "accident"
    ROAD_BLOCKED = "road_blocked"
    INTRUSION = "intrusion"
    FIGHT = "fight"
    DISPUTE = "dispute"
    MEDICAL = "medical"
    MISSING_PERSON = "missing_person"
    CROWD = "crowd"
    SOS = "sos"
    HAZARD = "hazard"
    ENVIRONMENT = "environment"
    FACILITY = "facility"
    SERVICE = "service"
    OTHER = "other"


class Severity(StrEnum):
    """CAP 1.2 severity words, lowest first."""

    UNKNOWN = "unknown"
    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    EXTREME = "extreme"


class ClockQuality(StrEnum):
    """How far the time that the source put on its message can be trusted."""

    OK = "ok"
    NAIVE = "naive"  # no offset: read as Asia/Shanghai
    UNSET = "unset"  # missing, 0, 1970, or before 2022: the device never set its clock
    SKEWED = "skewed"  # more than 5 minutes ahead of the receipt, or more than a day behind it


class ReplyStatus(StrEnum):
    """What a handheld can answer to an order, in the order in which it normally happens."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"


class RejectionReason(StrEnum):
    """Why a message could not be read. Each is shown to the officer in words."""

    TOPIC_UNKNOWN = "topic_unknown"  # no rule of ours reads this topic
    TOPIC_RESERVED = "topic_reserved"  # only the post publishes there
    TOO_LARGE = "too_large"  # over 64 KiB
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"  # also duplicate keys, NaN, infinities, too deep
    NOT_OBJECT = "not_object"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    VERSION_UNKNOWN = "version_unknown"  # "v" is not 1
    POSITION_INVALID = "position_invalid"  # position only message with no usable position
    SOURCE_UNMAPPED = "source_unmapped"  # a foreign device that sources.toml does not name
    COMMAND_REFUSED = "command_refused"  # a foreign "do this" message: never obeyed
    INTERNAL = "internal"  # our reader raised: our fault, the bytes are kept


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth, WGS-84 degrees; `accuracy_m` is the radius the source claims, metres."""

    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What every observation carries.

    `source` is the name in the topic or in sources.toml; `message_id` the id that a receipt
    answers ("" where the device gives none); `digest` the SHA-256 (first 16 hex digits) of the
    payload, to tell a repeat from a reused id.
    """

    source: str
    received_at: float
    message_id: str = ""
    digest: str = ""
    at_source: float | None = None
    clock_quality: ClockQuality = ClockQuality.OK
    retained: bool = False  # stale by definition: updates state, never opens an incident
    dialect: str = "native"
    sealed: str = ""  # the file with the personal data that was taken out of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Seen):
    """Something is wrong. `channel` names the episode of devices that give no event id."""

    kind: AlarmKind
    severity: Severity = Severity.UNKNOWN
    confidence: float | None = None  # 0..1
    position: Position | None = None
    place: str = ""  # village or group id, "" when not said
    text: str = ""
    evidence: tuple[str, ...] = ()
    exercise: bool = False
    channel: str | None = None  # set: deduplicate by (source, channel, kind) until a clear or quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear(Seen):
    """The source no longer sees it. Noted; never closes an incident."""

    alarm_id: str = ""
    kind: AlarmKind | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Test(Seen):
    """A test button or test mode: shown as a sign of life, never an alarm."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Seen):
    """The device says that it is itself in trouble (tamper, dead battery, video loss)."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Seen):
    """A sign of life. `ok` False is a fault the device reports about itself."""

    ok: bool = True
    text: str = ""
    battery: float | None = None  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Seen):
    """Where a unit, a ranger or a tracker is."""

    position: Position
    speed_mps: float | None = None
    battery: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Seen):
    """A handheld's answer to an order. `rev` is set by handhelds that say which revision."""

    order_id: str
    unit: str
    status: ReplyStatus
    text: str = ""
    rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Seen):
    """A handheld signs on or off."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Seen):
    """A team asks for something: water, ambulance, reinforcement."""

    need: str
    order_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other(Seen):
    """Understood, and no news for the post (a configuration, a description): counted only."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that could not be read; the raw bytes are kept in quarantine by the post."""

    topic: str
    source: str  # best guess, "" when the topic does not say
    reason: RejectionReason
    detail: str  # which field, which byte; at most 300 characters, clean
    digest: str
    received_at: float
    message_id: str = ""  # when it could still be read: the receipt says "rejected"


Observation = Alarm | Clear | Test | Fault | Heartbeat | Located | Reply | Duty | Request | Other
