"""How urgent an incident is: 1 (first) to 5, from its plan and what is known. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from command.core.plans import Family, Plan
from command.core.township import Township

LOW_CONFIDENCE = 0.5
HIGHEST, LOWEST = 1, 5


def is_low(confidence: float | None) -> bool:
    """The source itself doubts it; one that does not say is taken at its word."""
    return confidence is not None and confidence < LOW_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Triage:
    """The priority, and each step that led to it ("plan:2", "severe:-1")."""

    priority: int
    steps: tuple[str, ...]


def local(township: Township, at: float) -> dt.datetime:
    """The township's own time; Asia/Shanghai has had no daylight saving since 1991."""
    return dt.datetime.fromtimestamp(at, _zone(township.utc_offset_h))


@lru_cache(maxsize=8)  # asked for six times an alarm, and a new one takes longer than the rest
def _zone(offset_h: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=offset_h))


def is_night(township: Township, at: float) -> bool:
    """People are asleep, and every way takes longer."""
    hour, limits = local(township, at).hour, township.limits
    if limits.night_from_h <= limits.night_to_h:
        return limits.night_from_h <= hour < limits.night_to_h
    return hour >= limits.night_from_h or hour < limits.night_to_h


def triage(
    township: Township,
    plan: Plan,
    at: float,
    *,
    severity: str,
    confidence: float | None,
    person: bool,
    corroborated: bool,
) -> Triage:
    """Start at the plan's priority; each fact moves it by one, and is named."""
    steps = [(f"plan:{plan.priority}", plan.priority)]
    if severity == "extreme":
        steps.append(("extreme", -1))
    elif severity == "minor":
        steps.append(("minor", 1))
    if is_low(confidence) and not person:
        steps.append(("low_confidence", 1))
    if corroborated:
        steps.append(("corroborated", -1))
    if local(township, at).month in plan.season_months:
        steps.append(("season", -1))
    if plan.family is Family.EMERGENCY and is_night(township, at):
        steps.append(("night", -1))
    total = min(LOWEST, max(HIGHEST, sum(step for _, step in steps)))
    names = (steps[0][0], *(f"{name}:{step:+d}" for name, step in steps[1:]))
    return Triage(total, names)
