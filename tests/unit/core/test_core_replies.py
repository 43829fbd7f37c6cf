"""Every cell of (assignment state x reply) has an answer, and no message from outside raises."""

from __future__ import annotations

import pytest
from stage import DAY, NOON, Stage, stage

from command.core import events as e
from command.core.codec import dump_world
from command.core.reasons import Reason
from command.core.tables import REPLIES, Status
from command.core.views import assignment_row
from sensors.observations import ClockQuality, ReplyStatus

ORDER = "O-e1-1"
OFFERED, EXPIRED = ("offered",), ("expired",)
WAYS: dict[str, tuple[str, ...]] = {
    "offered": (),
    "accepted": ("accepted",),
    "en_route": ("accepted", "en_route"),
    "on_scene": ("accepted", "en_route", "on_scene"),
    "done": ("accepted", "en_route", "on_scene", "done"),
    "declined": ("declined",),
}


def in_state(status: str) -> Stage:
    """A flood near `near`, whose order is in that state; `middle` is asked where it has ended."""
    play = stage()
    play.report("cam-1", "flood")
    if status == "expired":
        play.wait(60)
    elif status == "withdrawn":
        play.do("withdraw", "I-e1-1", units=("near",))
    else:
        play.walk(ORDER, *WAYS[status])
    assert play.world.assignments[ORDER].status == status
    play.now += 5
    return play


# state, reply -> state after, incident after, what the officer is told, what waits in the outbox
TABLE = """
offered   received  offered   assigned -                   -
offered   accepted  accepted  assigned -                   -
offered   declined  declined  assigned unit_declined       -
offered   en_route  en_route  working  -                   -
offered   on_scene  on_scene  working  -                   -
offered   done      done      resolved -                   -
accepted  received  accepted  assigned -                   -
accepted  accepted  accepted  assigned -                   -
accepted  declined  declined  assigned backed_out          -
accepted  en_route  en_route  working  -                   -
accepted  on_scene  on_scene  working  -                   -
accepted  done      done      resolved -                   -
en_route  received  en_route  working  -                   -
en_route  accepted  en_route  working  -                   -
en_route  declined  declined  working  backed_out          -
en_route  en_route  en_route  working  -                   -
en_route  on_scene  on_scene  working  -                   -
en_route  done      done      resolved -                   -
on_scene  received  on_scene  working  -                   -
on_scene  accepted  on_scene  working  -                   -
on_scene  declined  declined  working  backed_out          -
on_scene  en_route  on_scene  working  -                   -
on_scene  on_scene  on_scene  working  -                   -
on_scene  done      done      resolved -                   -
done      received  done      resolved -                   -
done      accepted  done      resolved -                   -
done      declined  done      resolved -                   -
done      en_route  done      resolved -                   -
done      on_scene  done      resolved -                   -
done      done      done      resolved -                   -
declined  received  declined  assigned -                   -
declined  accepted  accepted  assigned late_but_needed     updated
declined  declined  declined  assigned -                   -
declined  en_route  en_route  working  late_but_needed     updated
declined  on_scene  on_scene  working  late_but_needed     updated
declined  done      declined  assigned late_not_needed     -
expired   received  expired   assigned -                   -
expired   accepted  accepted  assigned late_but_needed     updated
expired   declined  expired   assigned -                   -
expired   en_route  en_route  working  late_but_needed     updated
expired   on_scene  on_scene  working  late_but_needed     updated
expired   done      done      resolved late_but_needed     updated
withdrawn received  withdrawn assigned -                   -
withdrawn accepted  withdrawn assigned withdrawn_meanwhile withdrawn
withdrawn declined  withdrawn assigned -                   -
withdrawn en_route  withdrawn assigned withdrawn_meanwhile withdrawn
withdrawn on_scene  withdrawn assigned withdrawn_meanwhile withdrawn
withdrawn done      withdrawn assigned late_not_needed     -
"""
CELLS = [tuple(line.split()) for line in TABLE.strip().splitlines()]


def test_the_table_is_whole() -> None:
    cells = {(Status(cell[0]), ReplyStatus(cell[1])) for cell in CELLS}
    assert cells == {(status, reply) for status, row in REPLIES.items() for reply in row}
    assert len(CELLS) == len(Status) * len(ReplyStatus)


@pytest.mark.parametrize(("before", "reply", "after", "incident", "told", "waits"), CELLS)
def test_every_cell(
    before: str, reply: str, after: str, incident: str, told: str, waits: str
) -> None:
    play = in_state(before)
    play.reply(ORDER, reply, text="话")
    assignment = play.world.assignments[ORDER]
    assert assignment.status == after
    assert play.incident("I-e1-1").state == incident
    assert play.told() == ([] if told == "-" else [told])
    outgoing = play.world.outbox.get(ORDER)
    assert (outgoing.state if outgoing else "-") == waits
    assert (ORDER in play.world.units["near"].orders) == (after in OFFERED + LIVE)
    assert (f"offer:{ORDER}" in play.world.due) == (after == "offered")
    assert play.receipt().as_json() | {"reason": ""} == {
        "id": play.receipt().id,
        "outcome": "logged",
        "incident_id": "I-e1-1",
        "reason": "",
    }
    assert dump_world(play.replayed()) == dump_world(play.world)


LIVE = ("accepted", "en_route", "on_scene")
LATE = [cell for cell in CELLS if cell[4] == "late_but_needed"]


@pytest.mark.parametrize(("before", "reply"), [cell[:2] for cell in LATE])
def test_a_late_yes_is_taken_back_when_another_has_taken_it(before: str, reply: str) -> None:
    play = in_state(before)
    play.reply(play.order_of("middle"), "accepted")
    play.reply(ORDER, reply)
    after = {"expired": "withdrawn", "declined": "declined"}[before]
    assert play.world.assignments[ORDER].status == after
    assert play.told() == ["late_not_needed"]
    assert play.world.outbox[ORDER].state == "withdrawn"
    assert play.live("I-e1-1") == {"middle": "accepted"}


@pytest.mark.parametrize(("before", "reply"), [cell[:2] for cell in LATE])
def test_a_late_yes_takes_the_offer_of_the_next_one_back(before: str, reply: str) -> None:
    play = in_state(before)
    middle = play.order_of("middle")
    assert play.world.assignments[middle].status == "offered"
    play.reply(ORDER, reply)
    assert play.world.assignments[middle].status == "withdrawn"
    assert play.world.outbox[middle].state == "withdrawn"
    assert play.all(e.UnitOffered) == []


@pytest.mark.parametrize(("before", "reply"), [cell[:2] for cell in LATE])
def test_a_late_yes_after_the_end_is_taken_back(before: str, reply: str) -> None:
    play = in_state(before)
    play.do("resolve", "I-e1-1", outcome="完")
    play.reply(ORDER, reply)
    assert play.told() == ["late_not_needed"]
    assert play.incident("I-e1-1").state == "resolved"
    assert play.world.units["near"].orders == []


@pytest.mark.parametrize("reply", ["accepted", "on_scene"])
def test_a_late_yes_of_a_unit_that_has_another_order_is_taken_back(reply: str) -> None:
    play = in_state("expired")
    other = play.report("cam-4", "flood")
    play.do("assign", other, units=("near",))
    play.reply(ORDER, reply)
    assert play.live(other)["near"] == "offered"
    assert play.world.assignments[ORDER].status == "withdrawn"
    assert len(play.world.units["near"].orders) == 1


def test_the_steps_between_are_implied() -> None:
    play = in_state("offered")
    play.reply(ORDER, "on_scene", text="到了")
    steps = [(c.status, c.reason, c.text) for c in play.all(e.AssignmentChanged)]
    assert steps == [
        ("accepted", Reason.IMPLIED, ""),
        ("en_route", Reason.IMPLIED, ""),
        ("on_scene", Reason.UNIT_ANSWERED, "到了"),
    ]


# --- the unit's clock


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        (ClockQuality.OK, "on_scene"),
        (ClockQuality.NAIVE, "on_scene"),
        (ClockQuality.SKEWED, "declined"),
        (ClockQuality.UNSET, "declined"),
    ],
)
def test_an_older_reply_is_only_logged(quality: ClockQuality, expected: str) -> None:
    play = in_state("offered")
    play.reply(ORDER, "on_scene", at_source=NOON + 50, clock_quality=quality)
    play.reply(ORDER, "declined", at_source=NOON + 40, clock_quality=quality)
    assert play.world.assignments[ORDER].status == expected
    received = play.one(e.ReplyReceived)
    assert (received.at_source, received.clock_quality) == (NOON + 40, quality)
    assert (received.reason == Reason.OLDER_REPLY) == (expected == "on_scene")


def test_a_clock_that_was_put_right_silences_no_crew() -> None:
    play = in_state("offered")
    fast = {"at_source": NOON + DAY, "clock_quality": ClockQuality.SKEWED}
    play.reply(ORDER, "accepted", **fast)
    play.reply(ORDER, "on_scene", at_source=NOON + 60)
    assert play.world.assignments[ORDER].status == "on_scene"


def test_a_stranger_cannot_make_the_units_own_replies_old() -> None:
    play = in_state("offered")
    play.reply(ORDER, "accepted", unit="middle", at_source=NOON + 200)
    assert play.told() == ["not_your_order"]
    play.reply(ORDER, "accepted", at_source=NOON + 60)
    assert play.world.assignments[ORDER].status == "accepted"


