"""Rows for consoles: of what changed, whole, and of nothing that is not theirs to see."""

from __future__ import annotations

import json
from typing import Any

from stage import DAY, NOON, Stage, east, loaded, stage, township

from command.core import events as e
from command.core import views
from command.core.decide import Fact
from command.core.reasons import Reason
from command.core.rows import source_row
from command.core.shift import shift_row
from sensors.observations import Fault, Heartbeat, Rejection, RejectionReason

INCIDENT_ROW = {
    "id": "I-e1-1",
    "state": "assigned",
    "kind": "flood",
    "family": "emergency",
    "alarm_kind": "flood",
    "priority": 2,
    "grade": 0,
    "grade_by": "",
    "triage": ["plan:2"],
    "place": "v01-g1",
    "place_name": "村v01-g1",
    "position": {"lon": 107.5, "lat": 35.2},
    "title": "水",
    "text": "水",
    "opened_at": NOON,
    "news_at": NOON,
    "sources": {
        "cam-1": {
            "class": "camera",
            "kind": "flood",
            "first_at": NOON,
            "last_at": NOON,
            "times": 1,
            "confidence": 0.9,
            "text": "水",
            "cleared_at": None,
        }
    },
    "hazards": [],
    "hazards_read": {},
    "ask": [],
    "ack": None,
    "lapses": 0,
    "mayday": False,
    "mayday_units": [],
    "escalated_to": "",
    "second_called": False,
    "left_out": {},
    "held": None,
    "extended": False,
    "released_at": NOON,
    "released_by": "post",
    "due": {"ack": NOON + 120},
    "needs": [{"role": "crew", "quantity": 5, "must": True, "within_min": 20.0, "missing": 0}],
    "rec": [],
    "orders": ["O-e1-1"],
    "nobody_for": [],
    "holds": [],
    "level": 0,
    "overdue_since": None,
    "ladder": [],
    "notes": [],
    "merged_into": "",
    "outcome": "",
    "ended_at": None,
    "changed": "UnitOffered",
    "changed_by": "post",
    "exercise": False,
}


def flood() -> Stage:
    play = stage()
    play.report("cam-1", "flood", text="水", confidence=0.9, evidence=("http://cam/1.jpg",))
    return play


def tables(play: Stage) -> dict[str, list[str]]:
    return {name: list(rows) for name, rows in play.rows().items()}


def test_a_new_incident_with_its_order() -> None:
    play = flood()
    rows = play.rows()
    row = rows["incident"]["I-e1-1"]
    assert row is not None
    assert {**row, "rev": 0} == {**INCIDENT_ROW, "rev": 0}
    assert row["rev"] == play.incident("I-e1-1").rev
    assert tables(play) | {"log": []} == {
        "assignment": ["O-e1-1"],
        "incident": ["I-e1-1"],
        "unit": ["near"],
        "camera": ["cam-1"],
        "log": [],
    }
    assert list(rows["log"]) == [f"e1-2.{n}" for n in range(len(play.batch.events))]


def test_an_assignment() -> None:
    play = flood()
    play.walk("O-e1-1", "received", "accepted")
    assert play.rows()["assignment"]["O-e1-1"] == {
        "id": "O-e1-1",
        "order_id": "O-e1-1",
        "incident": "I-e1-1",
        "unit": "near",
        "unit_name": "队near",
        "role": "crew",
        "people": 5,
        "status": "accepted",
        "rev": 1,
        "received": True,
        "offered_at": NOON,
        "expires_at": NOON + 60,
        "changed_at": NOON + 2,
        "eta_s": 192.0,
        "reason": "unit_answered",
        "why": ["eta_min:4"],
        "by": "post",
        "told_by": "",
        "par_at": None,
        "par_asked": False,
        "par_missed": 0,
        "text": "",
    }


def test_a_unit() -> None:
    play = flood()
    row = play.rows()["unit"]["near"]
    assert row == {
        "id": "near",
        "name": "队near",
        "name_en": "near",
        "type": "militia",
        "members": 5,
        "roles": ["crew"],
        "equipment": ["铁锹"],
        "shared": False,
        "place": "",
        "lon": east(1000).lon,
        "lat": 35.2,
        "contact": "",
        "state": "committed",
        "off_reason": "",
        "off_until": None,
        "assignments": [
            {"order_id": "O-e1-1", "incident": "I-e1-1", "status": "offered", "since": NOON}
        ],
        "jobs": 1,
        "standby": "",
        "standby_at": None,
        "position": None,
        "last_contact": None,
    }


