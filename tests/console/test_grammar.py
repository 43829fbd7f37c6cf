"""The command line's grammar: every example in both languages, every error, every way to type."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from desk_stage import HOSTILE, LANGS, NOW, alert, assignment, camera, case, incident, model, unit

from command import messages as m
from console import grammar
from console.cells import show
from console.effects import Quit, Remember, Send, Sound, Write
from console.grammar import Env, Fault, times
from console.grammar.initials import initials
from console.grammar.typed import folded, typed
from console.grammar.verb import Text
from console.grammar.verbs import RUN, VERBS, WORD
from console.look import Look
from console.model import Row
from console.page import Act, Ctx, Go, Move, Say
from console.queue import Queue
from console.settings import Settings

ME = "值守岗@1台"
HAZARDS = {"10千伏线路跨坡面,未停电前不得用水": ME, "坡下有液化气罐点,距火线约260米": ME}


def township() -> list[Row]:
    """Two running incidents, one resolved, one case; five teams; three cameras."""
    return [
        incident("I-e1-412", hazards_read=HAZARDS, orders=["O-e1-1"]),
        incident("I-e1-413", kind="sos", sources={}, hazards=[], rec=[]),
        incident("I-e1-415", sources={"hj-03": {"kind": "intrusion", "class": "camera"}}),
        incident("I-e1-398", state="closed"),
        case("I-e1-187"),
        assignment("O-e1-1", unit="grid-2", status="en_route"),
        unit("militia-1", "民兵一队"),
        unit("militia-2", "民兵二队"),
        unit("rangers-1", "护林一组"),
        unit("traffic-1", "交通劝导组"),
        unit("grid-2", "网格救援二队"),
        camera("ljg-05"),
        camera("hj-03", name="郝家一组路口"),
        alert(),
    ]


def ctx(lang: str = "zh", *more: Row, role: str = "officer", **named: dict[str, Row]) -> Ctx:
    places = named.pop("place", {}) | {
        "v02": {"id": "v02", "name": "紫荆村", "name_en": "Zijing", "kind": "village"},
        "ruin": {"id": "ruin", "name": "长武城遗址", "name_en": "Changwu city ruin", "kind": "key"},
    }
    shelf: dict[str, Row] = {"hj-03|intrusion": {"source": "hj-03", "kind": "intrusion"}}
    known = model(*township(), *more, place=places, shelf=shelf, **named)
    known.role = role
    queue = Queue()
    queue.update(known, known.drain(), NOW)
    ids = count(1)
    return Ctx(known, queue, Look(lang=lang), 0.0, NOW, Settings(lang=lang),
               lambda: f"id-{next(ids)}", me=ME)  # fmt: skip


def moves(line: str, lang: str = "zh", dot: str = "", **named: Any) -> list[Move]:
    return list(grammar.run(grammar.read(Env(ctx(lang, **named), dot), line)))


def command(line: str, lang: str = "zh", dot: str = "", **named: Any) -> m.Command | m.Look:
    (move,) = moves(line, lang, dot, **named)
    assert isinstance(move, Send), move
    return move.command


def fault(line: str, lang: str = "zh", dot: str = "", **named: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        moves(line, lang, dot, **named)
    return caught.value


# --- the verb table


EXAMPLES = [(verb, zh, en) for verb in VERBS for zh, en in verb.examples]


def without_words(move: Move) -> Any:
    """A move as it would be in the other language: the officer's words are not compared."""
    if isinstance(move, Send):
        fields = move.command.model_dump(exclude={"text", "why", "outcome"})
        return move.command.do, fields
    if isinstance(move, Go) and move.page in {"find", "main"}:
        return move.page
    if isinstance(move, Go):
        return move.page, move.item, move.fill
    if isinstance(move, Write):
        return "write", move.name
    return "say" if isinstance(move, Say) else move


@pytest.mark.parametrize(("verb", "zh", "en"), EXAMPLES, ids=[e for _verb, _zh, e in EXAMPLES])
def test_every_example_means_the_same_in_both_languages(verb: Any, zh: str, en: str) -> None:
    done: list[Any] = []
    for lang in LANGS:
        for line in (zh, en):
            try:
                role = "leader" if verb.do == "response" else "officer"
                done.append([without_words(move) for move in moves(line[1:], lang, role=role)])
            except Fault as raised:
                done.append(raised.code)
    if verb.en == "lang":  # its examples name the language of the other reader
        assert done == [[Remember()]] * 4
    else:
        assert done[0] == done[1] == done[2] == done[3]
    there = verb.there and (verb.en != "off" or "until" in m.Duty.model_fields)
    assert done[0] == "E11" if not there else not isinstance(done[0], str)


