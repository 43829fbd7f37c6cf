"""Needs that wait for a busy unit: said to the officer, solved again at every event. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from command.core import events as e
from command.core.board import Board, Candidate
from command.core.offers import CAUSE
from command.core.reasons import Reason
from command.core.served import Served
from command.core.world import Hold, Incident

NEWS_S, NEWS_SHARE = 60.0, 0.15  # a forecast that moves by less is no news


def hold_of(board: Board, row: int, column: int, picks: Sequence[Candidate], now: float) -> Hold:
    """The hold of a need that the board matched to a busy unit."""
    need, people = board.asks[row].need, sum(pick.unit.members for pick in picks)
    return Hold(
        need.role,
        need.must,
        max(1, board.asks[row].missing - people),
        board.fleet.roll.units[column].id,
        round(now + float(board.fleet.free_s[column]), 3),
        round(float(board.eta_s[row, column]), 1),
    )


def hold_events(
    ready: Iterable[Incident], served: Iterable[Served], now: float
) -> Iterator[e.Event]:
    """What is new about who waits for whom, of all incidents that were looked at."""
    wanted: dict[str, dict[tuple[str, bool], Hold]] = {}
    for one in served:
        if one.hold is not None:
            mine = wanted.setdefault(one.ask.incident.id, {})
            mine[one.hold.role, one.hold.must] = one.hold
    for incident in ready:
        new = wanted.get(incident.id, {})
        old = {(hold.role, hold.must): hold for hold in incident.holds}
        for role, must in old.keys() - new.keys():
            yield ended(incident, role, now, CAUSE, Reason.NOT_WAITED_FOR, must=must)
        for key, hold in new.items():
            if key not in old or _is_news(old[key], hold, now):
                yield _held(incident, hold, now)


def _is_news(old: Hold, new: Hold, now: float) -> bool:
    before, after = old.free_at + old.eta_s - now, new.free_at + new.eta_s - now
    moved = abs(after - before)
    return (
        (old.unit, old.missing) != (new.unit, new.missing)
        or old.free_at <= now
        or moved > max(NEWS_S, NEWS_SHARE * before)
    )


def _held(incident: Incident, hold: Hold, now: float) -> e.NeedHeld:
    return e.NeedHeld(
        at=now,
        cause=CAUSE,
        reason=Reason.WAITS_FOR,
        incident=incident.id,
        role=hold.role,
        must=hold.must,
        missing=hold.missing,
        unit=hold.unit,
        free_at=hold.free_at,
        eta_s=hold.eta_s,
    )


def ended(
    incident: Incident, role: str, now: float, cause: str, reason: Reason, *, must: bool
) -> e.HoldEnded:
    """It waits no longer."""
    return e.HoldEnded(
        at=now, cause=cause, reason=reason, incident=incident.id, role=role, must=must
    )
