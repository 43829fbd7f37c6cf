"""One unit's handheld, without I/O: what to do with each thing that happens. Pure.

Rules. Every order message is answered `received`; a repeat of a revision gets the same message
again (same id), a lower revision gets the answer of the one in hand. A revision is shown once and
taken once, in whatever order revisions arrive: the highest wins. What we say stays in the outbox
until its receipt. Each function takes the state and `now` and returns a `Step`; it changes
nothing. The caller puts `Step.facts` on disk, folds them into the state (facts.evolve), and only
then publishes and shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from sensors.handheld.facts import (
    NEWSWORTHY,
    Booted,
    Expired,
    Fact,
    NewsShown,
    Queued,
    Receipted,
    Seen,
    Took,
)
from sensors.handheld.moves import SENDING, is_closed, is_expired, verdict
from sensors.handheld.values import (
    Held,
    Notice,
    Order,
    OrderState,
    Parcel,
    Receipt,
    Shown,
    State,
)
from sensors.observations import ReplyStatus
from sensors.times import rfc3339
from sensors.topics import Kind


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from one thing: facts for the disk, messages to say again, lines to show.

    A new message needs no mention in `again`: it is in the outbox by its `Queued` or `Took`.
    """

    facts: tuple[Fact, ...] = ()
    again: tuple[Parcel, ...] = ()
    shown: tuple[Shown, ...] = ()


def on_boot(state: State, boot: str, now: float) -> Step:
    """A run begins: a fresh id prefix, and the open orders as a list."""
    shown = [Shown("journal", {"orders": listing(state, now), "unreceipted": len(state.outbox)})]
    return Step(facts=(Booted(boot, now),), shown=tuple(shown))


def on_order(state: State, order: Order, now: float) -> Step:
    """An order message, new or repeated."""
    held = state.held.get(order.order_id)
    if held is not None and order.rev <= held.order.rev:
        return Step(again=(held.received,))
    received = _reply(state, order, ReplyStatus.RECEIVED, "", now)
    took = Took(order, received, now)
    asks = held is None or order.state is OrderState.OFFERED or held.answer is ReplyStatus.RECEIVED
    late = asks and order.expires_at is not None and now >= order.expires_at
    data = order_data(order, new=held is None or is_closed(held), asks=asks, late=late)
    return Step(facts=(took,), shown=(Shown("order", data),))


def on_unreadable(state: State, what: str, key: str, detail: str, now: float) -> Step:
    """A message of the post that we can't read. Said once: someone must ask by telephone."""
    if key in state.seen:
        return Step()
    shown = Shown("unreadable", {"what": what, "detail": detail})
    return Step(facts=(Seen(key, now, f"{what}: {detail}"),), shown=(shown,))


def on_notice(state: State, notice: Notice, now: float) -> Step:
    """A warning, a roll call, a stand-down: shown once."""
    key = f"notice:{notice.scope}:{notice.key}"
    if key in state.seen:
        return Step()
    data = {
        "scope": notice.scope,
        "text": notice.text,
        "fields": notice.fields,
        "exercise": notice.exercise,
    }
    return Step(facts=(Seen(key, now, notice.text),), shown=(Shown("notice", data),))


def on_receipts(state: State, receipts: Iterable[Receipt], now: float) -> Step:
    """Receipts, ours or those of another handheld of this unit (which are not our business)."""
    facts: list[Fact] = []
    shown: list[Shown] = []
    done: set[str] = set()
    for receipt in receipts:
        parcel = state.outbox.get(receipt.id)
        if parcel is not None and receipt.id not in done:
            done.add(receipt.id)
            facts.append(_receipted(receipt, now))
            shown.extend(_receipt_lines(parcel, receipt))
        _news(state, receipt, facts, shown)
    return Step(facts=tuple(facts), shown=tuple(shown))


def _receipted(receipt: Receipt, now: float) -> Receipted:
    return Receipted(receipt.id, receipt.outcome, now, receipt.reason, receipt.incident_id)


def _receipt_lines(parcel: Parcel, receipt: Receipt) -> list[Shown]:
    data = parcel_data(parcel) | {
        "outcome": receipt.outcome,
        "reason": receipt.reason,
        "incident_id": receipt.incident_id,
    }
    if receipt.outcome == "rejected":
        return [Shown("rejected", data)]
    # The receipt of `received` is between the programs; a person said nothing there.
    return [] if parcel.status is ReplyStatus.RECEIVED else [Shown("receipt", data)]


def _news(state: State, receipt: Receipt, facts: list[Fact], shown: list[Shown]) -> None:
    """Later news of something we reported; receipts repeat, so only a change is shown."""
    news = f"{receipt.step}\n{receipt.text}"
    parcel = state.told.get(receipt.id) or state.outbox.get(receipt.id)
    if parcel is None or parcel.kind not in NEWSWORTHY or not (receipt.step or receipt.text):
        return
    if state.news.get(receipt.id) == news or NewsShown(receipt.id, news) in facts:
        return
    facts.append(NewsShown(receipt.id, news))
    data = parcel_data(parcel) | {"step": receipt.step, "text": receipt.text}
    shown.append(Shown("news", data | {"incident_id": receipt.incident_id}))


