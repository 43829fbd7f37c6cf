"""What happens in the nights of the snapshots: each told once, for all screens that show it."""

from __future__ import annotations

from desk_stage import NOW
from post_stage import reference
from snapshot_stage import Night

from command import messages as m
from command.core.hazards import unread

FOREST = {"lon": 107.5178, "lat": 35.3067}
DAY_S = 86_400.0
MOST = 30  # orders of an incident


def quiet_hour(night: Night, until: float = NOW - 15) -> None:
    """Devices are heard, nothing else."""
    night.heartbeats()
    night.take_duty()
    night.until(until)


def unheard(night: Night) -> None:
    """The post has just begun: no camera was heard yet."""
    night.until(NOW - 15)


def busy(night: Night) -> None:
    """The night of the wireframes: a fire that nobody has seen yet, a call for help, a crash."""
    night.heartbeats()
    night.take_duty()
    _earlier(night)
    night.silent = {"dbz-07", "ljp-06", "bdl-19"}
    night.until(NOW - 900)
    black = night.words("画面全黑", "black picture")
    night.say("bdl-19", "heartbeat", ok=False, text=black)
    _under_way(night)
    _the_last_minutes(night)


def _earlier(night: Night) -> None:
    """What runs for long: cases, a shelved camera, a team that is off, a call."""
    night.alarm_of("ggh-v09-g3", "dispute", "相邻通道,二调未成", "Shared path, unsettled",
                   place="v09-g3")  # fmt: skip
    night.alarm_of("win-03", "service", "低保复核,缺证明1份", "Allowance, a paper missing",
                   place="hall")  # fmt: skip
    for incident in list(night.world.incidents):
        night.acknowledge(incident)
    night.until(NOW - 3000)
    for _ in range(3):
        night.alarm_of("hj-03", "intrusion", "有人影", "A figure")
        night.until(night.now + 40)
    why = night.words("蛛网", "spider web")
    night.order(m.Shelve(id=night.ident(), source="hj-03", kind="intrusion", minutes=90, why=why))
    off = night.words("车坏", "car broken")
    until = NOW + 17_239
    night.order(m.Duty(id=night.ident(), unit="traffic-1", on=False, until=until, why=off))
    night.say("ljg-05", "alarm", kind="smoke", confidence="high", at="yesterday")
    topic_of_nobody = night.words("看不懂的来件", "cannot be read")
    night.say("gauge-9", "nonsense", text=topic_of_nobody)


def _under_way(night: Night) -> None:
    """Others are at work: a road, a search, a child that fell."""
    night.until(NOW - 500)
    road = night.alarm_of("sdx-03", "road_blocked", "塌方堵乡道,约20方", "Landslip on the road",
                          confidence=0.9)  # fmt: skip
    night.acknowledge(road)
    night.order(m.Priority(id=night.ident(), incident=road, priority=2,
                           text=night.words("无人伤", "nobody hurt")))  # fmt: skip
    night.until(NOW - 380)
    all_go(night, road, "accepted", "en_route", "on_scene")
    search = night.alarm_of("zj-03", "missing_person", "寻走失老人", "An old person is missing",
                            confidence=0.6)  # fmt: skip
    night.acknowledge(search)
    night.order(m.Note(id=night.ident(), incident=search,
                       text=night.words("家属在村口", "family at the gate")))  # fmt: skip
    night.until(NOW - 300)
    all_go(night, search, "accepted", "en_route")


def _the_last_minutes(night: Night) -> None:
    night.until(NOW - 150)
    call = night.alarm_of("rangers-2", "sos", "踩空摔下坡", "Fell down a slope", place="v06-g1")
    night.acknowledge(call)
    night.until(NOW - 140)
    all_go(night, call, "accepted", "en_route")
    night.until(NOW - 130)
    night.alarm_of("bdl-03", "accident", "两车相撞,占一车道", "Two cars, a lane is blocked",
                   confidence=0.81)  # fmt: skip
    night.until(NOW - 60)
    night.alarm_of("zt-02", "environment", "焚烧秸秆", "Stubble is burning", confidence=0.7)
    night.until(NOW - 38)
    night.alarm_of("ljg-05", "smoke", "北坡林缘冒烟", "Smoke at the wood's edge",
                   confidence=0.87, severity="severe")  # fmt: skip
    night.until(NOW - 15)


