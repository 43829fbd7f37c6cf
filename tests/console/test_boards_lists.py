"""Grid, cases, shelf, log, quarantine, alerts, drill: what each shows, and what its keys do."""

from __future__ import annotations

from typing import Any

import pytest
from board_stage import board, log, township, units
from desk_stage import HOSTILE, NOW, Stage, alert, beat, case, incident, model
from desk_stage import log_row as log_line

from command.core.events import EVENTS
from command.core.reasons import Reason
from command.core.shift import UNACKNOWLEDGED, UNREAD
from console.cells import size_of, text_of
from console.effects import Remember
from console.pages.alerts import RED
from console.pages.alerts import lines as alert_lines
from console.pages.cases import cases
from console.pages.grid import villages
from console.pages.log import STYLES, LogPage
from console.pages.quarantine import FAULTS, messages
from console.pages.shelf import shelved
from console.shift import BLOCKS
from console.wording.lines import event_line
from sensors.observations import RejectionReason


def shown(stage: Stage, words: str) -> str:
    return next(text for text in stage.screen() if words in text)


def choose(stage: Stage, key: str) -> None:
    """The cursor onto a row."""
    stage.desk.page.table.cursor = key  # type: ignore[attr-defined]
    stage.picture()


def test_codes_are_the_posts_own() -> None:
    """A code that the post does not know would hide what it stands for."""
    assert set(Reason) >= RED
    assert set(EVENTS) >= set(STYLES)
    assert set(BLOCKS) == {UNACKNOWLEDGED, UNREAD}
    assert set(FAULTS) <= {one.value for one in (*RejectionReason, *Reason)}


# --- grid


def test_the_grid_says_that_no_roll_call_is_running() -> None:
    assert "叫应 无任务" in board("grid").screen()[1]


def test_every_village_has_its_manager_and_its_heads_by_number() -> None:
    village = villages(model(**township()))["v01"]
    assert village.manager is not None
    assert village.manager.id == "vgm-v01"
    assert [desk.id for desk in village.heads] == ["ggh-v01-g1", "ggh-v01-g2", "ggh-v01-g3"]
    assert [desk.reach for desk in village.heads] == ["available", "unreachable", "never"]
    assert village.heard == 1
    text = shown(board("grid"), "雷家沟 ")
    assert "一在 二失 三无" in text
    assert "1/3" in text


def test_a_post_off_duty_is_off_whether_it_was_heard_or_not() -> None:
    over = units()
    over["ggh-v01-g3"] |= {"state": "off_duty"}
    over["ggh-v01-g1"] |= {"state": "off_duty"}
    heads = villages(model(**township(unit=over)))["v01"].heads
    assert [desk.reach for desk in heads] == ["off_duty", "unreachable", "off_duty"]


def test_the_chosen_villages_posts_stand_below_with_their_households() -> None:
    stage = board("grid", size=(160, 45))
    choose(stage, "v01")
    assert "户 42 人 171" in shown(stage, "雷家沟村1组网格长")
    assert "内线8101" in shown(stage, "雷家沟村网格管理员")


# --- cases


def test_overdue_cases_first_then_by_the_time_left() -> None:
    made = cases(model(**township()), NOW)
    assert list(made) == ["I-e1-191", "I-e1-179", "I-e1-187"]
    assert [one.overdue for one in made.values()] == [True, True, False]
    assert "I-e1-100" not in made  # closed


def test_a_case_past_its_last_limit_stays_overdue_though_it_is_asked_for_again() -> None:
    due = {"ladder": NOW + 86_000}
    late = case("I-e1-7", level=2, due=due, overdue_since=NOW - 86_400 * 3)
    stage = board("cases")
    stage.rows(late)
    assert "逾期 3" in stage.screen()[1]
    assert "逾 3天" in shown(stage, "I-e1-7 ")


def test_a_case_names_its_level_its_post_and_what_is_left() -> None:
    stage = board("cases")
    text = shown(stage, "I-e1-187 ")
    assert "雷家沟村网格" in text
    assert "5时48分" in text
    assert "待定" in shown(stage, "I-e1-191")
    assert "逾 1:00" in shown(stage, "I-e1-191")
    assert "逾期 2" in stage.screen()[1]


def test_the_ladder_marks_where_the_case_is_and_since_when() -> None:
    stage = board("cases", size=(160, 45))
    choose(stage, "I-e1-187")
    ladder = shown(stage, " > ")
    steps = ladder.split(" > ")
    assert len(steps) == 3
    assert "11-22" in steps[0]
    assert "现在" in steps[1]
    assert "11-23" in steps[1]  # it climbed today, by the log
    assert "现在" not in steps[2]


