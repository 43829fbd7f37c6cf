"""The consoles' end: hello, rows, beats, every verb, and who may do what."""

from __future__ import annotations

import json
import uuid

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from contract.outside import Json, get
from contract.site import Console, Site

TABLES = {"incident", "assignment", "unit", "case", "camera", "log"}
VERBS = (
    "acknowledge", "assign", "withdraw", "note", "priority", "merge", "split", "resolve", "close",
    "reopen", "false_alarm", "report_alarm", "shelve", "hold", "hazard", "reply",
    "par", "handover", "takeover", "grade", "response", "notice", "stop_play",
    "move",
)  # fmt: skip


@pytest.mark.parametrize("token", ["wrong", "", "x" * 300])
def test_a_bad_token_is_refused(site: Site, token: str) -> None:
    with Console(site.post.feed, token) as stranger:
        code = stranger.closed()
        assert code is not None
        assert code >= 1008
        assert stranger.opening == {}
        assert all("error" in frame for frame in stranger.frames)


def test_a_client_that_says_no_hello_gets_nothing(site: Site) -> None:
    with connect(site.post.feed) as ws:
        ws.send('{"id":"1","do":"note","incident":"I-e1-1","text":"x"}')
        assert "error" in json.loads(ws.recv(timeout=10))


def test_hello_is_answered_with_a_snapshot(site: Site) -> None:
    with site.console() as one:
        assert set(one.opening) >= {"snapshot", "at", "role"}
        assert one.opening["role"] == "officer"
        assert set(one.tables) >= TABLES
        assert len(one.tables["camera"]) == 240
        assert {"militia-1", "rangers-2", "squad-v12", "leader"} <= set(one.tables["unit"])
        assert one.at.startswith("e")


def test_the_snapshot_holds_what_map_and_telephone_list_are_drawn_from(site: Site) -> None:
    with site.console() as one:
        place, shape = one.tables["place"], one.tables["shape"]
        assert sum(row["kind"] == "village" for row in place.values()) == 12
        assert sum(row["households"] for row in place.values() if row["kind"] == "group") == 3433
        assert {row["layer"] for row in shape.values()} == {
            "border", "village", "forest", "river", "road",
        }  # fmt: skip
        assert all(len(row["path"]) > 1 for row in shape.values())
        assert one.tables["plan"]["wildfire"]["hazards"]
        assert one.tables["desk"]["leader"]["contact"] == "内线8001"
        assert one.tables["unit"]["militia-1"]["contact"] == "电台3/内线8011"
        assert one.tables["camera"]["ljg-05"]["name"] == "雷家沟北坡口"


def test_a_client_with_its_librarys_own_limits_can_read_the_snapshot(site: Site) -> None:
    """A plain client takes frames of 1 MiB."""
    with connect(site.post.feed) as ws:
        ws.send(json.dumps({"hello": {"token": site.tokens["officer"], "since": None}}))
        assert "snapshot" in json.loads(ws.recv(timeout=10))


def test_a_beat_comes_every_second_with_clock_backlog_and_health(site: Site) -> None:
    with site.console() as one:

        def beats() -> list[Json]:
            return [frame["beat"] for frame in one.frames if "beat" in frame]

        one.see(lambda: len(beats()) >= 3)
        first, second, third = beats()[:3]
    assert {"now", "at", "epoch", "backlog", "store", "broker"} <= set(first)
    assert first["store"]["ok"] is True
    assert first["broker"]["ok"] is True
    load = first["load"]
    assert load["band"] in {"quiet", "busy", "flood"}
    assert load["n10"] >= 0
    assert load["since"] <= first["now"]
    assert "officer-1" in load["officers"]
    assert isinstance(first["chatter"], list)
    assert 0.8 < third["now"] - second["now"] < 1.5  # by the post's own clock, not by ours


def test_rows_come_after_each_commit_with_the_logs_position(site: Site) -> None:
    with site.console() as one:
        incident = site.opened("rangers-1", "sos", place="v02")
        row = one.row("incident", lambda row: row["id"] == incident)
        assert row["state"] in {"open", "assigned"}
        rows = next(f for f in one.frames if incident in f.get("rows", {}).get("incident", {}))
        era, seq = rows["at"].split("-")
        assert era.startswith("e")
        assert seq.isdigit()
        assert any(row["pos"].startswith(f"{rows['at']}.") for row in rows["rows"]["log"].values())


