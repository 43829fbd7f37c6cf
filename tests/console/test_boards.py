"""What all boards have in common: exact lines, harmless text, cursor, filter, sort, mouse."""

from __future__ import annotations

from typing import Any

import pytest
from board_stage import BOARDS, board, job, township
from desk_stage import LANGS, NOW, SIZES, Stage, unit
from desk_stage import log_row as log_line

from console.cells import size_of, text_of
from console.effects import Send
from console.look import Look
from console.page import Page
from console.pages import PAGES
from console.pages.board import Board, ago, left, moment, words

EMPTY = ("unit", "assignment", "incident", "camera", "log", "desk", "case", "shelf", "alert")


def own_lines(stage: Stage) -> list[str]:
    """The page's own lines, before the frame touches them."""
    look = stage.desk.look
    ctx = stage.desk.ctx(stage.at)
    lines = stage.desk.page.draw(ctx, look.width, look.height - 6)
    assert len(lines) <= look.height - 6
    for line in lines:
        assert size_of(line) == look.width, text_of(line)
        assert text_of(line).isprintable()
    return [text_of(line) for line in lines]


@pytest.mark.parametrize("page", BOARDS)
def test_every_board_is_a_page_that_can_be_opened(page: str) -> None:
    assert page in PAGES
    assert isinstance(PAGES[page](""), Page)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", BOARDS)
@pytest.mark.parametrize("texts", ["usual", "hostile"])
def test_lines_are_exact_whatever_the_post_says(
    page: str, size: tuple[int, int], lang: str, texts: str
) -> None:
    stage = board(page, hostile=texts == "hostile", size=size, lang=lang)
    assert any(line.strip() for line in own_lines(stage))
    for key in ("down", "right", "end", "home", "pagedown", "left", "up"):
        stage.press(key)
        own_lines(stage)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("page", BOARDS)
def test_a_post_that_has_nothing_yet_is_said_to_have_nothing(page: str, lang: str) -> None:
    nothing: dict[str, Any] = {name: {} for name in EMPTY}
    stage = board(page, tables=township(**nothing), lang=lang)
    stage.desk.model.tables = {}
    said = " ".join(own_lines(stage))
    assert len(said.strip()) > 8
    stage.press("enter", "space", "down", "f3", "f4")
    assert not [one for one in stage.sent if one.command.do != "watch"]


@pytest.mark.parametrize("page", BOARDS)
def test_rows_without_their_fields_draw_too(page: str) -> None:
    """A post of another version may leave a field out: a board shows less, and does not fail."""
    tables = {
        name: {key: {"id": key} for key in rows} for name, rows in township().items()
    }  # fmt: skip
    stage = board(page, tables=tables)
    own_lines(stage)
    stage.press("down", "right")
    own_lines(stage)


@pytest.mark.parametrize("page", [p for p in BOARDS if issubclass(PAGES[p], Board)])  # type: ignore[arg-type]
def test_every_order_can_be_chosen_by_key_and_round_it_goes(page: str) -> None:
    stage = board(page, size=(160, 45))
    table = stage.desk.page.table  # type: ignore[attr-defined]
    seen: list[Any] = [table.sort]
    for _step in range(40):
        stage.press("right")
        if table.sort is None:
            break
        seen.append(table.sort)
    assert table.sort is None
    assert len(seen) == len(set(seen))
    columns = stage.desk.page.columns(stage.desk.ctx(stage.at))  # type: ignore[attr-defined]
    assert len(seen) == 1 + 2 * len(columns)  # each up and down: no header is dead under a click


def test_the_cursor_is_a_row_and_not_a_place() -> None:
    stage = board("teams")
    table = stage.desk.page.table  # type: ignore[attr-defined]
    first = own_lines(stage)[1]
    stage.press("down", "down")
    chosen = table.cursor
    stage.rows(
        unit("zz-9", "民兵九队", state="unreachable", assignments=[job("O-6", "x", "offered")])
    )
    assert own_lines(stage)[1] != first
    assert table.cursor == chosen


