"""Everything else the field sends: signs of life, duty, requests, foreign systems, and rubbish."""

from __future__ import annotations

import json
import time

import pytest

from contract.outside import Json, encode, now, publish
from contract.site import Site


def test_a_heartbeat_shows_a_camera_online_and_a_bad_one_a_fault(site: Site) -> None:
    site.say("bj-03", "heartbeat", {"at": now(), "ok": True, "text": "正常", "battery": 0.8})
    row = site.officer.row("camera", lambda row: row["id"] == "bj-03" and row["state"] == "online")
    assert row["battery"] == 0.8
    site.say("bj-03", "heartbeat", {"at": now(), "ok": False, "text": "画面全黑"}, qos=0)
    row = site.officer.row("camera", lambda row: row["id"] == "bj-03" and row["state"] == "fault")
    assert row["text"] == "画面全黑"


def test_a_heartbeat_may_be_empty(site: Site) -> None:
    site.say("bj-04", "heartbeat", {})
    site.officer.row("camera", lambda row: row["id"] == "bj-04" and row["state"] == "online")


def test_a_position_moves_a_unit(site: Site) -> None:
    place = {"lon": 107.5501, "lat": 35.2601}
    site.say("militia-2", "position", {"at": now(), "position": place, "speed_mps": 1.2}, qos=0)
    row = site.officer.row(
        "unit", lambda row: row["id"] == "militia-2" and row["position"] == place
    )
    assert row["last_contact"] is not None


def test_a_unit_off_duty_is_never_offered_anything(site: Site) -> None:
    off = site.receipted("squad-v10", "duty", {"on": False})
    assert off["outcome"] == "logged"
    assert site.officer.row("unit", lambda r: r["id"] == "squad-v10" and r["state"] == "off_duty")
    incident = site.opened("rangers-1", "fire", place="v10-g1", text="着火")
    site.order(incident, role="crew")
    assert "squad-v10" not in site.units_on(incident)
    refusal = site.officer.refused("assign", incident=incident, units=["squad-v10"])
    assert "squad-v10" in refusal["reason"]
    site.receipted("squad-v10", "duty", {"on": True})
    site.officer.row("unit", lambda r: r["id"] == "squad-v10" and r["state"] != "off_duty")
    site.officer.ok("assign", incident=incident, units=["squad-v10"])
    site.order(incident, unit="squad-v10")


def test_a_request_is_put_before_the_officer(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v04-g2", text="着火")
    order = site.order(incident, role="crew")
    site.reply(order, "accepted")
    asked = {"order_id": order["order_id"], "need": "water", "text": "水不够"}
    line = site.receipted(order["unit"], "request", asked)
    assert line["outcome"] == "logged"
    alert = site.officer.row("alert", lambda row: "水不够" in row["text"])
    assert (alert["incident"], alert["unit"]) == (incident, order["unit"])
    event = site.line("RequestReceived", incident=incident)
    assert event["need"] == "water"
    site.officer.ok("acknowledge", alert=alert["id"])


# --- foreign systems, through the township's sources.toml


def test_frigate_sees_fire(site: Site) -> None:
    event: Json = {
        "id": f"{time.time():.6f}-fire",
        "camera": "sl_north_slope",
        "label": "fire",
        "sub_label": None,
        "top_score": 0.91,
        "score": 0.88,
        "has_snapshot": False,
        "current_zones": [],
        "start_time": time.time(),
    }
    publish(site.mqtt, "frigate/events", encode({"type": "new", "before": None, "after": event}))
    heard = site.line("AlarmReceived", source="sl-05", message_id=event["id"])
    assert (heard["kind"], heard["outcome"]) == ("fire", "opened")
    row = site.incident(heard["incident"])
    assert row["sources"]["sl-05"]["class"] == "camera"
    assert row["released_at"] is None


def test_owntracks_moves_a_ranger_and_opens_nothing(site: Site) -> None:
    fix = {"_type": "location", "lon": 107.5320, "lat": 35.3081, "tst": int(time.time()), "t": "u"}
    site.officer.catch_up()
    before = set(site.officer.tables["incident"])
    publish(site.mqtt, "owntracks/rangers/r1", encode(fix | {"acc": 12, "batt": 60}))
    site.officer.row(
        "unit", lambda r: r["id"] == "rangers-1" and (r["position"] or {}).get("lat") == 35.3081
    )
    assert set(site.officer.tables["incident"]) == before


@pytest.mark.parametrize(
    ("eui", "source", "values", "kind"),
    [
        ("70b3d5f00a000001", "smoke-clinic-1", {"smoke": "alarm"}, "smoke"),
        ("70b3d5f00a000011", "level-jing", {"level": 2900}, "flood"),
        ("70b3d5f00a000031", "sos-care-1", {"press": "short"}, "sos"),
        ("70B3D5F00A000033", "sos-ruin-1", {"button": "short"}, "sos"),
    ],
)
def test_chirpstack_sensors_alarm(
    site: Site, eui: str, source: str, values: Json, kind: str
) -> None:
    uplink = {"deduplicationId": site.new_id("d"), "time": now(), "object": values}
    publish(site.mqtt, f"application/1/device/{eui}/event/up", encode(uplink))
    heard = site.line("AlarmReceived", source=source, message_id=uplink["deduplicationId"])
    assert heard["kind"] == kind


def test_a_smoke_sensors_test_is_no_alarm(site: Site) -> None:
    uplink = {"deduplicationId": site.new_id("d"), "time": now(), "object": {"smoke": "test"}}
    publish(site.mqtt, "application/1/device/70b3d5f00a000002/event/up", encode(uplink))
    site.line("DeviceTested", source="smoke-care-1", message_id=uplink["deduplicationId"])


# --- rubbish: kept, counted, shown; and the next message flows

SMALL = {"kind": "fire", "at": "2026-11-23T08:00:00+08:00"}
RUBBISH: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not_json"),
    "not_json": (b"hello", "not_json"),
    "half": (b'{"id":"?","kind":"fire"', "not_json"),
    "not_utf8": (b'{"id":"\xff\xfe","kind":"fire"}', "not_utf8"),
    "list": (b'["fire"]', "not_object"),
    "deep": (b'{"id":"?","a":' + b"[" * 60 + b"]" * 60 + b"}", "not_json"),
    "duplicate_keys": (b'{"id":"?","kind":"fire","kind":"smoke"}', "not_json"),
    "nan": (b'{"id":"?","kind":"fire","confidence":NaN}', "not_json"),
    "infinity": (b'{"id":"?","kind":"fire","confidence":-Infinity}', "not_json"),
    "huge_number": (b'{"id":"?","kind":"fire","confidence":1e999}', "not_json"),
    "too_large": (b'{"id":"?","kind":"fire","text":"' + b"x" * 65536 + b'"}', "too_large"),
    "no_id": (b'{"kind":"fire"}', "field_missing"),
    "id_no_text": (b'{"id":7,"kind":"fire"}', "field_invalid"),
    "no_kind": (b'{"id":"?"}', "field_missing"),
    "kind_no_text": (b'{"id":"?","kind":["fire"]}', "field_invalid"),
    "wrong_type": (b'{"id":"?","kind":"fire","confidence":"0.9"}', "field_invalid"),
    "version_2": (b'{"v":2,"id":"?","kind":"fire"}', "version_unknown"),
}
WITH_AN_ID = [name for name, (raw, _) in RUBBISH.items() if b'"?"' in raw and name != "half"]


