"""What each verb does once its line is read: moves. Pure but for the officer's own settings.

A command's class is looked up by its verb (`COMMANDS`): a verb whose class this console does not
have, or without a field that is needed, says E11 and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from command import messages as m
from console import reading, wording
from console.cells import show
from console.dispatching import facts
from console.effects import Quit, Remember, Send, Sound, Write
from console.grammar import exports
from console.grammar.slots import reporting
from console.grammar.things import Env
from console.grammar.typed import Fault
from console.grammar.verb import Verb
from console.model import Row
from console.page import Act, Go, Move, Say
from sensors.words import _

OUTCOME_LIMIT = 64  # of `Resolve.outcome`; a longer text goes as its text
HOLD_S = (15, 300)
SHELF_MIN = (15, 480)


@dataclass(frozen=True, slots=True)
class Order:
    """A line that was read: `values` by slot, `text` behind `//`, `at` where a fault is shown."""

    env: Env
    verb: Verb
    values: dict[str, Any]
    text: str
    at: int

    @property
    def item(self) -> Row:
        """The item that was named."""
        return dict(self.values["item"])

    @property
    def ident(self) -> str:
        """Its id."""
        return str(self.item["id"])

    def tr(self, message: str) -> str:
        """In the officer's language."""
        return self.env.tr(message)


Run = Callable[[Order], Sequence[Move]]


def send(o: Order, what: str, do: str = "", *, rev: bool = True, **fields: Any) -> Send:
    """The command `do` (the verb's own), with the version of the item that was named."""
    kind = m.COMMANDS.get(do or o.verb.do)
    missing = set(fields) - set(kind.model_fields) if kind else set()
    if kind is None or missing:
        raise Fault("E11", not_there(o.env, o.verb), o.at)
    if "item" in o.values and "incident" in kind.model_fields:
        fields = {"incident": o.ident, "rev": o.item.get("rev") if rev else None} | fields
    try:
        command = kind(id=o.env.ctx.ids(), **fields)
    except ValidationError as error:
        field = str(error.errors(include_url=False)[0]["loc"][:1])
        words = o.tr("The post would not take this ({field})").format(field=field)
        raise Fault("E10", words, o.at) from None
    return Send(command, what)


def not_there(env: Env, verb: Verb) -> str:
    """E11: which command is not there yet."""
    return env.tr("{verb}: this command is not there yet").format(verb=verb.name(env.ctx.look))


def on_item(o: Order, **fields: Any) -> Sequence[Move]:
    """The usual: one command about one item."""
    return (send(o, f"{show(o.ident)} {o.verb.name(o.env.ctx.look)}", **fields),)


def with_text(o: Order) -> Sequence[Move]:
    """The text goes along as it is typed."""
    return on_item(o, text=o.text)


# --- orders


def assign(o: Order) -> Sequence[Move]:
    """On Enter only the recommended team, and only if the hazards are read; else the dialog."""
    units, now = o.values["units"], facts(o.env.ctx.model, o.ident)
    if now is None or opens_dialog(o):
        return (*_dialog(o, units), *_words_stay(o))
    read = tuple(hazard for hazard in now.hazards if len(hazard) <= 200)[:50]
    names = " ".join(wording.unit(o.env.ctx, unit) for unit in units)
    what = f"{show(o.ident)} {o.tr('send')} {names}"
    return (send(o, what, units=units, rec=now.rec, read=read, why=o.text),)


def opens_dialog(o: Order) -> bool:
    """Whether Enter only opens the dispatch dialog, and F3 there has to send."""
    if o.verb.do != "assign":
        return False
    now = facts(o.env.ctx.model, o.ident)
    same = now is not None and set(o.values.get("units", ())) == set(now.ready)
    return not (same and now is not None and _all_read(o, now.hazards))


def swap(o: Order) -> Sequence[Move]:
    """The new team first, in the dialog: a gap would let the dispatcher send somebody else.

    The old one's withdrawal waits in the history: Up, Enter.
    """
    look = o.env.ctx.look
    old, new = o.values["from"], o.values["to"]
    back = look.either(f"撤回 {o.ident} {old}", f"withdraw {o.ident} {old}")
    o.env.ctx.settings.history.append(f"{back} // {o.text}" if o.text else back)
    words = o.tr("Send the new team first (F3); then `:` and Up takes {unit} back.")
    said = words.format(unit=wording.unit(o.env.ctx, old))
    return (Remember(), *_dialog(o, (new,)), Say(said, "good"))


def withdraw(o: Order) -> Sequence[Move]:
    """Only those named."""
    names = " ".join(wording.unit(o.env.ctx, unit) for unit in o.values["units"])
    what = f"{show(o.ident)} {o.verb.name(o.env.ctx.look)} {names}"
    return (send(o, what, units=o.values["units"], why=o.text),)


