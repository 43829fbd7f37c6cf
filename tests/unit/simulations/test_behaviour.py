"""Teams and devices that go wrong on purpose, and hazards that only real presence holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drill_make import inject, scenario, township
from pydantic import ValidationError

from simulations.field import Field, Message
from simulations.hazards.signals import Crew
from simulations.said import cries, named
from simulations.scenario import Noise, Scenario

ORDER = {
    "order_id": "XO-e1-1",
    "rev": 1,
    "state": "offered",
    "role": "traffic",
    "position": {"lon": 107.5181, "lat": 35.3068},
}
FAST = {"accept_s": 5.0, "go_s": 5.0, "scene_s": 20.0}
CRASH = {
    "id": "crash",
    "kind": "accident",
    "at_s": 0.0,
    "position": ORDER["position"],
    "reach_m": 400.0,
    "injured": 2,
    "clear_s": 60.0,
    "over_text": "路面已清",
    "second": [
        {
            "after_s": 200.0,
            "roles": ["traffic"],
            "channel": "zj-05/alarm",
            "payload": {"kind": "accident"},
        }
    ],
}


def built(acts: dict[str, Any], hazards: Any = ()) -> Scenario:
    return scenario(inject(at_s=595.0), units=[FAST | acts], length_s=600.0, hazards=hazards)


def play(there: Field, until_s: float) -> list[tuple[float, str, dict[str, Any]]]:
    """Everything sent, receipted at once: the second, the kind, the body."""
    found = []
    start = there.scenario.start_at
    while there.next_at is not None and there.next_at <= start + until_s:
        now = there.next_at
        for one in there.take(now):
            assert isinstance(one, Message)
            there.receipts(now, one.source, [{"id": one.id, "outcome": "logged"}])
            found.append((round(now - start, 3), one.kind, json.loads(one.payload)))
    return found


def begun(made: Scenario) -> Field:
    there = Field(made, township(), (1000.0,))
    there.begin(made.start_at)
    return there


def ordered(made: Scenario, unit: str = "militia-1", at_s: float = 0.0, **order: Any) -> Field:
    there = begun(made)
    there.order(made.start_at + at_s, unit, ORDER | order)
    return there


def statuses(sent: list[tuple[float, str, dict[str, Any]]]) -> list[str]:
    return [body["status"] for _, kind, body in sent if kind == "reply"]


def test_a_silent_team_has_the_order_and_says_no_more() -> None:
    assert statuses(play(ordered(built({"silent_share": 1.0})), 500.0)) == ["received"]


def test_some_decline_and_it_depends_on_the_seed() -> None:
    found = set()
    for seed in range(20):
        made = scenario(
            inject(at_s=298.0), units=[FAST | {"decline_share": 0.5, "decline": "忙"}], seed=seed
        )
        said = statuses(play(ordered(made), 250.0))
        assert said == statuses(play(ordered(made), 250.0))
        found.add(said[1])
    assert found == {"accepted", "declined"}


def test_a_team_gone_astray_is_where_it_says_and_not_where_it_should_be() -> None:
    sent = play(ordered(built({"astray_m": 1800.0})), 500.0)
    where = next(body["position"] for _, kind, body in sent if kind == "position")
    assert statuses(sent)[-1] == "on_scene"
    assert abs(where["lat"] - 35.3068) + abs(where["lon"] - 107.5181) > 0.01


def test_pressed_twice_comes_twice_with_two_ids() -> None:
    sent = play(ordered(built({"twice": True})), 500.0)
    ids = [body["id"] for _, kind, body in sent if kind == "reply"]
    assert sorted(statuses(sent)) == sorted(2 * ["received", "accepted", "en_route", "on_scene"])
    assert len(set(ids)) == 8


def test_late_answers_carry_the_time_they_were_given() -> None:
    late = play(ordered(built({"late_s": 100.0})), 500.0)
    prompt = play(ordered(built({})), 500.0)
    assert [body["at"] for _, _, body in late] == [body["at"] for _, _, body in prompt]
    assert [at for at, _, _ in late] == [pytest.approx(at + 100.0) for at, _, _ in prompt]


def test_offline_it_hears_nothing_and_says_later_what_was_pressed() -> None:
    made = built({"offline": [{"from_s": 8.0, "to_s": 120.0}]})
    sent = play(ordered(made), 500.0)
    assert statuses(sent) == ["received", "accepted", "en_route", "on_scene"]
    assert [at for at, _, body in sent if body.get("status") == "en_route"] == [120.0]
    deaf = ordered(made, at_s=50.0)
    assert statuses(play(deaf, 119.0)) == []
    deaf.order(made.start_at + 130.0, "militia-1", ORDER)  # the outbox sends again
    assert statuses(play(deaf, 500.0))[0] == "received"


def test_the_roll_call_is_answered_by_who_is_there() -> None:
    for mute, answers in ((False, 1), (True, 0)):
        there = ordered(built({"mute": mute}))
        play(there, 100.0)
        asked = {"event": "AccountabilityDue", "unit": "militia-1", "order_id": "XO-e1-1"}
        there.news(asked | {"at": there.scenario.start_at + 150.0})
        sent = play(there, 300.0)
        assert len(sent) == answers


# --- hazards and who is really there


def crash(acts: dict[str, Any], until_s: float = 590.0) -> list[tuple[float, str, dict[str, Any]]]:
    there = ordered(built(acts, hazards=[CRASH]))
    there.order(there.scenario.start_at, "clinic-1", ORDER | {"order_id": "O-2", "role": "medic"})
    return play(there, until_s)


def second(sent: list[tuple[float, str, dict[str, Any]]]) -> list[float]:
    return [at for at, kind, body in sent if kind == "alarm" and body["id"].startswith("crash")]


def test_who_is_there_holds_it_and_goes_home_when_it_is_over() -> None:
    sent = crash({})
    assert second(sent) == []
    done = [body for _, _, body in sent if body.get("status") == "done"]
    assert {body["unit"] for body in done} == {"militia-1", "clinic-1"}
    assert {body["text"] for body in done} == {"路面已清"}


@pytest.mark.parametrize("acts", [{"claims": True}, {"astray_m": 900.0}, {"never": True}])
def test_saying_so_and_being_elsewhere_hold_nothing(acts: dict[str, Any]) -> None:
    assert second(crash(acts)) == [200.0]


def test_a_team_called_back_does_not_arrive() -> None:
    there = ordered(built({}, hazards=[CRASH]))
    play(there, 10.0)
    there.order(
        there.scenario.start_at + 12.0, "militia-1", ORDER | {"rev": 2, "state": "withdrawn"}
    )
    play(there, 150.0)
    assert there.scene.crews == {}


def test_a_team_called_off_the_scene_is_there_no_more() -> None:
    there = ordered(built({}, hazards=[CRASH]))
    play(there, 100.0)
    assert list(there.scene.crews) == ["militia-1"]
    withdrawn = ORDER | {"rev": 2, "state": "withdrawn"}
    there.order(there.scenario.start_at + 101.0, "militia-1", withdrawn)
    assert there.scene.crews == {}


def test_who_comes_when_it_is_over_goes_home_again() -> None:
    there = ordered(built({}, hazards=[CRASH]))
    start = there.scenario.start_at
    there.order(start, "clinic-1", ORDER | {"order_id": "O-2", "role": "medic"})
    play(there, 300.0)
    there.order(start + 300.0, "squad-v02", ORDER | {"order_id": "O-3"})
    late = [body for _, _, body in play(there, 590.0) if body.get("unit") == "squad-v02"]
    assert [body["status"] for body in late][-2:] == ["on_scene", "done"]
    assert there.scene.crews == {}


def test_the_first_word_of_a_hazard_takes_the_name_of_the_inject_that_waits_for_it() -> None:
    named_so = inject("second", 0.0, channel="zj-05/alarm", payload=None, hazard="crash")
    there = begun(scenario(named_so, inject(at_s=295.0), hazards=[CRASH]))
    ids = [body["id"] for _, kind, body in play(there, 290.0) if kind == "alarm"]
    assert ids == ["second"]
    assert there.sent == {"second": 200.0}


def test_a_crew_belongs_to_the_nearest_hazard_it_is_at() -> None:
    far = CRASH | {"id": "far", "position": {"lon": 107.525, "lat": 35.3068}, "reach_m": 5000.0}
    there = begun(built({}, hazards=[CRASH, far]))
    where = there.scene.hazards["crash"].middle
    assert there.scene.hazard_of(Crew("u", "crew", 1, where, 0.0)) == "crash"
    away = there.scene.hazards["far"].middle
    assert there.scene.hazard_of(Crew("u", "crew", 1, away, 0.0)) == "far"


# --- devices


def noise(**values: Any) -> Noise:
    made = {
        "id": "storm",
        "sources": ["ljg-*"],
        "from_s": 10.0,
        "to_s": 20.0,
        "count": 50,
        "kinds": ["smoke", "intrusion"],
        "texts": ["动"],
    }
    return Noise.model_validate(made | values)


def test_a_camera_storm_is_seeded_and_stays_in_its_time() -> None:
    storm = list(cries(noise(), township(), 1))
    assert len(storm) == 50
    assert all(10.0 <= at <= 20.0 and source.startswith("ljg-") for at, source, _ in storm)
    assert len({values["id"] for _, _, values in storm}) == 50
    assert storm == list(cries(noise(), township(), 1))
    assert storm != list(cries(noise(), township(), 2))


def test_noise_of_sources_that_there_are_none_of_is_silence() -> None:
    assert list(cries(noise(sources=["zzz-*"]), township(), 1)) == []
    with pytest.raises(ValidationError, match="from_s after to_s"):
        noise(from_s=30.0)


def test_a_star_stands_for_names_and_a_name_for_itself() -> None:
    assert named(["militia-*"], township(), teams=True) == ["militia-1", "militia-2", "militia-3"]
    assert named(["militia-*"], township(), teams=False) == []
    assert named(["stranger", "level-*"], township(), teams=False) == [
        "stranger", "level-jing", "level-pu",
    ]  # fmt: skip


def test_a_message_may_be_old_when_it_is_sent() -> None:
    made = scenario(inject(at_s=100.0, late_s=60.0))
    (at, _, body), *_ = play(begun(made), 200.0)
    assert at == 100.0
    assert body["at"] == "2026-11-23T08:00:40.000+08:00"
