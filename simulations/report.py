"""What a drill shows: figures from the log, each with its n; a verdict on every inject. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from command.core import events as e
from command.core.reasons import Reason
from sensors.words import tr
from simulations.judge import Finding, Verdict
from simulations.scenario import Scenario
from simulations.timeline import Teller, clock

FEW = 5  # fewer are counted and listed; a percentile or share of them says nothing


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of the drill's clock: how many were measured, and how they lie."""

    n: int
    p50: float = 0.0
    p90: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Dropout:
    """A unit that did not take its order, why, and who was asked in its place, how much later."""

    at: float
    unit: str
    incident: str
    role: str
    why: str
    text: str
    instead: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the report states."""

    alarms: int
    outcomes: dict[str, int]
    incidents: int
    orders: int
    rejected: int
    alerts: int
    escalated: int
    nobody: int
    to_order: Spread
    to_handheld: Spread
    to_accept: Spread
    to_scene: Spread
    dropouts: tuple[Dropout, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The log read back: how many entries, and whether they give the post's own world again."""

    entries: int
    world_bytes: int
    same: bool


def spread(values: Iterable[float]) -> Spread:
    """Nearest rank, so that every figure is one that was measured."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0)
    ranks = (round(nearest_rank(ordered, share), 2) for share in (0.5, 0.9, 1.0))
    return Spread(len(ordered), *ranks)


def nearest_rank(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed; `ordered` is not empty."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figures(events: Sequence[e.Event]) -> Figures:
    """Counts and times of one drill. Times are seconds of the drill's clock."""
    alarms = [one for one in events if isinstance(one, e.AlarmReceived)]
    offers = {one.order_id: one for one in events if isinstance(one, e.UnitOffered)}
    outcomes: dict[str, int] = {}
    for alarm in alarms:
        outcomes[alarm.outcome] = outcomes.get(alarm.outcome, 0) + 1
    return Figures(
        alarms=len(alarms),
        outcomes=outcomes,
        incidents=_count(events, e.IncidentOpened),
        orders=len(offers),
        rejected=_count(events, e.MessageQuarantined),
        alerts=_count(events, e.OfficerAlerted),
        escalated=_count(events, e.IncidentEscalated),
        nobody=sum(1 for one in events if isinstance(one, e.NobodyLeft) and one.must),
        to_order=spread(_to_order(alarms, offers.values())),
        to_handheld=spread(_to_handheld(events, offers)),
        to_accept=spread(_to_status(events, offers, "accepted")),
        to_scene=spread(_to_status(events, offers, "on_scene")),
        dropouts=tuple(_dropouts(events, offers)),
    )


def _count(events: Sequence[e.Event], kind: type[e.Event]) -> int:
    return sum(1 for one in events if isinstance(one, kind))


def _to_order(
    alarms: Sequence[e.AlarmReceived], offers: Iterable[e.UnitOffered]
) -> Iterable[float]:
    """From the first alarm of an incident, by its device's clock, to its first order."""
    first: dict[str, float] = {}
    for alarm in alarms:
        first.setdefault(alarm.incident, alarm.at_source or alarm.at)
    done: set[str] = set()
    for offer in offers:
        if offer.incident in first and offer.incident not in done:
            done.add(offer.incident)
            yield offer.at - first[offer.incident]


def _to_handheld(events: Sequence[e.Event], offers: dict[str, e.UnitOffered]) -> Iterable[float]:
    """From the order to the handheld's word that it has it."""
    done: set[str] = set()
    for one in events:
        if isinstance(one, e.ReplyReceived) and one.order_id in offers.keys() - done:
            done.add(one.order_id)
            yield one.at - offers[one.order_id].at


def _to_status(
    events: Sequence[e.Event], offers: dict[str, e.UnitOffered], status: str
) -> Iterable[float]:
    for one in events:
        if isinstance(one, e.AssignmentChanged) and one.status == status:
            yield one.at - offers[one.order_id].at


def _dropouts(events: Sequence[e.Event], offers: dict[str, e.UnitOffered]) -> Iterable[Dropout]:
    for place, one in enumerate(events):
        if isinstance(one, e.AssignmentChanged) and one.status in {"expired", "declined"}:
            role = offers[one.order_id].role
            after = _asked_instead(events[place:], one.incident, role)
            yield Dropout(
                one.at,
                one.unit,
                one.incident,
                role,
                one.reason,
                one.text,
                after.unit if after else "",
                round(after.at - one.at, 1) if after else 0.0,
            )


def _asked_instead(events: Sequence[e.Event], incident: str, role: str) -> e.UnitOffered | None:
    for one in events:
        same = isinstance(one, e.UnitOffered) and (one.incident, one.role) == (incident, role)
        if same and one.reason is Reason.NEXT_BEST:
            assert isinstance(one, e.UnitOffered)
            return one
    return None


