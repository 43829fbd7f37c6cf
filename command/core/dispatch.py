"""Who goes: all open needs solved together, at every event that changes what is open. Pure.

    asks (rows) -> fleet (columns) -> filters, costs -> solve -> offers, holds, nobody left

Must before should. What each file does stands in its first line; start with board.py. One incident
that we fail on must not keep the others waiting, nor fail in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from command.core import events as e
from command.core.asks import Ask, asks_of, in_order
from command.core.board import Board, Candidate, board
from command.core.calling import call_over, called_events
from command.core.holds import hold_events, hold_of
from command.core.needs import need_is_open
from command.core.offers import CAUSE, nobody_left, offer, reply_window_s
from command.core.plans import Need
from command.core.quick import quick
from command.core.reasons import Reason
from command.core.served import Served
from command.core.tables import RUNNING
from command.core.travel import pace, travel_s
from command.core.world import Ids, Incident, World

__all__ = [
    "Candidate",
    "candidates",
    "dispatch",
    "need_is_open",
    "offer",
    "pace",
    "recommend",
    "reply_window_s",
    "travel_s",
    "unit_status",
]

ROWS = 500  # needs solved at once; more come in turns, the most urgent first


def unit_status(world: World, unit_id: str) -> str:
    """off_duty, unreachable, committed or available: derived, never stored."""
    state = world.units[unit_id]
    if not state.on_duty:
        return "off_duty"
    if state.orders:
        return "committed"
    return "unreachable" if state.silent else "available"


def candidates(
    world: World, incident: Incident, need: Need, now: float, level: int | None = None
) -> list[Candidate]:
    """Every unit with the role: those that may go, best first; then the others, with why.

    A unit that has not been heard of for long comes after all others that may go: an order that
    perhaps nobody reads is better than none.
    """
    open_now = {ask.need: ask for ask in asks_of(world, incident, now, level)}
    ask = open_now.get(need) or Ask.whole(world, incident, need, now, level)
    return board(world, [ask], now).ranked(0)


def recommend(
    world: World, incident: Incident, now: float, without: Collection[str] = frozenset()
) -> list[Served]:
    """Who would be asked for each open need if it went now, and nobody else wanted anybody."""
    there = board(world, in_order(list(asks_of(world, incident, now))), now, without)
    musts = _musts(there)
    shoulds = range(len(musts), len(there.asks))
    return [*_solve(there, musts, now), *_solve(there, shoulds, now)]


def dispatch(world: World, now: float) -> list[e.Event]:
    """Offers for all released incidents with open needs, most urgent first."""
    if world.stopped_at:
        return []
    waiting = dict.fromkeys((*world.index.wanting, *world.index.holding))
    ready = [
        incident
        for incident in map(world.incidents.__getitem__, waiting)
        if incident.state in RUNNING and incident.released_at is not None
    ]
    ready.sort(key=lambda incident: (incident.priority, incident.opened_at, incident.id))
    try:
        return _together(world, ready, now, set(), world.ids())
    except Exception:  # noqa: BLE001 - ours, whatever it is: found again below, and told
        return list(_one_by_one(world, ready, now))


def _one_by_one(world: World, ready: Iterable[Incident], now: float) -> Iterator[e.Event]:
    """Where one of them makes us fail: the officer must send by hand for that one alone."""
    taken, ids = set[str](), world.ids()
    for incident in ready:
        try:
            yield from _together(world, [incident], now, taken, ids)
        except Exception as error:  # noqa: BLE001
            yield e.OfficerAlerted(
                at=now,
                cause=CAUSE,
                reason=Reason.POISON,
                alert=ids.next("A"),
                incident=incident.id,
                text=f"{type(error).__name__}: {error}"[:300],
            )


def _together(
    world: World, ready: Sequence[Incident], now: float, taken: set[str], ids: Ids
) -> list[e.Event]:
    """What must be, whosever it is; then what should be; then who is waited for.

    `taken`: units that are at others' disposal no more; it is added to.
    """
    asks = in_order([ask for incident in ready for ask in asks_of(world, incident, now)])
    easy = None if taken else quick(world, asks, now)
    if easy is not None:
        return _as_events(world, ready, easy, now, taken, ids)
    used: dict[str, set[str]] = {}
    events: list[e.Event] = []
    everyone: list[Served] = []
    for start in range(0, len(asks), ROWS):
        turn = [_less(ask, used) for ask in asks[start : start + ROWS]]
        there = board(world, turn, now, taken)
        musts = _musts(there)
        for rows in (musts, range(len(musts), len(turn))):
            served = _solve(there, rows, now)
            called = call_over(world, served, now) if rows is musts else []
            if called:
                _fill_up(there, served, now)
            _note(served, taken, used)
            events += called_events(world, called, now, ids)
            for _, group in groupby(served, key=lambda one: one.ask.incident.id):
                events += _events(world, list(group), now, used, ids)
            everyone += served
    return [*events, *hold_events(ready, everyone, now)]


def _as_events(
    world: World,
    ready: Sequence[Incident],
    served: Sequence[Served],
    now: float,
    taken: set[str],
    ids: Ids,
) -> list[e.Event]:
    """The easy case's offers: everybody has been found."""
    used: dict[str, set[str]] = {}
    _note(served, taken, used)
    return [*_events(world, served, now, used, ids), *hold_events(ready, served, now)]


