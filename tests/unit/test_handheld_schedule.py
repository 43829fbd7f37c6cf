"""When the outbox goes again."""

from __future__ import annotations

from math import inf

from handheld_make import T0, Bench, make_order

from sensors.handheld import core, schedule
from sensors.handheld.schedule import Schedule


def outbox_of(*kinds: str) -> Bench:
    bench = Bench()
    for kind in kinds:
        bench.fold(core.alarm(bench.state, {"kind": kind}, T0))
    return bench


def due_ids(plan: Schedule, bench: Bench, now: float) -> list[str]:
    return [parcel.id for parcel in schedule.due(plan, bench.state.outbox, now)]


def test_the_pauses_grow_to_a_minute_and_never_end() -> None:
    bench, plan, now, times = outbox_of("smoke"), Schedule(), 0.0, []
    for _ in range(7):
        assert due_ids(plan, bench, now) == ["boot1-1"]
        times.append(now)
        schedule.mark_sent(plan, "boot1-1", now)
        next_at = schedule.next_due(plan, bench.state.outbox)
        assert due_ids(plan, bench, next_at - 0.001) == []
        now = next_at
    assert times == [0, 5, 15, 35, 75, 135, 195]


def test_new_messages_go_at_once_the_oldest_first() -> None:
    bench = outbox_of("smoke", "fire", "other")
    assert due_ids(Schedule(), bench, 0) == ["boot1-1", "boot1-2", "boot1-3"]
    assert schedule.next_due(Schedule(), bench.state.outbox) == -inf


def test_a_call_for_help_goes_before_all_else() -> None:
    assert due_ids(Schedule(), outbox_of("smoke", "fire", "sos"), 0)[0] == "boot1-3"


def test_a_new_connection_sends_all_at_once() -> None:
    bench, plan = outbox_of("smoke"), Schedule()
    for now in (0, 5, 15):
        schedule.mark_sent(plan, "boot1-1", now)
    schedule.restart(plan)
    assert due_ids(plan, bench, 16) == ["boot1-1"]
    schedule.mark_sent(plan, "boot1-1", 16)
    assert schedule.next_due(plan, bench.state.outbox) == 21


def test_a_repeated_order_gets_its_answer_at_once() -> None:
    bench, plan = Bench(), Schedule()
    bench.take(make_order())
    schedule.mark_sent(plan, "boot1-1", 0)
    schedule.at_once(plan, "boot1-1")
    assert due_ids(plan, bench, 0.1) == ["boot1-1"]
    schedule.mark_sent(plan, "boot1-1", 0.1)
    assert schedule.next_due(plan, bench.state.outbox) == 10.1  # the pause grows all the same


def test_what_is_receipted_is_forgotten() -> None:
    bench, plan = outbox_of("smoke"), Schedule()
    schedule.mark_sent(plan, "boot1-1", 0)
    schedule.forget_receipted(plan, {})
    assert plan.sent == {}
    assert schedule.next_due(plan, {}) == inf
    assert due_ids(plan, bench, 0) == ["boot1-1"]
