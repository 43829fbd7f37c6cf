"""What the tests of the drill are made of: the reference township and small scenarios."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from command.core.township import Township
from command.loader import load
from simulations.player import TOWNSHIP
from simulations.scenario import Scenario

START = "2026-11-23T08:00:00+08:00"


@cache
def township() -> Township:
    """Read once: it is frozen."""
    return load(TOWNSHIP)


def scenario(
    *injects: dict[str, Any], units: Any = (), beats: Any = (), hazards: Any = (), **head: Any
) -> Scenario:
    """A scenario of these injects; what a test does not name is harmless."""
    named = {"name": "test", "title": "试", "title_en": "Test", "length_s": 300.0, "seed": 1}
    return Scenario.model_validate(
        {
            "scenario": named | {"start": dt.datetime.fromisoformat(START)} | head,
            "inject": [*injects],
            "unit": list(units),
            "heartbeat": list(beats),
            "hazard": list(hazards),
        }
    )


def inject(name: str = "a-1", at_s: float = 10.0, **values: Any) -> dict[str, Any]:
    """A camera's smoke on the forest's edge, or what `values` says instead."""
    made: dict[str, Any] = {
        "id": name,
        "at_s": at_s,
        "channel": "ljg-05/alarm",
        "payload": {"kind": "smoke", "severity": "severe"},
        "objective": "试",
        "expect": [{"within_s": 2.0, "event": "IncidentOpened"}],
    }
    return made | values
