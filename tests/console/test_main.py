"""The main page: every open item is counted, no red is hidden, keys mean what was painted."""

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
    alert,
    assignment,
    beat,
    camera,
    case,
    incident,
    log_row,
    place,
    quiet,
    unit,
)

from command import messages as m
from command.messages import Beat
from console import item as it
from console import listing
from console.cells import Line, text_of, width
from console.flood import Group, folding, grouped, single
from console.item import CRIT, DUE, TODO, item
from console.pages.main import MainPage
from console.styles import STYLES

ACK = {"by": ME, "until": NOW + 1800}
FLOOD = {"n10": 38, "band": "flood", "since": NOW - 600, "officers": [ME]}


# mark, marked, urgency, cursor, id of a row
ROW = re.compile(r"^(.)(.)(急|紧|常|缓|Cr|Hi|No|Lo)([> ])(\S+)")


def main(stage: Stage) -> MainPage:
    page = stage.desk._stack[0]
    assert isinstance(page, MainPage)
    return page


def red(n: int, **over: Any) -> Row:
    return incident(f"I-e1-{n}", opened_at=NOW - 100 - n, **over)


def busy_night(**over: Any) -> tuple[Row, ...]:
    return (
        incident(),
        incident("I-e1-409", kind="sos", lapses=1, orders=["O-9"], due={}, released_at=NOW - 500,
                 rec=[], title="护林员终端求救"),
        assignment("O-9", "I-e1-409", "grid-1", unit_name="网格救援一队", status="on_scene",
                   par_at=NOW + 51),
        quiet("I-e1-407", priority=2, kind="road_blocked", due={"ackend": NOW + 108}),
        quiet("I-e1-403", due={"ackend": NOW + 180}),
        quiet("I-e1-401", priority=2, due={"ackend": NOW + 9000}, orders=["O-1"]),
        assignment("O-1", "I-e1-401", status="en_route", changed_at=NOW - 60),
        case(),
        unit("grid-1", "网格救援一队", state="committed", assignments=[
            {"order_id": "O-9", "incident": "I-e1-409", "status": "on_scene", "since": NOW}]),
        unit("cadre-1", "干部应急队", state="unreachable", last_contact=NOW - 720),
        unit("traffic-1", "交通劝导组", state="off_duty", off_reason="车坏"),
        *(camera(f"c-{n}", state="offline" if n < 4 else "online") for n in range(240)),
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_lanes_in_their_order_and_the_cursor_on_the_first(size: tuple[int, int], lang: str) -> None:
    stage = Stage(*busy_night(), size=size, lang=lang)
    lines = stage.screen()
    rows = [found for line in lines if (found := ROW.match(line))]
    order = [f"I-e1-{n}" for n in (412, 409, 407, 403, 401, 187)]
    assert [found[5] for found in rows] == order
    assert [found[4] for found in rows] == [">", " ", " ", " ", " ", " "]
    assert main(stage).item == "I-e1-412"


def test_rows_of_the_wireframe() -> None:
    text = "\n".join(Stage(*busy_night(), size=(160, 45)).screen())
    assert "-- 立即 2  不处理就会先出事 --" in text
    first = r"! 急>I-e1-412 野火 雷家沟二组 +对面山坡冒烟 +未确认 +荐 民兵一队\+1 +自动派出 +0:22\|"
    second = r"~ 急 I-e1-409 求救 .*护林员终端求救 +确认过期 网格救援一队 +人员清点 +0:51\|"
    assert re.search(first, text)
    assert re.search(second, text)
    assert "-- 队伍 5  可派 2  在办 1  失联 1  停用 1 --" in text
    assert re.search(r"干部应急队 +失联 12分", text)
    assert re.search(r"网格救援一队 已到场 #409", text)
    assert re.search(r"交通劝导组 +停用 车坏", text)
    assert "探头 236/240 (限坏4,已坏4)" in text
    assert "本页已到底: 共 6 件。" in text


def test_log_lines_stand_below_at_the_wide_size() -> None:
    logs = {f"e1-{n}": log_row(f"e1-{n}", "IncidentNoted", incident="I-e1-412", by=ME,
                               text=f"note-{n}") for n in range(30)}  # fmt: skip
    text = "\n".join(Stage(*busy_night(), size=(160, 45), log=logs).screen())
    assert text.index("note-29") < text.index("note-28") < text.index("note-26")


def test_how_orders_travel_is_no_news() -> None:
    logs = {
        "e1-1": log_row("e1-1", "IncidentNoted", incident="I-e1-412", by=ME, text="seen"),
        "e1-2": log_row("e1-2", "OrderQueued", order_id="O-1", unit="militia-1", rev=1),
    }
    lines = Stage(*busy_night(), size=(160, 45), log=logs).screen()
    first = next(n for n, line in enumerate(lines) if line.startswith("-- 刚刚"))
    assert "seen" in lines[first + 1]
    assert not lines[first + 2][:80].strip()


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (22.4, "0:22", "0:22"),
        (179, "2分", "2 min"),
        (20880, "5时48分", "5 h 48 min"),
        (99 * 3600, "4天", "4 d"),
        (-5, "到点", "now!"),
        (-61, "逾1分", "-1 min"),
        (-3600, "逾1时", "-1 h"),
        (-40 * 86400, "逾40天", "-40 d"),
    ],
)
def test_how_long_is_left(seconds: float, zh: str, en: str) -> None:
    for lang, said in (("zh", zh), ("en", en)):
        ctx = Stage(lang=lang).desk.ctx(0.0)
        assert listing.left(ctx, NOW + seconds) == said


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
def test_a_deadline_and_its_word_fit_their_column(lang: str, size: tuple[int, int]) -> None:
    ctx = Stage(lang=lang, size=size).desk.ctx(0.0)
    cells = listing.columns(ctx.look, min(size[0], 100)).due
    for seconds in (-40 * 86400, -99 * 3600, -600, -5, 22, 7000, 20880, 99 * 3600, 40 * 86400):
        one = item(quiet("I-e1-1", due={"ackend": NOW + seconds}), ())
        text = listing.due(ctx, one, cells)
        assert width(text) == cells
        assert "~" not in text or lang == "en", text
        time = listing.left(ctx, one.due_at, short=cells < 16)
        assert text.endswith(f" {time}")  # the word may be cut, never the time


