"""The township's own tables: what the map, the run cards and the telephone list are drawn from."""

from __future__ import annotations

from dataclasses import replace

from stage import PLACES, POSTS, loaded, stage, township

from command.core import reference
from command.core.plans import Plans, Release
from command.core.township import Line


def test_places_and_who_lives_there() -> None:
    village = replace(PLACES[0], households=336, people=1396)
    rows = reference.tables(township(places=(village, *PLACES[1:])))["place"]
    assert list(rows) == ["v01", "v01-g1", "v02", "v02-g1"]
    assert rows["v01"] == {
        "id": "v01",
        "name": "村v01",
        "name_en": "v01",
        "kind": "village",
        "village": "",
        "lon": 107.5,
        "lat": 35.2,
        "households": 336,
        "people": 1396,
    }
    assert rows["v01-g1"]["village"] == "v01"


def test_shapes_of_every_layer() -> None:
    ring = ((107.0, 35.0), (107.1, 35.0), (107.1, 35.1), (107.0, 35.0))
    road = Line("road-main", "北大路", "North road", ring[:2])
    river = Line("jing", "泾河", "Jing", ring[:3])
    made = township(
        border=ring,
        forests=(ring, ring),
        roads=(road,),
        rivers=(river,),
        village_borders={"v01": ring},
    )
    rows = reference.tables(made)["shape"]
    assert list(rows) == [
        "border:test",
        "village:v01",
        "forest:1",
        "forest:2",
        "river:jing",
        "road:road-main",
    ]
    assert rows["road:road-main"] == {
        "layer": "road",
        "id": "road-main",
        "name": "北大路",
        "name_en": "North road",
        "path": [[107.0, 35.0], [107.1, 35.0]],
    }
    assert rows["village:v01"]["name"] == "村v01"


def test_a_run_card() -> None:
    row = reference.tables(township())["plan"]["big"]
    assert row == {
        "kind": "big",
        "name": "big",
        "name_en": "big",
        "family": "emergency",
        "priority": 2,
        "release": Release.AT_ONCE.value,
        "release_after_s": 60.0,
        "reply_within_s": 60.0,
        "hazards": [],
        "first_orders": [],
        "ask": [],
        "needs": [
            {"role": "crew", "quantity": 5, "must": True, "within_min": 20.0},
            {"role": "scout", "quantity": 1, "must": True, "within_min": 20.0},
        ],
    }


def test_posts_and_how_to_reach_them() -> None:
    leader = replace(POSTS[0][0], contact="内线8001")
    rows = reference.tables(township(posts=(leader,)))["desk"]
    assert rows == {
        "leader": {
            "id": "leader",
            "name": "岗leader",
            "name_en": "leader",
            "role": "leader",
            "place": "",
            "contact": "内线8001",
        }
    }


def test_before_the_files_are_read_there_are_empty_tables() -> None:
    assert reference.tables(None) == {"place": {}, "shape": {}, "plan": {}, "desk": {}}


def test_new_files_bring_new_tables() -> None:
    play = stage()
    play.give(loaded(township(plans=Plans({}, ()), places=PLACES[:1])))
    rows = play.rows()
    assert list(rows["place"]) == ["v01"]
    assert rows["plan"] == {}
