"""What has to sound, and when again (CONSOLE.md section 3, table "Sound"). Pure.

life  mayday, a call for help that nobody answers     at once, every 5 s, silence at most 30 s
crit  a red nobody has, a lapsed one, 紧 after 5 min    at once, every 15 s
high  a new 紧                                         at once, every 60 s
norm  a new 常, an offer that expired, a deadline,
      a word of the post's own                         at most one a minute, never again
lost  nothing heard of the post for 5 s                at once, every 30 s

One start every two seconds, the highest wins, and sounds do not queue up. What has begun to call is
new once: it sounds again only by the table, or after a new fact has ended it and begun it anew.
While the line is lost only that sounds: nothing else is known, and nothing could be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from console.effects import Effect, Quiet, Sound
from console.item import CRIT, DUE, HIGH, HIGH_UNSEEN_S, NORM, OFFICER, Item
from console.look import Look
from console.model import Model
from console.page import Move, Say
from console.queue import Queue
from console.settings import Settings

AGAIN_S: Mapping[str, float] = MappingProxyType(
    {"life": 5.0, "crit": 15.0, "high": 60.0, "norm": 60.0, "lost": 30.0}
)
RANKED = tuple(AGAIN_S)  # the highest first
APART_S = 2.0  # from one start to the next
SILENCE_S, LIFE_SILENCE_S = 60.0, 30.0
ITEMS = frozenset({"incident", "case"})  # tables of what may call
LOOK_EVERY_S = 1.0  # for what begins to call by time alone
BREAKS_SILENCE = frozenset({"life", "crit"})
# Deadlines that the engine keeps by itself: their passing is no news for an ear.
KEPT_BY_THE_POST = frozenset({"", "release", "hold", "ack", "second"})

Changed = Iterable[tuple[str, str]]


class Alarm:
    """What this console has sounded, and until when it is silenced.

    `broken`: the sound command does not work, for this reason; line 1 says 声 坏.
    """

    def __init__(self) -> None:
        self.broken = ""
        self._calling: dict[str, str] = {}  # item -> life, crit or high
        self._known: set[str] = set()  # items, expired orders and passed deadlines that were news
        self._touched: dict[tuple[str, str], None] = {}  # rows that changed and were not heard yet
        self._fresh: set[str] = set()  # words with a cause that has not sounded yet
        self._next = dict.fromkeys(RANKED, float("-inf"))
        self._started = self._silenced = self._looked = float("-inf")
        self._sounding = ""
        self._lost = False
        self._settled = False

    def due(
        self,
        model: Model,
        queue: Queue,
        settings: Settings,
        mono: float,
        changed: Changed = (),
    ) -> list[Effect]:
        """The sound that is due now, if any; `changed`: rows that changed since the last call."""
        self._touched.update(dict.fromkeys(changed))
        lost = model.beat_at is not None and model.lost(mono)
        if lost != self._lost:
            self._lost = lost
            self._fresh = {"lost"} if lost else self._fresh - {"lost"}
        if not lost and not model.loading and model.beat_at is not None:
            self._listen(model, queue, mono)
        return self._hush() + self._start(settings, mono, drill=model.exercise)

    def silence(self, mono: float, look: Look) -> Sequence[Move]:
        """Ctrl-T: quiet for 60 s; not an acknowledgement, and a new 急 breaks it."""
        self._silenced = mono
        self._sounding = ""
        self._fresh.clear()
        return (Quiet(), Say(look.tr("Silent for 60 s. Nothing is acknowledged by it.")))

    def state(self, settings: Settings, mono: float) -> str:
        """For line 1: on, off, silenced, broken."""
        if not settings.sound:
            return "off"
        if self.broken:
            return "broken"
        return "silenced" if mono - self._silenced < SILENCE_S else "on"

    # --- what calls

    def _listen(self, model: Model, queue: Queue, mono: float) -> None:
        touched, self._touched = self._touched, {}
        now = model.now(mono)
        quieter = _quieter(model)
        idents = []
        for table, key in touched:
            if table in ITEMS:
                idents.append(key)
            elif (row := model.row(table, key)) and (
                table == "alert" or row.get("status") == "expired"
            ):
                self._news(f"{table} {key}")
        everything = mono - self._looked >= LOOK_EVERY_S
        if everything:  # what begins to call by time alone is in the lanes that are due, or calls
            self._looked = mono
            idents += [*self._calling, *pressing(queue)]
        for ident in idents:
            self._judge(ident, queue.items.get(ident), now, quieter)
        self._settled = self._settled or everything

    def _judge(self, ident: str, one: Item | None, now: float, quieter: frozenset[str]) -> None:
        """Whether the item calls, and how loud; what begins to call is new."""
        word = "" if one is None else _word(one, now)
        if one is not None and word == "high" and _hushed(one, quieter):
            word = ""
        if word:
            if self._calling.get(ident) != word:
                self._fresh.add(word)
            self._calling[ident] = word
        elif ident in self._calling:
            del self._calling[ident]
        if one is not None and one.urgency <= NORM and one.running:
            self._tell(one, now, quieter)

    def _tell(self, one: Item, now: float, quieter: frozenset[str]) -> None:
        """What is said once: it is there, and that its deadline has passed."""
        fresh = (one.urgency == NORM or one.case) and one.id not in self._known
        late = one.owes == OFFICER and one.due_at <= now and one.due_kind not in KEPT_BY_THE_POST
        if not fresh and not late:
            return
        aloud = not _hushed(one, quieter)  # else it is no news later either
        if fresh:
            self._news(one.id, aloud=aloud)
        if late:
            self._news(f"{one.id} {one.due_kind} {one.due_at}", aloud=aloud)

    def _news(self, fact: str, *, aloud: bool = True) -> None:
        """Sounds once, and not at all if it was there when this console came."""
        if fact not in self._known:
            self._known.add(fact)
            if aloud and self._settled:
                self._fresh.add("norm")

    # --- what sounds

    def _hush(self) -> list[Effect]:
        """What sounds stops when nothing calls so any more: it was acknowledged."""
        if self._sounding in {"life", "crit", "high"} and self._sounding not in self._present():
            self._sounding = ""
            return [Quiet()]
        return []

    def _start(self, settings: Settings, mono: float, *, drill: bool) -> list[Effect]:
        if self._fresh & BREAKS_SILENCE:
            self._silenced = float("-inf")
        if not settings.sound:
            self._fresh.clear()
            return []
        if mono - self._started < APART_S:
            return []
        word = next((word for word in RANKED if self._may(word, mono)), "")
        if not word or not self._audible(word, mono):
            self._fresh -= {"high", "norm"}  # silenced or too soon: said by no later sound
            return []
        for lower in RANKED[RANKED.index(word) + 1 :]:
            if self._may(lower, mono):  # said by this one: they do not queue up behind it
                self._next[lower] = mono + AGAIN_S[lower]
        self._next[word] = mono + AGAIN_S[word]
        self._fresh.clear()
        self._started, self._sounding = mono, word
        return [Sound(word, drill=drill)]

    def _may(self, word: str, mono: float) -> bool:
        """Something calls so, and it is new or its time has come again."""
        if self._lost and word != "lost":
            return False
        if word == "norm":
            return word in self._fresh and mono >= self._next[word]
        return word in self._fresh or (word in self._present() and mono >= self._next[word])

    def _present(self) -> set[str]:
        return {"lost"} if self._lost else set(self._calling.values())

    def _audible(self, word: str, mono: float) -> bool:
        return mono - self._silenced >= (LIFE_SILENCE_S if word == "life" else SILENCE_S)


def pressing(queue: Queue) -> list[str]:
    """The items of the lanes 0 to 2, whose deadline is near or past."""
    found = []
    for place in queue.places:
        if place[0] > DUE:
            break
        found.append(place[4])
    return found


def _word(one: Item, now: float) -> str:
    """How loud an item calls; "" for one that does not."""
    if one.life:
        return "life"
    if not one.unseen:
        return ""
    if one.urgency == CRIT:
        return "crit"
    if one.urgency == HIGH and not one.case:
        return "crit" if now - one.opened_at >= HIGH_UNSEEN_S else "high"
    return ""


def _quieter(model: Model) -> frozenset[str]:
    """Sources that chatter; `*` in a flood, when only reds sound."""
    flood = (model.beat.get("load") or {}).get("band") == "flood"
    return frozenset(map(_source, model.beat.get("chatter") or ())) | ({"*"} if flood else set())


def _source(chatter: object) -> str:
    return str(chatter.get("source", "")) if isinstance(chatter, Mapping) else str(chatter)


def _hushed(one: Item, quieter: frozenset[str]) -> bool:
    """Not red, and in a flood or from sources that chatter."""
    if one.urgency == CRIT or not quieter:
        return False
    sources = set(one.row.get("sources") or ())
    return "*" in quieter or (bool(sources) and sources <= quieter)
