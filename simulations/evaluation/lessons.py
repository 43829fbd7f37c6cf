"""What to improve: only what a figure of this drill says, and the figure with it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from command.core import events as e
from command.core.tables import Status
from simulations.evaluation.cover import Cover
from simulations.evaluation.facts import Facts
from simulations.evaluation.needs import Kept, Served
from simulations.evaluation.overrides import Override
from simulations.evaluation.phases import Held
from simulations.evaluation.schedules import Compared
from simulations.evaluation.standing import CAMERAS_DOWN, FLOOD, Standing
from simulations.evaluation.truth import HazardSeen
from simulations.evaluation.work import Work
from simulations.judge import Verdict

WORSE = 1.05  # a ratio this near to 1 is no news: people vary by a fifth
COSTLY_S = 60.0  # an override that costs less is no news: as for calling a unit over
TIRED_MIN = 240.0  # our judgement: a crew is relieved after four hours
UNCOVERED_MIN = 10.0


class Point(StrEnum):
    """What the figure is of."""

    MAYDAY = "mayday"
    NEED_MISSED = "need_missed"
    NEED_LATE = "need_late"
    NOBODY = "nobody"
    INJECT = "inject"
    NORM = "norm"
    NOT_OVER = "not_over"
    ESCALATED = "escalated"
    SILENT = "silent"
    DECLINED = "declined"
    ROLL_CALL = "roll_call"
    CLOSEST = "closest"
    OVERRIDE = "override"
    UNCOVERED = "uncovered"
    TIRED = "tired"
    LOAD = "load"
    CAMERAS = "cameras"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to improve; `figures` are what its sentence names."""

    point: Point
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that lessons are drawn from."""

    facts: Facts
    needs: Sequence[Served]
    held: Sequence[Held]
    verdicts: Sequence[Verdict]
    hazards: Sequence[HazardSeen]
    compared: Compared
    overrides: Sequence[Override]
    cover: Cover
    work: Sequence[Work]
    standing: Standing


def lessons(grounds: Grounds) -> list[Lesson]:
    """The gravest first; none where every figure was as it should be."""
    return [
        *_mayday(grounds),
        *_needs(grounds),
        *_nobody(grounds),
        *_injects(grounds),
        *_norms(grounds),
        *_not_over(grounds),
        *_escalated(grounds),
        *_answers(grounds, Point.SILENT, Status.EXPIRED),
        *_answers(grounds, Point.DECLINED, Status.DECLINED),
        *_roll_calls(grounds),
        *_closest(grounds),
        *_overrides(grounds),
        *_uncovered(grounds),
        *_tired(grounds),
        *_load(grounds),
    ]


def _mayday(g: Grounds) -> Iterator[Lesson]:
    if g.standing.maydays:
        yield Lesson(Point.MAYDAY, {"n": g.standing.maydays})


def _needs(g: Grounds) -> Iterator[Lesson]:
    points = {Kept.MISSED: Point.NEED_MISSED, Kept.LATE: Point.NEED_LATE}
    for kept, point in points.items():
        for one in g.needs:
            if one.need.must and one.kept is kept:
                figures = {
                    "incident": one.case.id,
                    "plan": one.case.plan.kind,
                    "role": one.need.role,
                    "people": one.need.quantity,
                    "limit_s": one.due - one.since,
                    "took_s": one.took_s,
                }
                yield Lesson(point, figures)


def _nobody(g: Grounds) -> Iterator[Lesson]:
    left = [one for one in g.facts.events if isinstance(one, e.NobodyLeft) and one.must]
    for role, n in sorted(Counter(one.role for one in left).items()):
        yield Lesson(Point.NOBODY, {"role": role, "n": n})


def _injects(g: Grounds) -> Iterator[Lesson]:
    for verdict in g.verdicts:
        if not verdict.passed:
            missed = sum(not finding.passed for finding in verdict.findings)
            figures = {"inject": verdict.inject.id, "n": missed, "of": len(verdict.findings)}
            yield Lesson(Point.INJECT, figures)


def _norms(g: Grounds) -> Iterator[Lesson]:
    for held in g.held:
        if held.met is False:
            figures = {
                "phase": held.norm.phase,
                "within": held.within,
                "n": held.n,
                "share": held.norm.share,
                "limit_s": held.norm.limit_s,
                "source": held.norm.source,
            }
            yield Lesson(Point.NORM, figures)


def _not_over(g: Grounds) -> Iterator[Lesson]:
    for hazard in g.hazards:
        if hazard.over_s is None:
            yield Lesson(Point.NOT_OVER, {"hazard": hazard.kind})


def _escalated(g: Grounds) -> Iterator[Lesson]:
    n = sum(case.called_up for case in g.facts.cases)
    if n:
        yield Lesson(Point.ESCALATED, {"n": n})


def _answers(g: Grounds, point: Point, status: Status) -> Iterator[Lesson]:
    """Of each unit that at least once did not take its order; of all the orders that it got."""
    orders = Counter(task.unit for task in g.facts.tasks)
    lost = Counter(task.unit for task in g.facts.tasks if status in task.moments)
    for unit, n in sorted(lost.items(), key=lambda item: (-item[1], item[0])):
        yield Lesson(point, {"unit": unit, "n": n, "of": orders[unit]})


def _roll_calls(g: Grounds) -> Iterator[Lesson]:
    if g.standing.unanswered:
        figures = {"n": g.standing.unanswered, "of": g.standing.roll_calls}
        yield Lesson(Point.ROLL_CALL, figures)


def _closest(g: Grounds) -> Iterator[Lesson]:
    ratio = g.compared.to_closest
    if ratio is not None and ratio > WORSE:
        yield Lesson(Point.CLOSEST, {"ratio": ratio, "n": g.compared.n})


def _overrides(g: Grounds) -> Iterator[Lesson]:
    for one in g.overrides:
        if one.cost_s is not None and one.cost_s > COSTLY_S:
            figures = {
                "override": one.kind,
                "incident": one.incident,
                "unit": one.unit,
                "instead": one.instead,
                "cost_s": one.cost_s,
            }
            yield Lesson(Point.OVERRIDE, figures)


def _uncovered(g: Grounds) -> Iterator[Lesson]:
    if g.cover.caused > UNCOVERED_MIN:
        yield Lesson(Point.UNCOVERED, {"minutes": g.cover.caused, "place": g.cover.worst})


def _tired(g: Grounds) -> Iterator[Lesson]:
    for one in g.work:
        if one.longest > TIRED_MIN:
            yield Lesson(Point.TIRED, {"unit": one.unit, "minutes": one.longest})


def _load(g: Grounds) -> Iterator[Lesson]:
    if g.standing.busiest > FLOOD:
        yield Lesson(Point.LOAD, {"n": g.standing.busiest, "limit": FLOOD})
    if g.standing.cameras_down > CAMERAS_DOWN:
        figures = {"n": g.standing.cameras_down, "of": g.standing.cameras, "limit": CAMERAS_DOWN}
        yield Lesson(Point.CAMERAS, figures)