def hold(o: Order) -> Sequence[Move]:
    """15 s to 5 min."""
    seconds = o.values["seconds"]
    within(o, seconds, HOLD_S, _("15 seconds to 5 minutes"))
    return on_item(o, seconds=seconds, why=o.text)


def _dialog(o: Order, units: Sequence[str]) -> Sequence[Move]:
    return (Go("dispatch", o.ident, tuple(units)),)


def _words_stay(o: Order) -> Sequence[Move]:
    if not o.text:
        return ()
    return (Say(o.tr("Not sent yet: in the dialog the reason is a digit, not words.")),)


def _all_read(o: Order, hazards: Sequence[str]) -> bool:
    """By this officer: here in the dialog, or as the log has it."""
    return reading.read(o.env.ctx, o.item).issuperset(hazards)


def within(o: Order, value: float, limits: tuple[float, float], words: str) -> None:
    """E10 where a number is out of its limits."""
    if not limits[0] <= value <= limits[1]:
        raise Fault("E10", o.tr("only {limits}").format(limits=o.tr(words)), o.at)


# --- items


def priority(o: Order) -> Sequence[Move]:
    """Lowering a red one needs a text (CONSOLE.md section 3)."""
    wanted = o.values["priority"]
    if wanted > 1 == o.item.get("priority") and not o.text:
        raise Fault("E2", o.tr("still missing: {what}").format(what=o.tr("// why")), o.at)
    what = f"{show(o.ident)} {o.verb.name(o.env.ctx.look)} "
    return (send(o, what + wording.urgency(o.env.ctx.look, wanted), priority=wanted, why=o.text),)


def grade(o: Order) -> Sequence[Move]:
    """Of the incident; never the urgency."""
    what = f"{show(o.ident)} {wording.grade(o.env.ctx.look, o.values['grade'])}"
    return (send(o, what, grade=o.values["grade"], text=o.text),)


def response(o: Order) -> Sequence[Move]:
    """Of the township; the leader on duty's to set."""
    if o.env.ctx.model.role != "leader":
        raise Fault("E6", o.tr("needs the leader on duty"), o.at)
    level = o.values["level"]
    what = f"{o.verb.name(o.env.ctx.look)} {wording.response(o.env.ctx.look, level)}"
    return (send(o, what, level=level, why=o.text),)


def merge(o: Order) -> Sequence[Move]:
    """The first becomes part of the second."""
    into = str(o.values["into"]["id"])
    if into == o.ident:
        raise Fault("E4", o.tr("that is the same item"), o.at)
    return (send(o, f"{show(o.ident)} > {show(into)}", into=into, why=o.text),)


def resolve(o: Order) -> Sequence[Move]:
    """The outcome in a word, or in more of them."""
    key = "outcome" if len(o.text) <= OUTCOME_LIMIT else "text"
    return on_item(o, **{key: o.text})


def why(o: Order) -> Sequence[Move]:
    """The text is the reason."""
    return on_item(o, why=o.text)


def note(o: Order) -> Sequence[Move]:
    """The version does not matter: a note never overwrites another."""
    return (send(o, f"{show(o.ident)} {o.verb.name(o.env.ctx.look)}", rev=False, text=o.text),)


def new(o: Order) -> Sequence[Move]:
    """The telephone in one line; with nothing typed, its form."""
    if "kind" not in o.values:
        return (Go("phone"),)
    severity = {1: "extreme", 2: "severe", 3: "moderate", 4: "minor"}
    place = o.values.get("place", "")
    kind = wording.alarm(o.env.ctx.look, o.values["kind"])
    where = wording.place(o.env.ctx, place) if place else ""
    what = f"{o.verb.name(o.env.ctx.look)} {kind} {where}".rstrip()
    level = severity.get(o.values.get("priority", 0), "unknown")
    return (send(o, what, kind=o.values["kind"], place=place, severity=level, text=o.text),)


def reply(o: Order) -> Sequence[Move]:
    """What a unit said by radio."""
    unit, status = o.values["unit"], o.values["status"]
    said = wording.status(o.env.ctx.look, status)
    what = f"{show(o.ident)} {wording.unit(o.env.ctx, unit)} {said}"
    return (send(o, what, rev=False, unit=unit, status=status, text=o.text),)


def par(o: Order) -> Sequence[Move]:
    """All who are on the scene, or the units named."""
    units = o.values.get("units")
    return on_item(o, **({"units": units} if units else {}))


# --- units and sources


def off(o: Order) -> Sequence[Move]:
    """Off duty, with a reason; back by itself where a time is given."""
    unit = o.values["unit"]
    what = f"{wording.unit(o.env.ctx, unit)} {o.verb.name(o.env.ctx.look)}"
    until = {"until": o.values["until"]} if "until" in o.values else {}
    return (send(o, what, unit=unit, on=False, why=o.text, **until),)


def on(o: Order) -> Sequence[Move]:
    """Back on duty."""
    unit = o.values["unit"]
    what = f"{wording.unit(o.env.ctx, unit)} {o.verb.name(o.env.ctx.look)}"
    return (send(o, what, unit=unit, on=True),)


