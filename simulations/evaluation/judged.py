"""Chapters that hold figures against something: norms, cards, schedules, injects. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sensors.words import _
from simulations.evaluation import pictures
from simulations.evaluation.document import Block, Grid, Heading, Words
from simulations.evaluation.evaluate import Evaluation
from simulations.evaluation.needs import Kept, Served
from simulations.evaluation.phases import Held, Measured
from simulations.evaluation.voice import NONE, Voice
from simulations.evaluation.wording import KEPT, PHASES
from simulations.judge import Verdict
from simulations.report import FEW, finding_mark, finding_words, nearest_rank, verdict_mark

NEEDS_SHOWN = 150
SHOWN = 20  # units in the table of work


def phases(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """Percentiles of each phase with their n, and the norms."""
    yield Heading(2, v.say(_("From the device to the scene")))
    yield pictures.phases(evaluation, v)
    head = [_("Phase"), _("n"), _("50%"), _("90%"), _("95%"), _("Longest"), _("Not by the end")]
    rows = [_phase(one, v) for one in evaluation.measured]
    yield Grid([v.say(word) for word in head], rows, frozenset(range(1, 7)))
    yield Words(
        v.say(_("Fewer than {n} are listed one by one; a percentile of them says nothing."), n=FEW)
    )
    head = [_("Norm"), _("Source"), _("Kept by"), _("Judgement")]
    yield Grid([v.say(word) for word in head], [_norm(one, v) for one in evaluation.held])


def _phase(one: Measured, v: Voice) -> list[str]:
    name, n, never = v.of(PHASES, one.phase), len(one.seconds), str(len(one.waiting))
    if n < FEW:
        each = ", ".join(v.lasts(seconds) for seconds in one.seconds) or NONE
        return [name, str(n), each, NONE, NONE, NONE, never]
    ranks = [v.lasts(nearest_rank(one.seconds, share)) for share in (0.5, 0.9, 0.95, 1.0)]
    return [name, str(n), *ranks, never]


def _norm(one: Held, v: Voice) -> list[str]:
    norm = one.norm
    said = v.say(
        _("{phase}: {share} within {limit}"),
        phase=v.of(PHASES, norm.phase),
        share=f"{100 * norm.share:.0f}%",
        limit=v.lasts(norm.limit_s),
    )
    judged = {None: _("too few to judge"), True: _("kept"), False: _("not kept")}[one.met]
    return [said, norm.source, v.share(one.within, one.n, FEW), v.say(judged)]


def needs(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """Every need of every emergency, musts first."""
    yield Heading(2, v.say(_("Needs of the run cards")))
    if not evaluation.needs:
        yield Words(v.say(_("No emergency needed anybody (n=0).")))
        return
    yield Grid(
        [v.say(word) for word in (_("Kind of need"), *KEPT.values())],
        [_counted(evaluation, v, must=True), _counted(evaluation, v, must=False)],
        frozenset(range(1, 5)),
    )
    head = [
        _("Incident"),
        _("Role"),
        _("People needed"),
        _("Kind"),
        _("Allowed"),
        _("Took"),
        _("Result"),
    ]
    rows = [
        (
            f"{one.case.id} {v.name(one.case.plan.kind)}",
            v.teller.role(one.need.role),
            str(one.need.quantity),
            v.say(_("must") if one.need.must else _("wanted")),
            v.lasts(one.due - one.since),
            v.lasts(one.took_s),
            v.of(KEPT, one.kept),
        )
        for one in sorted(evaluation.needs, key=_gravest)[:NEEDS_SHOWN]
    ]
    yield Grid([v.say(word) for word in head], rows, frozenset({2, 4, 5}))
    if len(evaluation.needs) > NEEDS_SHOWN:
        more = len(evaluation.needs) - NEEDS_SHOWN
        yield Words(v.say(_("{n} more needs, none graver than these."), n=more))


def _gravest(one: Served) -> tuple[bool, int]:
    """Musts before shoulds; what was not filled, then what was late, before all else."""
    order = (Kept.MISSED, Kept.LATE, Kept.NOT_JUDGED, Kept.ON_TIME)
    return not one.need.must, order.index(one.kept)


def _counted(evaluation: Evaluation, v: Voice, *, must: bool) -> list[str]:
    own = [one for one in evaluation.needs if one.need.must is must]
    name = v.say(_("must (n={n})") if must else _("wanted (n={n})"), n=len(own))
    return [name, *(str(sum(one.kept is kept for one in own)) for kept in Kept)]


def schedules(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """The drill's own orders beside the closest unit and the bound."""
    found = evaluation.compared
    yield Heading(2, v.say(_("Against other ways of sending")))
    if not found.n:
        yield Words(v.say(_("No must-need that could be filled (n=0).")))
        return
    rows = [
        (v.say(_("as it was")), v.lasts(found.actual_s), NONE),
        (v.say(_("always the closest unit")), v.lasts(found.closest_s), _times(found.to_closest)),
        (
            v.say(_("a schedule that knows all beforehand")),
            v.lasts(found.bound_s),
            _times(found.to_bound),
        ),
    ]
    head = [_("Way of sending"), _("Mean time to a filled must"), _("As it was, in times of it")]
    yield Grid([v.say(word) for word in head], rows, frozenset({1, 2}))
    yield Words(
        v.say(
            _(
                "n={n} must-needs, from release to the last person needed; what was never filled"
                " counts to the end of the drill. The other two are reckoned with the ways and"
                " answers that the drill's field really has. The last is a lower bound from one"
                " assignment over all incidents: nothing that serves them in order of release is"
                " quicker, perhaps nothing is as quick."
                " People vary by a fifth around these times."
            ),
            n=found.n,
        )
    )


