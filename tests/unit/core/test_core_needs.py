"""Which need is served first, and who is called back when enough have said yes."""

from __future__ import annotations

from stage import PLANS, RULES, need, plan, stage, unit

from command.core import events as e
from command.core.plans import Plans, Release


def test_what_must_be_comes_before_what_should_be_elsewhere() -> None:
    now = Release.AT_ONCE
    urgent = plan("flood", need("crew", 1), need("medic", 1, must=False), priority=1, release=now)
    other = plan("big", need("medic", 1), priority=3, release=now)
    cards = Plans(PLANS | {"flood": urgent, "big": other}, RULES)
    play = stage(
        unit("crew-1", 100, "crew", members=1),
        unit("clinic", 100, "medic", members=1, on_duty=False),
        plans=cards,
    )
    play.report("cam-1", "flood")
    play.report("cam-2", "landslide")
    play.do("duty", unit="clinic", on=True)
    assert play.of_unit("clinic").incident == "I-e1-2"


def test_a_unit_asked_at_the_same_time_is_not_called_back() -> None:
    card = plan("flood", need("crew", 6), release=Release.AT_ONCE)
    play = stage(
        unit("near", 100, "crew", members=3),
        unit("far", 2000, "crew", members=7),
        plans=Plans(PLANS | {"flood": card}, RULES),
    )
    play.report("cam-1", "flood")
    play.reply(play.order_of("far"), "accepted")
    assert play.of_unit("near").status == "offered"
    assert not play.all(e.AssignmentChanged, status="withdrawn")