def _musts(there: Board) -> range:
    """The first rows: asks are in order."""
    return range(sum(ask.need.must for ask in there.asks))


def _solve(there: Board, rows: Sequence[int], now: float) -> list[Served]:
    """What these rows get."""
    if not rows:
        return []
    found = there.solve(rows)
    out = []
    for row in rows:
        picks = [there.chosen(row, column) for column in found.now[row]]
        wait = found.hold[row]
        hold = None if wait is None else hold_of(there, row, wait, picks, now)
        out.append(Served(there.asks[row], there, row, picks, hold, found.passed[row]))
    return out


def _fill_up(there: Board, served: Sequence[Served], now: float) -> None:
    """Whoever was called over may have set another free: who still lacks people is asked again."""
    short = {one.row: one for one in served if one.lacking and one.hold is None}
    if not short:
        return
    found = there.solve(list(short), {row: one.lacking for row, one in short.items()})
    for row, one in short.items():
        one.picks += [there.chosen(row, column) for column in found.now[row]]
        wait = found.hold[row]
        one.hold = None if wait is None else hold_of(there, row, wait, one.picks, now)
        one.passed = found.passed[row]


def _note(served: Sequence[Served], taken: set[str], used: dict[str, set[str]]) -> None:
    """`taken` teams, and by incident whom it `used`, posts too."""
    for one in served:
        mine = used.setdefault(one.ask.incident.id, set())
        mine |= {pick.unit.id for pick in one.picks}
        taken |= {pick.unit.id for pick in one.picks if not pick.unit.shared}
        if one.hold is not None:
            taken.add(one.hold.unit)


def _less(ask: Ask, used: dict[str, set[str]]) -> Ask:
    """A unit takes one role in one incident."""
    mine = used.get(ask.incident.id)
    return replace(ask, used=frozenset(mine)) if mine else ask


def _events(
    world: World,
    served: Sequence[Served],
    now: float,
    used: dict[str, set[str]],
    ids: Ids,
) -> list[e.Event]:
    """One incident's offers; then what nobody is left for, if that is news."""
    events: list[e.Event] = []
    for one in served:
        for pick in one.picks:
            events += offer(
                world,
                one.ask.incident,
                pick,
                one.ask.need.role,
                now,
                ids=ids,
                cause=CAUSE,
                reason=_reason(world, one, pick),
                team=sorted(used[one.ask.incident.id]),
            )
    for one in served:
        incident, need = one.ask.incident, one.ask.need
        told = incident.nobody_for if need.must else incident.nobody_wanted
        if one.lacking and not (one.hold and one.passed) and need.role not in told:
            events += nobody_left(incident, need, one.lacking, now, ids)
    return events


def _reason(world: World, one: Served, pick: Candidate) -> Reason:
    incident, role = one.ask.incident, one.ask.need.role
    if one.ask.plan.ladder:
        return Reason.RESPONSIBLE_POST
    if any(world.assignments[order].role == role for order in incident.orders):
        return Reason.NEXT_BEST
    return Reason.NEAREST_WITH_ROLE if pick.nearest else Reason.LEAST_COST
