"""What was decided in a drill, and whether two drills decided the same. Pure.

A decision is what the post did on its own or on an order, with its place in the story:

    who       incident, by the message that opened it (not by number: two that come in the same
              moment may be numbered either way round), unit and role, or the post that was called
    what      offered, expired, withdrawn, released, ended, escalated …, and the named reason
    when      seconds since the scenario began; a second drill may be late or early by `slack_s`

Answers of the field, receipts and signs of life are no decisions: they are what was decided on. An
answer that crossed a withdrawal on its way tells of the network, and so does the alert about it.
Numbers of orders and alerts follow from the order of commits, and each drill's console has a name
of its own: both are left out. Of the decisions of one moment no order is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from command.core.codec import event_dict
from command.core.events import Event
from command.core.reasons import Reason

DECIDED = frozenset(
    {
        "IncidentOpened",
        "IncidentReleased",
        "IncidentEnded",
        "IncidentEscalated",
        "UnitOffered",
        "AssignmentChanged",
        "OfficerAlerted",
        "NoticeIssued",
        "SecondLineCalled",
        "CommandDone",
    }
)
OF_THE_FIELD = frozenset({Reason.UNIT_ANSWERED, Reason.WITHDRAWN_MEANWHILE})
WHO = ("unit", "role", "place", "plan", "to", "do")
WHAT = ("status", "state", "outcome", "priority", "missing", "why", "people")


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """`key` is who and what; `at_s` when, in seconds of the scenario."""

    key: tuple[str, ...]
    at_s: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One decision that the other drill took at another time, or not at all (None)."""

    key: tuple[str, ...]
    here_s: float | None
    there_s: float | None

    def __str__(self) -> str:
        return f"{' '.join(self.key)}: {_time(self.here_s)} / {_time(self.there_s)}"


def decisions(events: Sequence[Event], start_at: float) -> list[Decision]:
    """All that was decided, in the order of who and what."""
    names: dict[str, str] = {}
    found: list[Decision] = []
    for event in events:
        line = event_dict(event)
        if line["event"] == "IncidentOpened":
            names[line["incident"]] = line["cause"]
        if line["event"] in DECIDED and line["reason"] not in OF_THE_FIELD:
            found.append(Decision(_key(line, names), round(line["at"] - start_at, 3)))
    return sorted(found)


def _key(line: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    who = [f"{name}={line[name]}" for name in (*WHO, *WHAT) if line.get(name) not in (None, "", ())]
    about = names.get(line.get("incident", ""), "")
    return (about, line["event"], line["reason"], *who)


def differences(
    here: Sequence[Decision], there: Sequence[Decision], slack_s: float
) -> list[Difference]:
    """What one has and the other has not, or more than `slack_s` earlier or later."""
    mine, theirs = _by_key(here), _by_key(there)
    found: list[Difference] = []
    for key in sorted(mine.keys() | theirs.keys()):
        ours, others = mine.get(key, []), theirs.get(key, [])
        for number in range(max(len(ours), len(others))):
            one = ours[number] if number < len(ours) else None
            other = others[number] if number < len(others) else None
            if one is None or other is None or abs(one - other) > slack_s:
                found.append(Difference(key, one, other))
    return found


def _by_key(found: Sequence[Decision]) -> dict[tuple[str, ...], list[float]]:
    keyed: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for one in found:
        keyed[one.key].append(one.at_s)
    return keyed


def _time(at_s: float | None) -> str:
    return "never" if at_s is None else f"{at_s:+.3f}"
