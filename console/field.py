"""A line of text under the officer's hands: the command line, and the fields of forms. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from console.cells import Line, Span, exactly, show, width

LIMIT = 500


@dataclass(slots=True)
class TextField:
    """`cursor` is a position between characters, 0 to len(text)."""

    text: str = ""
    cursor: int = 0
    secret: bool = False

    def set(self, text: str) -> None:
        """Other text; the cursor at its end."""
        self.text = text[:LIMIT]
        self.cursor = len(self.text)

    def insert(self, typed: str) -> None:
        """What was typed or pasted: line ends become blanks, controls go; never more than fits."""
        clean = "".join(" " if c.isspace() else c for c in typed if c.isprintable() or c.isspace())
        clean = clean[: LIMIT - len(self.text)]
        self.text = self.text[: self.cursor] + clean + self.text[self.cursor :]
        self.cursor += len(clean)

    def key(self, key: str, character: str) -> bool:
        """Edit by a key; False if it is no editing key."""
        if key == "ideographic_space":  # an input method's blank, which is not printable
            character = " "
        if character and (character.isprintable() or character.isspace()):
            self.insert(character)
            return True
        return self._edit(key)

    def _edit(self, key: str) -> bool:
        match key:
            case "left":
                self.cursor = max(0, self.cursor - 1)
            case "right":
                self.cursor = min(len(self.text), self.cursor + 1)
            case "home":
                self.cursor = 0
            case "end":
                self.cursor = len(self.text)
            case "backspace" if self.cursor:
                self.text = self.text[: self.cursor - 1] + self.text[self.cursor :]
                self.cursor -= 1
            case "delete":
                self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]
            case "ctrl+u":
                self.text, self.cursor = self.text[self.cursor :], 0
            case _:
                return key == "backspace"
        return True

    def draw(self, cells: int, ghost: str = "") -> tuple[Line, int]:
        """The line, and the column of the cursor; scrolled so that the cursor is in it.

        `ghost` is a suggestion, shown grey after the text.
        """
        shown = "*" * len(self.text) if self.secret else self.text
        before, after = _typed(shown[: self.cursor]), _typed(shown[self.cursor :])
        while width(before) > max(0, cells - 2):
            before = before[1:]
        spans = (Span(before + after, "input"), Span(ghost, "ghost"))
        return exactly(spans, cells, "input"), width(before)


def _typed(text: str) -> str:
    """As typed, blanks at the ends kept; harmless like any other text."""
    inner = show(text.strip(" ")) if text.strip(" ") else ""
    lead = len(text) - len(text.lstrip(" "))
    tail = len(text) - len(text.rstrip(" ")) if inner else 0
    return " " * lead + inner + " " * tail
