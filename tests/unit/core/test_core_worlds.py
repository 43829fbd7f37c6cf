"""Random worlds: whatever comes, in whatever order, nothing breaks and everything adds up.

Each run is a few dozen alarms, clears, replies, commands, contacts and pauses in one township.
After every batch the rules of `adds_up` hold; at the end the log replays to the same bytes.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stage import CAMERAS, DAY, PLANS, Stage, east, loaded, stage, township

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.commands import Refused
from command.core.decide import Fact
from command.core.evolve import rebuild_index
from command.core.index import Index
from command.core.needs import open_needs
from command.core.outbox import Schedule
from command.core.shift import shift_digest
from command.core.tables import LIVE, RUNNING, Status
from command.core.world import World
from command.notices import noted
from sensors.observations import (
    AlarmKind,
    ClockQuality,
    Duty,
    Heartbeat,
    Located,
    ReplyStatus,
    Request,
    Severity,
)

LIVES = int(os.environ.get("FENGSUI_LIVES", "10"))  # more of them find more; each is its seed

SOURCES = ["cam-1", "cam-2", "cam-4", "gauge", "nowhere", "watcher", "near", "stranger"]
UNITS = ["near", "middle", "far", "scout-1", "ggh-1", "vgm-1", "grid-1"]
KINDS = ["fire", "flood", "landslide", "accident", "storm", "crowd", "sos", "dispute", "earthquake"]
numbers = st.integers(0, 3)
metres = st.sampled_from([0, 200, 700, 4000])
ids = st.sampled_from(["", "1", "2", "3"])  # reused on purpose
PAUSES = [1.0, 1.0, 5.0, 30.0, 61.0, 130.0, 601.0, 7300.0, DAY + 1]
STATUSES = [*ReplyStatus]
pauses = st.sampled_from(PAUSES)
sources, units, kinds = st.sampled_from(SOURCES), st.sampled_from(UNITS), st.sampled_from(KINDS)


def shape(cells: dict[Any, dict[str, None]]) -> dict[Any, set[str]]:
    """A look-up without what is empty, and without order."""
    return {key: set(found) for key, found in cells.items() if found}


def adds_up(world: World) -> None:
    """What holds in every world after a batch."""
    fresh = Index()
    kept, world.index = world.index, fresh
    rebuild_index(world)
    world.index = kept
    assert shape(kept.cells) == shape(fresh.cells)
    assert shape(kept.placed) == shape(fresh.placed)
    assert set(kept.starving) == set(fresh.starving)
    assert set(kept.holding) == set(fresh.holding)
    assert not fresh.wanting  # a restart finds nothing that was not looked at
    assert not kept.wanting
    _units_add_up(world)
    _orders_add_up(world)
    _deadlines_add_up(world)
    assert all(1 <= incident.priority <= 5 for incident in world.incidents.values())


def _units_add_up(world: World) -> None:
    live = [a for a in world.assignments.values() if a.status in LIVE]
    for name, state in world.units.items():
        assert sorted(state.orders) == sorted(a.order_id for a in live if a.unit == name)
        unit = world.index.units.get(name)
        assert unit is None or unit.shared or len(state.orders) <= 1
    assert all(world.incidents[a.incident].state in RUNNING for a in live)


def _orders_add_up(world: World) -> None:
    listed = Counter(order for i in world.incidents.values() for order in i.orders)
    assert listed == Counter(world.assignments.keys())
    for order_id, assignment in world.assignments.items():
        assert order_id in world.incidents[assignment.incident].orders
        assert (f"offer:{order_id}" in world.due) == (assignment.status is Status.OFFERED)
    assert world.outbox.keys() <= world.assignments.keys()
    for order_id, waiting in world.outbox.items():
        assert waiting.rev == world.assignments[order_id].rev == waiting.message["rev"]
        assert waiting.message["order_id"] == order_id
        assert world.due.get(f"outbox:{order_id}") == waiting.until


def _deadlines_add_up(world: World) -> None:
    for name in world.due:
        kind, _, ident = name.partition(":")
        if kind == "duty":
            assert not world.units[ident].on_duty
            assert world.due[name] == world.units[ident].off_until
        if kind == "par":
            assert world.assignments[ident].status is Status.ON_SCENE
            assert world.due[name] == world.assignments[ident].par_at
        if kind in {"release", "ack", "ackend", "second", "ladder"}:
            assert world.incidents[ident].state in RUNNING
    for incident in world.incidents.values():
        running = incident.state in RUNNING
        assert running or not incident.mayday
        watched = f"ack:{incident.id}" in world.due or f"ackend:{incident.id}" in world.due
        to_handover = incident.ack_by and incident.ack_until is None
        # Nobody is left without a watch.
        assert not running or watched or incident.escalated_to or to_handover
        assert world.due.get(f"ackend:{incident.id}") == (incident.ack_until if running else None)
        assert incident.ack_by or incident.ack_until is None
        if f"second:{incident.id}" in world.due:
            assert incident.priority <= 2
            assert f"ack:{incident.id}" in world.due
        assert incident.released_at is None or f"release:{incident.id}" not in world.due
        if running and incident.released_at is not None:
            for need, _ in open_needs(world, incident):
                lacking = incident.nobody_for if need.must else incident.nobody_wanted
                waits = [hold.role for hold in incident.holds if hold.must is need.must]
                assert need.role in (*lacking, *waits)  # asked, or known to have nobody, or waits
        assert running or not incident.holds
        soonest = min((hold.free_at for hold in incident.holds), default=None)
        assert world.due.get(f"hold:{incident.id}") == soonest


class Worlds(RuleBasedStateMachine):
    """A township under random messages, commands and pauses."""

    @initialize(root=st.sampled_from(["fs", "fsx"]))
    def begin(self, root: str) -> None:
        self.play: Stage = stage(root=root)
        self.schedule = Schedule()
        self.ids: set[str] = set()

    def did(self) -> None:
        """After every batch: ids are new, and what is to be sent is what waits in the outbox."""
        play = self.play
        assert not play.all(e.MessageQuarantined), play.batch.events
        assert not [a for a in play.all(e.OfficerAlerted) if a.reason == "poison"]
        for event in play.batch.events:
            name = {
                e.IncidentOpened: "incident",
                e.UnitOffered: "order_id",
                e.OfficerAlerted: "alert",
                e.NoticeIssued: "notice",
            }.get(type(event))
            if name:
                ident = getattr(event, name)
                assert ident not in self.ids
                self.ids.add(ident)
        self.schedule.follow(play.batch.events, play.world)
        assert len(self.schedule) == len(play.world.outbox)
        play.rows()

    def pick(self, which: int) -> str:
        """One of the incidents, or one that is not there."""
        known = list(self.play.world.incidents)
        return known[-1 - which] if which < len(known) else "I-e1-999"

    def pick_order(self, which: int) -> str:
        """One of the orders, or one that is not there."""
        known = list(self.play.world.assignments)
        return known[-1 - which] if which < len(known) else "O-e0-1"

    @rule(
        source=sources,
        kind=kinds,
        at=st.none() | metres,
        ident=ids,
        body=st.sampled_from(["x", "y"]),
        channel=st.sampled_from([None, None, None, "a"]),
        severity=st.sampled_from(Severity),
        confidence=st.sampled_from([None, 0.2, 0.9]),
        place=st.sampled_from(["", "", "v02-g1", "v99"]),
        flags=st.sampled_from([{}, {}, {}, {"retained": True}, {"exercise": True}]),
        accuracy=st.sampled_from([None, 100.0]),
    )
    def alarm(
        self,
        source: str,
        kind: str,
        at: int | None,
        ident: str,
        body: str,
        accuracy: float | None,
        flags: dict[str, bool],
        **values: Any,
    ) -> None:
        position = None if at is None else east(at, accuracy)
        said = self.play.alarm(
            source, kind, message_id=ident, digest=body, position=position, **flags, **values
        )
        self.play.give(said)
        self.did()
        assert not ident or self.play.batch.receipts
        self.play.give(said)
        assert not ident or flags.get("retained") or self.play.batch.events == []
        self.did()

    @rule(source=sources, kind=st.none() | kinds, channel=st.sampled_from([None, "a"]), of=ids)
    def clear(self, source: str, kind: str | None, channel: str | None, of: str) -> None:
        values: dict[str, Any] = {"kind": AlarmKind(kind) if kind else None, "channel": channel}
        self.play.clear(source, alarm_id=of, **values)
        self.did()

    @rule(
        which=numbers,
        status=st.sampled_from(ReplyStatus),
        rev=st.sampled_from([None, None, 1, 2]),
        said_at=st.sampled_from([None, 0.0, -100.0]),
        quality=st.sampled_from(ClockQuality),
        by=st.none() | units,
    )
    def reply(
        self,
        which: int,
        status: str,
        rev: int | None,
        said_at: float | None,
        quality: ClockQuality,
        by: str | None,
    ) -> None:
        order = self.pick_order(which)
        known = self.play.world.assignments.get(order)
        self.play.reply(
            order,
            status,
            unit=by if by and which == 3 else known.unit if known else "near",
            rev=rev,
            at_source=None if said_at is None else self.play.now + said_at,
            clock_quality=quality,
        )
        self.did()

    @rule(which=numbers, steps=st.lists(st.sampled_from(STATUSES), max_size=4))
    def work(self, which: int, steps: list[ReplyStatus]) -> None:
        """A unit that has an order goes on with it."""
        live = [a.order_id for a in self.play.world.assignments.values() if a.status in LIVE]
        for status in steps if which < len(live) else ():
            self.play.now += 1
            self.play.reply(live[which], status)
            self.did()

    @rule(
        verb=st.sampled_from(["acknowledge", "resolve", "close", "reopen", "false_alarm"]),
        which=numbers,
    )
    def end_or_so(self, verb: str, which: int) -> None:
        self.command(verb, which, text="话")

    @rule(which=numbers, seconds=st.sampled_from([None, 15, 300]))
    def hold(self, which: int, seconds: int | None) -> None:
        if seconds is None:
            self.command("hold", which, dialog=True)
        else:
            self.command("hold", which, seconds=seconds, why="先看探头")

    @rule(which=numbers, team=units, status=st.sampled_from(ReplyStatus))
    def radio(self, which: int, team: str, status: ReplyStatus) -> None:
        self.command("reply", which, unit=team, status=status.value)
        self.command("par", which)

    @rule(by=st.sampled_from(["officer-1", "officer-2"]), keep=st.booleans())
    def handover(self, by: str, *, keep: bool) -> None:
        world = self.play.world
        self.command("handover", digest=shift_digest(world))
        taken = tuple(i.id for i in world.incidents.values() if i.priority == 1)
        kept = tuple(world.shelf) if keep else ()
        number = self.play.number()
        take = m.Takeover(
            id=f"u-{number}", digest=shift_digest(world), taken=taken, keep_shelf=kept
        )
        with contextlib.suppress(Refused):
            self.play.order(take, by)
        self.did()

    @rule(place=st.sampled_from(["all", "v01-g1", "v99"]), sent=numbers)
    def notice(self, place: str, sent: int) -> None:
        self.command("notice", place=place, text="撤离河滩")
        known = list(self.play.world.notices)
        if sent < len(known):
            self.play.give(Fact(noted(known[sent], self.play.now)))
            self.did()

    @rule(which=numbers, text=st.sampled_from(["电线落地", "气罐", "塌方"]))
    def hazard(self, which: int, text: str) -> None:
        self.command("hazard", which, text=text)
        self.command("acknowledge", which, text="话", read=("电线落地",))

    @rule(which=numbers, team=units, verb=st.sampled_from(["assign", "assign", "withdraw"]))
    def team(self, which: int, team: str, verb: str) -> None:
        self.command(verb, which, units=(team,))

    @rule(which=numbers, into=numbers)
    def merge(self, which: int, into: int) -> None:
        self.command("merge", which, into=self.pick(into))

    @rule(which=numbers, source=st.sampled_from(["", "cam-1/1", "stranger/2"]))
    def split(self, which: int, source: str) -> None:
        self.command("split", which, alarm=source)

    @rule(which=numbers, priority=st.integers(1, 5))
    def priority(self, which: int, priority: int) -> None:
        self.command("priority", which, priority=priority, text="话")

    @rule(kind=kinds, place=st.sampled_from(["", "v01-g1", "v02"]))
    def call(self, kind: str, place: str) -> None:
        self.command("report_alarm", kind=kind, place=place, text="话")

    @rule(team=units, on=st.booleans(), by_hand=st.booleans())
    def duty(self, team: str, *, on: bool, by_hand: bool) -> None:
        if by_hand:
            until = self.play.now + 600 if len(team) % 2 else None
            self.command("duty", unit=team, on=on, until=until)
        else:
            self.play.give(Duty(source=team, received_at=self.play.now, on=on))
            self.did()

    @rule(source=sources, kind=st.sampled_from(["fire", "flood"]), off=st.booleans())
    def shelf(self, source: str, kind: str, *, off: bool) -> None:
        if off:
            self.command("unshelve", source=source, kind=kind)
        else:
            self.command("shelve", source=source, kind=kind, minutes=15, why="雾")

    def command(self, verb: str, which: int | None = None, **values: Any) -> None:
        """A command that may well be refused."""
        incident = "" if which is None else self.pick(which)
        try:
            self.play.do(verb, incident, **values)
        except Refused:
            assert self.play.batch.events == []
        self.did()

    @rule(source=sources, team=units, at=metres, which=numbers, ok=st.booleans())
    def contacts(self, source: str, team: str, at: int, which: int, *, ok: bool) -> None:
        now, order = self.play.now, self.pick_order(which)
        self.play.give(
            Heartbeat(source=source, received_at=now, ok=ok, retained=which == 0),
            Located(source=team, received_at=now, position=east(at), retained=which == 1),
        )
        self.did()
        if which == 2:
            self.play.give(Request(source=team, received_at=now, need="水", order_id=order))
            self.did()

    @rule(seconds=pauses, down=st.booleans())
    def pause(self, seconds: float, *, down: bool) -> None:
        """The time goes by; or no post ran meanwhile, and all of it is due at once."""
        if down:
            self.play.now += seconds
            self.play.tick()
            self.did()
            return
        tick: Callable[[], Any] = self.play.tick

        def watched() -> Any:
            events = tick()
            self.did()
            return events

        self.play.tick = watched  # type: ignore[method-assign]
        self.play.wait(seconds)
        self.play.tick = tick  # type: ignore[method-assign]

    @rule(fewer=st.booleans())
    def files(self, *, fewer: bool) -> None:
        teams = township().units[1:4] if fewer else township().units[:4]
        place = township(*teams, cameras=CAMERAS[:2] if fewer else CAMERAS)
        if fewer:
            place.plans.plans.pop("race")
            rules = tuple(r for r in place.plans.rules if r.plan in place.plans.plans)
            place = township(*teams, plans=type(place.plans)(place.plans.plans, rules))
        self.play.give(loaded(place, self.play.now))
        self.did()

    @invariant()
    def it_adds_up(self) -> None:
        adds_up(self.play.world)

    def teardown(self) -> None:
        play = self.play
        data = dump_world(play.world)
        assert dump_world(play.replayed()) == data
        loaded_again = load_world(data)
        assert dump_world(loaded_again) == data
        assert loaded_again.incidents == play.world.incidents
        restarted = Stage(loaded_again, play.now)
        assert restarted.give().events == []  # a restart asks nobody, and tells nobody, anew


def random_step(world: Worlds, dice: Random) -> None:
    """One step of a long life: mostly alarms and answers, now and then all the rest."""
    (act,) = dice.choices(ACTS, [weight for weight, _ in WEIGHED])
    act(world, dice)


def which(dice: Random) -> int:
    """Mostly the newest."""
    return dice.choice([0, 0, 0, 1, 2, 3])


def an_alarm(world: Worlds, dice: Random) -> None:
    world.alarm(
        dice.choice(SOURCES),
        dice.choice(KINDS),
        dice.choice([None, None, 0, 200, 700, 4000]),
        dice.choice(["", "1", str(dice.randrange(10**6))]),
        dice.choice(["x", "y"]),
        dice.choice([None, 100.0]),
        dice.choice([{}, {}, {}, {}, {"retained": True}, {"exercise": True}]),
        channel=dice.choice([None, None, "a"]),
        severity=dice.choice(list(Severity)),
        confidence=dice.choice([None, 0.2, 0.9]),
        place=dice.choice(["", "", "v02-g1", "v99"]),
    )


def some_work(world: Worlds, dice: Random) -> None:
    world.work(which(dice), dice.choices(STATUSES, (3, 5, 1, 3, 3, 2), k=dice.randrange(4)))


def a_reply(world: Worlds, dice: Random) -> None:
    quality, said_at = dice.choice(list(ClockQuality)), dice.choice([None, 0.0, -100.0])
    rev = dice.choice([None, 1, 2])
    world.reply(which(dice), dice.choice(STATUSES), rev, said_at, quality, None)


def a_clear(world: Worlds, dice: Random) -> None:
    kind = dice.choice([None, *KINDS])
    world.clear(dice.choice(SOURCES), kind, dice.choice([None, "a"]), dice.choice(["", "1"]))


def an_end_or_so(world: Worlds, dice: Random) -> None:
    verbs = ("acknowledge", "acknowledge", "resolve", "close", "reopen", "false_alarm")
    world.end_or_so(dice.choice(verbs), which(dice))


def a_team(world: Worlds, dice: Random) -> None:
    world.team(which(dice), dice.choice(UNITS), dice.choice(["assign", "assign", "withdraw"]))


def a_hold(world: Worlds, dice: Random) -> None:
    world.hold(which(dice), dice.choice([None, 15, 300]))
    world.hazard(which(dice), dice.choice(["电线落地", "气罐"]))
    world.notice(dice.choice(["all", "v01-g1", "v99"]), which(dice))


def a_call_by_radio(world: Worlds, dice: Random) -> None:
    world.radio(which(dice), dice.choice(UNITS), dice.choice(STATUSES))
    if dice.random() < 0.2:
        world.handover(dice.choice(["officer-1", "officer-2"]), keep=dice.random() < 0.5)


def a_merge(world: Worlds, dice: Random) -> None:
    if dice.random() < 0.6:
        world.merge(which(dice), which(dice))
    else:
        world.split(which(dice), dice.choice(["", "cam-1/1", "stranger/2"]))


def a_call(world: Worlds, dice: Random) -> None:
    world.priority(which(dice), dice.randint(1, 5))
    world.call(dice.choice(KINDS), dice.choice(["", "v01-g1", "v02"]))


def some_contacts(world: Worlds, dice: Random) -> None:
    world.duty(dice.choice(UNITS), on=dice.random() < 0.8, by_hand=dice.random() < 0.5)
    source, team, at = dice.choice(SOURCES), dice.choice(UNITS), dice.choice([0, 700])
    world.contacts(source, team, at, which(dice), ok=dice.random() < 0.5)


def new_files(world: Worlds, dice: Random) -> None:
    world.files(fewer=dice.random() < 0.5)
    world.shelf(dice.choice(SOURCES), "fire", off=dice.random() < 0.5)


def a_pause(world: Worlds, dice: Random) -> None:
    (seconds,) = dice.choices(PAUSES, (9, 9, 9, 9, 9, 5, 3, 1, 1))
    world.pause(seconds, down=dice.random() < 0.2)


WEIGHED: list[tuple[int, Callable[[Worlds, Random], None]]] = [
    (30, an_alarm),
    (20, some_work),
    (8, a_reply),
    (4, a_clear),
    (8, an_end_or_so),
    (6, a_team),
    (4, a_hold),
    (4, a_call_by_radio),
    (4, a_merge),
    (3, a_call),
    (4, some_contacts),
    (1, new_files),
    (12, a_pause),
]
ACTS = [act for _, act in WEIGHED]


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_long_life_adds_up(seed: int) -> None:
    dice = Random(seed)
    world = Worlds()
    world.begin("fsx" if seed % 5 == 4 else "fs")
    for _ in range(400):
        random_step(world, dice)
        world.it_adds_up()
    world.teardown()
    assert len(world.play.entries) > 150


def test_the_plans_of_the_stage_cover_every_kind_of_release_and_offer() -> None:
    assert {plan.release for plan in PLANS.values()} == {"at_once", "after", "by_hand"}
    assert {plan.offer for plan in PLANS.values()} == {"one_by_one", "first_n"}


TestWorlds = Worlds.TestCase
TestWorlds.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
