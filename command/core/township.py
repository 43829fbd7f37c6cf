"""The township as the post knows it: places, posts, units, cameras, sources, plans. Pure values.

Read from a folder by `command.loader`; carried whole in the `TownshipLoaded` event, so that a log
replays without the folder. `document` and `from_document` are inverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from command.core.plans import Plans
from sensors.sources import SourceRule

Ring = tuple[tuple[float, float], ...]  # (lon, lat) degrees; closed for areas, open for lines


class PlaceKind(StrEnum):
    """village, group (of a village), or key place (school, clinic, scenic site …)."""

    VILLAGE = "village"
    GROUP = "group"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Place:
    """A named place. `village` is the id of the village it lies in ("" for none)."""

    id: str
    name: str
    name_en: str
    kind: PlaceKind
    village: str
    lon: float
    lat: float
    households: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A post, never a person. `role`: leader officer grid vgm ggh and so on.

    `contact` is a radio channel or an extension, for when the network is gone; "" for none.
    """

    id: str
    name: str
    name_en: str
    role: str
    place: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that can be ordered: a team, or a post with a handheld.

    `shared` units (posts) take any number of cases at a time; others one assignment after another.
    `speed_kmh` is the travel speed by its usual means; `members` people who come.
    """

    id: str
    name: str
    name_en: str
    type: str  # militia cadre rangers grid squad clinic police drain traffic patrol post ext
    roles: tuple[str, ...]
    members: int
    lon: float
    lat: float
    place: str = ""
    equipment: tuple[str, ...] = ()
    speed_kmh: float = 30.0
    shared: bool = False
    on_duty: bool = True
    contact: str = ""  # as a post's
    seats: int | None = None  # for people who are fetched; None: nobody counted them


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the video centre. `key` marks key public places."""

    id: str
    name: str
    place: str
    area: str  # yard hall road, or a village id: the row of the camera wall
    lon: float
    lat: float
    key: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A road or a river. `low`: the road's bridges and fords are closed by a flood."""

    id: str
    name: str
    name_en: str
    path: Ring
    low: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers a township may set, seconds unless named otherwise."""

    source_silent_s: float = 600.0  # no sign of life: camera offline (CENTRES.md 6: 10 minutes)
    unit_silent_s: float = 900.0  # no sign of life of a unit on duty: unreachable
    episode_quiet_s: float = 300.0  # a device without event ids re-arms after this much quiet
    night_from_h: int = 22
    night_to_h: int = 6
    detour: float = 1.6  # straight line to road, loess hills (FIELD.md 4: 1.4 plain, 1.8 mountain)
    slope: float = 0.1  # of a usual way on foot, rise over run
    work_max_s: float = 43_200.0  # no new order after so much work, until it has rested
    rest_s: float = 21_600.0  # without an order: what rests a unit


@dataclass(frozen=True, slots=True)
class RoadWorks:
    """Roads that cannot be passed near a place for a time that is known before. POSIX seconds."""

    lon: float
    lat: float
    radius_m: float
    from_at: float
    to_at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Township:
    """Everything a township keeps in its folder, checked."""

    id: str
    name: str
    name_en: str
    area_km2: float
    border: Ring
    places: tuple[Place, ...]
    posts: tuple[Post, ...]
    units: tuple[Unit, ...]
    cameras: tuple[Camera, ...]
    sources: tuple[SourceRule, ...]
    plans: Plans
    roads: tuple[Line, ...] = ()
    rivers: tuple[Line, ...] = ()
    forests: tuple[Ring, ...] = ()
    village_borders: dict[str, Ring] | None = None
    limits: Limits = Limits()
    works: tuple[RoadWorks, ...] = ()
    utc_offset_h: float = 8.0  # Asia/Shanghai: no daylight saving since 1991


_adapter: TypeAdapter[Township] = TypeAdapter(Township)


def document(township: Township) -> dict[str, Any]:
    """The township as plain JSON values, for the log."""
    value: dict[str, Any] = _adapter.dump_python(township, mode="json")
    return value


def from_document(value: dict[str, Any]) -> Township:
    """Inverse of `document`; raises `pydantic.ValidationError` on a document of another shape."""
    return _adapter.validate_python(value)
