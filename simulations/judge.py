"""Did every inject get its expected actions in time? From the log and the receipts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        return f"never {what}" if one.never else what


@dataclass(frozen=True, slots=True)
class Verdict:
    """One inject, and whether all that was expected of the post was seen."""

    inject: Inject
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Every expectation was met."""
        return all(finding.passed for finding in self.findings)


def judge(
    scenario: Scenario, events: Sequence[Event], told: Sequence[Told], grace_s: float = 0.0
) -> list[Verdict]:
    """A verdict for each inject. `grace_s` is added to every deadline: what a network takes."""
    incidents = _incidents(scenario, events)
    return [
        Verdict(
            inject,
            tuple(
                _find(scenario, inject, one, events, told, incidents.get(inject.id, ""), grace_s)
                for one in inject.expect
            ),
        )
        for inject in scenario.inject
    ]


def _find(
    scenario: Scenario,
    inject: Inject,
    one: Expectation,
    events: Sequence[Event],
    told: Sequence[Told],
    incident: str,
    grace_s: float,
) -> Finding:
    since = scenario.start_at + inject.at_s
    until = since + one.within_s + (0.0 if one.never else grace_s) + SAME_S
    if one.receipt:
        moments = (t.at for t in told if _is_answer(scenario, inject, t, one.receipt))
    else:
        names = _names(scenario, inject)
        moments = (e.at for e in events if _fits(e, one, names, incident))
    seen = min((at for at in moments if since - SAME_S <= at <= until), default=None)
    seen_s = None if seen is None else max(0.0, round(seen - since, 3))
    return Finding(one, seen_s, (seen is None) if one.never else seen is not None)


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
    if not _is_about(event, names, incident):
        return False
    return all(_is(getattr(event, key), wanted) for key, wanted in one.where.items())


def _is_about(event: Event, names: set[str], incident: str) -> bool:
    if hasattr(event, "message_id") and not isinstance(event, ReplyReceived):
        return event.cause.partition(":")[2] in names
    return not incident or getattr(event, "incident", "") in {"", incident}


def _is(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted
