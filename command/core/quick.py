"""The easy case, one pair at a time: one incident alone, every team it could ask free. Pure.

An alarm on a quiet day is what most alarms are, and its order must not wait for matrices. The
nearest as the crow flies are priced first, and nobody further away can be cheaper: a dozen pairs
instead of hundreds. It decides as the board does, or leaves it to the board; a test over random
worlds holds the two together.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from command.core import costs as c
from command.core.asks import Ask
from command.core.board import SHOWN, Candidate, by_nearest
from command.core.filters import MIGHT, keeps_away, passed_over
from command.core.fleet import cover_of, roll_call, worked_s
from command.core.geo import distance_m
from command.core.reasons import WhyNot
from command.core.served import Served
from command.core.township import Unit
from command.core.travel import UNKNOWN_S, Pairs, pace, speed_mps, where
from command.core.world import World
from sensors.observations import Position

SURELY = 0.99  # the crow flies over a map that is a little bent
DEEP = 7  # the best and the next three, though other needs take some
MANY = 4  # needs: the more there are, the likelier two want the same unit, and it was for nothing


@dataclass(frozen=True, slots=True)
class _Moment:
    """What all the pairs of one decision share. `scarce`: as `costs.scarcity`."""

    world: World
    now: float
    slower: float
    pairs: Pairs
    scarce: float


@dataclass(frozen=True, slots=True)
class _Priced:
    """One unit for one need."""

    unit: Unit
    eta_s: float
    why: WhyNot
    terms: dict[str, float]
    cost: float


def quick(world: World, asks: Sequence[Ask], now: float) -> list[Served] | None:
    """What each need gets; None where it is no easy case."""
    if not _is_easy(world, asks):
        return None
    teams = roll_call(world, [ask.role for ask in asks]).teams
    scarce = min(1.0, len(asks) / teams) if teams else 0.0
    moment = _Moment(world, now, pace(world, now), Pairs(world), scarce)
    served: list[Served] = []
    for must in (True, False):
        going = {pick.unit.id for one in served for pick in one.picks}
        priced: list[tuple[Ask, list[_Priced], list[_Priced]]] = []
        wanted: set[str] = set()
        for ask in (ask for ask in asks if ask.need.must is must):
            found = _priced(moment, ask, going)
            best = _cheapest(found)
            if not best or best[0].unit.members < ask.wanted or best[0].unit.id in wanted:
                return None  # nobody, several, or one that two want
            wanted.add(best[0].unit.id)
            priced.append((ask, found, best))
        served += [_served(world, ask, found, best, wanted) for ask, found, best in priced]
    return served


def _cheapest(found: Sequence[_Priced]) -> list[_Priced]:
    """Those that may go, best first."""
    may = [one for one in found if one.why is WhyNot.NONE]
    return sorted(may, key=lambda one: (one.cost, one.unit.id))


def _is_easy(world: World, asks: Sequence[Ask]) -> bool:
    if not 0 < len(asks) <= MANY or by_nearest(world):
        return False
    incident, units, by_role = asks[0].incident, world.units, world.index.by_role
    for ask in asks:
        able = by_role.get(ask.role, ())
        if ask.incident is not incident or not any(one.members >= ask.wanted for one in able):
            return False
        # Busy teams without any of the roles change nothing: they are on no board.
        if any(units[one.id].orders for one in able if not one.shared):
            return False
    return True


def _priced(moment: _Moment, ask: Ask, going: set[str]) -> list[_Priced]:
    """Everybody who may be among the best for it, and who is nearer than those."""
    world, target, slower = moment.world, ask.incident.position, moment.slower
    units = world.index.by_role[ask.role]
    nearest = [(_least_s(world, unit, target) * slower, unit.id, unit) for unit in units]
    nearest.sort()
    found: list[_Priced] = []
    best: list[float] = []  # of those that may go, the cheapest first
    for least, _, unit in nearest:
        if len(best) > DEEP and ask.weight * least * SURELY > best[DEEP]:
            break
        seconds, shut = moment.pairs.way(unit, target, slower)
        why = keeps_away(world, ask, unit, shut, seconds, moment.now, going)
        terms = _terms(moment, ask, unit, seconds)
        found.append(_Priced(unit, seconds, why, terms, sum(terms.values())))
        if why is WhyNot.NONE:
            insort(best, found[-1].cost)
    return found


def _least_s(world: World, unit: Unit, target: Position | None) -> float:
    """By day, as the crow flies: no way is shorter."""
    if target is None:
        return UNKNOWN_S
    return distance_m(where(world, unit), target) / speed_mps(world, unit)


def _served(
    world: World, ask: Ask, found: Sequence[_Priced], best: Sequence[_Priced], going: set[str]
) -> Served:
    """The best of them goes, with why; the others in `going` go for its other needs."""
    chosen, *rest = best
    nearer = sorted(
        (o for o in found if o.eta_s < chosen.eta_s and o.why is not WhyNot.SKILL),
        key=lambda o: (o.eta_s, o.unit.id),
    )
    reasons = [(o.unit.id, passed_over(world, o.why, o.unit, going)) for o in nearer]
    terms = {name: round(value, 1) for name, value in chosen.terms.items() if value}
    pick = Candidate(
        chosen.unit,
        chosen.eta_s,
        cost=round(sum(terms.values()), 1),
        terms=terms,
        why=(
            f"eta_min:{math.ceil(chosen.eta_s / 60)}",
            *(f"not:{name}:{why.value}" for name, why in reasons[:SHOWN]),
        ),
        then=tuple([o.unit.id for o in rest if o.unit.id not in going][:SHOWN]),
        nearest=all(why not in MIGHT for _, why in reasons),
    )
    return Served(ask, None, 0, [pick])


def _terms(moment: _Moment, ask: Ask, unit: Unit, seconds: float) -> dict[str, float]:
    """As `costs.costs`, of one pair."""
    world, weight = moment.world, ask.weight
    state = world.units[unit.id]
    late = ask.waited_s + seconds - ask.need.within_min * 60.0 * moment.slower
    jobs = len(state.orders) if unit.shared else 0
    terms = {
        "way": weight * seconds,
        "waited": weight * ask.waited_s,
        "late": weight * max(0.0, late),
        "mismatch": weight * c.SHORT_S * max(0.0, 1 - unit.members / ask.missing),
        "busy": weight * min(c.JOB_S * jobs, c.JOBS_CAP_S),
        "unheard": c.UNHEARD if state.silent else 0.0,
    }
    if not unit.shared and ask.emergency:
        skills = len(world.index.unit_roles[unit.id]) - 1
        tired = c.TIRED_S * worked_s(world, state, moment.now) / 3600
        terms |= {
            "over": min(max(0.0, c.OVER_S * (unit.members - ask.missing)), c.OVER_CAP_S),
            "skills": min(max(0.0, c.OTHER_SKILL_S * skills), c.SKILLS_CAP_S),
            "own": seconds * moment.scarce,
            "cover": cover_of(world, unit.id),
            "tired": min(tired, c.TIRED_CAP_S),
        }
    return terms
