"""What can be typed, and which order it means."""

from __future__ import annotations

import pytest
from handheld_make import T0, Bench, make_order
from hypothesis import given
from hypothesis import strategies as st

from sensors.handheld.commands import (
    KINDS,
    Answer,
    Help,
    Here,
    Mistake,
    Need,
    OnDuty,
    Orders,
    Quit,
    Report,
    parse_line,
    target,
)
from sensors.observations import AlarmKind, Position, ReplyStatus

ACCEPTED, DECLINED = ReplyStatus.ACCEPTED, ReplyStatus.DECLINED
EN_ROUTE, ON_SCENE, DONE = ReplyStatus.EN_ROUTE, ReplyStatus.ON_SCENE, ReplyStatus.DONE


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("接", Answer(ACCEPTED, "")),
        ("接17", Answer(ACCEPTED, "17")),
        ("接 O-e1-17", Answer(ACCEPTED, "O-e1-17")),
        ("接O-e1-17", Answer(ACCEPTED, "O-e1-17")),
        ("接令 17", Answer(ACCEPTED, "17")),
        ("accept 17", Answer(ACCEPTED, "17")),
        ("拒 17 路断了", Answer(DECLINED, "17 路断了")),
        ("拒17 路断了", Answer(DECLINED, "17 路断了")),
        ("decline no vehicle", Answer(DECLINED, "no vehicle")),
        ("出发", Answer(EN_ROUTE, "")),
        ("go", Answer(EN_ROUTE, "")),
        ("到", Answer(ON_SCENE, "")),
        ("到场17", Answer(ON_SCENE, "17")),
        ("HERE", Answer(ON_SCENE, "")),
        ("完", Answer(DONE, "")),
        ("done", Answer(DONE, "")),
        ("位置 107.55 35.28", Here(Position(107.55, 35.28))),
        ("pos 107.55,35.28", Here(Position(107.55, 35.28))),
        ("上班", OnDuty(on=True)),
        ("off", OnDuty(on=False)),
        ("要 水", Need("water", "")),
        ("要水 两车", Need("water", "两车")),
        ("need ambulance one hurt", Need("ambulance", "one hurt")),
        ("要 发电机", Need("发电机", "")),
        ("求救", Report(AlarmKind.SOS, "", "")),
        ("sos 摔伤 走不动", Report(AlarmKind.SOS, "", "摔伤 走不动")),
        ("报 烟 v03-g2 对面山坡冒烟", Report(AlarmKind.SMOKE, "v03-g2", "对面山坡冒烟")),
        ("报火 v03", Report(AlarmKind.FIRE, "v03", "")),
        ("report road_blocked stones on it", Report(AlarmKind.ROAD_BLOCKED, "", "stones on it")),
        ("单", Orders()),
        ("退出", Quit()),
        ("帮助", Help()),
        ("  接   17  ", Answer(ACCEPTED, "17")),
        ("\x1b[31m接\x1b[0m 17", Answer(ACCEPTED, "17")),
        ("", None),
        ("   ", None),
        ("接到了吗", Mistake("unknown_command", {"word": "接到了吗"})),
        ("位置", Mistake("position_words")),
        ("pos a b", Mistake("position_words")),
        ("pos 35.28 107.55", Mistake("position_invalid")),  # latitude first
        ("pos nan nan", Mistake("position_invalid")),
        ("pos 0 0", Mistake("position_invalid")),
        ("要", Mistake("need_words")),
    ],
)
def test_lines(line: str, command: object) -> None:
    assert parse_line(line) == command


def test_an_unknown_kind_lists_the_kinds() -> None:
    found = parse_line("报 天气 v03")
    assert isinstance(found, Mistake)
    assert found.reason == "report_kind"
    assert "烟" in found.data["kinds"]


def test_every_alarm_kind_has_a_chinese_word() -> None:
    assert {KINDS[word] for word in KINDS if not word.isascii()} == set(AlarmKind)


@given(st.text())
def test_no_line_raises(line: str) -> None:
    parse_line(line)


@given(st.sampled_from(["接", "拒", "到", "要", "报", "求救", "位置"]), st.text())
def test_no_rest_of_a_line_raises(word: str, rest: str) -> None:
    parse_line(word + rest)


def bench_with(*ids: str) -> Bench:
    bench = Bench()
    for order_id in ids:
        bench.take(make_order(order_id))
    return bench


def meant(bench: Bench, line: str) -> object:
    command = parse_line(line)
    assert isinstance(command, Answer)
    found = target(bench.state, command, bench.now)
    if isinstance(found, Mistake):
        return found.reason
    held, text = found
    return held.order.order_id, text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("接", ("O-e1-27", "")),  # the newest
        ("接 17", ("O-e1-17", "")),
        ("接 e1-17", ("O-e1-17", "")),
        ("接 o-E1-17", ("O-e1-17", "")),
        ("接 117", ("O-e1-117", "")),
        ("接 O-e1-17", ("O-e1-17", "")),
        ("接 27 马上", ("O-e1-27", "马上")),
        ("接 7", "ambiguous_order"),  # no order is number 7, three end in 7
        ("接 99", "no_such_order"),
        ("接 马上就走", ("O-e1-27", "马上就走")),
        ("拒 17 车坏了", ("O-e1-17", "车坏了")),
        ("拒 车坏了", ("O-e1-27", "车坏了")),
        ("拒 99 车坏了", "no_such_order"),
    ],
)
def test_which_order_is_meant(line: str, expected: object) -> None:
    assert meant(bench_with("O-e1-117", "O-e1-17", "O-e1-27"), line) == expected


def test_the_whole_last_part_of_an_id_goes_before_any_end_of_it() -> None:
    assert meant(bench_with("O-e1-7", "O-e1-17"), "接 7") == ("O-e1-7", "")


def test_an_arrival_belongs_to_the_order_in_progress_not_to_a_newer_offer() -> None:
    bench = bench_with("O-1", "O-2")
    bench.say(EN_ROUTE, "O-1")
    assert meant(bench, "到") == ("O-1", "")
    assert meant(bench, "接") == ("O-2", "")
    assert meant(bench, "拒 人手不够") == ("O-2", "人手不够")


def test_without_anything_in_progress_the_newest_offer_is_meant() -> None:
    assert meant(bench_with("O-1", "O-2"), "出发") == ("O-2", "")


def test_closed_orders_are_meant_only_by_name() -> None:
    bench = bench_with("O-1", "O-2")
    bench.say(DECLINED, "O-2")
    assert meant(bench, "接") == ("O-1", "")
    assert meant(bench, "接 2") == ("O-2", "")
    bench.say(DECLINED, "O-1")
    assert meant(bench, "接") == "no_open_order"


def test_an_expired_offer_is_meant_only_when_there_is_no_other() -> None:
    bench = bench_with("O-1")
    bench.take(make_order("O-2", expires_at=T0 + 1))
    bench.now = T0 + 2
    assert meant(bench, "接") == ("O-1", "")
    bench.say(DECLINED, "O-1")
    assert meant(bench, "接") == ("O-2", "")


def test_a_new_offer_of_an_old_order_is_the_newest() -> None:
    bench = bench_with("O-1", "O-2")
    bench.take(make_order("O-1", rev=2))
    assert meant(bench, "接") == ("O-1", "")
    bench.take(make_order("O-2", rev=2, state="updated"))
    assert meant(bench, "接") == ("O-1", "")
