"""Posts, units and cameras of the reference township. Posts only, never a person's name.

Counts are those of DESIGN.md section 1; sizes of teams follow CENTRES.md (a), where they are
defaults: militia squads of 10, village squads of 7 beside the manager, cadre teams of 5.
"""

import math
from collections.abc import Iterator
from random import Random

from simulations.jingming.land import XY, Land, degrees
from simulations.jingming.names import KEY_PLACES, NUMERALS, VILLAGES, Village

HOUSEHOLDS, PEOPLE = 3433, 14000
Row = tuple[object, ...]

POST_COLUMNS = ("编号", "名称", "英文名", "角色", "地点", "联络")
UNIT_COLUMNS = (
    "编号",
    "名称",
    "英文名",
    "类型",
    "职责",
    "人数",
    "地点",
    "经度",
    "纬度",
    "装备",
    "速度(公里/时)",
    "共用",
    "在岗",
    "联络",
)
CAMERA_COLUMNS = ("编号", "名称", "区域", "地点", "经度", "纬度", "重点")
VILLAGE_IDS = frozenset(village.id for village in VILLAGES)
KEY_AT = {place.id: degrees((place.east_km, place.north_km)) for place in KEY_PLACES}

WINDOWS = (
    ("信访登记窗口", "Petition registration window"),
    ("综治维稳窗口", "Public order window"),
    ("民政残联窗口", "Civil affairs window"),
    ("惠农政策窗口", "Farm policy window"),
    ("社保缴费窗口", "Social insurance window"),
    ("法律援助窗口", "Legal aid window"),
    ("信访接待窗口", "Petition reception window"),
    ("食药监管窗口", "Food and drug window"),
    ("卫生健康窗口", "Health window"),
    ("司法调解窗口", "Justice window"),
    ("征兵退役窗口", "Conscription window"),
    ("综合受理窗口", "General window"),
)


def groups(land: Land) -> Iterator[tuple[Village, int, str, str, str, XY]]:
    """Every group: its village, number, id, name, English name and position."""
    for village in VILLAGES:
        for number, at in enumerate(land.groups[village.id], 1):
            name = f"{village.name}{NUMERALS[number - 1]}组"
            yield (
                village,
                number,
                f"{village.id}-g{number}",
                name,
                f"{village.name_en} {number}",
                at,
            )


def shares(total: int, weights: list[float]) -> list[int]:
    """`total` split in whole numbers by weight, the largest remainders rounded up."""
    exact = [total * weight / sum(weights) for weight in weights]
    out = [math.floor(value) for value in exact]
    by_rest = sorted(range(len(out)), key=lambda i: (out[i] - exact[i], i))
    for i in by_rest[: total - sum(out)]:
        out[i] += 1
    return out


def census(rng: Random, land: Land) -> dict[str, tuple[int, int]]:
    """Households and people by group id; they add up to the township's."""
    keys = [key for _, _, key, *_ in groups(land)]
    homes = shares(HOUSEHOLDS, [rng.uniform(0.65, 1.35) for _ in keys])
    heads = shares(PEOPLE, [home * rng.uniform(0.93, 1.07) for home in homes])
    return dict(zip(keys, zip(homes, heads, strict=True), strict=True))


# Radio channels and extensions, made up like the rest. Group heads have only their handhelds.
CONTACTS = {
    "leader": "内线8001",
    "watch": "内线8002",
    "inspection": "内线8003",
    "disaster": "内线8004",
    "grid": "内线8005",
    "svc": "内线8006",
    "med-centre": "内线8007",
    "committee-jm": "内线8008",
    "militia-1": "电台3/内线8011",
    "militia-2": "电台3",
    "militia-3": "电台3",
    "rangers-1": "电台3/内线8014",
    "rangers-2": "电台3/内线8015",
    "cadre-1": "电台2/内线8016",
    "grid-1": "电台2",
    "grid-2": "电台2",
    "patrol-1": "电台1",
    "drain-1": "电台4/内线8021",
    "traffic-1": "电台1",
    "clinic-1": "内线8031",
    "police-1": "电台1/内线8041",
}
WINDOW_EXTENSION = 8050


def contact(key: str, place: str) -> str:
    """How to reach a post or unit by voice: its own line, a window's, or the village office's."""
    if key.startswith("win-"):
        return f"内线{WINDOW_EXTENSION + int(key.removeprefix('win-'))}"
    office = f"内线81{place.removeprefix('v')}" if place in VILLAGE_IDS else ""
    return CONTACTS.get(key, office)


def posts(land: Land) -> list[Row]:
    """The rows of posts.csv."""
    return [(*row, contact(str(row[0]), str(row[4]))) for row in _posts(land)]