def test_every_verb_has_three_names_of_its_own_an_example_and_something_to_do() -> None:
    assert len(WORD) == sum(len({v.zh, v.short, v.en}) for v in VERBS)
    for verb in VERBS:
        assert verb.examples
        assert (verb.en in RUN) == (not verb.soon)
        for chinese, english in verb.examples:
            assert chinese.startswith(f":{verb.zh}")
            assert english.startswith(f":{verb.en}")


@pytest.mark.parametrize("lang", LANGS)
def test_what_a_verb_is_for_is_in_the_officer_s_language(lang: str) -> None:
    tr = Look(lang=lang).tr
    for verb in VERBS:
        assert (tr(verb.says) != verb.says) == (lang == "zh"), verb.says
        if verb.soon:
            continue
        assert (tr(verb.reads) != verb.reads) == (lang == "zh"), verb.reads
        keys = {slot.key for slot in verb.slots}
        named = {part.split("}")[0] for part in tr(verb.reads).split("{")[1:]}
        assert named == keys, verb.en


# --- what is sent


def test_the_recommended_team_goes_on_enter_if_the_hazards_are_read() -> None:
    sent = command("派 412 推荐 // 快")
    assert isinstance(sent, m.Assign)
    assert sent.units == ("militia-1", "rangers-1")
    assert (sent.incident, sent.rev, sent.why) == ("I-e1-412", 7, "快")
    assert sent.rec == "militia-1,rangers-1"
    assert set(sent.read) == set(HAZARDS)
    assert command("p 412 mb1,hl1") == command("派 412 民兵一队、护林一组")


@pytest.mark.parametrize(
    ("line", "item", "units"),
    [
        ("派 415 推荐", "I-e1-415", ("militia-1", "rangers-1")),  # its hazards are not read
        ("派 412 民兵二队", "I-e1-412", ("militia-2",)),  # another team than recommended
        ("派 413 民兵一队", "I-e1-413", ("militia-1",)),  # there is no recommendation
    ],
)
def test_else_the_dialog_opens_filled_in(line: str, item: str, units: tuple[str, ...]) -> None:
    assert moves(line) == [Go("dispatch", item, units)]


def test_hazards_that_another_officer_read_are_not_read() -> None:
    other = incident("I-e1-412", hazards_read=dict.fromkeys(HAZARDS, "巡查岗@2台"))
    here = ctx("zh", other)
    found = list(grammar.run(grammar.read(Env(here), "派 412 推荐")))
    assert found == [Go("dispatch", "I-e1-412", ("militia-1", "rangers-1"))]


def test_words_that_the_dialog_does_not_take_are_not_dropped_in_silence() -> None:
    go, say = moves("派 412 民兵二队 // 一队车坏")
    assert go == Go("dispatch", "I-e1-412", ("militia-2",))
    assert isinstance(say, Say)


