"""The queue's order is total and pure, its counts whole, and nothing moves under the hand."""

from __future__ import annotations

import random
from typing import Any

import pytest
from desk_stage import ME, NOW, Row, assignment, case, incident, model, quiet
from hypothesis import given
from hypothesis import strategies as st

from command.messages import Rows
from console import item as it
from console.item import Item, item, key, lane, turns_at
from console.model import Model
from console.queue import Queue

ACK = {"by": ME, "until": NOW + 1800}


def of(row: Row, *orders: Row) -> Item:
    return item(row, orders)


def acked(**over: Any) -> Row:
    """A 常 that somebody has, without any deadline of its own."""
    return incident(priority=3, ack=ACK, due={}, released_at=NOW - 60, rec=[]) | over


LANES = [
    ("mayday", it.LIFE, acked(mayday=True), []),
    ("sos that nobody answers", it.LIFE, incident(kind="sos", ack=ACK), []),
    ("sos asked only", it.LIFE, incident(kind="sos", ack=ACK), [assignment()]),
    ("sos, a team goes", it.RUNNING, incident(kind="sos", ack=ACK, due={}, released_at=NOW),
     [assignment(status="accepted", changed_at=NOW)]),
    ("red never acknowledged", it.NOW, incident(), []),
    ("red that lapsed", it.NOW, incident(lapses=1, due={}), []),
    ("red without a candidate", it.NOW, incident(ack=ACK, nobody_for=["crew"]), []),
    ("red that lacks only a wish", it.RUNNING,
     incident(ack=ACK, due={}, released_at=NOW, nobody_for=["guide"]),
     [assignment(status="on_scene")]),
    ("high unseen for 5 min", it.NOW,
     incident(priority=2, opened_at=NOW - 300, due={}, released_at=NOW - 200), []),
    ("high unseen for less", it.TODO,
     incident(priority=2, opened_at=NOW - 299, due={}, released_at=NOW - 200),
     [assignment(expires_at=NOW + 300)]),
    ("officer owes within 2 min", it.DUE, acked(due={"ackend": NOW + 120}), []),
    ("officer owes, overdue", it.DUE, acked(due={"ackend": NOW - 9}), []),
    ("no successor is left", it.DUE, acked(nobody_for=["crew"]), [assignment()]),
    ("red at work", it.RUNNING, incident(ack=ACK, due={}, released_at=NOW),
     [assignment(status="on_scene")]),
    ("officer owes later", it.TODO, acked(due={"ackend": NOW + 121}), []),
    ("unit owes", it.WATCH, acked(due={"ackend": NOW + 900}), [assignment()]),
    ("red resolved waits to be closed", it.TODO, incident(state="resolved", ended_at=NOW), []),
    ("case", it.CASES, case(), []),
    ("case at its last rung, soon", it.DUE, case(level=2, due={"ladder": NOW + 60}), []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "row", "orders"), LANES, ids=[x[0] for x in LANES])
def test_first_lane_that_fits_wins(name: str, expected: int, row: Row, orders: list[Row]) -> None:
    assert lane(of(row, *orders), NOW) == expected


def test_earliest_deadline_counts_and_says_who_owes() -> None:
    order = assignment(status="accepted", changed_at=NOW, eta_s=300)
    made = of(acked(due={"ackend": NOW + 600}), order)
    assert (made.due_kind, made.due_at, made.owes) == ("arrive", NOW + 300, it.UNIT)
    made = of(acked(due={"ackend": NOW + 200}), order)
    assert (made.due_kind, made.due_at, made.owes) == ("ackend", NOW + 200, it.OFFICER)
    made = of(acked(), assignment(status="on_scene", par_at=NOW + 51))
    assert (made.due_kind, made.owes) == ("par", it.UNIT)
    held = {"by": ME, "why": "camera", "until": NOW + 120}
    made = of(incident(priority=3, held=held, due={"release": NOW + 120}))
    assert (made.due_kind, made.due_at) == ("hold", NOW + 120)


