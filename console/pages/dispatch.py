"""The dispatch dialog: read the hazards, see the team and why, F3 sends (CONSOLE.md section 4).

F3 orders what the last picture showed: its units, and by its version. Whatever is under it may
change at any moment; what changed is marked, and keys wait again until it can have been seen. What
was marked and chosen stays as a draft when the dialog closes, for whatever reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from command import messages as m
from console import drafts, reading, wording
from console.cells import Line, plain, show
from console.dispatch_view import REASONS, Drawn, Hand, draw
from console.dispatching import WEIGHTY, Choice, Facts, Piece, Release, facts, pieces
from console.effects import Remember, Send
from console.look import clock
from console.outcome import OK, UNKNOWN, Outcome
from console.page import Back, Ctx, Move, Page, Say
from sensors.words import _

LEFT_OUT_MOST = 20  # units that one command may name
READ_S = 1.0  # a page of hazards has to be on the screen so long before it can have been read
SEEN_S = 1.5  # without a drawing for so long it was not on the screen
MARKED_S = 10.0  # a line that changed is marked so long
ORDERING = frozenset({"officer", "leader", "trainer"})  # who may order; the post decides


class Gate(StrEnum):
    """Why F3 sends, or does not."""

    OPEN = "open"
    LOST = "lost"
    READONLY = "readonly"
    SENT = "sent"
    ENDED = "ended"
    CHANGED = "changed"
    UNREAD = "unread"
    NOBODY = "nobody"
    NO_REASON = "no_reason"


SENTENCES: Mapping[Gate, str] = {
    Gate.LOST: _("E9 The connection is lost: nothing can be sent."),
    Gate.READONLY: _("This console is for reading only."),
    Gate.SENT: _("F3 not done: it was sent, the answer is not here yet."),
    Gate.ENDED: _("F3 not done: E5 it has ended, reopen it first."),
    Gate.CHANGED: _("F3 not done: E7 it changed a moment ago. Look again, then F3."),
    Gate.UNREAD: _("F3 not done: E8 hazards unread (Space once you have read them)."),
    Gate.NOBODY: _("F3 not done: E2 no team is chosen (Space on a team)."),
    Gate.NO_REASON: _("F3 not done: E2 why another team? Give the reason by digit, 1 to 5."),
}


class DispatchPage(Page):
    """About one incident; `item` is its id."""

    name = "dispatch"
    transient = True

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self._read: frozenset[Piece] = frozenset()
        self._chosen: tuple[str, ...] | None = None  # None: as recommended
        self._why = 0
        self._cursor = ""
        self._sent = ""  # the id of the order that is under way
        self._facts: Facts | None = None  # as in the last picture
        self._drawn = Drawn()
        self._page: tuple[Piece, ...] = ()  # hazards on the screen; since when, and when last
        self._page_since = self._page_at = 0.0
        self._marks: dict[str, float] = {}
        self._viewers: dict[str, float] = {}

    # --- on the screen

    def title(self, ctx: Ctx) -> str:
        """Which incident, and which version of it."""
        row = ctx.model.incident(self.item)
        if not row:
            return ctx.tr("Send {item}").format(item=self.item)
        return ctx.tr("Send {item} {kind} {urgency} {place} (version {rev})").format(
            item=self.item,
            kind=wording.kind(ctx, str(row.get("kind"))),
            urgency=wording.urgency(ctx.look, row.get("priority")),
            place=wording.place(ctx, str(row.get("place")), str(row.get("place_name") or "")),
            rev=row.get("rev"),
        )

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """Marks what changed since the last picture: the guard starts again with it."""
        now = facts(ctx.model, self.item)
        if now is None:
            self._facts, self._drawn = None, Drawn()
            return (plain("  " + ctx.tr("There is no such item any more."), width, "warn"),)
        self._note_changes(now, ctx.mono)
        self._note_viewers(ctx)
        self._facts = now
        self._read |= frozenset(pieces(reading.read(ctx, now.row)))
        self._settle(now)
        self._drawn = draw(ctx, now, self._hand(ctx, now), width, height)
        if self._drawn.hazards != self._page or ctx.mono - self._page_at > SEEN_S:
            self._page, self._page_since = self._drawn.hazards, ctx.mono
        self._page_at = ctx.mono
        return self._drawn.lines

    def hint(self, ctx: Ctx) -> str:
        """How the unit under the cursor is reached, and when it was last heard of."""
        row = ctx.model.row("unit", self._cursor)
        if not row:
            return ""
        words = [wording.unit(ctx, self._cursor), show(str(row.get("contact") or ""), 40)]
        if row.get("last_contact"):
            heard = clock(float(row["last_contact"]))
            words.append(ctx.tr("last heard of {time}").format(time=heard))
        roles = " ".join(wording.role(ctx.look, str(role)) for role in row.get("roles") or ())
        return "  ".join(part for part in (*words, roles) if part)

    def keys(self, ctx: Ctx) -> str:
        """F3 reads what it will do now."""
        now = self._facts
        if now is not None and now.release is Release.GONE and not self._selection(now):
            do = ctx.tr("F3 endorse (not Enter)")
        else:
            do = ctx.tr("F3 send (not Enter)")
        return "  ".join(
            (
                ctx.tr("Space read/swap"), do, ctx.tr("F4 ack (it still goes)"),
                ctx.tr(":hold . 2m"), ctx.tr("Esc"),
            )
        )  # fmt: skip

    # --- keys

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Space, F3, F4, digits and the arrows; Enter sends nothing."""
        now = self._facts
        if now is None:
            return None
        match key:
            case "mark":
                return self._mark(ctx, now)
            case "go":
                return self._go(ctx, now)
            case "acknowledge":
                return (self._acknowledge(ctx, now, ""),)
            case "open":
                return (Say(ctx.tr("Enter sends nothing. F3 sends.")),)
            case "1" | "2" | "3" | "4" | "5" if self._differs(now):
                self._why = int(key)
                return self._kept(ctx)
        return () if self._move(now, key) else None

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """The cursor goes to the team; a click chooses and sends nothing."""
        self._cursor = self._drawn.units.get(y, self._cursor)
        return ()

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """Through the teams."""
        if self._facts is not None:
            self._step(self._facts, lines)

    def gate(self, ctx: Ctx, now: Facts) -> Gate:
        """Whether F3 may send what the picture `now` shows; the first reason why not."""
        current = facts(ctx.model, self.item)
        checks = (
            (Gate.LOST, ctx.lost),
            (Gate.READONLY, ctx.readonly),
            (Gate.SENT, bool(self._sent)),
            (Gate.ENDED, now.release is Release.ENDED),
            (Gate.CHANGED, current is None or current.shown() != now.shown()),
            (Gate.UNREAD, not self._read.issuperset(now.pieces)),
            (Gate.NOBODY, now.release is not Release.GONE and not self._selection(now)),
            (Gate.NO_REASON, self._differs(now) and not self._why),
        )
        return next((gate for gate, shut in checks if shut), Gate.OPEN)

    # --- coming and going

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """The draft is back; the others see who looks; the automatic release waits once for it."""
        kept = drafts.read(ctx.settings, self.name, self.item)
        self._read = frozenset(pieces(reading.read(ctx, ctx.model.incident(self.item))))
        chosen = kept.get("chosen")
        self._chosen = tuple(_texts(chosen)) if isinstance(chosen, list) else None
        self._why = kept["why"] if kept.get("why") in REASONS else 0
        watch = Send(m.Watch(id=ctx.ids(), incident=self.item))
        return (watch, *self._put_off(ctx))

    def fill(self, ctx: Ctx, words: Sequence[str]) -> Sequence[Move]:
        """Units that were named in the command line."""
        self._chosen = tuple(dict.fromkeys(words))
        return self._kept(ctx)

    def ended(self, ctx: Ctx, outcome: Outcome) -> Sequence[Move]:
        """Done: the dialog closes. Refused or failed: it stays, and has to be looked at again."""
        if outcome.command is None or outcome.command.id != self._sent or outcome.how == UNKNOWN:
            return ()
        self._sent = ""
        if outcome.how != OK:
            self.stirred = ctx.mono
            return ()
        self._read, self._chosen, self._why = frozenset(), None, 0
        drafts.drop(ctx.settings, self.name, self.item)
        return (Remember(), Back())

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        """What was marked and chosen is kept."""
        return (Send(m.Unwatch(id=ctx.ids(), incident=self.item)), *self._kept(ctx))

    # --- inside

    def _put_off(self, ctx: Ctx) -> Sequence[Move]:
        """Once for an item: who falls asleep in a dialog must not stop the engine."""
        now = facts(ctx.model, self.item)
        if now is None or ctx.readonly or ctx.lost or ctx.model.role not in ORDERING:
            return ()
        if now.release is not Release.COUNTDOWN or now.row.get("extended"):
            return ()
        return (Send(m.Hold(id=ctx.ids(), incident=self.item, dialog=True, seconds=None)),)

    def _selection(self, now: Facts) -> tuple[str, ...]:
        """The units that F3 orders: the officer's, else the recommended ones.

        Where a team is at work already nobody is added without being chosen.
        """
        if self._chosen is not None:
            return tuple(
                choice.unit
                for choice in now.choices
                if choice.unit in self._chosen and choice.order is None
            )
        return () if now.release is Release.GONE and now.going else now.ready

    def _differs(self, now: Facts) -> bool:
        """Another team than the recommended one, where there is one, needs a reason."""
        mine = set(self._selection(now))
        return bool(mine and now.team) and self._chosen is not None and mine != set(now.ready)

    def _hand(self, ctx: Ctx, now: Facts) -> Hand:
        return Hand(
            read=self._read,
            chosen=self._selection(now),
            why=self._why,
            cursor=self._cursor,
            differs=self._differs(now),
            sent=bool(self._sent),
            marks=frozenset(k for k, at in self._marks.items() if ctx.mono - at < MARKED_S),
            viewers=tuple((who, ctx.mono - since) for who, since in self._viewers.items()),
        )

    def _note_changes(self, now: Facts, mono: float) -> None:
        before = self._facts
        if before is None:
            return
        then, here = before.shown(), now.shown()
        changed = {key for key, value in here.items() if key in then and then[key] != value}
        changed |= {key for key in here.keys() - then.keys() if key.startswith("hazard:")}
        self._marks |= dict.fromkeys(changed, mono)
        if any(key.startswith(WEIGHTY) for key in changed):
            self.stirred = mono

    def _note_viewers(self, ctx: Ctx) -> None:
        """Since when each of the others has it open, as far as this dialog has seen."""
        names = ctx.model.row("viewer", self.item).get("names") or ()
        others = [str(name) for name in names if name != ctx.me]
        self._viewers = {name: self._viewers.get(name, ctx.mono) for name in others}

    def _settle(self, now: Facts) -> None:
        units = [choice.unit for choice in now.choices]
        if self._cursor not in units:
            self._cursor = units[0] if units else ""

    def _mark(self, ctx: Ctx, now: Facts) -> Sequence[Move]:
        """Space: this page of hazards is read; once all are, the team under the cursor."""
        if not self._read.issuperset(now.pieces):
            if not self._page or ctx.mono - self._page_at > SEEN_S:
                return (Say(ctx.tr("The hazards are not on the screen: it is too small.")),)
            if ctx.mono - self._page_since < READ_S:
                return (Say(ctx.tr("Not yet marked: on the screen for less than a second.")),)
            self._read |= set(self._page)
            return self._kept(ctx)
        choice = next((one for one in now.choices if one.unit == self._cursor), None)
        if choice is None or self._sent:
            return ()
        return self._toggle(ctx, now, choice)

    def _toggle(self, ctx: Ctx, now: Facts, choice: Choice) -> Sequence[Move]:
        chosen = self._selection(now)
        if choice.unit not in chosen and not choice.free:
            return (Say(_why_not(ctx, choice)),)
        if choice.unit in chosen:
            chosen = _without(chosen, {choice.unit})
        else:
            chosen = (*chosen, choice.unit)
        same = set(chosen) == set(now.ready)
        self._chosen = None if same else chosen
        self._why = 0 if same else self._why
        return self._kept(ctx)

    def _go(self, ctx: Ctx, now: Facts) -> Sequence[Move]:
        gate = self.gate(ctx, now)
        if gate is not Gate.OPEN:
            return (Say(ctx.tr(SENTENCES[gate])),)
        units = self._selection(now)
        if not units:
            send = self._acknowledge(ctx, now, ctx.tr("endorsed"))
            self._sent = send.command.id
            return (send,)
        names = " ".join(wording.unit(ctx, unit) for unit in units)
        differs = self._differs(now)
        order = m.Assign(
            id=ctx.ids(),
            incident=self.item,
            rev=now.rev,
            units=units,
            without=_without(tuple(now.ready), set(units))[:LEFT_OUT_MOST] if differs else (),
            rec=now.rec,
            read=_refs(now.hazards),
            why=ctx.tr(REASONS[self._why]) if differs else "",
        )
        self._sent = order.id
        return (Send(order, " ".join((self.item, ctx.tr("send"), names))),)

    def _acknowledge(self, ctx: Ctx, now: Facts, text: str) -> Send:
        """F4, and F3 after the release: "I have it"; a countdown goes on all the same."""
        read = _refs(self._hazards_read())
        command = m.Acknowledge(id=ctx.ids(), incident=self.item, rev=now.rev, read=read, text=text)
        return Send(command, " ".join((self.item, text or ctx.tr("acknowledge"))))

    def _hazards_read(self) -> list[str]:
        """Those of which every piece was marked."""
        known = dict.fromkeys(sorted(piece.hazard for piece in self._read))
        return [hazard for hazard in known if self._read.issuperset(pieces((hazard,)))]

    def _move(self, now: Facts, key: str) -> bool:
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -999, "end": 999}
        if key not in steps:
            return False
        self._step(now, steps[key])
        return True

    def _step(self, now: Facts, by: int) -> None:
        units = [choice.unit for choice in now.choices]
        if units:
            at = units.index(self._cursor) if self._cursor in units else 0
            self._cursor = units[max(0, min(len(units) - 1, at + by))]

    def _kept(self, ctx: Ctx) -> Sequence[Move]:
        """The draft as it is now; drafts of what has ended go."""
        settings = ctx.settings
        if self._read or self._chosen is not None:
            draft: dict[str, Any] = {"read": self._hazards_read(), "why": self._why}
            if self._chosen is not None:
                draft["chosen"] = list(self._chosen)
            changed = drafts.keep(settings, self.name, self.item, draft)
        else:
            changed = drafts.drop(settings, self.name, self.item)
        if not ctx.lost and not ctx.model.loading:
            known = ctx.model.table("incident").keys() | ctx.model.table("case").keys()
            changed = drafts.only(settings, self.name, known) or changed
        return (Remember(),) if changed else ()


def _why_not(ctx: Ctx, choice: Choice) -> str:
    """Why Space does not choose it, and what would help."""
    name = wording.unit(ctx, choice.unit)
    if choice.order is not None:
        return ctx.tr("{unit} has this order already.").format(unit=name)
    if choice.row.get("state") == "off_duty":
        return ctx.tr("{unit} is off duty and cannot be sent.").format(unit=name)
    jobs = " ".join(str(job.get("incident")) for job in choice.row.get("assignments") or ())
    words = ctx.tr("{unit} is on {incident}: withdraw it there first.")
    return words.format(unit=name, incident=show(jobs, 60))


def _without(units: Sequence[str], gone: set[str]) -> tuple[str, ...]:
    return tuple(unit for unit in units if unit not in gone)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _refs(hazards: Sequence[str]) -> tuple[str, ...]:
    """Hazards by their texts, as far as a command can carry them."""
    return tuple(text for text in hazards if 0 < len(text) <= 200 and text.isprintable())[:50]
