"""Did every inject get its expected actions in time? From the log and the receipts. Pure.

A contingent inject whose condition did not come, and one of a hazard that never spoke so, was not
played: nothing was expected of the post.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from command.core.events import Event, ReplyReceived
from sensors.dialects.common import digest_of
from simulations.field import Told
from simulations.scenario import CONSOLE, Expectation, Inject, Scenario

SAME_S = 0.001  # moments are rounded to milliseconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation: when it was seen, seconds after its inject; None when it was not."""

    expectation: Expectation
    seen_s: float | None
    passed: bool

    @property
    def words(self) -> str:
        """The expectation in codes."""
        one = self.expectation
        wanted = [f"{key}={value}" for key, value in one.where.items()]
        what = f"receipt {one.receipt}" if one.receipt else " ".join([one.event, *wanted])
        if one.at_most is not None:
            return f"at most {one.at_most} × {what}"
        if one.at_least > 1:
            return f"{one.at_least} × {what}"
        return f"never {what}" if one.never else what


@dataclass(frozen=True, slots=True)
class Verdict:
    """One inject, and whether all that was expected of the post was seen.

    `at_s`: the second at which it went; None when it was not played.
    """

    inject: Inject
    findings: tuple[Finding, ...]
    at_s: float | None = 0.0

    @property
    def passed(self) -> bool:
        """Every expectation was met."""
        return all(finding.passed for finding in self.findings)


def judge(
    scenario: Scenario,
    events: Sequence[Event],
    told: Sequence[Told],
    grace_s: float = 0.0,
    sent: Mapping[str, float] | None = None,
) -> list[Verdict]:
    """A verdict for each inject. `grace_s` is added to every deadline: what a network takes.

    `sent` is the second at which each inject went, as the field has it; without it each went when
    the file says, and those that wait for something did not.
    """
    if sent is None:
        sent = {one.id: one.at_s for one in scenario.inject if not (one.when or one.hazard)}
    case = _Case(scenario, events, told, _incidents(scenario, events), grace_s)
    return [
        Verdict(
            inject,
            tuple(case.find(inject, one, at_s) for one in inject.expect)
            if (at_s := sent.get(inject.id)) is not None
            else (),
            at_s,
        )
        for inject in scenario.inject
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is judged, and by what."""

    scenario: Scenario
    events: Sequence[Event]
    told: Sequence[Told]
    incidents: Mapping[str, str]
    grace_s: float

    def find(self, inject: Inject, one: Expectation, at_s: float) -> Finding:
        """Was it seen in time, and when; what must not come too often, when it did."""
        since = self.scenario.start_at + at_s
        strict = one.never or one.at_most is not None
        until = since + one.within_s + (0.0 if strict else self.grace_s) + SAME_S
        seen = sorted(at for at in self._moments(inject, one) if since - SAME_S <= at <= until)
        needed = 1 if one.never else one.at_least if one.at_most is None else one.at_most + 1
        enough = len(seen) >= needed
        seen_s = max(0.0, round(seen[needed - 1] - since, 3)) if enough else None
        return Finding(one, seen_s, (not enough) if strict else enough)

    def _moments(self, inject: Inject, one: Expectation) -> Iterator[float]:
        if one.receipt:
            answered = (t for t in self.told if _is_answer(self.scenario, inject, t, one.receipt))
            return (t.at for t in answered)
        names = _names(self.scenario, inject)
        incident = self.incidents.get(inject.id, "")
        return (e.at for e in self.events if _fits(e, one, names, incident))


def _original(scenario: Scenario, inject: Inject) -> Inject:
    """The inject whose bytes are sent: its own, or those of the one it repeats."""
    if not inject.repeat:
        return inject
    return next(other for other in scenario.inject if other.id == inject.repeat)


def _message_id(scenario: Scenario, inject: Inject) -> str:
    first = _original(scenario, inject)
    return str((first.payload or {}).get("id", first.id))


def _is_answer(scenario: Scenario, inject: Inject, told: Told, outcome: str) -> bool:
    source = _original(scenario, inject).source
    mine = (source, _message_id(scenario, inject))
    return (told.source, told.id) == mine and told.outcome == outcome


def _names(scenario: Scenario, inject: Inject) -> set[str]:
    """How an event's cause speaks of the inject's message."""
    if inject.source == CONSOLE:
        return {inject.id}
    first = _original(scenario, inject)
    names = {f"{first.source}/{_message_id(scenario, inject)}"}
    if first.raw is not None:
        names.add(f"{first.source}/{digest_of(first.raw.encode())}")
    return names


def _incidents(scenario: Scenario, events: Iterable[Event]) -> dict[str, str]:
    """Inject -> the incident that its message led to, joined or spoke of."""
    by_name: dict[str, str] = {}
    for event in events:
        incident = getattr(event, "incident", "")
        if incident:
            by_name.setdefault(event.cause.partition(":")[2], incident)
    found: dict[str, str] = {}
    for inject in scenario.inject:
        names = (by_name[name] for name in _names(scenario, inject) if name in by_name)
        if incident := next(names, ""):
            found[inject.id] = incident
    return found


def _fits(event: Event, one: Expectation, names: set[str], incident: str) -> bool:
    """An event of the right kind, about this very message or its incident, with these fields."""
    if type(event).__name__ != one.event:
        return False
    if not (one.anywhere or _is_about(event, names, incident)):
        return False
    return all(_is(getattr(event, key), wanted) for key, wanted in one.where.items())


def _is_about(event: Event, names: set[str], incident: str) -> bool:
    if hasattr(event, "message_id") and not isinstance(event, ReplyReceived):
        return event.cause.partition(":")[2] in names
    return not incident or getattr(event, "incident", "") in {"", incident}


def _is(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted
