"""The menu, the help and the finder: found by typing, exact on every screen, harmless."""

from __future__ import annotations

import pytest
from desk_stage import HOSTILE, LANGS, SIZES, Stage, camera, case, incident, log_row, place, unit
from test_grammar import ctx, township

from console import directory, grammar
from console.effects import Quiet, Quit, Remember, Send, Sound
from console.grammar import Env
from console.grammar.targets import LANGS as LANG_WORDS
from console.grammar.targets import SOUND_WORDS, THEME_WORDS
from console.grammar.verbs import VERBS
from console.pages import PAGES
from console.pages.find import FindPage
from console.pages.menu import MenuPage
from console.styles import THEMES


def menu(lang: str = "zh", size: tuple[int, int] = (80, 24)) -> Stage:
    stage = Stage(*township(), lang=lang, size=size)
    stage.press("f10")
    assert stage.desk.page.name == "menu"
    return stage


def body(stage: Stage) -> list[str]:
    return stage.screen()[2:-4]


def test_every_page_of_the_menu_is_there() -> None:
    missing = {entry.page for entry in directory.PAGES} - set(PAGES)
    assert missing == set()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_menu_is_exact_and_has_everything(lang: str, size: tuple[int, int]) -> None:
    stage = menu(lang, size)
    seen = {line[9:21].strip() for line in body(stage)}
    stage.press("end")
    seen |= {line[9:21].strip() for line in body(stage)}
    names = {entry.zh[0] if lang == "zh" else entry.en[0] for entry in directory.PAGES}
    names -= {"菜单", "menu"}
    joined = " ".join(seen)
    assert all(name[:5] in joined for name in names)


@pytest.mark.parametrize(
    ("typed", "page"),
    [("dt", "map"), ("地图", "map"), ("map", "map"), ("tj", "statistics"), ("F6", "teams"),
     ("ditu", "map"), ("隔离", "quarantine"), ("jjb", "handover"), ("名册", "handover"),
     ("roster", "handover")],
)  # fmt: skip
def test_typing_finds_and_enter_opens(typed: str, page: str) -> None:
    stage = menu()
    stage.type(typed)
    stage.press("enter")
    assert stage.desk.page.name == page


def test_what_the_menu_calls_a_setting_can_be_typed() -> None:
    env = Env(ctx())
    for verb, table in (("主题", THEME_WORDS), ("语言", LANG_WORDS), ("声音", SOUND_WORDS)):
        for value, word in table.items():
            order = grammar.read(env, f"{verb} {env.tr(word)}")
            assert value in order.values.values()


@pytest.mark.parametrize("entry", directory.PAGES, ids=lambda entry: entry.page)
def test_every_name_of_a_page_opens_it(entry: directory.Entry) -> None:
    assert entry.pinyin
    for name in entry.typed:
        assert grammar.read(Env(ctx()), f"看 {name}").values["target"] == (entry.page, "")


def test_escape_first_takes_back_what_was_typed_then_leaves() -> None:
    stage = menu()
    stage.type("xyzzy")
    assert "菜单里没有这个" in "".join(body(stage))
    stage.press("enter")
    assert stage.desk.page.name == "menu"
    stage.press("escape")
    assert stage.desk.page.name == "menu"
    assert "主屏" in "".join(body(stage))
    stage.press("escape")
    assert stage.desk.page.name == "main"


def test_language_theme_and_sound_change_at_once_and_are_kept() -> None:
    stage = menu()
    stage.type("语言")
    stage.press("enter")
    assert "== Menu" in stage.screen()[1]
    assert stage.desk.settings.lang == "en"
    stage.press("escape")
    stage.type("theme")
    for theme in (*THEMES[1:], THEMES[0]):
        stage.press("enter")
        assert stage.desk.look.theme == theme
    stage.press("escape")
    stage.type("on or off")
    stage.press("enter")
    assert stage.desk.settings.sound is False
    assert stage.effects.count(Remember()) == 1 + len(THEMES) + 1


def test_settings_that_nobody_knows_do_not_stop_the_menu() -> None:
    stage = menu()
    stage.desk.settings.lang, stage.desk.settings.theme = "tlh", "sepia"
    stage.type("zt")
    assert stage.screen()
    stage.press("enter")
    assert stage.desk.settings.theme == THEMES[0]


def test_sound_silence_and_leaving_are_effects() -> None:
    stage = menu()
    for typed, effect in (("试声", Sound("test")), ("静音", Quiet()), ("退出", Quit())):
        stage.type(typed)
        stage.press("enter", "escape")
        assert effect in stage.effects, typed


def test_f2_and_the_command_line_work_over_the_menu() -> None:
    stage = menu()
    stage.type("zt")
    stage.desk.key("fullwidth_colon", "：", stage.at)
    assert stage.desk.line is not None
    stage.press("escape", "f2")
    assert stage.desk.page.name == "dispatch"


def test_the_menu_holds_whatever_is_typed_and_pasted() -> None:
    stage = menu()
    stage.type(HOSTILE)
    stage.desk.paste(HOSTILE, stage.at)
    assert stage.picture()
    stage.press("down", "pagedown", "up", "home")
    assert stage.picture()


