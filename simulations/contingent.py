"""Injects that wait for something: has it come, and when does the inject go? Pure.

The log says what has come. Which incident an inject is about may be known only after the event that
is waited for (an incident is opened before its alarm is noted), so events are kept and asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulations.scenario import Inject, When

Line = Mapping[str, Any]


def is_it(line: Line, when: When, incident: str | None) -> bool:
    """This event, with these fields. `incident`: "" is not known yet, None does not matter."""
    if line["event"] != when.event:
        return False
    if incident is not None and (not incident or line.get("incident") != incident):
        return False
    return all(_same(line.get(key), wanted) for key, wanted in when.where.items())


def _same(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted


@dataclass(slots=True)
class Contingent:
    """The injects that wait, from `start_at` on (POSIX seconds)."""

    start_at: float
    waiting: dict[str, Inject] = field(default_factory=dict)
    _came: set[str] = field(default_factory=set)
    _heard: list[Line] = field(default_factory=list)
    _events: frozenset[str] = frozenset()

    def begin(self, injects: Iterable[Inject]) -> Iterator[tuple[float, Inject]]:
        """Take them on. Those that go when nothing comes are given back with their moment."""
        self.waiting = {one.id: one for one in injects if one.when is not None}
        self._events = frozenset(one.when.event for one in self.waiting.values() if one.when)
        for inject in self.waiting.values():
            if inject.when is not None and inject.when.never:
                yield self.start_at + inject.latest_s, inject

    def heard(self, line: Line, incidents: Mapping[str, str]) -> Iterator[tuple[float, Inject]]:
        """An event of the log: the injects that go now, and at which moment."""
        if line["event"] in self._events:
            self._heard.append(line)
        elif line["event"] != "AlarmReceived":
            return
        for inject in list(self.waiting.values()):
            at = self._when_came(inject, incidents)
            if at is None:
                continue
            del self.waiting[inject.id]
            self._came.add(inject.id)
            assert inject.when is not None
            if not inject.when.never:
                moment = max(at + inject.when.after_s, self.start_at + inject.at_s)
                yield moment, inject

    def _when_came(self, inject: Inject, incidents: Mapping[str, str]) -> float | None:
        when = inject.when
        assert when is not None
        incident = incidents.get(when.of, "") if when.of else None
        until = None if when.by_s is None else self.start_at + when.by_s
        moments = (line["at"] for line in self._heard if is_it(line, when, incident))
        first = next(moments, None)
        return first if first is not None and (until is None or first <= until) else None

    def still_goes(self, inject: Inject) -> bool:
        """Nothing has come for one that goes when nothing comes; all others go."""
        never = inject.when is not None and inject.when.never
        return not (never and inject.id in self._came)
