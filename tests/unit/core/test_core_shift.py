"""Duty passes at the second signature, and with exactly what was shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from stage import DAY, NOON, PLANS, RULES, Stage, stage

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.commands import Ordered
from command.core.ordering import Refused
from command.core.plans import Plans
from command.core.reasons import Reason, Refusal
from command.core.shift import shift_blocks, shift_digest, shift_row
from sensors.observations import Duty, Heartbeat

WIRE = "电力线路"


def night() -> Stage:
    """Fires have a danger; officer-1 is on duty."""
    play = stage(plans=Plans(PLANS | {"fire": replace(PLANS["fire"], hazards=(WIRE,))}, RULES))
    take(play, "officer-1")
    return play


def sign(play: Stage, by: str, digest: str = "", words: str = "") -> None:
    seen = digest or shift_digest(play.world)
    play.order(m.Handover(id=f"h-{play.number()}", digest=seen, words=words), by)


def take(
    play: Stage, by: str, *taken: str, digest: str = "", keep: tuple[str, ...] = ()
) -> m.Takeover:
    seen = digest or shift_digest(play.world)
    ident = f"t-{play.number()}"
    command = m.Takeover(id=ident, digest=seen, taken=taken, keep_shelf=keep)
    play.order(command, by)
    return command


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def red(play: Stage, *, ready: bool = True) -> str:
    """A fire of the highest urgency; acknowledged and its danger read."""
    ident = play.report("cam-1")
    play.do("priority", ident, priority=1)
    if ready:
        play.do("acknowledge", ident, read=(WIRE,))
    return ident


def test_the_first_officer_signs_on_alone() -> None:
    play = stage()
    assert shift_row(play.world)["officer"] == ""
    take(play, "officer-1")
    changed = play.one(e.ShiftChanged)
    assert (changed.before, changed.to, changed.reason) == ("", "officer-1", Reason.HANDOVER)
    row = play.rows()["shift"]["shift"]
    assert row is not None
    assert (row["officer"], row["since"], row["signed"]) == ("officer-1", NOON, None)


def test_two_signatures_pass_the_duty() -> None:
    play = night()
    ident = red(play)
    play.do("acknowledge", play.report("cam-4"), read=(WIRE,))
    play.now += 60
    sign(play, "officer-1", words="北坡余烬,风转西北要复看")
    row = play.rows()["shift"]["shift"]
    assert row is not None
    assert row["officer"] == "officer-1"  # there is never nobody
    assert row["signed"] == {
        "by": "officer-1",
        "at": NOON + 60,
        "digest": row["digest"],
        "words": "北坡余烬,风转西北要复看",
        "valid": True,
    }
    take(play, "officer-2", ident)
    assert shift_row(play.world)["officer"] == "officer-2"
    assert shift_row(play.world)["signed"] is None
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_all_acknowledgements_end_and_their_rows_say_so() -> None:
    play = night()
    ident, other = red(play), play.report("cam-4", "environment")
    play.do("acknowledge", other)
    sign(play, "officer-1")
    take(play, "officer-2", ident)
    assert play.one(e.ShiftChanged).ended == (ident, other)
    for one in (ident, other):
        row = play.rows()["incident"][one]
        assert row is not None
        assert row["ack"] is None
        assert row["due"]["ack"] > play.now
        assert f"ackend:{one}" not in play.world.due


def test_a_new_officer_has_time_to_take_on_what_is_not_urgent() -> None:
    play = night()
    for source, kind in (("cam-1", "flood"), ("cam-4", "environment")):
        play.do("acknowledge", play.report(source, kind))
    sign(play, "officer-1")
    take(play, "officer-2")
    assert play.world.due["ack:I-e1-1"] == NOON + 120
    assert play.world.due["ack:I-e1-2"] == NOON + 600


def test_the_shelf_ends_but_for_what_is_signed_again() -> None:
    play = night()
    for source in ("cam-1", "cam-2"):
        play.do("shelve", source=source, kind="fire", minutes=60, why="逆光")
    sign(play, "officer-1")
    take(play, "officer-2", keep=("cam-1|fire", "cam-9|fire"))
    assert play.one(e.SourceUnshelved).source == "cam-2"
    assert play.rows()["shelf"] == {"cam-2|fire": None}
    assert {key: one.until for key, one in play.world.shelf.items()} == {"cam-1|fire": NOON + 3600}


# --- what voids the signature


CHANGES: dict[str, Callable[[Stage], object]] = {
    "a new incident": lambda play: play.report("cam-4", "flood"),
    "another urgency": lambda play: play.do("priority", "I-e1-1", priority=2, text="只是烟"),
    "an end": lambda play: play.do("false_alarm", "I-e1-1"),
    "a shelf": lambda play: play.do("shelve", source="cam-1", kind="fire", minutes=15, why="雾"),
    "a unit off": lambda play: play.give(Duty(source="far", received_at=play.now, on=False)),
    "a camera down": lambda play: play.give(
        Heartbeat(source="cam-3", received_at=play.now, ok=False)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_content_voids_it(change: str) -> None:
    play = night()
    ident = red(play)
    before = shift_digest(play.world)
    sign(play, "officer-1")
    CHANGES[change](play)
    row = shift_row(play.world)
    assert row["digest"] != before
    assert row["signed"]["valid"] is False
    found = refusal(lambda: take(play, "officer-2", ident, digest=before))
    assert (found.why, found.what) == (Refusal.DIGEST_CHANGED, row["digest"])
    assert refusal(lambda: take(play, "officer-2", ident)).why == Refusal.NOT_SIGNED
    assert shift_row(play.world)["officer"] == "officer-1"


def test_who_acknowledged_what_and_notes_are_not_handed_over() -> None:
    play = night()
    ident = red(play)
    before = shift_digest(play.world)
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", before)
    play.do("note", ident, text="话")
    play.do("acknowledge", ident)
    assert shift_digest(play.world) == before
    assert shift_digest(load_world(dump_world(play.world))) == before


# --- what is refused


def test_it_is_refused_while_a_red_one_is_unacknowledged_or_a_danger_unread() -> None:
    play = night()
    ident = red(play, ready=False)
    assert shift_blocks(play.world) == [("unacknowledged", ident), ("hazard_unread", ident)]
    row = shift_row(play.world)
    assert row["blocks"] == [["unacknowledged", ident], ["hazard_unread", ident]]
    assert row["blocked"] == 2
    found = refusal(lambda: sign(play, "officer-1"))
    assert (found.why, found.what) == (Refusal.HANDOVER_BLOCKED, ident)
    play.do("acknowledge", ident)
    assert shift_blocks(play.world) == [("hazard_unread", ident)]
    assert refusal(lambda: sign(play, "officer-1")).why == Refusal.HANDOVER_BLOCKED
    play.do("acknowledge", ident, read=(WIRE,))
    assert shift_blocks(play.world) == []
    sign(play, "officer-1")


def test_a_row_stays_short_in_a_storm_and_says_how_many() -> None:
    play = night()
    for _ in range(60):
        play.do("report_alarm", kind="sos", place="v01-g1", text="救命")
    row = shift_row(play.world)
    assert (len(row["blocks"]), row["blocked"]) == (50, 60)


def test_lesser_ones_and_ended_ones_block_nothing() -> None:
    play = night()
    play.report("cam-4")
    play.do("false_alarm", red(play, ready=False))
    assert shift_blocks(play.world) == []


def test_only_the_officer_on_duty_signs_first() -> None:
    play = night()
    found = refusal(lambda: sign(play, "officer-2"))
    assert (found.why, found.by) == (Refusal.NOT_ON_DUTY, "officer-1")


def test_the_leader_signs_for_an_officer_who_cannot() -> None:
    play = night()
    command = m.Handover(id="h-1", digest=shift_digest(play.world), words="值守岗突发急病")
    play.give(Ordered(command, "leader-1", "leader"))
    assert play.world.shift.signed is not None
    assert (play.world.shift.signed.by, play.world.shift.officer) == ("leader-1", "officer-1")
    assert refusal(lambda: take(play, "officer-1")).why == Refusal.SAME_OFFICER
    take(play, "officer-2")
    assert play.world.shift.officer == "officer-2"


def test_an_old_digest_is_not_signed() -> None:
    play = night()
    before = shift_digest(play.world)
    play.report("cam-1")
    assert refusal(lambda: sign(play, "officer-1", before)).why == Refusal.DIGEST_CHANGED


def test_nobody_hands_over_to_themselves() -> None:
    play = night()
    sign(play, "officer-1")
    assert refusal(lambda: take(play, "officer-1")).why == Refusal.SAME_OFFICER
    alone = stage()
    sign(alone, "officer-1")  # nobody is on duty: anybody may sign
    assert refusal(lambda: take(alone, "officer-1")).why == Refusal.SAME_OFFICER
    take(alone, "officer-2")


def test_without_the_first_signature_nobody_takes_over() -> None:
    play = night()
    found = refusal(lambda: take(play, "officer-2"))
    assert (found.why, found.by) == (Refusal.NOT_SIGNED, "officer-1")


def test_every_red_one_is_taken_by_name() -> None:
    play = night()
    ident = red(play)
    sign(play, "officer-1")
    found = refusal(lambda: take(play, "officer-2"))
    assert (found.why, found.what) == (Refusal.NOT_ALL_TAKEN, ident)
    take(play, "officer-2", ident, "I-e1-99")


def test_a_crash_between_the_signatures_leaves_the_old_officer_on_duty() -> None:
    play = night()
    sign(play, "officer-1")
    digest = shift_digest(play.world)
    play.world = load_world(dump_world(play.replayed()))
    row = shift_row(play.world)
    assert (row["officer"], row["signed"]["valid"]) == ("officer-1", True)
    take(play, "officer-2", digest=digest)
    assert shift_row(play.world)["officer"] == "officer-2"


def test_a_signature_of_yesterday_with_the_same_content_still_counts() -> None:
    play = night()
    sign(play, "officer-1")
    play.wait(DAY)
    take(play, "officer-2")
    assert play.world.shift.officer == "officer-2"
