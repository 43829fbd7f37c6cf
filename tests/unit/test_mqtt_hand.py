"""What is in hand, how long to pause, and which addresses are of use: no broker, no clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.broker import Pauses, address
from command.errors import ConfigError
from command.hand import QOS0_HELD, Delivery, Hand


class Link:
    """A connection that writes down what it acknowledges."""

    def __init__(self) -> None:
        self.is_lost = False
        self.acknowledged: list[int] = []

    def settle(self, mid: int) -> None:
        self.acknowledged.append(mid)


def receive(hand: Hand, link: Link, mid: int, body: bytes, qos: int = 1) -> None:
    hand.receive(link, mid, qos, "fs/t/cam-1/alarm", body, retained=False, now=float(mid))


def lose(hand: Hand, link: Link) -> Link:
    link.is_lost = True
    hand.disown()
    return Link()


def test_qos_0_and_1_are_taken_in_order_of_arrival() -> None:
    hand, link = Hand(), Link()
    for number, qos in enumerate((0, 1, 1, 0, 1)):
        receive(hand, link, number, b"%d" % number, qos)
    assert [delivery.payload for delivery in hand.take(2) + hand.take(9)] == [
        b"0",
        b"1",
        b"2",
        b"3",
        b"4",
    ]
    assert (len(hand), hand.is_waiting) == (5, False)


def test_settled_it_is_acknowledged_once_and_out_of_hand() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"sure")
    receive(hand, link, 0, b"loose", 0)
    batch = hand.take(9)
    for delivery in batch + batch:
        hand.settle(delivery)
    assert link.acknowledged == [1]
    assert len(hand) == 0


def test_what_was_not_taken_cannot_be_settled() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"waiting")
    hand.settle(next(iter(hand)))
    assert (link.acknowledged, len(hand)) == ([], 1)


def test_a_copy_that_comes_again_keeps_its_first_time_of_receipt() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"same")
    link = lose(hand, link)
    receive(hand, link, 77, b"same")
    (delivery,) = hand.take(9)
    hand.settle(delivery)
    assert (delivery.received_at, link.acknowledged) == (1.0, [77])


def test_a_retained_copy_is_not_the_live_message() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"same")
    link = lose(hand, link)
    hand.receive(link, 2, 1, "fs/t/cam-1/alarm", b"same", retained=True, now=2.0)
    assert [delivery.retained for delivery in hand] == [False, True]


def test_settled_on_a_lost_connection_it_is_new_when_it_comes_again() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"same")
    (delivery,) = hand.take(1)
    link = lose(hand, link)
    hand.settle(delivery)
    receive(hand, link, 2, b"same")
    (again,) = hand.take(1)
    assert again is not delivery


def test_the_oldest_of_qos_0_go_and_are_counted() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"sure")
    for number in range(QOS0_HELD + 5):
        receive(hand, link, 0, b"%d" % number, 0)
    assert (hand.dropped, len(hand)) == (5, QOS0_HELD + 1)
    assert [delivery.payload for delivery in hand.take(2)] == [b"sure", b"5"]


def test_cleared_it_forgets_even_what_comes_again() -> None:
    hand, link = Hand(), Link()
    receive(hand, link, 1, b"theirs")
    batch = hand.take(1)
    link = lose(hand, link)
    hand.clear()
    hand.settle(batch[0])
    receive(hand, link, 2, b"theirs")
    assert (len(hand), link.acknowledged) == (1, [])


STEPS = st.lists(st.sampled_from(["new", "take", "settle", "lose"]), max_size=60)


@given(STEPS, st.integers(1, 3))
def test_every_message_is_settled_in_the_end_and_none_is_in_hand_twice(
    steps: list[str], kinds: int
) -> None:
    """A broker that keeps its promise: on each new connection all that it is still owed."""
    hand, link = Hand(), Link()
    owed: dict[int, bytes] = {}  # at the broker, by packet id
    taken: list[Delivery] = []
    mids = iter(range(1, 10_000))

    def send(body: bytes) -> None:
        mid = next(mids)
        owed[mid] = body
        receive(hand, link, mid, body)

    def acknowledge() -> None:
        for mid in link.acknowledged:
            del owed[mid]
        link.acknowledged.clear()

    for number, step in enumerate([*steps, "lose", "take", "settle"]):
        if step == "new":
            send(b"%d" % (number % kinds))
        elif step == "take":
            taken += hand.take(1 if number < len(steps) else 999)
        elif step == "settle":
            while taken:
                hand.settle(taken.pop(0))
            acknowledge()
        else:
            link = lose(hand, link)
            bodies = list(owed.values())
            owed.clear()
            for body in bodies:
                send(body)
        assert len(hand) == len(owed)
    assert (owed, len(hand)) == ({}, 0)


def test_pauses_double_and_end_somewhere() -> None:
    pauses = Pauses()
    assert [pauses.after(n, 0, 1.0) for n in range(6)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert pauses.after(1000, 0, 1.0) == 5.0
    assert pauses.after(3, 0, 0.0) == 0.8  # jitter: the later half of the pause
    assert pauses.after(1000, 1, 1.0) == 5.0
    assert pauses.after(1000, 2, 1.0) == 30.0  # another program has our sessions


def test_addresses() -> None:
    plain = address("mqtt://broker.example")
    assert (plain.host, plain.port, plain.tls, plain.user) == ("broker.example", 1883, False, None)
    full = address("mqtts://post:p%40ss@[::1]:9000")
    assert (full.host, full.port, full.tls) == ("::1", 9000, True)
    assert (full.user, full.password) == ("post", "p@ss")
    assert address("mqtts://h").port == 8883


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:1883",
        "http://h:1883",
        "mqtt://",
        "mqtt://h:x",
        "mqtt://[:1",
        "mqtt://h:99999",
    ],
)
def test_a_useless_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        address(url)
    assert "mqtts://" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(ConfigError) as refusal:
        address("mqtt://post:secret@:1883")
    assert "secret" not in str(refusal.value)
    assert "secret" not in repr(address("mqtt://post:secret@h"))
