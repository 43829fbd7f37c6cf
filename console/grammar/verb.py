"""What a verb of the command line is: its names, its slots, its examples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from command.messages import COMMANDS
from console.grammar.slots import Slot
from console.look import Look


class Text(Enum):
    """Whether `// text` belongs to it."""

    NONE = 0
    MAY = 1
    MUST = 2


@dataclass(frozen=True, slots=True)
class Verb:
    """`do` is the command of the post that it gives, "" for none of its own.

    `reads` (msgid) reads the line back, with `{slot}`s; `says` (msgid) is its line in the help.
    `rest`: any number of further words go to the last slot. `soon`: there is no engine for it yet.
    """

    zh: str
    short: str
    en: str
    do: str
    says: str
    reads: str = ""
    slots: tuple[Slot, ...] = ()
    text: Text = Text.MAY
    examples: tuple[tuple[str, str], ...] = ()
    rest: bool = False
    harmless: bool = False  # changes nothing in the world: any unique beginning will do
    soon: bool = False

    def name(self, look: Look) -> str:
        """The verb in the officer's language."""
        return self.en if look.lang == "en" else self.zh

    @property
    def there(self) -> bool:
        """Whether this console can give it."""
        return not self.soon and (not self.do or self.do in COMMANDS)

    @property
    def needed(self) -> Sequence[Slot]:
        """The slots that must be filled."""
        return [slot for slot in self.slots if slot.need]
