"""Many at once: reds stay single, the rest are grouped by kind and village. Pure.

Nothing is dropped: every item is either a row or counted in one group (CONSOLE.md section 2). A
group stands where its most pressing item would.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.item import CASES, CRIT, DUE, HIGH, RUNNING, TODO, Item, Key

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

    Their ids: groups are made anew only now and then, and what an item says may not be of then.
    `open` while the officer has it unfolded: its items follow as rows.
    """

    key: str
    kind: str
    village: str
    members: tuple[str, ...]
    open: bool = False


Entry = Ruler | str | Group  # an item by its id
Items = Mapping[str, Item]
VillageOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Folding:
    """Which items are folded into which groups, from which lane on; none by default."""

    since: int = CASES + 1
    group_of: Mapping[str, str] = field(default_factory=dict)  # item -> key of its group
    groups: Mapping[str, Group] = field(default_factory=dict)


def folding(places: Sequence[Key], items: Items, village_of: VillageOf, *, flood: bool) -> Folding:
    """`flood`: everything but the reds is grouped; else lanes 4 to 6, once there are too many.

    One alone is no group.
    """
    if not flood and len(places) <= MANY_OPEN:
        return Folding()
    since = DUE if flood else TODO
    tail = [items[place[4]] for place in places[bisect_left(places, since, key=_lane_of) :]]
    villages = {place: village_of(place) for place in {one.place for one in tail}}
    spread = _spread(tail, villages)
    members: dict[tuple[str, str], list[str]] = {}
    for one in tail:
        if one.urgency != CRIT:
            village = "" if one.kind in spread else villages[one.place]
            members.setdefault((one.kind, village), []).append(one.id)
    groups = {
        f"{kind}|{village}": Group(f"{kind}|{village}", kind, village, tuple(idents))
        for (kind, village), idents in members.items()
        if len(idents) > 1
    }
    return Folding(
        since, {ident: key for key, group in groups.items() for ident in group.members}, groups
    )


def single(places: Sequence[Key], since: int) -> list[Entry]:
    """The lanes above `since`: a ruler each, then every item as a row."""
    made: list[Entry] = []
    for lane, idents in _lanes(places[: bisect_left(places, since, key=_lane_of)]):
        made.append(Ruler(lane, len(idents)))
        made += idents
    return made


def grouped(places: Sequence[Key], folded: Folding, unfolded: set[str]) -> list[Entry]:
    """The lanes from `folded.since` on, with their groups."""
    made: list[Entry] = []
    shown: set[str] = set()
    for lane, idents in _lanes(places[bisect_left(places, folded.since, key=_lane_of) :]):
        made += _lane(lane, idents, folded, unfolded, shown)
    return made


def head_of(listed: Sequence[Entry]) -> int:
    """How many of these entries the lanes 0 to 3 make."""
    for number, entry in enumerate(listed):
        if isinstance(entry, Ruler) and entry.lane > RUNNING:
            return number
    return len(listed)


def _lane_of(place: Key) -> int:
    return place[0]


def _lanes(places: Sequence[Key]) -> Iterator[tuple[int, list[str]]]:
    """Each lane that has items, and their ids."""
    start = 0
    while start < len(places):
        lane = places[start][0]
        end = bisect_left(places, lane + 1, lo=start, key=_lane_of)
        yield lane, [place[4] for place in places[start:end]]
        start = end


def _spread(tail: Sequence[Item], villages: Mapping[str, str]) -> set[str]:
    """Kinds that are all over the township, none of them urgent: one line for all villages."""
    found = Counter(kind for kind, _ in {(one.kind, villages[one.place]) for one in tail})
    urgent = {one.kind for one in tail if one.urgency <= HIGH}
    return {kind for kind, of in found.items() if of >= ALL_OVER and kind not in urgent}


def _lane(
    lane: int, idents: Sequence[str], folded: Folding, unfolded: set[str], shown: set[str]
) -> list[Entry]:
    """A lane with its groups; a group stands in the first lane that has one of it."""
    made: list[Entry] = []
    rows = groups = 0
    for ident in idents:
        key = folded.group_of.get(ident)
        if key is None:
            made.append(ident)
            rows += 1
        elif key not in shown:
            shown.add(key)
            groups += 1
            is_open = key in unfolded
            made.append(replace(folded.groups[key], open=is_open))
            made += folded.groups[key].members if is_open else ()
    return [Ruler(lane, rows, groups), *made] if made else []
