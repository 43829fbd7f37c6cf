"""The township's own tables for consoles: places, shapes for the map, run cards, posts. Pure.

They change only with the files, and come with every whole picture. Names stand in both languages:
which one is shown is the console's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from command.core.plans import Plan
from command.core.township import Camera, Line, Place, Post, Ring, Township, Unit

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]


def tables(township: Township | None) -> Tables:
    """place, shape, plan and desk; empty ones before the files are read."""
    if township is None:
        return {"place": {}, "shape": {}, "plan": {}, "desk": {}}
    return {
        "place": {place.id: place_row(place) for place in township.places},
        "shape": {f"{row['layer']}:{row['id']}": row for row in shape_rows(township)},
        "plan": {kind: plan_row(plan) for kind, plan in township.plans.plans.items()},
        "desk": {post.id: desk_row(post) for post in township.posts},
    }


def place_row(place: Place) -> Row:
    """A village, group or key place, and how many live there."""
    return {
        "id": place.id,
        "name": place.name,
        "name_en": place.name_en,
        "kind": place.kind.value,
        "village": place.village,
        "lon": place.lon,
        "lat": place.lat,
        "households": place.households,
        "people": place.people,
    }


def shape_rows(township: Township) -> Iterable[Row]:
    """Every line and ring of the map; forests have no name, and are counted."""
    yield _shape("border", township.id, township.name, township.name_en, township.border)
    names = {place.id: place for place in township.places}
    for village, ring in (township.village_borders or {}).items():
        place = names.get(village)
        name, name_en = (place.name, place.name_en) if place else (village, village)
        yield _shape("village", village, name, name_en, ring)
    for number, ring in enumerate(township.forests, 1):
        yield _shape("forest", str(number), "", "", ring)
    yield from _lines("river", township.rivers)
    yield from _lines("road", township.roads)


def _lines(layer: str, lines: Iterable[Line]) -> Iterable[Row]:
    for line in lines:
        yield _shape(layer, line.id, line.name, line.name_en, line.path)


def _shape(layer: str, ident: str, name: str, name_en: str, path: Ring) -> Row:
    return {
        "layer": layer,
        "id": ident,
        "name": name,
        "name_en": name_en,
        "path": [[lon, lat] for lon, lat in path],
    }


def plan_row(plan: Plan) -> Row:
    """A run card, as far as an officer reads it."""
    return {
        "kind": plan.kind,
        "name": plan.name,
        "name_en": plan.name_en,
        "family": plan.family.value,
        "priority": plan.priority,
        "release": plan.release.value,
        "release_after_s": plan.release_after_s,
        "reply_within_s": plan.reply_within_s,
        "hazards": list(plan.hazards),
        "first_orders": list(plan.first_orders),
        "ask": list(plan.ask),
        "needs": [
            {
                "role": need.role,
                "quantity": need.quantity,
                "must": need.must,
                "within_min": need.within_min,
            }
            for need in plan.needs
        ],
    }


def desk_row(post: Post) -> Row:
    """A post of the office: who may hold duty, and how to reach it."""
    return {
        "id": post.id,
        "name": post.name,
        "name_en": post.name_en,
        "role": post.role,
        "place": post.place,
        "contact": post.contact,
    }


def unit_fields(unit_id: str, unit: Unit | None) -> Row:
    """What the township's files say of a unit; `lon` and `lat` are its home."""
    return {
        "id": unit_id,
        "name": unit.name if unit else unit_id,
        "name_en": unit.name_en if unit else unit_id,
        "type": unit.type if unit else "",
        "members": unit.members if unit else 0,
        "roles": list(unit.roles) if unit else [],
        "equipment": list(unit.equipment) if unit else [],
        "shared": unit.shared if unit else False,
        "place": unit.place if unit else "",
        "lon": unit.lon if unit else None,
        "lat": unit.lat if unit else None,
        "contact": unit.contact if unit else "",
    }


def camera_fields(camera: Camera) -> Row:
    """What they say of a camera; `area` is its row of the camera wall."""
    return {
        "name": camera.name,
        "area": camera.area,
        "key": camera.key,
        "lon": camera.lon,
        "lat": camera.lat,
    }
