"""places.geojson: the border, villages, groups, key places, roads, rivers, forests.

One feature each, told apart by the property `layer`; RFC 7946, so longitude first and WGS-84.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from command.core.township import Line, Place, PlaceKind, Ring
from command.loading import geometry
from command.loading.complaints import Book
from command.loading.fields import Fields, hint
from command.loading.reading import feature_lines, json_document, plain, record

Shape = TypeVar("Shape")

FILE = "places.geojson"
SHAPES = {  # what each layer may be drawn as
    "border": ("Polygon",),
    "village": ("Polygon", "Point"),
    "group": ("Point",),
    "key": ("Point",),
    "road": ("LineString",),
    "river": ("LineString",),
    "forest": ("Polygon", "MultiPolygon"),
}


@dataclass(slots=True)
class Ground:
    """What the map says; filled feature by feature. `line` is where a place stands in the file."""

    border: Ring = ()
    places: dict[str, Place] = field(default_factory=dict)
    village_borders: dict[str, Ring] = field(default_factory=dict)
    roads: list[Line] = field(default_factory=list)
    rivers: list[Line] = field(default_factory=list)
    forests: list[Ring] = field(default_factory=list)
    line: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # a place's id or name, plain -> its id

    @property
    def near(self) -> tuple[float, float, float, float] | None:
        """The box around the border, to notice swapped coordinates."""
        return geometry.bounds(self.border) if self.border else None

    def find(self, word: str) -> Place | None:
        """A place by its id or its name."""
        return self.places.get(self.names.get(plain(word), ""))

    def hint(self, word: str) -> str:
        """The place that was probably meant, for a complaint."""
        return hint(word, [*self.places, *(place.name for place in self.places.values())])


@dataclass(frozen=True, slots=True)
class _Feature:
    fields: Fields
    layer: str
    id: str
    type: str
    coordinates: Any


def read(book: Book, text: str) -> Ground:
    """Everything in the map file, the border first whatever its place in the file."""
    ground = Ground()
    features = _features(book, text)
    for feature in sorted(features, key=lambda one: list(SHAPES).index(one.layer)):
        _TAKE[feature.layer](ground, feature)
    if not ground.border and not any(one.layer == "border" for one in features):
        book.add("border_missing", FILE, 1)
    _check_places(book, ground)
    return ground


def _features(book: Book, text: str) -> list[_Feature]:
    document = json_document(book, FILE, text)
    if document is None:
        return []
    found = document.get("features") if isinstance(document, dict) else None
    if not isinstance(found, list) or not found:
        book.add("table_empty", FILE, 1)
        return []
    lines = feature_lines(text) + [1] * len(found)
    made = [_feature(book, entry, line) for entry, line in zip(found, lines, strict=False)]
    return [feature for feature in made if feature]


def _feature(book: Book, entry: object, line: int) -> _Feature | None:
    """A feature with a known layer and a shape of a type that this layer may have."""
    values = entry.get("properties") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(values, dict):
        book.add("value_type", FILE, line, field="properties", value=values)
        return None
    fields = Fields(book, FILE, record(values, line))
    layer = plain(fields.text("layer", needed=True))
    if layer not in SHAPES:
        fields.complain("layer_unknown", value=layer, known=", ".join(SHAPES))
        return None
    shape = entry.get("geometry")
    shape = shape if isinstance(shape, dict) else {}
    feature = _Feature(
        fields, layer, fields.ident("id"), str(shape.get("type")), shape.get("coordinates")
    )
    if feature.type not in SHAPES[layer]:
        wanted = ", ".join(SHAPES[layer])
        fields.complain("shape_type", id=feature.id, type=feature.type, wanted=wanted)
        return None
    return feature


def _shape(feature: _Feature, read_shape: Callable[..., Shape], *more: object) -> Shape | None:
    """The feature's shape, or None with the complaint of why not."""
    try:
        return read_shape(feature.coordinates, *more)
    except geometry.ShapeError as error:
        feature.fields.complain(error.code, "", **{"id": feature.id, **error.values})
        return None


def _take_border(ground: Ground, feature: _Feature) -> None:
    if ground.border:
        feature.fields.complain("border_twice")
        return
    ground.border = _shape(feature, geometry.ring) or ()


def _take_village(ground: Ground, feature: _Feature) -> None:
    """A village drawn as an area (with its office, if said) or as a point."""
    if feature.type == "Point":
        at = _shape(feature, geometry.position, ground.near)
    else:
        border = _shape(feature, geometry.ring, ground.near)
        if border:
            ground.village_borders[feature.id] = border
        at = _office(ground, feature, border)
    if at:
        _add(ground, feature, PlaceKind.VILLAGE, feature.id, at)


