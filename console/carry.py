"""What the desk wants done outside is done here: the line, the sound, files, the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from console import settings as own
from console.desk import Desk
from console.effects import Effect, Quiet, Quit, Remember, Resync, Send, Sound, Write
from console.link import Link
from console.outcome import SAID, Outcome
from console.settings import Settings
from console.sound import Player

PLAIN = re.compile(r"[\w.-]{1,120}")  # names of files; nothing that leads out of the folder
TRIES = 1000


class Carrier:
    """`leave` ends the program, `redraw` draws all of the screen anew.

    `keep` is the folder of the settings, `export` that of exports. `kept`: the settings as they
    were read; what only this terminal or this command line wants differently is not kept.
    """

    def __init__(
        self,
        desk: Desk,
        link: Link,
        player: Player,
        leave: Callable[[], None],
        redraw: Callable[[], None],
        *,
        keep: Path,
        export: Path,
        kept: Settings,
    ) -> None:
        self._desk, self._link, self._player = desk, link, player
        self._leave, self._redraw = leave, redraw
        self._keep, self._export, self._kept = keep, export, kept
        self._session = replace(desk.settings)

    def __call__(self, effects: Sequence[Effect]) -> None:
        """Carry them out, in their order; none of them waits."""
        for effect in effects:
            self._one(effect)

    def _one(self, effect: Effect) -> None:
        match effect:
            case Send():
                self._link.send(effect)
            case Sound():
                self._player.play(effect, self._desk.settings.sound_command)
            case Quiet():
                self._player.quiet()
            case Resync():
                self._link.resync()
                self._redraw()
            case Write():
                self._write(effect)
            case Remember():
                self._remember()
            case Quit():
                self._leave()

    def _write(self, effect: Write) -> None:
        """A new file; one that is there already stays as it is."""
        tr = self._desk.look.tr
        try:
            path = new_file(self._export, effect.name, effect.text)
        except OSError as error:
            words = tr("Not written: {why}").format(why=error.strerror or error)
        else:
            words = tr("Written: {path}").format(path=path)
        self._desk.result = Outcome(SAID, text=words)

    def _remember(self) -> None:
        try:
            own.write(self._keep, self._lasting())
        except OSError as error:
            words = self._desk.look.tr("The settings could not be kept: {why}")
            why = error.strerror or error
            self._desk.result = Outcome(SAID, text=words.format(why=why))

    def _lasting(self) -> Settings:
        """The settings of now; where the officer has not touched one, as it was read."""
        now, began = self._desk.settings, self._session
        untouched = {
            name: getattr(self._kept, name)
            for name in ("lang", "theme", "guard_s", "sound_command")
            if getattr(now, name) == getattr(began, name)
        }
        return replace(now, **untouched)


def new_file(folder: Path, name: str, text: str) -> Path:
    """Write `text` into a file of its own; `-2`, `-3` … where the name is taken. Raises OSError."""
    if not PLAIN.fullmatch(name) or name.startswith("."):
        raise OSError(0, f"not a file name: {name!a}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    for number in range(2, TRIES):
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        else:
            return path
    raise FileExistsError(0, f"too many files of this name: {name}")
