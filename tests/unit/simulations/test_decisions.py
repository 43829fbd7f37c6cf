"""Two drills are told apart by what was decided, about whom and when, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drill_make import inject, scenario, township

from command.core import events as e
from command.core.events import Event
from simulations.decisions import decisions, differences
from simulations.player import play
from simulations.scenario import Scenario


@pytest.fixture(scope="module")
def made() -> Scenario:
    return scenario(inject(channel="sos-school-1/alarm", payload={"kind": "sos"}))


@pytest.fixture(scope="module")
def found(made: Scenario) -> list[Event]:
    return play(made, township(), "digest").events


def compared(made: Scenario, one: list[Event], other: list[Event], slack_s: float = 1.0) -> int:
    start = made.start_at
    return len(differences(decisions(one, start), decisions(other, start), slack_s))


def offered(events: list[Event]) -> tuple[int, e.UnitOffered]:
    return next((n, one) for n, one in enumerate(events) if isinstance(one, e.UnitOffered))


def test_a_drill_agrees_with_itself(made: Scenario, found: list[Event]) -> None:
    assert decisions(found, made.start_at)
    assert compared(made, found, found, 0.0) == 0


def test_another_team_is_another_decision(made: Scenario, found: list[Event]) -> None:
    number, offer = offered(found)
    other = [*found[:number], replace(offer, unit="militia-9"), *found[number + 1 :]]
    assert compared(made, found, other) == 2


def test_an_offer_that_was_not_made_is_missed(made: Scenario, found: list[Event]) -> None:
    number, _ = offered(found)
    assert compared(made, found, found[:number] + found[number + 1 :]) == 1


def test_later_than_the_slack_is_another_time(made: Scenario, found: list[Event]) -> None:
    number, offer = offered(found)
    late = [*found[:number], replace(offer, at=offer.at + 2.0), *found[number + 1 :]]
    assert compared(made, found, late, 1.0) == 1
    assert compared(made, found, late, 2.0) == 0


def test_numbers_of_orders_and_the_answers_of_teams_are_no_decisions(
    made: Scenario, found: list[Event]
) -> None:
    number, offer = offered(found)
    other = [*found[:number], replace(offer, order_id="XO-e1-77"), *found[number + 1 :]]
    other = [one for one in other if not isinstance(one, e.ReplyReceived)]
    assert compared(made, found, other, 0.0) == 0
