"""The three minutes of CONSOLE.md section 7, played with its keys; nothing of it gets out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from desk_stage import LANGS, NOW, SIZES, beat, incident, tables

from command.messages import Beat, Rows, Snapshot
from console.cells import size_of, text_of, width
from console.desk import Desk
from console.effects import Effect, Remember, Send, Sound
from console.look import Look
from console.pages import PAGES
from console.pages.tour import TourPage
from console.settings import Settings
from console.tour.script import PARTS, STEPS

NOTE = {"zh": ":bz . // 已电话核实", "en": ":note . // called back"}
SHELVE = {"zh": ":gz hj-03 15分 // 蛛网", "en": ":shelve hj-03 15m // web"}
COMES = 6  # it waits for nobody
NAMES = {" ": "space", ":": "colon", "/": "slash", ".": "full_stop", "-": "minus"}


class Officer:
    """Somebody at a real desk who presses keys, and sees each picture between."""

    def __init__(self, lang: str = "zh", columns: int = 80, lines: int = 24) -> None:
        self.mono, self.effects = 0.0, list[Effect]()
        look = Look(lang=lang, width=columns, height=lines)
        ids = (f"c-{n}" for n in count(1)).__next__
        self.desk = Desk(PAGES, ids, Settings(lang=lang), look=look)
        first = Snapshot(snapshot=tables(), at="e1-1", role="officer", name="desk-1")
        self.desk.take([first], 0.0)
        self.wait(0.2)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.mono += 0.1
            self.desk.take([Beat(beat=beat(NOW + self.mono))], self.mono)
            self.effects += self.desk.tick(self.mono)
            self.desk.draw(self.mono)

    def press(self, *keys: str) -> None:
        for key in keys:
            character = " " if key == "space" else ""
            self.effects += self.desk.key(key, character, self.mono)
            self.wait(0.6)

    def type(self, text: str) -> None:
        for character in text:
            self.effects += self.desk.key(NAMES.get(character, character), character, self.mono)
        self.wait(0.1)
        self.press("enter")

    def start(self) -> None:
        self.press("f1", "f1")
        self.wait(0.5)

    @property
    def part(self) -> int:
        assert isinstance(self.desk.page, TourPage)
        assert self.desk.page._stage is not None
        return self.desk.page._stage.at

    def screen(self) -> list[str]:
        lines = self.desk.draw(self.mono).lines
        look = self.desk.look
        assert len(lines) == look.height
        assert {size_of(line) for line in lines} == {look.width}
        return [text_of(line) for line in lines]


def walk(officer: Officer) -> Iterator[int]:
    """Through the whole tour; the number of the part that is on the screen, at each of them."""
    lang = officer.desk.look.lang
    officer.start()
    yield officer.part
    for keys, seconds in ((("space",), 1.0), (("f2",), 1.6), (("space",), 0.6), (("f3",), 0.0)):
        officer.press(*keys)
        officer.wait(seconds)
        yield officer.part
    officer.wait(2.0)
    yield officer.part
    officer.press("space")  # the second red comes; as soon as the list may move it is on top
    officer.wait(4.0)
    yield officer.part
    officer.press("f4")
    yield officer.part
    officer.wait(2.0)
    yield officer.part
    for key in ("f2", "escape"):
        officer.press(key)
        yield officer.part
    for line in (NOTE[lang], SHELVE[lang]):
        officer.type(line)
        yield officer.part
    for key in ("enter", "enter", "space", "f3"):
        officer.press(key)
        yield officer.part


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_the_tour_is_walked_with_its_own_keys(lang: str, columns: int, lines: int) -> None:
    officer = Officer(lang, columns, lines)
    seen = []
    for part in walk(officer):
        shown = officer.screen()
        seen.append(part)
        words = officer.desk.look.tr(PARTS[part].says)
        assert words in shown[-1], (words, shown[-1])
        assert f"{PARTS[part].step}/{STEPS}" in shown[0]
    assert seen == [number for number in range(len(PARTS)) if number != COMES]
    officer.press("space")
    assert officer.desk.page.name == "main"
    assert officer.desk.settings.toured
    assert Remember() in officer.effects


def test_what_a_sentence_promises_is_on_the_screen() -> None:
    officer = Officer()
    seen = {PARTS[part].says: "\n".join(officer.screen()) for part in walk(officer)}
    sending = next(text for says, text in seen.items() if says.startswith("The team, why"))
    assert "为何不是最近的: 网格救援一队 4分可到, 但 没有所需装备" in sending
    assert "派后缺口: 雷家沟" in sending
    assert "答复期限 90秒" in sending
    waiting = next(text for says, text in seen.items() if says.startswith("Accepted"))
    assert "未读" not in waiting
    last = seen[PARTS[-1].says]
    assert "已签" in last
    assert "未签" not in last


@pytest.mark.parametrize("lang", LANGS)
def test_each_sentence_fits_the_smallest_screen(lang: str) -> None:
    look = Look(lang=lang)
    for part in PARTS:
        assert width(look.tr(part.says)) < 79, part.says


def test_nothing_is_sent_and_all_that_sounds_is_marked_as_a_drill() -> None:
    officer = Officer()
    for _ in walk(officer):
        pass
    assert not any(isinstance(effect, Send) for effect in officer.effects)
    sounds = [effect for effect in officer.effects if isinstance(effect, Sound)]
    assert {sound.drill for sound in sounds} == {True}
    assert "crit" in {sound.word for sound in sounds}
    assert officer.desk.settings.history == []
    assert officer.desk.settings.drafts == {}


def test_a_wrong_key_leads_nowhere() -> None:
    officer = Officer()
    officer.start()
    officer.press("f3", "f2", "enter", "f4", "down")
    assert officer.part == 0
    officer.press("space")
    assert officer.part == 1


def test_a_real_red_ends_it_at_once_and_the_screen_is_the_real_one() -> None:
    officer = Officer()
    officer.start()
    officer.press("space")
    officer.desk.take([Rows(rows={"incident": {"I-e1-412": incident()}}, at="e1-2")], officer.mono)
    officer.wait(0.2)
    assert officer.desk.page.name == "help"
    assert any("有真事" in line for line in officer.screen())
    officer.press("f1")
    assert officer.desk.page.name == "help"
    officer.press("f2")
    assert (officer.desk.page.name, officer.desk.page.item) == ("dispatch", "I-e1-412")


def test_a_cut_line_ends_it() -> None:
    officer = Officer()
    officer.start()
    officer.mono += 10.0
    officer.desk.tick(officer.mono)
    assert officer.desk.page.name == "help"


def test_esc_twice_ends_it_and_once_does_not() -> None:
    officer = Officer()
    officer.start()
    officer.press("escape")
    assert officer.desk.page.name == "tour"
    officer.press("space", "escape", "escape")
    assert officer.desk.page.name == "main"


def test_language_and_size_may_change_on_the_way() -> None:
    officer = Officer()
    officer.start()
    officer.desk.look = replace(officer.desk.look, lang="en")
    officer.desk.resize(160, 45)
    assert "Press Space." in officer.screen()[-1]
