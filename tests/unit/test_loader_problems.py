"""A township's folder with one fault each: what `check` says about it, and on which line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from folder_make import TABLES, copy, edit, found, line_of, only, text_of

from command.loader import FILES, TownshipError, check, describe, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy(tmp_path)


@dataclass(frozen=True)
class Case:
    """`old` becomes `new` in `file`; `code` is expected at its line, or at that of `at`."""

    code: str
    file: str
    old: str
    new: str
    at: str = ""
    shift: int = 0

    def __str__(self) -> str:
        return f"{self.code}-{self.file}"


UNIT = "militia-2,民兵二队,Militia 2,民兵,处置;转移;看守,10,v09,107.562669,35.265163"
WORKS = """
[[works]]
lon = 107.5505
lat = 35.2885
from = 2026-12-01T08:00:00
to = 2026-12-01T07:00:00
"""
GROUP = '"village": "v01", "households"'
CASES = [
    # tables
    Case("column_missing", "units.csv", "职责", "备注"),
    Case("column_missing", "posts.csv", "角色", "备注"),
    Case("column_missing", "cameras.csv", "经度", "备注"),
    Case("column_twice", "posts.csv", "英文名", "名称"),
    Case(
        "cells_extra", "units.csv", "风力灭火机4;二号工具10;油锯1", "风力灭火机4,二号工具10,油锯1"
    ),
    Case("toml_syntax", "plans.toml", 'name = "滑坡崩塌"', 'name = "滑坡崩塌'),
    Case("toml_syntax", "township.toml", "area_km2 = 61.5", "area_km2 61.5"),
    Case("toml_syntax", "sources.toml", "min_confidence = 0.6", "min_confidence = 0,6"),
    Case("json_syntax", "places.geojson", '"id": "v02",', '"id": "v02"'),
    Case("json_syntax", "places.geojson", "[107.5", "[NaN, 107.5"),
    # values
    Case("value_missing", "posts.csv", "leader,带班领导,", "leader,,"),
    Case("value_missing", "posts.csv", "win-01,", ","),
    Case("value_missing", "plans.toml", 'kind = "storm"\n', "", at='name = "大风冰雹"', shift=-1),
    Case("text_dirty", "units.csv", "民兵二队", "民兵\u202e二队"),
    Case("text_dirty", "units.csv", "民兵二队", "民兵二队" * 20),
    Case("contact_private", "units.csv", "电台3/内线8011", "138 0000 0000"),
    Case("contact_private", "posts.csv", "内线8001", "13800000000"),
    Case("value_type", "plans.toml", 'name = "山洪"', "name = true"),
    Case(
        "value_type", "plans.toml", "season_months = [11, 12, 1, 2, 3, 4, 5]", "season_months = 5"
    ),
    Case("value_type", "plans.toml", '  "119",', "  119,", at="ask = ["),
    Case("key_unknown", "plans.toml", "merge_radius_m = 200", "merge_radius = 200"),
    Case("key_unknown", "township.toml", "unit_silent_s = 900", "unit_slient_s = 900"),
    Case("key_unknown", "sources.toml", "min_confidence", "confidence"),
    Case("number_bad", "units.csv", f"{UNIT}", UNIT.replace(",10,", ",十人,")),
    Case("number_bad", "units.csv", "107.562669", "107°33'"),
    Case("number_bad", "units.csv", UNIT, UNIT.replace(",10,", ",2.5,")),
    Case("number_range", "units.csv", "风力灭火机3;二号工具10;铁锹10,35", "铁锹10,3500"),
    Case(
        "works_backwards", "township.toml", "# text =", f"{WORKS}# text =", at="to = 2026-12-01T07"
    ),
    Case(
        "value_type",
        "township.toml",
        "# text =",
        f"{WORKS}# text =".replace("2026-12-01T07:00:00", "18"),
        at="to = 18",
    ),
    Case("number_range", "plans.toml", "priority = 2", "priority = 7"),
    Case("number_range", "plans.toml", "[11, 12, 1,", "[11, 13, 1,"),
    Case("number_range", "plans.toml", "merge_radius_m = 200", "merge_radius_m = -1"),
    Case("number_bad", "township.toml", "detour = 1.6", "detour = inf"),
    Case("number_range", "township.toml", "night_from_h = 22", "night_from_h = 24"),
    Case("number_range", "sources.toml", "min_confidence = 0.6", "min_confidence = 60"),
    Case("flag_bad", "cameras.csv", "35.287951,是", "35.287951,大概"),
    Case("flag_bad", "plans.toml", "must = true", 'must = "必须的"'),
    Case("choice_bad", "posts.csv", ",带班领导,yard", ",总指挥,yard"),
    Case("choice_bad", "units.csv", ",卫生院,急救", ",医院,急救"),
    Case("choice_bad", "plans.toml", 'release = "at_once"', 'release = "now"'),
    Case(
        "choice_bad",
        "plans.toml",
        '[[plan]]\nkind = "wildfire"',
        'choose = "best"\n\n[[plan]]\nkind = "wildfire"',
    ),
    Case("choice_bad", "sources.toml", 'dialect = "owntracks"', 'dialect = "owntrack"'),
    # ids
    Case("id_bad", "units.csv", "militia-2,", "民兵2,"),
    Case("id_bad", "cameras.csv", "yd-02,", "post,"),
    Case("id_bad", "units.csv", "militia-2,", "militia/2,"),
    Case("id_bad", "sources.toml", 'name = "level-pu"', 'name = "level+pu"'),
    Case("township_id_bad", "township.toml", 'id = "jingming"', 'id = "Jingming 1"'),
    Case("id_twice", "units.csv", "militia-2,", "militia-1,"),
    Case("id_twice", "cameras.csv", "yd-02,", "yd-01,"),
    Case("id_twice", "posts.csv", "watch,", "leader,"),
    Case("id_twice", "places.geojson", '"id": "v01-g2"', '"id": "v01-g1"'),
    Case("id_twice", "units.csv", "militia-2,", "v09,"),
    Case("id_twice", "units.csv", "militia-2,", "leader,"),
    Case("id_twice", "plans.toml", 'kind = "house_fire"', 'kind = "wildfire"'),
    Case("name_twice", "places.geojson", '"雷家沟村二组"', '"雷家沟村一组"'),
    # positions and the map
    Case("swapped", "units.csv", "107.562669,35.265163", "35.265163,107.562669"),
    Case("swapped", "places.geojson", "[107.550551, 35.287735]", "[35.287735, 107.550551]"),
    Case("position_range", "cameras.csv", "107.550256,35.287951", "0,0"),
    Case("position_range", "units.csv", "107.562669,35.265163", "999,35.265163"),
    Case("position_half", "sources.toml", "lat = 35.306536\n", "", at="lon = 107.517501"),
    Case("place_outside", "places.geojson", "[107.550551, 35.287735]", "[107.75, 35.287735]"),
    Case("camera_outside", "cameras.csv", "107.550256,35.287951", "107.850256,35.287951"),
    Case("group_elsewhere", "places.geojson", GROUP, GROUP.replace("v01", "v02")),
    Case("layer_unknown", "places.geojson", '"layer": "river"', '"layer": "stream"'),
    Case("shape_type", "places.geojson", '"type": "LineString"', '"type": "Point"'),
    Case("shape_empty", "places.geojson", '"LineString", "coordinates"', '"LineString", "was"'),
    Case("shape_coordinate", "places.geojson", '"Point", "coordinates"', '"Point", "was"'),
    Case("shape_coordinate", "places.geojson", "[107.550551, 35.287735]", '[107.550551, "a"]'),
    Case("area_differs", "township.toml", "area_km2 = 61.5", "area_km2 = 615"),
    # who is where
    Case("village_unknown", "places.geojson", GROUP, GROUP.replace("v01", "v99")),
    Case("village_unknown", "posts.csv", "村级网格管理员,v01", "村级网格管理员,雷家村"),
    Case("place_unknown", "posts.csv", "组级网格长,v01-g1", "组级网格长,v01-g9"),
    Case("place_unknown", "sources.toml", 'place = "v03"', 'place = "v33"'),
    Case(
        "area_unknown",
        "cameras.csv",
        "yd-01,乡政府院内01号,乡政府院内",
        "yd-01,乡政府院内01号,院里",
    ),
    Case("unit_members", "units.csv", UNIT, UNIT.replace(",10,", ",0,")),
    Case("unit_members", "units.csv", UNIT, UNIT.replace(",10,", ",,")),
    Case("unit_roles", "units.csv", UNIT, UNIT.replace("处置;转移;看守", "")),
    Case("role_unknown", "units.csv", UNIT, UNIT.replace("看守", "看首")),
    Case("unit_not_post", "units.csv", "ggh-v01-g1,", "ggh-v01-g11,"),
    # plans, rules, sources
    Case("rule_plan", "plans.toml", 'plan = "crowding"', 'plan = "crowd"'),
    Case("kind_unknown", "plans.toml", 'alarm = "crowd"', 'alarm = "crowds"'),
    Case("kind_unknown", "sources.toml", 'smoke = "smoke"', 'smoke = "smog"'),
    Case("source_twice", "sources.toml", '"zj_north_slope"', '"ljg_north_slope"'),
    Case("source_camera", "sources.toml", 'name = "zj-05"', 'name = "zj-55"'),
    Case("source_unit", "sources.toml", 'name = "rangers-1"', 'name = "ranger-1"'),
    Case("deveui_bad", "sources.toml", "70b3d5f00a000001", "70B3D5F00A000001"),
    Case("role_few", "plans.toml", "quantity = 12", "quantity = 1200"),
    Case("ladder_nobody", "plans.toml", '{ role = "committee", days', '{ role = "elders", days'),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_problem_is_found_where_it_is(folder: Path, case: Case) -> None:
    line = edit(folder, case.file, case.old, case.new)
    if case.at:
        line = line_of(folder, case.file, case.at) + case.shift
    assert (case.code, case.file, line) in found(folder)
    with pytest.raises(TownshipError) as caught:
        load(folder)
    assert case.code in {problem.code for problem in caught.value.problems}


def test_an_open_quotation_mark(folder: Path) -> None:
    line = edit(folder, "posts.csv", "leader,带班领导", 'leader,"带班领导')
    assert only(folder, "csv_syntax") == ("posts.csv", line)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(folder, "file_missing") == (name, 0)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_the_only_complaint(folder: Path, name: str) -> None:
    """What the other files say about the lost one isn't their fault."""
    (folder / name).unlink()
    assert [code for code, *_ in found(folder)] == ["file_missing"]


