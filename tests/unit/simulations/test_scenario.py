"""A scenario's file is checked whole: nothing in it may silently mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from drill_make import inject, scenario
from pydantic import ValidationError

from command.errors import ConfigError
from simulations.scenario import FOLDER, find, known, load


def test_the_smoke_drill_is_known_and_ten_minutes_long() -> None:
    assert "smoke" in known()
    made = load(find("smoke"))
    assert made.scenario.length_s == 600
    assert made.end_at - made.start_at == 600


def test_an_unknown_drill_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="smoke"):
        find("nope")


def test_a_drill_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes((FOLDER / "smoke.toml").read_bytes())
    assert load(find(str(own))) == load(find("smoke"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (inject(payload=None), "payload, raw or repeat"),
        (inject(raw="{"), "payload, raw or repeat"),
        (inject(channel="ljg-05/order"), "order is none of"),
        (inject(channel="console/alarm"), "alarm is none of"),
        (inject(channel="ljg-05"), "channel"),
        (inject(expect=[]), "expect"),
        (inject(expect=[{"within_s": 2.0}]), "event or receipt"),
        (inject(expect=[{"within_s": 2.0, "event": "Nonsense"}]), "no event Nonsense"),
        (
            inject(expect=[{"within_s": 2.0, "event": "IncidentOpened", "where": {"plam": "x"}}]),
            "no field plam",
        ),
        (inject(expect=[{"within_s": 291.0, "receipt": "opened"}]), "after the drill's end"),
        (inject(payload={"incident": "@later"}), "no inject later"),
        (inject(payload=None, repeat="later"), "no inject later"),
        (inject(surprise=1), "surprise"),
    ],
)
def test_what_could_not_be_meant_is_refused(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        scenario(wrong)


def test_ids_come_once_and_times_in_order() -> None:
    with pytest.raises(ValidationError, match="twice"):
        scenario(inject(), inject())
    with pytest.raises(ValidationError, match="out of order"):
        scenario(inject("b", 20.0), inject("a", 10.0))


def test_the_nearest_description_of_a_unit_counts() -> None:
    made = scenario(
        inject(),
        units=[
            {"accept_s": 1.0},
            {"type": "post", "accept_s": 2.0},
            {"unit": "u", "accept_s": 3.0},
        ],
    )
    accepts = [made.behaviour(*one).accept_s for one in (("u", "post"), ("v", "post"), ("v", "x"))]
    assert accepts == [3.0, 2.0, 1.0]


def test_a_file_with_a_fault_is_one_clear_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[scenario]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"wrong\.toml.*scenario\.title"):
        load(wrong)
    wrong.write_text("[[[", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"wrong\.toml"):
        load(wrong)
