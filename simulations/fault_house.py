"""The house of the fault run: a post in a process of its own, broker and store, and their killing.

Everything is killed with -9 by its own process id, and started again: the post and the own servers
by us, the embedded servers by the post, which brings them along.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from command.errors import FengsuiError
from command.folder import read_kept, services_folder
from command.servers import HOST, free_port
from command.services import store_of
from sensors.words import tr
from simulations.servers import Process, start_mosquitto, start_redis

HOME = Path(__file__).parent.parent
REFERENCE = HOME / "townships" / "jingming"
START_S = 60.0
LEASE_S = 2.0
PAUSE_S = 0.5
POLL_S = 0.05
COMPACT_EVERY = 500  # log entries: archive, snapshot and trimming are part of what is tried
# Each call opens an incident of its own and sends one team at once; the reference plans would
# merge nearly all of 5,000 alarms.
PLAN = """
[[plan]]
kind = "fault_call"
name = "抢修"
name_en = "Repair call"
family = "emergency"
priority = 4
release = "at_once"
merge_radius_m = 0
merge_window_s = 0
needs = [ { role = "scout", quantity = 1, must = true, within_min = 20 } ]

"""
RULE = '[[rule]]\nalarm = "other"\nplan = "{}"\n'


def township(folder: Path) -> Path:
    """A copy of the reference township with one more plan, which the alarm kind `other` opens."""
    copy = folder / "township"
    shutil.copytree(REFERENCE, copy)
    plans = copy / "plans.toml"
    text = plans.read_text(encoding="utf-8")
    text = text.replace(RULE.format("grid_case"), RULE.format("fault_call"))
    plans.write_text(text.replace("\n[[rule]]\n", f"{PLAN}[[rule]]\n", 1), encoding="utf-8")
    return copy


@dataclass(frozen=True, slots=True)
class Kill:
    """`what` (post, broker, store) is killed `at` seconds after the start."""

    at: float
    what: str


def plan_kills(counts: dict[str, int], spread_s: float, dice: Random) -> list[Kill]:
    """Random moments within the spread."""
    kills = [
        Kill(dice.uniform(0.05, 0.95) * spread_s, what)
        for what, count in counts.items()
        for _ in range(count)
    ]
    return sorted(kills, key=lambda kill: kill.at)


class NotUp(FengsuiError):  # noqa: N818 - it is a finding
    """The post did not come up."""


class House:
    """The post and its servers, from `open_house` to its end."""

    def __init__(self, folder: Path, broker: Process | None, store: Process | None) -> None:
        self.data = folder / "data"
        self.left: list[int] = []  # exit codes of a post that ended by itself: there must be none
        self.kills: Counter[str] = Counter()
        self._own = {"broker": broker, "store": store}
        self._log = folder / "post.out"
        self._listen = f"{HOST}:{free_port()}"
        # Not the usual port: while ours is down, the post of somebody else could take it.
        self._environment = {
            "FENGSUI_MQTT_PORT": str(free_port()),
            "FENGSUI_COMPACT_EVERY": str(COMPACT_EVERY),
        }
        self._township = township(folder)
        self._post: asyncio.subprocess.Process | None = None
        self._killed = False

    @property
    def mqtt(self) -> str:
        """Where devices connect; the same after every restart."""
        own = self._own["broker"]
        if own is not None:
            return own.url
        return f"mqtt://{HOST}:{read_kept(services_folder(self.data)).mqtt_port}"

    @asynccontextmanager
    async def store_url(self) -> AsyncIterator[str]:
        """The store's address, to read the log; also when no post runs."""
        own = self._own["store"]
        if own is not None:
            yield own.url
            return
        async with store_of(self.data) as url:
            yield url

    async def keep_post(self) -> None:
        """Run the post, and run it again whenever it ends. Until cancelled; it is ended then."""
        try:
            while True:
                self._post, self._killed = await self._start(), False
                code = await self._post.wait()
                if not self._killed:
                    self.left.append(code)
                    await asyncio.sleep(PAUSE_S)  # as whatever supervises it would
        finally:
            if self._post is not None and self._post.returncode is None:
                self._post.terminate()
                await self._post.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        at = [] if self._own["broker"] is None else ["--mqtt", self._own["broker"].url]
        at += [] if self._own["store"] is None else ["--redis", self._own["store"].url]
        with self._log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, str(HOME / "fengsui.py"), "serve"),
                *("--township", str(self._township), "--data", str(self.data)),
                *("--listen", self._listen, "--lease", str(LEASE_S), *at),
                stdout=out,
                stderr=out,
                env=os.environ | self._environment,
            )

    async def until_up(self) -> None:
        """Wait for a post whose /healthz is green. Raises NotUp."""
        host, _, port = self._listen.partition(":")
        for _ in range(int(START_S / PAUSE_S)):
            if await _is_green(host, int(port)):
                return
            await asyncio.sleep(PAUSE_S)
        raise NotUp(tr("The post does not come up: {said}").format(said=self.post_said()))

    async def kill(self, what: str) -> None:
        """Kill it with -9, and see to it that it comes back."""
        if what == "post":
            await self._kill_post()
        elif (own := self._own[what]) is not None:
            own.kill()
            await asyncio.sleep(0.3)
            await asyncio.to_thread(own.restart)
        else:
            await self._kill_embedded(what)
        self.kills[what] += 1

    async def _kill_post(self) -> None:
        for _ in range(int(START_S / POLL_S)):
            if self._post is not None and self._post.returncode is None:
                self._killed = True
                self._post.kill()
                return
            await asyncio.sleep(POLL_S)
        raise NotUp(tr("There is no {what} to kill.").format(what="post"))

    async def _kill_embedded(self, what: str) -> None:
        """Its pid is in the data folder; while the post is down there is none to kill."""
        folder = services_folder(self.data)
        for _ in range(int(START_S / POLL_S)):
            if _kill_if_ours(read_kept(folder).pids.get(what, 0), folder):
                return
            await asyncio.sleep(POLL_S)
        raise NotUp(tr("There is no {what} to kill.").format(what=what))

    def post_said(self) -> str:
        """The last of what the posts wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


@asynccontextmanager
async def open_house(folder: Path, *, embedded: bool) -> AsyncIterator[House]:
    """Servers of one's own, or none: then the post brings its own along."""
    if embedded:
        yield House(folder, None, None)
        return
    for name in ("mosquitto", "redis"):
        (folder / name).mkdir()
    broker = start_mosquitto(folder / "mosquitto")
    try:
        store = start_redis(folder / "redis")
        try:
            yield House(folder, broker, store)
        finally:
            store.stop()
    finally:
        broker.stop()


async def _is_green(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


def _kill_if_ours(pid: int, folder: Path) -> bool:
    """False when there is no such process, or it is another's by now."""
    with suppress(FileNotFoundError, ProcessLookupError):
        if pid and str(folder) in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8"):
            os.kill(pid, signal.SIGKILL)
            return True
    return False
