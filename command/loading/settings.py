"""township.toml and sources.toml: the township's own numbers, and who may speak."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass

from command.core.township import Limits, RoadWorks
from command.loading.complaints import Book
from command.loading.fields import Fields, hint
from command.loading.places import Ground
from command.loading.reading import Values, record, toml_document, toml_record, toml_records
from command.loading.rosters import Roster
from sensors.observations import AlarmKind
from sensors.sources import SourceRule

TOWNSHIP, SOURCES = "township.toml", "sources.toml"
KINDS = [kind.value for kind in AlarmKind]
DIALECTS = {word: word for word in ("native", "frigate", "owntracks", "chirpstack")}
LIMITS = {  # ranges of `Limits`
    "source_silent_s": (10, 86_400),
    "unit_silent_s": (10, 86_400),
    "episode_quiet_s": (1, 86_400),
    "night_from_h": (0, 23),
    "night_to_h": (0, 23),
    "detour": (1, 5),
    "slope": (0, 1),
    "work_max_s": (3_600, 604_800),
    "rest_s": (0, 604_800),
}
WORKS_M = 150.0  # what road works close around them
SOURCE_KEYS = tuple(field.name for field in dataclasses.fields(SourceRule))


@dataclass(frozen=True, slots=True)
class Head:
    """What township.toml says."""

    id: str = ""
    name: str = ""
    name_en: str = ""
    area_km2: float = 0.0
    utc_offset_h: float = 8.0
    limits: Limits = dataclasses.field(default_factory=Limits)
    works: tuple[RoadWorks, ...] = ()


def read_head(book: Book, text: str, ground: Ground) -> Head:
    """The township's id, names and limits, and the road works that are known."""
    document = toml_document(book, TOWNSHIP, text)
    if document is None:
        return Head()
    fields = Fields(book, TOWNSHIP, toml_record(text, document, ""))
    fields.only(("id", "name", "name_en", "area_km2", "utc_offset_h", "limits", "works"))
    key = fields.text("id", needed=True)
    if key and not re.fullmatch(r"[a-z0-9-]{1,32}", key):
        fields.complain("township_id_bad", "id", value=key)
    limits = toml_record(text, fields.table("limits"), "limits")
    offset_h = _or(fields.number("utc_offset_h", -12, 14, 8.0), 8.0)
    return Head(
        id=key,
        name=fields.text("name", needed=True),
        name_en=fields.text("name_en"),
        area_km2=fields.number("area_km2", 0.01, 100_000) or 0.0,
        utc_offset_h=offset_h,
        works=_works(book, text, document, ground, offset_h),
        limits=_limits(Fields(book, TOWNSHIP, limits)),
    )


def _works(
    book: Book, text: str, document: Values, ground: Ground, offset_h: float
) -> tuple[RoadWorks, ...]:
    """Closed roads with their times; a time without an offset is the township's own."""
    found = []
    zone = dt.timezone(dt.timedelta(hours=offset_h))
    entries = toml_records(book, TOWNSHIP, text, document, "works") if "works" in document else ()
    for entry in entries:
        fields = Fields(book, TOWNSHIP, entry)
        fields.only(("lon", "lat", "radius_m", "from", "to", "text"))
        at = fields.position(ground.near)
        begins, ends = (fields.moment(key, zone) for key in ("from", "to"))
        radius_m = fields.number("radius_m", 1, 5_000, WORKS_M) or WORKS_M
        said = fields.text("text", 200)
        if begins is not None and ends is not None and begins >= ends:
            fields.complain("works_backwards", "to")
        elif at and begins is not None and ends is not None:
            found.append(RoadWorks(at[0], at[1], radius_m, begins, ends, said))
    return tuple(found)


def _or(number: float | None, default: float) -> float:
    return default if number is None else number


