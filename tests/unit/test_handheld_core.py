"""The rules at the top of sensors/handheld/core.py, one by one."""

from __future__ import annotations

from math import inf

import pytest
from handheld_make import T0, Bench, make_order

from sensors import messages
from sensors.handheld import core
from sensors.handheld.facts import replay, snapshot
from sensors.handheld.values import Notice, Receipt
from sensors.handheld.wire import parcel_bytes
from sensors.observations import ReplyStatus
from sensors.topics import Kind

RECEIVED, ACCEPTED, DECLINED = ReplyStatus.RECEIVED, ReplyStatus.ACCEPTED, ReplyStatus.DECLINED
EN_ROUTE, ON_SCENE, DONE = ReplyStatus.EN_ROUTE, ReplyStatus.ON_SCENE, ReplyStatus.DONE


def receipt(message_id: str, outcome: str = "logged", **more: str) -> Receipt:
    return Receipt(id=message_id, outcome=outcome, **more)


def test_a_new_order_is_answered_received_with_its_revision_and_shown() -> None:
    bench = Bench()
    bench.take(make_order(rev=3))
    [parcel] = bench.state.outbox.values()
    reply = messages.read(messages.Reply, parcel_bytes(parcel))
    assert (reply.status, reply.rev, reply.order_id) == (RECEIVED, 3, "O-e1-17")
    assert reply.unit == "militia-1"
    assert bench.shown[-1].event == "order"


@pytest.mark.parametrize("between", ["nothing", "receipt", "restart", "receipt and restart"])
def test_a_repeat_gets_the_same_message_again_and_is_not_shown(between: str) -> None:
    bench = Bench()
    bench.take(make_order())
    [first] = bench.state.outbox.values()
    if "receipt" in between:
        bench.fold(core.on_receipts(bench.state, [receipt(first.id)], T0))
    if "restart" in between:
        bench.boot()
    bench.shown.clear()
    step = bench.take(make_order(text="even with another text"))
    assert step.again == (first,)
    assert not step.facts
    assert bench.shown == []


def test_a_lower_revision_changes_nothing_and_gets_the_answer_of_the_one_in_hand() -> None:
    bench = Bench()
    bench.take(make_order(rev=2, state="updated", text="two"))
    received = bench.held().received
    step = bench.take(make_order(rev=1, text="one"))
    assert step.again == (received,)
    assert bench.held().order.text == "two"
    assert bench.events().count("order") == 1


def test_each_new_revision_gets_a_fresh_received() -> None:
    bench = Bench()
    bench.take(make_order(rev=1))
    bench.take(make_order(rev=2, state="updated"))
    first, second = bench.sent(RECEIVED)
    assert first.id != second.id
    assert (first.body["rev"], second.body["rev"]) == (1, 2)


@pytest.mark.parametrize(
    ("state", "answer"), [("offered", RECEIVED), ("updated", EN_ROUTE), ("withdrawn", EN_ROUTE)]
)
def test_an_update_keeps_what_we_said_and_a_new_offer_asks_anew(
    state: str, answer: ReplyStatus
) -> None:
    bench = Bench()
    bench.take(make_order())
    bench.say(EN_ROUTE)
    bench.take(make_order(rev=2, state=state))
    assert bench.held().answer is answer


def test_withdrawn_closes_the_order_and_takes_no_answer() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.take(make_order(rev=2, state="withdrawn"))
    before = len(bench.state.outbox)
    bench.say(ACCEPTED)
    assert len(bench.state.outbox) == before
    assert bench.shown[-1].data["verdict"] == "order_withdrawn"
    assert core.listing(bench.state, T0) == []


def test_a_withdrawal_that_overtakes_its_offer_wins() -> None:
    bench = Bench()
    bench.take(make_order(rev=2, state="withdrawn"))
    bench.take(make_order(rev=1))
    assert core.listing(bench.state, T0) == []
    assert [one.data["state"] for one in bench.shown if one.event == "order"] == ["withdrawn"]


