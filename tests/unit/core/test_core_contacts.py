"""Signs of life, positions, duty, requests: what keeps the picture of sources and units."""

from __future__ import annotations

from typing import Any

import pytest
from stage import DAY, HOUR, NOON, Stage, east, of_kind, stage

from command.core import events as e
from command.core.decide import Fact
from command.core.dispatch import unit_status
from command.core.reasons import Reason
from command.core.rows import source_row
from command.core.views import unit_row
from sensors.observations import (
    ClockQuality,
    Duty,
    Fault,
    Heartbeat,
    Located,
    Other,
    Rejection,
    RejectionReason,
    Request,
)
from sensors.observations import Test as Probe


def beat(play: Stage, source: str = "cam-1", **values: Any) -> list[e.Event]:
    return play.give(Heartbeat(source=source, received_at=play.now, **values)).events


def fix(play: Stage, metres: float, source: str = "near", **values: Any) -> list[e.Event]:
    return play.give(
        Located(source=source, received_at=play.now, position=east(metres), **values)
    ).events


# --- heartbeats


def test_a_camera_is_unknown_until_it_is_heard() -> None:
    play = stage()
    assert source_row(play.world, "cam-1")["state"] == "unknown"
    beat(play)
    assert source_row(play.world, "cam-1")["state"] == "online"


@pytest.mark.parametrize(("source", "every_s"), [("cam-1", 150.0), ("near", 225.0)])
def test_heartbeats_are_thinned_to_a_quarter_of_the_limit(source: str, every_s: float) -> None:
    play = stage()
    logged = []
    for _ in range(301):
        if beat(play, source):
            logged.append(play.now - NOON)
        play.now += 5
    assert logged == [n * every_s for n in range(len(logged))]
    assert len(logged) >= 1500 / every_s


def test_a_change_is_logged_at_once() -> None:
    play = stage()
    beat(play)
    assert beat(play) == []
    assert beat(play, ok=False, text="画面黑")
    assert beat(play, ok=False, text="画面黑") == []
    assert beat(play, ok=False, text="断电")
    assert source_row(play.world, "cam-1")["state"] == "fault"
    assert source_row(play.world, "cam-1")["text"] == "断电"
    assert beat(play, battery=0.4)
    assert source_row(play.world, "cam-1")["battery"] == 0.4


def test_a_fault_is_no_alarm() -> None:
    play = stage()
    play.give(Fault(source="cam-1", received_at=play.now, text="遮挡"))
    assert play.one(e.SourceHeard).ok is False
    assert play.world.incidents == {}


def test_a_stranger_leaves_no_state_behind() -> None:
    play = stage()
    assert beat(play, "stranger") == []
    assert fix(play, 10, "stranger") == []
    play.report("stranger", position=east(0))
    assert play.world.sources == {}
    assert not [name for name in play.world.due if name.startswith("silent:")]


@pytest.mark.parametrize("source", ["cam-1", "near"])
def test_a_retained_heartbeat_is_no_sign_of_life(source: str) -> None:
    play = stage()
    assert beat(play, source, retained=True) == []
    assert play.world.due == {}


def test_silence_is_offline_and_back_is_online() -> None:
    play = stage()
    beat(play)
    assert of_kind(play.wait(599), e.SourceSilent) == []
    play.wait(1)
    silent = play.one(e.SourceSilent)
    assert (silent.source, silent.last_at, silent.late) == ("cam-1", NOON, False)
    assert source_row(play.world, "cam-1")["state"] == "offline"
    assert play.wait(DAY) == []
    assert beat(play)
    assert source_row(play.world, "cam-1")["state"] == "online"


@pytest.mark.parametrize("kind", ["alarm", "clear", "test"])
def test_every_message_is_a_sign_of_life(kind: str) -> None:
    play = stage()
    if kind == "alarm":
        play.report("cam-1")
    elif kind == "clear":
        play.clear("cam-1", kind="fire")
    else:
        play.give(Probe(source="cam-1", received_at=play.now))
    assert play.world.due["silent:cam-1"] == NOON + 600


def test_a_silent_unit_is_unreachable_and_a_reply_brings_it_back() -> None:
    play = stage()
    beat(play, "near")
    play.wait(900)
    assert unit_status(play.world, "near") == "unreachable"
    play.report("cam-1", "flood")
    play.wait(2 * 60)
    assert unit_status(play.world, "near") == "committed"
    play.reply(play.order_of("near"), "declined")
    assert unit_status(play.world, "near") == "available"


def test_silence_clears_no_alarm() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.wait(HOUR)
    assert play.incident(ident).state == "assigned"
    assert play.incident(ident).reports["cam-1"].cleared_at is None


# --- positions


