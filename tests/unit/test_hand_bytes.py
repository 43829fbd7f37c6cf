"""What nobody acknowledges is bounded by its bytes, too: the oldest goes first."""

from __future__ import annotations

from command.hand import QOS0_BYTES, Hand

LARGE = bytes(64 * 1024)
FIT = QOS0_BYTES // len(LARGE)


class NoLink:
    """A connection that is not asked for anything here."""

    is_lost = False

    def settle(self, mid: int) -> None:
        raise AssertionError(mid)


def fill(hand: Hand, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        hand.receive(NoLink(), 0, 0, f"t/{number}", LARGE, retained=False, now=0.0)


def test_large_ones_are_dropped_before_they_are_many() -> None:
    hand = Hand()
    fill(hand, FIT + 3)
    assert (len(hand), hand.dropped) == (FIT, 3)
    assert hand.take(1)[0].topic == "t/3"


def test_what_was_taken_makes_room() -> None:
    hand = Hand()
    fill(hand, FIT)
    for delivery in hand.take(FIT):
        hand.settle(delivery)
    fill(hand, FIT, first=FIT)
    assert (len(hand), hand.dropped) == (FIT, 0)
    hand.clear()
    fill(hand, FIT)
    assert hand.dropped == 0