def test_a_filter_leaves_what_it_finds_and_escape_ends_it() -> None:
    stage = board("teams")
    stage.press("slash")
    stage.type("片区")
    texts = own_lines(stage)
    assert any("片区民警" in text for text in texts)
    assert not any("卫生院救护" in text for text in texts)
    assert texts[-1].startswith("/片区")
    stage.press("enter")
    assert "2/8" in own_lines(stage)[-1]
    stage.press("slash", "escape")
    assert any("卫生院救护" in text for text in own_lines(stage))


def test_the_filter_has_the_keys_while_it_is_typed_and_f2_still_goes_to_the_next_item() -> None:
    stage = board("log")
    stage.press("slash")
    stage.type("a:b ")
    assert stage.desk.line is None
    stage.press("f2")
    assert stage.desk.page.name == "dispatch"


def test_a_filter_looks_at_words_not_at_the_names_of_fields() -> None:
    stage = board("teams")
    stage.press("slash")
    stage.type("last_contact")
    assert not any("民兵" in text for text in own_lines(stage))


def test_a_paste_goes_into_the_open_filter_alone() -> None:
    stage = board("teams")
    stage.desk.paste("片区\n民警", stage.at)
    assert any("卫生院救护" in text for text in own_lines(stage))
    stage.press("slash")
    stage.desk.paste("片区\n", stage.at)
    assert not any("卫生院救护" in text for text in own_lines(stage))


def test_a_click_on_a_header_sorts_and_on_a_row_chooses_then_opens() -> None:
    stage = board("cases")
    page = stage.desk.page
    table = page.table  # type: ignore[attr-defined]
    stage.desk.click(4, 2, stage.at)
    assert table.sort == (0, False)
    stage.desk.click(4, 2, stage.at)
    assert table.sort == (0, True)
    stage.picture()
    stage.desk.click(10, 4, stage.at)
    stage.picture()
    assert stage.desk.page is page
    stage.desk.click(10, 4, stage.at)
    assert stage.desk.page.name == "detail"


def test_the_wheel_moves_the_cursor() -> None:
    stage = board("log")
    table = stage.desk.page.table  # type: ignore[attr-defined]
    first = table.cursor
    stage.desk.wheel(3, stage.at)
    assert table.cursor != first


@pytest.mark.parametrize("page", BOARDS)
def test_enter_and_space_send_nothing_that_acts(page: str) -> None:
    """Outside the command line Enter sends nothing; Space is the teams' roll call alone."""
    stage = board(page)
    stage.press("enter")
    if page != "teams":
        stage.press("escape", "space")
    assert not [one for one in stage.sent if one.command.do not in {"watch", "unwatch"}]


@pytest.mark.parametrize("page", BOARDS)
def test_line_one_counts_the_reds_on_every_board(page: str) -> None:
    stage = board(page, lang="zh")
    assert "急 2" in stage.screen()[0]


def test_many_rows_say_how_many_are_below() -> None:
    log = {f"e1-{n}.0": log_line(f"e1-{n}.0", "IncidentNoted", text="x") for n in range(500)}
    stage = board("log", tables=township(log=log))
    assert "下方还有" in own_lines(stage)[-1]
    stage.press("end")
    assert "下方还有" not in own_lines(stage)[-1]


def test_f3_where_nothing_is_to_be_sent_says_so() -> None:
    for page in ("grid", "cases", "log"):
        stage = board(page)
        stage.press("f3")
        assert not [one for one in stage.effects if isinstance(one, Send)]
        assert stage.desk.result.text


def test_ages_and_limits_in_words() -> None:
    look = Look(lang="zh")
    assert ago(8, look) == "8秒前"
    assert ago(720, look) == "12分前"
    assert left(NOW + 64, NOW, look) == "1:04"
    assert left(NOW - 300, NOW, look) == "逾 5分"
    assert moment(NOW, NOW) == "03:12"
    assert moment(NOW - 86_400, NOW).startswith("11-22")
    assert words("a", "", None, 3) == "a 3"
