"""The TOML files of the reference township, written from its tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from simulations.jingming.cards import CASES, EMERGENCIES, RULES, SOS, Card
from simulations.jingming.land import AREA_KM2
from simulations.jingming.names import SYNTHETIC

HEADER = f"# {SYNTHETIC}\n"


def township() -> str:
    """township.toml."""
    return f"""{HEADER}# 本乡基本情况。改完后运行 fengsui check 检查。

id = "jingming"          # 写进消息主题,小写字母、数字、短横线
name = "泾明乡"
name_en = "Jingming"
area_km2 = {AREA_KM2}
utc_offset_h = 8

# 以下限值都可改,不写就用默认值。_s 是秒,_h 是几点。
[limits]
source_silent_s = 600    # 探头、传感器多久没有心跳算断线
unit_silent_s = 900      # 在岗队伍多久没有音信算失联
episode_quiet_s = 300    # 没有事件编号的设备,安静多久后再报算新的一次
night_from_h = 22
night_to_h = 6
detour = 1.6             # 没有路的地方,直线距离乘多少约等于路程(塬沟地形)
slope = 0.1              # 步行的坡度,升高比水平距离
work_max_s = 43200       # 连续干多久后不再派新任务
rest_s = 21600           # 歇多久算歇过来了

# 事先知道的封路(修路、赶集),一处一个 [[works]];这段时间里派单绕开它。突发的断路由报警来管。
# [[works]]
# lon = 107.5505
# lat = 35.2885
# radius_m = 150                   # 不写就是 150 米
# from = 2026-12-01T08:00:00
# to = 2026-12-01T18:00:00
# text = "修涵洞"
"""


PLANS_HEAD = f"""{HEADER}# 处置卡和派单规则。每张卡一个 [[plan]],每条规则一个 [[rule]]。
#   needs    要什么人: role 职责, quantity 人数, must 是否必须, within_min 白天多少分钟内到场,
#            alone = false 不派单人, equipment 要带什么, seats 要几个座位
#   work_s   一支队伍通常在现场多少秒,用来估计忙的队伍何时腾出手
#   priority 1 最急,5 最缓;season_months 里的月份提高一级
#   release  at_once 立即派出, after 等 release_after_s 秒自动派出, by_hand 由值班员派出
#   offer    one_by_one 一队一队问, first_n 同时问几队先答先得
#   choose   写在文件最前: least_cost 所有需求一起权衡(不写就是它), nearest 逐项派人,谁近派谁
#   first_orders 手持机上的第一指令,每条不超过16个字
#   ladder   案件逐级上报: role 岗位角色, days 限几天(自然日)
# 119、120、供电所等外部力量不进派单,由值班员打电话,写在 ask 里。
# 设施类报警先按停电停水停气处置;只是路灯等小事,由值班员改为网格事件。
"""


def plans() -> str:
    """plans.toml: the run cards, SOS, the cases, and the rules that choose one."""
    cards = [_card(card) for card in (*EMERGENCIES, SOS, *CASES)]
    return PLANS_HEAD + "\n" + "\n".join(cards) + "\n" + "\n".join(map(_rule, RULES))


def _rule(rule: tuple[str, str, str]) -> str:
    alarm, where, plan = rule
    place = "" if where == "any" else f"where = {_quoted(where)}\n"
    return f"[[rule]]\nalarm = {_quoted(alarm)}\n{place}plan = {_quoted(plan)}\n"


def _card(card: Card) -> str:
    lines = [
        "[[plan]]",
        f"kind = {_quoted(card.kind)}",
        f"name = {_quoted(card.name)}",
        f"name_en = {_quoted(card.name_en)}",
        f"family = {_quoted(card.family)}",
        f"priority = {card.priority}",
    ]
    if card.family == "case":
        lines.append('release = "by_hand"')
    for key, value in card.extra:
        lines += _ladder(value) if key == "ladder" else [f"{key} = {value}"]
    lines += _needs(card)
    for key, text in (("hazards", card.hazards), ("first_orders", card.orders), ("ask", card.ask)):
        if text:
            lines += [f"{key} = [", *(f"  {_quoted(part)}," for part in text.split(" / ")), "]"]
    return "\n".join(lines) + "\n"


_NEED = re.compile(r"(\w+)\*(\d+)([!?])(\+?) (\d+)")


def _needs(card: Card) -> list[str]:
    """The needs of a card as inline tables, one a line."""
    said = dict(card.remarks)
    lines = ["needs = ["]
    for role, quantity, must, together, minutes in re.findall(_NEED, card.needs):
        remark = said.pop(role, "")
        lines.append(
            f"  {{ role = {_quoted(role)}, quantity = {quantity},"
            f" must = {'true' if must == '!' else 'false'}, within_min = {minutes}"
            + (", alone = false" if together else "")
            + " },"
            + (f"  # {remark}" if remark else "")
        )
    return [*lines, "]"]


def _ladder(value: str) -> list[str]:
    rungs = [rung.split() for rung in value.split(", ")]
    return [
        "ladder = [",
        *(f"  {{ role = {_quoted(role)}, days = {days} }}," for role, days in rungs),
        "]",
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _table(values: dict[str, object]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + " }"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return _table(value)
    return json.dumps(value, ensure_ascii=False)


SOURCES_HEAD = f"""{HEADER}# 外来设备:谁可以说话,说的是什么方言,在本乡叫什么。
#   name    本乡的叫法: 探头编号、队伍编号或传感器自己的名字
#   dialect native 本系统格式, frigate 视频识别, owntracks 定位, chirpstack 物联网传感器
#   address 设备在那边的叫法: 探头名, 用户/设备, 或 DevEUI(16位十六进制,小写)
#   kinds   那边的标签 = 本系统的报警种类;没写的标签不立案
#   person  true 表示是人报的(立即派出)
#   thresholds 到多少才报警;DevEUI 为编造
"""


def sources(rows: Iterable[dict[str, object]]) -> str:
    """sources.toml from one mapping a source."""
    parts = [
        "[[source]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in row.items())
        for row in rows
    ]
    return SOURCES_HEAD + "\n" + "\n".join(parts)
