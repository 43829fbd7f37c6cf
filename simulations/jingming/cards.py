"""The run cards of the reference township, as tables: what CENTRES.md (a) prints, as data.

A need is "role*n! minutes" for a must and "role*n? minutes" for a should; "+" after either: nobody
goes as one person. Conditions that no
machine can see yet ("if houses < 500 m") are shoulds, with the condition in a remark beside them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One plan: `needs`, `remarks` by role, and `extra` keys of plans.toml as they are written."""

    kind: str
    name: str
    name_en: str
    priority: int
    needs: str
    orders: str = ""
    hazards: str = ""
    ask: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    family: str = "emergency"


EMERGENCIES = (
    Card(
        "wildfire",
        "山火",
        "Wildfire",
        2,
        "scout*1! 10, lead*1! 20, crew*10! 20, crew*10? 60, evac*2? 20, traffic*2? 30,"
        " medic*1? 40, pump*1? 40",
        "先看风向,先留退路 / 从火尾两侧打,不迎火头 / 进场报人数,20分钟报平安 / 风变陡坡沟底,先撤"
        " / 老弱孕未成年不上山 / 火灭守24小时",
        "风向突变 / 沟谷 / 坡度超过35度 / 崖边 / 电力线路 / 夜间 / 浓烟"
        " / 未成年人、孕妇、残疾人不得上山",
        "119 / 林草局",
        (("season_months", "[11, 12, 1, 2, 3, 4, 5]"), ("merge_radius_m", "1000")),
        (("evac", "500米内有住户时必须 (must if houses within 500 m)"),),
    ),
    Card(
        "house_fire",
        "房屋火灾",
        "House fire",
        1,
        "crew*6! 15, pump*1! 15, evac*2! 15, lead*1! 20, medic*1! 20, traffic*2? 20",
        "先断电断气,先救人 / 问清几人、在哪间 / 浓烟没装备不进 / 土房窑洞防塌,离墙远"
        " / 气罐冷却,人撤50米 / 派人路口接119",
        "房屋倒塌 / 液化气罐 / 带电线路 / 一氧化碳",
        "119 / 120 / 供电所",
        (("merge_radius_m", "200"),),
    ),
    Card(
        "flash_flood",
        "山洪",
        "Flash flood",
        1,
        "evac*2! 10, lead*1! 15, traffic*2! 15, scout*1! 15, crew*6? 30, care*2? 40, medic*1? 40",
        "往两边高处走,不顺沟 / 先人后物,先老幼病残 / 漫水桥断行,人车不过 / 转一户,报一户"
        " / 没通知不返回 / 上游叫下游",
        "二次洪峰 / 夜间 / 被掏空的黄土岸坡 / 漫水桥 / 电缆",
        "水务局",
        (("merge_radius_m", "1500"),),
        (
            ("evac", "每个危险组2人,不够时由值班员增派 (per danger group)"),
            ("traffic", "每座漫水桥2人 (per low bridge)"),
            ("scout", "到上游看水 (upstream)"),
        ),
    ),
    Card(
        "landslide",
        "滑坡崩塌",
        "Landslide",
        1,
        "scout*1! 15, evac*2! 15, guard*2! 20, lead*1! 20, medic*1? 20, crew*6? 40, machine*1? 60",
        "往两侧跑,不顺坡跑 / 窑洞掉土鼓包,立即出 / 两头设卡,不许进 / 喊、听、停机、手挖"
        " / 专家来前不大挖 / 盯住坡顶裂缝",
        "二次滑塌 / 降雨 / 燃气或电力线路 / 堵塞的河沟",
        "自然资源局 / 119 / 公路段",
        (),
        (("guard", "两头各一人 (one at each end)"), ("medic", "有人被埋时必须 (must if buried)")),
    ),
    Card(
        "earthquake",
        "地震",
        "Earthquake",
        1,
        "scout*12! 30, crew*10! 30, medic*1! 30, lead*1! 20, care*4? 60, guard*2? 60",
        "出屋到空地,离墙离崖 / 余震随时来,不回屋 / 一组一报:亡伤埋倒 / 先近后远,先易后难"
        " / 喊敲听,做记号 / 关电关气灭明火",
        "余震 / 窑洞 / 崖壁落石 / 火灾",
        "县抗震救灾指挥部 / 119 / 120",
        (("offer", '"first_n"'), ("merge_radius_m", "20000")),
        (("scout", "12个村各报一次灾情 (one return from each village)"),),
    ),
    Card(
        "storm",
        "大风冰雹",
        "Storm or hail",
        2,
        "crew*6! 30, scout*1? 60, traffic*2? 30, care*2? 60",
        "人进屋,离窗离树离杆 / 雷没停,不上房不下地 / 断线8米外,不碰 / 先查人,再查棚和园"
        " / 雹停30分钟报一次",
        "雷电 / 断线 / 屋顶 / 雨后山洪",
        "供电所",
        (("merge_radius_m", "20000"),),
        (("scout", "过后每村一人核查 (one a village, after it has passed)"),),
    ),
    Card(
        "road_accident",
        "车祸",
        "Road accident",
        2,
        "traffic*2! 10, medic*1! 15, lead*1? 20, crew*4? 20",
        "先防再撞,来车方向摆牌 / 人站护栏外 / 能救才救,不乱搬动 / 拍照划线再移车"
        " / 油味异味,撤到上风 / 派人路口接120",
        "二次碰撞 / 燃油泄漏 / 不明货物:上风100米外等待",
        "122 / 110 / 120 / 119(有人被困)",
        (("merge_radius_m", "300"),),
        (("lead", "3人以上受伤时必须 (must if 3 or more are hurt)"),),
    ),
    Card(
        "road_blocked",
        "道路中断",
        "Road blocked",
        3,
        "scout*1! 15, traffic*2! 20, machine*1? 60",
        "两头拦车,不冒险过 / 看上方还掉不掉 / 绕行路告诉后车 / 清障必有望哨 / 救护校车先走",
        "落石 / 路沿松软 / 夜间",
        "公路段",
    ),
    Card(
        "fight",
        "打架斗殴",
        "Fight",
        2,
        "talk*2!+ 10, lead*1? 20, guard*2? 15, medic*1? 20",
        "先报110,再到场 / 两人一组,不进人群 / 分开、拉远、慢声说 / 看刀棍酒,有就退"
        " / 伤者先送,不问对错 / 当天转调解",
        "刀棍 / 醉酒 / 犬只 / 报复的人",
        "110(先报)",
        (("merge_radius_m", "150"),),
        (
            ("talk", "不得一人前往 (never one alone)"),
            ("lead", "10人以上时必须 (must if 10 or more)"),
        ),
    ),
    Card(
        "missing_person",
        "人员走失",
        "Missing person",
        2,
        "contact*1! 10, video*1! 5, lead*1! 20, crew*10! 30",
        "问衣着、最后地点、病 / 先近后远:屋窖井沟河 / 两人一组,带灯带绳 / 搜一片报一片"
        " / 小孩病人冬夜按急办 / 找到先看伤,不围拍",
        "水井 / 地窖 / 河道 / 崖边 / 低温",
        "110(不等24小时)",
        (("offer", '"first_n"'), ("merge_radius_m", "2000")),
        (("contact", "联系家属 (family contact)"), ("video", "马上查看 (now)")),
    ),
    Card(
        "medical",
        "急病",
        "Medical",
        1,
        "medic*1! 10, guide*1! 15, crew*4? 20",
        "喊、看呼吸,没有就按压 / 有AED先开机 / 摔伤别扶起,不喂水 / 煤烟:开窗、抬出、保暖"
        " / 派人路口接120 / 报年龄性别不报名",
        "一氧化碳 / 触电 / 传染",
        "120",
        (("merge_radius_m", "100"),),
        (("guide", "带120进来 (leads the ambulance in)"),),
    ),
    Card(
        "crowding",
        "景区拥挤",
        "Crowding",
        2,
        "guard*4! 15, lead*1! 20, traffic*2! 20, medic*1! 20, video*1! 5",
        "只出不进,单向走 / 口上先停,里面慢疏 / 不喊跑,不关灯 / 台阶崖边断墙各一人"
        " / 有人倒:停,向后退",
        "台阶 / 临边 / 老墙 / 恐慌",
        "派出所 / 文旅局",
        (("merge_radius_m", "300"),),
        (("video", "马上查看 (now)"),),
    ),
    Card(
        "utility",
        "停电停水停气",
        "Utility failure",
        3,
        "guard*2? 15, scout*1! 20, care*1? 40",
        "断线8米外拦人 / 不合闸,不自修 / 气味:不开关电,出屋 / 查吸氧、孤老、卫生院"
        " / 报范围户数几点停",
        "带电断线 / 燃气 / 低温 / 煤炉和发电机一氧化碳",
        "供电所 / 水厂 / 燃气公司",
        (),
        (("guard", "断线落地或漏气时必须 (must if a line is down or gas escapes)"),),
    ),
    Card(
        "work_accident",
        "安全事故",
        "Work or farm accident",
        1,
        "guard*2! 15, medic*1! 15, lead*1! 20, crew*4? 30",
        "先停机断电,先数人 / 窖池井:不下去,先送风 / 怪味:人在上风100米 / 用绳拉,不二次下人"
        " / 农药:脱衣冲水带瓶子 / 保护现场,拍照再动",
        "地窖、沼气池、青贮窖:救人者会倒下 / 机械 / 电线 / 化学品",
        "119 / 120 / 应急局",
        (),
        (("crew", "有防护装备才派 (only with gear)"),),
    ),
)

