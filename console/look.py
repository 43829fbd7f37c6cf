"""How this officer sees it: language, theme, size. An argument of everything that draws. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from sensors.words import tr as translate

ZONE_H = 8.0  # Asia/Shanghai, without daylight saving since 1991


@dataclass(frozen=True, slots=True)
class Look:
    """`width` and `height` in cells; `braille` False on a terminal without it."""

    lang: str = "zh"
    theme: str = "night"
    width: int = 80
    height: int = 24
    braille: bool = True

    def tr(self, message: str) -> str:
        """`message` (English, the id) in the officer's language."""
        return translate(message, self.lang)

    @property
    def compact(self) -> bool:
        """Fewer than 100 columns: one list, short columns."""
        return self.width < 100

    @property
    def wide(self) -> bool:
        """List and detail side by side."""
        return self.width >= 160 and self.height >= 40

    @property
    def too_small(self) -> bool:
        """Only line 1, the F2 line and the result fit."""
        return self.width < 80 or self.height < 24

    def either(self, chinese: str, english: str) -> str:
        """A name that comes from the township's files in both languages."""
        return english if self.lang == "en" and english else chinese


def clock(at: float, seconds: bool = True) -> str:  # noqa: FBT001, FBT002 - a format
    """`03:12:41` or `03:12`, the township's time of POSIX `at`."""
    moment = local(at)
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")


def day(at: float) -> str:
    """`11-23`."""
    return local(at).strftime("%m-%d")


def local(at: float) -> datetime:
    """POSIX seconds as the township's wall clock."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=at + ZONE_H * 3600)


def span(seconds: float, look: Look) -> str:
    """A duration as screens have it: `0:38` below 2 min, `12分` below 2 h, `5时48分`, `2天 1时`."""
    left = max(0, int(seconds))
    if left < 120:
        return f"{left // 60}:{left % 60:02}"
    minutes = left // 60
    if minutes < 120:
        return look.tr("{n} min").format(n=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return look.tr("{h} h {m} min").format(h=hours, m=f"{minutes:02}")
    days, hours = divmod(hours, 24)
    return look.tr("{d} d {h} h").format(d=days, h=hours)


def way(seconds: float, look: Look) -> str:
    """How long somebody travels: begun minutes, as the log has it; nobody drives to the second."""
    return look.tr("{n} min").format(n=max(1, ceil(seconds / 60)))
