"""A stage for the tour: an inner desk with the real pages and keys, fed and answered by a script.

Nothing that it sends leaves it. Time is an argument, as for the desk. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from command import messages as m
from console.desk import Desk, Pages
from console.effects import Effect, Send, Sound
from console.look import Look
from console.outcome import OK, Outcome
from console.settings import Settings

Row = dict[str, Any]
LONG_AGO_S = 60.0  # a beat so old is no beat


@dataclass(frozen=True, slots=True)
class Part:
    """`says` one sentence (a message id); `does` begins it; `done` says when it is over.

    `keys`: those that are the tour's own here, as action names, and not the inner desk's.
    """

    step: int
    says: str
    done: Callable[[Stage], bool]
    does: Callable[[Stage, float], None] = lambda _stage, _mono: None
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Script:
    """`start`: POSIX seconds of the first moment; `opening`: the first rows; `answer`: a command's
    consequences, as the post would have them.
    """

    start: float
    officer: str
    opening: Callable[[float], dict[str, dict[str, Row]]]
    parts: Sequence[Part]
    answer: Callable[[Stage, m.Command, float], None]
    busy: Callable[[int], int]  # alarms in 10 minutes, by the part that runs


class Stage:
    """A script that is being played to an officer."""

    def __init__(
        self, script: Script, pages: Pages, settings: Settings, look: Look, mono: float
    ) -> None:
        self.over = False
        self.at = 0  # the part that runs
        self._script = script
        self._ids = 0
        self._since, self._jumped, self._cut = mono, 0.0, False
        self._later: list[tuple[float, Callable[[float], None]]] = []
        self._given: list[m.Command] = []
        self._pressed = ""
        self._sounds: list[Sound] = []
        own = replace(settings, history=[], drafts={}, keys={})
        self.desk = Desk(pages, self._next_id, own, look=look)
        rows = script.opening(self.now(mono))
        first = m.Snapshot(snapshot=rows, at="e1-1", role="officer", name=script.officer)
        self.desk.take([first], mono)
        self._beat(mono)
        self.desk.tick(mono)
        self.part.does(self, mono)

    # --- the officer's side

    @property
    def part(self) -> Part:
        """What runs now."""
        return self._script.parts[self.at]

    def key(self, key: str, character: str, mono: float) -> None:
        """A key: the inner desk's, but where the tour itself waits for it."""
        self._pressed = key
        if key not in self.part.keys:
            self._take(self.desk.key(key, character, mono), mono)
        self._go_on(mono)

    def paste(self, text: str, mono: float) -> None:
        """As typed."""
        self._take(self.desk.paste(text, mono), mono)

    def tick(self, mono: float) -> list[Effect]:
        """What the script has for this moment; the sounds that are due."""
        due = [one for one in self._later if one[0] <= mono]
        self._later = [one for one in self._later if one[0] > mono]
        for _, act in due:
            act(mono)
        self._beat(mono)
        self._take(self.desk.tick(mono), mono)
        self._go_on(mono)
        sounds, self._sounds = self._sounds, []
        return [*sounds]

    # --- the script's side

    def now(self, mono: float) -> float:
        """The clock of the stage's post, POSIX seconds."""
        return self._script.start + (mono - self._since) + self._jumped

    def gave(self, kind: type[m.Command]) -> bool:
        """Whether the officer has given such a command in this part."""
        return any(isinstance(one, kind) for one in self._given)

    def pressed(self, *keys: str) -> bool:
        """Whether the last key was one of these."""
        return self._pressed in keys

    def shows(self, page: str) -> bool:
        """Whether this page is open."""
        return self.desk.page.name == page

    def rows(self, mono: float, **tables: dict[str, Row | None]) -> None:
        """Rows as the feed would send them."""
        self.desk.take([m.Rows(rows=dict(tables), at="e1-1")], mono)

    def change(self, mono: float, ident: str, **over: Any) -> None:
        """One incident says something else."""
        row = self.desk.model.row("incident", ident)
        self.rows(mono, incident={ident: {**row, "rev": row["rev"] + 1, **over}})

    def after(self, seconds: float, mono: float, act: Callable[[float], None]) -> None:
        """Do it a moment later."""
        self._later.append((mono + seconds, act))

    def open(self, page: str, mono: float) -> None:
        """A page by the script's hand."""
        self._take(self.desk.open(page, mono), mono)

    def sound(self, word: str) -> None:
        """Let them hear it, marked as of a drill."""
        self._sounds.append(Sound(word, drill=True))

    def jump(self, seconds: float) -> None:
        """The clock of the stage's post runs ahead."""
        self._jumped += seconds

    def cut(self, mono: float) -> None:
        """The line is gone, and has been for a while."""
        self._cut = True
        model = self.desk.model
        model.beat = model.beat | {"now": self.now(mono) - LONG_AGO_S}
        model.beat_at = mono - LONG_AGO_S

    def mend(self, mono: float, changes: Sequence[tuple[str, str]]) -> None:
        """The line is back, and this has changed meanwhile."""
        self._cut = False
        self._beat(mono)
        self._take(self.desk.came_back(changes, mono), mono)

    # --- inside

    def _next_id(self) -> str:
        self._ids += 1
        return f"tour-{self._ids}"

    def _beat(self, mono: float) -> None:
        if self._cut:
            return
        many, officer = self._script.busy(self.at), self._script.officer
        load = {"n10": many, "band": "busy" if many > 1 else "quiet", "officers": [officer]}
        beat = {"now": self.now(mono), "at": "e1-1", "epoch": 1, "era": 1, "load": load}
        beat |= {"store": {"ok": True, "reason": ""}, "broker": {"ok": True, "reason": ""}}
        self.desk.take([m.Beat(beat=beat)], mono)

    def _take(self, effects: Sequence[Effect], mono: float) -> None:
        """Sounds go out; a command is answered at once, as by a post that agrees."""
        for effect in effects:
            if isinstance(effect, Sound):
                self.sound(effect.word)
            elif isinstance(effect, Send) and not isinstance(effect.command, m.Watch | m.Unwatch):
                self._given.append(effect.command)
                self._script.answer(self, effect.command, mono)
                ended = Outcome(OK, effect.what, ms=4, command=effect.command)
                self._take(self.desk.ended(ended, mono), mono)

    def _go_on(self, mono: float) -> None:
        """The next part, once this one has seen what it waits for."""
        if self.over or not self.part.done(self):
            return
        self._pressed = ""
        self._given.clear()
        if self.at + 1 >= len(self._script.parts):
            self.over = True
            return
        self.at += 1
        self.part.does(self, mono)
