"""What a team may answer to an order, as a table. Pure.

Rules. The answers normally come in the order of `ReplyStatus`; steps may be left out, for the post
implies them. What was said is not said again. An older step after a newer one is not sent, for it
would only confuse. Declining stays possible until the work is done (a vehicle breaks down). A team
that declined may still come: it is told that it had declined, and the post decides. A withdrawn or
finished order takes no answer.
"""

from __future__ import annotations

from enum import StrEnum

from sensors.handheld.values import Held, OrderState
from sensors.observations import ReplyStatus

RECEIVED, ACCEPTED, DECLINED = ReplyStatus.RECEIVED, ReplyStatus.ACCEPTED, ReplyStatus.DECLINED
EN_ROUTE, ON_SCENE, DONE = ReplyStatus.EN_ROUTE, ReplyStatus.ON_SCENE, ReplyStatus.DONE


class Verdict(StrEnum):
    """Whether an answer goes out, and what the team is told about it."""

    SEND = "send"
    SEND_EXPIRED = "send_expired"  # sent, with the warning that the offer has expired
    SEND_AFTER_DECLINE = "send_after_decline"  # sent, with the warning that we had declined
    AGAIN = "already_said"
    EARLIER = "earlier_step"
    FINISHED = "order_finished"
    WITHDRAWN = "order_withdrawn"


SENDING = frozenset({Verdict.SEND, Verdict.SEND_EXPIRED, Verdict.SEND_AFTER_DECLINE})

_S, _A, _E, _F = Verdict.SEND, Verdict.AGAIN, Verdict.EARLIER, Verdict.FINISHED
_D = Verdict.SEND_AFTER_DECLINE
# fmt: off
_TABLE: dict[ReplyStatus, dict[ReplyStatus, Verdict]] = {
    RECEIVED: {ACCEPTED: _S, DECLINED: _S, EN_ROUTE: _S, ON_SCENE: _S, DONE: _S},
    ACCEPTED: {ACCEPTED: _A, DECLINED: _S, EN_ROUTE: _S, ON_SCENE: _S, DONE: _S},
    EN_ROUTE: {ACCEPTED: _E, DECLINED: _S, EN_ROUTE: _A, ON_SCENE: _S, DONE: _S},
    ON_SCENE: {ACCEPTED: _E, DECLINED: _S, EN_ROUTE: _E, ON_SCENE: _A, DONE: _S},
    DONE:     {ACCEPTED: _F, DECLINED: _F, EN_ROUTE: _F, ON_SCENE: _F, DONE: _A},
    DECLINED: {ACCEPTED: _D, DECLINED: _A, EN_ROUTE: _D, ON_SCENE: _D, DONE: _D},
}
# fmt: on


def verdict(held: Held, status: ReplyStatus, now: float) -> Verdict:
    """What becomes of answering `status` to this order now. `received` is not for people."""
    if held.order.state is OrderState.WITHDRAWN:
        return Verdict.WITHDRAWN
    said = _TABLE[held.answer][status]
    if said is Verdict.SEND and status is not DECLINED and is_expired(held, now):
        return Verdict.SEND_EXPIRED
    return said


def is_closed(held: Held) -> bool:
    """True when the order asks nothing of us any more."""
    return held.order.state is OrderState.WITHDRAWN or held.answer in (DECLINED, DONE)


def is_expired(held: Held, now: float) -> bool:
    """True for an open offer that nobody answered by its expiry; an accepted one can't expire."""
    expires = held.order.expires_at
    unanswered = held.answer is RECEIVED and not is_closed(held)
    return unanswered and expires is not None and now >= expires
