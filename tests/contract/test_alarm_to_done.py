"""The whole way, once: alarm, receipt, order, replies, done."""

from __future__ import annotations

import datetime as dt
import re

from contract.outside import Json, now
from contract.site import Site

ORDER_FIELDS: dict[str, type | tuple[type, ...]] = {
    "order_id": str, "rev": int, "state": str, "incident_id": str, "unit": str, "role": str,
    "kind": str, "priority": int, "place": str, "position": dict, "text": str, "hazards": list,
    "contact": str, "others": list, "issued_at": str, "reply_within_s": (int, float),
    "expires_at": str, "exercise": bool,
}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def at(text: str) -> dt.datetime:
    """A moment that names its offset."""
    moment = dt.datetime.fromisoformat(text)
    assert moment.utcoffset() is not None, text
    return moment


def test_from_an_alarm_to_done(site: Site) -> None:
    before = site.officer.at
    line = site.alarm(
        "rangers-1",
        "smoke",
        severity="severe",
        confidence=0.87,
        position={"lon": 107.5175, "lat": 35.303, "accuracy_m": 30, "datum": "wgs84"},
        place="v01-g2",
        text="对面山坡冒烟",
        evidence=["http://127.0.0.1/snap.jpg"],
        exercise=False,
    )
    assert set(line) >= {"id", "outcome", "incident_id", "reason"}
    assert line["outcome"] == "opened"
    incident = line["incident_id"]

    order = site.order(incident, role="crew")
    assert order["state"] == "offered"
    for status in ("received", "accepted", "en_route", "on_scene", "done"):
        assert site.reply(order, status)["outcome"] == "logged"
        row = site.assignment(order, **_shown_after(status))
        assert (row["incident"], row["unit"]) == (incident, order["unit"])

    events = site.log("--since", before)
    mine = [e for e in events if e.get("order_id") == order["order_id"]]
    steps = [e["status"] for e in mine if e["event"] == "AssignmentChanged"]
    assert steps == ["accepted", "en_route", "on_scene", "done"]
    replies = [e["status"] for e in mine if e["event"] == "ReplyReceived"]
    assert replies == ["received", "accepted", "en_route", "on_scene", "done"]
    assert [e["event"] for e in mine].count("OrderSettled") == 1
    opened = next(e for e in events if e["event"] == "IncidentOpened")
    assert opened["incident"] == incident


def _shown_after(status: str) -> Json:
    return {"received": True} if status == "received" else {"status": status}


def test_an_incident_whose_every_team_is_done_is_resolved_and_then_closed(site: Site) -> None:
    incident = site.opened("patrol-1", "environment", place="v09", text="沟里倒垃圾")
    site.officer.ok("assign", incident=incident, units=["patrol-1"])
    order = site.order(incident, unit="patrol-1")
    for status in ("received", "accepted", "en_route", "on_scene", "done"):
        site.reply(order, status)
    if site.incident(incident)["state"] != "resolved":
        site.officer.ok("resolve", incident=incident, text="已清理")
    site.incident(incident, state="resolved")
    site.officer.ok("close", incident=incident, why="已清理")
    site.incident(incident, state="closed")


def test_an_order_has_every_field_of_the_contract(site: Site) -> None:
    incident = site.opened("rangers-1", "sos", place="v03-g2", text="崴脚了")
    order = site.order(incident)
    assert set(ORDER_FIELDS) - set(order) == set()
    for name, kind in ORDER_FIELDS.items():
        assert isinstance(order[name], kind), name
        assert kind is bool or not isinstance(order[name], bool), name
    assert order["order_id"].startswith("O-")
    assert incident.startswith("I-")
    assert order["state"] == "offered"
    assert order["rev"] == 1
    assert order["place"] == "长武城村二组"
    assert "崴脚了" in order["text"]
    assert order["exercise"] is False
    assert 1 <= order["priority"] <= 5
    assert set(order["position"]) >= {"lon", "lat"}
    assert 107.4 < order["position"]["lon"] < 107.7
    assert at(order["issued_at"]) < at(order["expires_at"])
    waits = (at(order["expires_at"]) - at(order["issued_at"])).total_seconds()
    assert abs(waits - order["reply_within_s"]) <= 1
    assert abs((at(order["issued_at"]) - at(now())).total_seconds()) < 60
    for text in (order["text"], *order["hazards"]):
        assert CHINESE.search(text), text
    assert order["unit"] not in order["others"]


def test_all_handhelds_of_an_incident_know_of_the_others(site: Site) -> None:
    incident = site.opened("rangers-1", "smoke", place="v07-g1", text="房子着火")
    before = site.units_on(incident)
    site.officer.ok("assign", incident=incident, units=["militia-3"])
    later = site.order(incident, unit="militia-3")
    assert set(later["others"]) == before
    assert before
    assert "militia-3" not in before


