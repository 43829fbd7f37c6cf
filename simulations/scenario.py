"""A drill as a file: what is sent when, what the post must then do, and how teams behave.

The form is a master scenario events list (MSEL): every inject has its time, channel, expected
actions with a deadline, and the objective it serves. Times are seconds of the drill's clock.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from command.core.events import EVENTS
from command.errors import ConfigError
from command.messages import COMMANDS
from sensors.topics import UP, Kind
from sensors.words import tr

FOLDER = Path(__file__).parent / "scenarios"
CONSOLE = (
    "console"  # the channel of what an officer types in: the telephone, acknowledging, closing
)

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_FromList = Strict(strict=False)  # TOML has arrays, not tuples


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Expectation(_Part):
    """One action of the post: an event with these fields, or a receipt with this outcome.

    `never` turns it round: it must not come within the time. A list in `where` means one of them.
    """

    within_s: Seconds
    event: str = ""
    receipt: Literal["", "opened", "merged", "logged", "duplicate", "rejected"] = ""
    never: bool = False
    where: dict[str, Any] = {}

    @model_validator(mode="after")
    def _readable(self) -> Expectation:
        if bool(self.event) == bool(self.receipt):
            raise ValueError("event or receipt, one of them")
        if self.event and self.event not in EVENTS:
            raise ValueError(f"there is no event {self.event}")
        if self.event:
            known = {field.name for field in fields(EVENTS[self.event])}
            if strange := sorted(self.where.keys() - known):
                raise ValueError(f"{self.event} has no field {strange[0]}")
        return self


class Inject(_Part):
    """What is sent at `at_s`: `channel` is the source's name and the kind of message.

    Exactly one of `payload` (fields of the contract; id and time are added), `raw` (bytes as they
    are) and `repeat` (the very bytes of an earlier inject) says what. "@id" as a value stands for
    the incident that the inject of this id led to.
    """

    id: Name
    at_s: Seconds
    channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}/[a-z_]+$")]
    objective: str
    expect: Annotated[tuple[Expectation, ...], _FromList, Field(min_length=1)]
    payload: dict[str, Any] | None = None
    raw: str | None = None
    repeat: str = ""
    note: str = ""

    @property
    def source(self) -> str:
        """Who says it."""
        return self.channel.partition("/")[0]

    @property
    def kind(self) -> str:
        """The kind of message; of the console's, the verb."""
        return self.channel.partition("/")[2]

    @property
    def incidents(self) -> Iterator[str]:
        """The injects whose incidents it speaks of."""
        for value in (self.payload or {}).values():
            if isinstance(value, str) and value.startswith("@"):
                yield value[1:]

    @model_validator(mode="after")
    def _sendable(self) -> Inject:
        if sum((self.payload is not None, self.raw is not None, bool(self.repeat))) != 1:
            raise ValueError("payload, raw or repeat, one of them")
        kinds: set[str] = set(COMMANDS) if self.source == CONSOLE else {str(kind) for kind in UP}
        if self.kind not in kinds:
            raise ValueError(f"channel: {self.kind} is none of {' '.join(sorted(kinds))}")
        return self


class Behaviour(_Part):
    """How the teams of a unit or type answer. Seconds after the offer came, then step after step.

    Without `scene_s` the way is computed; without `done_s` they stay. Delays vary by a fifth.
    """

    unit: str = ""
    type: str = ""
    receive_s: Seconds = 1.0
    accept_s: Seconds = 12.0
    go_s: Seconds = 20.0
    scene_s: Seconds | None = None
    done_s: Seconds | None = None
    never: bool = False
    decline: str = ""


class Heartbeats(_Part):
    """Sources that say that they live, every `every_s`, from the start."""

    sources: Annotated[tuple[Name, ...], _FromList]
    every_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Head(_Part):
    """What the drill is. `start` is where its clock begins: season and night follow from it."""

    name: Name
    title: str
    title_en: str
    length_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    seed: int
    start: dt.datetime

    @model_validator(mode="after")
    def _with_offset(self) -> Head:
        if self.start.tzinfo is None:
            raise ValueError("start: an offset is missing, such as +08:00")
        return self


class Scenario(_Part):
    """The whole file; injects in order of time."""

    scenario: Head
    inject: Annotated[tuple[Inject, ...], _FromList, Field(min_length=1)]
    unit: Annotated[tuple[Behaviour, ...], _FromList] = ()
    heartbeat: Annotated[tuple[Heartbeats, ...], _FromList] = ()

    @property
    def start_at(self) -> float:
        """POSIX seconds of the first moment."""
        return self.scenario.start.timestamp()

    @property
    def end_at(self) -> float:
        """POSIX seconds of the last moment."""
        return self.start_at + self.scenario.length_s

    def starting(self, at: float) -> Scenario:
        """The same, begun at another moment: POSIX seconds."""
        start = dt.datetime.fromtimestamp(at, self.scenario.start.tzinfo)
        return self.model_copy(
            update={"scenario": self.scenario.model_copy(update={"start": start})}
        )

    def until(self, seconds: float) -> Scenario:
        """The injects whose deadlines had all passed after `seconds` of it."""
        part = [
            one for one in self.inject if one.at_s + max(e.within_s for e in one.expect) <= seconds
        ]
        return self.model_copy(update={"inject": tuple(part)})

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        known: dict[str, Inject] = {}
        for inject in self.inject:
            if known and inject.at_s < list(known.values())[-1].at_s:
                raise ValueError(f"{inject.id}: out of order of time")
            for other in (*inject.incidents, *filter(None, [inject.repeat])):
                if other not in known:
                    raise ValueError(f"{inject.id}: no inject {other} before it")
            if inject.id in known:
                raise ValueError(f"{inject.id}: twice")
            late = max(inject.at_s + one.within_s for one in inject.expect)
            if late > self.scenario.length_s:
                raise ValueError(f"{inject.id}: a deadline after the drill's end")
            known[inject.id] = inject
        return self

    def behaviour(self, unit: str, kind: str) -> Behaviour:
        """Of a unit: its own, else its type's, else that of all others."""
        for wanted in ((unit, ""), ("", kind), ("", "")):
            for one in self.unit:
                if (one.unit, one.type) == wanted:
                    return one
        return Behaviour()


def known() -> list[str]:
    """Names of the drills that come with the house."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find(name: str) -> Path:
    """The file of a drill: one of ours by name, or any by its path. Raises ConfigError."""
    own, given = FOLDER / f"{name}.toml", Path(name)
    if name in known():
        return own
    if given.suffix == ".toml" and given.is_file():
        return given
    message = tr("There is no drill {name}. Drills: {known}; or the path of a .toml file.")
    raise ConfigError(message.format(name=ascii(name[:80]), known=" ".join(known())))


def load(path: Path) -> Scenario:
    """Read and check a scenario; ConfigError says which file, which part and why."""
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        why = f"{where}: {first['msg']}"
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = str(error)
    message = tr("The scenario {file} cannot be used: {why}")
    raise ConfigError(message.format(file=path.name, why=why[:300]))


def is_receipted(kind: str) -> bool:
    """Kinds that a device keeps, and sends again, until the post has answered for them."""
    return kind in {Kind.ALARM, Kind.CLEAR, Kind.REPLY, Kind.DUTY, Kind.REQUEST}
