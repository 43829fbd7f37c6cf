"""The feed's commands at the edge: strict, per verb, and never anything but a FrameError."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.messages import (
    COMMANDS,
    LOOKS,
    MAY,
    VERBS,
    Answer,
    Assign,
    Beat,
    CommandResult,
    Duty,
    FrameError,
    Kind,
    Note,
    Point,
    Problem,
    ReportAlarm,
    Rows,
    Severity,
    Snapshot,
    Withdraw,
    may,
    read_command,
    read_frame,
    read_hello,
    write_command,
)
from sensors.observations import AlarmKind
from sensors.observations import Severity as CapSeverity

ID = "5b3f6c0e-3d0a-4c1e-9d5b-0a52c7a1f001"

# verb -> the fields that must be there, and those that may
FULL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "acknowledge": ({"incident": "I-e1-9"}, {"read": ["H-1"]}),
    "assign": (
        {"incident": "I-e1-9", "units": ["militia-1", "rangers-2"]},
        {"rec": "R-1", "read": ["H-1"]},
    ),
    "hold": ({"incident": "I-e1-9", "seconds": 120}, {}),
    "hazard": ({"incident": "I-e1-9", "text": "电线落地"}, {}),
    "grade": ({"incident": "I-e1-9", "grade": 3}, {}),
    "response": ({"level": 4}, {}),
    "notice": ({"place": "v03-g2", "text": "撤离河滩"}, {}),
    "reply": ({"incident": "I-e1-9", "unit": "militia-1", "status": "on_scene"}, {}),
    "par": ({"incident": "I-e1-9"}, {"units": ["militia-1"]}),
    "withdraw": ({"incident": "I-e1-9", "units": ["militia-1"]}, {}),
    "note": ({"incident": "I-e1-9", "text": "村主任已到"}, {}),
    "priority": ({"incident": "I-e1-9", "priority": 2}, {}),
    "merge": ({"incident": "I-e1-9", "into": "I-e1-8"}, {}),
    "split": ({"incident": "I-e1-9"}, {"alarm": "ljg-05/a-9f1"}),
    "resolve": ({"incident": "I-e1-9"}, {"outcome": "out"}),
    "close": ({"incident": "I-e1-9"}, {}),
    "reopen": ({"incident": "I-e1-9"}, {}),
    "false_alarm": ({"incident": "I-e1-9"}, {}),
    "report_alarm": (
        {"kind": "fire"},
        {
            "text": "对面山坡冒烟",
            "place": "v03-g2",
            "position": {"lon": 107.55, "lat": 35.28, "accuracy_m": 30.0, "datum": "gcj02"},
            "severity": "severe",
            "caller": "138",
        },
    ),
    "shelve": ({"source": "ljg-05", "kind": "smoke", "minutes": 60, "why": "蛛网"}, {}),
    "unshelve": ({"source": "ljg-05", "kind": "smoke"}, {}),
    "duty": ({"unit": "traffic-1", "on": False}, {"until": 1_800_000_000.0}),
    "handover": ({"digest": "7C41-09AE"}, {"words": "北坡余烬要复看"}),
    "takeover": (
        {"digest": "7C41-09AE"},
        {"taken": ["I-e1-9"], "keep_shelf": ["hj-03|intrusion"]},
    ),
    "move": ({"unit": "grid-2"}, {"place": "zj"}),
    "stop_play": ({"text": "北坡真实火警"}, {}),
    "watch": ({"incident": "I-e1-9"}, {}),
    "unwatch": ({"incident": "I-e1-9"}, {}),
}
COMMON = {"rev": 4, "why": "路断", "v": 1}
NEEDED = [(verb, name) for verb, (must, _) in FULL.items() for name in must]


def raw(verb: str, **fields: Any) -> str:
    return json.dumps({"id": ID, "do": verb} | fields)


def refused(frame: str | bytes) -> FrameError:
    with pytest.raises(FrameError) as caught:
        read_command(frame)
    return caught.value


def test_the_table_above_knows_every_verb() -> None:
    assert set(FULL) == VERBS | set(LOOKS)


@pytest.mark.parametrize("verb", FULL)
def test_a_full_command_is_read_and_written_back(verb: str) -> None:
    must, may_have = FULL[verb]
    sent = COMMON | must | may_have
    command = read_command(raw(verb, **sent))
    assert command.do == verb
    assert command.id == ID
    plain = command.model_dump(mode="json")
    assert {name: plain[name] for name in sent} == sent
    assert read_command(write_command(command)) == command
    assert hash(command) == hash(read_command(raw(verb, **sent)))


@pytest.mark.parametrize(("verb", "missing"), NEEDED)
def test_a_field_that_must_be_there_is_missed(verb: str, missing: str) -> None:
    must = {name: value for name, value in FULL[verb][0].items() if name != missing}
    for frame in (raw(verb, **must), raw(verb, **must, **{missing: None})):
        error = refused(frame)
        assert (error.code, error.field, error.id) == ("bad_field", missing, ID)


@pytest.mark.parametrize("verb", FULL)
def test_a_field_of_a_later_version_is_passed_over(verb: str) -> None:
    must = FULL[verb][0]
    later = {"unts": ["militia-1"], "operator": {"a": [1]}}
    assert read_command(raw(verb, **must, **later)) == read_command(raw(verb, **must))


def test_a_misspelt_field_withdraws_nobody() -> None:
    error = refused(raw("withdraw", incident="I-1", unts=["militia-1"]))
    assert (error.code, error.field, error.id) == ("bad_field", "units", ID)
    assert refused(raw("withdraw", incident="I-1", units=[])).field == "units"


@pytest.mark.parametrize("field", ["why", "text", "reason"])
def test_a_reason_is_read_in_whichever_field_it_comes(field: str) -> None:
    assert read_command(raw("false_alarm", incident="I-1", **{field: "烧秸秆"})).said == "烧秸秆"
    shelve = {**FULL["shelve"][0], "why": None, field: "蛛网"}
    assert read_command(raw("shelve", **shelve)).why == "蛛网"


def test_our_own_word_comes_first() -> None:
    assert read_command(raw("close", incident="I-1", why="a", reason="b")).said == "a"
    both = read_command(raw("assign", incident="I-1", unit="a", units=["b"]))
    assert both == Assign(id=ID, incident="I-1", units=("b",))


@pytest.mark.parametrize(
    ("verb", "field", "value"),
    [
        ("assign", "units", []),
        ("assign", "units", [f"u-{n}" for n in range(21)]),
        ("assign", "units", "militia-1"),
        ("assign", "units", ["militia 1"]),
        ("assign", "units", [7]),
        ("assign", "rev", "4"),
        ("assign", "rev", 4.0),
        ("assign", "rev", True),
        ("assign", "rev", -1),
        ("assign", "incident", ""),
        ("assign", "incident", "I" * 65),
        ("assign", "incident", "I-1\n"),
        ("assign", "incident", 9),
        ("assign", "read", ["\x1b[2J"]),
        ("note", "text", ""),
        ("note", "text", "火" * 501),
        ("note", "text", ["x"]),
        ("priority", "priority", 0),
        ("priority", "priority", 6),
        ("priority", "priority", "2"),
        ("shelve", "minutes", 14),
        ("shelve", "minutes", 481),
        ("shelve", "kind", "sos"),
        ("shelve", "kind", "medical"),
        ("shelve", "kind", "missing_person"),
        ("shelve", "why", ""),
        ("report_alarm", "kind", "dragon"),
        ("report_alarm", "severity", "bad"),
        ("report_alarm", "position", {"lon": 0, "lat": 0}),
        ("report_alarm", "position", {"lon": 181, "lat": 35}),
        ("report_alarm", "position", {"lon": "107", "lat": 35}),
        ("report_alarm", "position", {"lon": 107, "lat": 35, "datum": "bd09"}),
        ("report_alarm", "caller", "1" * 101),
        ("duty", "on", 1),
        ("split", "alarm", "a\x00"),
        ("note", "v", 2),
    ],
)
def test_a_field_of_another_shape_is_named(verb: str, field: str, value: Any) -> None:
    must, may_have = FULL[verb]
    error = refused(raw(verb, **(must | may_have | {field: value})))
    assert (error.code, error.field) == ("bad_field", field)


def test_bounds_are_inside() -> None:
    assert read_command(raw("note", incident="I-1", text="火" * 500)).text == "火" * 500
    for minutes in (15, 480):
        assert read_command(raw("shelve", **(FULL["shelve"][0] | {"minutes": minutes})))
    for priority in (1, 5):
        assert read_command(raw("priority", incident="I-1", priority=priority))


def test_unit_is_short_for_units_of_one() -> None:
    one = read_command(raw("assign", incident="I-1", unit="militia-1"))
    assert one == Assign(id=ID, incident="I-1", units=("militia-1",))
    back = read_command(raw("withdraw", incident="I-1", unit="militia-1"))
    assert back == Withdraw(id=ID, incident="I-1", units=("militia-1",))
    assert refused(raw("withdraw", incident="I-1", unit=7)).field == "units"
    assert read_command(raw("duty", unit="a", on=True)) == Duty(id=ID, unit="a", on=True)


def test_acknowledge_is_of_an_incident_or_an_alert() -> None:
    assert read_command(raw("acknowledge", alert="nobody:I-1")).do == "acknowledge"
    assert refused(raw("acknowledge")).field == "incident"
    assert refused(raw("acknowledge", incident="I-1", alert="x")).field == "incident"


def test_words_are_found_in_either_field() -> None:
    note = Note(id=ID, incident="I-1", text="a", why="b")
    assert note.said == "a"
    closed = read_command(raw("close", incident="I-1", why="b"))
    assert closed.said == "b"


def test_a_position_defaults_to_wgs84() -> None:
    command = read_command(
        raw("report_alarm", kind="fire", text="x", position={"lon": 107, "lat": 35})
    )
    assert isinstance(command, ReportAlarm)
    assert command.position == Point(lon=107.0, lat=35.0)


def test_a_caller_is_in_no_repr() -> None:
    command = read_command(raw("report_alarm", kind="fire", text="x", caller="13800000000"))
    assert "13800000000" not in repr(command)


def test_kinds_and_severities_are_those_of_the_alarms() -> None:
    assert set(get_args(Kind)) == set(AlarmKind)
    assert set(get_args(Severity)) == set(CapSeverity)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "bad_json"),
        ("{", "bad_json"),
        ("[" * 30_000, "bad_json"),
        ('{"id":"1","id":"2","do":"close","incident":"I-1"}', "bad_json"),
        ('{"id":"1","do":"priority","incident":"I-1","priority":NaN}', "bad_json"),
        ('{"id":"1","do":"priority","incident":"I-1","priority":-Infinity}', "bad_json"),
        (b"\xff\xfe{", "bad_json"),
        ("[]", "bad_frame"),
        ('"assign"', "bad_frame"),
        ("null", "bad_frame"),
        ("{}", "unknown_verb"),
        ('{"id":"1","do":"load_township"}', "unknown_verb"),
        ('{"id":"1","do":["assign"]}', "unknown_verb"),
        ('{"id":"1","do":{"assign":1}}', "unknown_verb"),
        ('{"id":"1","do":"Assign","incident":"I-1","units":["a"]}', "unknown_verb"),
        ('{"do":"close","incident":"I-1"}', "bad_field"),
        ('{"id":"","do":"close","incident":"I-1"}', "bad_field"),
        ('{"id":"1","do":"note","incident":"I-1","text":"\\ud800"}', "bad_field"),
        ('{"id":"1","do":"report_alarm","kind":"fire","text":"x","position":{"lon":1e999,"lat":3}}',
         "bad_field"),
    ],
)  # fmt: skip
def test_what_is_no_command(frame: str | bytes, code: str) -> None:
    assert refused(frame).code == code


def test_a_refusal_carries_the_id_it_can_answer_to() -> None:
    assert refused('{"id":"q-1","do":"fly"}').id == "q-1"
    assert refused('{"id":7,"do":"fly"}').id is None
    assert refused('{"id":"火","do":"fly"}').id is None


# --- hostile frames

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
field_names = st.sampled_from(
    sorted(
        {name for pair in FULL.values() for part in pair for name in part}
        | {"v", "rev", "unit", "reason"}
    )
)


@given(st.text() | st.binary())
def test_any_bytes_are_read_or_refused(frame: str | bytes) -> None:
    assert refused(frame).code in {"bad_json", "bad_frame", "unknown_verb"}
    with pytest.raises(FrameError):
        read_hello(frame)
    with pytest.raises(FrameError):
        read_frame(frame)


@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(field_names | st.text(), anything))
def test_any_fields_are_read_or_refused(verb: str, fields: dict[str, Any]) -> None:
    frame = json.dumps(fields | {"id": "q-1", "do": verb})
    try:
        command = read_command(frame)
    except FrameError:
        error = refused(frame)
        assert error.code in {"bad_json", "bad_field"}
        assert error.field.isprintable()
    else:
        assert read_command(write_command(command)) == command


# --- roles

ALL_ROLES = ("officer", "leader", "observer", "trainer")


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize(
    ("role", "live", "drill"),
    [
        ("officer", True, True),
        ("leader", True, True),
        ("observer", False, False),
        ("trainer", False, True),
        ("", False, False),
        ("Officer", False, False),
    ],
)
def test_who_may_command(role: str, verb: str, *, live: bool, drill: bool) -> None:
    assert may(role, verb, exercise=False) is live
    assert may(role, verb, exercise=True) is drill


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("role", ALL_ROLES)
def test_everybody_known_may_look_and_nobody_may_what_is_no_verb(
    role: str, *, exercise: bool
) -> None:
    assert all(may(role, verb, exercise) for verb in LOOKS)
    assert not may(role, "load_township", exercise)
    assert not may("", "watch", exercise)


def test_the_role_table_is_of_known_verbs() -> None:
    assert set(MAY) == set(ALL_ROLES)
    assert all(verbs <= VERBS | set(LOOKS) for verbs in MAY.values())


# --- hello, and the post's frames


def test_hello() -> None:
    old = read_hello('{"hello":{"token":"t","since":null}}')
    assert (old.token, old.since, old.client) == ("t", None, None)
    new = read_hello(
        '{"hello":{"token":"t","since":"e1-42","client":"c 1","screen":[160,45],"lang":"en","x":1}}'
    )
    assert (new.since, new.client, new.lang) == ("e1-42", "c 1", "en")
    assert "token" not in repr(new)


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        '{"hello":null}',
        '{"hello":{"since":null}}',
        '{"hello":{"token":""}}',
        '{"hello":{"token":7}}',
        '{"hello":{"token":"t","since":42}}',
        '{"hello":{"token":"' + "t" * 257 + '"}}',
    ],
)
def test_no_hello(frame: str) -> None:
    with pytest.raises(FrameError) as caught:
        read_hello(frame)
    assert caught.value.code == "bad_frame"


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (
            '{"snapshot":{"unit":{"a":{"x":1}}},"at":"e1-1","role":"officer","new":1}',
            Snapshot(snapshot={"unit": {"a": {"x": 1}}}, at="e1-1", role="officer"),
        ),
        ('{"rows":{"unit":{"a":null}},"at":"e1-2"}', Rows(rows={"unit": {"a": None}}, at="e1-2")),
        ('{"beat":{"now":1.5}}', Beat(beat={"now": 1.5})),
        ('{"id":"q","ok":true}', Answer(id="q", ok=True)),
        ('{"id":null,"ok":false,"reason":"r"}', Answer(id=None, ok=False, reason="r")),
        ('{"error":"no"}', Problem(error="no")),
    ],
)
def test_frames_of_the_post(frame: str, value: Any) -> None:
    assert read_frame(frame) == value


@pytest.mark.parametrize("frame", ["{}", '{"rows":[]}', '{"ok":1}', '{"beat":{},"x":NaN}', "7"])
def test_frames_that_are_none(frame: str) -> None:
    with pytest.raises(FrameError):
        read_frame(frame)


def test_a_result_is_a_value() -> None:
    assert CommandResult(ok=True) == CommandResult(ok=True, reason="", code="", by="")
