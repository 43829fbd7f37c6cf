"""Foreign devices of the reference township: cameras with analytics, trackers, radio sensors."""

from simulations.jingming.land import XY
from simulations.jingming.people import KEY_AT

FIRE = {"fire": "fire", "smoke": "smoke"}
WATCH = {**FIRE, "person": "intrusion"}  # key sites, where nobody should be

# camera id, what Frigate calls it, labels that open something
FRIGATE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ljg-05", "ljg_north_slope", FIRE),
    ("zj-05", "zj_north_slope", FIRE),
    ("dbz-05", "dbz_north_slope", FIRE),
    ("sdx-05", "sdx_north_slope", FIRE),
    ("zt-05", "zt_north_slope", FIRE),
    ("sl-05", "sl_north_slope", FIRE),
    ("cwc-15", "ruin_north_wall", WATCH),
    ("cwc-14", "ruin_gate", FIRE),
    ("yd-01", "yard_gate", FIRE),
    ("bdl-04", "main_road_04", FIRE),
)
# unit, OwnTracks user/device
TRACKERS = (
    ("rangers-1", "rangers/r1"),
    ("rangers-1", "rangers/r2"),
    ("rangers-2", "rangers/r3"),
    ("patrol-1", "patrol/car1"),
)
# name, DevEUI, key place, village, kinds, thresholds, person, text
SENSORS: tuple[tuple[str, str, str, str, dict[str, str], dict[str, float], bool, str], ...] = (
    (
        "smoke-clinic-1",
        "70b3d5f00a000001",
        "clinic",
        "v03",
        {"smoke": "smoke"},
        {},
        False,
        "卫生院病房烟感",
    ),
    (
        "smoke-care-1",
        "70b3d5f00a000002",
        "care-home",
        "v06",
        {"smoke": "smoke"},
        {},
        False,
        "敬老院一层烟感",
    ),
    (
        "smoke-care-2",
        "70b3d5f00a000003",
        "care-home",
        "v06",
        {"smoke": "smoke"},
        {},
        False,
        "敬老院厨房烟感",
    ),
    (
        "level-jing",
        "70b3d5f00a000011",
        "gauge-jing",
        "v07",
        {"level": "flood"},
        {"level_mm": 2800},
        False,
        "泾河水位",
    ),
    (
        "level-pu",
        "70b3d5f00a000012",
        "gauge-pu",
        "v04",
        {"level": "flood"},
        {"level_mm": 2000},
        False,
        "蒲河水位",
    ),
    (
        "leak-water-1",
        "70b3d5f00a000021",
        "water-plant",
        "v06",
        {"leak": "facility"},
        {},
        False,
        "水厂泵房漏水",
    ),
    (
        "sos-care-1",
        "70b3d5f00a000031",
        "care-home",
        "v06",
        {"button": "sos"},
        {},
        True,
        "敬老院求救按钮",
    ),
    (
        "sos-school-1",
        "70b3d5f00a000032",
        "school",
        "v03",
        {"button": "sos"},
        {},
        True,
        "泾明中学求救按钮",
    ),
    (
        "sos-ruin-1",
        "70b3d5f00a000033",
        "ruin",
        "v03",
        {"button": "sos"},
        {},
        True,
        "长武城遗址求救按钮",
    ),
)


def sources(cameras: dict[str, XY]) -> list[dict[str, object]]:
    """One mapping a source, in the order in which they stand in sources.toml."""
    rows: list[dict[str, object]] = []
    for camera, address, kinds in FRIGATE:
        lon, lat = cameras[camera]
        row: dict[str, object] = {
            "name": camera,
            "dialect": "frigate",
            "address": address,
            "kinds": kinds,
        }
        rows.append({**row, "min_confidence": 0.6, "lon": lon, "lat": lat})
    rows += [
        {"name": unit, "dialect": "owntracks", "address": address, "person": True}
        for unit, address in TRACKERS
    ]
    for name, eui, key_place, village, kinds, limits, person, text in SENSORS:
        lon, lat = KEY_AT[key_place]
        row = {"name": name, "dialect": "chirpstack", "address": eui, "person": person}
        row["kinds"] = kinds
        if limits:
            row["thresholds"] = limits
        rows.append({**row, "place": village, "lon": lon, "lat": lat, "text": text})
    lon, lat = KEY_AT["ruin"]
    gate = {"name": "gate-ruin", "dialect": "native", "address": "gate-ruin", "place": "v03"}
    rows.append({**gate, "lon": lon, "lat": lat, "text": "遗址检票口客流"})
    return rows
