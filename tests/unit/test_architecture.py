"""Imports run one way only, and the pure part is pure. Read from the sources, transitively.

The arrows: sensors → nothing of ours; command → sensors; console → `command.messages` only;
simulations → all; `fengsui.py` is imported by nothing and imports a room only inside a verb.
Two leaves are open to every room: `sensors.words` (what a person reads) and `sensors.text` (what
makes a text from outside safe to show).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("sensors", "command", "console", "simulations")
ARROWS = {
    "sensors": ("sensors",),
    "command": ("command", "sensors"),
    "console": ("console", "command.messages", "sensors.words", "sensors.text"),
    "simulations": ROOMS,
    "fengsui": ROOMS,
}

# A folder means everything under it. The packages themselves are imported with their modules.
PURE = ("command.core", "sensors.normalise", "sensors.dialects")
PURE_FILES = (
    "command.messages",  # rows and commands of the feed: the core and the console share them
    "sensors.observations",
    "sensors.sources",
    "sensors.topics",
    "sensors.messages",
    "sensors.text",
    "sensors.times",
    "sensors.positions",
)
PACKAGES = ("command", "sensors")

# Nothing here reads a clock, a file, a socket or the environment.
ALLOWED = (
    "__future__",
    "abc",
    "array",
    "base64",
    "binascii",
    "bisect",
    "codecs",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "html",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "urllib.parse",
    "zlib",
    "defusedxml",
    "numpy",
    "pydantic",
    "pydantic_core",
    "scipy",
    "shapely",
    "typing_extensions",
)
BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "compile", "__import__"})
CLOCKS = frozenset({"now", "today", "utcnow"})
FILES_OF_NUMPY = frozenset({"load", "save", "savez", "fromfile", "loadtxt", "savetxt", "memmap"})


def modules(root: Path) -> dict[str, str]:
    """Module name to source, for all that is ours."""
    paths = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    return {
        name_of(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in [*paths, *root.glob("fengsui.py")]
    }


def name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name: str, source: str, *, top_level: bool = False) -> Iterator[str]:
    """Every dotted name that the module imports; `from a import b` gives a.b, for b may be one."""
    tree = ast.parse(source)
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = name.split(".")[: -node.level] if "." in name else []
                base = ".".join([*above, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(imported: str, sources: dict[str, str]) -> str | None:
    """The module of ours that this name is or lies in; None for others' modules."""
    parts = imported.split(".")
    for length in range(len(parts), 0, -1):
        if (candidate := ".".join(parts[:length])) in sources:
            return candidate
    return imported if parts[0] in (*ROOMS, "fengsui") else None


def graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """Which modules of ours each module imports, itself."""
    return {
        name: {found for each in imports(name, source) if (found := ours(each, sources))} - {name}
        for name, source in sources.items()
    }


