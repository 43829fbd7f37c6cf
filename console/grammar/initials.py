"""Pinyin initials of Chinese names: `ljg2` is 雷家沟二组, `mb1` 民兵一队. Pure.

The 3,755 everyday characters stand in GB 2312 in the order of their pinyin, so 23 border characters
say the first letter of each. A library of readings costs 57 MB and 0.3 s at the start of a console
that asks for a hundred names; what it would know better are the rarer characters, of which the
names of this country need the few below.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

_LETTERS = "abcdefghjklmnopqrstwxyz"
_BORDERS = [c.encode("gb2312") for c in "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"]
_END = b"\xd7\xfa"  # behind the last everyday character; the rarer ones are ordered by radical
_RARER = dict(zip("泾塬崾岘峁坳圪垯垴垭嵝砭", "jyyxmagdnylb", strict=True))
_NUMBERS = dict(zip("一二三四五六七八九", "123456789", strict=True))
_DROPPED_END = ("队", "组", "岗")  # every team and every group has it: `mb1`, not `mb1d`


def letter(character: str) -> str:
    """The first letter of a character's pinyin; itself in ASCII; "" where it is not known."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if character in _RARER:
        return _RARER[character]
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    known = len(code) == 2 and _BORDERS[0] <= code < _END
    return _LETTERS[bisect_right(_BORDERS, code) - 1] if known else ""


@lru_cache(maxsize=4096)
def initials(name: str) -> frozenset[str]:
    """What may be typed for a name: with numbers as digits, with and without 村, 队 and 组."""
    spoken = name.replace("村", "") if len(name) > 2 else name
    return frozenset(code for one in (name, spoken) for code in _codes(one) if len(code) > 1)


def _codes(name: str) -> Iterator[str]:
    yield _of(name)
    if name.endswith(_DROPPED_END):
        yield _of(name[:-1])


def _of(name: str) -> str:
    return "".join(_NUMBERS.get(character) or letter(character) for character in name)
