"""Handover: what blocks each signature, what is sent, what a change voids."""

from __future__ import annotations

from typing import Any

import pytest
from board_stage import board, incidents, shift, signed, township
from desk_stage import ME, NOW, Stage

from console.effects import Remember, Sound
from console.outcome import OK, REFUSED, Outcome
from console.pages.handover import HEARD, LIST, TOKEN, WORDS
from console.settings import Settings
from console.shift import points, reds
from console.shift import shift as read_shift

NEXT = "灾害岗@2台"


def stage_of(row: dict[str, Any] | None = None, **stage: Any) -> Stage:
    """The handover page over that row of the post's."""
    tables = township(shift={"shift": row or shift()})
    return board("handover", tables=tables, **stage)


def page(stage: Stage) -> Any:
    return stage.desk.page


def missing(stage: Stage) -> str:
    """What the hint names as missing."""
    return stage.screen()[-4]


def tick_all(stage: Stage) -> None:
    """Every point by its key."""
    for _point in points(stage.desk.model, NOW):
        stage.press("space", "down")


def go_to(stage: Stage, area: str) -> None:
    """The field, by Tab."""
    for _step in range(4):
        if page(stage).area == area:
            return
        stage.press("tab")
    raise AssertionError(area)


def hear(stage: Stage) -> None:
    """The sound test: played, then heard."""
    go_to(stage, HEARD)
    stage.press("space", "space")


def test_the_sound_test_says_to_wait_for_the_sound() -> None:
    stage = stage_of()
    go_to(stage, HEARD)
    stage.press("space")
    assert "听完了再按一次空格" in stage.desk.result.text
    stage.press("space", every=0.1)  # the same press, as far as a terminal can tell
    assert "声响自检 [ ]" in "".join(stage.screen())
    stage.press("space")
    assert "声响自检 [x]" in "".join(stage.screen())


# --- the first signature


def test_the_outgoing_officer_signs_the_digest_with_words() -> None:
    stage = stage_of()
    go_to(stage, WORDS)
    stage.type("北坡余烬,风转西北要复看: 电台3")
    stage.press("f3")
    sent: Any = stage.sent[-1].command
    assert (sent.do, sent.digest) == ("handover", "7C41-09AE")
    assert sent.words == "北坡余烬,风转西北要复看: 电台3"
    assert stage.sent[-1].token == ""


def test_handover_blocked() -> None:
    """What the post says blocks it is named, and nothing is sent."""
    blocks = [["unacknowledged", "I-e1-412"], ["hazard_unread", "I-e1-412"]]
    stage = stage_of(shift(blocks=blocks))
    assert "未确认: I-e1-412" in missing(stage)
    assert "危险未读: I-e1-412" in missing(stage)
    stage.press("f3")
    assert stage.sent == []
    assert "还不能签" in stage.desk.result.text


def test_who_is_not_on_duty_cannot_hand_over() -> None:
    stage = stage_of(shift(officer=NEXT))
    stage.press("f3")
    assert stage.sent == []
    assert NEXT in missing(stage)


def test_the_leader_signs_for_an_officer_who_cannot() -> None:
    stage = stage_of(shift(officer=NEXT))
    stage.desk.model.role = "leader"
    stage.press("f3")
    assert [send.command.do for send in stage.sent] == ["handover"]


def test_without_a_digest_of_the_post_nothing_is_signed() -> None:
    stage = board("handover", tables=township(shift={}))
    stage.press("f3")
    assert stage.sent == []
    assert "主机没有给出" in missing(stage)


# --- the second signature


def test_handover_signed_by_the_incoming_officer_at_this_console() -> None:
    stage = stage_of(shift(signed=signed()))
    tick_all(stage)
    hear(stage)
    assert Sound("test") in stage.effects
    go_to(stage, TOKEN)
    stage.type("secret-7")
    assert not any("secret" in text for text in stage.screen())
    stage.press("f3")
    send = stage.sent[-1]
    sent: Any = send.command
    assert (sent.do, sent.digest) == ("takeover", "7C41-09AE")
    assert sorted(sent.taken) == ["I-e1-409", "I-e1-412"]
    assert sorted(sent.keep_shelf) == ["hj-03|intrusion", "ljg-11|smoke"]
    assert send.token == "secret-7"