# --- marks and colours


def styles_of(line: Line) -> set[str]:
    return {span.style for span in line if span.text.strip()}


def line_of(stage: Stage, ident: str) -> Line:
    return next(
        line
        for line in stage.picture().lines
        if (found := ROW.match(text_of(line))) and found[5] == ident
    )


def test_an_unseen_red_fills_its_row_and_others_only_their_urgency() -> None:
    stage = Stage(red(1), red(2), quiet("I-e1-3", priority=2), quiet("I-e1-4"))
    assert styles_of(line_of(stage, "I-e1-1")) == {"crit"}
    assert styles_of(line_of(stage, "I-e1-3")) == {"", "high"}
    assert styles_of(line_of(stage, "I-e1-4")) == {"", "norm"}
    assert styles_of(line_of(stage, "I-e1-2")) == {"cursor", "crit"}  # the first: opened first


@pytest.mark.parametrize(
    ("mark", "row", "viewers"),
    [
        ("!", incident("I-e1-1", priority=3), []),
        ("~", incident("I-e1-1", priority=2, lapses=1), []),
        ("@", quiet("I-e1-1"), ["二台"]),
        ("*", quiet("I-e1-1"), [ME]),
    ],
)
def test_marks(mark: str, row: Row, viewers: list[str]) -> None:
    stage = Stage(row, viewer={"I-e1-1": {"names": viewers}})
    if mark == "*":
        stage.rows(row | {"rev": 8})
    assert text_of(line_of(stage, "I-e1-1"))[0] == mark


