"""The after-action report as a document, in one language: figures first, then how it went. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from command.core import events as e
from command.core.codec import event_dict
from command.core.tables import Status
from sensors.words import _
from simulations.evaluation import judged, pictures
from simulations.evaluation.document import Block, Document, Grid, Heading, Points, Words
from simulations.evaluation.evaluate import Evaluation
from simulations.evaluation.lessons import Lesson
from simulations.evaluation.needs import Kept
from simulations.evaluation.voice import Voice, voice
from simulations.evaluation.wording import (
    FIGURES,
    HAZARDS,
    LESSONS,
    OVERRIDES,
    PHASES,
)
from simulations.report import FEW, dropout_words

LESSONS_SHOWN = 40
LINES = 300  # of the timeline; the transcript has all
TOLD = (
    e.IncidentOpened,
    e.IncidentReleased,
    e.IncidentEscalated,
    e.SecondLineCalled,
    e.IncidentMerged,
    e.IncidentSplit,
    e.IncidentReopened,
    e.IncidentEnded,
    e.ReleaseHeld,
    e.PriorityChanged,
    e.GradeSet,
    e.HazardAdded,
    e.NobodyLeft,
    e.UnitMayday,
    e.RequestReceived,
    e.NoticeIssued,
    e.ResponseSet,
    e.CommandDone,
    e.ShiftChanged,
)
STEPS_TOLD = frozenset({Status.ON_SCENE, Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN})


def title_of(evaluation: Evaluation, lang: str) -> str:
    """The drill's own title in this language."""
    head = evaluation.report.scenario.scenario
    return head.title_en if lang == "en" else head.title


def document(evaluation: Evaluation, lang: str) -> Document:
    """The whole report."""
    facts = evaluation.facts
    speaks = voice(facts.township, lang, facts.start_at)
    title = speaks.say(_("After-action report: {title}"), title=title_of(evaluation, lang))
    return [
        Heading(1, title),
        *_head(evaluation, speaks),
        *_lessons(evaluation, speaks),
        *judged.objectives(evaluation, speaks),
        *_timeline(evaluation, speaks),
        Heading(2, speaks.say(_("Map of hazard and units"))),
        pictures.the_map(evaluation, speaks),
        *_hazards(evaluation, speaks),
        *judged.phases(evaluation, speaks),
        *judged.needs(evaluation, speaks),
        *judged.schedules(evaluation, speaks),
        *judged.burden(evaluation, speaks),
        *_officer(evaluation, speaks),
        *_dropouts(evaluation, speaks),
        *judged.injects(evaluation, speaks),
    ]


