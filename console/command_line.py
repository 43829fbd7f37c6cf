"""The `:` line: reading along, completion, history. Pure; the grammar is in `grammar/`.

A line that is at fault stays, the cursor on the fault; a colon begins a new one. Tab walks the
choices and comes back to what was typed, Right takes the grey suggestion, Up and Down walk the
lines given before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console import grammar
from console.cells import show
from console.complete import NOTHING, Offer, offer
from console.effects import Remember, Send
from console.field import TextField
from console.grammar import Env, Fault
from console.grammar.acts import opens_dialog
from console.page import Ctx, Go, Move, Say

KEPT = 200  # lines of the history
COLONS = frozenset({":", "："})
FRESH_S = 1.0  # how long a reading of the same line holds while the rows move on


@dataclass(slots=True)
class CommandLine:
    """Open while the officer types a command; `item` is what `.` means."""

    typed: TextField = field(default_factory=TextField)
    item: str = ""
    history: list[str] = field(default_factory=list)
    done: bool = False
    _back: int = 0  # how far back in the history; 0: the line being typed
    _draft: str = ""
    _cycle: Offer = NOTHING
    _at: int = -1  # which choice of the cycle stands in the line; -1: none
    _fault: tuple[str, str] = ("", "")  # a line that was given, and what is wrong with it
    _read: tuple[tuple[str, str], float, str, str] = (("", ""), -1e9, "", "")

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move]:
        """A key typed into it; `done` once it is to be closed."""
        if key == "tab":
            self._tab(ctx)
            return ()
        self._cycle, self._at = NOTHING, -1
        if character in COLONS and (self._failed() or self.typed.cursor == 0):
            return self._anew(ctx)
        if key == "enter":
            return self._enter(ctx)
        if key == "escape":
            return self._leave(ctx)
        if key == "f1":  # the line stays: what it is about is read above it
            return (Go("help", grammar.about(self.typed.text)),)
        if key in {"up", "down"}:
            self._walk(1 if key == "up" else -1)
        elif key == "right" and self._at_end() and (rest := self.ghost(ctx)):
            self.typed.insert(rest + " ")
        else:
            self.typed.key(key, character)
        return ()

    def reading(self, ctx: Ctx) -> str:
        """How the line is read so far, or what is wrong with it, for the hint line."""
        return self._fault[1] if self._failed() else self._look(ctx)[0]

    def ghost(self, ctx: Ctx) -> str:
        """The suggestion that Right takes."""
        return self._look(ctx)[1] if self._at_end() and self._at < 0 else ""

    # --- inside

    def _failed(self) -> bool:
        """What stands there was given, was at fault, and has not been touched since."""
        return bool(self._fault[1]) and self._fault[0] == self.typed.text

    def _anew(self, ctx: Ctx) -> Sequence[Move]:
        """A colon where a line begins: a new one after a failed one, which Up brings back."""
        if not self._failed():
            return ()
        self._keep(ctx)
        self.typed.set("")
        self._back = 0
        return (Remember(),)

    def _env(self, ctx: Ctx) -> Env:
        return Env(ctx, self.item)

    def _at_end(self) -> bool:
        return self.typed.cursor == len(self.typed.text)

    def _enter(self, ctx: Ctx) -> Sequence[Move]:
        if not self.typed.text.strip():
            self.done = True
            return ()
        try:
            order = grammar.read(self._env(ctx), self.typed.text)
            self._keep(ctx)
            moves = grammar.run(order)
        except Fault as fault:
            return self._stay(f"{fault.code} {fault.words}", fault.at)
        if ctx.lost and any(isinstance(move, Send) for move in moves):
            words = ctx.tr("E9 The connection is lost: nothing was sent.")
            return (*self._stay(words, len(self.typed.text)), Remember())
        self.done = True
        return (*moves, Remember())

    def _stay(self, why: str, at: int) -> Sequence[Move]:
        """The line stays as it is, the cursor where it is at fault."""
        self._fault = (self.typed.text, why)
        self.typed.cursor = min(at, len(self.typed.text))
        return (Say(why),)

    def _leave(self, ctx: Ctx) -> Sequence[Move]:
        """Not run, not lost: Up brings it back."""
        self.done = True
        if not grammar.has_text(self.typed.text):
            return ()
        self._keep(ctx)
        return (Remember(),)

    def _keep(self, ctx: Ctx) -> None:
        """Into the history; a caller's words may name a person, and are not for the disk."""
        kept, line = ctx.settings.history, grammar.to_keep(self.typed.text)
        if line and line not in kept[-1:]:
            kept.append(line)
            del kept[:-KEPT]

    def _walk(self, by: int) -> None:
        """Up to older lines, down to the one being typed."""
        if self._back == 0:
            self._draft = self.typed.text
        self._back = max(0, min(len(self.history), self._back + by))
        self.typed.set(self._draft if self._back == 0 else self.history[-self._back])

    def _tab(self, ctx: Ctx) -> None:
        """The next choice; after the last one what was typed, then the first again."""
        if self._at < 0 and self._cycle is NOTHING:
            before = self.typed.text[: self.typed.cursor]
            self._cycle = offer(self._env(ctx), before)
            self._draft = self.typed.text
            if len(self._cycle.choices) == 1:
                self._put(self._cycle, self._cycle.choices[0].insert + " ")
                self._cycle = NOTHING
                return
        if not self._cycle.choices:
            self._cycle = NOTHING
            return
        self._at += 1
        if self._at == len(self._cycle.choices):
            self.typed.set(self._draft)
            self._at = -1
            return
        self._put(self._cycle, self._cycle.choices[self._at].insert)

    def _put(self, given: Offer, insert: str) -> None:
        self.typed.set(self._draft[: given.at] + insert)

    def _look(self, ctx: Ctx) -> tuple[str, str]:
        """(reading, ghost) of the line; looked up again once a second while nothing is typed."""
        line = self.typed.text
        key = (line, ctx.look.lang)
        if self._read[0] == key and 0 <= ctx.mono - self._read[1] < FRESH_S:
            return self._read[2], self._read[3]
        given = offer(self._env(ctx), line)
        ghost = given.ghost() if line.strip() else ""
        self._read = (key, ctx.mono, _said(ctx, self._env(ctx), line, given), ghost)
        return self._read[2], self._read[3]


def _said(ctx: Ctx, env: Env, line: str, given: Offer) -> str:
    if not line.strip():
        return ctx.tr("A command, then Enter. Tab completes, Up brings back, F1 helps, Esc leaves.")
    try:
        order = grammar.read(env, line)
        words = ctx.tr("read as: {words}").format(words=grammar.reading(order))
    except Fault as fault:
        return _unfinished(ctx, fault, given)
    dialog = ctx.tr("(Enter opens the dialog)")
    return f"{words}  {dialog}" if opens_dialog(order) else words


def _unfinished(ctx: Ctx, fault: Fault, given: Offer) -> str:
    """What is missing or wrong; while something can be completed, what could come."""
    if not given.choices:
        return f"{fault.code} {fault.words}"
    names = " ".join(_labelled(choice.insert, choice.label) for choice in given.choices)
    head = fault.words if fault.code == "E2" else ctx.tr("Tab")
    return f"{head}: {names}"


def _labelled(insert: str, label: str) -> str:
    shown = show(insert, 60)
    return shown if not label or label == shown else f"{shown}({show(label, 60)})"
