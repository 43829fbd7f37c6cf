"""The rescue teams (F6): one line an assignment, what needs the officer first.

A unit with two jobs has two lines, each with its own status and deadline. Who is off duty says why.
Space records that a team answered the roll call, F3 that all teams on that task did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from command.messages import Par
from console import wording
from console.cells import Span, show
from console.effects import Send
from console.look import clock, span
from console.model import Model, Row
from console.page import Ctx, Go, Move, Say
from console.pages.board import Board, ago, left, number, words
from console.table import Column
from sensors.words import _

OLD_S = 600.0  # nothing heard for so long is marked, and of a team at work it is the officer's
LIVE = frozenset({"offered", "accepted", "en_route", "on_scene"})
MAYDAY, ASKS, AT_WORK, FREE, SILENT, OFF = range(6)
DUES = {
    "par": _("PAR {left}"), "reply": _("reply {left}"), "call": _("call {left}"),
    "arrive": _("there {left}"), "until": _("to {left}"),
}  # fmt: skip
STYLES = {MAYDAY: "crit", ASKS: "warn", FREE: "", SILENT: "warn", OFF: "dim"}
COS_LAT = 0.816  # of 35.3 degrees north: what a degree of longitude is against one of latitude


@dataclass(frozen=True, slots=True)
class Job:
    """One line: a unit and one of its jobs ({} for none); `first` of its unit's lines."""

    unit: Row
    job: Row
    first: bool
    rank: int
    due: tuple[str, float] | None
    silent: bool

    def __str__(self) -> str:
        """What the filter looks through."""
        unit, job = self.unit, self.job
        return words(
            unit.get("id"), unit.get("name"), unit.get("name_en"), job.get("incident"),
            job.get("status"), unit.get("state"), unit.get("off_reason"), unit.get("place"),
        )  # fmt: skip


def jobs(model: Model, now: float) -> dict[str, Job]:
    """The lines in their order: by what the unit's most pressing job needs, then by name."""
    units = (
        u for u in model.table("unit").values() if u.get("type") != "post" or u.get("assignments")
    )
    made = [lines for unit in units if _belongs(lines := list(_of_unit(model, unit, now)))]
    made.sort(key=lambda lines: min(map(_pressing, lines)))
    return {
        str(line.job.get("order_id") or line.unit.get("id", "")): line
        for lines in made
        for line in lines
    }


def counts(lines: Mapping[str, Job]) -> dict[str, int]:
    """Units by state, each once: all available committed silent off_duty."""
    found = {"all": 0, "available": 0, "committed": 0, "silent": 0, "off_duty": 0}
    for line in lines.values():
        if line.first:
            found["all"] += 1
            state = "silent" if line.silent else str(line.unit.get("state"))
            found[state] = found.get(state, 0) + 1
    return found


def _of_unit(model: Model, unit: Row, now: float) -> Iterator[Job]:
    """A unit's lines; cases are on their own board."""
    rows = [
        model.row("assignment", str(one.get("order_id"))) or one
        for one in unit.get("assignments") or ()
        if str(one.get("incident")) not in model.table("case")
    ]
    live = sorted(
        (row for row in rows if row.get("status") in LIVE),
        key=lambda row: (_due(unit, row) or ("", 1e18))[1],
    )
    for place, job in enumerate(live or [{}]):
        silent = _silent(unit, bool(live), now)
        mayday = bool(model.incident(str(job.get("incident"))).get("mayday"))
        rank, due = _rank(unit, job, silent=silent, mayday=mayday), _due(unit, job)
        if silent and live and due is None:
            due = ("call", (number(unit.get("last_contact")) or now) + OLD_S)
        yield Job(unit, job, place == 0, rank, due, silent)


def _belongs(lines: Sequence[Job]) -> bool:
    """Posts with a handheld are on the board only while they have something to do."""
    return lines[0].unit.get("type") != "post" or bool(lines[0].job)


def _pressing(line: Job) -> tuple[int, float, str]:
    at = line.due[1] if line.due and line.rank < FREE else 1e18
    return line.rank, at, str(line.unit.get("id"))


