"""How long a way takes: by road, past what closes it, across country, on foot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stage import CENTRE, METRES, NOON, PLANS, RULES, Stage, east, plan, stage, unit

from command.core import events as e
from command.core.plans import AlarmRule, Plans, Release
from command.core.reasons import WhyNot
from command.core.roads import Closure, build
from command.core.township import Line, RoadWorks
from command.core.travel import Pairs, pace, tobler_kmh, travel_s, unit_ways
from sensors.observations import Position


def at(metres: float, north: float) -> Position:
    """So many metres east and north of the centre."""
    return Position(east(metres).lon, CENTRE.lat + north / METRES)


def line(ident: str, *points: tuple[float, float], low: bool = False) -> Line:
    path = tuple((p.lon, p.lat) for p in (at(x, y) for x, y in points))
    return Line(ident, ident, ident, path, low)


# Two ways from west to east: the straight one over the river by a low bridge, and one round by the
# north over a high bridge. The river runs from south to north at 2 km.
STRAIGHT = line("straight", (0, 0), (4000, 0), low=True)
ROUND = line("round", (0, 0), (0, 3000), (4000, 3000), (4000, 0))
RIVER = line("river", (2000, -9000), (2000, 9000))
KINDS = {
    "block": plan("block", release=Release.BY_HAND),
    "flood": replace(PLANS["flood"], merge_radius_m=1000.0, release=Release.BY_HAND),
}
CARDS = Plans(PLANS | KINDS, (*RULES, AlarmRule("road_blocked", "block")))


def country(**values: Any) -> Stage:
    """One team in the west; the way to the far east is over the river."""
    given: dict[str, Any] = {
        "roads": (STRAIGHT, ROUND),
        "rivers": (RIVER,),
        "plans": CARDS,
    } | values
    return stage(unit("west", 0, "crew"), **given)


def seconds(play: Stage, to: Position, unit_id: str = "west") -> float:
    return travel_s(play.world, play.world.index.units[unit_id], to, 1.0)


def minutes_by(metres: float) -> float:
    """At the 30 km/h of the tests' teams."""
    return metres / (30 / 3.6)


def opened(play: Stage, kind: str, position: Position) -> str:
    play.do(
        "report_alarm", kind=kind, position={"lon": position.lon, "lat": position.lat}, text="x"
    )
    return play.one(e.IncidentOpened).incident


def test_by_road_where_there_is_one() -> None:
    play = country()
    assert seconds(play, at(4000, 0)) == pytest.approx(minutes_by(4000), rel=0.01)


def test_the_straight_line_times_detour_where_there_is_none() -> None:
    assert seconds(stage(unit("west", 0, "crew")), at(4000, 0)) == pytest.approx(
        minutes_by(4000 * 1.6), rel=0.01
    )


def test_who_is_near_takes_a_track_that_no_map_has() -> None:
    play = country(roads=(ROUND,))
    assert seconds(play, at(900, 0)) == pytest.approx(minutes_by(900 * 1.6), rel=0.01)


def test_but_never_through_a_river() -> None:
    play = country(roads=(ROUND,), rivers=(line("brook", (500, -9000), (500, 2000)),))
    assert seconds(play, at(900, 0)) > minutes_by(3000)


def test_where_both_are_far_from_any_road_they_need_none() -> None:
    away = line("far", (-30_000, 0), (-31_000, 0))
    play = country(roads=(away,), rivers=())
    assert seconds(play, at(4000, 3000)) == pytest.approx(minutes_by(5000 * 1.6), rel=0.01)


def test_roads_that_do_not_meet_are_crossed_over_country() -> None:
    apart = line("apart", (7000, 0), (9000, 0))
    play = country(roads=(line("west", (0, 0), (1000, 0)), apart), rivers=())
    assert seconds(play, at(8000, 0)) == pytest.approx(minutes_by(8000 * 1.6), rel=0.01)


def test_a_block_is_gone_round() -> None:
    play = country()
    ident = opened(play, "road_blocked", at(1000, 0))
    assert seconds(play, at(4000, 0)) == pytest.approx(minutes_by(10_000), rel=0.01)
    assert seconds(play, at(900, 0)) == pytest.approx(minutes_by(900), rel=0.15)  # up to the block
    play.do("resolve", ident, text="通了")
    assert seconds(play, at(4000, 0)) == pytest.approx(minutes_by(4000), rel=0.01)


def test_road_works_are_gone_round_while_they_last() -> None:
    where = at(1000, 0)
    works = RoadWorks(where.lon, where.lat, 150.0, NOON + 3600, NOON + 7200, "修涵洞")
    play = country(works=(works,))
    for wait, metres in ((0, 4000), (3600, 10_000), (3600, 4000)):
        play.now += wait
        play.report("near-by", "other")  # something happens: the post knows what time it is
        assert seconds(play, at(4000, 0)) == pytest.approx(minutes_by(metres), rel=0.01)


def test_who_goes_to_the_block_itself_drives_up_to_it_from_either_side() -> None:
    play = stage(
        unit("west", 0, "crew"),
        unit("east", 4000, "crew"),
        roads=(STRAIGHT,),
        rivers=(RIVER,),
        plans=CARDS,
    )
    opened(play, "road_blocked", at(3000, 0))
    for team, metres in (("west", 3000), ("east", 1000)):
        found = unit_ways(play.world, [play.world.index.units[team]], [at(3000, 0)], 1.0)
        assert found.code[0, 0] == 0
        assert found.seconds[0, 0] == pytest.approx(minutes_by(metres), rel=0.15)


