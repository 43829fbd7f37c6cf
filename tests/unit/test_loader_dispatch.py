"""What the files may say about who may go: gear, seats, nobody alone, bridges, rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from folder_make import copy, edit, found, text_of

from command.loader import load

FIGHT = 'role = "talk", quantity = 2, must = true, within_min = 10, alone = false'


def test_the_reference_township_sends_nobody_alone_into_a_fight(tmp_path: Path) -> None:
    talk = load(copy(tmp_path)).plans.plans["fight"].needs[0]
    assert (talk.role, talk.alone) == ("talk", False)


def test_its_village_roads_cross_the_rivers_low(tmp_path: Path) -> None:
    low = {road.id: road.low for road in load(copy(tmp_path)).roads}
    assert not low["road-luo-chang"]
    assert low["road-v04-v11"]


def test_a_need_may_ask_for_gear_and_seats(tmp_path: Path) -> None:
    more = FIGHT + ', equipment = ["喊话器"], seats = 4'
    edit(copy(tmp_path), "plans.toml", FIGHT, more)
    talk = load(tmp_path).plans.plans["fight"].needs[0]
    assert (talk.equipment, talk.seats) == (("喊话器",), 4)


def test_seats_are_counted_in_a_column_of_their_own_or_not_at_all(tmp_path: Path) -> None:
    assert {unit.seats for unit in load(copy(tmp_path)).units} == {None}
    head, first, *rest = text_of(tmp_path, "units.csv").splitlines()
    wide = [f"{head},座位", f"{first},12", *rest]
    (tmp_path / "units.csv").write_text("\n".join(wide), "utf-8")
    assert found(tmp_path) == []
    assert [unit.seats for unit in load(tmp_path).units][:2] == [12, None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("work_max_s = 43200", "work_max_s = 60"),
        ("rest_s = 21600", "rest_s = -1"),
        ("slope = 0.1", "slope = 2"),
    ],
)
def test_limits_have_their_ranges(tmp_path: Path, old: str, new: str) -> None:
    edit(copy(tmp_path), "township.toml", old, new)
    assert [one[0] for one in found(tmp_path)] == ["number_range"]
