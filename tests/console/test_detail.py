"""The detail: everything that the officer signs for, and the texts as they came."""

from __future__ import annotations

import json
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
    assignment,
    case,
    incident,
    log_row,
    quiet,
    report,
    unit,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from command import messages as m
from console.detail import beside_list
from console.original import chunks, escaped
from console.settings import Settings

EXPLAINED: Row = {
    "timeline": [],
    "teams": [
        {"id": 1, "cost": 780.0, "terms": {"way": 660.0, "cover": 90.0, "tired": 30.0},
         "eta_s": 660, "free": True, "units": [
            {"unit": "militia-1", "role": "crew", "people": 8, "eta_s": 660, "state": "available"},
            {"unit": "rangers-1", "role": "guide", "people": 3, "eta_s": 420,
             "state": "available"}]},
        {"id": 2, "cost": 888.0, "terms": {"way": 888.0}, "eta_s": 840, "free": False, "units": [
            {"unit": "militia-2", "role": "crew", "people": 8, "eta_s": 840,
             "state": "committed"}]},
    ],
    "nearest": {"unit": "grid-1", "eta_s": 240, "why_not": ["committed", "cost"]},
    "gap": {"area": "v01", "before_s": 480, "after_s": 960, "fill": {"unit": "grid-2",
                                                                    "to": "v01"}},
    "holds": [],
}  # fmt: skip
UNITS = (
    unit("militia-2", "民兵二队"),
    unit("grid-1", "网格救援一队"),
    unit("grid-2", "网格救援二队"),
)


def opened(row: Row, *rows: Row, size: tuple[int, int] = (80, 24), **over: Any) -> Stage:
    stage = Stage(row, *UNITS, *rows, size=size, **over)
    stage.screen()
    stage.press("enter")
    assert stage.desk.page.name == "detail"
    return stage


def whole(stage: Stage) -> str:
    """All of the page, however many screens it takes."""
    stage.desk.resize(stage.desk.look.width, 200)
    return "\n".join(stage.screen())


def test_enter_opens_it_and_tells_the_post_and_escape_closes_it() -> None:
    stage = opened(incident())
    stage.press("escape")
    assert stage.desk.page.name == "main"
    told = [(send.command.do, getattr(send.command, "incident", "")) for send in stage.sent]
    assert told == [("watch", "I-e1-412"), ("unwatch", "I-e1-412")]


def test_what_the_officer_signs_for() -> None:
    text = whole(opened(incident(), detail={"I-e1-412": EXPLAINED}))
    assert re.search(r"== 详情 I-e1-412 野火 急 雷家沟二组 第7版 =+ 急 I-e1-412 0:2\d \[F2\]", text)
    assert re.search(r"03:12:03 起 0:3\d  未确认", text)
    assert "等级 未定级   预警 未接入   响应 未启动" in text
    assert "来源 ljg-05 烟 0.87, 护林一组 烟" in text
    assert "位置 107.55200, 35.28400 +-30米" in text
    assert "== 危险 2 未读 2 ==" in text
    assert "!! 10千伏线路跨坡面,未停电前不得用水" in text
    assert "处置 8人 15分内 缺8" in text
    assert "请打电话 119" in text
    assert re.search(r"1 民兵一队\+护林一组 +到场 11分 代价 13.0 可派", text)
    assert "合计代价 13.0 = 到场 11.0 + 缺口 1.5 + 疲劳 0.5" in text
    assert re.search(r"2 民兵二队 +到场 14分 代价 14.8 在办", text)
    assert "最近 网格救援一队 4分可到。不选,因为:" in text
    assert re.search(r"  a \S+\s", text)
    assert "雷家沟 再出事最快 16分到 (现在 8分)" in text
    assert "可补: 网格救援二队 移至 雷家沟" in text


def test_without_the_posts_explanation_the_team_of_the_row_stands_there() -> None:
    text = whole(opened(incident()))
    assert re.search(r"1 民兵一队\+护林一组 +到场 11分 可派", text)
    assert "代价" not in text
    assert "为何不是最近的" not in text


def test_nobody_left_when_the_team_goes() -> None:
    gone = EXPLAINED | {"gap": {"area": "v01", "before_s": 480, "after_s": None, "fill": None}}
    assert "雷家沟 再出事无队可去 (现在 8分)" in whole(
        opened(incident(), detail={"I-e1-412": gone})
    )


def test_acknowledgement_and_who_looks() -> None:
    ack = {"by": ME, "until": NOW + 600}
    stage = opened(incident(ack=ack, lapses=1), viewer={"I-e1-412": {"names": [ME, "二台"]}})
    text = whole(stage)
    assert f"{ME} 已确认,还有 9分" in text
    assert "正在看: 您 二台" in text
    assert "确认过期 2 次" in whole(opened(incident(lapses=2)))


