"""A hazard as it stands in a scenario's file: `[[hazard]]`. Seconds of the drill's clock.

The words that people and devices say are the scenario's: they stand in the file, not in the code.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

from sensors.topics import UP

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Channel = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}/[a-z_]+$")]
FromList = Strict(strict=False)  # TOML has arrays, not tuples


class Part(BaseModel):
    """Nothing in a file may silently mean nothing."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Point(Part):
    """WGS-84."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class _Hazard(Part):
    """`reach_m`: crews that arrive within it are at work on it. `over_text` is said at the end."""

    id: Name
    at_s: Seconds
    position: Point
    reach_m: Metres = 1500.0
    over_text: str = ""


class WildfirePart(_Hazard):
    """Set alight at `position`. The texts may hold {hectares}."""

    kind: Literal["wildfire"]
    wind_mps: Annotated[float, Field(ge=0, le=40)]
    wind_from_deg: Annotated[float, Field(ge=0, lt=360)]
    camera_text: str
    ranger_text: str
    near_text: str


class Stage(Part):
    """What happens when the intensity first reaches `level`.

    It does not when `people` in one of `roles` have come by then: a bridge that is guarded drowns
    nobody. `closes` names a place that is cut off from then on; `figures` are added up.
    """

    level: Number
    channel: Channel
    payload: dict[str, Any] = {}
    roles: Annotated[tuple[str, ...], FromList] = ()
    people: Annotated[int, Field(ge=1)] = 1
    closes: str = ""
    figures: dict[str, Number] = {}

    @model_validator(mode="after")
    def _sendable(self) -> Stage:
        if self.channel.partition("/")[2] not in {str(kind) for kind in UP}:
            raise ValueError(f"channel: {self.channel} is no message of the field")
        return self


class RisingPart(_Hazard):
    """Flood or slide: from `base` to `peak` at `peak_s` after `at_s`, and down again.

    `sharpness` 1 is a slow swell, 6 a wall of water. It is over below `calm`. `households` are in
    its way between the levels `first` and `last`; a person of `move_roles` moves `moved_per_min`.
    """

    kind: Literal["flood", "landslide"]
    peak_s: Metres
    sharpness: Annotated[float, Field(gt=0, le=20)] = 3.0
    base: Number = 0.0
    peak: Number
    calm: Number
    stage: Annotated[tuple[Stage, ...], FromList, Field(min_length=1)]
    households: Annotated[int, Field(ge=0)] = 0
    first: Number = 0.0
    last: Number = 1.0
    move_roles: Annotated[tuple[str, ...], FromList] = ("evac",)
    moved_per_min: Annotated[float, Field(ge=0)] = 0.1

    @model_validator(mode="after")
    def _rises(self) -> RisingPart:
        if not self.base <= self.calm < self.peak:
            raise ValueError("base <= calm < peak")
        if not self.first < self.last:
            raise ValueError("first < last")
        return self


class Harm(Part):
    """One kind of harm of an earthquake, with its share of villages where the ground shakes 8.

    `source` may hold {village}, the village's number; `text` {place}, its name.
    """

    source: str
    kind: str
    share: Share
    after_s: Seconds
    spread_s: Seconds
    text: str
    severity: str = "severe"


class QuakePart(_Hazard):
    """Felt everywhere at once; harm by the distance from `position`, the epicentre."""

    kind: Literal["earthquake"]
    magnitude: Annotated[float, Field(ge=3, le=8)]
    depth_km: Annotated[float, Field(gt=0, le=100)] = 12.0
    felt_text: str
    harm: Annotated[tuple[Harm, ...], FromList]
    cameras_lost: Share = 0.1
    lost_text: str = ""


class Second(Part):
    """What comes next at an accident unless `roles` are there by `at_s` after it."""

    after_s: Seconds
    roles: Annotated[tuple[str, ...], FromList]
    channel: Channel
    payload: dict[str, Any]
    figures: dict[str, Number] = {}


class AccidentPart(_Hazard):
    """`injured` people who grow worse until a medic is there; `hold_s` is how long they can wait.

    It is over `clear_s` after medic and traffic have both come.
    """

    kind: Literal["accident"]
    injured: Annotated[int, Field(ge=0)]
    hold_s: Metres = 1200.0
    clear_s: Seconds = 600.0
    second: Annotated[tuple[Second, ...], FromList] = ()


class SearchPart(_Hazard):
    """Somebody is somewhere within `radius_m`. Found by who searches, sooner by more of them.

    `sweep_m` is how wide a strip one searcher sees, `walk_mps` how fast they go. `hints` come by
    themselves: what a camera or a passer-by has seen, which makes the circle smaller.
    """

    kind: Literal["search"]
    radius_m: Metres
    sweep_m: Metres = 20.0
    walk_mps: Metres = 0.7
    roles: Annotated[tuple[str, ...], FromList] = ("crew", "scout", "contact")
    hint: Annotated[tuple[Hint, ...], FromList] = ()
    found: Stage | None = None


class Hint(Part):
    """`after_s` later somebody is sure: the search goes on in `radius_m`."""

    after_s: Seconds
    radius_m: Metres
    channel: Channel
    payload: dict[str, Any]


SearchPart.model_rebuild()

HazardPart = Annotated[
    WildfirePart | RisingPart | QuakePart | AccidentPart | SearchPart, Field(discriminator="kind")
]
