"""The township's map, changed as a drawing program would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folder_make import FOLDER, copy, only, text_of

from command.core.township import Township
from command.loader import check, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy(tmp_path)


@pytest.fixture(scope="module")
def reference() -> Township:
    return load(FOLDER)


def redraw(folder: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    document = json.loads(text_of(folder, "places.geojson"))
    change(document["features"])
    rows = ",\n".join(json.dumps(one) for one in document["features"])
    text = f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}'
    (folder / "places.geojson").write_text(text, "utf-8")


def ring_of(features: list[dict[str, Any]], at: int) -> list[list[float]]:
    ring: list[list[float]] = features[at]["geometry"]["coordinates"][0]
    return ring


def test_a_map_redrawn_unchanged_is_the_same(folder: Path, reference: Township) -> None:
    redraw(folder, lambda features: None)
    assert load(folder) == reference


def test_features_in_any_order(folder: Path) -> None:
    redraw(folder, lambda features: features.reverse())
    assert check(folder) == []


def test_no_border(folder: Path) -> None:
    redraw(folder, lambda features: features.pop(0))
    assert only(folder, "border_missing") == ("places.geojson", 1)


def test_two_borders(folder: Path) -> None:
    redraw(folder, lambda features: features.insert(1, features[0]))
    assert only(folder, "border_twice") == ("places.geojson", 3)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("shape_open", lambda ring: ring.pop()),
        ("shape_points", lambda ring: ring.__delitem__(slice(2, None))),
        ("shape_crossed", lambda ring: ring.insert(1, ring[20])),
        ("shape_coordinate", lambda ring: ring.__setitem__(3, [107.5])),
        ("shape_coordinate", lambda ring: ring.__setitem__(3, [None, 35.2])),
        ("shape_coordinate", lambda ring: ring.__setitem__(3, [10**400, 35.2])),
        ("swapped", lambda ring: ring.__setitem__(3, ring[3][::-1])),
        ("position_range", lambda ring: ring.__setitem__(3, [0, 0])),
    ],
)
def test_a_village_drawn_badly(folder: Path, code: str, change: Callable[[Any], object]) -> None:
    redraw(folder, lambda features: change(ring_of(features, 2)))
    assert only(folder, code) == ("places.geojson", 4)


def test_a_village_that_covers_another(folder: Path) -> None:
    def widen(features: list[dict[str, Any]]) -> None:
        features[2]["geometry"]["coordinates"] = features[0]["geometry"]["coordinates"]

    redraw(folder, widen)
    assert only(folder, "villages_gap") == ("places.geojson", 1)


def test_villages_may_be_points(folder: Path) -> None:
    def shrink(features: list[dict[str, Any]]) -> None:
        for feature in features:
            if feature["properties"]["layer"] == "village":
                at = feature["properties"]["office"]
                feature["geometry"] = {"type": "Point", "coordinates": at}

    redraw(folder, shrink)
    township = load(folder)
    assert township.village_borders is None
    assert len(township.places) == 103


def test_a_line_without_length(folder: Path) -> None:
    def shrink(features: list[dict[str, Any]]) -> None:
        road = next(one for one in features if one["properties"]["layer"] == "road")
        road["geometry"]["coordinates"] = [[107.55, 35.28], [107.55, 35.28]]

    redraw(folder, shrink)
    assert only(folder, "shape_points")[0] == "places.geojson"


def test_a_forest_in_several_parts(folder: Path, reference: Township) -> None:
    def join(features: list[dict[str, Any]]) -> None:
        woods = [one for one in features if one["properties"]["layer"] == "forest"]
        parts = [one["geometry"]["coordinates"] for one in woods]
        woods[0]["geometry"] = {"type": "MultiPolygon", "coordinates": parts}
        for wood in woods[1:]:
            features.remove(wood)

    redraw(folder, join)
    assert load(folder).forests == reference.forests


def test_a_height_is_left_out(folder: Path, reference: Township) -> None:
    def raise_up(features: list[dict[str, Any]]) -> None:
        for point in ring_of(features, 0):
            point.append(980)

    redraw(folder, raise_up)
    assert load(folder).border == reference.border