def test_a_declined_order_goes_to_the_next_unit(site: Site) -> None:
    incident = site.opened("rangers-2", "sos", place="v12-g1", text="迷路了")
    first = site.order(incident, role="scout")
    start = site.ear.mark
    site.reply(first, "received")
    site.reply(first, "declined", text="路断了")
    second = site.order(incident, start, role="scout", state="offered")
    assert second["unit"] != first["unit"]
    assert second["order_id"] != first["order_id"]
    assert site.assignment(first, status="declined")["unit"] == first["unit"]


def test_a_withdrawn_order_has_a_higher_rev_and_is_said_again_until_confirmed(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v11-g2", text="柴垛着火")
    order = site.order(incident, role="crew")
    site.reply(order, "received")
    site.officer.ok("withdraw", incident=incident, units=[order["unit"]], why="火已灭")
    back = site.order(incident, order_id=order["order_id"], state="withdrawn")
    assert back["rev"] > order["rev"]
    assert back["unit"] == order["unit"]
    again = site.ear.mark
    repeated = site.order(incident, again, order_id=order["order_id"], state="withdrawn")
    assert repeated["rev"] == back["rev"]
    assert repeated == back
    site.reply(order, "received", rev=back["rev"])
    site.line("OrderSettled", order_id=order["order_id"], rev=back["rev"])


def test_on_scene_out_of_offered_implies_the_steps_between(site: Site) -> None:
    incident = site.opened("rangers-1", "accident", place="v05", text="两车相撞")
    order = site.order(incident)
    site.reply(order, "on_scene")
    site.assignment(order, status="on_scene")
    steps = [
        (row["status"], row["reason"])
        for row in site.officer.tables["log"].values()
        if row["event"] == "AssignmentChanged" and row["order_id"] == order["order_id"]
    ]
    assert steps == [
        ("accepted", "implied"),
        ("en_route", "implied"),
        ("on_scene", "unit_answered"),
    ]


def test_an_older_reply_after_a_newer_one_is_only_logged(site: Site) -> None:
    incident = site.opened("rangers-1", "medical", place="v06", text="老人摔倒")
    order = site.order(incident)
    site.reply(order, "on_scene", at=now())
    site.reply(order, "accepted", at=now(-60))
    site.line("ReplyReceived", order_id=order["order_id"], status="accepted", reason="older_reply")
    assert site.assignment(order)["status"] == "on_scene"


def test_a_reply_to_an_unknown_order_alerts_the_officer(site: Site) -> None:
    order: Json = {"order_id": "O-e1-0", "unit": "militia-1"}
    assert site.reply(order, "accepted")["outcome"] == "logged"
    alert = site.officer.row("alert", lambda row: row["order_id"] == "O-e1-0")
    assert alert["unit"] == "militia-1"
    site.officer.ok("acknowledge", alert=alert["id"])
    site.officer.see(lambda: alert["id"] not in site.officer.tables["alert"])


def test_a_late_yes_revives_the_offer_or_the_unit_is_told_to_stay(site: Site) -> None:
    incident = site.opened("rangers-1", "sos", place="v02-g1", text="求救")
    first = site.order(incident, role="scout")
    site.reply(first, "declined")
    second = site.order(incident, role="scout", unit=_other(site, incident, first))
    site.reply(second, "accepted")
    start = site.ear.mark
    site.reply(first, "accepted")
    stay = site.order(incident, start, order_id=first["order_id"])
    assert stay["state"] == "withdrawn"
    assert stay["rev"] > first["rev"]


def _other(site: Site, incident: str, first: Json) -> str:
    said = site.ear.hear(
        lambda s: (
            s.kind == "order"
            and s.json["incident_id"] == incident
            and s.json["role"] == first["role"]
            and s.json["unit"] != first["unit"]
        )
    )
    return str(said.json["unit"])


def test_a_unit_on_two_incidents_has_two_statuses(site: Site) -> None:
    one = site.opened("rangers-1", "medical", place="v01-g1", text="头晕")
    two = site.opened("rangers-2", "sos", place="v10-g1", text="求救")
    site.officer.see(lambda: {one, two} <= set(site.officer.tables["incident"]))
    for incident in (one, two):
        site.officer.do("assign", incident=incident, units=["leader"])
    first = site.order(one, unit="leader")
    second = site.order(two, unit="leader")
    site.reply(first, "on_scene")
    site.assignment(first, status="on_scene")
    assert site.assignment(second)["status"] == "offered"
