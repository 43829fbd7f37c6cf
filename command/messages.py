"""What consoles and the post say to each other: commands up, frames down. Imports nothing of ours.

Pure values, strict at the edge: "5" is not 5, duplicate keys and NaN are refused. `null` is the
same as absent. A field this post does not know is passed over, as in the MQTT payloads: contract
v1 grows by adding. So nothing may be done to everybody by leaving a field out: a misspelt `units`
withdraws nobody. Where two words for one thing are likely, both are read.

`read_command` and `read_hello` are the post's end, `write_command` and `read_frame` the console's.
The pure core matches on the command classes. One file although it is long, for a console may
import no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NoReturn, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import from_json

MAX_BYTES = 64 * 1024  # of one frame from a console
TEXT_LIMIT = 500  # characters of a text (CONSOLE.md section 4)


class FrameError(ValueError):
    """A frame from a console that is not obeyed. `code` is for programs, `field` names the fault.

    `id` is the command's id as far as it could be read, so that the refusal can be answered to it.
    Codes: bad_json bad_frame unknown_verb bad_field; feed.py adds not_allowed and id_reused.
    """

    def __init__(self, code: str, field: str = "", command_id: str | None = None) -> None:
        super().__init__(f"{code} {field}".strip())
        self.code = code
        self.field = field
        self.id = command_id


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a command. A refusal has a `code`, a `reason`, and `by`: who was first."""

    ok: bool
    reason: str = ""
    code: str = ""
    by: str = ""


# --- the fields

Ident = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
# Alarm ids come from devices, and are whatever the device likes; controls are not.
Ref = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,200}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9A-F]{4}-[0-9A-F]{4}$")]
Text = Annotated[str, Field(max_length=TEXT_LIMIT)]
Said = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]
_FromList = Strict(strict=False)  # JSON has lists where we want tuples
# The alarm kinds and severities of contract v1; a test holds them to sensors.observations.
Kind = Literal[
    "smoke", "fire", "flood", "landslide", "earthquake", "storm", "accident", "road_blocked",
    "intrusion", "fight", "dispute", "medical", "missing_person", "crowd", "sos", "hazard",
    "environment", "facility", "service", "other",
]  # fmt: skip
Severity = Literal["unknown", "minor", "moderate", "severe", "extreme"]
NEVER_SHELVED = frozenset({"sos", "medical", "missing_person"})  # CONSOLE.md section 3


class _Part(BaseModel):
    """Frozen and strict; fields of a later version are passed over, and of no consequence."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True
    )


class Point(_Part):
    """Where it is, degrees; `accuracy_m` metres. gcj02 is turned into WGS-84 at the feed's edge."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    datum: Literal["wgs84", "gcj02"] = "wgs84"

    @model_validator(mode="after")
    def _not_the_gulf_of_guinea(self) -> Point:
        if self.lon == 0 and self.lat == 0:
            raise ValueError("0/0 is no position")
        return self


# --- the commands, one class a verb


class Request(_Part):
    """What every command has: its id (a repeat gets the first answer) and the `rev` it saw."""

    do: ClassVar[str]
    id: Ident
    v: Literal[1] = 1
    rev: Annotated[int, Field(ge=0)] | None = None
    why: Text = ""
    text: Text = ""

    @property
    def said(self) -> str:
        """The officer's words, whichever of the two fields they came in."""
        return self.text or self.why


class OnIncident(Request):
    """A command about one incident."""

    incident: Ident


