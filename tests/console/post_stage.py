"""A real core of the post, on a virtual clock, with desks at it: no servers, no waiting.

What the feed does between them is done here in a few lines: rows of each commit, the answer after
them, a beat a second, who looks at what. The township is the reference township.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from desk_stage import NOW, assert_exact

from command import messages as m
from command.core import events as e
from command.core import views
from command.core.commands import Ordered
from command.core.decide import Deadline, Fact, Input
from command.core.explain import explain
from command.core.reasons import Reason
from command.core.step import Batch, step
from command.core.ticks import decide_tick, next_due
from command.core.township import Township, document
from command.core.world import empty
from command.loader import load
from command.messages import Answer, Beat, Rows, Snapshot
from command.refusals import refused
from console.asking import Asked, outcome
from console.cells import text_of
from console.desk import Desk
from console.effects import Effect, Send
from console.look import Look
from console.pages import PAGES
from console.settings import Settings
from sensors.observations import Alarm, AlarmKind, Position, Reply, ReplyStatus, Severity

FOLDER = Path(__file__).parents[2] / "townships" / "jingming"
STEP_S = 0.5


@cache
def reference() -> Township:
    """The reference township, read once."""
    return load(FOLDER)


@cache
def harmless() -> Township:
    """The same with run cards that name no hazard."""
    plans = reference().plans
    cards = {kind: replace(plan, hazards=()) for kind, plan in plans.plans.items()}
    return replace(reference(), plans=replace(plans, plans=cards))


class Console:
    """A desk, and what it has sent; `cut` True: nothing comes through, either way."""

    def __init__(self, post: CorePost, name: str, settings: Settings | None = None) -> None:
        ids: Iterator[int] = count(1)
        self.name, self.post = name, post
        self.cut = False
        self.slow = False  # commands wait until `deliver`
        self.skew = float(1000 * len(post.consoles))  # each machine's monotonic clock is its own
        self.settings = settings or Settings()
        mine = f"c{len(post.consoles) + 1}"  # ids are ASCII, names are not
        look = Look(lang=self.settings.lang)
        self.desk = Desk(PAGES, lambda: f"{mine}-{next(ids)}", self.settings, look=look)
        self.sent: list[Send] = []
        self.effects: list[Effect] = []
        self._unanswered: list[Send] = []

    @property
    def mono(self) -> float:
        """Its own monotonic clock."""
        return self.post.now - NOW + self.skew

    def hear(self, *frames: m.Frame) -> None:
        """Frames of the feed."""
        if not self.cut:
            self.desk.take(frames, self.mono)

    def turn(self) -> None:
        """A tick and a picture."""
        self.note(self.desk.tick(self.mono))
        self.picture()

    def press(self, *keys: str, every: float = STEP_S) -> None:
        """Keys by name, so many seconds apart; drawn after each, as the app does."""
        for key in keys:
            self.post.wait(every)
            character = key if len(key) == 1 else " " if key == "space" else ""
            self.note(self.desk.key(key, character, self.mono))
            self.picture()

    def picture(self) -> list[str]:
        """The screen as texts."""
        picture = self.desk.draw(self.mono)
        assert_exact(picture, self.desk.look.width, self.desk.look.height)
        return [text_of(line) for line in picture.lines]

    def orders(self, kind: type[m.Command] = m.Assign) -> list[Any]:
        """The commands of one kind that it sent."""
        return [one.command for one in self.sent if isinstance(one.command, kind)]

    def result(self) -> str:
        """What the result line says, without its time."""
        line = self.desk.result.line(self.desk.look, 200)
        return text_of(line).strip()

    def note(self, effects: Sequence[Effect]) -> None:
        """Carry out what the desk wants."""
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Send):
                self.sent.append(effect)
                self._send(effect)

    def deliver(self) -> None:
        """What waited gets through."""
        self.slow, waiting, self._unanswered = False, self._unanswered, []
        for send in waiting:
            self._send(send)

    def again(self) -> None:
        """The line is back: what was never answered is asked again, with the same ids."""
        self.cut = False
        self.hear(self.post.snapshot(self.name))
        self.deliver()

    def _send(self, send: Send) -> None:
        if self.cut or self.slow:
            self._unanswered.append(send)
            return
        answer = self.post.obey(self, send.command)
        if answer is not None:
            self.note(
                self.desk.ended(outcome(Asked(send, self.mono), answer, self.mono), self.mono)
            )


class CorePost:
    """The core and its consoles. `now` is the post's clock."""

    def __init__(self, township: Township | None = None) -> None:
        self.now = NOW
        self.world = empty("fs", "jingming")
        self.seq = 0
        self.consoles: list[Console] = []
        self._watching: dict[str, set[str]] = {}
        self._ids = count(1)
        loaded = e.TownshipLoaded(
            at=NOW,
            cause="post",
            reason=Reason.STARTED,
            digest="d",
            document=document(township or reference()),
        )
        self.give(Fact(loaded))

    def console(self, name: str = "值守岗@1台", settings: Settings | None = None) -> Console:
        """One more console, connected."""
        made = Console(self, name, settings)
        self.consoles.append(made)
        made.hear(self.snapshot(name), self._beat())
        made.turn()
        return made

    def snapshot(self, name: str) -> Snapshot:
        """The whole picture."""
        rows = views.everything(self.world, self.seq, [])
        tables = {
            table: {key: row for key, row in keyed.items() if row is not None}
            for table, keyed in rows.items()
        }
        tables["detail"] = {one: explain(self.world, self.world.incidents[one], self.now)
                            for one in self._watching if self._watching[one]}  # fmt: skip
        return Snapshot(snapshot=tables, at=self._at(), role="officer", name=name)

    def give(self, *inputs: Input) -> Batch:
        """One batch, committed and told."""
        batch = step(self.world, inputs, self.now)
        self.seq += 1
        if batch.events:
            self._tell(views.changed(self.world, batch.events, self.seq))
        return batch

    def alarm(self, source: str = "ljg-05", kind: str = "smoke", **values: Any) -> str:
        """An alarm; the incident it opened or joined."""
        ident = f"a-{next(self._ids)}"
        self.give(
            Alarm(
                source=source, received_at=self.now, message_id=ident, digest=ident,
                kind=AlarmKind(kind), severity=Severity.SEVERE, **values,
            )
        )  # fmt: skip
        return next(reversed(self.world.incidents))

    def red(self) -> str:
        """A house on fire, seen by one camera: 急, and its team goes by itself after a minute."""
        ident = self.alarm(
            "yd-01", "fire", position=Position(107.551, 35.2877), place="v03", text="屋里冒烟"
        )
        assert self.world.incidents[ident].priority == 1
        assert self.world.incidents[ident].released_at is None
        return ident

    def reply(self, order: str, status: str) -> None:
        """The order's unit answers."""
        ident = f"r-{next(self._ids)}"
        unit = self.world.assignments[order].unit
        self.give(
            Reply(
                source=unit, received_at=self.now, message_id=ident, digest=ident,
                order_id=order, unit=unit, status=ReplyStatus(status),
            )
        )  # fmt: skip

    def obey(self, console: Console, command: m.Command | m.Look) -> Answer | None:
        """What the feed does with a command; no answer to who only looks."""
        if isinstance(command, m.Watch | m.Unwatch):
            self._look(console, command)
            return None
        batch = self.give(Ordered(command, console.name, "officer"))
        if 0 in batch.refused:
            no = refused(batch.refused[0])
            return Answer(id=command.id, ok=False, reason=no.reason, code=no.code, by=no.by)
        return Answer(id=command.id, ok=True)

    def wait(self, seconds: float) -> None:
        """Time goes by: deadlines fire, beats come, desks tick and draw."""
        until = self.now + seconds
        while self.now < until - 1e-9:
            self.now = min(until, self.now + STEP_S)
            due = next_due(self.world)
            if due is not None and due <= self.now:
                self.give(*(Deadline(name) for name, _at in decide_tick(self.world, self.now)))
            for console in self.consoles:
                console.hear(self._beat())
                console.turn()

    # --- inside

    def _beat(self) -> Beat:
        officers = sorted({console.name for console in self.consoles})
        load = {"n10": 1, "band": "quiet", "since": NOW, "officers": officers}
        good = {"ok": True, "reason": ""}
        return Beat(
            beat={"now": self.now, "at": self._at(), "epoch": 1, "era": 1, "backlog": 0,
                  "unconfirmed": 0, "store": good, "broker": good, "load": load}
        )  # fmt: skip

    def _at(self) -> str:
        return views.position(self.world, self.seq)

    def _look(self, console: Console, command: m.Look) -> None:
        names = self._watching.setdefault(command.incident, set())
        (names.add if isinstance(command, m.Watch) else names.discard)(console.name)
        viewers = {"names": sorted(names)} if names else None
        incident = self.world.incidents.get(command.incident)
        detail = explain(self.world, incident, self.now) if incident else {}
        self._tell(
            {
                "viewer": {command.incident: viewers},
                "detail": {command.incident: detail if names else None},
            }
        )

    def _tell(self, rows: Any) -> None:
        for console in self.consoles:
            console.hear(Rows(rows=rows, at=self._at(), role="officer", name=console.name))
