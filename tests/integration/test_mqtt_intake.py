"""What the post's adapter does with what a broker delivers, packet by packet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from mqtt_rig import (
    PUBCOMP,
    PUBREC,
    PUBREL,
    FakeBroker,
    a_broker,
    bodies,
    both,
    running,
    take,
    until,
    up,
)

from command import broker as words
from command.hand import QOS0_HELD
from command.mqtt import Broker

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


async def test_nothing_is_acknowledged_before_it_is_settled(
    fake: FakeBroker, broker: Broker
) -> None:
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


async def test_a_resumed_session_delivers_before_it_is_subscribed(
    fake: FakeBroker, broker: Broker
) -> None:
    peer = await fake.accept("devices")
    peer.connack()
    for mid in (1, 2, 3):
        peer.publish(ALARM, b"%d" % mid, mid)
    early = await take(broker, 3)
    assert not broker.state.connected
    await peer.suback()  # the next packet after CONNECT: none of the three was acknowledged
    broker.settle(early)
    assert await peer.pubacks(3) == [1, 2, 3]


async def test_a_packet_id_that_is_still_owed_is_dropped(fake: FakeBroker, broker: Broker) -> None:
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


async def test_a_packet_id_that_was_acknowledged_is_a_new_message(
    fake: FakeBroker, broker: Broker
) -> None:
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
) -> None:
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
) -> None:
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


def holds(broker: Broker, number: int) -> bool:
    return broker.in_hand() == number


async def test_a_store_outage_with_a_flapping_broker_piles_nothing_up(
    fake: FakeBroker, broker: Broker
) -> None:
    for turn in range(5):
        peer = await fake.welcome("devices")
        for mid in range(1, 101):
            peer.publish(ALARM, b"%d" % mid, mid + turn, dup=turn > 0)
        peer.publish(ALARM, b"turn %d" % turn, 500)
        await until(partial(holds, broker, 101 + turn))
        assert broker.peek(3)[0].payload == b"1"
        await peer.close()


async def test_a_topic_that_is_not_utf8_is_acknowledged_and_counted(
    fake: FakeBroker, broker: Broker
) -> None:
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
) -> None:
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"x" * 1_000_000, 1)
    (delivery,) = await take(broker, 1)
    assert len(delivery.payload) == 1_000_000


async def test_a_flood_of_qos_0_is_bounded_and_drops_no_qos_1(
    fake: FakeBroker, broker: Broker
) -> None:
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
) -> None:
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


async def test_people_are_taken_first_each_in_order(fake: FakeBroker, broker: Broker) -> None:
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
) -> None:
    _people, devices = await both(fake)
    await up(broker)
    devices.publish("fs/t/militia-1/alarm", b"person's", 1)
    devices.publish(ALARM, b"camera's", 2)
    batch = await take(broker, 1)
    assert bodies(batch) == ["camera's"]
    assert broker.in_hand() == 1
    assert await devices.pubacks(1) == [1]


async def test_devices_take_a_persons_alarm_while_people_are_not_subscribed(
    fake: FakeBroker, broker: Broker
) -> None:
    devices = await fake.welcome("devices")
    devices.publish("fs/t/militia-1/alarm", b"early", 1)
    assert bodies(await take(broker, 1)) == ["early"]
    people = await fake.welcome("people")
    devices.publish("fs/t/militia-1/alarm", b"people's", 7)
    await until(lambda: broker._devices.granted and broker._people.granted)
    devices.publish(ALARM, b"any", 8)
    assert bodies(await take(broker, 1)) == ["any"]
    await people.close()
    people = await fake.accept("people")
    devices.publish("fs/t/militia-1/alarm", b"while away", 9)
    assert bodies(await take(broker, 1)) == ["while away"]
    people.connack()
    await people.suback(b"\1\x80")  # replies granted, the person's alarms not
    await until(lambda: broker.state.reason == words.REFUSED_TOPICS)
    devices.publish("fs/t/militia-1/alarm", b"refused", 2)
    assert bodies(await take(broker, 1)) == ["refused"]
