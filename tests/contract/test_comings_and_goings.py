"""The post comes, goes, is killed, is taken over: what was receipted stays, orders go again."""

from __future__ import annotations

import signal
from pathlib import Path

from contract.outside import Ear, Post, encode, get, now, publish, township
from contract.site import Console, Site


def online(ear: Ear, *, wanted: bool, start: int = 0) -> None:
    ear.hear(lambda s: s.kind == "status" and s.json["online"] is wanted, start)


def test_it_says_that_it_leaves_and_works_on_what_came_meanwhile(fresh: Site) -> None:
    status = fresh.ear.hear(lambda said: said.kind == "status")
    assert status.retained
    assert status.json["since"].endswith("+08:00")
    start = fresh.ear.mark
    assert fresh.post.stop(signal.SIGTERM) == 0
    online(fresh.ear, wanted=False, start=start)
    if fresh.name == "own":  # an embedded broker goes with its post
        late = {"id": "late-1", "kind": "fire", "at": now(), "place": "v05-g1", "text": "着火"}
        publish(fresh.post.mqtt, "fs/jingming/rangers-1/alarm", encode(late))
    with Post(*fresh.arguments) as again:
        again.up()
        if fresh.name == "own":
            assert fresh.receipt("rangers-1", "late-1", start)["outcome"] == "opened"
        assert again.stop() == 0


def test_killed_the_will_speaks_and_the_next_post_goes_on(fresh: Site) -> None:
    """kill -9; again with the same --data: the state is there, and unconfirmed orders go again."""
    incident = fresh.opened("rangers-1", "fire", place="v04-g2", text="柴房着火")
    taken = fresh.order(incident, role="crew")
    waiting = fresh.order(incident, role="medic")
    fresh.reply(taken, "accepted")
    message = {"id": "kept-1", "kind": "fire", "at": now(), "place": "v04-g2", "text": "火大了"}
    fresh.say("rangers-2", "alarm", message)
    assert fresh.receipt("rangers-2", "kept-1")["outcome"] == "merged"
    start = fresh.ear.mark

    fresh.post.stop(signal.SIGKILL)
    if fresh.name == "own":  # an embedded broker goes with its post, and nobody is left to speak
        online(fresh.ear, wanted=False, start=start)

    start = fresh.ear.mark
    with Post(*fresh.arguments) as again:
        again.up()
        online(fresh.ear, wanted=True, start=start)
        with Console(again.feed, fresh.tokens["officer"]) as officer:
            officer.opened()
            assert officer.tables["incident"][incident]["state"] in {"assigned", "working"}
            row = officer.tables["assignment"][taken["order_id"]]
            assert row["status"] == "accepted"
        assert fresh.order(incident, start, order_id=waiting["order_id"]) == waiting
        publish(again.mqtt, "fs/jingming/rangers-2/alarm", encode(message))
        line = fresh.receipt("rangers-2", "kept-1", start)
        assert line["outcome"] == "duplicate"
        assert line["incident_id"] == incident
        assert again.stop() == 0


def test_a_stored_alarm_opens_nothing(fresh: Site, tmp_path: Path) -> None:
    """Retained at the broker since before the post subscribed: nobody knows how old it is."""
    stored = {"id": "old-1", "kind": "fire", "at": now(), "place": "v01", "text": "旧消息"}
    publish(fresh.mqtt, "fs/other/rangers-1/alarm", encode(stored), retain=True)
    assert fresh.post.stop() == 0
    with Post(*_with(fresh, "--township", str(township(tmp_path, "other")))) as post:
        post.up()
        with (
            Ear(post.mqtt, township="other") as ear,
            Console(post.feed, fresh.tokens["officer"]) as officer,
        ):
            row = officer.row("log", lambda row: row.get("message_id") == "old-1")
            assert (row["event"], row["reason"]) == ("AlarmReceived", "retained")
            assert row.get("outcome", "logged") == "logged"
            assert officer.opened().tables["incident"] == {}
            assert ear.heard(lambda said: said.kind == "order") == []
        assert post.stop() == 0


