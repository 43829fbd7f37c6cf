"""Two variants over many seeds: paired differences, each with its interval. Pure.

Both play the same scenario with the same seed; what differs within a pair is what the variant did.
The interval is Student's t of the paired differences, 95%. Fewer than FEW pairs have none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import stdtrit

from sensors.words import _
from simulations.evaluation.document import Document, Grid, Heading, Words
from simulations.evaluation.evaluate import Evaluation
from simulations.evaluation.needs import Kept
from simulations.evaluation.phases import Phase
from simulations.report import FEW

LEVEL = 0.95
Value = float | None
Figures = Mapping[str, Value]
Say = Callable[..., str]


class Better(StrEnum):
    """Which way a figure is better."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Verdict(StrEnum):
    """What the interval says."""

    FIRST = "first"
    SECOND = "second"
    DIFFERS = "differs"  # and neither more nor less is better by itself
    NONE = "none"  # it holds zero: no difference was shown
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a drill. `leading` ones decide the exit code; None: the drill has no such."""

    name: str
    words: str
    of: Callable[[Evaluation], Value]
    better: Better = Better.LESS
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure over `n` pairs; `difference` is the first less the second."""

    measure: Measure
    n: int
    first: float
    second: float
    difference: float
    margin: float | None

    @property
    def verdict(self) -> Verdict:
        """Which is better, when the interval leaves zero out."""
        if self.margin is None:
            return Verdict.FEW
        if abs(self.difference) <= self.margin:
            return Verdict.NONE
        if self.measure.better is Better.NEITHER:
            return Verdict.DIFFERS
        first = (self.difference > 0) == (self.measure.better is Better.MORE)
        return Verdict.FIRST if first else Verdict.SECOND


def _share(part: int, whole: int) -> Value:
    return 100.0 * part / whole if whole else None


def _injects_met(one: Evaluation) -> Value:
    verdicts = [verdict for verdict in one.report.verdicts if verdict.at_s is not None]
    return _share(sum(verdict.passed for verdict in verdicts), len(verdicts))


def _musts_on_time(one: Evaluation) -> Value:
    judged = [n for n in one.needs if n.need.must and n.kept is not Kept.NOT_JUDGED]
    return _share(sum(need.kept is Kept.ON_TIME for need in judged), len(judged))


def _to_must(one: Evaluation) -> Value:
    """From the opening, whenever it was released; until the incident's end where it never was."""
    end_at = one.facts.end_at
    waited = [
        (need.filled_at or min(need.case.ended_at or end_at, end_at)) - need.case.opened_at
        for need in one.needs
        if need.need.must
    ]
    return sum(waited) / len(waited) if waited else None


def _mean(phase: Phase) -> Callable[[Evaluation], Value]:
    def of(one: Evaluation) -> Value:
        found = next(m.seconds for m in one.measured if m.phase is phase)
        return sum(found) / len(found) if found else None

    return of


def _contained_min(one: Evaluation) -> Value:
    """Of the hazard that lasted longest; one that was not over counts to the end."""
    length_s = one.facts.end_at - one.facts.start_at
    lasted = [(length_s if h.over_s is None else h.over_s) - h.at_s for h in one.truth.hazards]
    return max(lasted) / 60 if lasted else None


MEASURES = (
    Measure("injects", _("Injects met, %"), _injects_met, better=Better.MORE, leading=True),
    Measure("musts", _("Must-needs on time, %"), _musts_on_time, better=Better.MORE, leading=True),
    Measure("to_must", _("Incident opened to a filled must, s"), _to_must, leading=True),
    Measure("hectares", _("Hectares burnt"), lambda one: one.truth.hectares, leading=True),
    Measure("over", _("Minutes until the hazard was over"), _contained_min, leading=True),
    Measure("to_order", _("Incident opened to first order, s"), _mean(Phase.ORDER)),
    Measure("to_scene", _("First order to first unit on scene, s"), _mean(Phase.SCENE)),
    Measure(
        "nobody",
        _("Musts that nobody was left for"),
        lambda one: one.report.figures.nobody,
        Better.NEITHER,
    ),
    Measure("orders", _("Orders sent"), lambda one: one.report.figures.orders, Better.NEITHER),
    Measure("uncovered", _("Uncovered village-minutes"), lambda one: one.cover.minutes),
    Measure(
        "longest",
        _("Longest at work without a pause, min"),
        lambda one: max((each.longest for each in one.work), default=0.0),
    ),
)


def figures_of(evaluation: Evaluation) -> dict[str, Value]:
    """What is compared of one drill, by the measures' names."""
    return {measure.name: measure.of(evaluation) for measure in MEASURES}


def compare(pairs: Sequence[tuple[Figures, Figures]]) -> list[Compared]:
    """Each measure over the pairs in which both drills have it; without such pairs, left out."""
    found = []
    for measure in MEASURES:
        both = [(first[measure.name], second[measure.name]) for first, second in pairs]
        known = [(a, b) for a, b in both if a is not None and b is not None]
        if known:
            found.append(_compared(measure, known))
    return found


def _compared(measure: Measure, known: Sequence[tuple[float, float]]) -> Compared:
    n = len(known)
    first, second = (sum(pair[side] for pair in known) / n for side in (0, 1))
    differences = [a - b for a, b in known]
    return Compared(measure, n, first, second, sum(differences) / n, margin(differences))


def margin(differences: Sequence[float]) -> float | None:
    """Half the interval's width: t(n-1) times the standard error; None of fewer than FEW."""
    n = len(differences)
    if n < FEW:
        return None
    mean = sum(differences) / n
    variance = sum((each - mean) ** 2 for each in differences) / (n - 1)
    return float(stdtrit(n - 1, (1 + LEVEL) / 2)) * math.sqrt(variance / n)


def first_is_worse(found: Sequence[Compared]) -> bool:
    """In one of the leading measures the second was shown to be better."""
    return any(one.measure.leading and one.verdict is Verdict.SECOND for one in found)


VERDICTS = {
    Verdict.FIRST: _("A better"),
    Verdict.SECOND: _("B better"),
    Verdict.DIFFERS: _("differs"),
    Verdict.NONE: _("no difference shown"),
    Verdict.FEW: _("too few to judge"),
}
HEAD = (
    _("Measure"),
    "n",
    _("Mean A"),
    _("Mean B"),
    _("A less B"),
    _("Interval (95%)"),
    _("Judgement"),
)


def document(title: str, first: str, second: str, found: Sequence[Compared], say: Say) -> Document:
    """The table of one drill; `say` words a message with its values."""
    return [
        Heading(2, title),
        Words(say(_("A: {first}; B: {second}."), first=first, second=second)),
        Grid(
            [say(word) for word in HEAD], [_row(one, say) for one in found], frozenset(range(1, 6))
        ),
        Words(
            say(
                _(
                    "Pairs of the same seed; intervals (95%) of the mean difference by Student's t"
                    " (n-1). Below {n} pairs nothing is judged. With so many lines, one in twenty"
                    " shows a difference by chance. A star: decides the exit code."
                ),
                n=FEW,
            )
        ),
    ]


def _row(one: Compared, say: Say) -> list[str]:
    star = "* " if one.measure.leading else ""
    interval = "-"
    if one.margin is not None:
        low, high = one.difference - one.margin, one.difference + one.margin
        interval = f"{low:+.2f} … {high:+.2f}"
    means = (f"{one.first:.2f}", f"{one.second:.2f}", f"{one.difference:+.2f}")
    verdict = say(VERDICTS[one.verdict])
    return [star + say(one.measure.words), str(one.n), *means, interval, verdict]
