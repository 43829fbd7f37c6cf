"""The post's broker adapter against a broker that says exactly what we want, packet by packet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from mqtt_rig import (
    PUBACK,
    PUBCOMP,
    PUBLISH,
    PUBREC,
    PUBREL,
    STATUS,
    FakeBroker,
    Peer,
    a_broker,
    bodies,
    running,
    take,
    until,
)

from command import broker as words
from command.hand import QOS0_HELD
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


async def test_nothing_is_acknowledged_before_it_is_settled(fake: FakeBroker, broker: Broker):
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"first", 5)
    peer.publish(ALARM, b"second", 6)
    first, second = await take(broker, 2)
    assert (first.topic, first.payload, first.qos, first.retained) == (ALARM, b"first", 1, False)
    assert broker.in_hand() == 2
    broker.settle([second])
    peer.publish(ALARM, b"third", 7)  # had 6 been acknowledged, it would be read before 5
    third = await take(broker, 1)
    broker.settle([first, *third])
    assert await peer.pubacks(3) == [5, 6, 7]
    assert broker.in_hand() == 0


async def test_a_resumed_session_delivers_before_it_is_subscribed(fake: FakeBroker, broker: Broker):
    peer = await fake.accept("devices")
    peer.connack()
    for mid in (1, 2, 3):
        peer.publish(ALARM, b"%d" % mid, mid)
    early = await take(broker, 3)
    assert not broker.state.connected
    await peer.suback()  # the next packet after CONNECT: none of the three was acknowledged
    broker.settle(early)
    assert await peer.pubacks(3) == [1, 2, 3]


async def test_a_packet_id_that_is_still_owed_is_dropped(fake: FakeBroker, broker: Broker):
    peer = await fake.welcome("devices")
    for mid in (9, 3, 7):
        peer.publish(ALARM, b"%d" % mid, mid)
    for mid in (3, 7, 9, 7):  # again, and out of order, as NATS does after its ack_wait
        peer.publish(ALARM, b"%d" % mid, mid, dup=True)
    peer.publish(ALARM, b"last", 10)
    batch = await take(broker, 4)
    assert bodies(batch) == ["9", "3", "7", "last"]
    assert broker.in_hand() == 4
    broker.settle(batch)
    assert await peer.pubacks(4) == [9, 3, 7, 10]


async def test_a_packet_id_that_was_acknowledged_is_a_new_message(fake: FakeBroker, broker: Broker):
    peer = await fake.welcome("devices")
    for body in (b"one", b"two"):
        peer.publish(ALARM, body, 4)
        batch = await take(broker, 1)
        assert batch[0].payload == body
        broker.settle(batch)
        broker.settle(batch)  # a second time changes nothing
        assert await peer.pubacks(1) == [4]


async def test_settling_what_an_older_connection_delivered_sends_nothing(
    fake: FakeBroker, broker: Broker
):
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"old", 5)
    old = await take(broker, 1)
    await peer.close()
    peer = await fake.welcome("devices")
    broker.settle(old)
    peer.publish(ALARM, b"new", 6)
    broker.settle(await take(broker, 1))
    assert await peer.pubacks(1) == [6]
    assert broker.in_hand() == 0


async def test_what_comes_again_on_a_new_connection_is_in_hand_once(
    fake: FakeBroker, broker: Broker
):
    peer = await fake.welcome("devices")
    for mid, body in ((1, b"taken"), (2, b"waiting"), (3, b"waiting")):
        peer.publish(ALARM, body, mid)
    taken = await take(broker, 1)
    await until(lambda: broker.in_hand() == 3)
    await peer.close()
    peer = await fake.accept("devices")
    peer.connack()
    for mid, body in ((11, b"waiting"), (12, b"taken"), (13, b"waiting"), (14, b"waiting")):
        peer.publish(ALARM, body, mid, dup=True)
    await peer.suback()
    await until(lambda: broker.in_hand() == 4)  # the third "waiting" was not in hand before
    waiting = await take(broker, 3)
    broker.settle(taken)
    broker.settle(waiting)
    assert await peer.pubacks(4) == [11, 12, 13, 14]


async def test_a_store_outage_with_a_flapping_broker_piles_nothing_up(
    fake: FakeBroker, broker: Broker
):
    for turn in range(5):
        peer = await fake.welcome("devices")
        for mid in range(1, 101):
            peer.publish(ALARM, b"%d" % mid, mid + turn, dup=turn > 0)
        peer.publish(ALARM, b"turn %d" % turn, 500)
        await until(lambda turn=turn: broker.in_hand() == 101 + turn)
        assert broker.peek(3)[0].payload == b"1"
        await peer.close()


async def test_a_topic_that_is_not_utf8_is_acknowledged_and_counted(
    fake: FakeBroker, broker: Broker
):
    peer = await fake.welcome("devices")
    peer.publish(b"fs/t/\xff\xfe/alarm", b"?", 1)
    peer.publish(b"fs/t/\xff/heartbeat", b"?", qos=0)
    peer.publish(ALARM, b"fine", 2)
    batch = await take(broker, 1)
    assert batch[0].payload == b"fine"
    broker.settle(batch)
    assert await peer.pubacks(2) == [1, 2]
    assert broker.state.unreadable_topics == 2
    assert fake.connects.count("devices") == 1


async def test_a_large_payload_is_delivered_for_normalise_to_reject(
    fake: FakeBroker, broker: Broker
):
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"x" * 1_000_000, 1)
    (delivery,) = await take(broker, 1)
    assert len(delivery.payload) == 1_000_000


async def test_a_flood_of_qos_0_is_bounded_and_drops_no_qos_1(fake: FakeBroker, broker: Broker):
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"first", 1)
    for number in range(QOS0_HELD + 300):
        peer.publish("fs/t/cam-1/heartbeat", b"%d" % number, qos=0)
    peer.publish(ALARM, b"last", 2)
    await until(lambda: broker.state.dropped_qos0 == 300 and broker.in_hand() == QOS0_HELD + 2)
    held = bodies(broker.take(20_000))
    assert held == ["first", *(f"{n}" for n in range(300, QOS0_HELD + 300)), "last"]


async def test_qos_2_is_not_asked_for_and_not_completed_before_it_is_settled(
    fake: FakeBroker, broker: Broker
):
    peer = await fake.accept("devices")
    peer.connack()
    asked = await peer.suback()
    assert asked.body[-1] == 1  # the requested QoS of the last topic
    peer.publish(ALARM, b"twice", 8, qos=2)
    assert (await peer.expect(PUBREC)).mid == 8
    peer.send(PUBREL, b"\0\x08", 2)
    batch = await take(broker, 1)
    peer.publish(ALARM, b"once", 9)
    broker.settle(batch)
    broker.settle(await take(broker, 1))
    assert (await peer.expect(PUBCOMP)).mid == 8
    assert await peer.pubacks(1) == [9]


async def both(fake: FakeBroker) -> tuple[Peer, Peer]:
    return await fake.welcome("people"), await fake.welcome("devices")


async def test_people_are_taken_first_each_in_order(fake: FakeBroker, broker: Broker):
    people, devices = await both(fake)
    devices.publish(ALARM, b"camera 1", 1)
    devices.publish("fs/t/cam-1/heartbeat", b"camera 2", qos=0)
    devices.publish(ALARM, b"camera 3", 2)
    await until(lambda: broker.in_hand() == 3)
    people.publish("fs/t/militia-1/reply", b"person 1", 1)
    people.publish("fs/t/militia-1/reply", b"person 2", 2)
    await until(lambda: broker.in_hand() == 5)
    assert bodies(broker.take(1)) == ["person 1"]
    assert bodies(broker.peek(9))[:2] == ["person 1", "person 2"]
    assert bodies(broker.take(9)) == ["person 2", "camera 1", "camera 2", "camera 3"]
    assert broker.take(9) == []


async def test_devices_leave_to_people_what_people_have_subscribed(
    fake: FakeBroker, broker: Broker
):
    _people, devices = await both(fake)
    await until(lambda: broker.state.connected)
    devices.publish("fs/t/militia-1/alarm", b"person's", 1)
    devices.publish(ALARM, b"camera's", 2)
    batch = await take(broker, 1)
    assert bodies(batch) == ["camera's"]
    assert broker.in_hand() == 1
    assert await devices.pubacks(1) == [1]


async def test_devices_take_a_persons_alarm_while_people_are_not_subscribed(
    fake: FakeBroker, broker: Broker
):
    devices = await fake.welcome("devices")
    devices.publish("fs/t/militia-1/alarm", b"early", 1)
    assert bodies(await take(broker, 1)) == ["early"]
    people = await fake.accept("people")
    people.connack()
    await people.suback(b"\1\x80")  # replies granted, the person's alarms not
    await until(lambda: broker.state.reason == words.REFUSED_TOPICS)
    devices.publish("fs/t/militia-1/alarm", b"refused", 2)
    assert bodies(await take(broker, 1)) == ["refused"]


@pytest.mark.parametrize("code", [0x80, 0])  # refused, and granted without acknowledgement
async def test_a_refused_subscription_is_said_and_asked_for_again(
    fake: FakeBroker, broker: Broker, code: int
):
    await fake.welcome("people")
    devices = await fake.accept("devices")
    devices.connack()
    await devices.suback(bytes([1, code]))
    await until(lambda: broker.state.reason == words.REFUSED_TOPICS)
    assert broker.state.detail == "fs/t/+/heartbeat"
    devices.publish(ALARM, b"still heard", 1)
    assert bodies(await take(broker, 1)) == ["still heard"]
    await devices.suback(b"\1\1")
    await until(lambda: not broker.state.reason)
    assert broker.state.connected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1, words.FOREIGN),
        (2, words.REFUSALS[133]),
        (3, words.REFUSALS[136]),
        (4, words.REFUSALS[134]),
        (5, words.REFUSALS[135]),
        (6, words.REFUSED),
    ],
)
async def test_a_refused_connection_says_why(
    fake: FakeBroker, broker: Broker, code: int, reason: str
):
    seen = set()
    for _ in range(2):
        peer = await fake.accept("people")
        peer.connack(code)
        await until(lambda: broker.state.reason != words.CONNECTING)
        seen.add(broker.state.reason)
    assert seen == {reason}
    assert not broker.state.connected
    assert broker.state.reconnects == 0


async def test_a_connection_that_ends_before_its_connack_is_tried_again(
    fake: FakeBroker, broker: Broker
):
    # aiomqtt alone would wait for its time-out; NATS does this to a client that comes too often.
    for _ in range(2):
        await (await fake.accept("people")).close()
        await until(lambda: broker.state.reason == words.LOST)
    await both(fake)
    await until(lambda: broker.state.connected)


async def test_a_connection_that_ends_just_after_its_connack_is_noticed(
    fake: FakeBroker, broker: Broker
):
    for _ in range(4):
        peer = await fake.accept("people")
        peer.connack()
        await peer.close()
    await until(lambda: broker.state.takeovers >= 2)
    await both(fake)
    await until(lambda: broker.state.connected)
    assert broker.state.reason == ""


async def test_garbage_ends_the_connection_and_no_more(fake: FakeBroker, broker: Broker):
    peer = await fake.welcome("devices")
    peer.writer.write(b"\x32\x03\x00\x40x")  # a topic longer than its packet
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"fine", 1)
    assert bodies(await take(broker, 1)) == ["fine"]


async def test_closed_while_connecting_it_opens_no_session(fake: FakeBroker, broker: Broker):
    await until(lambda: all(session.link for session in broker._sessions))
    broker.close()
    broker.open()
    await both(fake)
    await until(lambda: broker.state.connected)
    broker.close()
    assert sorted(fake.connects) == ["devices", "people"]


async def test_closed_it_says_so_and_drops_what_is_in_hand(fake: FakeBroker, broker: Broker):
    people, devices = await both(fake)
    devices.publish(ALARM, b"another post's now", 1)
    batch = await take(broker, 1)
    broker.close()
    assert (broker.in_hand(), broker.take(9), broker.peek(9)) == (0, [], [])
    assert not broker.publish(ORDER, b"too late")
    broker.settle(batch)
    assert (await people.expect(PUBLISH)).payload == b'{"online": false}'
    with pytest.raises(asyncio.IncompleteReadError):
        while True:  # a DISCONNECT, then the end
            assert (await devices.read()).kind != PUBACK
    assert broker.state.reason == words.CLOSED
    broker.open()
    await both(fake)
    await until(lambda: broker.state.connected)


async def test_sent_is_called_at_the_puback(fake: FakeBroker, broker: Broker):
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


async def test_more_than_twenty_are_on_their_way_at_once(fake: FakeBroker, broker: Broker):
    people, _devices = await both(fake)
    sent: list[int] = []
    for number in range(300):
        assert broker.publish(ORDER, b"%d" % number, sent=lambda n=number: sent.append(n))
    orders = [await people.expect(PUBLISH) for _ in range(300)]
    assert [int(order.payload) for order in orders] == list(range(300))
    for order in orders:
        people.ack(PUBACK, order.mid)
    await until(lambda: len(sent) == 300)


async def test_what_was_not_acknowledged_is_not_sent_by_the_next_connection(
    fake: FakeBroker, broker: Broker
):
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
):
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


async def test_what_is_on_its_way_out_is_bounded(fake: FakeBroker, broker: Broker):
    await both(fake)
    await until(lambda: broker.state.connected)
    number = 0
    while broker.publish(ORDER, b"", qos=0):
        number += 1
    assert OUTGOING - 10 <= number <= OUTGOING


async def test_the_will_and_the_greeting(fake: FakeBroker, broker: Broker):
    people = await fake.accept("people")
    await people.greet()
    said = await people.expect(PUBLISH)
    assert (said.topic, said.payload, said.flags) == (STATUS, b'{"online": true}', 3)  # retained
    assert not broker.state.connected  # devices are not there yet