# --- repeats, other orders


def test_an_exact_repeat_changes_nothing() -> None:
    play = in_state("offered")
    play.reply(ORDER, "accepted", message_id="r", digest="r")
    assert play.reply(ORDER, "accepted", message_id="r", digest="r").events == []
    assert play.receipt().outcome == "duplicate"


def test_a_reply_for_another_units_order_changes_nothing() -> None:
    play = in_state("offered")
    before = play.world.assignments[ORDER].status
    play.reply(ORDER, "declined", unit="middle")
    assert play.world.assignments[ORDER].status == before
    assert play.told() == ["not_your_order"]
    assert play.one(e.ReplyReceived).reason == Reason.NOT_YOUR_ORDER


@pytest.mark.parametrize("order", ["O-1", "", "O-e1-0", "[/]", "XO-e1-99", "x" * 200])
def test_a_reply_to_an_unknown_order_tells_the_officer(order: str) -> None:
    play = in_state("offered")
    play.reply(order, "accepted", unit="near")
    assert play.told() == ["unknown_order"]
    assert play.world.era == 1
    play.reply(order, "en_route", unit="near")
    assert play.told() == []  # told once while it stands there


@pytest.mark.parametrize(("order", "era"), [("O-e1-99", 2), ("O-e7-1", 8)])
def test_an_order_from_beyond_our_counters_begins_an_era(order: str, era: int) -> None:
    play = in_state("offered")
    play.reply(order, "accepted", unit="near")
    assert play.world.era == era
    assert play.told() == ["unknown_order", "log_shorter"]
    ident = play.report("cam-4", "flood")
    assert ident == f"I-e{era}-1"
    assert play.one(e.UnitOffered).order_id == f"O-e{era}-1"
    assert play.told() == []
    play.reply(order, "en_route", unit="near")  # known by now to be lost
    assert play.world.era == era


def test_a_stranger_begins_no_era() -> None:
    play = in_state("offered")
    play.reply("O-e1-99", "accepted", unit="near", source="stranger")
    assert play.world.era == 1
    assert play.told() == ["unknown_order"]


def test_a_drills_order_begins_an_era_in_the_drill_only() -> None:
    live, drill = stage(), stage(root="fsx")
    for play in (live, drill):
        play.reply("XO-e1-99", "accepted", unit="near")
    assert (live.world.era, drill.world.era) == (1, 2)


# --- what has been received


@pytest.mark.parametrize(
    ("status", "rev", "waits"),
    [
        ("received", None, False),
        ("received", 2, False),
        ("received", 3, False),
        ("received", 1, True),
        ("en_route", None, False),
        ("en_route", 2, False),
        ("en_route", 1, True),
        ("accepted", None, False),
        ("accepted", 2, False),
        ("accepted", 1, True),
    ],
)
def test_an_updated_order_goes_on_until_the_handheld_has_it(
    status: str, rev: int | None, *, waits: bool
) -> None:
    play = in_state("accepted")
    into = play.report("cam-4", "flood")
    play.do("merge", "I-e1-1", into=into)
    assert play.world.outbox[ORDER].rev == 2
    play.reply(ORDER, status, rev=rev)
    assert (ORDER in play.world.outbox) == waits
    row = assignment_row(play.world, play.world.assignments[ORDER])
    assert row is not None
    assert row["received"] != waits


def test_an_offer_that_was_received_is_sent_no_more() -> None:
    play = in_state("offered")
    assert ORDER in play.world.outbox
    play.reply(ORDER, "received")
    assert ORDER not in play.world.outbox
    assert f"outbox:{ORDER}" not in play.world.due
    assert play.world.assignments[ORDER].received_rev == 1


def test_an_offer_that_was_never_received_runs_out_with_it() -> None:
    play = in_state("offered")
    play.wait(60)
    assert play.all(e.OrderSettled, order_id=ORDER)[0].reason == Reason.NOT_CONFIRMED
    assert ORDER not in play.world.outbox
    assert play.world.assignments[ORDER].received_rev == 0


def test_a_withdrawal_waits_for_as_long_as_it_takes() -> None:
    play = in_state("withdrawn")
    assert play.world.outbox[ORDER].message["state"] == "withdrawn"
    assert play.world.outbox[ORDER].until is None
    play.wait(7 * DAY)
    assert ORDER in play.world.outbox
    play.reply(ORDER, "received", rev=1)
    assert ORDER in play.world.outbox
    play.reply(ORDER, "received", rev=2)
    assert ORDER not in play.world.outbox
