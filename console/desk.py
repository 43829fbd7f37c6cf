"""The officer's desk: what each key does, what is on the screen, what has to sound. Pure.

START READING HERE. Time (`mono`, a monotonic clock's seconds) is an argument, the world is reached
through effects: `app.py` carries them out, a test reads them. Frames come in by `take`, keys by
`key`, the outcome of a command by `ended`; `tick` finds what has become due, `draw` makes lines.

Rules that hold everywhere, whatever page is open:
- F2 opens the dispatch dialog of the most pressing item, from anywhere, and does nothing else.
- F3 does the one action named at the bottom. Outside the command line Enter sends nothing.
- While the connection is lost nothing is sent, and nothing is queued in silence (E9).
- Lines 1 and 2 stay whatever is open: a red item is never off the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from command import messages as m
from console.alarm import Alarm
from console.cells import Line
from console.command_line import CommandLine
from console.effects import Effect, Quit, Remember, Resync, Send
from console.frame import Parts, frame
from console.keys import bindings, folded
from console.look import Look
from console.model import Model
from console.outcome import NOTHING, REFUSED, SAID, UNKNOWN, Outcome
from console.page import Back, Ctx, Fill, Go, Move, Page, Say
from console.queue import Queue
from console.settings import Settings

REPEAT_S = 0.3  # F3, F4 and Space held down count once
FREEZE_S, FREEZE_MOST_S = 3.0, 10.0  # a key freezes the order of the queue
ONCE_KEYS = frozenset({"go", "acknowledge", "next", "mark"})

Pages = Mapping[str, Callable[[str], Page]]


@dataclass(frozen=True, slots=True)
class Picture:
    """What the screen shows: `lines`, and where the terminal's cursor is (column, line)."""

    lines: Sequence[Line]
    cursor: tuple[int, int] | None


