"""What a post may rely on at its broker: Mosquitto, the embedded NATS, and the one in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from broker_any import AnyBroker, InMemory, Server, connected, first_said, publish
from mqtt_rig import STATUS, bodies, nats, running, take, until, up

from command import broker as words
from command.mqtt import Broker

ALARM = "fs/t/cam-1/alarm"
ORDER = "fs/t/militia-1/order"


@pytest.fixture(params=["mosquitto", "embedded", "memory"])
def place(request: pytest.FixtureRequest) -> AnyBroker:
    """A broker of each kind."""
    if request.param == "memory":
        return InMemory()
    server = request.getfixturevalue(request.param)
    return Server(str(server.url if request.param == "mosquitto" else server.mqtt_url))


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[str]:
    """NATS that hands out again after one second what is not acknowledged."""
    with nats(tmp_path, 'ack_wait: "1s"') as address:
        yield f"mqtt://{address}"


@pytest.fixture(params=["mosquitto", "impatient", "memory"])
def prompt(request: pytest.FixtureRequest) -> AnyBroker:
    """A broker of each kind that hands out again soon; the embedded NATS does so after a minute."""
    if request.param == "memory":
        return InMemory()
    server = request.getfixturevalue(request.param)
    return Server(str(server.url if request.param == "mosquitto" else server))


@pytest.fixture
async def broker(place: AnyBroker) -> AsyncIterator[Broker]:
    async with connected(place) as broker:
        yield broker


async def test_only_what_is_settled_is_gone(prompt: AnyBroker) -> None:
    async with connected(prompt) as broker:
        await publish(prompt, ALARM, 30)
        batch = await take(broker, 20)
        broker.settle(batch[:12])
    async with connected(prompt) as broker:
        again = await take(broker, 18)
        assert sorted(bodies(again), key=int) == [f"{n}" for n in range(12, 30)]


async def test_nothing_is_acknowledged_before_what_came_before_it(prompt: AnyBroker) -> None:
    async with connected(prompt) as broker:
        await publish(prompt, ALARM, 5)
        batch = await take(broker, 5)
        broker.settle(batch[1:4])
    async with connected(prompt) as broker:
        assert sorted(bodies(await take(broker, 5)), key=int) == [f"{n}" for n in range(5)]


async def test_what_comes_while_the_post_is_away_waits_for_it(place: AnyBroker) -> None:
    for turn in range(5):
        async with running(place.post()) as broker:
            await up(broker)
        sent = await publish(place, ALARM, 40, start=turn * 100)
        async with running(place.post()) as broker:  # delivered at once, subscribed later
            batch = await take(broker, 40)
            assert sorted(bodies(batch), key=int) == sent
            broker.settle(batch)


async def test_a_persons_alarm_comes_once_and_first(place: AnyBroker, broker: Broker) -> None:
    await publish(place, ALARM, 3)
    await publish(place, "fs/t/militia-1/alarm", 1, start=50)
    await publish(place, "fs/t/militia-1/reply", 1, start=51)
    await publish(place, ALARM, 1, start=3)  # behind the person's alarm in the devices' session
    await until(lambda: broker.in_hand() == 6)
    batch = broker.take(100)
    assert bodies(batch)[:2] == ["50", "51"]
    assert sorted(bodies(batch)[2:]) == ["0", "1", "2", "3"]
    broker.settle(batch)
    assert broker.in_hand() == 0


async def test_what_is_larger_than_the_contract_allows_still_arrives(
    place: AnyBroker, broker: Broker
) -> None:
    async with place.device() as camera:
        await camera.publish(ALARM, b"x" * 100_000, qos=1)
        await camera.publish(ALARM, b"y", qos=2)
    batch = await take(broker, 2)
    assert [len(delivery.payload) for delivery in batch] == [100_000, 1]
    assert [delivery.qos for delivery in batch] == [1, 1]  # QoS 2 is turned down to 1
    broker.settle(batch)


async def test_qos_0_comes_as_such_and_is_not_kept(place: AnyBroker) -> None:
    async with connected(place) as broker:
        await publish(place, "fs/t/cam-1/heartbeat", 1, qos=0)
        (delivery,) = await take(broker, 1)
        assert (delivery.qos, delivery.retained) == (0, False)
    await publish(place, "fs/t/cam-1/heartbeat", 1, qos=0, start=7)
    async with connected(place) as broker:
        await publish(place, ALARM, 1, start=8)
        assert bodies(await take(broker, 1)) == ["8"]


async def test_orders_go_out_and_are_acknowledged(place: AnyBroker, broker: Broker) -> None:
    sent: list[int] = []
    async with place.device() as handheld:
        await handheld.subscribe(ORDER, qos=1)
        for number in range(200):
            assert broker.publish(ORDER, b"%d" % number, sent=partial(sent.append, number))
        messages = aiter(handheld.messages)
        async with asyncio.timeout(20):
            got = [(await anext(messages)).payload for _ in range(200)]
    assert got == [b"%d" % number for number in range(200)]
    await until(lambda: sorted(sent) == list(range(200)))


async def shown(place: AnyBroker, online: bytes) -> None:
    """Wait until a handheld that connects now is told `online`.

    Asked again and again: a subscription that NATS takes in while the message is being stored gets
    neither the message nor, for that once, the new retained one.
    """
    async with asyncio.timeout(20):
        while await first_said(place, STATUS, 1.0) != b'{"online": %s}' % online:
            await asyncio.sleep(0)


async def test_the_status_is_retained_and_taken_back_in_order(place: AnyBroker) -> None:
    async with connected(place) as broker:
        await shown(place, b"true")
        broker.close()
        await shown(place, b"false")
        broker.open()
        await shown(place, b"true")
        await until(lambda: broker.state.reconnects == 2)  # both sessions
    await shown(place, b"false")


async def test_two_posts_with_the_same_id_do_not_fight_for_ever(place: AnyBroker) -> None:
    async with running(place.post()) as first, running(place.post()) as second:
        await until(lambda: first.state.reconnects + second.state.reconnects >= 2)
        first.close()  # it lost the lease
        assert first.state.reason == words.CLOSED
        await up(second)
        await publish(place, ALARM, 1)
        assert bodies(await take(second, 1)) == ["0"]
        assert (first.in_hand(), first.state.connected) == (0, False)
        await shown(place, b"true")