def all_go(night: Night, incident: str, *statuses: str) -> None:
    """All teams that have an order there say so, and those that are asked after them."""
    for _ in range(MOST):
        orders = [night.world.assignments[one] for one in night.world.incidents[incident].orders]
        waiting = next((one.unit for one in orders if one.status.value == "offered"), None)
        if waiting is None:
            return
        night.answer(waiting, *statuses)


def second_camera(night: Night) -> None:
    """The same smoke, seen from elsewhere."""
    night.alarm_of("ljg-09", "smoke", "北坡冒烟", "Smoke on the slope", confidence=0.74,
                   position=FOREST)  # fmt: skip


def storm(night: Night) -> None:
    """Heavy rain after midnight: thirty alarms in ten minutes, two of them red."""
    kinds = (
        ("facility", "线路停电", "Power is out"),
        ("hazard", "水位超警戒", "Water above the mark"),
        ("environment", "水漫路面", "Water over the road"),
    )
    quiet_hour(night, until=NOW - 560)
    for number, camera in enumerate(reference().cameras[40:220:6]):
        night.until(NOW - 500 + number * 14)
        night.alarm_of(camera.id, *kinds[number % len(kinds)], confidence=0.8)
    night.until(NOW - 50)
    night.alarm_of("squad-v06", "landslide", "埋压一间,人数不明", "A house is buried",
                   place="v06-g2")  # fmt: skip
    night.until(NOW - 30)
    night.alarm_of("squad-v11", "flood", "水进院,3人上房顶", "Water in a yard, 3 on the roof",
                   place="v11-g5")  # fmt: skip
    for number in range(3):
        night.until(NOW - 27 + number * 4)
        night.alarm_of("sl-04", "hazard", "画面抖动", "Picture shakes", confidence=0.6)
    night.until(NOW - 12)


def many_reds(night: Night) -> None:
    """More reds than any screen has lines."""
    quiet_hour(night, until=NOW - 560)
    groups = [place for place in reference().places if "-g" in place.id]
    for number, group in enumerate(groups[: 2 * 20]):
        night.until(NOW - 120 + number * 2)
        night.alarm_of(f"ggh-{group.id}", "fire", "屋里起火", "A house is on fire", place=group.id)
    night.until(NOW - 15)


def lives(night: Night) -> None:
    """A crew that does not answer any more, and a call for help that nobody has accepted."""
    quiet_hour(night, until=NOW - 1530)
    house = night.alarm_of("yd-01", "fire", "屋里冒烟", "Smoke from a house", place="v03",
                           severity="severe")  # fmt: skip
    night.acknowledge(house)
    night.until(night.now + 65)
    all_go(night, house, "accepted", "en_route", "on_scene")
    night.until(NOW - 100)
    night.acknowledge(house)
    night.until(NOW - 40)
    night.alarm_of("rangers-2", "sos", "踩空摔下坡", "Fell down a slope", place="v06-g1")
    night.until(NOW - 12)


def five_down(night: Night) -> None:
    """One camera more than may be down."""
    quiet_hour(night, until=NOW - 2000)
    night.silent = {"dbz-07", "ljp-06", "sl-14", "gmq-03", "bdl-19"}
    night.until(NOW - 900)
    black = night.words("画面全黑", "black picture")
    night.say("bdl-19", "heartbeat", ok=False, text=black)
    night.until(NOW - 15)


def all_off(night: Night) -> None:
    """A meeting of all: no team is on duty."""
    quiet_hour(night)
    for unit in reference().units:
        if not unit.shared:
            why = night.words("集中培训", "training")
            night.order(m.Duty(id=night.ident(), unit=unit.id, on=False, why=why))


def long_ago(night: Night) -> None:
    """A dispute that has climbed to the top of its ladder and lies there."""
    night.alarm_of("ggh-v08-g1", "dispute", "宅基边界", "Boundary of a yard", place="v08-g1")
    night.until(NOW - 2 * DAY_S)
    night.alarm_of("ggh-v09-g3", "dispute", "相邻通道", "Shared path", place="v09-g3")
    night.until(NOW - 3600)
    quiet_hour(night)


def well_in_hand(night: Night) -> None:
    """One red, acknowledged and at work: the duty can be handed over."""
    quiet_hour(night)
    call = night.alarm_of("rangers-2", "sos", "踩空摔下坡", "Fell down a slope", place="v06-g1")
    read = tuple(unread(night.world, night.world.incidents[call]))
    night.order(m.Acknowledge(id=night.ident(), incident=call, read=read))
    all_go(night, call, "accepted", "en_route")
    night.until(NOW - 5)