def test_the_mark_of_news_goes_after_ten_seconds() -> None:
    stage = Stage(quiet("I-e1-1"))
    assert text_of(line_of(stage, "I-e1-1"))[0] == " "  # it was so before this console came
    stage.rows(quiet("I-e1-1", rev=8))
    assert text_of(line_of(stage, "I-e1-1"))[0] == "*"
    stage.wait(10)
    assert text_of(line_of(stage, "I-e1-1"))[0] == " "


# --- the cursor


def test_cursor_follows_the_top_until_it_is_moved_and_home_follows_again() -> None:
    stage = Stage(quiet("I-e1-1"), quiet("I-e1-2"))
    stage.screen()
    assert main(stage).item == "I-e1-1"
    stage.rows(incident("I-e1-9"))
    stage.screen()
    assert main(stage).item == "I-e1-9"
    stage.press("down")
    stage.wait(4)
    stage.rows(incident("I-e1-8", lapses=1, opened_at=NOW - 5000))
    stage.screen()
    assert main(stage).item == "I-e1-1"
    stage.press("home")
    assert main(stage).item == "I-e1-8"


def test_newcomer_is_on_line_2_at_once_and_in_the_list_when_the_keys_rest() -> None:
    stage = Stage(quiet("I-e1-1"), quiet("I-e1-2"))
    stage.screen()
    stage.press("down")
    stage.rows(incident("I-e1-9"))
    lines = stage.screen()
    assert "I-e1-9" in lines[1]
    assert "急 1!" in lines[0]
    assert not any("I-e1-9" in line for line in lines[2:])
    stage.wait(3.5)
    assert any("I-e1-9" in line for line in stage.screen()[2:])


def test_keys_freeze_the_order_for_ten_seconds_at_most() -> None:
    stage = Stage(quiet("I-e1-1"), quiet("I-e1-2"))
    stage.screen()
    for number in range(12):
        stage.press("down", every=1.0)
        if number == 1:
            stage.rows(incident("I-e1-9"))
        seen = any("I-e1-9" in line for line in stage.screen()[2:])
        assert seen == (number >= 10), number


def test_moving_target() -> None:
    """Fifty reorderings a second while Down and F4 are pressed: each `ack` names what was seen."""
    rows = [quiet(f"I-e1-{n}", ack=None, due={}) for n in range(40)]
    stage = Stage(*rows)
    stage.screen()
    for turn in range(60):
        for step in range(18):  # 0.36 s: longer than a held key
            stage.at += 0.02
            n = (turn * 18 + step * 7) % 40  # some fall, some rise, some become red
            due = {"ackend": NOW + 5 * ((turn * 13 + step) % 50)}
            rows[n] = rows[n] | {"due": due, "rev": rows[n]["rev"] + 1, "priority": 1 + n % 3}
            stage.rows(rows[n])
        stage.take(Beat(beat=stage.pulse | {"now": NOW + stage.at}))
        if turn % 2:
            stage._note(stage.desk.key("down", "", stage.at))
        rows_seen = [found for line in stage.screen() if (found := ROW.match(line))]
        painted = next(found[5] for found in rows_seen if found[4] == ">")
        known = {row["id"]: row["rev"] for row in rows}
        stage.rows(rows[3] | {"rev": 999})  # news between the picture and the key
        rows[3] = rows[3] | {"rev": 999}
        before = len(stage.sent)
        stage._note(stage.desk.key("f4", "", stage.at))
        for send in stage.sent[before:]:
            assert isinstance(send.command, m.Acknowledge)
            assert send.command.incident == painted
            assert send.command.rev == known[send.command.incident]
    acks = [send for send in stage.sent if isinstance(send.command, m.Acknowledge)]
    assert len(acks) == 60


