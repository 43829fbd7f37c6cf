"""The help (F1, ?): keys, marks, every command with an example. F1 again: the tour. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from console.cells import Line, Span, exactly, plain, rule, show, width, wrap
from console.grammar.verb import Verb
from console.grammar.verbs import VERBS
from console.page import Ctx, Go, Move, Page
from console.wording import urgency, urgency_style
from sensors.words import _

KEYS = (
    ("F2", "Ctrl-G", _("open the dispatch dialog of the most pressing item, from anywhere")),
    ("F3", "Ctrl-Y", _("the one action named at the bottom: send, endorse, sign. Not Enter")),
    ("F4", "Ctrl-R", _("acknowledge the item shown or under the cursor")),
    ("F1", "?", _("this page; once more: three minutes around the console")),
    ("F5", "", _("the main page")),
    ("F6 F7", "", _("teams, cameras")),
    ("F8 F9", "", _("grid, cases")),
    ("F10", "Ctrl-O", _("the menu: everything else")),
    (":", "Ctrl-P", _("a command; / finds; [ ] the item before and after")),
    ("Ctrl-T", "", _("quiet for 60 s; that is no acknowledgement")),
    ("Ctrl-N", "", _("a note to the item")),
    ("Ctrl-L", "", _("ask the post for everything again, and draw all anew")),
    ("Space", "", _("mark, or read: a page of hazards, a team, a roll call")),
    ("Enter", "", _("open: a row, the detail, the dialog")),
    ("Esc", "", _("back; what was begun is kept")),
    ("Tab", "", _("the other part of the page; in a command: complete")),
)  # fmt: skip
MARKS = (
    ("!", _("never acknowledged")),
    ("~", _("the acknowledgement has run out; at the end of a text: it was cut")),
    ("@", _("another console has it open")),
    ("*", _("changed in the last 10 s")),
    ("?", _("old: not heard of for a while")),
    (">", _("the cursor")),
)
URGENCIES = (
    (1, _("somebody may die, or it gets out of hand, unless it is dealt with now")),
    (2, _("soon: minutes count")),
    (3, _("within the hour")),
    (4, _("in this shift")),
)
TYPING = (
    _("An item: 412, I-412, C-187 a case, . the one shown, ^ the top one."),
    _("A team, place, camera: its name, id, or the first letters of its pinyin (mb1, ljg2)."),
    _("Several: joined by a comma. A time: 30m 2h 1d until=08:00. A text: // and the words."),
)

ERRORS = (
    ("E1", _("not understood: the cursor stands on the word")),
    ("E2", _("something is missing; what it is, is said")),
    ("E3", _("it could mean several: give the whole id")),
    ("E4", _("there is no such item, team, place or camera")),
    ("E5", _("it has ended: reopen it first")),
    ("E6", _("your role may not: the leader on duty may")),
    ("E7", _("somebody changed it meanwhile: look again, then decide")),
    ("E8", _("hazards unread: Space, once you have read them")),
    ("E9", _("the connection is lost: nothing was sent")),
    ("E10", _("too long, out of its limits, or with a control character")),
    ("E11", _("this command is not there yet")),
)


class HelpPage(Page):
    """One long page that is scrolled."""

    name = "help"

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self._verb = item  # opened from a command: its lines come first
        self._top = 0
        self._lines: list[Line] = []
        self._height = 1

    def title(self, ctx: Ctx) -> str:
        """What else F1 does."""
        return ctx.tr("Help (F1 again: three minutes around the console)")

    def keys(self, ctx: Ctx) -> str:
        """How to move."""
        return ctx.tr("Up Down PgUp PgDn  F1 tour  : command  Esc back")

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The window of it."""
        marked = list(page(ctx, width))
        self._lines, self._height = [line for _of, line in marked], max(1, height - 1)
        if self._verb:
            self._top = next((n for n, (of, _l) in enumerate(marked) if of == self._verb), 0)
            self._verb = ""
        self._top = max(0, min(self._top, len(self._lines) - self._height))
        shown = self._lines[self._top : self._top + self._height]
        shown += [plain("", width)] * (self._height - len(shown))
        left = len(self._lines) - self._top - self._height
        more = ctx.tr("{n} more below").format(n=left) if left > 0 else ""
        return [*shown, rule(more, width)]

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Scrolling; F1 goes on to the tour."""
        if key == "help":
            return (Go("tour"),)
        steps = {
            "up": -1, "down": 1, "pageup": -self._height, "pagedown": self._height, "mark": 1,
            "home": -len(self._lines), "end": len(self._lines),
        }  # fmt: skip
        if key not in steps:
            return None
        self.wheel(ctx, steps[key])
        return ()

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """Up and down."""
        self._top = max(0, self._top + lines)


def page(ctx: Ctx, cells: int) -> Iterator[tuple[str, Line]]:
    """All of it, each line with the verb it is about."""
    yield from (("", line) for line in _keys_and_marks(ctx, cells))
    yield "", rule(ctx.tr("Commands: word, short form, example"), cells)
    soon = [verb for verb in VERBS if not verb.there]
    for verb in VERBS:
        if verb.there:
            yield from ((verb.en, line) for line in _verb(ctx, verb, cells))
    if soon:
        yield "", rule(ctx.tr("Not there yet: these say E11"), cells)
    for verb in soon:
        yield from ((verb.en, line) for line in _verb(ctx, verb, cells))
    yield "", rule(ctx.tr("When a command is not done"), cells)
    for number, says in ERRORS:
        head = (Span(f"{number:<7}", "bold"),)
        yield from (("", line) for line in _said(ctx, head, says, cells))


def _keys_and_marks(ctx: Ctx, cells: int) -> Iterator[Line]:
    yield rule(ctx.tr("Keys"), cells)
    for key, also, says in KEYS:
        yield from _said(ctx, (Span(f"{key:<7}", "bold"), Span(f"{also:<7}", "dim")), says, cells)
    for action, key in sorted(ctx.settings.keys.items()):
        says = ctx.tr("your own key for {action}").format(action=show(action, 30))
        yield exactly((Span(f"{show(key, 12):<14}", "bold"), Span(says)), cells)
    yield rule(ctx.tr("Marks before a line"), cells)
    for mark, says in MARKS:
        yield from _said(ctx, (Span(f"{mark:<7}", "bold"),), says, cells)
    for number, says in URGENCIES:
        word = urgency(ctx.look, number)
        pad = Span(" " * (7 - width(word)))
        yield from _said(ctx, (Span(word, urgency_style(number)), pad), says, cells)
    yield rule(ctx.tr("How commands are typed"), cells)
    for says in TYPING:
        yield from _said(ctx, (), says, cells)


def _said(ctx: Ctx, head: Line, says: str, cells: int) -> Iterator[Line]:
    """A head and its sentence; more lines stand under the sentence."""
    indent = sum(width(span.text) for span in head)
    first, *more = wrap(ctx.tr(says), max(20, cells - indent - 1))
    yield exactly((*head, Span(first)), cells)
    for line in more:
        yield plain(" " * indent + line, cells)


def _verb(ctx: Ctx, verb: Verb, cells: int) -> Iterator[Line]:
    """`派 p    派队        :派 412 推荐`; narrow screens have the examples under it."""
    name, says = verb.name(ctx.look), ctx.tr(verb.says)
    head = (Span(_padded(name, 10), "bold"), Span(_padded(verb.short, 6), "dim"))
    examples = [ctx.look.either(*pair) for pair in verb.examples]
    if width(says) > 33 or 16 + 34 + max(map(width, examples)) > cells:
        yield exactly((*head, Span(says)), cells)
        for example in examples:
            yield exactly((Span(" " * 16), Span(example, "dim")), cells)
        return
    yield exactly((*head, Span(_padded(says, 34)), Span(examples[0], "dim")), cells)
    for example in examples[1:]:
        yield exactly((Span(" " * 50), Span(example, "dim")), cells)


def _padded(text: str, cells: int) -> str:
    return text + " " * max(1, cells - width(text))
