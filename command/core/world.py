"""All that the post knows, as plain values. Changed by `evolve` alone. Pure.

`due` holds every armed deadline by name ("offer:O-e1-3"), and is the only place where they stand:
a restart and a replay find the same ones. `index` is derived and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from command.core.index import Index
from command.core.plans import Need, Plan
from command.core.tables import IncidentState, Status
from command.core.township import Township
from sensors.observations import Position


@dataclass(slots=True)
class Report:
    """What one source has said about an incident; the latest facts of it."""

    source_class: str  # person, camera, sensor, unknown
    kind: str
    first_at: float
    last_at: float
    times: int = 1
    severity: str = "unknown"
    confidence: float | None = None
    position: Position | None = None
    place: str = ""
    text: str = ""
    cleared_at: float | None = None


@dataclass(slots=True)
class Note:
    """One note of the officer."""

    at: float
    by: str
    text: str


@dataclass(slots=True)
class Held:
    """The automatic release was put off, once: by whom, why, and until when."""

    by: str
    why: str
    until: float


@dataclass(slots=True)
class Hold:
    """A need that waits for a busy unit: free then by forecast, `eta_s` after that on scene."""

    role: str
    must: bool
    missing: int
    unit: str
    free_at: float
    eta_s: float


@dataclass(slots=True)
class Incident:
    """Something the post takes care of. `rev` counts changes; a command names the one seen."""

    id: str
    plan: str
    alarm_kind: str
    priority: int
    triage: list[str]
    opened_at: float
    news_at: float
    state: IncidentState = IncidentState.OPEN
    place: str = ""
    position: Position | None = None
    text: str = ""
    rev: int = 1
    changed_by: str = "post"
    changed: str = "IncidentOpened"
    needs: list[Need] = field(default_factory=list)
    reports: dict[str, Report] = field(default_factory=dict)
    orders: list[str] = field(default_factory=list)
    released_by: str = ""
    released_at: float | None = None
    ack_by: str = ""
    ack_until: float | None = None
    escalated_to: str = ""
    second_called: bool = False
    left_out: dict[str, str] = field(default_factory=dict)  # unit -> why the officer leaves it out
    notes: list[Note] = field(default_factory=list)
    nobody_for: list[str] = field(default_factory=list)  # musts that no unit is left for
    nobody_wanted: list[str] = field(default_factory=list)  # the same of what is only wanted
    holds: list[Hold] = field(default_factory=list)
    level: int = 0  # of the case ladder
    overdue_since: float | None = None  # the limit of its last rung has passed
    merged_into: str = ""
    outcome: str = ""
    ended_at: float | None = None
    reopened_at: float = 0.0  # what was done or declined before no longer counts
    held: Held | None = None
    extended: bool = False  # a dispatch dialog has put the release off
    grade: int = 0  # 1 the gravest to 4; 0: not graded. Never the priority
    grade_by: str = ""
    hazards_added: list[str] = field(default_factory=list)  # learned later than the card
    hazards_read: dict[str, str] = field(default_factory=dict)  # hazard -> who has read it
    lapses: int = 0  # of its acknowledgement
    mayday: list[str] = field(default_factory=list)  # units on it that did not answer twice


@dataclass(slots=True)
class Assignment:
    """One unit on one incident."""

    order_id: str
    incident: str
    unit: str
    role: str
    people: int
    status: Status
    rev: int
    offered_at: float
    expires_at: float
    eta_s: float
    changed_at: float
    why: list[str] = field(default_factory=list)
    received_rev: int = 0
    replied_at: float | None = None  # the newest reply's own time
    told_by: str = ""  # who entered the last step; "" when the unit or the post did it
    par_at: float | None = None  # the crew is asked then, or must have answered
    par_asked_at: float | None = None  # an answer is awaited since then
    par_missed: int = 0
    reason: str = ""
    by: str = "post"
    text: str = ""


@dataclass(slots=True)
class UnitState:
    """What is known of a unit now; its status on each job stands in the assignments."""

    on_duty: bool
    orders: list[str] = field(default_factory=list)  # live assignments
    position: Position | None = None
    located_at: float | None = None
    last_at: float | None = None
    silent: bool = False
    why_off: str = ""
    off_until: float | None = None  # then it is on duty again by itself
    standby: str = ""  # the place where it stands by; "" its station
    standby_from: float = 0.0
    worked_s: float = 0.0  # since its last rest, but for the job it has now
    work_from: float | None = None
    rest_from: float = 0.0


@dataclass(slots=True)
class SourceState:
    """What is known of a camera, a sensor or a person's device."""

    last_at: float
    online: bool = True
    ok: bool = True
    text: str = ""
    battery: float | None = None
    alarms: int = 0
    since: float | None = None  # online, fault or offline since then