def test_each_open_point_blocks_the_second_signature() -> None:
    stage = stage_of(shift(signed=signed()))
    said = missing(stage)
    assert "I-e1-412" in said
    assert "I-e1-409" in said
    stage.press("f3")
    assert stage.sent == []
    stage.press("home", "space", "down", "space")  # both reds
    assert "急件" not in missing(stage)
    assert "未确认已知" in missing(stage)
    tick = [p for p in points(stage.desk.model, NOW) if p.must and p.key not in page(stage).ticks]
    page(stage).ticks |= {point.key: point.facts for point in tick}
    assert "未确认已知" not in missing(stage)
    assert "声响自检未做" in missing(stage)
    hear(stage)
    assert "接班人口令未填" in missing(stage)
    stage.press("f3")
    assert stage.sent == []


def test_a_shelf_that_is_not_signed_again_is_not_kept_and_blocks_nothing() -> None:
    stage = stage_of(shift(signed=signed()))
    page(stage).ticks |= {
        p.key: p.facts for p in points(stage.desk.model, NOW) if p.group != "shelf"
    }
    hear(stage)
    go_to(stage, TOKEN)
    stage.type("t")
    stage.press("f3")
    assert stage.sent[-1].command.keep_shelf == ()  # type: ignore[union-attr]


def test_the_incoming_officer_at_an_own_console_needs_no_second_token() -> None:
    stage = stage_of(shift(officer=NEXT, signed=signed(by=NEXT)))
    tick_all(stage)
    hear(stage)
    stage.press("f3")
    assert stage.sent[-1].command.do == "takeover"
    assert stage.sent[-1].token == ""


def test_with_nobody_on_duty_one_signature_is_enough() -> None:
    stage = stage_of(shift(officer="", since=None))
    assert any("现在无人在班" in text for text in stage.screen())
    tick_all(stage)
    hear(stage)
    stage.press("f3")
    assert stage.sent[-1].command.do == "takeover"


# --- what voids


def test_a_changed_digest_voids_the_first_signature() -> None:
    stage = stage_of(shift(signed=signed()))
    assert any("已签 03:11:41 北坡余烬" in text for text in stage.screen())
    stage.rows(shift={"shift": shift(digest="AAAA-0001", signed=signed())})
    assert any("内容已变" in text for text in stage.screen())
    stage.press("f3")  # the outgoing officer signs again
    sent: Any = stage.sent[-1].command
    assert (sent.do, sent.digest) == ("handover", "AAAA-0001")


def test_the_beat_brings_the_digest_up_to_date_and_a_later_row_counts_again() -> None:
    stage = stage_of(shift(signed=signed()))
    stage.pulse |= {"shift": shift(digest="AAAA-0001", signed=signed())}
    stage.wait(1.0)
    assert any("内容已变" in text for text in stage.screen())
    stage.rows(shift={"shift": shift(digest="AAAA-0001", signed=signed(digest="AAAA-0001"))})
    assert read_shift(stage.desk.model).signed


def test_a_tick_stands_for_what_the_incident_was() -> None:
    stage = stage_of(shift(signed=signed()))
    stage.press("home", "space")
    assert sum("[x]" in text for text in stage.screen()) == 1
    first = reds(points(stage.desk.model, NOW))[0]
    stage.rows(incidents()[first] | {"state": "working", "ack": {"by": ME, "until": 0}})
    texts = stage.screen()
    assert not any("[x]" in text for text in texts)
    assert sum("[*]" in text for text in texts) == 1
    assert first in missing(stage)


def test_news_that_change_nothing_leave_the_tick() -> None:
    stage = stage_of(shift(signed=signed()))
    stage.press("home", "space")
    first = reds(points(stage.desk.model, NOW))[0]
    stage.rows(incidents()[first] | {"title": "火势减弱", "rev": 9})
    assert sum("[x]" in text for text in stage.screen()) == 1


def test_a_new_red_has_to_be_taken_too() -> None:
    stage = stage_of(shift(signed=signed()))
    tick_all(stage)
    stage.rows(incidents()["I-e1-412"] | {"id": "I-e1-500"})
    assert "I-e1-500" in missing(stage)


# --- drafts and secrets


def test_escape_keeps_ticks_and_words_and_never_the_token() -> None:
    settings = Settings(lang="zh")
    stage = stage_of(shift(signed=signed()), settings=settings)
    stage.press("home", "space")
    go_to(stage, WORDS)
    stage.type("电台3电池快没电")
    go_to(stage, TOKEN)
    stage.type("secret-7")
    stage.press("escape")
    assert stage.desk.page.name == "main"
    assert any(isinstance(effect, Remember) for effect in stage.effects)
    assert "secret" not in str(settings)
    stage = stage_of(shift(signed=signed()), settings=settings)
    assert page(stage).words.text == "电台3电池快没电"
    assert page(stage).token.text == ""
    assert sum("[x]" in text for text in stage.screen()) == 1


