"""Needs against units, priced: who may go, how long it takes, what it costs. Pure.

Everything that is decided, ranked or explained about who goes is read off this one board.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from command.core.asks import Ask
from command.core.costs import UNHEARD, Costs, Rows, costs, nearest, rows_of
from command.core.filters import CODE, MIGHT, WHY, Codes, codes
from command.core.fleet import Fleet, muster
from command.core.plans import Choose
from command.core.reasons import WhyNot
from command.core.roads import Flags, Floats
from command.core.solve import Problem, Solution, solve
from command.core.township import Unit
from command.core.travel import Ways, pace, ways
from command.core.world import World

SHOWN = 3  # nearer ones that do not go, and next ones that could


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit for a need. `why_not` names what keeps it away; "" means it may go.

    `free_s` is when a busy one will be free, seconds from now; `terms` add up to `cost`. `why` is
    the order's own explanation in short, `then` who would be next.
    """

    unit: Unit
    eta_s: float
    why_not: str = ""
    free_s: float = 0.0
    cost: float = 0.0
    terms: dict[str, float] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    nearest: bool = True  # of those that might go


@dataclass(frozen=True, slots=True)
class Board:
    """Rows are asks, columns the fleet's units."""

    world: World
    asks: tuple[Ask, ...]
    fleet: Fleet
    eta_s: Floats
    code: Codes
    price: Costs
    problem: Problem
    gone: Flags  # pairs that are not to be had any more, for they were taken just now

    def why_not(self, row: int, column: int) -> WhyNot:
        """The filter, or that it is at work; NONE for who may go."""
        code: WhyNot = WHY[int(self.code[row, column])]
        if code is WhyNot.NONE and self.fleet.free_s[column] > 0:
            return WhyNot.COMMITTED
        return code

    def candidate(self, row: int, column: int, why: tuple[str, ...] = ()) -> Candidate:
        """One pair, as a value."""
        terms = self.price.of(row, column)
        return Candidate(
            self.fleet.roll.units[column],
            float(self.eta_s[row, column]),
            self.why_not(row, column).value,
            float(self.fleet.free_s[column]),
            round(sum(terms.values()), 1),
            terms,
            why,
        )

    def chosen(self, row: int, column: int) -> Candidate:
        """The same of one that goes, with why."""
        in_min = f"eta_min:{math.ceil(self.eta_s[row, column] / 60)}"
        one = self.candidate(row, column, (in_min,))
        if len(self.fleet.roll.units) == 1:
            return one
        near = np.flatnonzero((self.eta_s[row] < one.eta_s) & (self.code[row] != _UNSKILLED))
        nearer = sorted(near.tolist(), key=lambda c: float(self.eta_s[row, c]))
        left = ~self.gone[row]
        reasons = [(self.fleet.roll.units[c].id, self._passed(row, c, left)) for c in nearer]
        others = np.where(self._open(row) & left, self.price.total[row], np.inf)
        then = [c for c in others.argsort(kind="stable")[:SHOWN].tolist() if others[c] < np.inf]
        return Candidate(
            one.unit,
            one.eta_s,
            cost=one.cost,
            terms=one.terms,
            why=(
                in_min,
                *(f"not:{name}:{why.value}" for name, why in reasons[:SHOWN]),
            ),
            then=tuple(self.fleet.roll.units[c].id for c in then),
            nearest=all(why not in MIGHT for _, why in reasons),
        )

    def _open(self, row: int) -> Flags:
        """Who passes every filter and is free."""
        free: Flags = (self.code[row] == 0) & (self.fleet.free_s <= 0)
        return free

    def _passed(self, row: int, column: int, left: Flags) -> WhyNot:
        """Why a nearer one does not go."""
        why = self.why_not(row, column)
        if why is not WhyNot.NONE:
            return why
        if not left[column]:
            return WhyNot.COMMITTED  # to another need, just now
        return WhyNot.COST if self.fleet.heard[column] else WhyNot.UNREACHABLE

    def ranked(self, row: int) -> list[Candidate]:
        """Every unit with the role: those that may go, best first; then the others, with why."""
        columns = np.flatnonzero(self.code[row] != _UNSKILLED).tolist()
        found = [self.candidate(row, column) for column in columns]
        return sorted(found, key=lambda one: (bool(one.why_not), one.cost, one.eta_s, one.unit.id))

    def solve(self, rows: Sequence[int], missing: Mapping[int, int] | None = None) -> Solution:
        """Who goes for these rows, who is waited for; what they take is gone for the others.

        `missing`: people that still are, where it is not all who were.
        """
        problem = self.problem
        if missing is not None:
            people = problem.missing.copy()
            people[list(missing)] = list(missing.values())
            problem = replace(problem, missing=people, wanted=np.zeros(len(people)))
        return solve(problem, self.gone, rows)


def _problem(
    asks: Sequence[Ask], fleet: Fleet, rows: Rows, code: Codes, price: Costs, *, in_turn: bool
) -> Problem:
    """The same in bare arrays."""
    groups = {name: n for n, name in enumerate(dict.fromkeys(ask.incident.id for ask in asks))}
    return Problem(
        np.where(code == 0, price.total, np.inf),
        fleet.free_s,
        fleet.roll.shared,
        fleet.roll.members,
        rows.weight,
        rows.missing,
        np.array([float(ask.wanted) for ask in asks]),
        np.array([groups[ask.incident.id] for ask in asks]),
        np.where(fleet.heard, 0.0, UNHEARD),
        in_turn=in_turn,
    )


_UNSKILLED = CODE[WhyNot.SKILL]


def board(
    world: World, asks: Sequence[Ask], now: float, taken: Collection[str] = frozenset()
) -> Board:
    """The board for these asks; `taken` units are on it, and not to be had."""
    slower = pace(world, now)
    fleet = muster(world, _roles(asks), now, taken)
    target = {ask.incident.id: ask.incident.position for ask in asks}
    row_of = {incident: n for n, incident in enumerate(target)}
    roll, targets = fleet.roll, list(target.values())
    way = ways(world, fleet.at, targets, roll.speed_mps, roll.on_foot, slower)
    at = [row_of[ask.incident.id] for ask in asks]
    way = Ways(way.seconds[at], way.code[at])
    rows = rows_of(asks, slower)
    plainly = by_nearest(world)
    price = (nearest if plainly else costs)(fleet, rows, way.seconds)
    code = codes(world, fleet, asks, way)
    problem = _problem(asks, fleet, rows, code, price, in_turn=plainly)
    gone = np.zeros(way.seconds.shape, np.bool_)
    if taken:
        gone[:, [roll.column[name] for name in taken if name in roll.column]] = True
    return Board(world, tuple(asks), fleet, way.seconds, code, price, problem, gone)


def by_nearest(world: World) -> bool:
    """The township's cards ask for the nearest, and nothing else is weighed."""
    return world.township is not None and world.township.plans.choose is Choose.NEAREST


def _roles(asks: Iterable[Ask]) -> list[str]:
    return list(dict.fromkeys(ask.role for ask in asks))
