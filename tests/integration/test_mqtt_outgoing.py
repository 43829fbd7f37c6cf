"""What the post's adapter publishes, packet by packet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from mqtt_rig import (
    PUBACK,
    PUBLISH,
    STATUS,
    FakeBroker,
    a_broker,
    both,
    running,
    until,
    up,
)

from command.mqtt import OUTGOING, Broker

ALARM = "fs/t/cam-1/alarm"
ORDER = "fs/t/militia-1/order"


@pytest.fixture
async def fake() -> AsyncIterator[FakeBroker]:
    async with FakeBroker().listening() as broker:
        yield broker


@pytest.fixture
async def broker(fake: FakeBroker) -> AsyncIterator[Broker]:
    async with running(a_broker(fake.url)) as broker:
        yield broker


async def test_more_than_the_socket_holds_goes_out_in_the_end(
    fake: FakeBroker, broker: Broker
) -> None:
    people, _devices = await both(fake)
    body = b"x" * 1_000_000
    for _ in range(30):
        assert broker.publish(ORDER, body, qos=0)
    for _ in range(30):
        assert (await people.expect(PUBLISH)).payload == body
    assert broker.publish(ORDER, b"and on")
    assert (await people.expect(PUBLISH)).payload == b"and on"


async def test_sent_is_called_at_the_puback(fake: FakeBroker, broker: Broker) -> None:
    people, _devices = await both(fake)
    sent: list[str] = []
    assert broker.publish(ORDER, b"go", sent=lambda: sent.append("order"))
    order = await people.expect(PUBLISH)
    assert (order.topic, order.payload, order.flags) == (ORDER, b"go", 2)
    assert sent == []
    people.ack(PUBACK, order.mid)
    await until(lambda: sent)
    people.ack(PUBACK, order.mid)
    assert broker.publish(ORDER, b"now", qos=0, sent=lambda: sent.append("receipt"))
    assert (await people.expect(PUBLISH)).flags == 0
    assert sent == ["order", "receipt"]


async def test_more_than_twenty_are_on_their_way_at_once(fake: FakeBroker, broker: Broker) -> None:
    people, _devices = await both(fake)
    sent: list[int] = []
    for number in range(300):
        assert broker.publish(ORDER, b"%d" % number, sent=partial(sent.append, number))
    orders = [await people.expect(PUBLISH) for _ in range(300)]
    assert [int(order.payload) for order in orders] == list(range(300))
    for order in orders:
        people.ack(PUBACK, order.mid)
    await until(lambda: len(sent) == 300)


async def test_what_was_not_acknowledged_is_not_sent_by_the_next_connection(
    fake: FakeBroker, broker: Broker
) -> None:
    people, _devices = await both(fake)
    sent: list[str] = []
    assert broker.publish(ORDER, b"lost", sent=lambda: sent.append("lost"))
    lost = await people.expect(PUBLISH)
    await people.close()
    await until(lambda: not broker.publish(ORDER, b"refused", sent=lambda: sent.append("refused")))
    people = await fake.welcome("people")  # CONNECT, SUBSCRIBE, status: nothing in between
    assert broker.publish(ORDER, b"new", sent=lambda: sent.append("new"))
    order = await people.expect(PUBLISH)
    assert order.payload == b"new"
    people.ack(PUBACK, order.mid)
    await until(lambda: sent)
    assert sent == ["new"]
    assert lost.payload == b"lost"


async def test_receipts_do_not_pass_for_an_order_with_their_packet_id(
    fake: FakeBroker, broker: Broker
) -> None:
    people, _devices = await both(fake)
    sent: list[str] = []
    assert broker.publish(ORDER, b"go", sent=lambda: sent.append("order"))
    order = await people.expect(PUBLISH)
    for _ in range(66):  # once round all the packet ids
        for _ in range(1000):
            assert broker.publish("fs/t/cam-1/receipt", b"", qos=0, sent=lambda: None)
        for _ in range(1000):
            await people.expect(PUBLISH)
    assert sent == []
    people.ack(PUBACK, order.mid)
    await until(lambda: sent == ["order"])


async def test_what_is_on_its_way_out_is_bounded(fake: FakeBroker, broker: Broker) -> None:
    await both(fake)
    await up(broker)
    number = 0
    while broker.publish(ORDER, b"", qos=0):
        number += 1
    assert OUTGOING - 10 <= number <= OUTGOING


async def test_the_will_and_the_greeting(fake: FakeBroker, broker: Broker) -> None:
    people = await fake.accept("people")
    await people.greet()
    said = await people.expect(PUBLISH)
    assert (said.topic, said.payload, said.flags) == (STATUS, b'{"online": true}', 3)  # retained
    assert not broker.state.connected  # devices are not there yet