class Acknowledge(Request):
    """Seen: of an incident, or of an alert of the post's own. Exactly one of the two.

    `read`: hazards read. After two lapses an incident's needs a text.
    """

    do = "acknowledge"
    incident: Ident | Literal[""] = ""
    alert: Ref | Literal[""] = ""
    read: Annotated[tuple[Ref, ...], _FromList, Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _one(self) -> Acknowledge:
        if bool(self.incident) == bool(self.alert):
            raise ValueError("incident or alert, one of them")
        return self


class Assign(OnIncident):
    """Order units to an incident. `rec`: the recommendation followed; `read`: hazards read.

    `without`: units of the recommended team that are not to go, nor to be asked later by the post.
    """

    do = "assign"
    units: Annotated[tuple[Ident, ...], _FromList, Field(min_length=1, max_length=20)]
    without: Annotated[tuple[Ident, ...], _FromList, Field(max_length=20)] = ()
    rec: Ref | Literal[""] = ""
    read: Annotated[tuple[Ref, ...], _FromList, Field(max_length=50)] = ()


class Hold(OnIncident):
    """Put the automatic release off, once, with a reason; or once because a dialog is open."""

    do = "hold"
    dialog: bool = False
    seconds: Annotated[int, Field(ge=15, le=300)] | None = Field(None, validate_default=True)

    @field_validator("seconds")
    @classmethod
    def _one(cls, seconds: int | None, info: ValidationInfo) -> int | None:
        if (seconds is None) != bool(info.data.get("dialog")):
            raise ValueError("seconds or dialog, one of them")
        return seconds


class Hazard(OnIncident):
    """A danger that was learned later. It is known by its text, and goes to every unit on it."""

    do = "hazard"
    text: Annotated[str, Field(min_length=1, max_length=200)]


class Grade(OnIncident):
    """How grave it is: 1 (the gravest) to 4. Neither its priority nor the township's response."""

    do = "grade"
    grade: Annotated[int, Field(ge=1, le=4)]


class Response(Request):
    """The township's response: level 1 (the highest) to 4, 0 ends it. The leader's, with a why."""

    do = "response"
    level: Annotated[int, Field(ge=0, le=4)]


class Notice(Request):
    """Words to the handhelds of everybody ("all") or of a place."""

    do = "notice"
    place: Ident
    text: Said


class Reply(OnIncident):
    """What a unit said by radio or telephone about its order in this incident."""

    do = "reply"
    unit: Ident
    status: Literal["received", "accepted", "declined", "en_route", "on_scene", "done"]


class Par(OnIncident):
    """The crews were spoken with and are well: the named ones, or all that are on scene."""

    do = "par"
    units: Annotated[tuple[Ident, ...], _FromList, Field(max_length=50)] = ()


class Withdraw(OnIncident):
    """Call the named units back. All of them is said with `resolve`, never by naming nobody."""

    do = "withdraw"
    units: Annotated[tuple[Ident, ...], _FromList, Field(min_length=1, max_length=20)]


class Note(OnIncident):
    """Write something into the incident's timeline."""

    do = "note"
    text: Said


class Priority(OnIncident):
    """Set the incident's priority, 1 first."""

    do = "priority"
    priority: Annotated[int, Field(ge=1, le=5)]


class Merge(OnIncident):
    """`incident` is the same as `into`, and becomes part of it."""

    do = "merge"
    into: Ident


class Split(OnIncident):
    """Undo a merge, or take one alarm ("source/id") out into an incident of its own."""

    do = "split"
    alarm: Ref | Literal[""] = ""


class Resolve(OnIncident):
    """The work is done; `outcome` in a word."""

    do = "resolve"
    outcome: Annotated[str, Field(max_length=64)] = ""


class Close(OnIncident):
    """Nothing more to do: to the archive."""

    do = "close"


class Reopen(OnIncident):
    """It is not over."""

    do = "reopen"


class FalseAlarm(OnIncident):
    """There was nothing."""

    do = "false_alarm"


class ReportAlarm(Request):
    """The telephone: what a caller says, which may be no more than its kind: a line that broke off.

    `caller` is personal: not in the log, nor in a repr.
    """

    do = "report_alarm"
    kind: Kind
    place: Ident | Literal[""] = ""
    position: Point | None = None
    severity: Severity = "unknown"
    caller: Annotated[str, Field(max_length=100, repr=False)] = ""


class Shelve(Request):
    """Keep a source's alarms of one kind off the list for `minutes`, with a reason."""

    do = "shelve"
    source: Ident
    kind: Kind
    minutes: Annotated[int, Field(ge=15, le=480)]
    why: Said

    @field_validator("kind")
    @classmethod
    def _may_be_shelved(cls, kind: str) -> str:
        if kind in NEVER_SHELVED:
            raise ValueError("never shelved")
        return kind


class Unshelve(Request):
    """Back on the list."""

    do = "unshelve"
    source: Ident
    kind: Kind


class Duty(Request):
    """Sign a unit on or off duty by hand; off `until` (POSIX seconds), then on again by itself."""

    do = "duty"
    unit: Ident
    on: bool
    until: Annotated[float, Field(ge=0)] | None = None


class Handover(Request):
    """The outgoing officer's signature under the handover that has this digest."""

    do = "handover"
    digest: Digest
    words: Text = ""


class Takeover(Request):
    """The incoming officer's: `taken` names every running incident of priority 1.

    `keep_shelf`: what stays shelved, as "source|kind"; all else is heard again.
    """

    do = "takeover"
    digest: Digest
    taken: Annotated[tuple[Ident, ...], _FromList, Field(max_length=2000)] = ()
    keep_shelf: Annotated[tuple[Ref, ...], _FromList, Field(max_length=50)] = ()


class Move(Request):
    """A unit that is free stands by at a place; without one it goes back to its station."""

    do = "move"
    unit: Ident
    place: Ident | Literal[""] = ""


class StopPlay(Request):
    """The drill is over at once: on its own post, or on the live one that it is played beside."""

    do = "stop_play"
    text: Said


class Watch(OnIncident):
    """This console has the incident open; the others are shown who looks. Not in the log."""

    do = "watch"


class Unwatch(OnIncident):
    """No longer."""

    do = "unwatch"


Command = (
    Acknowledge | Assign | Hold | Hazard | Grade | Response | Notice | Reply | Par
    | Withdraw | Note | Priority | Merge | Split | Resolve | Close | Reopen | FalseAlarm
    | ReportAlarm | Shelve | Unshelve | Duty | Handover | Takeover
    | StopPlay | Move
)  # fmt: skip
Look = Watch | Unwatch

COMMANDS: dict[str, type[Command]] = {kind.do: kind for kind in get_args(Command)}
LOOKS: dict[str, type[Look]] = {kind.do: kind for kind in get_args(Look)}

# --- who may do what

VERBS = frozenset(COMMANDS)
_LOOK, _ALL = frozenset(LOOKS), frozenset(COMMANDS) | frozenset(LOOKS)
MAY = {"officer": _ALL, "leader": _ALL, "observer": _LOOK, "trainer": _LOOK}
MAY_IN_EXERCISE = MAY | {"trainer": _ALL}


def may(role: str, verb: str, exercise: bool) -> bool:  # noqa: FBT001 - a fact, not a switch
    """Whether `role` may give `verb`; a trainer only to a post whose root is the exercise's."""
    return verb in (MAY_IN_EXERCISE if exercise else MAY).get(role, frozenset())


# --- reading a console


class Hello(_Part):
    """A console's first frame. `since`: the last position it has; `client` None: it says not."""

    token: Annotated[str, Field(min_length=1, max_length=256, repr=False)]
    since: Annotated[str, Field(max_length=40)] | None = None
    client: Annotated[str, Field(max_length=64)] | None = None
    screen: JsonValue = None
    lang: Annotated[str, Field(max_length=16)] | None = None


def read_hello(raw: str | bytes) -> Hello:
    """The hello in a console's first frame; raises `FrameError`."""
    frame = _object(raw)
    try:
        return Hello.model_validate(frame.get("hello"))
    except ValidationError as error:
        raise FrameError("bad_frame", _where(error, "hello")) from None


def read_command(raw: str | bytes) -> Command | Look:
    """The command in a frame; raises `FrameError`, and nothing else whatever the frame holds."""
    frame = {key: value for key, value in _object(raw).items() if value is not None}
    command_id, verb = _readable_id(frame.get("id")), frame.pop("do", None)
    kind = (COMMANDS.get(verb) or LOOKS.get(verb)) if isinstance(verb, str) else None
    if kind is None:
        raise FrameError("unknown_verb", "do", command_id)
    try:
        return kind.model_validate(_in_our_words(kind, frame))
    except ValidationError as error:
        raise FrameError("bad_field", _where(error, ""), command_id) from None


def write_command(command: Command | Look) -> str:
    """The frame for `command`; inverse of `read_command`."""
    fields = command.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"id": command.id, "do": command.do} | fields, ensure_ascii=False)