def test_a_click_takes_the_cursor_and_a_second_one_opens() -> None:
    stage = menu()
    page = stage.desk.page
    assert isinstance(page, MenuPage)
    row = next(n for n, line in enumerate(stage.screen()) if "探头" in line)
    stage.desk.click(10, row, stage.at)
    assert stage.desk.page.name == "menu"
    stage.picture()
    stage.desk.click(10, row, stage.at)
    assert stage.desk.page.name == "cameras"
    stage.desk.wheel(3, stage.at)


# --- the help


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_help_has_every_key_and_command_in_the_officer_s_language(
    lang: str, size: tuple[int, int]
) -> None:
    stage = Stage(*township(), lang=lang, size=size)
    stage.press("f1")
    text = "\n".join(body(stage))
    for _page in range(12):
        stage.press("pagedown")
        text += "\n".join(body(stage))
    for key in ("F2", "F3", "F4", "F10", "Ctrl-T", "Esc"):
        assert key in text
    for verb in VERBS:
        for zh, en in verb.examples:
            assert (zh if lang == "zh" else en) in text, verb.en
    assert all(f"E{n} " in text for n in range(1, 12))


def test_the_help_names_the_officer_s_own_keys_and_scrolls_both_ways() -> None:
    stage = Stage(*township())
    stage.desk.settings.keys["teams"] = "f12"
    stage.press("question_mark")
    assert stage.desk.page.name == "help"
    first = body(stage)
    stage.press("down", "down")
    assert body(stage) != first
    assert "f12" in "".join(body(stage))
    stage.press("home")
    assert body(stage) == first
    stage.press("end", "end")
    assert "E11" in "".join(body(stage))
    stage.press("pageup")
    stage.press("escape")
    assert stage.desk.page.name == "main"


def test_f1_in_a_command_shows_what_it_is_about_and_keeps_the_line() -> None:
    stage = Stage(*township())
    for line, shown in (("缓派 412", "缓派"), ("", "-- 按键")):
        stage.press("colon")
        stage.type(line)
        stage.press("f1")
        assert stage.desk.page.name == "help"
        assert stage.screen()[2].startswith(shown)
        assert stage.screen()[-2].startswith(f":{line}")
        stage.press("escape", "escape")
        assert stage.desk.page.name == "main"


def test_f1_in_the_help_starts_the_tour() -> None:
    stage = Stage()  # nothing real waits
    stage.press("f1", "f1")
    assert stage.desk.page.name == "tour"


# --- the finder


def found(words: str, stage: Stage | None = None) -> Stage:
    stage = stage or Stage(
        *township(),
        case("I-e1-20", text="焚烧秸秆,保洁员已到场"),
        incident("I-e1-21", state="closed", outcome="秸秆已灭"),
        unit("sweep-1", "秸秆禁烧队", contact="电台7"),
        camera("zj-07", name="秸秆堆场"),
        place={"straw": place("straw", "秸秆站")},
        size=(160, 45),
        log={"1": log_row("1", "IncidentNoted", incident="I-e1-20", by="watch", text="秸秆湿")},
    )
    stage.press("slash")
    assert stage.desk.line is not None
    assert stage.desk.line.typed.text == "找 "
    stage.type(words)
    stage.press("enter")
    return stage


def test_everything_with_the_words_is_found_open_items_first() -> None:
    stage = found("秸秆")
    page = stage.desk.page
    assert isinstance(page, FindPage)
    lines = [line for line in body(stage) if "秸秆" in line]
    kinds = [line[2:8].strip() for line in lines[:6]]
    assert kinds == ["事件", "已结束", "队伍", "探头", "地点", "日志"]
    assert "6 处" in stage.screen()[1]


def test_enter_opens_what_was_found() -> None:
    stage = found("秸秆 电台7")
    stage.press("enter")
    assert (stage.desk.page.name, stage.desk.page.item) == ("teams", "")
    stage = found("焚烧 秸秆")
    assert stage.desk.page.item == "I-e1-20"
    stage.press("enter")
    assert (stage.desk.page.name, stage.desk.page.item) == ("detail", "I-e1-20")


def test_where_nothing_is_found_it_says_where_it_looked() -> None:
    stage = found("没有这个词")
    assert "0 处" in stage.screen()[1]
    assert "日志" in "".join(body(stage))


def test_what_comes_later_is_found_as_well() -> None:
    stage = found("秸秆")
    stage.rows(incident("I-e1-30", text="又有秸秆"))
    stage.wait(3)
    assert "7 处" in stage.screen()[1]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_finder_is_exact_with_hostile_rows(lang: str, size: tuple[int, int]) -> None:
    stage = Stage(
        incident("I-e1-1", text=HOSTILE + "秸秆", place_name=HOSTILE, kind=HOSTILE, place=""),
        unit("u", HOSTILE + "秸秆", contact=HOSTILE, equipment=[HOSTILE]),
        camera("c", name=HOSTILE + "秸秆"),
        lang=lang,
        size=size,
        log={"1": log_row("1", "IncidentNoted", by=HOSTILE, text=HOSTILE + "秸秆", incident="x")},
    )
    stage.press("ctrl+p")
    stage.type("find 秸秆")
    stage.press("enter", "down", "down")
    assert stage.desk.page.name == "find"
    assert stage.screen()[1].split("== ")[1].split()[2].startswith("4")
    assert not [one for one in stage.sent if not isinstance(one, Send)]
