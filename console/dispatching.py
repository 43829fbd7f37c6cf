"""What the dispatch dialog is about, read from the rows: the team, who else, why, when. Pure.

`Facts` is made anew for each drawing. `shown` is what the guard watches: when it changes, the lines
that changed are marked and keys have to wait again. Ages, countdowns and arrival times are not in
it, for they change by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import cos, hypot, radians
from typing import Any, NamedTuple

from console.cells import show
from console.model import Model, Row

RUNNING = frozenset({"open", "assigned", "working"})
PIECE = 100  # characters
KM_A_DEGREE = 111.2
FAR_KM = 1e6  # sorts a unit last of which nobody knows where it is
LIVE = frozenset({"offered", "accepted", "en_route", "on_scene"})


class Release(StrEnum):
    """How the recommended team goes."""

    COUNTDOWN = "countdown"  # by itself, when its time is over
    BY_HAND = "by_hand"
    GONE = "gone"  # it was released: F3 endorses
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that may be chosen. `order`: its order here, if any.

    `eta_s` None: the post has not said; then `away_km`, the straight line, is all that is known.
    """

    unit: str
    row: Mapping[str, Any] = field(repr=False)
    eta_s: float | None = None
    away_km: float | None = None
    recommended: bool = False
    order: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def free(self) -> bool:
        """Whether an order may be given to it: not off duty, not at work elsewhere, not here."""
        if self.order is not None or self.row.get("state") == "off_duty":
            return False
        return bool(self.row.get("shared")) or not self.row.get("assignments")


class Piece(NamedTuple):
    """A hazard as far as one page of the dialog can hold it, on the smallest screen too."""

    hazard: str
    part: int
    text: str


