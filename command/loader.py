"""A township's folder, read and checked: `load` for the post, `check` for the officer.

Seven files, kept by the office itself in Excel and an editor. `check` finds everything that is
wrong in one run and says, for each, the file, the line and how to put it right.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from command.core.plans import Plans
from command.core.township import Township
from command.loading import cards, geometry, places, rosters, settings
from command.loading.complaints import Book, Problem, TownshipError, describe
from command.loading.places import Ground
from command.loading.reading import read_text, toml_line
from sensors.words import tr

__all__ = ["FILES", "Problem", "TownshipError", "check", "describe", "digest", "load", "main_check"]

FILES = (
    settings.TOWNSHIP,
    places.FILE,
    rosters.POSTS,
    rosters.UNITS,
    rosters.CAMERAS,
    settings.SOURCES,
    cards.FILE,
)


def load(folder: Path) -> Township:
    """The township in `folder`; TownshipError, with everything that is wrong, when it has faults.

    Texts are UTF-8 or GB18030, headers Chinese or English; positions are WGS-84 degrees.
    """
    township, book = _read(folder)
    if book.problems:
        raise TownshipError(_in_order(book))
    return township


def check(folder: Path) -> list[Problem]:
    """Everything that is wrong with the folder, in the order of its files and lines."""
    return _in_order(_read(folder)[1])


def digest(folder: Path) -> str:
    """SHA-256 (hex) over the names and bytes of the seven files; OSError when one isn't there."""
    total = hashlib.sha256()
    for name in sorted(FILES):
        body = (folder / name).read_bytes()
        total.update(f"{name}\0{len(body)}\0".encode())
        total.update(body)
    return total.hexdigest()


def main_check(folder: Path, lang: str) -> int:
    """Print every problem, and on stderr how many; the exit code: 0 when there is none, else 1."""
    township, book = _read(folder)
    for problem in _in_order(book):
        print(describe(problem, lang))  # noqa: T201 - the verb's output
    if book.problems:
        summary = tr("problems found in {folder}: {count}", lang)
        count = len(book.problems)
        print(summary.format(count=count, folder=folder), file=sys.stderr)  # noqa: T201
        return 1
    print(_praise(township, lang))  # noqa: T201
    return 0


def _praise(township: Township, lang: str) -> str:
    """What was read, so that the officer sees that it is the right folder."""
    text = tr("{name}: {places} places, {units} units, {cameras} cameras, no problems", lang)
    return text.format(
        name=township.name_en if lang == "en" else township.name,
        places=len(township.places),
        units=len(township.units),
        cameras=len(township.cameras),
    )


def _in_order(book: Book) -> list[Problem]:
    rank = {name: n for n, name in enumerate(FILES)}
    return sorted(book.problems, key=lambda one: (rank.get(one.file, -1), one.line))


def _read(folder: Path) -> tuple[Township, Book]:
    """The township as far as it can be read, and everything that is wrong with it."""
    book = Book()
    if not folder.is_dir():
        book.add("folder_missing", str(folder), 0)
        return _township(book, dict.fromkeys(FILES)), book
    texts = {name: read_text(book, folder, name) for name in FILES}
    return _township(book, texts), book


def _township(book: Book, texts: dict[str, str | None]) -> Township:
    """Values out of the texts; a text that is None leaves its part empty."""
    head_text, map_text = texts[settings.TOWNSHIP], texts[places.FILE]
    ground = Ground() if map_text is None else places.read(book, map_text)
    head = settings.Head() if head_text is None else settings.read_head(book, head_text, ground)
    roster = rosters.read(book, texts, ground)
    sources_text, plans_text = texts[settings.SOURCES] or "", texts[cards.FILE]
    sources = settings.read_sources(book, sources_text, ground, roster)
    plans = Plans({}, ()) if plans_text is None else cards.read(book, plans_text)
    if plans_text is not None:
        cards.check(book, plans_text, plans, roster)
        cards.check_roles(book, plans, roster)
    if head_text is not None and head.area_km2 and ground.border:
        _check_area(book, head_text, head.area_km2, ground)
    return Township(
        id=head.id,
        name=head.name,
        name_en=head.name_en,
        area_km2=head.area_km2,
        border=ground.border,
        places=tuple(ground.places.values()),
        posts=tuple(roster.posts.values()),
        units=tuple(roster.units.values()),
        cameras=tuple(roster.cameras.values()),
        sources=sources,
        plans=plans,
        roads=tuple(ground.roads),
        rivers=tuple(ground.rivers),
        forests=tuple(ground.forests),
        village_borders=ground.village_borders or None,
        limits=head.limits,
        works=head.works,
        utc_offset_h=head.utc_offset_h,
    )


def _check_area(book: Book, text: str, said: float, ground: Ground) -> None:
    """The drawn border against the area that the office states: 2% apart is another township."""
    drawn = geometry.area_km2(ground.border)
    if abs(drawn - said) > 0.02 * said:
        line = toml_line(text, "", 0, "area_km2")
        book.add("area_differs", settings.TOWNSHIP, line, drawn=round(drawn, 2), said=said)
