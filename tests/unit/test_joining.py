"""Many packets as one write: the same bytes in the same order, and nothing that paho waits for."""

from __future__ import annotations

from collections import deque
from typing import Any

from paho.mqtt.client import DISCONNECT, PUBACK, PUBLISH, SUBSCRIBE

from command.joining import join

TOLD = object()  # who asked to be told when it is written


def _packet(command: int, body: bytes, *, qos: int = 0, info: Any = None) -> dict[str, Any]:
    return {
        "command": command,
        "mid": 1,
        "qos": qos,
        "pos": 0,
        "to_process": len(body),
        "packet": body,
        "info": info,
    }


def _bytes(queue: deque[dict[str, Any]]) -> bytes:
    return b"".join(packet["packet"][packet["pos"] :] for packet in queue)


def test_acknowledgements_and_publications_become_one() -> None:
    queue = deque(
        [
            _packet(PUBACK, b"a"),
            _packet(PUBLISH, b"bb"),
            _packet(PUBLISH | 2, b"ccc", qos=1, info=TOLD),
        ]
    )
    join(queue)
    assert len(queue) == 1
    assert _bytes(queue) == b"abbccc"
    assert queue[0]["to_process"] == 6
    assert (queue[0]["command"], queue[0]["info"]) == (PUBACK, None)


def test_what_paho_acts_on_when_it_is_written_stays_by_itself() -> None:
    for last in (
        _packet(DISCONNECT, b"x"),
        _packet(SUBSCRIBE, b"x", qos=1),
        _packet(PUBLISH, b"x", info=TOLD),
    ):
        queue = deque([_packet(PUBACK, b"a"), _packet(PUBACK, b"b"), last, _packet(PUBACK, b"c")])
        join(queue)
        assert [packet["packet"] for packet in queue] == [b"ab", b"x", b"c"]
        assert queue[1] is last


def test_a_packet_that_is_half_written_goes_first_and_unchanged() -> None:
    begun = _packet(PUBACK, b"abcd")
    begun["pos"], begun["to_process"] = 2, 2
    queue = deque([begun, _packet(PUBACK, b"e"), _packet(PUBACK, b"f")])
    join(queue)
    assert queue[0] is begun
    assert _bytes(queue) == b"cdef"
    assert len(queue) == 2


def test_an_empty_queue_stays_empty() -> None:
    queue: deque[dict[str, Any]] = deque()
    join(queue)
    assert not queue
