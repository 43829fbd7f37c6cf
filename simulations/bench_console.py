"""The officer's console in a storm: 10,000 open incidents, 5,000 rows changed a second.

A real feed in one process, the console in another on a pseudo terminal of 160x45, and here the
officer: a key every half second, timed until the terminal was sent what it typed. DESIGN.md
section 7 has the budgets. `python -m simulations.bench_console` is the feed's process.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command.errors import ServiceError
from command.feed import DETAIL, Feed, Health
from command.messages import Command, CommandResult

ROOT = Path(__file__).parent.parent
OPEN = 10_000
RATE = 5_000  # rows a second
BATCH = 50  # of one commit
SECONDS = 60.0
SETTLE_S = 8.0
KEY_EVERY_S = 0.5
START_S = 60.0
SIZE = (160, 45)
LATE_S = 5.0
KEPT = 65_536  # bytes of what a terminal was sent
ALIKE = 3  # so many letters may stand elsewhere on the screen as well
LETTERS = "bcdfghjkmnqrtvwxz"
P95_S, CPU, GROWTH_MB = 0.050, 0.30, 20.0


# --- the feed


class Township:
    """What the feed needs of a post: rows that change, and nothing that decides."""

    def __init__(self) -> None:
        self.dice = random.Random(1)
        self.number = 1
        self.start, self.began = 1_795_374_761.0, time.monotonic()
        self.incidents = {f"I-e1-{n}": self._incident(n) for n in range(1, OPEN + 1)}
        self.ids = list(self.incidents)
        self.asked: dict[str, dict[str, Any]] = {}  # details to be told

    def now(self) -> float:
        """The post's clock."""
        return self.start + time.monotonic() - self.began

    def _incident(self, number: int) -> dict[str, Any]:
        """As views.py makes one; one in two hundred is red, one in ten has been seen by nobody."""
        urgent = 1 if number % 200 == 0 else 2 + number % 3
        seen = number % 10 != 1
        return {
            "id": f"I-e1-{number}", "rev": 1, "state": "open", "kind": "wildfire",
            "family": "emergency", "alarm_kind": "smoke", "priority": urgent, "triage": "",
            "place": f"v{number % 12 + 1:02}-g{number % 5 + 1}", "place_name": "雷家沟村二组",
            "position": {"lon": 107.55, "lat": 35.28, "accuracy_m": 30.0},
            "title": f"对面山坡冒烟 {number}", "text": "对面山坡冒烟,看得见明火,风向东南",
            "opened_at": self.start - number % 3000, "news_at": self.start,
            "sources": {"ljg-05": {"class": "camera", "kind": "smoke", "first_at": self.start,
                                   "last_at": self.start, "times": 1, "confidence": 0.87,
                                   "text": "", "cleared_at": None}},
            "hazards": ["10千伏线路跨坡面,未停电前不得用水"], "ask": ["119"],
            "ack": {"by": "duty-desk", "until": self.start + 1800} if seen else None,
            "escalated_to": "", "released_at": None, "released_by": "", "lapses": 0,
            "due": {"release": self.start + 3000 + number % 5000},
            "needs": [{"role": "crew", "quantity": 8, "must": True, "within_min": 15,
                       "missing": 8}],
            "rec": [{"role": "crew", "unit": "militia-1", "eta_s": 660}], "orders": [],
            "nobody_for": [], "level": 0, "ladder": [], "notes": [], "merged_into": "",
            "outcome": "", "ended_at": None, "changed": "IncidentOpened", "changed_by": "",
            "exercise": False,
        }  # fmt: skip

    def change(self) -> dict[str, dict[str, Any]]:
        """One commit's rows: news of some incidents, no two worded alike, and a line of the log."""
        self.number += 1
        rows = {}
        for ident in self.dice.sample(self.ids, BATCH):
            row = self.incidents[ident]
            row |= {
                "rev": row["rev"] + 1,
                "news_at": self.now(),
                "due": {"release": self.now() + self.dice.uniform(300, 6000)},
                "title": f"对面山坡冒烟 {ident[5:]} 第{row['rev']}次",
            }
            rows[ident] = dict(row)
        line = {
            "at": self.now(), "event": "AlarmReceived", "incident": ident, "source": "ljg-05",
            "outcome": "merged", "kind": "smoke", "confidence": 0.87, "text": rows[ident]["title"],
        }  # fmt: skip
        return {"incident": rows, "log": {self.position(): line}}

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        """All rows."""
        return {"incident": self.incidents, "case": {}, "unit": {}, "assignment": {}}

    def position(self) -> str:
        """The last commit."""
        return f"e1-{self.number}"

    async def authenticate(self, token: str) -> tuple[str, str] | None:
        """Everybody."""
        return (token, "officer")

    async def execute(self, command: Command, by: str, role: str) -> CommandResult:  # noqa: ARG002
        """Yes to all."""
        return CommandResult(ok=True)

    def beat(self) -> Mapping[str, Any]:
        """The pulse."""
        load = {"n10": 999, "band": "flood", "since": self.start, "officers": ["duty-desk"]}
        return {"now": self.now(), "at": self.position(), "epoch": 1, "load": load}

    def health(self) -> Health:
        """Well."""
        return Health(ok=True)

    def watched(self, incident: str, *, anybody: bool) -> None:
        """Its detail is asked for; a post would not wait, and nor does this one."""
        if anybody:
            line = {"at": self.now(), "event": "IncidentOpened", "priority": 2}
            self.asked[incident] = {"id": incident, "timeline": [line], "earlier": False}

    def seen(self, position: str) -> None:
        """No log, no past."""


