"""A drill played beside a live post: on its broker and store, under the root fsx, in real time.

    the live log  --> a red incident, or `stop_play`: play stops, everybody is called back at once
                  --> an order for somebody: out of the drill, their drill order first
    the trainer   --> Ctrl-C: the same as `stop_play`

Why it stops, and is not put off: docs/decisions/026-live-play.md.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from command import messages as m
from command.app import Running
from command.core.codec import decode_entry
from command.core.events import Event, IncidentOpened, PlayStopped, PriorityChanged, UnitOffered
from command.core.plans import Plan
from command.core.township import Place, Township
from command.core.world import World
from command.errors import LogGap, StoreError
from command.log import Log
from command.store import Storage, open_store
from sensors.topics import ROOT
from sensors.words import _, tr
from simulations.field import Field
from simulations.shown import Screen

RED = 1  # the priority that consoles show red
LOOK_S = 0.1  # between two looks at the live log
CONFIRM_S = 10.0  # for handhelds to say that they have what was taken back
OVER = _("The drill is over. Back to your usual posts.")
STOPPED = _("The trainer has stopped the drill. Back to your usual posts.")
REAL = _("This is real: {what}. The drill is over; listen for real orders.")
BLIND = _("The live post's log cannot be read ({why}): the drill stops.")
LEFT = _("An earlier drill was not ended. It is over; back to your usual posts.")


@dataclass(frozen=True, slots=True)
class Real:
    """What happened on the live side: `unit` is needed there; without one all are."""

    what: str
    unit: str = ""


def real(event: Event, township: Township, lang: str) -> Real | None:
    """What an event of the live log means for a drill."""
    match event:
        case IncidentOpened(priority=1):
            plan = township.plans.plans[event.plan]
            named: list[Plan | Place] = [
                plan,
                *(one for one in township.places if one.id == event.place),
            ]
            words = [one.name_en if lang == "en" and one.name_en else one.name for one in named]
            return Real(" ".join([event.incident, *words, event.text]).strip())
        case PriorityChanged(priority=1):
            return Real(event.incident)
        case PlayStopped():
            return Real(event.text)
        case UnitOffered():
            return Real(event.incident, event.unit)
    return None


async def stop(running: Running, text: str, by: str, lang: str) -> list[str]:
    """Call everybody back; the units whose handhelds have not said that they know it in time."""
    if not running.post.world.stopped_at:  # else it was stopped at its own console
        command = m.StopPlay(id=f"stop-{secrets.token_hex(4)}", text=text[: m.TEXT_LIMIT])
        result = await running.post.execute(command, by, "trainer")
        if not result.ok:
            words = tr("The drill could not be stopped: {why}", lang)
            raise StoreError(words.format(why=result.reason))
    with suppress(TimeoutError):
        async with asyncio.timeout(CONFIRM_S):
            while unconfirmed(running.post.world):  # noqa: ASYNC110 - the post tells nobody
                await asyncio.sleep(LOOK_S)
    return unconfirmed(running.post.world)


def unconfirmed(world: World) -> list[str]:
    """Units that may still believe in a drill order."""
    return sorted({one.unit for one in world.outbox.values() if one.state == "withdrawn"})


class Beside(Screen):
    """The drill's screen; it watches the live post meanwhile, and stops play for what is real."""

    trainer = ""  # in whose name it acts
    since = -1  # the live log is read from here on; -1: from its end

    async def look(self, redis: str, township: str) -> None:
        """Remember where the live log ends, before anything is started that takes time: what comes
        meanwhile is real as well.
        """
        async with _live_log(open_store(redis), township) as log:
            self.since = await log.last()

    async def progress(self, running: Running, there: Field) -> None:
        """Count, and watch."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(super().progress(running, there))
            tasks.create_task(self._watch(running))

    async def ended(self, running: Running) -> None:
        """Whatever the reason, nobody goes home with a drill order."""
        left = self.officer is not None and self.officer.done()
        self.stop(tr(STOPPED if left else OVER, self.lang))
        await super().ended(running)
        self.say(self.why)
        self.tell(await stop(running, self.why, self.trainer, self.lang))

    def tell(self, units: list[str]) -> None:
        """Who has to be told by radio."""
        if units:
            words = tr("These have not confirmed it, tell them by radio: {units}", self.lang)
            self.say(words.format(units=" ".join(units)))

    async def _watch(self, running: Running) -> None:
        """Whatever goes wrong here, nobody may be left with drill orders unwatched."""
        try:
            await self._follow(running)
        except Exception as error:  # noqa: BLE001 - ours, whatever it is: it is told, and play stops
            why = f"{type(error).__name__}: {error}"
            self.stop(tr(BLIND, self.lang).format(why=why[:200]))

    async def _follow(self, running: Running) -> None:
        """The live post's log, from now on."""
        told = ""
        store = running.ports.store(running.addresses.redis)
        async with _live_log(store, running.township.id) as log:
            while not self.why:
                try:
                    self.since = await log.last() if self.since < 0 else self.since
                    async for position, data in log.read(self.since):
                        for event in decode_entry(data):
                            await self._heard(running, event)
                        self.since = position
                    told = ""
                except LogGap:
                    self.since = -1  # trimmed behind us: on from its end
                except StoreError as error:
                    if str(error) != told:
                        told = str(error)
                        self.say(told)
                await asyncio.sleep(LOOK_S)

    async def _heard(self, running: Running, event: Event) -> None:
        found = real(event, running.township, self.lang)
        if found is None:
            return
        if not found.unit:
            self.stop(tr(REAL, self.lang).format(what=found.what))
        elif (mine := running.post.world.units.get(found.unit)) is not None and mine.on_duty:
            words = tr("needed for {incident}", self.lang).format(incident=found.what)
            ident = f"out-{secrets.token_hex(4)}"
            command = m.Duty(id=ident, unit=found.unit, on=False, text=words)
            await running.post.execute(command, self.trainer, "trainer")


@asynccontextmanager
async def _live_log(store: Storage, township: str) -> AsyncIterator[Log]:
    log = Log(store, ROOT, township)
    try:
        yield log
    finally:
        await log.close()
        await store.aclose()


@contextmanager
def by_signal(screen: Beside) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop play, and the drill ends as it should; a second one is the usual."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop_play() -> None:
        for one in signals:
            loop.remove_signal_handler(one)
        screen.stop(tr(STOPPED, screen.lang))

    for one in signals:
        loop.add_signal_handler(one, stop_play)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
