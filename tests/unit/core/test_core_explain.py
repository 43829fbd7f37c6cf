"""What an incident's page says about the team: who, why not the nearest, what is left uncovered."""

from __future__ import annotations

import json
from typing import Any

from stage import Stage, stage, unit

from command.core.explain import explain
from sensors.observations import Duty


def told(play: Stage, ident: str) -> dict[str, Any]:
    """The explanation, as it goes to the console."""
    found = explain(play.world, play.incident(ident), play.now)
    assert json.loads(json.dumps(found)) == found
    return found


def waiting(play: Stage, kind: str = "fire") -> str:
    """An incident whose team has not gone yet."""
    return play.report("cam-1", kind)


def names(team: dict[str, Any]) -> list[str]:
    return [member["unit"] for member in team["units"]]


def test_three_teams_best_first() -> None:
    play = stage()
    teams = told(play, waiting(play))["teams"]
    assert [names(team) for team in teams] == [["near"], ["middle"], ["far"]]
    assert [team["id"] for team in teams] == [1, 2, 3]
    assert teams[0]["units"] == [
        {"unit": "near", "role": "crew", "people": 5, "eta_s": 192, "state": "available"}
    ]
    assert teams[0]["eta_s"] == 192
    assert teams[0]["free"]


def test_the_terms_add_up_to_the_cost() -> None:
    play = stage()
    for team in told(play, waiting(play))["teams"]:
        assert team["terms"]
        assert abs(sum(team["terms"].values()) - team["cost"]) < 0.11


def test_the_nearest_goes_and_needs_no_word() -> None:
    play = stage()
    assert told(play, waiting(play))["nearest"] is None


def test_why_not_the_nearest() -> None:
    play = stage()
    play.give(Duty(source="near", received_at=play.now, on=False))
    assert told(play, waiting(play))["nearest"] == {
        "unit": "near",
        "eta_s": 192,
        "why_not": ["off_duty"],
    }


def test_the_village_that_loses_most_is_named_and_who_could_stand_by_there() -> None:
    play = stage(unit("here", 0, "crew"), unit("b", 4000, "crew"), unit("c", 4000, "crew"))
    assert told(play, waiting(play))["gap"] == {
        "area": "v01",
        "before_s": 0,
        "after_s": 768,
        "fill": {"unit": "b", "to": "v01"},
    }


def test_nobody_is_sent_to_stand_by_from_where_he_is_missed_as_much() -> None:
    play = stage(unit("here", 0, "crew"), unit("b", 4000, "crew"))
    gap = told(play, waiting(play))["gap"]
    assert (gap["area"], gap["fill"]) == ("v01", None)


def test_the_last_who_is_free_leaves_nobody() -> None:
    play = stage(unit("here", 0, "crew"))
    assert told(play, waiting(play))["gap"] == {
        "area": "v02",
        "before_s": 768,
        "after_s": None,
        "fill": None,
    }


def test_no_gap_where_another_is_as_near() -> None:
    play = stage(unit("a", 0, "crew"), unit("b", 0, "crew"))
    assert told(play, waiting(play))["gap"] is None


def test_nobody_at_all() -> None:
    play = stage()
    for team in ("near", "middle", "far"):
        play.give(Duty(source=team, received_at=play.now, on=False))
    found = told(play, waiting(play))
    assert found["teams"] == []
    assert found["nearest"]["why_not"] == ["off_duty"]


def test_what_has_ended_needs_no_team() -> None:
    play = stage()
    ident = waiting(play)
    play.do("false_alarm", ident, text="雾")
    empty: dict[str, Any] = {"teams": [], "nearest": None, "gap": None, "holds": []}
    assert told(play, ident) == empty


def test_a_case_names_its_post_and_speaks_of_no_gap() -> None:
    play = stage()
    play.do("report_alarm", kind="dispute", text="地界", place="v01-g1")
    (ident,) = play.world.incidents
    found = told(play, ident)
    assert names(found["teams"][0]) == ["ggh-1"]
    assert found["gap"] is None


def test_where_nobody_is_missing_any_more_nothing_is_recommended_and_nothing_fails() -> None:
    play = stage()
    ident = play.report("cam-1", "flood")  # its team goes at once
    assert play.asked(ident) == ["near"]
    found = told(play, ident)
    assert (found["teams"], found["nearest"], found["gap"]) == ([], None, None)
