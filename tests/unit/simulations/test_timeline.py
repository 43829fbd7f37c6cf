"""Events as lines: nothing without words, nothing that a hostile text could break."""

from __future__ import annotations

import string

import pytest
from drill_make import township

from command.core.codec import event_dict
from command.core.events import EVENTS
from command.core.reasons import Reason
from sensors.observations import RejectionReason
from simulations.player import play
from simulations.scenario import find, load
from simulations.timeline import _NAMED, _WORDED, Teller, clock, transcript_line
from simulations.wording import QUIET, REASONS, REJECTIONS, SENTENCES

SAID = {"at": 0.0, "cause": "x", "reason": "sos_call"}


def test_every_event_and_reason_has_words() -> None:
    assert EVENTS.keys() - SENTENCES.keys() - QUIET == set()
    assert {reason.value for reason in Reason} == REASONS.keys()
    assert {reason.value for reason in RejectionReason} == REJECTIONS.keys()


def test_every_sentence_can_be_filled() -> None:
    teller = Teller(township(), "en")
    for event, sentence in SENTENCES.items():
        wanted = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert wanted <= teller._values({"event": event, **SAID}).keys(), event
    assert not set(_NAMED) & _WORDED.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_whole_drill_can_be_told(lang: str) -> None:
    made = load(find("smoke"))
    teller = Teller(township(), lang)
    told = [teller.tell(event_dict(one)) for one in play(made, township(), "digest").events]
    assert sum(map(bool, told)) > 100
    assert not any("{" in words or "\n" in words for words in told)


def test_a_hostile_text_stays_one_harmless_line() -> None:
    line = {"event": "AlarmReceived", "source": "x\x1b]0;", "kind": "smoke", **SAID}
    words = Teller(township(), "en").tell(line | {"text": "[/]\x1b[2J\r\n{unit}%s"})
    assert words.isprintable()
    assert "{unit}" in words


def test_names_instead_of_ids() -> None:
    offer = {"event": "UnitOffered", "unit": "militia-1", "role": "crew", "incident": "X-1", **SAID}
    assert "民兵一队" in Teller(township(), "zh").tell(offer)
    assert "Militia 1" in Teller(township(), "en").tell(offer)


def test_the_transcript_is_in_codes() -> None:
    line = {"event": "SourceHeard", "source": "zj-05", "ok": False, **SAID, "at": 61.5}
    assert (
        transcript_line(line, 0.0) == "+01:01.500 SourceHeard sos_call source=zj-05 ok=False <- x"
    )


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-2.0, "+00:00.000"), (0.0004, "+00:00.000"), (3599.9996, "+60:00.000")]
)
def test_the_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
