"""Real servers on loopback for every test that needs one: own port, own folder, own pid.

Each test gets servers of its own, for a start costs less than a quarter of a second and shares no
session, no retained message and no key. `pair` runs a test twice: on the embedded services, and on
a Mosquitto and a Redis set up with our profiles.

With FENGSUI_CI=1 a skipped test is a failed test: nothing is green there that did not run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from command.servers import free_port as find_free_port
from command.services import Embedded
from simulations import servers
from simulations.servers import Process

# Files of few tests that take long, most of it waiting: begun last, one of them would keep one
# worker busy for a minute after the others are done.
LONG = (
    "test_drill_live",
    "test_drill_same",
    "test_drill_beside",
    "test_outage",
    "test_faults",
    "test_console_command",
    "test_compact",
    "test_rivals",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first."""
    items.sort(key=lambda item: item.path.stem not in LONG)


@dataclass(frozen=True, slots=True)
class Pair:
    """A broker and a store: `name` is "embedded" or "own"."""

    name: str
    mqtt_url: str
    redis_url: str


@pytest.fixture
def free_ports() -> Callable[[], int]:
    """Call it for a port that nobody listens on, as often as one is needed."""
    return find_free_port


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return find_free_port()


def start_mosquitto(folder: Path, *, profile: bool = True, extra: Sequence[str] = ()) -> Process:
    """A Mosquitto in `folder`; the test is skipped, and says so, where none is installed."""
    with _or_skip():
        return servers.start_mosquitto(folder, profile=profile, extra=extra)


def start_redis(folder: Path, *, profile: bool = True) -> Process:
    """A Redis or Valkey of one's own in `folder`; the test is skipped where none is installed."""
    with _or_skip():
        return servers.start_redis(folder, profile=profile)


@contextmanager
def _or_skip() -> Iterator[None]:
    try:
        yield
    except servers.MissingProgramError as missing:
        pytest.skip(str(missing))


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
    with servers.embedded(tmp_path / "data") as services:
        yield services


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
