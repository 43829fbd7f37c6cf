"""The dispatcher behind the published Rio de Janeiro ambulance instances.

    python rio.py us-10 --policy simulations.rio:policy        (from the project's folder)

The benchmark calls `policy` at every event; it knows calls and ambulances, we know needs and units:
one is put in terms of the other, and priced and solved by the very code that the post uses. What
the post knows and the benchmark does not (deadlines, people, skills, fatigue) is left neutral.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from command.core.costs import Costs, Rows, costs
from command.core.fleet import Fleet, Roll, missed_s
from command.core.roads import Floats
from command.core.solve import Problem, solve

Seconds = Callable[[Any, Any], float]  # of the benchmark's unit and call


@dataclass(frozen=True, slots=True)
class _Place:
    """As much of a call as its `eta` looks at."""

    place: Any


def policy(
    now: float, calls: Sequence[Any], units: Sequence[Any], eta: Seconds, mismatch: Seconds
) -> list[tuple[Any, Any]]:
    """Calls and the units that go now; pairs with a busy unit are holds, and bind nothing."""
    price, fleet, may = priced(now, calls, units, eta, mismatch)
    weight = np.array([float(call.weight) for call in calls])
    ones = np.ones(len(calls))
    cost = np.where(may, price.total, np.inf)
    problem = Problem(
        cost,
        fleet.free_s,
        fleet.roll.shared,
        fleet.roll.members,
        weight,
        ones,
        ones,
        np.arange(len(calls)),
        np.zeros(len(units)),
        sure=True,  # the benchmark says when a unit will be free; the post can only guess
    )
    found = solve(problem, np.zeros(cost.shape, np.bool_), range(len(calls)))
    return [
        (calls[row], units[column]) for row, chosen in enumerate(found.now) for column in chosen
    ]


def priced(
    now: float, calls: Sequence[Any], units: Sequence[Any], eta: Seconds, mismatch: Seconds
) -> tuple[Costs, Fleet, Any]:
    """Every pair term by term, the fleet, and which pairs are allowed at all."""
    fleet = _fleet(now, units, eta)
    arrives = np.array([[eta(unit, call) for unit in units] for call in calls])
    wrong = np.array([[mismatch(unit, call) for unit in units] for call in calls])
    may = np.isfinite(wrong)
    rows = Rows(
        np.array([float(call.weight) for call in calls]),
        np.array([now - call.at for call in calls]),
        np.full(len(calls), np.inf),
        np.ones(len(calls)),
        np.ones(len(calls), np.bool_),
    )
    return costs(fleet, rows, arrives - fleet.free_s, np.where(may, wrong, 0.0)), fleet, may


def _fleet(now: float, units: Sequence[Any], eta: Seconds) -> Fleet:
    """The ambulances as columns: one crew each, rested, heard of."""
    size = len(units)
    yes, none, one = np.ones(size, np.bool_), np.zeros(size), np.ones(size)
    free_s = np.array([max(0.0, unit.free_at - now) for unit in units])
    roll = Roll((), {}, ~yes, one, one, one, ~yes, {}, (), size, posts_only=False, slowest=False)
    return Fleet(roll, (), free_s, yes, yes, none, none, _cover(units, eta))


def _cover(units: Sequence[Any], eta: Seconds) -> Floats:
    """What is missed while each is away, at the stations that there are; each counts the same."""
    stations = [_Place(base) for base in sorted({unit.base for unit in units})]
    if len(units) < 2:
        return np.zeros(len(units))
    seconds = np.array([[eta(unit, station) for unit in units] for station in stations])
    return np.array(missed_s(seconds, np.full(len(stations), 1 / len(stations))))
