"""The dispatch dialog: what it shows, when F3 sends, what it sends, and what it keeps."""

from __future__ import annotations

from typing import Any

import pytest
from desk_stage import HOSTILE, LANGS, ME, NOW, SIZES, Row, Stage, assignment, incident, unit

from command import messages as m
from console import drafts
from console.dispatch_view import pages
from console.dispatching import Release, facts, pieces
from console.outcome import FAILED, OK, REFUSED, UNKNOWN, Outcome
from console.page import Go
from console.pages.dispatch import SENTENCES, DispatchPage, Gate
from console.settings import Settings
from sensors.words import tr

ITEM = "I-e1-412"
HAZARDS = ("10千伏线路跨坡面,未停电前不得用水", "坡下有液化气罐点,距火线约260米")


def busy(ident: str, name: str, on: str, **over: Any) -> Row:
    """A team that is at work elsewhere."""
    job = {"order_id": "O-9", "incident": on, "status": "on_scene", "since": NOW - 600}
    return unit(ident, name, state="committed", assignments=[job], **over)


UNITS = (
    unit(),
    unit("rangers-1", "护林一组", members=3, roles=["scout", "guide"], equipment=["望远镜"]),
    unit("militia-3", "民兵三队"),
    busy("militia-2", "民兵二队", "I-e1-401"),
    busy("grid-1", "网格救援一队", "I-e1-409", roles=["evac"]),
    unit("traffic-1", "交通劝导组", roles=["guide"], state="off_duty", off_reason="signed_off"),
)


def explained(**over: Any) -> Row:
    """Why this team, as the post says it to who has the incident open."""
    crew = {"unit": "militia-1", "role": "crew", "people": 8, "eta_s": 660, "state": "available"}
    guide = {"unit": "rangers-1", "role": "guide", "people": 3, "eta_s": 420, "state": "available"}
    other = {"unit": "militia-2", "role": "crew", "people": 8, "eta_s": 840, "state": "committed"}
    return {
        "timeline": [], "holds": [],
        "teams": [
            {"id": 1, "units": [crew, guide], "cost": 13.0, "terms": {}, "eta_s": 660,
             "free": True},
            {"id": 2, "units": [other], "cost": 14.8, "terms": {}, "eta_s": 840, "free": False},
        ],
        "nearest": {"unit": "grid-1", "eta_s": 240, "why_not": ["committed"]},
        "gap": {"area": "v01", "before_s": 480, "after_s": 960,
                "fill": {"unit": "militia-2", "to": "v09"}},
    } | over  # fmt: skip


def opened(*rows: Row, **more: Any) -> Stage:
    """The dialog of the red item, just painted."""
    more.setdefault("detail", {ITEM: explained()})
    stage = Stage(*(rows or (incident(),)), *UNITS, **more)
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.name == "dispatch"
    return stage


def ready(*rows: Row, **more: Any) -> Stage:
    """The same with the hazards read."""
    stage = opened(*rows, **more)
    look(stage)
    stage.press("space")
    assert all_read(stage)
    return stage


def all_read(stage: Stage) -> bool:
    return "!! " in body(stage) and "先读危险" not in body(stage)


def look(stage: Stage, seconds: float = 1.0) -> None:
    """Time goes by in front of the screen."""
    for _ in range(round(seconds * 2)):
        stage.wait(0.5)
        stage.picture()


def page(stage: Stage) -> DispatchPage:
    assert isinstance(stage.desk.page, DispatchPage)
    return stage.desk.page


def body(stage: Stage) -> str:
    return "\n".join(stage.screen())


def said(stage: Stage) -> str:
    """The result line."""
    return stage.screen()[-3]


def orders(stage: Stage) -> list[m.Assign]:
    found: list[m.Assign] = stage.sent_of(m.Assign)
    return found


def answered(stage: Stage, how: str, **more: Any) -> None:
    """What the post says to the last command."""
    command = stage.sent[-1].command
    stage._note(stage.desk.ended(Outcome(how, "x", command=command, **more), stage.at))
    stage.picture()


# --- what is on it