SOS = Card(
    "sos",
    "求救",
    "SOS",
    1,
    "scout*1! 10, medic*1? 20",
    "先回拨,再出发 / 看到人马上报 / 自己先安全 / 派人路口接120",
    "情况不明",
    "120 / 110",
    (
        ("release", '"at_once"'),
        ("reply_within_s", "60"),
        ("reply_within_night_s", "90"),
        ("ack_within_s", "60"),
        ("merge_radius_m", "0"),
    ),
    (("scout", "最近的人先到 (the nearest)"),),
)

# Days are calendar days; working days (CENTRES.md section 1, rule 2) want a calendar of holidays.
CASES = (
    Card(
        "grid_case",
        "网格事件",
        "Grid case",
        4,
        "responsible*1! 240",
        extra=(("merge_radius_m", "50"), ("ladder", "ggh 1, vgm 3, grid 7")),
        family="case",
    ),
    Card(
        "dispute",
        "矛盾纠纷",
        "Dispute",
        4,
        "responsible*1! 240",
        "双方自愿才调解 / 先分开,再分头谈 / 有动手苗头报110",
        extra=(("merge_radius_m", "0"), ("ladder", "ggh 3, committee 15, med_centre 30")),
        family="case",
    ),
    Card(
        "service",
        "便民服务",
        "Service",
        5,
        "responsible*1! 240",
        "首问负责到底 / 缺什么一次告知",
        extra=(("merge_radius_m", "0"), ("ladder", "win 5, svc 10, leader 15")),
        family="case",
    ),
    Card(
        "camera_fault",
        "探头故障",
        "Camera fault",
        5,
        "responsible*1! 120",
        ask="视频运维单位",
        extra=(("merge_radius_m", "0"), ("ladder", "officer 1, grid 3, leader 7")),
        family="case",
    ),
)

# The first rule that fits wins; every alarm kind has one that fits anywhere.
RULES = (
    ("smoke", "forest", "wildfire"),
    ("smoke", "any", "house_fire"),
    ("fire", "forest", "wildfire"),
    ("fire", "any", "house_fire"),
    ("flood", "any", "flash_flood"),
    ("landslide", "any", "landslide"),
    ("earthquake", "any", "earthquake"),
    ("storm", "any", "storm"),
    ("accident", "road", "road_accident"),
    ("accident", "any", "work_accident"),
    ("road_blocked", "any", "road_blocked"),
    ("intrusion", "any", "grid_case"),
    ("fight", "any", "fight"),
    ("dispute", "any", "dispute"),
    ("medical", "any", "medical"),
    ("missing_person", "any", "missing_person"),
    ("crowd", "any", "crowding"),
    ("sos", "any", "sos"),
    ("hazard", "any", "grid_case"),
    ("environment", "any", "grid_case"),
    ("facility", "any", "utility"),
    ("service", "any", "service"),
    ("other", "any", "grid_case"),
)
