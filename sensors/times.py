"""When it happened, as the source says, and how far to believe it. Pure; seconds are POSIX.

Devices send times without a zone (Hikvision), with a one-digit zone (`-8:00`), in float seconds
(Frigate), with nanoseconds (ChirpStack), or from a clock that was never set (FIELD.md section 3).
A time that cannot be read costs the time, never the message.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any, NamedTuple

from sensors.observations import ClockQuality

SET_SINCE = datetime(2022, 1, 1, tzinfo=UTC).timestamp()  # before: the clock was never set
BELIEVABLE_UNTIL = datetime(2100, 1, 1, tzinfo=UTC).timestamp()  # after: milliseconds, or nonsense
AHEAD_S = 300.0
BEHIND_S = 86_400.0

_LONGEST = 40  # characters: a date, a time, nine digits of fraction, a zone
_ODD = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<minute>\d\d:\d\d)(?P<second>:\d\d)?(?P<fraction>[.,]\d+)?"
    r" ?(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d\d)?)?"
)


class Stamp(NamedTuple):
    """The source's own time, None where there is none to use, and its quality."""

    at: float | None
    quality: ClockQuality


UNSET = Stamp(None, ClockQuality.UNSET)


def from_text(value: Any, received_at: float, utc_offset_h: float) -> Stamp:
    """An RFC 3339 time; without an offset it is read at `utc_offset_h` and marked naive."""
    if not isinstance(value, str) or not 16 <= len(value) <= _LONGEST:
        return UNSET  # shorter is a date without a time of day
    moment = _parse(value)
    if moment is None:
        return UNSET
    if moment.tzinfo is not None:
        return _judged(moment.timestamp(), received_at, ClockQuality.OK)
    local = moment.replace(tzinfo=timezone(timedelta(hours=utc_offset_h)))
    return _judged(local.timestamp(), received_at, ClockQuality.NAIVE)


def from_epoch(value: Any, received_at: float) -> Stamp:
    """POSIX seconds as a number, or as a string of digits (old OwnTracks trackers)."""
    seconds = number(value)
    return UNSET if seconds is None else _judged(seconds, received_at, ClockQuality.OK)


def rfc3339(at: float, utc_offset_h: float = 8.0) -> str:
    """`at` in RFC 3339 with the offset, to the millisecond: how times go out."""
    zone = timezone(timedelta(hours=utc_offset_h))
    return datetime.fromtimestamp(at, zone).isoformat(timespec="milliseconds")


def number(value: Any) -> float | None:
    """A finite float from a JSON number or a string that is one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:_LONGEST] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def _judged(at: float, received_at: float, quality: ClockQuality) -> Stamp:
    if not SET_SINCE <= at < BELIEVABLE_UNTIL:
        return UNSET
    if not -BEHIND_S <= at - received_at <= AHEAD_S:
        return Stamp(at, ClockQuality.SKEWED)
    return Stamp(at, quality)


def _parse(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass  # a lower-case z, a one-digit zone or a leap second: RFC 3339 or seen in the field
    odd = _ODD.fullmatch(value.strip())
    return None if odd is None else _parse_odd(odd)


def _parse_odd(odd: re.Match[str]) -> datetime | None:
    second = odd["second"] or ":00"
    leap = second == ":60"
    text = f"{odd['date']}T{odd['minute']}{':59' if leap else second}{_zone(odd['zone'])}"
    try:
        return datetime.fromisoformat(text) + timedelta(seconds=1 if leap else 0)
    except (ValueError, OverflowError):
        return None


def _zone(zone: str | None) -> str:
    if not zone or zone in "Zz":
        return "+00:00" if zone else ""
    hours, _, minutes = zone[1:].partition(":")
    if len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return f"{zone[0]}{hours:0>2}:{minutes or '00'}"
