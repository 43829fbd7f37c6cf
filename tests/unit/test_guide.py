"""What the officer's guide names is there: commands, keys, links, options; both languages agree."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import typer

import fengsui
from command import messages as m
from console import grammar
from console.grammar import Env, Fault
from console.grammar.verbs import VERBS
from console.keys import ACTIONS
from console.look import Look
from console.model import Model
from console.page import Ctx
from console.queue import Queue
from console.settings import Settings
from console.styles import THEMES

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {"zh": "officer.zh.md", "en": "officer.md"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = 1_795_374_761.0
# Keys of a terminal or a browser that the guide speaks of, and that are none of ours.
FOREIGN = frozenset({"f12"})


def text_of(guide: str) -> str:
    return (DOCS / guide).read_text(encoding="utf-8")


def prose(guide: str) -> str:
    """Without the blocks."""
    return BLOCK.sub("", text_of(guide))


def blocks(guide: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(text_of(guide))]


def verbs(guide: str) -> tuple[list[str], list[str]]:
    """The commands of the chapters, and those of the last one, which are not there yet."""
    there, _, soon = prose(guide).rpartition("\n## 14")
    pattern = re.compile(r"`:(\w[^`]*)`")
    chosen = [line for line in pattern.findall(there) if not line.endswith("…")]
    return chosen, [line for line in pattern.findall(soon) if " " in line]


def named_keys(text: str) -> set[str]:
    """As `keys.py` writes them."""
    keys = {found.lower() for found in re.findall(r"`(F\d+|Esc|Tab)`", text)}
    keys |= {f"ctrl+{letter.lower()}" for letter in re.findall(r"Ctrl-([A-Z])", text)}
    return {{"esc": "escape"}.get(key, key) for key in keys}


# --- a township in which the examples mean something


def _incident(ident: str, state: str = "open", **over: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": ident, "rev": 1, "state": state, "kind": "wildfire", "family": "emergency",
        "alarm_kind": "smoke", "priority": 1, "triage": [], "place": "v01-g2",
        "place_name": "雷家沟二组", "position": None, "title": "", "text": "", "opened_at": NOW,
        "news_at": NOW, "sources": {}, "hazards": [], "hazards_read": {}, "ask": [], "ack": None,
        "escalated_to": "", "released_at": None, "released_by": "", "due": {}, "needs": [],
        "rec": [{"role": "crew", "unit": "militia-1", "eta_s": 60}], "orders": [],
        "nobody_for": [], "level": 0, "ladder": [], "notes": [], "merged_into": "", "outcome": "",
        "ended_at": None, "changed": "", "changed_by": "post", "exercise": False,
    }  # fmt: skip
    return row | over


def _unit(ident: str, name: str) -> dict[str, Any]:
    return {
        "id": ident, "name": name, "name_en": "", "type": "", "members": 5, "roles": ["crew"],
        "state": "available", "off_reason": "", "assignments": [], "jobs": 0, "position": None,
        "last_contact": NOW, "place": "yard", "equipment": [], "contact": "", "shared": False,
    }  # fmt: skip


def _order(ident: str, unit: str) -> dict[str, Any]:
    return {
        "id": ident, "order_id": ident, "incident": "I-e1-412", "unit": unit, "unit_name": "",
        "role": "crew", "people": 5, "status": "en_route", "rev": 1, "received": True,
        "offered_at": NOW, "expires_at": NOW, "changed_at": NOW, "eta_s": 60, "reason": "",
        "why": [], "by": "", "text": "",
    }  # fmt: skip


def context(lang: str, role: str) -> Ctx:
    rows = [
        _incident("I-e1-412", orders=["O-e1-1", "O-e1-2"]),
        _incident("I-e1-413"),
        _incident("I-e1-415", sources={"hj-03": {"kind": "intrusion", "class": "camera"}}),
        _incident("I-e1-398", state="closed"),
    ]
    units = [
        _unit("militia-1", "民兵一队"),
        _unit("militia-2", "民兵二队"),
        _unit("rangers-1", "护林一组"),
        _unit("traffic-1", "交通劝导组"),
        _unit("grid-2", "网格救援二队"),
    ]
    orders = [_order("O-e1-1", "militia-1"), _order("O-e1-2", "grid-2")]
    places = {
        "v01": {"id": "v01", "name": "雷家沟村", "name_en": "Leijiagou", "kind": "village"},
        "v01-g2": {"id": "v01-g2", "name": "雷家沟村二组", "name_en": "", "kind": "group"},
    }
    cameras = {"hj-03": {"id": "hj-03", "name": "郝家03号", "class": "camera"}}
    tables: dict[str, dict[str, Any]] = {
        "incident": {row["id"]: row for row in rows},
        "case": {"C-e1-187": _incident("C-e1-187", family="case", kind="dispute")},
        "unit": {row["id"]: row for row in units},
        "assignment": {row["id"]: row for row in orders},
        "place": places,
        "camera": cameras,
        "shelf": {"hj-03|intrusion": {"source": "hj-03", "kind": "intrusion"}},
        "plan": {"wildfire": {"kind": "wildfire", "name": "山火", "name_en": "Wildfire"}},
    }
    model, queue, ids = Model(), Queue(), count(1)
    model.take(m.Snapshot(snapshot=tables, at="e1-1", role=role, name="watch"), 0.0)
    queue.update(model, model.drain(), NOW)
    look, settings = Look(lang=lang), Settings(lang=lang)
    return Ctx(model, queue, look, 0.0, NOW, settings, lambda: f"id-{next(ids)}", me="watch")


def what_is_wrong(line: str, lang: str) -> str:
    """The code of the fault, "" for a line that does something."""
    role = "leader" if line.startswith(("响应", "response")) else "officer"
    try:
        moves = grammar.run(grammar.read(Env(context(lang, role), "I-e1-412"), line))
    except Fault as fault:
        return fault.code
    return "" if list(moves) else "nothing"


@pytest.mark.parametrize("lang", GUIDES)
def test_every_command_is_understood(lang: str) -> None:
    there, _soon = verbs(GUIDES[lang])
    assert len(there) >= 45
    wrong = {line: what_is_wrong(line, lang) for line in there}
    assert {line: code for line, code in wrong.items() if code} == {}


@pytest.mark.parametrize("lang", GUIDES)
def test_what_is_not_there_yet_says_so_and_all_that_works_is_shown(lang: str) -> None:
    there, soon = verbs(GUIDES[lang])
    assert {line: what_is_wrong(line, lang) for line in soon} == dict.fromkeys(soon, "E11")
    names = {verb.zh if lang == "zh" else verb.en: verb.there for verb in VERBS}
    shown, named = ({line.split()[0] for line in lines} for lines in (there, soon))
    assert {name for name, works in names.items() if works} - shown == set()
    assert {name for name, works in names.items() if not works} == named


@pytest.mark.parametrize("guide", GUIDES.values())
def test_every_key_is_one(guide: str) -> None:
    keys = named_keys(text_of(guide))
    assert len(keys) >= 14
    assert keys - set(ACTIONS) - FOREIGN == set()


@pytest.mark.parametrize("guide", GUIDES.values())
def test_every_link_leads_somewhere(guide: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", text_of(guide))
    assert len(links) >= 6
    assert [link for link in links if not (DOCS / link).resolve().exists()] == []


def test_both_have_the_same_chapters_tables_and_blocks() -> None:
    chinese, english = GUIDES.values()
    assert blocks(chinese) == blocks(english)
    assert len(blocks(english)) >= 8
    for shape in (r"^## (\d+)\.", r"^(\|) ", r"^(- )", r"^(\d\. )"):
        in_both = [re.findall(shape, prose(guide), re.MULTILINE) for guide in GUIDES.values()]
        assert in_both[0] == in_both[1], shape
    chapters = re.findall(r"^## (\d+)\.", prose(english), re.MULTILINE)
    assert chapters == [str(number) for number in range(1, 15)]


def test_every_option_exists() -> None:
    program: Any = typer.main.get_command(fengsui.app)
    for kind, script in blocks(GUIDES["en"]):
        lines = [shlex.split(line, comments=True) for line in script.splitlines()]
        for words in lines:
            if kind != "sh" or not words or words[0] != ".venv/bin/fengsui":
                continue
            command, rest = program, words[1:]
            while hasattr(command, "commands"):
                command = command.commands[rest.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in rest if word.startswith("--")} <= known, words


def test_the_settings_that_are_shown_are_settings() -> None:
    (shown,) = [json.loads(text) for kind, text in blocks(GUIDES["en"]) if kind == "json"]
    assert set(shown) <= {field.name for field in fields(Settings)}
    assert shown["theme"] in THEMES
    assert set(shown["keys"]) <= set(ACTIONS.values())
    assert {type(value) for value in shown.values()} <= {str, bool, float, list, dict}
    assert isinstance(Settings(**shown), Settings)


def test_what_is_wrong_would_be_found() -> None:
    assert what_is_wrong("飞 412", "zh") == "E1"
    assert what_is_wrong("assign 999 rec", "en") == "E4"
    assert named_keys("`F11` and Ctrl-Z, `Esc`") == {"f11", "ctrl+z", "escape"}
