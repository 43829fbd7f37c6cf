"""The pages by the names an officer has for them: `:看 队伍`, and the menu's lines. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sensors.words import _


@dataclass(frozen=True, slots=True)
class Entry:
    """`zh`, `en`: what may be typed, the first is shown. `says` (msgid): what it is for."""

    page: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    says: str
    key: str = ""


PAGES = (
    Entry("main", ("主屏", "队列"), ("main", "queue"), _("What waits for you, in its order"), "F5"),
    Entry("teams", ("队伍",), ("teams",), _("Teams, their tasks, where they are"), "F6"),
    Entry("cameras", ("探头",), ("cameras",), _("The wall of cameras"), "F7"),
    Entry("grid", ("网格", "叫应"), ("grid",), _("Villages and groups, and the roll call"), "F8"),
    Entry("cases", ("案件",), ("cases",), _("Disputes, requests, services"), "F9"),
    Entry(
        "handover",
        ("交接班", "名册", "交班"),
        ("handover", "roster"),
        _("Roster, handing over and taking over"),
    ),
    Entry("shelf", ("搁置",), ("shelf",), _("What is shelved, until when")),
    Entry("alerts", ("提醒",), ("alerts",), _("What the post itself tells you")),
    Entry("log", ("日志",), ("log",), _("All that happened, with cause and reason")),
    Entry("quarantine", ("另存",), ("quarantine",), _("Messages that could not be read")),
    Entry("statistics", ("统计",), ("statistics",), _("Figures of this shift")),
    Entry("map", ("地图", "图"), ("map",), _("The map")),
    Entry("phone", ("电话",), ("phone",), _("Write down a call")),
    Entry("drill", ("演练",), ("drill",), _("The drill that is on")),
    Entry("menu", ("菜单",), ("menu",), _("The menu"), "F10"),
    Entry("help", ("帮助",), ("help",), _("Keys, marks and commands"), "F1"),
    Entry("tour", ("导览",), ("tour",), _("Three minutes around the console")),
)


def named(word: str) -> list[Entry]:
    """The entries that a word means: by its whole name, else by any beginning."""
    whole = [entry for entry in PAGES if word in (*entry.zh, *entry.en)]
    if whole:
        return whole
    return [e for e in PAGES if any(name.startswith(word) for name in (*e.zh, *e.en))]
