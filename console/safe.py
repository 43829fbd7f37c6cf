"""A fault of our own must not leave an officer without a screen at three in the night.

What fails is written to the console's log with its trace, said on the screen, and gone on from: a
key or a turn of the timer is lost, not the console. A page that cannot be drawn is left for the
main page; where even that fails, what is known without any page is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from console.cells import plain, show
from console.desk import Desk, Picture
from console.effects import Effect
from console.outcome import FAILED, Outcome
from console.queue import CRIT, HIGH, LOW, NORM
from sensors.words import _

SAID = _("A fault of this console, not of the post; its log tells more: {what}")
WHAT_NOW = _(
    "This screen cannot be drawn. F5 tries again; :quit and a new start help; telephone on."
)
COUNTS = _("Open: red {crit}, high {high}, common {norm}, low {low}; red not acknowledged {unseen}")

log = logging.getLogger("fengsui.console")


class Safe:
    """A desk whose faults are caught, and told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.faults = 0

    def effects(self, work: Callable[[], Sequence[Effect]], mono: float) -> Sequence[Effect]:
        """What `work` wants done; nothing where it fails."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - see above
            self._told(error, mono)
            return []

    def picture(self, mono: float) -> Picture:
        """The desk's picture, that of the main page, or what can be said without a page."""
        desk = self._desk
        for _attempt in range(2):
            try:
                return desk.draw(mono)
            except Exception as error:  # noqa: BLE001
                self._told(error, mono)
                desk.line = None
                self.effects(lambda: desk.key("f5", "", mono), mono)
        return self._bare()

    def _told(self, error: Exception, mono: float) -> None:
        self.faults += 1
        log.error("fault of the console", exc_info=error)
        what = f"{type(error).__name__}: {error}"[:200]
        words = self._desk.look.tr(SAID).format(what=what)
        self._desk.result = Outcome(FAILED, text=words, at=self._desk.model.now(mono))

    def _bare(self) -> Picture:
        desk, look = self._desk, self._desk.look
        counts = desk.queue.counts()
        numbers = look.tr(COUNTS).format(
            crit=counts.get(CRIT, 0),
            high=counts.get(HIGH, 0),
            norm=counts.get(NORM, 0),
            low=counts.get(LOW, 0),
            unseen=desk.queue.unacknowledged(),
        )
        texts = [numbers, look.tr(WHAT_NOW), show(desk.result.text)]
        texts += [""] * max(0, look.height - len(texts))
        lines = [plain(text, look.width, "bad") for text in texts[: look.height]]
        return Picture(lines, None)
