"""A drill as a file: what is sent when, what the post must then do, and how teams behave.

The form is a master scenario events list (MSEL): every inject has its time, channel, expected
actions with a deadline, and the objective it serves. Times are seconds of the drill's clock.

    [scenario]      what the drill is          [[unit]]       how teams answer, well or badly
    [[objective]]   what it tests              [[heartbeat]]  sources that say that they live
    [[inject]]      what is sent, and what     [[hazard]]     what grows by itself and is fought
                    the post must then do      [[noise]]      alarms that mean nothing
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from command.core.events import EVENTS
from command.errors import ConfigError
from command.messages import COMMANDS
from sensors.topics import UP, Kind
from sensors.words import tr
from simulations.behaviour import Behaviour
from simulations.hazards.parts import FromList, HazardPart, Name, Part, Seconds

Pattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9._*-]{1,64}$")]  # of names; * for anything

FOLDER = Path(__file__).parent / "scenarios"
CONSOLE = (
    "console"  # the channel of what an officer types in: the telephone, acknowledging, closing
)


class Expectation(Part):
    """One action of the post: an event with these fields, or a receipt with this outcome.

    `never` turns it round: it must not come within the time. A list in `where` means one of them.
    `at_least` asks for so many of them; `at_most` allows so many within the time, or none at all.
    `anywhere`: of whatever incident, not only of the inject's own.
    """

    within_s: Seconds
    event: str = ""
    receipt: Literal["", "opened", "merged", "logged", "duplicate", "rejected"] = ""
    never: bool = False
    where: dict[str, Any] = Field(default_factory=dict)
    at_least: Annotated[int, Field(ge=1)] = 1
    at_most: Annotated[int, Field(ge=1)] | None = None
    anywhere: bool = False

    @model_validator(mode="after")
    def _readable(self) -> Expectation:
        if bool(self.event) == bool(self.receipt):
            raise ValueError("event or receipt, one of them")
        if (self.never, self.at_least > 1, self.at_most is not None).count(True) > 1:
            raise ValueError("never, at_least or at_most, one of them")
        if self.event:
            _check_event(self.event, self.where)
        return self


def _check_event(event: str, where: Mapping[str, Any]) -> None:
    if event not in EVENTS:
        raise ValueError(f"there is no event {event}")
    known = {field.name for field in fields(EVENTS[event])}
    if strange := sorted(where.keys() - known):
        raise ValueError(f"{event} has no field {strange[0]}")


class When(Part):
    """What a contingent inject waits for: an event with these fields, of the incident of `of`.

    It goes `after_s` after the event, if that comes by `by_s`; with `never`, `after_s` after
    `by_s`, if the event has not come by then. Without `by_s` there is time to the end.
    """

    event: str
    where: dict[str, Any] = Field(default_factory=dict)
    of: str = ""
    by_s: Seconds | None = None
    never: bool = False
    after_s: Seconds = 0.0

    @model_validator(mode="after")
    def _readable(self) -> When:
        _check_event(self.event, self.where)
        if self.never and self.by_s is None:
            raise ValueError("never needs by_s")
        return self


class Inject(Part):
    """What is sent at `at_s`: `channel` is the source's name and the kind of message.

    Exactly one of `payload` (fields of the contract; id and time are added), `raw` (bytes as they
    are), `repeat` (the very bytes of an earlier inject) and `hazard` (the next message that this
    hazard sends on the channel, whenever it does) says what. "@id" as a value stands for the
    incident that the inject of this id led to. With `when` it is contingent; `late_s`: the device
    stamped it so long ago. `objective` is a sentence, or the id of an [[objective]]; `note` is for
    the evaluator.
    """

    id: Name
    at_s: Seconds
    channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}/[a-z_]+$")]
    objective: str
    expect: Annotated[tuple[Expectation, ...], FromList, Field(min_length=1)]
    payload: dict[str, Any] | None = None
    raw: str | None = None
    repeat: str = ""
    hazard: str = ""
    when: When | None = None
    late_s: Seconds = 0.0
    objective_en: str = ""
    note: str = ""
    note_en: str = ""

    @property
    def latest_s(self) -> float:
        """The latest second at which it can go, as far as the file says."""
        if self.when is None or self.when.by_s is None:
            return self.at_s
        return max(self.at_s, self.when.by_s + self.when.after_s)

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
        if self.when is not None and self.when.of:
            yield self.when.of

    @model_validator(mode="after")
    def _sendable(self) -> Inject:
        ways = (self.payload is not None, self.raw is not None, self.repeat, self.hazard)
        if sum(map(bool, ways)) != 1:
            raise ValueError("payload, raw or repeat or hazard, one of them")
        if self.hazard and (self.when is not None or self.source == CONSOLE):
            raise ValueError("a hazard speaks for itself: without when, and never at the console")
        kinds: set[str] = set(COMMANDS) if self.source == CONSOLE else {str(kind) for kind in UP}
        if self.kind not in kinds:
            raise ValueError(f"channel: {self.kind} is none of {' '.join(sorted(kinds))}")
        return self


class Heartbeats(Part):
    """Sources that say that they live, every `every_s`, from the start. As in [[noise]], `*` may
    stand in a name, here of a team's, too.
    """

    sources: Annotated[tuple[Pattern, ...], FromList]
    every_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Noise(Part):
    """`count` alarms that mean nothing, at random moments between `from_s` and `to_s`.

    `sources` may hold patterns of names (`ljg-*`), of the township's cameras and sources.
    """

    id: Name
    sources: Annotated[tuple[Pattern, ...], FromList, Field(min_length=1)]
    from_s: Seconds
    to_s: Seconds
    count: Annotated[int, Field(ge=1, le=100_000)]
    kinds: Annotated[tuple[str, ...], FromList, Field(min_length=1)]
    texts: Annotated[tuple[str, ...], FromList, Field(min_length=1)]
    severity: str = "unknown"
    confidence: Annotated[tuple[float, float], FromList] = (0.3, 0.6)

    @model_validator(mode="after")
    def _forward(self) -> Noise:
        if self.from_s > self.to_s:
            raise ValueError("from_s after to_s")
        return self


class Objective(Part):
    """What the drill tests, in both languages; injects name it by its id."""

    id: Name
    text: str
    text_en: str


class Head(Part):
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


class Scenario(Part):
    """The whole file; injects in order of time."""

    scenario: Head
    inject: Annotated[tuple[Inject, ...], FromList, Field(min_length=1)]
    unit: Annotated[tuple[Behaviour, ...], FromList] = ()
    heartbeat: Annotated[tuple[Heartbeats, ...], FromList] = ()
    objective: Annotated[tuple[Objective, ...], FromList] = ()
    hazard: Annotated[tuple[HazardPart, ...], FromList] = ()
    noise: Annotated[tuple[Noise, ...], FromList] = ()

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

    def answered_by(self, people: Sequence[str]) -> Scenario:
        """The same; these units are real people with handhelds, and nobody answers for them."""
        silent = [Behaviour(unit=unit, never=True) for unit in people]
        return self.model_copy(update={"unit": (*silent, *self.unit)})

    def until(self, seconds: float) -> Scenario:
        """The injects whose deadlines had all passed after `seconds` of it."""
        part = [
            one
            for one in self.inject
            if one.latest_s + max(e.within_s for e in one.expect) <= seconds
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
            if inject.hazard and inject.hazard not in {one.id for one in self.hazard}:
                raise ValueError(f"{inject.id}: no hazard {inject.hazard}")
            late = max(inject.latest_s + one.within_s for one in inject.expect)
            if late > self.scenario.length_s:
                raise ValueError(f"{inject.id}: a deadline after the drill's end")
            known[inject.id] = inject
        return self

    def purpose(self, inject: Inject, lang: str) -> str:
        """What an inject tests, in words."""
        for one in self.objective:
            if one.id == inject.objective:
                return one.text_en if lang == "en" else one.text
        return (inject.objective_en if lang == "en" else "") or inject.objective

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
