"""Two variants over many seeds: pairs, intervals, and what decides the exit code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from evaluation_make import township

from command.core.plans import Family, Release
from simulations.evaluation import comparing
from simulations.evaluation.comparing import MEASURES, Compared, Verdict, compare, margin
from simulations.evaluation.variants import POLICIES, SAID


def figures(**values: float) -> Mapping[str, float | None]:
    return {measure.name: None for measure in MEASURES} | values


def one(found: list[Compared], name: str) -> Compared:
    return next(each for each in found if each.measure.name == name)


def test_the_interval_by_hand() -> None:
    # mean 3, variance 2.5, standard error 0.7071; t(4) at 97.5% is 2.7764
    assert margin([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2.7764 * 0.70711, abs=1e-4)


def test_four_pairs_are_too_few() -> None:
    assert margin([1.0, 1.0, 1.0, 1.0]) is None
    found = one(compare([(figures(musts=90), figures(musts=10))] * 4), "musts")
    assert (found.n, found.verdict) == (4, Verdict.FEW)


def test_pairs_and_not_means_are_compared() -> None:
    """Seeds differ by hundreds, the variants by one: only pairs show it."""
    pairs = [
        (figures(to_must=100.0 * n), figures(to_must=100.0 * n + 1 + n / 10)) for n in range(6)
    ]
    found = one(compare(pairs), "to_must")
    assert found.difference == pytest.approx(-1.25)
    assert found.verdict is Verdict.FIRST  # sooner is better
    assert (found.first, found.second) == (250.0, 251.25)


@pytest.mark.parametrize(
    ("name", "first", "second", "verdict"),
    [
        ("musts", 90.0, 80.0, Verdict.FIRST),
        ("musts", 80.0, 90.0, Verdict.SECOND),
        ("hectares", 3.0, 1.0, Verdict.SECOND),
        ("hectares", 1.0, 1.0, Verdict.NONE),
        ("orders", 9.0, 1.0, Verdict.DIFFERS),
    ],
)
def test_which_is_better(name: str, first: float, second: float, verdict: Verdict) -> None:
    pairs = [(figures(**{name: first}), figures(**{name: second}))] * 5
    assert one(compare(pairs), name).verdict is verdict


def test_only_what_both_have_is_compared() -> None:
    pairs = [(figures(musts=1.0, over=3.0), figures(musts=2.0)), (figures(), figures(musts=2.0))]
    found = compare(pairs)
    assert [(each.measure.name, each.n) for each in found] == [("musts", 1)]


def test_a_leading_measure_decides_and_another_does_not() -> None:
    slower = [(figures(uncovered=9.0), figures(uncovered=1.0))] * 5
    assert one(compare(slower), "uncovered").verdict is Verdict.SECOND
    assert not comparing.first_is_worse(compare(slower))
    assert comparing.first_is_worse(compare([(figures(over=9.0), figures(over=1.0))] * 5))


def test_every_policy_is_said_and_changes_emergencies_only() -> None:
    assert POLICIES.keys() == SAID.keys()
    there = township()
    assert POLICIES["ours"](there) == there
    changed = POLICIES["by-hand"](there).plans.plans["fire"]
    assert (changed.family, changed.release) == (Family.EMERGENCY, Release.BY_HAND)