def test_an_ended_row_stays_dimmed_and_says_who_ended_it_until_the_cursor_leaves() -> None:
    stage = Stage(quiet("I-e1-1"), quiet("I-e1-2"))
    stage.screen()
    stage.rows(quiet("I-e1-1", state="closed", changed_by="二台"))
    line = line_of(stage, "I-e1-1")
    assert "二台" in text_of(line)
    assert styles_of(line) == {"cursor"}
    stage.press("down")
    assert styles_of(line_of(stage, "I-e1-1")) == {"dim"}
    stage.wait(4)
    assert not any("I-e1-1" in line for line in stage.screen())


def test_mouse() -> None:
    stage = Stage(incident("I-e1-1"), quiet("I-e1-2"), quiet("I-e1-3"))
    lines = stage.screen()
    row = next(n for n, line in enumerate(lines) if "I-e1-3" in line)
    stage.desk.click(10, row, stage.at)
    stage.screen()
    assert main(stage).item == "I-e1-3"
    stage.desk.click(10, row, stage.at)
    assert stage.desk.page.name == "detail"
    assert stage.desk.page.item == "I-e1-3"


def test_a_click_on_a_ruler_or_below_the_list_does_nothing() -> None:
    stage = Stage(incident("I-e1-1"))
    for row in range(24):
        stage.screen()
        if row != 1 and "I-e1-1" not in stage.screen()[row]:
            stage.desk.click(3, row, stage.at)
            assert stage.desk.page.name == "main"
            assert main(stage).item == "I-e1-1"


def test_wheel_and_brackets_move_the_cursor() -> None:
    stage = Stage(*(quiet(f"I-e1-{n}") for n in range(1, 9)))
    stage.screen()
    stage.desk.wheel(3, stage.at)
    stage.screen()
    assert main(stage).item == "I-e1-4"
    stage.press("left_square_bracket")
    assert main(stage).item == "I-e1-3"
    stage.press("right_square_bracket", "right_square_bracket")
    assert main(stage).item == "I-e1-5"


def test_space_marks_and_escape_unmarks() -> None:
    stage = Stage(incident("I-e1-1"), quiet("I-e1-2"))
    stage.screen()
    stage.press("space", "down", "space")
    assert list(main(stage).marked) == ["I-e1-1", "I-e1-2"]
    assert text_of(line_of(stage, "I-e1-1"))[1] == "+"
    stage.press("space", "escape")
    assert not main(stage).marked


# --- overflow: lanes 0 to 3 are never scrolled off


def seen(stage: Stage) -> set[str]:
    text = "\n".join(stage.screen()[2:-4])
    return set(re.findall(r"I-e1-\d+", text))


def told_of(stage: Stage) -> int:
    """How many open items the page tells of, singly or in a group."""
    page = main(stage)
    items = page._told_of(stage.desk.ctx(stage.at), page._entries)
    return sum(listing.counted(items).values())


def test_reds_stand_while_the_rest_scrolls() -> None:
    reds = {f"I-e1-{n}" for n in range(3)}
    stage = Stage(*(red(n) for n in range(3)), *(quiet(f"I-e1-{n}") for n in range(10, 60)))
    stage.screen()
    for key in ("end", "pageup", "up", "home", "pagedown", "pagedown"):
        stage.press(key)
        assert reds <= seen(stage)
        assert main(stage).item in seen(stage)


def test_main_overflow_reds_counts_below_by_urgency() -> None:
    stage = Stage(*(red(n) for n in range(30)), *(quiet(f"I-e1-{n}") for n in range(40, 45)))
    lines = stage.screen()
    foot = next(line for line in lines if "下方还有" in line)
    shown = sum("急 I-e1" in line or "急>I-e1" in line for line in lines[2:])
    assert f"急 {30 - shown}" in foot
    assert f"下方还有 {30 - shown + 5}:" in foot
    assert "急30!" in lines[0]


