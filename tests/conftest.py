"""Real servers on loopback for every test that needs one: own port, own folder, own pid.

Each test gets servers of its own, for a start costs less than a quarter of a second and shares no
session, no retained message and no key. `pair` runs a test twice: on the embedded services, and on
a Mosquitto and a Redis set up with our profiles.

With FENGSUI_CI=1 a skipped test is a failed test: nothing is green there that did not run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest

from command.servers import HOST, PROFILES
from command.servers import free_port as find_free_port
from command.services import Embedded

START_S = 20.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A broker and a store: `name` is "embedded" or "own"."""

    name: str
    mqtt_url: str
    redis_url: str


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
            process = subprocess.Popen(self._argv, stdout=out, stderr=out, cwd=self._folder)
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


@pytest.fixture
def free_ports() -> Callable[[], int]:
    """Call it for a port that nobody listens on, as often as one is needed."""
    return find_free_port


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return find_free_port()


def _program(*names: str) -> str:
    # Debian keeps mosquitto in /usr/sbin, which is not on every user's PATH.
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        program = shutil.which(name, path=path)
        if program:
            return program
    pytest.skip(f"{' or '.join(names)} is not installed")


def start_mosquitto(folder: Path, *, profile: bool = True, extra: Sequence[str] = ()) -> Process:
    """A Mosquitto in `folder`, with our profile (lines of `extra` instead), or its defaults."""
    program = _program("mosquitto")
    port = find_free_port()
    own = [f"listener {port} {HOST}", f"persistence_location {folder}/"]
    text = (PROFILES / "mosquitto.conf").read_text(encoding="utf-8") if profile else ""
    replaced = {"listener", *(line.split()[0] for line in extra)}
    lines = [line for line in text.splitlines() if line.partition(" ")[0] not in replaced]
    lines += extra
    lines += own if profile else [*own, "allow_anonymous true"]
    if os.getuid() == 0:
        lines.append("user root")  # as root it would change to a user that cannot read tmp_path
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Process("mqtt", port, [program, "-c", str(configuration)], folder)


def start_redis(folder: Path, *, profile: bool = True) -> Process:
    """A Redis or Valkey of one's own in `folder`, with our profile, or with its defaults."""
    program = _program("redis-server", "valkey-server")
    port = find_free_port()
    text = (PROFILES / "redis.conf").read_text(encoding="utf-8") if profile else ""
    configuration = folder / "own-redis.conf"
    configuration.write_text(f'{text}\nport {port}\nbind {HOST}\ndir "{folder}"\n')
    return Process("redis", port, [program, str(configuration)], folder)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Process]:
    """A real Mosquitto with our profile: .url .port .pid .kill() .stop() .restart()."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    server = start_mosquitto(folder)
    yield server
    server.stop()


@pytest.fixture
def redis_own(tmp_path: Path) -> Iterator[Process]:
    """A real Redis or Valkey with our profile: .url .port .pid .kill() .stop() .restart()."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = start_redis(folder)
    yield server
    server.stop()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """Both embedded services, supervised, in a loop and thread of their own."""
    ready: Future[Embedded] = Future()
    stop: Future[None] = Future()
    thread = threading.Thread(
        target=lambda: asyncio.run(_embedded_until(stop, ready, tmp_path / "data")),
        name="embedded",
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


@pytest.fixture(params=["embedded", "own"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """A broker and a store, once embedded and once of one's own."""
    if request.param == "embedded":
        services: Embedded = request.getfixturevalue("embedded")
        return Pair("embedded", services.mqtt_url, services.redis_url)
    broker: Process = request.getfixturevalue("mosquitto")
    store: Process = request.getfixturevalue("redis_own")
    return Pair("own", broker.url, store.url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under FENGSUI_CI=1 a skip is a failure, with the reason of the skip."""
    report = yield
    _no_skip(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for modules that skip themselves as a whole."""
    report = yield
    _no_skip(report, collector.nodeid)
    return report


def _no_skip(report: pytest.TestReport | pytest.CollectReport, nodeid: str) -> None:
    if os.environ.get("FENGSUI_CI") == "1" and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"{nodeid} was skipped, which FENGSUI_CI=1 forbids: {report.longrepr}"
