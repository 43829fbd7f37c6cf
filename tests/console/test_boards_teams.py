"""The rescue teams' board: who needs the officer first, and the roll call."""

from __future__ import annotations

import re
from typing import Any

import pytest
from board_stage import board, job, orders, township, units
from desk_stage import NOW, Stage, assignment, incident, model, unit

from console.pages.teams import (
    ASKS,
    AT_WORK,
    FREE,
    MAYDAY,
    OFF,
    SILENT,
    Job,
    counts,
    jobs,
    nearest_place,
)


def lines(**over: Any) -> dict[str, Job]:
    """The board's lines of the township at work."""
    return jobs(model(**township(**over)), NOW)


def test_one_line_an_assignment_each_with_its_own_status() -> None:
    police = [line for line in lines().values() if line.unit["id"] == "police-1"]
    assert [line.job["incident"] for line in police] == ["I-e1-411", "I-e1-408"]
    assert [line.job["status"] for line in police] == ["accepted", "on_scene"]
    assert [line.first for line in police] == [True, False]


def test_what_needs_the_officer_is_on_top_and_the_disabled_last() -> None:
    made = list(lines().values())
    assert [line.rank for line in made] == sorted(line.rank for line in made)
    assert made[0].unit["id"] == "clinic-1"  # no answer yet, 1:04 left
    assert made[1].unit["id"] == "rangers-2"  # at work and not heard for 12 minutes
    assert made[-1].unit["id"] == "traffic-1"


def test_ranks() -> None:
    over = units() | {
        "lost-1": unit("lost-1", state="unreachable"),
        "late-1": unit("late-1", assignments=[job("O-20", "I-e1-408", "on_scene")]),
    }
    jobs_ = orders() | {"O-20": assignment("O-20", "I-e1-408", "late-1", status="on_scene",
                                           par_at=NOW - 5, par_missed=1)}  # fmt: skip
    ranks = {line.unit["id"]: line.rank for line in lines(unit=over, assignment=jobs_).values()}
    assert ranks["late-1"] == MAYDAY
    assert ranks["clinic-1"] == ASKS
    assert ranks["militia-2"] == AT_WORK
    assert ranks["militia-1"] == FREE
    assert ranks["lost-1"] == SILENT
    assert ranks["traffic-1"] == OFF


def test_a_mayday_of_the_incident_is_a_mayday_of_its_crews() -> None:
    row = incident("I-e1-408", kind="fight", priority=1, orders=["O-6", "O-8"], mayday=True)
    made = list(lines(incident={"I-e1-408": row}).values())
    assert made[0].rank == MAYDAY
    assert made[0].job["incident"] == "I-e1-408"


def test_posts_are_on_the_board_only_while_an_incident_has_them() -> None:
    assert "vgm-v01" not in {line.unit["id"] for line in lines().values()}  # only a case
    over = units()
    over["ggh-v01-g1"] |= {"assignments": [job("O-6", "I-e1-408", "on_scene")]}
    assert "ggh-v01-g1" in {line.unit["id"] for line in lines(unit=over).values()}


def test_counts_are_of_units_and_not_of_lines() -> None:
    n = counts(lines())
    assert (n["all"], n["available"], n["committed"], n["silent"], n["off_duty"]) == (7, 2, 3, 1, 1)


@pytest.mark.parametrize(
    ("status", "over", "due"),
    [
        ("offered", {"expires_at": NOW + 64}, ("reply", NOW + 64)),
        ("en_route", {"changed_at": NOW, "eta_s": 60}, ("arrive", NOW + 60)),
        ("on_scene", {"par_at": NOW + 30}, ("par", NOW + 30)),
        ("on_scene", {"par_at": None}, None),
    ],
)
def test_the_next_limit(status: str, over: dict[str, Any], due: object) -> None:
    crew = {"u": unit("u", assignments=[job("O", "I-e1-408", status)])}
    made = lines(unit=crew, assignment={"O": assignment("O", unit="u", status=status, **over)})
    assert made["O"].due == due


