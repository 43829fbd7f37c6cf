"""Stopping a drill: everybody is called back in one commit, and nobody is sent any more."""

from __future__ import annotations

from stage import Stage, stage

from command.core import events as e
from command.core.reasons import Reason, Refusal
from command.core.tables import LIVE, Status

REAL = "北坡真实火警,演练停止"


def under_way(root: str = "fsx") -> tuple[Stage, str, str]:
    """A fire with somebody on the way, and a flood that waits for an answer."""
    play = stage(root=root)
    fire = play.report("near", "fire", text="看到明火")
    play.walk(play.order_of(next(iter(play.live(fire)))), "received", "accepted", "en_route")
    return play, fire, play.report("cam-4", "flood")


def test_all_orders_are_taken_back_and_everybody_is_told() -> None:
    play, fire, flood = under_way()
    assert play.live(fire)
    before = [a for a in play.world.assignments.values() if a.status in LIVE]
    batch = play.do("stop_play", text=REAL)
    assert not any(a.status in LIVE for a in play.world.assignments.values())
    assert {play.incident(ident).state for ident in (fire, flood)} == {"resolved"}
    for one in before:
        waiting = play.world.outbox[one.order_id]
        assert (waiting.message["state"], waiting.rev) == ("withdrawn", one.rev)
        assert one.status is Status.WITHDRAWN
    reasons = {type(event).__name__: event.reason for event in batch.events}
    assert reasons["AssignmentChanged"] == Reason.PLAY_STOPPED
    (notice,) = [event for event in batch.events if isinstance(event, e.NoticeIssued)]
    assert (notice.to, notice.text) == ("all", f"【演练】{REAL}")


def test_nobody_is_sent_afterwards_neither_by_the_post_nor_by_hand() -> None:
    play, _, _ = under_way()
    play.do("stop_play", text=REAL)
    again = play.report("near", "fire", text="又一处", place="v09")
    assert play.live(again) == {}
    assert play.refusal("assign", again, units=("far",)).why == Refusal.PLAY_OVER
    assert play.wait(3600) is not None
    assert not any(a.status in LIVE for a in play.world.assignments.values())


def test_on_the_live_side_it_is_a_fact_in_the_log_and_nothing_else() -> None:
    play, fire, _ = under_way(root="fs")
    before = play.live(fire)
    batch = play.do("stop_play", text=REAL)
    assert [type(event).__name__ for event in batch.events] == ["CommandDone", "PlayStopped"]
    assert play.live(fire) == before


def test_a_second_time_does_no_harm() -> None:
    play, _, _ = under_way()
    play.do("stop_play", text=REAL)
    batch = play.do("stop_play", text=REAL)
    names = {type(event).__name__ for event in batch.events}
    assert names == {"CommandDone", "PlayStopped", "NoticeIssued"}
