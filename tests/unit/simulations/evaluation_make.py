"""A township of two villages and three units, and a log of twenty minutes to reckon by hand.

All lies on one meridian: a hundredth of a degree is 1,111.95 m, and every unit does ten metres a
second without a detour. So u1 needs 155.67 s to A, u2 177.91 s; u1 none to B, u2 333.58 s; the
medic 956.28 s to A. Every unit is on its way 20 s after its order and stays 240 s.
"""

from __future__ import annotations

from typing import Any

from drill_make import inject, scenario

from command.core import events as e
from command.core.plans import Family, Need, Plan, Plans
from command.core.reasons import Reason
from command.core.township import Limits, Place, PlaceKind, Township, Unit, document
from sensors.observations import Position
from simulations.evaluation.truth import Truth
from simulations.scenario import Scenario

LON, LENGTH_S = 107.5, 1200.0
A, B = Position(LON, 35.014), Position(LON, 35.0)
MEDIC_LAT = 35.1
FIRE = Plan(
    kind="fire",
    name="火",
    name_en="Fire",
    family=Family.EMERGENCY,
    priority=1,
    needs=(
        Need("crew", 5, must=True, within_min=10),
        Need("medic", 1, must=True, within_min=15),
        Need("care", 1, must=False, within_min=60),
    ),
)


def unit(ident: str, role: str, lat: float, **values: Any) -> Unit:
    """Five people at 36 km/h, which is ten metres a second."""
    made: dict[str, Any] = {"name": ident, "name_en": ident, "type": "team", "members": 5}
    return Unit(ident, roles=(role,), lon=LON, lat=lat, speed_kmh=36.0, **made | values)


def village(ident: str, lat: float) -> Place:
    return Place(ident, f"{ident}村", f"Village {ident}", PlaceKind.VILLAGE, ident, LON, lat)


def township(**values: Any) -> Township:
    """By day, without a detour."""
    made: dict[str, Any] = {
        "units": (
            unit("u1", "crew", 35.0),
            unit("u2", "crew", 35.03),
            unit("m1", "medic", MEDIC_LAT),
        ),
        "places": (village("v1", 35.0), village("v2", MEDIC_LAT)),
    }
    return Township(
        id="tiny",
        name="小乡",
        name_en="Tiny",
        area_km2=1.0,
        border=((107.4, 34.9), (107.6, 34.9), (107.6, 35.2), (107.4, 34.9)),
        posts=(),
        cameras=(),
        sources=(),
        plans=Plans({"fire": FIRE}, ()),
        limits=Limits(detour=1.0),
        **made | values,
    )


def drill() -> Scenario:
    """Twenty minutes in which everybody answers."""
    acts = {"receive_s": 1.0, "accept_s": 9.0, "go_s": 10.0, "done_s": 240.0}
    return scenario(inject(), units=[acts], length_s=LENGTH_S)


START = drill().start_at


def truth(**values: Any) -> Truth:
    return Truth(drill(), township(), **values)


class Log:
    """Events with times in seconds of the drill."""

    def __init__(self, there: Township | None = None) -> None:
        loaded = document(there or township())
        self.events: list[e.Event] = []
        self.add(e.TownshipLoaded, 0, reason=Reason.STARTED, digest="d", document=loaded)

    def add(
        self,
        what: type[e.Event],
        at: float,
        reason: Reason = Reason.FIRST_REPORT,
        cause: str = "test",
        **values: Any,
    ) -> Log:
        self.events.append(what(at=START + at, cause=cause, reason=reason, **values))
        return self

    def opened(self, incident: str, at: float, where: Position, **values: Any) -> Log:
        made: dict[str, Any] = {
            "plan": "fire",
            "alarm_kind": "fire",
            "priority": 1,
            "triage": (),
            "place": "v1",
            "text": "",
            "release_due": None,
            "ack_due": START + at + 120,
        }
        return self.add(e.IncidentOpened, at, incident=incident, position=where, **made | values)

    def offered(
        self, order: str, incident: str, at: float, who: str, role: str, **more: Any
    ) -> Log:
        made: dict[str, Any] = {"people": 5, "eta_s": 60.0, "expires_at": START + at + 120}
        return self.add(
            e.UnitOffered, at, order_id=order, incident=incident, unit=who, role=role, **made | more
        )

    def steps(self, order: str, incident: str, who: str, **at: float) -> Log:
        """`accepted=20` and so on."""
        for status, moment in at.items():
            self.add(
                e.AssignmentChanged,
                moment,
                order_id=order,
                incident=incident,
                unit=who,
                status=status,
            )
        return self


def twenty_minutes() -> list[e.Event]:
    """Fire I-1 at A with crew and a late medic; fire I-2 at B, held by the officer, no medic."""
    log = Log()
    log.opened("I-1", 10, A)
    log.add(
        e.AlarmReceived,
        10,
        source="c",
        kind="fire",
        incident="I-1",
        at_source=START + 8,
        outcome="opened",
    )
    log.add(e.IncidentReleased, 10, incident="I-1")
    log.offered("O-1", "I-1", 10, "u1", "crew").offered("O-2", "I-1", 10, "m1", "medic")
    log.add(e.IncidentAcknowledged, 20, incident="I-1", by="watch", until=None)
    log.steps("O-1", "I-1", "u1", accepted=20, en_route=30, on_scene=190)
    log.steps("O-2", "I-1", "m1", accepted=25, en_route=30)
    log.opened("I-2", 110, B)
    log.add(e.AlarmReceived, 110, source="d", kind="fire", incident="I-2", outcome="opened")
    log.add(e.ReleaseHeld, 120, incident="I-2", until=START + 300, by="watch", why="看一眼")
    log.add(e.IncidentReleased, 170, Reason.BY_OFFICER, incident="I-2", by="watch")
    log.add(
        e.CommandDone,
        170,
        do="assign",
        by="watch",
        role="officer",
        command="k-1",
        incident="I-2",
        why="熟路",
    )
    log.offered("O-3", "I-2", 170, "u2", "crew", by="watch", cause="command:k-1")
    log.add(e.NobodyLeft, 170, Reason.NOBODY_LEFT, incident="I-2", role="medic", missing=1)
    log.steps("O-3", "I-2", "u2", accepted=180, en_route=190, on_scene=530)
    log.steps("O-1", "I-1", "u1", done=430)
    log.steps("O-2", "I-1", "m1", on_scene=1000, done=1100)
    log.add(
        e.IncidentEnded, 1150, Reason.ALL_UNITS_DONE, incident="I-1", state="resolved", by="post"
    )
    return sorted(log.events, key=lambda event: event.at)
