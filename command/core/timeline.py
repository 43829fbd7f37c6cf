"""What of the log belongs to one incident: its timeline, newest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Line = dict[str, Any]
LENGTH = 50  # lines of a page
_NAMES = ("incident", "into", "new", "order_id")  # where a line says what it is about
_NO_NEWS = frozenset({"OrderQueued"})  # the same as the offer or the change that led to it


def is_routine(line: Mapping[str, Any]) -> bool:
    """A sign of life or a position: two hundred cameras would leave no line of anything else."""
    return line["event"] == "UnitLocated" or (
        line["event"] == "SourceHeard" and bool(line.get("ok", True))  # a line leaves out defaults
    )


def marks(incident: str, orders: Iterable[str]) -> frozenset[str]:
    """The ids by which lines of the incident are known: its own, and those of its orders."""
    return frozenset((incident, *orders))


def is_of(line: Mapping[str, Any], ids: frozenset[str]) -> bool:
    """Whether a person who reads the timeline wants this line."""
    return line["event"] not in _NO_NEWS and any(line.get(name) in ids for name in _NAMES)


def newest_first(lines: Iterable[Line], ids: frozenset[str]) -> Iterator[Line]:
    """The incident's lines of one stretch of the log, which come oldest first."""
    return (line for line in reversed(list(lines)) if is_of(line, ids))


def begins(line: Mapping[str, Any], incident: str) -> bool:
    """Before this line there is none of the incident."""
    return line["event"] == "IncidentOpened" and line.get("incident") == incident


def may_name(entry: bytes, ids: Iterable[str]) -> bool:
    """Whether an entry's bytes hold one of the ids: most of a log is about something else, and
    need not be read as JSON for that.
    """
    return any(b'"%s"' % ident.encode() in entry for ident in ids)
