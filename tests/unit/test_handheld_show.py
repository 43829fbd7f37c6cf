"""What the team reads. English, so that nothing depends on the catalogue."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from handheld_make import T0, Bench, make_order

from sensors.handheld import core
from sensors.handheld.auto import parse_auto
from sensors.handheld.commands import NEEDS
from sensors.handheld.moves import SENDING, Verdict
from sensors.handheld.screen import Screen
from sensors.handheld.show import to_json, to_lines
from sensors.handheld.show_words import KIND_WORDS, MISTAKES, NEED_WORDS, VERDICTS
from sensors.handheld.values import Notice, Receipt, Shown
from sensors.observations import AlarmKind, Position, ReplyStatus

FULL: dict[str, Any] = {
    "hazards": ("电线落地", "液化气罐"),
    "role": "crew",
    "place": "雷家沟村二组",
    "position": Position(107.55, 35.28),
    "text": "先看风向",
    "others": ("rangers-2", "clinic-1"),
    "issued_at": T0,
    "reply_within_s": 60.0,
}


def shown_by(**order: Any) -> list[str]:
    bench = Bench()
    bench.take(make_order(**(FULL | order)))
    return to_lines(bench.shown[-1], "en", T0)


def position_in(lines: list[str], part: str) -> int:
    return next(n for n, line in enumerate(lines) if part in line)


def test_hazards_stand_above_text_place_deadline_and_others() -> None:
    lines = shown_by()
    order = [
        "O-e1-17",
        "电线落地",
        "液化气罐",
        "wildfire",
        "雷家沟村二组",
        "先看风向",
        "rangers-2",
        "60 s",
    ]
    places = [position_in(lines, part) for part in order]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert "16:01:00" in lines[position_in(lines, "60 s")]  # T0 is 16:00 in the township


def test_every_line_of_a_drill_and_no_other_begins_with_the_word() -> None:
    assert all(line.startswith("[DRILL] ") for line in shown_by(exercise=True))
    assert not any("DRILL" in line for line in shown_by(exercise=False))


def test_the_drill_root_marks_every_line_whatever_it_says() -> None:
    lines = to_lines(Shown("help"), "en", T0, drill=True)
    assert all(line.startswith("[DRILL] ") for line in lines)


def test_a_withdrawal_cannot_be_taken_for_an_order() -> None:
    lines = shown_by(state="withdrawn")
    assert "WITHDRAWN" in lines[0]
    assert "accept" not in "".join(lines)


def test_an_update_of_a_known_order_is_called_a_change() -> None:
    bench = Bench()
    bench.take(make_order())
    bench.take(make_order(rev=2, state="updated"))
    assert "changed, revision 2" in to_lines(bench.shown[-1], "en", T0)[0]


@pytest.mark.parametrize(
    ("answer", "state", "lines"),
    [
        (None, "updated", 2),
        (ReplyStatus.ACCEPTED, "updated", 0),
        (ReplyStatus.ACCEPTED, "offered", 2),  # the post asks anew
    ],
)
def test_only_an_order_that_waits_for_us_asks_for_an_answer(
    answer: ReplyStatus | None, state: str, lines: int
) -> None:
    bench = Bench()
    bench.take(make_order())
    if answer is not None:
        bench.say(answer)
    bench.take(make_order(rev=2, state=state, **FULL))
    asking = [line for line in to_lines(bench.shown[-1], "en", T0) if "Answer" in line]
    assert len(asking) == lines


def test_another_contact_than_the_post_is_named() -> None:
    assert any("Contact: 电台3频道" in line for line in shown_by(contact="电台3频道"))
    assert not any("Contact" in line for line in shown_by(contact="post"))


def test_an_expired_offer_says_so_instead_of_asking() -> None:
    text = "\n".join(shown_by(expires_at=T0))
    assert "EXPIRED" in text
    assert "accept 17" not in text


def test_curly_brackets_and_markup_in_outside_text_are_only_text() -> None:
    text = "\n".join(shown_by(text="{0} {place} [/] %s", hazards=("{hazard}",)))
    assert "{0} {place} [/] %s" in text
    assert "{hazard}" in text


def everything() -> list[Shown]:
    """At least one of every event and every variant that the core and the desk can show."""
    bench = Bench()
    bench.take(make_order(**FULL))
    bench.take(make_order("O-e1-18", expires_at=T0))
    bench.take(make_order("O-e1-19", state="withdrawn", **FULL))
    bench.fold(core.on_tick(bench.state, T0))
    for step in parse_auto("accept=1,go=2,here=3"):
        bench.say(step.status)
    bench.say(ReplyStatus.EN_ROUTE)
    bench.say(ReplyStatus.ACCEPTED, "O-e1-18", "来了")
    bench.say(ReplyStatus.ACCEPTED, "O-e1-19")
    for on in (True, False):
        bench.fold(core.duty(bench.state, T0, on=on))
    for need in (*NEEDS.values(), "发电机"):
        bench.fold(core.request(bench.state, need, "快", T0))
    for kind in AlarmKind:
        bench.fold(core.alarm(bench.state, {"kind": kind.value, "place": "v03"}, T0))
    outcomes = ["opened", "merged", "logged", "duplicate", "rejected"]
    for n, message_id in enumerate(list(bench.state.outbox)):
        outcome = outcomes[n % 5]
        told = Receipt(id=message_id, outcome=outcome, incident_id="I-1", step="assigned")
        bench.fold(core.on_receipts(bench.state, [told], T0))
    bench.fold(
        core.on_notice(bench.state, Notice(key="1", text="暴雨", fields={"colour": "red"}), T0)
    )
    bench.fold(core.on_notice(bench.state, Notice(key="1", text="暴雨", scope="v03"), T0))
    bench.fold(core.on_unreadable(bench.state, "order", "k", "not_json", T0))
    bench.boot()
    link = {"server": "host:1883", "reason": "refused", "unit": "militia-1"}
    return [
        *bench.shown,
        Shown("orders", {"orders": []}),
        *(
            Shown("link", {"state": state} | link)
            for state in ("up", "back", "failed", "down", "rival")
        ),
        *(Shown("post", {"online": online}) for online in (True, False)),
        *(Shown("position", {"sent": sent}) for sent in (True, False)),
        *(Shown("bye", {"unreceipted": n}) for n in (0, 3)),
        *(
            Shown("mistake", {"reason": reason, "word": "w", "order_id": "7", "kinds": ["烟"]})
            for reason in MISTAKES
        ),
        Shown("damaged", {"n": 1, "path": "journal.torn"}),
        Shown("disk", {"detail": "full"}),
        Shown("help"),
        Shown("no_keyboard"),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_shown_in_both_languages(lang: str) -> None:
    for shown in everything():
        lines = to_lines(shown, lang, T0)
        assert lines
        assert all(line.strip() and line.isprintable() for line in lines), shown


def test_everything_is_one_json_line_for_scripts() -> None:
    for shown in everything():
        line = to_json(shown, T0)
        assert "\n" not in line
        assert json.loads(line)["event"] == shown.event


def test_the_screen_prints_json_or_words_and_marks_a_drill() -> None:
    for as_json, start in [(True, '{"event": "post"'), (False, "[DRILL] ")]:
        out = io.StringIO()
        Screen(out, "en", as_json=as_json, drill=True).show([Shown("post", {"online": True})])
        assert out.getvalue().startswith(start)
        assert out.getvalue().endswith("\n")


def test_there_is_a_word_for_every_kind_need_and_verdict() -> None:
    assert set(AlarmKind) <= set(KIND_WORDS)
    assert set(NEEDS.values()) == set(NEED_WORDS)
    assert set(VERDICTS) == set(Verdict) - {Verdict.SEND}
    assert Verdict.SEND in SENDING
