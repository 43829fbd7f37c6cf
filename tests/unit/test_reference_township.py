"""The reference township against DESIGN.md section 1: every number the seed case gives."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from shapely.geometry import LineString, Point, Polygon

from command.core.plans import Family, Release, Where
from command.core.township import Place, PlaceKind, Township, document, from_document
from command.loader import FILES, digest, load
from command.loading.geometry import area_km2
from command.loading.rosters import POST_ROLES, UNIT_ROLES
from sensors.observations import AlarmKind
from sensors.topics import is_name
from simulations import township as generator
from simulations.jingming.cards import EMERGENCIES

FOLDER = Path(__file__).resolve().parents[2] / "townships" / "jingming"
VILLAGES = {
    "雷家沟村": 7,
    "紫荆村": 6,
    "长武城村": 7,
    "吊堡子村": 5,
    "练家坪村": 6,
    "沟门前村": 5,
    "山底下村": 6,
    "庄头村": 6,
    "白家村": 5,
    "郝家村": 6,
    "蒜家河村": 6,
    "蒜李村": 6,
}
CARDS = [
    "wildfire",
    "house_fire",
    "flash_flood",
    "landslide",
    "earthquake",
    "storm",
    "road_accident",
    "road_blocked",
    "fight",
    "missing_person",
    "medical",
    "crowding",
    "utility",
    "work_accident",
]
TEAMS = [
    "militia-1",
    "militia-2",
    "militia-3",
    "rangers-1",
    "rangers-2",
    "cadre-1",
    "grid-1",
    "grid-2",
    "patrol-1",
    "drain-1",
    "traffic-1",
    "clinic-1",
    "police-1",
]


@pytest.fixture(scope="module")
def jingming() -> Township:
    return load(FOLDER)


def named(township: Township, kind: PlaceKind) -> list[Place]:
    return [place for place in township.places if place.kind is kind]


def test_the_folder_is_what_the_generator_writes(tmp_path: Path) -> None:
    assert generator.main([str(tmp_path / "out")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert written == {name: (FOLDER / name).read_bytes() for name in FILES}


def test_the_generator_wants_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert generator.main([]) == 2
    assert "OUT_DIR" in capsys.readouterr().err


def test_every_file_says_that_positions_are_synthetic() -> None:
    for name in FILES:
        assert "合成数据" in (FOLDER / name).read_text("utf-8-sig"), name


def test_area_of_the_border(jingming: Township) -> None:
    assert jingming.area_km2 == 61.5
    assert area_km2(jingming.border) == pytest.approx(61.5, rel=0.001)


def test_area_by_another_way(jingming: Township) -> None:
    """A plane at the township's latitude, with the WGS-84 radii there, and shapely's area."""
    lon0, lat0 = 107.55, 35.28
    metres = [(x - lon0, y - lat0) for x, y in jingming.border]
    shape = Polygon([(x * 91.0002, y * 110.9457) for x, y in metres])  # km per degree at 35.28 N
    assert shape.area == pytest.approx(61.5, rel=0.001)


def test_the_township_is_about_eight_by_eight_kilometres(jingming: Township) -> None:
    west, south, east, north = Polygon(jingming.border).bounds
    assert 7 < (east - west) * 91.0 < 9.5
    assert 7 < (north - south) * 110.9 < 9.5
    assert abs((east + west) / 2 - 107.55) < 0.01
    assert abs((north + south) / 2 - 35.28) < 0.01


def test_villages_and_groups_in_their_order(jingming: Township) -> None:
    villages = named(jingming, PlaceKind.VILLAGE)
    assert [village.name for village in villages] == list(VILLAGES)
    assert [village.id for village in villages] == [f"v{n:02}" for n in range(1, 13)]
    groups = Counter(group.village for group in named(jingming, PlaceKind.GROUP))
    assert [groups[village.id] for village in villages] == list(VILLAGES.values())
    assert sum(groups.values()) == 71


def test_group_ids_and_names(jingming: Township) -> None:
    by_id = {place.id: place for place in jingming.places}
    assert by_id["v01-g2"].name == "雷家沟村二组"
    assert by_id["v03-g7"].name == "长武城村七组"


def test_households_and_people(jingming: Township) -> None:
    for kind in (PlaceKind.VILLAGE, PlaceKind.GROUP):
        assert sum(place.households for place in named(jingming, kind)) == 3433
        assert sum(place.people for place in named(jingming, kind)) == 14000
    for village in named(jingming, PlaceKind.VILLAGE):
        own = [group for group in named(jingming, PlaceKind.GROUP) if group.village == village.id]
        assert sum(group.households for group in own) == village.households
        assert sum(group.people for group in own) == village.people
    assert all(2 < g.people / g.households < 7 for g in named(jingming, PlaceKind.GROUP))


def test_villages_tile_the_township(jingming: Township) -> None:
    areas = {key: Polygon(ring) for key, ring in (jingming.village_borders or {}).items()}
    assert len(areas) == 12
    assert sum(map(area_km2, (jingming.village_borders or {}).values())) == pytest.approx(
        area_km2(jingming.border), rel=1e-9
    )
    for (_, one), (_, other) in combinations(areas.items(), 2):
        assert one.intersection(other).area == 0


def test_every_place_lies_where_it_belongs(jingming: Township) -> None:
    areas = {key: Polygon(ring) for key, ring in (jingming.village_borders or {}).items()}
    for place in jingming.places:
        own = place.id if place.kind is PlaceKind.VILLAGE else place.village
        assert areas[own].contains(Point(place.lon, place.lat)), place.id


def test_groups_are_dry_and_out_of_the_wood(jingming: Township) -> None:
    woods = [Polygon(ring) for ring in jingming.forests]
    rivers = [LineString(river.path) for river in jingming.rivers]
    for group in named(jingming, PlaceKind.GROUP):
        at = Point(group.lon, group.lat)
        assert not any(wood.contains(at) for wood in woods), group.id
        assert all(river.distance(at) * 91_000 > 100 for river in rivers), group.id


def test_posts_of_the_three_level_grid_and_the_centres(jingming: Township) -> None:
    counts = Counter(post.role for post in jingming.posts)
    assert counts == {
        "leader": 1,
        "officer": 3,
        "grid": 1,
        "vgm": 12,
        "ggh": 71,
        "svc": 1,
        "win": 12,
        "med": 41,
        "med_centre": 1,
        "committee": 13,
    }
    assert set(counts) <= set(POST_ROLES)
    officers = [post.name for post in jingming.posts if post.role == "officer"]
    assert officers == ["值守岗", "巡查岗", "灾害岗"]


def test_a_grid_head_for_every_group_and_a_manager_for_every_village(jingming: Township) -> None:
    places = {role: {p.place for p in jingming.posts if p.role == role} for role in ("ggh", "vgm")}
    assert places["ggh"] == {group.id for group in named(jingming, PlaceKind.GROUP)}
    assert places["vgm"] == {village.id for village in named(jingming, PlaceKind.VILLAGE)}


def test_posts_stand_for_people(jingming: Township) -> None:
    by_id = {post.id: post for post in jingming.posts}
    assert by_id["vgm-v01"].name == "雷家沟村网格管理员"
    assert by_id["ggh-v01-g1"].name == "雷家沟村一组网格长"


def test_cameras_by_area(jingming: Township) -> None:
    expected = {"yard": 12, "hall": 8, "road": 28, **{f"v{n:02}": 16 for n in range(1, 13)}}
    assert Counter(camera.area for camera in jingming.cameras) == expected
    assert len(jingming.cameras) == 240
    assert len({(camera.lon, camera.lat) for camera in jingming.cameras}) == 240
    for prefix, count in {"yd": 12, "fw": 8, "bdl": 28, "ljg": 16, "zj": 16, "sl": 16}.items():
        wanted = {f"{prefix}-{n:02}" for n in range(1, count + 1)}
        assert wanted == {c.id for c in jingming.cameras if c.id.startswith(f"{prefix}-")}


def test_units(jingming: Township) -> None:
    by_type = Counter(unit.type for unit in jingming.units)
    teams = [unit for unit in jingming.units if unit.type != "post"]
    assert len(teams) == 25
    assert by_type["militia"] == 3
    assert by_type["squad"] == 12
    assert sum(unit.members for unit in teams if unit.type == "militia") == 30
    squads = [f"squad-v{n:02}" for n in range(1, 13)]
    assert [unit.id for unit in teams] == TEAMS + squads
    assert {unit.id for unit in jingming.units} >= {"leader", "vgm-v01", "vgm-v12", "ggh-v12-g6"}


def test_units_that_are_posts_are_shared_and_have_a_post(jingming: Township) -> None:
    posts = {post.id for post in jingming.posts}
    for unit in jingming.units:
        assert unit.shared == (unit.type == "post") == (unit.id in posts), unit.id
        assert set(unit.roles) <= set(UNIT_ROLES), unit.id
        assert unit.members >= 1


def test_every_post_on_a_ladder_can_be_ordered(jingming: Township) -> None:
    units = {unit.id: unit for unit in jingming.units}
    for plan in jingming.plans.plans.values():
        for rung in plan.ladder:
            able = [p.id for p in jingming.posts if p.role == rung.role and p.id in units]
            assert able, (plan.kind, rung.role)
            assert "responsible" in units[able[0]].roles


def test_rivers_cross_and_join(jingming: Township) -> None:
    rivers = {river.name: LineString(river.path) for river in jingming.rivers}
    border = Polygon(jingming.border)
    ends = [Point(jingming.rivers[0].path[n]) for n in (0, -1)]
    assert all(end.distance(border.exterior) < 1e-4 for end in ends)
    assert rivers["蒲河"].distance(rivers["泾河"]) < 1e-6


def test_roads_meet(jingming: Township) -> None:
    roads = {road.name: LineString(road.path) for road in jingming.roads}
    for name in ("罗长路", "凤庆路", "北大路"):
        assert name in roads
    for name, road in roads.items():
        assert any(road.distance(o) < 1e-6 for other, o in roads.items() if other != name), name
    for village in named(jingming, PlaceKind.VILLAGE):
        at = Point(village.lon, village.lat)
        assert min(road.distance(at) for road in roads.values()) < 1e-6, village.id


def test_key_places(jingming: Township) -> None:
    names = {place.name for place in named(jingming, PlaceKind.KEY)}
    assert {"乡政府大院", "便民服务大厅", "长武城遗址", "泾明中学", "乡卫生院", "敬老院"} <= names


def test_the_fourteen_run_cards(jingming: Township) -> None:
    plans = jingming.plans.plans
    assert [kind for kind in plans if kind in CARDS] == CARDS
    assert {"sos", "grid_case", "dispute", "service", "camera_fault"} <= set(plans)
    for card in EMERGENCIES:
        plan = plans[card.kind]
        assert plan.family is Family.EMERGENCY
        assert 5 <= len(plan.first_orders) <= 6
        assert all(len(order) <= 16 for order in plan.first_orders)
        assert plan.hazards
        assert plan.ask
        assert any(need.must for need in plan.needs)


def test_a_run_card_in_full(jingming: Township) -> None:
    wildfire = jingming.plans.plans["wildfire"]
    needs = [(n.role, n.quantity, n.must, n.within_min) for n in wildfire.needs]
    assert needs[:4] == [
        ("scout", 1, True, 10),
        ("lead", 1, True, 20),
        ("crew", 10, True, 20),
        ("crew", 10, False, 60),
    ]
    assert wildfire.first_orders[2] == "进场报人数,20分钟报平安"
    assert set(wildfire.season_months) == {11, 12, 1, 2, 3, 4, 5}


def test_sos_goes_at_once_and_never_merges_with_another_source(jingming: Township) -> None:
    sos = jingming.plans.plans["sos"]
    assert sos.release is Release.AT_ONCE
    assert sos.merge_radius_m == 0
    assert sos.priority == 1
    assert [need.role for need in sos.needs if need.must] == ["scout"]


def test_cases_go_by_hand_and_climb(jingming: Township) -> None:
    day = 86_400
    ladders = {
        kind: [(rung.role, rung.limit_s / day) for rung in plan.ladder]
        for kind, plan in jingming.plans.plans.items()
        if plan.family is Family.CASE
    }
    assert ladders["grid_case"] == [("ggh", 1), ("vgm", 3), ("grid", 7)]
    assert ladders["dispute"] == [("ggh", 3), ("committee", 15), ("med_centre", 30)]
    assert [role for role, _ in ladders["service"]] == ["win", "svc", "leader"]
    for kind in ladders:
        plan = jingming.plans.plans[kind]
        assert plan.release is Release.BY_HAND
        assert [(need.role, need.quantity) for need in plan.needs] == [("responsible", 1)]


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_every_alarm_kind_opens_something_anywhere(jingming: Township, kind: AlarmKind) -> None:
    rules = [rule for rule in jingming.plans.rules if rule.alarm == kind.value]
    assert rules[-1].where is Where.ANY
    assert all(rule.plan in jingming.plans.plans for rule in rules)


@pytest.mark.parametrize(
    ("alarm", "where", "plan"),
    [
        ("smoke", Where.FOREST, "wildfire"),
        ("smoke", Where.ANY, "house_fire"),
        ("fire", Where.FOREST, "wildfire"),
        ("fire", Where.ANY, "house_fire"),
        ("accident", Where.ROAD, "road_accident"),
        ("accident", Where.ANY, "work_accident"),
        ("flood", Where.ANY, "flash_flood"),
        ("crowd", Where.ANY, "crowding"),
        ("hazard", Where.ANY, "grid_case"),
        ("intrusion", Where.ANY, "grid_case"),
        ("sos", Where.ANY, "sos"),
    ],
)
def test_rules_of_centres_section_1(
    jingming: Township, alarm: str, where: Where, plan: str
) -> None:
    first = next(r for r in jingming.plans.rules if r.alarm == alarm and r.where is where)
    assert first.plan == plan


def test_forest_on_the_ridges(jingming: Township) -> None:
    border = Polygon(jingming.border)
    assert len(jingming.forests) == 7
    assert all(border.contains(Polygon(ring)) for ring in jingming.forests)
    assert 4 < sum(map(area_km2, jingming.forests)) < 12


def test_the_slope_camera_of_the_story_stands_at_a_wood(jingming: Township) -> None:
    camera = next(camera for camera in jingming.cameras if camera.id == "ljg-05")
    assert camera.name == "雷家沟北坡口"
    at = Point(camera.lon, camera.lat)
    assert min(Polygon(ring).distance(at) for ring in jingming.forests) * 91_000 < 500


def test_sources_name_what_is_there(jingming: Township) -> None:
    cameras = {camera.id for camera in jingming.cameras}
    units = {unit.id for unit in jingming.units}
    by_dialect: dict[str, list[str]] = {}
    for rule in jingming.sources:
        by_dialect.setdefault(rule.dialect, []).append(rule.name)
    assert set(by_dialect["frigate"]) <= cameras
    assert set(by_dialect["owntracks"]) <= units
    assert len(by_dialect["chirpstack"]) >= 5
    levels = [rule for rule in jingming.sources if "level" in rule.kinds]
    assert {rule.name for rule in levels} == {"level-jing", "level-pu"}
    assert all(rule.thresholds["level_mm"] > 0 for rule in levels)
    assert all(rule.person for rule in jingming.sources if "sos" in rule.kinds.values())


def test_every_id_may_stand_in_a_topic(jingming: Township) -> None:
    for group in (jingming.places, jingming.posts, jingming.units, jingming.cameras):
        ids = [one.id for one in group]
        assert len(set(ids)) == len(ids)
        assert all(map(is_name, ids))


def test_the_township_survives_the_log(jingming: Township) -> None:
    assert from_document(document(jingming)) == jingming


def test_digest_tells_one_folder_from_another(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    assert digest(tmp_path) == digest(FOLDER)
    with (tmp_path / "plans.toml").open("ab") as file:
        file.write(b"\n")
    assert digest(tmp_path) != digest(FOLDER)
    assert re.fullmatch(r"[0-9a-f]{64}", digest(FOLDER))


def test_no_limit_is_misspelt() -> None:
    said = tomllib.loads((FOLDER / "township.toml").read_text("utf-8"))
    assert set(said["limits"]) == {
        "source_silent_s",
        "unit_silent_s",
        "episode_quiet_s",
        "night_from_h",
        "night_to_h",
        "detour",
        "slope",
        "work_max_s",
        "rest_s",
    }


def test_teams_and_posts_say_how_to_reach_them_by_voice(jingming: Township) -> None:
    """A radio channel or an extension, short enough for a column, and never anybody's number."""
    units = {unit.id: unit.contact for unit in jingming.units}
    posts = {post.id: post.contact for post in jingming.posts}
    assert units["militia-1"] == "电台3/内线8011"
    assert posts["leader"] == units["leader"] == "内线8001"
    assert posts["vgm-v01"] == units["squad-v01"] == "内线8101"
    assert posts["ggh-v01-g1"] == ""
    said = {contact for contact in (*units.values(), *posts.values()) if contact}
    assert all(re.fullmatch(r"(电台\d(/内线8\d{3})?|内线8\d{3})", contact) for contact in said)
    assert all(units[key] for key in units if not key.startswith("ggh-"))


def test_the_contact_may_be_left_out(jingming: Township, tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    rows = (tmp_path / "units.csv").read_text("utf-8-sig").splitlines()
    without = "\n".join(row.rpartition(",")[0] for row in rows[:-1])
    (tmp_path / "units.csv").write_text(without, "utf-8")
    read = load(tmp_path)
    assert [unit.id for unit in read.units] == [unit.id for unit in jingming.units]
    assert {unit.contact for unit in read.units} == {""}
