"""What the officer orders: done, or refused with the reason and who was first."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from stage import DAY, HOUR, NOON, PLANS, RULES, Stage, east, need, plan, stage, unit

from command import messages as m
from command.core import events as e
from command.core.codec import dump_world
from command.core.commands import Ordered
from command.core.plans import Plans, Release
from command.core.reasons import Reason, Refusal
from sensors.observations import Duty

GONE = "I-e1-99"
ON_INCIDENT = sorted(verb for verb, kind in m.COMMANDS.items() if "incident" in kind.model_fields)
NEEDED: dict[str, dict[str, Any]] = {
    "assign": {"units": ("far",)},
    "hold": {"seconds": 60},
    "hazard": {"text": "电线落地"},
    "grade": {"grade": 3},
    "reply": {"unit": "near", "status": "accepted"},
    "withdraw": {"units": ("near",)},
    "note": {"text": "话"},
    "priority": {"priority": 1},
    "merge": {"into": GONE},
}


def flood(play: Stage) -> str:
    return play.report("cam-1", "flood")


# --- every verb: refusals


@pytest.mark.parametrize("verb", ON_INCIDENT)
def test_there_is_no_such_incident(verb: str) -> None:
    found = stage().refusal(verb, GONE, **NEEDED.get(verb, {}))
    assert (found.why, found.what) == (Refusal.UNKNOWN_INCIDENT, GONE)


REFUSED: list[tuple[str, dict[str, Any], str, Refusal]] = [
    # verb, values, what was done to the incident before, why
    ("assign", {"units": ("nobody",)}, "", Refusal.UNKNOWN_UNIT),
    ("assign", {"units": ("near",)}, "", Refusal.UNIT_ALREADY_ON_IT),
    ("assign", {"units": ("far",)}, "far off", Refusal.UNIT_OFF_DUTY),
    ("assign", {"units": ("far",)}, "far elsewhere", Refusal.UNIT_COMMITTED),
    ("assign", {"units": ("middle", "nobody")}, "", Refusal.UNKNOWN_UNIT),
    ("assign", {"units": ("far",)}, "resolved", Refusal.ENDED),
    ("acknowledge", {}, "resolved", Refusal.ENDED),
    ("withdraw", {"units": ("far",)}, "", Refusal.NOTHING_TO_WITHDRAW),
    ("withdraw", {"units": ("near", "far")}, "", Refusal.NOTHING_TO_WITHDRAW),
    ("withdraw", {"units": ("near",)}, "resolved", Refusal.NOTHING_TO_WITHDRAW),
    ("priority", {"priority": 2}, "urgent", Refusal.WHY_MISSING),
    ("priority", {"priority": 2}, "resolved", Refusal.ENDED),
    ("merge", {"into": "I-e1-1"}, "", Refusal.SAME_INCIDENT),
    ("merge", {"into": GONE}, "", Refusal.UNKNOWN_INCIDENT),
    ("merge", {"into": "I-e1-1"}, "resolved", Refusal.ENDED),
    ("split", {}, "", Refusal.NOTHING_TO_SPLIT),
    ("split", {"alarm": "cam-9/1"}, "", Refusal.NOTHING_TO_SPLIT),
    ("split", {}, "resolved", Refusal.ENDED),
    ("resolve", {}, "resolved", Refusal.ENDED),
    ("close", {"text": "完"}, "", Refusal.NOT_ENDED),
    ("close", {"text": "完"}, "closed", Refusal.ENDED),
    ("reopen", {}, "", Refusal.NOT_ENDED),
    ("false_alarm", {}, "closed", Refusal.ENDED),
    ("resolve", {}, "false_alarm", Refusal.ENDED),
]


@pytest.mark.parametrize(("verb", "values", "before", "why"), REFUSED)
def test_what_is_refused_changes_nothing(
    verb: str, values: dict[str, Any], before: str, why: Refusal
) -> None:
    play = stage()
    ident = flood(play)
    prepare(play, ident, before)
    assert play.refusal(verb, ident, **values).why == why


def prepare(play: Stage, ident: str, before: str) -> None:
    """What was done to the flood before."""
    if before == "far off":
        play.give(Duty(source="far", received_at=play.now, on=False))
    elif before == "far elsewhere":
        play.do("assign", play.report("cam-4"), units=("far",))
    elif before == "urgent":
        play.do("priority", ident, priority=1)
    elif before == "false_alarm":
        play.do("false_alarm", ident)
    elif before:
        play.do("resolve", ident)
        if before == "closed":
            play.do("close", ident, text="完")


def test_a_refusal_says_who_ended_it() -> None:
    play = stage()
    ident = flood(play)
    play.do("resolve", ident, outcome="完")
    found = play.refusal("assign", ident, units=("far",))
    assert found.what == "resolved"
    assert found.by == "officer-1"


@pytest.mark.parametrize("verb", ON_INCIDENT)
def test_a_stale_version_is_refused_with_who_changed_what(verb: str) -> None:
    play = stage()
    ident = flood(play)
    seen = play.incident(ident).rev
    play.do("note", ident, text="话")
    found = play.refusal(verb, ident, rev=seen, **NEEDED.get(verb, {}))
    assert (found.why, found.by, found.what) == (Refusal.STALE, "officer-1", "IncidentNoted")


def test_the_version_that_was_seen_is_taken() -> None:
    play = stage()
    ident = flood(play)
    play.do("note", ident, text="话", rev=play.incident(ident).rev)
    assert play.incident(ident).notes[0].text == "话"


def test_a_repeated_command_gets_the_same_answer_and_changes_nothing() -> None:
    play = stage()
    ident = flood(play)
    play.do("note", ident, text="话", id="u")
    before = dump_world(play.world)
    play.do("note", ident, text="话", id="u", rev=0)
    assert play.batch.events == []
    assert dump_world(play.world) == before
    play.order(m.Note(id="u", incident=ident, text="话"), by="officer-2")
    assert len(play.incident(ident).notes) == 2


def test_a_refused_command_may_be_tried_again_under_its_id() -> None:
    play = stage()
    ident = flood(play)
    play.refusal("close", ident, id="u", text="完")
    play.do("resolve", ident)
    play.do("close", ident, id="u", text="完")


def test_a_command_is_named_with_who_and_in_which_role() -> None:
    play = stage()
    ident = flood(play)
    play.give(Ordered(m.Note(id="u", incident=ident, text="话"), "officer-2", "leader", "sealed-1"))
    done = play.one(e.CommandDone)
    assert (done.do, done.by, done.role, done.incident) == ("note", "officer-2", "leader", ident)
    assert (done.command, done.cause, done.sealed) == ("u", "command:u", "sealed-1")


# --- acknowledge


def test_acknowledged_is_one_officers_for_a_while() -> None:
    play = stage()
    ident = flood(play)
    play.do("acknowledge", ident)
    incident = play.incident(ident)
    assert (incident.ack_by, incident.ack_until) == ("officer-1", NOON + 300)
    assert f"ack:{ident}" not in play.world.due
    assert play.rows()["incident"][ident]["ack"] == {  # type: ignore[index]
        "by": "officer-1",
        "until": NOON + 300,
    }


def test_it_stops_neither_the_clock_nor_the_release() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("acknowledge", ident)
    play.wait(60)
    assert play.incident(ident).released_at == NOON + 60


def test_an_alert_is_acknowledged_by_its_id() -> None:
    play = stage()
    play.report("cam-1", "earthquake")
    play.do("acknowledge", alert="A-e1-1")
    assert play.world.alerts == {}
    assert play.rows()["alert"] == {"A-e1-1": None}
    assert play.refusal("acknowledge", alert="A-e1-1").why == Refusal.UNKNOWN_ALERT


# --- assign, withdraw


def test_units_named_together_share_what_is_to_be_done() -> None:
    """Who can do both leaves the first role to who can do nothing else, whatever their order."""
    play = stage(
        unit("both", 1000, "crew", "scout"),
        unit("hands", 2000, "crew"),
        unit("spare", 3000, "crew"),
        plans=Plans(
            {**PLANS, "big": plan("big", need("crew"), need("scout", 1), release=Release.BY_HAND)},
            RULES,
        ),
    )
    ident = play.report("cam-1", "landslide")
    play.do("assign", ident, units=("both", "hands", "spare"))
    assert {a.unit: a.role for a in play.world.assignments.values()} == {
        "both": "scout", "hands": "crew", "spare": "crew",
    }  # fmt: skip
    assert not play.all(e.NobodyLeft)


def test_the_officers_unit_is_offered_it_in_his_name() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("assign", ident, units=("far", "far"))
    offered = play.one(e.UnitOffered)
    assert (offered.unit, offered.by, offered.reason) == ("far", "officer-1", Reason.BY_OFFICER)
    assert play.incident(ident).ack_by == "officer-1"


def test_named_units_know_of_each_other() -> None:
    play = stage()
    ident = play.report("cam-1", "environment")
    play.do("assign", ident, units=("far", "middle"))
    assert [q.message["others"] for q in play.all(e.OrderQueued)] == [["middle"], ["far"]]


def test_a_unit_that_declined_may_be_ordered_again() -> None:
    play = stage()
    ident = flood(play)
    play.reply("O-e1-1", "declined")
    play.do("assign", ident, units=("near",))
    assert play.live(ident) == {"near": "offered", "middle": "offered"}


def test_a_unit_fills_what_is_open_first() -> None:
    play = stage()
    ident = play.report("cam-1", "landslide")
    play.do("withdraw", ident, units=("scout-1",))
    play.do("assign", ident, units=("ggh-1",))
    assert play.of_unit("ggh-1").role == "ggh"  # fits no need: its own


def test_the_named_post_answers_for_the_case() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v01-g1")
    play.do("assign", ident, units=("vgm-1",))
    assert play.of_unit("vgm-1").role == "responsible"
    play.walk(play.order_of("vgm-1"), "accepted", "done")
    assert play.incident(ident).state == "resolved"


def test_withdrawn_until_confirmed() -> None:
    play = stage()
    ident = flood(play)
    play.do("withdraw", ident, units=("near",), text="路断")
    queued = play.one(e.OrderQueued, state="withdrawn")
    assert (queued.order_id, queued.rev, queued.until) == ("O-e1-1", 2, None)
    assert play.of_unit("near").text == "路断"
    assert play.live(ident) == {"middle": "offered"}


# --- note, priority


def test_notes_are_kept_side_by_side() -> None:
    play = stage()
    ident = flood(play)
    for n in range(205):
        play.do("note", ident, text=str(n))
    play.report("cam-2", "flood")
    assert [note.text for note in play.incident(ident).notes] == [str(n) for n in range(5, 205)]
    play.do("resolve", ident)
    play.do("note", ident, text="after")
    assert play.incident(ident).notes[-1].text == "after"


def test_lowering_the_most_urgent_needs_a_text() -> None:
    play = stage()
    ident = flood(play)
    play.do("priority", ident, priority=1)
    play.do("priority", ident, priority=3, text="只是烟")
    changed = play.one(e.PriorityChanged)
    assert (changed.priority, changed.why, changed.by) == (3, "只是烟", "officer-1")


# --- merge


def test_a_merge_takes_everything_along() -> None:
    play = stage()
    gone = flood(play)
    play.walk("O-e1-1", "accepted", "en_route")
    into = play.report("cam-4", "flood")
    play.do("merge", gone, into=into)
    assert play.incident(gone).state == "merged"
    assert play.incident(gone).merged_into == into
    assert play.incident(into).reports.keys() == {"cam-4", "cam-1"}
    assert play.live(into) == {"far": "offered", "near": "en_route"}
    assert play.incident(into).state == "working"
    queued = play.one(e.OrderQueued)
    assert (queued.order_id, queued.rev, queued.state) == ("O-e1-1", 2, "updated")
    assert queued.message["incident_id"] == into
    assert queued.message["others"] == ["far"]
    assert not any(gone in name for name in play.world.due if not name.startswith("archive:"))


def test_a_merge_loses_neither_urgency_nor_release() -> None:
    play = stage()
    urgent, calm = flood(play), play.report("cam-4")
    play.do("priority", urgent, priority=1)
    play.do("merge", urgent, into=calm)
    assert play.incident(calm).priority == 1
    assert play.incident(calm).released_at == NOON
    assert f"release:{calm}" not in play.world.due


def test_a_merge_makes_nothing_more_urgent_than_it_was() -> None:
    play = stage()
    first, second = flood(play), play.report("cam-4", "flood")
    play.do("priority", first, priority=4)
    play.do("merge", first, into=second)
    assert play.all(e.PriorityChanged) == []


def test_who_declined_is_not_among_the_others() -> None:
    play = stage()
    gone = flood(play)
    play.reply("O-e1-1", "declined")
    into = play.report("cam-4", "flood")
    play.do("merge", gone, into=into)
    assert play.one(e.OrderQueued).message["others"] == ["far"]


def test_a_merge_brings_somebody_for_what_nobody_was_left_for() -> None:
    play = stage()
    gone = flood(play)
    for team in ("middle", "far"):
        play.give(Duty(source=team, received_at=play.now, on=False))
    into = play.report("cam-4", "flood")
    assert play.incident(into).nobody_for == ["crew"]
    play.do("merge", gone, into=into)
    assert play.incident(into).nobody_for == []
    assert into not in play.world.index.starving


# --- split


def two_cameras() -> tuple[Stage, str]:
    play = stage()
    ident = play.report("cam-1", message_id="1/2")
    play.report("cam-2", message_id="3/4", position=east(300))
    return play, ident


@pytest.mark.parametrize(
    ("alarm", "source"),
    [("", "cam-2"), ("cam-1/1/2", "cam-1"), ("cam-2/3/4", "cam-2"), ("cam-1", "cam-1")],
)
def test_a_sources_reports_get_an_incident_of_their_own(alarm: str, source: str) -> None:
    play, old = two_cameras()
    play.do("split", old, alarm=alarm)
    new = play.one(e.IncidentOpened).incident
    assert set(play.incident(new).reports) == {source}
    assert set(play.incident(old).reports) == {"cam-1", "cam-2"} - {source}
    assert play.one(e.IncidentSplit).sources == (source,)
    assert play.world.due[f"release:{new}"] == NOON + 60


def test_a_split_stays_split() -> None:
    play, old = two_cameras()
    play.do("split", old, alarm="cam-2/3/4")
    new = play.one(e.IncidentOpened).incident
    for _ in range(3):
        play.now += 30
        assert play.report("cam-2", position=east(10)) == new
        assert play.report("cam-1", position=east(290)) == old


def test_an_episode_follows_the_split() -> None:
    play = stage()
    old = play.report("cam-1")
    play.report("gauge", channel="smoke", position=east(10))
    play.do("split", old, alarm="gauge/x")
    new = play.one(e.IncidentOpened).incident
    assert play.report("gauge", channel="smoke") == new


@pytest.mark.parametrize("kind", ["environment", "dispute"])
def test_what_goes_by_hand_goes_by_hand_after_a_split(kind: str) -> None:
    cards = PLANS | {"dispute": plan("dispute", release=PLANS["dispute"].release)}
    play = stage(plans=Plans(cards, RULES))
    old = play.report("cam-1", kind)
    play.report("cam-2", kind)
    play.do("split", old)
    assert play.one(e.IncidentOpened).release_due is None


def test_a_stranger_that_is_split_off_sends_nobody() -> None:
    play = stage()
    old = play.report("cam-1")
    play.report("stranger", position=east(0))
    play.do("split", old)
    assert play.one(e.IncidentSplit).sources == ("stranger",)
    assert play.one(e.IncidentOpened).release_due is None


@pytest.mark.parametrize("verb", ["split", "reopen"])
def test_a_merge_of_incidents_is_undone(verb: str) -> None:
    play = stage()
    gone, into = play.report("cam-1"), play.report("cam-4")
    play.report("gauge", channel="smoke")
    play.do("merge", gone, into=into)
    play.report("cam-1", position=east(4000))
    assert set(play.incident(into).reports) == {"cam-4", "cam-1", "gauge"}
    play.do(verb, gone)
    assert play.incident(gone).state == "open"
    assert play.incident(gone).merged_into == ""
    assert set(play.incident(into).reports) == {"cam-4"}
    assert play.incident(gone).reports["cam-1"].times == 2
    assert play.report("gauge", channel="smoke") == gone


def test_undoing_a_merge_leaves_each_what_was_its_own() -> None:
    play = stage()
    gone = play.report("cam-1")
    play.now += 30
    into = play.report("cam-4")
    play.report("cam-1", position=east(4000))
    play.do("merge", gone, into=into)
    play.do("split", gone)
    assert set(play.incident(gone).reports) == {"cam-1"}
    assert set(play.incident(into).reports) == {"cam-4", "cam-1"}


def test_undoing_the_first_of_two_merges_finds_where_it_went() -> None:
    play = stage()
    first, second = play.report("cam-1"), play.report("cam-4")
    third = play.report("watcher", position=east(-4000))
    play.do("merge", first, into=second)
    play.do("merge", second, into=third)
    play.do("split", first)
    assert set(play.incident(third).reports) == {"watcher", "cam-4"}


def test_a_merge_copies_what_was_reported() -> None:
    play = stage()
    gone, into = play.report("cam-1"), play.report("cam-4")
    play.do("merge", gone, into=into)
    play.report("cam-1", position=east(4000))
    assert play.incident(gone).reports["cam-1"].times == 1


# --- ends


def test_ending_calls_every_unit_back() -> None:
    play = stage()
    ident = play.report("cam-1", "landslide")
    play.walk("O-e1-1", "accepted", "on_scene")
    play.do("resolve", ident, outcome="done", text="已清")
    assert play.incident(ident).outcome == "done 已清"
    assert play.live(ident) == {}
    assert {q.state for q in play.all(e.OrderQueued)} == {"withdrawn"}
    assert play.all(e.UnitOffered) == []
    play.do("close", ident)
    assert play.incident(ident).outcome == "done 已清"


@pytest.mark.parametrize("before", ["", "resolved"])
def test_a_false_alarm_ends_at_once(before: str) -> None:
    play = stage()
    ident = flood(play)
    prepare(play, ident, before)
    play.do("false_alarm", ident, text="烧秸秆")
    assert play.incident(ident).state == "false_alarm"
    assert play.world.due == {f"archive:{ident}": NOON + DAY} | {
        name: due for name, due in play.world.due.items() if name.startswith("silent:")
    }


def test_reopened_is_as_on_the_first_day() -> None:
    play = stage()
    ident = flood(play)
    play.do("acknowledge", ident)
    play.walk("O-e1-1", "accepted", "done")
    play.do("close", ident, text="水退")
    play.now += HOUR
    play.do("reopen", ident, text="又涨")
    incident = play.incident(ident)
    assert incident.state == "open"
    assert (incident.ack_by, incident.outcome, incident.ended_at) == ("", "", None)
    assert incident.released_at is None
    due = {name: at for name, at in play.world.due.items() if name.endswith(ident)}
    assert due == {
        f"ack:{ident}": play.now + 120,
        f"release:{ident}": play.now + 60,
    }


def test_old_timers_do_not_fire_on_what_was_reopened() -> None:
    play = stage()
    ident = play.report("cam-1", "environment")
    play.do("acknowledge", ident)
    play.do("resolve", ident)
    play.do("close", ident, text="完")
    play.now += DAY - 10
    play.do("reopen", ident)
    happened = play.wait(DAY)
    kinds = {type(event).__name__ for event in happened if hasattr(event, "incident")}
    assert kinds == {"IncidentEscalated", "OfficerAlerted", "NoticeIssued"}
    assert play.incident(ident).state == "open"


def test_who_is_home_again_is_no_team_of_a_reopened_one() -> None:
    play = stage()
    ident = flood(play)
    play.walk("O-e1-1", "accepted", "done")
    play.now += 300
    play.do("reopen", ident)
    assert play.live(ident) == {}
    play.now += 60
    play.tick()
    assert play.live(ident) == {"near": "offered"}


def test_what_goes_by_hand_goes_by_hand_when_it_is_reopened() -> None:
    play = stage()
    for ident in (play.report("cam-1", "environment"), play.report("stranger", "sos")):
        play.do("false_alarm", ident)
        play.do("reopen", ident)
        assert f"release:{ident}" not in play.world.due


def test_a_reopened_case_climbs_again() -> None:
    play = stage()
    ident = play.report("near", "dispute", place="v01-g1")
    play.do("resolve", ident)
    assert f"ladder:{ident}" not in play.world.due
    play.do("reopen", ident)
    assert play.world.due[f"ladder:{ident}"] == NOON + DAY
    assert play.incident(ident).overdue_since is None


# --- the telephone


def test_a_call_is_a_persons_alarm_and_goes_at_once() -> None:
    play = stage()
    point = m.Point(lon=east(4000).lon, lat=35.2, accuracy_m=20.0)
    play.do("report_alarm", kind="fire", text="着火", position=point, severity="extreme")
    opened = play.one(e.IncidentOpened)
    assert (opened.place, opened.text, opened.priority) == ("v02-g1", "着火", 1)
    assert play.one(e.IncidentReleased).reason == Reason.REPORTED_BY_PERSON
    assert play.one(e.AlarmReceived).source_class == "person"
    assert play.one(e.UnitOffered).unit == "far"


def test_a_call_confirms_what_a_camera_saw() -> None:
    play = stage()
    ident = play.report("cam-1")
    play.do("report_alarm", kind="fire", text="着火", place="v01-g1")
    assert play.one(e.AlarmReceived).incident == ident
    assert play.one(e.IncidentReleased).reason == Reason.UNLIKE_SOURCES


def test_a_call_from_nowhere_we_know_is_refused() -> None:
    found = stage().refusal("report_alarm", kind="fire", text="着火", place="v99")
    assert (found.why, found.what) == (Refusal.UNKNOWN_PLACE, "v99")


def test_what_a_caller_says_of_himself_is_not_in_the_log() -> None:
    play = stage()
    play.do("report_alarm", kind="fire", text="着火", caller="13800000000")
    assert b"13800000000" not in b"".join(play.entries)


# --- shelves


def test_twelve_shelves_and_no_more() -> None:
    play = stage()
    for n in range(12):
        play.do("shelve", source=f"cam-{n}", kind="fire", minutes=15, why="雾")
    found = play.refusal("shelve", source="cam-12", kind="fire", minutes=15, why="雾")
    assert found.why == Refusal.SHELF_FULL
    play.do("shelve", source="cam-3", kind="fire", minutes=60, why="雾")  # one that is there
    assert play.world.due["shelf:cam-3|fire"] == NOON + 3600
    play.do("unshelve", source="cam-3", kind="fire")
    play.do("shelve", source="cam-12", kind="fire", minutes=15, why="雾")


@pytest.mark.parametrize("kind", sorted(m.NEVER_SHELVED))
def test_some_kinds_are_never_shelved(kind: str) -> None:
    with pytest.raises(ValidationError):
        stage().do("shelve", source="cam-1", kind=kind, minutes=15, why="雾")
    forced = m.Shelve.model_construct(id="u", source="cam-1", kind=kind, minutes=15, why="雾")
    with pytest.raises(Exception, match=Refusal.NOT_SHELVABLE):
        stage().order(forced)


def test_what_is_not_shelved_cannot_be_taken_back() -> None:
    assert stage().refusal("unshelve", source="cam-1", kind="fire").why == Refusal.NOT_SHELVABLE


def test_a_shelf_is_on_the_screen() -> None:
    play = stage()
    play.do("shelve", source="cam-1", kind="fire", minutes=15, why="雾")
    shelved = {"source": "cam-1", "kind": "fire", "until": NOON + 900}
    assert play.rows()["shelf"] == {"cam-1|fire": shelved}
    play.do("unshelve", source="cam-1", kind="fire")
    assert play.rows()["shelf"] == {"cam-1|fire": None}


# --- duty


def test_a_unit_is_signed_off_and_on_by_hand() -> None:
    play = stage()
    play.do("duty", unit="near", on=False, text="车坏")
    assert play.world.units["near"].why_off == "车坏"
    assert play.rows()["unit"]["near"]["state"] == "off_duty"  # type: ignore[index]
    play.do("duty", unit="near", on=True)
    assert play.world.units["near"].why_off == ""
    assert play.refusal("duty", unit="nobody", on=True).why == Refusal.UNKNOWN_UNIT


def test_signing_off_with_an_order_ends_nothing_and_tells_the_officer() -> None:
    play = stage()
    ident = flood(play)
    play.do("duty", unit="near", on=False)
    assert play.told() == ["off_duty_with_order"]
    assert play.live(ident) == {"near": "offered"}


def test_the_live_side_takes_a_unit_out_of_a_drill() -> None:
    play = stage(root="fsx")
    ident = flood(play)
    play.do("duty", unit="near", on=False, text="真火")
    assert play.one(e.OrderQueued, state="withdrawn").unit == "near"
    assert play.live(ident) == {"middle": "offered"}
    assert not play.world.units["near"].on_duty
