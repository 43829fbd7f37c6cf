"""The desk without a page of its own: which key goes where, what counts, what may leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from desk_stage import ME, NOW, Stage, beat, incident, quiet

from command import messages as m
from command.messages import Beat
from console.desk import Desk, Pages
from console.effects import Effect, Quit, Remember, Send
from console.guard import HOLD_S, REPEAT_S, Guard, Press
from console.outcome import FAILED, OK, REFUSED, SAID, UNKNOWN, Outcome
from console.page import Back, Ctx, Fill, Go, Move, Page
from console.pages import PAGES
from console.settings import Settings


class Asking(Page):
    """A dialog that sends a note with F3, and closes when it is done."""

    name = "asking"
    transient = True

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.told: list[Outcome] = []
        self.filled: list[str] = []
        self.was_closed = 0

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        if key == "go":
            return (Send(m.Note(id=ctx.ids(), incident=self.item, text="x"), "note"),)
        return () if key in {"mark", "open"} else None

    def fill(self, ctx: Ctx, words: Sequence[str]) -> Sequence[Move]:
        self.filled = list(words)
        return ()

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        return (Send(m.Watch(id=ctx.ids(), incident=self.item)),)

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        self.was_closed += 1
        return (Send(m.Unwatch(id=ctx.ids(), incident=self.item)),)

    def ended(self, ctx: Ctx, outcome: Outcome) -> Sequence[Move]:
        self.told.append(outcome)
        return (Back(),) if outcome.how == OK else ()


class Form(Page):
    """Takes text, and greedily."""

    name = "form"
    takes_text = True

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.typed = ""

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        self.typed += character
        return () if character or key == "f2" else None

    def paste(self, ctx: Ctx, text: str) -> None:
        self.typed += text


class Watcher(Asking):
    """Not a dialog, but it looks at an item as well."""

    name = "watcher"
    transient = False


MINE: Pages = {**PAGES, "asking": Asking, "form": Form, "watcher": Watcher}


def at_work(*rows: object, **more: object) -> Stage:
    """A desk with one red and one running item."""
    stage = Stage(incident(), quiet("I-e1-400"), pages=MINE, **more)  # type: ignore[arg-type]
    stage.picture()
    return stage


def move(stage: Stage, *moves: Move) -> list[Effect]:
    """What a page would answer, carried out."""
    effects = stage.desk._carry_out(moves, stage.at)
    stage._note(effects)
    stage.picture()
    return effects


# --- the guard


def test_a_press_counts_once_its_page_has_been_seen() -> None:
    guard, page = Guard(), object()
    guard.painted(page, -1e9, 10.0)
    assert guard.press("go", page, 10.1, 0.4) is Press.EARLY
    guard = Guard()
    guard.painted(page, -1e9, 10.0)
    assert guard.press("go", page, 10.41, 0.4) is Press.COUNTS


def test_a_page_that_was_never_painted_takes_nothing() -> None:
    guard = Guard()
    guard.painted(object(), -1e9, 0.0)
    assert guard.press("go", object(), 99.0, 0.4) is Press.EARLY


def test_what_changes_is_guarded_again() -> None:
    guard, page = Guard(), object()
    guard.painted(page, -1e9, 0.0)
    guard.painted(page, 5.0, 5.0)
    assert guard.press("go", page, 5.2, 0.4) is Press.EARLY


@pytest.mark.parametrize("delay", [0.25, 0.5, 0.66])
@pytest.mark.parametrize("first", [0.0, 0.1, 0.39])
def test_a_key_held_from_before_never_counts(delay: float, first: float) -> None:
    """Whatever the keyboard's own delay before it repeats."""
    guard, page = Guard(), object()
    guard.painted(page, -1e9, 0.0)
    at, presses = first, []
    for n in range(200):
        presses.append(guard.press("go", page, at, 0.4))
        at += delay if n == 0 else 0.033
    assert Press.COUNTS not in presses


def test_after_a_press_that_came_too_early_a_real_one_counts() -> None:
    guard, page = Guard(), object()
    guard.painted(page, -1e9, 0.0)
    assert guard.press("go", page, 0.1, 0.4) is Press.EARLY
    assert guard.press("go", page, 0.1 + HOLD_S + 0.01, 0.4) is Press.COUNTS
    assert guard.press("go", page, 0.2 + HOLD_S, 0.4) is Press.HELD