def move(o: Order) -> Sequence[Move]:
    """Stand by at a place, or go back to the station."""
    unit, place = o.values["unit"], o.values["place"]
    what = f"{wording.unit(o.env.ctx, unit)} {o.verb.name(o.env.ctx.look)}"
    return (send(o, what, unit=unit, place=place, text=o.text),)


def shelve(o: Order) -> Sequence[Move]:
    """A source and a kind; the kind may be left out where the source reports only one."""
    source, seconds = o.values["source"], o.values["seconds"]
    within(o, seconds / 60, SHELF_MIN, _("15 minutes to 8 hours"))
    kind = shelved_kind(o)
    if kind in m.NEVER_SHELVED:
        word = wording.alarm(o.env.ctx.look, kind)
        raise Fault("E10", o.tr("{kind} is never shelved").format(kind=word), o.at)
    name = wording.source(o.env.ctx, source)
    what = f"{name} {wording.alarm(o.env.ctx.look, kind)} {o.verb.name(o.env.ctx.look)}"
    return (send(o, what, source=source, kind=kind, minutes=seconds // 60, why=o.text),)


def shelved_kind(o: Order) -> str:
    """The kind that was typed; else what it reports in open items, or said last in the log."""
    if "kind" in o.values:
        return str(o.values["kind"])
    source = o.values["source"]
    open_ones = {kind for one, kind in reporting(o.env) if one == source and kind}
    kinds = sorted(open_ones) or list(_logged(o.env, source))[:1]
    if len(kinds) == 1:
        return kinds[0]
    names = o.tr(" or ").join(wording.alarm(o.env.ctx.look, kind) for kind in kinds)
    if kinds:
        raise Fault("E3", o.tr("which kind: {names}?").format(names=names), o.at)
    raise Fault("E2", o.tr("still missing: {what}").format(what=o.tr("kind")), o.at)


def _logged(env: Env, source: str) -> dict[str, None]:
    rows = env.ctx.model.table("log").values()
    said = [row for row in rows if row.get("event") == "AlarmReceived"]
    return {str(r.get("kind")): None for r in reversed(said) if r.get("source") == source}


def unshelve(o: Order) -> Sequence[Move]:
    """Every kind of the source that is shelved."""
    source = o.values["source"]
    what = f"{wording.source(o.env.ctx, source)} {o.verb.name(o.env.ctx.look)}"
    rows = o.env.ctx.model.table("shelf").values()
    return tuple(
        send(o, what, source=source, kind=row["kind"])
        for row in rows
        if row.get("source") == source
    )


def notice(o: Order) -> Sequence[Move]:
    """To everybody, or to the handhelds of a place."""
    place = o.values["place"]
    to = o.tr("everybody") if place == "all" else wording.place(o.env.ctx, place)
    what = f"{o.verb.name(o.env.ctx.look)} {to}"
    return (send(o, what, place=place, text=o.text),)


def stop_play(o: Order) -> Sequence[Move]:
    """Nobody goes on playing: the text is what everybody in the drill reads."""
    return (send(o, o.verb.name(o.env.ctx.look), text=o.text),)


# --- the console itself


def go(o: Order) -> Sequence[Move]:
    """A page, an item, a team or a camera."""
    page, item = o.values["target"]
    return (Go(page, item),)


def find(o: Order) -> Sequence[Move]:
    """Everything in which these words occur."""
    return (Go("find", " ".join(o.values["words"])),)


def filter_(o: Order) -> Sequence[Move]:
    """Of the main page; nothing typed takes it away."""
    return (Go("main", "", (" ".join(o.values.get("words", ())),)),)


def export(o: Order) -> Sequence[Move]:
    """What this console has of the log, as a file."""
    name, text = exports.log_of(o.env, o.values.get("item"))
    return (Write(name, text),)


def lang(o: Order) -> Sequence[Move]:
    """At once, and kept."""
    o.env.ctx.settings.lang = o.values["lang"]
    return (Remember(),)


def theme(o: Order) -> Sequence[Move]:
    """At once, and kept."""
    o.env.ctx.settings.theme = o.values["theme"]
    return (Remember(),)


def sound(o: Order) -> Sequence[Move]:
    """Try it, or turn it on or off."""
    if o.values["sound"] == "test":
        return (Sound("test"), Say(o.tr("Did you hear it? If not, line 1 says why."), "good"))
    o.env.ctx.settings.sound = o.values["sound"] == "on"
    return (Remember(),)


def silence(_order: Order) -> Sequence[Move]:
    """As Ctrl-T."""
    return (Act("silence"),)


def quit_(o: Order) -> Sequence[Move]:
    """The desk refuses it to whom the post would miss."""
    return (Quit(stop=bool(o.values.get("stop"))),)


def page(name: str) -> Run:
    """A verb that only opens a page."""
    return lambda _order: (Go(name),)