def test_what_the_log_says_was_read_is_read() -> None:
    first, second = incident()["hazards"]
    stage = opened(incident(hazards_read={first: ME, second: "灾害岗@2台"}))
    assert tr("unread", "zh") in body(stage)  # one of them by another officer
    stage.press("escape")
    stage.rows(incident(hazards_read={first: ME, second: ME}, rev=8))
    stage.press("f2")
    assert tr("unread", "zh") not in body(stage)
    stage.press("f3")
    assert stage.sent_of(m.Assign)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_dispatch_unread_and_ready_hold_their_columns(size: tuple[int, int], lang: str) -> None:
    stage = opened(size=size, lang=lang, viewer={ITEM: {"names": [ME, "2台"]}})
    assert tr("unread", lang) in body(stage)  # every line's width is asserted in `picture`
    look(stage, 1.0)
    stage.press("space", "down", "space", "2")
    assert "[2 " in body(stage)


@pytest.mark.parametrize("lang", LANGS)
def test_the_keys_fit_into_80_cells_before_and_after_the_release(lang: str) -> None:
    stage = opened(lang=lang)
    assert "~" not in stage.screen()[-1]
    stage.rows(incident(rev=8, released_at=NOW, due={}, rec=[], orders=["O-e1-1"]), assignment())
    assert "~" not in stage.screen()[-1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_hostile_texts_stay_in_their_places(size: tuple[int, int], lang: str) -> None:
    bad = unit("militia-1", HOSTILE, name_en=HOSTILE, contact=HOSTILE, equipment=[HOSTILE] * 9)
    stage = Stage(
        incident(
            hazards=[HOSTILE, "坡下有液化气罐点"], title=HOSTILE, text=HOSTILE,
            place_name=HOSTILE, place="x", kind="[/]", released_by=HOSTILE,
            held={"by": HOSTILE, "why": HOSTILE, "until": NOW},
        ),
        bad,
        busy("rangers-1", HOSTILE, HOSTILE),
        unit("traffic-1", HOSTILE, roles=["guide"], state="off_duty", off_reason=HOSTILE),
        size=size,
        lang=lang,
        detail={ITEM: explained(nearest={"unit": HOSTILE, "eta_s": 9, "why_not": [HOSTILE]})},
        viewer={ITEM: {"names": [HOSTILE, ME]}},
    )  # fmt: skip
    stage.press("f2")
    for _ in range(4):
        look(stage, 1.5)
        stage.press("space", "down")
    assert "急 I-0001" not in [line.strip() for line in stage.screen()]
    stage.press("f3")
    assert stage.desk.draw(stage.at).lines


def test_it_opens_on_the_hazards_with_the_orders_below() -> None:
    screen = body(opened())
    assert "先读危险  1/1 页" in screen
    assert all(hazard in screen for hazard in HAZARDS)
    assert "[x] 民兵一队       8人   风力灭火机4          到场 11分  电台3/内线8011" in screen
    assert "[ ] 网格救援一队" in screen
    assert "在 I-e1-409" in screen
    assert "为何不是最近的: 网格救援一队 4分可到, 但" in screen
    assert "派后缺口: 雷家沟 8分 变 16分" in screen
    assert "可补: 民兵二队 移至 白家" in screen
    assert "答复期限 120秒, 不答则自动改派 民兵二队" in screen


def test_the_countdown_runs_on_the_posts_clock() -> None:
    stage = opened()
    assert "0:21 后自动派出" in body(stage)
    stage.wait(5.0)
    assert "0:16 后自动派出" in body(stage)


def test_others_who_look_are_shown_with_since_when() -> None:
    stage = opened(viewer={ITEM: {"names": [ME, "2台"]}})
    stage.wait(5.0)
    assert "2台 也在看 0:05" in body(stage)
    stage.rows(viewer={ITEM: {"names": [ME]}})
    assert "也在看" not in body(stage)


def test_without_an_explanation_it_is_still_of_use_and_honest() -> None:
    stage = ready(incident(rec=[]), detail={})
    screen = body(stage)
    assert "指挥主机还没有说明" in screen
    assert "到场" not in screen
    assert "[x]" not in screen
    stage.press("f3")
    assert "还缺队伍" in said(stage)
    stage.press("space", "f3")
    (order,) = orders(stage)
    assert (order.units, order.rec, order.why) == (("militia-1",), "", "")


def test_units_without_a_known_way_come_by_their_distance() -> None:
    far = unit("militia-4", "民兵四队", lon=107.60)
    near = unit("militia-5", "民兵五队", position={"lon": 107.553, "lat": 35.284}, lon=107.9)
    lost = unit("militia-6", "民兵六队", lon=None)
    stage = Stage(incident(rec=[]), far, near, lost, size=(160, 45))
    found = facts(stage.desk.model, ITEM)
    assert found is not None
    free = [one.unit for one in found.choices if one.unit.startswith("militia-")]
    assert free == ["militia-5", "militia-1", "militia-4", "militia-6"]
    stage.picture()
    stage.press("f2")
    screen = body(stage)
    assert "0.1公里外" in screen
    assert "路程未知" in screen


def test_a_large_screen_has_what_the_teams_cost() -> None:
    assert "代价" in body(opened(size=(160, 45)))


def test_where_no_unit_fits_it_says_so() -> None:
    needs = [{"role": "diver", "quantity": 1, "must": True, "within_min": 9, "missing": 1}]
    stage = opened(incident(rec=[], needs=needs), detail={})
    assert "没有对口的队伍" in body(stage)


def test_an_item_that_is_gone_leaves_an_honest_page() -> None:
    stage = opened()
    stage.rows(incident={ITEM: None})
    assert "已经不在了" in body(stage)
    stage.press("f3", "f4", "space")
    assert not orders(stage)


@pytest.mark.parametrize(
    ("row", "release"),
    [
        (incident(), Release.COUNTDOWN),
        (incident(due={}), Release.BY_HAND),
        (incident(released_at=NOW, due={}), Release.GONE),
        (incident(state="resolved", released_at=NOW), Release.ENDED),
    ],
)
def test_how_it_goes(row: Row, release: Release) -> None:
    stage = Stage(row)
    found = facts(stage.desk.model, ITEM)
    assert found is not None
    assert found.release is release


# --- hazard_first


def test_hazard_first() -> None:
    stage = opened()
    stage.press("f3")
    assert not orders(stage)
    assert "E8 危险未读" in said(stage)
    stage.press("space")
    stage.press("f3")
    (order,) = orders(stage)
    assert order.read == HAZARDS


def test_hazards_are_not_read_before_they_were_on_the_screen_for_a_second() -> None:
    stage = opened()
    stage.press("space", every=0.6)
    assert "不到 1 秒" in said(stage)
    stage.press("f3", every=1.0)
    assert not orders(stage)
    stage.press("space", "f3")
    assert len(orders(stage)) == 1


def test_more_hazards_more_pages() -> None:
    many = [f"第{n}处危险" + "很长" * 40 for n in range(1, 9)]
    stage = opened(incident(hazards=many))
    for turn in range(20):
        if all_read(stage):
            break
        assert f"{turn + 1}/" in body(stage)
        stage.press("f3")
        assert not orders(stage)
        look(stage, 1.0)
        stage.press("space")
    assert turn > 1
    stage.press("f3")
    assert orders(stage)[0].read == tuple(many)


def test_pages_hold_whole_hazards_and_all_of_them() -> None:
    texts = [f"{n}" * n * 7 for n in range(1, 30)]
    made = pages(pieces(texts), 40, 6)
    found = [piece for page in made for piece in page]
    assert list(dict.fromkeys(piece.hazard for piece in found)) == texts
    assert "".join(piece.text for piece in found) == "".join(texts)
    assert all(page for page in made)
    assert pages([], 40, 6) == []


def test_a_long_hazard_is_read_piece_by_piece() -> None:
    stage = opened(incident(hazards=["险" * 480]))
    turns = 0
    while not all_read(stage):
        look(stage)
        stage.press("space")
        turns += 1
        assert len(orders(stage)) == 0
        assert turns < 9
    assert turns > 1
    stage.press("f3")
    assert orders(stage)[0].read == ()  # no command carries so long a text
    assert len(orders(stage)) == 1


def test_a_hazard_that_is_not_on_the_screen_is_not_read() -> None:
    stage = opened(size=(80, 6))
    look(stage, 1.5)
    stage.press("space")
    assert "没有显示全" in body(stage)
    stage.press("f3", every=1.5)
    assert not orders(stage)


def test_time_in_which_nothing_was_drawn_does_not_count() -> None:
    stage = opened()
    stage.wait(9.0)
    stage.press("space")
    assert not all_read(stage)


def test_without_hazards_two_keys_are_enough() -> None:
    stage = opened(incident(hazards=[]))
    stage.press("f3")
    assert len(orders(stage)) == 1


def test_hazard_added_late() -> None:
    stage = ready()
    stage.rows(incident(rev=8, hazards=[*HAZARDS, "风转西北"]))
    assert "## * 3 风转西北" in body(stage)
    stage.press("f3", every=1.0)
    assert "E8" in said(stage)
    assert not orders(stage)
    look(stage, 1.0)
    stage.press("space", "f3")
    (order,) = orders(stage)
    assert order.read == (*HAZARDS, "风转西北")
    assert order.rev == 8


# --- what F3 sends


def test_f3_sends_the_recommended_team_with_version_and_recommendation() -> None:
    stage = ready()
    stage.press("f3")
    (order,) = orders(stage)
    assert order.units == ("militia-1", "rangers-1")
    assert (order.incident, order.rev, order.rec) == (ITEM, 7, "militia-1,rangers-1")
    assert (order.read, order.why) == (HAZARDS, "")


def test_after_f3_nothing_more_is_sent_until_the_answer_is_here() -> None:
    stage = ready()
    stage.press("f3")
    stage.wait(2.0)
    stage.press("f3")
    assert len(orders(stage)) == 1
    assert "正等答复" in said(stage)
    answered(stage, UNKNOWN)
    stage.wait(2.0)
    stage.press("f3")
    assert len(orders(stage)) == 1
    assert stage.desk.page.name == "dispatch"


def test_done_closes_the_dialog_and_its_draft() -> None:
    stage = ready()
    stage.press("f3")
    answered(stage, OK)
    assert stage.desk.page.name == "main"
    assert not stage.desk.settings.drafts
    assert "成功" in said(stage)


@pytest.mark.parametrize("how", [REFUSED, FAILED])
def test_refused_or_failed_it_stays_and_f3_can_be_pressed_again(how: str) -> None:
    stage = ready()
    stage.press("f3")
    first = orders(stage)[0]
    answered(stage, how, text="E7", by="2台")
    assert stage.desk.page.name == "dispatch"
    stage.press("f3", every=0.1)
    assert len(orders(stage)) == 1  # the guard has begun again
    stage.press("f3", every=1.5)
    assert len(orders(stage)) == 2
    assert orders(stage)[1].id != first.id


def test_another_team_needs_a_reason() -> None:
    stage = ready()
    stage.press("down", "space")  # without the rangers
    stage.press("f3")
    assert "还缺换队原因" in said(stage)
    assert not orders(stage)
    stage.press("2")
    assert "[2 路不通]" in body(stage)
    stage.press("f3")
    (order,) = orders(stage)
    assert (order.units, order.why) == (("militia-1",), "路不通")
    assert order.without == ("rangers-1",)
    assert order.rec == "militia-1,rangers-1"


def test_back_to_the_recommended_team_needs_none() -> None:
    stage = ready()
    stage.press("down", "space", "3", "space")
    assert "不同意推荐" in body(stage)
    stage.press("f3")
    assert (orders(stage)[0].why, orders(stage)[0].without) == ("", ())


def test_a_digit_means_nothing_for_the_recommended_team() -> None:
    stage = ready()
    stage.press("1")
    assert "[1 " not in body(stage)


@pytest.mark.parametrize(
    ("name", "words"), [("网格救援一队", "先在那边撤回"), ("交通劝导组", "不在岗, 不能派")]
)
def test_who_is_not_free_cannot_be_chosen_and_says_why(name: str, words: str) -> None:
    stage = ready()
    row = next(n for n, line in enumerate(stage.screen()) if name in line and "[ ]" in line)
    stage.desk.click(5, row, stage.at)
    stage.press("space")
    assert words in said(stage)
    assert f"[x] {name}" not in body(stage)


def test_nobody_chosen_sends_nothing() -> None:
    stage = ready()
    stage.press("space", "down", "space")
    stage.press("f3")
    assert "还缺队伍" in said(stage)
    assert not orders(stage)


def test_enter_never_sends() -> None:
    stage = ready()
    for key in ("enter", "y", "1", "ctrl+j", "f5"):
        if stage.desk.page.name == "dispatch":
            stage.press(key)
    assert not orders(stage)


def test_f4_acknowledges_what_was_read_and_lets_the_countdown_go_on() -> None:
    stage = opened()
    stage.press("f4")
    (ack,) = stage.sent_of(m.Acknowledge)
    assert (ack.incident, ack.rev, ack.read) == (ITEM, 7, ())
    answered(stage, OK)
    assert stage.desk.page.name == "dispatch"
    assert "后自动派出" in body(stage)


def test_units_named_in_the_command_line_are_filled_in() -> None:
    stage = opened()
    stage._note(stage.desk._carry_out([Go("dispatch", ITEM, ("militia-3",))], stage.at))
    look(stage, 1.0)
    stage.press("space", "f3")
    assert "还缺换队原因" in said(stage)
    stage.press("1", "f3")
    assert orders(stage)[0].units == ("militia-3",)


def test_who_is_waited_for_is_shown_and_not_ordered() -> None:
    rec = [{"role": "crew", "unit": "militia-1", "eta_s": 660},
           {"role": "crew", "unit": "militia-2", "eta_s": 840}]  # fmt: skip
    hold = {"role": "crew", "unit": "militia-2", "wait_s": 360, "eta_s": 480}
    stage = ready(incident(rec=rec), detail={ITEM: explained(holds=[hold])})
    screen = body(stage)
    assert "等待: 民兵二队 约 6分后得空, 再 8分可到" in screen
    assert "[ ] 民兵二队" in screen
    stage.press("f3")
    (order,) = orders(stage)
    assert (order.units, order.rec, order.why) == (("militia-1",), "militia-1,militia-2", "")


# --- what changes under it


def test_another_recommendation_starts_the_guard_again() -> None:
    stage = ready()
    stage.at += 2.0
    rec = [{"role": "crew", "unit": "militia-3", "eta_s": 500}]
    stage.rows(incident(rev=8, rec=rec), detail={ITEM: explained(teams=[])})
    stage._note(stage.desk.key("f3", "", stage.at))  # before it has been painted
    assert not orders(stage)
    stage.picture()
    stage._note(stage.desk.key("f3", "", stage.at + 0.2))
    assert not orders(stage)
    assert "*" in next(line for line in stage.screen() if "将要发出" in line)
    stage.press("f3", every=1.5)
    (order,) = orders(stage)
    assert (order.units, order.rev) == (("militia-3",), 8)


def test_a_change_that_was_not_painted_is_never_ordered_on() -> None:
    stage = ready()
    stage.at += 2.0
    stage.rows(incident(rev=9, priority=2))
    stage._note(stage.desk.key("f3", "", stage.at))
    assert not orders(stage)
    assert "E7 内容刚变" in stage.desk.result.text


def test_ages_and_ways_do_not_start_the_guard_again() -> None:
    stage = ready()
    stage.wait(3.0)
    rec = [{"role": "crew", "unit": "militia-1", "eta_s": 600},
           {"role": "guide", "unit": "rangers-1", "eta_s": 400}]  # fmt: skip
    stage.rows(incident(rev=8, rec=rec, news_at=NOW))
    stage.picture()
    stage._note(stage.desk.key("f3", "", stage.at + 0.1))
    assert orders(stage)[0].rev == 8


def test_what_changed_is_marked_for_a_while() -> None:
    stage = ready()
    stage.rows(incident(rev=8, priority=2))
    assert any(line.startswith("*") for line in stage.screen())
    stage.wait(11.0)
    assert not any(line.startswith("*") for line in stage.screen())


# --- the release


def test_an_open_dialog_puts_the_release_off_once() -> None:
    stage = opened()
    (hold,) = stage.sent_of(m.Hold)
    assert (hold.incident, hold.dialog, hold.rev) == (ITEM, True, None)
    stage.rows(incident(extended=True, due={"release": NOW + 52}))
    assert "已顺延一次 30秒" in body(stage)
    stage.press("escape", "f2")
    assert len(stage.sent_of(m.Hold)) == 1


@pytest.mark.parametrize(
    "row", [incident(due={}), incident(released_at=NOW, due={}), incident(extended=True)]
)
def test_nothing_is_put_off_where_nothing_waits(row: Row) -> None:
    assert not opened(row).sent_of(m.Hold)


def test_after_the_release_f3_endorses() -> None:
    stage = ready()
    gone = incident(rev=8, released_at=NOW + 22, released_by="post", due={}, rec=[],
                    orders=["O-e1-1"])  # fmt: skip
    stage.rows(gone, assignment())
    screen = body(stage)
    assert "已自动派出: 民兵一队" in screen
    assert "F3 认可" in stage.screen()[-1]
    assert "[=] 民兵一队" in screen
    stage.press("f3", every=1.5)
    assert not orders(stage)
    (ack,) = stage.sent_of(m.Acknowledge)
    assert (ack.incident, ack.rev, ack.text, ack.read) == (ITEM, 8, "认可", HAZARDS)
    answered(stage, OK)
    assert stage.desk.page.name == "main"


def test_after_the_release_another_team_can_still_be_added() -> None:
    stage = ready()
    gone = incident(rev=8, released_at=NOW + 22, released_by="post", due={}, rec=[],
                    orders=["O-e1-1"])  # fmt: skip
    stage.rows(gone, assignment(), detail={ITEM: explained(teams=[])})
    stage.press("end")
    row = next(n for n, line in enumerate(stage.screen()) if "[ ] 民兵三队" in line)
    stage.desk.click(5, row, stage.at)
    stage.press("space")
    assert "F3 派出" in stage.screen()[-1]
    stage.press("f3")
    assert orders(stage)[0].units == ("militia-3",)


def test_dispatch_already_sent() -> None:
    stage = ready()
    gone = incident(rev=8, released_at=NOW + 3, released_by="2台", due={}, rec=[],
                    orders=["O-e1-1"])  # fmt: skip
    stage.rows(gone, assignment())
    assert "*E7 已变: 2台 03:12:44 已派出 民兵一队" in body(stage)


def test_what_has_ended_takes_no_order() -> None:
    stage = ready()
    stage.rows(incident(rev=8, state="false_alarm", changed_by="2台"))
    assert "E5 已结束" in body(stage)
    stage.press("f3", every=1.5)
    assert "E5" in said(stage)
    assert not orders(stage)


# --- the draft


def test_esc_keeps_marks_team_and_reason() -> None:
    stage = ready()
    stage.press("down", "space", "4", "escape")
    assert stage.desk.page.name == "main"
    stage.press("f2")
    screen = body(stage)
    assert "危险 2 已读" in screen
    assert "[ ] 护林一组" in screen
    assert "[4 已另派]" in screen
    stage.press("f3")
    assert orders(stage)[0].why == "已另派"


def test_the_draft_outlives_the_program() -> None:
    stage = ready()
    stage.press("down", "space", "1")
    kept = Settings(drafts=dict(stage.desk.settings.drafts))
    again = opened(settings=kept)
    assert "[1 人不在]" in body(again)


def test_another_dialog_makes_this_one_a_draft() -> None:
    stage = ready()
    stage.press("down", "space")
    stage.rows(incident("I-e1-413", opened_at=NOW - 90, due={"release": NOW + 2}))
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-413"
    stage.press("escape")
    assert stage.desk.page.name == "main"
    assert drafts.read(stage.desk.settings, "dispatch", ITEM)["chosen"] == ["militia-1"]


@pytest.mark.parametrize("kept", ["nonsense", "[]", '{"read": 3, "chosen": [4], "why": "x"}'])
def test_a_draft_that_cannot_be_read_is_no_draft(kept: str) -> None:
    stage = opened(settings=Settings(drafts={f"dispatch:{ITEM}": kept}))
    assert "未读" in body(stage)
    look(stage, 1.0)
    stage.press("space", "f3")


def test_drafts_of_what_is_gone_go() -> None:
    stage = opened(settings=Settings(drafts={"dispatch:I-e1-1": '{"read": ["x"]}', "phone:": "{}"}))
    stage.press("escape")
    assert list(stage.desk.settings.drafts) == ["phone:"]


def test_who_looks_is_told_and_told_no_longer() -> None:
    stage = opened()
    stage.press("escape")
    looks = [one.command for one in stage.sent if isinstance(one.command, m.Watch | m.Unwatch)]
    assert [(one.do, one.incident) for one in looks] == [("watch", ITEM), ("unwatch", ITEM)]


def test_resize_keeps_dialog_cursor_and_draft() -> None:
    stage = ready()
    stage.press("down", "space", "5")
    for size in ((160, 45), (60, 18), (100, 30), (160, 45)):
        stage.desk.resize(*size)
        stage.picture()
    screen = body(stage)
    assert stage.desk.page.name == "dispatch"
    assert ">[ ] 护林一组" in screen
    assert "[5 其他]" in screen


def test_every_gate_has_a_sentence_and_a_place_in_the_tests() -> None:
    assert set(SENTENCES) == set(Gate) - {Gate.OPEN}
    stage = ready()
    assert page(stage).gate(stage.desk.ctx(stage.at), page(stage)._facts) is Gate.OPEN  # type: ignore[arg-type]


def test_short_hazards_share_lines_and_all_are_on_the_page() -> None:
    names = [f"危险{n}" for n in range(1, 9)]
    lines = opened(incident(hazards=names)).screen()
    assert any("1 危险1" in line and "5 危险5" in line for line in lines)
    assert any("先读危险  1/1 页" in line for line in lines)
    long = [*names[:7], "未停电前不得用水,架空线路跨坡面,靠近须先联系供电所确认停电"]
    lines = opened(incident(hazards=long)).screen()
    assert not any("1 危险1" in line and "5 " in line for line in lines)
