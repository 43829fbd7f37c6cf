"""The dispatcher behind the published benchmark: its calls and ambulances, our needs and units."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from simulations.rio import policy, priced


@dataclass(eq=False)
class Call:
    place: float
    weight: float = 1.0
    at: float = 0.0


@dataclass(eq=False)
class Ambulance:
    base: float
    kind: int = 0
    free_at: float = -1.0


def eta(unit: Ambulance, call: Call) -> float:
    """On a line; the benchmark counts the busy time in."""
    return max(0.0, unit.free_at) + abs(unit.base - call.place)


def none(_unit: Ambulance, _call: Call) -> float:
    return 0.0


def test_each_call_gets_an_ambulance_and_none_is_sent_twice() -> None:
    calls, units = [Call(10), Call(20), Call(400)], [Ambulance(0), Ambulance(390), Ambulance(30)]
    found = policy(0.0, calls, units, eta, none)
    assert sorted(call.place for call, _ in found) == [10, 20, 400]
    assert len({id(unit) for _, unit in found}) == 3


def test_the_heavier_call_goes_first_where_there_are_too_few() -> None:
    light, heavy = Call(0), Call(500, weight=4.0)
    only = Ambulance(0)
    assert policy(0.0, [light, heavy], [only], eta, none) == [(heavy, only)]


def test_a_busy_one_that_will_be_there_sooner_is_waited_for() -> None:
    near = Ambulance(0, free_at=100.0)
    assert policy(0.0, [Call(0)], [near, Ambulance(5000)], eta, none) == []


def test_who_may_not_serve_is_never_sent() -> None:
    def mismatch(unit: Ambulance, _call: Call) -> float:
        return inf if unit.kind else 0.0

    right = Ambulance(900)
    calls = [Call(0)]
    assert policy(0.0, calls, [Ambulance(0, kind=1), right], eta, mismatch) == [(calls[0], right)]


def test_the_price_is_the_post_s_own_term_by_term() -> None:
    price, _, may = priced(0.0, [Call(100)], [Ambulance(0), Ambulance(50)], eta, none)
    assert may.all()
    terms = price.of(0, 0)
    assert terms["way"] == 100
    assert set(terms) <= {"way", "own", "cover"}
    assert abs(sum(terms.values()) - float(price.total[0, 0])) < 0.2