def on_tick(state: State, now: float) -> Step:
    """Marks the offers whose time has run out, each once."""
    over = [h for h in state.held.values() if is_expired(h, now) and not h.expired]
    return Step(
        facts=tuple(Expired(h.order.order_id, now) for h in over),
        shown=tuple(Shown("expired", order_data(h.order)) for h in over),
    )


def next_expiry(state: State) -> float:
    """When `on_tick` has something to do next (POSIX seconds), infinity for never."""
    times = [
        held.order.expires_at
        for held in state.held.values()
        if held.order.expires_at is not None and not held.expired and is_expired(held, inf)
    ]
    return min(times, default=inf)


def answer(state: State, held: Held, status: ReplyStatus, text: str, now: float) -> Step:
    """The team answers an order. Nothing is sent when the answer makes no sense any more."""
    says = verdict(held, status, now)
    data = order_data(held.order) | {"status": status.value, "verdict": says.value}
    if says not in SENDING:
        return Step(shown=(Shown("refused", data | {"answer": held.answer.value}),))
    parcel = _reply(state, held.order, status, text, now)
    return Step(
        facts=(Queued(parcel),), shown=(Shown("queued", parcel_data(parcel) | {"verdict": says}),)
    )


def duty(state: State, now: float, *, on: bool) -> Step:
    """On or off duty."""
    return _queued(_parcel(state, Kind.DUTY, {"on": on}, now))


def request(state: State, need: str, text: str, now: float) -> Step:
    """The team needs something; it belongs to the order in progress, where there is one."""
    body: dict[str, Any] = {"need": need} | ({"text": text} if text else {})
    current = in_progress(state)
    order_id = current.order.order_id if current is not None else ""
    if order_id:
        body["order_id"] = order_id
    return _queued(_parcel(state, Kind.REQUEST, body, now, order_id=order_id))


def alarm(state: State, body: dict[str, Any], now: float) -> Step:
    """SOS or a patrol's report; `body` has kind and whatever else is known."""
    return _queued(_parcel(state, Kind.ALARM, body, now))


def _queued(parcel: Parcel) -> Step:
    return Step(facts=(Queued(parcel),), shown=(Shown("queued", parcel_data(parcel)),))


def _reply(state: State, order: Order, status: ReplyStatus, text: str, now: float) -> Parcel:
    body: dict[str, Any] = {
        "order_id": order.order_id,
        "rev": order.rev,
        "unit": order.unit,
        "status": status.value,
    }
    if text:
        body["text"] = text
    order_id = order.order_id
    return _parcel(state, Kind.REPLY, body, now, order_id=order_id, status=status)


def _parcel(
    state: State,
    kind: Kind,
    body: dict[str, Any],
    now: float,
    *,
    order_id: str = "",
    status: ReplyStatus | None = None,
) -> Parcel:
    n = state.counter + 1
    message_id = f"{state.boot}-{n}"
    whole = {"id": message_id, "at": rfc3339(now)} | body
    return Parcel(
        id=message_id, n=n, kind=kind, body=whole, at=now, order_id=order_id, status=status
    )


def in_progress(state: State) -> Held | None:
    """The newest order that we accepted and haven't finished."""
    busy = [
        held
        for held in state.held.values()
        if not is_closed(held) and held.answer is not ReplyStatus.RECEIVED
    ]
    return max(busy, key=lambda held: held.arrival, default=None)


def listing(state: State, now: float) -> list[dict[str, Any]]:
    """The orders that are not closed, oldest first."""
    open_orders = [held for held in state.held.values() if not is_closed(held)]
    return [
        order_data(held.order) | {"answer": held.answer.value, "expired": is_expired(held, now)}
        for held in sorted(open_orders, key=lambda held: held.arrival)
    ]


def order_data(order: Order, **more: Any) -> dict[str, Any]:
    """The order as plain data, for a line."""
    return {
        "order_id": order.order_id,
        "rev": order.rev,
        "state": order.state.value,
        "incident_id": order.incident_id,
        "unit": order.unit,
        "role": order.role,
        "kind": order.kind,
        "priority": order.priority,
        "place": order.place,
        "position": [order.position.lon, order.position.lat] if order.position else None,
        "text": order.text,
        "hazards": list(order.hazards),
        "contact": order.contact,
        "others": list(order.others),
        "issued_at": order.issued_at,
        "reply_within_s": order.reply_within_s,
        "expires_at": order.expires_at,
        "exercise": order.exercise,
    } | more


def parcel_data(parcel: Parcel) -> dict[str, Any]:
    """One of our messages as plain data, for a line."""
    shown = {k: v for k, v in parcel.body.items() if k in ("text", "kind", "need", "on", "place")}
    return {
        "id": parcel.id,
        "message": parcel.kind.value,
        "order_id": parcel.order_id,
        "status": parcel.status.value if parcel.status is not None else None,
    } | shown
