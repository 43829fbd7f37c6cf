"""The same scenario on the virtual clock, and twenty times faster than life on real servers.

Both run the same post; what differs is who carries the messages. So the decisions are the same:
about the same incidents, the same teams, for the same reasons, and at the same time but for what
network and machine take: as much as the drill's own judge allows (GRACE_S, in real seconds).
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from command.core.codec import decode_entry
from command.core.events import Event
from command.loader import digest, load
from simulations.decisions import decisions, differences
from simulations.drill import GRACE_S, Options, drill
from simulations.player import TOWNSHIP, play
from simulations.scenario import find
from simulations.scenario import load as load_scenario
from simulations.servers import Process

SPEED = 20.0


def logged(folder: Path) -> list[Event]:
    """The log that a drill has written with its report."""
    entries = (folder / "entries.jsonl").read_bytes().splitlines()
    return [event for entry in entries for event in decode_entry(entry)]


def test_the_same_decisions_on_mosquitto_and_redis_and_on_the_virtual_clock(
    mosquitto: Process, redis_own: Process, tmp_path: Path
) -> None:
    scenario = load_scenario(find("smoke"))
    options = Options(
        scenario, speed=SPEED, report=tmp_path, mqtt=mosquitto.url, redis=redis_own.url, lang="en"
    )
    report = asyncio.run(drill(options, io.StringIO()))
    there = decisions(logged(tmp_path), report.scenario.start_at)
    run = play(scenario, load(TOWNSHIP), digest(TOWNSHIP))
    here = decisions(run.events, run.there.scenario.start_at)
    found = differences(here, there, GRACE_S * SPEED)
    assert [str(one) for one in found] == []
    assert len(here) == len(there) > 50
