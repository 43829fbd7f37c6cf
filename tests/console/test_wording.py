"""Every code that the post can say has words, in both languages, that fit their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from command import messages as m
from command import refusals
from command.core import events as e
from command.core import reasons as core_reasons
from command.core.plans import Family
from command.core.reasons import Reason, Refusal
from command.core.tables import IncidentState, Status
from command.loader import load
from console import wording
from console.cells import show, width
from console.look import Look
from console.model import Model, Row
from console.wording import Book, lines, reasons, words
from sensors.observations import AlarmKind, RejectionReason, ReplyStatus, Severity

LOOKS = [Look(lang="zh"), Look(lang="en")]
HOSTILE = "[/]\x1b]0;x\x07[red]急 I-0001\u202e\u200b\ud800 \r\n" + "长" * 3000
TOWNSHIP = load(Path(__file__).parents[2] / "townships" / "jingming")


def book(look: Look, **tables: dict[str, Row]) -> Book:
    return Book(Model(tables=dict(tables)), look)


def codes(kind: type[StrEnum]) -> set[str]:
    return {str(code.value) for code in kind}


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (reasons.REASON, codes(Reason)),
        (reasons.REFUSAL, codes(Refusal)),
        (reasons.REJECTION, codes(RejectionReason)),
        (words.STATUS, codes(Status) | codes(ReplyStatus)),
        (words.INCIDENT_STATE, codes(IncidentState)),
        (words.ALARM, codes(AlarmKind)),
        (words.SEVERITY, codes(Severity)),
        (words.KIND, set(TOWNSHIP.plans.plans)),
        (words.DO, set(m.COMMANDS)),
        (lines.EVENT, set(e.EVENTS)),
    ],
)
def test_every_code_has_words(table: Mapping[str, str], wanted: set[str]) -> None:
    assert wanted - set(table) == set()


def test_every_reason_why_a_unit_does_not_go_has_words() -> None:
    given = {"off_duty", "no_members", "asked_before", "committed", "unreachable", "cost"}
    given |= {str(code) for code in getattr(core_reasons, "WhyNot", ())} - {""}
    assert given - set(words.WHY_NOT) == set()


def test_every_role_of_a_run_card_and_every_rung_has_words() -> None:
    plans = TOWNSHIP.plans.plans.values()
    assert {need.role for plan in plans for need in plan.needs} <= set(words.ROLE)
    rungs = {rung.role for plan in plans for rung in plan.ladder}
    assert rungs <= set(words.POST)
    assert rungs <= set(words.LEVEL)
    assert any(plan.family is Family.CASE for plan in plans)


TABLES: list[Mapping[Any, str]] = [
    value
    for module in (words, reasons, lines)
    for name, value in vars(module).items()
    if name.isupper()
    and isinstance(value, dict)
    and value
    and all(isinstance(one, str) for one in value.values())
    and name not in {"URGENCY_STYLE", "E_NUMBER"}
]


def test_every_word_is_translated() -> None:
    chinese = Look(lang="zh")
    bare = {"{alert}", "{outcome} {kind} {confidence} {text}", "{unit} {duty} {why}"}
    missing = {w for table in TABLES for w in table.values() if chinese.tr(w) == w} - bare
    assert missing == set()
    assert len(TABLES) > 20


@pytest.mark.parametrize("look", LOOKS, ids=["zh", "en"])
@pytest.mark.parametrize(
    ("column", "table"),
    [
        ("urgency", words.URGENCY),
        ("kind", words.KIND),
        ("stage", words.STAGE),
        ("stage", words.LEVEL),
        ("due", words.DUE),
        ("status", words.STATUS),
        ("unit_state", words.UNIT_STATE),
        ("role", words.ROLE),
        ("alarm", words.ALARM),
        ("grade", words.GRADE),
    ],
)
def test_column_words_fit_their_column(look: Look, column: str, table: Mapping[Any, str]) -> None:
    room = wording.cells(look, column)
    wide = {look.tr(w): width(look.tr(w)) for w in table.values() if width(look.tr(w)) > room}
    assert wide == {}


@pytest.mark.parametrize("look", LOOKS, ids=["zh", "en"])
def test_translations_fill_in_the_same_fields(look: Look) -> None:
    for table in (lines.EVENT, reasons.ALERT):
        for template in table.values():
            assert names_in(look.tr(template)) == names_in(template), template
            assert names_in(template) <= set(lines.FIELDS) | PLAIN, template


PLAIN = {"epoch", "era", "text", "why", "into", "new", "rev", "missing"}


def names_in(template: str) -> set[str]:
    return {part.split("}")[0] for part in template.split("{")[1:]}


def sample(kind: type[e.Event], text: str) -> Row:
    """A log row of this event with `text` in every field that holds text."""
    row: Row = {"event": kind.__name__, "at": 0.0, "cause": text, "reason": "first_report"}
    for each in fields(kind):
        if each.name not in row and each.default is MISSING:
            shape = str(each.type)
            row[each.name] = text if "str" in shape else 7
        elif each.name not in row:
            row[each.name] = each.default if not isinstance(each.default, str) else text
    return row | ({"hazards": [text]} if "hazards" in row else {})


@pytest.mark.parametrize("look", LOOKS, ids=["zh", "en"])
@pytest.mark.parametrize("kind", list(e.EVENTS.values()), ids=lambda kind: str(kind.__name__))
def test_every_event_is_a_harmless_sentence(look: Look, kind: type[e.Event]) -> None:
    source, text, cause = wording.lines.event_line(book(look), sample(kind, HOSTILE))
    assert source
    assert text
    assert cause == look.tr("first report")
    for part in (source, text, cause):
        assert show(part, 5000) == part
        assert "{" not in part


def test_an_event_reads_as_the_officer_would_say_it() -> None:
    look = Look(lang="zh")
    names = book(
        look,
        camera={"ljg-09": {"name": "雷家沟09号"}},
        unit={"rangers-1": {"name": "护林一组", "name_en": "Rangers 1"}},
    )
    alarm = {
        "event": "AlarmReceived", "at": 0.0, "cause": "x", "reason": "same_place_and_kind",
        "source": "ljg-09", "kind": "smoke", "confidence": 0.79, "outcome": "merged",
    }  # fmt: skip
    assert lines.event_line(names, alarm) == ("探头ljg-09", "并入 烟 0.79", "同类,相距不远")
    said = {
        "event": "AssignmentChanged", "at": 0.0, "cause": "x", "reason": "unit_answered",
        "unit": "rangers-1", "status": "on_scene", "by": "unit", "late": True,
    }  # fmt: skip
    assert lines.event_line(names, said) == ("护林一组", "护林一组 已到场", "队伍答复 (补报)")


def test_an_event_of_a_later_version_is_shown_by_its_name() -> None:
    row = {"event": "MoonRose", "text": "[/]\x1b[2J full", "reason": "tide"}
    assert lines.event_line(book(Look(lang="en")), row) == ("post", "MoonRose [/] full", "tide")


@pytest.mark.parametrize("look", LOOKS, ids=["zh", "en"])
@pytest.mark.parametrize("code", sorted(codes(Reason) | {"later"}))
def test_every_alert_is_a_harmless_sentence(look: Look, code: str) -> None:
    row = {"reason": code, "unit": HOSTILE, "source": HOSTILE, "text": HOSTILE}
    said = lines.alert(book(look), row)
    assert said
    assert show(said, 5000) == said
    assert "{" not in said


def test_alerts_name_the_role_and_the_unit() -> None:
    names = book(Look(lang="zh"), unit={"militia-1": {"name": "民兵一队"}})
    assert lines.alert(names, {"reason": "nobody_left", "text": "crew"}) == "无队可派: 缺处置"
    row = {"reason": "no_reply", "unit": "militia-1"}
    assert lines.alert(names, row) == "民兵一队 逾时未答"


def test_refusals_of_the_post_have_an_e_number_or_none() -> None:
    assert set(reasons.E_NUMBER.values()) <= {f"E{n}" for n in range(1, 12)}
    assert {r.value for r in refusals.SENTENCES} <= set(reasons.REFUSAL)


# --- names


def test_a_place_is_named_without_the_word_for_village() -> None:
    rows: dict[str, Row] = {
        "v01": {"name": "雷家沟村", "name_en": "Leijiagou", "kind": "village"},
        "v01-g2": {"name": "雷家沟村二组", "name_en": "Leijiagou 2", "kind": "group"},
        "ruin": {"name": "长武城遗址", "name_en": "Changwu city ruin", "kind": "key"},
    }
    zh, en = (book(look, place=rows) for look in LOOKS)
    assert [wording.place(zh, key) for key in rows] == ["雷家沟", "雷家沟二组", "长武城遗址"]
    assert [wording.place(en, key) for key in rows] == [
        "Leijiagou", "Leijiagou 2", "Changwu city ruin",
    ]  # fmt: skip
    assert wording.place(zh, "v09-g3", "白家村三组") == "白家三组"
    assert wording.place(zh, "") == "地点不明"
    assert wording.place(zh, "v99") == "v99"


def test_a_kind_is_the_plan_s_own_name_where_it_fits() -> None:
    plan: dict[str, Row] = {
        "wildfire": {"name": "林火", "name_en": "Forest fire in the hills"},
        "utility": {"name": "停电停水停气", "name_en": "Utility failure"},
        "bees": {"name": "马蜂窝清除", "name_en": ""},
    }
    zh, en = (book(look, plan=plan) for look in LOOKS)
    assert [wording.kind(zh, key) for key in plan] == ["林火", "设施", "马 ~"]
    assert wording.kind(en, "wildfire") == "Wildfire"
    assert wording.kind_name(zh, "utility") == "停电停水停气"
    assert wording.kind(zh, "unheard") == "unh~"


def test_who_did_it() -> None:
    names = book(Look(lang="zh"), desk={"watch": {"name": "值守岗"}}, unit={})
    assert wording.officer(names, "watch") == "值守岗"
    assert wording.officer(names, "post") == "指挥主机"
    assert wording.officer(names, "desk-7") == "desk-7"


@pytest.mark.parametrize("hostile", [HOSTILE, "", "\x1b[2J"])
def test_names_from_outside_are_harmless(hostile: str) -> None:
    for look in LOOKS:
        names = book(
            look,
            unit={"u": {"name": hostile, "name_en": hostile}},
            place={"p": {"name": hostile, "name_en": hostile}},
            plan={"k": {"name": hostile, "name_en": hostile}},
        )
        for said in (
            wording.unit(names, "u"),
            wording.place(names, "p"),
            wording.place(names, "x", hostile),
            wording.kind(names, "k"),
            wording.source(names, hostile),
            wording.officer(names, hostile),
            wording.status(look, hostile),
            wording.reason(look, hostile),
        ):
            assert show(said, 5000) == said


# --- urgency and stage


def test_urgency_counts_four_and_what_it_does_not_know_least() -> None:
    zh, en = LOOKS
    assert "".join(wording.urgency(zh, n) for n in (1, 2, 3, 4, 5, None)) == "急紧常缓缓缓"
    assert [wording.urgency(en, n) for n in (1, 2, 3, 4)] == ["CRIT", "HIGH", "NORM", "LOW"]
    assert {width(wording.urgency_mark(look, n)) for look in LOOKS for n in (1, 2, 3, 4)} == {2}
    assert wording.urgency_style(5) == "low"


def incident(**changes: Any) -> Row:
    row: Row = {
        "state": "open", "priority": 1, "ack": {"by": "watch"}, "orders": [], "nobody_for": [],
        "released_at": None, "ladder": [], "level": 0,
        "needs": [{"role": "crew", "must": True, "missing": 1}],
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("row", "statuses", "said"),
    [
        (incident(ack=None), [], "未确认"),
        (incident(ack=None, lapses=1), [], "确认过期"),
        (incident(ack=None, priority=3), [], "未派"),
        (incident(), [], "未派"),
        (incident(released_at=1.0), [], "待派队"),
        (incident(nobody_for=["crew"]), ["offered"], "无人可派"),
        (incident(nobody_for=["medic"]), ["offered"], "未答复"),
        (incident(), ["offered"], "未答复"),
        (incident(), ["en_route", "on_scene"], "已到场"),
        (incident(state="working"), ["en_route"], "途中"),
        (incident(state="working"), ["done", "declined"], "待了结"),
        (incident(state="working"), [], "处置中"),
        (incident(mayday=True), ["on_scene"], "人员遇险"),
        (incident(state="resolved", ack=None), [], "已了结"),
        (incident(state="false_alarm"), [], "误报"),
        (incident(priority=4, ladder=["ggh", "committee", "med_centre"], level=1), [], "村级"),
    ],
)
def test_the_stage_says_how_far_it_is(row: Row, statuses: list[str], said: str) -> None:
    orders = {f"O-{n}": {"status": status} for n, status in enumerate(statuses)}
    names = book(Look(lang="zh"), assignment=orders)
    assert wording.stage(names, row | {"orders": list(orders)}) == said
