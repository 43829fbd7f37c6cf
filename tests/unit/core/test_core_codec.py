"""Events and worlds as bytes: what goes in comes out, and an old log is read for ever.

`tests/fixtures/log-v1.jsonl` is the log of version 1 as it was written, one entry a line. It is a
fixture of every release: it is never written anew, and what it gives must stay what it was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import Stage, east, stage

from command import messages as m
from command.core import events as e
from command.core.codec import (
    UnknownEvent,
    decode_entry,
    dump_world,
    encode_entry,
    entry_events,
    event_dict,
    load_world,
)
from command.core.commands import Ordered
from command.core.decide import Fact
from command.core.evolve import evolve
from command.core.presence import Absent
from command.core.reasons import Reason
from command.core.shift import shift_digest
from command.core.world import empty
from sensors.observations import (
    Heartbeat,
    Located,
    Position,
    Rejection,
    RejectionReason,
    Request,
)
from sensors.observations import Test as Probe

OLD_LOG = Path(__file__).parents[2] / "fixtures" / "log-v1.jsonl"

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
places = st.builds(Position, numbers, numbers, st.none() | numbers)
jsons = st.dictionaries(texts, st.none() | st.booleans() | st.integers() | numbers | texts)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    float: numbers,
    int: st.integers(0, 2**50),
    bool: st.booleans(),
    Reason: st.sampled_from(Reason),
    Position: places,
    Position | None: st.none() | places,
    float | None: st.none() | numbers,
    int | None: st.none() | st.integers(0, 2**50),
    tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
    dict[str, Any]: jsons,
    dict[str, float] | None: st.none() | st.dictionaries(texts, numbers, max_size=3),
}


def events(kind: type[e.Event]) -> st.SearchStrategy[e.Event]:
    """Events of a kind, with anything in their fields."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: VALUES[hints[f.name]] for f in fields(kind)})


