"""Keys by name, after full-width forms are folded: an input method must not eat a command. Pure.

No plain letter is a key. What each key does is CONSOLE.md section 4; a user's settings may give an
action another key, never take F2 or F3 from its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Textual's names for what an input method sends, and the ASCII key that is meant.
FOLDED: Mapping[str, str] = MappingProxyType(
    {
        "fullwidth_colon": "colon",
        "fullwidth_question_mark": "question_mark",
        "fullwidth_solidus": "slash",
        "ideographic_comma": "slash",
        "ideographic_space": "space",
        "left_black_lenticular_bracket": "left_square_bracket",
        "right_black_lenticular_bracket": "right_square_bracket",
        "fullwidth_left_square_bracket": "left_square_bracket",
        "fullwidth_right_square_bracket": "right_square_bracket",
    }
)
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "f1": "help", "question_mark": "help",
        "f2": "next", "ctrl+g": "next",
        "f3": "go", "ctrl+y": "go",
        "f4": "acknowledge", "ctrl+r": "acknowledge",
        "f5": "main", "f6": "teams", "f7": "cameras", "f8": "grid", "f9": "cases",
        "f10": "menu", "ctrl+o": "menu",
        "colon": "command", "ctrl+p": "command",
        "slash": "find",
        "left_square_bracket": "previous_item", "right_square_bracket": "next_item",
        "ctrl+t": "silence", "ctrl+n": "note", "ctrl+l": "resync",
        "escape": "back", "tab": "pane", "enter": "open", "space": "mark",
    }
)  # fmt: skip
FIXED = frozenset({"f2", "f3"})  # the two that are learned first are never given away


def folded(key: str, character: str) -> tuple[str, str]:
    """The key as it is meant, and the character it types: full-width forms count as ASCII."""
    if key in FOLDED:
        return FOLDED[key], FOLDED_CHARACTERS.get(character, character)
    if len(character) == 1 and "０" <= character <= "９":
        digit = chr(ord(character) - 0xFEE0)
        return digit, digit
    return key, character


FOLDED_CHARACTERS: Mapping[str, str] = MappingProxyType(
    {"：": ":", "？": "?", "／": "/", "、": "/", "\u3000": " ", "【": "[", "】": "]"}
)


def bindings(own: Mapping[str, str]) -> dict[str, str]:
    """Key -> action: ours, with the user's on top; F2 and F3 stay what they are.

    `own` comes from the settings file: action -> key. An action that nobody knows is passed over;
    `settings.py` says so to the user.
    """
    known = set(ACTIONS.values())
    extra = {key: action for action, key in own.items() if action in known and key not in FIXED}
    return dict(ACTIONS) | extra