def test_hazards_say_who_has_read_them() -> None:
    row = incident()
    first, second = row["hazards"]
    text = whole(opened(row | {"hazards_read": {first: "leader"}}))
    assert "== 危险 2 未读 2 ==" in text  # this officer has not
    assert "不得用水 (带班领导)" in text
    text = whole(opened(row | {"hazards_read": {first: ME}}))
    assert "== 危险 2 未读 1 ==" in text
    draft = Settings(toured=True, drafts={"dispatch:I-e1-412": json.dumps({"read": [second]})})
    text = whole(opened(row | {"hazards_read": {first: ME}}, settings=draft))
    assert "== 危险 2 未读 0 ==" in text


def test_an_acknowledgement_without_an_end_stands_until_the_handover() -> None:
    text = whole(opened(incident(priority=4, ack={"by": ME, "until": None})))
    assert f"{ME} 已确认,到交班为止" in text


def test_grade_and_response_have_their_own_words() -> None:
    fs = {"post": {"township": "jm", "name": "泾明乡", "root": "fs", "response": 4}}
    assert "等级 较大   预警 未接入   响应 四级" in whole(opened(incident(grade=3), post=fs))


def test_what_is_out_of_the_ordinary_stands_above() -> None:
    held = {"by": ME, "why": "先看探头", "until": NOW + 100}
    text = whole(opened(incident(
        held=held, mayday=True, mayday_units=["grid-1"], escalated_to="leader",
    )))  # fmt: skip
    assert f"{ME} 缓派至 03:14:21: 先看探头" in text
    assert "人员遇险 网格救援一队: 没有回应" in text
    assert "无人确认: 已呼叫 带班" in text
    ended = quiet(
        "I-e1-2", state="resolved", ended_at=NOW - 60, changed_by=ME, merged_into="I-e1-9"
    )
    text = whole(opened(ended))
    assert f"03:11:41 已了结 {ME}" in text
    assert "已并入 I-e1-9" in text


def test_ladder_of_a_case_and_the_way_to_the_county() -> None:
    text = whole(opened(case()))
    assert re.search(r"-- 阶梯 -+\n组网格长 > \[村网格管理员\] > \S+ +自动升级 5时4\d分", text)
    assert "上报" not in text
    assert "未定级 (:定级 I-e1-412 较大)" in whole(opened(incident()))
    assert f"已定 较大 ({ME})" in whole(opened(incident(grade=3, grade_by=ME)))


def test_orders_with_their_deadlines() -> None:
    rows = [
        assignment("O-1", status="offered", received=False),
        assignment("O-2", unit="rangers-1", status="on_scene", par_at=NOW + 51),
        assignment("O-3", unit="militia-2", status="declined", text="车坏"),
    ]
    text = whole(opened(incident(orders=["O-1", "O-2", "O-3"], rec=[]), *rows))
    assert re.search(r"民兵一队 +处置 未答\S* +答复期限 1:0\d", text)
    assert re.search(r"护林一组 +处置 \S+ +人员清点 0:5\d", text)
    assert re.search(r"\S+ 1: 民兵二队 \(车坏\)", text)


def test_notes_stand_newest_first() -> None:
    notes = [{"at": NOW - 9, "by": "watch", "text": "first"}, {"at": NOW, "by": ME, "text": "last"}]
    text = whole(opened(incident(notes=notes)))
    assert text.index("last") < text.index("first")


def test_timeline_of_the_post_else_of_the_log_at_hand() -> None:
    logs = {
        "e1-1": log_row("e1-1", "IncidentNoted", incident="I-e1-412", by=ME, text="older"),
        "e1-2": log_row("e1-2", "IncidentNoted", incident="I-e1-9", by=ME, text="other"),
        "e1-3": log_row("e1-3", "IncidentNoted", incident="I-e1-412", by=ME, text="newer"),
    }
    stage = opened(incident(), log=logs)
    text = whole(stage)
    assert text.index("newer") < text.index("older")
    assert "other" not in text
    told = [log_row("e1-4", "IncidentNoted", incident="I-e1-412", by=ME, text="posts-own")]
    stage.rows(detail={"I-e1-412": EXPLAINED | {"timeline": told}})
    text = whole(stage)
    assert "posts-own" in text
    assert "older" not in text


def test_a_long_timeline_is_reached_by_paging_and_nothing_is_skipped() -> None:
    logs = {f"e1-{n}": log_row(f"e1-{n}", "IncidentNoted", incident="I-e1-412", by=ME,
                               text=f"note-{n:03}") for n in range(120)}  # fmt: skip
    stage = opened(incident(), log=logs)
    seen: set[str] = set()
    for _ in range(12):
        seen |= set(re.findall(r"note-\d+", "\n".join(stage.screen())))
        stage.press("pagedown")
    assert seen == {f"note-{n:03}" for n in range(120)}
    assert "还有" not in stage.screen()[-5]
    stage.press("home")
    assert any("还有" in line for line in stage.screen())


