"""Contract v1 as it comes in: what is strict, and what costs only the field."""

from __future__ import annotations

from typing import Any

import pytest
from tests_reading import AT, RECEIVED_AT, read, refusal, refused, result

from sensors import observations
from sensors.observations import (
    Alarm,
    AlarmKind,
    Clear,
    ClockQuality,
    Duty,
    Heartbeat,
    Located,
    Position,
    RejectionReason,
    Reply,
    ReplyStatus,
    Request,
    Severity,
)

CAMERA = "fs/jingming/ljg-01"
UNIT = "fs/jingming/militia-1"
POINT = {"lon": 107.55, "lat": 35.28, "accuracy_m": 30, "datum": "wgs84"}
ALARM: dict[str, Any] = {
    "id": "a-9f1",
    "kind": "smoke",
    "at": AT,
    "severity": "severe",
    "confidence": 0.87,
    "position": POINT,
    "place": "v03-g2",
    "text": "对面山坡冒烟",
    "evidence": ["http://10.0.0.1/snap.jpg"],
    "exercise": False,
}
REPLY: dict[str, Any] = {
    "id": "r-3",
    "order_id": "O-e1-17",
    "unit": "militia-1",
    "status": "accepted",
    "at": AT,
    "text": "马上出发",
}


def alarm(**changes: Any) -> Alarm:
    return read(Alarm, f"{CAMERA}/alarm", ALARM | changes)


def test_the_alarm_of_the_contract() -> None:
    found = alarm()
    assert found == Alarm(
        source="ljg-01",
        received_at=RECEIVED_AT,
        message_id="a-9f1",
        digest=found.digest,
        at_source=RECEIVED_AT,
        kind=AlarmKind.SMOKE,
        severity=Severity.SEVERE,
        confidence=0.87,
        position=Position(107.55, 35.28, 30.0),
        place="v03-g2",
        text="对面山坡冒烟",
        evidence=("http://10.0.0.1/snap.jpg",),
    )
    assert len(found.digest) == 16


def test_the_shortest_alarm() -> None:
    found = read(Alarm, f"{CAMERA}/alarm", {"id": "1", "kind": "sos"})
    assert (found.kind, found.at_source) == (AlarmKind.SOS, None)
    assert found.clock_quality is ClockQuality.UNSET
    assert (found.position, found.channel, found.exercise) == (None, None, False)


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_every_kind_of_the_contract(kind: AlarmKind) -> None:
    assert alarm(kind=kind.value).kind is kind


def test_an_unknown_kind_is_not_lost() -> None:
    found = alarm(kind="\x1b[31mVolcano", text="冒烟")
    assert (found.kind, found.text) == (AlarmKind.OTHER, "[Volcano] 冒烟")
    assert alarm(kind="SMOKE").kind is AlarmKind.SMOKE


def test_unknown_severity_and_impossible_confidence_cost_only_themselves() -> None:
    assert alarm(severity="biblical").severity is Severity.UNKNOWN
    assert alarm(severity="Severe").severity is Severity.SEVERE
    assert [alarm(confidence=value).confidence for value in (-0.1, 1.1, 87, 1)] == [
        None,
        None,
        None,
        1.0,
    ]


@pytest.mark.parametrize("at", [None, 0, 1795392000, "yesterday", "", "1970-01-01T00:00:00Z", []])
def test_a_lost_time_does_not_lose_the_alarm(at: Any) -> None:
    found = alarm(at=at)
    assert (found.at_source, found.clock_quality) == (None, ClockQuality.UNSET)


def test_a_naive_time_is_read_in_shanghai_and_marked() -> None:
    found = alarm(at="2026-11-23T08:00:00")
    assert (found.at_source, found.clock_quality) == (RECEIVED_AT, ClockQuality.NAIVE)


@pytest.mark.parametrize(
    "position", [{"lon": 0, "lat": 0}, {"lon": "107.5", "lat": 35.2}, {"lon": 999}, "there", None]
)
def test_a_bad_position_is_dropped_and_the_alarm_kept(position: Any) -> None:
    assert alarm(position=position).position is None


def test_a_position_on_a_chinese_map_is_converted() -> None:
    found = alarm(position={"lon": 121.531541859215, "lat": 31.17530398364597, "datum": "gcj02"})
    assert found.position is not None
    assert found.position.lon == pytest.approx(121.5272106, abs=1e-8)
    assert found.position.lat == pytest.approx(31.1774276, abs=1e-8)


