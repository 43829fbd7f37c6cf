"""A drill evaluated: every figure of the after-action report, from what happened. Pure.

events of the log -> facts -> phases, needs, schedules, cover, work, overrides -> lessons

The events are those of the log; the scenario and its hazards say how the field really was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from command.core.events import Event
from simulations.evaluation.cover import Cover, cover
from simulations.evaluation.facts import Facts, gather
from simulations.evaluation.lessons import Grounds, Lesson, lessons
from simulations.evaluation.needs import Served, served
from simulations.evaluation.overrides import Override, overrides
from simulations.evaluation.phases import Held, Measured, held, measure
from simulations.evaluation.schedules import Compared, compared
from simulations.evaluation.standing import Standing, standing
from simulations.evaluation.truth import HazardSeen, Truth
from simulations.evaluation.work import Work, work
from simulations.report import Report


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the after-action report states, in values."""

    report: Report
    facts: Facts
    truth: Truth
    measured: Sequence[Measured]
    held: Sequence[Held]
    needs: Sequence[Served]
    compared: Compared
    cover: Cover
    work: Sequence[Work]
    overrides: Sequence[Override]
    standing: Standing
    lessons: Sequence[Lesson]


def evaluate(
    report: Report,
    events: Sequence[Event],
    hazards: Sequence[HazardSeen] = (),
    end_at: float | None = None,
) -> Evaluation:
    """`end_at`: when it was broken off, POSIX seconds; None: it was played to its end."""
    scenario = report.scenario
    facts = gather(events, scenario.start_at, scenario.end_at if end_at is None else end_at)
    truth = Truth(scenario, facts.township, tuple(hazards))
    measured, needs = measure(facts), served(facts)
    grounds = Grounds(
        facts=facts,
        needs=needs,
        held=held(measured),
        verdicts=report.verdicts,
        hazards=truth.hazards,
        compared=compared(facts, needs, truth),
        overrides=overrides(facts, truth),
        cover=cover(facts, truth),
        work=work(facts),
        standing=standing(facts),
    )
    return Evaluation(
        report=report,
        facts=facts,
        truth=truth,
        measured=measured,
        held=grounds.held,
        needs=needs,
        compared=grounds.compared,
        cover=grounds.cover,
        work=grounds.work,
        overrides=grounds.overrides,
        standing=grounds.standing,
        lessons=lessons(grounds),
    )
