"""The post's broker adapter when real brokers fail it: Mosquitto with our profile, embedded NATS.

What a post may rely on at every broker is in test_broker_contract.py.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from mqtt_rig import (
    STATUS,
    a_broker,
    bodies,
    certificate,
    connected,
    device,
    heard,
    nats,
    publish,
    read_to_the_end,
    running,
    take,
    until,
    up,
    victim,
)

from command import broker as words
from command.mqtt import Broker, _Link
from command.servers import HOST, free_port
from command.session import Session
from simulations.servers import Process

ALARM = "fs/t/cam-1/alarm"
ORDER = "fs/t/militia-1/order"


@pytest.fixture(params=["mosquitto", "embedded"])
def url(request: pytest.FixtureRequest) -> str:
    """A broker of each kind."""
    server = request.getfixturevalue(request.param)
    return str(server.url if request.param == "mosquitto" else server.mqtt_url)


@pytest.fixture
async def broker(url: str) -> AsyncIterator[Broker]:
    async with connected(url) as broker:
        yield broker


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[str]:
    """NATS that hands out again after one second what is not acknowledged."""
    with nats(tmp_path, 'ack_wait: "1s"') as address:
        yield f"mqtt://{address}"


@pytest.fixture(params=["mosquitto", "impatient"])
def prompt(request: pytest.FixtureRequest) -> str:
    """A broker of each kind that hands out again soon; the embedded NATS does so after a minute."""
    server = request.getfixturevalue(request.param)
    return str(server.url if request.param == "mosquitto" else server)


async def test_what_a_killed_post_had_in_hand_comes_again(prompt: str) -> None:
    url = prompt
    async with connected(url):
        pass  # the session exists from now on
    sent = await publish(url, ALARM, 100)
    with victim(url, 100) as process:
        await asyncio.to_thread(heard, process, "taken")
        process.kill()
        process.wait()
    async with connected(url) as broker:
        batch = await take(broker, 100)
        assert sorted(bodies(batch), key=int) == sent
        broker.settle(batch)
    await read_to_the_end(url, 110)
    async with connected(url) as broker:
        await publish(url, ALARM, 1, start=1000)
        assert bodies(await take(broker, 1)) == ["1000"]


def link_of(session: Session) -> _Link:
    assert isinstance(session.link, _Link)
    return session.link


async def test_both_sockets_send_at_once(broker: Broker) -> None:
    for session in broker._sessions:
        sock = link_of(session)._paho.socket()
        assert isinstance(sock, socket.socket)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def shown(url: str, online: bytes) -> None:
    """Wait until a handheld that connects now is told `online`.

    Asked again and again: a subscription that NATS takes in while the message is being stored gets
    neither the message nor, for that once, the new retained one.
    """
    last = b""
    async with asyncio.timeout(20):
        while last != b'{"online": %s}' % online:
            with suppress(TimeoutError):
                async with device(url) as handheld, asyncio.timeout(1):
                    await handheld.subscribe(STATUS, qos=1)
                    last = bytes((await anext(aiter(handheld.messages))).payload)


async def test_the_will_speaks_for_a_killed_post(url: str) -> None:
    with victim(url, 1) as process:
        await asyncio.to_thread(heard, process, "connected")
        await shown(url, b"true")
        process.kill()
        await shown(url, b"false")


async def test_repeated_takeovers_are_counted(mosquitto: Process) -> None:
    # NATS lets such a client wait for a second by itself.
    async with (
        running(a_broker(mosquitto.url)) as first,
        running(a_broker(mosquitto.url)) as second,
    ):
        await until(lambda: first.state.takeovers and second.state.takeovers)


async def test_a_broker_that_was_killed_is_found_again(mosquitto: Process) -> None:
    async with connected(mosquitto.url) as broker:
        await publish(mosquitto.url, ALARM, 10)
        batch = await take(broker, 4)
        await until(lambda: broker.in_hand() == 10)
        mosquitto.stop()
        await until(lambda: broker.state.reason == words.UNREACHABLE)
        assert "refused" in broker.state.detail
        assert broker.in_hand() == 10  # worked on meanwhile
        broker.settle(batch[:2])
        mosquitto.restart()
        await up(broker)
        await publish(mosquitto.url, ALARM, 1, start=10)
        batch = batch[2:] + await take(broker, 7)
        await until(lambda: broker.in_hand() == 11)  # the two settled too late came again
        again = broker.take(9)
        assert sorted(bodies(batch + again), key=int) == [f"{n}" for n in range(11)]
        broker.settle(batch + again)
    await read_to_the_end(mosquitto.url, 20)
    async with connected(mosquitto.url) as broker:
        await publish(mosquitto.url, ALARM, 1, start=99)
        assert bodies(await take(broker, 1)) == ["99"]


async def test_five_hundred_unacknowledged_do_not_grow(impatient: str) -> None:
    async with connected(impatient) as broker:
        sent = await publish(impatient, ALARM, 500)
        batch = await take(broker, 400)
        link = link_of(broker._devices)
        await until(lambda: link._packets >= 1500)  # NATS has handed all out again, and once more
        assert broker.in_hand() == 500
        batch += broker.take(500)
        assert bodies(batch) == sent
        broker.settle(batch)
        await publish(impatient, ALARM, 1, start=500)
        assert bodies(await take(broker, 1))[-1] == "500"


async def test_a_wrong_password_says_so(tmp_path: Path) -> None:
    users = 'authorization { users: [ { user: "post", password: "a/b@c" } ] }'
    with nats(tmp_path, more=users) as address:
        async with running(a_broker(f"mqtt://post:wrong@{address}")) as broker:
            await until(lambda: broker.state.reason in words.REFUSALS.values())
            assert not broker.state.connected
        async with connected(f"mqtt://post:a%2Fb%40c@{address}") as broker:
            assert broker.state.reason == ""


async def test_a_forbidden_topic_says_so(tmp_path: Path) -> None:
    user = 'user: "p", password: "p", permissions: { subscribe: { deny: "fs.t.*.heartbeat" } }'
    with nats(tmp_path, more=f"authorization {{ users: [ {{ {user} }} ] }}") as address:
        url = f"mqtt://p:p@{address}"
        async with running(a_broker(url)) as broker:
            await until(lambda: broker.state.reason == words.REFUSED_TOPICS)
            assert broker.state.detail == "fs/t/+/heartbeat"
            await publish(url, ALARM, 1)
            assert bodies(await take(broker, 1)) == ["0"]


async def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem, key = certificate(tmp_path, "broker")
    with nats(tmp_path, f'tls {{ cert_file: "{pem}", key_file: "{key}" }}') as address:
        url = f"mqtts://{address}"
        async with running(a_broker(url)) as broker:
            await until(lambda: "certificate" in broker.state.detail)
            assert broker.state.reason == words.UNREACHABLE
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))  # now the authority is known
        async with connected(url) as broker:
            for number in range(500):
                assert broker.publish(ALARM, b"%d" % number)
            batch = await take(broker, 500)  # none is left behind in what TLS has already read
            assert bodies(batch) == [f"{n}" for n in range(500)]
            broker.settle(batch)


async def test_an_address_where_nobody_listens() -> None:
    async with running(a_broker(f"mqtt://{HOST}:{free_port()}")) as broker:
        await until(lambda: broker.state.reason == words.UNREACHABLE)
        assert not broker.publish(ORDER, b"no")


async def test_a_host_name_that_can_not_be_one() -> None:
    async with running(a_broker("mqtt://a..b:1883")) as broker:
        await until(lambda: broker.state.reason == words.UNREACHABLE)