def test_evidence_is_at_most_eight_addresses_that_can_be_opened() -> None:
    bad = ["javascript:alert(1)", "file:///etc/passwd", "http://a b", "http://" + "x" * 600, ""]
    good = [f"https://10.0.0.1/{number}.jpg" for number in range(10)]
    assert alarm(evidence=bad + good).evidence == tuple(good[:8])
    assert alarm(evidence=["RTSP://10.0.0.1:554/1"]).evidence == ("RTSP://10.0.0.1:554/1",)


def test_a_cameras_password_does_not_reach_the_log() -> None:
    found = alarm(evidence=["rtsp://admin:secret@10.0.0.1/1", "http://a/?q=x@y"])
    assert found.evidence == ("rtsp://10.0.0.1/1", "http://a/?q=x@y")


def test_texts_are_clean_and_bounded() -> None:
    found = alarm(text="\x1b]0;x\x07[/red]火\n" + "烟" * 900, place="v03\x00-g2")
    assert found.text.startswith("[/red]火 烟")
    assert len(found.text) == 500
    assert found.place == "v03-g2"


def test_exercise_is_passed_on() -> None:
    assert alarm(exercise=True).exercise is True


@pytest.mark.parametrize("bad_id", ["", "\x1b[2J", "x" * 129, " "])
def test_an_id_of_nothing_or_too_long_is_refused(bad_id: str) -> None:
    found = refusal(f"{CAMERA}/alarm", ALARM | {"id": bad_id})
    assert (found.reason, found.message_id) == (RejectionReason.FIELD_INVALID, "")


def test_a_rejection_keeps_the_id_for_the_receipt() -> None:
    found = refusal(f"{CAMERA}/alarm", {"id": "a-7", "kind": 5})
    assert (found.message_id, found.source, found.reason) == (
        "a-7",
        "ljg-01",
        RejectionReason.FIELD_INVALID,
    )
    assert found.detail.startswith("kind")
    missing = refusal(f"{CAMERA}/alarm", {"id": "a-8"})
    assert (missing.message_id, missing.reason) == ("a-8", RejectionReason.FIELD_MISSING)
    version = refusal(f"{CAMERA}/alarm", ALARM | {"v": 2})
    assert (version.message_id, version.reason) == ("a-9f1", RejectionReason.VERSION_UNKNOWN)


def test_a_rejection_of_bytes_still_names_the_source() -> None:
    found = refusal(f"{CAMERA}/alarm", b"\xff")
    assert (found.source, found.reason) == ("ljg-01", RejectionReason.NOT_UTF8)


def test_clear_by_alarm_or_by_kind() -> None:
    by_alarm = read(Clear, f"{CAMERA}/clear", {"id": "c-1", "at": AT, "alarm": "a-9f1"})
    assert (by_alarm.message_id, by_alarm.alarm_id, by_alarm.kind) == ("c-1", "a-9f1", None)
    by_kind = read(Clear, f"{CAMERA}/clear", {"id": "c-2", "kind": "smoke"})
    assert (by_kind.alarm_id, by_kind.kind) == ("", AlarmKind.SMOKE)
    unknown = read(Clear, f"{CAMERA}/clear", {"id": "c-3", "kind": "volcano"})
    assert unknown.kind is AlarmKind.OTHER
    assert refused(f"{CAMERA}/clear", {"id": "c-4"}) is RejectionReason.FIELD_MISSING


def test_heartbeat() -> None:
    full = {"at": AT, "ok": False, "text": "镜头脏", "battery": 0.8}
    found = read(Heartbeat, f"{CAMERA}/heartbeat", full)
    assert (found.ok, found.text, found.battery) == (False, "镜头脏", 0.8)
    empty = read(Heartbeat, f"{CAMERA}/heartbeat", {})
    assert (empty.ok, empty.battery, empty.message_id) == (True, None, "")
    assert read(Heartbeat, f"{CAMERA}/heartbeat", {"battery": 80}).battery is None


def test_position_message() -> None:
    found = read(Located, f"{UNIT}/position", {"at": AT, "position": POINT, "speed_mps": 1})
    assert (found.position, found.speed_mps) == (Position(107.55, 35.28, 30.0), 1.0)
    fast = read(Located, f"{UNIT}/position", {"position": POINT, "speed_mps": -1, "battery": 0.5})
    assert (fast.speed_mps, fast.battery) == (None, 0.5)