def _silent(unit: Row, busy: bool, now: float) -> bool:  # noqa: FBT001 - a fact
    """Out of contact: by the post's word, or a team at work that nobody has heard for long."""
    if unit.get("state") == "unreachable":
        return True
    heard = number(unit.get("last_contact"))
    return busy and heard is not None and now - heard >= OLD_S


def _rank(unit: Row, job: Row, *, silent: bool, mayday: bool) -> int:
    if mayday or number(job.get("par_missed")):
        return MAYDAY
    if unit.get("state") == "off_duty" and not job:
        return OFF
    if job.get("status") == "offered" or (silent and job):
        return ASKS
    if job:
        return AT_WORK
    return SILENT if silent else FREE


def _due(unit: Row, job: Row) -> tuple[str, float] | None:
    """What comes next, and when (POSIX s)."""
    status = job.get("status")
    if status == "offered" and (at := number(job.get("expires_at"))) is not None:
        return ("reply", at)
    if (at := number(job.get("par_at"))) is not None:
        return ("par", at)
    if status in {"accepted", "en_route"}:
        since, eta = number(job.get("changed_at")), number(job.get("eta_s"))
        return None if since is None or eta is None else ("arrive", since + eta)
    if not job and (at := number(unit.get("off_until"))) is not None:
        return ("until", at)
    return None


def nearest_place(model: Model, unit: Row) -> str:
    """The id of the place nearest to where the unit was last seen, "" when nobody knows."""
    at = unit.get("position")
    if not isinstance(at, Mapping):
        return ""
    lon, lat = number(at.get("lon")), number(at.get("lat"))
    places = [
        (hypot((float(p["lon"]) - lon) * COS_LAT, float(p["lat"]) - lat), key)
        for key, p in model.table("place").items()
        if lon is not None and lat is not None
        and number(p.get("lon")) is not None and number(p.get("lat")) is not None
    ]  # fmt: skip
    return min(places)[1] if places else ""


