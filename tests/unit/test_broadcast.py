"""What consoles are owed: encoded rows, resumption, folding. No sockets, no loop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.broadcast import Limits, Mirror, Note, Outbox, encode, frame, position

LIMITS = Limits(queue_frames=8, queue_bytes=4_000, folded_bytes=4_000, ring_patches=3, part_rows=2)


def loaded(rows: Mapping[str, Mapping[str, Any]], at: str = "e1-0", **limits: Any) -> Mirror:
    mirror = Mirror(replace(LIMITS, **limits))
    mirror.load(at, rows)
    return mirror


def whole(mirror: Mirror) -> Any:
    (only,) = mirror.snapshot(in_parts=False, role="officer")
    return json.loads(only)


def merged(mirror: Mirror, since: str) -> Any:
    where = position(since)
    assert where is not None
    cells = mirror.resume(where)
    return None if cells is None else json.loads(frame("rows", cells))["rows"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("e1-42", (1, 42)),
        ("e2-7.3", (2, 7)),
        ("", None),
        (None, None),
        ("e1", None),
        ("e1-42\n", None),
        ("e1--4", None),
        ("e٣-4", None),
        ("e1-" + "9" * 30, None),
    ],
)
def test_positions(text: str | None, value: tuple[int, int] | None) -> None:
    assert position(text) == value


def test_rows_are_json_whatever_is_in_them() -> None:
    assert json.loads(encode({"a": '"火\x1b', "b": [1.5, None, True]})) == {
        "a": '"火\x1b',
        "b": [1.5, None, True],
    }
    assert encode("a\ud800") == b'"a?"'
    with pytest.raises(ValueError, match="JSON"):
        encode(float("nan"))


def test_a_snapshot_has_every_table_also_the_empty_ones() -> None:
    mirror = loaded({"incident": {}, "unit": {"a": {"n": 1}}})
    assert whole(mirror) == {
        "snapshot": {"incident": {}, "unit": {"a": {"n": 1}}},
        "at": "e1-0",
        "role": "officer",
    }


def test_a_commit_changes_adds_and_removes() -> None:
    mirror = loaded({"unit": {"a": 1, "b": 2}})
    patch = mirror.apply("e1-1", {"unit": {"a": 9, "b": None, "c": 3}, "case": {"x": {}}})
    assert json.loads(patch.frame) == {
        "rows": {"unit": {"a": 9, "b": None, "c": 3}, "case": {"x": {}}},
        "at": "e1-1",
    }
    assert whole(mirror)["snapshot"] == {"unit": {"a": 9, "c": 3}, "case": {"x": {}}}
    assert len(mirror) == 3


def test_rows_that_say_nothing_new_are_not_sent() -> None:
    mirror = loaded({"unit": {"a": 1}})
    assert mirror.apply("e1-1", {"unit": {"a": 1, "gone": None}}).cells == {}
    assert mirror.at == "e1-1"


def test_a_snapshot_is_of_its_moment() -> None:
    mirror = loaded({"unit": {"a": 1, "b": 2, "c": 3}})
    frames = mirror.snapshot(in_parts=True)
    mirror.apply("e1-1", {"unit": {"a": 9, "c": None}})
    found = [json.loads(each) for each in frames]
    assert [(part["part"], part["of"], part["at"]) for part in found] == [
        (1, 2, "e1-0"),
        (2, 2, "e1-0"),
    ]
    assert [part["snapshot"] for part in found] == [{"unit": {"a": 1, "b": 2}}, {"unit": {"c": 3}}]


@pytest.mark.parametrize(("rows", "parts"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_parts_are_made_only_where_there_is_more_than_one(rows: int, parts: int) -> None:
    mirror = loaded({"unit": {str(n): n for n in range(rows)}, "none": {}})
    found = [json.loads(each) for each in mirror.snapshot(in_parts=True)]
    assert len(found) == parts
    assert ("part" in found[0]) is (parts > 1)
    assert "none" in found[0]["snapshot"]


def test_the_most_urgent_incidents_stand_in_the_first_part() -> None:
    ranked = {"I-1": 4, "I-2": 1, "I-3": 2, "I-4": 1}
    rows = {key: {"priority": priority, "ended_at": None} for key, priority in ranked.items()}
    mirror = loaded({"unit": {"a": 1}, "incident": rows}, part_rows=2)
    mirror.apply("e1-1", {"incident": {"I-2": {"priority": 1, "ended_at": 9.0}}})
    mirror.apply("e1-2", {"incident": {"I-5": {"priority": 1, "ended_at": None}, "I-4": None}})
    parts = [json.loads(each)["snapshot"] for each in mirror.snapshot(in_parts=True)]
    order = [key for part in parts for key in part.get("incident", {})]
    assert order == ["I-5", "I-3", "I-1", "I-2"]
    assert "unit" not in parts[1]
    mirror.load("e1-3", {"incident": rows})
    (all_of_it,) = mirror.snapshot(in_parts=False)
    assert list(json.loads(all_of_it)["snapshot"]["incident"]) == ["I-2", "I-4", "I-3", "I-1"]


def test_of_a_table_that_only_grows_the_last_rows_are_kept_and_each_is_sent_once() -> None:
    mirror = loaded({"log": {"e1-0.0": 0}, "unit": {}}, tails={"log": 3})
    for n in range(1, 1_001):
        patch = mirror.apply(f"e1-{n}", {"log": {f"e1-{n}.0": n}, "unit": {str(n): n}})
        assert json.loads(patch.frame)["rows"]["log"] == {f"e1-{n}.0": n}
    found = whole(mirror)["snapshot"]
    assert found["log"] == {"e1-998.0": 998, "e1-999.0": 999, "e1-1000.0": 1000}
    assert len(found["unit"]) == 1_000


def test_a_slow_console_gets_the_last_of_the_log_and_is_not_cut_for_the_rest() -> None:
    limits = replace(LIMITS, tails={"log": 3, "quarantine": 2}, part_rows=500)
    mirror, outbox = loaded({}), Outbox(limits)
    for n in range(1, 1_001):
        text = "x" * 100
        rows: dict[str, dict[str, Any]] = {"log": {f"e1-{n}.0": text}, "unit": {"a": n}}
        rows["quarantine"] = {f"Q-{n}": text}
        assert outbox.put(mirror.apply(f"e1-{n}", rows))
    (first, *rest) = drained(outbox)
    assert first["merged"] + len(rest) == 1_000
    assert len(first["rows"]["log"]) == 3
    assert len(first["rows"]["quarantine"]) == 2
    assert outbox._bytes == 0  # what was dropped is not counted for ever


# --- coming back


def test_what_was_missed_is_merged_to_the_latest() -> None:
    mirror = loaded({"unit": {"a": 1, "b": 1}})
    mirror.apply("e1-1", {"unit": {"a": 2}})
    mirror.apply("e1-2", {"unit": {"a": 3}})
    mirror.apply("e1-3", {"unit": {"b": None}})
    assert merged(mirror, "e1-1") == {"unit": {"a": 3, "b": None}}
    assert merged(mirror, "e1-3") == {"unit": {"b": None}}


def test_out_of_reach_before_the_load_ahead_of_us_and_after_the_ring() -> None:
    mirror = loaded({"unit": {}}, "e1-10")
    assert merged(mirror, "e1-9") is None
    assert merged(mirror, "e1-10") is None  # rows of no log may differ from before our start
    assert merged(mirror, "e1-11") is None
    for n in range(11, 15):
        mirror.apply(f"e1-{n}", {"unit": {str(n): n}})
    assert merged(mirror, "e1-11") is None  # three patches are kept
    assert merged(mirror, "e1-12") == {"unit": {"12": 12, "13": 13, "14": 14}}
    assert merged(mirror, "e2-12") is None


def test_commits_without_rows_do_not_break_the_chain() -> None:
    mirror = loaded({"unit": {"a": 1}})
    mirror.apply("e1-1", {})
    mirror.apply("e1-2", {"unit": {"a": 2}})
    mirror.apply("e1-3", {})
    assert merged(mirror, "e1-1") == {"unit": {"a": 2}}
    assert merged(mirror, "e1-3") == {}


def test_the_ring_is_bounded_in_bytes() -> None:
    mirror = loaded({"unit": {}}, ring_patches=1_000, ring_bytes=1_000, part_rows=500)
    for n in range(1, 20):
        mirror.apply(f"e1-{n}", {"unit": {"a": f"{n}" + "x" * 300}})
    assert merged(mirror, "e1-15") is None
    assert merged(mirror, "e1-18") is not None


def test_rather_a_snapshot_than_more_missed_than_there_is() -> None:
    mirror = loaded({"unit": {str(n): n for n in range(9)}})
    mirror.apply("e1-1", {"unit": {str(n): None for n in range(9)}})
    assert merged(mirror, "e1-1") is None


# --- loading again


def test_a_second_load_sends_the_difference_and_keeps_what_is_not_in_the_log() -> None:
    mirror = loaded({"unit": {"a": 1, "b": 2}})
    mirror.apply("e1-1", {"viewer": {"I-1": {"names": ["x"]}}})
    patch = mirror.load("e1-5", {"unit": {"a": 1, "c": 3}}, {"viewer"})
    assert json.loads(patch.frame)["rows"] == {"unit": {"b": None, "c": 3}}
    assert whole(mirror)["snapshot"]["viewer"] == {"I-1": {"names": ["x"]}}
    assert merged(mirror, "e1-1") is not None  # the same log, further on


@pytest.mark.parametrize("at", ["e2-1", "e1-1", "e2-90"])
def test_a_load_from_another_log_forgets_the_way_back(at: str) -> None:
    mirror = loaded({"unit": {"a": 1}}, "e1-4")
    mirror.apply("e1-5", {"unit": {"a": 2}})
    assert not mirror.continues(at)
    mirror.load(at, {"unit": {"a": 3}})
    assert merged(mirror, "e1-5") is None
    assert merged(mirror, at) is None


def test_what_continues_a_log() -> None:
    mirror = loaded({}, "e1-4")
    assert [mirror.continues(at) for at in ("e1-4", "e1-5", "e1-9")] == [True] * 3
    assert [mirror.continues(at) for at in ("e1-3", "e2-5", "", "?")] == [False] * 4
    assert not Mirror(LIMITS).continues("e1-1")


# --- one console's queue


def drained(outbox: Outbox) -> list[Any]:
    found = []
    while (each := outbox.pop()) is not None:
        found.append(json.loads(each))
    return found


def test_a_console_that_keeps_up_gets_every_frame_in_order() -> None:
    mirror, outbox = loaded({}), Outbox(LIMITS)
    sent = []
    for n in range(1, 5):
        patch = mirror.apply(f"e1-{n}", {"unit": {"a": n}})
        assert outbox.put(patch)
        sent.append(json.loads(patch.frame))
    assert drained(outbox) == sent
    assert outbox.pop() is None


def test_past_half_it_gets_the_latest_rows_then_answers_then_the_last_beat() -> None:
    mirror, outbox = loaded({}), Outbox(LIMITS)
    outbox.put(Note(b'{"beat":1}', beat=True))
    outbox.put(mirror.apply("e1-1", {"unit": {"a": 1, "b": 1}}))
    outbox.put(Note(b'{"id":"q"}'))
    outbox.put(Note(b'{"beat":2}', beat=True))
    outbox.put(mirror.apply("e1-2", {"unit": {"a": 2}}))
    assert drained(outbox) == [
        {"rows": {"unit": {"a": 2, "b": 1}}, "at": "e1-2", "merged": 2},
        {"id": "q"},
        {"beat": 2},
    ]


def test_folding_holds_ten_thousand_updates_of_few_rows() -> None:
    mirror, outbox = loaded({}), Outbox(replace(LIMITS, part_rows=5))
    for n in range(1, 10_001):
        assert outbox.put(mirror.apply(f"e1-{n}", {"unit": {str(n % 5): n}}))
    (first, *rest) = drained(outbox)
    assert first["merged"] + len(rest) == 10_000
    seen: dict[str, Any] = {}
    for each in [first, *rest]:
        seen |= each["rows"]["unit"]
    assert seen == {str(n % 5): n for n in range(9_996, 10_001)}
    assert len(rest) <= LIMITS.queue_frames


def test_what_is_folded_comes_in_parts_and_beats_pass_between_them() -> None:
    mirror, outbox = loaded({}), Outbox(LIMITS)
    for n in range(1, 6):
        outbox.put(mirror.apply(f"e1-{n}", {"unit": {str(n): n}}))
        outbox.put(Note(b'{"beat":%d}' % n, beat=True))
    outbox.put(Note(b'{"id":"q"}'))
    parts = [{"unit": {"1": 1, "2": 2}}, {"unit": {"3": 3, "4": 4}}, {"unit": {"5": 5}}]
    assert drained(outbox) == [
        {"rows": parts[0], "at": "e1-1", "merged": 5, "more": True},
        {"beat": 5},
        {"rows": parts[1], "at": "e1-1", "merged": 5, "more": True},
        {"rows": parts[2], "at": "e1-5", "merged": 5},
        {"id": "q"},
    ]
    assert (outbox._bytes, outbox._folded_bytes) == (0, 0)


def test_whoever_leaves_between_two_parts_is_owed_the_others() -> None:
    mirror, outbox = loaded({}, ring_patches=1_000), Outbox(LIMITS)
    for n in range(1, 7):
        outbox.put(mirror.apply(f"e1-{n}", {"unit": {str(n): n}}))
    part = json.loads(outbox.pop() or b"")
    seen = part["rows"]["unit"] | (merged(mirror, part["at"]) or {})["unit"]
    assert seen == {str(n): n for n in range(1, 7)}


def test_ten_thousand_rows_that_all_change_fit_the_queue_of_a_console_that_sleeps() -> None:
    limits = Limits()
    mirror, outbox = Mirror(limits), Outbox(limits)
    mirror.load("e1-0", {})
    for n in range(1, 10_001):
        assert outbox.put(mirror.apply(f"e1-{n}", {"incident": {f"I-{n}": "x" * 1_500}}))
    frames = drained(outbox)
    assert sum(len(each["rows"]["incident"]) for each in frames) == 10_000
    assert max(len(each["rows"]["incident"]) for each in frames) == limits.part_rows


def test_what_does_not_fit_even_folded_is_said() -> None:
    mirror, outbox = loaded({}), Outbox(LIMITS)
    fits = [
        outbox.put(mirror.apply(f"e1-{n}", {"unit": {str(n): "x" * 100}})) for n in range(1, 60)
    ]
    assert fits[0]
    assert not fits[-1]
    assert fits == sorted(fits, reverse=True)


def test_answers_count_too() -> None:
    outbox = Outbox(LIMITS)
    assert [outbox.put(Note(b"{}")) for _ in range(9)] == [True] * 8 + [False]


updates = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 3), max_size=4),
    max_size=30,
)


@given(updates, st.data())
def test_however_it_is_folded_the_console_ends_with_the_posts_rows(
    commits: list[dict[str, int | None]], data: st.DataObject
) -> None:
    mirror, outbox, seen = loaded({"unit": {"a": 0}}), Outbox(LIMITS), {"a": 0}
    took = 0
    for n, rows in enumerate(commits, start=1):
        patch = mirror.apply(f"e1-{n}", {"unit": rows})
        if patch.cells:
            assert outbox.put(patch)
        if data.draw(st.booleans()):
            took += _apply(seen, outbox.pop())
    while (raw := outbox.pop()) is not None:
        took += _apply(seen, raw)
    assert outbox._bytes == 0
    assert seen == whole(mirror)["snapshot"]["unit"]
    assert took <= len(commits)


@given(updates, st.integers(0, 30))
def test_whoever_comes_back_ends_with_the_posts_rows(
    commits: list[dict[str, int | None]], left_at: int
) -> None:
    mirror = loaded({"unit": {"a": 0}}, ring_patches=8)
    seen: dict[str, Any] = {"a": 0}
    for n, rows in enumerate(commits, start=1):
        patch = mirror.apply(f"e1-{n}", {"unit": rows})
        if n <= left_at:
            _apply(seen, patch.frame)
    missed = mirror.resume((1, min(left_at, len(commits))))
    if missed is None:
        seen = whole(mirror)["snapshot"]["unit"]
    else:
        _apply(seen, frame("rows", missed))
    assert seen == whole(mirror)["snapshot"]["unit"]


def _apply(seen: dict[str, Any], raw: bytes | None) -> int:
    if raw is None:
        return 0
    for key, row in json.loads(raw)["rows"].get("unit", {}).items():
        if row is None:
            seen.pop(key, None)
        else:
            seen[key] = row
    return 1
