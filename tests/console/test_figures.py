"""The figures of a shift: counted from log lines, each with its n; few are no percentage."""

from __future__ import annotations

from typing import Any

import pytest
from board_stage import board, log, township
from desk_stage import NOW

from console.effects import Write
from console.figures import Figures, Waits, figures, share

Row = dict[str, Any]


def line(event: str, at: float, **fields: Any) -> Row:
    return {"event": event, "at": at} | fields


def count(*lines: Row, since: float = 0.0, now: float = 10_000.0) -> Figures:
    return figures(lines, since, now, lambda plan: plan == "dispute")


def opened(n: int, at: float = 100.0, priority: int = 2, plan: str = "wildfire") -> Row:
    return line("IncidentOpened", at, incident=f"I-{n}", plan=plan, priority=priority)


def test_ninety_of_a_hundred_by_nearest_rank() -> None:
    waits = Waits(tuple((float(n), f"I-{n}") for n in range(1, 101)))
    assert waits.ninety() == 90.0
    assert waits.worst == (100.0, "I-100")
    assert waits.within(50.0) == 50


@pytest.mark.parametrize(("n", "ninety"), [(0, None), (4, None), (5, 5.0), (10, 9.0)])
def test_fewer_than_five_have_no_ninety_percent(n: int, ninety: float | None) -> None:
    assert Waits(tuple((float(k), "") for k in range(1, n + 1))).ninety() == ninety


@pytest.mark.parametrize(("part", "whole", "made"), [(1, 4, None), (1, 5, 0.2), (0, 0, None)])
def test_fewer_than_five_are_no_share(part: int, whole: int, made: float | None) -> None:
    assert share(part, whole) == made


def test_the_first_acknowledgement_and_the_first_order_count() -> None:
    made = count(
        opened(1),
        line("UnitOffered", 130, incident="I-1", order_id="O-1", by="post"),
        line("IncidentAcknowledged", 110, incident="I-1"),
        line("IncidentAcknowledged", 400, incident="I-1"),
        line("UnitOffered", 500, incident="I-1", order_id="O-2", by="watch"),
    )
    assert made.to_acknowledge.taken == ((10.0, "I-1"),)
    assert made.to_send.taken == ((30.0, "I-1"),)
    assert made.sent_by_itself == 1


def test_answers_of_teams() -> None:
    made = count(
        opened(1),
        *(line("UnitOffered", 100, incident="I-1", order_id=f"O-{n}") for n in range(4)),
        line("AssignmentChanged", 150, order_id="O-0", status="accepted"),
        line("AssignmentChanged", 200, order_id="O-1", status="declined"),
        line("AssignmentChanged", 220, order_id="O-2", status="expired"),
        line("AssignmentChanged", 500, order_id="O-0", status="on_scene"),
        line("AssignmentChanged", 900, order_id="O-9", status="on_scene"),  # sent before
    )
    assert made.to_accept.taken == ((50.0, "I-1"),)
    assert made.to_scene.taken == ((400.0, "I-1"),)
    assert (made.declined, made.expired) == (1, 1)


def test_cases_are_no_emergencies_and_what_came_before_the_shift_is_not_of_it() -> None:
    made = count(opened(1, at=150, plan="dispute"), opened(2, at=50), opened(3, at=200), since=100)
    assert made.incidents == 1
    assert made.since == 150  # from when the lines at hand are


def test_the_mix_is_by_what_an_incident_became() -> None:
    made = count(
        opened(1, priority=1), opened(2, priority=5), opened(3, priority=3),
        line("PriorityChanged", 300, incident="I-3", priority=1),
    )  # fmt: skip
    assert made.opened == {1: 2, 4: 1}


def test_a_reopened_incident_was_no_false_alarm() -> None:
    end = line("IncidentEnded", 200, incident="I-1", state="false_alarm")
    assert count(opened(1), end).false == 1
    made = count(opened(1), end, line("IncidentReopened", 300, incident="I-1"))
    assert (made.ended, made.false) == (0, 0)