def test_a_swap_sends_the_new_team_first_and_keeps_the_withdrawal_at_hand() -> None:
    here = ctx()
    order = grammar.read(Env(here), "换队 412 民兵一队 民兵二队 // 车坏")
    found = list(grammar.run(order))
    assert Go("dispatch", "I-e1-412", ("militia-2",)) in found
    assert here.settings.history == ["撤回 I-e1-412 militia-1 // 车坏"]
    back = grammar.run(grammar.read(Env(here), here.settings.history[0]))
    assert [move.command.do for move in back if isinstance(move, Send)] == ["withdraw"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("撤回 412 民兵一队 // 路断",
         {"do": "withdraw", "incident": "I-e1-412", "units": ("militia-1",), "why": "路断"}),
        ("缓派 412 2分 // 先看探头",
         {"do": "hold", "seconds": 120, "why": "先看探头", "rev": 7, "dialog": False}),
        ("确认 412", {"do": "acknowledge", "incident": "I-e1-412", "rev": 7, "alert": ""}),
        ("级 412 紧 // 只是烟", {"do": "priority", "priority": 2, "why": "只是烟"}),
        ("级 413 急", {"do": "priority", "priority": 1, "incident": "I-e1-413"}),
        ("危险 412 // 电线落地", {"do": "hazard", "text": "电线落地"}),
        ("合并 413 412", {"do": "merge", "incident": "I-e1-413", "into": "I-e1-412"}),
        ("拆分 413", {"do": "split", "incident": "I-e1-413"}),
        ("新建 野火 ljg2 急 // 电话报警",
         {"do": "report_alarm", "kind": "fire", "place": "v01-g2", "severity": "extreme",
          "text": "电话报警"}),
        ("新建 冒烟", {"do": "report_alarm", "kind": "smoke", "place": "", "severity": "unknown"}),
        ("误报 415 // 烧秸秆", {"do": "false_alarm", "why": "烧秸秆"}),
        ("了结 412 // 明火已灭", {"do": "resolve", "outcome": "明火已灭"}),
        ("了结 412 // " + "长" * 65, {"do": "resolve", "outcome": "", "text": "长" * 65}),
        ("重开 398 // 复燃", {"do": "reopen", "incident": "I-e1-398", "why": "复燃"}),
        ("备注 412 // 村主任  Ａ已到", {"do": "note", "rev": None, "text": "村主任  Ａ已到"}),
        ("恢复 交通劝导组", {"do": "duty", "unit": "traffic-1", "on": True}),
        ("搁置 hj-03 1时 // 蛛网",
         {"do": "shelve", "source": "hj-03", "kind": "intrusion", "minutes": 60, "why": "蛛网"}),
        ("搁置 ljg-05 烟 15分 // 逆光", {"do": "shelve", "kind": "smoke", "minutes": 15}),
        ("取回 hj-03", {"do": "unshelve", "source": "hj-03", "kind": "intrusion"}),
    ],
)  # fmt: skip
def test_a_line_becomes_exactly_this_command(line: str, fields: dict[str, Any]) -> None:
    sent = command(line)
    assert {"do": sent.do} | {k: getattr(sent, k) for k in fields if k != "do"} == fields
    assert m.read_command(m.write_command(sent)) == sent


def test_a_team_goes_off_duty_until_a_time_if_the_post_can_bring_it_back() -> None:
    if "until" not in m.Duty.model_fields:
        assert fault("停用 交通劝导组 至08:00 // 车坏").code == "E11"
        return
    sent = command("停用 交通劝导组 至08:00 // 车坏")
    assert isinstance(sent, m.Duty)
    assert (sent.on, sent.why) == (False, "车坏")
    assert sent.model_dump()["until"] == times.moment("至08:00", NOW)


def test_what_only_concerns_this_console_sends_nothing() -> None:
    assert moves("看 412") == [Go("detail", "I-e1-412")]
    assert moves("看 队伍") == moves("go teams", "en") == [Go("teams")]
    assert moves("看 民兵一队") == [Go("teams", "militia-1")]
    assert moves("看 hj-03") == [Go("cameras", "hj-03")]
    assert moves("看 图") == [Go("map")]
    assert moves("看 .", dot="I-e1-187") == [Go("detail", "I-e1-187")]
    assert moves("找 秸秆 白家") == [Go("find", "秸秆 白家")]
    assert moves("筛 村=雷家沟 急") == [Go("main", "", ("村=雷家沟 急",))]
    assert moves("筛") == [Go("main", "", ("",))]
    assert moves("交班") == moves("接班") == [Go("handover")]
    assert moves("新建") == [Go("phone")]
    assert moves("静音") == [Act("silence")]
    assert moves("退出") == [Quit()]
    assert moves("退出 停机") == moves("quit stop", "en") == [Quit(stop=True)]
    assert moves("声音 试")[0] == Sound("test")


def test_settings_change_at_once_and_are_kept() -> None:
    here = ctx()
    for line in ("语言 英", "主题 单色", "声音 关"):
        assert list(grammar.run(grammar.read(Env(here), line))) == [Remember()]
    settings = here.settings
    assert (settings.lang, settings.theme, settings.sound) == ("en", "mono", False)