def test_an_unanswered_offer_expires_once_and_is_still_answerable_with_a_warning() -> None:
    bench = Bench()
    bench.take(make_order(expires_at=T0 + 60))
    assert core.next_expiry(bench.state) == T0 + 60
    bench.fold(core.on_tick(bench.state, T0 + 59.9))
    assert "expired" not in bench.events()
    bench.now = T0 + 60
    for _ in range(2):
        bench.fold(core.on_tick(bench.state, bench.now))
    bench.boot()
    bench.fold(core.on_tick(bench.state, bench.now))
    assert bench.events().count("expired") == 1
    assert core.next_expiry(bench.state) == inf
    bench.say(ACCEPTED)
    assert bench.shown[-1].data["verdict"] == "send_expired"
    assert len(bench.sent(ACCEPTED)) == 1


def test_an_accepted_order_does_not_expire() -> None:
    bench = Bench()
    bench.take(make_order(expires_at=T0 + 60))
    bench.say(ACCEPTED)
    assert core.next_expiry(bench.state) == inf
    assert core.on_tick(bench.state, T0 + 61) == core.Step()


def test_an_offer_that_arrives_expired_says_so() -> None:
    bench = Bench()
    bench.take(make_order(expires_at=T0 - 1))
    assert bench.shown[-1].data["late"] is True


def test_an_order_is_refused_twice_only_in_words() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.say(ACCEPTED)
    bench.say(ACCEPTED)
    assert len(bench.sent(ACCEPTED)) == 1
    assert bench.shown[-1].event == "refused"


def test_ids_are_unique_across_restarts() -> None:
    bench = Bench()
    for run in range(3):
        for n in range(3):
            bench.take(make_order(f"O-{run}-{n}"))
        bench.boot()
    assert len(bench.state.outbox) == 9


@pytest.mark.parametrize("outcome", ["opened", "merged", "logged", "duplicate"])
def test_a_receipt_removes_the_message_and_shows_the_outcome(outcome: str) -> None:
    bench = Bench()
    bench.fold(core.duty(bench.state, T0, on=True))
    [parcel] = bench.state.outbox.values()
    bench.fold(core.on_receipts(bench.state, [receipt(parcel.id, outcome)] * 2, T0))
    assert not bench.state.outbox
    assert [one.data["outcome"] for one in bench.shown if one.event == "receipt"] == [outcome]


def test_rejected_is_shown_with_its_reason_and_removed_even_for_received() -> None:
    bench = Bench()
    bench.take(make_order())
    [parcel] = bench.state.outbox.values()
    reason = "the order is unknown"
    step = core.on_receipts(bench.state, [receipt(parcel.id, "rejected", reason=reason)], T0)
    bench.fold(step)
    assert not bench.state.outbox
    assert bench.shown[-1].event == "rejected"
    assert bench.shown[-1].data["reason"] == reason


def test_the_receipt_of_received_is_silent() -> None:
    bench = Bench()
    bench.take(make_order())
    shown = len(bench.shown)
    [parcel] = bench.state.outbox.values()
    bench.fold(core.on_receipts(bench.state, [receipt(parcel.id)], T0))
    assert len(bench.shown) == shown


def test_receipts_of_another_handheld_are_not_our_business() -> None:
    bench = Bench()
    bench.take(make_order())
    assert core.on_receipts(bench.state, [receipt("someone-else-1")], T0) == core.Step()


def test_news_of_a_report_is_shown_when_it_changes() -> None:
    bench = Bench()
    bench.fold(core.alarm(bench.state, {"kind": "smoke"}, T0))
    [parcel] = bench.state.outbox.values()
    for step, text in [
        ("", ""),
        ("assigned", "on the way"),
        ("assigned", "on the way"),
        ("done", ""),
    ]:
        told = [receipt(parcel.id, "opened", step=step, text=text)]
        bench.fold(core.on_receipts(bench.state, told, T0))
    assert [one.data["step"] for one in bench.shown if one.event == "news"] == ["assigned", "done"]
    bench.boot()
    again = core.on_receipts(bench.state, [receipt(parcel.id, "opened", step="done")], T0)
    assert again == core.Step()


