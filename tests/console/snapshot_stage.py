"""A night at the post for the snapshots: the real core, the reference township, our own clock.

What happens is said as messages of the field and commands of the officer, each at its second; the
console signs on at the end, when there is something to see. Nothing here draws: see
`snapshot_scenes.py` for the screens.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from desk_stage import NOW
from post_stage import Console, CorePost, reference

from command import messages as m
from command.core import events as e
from command.core import views
from command.core.codec import event_dict
from command.core.commands import Ordered
from command.core.decide import Deadline, Fact, Input
from command.core.explain import explain
from command.core.load import Load
from command.core.reasons import Reason
from command.core.shift import shift_row
from command.core.step import Batch, step
from command.core.tables import LIVE
from command.core.ticks import decide_tick, next_due
from command.core.timeline import is_routine, marks, newest_first
from command.core.township import document
from command.core.world import empty
from command.messages import Beat, Rows, Snapshot
from console.settings import Settings
from sensors.normalise import normalise
from sensors.sources import Sources, index

OFFICER = {"zh": "值守岗@1台", "en": "watch@1"}
BEGIN = NOW - 3600.0
HEARTBEAT_S = 300.0
SAID = 200  # log lines that the post remembers


class Night(CorePost):
    """The post with all that the feed sends, in one language. `root`: `fsx` is a drill's."""

    def __init__(self, lang: str, root: str = "fs", begin: float = BEGIN) -> None:
        self.lang, self.root, self.now = lang, root, begin
        self.world = empty(root, reference().id)
        self.seq = 0
        self.consoles: list[Console] = []
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self.load = Load()
        self.pulse: dict[str, Any] = {}  # what the beat says besides
        self.silent: set[str] | None = None  # cameras that are not heard; None: none is
        self._heard = begin
        self._watching: dict[str, set[str]] = {}
        self._ids = count(1)
        self._sources: Sources = index(
            root, reference().id, reference().sources, reference().utc_offset_h
        )
        loaded = e.TownshipLoaded(
            at=begin,
            cause="post",
            reason=Reason.STARTED,
            digest="d",
            document=document(reference()),
        )
        self.give(Fact(loaded))

    @property
    def officer(self) -> str:
        """Who sits at the console."""
        return OFFICER[self.lang]

    def words(self, chinese: str, english: str) -> str:
        """What somebody in the field says, in the language of the picture."""
        return chinese if self.lang == "zh" else english

    # --- what happens

    def say(self, source: str, kind: str, /, **body: Any) -> None:
        """A message of the field, as it comes over MQTT."""
        self.hear(self._message(source, kind, body))

    def hear(self, *inputs: Input) -> None:
        """Several at once."""
        self.give(*inputs)

    def alarm_of(self, source: str, kind: str, chinese: str, english: str, **body: Any) -> str:
        """An alarm; the incident that it opened or joined."""
        before = set(self.world.incidents)
        self.say(source, "alarm", kind=kind, text=self.words(chinese, english), **body)
        opened = [one for one in self.world.incidents if one not in before]
        return opened[-1] if opened else ""

    def answer(self, unit: str, *statuses: str, **body: Any) -> None:
        """The unit's replies to the order that it has."""
        for status in statuses:
            live = [
                order for order in self.world.units[unit].orders
                if self.world.assignments[order].status in LIVE
            ]  # fmt: skip
            assert live, unit
            self.say(unit, "reply", order_id=live[-1], unit=unit, status=status, **body)

    def heartbeats(self) -> None:
        """Of all cameras that are not silent; from now on every few minutes."""
        if self.silent is None:
            self.silent, self._heard = set(), self.now
        cameras = (one.id for one in reference().cameras if one.id not in self.silent)
        self.give(*(self._message(one, "heartbeat", {"ok": True}) for one in cameras))

    def order(self, command: m.Command) -> None:
        """What the officer does; it must be done."""
        batch = self.give(Ordered(command, self.officer, "officer"))
        assert not batch.refused, batch.refused

    def acknowledge(self, incident: str) -> None:
        """The officer has it."""
        self.order(m.Acknowledge(id=self.ident(), incident=incident))

    def take_duty(self) -> None:
        """Nobody is on duty when a post begins: one signature is enough."""
        shelf = tuple(self.world.shelf)
        reds = tuple(one for one in self.world.incidents.values() if one.priority == 1)
        taken = tuple(one.id for one in reds)
        digest = str(shift_row(self.world)["digest"])
        self.order(
            m.Takeover(id=self.ident(), digest=digest, taken=taken, keep_shelf=shelf)
        )  # fmt: skip

    def ident(self) -> str:
        """An id of a message or a command."""
        return f"n-{next(self._ids)}"

    def until(self, moment: float) -> None:
        """Time goes by, deadlines fire; consoles that are there look on."""
        if self.consoles:
            self.wait(moment - self.now)
            return
        while self.silent is not None and self._heard + HEARTBEAT_S < moment:
            self._heard += HEARTBEAT_S
            self._deadlines(self._heard)
            self.heartbeats()
        self._deadlines(moment)

    def _deadlines(self, moment: float) -> None:
        while (due := next_due(self.world)) is not None and due <= moment:
            self.now = max(self.now, due)
            fired = [Deadline(name) for name, _ in decide_tick(self.world, self.now)]
            if not self.give(*fired).events:
                self.now += 1.0  # it was set for later meanwhile
        self.now = max(self.now, moment)

    def sign_on(self, settings: Settings | None = None) -> Console:
        """The console of this night's officer."""
        return self.console(self.officer, settings or Settings(lang=self.lang, toured=True))

    # --- what the feed does

    def give(self, *inputs: Input) -> Batch:
        """One batch, committed and told, with its lines of the log."""
        batch = step(self.world, inputs, self.now)
        self.seq += 1
        if batch.events:
            values = [event_dict(event) for event in batch.events]
            self.load.follow(batch.events)
            lines = views.log_lines(self.world, batch.events, self.seq, values)
            news = [line for line in lines if not is_routine(line[1])]
            self.lines = [*self.lines, *news][-SAID:]
            self._tell(views.changed(self.world, batch.events, self.seq, values))
            self._details()
        return batch

    def snapshot(self, name: str) -> Snapshot:
        """The whole picture."""
        rows = views.everything(self.world, self.seq, self.lines)
        tables = {
            table: {key: row for key, row in keyed.items() if row is not None}
            for table, keyed in rows.items()
        }
        tables["detail"] = {one: self._detail(one) for one, who in self._watching.items() if who}
        return Snapshot(snapshot=tables, at=self._at(), role="officer", name=name)

    def _beat(self) -> Beat:
        officers = sorted({console.name for console in self.consoles}) or [self.officer]
        good = {"ok": True, "reason": ""}
        beat = {
            "now": self.now, "at": self._at(), "epoch": "p1", "era": 1, "backlog": 0,
            "unconfirmed": 0, "store": good, "broker": good,
            "load": self.load.row(self.now, officers), "chatter": self.load.chatter(self.now),
            "shift": shift_row(self.world),
        }  # fmt: skip
        return Beat(beat=beat | self.pulse)

    def _look(self, console: Console, command: m.Look) -> None:
        names = self._watching.setdefault(command.incident, set())
        (names.add if isinstance(command, m.Watch) else names.discard)(console.name)
        viewers = {"names": sorted(names)} if names else None
        detail = self._detail(command.incident) if names else None
        self._tell({"viewer": {command.incident: viewers}, "detail": {command.incident: detail}})

    def _details(self) -> None:
        """What somebody looks at, anew."""
        looked = {one: self._detail(one) for one, who in self._watching.items() if who}
        if looked:
            self._tell({"detail": looked})

    def _detail(self, ident: str) -> dict[str, Any]:
        incident = self.world.incidents.get(ident)
        if incident is None:
            return {}
        ids = marks(ident, incident.orders)
        past = list(newest_first((line for _, line in self.lines), ids))[:50]
        return {"timeline": past, "earlier": False, **explain(self.world, incident, self.now)}

    def _tell(self, rows: Any) -> None:
        for console in self.consoles:
            console.hear(Rows(rows=rows, at=self._at(), role="officer", name=console.name))

    def _message(self, source: str, kind: str, body: dict[str, Any]) -> Any:
        named = {"id": self.ident()} if kind != "position" else {}
        topic = f"{self.root}/{reference().id}/{source}/{kind}"
        return normalise(topic, json.dumps(named | body).encode(), self.now, self._sources)
