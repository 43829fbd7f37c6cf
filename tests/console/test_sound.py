"""What sounds and when again, on a clock that the test moves; and the command that is called."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from desk_stage import ME, NOW, Stage, alert, assignment, beat, case, incident, quiet

from command.messages import Beat, Rows
from console import sound
from console.alarm import Alarm
from console.effects import Quiet, Sound
from console.look import Look
from console.settings import Settings
from console.sound import FAILED, HANGS, Player, title

ACKED = {"by": ME, "until": NOW + 1800}


def high(ident: str = "I-e1-2", **over: Any) -> dict[str, Any]:
    return incident(ident, priority=2) | over


def norm(ident: str = "I-e1-3", **over: Any) -> dict[str, Any]:
    return incident(ident, priority=3) | over


def words(stage: Stage) -> list[str]:
    """The words that sounded since the last call."""
    found = [one.word for one in stage.effects if isinstance(one, Sound)]
    stage.effects.clear()
    return found


def times(stage: Stage, seconds: float, **how: Any) -> list[tuple[float, str]]:
    """(second, word) of what sounds from now on."""
    stage.effects.clear()
    began, found = stage.at, []
    while stage.at < began + seconds - 1e-9:
        stage.wait(0.5, **how)
        found += [(stage.at - began, word) for word in words(stage)]
    return found


def calm() -> Stage:
    """A desk at which nothing calls."""
    stage = Stage(quiet("I-e1-1"))
    stage.wait(2)
    assert words(stage) == []
    return stage


def test_a_red_sounds_at_once_and_every_fifteen_seconds() -> None:
    stage = Stage(incident())
    assert words(stage) == ["crit"]
    assert times(stage, 31) == [(15.0, "crit"), (30.0, "crit")]


def test_rows_that_took_their_place_between_two_ticks_are_heard_at_the_next() -> None:
    stage = calm()
    rows = {row["id"]: row for row in (incident("I-e1-7"), incident("I-e1-8", state="closed"))}
    stage.take(Rows(rows={"incident": rows}, at="e1-3", role="officer", name=ME))
    stage.desk.place(stage.at)
    assert [one.id for _, one in stage.desk.queue.order(NOW)] == ["I-e1-7", "I-e1-1"]
    assert words(stage) == []
    stage.tick()
    assert words(stage) == ["crit"]


def test_acknowledging_stops_it_at_once() -> None:
    stage = Stage(incident())
    stage.effects.clear()
    stage.rows(incident(rev=8, ack=ACKED))
    assert [one for one in stage.effects if isinstance(one, Quiet)]
    assert times(stage, 40) == []


def test_a_lapsed_acknowledgement_is_a_new_red() -> None:
    stage = calm()
    stage.rows(incident(ack=ACKED))
    assert times(stage, 20) == []
    stage.rows(incident(rev=9, ack=None, lapses=1))
    assert words(stage) == ["crit"]


def test_a_call_for_help_that_nobody_answers_sounds_every_five_seconds() -> None:
    stage = calm()
    sos = incident("I-e1-9", kind="sos", alarm_kind="sos", ack=ACKED)
    stage.rows(sos)
    assert words(stage) == ["life"]
    assert times(stage, 11) == [(5.0, "life"), (10.0, "life")]
    order = assignment("O-e1-9", "I-e1-9", status="accepted")
    stage.rows(order, sos | {"rev": 8, "orders": ["O-e1-9"]})
    assert times(stage, 20) == []


def test_high_sounds_every_minute_and_after_five_minutes_like_a_red() -> None:
    stage = calm()
    stage.rows(high(opened_at=NOW + stage.at))
    assert words(stage) == ["high"]
    heard = times(stage, 330)
    assert [at for at, word in heard if word == "high"] == [60.0, 120.0, 180.0, 240.0]
    assert [round(at) for at, word in heard if word == "crit"] == [300, 315, 330]


def test_a_common_one_sounds_once_and_at_most_one_a_minute() -> None:
    stage = calm()
    stage.rows(norm("I-e1-31", opened_at=NOW + 2))
    assert words(stage) == ["norm"]
    stage.wait(10)
    stage.rows(norm("I-e1-32", opened_at=NOW + 12))
    assert times(stage, 51) == []
    stage.rows(norm("I-e1-33", opened_at=NOW + 62))
    assert words(stage) == ["norm"]


@pytest.mark.parametrize("row", [alert(), assignment(status="expired")])
def test_a_word_of_the_posts_own_and_an_offer_that_expired_sound_once(row: dict[str, Any]) -> None:
    stage = calm()
    stage.rows(row)
    assert words(stage) == ["norm"]
    stage.wait(61)
    stage.rows(row | {"text": "x", "changed_at": 1.0})
    assert words(stage) == []


def test_a_deadline_of_the_officers_that_passes_sounds_once() -> None:
    stage = calm()
    at = NOW + stage.at
    stage.rows(case(due={"ladder": at + 70.0}, ladder=["vgm"], level=0, priority=3))
    assert words(stage) == ["norm"]
    assert [(round(at), word) for at, word in times(stage, 130)] == [(70, "norm")]


def test_the_lowest_never_sounds() -> None:
    stage = calm()
    stage.rows(incident("I-e1-4", priority=4), incident("I-e1-5", priority=5))
    assert times(stage, 120) == []


def test_what_was_there_before_is_no_news_but_calls() -> None:
    assert words(Stage(norm(), alert())) == []
    assert words(Stage(high())) == ["high"]


def test_the_highest_wins_and_nothing_queues_behind_it() -> None:
    stage = calm()
    stage.rows(incident(), high(), norm())
    assert words(stage) == ["crit"]
    assert times(stage, 14) == []


def test_one_start_in_two_seconds() -> None:
    stage = calm()
    stage.rows(norm())
    assert words(stage) == ["norm"]
    stage.rows(incident())
    assert words(stage) == []
    assert times(stage, 4) == [(2.0, "crit")]


def test_silence_is_broken_by_a_new_red() -> None:
    stage = Stage(incident())
    stage.press("ctrl+t")
    assert stage.desk.alarm.state(stage.desk.settings, stage.at) == "silenced"
    assert times(stage, 40) == []
    stage.rows(incident("I-e1-500"))
    assert words(stage) == ["crit"]
    assert stage.desk.alarm.state(stage.desk.settings, stage.at) == "on"


def test_silence_ends_after_a_minute_for_life_after_half_a_minute() -> None:
    stage = Stage(incident())
    stage.press("ctrl+t")
    assert times(stage, 62)[0] == (60.0, "crit")
    stage = Stage(incident(mayday=True))
    stage.press("ctrl+t")
    assert times(stage, 32)[0] == (30.0, "life")


def test_a_silenced_common_one_is_not_made_up_for() -> None:
    stage = calm()
    stage.press("ctrl+t")
    stage.rows(norm())
    assert times(stage, 90) == []


def test_a_dead_line_sounds_and_only_that() -> None:
    stage = Stage(incident())
    heard = times(stage, 70, beats=False)
    assert [word for at, word in heard if at > 5] == ["lost"] * 3
    assert [round(at) for at, word in heard if word == "lost"] == [6, 36, 66]


def test_what_is_new_after_the_gap_sounds_at_once() -> None:
    stage = calm()
    stage.wait(8, beats=False)
    stage.effects.clear()
    stage.take(Beat(beat=beat(NOW + stage.at)))
    stage.rows(incident())
    assert words(stage) == ["crit"]


def test_only_reds_sound_in_a_flood() -> None:
    stage = Stage(quiet("I-e1-1"), pulse=beat(load={"n10": 38, "band": "flood", "officers": [ME]}))
    stage.wait(2)
    stage.rows(high(), norm())
    assert times(stage, 10) == []
    stage.rows(incident())
    assert words(stage) == ["crit"]
    stage.pulse = beat()
    stage.rows(incident(rev=8, ack=ACKED), high(rev=8, ack=ACKED))
    assert times(stage, 70) == []  # the flood is over: what it hushed is no news now


def test_a_source_that_chatters_is_not_heard_unless_it_is_red() -> None:
    stage = Stage(quiet("I-e1-1"), pulse=beat(chatter=[{"source": "hj-03"}]))
    stage.wait(2)
    stage.rows(high(sources={"hj-03": {}}), norm(sources={"hj-03": {}}))
    assert times(stage, 10) == []
    stage.rows(incident(sources={"hj-03": {}}))
    assert words(stage) == ["crit"]


def test_a_drill_says_so() -> None:
    stage = Stage(incident(), post={"post": {"root": "fsx"}})
    assert Sound("crit", drill=True) in stage.effects


def test_sound_off_is_off_and_says_so() -> None:
    stage = Stage(incident(), settings=Settings(sound=False))
    assert times(stage, 40) == []
    assert stage.desk.alarm.state(stage.desk.settings, stage.at) == "off"


def test_a_broken_command_shows() -> None:
    alarm = Alarm()
    alarm.broken = "no such file"
    assert alarm.state(Settings(), 0.0) == "broken"


# --- the command


class Ears:
    """A player with a command that appends what it was called with."""

    def __init__(self, tmp_path: Path, body: str = "") -> None:
        self.file = tmp_path / "heard"
        self.rung = 0
        self.said: list[str] = []
        say = "' '.join(sys.argv[1:]) + chr(10)"
        code = f"import sys, time; open({str(self.file)!r}, 'a').write({say}); {body}"
        self.command = [sys.executable, "-S", "-c", code]
        self.player = Player(self._ring, self.said.append)

    def _ring(self) -> None:
        self.rung += 1

    async def until(self, lines: int) -> list[str]:
        while len(heard := self.heard()) < lines:
            await asyncio.sleep(0.01)
        return heard

    def heard(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []


async def test_the_command_gets_the_word_and_says_when_it_is_a_drill(tmp_path: Path) -> None:
    ears = Ears(tmp_path)
    ears.player.play(Sound("high"), ears.command)
    await ears.until(1)
    ears.player.play(Sound("life", drill=True), ears.command)
    assert await ears.until(2) == ["high", "life drill"]
    assert ears.rung == 2
    while ears.said[-1:] != [""]:
        await asyncio.sleep(0.01)
    await ears.player.stop()


async def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    ears = Ears(tmp_path)
    ears.player.play(Sound("crit"), [*ears.command, "$(touch x)", "; touch x"])
    assert await ears.until(1) == ["$(touch x) ; touch x crit"]
    await ears.player.stop()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["/no/such/program"], "No such file or directory"),
        ([sys.executable, "-c", "exit(3)"], FAILED),
    ],
)
async def test_a_command_that_fails_is_told(tmp_path: Path, command: list[str], why: str) -> None:
    ears = Ears(tmp_path)
    ears.player.play(Sound("crit"), command)
    while not ears.said:
        await asyncio.sleep(0.01)
    assert ears.said == [why]
    ears.player.play(Sound("crit"), ears.command)
    while len(ears.said) < 2:
        await asyncio.sleep(0.01)
    assert ears.said[-1] == ""


async def test_a_command_that_hangs_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "COMMAND_S", 0.5)
    ears = Ears(tmp_path, "time.sleep(100)")
    began = time.monotonic()
    ears.player.play(Sound("crit"), ears.command)
    await ears.until(1)
    ears.player.play(Sound("crit"), ears.command)  # it sounds already
    while not ears.said:
        await asyncio.sleep(0.01)
    assert ears.said == [HANGS]
    assert len(ears.heard()) == 1
    assert time.monotonic() - began < 10


async def test_a_higher_word_cuts_a_lower_one_short(tmp_path: Path) -> None:
    ears = Ears(tmp_path, "time.sleep(100)")
    ears.player.play(Sound("high"), ears.command)
    await ears.until(1)
    ears.player.play(Sound("crit"), ears.command)
    assert await ears.until(2) == ["high", "crit"]
    ears.player.quiet()
    await ears.player.stop()
    assert ears.said == []


def test_the_title_is_numbers_and_words_of_ours() -> None:
    zh, en = Look(), Look(lang="en")
    assert title(zh, 2, 1, lost=False) == "急2! 烽燧"
    assert title(zh, 2, 0, lost=False) == "急2 烽燧"
    assert title(zh, 0, 0, lost=False) == "烽燧"
    assert title(en, 2, 1, lost=False) == "2 red! - Fengsui"
    assert "Fengsui" in title(en, 2, 1, lost=True)
