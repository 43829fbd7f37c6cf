"""How the post's adapter connects, is refused, and leaves, packet by packet."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mqtt_rig import (
    DISCONNECT,
    PUBLISH,
    FakeBroker,
    a_broker,
    bodies,
    both,
    certificate,
    packet,
    running,
    take,
    until,
    up,
)

from command import broker as words
from command.mqtt import READ_AT_ONCE, Broker, _Link
from command.servers import HOST

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


@pytest.mark.parametrize("code", [0x80, 0])  # refused, and granted without acknowledgement
async def test_a_refused_subscription_is_said_and_asked_for_again(
    fake: FakeBroker, broker: Broker, code: int
) -> None:
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
) -> None:
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
) -> None:
    # aiomqtt alone would wait for its time-out; NATS does this to a client that comes too often.
    for _ in range(2):
        await (await fake.accept("people")).close()
        await until(lambda: broker.state.reason == words.LOST)
    await both(fake)
    await up(broker)


async def test_a_connection_that_ends_just_after_its_connack_is_noticed(
    fake: FakeBroker, broker: Broker
) -> None:
    for _ in range(4):
        peer = await fake.accept("people")
        peer.connack()
        await peer.close()
    await until(lambda: broker.state.takeovers >= 2)
    await both(fake)
    await up(broker)
    assert broker.state.reason == ""


async def test_garbage_ends_the_connection_and_no_more(fake: FakeBroker, broker: Broker) -> None:
    peer = await fake.welcome("devices")
    peer.writer.write(b"\x32\x03\x00\x40x")  # a topic longer than its packet
    peer = await fake.welcome("devices")
    peer.publish(ALARM, b"fine", 1)
    assert bodies(await take(broker, 1)) == ["fine"]


async def test_closed_while_connecting_it_opens_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, key = certificate(tmp_path, "broker")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    accepted, closed = threading.Semaphore(0), threading.Event()
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(3) as threads:

        def answer_late() -> bytes:
            plain, _ = server.accept()
            accepted.release()
            closed.wait()
            with context.wrap_socket(plain, server_side=True) as secure:
                return secure.recv(1000)

        answers = [threads.submit(answer_late) for _ in range(2)]
        async with running(a_broker(f"mqtts://{HOST}:{server.getsockname()[1]}")) as broker:
            for _ in answers:
                await asyncio.to_thread(accepted.acquire)
            broker.close()
            closed.set()
            heard = [await asyncio.wrap_future(answer) for answer in answers]
            assert heard == [b"", b""]  # the connection was made, and no CONNECT came over it


async def test_a_socket_that_is_closed_meanwhile_is_not_watched(
    fake: FakeBroker, broker: Broker
) -> None:
    await fake.welcome("devices")
    link = broker._devices.link
    assert isinstance(link, _Link)
    sock = link._paho.socket()
    assert isinstance(sock, socket.socket)
    broker.close()
    link._begin(sock)  # as if the thread of connect() had asked for it just before
    assert link._paho.socket() is None


async def test_a_broker_that_answers_nonsense_is_left(fake: FakeBroker, broker: Broker) -> None:
    devices = await fake.accept("devices")
    devices.connack()
    await devices.suback(b"\1")  # one answer to two topics
    assert await devices.rest() == []
    await both(fake)
    await up(broker)


async def test_what_tls_has_already_read_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, key = certificate(tmp_path, "broker")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    async with FakeBroker().listening(context) as fake, running(a_broker(fake.url)) as broker:
        devices = await fake.welcome("devices")
        beats = range(1, 4 * READ_AT_ONCE)
        devices.writer.write(b"".join(an_alarm(mid) for mid in beats))  # one record, one wake-up
        assert bodies(await take(broker, len(beats))) == [f"{mid}" for mid in beats]


def an_alarm(mid: int) -> bytes:
    topic = len(ALARM).to_bytes(2) + ALARM.encode()
    return packet(PUBLISH, topic + mid.to_bytes(2) + b"%d" % mid, 2)


async def test_closed_it_says_so_and_drops_what_is_in_hand(
    fake: FakeBroker, broker: Broker
) -> None:
    people, devices = await both(fake)
    devices.publish(ALARM, b"another post's now", 1)
    batch = await take(broker, 1)
    broker.close()
    assert (broker.in_hand(), broker.take(9), broker.peek(9)) == (0, [], [])
    assert not broker.publish(ORDER, b"too late")
    broker.settle(batch)
    assert (await people.expect(PUBLISH)).payload == b'{"online": false}'
    assert [found.kind for found in await devices.rest()] == [DISCONNECT]
    assert broker.state.reason == words.CLOSED
    broker.open()
    await both(fake)
    await up(broker)
