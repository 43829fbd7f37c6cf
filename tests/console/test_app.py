"""The Textual shell: every key reaches the desk once, every picture the screen as it was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from desk_stage import HOSTILE, LANGS, NOW, SIZES, Stage, beat, incident
from textual.events import Paste
from textual.pilot import Pilot

from command.messages import Beat
from console import settings as own
from console.app import PULSE_S, ConsoleApp
from console.carry import Carrier
from console.cells import text_of
from console.effects import Effect, Quit, Remember, Resync, Send, Write
from console.link import Link
from console.outcome import FAILED, SAID
from console.settings import Settings
from console.sound import Player
from console.styles import THEMES
from console.wire import Greeting


class Shell:
    """An app over a stage's desk; what was to be carried out is kept."""

    def __init__(
        self, *rows: dict[str, object], size: tuple[int, int] = (80, 24), lang: str = "zh"
    ) -> None:
        self.stage = Stage(*rows, size=size, lang=lang)
        self.size = size
        self.effects: list[Effect] = []
        self.app = ConsoleApp(self.stage.desk, self._carry, mono=lambda: self.stage.at)

    def _carry(self, effects: Sequence[Effect]) -> None:
        self.effects += effects

    def shown(self) -> list[str]:
        """What Textual would put on the terminal."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]


async def settle(pilot: Pilot[int]) -> None:
    await pilot.pause(0.05)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
async def test_the_screen_shows_the_desks_lines_as_they_are(
    size: tuple[int, int], lang: str
) -> None:
    shell = Shell(incident(title=HOSTILE), size=size, lang=lang)
    async with shell.app.run_test(size=size) as pilot:
        await settle(pilot)
        drawn = shell.stage.desk.draw(shell.stage.at)
        assert shell.shown() == [text_of(line) for line in drawn.lines]


async def test_keys_go_to_the_desk_by_name_and_character() -> None:
    shell = Shell(incident())
    async with shell.app.run_test(size=shell.size) as pilot:
        await pilot.press("f6")
        assert shell.stage.desk.page.name == "teams"
        await pilot.press("f5", "colon", "a", "b", "tab", "ctrl+c", "ctrl+q")
        assert shell.stage.desk.line is not None
        assert shell.stage.desk.line.typed.text.startswith("ab")
        assert shell.app.is_running
        assert ":ab" in shell.shown()[-2]


async def test_pasted_text_goes_into_the_line_and_sends_nothing() -> None:
    shell = Shell(incident())
    async with shell.app.run_test(size=shell.size) as pilot:
        shell.app.post_message(Paste("ack 412\nack 412\n"))
        await settle(pilot)
        assert shell.stage.desk.line is None
        await pilot.press("colon")
        shell.app.post_message(Paste("ack 412\nx\x1b[2J\n"))
        await settle(pilot)
        assert shell.stage.desk.line is not None
        assert "\n" not in shell.stage.desk.line.typed.text
        assert "\x1b" not in shell.stage.desk.line.typed.text
        assert not [one for one in shell.effects if isinstance(one, Send)]


async def test_another_size_is_drawn_at_once() -> None:
    shell = Shell(incident())
    async with shell.app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        assert (shell.stage.desk.look.width, shell.stage.desk.look.height) == (160, 45)
        assert len(shell.shown()) == 45


@pytest.mark.parametrize(("over", "drawings"), [({}, 20), ({"SSH_CONNECTION": "1 2 3 4"}, 8)])
async def test_a_storm_is_drawn_ten_times_a_second_and_over_ssh_four_times(
    over: dict[str, str], drawings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    for name, value in over.items():
        monkeypatch.setenv(name, value)
    shell = Shell(*(incident(f"I-e1-{n}") for n in range(9)))
    async with shell.app.run_test(size=shell.size) as pilot:
        await settle(pilot)
        painted = set()
        for pulse in range(1, 41):  # two seconds of the timer
            shell.stage.at = 100 + pulse * PULSE_S
            shell.stage.take(Beat(beat=beat(NOW + shell.stage.at)))
            shell.app.pulse()
            painted.add(shell.app._painted)
        assert len(painted - {0.0}) == pytest.approx(drawings, abs=1)


async def test_the_timer_ticks_and_draws_without_a_key() -> None:
    shell = Shell()
    async with shell.app.run_test(size=shell.size) as pilot:
        await settle(pilot)
        shell.stage.at += 1.0
        shell.stage.rows(incident(title="新来的一件"))
        for _ in range(50):
            shell.stage.at += 0.2
            await pilot.pause(0.02)
            if any("新来的一件" in line for line in shell.shown()):
                return
        raise AssertionError(shell.shown())


@pytest.mark.parametrize("theme", THEMES)
async def test_every_theme_draws(theme: str) -> None:
    shell = Shell(incident())
    desk = shell.stage.desk
    desk.look = replace(desk.look, theme=theme)
    async with shell.app.run_test(size=shell.size) as pilot:
        await settle(pilot)
        assert any("I-e1-412" in line for line in shell.shown())


# --- faults of our own


def broken(*_: object) -> list[Effect]:
    raise ZeroDivisionError("a\x1b[2J fault")


async def test_a_page_that_cannot_be_drawn_is_left_for_the_main_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = Shell(incident(), size=(100, 30))
    async with shell.app.run_test(size=shell.size) as pilot:
        await pilot.press("f6")
        page = type(shell.stage.desk.page)
        monkeypatch.setattr(page, "draw", broken)
        await pilot.press("down")
        assert shell.stage.desk.page.name == "main"
        assert any("I-e1-412" in line for line in shell.shown())
        assert any("ZeroDivisionError" in line for line in shell.shown())


async def test_where_nothing_can_be_drawn_the_reds_are_still_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = Shell(incident())
    async with shell.app.run_test(size=shell.size) as pilot:
        monkeypatch.setattr(type(shell.stage.desk), "draw", broken)
        await pilot.press("down")
        assert "急 1" in shell.shown()[0]
        assert all(line.isprintable() for line in shell.shown())
        monkeypatch.undo()
        await pilot.press("f5")
        assert any("I-e1-412" in line for line in shell.shown())


async def test_a_key_and_a_turn_that_fail_are_told_and_gone_on_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = Shell(incident())
    async with shell.app.run_test(size=shell.size) as pilot:
        monkeypatch.setattr(type(shell.stage.desk), "key", broken)
        await pilot.press("down")
        assert shell.stage.desk.result.how == FAILED
        monkeypatch.undo()
        monkeypatch.setattr(type(shell.stage.desk), "tick", broken)
        shell.stage.at += 1
        shell.app.pulse()
        monkeypatch.undo()
        await pilot.press("f6")
        assert shell.stage.desk.page.name == "teams"
        assert shell.app.safe.faults == 2


# --- effects


class Office:
    """A carrier with a link that goes nowhere."""

    def __init__(self, tmp_path: Path) -> None:
        self.stage = Stage(incident())
        self.left = self.redrawn = 0
        greeting = Greeting("t", "c", (80, 24), "zh")
        self.outcomes: list[object] = []
        link = Link(
            "ws://127.0.0.1:9/console", lambda: greeting, lambda _: None, self.outcomes.append,
            lambda: "id",
        )  # fmt: skip
        player = Player(lambda: None, lambda _: None)
        self.carry = Carrier(
            self.stage.desk, link, player, self._leave, self._redraw,
            keep=tmp_path / "k", export=tmp_path / "e", kept=Settings(theme="contrast"),
        )  # fmt: skip

    def _leave(self) -> None:
        self.left += 1

    def _redraw(self) -> None:
        self.redrawn += 1


def test_an_export_is_written_and_told(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.carry([Write("shift.csv", "a,b\n")])
    assert (tmp_path / "e" / "shift.csv").read_text() == "a,b\n"
    assert office.stage.desk.result.how == SAID
    assert str(tmp_path / "e" / "shift.csv") in office.stage.desk.result.text
    office.carry([Write("../x", "a")])
    assert "没有写成" in office.stage.desk.result.text


def test_settings_are_kept_and_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.carry([Remember()])
    assert (tmp_path / "k" / "console.json").exists()
    (tmp_path / "k" / "console.new").mkdir()
    office.carry([Remember()])
    assert "设置没有存上" in office.stage.desk.result.text


def test_what_only_this_terminal_wants_is_not_kept(tmp_path: Path) -> None:
    office = Office(tmp_path)  # read: contrast; on this terminal: night
    office.stage.desk.settings.lang = "en"  # the officer's own choice
    office.carry([Remember()])
    kept, _ = own.read(tmp_path / "k")
    assert (kept.lang, kept.theme) == ("en", "contrast")
    office.stage.desk.settings.theme = "mono"
    office.carry([Remember()])
    assert own.read(tmp_path / "k")[0].theme == "mono"


def test_leaving_and_asking_anew(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.carry([Resync(), Quit()])
    assert (office.left, office.redrawn) == (1, 1)