@dataclass(slots=True)
class Taken:
    """What became of a message id: the receipt of every repeat."""

    digest: str
    at: float
    outcome: str
    incident: str


@dataclass(slots=True)
class Episode:
    """An alarm of a device that gives no event ids; over after a clear or quiet time."""

    incident: str
    last_at: float
    armed: bool = False


@dataclass(slots=True)
class Outgoing:
    """An order on its way to a handheld; leaves when confirmed, or at `until` (None: never)."""

    unit: str
    rev: int
    state: str
    message: dict[str, Any]
    until: float | None
    queued_at: float


@dataclass(slots=True)
class Shelf:
    """A source and kind that is quiet `until` then.

    `usual`: alarms in ten minutes, 0 while that is being learned. `heard`: when it spoke since, of
    the last ten minutes.
    """

    until: float
    since: float
    usual: int
    heard: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Alert:
    """Something for the officer that is no incident."""

    at: float
    reason: str
    incident: str = ""
    unit: str = ""
    source: str = ""
    order_id: str = ""
    text: str = ""


@dataclass(slots=True)
class Kept:
    """A message that could not be read: where it came from and why; its bytes are kept aside."""

    at: float
    source: str
    topic: str
    why: str
    detail: str


@dataclass(slots=True)
class Signed:
    """The outgoing officer's signature, under what the digest stands for."""

    by: str
    at: float
    digest: str
    words: str


@dataclass(slots=True)
class Shift:
    """Who is on duty since when ("": nobody yet), and has perhaps signed to hand over."""

    officer: str = ""
    since: float = 0.0
    signed: Signed | None = None


@dataclass(slots=True)
class Notice:
    """Words to everybody ("all"), a place or a unit. Without a text the post words it."""

    at: float
    to: str
    by: str
    text: str
    incident: str
    reason: str
    sent_at: float | None = None  # None: the broker does not have it yet


@dataclass(slots=True)
class Response:
    """The township's response level, 1 the highest to 4; 0: none."""

    level: int = 0
    by: str = ""
    since: float = 0.0
    why: str = ""


@dataclass(slots=True)
class World:
    """One township under one topic root, at the end of its log."""

    root: str
    township_id: str
    era: int = 1
    at: float = 0.0
    epoch: int = 0
    township: Township | None = None
    digest: str = ""
    counters: dict[str, int] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    units: dict[str, UnitState] = field(default_factory=dict)
    sources: dict[str, SourceState] = field(default_factory=dict)
    episodes: dict[str, Episode] = field(default_factory=dict)
    taken: dict[str, list[Taken]] = field(default_factory=dict)
    outbox: dict[str, Outgoing] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    shelf: dict[str, Shelf] = field(default_factory=dict)
    shift: Shift = field(default_factory=Shift)
    notices: dict[str, Notice] = field(default_factory=dict)  # the last ones
    response: Response = field(default_factory=Response)
    commands: dict[str, float] = field(default_factory=dict)
    stopped_at: float = 0.0  # of a drill: since then nothing is ordered
    rejected: int = 0
    quarantine: dict[str, Kept] = field(default_factory=dict)  # the last ones
    due: dict[str, float] = field(default_factory=dict)
    index: Index = field(default_factory=Index)

    @property
    def exercise(self) -> bool:
        """True under the drill root: its own log, ids, leases."""
        return self.root == "fsx"

    def plan_of(self, incident: Incident) -> Plan:
        """The run card an incident was opened by."""
        assert self.township is not None
        return self.township.plans.plans[incident.plan]

    def responsible_role(self, incident: Incident, role: str, level: int | None = None) -> str:
        """A case belongs to the post of its level on the ladder; all else to who has the role."""
        ladder = self.plan_of(incident).ladder
        reached = incident.level if level is None else level
        return ladder[min(reached, len(ladder) - 1)].role if ladder else role

    def ids(self) -> Ids:
        """Fresh ids for one decision."""
        return Ids(self)


class Ids:
    """The ids that come next, for events of one decision that the world does not know yet."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._given: dict[str, int] = {}

    def next(self, letter: str) -> str:
        """For I(ncident), O(rder), A(lert), Q(uarantine): `I-e1-9`, in a drill `X-e1-9`, `XO-…`."""
        world = self._world
        self._given[letter] = self._given.get(letter, 0) + 1
        number = world.counters.get(letter, 0) + self._given[letter]
        prefix = {"I": "X"}.get(letter, f"X{letter}") if world.exercise else letter
        return f"{prefix}-e{world.era}-{number}"


def episodes_of(world: World, key: str) -> list[Episode]:
    """The episode of that key; all that begin with it when it ends in "|"."""
    if key.endswith("|"):
        return [episode for name, episode in world.episodes.items() if name.startswith(key)]
    return [world.episodes[key]] if key in world.episodes else []


def empty(root: str, township_id: str) -> World:
    """The world before its first event."""
    return World(root, township_id)