def test_an_early_press_of_long_ago_keeps_nothing_shut() -> None:
    guard, first, second = Guard(), object(), object()
    guard.painted(first, -1e9, 0.0)
    guard.press("go", first, 0.1, 0.4)
    guard.painted(second, -1e9, 60.0)
    assert guard.press("go", second, 60.1, 0.4) is Press.EARLY
    assert guard.press("go", second, 60.6, 0.4) is Press.EARLY  # may be the same key, still held
    assert guard.press("go", second, 61.0, 0.4) is Press.COUNTS


def test_the_same_key_twice_within_a_moment_is_one_but_not_with_another_between() -> None:
    guard, page = Guard(), object()
    guard.painted(page, -1e9, 0.0)
    assert guard.press("mark", page, 1.0, 0.4) is Press.COUNTS
    assert guard.press("mark", page, 1.0 + REPEAT_S / 2, 0.4) is Press.HELD
    guard.other()
    assert guard.press("mark", page, 1.2, 0.4) is Press.COUNTS


# --- F3


def test_f3_too_early_is_said_and_not_sent() -> None:
    stage = at_work()
    move(stage, Go("asking", "I-e1-412"))
    stage.press("f3", every=0.2)
    assert not stage.sent_of(m.Note)
    assert "未执行" in stage.screen()[-3]
    stage.press("f3", every=1.0)
    assert len(stage.sent_of(m.Note)) == 1


def test_what_comes_up_beneath_a_dialog_that_closed_is_guarded_too() -> None:
    stage = at_work()
    move(stage, Go("watcher", "I-e1-400"))
    move(stage, Go("asking", "I-e1-412"))
    stage.press("f3")
    note = stage.sent_of(m.Note)[0]
    stage._note(stage.desk.ended(Outcome(OK, "note", command=note), stage.at))
    stage.picture()
    assert stage.desk.page.name == "watcher"
    stage.press("f3", every=0.35)  # the officer meant the dialog, once more
    assert len(stage.sent_of(m.Note)) == 1


# --- F2


@pytest.mark.parametrize("page", sorted(MINE.keys() - {"main"}))
def test_f2_opens_the_top_item_from_every_page(page: str) -> None:
    stage = at_work()
    move(stage, Go(page, "I-e1-400"))
    stage.press("f2")
    assert (stage.desk.page.name, stage.desk.page.item) == ("dispatch", "I-e1-412")


def test_enter_on_an_items_page_opens_its_dialog_and_esc_comes_back() -> None:
    stage = at_work()
    move(stage, Go("detail", "I-e1-400"))
    stage.press("enter")
    assert (stage.desk.page.name, stage.desk.page.item) == ("dispatch", "I-e1-400")
    stage.press("escape")
    assert (stage.desk.page.name, stage.desk.page.item) == ("detail", "I-e1-400")
    looks = [one.command for one in stage.sent if isinstance(one.command, m.Watch | m.Unwatch)]
    assert [one.do for one in looks] == ["watch"]


def test_f2_leaves_the_command_line_and_keeps_what_was_typed() -> None:
    stage = at_work()
    move(stage, Fill("备注 412 // 村主任"))
    stage.press("f2")
    assert stage.desk.line is None
    assert stage.desk.page.name == "dispatch"
    assert stage.desk.settings.history[-1] == "备注 412 // 村主任"
    assert any(isinstance(effect, Remember) for effect in stage.effects)


def test_f2_on_the_item_that_is_open_does_nothing() -> None:
    stage = at_work()
    stage.press("f2")
    page, effects = stage.desk.page, len(stage.effects)
    stage.press("f2", "f2", "f2")
    assert stage.desk.page is page
    assert stage.effects[effects:] == []


def sos(ident: str, **over: Any) -> dict[str, Any]:
    """A call for help that no team has accepted."""
    return incident(ident, kind="sos", alarm_kind="sos", **over)


