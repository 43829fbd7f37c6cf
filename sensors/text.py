"""Text from outside, made harmless: one line, printable, bounded. Pure.

Everything that a person may see at a terminal passes through `clean` before it becomes a fact: an
escape sequence, a bidirectional override or forty accents on one letter in an alarm's text must
not reach the officer's screen (DESIGN.md section 6, known edges). Markup is not parsed, so
brackets stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 500  # characters of an alarm's, reply's or request's text
NAME_LIMIT = 64  # characters of a name, a place id, a need
ID_LIMIT = 128  # characters of a message id or order id
DETAIL_LIMIT = 300  # characters of a rejection's detail
MARKS_LIMIT = 2  # combining marks on one base: enough for Vietnamese and pinyin, not for Zalgo

# How much longer than its limit a text may be before its tail is not even looked at: cleaning
# 64 KiB character by character would cost 10 ms, and a broken device repeats itself.
_LOOK_AHEAD = 16

# Printable ASCII, Latin letters, general punctuation without its invisible ones, CJK and full-width
# forms: no control, format or combining character, so the text is clean as it stands.
_PLAIN = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u3001-\u3029\u3030-\u303f"
    r"\u4e00-\u9fa5\uff01-\uff5e]*"
)

# ECMA-48: control strings (OSC, DCS, SOS, PM, APC) with their content, CSI with its parameters,
# and two-character escapes, in 7-bit and 8-bit forms. A control string stops at the next
# introducer, which keeps the search linear; one without its end loses only its introducer.
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*+(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    r"|\x1b[ -/]*+[0-~]"
)

_BLANKS = re.compile(" {2,}")
_SPACES = frozenset("\t\n\r\v\f\x85")
_SPACE_CATEGORIES = frozenset({"Zs", "Zl", "Zp"})
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MARK_CATEGORIES = frozenset({"Mn", "Me"})
# Letters and marks that are drawn as nothing: Hangul fillers, the grapheme joiner, variation
# selectors. They hide differences between two names that look alike.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0") | {chr(c) for c in range(0xFE00, 0xFE10)}
_VARIATION_SUPPLEMENT = range(0xE0100, 0xE01F0)


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """One printable line of at most `limit` characters; cleaning it again changes nothing.

    Whole escape sequences, controls, bidirectional and zero-width characters, tags, private and
    unassigned code points go; any white space becomes one blank; a cut text ends in "...".
    """
    if len(text) <= limit and _PLAIN.fullmatch(text) and "  " not in text:
        return text.strip(" ")
    # A sequence may be put together out of the parts around another: what is left after this has
    # no control character in it, and is harmless whatever it spells.
    visible = _visible(_ESCAPES.sub("", text[: limit * _LOOK_AHEAD]))
    return _bounded(_BLANKS.sub(" ", visible).strip(" "), limit)


def clean_id(text: str) -> str:
    """`text` cleaned if that leaves 1 to 128 characters, else "": an id is never cut short."""
    cleaned = clean(text, ID_LIMIT + 1)
    return cleaned if len(cleaned) <= ID_LIMIT else ""


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3].rstrip(" ") + "..."


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = MARKS_LIMIT  # a mark without a base would land on whatever the screen shows before it
    for character in text:
        category = unicodedata.category(character)
        if character in _SPACES or category in _SPACE_CATEGORIES:
            kept.append(" ")
            marks = MARKS_LIMIT
        elif category in _DROPPED_CATEGORIES or _is_invisible(character):
            continue
        elif category in _MARK_CATEGORIES:
            marks += 1
            if marks <= MARKS_LIMIT:
                kept.append(character)
        else:
            kept.append(character)
            marks = 0
    return "".join(kept)


def _is_invisible(character: str) -> bool:
    return character in _INVISIBLE or ord(character) in _VARIATION_SUPPLEMENT
