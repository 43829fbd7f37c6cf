"""Times as an officer types them: `30分 2时 1天 至08:00`, `30m 2h 1d until=08:00`. Pure."""

from __future__ import annotations

import re

from console.look import ZONE_H

_UNITS = {
    "秒": 1, "s": 1, "分": 60, "分钟": 60, "m": 60, "min": 60, "时": 3600, "小时": 3600, "h": 3600,
    "天": 86400, "日": 86400, "d": 86400,
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,4})(分钟|小时|min|[秒分时天日smhd])")
_CLOCK = re.compile(r"(?:至|到|until=)?(\d{1,2}):(\d{2})")
DAY_S = 86400


def seconds(word: str) -> int | None:
    """`30分`, `1h30m`: how long, None if it is no such time."""
    found = _SPAN.findall(word)
    if not found or "".join(number + unit for number, unit in found) != word:
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in found)


def moment(word: str, now: float) -> float | None:
    """`至08:00`, or a length from now: the next such moment, POSIX seconds; None if it is none."""
    length = seconds(word)
    if length is not None:
        return now + length
    found = _CLOCK.fullmatch(word)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    offset = ZONE_H * 3600
    midnight = (now + offset) // DAY_S * DAY_S - offset
    at = midnight + int(found[1]) * 3600 + int(found[2]) * 60
    return at if at > now else at + DAY_S
