"""The braille map: dots where the lines are, labels that avoid each other, a list that agrees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from command.core import reference
from command.loader import load
from command.messages import Beat, Snapshot, Tables
from console.cells import size_of, text_of, width
from console.look import Look
from console.map.ground import Ground, way, whole
from console.map.picture import Sign, ground_layers, picture
from console.map.raster import blank, codes, draw_line, fill
from console.model import Model
from console.page import Ctx, Go
from console.pages.map import MapPage, bearing, everything
from console.queue import Queue
from console.settings import Settings

TOWNSHIP = load(Path(__file__).parents[2] / "townships" / "jingming")
GROUND = Ground(107.55, 35.28, 50.0, 40, 20)
HOSTILE = "[red]x\x1b[2J\x9b31m\u202e急\u200b" + "长" * 200
V01 = next(place for place in TOWNSHIP.places if place.id == "v01")


def context(look: Look, **tables: dict[str, object]) -> Ctx:
    model = Model()
    rows: Tables = reference.tables(TOWNSHIP)
    rows |= {name: dict(table) for name, table in tables.items()}
    model.take(Snapshot(snapshot=rows, at="e1-1", role="officer", name="desk-1"), 0.0)
    model.take(Beat(beat={"now": 1_700_000_000.0}), 0.0)
    return Ctx(model, Queue(), look, 0.0, model.now(0.0), Settings(), lambda: "id")


def incident(**fields: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": "I-e1-9", "rev": 1, "state": "open", "kind": "wildfire", "priority": 1,
        "place": "v01-g2", "place_name": "雷家沟村二组", "opened_at": 1.0,
        "position": {"lon": V01.lon, "lat": V01.lat + 0.005},
    }  # fmt: skip
    return row | fields


def unit(ident: str, **fields: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": ident, "name": "民兵一队", "state": "available", "assignments": [], "shared": False,
        "position": {"lon": 107.55, "lat": 35.28},
    }  # fmt: skip
    return row | fields


def test_a_line_sets_the_dots_it_goes_through() -> None:
    dots = blank(4, 2)
    draw_line(dots, np.array([[0.0, 0.0], [7.0, 7.0]]))
    assert [(int(y), int(x)) for y, x in np.argwhere(dots)] == [(n, n) for n in range(8)]


def test_a_far_segment_costs_nothing_and_draws_nothing() -> None:
    dots = blank(4, 2)
    draw_line(dots, np.array([[1e7, 1e7], [2e7, 2e7]]))
    draw_line(dots, np.array([[3.0, 3.0]]))
    assert not dots.any()


def test_an_area_is_filled_sparsely_inside_only() -> None:
    dots = blank(20, 10)
    fill(dots, np.array([[8.0, 8.0], [32.0, 8.0], [32.0, 32.0], [8.0, 32.0], [8.0, 8.0]]))
    rows, columns = np.nonzero(dots)
    assert 30 < len(rows) < 50
    assert (rows.min(), columns.min()) >= (8, 8)
    assert rows.max() < 32
    assert columns.max() < 32


def test_the_bits_are_those_of_braille() -> None:
    dots = blank(1, 1)
    dots[0, 0] = dots[3, 1] = True
    assert chr(0x2800 + int(codes(dots)[0, 0])) == "⢁"


def test_the_whole_township_fits_and_touches_the_edge() -> None:
    ground = whole([TOWNSHIP.border], 60, 30)
    dots = ground.dots(TOWNSHIP.border)
    assert dots.min() >= -0.01
    assert dots[:, 0].max() <= 120.01
    assert dots[:, 1].max() <= 120.01
    assert max(np.ptp(dots[:, 0]) / 120, np.ptp(dots[:, 1]) / 120) == pytest.approx(1.0, abs=0.01)


def test_pan_and_zoom_keep_what_they_should() -> None:
    moved = GROUND.moved(9.5, 0)
    assert (moved.lat, moved.scale) == (GROUND.lat, GROUND.scale)
    assert moved.cell(GROUND.lon, GROUND.lat) == (10, 10)
    assert GROUND.zoomed(0.5).cell(GROUND.lon, GROUND.lat) == (20, 10)
    assert GROUND.zoomed(1e-9).scale == 1.0
    assert GROUND.zoomed(1e9).scale == 400.0


@pytest.mark.parametrize(
    ("east", "north", "eighth"),
    [(0, 1, 0), (1, 1, 1), (1, 0, 2), (1, -1, 3), (0, -1, 4), (-1, -1, 5), (-1, 0, 6), (-1, 1, 7)],
)
def test_the_way_from_a_place(east: int, north: int, eighth: int) -> None:
    found, metres = way(107.55, 0.0, 107.55 + east * 0.01, north * 0.01)
    assert found == eighth
    assert metres == pytest.approx(1113.2 * (east**2 + north**2) ** 0.5, rel=0.001)


def test_signs_are_never_covered_and_labels_stay_whole() -> None:
    """Forty in one place: the first keeps its sign, no label is cut in two or put over another."""
    signs = [Sign(107.55, 35.28, "急", "野火雷家沟", "crit", "bold")]
    signs += [Sign(107.55 + n * 1e-4, 35.28, "+", "民兵一队", "good", "bold") for n in range(40)]
    lines = picture(GROUND, ground_layers(GROUND, []), [], signs)
    whole_text = "\n".join(text_of(line) for line in lines)
    assert whole_text.count("急") == 1
    assert whole_text.count("民") == whole_text.count("民兵一队")
    assert {size_of(line) for line in lines} == {40}


def test_a_label_at_the_edge_goes_to_the_other_side() -> None:
    east = GROUND.moved(19, 0).lon
    (line,) = (
        text_of(line)
        for line in picture(
            GROUND, ground_layers(GROUND, []), [], [Sign(east, 35.28, "+", "护林一组", "", "")]
        )
        if text_of(line).strip()
    )
    assert line.rstrip().endswith("护林一组+")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("columns", "lines"), [(160, 45), (100, 30), (80, 24)])
def test_every_line_is_as_wide_as_the_screen(columns: int, lines: int, lang: str) -> None:
    look = Look(lang=lang, width=columns, height=lines)
    ctx = context(
        look,
        incident={"I-e1-9": incident(place_name=HOSTILE, place="", kind=HOSTILE)},
        unit={"u": unit("u", name=HOSTILE), "m": unit("m", position=None, lon=None, lat=None)},
    )
    page = MapPage()
    for key in ("", "pane", "right", "home", "end", "pagedown"):
        page.key(ctx, key, "")
        drawn = page.draw(ctx, columns, lines - 6)
        assert {size_of(line) for line in drawn} == {columns}
        assert len(drawn) <= lines - 6
        text = "".join(text_of(line) for line in drawn)
        assert not {"\x1b", "\x9b", "\u202e", "\u200b"} & set(text)
        assert width(page.title(ctx)) < columns


def test_map_and_list_say_the_same() -> None:
    ctx = context(
        Look(width=160, height=45),
        incident={"I-e1-9": incident(), "I-e1-8": incident(id="I-e1-8", state="closed")},
        unit={"militia-1": unit("militia-1")},
    )
    text = "\n".join(text_of(line) for line in MapPage().draw(ctx, 160, 39))
    left = "\n".join(line[:90] for line in text.splitlines())
    assert left.count("急") == 1
    assert "I-e1-8" not in text
    assert "雷家沟 北 0.6公里" in text
    assert text.count("+") >= 2
    assert [thing.key for thing in everything(ctx)] == ["I-e1-9", "militia-1"]


def test_a_terminal_without_braille_gets_words() -> None:
    ctx = context(Look(width=160, height=45, braille=False), incident={"I-e1-9": incident()})
    text = "".join(text_of(line) for line in MapPage().draw(ctx, 160, 39))
    assert not any("\u2801" <= character <= "\u28ff" for character in text)
    assert "雷家沟 北 0.6公里" in text


def test_an_incident_without_a_position_stands_at_its_place() -> None:
    ctx = context(Look(), incident={"I-e1-9": incident(position=None, place="v01")})
    (thing,) = everything(ctx)
    assert (thing.lon, thing.lat) == (V01.lon, V01.lat)
    nowhere = context(Look(), incident={"I-e1-9": incident(position=None, place="")})
    (thing,) = everything(nowhere)
    assert bearing(nowhere, thing.lon, thing.lat) == "位置不明"


def test_the_chosen_one_is_followed_until_the_officer_pans() -> None:
    look = Look(width=160, height=45)
    ctx = context(look, incident={"I-e1-9": incident()})
    page = MapPage("I-e1-9")
    page.draw(ctx, 160, 39)
    moved = context(look, incident={"I-e1-9": incident(position={"lon": 107.56, "lat": 35.27})})
    page.draw(moved, 160, 39)
    assert page._ground is not None
    assert (page._ground.lon, page._ground.lat) == (107.56, 35.27)
    page.key(moved, "right", "")
    page.draw(moved, 160, 39)
    assert page._ground.lon > 107.56


def test_enter_opens_what_is_chosen_and_sends_nothing() -> None:
    ctx = context(
        Look(width=160, height=45),
        incident={"I-e1-9": incident()},
        unit={"militia-1": unit("militia-1")},
    )
    page = MapPage()
    page.draw(ctx, 160, 39)
    assert page.key(ctx, "open", "") == (Go("detail", "I-e1-9"),)
    page.key(ctx, "pane", "")
    assert page.key(ctx, "open", "") == (Go("teams", "militia-1"),)


def test_without_shapes_it_says_so() -> None:
    look = Look(width=160, height=45)
    ctx = replace(context(look), model=Model())
    text = "".join(text_of(line) for line in MapPage().draw(ctx, 160, 39))
    assert "指挥主机没有发来本乡地图" in text
