"""What has happened, past tense. The log is made of these and of nothing else. Pure.

Every event names its moment (POSIX seconds), its cause (the message, command or tick that led to
it) and its reason. A field once written keeps its meaning; a change of shape gets an upcaster in
codec.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from command.core.reasons import Reason
from sensors.observations import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`late`: a deadline that passed while no post was running, and fires now."""

    at: float
    cause: str
    reason: Reason
    late: bool = False


# --- the post itself


@dataclass(frozen=True, slots=True, kw_only=True)
class TownshipLoaded(Event):
    """The township's files, whole: a log replays without the folder."""

    digest: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostStarted(Event):
    """A post took the lease; `down_s` is how long the log had been quiet, seconds."""

    epoch: int
    down_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EraBegan(Event):
    """The log was found shorter than one already seen: ids of lost entries must not come again."""

    era: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped(Event):
    """The wall clock left ours by `by_s` seconds; ours goes on."""

    by_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuarantined(Event):
    """A message that could not be read, or that our code failed on; the bytes are kept aside."""

    quarantine: str
    source: str
    topic: str
    message_id: str
    digest: str
    why: str
    detail: str


# --- what the field said


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """A message with an id, remembered for 30 days; `outcome` is what its receipt says."""

    source: str
    message_id: str = ""
    digest: str = ""
    outcome: str = "logged"
    at_source: float | None = None
    clock_quality: str = "ok"
    sealed: str = ""  # the file with the personal data that was taken out of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReceived(Heard):
    """`incident` is the one it opened or joined, "" when it did neither."""

    kind: str
    severity: str = "unknown"
    confidence: float | None = None
    position: Position | None = None
    place: str = ""
    text: str = ""
    evidence: tuple[str, ...] = ()
    incident: str = ""
    episode: str = ""
    person: bool = False
    source_class: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared(Heard):
    """The source no longer sees it. Noted only; the episode is armed again."""

    incident: str = ""
    episode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTested(Heard):
    """A test button was pressed."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReceived(Heard):
    """A unit answered; the reason says what was made of it.

    `by` is "" when its handheld sent it, else the officer whom it was told by radio.
    """

    order_id: str
    unit: str
    status: str
    text: str = ""
    rev: int | None = None
    incident: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived(Heard):
    """A team asks for something."""

    unit: str
    need: str
    order_id: str = ""
    incident: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDutyChanged(Heard):
    """A unit signed on or off; `by` is "unit", "post" or the console's name.

    Off `until` then (None: until somebody says so).
    """

    unit: str
    on: bool
    by: str = "unit"
    why: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyOrdered(Event):
    """A unit goes to stand by at `place`, "" its station; it should be there at `there_at`."""

    unit: str
    place: str
    there_at: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyReached(Event):
    """It should be there; `position`: it has not said where it is, and is reckoned to be here."""

    unit: str
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHeard(Event):
    """A sign of life, thinned; a change of `ok` is always logged."""

    source: str
    ok: bool = True
    text: str = ""
    battery: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSilent(Event):
    """No sign of life within the limit: a camera is offline, a unit unreachable."""

    source: str
    last_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLocated(Event):
    """Where a unit is, thinned."""

    unit: str
    position: Position


# --- incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(Event):
    """`release_due` is when the recommended team goes by itself; None: by hand only.

    Unacknowledged, the second line is called at `second_due` (None: not called) and the leader at
    `ack_due`.
    """

    incident: str
    plan: str
    alarm_kind: str
    priority: int
    triage: tuple[str, ...]
    place: str
    position: Position | None
    text: str
    release_due: float | None
    ack_due: float
    second_due: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged(Event):
    """1 is the most urgent. By the officer, or raised by news."""

    incident: str
    priority: int
    by: str = "post"
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReleased(Event):
    """From now on the dispatcher sends teams."""

    incident: str
    by: str = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHeld(Event):
    """The automatic release waits until `until`: an officer said why, or has its dialog open."""

    incident: str
    until: float
    by: str
    why: str = ""
    dialog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsLeftOut(Event):
    """The officer took units out of the team: the post does not ask them for this incident."""

    incident: str
    units: tuple[str, ...]
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardsRead(Event):
    """`by` has read these dangers of the incident."""

    incident: str
    by: str
    hazards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardAdded(Event):
    """A danger that was learned later; every unit on it gets its order anew."""

    incident: str
    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAcknowledged(Event):
    """`by` has it, until `until` (POSIX seconds; None: until the next handover)."""

    incident: str
    by: str
    until: float | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementLapsed(Event):
    """Acknowledged, then left alone: it is asked about again, by `ack_due`."""

    incident: str
    by: str
    ack_due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementEnded(Event):
    """Who had it is no longer there: nobody has it, and that is no lapse of his."""

    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLineCalled(Event):
    """The officer has not answered yet: somebody else is woken; it is still the officer's."""

    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEscalated(Event):
    """The officer did not answer: the leader on duty is called."""

    incident: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentNoted(Event):
    """A note; never wipes or overwrites another."""

    incident: str
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeSet(Event):
    """How grave it is, 1 to 4; 1 the gravest. Nothing to do with its priority."""

    incident: str
    grade: int
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMerged(Event):
    """`incident` ends as merged; its sources and orders go on under `into`."""

    incident: str
    into: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSplit(Event):
    """The reports of `sources` leave `incident` for `new`, which may be one merged before."""

    incident: str
    new: str
    sources: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEnded(Event):
    """`state`: resolved, closed or false_alarm. `outcome` in the officer's words."""

    incident: str
    state: str
    by: str
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReopened(Event):
    """Old timers of it are gone; new ones start. `release_due` as of one just opened."""

    incident: str
    by: str
    ack_due: float
    why: str = ""
    release_due: float | None = None
    second_due: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClimbed(Event):
    """Overdue at its level: the next post is responsible. At the top it stays."""

    incident: str
    level: int
    due: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentArchived(Event):
    """Closed for a day: it leaves the world and is read from the archive, with all that was its."""

    incident: str
    orders: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


