"""How long one decision takes: so many needs over so many units, and how that grows.

The budget of DESIGN.md section 7 is for the decision: filters, ways by road, prices, assignment.
What comes after it, an order in words for each unit, is given beside it. Milliseconds of this
process's own computing time, the median of some rounds: others at the machine do not count.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from command.core import events as e
from command.core.asks import Ask, asks_of, in_order
from command.core.board import board
from command.core.dispatch import dispatch
from command.core.evolve import evolve
from command.core.plans import Family, Need, Plan, Plans, Release
from command.core.reasons import Reason
from command.core.township import Township, Unit, document
from command.core.world import World, empty
from command.loader import load
from sensors.observations import Position

REFERENCE = Path(__file__).parent.parent / "townships" / "jingming"
SIZES = ((100, 1), (100, 10), (100, 100), (200, 200), (500, 500))
BUDGET, BUDGET_MS = (100, 100), 5.0
ROUNDS = 9
NOON = 1_784_080_800.0
ROLES = ("crew", "scout", "evac", "medic")
WEST, EAST, SOUTH, NORTH = 107.505, 107.595, 35.245, 35.315  # the reference township


@dataclass(frozen=True, slots=True)
class Figures:
    """One size. Milliseconds: what is decided, and all of it with the orders written."""

    units: int
    needs: int
    decision_ms: float
    solve_ms: float
    orders_ms: float


def bench(*, as_json: bool, embedded: bool) -> int:  # noqa: ARG001 - one signature for all
    """Print the figures; 1 when the budget is not kept."""
    found = [measure(units, needs) for units, needs in SIZES]
    (held,) = (one for one in found if (one.units, one.needs) == BUDGET)
    if as_json:
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in found]
        print(json.dumps({"budget_ms": BUDGET_MS, "sizes": rows}))
    else:
        for one in found:
            print(
                f"{one.units} x {one.needs}: decision {one.decision_ms:.2f} ms "
                f"(assignment {one.solve_ms:.2f}), with orders {one.orders_ms:.2f} ms"
            )
    return int(held.decision_ms > BUDGET_MS)


def measure(units: int, needs: int, rounds: int = ROUNDS) -> Figures:
    """So many needs, nobody asked yet, over so many units."""
    world = crowded(units, needs, Random(units * needs))
    asks = in_order([a for i in world.incidents.values() for a in asks_of(world, i, NOON)])
    rows = range(len(asks))
    return Figures(
        units,
        needs,
        _median_ms(lambda: board(world, asks, NOON).solve(rows), rounds),
        _solve_ms(world, asks, rounds),
        _median_ms(lambda: dispatch(world, NOON), rounds),
    )


def _solve_ms(world: World, asks: list[Ask], rounds: int) -> float:
    """The assignment alone, each time on a board where nobody is taken yet."""
    spent = []
    for _ in range(rounds):
        there = board(world, asks, NOON)
        begun = time.process_time()
        there.solve(range(len(asks)))
        spent.append(time.process_time() - begun)
    return statistics.median(spent) * 1000


def _median_ms(work: Callable[[], object], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return statistics.median(spent) * 1000


def crowded(units: int, needs: int, dice: Random) -> World:
    """The reference township's roads under random teams and incidents."""
    township = _township(units, dice)
    world = empty("fs", township.id)
    loaded = e.TownshipLoaded(
        at=NOON, cause="bench", reason=Reason.STARTED, digest="", document=document(township)
    )
    evolve(world, loaded)
    for number in range(1, needs + 1):
        for event in _incident(f"I-e1-{number}", dice):
            evolve(world, event)
    return world


def _township(units: int, dice: Random) -> Township:
    teams = tuple(_unit(f"team-{number:03}", dice) for number in range(units))
    plans = {role: _plan(role) for role in ROLES}
    return replace(load(REFERENCE), units=teams, plans=Plans(plans, ()))


def _place(dice: Random) -> Position:
    return Position(dice.uniform(WEST, EAST), dice.uniform(SOUTH, NORTH))


def _unit(name: str, dice: Random) -> Unit:
    at, roles = _place(dice), tuple(sorted(dice.sample(ROLES, 2)))
    return Unit(name, name, name, "militia", roles, dice.choice((3, 5, 7, 10)), at.lon, at.lat)


def _plan(role: str) -> Plan:
    need = Need(role, 3, must=True, within_min=20.0)
    return Plan(role, role, role, Family.EMERGENCY, 2, (need,), release=Release.AT_ONCE)


def _incident(ident: str, dice: Random) -> tuple[e.Event, e.Event]:
    opened = e.IncidentOpened(
        at=NOON,
        cause="bench",
        reason=Reason.FIRST_REPORT,
        incident=ident,
        plan=dice.choice(ROLES),
        alarm_kind="other",
        priority=dice.choice((1, 2, 3)),
        triage=(),
        place="",
        position=_place(dice),
        text="",
        release_due=None,
        ack_due=NOON + 600,
    )
    released = e.IncidentReleased(
        at=NOON, cause="bench", reason=Reason.PLAN_AT_ONCE, incident=ident
    )
    return opened, released
