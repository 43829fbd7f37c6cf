"""Every screen of CONSOLE.md section 6 by its name: which night, and which keys lead to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import snapshot_scenes as scenes
from desk_stage import NOW
from post_stage import Console
from snapshot_stage import Night
from test_tour import COMES, Officer, walk

from console.desk import Desk, Picture
from console.item import OPEN_STATES
from console.pages.main import MainPage
from console.settings import Settings
from console.tour.script import PARTS, STEPS

LONG_S = 1.2  # a page of hazards has to be on the screen so long
LOST_FOR_S = 47.0
MOST_PAGES, UNREAD = 5, " ##"
SIZES = ((160, 45), (100, 30), (80, 24), (60, 18))
TOUR = tuple(f"tour_step_{n}" for n in range(1, STEPS + 1))

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Screen:
    """A night that is told, and what the officer does then."""

    tell: Callable[[Night], None]
    keys: tuple[str, ...] = ()  # a key's name, or `page:NAME`, or a typed line beginning with `:`
    then: Callable[[Console], None] | None = None
    root: str = "fs"
    hours: float = 1.0  # how long before the picture the night begins


@dataclass(frozen=True, slots=True)
class Seen:
    """A desk at the moment of the picture. `now`: its own monotonic clock."""

    desk: Desk
    now: float


def fire(console: Console) -> str:
    """The wildfire of the night."""
    found = console.desk.queue.items.values()
    return next(one.id for one in found if one.kind == "wildfire")


def night_of(console: Console) -> Night:
    """Its post."""
    assert isinstance(console.post, Night)
    return console.post


def on_the_fire(*keys: str) -> Callable[[Console], None]:
    """The cursor on the fire, then the keys."""

    def act(console: Console) -> None:
        page = console.desk.page
        assert isinstance(page, MainPage)
        page.choose(fire(console))
        console.turn()
        press(console, *keys)

    return act


def dialog(*keys: str) -> Callable[[Console], None]:
    """The dispatch dialog of the fire, its hazards read, then the keys."""

    def act(console: Console) -> None:
        open_dialog(console)
        for _ in range(MOST_PAGES):
            if not any(UNREAD in text for text in console.picture()):
                break
            press(console, "space")
        press(console, *keys)

    return act


def open_dialog(console: Console) -> None:
    """From the item's own page, as an officer does who does not take the top one."""
    on_the_fire("enter", "enter")(console)


def changed(console: Console) -> None:
    """A second camera sees the fire while the dialog is open."""
    dialog()(console)
    scenes.second_camera(night_of(console))
    console.post.wait(1.0)


def already_sent(console: Console) -> None:
    """The countdown ran out before the dialog was opened."""
    console.post.wait(30.0)
    open_dialog(console)


def two_jobs(console: Console) -> None:
    """The township's grid leader was sent to the crash and to the fire."""
    console.post.wait(30.0)
    press(console, "f6")


def asleep(console: Console) -> None:
    """The line is dead."""
    open_dialog(console)
    press(console, "space", "escape", "escape")
    console.cut = True
    console.desk.link_words = console.desk.look.either("2秒后再连", "again in 2 s")
    console.post.wait(LOST_FOR_S)


def back(console: Console) -> None:
    """It was dead, and much has happened."""
    asleep(console)
    night = night_of(console)
    scenes.second_camera(night)
    night.alarm_of("zj-05", "smoke", "紫荆林缘冒烟", "Smoke at the wood's edge, Zijing",
                   confidence=0.8, severity="severe")  # fmt: skip
    night.until(night.now + 1)
    console.again()
    console.turn()
    console.post.wait(1.0)


def press(console: Console, *keys: str) -> None:
    """Keys, pages, typed lines."""
    for key in keys:
        if key.startswith("page:"):
            console.note(console.desk.open(key[5:], console.mono))
        elif key.startswith(":"):
            console.press("colon")
            for character in key[1:]:
                console.note(console.desk.key(character, character, console.mono))
        elif key.startswith("="):
            for character in key[1:]:
                console.note(console.desk.key(character, character, console.mono))
        else:
            console.press(key, every=LONG_S)
        console.turn()


def signed(console: Console) -> None:
    """The outgoing officer has signed."""
    night = night_of(console)
    press(console, "space", "tab", "=" + night.words("北坡余烬,要复看", "embers, look again"), "f3")
    console.post.wait(1.0)


def on_the_phone(console: Console) -> None:
    """Half of a call is typed."""
    words = night_of(console).words
    press(console, "page:phone", "=" + words("野火", "wildfire"), "tab", "=ljg2", "tab", "tab")
    press(console, "=" + words("屋后着火", "fire behind the house"))


