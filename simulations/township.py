"""The reference township, written from a fixed seed: python -m simulations.township OUT_DIR.

The numbers are those of DESIGN.md section 1; positions, border and roads are synthetic. The same
seed writes the same bytes, so the folder in townships/jingming/ can be checked against this.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

from command.core.township import Ring
from simulations.jingming import devices, land, people, tables
from simulations.jingming.names import KEY_PLACES, SYNTHETIC, VILLAGES

SEED = 20261123


def files() -> dict[str, bytes]:
    """Every file of the folder, by name."""
    drawn = land.draw(Random(SEED))
    counted = people.census(Random(SEED + 1), drawn)
    cameras = people.cameras(drawn)
    camera_at = {str(row[0]): (float(str(row[4])), float(str(row[5]))) for row in cameras}
    return {
        "township.toml": tables.township().encode(),
        "places.geojson": _places(drawn, counted).encode(),
        "posts.csv": _sheet(people.POST_COLUMNS, people.posts(drawn)),
        "units.csv": _sheet(people.UNIT_COLUMNS, people.units(drawn)),
        "cameras.csv": _sheet(people.CAMERA_COLUMNS, cameras),
        "sources.toml": tables.sources(devices.sources(camera_at)).encode(),
        "plans.toml": tables.plans().encode(),
    }


def write(folder: Path) -> None:
    """Write the seven files into `folder`, making it when it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files().items():
        (folder / name).write_bytes(body)


def _sheet(columns: tuple[str, ...], rows: Iterable[people.Row]) -> bytes:
    """A CSV that Excel opens with its Chinese intact (byte order mark), the remark at its end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    writer.writerow([f"# {SYNTHETIC}"])
    return out.getvalue().encode("utf-8-sig")


def _places(drawn: land.Land, counted: dict[str, tuple[int, int]]) -> str:
    """A GeoJSON with one feature a line, so that a difference shows the place that changed."""
    features = [
        _feature("border", "jingming", "泾明乡", "Jingming", _area(drawn.border)),
        *_village_features(drawn, counted),
        *_group_features(drawn, counted),
        *_key_features(),
    ]
    for layer, lines in (("river", drawn.rivers), ("road", drawn.roads)):
        features += [
            _feature(layer, key, name, name_en, _line(path), **_bridges(layer, key))
            for key, name, name_en, path in lines
        ]
    features += [
        _feature("forest", key, name, name_en, _area(path))
        for key, name, name_en, path in drawn.forests
    ]
    body = ",\n".join(json.dumps(one, ensure_ascii=False) for one in features)
    note = json.dumps(SYNTHETIC, ensure_ascii=False)
    return f'{{"type": "FeatureCollection", "note": {note}, "features": [\n{body}\n]}}\n'


def _feature(
    layer: str, key: str, name: str, name_en: str, geometry: dict[str, object], **more: object
) -> dict[str, object]:
    properties = {"layer": layer, "id": key, "name": name, "name_en": name_en, **more}
    kept = {key: value for key, value in properties.items() if value != ""}
    return {"type": "Feature", "properties": kept, "geometry": geometry}


def _bridges(layer: str, key: str) -> dict[str, object]:
    """Village roads cross the rivers on fords and low bridges, which a flood closes."""
    village = layer == "road" and key not in land.THROUGH
    return {"low": True} if village else {}


def _line(path: Ring) -> dict[str, object]:
    return {"type": "LineString", "coordinates": path}


def _area(ring: Ring) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}


def _point(at: land.XY) -> dict[str, object]:
    return {"type": "Point", "coordinates": at}


def _village_features(
    drawn: land.Land, counted: dict[str, tuple[int, int]]
) -> Iterable[dict[str, object]]:
    """A village: its border, its office, and the sum of its groups."""
    for village in VILLAGES:
        own = [pair for key, pair in counted.items() if key.startswith(f"{village.id}-")]
        yield _feature(
            "village",
            village.id,
            village.name,
            village.name_en,
            _area(drawn.villages[village.id]),
            office=drawn.offices[village.id],
            households=sum(homes for homes, _ in own),
            people=sum(heads for _, heads in own),
        )


def _group_features(
    drawn: land.Land, counted: dict[str, tuple[int, int]]
) -> Iterable[dict[str, object]]:
    for village, _, key, name, name_en, at in people.groups(drawn):
        homes, heads = counted[key]
        yield _feature(
            "group",
            key,
            name,
            name_en,
            _point(at),
            village=village.id,
            households=homes,
            people=heads,
        )


def _key_features() -> Iterable[dict[str, object]]:
    for place in KEY_PLACES:
        at = people.KEY_AT[place.id]
        yield _feature("key", place.id, place.name, place.name_en, _point(at))


def main(arguments: list[str]) -> int:
    """Write the folder named by the one argument; exit code 2 without it."""
    if len(arguments) != 1:
        print("usage: python -m simulations.township OUT_DIR", file=sys.stderr)
        return 2
    write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
