"""The hard filters: who may not go, each with its reason. Pure.

Later rules win over earlier ones: the reason told is the one that a person would name first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from command.core.asks import Ask
from command.core.fleet import Fleet, worked_s
from command.core.plans import Family, Need
from command.core.reasons import WhyNot
from command.core.roads import Flags
from command.core.township import PlaceKind, Unit
from command.core.travel import NEVER_S, WHY_NO_WAY, Ways
from command.core.world import World

Codes = npt.NDArray[np.int8]
WHY = tuple(WhyNot)  # a code is a place in here; 0 may go
CODE = {why: n for n, why in enumerate(WHY)}
MIGHT = frozenset({WhyNot.COST, WhyNot.UNREACHABLE})  # no filters: another was better


def codes(world: World, fleet: Fleet, asks: Sequence[Ask], ways: Ways) -> Codes:
    """For each need (rows) and unit (columns) the filter that keeps it away, 0 for none."""
    assert world.township is not None
    out = np.zeros((len(asks), len(fleet.roll.units)), np.int8)
    if fleet.roll.slowest:
        out[ways.seconds >= NEVER_S] = CODE[WhyNot.NO_WAY]
    if ways.code.any():
        for code, why in WHY_NO_WAY.items():
            out[ways.code == code] = CODE[why]
    if not fleet.calm:
        urgent = np.array([ask.emergency for ask in asks], np.bool_)[:, None]
        out[urgent & (fleet.worked_s >= world.township.limits.work_max_s)] = CODE[WhyNot.REST]
    for why, rule in _NEEDS.items():
        _by_need(out, fleet, asks, why, rule)
    for row, ask in enumerate(asks):
        _mark(out, fleet, row, ask.asked, WhyNot.ASKED_BEFORE)
        _mark(out, fleet, row, ask.used, WhyNot.COMMITTED)
    out[:, fleet.roll.members < 1] = CODE[WhyNot.NO_MEMBERS]
    if not fleet.calm:
        out[:, ~fleet.on_duty] = CODE[WhyNot.OFF_DUTY]
    out[~_skilled(world, fleet, asks)] = CODE[WhyNot.SKILL]
    return out


def _mark(out: Codes, fleet: Fleet, row: int, names: Collection[str], why: WhyNot) -> None:
    for name in names:
        if (column := fleet.roll.column.get(name)) is not None:
            out[row, column] = CODE[why]


def keeps_away(
    world: World,
    ask: Ask,
    unit: Unit,
    shut: int,
    seconds: float,
    now: float,
    going: Collection[str],
) -> WhyNot:
    """The same of one pair, the first that a person would name; `going` for another need of it."""
    assert world.township is not None
    state = world.units[unit.id]
    if not (ask.emergency or answers_for(world, unit, ask.incident.place)):
        return WhyNot.SKILL
    if not state.on_duty:
        return WhyNot.OFF_DUTY
    if unit.members < 1:
        return WhyNot.NO_MEMBERS
    if unit.id in ask.asked:
        return WhyNot.ASKED_BEFORE
    unfit = _unfit(ask.need, unit)
    if unfit is not WhyNot.NONE:
        return unfit
    if ask.emergency and worked_s(world, state, now) >= world.township.limits.work_max_s:
        return WhyNot.REST
    if shut:
        return WHY_NO_WAY[shut]
    if seconds >= NEVER_S:
        return WhyNot.NO_WAY
    return WhyNot.COMMITTED if unit.id in going else WhyNot.NONE


def _unfit(need: Need, unit: Unit) -> WhyNot:
    """What the need asks for beyond the role, and the unit has not."""
    if as_one_person(need, unit):
        return WhyNot.ALONE
    if need.equipment and without_gear(need, unit):
        return WhyNot.EQUIPMENT
    return WhyNot.SEATS if too_few_seats(need, unit) else WhyNot.NONE


def passed_over(world: World, why: WhyNot, unit: Unit, going: Collection[str]) -> WhyNot:
    """Why a nearer one does not go, where no filter keeps it away; `going` go elsewhere now."""
    if why is not WhyNot.NONE:
        return why
    if unit.id in going:
        return WhyNot.COMMITTED
    return WhyNot.UNREACHABLE if world.units[unit.id].silent else WhyNot.COST


def _by_need(
    out: Codes,
    fleet: Fleet,
    asks: Sequence[Ask],
    why: WhyNot,
    rule: Callable[[Need, Unit], bool],
) -> None:
    """What most needs do not ask for is looked at only where one does."""
    known: dict[Need, Flags] = {}
    for row, ask in enumerate(asks):
        need = ask.need
        if need.alone and not need.equipment and not need.seats:
            continue
        if need not in known:
            known[need] = np.array([rule(need, unit) for unit in fleet.roll.units], np.bool_)
        out[row, known[need]] = CODE[why]


def too_few_seats(need: Need, unit: Unit) -> bool:
    """Counted, and not enough."""
    return unit.seats is not None and unit.seats < need.seats


def without_gear(need: Need, unit: Unit) -> bool:
    """A word that none of its equipment has."""
    return any(not any(word in has for has in unit.equipment) for word in need.equipment)


def as_one_person(need: Need, unit: Unit) -> bool:
    """Nobody goes alone into a fight (CENTRES.md (a) 9)."""
    return not need.alone and unit.members < 2


_NEEDS: dict[WhyNot, Callable[[Need, Unit], bool]] = {
    WhyNot.SEATS: too_few_seats,
    WhyNot.EQUIPMENT: without_gear,
    WhyNot.ALONE: as_one_person,
}


def _skilled(world: World, fleet: Fleet, asks: Sequence[Ask]) -> Flags:
    """Who has the role; of a case, who answers for its place."""
    rows = [fleet.roll.skilled[ask.role] for ask in asks]
    # Nothing may be asked for: then this has no row, and is still an array of flags.
    skilled: Flags = np.array(rows, np.bool_).reshape(len(asks), len(fleet.roll.units))
    for row, ask in enumerate(asks):
        if ask.plan.family is not Family.EMERGENCY:
            place = ask.incident.place
            skilled[row] &= [answers_for(world, unit, place) for unit in fleet.roll.units]
    return skilled


def answers_for(world: World, unit: Unit, place: str) -> bool:
    """A post answers for its own group or village, and for the township when it has no place."""
    if not unit.place or not place:
        return True
    own, there = world.index.places.get(unit.place), world.index.places.get(place)
    if own is None or there is None or own.kind is PlaceKind.KEY:
        return True
    return own.id in {there.id, there.village}
