"""What the reference township is called: villages, key places, roads. Positions are invented.

Numbers and village names are those of DESIGN.md section 1; `east_km` and `north_km` are measured
from the township's centre and are synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass

SYNTHETIC = "位置、边界、道路均为合成数据,仅供演示和演练 (positions are synthetic)"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Village:
    """One village: `short` as people say it, `initials` for camera ids, the office's position."""

    id: str
    short: str
    initials: str
    name_en: str
    groups: int
    east_km: float
    north_km: float

    @property
    def name(self) -> str:
        """The full name, with 村."""
        return f"{self.short}村"


VILLAGES = (
    Village("v01", "雷家沟", "ljg", "Leijiagou", 7, -2.95, 2.55),
    Village("v02", "紫荆", "zj", "Zijing", 6, -0.90, 2.85),
    Village("v03", "长武城", "cwc", "Changwucheng", 7, 0.35, 1.20),
    Village("v04", "吊堡子", "dbz", "Diaobaozi", 5, 2.90, 2.95),
    Village("v05", "练家坪", "ljp", "Lianjiaping", 6, -3.30, 0.55),
    Village("v06", "沟门前", "gmq", "Goumenqian", 5, -1.50, 0.75),
    Village("v07", "山底下", "sdx", "Shandixia", 6, -2.90, -1.75),
    Village("v08", "庄头", "zt", "Zhuangtou", 6, -0.85, -1.45),
    Village("v09", "白家", "bj", "Baijia", 5, 1.15, -1.65),
    Village("v10", "郝家", "hj", "Haojia", 6, 3.15, -2.05),
    Village("v11", "蒜家河", "sjh", "Suanjiahe", 6, 3.20, 0.65),
    Village("v12", "蒜李", "sl", "Suanli", 6, 0.10, -3.35),
)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A key place: id, names and position, kilometres from the centre."""

    id: str
    name: str
    name_en: str
    east_km: float
    north_km: float


KEY_PLACES = (
    KeyPlace("yard", "乡政府大院", "Town hall yard", 0.05, 0.86),
    KeyPlace("hall", "便民服务大厅", "Service hall", 0.17, 0.84),
    KeyPlace("clinic", "乡卫生院", "Clinic", -0.18, 0.80),
    KeyPlace("police", "派出所", "Police station", 0.40, 0.78),
    KeyPlace("school", "泾明中学", "Middle school", 0.62, 1.12),
    KeyPlace("primary", "中心小学", "Primary school", -0.40, 1.12),
    KeyPlace("care-home", "敬老院", "Old people's home", -0.55, 0.66),
    KeyPlace("market", "农贸市场", "Market", 0.52, 0.60),
    KeyPlace("bus", "客运站", "Bus stop", 0.30, 0.55),
    KeyPlace("fuel", "加油站", "Filling station", 1.35, 0.62),
    KeyPlace("power", "供电所", "Power supply office", 0.80, 0.66),
    KeyPlace("water-plant", "水厂", "Water plant", -0.95, 0.30),
    KeyPlace("ruin", "长武城遗址", "Changwu city ruin", 0.95, 1.55),
    KeyPlace("forest-n", "北山护林站", "Northern ranger station", -1.70, 3.10),
    KeyPlace("forest-s", "南山护林站", "Southern ranger station", -1.60, -2.45),
    KeyPlace("gauge-jing", "泾河水位站", "Jing river gauge", -2.30, -0.45),
    KeyPlace("gauge-pu", "蒲河水位站", "Pu river gauge", 1.85, 2.15),
    KeyPlace("bridge-jing", "泾河大桥", "Jing river bridge", 0.32, -0.40),
    KeyPlace("bridge-pu", "蒲河漫水桥", "Pu river low bridge", 1.78, 2.95),
    KeyPlace("bridge-hao", "郝家漫水桥", "Haojia low bridge", 3.30, -0.90),
)

# Where the centre of the town is: the two through roads cross here.
CROSS = (0.25, 0.45)

# Control points of the rivers, kilometres. The Pu ends on a point of the Jing: it joins it.
RIVERS = (
    (
        "river-jing",
        "泾河",
        "Jing river",
        (
            (-6.0, -0.10),
            (-4.4, -0.05),
            (-3.4, -0.42),
            (-2.3, -0.50),
            (-1.2, -0.15),
            (0.30, -0.40),
            (1.3, -0.75),
            (2.3, -0.60),
            (3.3, -0.90),
            (4.3, -1.35),
            (6.0, -1.20),
        ),
    ),
    (
        "river-pu",
        "蒲河",
        "Pu river",
        ((2.0, 6.0), (1.95, 4.2), (1.75, 3.0), (1.90, 2.1), (2.05, 1.2), (2.0, 0.3), (2.3, -0.60)),
    ),
)

# Forest on the ridges north and south of the valley: id, name, centre, half axes, turn in degrees.
FORESTS = (
    ("forest-1", "雷家沟北坡林", (-3.05, 3.35), (1.05, 0.42), -8.0),
    ("forest-2", "紫荆梁林", (-0.65, 3.72), (0.95, 0.34), 6.0),
    ("forest-3", "吊堡子东梁林", (3.75, 2.25), (0.38, 0.95), -12.0),
    ("forest-4", "山底下西坡林", (-3.35, -2.85), (0.85, 0.45), 30.0),
    ("forest-5", "庄头南坡林", (-1.45, -2.95), (0.75, 0.38), -10.0),
    ("forest-6", "蒜李东坡林", (1.55, -3.35), (0.75, 0.40), 12.0),
    ("forest-7", "郝家梁林", (3.05, -3.05), (0.70, 0.36), -25.0),
)
