"""The frame: the red count and the top item are on every screen, and old is never drawn as now."""

from __future__ import annotations

import re
from typing import Any

import pytest
from desk_stage import (
    HOSTILE,
    LANGS,
    ME,
    NOW,
    SIZES,
    Row,
    Stage,
    beat,
    incident,
    quiet,
    snapshot,
    unit,
)  # fmt: skip

from command import messages as m
from command.messages import Beat
from console.cells import text_of
from console.desk import Desk
from console.frame import origin
from console.look import Look
from console.page import Go
from console.pages import PAGES
from console.settings import Settings

FSX = {"post": {"township": "jm", "name": "泾明乡", "root": "fsx"}}
DOWN: dict[str, Any] = {
    "store": {"ok": False, "reason": "磁盘满"},
    "unsaved": {
        "mark": "未落盘",
        "count": 3,
        "alarms": [
            {"source": "ljg-05", "kind": "smoke", "place": "雷家沟村", "text": "冒烟", "at": NOW}
        ],
    },
}
ROWS = (incident(), quiet("I-e1-2", priority=2), quiet("I-e1-3"))


def on(page: str, *rows: Row, **over: Any) -> Stage:
    """A stage with that page open."""
    stage = Stage(*(rows or ROWS), **over)
    stage.screen()
    if page != "main":
        stage.desk._go(_go(page), stage.at)
    return stage


def _go(page: str) -> Go:
    return Go(page, "I-e1-412" if page in {"detail", "dispatch"} else "")


@pytest.mark.parametrize("page", sorted(PAGES))
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_no_red_hidden(page: str, size: tuple[int, int], lang: str) -> None:
    """On every page line 1 counts the red, line 2 names it, and F2 opens it."""
    stage = on(page, size=size, lang=lang)
    lines = stage.screen()
    assert ("急 1!" if lang == "zh" else ("CRIT 1!" if size[0] == 160 else "Cr 1!")) in lines[0]
    assert "I-e1-412" in lines[1]
    assert "F2" in lines[1]
    stage.wait(1)
    stage.screen()
    stage.press("f2")
    assert stage.desk.page.name == "dispatch"
    assert stage.desk.page.item == "I-e1-412"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sound", ["on", "off", "silenced", "broken"])
def test_line_1_has_all_of_it(size: tuple[int, int], lang: str, sound: str) -> None:
    stage = on("main", size=size, lang=lang, shelf={"hj-03|smoke": {"source": "hj-03"}})
    if sound == "silenced":
        stage.press("ctrl+t")
    stage.desk.settings.sound = sound != "off"
    stage.desk.alarm.broken = "no such program" if sound == "broken" else ""
    first = stage.screen()[0]
    words = {
        "zh": ("03:12:4", "急 1!", "紧 1", "常 1", "缓 0", "10分", "忙", "数据", "搁",
               {"on": "声开", "off": "声关", "silenced": "声静", "broken": "声坏"}[sound]),
        "en": ("03:12:4", " 1!", "BUSY", "data 0.", "sh",
               {"on": "on", "off": "off", "silenced": "quiet", "broken": "BAD"}[sound]),
    }[lang]  # fmt: skip
    for word in words:
        assert word in first, (word, first)


def test_counts_outlast_everything_else_on_line_1() -> None:
    reds = [incident(f"I-e1-{n}") for n in range(1234)]
    stage = Stage(*reds, size=(80, 24), pulse=beat(load={"n10": 12345, "band": "flood"}))
    stage.desk.model.name = HOSTILE
    first = stage.screen()[0]
    assert "急1234!" in first
    assert "缓 0" in first


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("cells", [60, 64, 70, 76, 80, 90, 100, 120, 150, 160])
def test_line_1_drops_whole_words_and_never_the_time_or_the_counts(cells: int, lang: str) -> None:
    stage = on("main", size=(cells, 24), lang=lang, shift={"shift": {"officer": ""}})
    stage.desk.model.name = "disaster-2"
    first = stage.screen()[0]
    assert "03:12:4" in first
    assert re.search(r"急 1!.*缓 0|C\w+ 1!.*L\w+ 0", first)
    for word in ("disaster-2", "烽燧", "Fengsui", "无人", "nobody"):
        assert not re.search(rf"{word[:-1]}(?!{word[-1]})", first), first
    assert "~" not in first


