"""When orders go again: growing pauses, signs of life, and never once they are confirmed."""

from __future__ import annotations

from command.core import events as e
from command.core.outbox import PAUSES_S, QUIET_S, Schedule
from command.core.reasons import Reason
from command.core.world import Outgoing, World, empty


def _world(*orders: tuple[str, str]) -> World:
    world = empty("fs", "jingming")
    for order_id, unit in orders:
        world.outbox[order_id] = Outgoing(unit, 1, "offered", {}, None, 0.0)
    return world


def _loaded(*orders: tuple[str, str]) -> tuple[Schedule, World]:
    world, schedule = _world(*orders), Schedule()
    schedule.load(world)
    return schedule, world


def _all_due(schedule: Schedule, now: float) -> list[str]:
    found = []
    while (order_id := schedule.next_due(now)) is not None:
        found.append(order_id)
        schedule.sent(order_id, now)
    return found


def test_after_a_restart_everything_goes_again_in_its_order() -> None:
    schedule, _ = _loaded(("O-e1-2", "b"), ("O-e1-1", "a"))
    assert _all_due(schedule, 100.0) == ["O-e1-2", "O-e1-1"]


def test_the_pauses_grow_and_then_stay() -> None:
    schedule, _ = _loaded(("O-e1-1", "a"))
    now = 100.0
    assert _all_due(schedule, now) == ["O-e1-1"]
    for pause in (*PAUSES_S, PAUSES_S[-1]):
        assert _all_due(schedule, now + pause - 0.001) == []
        now += pause
        assert _all_due(schedule, now) == ["O-e1-1"]


def test_what_could_not_be_sent_stays_due() -> None:
    schedule, _ = _loaded(("O-e1-1", "a"))
    assert schedule.next_due(100.0) == schedule.next_due(200.0) == "O-e1-1"


def test_a_sign_of_life_sends_again_but_not_what_went_out_just_now() -> None:
    schedule, _ = _loaded(("O-e1-1", "a"), ("O-e1-2", "b"))
    _all_due(schedule, 100.0)
    schedule.heard_from("a", 100.0 + QUIET_S - 0.1)
    assert _all_due(schedule, 100.0 + QUIET_S - 0.1) == []
    schedule.heard_from("a", 100.0 + QUIET_S)
    schedule.heard_from("nobody", 100.0 + QUIET_S)
    assert _all_due(schedule, 100.0 + QUIET_S) == ["O-e1-1"]


def test_a_confirmed_order_goes_no_more() -> None:
    schedule, world = _loaded(("O-e1-1", "a"))
    _all_due(schedule, 100.0)
    settled = e.OrderSettled(
        at=101.0, cause="x", reason=Reason.RECEIVED_BY_UNIT, order_id="O-e1-1", unit="a", rev=1
    )
    schedule.follow([settled], world)  # a newer revision waits: it goes on
    assert _all_due(schedule, 110.0) == ["O-e1-1"]
    del world.outbox["O-e1-1"]
    schedule.follow([settled], world)
    schedule.heard_from("a", 200.0)
    assert _all_due(schedule, 1000.0) == []
    assert len(schedule) == 0


def test_a_new_revision_goes_at_once() -> None:
    schedule, world = _loaded(("O-e1-1", "a"))
    _all_due(schedule, 100.0)
    queued = e.OrderQueued(
        at=101.0,
        cause="x",
        reason=Reason.ORDER_CHANGED,
        order_id="O-e1-1",
        unit="a",
        rev=2,
        state="updated",
        message={},
        until=None,
    )
    schedule.follow([queued], world)
    assert _all_due(schedule, 101.0) == ["O-e1-1"]


def test_an_archived_incident_takes_its_orders_along() -> None:
    schedule, world = _loaded(("O-e1-1", "a"))
    world.outbox.clear()
    archived = e.IncidentArchived(at=1.0, cause="x", reason=Reason.KEPT_A_DAY, incident="I-e1-1")
    schedule.follow([archived], world)
    assert _all_due(schedule, 1.0) == []
