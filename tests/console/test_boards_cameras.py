"""The camera wall: letters, counts, cursor."""

from __future__ import annotations

from typing import Any

import pytest
from board_stage import board, cameras, incidents, log, township
from desk_stage import NOW, Stage, camera, incident, model, report

from console.cells import text_of
from console.wall import Wall, heard, wall


def made(**over: Any) -> Wall:
    """The wall of the township at work."""
    return wall(model(**township(**over)))


def many(down: int, total: int = 240) -> dict[str, Any]:
    """So many cameras, so many of them without a picture."""
    rows = {f"c-{n:03}": camera(f"c-{n:03}") for n in range(total)}
    for n in range(down):
        rows[f"c-{n:03}"] |= {"state": "offline" if n % 2 else "fault"}
    return rows


@pytest.mark.parametrize(
    ("ident", "letter"),
    [
        ("ljg-05", "A"), ("ljg-02", "D"), ("ljg-03", "V"), ("ljg-04", "T"), ("ljg-11", "S"),
        ("ljg-09", "?"), ("ljg-01", "."),
    ],
)  # fmt: skip
def test_letters(ident: str, letter: str) -> None:
    assert made().cameras[ident].letter == letter


def test_an_alarm_stands_before_all_else_and_ends_with_its_incident() -> None:
    over = incidents()
    over["I-e1-412"] |= {"sources": {"ljg-02": report("camera")}}
    assert made(incident=over).cameras["ljg-02"].letter == "A"
    assert made(incident=over).down == 2  # still without a picture
    over["I-e1-412"] |= {"state": "resolved"}
    assert made(incident=over).cameras["ljg-02"].letter == "D"


def test_the_most_urgent_incident_of_a_camera_is_its_incident() -> None:
    source = {"ljg-05": report("camera")}
    over = {
        "I-e1-1": incident("I-e1-1", priority=4, sources=source),
        "I-e1-2": incident("I-e1-2", priority=1, sources=source),
        "I-e1-3": incident("I-e1-3", priority=3, sources=source),
    }
    assert made(incident=over).cameras["ljg-05"].incident["id"] == "I-e1-2"


@pytest.mark.parametrize(("down", "says"), [(3, ""), (4, "(已到限)"), (5, "(已超限)")])
def test_four_of_240_may_be_down(down: int, says: str) -> None:
    assert made(camera=many(down)).allowed == 4
    assert made(camera=many(down)).down == down
    screen = board("cameras", tables=township(camera=many(down), incident={})).screen()
    assert f"坏 {down}{says} 报警" in screen[1]
    norm = "已低于98%" if down == 5 else f"再坏{5 - down}路低于98%"
    assert any(norm in text for text in screen)


def test_alarms_false_ones_and_the_clock_come_from_the_log() -> None:
    seen = heard(log().values())
    assert (seen["ljg-01"].alarms, seen["ljg-01"].false) == (1, 1)
    assert (seen["ljg-02"].alarms, seen["ljg-02"].false) == (1, 0)
    assert seen["ljg-04"].clock == "skewed"
    lines = [*log().values(), {"event": "IncidentReopened", "incident": "I-e1-1"}]
    assert heard(lines)["ljg-01"].false == 0


def test_the_road_is_called_as_its_cameras_and_the_map_call_it() -> None:
    road = {"road:r": {"layer": "road", "id": "r", "name": "北大路", "name_en": "North rd"}}
    names = {f"bdl-{n:02}": f"北大路{n:02}号" for n in (1, 2, 10)}
    rows = [camera(ident, name=name, area="road") for ident, name in names.items()]
    long = {"road:r": road["road:r"] | {"name_en": "The long road to the north"}}
    odd = camera("x-1", name="西街01号", area="road")
    for lang, shape, more, said in (
        ("zh", road, [], "北大路沿线 "),
        ("zh", {}, [], "北大路沿线 "),
        ("zh", road, [odd], "主路沿线 "),
        ("en", road, [], "along North rd "),
        ("en", long, [], "Main road "),
    ):
        stage = Stage(*rows, *more, lang=lang, shape=shape)
        stage.press("f7")
        assert stage.screen()[3][2:].startswith(said)


