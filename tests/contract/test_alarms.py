"""Alarms as strangers send them: every word of the contract, and what becomes of each."""

from __future__ import annotations

import itertools

import pytest

from contract.outside import Json, now
from contract.site import Site

KINDS = (
    "smoke", "fire", "flood", "landslide", "earthquake", "storm", "accident", "road_blocked",
    "intrusion", "fight", "dispute", "medical", "missing_person", "crowd", "sos", "hazard",
    "environment", "facility", "service", "other",
)  # fmt: skip
SEVERITIES = ("unknown", "minor", "moderate", "severe", "extreme")
SENDS = {"fire", "flood", "landslide", "accident", "fight", "medical", "missing_person", "sos"}
OUTCOMES = {"opened", "merged", "logged", "duplicate", "rejected"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_something_and_its_plan_decides_who_goes(site: Site, kind: str) -> None:
    line = site.alarm("rangers-1", kind, place="v05-g1", text="现场情况")
    assert line["outcome"] == "opened"
    row = site.incident(line["incident_id"])
    assert row["alarm_kind"] == kind
    assert row["kind"]
    assert row["place"] == "v05-g1"
    if kind in SENDS:
        assert site.order(line["incident_id"])["kind"] == row["kind"]


@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_severity_is_read(site: Site, severity: str) -> None:
    incident = site.opened("rangers-1", "accident", severity=severity, place="v06", text="追尾")
    event = site.line("AlarmReceived", incident=incident)
    assert event.get("severity", "unknown") == severity  # a field's default is not written
    steps = " ".join(site.incident(incident)["triage"])
    assert ("extreme" in steps) is (severity == "extreme")
    assert ("minor" in steps) is (severity == "minor")


def test_words_that_we_do_not_know_lose_no_alarm(site: Site) -> None:
    line = site.alarm("rangers-1", "dragon", severity="worst", place="v06-g2", text="不明飞行物")
    assert line["outcome"] == "opened"
    row = site.incident(line["incident_id"])
    assert row["alarm_kind"] == "other"
    assert "dragon" in row["text"]


def test_the_same_message_again_gets_the_same_receipt_and_opens_nothing(site: Site) -> None:
    message = {"id": site.new_id(), "kind": "fire", "at": now(), "place": "v08", "text": "麦草垛"}
    first = site.receipted("rangers-1", "alarm", message)
    again = site.receipted("rangers-1", "alarm", message)
    assert first["outcome"] == "opened"
    assert again["outcome"] == "duplicate"
    assert again["incident_id"] == first["incident_id"]
    report = site.incident(first["incident_id"])["sources"]["rangers-1"]
    assert report["times"] == 1


def test_the_same_id_with_another_body_is_a_new_alarm(site: Site) -> None:
    known = {"id": site.new_id(), "at": now(), "place": "v08-g1"}
    first = site.receipted("rangers-1", "alarm", known | {"kind": "fire", "text": "起火"})
    other = site.receipted("rangers-1", "alarm", known | {"kind": "medical", "text": "有人晕倒"})
    assert other["outcome"] == "opened"
    assert other["incident_id"] != first["incident_id"]
    assert other["reason"] == "id_reused"


def test_a_second_report_of_the_same_is_merged(site: Site) -> None:
    place = {"position": {"lon": 107.5176, "lat": 35.3031}}
    first = site.alarm("rangers-1", "smoke", text="北坡冒烟", **place)
    second = site.alarm("patrol-1", "smoke", text="看到烟", **place)
    assert second["outcome"] == "merged"
    assert second["incident_id"] == first["incident_id"]
    assert set(site.incident(first["incident_id"])["sources"]) == {"rangers-1", "patrol-1"}


def test_far_apart_is_not_the_same(site: Site) -> None:
    first = site.alarm("rangers-1", "smoke", place="v01", text="冒烟")
    second = site.alarm("rangers-2", "smoke", place="v12", text="冒烟")
    assert first["incident_id"] != second["incident_id"]


def test_each_outcome_has_its_receipt(site: Site) -> None:
    """opened and merged, duplicate, logged (a clear), rejected (no kind)."""
    message = {"id": site.new_id(), "kind": "fire", "at": now(), "place": "v11", "text": "着火"}
    lines = [
        site.receipted("rangers-1", "alarm", message),
        site.receipted("rangers-1", "alarm", message),
        site.receipted("rangers-1", "alarm", message | {"id": site.new_id()}),
        site.receipted("rangers-1", "clear", {"alarm": message["id"]}),
        site.receipted("rangers-1", "alarm", {"text": "没有种类"}),
    ]
    assert [line["outcome"] for line in lines] == [
        "opened", "duplicate", "merged", "logged", "rejected",
    ]  # fmt: skip
    assert all(line["reason"] for line in lines)
    assert {line["outcome"] for line in lines} == OUTCOMES


def test_a_clear_is_noted_and_closes_nothing(site: Site) -> None:
    message_id = site.new_id()
    incident = site.opened("rangers-1", "smoke", id=message_id, place="v03", text="烟")
    site.receipted("rangers-1", "clear", {"alarm": message_id})
    event = site.line("AlarmCleared", incident=incident)
    assert event["source"] == "rangers-1"
    row = site.incident(incident)
    assert row["state"] in {"open", "assigned", "working"}
    assert row["sources"]["rangers-1"]["cleared_at"] is not None


def test_a_clear_may_name_the_kind_instead(site: Site) -> None:
    incident = site.opened("ljg-03", "smoke", text="烟")
    assert site.receipted("ljg-03", "clear", {"kind": "smoke"})["outcome"] == "logged"
    assert site.line("AlarmCleared", incident=incident)["source"] == "ljg-03"


def test_an_alarm_without_a_position_has_its_sources_place(site: Site) -> None:
    incident = site.opened("ljg-04", "smoke", severity="severe", confidence=0.9)
    row = site.incident(incident)
    assert row["place"].startswith("v01")
    assert row["position"]["lon"] == pytest.approx(107.5175, abs=0.05)


def test_a_camera_alone_leaves_the_officer_time_and_a_person_makes_it_certain(site: Site) -> None:
    where = {"position": {"lon": 107.5401, "lat": 35.3057}}
    incident = site.opened("zj-03", "smoke", confidence=0.8, **where)
    row = site.incident(incident)
    assert row["released_at"] is None
    assert row["due"]["release"] > row["opened_at"]
    assert row["rec"], "the team is named while it waits"
    assert site.units_on(incident) == set()
    merged = site.alarm("rangers-1", "smoke", text="确实有烟", **where)
    assert merged["outcome"] == "merged"
    site.order(incident)
    assert site.incident(incident)["released_at"] is not None


def test_the_officer_releases_a_waiting_team_by_hand(site: Site) -> None:
    incident = site.opened("zj-04", "fire", confidence=0.8)
    units = [one["unit"] for one in site.incident(incident)["rec"]]
    site.officer.ok("assign", incident=incident, units=units[:1])
    assert site.order(incident, unit=units[0])["state"] == "offered"


def test_an_unknown_source_is_shown_and_never_dispatched_by_itself(site: Site) -> None:
    line = site.alarm("stranger-7", "fire", severity="extreme", place="v04-g1", text="快来人")
    assert line["outcome"] == "opened"
    row = site.incident(line["incident_id"])
    assert row["sources"]["stranger-7"]["class"] == "unknown"
    assert "release" not in row["due"]
    assert row["released_at"] is None
    assert site.units_on(line["incident_id"]) == set()
    site.officer.ok("assign", incident=line["incident_id"], units=["militia-2"])
    assert site.order(line["incident_id"])["unit"] == "militia-2"


def test_a_position_in_gcj02_is_turned_into_wgs84(site: Site) -> None:
    lon, lat = 107.55, 35.28
    wgs = site.opened("rangers-1", "sos", position={"lon": lon, "lat": lat})
    gcj = site.opened("rangers-2", "sos", position={"lon": lon, "lat": lat, "datum": "gcj02"})
    one, two = site.incident(wgs)["position"], site.incident(gcj)["position"]
    assert (one["lon"], one["lat"]) == (lon, lat)
    moved_m = ((two["lon"] - lon) * 91_000) ** 2 + ((two["lat"] - lat) * 111_000) ** 2
    assert 100**2 < moved_m < 1500**2
    assert site.order(gcj)["position"]["lon"] == two["lon"]


@pytest.mark.parametrize(
    "position",
    [
        {"lon": 0, "lat": 0},
        {"lon": 190, "lat": 35},
        {"lon": -1, "lat": -1},
        {"lon": "107.5", "lat": "35.2"},
        [107.5, 35.2],
        {"lon": 9999999, "lat": 9999999},
        None,
    ],
)
def test_a_position_that_is_none_places_nothing_and_loses_no_alarm(
    site: Site, position: object
) -> None:
    incident = site.opened("rangers-1", "sos", position=position, text="求救")
    found = site.incident(incident)["position"]
    assert found is None or (107 < found["lon"] < 108 and 35 < found["lat"] < 36)
    site.order(incident)


@pytest.mark.parametrize(
    ("at", "quality"),
    [
        ("2026-11-23T08:00:00+08:00", None),
        ("2026-11-23T00:00:00Z", None),
        ("2026-11-23T08:00:00", "naive"),
        ("1970-01-01T00:00:00Z", "unset"),
        ("not a time", "unset"),
        (None, "unset"),
        (0, "unset"),
    ],
)
def test_times_with_and_without_an_offset(site: Site, at: object, quality: str | None) -> None:
    incident = site.opened("rangers-1", "sos", at=at, place="v02")
    event = site.line("AlarmReceived", incident=incident)
    if at in {"2026-11-23T08:00:00+08:00", "2026-11-23T00:00:00Z", "2026-11-23T08:00:00"}:
        assert event["at_source"] == 1795392000
    if quality is not None:
        assert event.get("clock_quality", "ok") != "ok"
    if quality == "naive":
        assert event["clock_quality"] not in {"ok", "unset"}


def test_fields_that_we_do_not_know_are_passed_over(site: Site) -> None:
    extra = {"v": 1, "vendor": {"model": "X", "list": [1, [2]]}, "温度": 21.5, "null": None}
    assert site.alarm("rangers-1", "sos", place="v03", **extra)["outcome"] == "opened"


def test_null_is_as_if_it_were_not_there(site: Site) -> None:
    names = ("severity", "confidence", "position", "place", "text", "evidence", "exercise")
    assert site.alarm("rangers-1", "sos", **dict.fromkeys(names))["outcome"] == "opened"


def test_an_exercise_on_the_live_root_opens_nothing_and_asks_the_officer(site: Site) -> None:
    line = site.alarm("rangers-1", "fire", place="v07", text="演练用", exercise=True)
    assert line["outcome"] == "logged"
    assert "incident_id" not in line
    alert = site.officer.row("alert", lambda row: row["reason"] == "exercise_on_live")
    assert alert["source"] == "rangers-1"
    site.officer.ok("acknowledge", alert=alert["id"])


def test_text_from_outside_is_harmless(site: Site) -> None:
    text = "着火\x1b[31m了\x07\n第二行\u202e[/red][@click=app.quit]x" + "火" * 5000
    incident = site.opened("rangers-1", "sos", place="v02-g3", text=text)
    shown = site.incident(incident)["text"]
    ordered = site.order(incident)["text"]
    for found in (shown, ordered):
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e" for c in found)
        assert len(found) <= 2000


def test_many_alarms_at_once_have_a_receipt_each(site: Site) -> None:
    start = site.ear.mark
    wanted = set()
    for source in ("ljg-01", "zj-01", "cwc-01"):
        for _ in range(5):
            message: Json = {"id": site.new_id(), "kind": "intrusion", "at": now()}
            site.say(source, "alarm", message)
            wanted.add((source, message["id"]))
    for source, message_id in wanted:
        assert site.receipt(source, message_id, start)["outcome"] in {"opened", "merged"}


def test_ids_are_of_the_contracts_shape_and_never_twice(site: Site) -> None:
    ids = [site.opened("rangers-1", "sos", place=f"v{n:02}-g1") for n in (1, 12)]
    orders = [site.order(incident)["order_id"] for incident in ids]
    assert len({*ids, *orders}) == 4
    for one in itertools.chain(ids, orders):
        assert one.split("-")[1].startswith("e")
        assert one.split("-")[2].isdigit()


def test_an_alarm_of_qos_0_is_an_alarm(site: Site) -> None:
    message = {"id": site.new_id(), "kind": "sos", "at": now(), "place": "v02"}
    start = site.ear.mark
    site.say("rangers-1", "alarm", message, qos=0)
    assert site.receipt("rangers-1", str(message["id"]), start)["outcome"] == "opened"


def test_64_kib_are_allowed_and_a_byte_more_is_not(site: Site) -> None:
    for size, outcome in ((65536, "opened"), (65537, "rejected")):
        message_id = site.new_id()
        head = f'{{"id":"{message_id}","kind":"sos","place":"v02","text":"'.encode()
        start = site.ear.mark
        site.say("rangers-1", "alarm", head + b"x" * (size - len(head) - 2) + b'"}')
        assert site.receipt("rangers-1", message_id, start)["outcome"] == outcome
