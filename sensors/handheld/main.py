"""The handheld as a program: options in, exit code out."""

from __future__ import annotations

import io
import os
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sensors import topics
from sensors.handheld.app import run_handheld
from sensors.handheld.auto import AutoStep, parse_auto
from sensors.handheld.desk import Desk
from sensors.handheld.link import parse_server
from sensors.handheld.screen import Screen
from sensors.handheld.settings import Settings
from sensors.handheld.store import Store, StoreError
from sensors.handheld.wire import subscriptions
from sensors.words import language

LINGER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says.

    `auto` is a SPEC of auto.py; None: a person answers. `linger_s` is how long to wait for
    receipts after the last line of input; None: 10 s, and an input that never held a line (a
    service, /dev/null) does not end the program. `heartbeat_s` and `auto` are divided by `speed`.
    """

    unit: str
    township: str
    mqtt: str = "mqtt://127.0.0.1:1883"
    data: Path = Path("data") / "handheld"
    root: str = topics.ROOT
    auto: str | None = None
    speed: float = 1.0
    lang: str | None = None
    place: str = ""
    device: str = ""
    linger_s: float | None = None
    json: bool = False
    heartbeat_s: float = 30.0
    stdin_fd: int | None = 0


async def run(options: Options) -> int:
    """Be a handheld until told to stop. 0: ended well; 1: failed, or left messages without a
    receipt at the end of its input; 2: the options make no sense. One line on stderr says why.
    """
    try:
        settings = _settings(options)
    except ValueError as error:
        return _fail(2, str(error))
    now = time.time()
    try:
        store = Store.open(options.data / settings.client_id, now)
    except StoreError as error:
        return _fail(1, str(error))
    try:
        # Python has no sys.stdin when it was started with descriptor 0 closed.
        stdin_fd = options.stdin_fd if sys.stdin is not None else None
        return await _run(Desk(settings, store, _screen(options)), stdin_fd)
    finally:
        store.close()


async def _run(desk: Desk, stdin_fd: int | None) -> int:
    failure = ""
    try:
        left = await run_handheld(desk, stdin_fd, secrets.token_hex(4))
        if left:
            failure = f"{left} messages have no receipt yet; they are kept for the next start"
    except* BrokenPipeError:
        failure = "nobody reads the output"
        _silence_stdout()
    except* StoreError as errors:
        failure = str(errors.exceptions[0])
    return _fail(1, failure) if failure else 0


def _settings(options: Options) -> Settings:
    name = f"{options.root}-{options.township}-{options.unit}-handheld"
    if options.device and not topics.is_name(options.device):
        raise ValueError(f"not a name for a device: {options.device!r}")
    return Settings(
        server=parse_server(options.mqtt),
        client_id=f"{name}-{options.device}" if options.device else name,
        root=options.root,
        township=options.township,
        unit=options.unit,
        place=options.place,
        listens=subscriptions(options.root, options.township, options.unit, options.place),
        auto=_auto(options),
        keeps_running=options.auto is not None,
        linger_s=LINGER_S if options.linger_s is None else options.linger_s,
        empty_input_ends=options.linger_s is not None,
        heartbeat_s=max(1.0, options.heartbeat_s / options.speed),
    )


def _auto(options: Options) -> tuple[AutoStep, ...]:
    return parse_auto(options.auto or "", options.speed)


def _screen(options: Options) -> Screen:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no Chinese must not stop an order.
        sys.stdout.reconfigure(errors="replace")
    drill = options.root == topics.DRILL_ROOT
    return Screen(sys.stdout, options.lang or language(), as_json=options.json, drill=drill)


def _silence_stdout() -> None:
    """Else the interpreter fails once more when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _fail(code: int, line: str) -> int:
    sys.stderr.write(f"fengsui handheld: {line}\n")
    return code