def pieces(hazards: Iterable[str]) -> tuple[Piece, ...]:
    """The hazards to be read, long ones in several pieces."""
    return tuple(
        Piece(hazard, part, text[at : at + PIECE])
        for hazard in hazards
        for text in (show(hazard) or "?",)
        for part, at in enumerate(range(0, len(text), PIECE))
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one incident, at this moment. `detail`: the post has explained its recommendation."""

    item: str
    row: Row = field(repr=False)
    release: Release
    due_at: float | None
    hazards: tuple[str, ...]
    team: tuple[str, ...]  # the recommended units, in their order
    choices: tuple[Choice, ...]
    nearest: Mapping[str, Any] | None
    gap: Mapping[str, Any] | None
    reply_s: float | None
    successor: str | None  # unit id; "" nobody is left; None not known
    holds: tuple[Mapping[str, Any], ...]  # who is waited for
    detail: bool

    @property
    def rev(self) -> int:
        """The version of the incident."""
        return int(self.row.get("rev") or 0)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The hazards as they are read."""
        return pieces(self.hazards)

    @property
    def rec(self) -> str:
        """The recommendation as the log names it: its units."""
        return ",".join(self.team)[:200]

    @property
    def ready(self) -> tuple[str, ...]:
        """The recommended units that may be ordered now; the others are waited for."""
        wait = {c.unit for c in self.choices if c.order is None and not c.free}
        return tuple(unit for unit in self.team if unit not in wait)

    @property
    def going(self) -> tuple[Choice, ...]:
        """The units that have an order for this already."""
        return tuple(choice for choice in self.choices if choice.order is not None)

    def shown(self) -> dict[str, Any]:
        """What is on which line, for the guard and the marks: line key -> what it says."""
        row = self.row
        head = (self.release, row.get("priority"), row.get("kind"), row.get("place"))
        lines: dict[str, Any] = {
            "head": (*head, bool(row.get("held")), row.get("mayday")),
            "team": self.team,
        }
        lines |= {f"hazard:{hazard}": True for hazard in self.hazards}
        for choice in self.choices:
            state = (choice.row.get("state"), choice.recommended, choice.order is not None)
            lines[f"unit:{choice.unit}"] = state
        why = tuple(self.nearest.get("why_not") or ()) if self.nearest else ()
        lines["nearest"] = (self.nearest or {}).get("unit"), why
        lines["gap"] = (self.gap or {}).get("area")
        return lines


# What the guard waits for again when it changes; other lines are marked only.
WEIGHTY = ("head", "team", "hazard:")


def facts(model: Model, item: str) -> Facts | None:
    """What there is to know; None where the post has no such item."""
    row = model.incident(item)
    if not row:
        return None
    detail = model.row("detail", item)
    teams = [team for team in detail.get("teams") or () if team.get("units")]
    team = _team(row, teams)
    orders = _orders(model, row)
    etas = _etas(row, detail, teams)
    ids = _order_of(model, row, detail, teams, team, orders)
    choices = (
        Choice(
            unit,
            known := model.row("unit", unit),
            etas.get(unit),
            away_km(known, row),
            unit in team,
            orders.get(unit),
        )
        for unit in ids
    )
    return Facts(
        item=item,
        row=row,
        release=_release(row),
        due_at=(row.get("due") or {}).get("release"),
        hazards=tuple(dict.fromkeys(str(one) for one in row.get("hazards") or ())),
        team=team,
        choices=tuple(choices),
        nearest=detail.get("nearest"),
        gap=detail.get("gap"),
        reply_s=model.row("plan", str(row.get("kind"))).get("reply_within_s"),
        successor=_successor(teams, team) if detail else None,
        holds=tuple(detail.get("holds") or ()),
        detail=bool(detail),
    )


def _release(row: Row) -> Release:
    if row.get("state") not in RUNNING:
        return Release.ENDED
    if row.get("released_at") is not None:
        return Release.GONE
    due = row.get("due") or {}
    return Release.COUNTDOWN if due.get("release") is not None else Release.BY_HAND


def _team(row: Row, teams: list[Row]) -> tuple[str, ...]:
    """The units that would go: the post's own words on the row, else its first explained team."""
    said = [str(one["unit"]) for one in row.get("rec") or ()]
    if not said and teams:
        said = [str(one["unit"]) for one in teams[0]["units"]]
    return tuple(dict.fromkeys(said))


def _orders(model: Model, row: Row) -> dict[str, Row]:
    """The live orders of this incident, by unit."""
    rows = (model.row("assignment", str(order)) for order in row.get("orders") or ())
    return {str(one["unit"]): one for one in rows if one.get("status") in LIVE}


def _etas(row: Row, detail: Row, teams: list[Row]) -> dict[str, float]:
    """Seconds until they are there, as far as the post has said."""
    etas: dict[str, float] = {}
    nearest = detail.get("nearest") or {}
    for one in (*row.get("rec", ()), *(u for team in teams for u in team["units"]), nearest):
        if one.get("unit") and one.get("eta_s") is not None:
            etas.setdefault(str(one["unit"]), float(one["eta_s"]))
    return etas


def _order_of(
    model: Model,
    row: Row,
    detail: Row,
    teams: list[Row],
    team: tuple[str, ...],
    orders: Mapping[str, Row],
) -> dict[str, None]:
    """The units in the order in which they are offered to the officer's eye; each once."""
    nearest = (detail.get("nearest") or {}).get("unit")
    named = dict.fromkeys(orders) | dict.fromkeys(team)
    if nearest:
        named[str(nearest)] = None
    for other in teams:
        named |= dict.fromkeys(str(one["unit"]) for one in other["units"])
    return named | dict.fromkeys(_fitting(model, row))


def _fitting(model: Model, row: Row) -> Iterator[str]:
    """Units with a role that is needed, the nearest first: free ones, those at work, who is off."""
    wanted = {need.get("role") for need in row.get("needs") or ()}
    units = model.table("unit")
    fits = (ident for ident, unit in units.items() if not wanted.isdisjoint(unit.get("roles", ())))
    rank = {"available": 0, "unreachable": 1, "committed": 2}

    def order(ident: str) -> tuple[int, float, str]:
        away = away_km(units[ident], row)
        state = rank.get(str(units[ident].get("state")), 3)
        return state, FAR_KM if away is None else away, ident

    yield from sorted(fits, key=order)


def away_km(unit: Mapping[str, Any], row: Row) -> float | None:
    """The straight line from where a unit was last, or is at home, to the incident."""
    here, there = unit.get("position") or unit, row.get("position") or {}
    said = [place.get(axis) for place in (here, there) for axis in ("lon", "lat")]
    degrees = [float(one) for one in said if isinstance(one, int | float)]
    if len(degrees) < len(said):
        return None
    lon, lat, to_lon, to_lat = degrees
    east = (to_lon - lon) * cos(radians((lat + to_lat) / 2))
    return hypot(east, to_lat - lat) * KM_A_DEGREE


def _successor(teams: list[Row], team: Iterable[str]) -> str:
    """Who would be asked next when one of the team does not answer; "" nobody."""
    going = set(team)
    others = (str(one["unit"]) for other in teams[1:] for one in other["units"])
    return next((unit for unit in others if unit not in going), "")
