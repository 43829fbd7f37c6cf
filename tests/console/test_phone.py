"""The telephone form: how fields are read, what is sent, what is kept, and that no caller is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk_stage import HOSTILE, LANGS, SIZES, Row, Stage, incident, log_row, place

from command import messages as m
from console.outcome import OK, REFUSED, UNKNOWN, Outcome
from console.page import Go
from console.pages.phone import FIELDS, PhonePage, opened_by
from console.settings import Settings

CALLER = "13900000000 村口小卖部"


def form(**more: Any) -> Stage:
    """The empty form, just painted."""
    stage = Stage(**more)
    stage._note(stage.desk._carry_out([Go("phone")], stage.at))
    stage.picture()
    return stage


def filled(stage: Stage, *words: str) -> Stage:
    """Word after word into the fields, with Tab between."""
    for number, word in enumerate(words):
        if number:
            stage.press("tab")
        stage.type(word)
    stage.picture()
    return stage


def reports(stage: Stage) -> list[m.ReportAlarm]:
    found: list[m.ReportAlarm] = stage.sent_of(m.ReportAlarm)
    return found


def sent(stage: Stage) -> m.ReportAlarm:
    stage.press("f3", every=1.5)
    (report,) = reports(stage)
    return report


def answered(stage: Stage, how: str) -> None:
    command = reports(stage)[-1]
    stage._note(stage.desk.ended(Outcome(how, "x", command=command), stage.at))
    stage.picture()


def said(stage: Stage) -> str:
    return stage.screen()[-3]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_form_holds_its_columns_whatever_is_typed(size: tuple[int, int], lang: str) -> None:
    stage = form(size=size, lang=lang, place={"x": place("x", HOSTILE), "y": place("y", HOSTILE)})
    stage.picture()
    for _name in FIELDS:
        stage.desk.paste(HOSTILE, stage.at)
        stage.picture()
        stage.press("tab")
    stage.press("down", "down", "f3")


def test_all_fields_go_with_the_report() -> None:
    stage = filled(form(), "野火", "ljg2", "严重", "对面山坡冒烟", CALLER)
    report = sent(stage)
    assert (report.kind, report.place, report.severity) == ("fire", "v01-g2", "severe")
    assert (report.text, report.caller) == ("对面山坡冒烟", CALLER)
    assert CALLER not in repr(stage.sent)


def test_a_line_that_broke_off_after_one_word_is_enough() -> None:
    report = sent(filled(form(), "烟"))
    assert (report.kind, report.place, report.severity) == ("smoke", "", "unknown")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("火", "fire"),
        ("火灾", "fire"),
        ("smoke", "smoke"),
        ("ＳＭＯＫＥ", "smoke"),
        ("滑", "landslide"),
    ],
)
def test_a_kind_by_its_word_its_beginning_or_its_code(typed: str, kind: str) -> None:
    assert sent(filled(form(), typed)).kind == kind


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "E2 必填"),
        (("不知道",), "E4"),
        (("火", "没有这个村"), "地点: E4"),
        (("火", "雷家沟村一"), ""),
        (("火", "白家", "很"), "程度: E4"),
    ],
)
def test_what_cannot_be_read_is_not_sent_and_says_why(words: tuple[str, ...], fault: str) -> None:
    stage = filled(form(), *words)
    stage.press("f3", every=1.5)
    assert bool(reports(stage)) is not bool(fault)
    assert fault in said(stage)


def test_up_and_down_walk_the_choices_that_fit() -> None:
    stage = filled(form(), "火", "ljg")
    stage.press("down", "down", "down")
    assert "= 雷家沟二组" in "\n".join(stage.screen())
    stage.press("up")
    assert sent(stage).place == "v01-g1"


def test_through_all_choices_where_nothing_is_typed() -> None:
    stage = form()
    stage.press("down", "down", "up", "up", "up")
    first = sent(stage).kind
    assert first == "smoke"


def test_tab_says_in_full_what_can_only_be_meant() -> None:
    stage = filled(form(), "火", "雷家沟二")
    stage.press("tab")
    assert "[雷家沟二组" in "\n".join(stage.screen())
    stage.press("shift+tab", "shift+tab")
    assert "E" not in stage.screen()[-4]


def test_enter_goes_to_the_next_field_and_sends_nothing() -> None:
    stage = filled(form(), "火")
    stage.press("enter", "enter", "enter", "enter", "enter", "enter")
    assert not reports(stage)


def test_a_paste_with_line_ends_sends_nothing() -> None:
    stage = filled(form(), "火", "白家", "")
    stage.press("tab")
    stage.desk.paste("第一行\r\n第二行\n", stage.at)
    assert not reports(stage)
    assert sent(stage).text == "第一行  第二行"


def test_a_caller_of_any_length_fits_the_contract() -> None:
    stage = filled(form(), "火", "", "", "", "长" * 300)
    assert len(sent(stage).caller) == 100


def test_characters_that_mean_something_elsewhere_are_text_here() -> None:
    stage = filled(form(), "火", "", "", "几点:3? [/] :新建")
    assert sent(stage).text == "几点:3? [/] :新建"
    assert stage.desk.line is None


# --- drafts


def test_esc_keeps_the_draft_and_no_caller_on_the_disk() -> None:
    stage = filled(form(), "火", "白家", "", "冒烟", CALLER)
    stage.press("escape")
    assert stage.desk.page.name == "main"
    (kept,) = stage.desk.settings.drafts.values()
    assert json.loads(kept) == {"kind": "火", "place": "白家", "text": "冒烟"}
    stage._note(stage.desk._carry_out([Go("phone")], stage.at))
    stage.picture()
    report = sent(stage)
    assert (report.place, report.text, report.caller) == ("v09", "冒烟", CALLER)


def test_the_draft_outlives_the_program_without_the_caller() -> None:
    stage = filled(form(), "火", "白家", "", "冒烟", CALLER)
    stage.press("escape")
    again = form(settings=Settings(drafts=dict(stage.desk.settings.drafts)))
    report = sent(again)
    assert (report.place, report.text, report.caller) == ("v09", "冒烟", "")


def test_f2_leaves_the_form_and_keeps_it() -> None:
    stage = Stage(incident())
    stage._note(stage.desk._carry_out([Go("phone")], stage.at))
    stage.picture()
    stage.type("烟")
    stage.press("f2")
    assert stage.desk.page.name == "dispatch"
    stage.press("escape")
    assert isinstance(stage.desk.page, PhonePage)
    assert sent(stage).kind == "smoke"


def test_what_was_sent_leaves_no_draft_and_no_caller() -> None:
    stage = filled(form(), "火", "", "", "冒烟", CALLER)
    sent(stage)
    stage.press("escape")  # before the answer
    answered(stage, OK)
    assert not stage.desk.settings.drafts
    stage._note(stage.desk._carry_out([Go("phone")], stage.at))
    assert CALLER not in "\n".join(stage.screen())


# --- what becomes of it


def opened(command: m.ReportAlarm, ident: str = "I-e1-9") -> Row:
    return log_row(
        "e1-5.1", "AlarmReceived", message_id=command.id, incident=ident, source="console"
    )


def test_the_incident_that_it_opened_comes_up() -> None:
    stage = filled(form(), "火")
    report = sent(stage)
    stage.rows(incident("I-e1-9"), log={"e1-5.1": opened(report)})
    answered(stage, OK)
    assert (stage.desk.page.name, stage.desk.page.item) == ("detail", "I-e1-9")
    stage.press("escape")
    assert stage.desk.page.name == "main"


def test_a_row_that_comes_after_the_answer_is_waited_for() -> None:
    stage = filled(form(), "火")
    report = sent(stage)
    answered(stage, OK)
    assert stage.desk.page.name == "phone"
    stage.rows(incident("I-e1-9"), log={"e1-5.1": opened(report)})
    assert stage.desk.page.name == "detail"


def test_where_no_row_comes_it_is_said() -> None:
    stage = filled(form(), "火")
    sent(stage)
    answered(stage, OK)
    stage.wait(6.0)
    assert stage.desk.page.name == "main"
    assert "请在列表中查看" in said(stage)


def test_refused_it_all_stays_typed() -> None:
    stage = filled(form(), "火", "白家")
    sent(stage)
    answered(stage, REFUSED)
    assert stage.desk.page.name == "phone"
    stage.press("f3", every=1.5)
    assert len(reports(stage)) == 2
    assert reports(stage)[0].id != reports(stage)[1].id


def test_without_an_answer_it_is_not_sent_again() -> None:
    stage = filled(form(), "火")
    sent(stage)
    answered(stage, UNKNOWN)
    stage.press("f3", every=1.5)
    assert len(reports(stage)) == 1
    assert "正等答复" in said(stage)


def test_nothing_is_sent_while_the_line_is_cut() -> None:
    stage = filled(form(), "火")
    stage.wait(7, beats=False)
    stage._note(stage.desk.key("f3", "", stage.at))
    stage._note(stage.desk.key("f3", "", stage.at + 2))
    assert not reports(stage)


def test_the_log_tells_which_incident() -> None:
    log = {"1": {"event": "AlarmReceived", "message_id": "a", "incident": "I-1"},
           "2": {"event": "IncidentOpened", "message_id": "b", "incident": "I-2"}}  # fmt: skip
    assert opened_by(log, "a") == "I-1"
    assert opened_by(log, "b") == ""
    assert opened_by({}, "a") == ""
