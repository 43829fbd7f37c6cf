"""posts.csv, units.csv, cameras.csv: who there is, what can be ordered, what sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from command.core.privacy import part
from command.core.township import Camera, PlaceKind, Post, Unit
from command.loading.complaints import Book
from command.loading.fields import Fields, hint
from command.loading.geometry import inside, polygon
from command.loading.places import Ground
from command.loading.reading import Columns, Record, heading, plain, sheet

POSTS, UNITS, CAMERAS = "posts.csv", "units.csv", "cameras.csv"

ID = ("编号", "代码")
NAME = ("名称", "名字")
NAME_EN = ("英文名", "英文")
PLACE = ("地点", "驻地")
CONTACT = ("联络", "联系方式")
LON, LAT = ("经度", "longitude"), ("纬度", "latitude")
POST_COLUMNS = {
    "id": ID,
    "name": NAME,
    "?name_en": NAME_EN,
    "role": ("角色", "岗位"),
    "?place": PLACE,
    "?contact": CONTACT,
}
UNIT_COLUMNS = {
    "id": ID,
    "name": NAME,
    "?name_en": NAME_EN,
    "type": ("类型", "类别"),
    "roles": ("职责", "角色"),
    "members": ("人数", "成员"),
    "?place": PLACE,
    "lon": LON,
    "lat": LAT,
    "?equipment": ("装备",),
    "?speed_kmh": ("速度", "时速", "speed"),
    "?shared": ("共用",),
    "?on_duty": ("在岗", "duty"),
    "?contact": CONTACT,
    "?seats": ("座位", "座位数"),
}
CAMERA_COLUMNS = {
    "id": ID,
    "name": NAME,
    "area": ("区域", "片区"),
    "?place": PLACE,
    "lon": LON,
    "lat": LAT,
    "?key": ("重点", "重点部位"),
}

# Posts of CENTRES.md section 1, with the Chinese an officer writes.
POST_ROLES = {
    "leader": "带班领导",
    "officer": "值班员",
    "grid": "乡级网格负责人",
    "vgm": "村级网格管理员",
    "ggh": "组级网格长",
    "svc": "服务中心主任",
    "win": "窗口",
    "med": "人民调解员",
    "med_centre": "乡调解中心",
    "committee": "调解委员会",
    "vid": "视频值守",
    "audit": "审计",
}
# Roles of CENTRES.md (a); `responsible` and `contact` are what posts do in cases and searches.
UNIT_ROLES = {
    "lead": "指挥",
    "scout": "核实",
    "crew": "处置",
    "evac": "转移",
    "medic": "急救",
    "traffic": "管控",
    "guard": "看守",
    "machine": "机械",
    "pump": "水泵",
    "care": "安置",
    "talk": "劝解",
    "video": "视频",
    "guide": "向导",
    "responsible": "负责",
    "contact": "联络",
}
UNIT_TYPES = {
    "militia": "民兵",
    "cadre": "干部",
    "rangers": "护林",
    "grid": "网格",
    "squad": "村队",
    "clinic": "卫生院",
    "police": "派出所",
    "drain": "排水",
    "traffic": "交通",
    "patrol": "巡查",
    "post": "岗位",
    "ext": "外部",
}
CONTACT_LIMIT = 16  # characters: it stands in a column of the console
AREAS = {"yard": "乡政府院内", "hall": "服务大厅", "road": "北大路沿线"}


def both(words: dict[str, str]) -> dict[str, str]:
    """A vocabulary that is read in either language."""
    return {plain(word): key for key, chinese in words.items() for word in (key, chinese)}


@dataclass(slots=True)
class Roster:
    """Everyone and everything that has an id of its own."""

    posts: dict[str, Post] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    cameras: dict[str, Camera] = field(default_factory=dict)
    unit_line: dict[str, int] = field(default_factory=dict)
    # where an id was first used; posts and their units share theirs
    used: dict[str, str] = field(default_factory=dict)


def read(book: Book, texts: dict[str, str | None], ground: Ground) -> Roster:
    """The three tables; `texts` by file name, None for a file that can't be read."""
    roster = Roster()
    for key in ground.places:
        roster.used[key] = f"places.geojson:{ground.line[key]}"
    for fields in _table(book, texts, POSTS, POST_COLUMNS):
        _add_post(roster, ground, fields)
    for fields in _table(book, texts, UNITS, UNIT_COLUMNS):
        _add_unit(roster, ground, fields)
    area = polygon(ground.border) if ground.border else None
    for fields in _table(book, texts, CAMERAS, CAMERA_COLUMNS):
        camera = _camera(roster, ground, fields)
        if camera and area and not inside(area, camera.lon, camera.lat):
            fields.complain("camera_outside", id=camera.id)
    return roster


