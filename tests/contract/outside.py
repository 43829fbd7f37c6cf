"""What a stranger has in hand: mosquitto_pub, mosquitto_sub, a WebSocket, HTTP, a shell.

Nothing here imports the project. Waiting is always for something that can be seen from outside,
up to a limit that no healthy machine reaches. That something does *not* happen is read after a
receipt or an answer, for both come after the commit of all that followed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[2]
TOWNSHIP = ROOT / "townships" / "jingming"
FENGSUI = [sys.executable, "-m", "fengsui"]
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

    def __init__(self, argv: list[str], *, stdin: bool = False) -> None:
        self.process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environment(),
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
    """A mosquitto_sub on all that the post publishes."""

    def __init__(self, mqtt: str, root: str = "fs", township: str = "jingming") -> None:
        host, port = host_port(mqtt)
        base = f"{root}/{township}"
        topics = [f"{base}/+/{kind}" for kind in ("order", "receipt", "notice")]
        topics.append(f"{base}/post/status")
        argv = [program("mosquitto_sub"), "-h", host, "-p", port, "-q", "1", "-F", "%r %t %p"]
        super().__init__([*argv, *itertools.chain.from_iterable(("-t", t) for t in topics)])

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


def publish(
    mqtt: str, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1
) -> None:
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
        super().__init__([*FENGSUI, "serve", *arguments])
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


class Console:
    """A plain WebSocket client that keeps the rows it is sent."""

    def __init__(self, url: str, token: str, since: str | None = None) -> None:
        self.tables: dict[str, dict[str, Json]] = {}
        self.at = ""
        self.frames: list[Json] = []
        self.opening: Json = {}
        self._ws: ClientConnection = connect(url, max_queue=None, max_size=None).__enter__()
        self._answers: dict[str, Json] = {}
        self._frames: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self.send({"hello": {"token": token, "since": since}})
        self._reader.start()

    def opened(self) -> Self:
        """Wait for the first frame of rows."""
        self.see(lambda: self.opening)
        return self

    def send(self, frame: Json | str) -> None:
        self._ws.send(frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False))

    def _read(self) -> None:
        with contextlib.suppress(Exception):
            for raw in self._ws:
                self._frames.put(raw if isinstance(raw, str) else raw.decode())
        self._frames.put(None)

    def _take(self, limit: float) -> None:
        try:
            raw = self._frames.get(timeout=max(limit, 0.001))
        except queue.Empty:
            raise AssertionError(f"no frame; last {self.frames[-3:]}") from None
        if raw is None:
            raise ConnectionError(f"closed: {self.frames[-1:]}")
        frame: Json = json.loads(raw)
        self.frames.append(frame)
        del self.frames[:-200]
        self._keep(frame)

    def _keep(self, frame: Json) -> None:
        rows = frame.get("snapshot", frame.get("rows"))
        if "ok" in frame and "id" in frame:
            self._answers[str(frame["id"])] = frame
        if rows is None:
            return
        self.opening = self.opening or frame
        self.at = frame["at"]
        for table, changed in rows.items():
            kept = self.tables.setdefault(table, {})
            for key, row in changed.items():
                if row is None:
                    kept.pop(key, None)
                else:
                    kept[key] = row

    def see(self, what: Callable[[], Any], limit: float = LIMIT_S) -> Any:
        """Read frames until `what()` is truthy."""
        deadline = time.monotonic() + limit
        while not (found := what()):
            self._take(deadline - time.monotonic())
        return found

    def row(self, table: str, what: Callable[[Json], Any]) -> Json:
        """The first row of `table`, now or later, for which `what` is truthy."""
        found: Json = self.see(
            lambda: next((r for r in self.tables.get(table, {}).values() if what(r)), None)
        )
        return found

    def do(self, verb: str, **fields: Any) -> Json:
        """A command, and its answer."""
        command_id = fields.pop("id", str(uuid.uuid4()))
        self._answers.pop(command_id, None)
        self.send({"id": command_id, "do": verb} | fields)
        answer: Json = self.see(lambda: self._answers.get(command_id))
        return answer

    def ok(self, verb: str, **fields: Any) -> Json:
        answer = self.do(verb, **fields)
        assert answer["ok"] is True, answer
        return answer

    def refused(self, verb: str, **fields: Any) -> Json:
        answer = self.do(verb, **fields)
        assert answer["ok"] is False, answer
        assert answer["reason"]
        return answer

    def catch_up(self) -> None:
        """Read all that was owed when this was called: an answer comes after the rows before it."""
        self.ok("unwatch", incident="I-0")

    def closed(self) -> int | None:
        """Read to the end; the close code."""
        with contextlib.suppress(ConnectionError):
            self.see(lambda: False)
        return self._ws.close_code

    def close(self) -> None:
        self._ws.close()
        self._reader.join(LIMIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Site:
    """A post that runs, and one of each around it."""

    name: str
    store: tuple[str, ...]  # where `fengsui log` and `credentials` find its log
    arguments: tuple[str, ...]
    post: Post
    ear: Ear
    officer: Console
    tokens: dict[str, str]
    _ids: Iterator[int] = field(default_factory=itertools.count)

    @property
    def mqtt(self) -> str:
        return self.post.mqtt

    def console(self, role: str = "officer", since: str | None = None) -> Console:
        """One more console, opened."""
        return Console(self.post.feed, self.tokens[role], since).opened()

    def new_id(self, prefix: str = "m") -> str:
        return f"{prefix}-{next(self._ids)}"

    # --- saying

    def say(self, name: str, kind: str, payload: Json | bytes, **how: Any) -> None:
        raw = payload if isinstance(payload, bytes) else encode(payload)
        publish(self.mqtt, f"fs/jingming/{name}/{kind}", raw, **how)

    def alarm(self, source: str, kind: str, **fields: Any) -> Json:
        """An alarm and the line of its receipt."""
        return self.receipted(source, "alarm", {"kind": kind} | fields)

    def receipted(self, source: str, topic: str, payload: Json, **how: Any) -> Json:
        """A message with an id and a time, and the line of its receipt."""
        message = {"id": self.new_id(topic), "at": now()} | payload
        start = self.ear.mark
        self.say(source, topic, message, **how)
        return self.receipt(source, str(message["id"]), start)

    def receipt(self, source: str, message_id: str, start: int = 0) -> Json:
        """The line for `message_id` on the source's receipt topic."""

        def lines(said: Said) -> list[Json]:
            if said.kind != "receipt" or said.name != source:
                return []
            return [line for line in said.json["receipts"] if line["id"] == message_id]

        found: Json = lines(self.ear.hear(lines, start))[0]
        return found

    def opened(self, source: str, kind: str, **fields: Any) -> str:
        """The incident that an alarm opened."""
        line = self.alarm(source, kind, **fields)
        assert line["outcome"] == "opened", line
        return str(line["incident_id"])

    # --- hearing

    def incident(self, ident: str, **fields: Any) -> Json:
        """The row of an incident or case, now or later, with these fields."""

        def wanted() -> Json | None:
            for table in ("incident", "case"):
                row = self.officer.tables.get(table, {}).get(ident)
                if row and all(row[name] == value for name, value in fields.items()):
                    return row
            return None

        row: Json = self.officer.see(wanted)
        return row

    def orders(self, incident: str, start: int = 0) -> list[Json]:
        """All orders of an incident heard so far."""
        said = self.ear.heard(lambda s: s.kind == "order", start)
        return [one.json for one in said if one.json["incident_id"] == incident]

    def order(self, incident: str, start: int = 0, **fields: Any) -> Json:
        """The first order of an incident, now or later, with these fields."""

        def wanted(said: Said) -> bool:
            if said.kind != "order" or said.json["incident_id"] != incident:
                return False
            return all(said.json[name] == value for name, value in fields.items())

        order: Json = self.ear.hear(wanted, start).json
        return order

    def reply(self, order: Json, status: str, **fields: Any) -> Json:
        """An answer of the order's unit, and its receipt."""
        payload = {"order_id": order["order_id"], "unit": order["unit"], "status": status}
        return self.receipted(order["unit"], "reply", payload | fields)

    def log(self, *arguments: str) -> list[Json]:
        """The log as the command line prints it."""
        done = fengsui("log", *self.store, *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def line(self, event: str, **fields: Any) -> Json:
        """The first log line of the feed, now or later, with these fields."""

        def wanted(row: Json) -> bool:
            return row["event"] == event and all(row.get(k) == v for k, v in fields.items())

        return self.officer.row("log", wanted)

    def tidy(self) -> None:
        """End what runs: a test's teams are free for the next."""
        self.officer.catch_up()
        for table in ("incident", "case"):
            for row in list(self.officer.tables.get(table, {}).values()):
                if row["state"] in {"open", "assigned", "working", "resolved"}:
                    self.officer.ok("false_alarm", incident=row["id"])


def encode(payload: Json) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


def now(offset_s: float = 0.0) -> str:
    """A time as a device in the township writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600 + offset_s))