def test_the_place_nearest_to_where_it_was_last_seen() -> None:
    made = model(**township())
    assert nearest_place(made, {"position": {"lon": 107.55, "lat": 35.28}}) != ""
    assert nearest_place(made, {"position": None}) == ""
    assert nearest_place(made, {"position": {"lon": None}}) == ""


def shown(stage: Stage, name: str) -> str:
    return next(text for text in stage.screen() if name in text)


def test_the_screen_says_why_a_team_is_off_and_how_old_the_contact_is() -> None:
    stage = board("teams")
    assert "车坏" in shown(stage, "交通劝导组")
    assert "停用" in shown(stage, "交通劝导组")
    assert "12分前!" in shown(stage, "护林二组")
    assert "失联" in shown(stage, "护林二组")
    assert "答复 1:04" in shown(stage, "卫生院救护")
    stage.press("end")
    assert "不会被推荐" in stage.screen()[-4]


@pytest.mark.parametrize(("size", "channel"), [((160, 45), "电台3/内线8011"), ((100, 30), "电台3")])
def test_place_and_channel_have_columns_of_their_own(size: tuple[int, int], channel: str) -> None:
    stage = board("teams", size=size)
    head = shown(stage, "最后联系")
    assert re.search(r"位置 +联络 +最后联系", head)
    seen = {"lon": 107.55, "lat": 35.28}
    stage.rows(unit("militia-1", "民兵一队", place="v01", position=seen))
    assert re.search(rf" 雷家沟\S* +{channel} +30秒前", shown(stage, "民兵一队"))
    stage.rows(unit("militia-1", "民兵一队", place="v01", position=None))
    assert re.search(rf" 驻雷家沟 +{channel} +30秒前", shown(stage, "民兵一队"))


def test_where_room_is_short_the_channel_comes_before_the_home() -> None:
    stage = board("teams")
    assert re.search(r"位置/联络 +最后联系", shown(stage, "最后联系"))
    stage.rows(unit("militia-1", "民兵一队", place="v01", position=None))
    assert re.search(r" 电台3 +30秒前", shown(stage, "民兵一队"))
    stage.rows(unit("militia-1", "民兵一队", place="v01", position=None, contact=""))
    assert re.search(r" 驻雷家沟 +30秒前", shown(stage, "民兵一队"))


def choose(stage: Stage, order: str) -> None:
    """The cursor onto an order's line."""
    stage.desk.page.table.cursor = order  # type: ignore[attr-defined]
    stage.picture()


def test_space_records_the_answer_of_one_team() -> None:
    stage = board("teams")
    choose(stage, "O-6")
    stage.press("space")
    sent = stage.sent[-1].command
    assert sent.do == "par"
    assert (sent.incident, sent.units, sent.rev) == ("I-e1-408", ("police-1",), 7)  # type: ignore[union-attr]
    assert "片区民警" in stage.sent[-1].what


def test_f3_records_it_for_every_team_of_that_task_on_the_scene() -> None:
    stage = board("teams")
    choose(stage, "O-6")
    stage.press("f3")
    sent = stage.sent[-1].command
    assert sorted(sent.units) == ["militia-2", "police-1"]  # type: ignore[union-attr]


@pytest.mark.parametrize("order", ["O-1", "O-2", "O-7", "militia-1", "traffic-1"])
def test_who_is_not_on_the_scene_is_not_counted(order: str) -> None:
    stage = board("teams")
    choose(stage, order)
    stage.press("space", "f3")
    assert stage.sent == []
    assert stage.desk.result.text


def test_enter_opens_the_task_and_f4_acknowledges_it() -> None:
    stage = board("teams")
    choose(stage, "O-6")
    stage.press("f4")
    assert stage.sent[-1].command.incident == "I-e1-408"  # type: ignore[union-attr]
    stage.press("enter")
    assert (stage.desk.page.name, stage.desk.page.item) == ("detail", "I-e1-408")


def test_the_hint_of_a_crew_that_missed_the_roll_call_says_to_call_it() -> None:
    over = orders()
    over["O-8"] |= {"par_missed": 1, "par_at": NOW - 10}
    stage = board("teams", tables=township(assignment=over))
    assert "立即呼叫" in stage.screen()[-4]
    assert "逾 0:10" in shown(stage, "民兵二队")
