"""One incident, whole: sections, timeline, and the original texts behind Tab.

Opening it tells the post (`watch`), so that others see who looks, and brings its detail: teams, why
not the nearest, the gap, the timeline of the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from command import messages as m
from console.cells import Line, plain, show
from console.effects import Send
from console.incident import head, item_hint, sections
from console.item import Item, item
from console.listing import limit
from console.model import Row
from console.original import original
from console.page import Ctx, Go, Move, Page
from console.timeline import history, nothing, timeline, timeline_head


class DetailPage(Page):
    """`item` is the incident or case. `view`: its sections, or the texts as they came."""

    name = "detail"

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self.original = False
        self._skip = 0  # lines that were scrolled away
        self._most = 0
        self._height = 1

    def title(self, ctx: Ctx) -> str:
        """`详情 I-0412 野火 急 雷家沟二组 第7版`."""
        one = self._one(ctx)
        if one is None:
            return ctx.tr("Detail {id}").format(id=show(self.item, 64))
        what = ctx.tr("Original texts") if self.original else ctx.tr("Detail")
        return f"{what} {head(ctx, one)}"

    def draw(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """All sections; the timeline takes what is left, the whole of it by PgDn."""
        one = self._one(ctx)
        if one is None:
            return [
                plain(ctx.tr("It is not in the list any more: :go log finds it."), width, "warn")
            ]
        above, past = self._parts(ctx, one, width)
        total = len(above) + len(past)
        self._height, self._most = height, max(0, total - height)
        self._skip = min(self._skip, self._most)
        end = self._skip + height
        rows = past[max(0, self._skip - len(above)) : max(0, end - len(above))]
        shown = [*above[self._skip : end], *timeline(ctx, rows, width)]
        if total > end:
            words = ctx.tr("{n} more lines: PgDn").format(n=total - end + 1)
            shown[-1] = plain(words, width, "warn")
        return shown

    def _parts(self, ctx: Ctx, one: Item, cells: int) -> tuple[list[Line], list[Row]]:
        """The lines above the timeline, and its rows: only those on the screen become lines."""
        if self.original:
            return list(original(ctx, one.row, cells)), []
        above, past = sections(ctx, one, cells), history(ctx, one.id)
        above.append(timeline_head(ctx, cells))
        return above + ([] if past else [nothing(ctx, cells)]), past

    def _one(self, ctx: Ctx) -> Item | None:
        known = ctx.queue.items.get(self.item)
        if known is not None:
            return known
        row = ctx.model.incident(self.item)
        if not row:
            return None
        given = (ctx.model.row("assignment", each) for each in row.get("orders") or ())
        return item(row, [order for order in given if order])

    def hint(self, ctx: Ctx) -> str:
        """The countdown, what is unread, why not the nearest."""
        one = self._one(ctx)
        if one is None:
            return ""
        hint = item_hint(ctx, one)
        return hint if one.ended else f"{limit(ctx, one)}  {hint}"

    def keys(self, ctx: Ctx) -> str:
        """What the keys do here."""
        return ctx.tr("F2 next  Enter send  F4 ack  Ctrl-N note  Tab original texts  [ ] others  "
                      "PgUp PgDn  Esc back")  # fmt: skip

    def key(self, ctx: Ctx, key: str, character: str) -> Sequence[Move] | None:
        """Scroll, the other view, the next item of the queue; Enter opens the dispatch dialog."""
        page = max(1, self._height - 2)
        steps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page,
                 "home": -self._most, "end": self._most}  # fmt: skip
        if key in steps:
            self._skip = max(0, min(self._most, self._skip + steps[key]))
            return ()
        match key:
            case "open":
                return (Go("dispatch", self.item),) if self._one(ctx) else ()
            case "pane":
                self.original, self._skip = not self.original, 0
                return ()
            case "previous_item":
                return self._neighbour(ctx, -1)
            case "next_item":
                return self._neighbour(ctx, 1)
        return None

    def wheel(self, ctx: Ctx, lines: int) -> None:
        """Scroll."""
        self._skip = max(0, min(self._most, self._skip + lines))

    def opened(self, ctx: Ctx) -> Sequence[Move]:
        """Tell the post that it is looked at."""
        return (Send(m.Watch(id=ctx.ids(), incident=self.item)),)

    def closed(self, ctx: Ctx) -> Sequence[Move]:
        """No longer."""
        return (Send(m.Unwatch(id=ctx.ids(), incident=self.item)),)

    def _neighbour(self, ctx: Ctx, by: int) -> Sequence[Move]:
        idents = [place[4] for place in ctx.queue.places]
        if not idents:
            return ()
        at = idents.index(self.item) + by if self.item in idents else 0
        return (Go("detail", idents[max(0, min(len(idents) - 1, at))]),)