def test_a_case_without_a_ladder_or_with_a_level_beyond_it_is_drawn() -> None:
    over = {
        "I-e1-1": case("I-e1-1", ladder=[], due={}),
        "I-e1-2": case("I-e1-2", level=9),
        "I-e1-3": case(
            "I-e1-3", level="x", due=None, notes=[{"at": NOW, "by": "watch", "text": "t"}]
        ),
    }
    stage = board("cases", tables=township(case=over))
    for key in over:
        choose(stage, key)
    assert cases(stage.desk.model, NOW)["I-e1-2"].level == "mediation"


def test_what_the_post_does_not_keep_is_said_to_be_missing() -> None:
    assert any("首问责任" in text and "不记" in text for text in board("cases").screen())


def test_a_case_can_be_acknowledged_and_noted() -> None:
    stage = board("cases")
    choose(stage, "I-e1-187")
    stage.press("f4")
    assert stage.sent[-1].command.incident == "I-e1-187"  # type: ignore[union-attr]
    stage.press("ctrl+n")
    assert stage.desk.line is not None
    assert "I-e1-187" in stage.desk.line.typed.text


# --- shelf


def test_the_shelf_says_who_and_why_and_counts_what_it_kept() -> None:
    made = shelved(model(**township()))
    assert list(made) == ["ljg-11|smoke", "hj-03|intrusion"]  # the first to end on top
    assert made["hj-03|intrusion"].quiet == 1
    stage = board("shelf")
    assert "蛛网" in shown(stage, "hj-03")
    assert "?" in shown(stage, "ljg-11")  # shelved before the lines at hand
    assert "搁置 2 最多 12" in stage.screen()[1]


def test_f3_takes_back_the_one_under_the_cursor() -> None:
    stage = board("shelf")
    choose(stage, "hj-03|intrusion")
    stage.press("f3")
    sent: Any = stage.sent[-1].command
    assert (sent.do, sent.source, sent.kind) == ("unshelve", "hj-03", "intrusion")


# --- log


def test_the_newest_line_is_on_top_with_who_what_and_why() -> None:
    stage = board("log")
    first = stage.screen()[3]
    assert "资料里没有这台" in first
    text = shown(stage, "I-e1-187")
    assert "升到第2级" in text
    assert "超期" in text


def test_a_line_is_worded_once_and_only_when_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worded: list[str] = []
    wording = event_line

    def counting(names: Any, row: Any) -> tuple[str, str, str]:
        worded.append(row["pos"])
        return wording(names, row)

    monkeypatch.setattr("console.pages.log.event_line", counting)
    rows = {f"e1-{n}.0": log_line(f"e1-{n}.0", "IncidentNoted", text="x") for n in range(1000)}
    stage = board("log", tables=township(log=rows))
    stage.picture()
    stage.picture()
    assert 0 < len(worded) < 30
    assert len(worded) == len(set(worded))


def test_the_log_is_worded_anew_in_another_language() -> None:
    stage = board("log")
    assert "超期" in shown(stage, "I-e1-187")
    stage.desk.settings.lang = "en"
    stage.desk._carry_out((Remember(),), stage.at)
    assert "climbed" in shown(stage, "I-e1-187")


def test_enter_opens_the_incident_of_a_line_if_it_is_still_there() -> None:
    stage = board("log")
    line = next(pos for pos, row in log().items() if row.get("incident") == "I-e1-409")
    choose(stage, line)
    stage.press("enter")
    assert stage.desk.page.item == "I-e1-409"
    stage = board("log")
    choose(stage, next(pos for pos, row in log().items() if row.get("incident") == "I-e1-1"))
    stage.press("enter")
    assert isinstance(stage.desk.page, LogPage)


# --- quarantine


def test_unreadable_messages_come_from_the_table_or_else_from_the_log() -> None:
    made = messages(model(**township()))
    assert [one.row["why"] for one in made.values()] == ["source_unmapped", "not_json"]
    row = {"quarantine": "q-9", "at": NOW, "source": "s", "topic": "t", "why": "internal",
           "detail": "d"}  # fmt: skip
    made = messages(model(**township(quarantine={"q-9": row})))
    assert list(made) == ["q-9"]


