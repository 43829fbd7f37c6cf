"""The handheld as a program against a real broker: orders, outages, kill -9, scripts."""

from __future__ import annotations

import os
import resource
import signal
import socket
from pathlib import Path

import pytest
from conftest import Pair
from handheld_rig import UNIT, handheld, post, start

from sensors.handheld.link import new_client, parse_server
from simulations.servers import Process


async def test_an_order_from_offer_to_receipt(pair: Pair, tmp_path: Path) -> None:
    async with post(pair.mqtt_url) as command, handheld(pair.mqtt_url, tmp_path) as field:
        await field.until("link", state="up")
        await command.order()
        received = await command.next("reply", status="received")
        assert (received["order_id"], received["rev"]) == ("O-e1-17", 1)
        shown = await field.until("order")
        assert shown["hazards"] == ["电线落地"]
        await field.type("接")
        accepted = await command.next("reply", status="accepted")
        await command.receipt([received["id"], accepted["id"]])
        assert (await field.until("receipt"))["status"] == "accepted"
        await field.type("退出")
        assert await field.end() == 0
        assert field.shown("bye") == [field.events[-1]]
        assert field.events[-1]["unreceipted"] == 0


async def test_a_repeat_gets_the_same_received_and_is_shown_once(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with post(mosquitto.url) as command, handheld(mosquitto.url, tmp_path) as field:
        await field.until("link")
        await command.order()
        first = await command.next("reply")
        await command.receipt([first["id"]])
        await command.order(text="the same revision with another text")
        assert await command.next("reply") == first
        await command.order(rev=2, state="updated")
        second = await command.next("reply", rev=2)
        assert second["id"] != first["id"]
        await command.order(rev=1)
        assert await command.next("reply") == second
        await command.order(rev=3, state="withdrawn")
        await command.next("reply", rev=3)
        await field.type("接")
        await field.until("mistake", reason="no_open_order")
        assert [line["rev"] for line in field.shown("order")] == [1, 2, 3]


async def test_an_answer_typed_during_an_outage_arrives_after_it(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with handheld(mosquitto.url, tmp_path) as field:
        async with post(mosquitto.url) as command:
            await field.until("link", state="up")
            await command.order()
            await command.next("reply", status="received")
            await field.until("order")
            mosquitto.kill()
        await field.until("link", state="down")
        await field.type("接 17 马上")
        await field.until("queued", status="accepted")
        mosquitto.restart()
        async with post(mosquitto.url) as command:
            accepted = await command.next("reply", status="accepted")
            assert accepted["text"] == "马上"
            await field.until("link", state="back")
            await command.receipt([accepted["id"]])
            await field.until("receipt", id=accepted["id"])
            await command.order("militia-1", order_id="O-e1-18")
            await field.until("order", order_id="O-e1-18")


async def test_it_starts_without_a_broker(mosquitto: Process, tmp_path: Path) -> None:
    mosquitto.kill()
    async with handheld(mosquitto.url, tmp_path) as field:
        await field.until("link", state="failed")
        await field.type("求救 摔伤")
        await field.until("queued")
        mosquitto.restart()
        async with post(mosquitto.url) as command:
            alarm = await command.next("alarm", kind="sos")
            assert (alarm["text"], alarm["severity"]) == ("摔伤", "extreme")
        await field.until("link", state="up")


async def test_kill_9_with_an_unreceipted_answer(mosquitto: Process, tmp_path: Path) -> None:
    async with post(mosquitto.url) as command:
        async with handheld(mosquitto.url, tmp_path) as field:
            await field.until("link")
            await command.order()
            await field.until("order")
            await field.type("出发")
            en_route = await command.next("reply", status="en_route")
            await field.kill()
        async with handheld(mosquitto.url, tmp_path) as field:
            journal = await field.until("journal")
            assert journal["unreceipted"] == 2
            assert [order["answer"] for order in journal["orders"]] == ["en_route"]
            assert await command.next("reply", status="en_route") == en_route
            await command.receipt(command.ids("reply"))
            await field.until("receipt", id=en_route["id"])
            await field.type("到")
            on_scene = await command.next("reply", status="on_scene")
            assert on_scene["id"] not in command.ids("reply", status="en_route")
            assert field.shown("order") == []


async def test_an_order_sent_while_the_handheld_was_off_waits_for_it(
    pair: Pair, tmp_path: Path
) -> None:
    async with post(pair.mqtt_url) as command:
        async with handheld(pair.mqtt_url, tmp_path) as field:
            await field.until("link")
            await field.kill()
        await command.order()
        async with handheld(pair.mqtt_url, tmp_path) as field:
            await field.until("order")
            await command.next("reply", status="received")


def no_room() -> None:
    """In the child: no file may grow, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))


async def test_an_order_that_is_not_on_disk_is_not_acknowledged(
    mosquitto: Process, tmp_path: Path
) -> None:
    """Pins the manual acknowledgement: by itself paho acknowledges before we have the message."""
    async with post(mosquitto.url) as command:
        async with handheld(mosquitto.url, tmp_path, before_exec=no_room) as field:
            await field.until("link")
            await command.order()
            await field.until("disk")
            await field.until("order")  # the team must see it all the same
            await field.type("接")
            await field.until("mistake")
            await field.kill()
        assert command.ids("reply") == []
        async with handheld(mosquitto.url, tmp_path) as field:
            await field.until("order", order_id="O-e1-17")
            await command.next("reply", status="received")


async def test_auto_answers_by_itself_and_outlives_its_input(
    mosquitto: Process, tmp_path: Path
) -> None:
    options = ["--auto", "accept=5,go=20,here=120,done=300", "--speed", "1000"]
    async with post(mosquitto.url) as command:
        async with handheld(mosquitto.url, tmp_path, *options, keyboard=False) as field:
            await field.until("link")
            await command.order()
            for status in ("received", "accepted", "en_route", "on_scene", "done"):
                await command.next("reply", status=status)
            field.process.send_signal(signal.SIGTERM)
            assert await field.end() == 0
        replies = [body["status"] for kind, body in command.seen if kind == "reply"]
        assert replies == ["received", "accepted", "en_route", "on_scene", "done"]


async def test_auto_declines_with_its_reason(mosquitto: Process, tmp_path: Path) -> None:
    options = ["--auto", "decline=10:路断了", "--speed", "100"]
    async with (
        post(mosquitto.url) as command,
        handheld(mosquitto.url, tmp_path, *options, keyboard=False) as field,
    ):
        await field.until("link")
        await command.order()
        assert (await command.next("reply", status="declined"))["text"] == "路断了"


async def test_without_a_keyboard_it_receives_and_confirms(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with (
        post(mosquitto.url) as command,
        handheld(mosquitto.url, tmp_path, keyboard=False) as field,
    ):
        await field.until("link")
        await command.order()
        await command.next("reply", status="received")
        await field.until("order")
        assert len(field.shown("no_keyboard")) == 1


async def test_a_script_ends_with_its_input_and_the_receipt(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with post(mosquitto.url) as command, handheld(mosquitto.url, tmp_path) as field:
        await field.type("上班")
        await field.type("报 烟 v03-g2 对面山坡冒烟")
        assert field.process.stdin is not None
        field.process.stdin.close()
        duty = await command.next("duty")
        alarm = await command.next("alarm")
        assert duty["on"] is True
        assert (alarm["kind"], alarm["place"]) == ("smoke", "v03-g2")
        await field.until("link")
        await command.receipt([duty["id"]])
        await command.receipt([alarm["id"]], "opened", incident_id="I-e1-9")
        assert await field.end() == 0
        assert [line["incident_id"] for line in field.shown("receipt")] == ["", "I-e1-9"]


async def test_a_script_fails_when_nobody_sends_a_receipt(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with handheld(mosquitto.url, tmp_path, "--linger", "0.2") as field:
        await field.type("要 水 两车")
        assert field.process.stdin is not None
        field.process.stdin.close()
        assert await field.end() == 1
        assert field.process.stderr is not None
        error = (await field.process.stderr.read()).decode()
        assert error.count("\n") == 1
        assert "1 messages have no receipt" in error


async def test_a_rejected_message_is_shown_and_not_sent_again(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with post(mosquitto.url) as command, handheld(mosquitto.url, tmp_path) as field:
        await field.until("link")
        await field.type("要 水")
        request = await command.next("request")
        await command.receipt([request["id"]], "rejected", reason="unknown unit\x1b[31m")
        assert (await field.until("rejected"))["reason"] == "unknown unit"
        await field.type("退出")
        assert await field.end() == 0


async def test_what_cannot_be_read_is_said_and_the_next_order_flows(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with post(mosquitto.url) as command, handheld(mosquitto.url, tmp_path) as field:
        await field.until("link")
        for payload in (b"\xff", b"[]", b'{"order_id":"O-1"}', b'{"a":1,"a":2}'):
            await command.say(f"{UNIT}/order", payload)
            await field.until("unreadable", what="order")
        await command.say(f"{UNIT}/receipt", b"{}")
        await field.until("unreadable", what="receipt")
        await command.order()
        await field.until("order")


async def test_status_of_the_post_and_notices(mosquitto: Process, tmp_path: Path) -> None:
    async with post(mosquitto.url) as command:
        await command.say("post/status", {"online": True, "since": "x"}, retain=True)
        async with handheld(mosquitto.url, tmp_path, "--place", "v03") as field:
            await field.until("post", online=True)
            await command.say("post/status", {"online": False}, retain=True)
            await field.until("post", online=False)
            for _ in range(2):
                await command.say("all/notice", {"id": "n-1", "text": "暴雨红色预警"})
            await command.say("v03/notice", {"id": "n-2", "text": "转移"})
            await field.until("notice", scope="v03", text="转移")
            assert [line["text"] for line in field.shown("notice")] == ["暴雨红色预警", "转移"]


async def test_two_devices_of_one_unit_confirm_each_for_itself(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with (
        post(mosquitto.url) as command,
        handheld(mosquitto.url, tmp_path, "--device", "a") as one,
        handheld(mosquitto.url, tmp_path, "--device", "b") as two,
    ):
        await one.until("link")
        await two.until("link")
        await command.order()
        first, second = await command.next("reply"), await command.next("reply")
        assert first["id"] != second["id"]
        await one.until("order")
        await two.until("order")


async def test_a_drill_has_its_own_root_and_says_so(mosquitto: Process, tmp_path: Path) -> None:
    async with (
        post(mosquitto.url, "fsx") as command,
        handheld(mosquitto.url, tmp_path, "--root", "fsx") as field,
    ):
        await field.until("link")
        await command.order()
        assert (await field.until("order"))["exercise"] is True
        await command.next("reply", status="received")
        await field.type("报 烟 v03 演练")
        assert (await command.next("alarm"))["exercise"] is True


async def test_positions_and_signs_of_life_are_sent_and_not_kept(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with post(mosquitto.url) as command, handheld(mosquitto.url, tmp_path) as field:
        await command.next("heartbeat", ok=True)
        await field.until("link")
        await field.type("位置 107.55 35.28")
        position = await command.next("position")
        assert position["position"] == {"lon": 107.55, "lat": 35.28}
        await field.until("position", sent=True)
        mosquitto.kill()
        await field.until("link", state="down")
        await field.type("位置 107.56 35.29")
        await field.until("position", sent=False)
        await field.type("sos")
        await field.until("queued")
        mosquitto.restart()
        async with post(mosquitto.url) as again:
            alarm = await again.next("alarm")
            assert alarm["position"] == {"lon": 107.56, "lat": 35.29}
            assert "position" not in [kind for kind, _ in again.seen]


async def test_a_second_process_on_the_same_folder_is_refused(
    mosquitto: Process, tmp_path: Path
) -> None:
    async with handheld(mosquitto.url, tmp_path) as field:
        await field.until("link")
        second = await start(mosquitto.url, tmp_path)
        _, stderr = await second.communicate()
        assert second.returncode == 1
        assert str(field.process.pid) in stderr.decode()
        assert stderr.count(b"\n") == 1


async def test_without_any_standard_input_it_confirms_all_the_same(
    mosquitto: Process, tmp_path: Path
) -> None:
    """Descriptor 0 is then given to the next file or socket: it must not be read as a keyboard."""
    async with (
        post(mosquitto.url) as command,
        handheld(mosquitto.url, tmp_path, keyboard=False, before_exec=close_stdin) as field,
    ):
        await field.until("link")
        await command.order()
        await command.next("reply", status="received")


def close_stdin() -> None:
    """In the child, before Python starts."""
    os.close(0)


async def test_when_nobody_reads_its_lines_it_ends_with_one_clear_line(
    mosquitto: Process, tmp_path: Path
) -> None:
    process = await start(mosquitto.url, tmp_path, before_exec=close_reader)
    _, stderr = await process.communicate()
    assert process.returncode == 1
    assert stderr.decode() == "fengsui handheld: nobody reads the output\n"


def close_reader() -> None:
    """In the child: its standard output becomes a pipe whose other end is closed."""
    read, write = os.pipe()
    os.dup2(write, 1)
    os.close(read)
    os.close(write)


@pytest.mark.parametrize(
    ("url", "unit", "options"),
    [
        ("http://127.0.0.1", UNIT, []),
        ("mqtt://127.0.0.1:99999", UNIT, []),
        ("mqtt://127.0.0.1", "post", []),
        ("mqtt://127.0.0.1", UNIT, ["--auto", "fly=3"]),
        ("mqtt://127.0.0.1", UNIT, ["--speed", "0"]),
        ("mqtt://127.0.0.1", UNIT, ["--device", "a/b"]),
    ],
)
async def test_bad_use_exits_2_with_one_line(
    url: str, unit: str, options: list[str], tmp_path: Path
) -> None:
    process = await start(url, tmp_path, *options, unit=unit)
    stdout, stderr = await process.communicate()
    assert (process.returncode, stdout) == (2, b"")
    assert stderr.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == []


async def test_lines_for_people(mosquitto: Process, tmp_path: Path) -> None:
    async with post(mosquitto.url) as command:
        process = await start(mosquitto.url, tmp_path)
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            while b"Connected" not in await process.stdout.readline():
                pass
            await command.order(exercise=True)
            head = (await process.stdout.readline()).decode()
            danger = (await process.stdout.readline()).decode()
            assert head.startswith("[DRILL] ")
            assert "O-e1-17" in head
            assert danger.strip() == "[DRILL]   !! DANGER: 电线落地"
            process.stdin.write("退出\n".encode())
            received = await command.next("reply")
            await command.receipt([received["id"]])
            stdout, stderr = await process.communicate()
            assert "Bye" in stdout.decode()
            assert (process.returncode, stderr) == (0, b"")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_the_socket_does_not_wait_to_fill_packets(mosquitto: Process) -> None:
    """Pins TCP_NODELAY: without it an order's answer may wait 40 ms."""
    async with new_client(parse_server(mosquitto.url), "pin") as client:
        plain = client._client.socket()
        assert isinstance(plain, socket.socket)
        assert plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