def _limits(fields: Fields) -> Limits:
    fields.only(LIMITS)
    hours = ("night_from_h", "night_to_h")
    read = {
        key: fields.whole(key, int(low), int(high), getattr(Limits(), key))
        if key in hours
        else fields.number(key, low, high, getattr(Limits(), key))
        for key, (low, high) in LIMITS.items()
    }
    return Limits(**{key: number for key, number in read.items() if number is not None})  # type: ignore[arg-type]


def read_sources(book: Book, text: str, ground: Ground, roster: Roster) -> tuple[SourceRule, ...]:
    """All sources; a township without foreign devices has an empty file."""
    document = toml_document(book, SOURCES, text)
    if document is None:
        return ()
    Fields(book, SOURCES, toml_record(text, document, "")).only(["source"])
    if "source" not in document:
        return ()
    seen: set[tuple[str, str]] = set()
    rules = []
    for entry in toml_records(book, SOURCES, text, document, "source"):
        fields = Fields(book, SOURCES, entry)
        rule = _source(fields, ground)
        _check_source(fields, rule, roster)
        if (rule.dialect, rule.address) in seen:
            fields.complain("source_twice", "address", value=rule.address, dialect=rule.dialect)
        seen.add((rule.dialect, rule.address))
        rules.append(rule)
    return tuple(rules)


def _source(fields: Fields, ground: Ground) -> SourceRule:
    fields.only(SOURCE_KEYS)
    at = _position(fields, ground)
    return SourceRule(
        name=fields.ident("name"),
        dialect=fields.choice("dialect", DIALECTS),
        address=fields.text("address", 128, needed=True),
        person=fields.flag("person", default=False),
        kinds=_kinds(fields),
        place=_place(fields, ground),
        lon=at[0] if at else None,
        lat=at[1] if at else None,
        min_confidence=fields.number("min_confidence", 0, 1, 0.0) or 0.0,
        thresholds=_thresholds(fields),
        text=fields.text("text", 200),
    )


def _position(fields: Fields, ground: Ground) -> tuple[float, float] | None:
    said = [key for key in ("lon", "lat") if fields.raw(key) is not None]
    if len(said) == 1:
        fields.complain("position_half", said[0])
    return fields.position(ground.near) if len(said) == 2 else None


def _place(fields: Fields, ground: Ground) -> str:
    said = fields.text("place")
    found = ground.find(said) if said else None
    if said and ground.places and found is None:
        fields.complain("place_unknown", "place", value=said, hint=ground.hint(said))
    return found.id if found else ""


def _kinds(fields: Fields) -> dict[str, str]:
    """The dialect's labels and the alarm kinds they open."""
    kinds: dict[str, str] = {}
    for label, kind in fields.table("kinds").items():
        if not isinstance(kind, str) or kind not in KINDS:
            fields.complain("kind_unknown", "kinds", value=kind, known=", ".join(KINDS))
        else:
            kinds[label] = kind
    return kinds


def _thresholds(fields: Fields) -> dict[str, float]:
    said = fields.table("thresholds")
    line = fields.record.line_of("thresholds", 0)
    inner = Fields(fields.book, SOURCES, record(said, line))
    read = {key: inner.number(key, -1e9, 1e9) for key in said}
    return {key: number for key, number in read.items() if number is not None}


def _check_source(fields: Fields, rule: SourceRule, roster: Roster) -> None:
    """A camera's analytics belong to a camera, a tracker to a unit or a post."""
    if rule.dialect == "frigate":
        _check_name(fields, "source_camera", rule.name, list(roster.cameras))
    if rule.dialect == "owntracks" and roster.units:
        _check_name(fields, "source_unit", rule.name, [*roster.units, *roster.posts])
    if rule.dialect == "chirpstack" and not re.fullmatch(r"[0-9a-f]{16}", rule.address):
        fields.complain("deveui_bad", "address", value=rule.address)


def _check_name(fields: Fields, code: str, name: str, known: list[str]) -> None:
    """`known` is empty where the table it comes from can't be read: one complaint is enough."""
    if name and known and name not in known:
        fields.complain(code, "name", value=name, hint=hint(name, known))
