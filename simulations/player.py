"""A drill on the virtual clock: the post as it is, in a second, without a network or a store.

    post, feed  <- command.app.serve, under the root fsx, on simulations.memory
    field       <- simulations.stage, as on the real clock

`python -m simulations.player smoke --write` writes the golden transcript that tests/scenarios
compares with: whole for the ten minutes of the smoke drill, what was decided for the long ones.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

from command.core.codec import event_dict
from command.core.events import AlarmReceived, Event
from command.core.township import Township
from command.errors import FengsuiError
from command.loader import digest, load
from command.settings import Settings
from sensors.topics import DRILL_ROOT
from simulations import scenario as scenarios
from simulations import virtual
from simulations.field import Field
from simulations.memory.ports import Memory
from simulations.scenario import Scenario
from simulations.stage import Audience, Outside, Played, played, replayed, up
from simulations.timeline import transcript_line

__all__ = ["GOLDEN", "TOWNSHIP", "Played", "play", "replayed", "transcript"]

TRAINER = "trainer"  # gives the commands of a drill, by this name and in this role
GOLDEN = Path(__file__).parents[1] / "tests" / "scenarios"
TOWNSHIP = Path(__file__).parents[1] / "townships" / "jingming"
KEEP_ENTRIES = 100_000_000  # the log of a drill is never shortened
WARNINGS = 30
WHOLE = frozenset({"smoke"})  # drills whose golden transcript holds every event
RECORDS = frozenset(  # events that say what was heard and sent, and decide nothing
    {"SourceHeard", "SourceSilent", "UnitLocated", "ReplyReceived", "OrderQueued", "OrderSettled"}
)
LEASE_S = 60.0  # nobody else wants it
LEAD_S = 1.0  # the post is up and everybody connected by then: nothing takes time here


def play(
    scenario: Scenario,
    township: Township,
    files: str,
    field: Callable[[Scenario, Township], Field] = Field,
) -> Played:
    """Play it from first to last. `files` is the digest of the township's folder."""
    there = field(scenario, township)
    with unheard(), tempfile.TemporaryDirectory(prefix="fengsui-drill-") as folder:
        return virtual.run(lambda: _play(there, files, Path(folder)))


async def _play(there: Field, files: str, folder: Path) -> Played:
    memory = Memory(there.township, files)
    outside = Outside(lambda _, name: memory.client(name), lambda _: memory.connect())
    settings = in_memory(folder, there.scenario.start_at - LEAD_S)
    async with up(settings, memory.ports) as running:
        return await played(running, outside, there, Audience(), TRAINER)


def in_memory(folder: Path, start: float) -> Settings:
    """For a post of a drill that begins at `start`; its sealed files go into `folder`."""
    return Settings(
        township=folder,
        data=folder,
        root=DRILL_ROOT,
        start=start,
        lease_s=LEASE_S,
        compact_every=KEEP_ENTRIES,
    )


@contextmanager
def unheard() -> Iterator[None]:
    """The post says only what is wrong, and leaves the process as it was: it freezes what it has
    restored, which is right for one post and would pile up for a hundred.
    """
    said, thresholds = structlog.get_config(), gc.get_threshold()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS))
    try:
        yield
    finally:
        structlog.configure(**said)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def transcript(events: Sequence[Event], start_at: float) -> str:
    """One line for each event."""
    return "".join(transcript_line(event_dict(one), start_at) + "\n" for one in events)


def golden(name: str, events: Sequence[Event], start_at: float) -> str:
    """What the tests hold a drill to."""
    if name in WHOLE:
        return transcript(events, start_at)
    return transcript([one for one in events if _decides(one)], start_at)


def _decides(event: Event) -> bool:
    logged = isinstance(event, AlarmReceived) and event.outcome == "logged"
    return not logged and type(event).__name__ not in RECORDS


def main(argv: Sequence[str] | None = None) -> int:
    """Print the transcript of a drill, or write it where the tests look for it."""
    parser = argparse.ArgumentParser(prog="python -m simulations.player", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--write", action="store_true", help="write the golden transcript")
    options = parser.parse_args(argv)
    try:
        scenario = scenarios.load(scenarios.find(options.name))
        run = play(scenario, load(TOWNSHIP), digest(TOWNSHIP))
    except FengsuiError as error:
        print(f"simulations.player: {error}", file=sys.stderr)
        return 1
    name, start_at = scenario.scenario.name, run.there.scenario.start_at
    if options.write:
        text = golden(name, run.events, start_at)
        GOLDEN.joinpath(f"{name}.golden.txt").write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(transcript(run.events, start_at))
    return 0


if __name__ == "__main__":
    sys.exit(main())
