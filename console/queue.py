"""The officer's queue: what expires next, first. Total order, pure (CONSOLE.md section 3).

`item.py` decides the order; here it is kept. An item that changed is moved by bisection, lanes that
change with time are looked for once a second, and nothing is ever sorted more often than that.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from console.item import (
    CASES,
    CRIT,
    DUE,
    HIGH,
    LIFE,
    LOW,
    NEVER,
    NORM,
    NOW,
    OFFICER,
    RUNNING,
    TODO,
    WATCH,
    Item,
    Key,
    item,
    key,
    turns_at,
)
from console.model import Model

__all__ = (
    "CASES", "CRIT", "DUE", "HIGH", "LIFE", "LOW", "NORM", "NOW", "RUNNING", "TODO", "WATCH",
    "Item", "Queue",
)  # fmt: skip

LOOK_EVERY_S = 1.0  # for lanes that change with time alone
SORT_EVERY_S = 4.0  # the tail of very many
MANY = 1000  # with more items than this, those that only wait (lanes 4 to 6) move all at once


class Queue:
    """All open items in their order.

    `keep` is the item that the cursor is on: it stays, dimmed, when it ends, until the cursor has
    left. `version` changes with everything that a drawing of the queue shows.
    """

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.keep = ""
        self.version = 0
        self._keys: list[Key] = []  # sorted; what an item says is in `items` alone
        self._key_of: dict[str, Key] = {}
        self._wanted: dict[str, Key] = {}  # where an item belongs that has not been moved yet
        self._turns: dict[str, float] = {}
        self._leaving: set[str] = set()
        self._incident_of: dict[str, str] = {}
        self._counts = {CRIT: 0, HIGH: 0, NORM: 0, LOW: 0}
        self._unseen = 0
        self._lazy = False
        self._looked = self._sorted_at = float("-inf")
        self._frozen: list[Key] | None = None

    def update(
        self, model: Model, changed: Iterable[tuple[str, str]], now: float, *, frozen: bool = False
    ) -> None:
        """Take over what changed in the model; `frozen`: the order stays while keys are pressed."""
        self._freeze(frozen=frozen)
        touched = self._touched(model, changed)
        self._lazy = len(self.items) + len(touched) > MANY
        for ident in touched:
            self._take(model, ident, now)
        if self._wanted and not 0 <= now - self._sorted_at < SORT_EVERY_S:
            self._sort(now)
        moved = self._turn(now)
        left = self._let_go(frozen=frozen)
        if touched or moved or left:
            self.version += 1

    @property
    def places(self) -> Sequence[Key]:
        """The keys of all items, most pressing first; as they were when keys began, while frozen.

        Of this moment: they go on changing with the next `update`. Who keeps what it finds here
        keeps ids, and looks in `items` for what is so now: an old item would hold its old row.
        """
        return self._keys if self._frozen is None else self._frozen

    def order(self, now: float) -> Iterator[tuple[int, Item]]:
        """(lane, item) of each place."""
        items = self.items
        return ((place[0], items[place[4]]) for place in self.places)

    def top(self, now: float) -> Item | None:
        """What F2 opens: the first of lanes 0 and 1, else the first that the officer owes.

        Never frozen: what came in a moment ago is the most pressing at once.
        """
        for place in self._keys:
            one = self.items[place[4]]
            if one.running and (place[0] <= NOW or one.owes == OFFICER):
                return one
        return None

    def pressing(self, last: int) -> list[Item]:
        """The running items of the lanes up to `last`, in their order of this moment."""
        found = []
        for place in self._keys:
            if place[0] > last:
                break
            one = self.items[place[4]]
            if one.running:
                found.append(one)
        return found

    @property
    def frozen(self) -> bool:
        """Keys are being pressed: the order stays as it was when they began."""
        return self._frozen is not None

    def counts(self) -> Mapping[int, int]:
        """Open items by urgency, drills and cases too: what line 1 counts."""
        return dict(self._counts)

    def unacknowledged(self) -> int:
        """Reds never acknowledged or lapsed: the `!` after 急."""
        return self._unseen

    def lane(self, ident: str) -> int:
        """The lane that an item is in; the last one for what is not in the queue."""
        found = self._key_of.get(ident)
        return CASES if found is None else found[0]

    # --- inside

    def _freeze(self, *, frozen: bool) -> None:
        """The order of now is kept, or let go."""
        if frozen and self._frozen is None:
            self._frozen = list(self._keys)
        elif not frozen and self._frozen is not None:
            self._frozen = None
            self.version += 1

    def _touched(self, model: Model, changed: Iterable[tuple[str, str]]) -> dict[str, None]:
        """The incidents and cases that the changed rows are about, each once."""
        touched: dict[str, None] = {}
        for table, ident in changed:
            if table in {"incident", "case"}:
                touched[ident] = None
            elif table == "assignment":
                touched |= dict.fromkeys(self._of_order(model, ident))
        return touched

    def _of_order(self, model: Model, order: str) -> list[str]:
        """The incident of an order, and the one it was moved away from."""
        before = self._incident_of.pop(order, "")
        here = str(model.row("assignment", order).get("incident", ""))
        if here:
            self._incident_of[order] = here
        return [ident for ident in (before, here) if ident]

    def _take(self, model: Model, ident: str, now: float) -> None:
        """One incident as the model has it now."""
        row, old = model.incident(ident), self.items.get(ident)
        if old is None and not row:
            return
        new = self._made(model, row) if row or old is None else old._replace(ended=True)
        if old is None and new.ended:
            return
        if old is not None:
            self._count(old, -1)
        self._count(new, 1)
        self.items[ident] = new
        if new.ended:
            self._leaving.add(ident)  # it stays where it stood until it may go
        else:
            self._leaving.discard(ident)
        self._put(new, now)

    def _made(self, model: Model, row: dict[str, Any]) -> Item:
        orders = row.get("orders") or ()
        return item(row, [given for each in orders if (given := model.row("assignment", each))])

    def _put(self, one: Item, now: float) -> None:
        """Into its place; of very many, one that only waits stays where it is until all move."""
        old = self._key_of.get(one.id)
        new = old if one.ended and old is not None else key(one, now)
        self._turns[one.id] = NEVER if one.ended else turns_at(one, now)
        if old is not None and new != old and self._lazy and new[0] >= TODO <= old[0]:
            self._wanted[one.id] = new
            return
        self._wanted.pop(one.id, None)
        if new != old:
            if old is not None:
                del self._keys[bisect_left(self._keys, old)]
            insort(self._keys, new)
            self._key_of[one.id] = new

    def _sort(self, now: float) -> None:
        """Those that wait for their place get it, all at once."""
        self._key_of |= self._wanted
        wanted = self._wanted
        self._keys = sorted([wanted.get(each[4], each) for each in self._keys])
        self._wanted = {}
        self._sorted_at = now

    def _turn(self, now: float) -> bool:
        """Items whose lane has changed with time; all of them after the post's clock went back."""
        back = now < self._looked
        if not back and now - self._looked < LOOK_EVERY_S:
            return False
        self._looked = now
        due = [ident for ident, at in self._turns.items() if back or at <= now]
        for ident in due:
            self._put(self.items[ident], now)
        return bool(due)

    def _let_go(self, *, frozen: bool) -> bool:
        """What has ended leaves once the cursor has left it, and never under the hand."""
        if frozen:
            return False
        gone = [ident for ident in self._leaving if ident != self.keep]
        for ident in gone:
            self._leaving.discard(ident)
            self._wanted.pop(ident, None)
            del self._keys[bisect_left(self._keys, self._key_of.pop(ident))]
            del self.items[ident], self._turns[ident]
        return bool(gone)

    def _count(self, one: Item, by: int) -> None:
        if one.ended:
            return
        self._counts[one.urgency] += by
        if one.urgency == CRIT and one.unseen:
            self._unseen += by
