"""A person at the drill's post: a console on the terminal that the drill was started from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from command import desk_token, tokens
from command.app import Running
from command.screen import console
from command.store import open_store

JOIN_S = 15.0  # for the console to come up; the drill begins without it after that

Officer = asyncio.Task[int] | None


@asynccontextmanager
async def sitting(
    running: Running, screen: int | None, name: str = desk_token.NAME
) -> AsyncIterator[Officer]:
    """The console's task, None where nobody sits there; at the end it waits until they leave.

    `name`: where others use the store as well, one that nobody else has.
    """
    if screen is None:
        yield None
        return
    redis = open_store(running.addresses.redis)
    try:
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


async def _joined(running: Running, task: asyncio.Task[int], name: str) -> None:
    seat = (name, desk_token.ROLE)
    try:
        async with asyncio.timeout(JOIN_S):
            while not task.done() and seat not in running.feed.consoles:  # noqa: ASYNC110 - once
                await asyncio.sleep(0.05)
    except TimeoutError:
        return
