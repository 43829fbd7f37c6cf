"""The figures of the after-action report, each reckoned by hand on a log of twenty minutes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from evaluation_make import LENGTH_S, START, A, B, Log, drill, township, truth, twenty_minutes, unit

from command.core import events as e
from command.core.reasons import Reason
from command.core.tables import Status
from simulations.evaluation.cover import Cover, cover
from simulations.evaluation.evaluate import Evaluation, evaluate
from simulations.evaluation.facts import Facts, gather
from simulations.evaluation.lessons import Point
from simulations.evaluation.needs import Kept, served
from simulations.evaluation.overrides import Kind, overrides
from simulations.evaluation.phases import Held, Measured, Norm, Phase, held, measure
from simulations.evaluation.schedules import compared, jobs_of, teams
from simulations.evaluation.standing import standing
from simulations.evaluation.truth import HazardSeen
from simulations.evaluation.work import Work, work
from simulations.field import Field
from simulations.judge import judge
from simulations.report import Proof, Report, figures


def facts_of(events: list[e.Event]) -> Facts:
    return gather(events, START, START + LENGTH_S)


@pytest.fixture
def facts() -> Facts:
    return facts_of(twenty_minutes())


def whole(events: list[e.Event], hazards: tuple[HazardSeen, ...] = ()) -> Evaluation:
    made = drill()
    report = Report(made, figures(events), judge(made, events, []), Proof(1, 1, same=True), 0.0)
    return evaluate(report, events, hazards)


def points(evaluation: Evaluation) -> list[Point]:
    return [lesson.point for lesson in evaluation.lessons]


# --- phases


def test_every_phase_in_seconds_and_what_never_came(facts: Facts) -> None:
    assert measure(facts) == [
        Measured(Phase.DETECT, (0.0, 2.0)),
        Measured(Phase.ANSWER, (10.0,), waiting=(1090.0,)),
        Measured(Phase.ORDER, (0.0, 60.0)),
        Measured(Phase.ACCEPT, (10.0, 10.0, 15.0)),
        Measured(Phase.SCENE, (180.0, 360.0)),
        Measured(Phase.CREW, ()),  # its card asks for seven people
    ]


def test_a_norm_counts_who_was_waited_for_longer_than_it_allows() -> None:
    answers = Measured(Phase.ANSWER, (5.0, 10.0, 14.0, 16.0), waiting=(3.0, 15.1))
    others = [Measured(phase, ()) for phase in Phase if phase is not Phase.ANSWER]
    first = held([answers, *others])[0]
    assert (first.norm.limit_s, first.n, first.within, first.met) == (15.0, 5, 3, False)


@pytest.mark.parametrize(
    ("n", "within", "met"), [(4, 4, None), (4, 0, None), (10, 9, True), (10, 8, False)]
)
def test_four_are_too_few_to_judge(n: int, within: int, met: bool | None) -> None:  # noqa: FBT001
    assert Held(Norm(Phase.ORDER, 0.9, 60.0, "x"), n, within).met is met


def test_ten_people_on_scene_are_counted_together() -> None:
    log = Log()
    log.opened("I-1", 0, A).add(e.IncidentReleased, 0, incident="I-1")
    log.offered("O-1", "I-1", 0, "u1", "crew", people=6).offered(
        "O-2", "I-1", 5, "u2", "crew", people=4
    )
    log.steps("O-1", "I-1", "u1", on_scene=100).steps("O-2", "I-1", "u2", on_scene=250)
    found = facts_of(log.events)
    big = replace(found.cases[0].plan, needs=(replace(found.cases[0].plan.needs[0], quantity=10),))
    found.cases[0].plan = big
    assert measure(found)[-1] == Measured(Phase.CREW, (250.0,))


def test_a_false_alarm_that_nobody_was_sent_to_waits_for_no_order() -> None:
    log = Log().opened("I-1", 0, A)
    log.add(e.IncidentEnded, 50, incident="I-1", state="false_alarm", by="watch")
    assert all(not one.seconds and not one.waiting for one in measure(facts_of(log.events)))


# --- needs


def test_needs_on_time_late_missed_and_over_too_soon(facts: Facts) -> None:
    found = [(n.case.id, n.need.role, n.kept, n.took_s) for n in served(facts)]
    assert found == [
        ("I-1", "crew", Kept.ON_TIME, 180.0),
        ("I-1", "medic", Kept.LATE, 990.0),  # 900 allowed
        ("I-1", "care", Kept.NOT_JUDGED, None),
        ("I-2", "crew", Kept.ON_TIME, 360.0),
        ("I-2", "medic", Kept.MISSED, None),  # due at 170 + 900, the drill ends at 1200
        ("I-2", "care", Kept.NOT_JUDGED, None),
    ]


def test_who_was_never_released_is_missed_and_who_ended_before_needed_nobody() -> None:
    log = Log().opened("I-1", 100, A).opened("I-2", 100, B)
    log.add(e.IncidentEnded, 150, incident="I-2", state="false_alarm", by="watch")
    found = served(facts_of(log.events))
    assert [(n.case.id, n.need.role, n.kept) for n in found] == [
        ("I-1", "crew", Kept.MISSED),  # due 600 after its opening
        ("I-1", "medic", Kept.MISSED),
        ("I-1", "care", Kept.NOT_JUDGED),
    ]


def test_by_night_there_is_half_as_much_time_again() -> None:
    log = Log().opened("I-1", 0, A).add(e.IncidentReleased, 0, incident="I-1")
    night = [replace(one, at=one.at + 15 * 3600) for one in log.events]  # 08:00 becomes 23:00
    first = served(gather(night, START, START + 15 * 3600 + 5000))[0]
    assert first.due - first.since == 900.0


# --- other schedules


def test_the_closest_unit_and_the_bound_below_every_schedule(facts: Facts) -> None:
    found = compared(facts, served(facts), truth())
    assert found.n == 4
    assert found.actual_s == pytest.approx((180 + 990 + 360 + 1030) / 4)
    # the closest takes u1 to A; u2 goes to B; the medic is back from A after the end
    assert found.closest_s == pytest.approx((175.67 + 976.28 + 353.58 + 1030) / 4, abs=0.01)
    # who knows of B sends u2 to A and keeps u1
    assert found.bound_s == pytest.approx((197.91 + 20 + 976.28 + 1030) / 4, abs=0.01)
    assert found.to_closest == pytest.approx(found.actual_s / found.closest_s)
    assert found.to_bound == pytest.approx(found.actual_s / 556.05, abs=0.001)


def test_a_unit_that_comes_back_in_time_serves_twice() -> None:
    """One crew for both: free again 240 s after its 155.67 s to A, then 155.67 s to B."""
    log = Log(township(units=(unit("u1", "crew", 35.0),)))
    for name, at, where in (("I-1", 0.0, A), ("I-2", 100.0, B)):
        log.opened(name, at, where).add(e.IncidentReleased, at, incident=name)
    facts = facts_of(log.events)
    one = replace(truth(), township=facts.township)
    found = compared(facts, served(facts), one)
    there = 20 + 155.67
    again = there + 240 + 20 + 155.67 - 100
    assert found.n == 2  # nobody of this township is a medic
    assert found.closest_s == pytest.approx((there + again) / 2, abs=0.01)
    assert found.bound_s == pytest.approx(found.closest_s)
    assert found.actual_s == pytest.approx((1200 + 1100) / 2)


def test_who_does_not_come_costs_the_closest_an_answer_but_not_who_knows() -> None:
    log = Log().opened("I-1", 0, B).add(e.IncidentReleased, 0, incident="I-1")
    facts = facts_of(log.events)
    silent = drill().unit[0].model_copy(update={"unit": "u1", "never": True})
    knows = replace(truth(), scenario=drill().model_copy(update={"unit": (silent, *drill().unit)}))
    job = jobs_of(facts, served(facts), knows)[0]
    found = compared(facts, [n for n in served(facts) if n.need.role == "crew"], knows)
    assert job.reply_s == 120.0
    assert found.closest_s == pytest.approx(120 + 20 + 333.58, abs=0.01)
    assert found.bound_s == pytest.approx(20 + 333.58, abs=0.01)


def test_a_false_alarm_that_ended_before_anybody_was_there_is_compared_with_nothing() -> None:
    log = Log().opened("I-1", 0, A).add(e.IncidentReleased, 0, incident="I-1")
    log.add(e.IncidentEnded, 60, incident="I-1", state="false_alarm", by="watch")
    facts = facts_of(log.events)
    assert compared(facts, served(facts), truth()).n == 0


def test_a_unit_that_is_not_on_duty_is_sent_by_nobody() -> None:
    off = unit("u1", "crew", 35.0, on_duty=False)
    assert [one.id for one in teams(township(units=(off, unit("u2", "crew", 35.03))))] == ["u2"]


def test_the_truth_is_that_of_the_field() -> None:
    """The simulated field itself, asked for its way."""
    there = Field(drill(), township())
    for one in township().units:
        assert truth().way_s(one, truth().home(one), A) == pytest.approx(there._way_s(one.id, A))


# --- cover, work


def test_village_minutes_without_help(facts: Facts) -> None:
    # v1: both crews away from 180 to 430; v2: the medic away from 25, and at the end still at A
    assert cover(facts, truth()) == Cover(
        villages=2, minutes=23.8, at_rest=0.0, worst="v2", worst_minutes=19.6
    )


def test_what_nobody_covers_at_rest_is_not_the_drills_doing() -> None:
    facts = facts_of(Log(township(units=(unit("u1", "crew", 35.0),))).events)
    found = cover(facts, replace(truth(), township=facts.township))
    assert (found.minutes, found.at_rest, found.caused, found.worst) == (20.0, 20.0, 0.0, "v2")


def test_who_signs_off_covers_nothing() -> None:
    log = Log().add(e.UnitDutyChanged, 600, source="m1", unit="m1", on=False)
    assert cover(facts_of(log.events), truth()).minutes == 10.0


def test_minutes_at_work(facts: Facts) -> None:
    assert work(facts) == [
        Work("m1", 17.9, 17.9, 1),
        Work("u2", 17.0, 17.0, 1),  # still at it at the end
        Work("u1", 6.8, 6.8, 1),
    ]


def test_two_tasks_at_once_tire_once_and_a_pause_ends_a_stretch() -> None:
    log = Log().opened("I-1", 0, A)
    for order, start, end in (("O-1", 0, 300), ("O-2", 120, 420), ("O-3", 600, 660)):
        log.offered(order, "I-1", start, "u1", "crew")
        log.steps(order, "I-1", "u1", accepted=start, done=end)
    assert work(facts_of(log.events)) == [Work("u1", 8.0, 7.0, 3)]


# --- the officer


def test_what_the_officer_decided_and_what_it_cost(facts: Facts) -> None:
    held_up, sent = overrides(facts, truth())
    assert (held_up.kind, held_up.incident, held_up.cost_s) == (Kind.HELD, "I-2", 50.0)
    # u1 is at work: u2 was the quickest that was free
    assert (sent.kind, sent.unit, sent.instead, sent.cost_s) == (Kind.SENT, "u2", "", 0.0)
    assert (sent.why, held_up.why) == ("熟路", "看一眼")


def test_passing_a_quicker_unit_costs_the_difference_of_the_ways() -> None:
    log = Log().opened("I-1", 0, B)
    log.offered("O-1", "I-1", 10, "u2", "crew", by="watch").steps("O-1", "I-1", "u2", accepted=20)
    log.add(
        e.AssignmentChanged,
        60,
        Reason.BY_OFFICER,
        order_id="O-1",
        incident="I-1",
        unit="u2",
        status=Status.WITHDRAWN,
        by="watch",
        text="弄错了",
    )
    sent, back = overrides(facts_of(log.events), truth())
    assert (sent.instead, sent.cost_s) == ("u1", 333.6)
    assert (back.kind, back.unit, back.why, back.cost_s) == (Kind.WITHDRAWN, "u2", "弄错了", None)


def test_an_open_dialog_is_no_override(facts: Facts) -> None:
    log = Log().opened("I-1", 0, A)
    log.add(e.ReleaseHeld, 10, incident="I-1", until=START + 40, by="watch", dialog=True)
    assert overrides(facts_of(log.events), truth()) == []


def test_load_roll_calls_and_silent_cameras() -> None:
    there = township()
    log = Log(there).opened("I-1", 10, A)
    for n in range(3):
        log.add(e.OfficerAlerted, 610 + n, Reason.PAR_DUE, alert=f"A-{n}")
    for missed in (0, 1, 2):
        due: dict[str, Any] = {"order_id": "O", "incident": "I-1", "unit": "u1", "answer_by": 0.0}
        log.add(e.AccountabilityDue, 100 + missed, Reason.PAR_DUE, missed=missed, **due)
    found = standing(facts_of(log.events))
    assert (found.load, found.busiest) == ((1, 3), 3)
    assert (found.roll_calls, found.unanswered, found.cameras_down) == (1, 2, 0)


# --- merges


def test_a_merged_incident_is_counted_in_the_one_it_joined() -> None:
    log = Log().opened("I-1", 0, A).opened("I-2", 5, A)
    for name in ("I-1", "I-2"):
        log.add(e.IncidentReleased, 5, incident=name)
    log.offered("O-1", "I-2", 5, "u1", "crew")
    log.add(e.AssignmentMoved, 20, order_id="O-1", incident="I-1", unit="u1")
    log.add(e.IncidentMerged, 20, incident="I-2", into="I-1", by="watch")
    log.steps("O-1", "I-1", "u1", on_scene=100)
    facts = facts_of(log.events)
    assert [case.id for case in facts.emergencies] == ["I-1"]
    first = served(facts)[0]
    assert (first.need.role, first.kept) == ("crew", Kept.ON_TIME)


# --- lessons


def test_every_lesson_has_a_figure_behind_it() -> None:
    found = whole(twenty_minutes())
    assert points(found) == [
        Point.NEED_MISSED,
        Point.NEED_LATE,
        Point.NOBODY,
        Point.UNCOVERED,
    ]
    late = found.lessons[1].figures
    assert (late["took_s"], late["limit_s"], late["role"]) == (990.0, 900.0, "medic")


def test_a_fire_that_was_not_held_is_a_lesson_and_its_hectares_are_added_up() -> None:
    fires = tuple(HazardSeen("wildfire", 0.0, None, {"hectares": size}) for size in (1.5, 2.0))
    found = whole(twenty_minutes(), fires)
    assert found.truth.hectares == 3.5
    assert points(found).count(Point.NOT_OVER) == 2
    assert whole(twenty_minutes()).truth.hectares is None


def test_a_drill_in_which_nothing_happened_teaches_nothing_but_what_was_expected() -> None:
    found = whole(Log().events)
    assert points(found) == [Point.INJECT]
    assert (found.compared.n, found.compared.to_closest, found.work) == (0, None, [])