def _table(
    book: Book,
    texts: dict[str, str | None],
    name: str,
    columns: Columns,
) -> Iterable[Fields]:
    text = texts[name]
    records: list[Record] = [] if text is None else sheet(book, name, text, columns)
    return [Fields(book, name, record) for record in records]


def _claim(used: dict[str, str], fields: Fields, key: str) -> bool:
    """Whether the id is still free; a complaint names where it was used first."""
    here = f"{fields.file}:{fields.line}"
    if key in used:
        fields.complain("id_twice", value=key, first=used[key])
        return False
    if key:
        used[key] = here
    return bool(key)


def _place(ground: Ground, fields: Fields) -> str:
    """A place by id or name, as its id; "" where none is said."""
    said = fields.text("place")
    found = ground.find(said) if said else None
    if said and ground.places and found is None:
        code = "village_unknown" if said.endswith("村") else "place_unknown"
        fields.complain(code, value=said, hint=ground.hint(said))
    return found.id if found else ""


def _contact(fields: Fields) -> str:
    """A radio channel or an extension. A telephone number is somebody's, and this goes into the
    log and to every console: it is refused.
    """
    said = fields.text("contact", CONTACT_LIMIT)
    if part(said)[1]:
        fields.complain("contact_private", "contact")
        return ""
    return said


def _add_post(roster: Roster, ground: Ground, fields: Fields) -> None:
    post = Post(
        id=fields.ident("id"),
        name=fields.text("name", needed=True),
        name_en=fields.text("name_en"),
        role=fields.choice("role", both(POST_ROLES)),
        place=_place(ground, fields),
        contact=_contact(fields),
    )
    if _claim(roster.used, fields, post.id):
        roster.posts[post.id] = post


def _add_unit(roster: Roster, ground: Ground, fields: Fields) -> None:
    key = fields.ident("id")
    kind = fields.choice("type", both(UNIT_TYPES))
    at = fields.position(ground.near)
    unit = Unit(
        id=key,
        name=fields.text("name", needed=True),
        name_en=fields.text("name_en"),
        type=kind,
        roles=_roles(fields, key),
        members=_members(fields, key),
        lon=at[0] if at else 0.0,
        lat=at[1] if at else 0.0,
        place=_place(ground, fields),
        equipment=fields.words("equipment"),
        speed_kmh=fields.number("speed_kmh", 1, 200, 30.0) or 30.0,
        shared=fields.flag("shared", default=kind == "post"),
        on_duty=fields.flag("on_duty", default=True),
        contact=_contact(fields),
        seats=None if fields.raw("seats") is None else fields.whole("seats", 0, 1000),
    )
    if kind == "post":
        if key and roster.posts and key not in roster.posts:
            fields.complain("unit_not_post", id=key, hint=hint(key, roster.posts))
        if key in roster.units:
            fields.complain("id_twice", value=key, first=f"{UNITS}:{roster.unit_line[key]}")
    elif not _claim(roster.used, fields, key):
        return
    roster.units[key] = unit
    roster.unit_line[key] = fields.line


def _roles(fields: Fields, key: str) -> tuple[str, ...]:
    """The unit's roles; words that are not in the vocabulary stay, a plan may know them."""
    known = both(UNIT_ROLES)
    roles = tuple(known.get(plain(word), plain(word)) for word in fields.words("roles"))
    if not roles:
        fields.complain("unit_roles", id=key)
    return tuple(dict.fromkeys(roles))


def _members(fields: Fields, key: str) -> int:
    members = fields.whole("members", 0, 10_000, 0)
    if members == 0:
        fields.complain("unit_members", id=key)
    return members or 0


def _camera(roster: Roster, ground: Ground, fields: Fields) -> Camera | None:
    key, at = fields.ident("id"), fields.position(ground.near)
    area = _area(ground, fields)
    camera = Camera(
        id=key,
        name=fields.text("name", needed=True),
        place=_place(ground, fields),
        area=area,
        lon=at[0] if at else 0.0,
        lat=at[1] if at else 0.0,
        key=fields.flag("key", default=False),
    )
    if _claim(roster.used, fields, key):
        roster.cameras[key] = camera
    return camera if at else None


def _area(ground: Ground, fields: Fields) -> str:
    """The row of the camera wall: yard, hall, road, or a village by id or name."""
    said = fields.text("area", needed=True)
    known = {heading(word): key for word, key in both(AREAS).items()}
    own = known.get(heading(said))
    if own or not said:
        return own or ""
    village = ground.find(said)
    if village is not None and village.kind is PlaceKind.VILLAGE:
        return village.id
    if ground.places:
        fields.complain("area_unknown", value=said, hint=ground.hint(said))
    return ""
