"""Every sentence that a person reads has its Chinese, and what is compiled is what is written."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "sensors" / "locale"
ROOMS = ("command", "sensors", "simulations", "console")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
REMEDY = "run `make words`, fill in the Chinese, run `make words` again"


def extracted(root: Path) -> set[str]:
    """The ids in the sources, as `make words` collects them."""
    paths = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    return {
        message if isinstance(message, str) else message[0]
        for path in [*paths, *root.glob("fengsui.py")]
        for _, message, _, _ in extract_from_file("python", path, keywords={"tr": None, "_": None})
    }


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "fengsui.po").open("rb") as file:
        return read_po(file, locale=language)


def complaints(catalog: Catalog, ids: set[str]) -> list[str]:
    """What is wrong with the translation of `ids`, one line each."""
    findings = []
    for each in sorted(ids):
        message = catalog.get(each)
        why = "not in the catalogue" if message is None else complaint(message)
        if why:
            findings.append(f"{each!r}: {why}")
    return findings


def complaint(message: Message) -> str:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    texts = [text for text in strings if text]
    if len(texts) < len(strings):
        return "not translated"
    if message.fuzzy:
        return "only guessed (fuzzy)"
    source = message.id if isinstance(message.id, str) else message.id[0]
    wanted = sorted(PLACEHOLDER.findall(source))
    if any(sorted(PLACEHOLDER.findall(text)) != wanted for text in texts):
        return f"placeholders differ from {wanted}"
    return ""


def unmarked(sources: dict[str, str]) -> list[str]:
    """Sentences in a table that goes through `tr(TABLE[...])`, and that no `_("...")` marks.

    `make words` cannot see them, so they would stay English for ever.
    """
    tables = {
        node.value.id if isinstance(node.value, ast.Name) else ""
        for source in sources.values()
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "tr"
        for node in call.args[:1]
        if isinstance(node, ast.Subscript)
    }
    return [
        f"{name}:{value.lineno}: {value.value!r}"
        for name, source in sources.items()
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(statement.value, ast.Dict)
        and target_of(statement) in tables
        for value in statement.value.values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def target_of(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return target.id if isinstance(target, ast.Name) else ""


def sources_of(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for room in ROOMS
        for path in (root / room).rglob("*.py")
    }


def test_everything_has_its_chinese() -> None:
    assert complaints(catalogue("zh_CN"), extracted(ROOT)) == [], REMEDY


def test_no_table_of_sentences_is_forgotten() -> None:
    assert unmarked(sources_of(ROOT)) == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "fengsui.mo").open("rb") as file:
        compiled = read_mo(file)
    written = {each.id: each.string for each in catalogue(language) if each.id and each.string}
    assert {each.id: each.string for each in compiled if each.id} == written, REMEDY


def test_english_says_nothing_else() -> None:
    """The ids are the English; a text of its own would be a second truth."""
    differing = [
        each.id for each in catalogue("en") if each.id and each.string not in {"", each.id}
    ]
    assert differing == []


def catalog_of(text: str) -> Catalog:
    return read_po(io.BytesIO(text.encode()), locale="zh_CN")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('msgid "other"\nmsgstr "别的"', "not in the catalogue"),
        ('msgid "{n} alarms"\nmsgstr ""', "not translated"),
        ('#, fuzzy\nmsgid "{n} alarms"\nmsgstr "{n} 条告警"', "only guessed (fuzzy)"),
        ('msgid "{n} alarms"\nmsgstr "{m} 条告警"', "placeholders differ from ['{n}']"),
        ('msgid "{n} alarms"\nmsgstr "告警"', "placeholders differ from ['{n}']"),
    ],
)
def test_a_bad_translation_is_found(entry: str, why: str) -> None:
    assert complaints(catalog_of(entry), {"{n} alarms"}) == [f"'{{n}} alarms': {why}"]


def test_a_good_translation_passes() -> None:
    good = 'msgid "{n} alarms"\nmsgstr "{n} 条告警"'
    assert complaints(catalog_of(good), {"{n} alarms"}) == []


def test_the_sources_are_really_read(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / "command" / "a.py").write_text('tr("one {n}", lang)\ntr("two "\n   "lines")\n')
    (tmp_path / "console" / "b.py").write_text('WORDS = {"x": _("three")}\ntr(name)\n')
    (tmp_path / "fengsui.py").write_text('tr("four")\n')
    assert extracted(tmp_path) == {"one {n}", "two lines", "three", "four"}


def test_an_unmarked_table_is_found() -> None:
    bad = {"a.py": 'SENTENCES = {"x": "not marked"}', "b.py": "tr(SENTENCES[x], lang)"}
    assert unmarked(bad) == ["a.py:1: 'not marked'"]
    assert unmarked({"a.py": 'SENTENCES = {"x": _("marked")}', "b.py": "tr(SENTENCES[x])"}) == []
