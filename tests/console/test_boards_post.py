"""Boards at a real core of the post: duty passes from one officer to the next, a roll call ends."""

from __future__ import annotations

from typing import Any

from board_stage import BOARDS
from desk_stage import NOW
from post_stage import Console, CorePost, harmless

from command import messages as m
from command.core.commands import Ordered
from command.core.shift import shift_row
from command.messages import Answer, Beat
from console.outcome import OK, REFUSED
from console.page import Go
from console.pages.handover import HEARD, LIST, TOKEN, WORDS
from console.shift import points

OUT, IN = "值守岗@1台", "灾害岗@2台"
TOKENS = {"token-of-the-next": IN}


class DutyPost(CorePost):
    """Says with each beat how the duty stands, and knows whose a second token is, as the feed."""

    def __init__(self) -> None:
        super().__init__(harmless())

    def _beat(self) -> Beat:
        return Beat(beat=super()._beat().beat | {"shift": shift_row(self.world)})

    def obey(self, console: Console, command: m.Command | m.Look) -> Answer | None:
        own = console.name
        token = console.sent[-1].token if console.sent else ""
        console.name = TOKENS.get(token, own) if token else own
        try:
            return super().obey(console, command)
        finally:
            console.name = own


def open_page(console: Console, name: str) -> Any:
    """The page of that name, open and drawn."""
    console.note(console.desk._carry_out((Go(name),), console.mono))
    console.post.wait(1.0)
    return console.desk.page


def field(console: Console, area: str) -> None:
    """The field of the handover page, by Tab."""
    page: Any = console.desk.page
    for _step in range(4):
        if page.area == area:
            return
        console.press("tab")
    raise AssertionError(area)


def take_all(console: Console) -> None:
    """Every point is ticked, the sound is heard."""
    field(console, LIST)
    console.press("home")
    for _point in points(console.desk.model, NOW):
        console.press("space", "down")
    field(console, HEARD)
    console.press("space", "space")


def a_shift_in_progress() -> tuple[DutyPost, Console, str]:
    """The outgoing officer is on duty, and has acknowledged a red incident."""
    post = DutyPost()
    out = post.console(OUT)
    open_page(out, "handover")
    take_all(out)
    out.press("f3")
    assert out.desk.result.how == OK
    assert post.world.shift.officer == OUT  # nobody was on duty: one signature was enough
    out.press("f5")
    red = post.red()
    post.wait(5.0)  # a key froze the order of the queue for a moment
    out.press("f4")
    assert post.world.incidents[red].ack_by == OUT
    return post, out, red


def test_handover_clean() -> None:
    post, out, red = a_shift_in_progress()
    open_page(out, "handover")
    field(out, WORDS)
    for character in "余烬要复看":
        out.desk.key(character, character, out.mono)
    out.press("f3")
    assert out.desk.result.how == OK, out.result()
    assert post.world.shift.signed is not None
    assert post.world.shift.signed.words == "余烬要复看"
    assert post.world.shift.officer == OUT  # until the second signature
    incoming = post.console(IN)
    open_page(incoming, "handover")
    assert any("已签" in text and "余烬要复看" in text for text in incoming.picture())
    incoming.press("f3")
    assert post.world.shift.officer == OUT
    take_all(incoming)
    incoming.press("f3")
    assert incoming.desk.result.how == OK, incoming.result()
    assert post.world.shift.officer == IN
    assert post.world.incidents[red].ack_by == ""  # the new officer has said nothing yet
    assert incoming.orders(m.Takeover)[0].taken == (red,)


def test_both_signatures_at_one_console() -> None:
    post, out, _red = a_shift_in_progress()
    open_page(out, "handover")
    out.press("f3")
    take_all(out)
    field(out, TOKEN)
    for character in "token-of-the-next":
        out.desk.key(character, character, out.mono)
    out.press("f3")
    assert out.desk.result.how == OK, out.result()
    assert post.world.shift.officer == IN


def test_an_unacknowledged_red_blocks_the_first_signature() -> None:
    post, out, _red = a_shift_in_progress()
    second = post.alarm("bdl-03", "fire", place="v06", text="又一处")
    post.world.incidents[second].priority = 1
    open_page(out, "handover")
    out.press("f3")
    assert second in out.result()
    assert out.orders(m.Handover) == []


def test_a_change_between_the_signatures_voids_the_first() -> None:
    post, out, _red = a_shift_in_progress()
    open_page(out, "handover")
    out.press("f3")
    incoming = post.console(IN)
    open_page(incoming, "handover")
    take_all(incoming)
    post.alarm("bdl-03", "smoke", place="v06", text="又一处")
    post.wait(1.0)
    assert any("内容已变" in text for text in incoming.picture())
    incoming.press("f3")
    assert incoming.orders(m.Takeover) == []
    assert post.world.shift.officer == OUT


def test_a_digest_that_is_old_by_the_time_it_arrives_is_refused() -> None:
    post, out, _red = a_shift_in_progress()
    open_page(out, "handover")
    out.slow = True
    out.press("f3")
    post.alarm("bdl-03", "smoke", place="v06", text="又一处")
    out.deliver()
    assert out.desk.result.how == REFUSED
    assert post.world.shift.signed is None


def test_every_board_draws_what_a_real_core_says() -> None:
    post = DutyPost()
    console = post.console(OUT)
    post.red()
    post.alarm("phone", "dispute", place="v09-g3", text="相邻通道")
    post.give(Ordered(m.Shelve(id="s-1", source="hj-03", kind="intrusion", minutes=60, why="蛛网"),
                      OUT, "officer"))  # fmt: skip
    post.wait(70.0)
    said = {}
    for name in BOARDS:
        open_page(console, name)
        said[name] = "\n".join(console.picture())
    assert "队伍 26 可派 20 在办 6" in said["teams"]  # with one post that is asked to look
    assert "探头 240 在线 1 坏 0 报警 1 搁置 1" in said["cameras"]
    assert "村 12 组 71 户 3433 人 14000" in said["grid"]
    assert "白家三组" in said["cases"]
    assert "hj-03" in said["shelf"]
    assert "急件 1" in said["handover"]
    assert "野火" not in said["drill"]


def test_space_ends_a_roll_call_that_is_due() -> None:
    post = DutyPost()
    console = post.console(OUT)
    post.wait(1.0)
    red = post.red()
    post.wait(70.0)  # its team has gone by itself
    order = next(o for o in post.world.incidents[red].orders)
    for status in ("accepted", "on_scene"):
        post.reply(order, status)
    due = next(name for name in post.world.due if name == f"par:{order}")
    before = post.world.due[due]
    page = open_page(console, "teams")
    post.now = before - 30.0
    post.wait(1.0)
    page.table.cursor = order
    console.picture()
    console.press("space")
    assert console.desk.result.how == OK, console.result()
    assert post.world.due[due] > before
    assert [one.units for one in console.orders(m.Par)] == [(post.world.assignments[order].unit,)]
