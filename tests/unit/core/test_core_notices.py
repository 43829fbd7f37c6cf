"""Notices: on disk first, out until the broker has them, and the leader called on the handheld."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from stage import NOON, Stage, of_kind, stage

from command.core import events as e
from command.core.codec import dump_world, load_world
from command.core.decide import Fact
from command.core.notices import KEPT
from command.core.reasons import Reason, Refusal
from command.notices import AGAIN_S, Notices, noted, payload


class Air:
    """A broker that takes what it is given while it is there, and acknowledges when told to."""

    def __init__(self) -> None:
        self.there = True
        self.said: list[tuple[str, bytes]] = []
        self.acknowledge: list[Callable[[], None]] = []

    def publish(self, topic: str, data: bytes, sent: Callable[[], None]) -> bool:
        if self.there:
            self.said.append((topic, data))
            self.acknowledge.append(sent)
        return self.there


def send(play: Stage, notices: Notices, air: Air) -> None:
    def sent(ident: str) -> None:
        play.give(Fact(noted(ident, play.now)))
        notices.follow(play.batch.events)

    notices.send(play.world, play.now, air.publish, sent)


@pytest.mark.parametrize(("place", "topic"), [("all", "all"), ("v01-g1", "v01-g1")])
def test_it_goes_to_everybody_or_to_a_place(place: str, topic: str) -> None:
    play, air = stage(), Air()
    play.do("notice", place=place, text="撤离河滩")
    issued = play.one(e.NoticeIssued)
    assert (issued.notice, issued.to, issued.text, issued.by) == (
        "N-e1-1",
        place,
        "撤离河滩",
        "officer-1",
    )
    row = play.rows()["notice"]["N-e1-1"]
    assert row is not None
    assert (row["text"], row["sent_at"]) == ("撤离河滩", None)
    notices = Notices(play.world)
    send(play, notices, air)
    ((said_to, data),) = air.said
    assert said_to == f"fs/test/{topic}/notice"
    assert json.loads(data) == {
        "id": "N-e1-1",
        "text": "撤离河滩",
        "at": "2026-07-15T10:00:00.000+08:00",
        "exercise": False,
    }
    play.now += 1
    air.acknowledge[0]()
    row = play.rows()["notice"]["N-e1-1"]
    assert row is not None
    assert row["sent_at"] == NOON + 1
    play.now += 60
    send(play, notices, air)
    assert len(air.said) == 1
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_in_a_drill_it_says_so() -> None:
    play, air = stage(root="fsx"), Air()
    play.do("notice", place="all", text="撤离河滩")
    send(play, Notices(play.world), air)
    ((topic, data),) = air.said
    assert topic == "fsx/test/all/notice"
    said = json.loads(data)
    assert (said["id"], said["text"], said["exercise"]) == ("XN-e1-1", "【演练】撤离河滩", True)


def test_a_place_that_is_not_there_is_refused() -> None:
    found = stage().refusal("notice", place="v99", text="撤离河滩")
    assert (found.why, found.what) == (Refusal.UNKNOWN_PLACE, "v99")


def test_without_a_broker_it_waits_and_after_a_restart_it_goes() -> None:
    play, air = stage(), Air()
    play.do("notice", place="all", text="撤离河滩")
    air.there = False
    notices = Notices(play.world)
    send(play, notices, air)
    play.world = load_world(dump_world(play.world))
    air.there = True
    send(play, Notices(play.world), air)
    assert len(air.said) == 1


def test_a_lost_acknowledgement_sends_it_again_under_the_same_id() -> None:
    play, air = stage(), Air()
    play.do("notice", place="all", text="撤离河滩")
    notices = Notices(play.world)
    send(play, notices, air)
    play.now += AGAIN_S - 1
    send(play, notices, air)
    assert len(air.said) == 1
    play.now += 1
    send(play, notices, air)
    assert len({data for _, data in air.said}) == 1
    assert len(air.said) == 2
    for acknowledge in air.acknowledge:  # both come after all
        acknowledge()
    play.now += 60
    send(play, notices, air)
    assert len(air.said) == 2


def test_what_is_out_is_forgotten_and_what_waits_is_not() -> None:
    play = stage()
    play.do("notice", place="all", text="还没发出的")
    for _ in range(KEPT + 5):
        play.do("notice", place="all", text="撤离河滩")
        play.give(Fact(noted(list(play.world.notices)[-1], play.now)))
    assert len(play.world.notices) == KEPT
    waiting = [ident for ident, one in play.world.notices.items() if one.sent_at is None]
    assert waiting == ["N-e1-1"]
    assert dump_world(play.replayed()) == dump_world(play.world)


# --- the leader's handheld


def test_the_leader_is_called_on_the_handheld() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    called = of_kind(play.wait(120), e.NoticeIssued)
    assert [(event.to, event.incident, event.reason) for event in called] == [
        ("leader", ident, Reason.OFFICER_SILENT)
    ]
    notice = play.world.notices["N-e1-1"]
    text = json.loads(payload(play.world, "N-e1-1", notice))["text"]
    assert ident in text
    assert "村v01-g1" in text


def test_in_a_storm_the_leader_is_called_once_a_minute() -> None:
    play = stage()
    for kind in ("flood", "landslide", "storm"):
        play.report("cam-1", kind)
        play.now += 1
    happened = play.wait(400)
    called = of_kind(happened, e.NoticeIssued)
    leaders = [x for x in of_kind(happened, e.IncidentEscalated) if x.to == "leader"]
    assert (len(leaders), len(called)) == (3, 1)


def test_a_call_about_what_is_archived_still_has_words() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.wait(120)
    play.do("false_alarm", ident)
    play.wait(2 * 86400)
    assert ident not in play.world.incidents
    text = json.loads(payload(play.world, "N-e1-1", play.world.notices["N-e1-1"]))["text"]
    assert ident in text
