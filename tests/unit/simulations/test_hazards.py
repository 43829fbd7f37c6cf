"""Flood, slide, earthquake, accident, search: what comes depends on who is there, and when."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from drill_make import township
from pydantic import ValidationError

from sensors.observations import Position
from simulations.hazards.make import make
from simulations.hazards.parts import AccidentPart, QuakePart, RisingPart, SearchPart
from simulations.hazards.people import Accident, Search, found_by
from simulations.hazards.quake import Quake, intensity
from simulations.hazards.rising import Rising, closed_places
from simulations.hazards.rising import intensity as level
from simulations.hazards.signals import Crew

HERE = {"lon": 107.57, "lat": 35.30}
POSITION = Position(107.57, 35.30)


def crew(role: str, people: int = 5, unit: str = "u") -> Crew:
    return Crew(unit, role, people, POSITION, 0.0)


def flood(**values: Any) -> RisingPart:
    made: dict[str, Any] = {
        "id": "pu",
        "kind": "flood",
        "at_s": 0.0,
        "position": HERE,
        "peak_s": 3600.0,
        "base": 0.5,
        "peak": 3.5,
        "calm": 2.0,
        "stage": [
            {"level": 2.0, "channel": "level-pu/alarm", "payload": {"kind": "flood"}},
            {"level": 2.5, "channel": "v/alarm", "closes": "bridge-pu"},
            {
                "level": 3.0,
                "channel": "v/alarm",
                "payload": {"kind": "accident"},
                "roles": ["traffic"],
                "people": 2,
                "figures": {"swept": 1.0},
            },
        ],
        "households": 20,
        "first": 2.5,
        "last": 3.4,
    }
    return RisingPart.model_validate(made | values)


def test_the_water_rises_peaks_and_falls() -> None:
    part = flood()
    assert level(part, 0.0) == 0.5
    assert level(part, 3600.0) == pytest.approx(3.5)
    assert level(part, 1800.0) < level(part, 2700.0) < 3.5 > level(part, 5400.0)


def test_each_level_is_told_once_in_order() -> None:
    signals = Rising(flood()).step(3 * 3600.0, [])
    assert [one.values.get("kind") for one in signals] == ["flood", None, "accident"]
    assert [one.at_s for one in signals] == sorted(one.at_s for one in signals)


@pytest.mark.parametrize(("people", "swept"), [(0, 1.0), (1, 1.0), (2, None)])
def test_a_guarded_bridge_drowns_nobody(people: int, swept: float | None) -> None:
    one = Rising(flood())
    one.step(3 * 3600.0, [crew("traffic", people)] if people else [])
    assert one.outcome().figures.get("swept") == swept
    assert one.outcome().figures["prevented"] == (1.0 if swept is None else 0.0)


def test_a_guard_who_comes_after_the_water_is_too_late() -> None:
    one = Rising(flood())
    one.step(3600.0, [])
    one.step(3 * 3600.0, [crew("traffic")])
    assert one.outcome().figures["swept"] == 1.0


def test_who_moves_people_sooner_moves_more_of_them() -> None:
    def figures(from_s: float) -> tuple[float, float]:
        one = Rising(flood())
        one.step(from_s, [])
        one.step(3 * 3600.0, [crew("evac", 8)])
        found = one.outcome().figures
        return found["moved"], found["caught"]

    soon, late, never = figures(600.0), figures(2700.0), figures(3 * 3600.0)
    assert soon == (20.0, 0.0)
    assert soon[0] > late[0] > never[0] == 0.0
    assert all(moved + caught == 20.0 for moved, caught in (soon, late, never))


def test_the_bridge_is_closed_while_the_water_is_over_it() -> None:
    part = flood()
    assert closed_places(part, 2.4) == ()
    assert closed_places(part, 2.5) == ("bridge-pu",)
    one = Rising(part)
    one.step(3600.0, [])
    at_its_highest = one.closed
    one.step(3 * 3600.0, [])
    assert (at_its_highest, one.closed) == (("bridge-pu",), ())
    assert one.outcome().over_s is not None
    assert one.next_s is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"calm": 4.0}, "base <= calm < peak"),
        ({"first": 4.0}, "first < last"),
        ({"stage": []}, "stage"),
        ({"stage": [{"level": 1.0, "channel": "v/order"}]}, "no message of the field"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_flood_that_could_not_be_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        flood(**wrong)


# --- earthquake


def quake(**values: Any) -> QuakePart:
    made: dict[str, Any] = {
        "id": "q",
        "kind": "earthquake",
        "at_s": 10.0,
        "position": {"lon": 107.58, "lat": 35.30},
        "magnitude": 6.5,
        "felt_text": "{place}有感",
        "harm": [
            {
                "source": "ggh-{village}-g1",
                "kind": "medical",
                "share": 1.0,
                "after_s": 100.0,
                "spread_s": 900.0,
                "text": "{place}有人受伤",
            }
        ],
    }
    return QuakePart.model_validate(made | values)


def test_every_village_feels_it_and_many_are_harmed_later() -> None:
    signals = Quake(quake(), township(), Random(1)).step(3600.0, [])
    felt = [one for one in signals if one.values.get("kind") == "earthquake"]
    harmed = [one for one in signals if one.values.get("kind") == "medical"]
    lost = [one for one in signals if one.kind == "heartbeat"]
    assert len({one.source for one in felt}) == 12
    assert len(harmed) >= 6
    assert min(one.at_s for one in harmed) >= 110.0
    assert 5 <= len(lost) <= 60
    assert all(one.values["ok"] is False for one in lost)
    assert "{" not in felt[0].values["text"]


def test_a_weak_one_far_away_harms_nobody() -> None:
    weak = quake(magnitude=4.0, position={"lon": 108.5, "lat": 35.3}, cameras_lost=0.0)
    one = Quake(weak, township(), Random(1))
    assert {s.values["kind"] for s in one.step(3600.0, [])} == {"earthquake"}
    assert one.outcome().figures["harmed"] == 0.0


def test_it_is_told_as_time_comes_to_it_and_the_same_for_the_same_seed() -> None:
    whole = Quake(quake(), township(), Random(7)).step(3600.0, [])
    bit = Quake(quake(), township(), Random(7))
    parts = [one for second in range(0, 3601, 5) for one in bit.step(float(second), [])]
    assert parts == whole
    assert parts != Quake(quake(), township(), Random(8)).step(3600.0, [])
    assert bit.next_s is None


def test_it_shakes_less_farther_away_and_more_when_stronger() -> None:
    assert intensity(5.8, 10.0, 0.0) > intensity(5.8, 10.0, 20.0) > intensity(5.0, 10.0, 20.0)
    assert intensity(8.0, 1.0, 0.0) <= 12.0


# --- accident


def accident() -> Accident:
    second = {
        "after_s": 900.0,
        "roles": ["traffic", "guard"],
        "channel": "v/alarm",
        "payload": {"kind": "accident"},
        "figures": {"second_crash": 1.0},
    }
    return Accident(
        AccidentPart.model_validate(
            {
                "id": "a",
                "kind": "accident",
                "at_s": 0.0,
                "position": HERE,
                "injured": 14,
                "hold_s": 1200.0,
                "clear_s": 1500.0,
                "second": [second],
            }
        )
    )


def test_the_injured_wait_for_a_medic() -> None:
    for came_s, late in ((600.0, 0.0), (1800.0, 7.0), (6000.0, 14.0)):
        one = accident()
        one.step(came_s, [])
        one.step(came_s + 60.0, [crew("medic")])
        assert one.outcome().figures["too_late"] == pytest.approx(late, abs=1.0)


def test_without_anybody_on_the_road_the_next_car_crashes() -> None:
    alone, guarded = accident(), accident()
    assert [one.at_s for one in alone.step(3600.0, [crew("medic")])] == [900.0]
    assert guarded.step(3600.0, [crew("medic"), crew("guard", unit="g")]) == []
    assert alone.outcome().over_s is None
    assert guarded.outcome().over_s is not None
    assert guarded.outcome().figures["prevented"] == 1.0


# --- search


def search(seed: int = 1, **values: Any) -> Search:
    made: dict[str, Any] = {
        "id": "s",
        "kind": "search",
        "at_s": 0.0,
        "position": HERE,
        "radius_m": 600.0,
        "found": {"level": 0.0, "channel": "v/clear", "payload": {"kind": "missing_person"}},
    }
    return Search(SearchPart.model_validate(made | values), Random(seed))


def found_s(people: int, seed: int, **values: Any) -> float:
    one = search(seed, **values)
    one.step(48 * 3600.0, [crew("crew", people)] if people else [])
    return one.outcome().over_s or float("inf")


@pytest.mark.parametrize("seed", range(5))
def test_more_searchers_find_sooner_and_nobody_finds_nobody(seed: int) -> None:
    assert found_s(30, seed) < found_s(10, seed) < found_s(0, seed) == float("inf")


def test_a_hint_makes_the_circle_smaller() -> None:
    hint = {"after_s": 60.0, "radius_m": 150.0, "channel": "v/alarm", "payload": {"kind": "other"}}
    for seed in range(5):
        assert found_s(10, seed, hint=[hint]) < found_s(10, seed)
    assert [one.source for one in search(hint=[hint]).step(120.0, [])] == ["v"]


def test_the_find_is_told_once_and_ends_it() -> None:
    one = search()
    signals = one.step(48 * 3600.0, [crew("crew", 20)])
    assert [signal.kind for signal in signals] == ["clear"]
    assert one.next_s is None
    assert one.outcome().figures["found"] == 1.0


def test_the_chance_follows_koopman() -> None:
    """20 m x 0.7 m/s x 10 people x 600 s over 84,000 m2: 1 - 1/e."""
    assert found_by(20.0, 0.7, 10, 600.0, 84_000.0) == pytest.approx(0.632, abs=1e-3)


def test_hazards_come_by_their_names() -> None:
    made = make([flood(), quake()], township(), seed=-5)
    assert list(made) == ["pu", "q"]
