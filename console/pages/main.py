"""The main page: the queue, and at 160 columns the detail beside it.

The cursor is an id or a group, never a line. It follows the top until it is moved; Home lets it
follow again. What F4 and `.` mean is the item under it in the picture that was drawn last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from command import messages as m
from console import listing, wording
from console.cells import Line, Span, exactly, plain, show
from console.detail import beside_list, under_list
from console.effects import Send
from console.flood import Entry, Folding, Group, Ruler, folding, grouped, head_of, single
from console.incident import item_hint
from console.item import Item
from console.page import Ctx, Go, Move, Page
from console.pages import alerts
from console.sifting import fits
from console.strips import devices, just_now, teams

DETAIL_FROM = 150  # columns: inside the frame of a drill a wide screen has 154
EVERY_S = 4.0  # groups, and what fits a filter, of very many: anew so often
FEW = 2000
REST_S = 0.5  # the cursor rests so long on an item before its detail is asked for
TEAM_LINES, LOG_LINES, LEAST_LOG = 4, 14, 3


class MainPage(Page):
    """The queue. `filter` dims what does not fit in lanes 0 to 3, and hides it below."""

    name = "main"

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.filter = ""
        self.marked: dict[str, None] = {}
        self._cursor = item  # a row's id or a group's key
        self._moved = bool(item)
        self._unfolded: set[str] = set()
        self._entries: list[Entry] = []
        self._keys: list[str] = []  # what the cursor calls each of them
        self._head = 0
        self._top = 0  # first entry of the part that scrolls
        self._at: list[int | None] = []  # the entry on each line that was drawn
        self._folding = Folding()
        self._singly: set[str] = set()  # items of the lanes above, which stand each for itself
        self._tail: list[Entry] = []  # lanes with groups, as they were folded last
        self._folded: tuple[int, bool, frozenset[str]] = (-1, False, frozenset())
        self._folded_at = float("-inf")
        self._fitting: set[str] = set()  # items that the filter finds
        self._sifted: tuple[str, int, float] = ("", -1, 0.0)
        self._wide = False
        self._watched = self._rested = ""
        self._since = 0.0

    # --- drawing

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """List and detail, list, or the compact list; without room for one, line 2's item."""
        if not height:
            top = ctx.queue.top(ctx.now)
            self.item = top.id if top else ""
            return []
        if width >= DETAIL_FROM and height >= 30:
            self._wide = True
            return self._both(ctx, width, height)
        self._wide = False
        return self._list(ctx, width, height)

    def _both(self, ctx: Ctx, cells: int, height: int) -> list[Line]:
        left = cells * 100 // 160
        right = cells - left - 1
        listed = self._list(ctx, left, height)
        one = ctx.queue.items.get(self.item)
        shown = beside_list(ctx, one, right, height)
        return [(*a, Span("|", "border"), *b) for a, b in zip(listed, shown, strict=True)]

    def _list(self, ctx: Ctx, cells: int, height: int) -> list[Line]:
        """Header, window, what is below, then the strips that fit."""
        self._take_over(ctx)
        under = self._under(ctx, cells, height)
        room = height - len(under) - 2
        made = [listing.header(ctx, cells), *self._window(ctx, cells, room)]
        made.append(self._foot(ctx, cells))
        made += under
        return [*made, *([plain("", cells)] * (height - len(made)))]

    def _under(self, ctx: Ctx, cells: int, height: int) -> list[Line]:
        """The strips under the list: as many as leave the list its place."""
        said = _alerts(ctx, cells, max(1, height // 8))
        spare = height - len(self._entries) - 2 - len(said)
        if height < 30:
            return [*said, *self._spare(ctx, cells, spare, low=height < 20)] or [plain("", cells)]
        log = max(4, min(LOG_LINES, spare - TEAM_LINES - 1))
        return [
            *said, *teams(ctx, cells, TEAM_LINES), devices(ctx, cells), *just_now(ctx, cells, log),
        ]  # fmt: skip

    def _spare(self, ctx: Ctx, cells: int, spare: int, *, low: bool) -> list[Line]:
        """Where no detail stands beside the list: the item under the cursor, the latest events."""
        one = ctx.queue.items.get(self.item)
        log = LEAST_LOG if not low else spare - 1 if one is None else spare // 3
        strips = []
        if log >= LEAST_LOG:
            strips = [devices(ctx, cells), *just_now(ctx, cells, log)]
        return [*under_list(ctx, one, cells, spare - len(strips)), *strips]

    def _take_over(self, ctx: Ctx) -> None:
        """The entries as they are now, and the cursor among them."""
        load = ctx.model.beat.get("load") or {}
        self._fold(ctx, flood=load.get("band") == "flood")
        singly = single(ctx.queue.places, self._folding.since)
        self._singly = {entry for entry in singly if isinstance(entry, str)}
        tail = [entry for entry in self._tail if self._still(ctx, entry)]
        self._entries = [*singly, *tail]
        self._head = head_of(self._entries)
        if self.filter:
            self._sift(ctx)
        self._keys = [key_of(entry) for entry in self._entries]
        self._set_cursor()
        self.item = "" if "|" in self._cursor else self._cursor
        ctx.queue.keep = self.item

    def _fold(self, ctx: Ctx, *, flood: bool) -> None:
        """Groups anew when the queue has changed; of very many at most once a second."""
        state = (ctx.queue.version, flood, frozenset(self._unfolded))
        late = ctx.mono - self._folded_at >= EVERY_S and not ctx.queue.frozen
        many = len(ctx.queue.items) > FEW and not late
        if state == self._folded or (many and state[1:] == self._folded[1:]):
            return
        table = ctx.model.table("place")
        village = {key: str(row.get("village") or key) for key, row in table.items()}
        places, items = ctx.queue.places, ctx.queue.items
        self._folding = folding(places, items, lambda at: village.get(at, at), flood=flood)
        self._tail = grouped(places, self._folding, self._unfolded)
        self._folded, self._folded_at = state, ctx.mono

    def _still(self, ctx: Ctx, entry: Entry) -> bool:
        """Whether it is where it was at the groups' last turn, or of a group one at least is."""
        if isinstance(entry, Ruler):
            return True
        if isinstance(entry, Group):
            return any(self._below(ctx, ident) for ident in entry.members)
        return self._below(ctx, entry)

    def _below(self, ctx: Ctx, ident: str) -> bool:
        """Whether an item of the groups' last turn has not moved up among the single ones since.

        By what is shown there: while keys are pressed a new red stays where it is, and is counted.
        """
        return ident in ctx.queue.items and ident not in self._singly

    def _members(self, ctx: Ctx, group: Group) -> list[Item]:
        """What the group counts and tells of now."""
        return [ctx.queue.items[ident] for ident in group.members if self._below(ctx, ident)]

    def _sift(self, ctx: Ctx) -> None:
        """What does not fit the filter is dimmed in lanes 0 to 3, and hidden below."""
        words, version, at = self._sifted
        many = len(ctx.queue.items) > FEW and ctx.mono - at < EVERY_S
        if words != self.filter or (version != ctx.queue.version and not many):
            items = ctx.queue.items.values()
            self._fitting = {one.id for one in items if fits(ctx, one, self.filter)}
            self._sifted = (self.filter, ctx.queue.version, ctx.mono)
        tail = self._entries[self._head :]
        kept = [entry for entry in tail if isinstance(entry, Ruler) or self._fits(entry)]
        self._entries = self._entries[: self._head] + _without_empty(kept)

    def _fits(self, entry: Entry) -> bool:
        if isinstance(entry, Group):
            return not self._fitting.isdisjoint(entry.members)
        return entry in self._fitting

    def _set_cursor(self) -> None:
        keys = self._keys
        if not self._moved or not self._cursor:
            self._cursor = next((key for key in keys if key), "")
        elif self._cursor not in keys:
            folded = self._folding.group_of.get(self._cursor, "")
            self._cursor = folded if folded in keys else next((key for key in keys if key), "")
            self._moved = self._moved and bool(folded)

    def _window(self, ctx: Ctx, cells: int, room: int) -> list[Line]:
        """Lanes 0 to 3 stand; the rest scrolls under them. Where they do not fit, all scrolls."""
        pinned = self._head if self._head + 2 <= room else 0
        here = self._index()
        size = max(1, room - pinned)
        lowest = max(pinned, len(self._entries) - size)
        top = min(max(self._top, pinned), lowest)
        if here >= pinned:
            top = max(min(top, here), here - size + 1)
            if top == here and here > pinned and isinstance(self._entries[here - 1], Ruler):
                top -= 1  # a row is not parted from the name of its lane
        self._top = top
        numbers = [*range(pinned), *range(top, min(len(self._entries), top + size))][:room]
        self._at = [None, *numbers]
        return [self._line(ctx, number, cells) for number in numbers]

    def _index(self) -> int:
        return self._keys.index(self._cursor) if self._cursor in self._keys else 0

    def _line(self, ctx: Ctx, number: int, cells: int) -> Line:
        entry = self._entries[number]
        if isinstance(entry, Ruler):
            return listing.ruler(ctx.look, entry, cells, flood=self._folded[1])
        here = key_of(entry) == self._cursor
        dim = bool(self.filter) and not self._fits(entry)
        if isinstance(entry, Group):
            return listing.group(ctx, entry, self._members(ctx, entry), cells, here=here, dim=dim)
        one = ctx.queue.items[entry]
        return listing.row(ctx, one, cells, here=here, marked=one.id in self.marked, dim=dim)

    def _told_of(self, ctx: Ctx, shown: Sequence[Entry]) -> Iterator[Item]:
        """The items in these entries, those of a folded group with them."""
        for entry in shown:
            if isinstance(entry, Group) and not entry.open:
                yield from self._members(ctx, entry)
            elif isinstance(entry, str):
                yield ctx.queue.items[entry]

    def _foot(self, ctx: Ctx, cells: int) -> Line:
        """What is not in the window, by urgency; the filter that is set."""
        shown = [self._entries[number] for number in self._at if number is not None]
        seen, counts = listing.counted(self._told_of(ctx, shown)), ctx.queue.counts()
        hidden = {urgency: counts[urgency] - seen[urgency] for urgency in counts}
        numbers = [number for number in self._at if number is not None]
        above = bool(numbers) and numbers[0] > 0
        total, sifted = sum(counts.values()), bool(self.filter)
        said = listing.foot(ctx, hidden, total, above=above, sifted=sifted)
        if not sifted:
            return exactly((said,), cells)
        words = ctx.tr("filter {words} (Esc ends it)").format(words=show(self.filter, 40))
        return exactly((Span(f"[{words}] ", "warn"), said), cells)

    def hint(self, ctx: Ctx) -> str:
        """What the cursor is on, in a sentence."""
        entry = self._entries[self._index()] if self._entries else None
        if self.marked:
            names = " ".join(show(ident, 40) for ident in self.marked)
            return ctx.tr("marked {n}: {names}").format(n=len(self.marked), names=names)
        if isinstance(entry, Group):
            return _group_hint(ctx, entry, len(self._members(ctx, entry)))
        one = ctx.queue.items.get(self.item)
        return ctx.tr("Nothing waits for you now.") if one is None else item_hint(ctx, one)

    # --- keys

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Move, mark, unfold, open."""
        page = max(1, len(self._at) - 2)
        steps = {
            "up": -1, "down": 1, "previous_item": -1, "next_item": 1, "pageup": -page,
            "pagedown": page, "end": len(self._entries),
        }  # fmt: skip
        if key in steps:
            return self._move(steps[key])
        match key:
            case "home":
                self._moved, self._top = False, 0
                return ()
            case "open":
                return self._open()
            case "mark" if self.item:
                self._mark(self.item)
                return ()
            case "back" if self.filter or self.marked:
                self.filter = ""
                self.marked.clear()
                return ()
        return None

    def fill(self, ctx: Ctx, words: Sequence[str]) -> Sequence[Move]:
        """`:filter WORDS` comes here; without words the filter ends."""
        self.filter = " ".join(words).strip()
        return ()

    def choose(self, ident: str) -> None:
        """Put the cursor on an item."""
        self._cursor, self._moved = ident, True

    def _mark(self, ident: str) -> None:
        if ident in self.marked:
            del self.marked[ident]
        else:
            self.marked[ident] = None

    def _move(self, by: int) -> Sequence[Move]:
        """Over rows and groups, never onto a ruler."""
        keys = [key for key in self._keys if key]
        if keys:
            at = keys.index(self._cursor) if self._cursor in keys else 0
            self.choose(keys[max(0, min(len(keys) - 1, at + by))])
        return ()

    def _open(self) -> Sequence[Move]:
        if "|" in self._cursor:
            self._unfolded ^= {self._cursor}
            self._moved = True
            return ()
        return (Go("detail", self.item),) if self.item else ()

    def click(self, ctx: Ctx, x: int, y: int) -> Sequence[Move]:
        """A row: the cursor; once more: open it, or unfold the group."""
        number = self._at[y] if 0 <= y < len(self._at) else None
        key = "" if number is None else key_of(self._entries[number])
        if not key:
            return ()
        again = key == self._cursor
        self.choose(key)
        return self._open() if again else ()

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """The cursor goes along."""
        self._move(lines)

    # --- the detail beside the list is asked for like an open page

    def tick(self, ctx: Ctx) -> Sequence[Move]:
        """`watch` the item beside the list once the cursor rests on it; only one at a time."""
        wanted = self.item if self._wide else ""
        if wanted != self._rested:
            self._rested, self._since = wanted, ctx.mono
        if wanted == self._watched or ctx.lost or ctx.mono - self._since < REST_S:
            return ()
        moves = self._unwatch(ctx)
        if wanted and ctx.model.incident(wanted):
            self._watched = wanted
            moves.append(Send(m.Watch(id=ctx.ids(), incident=wanted)))
        return moves

    def _unwatch(self, ctx: Ctx) -> list[Move]:
        left, self._watched = self._watched, ""
        return [Send(m.Unwatch(id=ctx.ids(), incident=left))] if left else []


def _without_empty(tail: list[Entry]) -> list[Entry]:
    """Lanes of which nothing is left are not named."""
    below = [*tail[1:], Ruler(-1, 0)][: len(tail)]
    return [
        entry
        for entry, after in zip(tail, below, strict=True)
        if not (isinstance(entry, Ruler) and isinstance(after, Ruler))
    ]


def key_of(entry: Entry) -> str:
    """What the cursor calls it; "" for a ruler."""
    if isinstance(entry, str):
        return entry
    return entry.key if isinstance(entry, Group) else ""


def _alerts(ctx: Ctx, cells: int, most: int) -> list[Line]:
    """The post's alerts; where they are too many, their number takes the last line."""
    found = alerts.lines(ctx, cells, most)
    if len(found) <= most:
        return found
    words = ctx.tr("{n} more alerts, all of them: :go alerts").format(n=len(found) - most + 1)
    return [*found[: most - 1], plain(words, cells, "bad")]


def _group_hint(ctx: Ctx, many: Group, n: int) -> str:
    """`水位 x14: 急 0 紧 14; Enter 展开。合并不改单件时限。`."""
    kind = wording.kind(ctx, many.kind)
    said = ctx.tr("{kind} x{n}: Enter unfolds. Each keeps its own time limit; what turns red "
                  "stands alone at once.")  # fmt: skip
    return said.format(kind=kind, n=n)
