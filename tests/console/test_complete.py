"""Completion: at most six, from live data, and whatever it puts in is read as what was meant."""

from __future__ import annotations

import pytest
from desk_stage import HOSTILE, LANGS, camera, incident, place, unit
from test_grammar import ctx

from console import grammar
from console.cells import show
from console.complete import NOTHING, Offer, offer
from console.grammar import Env, Fault
from console.grammar.typed import folded
from console.grammar.verb import Verb
from console.grammar.verbs import VERBS


def offered(line: str, lang: str = "zh", dot: str = "") -> list[str]:
    return [choice.insert for choice in offer(Env(ctx(lang), dot), line).choices]


def taken(given: Offer, line: str, number: int = 0) -> str:
    return line[: given.at] + given.choices[number].insert


@pytest.mark.parametrize(
    ("line", "lang", "first"),
    [
        ("确", "zh", "确认"),
        ("q", "zh", "确认"),
        ("as", "zh", "assign"),
        ("as", "en", "assign"),
        ("ＱＲ", "zh", "确认"),
        ("派 ", "zh", "413"),  # the top of the queue
        ("派 41", "zh", "413"),
        ("派 412 ", "zh", "推荐"),
        ("assign 412 ", "en", "rec"),
        ("派 412 民兵二", "zh", "民兵二队"),
        ("派 412 mb1", "zh", "民兵一队"),
        ("派 412 民兵一队、护", "zh", "护林一组"),
        ("撤回 412 ", "zh", "网格救援二队"),  # who has an order of it
        ("级 412 ", "zh", "急"),
        ("urgency 412 h", "en", "high"),
        ("代报 民兵一队 412 到", "zh", "到场"),
        ("缓派 412 ", "zh", "2分"),
        ("缓派 412 2分 ", "zh", "// "),
        ("重开 ", "zh", "I-e1-398"),  # only what is ended
        ("新建 烟 ", "zh", "雷家沟"),
        ("新建 烟 雷家沟二组 ", "zh", "急"),
        ("搁置 ", "zh", "ljg-05"),  # what reports now
        ("搁置 hj", "zh", "hj-03"),
        ("取回 ", "zh", "hj-03"),
        ("看 ", "zh", "主屏"),
        ("看 41", "zh", "413"),
        ("语言 ", "zh", "中"),
        ("lang ", "en", "zh"),
        ("主题 ", "zh", "夜间"),
        ("停用 交通劝导组 ", "zh", "至08:00"),
    ],
)
def test_what_comes_first(line: str, lang: str, first: str) -> None:
    assert offered(line, lang)[0] == first


@pytest.mark.parametrize(
    "line",
    ["", "  ", "备注 412 // 民", "叫应 ", "xyzzy", "派 999 ", "找 秸", "确认 412 ", "确认 412 x"],
)
def test_where_nothing_can_come_nothing_is_offered(line: str) -> None:
    assert offered(line) == []
    assert offer(Env(ctx()), "备注 412 // 民") == NOTHING


def test_only_open_items_are_offered_and_never_more_than_six() -> None:
    many = [incident(f"I-e1-{n}") for n in range(500, 520)]
    here = Env(ctx("zh", *many, incident("I-e1-499", state="closed")))
    found = offer(here, "确认 ").choices
    assert len(found) == 6
    assert all(choice.insert not in {"398", "499", "I-e1-398"} for choice in found)


def test_a_number_that_two_items_end_with_is_not_offered_alone() -> None:
    here = Env(ctx("zh", incident("I-e1-12")))
    found = [choice.insert for choice in offer(here, "确认 ").choices]
    assert "I-e1-12" in found  # for 412 ends so as well
    assert "412" in found


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.there], ids=lambda v: str(v.en))
def test_every_completion_is_read_as_what_was_offered(verb: Verb, lang: str) -> None:
    """From the bare verb on, always taking each choice: the line stays readable to the end."""
    here = Env(ctx(lang))
    lines, seen = [f"{verb.name(here.ctx.look)} "], 0
    while lines and seen < 60:
        line = lines.pop()
        given = offer(here, line)
        for number, choice in enumerate(given.choices):
            seen += 1
            after = taken(given, line, number)
            assert show(choice.insert.strip()) == choice.insert.strip()
            lines += [] if choice.insert == "// " else [after + " "]
            try:
                grammar.read(here, after)
            except Fault as fault:
                # What is missing may still be missing; what was put in is never at fault.
                if fault.code not in {"E2", "E6", "E10"}:
                    raise


def test_hostile_names_are_offered_by_id_or_not_at_all() -> None:
    here = Env(
        ctx(
            "zh",
            unit("bad-1", HOSTILE),
            unit("bad-2", "民兵 三队,四队"),
            unit("bad-3", "民兵//三队"),
            unit("\x1b[2J", "民兵五队"),
            camera("cam-x", name=HOSTILE),
            incident("I-e1-9\x07", text=HOSTILE),
            place={"bad-p": place("bad-p", HOSTILE)},
        )
    )
    for line in ("停用 ", "停用 b", "停用 民", "看 c", "确认 ", "新建 烟 ", "看 I"):
        for choice in offer(here, line).choices:
            assert choice.insert.isprintable()
            assert show(choice.insert) == choice.insert
            assert show(choice.label) == choice.label
            assert " " not in choice.insert
    assert [c.insert for c in offer(here, "停用 bad").choices] == ["bad-1", "bad-2", "bad-3"]


def test_two_teams_with_one_name_are_offered_by_id() -> None:
    here = Env(ctx("zh", unit("a-1", "机动队"), unit("a-2", "机动队")))
    assert [choice.insert for choice in offer(here, "停用 机").choices] == ["a-1", "a-2"]


def test_the_grey_suggestion_goes_on_as_typed() -> None:
    here = Env(ctx())
    for line in ("确", "派 4", "派 412 推", "看 队"):
        given = offer(here, line)
        assert folded(given.choices[0].insert).startswith(given.beginning)
        assert line + given.ghost() == taken(given, line)
    assert offer(here, "派 412 mb1").ghost() == ""  # initials are replaced, not gone on with