def test_the_cursor_is_always_in_the_window() -> None:
    stage = Stage(*(red(n) for n in range(30)), *(quiet(f"I-e1-{n}") for n in range(40, 90)))
    stage.screen()
    for key in ["down"] * 35 + ["pagedown"] * 5 + ["pageup"] * 8 + ["end", "up", "home"]:
        stage.press(key)
        rows = [found for line in stage.screen() if (found := ROW.match(line))]
        assert sum(found[4] == ">" for found in rows) == 1


def counts_of(line: str) -> list[int]:
    return [int(number) for number in re.findall(r"[急紧常缓] ?(\d+)", line)]


# --- filter


def test_filter_dims_lanes_0_to_3_and_hides_below() -> None:
    stage = Stage(incident("I-e1-1"), quiet("I-e1-2", title="秸秆"), quiet("I-e1-3"),
                  quiet("I-e1-4", due={"ackend": NOW + 60}))  # fmt: skip
    before = stage.screen()[0]
    main(stage).filter = "秸秆"
    lines = stage.screen()
    assert counts_of(lines[0]) == counts_of(before)
    assert seen(stage) == {"I-e1-1", "I-e1-2", "I-e1-4"}
    assert styles_of(line_of(stage, "I-e1-4")) == {"dim", "norm"}
    assert any("[筛选 秸秆" in line and "未显示 1: 常 1 急 0" in line for line in lines)
    stage.press("escape")
    assert seen(stage) == {"I-e1-1", "I-e1-2", "I-e1-3", "I-e1-4"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("村=雷家沟", {"I-e1-2"}),
        ("village=ljg", {"I-e1-2"}),
        ("级=缓", {"I-e1-187"}),
        ("类=矛盾 白家", {"I-e1-187"}),
        ("unit=militia", {"I-e1-5"}),
        ("nowhere", set()),
    ],
)
def test_filter_by_field(words: str, found: set[str]) -> None:
    stage = Stage(
        quiet("I-e1-2"), case(), quiet("I-e1-5", place="v09-g1", place_name="", orders=["O-1"]),
        assignment("O-1", "I-e1-5"),
    )  # fmt: skip
    stage.screen()
    stage.press("colon")
    stage.type(f"筛 {words}")
    stage.press("enter")
    assert main(stage).filter == words
    assert seen(stage) == found


# --- flood


def flood_rows() -> list[Row]:
    """38 alarms: reds, two kinds in one village, a kind all over the township, single ones."""
    rows = [red(n) for n in range(2)]
    rows += [red(2, ack=ACK, released_at=NOW - 60, due={"ackend": NOW + 600})]
    rows += [quiet(f"I-e1-{n}", kind="flash_flood", priority=2, title=f"水位{n}", place="v09-g1",
                   due={"ackend": NOW + 55 + n}) for n in range(100, 114)]  # fmt: skip
    rows += [quiet(f"I-e1-{n}", kind="utility", place=f"v{n % 6:02}", title="停电")
             for n in range(200, 218)]  # fmt: skip
    rows += [quiet("I-e1-300", kind="fight"), case("I-e1-301"), case("I-e1-302", kind="service")]
    return rows


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_flood_38_in_38_counted_in_rows_and_groups(size: tuple[int, int], lang: str) -> None:
    stage = Stage(*flood_rows(), size=size, lang=lang, pulse=beat(load=FLOOD))
    lines = stage.screen()
    assert told_of(stage) == 38
    text = "\n".join(lines)
    assert {"I-e1-0", "I-e1-1", "I-e1-2"} <= seen(stage)
    assert "x 14" in text
    assert "x 18" in text
    if lang == "zh":
        assert "急 3!" in lines[0].replace("急  3!", "急 3!")
        assert "== 洪峰" in lines[2]
        assert re.search(r"缺 \d+ 人, 可派 2 队。没有队伍的急件 3", lines[3])
        assert re.search(r"紧 x 14 +山洪 白家 +最重 水位100", text)
        assert re.search(r"常 x 18 +设施 全乡 +最重 停电", text)