def test_an_export_has_the_log_of_the_item_or_of_the_shift() -> None:
    said = {"event": "IncidentNoted", "reason": "by_officer", "by": "watch", "text": HOSTILE}
    log: dict[str, Row] = {
        "e1-1.0": said | {"pos": "e1-1.0", "at": NOW - 60, "incident": "I-e1-412"},
        "e1-2.0": said | {"pos": "e1-2.0", "at": NOW - 30, "incident": "I-e1-413"},
    }
    (write,) = moves("导出 本班", log=log)
    assert isinstance(write, Write)
    assert len(write.text.splitlines()) == 3
    (one,) = moves("导出 412", log=log, shift={"shift": {"since": NOW}})
    assert isinstance(one, Write)
    assert len(one.text.splitlines()) == 2
    assert "I-e1-412" in one.name
    assert all(line.replace("\t", "").isprintable() for line in one.text.splitlines())
    (late,) = moves("导出 本班", log=log, shift={"shift": {"since": NOW - 45}})
    assert isinstance(late, Write)
    assert len(late.text.splitlines()) == 2


# --- how items and names may be typed


@pytest.mark.parametrize(
    "word",
    ["412", "０４１２", "I-412", "i-0412", "I-e1-412", "Ｉ－ｅ１－４１２", ".", "。"],
)
def test_an_item_is_a_number_an_id_the_one_shown_or_the_top_one(word: str) -> None:
    here = Env(ctx(), "I-e1-412")
    assert grammar.read(here, f"确认 {word}").ident == "I-e1-412"
    for top in ("^", "……"):  # the call for help that nobody answers
        assert grammar.read(here, f"确认 {top}").ident == "I-e1-413"


def test_a_case_has_a_letter_of_its_own() -> None:
    assert grammar.read(Env(ctx()), "备注 C-187 // 三调").ident == "I-e1-187"
    assert grammar.read(Env(ctx()), "备注 187 // 三调").ident == "I-e1-187"


def test_a_team_s_id_is_no_item() -> None:
    here = Env(ctx("zh", incident("I-e1-2"), incident("X-e1-31")))
    for word in ("grid-2", "militia-2", "zj-02"):
        with pytest.raises(Fault):
            grammar.read(here, f"确认 {word}")
    assert list(grammar.run(grammar.read(here, "看 grid-2"))) == [Go("teams", "grid-2")]
    assert grammar.read(here, "确认 I-2").ident == "I-e1-2"
    assert grammar.read(here, "确认 X-0031").ident == "X-e1-31"


def test_an_ended_item_hides_behind_an_open_one_with_the_same_end() -> None:
    here = ctx("zh", incident("I-e1-1412", state="closed"))
    assert grammar.read(Env(here), "确认 412").ident == "I-e1-412"


@pytest.mark.parametrize("word", ["民兵一队", "militia-1", "mb1", "MB1", "ｍｂ１", "mb1d"])
def test_a_team_by_name_id_or_initials(word: str) -> None:
    assert grammar.read(Env(ctx()), f"撤回 412 {word}").values["units"] == ("militia-1",)


@pytest.mark.parametrize("word", ["雷家沟二组", "雷家沟村二组", "v01-g2", "ljg2", "LJG2"])
def test_a_place_by_name_id_or_initials(word: str) -> None:
    assert grammar.read(Env(ctx()), f"新建 烟 {word}").values["place"] == "v01-g2"


@pytest.mark.parametrize("list_of", ["mb1,hl1", "mb1，hl1", "mb1、hl1", "mb1 , hl1", "mb1, hl1,"])
def test_several_are_joined_by_any_comma(list_of: str) -> None:
    read = grammar.read(Env(ctx()), f"派 412 {list_of}")
    assert read.values["units"] == ("militia-1", "rangers-1")


def test_a_verb_needs_no_blank_before_a_number() -> None:
    assert grammar.read(Env(ctx()), "确认412").ident == "I-e1-412"
    assert grammar.read(Env(ctx(), "I-e1-413"), "派. 民兵一队").ident == "I-e1-413"
    assert grammar.read(Env(ctx()), "派412 mb1,hl1").values["units"] == ("militia-1", "rangers-1")


def test_a_line_is_folded_before_the_text_and_never_in_it() -> None:
    order = grammar.read(Env(ctx()), "ＮＯＴＥ　４１２ ／／ Ａ１、，ＡＢ  c")
    assert order.verb.en == "note"
    assert order.text == "Ａ１、，ＡＢ  c"
    assert grammar.read(Env(ctx()), "备注 412 // 见 http://a//b").text == "见 http://a//b"


