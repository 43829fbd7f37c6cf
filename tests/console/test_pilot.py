"""The pilot scripts of CONSOLE.md section 6 that are about orders: desks at the real core.

The post is `command.core` on a virtual clock, with the reference township; only the wire is left
out (tests/integration/test_console_pair.py has it). Each script has its name from that table.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from functools import partial

import pytest
from desk_stage import ME, NOW, SIZES
from post_stage import Console, CorePost, harmless

from command import messages as m
from command.core.tables import Status
from console.cells import text_of, width
from console.item import NOW as AT_ONCE
from console.page import Go
from console.pages import PAGES
from console.settings import Settings
from sensors.observations import Position

SECOND = "灾害岗@2台"
HOUSE = Position(107.551, 35.2877)


@pytest.fixture
def post() -> CorePost:
    return CorePost()


def dialog(console: Console, *, read: bool = True) -> None:
    """F2, and the hazards read."""
    console.press("f2")
    assert console.desk.page.name == "dispatch"
    if read:
        console.post.wait(1.0)
        console.press("space")


def lane(console: Console, ident: str) -> int:
    return console.desk.queue.lane(ident)


def clock_of(lines: list[str]) -> str:
    """The time on line 1."""
    (found,) = re.findall(r"\d\d:\d\d:\d\d", lines[0])
    return str(found)


def say(console: Console, line: str) -> None:
    """A line typed into the command line, and Enter."""
    console.press("colon")
    for character in line:
        console.note(console.desk.key(character, character, console.mono))
    console.press("enter")


# --- two_keys typed_ahead key_held enter_never_sends paste_newline


def test_two_keys() -> None:
    post = CorePost(harmless())
    console = post.console()
    red = post.red()
    post.wait(1.0)
    console.slow = True
    console.press("f2", "f3")
    (order,) = console.orders()
    incident = post.world.incidents[red]
    assert (order.incident, order.rev, order.id) == (red, incident.rev, order.id)
    assert order.rec == ",".join(order.units)
    post.wait(3.0)
    assert lane(console, red) == AT_ONCE  # nothing is drawn before it is on the post's disk
    assert "未知" in console.result()
    console.deliver()
    post.wait(0.5)
    assert lane(console, red) != AT_ONCE
    assert "成功" in console.result()
    assert len(console.orders()) == 1
    assert {a.unit for a in post.world.assignments.values()} >= set(order.units)


def test_typed_ahead() -> None:
    post = CorePost(harmless())
    console = post.console()
    post.red()
    post.wait(1.0)
    console.press("f2")
    console.press("f3", every=0.0)
    console.press("f3", every=0.1)
    assert not console.orders()


def hold(console: Console, key: str, delay: float, first: float) -> None:
    """A key held for three seconds, as a keyboard repeats it."""
    console.press(key, every=first)
    console.press(key, every=delay)
    for _ in range(90):
        console.press(key, every=0.033)


@pytest.mark.parametrize("delay", [0.3, 0.5, 0.66])
def test_key_held(delay: float) -> None:
    post = CorePost(harmless())
    console = post.console()
    post.red()
    post.wait(1.0)
    hold(console, "f2", delay, 0.5)
    assert len([one for one in console.sent if isinstance(one.command, m.Watch)]) == 1
    console.press("escape", "f2")
    hold(console, "f3", delay, 0.05)  # from before the dialog could be seen
    assert not console.orders()
    hold(console, "f3", delay, 1.0)
    assert len(console.orders()) == 1


def test_enter_never_sends(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    for name in PAGES:
        post.wait(1.0)
        console.note(console.desk._carry_out([Go(name, red)], console.mono))
        console.picture()
        for key in ("enter", "enter", "y", "enter"):
            console.press(key)
        console.press("f5")
    dialog(console)
    console.press("enter", "enter")
    told = {type(one.command) for one in console.sent}
    assert told <= {m.Watch, m.Unwatch, m.Hold}


def test_paste_newline(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    pasted = f"f3\r\n派 {red} 推荐\r\n:派 . 推荐\n\n"
    for name in PAGES:
        post.wait(1.0)
        console.note(console.desk._carry_out([Go(name, red)], console.mono))
        console.note(console.desk.paste(pasted, console.mono))
        console.picture()
        console.press("f5")
    dialog(console)
    console.note(console.desk.paste(pasted, console.mono))
    console.press("colon")
    console.note(console.desk.paste(pasted, console.mono))
    assert not console.orders()


# --- dialog_stale hazard_added_late


def test_dialog_stale(post: CorePost) -> None:
    console, other = post.console(), post.console(SECOND)
    red = post.red()
    dialog(console)
    rev = post.world.incidents[red].rev
    say(other, f"级 {red} 紧 // 只是烟")
    assert post.world.incidents[red].rev > rev
    console.press("f3", every=0.0)
    assert not console.orders()
    units = ("militia-1",)
    console.note([])  # the old version, sent by force
    old = m.Assign(id="forced", incident=red, rev=rev, units=units)
    answer = post.obey(console, old)
    assert answer is not None
    assert (answer.ok, answer.code, answer.by) == (False, "stale", SECOND)
    rev = post.world.incidents[red].rev
    console.press("f3", every=1.5)
    assert [one.rev for one in console.orders()] == [rev]
    assert "成功" in console.result()


def test_hazard_added_late(post: CorePost) -> None:
    console, other = post.console(), post.console(SECOND)
    red = post.red()
    dialog(console)
    post.obey(other, m.Hazard(id="h", incident=red, text="院内有农药库"))
    console.press("f3", every=1.5)
    assert not console.orders()
    assert "E8" in console.result()
    assert "* 5 院内有农药库" in "\n".join(console.picture())
    console.press("space", "f3", every=1.5)
    (order,) = console.orders()
    assert "院内有农药库" in order.read
    assert post.world.incidents[red].hazards_read["院内有农药库"] == ME


# --- release_extends_once hold_once


def test_release_extends_once(post: CorePost) -> None:
    """Five minutes in an open dialog: the engine does not wait for who fell asleep."""
    console = post.console()
    red = post.red()
    due = post.world.due[f"release:{red}"]
    dialog(console)
    assert post.world.due[f"release:{red}"] == due + 30.0
    console.press("escape", "f2")
    assert post.world.due[f"release:{red}"] == due + 30.0
    post.wait(due + 29.0 - post.now)
    assert post.world.incidents[red].released_at is None
    post.wait(2.0)
    assert post.world.incidents[red].released_by == "post"
    post.wait(300.0)
    screen = console.picture()
    assert "已自动派出" in "\n".join(screen)
    assert "F3 认可" in screen[-1]
    console.press("f3")
    assert not console.orders()
    assert [one.text for one in console.orders(m.Acknowledge)] == ["认可"]
    assert post.world.incidents[red].ack_by == ME


def test_hold_once(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    post.wait(0.5)
    say(console, f"缓派 {red} 2分 // 先看探头")
    assert "成功" in console.result()
    held = post.world.due[f"release:{red}"]
    assert held > NOW + 100
    say(console, f"缓派 {red} 5分 // 再看看")
    assert "拒绝" in console.result()
    assert post.world.due[f"release:{red}"] == held
    post.wait(180.0)
    assert post.world.incidents[red].released_by == "post"


# --- ack_lapses ack_ends_on_fact reopen_old_timer


def test_ack_lapses(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    post.wait(0.5)
    console.press("f4")
    post.wait(115.0)
    assert lane(console, red) != AT_ONCE
    post.wait(10.0)
    assert lane(console, red) == AT_ONCE
    assert console.desk.queue.items[red].acked == "lapsed"
    row = next(line for line in console.picture() if red in line and line.startswith("~"))
    assert "急" in row


def test_ack_ends_on_fact(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    post.wait(0.5)
    console.press("f4")
    post.wait(1.0)
    assert lane(console, red) != AT_ONCE
    assert post.alarm("rangers-1", "fire", position=HOUSE, place="v03", text="明火") == red
    post.wait(0.5)
    assert lane(console, red) == AT_ONCE


def test_reopen_old_timer(post: CorePost) -> None:
    """What was set for the first opening does nothing to the second."""
    console = post.console()
    red = post.red()
    post.wait(0.5)
    console.press("f4")
    post.wait(60.0)
    post.obey(console, m.Resolve(id="r", incident=red))
    post.obey(console, m.Reopen(id="o", incident=red, text="复燃"))
    post.wait(0.5)
    rev = post.world.incidents[red].rev
    console.press("f4")
    assert post.world.incidents[red].ack_by == ME
    post.wait(70.0)  # the first acknowledgement's two minutes are over, the second's are not
    assert post.world.incidents[red].ack_by == ME
    assert post.world.incidents[red].rev >= rev
    assert lane(console, red) != AT_ONCE


# --- no_red_hidden


@pytest.mark.parametrize("size", [*SIZES, (60, 18)])
def test_no_red_hidden(post: CorePost, size: tuple[int, int]) -> None:
    """On every page, filtered, scrolled, in the command line: counted, named, and F2 opens it."""
    console = post.console()
    red = post.red()
    for n in range(30):
        post.alarm(f"zj-{n % 9 + 1:02}", "facility", place=f"v0{n % 9 + 1}", text=f"第{n}处")
    console.desk.resize(*size)
    say(console, "筛 没有这样的")
    for name in sorted(PAGES):
        post.wait(1.0)
        console.note(console.desk._carry_out([Go(name, red)], console.mono))
        for key in ("end", "pagedown", "down", "colon"):
            console.press(key)
        top = "\n".join(console.picture()[:2])
        assert "急 1" in top, name
        assert red in top, name
        console.press("f2")
        assert console.desk.page.name == "dispatch", name
        assert console.desk.page.item == red, name
        console.press("f5")


# --- two_consoles reconnect


def test_two_consoles(post: CorePost) -> None:
    one, two = post.console(), post.console(SECOND)
    red = post.red()
    dialog(one)
    dialog(two)
    post.wait(1.0)
    assert SECOND in "\n".join(one.picture())
    assert ME in "\n".join(two.picture())
    two.slow = True  # both have pressed before either has heard of the other
    two.press("f3", every=0.0)
    one.press("f3", every=0.0)
    two.deliver()
    assert len(one.orders()) == len(two.orders()) == 1
    assert "成功" in one.result()
    assert "拒绝" in two.result()
    assert ME in two.result()
    post.wait(0.5)
    assert f"E7 已变: {ME}" in "\n".join(two.picture())
    units = [a.unit for a in post.world.assignments.values()]
    assert len(units) == len(set(units))
    assert lane(one, red) == lane(two, red) != AT_ONCE
    assert clock_of(one.picture()) == clock_of(two.picture())


def test_an_acknowledgement_shows_on_both_within_a_beat(post: CorePost) -> None:
    one, two = post.console(), post.console(SECOND)
    red = post.red()
    post.wait(0.5)
    one.press("f4")
    post.wait(1.0)
    assert lane(two, red) == lane(one, red) != AT_ONCE
    order = [each.id for _lane, each in one.desk.queue.order(post.now)]
    assert order == [each.id for _lane, each in two.desk.queue.order(post.now)]


@pytest.mark.parametrize("reached", [False, True])
def test_reconnect(post: CorePost, *, reached: bool) -> None:
    """Cut before or after the command arrived: the same key, done once, and a result in the end."""
    console = post.console()
    red = post.red()
    dialog(console)
    console.slow = True
    console.press("f3")
    (order,) = console.orders()
    if reached:
        post.obey(console, order)  # and the answer is lost
    console.cut = True
    post.wait(8.0)
    assert "未知" in console.result()
    assert console.desk.lost(console.mono)
    console.again()
    post.wait(1.0)
    mine = [one for one in console.sent if isinstance(one.command, m.Assign)]
    assert len(mine) == 1
    assert "成功" in console.result()
    offers = [a for a in post.world.assignments.values() if a.status is Status.OFFERED]
    assert {a.unit for a in offers} >= set(order.units)
    assert len(offers) == len({a.unit for a in offers})
    assert post.world.incidents[red].ack_by == ME


def test_a_draft_survives_a_cut(post: CorePost) -> None:
    console = post.console()
    post.red()
    dialog(console)
    console.press("down", "space", "2")
    console.cut = True
    post.wait(8.0)
    again = post.console(SECOND, Settings(drafts=dict(console.settings.drafts)))
    post.wait(1.0)
    again.press("f2")
    assert "[2 路不通]" in "\n".join(again.picture())


# --- ime columns resize clock_skew


def test_ime(post: CorePost) -> None:
    """Full-width keys act as ASCII; text that an input method commits lands whole."""
    console = post.console()
    post.red()
    post.wait(0.5)
    press = partial(console.press, every=1.2)
    console.note(console.desk.key("fullwidth_colon", "：", console.mono))
    assert console.desk.line is not None
    committed = "对面山坡冒烟能看见明火风往东北方向刮村主任已经带人往上走请再派一队带水泵和灭火机来"
    for character in committed:
        console.note(console.desk.key(character, character, console.mono))
    assert console.desk.line.typed.text == committed
    assert len(committed) >= 40
    press("escape")
    for key in ("ideographic_comma", "fullwidth_question_mark", "left_black_lenticular_bracket"):
        console.note(console.desk.key(key, "", console.mono))
        console.picture()
        press("escape", "f5")
    press("f2")
    console.note(console.desk.key("ideographic_space", "\u3000", console.mono + 1.2))
    post.wait(1.5)
    press("down")
    console.note(console.desk.key("ideographic_space", "\u3000", console.mono + 1.2))
    console.note(console.desk.key("２", "２", console.mono + 1.3))
    assert "[2 路不通]" in "\n".join(console.picture())
    for key in ("shift+f1", "shift+f2", "shift+f3", "shift+f8", "™"):
        press(key)
    assert not console.orders()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_columns(lang: str, size: tuple[int, int]) -> None:
    """Ids of 12 digits, 99 hours to go, 40 days over: every line as wide as the screen."""
    post = CorePost()
    post.now = NOW
    console = post.console(settings=Settings(lang=lang))
    console.desk.look = console.desk.look.__class__(lang=lang, width=size[0], height=size[1])
    post.red()
    row = dict(console.desk.model.incident("I-e1-1"))
    for n, release in enumerate((NOW + 99 * 3600, NOW - 40 * 86400)):
        ident = f"I-e1-12345678901{n}"
        row |= {"id": ident, "due": {"release": release}, "opened_at": NOW - 40 * 86400}
        console.hear(m.Rows(rows={"incident": {ident: dict(row)}}, at="e1-9"))
        post.wait(0.5)
        console.note(console.desk._carry_out([Go("dispatch", ident)], console.mono))
        lines = [text_of(line) for line in console.desk.draw(console.mono).lines]
        assert {width(line) for line in lines} == {size[0]}
        assert ident in lines[1]
        console.press("f5")


def test_resize(post: CorePost) -> None:
    console = post.console()
    red = post.red()
    dialog(console)
    console.press("down", "space", "3")
    kept = console.desk.page
    for size in ((160, 45), (60, 18), (160, 45), (80, 24)):
        console.desk.resize(*size)
        console.press("down", "up")
    assert console.desk.page is kept
    assert kept.item == red
    assert "[3 装备不对]" in "\n".join(console.picture())
    console.press("f3")
    assert console.orders()[0].why == "装备不对"


@pytest.fixture
def other_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_clock_skew(post: CorePost, other_zone: None) -> None:
    """Two machines whose clocks have nothing in common show the same, in the township's time."""
    one, two = post.console(), post.console(SECOND)
    post.red()
    one.press("f2")
    two.press("f2")
    two.skew += 86400.0 * 400  # it has been running for longer
    two.hear(*one_beat(post))
    first, second = one.picture(), two.picture()
    assert clock_of(first) == clock_of(second) == "03:12:42"
    assert "1:29 后自动派出" in first[2]
    assert "1:29 后自动派出" in second[2]


def one_beat(post: CorePost) -> list[m.Frame]:
    return [post._beat()]
