"""How long an alarm takes to become an order, and how many a second: as ratios in one run.

DESIGN.md section 7 names the budgets. Everything runs on one machine at the same time: servers,
post, the programs it is compared with, and the load; so ratios are quoted, not seconds.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from simulations.bench_programs import BARE, FLOOR_IN, FLOOR_OUT
from simulations.servers import Servers, servers

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "townships" / "jingming"
PINGS = 400
STORM = 8_000
WAIT_S = 120.0
_AREAS = {"yd": 12, "fw": 8, "bdl": 28} | dict.fromkeys(
    ("ljg", "zj", "cwc", "dbz", "ljp", "gmq", "sdx", "zt", "bj", "hj", "sjh", "sl"), 16
)
CAMERAS = [f"{area}-{n:02d}" for area, count in _AREAS.items() for n in range(1, count + 1)]
PLAN = """
[[plan]]
kind = "bench"
name = "测速"
name_en = "Bench"
family = "emergency"
priority = 4
release = "at_once"
merge_radius_m = 0
merge_window_s = 0
needs = [ { role = "video", quantity = 1, must = true, within_min = 60 } ]
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One round on one pair. Latencies are seconds, rates messages a second."""

    pair: str
    floor_p50: float
    floor_p99: float
    post_p50: float
    post_p99: float
    bare_rate: float
    merge_rate: float
    new_rate: float

    def ratios(self) -> dict[str, float]:
        """What the budgets speak of."""
        return {
            "p50 / floor": self.post_p50 / self.floor_p50,
            "p99 / floor": self.post_p99 / self.floor_p99,
            "merge storm / bare": self.merge_rate / self.bare_rate,
            "all new / bare": self.new_rate / self.bare_rate,
        }


BUDGETS = {
    "p50 / floor": ("<=", 1.3),
    "p99 / floor": ("<=", 1.5),
    "merge storm / bare": (">=", 0.50),
    "all new / bare": (">=", 0.25),
}


def bench_township(folder: Path) -> Path:
    """The reference township with a card that merges nothing and sends one order an alarm.

    The one unit with the role is a shared post: it takes any number, as it takes cases.
    """
    shutil.copytree(REFERENCE, folder)
    plans = (folder / "plans.toml").read_text(encoding="utf-8")
    start = plans.index('alarm = "hazard"')
    at = plans.index("plan =", start)
    end = plans.index("\n", at)
    plans = plans[:at] + 'plan = "bench"' + plans[end:] + PLAN
    (folder / "plans.toml").write_text(plans, encoding="utf-8")
    return folder


class Field:
    """The load: one client that publishes, one that listens, each with a thread of its own."""

    def __init__(self, mqtt: str) -> None:
        parts = urlsplit(mqtt)
        self._out = self._connect(parts.hostname or "", parts.port or 1883, "bench-out")
        self._in = self._connect(parts.hostname or "", parts.port or 1883, "bench-in")
        self._in.on_message = self._on_message
        self._got: dict[str, int] = {}
        self._more = threading.Condition()
        for topic in ("fs/+/+/order", "fs/+/+/receipt", FLOOR_OUT):
            self._in.subscribe(topic, qos=0 if "receipt" in topic else 1)
        time.sleep(0.3)

    @staticmethod
    def _connect(host: str, port: int, name: str) -> Paho:
        client = Paho(CallbackAPIVersion.VERSION2, client_id=name)
        client.max_inflight_messages_set(0)
        client.connect(host, port)
        client.loop_start()
        return client

    def _on_message(self, _client: Paho, _data: Any, message: MQTTMessage) -> None:
        if message.topic.endswith("/receipt"):
            kind, count = "receipt", message.payload.count(b'"outcome"')
        else:
            kind, count = message.topic.rsplit("/", 1)[1], 1
            if message.topic == FLOOR_OUT:
                kind = "floor"
        with self._more:
            self._got[kind] = self._got.get(kind, 0) + count
            self._more.notify_all()

    def got(self, kind: str) -> int:
        """How many came so far."""
        return self._got.get(kind, 0)

    def wait(self, kind: str, count: int) -> float:
        """Wait until `count` came; the moment they had."""
        with self._more:
            if not self._more.wait_for(lambda: self.got(kind) >= count, WAIT_S):
                raise TimeoutError(f"{self.got(kind)} of {count} {kind} in {WAIT_S} s")
        return time.perf_counter()

    def publish(self, topic: str, payload: bytes) -> None:
        """QoS 1, without waiting."""
        self._out.publish(topic, payload, 1)

    def close(self) -> None:
        """Leave."""
        for client in (self._out, self._in):
            client.disconnect()
            client.loop_stop()


@contextmanager
def program(*argv: str, ready: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, from the line that says it is ready to its end."""
    process = subprocess.Popen(  # noqa: S603 - our own programs
        [sys.executable, *argv],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if ready in line:
                break
        else:
            raise RuntimeError(f"{argv} ended before it was ready")
        yield process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def post(township: Path, data: Path, at: Servers) -> Iterator[None]:
    """The post as a process of its own, on these servers."""
    argv = ("-m", "fengsui", "serve", "--township", str(township), "--data", str(data))
    where = ("--mqtt", at.mqtt, "--redis", at.redis, "--listen", "127.0.0.1:0")
    with program(*argv, *where, ready="/healthz"):
        time.sleep(1.5)  # the sessions are subscribed
        yield


def alarm(source: str, ident: str, kind: str) -> tuple[str, bytes]:
    """Topic and payload of one alarm of a plausible size."""
    payload = {
        "id": ident,
        "kind": kind,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 28800)),
        "severity": "severe",
        "confidence": 0.87,
        "position": {"lon": 107.55, "lat": 35.28, "accuracy_m": 30},
        "text": "对面山坡冒烟",
    }
    return f"fs/jingming/{source}/alarm", json.dumps(payload, ensure_ascii=False).encode()