class Desk:
    """One officer at one terminal. `pages` makes a page by its name; `ids` makes command ids."""

    def __init__(
        self,
        pages: Pages,
        ids: Callable[[], str],
        settings: Settings,
        *,
        readonly: bool = False,
        look: Look | None = None,
    ) -> None:
        self.model, self.queue, self.alarm = Model(), Queue(), Alarm()
        self.settings = settings
        self.look = look or Look(lang=settings.lang, theme=settings.theme)
        self.readonly = readonly
        self.result = NOTHING
        self.line: CommandLine | None = None
        self.link_words = ""  # why there is no connection, for the lost page
        self.lost_since: float | None = None
        self._pages, self._ids = pages, ids
        self._stack: list[Page] = [pages["main"]("")]
        self._bindings = bindings(settings.keys)
        self._last: tuple[str, float] = ("", -1e9)
        self._frozen_from = self._frozen_until = -1e9

    # --- what comes in

    def take(self, frames: Iterable[m.Frame], mono: float) -> None:
        """Frames of the feed, in their order."""
        for one in frames:
            self.model.take(one, mono)

    def ended(self, outcome: Outcome, mono: float) -> list[Effect]:
        """A command of ours has an answer, or has none."""
        if isinstance(outcome.command, m.Watch | m.Unwatch):
            return []
        self.result = replace(outcome, at=outcome.at or self.model.now(mono))
        told = self.page.ended(self.ctx(mono), self.result)
        return self._carry_out(told, mono)

    def key(self, key: str, character: str, mono: float) -> list[Effect]:
        """A key by Textual's name, and the character it types ("" for none)."""
        self._freeze(mono)
        if self.line is not None:
            return self._into_the_line(key, character, mono)
        ctx = self.ctx(mono)
        if self.page.takes_text:
            moves = self.page.key(ctx, key, character)
            if moves is not None:
                return self._carry_out(moves, mono)
        key, character = folded(key, character)
        action = self._bindings.get(key, key)
        if action in ONCE_KEYS and self._repeats(action, mono):
            return []
        return self._carry_out(self._answer(ctx, action, key, character), mono)

    def paste(self, text: str, mono: float) -> list[Effect]:
        """Pasted text goes where text can go, its line ends as blanks; nowhere else."""
        if self.line is not None:
            self.line.typed.insert(text)
        elif self.page.takes_text:
            self.page.paste(self.ctx(mono), text)
        return []

    def click(self, x: int, y: int, mono: float) -> list[Effect]:
        """A mouse click: the page's own lines are the page's, line 2 is F2's."""
        self._freeze(mono)
        if y == 1 and not self.lost(mono):
            return self._carry_out(self._next_item(self.ctx(mono)), mono)
        return self._carry_out(self.page.click(self.ctx(mono), x, y - 2), mono)

    def wheel(self, lines: int, mono: float) -> None:
        """The mouse wheel, down positive."""
        self._freeze(mono)
        self.page.wheel(self.ctx(mono), lines)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size; dialog, cursor and draft stay."""
        self.look = replace(self.look, width=width, height=height)

    # --- what goes out

    def tick(self, mono: float) -> list[Effect]:
        """What has become due: sounds, pages that change by themselves, the queue's order."""
        now = self.model.now(mono)
        self.queue.update(self.model, self.model.drain(), now, frozen=mono < self._frozen_until)
        effects = self._carry_out(self.page.tick(self.ctx(mono)), mono)
        self._watch_the_line(mono)
        return effects + self.alarm.due(self.model, self.queue, self.settings, mono)

    def draw(self, mono: float) -> Picture:
        """The whole screen as lines, each exactly as wide as the screen."""
        lines, cursor = frame(self.ctx(mono), self._parts(mono))
        return Picture(lines, cursor)

    @property
    def page(self) -> Page:
        """The page on top."""
        return self._stack[-1]

    def lost(self, mono: float) -> bool:
        """Nothing is heard of the post: what is shown is old, and nothing can be ordered."""
        return self.model.lost(mono)

    def ctx(self, mono: float) -> Ctx:
        """What pages may read, at this moment."""
        return Ctx(
            model=self.model,
            queue=self.queue,
            look=self.look,
            mono=mono,
            now=self.model.now(mono),
            me=self.model.name,
            readonly=self.readonly,
            settings=self.settings,
            ids=self._ids,
            lost=self.lost(mono),
        )

    # --- inside

    def _parts(self, mono: float) -> Parts:
        return Parts(
            page=self.page,
            result=self.result,
            line=self.line,
            lost_since=self.lost_since,
            link_words=self.link_words,
        )

    def _answer(self, ctx: Ctx, action: str, key: str, character: str) -> Sequence[Move]:
        if action == "next":
            return self._next_item(ctx)
        mine = self.page.key(ctx, action if action != key else key, character)
        if mine is not None:
            return mine
        return self._everywhere(ctx, action)

    def _everywhere(self, ctx: Ctx, action: str) -> Sequence[Move]:
        """What a key does where the page has no use of its own for it."""
        match action:
            case "main" | "teams" | "cameras" | "grid" | "cases" | "menu" | "help":
                return (Go(action),)
            case "command":
                return (Fill(""),)
            case "find":
                return (Fill(self.look.either("找 ", "find ")),)
            case "note" if item := self._item(ctx):
                return (Fill(self.look.either(f"备注 {item} // ", f"note {item} // ")),)
            case "acknowledge":
                return self._acknowledge(ctx)
            case "silence":
                return self.alarm.silence(ctx.mono, self.look)
            case "resync":
                return (Resync(),)
            case "back":
                return (Back(),)
            case "go":
                return (Say(self.look.tr("F3 has nothing to send here.")),)
        return ()

    def _item(self, ctx: Ctx) -> str:
        """The item shown or under the cursor: what `.` and F4 mean."""
        return self.page.item

    def _next_item(self, ctx: Ctx) -> Sequence[Move]:
        """F2, from anywhere: the dispatch dialog of the top item, and nothing else."""
        if ctx.lost:
            return (Say(self.look.tr("E9 The connection is lost: nothing can be sent.")),)
        top = self.queue.top(ctx.now)
        if top is None:
            return (Say(self.look.tr("Nothing waits for you now."), "good"),)
        return (Go("dispatch", top.id),)

    def _acknowledge(self, ctx: Ctx) -> Sequence[Move]:
        """F4: the item in the last painted frame, by id and version; never all of them."""
        item = self._item(ctx)
        row = ctx.model.incident(item)
        if not row:
            return (Say(self.look.tr("F4: no item is chosen.")),)
        command = m.Acknowledge(id=self._ids(), incident=item, rev=row["rev"])
        return (Send(command, f"{item} {self.look.tr('acknowledge')}"),)

    def _carry_out(self, moves: Iterable[Move], mono: float) -> list[Effect]:
        """Moves on the screen are done here; what is left are effects."""
        effects: list[Effect] = []
        for move in moves:
            match move:
                case Go():
                    effects += self._go(move, mono)
                case Back():
                    effects += self._back(mono)
                case Say():
                    self.result = Outcome(SAID, text=move.text)
                case Fill():
                    self.line = CommandLine(item=self.page.item, history=self.settings.history)
                    self.line.typed.set(move.text)
                case Send():
                    effects += self._send(move, mono)
                case Remember():
                    self.look = replace(
                        self.look, lang=self.settings.lang, theme=self.settings.theme
                    )
                    effects.append(move)
                case Quit():
                    effects += self._leave(mono)
                case _:
                    effects.append(move)
        return effects

    def _send(self, send: Send, mono: float) -> list[Effect]:
        looking = isinstance(send.command, m.Watch | m.Unwatch)
        if self.lost(mono):
            if not looking:
                words = self.look.tr("E9 The connection is lost: nothing was sent.")
                self.result = Outcome(REFUSED, send.what, words, self.model.now(mono))
            return []
        if self.readonly and not looking:
            words = self.look.tr("This console is for reading only.")
            self.result = Outcome(REFUSED, send.what, words, self.model.now(mono))
            return []
        if not looking:
            words = self.look.tr("sent, no answer yet")
            self.result = Outcome(UNKNOWN, send.what, words, self.model.now(mono))
        return [send]

    def _go(self, go: Go, mono: float) -> list[Effect]:
        if go.page == "main":
            return self._home(mono)
        if go.page not in self._pages:
            raise KeyError(go.page)
        if self.page.name == go.page and (self.page.item == go.item or not go.item):
            return []
        effects: list[Effect] = []
        if self.page.name == go.page or self.page.transient:
            effects += self._close(mono)
        self._stack = [p for p in self._stack if p.name != go.page]
        page = self._pages[go.page](go.item)
        self._stack.append(page)
        return effects + self._carry_out(page.opened(self.ctx(mono)), mono)

    def _home(self, mono: float) -> list[Effect]:
        effects: list[Effect] = []
        while len(self._stack) > 1:
            effects += self._close(mono)
        return effects

    def _back(self, mono: float) -> list[Effect]:
        return self._close(mono) if len(self._stack) > 1 else []

    def _close(self, mono: float) -> list[Effect]:
        page = self._stack.pop()
        return self._carry_out(page.closed(self.ctx(mono)), mono)

    def _leave(self, mono: float) -> list[Effect]:
        """The last officer on duty does not leave by a slip of the hand."""
        shift = self.model.row("shift", "shift") or self.model.beat.get("shift") or {}
        officers = (self.model.beat.get("load") or {}).get("officers", [])
        mine = bool(self.model.name) and shift.get("officer") == self.model.name
        if mine and officers in ([], [self.model.name]) and not self.lost(mono):
            words = self.look.tr("You are the officer on duty: hand over first (:handover).")
            self.result = Outcome(SAID, text=words)
            return []
        return [Quit()]

    def _into_the_line(self, key: str, character: str, mono: float) -> list[Effect]:
        line = self.line
        assert line is not None
        if key in {"f2", "ctrl+g"}:
            self.line = None
            return self._carry_out(self._next_item(self.ctx(mono)), mono)
        moves = line.key(self.ctx(mono), key, character)
        if line.done and self.line is line:
            self.line = None
        return self._carry_out(moves, mono)

    def _repeats(self, action: str, mono: float) -> bool:
        """Held down, or hit twice: the same key within a moment counts once."""
        last, at = self._last
        self._last = (action, mono)
        return last == action and mono - at < REPEAT_S

    def _freeze(self, mono: float) -> None:
        if mono > self._frozen_until:
            self._frozen_from = mono
        self._frozen_until = min(mono + FREEZE_S, self._frozen_from + FREEZE_MOST_S)

    def _watch_the_line(self, mono: float) -> None:
        """Since when nothing has been heard; what came back is told by the page of changes."""
        if not self.lost(mono):
            self.lost_since = None
        elif self.lost_since is None and self.model.beat_at is not None:
            self.lost_since = self.model.beat_at
