"""What a style's name looks like, in each theme. Colour is never alone: the word is always there.

The values and their contrast are CONSOLE.md section 3's; Rich downgrades them to 256 or 16 colours
by itself, and a test pins to which.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rich.style import Style

THEMES = ("night", "contrast", "ansi", "mono")

_TEXT, _GROUND = "#dadada", "#121212"


def _of(
    colour: str = _TEXT, on: str = _GROUND, *, bold: bool = False, reverse: bool = False
) -> Style:
    return Style(color=colour, bgcolor=on, bold=bold, reverse=reverse)


_NIGHT = {
    "": _of(),
    "bold": _of(bold=True),
    "dim": _of("#8a8a8a"),
    "title": _of("#ffffff", bold=True),
    "cursor": _of(_GROUND, _TEXT),
    "crit": _of("#ffffff", "#af0000", bold=True),
    "high": _of("#000000", "#ffaf00"),
    "norm": _of("#000000", "#5fafff"),
    "low": _of(),
    "drill": _of("#ffffff", "#5f00af"),
    "lost": _of("#000000", "#d0d0d0"),
    "good": _of("#87d787"),
    "warn": _of("#ffaf00"),
    "bad": _of("#ff8787", bold=True),
    "input": _of("#ffffff", "#262626"),
    "ghost": _of("#767676", "#262626"),
    "water": _of("#5f87af"),
    "road": _of("#a8a8a8"),
    "forest": _of("#5f875f"),
    "border": _of("#6c6c6c"),
}
_CONTRAST = {name: _of("#ffffff", "#000000", bold=bool(of.bold)) for name, of in _NIGHT.items()} | {
    "cursor": _of("#000000", "#ffff00", bold=True),
    "crit": _of("#ffffff", "#d70000", bold=True),
    "high": _of("#000000", "#ffff00", bold=True),
    "norm": _of("#000000", "#00ffff"),
    "drill": _of("#ffffff", "#8700d7", bold=True),
    "lost": _of("#000000", "#ffffff", bold=True),
    "dim": _of("#d0d0d0", "#000000"),
    "ghost": _of("#d0d0d0", "#000000"),
}  # fmt: skip


def _ansi(colour: str = "default", on: str = "default", *, bold: bool = False) -> Style:
    return Style(color=colour, bgcolor=on, bold=bold)


_ANSI = {
    "": _ansi(), "bold": _ansi(bold=True), "dim": _ansi("white"), "title": _ansi(bold=True),
    "cursor": Style(reverse=True), "crit": _ansi("bright_white", "red", bold=True),
    "high": _ansi("black", "bright_yellow"), "norm": _ansi("black", "bright_cyan"), "low": _ansi(),
    "drill": _ansi("bright_white", "magenta"), "lost": _ansi("black", "white"),
    "good": _ansi("green"), "warn": _ansi("bright_yellow"), "bad": _ansi("bright_red", bold=True),
    "input": _ansi(bold=True), "ghost": _ansi("white"), "water": _ansi("blue"),
    "road": _ansi("white"), "forest": _ansi("green"), "border": _ansi("white"),
}  # fmt: skip
_MONO = {name: Style() for name in _NIGHT} | {
    "bold": Style(bold=True), "title": Style(bold=True), "cursor": Style(reverse=True),
    "crit": Style(bold=True, reverse=True), "high": Style(bold=True), "bad": Style(bold=True),
    "warn": Style(bold=True), "drill": Style(reverse=True), "lost": Style(reverse=True),
}  # fmt: skip

_TABLES = {"night": _NIGHT, "contrast": _CONTRAST, "ansi": _ANSI, "mono": _MONO}
STYLES: Mapping[str, Mapping[str, Style]] = MappingProxyType(_TABLES)


def style(name: str, theme: str) -> Style:
    """The style of that name; raises KeyError on a name that no theme has."""
    return STYLES[theme][name]
