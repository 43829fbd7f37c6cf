"""A post for each pair, started once: embedded as `serve` does it, and on servers of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import start_mosquitto, start_redis

from contract.outside import TOWNSHIP, Ear, Post, fengsui, township
from contract.site import Console, Site

ROLES = ("officer", "leader", "observer", "trainer")


def servers(name: str, folder: Path, stack: ExitStack) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Arguments that say which pair: to `serve`, and to the verbs that read the store."""
    data = ("--data", str(folder / "data"))
    if name == "embedded":
        return data, data
    (folder / "mosquitto").mkdir()
    (folder / "redis").mkdir()
    broker, store = start_mosquitto(folder / "mosquitto"), start_redis(folder / "redis")
    stack.callback(broker.stop)
    stack.callback(store.stop)
    return (*data, "--mqtt", broker.url, "--redis", store.url), ("--redis", store.url)


def start(
    name: str,
    folder: Path,
    stack: ExitStack,
    township: Path = TOWNSHIP,
    roles: tuple[str, ...] = ("officer",),
) -> Site:
    """A post with an officer at a console and an ear at the broker."""
    where, store = servers(name, folder, stack)
    arguments = ("--township", str(township), "--listen", "127.0.0.1:0", "--lease", "1.5", *where)
    post = stack.enter_context(Post(*arguments)).up()
    tokens = {role: token(role, store) for role in roles}
    ear = stack.enter_context(Ear(post.mqtt))
    ear.hear(lambda said: said.topic.endswith("/post/status") and said.json["online"] is True)
    officer = stack.enter_context(Console(post.feed, tokens["officer"])).opened()
    return Site(name, store, arguments, post, ear, officer, tokens)


def token(role: str, store: tuple[str, ...]) -> str:
    made = fengsui("credentials", "token", f"{role}-1", "--role", role, *store)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture(scope="session", params=["embedded", "own"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One post a pair for all tests that leave it as they found it."""
    with ExitStack() as stack:
        yield start(request.param, tmp_path_factory.mktemp(request.param), stack, roles=ROLES)


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """The pair's post, with every team free."""
    alive(running)
    running.tidy()
    yield running
    alive(running)


def alive(site: Site) -> None:
    assert site.post.process.poll() is None, "\n".join(site.post.err[-40:])


@pytest.fixture(params=["embedded", "own"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A post of the test's own, that it may kill."""
    with ExitStack() as stack:
        yield start(request.param, tmp_path, stack)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """The same on servers of one's own only: embedded ones go with their post."""
    with ExitStack() as stack:
        yield start("own", tmp_path, stack)


@pytest.fixture(params=["embedded", "own"])
def hurried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A post that waits for nobody: one second for a camera's fire, five for teams and officer."""
    limits = {"reply_within_s": 5, "reply_within_night_s": 5, "ack_within_s": 5}
    quick = township(tmp_path, "jingming", release_after_s=1, **limits)
    with ExitStack() as stack:
        yield start(request.param, tmp_path, stack, quick)
