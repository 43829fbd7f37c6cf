"""A copy of the reference township to break, and what `check` says about it."""

from __future__ import annotations

from pathlib import Path

from command.loader import FILES, check

FOLDER = Path(__file__).resolve().parents[2] / "townships" / "jingming"
TABLES = ("posts.csv", "units.csv", "cameras.csv")


def copy(folder: Path) -> Path:
    """The reference township's files in `folder`."""
    for name in FILES:
        (folder / name).write_bytes((FOLDER / name).read_bytes())
    return folder


def text_of(folder: Path, name: str) -> str:
    """A file's text, without the mark that Excel wants."""
    return (folder / name).read_text("utf-8-sig")


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old`, and tell the line it stood on."""
    line = line_of(folder, name, old)
    text = text_of(folder, name).replace(old, new, 1)
    (folder / name).write_text(text, "utf-8", newline="")
    return line


def line_of(folder: Path, name: str, word: str) -> int:
    """The first line with `word` in it."""
    text = text_of(folder, name)
    assert word in text, f"{word!r} is not in {name}"
    return text.count("\n", 0, text.index(word)) + 1


def found(folder: Path) -> list[tuple[str, str, int]]:
    """Code, file and line of every problem."""
    return [(problem.code, problem.file, problem.line) for problem in check(folder)]


def only(folder: Path, code: str) -> tuple[str, int]:
    """The file and line of the one problem of that code."""
    (place,) = [one[1:] for one in found(folder) if one[0] == code]
    return place
