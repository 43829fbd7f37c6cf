"""The one way JSON is read, and the strict models of the contract."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sensors import messages
from sensors.messages import (
    MAX_BYTES,
    MAX_DEPTH,
    SALVAGE_BYTES,
    Unreadable,
    loads,
    loads_any,
    salvaged_id,
)
from sensors.observations import RejectionReason

NOT_JSON = RejectionReason.NOT_JSON


def reason(payload: bytes) -> RejectionReason:
    with pytest.raises(Unreadable) as caught:
        loads(payload)
    return caught.value.reason


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (b"", NOT_JSON),
        (b"{", NOT_JSON),
        (b'{"a":1}x', NOT_JSON),
        (b'{"a":1,"a":1}', NOT_JSON),
        (b'{"b":{"a":1,"a":2}}', NOT_JSON),
        (b'{"a":NaN}', NOT_JSON),
        (b'{"a":Infinity}', NOT_JSON),
        (b'{"a":-Infinity}', NOT_JSON),
        (b'{"a":1e999}', NOT_JSON),
        (b'{"a":-1e999}', NOT_JSON),
        (b'{"a":' + b"9" * 5000 + b"}", NOT_JSON),
        (b'{"a":"\\ud800"}', NOT_JSON),
        (b'{"\\udfff":1}', NOT_JSON),
        (b'{"a":"\x01"}', NOT_JSON),
        (b"[" * 60_000, NOT_JSON),
        (b'{"a":' * 10_000, NOT_JSON),
        (b'{"a":"\xed\xa0\x80"}', RejectionReason.NOT_UTF8),
        (b'{"a":"\xc0\xaf"}', RejectionReason.NOT_UTF8),
        ('{"a":"烟"}'.encode("gb18030"), RejectionReason.NOT_UTF8),
        ('{"a":1}'.encode("utf-16"), RejectionReason.NOT_UTF8),
        (b"null", RejectionReason.NOT_OBJECT),
        (b"[]", RejectionReason.NOT_OBJECT),
        (b'"a"', RejectionReason.NOT_OBJECT),
        (b'{"a":"' + b"x" * MAX_BYTES + b'"}', RejectionReason.TOO_LARGE),
    ],
)
def test_refused(payload: bytes, wanted: RejectionReason) -> None:
    assert reason(payload) is wanted


def test_read() -> None:
    assert loads(b' {"a": [1, 2.5, "\\u70df", null, true]} ') == {"a": [1, 2.5, "烟", None, True]}
    assert loads(b'{"a":"\\ud83d\\udd25"}') == {"a": "🔥"}
    assert loads_any(b"[1]") == [1]


def test_exactly_64_kib_is_read() -> None:
    payload = b'{"a":"' + b"x" * (MAX_BYTES - 8) + b'"}'
    assert len(payload) == MAX_BYTES
    assert set(loads(payload)) == {"a"}


def nested(levels: int) -> bytes:
    """An object whose innermost list is on level `levels`."""
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def test_nesting_up_to_the_limit_is_read_and_one_more_is_not() -> None:
    assert loads(nested(MAX_DEPTH))
    assert reason(nested(MAX_DEPTH + 1)) is NOT_JSON


def test_many_flat_brackets_are_not_deep() -> None:
    assert len(loads(json.dumps({"a": [[]] * 500}).encode())["a"]) == 500


ALARM: dict[str, Any] = {"id": "a-1", "kind": "smoke"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 5),
        ("id", ""),
        ("id", None),
        ("kind", 5),
        ("confidence", "0.87"),
        ("confidence", True),
        ("confidence", 10**400),
        ("text", 5),
        ("text", ["a"]),
        ("exercise", "true"),
        ("exercise", 1),
        ("evidence", "http://a"),
        ("evidence", [5]),
        ("place", 3),
        ("severity", 2),
    ],
)
def test_a_wrong_type_is_named(field: str, value: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        messages.check(messages.Alarm, ALARM | {field: value})
    assert caught.value.reason is RejectionReason.FIELD_INVALID
    assert caught.value.detail.startswith(field)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Unreadable) as caught:
        messages.check(messages.Alarm, {"id": "a-1"})
    assert (caught.value.reason, caught.value.detail) == (RejectionReason.FIELD_MISSING, "kind")


def test_a_refusal_never_quotes_the_value() -> None:
    with pytest.raises(Unreadable) as caught:
        messages.check(messages.Alarm, ALARM | {"text": {"phone": "13800000000"}})
    assert "138" not in f"{caught.value} {caught.value.detail}"


@pytest.mark.parametrize("version", [2, 0, "1", 1.0, True, None])
def test_only_version_1_is_understood(version: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        messages.check(messages.Alarm, ALARM | {"v": version})
    assert caught.value.reason is RejectionReason.VERSION_UNKNOWN


def test_unknown_fields_null_options_and_whole_numbers_are_welcome() -> None:
    document = ALARM | {"v": 1, "later": {"x": 1}, "confidence": 1, "text": None, "evidence": None}
    read = messages.check(messages.Alarm, document)
    assert (read.confidence, read.text, read.evidence) == (1.0, None, None)


def order() -> messages.Order:
    return messages.Order(
        order_id="O-e1-17",
        rev=1,
        state="offered",
        incident_id="I-e1-9",
        unit="militia-1",
        role="crew",
        kind="wildfire",
        priority=1,
        place="雷家沟村二组",
        position=messages.Point(lon=107.55, lat=35.28),
        text="对面山坡冒烟",
        hazards=("电线落地",),
        others=("rangers-2",),
        issued_at="2026-11-23T08:00:01+08:00",
        reply_within_s=60,
        expires_at="2026-11-23T08:10:01+08:00",
    )


def test_what_the_post_writes_the_handheld_reads() -> None:
    line = messages.ReceiptLine(id="a-1", outcome="opened", incident_id="I-e1-9")
    sent: list[messages.Wire] = [
        order(),
        messages.Receipt(receipts=(line,)),
        messages.Status(online=True, since="2026-11-23T08:00:00+08:00"),
    ]
    for message in sent:
        assert messages.read(type(message), messages.write(message)) == message


def test_the_bytes_of_an_order_are_those_of_the_contract() -> None:
    document = json.loads(messages.write(order()))
    assert document["position"] == {"lon": 107.55, "lat": 35.28}
    assert document["hazards"] == ["电线落地"]
    assert document["contact"] == "post"
    assert document["exercise"] is False
    assert "v" not in document


def test_a_receipt_leaves_out_what_it_does_not_say() -> None:
    receipt = messages.Receipt(receipts=(messages.ReceiptLine(id="a", outcome="merged"),))
    assert messages.write(receipt) == b'{"receipts":[{"id":"a","outcome":"merged"}]}'


def test_an_order_of_an_unknown_state_is_refused() -> None:
    document = json.loads(messages.write(order())) | {"state": "maybe"}
    with pytest.raises(Unreadable, match="state"):
        messages.check(messages.Order, document)


def test_messages_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        order().rev = 2


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (b'{"id":"a","kind":"fire","kind":"smoke"}', "a"),
        (b'{"id":"a","confidence":NaN}', "a"),
        (b'{"id":"a","id":"a"}', "a"),
        (b'{"id":"a","text":"' + b"x" * MAX_BYTES + b'"}', "a"),
        (b'{"id":"a","in":' + b"[" * 40 + b"]" * 40 + b"}", "a"),
        (b'{"id":"a","id":"b"}', ""),
        (b'{"id":7}', ""),
        (b'{"in":{"id":"a"}}', ""),
        (b'[{"id":"a"}]', ""),
        (b'[["id","a"]]', ""),
        (b'"id"', ""),
        (b'{"id":"a"', ""),
        (b'{"id":"\xff"}', ""),
        (b"", ""),
        (b"[" * 100_000, ""),
        (b'{"id":"a","n":' + b"9" * 5000 + b"}", "a"),
        (b'{"id":"a","text":"' + b"x" * SALVAGE_BYTES + b'"}', ""),
    ],
)
def test_an_id_is_found_where_a_person_would_find_it(payload: bytes, found: str) -> None:
    assert salvaged_id(payload) == found


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.5,"b":[2,"x"]}',
        ' {"a":1}',
        '{"a":1}\n',
        '{"a":1e3}',
        '{"a":"1e999"}',
        "7",
        '{"a":NaN}',
        '{"a":1}x',
        '{"a":1,"a":2}',
        '{"a":' + "9" * 400 + ".0}",
        "",
        " ",
        "{",
        '{"a":"\t"}',
        "nul",
    ],
)
def test_the_quick_reading_reads_and_refuses_what_the_careful_one_does(text: str) -> None:
    def read(one: Any) -> Any:
        try:
            return one(text)
        except (ValueError, messages.Unreadable) as refused:
            return type(refused), str(refused)

    assert read(messages._value) == read(messages._CAREFUL.decode)
