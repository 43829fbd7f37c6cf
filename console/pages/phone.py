"""The telephone: an officer types in what a caller says; F3 reports it as an alarm of a person.

Only the kind must be given: a line may break off after one word. What was typed stays as a draft,
on the disk too, but for who called: that is sealed by the post, and lives here in memory only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from command import messages as m
from console import drafts, wording
from console.cells import Line, Span, exactly, fit, plain, wrap
from console.effects import Remember, Send
from console.field import TextField
from console.grammar.kinds import KIND
from console.grammar.things import Env, ids_of, named_choices
from console.grammar.typed import Fault, folded, typed
from console.outcome import OK, UNKNOWN, Outcome
from console.page import Back, Ctx, Go, Move, Page, Say
from console.wording import words
from sensors.words import _

LABELS: Mapping[str, str] = {
    "kind": _("Kind"),
    "place": _("Place"),
    "severity": _("How bad"),
    "text": _("What is it"),
    "caller": _("Caller"),
}
FIELDS = tuple(LABELS)
CHOSEN = frozenset({"kind", "place", "severity"})  # from a list; the other two are free text
WITHOUT = {"kind": "", "place": "", "severity": "unknown"}  # what a field means that is empty
EDITING = frozenset({"left", "right", "home", "end", "backspace", "delete", "ctrl+u"})
LABEL_CELLS = 10
FIELD_CELLS = 34
MOST = 6  # choices shown at once
OPENS_WITHIN_S = 5.0  # the incident's row comes before the answer; a cut line may take longer
CALLER_LIMIT = 100  # characters; of the contract


@dataclass(frozen=True, slots=True)
class Choice:
    """What a field could be: its code, and its word in this language."""

    code: str
    word: str


@dataclass(slots=True)
class Form:
    """The five fields as they are typed."""

    fields: dict[str, TextField] = field(default_factory=lambda: {f: TextField() for f in FIELDS})
    at: int = 0
    pick: int = -1  # which of the choices Up and Down have reached; -1: as typed
    sought: str = ""  # what had been typed when they began

    @property
    def name(self) -> str:
        """The field that the cursor is in."""
        return FIELDS[self.at]

    @property
    def typed(self) -> TextField:
        """Its text."""
        return self.fields[self.name]

    def text(self, name: str) -> str:
        """What stands in a field, without blanks at its ends."""
        return self.fields[name].text.strip()


class PhonePage(Page):
    """The form."""

    name = "phone"
    takes_text = True

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self._form = Form()
        self._sent = ""  # the id of the report that is under way
        self._done_at: float | None = None  # it was taken: its incident is looked for since then
        self._size = (80, 18)

    # --- on the screen

    def title(self, ctx: Ctx) -> str:
        """Its name."""
        return ctx.tr("Alarm by telephone")

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """A field a line, how it is read beside it; below, what the field could be."""
        self._size = (width, height)
        lines = [plain("", width)]
        for name in FIELDS:
            lines += [self._field(ctx, name, width), plain("", width)]
        lines += self._choices_lines(ctx, width)
        told = ctx.tr("Only the kind must be given. The caller is sealed and never shown again.")
        lines += [plain("", width), *(plain(" " + t, width, "dim") for t in wrap(told, width - 2))]
        return lines[:height]

    def hint(self, ctx: Ctx) -> str:
        """Whether it can be sent, and what is missing."""
        if self._sent:
            return ctx.tr("Sent. No answer of the post yet; do not send it again.")
        report, fault = self._report(ctx, "x")
        return fault if report is None else ctx.tr("F3 reports it: the post opens or joins it.")

    def keys(self, ctx: Ctx) -> str:
        """What the keys do."""
        return ctx.tr("Tab next field  Up/Down choose  F3 report (Enter does not)  Esc keeps it")

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """In the field."""
        size = self._cells(self._form.name)
        return LABEL_CELLS + 2 + self._form.typed.draw(size)[1], 1 + 2 * self._form.at

    # --- keys

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Text goes into the field; Tab and Enter to the next one; F3 reports."""
        match key:
            case "go":
                return self._go(ctx)
            case "tab" | "enter":
                return self._leave_field(ctx, 1)
            case "shift+tab":
                return self._leave_field(ctx, -1)
            case "up" | "down":
                return self._up_or_down(ctx, -1 if key == "up" else 1)
        if len(key) > 1 and not character and key not in EDITING:
            return None
        if self._form.typed.key(key, character):
            self._form.pick = -1
            self._limit()
            return ()
        return None

    def paste(self, ctx: Ctx, text: str) -> None:
        """Into the field; line ends become blanks, and send nothing."""
        self._form.typed.insert(text)
        self._form.pick = -1
        self._limit()

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """Into the field that was clicked."""
        if y % 2 == 1 and y // 2 < len(FIELDS):
            self._form.at, self._form.pick = y // 2, -1
        return ()

    # --- coming and going

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """What was typed before is back."""
        kept = drafts.read(ctx.settings, self.name, "")
        for name in FIELDS:
            value = ctx.unsaved.get("phone", "") if name == "caller" else kept.get(name)
            self._form.fields[name].set(value if isinstance(value, str) else "")
        return ()

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        """It stays as a draft."""
        return self._kept(ctx)

    def ended(self, ctx: Ctx, outcome: Outcome) -> Sequence[Move]:
        """Taken: the incident is opened as soon as its line is here. Refused: all stays typed."""
        if outcome.command is None or outcome.command.id != self._sent or outcome.how == UNKNOWN:
            return ()
        if outcome.how != OK:
            self._sent = ""
            self.stirred = ctx.mono
            return ()
        self._form = Form()
        self._done_at = ctx.mono
        return (*self._kept(ctx), *self.tick(ctx))

    def tick(self, ctx: Ctx) -> Sequence[Move]:
        """Look for the incident that the report opened or joined."""
        if self._done_at is None:
            return ()
        incident = opened_by(ctx.model.table("log"), self._sent)
        if not incident and ctx.mono - self._done_at < OPENS_WITHIN_S:
            return ()
        self._sent, self._done_at = "", None
        if incident:
            return (Back(), Go("detail", incident))
        return (Back(), Say(ctx.tr("Taken by the post; look for it on the list.")))

    # --- inside

    def _field(self, ctx: Ctx, name: str, cells: int) -> Line:
        here = name == self._form.name
        size = self._cells(name)
        typed_line, _column = self._form.fields[name].draw(size)
        mark = ">" if here else " "
        label = fit(mark + ctx.tr(LABELS[name]), LABEL_CELLS)
        spans = (Span(label, "bold" if here else ""), Span(" [", "dim"), *typed_line)
        return exactly((*spans, Span("] ", "dim"), Span(*self._reading(ctx, name))), cells)

    def _cells(self, name: str) -> int:
        room = self._size[0] - LABEL_CELLS - 4
        return max(8, min(FIELD_CELLS, room) if name in CHOSEN else room)

    def _reading(self, ctx: Ctx, name: str) -> tuple[str, str]:
        """How a field is understood, and in which style."""
        if name not in CHOSEN or (not self._form.text(name) and name != "kind"):
            return "", ""
        code, fault = self._code(ctx, name)
        return (fault, "warn") if fault else ("= " + self._word(ctx, name, code), "good")

    def _word(self, ctx: Ctx, name: str, code: str) -> str:
        if name == "place":
            return wording.place(ctx, code)
        table = words.ALARM if name == "kind" else words.SEVERITY
        return wording.word(ctx.look, table, code)

    def _choices_lines(self, ctx: Ctx, cells: int) -> list[Line]:
        """What the field could be; the one that Up and Down have reached in reverse."""
        if self._form.name not in CHOSEN:
            return [plain("", cells)]
        offered = self._offered(ctx)
        first = max(0, min(self._form.pick - MOST + 1, len(offered) - MOST))
        spans = [Span(" " + ctx.tr("could be:") + " ", "dim")]
        for number, choice in enumerate(offered[first : first + MOST], first):
            spans.append(Span(choice.word, "cursor" if number == self._form.pick else ""))
            spans.append(Span("  "))
        if len(offered) > first + MOST:
            spans.append(Span(ctx.tr("and {n} more").format(n=len(offered) - first - MOST), "dim"))
        return [exactly(spans, cells)]

    def _offered(self, ctx: Ctx) -> list[Choice]:
        """The choices of the field: of what was typed, also while one of them is being picked."""
        form = self._form
        sought = folded(form.text(form.name)) if form.pick < 0 else form.sought
        return list(choices(ctx, form.name, sought))

    def _up_or_down(self, ctx: Ctx, by: int) -> Sequence[Move]:
        """Through the choices that fit what was typed; through all where only one does."""
        form = self._form
        if form.name not in CHOSEN:
            return self._leave_field(ctx, by)
        offered, target = self._offered(ctx), form.pick + by
        if form.pick < 0:
            form.sought, target = folded(form.text(form.name)), 0
            if len(offered) < 2:
                form.sought, only = "", offered
                offered = self._offered_all(ctx)
                target = offered.index(only[0]) if only else 0
        if offered:
            form.pick = max(0, min(len(offered) - 1, target))
            form.typed.set(offered[form.pick].word)
        return ()

    def _offered_all(self, ctx: Ctx) -> list[Choice]:
        return list(choices(ctx, self._form.name, ""))

    def _leave_field(self, ctx: Ctx, by: int) -> Sequence[Move]:
        """To the next; a field of which only one thing can be meant says it in full."""
        form = self._form
        if form.name in CHOSEN and form.text(form.name):
            code, _fault = self._code(ctx, form.name)
            full = (one.word for one in choices(ctx, form.name, "") if code and one.code == code)
            form.typed.set(next(full, form.typed.text))
        form.at, form.pick = (form.at + by) % len(FIELDS), -1
        return self._kept(ctx)

    def _limit(self) -> None:
        caller = self._form.fields["caller"]
        if len(caller.text) > CALLER_LIMIT:
            at = min(caller.cursor, CALLER_LIMIT)
            caller.set(caller.text[:CALLER_LIMIT])
            caller.cursor = at

    def _code(self, ctx: Ctx, name: str) -> tuple[str, str]:
        """The code that is meant, or what is wrong, in words."""
        text = self._form.text(name)
        if not text:
            return WITHOUT[name], ctx.tr("E2 must be given") if name == "kind" else ""
        found = list(dict.fromkeys(codes(ctx, name, text)))
        found = found or [one.code for one in choices(ctx, name, folded(text))]
        if len(found) == 1:
            return found[0], ""
        return "", ctx.tr("E3 several could be meant") if found else ctx.tr("E4 not known")

    def _report(self, ctx: Ctx, ident: str) -> tuple[m.ReportAlarm | None, str]:
        """The command, or what keeps it from being one, in words."""
        fields: dict[str, Any] = {"id": ident}
        for name in FIELDS:
            fields[name], fault = self._form.text(name), ""
            if name in CHOSEN:
                fields[name], fault = self._code(ctx, name)
            if fault:
                return None, ": ".join((ctx.tr(LABELS[name]), fault))
        try:
            return m.ReportAlarm(**fields), ""
        except ValueError:
            return None, ctx.tr("E10 too long, or with a control character")

    def _go(self, ctx: Ctx) -> Sequence[Move]:
        if self._sent:
            return (Say(ctx.tr("F3 not done: it was sent, the answer is not here yet.")),)
        report, fault = self._report(ctx, ctx.ids())
        if report is None:
            return (Say(" ".join((ctx.tr("F3 not done:"), fault))),)
        if ctx.lost or ctx.readonly:  # the desk refuses it, and says why
            return (Send(report, ctx.tr("phone alarm")),)
        self._sent = report.id
        what = [ctx.tr("phone alarm"), self._word(ctx, "kind", report.kind)]
        what += [wording.place(ctx, report.place)] if report.place else []
        return (Send(report, " ".join(what)), *self._kept(ctx))

    def _kept(self, ctx: Ctx) -> Sequence[Move]:
        """The draft on the disk, and who called in memory."""
        form = self._form
        if caller := form.fields["caller"].text:
            ctx.unsaved["phone"] = caller
        else:
            ctx.unsaved.pop("phone", None)
        draft = {name: form.text(name) for name in FIELDS if name != "caller" and form.text(name)}
        if draft:
            changed = drafts.keep(ctx.settings, self.name, "", draft)
        else:
            changed = drafts.drop(ctx.settings, self.name, "")
        return (Remember(),) if changed else ()


