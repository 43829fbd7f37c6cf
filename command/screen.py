"""A console beside a post, on the terminal that both were started from.

The console is a process of its own: a storm at the post is not felt in the officer's keys, and a
fault in the one is not the other's end. What the post says meanwhile goes into a file, for the
screen is the console's. When the officer leaves, the post ends; the console knows, and asks first.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from command import desk_token
from command.announce import announce
from command.app import Running, serve
from command.errors import ConfigError
from command.folder import keep_log_small
from command.settings import Settings
from sensors.words import tr

LOG = "post.log"
LOG_BYTES = 4 * 1024 * 1024
TOKEN_VARIABLE = "FENGSUI_TOKEN"  # noqa: S105 - its name; on the command line all could read it
BESIDE_VARIABLE = "FENGSUI_BESIDE"  # tells the console that the post ends with it
END_S = 5.0


def terminal() -> bool:
    """Whether somebody sits before it: what comes in and what goes out are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def aside(path: Path) -> Iterator[int]:
    """What this process and its servers say goes to `path`; the terminal is the given descriptor's.

    Descriptors, not `sys.stdout`: libraries and child processes write past it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    keep_log_small(path, LOG_BYTES)
    sys.stdout.flush()
    sys.stderr.flush()
    screen, complaints = os.dup(1), os.dup(2)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        yield screen
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(screen, 1)
        os.dup2(complaints, 2)
        for each in (log, screen, complaints):
            os.close(each)


async def console(port: int, token: str, screen: int) -> int:
    """Run a console on the terminal `screen` until the officer leaves; its exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fengsui", "console", "--url", f"ws://127.0.0.1:{port}/console"),
        stdout=screen,
        stderr=screen,
        env={**os.environ, TOKEN_VARIABLE: token, BESIDE_VARIABLE: "1"},
        cwd=Path(__file__).parent.parent,
    )
    try:
        return await process.wait()
    finally:
        await _end(process)


async def serve_with_token(settings: Settings) -> None:
    """Be the post, and keep a token for a console on this computer."""
    async with asyncio.TaskGroup() as tasks:
        ready = _begin(tasks, settings)[1]
        running = await ready
        await desk_token.keep(settings.data, running.addresses.redis)
        announce(running)


async def serve_with_console(settings: Settings, screen: int) -> int:
    """Be the post while an officer sits at its console; the console's exit code."""
    async with asyncio.TaskGroup() as tasks:
        post, ready = _begin(tasks, settings)
        running = await ready
        token = await desk_token.keep(settings.data, running.addresses.redis)
        announce(running)
        code = await console(running.feed.port, token, screen)
        post.cancel()
    return code


def ended(code: int, log: Path) -> None:
    """Raises ConfigError where the console did not end as an officer ends it."""
    if code:
        message = tr("The console ended with code {code}; the post has ended too. Its log: {log}")
        raise ConfigError(message.format(code=code, log=log))


def _begin(
    tasks: asyncio.TaskGroup, settings: Settings
) -> tuple[asyncio.Task[None], asyncio.Future[Running]]:
    ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()

    def up(running: Running) -> None:
        if not ready.done():  # a standby is up again and again
            ready.set_result(running)

    return tasks.create_task(serve(settings, up), name="post"), ready


async def _end(process: asyncio.subprocess.Process) -> None:
    """In order, so that the terminal is left as it was found."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
