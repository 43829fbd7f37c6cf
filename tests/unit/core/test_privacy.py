"""Telephone numbers, identity cards and plates are taken out; times, ids and counts stay."""

from __future__ import annotations

import pytest

from command.core.privacy import MASK, part


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("回电13812345678找我", ("13812345678",)),
        ("打138 1234 5678或0933-1234567", ("138 1234 5678", "0933-1234567")),
        ("身份证62242519800101123X走失", ("62242519800101123X",)),
        ("甘L12345面包车", ("甘L12345",)),
        ("+8613812345678", ("+8613812345678",)),
    ],
)
def test_personal_data_is_taken_out(text: str, found: tuple[str, ...]) -> None:
    masked, finds = part(text)
    assert finds == found
    assert masked.count(MASK) == len(found)
    assert not any(one in masked for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "对面山坡冒烟",
        "水位2116毫米,03:12:41起",
        "2026-11-23 08:00",
        "O-e1-13812345678901",
        "1607123955.475377-mxklsc",
        "14000人3433户",
        "107.552, 35.284",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert part(text) == (text, ())
