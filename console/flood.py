"""Many at once: reds stay single, the rest are grouped by kind and village. Pure.

Nothing is dropped: every item is either a row or counted in one group (CONSOLE.md section 2). A
group stands where its most pressing item would.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.item import CASES, CRIT, DUE, HIGH, RUNNING, TODO, Item

MANY_OPEN = 200  # more open items than this: lanes 4 to 6 are grouped, flood or not
ALL_OVER = 5  # villages; a kind that is in so many of them, and not urgent, is one group


@dataclass(frozen=True, slots=True)
class Ruler:
    """The head of a lane: how many rows and groups stand under it."""

    lane: int
    rows: int
    groups: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind in one village, most pressing first; `village` "" for all over the place.

    `open` while the officer has it unfolded: its items follow as rows.
    """

    key: str
    kind: str
    village: str
    items: tuple[Item, ...]
    open: bool = False

    @property
    def urgency(self) -> int:
        """Of the worst."""
        return min(one.urgency for one in self.items)

    @property
    def worst(self) -> Item:
        """The one whose text stands for all: the most urgent, of those the most pressing."""
        return min(self.items, key=lambda one: one.urgency)

    @property
    def earliest(self) -> Item:
        """The one whose deadline comes first."""
        return min(self.items, key=lambda one: one.due_at)


Pair = tuple[int, Item]
Entry = Ruler | Pair | Group
VillageOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Folding:
    """Which items are folded into which groups, from which lane on; none by default."""

    since: int = CASES + 1
    group_of: Mapping[str, str] = field(default_factory=dict)  # item -> key of its group
    groups: Mapping[str, Group] = field(default_factory=dict)


def folding(order: Sequence[Pair], village_of: VillageOf, *, flood: bool) -> Folding:
    """`flood`: everything but the reds is grouped; else lanes 4 to 6, once there are too many.

    One alone is no group.
    """
    if not flood and len(order) <= MANY_OPEN:
        return Folding()
    since = DUE if flood else TODO
    tail = order[bisect_left(order, since, key=_lane_of) :]
    spread = _spread(tail, village_of)
    members: dict[tuple[str, str], list[Item]] = {}
    for _, one in tail:
        if one.urgency != CRIT:
            village = "" if one.kind in spread else village_of(one.place)
            members.setdefault((one.kind, village), []).append(one)
    groups = {
        f"{kind}|{village}": Group(f"{kind}|{village}", kind, village, tuple(items))
        for (kind, village), items in members.items()
        if len(items) > 1
    }
    return Folding(
        since, {one.id: key for key, group in groups.items() for one in group.items}, groups
    )


def single(order: Sequence[Pair], since: int) -> list[Entry]:
    """The lanes above `since`: a ruler each, then every item as a row."""
    made: list[Entry] = []
    for lane, pairs in _lanes(order[: bisect_left(order, since, key=_lane_of)]):
        made.append(Ruler(lane, len(pairs)))
        made += pairs
    return made


def grouped(order: Sequence[Pair], folded: Folding, unfolded: set[str]) -> list[Entry]:
    """The lanes from `folded.since` on, with their groups."""
    made: list[Entry] = []
    shown: set[str] = set()
    for lane, pairs in _lanes(order[bisect_left(order, folded.since, key=_lane_of) :]):
        made += _lane(lane, pairs, folded, unfolded, shown)
    return made


def head_of(listed: Sequence[Entry]) -> int:
    """How many of these entries the lanes 0 to 3 make."""
    for number, entry in enumerate(listed):
        if isinstance(entry, Ruler) and entry.lane > RUNNING:
            return number
    return len(listed)


def _lane_of(pair: Pair) -> int:
    return pair[0]


def _lanes(order: Sequence[Pair]) -> Iterator[tuple[int, Sequence[Pair]]]:
    """Each lane that has items."""
    start = 0
    while start < len(order):
        lane = order[start][0]
        end = bisect_left(order, lane + 1, lo=start, key=_lane_of)
        yield lane, order[start:end]
        start = end


def _spread(tail: Sequence[Pair], village_of: VillageOf) -> set[str]:
    """Kinds that are all over the township, none of them urgent: one line for all villages."""
    villages: dict[str, set[str]] = {}
    urgent = set()
    for _, one in tail:
        villages.setdefault(one.kind, set()).add(village_of(one.place))
        if one.urgency <= HIGH:
            urgent.add(one.kind)
    return {kind for kind, of in villages.items() if len(of) >= ALL_OVER and kind not in urgent}


def _lane(
    lane: int, pairs: Sequence[Pair], folded: Folding, unfolded: set[str], shown: set[str]
) -> list[Entry]:
    """A lane with its groups; a group stands in the first lane that has one of it."""
    made: list[Entry] = []
    rows = groups = 0
    for pair in pairs:
        one = pair[1]
        key = folded.group_of.get(one.id)
        if key is None or one.urgency == CRIT:
            made.append(pair)
            rows += 1
        elif key not in shown:
            shown.add(key)
            groups += 1
            is_open = key in unfolded
            made.append(replace(folded.groups[key], open=is_open))
            made += [(lane, each) for each in folded.groups[key].items] if is_open else []
    return [Ruler(lane, rows, groups), *made] if made else []
