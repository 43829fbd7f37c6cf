"""What real devices and programs send, read as the manifest beside the samples says.

The samples of others are read where they lie (FENGSUI_SAMPLES, or ../shared/samples) and never
committed; fixtures of the same shape are in tests/fixtures, so that every run reads some.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests_reading import EUI, result

from sensors import observations
from sensors.observations import (
    Alarm,
    Clear,
    Fault,
    Heartbeat,
    Located,
    Observation,
    Other,
    Rejection,
)

ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "fixtures"
FOREIGN = Path(os.environ.get("FENGSUI_SAMPLES", ROOT.parent / "shared" / "samples"))
SYSTEMS = ("frigate", "owntracks", "chirpstack", "milesight")

WORDS: dict[str, type[Observation | Rejection]] = {
    "alarm": Alarm,
    "clear": Clear,
    "test": observations.Test,
    "device-fault": Fault,
    "heartbeat": Heartbeat,
    "position": Located,
    "other": Other,
    "refuse": Rejection,
}

# Files of several documents, and where we say more exactly than the manifest's "other" what it is.
# A sensor's normal reading opens nothing, but it re-arms the sensor's episode; a tracker without a
# fix and history are a sign of life and no news.
EXACTLY = {
    "at101-gps.jsonc": ("position", "heartbeat"),
    "tracker-gps.jsonc": ("position", "heartbeat"),
    "em300-zld.jsonc": ("clear", "other"),
    "leak.jsonc": ("clear", "other"),
    "em500-swl-level.jsonc": ("clear",),
    "depth.jsonc": ("clear",),
}

# Where we differ from the manifest, on purpose: this is the parser test of the app that sends such
# messages, in which 0/0 is a position because a topic names the device. FIELD.md section 3 forbids
# it here ("Refuse; never place an incident in the Gulf of Guinea"), and the safety rule stands: a
# unit shown at 0/0 would be sent, or counted as available, from there.
DEVIATIONS = {"valid_location_message_with_topic.json": "refuse"}

COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*')
ELIDED = re.compile(r",\n\.\.\. \]")


class Sample(NamedTuple):
    """One entry of a manifest."""

    folder: Path
    file: str
    expected: str

    def __str__(self) -> str:
        return f"{self.folder.name}/{self.file}"


def samples() -> list[Sample]:
    found = []
    for folder in (OWN, FOREIGN):
        if folder == OWN or folder.is_dir():
            entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            found += [Sample(folder, entry["file"], entry["expected"]) for entry in entries]
    return [sample for sample in found if sample.file.split("/")[0] in SYSTEMS]


def documents(text: str) -> list[Any]:
    """All JSON documents of a file, without the comments of the documentation it is from."""
    text = COMMENT.sub(lambda match: match[1] or "", ELIDED.sub("]", text)).strip()
    found = []
    while text:
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:].strip()
    return found


def wire(sample: Sample) -> list[tuple[str, Any]]:
    """The sample as it would come over MQTT: topics and payloads."""
    text = (sample.folder / sample.file).read_text(encoding="utf-8")
    system, name = sample.file.split("/")
    if "mosquitto_sub" in name:
        topic, _, payload = text.partition(" ")
        return [(topic, payload.encode())]
    found = documents(text)
    if system == "milesight":  # decoder output, which ChirpStack puts into `object`
        found = [{"deduplicationId": f"d-{n}", "object": item} for n, item in enumerate(found)]
    return [(topic_of(system, name), document) for document in found]


def topic_of(system: str, name: str) -> str:
    match system:
        case "frigate":
            listens = next((t for t in ("reviews", "tracked_object_update") if t in name), "events")
            return f"frigate/{listens}"
        case "owntracks":
            return "owntracks/user/device"
        case _:
            event = next((e for e in ("ack", "join", "log") if name.startswith(e)), "up")
            return f"application/17c82e96/device/{EUI}/event/{event}"


def expected_of_line(document: dict[str, Any]) -> str:
    """In a mixed stream: a will is no news; a location without coordinates is none."""
    if document["_type"] == "lwt":
        return "other"
    return "position" if "lat" in document else "refuse"


def expected(sample: Sample, sent: list[tuple[str, Any]]) -> list[str]:
    name = sample.file.split("/")[1]
    if sample.expected == "mixed-stream":
        return [expected_of_line(document) for _, document in sent]
    return list(EXACTLY.get(name, (DEVIATIONS.get(name, sample.expected),)))


@pytest.mark.parametrize("sample", samples(), ids=str)
def test_read_as_the_manifest_says(sample: Sample) -> None:
    sent = wire(sample)
    found = [type(result(topic, document)) for topic, document in sent]
    assert found == [WORDS[word] for word in expected(sample, sent)]


def test_every_fixture_of_ours_is_in_the_manifest() -> None:
    listed = {sample.file for sample in samples() if sample.folder == OWN}
    there = {
        str(path.relative_to(OWN)) for system in SYSTEMS for path in (OWN / system).rglob("*.*")
    }
    assert listed == there


def test_ours_cover_every_word_of_the_manifest() -> None:
    words = {sample.expected for sample in samples() if sample.folder == OWN}
    assert words == {*WORDS, "mixed-stream"}


def test_comments_are_taken_out_and_addresses_left_in() -> None:
    assert documents('{"a": "http://x"} // one\n// two\n{"b": 1}') == [{"a": "http://x"}, {"b": 1}]
