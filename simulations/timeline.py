"""Committed events as lines. Two forms: codes for the golden transcript, words for a person. Pure.

Both take an event as a row of the feed's log table (or `codec.event_dict`): plain values, fields
with their default left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from command.core.reasons import Reason
from command.core.township import Township
from sensors.handheld.show_words import KIND_WORDS, NEED_WORDS, OUTCOMES, ROLE_WORDS
from sensors.text import clean
from sensors.words import tr
from simulations.wording import (
    NAMES,
    QUIET,
    REASONS,
    REJECTIONS,
    ROUTINE,
    SENTENCES,
    STATES,
    STATUSES,
)

# In the transcript, in this order; the rest of an event stands in the log.
SHOWN = (
    "incident", "order_id", "unit", "source", "message_id", "kind", "outcome", "plan", "priority",
    "place", "role", "people", "rev", "state", "status", "missing", "need", "on", "ok", "to", "do",
    "by", "alert", "quarantine", "why", "detail", "text",
)  # fmt: skip
TEXT_SHOWN = 80
_NAMED = ("unit", "source", "place", "plan", "to", "by")
_WORDED = {
    "role": ROLE_WORDS,
    "kind": KIND_WORDS,
    "status": STATUSES,
    "state": STATES,
    "need": NEED_WORDS,
    "why": REJECTIONS,
}
_CODED = frozenset(
    {
        Reason.NOBODY_LEFT,
        Reason.OFFICER_SILENT,
        Reason.ACKNOWLEDGEMENT_EXPIRED,
        Reason.OVERDUE,
    }
)

Line = Mapping[str, Any]


def clock(seconds: float) -> str:
    """Seconds of the drill as +mm:ss.mmm."""
    whole = max(0, round(seconds * 1000))
    return f"+{whole // 60_000:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"


def transcript_line(line: Line, start_at: float) -> str:
    """One event in codes: when, what, why, who and what. The same in every language."""
    parts = [clock(line["at"] - start_at), line["event"], line["reason"]]
    parts += [f"{name}={_code(line[name])}" for name in SHOWN if line.get(name) not in (None, "")]
    late = ["late"] if line.get("late") else []
    return " ".join([*parts, *late, f"<- {line['cause']}"])


def _code(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    text = str(value)[:TEXT_SHOWN]
    return f"“{text}”" if " " in text else text


class Teller:
    """Events in a person's words: posts, places and plans by their names, in `lang`."""

    def __init__(self, township: Township, lang: str) -> None:
        english = lang == "en"
        self._lang = lang
        self._names: dict[str, str] = {camera.id: camera.name for camera in township.cameras}
        for source in township.sources:
            self._names.setdefault(source.name, source.text or source.name)
        for unit in township.units:
            self._names[unit.id] = unit.name_en if english else unit.name
        for place in township.places:
            self._names[place.id] = place.name_en if english else place.name
        for plan in township.plans.plans.values():
            self._names[plan.kind] = plan.name_en if english else plan.name

    def name(self, ident: str) -> str:
        """What a unit, source, place or plan is called; the id itself when it is a stranger's."""
        known = self._names.get(ident)
        return known or (self._word(NAMES, ident) if ident in NAMES else clean(ident, 64))

    def tell(self, line: Line) -> str:
        """The event in a sentence; "" for one that is no news to a person."""
        event = line["event"]
        if event in QUIET:
            return ""
        template = tr(SENTENCES.get(event, "{reason}"), self._lang)
        return " ".join(template.format_map(self._values(line)).split())

    def _values(self, line: Line) -> dict[str, Any]:
        reason = self.reason(line["reason"])
        values = {key: self.name(line.get(key, "")) for key in _NAMED}
        values |= {key: self._word(table, line.get(key, "")) for key, table in _WORDED.items()}
        return values | {
            "incident": line.get("incident", ""),
            "outcome": self.outcome(line.get("outcome", "logged")),
            "command": self._word(NAMES, line.get("do", "")),
            "priority": line.get("priority", ""),
            "missing": line.get("missing", ""),
            "minutes": math.ceil(line.get("eta_s", 0.0) / 60),
            "units": ", ".join(self.name(unit) for unit in line.get("units", ())),
            "reason": reason,
            "because": "" if line["reason"] in ROUTINE else f"({reason})",
            "text": self._text(line),
        }

    def _text(self, line: Line) -> str:
        """What was said. Alerts about a role or a post hold its code."""
        text = line.get("text", "")
        if line["event"] == "OfficerAlerted" and line["reason"] in _CODED:
            return self._word(ROLE_WORDS, text) if text in ROLE_WORDS else self.name(text)
        return f"“{clean(text, TEXT_SHOWN)}”" if text else ""

    def reason(self, code: str) -> str:
        """A named reason in words."""
        return self._word(REASONS, code)

    def outcome(self, code: str) -> str:
        """What became of an alarm, in words."""
        return self._word(OUTCOMES, code)

    def role(self, code: str) -> str:
        """A role in words."""
        return self._word(ROLE_WORDS, code)

    def _word(self, table: Mapping[str, str], code: Any) -> str:
        word = table.get(code) if isinstance(code, str) else None  # some events have lists here
        return tr(word, self._lang) if word else clean(str(code), 64)
