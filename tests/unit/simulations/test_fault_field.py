"""The fault run's devices: what has no connection to go by waits no longer than for that."""

from __future__ import annotations

from sensors.topics import Kind
from simulations.fault_field import Outbox

PATIENCE_S = 600.0


class Wire:
    """A line that is up when the test says so."""

    def __init__(self) -> None:
        self.up = False
        self.topics: list[str] = []

    def publish(self, topic: str, payload: bytes) -> None:
        self.topics.append(topic)


def test_what_could_not_be_sent_goes_with_the_first_turn_of_a_connection() -> None:
    wire, clock = Wire(), [0.0]
    outbox = Outbox(wire, lambda: clock[0], (PATIENCE_S,))
    outbox.put("ljg-01", Kind.ALARM, {"id": "a-1", "kind": "smoke"})
    outbox.turn()
    assert (outbox.sent, wire.topics) == (0, [])
    wire.up = True
    clock[0] = 0.02
    outbox.turn()
    assert (outbox.sent, wire.topics) == (1, ["fs/jingming/ljg-01/alarm"])


def test_what_was_sent_goes_again_after_its_pause_and_not_after_its_receipt() -> None:
    wire, clock = Wire(), [0.0]
    wire.up = True
    outbox = Outbox(wire, lambda: clock[0], (1.0, 2.0))
    outbox.put("ljg-01", Kind.ALARM, {"id": "a-1", "kind": "smoke"})
    for at in (0.0, 0.9, 1.0, 2.9, 3.0):
        clock[0] = at
        outbox.turn()
    assert outbox.sent == 3
    outbox.receipts("ljg-01", [{"id": "a-1"}])
    clock[0] = 99.0
    outbox.turn()
    assert (outbox.sent, len(outbox)) == (3, 0)
