"""The same desks in the real shell: keys as Textual names them, one app without a terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from desk_stage import NOW, beat, incident, snapshot, unit
from textual import events
from textual.pilot import Pilot

from command import messages as m
from command.messages import Beat
from console.app import ConsoleApp
from console.desk import Desk
from console.effects import Effect, Send
from console.look import Look
from console.pages import PAGES
from console.settings import Settings


@dataclass
class Shell:
    """An app in its test harness; `at` is the clock that it looks at."""

    pilot: Pilot[int]
    app: ConsoleApp
    sent: list[m.Command | m.Look]
    clock: list[float] = field(default_factory=lambda: [0.0])

    async def press(self, *keys: str, every: float = 0.5) -> None:
        """Keys, so many seconds apart."""
        for key in keys:
            self.later(every)
            await self.pilot.press(key)

    def later(self, seconds: float) -> None:
        """Time goes by; the post's beat comes, and the picture is drawn."""
        for _ in range(max(1, round(seconds / 0.25))):
            self.clock[0] += seconds / max(1, round(seconds / 0.25))
            self.app.desk.take([Beat(beat=beat(NOW + self.clock[0]))], self.clock[0])
            self.app.pulse()
            self.app.paint()

    def orders(self) -> list[m.Assign]:
        return [one for one in self.sent if isinstance(one, m.Assign)]

    @property
    def page(self) -> str:
        return self.app.desk.page.name


@asynccontextmanager
async def shell(*, hazards: bool = False, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Shell]:
    """A console on one red item, with or without hazards."""
    ids = iter(range(1, 1_000_000))
    sent: list[m.Command | m.Look] = []
    clock = [0.0]
    desk = Desk(PAGES, lambda: f"id-{next(ids)}", Settings(), look=Look(width=80, height=24))
    row = incident() if hazards else incident(hazards=[])
    desk.take([snapshot(row, unit()), Beat(beat=beat())], 0.0)

    def carry(effects: Sequence[Effect]) -> None:
        sent.extend(one.command for one in effects if isinstance(one, Send))

    app = ConsoleApp(desk, carry, mono=lambda: clock[0])
    async with app.run_test(size=size) as pilot:
        made = Shell(pilot, app, sent, clock)
        made.later(0.5)
        yield made


async def test_two_keys() -> None:
    async with shell() as one:
        await one.press("f2")
        assert one.page == "dispatch"
        await one.press("f3")
        (order,) = one.orders()
        assert (order.incident, order.rev, order.units) == (
            "I-e1-412",
            7,
            ("militia-1", "rangers-1"),
        )


async def test_two_keys_by_their_other_names() -> None:
    async with shell() as one:
        await one.press("ctrl+g")
        await one.press("ctrl+y")
        assert len(one.orders()) == 1


async def test_typed_ahead() -> None:
    async with shell() as one:
        await one.pilot.press("f2", "f3", "f3", "enter")
        assert one.page == "dispatch"
        assert not one.orders()


async def test_key_held() -> None:
    async with shell() as one:
        await one.press("f2")
        one.later(0.05)
        await one.pilot.press("f3")
        one.later(0.5)
        for _ in range(60):
            await one.pilot.press("f3")
            one.later(0.033)
        assert not one.orders()


async def test_enter_never_sends() -> None:
    async with shell() as one:
        await one.press("f2", "enter", "enter", "ctrl+j", "ctrl+m")
        assert not one.orders()


@pytest.mark.parametrize("open_with", ["f2", "colon", "escape"])
async def test_paste_newline(open_with: str) -> None:
    async with shell() as one:
        await one.press(open_with)
        one.app.post_message(events.Paste("派 412 推荐\r\nf3\n\n"))
        await one.pilot.pause()
        one.later(1.0)
        assert not one.orders()


async def test_hazard_first() -> None:
    async with shell(hazards=True) as one:
        await one.press("f2")
        await one.press("f3", every=1.0)
        assert not one.orders()
        one.later(1.0)
        await one.press("space", "f3", every=1.0)
        assert len(one.orders()) == 1


async def test_ime() -> None:
    """What an input method sends, by the names that Textual gives it."""
    async with shell() as one:
        one.later(1.0)
        await one.pilot.press("：")
        assert one.app.desk.line is not None
        committed = (
            "对面山坡冒烟能看见明火风往东北方向刮村主任已经带人往上走请再派一队带水泵和灭火机来"
        )
        await one.pilot.press(*committed)
        assert one.app.desk.line.typed.text == committed
        await one.press("escape", "f2")
        one.later(1.0)
        await one.pilot.press("down")
        await one.press("　", every=1.0)  # the ideographic space
        await one.pilot.press("２")
        assert one.app.desk.settings.drafts
        assert '"why": 2' in one.app.desk.settings.drafts["dispatch:I-e1-412"]


@pytest.mark.parametrize("key", ["shift+f1", "shift+f2", "shift+f3", "shift+f8", "™", "ctrl+c"])
async def test_keys_that_do_nothing(key: str) -> None:
    async with shell() as one:
        await one.press("f2", key)
        assert one.page == "dispatch"
        assert not one.orders()


async def test_resize_in_the_middle_of_a_dialog() -> None:
    async with shell(hazards=True, size=(160, 45)) as one:
        await one.press("f2")
        one.later(1.5)
        await one.press("space", "down", "space", "4")
        page = one.app.desk.page
        for size in ((60, 18), (160, 45), (80, 24)):
            await one.pilot.resize_terminal(*size)
            one.later(0.5)
            assert (one.app.desk.look.width, one.app.desk.look.height) == size
        assert one.app.desk.page is page
        await one.press("f3")
        assert one.orders()[0].why == "已另派"