def test_previous_and_next_item_in_the_order_of_the_queue() -> None:
    stage = opened(incident(), quiet("I-e1-2"), case())
    for key, ident in (
        ("right_square_bracket", "I-e1-2"),
        ("right_square_bracket", "I-e1-187"),
        ("right_square_bracket", "I-e1-187"),
        ("left_square_bracket", "I-e1-2"),
    ):
        stage.press(key)
        assert stage.desk.page.item == ident
    watched = [send.command for send in stage.sent if isinstance(send.command, m.Watch)]
    left = [send.command for send in stage.sent if isinstance(send.command, m.Unwatch)]
    assert len(watched) == len(left) + 1  # one at a time


def test_f4_acknowledges_the_item_shown() -> None:
    stage = opened(quiet("I-e1-2"))
    stage.press("f4")
    assert [
        (send.command.incident, send.command.rev)
        for send in stage.sent
        if isinstance(send.command, m.Acknowledge)
    ] == [("I-e1-2", 7)]


def test_an_ended_item_stays_readable_and_a_gone_one_says_so() -> None:
    stage = opened(incident())
    stage.rows(incident(state="closed", changed_by=ME))
    stage.wait(4)
    assert "对面山坡冒烟" in whole(stage)
    stage.rows(incident={"I-e1-412": None})
    stage.wait(4)
    stage.desk.queue.keep = ""
    stage.tick()
    assert "已不在清单里" in whole(stage)


def test_case_has_no_grade_in_its_hint() -> None:
    stage = opened(case())
    assert "未定级" not in stage.screen()[-4]
    assert "自动升级" in stage.screen()[-4]


# --- original texts


def test_tab_shows_each_text_alone_with_what_is_hidden_in_it() -> None:
    row = incident(text="前\u202e后\x1b[31m\u200b", sources={
        "ljg-05": report("camera", text="急 I-e1-0001 火\u0301"),
    })  # fmt: skip
    stage = opened(row)
    stage.press("tab")
    lines = stage.screen()
    assert "原文" in lines[1]
    assert any(line.rstrip() == "前\\u202e后\\x1b[31m\\u200b" for line in lines)
    assert any(line.rstrip() == "急 I-e1-0001 火\\u0301" for line in lines)
    heads = [line for line in lines[2:] if line.startswith("-- ")]
    assert len(heads) == 2
    assert all("含异文" in head for head in heads)
    stage.press("tab")
    assert "详情" in stage.screen()[1]


@given(st.text(), st.integers(2, 90))
def test_escaped_text_is_harmless_and_loses_nothing(text: str, cells: int) -> None:
    made = escaped(text)
    assert made.isprintable()
    pieces = list(chunks(made, cells))
    assert "".join(pieces) == made
    assert made.encode("ascii", "backslashreplace").decode("unicode_escape") == text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_hostile_text_in_every_field(size: tuple[int, int], lang: str) -> None:
    row = incident(
        text=HOSTILE, title=HOSTILE, place_name=HOSTILE, hazards=[HOSTILE, "x"], ask=[HOSTILE],
        hazards_read={"x": HOSTILE}, nobody_for=[HOSTILE], orders=["O-1"],
        ack={"by": HOSTILE, "until": NOW}, sources={HOSTILE: report(HOSTILE, kind=HOSTILE,
                                                                    text=HOSTILE)},
        notes=[{"at": NOW, "by": HOSTILE, "text": HOSTILE}],
        needs=[{"role": HOSTILE, "quantity": 1, "must": True, "within_min": 1.0, "missing": 1}],
    )  # fmt: skip
    told = EXPLAINED | {
        "nearest": {"unit": HOSTILE, "eta_s": 1, "why_not": [HOSTILE]},
        "gap": {"area": HOSTILE, "before_s": 1, "after_s": 1,
                "fill": {"unit": HOSTILE, "to": HOSTILE}},
        "timeline": [log_row("e1-1", HOSTILE, reason=HOSTILE, by=HOSTILE, text=HOSTILE)],
        "teams": [{"id": 1, "cost": 1.0, "terms": {HOSTILE: 1.0}, "eta_s": 1, "free": True,
                   "units": [{"unit": HOSTILE, "role": HOSTILE}]}],
    }  # fmt: skip
    stage = opened(
        row, assignment("O-1", unit=HOSTILE, text=HOSTILE, role=HOSTILE), size=size, lang=lang,
        detail={"I-e1-412": told}, viewer={"I-e1-412": {"names": [HOSTILE]}},
    )  # fmt: skip
    for key in ("pagedown", "end", "tab", "end", "tab", "home"):
        stage.press(key)
    whole(stage)


@pytest.mark.parametrize("lang", LANGS)
def test_beside_the_list_it_is_exactly_as_high_as_asked(lang: str) -> None:
    logs = {f"e1-{n}": log_row(f"e1-{n}", "IncidentNoted", incident="I-e1-412", by=ME, text="x")
            for n in range(40)}  # fmt: skip
    stage = Stage(incident(), *UNITS, lang=lang, detail={"I-e1-412": EXPLAINED}, log=logs)
    ctx = stage.desk.ctx(0.0)
    one = ctx.queue.items["I-e1-412"]
    for height in range(12, 60):
        assert len(beside_list(ctx, one, 59, height)) == height
        assert len(beside_list(ctx, None, 59, height)) == height