@pytest.mark.parametrize(
    ("why", "fault"),
    [("not_json", "设备"), ("source_unmapped", "资料文件"), ("internal", "本程序")],
)
def test_whose_fault_it_is(why: str, fault: str) -> None:
    row = {"quarantine": "q-9", "at": NOW, "source": "s", "topic": "t", "why": why, "detail": "d"}
    stage = board("quarantine", tables=township(quarantine={"q-9": row}))
    assert fault in shown(stage, ">")
    assert "q-9" in shown(stage, "留存")


# --- alerts


def test_red_alerts_stand_first_whenever_they_came() -> None:
    stage = board("alerts")
    texts = stage.screen()
    assert "!!" in texts[3]
    assert "无队可派" in texts[3]
    assert "卫生院救护" in texts[4]
    assert "红 1" in texts[1]


@pytest.mark.parametrize("reason", sorted(RED))
def test_no_filter_hides_a_red_alert(reason: str) -> None:
    rows = {"al-1": alert("al-1", reason=reason), "al-2": alert("al-2", reason="no_reply")}
    stage = board("alerts", tables=township(alert=rows))
    stage.press("slash")
    stage.type("zzz nothing like it")
    texts = stage.screen()
    assert sum("!!" in text for text in texts) == 1
    assert not any(" ! " in text for text in texts[3:])


def test_f4_says_that_this_alert_was_read_and_no_other() -> None:
    stage = board("alerts")
    choose(stage, "al-1")
    stage.press("f4")
    assert len(stage.sent) == 1
    sent: Any = stage.sent[0].command
    assert (sent.do, sent.alert, sent.incident) == ("acknowledge", "al-1", "")


def test_for_the_main_page_every_red_alert_is_there_and_the_rest_is_counted() -> None:
    rows = {f"r-{n}": alert(f"r-{n}", text=HOSTILE) for n in range(5)}
    rows |= {f"o-{n}": alert(f"o-{n}", reason="no_reply", unit=HOSTILE) for n in range(9)}
    stage = board("alerts", tables=township(alert=rows))
    ctx = stage.desk.ctx(stage.at)
    made = alert_lines(ctx, 80, 3)
    assert sum("!!" in text_of(line) for line in made) == 5
    assert "9" in text_of(made[-1])
    for line in made:
        assert size_of(line) == 80
        assert text_of(line).isprintable()
    stage.rows(alert=dict.fromkeys(rows))
    assert alert_lines(stage.desk.ctx(stage.at), 80) == []


# --- drill


def test_on_a_live_post_the_page_says_how_a_drill_is_held() -> None:
    texts = board("drill").screen()
    assert "这是实战主机" in texts[1]
    assert any("fengsui drill" in text for text in texts)
    assert not any("I-e1-412" in text for text in texts[2:])


def a_drill(**pulse: Any) -> Stage:
    post = {"post": {"township": "jm", "name": "泾明乡", "root": "fsx", "rejected": 0}}
    tables = township(post=post, incident={"X-1": incident("X-1", exercise=True)})
    return board("drill", tables=tables, size=(160, 45), pulse=beat(**pulse))


def test_on_a_drills_post_its_incidents_and_what_the_post_says_of_the_script() -> None:
    texts = a_drill().screen()
    assert any("X-1" in text for text in texts)
    assert any("没有报脚本" in text for text in texts)
    texts = a_drill(drill={"scenario": "smoke", "inject": 7, "of": 19, "over": False}).screen()
    assert any("注入 7/19" in text and "已结束" not in text for text in texts)
    assert not any("演练已结束" in text for text in texts)


def test_a_drill_that_is_over_says_so_on_every_screen() -> None:
    texts = a_drill(drill={"scenario": "smoke", "inject": 19, "of": 19, "over": True}).screen()
    assert any("注入 19/19" in text and "已结束" in text for text in texts)
    assert texts[0].startswith("演练已结束 ")
    assert texts[-1].startswith("演练已结束 ")


def test_signs_of_life_leave_the_log_its_lines() -> None:
    heard = {
        f"e1-{n}.0": log_line(f"e1-{n}.0", "SourceHeard", source="ljg-05") for n in range(3000)
    }
    bad = log_line("e1-3000.0", "SourceHeard", source="ljg-05", ok=False, text="黑屏")
    opened = log_line("e0-1.0", "IncidentOpened", incident="I-e1-1", plan="wildfire", priority=1)
    stage = Stage(log={"e0-1.0": opened, **heard, "e1-3000.0": bad})
    assert list(stage.desk.model.table("log")) == ["e0-1.0", "e1-3000.0"]
