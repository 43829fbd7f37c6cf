"""The embedded broker and store: started under the post's data folder, kept running, stopped.

    async with Embedded(data) as services, asyncio.TaskGroup() as tasks:
        supervision = tasks.create_task(services.run())
        ... services.mqtt_url, services.redis_url, services.states() ...

What must hold: the post may be killed with -9 at any moment, and its next start with the same
folder finds every acknowledged message and every committed event, on the same MQTT port. So
the port, the store's program and the pids are on disk, and a lock says whether a post lives here.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from command.clock import Clock
from command.errors import ServiceError
from command.folder import (
    Kept,
    end,
    end_leftovers,
    in_use,
    keep_log_small,
    last_line,
    locked,
    read_kept,
    remove_socket,
    services_folder,
    socket_path,
    socket_url,
    write_kept,
)
from command.servers import (
    HOST,
    LOG_BYTES,
    Server,
    StillLoadingError,
    broker,
    free_port,
    port_free,
    probe_redis,
    store,
    store_program,
)
from sensors.words import tr

TETHER = Path(__file__).parent / "tether.py"
PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0)  # before each restart, then 10 s; short, for orders wait
LONGEST_PAUSE_S = 10.0
STEADY_S = 60.0  # up for this long: the pauses begin anew
START_S = 60.0  # no answer and no sign of loading for this long: the start has failed
ASK_EVERY_S = 5.0
ASK_S = 3.0
SILENT_S = 30.0  # alive but dumb for this long, as a NATS stays after a full disk: restarted
BEGINNINGS = 3  # of a server that is killed while it starts
PORT_S = 2.0  # how long the post's own port may still be closing

log = structlog.get_logger("services")


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service as /healthz shows it. `since`: POSIX seconds of the last change of `up`."""

    name: str
    up: bool
    since: float
    restarts: int = 0
    last_error: str = ""


class _KilledError(ServiceError):
    """Somebody ended the server while it was starting."""


class Embedded:
    """Both services of one data folder, from `async with` to its end.

    `mqtt_port`: the port that it must be; else the one used before, else `usual_port` if it is
    free, else any. `with_broker` False starts the store alone, to read a log while no post runs.
    Raises ServiceError when a server is missing, does not start, or the folder is in use.
    """

    def __init__(
        self,
        data: Path,
        *,
        mqtt_port: int | None = None,
        usual_port: int | None = None,
        with_broker: bool = True,
        now: Callable[[], float] | None = None,
        ask_every_s: float = ASK_EVERY_S,
    ) -> None:
        self.folder = services_folder(data)
        self._ports = (mqtt_port, usual_port)
        self._with_broker = with_broker
        self._now = now or Clock().now
        self._ask_every_s = ask_every_s
        self._kept = Kept()
        self._children: list[Child] = []
        self._stack = AsyncExitStack()

    @property
    def mqtt_url(self) -> str:
        """Where the broker listens; the same after a restart."""
        return f"mqtt://{HOST}:{self._kept.mqtt_port}"

    @property
    def redis_url(self) -> str:
        """The store's private socket, for `redis.asyncio.from_url`."""
        return socket_url(self._kept.socket)

    def states(self) -> list[ServiceState]:
        """How each service is now."""
        return [child.state for child in self._children]

    def pids(self) -> dict[str, int]:
        """The process of each service that runs, by name."""
        return dict(self._kept.pids)

    async def run(self) -> None:
        """Restart what dies or falls silent. Runs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for child in self._children:
                tasks.create_task(child.keep(), name=f"keep-{child.server.name}")

    async def __aenter__(self) -> Self:
        """Take the folder, end what a killed post left, and start both; ready on return."""
        async with AsyncExitStack() as stack:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await stack.enter_async_context(locked(self.folder))
            self._kept = read_kept(self.folder)
            servers = self._prepare(stack)
            await end_leftovers(self._kept.pids, servers)
            if self._with_broker:
                await _until_free(self._kept.mqtt_port)
            for server in servers:
                child = Child(server, self._now, self._remember, self._ask_every_s)
                self._children.append(child)
                stack.push_async_callback(child.stop)
                await child.begin()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop both, the broker first, and let go of the folder."""
        await self._stack.aclose()

    def _prepare(self, stack: AsyncExitStack) -> list[Server]:
        """Settle port, program and socket, and keep them; the servers to start, store first."""
        kept = self._kept
        remove_socket(kept.socket)
        kept = replace(
            kept,
            store_program=store_program(kept.store_program),
            socket=str(socket_path(self.folder)),
            mqtt_port=(self._ports[0] or kept.mqtt_port or self._new_port())
            if self._with_broker
            else kept.mqtt_port,
        )
        stack.callback(remove_socket, kept.socket)
        self._kept = kept
        write_kept(self.folder, kept)
        servers = [store(self.folder, Path(kept.socket), kept.store_program)]
        return [*servers, broker(self.folder, kept.mqtt_port)] if self._with_broker else servers

    def _new_port(self) -> int:
        usual = self._ports[1]
        return usual if usual and port_free(usual) else free_port()

    def _remember(self, name: str, pid: int | None) -> None:
        pids = {key: value for key, value in self._kept.pids.items() if key != name}
        self._kept = replace(self._kept, pids=pids if pid is None else {**pids, name: pid})
        try:
            write_kept(self.folder, self._kept)
        except OSError as error:
            # A full disk. An old pid does no harm: the next start looks whose process it is.
            log.warning("pids not written", folder=str(self.folder), error=str(error))


