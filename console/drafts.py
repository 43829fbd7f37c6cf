"""What an officer began and did not send: kept in the settings, so that it survives the program.

One text a page and item. What names a person never goes in here: it would lie on the disk.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any

from command.messages import Assign, Command, ReportAlarm
from command.messages import Look as Looking
from console.settings import Settings

MOST = 50  # drafts; the oldest go first


def keep(settings: Settings, page: str, item: str, value: Mapping[str, Any]) -> bool:
    """Keep `value` (of JSON) as the draft; whether that changed anything."""
    key, text = f"{page}:{item}", json.dumps(value, ensure_ascii=False)
    if settings.drafts.get(key) == text:
        return False
    settings.drafts.pop(key, None)
    settings.drafts[key] = text
    for old in list(settings.drafts)[:-MOST]:
        del settings.drafts[old]
    return True


def read(settings: Settings, page: str, item: str) -> dict[str, Any]:
    """The draft; {} where there is none, or none that can be read."""
    try:
        value = json.loads(settings.drafts.get(f"{page}:{item}", "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def drop(settings: Settings, page: str, item: str) -> bool:
    """The draft was sent, or is of no use any more; whether there was one."""
    return settings.drafts.pop(f"{page}:{item}", None) is not None


def settled(settings: Settings, unsaved: dict[str, str], command: Command | Looking | None) -> bool:
    """A command was carried out: whether a draft of it was dropped."""
    if isinstance(command, Assign):
        return drop(settings, "dispatch", command.incident)
    if not isinstance(command, ReportAlarm):
        return False
    unsaved.pop("phone", None)
    return drop(settings, "phone", "")


def only(settings: Settings, page: str, items: Container[str]) -> bool:
    """Drop this page's drafts of all other items; whether there were any."""
    gone = [
        key
        for key in settings.drafts
        if key.startswith(f"{page}:") and key.partition(":")[2] not in items
    ]
    for key in gone:
        del settings.drafts[key]
    return bool(gone)
