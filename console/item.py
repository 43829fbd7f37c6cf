"""One line of the queue: its next deadline, who owes the next step, its lane. Pure.

What CONSOLE.md section 3 says of the order of the queue is decided here, from a row of the feed and
the rows of its orders; `queue.py` only keeps the items sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

CRIT, HIGH, NORM, LOW = 1, 2, 3, 4  # urgency: 急 紧 常 缓
LIFE, NOW, DUE, RUNNING, TODO, WATCH, CASES = range(7)  # lanes 命 立即 将到期 急在办 待办 跟进 案件
HELD_LANES = frozenset({LIFE, NOW, DUE, RUNNING})  # never scrolled off, grouped or filtered away

DUE_WITHIN_S = 120.0  # lane 2
HIGH_UNSEEN_S = 300.0  # 紧 not acknowledged for so long counts as 急
NEVER = float("inf")
NO_DEADLINE_S = 86_400.0  # what has no deadline is looked at within a day

SHORT = "short"  # nobody is left for what must come: overdue from the start, and no clock says more
OFFICER, UNIT, POST, OUTSIDE = "officer", "unit", "post", "outside"  # who owes the next step
OPEN_STATES = frozenset({"open", "assigned", "working"})
AT_WORK = frozenset({"accepted", "en_route", "on_scene"})
ON_THE_WAY = frozenset({"accepted", "en_route"})

Row = dict[str, Any]
Deadline = tuple[float, str, str]  # at, kind, who owes
Key = tuple[int, float, int, float, str]
_NO_ROW: Row = {}


class Item(NamedTuple):
    """One line of the queue, made from an incident's or a case's row and its assignments.

    A tuple, for a storm makes 5,000 a second, and a frozen dataclass takes three times as long.
    `due_kind`, `due_at`: the earliest deadline (POSIX s); `owes`: officer, unit, post, outside.
    `acked`: "" never, "yes", "lapsed". `running`: neither resolved nor ended, so that an
    acknowledgement means something; `unseen`: nobody has said "I have it", or no longer.
    `life`: mayday, or a call for help that nobody answers; `stuck`: nobody is left for what must
    come; `missing`: how many people must come and are not found.
    """

    id: str
    rev: int
    urgency: int
    kind: str
    place: str
    title: str
    stage: str
    due_kind: str
    due_at: float
    owes: str
    opened_at: float
    acked: str
    row: dict[str, Any]
    case: bool
    ended: bool
    running: bool
    unseen: bool
    life: bool
    stuck: bool
    missing: int


def item(row: Row, orders: Sequence[Row]) -> Item:
    """The item of an incident's or a case's row; `orders` are the rows of its assignments."""
    state = str(row.get("state", "open"))
    running = state in OPEN_STATES
    case = row.get("family") == "case"
    urgency = min(LOW, max(CRIT, int(row.get("priority") or LOW)))
    acked = "yes" if row.get("ack") else "lapsed" if row.get("lapses") else ""
    unseen = running and acked != "yes"
    at, kind, owes = min(_deadlines(row, orders, urgency, acked) or [_none(row, orders)])
    if unseen and not case and urgency <= HIGH:
        owes = OFFICER  # whoever else acts: a 急 or 紧 that nobody has seen is the officer's
    return Item(  # by position: by name it takes twice as long
        str(row["id"]),
        int(row.get("rev", 0)),
        urgency,
        str(row.get("kind", "")),
        str(row.get("place", "")),
        str(row.get("title", "")),
        state,
        kind,
        at,
        owes,
        float(row.get("opened_at") or 0.0),
        acked,
        row,
        case,
        not running and state != "resolved",  # ended
        running,
        unseen,
        running and _life(row, orders),
        running and bool(lacking(row)),  # stuck
        _missing(row),
    )


def lacking(row: Row) -> list[str]:
    """The roles that must come, are missing, and nobody is left for.

    The post also says whom it would like to send and cannot: that stops nothing.
    """
    nobody = row.get("nobody_for")
    if not nobody:
        return []
    needs = row.get("needs") or ()
    must = {need.get("role") for need in needs if need.get("must") and need.get("missing")}
    return [str(role) for role in nobody if role in must]


def _missing(row: Row) -> int:
    many = 0
    for need in row.get("needs") or ():
        many += int(need.get("missing") or 0) if need.get("must") else 0
    return many


def lane(one: Item, now: float) -> int:
    """The lane at `now`; the first that fits wins."""
    if one.life:
        return LIFE
    if one.running and not one.case and _at_once(one, now):
        return NOW
    if one.owes == OFFICER and one.due_at - now <= DUE_WITHIN_S:
        return DUE
    if one.urgency == CRIT and one.running:
        return RUNNING
    if one.case:
        return CASES
    return TODO if one.owes == OFFICER else WATCH


def turns_at(one: Item, now: float) -> float:
    """When the item's lane changes without any news; infinity where it does not."""
    at = NEVER
    if one.owes == OFFICER and (due := one.due_at - DUE_WITHIN_S) > now:
        at = due
    if one.unseen and one.urgency == HIGH and now < (unseen := one.opened_at + HIGH_UNSEEN_S) < at:
        at = unseen
    return at


