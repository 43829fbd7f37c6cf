"""What an officer likes, kept in the user's own folder: language, theme, keys, sound."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from console.keys import ACTIONS, FIXED
from console.styles import THEMES
from sensors.words import LANGUAGES

GUARD_S = (0.4, 1.5)  # seconds; CONSOLE.md section 4


@dataclass(slots=True)
class Settings:
    """Keys: action -> key. `sound_command`: the program to call with a sound's word."""

    lang: str = "zh"
    theme: str = "night"
    sound: bool = True
    sound_command: list[str] = field(default_factory=list)
    guard_s: float = 0.4
    keys: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    toured: bool = False


def folder() -> Path:
    """`$XDG_CONFIG_HOME/fengsui`, or `~/.config/fengsui`."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "fengsui"


def read(where: Path) -> tuple[Settings, str]:
    """The settings of the folder, and what was wrong with them: "" or one sentence's reason.

    A file that cannot be read is never written over: it is put aside as `console.json.bad`.
    """
    path = where / "console.json"
    try:
        return _settings(json.loads(path.read_text(encoding="utf-8"))), ""
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError, TypeError) as error:
        _put_aside(path)
        return Settings(), f"{path}: {error}"


def checked(given: Settings) -> tuple[Settings, list[str]]:
    """The settings with what nobody can mean put right; the names of what that was.

    A file is edited by hand: a theme that there is not must not leave the officer without a screen.
    """
    made, odd = replace(given), []
    for name, fits in _FITS.items():
        if not fits(getattr(given, name)):
            setattr(made, name, getattr(Settings(), name))
            odd.append(name)
    known = set(ACTIONS.values())
    made.keys = {
        action: key for action, key in made.keys.items() if action in known and key not in FIXED
    }
    odd += [f"keys: {action}" for action in given.keys if action not in made.keys]
    return made, odd


def _texts(value: Iterable[object]) -> bool:
    return all(isinstance(each, str) for each in value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "lang": lambda value: value in LANGUAGES,
    "theme": lambda value: value in THEMES,
    "guard_s": lambda value: GUARD_S[0] <= value <= GUARD_S[1],
    "sound_command": _texts,
    "history": _texts,
    "keys": lambda value: _texts(value.values()),
    "drafts": lambda value: _texts(value.values()),
}


def write(where: Path, settings: Settings) -> None:
    """Whole or not at all; raises OSError."""
    where.mkdir(parents=True, exist_ok=True)
    path = where / "console.json"
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(settings), ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(path)


def _settings(value: Any) -> Settings:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    made = Settings()
    for each in fields(Settings):
        given = value.get(each.name)
        if given is None:
            continue
        if type(given) is not type(getattr(made, each.name)):
            raise TypeError(each.name)
        setattr(made, each.name, given)
    return made


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".json.bad"))
    except OSError:
        return