@pytest.mark.parametrize("name", RUBBISH)
def test_what_cannot_be_read_is_kept_and_shown(site: Site, name: str) -> None:
    raw, why = RUBBISH[name]
    message_id = site.new_id(name)
    start = site.ear.mark
    site.say("xx-rubbish", "alarm", raw.replace(b"?", message_id.encode()))
    event = site.line("MessageQuarantined", why=why, source="xx-rubbish", **_id(name, message_id))
    assert event["topic"] == "fs/jingming/xx-rubbish/alarm"
    assert event["quarantine"]
    if name in WITH_AN_ID:
        line = site.receipt("xx-rubbish", message_id, start)
        assert line["outcome"] == "rejected"
        assert line["reason"] == why
    assert site.alarm("rangers-1", "sos", place="v02")["outcome"] == "opened"


def _id(name: str, message_id: str) -> Json:
    return {"message_id": message_id} if name in WITH_AN_ID else {}


def test_a_quarantined_message_is_in_the_log_of_the_command_line(site: Site) -> None:
    before = site.officer.at
    site.say("xx-rubbish", "alarm", b"\x00\x01")
    site.line("MessageQuarantined", why="not_json", source="xx-rubbish")
    site.alarm("rangers-1", "sos", place="v02")
    found = [e for e in site.log("--since", before) if e["event"] == "MessageQuarantined"]
    assert found
    assert {"pos", "at", "cause", "reason"} <= set(found[0])


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        ("fs/jingming/post/alarm", "topic_reserved"),
        ("fs/jingming/all/alarm", "topic_reserved"),
        ("fs/jingming/console/alarm", "topic_reserved"),
        ("fs/jingming/a@b/alarm", "topic_unknown"),
        ("fs/jingming/" + "x" * 65 + "/alarm", "topic_unknown"),
        ("frigate/events", "field_missing"),
        ("owntracks/nobody/phone", "source_unmapped"),
    ],
)
def test_a_wrong_topic_opens_nothing(site: Site, topic: str, why: str) -> None:
    publish(site.mqtt, topic, encode({"id": site.new_id(), **SMALL}))
    event = site.line("MessageQuarantined", topic=topic)
    assert event["why"] == why


@pytest.mark.parametrize(
    "topic",
    ["fs/other/rangers-1/alarm", "fsx/jingming/rangers-1/alarm", "fs/jingming/rangers-1/order"],
)
def test_what_is_not_for_us_is_not_heard(site: Site, topic: str) -> None:
    message_id = site.new_id()
    publish(site.mqtt, topic, encode({"id": message_id, **SMALL, "incident_id": "I-0"}))
    site.alarm("rangers-1", "sos", place="v02")  # in order of arrival: by now it would be there
    assert message_id not in json.dumps(site.officer.tables["log"])


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("reply", {"order_id": "O-e1-1", "status": "dancing"}),
        ("reply", {"status": "accepted"}),
        ("duty", {"on": "yes"}),
        ("request", {"text": "x"}),
        ("clear", {}),
        ("position", {"position": {"lon": 0, "lat": 0}}),
    ],
)
def test_a_bad_message_of_each_kind_is_rejected(site: Site, kind: str, payload: Json) -> None:
    assert site.receipted("militia-1", kind, payload)["outcome"] == "rejected"
