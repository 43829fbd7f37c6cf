"""What the embedded services leave in the data folder, so that the next start finds its way.

DATA/services/  lock         held by the post that lives here; the system drops it with the post
                kept.json    `Kept`: port, program, socket, pids
                nats.conf redis.conf *.log *.err     written anew at each start
                nats/ redis/                         the data
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from command.errors import ServiceError
from command.servers import Server
from sensors.words import tr

SOCKET_BYTES = 100  # sun_path has 108 on Linux and 104 on macOS
SOCKET_PREFIX = "fengsui-"
LOCK_S = 2.0  # `fengsui log` may hold the folder for a moment
STOP_S = 5.0  # from SIGTERM to SIGKILL; both servers are crash-safe
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Kept:
    """What must be the same at the next start. On disk before a server relies on it."""

    mqtt_port: int = 0
    store_program: str = ""
    socket: str = ""
    pids: dict[str, int] = field(default_factory=dict)


def services_folder(data: Path) -> Path:
    """Where the services of the post with the data folder `data` live."""
    return data.resolve() / "services"


def read_kept(folder: Path) -> Kept:
    """What the last start kept, or nothing yet; ServiceError when the file is not ours."""
    path = folder / "kept.json"
    try:
        return Kept(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Kept()
    except (ValueError, TypeError) as error:
        raise ServiceError(
            tr("{path} cannot be read: {why}. Put it right or remove it.").format(
                path=path, why=error
            )
        ) from error


def write_kept(folder: Path, kept: Kept) -> None:
    """Replace the file as a whole, so that a power failure leaves the old one or the new one."""
    new = folder / "kept.json.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(kept), file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / "kept.json")


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """The folder for one post alone; ServiceError when another holds it for more than 2 s."""
    with _lock_file(folder) as descriptor:
        for _ in range(int(LOCK_S / POLL_S)):
            if _try_lock(descriptor):
                break
            await asyncio.sleep(POLL_S)
        else:
            raise ServiceError(
                tr("The data folder {folder} is in use by another post.").format(
                    folder=folder.parent
                )
            )
        yield


def in_use(folder: Path) -> bool:
    """True while a post lives in the folder."""
    if not folder.is_dir():
        return False
    with _lock_file(folder) as descriptor:
        return not _try_lock(descriptor)


@contextmanager
def _lock_file(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def socket_path(folder: Path) -> Path:
    """Where the store's socket may be: in the folder, or in /tmp when that path is too long.

    Not in XDG_RUNTIME_DIR: it vanishes when the officer who started the post logs out.
    """
    inside = folder / "redis.sock"
    if len(os.fsencode(inside)) <= SOCKET_BYTES:
        return inside
    short = tempfile.gettempdir() if len(os.fsencode(tempfile.gettempdir())) <= 60 else "/tmp"  # noqa: S108 - mkdtemp makes a folder of our own in it, 0700
    return Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=short), "redis.sock")


def remove_socket(path: str) -> None:
    """Remove the socket, and the short folder made for it; also what a killed post left."""
    if not path:
        return
    Path(path).unlink(missing_ok=True)
    if Path(path).parent.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(Path(path).parent, ignore_errors=True)


def socket_url(path: str) -> str:
    """The socket as a URL for redis-py."""
    return f"unix://{quote(path)}"


def keep_log_small(path: Path, limit: int) -> None:
    """Move a log over `limit` bytes aside, one generation; a NATS does it for itself as well."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            path.replace(path.with_suffix(".log.1"))


def last_line(path: Path) -> str:
    """The last line that says something, at most 300 characters; "" when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")


async def end_leftovers(pids: dict[str, int], servers: list[Server]) -> None:
    """End servers of this folder that outlived their post. The caller holds the lock."""
    for server in servers:
        pid = pids.get(server.name, 0)
        for signal_number, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
            if not server.owns(_command_line(pid)):
                break
            with suppress(ProcessLookupError):
                os.kill(pid, signal_number)
            await _until_gone(pid, server, patience_s)


async def _until_gone(pid: int, server: Server, patience_s: float) -> None:
    for _ in range(int(patience_s / POLL_S)):
        if not server.owns(_command_line(pid)):
            return
        await asyncio.sleep(POLL_S)


def _command_line(pid: int) -> str:
    """What the process was started with; "" when there is none, or it is only a zombie."""
    if pid <= 0:
        return ""
    if Path("/proc/self/cmdline").exists():
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(  # noqa: S603 - macOS has no /proc
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout


async def end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, and SIGKILL when the process does not leave in time."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
