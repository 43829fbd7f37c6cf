"""A drill on the virtual clock: no network, no store, no waiting. Pure but for `main`.

    field -> normalise -> step -> one log entry -> receipts, orders -> field

The steps are those of `command.post`, at the pace of its ticks. `python -m simulations.player smoke
--write` writes the golden transcript that tests/scenarios compares with.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from command.core.codec import decode_entry, encode_entry, event_dict
from command.core.commands import Ordered
from command.core.decide import Deadline, Fact, Input
from command.core.events import Event, PostStarted, TownshipLoaded
from command.core.evolve import evolve
from command.core.outbox import Schedule
from command.core.reasons import Reason
from command.core.receipts import Receipt
from command.core.step import step
from command.core.ticks import decide_tick
from command.core.township import Township, document
from command.core.world import World, empty
from command.errors import FengsuiError
from command.loader import digest, load
from command.messages import Command, FrameError, Look, read_command
from command.post import TICK_S
from sensors.normalise import normalise
from sensors.sources import index
from sensors.topics import DRILL_ROOT
from simulations import scenario as scenarios
from simulations.field import Call, Field, Message
from simulations.scenario import Scenario
from simulations.timeline import transcript_line

TRAINER = "trainer"  # gives the commands of a drill, by this name and in this role
GOLDEN = Path(__file__).parents[1] / "tests" / "scenarios"
TOWNSHIP = Path(__file__).parents[1] / "townships" / "jingming"


@dataclass(slots=True)
class Played:
    """What a drill led to: the log's entries, the world after them, and the field."""

    world: World
    there: Field
    entries: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """All committed events, as they are read back from the entries."""
        return [event for entry in self.entries for event in decode_entry(entry)]


def play(scenario: Scenario, township: Township, files: str) -> Played:
    """Play it from first to last. `files` is the digest of the township's folder."""
    played = Played(empty(DRILL_ROOT, township.id), Field(scenario, township))
    player = _Player(played)
    played.there.begin(scenario.start_at)
    player.turn(scenario.start_at, opening(scenario.start_at, township, files))
    ticks, now = 0, scenario.start_at
    while now < scenario.end_at:
        tick_at = scenario.start_at + (ticks + 1) * TICK_S
        next_at = played.there.next_at
        now = min(tick_at, next_at) if next_at is not None else tick_at
        read = (player.read(one, now) for one in played.there.take(now))
        inputs: list[Input] = [one for one in read if one is not None]
        if now == tick_at:
            ticks += 1
            inputs += [Deadline(name) for name, _ in decide_tick(played.world, now)]
        player.turn(now, inputs)
    return played


def opening(at: float, township: Township, files: str) -> list[Input]:
    """The first facts of a log: the township's files are read, and a post is there."""
    loaded = TownshipLoaded(
        at=at, cause="post", reason=Reason.STARTED, digest=files, document=document(township)
    )
    return [Fact(loaded), Fact(PostStarted(at=at, cause="post", reason=Reason.STARTED, epoch=1))]


class _Player:
    """The post's place: one world, its schedule of orders, and the field at the other end."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self._schedule = Schedule()
        township = played.there.township
        self._sources = index(DRILL_ROOT, township.id, township.sources, township.utc_offset_h)

    def read(self, one: Message | Call, now: float) -> Input | None:
        if isinstance(one, Call):
            command = command_of(one)
            return Ordered(command, TRAINER, TRAINER) if command else None
        topic = f"{DRILL_ROOT}/{self._played.world.township_id}/{one.source}/{one.kind}"
        return normalise(topic, one.payload, now, self._sources)

    def turn(self, now: float, inputs: Sequence[Input]) -> None:
        """One batch, and what follows from it."""
        world, there = self._played.world, self._played.there
        batch = step(world, inputs, now)
        if batch.events:
            self._played.entries.append(encode_entry(now, batch.events))
            self._schedule.follow(batch.events, world)
            for event in batch.events:
                there.news(event_dict(event))
        for receipt in batch.receipts:
            self._receipt(receipt, now)
        for value in inputs:
            self._schedule.heard_from(getattr(value, "source", ""), now)
        while (order_id := self._schedule.next_due(now)) is not None:
            waiting = world.outbox[order_id]
            self._schedule.sent(order_id, now)
            there.order(now, waiting.unit, waiting.message)

    def _receipt(self, receipt: Receipt, now: float) -> None:
        self._played.there.receipts(now, receipt.source, [receipt.as_json()])


def command_of(call: Call) -> Command | None:
    """The console's command as the feed reads it; None when its incident never came about."""
    try:
        command = read_command(json.dumps({"id": call.id, "do": call.verb, **call.values}))
    except FrameError:
        return None
    assert not isinstance(command, Look)
    return command


def transcript(events: Sequence[Event], start_at: float) -> str:
    """One line for each event."""
    return "".join(transcript_line(event_dict(one), start_at) + "\n" for one in events)


def replayed(entries: Sequence[bytes], township_id: str) -> World:
    """The world that the entries give, from nothing."""
    world = empty(DRILL_ROOT, township_id)
    for entry in entries:
        for event in decode_entry(entry):
            evolve(world, event)
    return world


def main(argv: Sequence[str] | None = None) -> int:
    """Print the transcript of a drill, or write it where the tests look for it."""
    parser = argparse.ArgumentParser(prog="python -m simulations.player", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--write", action="store_true", help="write the golden transcript")
    options = parser.parse_args(argv)
    try:
        scenario = scenarios.load(scenarios.find(options.name))
        played = play(scenario, load(TOWNSHIP), digest(TOWNSHIP))
    except FengsuiError as error:
        print(f"simulations.player: {error}", file=sys.stderr)
        return 1
    text = transcript(played.events, scenario.start_at)
    if options.write:
        GOLDEN.joinpath(f"{scenario.scenario.name}.golden.txt").write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
