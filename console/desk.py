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
from console import drafts, following
from console.alarm import Alarm
from console.anywhere import anywhere
from console.cells import Line
from console.command_line import CommandLine
from console.effects import Effect, Quit, Remember, Send
from console.frame import Parts, frame, origin, second_line
from console.gap import Kept, compare, keep
from console.greeting import first_words
from console.guard import ONCE, Guard, Painted, Press
from console.keys import bindings, folded
from console.leaving import Leaver, why_not
from console.look import Look
from console.model import LOST_S, Model
from console.outcome import NOTHING, OK, REFUSED, SAID, UNKNOWN, Outcome
from console.page import Act, Back, Ctx, Fill, Go, Move, Page, Say
from console.queue import Queue
from console.settings import Settings
from console.watching import Watching, quiet

FREEZE_S, FREEZE_MOST_S = 3.0, 10.0  # a key freezes the order of the queue

Pages = Mapping[str, Callable[[str], Page]]


@dataclass(frozen=True, slots=True)
class Picture:
    """What the screen shows: `lines`, and where the terminal's cursor is (column, line)."""

    lines: Sequence[Line]
    cursor: tuple[int, int] | None


class Desk:
    """One officer at one terminal. `pages` makes a page by its name; `ids` makes command ids.

    `beside`: the post was started on this terminal, and ends with this console.
    """

    def __init__(
        self,
        pages: Pages,
        ids: Callable[[], str],
        settings: Settings,
        *,
        readonly: bool = False,
        beside: bool = False,
        look: Look | None = None,
    ) -> None:
        self.model, self.queue, self.alarm = Model(), Queue(), Alarm()
        self.settings = settings
        self.look = look or Look(lang=settings.lang, theme=settings.theme)
        self.readonly, self.beside = readonly, beside
        self.result = NOTHING
        self.line: CommandLine | None = None
        self.link_words = ""  # why there is no connection, for the lost page
        self.lost_since: float | None = None
        self._kept: Kept | None = None  # how things stood then
        self._pages, self._ids = pages, ids
        self._stack: list[Page] = [pages["main"]("")]
        self._bindings = bindings(settings.keys)
        self._guard = Guard()
        self._painted = Painted()
        self._unsaved: dict[str, str] = {}
        self._watching = Watching()
        self._greeted = False
        self._unheard: list[tuple[str, str]] = []  # rows that changed since the last tick
        self._frozen_from = self._frozen_until = -1e9

    # --- what comes in

    def take(self, frames: Iterable[m.Frame], mono: float) -> None:
        """Frames of the feed, in their order."""
        for one in frames:
            self.model.take(one, mono)

    def ended(self, outcome: Outcome, mono: float) -> list[Effect]:
        """A command of ours has an answer, or has none."""
        command = outcome.command
        if isinstance(command, m.Watch | m.Unwatch):
            return []
        outcome = replace(outcome, at=outcome.at or self.model.now(mono))
        if command is None or not quiet(command):
            self.result = outcome
        effects: list[Effect] = []
        for page in (top := self.page, *self._stack[-2::-1]):
            told = page.ended(self.ctx(mono), outcome)
            if page is not top:  # nothing moves under the hand
                told = [one for one in told if not isinstance(one, Back | Go | Say | Fill)]
            effects += self._carry_out(told, mono)
        if outcome.how == OK and drafts.settled(self.settings, self._unsaved, command):
            effects.append(Remember())
        return effects

    def came_back(self, changes: Iterable[tuple[str, str]], mono: float) -> list[Effect]:
        """The line is up after a gap of more than 5 s; `changes`: (table, key) of what was missed.

        Reds among them count as not acknowledged. The page of what changed comes on top of the main
        page; whoever is in the middle of something else finds it beneath.
        """
        missed = tuple(changes)
        reds = {key for table, key in missed if table == "incident" and self._is_red(key)}
        self.model.not_seen(reds)
        if self.result.how == SAID:  # what became of a command stays
            words = self.look.tr("Connected again: {n} changes, {reds} of them in red items.")
            self.result = Outcome(SAID, text=words.format(n=len(missed), reds=len(reds)))
        if "back" not in self._pages:
            return []
        if self.line is None and self.page.name == "main":
            return self._go(Go("back"), mono)
        if any(page.name == "back" for page in self._stack):
            return []
        page = self._pages["back"]("")
        self._stack.insert(max(1, len(self._stack) - 1), page)
        return self._carry_out(page.opened(self.ctx(mono)), mono)

    def key(self, key: str, character: str, mono: float) -> list[Effect]:
        """A key by Textual's name, and the character it types ("" for none)."""
        self._freeze(mono)
        ctx = self.ctx(mono)
        whole = self.page.whole and not ctx.lost
        if self._bindings.get(key) == "next" and not (character or whole):  # before all others
            return self._carry_out(self._press(ctx, "next", ""), mono)
        if self.line is not None:
            return self._typed(self.line, key, character, mono)
        if self.page.takes_text:
            moves = self.page.key(ctx, key, character)
            if moves is not None:
                return self._carry_out(moves, mono)
        key, character = folded(key, character)
        action = self._bindings.get(key, key)
        return self._carry_out(self._press(ctx, action, character), mono)

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
        ctx = self.ctx(mono)
        if y == second_line(ctx):
            return self._carry_out(self._press(ctx, "next", ""), mono)
        left, above = origin(ctx, self.page)
        return self._carry_out(self.page.click(ctx, x - left, y - above), mono)

    def wheel(self, lines: int, mono: float) -> None:
        """The mouse wheel, down positive."""
        self._freeze(mono)
        self.page.wheel(self.ctx(mono), lines)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size; dialog, cursor and draft stay."""
        self.look = replace(self.look, width=width, height=height)

    # --- what goes out

    def place(self, mono: float) -> list[Effect]:
        """Rows that changed into their places in the queue. `tick` does it too; after each frame
        it is the less for a key to wait for, and what was just read is still in the processor.
        """
        changed = self.model.drain()
        self._unheard += changed
        # While the line is lost the list stands as it stood: no deadline passes unheard of.
        now = self.model.beat.get("now", 0.0) if self.lost(mono) else self.model.now(mono)
        self.queue.update(self.model, changed, now, frozen=mono < self._frozen_until)
        return []

    def tick(self, mono: float) -> list[Effect]:
        """What has become due: sounds, pages that change by themselves, the queue's order."""
        self._greet(mono)
        self.place(mono)
        changed, self._unheard = self._unheard, []
        effects = self._carry_out(self.page.tick(self.ctx(mono)), mono)
        effects += self._watch_the_line(mono)
        return effects + self.alarm.due(self.model, self.queue, self.settings, mono, changed)

    def draw(self, mono: float) -> Picture:
        """The whole screen as lines, each exactly as wide as the screen.

        To be called for pictures that are then shown: keys mean what the last one had.
        """
        ctx = self.ctx(mono)
        lines, cursor = frame(ctx, self._parts(mono))
        item = self.page.item
        rev = ctx.model.incident(item).get("rev")
        self._painted = Painted(item, rev, following.target(ctx, self.page))
        # What the lost page covers was not seen: it is guarded again when it comes back.
        self._guard.painted(None if ctx.lost else self.page, self.page.stirred, mono)
        return Picture(lines, cursor)

    def open(self, page: str, mono: float) -> list[Effect]:
        """Open a page from outside."""
        return self._carry_out((Go(page),), mono)

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
            unsaved=self._unsaved,
        )

    # --- inside

    def _parts(self, mono: float) -> Parts:
        sound = self.alarm.state(self.settings, mono)
        return Parts(self.page, self.result, self.line, self.lost_since, self.link_words, sound)

    def _press(self, ctx: Ctx, action: str, character: str) -> Sequence[Move]:
        """A key that is not text: those that act count once, and not before they can be meant."""
        if action not in ONCE:
            self._guard.other()
            return self._answer(ctx, action, character)
        press = self._guard.press(action, self.page, ctx.mono, self.settings.guard_s)
        if press is Press.COUNTS:
            return self._answer(ctx, action, character)
        if press is Press.EARLY:
            return (Say(self.look.tr("Not done: the screen changed under the key. Press again.")),)
        return ()

    def _answer(self, ctx: Ctx, action: str, character: str) -> Sequence[Move]:
        if action == "next":
            return self._next_item(ctx)
        mine = self.page.key(ctx, action, character)
        return self._everywhere(ctx, action) if mine is None else mine

    def _everywhere(self, ctx: Ctx, action: str) -> Sequence[Move]:
        """What no page wanted."""
        if action == "acknowledge":
            return self._acknowledge(ctx)
        if action == "silence":
            return self.alarm.silence(ctx.mono, self.look)
        return anywhere(ctx, action, self._painted.item)

    def _next_item(self, ctx: Ctx) -> Sequence[Move]:
        """F2, from anywhere: the dispatch dialog of the item on line 2, and nothing else."""
        typed = self.line.typed.text if self.line else ""
        moves = following.go_on(ctx, self.page, self._painted.top, typed)
        if any(isinstance(move, Go) for move in moves):
            self.line = None
        return moves

    def _acknowledge(self, ctx: Ctx) -> Sequence[Move]:
        """F4: the item in the last painted frame, by id and version; never all of them."""
        item, rev = self._painted.item, self._painted.rev
        if rev is None:
            return (Say(self.look.tr("F4: no item is chosen.")),)
        command = m.Acknowledge(id=self._ids(), incident=item, rev=rev)
        return (Send(command, " ".join((item, self.look.tr("acknowledge")))),)

    def _is_red(self, ident: str) -> bool:
        row = self.model.row("incident", ident)
        return row.get("priority") == 1 and row.get("state") in following.RUNNING

    def _carry_out(self, moves: Iterable[Move], mono: float) -> list[Effect]:
        """Moves on the screen are done here; what is left are effects."""
        effects: list[Effect] = []
        for move in moves:
            match move:
                case Go():
                    effects += self._go(move, mono)
                case Back():
                    effects += self._close(self.page, mono) if len(self._stack) > 1 else []
                case Say():
                    self.result = Outcome(SAID, text=move.text)
                case Fill():
                    self.line = CommandLine(item=self.page.item, history=self.settings.history)
                    self.line.typed.set(move.text)
                case Send():
                    effects += self._send(move, mono)
                case Act():
                    effects += self._carry_out(self._everywhere(self.ctx(mono), move.action), mono)
                case Remember():
                    own = self.settings
                    self.look = replace(self.look, lang=own.lang, theme=own.theme)
                    self._bindings = bindings(own.keys)
                    effects.append(move)
                case Quit():
                    effects += self._leave(move, mono)
                case _:
                    effects.append(move)
        return effects

    def _send(self, send: Send, mono: float) -> list[Effect]:
        command = send.command
        if isinstance(command, m.Watch | m.Unwatch):
            return [send] if self._watching.note(command) else []  # the link says it again
        words = ""
        if self.lost(mono):
            words = self.look.tr("E9 The connection is lost: nothing was sent.")
        elif self.readonly:
            words = self.look.tr("This console is for reading only.")
        if words:
            self.result = Outcome(REFUSED, send.what, words, self.model.now(mono))
            return []
        if not quiet(command):
            words = self.look.tr("sent, no answer yet")
            self.result = Outcome(UNKNOWN, send.what, words, self.model.now(mono))
        return [send]

    def _go(self, go: Go, mono: float) -> list[Effect]:
        if go.page == "main":
            return self._home(mono) + self._fill(go, mono)
        if go.page not in self._pages:
            raise KeyError(go.page)
        if self.page.name == go.page and (self.page.item == go.item or not go.item):
            return self._fill(go, mono)
        effects = self._close(self.page, mono) if self.page.transient else []
        for page in [page for page in self._stack if page.name == go.page]:
            effects += self._close(page, mono)
        page = self._pages[go.page](go.item)
        self._stack.append(page)
        effects += self._carry_out(page.opened(self.ctx(mono)), mono)
        return effects + self._fill(go, mono)

    def _fill(self, go: Go, mono: float) -> list[Effect]:
        return self._carry_out(self.page.fill(self.ctx(mono), go.fill), mono) if go.fill else []

    def _home(self, mono: float) -> list[Effect]:
        effects: list[Effect] = []
        while len(self._stack) > 1:
            effects += self._close(self.page, mono)
        return effects

    def _close(self, page: Page, mono: float) -> list[Effect]:
        self._stack.remove(page)
        return self._carry_out(page.closed(self.ctx(mono)), mono)

    def _leave(self, quit_: Quit, mono: float) -> list[Effect]:
        """Nobody leaves by a slip of the hand whom the post would miss."""
        who = Leaver(self.model, self.queue, self.look, self.beside, self.lost(mono))
        if words := why_not(who, stop=quit_.stop):
            self.result = Outcome(SAID, text=words)
            return []
        return [quit_]

    def _typed(self, line: CommandLine, key: str, character: str, mono: float) -> list[Effect]:
        moves = line.key(self.ctx(mono), key, character)
        if line.done and self.line is line:
            self.line = None
        return self._carry_out(moves, mono)

    def _freeze(self, mono: float) -> None:
        if mono > self._frozen_until:
            self._frozen_from = mono
        self._frozen_until = min(mono + FREEZE_S, self._frozen_from + FREEZE_MOST_S)

    def _greet(self, mono: float) -> None:
        """Once, when the first picture is whole; never over something that was said."""
        if not self._greeted and self.model.tables and not self.model.loading:
            self._greeted = True
            if self.result is NOTHING:
                self.result = Outcome(SAID, text=first_words(self.ctx(mono)))

    def _watch_the_line(self, mono: float) -> list[Effect]:
        """Since when nothing has been heard; and what changed, once all of it is here again."""
        if self.lost(mono):
            if self.lost_since is None and self.model.beat_at is not None:
                self.lost_since = self.model.beat_at
                self._kept = keep(self.model.tables, self.model.beat, self.model.now(mono) - LOST_S)
        elif not self.model.loading:
            self.lost_since, kept, self._kept = None, self._kept, None
            if kept is not None:
                model = self.model
                model.gap = compare(kept, model.tables, model.beat, model.now(mono))
                return self.came_back([(one.table, one.id) for one in model.gap.changes], mono)
        return []
