"""Frigate: each test is named after what real installations were caught by (FIELD.md 2.9 and 3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests_reading import RECEIVED_AT, encoded, read, refusal, refused

from sensors.normalise import normalise
from sensors.observations import (
    Alarm,
    AlarmKind,
    Clear,
    ClockQuality,
    Heartbeat,
    Other,
    Position,
    RejectionReason,
)
from sensors.sources import SourceRule, index

EVENTS = "frigate/events"
REVIEWS = "frigate/reviews"
START = RECEIVED_AT - 4.75
AFTER: dict[str, Any] = {
    "id": "1795391995.25-yrd001",
    "camera": "front_door",
    "label": "person",
    "sub_label": None,
    "top_score": 0.83,
    "score": 0.6,
    "false_positive": False,
    "start_time": START,
    "end_time": None,
    "current_zones": [],
    "has_snapshot": False,
}


def event(step: str = "new", before: Any = None, **changes: Any) -> dict[str, Any]:
    return {"type": step, "before": before, "after": AFTER | changes}


def review(step: str = "new", objects: Any = ("person",), **changes: Any) -> dict[str, Any]:
    data = {"detections": [], "objects": list(objects), "sub_labels": [], "zones": [], "audio": []}
    after = {
        "id": "1795391995.25-rev001",
        "camera": "front_door",
        "severity": "alert",
        "start_time": START,
        "end_time": None,
        "data": data,
    }
    return {"type": step, "before": None, "after": after | changes}


def alarm(**changes: Any) -> Alarm:
    return read(Alarm, EVENTS, event(**changes))


def test_a_new_event_has_no_before() -> None:
    found = alarm(before=None)
    assert (found.source, found.dialect) == ("cam-front_door", "frigate")
    assert (found.message_id, found.kind) == (AFTER["id"], AlarmKind.INTRUSION)
    assert (found.at_source, found.clock_quality) == (START, ClockQuality.OK)
    assert (found.confidence, found.text) == (0.83, "person")


def test_no_snapshot_is_promised_on_new() -> None:
    assert alarm().evidence == ()


@pytest.mark.parametrize("sub_label", [None, "bob", ["bob", 0.79], [], {"a": 1}, 7])
def test_sub_label_is_null_string_or_list_and_never_copied(sub_label: Any) -> None:
    found = alarm(sub_label=sub_label, recognized_license_plate="ABC12345")
    assert "bob" not in repr(found)
    assert "ABC12345" not in repr(found)


def test_a_better_picture_of_the_same_object_is_a_repeat_not_a_reused_id() -> None:
    first = alarm()
    better = alarm(step="update", before=AFTER, top_score=0.97, current_zones=["yard"])
    assert (better.message_id, better.digest) == (first.message_id, first.digest)


def test_a_parked_car_is_one_alarm_however_long_it_stands() -> None:
    first = alarm(label="car")
    parked = alarm(step="update", label="car", stationary=True, motionless_count=90_000)
    assert (parked.message_id, parked.digest) == (first.message_id, first.digest)


def test_the_same_id_for_another_object_is_told_apart() -> None:
    assert alarm(label="car").digest != alarm().digest
    assert alarm(camera="front_cam").digest != alarm().digest


def test_end_means_no_longer_seen_and_is_not_taken_for_a_repeat_of_the_alarm() -> None:
    found = read(Clear, EVENTS, event("end", AFTER, end_time=START + 30))
    assert (found.alarm_id, found.kind) == (AFTER["id"], AlarmKind.INTRUSION)
    assert found.message_id == f"{AFTER['id']}/end"
    assert found.clock_quality is ClockQuality.OK


def test_a_false_positive_is_no_alarm() -> None:
    assert read(Other, EVENTS, event(false_positive=True)).message_id == ""


def test_a_label_that_the_rule_does_not_name_opens_nothing() -> None:
    assert read(Other, EVENTS, event(label="cat")).text == "cat"


def test_a_weak_sighting_does_not_use_up_the_id_of_the_alarm_that_follows() -> None:
    weak = read(Other, EVENTS, event(top_score=0.3, score=0.3))
    assert (weak.message_id, weak.text) == ("", "person 0.30")
    assert alarm(step="update").message_id == AFTER["id"]


def test_a_missing_score_does_not_lose_the_alarm() -> None:
    assert alarm(top_score=None, score=None).confidence is None
    assert alarm(top_score=None).confidence == 0.6


def test_a_camera_that_nobody_mapped() -> None:
    found = refusal(EVENTS, event(camera="gate\x1b[2J"))
    assert (found.reason, found.source) == (RejectionReason.SOURCE_UNMAPPED, "gate")


def test_float_seconds_of_an_unset_clock() -> None:
    found = alarm(start_time=1607123955.475377)
    assert (found.at_source, found.clock_quality) == (None, ClockQuality.UNSET)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"type": "new"}, RejectionReason.FIELD_MISSING),
        ({"type": "new", "after": None}, RejectionReason.FIELD_MISSING),
        ({"type": "new", "after": "x"}, RejectionReason.FIELD_INVALID),
        (event(id=5), RejectionReason.FIELD_INVALID),
        (event(id=""), RejectionReason.FIELD_INVALID),
        (event(camera=None), RejectionReason.FIELD_MISSING),
        (event(label=None), RejectionReason.FIELD_MISSING),
        (event("started"), RejectionReason.FIELD_INVALID),
        (event([]), RejectionReason.FIELD_INVALID),  # type: ignore[arg-type]
        (b'"new"', RejectionReason.NOT_OBJECT),
        (b"{", RejectionReason.NOT_JSON),
    ],
)
def test_events_that_cannot_be_read(document: Any, reason: RejectionReason) -> None:
    assert refused(EVENTS, document) is reason


def test_the_camera_stands_where_its_rule_says() -> None:
    rule = SourceRule(
        "yd-01", "frigate", "front_door", kinds={"person": "intrusion"}, place="v01", lon=107.5
    )
    placed = index("fs", "jingming", (rule,))
    found = normalise(EVENTS, encoded(event()), RECEIVED_AT, placed)
    assert isinstance(found, Alarm)
    assert (found.place, found.position) == ("v01", None)
    full = SourceRule("yd-01", "frigate", "front_door", kinds=rule.kinds, lon=107.5, lat=35.2)
    found = normalise(EVENTS, encoded(event()), RECEIVED_AT, index("fs", "jingming", (full,)))
    assert isinstance(found, Alarm)
    assert found.position == Position(107.5, 35.2)


def test_zones_are_shown() -> None:
    assert alarm(current_zones=["yard", "gate\x07", 5]).text == "person, yard, gate"


def test_a_review_takes_the_most_urgent_of_its_objects() -> None:
    found = read(Alarm, REVIEWS, review(objects=["cat", "person-verified", "fire"]))
    assert (found.kind, found.confidence) == (AlarmKind.FIRE, None)
    assert found.text == "cat, person, fire, alert"
    assert found.message_id == "1795391995.25-rev001"


def test_a_review_in_which_fire_joins_a_person_is_a_new_alarm() -> None:
    first = read(Alarm, REVIEWS, review())
    worse = read(Alarm, REVIEWS, review("update", objects=["person", "fire"]))
    assert (first.kind, worse.kind) == (AlarmKind.INTRUSION, AlarmKind.FIRE)
    assert first.digest != worse.digest
    upgraded = read(Alarm, REVIEWS, review("update", severity="alert"))
    assert upgraded.digest == first.digest


def test_a_review_may_be_of_a_sound() -> None:
    data = {"objects": [], "audio": ["fire_alarm"]}
    assert read(Alarm, REVIEWS, review(data=data)).kind is AlarmKind.FIRE


def test_a_review_ends() -> None:
    assert read(Clear, REVIEWS, review("end")).alarm_id == "1795391995.25-rev001"


def test_a_review_of_nothing_that_matters() -> None:
    assert read(Other, REVIEWS, review(objects=["cat"])).text == "cat"
    assert refused(REVIEWS, review(data=None)) is RejectionReason.FIELD_MISSING


def test_a_smoke_detector_heard_is_one_episode_until_it_stops() -> None:
    topic = "frigate/front_door/audio/fire_alarm"
    found = read(Alarm, topic, b"ON")
    assert (found.kind, found.channel) == (AlarmKind.FIRE, "audio/fire_alarm")
    assert found.message_id == ""
    clear = read(Clear, topic, b"OFF")
    assert (clear.kind, clear.channel) == (AlarmKind.FIRE, "audio/fire_alarm")
    assert refused(topic, b"LOUD") is RejectionReason.FIELD_INVALID
    assert refused(topic, b"\xff") is RejectionReason.NOT_UTF8


def test_other_sounds_and_levels_are_no_news() -> None:
    for label in ("speech", "dBFS", "rms"):
        assert read(Other, f"frigate/front_door/audio/{label}", b"-30.5").source == "cam-front_door"


def test_available_is_frigates_own_sign_of_life() -> None:
    up = read(Heartbeat, "frigate/available", b"online", retained=True)
    assert (up.ok, up.source, up.retained) == (True, "frigate", True)
    assert read(Heartbeat, "frigate/available", b"offline").ok is False
    assert refused("frigate/available", b"maybe") is RejectionReason.FIELD_INVALID


def test_a_retained_event_is_marked_so_that_it_opens_nothing() -> None:
    assert read(Alarm, EVENTS, event(), retained=True).retained is True


def test_descriptions_and_plates_found_later_are_no_news() -> None:
    document = {"type": "lpr", "id": "1", "plate": "ABC12345", "name": "bob"}
    found = read(Other, "frigate/tracked_object_update", document)
    assert found.text == "lpr"


@pytest.mark.parametrize("topic", ["frigate/stats", "frigate/front_door/person/snapshot"])
def test_topics_without_news(topic: str) -> None:
    read(Other, topic, b"\xff\xd8 not JSON")


@pytest.mark.parametrize("topic", ["frigate", "frigate/", "frigate/unheard_of"])
def test_topics_that_frigate_does_not_have(topic: str) -> None:
    assert refused(topic, event()) is RejectionReason.TOPIC_UNKNOWN
