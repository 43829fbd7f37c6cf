"""What a stranger has in hand: mosquitto_pub, mosquitto_sub, a WebSocket, HTTP, a shell.

Nothing here imports the project. Waiting is always for something that can be seen from outside,
up to a limit that no healthy machine reaches. That something does *not* happen is read after a
receipt or an answer, for both come after the commit of all that followed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from command.servers import free_port

ROOT = Path(__file__).parents[2]
TOWNSHIP = ROOT / "townships" / "jingming"
FENGSUI = [sys.executable, "-m", "fengsui"]
_PORTS: dict[str, int] = {}  # of the embedded broker, by the post's data folder
LIMIT_S = 20.0

Json = dict[str, Any]


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def fengsui(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A verb from its command line to its end."""
    return subprocess.run(
        [*FENGSUI, *arguments],
        cwd=ROOT,
        env=environment() | (env or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment() -> dict[str, str]:
    """As a shell's, without what would change the post."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FENGSUI_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


class Lines:
    """A program whose lines are collected while it runs; ended by its own pid."""

    def __init__(
        self,
        argv: list[str],
        *,
        cwd: Path = ROOT,
        stdin: bool = False,
        terminal: bool = False,
        variables: dict[str, str] | None = None,
    ) -> None:
        """`terminal`: with a process group of its own, as a terminal gives one."""
        self.process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment() | (variables or {}),
            start_new_session=terminal,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._news = threading.Condition()
        self._threads = [
            threading.Thread(target=self._collect, args=(pipe, lines), daemon=True)
            for pipe, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for thread in self._threads:
            thread.start()

    def _collect(self, pipe: Any, lines: list[str]) -> None:
        for raw in pipe:
            with self._news:
                lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._news.notify_all()

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def wait_for(self, what: Callable[[str], Any], start: int = 0, limit: float = LIMIT_S) -> Any:
        """The first truthy `what(line)` of a line from `start` on."""
        deadline = time.monotonic() + limit
        seen = start
        with self._news:
            while True:
                for line in self.out[seen:]:
                    if found := what(line):
                        return found
                seen = len(self.out)
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    said = "\n".join([*self.out[-20:], *self.err[-20:]])
                    raise AssertionError(f"{what} never came; last lines:\n{said}")

    def ended(self, limit: float = LIMIT_S) -> int:
        """The exit code."""
        code = self.process.wait(limit)
        for thread in self._threads:
            thread.join(limit)
        return code

    def stop(self, how: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.ended()
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ended()


@dataclass(frozen=True, slots=True)
class Said:
    """One message on the broker."""

    topic: str
    retained: bool
    payload: str

    @property
    def json(self) -> Json:
        value = json.loads(self.payload)
        assert isinstance(value, dict)
        return value

    @property
    def name(self) -> str:
        return self.topic.split("/")[2]

    @property
    def kind(self) -> str:
        return self.topic.split("/")[3]


class Ear(Lines):
    """A mosquitto_sub on all that the post publishes, with a session as a handheld has one."""

    def __init__(self, mqtt: str, root: str = "fs", township: str = "jingming") -> None:
        host, port = host_port(mqtt)
        argv = [program("mosquitto_sub"), "-h", host, "-p", port, "-q", "1", "-F", "%r %t %p"]
        argv += ["-c", "-i", f"ear-{uuid.uuid4().hex[:8]}"]
        for kind in ("order", "receipt", "notice"):
            argv += ["-t", f"{root}/{township}/+/{kind}"]
        super().__init__([*argv, "-t", f"{root}/{township}/post/status"])

    def hear(self, what: Callable[[Said], Any], start: int = 0, limit: float = LIMIT_S) -> Any:
        """The first message from line `start` on for which `what` is truthy."""

        def wanted(line: str) -> Said | None:
            said = self.parse(line)
            return said if what(said) else None

        return self.wait_for(wanted, start, limit)

    def heard(self, what: Callable[[Said], Any], start: int = 0) -> list[Said]:
        """All so far from line `start` on."""
        return [said for line in list(self.out)[start:] if what(said := self.parse(line))]

    @staticmethod
    def parse(line: str) -> Said:
        retained, topic, payload = line.split(" ", 2)
        return Said(topic, retained == "1", payload)

    @property
    def mark(self) -> int:
        """Where we are now: a `start` for what comes later."""
        return len(self.out)


def host_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, str(parts.port)


def publish(mqtt: str, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
    """A mosquitto_pub; returns when the broker has acknowledged."""
    host, port = host_port(mqtt)
    argv = [program("mosquitto_pub"), "-h", host, "-p", port, "-q", str(qos), "-t", topic]
    argv += ["-r"] if retain else []
    argv += ["-s"] if payload else ["-n"]
    subprocess.run(argv, input=payload, check=True, timeout=LIMIT_S, capture_output=True)


_WHERE = re.compile(r"(mqtt|ws|http)://[^\s]+")


class Post(Lines):
    """A `fengsui serve`, from the lines that say where it is to its end."""

    def __init__(self, *arguments: str) -> None:
        # The usual port is for one post on a machine; tests run beside each other.
        folder = arguments[arguments.index("--data") + 1] if "--data" in arguments else ""
        port = _PORTS.setdefault(folder, free_port())
        super().__init__(
            [*FENGSUI, "serve", *arguments], variables={"FENGSUI_MQTT_PORT": str(port)}
        )
        self.mqtt = self.feed = self.http = ""

    def up(self) -> Self:
        """Wait until it says where everything is, and is well."""
        self.wait_for(lambda line: "/healthz" in line)
        where = {m[1]: m[0] for line in self.out if (m := _WHERE.search(line))}
        self.mqtt, self.feed = where["mqtt"], where["ws"]
        self.http = where["http"].removesuffix("/healthz")
        until(lambda: get(self.http + "/healthz")[0] == 200)
        return self


def get(url: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    try:
        with urllib.request.urlopen(url, timeout=LIMIT_S) as response:
            return response.status, response.headers["Content-Type"], response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def until(what: Callable[[], Any], limit: float = LIMIT_S) -> Any:
    """The first truthy `what()`."""
    deadline = time.monotonic() + limit
    while True:
        if found := what():
            return found
        assert time.monotonic() < deadline, f"{what} never came true"
        time.sleep(0.02)


def township(folder: Path, ident: str, **limits: int) -> Path:
    """A copy of the reference township under another id; `limits` for its card for wildfires."""
    copy = folder / ident
    shutil.copytree(TOWNSHIP, copy)
    _replace(copy / "township.toml", 'id = "jingming"', f'id = "{ident}"')
    card = 'kind = "wildfire"\n'
    lines = "".join(f"{name} = {value}\n" for name, value in limits.items())
    _replace(copy / "plans.toml", card, card + lines)
    return copy


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def encode(payload: Json) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


def now(offset_s: float = 0.0) -> str:
    """A time as a device in the township writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600 + offset_s))