def test_f2_goes_on_from_a_call_for_help_that_the_officer_has_and_nobody_accepts() -> None:
    mine = {"by": ME, "until": NOW + 60}
    rows = [sos("I-e1-1"), incident("I-e1-2"), incident("I-e1-3", opened_at=NOW - 5)]
    stage = Stage(*rows, pages=MINE)
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-1"
    stage.press("f2")  # nobody has it: it is not walked past
    assert stage.desk.page.item == "I-e1-1"
    assert "F4 确认后" in stage.desk.result.text
    stage.rows(sos("I-e1-1", ack=mine, rev=8))
    assert stage.desk.queue.top(NOW).id == "I-e1-1"  # type: ignore[union-attr]
    assert "I-e1-2" in stage.screen()[1]  # line 2 says what F2 does
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-2"
    assert "I-e1-1" in stage.screen()[1]
    stage.press("f2")  # as ever: the most pressing one
    assert stage.desk.page.item == "I-e1-1"
    stage.rows(incident("I-e1-2", ack=mine, rev=8))
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-3"
    stage.press("escape")
    assert "I-e1-1" in stage.screen()[1]


def test_f2_goes_round_among_what_the_officer_has_and_a_new_call_for_help_comes_first() -> None:
    mine = {"by": ME, "until": NOW + 60}
    stage = Stage(sos("I-e1-1", ack=mine), sos("I-e1-2", ack=mine), pages=MINE)
    stage.picture()
    seen = []
    for _press in range(3):
        stage.press("f2")
        seen.append(stage.desk.page.item)
    assert seen == ["I-e1-1", "I-e1-2", "I-e1-1"]
    stage.rows(sos("I-e1-3", opened_at=NOW))
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-3"


def test_anothers_acknowledgement_does_not_pass_an_item_over() -> None:
    other = {"by": "灾害岗@2台", "until": NOW + 60}
    stage = Stage(sos("I-e1-1", ack=other), incident("I-e1-2"), pages=MINE)
    stage.picture()
    stage.press("f2", "f2")
    assert stage.desk.page.item == "I-e1-1"


def test_f2_means_the_item_that_line_2_had_in_the_last_picture() -> None:
    stage = at_work()
    stage.rows(incident("I-e1-413", opened_at=NOW - 90, due={"release": NOW + 2}))
    assert stage.desk.queue.top(NOW).id == "I-e1-413"  # type: ignore[union-attr]
    stage._note(stage.desk.key("f2", "", stage.at))
    assert stage.desk.page.item == "I-e1-412"
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.item == "I-e1-413"


def test_f2_passes_over_what_has_ended_since_the_picture() -> None:
    stage = at_work()
    stage.rows(incident(state="resolved", rev=8), incident("I-e1-413", opened_at=NOW - 90))
    stage._note(stage.desk.key("f2", "", stage.at))
    assert stage.desk.page.item == "I-e1-413"


def test_a_click_on_line_2_is_f2() -> None:
    stage = at_work()
    stage._note(stage.desk.click(10, 1, stage.at + 1))
    assert stage.desk.page.name == "dispatch"


def test_nothing_waits() -> None:
    stage = Stage(pages=MINE)
    stage.picture()
    stage.press("f2")
    assert stage.desk.page.name == "main"
    assert "没有要您办的事" in stage.screen()[-3]


# --- F4


def test_f4_names_the_item_and_version_of_the_last_picture() -> None:
    stage = at_work()
    stage.rows(incident(rev=9))
    stage._note(stage.desk.key("f4", "", stage.at))
    (ack,) = stage.sent_of(m.Acknowledge)
    assert (ack.incident, ack.rev) == ("I-e1-412", 7)


def test_moving_target() -> None:
    """50 reorderings a second under Down and F4: each names what the picture had."""
    stage = at_work()
    others = [f"I-e1-{n}" for n in range(500, 520)]
    stage.rows(*(incident(ident, priority=2, opened_at=NOW - n) for n, ident in enumerate(others)))
    for turn in range(60):
        stage.at += 0.02
        shuffled = others[turn % 20 :] + others[: turn % 20]
        stage.rows(
            *(incident(one, priority=2, opened_at=NOW - n) for n, one in enumerate(shuffled))
        )
        if turn % 3 == 0:
            stage.picture()
            painted = stage.desk.page.item
        if turn % 15 == 7:
            before = len(stage.sent_of(m.Acknowledge))
            stage.at += 0.5
            stage._note(stage.desk.key("f4", "", stage.at))
            assert [one.incident for one in stage.sent_of(m.Acknowledge)][before:] == [painted]
        if turn % 5 == 0:
            stage._note(stage.desk.key("down", "", stage.at))


