"""A night typed into the command line, against the real core of the post."""

from __future__ import annotations

import pytest
from post_stage import Console, CorePost, harmless

from command import messages as m
from command.core.tables import Status


def typed(console: Console, line: str) -> str:
    """Type a line and give it; what the result line says then."""
    console.press("colon")
    for character in line:
        console.note(console.desk.key(character, character, console.mono))
    console.press("enter")
    return console.result()


def number(ident: str) -> str:
    return ident.rpartition("-")[2]


def test_a_night_from_the_call_to_the_archive() -> None:
    post = CorePost(harmless())
    one = post.console()
    assert "成功" in typed(one, "新建 火灾 ljg2 急 // 电话报警")
    ident = next(iter(post.world.incidents))
    item = number(ident)
    incident = post.world.incidents[ident]
    assert incident.place == "v01-g2"
    assert "成功" in typed(one, f"qr {item}")
    assert incident.ack_by == one.name
    assert "成功" in typed(one, f"备注 {item} // 村主任已到")
    assert incident.notes[-1].text == "村主任已到"
    assert "成功" in typed(one, f"危险 {item} // 电线落地")
    assert "电线落地" in str(one.desk.model.incident(ident)["hazards"])
    assert "成功" in typed(one, f"级 {item} 紧 // 只是烟")
    assert incident.priority == 2
    assert "成功" in typed(one, f"定级 {item} 较大")
    assert one.desk.model.incident(ident)["grade"] == 3
    order = next(o for o, a in post.world.assignments.items() if a.status is Status.OFFERED)
    unit = post.world.assignments[order].unit
    assert "成功" in typed(one, f"代报 {unit} {item} 到场")
    assert post.world.assignments[order].status is Status.ON_SCENE
    assert "成功" in typed(one, f"清点 {item}")
    assert "成功" in typed(one, f"了结 {item} // 明火已灭")
    assert "成功" in typed(one, f"归档 {item}")
    assert "E5" in typed(one, f"确认 {item}")
    assert one.desk.line is not None  # the line stays for editing
    one.press("escape")
    assert "成功" in typed(one, f"重开 {item} // 复燃")


def test_the_recommended_team_goes_on_enter_and_another_one_through_the_dialog() -> None:
    post = CorePost(harmless())
    one = post.console()
    first, second = post.red(), post.alarm("bdl-09", "fire", place="v09", text="冒烟")
    post.wait(1)
    assert "成功" in typed(one, f"派 {number(first)} 推荐")
    assert post.world.incidents[first].orders
    team = one.desk.model.incident(second)["rec"]
    other = "militia-3" if all(r["unit"] != "militia-3" for r in team) else "militia-2"
    typed(one, f"派 {number(second)} {other} // 近")
    assert one.desk.page.name == "dispatch"
    assert len(one.orders()) == 1
    one.press("1", "f3", every=1.0)
    assert [order.units for order in one.orders()][1] == (other,)


def test_a_hazard_unread_opens_the_dialog() -> None:
    post = CorePost()
    one = post.console()
    ident = post.red()
    post.wait(1)
    typed(one, f"派 {number(ident)} 推荐")
    assert one.desk.page.name == "dispatch"
    assert one.orders() == []


def test_teams_and_devices_by_line() -> None:
    post = CorePost()
    one = post.console()
    post.alarm("hj-03", "intrusion", place="v10-g1", text="夜间有人")
    post.wait(1)
    assert "成功" in typed(one, "停用 交通劝导组 至08:00 // 车坏")
    assert one.desk.model.row("unit", "traffic-1")["state"] == "off_duty"
    assert "成功" in typed(one, "恢复 jtqd")
    assert one.desk.model.row("unit", "traffic-1")["state"] == "available"
    assert "成功" in typed(one, "搁置 hj-03 1时 // 蛛网")
    assert list(post.world.shelf) == ["hj-03|intrusion"]
    assert "成功" in typed(one, "取回 hj-03")
    assert post.world.shelf == {}


def test_a_rule_of_the_post_is_told_with_its_number() -> None:
    post = CorePost()
    one, two = post.console(), post.console("巡查岗@2台")
    ident = post.red()
    post.wait(1)
    two.cut = True  # it still shows the version before
    assert "成功" in typed(one, f"级 {number(ident)} 紧 // 看清了")
    two.cut = False
    assert "E7" in typed(two, f"误报 {number(ident)} // 烧秸秆")
    assert one.name in two.result()


@pytest.mark.parametrize("line", ["派", "拍 1", "备注 999 // x", "叫应 全乡 // 暴雨"])
def test_a_faulty_line_sends_nothing_and_stays(line: str) -> None:
    post = CorePost()
    one = post.console()
    said = typed(one, line)
    assert any(f"E{n}" in said for n in (1, 2, 4, 11))
    assert one.desk.line is not None
    assert [s for s in one.sent if not isinstance(s.command, m.Watch | m.Unwatch)] == []