def _posts(land: Land) -> list[Row]:
    rows: list[Row] = [
        ("leader", "带班领导", "Leader on duty", "带班领导", "yard"),
        ("watch", "值守岗", "Duty watch", "值班员", "yard"),
        ("inspection", "巡查岗", "Safety inspection", "值班员", "yard"),
        ("disaster", "灾害岗", "Natural disasters", "值班员", "yard"),
        ("grid", "乡级网格负责人", "Township grid leader", "乡级网格负责人", "yard"),
        ("svc", "便民服务中心主任", "Service centre head", "服务中心主任", "hall"),
        ("med-centre", "乡矛盾纠纷调处中心", "Township mediation centre", "乡调解中心", "yard"),
    ]
    rows += [
        (f"win-{n:02}", name, name_en, "窗口", "hall")
        for n, (name, name_en) in enumerate(WINDOWS, 1)
    ]
    rows += [
        _village_post(v, "vgm", "网格管理员", "grid manager", "村级网格管理员") for v in VILLAGES
    ]
    rows += [
        (f"ggh-{key}", f"{name}网格长", f"{name_en} grid head", "组级网格长", key)
        for _, _, key, name, name_en, _ in groups(land)
    ]
    rows += [
        _village_post(v, "committee", "调解委员会", "committee", "调解委员会") for v in VILLAGES
    ]
    rows.append(("committee-jm", "乡调解委员会", "Township committee", "调解委员会", "yard"))
    return rows + _mediators()


def _village_post(village: Village, role: str, name: str, name_en: str, word: str) -> Row:
    return (
        f"{role}-{village.id}",
        f"{village.name}{name}",
        f"{village.name_en} {name_en}",
        word,
        village.id,
    )


