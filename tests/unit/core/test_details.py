"""The detail of the incidents that somebody has open: what of it is shown, and when."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stage import Stage, stage

from command.core import views
from command.core.timeline import LENGTH
from command.core.world import Incident, World
from command.details import BUDGET_S, EVERY_S, PAUSE_S, TOUCHED_S, Details

WHY: dict[str, Any] = {"teams": [], "nearest": None, "gap": None, "holds": []}


@dataclass
class Shown:
    """A post's stage whose consoles have incidents open; `mono` is the clock of refreshing."""

    play: Stage = field(default_factory=stage)
    lines: deque[tuple[str, dict[str, Any]]] = field(default_factory=lambda: deque(maxlen=200))
    rows: list[tuple[str, Any]] = field(default_factory=list)  # as they were shown
    asked: list[str] = field(default_factory=list)
    mono: float = 1000.0
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self.seq = len(self.play.entries)
        self.details = Details(
            None,  # type: ignore[arg-type]
            self.show,
            self.lines,
            self.seq,
            lambda: self.mono,
            self.explain,
        )

    def show(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self.rows += rows["detail"].items()

    def explain(self, world: World, incident: Incident, now: float) -> dict[str, Any]:
        self.asked.append(incident.id)
        if self.trouble:
            raise self.trouble
        return WHY | {"now": now}

    def committed(self) -> None:
        """The last batch of the stage is on disk."""
        self.seq += 1
        news = views.log_lines(self.play.world, self.play.batch.events, self.seq)
        self.lines.extend(news)
        self.details.follow(self.seq, [line for _, line in news])

    def alarm(self, source: str = "cam-1", kind: str = "flood") -> str:
        ident = self.play.report(source, kind)
        self.committed()
        return ident

    def note(self, incident: str, text: str = "x") -> None:
        self.play.do("note", incident, text=text)
        self.committed()

    def refresh(self, after_s: float = PAUSE_S) -> list[tuple[str, Any]]:
        """What is shown anew."""
        self.rows.clear()
        self.mono += after_s
        self.details.refresh(self.play.world, self.play.now)
        return list(self.rows)

    def events(self) -> list[str]:
        """The timeline as it was shown last."""
        return [line["event"] for line in self.rows[-1][1]["timeline"]]


def test_nothing_is_made_while_nobody_looks() -> None:
    shown = Shown()
    shown.alarm()
    assert shown.refresh() == []
    assert shown.asked == []


def test_the_timeline_newest_first_and_why_this_team() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    ((key, row),) = shown.refresh()
    assert key == ident
    events = shown.events()
    assert events.index("UnitOffered") < events.index("IncidentOpened")
    assert "OrderQueued" not in events
    assert row["earlier"] is False
    assert row["now"] == shown.play.now
    assert {line["pos"] for line in row["timeline"]} <= {pos for pos, _ in shown.lines}


def test_what_is_committed_afterwards_is_added() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    shown.note(ident, "村主任已到")
    shown.refresh(TOUCHED_S)
    assert shown.events()[:2] == ["IncidentNoted", "CommandDone"]
    assert len(set(map(str, shown.rows[-1][1]["timeline"]))) == len(shown.events())


def test_an_order_given_afterwards_is_followed() -> None:
    shown = Shown()
    ident = shown.alarm("cam-1", "fire")  # goes by itself after a minute
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    shown.play.do("assign", ident, units=("near",))
    shown.committed()
    order = shown.play.order_of("near")
    shown.play.reply(order, "received")
    shown.committed()
    shown.refresh(TOUCHED_S)
    assert "OrderSettled" in shown.events()


def test_what_concerns_another_touches_nothing() -> None:
    shown = Shown()
    ident, other = shown.alarm(), shown.alarm("cam-4")
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    shown.note(other)
    assert shown.refresh(TOUCHED_S) == []
    assert shown.asked == [ident]


def test_times_of_arrival_are_made_anew_every_second() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    assert shown.refresh(EVERY_S - 0.01) == []
    assert len(shown.refresh(0.01)) == 1


def test_however_much_happens_it_is_made_a_few_times_a_second() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    for _ in range(1000):
        shown.note(ident)
        shown.refresh(0.001)
    assert len(shown.asked) <= 1 + 1 / TOUCHED_S
    shown.refresh(TOUCHED_S)
    assert len(shown.rows[-1][1]["timeline"]) == LENGTH


def test_many_take_turns() -> None:
    shown = Shown()
    idents = [shown.alarm("cam-1", kind) for kind in ("flood", "landslide", "fire", "crowd")]
    slow = shown.explain

    def very_slow(world: World, incident: Incident, now: float) -> dict[str, Any]:
        shown.mono += BUDGET_S * 1.1
        return slow(world, incident, now)

    shown.details._explain = very_slow
    for ident in idents:
        shown.details.watch(ident, anybody=True)
    for _ in idents:
        assert len(shown.refresh()) == 1
    assert sorted(shown.asked) == sorted(idents)


def test_when_the_last_one_leaves_it_is_gone() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    shown.rows.clear()
    shown.details.watch(ident, anybody=False)
    assert shown.rows == [(ident, None)]
    shown.details.watch(ident, anybody=False)
    assert shown.rows == [(ident, None)]
    assert shown.refresh(EVERY_S) == []


def test_an_id_of_nothing_shows_nothing_and_reads_nothing() -> None:
    shown = Shown()
    shown.details.watch("I-0", anybody=True)
    assert shown.refresh() == []
    assert not shown.details._unread.is_set()
    shown.details.watch("I-0", anybody=False)
    assert shown.rows == []


def test_what_goes_to_the_archive_is_gone() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    del shown.play.world.incidents[ident]
    assert shown.refresh(EVERY_S) == [(ident, None)]
    assert shown.refresh(EVERY_S) == []


def test_where_our_own_code_fails_the_timeline_still_stands() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.trouble = ZeroDivisionError("x")
    shown.details.watch(ident, anybody=True)
    ((_, row),) = shown.refresh()
    assert row["failed"] is True
    assert row["timeline"]


def test_only_what_memory_no_longer_has_is_read() -> None:
    shown = Shown()
    ident = shown.alarm()
    shown.details.watch(ident, anybody=True)
    shown.refresh()
    assert not shown.details._unread.is_set()
    other = shown.alarm("cam-4")
    shown.lines.clear()
    shown.details.watch(other, anybody=True)
    ((_, row),) = shown.refresh()
    assert (row["timeline"], row["earlier"]) == ([], True)
    assert shown.details._unread.is_set()