def test_a_post_with_many_cases_shows_the_newest() -> None:
    play = stage()
    for n in range(25):
        play.do("report_alarm", kind="dispute", text=str(n), place="v01-g1")
        play.do("assign", list(play.world.incidents)[-1], units=("ggh-1",))
    row = play.rows()["unit"]["ggh-1"]
    assert row is not None
    assert (row["jobs"], len(row["assignments"])) == (25, views.JOBS_SHOWN)
    assert row["assignments"][-1]["order_id"] == "O-e1-25"


def test_a_case_has_a_table_of_its_own() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v01-g1")
    row = play.rows()["case"][ident]
    assert row is not None
    assert (row["ladder"], row["level"]) == (["ggh", "vgm", "grid"], 0)
    assert "incident" not in play.rows()


def test_what_waits_for_its_release_says_who_would_go() -> None:
    play = stage()
    ident = play.report("cam-1")
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["rec"] == [{"role": "crew", "unit": "near", "eta_s": 192}]
    assert row["needs"][0]["missing"] == 5
    play.wait(60)
    row = play.rows()["incident"][ident]
    assert row is not None
    assert row["rec"] == []


def test_sources_and_cameras() -> None:
    play = stage()
    play.give(Heartbeat(source="cam-1", received_at=NOON, battery=0.5))
    assert tables(play) | {"log": []} == {"camera": ["cam-1"], "log": []}
    assert play.rows()["camera"]["cam-1"] == {
        "id": "cam-1",
        "class": "camera",
        "place": "v01-g1",
        "name": "探头1",
        "area": "v01",
        "key": False,
        "lon": 107.5,
        "lat": 35.2,
        "state": "online",
        "since": NOON,
        "last_at": NOON,
        "text": "",
        "battery": 0.5,
        "alarms": 0,
    }
    play.give(Heartbeat(source="gauge", received_at=NOON))
    assert tables(play) | {"log": []} == {"source": ["gauge"], "log": []}


def test_a_camera_says_since_when_it_is_as_it_is() -> None:
    play = stage()
    seen: list[tuple[str, float | None]] = []

    def look() -> None:
        row = source_row(play.world, "cam-1")
        seen.append((row["state"], row["since"]))

    look()
    for minutes, ok in ((0, True), (5, True), (6, False), (7, False)):
        play.now = NOON + minutes * 60
        beat = Heartbeat if ok else Fault
        play.give(beat(source="cam-1", received_at=play.now, text="" if ok else "黑"))
        look()
    play.wait(600)
    look()
    play.give(Heartbeat(source="cam-1", received_at=play.now))
    look()
    assert seen == [
        ("unknown", None),
        ("online", NOON),
        ("online", NOON),
        ("fault", NOON + 360),
        ("fault", NOON + 360),
        ("offline", NOON + 960),
        ("online", NOON + 1020),
    ]


def test_an_alert_is_there_until_it_is_read() -> None:
    play = stage()
    play.report("cam-1", "earthquake", text="震")
    assert play.rows()["alert"]["A-e1-1"] == {
        "id": "A-e1-1",
        "at": NOON,
        "reason": "no_plan",
        "incident": "",
        "unit": "",
        "source": "cam-1",
        "order_id": "",
        "text": "震",
    }
    play.do("acknowledge", alert="A-e1-1")
    assert play.rows()["alert"] == {"A-e1-1": None}


def test_the_last_messages_that_could_not_be_read() -> None:
    play = stage()
    for n in range(52):
        play.give(
            Rejection("fs/test/x/alarm", "x", RejectionReason.NOT_JSON, f"byte {n}", f"d{n}", NOON)
        )
    newest = play.rows()["quarantine"]
    assert newest == {
        "Q-e1-52": {
            "quarantine": "Q-e1-52",
            "at": NOON,
            "source": "x",
            "topic": "fs/test/x/alarm",
            "why": "not_json",
            "detail": "byte 51",
        }
    }
    whole = views.everything(play.world, 1, [])["quarantine"]
    assert list(whole) == [f"Q-e1-{n}" for n in range(3, 53)]
    assert whole["Q-e1-52"] == newest["Q-e1-52"]


