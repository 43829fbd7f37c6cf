"""From an alarm to an incident: what opens, what joins, what is only logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stage import DAY, HOUR, NOON, PLANS, RULES, Stage, east, stage

from command.core import events as e
from command.core.alarms import PHONE
from command.core.codec import dump_world
from command.core.geo import distance_m
from command.core.plans import Plans
from command.core.reasons import Reason
from sensors.observations import AlarmKind, Clear, Position, Severity
from sensors.topics import is_name


def second(play: Stage, wait_s: float = 30.0, **values: Any) -> tuple[str, str]:
    """A fire at the centre, then another alarm: the receipt's outcome and the event's reason."""
    play.report("cam-1")
    play.now += wait_s
    source = str(values.pop("source", "cam-2"))
    play.report(source, str(values.pop("kind", "fire")), **values)
    return play.receipt().outcome, play.receipt().reason


def test_the_first_report_opens_an_incident() -> None:
    play = stage()
    ident = play.report("cam-1", text="冒烟")
    opened = play.one(e.IncidentOpened)
    assert (ident, opened.incident, opened.plan) == ("I-e1-1", "I-e1-1", "fire")
    assert (opened.place, opened.position, opened.text) == ("v01-g1", east(0), "冒烟")
    assert opened.cause == "alarm:cam-1/a-1"
    assert (opened.release_due, opened.ack_due) == (NOON + 60, NOON + 120)
    assert play.receipt().as_json() == {
        "id": "a-1",
        "outcome": "opened",
        "incident_id": "I-e1-1",
        "reason": "first_report",
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("merged", "same_place_and_kind")),
        ({"source": "cam-1"}, ("merged", "same_place_and_kind")),
        ({"source": "gauge"}, ("merged", "unlike_sources")),
        ({"source": "near", "position": east(400)}, ("merged", "unlike_sources")),
        ({"source": "watcher", "position": east(400)}, ("merged", "unlike_sources")),
        ({"position": east(499)}, ("merged", "same_place_and_kind")),
        ({"position": east(501)}, ("opened", "first_report")),
        ({"position": east(-700, 250)}, ("merged", "same_place_and_kind")),  # it says it is unsure
        ({"position": east(850, 5000)}, ("opened", "first_report")),  # but not for ever
        ({"source": "cam-4"}, ("opened", "first_report")),
        ({"source": "cam-4", "place": "v01-g1"}, ("merged", "same_place_and_kind")),
        ({"kind": "smoke"}, ("merged", "same_place_and_kind")),  # the same card
        ({"kind": "flood"}, ("opened", "first_report")),
        ({"wait_s": 599.0}, ("merged", "same_place_and_kind")),
        ({"wait_s": 601.0}, ("opened", "first_report")),
        ({"source": "nowhere"}, ("opened", "first_report")),  # who does not say where
    ],
)
def test_a_second_report_joins_what_runs_near(
    values: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert second(stage(), **values) == expected


def test_a_trickle_does_not_hold_an_incident_open_for_ever() -> None:
    play = stage()
    outcomes = []
    for _ in range(15):
        play.report("cam-1")
        outcomes.append(play.receipt().outcome)
        play.now += 590
    assert outcomes == ["opened"] + ["merged"] * 12 + ["opened", "merged"]


def test_doubt_reaches_into_the_next_cell_of_the_grid() -> None:
    wide = PLANS | {"fire": replace(PLANS["fire"], merge_radius_m=890.0)}
    play = stage(plans=Plans(wide, RULES))
    first = play.report("cam-1", position=east(-1000))
    assert play.report("cam-2", position=east(180, 300)) == first


def test_of_two_that_run_the_nearer_takes_it() -> None:
    play = stage()
    play.report("cam-1", position=east(0))
    nearer = play.report("cam-2", position=east(600))
    assert play.report("cam-3", position=east(400)) == nearer


# --- repeats


def test_an_exact_repeat_changes_nothing_and_gets_its_receipt() -> None:
    play = stage()
    said = play.alarm()
    play.give(said)
    play.now += 5
    assert play.give(said).events == []
    assert play.receipt().as_json() == {
        "id": "a-1",
        "outcome": "duplicate",
        "incident_id": "I-e1-1",
        "reason": "opened",
    }


def test_the_same_id_with_another_body_is_news() -> None:
    play = stage()
    play.report("cam-1", message_id="1", digest="x")
    play.now += HOUR
    play.report("cam-1", message_id="1", digest="y")
    assert (play.receipt().outcome, play.receipt().reason) == ("opened", "id_reused")
    assert play.one(e.IncidentOpened).reason == Reason.ID_REUSED
    play.report("cam-1", message_id="1", digest="z")
    assert (play.receipt().outcome, play.receipt().reason) == ("merged", "id_reused")
    play.report("cam-1", message_id="1", digest="x")
    assert play.receipt().outcome == "duplicate"


def test_another_sources_id_is_another_id() -> None:
    play = stage()
    play.report("cam-1", message_id="1", digest="x")
    play.report("cam-2", message_id="1", digest="x")
    assert play.receipt().outcome == "merged"


def test_an_id_is_remembered_for_30_days() -> None:
    play = stage()
    said = play.alarm()
    play.give(said)
    play.now += 30 * DAY - 1
    play.report("cam-2")
    assert play.give(said).events == []
    play.now += 2
    play.report("cam-2")
    assert "cam-1/a-1" not in play.world.taken


def test_a_device_with_one_id_for_everything_does_not_fill_memory() -> None:
    play = stage()
    for n in range(200):
        play.report("cam-1", message_id="0", digest=str(n))
    assert len(play.world.taken["cam-1/0"]) == 50
    assert play.give(play.alarm(message_id="0", digest="199")).events == []


def test_a_device_without_ids_gets_no_receipt() -> None:
    play = stage()
    for _ in range(2):
        play.give(play.alarm(message_id=""))
        assert play.batch.receipts == []
    assert play.one(e.AlarmReceived).outcome == "merged"


# --- unlike sources


def test_unlike_sources_confirm_each_other() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("acknowledge", ident)
    play.now += 10
    play.report("gauge")
    incident = play.incident(ident)
    assert play.one(e.PriorityChanged).priority == incident.priority == 1
    assert play.one(e.IncidentReleased).reason == Reason.UNLIKE_SOURCES
    assert play.one(e.UnitOffered).unit == "near"
    assert (incident.ack_by, incident.ack_until) == ("", None)
    assert f"ackend:{ident}" not in play.world.due
    assert play.world.due[f"ack:{ident}"] == play.now + 120


def test_a_third_source_of_a_known_class_confirms_nothing_more() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.report("gauge")
    play.do("acknowledge", ident)
    play.report("cam-2")
    assert play.receipt().reason == "same_place_and_kind"
    assert play.incident(ident).ack_by == ""  # but nobody has seen what it says
    play.do("acknowledge", ident)
    play.report("cam-2")
    assert play.incident(ident).ack_by == "officer-1"


def test_two_cameras_are_like_sources() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.report("cam-2")
    assert play.all(e.IncidentReleased) == []
    assert f"release:{ident}" in play.world.due


def test_a_person_who_confirms_sends_the_team_at_once() -> None:
    play = stage()
    play.report("cam-1")
    play.report("gauge", "flood")  # of another kind
    play.report("watcher")
    assert play.one(e.IncidentReleased).reason == Reason.UNLIKE_SOURCES


def test_a_repeat_does_not_undo_what_the_officer_lowered() -> None:
    play = stage()
    ident = play.report("cam-1", confidence=0.8)
    play.do("priority", ident, priority=4)
    play.report("cam-1", confidence=0.9)
    assert play.incident(ident).priority == 4
    play.report("cam-1", confidence=0.9, severity=Severity.EXTREME)
    assert play.incident(ident).priority == 1


def test_a_repeat_makes_no_command_stale() -> None:
    play = stage()
    ident = play.report("cam-1")
    seen = play.incident(ident).rev
    play.report("cam-1")
    play.clear("cam-1", kind="fire")
    play.report("cam-1")
    assert play.incident(ident).rev == seen
    assert play.incident(ident).reports["cam-1"].times == 3
    play.report("cam-2")
    assert play.incident(ident).rev > seen


# --- strangers


def test_a_stranger_is_shown_and_sends_nobody() -> None:
    play = stage()
    ident = play.report("stranger", position=east(0), severity=Severity.EXTREME)
    assert play.one(e.IncidentOpened).reason == Reason.UNKNOWN_SOURCE
    assert play.one(e.IncidentOpened).release_due is None
    assert play.incident(ident).reports["stranger"].source_class == "unknown"
    play.wait(2 * HOUR)
    assert play.incident(ident).orders == []
    assert "officer_silent" in play.alerts()


@pytest.mark.parametrize("kind", ["fire", "flood", "sos", "dispute"])
def test_a_stranger_sends_nobody_whatever_the_plan(kind: str) -> None:
    play = stage()
    ident = play.report("stranger", kind, position=east(0))
    play.wait(HOUR)
    assert play.incident(ident).released_at is None


def test_a_flood_of_strangers_is_one_incident() -> None:
    play = stage()
    first = play.report("s-0")
    assert {play.report(f"s-{n}") for n in range(1, 50)} == {first}


def test_a_stranger_confirms_nobody() -> None:
    play = stage()
    ident = play.report("cam-1")
    assert play.report("stranger", position=east(0)) == ident
    assert play.receipt().reason == "same_place_and_kind"
    assert play.incident(ident).released_at is None


def test_a_stranger_in_it_does_not_keep_sources_from_confirming() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.report("stranger", position=east(0))
    assert play.report("gauge") == ident
    assert play.one(e.IncidentReleased).reason == Reason.UNLIKE_SOURCES


@pytest.mark.parametrize("source", ["cam-1", "gauge", "near"])
def test_what_our_own_sources_say_is_not_lost_in_a_strangers_incident(source: str) -> None:
    play = stage()
    theirs = play.report("stranger", position=east(0))
    ours = play.report(source, position=east(0))
    assert ours != theirs
    play.wait(61)
    assert play.incident(ours).orders
    assert not play.incident(theirs).orders


def test_a_strangers_incident_that_the_officer_released_takes_our_news() -> None:
    play = stage()
    theirs = play.report("stranger", position=east(0))
    play.do("assign", theirs, units=("near",))
    assert play.report("cam-1") == theirs


def test_no_device_can_speak_as_the_officers_telephone() -> None:
    assert not is_name(PHONE)
    play = stage()
    play.report("phone", "sos", position=east(0))
    assert play.all(e.UnitOffered) == []


# --- only logged


def test_an_exercise_on_the_live_root_asks_the_officer() -> None:
    play = stage()
    assert play.report("near", "sos", exercise=True) == ""
    assert (play.receipt().outcome, play.receipt().reason) == ("logged", "exercise_on_live")
    assert play.one(e.OfficerAlerted).source == "near"
    assert play.world.incidents == {}
    play.report("near", "sos", exercise=True)
    assert play.alerts() == ["exercise_on_live"]  # a device that goes on fills no list


def test_under_the_drill_root_all_is_exercise() -> None:
    play = stage(root="fsx")
    ident = play.report("near", "sos", exercise=True, text="求救")
    assert ident == "X-e1-1"
    queued = play.one(e.OrderQueued)
    assert queued.order_id == "XO-e1-1"
    assert queued.message["exercise"] is True
    assert queued.message["text"].startswith("【演练】求救")
    play.report("cam-1", exercise=False)
    assert play.receipt().outcome == "opened"


def test_a_retained_alarm_opens_nothing_and_proves_no_life() -> None:
    play = stage()
    assert play.report("cam-1", retained=True, message_id="1") == ""
    assert (play.receipt().outcome, play.receipt().reason) == ("logged", "retained")
    assert play.world.sources == {}
    assert play.world.incidents == {}
    # The same message may still wait in the queue, and is an alarm when it comes.
    assert play.report("cam-1", message_id="1") == "I-e1-1"
    assert play.give(play.alarm(message_id="1", retained=True)).events == []


def test_a_retained_or_shelved_alarm_leaves_the_episode_alone() -> None:
    play = stage()
    ident = play.report("gauge", channel="smoke")
    play.report("gauge", channel="smoke", retained=True)
    play.do("shelve", source="gauge", kind="fire", minutes=15, why="检修")
    play.report("gauge", channel="smoke")
    assert (play.receipt().outcome, play.receipt().reason) == ("logged", "shelved")
    play.do("unshelve", source="gauge", kind="fire")
    play.report("gauge", channel="smoke")
    assert play.receipt().incident == ident
    assert play.receipt().reason == "same_episode"


def speaks(play: Stage, times: int, every_s: float) -> list[str]:
    """The incidents that came of it, "" where it stayed on the shelf."""
    found = []
    for _ in range(times):
        found.append(play.report("cam-1", "fire"))
        play.wait(every_s)
    return found


@pytest.mark.parametrize(("before", "every_s", "holds"), [(5, 200, 11), (13, 60, 32)])
def test_a_shelf_breaks_when_it_speaks_three_times_as_often_as_it_did(
    before: int, every_s: float, holds: int
) -> None:
    play = stage()
    speaks(play, before, every_s)
    play.do("shelve", source="cam-1", kind="fire", minutes=60, why="蛛网")
    assert speaks(play, holds, 10) == [""] * holds
    assert play.report("cam-1", "fire") != ""
    assert play.one(e.SourceUnshelved).reason == Reason.SHELF_FASTER
    assert dump_world(play.replayed()) == dump_world(play.world)


def test_the_first_ten_minutes_on_the_shelf_tell_what_is_usual() -> None:
    play = stage()
    play.report("cam-1", "fire")
    play.do("shelve", source="cam-1", kind="fire", minutes=120, why="雾")
    assert set(speaks(play, 20, 30)) == {""}  # twenty in ten minutes: fog
    assert set(speaks(play, 20, 30)) == {""}
    assert "" not in speaks(play, 80, 5)[-5:]


def test_a_shelf_holds_while_it_speaks_as_before() -> None:
    play = stage()
    play.report("cam-1", "fire")
    play.do("shelve", source="cam-1", kind="fire", minutes=120, why="蛛网")
    assert set(speaks(play, 30, 150)) == {""}
    assert len(play.world.shelf["cam-1|fire"].heard) == 4


def test_a_shelf_breaks_when_it_gets_worse() -> None:
    play = stage()
    ident = play.report("cam-1", "fire", severity=Severity.MODERATE)
    play.do("shelve", source="cam-1", kind="fire", minutes=60, why="蛛网")
    for severity in (Severity.MODERATE, Severity.UNKNOWN, Severity.MINOR):
        assert play.report("cam-1", "fire", severity=severity) == ""
        assert play.receipt().reason == "shelved"
    assert play.report("cam-1", "fire", severity=Severity.SEVERE) == ident
    back = play.one(e.SourceUnshelved)
    assert (back.source, back.kind, back.reason) == ("cam-1", "fire", Reason.SHELF_WORSE)
    assert play.rows()["shelf"] == {"cam-1|fire": None}
    assert "shelf:cam-1|fire" not in play.world.due
    assert play.report("cam-1", "fire", severity=Severity.MODERATE) == ident
    assert dump_world(play.replayed()) == dump_world(play.world)


@pytest.mark.parametrize(
    ("source", "kind", "wait_s", "breaks"),
    [
        ("cam-2", "fire", 600.0, True),
        ("cam-2", "fire", 601.0, False),
        ("cam-2", "smoke", 60.0, False),
        ("cam-1", "fire", 60.0, False),
    ],
)
def test_a_shelf_breaks_when_another_source_says_the_same(
    source: str, kind: str, wait_s: float, *, breaks: bool
) -> None:
    cards = {name: replace(card, merge_window_s=3600.0) for name, card in PLANS.items()}
    play = stage(plans=Plans(cards, RULES))
    ident = play.report(source, kind)
    play.do("shelve", source="cam-1", kind="fire", minutes=60, why="蛛网")
    play.now += wait_s
    assert play.report("cam-1", "fire") == (ident if breaks else "")
    found = play.all(e.SourceUnshelved, reason=Reason.SHELF_CONFIRMED)
    assert len(found) == int(breaks)


def test_a_shelf_holds_for_a_source_of_which_nothing_was_seen() -> None:
    play = stage()
    play.do("shelve", source="cam-1", kind="fire", minutes=60, why="蛛网")
    assert play.report("cam-1", "fire", severity=Severity.EXTREME) == ""


def test_a_shelved_alarm_is_counted() -> None:
    play = stage()
    play.do("shelve", source="cam-1", kind="fire", minutes=15, why="蛛网")
    play.report("cam-1")
    assert play.world.incidents == {}
    assert play.world.sources["cam-1"].alarms == 1
    assert play.alerts() == []
    assert play.report("cam-1", "flood") != ""  # one kind, not the source
    play.now += 15 * 60
    play.tick()
    assert play.one(e.SourceUnshelved).reason == Reason.SHELF_OVER
    assert play.report("cam-1") != ""


def test_a_kind_without_a_rule_asks_the_officer() -> None:
    play = stage()
    assert play.report("cam-1", "earthquake") == ""
    assert play.receipt().reason == "no_plan"
    assert play.alerts() == ["no_plan"]


@pytest.mark.parametrize(("metres", "kind"), [(0, "fire"), (6000, "wildfire")])
def test_the_layer_it_lies_in_chooses_the_plan(metres: float, kind: str) -> None:
    play = stage()
    assert play.incident(play.report("cam-1", "smoke", position=east(metres))).plan == kind


# --- where


@pytest.mark.parametrize(
    ("source", "values", "place", "position"),
    [
        ("cam-1", {}, "v01-g1", east(0)),
        ("cam-4", {}, "v01-g1", east(4000)),
        ("cam-1", {"position": east(3900)}, "v02-g1", east(3900)),
        ("cam-1", {"place": "v02"}, "v02", east(4000)),
        ("cam-1", {"place": "v99"}, "v01-g1", east(0)),
        ("watcher", {}, "v01", east(0)),
        ("near", {}, "v01-g1", east(1000)),
        ("nowhere", {}, "", None),
        ("stranger", {}, "", None),
        ("stranger", {"place": "v02-g1"}, "v02-g1", east(4000)),
    ],
)
def test_without_a_position_it_is_at_the_sources_own_place(
    source: str, values: dict[str, Any], place: str, position: Position | None
) -> None:
    play = stage()
    incident = play.incident(play.report(source, **values))
    assert incident.place == place
    if incident.position is None or position is None:
        assert incident.position == position
    else:
        assert distance_m(incident.position, position) < 1


# --- every call is somebody of its own


def test_where_the_plan_merges_nothing_only_the_same_caller_is_one() -> None:
    play = stage()
    first = play.report("near", "sos", position=east(0))
    assert play.report("near", "sos", position=east(30)) == first
    assert play.report("middle", "sos", position=east(0)) != first


def test_without_a_place_the_same_caller_is_still_one() -> None:
    play = stage()
    first = play.report("nowhere", "sos")
    assert play.report("nowhere", "sos", place="v99") == first


def test_two_telephone_calls_are_two_callers() -> None:
    play = stage()
    said = {"kind": "sos", "text": "求救", "place": "v01-g1"}
    play.do("report_alarm", **said)
    play.do("report_alarm", **said)
    assert len(play.world.incidents) == 2


# --- episodes


def test_an_episode_is_one_incident_until_it_has_been_quiet() -> None:
    play = stage()
    ident = play.report("gauge", "flood", channel="level")
    for _ in range(30):  # far beyond the merge windows of the plan
        play.now += 299
        assert play.report("gauge", "flood", channel="level") == ident
        assert play.receipt().reason == "same_episode"
    play.now += HOUR
    assert play.report("gauge", "flood", channel="level") != ident


def test_a_clear_arms_the_episode_again_and_ends_nothing() -> None:
    play = stage()
    ident = play.report("gauge", "flood", channel="level")
    cleared = play.clear("gauge", kind="flood", channel="level")
    assert cleared.incident == ident
    assert play.incident(ident).state == "assigned"
    assert play.incident(ident).reports["gauge"].cleared_at == play.now
    play.now += 299
    play.report("gauge", "flood", channel="level")
    assert play.receipt().reason == "same_place_and_kind"  # by its place: the episode is new
    assert play.incident(ident).reports["gauge"].cleared_at is None
    play.clear("gauge", kind="flood", channel="level")
    play.now += 601
    assert play.report("gauge", "flood", channel="level") != ident


@pytest.mark.parametrize("values", [{}, {"channel": "level"}])
def test_a_clear_of_everything_arms_every_episode_it_covers(values: dict[str, str]) -> None:
    play = stage()
    play.report("gauge", "flood", channel="level")
    play.report("gauge", "storm", channel="level")
    play.clear("gauge", **values)
    assert [episode.armed for episode in play.world.episodes.values()] == [True, True]


def test_a_clear_of_one_channel_leaves_the_other_alone() -> None:
    play = stage()
    play.report("gauge", "flood", channel="level")
    play.report("gauge", "storm", channel="wind")
    play.clear("gauge", kind="flood", channel="level")
    assert [episode.armed for episode in play.world.episodes.values()] == [True, False]


def test_an_ended_incident_takes_no_episode() -> None:
    play = stage()
    ident = play.report("gauge", "flood", channel="level")
    play.do("resolve", ident, outcome="退水")
    assert play.report("gauge", "flood", channel="level") == ident  # the water is still high
    play.do("close", ident)
    assert play.report("gauge", "flood", channel="level") != ident


def test_an_episode_goes_on_where_its_incident_was_merged() -> None:
    play = stage()
    gone = play.report("gauge", channel="smoke")
    into = play.report("cam-4")
    play.do("merge", gone, into=into)
    play.now += 200
    assert play.report("gauge", channel="smoke") == into


# --- clears without a channel


@pytest.mark.parametrize("values", [{"alarm_id": "a-1"}, {"kind": "fire"}, {}])
def test_a_clear_is_noted_on_the_incident(values: dict[str, str]) -> None:
    play = stage()
    ident = play.report("cam-1")
    cleared = play.clear("cam-1", **values)
    assert (cleared.incident, cleared.reason) == (ident, Reason.SELF_REPORTED)
    assert play.receipt().as_json()["outcome"] == "logged"
    assert play.incident(ident).reports["cam-1"].cleared_at == play.now
    assert play.incident(ident).state == "open"


@pytest.mark.parametrize("values", [{"alarm_id": "a-9"}, {"kind": "flood"}])
def test_a_clear_of_nothing_is_logged(values: dict[str, str]) -> None:
    play = stage()
    play.report("cam-1")
    assert play.clear("cam-1", **values).reason == Reason.NO_OPEN_INCIDENT
    assert play.receipt().outcome == "logged"


def test_a_clear_of_another_source_clears_nothing() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.clear("cam-2", kind="fire")
    assert play.incident(ident).reports["cam-1"].cleared_at is None


def test_a_clear_without_id_of_nothing_is_not_even_logged() -> None:
    play = stage()
    assert play.give(Clear(source="cam-1", received_at=play.now)).events == []


def test_a_repeated_clear_changes_nothing() -> None:
    play = stage()
    play.report("cam-1")
    play.clear("cam-1", kind="fire", message_id="c", digest="c")
    again = Clear(
        source="cam-1", received_at=play.now, message_id="c", digest="c", kind=AlarmKind.FIRE
    )
    assert play.give(again).events == []
    assert play.receipt().outcome == "duplicate"


def test_a_clear_by_alarm_id_finds_the_incident_it_was_merged_into() -> None:
    play = stage()
    gone = play.report("cam-1")
    into = play.report("cam-4")
    play.do("merge", gone, into=into)
    assert play.clear("cam-1", alarm_id="a-1").incident == into
    assert play.incident(into).reports["cam-1"].cleared_at == play.now


def test_a_clear_by_alarm_id_finds_the_incident_it_was_split_into() -> None:
    play = stage()
    old = play.report("cam-1")
    play.report("cam-2")
    play.do("split", old)
    new = play.one(e.IncidentSplit).new
    assert play.clear("cam-2", alarm_id="a-2").incident == new