@pytest.mark.parametrize("draft", ["{", "[]", '{"ticks": 3}', '"x"'])
def test_a_broken_draft_is_said_to_be_one(draft: str) -> None:
    stage = stage_of(settings=Settings(lang="zh", drafts={"handover": draft}))
    assert "草稿读不出来" in stage.desk.result.text
    assert page(stage).ticks == {}


@pytest.mark.parametrize("how", [OK, REFUSED])
def test_the_token_is_forgotten_whatever_the_answer(how: str) -> None:
    stage = stage_of(shift(signed=signed()))
    tick_all(stage)
    hear(stage)
    go_to(stage, TOKEN)
    stage.type("secret-7")
    stage.press("f3")
    stage.desk.ended(Outcome(how, command=stage.sent[-1].command), stage.at)
    assert page(stage).token.text == ""
    assert bool(page(stage).ticks) == (how == REFUSED)


def test_an_answer_to_another_command_changes_nothing() -> None:
    stage = stage_of(shift(signed=signed()))
    tick_all(stage)
    stage.desk.ended(Outcome(OK), stage.at)
    assert page(stage).ticks


# --- keys


def test_a_colon_in_the_words_is_text() -> None:
    stage = stage_of()
    go_to(stage, WORDS)
    stage.desk.key("colon", ":", stage.at)
    assert stage.desk.line is None
    assert ":" in page(stage).words.text


def test_f2_goes_to_the_next_item_from_a_field_too() -> None:
    stage = stage_of()
    go_to(stage, WORDS)
    stage.press("f2")
    assert stage.desk.page.name == "dispatch"


def test_the_terminals_cursor_is_in_the_field_that_is_typed() -> None:
    stage = stage_of()
    assert stage.picture().cursor is None
    for area in (WORDS, TOKEN):
        go_to(stage, area)
        stage.type("ab")
        cursor = stage.picture().cursor
        assert cursor is not None
        column, line = cursor
        text = stage.screen()[line]
        cells = 0
        for place, character in enumerate(text):
            if cells == column:
                assert text[place - 1] == ("*" if area == TOKEN else "b")
                break
            cells += 2 if ord(character) > 0x2E7F else 1


def test_a_paste_goes_into_the_field_and_nowhere_else() -> None:
    stage = stage_of()
    stage.desk.paste("x", stage.at)
    assert (page(stage).area, page(stage).words.text) == (LIST, "")
    go_to(stage, WORDS)
    stage.desk.paste("a\nb", stage.at)
    assert page(stage).words.text == "a b"


def test_more_points_than_lines_scroll_and_the_signatures_stay() -> None:
    many = {f"I-{n:03}": incidents()["I-e1-412"] | {"id": f"I-{n:03}"} for n in range(40)}
    stage = board("handover", tables=township(incident=many))
    stage.press("end")
    texts = stage.screen()
    assert any("摘要码" in text for text in texts)
    assert any(text.startswith(">[ ]") for text in texts)
    stage.press("home")
    assert any("急件 40" in text for text in stage.screen())


def test_a_click_chooses_a_point_and_again_ticks_it() -> None:
    stage = stage_of()
    row = next(n for n, text in enumerate(stage.screen()) if "探头坏" in text)
    stage.desk.click(3, row, stage.at)
    assert not page(stage).ticks
    stage.picture()
    stage.desk.click(3, row, stage.at)
    assert list(page(stage).ticks) == ["cameras"]


def test_what_must_be_told_is_there_only_where_there_is_something() -> None:
    made = {p.key for p in points(stage_of().desk.model, NOW)}
    assert {"others", "cameras", "units", "cases", "unread", "lapsed", "alerts"} <= made
    nothing = township(
        incident={}, camera={}, unit={}, case={}, log={}, alert={}, shelf={}, assignment={}
    )
    stage = board("handover", tables=nothing)
    assert "cameras" not in {p.key for p in points(stage.desk.model, NOW)}


@pytest.mark.parametrize(
    "row",
    [
        {"digest": 5, "signed": "x", "blocks": [["a"], "b", 3], "officer": None, "since": "x"},
        {"signed": {"by": None, "at": "x"}, "blocks": None},
        {"digest": "D", "blocks": [["unheard_of", "I-1"]], "officer": ME},
    ],
)
def test_a_row_of_another_shape_is_read_with_care(row: dict[str, Any]) -> None:
    stage = board("handover", tables=township(shift={"shift": row}))
    stage.press("f3")
    assert stage.sent == []
    assert read_shift(stage.desk.model).signed is False
