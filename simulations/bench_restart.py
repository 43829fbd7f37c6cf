"""How long a post takes to come back, and how much memory it needs: DESIGN.md section 7.

A log of a million events is written as the post writes it, compacted as the post compacts it, and
then read back as a starting post reads it, in a process of its own.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from command.archive import Archive
from command.compact import compact, restore
from command.core import events as e
from command.core.codec import encode_entry
from command.core.decide import Fact, Input
from command.core.reasons import Reason
from command.core.step import step
from command.core.township import document
from command.core.world import empty
from command.loader import digest, load
from command.log import Log, Outcome
from command.store import open_store
from sensors.observations import Alarm, AlarmKind, Located, Position
from simulations.servers import servers

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "townships" / "jingming"
EVENTS = 1_000_000
OPEN = 10_000
ALARMS = 110_000
START = 1_795_000_000.0
BATCH = 256
KEEP = 2_000
BUDGET_S = 3.0
BUDGET_MB = 200.0


def _inputs(number: int) -> list[Input]:
    """First 110,000 alarms, of which 10,000 open an incident and the others join one; then units
    that move, as most of a quiet day's log is.
    """
    if number * BATCH >= ALARMS:
        return [
            Located(
                source=f"militia-{n % 3 + 1}",
                received_at=START,
                position=Position(107.50 + number % 2 / 100 + n / 1000, 35.28),
            )
            for n in range(BATCH)
        ]
    return [
        Alarm(
            source=f"ljg-{n % 16 + 1:02d}",
            received_at=START,
            message_id=str(n),
            digest=str(n),
            kind=AlarmKind.HAZARD,
            position=Position(107.50 + (n % OPEN % 100) / 1000, 35.24 + (n % OPEN // 100) / 1000),
        )
        for n in range(number * BATCH, (number + 1) * BATCH)
    ]


async def _write(log: Log, events: int) -> int:
    """A log of about so many events; how many there are."""
    world, written, number = empty("fs", "jingming"), 0, 0
    loaded = e.TownshipLoaded(
        at=START,
        cause="bench",
        reason=Reason.STARTED,
        digest=digest(REFERENCE),
        document=document(load(REFERENCE)),
    )
    inputs: list[Input] = [Fact(loaded)]
    while written < events:
        batch = step(world, inputs, START + number * 0.001)
        number += 1
        if await log.commit(number, encode_entry(world.at, batch.events)) is not Outcome.DONE:
            raise RuntimeError("the log was taken by somebody else")
        written += len(batch.events)
        inputs = _inputs(number)
    return written


async def _prepare(redis_url: str, data: Path, events: int) -> dict[str, Any]:
    redis = open_store(redis_url)
    log = Log(redis, "fs", "jingming")
    try:
        await log.acquire("bench", 3600)
        written = await _write(log, events)
        done = await compact(log, Archive(data, "fs", "jingming"), "fs", "jingming", KEEP)
        await log.release()
        return {"events": written, "entries": done.seq, "snapshot_mb": done.snapshot_bytes / 1e6}
    finally:
        await log.close()
        await redis.aclose()


async def _read(redis_url: str, data: Path) -> dict[str, Any]:
    """What a starting post does, measured in this process."""
    redis = open_store(redis_url)
    log = Log(redis, "fs", "jingming")
    start = time.perf_counter()
    restored = await restore(log, Archive(data, "fs", "jingming"), "fs", "jingming")
    took = time.perf_counter() - start
    await log.close()
    await redis.aclose()
    gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "restart_s": round(took, 2),
        "memory_mb": round(_resident_mb(), 1),
        "peak_while_reading_mb": round(peak, 1),
        "open": len(restored.world.incidents),
    }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def bench(*, as_json: bool, embedded: bool, events: int = EVENTS) -> int:
    """0 when restart and memory keep their budgets."""
    with tempfile.TemporaryDirectory(prefix="fs-restart-") as name:
        folder = Path(name)
        with servers("embedded" if embedded else "own", folder) as at:
            figures = asyncio.run(_prepare(at.redis, folder / "data", events))
            argv = [sys.executable, "-m", __name__, at.redis, str(folder / "data")]
            out = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    figures |= json.loads(out.stdout)
    if as_json:
        print(json.dumps(figures, indent=1))
    else:
        print("  ".join(f"{key} {value}" for key, value in figures.items()))
        print(f"budget: restart <= {BUDGET_S} s, memory <= {BUDGET_MB} MB with {OPEN} open")
    return 0 if figures["restart_s"] <= BUDGET_S and figures["memory_mb"] <= BUDGET_MB else 1


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_read(sys.argv[1], Path(sys.argv[2])))))