def test_a_flood_closes_what_lies_low_and_no_more() -> None:
    play = country()
    opened(play, "flood", at(2000, 100))
    assert seconds(play, at(4000, 0)) == pytest.approx(minutes_by(10_000), rel=0.01)
    elsewhere = country()
    opened(elsewhere, "flood", at(2000, 3000))  # beside the high bridge
    assert seconds(elsewhere, at(4000, 0)) == pytest.approx(minutes_by(4000), rel=0.01)


@pytest.mark.parametrize(
    ("kind", "why"),
    [("road_blocked", WhyNot.ROAD_CLOSED), ("flood", WhyNot.FLOODED_FORD)],
)
def test_a_unit_that_no_way_is_left_for_is_not_sent_and_says_why(kind: str, why: WhyNot) -> None:
    play = stage(
        unit("west", 0, "crew"),
        unit("east", 11_000, "crew"),
        roads=(STRAIGHT, line("on", (4000, 0), (11_000, 0))),
        rivers=(RIVER,),
        plans=CARDS,
    )
    opened(play, kind, at(2000, 100 if kind == "flood" else 0))
    play.report("gauge", "storm", position=at(4000, 0))
    offered = play.one(e.UnitOffered)
    assert offered.unit == "east"
    assert f"not:west:{why.value}" in offered.why


def test_a_road_drawn_twice_is_one_road() -> None:
    twice = country(roads=(STRAIGHT, replace(STRAIGHT, id="again"), ROUND))
    assert seconds(twice, at(4000, 0)) == pytest.approx(minutes_by(4000), rel=0.01)


def test_ends_that_nearly_meet_are_one_road() -> None:
    gap = (line("a", (0, 0), (2000, 0)), line("b", (2020, 0), (6000, 0)))
    assert seconds(country(roads=gap, rivers=()), at(6000, 0)) == pytest.approx(
        minutes_by(6000), rel=0.01
    )


def test_crossing_roads_are_joined_where_they_cross() -> None:
    cross = (line("a", (0, 0), (4000, 0)), line("b", (3000, -3000), (3000, 3000)))
    assert seconds(country(roads=cross, rivers=()), at(3000, 3000)) == pytest.approx(
        minutes_by(6000), rel=0.02
    )


def test_on_foot_after_tobler() -> None:
    assert tobler_kmh(-0.05) == 6.0
    assert tobler_kmh(0.0) == pytest.approx(5.04, abs=0.01)
    assert tobler_kmh(0.1) == pytest.approx(3.55, abs=0.01)
    play = stage(unit("walker", 0, "crew", speed_kmh=6.0), roads=(ROUND,))
    metres = 3000 * 1.6
    assert seconds(play, at(3000, 0), "walker") == pytest.approx(metres / (3.55 / 3.6), rel=0.01)


def test_every_way_takes_longer_at_night() -> None:
    play = stage()
    assert pace(play.world, NOON) == 1.0
    assert pace(play.world, NOON + 13 * 3600) == 1.5


def test_a_place_that_nobody_knows_is_an_hour_away() -> None:
    play = country()
    assert travel_s(play.world, play.world.index.units["west"], None, 1.5) == 5400.0


def test_one_run_prices_all_units_alike() -> None:
    play = stage(*(unit(f"u{n}", 700.0 * n, "crew") for n in range(9)), roads=(STRAIGHT, ROUND))
    units = list(play.world.index.units.values())
    places = [at(4000, 0), None, at(100, 2900)]
    together = unit_ways(play.world, units, places, 1.0).seconds
    for row, place in enumerate(places):
        for column, one in enumerate(units):
            assert together[row, column] == pytest.approx(travel_s(play.world, one, place, 1.0))


def test_what_is_closed_is_asked_anew_and_what_was_open_is_still_known() -> None:
    net = build((STRAIGHT,), (RIVER,))
    assert net is not None
    net.learn([(CENTRE.lon, CENTRE.lat)])
    graph, rows = net.graph, net.rows
    assert len(rows) == len(net.nodes)
    net.close(frozenset({Closure(CENTRE.lon, CENTRE.lat, 150.0)}))
    assert net.graph is not graph
    assert not net.rows
    net.close(frozenset({Closure(CENTRE.lon, CENTRE.lat, 300.0)}))
    net.close(frozenset())
    assert net.graph is graph
    assert net.rows is rows


def test_a_township_without_roads_has_no_graph() -> None:
    assert build((), (RIVER,)) is None


def test_one_pair_alone_has_the_same_way_as_all_at_once_whatever_is_closed_meanwhile() -> None:
    play = country()
    west, goal = play.world.index.units["west"], at(4000, 0)

    def alone() -> tuple[float, int]:
        found = Pairs(play.world).way(west, goal, 1.0)
        whole = unit_ways(play.world, [west], [goal], 1.0)
        assert found == pytest.approx((whole.seconds[0, 0], whole.code[0, 0]))
        return found

    before = alone()
    ident = opened(play, "road_blocked", at(1000, 0))
    assert alone()[0] > before[0]
    play.do("resolve", ident, text="通了")
    assert alone() == before
