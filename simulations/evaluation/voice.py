"""How the report speaks: names, moments, durations and shares, in one language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from command.core.township import Township
from sensors.text import clean
from sensors.words import _, tr
from simulations.timeline import Teller

LONG_S, HOUR_S = 120.0, 7200.0  # from these on in minutes, in hours
NONE = "-"
MINUTES, WHOLE = _("{m} min {s} s"), _("{m} min")


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, and the names that this township has in it."""

    township: Township
    teller: Teller
    lang: str
    start_at: float

    def say(self, message: str, **values: Any) -> str:
        """A sentence of ours, with these values in it; what they hold is never a template."""
        said = {key: clean(str(value), 500) for key, value in values.items()}
        return tr(message, self.lang).format_map(said)

    def of(self, table: Mapping[Any, str], code: Any) -> str:
        """A code in words; the code itself where nobody worded it."""
        word = table.get(code)
        return tr(word, self.lang) if word else clean(str(code), 64)

    def moment(self, at: float) -> str:
        """Minutes and seconds since the drill began."""
        seconds = max(0, round(at - self.start_at))
        hours = f"{seconds // 3600}:" if seconds >= 3600 else ""
        return f"{hours}{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def lasts(self, seconds: float | None) -> str:
        """A duration as a person would say it; "-" for none."""
        if seconds is None:
            return NONE
        if abs(seconds) < LONG_S:
            return self.say(_("{n} s"), n=f"{seconds:.1f}".removesuffix(".0"))
        minutes, rest = divmod(round(abs(seconds)), 60)
        sign = "-" if seconds < 0 else ""
        if abs(seconds) < HOUR_S:
            return sign + self.say(MINUTES if rest else WHOLE, m=minutes, s=f"{rest:02d}")
        return sign + self.say(_("{h} h {m} min"), h=minutes // 60, m=f"{minutes % 60:02d}")

    def name(self, ident: str) -> str:
        """A unit, place, source or plan by its name; "-" for none."""
        return self.teller.name(ident) if ident else NONE

    def share(self, part: int, whole: int, few: int) -> str:
        """A percentage with its n; of fewer than `few` only the counts."""
        counts = self.say(_("{part} of {n}"), part=part, n=whole)
        return counts if whole < few else f"{100 * part / whole:.0f}% ({counts})"


def voice(township: Township, lang: str, start_at: float) -> Voice:
    """The voice of a report on a drill that began at `start_at`, POSIX seconds."""
    return Voice(township, Teller(township, lang), lang, start_at)
