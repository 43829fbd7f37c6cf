"""The command post's loop. START READING HERE.

    take what waits -> normalise -> decide -> commit -> acknowledge -> receipts, orders, views

One batch at a time, and nothing reads the world while a commit is open. A message is acknowledged
only when what followed from it is on disk; its receipt comes after that, and is its only proof.
Orders leave only within two thirds of the lease, and again until the handheld has confirmed them.
Deadlines come last, and after a pause of any kind only when the answers that waited were heard.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic_core import to_json

from command.clock import Clock
from command.core import timeline, views
from command.core.codec import encode_dicts, event_dict
from command.core.commands import Ordered
from command.core.decide import Deadline, Fact, Input
from command.core.era import new_era
from command.core.events import OrderQueued, TownshipLoaded
from command.core.load import Load
from command.core.outbox import Schedule
from command.core.presence import ROLES, Absent, Presence
from command.core.receipts import Receipt
from command.core.step import Batch, Poisoned, step
from command.core.ticks import decide_tick
from command.core.world import World
from command.details import Details
from command.errors import LeaseLost, LogGap, StoreError
from command.feed import Feed
from command.hand import Delivery
from command.handover import Handover
from command.log import Log, Outcome, Quarantined
from command.measures import Measures
from command.messages import Command, CommandResult
from command.mqtt import Broker
from command.notices import Notices, noted
from command.patience import Patience
from command.refusals import internal, refused
from command.sealing import Sealer
from sensors.normalise import normalise
from sensors.observations import Observation, Rejection, Reply
from sensors.sources import Sources, index
from sensors.topics import order_topic, receipt_topic
from sensors.words import tr

BATCH = 256  # messages at a time (DESIGN.md section 2)
TICK_S = 0.25
RECEIPTS_IN_ONE = 100
SEAL_AGAIN_S = 1.0
LINES = 200  # of the log without its routine, that a console gets with its snapshot

_Heard = Observation | Rejection

log = structlog.get_logger("post")


@dataclass(slots=True)
class _Waiting:
    """A console command and the answer it waits for."""

    ordered: Ordered
    answer: asyncio.Future[CommandResult]


class Post:
    """One township's post while it holds the lease. Dropped whole when it loses it."""

    def __init__(
        self,
        *,
        world: World,
        seq: int,
        lines: Sequence[tuple[str, dict[str, Any]]],
        rebuild: Callable[[], Awaitable[World]],
        store: Log,
        broker: Broker,
        feed: Feed,
        clock: Clock,
        measures: Measures,
        wake: asyncio.Event,
        sealer: Sealer,
    ) -> None:
        self.world, self.seq = world, seq
        self.lines = deque(lines, maxlen=LINES)
        self.sources = self._sources()
        self._rebuild = rebuild
        self._store, self._broker, self._feed = store, broker, feed
        self._clock, self._measures, self._wake = clock, measures, wake
        self._sealer = sealer
        self._commands: deque[_Waiting] = deque()
        self._facts: deque[Fact] = deque()
        self._seen: tuple[int, int, str, str] | None = None
        self._schedule = Schedule()
        self._prepared: Batch | None = None
        self._packed: dict[str, bytes] = {}  # the orders of that batch
        self._schedule.load(self.world)
        self._notices = Notices(self.world)
        self.load = Load()
        self.load.load(self.world)
        self._presence = Presence()
        self._presence.load(self.world)
        self._patience = Patience(over=not self.world.due)
        self._handover = Handover(feed.show)
        self._ahead = False  # the world is ahead of the disk
        self._details = Details(store, feed.show, self.lines, seq, clock.elapsed)
        self._tick = False
        self.hindrance = ""  # why messages wait in hand although the store is well
        self.screens_behind = False  # a row could not be made: /healthz says so

    async def run(self) -> None:
        """Turn after turn, until cancelled. Raises LeaseLost or LogGap: then the world is stale."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ticks(), name="ticks")
            tasks.create_task(self._details.run(), name="details")
            while True:
                await self._wake.wait()
                self._wake.clear()
                began = self._clock.elapsed()
                await self.turn()
                self._patience.stalled(self._clock.elapsed() - began)
                if self._wake.is_set():
                    await asyncio.sleep(0)  # a turn without a commit has let nobody else run

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._tick = True
            self._wake.set()

    async def turn(self) -> None:
        """Take what waits, people first, and see it through to its end."""
        waiting = [self._commands.popleft() for _ in range(min(len(self._commands), BATCH))]
        deliveries = self._broker.take(BATCH)
        heard = [await self._read(delivery) for delivery in deliveries]
        now = self._clock.now()
        facts: list[Fact | Absent] = [*self._noted(now), *self._missed(now)]
        if any(isinstance(value, Reply) for value in heard):
            self._patience.answered()
        inputs: list[Input] = [
            *facts,
            *(one.ordered for one in waiting),
            *heard,
            *self._deadlines(now),
        ]
        if inputs:
            raws = [*[None] * (len(facts) + len(waiting)), *deliveries]
            batch = await self._see_through(inputs, raws, now)
            self._broker.settle(deliveries)
            self._receipts(batch.receipts)
            await asyncio.sleep(0)  # orders and receipts are on their way before screens are drawn
            self._show(batch)
            self._answer(waiting, batch, len(facts))
            self._measures.heard(heard, (now - delivery.received_at for delivery in deliveries))
            for source in dict.fromkeys(getattr(value, "source", "") for value in heard):
                self._schedule.heard_from(source, now)
        self._send_orders(now)
        self._details.refresh(self.world, now)
        if self._commands or self._facts or self._broker.is_waiting:
            self._wake.set()

    async def _read(self, delivery: Delivery) -> Input:
        seen = normalise(
            delivery.topic,
            delivery.payload,
            delivery.received_at,
            self.sources,
            retained=delivery.retained,
        )
        return await self._without_personal_data(seen)

    async def _without_personal_data(self, seen: _Heard) -> _Heard:
        """That is in a sealed file before the rest is in the log; as with a commit, we wait."""
        while True:
            try:
                cleaned = self._sealer.clean(seen)
            except StoreError as error:
                self.hindrance = str(error)
                log.warning("nothing can be sealed", why=self.hindrance)
                await asyncio.sleep(SEAL_AGAIN_S)
            else:
                self.hindrance = ""
                return cleaned

    def _deadlines(self, now: float) -> list[Input]:
        """At the end of a batch: an answer that waited beside its deadline still counts."""
        if not self._tick:
            return []
        self._tick = False
        if not self._patience.tick(connected=self._broker.connected):
            return []
        return [Deadline(name) for name, _ in decide_tick(self.world, now)]

    def _noted(self, now: float) -> list[Fact]:
        """What the post noticed itself. A new era is begun by the world as it is now: by then
        somebody else's news may have begun it.
        """
        facts, self._facts = list(self._facts), deque()
        seen, self._seen = self._seen, None
        if seen is not None and seen[:2] >= (self.world.era, self.seq + 1):
            era, _, position, cause = seen
            facts += (Fact(event) for event in new_era(self.world, era, position, now, cause))
        return facts

    # --- decide, commit

    def _missed(self, now: float) -> list[Absent]:
        """Officers who have been gone too long."""
        absent = self._presence.look(now, self.officers()) if self._tick else None
        return [absent] if absent is not None else []

    async def _see_through(
        self, inputs: Sequence[Input], raws: Sequence[Delivery | None], now: float
    ) -> Batch:
        self._ahead = True
        batch = await self._decide(inputs, now)
        if batch.events:
            batch.values = [event_dict(event) for event in batch.events]
            data = encode_dicts(now, batch.values)
            aside = [
                _aside(batch.kept_aside[number], value, raws[number], now)
                for number, value in enumerate(inputs)
                if number in batch.kept_aside and number < len(raws)
            ]
            ahead = asyncio.get_running_loop().call_soon(self._prepare, batch)
            await self._commit(data, aside)
            if self._prepared is not batch:  # the store has answered at once
                ahead.cancel()
                self._prepare(batch)
            self._send(batch, now)
        self._ahead = False
        return batch

    async def _decide(self, inputs: Sequence[Input], now: float) -> Batch:
        """Move the world. An input on which `evolve` fails costs a rebuild, and is set aside."""
        poison: set[int] = set()
        while True:
            try:
                return step(self.world, inputs, now, poison)
            except Poisoned as failure:
                log.exception("evolve failed", input=failure.at)
                if failure.at in poison:
                    raise
                poison.add(failure.at)
                self.world = await self._rebuild()

    async def _commit(self, data: bytes, aside: Sequence[Quarantined]) -> None:
        with self._measures.commit():
            outcome = await self._store.commit(self.seq + 1, data, aside)
        if outcome is Outcome.FENCED:
            raise LeaseLost(tr("Another post is first now. This one leaves; nothing is lost."))
        if outcome is Outcome.GAP:
            raise LogGap(tr("The log is not where this post left it. It must be read again."))
        self.seq += 1

    # --- what follows a commit

    def _prepare(self, batch: Batch) -> None:
        """While the disk writes: all that the orders need to leave the moment that it has."""
        self._packed = {
            event.order_id: to_json(event.message)
            for event in batch.events
            if isinstance(event, OrderQueued)
        }
        self._schedule.follow(batch.events, self.world)
        self._notices.follow(batch.events)
        self._prepared = batch

    def _send(self, batch: Batch, now: float) -> None:
        self._send_orders(now)
        self._measures.committed(batch.events)  # nobody waits for this, nor for what follows
        self.load.follow(batch.events)
        if _files_changed(batch):
            self.sources = self._sources()

    def _show(self, batch: Batch) -> None:
        """Consoles see it. A failure here is ours, and visible: the alarms go on all the same."""
        if not batch.events:
            return
        try:
            rows = views.changed(self.world, batch.events, self.seq, batch.values)
            news = [(key, row) for key, row in rows["log"].items() if row is not None]
            self.lines.extend(line for line in news if not timeline.is_routine(line[1]))
            self._details.follow(self.seq, [row for _, row in news])
            if _files_changed(batch):
                self._feed.load()  # what the new files no longer have goes from the screens
            else:
                self._feed.publish(views.position(self.world, self.seq), rows)
        except Exception:
            log.exception("views failed", seq=self.seq)
            self.screens_behind = True

    def _send_orders(self, now: float) -> None:
        """All that is due; kept for the next tick while the network or the lease is not there."""
        sent, packed, self._packed = 0, self._packed, {}
        while (order_id := self._schedule.next_due(now)) is not None and self._store.may_send():
            waiting = self.world.outbox[order_id]
            topic = order_topic(self.world.root, self.world.township_id, waiting.unit)
            payload = packed.get(order_id) or to_json(waiting.message)
            if not self._broker.publish(topic, payload):
                break
            self._schedule.sent(order_id, now)
            sent += 1
        else:
            if self._store.may_send():
                self._notices.send(self.world, now, self._publish, self._notice_is_out)
        if sent:
            self._broker.flush()
            self._measures.ordered(sent)

    def _publish(self, topic: str, payload: bytes, sent: Callable[[], None]) -> bool:
        return self._broker.publish(topic, payload, sent=sent)

    def _notice_is_out(self, ident: str) -> None:
        self.note(Fact(noted(ident, self._clock.now())))

    def _receipts(self, receipts: Sequence[Receipt]) -> None:
        """One message a source, or a few: QoS 0, for the source asks again until it has one."""
        by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for receipt in receipts:
            by_source[receipt.source].append(receipt.as_json())
        for source, all_of_it in by_source.items():
            topic = receipt_topic(self.world.root, self.world.township_id, source)
            for start in range(0, len(all_of_it), RECEIPTS_IN_ONE):
                part = all_of_it[start : start + RECEIPTS_IN_ONE]
                self._broker.publish(topic, to_json({"receipts": part}), qos=0)

    def _answer(self, waiting: Sequence[_Waiting], batch: Batch, first: int) -> None:
        for number, one in enumerate(waiting, first):
            if one.answer.done():
                continue
            if number in batch.refused:
                one.answer.set_result(refused(batch.refused[number]))
            elif number in batch.kept_aside:
                one.answer.set_result(internal(batch.kept_aside[number]))
            else:
                one.answer.set_result(CommandResult(ok=True))

    # --- from outside the loop

    async def execute(self, command: Command, by: str, role: str) -> CommandResult:
        """A console's command, answered when it is on disk."""
        answer: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        ordered = self._sealer.clean_command(Ordered(command, by, role))
        self._commands.append(_Waiting(ordered, answer))
        self._wake.set()
        return await answer

    def officers(self) -> set[str]:
        """The officers and leaders at consoles."""
        return {name for name, role in self._feed.consoles if role in ROLES}

    def watched(self, incident: str, *, anybody: bool) -> None:
        """A console has this incident open, or none has any longer."""
        self._details.watch(incident, anybody=anybody)
        self._wake.set()

    def handover(self) -> dict[str, Any]:
        """The handover's row; as it was last while the world is ahead of the disk."""
        if not self._ahead:
            self._handover.refresh(self.world, self.seq)
        return self._handover.row

    def seen(self, era: int, seq: int, cause: str) -> None:
        """Somebody has seen this position. Is our log shorter, a new era begins with the next turn,
        once for all who say so.
        """
        claim = (era, seq, f"e{era}-{seq}", cause)
        if claim[:2] >= (self.world.era, self.seq + 1):
            self._seen = max(self._seen or claim, claim)
            self._wake.set()

    def note(self, fact: Fact) -> None:
        """Something the post itself noticed goes into the log with the next turn."""
        self._facts.append(fact)
        self._wake.set()

    def _sources(self) -> Sources:
        township = self.world.township
        rules = township.sources if township else ()
        offset = township.utc_offset_h if township else 8.0
        return index(self.world.root, self.world.township_id, rules, offset)


def _files_changed(batch: Batch) -> bool:
    return any(isinstance(event, TownshipLoaded) for event in batch.events)


def _aside(quarantine: str, value: Input, delivery: Delivery | None, now: float) -> Quarantined:
    reason = value.reason.value if isinstance(value, Rejection) else "poison"
    topic, raw = (delivery.topic, delivery.payload) if delivery else ("", repr(value).encode())
    return Quarantined(quarantine, topic, reason, now, raw)