def test_orders_by_hand_and_why_another_team_went() -> None:
    made = count(
        *(line("CommandDone", 100, do="assign", why="") for _ in range(3)),
        *(line("CommandDone", 100, do="assign", why="路不通") for _ in range(2)),
        line("CommandDone", 100, do="note", why="x"),
    )
    assert (made.by_hand, made.reasons) == (5, {"路不通": 2})


def test_ten_minutes_each_the_latest_last() -> None:
    made = count(
        opened(1, at=9_990), opened(2, at=9_399), opened(3, at=9_000), opened(4, at=1_000),
        since=1_000,
    )  # fmt: skip
    assert len(made.buckets) == 9
    assert made.buckets[-1] == 1
    assert made.buckets[-2] == 2
    assert sum(made.buckets) == 3  # the fourth was longer ago than is shown


def test_noise_is_by_source_and_kind_the_loudest_first() -> None:
    made = count(
        opened(1), opened(2),
        *(line("AlarmReceived", 100, source="a", kind="smoke", incident="I-1") for _ in range(3)),
        line("AlarmReceived", 100, source="b", kind="smoke", incident="I-2"),
        line("AlarmReceived", 100, source="b", kind="smoke", incident=""),
        line("IncidentEnded", 200, incident="I-1", state="false_alarm"),
    )  # fmt: skip
    assert [(n.source, n.alarms, n.useful) for n in made.noise] == [("a", 3, 0), ("b", 2, 1)]
    assert made.alarms == 5


def test_no_lines_are_no_figures_and_no_error() -> None:
    made = count()
    assert (made.incidents, made.alarms, made.lines) == (0, 0, 0)
    assert made.since == made.until


@pytest.mark.parametrize("at", [None, "x", True])
def test_lines_of_another_shape_are_passed_over(at: object) -> None:
    count({"event": "IncidentOpened", "at": at}, {"event": None}, {})


# --- the page


def shown(page: str, words: str, **stage: Any) -> str:
    return next(text for text in board(page, size=(160, 45), **stage).screen() if words in text)


def test_each_figure_says_from_how_many() -> None:
    assert "6件" in shown("statistics", "报警到确认")
    assert "60秒" in shown("statistics", "报警到确认")  # 10 to 60 s: nearest rank of six
    assert "自动派出 6 件" in shown("statistics", "报警到派出")
    assert "只有3件" in shown("statistics", "派出到接受")
    assert "拒绝 3" in shown("statistics", "派出到接受")
    assert "没有" in shown("statistics", "到场 10分内")
    assert "98%" in shown("statistics", "探头在线")


def test_what_is_not_kept_says_so() -> None:
    assert "无任务" in shown("statistics", "叫应 5分内")


def test_a_shift_with_few_incidents_has_counts_alone() -> None:
    few = {pos: row for pos, row in log().items() if row["event"] == "SourceShelved"}
    screen = board("statistics", size=(160, 45), tables=township(log=few)).screen()
    rows = [text for text in screen[3:14] if "探头" not in text]
    assert not any("%" in text.replace("90%", "").replace("80%", "") for text in rows)
    assert any("没有报警" in text for text in screen)


def test_tab_changes_the_period() -> None:
    stage = board("statistics")
    assert "本班" in stage.screen()[1]
    stage.press("tab")
    assert "近一小时" in stage.screen()[1]
    assert "件数 6" in stage.screen()[1]
    stage.press("tab", "tab")
    assert "本班" in stage.screen()[1]


def test_f3_writes_the_page_into_a_file() -> None:
    stage = board("statistics")
    stage.press("f3")
    written = [effect for effect in stage.effects if isinstance(effect, Write)]
    assert len(written) == 1
    assert written[0].name.endswith(".txt")
    assert "报警到确认" in written[0].text
    assert "hj-03" in written[0].text
    assert stage.sent == []
    assert stage.at < NOW