def test_a_group_unfolds_with_enter_and_acknowledges_nothing() -> None:
    stage = Stage(*flood_rows(), size=(160, 45), pulse=beat(load=FLOOD))
    stage.screen()
    page = main(stage)
    while "flash_flood" not in page._cursor:
        stage.press("down")
    assert page.item == ""
    stage.press("f4")
    assert not stage.sent
    assert "F4" in stage.screen()[-3]
    stage.press("enter")
    assert {f"I-e1-{n}" for n in range(100, 114)} <= seen(stage)
    assert told_of(stage) == 38
    stage.press("down")
    assert page.item == "I-e1-100"
    stage.press("up", "enter")
    assert "I-e1-105" not in seen(stage)


def test_what_turns_red_stands_alone_at_once() -> None:
    rows = flood_rows()
    stage = Stage(*rows, pulse=beat(load=FLOOD))
    stage.screen()
    assert "I-e1-105" not in seen(stage)
    grown = next(row for row in rows if row["id"] == "I-e1-105")
    stage.rows(grown | {"priority": 1, "ack": None})
    assert "I-e1-105" in seen(stage)
    assert "x 13" in "\n".join(stage.screen())
    assert told_of(stage) == 38


def test_of_very_many_what_turns_red_leaves_its_group_before_groups_are_made_anew() -> None:
    rows = [quiet(f"I-e1-{n}", kind="storm", place="v01") for n in range(2100)]
    stage = Stage(*rows, size=(160, 45))
    assert "x 2100" in "\n".join(stage.screen())
    stage.rows(rows[7] | {"priority": 1, "ack": None}, rows[8] | {"state": "closed"})
    text = "\n".join(stage.screen())
    assert "I-e1-7" in seen(stage)
    assert "x 2098" in text
    assert told_of(stage) == 2099 == sum(stage.desk.queue.counts().values())
    stage.rows(rows[9] | {"priority": 2, "title": "树倒了一片"})
    assert "最重 树倒了一片" in "\n".join(stage.screen())


def test_what_turns_red_while_keys_are_pressed_stays_where_it_is_and_is_counted() -> None:
    rows = [quiet(f"I-e1-{n}", kind="storm", place="v01") for n in range(250)]
    stage = Stage(quiet("I-e1-900", kind="fight"), *rows, size=(160, 45))
    stage.press("down")
    grown = {"priority": 1, "ack": None}
    stage.rows(rows[7] | grown, quiet("I-e1-900", kind="fight") | grown)
    assert {"I-e1-7", "I-e1-900"} <= seen(stage)
    assert told_of(stage) == 251
    stage.wait(4)
    stage.screen()
    assert {"I-e1-7", "I-e1-900"} <= seen(stage)
    assert told_of(stage) == 251


def test_the_cursor_goes_with_its_item_into_a_group() -> None:
    rows = flood_rows()
    stage = Stage(*rows, size=(160, 45))
    stage.screen()
    page = main(stage)
    while page.item != "I-e1-203":
        stage.press("down")
    stage.pulse = beat(load=FLOOD)
    stage.wait(4)
    stage.screen()
    assert page._cursor == "utility|"


def test_more_than_200_open_group_the_last_lanes_without_a_flood() -> None:
    rows = [quiet(f"I-e1-{n}", place=f"v0{n % 3}", kind=("fight", "storm")[n % 2],
                  priority=2 + n % 2) for n in range(201)]  # fmt: skip
    stage = Stage(incident("I-e1-900"), quiet("I-e1-901", due={"ackend": NOW + 60}), *rows)
    assert {"I-e1-900", "I-e1-901"} <= seen(stage)
    stage.screen()
    groups = [entry for entry in main(stage)._entries if isinstance(entry, Group)]
    assert len(groups) == 6
    assert told_of(stage) == 203


