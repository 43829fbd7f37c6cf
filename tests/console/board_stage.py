"""A township at work for the tests of the boards: every table has rows, and the log has a history.

`hostile=True` puts the hostile text of `desk_stage` into every field that comes from outside.
"""

from __future__ import annotations

from typing import Any

from desk_stage import (
    HOSTILE,
    ME,
    NOW,
    Row,
    Stage,
    alert,
    assignment,
    camera,
    case,
    incident,
    place,
    report,
    unit,
)
from desk_stage import log_row as log_line

from console.page import Go

Tables = dict[str, dict[str, Any]]
BOARDS = (
    "teams", "cameras", "grid", "cases", "shelf", "statistics", "handover", "log", "quarantine",
    "alerts", "drill",
)  # fmt: skip
TEXTS = frozenset(
    {
        "name", "name_en", "text", "title", "place_name", "off_reason", "contact", "detail",
        "topic", "source", "why", "words", "area", "kind", "digest", "quarantine", "by",
        "unit_name", "what",
    }
)  # fmt: skip


def job(order: str, ident: str, status: str) -> Row:
    """One of a unit's jobs as its row lists it."""
    return {"order_id": order, "incident": ident, "status": status, "since": NOW - 60}


def units() -> dict[str, Row]:
    """One of each state, and the police with two jobs at once."""
    rows = [
        unit("clinic-1", "卫生院救护", members=3, state="committed", contact="内线8031",
             assignments=[job("O-1", "I-e1-410", "offered")]),
        unit("rangers-2", "护林二组", members=3, state="committed", last_contact=NOW - 720,
             assignments=[job("O-2", "I-e1-403", "en_route")]),
        unit("police-1", "片区民警", members=2, state="committed",
             assignments=[job("O-6", "I-e1-408", "on_scene"), job("O-7", "I-e1-411", "accepted")]),
        unit("militia-2", "民兵二队", state="committed",
             assignments=[job("O-8", "I-e1-408", "on_scene")]),
        unit("militia-1", "民兵一队", position={"lon": 107.55, "lat": 35.28}),
        unit("traffic-1", "交通劝导组", members=4, state="off_duty", off_reason="车坏",
             off_until=NOW + 17_000),
        unit("vgm-v01", "雷家沟村网格管理员", type="post", state="committed",
             assignments=[job("O-9", "I-e1-187", "accepted")]),
        unit("ggh-v01-g1", "雷家沟村一组网格长", type="post"),
        unit("ggh-v01-g2", "雷家沟村二组网格长", type="post", state="unreachable",
             last_contact=NOW - 3600),
        unit("ggh-v01-g3", "雷家沟村三组网格长", type="post", last_contact=None),
    ]  # fmt: skip
    return {row["id"]: row for row in rows}


def orders() -> dict[str, Row]:
    """The orders behind them."""
    rows = [
        assignment("O-1", "I-e1-410", "clinic-1"),
        assignment("O-2", "I-e1-403", "rangers-2", status="en_route", changed_at=NOW - 60,
                   eta_s=300),
        assignment("O-6", "I-e1-408", "police-1", status="on_scene", par_at=NOW + 960),
        assignment("O-7", "I-e1-411", "police-1", status="accepted", changed_at=NOW, eta_s=600),
        assignment("O-8", "I-e1-408", "militia-2", status="on_scene", par_at=NOW + 400),
        assignment("O-9", "I-e1-187", "vgm-v01", status="accepted"),
    ]  # fmt: skip
    return {row["id"]: row for row in rows}


def incidents() -> dict[str, Row]:
    """Two reds, and others."""
    rows = [
        incident("I-e1-412", sources={"ljg-05": report("camera", at=NOW - 38, confidence=0.87)}),
        incident("I-e1-409", kind="sos", place="v06-g1", place_name="沟门前村一组", title="求救",
                 sources={}),
        incident("I-e1-410", kind="road_accident", priority=2, orders=["O-1"], sources={}),
        incident("I-e1-403", kind="missing_person", priority=3, orders=["O-2"], sources={}),
        incident("I-e1-408", kind="fight", priority=3, orders=["O-6", "O-8"], sources={}),
        incident("I-e1-411", kind="fight", priority=3, orders=["O-7"], sources={}),
        incident("I-e1-300", state="closed", priority=1, sources={"zj-01": report("camera")}),
    ]  # fmt: skip
    return {row["id"]: row for row in rows}


def cameras() -> dict[str, Row]:
    """Yard and one village: one of each letter."""
    rows = [camera(f"yd-{n:02}", area="yard", place="yard") for n in range(1, 13)]
    rows += [camera(f"ljg-{n:02}") for n in range(1, 17)]
    made = {row["id"]: row for row in rows}
    made["ljg-02"] |= {"state": "offline", "since": NOW - 2460}
    made["ljg-03"] |= {"state": "fault", "since": NOW - 7200}
    made["ljg-09"] |= {"state": "unknown", "since": None, "last_at": None}
    return made


