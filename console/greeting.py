"""What a console says first: that the duty is nobody's, and that there is a tour. Pure.

In the result line, which gives way to everything: no page covers the screen by itself
(docs/decisions/022-the-tour-is-offered.md).
"""

from __future__ import annotations

from console.page import Ctx

ON_DUTY = frozenset({"officer", "leader"})  # who may take the duty over


def first_words(ctx: Ctx) -> str:
    """Of the first picture; "" where there is nothing to say."""
    said = []
    shift = ctx.model.row("shift", "shift")
    able = ctx.model.role in ON_DUTY and not ctx.readonly
    if able and shift and not shift.get("officer"):
        said.append(ctx.tr("Nobody is on duty: :takeover takes it."))
    if not ctx.settings.toured and not ctx.model.exercise:
        said.append(ctx.tr("New here? F1 twice: three minutes around the console."))
    return "  ".join(said)
