"""Handover: what is taken over, point by point, and two signatures over one digest (F10).

The outgoing officer signs first (F3), at the own console. The incoming one takes each red item by
Space, hears the test sound, types the own token, and signs last (F3): duty passes at that moment,
never before, so there is always somebody. Any change of the content voids what was signed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from command.messages import Handover, Takeover
from console import wording
from console.cells import Line, Span, exactly, plain, rule, show, size_of
from console.effects import Remember, Send, Sound
from console.field import TextField
from console.look import clock
from console.outcome import OK, Outcome
from console.page import Ctx, Move, Page, Say
from console.pages.board import NO_KEY, moment
from console.shift import NAMED, OTHERS, RED, SHELF, Point, Shift, block_texts, points, reds, shift

LEADER = "leader"
LIST, WORDS, TOKEN, HEARD = "list", "words", "token", "heard"
AREAS = (LIST, WORDS, TOKEN, HEARD)
BELOW = 6  # lines of the signatures, always on the screen
DRAFT = "handover"
MANY, REFRESH_S = 200, 1.0


class HandoverPage(Page):
    """The form. Esc keeps the ticks and the words; never the token."""

    name = "handover"
    takes_text = True

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self.area = LIST
        self.ticks: dict[str, str] = {}
        self.words, self.token = TextField(), TextField(secret=True)
        self.sounded = self.heard = False
        self._cursor = ""
        self._points: Sequence[Point] = ()
        self._collected: float | None = None
        self._top = 0
        self._spot: tuple[int, int] | None = None

    # --- drawing

    def title(self, ctx: Ctx) -> str:
        """`交接班 11-23 08:00  在班 值守岗`."""
        duty = shift(ctx.model)
        who = wording.officer(ctx, duty.officer) if duty.officer else ctx.tr("nobody on duty")
        if not duty.officer or duty.since is None:
            return ctx.tr("Handover  on duty {who}").format(who=who)
        since = moment(duty.since, ctx.now)
        return ctx.tr("Handover  on duty {who}  since {since}").format(who=who, since=since)

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The points as far as there is room, then the words and the signatures."""
        self._collect(ctx)
        self._settle()
        room = max(1, height - BELOW)
        shown = self._list(ctx, width, room)
        lines = [*shown, *[plain("", width)] * (room - len(shown))]
        self._spot = None
        return [*lines, *self._signing(ctx, width, room)]

    def hint(self, ctx: Ctx) -> str:
        """What is still missing for the next signature."""
        missing = self._missing(ctx, shift(ctx.model))
        if not missing:
            return ctx.tr("F3 signs: {what}").format(what=self._act(ctx))
        return show(ctx.tr("Not to be signed yet: {what}").format(what="; ".join(missing)))

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr("Space take over, known  Tab next field  F3 sign  Esc back (nothing is lost)")

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """In the field that is typed."""
        return self._spot

    # --- keys

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """The draft of this console, if there is one."""
        try:
            draft = json.loads(ctx.settings.drafts.get(DRAFT, "{}"))
            ticks = {str(key): str(facts) for key, facts in draft.get("ticks", {}).items()}
            self.words.set(str(draft.get("words", "")))
            self.ticks = ticks
        except (ValueError, AttributeError):
            return (Say(ctx.tr("The draft of the handover cannot be read: start again.")),)
        return ()

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        """The ticks and the words are kept."""
        self.token.set("")
        ctx.settings.drafts[DRAFT] = json.dumps(
            {"words": self.words.text, "ticks": self.ticks}, ensure_ascii=False
        )
        return (Remember(),)

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """A field that is typed has the keys first."""
        if self.area in {WORDS, TOKEN} and self._field.key(key, character):
            return NO_KEY
        match key:
            case "pane" | "open":
                self.area = AREAS[(AREAS.index(self.area) + 1) % len(AREAS)]
            case "mark":
                return self._mark(ctx)
            case "go":
                return self._sign(ctx)
            case "up" | "down" | "pageup" | "pagedown" | "home" | "end":
                self._move(key)
            case _:
                return None
        return NO_KEY

    def paste(self, ctx: Ctx, text: str) -> None:
        """Into the field that is typed."""
        if self.area in {WORDS, TOKEN}:
            self._field.insert(text)

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """A point takes the cursor; again: the tick."""
        found = [point for place, point in enumerate(self._laid()) if place == self._top + y]
        if not found or found[0] is None:
            return NO_KEY
        again = self.area == LIST and self._cursor == found[0].key
        self.area, self._cursor = LIST, found[0].key
        return self._mark(ctx) if again else NO_KEY

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """The cursor follows."""
        for _step in range(abs(lines)):
            self._move("down" if lines > 0 else "up")

    def ended(self, ctx: Ctx, outcome: Outcome) -> Sequence[Move]:
        """The token is forgotten whatever the answer; duty that has passed leaves no draft."""
        if not isinstance(outcome.command, Takeover):
            return ()
        self.token.set("")
        if outcome.how == OK:
            self.ticks.clear()
            self.words.set("")
            self.sounded = self.heard = False
        return ()

    # --- inside

    @property
    def _field(self) -> TextField:
        return self.words if self.area == WORDS else self.token

    def _collect(self, ctx: Ctx) -> None:
        """The points; very many are collected once a second."""
        wait = REFRESH_S if len(ctx.model.table("incident")) > MANY else 0.0
        if self._collected is None or not 0.0 <= ctx.mono - self._collected < wait:
            self._points, self._collected = points(ctx.model, ctx.now), ctx.mono

    def _ticked(self, point: Point) -> bool:
        return self.ticks.get(point.key) == point.facts

    def _settle(self) -> None:
        keys = [point.key for point in self._points]
        if self._cursor not in keys:
            self._cursor = keys[0] if keys else ""
        here = [point for point in self._points if point.key == self._cursor]
        self.item = here[0].key if here and here[0].group == RED else ""

    def _mark(self, ctx: Ctx) -> Sequence[Move]:
        """Space: a point, or the sound: first it is played, then it was heard.

        A second press at once is the same press held, so the line says to wait for the sound.
        """
        if self.area == HEARD:
            if self.sounded:
                self.heard = not self.heard
                return NO_KEY
            self.sounded = True
            words = ctx.tr("It sounds. Once you have heard it to its end: Space again.")
            return (Sound("test"), Say(words, "good"))
        for point in self._points:
            if point.key == self._cursor:
                if self._ticked(point):
                    del self.ticks[point.key]
                else:
                    self.ticks[point.key] = point.facts
        return NO_KEY

    def _move(self, key: str) -> None:
        self.area = LIST
        keys = [point.key for point in self._points]
        if not keys:
            return
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -len(keys),
                 "end": len(keys)}  # fmt: skip
        at = keys.index(self._cursor) + steps[key]
        self._cursor = keys[max(0, min(len(keys) - 1, at))]
        self._settle()

    # --- signing

    def _alone(self, duty: Shift) -> bool:
        """Nobody is on duty: one signature is enough, for there is nobody to give the other."""
        return duty.known and not duty.officer

    def _takes_over(self, ctx: Ctx, duty: Shift) -> bool:
        """Whether the next signature is the incoming officer's."""
        return self._alone(duty) or duty.signed

    def _missing(self, ctx: Ctx, duty: Shift) -> list[str]:
        """Everything that stands in the way of the next signature, in words."""
        if not duty.known:
            return [ctx.tr("the post has sent no digest")]
        if not self._takes_over(ctx, duty):
            if duty.officer != ctx.me and ctx.model.role != LEADER:  # who may sign for another
                who = wording.officer(ctx, duty.officer)
                return [ctx.tr("{who} is on duty and signs first").format(who=who)]
            return block_texts(ctx, duty.blocks)
        left = [p.key for p in self._points if p.group == RED and not self._ticked(p)]
        said = []
        if left:
            words = ctx.tr("crit not taken over {n}: {items}")
            said.append(words.format(n=len(left), items=" ".join(left[:NAMED])))
        told = sum(p.must and p.group != RED and not self._ticked(p) for p in self._points)
        if told:
            said.append(ctx.tr("{n} points not known").format(n=told))
        if not self.heard:
            said.append(ctx.tr("sound not tested"))
        if self._needs_token(ctx, duty) and not self.token.text:
            said.append(ctx.tr("the incoming officer's token"))
        return said

    def _needs_token(self, ctx: Ctx, duty: Shift) -> bool:
        """Only where the incoming officer is not the one signed on here."""
        return not self._alone(duty) and duty.signed_by == ctx.me

    def _act(self, ctx: Ctx) -> str:
        if self._takes_over(ctx, shift(ctx.model)):
            return ctx.tr("duty is taken over")
        return ctx.tr("duty is handed over")

    def _sign(self, ctx: Ctx) -> Sequence[Move]:
        duty = shift(ctx.model)
        self._points = points(ctx.model, ctx.now)
        if missing := self._missing(ctx, duty):
            said = ctx.tr("Not to be signed yet: {what}").format(what="; ".join(missing))
            return (Say(show(said)),)
        takes = self._takes_over(ctx, duty)
        command = self._takeover(ctx, duty) if takes else self._handover(ctx, duty)
        token = self.token.text if takes and not self._alone(duty) else ""
        return (Send(command, self._act(ctx), token=token),)

    def _handover(self, ctx: Ctx, duty: Shift) -> Handover:
        return Handover(id=ctx.ids(), digest=duty.digest, words=self.words.text)

    def _takeover(self, ctx: Ctx, duty: Shift) -> Takeover:
        taken = tuple(reds(self._points))
        return Takeover(id=ctx.ids(), digest=duty.digest, taken=taken, keep_shelf=self._kept())

    def _kept(self) -> tuple[str, ...]:
        """The shelves that the incoming officer signs again."""
        return tuple(p.key for p in self._points if p.group == SHELF and self._ticked(p))

    # --- lines

    def _laid(self) -> list[Point | None]:
        """The points with their two rulers, as they are drawn."""
        items = [p for p in self._points if p.group in {RED, OTHERS}]
        tell = [p for p in self._points if p.group not in {RED, OTHERS}]
        return [None, *items, None, *tell]

    def _list(self, ctx: Ctx, width: int, room: int) -> list[Line]:
        """The lines of the list that fit, around the one the cursor is on."""
        laid = self._laid()
        at = next((n for n, p in enumerate(laid) if p and p.key == self._cursor), 0)
        self._top = max(min(self._top, at - 1), at - room + 1, 0)  # the ruler above shows too
        told = laid.index(None, 1)
        reds_title = ctx.tr("Crit {n}   the incoming officer takes each one by Space")
        lines = []
        for place, point in enumerate(laid[self._top : self._top + room], self._top):
            if point is not None:
                lines.append(self._point(ctx, point, width))
            elif place == told:
                lines.append(rule(ctx.tr("To be told"), width))
            else:
                lines.append(rule(reds_title.format(n=len(reds(self._points))), width))
        if len(lines) < room:
            text = ctx.tr("Roster, warnings, reports upward: not kept by this post, tell them.")
            lines.append(plain("     " + text, width, "dim"))
        return lines

    def _point(self, ctx: Ctx, point: Point, width: int) -> Line:
        here = self.area == LIST and point.key == self._cursor
        old = point.key in self.ticks and not self._ticked(point)
        mark = "[x] " if self._ticked(point) else "[*] " if old else "[ ] "
        base = "cursor" if here else ""
        box = Span((">" if here else " ") + mark, base or ("warn" if old else ""))
        red = Span(wording.urgency(ctx.look, 1), "crit") if point.group == RED else Span("")
        text = Span((" " if red.text else "") + point.say(ctx), base)
        return exactly((box, red, text), width, base)

    def _signing(self, ctx: Ctx, width: int, top: int) -> list[Line]:
        duty = shift(ctx.model)
        return [
            self._typed(ctx.tr("Outgoing officer's words: "), WORDS, width, top),
            rule(ctx.tr("Signatures"), width),
            plain(_outgoing(ctx, duty), width, "good" if duty.signed else "warn"),
            self._incoming(ctx, duty, width, top + 3),
            plain(_digest(ctx, duty), width, "warn" if duty.void else ""),
            rule("", width),
        ]

    def _typed(self, label: str, area: str, width: int, y: int) -> Line:
        """A label and its field; remembers where the cursor is."""
        field = self.words if area == WORDS else self.token
        head = Span(label, "bold" if self.area == area else "")
        room = width
        return self._field_line((head,), field, area, room, y, width)

    def _incoming(self, ctx: Ctx, duty: Shift, width: int, y: int) -> Line:
        bold = "bold" if self.area == TOKEN else ""
        head = (Span(ctx.tr("In:  token "), bold),)
        line = self._field_line(head, self.token, TOKEN, 24, y, width)
        box = "[x]" if self.heard else "[ ]"
        said = ctx.tr("I heard it") if self.sounded else ctx.tr("Space plays it")
        text = "  " + ctx.tr("sound test") + f" {box} {said}"
        style = "cursor" if self.area == HEARD else ""
        return exactly((*line, Span(text, style)), width)

    def _field_line(
        self, head: Sequence[Span], field: TextField, area: str, room: int, y: int, width: int
    ) -> Line:
        before = size_of(head) + 1
        cells = max(3, min(room, width - before - 1))
        line, column = field.draw(cells)
        if self.area == area:
            self._spot = (before + column, y)
        return (*head, Span("["), *line, Span("]"))


def _outgoing(ctx: Ctx, duty: Shift) -> str:
    """`交: 值守岗 已签 07:52:10`."""
    if duty.known and not duty.officer:
        return ctx.tr("Out: nobody is on duty, the incoming signature alone is enough")
    who = wording.officer(ctx, duty.officer) if duty.officer else "?"
    if duty.void:
        return ctx.tr("Out: {who}  signed, but the content has changed: sign again").format(who=who)
    if not duty.signed:
        return ctx.tr("Out: {who}  not signed").format(who=who)
    at = "" if duty.signed_at is None else clock(duty.signed_at)
    said = ctx.tr("Out: {who}  signed {at}  {words}").format(who=who, at=at, words=duty.words)
    return show(said)


def _digest(ctx: Ctx, duty: Shift) -> str:
    if not duty.known:
        return ctx.tr("Digest: the post has sent none")
    return ctx.tr(
        "Digest {digest} (void on any change)   duty passes at the second signature"
    ).format(digest=show(duty.digest, 20))
