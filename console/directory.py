"""The pages by the names an officer has for them: `:看 队伍`, and the menu's lines. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sensors.words import _


@dataclass(frozen=True, slots=True)
class Entry:
    """`zh`, `en`: what may be typed, the first is shown. `says` (msgid): what it is for.

    `pinyin`: the first in full, for those whose input method is set to Latin letters.
    """

    page: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    says: str
    key: str = ""
    pinyin: str = ""

    @property
    def typed(self) -> tuple[str, ...]:
        """All that may be typed for it."""
        return tuple(name for name in (*self.zh, *self.en, self.pinyin) if name)


PAGES = (
    Entry(
        "main", ("主屏", "队列"), ("main", "queue"), _("What waits for you, in its order"),
        "F5", "zhuping",
    ),
    Entry(
        "teams", ("队伍",), ("teams",), _("Teams, their tasks, where they are"), "F6", "duiwu",
    ),
    Entry("cameras", ("探头",), ("cameras",), _("The wall of cameras"), "F7", "tantou"),
    Entry(
        "grid", ("网格", "叫应"), ("grid",), _("Villages and groups, and the roll call"),
        "F8", "wangge",
    ),
    Entry("cases", ("案件",), ("cases",), _("Disputes, requests, services"), "F9", "anjian"),
    Entry(
        "handover", ("交接班", "名册", "交班"), ("handover", "roster"),
        _("Roster, handing over and taking over"), "", "jiaojieban",
    ),
    Entry("shelf", ("搁置",), ("shelf",), _("What is shelved, until when"), "", "gezhi"),
    Entry("alerts", ("提醒",), ("alerts",), _("What the post itself tells you"), "", "tixing"),
    Entry("log", ("日志",), ("log",), _("All that happened, with cause and reason"), "", "rizhi"),
    Entry(
        "quarantine", ("隔离", "另存"), ("quarantine",), _("Messages that could not be read"),
        "", "geli",
    ),
    Entry("statistics", ("统计",), ("statistics",), _("Figures of this shift"), "", "tongji"),
    Entry("map", ("地图", "图"), ("map",), _("The map"), "", "ditu"),
    Entry("phone", ("电话",), ("phone",), _("Write down a call"), "", "dianhua"),
    Entry("drill", ("演练",), ("drill",), _("The drill that is on"), "", "yanlian"),
    Entry("menu", ("菜单",), ("menu",), _("The menu"), "F10", "caidan"),
    Entry("help", ("帮助",), ("help",), _("Keys, marks and commands"), "F1", "bangzhu"),
    Entry("tour", ("导览",), ("tour",), _("Three minutes around the console"), "", "daolan"),
)  # fmt: skip


def named(word: str) -> list[Entry]:
    """The entries that a word means: by its whole name, else by any beginning."""
    whole = [entry for entry in PAGES if word in entry.typed]
    if whole:
        return whole
    return [entry for entry in PAGES if any(name.startswith(word) for name in entry.typed)]
