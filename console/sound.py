"""The three outlets of a sound: BEL, the officer's own command, and the window's title.

BEL means "look", no more: some terminals swallow it. The command is an argument list plus one word
(and `drill`), run without a shell and killed after 10 s. A command that fails or hangs shows as
声 坏 until it works again. While one plays, only a higher word begins another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence

from console.effects import Sound
from console.look import Look
from sensors.words import _

COMMAND_S = 10.0
RANK = {
    word: number for number, word in enumerate(("test", "lost", "norm", "high", "crit", "life"))
}

FAILED = _("The sound command ends with an error.")
HANGS = _("The sound command did not end within 10 seconds.")


class Player:
    """`ring` is the terminal's bell; `broken` is told why the command does not work, "" when so."""

    def __init__(self, ring: Callable[[], None], broken: Callable[[str], None]) -> None:
        self._ring, self._broken = ring, broken
        self._playing: asyncio.Task[None] | None = None
        self._word = ""

    def play(self, sound: Sound, command: Sequence[str]) -> None:
        """Begin; never waits."""
        self._ring()
        if not command:
            self._broken("")
            return
        if self._playing is not None and not self._playing.done():
            if RANK[sound.word] <= RANK[self._word]:
                return  # it sounds already; what hangs is found out after its ten seconds
            self._playing.cancel()
        self._word = sound.word
        argv = [*command, sound.word, *(["drill"] if sound.drill else [])]
        self._playing = asyncio.create_task(self._run(argv), name="sound")

    def quiet(self) -> None:
        """Stop what sounds."""
        if self._playing is not None:
            self._playing.cancel()

    async def stop(self) -> None:
        """At the end: nothing of ours goes on sounding."""
        self.quiet()
        if self._playing is not None:
            await asyncio.gather(self._playing, return_exceptions=True)

    async def _run(self, argv: Sequence[str]) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # no Ctrl-C for it, and all of it can be ended
            )
        except (OSError, ValueError) as error:
            self._broken(str(getattr(error, "strerror", "") or error))
            return
        try:
            async with asyncio.timeout(COMMAND_S):
                code = await process.wait()
        except TimeoutError:
            self._broken(HANGS)
        else:
            self._broken("" if code == 0 else FAILED)
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """A player that is still there ends now, with all that it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def title(look: Look, reds: int, unseen: int, *, lost: bool) -> str:
    """The window's title: `急2! 烽燧`. Numbers and words of ours, nothing from outside."""
    name = look.tr("Fengsui")
    if lost:
        return look.tr("no line - {name}").format(name=name)
    if not reds:
        return name
    mark = "!" if unseen else ""
    return look.tr("{n} red{mark} - {name}").format(n=reds, mark=mark, name=name)
