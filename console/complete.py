"""What could be typed next, from live data: at most six, only what can be read again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from console.grammar import Env, Fault, filled, unglued, verb_of
from console.grammar.slots import Slot
from console.grammar.things import MOST, Choice
from console.grammar.typed import Typed, Word, folded, typed
from console.grammar.verb import Text, Verb
from console.grammar.verbs import VERBS


@dataclass(frozen=True, slots=True)
class Offer:
    """`choices` would replace the line from `at` on; `beginning` is what stands there, folded."""

    at: int
    beginning: str
    choices: tuple[Choice, ...]

    def ghost(self) -> str:
        """The rest of the first choice that goes on as typed."""
        for choice in self.choices:
            if folded(choice.insert).startswith(self.beginning):
                return choice.insert[len(self.beginning) :].rstrip()
        return ""


NOTHING = Offer(0, "", ())


def offer(env: Env, line: str) -> Offer:
    """The choices at the end of `line`."""
    said = unglued(typed(line))
    if said.text is not None:
        return NOTHING
    if not said.words or (len(said.words) == 1 and not said.fresh):
        word = said.words[0].text if said.words else ""
        at = said.words[0].at if said.words else len(line)
        return _offer(at, word, _verbs(env, word))
    try:
        return _arguments(env, said)
    except Fault:
        return NOTHING  # what is wrong before it is told as such


def _offer(at: int, beginning: str, choices: Iterator[Choice]) -> Offer:
    return Offer(at, beginning, tuple(islice(_once(choices), MOST)))


def _once(choices: Iterator[Choice]) -> Iterator[Choice]:
    """Each once; only as many as are asked for, of ten thousand items."""
    seen: set[str] = set()
    for choice in choices:
        if choice.insert not in seen:
            seen.add(choice.insert)
            yield choice


def _verbs(env: Env, beginning: str) -> Iterator[Choice]:
    """By the name in the officer's language, by the short form, by the other language's name."""
    if not beginning:
        return
    look = env.ctx.look
    for verb in VERBS:
        if verb.name(look).startswith(beginning):
            yield Choice(verb.name(look), env.tr(verb.says))
    for verb in VERBS:
        if verb.short.startswith(beginning):
            yield Choice(verb.name(look), env.tr(verb.says))
    for verb in VERBS:
        other = look.either(verb.en, verb.zh)
        if other.startswith(beginning):
            yield Choice(other, env.tr(verb.says))


def _arguments(env: Env, said: Typed) -> Offer:
    verb = verb_of(env, said.words[0])
    if not verb.there:
        return NOTHING
    done = said.words[1:] if said.fresh else said.words[1:-1]
    values, left = filled(env, verb, done)
    here = Env(env.ctx, env.dot, values)
    at, beginning = _current(said)
    if not left and said.fresh:
        return _offer(at, "", _text(verb))
    return _offer(at, beginning, _of_slots(here, left, beginning))


def _current(said: Typed) -> tuple[int, str]:
    """Where the word being typed begins; of several joined by commas the last."""
    if said.fresh:
        return said.end, ""
    word: Word = said.words[-1]
    if word.text.endswith(","):
        return word.end, ""
    return word.parts[-1].at, word.parts[-1].text


def _of_slots(env: Env, slots: Sequence[Slot], beginning: str) -> Iterator[Choice]:
    """Of the next slot; and of those behind it while it may be left out."""
    for slot in slots:
        yield from slot.choices(env, beginning)
        if slot.need:
            return


def _text(verb: Verb) -> Iterator[Choice]:
    if verb.text is Text.MUST:
        yield Choice("// ")
