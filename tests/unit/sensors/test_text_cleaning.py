"""Text from outside, made harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.text import ID_LIMIT, TEXT_LIMIT, clean, clean_id

FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("对面山坡冒烟,风向西北。“快”——①", "对面山坡冒烟,风向西北。“快”——①"),
        ("plain (text) [/red] {x} %s", "plain (text) [/red] {x} %s"),
        ("  two   blanks ", "two blanks"),
        ("a\tb\r\nc\u2028d\u3000e", "a b c d e"),
        ("a\x00\x07\x7fb", "ab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mred", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d52;c;QQ==\x9cafter", "after"),
        ("\x1bPq#0;\x1b\\sixel", "sixel"),
        ("\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\end", "end"),
        ("\x1bcreset \x1b(Bset \x1b7save", "reset set save"),
        ("\u202eevil\u2066\u200b\u200d\ufeff", "evil"),
        ("flag\U000e0067\U000e0062\U000e007f", "flag"),
        ("a\ue000b\U0010ffffc\ud800d", "abcd"),
        ("a\u3164b\u115fc\ufe0fd\U000e0100e", "abcde"),
        ("Vie\u0323\u0302t", "Vie\u0323\u0302t"),
        ("e" + "\u0301" * 9 + "x", "e\u0301\u0301x"),
        ("\u0301start", "start"),
        ("", ""),
    ],
)
def test_what_is_left(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


def test_an_unfinished_control_string_loses_its_introducer_not_the_report() -> None:
    assert clean("\x1b]0;smoke on the ridge") == "0;smoke on the ridge"


def test_sequences_nested_to_survive_one_pass_leave_no_control_character() -> None:
    assert "\x1b" not in clean("\x1b\x1b[[31m\x1b\x1b[0m[2J")


def test_a_long_text_is_cut_and_says_so() -> None:
    cut = clean("火" * 600)
    assert len(cut) == TEXT_LIMIT
    assert cut.endswith("火...")


def test_an_id_is_never_cut() -> None:
    assert clean_id("a" * ID_LIMIT) == "a" * ID_LIMIT
    assert clean_id("a" * (ID_LIMIT + 1)) == ""
    assert clean_id("\x1b[2J") == ""


@given(st.text(max_size=700), st.integers(min_value=8, max_value=520))
def test_clean_is_bounded_printable_and_stable(raw: str, limit: int) -> None:
    cleaned = clean(raw, limit)
    assert len(cleaned) <= limit
    assert not {unicodedata.category(character) for character in cleaned} & FORBIDDEN
    assert clean(cleaned, limit) == cleaned


@given(st.text(alphabet="\x1b\x9b\x9d\x9c\x07[];\\m0Pa ", max_size=60))
def test_no_way_to_spell_an_escape_sequence(raw: str) -> None:
    assert not set(clean(raw)) & set("\x1b\x9b\x9d\x9c\x07")
