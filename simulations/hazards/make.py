"""From the part in a scenario's file to the hazard of a drill. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from random import Random

import numpy as np

from command.core.township import Township
from simulations.hazards.land import Land, draw
from simulations.hazards.parts import (
    AccidentPart,
    HazardPart,
    QuakePart,
    RisingPart,
    SearchPart,
    WildfirePart,
)
from simulations.hazards.people import Accident, Search
from simulations.hazards.quake import Quake
from simulations.hazards.rising import Rising
from simulations.hazards.signals import Hazard
from simulations.hazards.wildfire import Wildfire, watchers


def make(parts: Sequence[HazardPart], township: Township, seed: int) -> dict[str, Hazard]:
    """The hazards of a drill by their ids. The land is drawn once, and only for a fire."""
    burns = any(isinstance(part, WildfirePart) for part in parts)
    land = draw(township) if burns else None
    return {part.id: _one(part, township, land, seed) for part in parts}


def _one(part: HazardPart, township: Township, land: Land | None, seed: int) -> Hazard:
    match part:
        case WildfirePart():
            assert land is not None
            dice = np.random.default_rng([seed % 2**32, zlib.crc32(part.id.encode())])
            return Wildfire(part, land, watchers(township), dice)
        case RisingPart():
            return Rising(part)
        case QuakePart():
            return Quake(part, township, Random(f"{seed}|{part.id}"))
        case AccidentPart():
            return Accident(part)
        case SearchPart():
            return Search(part, Random(f"{seed}|{part.id}"))