def test_f4_held_down_acknowledges_once() -> None:
    stage = at_work()
    for _ in range(50):
        stage.press("f4", every=0.033)
    assert len(stage.sent_of(m.Acknowledge)) == 1


def test_f4_without_an_item() -> None:
    stage = Stage(pages=MINE)
    stage.picture()
    stage.press("f4")
    assert not stage.sent
    assert "没有选中" in stage.screen()[-3]


# --- what becomes of commands


def test_an_answer_is_told_to_every_open_page_and_moves_only_the_top_one() -> None:
    stage = at_work()
    move(stage, Go("watcher", "I-e1-400"))
    below = stage.desk.page
    move(stage, Go("form"))
    note = m.Note(id="n", incident="I-e1-400", text="x")
    stage._note(stage.desk.ended(Outcome(OK, "note", command=note), stage.at))
    assert stage.desk.page.name == "form"
    assert isinstance(below, Watcher)
    assert [one.command for one in below.told] == [note]
    assert "成功 note" in stage.screen()[-3]


@pytest.mark.parametrize(
    ("how", "word"), [(OK, "成功"), (REFUSED, "拒绝"), (FAILED, "失败"), (UNKNOWN, "未知")]
)
def test_each_outcome_has_its_word(how: str, word: str) -> None:
    stage = at_work()
    note = m.Note(id="n", incident="I-e1-400", text="x")
    stage.desk.ended(Outcome(how, "note", command=note, ms=36), stage.at)
    assert stage.screen()[-3].rstrip() == f"结果: 03:12:41 {word} note (36毫秒)"


def test_what_a_dialog_sends_for_being_open_writes_no_result() -> None:
    stage = at_work()
    stage.desk.result = Outcome(SAID, text="before")
    hold = m.Hold(id="h", incident="I-e1-412", dialog=True, seconds=None)
    move(stage, Send(hold))
    assert stage.sent_of(m.Hold) == [hold]
    stage.desk.ended(Outcome(REFUSED, command=hold, text="no"), stage.at)
    assert stage.desk.result.text == "before"


def test_two_pages_with_one_item_open_are_one_look() -> None:
    stage = at_work()
    move(stage, Go("watcher", "I-e1-412"))
    move(stage, Go("asking", "I-e1-412"))
    stage.press("escape")
    assert [type(one.command).__name__ for one in stage.sent] == ["Watch"]
    stage.press("escape")
    assert [type(one.command).__name__ for one in stage.sent] == ["Watch", "Unwatch"]


def test_a_page_that_is_opened_anew_is_closed_first() -> None:
    stage = at_work()
    move(stage, Go("watcher", "I-e1-400"))
    first = stage.desk.page
    move(stage, Go("form"))
    move(stage, Go("watcher", "I-e1-412"))
    assert isinstance(first, Watcher)
    assert first.was_closed == 1
    stage.press("escape")
    assert stage.desk.page.name == "form"


def test_fill_reaches_a_page_that_is_open_already() -> None:
    stage = at_work()
    move(stage, Go("asking", "I-e1-412", fill=("a",)))
    page = stage.desk.page
    assert isinstance(page, Asking)
    assert page.filled == ["a"]
    move(stage, Go("asking", "I-e1-412", fill=("b", "c")))
    assert stage.desk.page is page
    assert page.filled == ["b", "c"]


# --- the line is cut, or may not be used


def test_while_the_line_is_cut_nothing_is_sent_and_all_is_said() -> None:
    stage = at_work()
    move(stage, Go("asking", "I-e1-412"))
    stage.wait(7, beats=False)
    for key in ("f3", "f4", "f2"):
        stage.desk.key(key, "", stage.at)
        assert "E9" in stage.desk.result.text, key
        stage.wait(1, beats=False)
    assert not stage.sent_of(m.Note)
    assert not stage.sent_of(m.Acknowledge)
    assert stage.desk.page.name == "asking"


def test_a_page_that_the_lost_page_covered_is_guarded_when_it_comes_back() -> None:
    stage = at_work()
    move(stage, Go("asking", "I-e1-412"))
    stage.wait(7, beats=False)
    stage.picture()
    stage.take(Beat(beat=beat(NOW + stage.at)))
    stage.picture()
    stage._note(stage.desk.key("f3", "", stage.at + 0.1))
    assert not stage.sent_of(m.Note)


