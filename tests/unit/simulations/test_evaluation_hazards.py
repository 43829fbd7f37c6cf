"""What an evaluation sees of the field's hazards: size, course and outline of a fire."""

from __future__ import annotations

import math

from drill_make import inject, scenario, township
from shapely.geometry import Point, Polygon

from command.core.geo import EARTH_M
from simulations.evaluation.hazards import hazards_seen
from simulations.field import Field
from simulations.scenario import Scenario

LON, LAT = 107.5165, 35.3098  # the forest north of the first village
FIRE = {
    "id": "ridge",
    "kind": "wildfire",
    "at_s": 60.0,
    "position": {"lon": LON, "lat": LAT},
    "wind_mps": 8.0,
    "wind_from_deg": 290.0,
    "camera_text": "烟",
    "ranger_text": "火",
    "near_text": "火",
}


def burning(seconds: float) -> Field:
    made = scenario(inject(), length_s=7200.0)
    there = Field(Scenario.model_validate(made.model_dump() | {"hazard": [FIRE]}), township())
    there.begin(made.start_at)
    there.take(made.start_at + seconds)
    return there


def hectares(ring: tuple[tuple[float, float], ...]) -> float:
    """Of a small area, with degrees as metres."""
    north = math.radians(1.0) * EARTH_M
    east = north * math.cos(math.radians(LAT))
    return float(Polygon([(x * east, y * north) for x, y in ring]).area) / 10_000


def test_a_fire_has_its_hectares_its_course_and_its_outline() -> None:
    (seen,) = hazards_seen(burning(3600.0))
    assert (seen.kind, seen.at_s, seen.over_s) == ("wildfire", 60.0, None)
    sizes = [size for _, size in seen.course]
    assert seen.course[0][0] == 240.0  # the first step
    assert sizes == sorted(sizes)
    assert sizes[-1] == seen.figures["hectares"] > 1.0
    drawn = sum(hectares(ring) for ring in seen.rings)
    assert 0.98 * sizes[-1] < drawn < 2 * sizes[-1]  # with what it enclosed
    assert any(Polygon(ring).buffer(0.0003).contains(Point(LON, LAT)) for ring in seen.rings)


def test_a_drill_without_hazards_has_none() -> None:
    there = Field(scenario(inject()), township())
    there.begin(there.scenario.start_at)
    assert hazards_seen(there) == ()
