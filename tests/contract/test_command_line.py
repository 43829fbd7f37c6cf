"""The command line as a stranger types it: help, exit codes, one clear line, log, tokens."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from contract.outside import TOWNSHIP, fengsui
from contract.site import Console, Site

SERVE = ("serve", "--township", str(TOWNSHIP))
VERBS = (
    ("serve",), ("handheld",), ("log",), ("check",), ("drill",), ("bench",),
    ("credentials",), ("credentials", "token"), ("credentials", "revoke"),
)  # fmt: skip
OPTIONS = {
    "serve": ("--township", "--mqtt", "--redis", "--listen", "--data", "--standby"),
    "handheld": ("--township", "--mqtt", "--data"),
    "drill": ("--speed", "--report", "--mqtt", "--redis"),
    "credentials token": ("--role", "--data", "--redis"),
    "log": ("--data", "--redis", "--township", "--since"),
    "bench": ("--json",),
}
UNREACHABLE = "redis://127.0.0.1:1"


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_each_verb_has_help_with_the_options_of_the_contract(verb: tuple[str, ...]) -> None:
    done = fengsui(*verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    for option in OPTIONS.get(" ".join(verb), ()):
        assert option in done.stdout


def test_help_lists_the_verbs() -> None:
    done = fengsui("--help")
    assert done.returncode == 0
    assert all(verb[0] in done.stdout for verb in VERBS)


@pytest.mark.parametrize(
    "typed",
    [
        ("nonsense",),
        ("serve",),
        ("serve", "--bogus"),
        (*SERVE, "--listen", "nonsense"),
        (*SERVE, "--listen", "127.0.0.1:99999"),
        (*SERVE, "--mqtt", "nonsense"),
        (*SERVE, "--redis", "nonsense"),
        (*SERVE, "--root", "live"),
        (*SERVE, "--lease", "x"),
        ("check",),
        ("log", "--since", "nonsense"),
        ("log", "--bogus"),
        ("handheld",),
        ("handheld", "militia-1"),
        ("handheld", "militia-1", "--township", "jingming", "--mqtt", "nonsense"),
        ("handheld", "bad/name", "--township", "jingming"),
        ("credentials", "token"),
        ("credentials", "token", "x"),
        ("credentials", "token", "x", "--role", "king"),
        ("drill",),
        ("drill", "no-such-drill"),
    ],
    ids=lambda typed: " ".join(typed).replace(str(TOWNSHIP), "DIR"),
)
def test_bad_use_exits_2_with_one_clear_line(typed: tuple[str, ...], tmp_path: Path) -> None:
    data = ("--data", str(tmp_path)) if typed[0] in {"serve", "log"} else ()
    done = fengsui(*typed, *data if len(typed) > 1 else ())
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("fengsui")


@pytest.mark.parametrize("typed", [(), ("credentials",)], ids=["fengsui", "credentials"])
def test_no_verb_shows_what_there_is(typed: tuple[str, ...]) -> None:
    done = fengsui(*typed)
    assert done.returncode == 2
    assert "--help" in done.stderr + done.stdout


@pytest.mark.parametrize(
    "typed",
    [
        ("serve", "--township", "/no/such/folder"),
        ("check", "/no/such/folder"),
        ("log", "--data", "/no/such/folder"),
        ("log", "--redis", UNREACHABLE),
        ("credentials", "token", "x", "--role", "officer", "--redis", UNREACHABLE),
    ],
    ids=" ".join,
)
def test_a_failure_exits_1_with_one_clear_line(typed: tuple[str, ...]) -> None:
    done = fengsui(*typed)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_is_wrong_in_which_line(tmp_path: Path) -> None:
    good = fengsui("check", str(TOWNSHIP))
    assert (good.returncode, good.stderr) == (0, "")
    assert len(good.stdout.splitlines()) == 1
    copy = tmp_path / "township"
    shutil.copytree(TOWNSHIP, copy)
    (copy / "plans.toml").write_text("[[plan\n", encoding="utf-8")
    bad = fengsui("check", str(copy), "--lang", "en")
    assert bad.returncode == 1
    assert "plans.toml:1" in bad.stdout
    assert len(bad.stderr.splitlines()) == 1


def test_the_log_is_json_lines_one_event_a_line(site: Site) -> None:
    incident = site.opened("rangers-1", "sos", place="v02")
    site.officer.catch_up()
    events = site.log("--township", "jingming")
    assert all({"pos", "event", "at", "cause", "reason"} <= set(event) for event in events)
    assert all(event["cause"] and event["reason"] for event in events)
    assert [event["event"] for event in events][:2] == ["TownshipLoaded", "PostStarted"]
    assert len({event["pos"] for event in events}) == len(events)
    places = [tuple(map(int, re.split(r"[-.]", event["pos"][1:]))) for event in events]
    assert places == sorted(places)
    moments = [dt.datetime.fromisoformat(event["at"]) for event in events]
    assert all(moment.utcoffset() is not None for moment in moments)
    assert moments == sorted(moments)
    opened = next(e for e in events if e["event"] == "IncidentOpened" and e["incident"] == incident)
    assert opened["cause"].startswith("alarm:rangers-1/")
    assert events[-1]["pos"].startswith(site.officer.at + ".")  # the feed's position is the log's
    assert site.log("--township", "elsewhere") == []


def test_since_shows_only_what_comes_after(site: Site) -> None:
    before = site.officer.at
    incident = site.opened("rangers-1", "sos", place="v02")
    later = site.log("--since", before)
    assert incident in {event.get("incident") for event in later}
    assert site.log("--since", later[1]["pos"]) == later[2:]
    assert site.log("--since", later[-1]["pos"].partition(".")[0]) == []


def test_a_token_is_printed_once_and_can_be_forgotten(site: Site) -> None:
    made = fengsui("credentials", "token", "second-desk", "--role", "observer", *site.store)
    assert made.returncode == 0
    (token,) = made.stdout.split()
    with Console(site.post.feed, token) as desk:
        assert desk.opened().opening["role"] == "observer"
    assert fengsui("credentials", "revoke", "second-desk", *site.store).returncode == 0
    with Console(site.post.feed, token) as desk:
        desk.closed()
        assert desk.opening == {}
