"""The fire: it grows with the wind and uphill, not without fuel, and crews hold it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from drill_make import township
from shapely.geometry import Polygon

from sensors.observations import Position
from simulations.hazards.land import FOREST, NO_FUEL, SCRUB, Land, draw
from simulations.hazards.parts import Point, WildfirePart
from simulations.hazards.signals import Crew, Signal
from simulations.hazards.wildfire import (
    BURNING,
    BURNT,
    CELL_HA,
    STEP_S,
    UNBURNT,
    Watcher,
    Wildfire,
    spread,
    spread_table,
    watchers,
)

SIZE, MIDDLE = 81, 40
HERE = Position(107.5165, 35.3098)  # in a forest of the reference township
HOUR = 3600.0


@cache
def jingming() -> Land:
    return draw(township())


def slope(uphill_north: float = 0.0, fuel: int = FOREST) -> Land:
    """A square of one fuel that rises northward by so many metres a cell."""
    rows = np.arange(SIZE, dtype=np.float32)[:, None]
    height = np.repeat(rows * np.float32(uphill_north), SIZE, axis=1)
    return Land(107.5, 35.3, 0.0003, 0.0002, height, np.full((SIZE, SIZE), fuel, dtype=np.int8))


def part(wind_mps: float = 0.0, from_deg: float = 270.0, where: Position = HERE) -> WildfirePart:
    return WildfirePart(
        id="fire",
        kind="wildfire",
        at_s=0.0,
        position=Point(lon=where.lon, lat=where.lat),
        wind_mps=wind_mps,
        wind_from_deg=from_deg,
        camera_text="烟",
        ranger_text="火{hectares}",
        near_text="近",
    )


def fire(
    land: Land, wind_mps: float = 0.0, seed: int = 1, eyes: tuple[Watcher, ...] = ()
) -> Wildfire:
    where = HERE if land is jingming() else land.position(MIDDLE, MIDDLE)
    return Wildfire(part(wind_mps, where=where), land, eyes, np.random.default_rng(seed))


def centre_of(burnt: Wildfire) -> tuple[float, float]:
    """How far north and east of where it began the burnt land lies, in cells."""
    north, east = np.argwhere(burnt.state != UNBURNT).mean(axis=0) - MIDDLE
    return float(north), float(east)


def crews(teams: int, where: Position, people: int = 10) -> list[Crew]:
    return [Crew(f"m-{n}", "crew", people, where, 0.0) for n in range(teams)]


def hectares(teams: int, late_s: float, seed: int) -> float:
    """After two hours, with so many teams of ten from this moment on."""
    burning = fire(jingming(), 8.0, seed)
    burning.step(late_s, [])
    burning.step(2 * HOUR, crews(teams, HERE))
    return burning.hectares


def test_wind_carries_it_to_where_it_blows() -> None:
    blown = [fire(slope(), 10.0, seed) for seed in range(5)]
    for one in blown:
        one.step(8 * STEP_S, [])
        north, east = centre_of(one)
        assert east > 2.0
        assert abs(north) < east


def test_it_runs_uphill() -> None:
    risen = [fire(slope(8.0, SCRUB), 0.0, seed) for seed in range(5)]
    for one in risen:
        one.step(10 * STEP_S, [])
    assert np.mean([centre_of(one)[0] for one in risen]) > 1.0


def test_without_fuel_nothing_catches() -> None:
    bare = fire(slope(fuel=NO_FUEL))
    assert bare.step(HOUR, []) == []
    assert bare.hectares == 0.0
    assert bare.outcome().over_s == STEP_S


def test_a_strip_without_fuel_stops_it() -> None:
    land = slope()
    land.fuel[:, MIDDLE + 3 : MIDDLE + 5] = NO_FUEL
    stopped = fire(land, 12.0)
    stopped.step(2 * HOUR, [])
    assert not (stopped.state[:, MIDDLE + 3 :] != UNBURNT).any()
    assert (stopped.state[:, : MIDDLE + 3] != UNBURNT).any()


def test_it_never_leaves_the_grid_and_what_is_burnt_stays_burnt() -> None:
    one = fire(slope(), 10.0)
    before = one.state
    for number in range(1, 60):
        one.step(number * STEP_S, [])
        assert not ((before == BURNT) & (one.state != BURNT)).any()
        before = one.state
    edge = np.concatenate([one.state[0], one.state[-1], one.state[:, 0], one.state[:, -1]])
    assert not (edge != UNBURNT).any()


def test_crews_hold_it_and_more_hold_it_smaller() -> None:
    alone = np.mean([hectares(0, 1800.0, seed) for seed in range(4)])
    few = np.mean([hectares(1, 1800.0, seed) for seed in range(4)])
    many = np.mean([hectares(5, 1800.0, seed) for seed in range(4)])
    assert many < few < alone


def test_who_comes_later_finds_it_larger() -> None:
    sooner = np.mean([hectares(4, 900.0, seed) for seed in range(4)])
    later = np.mean([hectares(4, 2700.0, seed) for seed in range(4)])
    assert sooner < 0.6 * later


def test_who_has_no_tool_for_it_puts_nothing_out() -> None:
    watched = fire(jingming(), 8.0)
    watched.step(HOUR, [replace(one, role="medic") for one in crews(5, HERE)])
    alone = fire(jingming(), 8.0)
    alone.step(HOUR, [])
    assert watched.hectares == alone.hectares


def test_it_is_over_when_nothing_burns_and_asks_for_no_more_steps() -> None:
    held = fire(jingming(), 6.0)
    held.step(600.0, [])
    held.step(4 * HOUR, crews(6, HERE))
    assert held.outcome().over_s is not None
    assert held.next_s is None
    assert held.step(9 * HOUR, []) == []
    assert held.outcome().figures["put_out"] > 0


def test_it_tells_its_course_and_its_outline() -> None:
    burnt = fire(jingming(), 8.0)
    assert burnt.outcome().rings != ()
    burnt.step(HOUR, [])
    told = burnt.outcome()
    sizes = [size for _, size in told.course]
    assert sizes == sorted(sizes)
    assert sizes[-1] == told.figures["hectares"]
    areas = [Polygon(ring).area for ring in told.rings]
    cell_deg2 = jingming().lon_step * jingming().lat_step
    assert sum(areas) / cell_deg2 * CELL_HA >= told.figures["hectares"] - 0.1


def test_the_same_seed_burns_the_same_and_another_does_not() -> None:
    def state(seed: int) -> bytes:
        one = fire(jingming(), 8.0, seed, watchers(township()))
        one.step(HOUR, [])
        return one.state.tobytes()

    assert state(3) == state(3)
    assert state(3) != state(4)


def test_small_steps_and_large_ones_are_the_same_fire() -> None:
    small, large = fire(jingming(), 8.0), fire(jingming(), 8.0)
    signals = [one for second in range(1, 3601) for one in small.step(float(second), [])]
    assert signals == large.step(HOUR, [])
    assert (small.state == large.state).all()


def seen(eyes: tuple[Watcher, ...], until_s: float = HOUR) -> list[Signal]:
    return fire(jingming(), 8.0, eyes=eyes).step(until_s, [])


def test_the_camera_at_the_slope_sees_it_first_and_the_ranger_confirms() -> None:
    signals = seen(watchers(township()))
    assert signals[0].source == "ljg-05"
    assert signals[0].values["kind"] == "smoke"
    ranger = next(one for one in signals if one.source == "rangers-1")
    assert "火" in ranger.values["text"]
    assert "{" not in ranger.values["text"]
    assert {"sl-05", "sdx-05", "rangers-2"}.isdisjoint(one.source for one in signals)


def test_a_group_calls_once_when_the_flames_are_near() -> None:
    near = Watcher("ggh-x", "near", HERE)
    far = Watcher("ggh-y", "near", Position(107.60, 35.25))
    signals = seen((near, far))
    assert [one.source for one in signals] == ["ggh-x"]


def test_where_they_say_it_is_lies_in_the_forest() -> None:
    land = jingming()
    for one in seen((Watcher("rangers-1", "ranger", HERE),)):
        where = one.values["position"]
        assert land.fuel[land.cell(Position(where["lon"], where["lat"]))] == FOREST


def test_the_probability_is_the_published_one() -> None:
    """Pine, flat, along a wind of 5 m/s: 0.58 * 1.4 * exp(0.045 * 5) = 1.017, so it is certain;
    against it: times exp(0.131 * 5 * -2) = 0.274."""
    table = 1.0 - np.exp(spread_table(slope(), 5.0, 270.0))
    against, along = table[3], table[4]  # westward and eastward of the eight ways
    assert along[MIDDLE, MIDDLE] == pytest.approx(0.9999, abs=1e-4)
    assert against[MIDDLE, MIDDLE] == pytest.approx(0.274, abs=1e-3)


def test_a_cell_burns_for_one_step() -> None:
    table = spread_table(slope(fuel=NO_FUEL), 0.0, 0.0)
    state = np.full((SIZE, SIZE), UNBURNT, dtype=np.int8)
    state[MIDDLE, MIDDLE] = BURNING
    after = spread(state, table, None, np.random.default_rng(1))
    assert after[MIDDLE, MIDDLE] == BURNT
    assert np.count_nonzero(after) == 1
    assert state[MIDDLE, MIDDLE] == BURNING  # a value: the state before is left as it was


def test_the_land_of_the_township_has_ridges_where_its_forests_are() -> None:
    land = jingming()
    wood, river = land.cell(HERE), land.cell(Position(107.512544, 35.276223))
    assert land.fuel[wood] == FOREST
    assert land.fuel[river] == NO_FUEL
    assert land.height[wood] > land.height[river] + 150
