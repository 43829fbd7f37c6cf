"""What is left uncovered when units leave: minutes of help for each village. Pure.

Keeping coverage helps the share of late arrivals and costs mean response (FIELD.md section 4):
here it only informs and proposes; nothing is ordered because of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf

from command.core.township import Place, PlaceKind

WORTH_S = 60.0  # a hole that opens or closes by less is none: as for calling a unit over

Cover = Mapping[str, float]  # place -> seconds until somebody can be there


@dataclass(frozen=True, slots=True)
class Gap:
    """The place that loses most: seconds to help before and after; None: nobody is left.

    `fill` is the unit that would close it best by standing by there, "" for none.
    """

    area: str
    before_s: float
    after_s: float | None
    fill: str = ""


def villages(places: Collection[Place]) -> list[Place]:
    """What is covered or not: the villages, by id."""
    return sorted((p for p in places if p.kind is PlaceKind.VILLAGE), key=lambda p: p.id)


def gap(ways: Mapping[str, Cover], leaving: Collection[str]) -> Gap | None:
    """Where help takes longer, by most, once `leaving` are gone; None when it is nowhere.

    `ways`: the seconds of every unit that is free to every place.
    """
    staying = {unit: times for unit, times in ways.items() if unit not in leaving}
    before, after = cover(ways), cover(staying)
    lost = {place: after.get(place, inf) - seconds for place, seconds in before.items()}
    worst = max(lost, key=lambda place: (lost[place], place), default="")
    if not worst or lost[worst] < WORTH_S:
        return None
    return Gap(worst, before[worst], after.get(worst), filler(staying, after, worst))


def cover(ways: Mapping[str, Cover]) -> dict[str, float]:
    """The shortest way to each place."""
    best: dict[str, float] = {}
    for times in ways.values():
        for place, seconds in times.items():
            best[place] = min(best.get(place, inf), seconds)
    return best


def filler(staying: Mapping[str, Cover], after: Cover, area: str) -> str:
    """The unit that leaves the smallest hole behind when it moves to `area`; "" for none.

    Its going is worth it only where the longest way in the township gets shorter by a minute.
    """
    now_worst = max(after.values(), default=0.0)
    best, best_worst = "", now_worst - WORTH_S
    for unit in sorted(staying):
        without = cover({name: times for name, times in staying.items() if name != unit})
        worst = max((s for place, s in without.items() if place != area), default=inf)
        if worst <= best_worst:
            best, best_worst = unit, worst - 1e-9
    return best