def test_whoever_is_in_the_middle_of_something_finds_the_gap_beneath() -> None:
    pages: Pages = {**MINE, "back": type("Gap", (Page,), {"name": "back"})}
    stage = Stage(incident(), pages=pages)
    stage.picture()
    move(stage, Go("asking", "I-e1-412"))
    stage.desk.came_back([("incident", "I-e1-412")], stage.at)
    assert stage.desk.page.name == "asking"
    stage.press("escape")
    assert stage.desk.page.name == "back"
    stage.press("escape")
    assert stage.desk.page.name == "main"


def test_a_red_that_changed_in_a_gap_is_unacknowledged_until_somebody_has_it() -> None:
    mine = {"by": ME, "until": NOW + 600}
    stage = Stage(incident(ack=mine), quiet("I-e1-400"), pages=MINE)
    assert stage.desk.queue.unacknowledged() == 0
    stage.desk.came_back([("incident", "I-e1-412"), ("incident", "I-e1-400")], stage.at)
    stage.tick()
    assert stage.desk.queue.unacknowledged() == 1
    assert stage.desk.model.incident("I-e1-412")["ack"] is None
    assert stage.desk.model.incident("I-e1-400")["ack"]
    stage.rows(incident(rev=8, ack={"by": ME, "until": NOW + 700}))
    assert stage.desk.queue.unacknowledged() == 0


def test_a_console_for_reading_sends_nothing_but_who_looks() -> None:
    stage = at_work()
    stage.desk.readonly = True
    stage.press("f2", "f4", "f3")
    assert {type(one.command) for one in stage.sent} == {m.Watch}
    assert "只供" in stage.screen()[-3]


# --- the first words


@pytest.mark.parametrize(
    ("officer", "toured", "role", "words"),
    [
        ("", False, "officer", "无人在班, 接班打 :接班  第一次用? 连按两次 F1, 三分钟走一遍"),
        ("", True, "officer", "无人在班, 接班打 :接班"),
        (ME, False, "officer", "第一次用? 连按两次 F1, 三分钟走一遍"),
        ("", False, "observer", "第一次用? 连按两次 F1, 三分钟走一遍"),
        (ME, True, "officer", ""),
    ],
)
def test_the_first_picture_says_what_a_newcomer_needs(
    officer: str, role: str, words: str, *, toured: bool
) -> None:
    settings = Settings(toured=toured)
    desk = Desk(PAGES, lambda: "id", settings)
    desk.tick(0.0)
    assert desk.result.text == ""
    rows = {"shift": {"shift": {"officer": officer}}}
    desk.take([m.Snapshot(snapshot=rows, at="e1-1", role=role, name=ME, part=1, of=2)], 0.0)
    desk.tick(0.1)
    assert desk.result.text == ""  # not before all of it is here
    desk.take([m.Snapshot(snapshot={}, at="e1-1", role=role, name=ME, part=2, of=2)], 0.2)
    desk.tick(0.3)
    assert desk.result.text == words
    desk.result = Outcome(SAID, text="x")
    desk.tick(0.4)
    assert desk.result.text == "x"


def test_the_first_words_do_not_cover_what_was_said() -> None:
    desk = Desk(PAGES, lambda: "id", Settings())
    desk.result = Outcome(SAID, text="设置文件读不懂")
    desk.take([m.Snapshot(snapshot={"post": {}}, at="e1-1", role="officer", name=ME)], 0.0)
    desk.tick(0.1)
    assert desk.result.text == "设置文件读不懂"


def test_the_duty_that_is_nobodys_is_taken_by_what_the_words_say() -> None:
    stage = Stage(shift={"shift": {"officer": ""}})
    assert ":接班" in stage.screen()[-3]
    stage.press("ctrl+p")
    stage.type("接班")
    stage.press("enter")
    assert stage.desk.page.name == "handover"


# --- leaving, language, keys of one's own


@pytest.mark.parametrize(
    ("shift", "officers", "leaves"),
    [
        ({"officer": ME}, [ME], False),
        ({"officer": ME}, [], False),
        ({"officer": ME}, [ME, "灾害岗@2台"], True),
        ({"officer": "灾害岗@2台"}, [ME], True),
        ({}, [ME], True),
    ],
)
def test_the_last_officer_on_duty_does_not_leave(
    shift: dict[str, str], officers: list[str], *, leaves: bool
) -> None:
    load = {"n10": 0, "band": "quiet", "since": NOW, "officers": officers}
    stage = at_work(pulse=beat(load=load), shift={"shift": shift})
    assert any(isinstance(one, Quit) for one in move(stage, Quit())) is leaves
    if not leaves:
        assert "先交班" in stage.desk.result.text