def test_what_has_no_deadline_is_looked_at_within_a_day() -> None:
    made = of(acked(opened_at=NOW - 100))
    assert (made.due_kind, made.due_at) == ("", NOW - 100 + 86400)


def test_an_unseen_high_is_the_officers_whoever_else_acts() -> None:
    made = of(incident(priority=2, due={}, released_at=NOW), assignment(status="accepted"))
    assert made.owes == it.OFFICER
    assert turns_at(made, NOW) == made.opened_at + 300


def test_lapsed_is_told_from_never() -> None:
    assert of(incident()).acked == ""
    assert of(incident(lapses=1)).acked == "lapsed"
    assert of(incident(ack=ACK, lapses=1)).acked == "yes"


rows = st.builds(
    lambda n, priority, opened, due, ack, mayday: incident(
        f"I-e1-{n}", priority=priority, opened_at=NOW - opened, due=due, mayday=mayday,
        ack=ACK if ack else None,
    ),
    st.integers(1, 40), st.integers(1, 5), st.sampled_from((0, 299, 300, 5000)),
    st.dictionaries(
        st.sampled_from(("release", "ack", "ackend", "second")),
        st.sampled_from((NOW - 5.0, NOW + 60.0, NOW + 120.5, NOW + 4000.0)),
    ),
    st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(st.lists(rows, max_size=12), max_size=6), st.floats(0, 300))
def test_kept_order_is_the_sorted_order(batches: list[list[Row]], passes: float) -> None:
    m, queue = Model(), Queue()
    for number, batch in enumerate(batches):
        m.take(Rows(rows={"incident": {row["id"]: row for row in batch}}, at="e1-1"), 0.0)
        queue.update(m, m.drain(), NOW + number)
    queue.update(m, (), NOW + len(batches) + passes + 1)
    found = [one for _, one in queue.order(NOW)]
    now = NOW + len(batches) + passes + 1
    assert [key(one, now) for one in found] == sorted(key(one, now) for one in found)
    assert {one.id for one in found} == set(m.table("incident"))
    assert [pair[0] for pair in queue.order(now)] == [lane(one, now) for one in found]
    counted = [sum(one.urgency == n for one in found) for n in (1, 2, 3, 4)]
    assert list(queue.counts().values()) == counted
    assert queue.unacknowledged() == sum(one.urgency == 1 and one.unseen for one in found)


def ids(queue: Queue) -> list[str]:
    return [one.id for _, one in queue.order(NOW)]


def filled(*given_rows: Row) -> tuple[Model, Queue]:
    m, queue = model(*given_rows), Queue()
    queue.update(m, m.drain(), NOW)
    return m, queue


