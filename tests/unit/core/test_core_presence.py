"""Nobody at the consoles: who has gone, what that ends, and who is called."""

from __future__ import annotations

from stage import NOON, TEAMS, Stage, post, stage

from command.core import events as e
from command.core.presence import GONE_S, Absent, Presence, decide_absent

WATCH, LEADER = "watch", "leader"


def looked(presence: Presence, *looks: tuple[float, set[str]]) -> list[Absent | None]:
    """What each look says."""
    return [presence.look(at, here) for at, here in looks]


def test_a_minute_without_an_officer_is_told_once() -> None:
    presence = Presence()
    assert looked(
        presence,
        (0, {WATCH}),
        (100, set()),
        (159, set()),
        (160, set()),
        (161, set()),
        (1000, set()),
    ) == [None, None, None, Absent((WATCH,), nobody=True), None, None]


def test_after_a_return_it_is_told_again() -> None:
    presence = Presence()
    looked(presence, (0, {WATCH}), (1, set()), (61, set()))
    assert looked(presence, (70, {WATCH}), (80, set()), (139, set()), (140, set())) == [
        None,
        None,
        None,
        Absent((WATCH,), nobody=True),
    ]


def test_who_comes_back_in_time_was_not_gone() -> None:
    presence = Presence()
    looks = [(float(at), {WATCH} if at % 50 == 0 else set[str]()) for at in range(500)]
    assert set(looked(presence, *looks)) == {None}


def test_before_anybody_has_been_there_nobody_is_missed() -> None:
    presence = Presence()
    assert looked(presence, (0, set()), (1000, set())) == [None, None]


def test_one_goes_and_another_stays() -> None:
    presence = Presence()
    assert looked(
        presence,
        (0, {WATCH, LEADER}),
        (1, {LEADER}),
        (60, {LEADER}),
        (61, {LEADER}),
        (62, {LEADER}),
    ) == [None, None, None, Absent((WATCH,)), None]


def test_a_post_that_stalled_has_missed_nobody() -> None:
    presence = Presence()
    assert looked(presence, (0, {WATCH}), (500, {WATCH}), (1000, set())) == [None, None, None]


# --- what follows


def acknowledged(by: str = WATCH) -> Stage:
    play = stage()
    ident = play.report("cam-1", "flood")
    play.do("acknowledge", ident)
    play.world.incidents[ident].ack_by = by
    return play


def test_what_only_the_missing_had_nobody_has() -> None:
    play = acknowledged()
    play.report("cam-4", "flood")
    before = play.incident("I-e1-1").rev
    play.give(Absent((WATCH,)))
    ended = play.one(e.AcknowledgementEnded)
    assert (ended.incident, ended.by, ended.reason) == ("I-e1-1", WATCH, "officer_gone")
    incident = play.incident("I-e1-1")
    assert (incident.ack_by, incident.ack_until, incident.rev) == ("", None, before + 1)
    assert "ackend:I-e1-1" not in play.world.due
    assert play.world.due["ack:I-e1-1"] == NOON + 120
    row = play.rows()["incident"]["I-e1-1"]
    assert row is not None
    assert row["ack"] is None


def test_what_another_has_stays_his() -> None:
    play = acknowledged(LEADER)
    assert play.give(Absent((WATCH,))).events == []
    assert play.incident("I-e1-1").ack_by == LEADER


def test_what_has_ended_is_nobodys_business() -> None:
    play = acknowledged()
    play.do("false_alarm", "I-e1-1")
    play.world.incidents["I-e1-1"].ack_by = WATCH
    assert decide_absent(play.world, Absent((WATCH,)), NOON, "presence") == []


def test_when_nobody_is_left_the_second_line_is_called() -> None:
    second, holder = post("disaster", "second")
    play = stage(*TEAMS, holder, posts=(second,))
    play.give(Absent((WATCH,), nobody=True))
    alert = play.one(e.OfficerAlerted)
    assert (alert.reason, alert.text, alert.cause) == ("no_officer", "second", "presence")
    called = play.one(e.NoticeIssued)
    assert (called.to, called.reason, called.incident) == ("disaster", "no_officer", "")
    assert play.world.alerts[alert.alert].reason == "no_officer"


def test_where_there_is_no_second_line_the_leader_is_called() -> None:
    play = stage()
    play.give(Absent(nobody=True))
    assert play.one(e.OfficerAlerted).text == "leader"
    assert play.one(e.NoticeIssued).to == "leader"


def test_a_restart_misses_those_who_had_something_in_hand() -> None:
    play = acknowledged()
    presence = Presence()
    presence.load(play.world)
    assert looked(presence, (0, set()), (GONE_S, set())) == [None, Absent((WATCH,), nobody=True)]
