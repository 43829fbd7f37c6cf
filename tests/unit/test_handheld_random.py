"""Random orders, repeats, losses, restarts: each revision is executed once, nothing is lost."""

from __future__ import annotations

from handheld_make import Bench, make_order
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sensors.handheld import core, schedule
from sensors.handheld.facts import Queued, Took, replay, snapshot
from sensors.handheld.moves import is_closed
from sensors.handheld.values import Order, Parcel, Receipt
from sensors.observations import ReplyStatus

SAYABLE = [status for status in ReplyStatus if status is not ReplyStatus.RECEIVED]
STATES = ["offered", "updated", "withdrawn"]


class Field(RuleBasedStateMachine):
    """A post and a handheld with a channel between them that loses, repeats and reorders."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.issued: list[Order] = []
        self.delivered: set[tuple[str, int]] = set()
        self.said: dict[str, Parcel] = {}  # everything that was ever to be sent, by id
        self.receipted: set[str] = set()
        self.executed: list[tuple[str, int]] = []
        self.schedule = schedule.Schedule()

    @rule(number=st.integers(1, 3), state=st.sampled_from(STATES))
    def issue(self, number: int, state: str) -> None:
        order_id = f"O-e1-{number}"
        rev = 1 + sum(order.order_id == order_id for order in self.issued)
        expires_at = self.bench.now + 60 if rev % 2 else None
        self.issued.append(make_order(order_id, rev, state, expires_at=expires_at))

    @precondition(lambda self: self.issued)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.issued))
        step = self._fold(core.on_order(self.bench.state, order, self.bench.now))
        self.delivered.add((order.order_id, order.rev))
        current = self.bench.held(order.order_id).received
        took = [fact.received for fact in step.facts if isinstance(fact, Took)]
        assert [*took, *step.again] == [current], "every order message is answered, once"

    @precondition(lambda self: self.bench.state.held)
    @rule(data=st.data(), status=st.sampled_from(SAYABLE))
    def answer(self, data: st.DataObject, status: ReplyStatus) -> None:
        held = data.draw(st.sampled_from(list(self.bench.state.held.values())))
        self._fold(core.answer(self.bench.state, held, status, "", self.bench.now))

    @rule()
    def report(self) -> None:
        self._fold(core.alarm(self.bench.state, {"kind": "smoke"}, self.bench.now))

    @precondition(lambda self: self.said)
    @rule(data=st.data(), outcome=st.sampled_from(["logged", "duplicate", "rejected"]))
    def receipt(self, data: st.DataObject, outcome: str) -> None:
        message_id = data.draw(st.sampled_from(sorted(self.said)))
        self._receipt([message_id], outcome)

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.bench.now += seconds
        self._fold(core.on_tick(self.bench.state, self.bench.now))

    @rule()
    def killed_and_started(self) -> None:
        self.bench.boot()

    @rule()
    def compacted(self) -> None:
        self.bench.facts = list(snapshot(self.bench.state, self.bench.now))
        assert replay(self.bench.facts) == self.bench.state

    @invariant()
    def every_revision_is_executed_once_and_in_order(self) -> None:
        assert len(set(self.executed)) == len(self.executed)
        for order_id in {order_id for order_id, _ in self.executed}:
            revs = [rev for one, rev in self.executed if one == order_id]
            assert revs == sorted(revs)
            assert revs[-1] == max(rev for one, rev in self.delivered if one == order_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert set(self.bench.state.outbox) == set(self.said) - self.receipted

    @invariant()
    def what_has_no_receipt_goes_again(self) -> None:
        outbox = self.bench.state.outbox
        now = self.bench.now + schedule.PAUSES_S[-1]
        assert {parcel.id for parcel in schedule.due(self.schedule, outbox, now)} == set(outbox)
        for key in outbox:
            schedule.mark_sent(self.schedule, key, self.bench.now)

    @invariant()
    def closed_orders_are_not_listed(self) -> None:
        listed = {one["order_id"] for one in core.listing(self.bench.state, self.bench.now)}
        held = self.bench.state.held
        assert listed == {key for key, one in held.items() if not is_closed(one)}

    def teardown(self) -> None:
        """The post comes back for good: everything gets its receipt."""
        self._receipt(list(self.bench.state.outbox), "logged")
        assert not self.bench.state.outbox

    def _receipt(self, ids: list[str], outcome: str) -> None:
        receipts = [Receipt(id=one, outcome=outcome) for one in ids]
        self.receipted.update(ids)
        self._fold(core.on_receipts(self.bench.state, receipts, self.bench.now))

    def _fold(self, step: core.Step) -> core.Step:
        for fact in step.facts:
            if isinstance(fact, Took):
                self.executed.append((fact.order.order_id, fact.order.rev))
                self._remember(fact.received)
            elif isinstance(fact, Queued):
                self._remember(fact.parcel)
        orders = [one for one in step.shown if one.event == "order"]
        assert len(orders) == sum(isinstance(fact, Took) for fact in step.facts)
        return self.bench.fold(step)

    def _remember(self, parcel: Parcel) -> None:
        assert parcel.id not in self.said, "an id is never used twice"
        self.said[parcel.id] = parcel


TestField = Field.TestCase
TestField.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
