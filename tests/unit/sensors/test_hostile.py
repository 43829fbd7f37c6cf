"""Whatever comes in: an observation or a rejection comes out, clean, bounded, finite, on earth.

FENGSUI_FUZZ_SECONDS=600 runs the long, seeded loop of `simulations.fuzz`; without it a short one.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors import normalise as reader
from sensors.normalise import normalise
from sensors.observations import (
    Alarm,
    AlarmKind,
    Located,
    Observation,
    Position,
    Rejection,
    RejectionReason,
)
from sensors.sources import SourceRule, index
from simulations import fuzz
from simulations.fuzz import HOSTILE, RECEIVED_AT, SEEDS, SOURCES, complaint

EXAMPLES = int(os.environ.get("FENGSUI_FUZZ_EXAMPLES", "200"))
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,  # two cores shared with real servers: a slow example is no finding
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TOPICS = st.one_of(
    st.sampled_from([topic for topic, _ in SEEDS]),
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["fs", "jingming", "all", "alarm", "frigate", "", "x"]), max_size=6
    ).map("/".join),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(HOSTILE),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=5)
    ),
    max_leaves=20,
)


def held(topic: str, payload: bytes) -> Observation | Rejection:
    found = normalise(topic, payload, RECEIVED_AT, SOURCES)
    assert complaint(found) == ""
    return found


def encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


@QUICK
@given(TOPICS, st.binary(max_size=200))
def test_any_bytes(topic: str, payload: bytes) -> None:
    held(topic, payload)


@QUICK
@given(TOPICS, JSON)
def test_any_json(topic: str, document: Any) -> None:
    held(topic, encoded(document))


@QUICK
@given(st.sampled_from(SEEDS), st.data())
def test_a_good_message_with_any_field_replaced(seed: tuple[str, Any], data: st.DataObject) -> None:
    topic, document = seed
    if isinstance(document, dict):
        field = data.draw(st.sampled_from(sorted(document)))
        document = document | {field: data.draw(JSON)}
    held(topic, encoded(document))


@QUICK
@given(st.integers())
def test_any_mutation(seed: int) -> None:
    held(*fuzz.message(Random(seed)))


def test_every_seed_is_read_as_it_stands() -> None:
    for topic, document in SEEDS:
        payload = document.encode() if isinstance(document, str) else encoded(document)
        down = topic.endswith("/order")
        assert isinstance(held(topic, payload), Rejection) is down, topic


def test_the_loop_runs_and_is_repeatable() -> None:
    said: list[str] = []
    assert fuzz.run(float(os.environ.get("FENGSUI_FUZZ_SECONDS", "0.5")), 3, said.append) > 0
    assert said
    assert fuzz.message(Random(5)) == fuzz.message(Random(5))


ALARM = Alarm(source="a", received_at=RECEIVED_AT, kind=AlarmKind.FIRE)


@pytest.mark.parametrize(
    "bad",
    [
        replace(ALARM, text="\x1b[2J"),
        replace(ALARM, text="x" * 513),
        replace(ALARM, evidence=("http://a\u202e",)),
        replace(ALARM, confidence=float("nan")),
        replace(ALARM, position=Position(0.0, 0.0)),
        replace(ALARM, position=Position(107.5, 91.0)),
        replace(ALARM, at_source=0.0),
        Located(source="a", received_at=RECEIVED_AT, position=Position(200.0, 35.0)),
        Rejection("t", "", RejectionReason.INTERNAL, "KeyError", "", RECEIVED_AT),
        Rejection("t\x07", "", RejectionReason.NOT_JSON, "", "", RECEIVED_AT),
    ],
)
def test_the_checks_find_what_they_look_for(bad: Observation | Rejection) -> None:
    assert complaint(bad) != ""


def test_a_mistake_of_ours_costs_one_message_and_is_named() -> None:
    broken = SourceRule("x", "owntracks", "user/device", kinds={})
    sources = replace(index("fs", "jingming", (broken,)), utc_offset_h=float("nan"))
    payload = encoded({"id": "a-1", "kind": "fire", "at": "2026-11-23T08:00:00"})
    found = reader.normalise("fs/jingming/a/alarm", payload, RECEIVED_AT, sources)
    assert isinstance(found, Rejection)
    assert (found.reason, found.detail) == (RejectionReason.INTERNAL, "ValueError")
