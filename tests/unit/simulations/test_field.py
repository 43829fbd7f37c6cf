"""The simulated field: it answers as people do, and sends again until it has a receipt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drill_make import inject, scenario, township

from simulations.field import Call, Field, Message
from simulations.scenario import Scenario

ORDER = {
    "order_id": "XO-e1-1",
    "rev": 1,
    "state": "offered",
    "position": {"lon": 107.5181, "lat": 35.3068},
}


def field(made: Scenario, pauses: tuple[float, ...] = (5.0, 10.0)) -> Field:
    there = Field(made, township(), pauses)
    there.begin(made.start_at)
    return there


def sent(there: Field, made: Scenario, until_s: float) -> list[tuple[float, Any]]:
    """Everything sent up to `until_s`, with the second it was sent at."""
    found: list[tuple[float, Any]] = []
    while there.next_at is not None and there.next_at <= made.start_at + until_s:
        now = there.next_at
        found += [(round(now - made.start_at, 3), one) for one in there.take(now)]
    return found


def replies(there: Field, made: Scenario, until_s: float = 300.0) -> list[tuple[float, str]]:
    return [
        (at, json.loads(one.payload)["status"])
        for at, one in sent(there, made, until_s)
        if isinstance(one, Message) and one.kind == "reply"
    ]


def receipted(there: Field, made: Scenario, until_s: float) -> list[tuple[float, Any]]:
    """The replies of a field whose every message is receipted at once."""
    found: list[tuple[float, Any]] = []
    while there.next_at is not None and there.next_at <= made.start_at + until_s:
        now = there.next_at
        for one in there.take(now):
            assert isinstance(one, Message)
            there.receipts(now, one.source, [{"id": one.id, "outcome": "logged"}])
            if one.kind == "reply":
                found.append((round(now - made.start_at, 3), json.loads(one.payload)))
    return found


def quiet(there: Field, made: Scenario, until_s: float = 300.0) -> list[tuple[float, str]]:
    return [(at, body["status"]) for at, body in receipted(there, made, until_s)]


def test_an_alarm_goes_again_with_growing_pauses_until_its_receipt() -> None:
    made = scenario(inject())
    there = field(made)
    assert [at for at, _ in sent(there, made, 50.0)] == [10.0, 15.0, 25.0, 35.0, 45.0]
    there.receipts(made.start_at + 50, "ljg-05", [{"id": "a-1", "outcome": "opened"}])
    assert sent(there, made, 300.0) == []
    assert there.unreceipted == 0
    assert [told.outcome for told in there.told] == ["opened"]


def test_every_sending_has_the_same_bytes() -> None:
    made = scenario(inject(), inject("again", 40.0, payload=None, repeat="a-1"))
    payloads = {one.payload for _, one in sent(field(made), made, 60.0)}
    assert len(payloads) == 1
    assert json.loads(payloads.pop())["at"] == "2026-11-23T08:00:10.000+08:00"


def test_a_receipt_of_another_source_is_not_its_own() -> None:
    made = scenario(inject())
    there = field(made)
    sent(there, made, 10.0)
    there.receipts(made.start_at + 11, "zj-05", [{"id": "a-1", "outcome": "opened"}])
    assert there.unreceipted == 1


def test_heartbeats_and_broken_messages_are_sent_once() -> None:
    broken = inject("b", channel="yd-03/alarm", payload=None, raw="{")
    made = scenario(broken, beats=[{"sources": ["zj-05"], "every_s": 100.0}])
    assert [at for at, _ in sent(field(made), made, 300.0)] == [1.0, 10.0, 101.0, 201.0]


def test_a_team_answers_step_by_step() -> None:
    acts = {"accept_s": 10.0, "go_s": 20.0, "scene_s": 50.0, "done_s": 100.0}
    made = scenario(inject(at_s=298.0), units=[acts])
    there = field(made)
    there.order(made.start_at, "militia-1", ORDER)
    answers = quiet(there, made)
    assert [status for _, status in answers] == [
        "received", "accepted", "en_route", "on_scene", "done",
    ]  # fmt: skip
    assert 8.8 <= answers[1][0] <= 13.2  # receive 1 s and accept 10 s, a fifth more or less
    assert [at for at, _ in answers] == sorted(at for at, _ in answers)


def test_without_a_time_to_the_scene_the_way_is_computed() -> None:
    made = scenario(inject(at_s=298.0), length_s=3000.0)
    times = {}
    for unit in ("squad-v01", "squad-v12"):
        there = field(made)
        there.order(made.start_at, unit, ORDER)
        times[unit] = {status: at for at, status in quiet(there, made, 3000.0)}["on_scene"]
    assert times["squad-v01"] < 300 < times["squad-v12"]


def test_one_that_never_answers_says_nothing() -> None:
    made = scenario(inject(at_s=298.0), units=[{"unit": "militia-1", "never": True}])
    there = field(made)
    there.order(made.start_at, "militia-1", ORDER)
    assert replies(there, made, 297.0) == []


def test_one_that_declines_says_why_and_stays() -> None:
    made = scenario(inject(at_s=298.0), units=[{"type": "militia", "decline": "车坏了"}])
    there = field(made)
    there.order(made.start_at, "militia-1", ORDER)
    said = [(body["status"], body.get("text")) for _, body in receipted(there, made, 297.0)]
    assert said == [("received", None), ("declined", "车坏了")]


def test_a_repeated_order_is_dropped_and_a_withdrawn_one_ends_the_work() -> None:
    made = scenario(inject(at_s=298.0), units=[{"accept_s": 10.0, "go_s": 20.0}])
    there = field(made)
    there.order(made.start_at, "militia-1", ORDER)
    there.order(made.start_at + 2, "militia-1", ORDER)
    assert [status for _, status in quiet(there, made, 15.0)] == ["received", "accepted"]
    there.order(made.start_at + 15, "militia-1", ORDER | {"rev": 2, "state": "withdrawn"})
    assert [status for _, status in quiet(there, made, 297.0)] == ["received"]


def test_what_a_unit_does_depends_on_the_seed_and_not_on_others() -> None:
    def times(seed: int, *before: str) -> list[tuple[float, str]]:
        made = scenario(inject(at_s=298.0), seed=seed)
        there = field(made)
        for unit in (*before, "militia-1"):
            there.order(made.start_at, unit, ORDER | {"order_id": f"XO-{unit}"})
        return [one for one in quiet(there, made, 30.0) if one[1] == "accepted"][-1:]

    assert times(1) == times(1)
    assert times(1) != times(2)
    alone = scenario(inject(at_s=298.0))
    first, second = field(alone), field(alone)
    second.order(alone.start_at, "rangers-1", ORDER | {"order_id": "XO-9"})
    for there in (first, second):
        there.order(alone.start_at, "militia-1", ORDER)
    mine = [
        [at for at, one in sent(there, alone, 4.0) if one.source == "militia-1"]
        for there in (first, second)
    ]
    assert mine[0] == mine[1]


def test_nobody_says_anything_new_after_the_end() -> None:
    made = scenario(inject(), length_s=60.0)
    there = field(made)
    there.order(made.start_at + 55, "militia-1", ORDER)
    late = [at for at, status in replies(there, made, 600.0) if status != "received"]
    assert late == []


def test_a_call_speaks_of_the_incident_that_an_inject_led_to() -> None:
    typed = {"channel": "console/acknowledge", "payload": {"incident": "@a-1"}}
    made = scenario(inject(), inject("ack", 20.0, **typed))
    there = field(made)
    sent(there, made, 10.0)
    there.news({"event": "AlarmReceived", "message_id": "a-1", "incident": "X-e1-7"})
    calls = [one for _, one in sent(there, made, 21.0) if isinstance(one, Call)]
    assert calls == [Call("ack", "acknowledge", {"incident": "X-e1-7"})]


@pytest.mark.parametrize("unit", ["nobody", "", "ljg-05"])
def test_an_order_for_no_unit_of_ours_is_nobodys(unit: str) -> None:
    made = scenario(inject(at_s=298.0))
    there = field(made)
    there.order(made.start_at, unit, ORDER)
    assert replies(there, made, 297.0) == []


def test_when_play_is_over_only_what_was_taken_back_is_confirmed() -> None:
    made = scenario(inject("a", 1), inject("b", 60))
    there = field(made)
    sent(there, made, 2.0)
    there.order(made.start_at + 2, "militia-1", ORDER)
    there.stop()
    assert sent(there, made, 600.0) == []
    assert there.unreceipted == 0
    there.order(made.start_at + 3, "militia-1", {**ORDER, "rev": 2, "state": "withdrawn"})
    there.order(made.start_at + 3, "militia-1", {**ORDER, "order_id": "XO-e1-2"})
    assert {status for _, status in replies(there, made)} == {"received"}


def test_real_people_answer_for_themselves() -> None:
    made = scenario(inject("a", 1)).answered_by(["militia-1"])
    there = field(made)
    there.order(made.start_at + 2, "militia-1", ORDER)
    assert replies(there, made) == []
