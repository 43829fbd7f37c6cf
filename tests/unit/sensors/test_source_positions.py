"""What may be believed of a position, and GCJ-02."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors import positions
from sensors.observations import Position

METRES_PER_DEGREE = 111_320.0


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (a[0] - b[0]) * cos(radians(a[1]))
    return hypot(east, a[1] - b[1]) * METRES_PER_DEGREE


@pytest.mark.parametrize(
    "value",
    [
        None,
        "107.5,35.2",
        [107.5, 35.2],
        {},
        {"lon": 107.5},
        {"lon": "107.5", "lat": "35.2"},
        {"lon": True, "lat": 35.2},
        {"lon": 0, "lat": 0},
        {"lon": 0.0, "lat": -0.0},
        {"lon": 0.004, "lat": -0.004},
        {"lon": -1, "lat": -1},
        {"lon": 9999999, "lat": 9999999},
        {"lon": 1075500000, "lat": 352800000},
        {"lon": 181, "lat": 35},
        {"lon": 35.28, "lat": 107.55},
        {"lon": 107.5, "lat": 10**400},
        {"lon": 107.5, "lat": float("nan")},
        {"lon": 107.5, "lat": 35.2, "datum": "bd09"},
        {"lon": 107.5, "lat": 35.2, "datum": 4326},
    ],
)
def test_no_position(value: Any) -> None:
    assert positions.read(value) is None


def test_wgs84_is_kept_as_it_is() -> None:
    for datum in ({}, {"datum": "wgs84"}, {"datum": "WGS-84"}, {"datum": None}):
        found = positions.read({"lon": 107.55, "lat": 35, "accuracy_m": 30} | datum)
        assert found == Position(107.55, 35.0, 30.0)


@pytest.mark.parametrize("accuracy", [-1, "30", None, True, 1e9, 10**400])
def test_an_accuracy_that_means_nothing_costs_only_itself(accuracy: Any) -> None:
    found = positions.read({"lon": 107.55, "lat": 35.28, "accuracy_m": accuracy})
    assert found == Position(107.55, 35.28, None)


# WGS-84 and GCJ-02 of three cities, as public converters agree on them.
PAIRS = [
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), PAIRS)
def test_gcj02_of_known_places(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert apart_m(positions.to_gcj02(*wgs84), gcj02) < 0.001
    assert apart_m(positions.from_gcj02(*gcj02), wgs84) < 0.001
    found = positions.read({"lon": gcj02[0], "lat": gcj02[1], "datum": "gcj02"})
    assert found is not None
    assert apart_m((found.lon, found.lat), wgs84) < 0.001


def test_the_township_would_be_off_by_half_a_kilometre_without_it() -> None:
    shift = apart_m(positions.to_gcj02(107.55, 35.28), (107.55, 35.28))
    assert 300 < shift < 700


@given(st.floats(73.0, 135.0), st.floats(3.0, 54.0))
def test_gcj02_and_back(lon: float, lat: float) -> None:
    assert apart_m(positions.from_gcj02(*positions.to_gcj02(lon, lat)), (lon, lat)) < 0.001


def test_gcj02_outside_china_is_wgs84() -> None:
    assert positions.from_gcj02(2.29, 48.85) == (2.29, 48.85)
    assert positions.to_gcj02(2.29, 48.85) == (2.29, 48.85)