def log() -> dict[str, Row]:
    """Six incidents, acknowledged after 10 to 60 s; two shelved sources' alarms, and bad news."""
    lines: list[Row] = []

    def add(event: str, at: float, **fields: Any) -> None:
        lines.append(log_line(f"e1-{len(lines)}.0", event, at=at, **fields))

    for n in range(1, 7):
        at, ident = NOW - 3600 + n * 300, f"I-e1-{n}"
        add(
            "AlarmReceived",
            at,
            source=f"ljg-{n:02}",
            kind="smoke",
            incident=ident,
            text="烟",
            outcome="opened",
            confidence=0.8,
            clock_quality="skewed" if n == 4 else "ok",
        )
        add(
            "IncidentOpened",
            at,
            incident=ident,
            plan="wildfire",
            priority=1 + n % 4,
            place="v01-g2",
        )
        add(
            "UnitOffered",
            at + 5 * n,
            incident=ident,
            order_id=f"o-{n}",
            unit="militia-1",
            role="crew",
            eta_s=300,
            by="post",
            reason="nearest_with_role",
        )
        add("IncidentAcknowledged", at + 10 * n, incident=ident, by="watch", until=NOW)
        add(
            "AssignmentChanged",
            at + 20 * n,
            incident=ident,
            order_id=f"o-{n}",
            unit="militia-1",
            status="accepted" if n < 4 else "declined",
        )
    add("IncidentEnded", NOW - 900, incident="I-e1-1", state="false_alarm", by="watch")
    add(
        "SourceShelved",
        NOW - 800,
        source="hj-03",
        kind="intrusion",
        by="watch",
        why="蛛网",
        until=NOW + 3000,
    )
    add("AlarmReceived", NOW - 700, source="hj-03", kind="intrusion", reason="shelved")
    add("AcknowledgementLapsed", NOW - 600, incident="I-e1-409", by="watch")
    add("CaseClimbed", NOW - 500, incident="I-e1-187", level=1, due=NOW + 20880, reason="overdue")
    add(
        "MessageQuarantined",
        NOW - 400,
        source="ljg-05",
        topic="fs/jm/ljg-05/alarm",
        why="not_json",
        detail="line 1 column 2",
        quarantine="q-1",
    )
    add(
        "MessageQuarantined",
        NOW - 300,
        source="",
        topic="zigbee2mqtt/x",
        why="source_unmapped",
        detail="",
        quarantine="q-2",
    )
    return {line["pos"]: line for line in lines}  # fmt: skip


def desks() -> dict[str, Row]:
    """The grid's posts of one village."""
    made = {
        "vgm-v01": {"id": "vgm-v01", "name": "雷家沟村网格管理员", "name_en": "Leijiagou manager",
                    "role": "vgm", "place": "v01", "contact": "内线8101"},
    }  # fmt: skip
    for n in range(1, 4):
        ident = f"ggh-v01-g{n}"
        made[ident] = {"id": ident, "name": f"雷家沟村{n}组网格长", "name_en": f"Leijiagou {n}",
                       "role": "ggh", "place": f"v01-g{n}", "contact": ""}  # fmt: skip
    return made


def township(*, hostile: bool = False, **over: Any) -> Tables:
    """All tables; `over` by table name, whole."""
    tables: Tables = {
        "unit": units(), "assignment": orders(), "incident": incidents(), "camera": cameras(),
        "log": log(), "desk": desks(),
        "case": {
            "I-e1-187": case("I-e1-187", orders=["O-9"], ladder=["ggh", "committee", "med_centre"]),
            "I-e1-179": case("I-e1-179", level=2, due={}, ladder=["ggh", "committee", "med_centre"],
                             title="宅基边界"),
            "I-e1-191": case("I-e1-191", kind="service", ladder=["win", "svc"], level=0,
                             due={"ladder": NOW - 60}),
            "I-e1-100": case("I-e1-100", state="closed"),
        },
        "shelf": {
            "hj-03|intrusion": {"source": "hj-03", "kind": "intrusion", "until": NOW + 3000},
            "ljg-11|smoke": {"source": "ljg-11", "kind": "smoke", "until": NOW + 600},
        },
        "alert": {
            "al-1": alert("al-1", reason="no_reply", unit="clinic-1", incident="I-e1-410"),
            "al-2": alert("al-2", at=NOW - 900),
        },
        "quarantine": {},
        "shift": {"shift": shift()},
        "place": {"yard": place("yard", "乡政府大院", kind="key")},
    }  # fmt: skip
    tables |= over
    if hostile:
        for name, rows in tables.items():
            tables[name] = {key: _spoilt(row) for key, row in rows.items()}
    return tables


def shift(**over: Any) -> Row:
    """This console's officer is on duty, and nothing blocks the handover."""
    return {
        "officer": ME, "since": NOW - 25_000, "digest": "7C41-09AE", "signed": None, "blocks": [],
    } | over  # fmt: skip


def signed(by: str = ME, digest: str = "7C41-09AE") -> Row:
    """The outgoing officer has signed."""
    return {"by": by, "at": NOW - 60, "digest": digest, "words": "北坡余烬"}


def _spoilt(row: Any) -> Any:
    """Every text from outside, hostile, as deep as it is."""
    if isinstance(row, list):
        return [_spoilt(one) for one in row]
    if not isinstance(row, dict):
        return row
    return {
        key: HOSTILE if key in TEXTS and isinstance(value, str) else _spoilt(value)
        for key, value in row.items()
    }


def board(page: str, *, hostile: bool = False, tables: Tables | None = None, **stage: Any) -> Stage:
    """A desk with that board open."""
    given: dict[str, Any] = stage | (tables or township(hostile=hostile))
    made = Stage(**given)
    made.desk._carry_out((Go(page),), made.at)
    made.picture()
    return made