def choices(ctx: Ctx, name: str, beginning: str) -> Iterator[Choice]:
    """What a field could be, of what begins so; in the officer's language."""
    env = Env(ctx)
    if name == "severity":
        for code, word in words.SEVERITY.items():
            shown = ctx.tr(word)
            if folded(shown).startswith(beginning) or code.startswith(beginning):
                yield Choice(code, shown)
        return
    found = (
        KIND.choices(env, beginning)
        if name == "kind"
        else named_choices(env, ("place",), beginning)
    )
    for one in found:
        yield Choice(next(iter(codes(ctx, name, one.insert)), ""), one.insert)


def codes(ctx: Ctx, name: str, text: str) -> Iterator[str]:
    """The codes that a whole text means; none where it is only a beginning."""
    if name == "place":
        yield from ids_of(ctx, ("place",), text)
    elif name == "severity":
        meant = folded(text)
        named = ((code, folded(ctx.tr(word))) for code, word in words.SEVERITY.items())
        yield from (code for code, word in named if meant in {code, word})
    elif len(parts := typed(text).words) == 1:
        try:
            yield KIND.read(Env(ctx), parts[0])
        except Fault:
            return


def opened_by(log: Mapping[str, Mapping[str, Any]], command: str) -> str:
    """The incident that a report opened or joined: the post logs it by the command's id."""
    for row in reversed(list(log.values())):
        if row.get("event") == "AlarmReceived" and row.get("message_id") == command:
            return str(row.get("incident") or "")
    return ""
