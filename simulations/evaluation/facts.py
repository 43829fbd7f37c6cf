"""The log's events as incidents and tasks: who was sent where, and when each step was. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from command.core import events as e
from command.core.plans import Family, Plan
from command.core.tables import IncidentState, Status
from command.core.township import Place, PlaceKind, Township, from_document
from sensors.observations import Position

ENDS = frozenset({Status.DONE, Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN})


@dataclass(slots=True)
class Task:
    """One unit on one incident. `moments`: status -> when it first came, POSIX seconds."""

    order_id: str
    incident: str
    unit: str
    role: str
    people: int
    by: str
    offered_at: float
    status: str = Status.OFFERED
    changed_at: float = 0.0
    moments: dict[str, float] = field(default_factory=dict)

    @property
    def accepted_at(self) -> float | None:
        """When the unit said yes."""
        return self.moments.get(Status.ACCEPTED)

    @property
    def on_scene_at(self) -> float | None:
        """When it said that it is there."""
        return self.moments.get(Status.ON_SCENE)

    @property
    def ended_at(self) -> float | None:
        """When it was over; None: it is still at it."""
        return self.changed_at if self.status in ENDS else None


@dataclass(slots=True)
class Case:
    """One incident. Moments in POSIX seconds; `seen_at` by the clock of the device that saw it."""

    id: str
    plan: Plan
    opened_at: float
    position: Position | None = None
    seen_at: float | None = None
    released_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    state: str = IncidentState.OPEN
    called_up: int = 0  # second line or leader: nobody had answered
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_emergency(self) -> bool:
        """Minutes count: neither a case of an office nor one that became part of another."""
        return self.plan.family is Family.EMERGENCY and self.state != IncidentState.MERGED


@dataclass(frozen=True, slots=True)
class Facts:
    """A drill as it went, from `start_at` to `end_at`."""

    township: Township
    cases: tuple[Case, ...]
    events: Sequence[e.Event]
    start_at: float
    end_at: float

    @property
    def tasks(self) -> list[Task]:
        """Of all incidents, in the order in which they were offered."""
        return sorted(
            (task for case in self.cases for task in case.tasks), key=lambda t: t.offered_at
        )

    @property
    def emergencies(self) -> list[Case]:
        """Those that minutes are counted of."""
        return [case for case in self.cases if case.is_emergency]


def gather(events: Sequence[e.Event], start_at: float, end_at: float) -> Facts:
    """Read the log once. The township is the one that stands in the log itself."""
    township = township_of(events)
    gathering = _Gathering(township.plans.plans)
    for event in events:
        gathering.read(event)
    return Facts(township, tuple(gathering.cases.values()), events, start_at, end_at)


def township_of(events: Sequence[e.Event]) -> Township:
    """The township of the first `TownshipLoaded`; every log begins with one."""
    loaded = next(one for one in events if isinstance(one, e.TownshipLoaded))
    return from_document(loaded.document)


def villages(township: Township) -> list[Place]:
    """By id."""
    return sorted((p for p in township.places if p.kind is PlaceKind.VILLAGE), key=lambda p: p.id)


class _Gathering:
    """What is known so far."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans
        self.cases: dict[str, Case] = {}
        self._tasks: dict[str, Task] = {}

    def read(self, event: e.Event) -> None:
        match event:
            case e.IncidentOpened():
                self._opened(event)
            case e.UnitOffered() if event.incident in self.cases:
                self._offered(event)
            case e.AssignmentChanged() if event.order_id in self._tasks:
                task = self._tasks[event.order_id]
                task.status, task.changed_at = event.status, event.at
                task.moments.setdefault(event.status, event.at)
            case e.AssignmentMoved() if event.order_id in self._tasks:
                self._moved(event)
            case _:
                known = self.cases.get(getattr(event, "incident", ""))
                if known is not None:
                    _follow(known, event)

    def _opened(self, event: e.IncidentOpened) -> None:
        self.cases[event.incident] = Case(
            id=event.incident,
            plan=self._plans[event.plan],
            opened_at=event.at,
            position=event.position,
        )

    def _offered(self, event: e.UnitOffered) -> None:
        task = Task(
            order_id=event.order_id,
            incident=event.incident,
            unit=event.unit,
            role=event.role,
            people=event.people,
            by=event.by,
            offered_at=event.at,
            changed_at=event.at,
        )
        self._tasks[event.order_id] = task
        self.cases[event.incident].tasks.append(task)

    def _moved(self, event: e.AssignmentMoved) -> None:
        task = self._tasks[event.order_id]
        if event.incident in self.cases:
            self.cases[task.incident].tasks.remove(task)
            task.incident = event.incident
            self.cases[event.incident].tasks.append(task)


def _follow(case: Case, event: e.Event) -> None:
    match event:
        case e.AlarmReceived():
            seen = event.at if event.at_source is None else min(event.at_source, event.at)
            case.seen_at = seen if case.seen_at is None else min(case.seen_at, seen)
        case e.IncidentReleased():
            case.released_at = event.at if case.released_at is None else case.released_at
        case e.IncidentAcknowledged():
            case.answered_at = event.at if case.answered_at is None else case.answered_at
        case e.IncidentEscalated() | e.SecondLineCalled():
            case.called_up += 1
        case e.IncidentEnded():
            case.ended_at, case.state = event.at, event.state
        case e.IncidentMerged():
            case.ended_at, case.state = event.at, IncidentState.MERGED
        case e.IncidentReopened():
            case.ended_at, case.state = None, IncidentState.OPEN
        case _:
            pass
