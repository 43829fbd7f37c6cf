"""How teams answer, well or badly: `[[unit]]` of a scenario, and the answers that follow. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Annotated

from pydantic import Field

from command.core.geo import EARTH_M
from sensors.observations import Position
from simulations.hazards.parts import FromList, Metres, Part, Seconds, Share

SPREAD = 0.2  # people are not clocks
AGAIN_S = 3.0  # pressed twice


class Window(Part):
    """A stretch of the drill, in seconds of its clock."""

    from_s: Seconds
    to_s: Seconds


class Behaviour(Part):
    """How the teams of a unit or type answer. Seconds after the offer came, then step after step.

    Without `scene_s` the way is computed; without `done_s` they stay until the hazard is over, or
    for good. Delays vary by a fifth. What goes wrong on purpose:

    `never` and `decline` (with its reason) always; `silent_share`, `decline_share` by chance. A
    silent team's handheld has the order, and nobody looks. `astray_m`: they go to a place so far
    off. `claims`: they say that they are there, and have not left. `twice`: every answer comes
    twice, with two ids. `late_s`: answers arrive so long after they were given. `offline`: the
    handheld hears and says nothing meanwhile; what was said goes out when it is back. `mute`: at
    the roll call on the scene they do not answer.
    """

    unit: str = ""
    type: str = ""
    receive_s: Seconds = 1.0
    accept_s: Seconds = 12.0
    go_s: Seconds = 20.0
    scene_s: Seconds | None = None
    done_s: Seconds | None = None
    never: bool = False
    decline: str = ""
    silent_share: Share = 0.0
    decline_share: Share = 0.0
    astray_m: Metres | None = None
    claims: bool = False
    twice: bool = False
    late_s: Seconds = 0.0
    mute: bool = False
    offline: Annotated[tuple[Window, ...], FromList, Field(max_length=50)] = ()

    def online_s(self, at_s: float) -> float:
        """The first second from `at_s` on at which the handheld has a network."""
        for window in sorted(self.offline, key=lambda one: one.from_s):
            if window.from_s <= at_s < window.to_s:
                at_s = window.to_s
        return at_s


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a team, `after_s` the order came."""

    after_s: float
    status: str
    text: str = ""


def mood(acts: Behaviour, dice: Random) -> str:
    """What this order meets with: "" for a team that goes, else silent or declined."""
    if acts.decline and not acts.decline_share:
        return "declined"
    roll = dice.random()
    if roll < acts.silent_share:
        return "silent"
    return "declined" if roll < acts.silent_share + acts.decline_share else ""


def answers(acts: Behaviour, way_s: float, dice: Random, met: str) -> Iterator[Step]:
    """The steps after `received`, in order. `dice` are rolled alike whatever is answered."""
    after = about(acts.accept_s, dice)
    if met:
        if met == "declined":
            yield Step(after, "declined", acts.decline)
        return
    yield Step(after, "accepted")
    after += about(acts.go_s, dice)
    yield Step(after, "en_route")
    after += about(acts.scene_s if acts.scene_s is not None else way_s, dice)
    yield Step(after, "on_scene")
    if acts.done_s is not None:
        yield Step(after + about(acts.done_s, dice), "done")


def about(seconds: float, dice: Random) -> float:
    """A fifth more or less."""
    return seconds * dice.uniform(1 - SPREAD, 1 + SPREAD)


def astray(target: Position, away_m: float, dice: Random) -> Position:
    """A place `away_m` metres from where they should be, in any direction."""
    angle = dice.uniform(0.0, math.tau)
    north = math.degrees(away_m * math.cos(angle) / EARTH_M)
    east = math.degrees(away_m * math.sin(angle) / EARTH_M) / math.cos(math.radians(target.lat))
    return Position(round(target.lon + east, 6), round(target.lat + north, 6))
