"""The menu (F10, Ctrl-O): everything that has no key of its own, found by typing. Pure.

What is typed narrows the list; Enter opens what the cursor is on, or changes it at once: language,
theme and sound are seen and heard without leaving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import directory
from console.cells import Line, Span, exactly, plain, rule
from console.effects import Quit, Remember, Sound
from console.field import TextField
from console.grammar.initials import initials
from console.grammar.targets import LANGS, SOUND_WORDS, THEME_WORDS
from console.grammar.typed import folded
from console.page import Act, Ctx, Go, Move, Page, Say
from console.styles import THEMES
from console.table import Column, Table
from sensors.words import _

NO_MOVE: Sequence[Move] = ()
PINYIN = {
    "lang": "yuyan", "theme": "zhuti", "sound": "shengyin", "test": "shisheng",
    "silence": "jingyin", "resync": "chonghua", "quit": "tuichu",
}  # fmt: skip
PASSED = frozenset({":", "：", "?", "？", "/", "／"})  # keep their meaning: no entry has them


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `state`: what it is set to now; `find`: what may be typed for it."""

    key: str
    name: str
    says: str
    state: str
    find: tuple[str, ...]
    go: Callable[[Ctx], Sequence[Move]]


def entries(ctx: Ctx) -> dict[str, Entry]:
    """Pages first, then what changes this console."""
    made = {
        one.page: _entry(
            ctx, one.key, (one.zh[0], one.en[0]), one.says, "", _opens(one.page), one.typed,
        )
        for one in directory.PAGES
        if one.page != "menu"
    }  # fmt: skip
    settings = ctx.settings
    lang, theme = LANGS.get(settings.lang, ""), THEME_WORDS.get(settings.theme, "")
    sound = SOUND_WORDS["on" if settings.sound else "off"]
    own: tuple[tuple[str, str, tuple[str, str], str, str, Callable[[Ctx], Sequence[Move]]], ...] = (
        ("lang", "", ("语言", "language"), _("Enter changes it"), lang, _lang),
        ("theme", "", ("主题", "theme"), _("Enter changes it"), theme, _theme),
        ("sound", "", ("声音", "sound"), _("Enter turns it on or off"), sound, _sound),
        ("test", "", ("试声", "sound test"), _("Sounds once: do you hear it?"), "", _test),
        ("silence", "Ctrl-T", ("静音", "silence"), _("Quiet for 60 s; not an acknowledgement"), "",
         lambda _ctx: (Act("silence"),)),
        ("resync", "Ctrl-L", ("重画", "redraw"), _("Ask the post for everything again"), "",
         lambda _ctx: (Act("resync"),)),
        ("quit", "", ("退出", "quit"), _("Leave; the last officer on duty cannot"), "",
         lambda _ctx: (Quit(),)),
    )  # fmt: skip
    for ident, key, names, says, state, go in own:
        made[ident] = _entry(ctx, key, names, says, state, go, (*names, PINYIN[ident]))
    return made


def _entry(
    ctx: Ctx,
    key: str,
    names: tuple[str, str],
    says: str,
    state: str,
    go: Callable[[Ctx], Sequence[Move]],
    find: Sequence[str],
) -> Entry:
    said = ctx.tr(says)
    codes = [code for name in find for code in initials(name)]
    words = tuple(folded(word) for word in (*find, *codes, key, said))
    return Entry(key, ctx.look.either(*names), said, ctx.tr(state) if state else "", words, go)


def fitting(ctx: Ctx, typed: str) -> dict[str, Entry]:
    """The entries that what is typed leaves, those first of which a name begins so."""
    words = folded(typed).split()
    left = {key: one for key, one in entries(ctx).items() if all(_has(one, w) for w in words)}
    if not words:
        return left
    return dict(sorted(left.items(), key=lambda pair: not _begins(pair[1], words[0])))


def _has(entry: Entry, word: str) -> bool:
    return any(word in one for one in entry.find)


