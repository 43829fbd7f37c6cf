"""The assignment itself, on bare arrays: who takes which, who waits, who has nobody."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import Any

import numpy as np

from command.core.solve import Problem, Solution, solve

INF = float("inf")


def problem(cost: list[list[float]], **values: Any) -> Problem:
    """Free teams of five, a need of five in each row, each row an incident of its own."""
    rows, columns = len(cost), len(cost[0])
    given: dict[str, Any] = {
        "free_s": [0.0] * columns,
        "shared": [False] * columns,
        "members": [5.0] * columns,
        "weight": [1.0] * rows,
        "missing": [5.0] * rows,
        "wanted": values.get("missing", [5.0] * rows),
        "group": list(range(rows)),
        "doubt": [0.0] * columns,
    } | values
    sure, in_turn = given.pop("sure", False), given.pop("in_turn", False)
    arrays = {name: np.array(value) for name, value in given.items()}
    return Problem(cost=np.array(cost), sure=sure, in_turn=in_turn, **arrays)


def solved(cost: list[list[float]], **values: Any) -> Solution:
    made = problem(cost, **values)
    return solve(made, np.zeros(made.cost.shape, np.bool_), range(len(cost)))


def test_each_gets_its_cheapest_where_nobody_stands_in_the_way() -> None:
    assert solved([[1, 9], [9, 1]]).now == [[0], [1]]


def test_together_it_costs_least_even_if_one_gets_its_second_best() -> None:
    assert solved([[1, 2], [1, 100]]).now == [[1], [0]]


def test_in_turn_the_first_has_its_cheapest_whatever_is_left_for_the_next() -> None:
    assert solved([[1, 2], [1, 100]], in_turn=True).now == [[0], [1]]
    assert solved([[1, 2], [1, INF]], in_turn=True).now == [[0], []]


def test_in_turn_nobody_busy_is_waited_for_and_several_come_where_one_is_too_few() -> None:
    found = solved([[1, 2, 3]], free_s=[60.0, 0.0, 0.0], missing=[8.0], wanted=[8.0], in_turn=True)
    assert (found.now, found.hold) == ([[1, 2]], [None])
    assert solved([[1, 2, 3]], wanted=[10.0], in_turn=True).now == [[0, 1]]


def test_who_weighs_more_is_served_when_there_are_too_few() -> None:
    assert solved([[50], [10]], weight=[4.0, 1.0]).now == [[0], []]


def test_a_need_has_nobody_only_where_nobody_fits() -> None:
    assert solved([[1, INF], [2, 900_000]], weight=[1.0, 4.0]).now == [[0], [1]]
    assert solved([[INF, INF], [1, 2]]).now == [[], [0]]


def test_equal_costs_go_to_the_first_of_both() -> None:
    assert solved([[5, 5], [5, 5]]).now == [[0], [1]]


def test_a_post_is_taken_by_several_but_once_by_each() -> None:
    found = solved([[1, 9], [1, 9], [1, 9]], shared=[True, False], group=[0, 1, 1])
    assert found.now == [[0], [0], [1]]


def test_several_units_make_up_one_need() -> None:
    assert solved([[1, 2, 3]], missing=[12.0]).now == [[0, 1, 2]]


def test_one_goes_instead_of_several_where_that_costs_less() -> None:
    found = solved([[10, 20, 25]], members=[5.0, 5.0, 10.0], missing=[10.0])
    assert found.now == [[2]]
    assert not found.gone[0, 0]


def test_but_who_is_there_much_sooner_begins() -> None:
    found = solved([[10, 150]], members=[3.0, 7.0], missing=[6.0])
    assert found.now == [[0, 1]]


def test_who_was_given_back_is_there_for_the_others() -> None:
    found = solved(
        [[10, 20, 25], [INF, 7, INF]],
        members=[5.0, 5.0, 10.0],
        missing=[10.0, 5.0],
        weight=[4.0, 1.0],
    )
    assert found.now == [[2], [1]]


def test_the_first_to_answer_take_it_more_are_asked_than_are_missing() -> None:
    assert solved([[1, 2, 3]], wanted=[10.0]).now == [[0, 1]]


def test_asking_more_takes_nobody_from_a_need_that_lacks_people() -> None:
    found = solved([[1, 2], [INF, 9]], wanted=[10.0, 5.0])
    assert found.now == [[0], [1]]


def test_a_busy_unit_is_waited_for_where_nobody_is_free() -> None:
    found = solved([[100.0]], free_s=[60.0])
    assert (found.now, found.hold, found.passed) == ([[]], [0], [False])


def test_or_where_it_will_be_there_much_sooner() -> None:
    found = solved([[100.0, 400.0]], free_s=[60.0, 0.0])
    assert (found.now, found.hold, found.passed) == ([[]], [0], [True])


def test_but_a_guess_must_be_better_by_enough() -> None:
    assert solved([[100.0, 155.0]], free_s=[60.0, 0.0]).now == [[1]]
    assert solved([[1000.0, 1150.0]], free_s=[60.0, 0.0]).now == [[1]]
    assert solved([[100.0, 155.0]], free_s=[60.0, 0.0], sure=True).hold == [0]


def test_doubt_about_the_free_one_is_no_reason_to_wait() -> None:
    found = solved([[1000.0, 1_000_100.0]], free_s=[900.0, 0.0], doubt=[0.0, 1_000_000.0])
    assert found.now == [[1]]


def test_nobody_is_waited_for_twice() -> None:
    found = solved([[100.0], [90.0]], free_s=[60.0], weight=[4.0, 1.0])
    assert found.hold == [0, None]


def test_who_is_gone_is_not_taken() -> None:
    gone = np.array([[True, False]])
    assert solve(problem([[1, 2]]), gone, [0]).now == [[1]]


def test_it_is_the_best_of_all_ways_to_share_out() -> None:
    dice = Random(3)
    for _ in range(200):
        size = dice.randint(2, 5)
        cost = [[float(dice.randint(1, 50)) for _ in range(size)] for _ in range(size)]
        chosen = solved(cost).now
        total = sum(cost[row][columns[0]] for row, columns in enumerate(chosen))
        ways = permutations(range(size))
        assert total == min(sum(cost[r][c] for r, c in enumerate(way)) for way in ways)
