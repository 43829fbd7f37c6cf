"""A person at the drill's post: a console on the terminal that the drill was started from."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from command import desk_token, tokens
from command.app import Running
from command.screen import console
from command.store import open_store

JOIN_S = 15.0  # for the console to come up; the drill begins without it after that

Officer = asyncio.Task[int] | None


@asynccontextmanager
async def sitting(running: Running, screen: int | None) -> AsyncIterator[Officer]:
    """The console's task, None where nobody sits there; at the end it waits until they leave."""
    if screen is None:
        yield None
        return
    redis = open_store(running.addresses.redis)
    try:
        # Of this drill alone: a live post's desk has its own in the same store.
        name = f"{desk_token.NAME}-{secrets.token_hex(2)}"
        token = await tokens.create(redis, name, desk_token.ROLE)
        task = asyncio.create_task(console(running.feed.port, token, screen), name="officer")
        try:
            await _joined(running, task, name)
            yield task
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await tokens.revoke(redis, name)
    finally:
        await redis.aclose()


async def until_left(officer: Officer, work: Coroutine[Any, Any, None]) -> None:
    """Until `work` is done, or the officer has left."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait(
            {task, officer} if officer else {task}, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        task.cancel()


async def _joined(running: Running, task: asyncio.Task[int], name: str) -> None:
    seat = (name, desk_token.ROLE)
    try:
        async with asyncio.timeout(JOIN_S):
            while not task.done() and seat not in running.feed.consoles:  # noqa: ASYNC110 - once
                await asyncio.sleep(0.05)
    except TimeoutError:
        return
