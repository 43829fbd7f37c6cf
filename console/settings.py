"""What an officer likes, kept in the user's own folder: language, theme, keys, sound."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any


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