def test_a_client_that_comes_back_gets_only_what_it_missed(site: Site) -> None:
    site.alarm("rangers-2", "fire", place="v12")  # the files came with an entry before this one
    with site.console() as one:
        since = one.at
    incident = site.opened("rangers-1", "sos", place="v02")
    with site.console(since=since) as again:
        assert "snapshot" not in again.opening
        assert incident in again.opening["rows"]["incident"]
        assert "camera" not in again.opening["rows"]
    with site.console(since="e1-999999999") as ahead:
        assert "snapshot" in ahead.opening
    with site.console(since="nonsense") as odd:
        assert "snapshot" in odd.opening


@pytest.mark.parametrize("role", ["observer", "trainer"])
def test_who_only_looks_may_command_nothing(site: Site, role: str) -> None:
    incident = site.opened("rangers-1", "sos", place="v02")
    with site.console(role) as one:
        assert one.opening["role"] == role
        for verb in VERBS:
            refusal = one.refused(verb, incident=incident, **FIELDS.get(verb, {}))
            assert refusal["code"] == "not_allowed"


FIELDS: dict[str, Json] = {
    "assign": {"units": ["militia-1"]},
    "withdraw": {"units": ["militia-1"]},
    "note": {"text": "x"},
    "priority": {"priority": 2},
    "merge": {"into": "I-e1-1"},
    "report_alarm": {"kind": "fire", "text": "x"},
    "hold": {"seconds": 60, "why": "x"},
    "hazard": {"text": "x"},
    "reply": {"unit": "militia-1", "status": "accepted"},
    "grade": {"grade": 3},
    "response": {"level": 4, "why": "x"},
    "notice": {"place": "all", "text": "x"},
    "handover": {"digest": "7C41-09AE"},
    "takeover": {"digest": "7C41-09AE"},
    "shelve": {"source": "yd-01", "kind": "smoke", "minutes": 30, "why": "x"},
    "stop_play": {"text": "x"},
    "move": {"unit": "militia-1"},
}


# --- the verbs


