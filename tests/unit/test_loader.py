"""How a township's folder may be written, and how its problems are told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from folder_make import FOLDER, TABLES, copy, edit, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command.core.township import Township
from command.loader import FILES, TownshipError, check, describe, load, main_check
from command.loading.complaints import COMPLAINTS
from command.loading.reading import toml_line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy(tmp_path)


@pytest.fixture(scope="module")
def reference() -> Township:
    return load(FOLDER)


# --- how a folder may be written -----------------------------------------------------------------


def test_the_reference_has_no_problems() -> None:
    assert check(FOLDER) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(folder: Path, reference: Township, encoding: str) -> None:
    for name in FILES:
        (folder / name).write_bytes(text_of(folder, name).encode(encoding))
    assert load(folder) == reference


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_endings(folder: Path, reference: Township, ending: str) -> None:
    for name in FILES:
        (folder / name).write_text(text_of(folder, name), "utf-8", newline=ending)
    assert load(folder) == reference


def test_english_headers_and_words(folder: Path, reference: Township) -> None:
    headers = {
        "posts.csv": "id,name,name_en,role,place,contact",
        "units.csv": "ID,Name,name_en,type,roles,members,place,lon,lat,equipment,speed_kmh"
        ",shared,on_duty,contact",
        "cameras.csv": "id,name,area,place,lon,lat,key",
    }
    for name, header in headers.items():
        rows = text_of(folder, name).split("\n", 1)[1]
        (folder / name).write_text(f"{header}\n{rows}", "utf-8")
    units = text_of(folder, "units.csv")
    for chinese, english in {
        "处置;转移;看守": "crew;evac;guard",
        ",民兵,": ",militia,",
        ",否,是": ",no,yes",
        ",是,是": ",true,1",
    }.items():
        units = units.replace(chinese, english)
    (folder / "units.csv").write_text(units, "utf-8")
    posts = text_of(folder, "posts.csv").replace(",值班员,", ",officer,")
    (folder / "posts.csv").write_text(posts, "utf-8")
    assert load(folder) == reference


@pytest.mark.parametrize("separator", [";", ",", "、", "；", "，"])
def test_list_separators(folder: Path, reference: Township, separator: str) -> None:
    edit(folder, "units.csv", "处置;转移;看守", f'"{separator.join(("处置", "转移", "看守"))}"')
    assert load(folder) == reference


def test_full_width_digits_and_letters(folder: Path, reference: Township) -> None:
    edit(folder, "units.csv", "militia-1,", "ｍｉｌｉｔｉａ-１,")
    edit(folder, "units.csv", ",10,yard,107.550551", ",１０,ｙａｒｄ,１０７.５５０５５１")
    assert load(folder) == reference


def test_blank_rows_trailing_columns_and_remarks(folder: Path, reference: Township) -> None:
    for name in TABLES:
        rows = text_of(folder, name).splitlines()
        loose = [f"{row},,," for row in rows]
        loose.insert(1, "")
        loose.insert(2, " , ,")
        loose.insert(3, "# 备注,,,")
        (folder / name).write_text("\r\n".join(loose) + "\r\n\r\n", "utf-8")
    assert load(folder) == reference


def test_columns_of_the_officers_own_are_left_alone(folder: Path, reference: Township) -> None:
    rows = text_of(folder, "cameras.csv").splitlines()
    rows = [f"{'备注' if n == 0 else '待修'},{row}" for n, row in enumerate(rows[:-1])]
    (folder / "cameras.csv").write_text("\n".join(rows), "utf-8")
    assert load(folder) == reference


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(folder: Path, reference: Township, delimiter: str) -> None:
    text = text_of(folder, "posts.csv").replace(",", delimiter)
    (folder / "posts.csv").write_text(text, "utf-8")
    assert load(folder) == reference


def test_places_may_be_named_in_words(folder: Path, reference: Township) -> None:
    edit(folder, "units.csv", ",10,v09,", ",10,白家村,")
    edit(folder, "cameras.csv", ",雷家沟村,v01-g1,", ",v01,雷家沟村一组,")
    assert load(folder) == reference


def test_road_works_have_their_times_in_the_township_s_own_zone(folder: Path) -> None:
    text = (folder / "township.toml").read_text("utf-8")
    works = """