def _head(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    report = evaluation.report
    yield Words(report.verdict_words(v.lang))
    yield Words(report.clock_words(v.lang))
    yield Words(report.proof_words(v.lang))
    yield Grid(("", ""), [*report.rows(v.teller, v.lang), *_headlines(evaluation, v)])


def _headlines(evaluation: Evaluation, v: Voice) -> Iterator[tuple[str, str]]:
    """The figures of the evaluation in one line each."""
    musts = [one for one in evaluation.needs if one.need.must and one.kept is not Kept.NOT_JUDGED]
    kept = sum(one.kept is Kept.ON_TIME for one in musts)
    yield v.say(_("Must-needs on time")), v.share(kept, len(musts), FEW)
    against = evaluation.compared
    yield v.say(_("Time to a filled must, against the closest unit")), _ratio(against.to_closest)
    yield v.say(_("The same against a schedule that knows all")), _ratio(against.to_bound)
    cover = evaluation.cover
    yield (
        v.say(_("Uncovered village-minutes")),
        v.say(
            _("{n}, of these {caused} because teams were away"),
            n=f"{cover.minutes:g}",
            caused=f"{cover.caused:g}",
        ),
    )
    if evaluation.truth.hectares is not None:
        yield v.of(FIGURES, "hectares").capitalize(), f"{evaluation.truth.hectares:.1f}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


# --- what to improve


def _lessons(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    yield Heading(2, v.say(_("What to improve")))
    if not evaluation.lessons:
        yield Words(v.say(_("No figure of this drill asks for a change.")))
        return
    yield Words(v.say(_("Each point stands for a figure of this drill, the gravest first.")))
    yield Points([lesson_words(lesson, v) for lesson in evaluation.lessons[:LESSONS_SHOWN]])
    if len(evaluation.lessons) > LESSONS_SHOWN:
        more = len(evaluation.lessons) - LESSONS_SHOWN
        yield Words(v.say(_("{n} more points; their figures are in the tables below."), n=more))


def lesson_words(lesson: Lesson, v: Voice) -> str:
    """The point with its figure, as a sentence."""
    values = {
        key.removesuffix("_s"): SPOKEN.get(key, _as_it_is)(v, value)
        for key, value in lesson.figures.items()
    }
    return " ".join(v.say(LESSONS[lesson.point], **values).split())


def _as_it_is(_v: Voice, value: Any) -> str:
    return str(value)


def _name(v: Voice, ident: str) -> str:
    return v.name(ident) if ident else ""


SPOKEN: dict[str, Callable[[Voice, Any], str]] = {
    "unit": _name,
    "plan": _name,
    "place": _name,
    "role": lambda v, code: v.teller.role(code),
    "hazard": lambda v, code: v.of(HAZARDS, code),
    "override": lambda v, code: v.of(OVERRIDES, code),
    "phase": lambda v, code: v.of(PHASES, code),
    "limit_s": Voice.lasts,
    "took_s": Voice.lasts,
    "cost_s": Voice.lasts,
    "share": lambda _v, share: f"{100 * share:.0f}%",
    "ratio": lambda _v, ratio: f"{ratio:.2f}",
    "minutes": lambda _v, minutes: f"{minutes:g}",
}


# --- how it went


def _timeline(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    yield Heading(2, v.say(_("How it went")))
    yield from pictures.timeline(evaluation, v)
    told = [one for one in evaluation.facts.events if _is_told(one)]
    rows = [(v.moment(one.at), v.teller.tell(event_dict(one))) for one in told[:LINES]]
    yield Grid((v.say(_("Time")), v.say(_("What happened"))), rows)
    if len(told) > LINES:
        more = v.say(_("{n} more lines are in transcript.txt."), n=len(told) - LINES)
        yield Words(more)


def _is_told(one: e.Event) -> bool:
    if isinstance(one, e.AssignmentChanged):
        return one.status in STEPS_TOLD
    return isinstance(one, TOLD)


def _hazards(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    hazards = evaluation.truth.hazards
    if not hazards:
        return
    yield Heading(2, v.say(_("The hazard")))
    rows = []
    for one in hazards:
        over = (
            v.say(_("not over when the drill ended"))
            if one.over_s is None
            else v.say(_("over after {time}"), time=v.lasts(one.over_s - one.at_s))
        )
        said = ", ".join(
            f"{v.of(FIGURES, key)} {value:.2f}".removesuffix(".00")
            for key, value in one.figures.items()
        )
        rows.append((v.of(HAZARDS, one.kind), over, said))
    yield Grid((v.say(_("Disaster")), v.say(_("End")), v.say(_("Figures"))), rows)
    yield from pictures.courses(evaluation, v)


def _officer(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    yield Heading(2, v.say(_("The officer")))
    yield pictures.load(evaluation, v)
    found = evaluation.overrides
    if not found:
        yield Words(v.say(_("The officer overrode no order of the post (n=0).")))
        return
    lost = sum(one.cost_s for one in found if one.cost_s is not None)
    yield Words(
        v.say(
            _("{n} times the officer decided otherwise; {cost} in all until help was there."),
            n=len(found),
            cost=v.lasts(lost),
        )
    )
    head = [
        _("Time"),
        _("Incident"),
        _("Decision"),
        _("Unit"),
        _("Quickest who was free"),
        _("Cost"),
        _("Why"),
    ]
    rows = [
        (
            v.moment(one.at),
            one.incident,
            v.of(OVERRIDES, one.kind),
            v.name(one.unit),
            v.name(one.instead),
            v.lasts(one.cost_s),
            one.why,
        )
        for one in found
    ]
    yield Grid([v.say(word) for word in head], rows, frozenset({5}))


def _dropouts(evaluation: Evaluation, v: Voice) -> Iterator[Block]:
    yield Heading(2, v.say(_("Did not take their order, and who was asked instead")))
    found = evaluation.report.figures.dropouts
    if found:
        lines = [f"{v.moment(one.at)} {dropout_words(one, v.teller, v.lang)}" for one in found]
        yield Points(lines)
    else:
        yield Words(v.say(_("Every unit that was asked answered and went (n=0).")))