@pytest.mark.parametrize("position", [None, {}, {"lon": 0, "lat": 0}, {"lon": 200, "lat": 35}])
def test_a_position_message_without_one_is_refused(position: Any) -> None:
    reason = refused(f"{UNIT}/position", {"at": AT, "position": position})
    assert reason is RejectionReason.POSITION_INVALID


@pytest.mark.parametrize("status", list(ReplyStatus))
def test_every_reply(status: ReplyStatus) -> None:
    found = read(Reply, f"{UNIT}/reply", REPLY | {"status": status.value})
    assert found.status is status
    assert (found.order_id, found.unit, found.text) == ("O-e1-17", "militia-1", "马上出发")


def test_reply_names_its_unit_or_the_topic_does() -> None:
    other = read(Reply, f"{UNIT}/reply", REPLY | {"unit": "rangers-2"})
    assert (other.source, other.unit) == ("militia-1", "rangers-2")
    unnamed = {key: value for key, value in REPLY.items() if key != "unit"}
    assert read(Reply, f"{UNIT}/reply", unnamed).unit == "militia-1"


def test_reply_may_say_which_revision_it_answers() -> None:
    revs = [
        read(Reply, f"{UNIT}/reply", REPLY | {"rev": rev}).rev for rev in (3, None, -1, 10**400)
    ]
    assert revs == [3, None, None, None]
    assert refused(f"{UNIT}/reply", REPLY | {"rev": "3"}) is RejectionReason.FIELD_INVALID


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "maybe"}, RejectionReason.FIELD_INVALID),
        ({"status": 3}, RejectionReason.FIELD_INVALID),
        ({"order_id": ""}, RejectionReason.FIELD_INVALID),
        ({"order_id": "\x00"}, RejectionReason.FIELD_INVALID),
    ],
)
def test_a_reply_that_cannot_be_applied_is_refused(
    changes: dict[str, Any], reason: RejectionReason
) -> None:
    assert refused(f"{UNIT}/reply", REPLY | changes) is reason


def test_duty_and_request() -> None:
    assert read(Duty, f"{UNIT}/duty", {"id": "d-1", "at": AT, "on": True}).on is True
    assert refused(f"{UNIT}/duty", {"id": "d-1", "on": 1}) is RejectionReason.FIELD_INVALID
    need = {"id": "q-1", "at": AT, "need": "water", "order_id": "O-1", "text": "两车水"}
    found = read(Request, f"{UNIT}/request", need)
    assert (found.need, found.order_id, found.text) == ("water", "O-1", "两车水")
    assert refused(f"{UNIT}/request", need | {"need": "\x07"}) is RejectionReason.FIELD_INVALID


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("fsx/jingming/ljg-01/alarm", RejectionReason.TOPIC_UNKNOWN),
        ("fs/elsewhere/ljg-01/alarm", RejectionReason.TOPIC_UNKNOWN),
        ("fs/jingming/ljg-01/siren", RejectionReason.TOPIC_UNKNOWN),
        ("fs/jingming/雷家沟/alarm", RejectionReason.TOPIC_UNKNOWN),
        ("zigbee2mqtt/smoke", RejectionReason.TOPIC_UNKNOWN),
        ("", RejectionReason.TOPIC_UNKNOWN),
        ("fs/jingming/ljg-01/order", RejectionReason.TOPIC_RESERVED),
        ("fs/jingming/ljg-01/receipt", RejectionReason.TOPIC_RESERVED),
        ("fs/jingming/post/status", RejectionReason.TOPIC_RESERVED),
        ("fs/jingming/all/notice", RejectionReason.TOPIC_RESERVED),
        ("fs/jingming/post/alarm", RejectionReason.TOPIC_RESERVED),
        ("fs/jingming/console/alarm", RejectionReason.TOPIC_RESERVED),
    ],
)
def test_topics_that_are_not_ours_to_read(topic: str, reason: RejectionReason) -> None:
    assert refused(topic, ALARM) is reason


def test_retained_is_read_and_marked() -> None:
    assert read(Alarm, f"{CAMERA}/alarm", ALARM, retained=True).retained is True


def test_the_same_body_has_the_same_digest_and_another_has_not() -> None:
    assert alarm().digest == alarm().digest != alarm(text="别的").digest


def test_every_observation_of_the_contract_is_native() -> None:
    found = result(f"{CAMERA}/alarm", ALARM)
    assert isinstance(found, observations.Seen)
    assert found.dialect == "native"