[[works]]
lon = 107.5505
lat = 35.2885
from = 2026-12-01T08:00:00
to = 2026-12-01T18:00:00+09:00
text = "修涵洞"
"""
    (folder / "township.toml").write_text(text + works, "utf-8")
    (found,) = load(folder).works
    assert (found.lon, found.lat, found.radius_m, found.text) == (
        107.5505,
        35.2885,
        150.0,
        "修涵洞",
    )
    begins = dt.datetime(2026, 12, 1, 0, 0, tzinfo=dt.UTC).timestamp()
    assert (found.from_at, found.to_at) == (begins, begins + 9 * 3600)


def test_no_devices_is_no_fault(folder: Path) -> None:
    (folder / "sources.toml").write_text("# nothing yet\n", "utf-8")
    assert load(folder).sources == ()


# --- how it is told ------------------------------------------------------------------------------


def test_every_complaint_has_a_case_here() -> None:
    tests = "".join(
        path.read_text("utf-8") for path in Path(__file__).parent.glob("test_loader*.py")
    )
    assert [code for code in COMPLAINTS if f'"{code}"' not in tests] == []


def test_all_problems_at_once_in_the_order_of_files(folder: Path) -> None:
    edit(folder, "plans.toml", "priority = 2", "priority = 7")
    edit(folder, "units.csv", "militia-2,", "militia-1,")
    edit(folder, "township.toml", "area_km2 = 61.5", "area_km2 = 615")
    codes = [problem.code for problem in check(folder)]
    assert codes == ["area_differs", "id_twice", "number_range"]


def test_a_problem_reads_as_a_sentence(folder: Path) -> None:
    line = edit(folder, "units.csv", "107.562669,35.265163", "35.265163,107.562669")
    (problem,) = check(folder)
    assert describe(problem, "en") == (
        f"units.csv:{line}: longitude and latitude are swapped: 35.265163, 107.562669 - "
        "longitude comes first (about 73 to 135 in China), then latitude"
    )
    assert problem.what.startswith("longitude and latitude are swapped")
    assert problem.fix.startswith("longitude comes first")


def test_a_column_is_called_what_the_file_calls_it(folder: Path) -> None:
    edit(folder, "units.csv", ",10,yard,", ",ten,yard,")
    (problem,) = check(folder)
    assert describe(problem, "en").startswith("units.csv:2: 人数 is not a number: ten - ")


def test_what_was_probably_meant(folder: Path) -> None:
    edit(folder, "plans.toml", 'plan = "crowding"', 'plan = "crowdin"')
    (problem,) = check(folder)
    assert "(crowding?)" in problem.fix


def test_outside_text_reaches_no_terminal_raw(folder: Path) -> None:
    edit(folder, "units.csv", "militia-2,", "\x1b]0;gotcha\x07[/red]militia-2,")
    text = "".join(describe(problem, "en") for problem in check(folder))
    assert text.isprintable()


def test_main_check_prints_problems_and_a_summary(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "units.csv", "militia-2,", "militia-1,")
    assert main_check(folder, "en") == 1
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert line.startswith("units.csv:3: the id militia-1 is used twice, first in units.csv:2 - ")
    assert said.err == f"problems found in {folder}: 1\n"


def test_main_check_of_a_good_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main_check(FOLDER, "en") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line == "Jingming: 103 places, 138 units, 240 cameras, no problems"


def test_an_error_carries_every_problem(folder: Path) -> None:
    edit(folder, "units.csv", "militia-2,", "militia-1,")
    edit(folder, "cameras.csv", "yd-02,", "yd-01,")
    with pytest.raises(TownshipError) as caught:
        load(folder)
    assert len(caught.value.problems) == 2
    assert len(str(caught.value).splitlines()) == 2


# --- any damage at all ---------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(FILES),
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.binary(max_size=12),
)
def test_damaged_files_are_described_never_raised(
    folder: Path, name: str, at: float, cut: int, put: bytes
) -> None:
    body = (FOLDER / name).read_bytes()
    start = int(at * len(body))
    (folder / name).write_bytes(body[:start] + put + body[start + cut :])
    for problem in check(folder):
        assert describe(problem, "en").isprintable()
        found = folder / problem.file  # one file's damage may show in a line of another
        assert 0 <= problem.line <= found.read_bytes().count(b"\n") + 2
    (folder / name).write_bytes(body)


# --- lines of TOML -------------------------------------------------------------------------------

TOML = """top = 1
[[plan]]
kind = "a"
needs = [
  { role = "x" },  # first
  { role = "y" },
]
 [[ plan ]]
"kind" = "b"
[limits]
kind = 3
"""


@pytest.mark.parametrize(
    ("table", "index", "key", "item", "line"),
    [
        ("", 0, "top", 0, 1),
        ("plan", 0, "", 0, 2),
        ("plan", 0, "kind", 0, 3),
        ("plan", 0, "needs", 0, 4),
        ("plan", 0, "needs", 1, 5),
        ("plan", 0, "needs", 2, 6),
        ("plan", 1, "", 0, 8),
        ("plan", 1, "kind", 0, 9),
        ("plan", 1, "needs", 0, 8),
        ("limits", 0, "kind", 0, 11),
        ("plan", 7, "", 0, 1),
        ("absent", 0, "kind", 0, 1),
    ],
)
def test_where_a_value_stands(table: str, index: int, key: str, item: int, line: int) -> None:
    assert toml_line(TOML, table, index, key, item) == line