async def feed() -> None:
    """Serve, say the port, and change rows for ever, once there is somebody who is told."""
    town = Township()
    served = Feed(source=town, root="fs")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(served.serve("127.0.0.1", 0))
        print(await served.listening(), flush=True)
        due = time.monotonic()
        while True:
            if served.consoles:
                served.publish(town.position(), town.change())
                if town.asked:
                    served.show({DETAIL: town.asked})
                    town.asked = {}
            due = max(due + BATCH / RATE, time.monotonic() - 1.0)
            await asyncio.sleep(max(0.0, due - time.monotonic()))


# --- the officer


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds from key to terminal, share of a core, bytes."""

    keys: int
    p50: float
    p95: float
    worst: float
    floor_p95: float  # of a bare Textual program, at the same time
    cpu: float
    rss_mb: float
    growth_mb: float
    terminal_kb: float

    @property
    def holds(self) -> bool:
        """Within the budgets."""
        return self.p95 <= P95_S and self.cpu <= CPU and self.growth_mb <= GROWTH_MB


class Terminal:
    """A pseudo terminal that is read at once, as a good one does."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.bytes = 0
        self._master = master
        self._seen = b""
        self._news = threading.Condition()
        threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def type(self, text: str) -> None:
        """Keys; what was seen before them is forgotten."""
        with self._news:
            self._seen = b""
        os.write(self._master, text.encode())

    def until(self, words: str, limit_s: float) -> float | None:
        """Seconds until the terminal was sent `words`; None when they did not come in time."""
        wanted, began = words.encode(), time.perf_counter()
        with self._news:
            while wanted not in self._seen:
                left = limit_s - (time.perf_counter() - began)
                if left <= 0 or not self._news.wait(left):
                    return None
                if self.process.poll() is not None:
                    last = self._seen[-2000:].decode(errors="replace")
                    raise ServiceError(f"the console ended: {last}")
        return time.perf_counter() - began

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the other end is closed, or we are done
                data = b""
            with self._news:
                self.bytes += len(data)
                self._seen = (self._seen + data)[-KEPT:]
                self._news.notify_all()
            if not data:
                return