def typing(console: Console) -> None:
    """A line that is half typed."""
    press(console, night_of(console).words(":派 9 民兵一", ":assign 9 militia-1"))


SCREENS: dict[str, Screen] = {
    "main": Screen(scenes.busy, then=on_the_fire()),
    "main_empty": Screen(scenes.quiet_hour),
    "main_life": Screen(scenes.lives),
    "main_overflow_reds": Screen(scenes.many_reds),
    "flood": Screen(scenes.storm),
    "detail": Screen(scenes.busy, then=on_the_fire("enter")),
    "detail_case": Screen(scenes.busy, ("f9", "enter")),
    "dispatch_unread": Screen(scenes.busy, then=open_dialog),
    "dispatch_ready": Screen(scenes.busy, then=dialog()),
    "dispatch_changed": Screen(scenes.busy, then=changed),
    "dispatch_already_sent": Screen(scenes.busy, then=already_sent),
    "teams": Screen(scenes.busy, ("f6",)),
    "teams_two_jobs": Screen(scenes.busy, then=two_jobs),
    "teams_all_off": Screen(scenes.all_off, ("f6",)),
    "cameras": Screen(scenes.busy, ("f7",)),
    "cameras_5_down": Screen(scenes.five_down, ("f7",)),
    "cameras_unknown": Screen(scenes.unheard, ("f7",)),
    "grid": Screen(scenes.busy, ("f8",)),
    "cases": Screen(scenes.busy, ("f9",)),
    "case_overdue": Screen(scenes.long_ago, ("f9",), hours=24.0 * 60),
    "handover_blocked": Screen(scenes.busy, ("page:handover",)),
    "handover_signed": Screen(scenes.well_in_hand, ("page:handover",), then=signed),
    "shelf": Screen(scenes.busy, ("page:shelf",)),
    "statistics": Screen(scenes.busy, ("page:statistics",)),
    "statistics_few": Screen(scenes.quiet_hour, ("page:statistics",)),
    "drill": Screen(scenes.busy, root="fsx"),
    "drill_page": Screen(scenes.busy, ("page:drill",), root="fsx"),
    "lost": Screen(scenes.busy, then=asleep),
    "back_after_gap": Screen(scenes.busy, then=back),
    "map": Screen(scenes.busy, ("page:map",)),
    "phone": Screen(scenes.busy, then=on_the_phone),
    "help": Screen(scenes.busy, ("f1",)),
    "menu": Screen(scenes.busy, ("f10",)),
    "alerts": Screen(scenes.busy, ("page:alerts",)),
    "quarantine": Screen(scenes.busy, ("page:quarantine",)),
    "log": Screen(scenes.busy, ("page:log",)),
    "command_line": Screen(scenes.busy, then=typing),
}


def seen(name: str, lang: str) -> Seen:
    """The screen's desk at its moment."""
    if name in TOUR:
        return tour(TOUR.index(name) + 1, lang)
    screen = SCREENS[name]
    night = Night(lang, screen.root, NOW - screen.hours * 3600)
    screen.tell(night)
    console = night.sign_on(Settings(lang=lang, toured=True))
    night.until(NOW)
    press(console, *screen.keys)
    if screen.then is not None:
        screen.then(console)
    return Seen(console.desk, console.mono)


def tour(step: int, lang: str) -> Seen:
    """The last picture of a step of the tour, as `test_tour` walks it."""
    wanted = max(n for n, part in enumerate(PARTS) if part.step == step and n != COMES)
    officer = Officer(lang)
    for part in walk(officer):
        if part == wanted:
            return Seen(officer.desk, officer.mono)
    raise AssertionError(step)


@dataclass(frozen=True, slots=True)
class Taken:
    """A screen at all its sizes; `reds`: the open reds, counted from the rows themselves."""

    pictures: Mapping[Size, Picture]
    reds: int


@cache
def taken(name: str, lang: str) -> Taken:
    """The same desk resized, in one order: so the pictures are always the same."""
    there = seen(name, lang)
    made = {}
    for size in SIZES:
        there.desk.resize(*size)
        for _ in range(2):  # a page may need a first picture to know its own height
            there.desk.tick(there.now)
            made[size] = there.desk.draw(there.now)
    return Taken(made, _reds(there.desk))


def _reds(desk: Desk) -> int:
    stage = getattr(desk.page, "_stage", None)  # the tour has a desk of its own
    model = desk.model if stage is None else stage.desk.model
    rows = (*model.table("incident").values(), *model.table("case").values())
    return sum(row["priority"] == 1 and row["state"] in OPEN_STATES for row in rows)