# --- orders


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOffered(Event):
    """An assignment begins. `eta_s` seconds; `people` the unit brings; `why` in short.

    `terms` add up to what it costs; `then` are the next best, at most three.
    """

    order_id: str
    incident: str
    unit: str
    role: str
    people: int
    eta_s: float
    expires_at: float
    by: str = "post"
    why: tuple[str, ...] = ()
    terms: dict[str, float] | None = None
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged(Event):
    """The status of one assignment. It never says anything about the unit's other ones.

    `by` is "unit", "post" or the console's name.
    """

    order_id: str
    incident: str
    unit: str
    status: str
    text: str = ""
    by: str = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentMoved(Event):
    """A merge or split put it under another incident."""

    order_id: str
    incident: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQueued(Event):
    """Exactly what the handheld is to show. Stays in the outbox until confirmed or `until`."""

    order_id: str
    unit: str
    rev: int
    state: str
    message: dict[str, Any]
    until: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettled(Event):
    """It leaves the outbox: confirmed by the handheld, or run out unconfirmed."""

    order_id: str
    unit: str
    rev: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountabilityDue(Event):
    """A crew on scene is asked whether it is well; `missed`: how often it did not answer."""

    order_id: str
    incident: str
    unit: str
    answer_by: float
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountabilityAnswered(Event):
    """It is there. `by` is "unit" or the console's name; asked again at `due`.

    `alerts` asked the officer to call, and have had their answer.
    """

    order_id: str
    incident: str
    unit: str
    by: str
    due: float | None
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMayday(Event):
    """A crew on scene did not answer twice."""

    order_id: str
    incident: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyLeft(Event):
    """A need that no unit is left for: an alarm of its own."""

    incident: str
    role: str
    missing: int
    must: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedHeld(Event):
    """A need waits for a unit that is at work: free at `free_at` by forecast, there `eta_s` later.

    It takes the place of an earlier hold of the same need.
    """

    incident: str
    role: str
    must: bool
    missing: int
    unit: str
    free_at: float
    eta_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """It waits no longer: somebody goes, nobody is needed, or the forecast is over."""

    incident: str
    role: str
    must: bool


# --- the officer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerAlerted(Event):
    """Something the officer must know that is no incident; stays until acknowledged."""

    alert: str
    incident: str = ""
    unit: str = ""
    source: str = ""
    order_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(Event):
    """The officer has read it."""

    alert: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShelved(Event):
    """One source and kind is quiet for a while: still logged and counted."""

    source: str
    kind: str
    until: float
    by: str
    why: str
    usual: int = 0  # alarms in ten minutes; three times as many break the shelf; 0: not known yet


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUnshelved(Event):
    """The shelf is over, or was broken."""

    source: str
    kind: str
    by: str = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeIssued(Event):
    """Words to everybody ("all"), a place or a unit; without a text the post words the incident."""

    notice: str
    to: str
    by: str
    text: str = ""
    incident: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent(Event):
    """The broker has it."""

    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayStopped(Event):
    """A drill is over at once; on the live post: every drill that is played beside it."""

    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet(Event):
    """The township's response: level 1 (the highest) to 4, 0 ends it."""

    level: int
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverSigned(Event):
    """The outgoing officer signed what the digest stands for, with some words."""

    by: str
    digest: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged(Event):
    """The duty passed from `before` ("": nobody) to `to`, who took the incidents `taken`.

    The acknowledgements of the incidents `ended` are over.
    """

    before: str
    to: str
    taken: tuple[str, ...]
    ended: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDone(Event):
    """A console command was carried out; its id gets the same answer for a day.

    `rec` and `why` of an assignment: the recommendation that was seen, and why another team went.
    """

    command: str
    do: str
    by: str
    role: str
    incident: str = ""
    sealed: str = ""
    rec: str = ""
    why: str = ""


EVENTS: dict[str, type[Event]] = {
    cls.__name__: cls
    for cls in (
        TownshipLoaded,
        PostStarted,
        EraBegan,
        ClockStepped,
        MessageQuarantined,
        AlarmReceived,
        AlarmCleared,
        DeviceTested,
        ReplyReceived,
        RequestReceived,
        UnitDutyChanged,
        SourceHeard,
        SourceSilent,
        UnitLocated,
        IncidentOpened,
        PriorityChanged,
        IncidentReleased,
        ReleaseHeld,
        UnitsLeftOut,
        HazardsRead,
        HazardAdded,
        IncidentAcknowledged,
        AcknowledgementLapsed,
        AcknowledgementEnded,
        SecondLineCalled,
        IncidentEscalated,
        IncidentNoted,
        GradeSet,
        IncidentMerged,
        IncidentSplit,
        IncidentEnded,
        IncidentReopened,
        CaseClimbed,
        IncidentArchived,
        UnitOffered,
        AssignmentChanged,
        AssignmentMoved,
        OrderQueued,
        OrderSettled,
        AccountabilityDue,
        AccountabilityAnswered,
        UnitMayday,
        NobodyLeft,
        NeedHeld,
        HoldEnded,
        OfficerAlerted,
        AlertAcknowledged,
        SourceShelved,
        SourceUnshelved,
        NoticeIssued,
        NoticeSent,
        PlayStopped,
        StandbyOrdered,
        StandbyReached,
        ResponseSet,
        HandoverSigned,
        ShiftChanged,
        CommandDone,
    )
}