def test_the_post_itself() -> None:
    play = stage()
    play.give(Fact(e.PostStarted(at=NOON, cause="post", reason=Reason.STARTED, epoch=7)))
    assert play.rows()["post"] == {
        "post": {
            "township": "test",
            "name": "测试乡",
            "name_en": "Test",
            "root": "fs",
            "era": 1,
            "epoch": 7,
            "rejected": 0,
            "digest": "files",
            "response": 0,
            "response_by": "",
            "response_since": 0.0,
            "response_why": "",
        }
    }


def test_a_merge_touches_both() -> None:
    play = flood()
    play.report("cam-4", "flood")
    play.do("merge", "I-e1-1", into="I-e1-2")
    assert set(tables(play)["incident"]) == {"I-e1-1", "I-e1-2"}


def test_a_reply_to_no_order_of_ours_makes_no_row() -> None:
    play = flood()
    play.reply("<script>", "accepted", unit="[/]", source="stranger")
    assert set(play.rows()) == {"alert", "log"}


def test_new_files_are_a_whole_picture() -> None:
    play = flood()
    play.give(loaded(township()))
    rows = play.rows()
    assert set(rows) == {
        "incident",
        "case",
        "assignment",
        "unit",
        "camera",
        "source",
        "alert",
        "shelf",
        "quarantine",
        "shift",
        "notice",
        "place",
        "shape",
        "plan",
        "desk",
        "log",
        "post",
    }
    assert set(rows["camera"]) == {"cam-1", "cam-2", "cam-3", "cam-4"}
    assert set(rows["unit"]) == set(play.world.units)
    post = rows["post"]["post"]
    assert post is not None
    assert post["at"] == f"e1-{len(play.entries)}"


def everything(play: Stage) -> dict[str, dict[str, Any]]:
    """All rows, as one who has just come gets them."""
    return {
        name: rows
        for name, rows in views.everything(play.world, len(play.entries), []).items()
        if name not in {"log", "post"}
    }


def test_row_by_row_gives_the_same_as_the_whole_picture() -> None:
    """A console that was there from the start shows what one shows that has just come."""
    play = stage()
    kept = everything(play)

    def see() -> None:
        for table, rows in play.rows().items():
            for key, row in rows.items():
                if row is None:
                    kept.get(table, {}).pop(key, None)
                elif table in kept:
                    kept[table][key] = row

    give = play.give

    def seen(*inputs: Any) -> Any:
        batch = give(*inputs)
        see()
        return batch

    play.give = seen  # type: ignore[method-assign]
    play.report("cam-1", "landslide")
    play.report("cam-4", "flood")
    play.report("gauge", "crowd", position=east(50))
    play.reply(play.order_of("scout-1"), "accepted")
    play.do("duty", unit="near", on=False, text="车坏")
    play.do("report_alarm", kind="dispute", text="争", place="v01-g1")
    play.do("assign", list(play.world.incidents)[-1], units=("ggh-1",))
    play.do("merge", "I-e1-1", into="I-e1-2")
    play.do("split", "I-e1-1")
    play.do("shelve", source="cam-3", kind="fire", minutes=15, why="雾")
    play.wait(2 * DAY)
    play.do("false_alarm", "I-e1-1")
    play.do("resolve", "I-e1-2", outcome="完")
    play.do("close", "I-e1-2")
    play.wait(2 * DAY)
    kept["shift"]["shift"] = shift_row(play.world)  # what moves it comes with the beat
    assert kept == everything(play)


def test_a_row_is_plain_json() -> None:
    play = flood()
    assert (
        json.loads(json.dumps(play.rows(), allow_nan=False))["incident"] == play.rows()["incident"]
    )


def test_no_order_payload_and_no_files_reach_a_console() -> None:
    play = flood()
    text = json.dumps(play.rows(), ensure_ascii=False)
    assert "reply_within_s" not in text
    play.give(loaded(township()))
    assert "document" not in json.dumps(play.rows()["log"])


def test_what_a_caller_says_of_himself_reaches_no_console() -> None:
    play = stage()
    play.do("report_alarm", kind="fire", text="着火", caller="13800000000")
    assert "13800000000" not in json.dumps(play.rows())


def test_a_log_line_has_its_position_cause_and_reason() -> None:
    play = flood()
    lines = [row for row in play.rows()["log"].values() if row is not None]
    assert [line["event"] for line in lines] == [type(x).__name__ for x in play.batch.events]
    opened = lines[0]
    assert (opened["pos"], opened["cause"]) == ("e1-2.0", "alarm:cam-1/a-1")
    assert opened["reason"] == "first_report"
    assert opened["position"] == {"lon": 107.5, "lat": 35.2}