def _in_our_words(kind: type[Request], frame: dict[str, Any]) -> dict[str, Any]:
    """`unit` for `units` of one, and a reason in whichever of its fields; ours is read first."""
    fields = dict(frame)
    if "units" in kind.model_fields and "units" not in fields and "unit" in fields:
        fields["units"] = [fields["unit"]]
    if "why" not in fields and "reason" in fields:
        fields["why"] = fields["reason"]
    if kind is Shelve and "why" not in fields and "text" in fields:
        fields["why"] = fields["text"]
    return fields


def _readable_id(value: object) -> str | None:
    return value if isinstance(value, str) and value.isascii() and len(value) <= 64 else None


def _where(error: ValidationError, prefix: str) -> str:
    """The first field at fault: always a name of ours, for those we do not know are passed over."""
    path = (prefix, *(str(part) for part in error.errors(include_url=False)[0]["loc"][:1]))
    return ".".join(part for part in path if part) or "incident"


def _object(raw: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # a deep nest of brackets is not JSON we read
        raise FrameError("bad_json") from None
    if not isinstance(value, dict):
        raise FrameError("bad_frame")
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# --- reading the post

Tables = dict[str, dict[str, Any]]  # table -> key -> row; in `Rows` a row of None is gone


class Snapshot(_Part):
    """Everything, at log position `at`; in `of` parts when it is long, all of the same position."""

    snapshot: Tables
    at: str
    role: str
    name: str = ""
    part: int = 1
    of: int = 1


class Rows(_Part):
    """What changed up to `at`. `merged`: commits folded into one because this console is slow;
    `more`: that comes in parts, and this is not the last.
    """

    rows: Tables
    at: str
    role: str = ""
    name: str = ""
    resumed: bool = False
    merged: int = 0
    more: bool = False


class Beat(_Part):
    """The post's pulse: its clock, position, backlog and health."""

    beat: dict[str, Any]


class Answer(_Part):
    """To one command, by its id."""

    id: str | None
    ok: bool
    reason: str = ""
    code: str = ""
    by: str = ""


class Problem(_Part):
    """Why the post is about to close this connection."""

    error: str


Frame = Snapshot | Rows | Beat | Answer | Problem
_FRAMES: dict[str, type[Frame]] = {
    "snapshot": Snapshot, "rows": Rows, "beat": Beat, "ok": Answer, "error": Problem,
}  # fmt: skip


def read_frame(raw: str | bytes) -> Frame:
    """A frame from the post; raises `FrameError` on anything else.

    In a storm these are megabytes a second: read in half the time, and a key that comes twice,
    which the post never writes, counts by its last value.
    """
    try:
        value = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise FrameError("bad_json") from None
    if not isinstance(value, dict):
        raise FrameError("bad_frame")
    try:
        for key, kind in _FRAMES.items():
            if key in value:
                return kind.model_validate(value)
    except ValidationError as error:
        raise FrameError("bad_frame", _where(error, "")) from None
    raise FrameError("bad_frame")