@pytest.mark.parametrize("kind", e.EVENTS.values(), ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was(kind: type[e.Event]) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(events(kind))
    def comes_back(event: e.Event) -> None:
        data = encode_entry(event.at, [event])
        assert decode_entry(data) == [event]
        assert encode_entry(event.at, decode_entry(data)) == data

    comes_back()


@pytest.mark.parametrize("kind", e.EVENTS.values(), ids=lambda kind: kind.__name__)
def test_what_has_its_default_is_not_written(kind: type[e.Event]) -> None:
    hints = get_type_hints(kind)
    simple: dict[Any, Any] = {str: "x", float: 1.5, int: 3, Reason: Reason.STARTED, bool: True}
    given_: dict[str, Any] = {
        f.name: simple.get(hints[f.name], {"a": 1} if hints[f.name] == dict[str, Any] else ())
        for f in fields(kind)
        if f.default is MISSING
    }
    assert set(event_dict(kind(**given_))) == {"event", *given_}


def test_every_event_has_a_name_and_evolves() -> None:
    defined = {
        value
        for value in vars(e).values()
        if isinstance(value, type)
        and issubclass(value, e.Event)
        and value not in {e.Event, e.Heard}
    }
    assert set(e.EVENTS.values()) == defined


def test_equal_values_give_equal_bytes() -> None:
    event = e.IncidentNoted(
        at=1.0, cause="c", reason=Reason.BY_OFFICER, incident="I", by="o", text="火"
    )
    assert (
        encode_entry(1.0, [event])
        == (
            '{"v":1,"at":1.0,"events":[{"event":"IncidentNoted","at":1.0,"cause":"c",'
            '"reason":"by_officer","incident":"I","by":"o","text":"火"}]}'
        ).encode()
    )


def test_an_entry_holds_a_whole_batch_in_order() -> None:
    play = stage()
    play.report("cam-1", "flood")
    assert decode_entry(play.entries[-1]) == play.batch.events


# --- versions


def test_an_event_of_a_newer_post_is_named() -> None:
    entry = b'{"v":1,"at":1,"events":[{"event":"MoonRose","at":1}]}'
    with pytest.raises(UnknownEvent, match="MoonRose"):
        decode_entry(entry)


def test_an_entry_of_a_newer_post_is_not_guessed_at() -> None:
    with pytest.raises(UnknownEvent, match="version 2"):
        decode_entry(b'{"v":2,"at":1,"events":[]}')


def test_older_entries_are_brought_up_one_version_at_a_time() -> None:
    def renamed(value: dict[str, Any]) -> list[dict[str, Any]]:
        return [value | {"event": "Noted", "text": value["said"]}]

    def doubled(value: dict[str, Any]) -> list[dict[str, Any]]:
        return [value, value | {"event": "Counted"}]

    upcasters = {1: {"Said": renamed}, 2: {"Noted": doubled}}
    old = b'{"v":1,"at":1,"events":[{"event":"Said","said":"a"},{"event":"Other"}]}'
    found = entry_events(old, upcasters, version=3)
    assert [(v["event"], v.get("text")) for v in found] == [
        ("Noted", "a"),
        ("Counted", "a"),
        ("Other", None),
    ]
    newer = b'{"v":2,"at":1,"events":[{"event":"Said","said":"a"}]}'
    assert [v["event"] for v in entry_events(newer, upcasters, version=3)] == ["Said"]


def story() -> Stage:
    """Two days in which everything happens at least once; the old log was written from them."""
    play = stage()
    play.give(
        Fact(e.PostStarted(at=play.now, cause="post", reason=Reason.STARTED, epoch=1)),
        Fact(e.ClockStepped(at=play.now, cause="post", reason=Reason.CLOCK_STEP, by_s=3.5)),
        Heartbeat(source="cam-2", received_at=play.now, battery=0.5),
        Located(source="far", received_at=play.now, position=east(2900)),
        Probe(source="gauge", received_at=play.now, text="按钮"),
        Rejection("fs/test/x/alarm", "x", RejectionReason.NOT_JSON, "byte 0", "d", play.now),
        Request(source="near", received_at=play.now, need="water"),
    )
    play.do("acknowledge", alert="A-e1-1")
    play.do("move", unit="far")
    fire = play.report("cam-1", text="对面山坡冒烟", confidence=0.87)
    play.do("hold", fire, seconds=30, why="先看探头")
    play.do("hazard", fire, text="电线落地")
    play.do("acknowledge", fire, read=("电线落地",))
    play.wait(20)
    play.report("near", text="看到明火")
    play.do("acknowledge", fire)
    play.give(Absent(("officer-1",), nobody=True))
    play.do("acknowledge", fire)
    play.wait(60)
    play.walk(play.order_of("middle"), "received", "accepted", "en_route", "on_scene")
    play.do("par", fire)
    play.do("handover", digest=shift_digest(play.world), words="北坡余烬要复看")
    taken = m.Takeover(id="u", digest=shift_digest(play.world), taken=(fire,))
    play.order(taken, by="officer-2")
    play.do("acknowledge", fire)
    play.do("grade", fire, grade=4)
    play.do("notice", place="all", text="撤离河滩")
    play.do("stop_play", text="北坡真实火警")
    play.give(Fact(e.NoticeSent(at=play.now, cause="b", reason=Reason.ON_THE_AIR, notice="N-e1-1")))
    response = m.Response(id="u-r", level=4, why="带班同意")
    play.give(Ordered(response, "leader-1", "leader"))
    second = play.report("cam-4", "flood")
    play.do("priority", second, priority=1)
    play.do("report_alarm", kind="dispute", text="争水渠", place="v01-g1")
    dispute = list(play.world.incidents)[-1]
    play.do("assign", dispute, units=("ggh-1",), without=("far",))
    play.do("note", fire, text="已电话核实")
    play.do("priority", fire, priority=1)
    play.do("merge", second, into=fire)
    play.do("split", second)
    play.do("shelve", source="cam-3", kind="fire", minutes=30, why="逆光")
    play.do("duty", unit="far", on=False, text="车坏")
    play.report("stranger", "sos", exercise=True)
    play.report("gauge", "flood", channel="level")
    play.clear("gauge", kind="flood", channel="level")
    play.reply("O-e1-77", "accepted", unit="near")
    play.wait(1320)
    play.do("false_alarm", second, text="洗车水")
    play.walk(play.order_of("middle"), "done")
    play.wait(2 * 86400)
    return play


def test_the_story_replays_to_the_same_world() -> None:
    play = story()
    assert dump_world(play.replayed()) == dump_world(play.world)
    told = {type(event).__name__ for entry in play.entries for event in decode_entry(entry)}
    assert told == set(e.EVENTS)


def test_an_old_log_is_read_and_gives_what_it_gave() -> None:
    lines = OLD_LOG.read_bytes().splitlines()
    world = empty("fs", "test")
    for line in lines:
        for event in decode_entry(line):
            evolve(world, event)
    expected = json.loads((OLD_LOG.parent / "log-v1.expected.json").read_bytes())
    assert {
        "entries": len(lines),
        "incidents": {i.id: [i.state, i.priority, i.plan] for i in world.incidents.values()},
        "assignments": {a.order_id: [a.unit, a.status] for a in world.assignments.values()},
        "units": {name: [u.on_duty, u.orders] for name, u in world.units.items()},
        "alerts": {name: alert.reason for name, alert in world.alerts.items()},
        "outbox": {name: [o.rev, o.state] for name, o in world.outbox.items()},
        "era": world.era,
        "counters": world.counters,
        "due": world.due,
    } == expected


# --- worlds


def test_a_world_comes_back_as_it_was() -> None:
    world = story().world
    data = dump_world(world)
    loaded = load_world(data)
    assert dump_world(loaded) == data
    assert loaded.incidents == world.incidents
    assert loaded.assignments == world.assignments
    assert loaded.due == world.due
    assert hashlib.sha256(dump_world(loaded)).digest() == hashlib.sha256(data).digest()


def test_a_loaded_world_goes_on_as_the_other() -> None:
    play = story()
    other = Stage(load_world(dump_world(play.world)), play.now, _ids=play._ids)
    for one in (play, other):
        one.report("gauge", "flood", position=None)
        one.wait(300)
    assert dump_world(other.world) == dump_world(play.world)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts)
def test_any_text_survives(text: str) -> None:
    play = stage()
    ident = play.report("cam-1", text=text)
    play.do("note", ident, text=text or "-")
    assert dump_world(load_world(dump_world(play.world))) == dump_world(play.world)
    assert dump_world(play.replayed()) == dump_world(play.world)
