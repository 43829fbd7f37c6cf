"""The line's rules without a line: what is asked again, what a pause is, what a gap changed."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from desk_stage import HOSTILE, LANGS, ME, NOW, SIZES, Stage, beat, case, incident, quiet

from command.messages import Answer, Beat, Note, Rows, Snapshot, Unwatch, Watch
from console.asking import Asking
from console.effects import Send
from console.gap import CHANGED, ENDED, NEW, compare, keep
from console.link import Phase, State, settled
from console.look import Look
from console.main import words
from console.outcome import FAILED, OK, REFUSED, UNKNOWN
from console.wire import PAUSES_S, Greeting, pause


def note(ident: str) -> Send:
    return Send(Note(id=ident, incident="I-1", text="x"), f"note {ident}")


def ids() -> Any:
    numbers = count(1)
    return lambda: f"w-{next(numbers)}"


def test_an_answer_says_what_became_of_it_and_how_long_it_took() -> None:
    asking = Asking()
    assert json.loads(asking.ask(note("a"), 10.0))["id"] == "a"
    result = asking.answered(Answer(id="a", ok=True), 10.036)
    assert result is not None
    assert (result.how, result.what, result.ms) == (OK, "note a", 36)
    assert asking.answered(Answer(id="a", ok=True), 11.0) is None  # told once


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (Answer(id="a", ok=False, reason="stale", code="stale", by="2台"), REFUSED),
        (Answer(id="a", ok=False, reason="busy", code="internal"), FAILED),
        (Answer(id="a", ok=False, reason="busy", code="token_unchecked"), FAILED),
    ],
)
def test_a_rule_refuses_and_a_fault_fails(answer: Answer, how: str) -> None:
    asking = Asking()
    asking.ask(note("a"), 0.0)
    result = asking.answered(answer, 0.1)
    assert result is not None
    assert (result.how, result.text, result.code, result.by) == (
        how, answer.reason, answer.code, answer.by,
    )  # fmt: skip


def test_an_answer_to_nothing_of_ours_is_passed_over() -> None:
    assert Asking().answered(Answer(id=None, ok=False), 0.0) is None
    assert Asking().answered(Answer(id="zz", ok=True), 0.0) is None


def test_what_was_not_answered_is_unknown_and_asked_again_in_its_order() -> None:
    asking = Asking()
    frames = [asking.ask(note(name), 0.0) for name in "abc"]
    asking.answered(Answer(id="b", ok=True), 0.1)
    assert [(one.how, one.what) for one in asking.broken("cut")] == [
        (UNKNOWN, "note a"), (UNKNOWN, "note c"),
    ]  # fmt: skip
    assert asking.again(ids()) == [frames[0], frames[2]]
    assert asking.again(ids()) == [frames[0], frames[2]]  # as often as it takes


def test_what_is_open_here_is_said_on_every_new_line() -> None:
    asking = Asking()
    asking.look(Watch(id="1", incident="I-1"))
    asking.look(Watch(id="2", incident="I-2"))
    asking.look(Unwatch(id="3", incident="I-1"))
    assert [json.loads(frame) for frame in asking.again(ids())] == [
        {"id": "w-1", "do": "watch", "incident": "I-2"}
    ]


def test_pauses_grow_to_five_seconds_and_never_fall_together() -> None:
    assert [pause(n, 0.5) for n in range(8)] == [0.5, *PAUSES_S, 5.0, 5.0]
    assert pause(1, 0.0) < pause(1, 1.0)
    assert all(abs(pause(n, x) / pause(n, 0.5) - 1) <= 0.2001 for n in (1, 5) for x in (0.0, 1.0))


def test_half_a_snapshot_is_no_position_to_go_on_from() -> None:
    parts = [Snapshot(snapshot={}, at="e1-9", role="officer", part=n, of=2) for n in (1, 2)]
    assert [settled(part) for part in parts] == [None, "e1-9"]
    assert settled(Rows(rows={}, at="e1-10")) == "e1-10"
    assert settled(Beat(beat={"at": "e1-11"})) is None


def test_the_hello_says_who_where_and_in_which_language() -> None:
    hello = json.loads(Greeting("t", "console/1", (160, 45), "zh").frame("e1-5"))["hello"]
    assert hello == {
        "token": "t", "since": "e1-5", "client": "console/1", "screen": {"w": 160, "h": 45},
        "lang": "zh",
    }  # fmt: skip


def test_how_the_line_stands_in_words() -> None:
    look = Look()
    assert words(State(Phase.UP), 0.0, look) == ""
    assert words(State(Phase.WAITING, "x", 12.0), 10.0, look) == "2秒后再连: x"
    assert words(State(Phase.REFUSED, "no"), 0.0, look) == "no"
    assert words(State(Phase.CONNECTING), 0.0, look) == "正在连接"


# --- a gap


def gap(before: list[dict[str, Any]], after: list[dict[str, Any]], **pulse: Any) -> Any:
    def tables(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {"incident": {row["id"]: row for row in rows}, "case": {}}

    kept = keep(tables(before), beat(), NOW)
    return compare(kept, tables(after), beat(**pulse), NOW + 60)


def test_a_gap_tells_what_is_new_what_changed_and_what_is_over() -> None:
    before = [
        incident("I-1"), incident("I-2", priority=3), incident("I-3", priority=3),
        incident("I-4", priority=3), incident("I-5", priority=3),
    ]  # fmt: skip
    after = [
        incident("I-1", rev=8),
        incident("I-2", priority=3),
        incident("I-3", priority=3, rev=9, state="closed"),
        incident("I-5", priority=3, rev=8),
        incident("I-6", priority=2),
    ]
    found = gap(before, after)
    assert [(one.id, one.what) for one in found.changes] == [
        ("I-1", CHANGED), ("I-6", NEW), ("I-5", CHANGED), ("I-3", ENDED), ("I-4", ENDED),
    ]  # fmt: skip
    assert found.reds == ("I-1",)
    assert not found.switched


def test_a_red_that_was_lowered_in_the_gap_is_still_a_red_of_it() -> None:
    found = gap([incident("I-1")], [incident("I-1", rev=8, priority=3)])
    assert found.reds == ("I-1",)


def test_another_post_is_told() -> None:
    assert gap([], [], epoch="p2").switched


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_what_changed_comes_by_itself_and_its_reds_are_unacknowledged(
    size: tuple[int, int], lang: str
) -> None:
    acked = {"by": ME, "until": NOW + 600}
    stage = Stage(
        incident("I-e1-1", ack=acked), incident("I-e1-2", ack=acked), quiet("I-e1-3"), case(),
        size=size, lang=lang,
    )  # fmt: skip
    stage.wait(2)
    assert stage.desk.queue.unacknowledged() == 0
    stage.wait(8, beats=False)
    stage.rows(
        incident("I-e1-1", rev=8, ack=acked, title=HOSTILE, place_name=HOSTILE),
        incident("I-e1-9", title=HOSTILE),
    )
    assert stage.desk.page.name == "main"
    stage.pulse = beat(epoch="p2")
    stage.wait(1)
    assert stage.desk.page.name == "back"
    assert stage.desk.queue.unacknowledged() == 2
    shown = "\n".join(stage.screen())
    assert "I-e1-1" in shown
    assert "I-e1-9" in shown
    assert "I-e1-2" not in shown
    assert ("主机已切换" if lang == "zh" else "Another post") in shown
    stage.rows(incident("I-e1-1", rev=9, ack={"by": ME, "until": NOW + 900}))
    stage.wait(1)
    assert stage.desk.queue.unacknowledged() == 1
    stage.press("escape")
    assert stage.desk.page.name == "main"


def test_between_two_beats_a_drills_clock_runs_as_fast_as_the_drill() -> None:
    stage = Stage(incident(), pulse=beat(speed=10.0))
    assert stage.desk.model.now(stage.at + 0.5) == NOW + 5.0
    assert Stage(incident()).desk.model.now(0.5) == NOW + 0.5


def test_a_short_break_is_no_gap() -> None:
    stage = Stage(incident())
    stage.wait(4, beats=False)
    stage.wait(3)
    assert stage.desk.page.name == "main"
    assert stage.desk.lost_since is None