def _times(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def burden(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """Cover of the villages, work of the units, roll calls, cameras."""
    cover, standing = evaluation.cover, evaluation.standing
    yield Heading(2, v.say(_("Cover, work and safety")))
    yield Words(
        v.say(
            _(
                "Uncovered village-minutes (no free team within ten minutes): {n} over {villages}"
                " villages; {rest} of them also with every team at home. Longest: {place},"
                " {minutes} min."
            ),
            n=f"{cover.minutes:g}",
            villages=cover.villages,
            rest=f"{cover.at_rest:g}",
            place=v.name(cover.worst),
            minutes=f"{cover.worst_minutes:g}",
        )
    )
    yield Words(
        v.say(
            _(
                "Roll calls on scene: {n}, unanswered {missed}, maydays {maydays}. Cameras silent"
                " at once: at most {down} of {cameras}."
            ),
            n=standing.roll_calls,
            missed=standing.unanswered,
            maydays=standing.maydays,
            down=standing.cameras_down,
            cameras=standing.cameras,
        )
    )
    if evaluation.work:
        yield pictures.work(evaluation, v)
        head = [_("Unit"), _("Tasks"), _("Minutes at work"), _("Longest without a pause")]
        rows = [
            (v.name(one.unit), str(one.tasks), f"{one.minutes:g}", f"{one.longest:g}")
            for one in evaluation.work[:SHOWN]
        ]
        yield Grid([v.say(word) for word in head], rows, frozenset({1, 2, 3}))
    if len(evaluation.work) > SHOWN:
        more = len(evaluation.work) - SHOWN
        yield Words(v.say(_("{n} more units worked less."), n=more))


def objectives(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """What the drill was to test, and how many of its injects got what was expected."""
    scenario = evaluation.report.scenario
    by_purpose: dict[str, list[Verdict]] = {}
    for verdict in evaluation.report.verdicts:
        purpose = scenario.purpose(verdict.inject, v.lang)
        by_purpose.setdefault(purpose, []).append(verdict)
    rows = []
    for purpose, verdicts in by_purpose.items():
        played = [one for one in verdicts if one.at_s is not None]
        met = sum(one.passed for one in played)
        rows.append((purpose, v.share(met, len(played), FEW), str(len(verdicts) - len(played))))
    yield Heading(2, v.say(_("Objectives")))
    head = (_("Objective"), _("Injects met"), _("Not played"))
    yield Grid([v.say(word) for word in head], rows, frozenset({1, 2}))


def injects(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    """What was expected of the post after each inject, and what was seen."""
    yield Heading(2, v.say(_("Injects")))
    for verdict in evaluation.report.verdicts:
        yield from _inject(evaluation, verdict, v)


def _inject(evaluation: Evaluation, verdict: Verdict, v: Voice) -> Iterator[Block]:
    inject, at_s = verdict.inject, verdict.at_s
    at = v.say(_("not played")) if at_s is None else v.moment(v.start_at + at_s)
    note = inject.note_en if v.lang == "en" else inject.note
    purpose = evaluation.report.scenario.purpose(inject, v.lang)
    yield Heading(3, f"{verdict_mark(verdict)} {at} {inject.id} ({inject.channel})")
    yield Words(" ".join(filter(None, [purpose, note])))
    if verdict.findings:
        rows = [(finding_mark(one), finding_words(one, v.lang)) for one in verdict.findings]
        yield Grid(("", v.say(_("Expected and seen"))), rows)
