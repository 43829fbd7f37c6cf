"""Where it is: what may be believed of a position, and GCJ-02 to WGS-84. Pure; degrees, metres.

Unknown comes as 0/0, -1/-1, 9999999, ten-millionths of a degree or strings (FIELD.md section 3).
All of these are "no position": an incident in the Gulf of Guinea sends a team nowhere.
"""

from __future__ import annotations

from math import cos, isfinite, pi, sin, sqrt
from typing import Any

from sensors.observations import Position

NULL_ISLAND_DEG = 0.01  # around 0/0, about a kilometre: receivers without a fix drift a little
WORST_ACCURACY_M = 1_000_000.0

_WGS84 = frozenset({"wgs84", ""})
_GCJ02 = frozenset({"gcj02"})

# Krasovsky 1940, on which GCJ-02 is defined.
_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323


def read(value: Any) -> Position | None:
    """A contract position `{"lon","lat","accuracy_m","datum"}`, or None where it is of no use."""
    if not isinstance(value, dict):
        return None
    found = checked(_plain(value.get("lon")), _plain(value.get("lat")), value.get("accuracy_m"))
    return None if found is None else _in_wgs84(found, value.get("datum"))


def checked(lon: float | None, lat: float | None, accuracy_m: Any = None) -> Position | None:
    """A WGS-84 position from numbers, or None where they mean "unknown" or lie off the earth."""
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    if abs(lon) < NULL_ISLAND_DEG and abs(lat) < NULL_ISLAND_DEG:
        return None
    if lon == lat == -1.0:
        return None
    return Position(lon, lat, _accuracy(accuracy_m))


def bounded(value: float | None, low: float, high: float) -> float | None:
    """`value` where it lies within the bounds, else None."""
    return value if value is not None and low <= value <= high else None


def from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to WGS-84, to better than a millimetre; unchanged outside China.

    The offset has no closed inverse. It changes by less than a thousandth per metre, so that
    subtracting the offset at the last guess converges by three decimals a round.
    """
    if not _in_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(5):
        shift_lon, shift_lat = _gcj02_shift(guess_lon, guess_lat)
        guess_lon, guess_lat = lon - shift_lon, lat - shift_lat
    return guess_lon, guess_lat


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02, as Chinese maps draw it; unchanged outside China."""
    if not _in_china(lon, lat):
        return lon, lat
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def _plain(value: Any) -> float | None:
    """A JSON number of the contract: "5" is not 5, and true is not 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:  # an integer of 400 digits is valid JSON
        return None
    return found if isfinite(found) else None


def _accuracy(value: Any) -> float | None:
    return bounded(_plain(value), 0.0, WORST_ACCURACY_M)


def _in_wgs84(found: Position, datum: Any) -> Position | None:
    if datum is None:
        return found
    if not isinstance(datum, str):
        return None
    name = datum[:16].lower().replace("-", "").replace("_", "")
    if name in _WGS84:
        return found
    if name not in _GCJ02:  # BD-09 and others lie up to a kilometre off: worse than no position
        return None
    return Position(*from_gcj02(found.lon, found.lat), found.accuracy_m)


def _in_china(lon: float, lat: float) -> bool:
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _gcj02_shift(lon: float, lat: float) -> tuple[float, float]:
    east, north = lon - 105.0, lat - 35.0
    metres_lat = _shift_lat(east, north)
    metres_lon = _shift_lon(east, north)
    radians = lat / 180.0 * pi
    magic = 1 - _ECCENTRICITY2 * sin(radians) ** 2
    per_degree_lat = _AXIS_M * (1 - _ECCENTRICITY2) / (magic * sqrt(magic)) * pi / 180.0
    per_degree_lon = _AXIS_M / sqrt(magic) * cos(radians) * pi / 180.0
    return metres_lon / per_degree_lon, metres_lat / per_degree_lat


def _shift_lat(x: float, y: float) -> float:
    straight = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    waves += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    waves += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return straight + waves


def _shift_lon(x: float, y: float) -> float:
    straight = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    waves += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    waves += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return straight + waves
