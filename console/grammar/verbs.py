"""The verbs of the command line: CONSOLE.md section 4's table, as data.

`VERBS` is in the order of the help. A verb with `soon` has its words and examples, and says E11.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from console.grammar import acts
from console.grammar import slots as s
from console.grammar import targets as t
from console.grammar.acts import Run
from console.grammar.kinds import KIND
from console.grammar.verb import Text, Verb
from sensors.words import _

MAY, MUST, NO = Text.MAY, Text.MUST, Text.NONE
ITEM = s.item()
ANY_ITEM = s.item(state=s.ANY)
WORDS = s.free("words", _("words"))

_TABLE: tuple[tuple[Verb, Run | None], ...] = (
    # --- orders
    (
        Verb("派", "p", "assign", "assign", _("send teams"), _("send {units} to {item}"),
             (ITEM, s.UNITS),
             examples=((":派 412 推荐", ":assign 412 rec"),
                       (":派 412 民兵一队、护林一组", ":assign 412 militia-1,rangers-1"))),
        acts.assign,
    ),
    (
        Verb("撤回", "ch", "withdraw", "withdraw", _("call teams back"),
             _("withdraw {units} from {item}"), (ITEM, s.ORDERED),
             examples=((":撤回 412 民兵一队 // 路断", ":withdraw 412 militia-1 // road cut"),)),
        acts.withdraw,
    ),
    (
        Verb("换队", "hd", "swap", "assign", _("another team in its place"),
             _("{item}: {to} in the place of {from}"),
             (ITEM, s.ordered("from"), s.unit("to")),
             examples=((":换队 412 民兵一队 民兵二队 // 车坏",
                        ":swap 412 militia-1 militia-2 // breakdown"),)),
        acts.swap,
    ),
    (
        Verb("缓派", "hp", "hold", "hold", _("put the automatic sending off, once"),
             _("put {item} off for {seconds}"),
             (ITEM, s.length(("2分", "2m"), ("5分", "5m"))), MUST,
             examples=((":缓派 412 2分 // 先看探头", ":hold 412 2m // camera first"),)),
        acts.hold,
    ),
    # --- items
    (
        Verb("确认", "qr", "ack", "acknowledge", _("I have it"), _("acknowledge {item}"), (ITEM,),
             examples=((":确认 412", ":ack 412"),)),
        acts.with_text,
    ),
    (
        Verb("级", "j", "urgency", "priority", _("change the urgency"),
             _("{item} becomes {priority}"), (ITEM, s.URGENCY),
             examples=((":级 412 紧 // 只是烟", ":urgency 412 high // smoke only"),)),
        acts.priority,
    ),
    (
        Verb("定级", "dj", "grade", "grade", _("grade the incident"), _("{item} is graded {grade}"),
             (ITEM, s.GRADE), examples=((":定级 412 较大", ":grade 412 3"),)),
        acts.grade,
    ),
    (
        Verb("响应", "xy", "response", "response", _("the township's response level"),
             _("response {level}"), (s.RESPONSE,),
             examples=((":响应 四级 // 带班同意", ":response 4 // leader agreed"),)),
        acts.response,
    ),
    (
        Verb("危险", "wx", "hazard", "hazard", _("a danger that was learned later"),
             _("new hazard of {item}"), (ITEM,), MUST,
             examples=((":危险 412 // 电线落地", ":hazard 412 // power line down"),)),
        acts.with_text,
    ),
    (
        Verb("合并", "hb", "merge", "merge", _("two items are one"), _("join {item} to {into}"),
             (ITEM, s.item("into")), examples=((":合并 413 412", ":merge 413 412"),)),
        acts.merge,
    ),
    (
        Verb("拆分", "cf", "split", "split", _("take a merger back"), _("split {item}"),
             (ANY_ITEM,), examples=((":拆分 413", ":split 413"),)),
        acts.why,
    ),
    (
        Verb("新建", "xj", "new", "report_alarm", _("a call, in one line"),
             _("new: {kind} {place} {priority}"),
             (KIND.maybe(), s.PLACE.maybe(), s.URGENCY.maybe()),
             examples=((":新建 野火 ljg2 急 // 电话报警", ":new wildfire ljg2 crit // by phone"),)),
        acts.new,
    ),
    (
        Verb("误报", "wb", "false", "false_alarm", _("there was nothing"),
             _("{item} was a false alarm"), (ITEM,),
             examples=((":误报 415 // 烧秸秆", ":false 415 // stubble"),)),
        acts.why,
    ),
    (
        Verb("了结", "lj", "resolve", "resolve", _("the work is done"), _("{item} is resolved"),
             (ITEM,), examples=((":了结 412 // 明火已灭", ":resolve 412 // out"),)),
        acts.resolve,
    ),
    (
        Verb("归档", "gd", "close", "close", _("nothing more to do"), _("close {item}"),
             (ITEM,), examples=((":归档 412", ":close 412"),)),
        acts.why,
    ),
    (
        Verb("重开", "ck", "reopen", "reopen", _("it is not over"), _("reopen {item}"),
             (s.item(state=s.ENDED),),
             examples=((":重开 398 // 复燃", ":reopen 398 // rekindled"),)),
        acts.why,
    ),
    (
        Verb("备注", "bz", "note", "note", _("write into the timeline"), _("note to {item}"),
             (ANY_ITEM,), MUST,
             examples=((":备注 412 // 村主任已到", ":note 412 // village head there"),)),
        acts.note,
    ),
    (
        Verb("代报", "db", "reply", "reply", _("what a team said by radio"),
             _("{unit} says on {item}: {status}"), (s.unit(), ITEM, s.STATUS),
             examples=((":代报 民兵一队 412 到场", ":reply militia-1 412 on_scene"),)),
        acts.reply,
    ),
    # --- teams and devices
    (
        Verb("清点", "qd", "par", "par", _("all are accounted for"),
             _("all well at {item} {units}"), (ITEM, s.ORDERED.maybe()),
             examples=((":清点 412", ":par 412"),)),
        acts.par,
    ),
    (
        Verb("移防", "yf", "move", "move", _("stand by somewhere else"),
             _("{unit} stands by at {place}"), (s.unit(), s.STATION),
             examples=((":移防 grid-2 zj", ":move grid-2 zj"),)),
        acts.move,
    ),
    (
        Verb("停用", "ty", "off", "duty", _("take a team off duty"), _("{unit} off duty {until}"),
             (s.unit(), s.UNTIL.maybe()), MUST,
             examples=((":停用 交通劝导组 至08:00 // 车坏",
                        ":off traffic-1 until=08:00 // broken"),)),
        acts.off,
    ),
    (
        Verb("恢复", "hf", "on", "duty", _("back on duty"), _("{unit} on duty"),
             (s.unit(),), NO, examples=((":恢复 交通劝导组", ":on traffic-1"),)),
        acts.on,
    ),
    (
        Verb("搁置", "gz", "shelve", "shelve", _("keep a device quiet for a while"),
             _("shelve {source} {kind} for {seconds}"),
             (s.SOURCE, KIND.maybe(), s.length(("15分", "15m"), ("1时", "1h"))), MUST,
             examples=((":搁置 hj-03 1时 // 蛛网", ":shelve hj-03 1h // spider web"),)),
        acts.shelve,
    ),
    (
        Verb("取回", "qh", "unshelve", "unshelve", _("back on the list"), _("unshelve {source}"),
             (s.SHELVED,), NO, examples=((":取回 hj-03", ":unshelve hj-03"),)),
        acts.unshelve,
    ),
    # --- people
    (
        Verb("叫应", "jy", "rollcall", "", _("call all grid heads"), soon=True,
             examples=((":叫应 全乡 // 暴雨红色", ":rollcall all // red rain"),)),
        None,
    ),
    (
        Verb("应", "y", "answered", "", _("somebody answered"), soon=True,
             examples=((":应 ljg6 电话", ":answered ljg6 phone"),)),
        None,
    ),
    (
        Verb("上报", "bao", "report", "", _("report to the county"), soon=True,
             examples=((":上报 412 初报", ":report 412 first"),)),
        None,
    ),
    (
        Verb("通知", "tz", "notice", "notice", _("a notice to all handhelds, or to a place"),
             _("notice to {place}"), (s.AUDIENCE,), MUST,
             examples=((":通知 全体 // 撤离河滩", ":notice all // leave the banks"),)),
        acts.notice,
    ),
    # --- cases
    (
        Verb("接手", "js", "take", "", _("take a case over"), soon=True,
             examples=((":接手 C-187", ":take C-187"),)),
        None,
    ),
    (
        Verb("催办", "cb", "nudge", "", _("remind the post responsible"), soon=True,
             examples=((":催办 C-187", ":nudge C-187"),)),
        None,
    ),
    (
        Verb("升级", "sj", "climb", "climb", _("to the next level"), _("{item} climbs a level"),
             (ITEM,), examples=((":升级 C-187 // 三调未成", ":climb C-187 // failed"),)),
        acts.why,
    ),
    (
        Verb("延期", "yq", "extend", "", _("more time"), soon=True,
             examples=((":延期 C-187 2天 // 外出", ":extend C-187 2d // away"),)),
        None,
    ),
    # --- the shift
    (
        Verb("交班", "jb", "handover", "", _("hand over"), _("open the handover"), (), NO,
             examples=((":交班", ":handover"),)),
        acts.page("handover"),
    ),
    (
        Verb("接班", "jieb", "takeover", "", _("take over"), _("open the handover"), (), NO,
             examples=((":接班", ":takeover"),)),
        acts.page("handover"),
    ),
    (
        Verb("名册", "mc", "roster", "", _("who is on duty when"), soon=True,
             examples=((":名册 11-25 夜 值守=巡查岗", ":roster 11-25 night duty=patrol"),)),
        None,
    ),
    (
        Verb("呼", "hu", "call", "", _("call somebody by telephone"), soon=True,
             examples=((":呼 二线", ":call second"),)),
        None,
    ),
    (
        Verb("分片", "fp", "share", "", _("share the township between consoles"), soon=True,
             examples=((":分片 1台=北 2台=南", ":share 1=north 2=south"),)),
        None,
    ),
    (
        Verb("演练", "yl", "drill", "stop_play", _("end a drill at once"),
             _("end the drill: {play}"), (s.PLAY,), MUST,
             examples=((":演练 结束 // 北坡真实火警", ":drill end // a real fire"),)),
        acts.stop_play,
    ),
    # --- looking
    (
        Verb("看", "k", "go", "", _("open an item, a page, a team, a camera"), _("go to {target}"),
             (t.TARGET,), NO, harmless=True, examples=((":看 412", ":go 412"),)),
        acts.go,
    ),
    (
        Verb("找", "z", "find", "", _("everything with these words"), _("find {words}"),
             (WORDS,), NO, rest=True, harmless=True,
             examples=((":找 秸秆", ":find stubble"),)),
        acts.find,
    ),
    (
        Verb("筛", "s", "filter", "", _("show less on the main page"), _("filter {words}"),
             (WORDS.maybe(),), NO, rest=True, harmless=True,
             examples=((":筛 村=雷家沟", ":filter village=ljg"),)),
        acts.filter_,
    ),
    # --- this console
    (
        Verb("导出", "dc", "export", "", _("a file of the log"), _("export {shift} {item}"),
             (t.SHIFT.maybe(), s.item(state=s.ANY).maybe()), NO,
             examples=((":导出 本班", ":export shift"),)),
        acts.export,
    ),
    (
        Verb("语言", "yy", "lang", "", _("Chinese or English"), _("language {lang}"), (t.LANG,), NO,
             examples=((":语言 英", ":lang en"),)),
        acts.lang,
    ),
    (
        Verb("主题", "zt", "theme", "", _("colours"), _("theme {theme}"), (t.THEME,), NO,
             examples=((":主题 mono", ":theme mono"),)),
        acts.theme,
    ),
    (
        Verb("声音", "sy", "sound", "", _("try it, on, off"), _("sound: {sound}"), (t.SOUND,), NO,
             examples=((":声音 试", ":sound test"),)),
        acts.sound,
    ),
    (
        Verb("静音", "jing", "silence", "", _("quiet for 60 s"), _("silence for 60 s"), (), NO,
             examples=((":静音", ":silence"),)),
        acts.silence,
    ),
    (
        Verb("退出", "tc", "quit", "", _("leave the console"), _("leave the console {stop}"),
             (t.STOP.maybe(),), NO, examples=((":退出", ":quit"), (":退出 停机", ":quit stop"))),
        acts.quit_,
    ),
)  # fmt: skip

VERBS = tuple(verb for verb, _run in _TABLE)
RUN: Mapping[str, Run] = MappingProxyType({verb.en: run for verb, run in _TABLE if run})
WORD: Mapping[str, Verb] = MappingProxyType(
    {name: verb for verb in VERBS for name in (verb.zh, verb.short, verb.en)}
)