@pytest.mark.parametrize("size", SIZES)
def test_line_1_says_who_has_the_duty_and_who_sits_here(size: tuple[int, int]) -> None:
    def first(officer: str) -> str:
        return on("main", size=size, shift={"shift": {"officer": officer}}).screen()[0]

    wide = size[0] >= 150
    assert ("本台 " in first(ME)) is False
    assert ME in first(ME)
    assert ("值班 " in first(ME)) is wide
    assert "值班 无人" in first("")
    assert (f"本台 {ME}" if wide else ME) in first("")
    assert "值班 灾害岗" in first("灾害岗")
    assert ME in first("灾害岗")


def test_line_2_elsewhere_names_a_deadline_that_is_not_the_sending() -> None:
    row = incident(extended=True, due={"release": NOW + 77, "second": NOW + 47})
    stage = Stage(row)
    stage.desk._go(Go("dispatch", "I-e1-412"), stage.at)
    lines = stage.screen()
    assert "二线 0:47 [F2]" in lines[1]
    assert any("1:17" in line for line in lines[2:])
    stage.rows(incident(extended=True, due={"release": NOW + 77, "ack": NOW + 90}))
    assert "I-e1-412 1:17 [F2]" in stage.screen()[1]


def test_red_count_changes_its_look_once_a_second_while_it_is_unseen() -> None:
    stage = on("main")

    def style() -> str:
        return next(span.style for span in stage.picture().lines[0] if span.text.startswith("急"))

    seen = []
    for _ in range(4):
        seen.append(style())
        stage.wait(1)
    assert seen == [seen[0], seen[1], seen[0], seen[1]]
    assert {"crit", "cursor"} == set(seen)
    stage.rows(incident(ack={"by": ME, "until": NOW + 900}))
    for _ in range(3):
        stage.wait(1)
        assert style() == "crit"


def test_line_2_names_team_way_and_countdown() -> None:
    assert (
        on("main", size=(160, 45))
        .screen()[1]
        .startswith(
            "下一件 >> 急 I-e1-412 野火 雷家沟二组 未确认 0:38   "
            "推荐 民兵一队+护林一组 到场 11分   0:22后自动派出"
        )
    )
    line = on("main").screen()[1]
    assert line.startswith("下一件 >> 急 I-e1-412 野火 雷家沟二组 0:22后自动派出")
    assert line.endswith("[F2 处理]")


def test_line_2_elsewhere_has_the_title_and_the_top_item() -> None:
    stage = on("teams")
    line = stage.screen()[1]
    assert line.startswith("== ")
    assert line.endswith("急 I-e1-412 0:22 [F2]")
    stage.rows(incident(ack={"by": ME, "until": NOW + 900}, released_at=NOW, due={}))
    assert stage.screen()[1].endswith("====")


# --- old data


def test_missing_beats_mark_the_age_after_three_seconds() -> None:
    stage = on("main")
    stage.wait(2.5, beats=False)
    assert "数据2.5秒" in stage.screen()[0]
    stage.wait(1, beats=False)
    assert "数据!3.5秒" in stage.screen()[0]
    age = next(span for span in stage.picture().lines[0] if span.text.startswith("数据"))
    assert age.style == "lost"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_lost(size: tuple[int, int], lang: str) -> None:
    stage = on("main", *ROWS, unit("militia-9", "民兵九队", contact="电台9"), size=size, lang=lang)
    stage.desk.link_words = "2 s"
    stage.wait(47, beats=False)
    lines = stage.screen()
    assert lines[0] == lines[-1] == "#" * size[0]
    assert ("连接中断 0:47" if lang == "zh" else "LINE LOST 0:47") in lines[1]
    assert "03:12:41" in lines[1]
    assert " 1!" in lines[1]
    assert "2 s ##" in lines[1]
    row = next(line for line in lines if "I-e1-412" in line)
    assert row.startswith("?")
    assert ("当时剩 0:22" if lang == "zh" else "then left 0:22") in row  # not 47 seconds less
    assert any("电台9" in line for line in lines)
    assert any("内线8001" in line for line in lines)


def test_lost_keeps_time_still_and_refuses_commands() -> None:
    soon = quiet("I-e1-9", due={"ackend": NOW + 140})  # it would pass the others with time
    stage = on("main", *ROWS, soon)
    stage.wait(10, beats=False)
    first = [line for line in stage.screen() if "I-e1" in line]
    stage.wait(60, beats=False)
    assert [line for line in stage.screen() if "I-e1" in line] == first
    stage.at += 1
    stage._note(stage.desk.key("f4", "", stage.at))
    assert not stage.sent
    assert "E9" in stage.screen()[-4]


