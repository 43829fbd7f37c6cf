"""What is left uncovered when units leave: minutes of help for each village. Pure.

Keeping coverage helps the share of late arrivals and costs mean response (FIELD.md section 4):
here it only informs and proposes; nothing is ordered because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from command.core.township import Place, PlaceKind, Unit
from sensors.observations import Position

WORTH_S = 60.0  # a hole that opens or closes by less is none: as for calling a unit over

Way = Callable[[Unit, Position], float]  # seconds from where the unit is
Cover = Mapping[str, float]  # place -> seconds until the first who is free can be there


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


def gap(free: Sequence[Unit], leaving: Collection[str], areas: Sequence[Place], way: Way) -> Gap:
    """Where help takes longer, by most, once `leaving` are gone; area "" when it is nowhere."""
    ways = {
        unit.id: {place.id: way(unit, Position(place.lon, place.lat)) for place in areas}
        for unit in free
    }
    staying = {unit: times for unit, times in ways.items() if unit not in leaving}
    before, after = cover(ways), cover(staying)
    worst = max(
        (place.id for place in areas if place.id in before),
        key=lambda place: (after.get(place, float("inf")) - before[place], place),
        default="",
    )
    if not worst:
        return Gap("", 0.0, None)
    lost = after.get(worst, float("inf")) - before[worst]
    if lost < WORTH_S:
        return Gap("", 0.0, None)
    return Gap(worst, before[worst], after.get(worst), filler(staying, after, worst))


def cover(ways: Mapping[str, Cover]) -> dict[str, float]:
    """The shortest way to each place."""
    best: dict[str, float] = {}
    for times in ways.values():
        for place, seconds in times.items():
            best[place] = min(best.get(place, float("inf")), seconds)
    return best


def filler(staying: Mapping[str, Cover], after: Cover, area: str) -> str:
    """The unit that leaves the smallest hole behind when it moves to `area`; "" for none.

    Its going is worth it only where the longest way in the township gets shorter by a minute.
    """
    now_worst = max(after.values(), default=0.0)
    best, best_worst = "", now_worst - WORTH_S
    for unit in sorted(staying):
        without = cover({name: times for name, times in staying.items() if name != unit})
        worst = max((s for place, s in without.items() if place != area), default=float("inf"))
        if worst <= best_worst:
            best, best_worst = unit, worst - 1e-9
    return best
