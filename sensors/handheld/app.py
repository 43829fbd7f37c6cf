"""Composition of a handheld: desk, uplink, keyboard and clock as named tasks of one group."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sensors.handheld.commands import Here, Quit, parse_line
from sensors.handheld.desk import Desk
from sensors.handheld.keyboard import Keyboard
from sensors.handheld.uplink import Uplink
from sensors.handheld.wire import position_bytes
from sensors.topics import Kind

LONGEST_TICK_S = 5.0  # the wall clock may be set meanwhile


async def run_handheld(desk: Desk, stdin_fd: int | None, boot: str) -> int:
    """Be a handheld until a signal, `quit` or the end of input. Raises StoreError at the start.

    Returns how many messages the end of input left without a receipt; 0 for the other ends.
    """
    desk.start(boot)
    uplink = Uplink(desk)
    with Keyboard(stdin_fd) as keyboard, _stop_signals() as stop:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(uplink.run(), name="uplink"),
                group.create_task(_clock(desk), name="clock"),
            ]
            failed = await _until_end(desk, uplink, keyboard, stop)
            for task in tasks:
                task.cancel()
    left = len(desk.state.outbox)
    desk.show("bye", unreceipted=left)
    return left if failed else 0


async def _clock(desk: Desk) -> None:
    while True:
        idle_s = desk.tick(desk.settings.auto)
        await desk.changed(min(idle_s, LONGEST_TICK_S))


async def _until_end(desk: Desk, uplink: Uplink, keyboard: Keyboard, stop: asyncio.Event) -> bool:
    """Returns True when the end of input came and messages are left without a receipt."""
    typing = asyncio.create_task(_type(desk, uplink, keyboard), name="keyboard")
    await _first(typing, stop)
    if not typing.done() or stop.is_set():
        return False
    quitting = typing.result()
    settings = desk.settings
    if not quitting and _outlives_input(desk, keyboard):
        await stop.wait()
        return False
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.linger_s):
            await _first(asyncio.create_task(_all_receipted(desk), name="linger"), stop)
    return not quitting and not stop.is_set() and bool(desk.state.outbox)


def _outlives_input(desk: Desk, keyboard: Keyboard) -> bool:
    if desk.settings.keeps_running:
        return True
    if keyboard.held_a_line or desk.settings.empty_input_ends:
        return False
    # A service, or standard input from nowhere: orders must still be received and confirmed.
    desk.show("no_keyboard")
    return True


async def _type(desk: Desk, uplink: Uplink, keyboard: Keyboard) -> bool:
    """Do what is typed. True: the person quits; False: the input ended."""
    while (line := await keyboard.lines.get()) is not None:
        command = parse_line(line)
        match command:
            case Quit():
                return True
            case Here(position):
                desk.at(position)
                payload = position_bytes(position, time.time())
                desk.show("position", sent=await uplink.publish_now(Kind.POSITION, payload))
            case None:
                pass
            case _:
                desk.do(command)
    return False


async def _all_receipted(desk: Desk) -> None:
    while desk.state.outbox:
        await desk.changed(LONGEST_TICK_S)


async def _first(task: asyncio.Task[bool] | asyncio.Task[None], stop: asyncio.Event) -> None:
    """Until `task` is done (its error is ours), or we are told to stop: then it is cancelled."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
    if task.done():
        task.result()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
