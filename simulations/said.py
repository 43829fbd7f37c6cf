"""What the simulated field and the post say to each other. Pure.

Heartbeats and noise depend on the scenario, the township and the seed alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from command.core.township import Township
from simulations.scenario import Heartbeats, Noise

FIRST_S, APART_S = 1.0, 0.05  # the first heartbeat, and from one source to the next

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What `source` publishes under `kind`. `work`: not any more once this order is withdrawn."""

    source: str
    kind: str
    payload: bytes
    id: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What the officer types in: a console command of this verb. `id` is the inject's."""

    id: str
    verb: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt as its device got it."""

    at: float
    source: str
    id: str
    outcome: str


def as_json(value: Any) -> bytes:
    """As devices send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def named(patterns: Iterable[str], township: Township, *, teams: bool) -> list[str]:
    """Sources of the township whose names fit; a name without a star stays as it is."""
    known = {one.id for one in township.cameras} | {one.name for one in township.sources}
    known |= {one.id for one in township.units if not one.shared} if teams else set()
    found: dict[str, None] = {}
    for one in patterns:
        fit = sorted(name for name in known if fnmatchcase(name, one)) if "*" in one else [one]
        found |= dict.fromkeys(fit)
    return list(found)


def heartbeats(
    beats: Heartbeats, township: Township, length_s: float
) -> Iterator[tuple[float, str]]:
    """At which second of the drill which source says that it lives."""
    for number, source in enumerate(named(beats.sources, township, teams=True)):
        at_s = FIRST_S + number * APART_S
        while at_s <= length_s:
            yield at_s, source
            at_s += beats.every_s


def cries(noise: Noise, township: Township, seed: int) -> Iterator[tuple[float, str, Values]]:
    """Who cries wolf, when and how; nobody where no source fits."""
    dice = Random(f"{seed}|{noise.id}")
    sources = named(noise.sources, township, teams=False)
    moments = sorted(dice.uniform(noise.from_s, noise.to_s) for _ in range(noise.count))
    for number, at_s in enumerate(moments if sources else (), 1):
        values = {
            "id": f"{noise.id}-{number}",
            "kind": dice.choice(noise.kinds),
            "severity": noise.severity,
            "confidence": round(dice.uniform(*noise.confidence), 2),
            "text": dice.choice(noise.texts),
        }
        yield at_s, dice.choice(sources), values
