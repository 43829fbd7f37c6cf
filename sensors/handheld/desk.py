"""The handheld's desk: each thing that happens is decided (core.py), kept on disk, then shown.

No MQTT and no terminal here: uplink.py brings the messages, app.py the typed lines.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from sensors import topics
from sensors.handheld import auto, commands, core, schedule
from sensors.handheld.auto import AutoStep
from sensors.handheld.commands import Answer, Mistake, Need, OnDuty, Orders, Report
from sensors.handheld.core import Step
from sensors.handheld.screen import Screen
from sensors.handheld.settings import Settings
from sensors.handheld.store import Store, StoreError
from sensors.handheld.values import Parcel, Shown, State
from sensors.handheld.wire import (
    digest,
    position_body,
    read_notice,
    read_online,
    read_order,
    read_receipts,
)
from sensors.messages import Unreadable
from sensors.observations import AlarmKind, Position
from sensors.topics import Kind, Topic

POSITION_FRESH_S = 600.0  # an older one sends helpers to where we were


class Desk:
    """One run's state: the journal, what is to be said again, when the outbox goes."""

    def __init__(self, settings: Settings, store: Store, screen: Screen) -> None:
        self.settings = settings
        self.screen = screen
        self.schedule = schedule.Schedule()
        self.again: dict[str, Parcel] = {}  # receipted, but the post asks once more
        self._store = store
        self._changed = asyncio.Event()
        self._post_online: bool | None = None
        self._position: tuple[Position, float] | None = None
        self._unkept: set[str] = set()  # digests of messages shown while the disk failed

    @property
    def state(self) -> State:
        """What the journal says. Compaction replaces it: don't keep a reference."""
        return self._store.state

    async def changed(self, timeout_s: float) -> None:
        """Until something was kept, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()

    def start(self, boot: str) -> None:
        """Begin a run: `boot` makes its message ids unlike all others. Raises StoreError."""
        if self._store.damaged:
            path = str(self._store.folder / "journal.torn")
            self.show("damaged", n=self._store.damaged, path=path)
        self._commit(core.on_boot(self.state, boot, time.time()))

    def show(self, event: str, **data: Any) -> None:
        """One line (or few) for the team."""
        self.screen.show([Shown(event, data)])

    # --- from the post --------------------------------------------------------------------------

    def take(self, topic_text: str, payload: bytes) -> bool:
        """Deal with one message. False: it is not on disk, don't acknowledge it yet."""
        topic, now = topics.parse(topic_text), time.time()
        if topic is None:
            raise ValueError(f"subscribed to a topic outside the contract: {topic_text!r}")
        try:
            steps = self._read(topic, payload, now)
        except Unreadable as problem:
            steps = [self._unreadable(topic.kind, payload, str(problem), now)]
        return all(self._commit_or_warn(step, digest(payload)) for step in steps)

    def _read(self, topic: Topic, payload: bytes, now: float) -> list[Step]:
        root, unit = self.settings.root, self.settings.unit
        match topic.kind:
            case Kind.ORDER:
                order = read_order(payload, unit, root, now)
                return [core.on_order(self.state, order, now)]
            case Kind.RECEIPT:
                return self._receipts(payload, now)
            case Kind.NOTICE:
                notice = read_notice(payload, topic.name, root)
                return [core.on_notice(self.state, notice, now)]
        return [self._post_status(online=read_online(payload))]

    def _receipts(self, payload: bytes, now: float) -> list[Step]:
        receipts, odd = read_receipts(payload)
        steps = [core.on_receipts(self.state, receipts, now)]
        if odd:
            steps.append(self._unreadable(Kind.RECEIPT, payload, f"{odd} lines", now))
        return steps

    def _unreadable(self, kind: Kind, payload: bytes, detail: str, now: float) -> Step:
        key = f"{kind}:{digest(payload)}"
        return core.on_unreadable(self.state, kind.value, key, detail, now)

    def _post_status(self, *, online: bool) -> Step:
        if online == self._post_online:
            return Step()
        self._post_online = online
        if online:
            schedule.restart(self.schedule)  # a post that just came back has it sooner
        return Step(shown=(Shown("post", {"online": online}),))

    def _commit_or_warn(self, step: Step, key: str) -> bool:
        # An order that can't be kept is still an order: the team must see it, once.
        known = key in self._unkept
        try:
            self._commit(step, quiet=known)
        except StoreError as error:
            if not known:
                self._unkept.add(key)
                self.screen.show([Shown("disk", {"detail": str(error)}), *step.shown])
            return False
        self._unkept.discard(key)
        return True

    # --- from the team --------------------------------------------------------------------------

    def do(self, command: commands.Command | Mistake) -> None:
        """Do what was typed (positions and the end of the program are app.py's)."""
        now = time.time()
        match command:
            case Answer():
                self._say(self._answer(command, now))
            case OnDuty(on):
                self._say(core.duty(self.state, now, on=on))
            case Need(need, text):
                self._say(core.request(self.state, need, text, now))
            case Report():
                self._say(core.alarm(self.state, self._alarm_body(command, now), now))
            case Orders():
                self.show("orders", orders=core.listing(self.state, now))
            case Mistake(reason, data):
                self.show("mistake", reason=reason, **data)
            case _:
                self.show("help")

    def at(self, position: Position) -> None:
        """Remember where we are, for an SOS soon after."""
        self._position = (position, time.time())

    def _answer(self, command: Answer, now: float) -> Step:
        found = commands.target(self.state, command, now)
        if isinstance(found, Mistake):
            return Step(shown=(Shown("mistake", {"reason": found.reason} | found.data),))
        held, text = found
        return core.answer(self.state, held, command.status, text, now)

    def _alarm_body(self, report: Report, now: float) -> dict[str, Any]:
        body: dict[str, Any] = {"kind": report.kind.value}
        if report.kind is AlarmKind.SOS:
            body["severity"] = "extreme"
        if self._position is not None and now - self._position[1] <= POSITION_FRESH_S:
            body["position"] = position_body(self._position[0])
        place = report.place or self.settings.place
        optional = {
            "place": place,
            "text": report.text,
            "exercise": self.settings.root == topics.DRILL_ROOT,
        }
        return body | {name: value for name, value in optional.items() if value}

    def _say(self, step: Step) -> bool:
        try:
            self._commit(step)
        except StoreError as error:
            self.show("disk", detail=str(error))
            self.show("mistake", reason="not_kept")
            return False
        return True

    # --- from the clock -------------------------------------------------------------------------

    def tick(self, steps: tuple[AutoStep, ...]) -> float:
        """Do what is due; returns how long nothing will be, in seconds."""
        now = time.time()
        kept = self._say(core.on_tick(self.state, now))
        while kept and (found := auto.due(self.state, steps, now)) is not None:
            held, step = found
            kept = self._say(core.answer(self.state, held, step.status, step.text, now))
        self._tidy(now)
        next_at = min(core.next_expiry(self.state), auto.next_due(self.state, steps, now))
        return max(0.01, next_at - now) if kept else schedule.PAUSES_S[0]

    def _tidy(self, now: float) -> None:
        try:
            self._store.tidy(now)
        except StoreError as error:
            self.show("disk", detail=str(error))

    def _commit(self, step: Step, *, quiet: bool = False) -> None:
        """On disk first; then it is shown, and may be sent. Raises StoreError: nothing happened."""
        self._store.append(step.facts)
        schedule.forget_receipted(self.schedule, self.state.outbox)
        for parcel in step.again:
            if parcel.id in self.state.outbox:
                schedule.at_once(self.schedule, parcel.id)
            else:
                self.again[parcel.id] = parcel
        if not quiet:
            self.screen.show(step.shown)
        self._changed.set()
        self._changed = asyncio.Event()
