"""What became of a command: the result line, and the four ways it can end. Pure.

成功: committed. 拒绝: a rule, and what to do. 失败: not done, a retry helps. 未知: sent, no answer
yet; resolved by its id after the reconnection, never to be typed again (CONSOLE.md section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from command.messages import Command
from command.messages import Look as Looking
from console.cells import Line, Span, exactly, show
from console.look import Look, clock
from console.wording.reasons import E_NUMBER
from sensors.words import _

OK, REFUSED, FAILED, UNKNOWN, SAID = "ok", "refused", "failed", "unknown", "said"
WORDS = {OK: _("Done"), REFUSED: _("Refused"), FAILED: _("Failed"), UNKNOWN: _("Unknown")}
STYLES = {OK: "good", REFUSED: "warn", FAILED: "bad", UNKNOWN: "bad", SAID: "warn"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`how` is one of the five above; `at` POSIX seconds of the post; `ms` from key to answer."""

    how: str
    what: str = ""
    text: str = ""
    at: float = 0.0
    ms: int | None = None
    command: Command | Looking | None = None
    code: str = ""
    by: str = ""

    def line(self, look: Look, cells: int) -> Line:
        """`结果: 03:11:02 成功 I-0407 备注已存 (36毫秒)`."""
        head = look.tr("Result:") + " "
        if self.how == SAID:
            return exactly((Span(head), Span(show(self.text), STYLES[SAID])), cells)
        number = E_NUMBER.get(self.code, "") if self.how == REFUSED else ""
        words = [show(part) for part in (number, self.what, self.text) if part]
        if self.ms is not None:
            words.append(look.tr("({n} ms)").format(n=self.ms))
        how = Span(look.tr(WORDS[self.how]), STYLES[self.how])
        return exactly((Span(f"{head}{clock(self.at)} "), how, Span(" " + " ".join(words))), cells)


NOTHING = Outcome(SAID)