class TeamsPage(Board):
    """The board."""

    name = "teams"

    def __init__(self, item: str = "") -> None:
        super().__init__(item)
        self._near: dict[
            str, tuple[object, str]
        ] = {}  # unit -> where it was seen, and by which place

    def title(self, ctx: Ctx) -> str:
        """`队伍 12  可派 4  在办 6  失联 1  停用 1  要您处理的在上`."""
        n = counts(self.made(ctx))
        return ctx.tr(
            "Teams {all}  free {free}  busy {busy}  silent {silent}  off {off}  yours first"
        ).format(
            all=n["all"], free=n["available"], busy=n["committed"], silent=n["silent"],
            off=n["off_duty"],
        )  # fmt: skip

    def columns(self, ctx: Ctx) -> Sequence[Column]:
        """Compact: place and channel share a column; wider screens have both, and add more."""
        tr, look = ctx.tr, ctx.look
        zh = look.lang == "zh"
        made = [
            Column(
                tr("Team"),
                19 if look.width >= 140 else 13 if zh else 14,
                sort=lambda j: str(j.unit.get("name")),
            ),
            Column(tr("Ppl"), 4 if zh else 3, sort=lambda j: number(j.unit.get("members")) or 0),
            Column(tr("State"), 4 if zh else 6, sort=lambda j: str(j.unit.get("state"))),
            Column(tr("Task"), 9, sort=lambda j: str(j.job.get("incident", "~"))),
            Column(tr("Stage"), 8, sort=lambda j: str(j.job.get("status", "~"))),
            Column(tr("Next limit"), 12 if zh else 13, sort=lambda j: j.due[1] if j.due else 1e18),
            Column(
                tr("Where/channel") if look.compact else tr("Where"),
                0,
                sort=_channel_first if look.compact else _place_first,
            ),
            Column(tr("Heard of"), 9 if zh else 10, sort=lambda j: -(_heard(j) or 0.0)),
        ]
        if not look.compact:
            channel = 15 if look.width >= 140 else 8
            made.insert(7, Column(tr("Channel"), channel, sort=_channel_first))
            made.insert(4, Column(tr("Kind"), 8, sort=_of_its_incident(ctx, "kind")))
        if look.width >= 140:
            made.insert(5, Column(tr("Place"), 14, sort=_of_its_incident(ctx, "place")))
            made.append(Column(tr("Equipment"), 0, sort=lambda j: str(j.unit.get("equipment"))))
        return made

    def rows(self, ctx: Ctx) -> Mapping[str, Any]:
        """Every assignment, and every free or disabled team."""
        return jobs(ctx.model, ctx.now)

    def cells(self, ctx: Ctx, key: str, row: Any) -> Sequence[Span | str]:
        """A follow-up line of the same unit has its name in grey."""
        unit, job, look = row.unit, row.job, ctx.look
        who = show(look.either(str(unit.get("name")), str(unit.get("name_en") or "")))
        incident = ctx.model.incident(str(job.get("incident")))
        made: list[Span | str] = [
            who if row.first else Span(who, "dim"),
            str(unit.get("members") or "") if row.first else "",
            _state(ctx, row) if row.first else "",
            show(str(job.get("incident") or "")) or Span(show(_remark(ctx, row)), "dim"),
            wording.status(look, str(job["status"])) if job else "",
            _due_cell(ctx, row),
            self._where(ctx, row) if row.first else "",
            _age(ctx, row) if row.first else "",
        ]
        if not look.compact:
            made.insert(7, _channel(ctx, unit) if row.first else "")
            made.insert(4, wording.kind(ctx, str(incident.get("kind"))) if incident else "")
        if look.width >= 140:
            place = str(incident.get("place") or ""), str(incident.get("place_name") or "")
            made.insert(5, wording.place(ctx, *place) if incident else "")
            made.append(show(" ".join(map(str, unit.get("equipment") or ()))))
        return made

    def style(self, ctx: Ctx, key: str, row: Any) -> str:
        """Red for a crew in danger, amber for what waits for the officer, grey for who is off."""
        return STYLES.get(row.rank, "")

    def empty(self, ctx: Ctx) -> str:
        """Before the township's files are there."""
        return ctx.tr("The post has no teams: the township's files are not loaded.")

    def about(self, key: str, row: Any) -> str:
        """Its task."""
        return str(row.job.get("incident") or "")

    def answer(self, ctx: Ctx, key: str) -> Sequence[Move] | None:
        """Space: this team answered; F3: all of this task did; Enter: the task."""
        if key not in {"mark", "go", "open"}:
            return None
        row = self.row
        if row is None or not row.job:
            return (Say(ctx.tr("This team has no task.")),)
        if key == "open":
            return (Go("detail", self.item),)
        return self._accounted(ctx, row, everybody=key == "go")

    def _where(self, ctx: Ctx, row: Job) -> str:
        """Where it was last seen, else its home; in a shared column the channel before that."""
        unit, ident = row.unit, str(row.unit.get("id"))
        seen = (unit.get("position"), len(ctx.model.table("place")))
        known = self._near.get(ident)
        if known is None or known[0] != seen:
            known = self._near[ident] = (seen, nearest_place(ctx.model, unit))
        if known[1]:
            return wording.place(ctx, known[1])
        if ctx.look.compact and unit.get("contact"):
            return _channel(ctx, unit)
        home = str(unit.get("place") or "")
        return ctx.tr("home {place}").format(place=wording.place(ctx, home)) if home else ""

    def _accounted(self, ctx: Ctx, row: Job, *, everybody: bool) -> Sequence[Move]:
        there = [line for line in self._shown.values() if line.job.get("status") == "on_scene"]
        mine = [
            line for line in there
            if line.job.get("incident") == self.item and (everybody or line is row)
        ]  # fmt: skip
        if not mine:
            return (Say(ctx.tr("Only a team on the scene is counted in a roll call.")),)
        names = [wording.unit(ctx, str(line.unit.get("id"))) for line in mine]
        command = Par(
            id=ctx.ids(),
            incident=self.item,
            units=tuple(str(line.unit.get("id")) for line in mine),
            rev=ctx.model.incident(self.item).get("rev"),
        )
        said = ctx.tr("{item} accounted for: {teams}").format(item=self.item, teams=" ".join(names))
        return (Send(command, said),)

    def hint(self, ctx: Ctx) -> str:
        """What is to be known about the unit under the cursor."""
        row = self.row
        return "" if row is None else show(_hint(ctx, row))

    def keys(self, ctx: Ctx) -> str:
        """The bottom line."""
        return ctx.tr(
            "Space PAR answered  F3 PAR all  Enter task  :reply :off :on  / filter  Esc back"
        )


