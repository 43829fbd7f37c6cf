"""Which hazards this officer has read: by the post's log, and by the dialog's draft. Pure.

One answer for the dialog, the detail, the queue's hint and the command line. What another officer
has read, this one has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console import drafts
from console.page import Ctx

DIALOG = "dispatch"  # whose draft it is


def read(ctx: Ctx, row: Mapping[str, Any]) -> frozenset[str]:
    """The hazards of an incident's row that were read, by their texts."""
    known = row.get("hazards_read") or {}
    mine = {str(text) for text, by in known.items() if ctx.me and by == ctx.me}
    marked = drafts.read(ctx.settings, DIALOG, str(row.get("id"))).get("read")
    if isinstance(marked, list):
        mine |= {text for text in marked if isinstance(text, str)}
    return frozenset(mine)


def unread(ctx: Ctx, row: Mapping[str, Any]) -> list[str]:
    """Those that still have to be read before anybody is sent."""
    mine = read(ctx, row)
    return [str(text) for text in row.get("hazards") or () if str(text) not in mine]
