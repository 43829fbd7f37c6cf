"""An earthquake: many things at once, most of them heard of late. Pure and seeded.

Intensity = 3.0 + 1.4 M - 3.0 log10(slant distance + 10 km), a round law of ours: good enough to say
where it is worst, and no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from command.core.geo import distance_m
from command.core.township import Place, PlaceKind, Township
from sensors.observations import Position
from sensors.topics import Kind
from simulations.hazards.parts import Harm, QuakePart
from simulations.hazards.signals import Crew, Outcome, Signal

FELT_S = (8.0, 90.0)  # from the shock to the first words of a grid manager
FULL = 8.0  # the intensity at which a harm's whole share comes true


def intensity(magnitude: float, depth_km: float, away_km: float) -> float:
    """On the Chinese scale, 1 to 12."""
    slant = math.hypot(away_km, depth_km)
    return max(1.0, min(12.0, 3.0 + 1.4 * magnitude - 3.0 * math.log10(slant + 10.0)))


@dataclass(slots=True)
class Quake:
    """One main shock. All that follows is drawn at once, and told as time comes to it."""

    part: QuakePart
    township: Township
    dice: Random
    _waiting: list[Signal] = field(init=False)
    _felt: float = field(init=False)
    _harmed: int = field(init=False)
    _last_s: float = field(init=False)
    _came: set[str] = field(default_factory=set)
    _over_s: float | None = None

    def __post_init__(self) -> None:
        """Draw it."""
        villages = [p for p in self.township.places if p.kind is PlaceKind.VILLAGE]
        self._felt = max(map(self._intensity, villages))
        harm = [one for place in villages for one in self._harm(place)]
        self._harmed = len(harm)
        felt = [self._cry(place) for place in villages]
        everything = [*harm, *felt, *self._lost()]
        self._waiting = sorted(everything, key=lambda one: (one.at_s, one.source))
        self._last_s = max((one.at_s for one in everything), default=self.part.at_s)

    @property
    def reach_m(self) -> float:
        """The whole township."""
        return self.part.reach_m

    @property
    def middle(self) -> Position:
        """The epicentre."""
        return Position(self.part.position.lon, self.part.position.lat)

    @property
    def next_s(self) -> float | None:
        """When the next word of it comes."""
        return self._waiting[0].at_s if self._waiting else None

    def step(self, to_s: float, crews: Sequence[Crew]) -> list[Signal]:
        """What is told by now."""
        self._came |= {crew.unit for crew in crews}
        told = [one for one in self._waiting if one.at_s <= to_s]
        self._waiting = self._waiting[len(told) :]
        if not self._waiting and self._over_s is None:
            self._over_s = self._last_s
        return told

    def outcome(self) -> Outcome:
        """How strong it was where it was worst, and how many places were harmed."""
        figures = {"intensity": round(self._felt, 1), "harmed": float(self._harmed)}
        return Outcome(self._over_s, figures | {"units_there": float(len(self._came))})

    def _intensity(self, place: Place) -> float:
        away = distance_m(self.middle, Position(place.lon, place.lat)) / 1000.0
        return intensity(self.part.magnitude, self.part.depth_km, away)

    def _harm(self, place: Place) -> Iterator[Signal]:
        """Each kind of harm, here or not."""
        for harm in self.part.harm:
            roll = self.dice.random()
            after = harm.after_s + self.dice.random() * harm.spread_s
            strength = min(1.0, max(0.0, (self._intensity(place) - 5.0) / (FULL - 5.0)))
            if roll < harm.share * strength:
                yield self._told(harm, place, after)

    def _told(self, harm: Harm, place: Place, after_s: float) -> Signal:
        values = {
            "kind": harm.kind,
            "severity": harm.severity,
            "place": place.id,
            "text": harm.text.format(place=place.name),
        }
        source = harm.source.format(village=place.id)
        return Signal(round(self.part.at_s + after_s, 3), source, Kind.ALARM, values)

    def _cry(self, place: Place) -> Signal:
        at_s = self.part.at_s + self.dice.uniform(*FELT_S)
        text = self.part.felt_text.format(place=place.name)
        values = {"kind": "earthquake", "severity": "severe", "place": place.id, "text": text}
        return Signal(round(at_s, 3), f"vgm-{place.id}", Kind.ALARM, values)

    def _lost(self) -> Iterator[Signal]:
        """Cameras that fell over, and say so with their last word."""
        for camera in self.township.cameras:
            if self.dice.random() < self.part.cameras_lost:
                at_s = self.part.at_s + self.dice.uniform(0.5, 5.0)
                values = {"ok": False, "text": self.part.lost_text}
                yield Signal(round(at_s, 3), camera.id, Kind.HEARTBEAT, values)
