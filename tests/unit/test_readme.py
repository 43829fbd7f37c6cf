"""What the READMEs name is there: paths, links, verbs, options, make targets; both say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

import fengsui

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Made by the reader: a township and the data of one's own.
OWN = re.compile(r"townships/mine|data(/.*)?|\.venv/bin/fengsui")
ROOMS = {"command", "sensors", "simulations", "console", "townships", "tests", "docs", "scripts"}


def text_of(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def blocks(readme: str) -> list[str]:
    return [found[0] for found in BLOCK.finditer(text_of(readme))]


def commands(readme: str) -> list[list[str]]:
    """Every command line in a sh block, as words."""
    scripts = [found[2] for found in BLOCK.finditer(text_of(readme)) if found[1] == "sh"]
    return [shlex.split(line) for script in scripts for line in script.splitlines()]


def named_paths(text: str) -> set[str]:
    """Links, and words in backquotes or commands, that begin with one of our rooms."""
    links = {link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    words = set(re.findall(r"[\w.-]+(?:/[\w.-]*)+", text))
    return links | {word for word in words if word.split("/")[0] in ROOMS}


def wrong_options(words: list[str]) -> list[str]:
    """The words of a `fengsui ...` line that the command line does not know."""
    command: Any = typer.main.get_command(fengsui.app)
    rest = words[1:]
    while hasattr(command, "commands"):
        if not rest or rest[0] not in command.commands:
            return rest[:1] or ["(no verb)"]
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    return [word for word in rest if word.startswith("--") and word not in known]


def test_both_have_the_same_code_and_headings() -> None:
    english, chinese = READMES
    assert blocks(english) == blocks(chinese)
    assert len(blocks(english)) >= 8
    headings = [len(re.findall(r"^## ", text_of(readme), re.MULTILINE)) for readme in READMES]
    bullets = [len(re.findall(r"^- ", text_of(readme), re.MULTILINE)) for readme in READMES]
    assert headings[0] == headings[1]
    assert bullets[0] == bullets[1]


@pytest.mark.parametrize("readme", READMES)
def test_every_path_exists(readme: str) -> None:
    paths = {path for path in named_paths(text_of(readme)) if not OWN.fullmatch(path)}
    assert "command/post.py" in paths
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("readme", READMES)
def test_every_command_exists(readme: str) -> None:
    lines = [words for words in commands(readme) if words[0].endswith("fengsui")]
    assert len(lines) >= 6
    assert {" ".join(words): wrong_options(words) for words in lines} == {
        " ".join(words): [] for words in lines
    }
    inline = re.findall(r"`fengsui ([a-z]+)", text_of(readme))
    assert [verb for verb in inline if wrong_options(["fengsui", verb])] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_exists(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) \?=", makefile, re.MULTILINE))
    used = re.findall(r"(?:`|^)make(?: ([a-z]+))?(?: ([A-Z_]+)=)?", text_of(readme), re.MULTILINE)
    assert {target for target, _ in used if target} <= targets
    assert {variable for _, variable in used if variable} <= variables


def test_what_is_wrong_would_be_found() -> None:
    assert wrong_options(["fengsui", "serve", "--townshp", "x"]) == ["--townshp"]
    assert wrong_options(["fengsui", "fly"]) == ["fly"]
    assert wrong_options(["fengsui", "credentials", "token", "x", "--role", "officer"]) == []
    assert named_paths("see `command/gone.py`, [x](docs/y.md) and a/b") == {
        "command/gone.py",
        "docs/y.md",
    }
