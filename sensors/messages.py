"""The MQTT payloads of contract v1, and the one way JSON is read here. Pure.

The models are frozen and strict: "5" is not 5, unknown fields are ignored, `v` may only be 1.
`read` and `write` are for both ends: the post writes what a handheld reads, and the reverse.
`loads` is for everything that comes in as JSON, foreign systems too; what it refuses raises
`Unreadable` with a reason that a person is shown, never anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from sensors.observations import RejectionReason, ReplyStatus

MAX_BYTES = 64 * 1024  # DESIGN.md section 4
SALVAGE_BYTES = 1024 * 1024  # of a message that is too large, to find its id: some 10 ms
MAX_DEPTH = 32  # Frigate, the deepest of our senders, nests six levels

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


class Unreadable(Exception):  # noqa: N818 - a finding about the sender, not an error of ours
    """The message cannot be read: whose fault and where. `detail` names a field, never a value.

    `source` and `message_id` are what could be learnt before that, "" otherwise.
    """

    def __init__(
        self, reason: RejectionReason, detail: str, *, source: str = "", message_id: str = ""
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.source = source
        self.message_id = message_id


# --- models -------------------------------------------------------------------------------------

Id = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[str, ...], Strict(strict=False)]  # JSON has lists, not tuples
Choice = Strict(strict=False)  # JSON has strings, not enum members


class Part(BaseModel):
    """What all models share: strict, frozen, tolerant of fields that come later."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True
    )


class Wire(Part):
    """A whole payload. `v` is the contract's version."""

    v: Annotated[int, Field(ge=1, le=1)] = 1


class Point(Part):
    """A position as the post writes it: WGS-84 degrees, accuracy in metres."""

    lon: float
    lat: float
    accuracy_m: float | None = None
    datum: str | None = None


class Alarm(Wire):
    """Something is wrong. `at` and `position` are read leniently, apart: see `dialects.native`."""

    id: Id
    kind: Id
    at: Any = None
    severity: str | None = None
    confidence: float | None = None
    position: Any = None
    place: str | None = None
    text: str | None = None
    evidence: Names | None = None
    exercise: bool | None = None


class Clear(Wire):
    """The source no longer sees it: names an alarm's id, or a kind."""

    id: Id
    at: Any = None
    alarm: str | None = None
    kind: str | None = None


class Heartbeat(Wire):
    """A sign of life; battery 0..1."""

    id: str | None = None
    at: Any = None
    ok: bool | None = None
    text: str | None = None
    battery: float | None = None


class PositionReport(Wire):
    """Where a unit or ranger is; speed in metres a second."""

    id: str | None = None
    at: Any = None
    position: Any
    speed_mps: float | None = None
    battery: float | None = None


class Reply(Wire):
    """A handheld's answer to an order; `rev` says to which revision of it."""

    id: Id
    order_id: Id
    unit: str | None = None
    status: Annotated[ReplyStatus, Choice]
    at: Any = None
    text: str | None = None
    rev: int | None = None


class Duty(Wire):
    """A handheld signs on or off."""

    id: Id
    on: bool
    at: Any = None


class Request(Wire):
    """A team asks for something."""

    id: Id
    need: Id
    order_id: str | None = None
    at: Any = None
    text: str | None = None


class Order(Wire):
    """What a unit is to do. Times RFC 3339; `rev` decides which of two is the newer."""

    order_id: Id
    rev: int
    state: Literal["offered", "updated", "withdrawn"]
    incident_id: str
    unit: str
    role: str
    kind: str
    priority: int
    place: str = ""
    position: Point | None = None
    text: str = ""
    hazards: Names = ()
    contact: str = "post"
    others: Names = ()
    issued_at: str
    reply_within_s: float | None = None
    expires_at: str | None = None
    exercise: bool = False


class ReceiptLine(Part):
    """What became of one message. `step` and `text` carry later news of a case."""

    id: str
    outcome: Literal["opened", "merged", "logged", "duplicate", "rejected"]
    incident_id: str | None = None
    reason: str | None = None
    step: str | None = None
    text: str | None = None


class Receipt(Wire):
    """Proof that messages are on disk; may list many."""

    receipts: Annotated[tuple[ReceiptLine, ...], Strict(strict=False)]


class Status(Wire):
    """The post's retained sign of life; the will says online false."""

    online: bool
    since: str | None = None


AnyWire = TypeVar("AnyWire", bound=Wire)


def read(model: type[AnyWire], payload: bytes) -> AnyWire:
    """`payload` as `model`; raises `Unreadable`."""
    return check(model, loads(payload))