def test_a_request_names_the_order_in_progress() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.fold(core.request(bench.state, "water", "", T0))
    bench.say(ACCEPTED)
    bench.fold(core.request(bench.state, "water", "two", T0))
    first, second = [p for p in bench.state.outbox.values() if p.kind is Kind.REQUEST]
    assert "order_id" not in first.body
    assert second.body["order_id"] == "O-e1-17"
    assert messages.read(messages.Request, parcel_bytes(second)).text == "two"


def test_notices_and_unreadable_messages_are_said_once_also_after_a_restart() -> None:
    bench = Bench()
    notice = Notice(key="n-1", text="rain")
    for _ in range(2):
        bench.fold(core.on_notice(bench.state, notice, T0))
        bench.fold(core.on_unreadable(bench.state, "order", "order:1", "bad", T0))
        bench.boot()
    assert bench.events().count("notice") == 1
    assert bench.events().count("unreadable") == 1


def test_the_same_notice_id_for_another_place_is_another_notice() -> None:
    bench = Bench()
    bench.fold(core.on_notice(bench.state, Notice(key="1", text="all"), T0))
    bench.fold(core.on_notice(bench.state, Notice(key="1", text="here", scope="v03"), T0))
    assert bench.events().count("notice") == 2


def test_a_restart_lists_the_open_orders_and_what_has_no_receipt() -> None:
    bench = Bench()
    bench.take(make_order("O-1"))
    bench.take(make_order("O-2"))
    bench.say(DECLINED, "O-2", "路断了")
    bench.boot()
    journal = bench.shown[-1]
    assert journal.event == "journal"
    assert [order["order_id"] for order in journal.data["orders"]] == ["O-1"]
    assert journal.data["unreceipted"] == 3


def test_a_snapshot_folds_to_the_same_state() -> None:
    bench = Bench()
    bench.take(make_order("O-1", expires_at=T0 + 1))
    bench.take(make_order("O-2"))
    bench.say(ACCEPTED, "O-2")
    bench.say(ON_SCENE, "O-2")
    # the later answer has its receipt, the earlier one hasn't: it must not come back as the answer
    [arrived] = bench.sent(ON_SCENE)
    bench.fold(core.on_receipts(bench.state, [receipt(arrived.id)], T0))
    bench.fold(core.alarm(bench.state, {"kind": "smoke"}, T0))
    *_, smoke = bench.state.outbox.values()
    told = [receipt(smoke.id, "opened", step="assigned")]
    bench.fold(core.on_receipts(bench.state, told, T0))
    bench.fold(core.on_tick(bench.state, T0 + 2))
    bench.fold(core.on_notice(bench.state, Notice(key="n", text="x"), T0))
    assert bench.held("O-2").answer is ON_SCENE
    assert replay(snapshot(bench.state, T0)) == bench.state


def test_compaction_forgets_only_finished_orders_of_a_month_ago() -> None:
    bench = Bench()
    for order_id in ("O-done", "O-open", "O-waiting"):
        bench.take(make_order(order_id))
    bench.say(ACCEPTED, "O-open")
    bench.say(DONE, "O-done")
    bench.say(DONE, "O-waiting")
    keep = [p.id for p in bench.state.outbox.values() if p.order_id != "O-waiting"]
    bench.fold(core.on_receipts(bench.state, [receipt(one) for one in keep], T0))
    later = replay(snapshot(bench.state, T0 + 31 * 86400))
    assert set(later.held) == {"O-open", "O-waiting"}
    assert set(replay(snapshot(bench.state, T0 + 29 * 86400)).held) == set(bench.state.held)