def test_lost_covers_a_dialog_and_leaves_a_board_readable() -> None:
    stage = on("dispatch")
    stage.wait(8, beats=False)
    text = "\n".join(stage.screen())
    assert "现在用电台和电话" in text
    stage = on("teams")
    stage.wait(8, beats=False)
    lines = stage.screen()
    assert "连接中断" in lines[1]
    assert any("护林一组" in line for line in lines)


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"tour"}))
@pytest.mark.parametrize(("lang", "cells"), [("zh", 80), ("en", 80), ("zh", 160)])
def test_lost_no_page_promises_what_does_not_go(page: str, lang: str, cells: int) -> None:
    stage = on(page, lang=lang, size=(cells, 24 if cells == 80 else 45))
    stage.wait(8, beats=False)
    keys = stage.screen()[-2]
    assert keys.startswith("F5 ")
    assert "Esc" in keys
    assert "F3" not in keys
    assert "F4" not in keys


def test_lost_tells_of_drafts() -> None:
    stage = on("main")
    stage.desk.settings.drafts["dispatch:I-e1-412"] = "{}"
    stage.wait(8, beats=False)
    assert any("本机草稿 1" in line and "I-e1-412" in line for line in stage.screen())


def test_lost_command_line_still_types() -> None:
    stage = on("main")
    stage.wait(8, beats=False)
    stage._note(stage.desk.key("colon", ":", stage.at))
    stage.type("看 队伍")
    picture = stage.picture()
    assert text_of(picture.lines[-3]).startswith(":看 队伍")
    assert picture.cursor == (8, 21)


def test_not_connected_yet_says_so_and_invents_nothing() -> None:
    desk = Desk(PAGES, lambda: "id", Settings(), look=Look())
    desk.link_words = "connection refused"
    desk.tick(0.0)
    lines = [text_of(line) for line in desk.draw(0.0).lines]
    assert "尚未连上" in lines[1]
    assert "connection refused" in lines[1]
    assert not any("急 0" in line for line in lines)


def test_a_line_that_is_back_has_the_plain_frame_again() -> None:
    stage = on("main")
    stage.wait(8, beats=False)
    stage.take(Beat(beat=stage.pulse | {"now": NOW + stage.at}))
    stage.tick()
    assert not stage.screen()[0].startswith("#")


# --- trouble of the post


@pytest.mark.parametrize("page", ["main", "teams", "detail", "dispatch"])
def test_store_down_is_on_every_page_with_the_alarms_in_hand(page: str) -> None:
    stage = on(page, pulse=beat(**DOWN))
    lines = stage.screen()
    assert "未落盘" in lines[2]
    assert "手上 3 条" in lines[2]
    assert "磁盘满" in lines[2]
    assert "ljg-05" in lines[3]
    assert "冒烟" in lines[3]


def test_broker_down_is_told() -> None:
    stage = on("main", pulse=beat(broker={"ok": False, "reason": HOSTILE}))
    assert "消息不通" in stage.screen()[2]


def test_trouble_goes_when_it_is_over() -> None:
    stage = on("main", pulse=beat(**DOWN))
    stage.pulse = beat()
    stage.wait(1)
    assert "未落盘" not in "\n".join(stage.screen())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_hostile_trouble(size: tuple[int, int], lang: str) -> None:
    alarms = [{"source": HOSTILE, "kind": HOSTILE, "place": HOSTILE, "text": HOSTILE, "at": NOW}]
    stage = on("main", size=size, lang=lang, pulse=beat(
        store={"ok": False, "reason": HOSTILE}, unsaved={"mark": HOSTILE, "alarms": alarms * 9},
        broker={"ok": False, "reason": HOSTILE}, load={"n10": 7, "band": HOSTILE},
    ))  # fmt: skip
    lines = stage.screen()
    assert any("I-e1-412" in line for line in lines[2:])
    stage.desk.link_words = HOSTILE
    stage.wait(9, beats=False)
    stage.screen()


def test_merged_feed_is_on_line_1() -> None:
    stage = on("main", size=(160, 45))
    assert "合并播报" not in stage.screen()[0]
    stage.take(m.Rows(rows={}, at="e1-9", merged=12))
    assert "合并播报" in stage.screen()[0]


def test_a_picture_that_is_still_coming_in_says_so() -> None:
    stage = on("main")
    part = snapshot(*ROWS).model_copy(update={"part": 1, "of": 2})
    stage.take(part)
    assert "尚未到齐" in stage.screen()[2]


