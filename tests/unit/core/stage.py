"""A small township as values, and a stage that plays inputs through the pure core, batch by batch.

Metres are laid out on a line east of `CENTRE`: `east(500)` is 500 m from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from command import messages as m
from command.core import events as e
from command.core import views
from command.core.codec import decode_entry, dump_world, encode_entry
from command.core.commands import Ordered, Refused
from command.core.decide import Deadline, Fact, Input
from command.core.evolve import evolve
from command.core.plans import AlarmRule, Family, Need, Offer, Plan, Plans, Release, Rung, Where
from command.core.reasons import Reason
from command.core.receipts import Receipt
from command.core.step import Batch, step
from command.core.ticks import decide_tick, next_due
from command.core.township import (
    Camera,
    Place,
    PlaceKind,
    Post,
    Township,
    Unit,
    document,
)
from command.core.world import Assignment, Incident, World, empty
from sensors.observations import (
    Alarm,
    AlarmKind,
    Clear,
    Position,
    Reply,
    ReplyStatus,
)
from sensors.sources import SourceRule

# 2026-07-15 10:00 in the township: by day, and outside of every season but the crowd's.
NOON = 1_784_080_800.0
HOUR, DAY = 3600.0, 86400.0
CENTRE = Position(107.5, 35.2)
METRES = 6_371_000.0 * math.pi / 180
E = TypeVar("E", bound=e.Event)


def east(metres: float, accuracy_m: float | None = None) -> Position:
    """So many metres east of the centre."""
    lon = CENTRE.lon + metres / (METRES * math.cos(math.radians(CENTRE.lat)))
    return Position(lon, CENTRE.lat, accuracy_m)


def _ring(west: float, to: float) -> tuple[tuple[float, float], ...]:
    a, b = east(west).lon, east(to).lon
    return ((a, 35.15), (b, 35.15), (b, 35.25), (a, 35.25), (a, 35.15))


def _place(ident: str, kind: PlaceKind, village: str, metres: float) -> Place:
    at = east(metres)
    return Place(ident, f"村{ident}", ident, kind, village, at.lon, at.lat)


def unit(ident: str, metres: float, *roles: str, **values: Any) -> Unit:
    """A team of five (a post of one when it is shared), `metres` east of the centre."""
    at = east(metres)
    made = Unit(ident, f"队{ident}", ident, "militia", roles, 5, at.lon, at.lat)
    return replace(made, **values)


def post(ident: str, role: str, place: str = "") -> tuple[Post, Unit]:
    """A post with a handheld: takes any number of cases."""
    holder = unit(ident, 0, type="post", members=1, shared=True, place=place)
    return Post(ident, f"岗{ident}", ident, role, place), holder


def plan(kind: str, *needs: Need, **values: Any) -> Plan:
    """An emergency of priority 2 that goes by itself after a minute."""
    made = Plan(kind, kind, kind, Family.EMERGENCY, 2, needs, reply_within_s=60.0)
    return replace(made, **values)


def need(role: str, quantity: int = 5, *, must: bool = True) -> Need:
    """So many people of a role."""
    return Need(role, quantity, must, 20.0)


PLANS = {
    made.kind: made
    for made in (
        plan("fire", need("crew")),
        plan("wildfire", need("crew"), merge_radius_m=1000.0, season_months=(7,)),
        plan("flood", need("crew"), release=Release.AT_ONCE),
        plan("big", need("crew"), need("scout", 1), release=Release.AT_ONCE),
        plan("wanted", need("crew"), need("crew", must=False), release=Release.AT_ONCE),
        plan("race", need("crew"), offer=Offer.FIRST_N, release=Release.AT_ONCE),
        plan("wide", need("crew", 10), release=Release.AT_ONCE),
        plan("sos", need("scout", 1), release=Release.AT_ONCE, merge_radius_m=0.0, priority=1),
        plan("slow", need("crew"), release=Release.BY_HAND, priority=5),
        plan(
            "dispute",
            need("responsible", 1),
            family=Family.CASE,
            release=Release.BY_HAND,
            priority=4,
            merge_radius_m=0.0,
            ladder=(Rung("ggh", DAY), Rung("vgm", 3 * DAY), Rung("grid", 7 * DAY)),
        ),
    )
}
RULES = (
    AlarmRule("smoke", "wildfire", Where.FOREST),
    AlarmRule("smoke", "fire"),
    AlarmRule("fire", "fire"),
    AlarmRule("flood", "flood"),
    AlarmRule("landslide", "big"),
    AlarmRule("accident", "wide"),
    AlarmRule("storm", "race"),
    AlarmRule("crowd", "wanted"),
    AlarmRule("sos", "sos"),
    AlarmRule("environment", "slow"),
    AlarmRule("dispute", "dispute"),
)
PLACES = (
    _place("v01", PlaceKind.VILLAGE, "", 0),
    _place("v01-g1", PlaceKind.GROUP, "v01", 0),
    _place("v02", PlaceKind.VILLAGE, "", 4000),
    _place("v02-g1", PlaceKind.GROUP, "v02", 4000),
)
POSTS = (
    post("leader", "leader"),
    post("ggh-1", "ggh", "v01-g1"),
    post("ggh-2", "ggh", "v02-g1"),
    post("vgm-1", "vgm", "v01"),
    post("grid-1", "grid"),
)
TEAMS = (
    unit("near", 1000, "crew", equipment=("铁锹",)),
    unit("middle", 2000, "crew"),
    unit("far", 3000, "crew"),
    unit("scout-1", 1000, "scout", members=1),
)
CAMERAS = tuple(
    Camera(f"cam-{n}", f"探头{n}", "v01-g1", "v01", east(metres).lon, CENTRE.lat)
    for n, metres in enumerate((0, 100, 400, 4000), start=1)
)
SENSORS = (
    SourceRule("gauge", "chirpstack", "01", lon=CENTRE.lon, lat=CENTRE.lat, place="v01-g1"),
    SourceRule("nowhere", "chirpstack", "02"),
    SourceRule("watcher", "owntracks", "w/1", person=True, place="v01"),
)


def township(*teams: Unit, **values: Any) -> Township:
    """The township of the tests, with these teams in place of the usual four."""
    made = Township(
        id="test",
        name="测试乡",
        name_en="Test",
        area_km2=60.0,
        border=_ring(-9000, 9000),
        places=PLACES,
        posts=tuple(holder for holder, _ in POSTS),
        units=(*(teams or TEAMS), *(handheld for _, handheld in POSTS)),
        cameras=CAMERAS,
        sources=SENSORS,
        plans=Plans(dict(PLANS), RULES),
        forests=(_ring(5000, 8000),),
    )
    return replace(made, **values)


@dataclass
class Stage:
    """A post without its edges. `now` is the clock; `entries` the log; `batch` the last one."""

    world: World
    now: float = NOON
    entries: list[bytes] = field(default_factory=list)
    batch: Batch = field(default_factory=Batch)
    _ids: int = 0

    # --- putting in

    def give(self, *inputs: Input) -> Batch:
        """One batch, committed."""
        self.batch = step(self.world, inputs, self.now)
        if self.batch.events:
            self.entries.append(encode_entry(self.now, self.batch.events))
        return self.batch

    def number(self) -> int:
        """The next number of ids that must not repeat."""
        self._ids += 1
        return self._ids

    def alarm(self, source: str = "cam-1", kind: str = "fire", **values: Any) -> Alarm:
        """An alarm with an id of its own, not yet given."""
        ident = values.pop("message_id", f"a-{self.number()}")
        digest = values.pop("digest", f"digest of {ident}")
        return Alarm(
            source=source,
            received_at=self.now,
            message_id=ident,
            digest=digest,
            kind=AlarmKind(kind),
            **values,
        )

    def report(self, source: str = "cam-1", kind: str = "fire", **values: Any) -> str:
        """Give an alarm; the incident that its receipt names, "" for none."""
        self.give(self.alarm(source, kind, **values))
        return self.receipt().incident

    def clear(self, source: str = "cam-1", **values: Any) -> e.AlarmCleared:
        """Give a clear, and what came of it."""
        ident = f"c-{self.number()}"
        values = {"message_id": ident, "digest": ident} | values
        self.give(Clear(source=source, received_at=self.now, **values))
        return self.one(e.AlarmCleared)

    def reply(self, order: str, status: str, **values: Any) -> Batch:
        """The order's unit answers, or another when `unit` is said."""
        ident = f"r-{self.number()}"
        who = values.pop("unit", None) or self.world.assignments[order].unit
        values = {"message_id": ident, "digest": ident, "source": who} | values
        return self.give(
            Reply(
                received_at=self.now,
                order_id=order,
                unit=who,
                status=ReplyStatus(status),
                **values,
            )
        )

    def walk(self, order: str, *statuses: str) -> None:
        """Several answers, one after the other."""
        for status in statuses:
            self.now += 1
            self.reply(order, status)

    def order(self, command: m.Command, by: str = "officer-1") -> Batch:
        """A console's command; raises what it is refused with."""
        batch = self.give(Ordered(command, by, "officer"))
        if 0 in batch.refused:
            raise batch.refused[0]
        return batch

    def do(self, verb: str, incident: str = "", **values: Any) -> Batch:
        """The same from its words."""
        values = {"id": f"u-{self.number()}"} | values
        if incident:
            values["incident"] = incident
        return self.order(m.COMMANDS[verb](**values))

    def refusal(self, verb: str, incident: str = "", **values: Any) -> Refused:
        """The same where it is to be refused, and to change nothing."""
        before = dump_world(self.world)
        try:
            self.do(verb, incident, **values)
        except Refused as refused:
            assert dump_world(self.world) == before
            return refused
        raise AssertionError(f"{verb} was not refused")

    def wait(self, seconds: float) -> list[e.Event]:
        """Let the time go by, from deadline to deadline; all that happened meanwhile."""
        until, events = self.now + seconds, list[e.Event]()
        while (due := next_due(self.world)) is not None and due <= until:
            self.now = max(self.now, due)
            events += self.tick()
        self.now = until
        return events

    def tick(self) -> list[e.Event]:
        """All deadlines that have passed by now, in one batch."""
        return self.give(*(Deadline(name) for name, _ in decide_tick(self.world, self.now))).events

    # --- looking at

    def one(self, kind: type[E], **values: Any) -> E:
        """The only event of a kind (with these values) in the last batch."""
        found = self.all(kind, **values)
        assert len(found) == 1, (kind.__name__, values, self.batch.events)
        return found[0]

    def all(self, kind: type[E], **values: Any) -> list[E]:
        """The events of a kind (with these values) in the last batch."""
        return of_kind(self.batch.events, kind, **values)

    def receipt(self) -> Receipt:
        """The only receipt of the last batch."""
        assert len(self.batch.receipts) == 1, self.batch.receipts
        return self.batch.receipts[0]

    def incident(self, ident: str) -> Incident:
        """As it stands in the world."""
        return self.world.incidents[ident]

    def of_unit(self, unit_id: str) -> Assignment:
        """The newest assignment of a unit."""
        return [a for a in self.world.assignments.values() if a.unit == unit_id][-1]

    def order_of(self, unit_id: str) -> str:
        """Its id."""
        return self.of_unit(unit_id).order_id

    def asked(self, incident: str) -> list[str]:
        """The units that were asked, in that order."""
        return [self.world.assignments[o].unit for o in self.incident(incident).orders]

    def live(self, incident: str) -> dict[str, str]:
        """Unit -> status, of the assignments that are not over."""
        mine = [self.world.assignments[o] for o in self.incident(incident).orders]
        return {a.unit: a.status.value for a in mine if a.unit and a.status.value in ON}

    def alerts(self) -> list[str]:
        """The reasons of all that stands before the officer."""
        return [alert.reason for alert in self.world.alerts.values()]

    def told(self) -> list[str]:
        """The reasons for which the officer was told something in the last batch."""
        return [alert.reason for alert in self.all(e.OfficerAlerted)]

    def rows(self) -> views.Rows:
        """The rows of the last batch."""
        return views.changed(self.world, self.batch.events, len(self.entries))

    def replayed(self) -> World:
        """The world that the log gives, from nothing."""
        world = empty(self.world.root, self.world.township_id)
        for entry in self.entries:
            for event in decode_entry(entry):
                evolve(world, event)
        return world


ON = ("offered", "accepted", "en_route", "on_scene")


def of_kind(events: list[e.Event], kind: type[E], **values: Any) -> list[E]:
    """Those of a kind with these values."""
    return [
        event
        for event in events
        if isinstance(event, kind) and all(getattr(event, k) == v for k, v in values.items())
    ]


def loaded(place: Township, at: float = NOON) -> Fact:
    """The township's files are read."""
    return Fact(
        e.TownshipLoaded(
            at=at, cause="post", reason=Reason.STARTED, digest="files", document=document(place)
        )
    )


def stage(*teams: Unit, root: str = "fs", now: float = NOON, **values: Any) -> Stage:
    """A post that has just begun, with these teams in place of the usual ones."""
    made = Stage(empty(root, "test"), now)
    made.give(loaded(township(*teams, **values), now))
    return made
