"""Between bytes and values: what a handheld refuses, what it cleans, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pytest
from handheld_make import T0, Bench, make_order
from hypothesis import given
from hypothesis import strategies as st

from sensors import messages
from sensors.handheld import core, wire
from sensors.messages import Unreadable
from sensors.observations import Position, ReplyStatus

HOSTILE = "电线\x1b]0;owned\x07落地\x1b[31m\u202e\r\n[/]\x00"
ORDER: dict[str, Any] = {
    "order_id": "O-e1-17",
    "rev": 1,
    "state": "offered",
    "incident_id": "I-e1-9",
    "unit": "militia-1",
    "role": "crew",
    "kind": "wildfire",
    "priority": 1,
    "place": "雷家沟村二组",
    "position": {"lon": 107.55, "lat": 35.28},
    "text": "先看风向",
    "hazards": ["电线落地"],
    "contact": "post",
    "others": ["rangers-2"],
    "issued_at": "2026-11-23T08:00:00+08:00",
    "reply_within_s": 60,
    "expires_at": "2026-11-23T08:02:00+08:00",
    "exercise": False,
}


def read(root: str = "fs", **changed: Any) -> Any:
    return wire.read_order(json.dumps(ORDER | changed).encode(), "militia-1", root, T0)


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for child in value.values() for text in strings(child)]
    return (
        [text for child in value for text in strings(child)]
        if isinstance(value, list | tuple)
        else []
    )


def test_a_status_that_was_taken_away_is_nobody_there() -> None:
    assert wire.read_online(b'{"online": true, "at": "2026-11-23T08:00:00+08:00"}')
    assert not wire.read_online(b"")


def test_an_order_of_the_contract() -> None:
    order = read()
    assert (order.order_id, order.rev, order.state) == ("O-e1-17", 1, "offered")
    assert order.hazards == ("电线落地",)
    assert order.expires_at - order.issued_at == 120
    assert order.position == Position(107.55, 35.28)


def test_a_drill_is_known_by_its_word_or_its_root() -> None:
    assert read("fs", exercise=True).exercise
    assert read("fsx", exercise=False).exercise
    assert not read("fs", exercise=False).exercise


def test_every_text_of_an_order_is_cleaned() -> None:
    names = ("role", "kind", "place", "text", "contact", "incident_id")
    order = read(hazards=[HOSTILE, "\x00"], others=[HOSTILE], **dict.fromkeys(names, HOSTILE))
    assert order.hazards == ("电线落地 [/]",)
    assert all(text.isprintable() for text in strings(asdict(order)))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"order_id": ""}, "order_id"),
        ({"order_id": "O-\x1b[2J1"}, "order_id"),
        ({"order_id": "x" * 200}, "order_id"),
        ({"rev": "1"}, "rev"),
        ({"rev": True}, "rev"),
        ({"state": "exploded"}, "state"),
        ({"unit": "militia-2"}, "unit: militia-2"),
        ({"v": 2}, "v"),
    ],
)
def test_orders_that_cannot_be_followed(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read(**changed)
    assert field in problem.value.detail


@pytest.mark.parametrize("position", [None, {"lon": 0, "lat": 0}, {"lon": 999.0, "lat": 35.0}])
def test_an_order_without_a_usable_position_is_still_an_order(position: Any) -> None:
    assert read(position=position).position is None


READERS = [
    lambda payload: wire.read_order(payload, "militia-1", "fs", T0),
    wire.read_receipts,
    lambda payload: wire.read_notice(payload, "all", "fs"),
    wire.read_online,
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda child: st.lists(child) | st.dictionaries(st.text(), child), max_leaves=20
)


def said_by_refusal(call: Callable[[], object]) -> list[str]:
    """The strings of what `call` returns, or of its refusal; any other exception is a failure."""
    try:
        return strings(asdict(call()))  # type: ignore[call-overload]
    except Unreadable as problem:
        return [problem.detail]


@pytest.mark.parametrize("reader", range(len(READERS)))
@given(payload=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_raise_anything_but_unreadable(reader: int, payload: bytes) -> None:
    with suppress(Unreadable):
        READERS[reader](payload)


@given(st.dictionaries(st.sampled_from([*ORDER, "v"]), JSON, max_size=3))
def test_no_field_of_an_order_brings_more_than_clean_text(changed: dict[str, Any]) -> None:
    assert all(text.isprintable() for text in said_by_refusal(lambda: read(**changed)))


def test_receipts_are_read_line_by_line() -> None:
    lines = [
        {"id": "a", "outcome": "opened", "incident_id": "I-1"},
        {"id": "b"},
        {"id": "c", "outcome": "later word"},
        {"id": "d", "outcome": "rejected", "reason": HOSTILE},
        "e",
    ]
    receipts, odd = wire.read_receipts(json.dumps({"receipts": lines}).encode())
    assert [one.id for one in receipts] == ["a", "d"]
    assert odd == 3
    assert receipts[1].reason == "电线落地 [/]"


def test_a_notice_shows_whatever_it_says() -> None:
    payload = {"id": "n-1", "text": HOSTILE, "colour": "red", "level": 2, "deep": {"a": 1}, "v": 1}
    notice = wire.read_notice(json.dumps(payload).encode(), "v03", "fsx")
    assert (notice.key, notice.scope, notice.exercise) == ("n-1", "v03", True)
    assert notice.text == "电线落地 [/]"
    assert notice.fields == {"colour": "red", "level": "2"}


def test_a_notice_without_an_id_is_named_by_its_bytes() -> None:
    first, second = (
        wire.read_notice(body, "all", "fs") for body in (b'{"text":"a"}', b'{"text":"b"}')
    )
    assert first.key != second.key


def test_all_that_goes_out_is_of_the_contract() -> None:
    bench = Bench()
    bench.take(make_order(rev=4))
    bench.say(ReplyStatus.ACCEPTED, text="马上")
    bench.fold(core.duty(bench.state, T0, on=False))
    bench.fold(core.request(bench.state, "water", "两车", T0))
    position = wire.position_body(Position(107.55, 35.28))
    bench.fold(core.alarm(bench.state, {"kind": "sos", "position": position}, T0))
    models: list[type[messages.Wire]] = [
        messages.Reply,
        messages.Reply,
        messages.Duty,
        messages.Request,
        messages.Alarm,
    ]
    for parcel, model in zip(bench.state.outbox.values(), models, strict=True):
        read_back = messages.read(model, wire.parcel_bytes(parcel))
        assert read_back.model_dump()["id"] == parcel.id
        assert wire.parcel_bytes(parcel) == wire.parcel_bytes(parcel)
    messages.read(messages.Heartbeat, wire.heartbeat_bytes(T0))
    messages.read(messages.PositionReport, wire.position_bytes(Position(107.5, 35.2), T0))


def test_what_a_handheld_listens_to() -> None:
    assert wire.subscriptions("fs", "jingming", "militia-1", "v03") == dict.fromkeys(
        [
            "fs/jingming/militia-1/order",
            "fs/jingming/militia-1/receipt",
            "fs/jingming/all/notice",
            "fs/jingming/militia-1/notice",
            "fs/jingming/post/status",
            "fs/jingming/v03/notice",
        ],
        1,
    )


@pytest.mark.parametrize("unit", ["post", "all", "console", "a/b", "+", "", "民兵"])
def test_names_that_no_unit_has(unit: str) -> None:
    with pytest.raises(ValueError, match="unit"):
        wire.subscriptions("fs", "jingming", unit)