@contextmanager
def terminal(argv: list[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """`argv` on a pseudo terminal; ended by its own pid."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    process = subprocess.Popen(  # noqa: S603 - our own program
        argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
        cwd=ROOT,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


FLOOR = """
from rich.segment import Segment
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget

class Sheet(Widget):
    can_focus = True
    DEFAULT_CSS = "Sheet { width: 100%; height: 100%; }"
    text = ""
    def render_line(self, y):
        return Strip([Segment((self.text if y == 40 else "").ljust(160))])

class Bare(App):
    def compose(self):
        yield Sheet()
    def on_mount(self):
        self.query_one(Sheet).focus()
    def on_key(self, event):
        sheet = self.query_one(Sheet)
        sheet.text = "" if event.key == "escape" else sheet.text + (event.character or "")
        sheet.refresh()

Bare().run()
"""  # the least that Textual can do for a key: the floor of what is measured


def measure(seconds: float) -> Figures:
    """One run. Raises ServiceError when the console does not come up."""
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as folder:
        source = subprocess.Popen(
            [sys.executable, "-m", "simulations.bench_console"], stdout=subprocess.PIPE, cwd=ROOT
        )
        try:
            assert source.stdout is not None
            port = int(source.stdout.readline())
            environment = os.environ | {
                "FENGSUI_TOKEN": "duty-desk", "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder,
                "TERM": "xterm-256color",
            }  # fmt: skip
            for name in ("TMUX", "NO_COLOR", "SSH_CONNECTION", "COLORTERM"):
                environment.pop(name, None)
            url = f"ws://127.0.0.1:{port}/console"
            argv = [sys.executable, "-m", "fengsui", "console", "--url", url]
            bare = [sys.executable, "-c", FLOOR]
            with terminal(argv, environment) as screen, terminal(bare, environment) as floor:
                return _typed(screen, floor, seconds)
        finally:
            source.kill()
            source.wait()


def _typed(screen: Terminal, floor: Terminal, seconds: float) -> Figures:
    if screen.until("duty-desk", START_S) is None:
        raise ServiceError("the console did not come up")
    time.sleep(SETTLE_S)
    pid, began = screen.process.pid, time.perf_counter()
    cpu, rss, sent = _cpu(pid), _rss(pid), screen.bytes
    took: list[tuple[float, float]] = []
    dice = random.Random(2)
    while time.perf_counter() - began < seconds:
        took += _line(screen, floor, dice, began + seconds)
    wall = time.perf_counter() - began
    keys, bare = (sorted(each) for each in zip(*took, strict=True))
    return Figures(
        keys=len(keys),
        p50=statistics.median(keys),
        p95=keys[int(len(keys) * 0.95)],
        worst=keys[-1],
        floor_p95=bare[int(len(bare) * 0.95)],
        cpu=(_cpu(pid) - cpu) / wall,
        rss_mb=_rss(pid) / 1e6,
        growth_mb=(_rss(pid) - rss) / 1e6,
        terminal_kb=(screen.bytes - sent) / wall / 1000,
    )


def _line(
    screen: Terminal, floor: Terminal, dice: random.Random, until: float
) -> Iterator[tuple[float, float]]:
    """One line typed and left again; each key is timed from the fourth on, when it is unlike all.

    At least one is, however slow the machine and short the time: no figure would be none at all.
    """
    screen.type(":")
    time.sleep(KEY_EVERY_S)
    text = ""
    for number in range(16):
        if number > ALIKE and time.perf_counter() > until:
            break
        text += dice.choice(LETTERS)
        took = _key(screen, text)
        bare = _key(floor, text)
        if number >= ALIKE:
            yield took, bare
        time.sleep(KEY_EVERY_S * dice.uniform(0.5, 1.5))
    screen.type("\x1b")
    floor.type("\x1b")
    time.sleep(KEY_EVERY_S)


def _key(there: Terminal, text: str) -> float:
    there.type(text[-1])
    took = there.until(text, LATE_S)
    return LATE_S if took is None else took


def _cpu(pid: int) -> float:
    """Seconds of a core that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def bench(*, as_json: bool, seconds: float = SECONDS) -> int:
    """Measure and print; 0 if the budgets hold."""
    found = measure(seconds)
    if as_json:
        fields = {name: getattr(found, name) for name in Figures.__slots__}
        print(json.dumps(fields | {"holds": found.holds}))
        return 0 if found.holds else 1
    print(f"console: {OPEN} open, {RATE} rows a second in {RATE // BATCH} commits, {SIZE}")
    for name, figure, budget in (
        ("key to screen p95, ms", found.p95 * 1000, P95_S * 1000),
        ("share of a core, %", found.cpu * 100, CPU * 100),
        ("memory growth, MB", found.growth_mb, GROWTH_MB),
    ):
        mark = "ok" if figure <= budget else "OVER"
        print(f"  {name:24} {figure:8.1f}  <= {budget:.0f}  {mark}")
    print(
        f"  keys {found.keys}, p50 {found.p50 * 1000:.1f} ms, worst {found.worst * 1000:.1f} ms,"
        f" p95 of a bare Textual program meanwhile {found.floor_p95 * 1000:.1f} ms;"
        f" memory {found.rss_mb:.0f} MB, terminal {found.terminal_kb:.1f} KB/s"
    )
    return 0 if found.holds else 1


if __name__ == "__main__":
    asyncio.run(feed())