def latencies(field: Field, tag: str) -> tuple[list[float], list[float]]:
    """Floor and post in turn, one message at a time on idle servers, seconds."""
    floors, posts = [], []
    for number in range(PINGS):
        before = field.got("floor")
        start = time.perf_counter()
        field.publish(FLOOR_IN, alarm("x", f"{tag}-{number}", "hazard")[1])
        floors.append(field.wait("floor", before + 1) - start)
        time.sleep(0.004)
        before = field.got("order")
        start = time.perf_counter()
        field.publish(*alarm(CAMERAS[number % 240], f"{tag}-{number}", "hazard"))
        posts.append(field.wait("order", before + 1) - start)
        time.sleep(0.004)
    return floors, posts


def storm(field: Field, messages: Sequence[tuple[str, bytes]], kind: str) -> float:
    """Publish all at once; messages a second until each has its receipt."""
    before = field.got(kind)
    start = time.perf_counter()
    for topic, payload in messages:
        field.publish(topic, payload)
    return len(messages) / (field.wait(kind, before + len(messages)) - start)


def bare_rate(mqtt: str, field: Field, messages: Sequence[bytes]) -> float:
    """The same load into a receiver that only acknowledges."""
    with program(
        "-m", "simulations.bench_programs", "bare", mqtt, str(len(messages)), ready="ready"
    ) as receiver:
        assert receiver.stdout is not None
        start = time.perf_counter()
        for payload in messages:
            field.publish(BARE, payload)
        receiver.stdout.readline()
        return len(messages) / (time.perf_counter() - start)


def one_round(kind: str, number: int) -> Figures:
    """All measurements once, on fresh servers."""
    with tempfile.TemporaryDirectory(prefix="fs-bench-") as name:
        folder = Path(name)
        township = bench_township(folder / "township")
        with servers(kind, folder) as at:
            field = Field(at.mqtt)
            try:
                return _measure(kind, number, folder, township, at, field)
            finally:
                field.close()


def _measure(
    kind: str, number: int, folder: Path, township: Path, at: Servers, field: Field
) -> Figures:
    with (
        program("-m", "simulations.bench_programs", "floor", at.mqtt, at.redis, ready="ready"),
        post(township, folder / "data", at),
    ):
        latencies(field, f"warm{number}")
        floors, posts = latencies(field, f"ping{number}")
    merging = [alarm(CAMERAS[n % 240], f"m{n}", "smoke") for n in range(STORM)]
    fresh = [alarm(CAMERAS[n % 240], f"n{n}", "hazard") for n in range(STORM)]
    bare_before = bare_rate(at.mqtt, field, [payload for _, payload in merging])
    with post(township, folder / "merge", at):
        merge_rate = storm(field, merging, "receipt")
    with post(township, folder / "new", at):
        new_rate = storm(field, fresh, "receipt")
    bare_after = bare_rate(at.mqtt, field, [payload for _, payload in fresh])
    return Figures(
        kind,
        statistics.median(floors),
        _p99(floors),
        statistics.median(posts),
        _p99(posts),
        (bare_before + bare_after) / 2,
        merge_rate,
        new_rate,
    )


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[round(len(values) * 0.99) - 1]


def bench(*, as_json: bool, embedded: bool, rounds: int = 3) -> int:
    """Three rounds on each pair. 0 when every median keeps its budget, else 1."""
    result: dict[str, Any] = {}
    for kind in ("embedded",) if embedded else ("own", "embedded"):
        found = []
        for number in range(rounds):
            found.append(one_round(kind, number))
            print(f"{kind} {number + 1}/{rounds}: {found[-1]}", file=sys.stderr, flush=True)
        result[kind] = _summary(found)
    print(json.dumps(result, indent=1) if as_json else "\n".join(_lines(result)))
    return 0 if all(one["holds"] for pair in result.values() for one in pair.values()) else 1


def _summary(found: Sequence[Figures]) -> dict[str, Any]:
    summary = {}
    for name, (sign, budget) in BUDGETS.items():
        values = [figures.ratios()[name] for figures in found]
        median = statistics.median(values)
        summary[name] = {
            "median": round(median, 3),
            "low": round(min(values), 3),
            "high": round(max(values), 3),
            "budget": f"{sign} {budget}",
            "holds": median <= budget if sign == "<=" else median >= budget,
        }
    return summary


def _lines(result: dict[str, Any]) -> Iterator[str]:
    for kind, summary in result.items():
        yield f"{kind}:"
        for name, one in summary.items():
            held = "" if one["holds"] else "   over budget"
            spread = f"{one['low']:.2f}..{one['high']:.2f}"
            yield f"  {name:20} {one['median']:.2f}  ({spread})  budget {one['budget']}{held}"