def _mediators() -> list[Row]:
    """41 mediators: three in each village, five at the township's committee."""
    rows: list[Row] = []
    for n in range(36):
        village = VILLAGES[n // 3]
        name = f"{village.name}人民调解员{n % 3 + 1}号"
        name_en = f"{village.name_en} mediator {n % 3 + 1}"
        rows.append((f"med-{n + 1:02}", name, name_en, "人民调解员", village.id))
    for n in range(1, 6):
        row = (f"med-{36 + n:02}", f"乡人民调解员{n}号", f"Township mediator {n}", "人民调解员")
        rows.append((*row, "yard"))
    return rows


# id, name, English name, type, roles, members, place, equipment, km/h
TEAMS: tuple[tuple[str, str, str, str, str, int, str, str, int], ...] = (
    *(
        (key, name, name_en, "民兵", "处置;转移;看守", 10, place, kit, 35)
        for key, name, name_en, place, kit in (
            ("militia-1", "民兵一队", "Militia 1", "yard", "风力灭火机4;二号工具10;油锯1"),
            ("militia-2", "民兵二队", "Militia 2", "v09", "风力灭火机3;二号工具10;铁锹10"),
            ("militia-3", "民兵三队", "Militia 3", "v01", "风力灭火机3;二号工具10;铁锹10"),
        )
    ),
    (
        "rangers-1",
        "护林一组",
        "Rangers 1",
        "护林",
        "核实;处置;向导",
        3,
        "forest-n",
        "摩托车;望远镜",
        35,
    ),
    (
        "rangers-2",
        "护林二组",
        "Rangers 2",
        "护林",
        "核实;处置;向导",
        3,
        "forest-s",
        "摩托车;望远镜",
        35,
    ),
    (
        "cadre-1",
        "干部应急队",
        "Cadres",
        "干部",
        "指挥;转移;安置;劝解",
        5,
        "yard",
        "电台;喊话器",
        40,
    ),
    (
        "grid-1",
        "网格救援一队",
        "Grid team 1",
        "网格",
        "转移;看守;安置;处置",
        5,
        "v05",
        "喊话器;绳索",
        30,
    ),
    (
        "grid-2",
        "网格救援二队",
        "Grid team 2",
        "网格",
        "转移;看守;安置;处置",
        5,
        "v10",
        "喊话器;绳索",
        30,
    ),
    ("patrol-1", "巡查车", "Patrol car", "巡查", "核实;管控;看守", 2, "yard", "警示牌;无人机", 45),
    (
        "drain-1",
        "排水抢险队",
        "Drainage team",
        "排水",
        "水泵;机械;处置",
        6,
        "v08",
        "水泵2;装载机1;沙袋",
        30,
    ),
    ("traffic-1", "交通劝导组", "Traffic team", "交通", "管控;向导", 4, "bus", "锥桶;警示牌", 35),
    ("clinic-1", "卫生院救护", "Clinic", "卫生院", "急救", 3, "clinic", "救护车;除颤仪", 50),
    ("police-1", "片区民警", "Police", "派出所", "劝解;看守;管控", 2, "police", "警车", 50),
)
SQUAD_ROLES = "核实;处置;转移;看守;管控;向导"
RESPONSIBLE = "负责"


def units(land: Land) -> list[Row]:
    """The rows of units.csv: 13 teams, 12 village squads, and every post that can be ordered."""
    return [(*row, contact(str(row[0]), str(row[6]))) for row in _units(land)]


def _units(land: Land) -> list[Row]:
    at = {**KEY_AT, **land.offices}
    rows: list[Row] = []
    for key, name, name_en, kind, roles, members, place, kit, speed in TEAMS:
        rows.append(
            (key, name, name_en, kind, roles, members, place, *at[place], kit, speed, "否", "是")
        )
    for village in VILLAGES:
        names = (f"squad-{village.id}", f"{village.name}应急队", f"{village.name_en} squad")
        where = (village.id, *at[village.id])
        rows.append(
            (*names, "村队", SQUAD_ROLES, 7, *where, "二号工具5;喊话器;锥桶", 25, "否", "是")
        )
    return rows + _post_units(land)


# What a post does when it is ordered, and how fast it comes; posts that are not here are not units.
POST_ROLES: dict[str, tuple[str, int]] = {
    "带班领导": ("指挥;负责", 40),
    "乡级网格负责人": ("指挥;负责", 40),
    "服务中心主任": (RESPONSIBLE, 15),
    "乡调解中心": ("劝解;负责", 30),
    "窗口": (RESPONSIBLE, 15),
    "村级网格管理员": ("核实;劝解;向导;联络;负责", 25),
    "组级网格长": ("核实;向导;联络;负责", 15),
    "调解委员会": ("劝解;负责", 20),
}


def _post_units(land: Land) -> list[Row]:
    hamlets = {key: at for _, _, key, _, _, at in groups(land)}
    at = {**KEY_AT, **land.offices, **hamlets}
    rows: list[Row] = []
    for key, name, name_en, role, place in _posts(land):
        roles, speed = ("视频;负责", 15) if key == "watch" else POST_ROLES.get(str(role), ("", 0))
        if roles:
            names = (key, name, name_en, "岗位", roles, 1, place)
            rows.append((*names, *at[str(place)], "手持机", speed, "是", "是"))
    return rows


def cameras(land: Land) -> list[Row]:
    """The rows of cameras.csv: 12 + 8 + 28 in town, 16 a village."""
    rows: list[Row] = []
    for place, prefix, count, area in (
        ("yard", "yd", 12, "乡政府院内"),
        ("hall", "fw", 8, "服务大厅"),
    ):
        for n in range(1, count + 1):
            lon, lat = _aside(KEY_AT[place], n, 0.0004)
            rows.append((f"{prefix}-{n:02}", f"{area}{n:02}号", area, place, lon, lat, "是"))
    main_road = next(road[3] for road in land.roads if road[0] == "road-main")
    for n in range(1, 29):
        lon, lat = _aside(main_road[(n - 1) * len(main_road) // 28], n, 0.0001)
        rows.append((f"bdl-{n:02}", f"北大路{n:02}号", "北大路沿线", "v03", lon, lat, "是"))
    for village in VILLAGES:
        rows += _village_cameras(village, land)
    return rows


def _village_cameras(village: Village, land: Land) -> Iterator[Row]:
    """Office, square, entrance, slope, every group's junction, then key places up to 16."""
    office = land.offices[village.id]
    spots: list[tuple[str, str, XY]] = [
        (name, village.id, office)
        for name in ("村部门口", "村部院内", "文化广场", "村口", "北坡口", "桥头")
    ]
    for number, at in enumerate(land.groups[village.id], 1):
        spots.append((f"{NUMERALS[number - 1]}组路口", f"{village.id}-g{number}", at))
    tail = ["村卫生室", "幸福院", "防火卡口", "养殖区", "村道岔口"]
    if village.id == "v03":
        tail = ["遗址正门", "遗址北墙", "遗址停车场"]
    for name in tail[: 16 - len(spots)]:
        ruin = name.startswith("遗址")
        spots.append((name, "ruin" if ruin else village.id, KEY_AT["ruin"] if ruin else office))
    for n, (name, place, at) in enumerate(spots, 1):
        lon, lat = _slope(office) if name == "北坡口" else _aside(at, n, 0.0007)
        key = "是" if place == "ruin" or name.startswith("村部") else "否"
        camera = f"{village.initials}-{n:02}"
        yield camera, f"{village.short}{name}", village.name, place, lon, lat, key


def _slope(office: XY) -> XY:
    """On the slope north of the office, 400 m away."""
    return office[0], round(office[1] + 0.0036, 6)


def _aside(at: XY, n: int, gap: float) -> XY:
    """The n-th place around `at`, so that no two cameras stand on one spot."""
    angle = 2.4 * n  # the golden angle, radians
    return (
        round(at[0] + gap * math.cos(angle), 6),
        round(at[1] + gap * 0.8 * math.sin(angle), 6),
    )
