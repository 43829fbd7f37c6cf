"""Duty passes at one console of a real post: the second signature travels under its own token."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from served import served
from test_console_pair import TOWNSHIP, Officer, officers

from command import messages as m
from command import tokens
from command.services import Embedded
from command.store import open_store
from console.outcome import OK, REFUSED
from console.page import Go
from console.pages.handover import HEARD, LIST, TOKEN
from console.shift import shift

GUARD_S = 0.5  # the desk's own guard, and that a key held down counts once


async def test_both_signatures_at_one_console(embedded: Embedded, tmp_path: Path) -> None:
    mqtt, redis_url = embedded.mqtt_url, embedded.redis_url
    async with served(TOWNSHIP, tmp_path / "post", mqtt, redis_url) as post:
        await post.up()
        redis = open_store(redis_url)
        second = await tokens.create(redis, "disaster-2", "officer")
        await redis.aclose()
        async with officers(post.port, redis_url, "watch-1") as (one,):
            await alone(one)
            await handed_over(one, second)


async def alone(one: Officer) -> None:
    """Nobody is on duty yet: one signature is enough."""
    await one.sees(lambda: shift(one.desk.model).known)
    one.carry(one.desk._carry_out((Go("handover"),), time.monotonic()))
    await take_all(one)
    await press(one, "f3")
    await one.sees(lambda: shift(one.desk.model).officer == "watch-1")


async def handed_over(one: Officer, second: str) -> None:
    """The outgoing officer signs; a wrong token passes nothing; the right one does."""
    await press(one, "f3")
    await one.sees(lambda: shift(one.desk.model).signed)
    assert shift(one.desk.model).officer == "watch-1"
    await take_all(one)
    await sign_with(one, "no-such-token")
    await one.sees(lambda: one.desk.result.how == REFUSED)
    assert shift(one.desk.model).officer == "watch-1"
    await sign_with(one, second)
    await one.sees(lambda: one.desk.result.how == OK)
    await one.sees(lambda: shift(one.desk.model).officer == "disaster-2")
    assert second not in one.screen()
    asked = [type(sent.command) for sent in one.sent]
    assert asked == [m.Takeover, m.Handover, m.Takeover, m.Takeover]


async def press(one: Officer, *keys: str) -> None:
    """Keys as a person presses them."""
    for key in keys:
        await asyncio.sleep(GUARD_S)
        one.press(key)


async def field(one: Officer, area: str) -> None:
    page: Any = one.desk.page
    while page.area != area:
        one.press("tab")


async def take_all(one: Officer) -> None:
    """Every point ticked that is there, and the sound heard."""
    page: Any = one.desk.page
    await field(one, LIST)
    for point in page._points:
        if page.ticks.get(point.key) != point.facts:
            await press(one, "space")
        one.press("down")
    if not page.heard:
        await field(one, HEARD)
        await press(one, "space", "space")
    assert page.heard


async def sign_with(one: Officer, token: str) -> None:
    """The token typed, and F3."""
    await field(one, TOKEN)
    for character in token:
        one.carry(one.desk.key(character, character, time.monotonic()))
    await press(one, "f3")
