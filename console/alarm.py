"""What has to sound, and when again: one start per 2 s, the highest wins (CONSOLE.md 3). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from console.effects import Effect, Quiet
from console.look import Look
from console.model import Model
from console.page import Move, Say
from console.queue import Queue
from console.settings import Settings


class Alarm:
    """What this console has sounded, and until when it is silenced."""

    def due(self, model: Model, queue: Queue, settings: Settings, mono: float) -> list[Effect]:
        """The sound that is due now, if any."""
        return []

    def silence(self, mono: float, look: Look) -> Sequence[Move]:
        """Ctrl-T: quiet for 60 s; not an acknowledgement, and a new 急 breaks it."""
        return (Quiet(), Say(look.tr("Silent for 60 s. Nothing is acknowledged by it.")))

    def state(self, settings: Settings, mono: float) -> str:
        """For line 1: on, off, silenced, broken."""
        return "on" if settings.sound else "off"