def test_acknowledge(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    assert site.incident(incident)["ack"] is None
    site.officer.ok("acknowledge", incident=incident, rev=site.incident(incident)["rev"])
    assert site.incident(incident)["ack"]["by"] == "officer-1"


def test_assign_and_withdraw_one_of_several(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02", text="着火")
    taken = site.units_on(incident)
    free = [u for u in ("militia-1", "militia-2", "militia-3") if u not in taken][:2]
    site.officer.ok("assign", incident=incident, units=free, rev=site.incident(incident)["rev"])
    orders = {unit: site.order(incident, unit=unit, state="offered") for unit in free}
    site.officer.ok("withdraw", incident=incident, unit=free[0], why="路断")
    site.order(incident, unit=free[0], state="withdrawn")
    assert site.assignment(orders[free[0]])["status"] == "withdrawn"
    assert site.assignment(orders[free[1]])["status"] == "offered"


def test_hold_puts_the_release_off_once_with_a_reason(site: Site) -> None:
    incident = site.opened("ljg-05", "smoke")
    due = site.incident(incident)["due"]["release"]
    site.officer.refused("hold", incident=incident, seconds=120)
    site.officer.refused("hold", incident=incident, seconds=301, why="太久")
    site.officer.ok("hold", incident=incident, seconds=300, why="先看探头")
    row = site.incident(incident)
    assert (row["held"]["by"], row["held"]["why"]) == ("officer-1", "先看探头")
    assert row["due"]["release"] == row["held"]["until"] > due
    assert site.officer.refused("hold", incident=incident, seconds=60, why="再看")["code"]
    site.officer.ok("hold", incident=incident, dialog=True)
    assert site.incident(incident)["extended"] is True
    site.officer.ok("false_alarm", incident=incident, why="炊烟")


def test_dangers_are_read_added_and_sent(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    order = site.order(incident)
    known = site.incident(incident)["hazards"]
    site.officer.ok("assign", incident=incident, units=["militia-1"], read=known, why="路不通")
    assert set(site.incident(incident)["hazards_read"]) == set(known)
    assert site.line("CommandDone", do="assign", incident=incident)["why"] == "路不通"
    site.officer.ok("hazard", incident=incident, text="楼顶有人")
    row = site.incident(incident)
    assert row["hazards"] == [*known, "楼顶有人"]
    assert "楼顶有人" not in row["hazards_read"]
    assert row["ack"] is None
    again = site.order(incident, order_id=order["order_id"], state="updated")
    assert again["hazards"] == [*known, "楼顶有人"]
    site.officer.refused("hazard", incident=incident, text="楼顶有人")


def test_reply_is_the_radio_and_par_counts_who_is_there(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    order = site.order(incident)
    unit = order["unit"]
    site.officer.refused("par", incident=incident)
    site.officer.ok("reply", incident=incident, unit=unit, status="on_scene", text="电台3")
    row = site.assignment(order)
    assert (row["status"], row["told_by"], row["text"]) == ("on_scene", "officer-1", "电台3")
    assert row["par_at"] > row["changed_at"]
    again = site.officer.refused("reply", incident=incident, unit=unit, status="accepted")
    assert unit in again["reason"]
    site.officer.ok("par", incident=incident, units=[unit])
    assert site.line("AccountabilityAnswered", incident=incident)["by"] == "officer-1"


def test_duty_passes_at_the_second_signature(site: Site) -> None:
    def digest(console: Console) -> str:
        def beat() -> str | None:
            found = [f["beat"] for f in console.frames if "beat" in f]
            now = [b for b in found[-1:] if b["at"] == console.at]
            return str(now[0]["shift"]["digest"]) if now else None

        return str(console.see(beat))

    site.tidy()
    with site.console("leader") as leader:
        site.officer.ok("takeover", digest=digest(site.officer))
        assert site.officer.tables["shift"]["shift"]["officer"] == "officer-1"
        refusal = leader.refused("takeover", digest=digest(leader))
        assert refusal["by"] == "officer-1"
        site.officer.refused("handover", digest="0000-0000")
        site.officer.ok("handover", digest=digest(site.officer), words="北坡余烬要复看")
        assert leader.row("shift", lambda row: row["signed"])["officer"] == "officer-1"
        leader.ok("takeover", digest=digest(leader))
        assert leader.row("shift", lambda row: row["officer"] == "leader-1")["signed"] is None


def test_grade_is_the_officers_and_response_the_leaders(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    priority = site.incident(incident)["priority"]
    site.officer.ok("grade", incident=incident, grade=3)
    row = site.incident(incident)
    assert (row["grade"], row["grade_by"], row["priority"]) == (3, "officer-1", priority)
    assert site.officer.refused("response", level=4, why="x")["code"] == "needs_leader"
    with site.console("leader") as leader:
        leader.ok("response", level=4, why="带班同意")
        assert site.officer.row("post", lambda row: row["response"] == 4)["response_by"]
        leader.ok("response", level=0, why="雨停")


def test_a_unit_that_is_moved_is_told_and_shown_there(site: Site) -> None:
    site.officer.ok("move", unit="drain-1", place="v05", text="带两台泵")
    row = site.officer.row("unit", lambda row: row.get("standby") == "v05")
    assert row["id"] == "drain-1"
    assert row["standby_at"] > 0
    said = site.ear.hear(lambda said: said.kind == "notice" and said.name == "drain-1")
    assert said.json["text"].endswith("带两台泵")
    site.officer.refused("move", unit="drain-1", place="v99")
    site.officer.ok("move", unit="drain-1")


def test_stopping_play_on_the_live_side_stops_nothing_live(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    order = site.order(incident)
    site.officer.ok("stop_play", text="北坡真实火警")
    assert site.line("PlayStopped")["text"] == "北坡真实火警"
    assert site.assignment(order)["status"] == "offered"


@pytest.mark.parametrize("place", ["all", "v03-g2"])
def test_a_notice_is_on_disk_and_then_on_the_air(site: Site, place: str) -> None:
    text = f"撤离河滩 {site.new_id()}"
    site.officer.ok("notice", place=place, text=text)
    said = site.ear.hear(lambda said: said.kind == "notice" and said.json["text"] == text)
    assert said.name == place
    row = site.officer.row("notice", lambda row: row["text"] == text and row["sent_at"])
    assert (row["id"], row["by"]) == (said.json["id"], "officer-1")
    site.officer.refused("notice", place="v99", text=text)


def test_withdraw_of_nobody_withdraws_nobody(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    order = site.order(incident)
    nobody: list[Json] = [{}, {"units": []}, {"unts": [order["unit"]]}, {"units": None}]
    for fields in nobody:
        site.officer.refused("withdraw", incident=incident, **fields)
    assert site.assignment(order)["status"] == "offered"


def test_a_note_is_kept(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    site.officer.ok("note", incident=incident, text="村主任已到")
    site.officer.ok("note", incident=incident, text="水罐车在路上")
    assert [n["text"] for n in site.incident(incident)["notes"]] == ["村主任已到", "水罐车在路上"]


def test_priority(site: Site) -> None:
    incident = site.opened("rangers-1", "road_blocked", place="v02")
    wanted = 1 if site.incident(incident)["priority"] != 1 else 2
    site.officer.ok("priority", incident=incident, priority=wanted, why="堵了救护车")
    assert site.incident(incident)["priority"] == wanted
    site.officer.refused("priority", incident=incident, priority=0)


def test_merge_and_split(site: Site) -> None:
    one = site.opened("rangers-1", "smoke", place="v01", text="烟")
    two = site.opened("rangers-2", "smoke", place="v12", text="烟")
    site.officer.ok("merge", incident=two, into=one)
    gone = site.incident(two, state="merged")
    assert gone["merged_into"] == one
    assert set(site.incident(one)["sources"]) == {"rangers-1", "rangers-2"}
    site.officer.ok("split", incident=two)
    assert site.incident(two)["state"] in {"open", "assigned", "working"}
    assert set(site.incident(one)["sources"]) == {"rangers-1"}


def test_split_takes_one_source_out_of_an_incident(site: Site) -> None:
    where = {"position": {"lon": 107.5176, "lat": 35.3031}}
    first = site.alarm("rangers-1", "smoke", text="烟", **where)
    second_id = site.new_id()
    site.alarm("patrol-1", "smoke", id=second_id, text="另一处", **where)
    site.officer.ok("split", incident=first["incident_id"], alarm=f"patrol-1/{second_id}")
    assert set(site.incident(first["incident_id"])["sources"]) == {"rangers-1"}
    event = site.line("IncidentSplit", incident=first["incident_id"])
    assert set(site.incident(event["new"])["sources"]) == {"patrol-1"}


def test_resolve_close_reopen(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02", text="着火")
    order = site.order(incident)
    site.officer.refused("close", incident=incident, why="太早")
    site.officer.refused("reopen", incident=incident)
    site.officer.ok("resolve", incident=incident, text="明火已灭")
    site.order(incident, order_id=order["order_id"], state="withdrawn")
    site.officer.ok("close", incident=incident)
    site.incident(incident, state="closed")
    site.officer.refused("assign", incident=incident, units=["militia-1"])
    site.officer.ok("reopen", incident=incident, why="复燃")
    assert site.incident(incident)["state"] in {"open", "assigned"}


@pytest.mark.parametrize("field", ["why", "text", "reason", "note"])
def test_false_alarm_takes_everyone_back(site: Site, field: str) -> None:
    incident = site.opened("rangers-1", "smoke", place="v02", text="烟")
    order = site.order(incident)
    site.officer.ok("false_alarm", incident=incident, **{field: "烧秸秆"})
    row = site.incident(incident, state="false_alarm")
    assert ("烧秸秆" in row["outcome"]) is (field != "note")
    site.order(incident, order_id=order["order_id"], state="withdrawn")


def test_report_alarm_is_the_telephone(site: Site) -> None:
    before = set(site.officer.tables["incident"])
    site.officer.ok(
        "report_alarm",
        kind="fire",
        place="v07-g1",
        text="打电话的人说房子着火",
        severity="severe",
        caller="13800000000",
        position={"lon": 107.518, "lat": 35.264},
    )
    site.officer.catch_up()
    (incident,) = set(site.officer.tables["incident"]) - before
    row = site.incident(incident)
    assert row["place"] == "v07-g1"
    assert "打电话的人说房子着火" in row["text"]
    assert site.order(incident)["place"].startswith("山底下")
    site.officer.refused("report_alarm", kind="fire", place="v99", text="x")
    site.officer.refused("report_alarm", kind="dragon", text="x")


def test_a_callers_number_is_in_no_log(site: Site) -> None:
    before = site.officer.at
    site.officer.ok(
        "report_alarm", kind="medical", place="v02", text="有人晕倒", caller="13911112222"
    )
    site.officer.catch_up()
    found = str(site.log("--since", before))
    assert "有人晕倒" in found
    assert "13911112222" not in found


def test_shelve_keeps_a_source_quiet_and_still_logs_it(site: Site) -> None:
    site.officer.ok("shelve", source="hj-03", kind="intrusion", minutes=15, why="蛛网")
    assert site.officer.row("shelf", lambda row: row["source"] == "hj-03")["kind"] == "intrusion"
    line = site.alarm("hj-03", "intrusion")
    assert (line["outcome"], line["reason"]) == ("logged", "shelved")
    assert site.alarm("hj-03", "smoke")["outcome"] == "opened"
    site.officer.refused("shelve", source="rangers-1", kind="sos", minutes=15, why="x")
    site.officer.ok("unshelve", source="hj-03", kind="intrusion")
    assert site.alarm("hj-03", "intrusion")["outcome"] == "opened"


def test_a_stale_rev_is_refused_with_who_changed_what(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    seen = site.incident(incident)["rev"]
    with site.console("leader") as leader:
        leader.ok("note", incident=incident, text="我来处理", rev=seen)
    assert site.incident(incident)["rev"] > seen
    refusal = site.officer.refused("assign", incident=incident, units=["militia-1"], rev=seen)
    assert refusal["by"] == "leader-1"
    assert "leader-1" in refusal["reason"]
    assert "militia-1" not in site.units_on(incident)


def test_the_same_command_again_has_the_same_answer_and_is_done_once(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    command: Json = {"id": str(uuid.uuid4()), "incident": incident, "text": "一次"}
    first = site.officer.ok("note", **command)
    again = site.officer.ok("note", **command)
    assert first == again
    with site.console() as other:
        other.ok("note", **command)
    assert [note["text"] for note in site.incident(incident)["notes"]] == ["一次"]


def test_fields_of_a_later_version_are_passed_over(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02")
    extra = {"priority_hint": 1, "operator": {"name": "x"}, "force": True}
    site.officer.ok("assign", incident=incident, units=["militia-1"], **extra)
    site.order(incident, unit="militia-1")


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        '{"id":"1"}',
        '{"id":"1","do":"launch"}',
        '{"id":"1","do":"note","incident":"I-e1-1"}',
        '{"id":"1","do":"note","incident":"I-e9-99","text":"x"}',
        '{"id":"1","id":"1","do":"note","incident":"I-e1-1","text":"x"}',
        '{"id":"1","do":"assign","incident":"I-e1-1","units":["nobody-9"]}',
    ],
)
def test_a_bad_command_is_refused_with_a_reason_and_the_line_stays(site: Site, frame: str) -> None:
    with site.console() as one:
        one.send(frame)
        answer = one.see(lambda: next((f for f in one.frames if "ok" in f), None))
        assert answer["ok"] is False
        assert answer["reason"]
        one.ok("unwatch", incident="I-0")


def test_two_consoles_see_the_same(site: Site) -> None:
    with site.console() as one, site.console("observer") as two:
        incident = site.opened("rangers-1", "fire", place="v02")
        one.ok("acknowledge", incident=incident)
        for console in (one, two):
            console.row("incident", lambda row: row["id"] == incident and row["ack"])
        two.ok("watch", incident=incident)
        assert "observer-1" in one.see(lambda: one.tables.get("viewer", {}).get(incident))["names"]


def test_the_detail_of_an_incident_is_there_while_somebody_looks(site: Site) -> None:
    incident = site.opened("rangers-1", "fire", place="v02", text="着火")
    with site.console("observer") as two:
        two.ok("watch", incident=incident)
        row = site.officer.row("detail", lambda row: row["timeline"][-1]["incident"] == incident)
        assert {"timeline", "earlier", "teams", "nearest", "gap"} <= set(row)
        assert any(line["event"] == "IncidentOpened" for line in row["timeline"])
        site.officer.ok("note", incident=incident, text="村主任已到")
        two.row("detail", lambda row: "村主任已到" in str(row["timeline"]))
    site.officer.see(lambda: incident not in site.officer.tables["detail"])


def test_what_could_not_be_read_is_shown(site: Site) -> None:
    # A source of its own: other tests on this site send what cannot be read as well.
    site.say("hj-04", "alarm", b"not json at all")
    row = site.officer.row("quarantine", lambda row: row["source"] == "hj-04")
    assert set(row) == {"quarantine", "at", "source", "topic", "why", "detail"}
    assert (row["topic"], row["why"]) == ("fs/jingming/hj-04/alarm", "not_json")


# --- plain HTTP on the same port


def test_healthz(site: Site) -> None:
    status, kind, body = get(site.post.http + "/healthz")
    assert status == 200
    assert kind == "application/json"
    assert '"ok":true' in body


def test_metrics_are_prometheus_and_hold_no_text_from_outside(site: Site) -> None:
    site.alarm("rangers-1", "sos", place="v02", text="机密地点")
    status, kind, body = get(site.post.http + "/metrics")
    assert status == 200
    assert kind.startswith("text/plain")
    assert "# TYPE fengsui_" in body
    assert 'event="AlarmReceived"' in body
    assert "机密" not in body


def test_any_other_path_is_not_found(site: Site) -> None:
    assert get(site.post.http + "/etc/passwd")[0] == 404
    with pytest.raises(InvalidStatus), connect(site.post.feed.replace("/console", "/other")):
        pass