def test_the_cursor_begins_at_an_alarm_and_enter_opens_it() -> None:
    stage = board("cameras")
    assert stage.desk.page.item == "I-e1-412"
    assert "ljg-05" in stage.screen()[-4]
    assert "烟 0.87" in stage.screen()[-4]
    stage.press("enter")
    assert (stage.desk.page.name, stage.desk.page.item) == ("detail", "I-e1-412")


def camera_at(stage: Any) -> str:
    return str(stage.desk.page.camera)


def test_arrows_walk_the_wall_and_stop_at_its_edges() -> None:
    stage = board("cameras")
    for key, at in (
        ("right", "ljg-06"), ("left", "ljg-05"), ("up", "yd-05"), ("up", "yd-05"), ("end", "yd-12"),
        ("right", "yd-12"), ("down", "ljg-12"), ("home", "ljg-01"), ("left", "ljg-01"),
    ):  # fmt: skip
        stage.press(key)
        assert camera_at(stage) == at, key


def test_a_camera_is_found_by_number_and_by_name() -> None:
    stage = board("cameras")
    stage.press("slash")
    stage.type("yd-07")
    stage.picture()
    assert camera_at(stage) == "yd-07"
    assert stage.picture().cursor is not None
    stage.press("escape")
    assert stage.picture().cursor is None
    assert stage.desk.page.name == "cameras"
    stage.press("enter")
    assert stage.desk.result.text  # this one is in no incident


def test_space_fills_in_the_line_that_shelves_it_and_sends_nothing() -> None:
    stage = board("cameras")
    stage.press("space")
    assert stage.desk.line is not None
    assert stage.desk.line.typed.text == "搁置 ljg-05 1时 // "
    assert stage.sent == []


def test_a_click_on_a_letter_chooses_it_and_again_opens_it() -> None:
    stage = board("cameras")
    row = next(n for n, text in enumerate(stage.screen()) if text.lstrip("> ").startswith("雷家沟"))
    left = stage.screen()[row].index(".")
    column = sum(2 if ord(c) > 0x2E7F else 1 for c in stage.screen()[row][:left])
    stage.desk.click(column, row, stage.at)
    assert camera_at(stage) == "ljg-01"
    stage.picture()
    stage.desk.click(column + 4, row, stage.at)
    assert camera_at(stage) == "ljg-05"
    stage.picture()
    stage.desk.click(column + 5, row, stage.at)  # the gap between two fives
    assert camera_at(stage) == "ljg-05"
    stage.desk.click(column + 4, row, stage.at)
    assert stage.desk.page.name == "detail"


def test_an_alarm_has_its_incidents_colour_and_its_letter() -> None:
    stage = board("cameras")
    stage.press("right")  # the cursor away from it
    spans = [span for line in stage.picture().lines for span in line]
    assert ("A", "crit") in spans
    assert ("D", "bad") in spans


def test_more_areas_than_lines_scroll_with_the_cursor() -> None:
    rows = {f"x{n:02}-01": camera(f"x{n:02}-01", area=f"x{n:02}") for n in range(40)}
    stage = board("cameras", tables=township(camera=rows, incident={}))
    for _step in range(39):
        stage.press("down")
    assert camera_at(stage) == "x39-01"
    assert any(text_of(line).startswith("> x39") for line in stage.picture().lines)


def test_what_has_changed_is_on_the_wall_within_half_a_second() -> None:
    stage = board("cameras")
    assert "坏 2" in stage.screen()[1]
    stage.rows(cameras()["ljg-01"] | {"state": "offline", "since": NOW})
    stage.wait(0.5)
    assert "坏 3" in stage.screen()[1]


def test_cameras_that_were_never_heard_are_unknown_and_neither_online_nor_down() -> None:
    rows = {f"c-{n}": camera(f"c-{n}", state="unknown", since=None, last_at=None) for n in range(9)}
    stage = board("cameras", tables=township(camera=rows, incident={}, log={}, shelf={}))
    assert "探头 9 在线 0 坏 0" in stage.screen()[1]
    assert "0/9" in stage.screen()[3]
    assert stage.screen()[3].count("?") == 9