def test_groups_never_hold_a_red_and_one_alone_is_none() -> None:
    made = [item(row, ()) for row in (quiet("a"), quiet("b"), quiet("c", kind="fight"),
                                      quiet("d", priority=1))]  # fmt: skip
    places = sorted((TODO, *it.key(one, NOW)[1:]) for one in made)
    folded = folding(places, {one.id: one for one in made}, lambda place: place, flood=True)
    assert [sorted(group.members) for group in folded.groups.values()] == [["a", "b"]]
    listed = grouped(places, folded, set())
    assert [each for each in listed if isinstance(each, str)] == ["d", "c"]
    assert single(places, DUE) == []


# --- the post's alerts


def test_alerts_are_on_the_page_and_too_many_are_counted() -> None:
    stage = Stage(incident(), alert())
    assert any("无队可派" in line for line in stage.screen())
    stage = Stage(incident(), *(alert(f"A-{n}", at=NOW - n) for n in range(9)))
    lines = stage.screen()
    shown = sum(line.startswith("!!") for line in lines)
    assert shown >= 1
    assert any(f"另有 {9 - shown} 条提醒" in line for line in lines)


# --- detail beside the list


def test_detail_beside_the_list_is_watched_once_the_cursor_rests() -> None:
    stage = Stage(incident("I-e1-1"), quiet("I-e1-2"), size=(160, 45))
    stage.screen()
    stage.tick()
    assert not stage.sent
    stage.wait(1)
    assert [send.command.do for send in stage.sent] == ["watch"]
    stage.press("down")
    stage.wait(1)
    told = [(send.command.do, getattr(send.command, "incident", "")) for send in stage.sent]
    assert told == [("watch", "I-e1-1"), ("unwatch", "I-e1-1"), ("watch", "I-e1-2")]


def test_narrow_list_watches_nothing() -> None:
    stage = Stage(incident("I-e1-1"))
    stage.screen()
    stage.wait(2)
    assert not stage.sent


# --- hostile text, both languages, all sizes


def hostile_rows() -> tuple[Row, ...]:
    rows = (
        incident("I-e1-1", title=HOSTILE, text=HOSTILE, place="", place_name=HOSTILE,
                 kind=HOSTILE, hazards=[HOSTILE], ask=[HOSTILE], orders=["O-1"],
                 notes=[{"at": NOW, "by": HOSTILE, "text": HOSTILE}]),
        incident("I-e1-2", title="\u200b\u202e", place=HOSTILE[:60]),
        incident("I-e1-123456789012", title="مرحبا", changed_by=HOSTILE),
        assignment("O-1", "I-e1-1", "u-1", unit_name=HOSTILE, text=HOSTILE),
        unit("u-1", HOSTILE, name_en=HOSTILE, state="off_duty", off_reason=HOSTILE,
             contact=HOSTILE),
        alert(text=HOSTILE, reason=HOSTILE),
    )  # fmt: skip
    return tuple(row | {"due": {"ackend": NOW - 40 * 86400}} if "family" in row else row
                 for row in rows)  # fmt: skip


@pytest.mark.parametrize("size", [*SIZES, (60, 18), (40, 6)])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("band", ["busy", "flood"])
def test_hostile_text_forges_no_row(size: tuple[int, int], lang: str, band: str) -> None:
    stage = Stage(
        *hostile_rows(),
        *(quiet(f"I-e1-{n}", title=HOSTILE) for n in range(3, 9)),
        size=size,
        lang=lang,
        pulse=beat(load=FLOOD | {"band": band}, chatter=[HOSTILE]),
        place={"v01": place("v01", HOSTILE, name_en=HOSTILE)},
        viewer={"I-e1-1": {"names": [HOSTILE]}},
        log={"e1-1": log_row("e1-1", "IncidentNoted", by=HOSTILE, text=HOSTILE)},
    )
    lines = stage.screen()
    if size[0] < 80:
        return
    rows = [found[5] for line in lines if (found := ROW.match(line))]
    assert all(re.fullmatch(r"I-e1-\d+|~\d+|x", start) for start in rows), rows
    assert len(rows) >= 3
    assert any("(" in line or "含异文" in line for line in lines)


