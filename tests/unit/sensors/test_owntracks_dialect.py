"""OwnTracks: each test is named after what real installations were caught by (FIELD.md 2.8, 3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests_reading import RECEIVED_AT, read, refusal, refused

from sensors.observations import ClockQuality, Located, Other, Position, RejectionReason

PHONE = "owntracks/user/device"
LOCATION: dict[str, Any] = {
    "_type": "location",
    "tid": "r1",
    "lat": 35.281,
    "lon": 107.552,
    "acc": 16,
    "batt": 71,
    "vel": 36,
    "tst": RECEIVED_AT - 10,
    "created_at": RECEIVED_AT - 2,
    "t": "p",
}


def located(**changes: Any) -> Located:
    return read(Located, PHONE, LOCATION | changes)


def test_a_location() -> None:
    found = located()
    assert (found.source, found.dialect) == ("rangers-1", "owntracks")
    assert found.position == Position(107.552, 35.281, 16.0)
    assert (found.speed_mps, found.battery) == (10.0, 0.71)


def test_the_time_of_the_fix_counts_not_the_time_of_sending() -> None:
    assert located().at_source == RECEIVED_AT - 10


def test_numbers_come_as_strings_from_old_trackers() -> None:
    found = located(lat="35.2810", lon="107.5520", acc="18.77", batt="4", tst="1795391990")
    assert found.position == Position(107.552, 35.281, 18.77)
    assert (found.battery, found.at_source) == (0.04, RECEIVED_AT - 10)


def test_minus_one_means_not_known() -> None:
    found = located(vel=-1, acc=-1, batt=-1)
    assert (found.speed_mps, found.position.accuracy_m, found.battery) == (None, None, None)


def test_sent_by_hand_is_the_nearest_to_an_sos_and_still_only_a_position() -> None:
    located(t="u", poi="help", image="AAAA")


def test_a_queue_drained_the_next_morning_is_marked_as_old() -> None:
    assert located(tst=RECEIVED_AT - 90_000).clock_quality is ClockQuality.SKEWED


def test_a_retained_location_is_marked() -> None:
    assert read(Located, PHONE, LOCATION, retained=True).retained is True


@pytest.mark.parametrize(
    "changes",
    [
        {"lat": 0.0, "lon": 0.0},
        {"lat": None},
        {"lat": "north"},
        {"lat": 9999999, "lon": 9999999},
        {"lat": 352810000, "lon": 1075520000},
        {"lat": -1, "lon": -1},
        {"lat": True},
        {"lat": "nan"},
    ],
)
def test_no_ranger_is_placed_in_the_gulf_of_guinea(changes: dict[str, Any]) -> None:
    found = refusal(PHONE, LOCATION | changes)
    assert (found.reason, found.source) == (RejectionReason.POSITION_INVALID, "rangers-1")


def test_the_will_is_no_alarm_and_has_no_time() -> None:
    found = read(Other, PHONE, {"_type": "lwt", "tst": RECEIVED_AT - 3600})
    assert (found.text, found.at_source) == ("lwt", None)


@pytest.mark.parametrize(
    "what", ["transition", "card", "waypoint", "waypoints", "steps", "encrypted", "beacon", "dump"]
)
def test_types_without_news(what: str) -> None:
    assert read(Other, PHONE, {"_type": what, "lat": 1, "lon": 2}).text == what


@pytest.mark.parametrize("action", ["dump", "reportLocation", "setConfiguration", "status"])
def test_a_known_command_is_noted_and_not_obeyed(action: str) -> None:
    assert read(Other, f"{PHONE}/cmd", {"_type": "cmd", "action": action}).text == f"cmd {action}"


@pytest.mark.parametrize("action", ["openGate", "", None, 5, ["dump"]])
def test_any_other_command_is_refused(action: Any) -> None:
    document = {"_type": "cmd", "action": action}
    assert refused(PHONE, document) is RejectionReason.COMMAND_REFUSED


def test_who_it_is_stands_in_the_topic_not_in_the_payload() -> None:
    forged = located(tid="XX", topic="owntracks/jane/nokia", username="jane")
    assert forged.source == "rangers-1"


def test_a_phone_that_nobody_mapped() -> None:
    found = refusal("owntracks/mallory/phone", LOCATION)
    assert (found.reason, found.source) == (RejectionReason.SOURCE_UNMAPPED, "mallory/phone")


@pytest.mark.parametrize("topic", ["owntracks", "owntracks/user", "owntracks//device"])
def test_topics_without_a_device(topic: str) -> None:
    assert refused(topic, LOCATION) is RejectionReason.TOPIC_UNKNOWN


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, RejectionReason.FIELD_MISSING),
        ({"_type": 5}, RejectionReason.FIELD_INVALID),
        ({"_type": "siren"}, RejectionReason.FIELD_INVALID),
        (b"", RejectionReason.NOT_JSON),
        (b"[]", RejectionReason.NOT_OBJECT),
    ],
)
def test_messages_that_cannot_be_read(document: Any, reason: RejectionReason) -> None:
    assert refused(PHONE, document) is reason
