"""`fengsui serve` as a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from command.servers import free_port

HOME = Path(__file__).parents[2]
WAIT_S = 60.0  # far more than anything takes
LEASE_S = 2.0


class Served:
    """A post that runs; `health` asks its /healthz."""

    def __init__(self, process: Process, port: int, out: Path) -> None:
        self.process = process
        self.port = port
        self._out = out

    async def health(self) -> dict[str, Any]:
        """The body of /healthz with its `status`; {} while nobody listens."""
        return await asyncio.to_thread(_get, f"http://127.0.0.1:{self.port}/healthz")

    async def until(self, true: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Ask until the health is so."""
        async with asyncio.timeout(WAIT_S):
            while not ((health := await self.health()) and true(health)):
                assert self.process.returncode is None, self.words()
                await asyncio.sleep(0.05)
            return health

    async def up(self) -> None:
        """Green."""
        await self.until(lambda health: health["ok"])

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def end(self) -> int:
        """Its exit code, once it has left."""
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()

    def words(self) -> str:
        """What it said."""
        return self._out.read_text(encoding="utf-8", errors="replace")

    def memory(self) -> int:
        """Bytes of RAM that it holds now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


@asynccontextmanager
async def served(
    township: Path, data: Path, mqtt: str, redis_url: str, *more: str
) -> AsyncIterator[Served]:
    """A post of its own data folder; killed at the end if it still runs."""
    port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    with (data / "post.out").open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HOME / "fengsui.py"), "serve"),
            *("--township", str(township), "--data", str(data)),
            *("--mqtt", mqtt, "--redis", redis_url, "--lease", str(LEASE_S)),
            *("--listen", f"127.0.0.1:{port}", *more),
            stdout=out,
            stderr=out,
            env={**os.environ, "FENGSUI_LANG": "en"},
        )
    try:
        yield Served(process, port, data / "post.out")
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()


def _get(url: str) -> dict[str, Any]:
    try:
        with urlopen(url, timeout=5) as answer:
            return {**json.load(answer), "status": answer.status}
    except HTTPError as error:
        return {**json.load(error), "status": error.code}
    except (URLError, OSError):
        return {}
