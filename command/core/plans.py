"""Run cards as data: what an incident of a kind needs, and how its orders go out. Pure.

Cards and numbers are from CENTRES.md (a); all of them are configuration in plans.toml.
One engine serves all three families: `family` decides only which defaults apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """emergency: minutes, found by dispatch; case: one responsible post; duty: a list of posts."""

    EMERGENCY = "emergency"
    CASE = "case"
    DUTY = "duty"


class Release(StrEnum):
    """When the recommended team goes without the officer's word."""

    AT_ONCE = "at_once"
    AFTER = "after"
    BY_HAND = "by_hand"


class Offer(StrEnum):
    """one_by_one: the best, then the next; first_n: several at once, first to accept take it."""

    ONE_BY_ONE = "one_by_one"
    FIRST_N = "first_n"


class Choose(StrEnum):
    """Who goes. least_cost: all open needs weighed together; nearest: one need after the other, the
    nearest free unit that fits, as most dispatch desks do it: to compare with, and to fall back on.
    """

    LEAST_COST = "least_cost"
    NEAREST = "nearest"


class Where(StrEnum):
    """The layer an alarm must lie in for a rule to fit."""

    ANY = "any"
    FOREST = "forest"
    ROAD = "road"


@dataclass(frozen=True, slots=True)
class Need:
    """`quantity` people of a role; a unit covers a need with its members.

    `within_min` is order to scene by day, minutes. `must` False: wanted, its lack is no alarm.
    `alone` False: nobody goes there as one person (a fight). `equipment`: words that the unit's own
    must contain, each of them. `seats`: for people who are fetched.
    """

    role: str
    quantity: int
    must: bool
    within_min: float
    alone: bool = True
    equipment: tuple[str, ...] = ()
    seats: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a case's ladder: the role of the responsible post, and its limit in seconds."""

    role: str
    limit_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One run card. Times in seconds unless the name says otherwise; priority 1 is first."""

    kind: str
    name: str
    name_en: str
    family: Family
    priority: int
    needs: tuple[Need, ...]
    release: Release = Release.AFTER
    release_after_s: float = 60.0
    offer: Offer = Offer.ONE_BY_ONE
    reply_within_s: float = 120.0
    reply_within_night_s: float = 180.0
    ack_within_s: float = 120.0
    ack_lasts_s: float | None = None  # at most; None: as long as the urgency says
    merge_radius_m: float = 500.0
    merge_window_s: float = 600.0  # since the last news of the incident
    merge_total_s: float = 7200.0  # since it opened: a trickle must not hold it open for ever
    work_s: float = 2700.0  # a unit's usual time on scene: when a busy one will be free again
    season_months: tuple[int, ...] = ()  # months in which the priority is one higher
    hazards: tuple[str, ...] = ()
    first_orders: tuple[str, ...] = ()  # first lines on the handheld
    ask: tuple[str, ...] = ()  # outside services to ask by telephone
    ladder: tuple[Rung, ...] = ()  # cases only; levels are data


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """Which plan an alarm kind opens; the first rule that fits wins."""

    alarm: str
    plan: str
    where: Where = Where.ANY


@dataclass(frozen=True, slots=True)
class Plans:
    """All run cards of a township, the rules that choose one, and how units are chosen."""

    plans: dict[str, Plan]
    rules: tuple[AlarmRule, ...]
    choose: Choose = Choose.LEAST_COST
