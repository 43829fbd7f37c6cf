"""The source's own time, and how far to believe it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.observations import ClockQuality
from sensors.times import BELIEVABLE_UNTIL, SET_SINCE, from_epoch, from_text, number, rfc3339

NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()  # 08:00 in Shanghai
OK, NAIVE, SKEWED = ClockQuality.OK, ClockQuality.NAIVE, ClockQuality.SKEWED
UNSET = ClockQuality.UNSET


@pytest.mark.parametrize(
    ("text", "late_s", "quality"),
    [
        ("2026-11-23T08:00:00+08:00", 0.0, OK),
        ("2026-11-23T00:00:00Z", 0.0, OK),
        ("2026-11-23t00:00:00z", 0.0, OK),
        ("2026-11-23 08:00:00+08:00", 0.0, OK),
        ("2026-11-23T08:00:00+0800", 0.0, OK),
        ("2026-11-22T16:00:00-8:00", 0.0, OK),
        ("2026-11-23T08:00:00+8:00", 0.0, OK),
        ("2026-11-23T05:30:00+5:30", 0.0, OK),
        ("2026-11-23T00:00:00.775023242+00:00", 0.775023, OK),
        ("2026-11-22T23:59:60Z", 0.0, OK),
        ("2026-11-23T08:00:00", 0.0, NAIVE),
        ("2026-11-23 08:00", 0.0, NAIVE),
        ("2026-11-23T08:05:00+08:00", 300.0, OK),
        ("2026-11-23T08:05:01+08:00", 301.0, SKEWED),
        ("2026-11-22T08:00:00+08:00", -86_400.0, OK),
        ("2026-11-22T07:59:59+08:00", -86_401.0, SKEWED),
        ("2026-11-23T18:00:00", 36_000.0, SKEWED),
    ],
)
def test_readable(text: str, late_s: float, quality: ClockQuality) -> None:
    stamp = from_text(text, NOW, 8.0)
    assert stamp.at == pytest.approx(NOW + late_s, abs=1e-5)
    assert stamp.quality is quality


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "now",
        "2026-11-23",
        "1970-01-01T00:00:00Z",
        "2021-12-31T23:59:59+00:00",
        "2026-13-40T99:99:99Z",
        "2026-11-23T08:00:00+99:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "2026-11-23T08:00:00+08:00" + " " * 40,
        1795392000,
        True,
        ["2026-11-23T08:00:00Z"],
    ],
)
def test_a_clock_that_was_never_set_gives_no_time(value: Any) -> None:
    assert from_text(value, NOW, 8.0) == (None, UNSET)


@pytest.mark.parametrize(
    ("value", "at"), [(NOW, NOW), (NOW - 0.25, NOW - 0.25), ("1795392000", NOW), (f"{NOW}", NOW)]
)
def test_epoch_seconds(value: Any, at: float) -> None:
    assert from_epoch(value, NOW) == (at, OK)


@pytest.mark.parametrize(
    "value", [0, -1, 1_600_000_000, None, True, "soon", NOW * 1000, 10**400, float("nan"), {}]
)
def test_epoch_seconds_that_mean_nothing(value: Any) -> None:
    assert from_epoch(value, NOW) == (None, UNSET)


def test_times_go_out_with_their_offset() -> None:
    assert rfc3339(NOW + 0.25) == "2026-11-23T08:00:00.250+08:00"


@given(st.floats(SET_SINCE, BELIEVABLE_UNTIL - 1), st.sampled_from([8.0, 0.0, -3.5]))
def test_what_goes_out_comes_back(at: float, offset_h: float) -> None:
    assert from_text(rfc3339(at, offset_h), at, 8.0).at == pytest.approx(at, abs=0.001)


@given(st.one_of(st.text(max_size=50), st.from_regex(r"[0-9TtZz:.,+ -]{16,40}")))
def test_no_text_raises(text: str) -> None:
    at, quality = from_text(text, NOW, 8.0)
    assert (at is None) == (quality is UNSET)
    assert at is None or SET_SINCE <= at < BELIEVABLE_UNTIL


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("18.77", 18.77), (4, 4.0), (True, None), ("nan", None), ("1e999", None), ([], None)],
)
def test_numbers_that_come_as_strings(value: Any, wanted: float | None) -> None:
    assert number(value) == wanted