def _begins(entry: Entry, word: str) -> bool:
    return any(one.startswith(word) for one in entry.find)


def _opens(page: str) -> Callable[[Ctx], Sequence[Move]]:
    return lambda _ctx: (Go(page),)


def _lang(ctx: Ctx) -> Sequence[Move]:
    ctx.settings.lang = "zh" if ctx.settings.lang == "en" else "en"
    return (Remember(),)


def _theme(ctx: Ctx) -> Sequence[Move]:
    now = ctx.settings.theme
    at = THEMES.index(now) if now in THEMES else -1
    ctx.settings.theme = THEMES[(at + 1) % len(THEMES)]
    return (Remember(),)


def _sound(ctx: Ctx) -> Sequence[Move]:
    ctx.settings.sound = not ctx.settings.sound
    return (Remember(),)


def _test(ctx: Ctx) -> Sequence[Move]:
    return (Sound("test"), Say(ctx.tr("Did you hear it? If not, line 1 says why."), "good"))


class MenuPage(Page):
    """A list that is narrowed by typing."""

    name = "menu"
    takes_text = True

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self._typed = TextField()
        self._table = Table()
        self._shown: Mapping[str, Entry] = {}

    def title(self, ctx: Ctx) -> str:
        """How to find something in it."""
        return ctx.tr("Menu: type to narrow it down")

    def keys(self, ctx: Ctx) -> str:
        """What Enter does."""
        return ctx.tr("Enter opens or changes  Up Down  Backspace  Esc back")

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """What is typed, then what it leaves."""
        self._shown = fitting(ctx, self._typed.text)
        typed, _column = self._typed.draw(width - 2)
        columns = (
            Column(ctx.tr("Key"), 6), Column(ctx.tr("Name"), 12),
            Column(ctx.tr("What it is for"), 0), Column(ctx.tr("Is now"), 13),
        )  # fmt: skip
        lines = self._table.draw(columns, self._shown, _cells, width, max(2, height - 2))
        if not self._shown:
            lines.append(plain("  " + ctx.tr("Nothing in the menu has that."), width, "warn"))
        lines += [plain("", width)] * (height - 2 - len(lines))
        left = self._table.below()
        more = ctx.tr("{n} more below").format(n=left) if left else ""
        head = exactly((Span("> ", "input"), *typed), width, "input")
        return [head, *lines[: height - 2], rule(more, width)]

    def cursor(self, ctx: Ctx) -> tuple[int, int] | None:
        """Where it is typed."""
        return 2 + self._typed.draw(max(1, ctx.look.width - 2))[1], 0

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Typing narrows; the keys that mean the same everywhere keep their meaning."""
        if key == "escape" and self._typed.text:
            self._typed.set("")
            self._narrow(ctx)
            return NO_MOVE
        if key == "enter":
            return self._open(ctx)
        if self._table.key(key):
            return NO_MOVE
        if character in PASSED or not self._typed.key(key, character):
            return None
        self._narrow(ctx)
        return NO_MOVE

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """A click takes the cursor, a second one opens."""
        return self._open(ctx) if y > 1 and self._table.click(x, y - 1) else NO_MOVE

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """The cursor follows."""
        self._table.move(lines)

    def paste(self, ctx: Ctx, text: str) -> None:
        """As if typed."""
        self._typed.insert(text)
        self._narrow(ctx)

    def _narrow(self, ctx: Ctx) -> None:
        """The cursor on the first that is left, before it is drawn: Enter may come at once."""
        self._shown = fitting(ctx, self._typed.text)
        self._table.cursor, self._table.top = next(iter(self._shown), ""), 0

    def _open(self, ctx: Ctx) -> Sequence[Move]:
        entry = self._shown.get(self._table.cursor)
        return entry.go(ctx) if entry else NO_MOVE


def _cells(_key: str, entry: Any) -> Sequence[Span | str]:
    return (entry.key, Span(entry.name, "bold"), entry.says, entry.state)