# --- drill


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["main", "teams", "detail"])
def test_drill_frame_shows_without_colour(size: tuple[int, int], page: str) -> None:
    lines = on(page, size=size, post=FSX).screen()
    assert lines[0] == lines[-1] == "演练" * (size[0] // 4)
    assert all(line.startswith("演|") and line.endswith("|演") for line in lines[1:-1])
    assert "急 1!" in lines[1]
    assert "I-e1-412" in lines[2]


def test_drill_in_english_and_not_for_the_real_thing() -> None:
    lines = on("main", lang="en", post=FSX).screen()
    assert lines[0].startswith("DRILL DRILL")
    assert all(line.startswith("DR|") for line in lines[1:-1])
    assert "演练" not in "\n".join(on("main").screen())


@pytest.mark.parametrize("over", [{}, {"post": FSX}, {"pulse": beat(**DOWN)}])
def test_a_click_finds_the_row_in_every_frame(over: dict[str, Any]) -> None:
    stage = on("main", **over)
    lines = stage.screen()
    row = next(n for n, line in enumerate(lines) if n > 4 and "I-e1-3" in line)
    stage.desk.click(12, row, stage.at)
    stage.screen()
    assert stage.desk.page.item == "I-e1-3"
    _, above = origin(stage.desk.ctx(stage.at), stage.desk.page)
    assert "编号" in lines[above]


@pytest.mark.parametrize("over", [{}, {"post": FSX}])
def test_a_click_on_line_2_is_f2_in_every_frame(over: dict[str, Any]) -> None:
    stage = on("main", **over)
    stage.wait(1)
    row = next(n for n, line in enumerate(stage.screen()) if "下一件" in line)
    stage.desk.click(30, row, stage.at)
    assert stage.desk.page.name == "dispatch"


# --- sizes


@pytest.mark.parametrize("size", [(60, 18), (79, 24), (80, 23), (40, 10), (20, 5), (10, 3), (5, 1)])
@pytest.mark.parametrize("lang", LANGS)
def test_too_small(size: tuple[int, int], lang: str) -> None:
    stage = on("main", size=size, lang=lang)
    lines = stage.screen()  # exact, whatever the size
    if size[0] < 60:
        return
    assert " 1!" in lines[0]
    assert "I-e1-412" in lines[1]
    assert f"{size[0]}x{size[1]}" in lines[-1]


def test_too_small_still_acknowledges_and_sends() -> None:
    stage = on("main", size=(60, 18))
    stage.screen()
    stage.press("f4")
    acks = [send.command for send in stage.sent if isinstance(send.command, m.Acknowledge)]
    assert [ack.incident for ack in acks] == ["I-e1-412"]
    stage.press("f2")
    assert any("10千伏" in line for line in stage.screen())  # the hazards can be read
    stage.wait(2)
    stage.screen()
    stage.press("space", "f3", every=1.5)
    assert "assign" in [send.command.do for send in stage.sent]


def test_too_small_and_lost() -> None:
    stage = on("main", size=(60, 18))
    stage.wait(9, beats=False)
    assert "连接中断" in stage.screen()[0]


def test_resize_keeps_the_cursor_and_the_draft() -> None:
    stage = on("main", size=(160, 45))
    stage.press("down")
    stage.press("colon")
    stage.type("备注 412")
    for size in ((80, 24), (60, 18), (160, 45)):
        stage.desk.resize(*size)
        stage.screen()
    assert any(line.startswith(":备注 412") for line in stage.screen())
    assert stage.desk.page.item == "I-e1-2"


@pytest.mark.parametrize("lang", LANGS)
def test_a_narrow_frame_keeps_how_to_sign_and_how_to_get_out(lang: str) -> None:
    post = {"post": {"township": "jm", "name": "泾明乡", "root": "fsx"}}
    stage = Stage(lang=lang, post=post)
    for name in ("handover", "dispatch", "teams"):
        stage.desk._carry_out((Go(name, "I-e1-412"),), stage.at)
        keys = stage.screen()[-2]
        assert "F3" in keys, keys
        assert "Esc" in keys, keys
        assert "~" not in keys, keys


def test_a_lost_line_names_the_drafts_by_their_pages() -> None:
    settings = Settings(drafts={"dispatch:I-e1-412": "{}", "phone:": "{}", "handover": "{}"})
    stage = Stage(incident(), settings=settings)
    stage.wait(8.0, beats=False)
    assert any("派出框 I-e1-412, 电话报警, 交班人的话" in line for line in stage.screen())
