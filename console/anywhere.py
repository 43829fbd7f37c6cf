"""What a key does where the page has no use of its own for it. Pure.

F2, F4 and Ctrl-T are `desk.py`'s own: they need the queue, the last picture and the sound.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.effects import Resync
from console.page import Back, Ctx, Fill, Go, Move, Say

PAGE_KEYS = frozenset({"main", "teams", "cameras", "grid", "cases", "menu", "help"})


def anywhere(ctx: Ctx, action: str, item: str) -> Sequence[Move]:
    """The moves for `action` (of `keys.py`); `item` is the one shown or under the cursor."""
    look = ctx.look
    if action in PAGE_KEYS:
        return (Go(action),)
    match action:
        case "command":
            return (Fill(""),)
        case "find":
            return (Fill(look.either("找 ", "find ")),)
        case "note" if item:
            return (Fill(look.either(f"备注 {item} // ", f"note {item} // ")),)
        case "note":
            return (Say(look.tr("No item is chosen.")),)
        case "resync":
            return (Resync(),)
        case "back":
            return (Back(),)
        case "go":
            return (Say(look.tr("F3 has nothing to send here.")),)
    return ()