def reached(start: str, edges: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """All modules of ours that importing `start` brings in, each with the way to it."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for there in sorted(edges.get(here, ())):
            if there not in ways:
                ways[there] = (*ways[here], there)
                waiting.append(there)
    return ways


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def wrong_arrows(sources: dict[str, str]) -> list[str]:
    """Each import, however indirect, that the arrows do not allow."""
    edges = graph(sources)
    findings = []
    for start in sources:
        open_to_it = ARROWS[start.split(".")[0]]
        findings += [
            " → ".join(way)
            for target, way in reached(start, edges).items()
            if target != start and not within(target, open_to_it)
        ]
    return findings


def early_rooms(sources: dict[str, str]) -> list[str]:
    """Rooms that the command line imports before its verb is known."""
    if "fengsui" not in sources:
        return []
    return [
        name
        for name in imports("fengsui", sources["fengsui"], top_level=True)
        if within(name, ROOMS) and not within(name, ("sensors.words",))
    ]


def is_pure(name: str) -> bool:
    return within(name, PURE) or name in PURE_FILES or name in PACKAGES


def impurities(sources: dict[str, str]) -> list[str]:
    """Each place where a pure module does what only adapters may do."""
    return [
        f"{name}: {finding}"
        for name, source in sources.items()
        if is_pure(name)
        for finding in (*impure_imports(name, source, sources), *impure_code(source))
    ]


def impure_imports(name: str, source: str, sources: dict[str, str]) -> Iterator[str]:
    for imported in imports(name, source):
        found = ours(imported, sources)
        harmless = allowed(imported) if found is None else is_pure(found)
        if not harmless:
            yield f"imports {found or imported}"


def allowed(imported: str) -> bool:
    """A module of others that is pure; of `random` only the generator that takes a seed."""
    if imported.startswith("random."):
        return imported == "random.Random"
    return within(imported, ALLOWED)


def impure_code(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"line {node.lineno}: async"
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            yield f"line {node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute):
            yield from impure_attribute(node)
        elif isinstance(node, ast.Call) and unseeded(node):
            yield f"line {node.lineno}: random without a seed"


def impure_attribute(node: ast.Attribute) -> Iterator[str]:
    owner = last_name(node.value)
    if node.attr in CLOCKS and owner in {"datetime", "date"}:
        yield f"line {node.lineno}: {owner}.{node.attr}"
    if node.attr in FILES_OF_NUMPY and owner in {"np", "numpy"}:
        yield f"line {node.lineno}: {owner}.{node.attr}"
    if owner == "random" and node.attr not in {"Random", "default_rng", "Generator"}:
        yield f"line {node.lineno}: random.{node.attr}"


def unseeded(call: ast.Call) -> bool:
    makes = last_name(call.func)
    return makes in {"Random", "default_rng"} and not call.args and not call.keywords


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_imports_run_one_way() -> None:
    assert wrong_arrows(modules(ROOT)) == []


def test_the_command_line_imports_a_room_only_when_its_verb_is_used() -> None:
    assert early_rooms(modules(ROOT)) == []


def test_the_pure_part_is_pure() -> None:
    assert impurities(modules(ROOT)) == []


def test_there_is_something_to_read() -> None:
    names = set(modules(ROOT))
    assert {"command.core.plans", "sensors.observations", "sensors.sources", "console"} <= names
    assert sum(is_pure(name) for name in names) > 10


LEAVES = {"command.messages": "", "sensors.words": "import os", "sensors.text": ""}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("sensors.bad", "import command.post"),
        ("sensors.bad", "from command import post"),
        ("sensors.bad", "def f():\n    from console.app import App"),
        ("command.bad", "from simulations.clock import Clock"),
        ("command.bad", "import console"),
        ("console.bad", "from command.post import Post"),
        ("console.bad", "from sensors.observations import Alarm"),
        ("console.bad", "from command.core import world"),
        ("simulations.bad", "import fengsui"),
        ("command.core.bad", "from ...console import app"),
    ],
)
def test_a_wrong_arrow_is_found(name: str, source: str) -> None:
    assert wrong_arrows({**LEAVES, name: source}) != []


def test_a_wrong_arrow_is_found_at_second_hand() -> None:
    chain = {
        "console.app": "from command.messages import Row",
        "command.messages": "from command.log import Log",
        "command.log": "",
    }
    assert wrong_arrows(chain) == ["console.app → command.messages → command.log"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("console.good", "from command.messages import Row\nfrom sensors.words import tr"),
        ("command.good", "from sensors.text import clean\nimport redis"),
        ("simulations.good", "from command.messages import Row"),
    ],
)
def test_a_right_arrow_passes(name: str, source: str) -> None:
    assert wrong_arrows({**LEAVES, name: source}) == []


def test_an_early_room_is_found() -> None:
    assert early_rooms({"fengsui": "from command.app import serve"}) == ["command.app.serve"]
    late = "from sensors.words import tr\ndef serve():\n    from command.app import serve"
    assert early_rooms({"fengsui": late}) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import pathlib",
        "from pathlib import Path",
        "import io",
        "import socket",
        "import time",
        "from time import monotonic",
        "import asyncio",
        "import threading",
        "import subprocess",
        "import logging",
        "import structlog",
        "import uuid",
        "import secrets",
        "import zoneinfo",
        "import urllib.request",
        "def f():\n    import os",
        "from sensors.words import tr",
        "from command.log import Log",
        "open('x')",
        "print('x')",
        "x = input",
        "__import__('os')",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "import datetime\ndatetime.date.today()",
        "from datetime import datetime as datetime\nclock = datetime.utcnow",
        "import random\nrandom.random()",
        "import random\nrandom.Random()",
        "from random import choice",
        "from random import Random\nRandom()",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy as np\nnp.random.rand(3)",
        "import numpy as np\nnp.load('x')",
        "async def f(): ...",
    ],
)
def test_an_impurity_is_found(source: str) -> None:
    sources = {**LEAVES, "command.log": "", "command.core.bad": source}
    assert impurities(sources) != []


@pytest.mark.parametrize(
    "source",
    [
        "from command.core.plans import Plan",
        "from sensors.observations import Alarm",
        "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)",
        "import random\nrandom.Random(7).random()",
        "import numpy as np\nnp.random.default_rng(7)",
        "def f(world, now):\n    return world.now + now",
        "from urllib.parse import urlsplit",
        "import collections.abc",
    ],
)
def test_a_pure_module_passes(source: str) -> None:
    sources = {"command.core.plans": "", "sensors.observations": "", "command.core.good": source}
    assert impurities(sources) == []
