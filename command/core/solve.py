"""All open needs solved together: who takes which, who waits for whom. Pure, and only arrays.

One row a need, one column a unit. A need that asks for more people than one unit has is solved
again for the rest, until it is filled or nobody is left. Columns in order of ids, rows in order of
urgency: equal costs go to the first of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from command.core.roads import Flags, Floats, Ints

AWAY_S = 3600.0  # about when a unit comes back: what a need waits longer that nobody takes now
NOBODY = 1e7  # more than anybody costs: a need has nobody only where nobody fits
LATER_S = 120.0  # one that does for several may be so much later than the first of them
HOLD_S, HOLD_SHARE = 60.0, 0.15  # to be waited for, a busy unit must be so much better than a free
_TIE = 1e-7


@dataclass(frozen=True, slots=True)
class Problem:
    """`cost` is infinite where a unit may not. `group`: the incident of a row, whose units take one
    role each. `shared` units may be taken by any number of groups. `missing` people of each row,
    and `wanted`: asked at once where the first to answer take it. `doubt`: the part of a unit's
    cost that puts it last, and is no reason to wait for another. `sure`: forecasts are certain.
    `in_turn`: row after row takes the cheapest that is free, whatever is left for the next.
    """

    cost: Floats
    free_s: Floats
    shared: Flags
    members: Floats
    weight: Floats
    missing: Floats
    wanted: Floats
    group: Ints
    doubt: Floats
    sure: bool = False
    in_turn: bool = False


@dataclass(slots=True)
class Solution:
    """Columns taken by each row now; the column each waits for, and whether one free was passed.

    `gone` (rows x columns): pairs that are not to be had any more.
    """

    now: list[list[int]]
    hold: list[int | None]
    passed: list[bool]
    gone: Flags


def solve(problem: Problem, gone: Flags, rows: Sequence[int]) -> Solution:
    """Who goes for these rows, who is waited for; `gone` is added to."""
    size = len(problem.weight)
    found = Solution([[] for _ in range(size)], [None] * size, [False] * size, gone)
    if problem.in_turn:
        for row in rows:
            _fill(problem, found, np.maximum(problem.missing, problem.wanted), [row], wait=False)
        return found
    _fill(problem, found, problem.missing.copy(), rows, wait=True)
    if any(len(found.now[row]) > 1 for row in rows) and _one_for_several(problem, found, rows):
        _fill(problem, found, _lacking(problem, found, problem.missing), rows, wait=True)
    if (problem.wanted > problem.missing).any():
        _fill(problem, found, _lacking(problem, found, problem.wanted), rows, wait=False)
    return found


def _lacking(problem: Problem, found: Solution, wanted: Floats) -> Floats:
    """People still to be found; none for who waits."""
    people = np.array([problem.members[chosen].sum() for chosen in found.now])
    waits = np.array([hold is not None for hold in found.hold], np.bool_)
    lacking: Floats = np.where(waits, 0.0, wanted - people)
    return lacking


def _fill(
    problem: Problem, found: Solution, left: Floats, rows: Sequence[int], *, wait: bool
) -> None:
    """Round after round until every row has its people, waits, or has nobody."""
    active = [row for row in rows if left[row] > 0]
    while active:
        matched = _match(problem, found.gone, active, wait=wait)
        pairs = [(r, c) for r, c in zip(active, matched, strict=True) if c is not None]
        again = []
        for row, column in [(r, c) for r, c in pairs if problem.free_s[c] <= 0]:
            if not found.gone[row, column]:  # else a post that its group took in this very round
                _take(problem, found, row, column)
                left[row] -= problem.members[column]
            if left[row] > 0:
                again.append(row)
        for row, column in [(r, c) for r, c in pairs if problem.free_s[c] > 0]:
            instead = _wait(problem, found, row, column)
            if instead is not None:
                _take(problem, found, row, instead)
                left[row] -= problem.members[instead]
                if left[row] > 0:
                    again.append(row)
        active = sorted(again)


def _take(problem: Problem, found: Solution, row: int, column: int) -> None:
    found.now[row].append(column)
    if problem.shared[column]:
        found.gone[problem.group == problem.group[row], column] = True
    else:
        found.gone[:, column] = True


def _wait(problem: Problem, found: Solution, row: int, column: int) -> int | None:
    """A hold; or, where somebody free is about as good, that column instead.

    A forecast is a guess, and who waits for a guess has nobody on the way.
    """
    free = ~found.gone[row] & (problem.free_s <= 0)
    cost = np.where(free, problem.cost[row] - problem.doubt, np.inf)
    best = int(cost.argmin())
    gain = float(cost[best]) - float(problem.cost[row, column] - problem.doubt[column])
    enough = max(HOLD_S * float(problem.weight[row]), HOLD_SHARE * float(cost[best]))
    if np.isfinite(cost[best]) and gain <= (0.0 if problem.sure else enough):
        return best
    found.hold[row], found.passed[row] = column, bool(np.isfinite(cost[best]))
    found.gone[:, column] = True
    return None


def _one_for_several(problem: Problem, found: Solution, rows: Sequence[int]) -> bool:
    """Where one unit would do for the several chosen, at less cost, it goes alone.

    But who is there much sooner begins, however few they are. True when units were given back.
    """
    changed = False
    for row in rows:
        chosen = found.now[row]
        if len(chosen) < 2 or found.hold[row] is not None:
            continue
        open_to_it = ~found.gone[row]
        open_to_it[chosen] = True
        enough = (problem.members >= problem.missing[row]) & (problem.free_s <= 0)
        cost = np.where(enough & open_to_it, problem.cost[row], np.inf)
        best = int(cost.argmin())
        each = problem.cost[row, chosen]
        later = LATER_S * float(problem.weight[row])
        if cost[best] < float(each.sum()) and cost[best] <= float(each.min()) + later:
            found.gone[:, [c for c in chosen if not problem.shared[c]]] = False
            found.now[row] = []
            _take(problem, found, row, best)
            changed = True
    return changed


def _match(problem: Problem, gone: Flags, active: list[int], *, wait: bool) -> list[int | None]:
    """The best column of each row, no column twice but shared ones; None where nobody takes it."""
    cost = np.where(gone[active], np.inf, problem.cost[active])
    if not wait:
        cost = np.where(problem.free_s > 0, np.inf, cost)
    if not cost.size:
        return [None] * len(active)
    if len(active) == 1:
        best = int(cost.argmin())
        return [best if cost[0, best] < np.inf else None]
    cheapest = cost.argmin(axis=1)
    some = np.isfinite(cost[np.arange(len(active)), cheapest])
    wished = cheapest[some & ~problem.shared[cheapest]].tolist()
    if len(set(wished)) == len(wished):  # nobody stands in another's way
        return [int(c) if ok else None for c, ok in zip(cheapest, some, strict=True)]
    at = np.flatnonzero(some)
    shared_out = iter(_compete(problem, cost[at], problem.weight[active][at]))
    return [next(shared_out) if ok else None for ok in some]


def _compete(problem: Problem, cost: Floats, weight: Floats) -> list[int | None]:
    """Where rows want the same units: the cheapest of all ways to share them out.

    Every row has a column of its own besides, for a post that takes any number, or for nobody: then
    it waits about as long as a unit is away.
    """
    size, columns = cost.shape
    posts = np.where(problem.shared, cost, np.inf)
    post = posts.argmin(axis=1)
    post_cost = posts[np.arange(size), post]
    nobody = NOBODY + weight * AWAY_S + cost.min(axis=1)
    own = np.full((size, size), np.inf)
    np.fill_diagonal(own, np.minimum(post_cost, nobody))
    teams = np.where(np.isfinite(cost) & ~problem.shared, cost, np.inf)
    teams = teams + _TIE * np.outer(size - np.arange(size), np.arange(columns))
    _, taken = linear_sum_assignment(np.concatenate((teams, own), axis=1))
    return [
        column if column < columns else (int(post[row]) if post_cost[row] <= nobody[row] else None)
        for row, column in enumerate(taken.tolist())
    ]
