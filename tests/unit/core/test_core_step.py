"""One batch: what fails is set aside alone, and everything else flows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stage import NOON, PLANS, RULES, Stage, need, stage

from command import messages as m
from command.core import events as e
from command.core.codec import decode_entry, dump_world
from command.core.commands import Ordered
from command.core.decide import Deadline, Fact, Input
from command.core.evolve import evolve
from command.core.plans import AlarmRule, Plans
from command.core.reasons import Reason
from command.core.receipts import Receipt
from command.core.step import Poisoned, step
from command.core.tables import (
    ASSIGNMENT_MOVES,
    INCIDENT_MOVES,
    IllegalMove,
    IncidentState,
    Status,
    move_assignment,
    move_incident,
    steps_to,
)


def broken() -> Stage:
    """A township whose rule for earthquakes names a card that does not exist."""
    return stage(plans=Plans(dict(PLANS), (*RULES, AlarmRule("earthquake", "ghost"))))


def nonsense() -> Fact:
    """Something that cannot have happened: `evolve` fails on it."""
    return Fact(
        e.IncidentNoted(
            at=NOON, cause="test", reason=Reason.STARTED, incident="I-0", by="x", text="x"
        )
    )


def test_what_decide_fails_on_is_set_aside_alone() -> None:
    play = broken()
    play.give(play.alarm("cam-1"), play.alarm("cam-2", "earthquake"), play.alarm("cam-4"))
    assert set(play.world.incidents) == {"I-e1-1", "I-e1-2"}
    aside = play.one(e.MessageQuarantined)
    assert (aside.reason, aside.source, aside.message_id) == (Reason.POISON, "cam-2", "a-2")
    assert "KeyError" in aside.detail
    assert aside.cause == "alarm:cam-2/a-2"
    assert play.batch.kept_aside == {1: "Q-e1-1"}
    assert [r.outcome for r in play.batch.receipts] == ["opened", "rejected", "opened"]
    assert play.batch.receipts[1] == Receipt("cam-2", "a-2", "rejected", reason="poison")


def test_a_repeat_of_what_was_set_aside_is_a_repeat() -> None:
    play = broken()
    said = play.alarm("cam-2", "earthquake")
    play.give(said)
    assert play.give(said).events == []
    assert play.receipt() == Receipt("cam-2", "a-1", "duplicate", reason="rejected")


def test_a_command_that_our_code_fails_on_is_set_aside() -> None:
    play = broken()
    call = m.ReportAlarm(id="u", kind="earthquake", text="震")
    play.give(Ordered(call, "officer-1", "officer"))
    assert play.batch.kept_aside == {0: "Q-e1-1"}
    assert play.batch.refused == {}
    assert play.one(e.MessageQuarantined).cause == "command:u"


def test_a_refused_command_is_no_event_and_stops_nothing() -> None:
    play = stage()
    refused = Ordered(m.Close(id="u", incident="I-e1-9", text="完"), "officer-1", "officer")
    play.give(refused, play.alarm("cam-1"))
    assert set(play.batch.refused) == {0}
    assert play.one(e.IncidentOpened).incident == "I-e1-1"


def test_a_deadline_that_our_code_fails_on_is_tried_again_in_a_minute() -> None:
    play = stage()
    play.world.due["ladder:I-e1-99"] = NOON
    play.tick()
    assert play.one(e.MessageQuarantined).topic == "ladder:I-e1-99"
    assert play.tick() == []
    assert play.world.due["ladder:I-e1-99"] == NOON + 60


def test_a_topic_that_looks_like_a_deadline_moves_none() -> None:
    play = stage()
    ident = play.report("cam-1")
    aside = e.MessageQuarantined(
        at=NOON,
        cause="message:evil/x",
        reason=Reason.UNREADABLE,
        quarantine="Q-e1-1",
        source="evil",
        topic=f"release:{ident}",
        message_id="",
        digest="",
        why="not_json",
        detail="",
    )
    evolve(play.world, aside)
    assert play.world.due[f"release:{ident}"] == NOON + 60


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_evolve_fails_on_is_named_by_its_number(number: int) -> None:
    play = stage()
    inputs: list[Input] = [play.alarm("cam-1"), play.alarm("cam-4")]
    inputs.insert(number, nonsense())
    with pytest.raises(Poisoned) as found:
        step(play.world, inputs, play.now)
    assert found.value.at == number
    assert isinstance(found.value.__cause__, KeyError)


def test_the_world_is_read_again_and_goes_on_without_it() -> None:
    play = stage()
    inputs: list[Input] = [play.alarm("cam-1"), nonsense(), play.alarm("cam-4")]
    with pytest.raises(Poisoned):
        step(play.world, inputs, play.now)
    batch = step(play.replayed(), inputs, play.now, poison={1})
    assert batch.kept_aside == {1: "Q-e1-1"}
    kinds = [type(event).__name__ for event in batch.events]
    assert kinds.count("IncidentOpened") == 2


def test_a_dispatch_that_failed_is_left_to_the_next_batch() -> None:
    play = stage()
    inputs = [play.alarm("cam-1", "flood")]
    batch = step(play.world, inputs, play.now, poison={-1})
    assert not [event for event in batch.events if isinstance(event, e.UnitOffered)]
    play.give()
    assert play.one(e.UnitOffered).unit == "near"


def test_one_incident_that_dispatch_fails_on_keeps_no_other_waiting() -> None:
    nothing = replace(PLANS["sos"], needs=(need("scout", None),))  # type: ignore[arg-type]
    play = stage()
    play.world.township.plans.plans["sos"] = nothing  # type: ignore[union-attr]
    play.give(play.alarm("cam-1", "sos"), play.alarm("cam-2", "flood"))
    assert play.live("I-e1-2") == {"near": "offered"}
    told = play.one(e.OfficerAlerted)
    assert (told.incident, told.reason) == ("I-e1-1", Reason.POISON)
    assert "TypeError" in told.text


def test_each_input_sees_what_the_one_before_it_did() -> None:
    play = stage()
    said = play.alarm("cam-1")
    play.give(said, said, play.alarm("cam-1"))
    assert [r.outcome for r in play.batch.receipts] == ["opened", "duplicate", "merged"]


def test_an_answer_beside_its_deadline_is_heard_first() -> None:
    play = stage()
    play.report("cam-1")
    play.now += 60
    play.give(
        Ordered(m.FalseAlarm(id="u", incident="I-e1-1"), "officer-1", "officer"),
        Deadline("release:I-e1-1"),
    )
    assert play.all(e.IncidentReleased) == []


def test_an_empty_batch_is_no_event() -> None:
    play = stage()
    before = dump_world(play.world)
    assert play.give().events == []
    assert dump_world(play.world) == before


def test_every_event_names_its_cause_and_its_reason() -> None:
    play = stage()
    play.report("cam-1", "flood")
    play.reply("O-e1-1", "declined")
    play.wait(3600)
    for entry in play.entries:
        for event in decode_entry(entry):
            assert event.cause
            assert event.reason in Reason


# --- the tables


@pytest.mark.parametrize("state", IncidentState)
@pytest.mark.parametrize("to", IncidentState)
def test_an_illegal_move_of_an_incident_raises(state: IncidentState, to: IncidentState) -> None:
    if to in INCIDENT_MOVES[state]:
        assert move_incident(state, to) is to
    else:
        with pytest.raises(IllegalMove, match=f"{state} -> {to}"):
            move_incident(state, to)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("to", Status)
def test_an_illegal_move_of_an_assignment_raises(status: Status, to: Status) -> None:
    if to in ASSIGNMENT_MOVES[status]:
        assert move_assignment(status, to) is to
    else:
        with pytest.raises(IllegalMove, match=f"{status} -> {to}"):
            move_assignment(status, to)


def test_the_end_of_a_running_incident_can_always_be_undone() -> None:
    for state in (IncidentState.CLOSED, IncidentState.MERGED, IncidentState.FALSE_ALARM):
        assert INCIDENT_MOVES[state] == {IncidentState.OPEN}


def test_the_steps_between() -> None:
    assert steps_to(Status.OFFERED, Status.ON_SCENE) == (
        Status.ACCEPTED,
        Status.EN_ROUTE,
        Status.ON_SCENE,
    )
    assert steps_to(Status.ON_SCENE, Status.DONE) == (Status.DONE,)


def test_an_illegal_event_raises_and_is_not_half_done() -> None:
    play = stage()
    play.report("cam-1", "flood")
    play.walk("O-e1-1", "accepted")
    before = dump_world(play.world)
    back = e.AssignmentChanged(
        at=NOON,
        cause="test",
        reason=Reason.UNIT_ANSWERED,
        order_id="O-e1-1",
        incident="I-e1-1",
        unit="near",
        status="expired",
    )
    with pytest.raises(IllegalMove):
        evolve(play.world, back)
    assert dump_world(play.world) == before
