"""Standing by: told to the unit, reckoned there in time, and then the nearest where it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from stage import Stage, stage, unit

from command.core import events as e
from command.core.explain import explain
from command.core.reasons import Refusal
from command.core.travel import where
from command.notices import payload
from sensors.observations import Located


def at(play: Stage, unit: str) -> tuple[float, float]:
    found = where(play.world, play.world.index.units[unit])
    return round(found.lon, 4), round(found.lat, 4)


def of_place(play: Stage, ident: str) -> tuple[float, float]:
    place = play.world.index.places[ident]
    return round(place.lon, 4), round(place.lat, 4)


def test_it_is_told_where_to_and_reckoned_there_once_it_has_had_the_time() -> None:
    play = stage()
    home = at(play, "far")
    play.do("move", unit="far", place="v01-g1", text="带拉水车")
    ordered = play.one(e.StandbyOrdered)
    assert ordered.there_at > play.now
    row = play.rows()["unit"]["far"]
    assert row is not None
    assert (row["standby"], row["standby_at"]) == ("v01-g1", ordered.there_at)
    ((ident, notice),) = play.world.notices.items()
    said = json.loads(payload(play.world, ident, notice))["text"]
    assert notice.to == "far"
    assert play.world.index.places["v01-g1"].name in said
    assert said.endswith("带拉水车")
    assert at(play, "far") == home
    play.wait(ordered.there_at - play.now + 1)
    assert at(play, "far") == of_place(play, "v01-g1")
    assert play.rows()["unit"]["far"]["standby_at"] is None  # type: ignore[index]


def test_where_it_says_it_is_counts_more_than_where_it_should_be() -> None:
    play = stage()
    play.do("move", unit="far", place="v01-g1")
    ordered = play.one(e.StandbyOrdered)
    play.now += 5
    seen = replace(where(play.world, play.world.index.units["near"]), accuracy_m=None)
    play.give(Located(source="far", received_at=play.now, position=seen))
    play.wait(ordered.there_at - play.now + 1)
    assert at(play, "far") == (round(seen.lon, 4), round(seen.lat, 4))


def test_home_again() -> None:
    play = stage()
    home = at(play, "far")
    play.do("move", unit="far", place="v01-g1")
    play.wait(4 * 3600)
    play.do("move", unit="far")
    assert play.world.notices
    play.wait(4 * 3600)
    assert at(play, "far") == home
    assert play.rows()["unit"]["far"]["standby"] == ""  # type: ignore[index]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"unit": "nobody", "place": "v01-g1"}, Refusal.UNKNOWN_UNIT),
        ({"unit": "far", "place": "nowhere"}, Refusal.UNKNOWN_PLACE),
    ],
)
def test_what_is_refused(values: dict[str, str], why: Refusal) -> None:
    assert stage().refusal("move", **values).why == why


def test_one_that_is_at_work_or_off_duty_is_not_moved() -> None:
    play = stage()
    fire = play.report("near", "fire")
    (busy, *_) = play.live(fire)
    assert play.refusal("move", unit=busy, place="v01-g1").why == Refusal.UNIT_COMMITTED
    play.do("duty", unit="far", on=False)
    assert play.refusal("move", unit="far", place="v01-g1").why == Refusal.UNIT_OFF_DUTY


def test_what_is_proposed_beside_a_team_can_be_ordered_as_it_stands() -> None:
    play = stage(unit("here", 0, "crew"), unit("b", 4000, "crew"), unit("c", 4000, "crew"))
    fire = play.report("cam-1", "fire")
    fill = explain(play.world, play.incident(fire), play.now)["gap"]["fill"]
    play.do("move", unit=fill["unit"], place=fill["to"])
    there_at = play.one(e.StandbyOrdered).there_at
    play.wait(there_at - play.now + 1)
    again = explain(play.world, play.incident(fire), play.now)["gap"]
    assert again is None  # the hole is filled
