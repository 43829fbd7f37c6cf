"""Which lines of the log belong to an incident."""

from __future__ import annotations

from stage import stage

from command.core import timeline, views
from command.core.codec import encode_entry
from command.core.timeline import Line


def lines_of(*events: str, **values: str) -> list[Line]:
    return [{"event": event, "pos": str(n)} | values for n, event in enumerate(events)]


def test_what_names_the_incident_or_one_of_its_orders() -> None:
    play = stage()
    play.report("cam-1", "flood")
    play.report("cam-4", "flood")
    other = dict(views.log_lines(play.world, play.batch.events, 3))
    play.walk("O-e1-1", "received", "accepted")
    ids = timeline.marks("I-e1-1", play.incident("I-e1-1").orders)
    assert ids == {"I-e1-1", "O-e1-1"}
    mine = [row for row in play.rows()["log"].values() if row is not None]
    assert [line["event"] for line in timeline.newest_first(mine, ids)] == [
        "AssignmentChanged",
        "ReplyReceived",
    ]
    assert list(timeline.newest_first(other.values(), ids)) == []


def test_an_order_that_was_confirmed_is_news_one_that_was_queued_is_not() -> None:
    lines = lines_of("OrderQueued", "OrderSettled", order_id="O-1")
    found = timeline.newest_first(lines, timeline.marks("I-1", ["O-1"]))
    assert [line["event"] for line in found] == ["OrderSettled"]


def test_signs_of_life_and_positions_are_routine_and_a_fault_is_not() -> None:
    heard = {"event": "SourceHeard", "source": "cam-1"}
    assert timeline.is_routine(heard)
    assert timeline.is_routine(heard | {"ok": True})
    assert timeline.is_routine({"event": "UnitLocated"})
    assert not timeline.is_routine(heard | {"ok": False})
    assert not timeline.is_routine({"event": "SourceSilent"})


def test_a_merge_and_a_split_are_news_of_both() -> None:
    merged = {"event": "IncidentMerged", "incident": "I-2", "into": "I-1"}
    split = {"event": "IncidentSplit", "incident": "I-1", "new": "I-3"}
    for ident, line in (("I-1", merged), ("I-2", merged), ("I-1", split), ("I-3", split)):
        assert timeline.is_of(line, timeline.marks(ident, []))


def test_an_id_that_begins_like_another_is_another() -> None:
    play = stage()
    play.report("cam-1", "flood")
    entry = encode_entry(play.now, play.batch.events)
    assert timeline.may_name(entry, ["I-e1-1"])
    assert timeline.may_name(entry, ["I-9", "O-e1-1"])
    assert not timeline.may_name(entry, ["I-e1", "e1-1", "I-e1-11"])


def test_it_begins_where_the_incident_was_opened() -> None:
    opened = {"event": "IncidentOpened", "incident": "I-1"}
    assert timeline.begins(opened, "I-1")
    assert not timeline.begins(opened, "I-11")
    assert not timeline.begins({"event": "IncidentReopened", "incident": "I-1"}, "I-1")
