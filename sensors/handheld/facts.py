"""The journal's facts, and the only function that changes a handheld's state. Pure.

A fact is one JSON line on disk (store.py). State is the fold of all facts, so a restart is a
replay; `snapshot` gives the fewest facts that fold to the same state, for compaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter

from sensors.handheld.moves import is_closed
from sensors.handheld.values import Held, Order, OrderState, Parcel, State
from sensors.observations import ReplyStatus
from sensors.topics import Kind

_V = TypeVar("_V")

NEWSWORTHY = frozenset({Kind.ALARM, Kind.REQUEST})  # the post may have later news of them
KEPT_TOLD = 200  # alarms and requests whose later news we can still name
KEPT_SEEN = 1000
# The post remembers ids for 30 days; a repeat can't come later than that.
KEPT_FINISHED_S = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Booted:
    """A run of the program began. `boot` is the prefix of all its message ids."""

    boot: str
    at: float
    counter: int = 0
    fact: Literal["booted"] = "booted"


@dataclass(frozen=True, slots=True)
class Took:
    """A revision that we had not seen is in hand, and `received` answers it."""

    order: Order
    received: Parcel
    at: float
    fact: Literal["took"] = "took"


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of ours is to go out until it is receipted."""

    parcel: Parcel
    fact: Literal["queued"] = "queued"


@dataclass(frozen=True, slots=True)
class Receipted:
    """The post has it (or refused it): it leaves the outbox."""

    id: str
    outcome: str
    at: float
    reason: str = ""
    incident_id: str = ""
    fact: Literal["receipted"] = "receipted"


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody answered this offer before its expiry."""

    order_id: str
    at: float
    fact: Literal["expired"] = "expired"


@dataclass(frozen=True, slots=True)
class NewsShown:
    """Later news of something we reported was shown."""

    id: str
    news: str
    fact: Literal["news"] = "news"


@dataclass(frozen=True, slots=True)
class Seen:
    """A notice, or a message that could not be read, was shown; not again."""

    key: str
    at: float
    text: str = ""
    fact: Literal["seen"] = "seen"


@dataclass(frozen=True, slots=True)
class Kept:
    """Compaction only: an order as it stood."""

    held: Held
    fact: Literal["kept"] = "kept"


@dataclass(frozen=True, slots=True)
class Told:
    """Compaction only: a receipted alarm or request, for its later news."""

    parcel: Parcel
    fact: Literal["told"] = "told"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Compaction only: a message still without receipt. What it answered is in `Kept`."""

    parcel: Parcel
    fact: Literal["waiting"] = "waiting"


Fact = Booted | Took | Queued | Receipted | Expired | NewsShown | Seen | Kept | Told | Waiting
_FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="fact")])


def to_line(fact: Fact) -> bytes:
    """The fact as one JSON line, with its line feed."""
    return _FACT.dump_json(fact) + b"\n"


def from_line(line: bytes) -> Fact:
    """The fact of one line. Raises ValueError when it is not one of ours."""
    return _FACT.validate_json(line)


def replay(facts: Iterable[Fact]) -> State:
    """The state after all `facts`, in order."""
    state = State()
    for fact in facts:
        evolve(state, fact)
    return state


def evolve(state: State, fact: Fact) -> None:  # noqa: C901 - one arm a fact, none of them nested
    """Change `state` by `fact`: the only place where it changes."""
    match fact:
        case Booted():
            state.boot, state.counter = fact.boot, fact.counter
        case Took():
            _take(state, fact)
        case Queued():
            _queue(state, fact.parcel)
        case Receipted():
            _receipt(state, fact.id)
        case Expired():
            _expire(state, fact.order_id)
        case NewsShown():
            state.news[fact.id] = fact.news
        case Seen():
            state.seen[fact.key] = fact.at
            _bound(state.seen, KEPT_SEEN)
        case Kept():
            state.held[fact.held.order.order_id] = fact.held
            state.arrivals = max(state.arrivals, fact.held.arrival)
        case Told():
            state.told[fact.parcel.id] = fact.parcel
        case Waiting():
            state.outbox[fact.parcel.id] = fact.parcel


def _take(state: State, took: Took) -> None:
    order, old = took.order, state.held.get(took.order.order_id)
    # An update changes what we were told, not what we said; a new offer asks anew.
    if old is None or order.state is OrderState.OFFERED:
        state.arrivals += 1
        held = Held(
            order=order,
            answer=ReplyStatus.RECEIVED,
            offered_at=took.at,
            arrival=state.arrivals,
            received=took.received,
        )
    else:
        held = replace(old, order=order, received=took.received, expired=False)
    state.held[order.order_id] = held
    _queue(state, took.received)


def _expire(state: State, order_id: str) -> None:
    held = state.held.get(order_id)  # absent when a damaged line of the journal was put aside
    if held is not None:
        state.held[order_id] = replace(held, expired=True)


def _queue(state: State, parcel: Parcel) -> None:
    state.outbox[parcel.id] = parcel
    state.counter = parcel.n
    held = state.held.get(parcel.order_id)
    if held is not None and parcel.status not in (None, ReplyStatus.RECEIVED):
        assert parcel.status is not None
        state.held[parcel.order_id] = replace(held, answer=parcel.status)


def _receipt(state: State, message_id: str) -> None:
    parcel = state.outbox.pop(message_id, None)
    if parcel is not None and parcel.kind in NEWSWORTHY:
        state.told[message_id] = parcel
        for forgotten in _bound(state.told, KEPT_TOLD):
            state.news.pop(forgotten, None)


def _bound(kept: dict[str, _V], limit: int) -> list[str]:
    surplus = list(kept)[: max(0, len(kept) - limit)]
    for key in surplus:
        del kept[key]
    return surplus


def snapshot(state: State, now: float) -> Iterator[Fact]:
    """The fewest facts that fold to `state`, less the finished orders older than 30 days."""
    waiting = {parcel.order_id for parcel in state.outbox.values()}
    for held in state.held.values():
        if held.order.order_id in waiting or not _forgettable(held, now):
            yield Kept(held)
    yield from (Told(parcel) for parcel in state.told.values())
    yield from (NewsShown(key, news) for key, news in state.news.items())
    yield from (Seen(key, at) for key, at in state.seen.items())
    yield from (Waiting(parcel) for parcel in state.outbox.values())
    yield Booted(state.boot, now, state.counter)


def _forgettable(held: Held, now: float) -> bool:
    finished = held.expired or is_closed(held)
    return finished and now - held.offered_at > KEPT_FINISHED_S
