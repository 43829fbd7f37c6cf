"""What an officer likes is kept whole or not at all; what the command line says comes first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console import settings as own
from console.carry import new_file
from console.main import Options, preferences
from console.settings import Settings


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    made = Settings(
        lang="en", theme="mono", sound=False, sound_command=["play", "x"], guard_s=1.0,
        keys={"help": "f1"}, history=["派 412"], drafts={"note I-1": "电话已打"}, toured=True,
    )  # fmt: skip
    own.write(tmp_path / "new", made)
    assert own.read(tmp_path / "new") == (made, "")


def test_no_file_is_the_usual_settings_and_no_fault(tmp_path: Path) -> None:
    assert own.read(tmp_path) == (Settings(), "")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"lang": 3}', '{"history": "x"}', '{"guard_s": true}', "\xff", '{"keys": 1}'],
)
def test_a_file_that_cannot_be_read_is_put_aside_and_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "console.json"
    path.write_bytes(text.encode("latin-1"))
    made, fault = own.read(tmp_path)
    assert made == Settings()
    assert str(path) in fault
    assert not path.exists()
    assert (tmp_path / "console.json.bad").read_bytes() == text.encode("latin-1")


def test_what_a_later_version_keeps_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "console.json").write_text(json.dumps({"lang": "en", "wings": 2}))
    assert own.read(tmp_path) == (Settings(lang="en"), "")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    own.write(tmp_path, Settings(lang="en"))
    (tmp_path / "console.new").mkdir()
    with pytest.raises(OSError, match=r"console\.new"):
        own.write(tmp_path, Settings(lang="zh"))
    assert own.read(tmp_path)[0].lang == "en"


@pytest.mark.parametrize(
    ("over", "odd"),
    [
        ({}, []),
        ({"theme": "pink"}, ["theme"]),
        ({"lang": "fr", "guard_s": 9.0}, ["lang", "guard_s"]),
        ({"history": [1], "sound_command": [None]}, ["sound_command", "history"]),
        ({"keys": {"help": 1}, "drafts": {"x": []}}, ["keys", "drafts", "keys: help"]),
        ({"keys": {"fly": "f1", "teams": "f2", "grid": "f12"}}, ["keys: fly", "keys: teams"]),
    ],
)
def test_what_nobody_can_mean_is_named_and_not_used(over: dict[str, Any], odd: list[str]) -> None:
    made, named = own.checked(replace(Settings(), **over))
    assert named == odd
    assert own.checked(made) == (made, [])
    assert made.keys == ({"grid": "f12"} if "grid" in over.get("keys", {}) else {})


def test_the_folder_is_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert own.folder() == tmp_path / "fengsui"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert own.folder() == tmp_path / ".config" / "fengsui"


def options(**over: Any) -> Options:
    return Options("ws://127.0.0.1:1/console", "t", **over)


@pytest.mark.parametrize(
    ("given", "kept", "environment", "lang", "theme"),
    [
        ({}, Settings(), {}, "zh", "night"),
        ({}, Settings(lang="en", theme="contrast"), {}, "en", "contrast"),
        ({"lang": "en", "theme": "ansi"}, Settings(), {}, "en", "ansi"),
        ({}, Settings(), {"NO_COLOR": "1"}, "zh", "mono"),
        ({}, Settings(), {"NO_COLOR": ""}, "zh", "mono"),
        ({"theme": "night"}, Settings(), {"NO_COLOR": "1"}, "zh", "night"),
        ({}, Settings(), {"TERM": "linux"}, "en", "ansi"),
        ({"lang": "zh"}, Settings(), {"TERM": "linux"}, "zh", "ansi"),
    ],
)
def test_command_line_before_terminal_before_settings(
    given: dict[str, Any], kept: Settings, environment: dict[str, str], lang: str, theme: str
) -> None:
    made, look = preferences(options(**given), kept, environment)
    assert (made.lang, made.theme) == (lang, theme)
    assert (look.lang, look.theme) == (lang, theme)
    assert look.braille is ("TERM" not in environment)


def test_guard_and_sound_command_of_the_command_line() -> None:
    given = options(guard_s=1.5, sound_command=("play", "it"))
    made, _ = preferences(given, Settings(sound_command=["old"]), {})
    assert (made.guard_s, made.sound_command) == (1.5, ["play", "it"])
    made, _ = preferences(options(), Settings(sound_command=["old"], guard_s=0.8), {})
    assert (made.guard_s, made.sound_command) == (0.8, ["old"])


# --- files that the officer asked for


def test_an_export_never_writes_over_another(tmp_path: Path) -> None:
    first = new_file(tmp_path / "new", "shift.csv", "a")
    second = new_file(tmp_path / "new", "shift.csv", "b")
    assert (first.name, second.name) == ("shift.csv", "shift-2.csv")
    assert (first.read_text(), second.read_text()) == ("a", "b")


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "", ".hidden", "a/b", "a\x00b", "a\nb", "x" * 200]
)
def test_an_export_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="file name"):
        new_file(tmp_path, name, "a")
    assert list(tmp_path.iterdir()) == []