def test_a_folder_in_a_files_place(folder: Path) -> None:
    (folder / "units.csv").unlink()
    (folder / "units.csv").mkdir()
    assert only(folder, "file_unreadable") == ("units.csv", 0)


def test_no_folder(tmp_path: Path) -> None:
    problems = check(tmp_path / "nowhere")
    assert [problem.code for problem in problems] == ["folder_missing"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("body", [b"\xff\xfea\x00", b"id\n\xff\xff\xff", b"\x81"])
def test_unreadable_characters(folder: Path, name: str, body: bytes) -> None:
    (folder / name).write_bytes(body)
    assert only(folder, "encoding")[0] == name


def test_the_line_of_unreadable_characters(folder: Path) -> None:
    body = (folder / "units.csv").read_bytes()
    (folder / "units.csv").write_bytes(body.replace("民兵三队".encode(), b"\xff\xff", 1))
    assert only(folder, "encoding") == ("units.csv", 4)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_table(folder: Path, name: str, rows: int) -> None:
    (folder / name).write_text("\n".join(text_of(folder, name).splitlines()[:rows]), "utf-8")
    assert only(folder, "table_empty") == (name, 1)


@pytest.mark.parametrize("table", ["plan", "rule"])
def test_plans_without_plans_or_rules(folder: Path, table: str) -> None:
    text = text_of(folder, "plans.toml")
    kept = [
        part for part in re.split(r"(?m)^(?=\[\[)", text) if not part.startswith(f"[[{table}]]")
    ]
    (folder / "plans.toml").write_text("".join(kept), "utf-8")
    assert only(folder, "table_empty") == ("plans.toml", 1)


def test_an_empty_map(folder: Path) -> None:
    (folder / "places.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    assert only(folder, "table_empty") == ("places.geojson", 1)
    assert only(folder, "border_missing") == ("places.geojson", 1)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("places.geojson", "[" * 100_000),
        ("places.geojson", "9" * 5_000),
        ("plans.toml", "a = " + "[" * 100_000),
        ("plans.toml", "a = " + "9" * 5_000),
        ("plans.toml", "a = 1979-05-27"),
        ("sources.toml", "source = 5"),
        ("plans.toml", "[plan]\nkind = 'a'"),
        ("township.toml", "limits = 3"),
        ("places.geojson", "7"),
        ("places.geojson", '{"features": [7, {"properties": 7}, {"properties": {"layer": 7}}]}'),
        ("units.csv", "\x00,\x00\n" * 3),
        ("units.csv", "a" * 200_000),
    ],
)
def test_strange_contents_never_crash(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(body, "utf-8")
    problems = check(folder)
    assert any(problem.file == name for problem in problems)
    assert all(describe(problem, "en").isprintable() for problem in problems)


# --- plans against who there is ------------------------------------------------------------------


def test_a_must_that_nobody_has(folder: Path) -> None:
    edit(folder, "units.csv", ",急救,3,", ",核实,3,")
    problems = [p for p in check(folder) if p.code == "role_nobody"]
    plans = {dict(problem.values)["plan"] for problem in problems}
    assert plans == {
        "house_fire",
        "earthquake",
        "road_accident",
        "medical",
        "crowding",
        "work_accident",
    }
    first = line_of(folder, "plans.toml", 'role = "medic", quantity = 1, must = true')
    assert min(problem.line for problem in problems) == first


def test_a_should_that_nobody_has_is_no_problem(folder: Path) -> None:
    edit(folder, "units.csv", "水泵;机械;处置", "水泵;处置")
    assert check(folder) == []


def test_fewer_people_than_a_must_wants(folder: Path) -> None:
    line = edit(
        folder,
        "plans.toml",
        '"medic", quantity = 1, must = true',
        '"medic", quantity = 4, must = true',
    )
    assert only(folder, "role_few") == ("plans.toml", line)
    text = describe(next(p for p in check(folder) if p.code == "role_few"), "en")
    assert "4 medic" in text
    assert "have 3" in text


def test_a_role_of_the_townships_own(folder: Path) -> None:
    edit(folder, "units.csv", "核实;管控;看守", "核实;管控;看守;drone")
    assert only(folder, "role_unknown")[0] == "units.csv"
    edit(folder, "plans.toml", 'role = "video", quantity = 1', 'role = "drone", quantity = 1')
    assert check(folder) == []


def test_a_plan_without_needs(folder: Path) -> None:
    text = text_of(folder, "plans.toml")
    text = re.sub(r'(kind = "service".*?needs = \[).*?\]', r"\1]", text, count=1, flags=re.DOTALL)
    (folder / "plans.toml").write_text(text, "utf-8")
    assert only(folder, "plan_needs")[0] == "plans.toml"


def test_a_case_without_ladder(folder: Path) -> None:
    text = text_of(folder, "plans.toml")
    text = re.sub(r"ladder = \[.*?\]\n", "", text, count=1, flags=re.DOTALL)
    (folder / "plans.toml").write_text(text, "utf-8")
    assert only(folder, "case_ladder") == (
        "plans.toml",
        line_of(folder, "plans.toml", 'kind = "grid_case"') - 1,
    )


def test_a_first_order_too_long_for_a_handheld(folder: Path) -> None:
    edit(folder, "plans.toml", '"先断电断气,先救人"', f'"{"先" * 16}"')
    assert check(folder) == []
    edit(folder, "plans.toml", f'"{"先" * 16}"', f'"{"先" * 17}"')
    assert only(folder, "order_long")[0] == "plans.toml"


def test_an_alarm_kind_without_a_rule(folder: Path) -> None:
    edit(folder, "plans.toml", '[[rule]]\nalarm = "crowd"\nplan = "crowding"\n', "")
    problem = next(p for p in check(folder) if p.code == "rule_missing")
    assert dict(problem.values) == {"alarm": "crowd"}


def test_an_alarm_kind_with_a_rule_for_one_layer_only(folder: Path) -> None:
    edit(folder, "plans.toml", 'alarm = "crowd"\n', 'alarm = "crowd"\nwhere = "road"\n')
    assert only(folder, "rule_missing")[0] == "plans.toml"


def test_a_rule_behind_one_that_fits_anywhere(folder: Path) -> None:
    line = edit(folder, "plans.toml", 'alarm = "smoke"\nwhere = "forest"\n', 'alarm = "smoke"\n')
    second = text_of(folder, "plans.toml").splitlines().index('alarm = "smoke"', line)
    assert only(folder, "rule_dead") == ("plans.toml", second)
