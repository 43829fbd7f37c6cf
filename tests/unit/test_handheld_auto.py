"""A handheld that answers by itself."""

from __future__ import annotations

from math import inf

import pytest
from handheld_make import T0, Bench, make_order

from sensors.handheld import core
from sensors.handheld.auto import AutoStep, due, next_due, parse_auto
from sensors.observations import ReplyStatus


def answers(bench: Bench, spec: str, at: float, speed: float = 1.0) -> list[str]:
    """What it says by `at` when it is asked once a second."""
    steps, said = parse_auto(spec, speed), []
    while bench.now <= at:
        while (found := due(bench.state, steps, bench.now)) is not None:
            held, step = found
            bench.fold(core.answer(bench.state, held, step.status, step.text, bench.now))
            said.append(f"{held.order.order_id} {step.status}@{bench.now - T0:g}")
        bench.now += 1
    return said


@pytest.mark.parametrize(
    ("spec", "speed", "steps"),
    [
        ("", 1, ()),
        ("never", 1, ()),
        ("accept=5", 1, (AutoStep(5, ReplyStatus.ACCEPTED),)),
        (
            "here=120, go=20",
            10,
            (AutoStep(2, ReplyStatus.EN_ROUTE), AutoStep(12, ReplyStatus.ON_SCENE)),
        ),
        ("decline=10:路断了", 1, (AutoStep(10, ReplyStatus.DECLINED, "路断了"),)),
        ("decline=1:a:b", 1, (AutoStep(1, ReplyStatus.DECLINED, "a:b"),)),
    ],
)
def test_specs(spec: str, speed: float, steps: tuple[AutoStep, ...]) -> None:
    assert parse_auto(spec, speed) == steps


@pytest.mark.parametrize(
    "spec",
    [
        "accept",
        "accept=",
        "accept=x",
        "accept=-1",
        "accept=nan",
        "accept=inf",
        "fly=3",
        "accept=1,,",
        "accept=1,accept=2",
        "never,accept=1",
    ],
)
def test_bad_specs(spec: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_auto(spec)


@pytest.mark.parametrize("speed", [0, -1, inf, float("nan")])
def test_bad_speeds(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        parse_auto("accept=1", speed)


def test_it_goes_through_all_steps() -> None:
    bench = Bench()
    bench.take(make_order())
    said = answers(bench, "accept=5,go=20,here=120,done=300", T0 + 400)
    assert said == [
        "O-e1-17 accepted@5",
        "O-e1-17 en_route@20",
        "O-e1-17 on_scene@120",
        "O-e1-17 done@300",
    ]


def test_it_declines_with_a_reason() -> None:
    bench = Bench()
    bench.take(make_order())
    assert answers(bench, "decline=2:路断了", T0 + 9) == ["O-e1-17 declined@2"]
    assert bench.sent(ReplyStatus.DECLINED)[0].body["text"] == "路断了"


def test_a_restart_says_nothing_twice_and_forgets_nothing() -> None:
    bench = Bench()
    bench.take(make_order())
    assert answers(bench, "accept=1,go=5", T0 + 2) == ["O-e1-17 accepted@1"]
    bench.boot()
    assert answers(bench, "accept=1,go=5", T0 + 9) == ["O-e1-17 en_route@5"]


def test_what_a_person_said_first_is_not_said_again() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.say(ReplyStatus.EN_ROUTE)
    assert answers(bench, "accept=1,go=2,here=3", T0 + 9) == ["O-e1-17 on_scene@3"]


@pytest.mark.parametrize("state", ["withdrawn", "declined"])
def test_a_closed_order_gets_no_answer(state: str) -> None:
    bench = Bench()
    bench.take(make_order())
    if state == "withdrawn":
        bench.take(make_order(rev=2, state="withdrawn"))
    else:
        bench.say(ReplyStatus.DECLINED)
    assert answers(bench, "accept=1,done=2", T0 + 9) == []
    assert next_due(bench.state, parse_auto("accept=1"), T0) == inf


def test_an_expired_offer_is_not_accepted_by_a_machine() -> None:
    bench = Bench()
    bench.take(make_order(expires_at=T0 + 3))
    assert answers(bench, "accept=5", T0 + 9) == []


def test_an_update_does_not_start_the_clock_again_and_a_new_offer_does() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.now = T0 + 3
    bench.take(make_order(rev=2, state="updated"))
    assert next_due(bench.state, parse_auto("accept=5"), bench.now) == T0 + 5
    bench.take(make_order(rev=3, state="offered"))
    assert next_due(bench.state, parse_auto("accept=5"), bench.now) == T0 + 8


def test_several_orders_are_answered_each_in_its_time() -> None:
    bench = Bench()
    bench.take(make_order("O-1"))
    bench.now = T0 + 1
    bench.take(make_order("O-2"))
    said = answers(bench, "accept=2,done=3", T0 + 9)
    assert said == ["O-1 accepted@2", "O-1 done@3", "O-2 accepted@3", "O-2 done@4"]
