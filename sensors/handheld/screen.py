"""Where lines go: a terminal or a script. Times are read here, for the line's time of day."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TextIO

from sensors.handheld.show import to_json, to_lines
from sensors.handheld.values import Shown


class Screen:
    """Prints what the team is told, at once, line by line."""

    def __init__(
        self, out: TextIO, lang: str, *, as_json: bool = False, drill: bool = False
    ) -> None:
        self._out = out
        self._lang = lang
        self._as_json = as_json
        self._drill = drill

    def show(self, shown: Iterable[Shown]) -> None:
        """Print each; raises BrokenPipeError when nobody reads."""
        now = time.time()
        text = "".join(f"{line}\n" for one in shown for line in self._lines(one, now))
        try:
            self._out.write(text)
            self._out.flush()
        except OSError as error:  # a terminal that was closed says EIO
            raise BrokenPipeError(str(error)) from error

    def _lines(self, shown: Shown, now: float) -> list[str]:
        if self._as_json:
            return [to_json(shown, now)]
        return to_lines(shown, self._lang, now, drill=self._drill)