def _office(ground: Ground, feature: _Feature, border: Ring | None) -> tuple[float, float] | None:
    office = feature.fields.raw("office")
    if office is None:
        return geometry.centre(border) if border else None
    try:
        return geometry.position(office, ground.near)
    except geometry.ShapeError as error:
        feature.fields.complain(error.code, "", **{"id": feature.id, **error.values})
        return None


def _take_group(ground: Ground, feature: _Feature) -> None:
    at = _shape(feature, geometry.position, ground.near)
    said = feature.fields.text("village", needed=True)
    village = ground.find(said)
    if said and (village is None or village.kind is not PlaceKind.VILLAGE):
        feature.fields.complain("village_unknown", value=said, hint=ground.hint(said))
    if at:
        _add(ground, feature, PlaceKind.GROUP, village.id if village else "", at)


def _take_key(ground: Ground, feature: _Feature) -> None:
    at = _shape(feature, geometry.position, ground.near)
    if at:
        _add(ground, feature, PlaceKind.KEY, _village_at(ground, at), at)


def _village_at(ground: Ground, at: tuple[float, float]) -> str:
    """The village that a key place lies in, "" where the villages are only points."""
    if not ground.village_borders:
        return ""
    apart = {key: geometry.apart_deg(ring, *at) for key, ring in ground.village_borders.items()}
    nearest = min(apart, key=lambda key: apart[key])
    return nearest if apart[nearest] <= geometry.TOLERANCE_DEG else ""


def _add(
    ground: Ground,
    feature: _Feature,
    kind: PlaceKind,
    village: str,
    at: tuple[float, float],
) -> None:
    fields, key = feature.fields, feature.id
    if key in ground.places:
        fields.complain("id_twice", value=key, first=f"{FILE}:{ground.line[key]}")
        return
    place = Place(
        id=key,
        name=fields.text("name", needed=True),
        name_en=fields.text("name_en"),
        kind=kind,
        village=village,
        lon=at[0],
        lat=at[1],
        households=fields.whole("households", 0, 1_000_000, 0) or 0,
        people=fields.whole("people", 0, 10_000_000, 0) or 0,
    )
    if plain(place.name) in ground.names:
        fields.complain("name_twice", value=place.name)
    ground.names |= {plain(place.name): key, plain(key): key}
    ground.places[key], ground.line[key] = place, fields.line


def _take_line(ground: Ground, feature: _Feature) -> None:
    path = _shape(feature, geometry.line, ground.near)
    fields = feature.fields
    if path:
        name = fields.text("name", needed=True)
        lines = ground.roads if feature.layer == "road" else ground.rivers
        low = feature.layer == "road" and fields.flag("low", default=False)
        lines.append(Line(feature.id, name, fields.text("name_en"), path, low))


def _take_forest(ground: Ground, feature: _Feature) -> None:
    """An area, or several in one feature; holes are wood too, for an alarm's sake."""
    if feature.type == "Polygon":
        areas = [_shape(feature, geometry.ring, ground.near)]
    else:
        parts = feature.coordinates if isinstance(feature.coordinates, list) else [None]
        areas = [
            _shape(_Feature(feature.fields, "forest", feature.id, "Polygon", part), geometry.ring)
            for part in parts
        ]
    ground.forests += [area for area in areas if area]


_TAKE: dict[str, Callable[[Ground, _Feature], None]] = {
    "border": _take_border,
    "village": _take_village,
    "group": _take_group,
    "key": _take_key,
    "road": _take_line,
    "river": _take_line,
    "forest": _take_forest,
}


def _check_places(book: Book, ground: Ground) -> None:
    """Every place inside the township, every group inside its village, no gaps between them."""
    if not ground.border:
        return
    township = geometry.polygon(ground.border)
    villages = {key: geometry.polygon(ring) for key, ring in ground.village_borders.items()}
    for place in ground.places.values():
        line = ground.line[place.id]
        if not geometry.inside(township, place.lon, place.lat):
            book.add("place_outside", FILE, line, id=place.id)
        elif place.village in villages and not geometry.inside(
            villages[place.village], place.lon, place.lat
        ):
            book.add("group_elsewhere", FILE, line, id=place.id, village=place.village)
    drawn = [place for place in ground.places.values() if place.kind is PlaceKind.VILLAGE]
    if len(drawn) == len(villages) > 0:
        covered = sum(geometry.area_km2(ring) for ring in ground.village_borders.values())
        share = 100 * covered / geometry.area_km2(ground.border)
        if abs(share - 100) > 1:
            book.add("villages_gap", FILE, 1, share=round(share, 1))
