"""ChirpStack with Milesight's and Dragino's decoders: each test is a trap of FIELD.md section 3."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests_reading import EUI, RECEIVED_AT, SENSOR, encoded, read, refusal, refused

from sensors import observations
from sensors.normalise import normalise
from sensors.observations import (
    Alarm,
    AlarmKind,
    Clear,
    ClockQuality,
    Fault,
    Heartbeat,
    Located,
    Observation,
    Other,
    Position,
    Rejection,
    RejectionReason,
)
from sensors.sources import SourceRule, index

DEVICE = f"application/17c82e96/device/{EUI}/event"
UP = f"{DEVICE}/up"
BASE: dict[str, Any] = {
    "deduplicationId": "3ac7e3c4-4401",
    "time": "2026-11-23T00:00:00.775023242+00:00",
    "deviceInfo": {"devEui": "ffffffffffffffff", "tags": {}},
}


def up(**values: Any) -> dict[str, Any]:
    return BASE | {"object": values}


def alarm(**values: Any) -> Alarm:
    return read(Alarm, UP, up(**values))


def with_rule(rule: SourceRule, **values: Any) -> Observation | Rejection:
    return normalise(UP, encoded(up(**values)), RECEIVED_AT, index("fs", "jingming", (rule,)))


@pytest.mark.parametrize(
    ("values", "kind", "channel"),
    [
        ({"smoke_status": "alarm"}, AlarmKind.SMOKE, "smoke"),
        ({"smoke_status": "smoke"}, AlarmKind.SMOKE, "smoke"),
        ({"smoke": True}, AlarmKind.SMOKE, "smoke"),
        ({"smoke_alarm": {"status": "Alarm"}}, AlarmKind.SMOKE, "smoke"),
        ({"type": "smoke sensor", "event": "alarm"}, AlarmKind.SMOKE, "smoke"),
        ({"flame_status": 1}, AlarmKind.FIRE, "flame"),
        ({"leakage_status": "leak"}, AlarmKind.FACILITY, "leak"),
        ({"WATER_LEAK_STATUS": 1, "MOD": 2, "BAT_V": 3.042}, AlarmKind.FACILITY, "leak"),
        ({"level": 2001}, AlarmKind.FLOOD, "level"),
        ({"water_level": "2.1 m"}, AlarmKind.FLOOD, "level"),
        ({"depth": 121}, AlarmKind.FLOOD, "depth"),
        ({"Distance": "499 mm"}, AlarmKind.FLOOD, "distance"),
        ({"distance": 20}, AlarmKind.FLOOD, "distance"),
        ({"button_event": {"status": "short press"}}, AlarmKind.SOS, None),
        ({"button_event": "long_press"}, AlarmKind.SOS, None),
        ({"press": "double"}, AlarmKind.SOS, None),
        ({"press": 2}, AlarmKind.SOS, None),
        ({"sos": True}, AlarmKind.SOS, None),
    ],
)
def test_readings_that_are_alarms(
    values: dict[str, Any], kind: AlarmKind, channel: str | None
) -> None:
    found = alarm(battery=88, **values)
    assert (found.kind, found.channel) == (kind, channel)
    assert (found.source, found.place) == ("sensor-v03", "v03-g2")
    assert found.position == Position(107.55, 35.28)
    assert found.message_id == "3ac7e3c4-4401"


def test_smoke_that_stays_alarm_in_every_uplink_is_one_episode() -> None:
    first = alarm(smoke_status="alarm")
    again = read(Alarm, UP, up(smoke_status="alarm") | {"deduplicationId": "another"})
    assert first.message_id != again.message_id
    assert (first.channel, first.kind) == (again.channel, again.kind) == ("smoke", AlarmKind.SMOKE)


def test_back_to_normal_re_arms_the_episode() -> None:
    found = read(Clear, UP, up(smoke_status="normal"))
    assert (found.kind, found.channel, found.alarm_id) == (AlarmKind.SMOKE, "smoke", "")
    level = read(Clear, UP, up(Distance="2116 mm"))
    assert (level.kind, level.channel) == (AlarmKind.FLOOD, "distance")


def test_several_normal_readings_re_arm_the_whole_source() -> None:
    found = read(Clear, UP, up(smoke_status="normal", leakage_status="normal"))
    assert (found.kind, found.channel) == (None, None)


def test_the_same_reading_told_twice_is_one() -> None:
    found = read(Clear, UP, up(smoke_status="normal", smoke=0))
    assert (found.kind, found.channel) == (AlarmKind.SMOKE, "smoke")


def test_a_threshold_without_a_unit_is_for_the_bare_number() -> None:
    rule = replace(SENSOR, thresholds={"level": 5.0})
    assert isinstance(with_rule(rule, level=6), Alarm)
    assert isinstance(with_rule(rule, level=5), Clear)


def test_one_normal_reading_does_not_hide_the_alarm_of_another() -> None:
    found = alarm(smoke_status="normal", leakage_status="leak", battery=50)
    assert (found.kind, found.channel) == (AlarmKind.FACILITY, "leak")


def test_the_most_urgent_of_two_alarms_is_reported_and_both_are_named() -> None:
    found = alarm(leakage_status="leak", flame_status="alarm")
    assert (found.kind, found.channel) == (AlarmKind.FIRE, "flame")
    assert found.text == "flame: alarm, leak: leak"


@pytest.mark.parametrize(
    "values",
    [
        {"smoke_status": "testing alarm"},
        {"smoke_status": "test"},
        {"type": "smoke sensor", "event": "testing alarm with normal battery"},
        {"button_event": {"status": "test"}},
    ],
)
def test_a_test_is_not_an_alarm(values: dict[str, Any]) -> None:
    read(observations.Test, UP, up(**values))


def test_a_real_alarm_beside_a_test_is_an_alarm() -> None:
    assert alarm(smoke_status="testing alarm", flame_status="alarm").kind is AlarmKind.FIRE


@pytest.mark.parametrize(
    "values",
    [
        {"tamper_status": "alarm"},
        {"tamper_status": "triggered", "smoke_status": "normal"},
        {"tamper": 1},
        {"type": "smoke sensor", "event": "removed"},
        {"type": "smoke sensor", "event": "low battery"},
        {"Distance": "0 mm"},
        {"smoke_status": "预警"},
    ],
)
def test_a_tamper_a_fault_or_an_unknown_word_is_for_a_person_to_look_at(
    values: dict[str, Any],
) -> None:
    read(Fault, UP, up(**values))


def test_an_unknown_word_names_itself() -> None:
    assert read(Fault, UP, up(smoke_status="\x1b[31mVORALARM")).text == "smoke: voralarm"


@pytest.mark.parametrize(
    "values",
    [
        {"battery": 92},
        {"temperature": 20.5, "humidity": 50},
        {"smoke_status": None, "battery": 92},
        {"smoke": 12, "battery": 92},
        {"type": "smoke sensor", "event": "silent"},
        {"sos": False},
        {"button_event": None, "battery": 92},
        {"latitude": 0, "longitude": 0, "battery": 92},
    ],
)
def test_no_news_is_a_sign_of_life(values: dict[str, Any]) -> None:
    read(Heartbeat, UP, up(**values))


@pytest.mark.parametrize(
    ("battery", "share"),
    [(92, 0.92), ("92", 0.92), (0, 0.0), (3.042, None), ("3.6 V", None), (255, None)],
)
def test_battery_is_per_cent_and_never_volts(battery: Any, share: float | None) -> None:
    assert read(Heartbeat, UP, up(battery=battery)).battery == share


def test_history_is_not_news() -> None:
    history = [{"leakage_status": "leak", "timestamp": 1665561758}]
    read(Other, UP, up(history=history))
    read(Clear, UP, up(history=history, leakage_status="normal"))


@pytest.mark.parametrize(
    "document",
    [
        BASE,
        BASE | {"object": None},
        BASE | {"object": []},
        BASE | {"object": {}},
        BASE | {"object": {"appeui": "..."}},
    ],
)
def test_without_a_codec_there_is_nothing_to_read(document: dict[str, Any]) -> None:
    assert read(Other, UP, document).message_id == ""


def test_a_reading_that_the_rule_does_not_name_opens_nothing_and_says_so() -> None:
    rule = replace(SENSOR, kinds={"leak": "facility"})
    found = with_rule(rule, smoke_status="alarm")
    assert isinstance(found, Other)
    assert found.text == "smoke: alarm"
    normal = with_rule(rule, smoke_status="normal", battery=50)
    assert isinstance(normal, Heartbeat)


def test_a_rule_may_take_only_the_long_press_for_an_sos() -> None:
    rule = replace(SENSOR, kinds={"button_long": "sos"})
    assert isinstance(with_rule(rule, press="long"), Alarm)
    assert isinstance(with_rule(rule, press="short"), Other)


def test_a_tracker_is_located_and_its_alarm_carries_the_place() -> None:
    found = read(Located, UP, up(latitude=35.281, longitude=107.552, battery=88))
    assert (found.position, found.battery) == (Position(107.552, 35.281), 0.88)
    pressed = alarm(latitude="35.281", longitude="107.552", sos=True)
    assert pressed.position == Position(107.552, 35.281)


def test_nanoseconds_are_read() -> None:
    found = alarm(smoke_status="alarm")
    assert found.at_source == pytest.approx(RECEIVED_AT + 0.775023, abs=1e-5)
    assert found.clock_quality is ClockQuality.OK


def test_the_topic_says_which_device_and_in_any_case() -> None:
    topic = UP.replace(EUI, EUI.upper())
    assert read(Clear, topic, up(smoke_status="normal")).source == "sensor-v03"


def test_join_is_a_sign_of_life() -> None:
    assert read(Heartbeat, f"{DEVICE}/join", BASE | {"devAddr": "0018"}).text == "join"


@pytest.mark.parametrize(
    ("fields", "share"),
    [({"batteryLevel": 75.0}, 0.75), ({}, None), ({"batteryLevel": 0.0}, None)],
)
def test_zero_values_are_left_out_or_put_in(fields: dict[str, Any], share: float | None) -> None:
    assert read(Heartbeat, f"{DEVICE}/status", BASE | fields).battery == share


def test_an_error_in_the_log_is_a_fault_and_the_rest_is_not() -> None:
    error = BASE | {"level": "ERROR", "code": "UPLINK_MIC", "description": "MIC \x1b[1minvalid"}
    assert read(Fault, f"{DEVICE}/log", error).text == "UPLINK_MIC: MIC invalid"
    read(Other, f"{DEVICE}/log", error | {"level": "WARNING"})
    read(Other, f"{DEVICE}/log", BASE | {"level": None, "code": None})


@pytest.mark.parametrize("event", ["ack", "txack", "integration"])
def test_events_without_news(event: str) -> None:
    read(Other, f"{DEVICE}/{event}", BASE)


def test_a_resolved_location() -> None:
    place = {"latitude": 35.28, "longitude": 107.55, "accuracy": 40}
    found = read(Located, f"{DEVICE}/location", BASE | {"location": place})
    assert found.position == Position(107.55, 35.28, 40.0)
    for missing in (None, {}, {"latitude": 35.28}):
        reason = refused(f"{DEVICE}/location", BASE | {"location": missing})
        assert reason is RejectionReason.POSITION_INVALID


def test_a_device_that_nobody_mapped() -> None:
    found = refusal(UP.replace(EUI, "00aa"), up(smoke_status="alarm"))
    assert (found.reason, found.source) == (RejectionReason.SOURCE_UNMAPPED, "00aa")


def test_a_refusal_keeps_the_id() -> None:
    found = refusal(f"{DEVICE}/location", BASE)
    assert (found.message_id, found.source) == ("3ac7e3c4-4401", "sensor-v03")


@pytest.mark.parametrize(
    "topic",
    [
        "application",
        f"application/1/device/{EUI}/command/down",
        f"{DEVICE}/explode",
        f"{DEVICE}/up/x",
    ],
)
def test_topics_that_are_not_events(topic: str) -> None:
    assert refused(topic, up(smoke_status="alarm")) is RejectionReason.TOPIC_UNKNOWN
