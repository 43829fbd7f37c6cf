"""The state machines, as tables. An illegal move raises and changes nothing. Pure.

Incident: open -> assigned -> working -> resolved -> closed; merged and false_alarm as ends; an
ended one can be reopened (it is then open again).
Assignment, one unit on one incident: offered -> accepted -> en_route -> on_scene -> done; declined,
expired and withdrawn as ends; a late answer may revive a declined or expired one while the need is
still open.
"""

from __future__ import annotations

from enum import StrEnum

from sensors.observations import ClockQuality, ReplyStatus


class IncidentState(StrEnum):
    """The engine's states; a case's steps are labels inside them."""

    OPEN = "open"
    ASSIGNED = "assigned"
    WORKING = "working"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    FALSE_ALARM = "false_alarm"


class Status(StrEnum):
    """Of an assignment."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class IllegalMove(Exception):  # noqa: N818 - the name says it
    """A move that the tables do not have: a mistake of ours, never of a message from outside."""


_I = IncidentState
INCIDENT_MOVES: dict[IncidentState, frozenset[IncidentState]] = {
    _I.OPEN: frozenset({_I.ASSIGNED, _I.WORKING, _I.RESOLVED, _I.MERGED, _I.FALSE_ALARM}),
    _I.ASSIGNED: frozenset({_I.WORKING, _I.RESOLVED, _I.MERGED, _I.FALSE_ALARM}),
    _I.WORKING: frozenset({_I.RESOLVED, _I.MERGED, _I.FALSE_ALARM}),
    _I.RESOLVED: frozenset({_I.CLOSED, _I.OPEN, _I.FALSE_ALARM}),
    _I.CLOSED: frozenset({_I.OPEN}),
    _I.FALSE_ALARM: frozenset({_I.OPEN}),
    _I.MERGED: frozenset({_I.OPEN}),
}

RUNNING = frozenset({_I.OPEN, _I.ASSIGNED, _I.WORKING})

_S = Status
LIVE = frozenset({_S.OFFERED, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE})
COMMITTED = frozenset({_S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE})
PROGRESS = (_S.OFFERED, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE, _S.DONE)
_ENDS = frozenset({_S.DECLINED, _S.EXPIRED, _S.WITHDRAWN})
ASSIGNMENT_MOVES: dict[Status, frozenset[Status]] = {
    _S.OFFERED: frozenset({_S.ACCEPTED, *_ENDS}),
    _S.ACCEPTED: frozenset({_S.EN_ROUTE, _S.DECLINED, _S.WITHDRAWN}),
    _S.EN_ROUTE: frozenset({_S.ON_SCENE, _S.DECLINED, _S.WITHDRAWN}),
    _S.ON_SCENE: frozenset({_S.DONE, _S.DECLINED, _S.WITHDRAWN}),
    _S.DONE: frozenset(),
    _S.DECLINED: frozenset({_S.ACCEPTED}),
    _S.EXPIRED: frozenset({_S.ACCEPTED, _S.DECLINED, _S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}


# Which of two replies is the older is read from these; a clock that was set right meanwhile would
# make all later replies older, and a crew on scene would never be.
TRUSTED_CLOCKS = frozenset({ClockQuality.OK, ClockQuality.NAIVE})


class Effect(StrEnum):
    """What a reply does to an assignment."""

    CONFIRM = "confirm"  # the handheld has the order: it leaves the outbox
    ADVANCE = "advance"  # one or more steps forward, those between implied
    DECLINE = "decline"  # the next best unit is offered
    BACK_OUT = "back_out"  # the same after accepting: the officer is told as well
    REPEAT = "repeat"  # said before
    OLDER = "older"  # an older reply after a newer one: only logged
    REVIVE = "revive"  # late: taken if the need is still open, else withdrawn and told
    LATE_END = "late_end"  # a late no: only logged
    STILL_GOING = "still_going"  # works on a withdrawn order: told again, officer told
    AFTER_ALL = "after_all"  # done without ever accepting: officer told


_R = ReplyStatus
_E = Effect


def _row(
    accepted: Effect, declined: Effect, en_route: Effect, on_scene: Effect, done: Effect
) -> dict[ReplyStatus, Effect]:
    return {
        _R.RECEIVED: _E.CONFIRM,
        _R.ACCEPTED: accepted,
        _R.DECLINED: declined,
        _R.EN_ROUTE: en_route,
        _R.ON_SCENE: on_scene,
        _R.DONE: done,
    }


# Every cell of (assignment state x reply) has an answer.
REPLIES: dict[Status, dict[ReplyStatus, Effect]] = {
    _S.OFFERED: _row(_E.ADVANCE, _E.DECLINE, _E.ADVANCE, _E.ADVANCE, _E.ADVANCE),
    _S.ACCEPTED: _row(_E.REPEAT, _E.BACK_OUT, _E.ADVANCE, _E.ADVANCE, _E.ADVANCE),
    _S.EN_ROUTE: _row(_E.OLDER, _E.BACK_OUT, _E.REPEAT, _E.ADVANCE, _E.ADVANCE),
    _S.ON_SCENE: _row(_E.OLDER, _E.BACK_OUT, _E.OLDER, _E.REPEAT, _E.ADVANCE),
    _S.DONE: _row(_E.OLDER, _E.LATE_END, _E.OLDER, _E.OLDER, _E.REPEAT),
    _S.DECLINED: _row(_E.REVIVE, _E.REPEAT, _E.REVIVE, _E.REVIVE, _E.AFTER_ALL),
    _S.EXPIRED: _row(_E.REVIVE, _E.LATE_END, _E.REVIVE, _E.REVIVE, _E.REVIVE),
    _S.WITHDRAWN: _row(_E.STILL_GOING, _E.LATE_END, _E.STILL_GOING, _E.STILL_GOING, _E.AFTER_ALL),
}


def move_incident(state: IncidentState, to: IncidentState) -> IncidentState:
    """`to`, or `IllegalMove`."""
    if to not in INCIDENT_MOVES[state]:
        raise IllegalMove(f"incident: {state} -> {to}")
    return to


def move_assignment(status: Status, to: Status) -> Status:
    """`to`, or `IllegalMove`."""
    if to not in ASSIGNMENT_MOVES[status]:
        raise IllegalMove(f"assignment: {status} -> {to}")
    return to


def steps_to(status: Status, to: Status) -> tuple[Status, ...]:
    """The steps from `status` to `to`, `to` last; those before it are implied."""
    return PROGRESS[PROGRESS.index(status) + 1 : PROGRESS.index(to) + 1]
