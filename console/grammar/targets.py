"""Where `:看` goes: a page, an item, a team, a camera; and the few words of the settings. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console import directory, wording
from console.grammar import things
from console.grammar.slots import Slot, few, one, table
from console.grammar.things import Choice, Env
from console.grammar.typed import Fault, Word
from console.styles import THEMES
from sensors.words import _

Target = tuple[str, str]  # page, what it is about


def _target(env: Env, word: Word) -> Target:
    """An item before a page, a page before a team: `412`, `队伍`, `民兵一队`, `hj-03`."""
    part = one(env, word)
    if part.text in {".", "^", "^^"} or part.text[-1:].isdigit():
        try:
            return "detail", str(things.item(env, part)["id"])
        except Fault as fault:
            if fault.code == "E3" or part.text in {".", "^", "^^"}:
                raise
    pages = directory.named(part.text)
    if len(pages) == 1:
        return pages[0].page, ""
    for page, tables in (("teams", ("unit",)), ("cameras", ("camera",))):
        found = things.ids_of(env.ctx, tables, part.text)
        if len(found) == 1:
            return page, found[0]
    if pages:
        names = env.tr(" or ").join(env.ctx.look.either(e.zh[0], e.en[0]) for e in pages)
        words = env.tr("{word} is {n}: {names}")
        n = len(pages)
        raise Fault("E3", words.format(word=things.quoted(part), n=n, names=names), part.at)
    words = env.tr("There is no page, item, team or camera {word}")
    raise Fault("E4", words.format(word=things.quoted(part)), part.at)


def _choices(env: Env, beginning: str) -> Iterator[Choice]:
    if beginning[:1].isdigit():
        yield from things.item_choices(env, beginning)
    for entry in directory.PAGES:
        name = env.ctx.look.either(entry.zh[0], entry.en[0])
        if name.startswith(beginning):
            yield Choice(name, env.tr(entry.says))
    if beginning:
        yield from things.item_choices(env, beginning)
        yield from things.named_choices(env, ("unit",), beginning)
        yield from things.named_choices(env, ("camera",), beginning)


def _said(env: Env, target: Target) -> str:
    page, item = target
    if page == "detail":
        return things.item_words(env, env.ctx.model.incident(item))
    if item:
        return wording.unit(env.ctx, item) if page == "teams" else wording.source(env.ctx, item)
    entry = next(entry for entry in directory.PAGES if entry.page == page)
    return env.ctx.look.either(entry.zh[0], entry.en[0])


TARGET = Slot("target", _("page, item, team or camera"), _target, _choices, _said)

LANGS = {"zh": _("Chinese"), "en": _("English")}
THEME_WORDS = {
    "night": _("night"), "contrast": _("high contrast"), "ansi": _("16 colours"),
    "mono": _("no colour"),
}  # fmt: skip
SOUND_WORDS = {"test": _("try it"), "on": _("sound on"), "off": _("sound off")}

LANG = few(
    "lang",
    _("language"),
    table({"中": "zh", "英": "en"}, {"zh": "zh", "en": "en"},
          {"中文": "zh", "英文": "en", "chinese": "zh", "english": "en"}),
    lambda env, value: env.tr(LANGS[value]),
)  # fmt: skip
THEME = few(
    "theme",
    _("theme"),
    table({"夜间": "night", "高对比": "contrast", "16色": "ansi", "无色": "mono"},
          {theme: theme for theme in THEMES}, {"夜": "night", "单色": "mono"}),
    lambda env, value: env.tr(THEME_WORDS[value]),
)  # fmt: skip
SOUND = few(
    "sound",
    _("what to do with the sound"),
    table({"试": "test", "开": "on", "关": "off"}, {"test": "test", "on": "on", "off": "off"},
          {"试一声": "test", "出声": "on", "不出声": "off"}),
    lambda env, value: env.tr(SOUND_WORDS[value]),
)  # fmt: skip
STOP = few(
    "stop",
    _("the post"),
    table({"停机": True}, {"stop": True}, {}),
    lambda env, _value: env.tr("and stop the post"),
)
SHIFT = few(
    "shift",
    _("what to export"),
    table({"本班": "shift"}, {"shift": "shift"}, {"log": "shift", "日志": "shift"}),
    lambda env, _value: env.tr("this shift"),
)
