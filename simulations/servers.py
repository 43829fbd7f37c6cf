"""Real brokers and stores for benchmarks, faults and tests: own port, folder and pid, loopback.

`servers("own", folder)` is a Mosquitto and a Redis with our profiles; `servers("embedded", folder)`
is the pair that the post brings along.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from command.errors import ConfigError
from command.servers import HOST, PROFILES, free_port
from command.services import Embedded
from sensors.words import tr

START_S = 20.0


class MissingProgramError(ConfigError):
    """A server that is not on PATH."""


@dataclass(frozen=True, slots=True)
class Servers:
    """A broker and a store, by their addresses."""

    mqtt: str
    redis: str


class Process:
    """A server on `port`, run from `argv`, ended by its own pid."""

    def __init__(self, scheme: str, port: int, argv: list[str], folder: Path) -> None:
        self.url = f"{scheme}://{HOST}:{port}"
        self.port = port
        self._argv = argv
        self._folder = folder
        self._log = folder / f"{scheme}.out"
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The process id of the server that runs now."""
        return self._process.pid

    def kill(self) -> None:
        """As a power failure: SIGKILL."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """As its operator would: SIGTERM, and SIGKILL after ten seconds."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def restart(self) -> None:
        """Stop it if it still runs, and start it again on the same port with the same folder."""
        if self._process.poll() is None:
            self.stop()
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - a server found on PATH, with our own arguments
                self._argv, stdout=out, stderr=out, cwd=self._folder
            )
        try:
            _until_listening(self.port, process, self._log)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process


def _until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} does not listen on {port}: {log.read_text()[-2000:]}")


def program(*names: str) -> str:
    """The first of these programs that is installed; raises MissingProgramError."""
    # Debian keeps mosquitto in /usr/sbin, which is not on every user's PATH.
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    message = tr("{names} is not installed.")
    raise MissingProgramError(message.format(names=" / ".join(names)))


def start_mosquitto(folder: Path, *, profile: bool = True, extra: Sequence[str] = ()) -> Process:
    """A Mosquitto in `folder`, with our profile (lines of `extra` instead), or its defaults."""
    executable = program("mosquitto")
    port = free_port()
    own = [f"listener {port} {HOST}", f"persistence_location {folder}/"]
    text = (PROFILES / "mosquitto.conf").read_text(encoding="utf-8") if profile else ""
    replaced = {"listener", *(line.split()[0] for line in extra)}
    lines = [line for line in text.splitlines() if line.partition(" ")[0] not in replaced]
    lines += extra
    lines += own if profile else [*own, "allow_anonymous true"]
    if os.getuid() == 0:
        lines.append("user root")  # as root it would change to a user that cannot read the folder
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Process("mqtt", port, [executable, "-c", str(configuration)], folder)


def start_redis(folder: Path, *, profile: bool = True) -> Process:
    """A Redis or Valkey of one's own in `folder`, with our profile, or with its defaults."""
    executable = program("redis-server", "valkey-server")
    port = free_port()
    text = (PROFILES / "redis.conf").read_text(encoding="utf-8") if profile else ""
    configuration = folder / "own-redis.conf"
    configuration.write_text(f'{text}\nport {port}\nbind {HOST}\ndir "{folder}"\n')
    return Process("redis", port, [executable, str(configuration)], folder)


@contextmanager
def embedded(data: Path) -> Iterator[Embedded]:
    """Both embedded services, supervised, in a loop and thread of their own."""
    ready: Future[Embedded] = Future()
    stop: Future[None] = Future()
    thread = threading.Thread(
        target=lambda: asyncio.run(_embedded_until(stop, ready, data)), name="embedded"
    )
    thread.start()
    try:
        yield ready.result(START_S)
    finally:
        stop.set_result(None)
        thread.join()


async def _embedded_until(stop: Future[None], ready: Future[Embedded], data: Path) -> None:
    try:
        async with Embedded(data) as services:
            supervision = asyncio.create_task(services.run())
            ready.set_result(services)
            await asyncio.wrap_future(stop)
            supervision.cancel()
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)


@contextmanager
def servers(kind: str, folder: Path) -> Iterator[Servers]:
    """A running pair, stopped at the end."""
    if kind == "embedded":
        with embedded(folder / "services") as services:
            yield Servers(services.mqtt_url, services.redis_url)
        return
    for name in ("mosquitto", "redis"):
        (folder / name).mkdir()
    broker = start_mosquitto(folder / "mosquitto")
    try:
        store = start_redis(folder / "redis")
        try:
            yield Servers(broker.url, store.url)
        finally:
            store.stop()
    finally:
        broker.stop()