def test_columns_do_not_shift_whatever_is_in_them() -> None:
    for lang in LANGS:
        for size in ((160, 45), (80, 24)):
            stage = Stage(*hostile_rows(), size=size, lang=lang)
            lines = [text_of(line) for line in stage.picture().lines]
            at = listing.columns(stage.desk.look, 100 if size[0] == 160 else 80)
            assert at.title >= 6
            assert any("~56789012" in line or "~6789012" in line for line in lines)


def test_every_style_is_one_of_the_themes() -> None:
    stage = Stage(*busy_night(), size=(160, 45))
    for line in stage.picture().lines:
        assert {span.style for span in line} <= set(STYLES["night"])


def test_empty_screen_says_so() -> None:
    for lang, said in (("zh", "现在没有要您办的事"), ("en", "Nothing waits for you now.")):
        lines = Stage(lang=lang).screen()
        assert said in lines[1]
    assert CRIT == 1


def test_a_source_that_chatters_goes_by_its_name() -> None:
    lines = Stage(quiet("I-e1-1"), pulse=beat(chatter=["rangers-1", "hj-03"])).screen()
    assert any("抖动" in line and line.rstrip().endswith("护林一组 hj-03") for line in lines)


def test_a_row_says_what_nobody_is_left_for_and_not_what_is_only_wanted() -> None:
    ack = {"by": ME, "until": NOW + 600}
    over = {"ack": ack, "due": {}, "released_at": NOW - 60, "rec": []}
    stuck = incident("I-e1-1", nobody_for=["crew"], **over)
    wish = incident("I-e1-2", nobody_for=["guide"], **over)
    lines = "\n".join(Stage(stuck, wish).screen())
    assert re.search(r"急.I-e1-1 .*缺处置: 对面山坡", lines)
    lapsed = incident("I-e1-1", nobody_for=["crew"], **over | {"ack": None, "lapses": 1})
    for lang, said in (("zh", "缺处置"), ("en", "no Crew")):
        stage = Stage(lapsed, lang=lang)
        main = stage.screen()
        assert said in main[1]  # line 2, and the row's last column
        assert main[4].rstrip().endswith(said)
        stage.press("enter")
        detail = stage.screen()
        assert f"{said} [F2]" in detail[1]
        assert f"> {said}  " in detail[-4]
        assert not re.search(r"逾|now!|派出期限|send by", "".join((*main[:6], *detail)))
    assert re.search(r"急.I-e1-2 .* 对面山坡冒烟", lines)
    assert re.search(r"-- 立即 1 (?s:.*)I-e1-1 (?s:.*)-- 急在办 1 (?s:.*)I-e1-2 ", lines)


def test_lines_that_a_short_list_leaves_free_show_the_item_and_what_happened() -> None:
    opened = log_row("e1-1.0", "IncidentOpened", incident="I-e1-412", plan="wildfire", priority=1)
    lines = Stage(incident(), log={"e1-1.0": opened}).screen()
    text = "\n".join(lines)
    assert "-- I-e1-412 野火 急 雷家沟二组 第7版 --" in text
    assert "== 危险 2 未读 2 ==" in text
    assert "-- 刚刚 --" in text
    empty = Stage(log={"e1-1.0": opened}).screen()
    assert sum("I-e1-412" in line for line in empty) == 1
    full = Stage(*(quiet(f"I-e1-{n}") for n in range(20))).screen()
    assert not any("-- 刚刚 --" in line or "第7版" in line for line in full)
