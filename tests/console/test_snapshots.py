"""Every screen, as a file that a person can read: `snapshots/NAME_SIZE_LANG_COLOUR.txt`.

A difference is a change of what an officer sees: look at it, then `make snapshots` writes them
anew. A file has the lines, then the styles of each line, then what Rich makes of those styles in
that many colours.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from post_stage import FOLDER as TOWNSHIP
from rich.color import ColorSystem
from rich.style import Style
from snapshot_screens import SCREENS, TOUR, Size, Taken, taken

from console.cells import Line, size_of, text_of
from console.cells import width as cells_of
from console.styles import STYLES, style

FOLDER = Path(__file__).parent / "snapshots"
WRITE = os.environ.get("FENGSUI_SNAPSHOTS") == "write"
COLOURS = {
    "256": ("night", ColorSystem.EIGHT_BIT),
    "16": ("night", ColorSystem.STANDARD),
    "true": ("night", ColorSystem.TRUECOLOR),
    "none": ("mono", None),
}
BOTH = ("zh", "en")
SMALL = ("main", "dispatch_unread", "cameras", "drill", "lost")  # on small terminals, and colours
TOO_SMALL = (60, 18)
BRAILLE_FROM = 100  # columns
# What stays as it is in Chinese: keys, ids, short verbs, names of programs and of what they write.
KEPT = re.compile(
    r"(?<=  )[a-z]{1,4}(?=  )|"
    r"F\d+|Ctrl-[A-Z]|Esc|Tab|Enter|Space|Home|End|PgUp|PgDn|[IXACDQ]-e\d+-\d+|e\d+-\d+\.\d+|"
    r"[a-z]+-v?\d+(?:-g\d+)?|E\d+|fs/jingming[/a-z0-9~-]*|fsx?|fengsui(?: log)?|duty-desk|"
    r"[A-F0-9]{4}-[A-F0-9]{4}|[ADVTS](?=[^A-Za-z])|ljg2|mb1|:gz|x(?= \d)"
)
# The reader's own words, and the log file's: said to be just that.
QUOTED = re.compile(r"(程序原话|日志文件里).*")
WORD = re.compile(r"[A-Za-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class Shot(NamedTuple):
    """One file."""

    screen: str
    size: Size
    lang: str
    colour: str

    def __str__(self) -> str:
        return f"{self.screen}_{self.size[0]}x{self.size[1]}_{self.lang}_{self.colour}"


def shots() -> Iterator[Shot]:
    """All of them: CONSOLE.md section 6, and English on the wide screen."""
    for screen in (*SCREENS, *TOUR):
        for lang in BOTH:
            for size in ((160, 45), (80, 24)):
                yield Shot(screen, size, lang, "256")
    for screen in SMALL:
        for lang in BOTH:
            yield Shot(screen, (100, 30), lang, "256")
            yield Shot(screen, TOO_SMALL, lang, "256")
        for colour in ("true", "16", "none"):
            yield Shot(screen, (80, 24), "zh", colour)
    for lang in BOTH:
        yield Shot("too_small", TOO_SMALL, lang, "256")


SHOTS = list(dict.fromkeys(shots()))
IDS = [str(shot) for shot in SHOTS]


def lines_of(shot: Shot) -> Sequence[Line]:
    """The picture."""
    return taken_of(shot).pictures[shot.size].lines


def taken_of(shot: Shot) -> Taken:
    """The screen of that name; what is too small shows the detail's."""
    return taken("detail" if shot.screen == "too_small" else shot.screen, shot.lang)


def runs(line: Line) -> str:
    """`title:22 crit:6 :52`: styles and cells, neighbours of one style together."""
    made: list[tuple[str, int]] = []
    for span in line:
        size = cells_of(span.text)
        if made and made[-1][0] == span.style:
            made[-1] = (span.style, made[-1][1] + size)
        elif size:
            made.append((span.style, size))
    return " ".join(f"{name}:{size}" for name, size in made)


def codes(name: str, colour: str) -> str:
    """What Rich sends to such a terminal: SGR parameters."""
    theme, system = COLOURS[colour]
    found = style(name, theme)
    if system is None:
        on = {"bold": found.bold, "reverse": found.reverse}
        return " ".join(word for word, there in on.items() if there) or "plain"
    fresh = Style(  # Rich keeps what it made of a style the first time
        color=found.color, bgcolor=found.bgcolor, bold=found.bold, reverse=found.reverse
    )
    return re.sub(r"\x1b\[([\d;]*)mx.*", r"\1", fresh.render("x", color_system=system))


