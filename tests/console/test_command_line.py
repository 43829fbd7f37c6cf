"""The command line under the officer's hands: reading along, Tab, Right, history, faults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from desk_stage import HOSTILE, LANGS, Stage, quiet
from test_grammar import ctx, township

from console.cells import show
from console.command_line import KEPT, CommandLine
from console.effects import Remember, Send
from console.page import Ctx, Go, Move, Say


def line(text: str = "", item: str = "", here: Ctx | None = None) -> tuple[CommandLine, Ctx]:
    here = here or ctx()
    made = CommandLine(item=item, history=here.settings.history)
    made.typed.set(text)
    return made, here


def press(made: CommandLine, here: Ctx, *keys: str) -> list[Move]:
    return [m for key in keys for m in made.key(here, key, key if len(key) == 1 else "")]


def test_enter_gives_the_command_closes_and_remembers_the_line() -> None:
    made, here = line("确认 412")
    send, remember = press(made, here, "enter")
    assert isinstance(send, Send)
    assert send.command.do == "acknowledge"
    assert remember == Remember()
    assert made.done
    assert here.settings.history == ["确认 412"]


def test_a_faulty_line_stays_with_the_cursor_on_the_fault() -> None:
    made, here = line("派 999 民兵一队")
    (say,) = press(made, here, "enter")
    assert isinstance(say, Say)
    assert say.text.startswith("E4")
    assert not made.done
    assert made.typed.text == "派 999 民兵一队"
    assert made.typed.cursor == 2
    assert made.reading(here) == say.text
    assert here.settings.history == []
    made.typed.insert("0")  # pasted
    assert made.reading(here) != say.text
    press(made, here, "backspace")
    assert made.reading(here) == say.text
    press(made, here, "delete", "delete", "delete", "4", "1", "2")
    assert made.typed.text == "派 412 民兵一队"
    assert made.reading(here).startswith("读作:")


def test_a_fault_of_the_world_leaves_the_line_as_well() -> None:
    made, here = line("缓派 412 6分 // 看")
    (say,) = press(made, here, "enter")
    assert isinstance(say, Say)
    assert say.text.startswith("E10")
    assert not made.done


@pytest.mark.parametrize("colon", [":", "："])
def test_a_colon_after_a_fault_begins_a_new_line(colon: str) -> None:
    made, here = line("派 999 民兵一队")
    press(made, here, "enter")
    press(made, here, colon)
    assert (made.typed.text, made.done) == ("", False)
    press(made, here, "up")
    assert made.typed.text == "派 999 民兵一队"
    press(made, here, "end", "x", colon)  # touched: it is being mended
    assert made.typed.text == f"派 999 民兵一队x{colon}"
    press(made, here, "home", colon)  # where a line begins it means nothing
    assert made.typed.text == f"派 999 民兵一队x{colon}"


def test_a_line_that_the_connection_did_not_take_stays() -> None:
    made, here = line("备注 412 // 村主任已到")
    lost = replace(here, lost=True)
    say, remember = press(made, lost, "enter")
    assert isinstance(say, Say)
    assert say.text.startswith("E9")
    assert remember == Remember()
    assert not made.done
    assert (made.typed.text, made.typed.cursor) == ("备注 412 // 村主任已到", 15)
    send, _remember = press(made, here, "enter")
    assert isinstance(send, Send)
    assert made.done


def test_an_empty_line_closes_and_does_nothing() -> None:
    made, here = line("   ")
    assert press(made, here, "enter") == []
    assert made.done
    assert here.settings.history == []


def test_escape_runs_nothing_and_keeps_words_that_were_typed() -> None:
    made, here = line("备注 412 // 村主任")
    assert press(made, here, "escape") == [Remember()]
    assert made.done
    assert here.settings.history == ["备注 412 // 村主任"]
    made, here = line("确认 412")
    assert press(made, here, "escape") == []
    assert here.settings.history == []


def test_a_caller_s_words_are_not_kept_on_the_disk() -> None:
    made, here = line("新建 烟 ljg2 // 某人 13800000000")
    press(made, here, "enter")
    assert made.done
    assert here.settings.history == ["新建 烟 ljg2"]
    for text in ("新建 烟 ljg2 // 某人", "xj 烟 // 某人", "NEW smoke // 某人", "新建 啥 // 某人"):
        made, here = line(text)
        press(made, here, "escape")
        assert "某人" not in "".join(here.settings.history)


def test_tab_walks_the_choices_and_comes_back_to_what_was_typed() -> None:
    made, here = line("派 412 民兵")
    seen = []
    for _ in range(4):
        press(made, here, "tab")
        seen.append(made.typed.text)
    assert seen == ["派 412 民兵一队", "派 412 民兵二队", "派 412 民兵", "派 412 民兵一队"]
    press(made, here, " ")
    assert made.typed.text == "派 412 民兵一队 "


def test_a_single_choice_is_taken_with_a_blank() -> None:
    made, here = line("确")
    press(made, here, "tab")
    assert made.typed.text == "确认 "
    made, here = line("xyzzy")
    press(made, here, "tab")
    assert made.typed.text == "xyzzy"


def test_right_takes_the_grey_suggestion_at_the_end_only() -> None:
    made, here = line("派 412 推")
    assert made.ghost(here) == "荐"
    press(made, here, "right")
    assert made.typed.text == "派 412 推荐 "
    press(made, here, "left", "right")
    assert made.typed.text == "派 412 推荐 "
    made, here = line("派 412 推")
    press(made, here, "left")
    assert made.ghost(here) == ""
    press(made, here, "right")
    assert made.typed.text == "派 412 推"


def test_up_and_down_walk_the_lines_before_and_come_back_to_the_draft() -> None:
    made, here = line("确")
    here.settings.history[:] = ["看 412", "看 413"]
    seen = []
    for key in ("up", "up", "up", "down", "down", "down"):
        press(made, here, key)
        seen.append(made.typed.text)
    assert seen == ["看 413", "看 412", "看 412", "看 413", "确", "确"]


def test_the_history_keeps_the_last_two_hundred_and_no_line_twice_in_a_row() -> None:
    here = ctx()
    for n in range(KEPT + 20):
        made, _ = line(f"找 {n}", here=here)
        press(made, here, "enter")
        made, _ = line(f"找 {n}", here=here)
        press(made, here, "enter")
    assert len(here.settings.history) == KEPT
    assert here.settings.history[-1] == f"找 {KEPT + 19}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("派 412 mb1", "读作: 派 民兵一队 到 I-e1-412 野火 雷家沟二组  (Enter 打开派出框)"),
        ("派 412 推荐", "读作: 派 民兵一队, 护林一组 到 I-e1-412 野火 雷家沟二组"),
        ("确认 .", "读作: 确认 I-e1-187 纠纷 白家三组"),
        ("派", "还缺 事件: 派(派队)"),
        ("派 412", "还缺 队伍: 412(I-e1-412 野火 雷家沟二组)"),
        ("派 412 ", "还缺 队伍: 推荐(民兵一队, 护林一组) 民兵一队 护林一组"),
        ("备注 412 ", "还缺 说明 (// 后写): //"),
        ("搁置 hj-03 1时 // 蛛网", "读作: 搁置 探头hj-03 闯入 60分 // 蛛网"),
        ("叫应 全乡", "E11 「叫应」这个命令还没有"),
        ("看 999", 'E4 没有叫 "999" 的页、事件、队伍或探头'),
    ],
)
def test_the_hint_reads_along(text: str, said: str) -> None:
    made, here = line(text, "I-e1-187")
    assert made.reading(here).startswith(said)


def test_an_empty_line_says_how_it_works_in_both_languages() -> None:
    chinese, english = (line(here=ctx(lang))[0].reading(ctx(lang)) for lang in LANGS)
    assert "Tab" in chinese
    assert "Tab" in english
    assert chinese != english


def test_a_reading_is_looked_up_again_when_the_rows_move_on() -> None:
    made, here = line("确认 412")
    assert "412" in made.reading(here)
    gone = replace(ctx(), mono=0.5)
    gone.model.tables["incident"].clear()
    assert made.reading(gone).startswith("读作")  # for a moment
    assert made.reading(replace(gone, mono=1.5)).startswith("E4")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24)])
def test_on_the_screen_hostile_text_keeps_every_line_exact(
    lang: str, size: tuple[int, int]
) -> None:
    stage = Stage(*township(), size=size, lang=lang)
    for text in ("", "派 412 ", HOSTILE, f"备注 412 // {HOSTILE}", "长" * 600):
        stage.press("ctrl+p")
        stage.type(text)
        screen = stage.screen()
        assert screen[-2].startswith(":")
        stage.press("tab", "tab", "enter", "escape")
        assert stage.picture()


def test_the_desk_carries_a_line_out() -> None:
    stage = Stage(*township())
    stage.press("colon")
    stage.type("ｑｒ　４１２")
    stage.press("enter")
    assert [send.command.do for send in stage.sent] == ["acknowledge"]
    assert stage.desk.line is None
    assert stage.desk.settings.history == ["ｑｒ ４１２"]


def test_a_language_typed_into_the_line_is_on_the_screen_at_once() -> None:
    stage = Stage(*township())
    stage.press("colon")
    stage.type("语言 英")
    stage.press("enter")
    assert "Result:" in stage.screen()[-3]
    assert Remember() in stage.effects


def test_a_paste_with_line_ends_gives_no_command() -> None:
    stage = Stage(*township())
    stage.press("colon")
    stage.desk.paste("确认 412\n确认 413\r\n", stage.at)
    assert stage.sent == []
    assert stage.desk.line is not None
    assert "\n" not in stage.desk.line.typed.text


def test_every_choice_in_the_hint_is_harmless() -> None:
    bad: Any = {"id": "u-1", "name": HOSTILE, "name_en": HOSTILE, "members": 1}
    here = ctx("zh", unit={"u-1": bad})
    made, _ = line("停用 ", here=here)
    assert show(made.reading(here), 5000) == made.reading(here)
    assert isinstance(press(line("看 u-1", here=here)[0], here, "enter")[0], Go)


@pytest.mark.parametrize("text", ["筛 村=雷家沟", "filter village=ljg", "s 组=ljg2"])
def test_a_filter_of_the_main_page_is_typed_and_taken_away(text: str) -> None:
    here = quiet("I-e1-7", place="v01-g2", place_name="雷家沟村二组")
    there = quiet("I-e1-8", place="v09-g3", place_name="白家村三组")
    stage = Stage(here, there)
    for line_of, shown in ((text, False), ("筛", True)):
        stage.press("colon")
        stage.type(line_of)
        stage.press("enter")
        screen = "\n".join(stage.screen()[2:])
        assert "I-e1-7 " in screen
        assert ("I-e1-8 " in screen) == shown
