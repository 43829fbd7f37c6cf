"""Who may speak, and in which dialect: the rules of a township's sources.toml. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceRule:
    """One entry of sources.toml: a foreign device or program, and what it is called here.

    `dialect` is native, frigate, owntracks or chirpstack. `address` is how the dialect names the
    device: a Frigate camera name, an OwnTracks "user/device", a ChirpStack DevEUI (lower case).
    `name` is the source's name in the township (a camera id, a unit id, a sensor's own name).
    `kinds` maps the dialect's labels to alarm kinds ("fire" -> "fire"); a label that is absent
    opens nothing. `person` True: a person's word (release at once).
    """

    name: str
    dialect: str
    address: str
    person: bool = False
    kinds: dict[str, str] = field(default_factory=dict)
    place: str = ""  # village or group id
    lon: float | None = None
    lat: float | None = None
    min_confidence: float = 0.0
    thresholds: dict[str, float] = field(default_factory=dict)  # e.g. {"level_mm": 2000}
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """All that normalise needs to know of the township, indexed for look-up."""

    root: str  # "fs", or "fsx" for a drill
    township: str
    by_address: dict[tuple[str, str], SourceRule]
    utc_offset_h: float = 8.0


def index(
    root: str, township: str, rules: tuple[SourceRule, ...], utc_offset_h: float = 8.0
) -> Sources:
    """The look-up table of `rules` for the topic root and township."""
    return Sources(
        root, township, {(rule.dialect, rule.address): rule for rule in rules}, utc_offset_h
    )