def test_a_second_post_on_the_same_store_leaves(site: Site, tmp_path: Path) -> None:
    """With the same folder, or from another machine as it were: one writer."""
    if site.name == "own":
        with Post(*_with(site, "--data", str(tmp_path)), "--lease", "0.5") as second:
            assert second.ended() == 1
            assert "--standby" in one_line(second)
    with Post(*site.arguments) as second:
        assert second.ended() == 1
        assert one_line(second).startswith("fengsui: ")


def test_a_standby_takes_over(own: Site, tmp_path: Path) -> None:
    incident = own.opened("rangers-1", "fire", place="v04-g2", text="柴房着火")
    order = own.order(incident)
    with Post(*_with(own, "--data", str(tmp_path / "second")), "--standby") as standby:
        start = own.ear.mark
        own.post.stop(signal.SIGKILL)
        standby.up()
        online(own.ear, wanted=True, start=start)
        with Console(standby.feed, own.tokens["officer"], own.officer.at) as officer:
            officer.opened()
            officer.ok("note", incident=incident, text="备机接手")
        assert own.order(incident, start, order_id=order["order_id"])["rev"] == order["rev"]
        assert '"ok":true' in get(standby.http + "/healthz")[2]
        assert standby.stop() == 0


def one_line(post: Post) -> str:
    """The line that says why, and only that: log lines carry a level, this one does not."""
    said = [line for line in post.err if not line.startswith("timestamp=")]
    assert len(said) == 1, post.err
    return said[0]


def _with(site: Site, option: str, value: str) -> tuple[str, ...]:
    """The site's arguments with another value for one option."""
    arguments = list(site.arguments)
    arguments[arguments.index(option) + 1] = value
    return tuple(arguments)


def test_nobody_answers_and_it_goes_on_by_itself(hurried: Site) -> None:
    """A lone camera's countdown, then the team; no answer: the next; no officer: the leader."""
    where = {"position": {"lon": 107.5177, "lat": 35.3098}}
    incident = hurried.opened("ljg-05", "smoke", confidence=0.9, text="烟", **where)
    first = hurried.order(incident, role="scout")
    assert first["kind"] == "wildfire"
    assert first["reply_within_s"] == 5
    released = hurried.line("IncidentReleased", incident=incident)
    assert released["reason"] == "countdown_over"
    assert released["at"] - hurried.line("IncidentOpened", incident=incident)["at"] >= 1.0
    hurried.assignment(first, status="expired")
    following = {"role": "scout", "state": "offered"}
    units = {first["unit"]}
    hurried.ear.hear(
        lambda said: (
            said.kind == "order"
            and said.json["incident_id"] == incident
            and following.items() <= said.json.items()
            and said.json["unit"] not in units
        )
    )
    told = hurried.officer.row("alert", lambda row: row["order_id"] == first["order_id"])
    assert (told["reason"], told["unit"]) == ("no_reply", first["unit"])
    assert hurried.line("IncidentEscalated", incident=incident, to="leader")


def test_a_drill_has_its_own_topics_ids_and_mark(own: Site, tmp_path: Path) -> None:
    arguments = _with(own, "--data", str(tmp_path / "drill"))
    with Post(*arguments, "--root", "fsx") as drill:
        drill.up()
        with Ear(drill.mqtt, root="fsx") as ear:
            online(ear, wanted=True)
            alarm = {"id": "x-1", "kind": "fire", "at": now(), "place": "v05", "exercise": True}
            publish(drill.mqtt, "fsx/jingming/rangers-1/alarm", encode(alarm))
            receipt = ear.hear(lambda said: said.kind == "receipt").json["receipts"][0]
            assert receipt["outcome"] == "opened"
            assert receipt["incident_id"].startswith("X")
            order = ear.hear(lambda said: said.kind == "order").json
            assert order["order_id"].startswith("X")
            assert order["text"].startswith("【演练】")
            assert order["exercise"] is True
        own.officer.catch_up()
        assert own.officer.tables["incident"] == {}
        assert drill.stop() == 0
