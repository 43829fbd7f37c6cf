"""Injects that wait: for an event that came, for one that did not; and those of a hazard."""

from __future__ import annotations

from typing import Any

import pytest
from drill_make import inject, scenario, township
from pydantic import ValidationError

from command.core.events import AssignmentChanged
from command.core.reasons import Reason
from simulations.field import Call, Field, Message
from simulations.judge import judge
from simulations.scenario import Scenario

ACK = {"channel": "console/acknowledge", "payload": {"incident": "@a-1"}}


def made(*injects: dict[str, Any], **head: Any) -> Scenario:
    return scenario(inject(), *injects, **head)


def waiting(when: dict[str, Any], at_s: float = 20.0, **values: Any) -> dict[str, Any]:
    return inject("w", at_s, **(ACK | values), when=when)


def line(event: str, at: float, **values: Any) -> dict[str, Any]:
    return {"event": event, "at": at, **values}


class Told:
    """A field that is told of events at seconds of its clock."""

    def __init__(self, scenario: Scenario) -> None:
        self.there = Field(scenario, township(), (1000.0,))
        self.there.begin(scenario.start_at)
        self.start = scenario.start_at

    def news(self, event: str, at_s: float, **values: Any) -> None:
        self.there.news(line(event, self.start + at_s, **values))

    def goes(self, until_s: float) -> list[float]:
        """When the waiting inject went."""
        while self.there.next_at is not None and self.there.next_at <= self.start + until_s:
            self.there.take(self.there.next_at)
        return [at_s for name, at_s in self.there.sent.items() if name == "w"]


def opened(told: Told, at_s: float = 10.0, incident: str = "X-1") -> None:
    """As the log has it: the incident first, then the alarm that led to it."""
    told.news("IncidentOpened", at_s, incident=incident)
    told.news("AlarmReceived", at_s, incident=incident, message_id="a-1")


def test_it_goes_so_long_after_what_it_waits_for() -> None:
    told = Told(made(waiting({"event": "IncidentOpened", "of": "a-1", "after_s": 15.0})))
    told.goes(10.0)
    opened(told)
    assert told.goes(24.9) == []
    assert told.goes(25.0) == [25.0]
    opened(told, 60.0)
    assert told.goes(250.0) == [25.0]


def test_never_before_its_own_time() -> None:
    told = Told(made(waiting({"event": "IncidentOpened", "of": "a-1"}, at_s=90.0)))
    opened(told)
    assert told.goes(89.0) == []
    assert told.goes(90.0) == [90.0]


def test_what_comes_after_the_deadline_does_not_count() -> None:
    told = Told(made(waiting({"event": "IncidentOpened", "of": "a-1", "by_s": 30.0})))
    opened(told, 31.0)
    assert told.goes(299.0) == []


def test_another_incident_and_other_fields_are_something_else() -> None:
    when = {"event": "AssignmentChanged", "of": "a-1", "where": {"status": ["on_scene", "done"]}}
    told = Told(made(waiting(when)))
    opened(told)
    told.news("AssignmentChanged", 30.0, incident="X-2", status="on_scene")
    told.news("AssignmentChanged", 31.0, incident="X-1", status="accepted")
    assert told.goes(60.0) == []
    told.news("AssignmentChanged", 70.0, incident="X-1", status="done")
    assert told.goes(80.0) == [70.0]


NEVER = {"event": "AssignmentChanged", "of": "a-1", "by_s": 100.0, "never": True, "after_s": 5.0}


def test_what_has_not_come_by_the_deadline_lets_it_go() -> None:
    told = Told(made(waiting(NEVER)))
    opened(told)
    assert told.goes(104.0) == []
    assert told.goes(105.0) == [105.0]


def test_what_has_come_in_time_keeps_it_back() -> None:
    told = Told(made(waiting(NEVER)))
    opened(told)
    told.news("AssignmentChanged", 99.0, incident="X-1")
    assert told.goes(299.0) == []


def test_the_call_speaks_of_the_incident_that_was_waited_for() -> None:
    told = Told(made(waiting({"event": "IncidentOpened", "of": "a-1"})))
    opened(told)
    calls: list[Message | Call] = []
    while told.there.next_at is not None and told.there.next_at <= told.start + 50:
        calls += [one for one in told.there.take(told.there.next_at) if isinstance(one, Call)]
    assert calls == [Call("w", "acknowledge", {"incident": "X-1"})]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (waiting({"event": "Nonsense"}), "no event Nonsense"),
        (waiting({"event": "IncidentOpened", "where": {"plam": 1}}), "no field plam"),
        (waiting({"event": "IncidentOpened", "never": True}), "never needs by_s"),
        (waiting({"event": "IncidentOpened", "of": "later"}), "no inject later"),
        (waiting({"event": "IncidentOpened", "by_s": 299.0}), "after the drill's end"),
        (inject("w", 20.0, payload=None, hazard="nothing"), "no hazard nothing"),
        (inject("w", 20.0, hazard="x"), "one of them"),
        (inject("w", 20.0, expect=[{"within_s": 1, "receipt": "opened", "never": True,
                                    "at_least": 2}]), "one of them"),
    ],
)  # fmt: skip
def test_what_could_not_be_meant_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        made(wrong)


# --- and how they are judged


def changed(at: float, status: str = "on_scene") -> AssignmentChanged:
    return AssignmentChanged(
        at=at, cause="reply:u/1", reason=Reason.UNIT_ANSWERED, order_id="O", incident="X-1",
        unit="u", status=status,
    )  # fmt: skip


def test_what_was_not_played_asks_nothing_of_the_post() -> None:
    built = made(waiting(NEVER))
    verdict = judge(built, [], [], sent={"a-1": 10.0})[1]
    assert verdict.at_s is None
    assert verdict.findings == ()
    assert verdict.passed


def test_its_deadline_runs_from_when_it_went() -> None:
    expect = [{"within_s": 5.0, "event": "AssignmentChanged"}]
    built = made(waiting(NEVER, expect=expect))
    events = [changed(built.start_at + 203.0)]
    late, in_time = (judge(built, events, [], sent={"w": at})[1] for at in (190.0, 200.0))
    assert not late.passed
    assert in_time.passed
    assert in_time.findings[0].seen_s == 3.0


@pytest.mark.parametrize(
    ("wanted", "seen", "passed"),
    [
        ({"at_least": 2}, 1, False),
        ({"at_least": 2}, 2, True),
        ({"at_most": 2}, 2, True),
        ({"at_most": 2}, 3, False),
        ({"at_most": 2}, 0, True),
        ({"never": True}, 1, False),
    ],
)
def test_how_often_is_counted(wanted: dict[str, Any], seen: int, *, passed: bool) -> None:
    expect = [{"within_s": 100.0, "event": "AssignmentChanged"} | wanted]
    built = scenario(inject(expect=expect))
    events = [changed(built.start_at + 11.0 + number) for number in range(seen)]
    verdict = judge(built, events, [])[0]
    assert verdict.passed is passed
    if "at_least" in wanted and passed:
        assert verdict.findings[0].seen_s == seen