def test_positions_are_thinned() -> None:
    play = stage()
    assert fix(play, 0)
    play.now += 10
    assert fix(play, 29) == []
    assert fix(play, 31)
    play.now += 59
    assert fix(play, 31) == []
    play.now += 1
    assert fix(play, 31)
    assert play.world.units["near"].position == east(31)
    assert unit_row(play.world, "near")["position"]["lon"] == east(31).lon


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ({}, True),
        ({"retained": True}, False),
        ({"at_source": NOON - 899}, True),
        ({"at_source": NOON - 901}, False),
        ({"at_source": NOON - 2 * DAY, "clock_quality": ClockQuality.SKEWED}, False),
        ({"at_source": 0.0, "clock_quality": ClockQuality.UNSET}, True),
        ({"at_source": NOON + DAY, "clock_quality": ClockQuality.SKEWED}, True),
    ],
)
def test_a_fix_of_yesterday_is_not_where_the_unit_is(values: dict[str, Any], taken: object) -> None:
    play = stage()
    assert bool(fix(play, 5000, **values)) is taken


# --- tests, duty, requests, what is no news


def test_a_test_is_no_alarm() -> None:
    play = stage()
    said = Probe(source="gauge", received_at=play.now, message_id="t", digest="t", text="按钮")
    play.give(said)
    assert play.one(e.DeviceTested).text == "按钮"
    assert play.receipt().outcome == "logged"
    assert play.give(said).events == []
    assert play.receipt().outcome == "duplicate"
    assert play.world.incidents == {}


def test_a_unit_signs_itself_off_and_on() -> None:
    play = stage()
    said = Duty(source="near", received_at=play.now, message_id="d", digest="d", on=False)
    play.give(said)
    assert play.one(e.UnitDutyChanged).reason == Reason.SIGNED_OFF
    assert unit_status(play.world, "near") == "off_duty"
    assert play.rows()["unit"]["near"]["state"] == "off_duty"  # type: ignore[index]
    assert play.give(said).events == []
    play.give(Duty(source="near", received_at=play.now, on=True))
    assert unit_status(play.world, "near") == "available"


@pytest.mark.parametrize("values", [{"source": "cam-1"}, {"source": "near", "retained": True}])
def test_who_is_no_unit_and_what_is_of_yesterday_signs_nobody(values: dict[str, Any]) -> None:
    play = stage()
    assert play.give(Duty(received_at=play.now, on=False, **values)).events == []


@pytest.mark.parametrize("order", ["O-e1-1", "", "O-e1-99"])
def test_a_request_is_put_before_the_officer(order: str) -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.do("acknowledge", ident)
    said = Request(
        source="near",
        received_at=play.now,
        message_id="q",
        digest="q",
        need="water",
        order_id=order,
        text="两车",
    )
    play.give(said)
    assert play.one(e.RequestReceived).incident == ident
    assert play.one(e.OfficerAlerted).text == "water 两车"
    assert play.incident(ident).ack_by == ""
    assert play.give(said).events == []


def test_a_request_without_an_order_belongs_to_no_incident() -> None:
    play = stage()
    play.give(Request(source="near", received_at=play.now, need="water"))
    assert play.one(e.OfficerAlerted).incident == ""


def test_what_is_no_news_is_no_event() -> None:
    play = stage()
    assert play.give(Other(source="cam-1", received_at=play.now, text="config")).events == []


def test_what_could_not_be_read_is_a_fact() -> None:
    play = stage()
    unread = Rejection(
        topic="fs/test/cam-1/alarm",
        source="cam-1",
        reason=RejectionReason.NOT_JSON,
        detail="byte 3",
        digest="d",
        received_at=play.now,
        message_id="m",
    )
    play.give(unread)
    aside = play.one(e.MessageQuarantined)
    assert (aside.quarantine, aside.why, aside.detail) == ("Q-e1-1", "not_json", "byte 3")
    assert play.batch.kept_aside == {0: "Q-e1-1"}
    assert play.receipt().as_json() == {"id": "m", "outcome": "rejected", "reason": "not_json"}
    assert play.rows()["post"]["post"]["rejected"] == 1  # type: ignore[index]
    assert play.world.sources == {}
    assert play.give(unread).events == []  # kept already
    assert play.receipt().outcome == "rejected"


def test_nobody_was_silent_while_the_post_was_down() -> None:
    play = stage()
    play.give(Heartbeat(source="cam-1", received_at=play.now))
    play.now += 2 * HOUR
    started = e.PostStarted(at=play.now, cause="post", reason=Reason.STARTED, epoch=2)
    play.give(Fact(started))
    assert play.tick() == []
    assert play.world.sources["cam-1"].online
    assert [event.source for event in of_kind(play.wait(HOUR), e.SourceSilent)] == ["cam-1"]