class Child:
    """One server's process, started again as often as it must be."""

    def __init__(
        self,
        server: Server,
        now: Callable[[], float],
        remember: Callable[[str, int | None], None],
        ask_every_s: float,
    ) -> None:
        self.server = server
        self.state = ServiceState(server.name, up=False, since=now())
        self._now = now
        self._remember = remember
        self._ask_every_s = ask_every_s
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """The first start. Being killed in it says nothing against the settings: once more."""
        for _ in range(BEGINNINGS - 1):
            try:
                await self.start()
            except _KilledError as error:
                log.warning("service does not start", service=self.server.name, error=str(error))
            else:
                return
        await self.start()

    async def start(self) -> None:
        """Start the process and wait until it answers; raises ServiceError, nothing left behind."""
        keep_log_small(self.server.log, LOG_BYTES)
        with self.server.errors.open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                str(TETHER),
                str(os.getpid()),
                *self.server.argv,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                cwd=self.server.log.parent,
                start_new_session=True,  # Ctrl-C is for the post, which stops them in its order
                env={**os.environ, **self.server.environment},
            )
        try:
            self._remember(self.server.name, self._process.pid)
            await self._until_ready(self._process)
        except BaseException:
            await self.stop()
            raise
        self._set(up=True)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when it does not leave in time."""
        process, self._process = self._process, None
        if process is None:
            return
        await end(process)
        self._remember(self.server.name, None)
        self._set(up=False)

    async def keep(self) -> None:
        """Wait for trouble, and start again with growing pauses, for ever."""
        while True:
            up_at = self._now()
            self._set(up=False, error=await self._trouble())
            log.error("service down", service=self.server.name, error=self.state.last_error)
            await self._restart(steady=self._now() - up_at >= STEADY_S)

    async def _restart(self, *, steady: bool) -> None:
        skipped = 0 if steady else min(self.state.restarts, len(PAUSES_S))
        for pause in chain(PAUSES_S[skipped:], repeat(LONGEST_PAUSE_S)):
            await asyncio.sleep(pause)
            self.state = replace(self.state, restarts=self.state.restarts + 1)
            try:
                await self.stop()
                await self.start()
            except (ServiceError, OSError) as error:
                self._set(up=False, error=str(error))
                log.warning("service does not start", service=self.server.name, error=str(error))
            else:
                log.warning("service restarted", service=self.server.name)
                return

    async def _trouble(self) -> str:
        """Return why the server is no longer of use: it left, or it stopped answering."""
        process = self._process
        if process is None:
            return self.state.last_error
        leaving = asyncio.create_task(process.wait())
        answered = self._now()
        try:
            while True:
                await asyncio.wait({leaving}, timeout=self._ask_every_s)
                if leaving.done():
                    return self._last_words(leaving.result())
                error = await self._ask()
                if not error:
                    answered = self._now()
                    self._set(up=True)
                elif self._now() - answered >= SILENT_S:
                    return error
                else:
                    self._set(up=False, error=error)
        finally:
            leaving.cancel()

    async def _ask(self) -> str:
        try:
            await _asked(self.server.probe)
        except StillLoadingError:
            return ""
        except OSError as error:  # TimeoutError is one
            return str(error) or type(error).__name__
        return ""

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        """Ask until it answers; a server that says it is loading is given all the time it needs."""
        give_up = self._now() + START_S
        while process.returncode is None:
            try:
                await _asked(self.server.probe)
            except StillLoadingError:
                give_up = self._now() + START_S
            except OSError as error:
                if self._now() >= give_up:
                    raise ServiceError(self._failed(f"{error}; {self._last_line()}")) from error
            else:
                return
            await asyncio.sleep(0.02)
        failure = _KilledError if process.returncode < 0 else ServiceError
        raise failure(self._failed(self._last_words(process.returncode)))

    def _failed(self, why: str) -> str:
        return tr("The embedded {name} does not start: {why}").format(
            name=self.server.name, why=why
        )

    def _last_words(self, code: int) -> str:
        how = f"signal {-code}" if code < 0 else f"exit {code}"
        return f"{how}; {self._last_line()}"

    def _last_line(self) -> str:
        return last_line(self.server.errors) or last_line(self.server.log)

    def _set(self, *, up: bool, error: str | None = None) -> None:
        since = self.state.since if up == self.state.up else self._now()
        last_error = self.state.last_error if error is None else error
        self.state = replace(self.state, up=up, since=since, last_error=last_error)


async def _asked(probe: Callable[[], Awaitable[None]]) -> None:
    # Not wait_for: in Python 3.11 that drops a cancellation that comes together with the answer,
    # and a post that is told to stop would go on supervising for ever.
    async with asyncio.timeout(ASK_S):
        await probe()


@asynccontextmanager
async def store_of(data: Path) -> AsyncIterator[str]:
    """The URL of the store under `data`: of the post that runs there, or started for the time.

    For `fengsui log` and `fengsui credentials`. Raises ServiceError when it does not start.
    """
    folder = services_folder(data)
    if in_use(folder):
        yield await _running_store(folder)
        return
    async with Embedded(data, with_broker=False) as services:
        yield services.redis_url


async def _running_store(folder: Path) -> str:
    """The URL of the store of the post that lives here, which may only just be starting."""
    error: Exception = FileNotFoundError()
    for _ in range(int(START_S * 10)):
        path = read_kept(folder).socket
        try:
            await _asked(partial(probe_redis, Path(path)))
        except (OSError, StillLoadingError) as trouble:
            error = trouble
        else:
            return socket_url(path)
        await asyncio.sleep(0.1)
    message = tr("The store of the post in {folder} does not answer.")
    raise ServiceError(message.format(folder=folder.parent)) from error


async def _until_free(port: int) -> None:
    for _ in range(int(PORT_S * 10)):
        if port_free(port):
            return
        await asyncio.sleep(0.1)
    raise ServiceError(
        tr(
            "MQTT port {port} is taken by another program. Handhelds know this post by that"
            " port: end the other program, or start the post with another port."
        ).format(port=port)
    )
