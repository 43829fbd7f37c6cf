"""The officer's queue: what expires next, first. Total order, pure (CONSOLE.md section 3).

`item.py` decides the order; here it is kept. An item that changed is moved by bisection, lanes that
change with time are looked for once a second, and nothing is ever sorted more often than that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
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

Order = Sequence[tuple[int, Item]]


class Queue:
    """All open items in their order.

    `keep` is the item that the cursor is on: it stays, dimmed, when it ends, until the cursor has
    left. `version` changes with everything that a drawing of the queue shows.
    """

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.keep = ""
        self.version = 0
        # Sorted keys, and beside each at the same place (lane, item): a storm moves five thousand
        # a second, and making ten thousand pairs anew for each drawing is what would cost.
        self._keys: list[Key] = []
        self._pairs: list[tuple[int, Item]] = []
        self._key_of: dict[str, Key] = {}
        self._wanted: dict[str, Key] = {}  # where an item belongs that has not been moved yet
        self._turns: dict[str, float] = {}
        self._leaving: set[str] = set()
        self._incident_of: dict[str, str] = {}
        self._counts = {CRIT: 0, HIGH: 0, NORM: 0, LOW: 0}
        self._unseen = 0
        self._lazy = False
        self._looked = self._sorted_at = float("-inf")
        self._frozen: list[tuple[int, Item]] | None = None
        self._frozen_at: dict[str, int] = {}

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

    def order(self, now: float) -> Order:
        """(lane, item), most pressing first; as it was when the keys began, while frozen.

        Of this moment: it goes on changing with the next `update`.
        """
        return self._pairs if self._frozen is None else self._frozen

    def top(self, now: float) -> Item | None:
        """What F2 opens: the first of lanes 0 and 1, else the first that the officer owes.

        Never frozen: what came in a moment ago is the most pressing at once.
        """
        for lane, one in self._pairs:
            if one.running and (lane <= NOW or one.owes == OFFICER):
                return one
        return None

    def pressing(self, last: int) -> list[Item]:
        """The running items of the lanes up to `last`, in their order of this moment."""
        found = []
        for lane, one in self._pairs:
            if lane > last:
                break
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
            self._frozen = list(self._pairs)
            self._frozen_at = {one.id: at for at, (_, one) in enumerate(self._frozen)}
        elif not frozen and self._frozen is not None:
            self._frozen, self._frozen_at = None, {}
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
        given = (model.row("assignment", each) for each in row.get("orders") or ())
        return item(row, [order for order in given if order])

    def _put(self, one: Item, now: float) -> None:
        """Into its place, or with what it says now into the place that it has."""
        old = self._key_of.get(one.id)
        new = old if one.ended and old is not None else key(one, now)
        self._turns[one.id] = NEVER if one.ended else turns_at(one, now)
        if (at := self._frozen_at.get(one.id)) is not None and self._frozen is not None:
            self._frozen[at] = (self._frozen[at][0], one)
        self._wanted.pop(one.id, None)
        if old is None:
            self._insert(new, one)
            return
        if new != old and self._lazy and min(new[0], old[0]) >= TODO:
            self._wanted[one.id] = new
            new = old
        place = bisect_left(self._keys, old)
        if new == old:
            self._pairs[place] = (old[0], one)
            return
        del self._keys[place], self._pairs[place]
        self._insert(new, one)

    def _insert(self, new: Key, one: Item) -> None:
        self._key_of[one.id] = new
        place = bisect_left(self._keys, new)
        self._keys.insert(place, new)
        self._pairs.insert(place, (new[0], one))

    def _sort(self, now: float) -> None:
        """Those that wait for their place get it, all at once."""
        self._key_of |= self._wanted
        wanted = self._wanted
        self._keys = sorted([wanted.get(each[4], each) for each in self._keys])
        self._pairs = [(each[0], self.items[each[4]]) for each in self._keys]
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
            place = bisect_left(self._keys, self._key_of.pop(ident))
            del self._keys[place], self._pairs[place]
            del self.items[ident], self._turns[ident]
        return bool(gone)

    def _count(self, one: Item, by: int) -> None:
        if one.ended:
            return
        self._counts[one.urgency] += by
        if one.urgency == CRIT and one.unseen:
            self._unseen += by
