"""Personal data in free text: found by its form, and taken out before anything is decided. Pure.

Only what has a form can be found: telephone numbers, identity cards, number plates. Names cannot,
so people are known by post, and screens say so (CENTRES.md (f)).
"""

from __future__ import annotations

import re

MASK = "[已封存]"

_ID_CARD = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
_LANDLINE = r"0\d{2,3}[- ]\d{7,8}"
_PLATE = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.]?[A-Z0-9]{5,6}"
_PERSONAL = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_ID_CARD}|{_MOBILE}|{_LANDLINE})(?![0-9A-Za-z])|{_PLATE}"
)


def part(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with each find replaced by `MASK`, and the finds in order."""
    if not text or not _PERSONAL.search(text):
        return text, ()
    return _PERSONAL.sub(MASK, text), tuple(m.group() for m in _PERSONAL.finditer(text))