def test_initials_know_the_names_of_this_country() -> None:
    assert {"ljg2", "ljgc2z"} <= initials("雷家沟村二组")
    assert "mb1" in initials("民兵一队")
    assert initials("长武城遗址") == {"cwcyz"}
    assert initials("泾河水位站") == {"jhswz"}
    assert initials("值守岗") == {"zs", "zsg"}
    assert initials("") == frozenset()
    assert initials(HOSTILE) is initials(HOSTILE)


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("30分", 1800), ("30分钟", 1800), ("2时", 7200), ("2小时", 7200), ("1天", 86400),
     ("30m", 1800), ("2h", 7200), ("1d", 86400), ("90s", 90), ("1h30m", 5400), ("1时30分", 5400),
     ("30", None), ("分", None), ("1x", None), ("30分x", None), ("", None)],
)  # fmt: skip
def test_lengths_of_time(word: str, seconds: int | None) -> None:
    assert times.seconds(word) == seconds


def test_a_moment_is_the_next_such_moment() -> None:
    eight = times.moment("至08:00", NOW)  # it is 03:12:41
    assert eight is not None
    assert 0 < eight - NOW < 5 * 3600
    assert times.moment("until=08:00", NOW) == times.moment("08:00", NOW) == eight
    three = times.moment("03:00", NOW)
    assert three is not None
    assert 23 * 3600 < three - NOW < 24 * 3600
    assert times.moment("2时", NOW) == NOW + 7200
    assert times.moment("24:00", NOW) is None
    assert times.moment("08:60", NOW) is None


# --- what is wrong with a line


@pytest.mark.parametrize(
    ("line", "code", "at"),
    [
        ("拍 412", "E1", 0),
        ("确 412", "E1", 0),  # a verb that changes the world is not guessed
        ("级 412 高", "E1", 6),
        ("缓派 412 一会 // x", "E1", 7),
        ("确认 412 413", "E1", 7),
        ("确认 412,413", "E1", 7),
        ("确认 412 雷家沟", "E1", 7),
        ("交班 // x", "E1", 3),
        ("", "E2", 0),
        ("派", "E2", 1),
        ("派 412", "E2", 5),
        ("备注 412", "E2", 6),
        ("备注 412 // ", "E2", 7),
        ("级 412 紧", "E2", 7),  # lowering a red one needs a text
        ("派 41 推荐", "E4", 2),
        ("确认 1", "E4", 3),
        ("确认 999", "E4", 3),
        ("确认 .", "E4", 3),
        ("派 412 民兵九队", "E4", 6),
        ("派 412 mb1,nobody", "E4", 10),
        ("派 413 推荐", "E4", 6),
        ("合并 412 412", "E4", 10),
        ("取回 ljg-05", "E4", 3),
        ("新建 烟 无名村", "E4", 5),
        ("确认 398", "E5", 3),
        ("重开 412", "E5", 3),
        ("响应 四级 // 情况", "E6", 6),
        ("缓派 412 6分 // 看", "E10", 10),
        ("搁置 hj-03 9时 // 蛛网", "E10", 12),
        ("搁置 hj-03 求救 1时 // x", "E10", 15),
        ("备注 412 // 响\x07", "E10", 11),
        ("备注 412 // " + "长" * 500, "E10", 500),
        ("叫应 全乡 // 暴雨红色", "E11", 6),
        ("上报 412 初报", "E11", 9),
    ],
)
def test_a_fault_has_its_number_and_its_place(line: str, code: str, at: int) -> None:
    if code == "E11" or "响应" not in line or "response" in m.COMMANDS:
        found = fault(line)
        assert (found.code, found.at) == (code, at), found.words
        assert fault(line, "en").code == code


def test_two_items_with_the_same_end_are_named() -> None:
    here = ctx("zh", case("I-e1-12"), incident("I-e1-512"))
    with pytest.raises(Fault) as caught:
        grammar.read(Env(here), "确认 12")
    assert caught.value.code == "E3"
    assert "I-e1-12" in caught.value.words
    assert "I-e1-512" in caught.value.words
    assert grammar.read(Env(here), "确认 C-12").ident == "I-e1-12"


def test_a_whole_number_is_that_item_though_others_end_so() -> None:
    rows = [incident(ident) for ident in ("I-e1-1", "I-e1-11", "I-e1-21")]
    here = ctx("zh", *rows, case("I-e1-91"))
    assert grammar.read(Env(here), "级 1 常 // 看过").ident == "I-e1-1"
    assert grammar.read(Env(here), "级 01 常 // 看过").ident == "I-e1-1"
    with pytest.raises(Fault) as caught:
        grammar.read(Env(ctx("zh", *rows, incident("I-e2-1"))), "级 1 常 // 看过")
    assert (caught.value.code, caught.value.at) == ("E3", 2)