def key(one: Item, now: float) -> Key:
    """Total and pure: lane, deadline, urgency, age, id."""
    return lane(one, now), one.due_at, one.urgency, one.opened_at, one.id


def _at_once(one: Item, now: float) -> bool:
    if one.urgency == CRIT:
        return one.unseen or one.stuck
    return one.urgency == HIGH and one.unseen and now - one.opened_at >= HIGH_UNSEEN_S


def _life(row: Row, orders: Sequence[Row]) -> bool:
    """A mayday until contact; a call for help without a team that has said yes."""
    if row.get("mayday"):
        return True
    sos = row.get("kind") == "sos" or row.get("alarm_kind") == "sos"
    return sos and not any(order.get("status") in AT_WORK for order in orders)


def _deadlines(row: Row, orders: Sequence[Row], urgency: int, acked: str) -> list[Deadline]:
    """Every deadline that runs. Lists, not generators: a storm makes 5,000 items a second."""
    if row.get("state") not in OPEN_STATES:
        ended = [(_day_after(row.get("ended_at"), row), "resolve", OFFICER)]
        return ended if row.get("state") == "resolved" else []
    due = row.get("due") or _NO_ROW
    if row.get("family") == "case":
        found = _of_a_case(row, due)
    else:
        found = _of_an_incident(row, due, urgency, acked)
    for order in orders:
        found += _of_an_order(order, row)
    return found


def _of_a_case(row: Row, due: Row) -> list[Deadline]:
    at = due.get("ladder")
    if at is None:
        return []
    top = int(row.get("level") or 0) + 1 >= len(row.get("ladder") or ())
    return [(float(at), "ladder", OFFICER if top else POST)]


def _of_an_incident(row: Row, due: Row, urgency: int, acked: str) -> list[Deadline]:
    found: list[Deadline] = []
    if row.get("released_at") is None:
        if (at := due.get("release")) is not None:
            found.append((float(at), "hold" if row.get("held") else "release", OFFICER))
        elif acked != "yes" and not row.get("orders"):
            found.append((float(row.get("opened_at") or 0.0) + HIGH_UNSEEN_S, "send", OFFICER))
    if urgency <= NORM:
        found += [(float(due[name]), name, OFFICER) for name in ("second", "ack") if name in due]
    if (at := due.get("ackend")) is not None:
        found.append((float(at), "ackend", OFFICER))
    if acked != "yes" and lacking(row):
        found.append((float(row.get("news_at") or 0.0), SHORT, OFFICER))
    return found


def _of_an_order(order: Row, row: Row) -> list[Deadline]:
    """What a unit owes: an answer, its arrival, a sign that all are well."""
    status = order.get("status")
    if status == "offered" and order.get("expires_at") is not None:
        left = order.get("role") in (row.get("nobody_for") or ())
        return [(float(order["expires_at"]), "reply", OFFICER if left else UNIT)]
    if status in ON_THE_WAY and order.get("eta_s") is not None:
        started = float(order.get("changed_at") or order.get("offered_at") or 0.0)
        return [(started + float(order["eta_s"]), "arrive", UNIT)]
    if status == "on_scene" and order.get("par_at") is not None:
        return [(float(order["par_at"]), "par", UNIT)]
    return []


def _none(row: Row, orders: Sequence[Row]) -> Deadline:
    """What has no deadline is looked at within a day, by whoever has it."""
    at_it = any(order.get("status") in AT_WORK | {"offered"} for order in orders)
    owes = POST if row.get("family") == "case" else UNIT if at_it else OFFICER
    return _day_after(None, row), "", owes


def _day_after(at: Any, row: Row) -> float:
    return float(at or row.get("opened_at") or 0.0) + NO_DEADLINE_S