@dataclass(frozen=True, slots=True)
class Report:
    """One drill, judged. `speed` is that of the clock it ran on; 0 for the virtual one."""

    scenario: Scenario
    figures: Figures
    verdicts: Sequence[Verdict]
    proof: Proof
    speed: float

    @property
    def passed(self) -> bool:
        """Every inject got its expected actions, and the log gives the same world again."""
        return all(verdict.passed for verdict in self.verdicts) and self.proof.same

    def rows(self, teller: Teller, lang: str) -> list[tuple[str, str]]:
        """What is stated, and the figure with its n."""
        f = self.figures
        outcomes = ", ".join(f"{teller.outcome(k)} {v}" for k, v in sorted(f.outcomes.items()))
        return [
            (tr("Alarms", lang), f"{f.alarms} ({outcomes})"),
            (tr("Incidents", lang), str(f.incidents)),
            (tr("Orders", lang), str(f.orders)),
            (tr("First alarm to first order", lang), _spread_words(f.to_order, lang)),
            (tr("Order to handheld", lang), _spread_words(f.to_handheld, lang)),
            (tr("Order to acceptance", lang), _spread_words(f.to_accept, lang)),
            (tr("Order to scene", lang), _spread_words(f.to_scene, lang)),
            (tr("Rejected messages", lang), str(f.rejected)),
            (tr("Needs that nobody was left for", lang), str(f.nobody)),
            (tr("Told to the officer", lang), str(f.alerts)),
            (tr("Sent up to the leader on duty", lang), str(f.escalated)),
        ]

    def proof_words(self, lang: str) -> str:
        """What replaying the log came to."""
        words = (
            tr(
                "The log replayed into an empty world: {n} entries, byte-identical ({size} bytes)",
                lang,
            )
            if self.proof.same
            else tr("The log replayed into an empty world: {n} entries, NOT the same world", lang)
        )
        return words.format(n=self.proof.entries, size=self.proof.world_bytes)

    def verdict_words(self, lang: str) -> str:
        """The last line."""
        played = [verdict for verdict in self.verdicts if verdict.at_s is not None]
        met = sum(verdict.passed for verdict in played)
        words = (
            tr("Passed: {met} of {n} injects got their expected actions", lang)
            if self.passed
            else tr("Not passed: {met} of {n} injects got their expected actions", lang)
        )
        return words.format(met=met, n=len(played))

    def clock_words(self, lang: str) -> str:
        """Whose seconds these are."""
        if not self.speed:
            return tr("Times are seconds of a virtual clock; no server took part", lang)
        words = tr("Times are seconds of the drill's clock, {speed} times the real one", lang)
        return words.format(speed=f"{self.speed:g}")


def _spread_words(one: Spread, lang: str) -> str:
    if not one.n:
        return tr("none measured (n=0)", lang)
    words = (
        tr("longest {most} s (n={n})", lang)
        if one.n < FEW
        else tr("median {p50} s, 90% {p90} s, longest {most} s (n={n})", lang)
    )
    return words.format(p50=one.p50, p90=one.p90, most=one.most, n=one.n)


def dropout_words(one: Dropout, teller: Teller, lang: str) -> str:
    """Who did not take its order, why, and who was asked in its place."""
    words = (
        tr("{unit} ({role}, {incident}): {why}; {instead} asked {after} s later", lang)
        if one.instead
        else tr("{unit} ({role}, {incident}): {why}; nobody in its place", lang)
    )
    return words.format(
        unit=teller.name(one.unit),
        role=teller.role(one.role),
        incident=one.incident,
        why=" ".join(filter(None, [teller.reason(one.why), one.text])),
        instead=teller.name(one.instead),
        after=one.after_s,
    )


def finding_words(finding: Finding, lang: str) -> str:
    """One expectation, and when it was seen."""
    one = finding.expectation
    if one.never:
        words = tr("not within {within} s: {what}", lang)
    elif finding.seen_s is None:
        words = tr("missing after {within} s: {what}", lang)
    else:
        words = tr("{seen} s (within {within} s): {what}", lang)
    seen = "" if finding.seen_s is None else f"{finding.seen_s:.1f}"
    if one.never and finding.seen_s is not None:
        words = tr("came after {seen} s, and must not: {what}", lang)
    what = finding.words.removeprefix("never ")
    return words.format(seen=seen, within=f"{one.within_s:g}", what=what)


def as_text(report: Report, teller: Teller, lang: str) -> str:
    """For a terminal: figures, dropouts, and every inject that was not met in full."""
    head = report.scenario.scenario
    title = head.title_en if lang == "en" else head.title
    lines = ["", tr("Report: {title}", lang).format(title=title), ""]
    lines += [f"  {name}: {value}" for name, value in report.rows(teller, lang)]
    lines += ["", tr("Did not take their order, and who was asked instead", lang)]
    lines += [
        f"  {clock(one.at - report.scenario.start_at)} {dropout_words(one, teller, lang)}"
        for one in report.figures.dropouts
    ]
    lines += ["", tr("Injects", lang)]
    for verdict in report.verdicts:
        purpose = report.scenario.purpose(verdict.inject, lang)
        lines.append(
            f"  {verdict_mark(verdict)} {_at(verdict, lang)} {verdict.inject.id}  {purpose}"
        )
        lines += [f"      {finding_words(f, lang)}" for f in verdict.findings if not f.passed]
    lines += ["", report.proof_words(lang), report.clock_words(lang), report.verdict_words(lang)]
    return "\n".join(lines) + "\n"


def verdict_mark(verdict: Verdict) -> str:
    """Met or not; a stroke for one that was not played."""
    if verdict.at_s is None:
        return "–"
    return "✓" if verdict.passed else "✗"


def _at(verdict: Verdict, lang: str) -> str:
    """When it went; a contingent one that did not come about says so."""
    return tr("not played", lang) if verdict.at_s is None else clock(verdict.at_s)


def finding_mark(finding: Finding) -> str:
    """Met or not."""
    return "✓" if finding.passed else "✗"
