"""The report's pictures: an evaluation's values as charts and map. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from command.core.tables import Status
from sensors.observations import Position
from sensors.words import _
from simulations.evaluation import charts, township_map
from simulations.evaluation.document import Picture
from simulations.evaluation.evaluate import Evaluation
from simulations.evaluation.facts import Case, Task
from simulations.evaluation.phases import NORMS
from simulations.evaluation.standing import FLOOD, SLOT_S
from simulations.evaluation.truth import HECTARES
from simulations.evaluation.voice import Voice
from simulations.evaluation.wording import PHASES

ROWS, WAYS, UNITS = 80, 60, 20  # drawn; the tables and the log have all
STEPS = (Status.OFFERED, Status.ACCEPTED, Status.EN_ROUTE, Status.ON_SCENE)
STEP_WORDS = (_("asked, no answer yet"), _("accepted"), _("on the way"), _("at work on scene"))
HECTARES_WORDS, LEVEL_WORDS = _("Hectares over time"), _("Level over time")
LOST = frozenset({Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN})


def timeline(evaluation: Evaluation, voice: Voice) -> Iterator[Picture]:
    """Every incident with its tasks, as far as there is room."""
    facts = evaluation.facts
    length_s = facts.end_at - facts.start_at
    rows: list[charts.Bar] = []
    shown = [case for case in facts.cases if case.tasks or case.is_emergency]
    for case in shown:
        mark_s = case.opened_at - facts.start_at
        rows.append(charts.Bar(_headline(case, voice), mark_s=mark_s))
        rows += [_bar(task, evaluation, voice) for task in case.tasks]
    if not rows:
        return
    legend = [voice.say(words) for words in STEP_WORDS]
    title = voice.say(_("Units and incidents over time"))
    caption = voice.say(
        _("A triangle: the incident is opened. A cross: declined, no answer, or called back.")
    )
    if len(rows) > ROWS:
        drawn = voice.say(_("The first {n} of {of} lines are drawn."), n=ROWS, of=len(rows))
        caption = f"{caption} {drawn}"
    yield Picture(charts.timeline(rows[:ROWS], length_s, legend, title), caption)


def _headline(case: Case, voice: Voice) -> str:
    return f"{case.id} {voice.name(case.plan.kind)}"


def _bar(task: Task, evaluation: Evaluation, voice: Voice) -> charts.Bar:
    start_at, end_at = evaluation.facts.start_at, evaluation.facts.end_at
    over = end_at if task.ended_at is None else task.ended_at
    begun = {Status.OFFERED: task.offered_at, **task.moments}
    reached = [(shade, at) for shade, step in enumerate(STEPS) if (at := begun.get(step))]
    ends = [*(at for _shade, at in reached[1:]), over]
    spans = [
        charts.Span(
            at - start_at,
            min(until, end_at) - start_at,
            shade,
            f"{voice.name(task.unit)} {voice.say(STEP_WORDS[shade])} {voice.moment(at)}",
        )
        for (shade, at), until in zip(reached, ends, strict=True)
    ]
    label = f"{voice.name(task.unit)} ({voice.teller.role(task.role)})"
    return charts.Bar(label, spans, cross_s=over - start_at if task.status in LOST else None)


def the_map(evaluation: Evaluation, voice: Voice) -> Picture:
    """Incidents, hazards, and who went from where."""
    facts = evaluation.facts
    marks = [
        township_map.Mark(case.id.rpartition("-")[2], case.position)
        for case in facts.cases
        if case.position is not None
    ]
    rings = [ring for hazard in evaluation.truth.hazards for ring in hazard.rings]
    title = voice.say(_("Map of the township"))
    caption = voice.say(
        _(
            "Red: incidents, by the last part of their number, and what the hazard covered."
            " Squares: where units started; a broken line: did not arrive. North is up."
        )
    )
    ways = list(_ways(evaluation, voice))[:WAYS]
    drawn = township_map.draw(facts.township, rings, marks, ways, title, voice.lang)
    return Picture(drawn, caption)


def _ways(evaluation: Evaluation, voice: Voice) -> Iterator[township_map.Way]:
    """Of those who set out."""
    homes = {u.id: Position(u.lon, u.lat) for u in evaluation.facts.township.units}
    for case in evaluation.facts.cases:
        for task in case.tasks:
            set_out = task.on_scene_at is not None or Status.EN_ROUTE in task.moments
            if set_out and case.position is not None and task.unit in homes:
                arrived = task.on_scene_at is not None
                start = homes[task.unit]
                yield township_map.Way(voice.name(task.unit), start, case.position, arrived)


def phases(evaluation: Evaluation, voice: Voice) -> Picture:
    """Every measured time as a dot, beside the norms."""
    rows = [
        charts.Row(
            voice.of(PHASES, one.phase),
            one.seconds,
            [norm.limit_s for norm in NORMS if norm.phase is one.phase],
        )
        for one in evaluation.measured
    ]
    title = voice.say(_("Times of each phase, in seconds"))
    caption = voice.say(
        _("Each dot is one incident or order; broken lines are the limits that norms set.")
    )
    return Picture(charts.dots(rows, title), caption)


def work(evaluation: Evaluation, voice: Voice) -> Picture:
    """The units that worked longest."""
    rows = [(voice.name(one.unit), one.minutes) for one in evaluation.work[:UNITS]]
    title = voice.say(_("Minutes at work of each unit"))
    return Picture(charts.bars(rows, voice.say(_("min")), title), title)


def load(evaluation: Evaluation, voice: Voice) -> Picture:
    """New incidents and alerts in every ten minutes."""
    values = [float(n) for n in evaluation.standing.load]
    labels = [f"{int(n * SLOT_S / 60)}'" for n in range(len(values))]
    title = voice.say(
        _("Incidents and alerts before the officer in each ten minutes; above {n} is a flood"),
        n=FLOOD,
    )
    return Picture(charts.columns(values, labels, float(FLOOD), title), title)


def courses(evaluation: Evaluation, voice: Voice) -> Iterator[Picture]:
    """How what burns grew, or how high what rises stood."""
    for hazard in evaluation.truth.hazards:
        burns = HECTARES in hazard.figures
        words, unit = (HECTARES_WORDS, _("ha")) if burns else (LEVEL_WORDS, _("m"))
        if len(hazard.course) > 1:
            title = voice.say(words)
            yield Picture(charts.curve(hazard.course, voice.say(unit), title), title)
