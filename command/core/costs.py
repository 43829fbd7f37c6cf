"""What it costs that a unit serves a need, term by term; the terms add up to the cost. Pure.

One second of a person waiting counts as many as its priority's weight; what only others lose is
counted in plain seconds. The figures are written down with what each earned on the published
instances in docs/decisions/020-who-goes.md; none is fitted to one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from command.core.asks import Ask
from command.core.fleet import Fleet
from command.core.roads import Flags, Floats

UNHEARD = 1_000_000.0  # perhaps nobody reads the order: after all others, better than none
SHORT_S = 120.0  # another must be found for the rest, who comes later
OVER_S, OVER_CAP_S = 10.0, 100.0  # for each person more than is missing: they are needed elsewhere
OTHER_SKILL_S, SKILLS_CAP_S = 2.0, 20.0  # for each other role it could take
JOB_S, JOBS_CAP_S = 120.0, 1200.0  # for each job a post has: it takes any number, one after another
TIRED_S, TIRED_CAP_S = 30.0, 300.0  # for each hour of work


@dataclass(frozen=True, slots=True)
class Rows:
    """The needs as arrays. `limit_s`: from order to scene; `urgent`: emergencies, not cases."""

    weight: Floats
    waited_s: Floats
    limit_s: Floats
    missing: Floats
    urgent: Flags


def rows_of(asks: Sequence[Ask], slower: float) -> Rows:
    """The same of open needs; by night there is more time to be there."""
    figures = [
        (ask.weight, ask.waited_s, ask.need.within_min * 60.0 * slower, ask.missing, ask.emergency)
        for ask in asks
    ]
    weight, waited, limit, missing, urgent = np.array(figures, np.float64).reshape(-1, 5).T
    return Rows(weight, waited, limit, missing, urgent > 0)


@dataclass(frozen=True, slots=True)
class Costs:
    """Rows are needs, columns units. `total` is the sum of the terms."""

    terms: dict[str, Floats]  # one row or column alone where all are the same
    total: Floats

    def of(self, row: int, column: int) -> dict[str, float]:
        """The terms of one pair that are not nothing, rounded to a tenth."""
        found = {}
        for name, term in self.terms.items():
            rows, columns = term.shape
            value = float(term[row if rows > 1 else 0, column if columns > 1 else 0])
            if value:
                found[name] = round(value, 1)
        return found


def nearest(fleet: Fleet, rows: Rows, eta_s: Floats) -> Costs:
    """Nothing but the way: who is there first, whatever else that costs."""
    terms = {"way": _rows(rows.weight) * eta_s, "unheard": _unheard(fleet)}
    return Costs(terms, sum(terms.values(), np.zeros(eta_s.shape)))


def costs(fleet: Fleet, rows: Rows, eta_s: Floats, mismatch: Floats | float = 0.0) -> Costs:
    """Of each pair. `mismatch`: what the wrong kind of unit adds, where units have kinds."""
    weight, missing, limit = _rows(rows.weight), _rows(rows.missing), _rows(rows.limit_s)
    waited = _rows(rows.waited_s)
    arrives, roll = fleet.free_s + eta_s, fleet.roll
    short = weight * SHORT_S * np.clip(1 - roll.members / missing, 0, 1)
    terms = {
        "way": weight * eta_s,
        "waited": weight * waited,
        "late": weight * np.maximum(0.0, waited + arrives - limit),
        "mismatch": short + mismatch,
    }
    if not fleet.calm:
        terms["busy"] = weight * (fleet.free_s + np.minimum(JOB_S * fleet.jobs, JOBS_CAP_S))
        terms["unheard"] = _unheard(fleet)
    if not roll.posts_only:
        team = ~roll.shared * rows.urgent[:, None]  # whose time others may need
        lost = _lost_to_others(fleet, eta_s, missing, len(rows.weight))
        terms |= {name: team * value for name, value in lost.items()}
    return Costs(terms, sum(terms.values(), np.zeros(eta_s.shape)))


def _unheard(fleet: Fleet) -> Floats:
    return np.where(fleet.heard, 0.0, UNHEARD)[None]


def _lost_to_others(
    fleet: Fleet, eta_s: Floats, missing: Floats, waiting: int
) -> dict[str, Floats]:
    """What a team's going costs those who may need it."""
    lost = {
        "over": np.clip(OVER_S * (fleet.roll.members - missing), 0, OVER_CAP_S),
        "skills": np.clip(OTHER_SKILL_S * (fleet.roll.skills - 1), 0, SKILLS_CAP_S),
        "own": eta_s * scarcity(fleet, waiting),
        "cover": fleet.cover_s,
    }
    if not fleet.calm:
        lost["tired"] = np.minimum(TIRED_S * fleet.worked_s / 3600, TIRED_CAP_S)
    return lost


def scarcity(fleet: Fleet, waiting: int) -> float:
    """How likely a second of a unit's time is missed by somebody else, 0 to 1.

    What a unit spends on its own way it cannot spend on the next: this is the price of it, in
    seconds of the least urgent. It earned most on the published instances.
    """
    busy, teams = int((fleet.free_s > 0).sum()), fleet.roll.teams
    return min(1.0, (busy + waiting) / teams) if teams else 0.0


def _rows(values: Floats) -> Floats:
    return values[:, None]