@pytest.mark.parametrize("lead", [":", "：", " : ", "::"])
def test_a_colon_that_is_typed_again_means_nothing(lead: str) -> None:
    read = grammar.read(Env(ctx()), f"{lead}确认 412")
    assert read.ident == "I-e1-412"
    assert fault(f"{lead}确认 999").at == len(lead) + 3


def test_a_source_that_reports_two_kinds_has_to_be_told_apart() -> None:
    more = incident("I-e1-500", sources={"hj-03": {"kind": "smoke", "class": "camera"}})
    here = ctx("zh", more)
    with pytest.raises(Fault) as caught:
        grammar.run(grammar.read(Env(here), "搁置 hj-03 1时 // 蛛网"))
    assert caught.value.code == "E3"


def test_a_source_that_has_reported_nothing_needs_its_kind() -> None:
    camera: dict[str, Row] = {"zz-01": {"id": "zz-01"}}
    assert fault("搁置 zz-01 1时 // 逆光", camera=camera).code == "E2"
    said: Row = {"event": "AlarmReceived", "source": "zz-01", "kind": "smoke", "pos": "1", "at": 0}
    found = command("搁置 zz-01 1时 // 逆光", log={"1": said}, camera=camera)
    assert isinstance(found, m.Shelve)
    assert found.kind == "smoke"


def test_a_role_that_may_not_is_told_before_the_line_is_gone() -> None:
    assert fault("确认 412", role="observer").code == "E6"
    assert moves("看 412", role="observer") == [Go("detail", "I-e1-412")]


def test_what_is_not_understood_names_what_is_near() -> None:
    assert "派" in fault("拍 412").words
    assert "assign" in fault("asign 412 rec", "en").words
    assert "民兵一队" in fault("派 412 民兵九队").words


def test_a_command_the_post_would_not_take_is_told_here() -> None:
    assert fault("危险 412 // " + "长" * 201).code == "E10"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb.en))
def test_hostile_words_are_faults_and_harmless(verb: Any, lang: str) -> None:
    for tail in (
        HOSTILE,
        f"412 {HOSTILE}",
        f"412 {HOSTILE} // {HOSTILE}",
        "// " * 60,
        ",,,,",
        "^^^",
    ):
        line = "".join(c for c in f"{verb.en} {tail}" if c.isprintable())[:499]
        try:
            read = grammar.read(Env(ctx(lang)), line)
            said = grammar.reading(read)
        except Fault as raised:
            said = raised.words if 0 <= raised.at <= len(line) else "\x00"
        assert show(said, 5000) == said


def test_hostile_names_of_the_township_cannot_forge_a_word() -> None:
    bad = unit("bad-1", "急 I-0001 // [red]\x1b[2J")
    here = Env(ctx("zh", bad))
    assert grammar.read(here, "撤回 412 bad-1").values["units"] == ("bad-1",)
    read = grammar.reading(grammar.read(here, "撤回 412 bad-1"))
    assert show(read, 5000) == read


def test_folding_keeps_every_position() -> None:
    for text in (HOSTILE, "ＡＢ　：／／", "İstanbul", "……—", "½"):
        assert len(folded(text)) == len(text)
    word = typed("派  412、 413 // x").words[1]
    assert [(part.text, part.at) for part in word.parts] == [("412", 3), ("413", 8)]


def test_a_reading_says_whom_where_and_why() -> None:
    here = Env(ctx())
    assert (
        grammar.reading(grammar.read(here, "派 412 mb1"))
        == "派 民兵一队 到 I-e1-412 野火 雷家沟二组"
    )
    said = grammar.reading(grammar.read(here, "停用 交通劝导组 至08:00 // 车坏"))
    assert said == "停用 交通劝导组 至08:00 // 车坏"
    english = Env(ctx("en"))
    read = grammar.read(english, "assign 412 mb1")
    assert grammar.reading(read) == "send militia-1 to I-e1-412 wildfire v01-g2"


def test_every_verb_that_needs_a_text_says_so() -> None:
    for verb in VERBS:
        if verb.text is Text.MUST and verb.there:
            line = verb.examples[0][0][1:].partition("//")[0]
            assert fault(line).code == "E2", verb.zh
