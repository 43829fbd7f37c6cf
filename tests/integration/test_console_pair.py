"""Two officers at one real post, each with a real desk on a real line: both order the same team."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from paho.mqtt import publish
from served import HOME, served

from command import messages as m
from command import tokens
from command.core.tables import LIVE
from command.services import Embedded
from command.store import open_store
from console.cells import text_of
from console.desk import Desk
from console.effects import Effect, Send
from console.link import Link
from console.look import Look
from console.outcome import OK, REFUSED
from console.pages import PAGES
from console.settings import Settings
from console.wire import Greeting

TOWNSHIP = HOME / "townships" / "jingming"
TURN_S = 0.05
WAIT_S = 60.0


class Officer:
    """A desk on a line; its screen is drawn twenty times a second."""

    def __init__(self, name: str, port: int, token: str) -> None:
        numbers = count(1)
        self.name = name
        self.desk = Desk(PAGES, lambda: f"{name}-{next(numbers)}", Settings(), look=Look())
        self.sent: list[Send] = []
        self.link = Link(
            f"ws://127.0.0.1:{port}/console",
            lambda: Greeting(token, "console/test", (80, 24), "zh"),
            lambda frame: self.desk.take([frame], time.monotonic()),
            lambda outcome: self.carry(self.desk.ended(outcome, time.monotonic())),
            lambda: f"{name}-w{next(numbers)}",
        )

    async def run(self) -> None:
        """Tick and draw, as the app does."""
        while True:
            self.carry(self.desk.tick(time.monotonic()))
            self.desk.draw(time.monotonic())
            await asyncio.sleep(TURN_S)

    def carry(self, effects: list[Effect]) -> None:
        """Commands go to the post; nothing else is of interest here."""
        for effect in effects:
            if isinstance(effect, Send):
                self.sent.append(effect)
                self.link.send(effect)

    def press(self, key: str) -> None:
        """A key, and the picture after it."""
        self.carry(self.desk.key(key, " " if key == "space" else "", time.monotonic()))
        self.desk.draw(time.monotonic())

    async def sees(self, fact: Callable[[], object]) -> None:
        """Wait until it is so on this console."""
        async with asyncio.timeout(WAIT_S):
            while not fact():
                await asyncio.sleep(TURN_S)

    def orders(self) -> list[m.Assign]:
        return [one.command for one in self.sent if isinstance(one.command, m.Assign)]

    def screen(self) -> str:
        return "\n".join(text_of(line) for line in self.desk.draw(time.monotonic()).lines)

    @property
    def top(self) -> str:
        """What F2 would open."""
        first = self.desk.queue.top(self.desk.model.now(time.monotonic()))
        return first.id if first else ""


@asynccontextmanager
async def officers(port: int, redis_url: str, *names: str) -> AsyncIterator[list[Officer]]:
    """Each with a token of their own, connected."""
    redis = open_store(redis_url)
    made = [Officer(name, port, await tokens.create(redis, name, "officer")) for name in names]
    await redis.aclose()
    tasks = [asyncio.create_task(work) for one in made for work in (one.link.run(), one.run())]
    try:
        for one in made:
            await one.sees(partial(getattr, one.desk.model, "beat_at"))
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def alarm(mqtt_url: str) -> None:
    """A camera at the town hall sees a fire: 急, and its team goes by itself after a minute."""
    at = datetime.now(UTC).isoformat()
    payload = {"id": "a-1", "kind": "fire", "at": at, "severity": "severe", "text": "屋里冒烟"}
    address = urlsplit(mqtt_url)
    await asyncio.to_thread(
        publish.single,
        "fs/jingming/yd-01/alarm",
        json.dumps(payload),
        qos=1,
        hostname=address.hostname or "",
        port=address.port or 1883,
    )


async def ready(one: Officer, red: str) -> None:
    """F2, the hazards read, and the guard over."""
    one.press("f2")
    assert (one.desk.page.name, one.desk.page.item) == ("dispatch", red)
    await asyncio.sleep(1.2)
    one.press("space")
    await one.sees(lambda: "先读危险" not in one.screen())
    await asyncio.sleep(0.6)


async def test_two_keys_and_two_consoles(embedded: Embedded, tmp_path: Path) -> None:
    mqtt, redis_url = embedded.mqtt_url, embedded.redis_url
    async with served(TOWNSHIP, tmp_path / "post", mqtt, redis_url) as post:
        await post.up()
        async with officers(post.port, redis_url, "watch-1", "disaster-2") as (one, two):
            await alarm(mqtt)
            await both_order(one, two)


async def both_order(one: Officer, two: Officer) -> None:
    """The same team, at the same moment: one has it, one is told who."""
    await one.sees(lambda: one.top)
    red = one.top
    await two.sees(lambda: two.top == red)
    await ready(one, red)
    await ready(two, red)
    assert two.name in one.screen()
    assert one.name in two.screen()
    assert sum(row.get("extended") is True for row in tables(one)) == 1

    one.press("f3")
    two.press("f3")  # before either can have heard of the other
    done = {OK, REFUSED}
    await one.sees(lambda: one.desk.result.how in done and two.desk.result.how in done)

    assert len(one.orders()) == len(two.orders()) == 1
    assert {one.desk.result.how, two.desk.result.how} == done
    won, lost = (one, two) if one.desk.result.how == OK else (two, one)
    assert won.desk.page.name == "main"
    await lost.sees(lambda: f"E7 已变: {won.name}" in lost.screen())
    assert lost.desk.result.code == "stale"

    row = won.desk.model.incident(red)
    assert row["released_by"] == row["ack"]["by"] == won.name
    await lost.sees(lambda: live(lost, red) == live(won, red) != [])
    assert set(live(won, red)) >= set(won.orders()[0].units)
    assert len(set(live(won, red))) == len(live(won, red)), "nobody was asked twice"


def tables(one: Officer) -> list[dict[str, object]]:
    return list(one.desk.model.table("incident").values())


def live(one: Officer, incident: str) -> list[str]:
    """The units with an order for it, as this console sees it."""
    rows = one.desk.model.table("assignment").values()
    return sorted(
        row["unit"] for row in rows if row["incident"] == incident and row["status"] in LIVE
    )
