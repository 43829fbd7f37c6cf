"""All in which some words occur: items, teams, cameras, places, the log (`:找 秸秆`). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import wording
from console.cells import Line, Span, fit, plain, rule, show, wrap
from console.grammar.things import is_open
from console.look import clock, day
from console.model import Row
from console.page import Ctx, Go, Move
from console.pages.board import Board
from console.table import Column
from console.wording import lines as said
from sensors.words import _

AGAIN_S = 2.0  # the same words are looked for again, for rows come and go
MANY = 2000  # items; of more it takes a third of a second, and is done less often
MOST = 500  # lines; the title says how many there are
KINDS = (_("item"), _("ended"), _("team"), _("camera"), _("place"), _("log"))
ITEM, ENDED, TEAM, CAMERA, PLACE, LOG = range(6)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where the words were found. `page`, `item`: what Enter opens."""

    what: int
    name: str
    text: str
    at: float
    page: str
    item: str

    def __str__(self) -> str:
        """What the board's own filter looks through."""
        return f"{self.name} {self.text}"


class FindPage(Board):
    """The board of what was found; `item` are the words."""

    name = "find"

    def __init__(self, item: str = "") -> None:
        super().__init__("")
        self.words = item
        self._hits: dict[str, Hit] = {}
        self._found: tuple[str, float] = ("", -1e9)

    def title(self, ctx: Ctx) -> str:
        """The words, and how many places have them."""
        words = ctx.tr("Found {words}: {n}")
        return words.format(words=show(self.words, 60), n=len(self.rows(ctx)))

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """The text takes what is left."""
        tr = ctx.tr
        return [
            Column(tr("Where"), 8, sort=lambda hit: hit.what),
            Column(tr("Name"), 16, sort=lambda hit: hit.name),
            Column(tr("Text"), 0, sort=lambda hit: hit.text),
            Column(tr("Time"), 11, sort=lambda hit: hit.at),
        ]

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Open items first, the log last, in it the newest first."""
        key, at = self._found
        wanted = f"{ctx.look.lang} {self.words}"
        again = AGAIN_S * max(1.0, len(ctx.model.table("incident")) / MANY)
        if key != wanted or not 0 <= ctx.mono - at < again:
            hits = enumerate(_hits(ctx, self.words.casefold().split()))
            self._hits = {hit_key(hit): hit for n, hit in hits if n < MOST}
            self._found = (wanted, ctx.mono)
        return dict(sorted(self._hits.items(), key=lambda pair: (pair[1].what, -pair[1].at)))

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """One place."""
        when = f"{day(row.at)} {clock(row.at, seconds=False)}" if row.at else ""
        return (ctx.tr(KINDS[row.what]), row.name, row.text, when)

    def empty(self, ctx: Ctx) -> str:
        """What was looked through."""
        return ctx.tr("Not in any item, team, camera, place or line of the log that is here.")

    def about(self, key: str, row: Any) -> str:
        """The incident, where it is one."""
        return row.item if row.page == "detail" else ""

    def reserve(self, ctx: Ctx, height: int) -> int:
        """The text under the cursor in full."""
        return min(4, height // 4)

    def below(self, ctx: Ctx, width: int, height: int) -> Sequence[Line]:
        """The whole text."""
        if self.row is None:
            return ()
        texts = wrap(self.row.text, width - 2)
        return [
            rule(fit(self.row.name, 40).rstrip(), width),
            *(plain(" " + t, width) for t in texts),
        ]

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Enter opens it."""
        if key == "open" and self.row is not None:
            return (Go(self.row.page, self.row.item),)
        return None

    def keys(self, ctx: Ctx) -> str:
        """What Enter does."""
        return ctx.tr("Enter opens  / filter  Left Right sort  Esc back")


def hit_key(hit: Hit) -> str:
    """One line a place."""
    return f"{hit.what}|{hit.name}|{hit.item}|{hit.at}"


def _hits(ctx: Ctx, words: Sequence[str]) -> Iterator[Hit]:
    for hit, text in _everything(ctx):
        plain_text = text.casefold()
        if words and all(word in plain_text for word in words):
            yield hit


def _everything(ctx: Ctx) -> Iterator[tuple[Hit, str]]:
    """Each place there is, and the text that is looked through."""
    model = ctx.model
    for table in ("incident", "case"):
        for row in model.table(table).values():
            yield _item(ctx, row)
    for ident, row in model.table("unit").items():
        name, contact = wording.unit(ctx, ident), show(str(row.get("contact") or ""), 60)
        kit = " ".join(show(str(one), 60) for one in row.get("equipment") or ())
        text = f"{contact} {kit}".strip()
        yield Hit(TEAM, name, text, 0.0, "teams", ident), f"{ident} {_names(row)} {text}"
    for ident, row in model.table("camera").items():
        name = show(str(row.get("name") or ""), 60)
        yield (
            Hit(CAMERA, show(ident, 40), name, 0.0, "cameras", ident),
            f"{ident} {row.get('name')}",
        )
    for ident, row in model.table("place").items():
        name = wording.place(ctx, ident)
        yield Hit(PLACE, name, show(ident, 40), 0.0, "grid", ident), f"{ident} {_names(row)} {name}"
    for row in reversed(model.table("log").values()):
        yield _line(ctx, row)


def _names(row: Row) -> str:
    return f"{row.get('name') or ''} {row.get('name_en') or ''}"


def _item(ctx: Ctx, row: Row) -> tuple[Hit, str]:
    ident = show(str(row.get("id")), 40)
    place = wording.place(ctx, str(row.get("place") or ""), str(row.get("place_name") or ""))
    kind = wording.kind(ctx, str(row.get("kind") or ""))
    notes = " ".join(str(note.get("text") or "") for note in row.get("notes") or ())
    body = f"{row.get('text') or ''} {row.get('outcome') or ''} {notes}"
    text = f"{kind} {place} {show(body)}"
    what = ITEM if is_open(row) else ENDED
    at = float(row.get("opened_at") or 0.0)
    found = f"{ident} {kind} {place} {row.get('place_name') or ''} {body}"
    return Hit(what, ident, text, at, "detail", str(row.get("id"))), found


def _line(ctx: Ctx, row: Row) -> tuple[Hit, str]:
    source, text, cause = said.event_line(ctx, row)
    item = str(row.get("incident") or "")
    page = "detail" if ctx.model.incident(item) else "log"
    at = float(row.get("at") or 0.0)
    line = f"{source} {text} ({cause})"
    found = f"{item} {line} {row.get('text') or ''}"
    return Hit(LOG, show(item, 40), line, at, page, item), found
