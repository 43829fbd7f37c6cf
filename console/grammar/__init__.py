"""The command line's grammar: `line = verb {argument} ["//" text]` (CONSOLE.md section 4). Pure.

`read` makes an `Order` of a line or raises `Fault` with the place of the fault; `reading` says it
back; `run` gives the moves. A line never half-runs: all of it is read first.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from command.messages import may
from console.cells import show
from console.grammar.acts import Order, not_there, shelved_kind
from console.grammar.initials import letter
from console.grammar.slots import Slot
from console.grammar.things import Env
from console.grammar.typed import TEXT_LIMIT, Fault, Typed, Word, typed, unfit
from console.grammar.verb import Text, Verb
from console.grammar.verbs import RUN, VERBS, WORD
from console.page import Move

__all__ = [
    "Env",
    "Fault",
    "Order",
    "about",
    "filled",
    "has_text",
    "read",
    "reading",
    "run",
    "to_keep",
    "unglued",
    "verb_of",
]

_GLUED = frozenset("0123456789.^")  # `:派412` needs no blank


def read(env: Env, line: str) -> Order:
    """The line, whole; raises `Fault`."""
    if (bad := unfit(line)) is not None:
        words = env.tr("too long (more than {n} characters) or with a control character")
        raise Fault("E10", words.format(n=TEXT_LIMIT), bad)
    said = unglued(typed(line))
    if not said.words:
        raise Fault("E2", _missing(env, env.tr("command")), 0)
    verb = verb_of(env, said.words[0])
    if not verb.there:
        raise Fault("E11", not_there(env, verb), said.end)
    values, _left = filled(env, verb, said.words[1:])
    end = said.end
    _whole(env, verb, values, said, end)
    _allowed(env, verb)
    return Order(env, verb, values, said.text or "", end)


def run(order: Order) -> Sequence[Move]:
    """What it does; raises `Fault` where the world as it is now does not let it."""
    return RUN[order.verb.en](order)


def reading(order: Order) -> str:
    """How the line is read: `派 民兵一队 到 I-0412 野火 雷家沟二组`; raises `Fault` as `run`."""
    env, values = order.env, order.values
    if order.verb.do == "shelve":
        values = values | {"kind": shelved_kind(order)}  # what is shelved is said, typed or not
    said = {slot.key: _said(env, slot, values[slot.key]) for slot in order.verb.slots
            if slot.key in values}  # fmt: skip
    said |= {slot.key: "" for slot in order.verb.slots if slot.key not in values}
    words = " ".join(env.tr(order.verb.reads).format(**said).split())
    return f"{words} // {show(order.text)}" if order.text else words


def has_text(line: str) -> bool:
    """Whether words are typed behind `//`."""
    return bool(typed(line).text)


def about(line: str) -> str:
    """The verb that is being typed, by its English name; "" for none."""
    said = unglued(typed(line))
    verb = WORD.get(said.words[0].text) if said.words else None
    return verb.en if verb else ""


def to_keep(line: str) -> str:
    """What of a line may lie on the disk: of a call only what is before `//`."""
    said = unglued(typed(line))
    verb = WORD.get(said.words[0].text) if said.words else None
    call = verb is not None and verb.do == "report_alarm"
    return (line[: said.end] if call else line).strip()


def _said(env: Env, slot: Slot, value: Any) -> str:
    return " ".join(value) if slot.key == "words" else slot.said(env, value)


def unglued(said: Typed) -> Typed:
    """`派412` as two words: a Chinese verb needs no blank before a number."""
    if not said.words or said.words[0].text in WORD:
        return said
    first = said.words[0]
    for verb in sorted(VERBS, key=lambda verb: -len(verb.zh)):
        size = len(verb.zh)
        if first.text.startswith(verb.zh) and first.text[size : size + 1] in _GLUED:
            head, tail = _cut(first, size)
            return Typed((head, tail, *said.words[1:]), said.text, said.end, said.fresh)
    return said


def _cut(word: Word, size: int) -> tuple[Word, Word]:
    at = word.at + size
    parts = typed(word.text[size:]).words[0].parts
    moved = tuple(type(part)(part.text, part.at + at) for part in parts)
    head = word.text[:size]
    return (
        Word(head, word.at, at, (type(word.parts[0])(head, word.at),)),
        Word(word.text[size:], at, word.end, moved),
    )


def verb_of(env: Env, word: Word) -> Verb:
    """By its word, its short form; a harmless one by any unique beginning. E1 else."""
    if word.text in WORD:
        return WORD[word.text]
    begun = {v.en: v for v in VERBS if any(n.startswith(word.text) for n in (v.zh, v.en))}
    if len(begun) == 1 and (verb := next(iter(begun.values()))).harmless:
        return verb
    near = list(begun.values()) or _alike(word.text)
    names = env.tr(" or ").join(verb.name(env.ctx.look) for verb in near[:3])
    words = env.tr("{word} is not understood").format(word=f'"{show(word.text, 40)}"')
    tail = env.tr(": {names}?").format(names=names) if names else ""
    raise Fault("E1", words + tail, word.at)


def _alike(word: str) -> list[Verb]:
    """Verbs that look or sound alike."""
    sound = letter(word[0])
    sounds = [verb for verb in VERBS if verb.short == sound]
    names = get_close_matches(word, list(WORD), n=3, cutoff=0.5)
    return list(dict.fromkeys([*sounds, *(WORD[name] for name in names)]))


def filled(env: Env, verb: Verb, words: Sequence[Word]) -> tuple[dict[str, Any], tuple[Slot, ...]]:
    """The words in the verb's slots, in order, and the slots that are left.

    A slot that may be left out is tried and passed by.
    """
    values: dict[str, Any] = {}
    waiting = list(verb.slots)
    for number, word in enumerate(words):
        if verb.rest and len(waiting) == 1:
            values[waiting[0].key] = tuple(show(one.text, 100) for one in words[number:])
            return values, ()
        _place_of(env, word, waiting, values)
    return values, tuple(waiting)


def _place_of(env: Env, word: Word, waiting: list[Slot], values: dict[str, Any]) -> None:
    """Put one word into the first slot that takes it; the slots passed by are gone."""
    first: Fault | None = None
    while waiting:
        slot = waiting.pop(0)
        try:
            values[slot.key] = slot.read(Env(env.ctx, env.dot, values), word)
        except Fault as fault:
            first = first or fault
            if slot.need or not waiting:
                raise (fault if slot.need else first) from None
        else:
            return
    words = env.tr("{word} is too much here").format(word=f'"{show(word.text, 40)}"')
    raise Fault("E1", words, word.at)


def _whole(env: Env, verb: Verb, values: dict[str, Any], said: Typed, end: int) -> None:
    """E2 for what is missing; a text where none belongs is not lost in silence."""
    for slot in verb.slots:
        if slot.need and slot.key not in values:
            raise Fault("E2", _missing(env, env.tr(slot.title)), end)
    if verb.text is Text.MUST and not said.text:
        raise Fault("E2", _missing(env, env.tr("// why")), end)
    if verb.text is Text.NONE and said.text is not None:
        raise Fault("E1", env.tr("no text belongs here (// ...)"), end)


def _missing(env: Env, what: str) -> str:
    return env.tr("still missing: {what}").format(what=what)


def _allowed(env: Env, verb: Verb) -> None:
    """E6: the post would refuse it; better said before the line is gone."""
    model = env.ctx.model
    if verb.do and model.role and not may(model.role, verb.do, model.exercise):
        words = env.tr("your role ({role}) may not do this").format(role=show(model.role, 40))
        raise Fault("E6", words, 0)