def written(shot: Shot, lines: Sequence[Line]) -> str:
    """The file's text."""
    used = sorted({span.style for line in lines for span in line})
    return "\n".join(
        (
            *(text_of(line).rstrip() for line in lines),
            f"== styles, cells of each ({shot.colour})",
            *(f"{number:>2} {runs(line)}" for number, line in enumerate(lines, 1)),
            *(f"   {name or 'text'} = {codes(name, shot.colour)}" for name in used),
            "",
        )
    )


@pytest.mark.parametrize("shot", SHOTS, ids=IDS)
def test_the_screen_is_the_one_in_its_file(shot: Shot) -> None:
    path = FOLDER / f"{shot}.txt"
    text = written(shot, lines_of(shot))
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "see the top of this file"


def test_no_file_is_left_over() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(IDS)


@pytest.mark.parametrize("shot", SHOTS, ids=IDS)
def test_each_line_is_as_wide_as_the_screen_and_of_plain_characters(shot: Shot) -> None:
    lines = lines_of(shot)
    columns, rows = shot.size
    assert [size_of(line) for line in lines] == [columns] * rows
    for line in lines:
        strange = [one for one in text_of(line) if not allowed(one, columns)]
        assert not strange, (strange, text_of(line))


def allowed(character: str, columns: int) -> bool:
    """ASCII or double width; braille on a wide screen (CONSOLE.md section 2)."""
    if "\u2800" <= character <= "\u28ff":
        return columns >= BRAILLE_FROM
    return character.isascii() or unicodedata.east_asian_width(character) in {"W", "F"}


@pytest.mark.parametrize("shot", SHOTS, ids=IDS)
def test_the_red_count_is_on_it(shot: Shot) -> None:
    lines = [text_of(line) for line in lines_of(shot)[:2]]
    found = re.search(r"(?:急|CRIT|Cr) ?(\d+)", " ".join(lines))
    assert found, lines
    assert int(found[1]) == taken_of(shot).reds


@pytest.mark.parametrize("shot", [s for s in SHOTS if s.lang == "zh"], ids=str)
def test_a_chinese_screen_has_no_english_words(shot: Shot) -> None:
    for line in lines_of(shot):
        left = KEPT.sub(" ", QUOTED.sub(" ", text_of(line)))
        assert not WORD.findall(left), text_of(line)


def township_words() -> str:
    """All that the township's files call by a Chinese name."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in TOWNSHIP.iterdir() if path.is_file()
    )


def without_english() -> Iterable[str]:
    """Chinese names that have no English in the files: hazards, equipment, contacts, cameras."""
    return CHINESE.findall(township_words())


NAMES = "\n".join(without_english())


@pytest.mark.parametrize("shot", [s for s in SHOTS if s.lang == "en"], ids=str)
def test_an_english_screen_has_only_names_in_chinese(shot: Shot) -> None:
    for line in lines_of(shot):
        for found in CHINESE.findall(text_of(line)):
            assert found in NAMES, (found, text_of(line))


def test_the_names_that_have_english_are_said_in_english() -> None:
    for shot in SHOTS:
        if shot.lang == "en":
            text = "\n".join(text_of(line) for line in lines_of(shot))
            assert "雷家沟" not in text, str(shot)
            assert "民兵" not in text, str(shot)


DOWNGRADED = {  # CONSOLE.md section 3: (ink, ground) in 256 colours, in 16
    "crit": ((231, 124), (15, 1)),
    "high": ((16, 214), (0, 11)),
    "norm": ((16, 75), (0, 14)),
    "drill": ((231, 55), (15, 5)),
    "lost": ((16, 251), (0, 7)),
}


@pytest.mark.parametrize("name", DOWNGRADED)
def test_rich_makes_these_colours_of_ours(name: str) -> None:
    found = STYLES["night"][name]
    assert found.color is not None
    assert found.bgcolor is not None
    made = []
    for system in (ColorSystem.EIGHT_BIT, ColorSystem.STANDARD):
        ink, ground = (each.downgrade(system).number for each in (found.color, found.bgcolor))
        made.append((ink, ground))
    assert tuple(made) == DOWNGRADED[name]
