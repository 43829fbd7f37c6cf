"""Every cell of the table in sensors/handheld/moves.py, written out a second time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handheld_make import T0, Bench, make_order

from sensors.handheld.moves import Verdict, is_closed, verdict
from sensors.handheld.values import Held
from sensors.observations import ReplyStatus

SAYABLE = [status for status in ReplyStatus if status is not ReplyStatus.RECEIVED]
# columns: accepted declined en_route on_scene done
TABLE = {
    "received": "send send send send send",
    "accepted": "already_said send send send send",
    "declined": "send_after_decline already_said send_after_decline send_after_decline "
    "send_after_decline",
    "en_route": "earlier_step send already_said send send",
    "on_scene": "earlier_step send earlier_step already_said send",
    "done": "order_finished order_finished order_finished order_finished already_said",
}


def held_with(answer: ReplyStatus, state: str = "offered", expires_at: float | None = None) -> Held:
    bench = Bench()
    bench.take(make_order(state=state, expires_at=expires_at))
    return replace(bench.held(), answer=answer)


@pytest.mark.parametrize("answer", ReplyStatus)
def test_the_table(answer: ReplyStatus) -> None:
    held = held_with(answer)
    assert " ".join(verdict(held, status, T0) for status in SAYABLE) == TABLE[answer]


@pytest.mark.parametrize("answer", ReplyStatus)
@pytest.mark.parametrize("status", SAYABLE)
def test_a_withdrawn_order_takes_no_answer(answer: ReplyStatus, status: ReplyStatus) -> None:
    assert verdict(held_with(answer, "withdrawn"), status, T0) is Verdict.WITHDRAWN


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ReplyStatus.ACCEPTED, Verdict.SEND_EXPIRED),
        (ReplyStatus.EN_ROUTE, Verdict.SEND_EXPIRED),
        (ReplyStatus.DECLINED, Verdict.SEND),  # declining late harms nobody
    ],
)
def test_an_expired_offer_warns(status: ReplyStatus, expected: Verdict) -> None:
    assert verdict(held_with(ReplyStatus.RECEIVED, expires_at=T0), status, T0) is expected


@pytest.mark.parametrize("answer", ReplyStatus)
def test_declined_done_and_withdrawn_close(answer: ReplyStatus) -> None:
    closed = answer in (ReplyStatus.DECLINED, ReplyStatus.DONE)
    assert is_closed(held_with(answer)) is closed
    assert is_closed(held_with(answer, "withdrawn"))