@pytest.mark.parametrize("beside", [False, True])
def test_who_hears_nothing_of_the_post_may_leave(*, beside: bool) -> None:
    stage = at_work(shift={"shift": {"officer": ME}}, beside=beside)
    stage.wait(7, beats=False)
    assert any(isinstance(one, Quit) for one in move(stage, Quit()))


@pytest.mark.parametrize(
    ("rows", "shift", "officers", "why"),
    [
        ([], {}, [ME], ""),
        ([quiet("I-e1-1")], {}, [ME], ""),
        ([incident()], {}, [ME], "未了急件 1"),
        ([], {"officer": ME}, [ME], "您在班"),
        ([], {}, [ME, "灾害岗@2台"], "在线 灾害岗@2台"),
        ([incident()], {}, [ME, "灾害岗@2台"], "未了急件 1, 在线 灾害岗@2台"),
    ],
)
def test_who_ends_the_post_by_leaving_is_asked_where_it_would_be_missed(
    rows: list[dict[str, Any]], shift: dict[str, str], officers: list[str], why: str
) -> None:
    load = {"n10": 0, "band": "quiet", "since": NOW, "officers": officers}
    stage = Stage(*rows, pulse=beat(load=load), shift={"shift": shift}, beside=True)
    stage.press("ctrl+p")
    stage.type("退出")
    stage.press("enter")
    assert [one for one in stage.effects if isinstance(one, Quit)] == ([] if why else [Quit()])
    if why:
        assert f"({why})" in stage.desk.result.text
        assert ":退出 停机" in stage.desk.result.text
    stage.press("ctrl+p")
    stage.type("退出 停机")
    stage.press("enter")
    assert Quit(stop=True) in stage.effects


def test_who_leaves_a_drill_ends_it_without_a_question() -> None:
    drill = {"post": {"root": "fsx", "name": "泾明乡"}}
    stage = Stage(incident(), post=drill, shift={"shift": {"officer": ME}}, beside=True)
    assert Quit() in move(stage, Quit())


def test_another_console_does_not_stop_the_post() -> None:
    stage = at_work()
    assert move(stage, Quit(stop=True)) == []
    assert ":退出" in stage.desk.result.text


def test_language_and_theme_change_at_once() -> None:
    stage = at_work()
    assert stage.screen()[-3].startswith("结果:")
    stage.desk.settings.lang, stage.desk.settings.theme = "en", "mono"
    move(stage, Remember())
    assert stage.screen()[-3].startswith("Result:")
    assert stage.desk.look.theme == "mono"


def test_a_key_of_ones_own() -> None:
    stage = at_work(settings=Settings(keys={"next": "f12"}))
    stage.press("f12")
    assert stage.desk.page.name == "dispatch"


@pytest.mark.parametrize("key", ["enter", "shift+f3", "shift+f2", "™", "y", "p", "1", "ctrl+c"])
def test_no_other_key_sends_anything(key: str) -> None:
    stage = at_work()
    stage.press(key)
    move(stage, Go("asking", "I-e1-412"))
    before = len(stage.sent)
    stage.press(key)
    assert len(stage.sent) == before


def test_a_paste_goes_where_text_goes_and_nowhere_else() -> None:
    stage = at_work()
    stage._note(stage.desk.paste("f3\r\nassign 412 rec\n", stage.at))
    assert not stage.sent
    move(stage, Go("form"))
    stage.desk.paste("a\nb", stage.at)
    page = stage.desk.page
    assert isinstance(page, Form)
    assert page.typed == "a\nb"
    move(stage, Fill(""))
    stage.desk.paste("note 412 // x\r\ny", stage.at)
    assert stage.desk.line is not None
    assert stage.desk.line.typed.text.endswith("x  y")
    assert not stage.sent


def test_a_desk_starts_on_the_main_page() -> None:
    desk = Desk(PAGES, lambda: "id", Settings())
    assert desk.page.name == "main"
    assert desk.lost(0.0)
    assert len(desk.draw(0.0).lines) == 24