def change(m: Model, *given_rows: Row, gone: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    table: dict[str, Any] = {row["id"]: row for row in given_rows} | dict.fromkeys(gone)
    m.take(Rows(rows={"incident": table}, at="e1-2"), 0.0)
    return m.drain()


def test_frozen_order_stands_still_while_facts_go_on() -> None:
    m, queue = filled(incident("I-1"), quiet("I-2"), quiet("I-3"))
    before = ids(queue)
    changed = change(m, quiet("I-3", priority=1, ack=None), quiet("I-2", title="new"))
    queue.update(m, changed + change(m, incident("I-4")), NOW, frozen=True)
    assert ids(queue) == before
    assert {one.id: one.title for _, one in queue.order(NOW)}["I-2"] == "new"
    assert queue.counts()[1] == 3  # line 1 counts at once what the list does not show yet
    queue.update(m, (), NOW)
    assert ids(queue) == ["I-1", "I-4", "I-3", "I-2"]


def test_top_is_never_frozen() -> None:
    m, queue = filled(quiet("I-2"))
    queue.update(m, change(m, incident("I-4")), NOW, frozen=True)
    top = queue.top(NOW)
    assert top is not None
    assert top.id == "I-4"


def test_ended_row_stays_while_the_cursor_is_on_it() -> None:
    m, queue = filled(incident("I-1"), quiet("I-2"))
    queue.keep = "I-1"
    queue.update(m, change(m, incident("I-1", state="closed", changed_by="二台")), NOW)
    assert ids(queue) == ["I-1", "I-2"]
    assert queue.items["I-1"].ended
    assert queue.counts()[1] == 0
    queue.update(m, change(m, gone=("I-1",)), NOW)  # archived while the cursor is still there
    assert ids(queue) == ["I-1", "I-2"]
    queue.keep = "I-2"
    queue.update(m, (), NOW)
    assert ids(queue) == ["I-2"]


def test_frozen_rows_that_end_stay_until_the_keys_rest() -> None:
    m, queue = filled(incident("I-1"), quiet("I-2"))
    queue.update(m, change(m, gone=("I-2",)), NOW, frozen=True)
    assert ids(queue) == ["I-1", "I-2"]
    assert queue.items["I-2"].ended
    queue.update(m, (), NOW)
    assert ids(queue) == ["I-1"]


def test_reopened_row_is_back_in_its_place() -> None:
    m, queue = filled(incident("I-1"), quiet("I-2"))
    queue.keep = "I-1"
    queue.update(m, change(m, incident("I-1", state="closed")), NOW)
    queue.keep = "I-2"
    queue.update(m, change(m, incident("I-1")), NOW)
    assert ids(queue) == ["I-1", "I-2"]
    assert queue.counts()[1] == 1


def test_an_order_that_changes_moves_its_incident() -> None:
    m, queue = filled(acked(id="I-1", orders=["O-1"]), assignment("O-1", "I-1"))
    assert queue.lane("I-1") == it.WATCH
    changed = {
        "incident": {"I-1": acked(id="I-1", orders=["O-1"], due={"ackend": NOW + 50})},
        "assignment": {"O-1": assignment("O-1", "I-1", status="on_scene")},
    }
    m.take(Rows(rows=changed, at="e1-3"), 0.0)
    queue.update(m, m.drain(), NOW)
    assert queue.lane("I-1") == it.DUE


def test_time_alone_moves_an_item_within_a_second() -> None:
    m, queue = filled(acked(id="I-1", due={"ackend": NOW + 122}))
    assert queue.lane("I-1") == it.TODO
    queue.update(m, (), NOW + 1)
    assert queue.lane("I-1") == it.TODO
    queue.update(m, (), NOW + 2.1)
    assert queue.lane("I-1") == it.DUE


def test_clock_of_the_post_going_back_moves_items_back() -> None:
    m, queue = filled(acked(id="I-1", due={"ackend": NOW + 60}))
    assert queue.lane("I-1") == it.DUE
    queue.update(m, (), NOW - 7200)
    assert queue.lane("I-1") == it.TODO


def test_in_a_storm_reds_move_at_once_and_the_rest_soon() -> None:
    chance = random.Random(7)
    rows = [
        quiet(f"I-{n}", due={"ackend": NOW + 200 + chance.random() * 9000}) for n in range(3000)
    ]
    m, queue = filled(*rows)
    queue.update(m, (), NOW + 1)
    for tenth in range(1, 25):
        now = NOW + 1 + tenth / 10
        batch = [
            row | {"due": {"ackend": NOW + 200 + chance.random() * 9000}}
            for row in chance.sample(rows[100:], 300)
        ]
        batch += [quiet(f"I-{tenth}", priority=1, ack=None)]
        queue.update(m, change(m, *batch), now)
        keys = [key(one, now) for _, one in queue.order(now)]
        assert len(keys) == 3000
        assert {row["id"]: row for row in batch}.items() <= {
            one.id: one.row for _, one in queue.order(now)
        }.items()  # what a row says is never late
        reds = [k for k in keys if k[0] == it.NOW]
        assert len(reds) == tenth
        assert keys[: len(reds)] == sorted(reds)
    now += 3  # the tail has had its turn
    queue.update(m, (), now)
    keys = [key(one, now) for _, one in queue.order(now)]
    assert keys == sorted(keys)