def check(model: type[AnyWire], document: dict[str, Any]) -> AnyWire:
    """An object that `loads` has read, as `model`; raises `Unreadable`."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _unreadable(error) from None


def write(message: Wire) -> bytes:
    """`message` as UTF-8 JSON without the fields that are not set."""
    return message.model_dump_json(exclude_none=True, exclude={"v"}).encode()


def _unreadable(error: ValidationError) -> Unreadable:
    # hide_input_in_errors, and only location and type are used: a value may be personal data.
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["loc"][:1] == ("v",):
        return Unreadable(RejectionReason.VERSION_UNKNOWN, "v")
    if first["type"] == "missing":
        return Unreadable(RejectionReason.FIELD_MISSING, field)
    return Unreadable(RejectionReason.FIELD_INVALID, f"{field}: {first['msg']}")


# --- JSON ---------------------------------------------------------------------------------------


def loads(payload: bytes) -> dict[str, Any]:
    """`payload` as one JSON object; raises `Unreadable`.

    Refused: over 64 KiB, not UTF-8, not an object, duplicate keys, NaN and infinities, numbers
    too large for a float, more than 32 levels, half a surrogate pair.
    """
    value = loads_any(payload)
    if not isinstance(value, dict):
        raise Unreadable(RejectionReason.NOT_OBJECT, type(value).__name__)
    return value


def salvaged_id(payload: bytes) -> str:
    """The `id` of an object that `loads` refuses, where a person would read one; else "".

    A device sends again until it has its receipt: a message that no reading will ever accept must
    be refused by its id, or it comes for ever.
    """
    if len(payload) > SALVAGE_BYTES:
        return ""
    try:
        pairs = _LENIENT.decode(payload.decode())
    except (ValueError, RecursionError):  # not even nearly JSON
        return ""
    named = [value for key, value in pairs if key == "id"] if isinstance(pairs, _Pairs) else []
    same = bool(named) and all(isinstance(v, str) and v == named[0] for v in named)
    return str(named[0]) if same else ""


def loads_any(payload: bytes) -> Any:
    """As `loads`, for systems that also send lists and bare words."""
    if len(payload) > MAX_BYTES:
        raise Unreadable(RejectionReason.TOO_LARGE, f"{len(payload)} bytes")
    try:
        value = _value(payload.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(RejectionReason.NOT_UTF8, f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise _not_json(f"{error.msg} at character {error.pos}") from None
    except ValueError as error:  # a number of more digits than Python converts
        raise _not_json(str(error)) from None
    except RecursionError:
        raise _not_json("nested too deep") from None
    _check_depth(payload, value)
    _check_surrogates(payload, value)
    return value


def _not_json(detail: str) -> Unreadable:
    return Unreadable(RejectionReason.NOT_JSON, detail)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _not_json("the same key twice")
    return value


def _constant(word: str) -> float:
    raise _not_json(f"{word} is not a number of JSON")


def _float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise _not_json("number too large")
    return value


# Built once: that costs more than reading an alarm. What `_value` leaves to it is rare.
_CAREFUL = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
_PLAIN = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_SCAN: Callable[[str, int], tuple[Any, int]] = _PLAIN.scan_once  # type: ignore[attr-defined]
_HUGE = re.compile(r"\d[eE]|\d{300}")  # without either, no number is infinite


def _value(text: str) -> Any:
    """As `_CAREFUL.decode`; what begins and ends without a blank in a third of the time."""
    if _HUGE.search(text) is None:
        try:
            value, end = _SCAN(text, 0)
        except StopIteration:
            end = -1
        if end == len(text):
            return value
    return _CAREFUL.decode(text)


class _Pairs(tuple[tuple[str, Any], ...]):
    """An object as it is written, repeated keys and all."""

    __slots__ = ()


_LENIENT = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=float)  # of any length


def _check_depth(payload: bytes, value: Any) -> None:
    if payload.count(b"{") + payload.count(b"[") <= MAX_DEPTH:
        return
    level = _containers([value])
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _containers(outer)]
        if not level:
            return
    raise _not_json("nested too deep")


def _containers(value: Any) -> list[Any]:
    parts = value.values() if isinstance(value, dict) else value
    return [part for part in parts if isinstance(part, dict | list)]


def _check_surrogates(payload: bytes, value: Any) -> None:
    if b"\\u" not in payload or _SURROGATE_ESCAPE.search(payload) is None:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _not_json("half a surrogate pair") from None