def _of_its_incident(ctx: Ctx, field: str) -> Callable[[Job], str]:
    """For sorting: lines without a task last."""
    return lambda job: str(ctx.model.incident(str(job.job.get("incident"))).get(field) or "~")


def _heard(row: Job) -> float | None:
    return number(row.unit.get("last_contact"))


def _state(ctx: Ctx, row: Job) -> str:
    return wording.unit_state(ctx.look, "unreachable" if row.silent else str(row.unit.get("state")))


def _remark(ctx: Ctx, row: Job) -> str:
    """In the place of a task: why it is off duty, or where it stands by."""
    if row.job:
        return ""
    if row.unit.get("state") == "off_duty":
        return str(row.unit.get("off_reason") or "")
    place = str(row.unit.get("standby") or "")
    return ctx.tr("at {place}").format(place=wording.place(ctx, place)) if place else ""


def _due_cell(ctx: Ctx, row: Job) -> str:
    if row.due is None:
        return ""
    what, at = row.due
    text = clock(at, seconds=False) if what == "until" else left(at, ctx.now, ctx.look)
    return ctx.tr(DUES[what]).format(left=text)


def _place_first(row: Job) -> str:
    return str(row.unit.get("place") or "")


def _channel_first(row: Job) -> str:
    return str(row.unit.get("contact") or row.unit.get("place") or "")


def _age(ctx: Ctx, row: Job) -> str:
    """`8秒前`, `12分前!` once that is long."""
    heard = _heard(row)
    if heard is None:
        return ctx.tr("never")
    return ago(ctx.now - heard, ctx.look) + ("!" if ctx.now - heard >= OLD_S else "")


def _channel(ctx: Ctx, unit: Row) -> str:
    """`电台3/内线8015`; the first of them where there is little room."""
    contact = show(str(unit.get("contact") or ""))
    return contact if ctx.look.width >= 140 else contact.partition("/")[0]


def _hint(ctx: Ctx, row: Job) -> str:
    tr, unit, job = ctx.tr, row.unit, row.job
    name = wording.unit(ctx, str(unit.get("id")))
    contact = str(unit.get("contact") or "") or tr("no channel known")
    if row.rank == MAYDAY:
        return tr("{team} missed the roll call: call it now, {contact}").format(
            team=name, contact=contact
        )
    if row.silent:
        age = span(ctx.now - (_heard(row) or ctx.now), ctx.look)
        return tr("{team} has not been heard for {age}. Call it: {contact}").format(
            team=name, age=age, contact=contact
        )
    if row.rank == OFF:
        return tr("{team} is off duty: {why}. It is not recommended, nor can it be sent.").format(
            team=name, why=str(unit.get("off_reason") or "") or tr("no reason given")
        )
    if job.get("status") == "offered":
        return tr("{team} has not answered; without an answer the next one is asked.").format(
            team=name
        )
    if stands := str(unit.get("standby") or ""):
        there = number(unit.get("standby_at"))
        words = (
            tr("{team} stands by at {place}, there at {at}")
            if there
            else tr("{team} stands by at {place}")
        )
        at = clock(there, seconds=False) if there else ""
        return words.format(team=name, place=wording.place(ctx, stands), at=at)
    roles = " ".join(wording.role(ctx.look, str(role)) for role in unit.get("roles") or ())
    equipment = " ".join(map(str, unit.get("equipment") or ()))
    return "  ".join(part for part in (name, contact, roles, equipment) if part)
